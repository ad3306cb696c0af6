"""Relaxations: what may be changed in the forum file where no plan exists, rule by rule, by more and more."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from kultursam.forumfile.cadence import NumberCadence
from kultursam.forumfile.calendar_models import Period
from kultursam.forumfile.keys import WeekdayRotation, listed, rotation
from kultursam.forumfile.meeting_models import ForEach, Preparation, Spacing, Window
from kultursam.forumfile.models import Forum, share
from kultursam.forumfile.planning_year import DAY, PlanningYear
from kultursam.forumfile.register import Register
from kultursam.forumfile.values import MAX_A_YEAR, DayOfYear, DayRange, Distance, Weeks
from kultursam.forumfile.weekends import working_days
from kultursam.forumfile.yaml_source import Where
from kultursam.rules import spacing

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_CHANGE, STRENGTH_CHANGE = 50, 1000
"""What a further weekday, and should instead of must, count as in days of change."""
MEETING_CHANGE = 100
"""What a meeting more or fewer counts as in days of change."""
FURTHER = (1, 3, 12)
"""How many meetings more, at most, a forum is given in search of a way out."""
MOST_FURTHER = 12
"""How many meetings more a limit is given in search of a way out."""
ONE_MORE_CHANGE = 50
"""What room for one more in a day, week or month counts as in days of change."""
ROOM_CHANGE = 20
"""What another room counts as in days of change."""
ONCE, TIMES_A_YEAR = ("once a year", "en gång per år"), ("{} times a year", "{} gånger per år")
"""How a number of meetings is written, in English and in Swedish."""
DAYS_A_WEEK = 7
MOST_DAYS = 120
"""How far a range of days is widened in search of a way out."""


class Relaxation(NamedTuple):
    """A rule relaxed by some steps."""

    size: int
    """How much it changes: days."""
    text: str
    """What to type into the file."""
    update: dict[str, Any]
    """The fields that change."""


Scale = tuple[int, Callable[[int], Relaxation]]
"""By how many steps a rule can be relaxed at most, and the rule relaxed by so many."""


def relaxed(register: Register, where: Where, relaxation: Relaxation) -> Register:
    """Return the register with a part of its file relaxed."""
    return register.with_file(_updated(register.file, where, relaxation.update))


def _updated(value: Any, where: Where, update: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any part of a file
    """Return a part of a forum file with fields of one of its parts changed."""
    if not where:
        return value.model_copy(update=update)
    first, rest = where[0], where[1:]
    if isinstance(value, tuple):
        return tuple(
            _updated(one, rest, update) if index == first else one for index, one in enumerate(value)
        )
    if isinstance(value, Mapping):
        return {**value, first: _updated(value[first], rest, update)}
    return value.model_copy(update={first: _updated(getattr(value, str(first)), rest, update)})


def _once(size: int, text: str, **update: object) -> Scale:
    return 1, lambda _: Relaxation(size, text, update)


SOFTER = _once(STRENGTH_CHANGE, "strength: should", strength="should")


def smaller_buffer(register: Register, forum: str) -> Scale:
    """Return how a forum's own buffer can be made smaller, five minutes at a time."""
    own = register.forums[forum].buffer_minutes
    minutes = register.file.buffer_minutes if own is None else own
    return (minutes + 4) // 5, lambda n: _set(n, "buffer_minutes", max(0, minutes - 5 * n))


def other_rooms(register: Register, forum: str) -> Iterator[Scale]:
    """Yield the other rooms that a forum can meet in, if it meets in one."""
    own = register.forums[forum].room
    for room in register.file.rooms if own else ():
        if room != own:
            yield _once(ROOM_CHANGE, f"room: {room}", room=room)


def other_numbers(register: Register, forum: str, *, more: bool) -> Iterator[Scale]:
    """Yield how a forum can have fewer meetings a year, or more, where its windows share them evenly."""
    model = register.forums[forum]
    if not isinstance(model.cadence, NumberCadence):
        return
    asked = [window.meetings for window in model.windows]
    own, swedish = model.cadence.number, register.file.language == "sv"
    numbers = [number for number in range(1, MAX_A_YEAR + 1) if not asked or not share(number, asked)[1]]

    def scale(others: Sequence[int]) -> Scale:
        def step(n: int) -> Relaxation:
            number = others[n - 1]
            words = (ONCE if number == 1 else TIMES_A_YEAR)[swedish].format(number)
            return Relaxation(
                MEETING_CHANGE * abs(number - own),
                f"cadence: {words}",
                {"cadence": NumberCadence(number)},
            )

        return len(others), step

    if fewer := [number for number in reversed(numbers) if number < own]:
        yield scale(fewer)
    further = [number for number in numbers if number > own] if more else []
    # Many more may be too many for other rules where a few would do.
    for most in sorted({min(most, len(further)) for most in FURTHER} - {0}):
        yield scale(further[:most])


def _set(size: int, key: str, value: object) -> Relaxation:
    return Relaxation(size, f"{key}: {value}", {key: value})


def relaxations(register: Register, where: Where) -> Iterator[tuple[Where, Scale]]:
    """Yield the parts of the file that can be changed for a rule at a place in it, and how."""
    match where:
        case ("buffer_minutes",):
            minutes = register.file.buffer_minutes
            yield (), ((minutes + 4) // 5, lambda n: _set(n, "buffer_minutes", max(0, minutes - 5 * n)))
        case ("calendar", "half_days") if settings := register.file.calendar:
            softer = settings.half_days.model_copy(update={"strength": "should"})
            hour = f"{{strength: should, from: {softer.from_:%H:%M}}}" if softer.from_ else "should"
            yield ("calendar",), _once(STRENGTH_CHANGE, f"half_days: {hour}", half_days=softer)
        case ("calendar", str(name)):
            yield ("calendar",), _once(STRENGTH_CHANGE, f"{name}: should", **{name: "should"})
        case ("calendar", str(name), int(index)):
            yield where, SOFTER
            entry = getattr(register.file.calendar, name)[index]
            if isinstance(entry, Period):
                yield from ((where, scale) for scale in _shorter_period(entry))
        case ("limits", int(index)):
            most = register.file.limits[index].most
            yield where, (MOST_FURTHER, lambda n: _set(ONE_MORE_CHANGE * n, "most", most + n))
            yield where, SOFTER
        case ("forums", str(forum), *_):
            yield from _forum_scales(register, forum, where)


def _forum_scales(register: Register, forum: str, where: Where) -> Iterator[tuple[Where, Scale]]:
    model = register.forums[forum]
    match where[2:]:
        case ("weekdays",):
            yield from ((where[:2], scale) for scale in _further_weekdays(register, model))
        case ("windows", int(index), "weekdays"):
            yield from ((where[:4], scale) for scale in _further_weekdays(register, model.windows[index]))
        case ("windows",):
            for index in range(len(model.windows)):
                wider = _wider_window(model.windows, index, register.file.year.from_)
                yield from (((*where, index), scale) for scale in wider)
        case ("spacing" | "cadence",):
            if spacing.days_of(model):
                yield where[:2], _less_spacing(model)
            if model.spacing and model.spacing.max_days:
                most = model.spacing.max_days
                yield (*where[:2], "spacing"), (MOST_DAYS, lambda n: _set(n, "max_days", most + n))
                yield (*where[:2], "spacing"), SOFTER
        case _:
            yield from _link_scales(model, where)


def _link_scales(model: Forum, where: Where) -> Iterator[tuple[Where, Scale]]:
    """Yield what may be changed of what binds a forum to others, or to fixed dates."""
    match where[2:]:
        case ("prepared_by", *index):
            number = int(index[0]) if index else 0
            place = (*where[:3], number)
            yield from ((place, scale) for scale in _wider_range(model.prepared_by[number]))
            yield place, SOFTER
        case ("together_with",):
            yield where, SOFTER
        case ("for_each",) if model.for_each:
            yield from ((where, scale) for scale in _wider_days(model.for_each))
        case ("apart", int(index)):
            rule = model.apart[index]
            name, least = ("days", rule.days) if rule.days else ("weeks", rule.weeks or 1)
            yield where, _fewer(name, least)
            yield where, SOFTER
        case ("before" | "after" as name, int(index)):
            days = getattr(model, name)[index].days
            yield where, (days.low, lambda n: _set(n, "days", Distance(days.low - n, days.high)))
            if days.high is not None:
                yield where, (MOST_DAYS, lambda n: _set(n, "days", Distance(days.low, days.high + n)))
            yield where, SOFTER


def _shorter_period(period: Period) -> Iterator[Scale]:
    def weeks(first: int, last: int, n: int) -> Relaxation:
        text = str(first) if first == last else f"{first}-{last}"
        return Relaxation(7 * n, f"weeks: {text}", {"weeks": Weeks(first, last)})

    def easter(first: int, last: int, n: int) -> Relaxation:
        return Relaxation(n, f"easter: [{first}, {last}]", {"easter": (first, last)})

    def edge(key: str, field: str, day: DayOfYear, n: int) -> Relaxation:
        return Relaxation(n, f"{key}: {day}", {field: day})

    if period.weeks and period.weeks.first < period.weeks.last:
        first, last = period.weeks.first, period.weeks.last
        yield last - first, lambda n: weeks(first + n, last, n)
        yield last - first, lambda n: weeks(first, last - n, n)
    if period.easter:
        begin, end = period.easter
        yield end - begin, lambda n: easter(begin + n, end, n)
        yield end - begin, lambda n: easter(begin, end - n, n)
    if period.from_ and period.to:
        start, stop = period.from_, period.to
        most = (_date(stop) - _date(start)).days % 365
        yield most, lambda n: edge("from", "from_", _moved(start, n), n)
        yield most, lambda n: edge("to", "to", _moved(stop, -n), n)


def _further_weekdays(register: Register, model: Forum | Window) -> Iterator[Scale]:
    wanted, working = listed(model.weekdays), working_days(register.file.calendar)
    if in_turn := rotation(model.weekdays):
        yield _once(WEEKDAY_CHANGE, f"weekdays: [{_named(in_turn)}]", weekdays=in_turn)
    for further in (number for number in working if number not in wanted):
        numbers = (*wanted, further)
        if in_turn:
            turns = WeekdayRotation.model_construct(rotate=numbers)
            yield _once(WEEKDAY_CHANGE, f"weekdays: {{rotate: [{_named(numbers)}]}}", weekdays=turns)
        else:
            yield _once(WEEKDAY_CHANGE, f"weekdays: [{_named(numbers)}]", weekdays=numbers)


def _named(weekdays: Sequence[int]) -> str:
    return ", ".join(WEEKDAYS[number] for number in weekdays)


def _wider_window(windows: Sequence[Window], index: int, begins: DayOfYear) -> Iterator[Scale]:
    window = windows[index]
    number = "" if window.meetings is None else f", meetings: {window.meetings}"
    rest = ", …" if window.said or window.name else ""
    before, after = _room(windows, index, begins)

    def step(size: int, earlier: int, later: int) -> Relaxation:
        first, last = _moved(window.from_, -earlier), _moved(window.to, later)
        text = f"{{from: {first}, to: {last}{number}{rest}}}"
        return Relaxation(size, text, {"from_": first, "to": last})

    yield after, lambda n: step(n, 0, n)
    yield before, lambda n: step(n, n, 0)
    yield max(before, after), lambda n: step(2 * n, min(n, before), min(n, after))


def _room(windows: Sequence[Window], index: int, begins: DayOfYear) -> tuple[int, int]:
    """Return the days by which a window can grow before and after: within its year, into no other window."""
    spans = [(_in_year(window.from_, begins), _in_year(window.to, begins)) for window in windows]
    first, last = spans.pop(index)
    low, high = PlanningYear.of(first, begins).first - DAY, PlanningYear.of(last, begins).last + DAY
    if last < first:  # across the end of the year: at most half-way round to itself
        low = high = last + (first - last) // 2
    before = min((first - end).days for end in (low, *(end for _, end in spans if end < first)))
    after = min((start - last).days for start in (high, *(start for start, _ in spans if start > last)))
    return before - 1, after - 1


def _less_spacing(model: Forum) -> Scale:
    days, written = spacing.days_of(model), model.spacing

    def step(n: int) -> Relaxation:
        keys: dict[str, object] = {"min_days": days - n}
        if written and written.max_days:
            keys = {"min_days": min(days - n, written.max_days), "max_days": written.max_days}
            keys |= {"strength": written.strength} if written.strength else {}
        text = ", ".join(f"{key}: {value}" for key, value in keys.items())
        spaced = Spacing.model_validate({key: str(value) for key, value in keys.items()})
        return Relaxation(n, f"spacing: {{{text}}}", {"spacing": spaced})

    return days, step


def _fewer(name: str, number: int) -> Scale:
    size = DAYS_A_WEEK if name == "weeks" else 1
    return number - 1, lambda n: _set(size * n, name, number - n)


def _wider_days(rule: ForEach) -> Iterator[Scale]:
    return _wider(rule.range, "days_before" if rule.is_before else "days_after")


def _wider_range(link: Preparation) -> Iterator[Scale]:
    return _wider(link.range, "days_before" if link.days_before else "working_days_before")


def _wider(days: DayRange, name: str) -> Iterator[Scale]:
    yield days.low, lambda n: _set(n, name, DayRange(days.low - n, days.high))
    yield MOST_DAYS, lambda n: _set(n, name, DayRange(days.low, days.high + n))


def _in_year(day: DayOfYear, begins: DayOfYear) -> date:
    """Return a day that returns as a date of one planning year."""
    year = PlanningYear(_date(day).year, begins)
    return _date(day) if day.year else year.date_of(day) or year.first


def _date(day: DayOfYear) -> date:
    return day.within(day.year or 2025) or date(2025, 1, 1)


def _moved(day: DayOfYear, days: int) -> DayOfYear:
    if not days:
        return day
    other = _date(day) + timedelta(days=days)
    return DayOfYear(other.month, other.day, other.year if day.year else None)
