"""What may be changed in the forum file where no plan exists: each rule of a conflict, by more and more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kultursam.dates.holidays import NO_HOLIDAYS
from kultursam.forumfile.models import Forum, Period, Spacing, Window
from kultursam.forumfile.register import Register
from kultursam.forumfile.values import DayOfYear, DayRange, Weeks
from kultursam.forumfile.yaml_source import Where
from kultursam.rules import spacing
from kultursam.rules.context import RuleKey, YearContext

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
WEEKDAY_CHANGE, STRENGTH_CHANGE = 50, 1000
"""What a further weekday, and should instead of must, count as in days of change."""
MOST_DAYS = 120
"""How far a range of days is widened in search of a way out."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A forum file with one rule changed."""

    size: int
    """How much it changes: days."""
    text: str
    """What to type into the file."""
    register: Register


Way = tuple[int, Callable[[int], Variant]]
"""How far a rule can be changed at most, and the file changed by so much."""


def ways(register: Register, key: RuleKey) -> Iterator[Way]:
    """Give the ways to change a rule of a conflict, by its id and its place in the file."""
    where = key[1]
    if where == ("buffer_minutes",):
        minutes = register.file.buffer_minutes
        yield (
            (minutes + 4) // 5,
            lambda n: _changed_file(
                register, n, f"buffer_minutes: {minutes - 5 * n}", buffer_minutes=minutes - 5 * n
            ),
        )
    elif where[0] == "calendar":
        yield from _calendar_ways(register, where)
    else:
        yield from _forum_ways(register, str(where[1]), where[2:])


def _calendar_ways(register: Register, where: Where) -> Iterator[Way]:
    calendar = register.file.calendar
    if calendar is None:
        return
    name = str(where[1])
    if len(where) == 2:
        yield 1, lambda _: _changed_calendar(register, STRENGTH_CHANGE, f"{name}: should", {name: "should"})
        return
    index, several = int(where[2]), getattr(calendar, name)

    def changed(size: int, text: str, update: dict[str, Any]) -> Variant:
        edited = tuple(
            one.model_copy(update=update) if position == index else one
            for position, one in enumerate(several)
        )
        return _changed_calendar(register, size, text, {name: edited})

    yield 1, lambda _: changed(STRENGTH_CHANGE, "strength: should", {"strength": "should"})
    if isinstance(several[index], Period):
        for most, cut in _cuts(several[index]):
            yield most, lambda n, cut=cut: changed(*cut(n))  # type: ignore[misc]


Cut = Callable[[int], tuple[int, str, dict[str, Any]]]


def _cuts(period: Period) -> Iterator[tuple[int, Cut]]:
    """Give the ways to shorten a period: from its beginning and from its end."""
    if period.weeks and period.weeks.first < period.weeks.last:
        first, last = period.weeks.first, period.weeks.last
        yield (
            last - first,
            lambda n: (7 * n, f"weeks: {_span(first + n, last)}", {"weeks": Weeks(first + n, last)}),
        )
        yield (
            last - first,
            lambda n: (7 * n, f"weeks: {_span(first, last - n)}", {"weeks": Weeks(first, last - n)}),
        )
    if period.easter:
        begin, end = period.easter
        yield end - begin, lambda n: (n, f"easter: [{begin + n}, {end}]", {"easter": (begin + n, end)})
        yield end - begin, lambda n: (n, f"easter: [{begin}, {end - n}]", {"easter": (begin, end - n)})
    if period.from_ and period.to:
        start, stop = period.from_, period.to
        most = (_date(stop) - _date(start)).days % 365
        yield most, lambda n: (n, f"from: {_written(_moved(start, n))}", {"from_": _moved(start, n)})
        yield most, lambda n: (n, f"to: {_written(_moved(stop, -n))}", {"to": _moved(stop, -n)})


def _forum_ways(register: Register, forum: str, where: Where) -> Iterator[Way]:
    model = register.forums[forum]

    def changed(size: int, text: str, **update: object) -> Variant:
        return _changed_forum(register, forum, size, text, update)

    match where:
        case ("weekdays",):
            wanted = model.weekdays or ()
            for number in (one for one in range(5) if one not in wanted):
                days = ", ".join(WEEKDAYS[one] for one in (*wanted, number))
                text = f"weekdays: [{days}]"
                yield (
                    1,
                    lambda _, number=number, text=text: changed(  # type: ignore[misc]
                        WEEKDAY_CHANGE, text, weekdays=(*wanted, number)
                    ),
                )
        case ("windows",):
            for index in range(len(model.windows)):
                yield from _wider_windows(register, forum, model, index)
        case ("spacing" | "cadence",):
            least = least_days(register, forum)
            yield (
                least,
                lambda n: changed(
                    n,
                    f"spacing: {{min_days: {least - n}}}",
                    spacing=Spacing.model_validate({"min_days": str(least - n)}),
                ),
            )
        case ("prepared_by",) if model.prepared_by:
            yield from _wider_range(register, forum, model)
        case ("together_with",) if model.together_with:
            link = model.together_with.model_copy(update={"strength": "should"})
            yield 1, lambda _: changed(STRENGTH_CHANGE, "strength: should", together_with=link)
        case ("before" | "after" as name, int(index)):
            yield from _fewer_days(register, forum, name, index)


def _wider_windows(register: Register, forum: str, model: Forum, index: int) -> Iterator[Way]:
    window = model.windows[index]

    def changed(size: int, first: DayOfYear, last: DayOfYear) -> Variant:
        wider = window.model_copy(update={"from_": first, "to": last})
        windows = tuple(wider if position == index else one for position, one in enumerate(model.windows))
        number = "" if window.meetings is None else f", meetings: {window.meetings}"
        text = f"{{from: {_written(first)}, to: {_written(last)}{number}}}"
        return _changed_forum(register, forum, size, text, {"windows": windows})

    before, after = _room(model.windows, index)
    yield after, lambda n: changed(n, window.from_, _moved(window.to, n))
    yield before, lambda n: changed(n, _moved(window.from_, -n), window.to)
    yield (
        max(before, after),
        lambda n: changed(2 * n, _moved(window.from_, -min(n, before)), _moved(window.to, min(n, after))),
    )


def _room(windows: Sequence[Window], index: int) -> tuple[int, int]:
    """Give the days by which a window can grow before and after: within its year, into no other window."""
    spans = [(_date(one.from_), _date(one.to)) for one in windows]
    first, last = spans.pop(index)
    low, high = date(first.year - 1, 12, 31), date(last.year + 1, 1, 1)
    if last < first:  # across New Year: at most half-way round to itself
        low = high = last + (first - last) // 2
    before = min((first - one).days for one in (low, *(end for _, end in spans if end < first)))
    after = min((one - last).days for one in (high, *(start for start, _ in spans if start > last)))
    return before - 1, after - 1


def _wider_range(register: Register, forum: str, model: Forum) -> Iterator[Way]:
    link = model.prepared_by
    if link is None:
        return
    low, high = link.days_before.low, link.days_before.high

    def changed(size: int, days: DayRange) -> Variant:
        update = {"prepared_by": link.model_copy(update={"days_before": days})}
        return _changed_forum(register, forum, size, f"days_before: {days}", update)

    yield low, lambda n: changed(n, DayRange(low - n, high))
    yield MOST_DAYS, lambda n: changed(n, DayRange(low, high + n))
    softer = link.model_copy(update={"strength": "should"})
    yield (
        1,
        lambda _: _changed_forum(
            register, forum, STRENGTH_CHANGE, "strength: should", {"prepared_by": softer}
        ),
    )


def _fewer_days(register: Register, forum: str, name: str, index: int) -> Iterator[Way]:
    relations = getattr(register.forums[forum], name)
    relation = relations[index]

    def changed(size: int, text: str, update: dict[str, Any]) -> Variant:
        other = relation.model_copy(update=update)
        several = tuple(other if position == index else one for position, one in enumerate(relations))
        return _changed_forum(register, forum, size, text, {name: several})

    yield relation.days, lambda n: changed(n, f"days: {relation.days - n}", {"days": relation.days - n})
    yield 1, lambda _: changed(STRENGTH_CHANGE, "strength: should", {"strength": "should"})


def _changed_forum(register: Register, forum: str, size: int, text: str, update: dict[str, Any]) -> Variant:
    forums = {**register.forums, forum: register.forums[forum].model_copy(update=update)}
    return _changed_file(register, size, text, forums=forums)


def _changed_calendar(register: Register, size: int, text: str, update: dict[str, Any]) -> Variant:
    calendar = register.file.calendar
    return _changed_file(
        register, size, text, calendar=calendar.model_copy(update=update) if calendar else None
    )


def _changed_file(register: Register, size: int, text: str, **update: object) -> Variant:
    return Variant(size, text, register.with_file(register.file.model_copy(update=update)))


def _date(day: DayOfYear) -> date:
    return day.within(day.year or 2025) or date(2025, 1, 1)


def _moved(day: DayOfYear, days: int) -> DayOfYear:
    other = _date(day) + timedelta(days=days)
    return DayOfYear(other.month, other.day, other.year if day.year else None)


def _written(day: DayOfYear) -> str:
    return f"{day.year}-{day.month:02}-{day.day:02}" if day.year else f"{day.month:02}-{day.day:02}"


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def least_days(register: Register, forum: str) -> int:
    """Give the days that a forum's meetings are kept apart by the default that follows from its cadence."""
    return spacing.least_days(YearContext(register, 0, date.min, date.min, NO_HOLIDAYS), forum)[0]
