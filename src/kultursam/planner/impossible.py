"""Why no plan exists: a smallest set of rules that cannot hold together, and the cheapest ways out.

The set is irreducible: without any one of its rules there is a plan for the forums concerned. Each way
out was found by solving: with that change alone, everything has a plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from kultursam.days import EMPTY
from kultursam.forums import Forum, Spacing, Window
from kultursam.i18n import translations
from kultursam.notation import DayOfYear, DayRange, Weeks
from kultursam.planner.problem import Given
from kultursam.planner.search import feasible
from kultursam.planner.year import Situation, weighed
from kultursam.problems import Problem
from kultursam.register import Register
from kultursam.rules import days_off, musts, prepared_by, shared_members, spacing, together_with, weigh
from kultursam.rules.context import Frame, RuleKey, Year
from kultursam.source import Tree, Where
from kultursam.surroundings import Period

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
BLAMED_LAST = (spacing.ID, shared_members.ID, days_off.ID)
"""Rules that nobody chose for this forum: where others explain as much, those are named."""
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


@dataclass(frozen=True, slots=True)
class _Search:
    """The forums that have no plan, and what may be asked of them."""

    frame: Frame
    given: Given
    forums: tuple[str, ...]
    """All that hang together."""
    concerned: tuple[str, ...]
    """The fewest that have no plan."""

    def possible(self, frame: Frame, forums: Sequence[str]) -> bool:
        """Tell whether some forums have a plan by themselves."""
        outside = {
            (rule.ID, ("forums", forum, key))
            for forum in forums
            for rule, key in ((prepared_by, "prepared_by"), (together_with, "together_with"))
            if (link := getattr(frame.forum(forum), key)) and link.forum in set(self.forums) - set(forums)
        }
        year = weigh(replace(frame, ignored=frame.ignored | outside), forums)
        linked = _linked(self, self.concerned)
        return feasible(year, self.given, forums, linked if set(linked) < set(forums) else ())

    def would_do(self, variant: Variant, forums: Sequence[str]) -> bool:
        """Tell whether some forums have a plan with a change."""
        return self.possible(replace(self.frame, register=variant.register), forums)


def why_none(situation: Situation, given: Given, forums: Sequence[str]) -> list[Problem]:
    """Explain why forums that hang together have no plan: the rules, then the ways out."""
    year, register = weighed(situation), situation.register
    _ = translations(register.file.language).gettext
    search = _fewest_forums(_Search(year.frame, given, tuple(forums), tuple(forums)))
    core = _fewest_rules(year, search)
    head = _("There is no plan for {year}: these rules cannot hold together.").format(year=situation.year)
    if not core:
        text = _("There is no plan for {year}: what is decided already leaves no room.")
        head = text.format(year=situation.year)
    problems = [Problem(head, file=register.source.name)]
    problems += [
        register.source.problem(_words(register, key), _place(register, key), key=True) for key in core
    ]
    ways = [(way, key) for key in core for way in _ways_out(search, register, key)]
    for way, key in sorted(ways, key=lambda one: (one[0].size, core.index(one[1]), one[0].text)):
        text = _("This change would do: {change}").format(change=way.text)
        problems.append(
            replace(register.source.problem(text, _place(register, key), key=True), severity="tip")
        )
    # What forums have from `defaults` is changed there, once.
    return list(dict.fromkeys(problems))


def _fewest_forums(search: _Search) -> _Search:
    """Leave out the forums without which there is no plan either."""
    needed = next((few for few in _few(search) if not search.possible(search.frame, few)), search.forums)
    for forum in needed:
        fewer = tuple(one for one in needed if one != forum)
        if fewer and not search.possible(search.frame, fewer):
            needed = fewer
    return replace(search, concerned=needed)


def _few(search: _Search) -> Iterator[tuple[str, ...]]:
    """Give each forum alone, then with those that it is linked to: most conflicts are among these."""
    yield from ((forum,) for forum in search.forums)
    yield from dict.fromkeys(_linked(search, (forum,)) for forum in search.forums)


def _linked(search: _Search, forums: Sequence[str]) -> tuple[str, ...]:
    """Give the forums whose dates hang together with those of some by preparing or accompanying."""
    models = {forum: search.frame.forum(forum) for forum in search.forums}
    links = [
        {forum, link.forum}
        for forum, model in models.items()
        for link in (model.prepared_by, model.together_with)
        if link and link.forum in models
    ]
    found = set(forums)
    while more := [link for link in links if link & found and not link <= found]:
        found = found.union(*more)
    return tuple(forum for forum in search.forums if forum in found)


def _fewest_rules(year: Year, search: _Search) -> list[RuleKey]:
    """Leave out the rules without which there is no plan either."""
    keys = list(dict.fromkeys(key for forum in search.concerned for key in musts(year, forum)))
    ignored: frozenset[RuleKey] = frozenset()
    for key in sorted(keys, key=lambda one: one[0] not in BLAMED_LAST):
        if not search.possible(replace(search.frame, ignored=ignored | {key}), search.concerned):
            ignored |= {key}
    return [key for key in keys if key not in ignored]


# --- the words of the file ------------------------------------------------------------------------


def _place(register: Register, key: RuleKey) -> Where:
    return register.written(key[1])


def _words(register: Register, key: RuleKey) -> str:
    """Give a rule as the file has it, with the forum's name; what is not written, as it is understood."""
    rule, where = key
    written = _at(register.source.tree, register.written(where))
    text = f"{where[-1]}: {_flow(written)}" if isinstance(where[-1], str) else _flow(written)
    if written is None:
        text = f"{where[-1]}: {_understood(register, where)}"
    if rule == spacing.ID and where[-1] == "cadence":
        text += f" → spacing: {{min_days: {_least_days(register, str(where[1]))}}}"
    return f"{register.forums[str(where[1])].name}: {text}" if where[0] == "forums" else text


def _least_days(register: Register, forum: str) -> int:
    return spacing.least_days(Frame(register, 0, date.min, date.min, EMPTY), forum)[0]


def _at(tree: Tree, where: Where) -> Tree | None:
    value: Any = tree
    for part in where:
        try:
            value = value[part]
        except (LookupError, TypeError):
            return None
    return value  # type: ignore[no-any-return]


def _understood(register: Register, where: Where) -> object:
    value: Any = register.file
    for part in where:
        value = value[part] if isinstance(value, (dict, tuple)) else getattr(value, str(part))  # type: ignore[index]
    return value


def _flow(tree: Tree | None) -> str:
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(_flow(value) for value in tree) + "]"
    return str(tree)


# --- ways out -------------------------------------------------------------------------------------


def _ways_out(search: _Search, register: Register, key: RuleKey) -> Iterator[Variant]:
    """Give, for each way to change a rule, the least change that would do."""
    for most, make in _changes(register, key):
        if found := _least(search, most, make):
            yield found


Change = tuple[int, Callable[[int], Variant]]
"""How far a rule can be changed at most, and the file changed by so much."""


def _least(search: _Search, most: int, make: Callable[[int], Variant]) -> Variant | None:
    """Find the smallest change that would do for the forums concerned, for those linked, and for all."""
    least = 1
    for forums in dict.fromkeys((search.concerned, _linked(search, search.concerned), search.forums)):
        if least <= most and search.would_do(make(least), forums):
            continue
        if least >= most or not search.would_do(make(most), forums):
            return None
        # A larger change of its kind would do too.
        low, high = least + 1, most
        while low < high:
            middle = (low + high) // 2
            if search.would_do(make(middle), forums):
                high = middle
            else:
                low = middle + 1
        least = high
    return make(least)


def _changes(register: Register, key: RuleKey) -> Iterator[Change]:
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
        yield from _calendar_changes(register, where)
    else:
        yield from _forum_changes(register, str(where[1]), where[2:])


def _calendar_changes(register: Register, where: Where) -> Iterator[Change]:
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


def _forum_changes(register: Register, forum: str, where: Where) -> Iterator[Change]:
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
            least = _least_days(register, forum)
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


def _wider_windows(register: Register, forum: str, model: Forum, index: int) -> Iterator[Change]:
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


def _wider_range(register: Register, forum: str, model: Forum) -> Iterator[Change]:
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


def _fewer_days(register: Register, forum: str, name: str, index: int) -> Iterator[Change]:
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
