"""The slow, obvious second opinion on what the best plan is (DESIGN section 6).

It shares no code with kultursam and reads valid forum files only. Every range holds both its ends.
Refused: busy calendars and external dates kept in files. Left aside, as they cost nothing: terms and hosts.
"""

from __future__ import annotations

import itertools
import math
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import holidays
import yaml
from dateutil.easter import easter
from dateutil.rrule import rrulestr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Dates = Mapping[str, Sequence[date]]  # by forum
    Beside = tuple[tuple[str, tuple[date, ...]], ...]  # the same, to remember answers by
    Cost = tuple[int, int, int]  # of a way to lay a forum's meetings: trouble, steps, unevenness
    Held = tuple[date, bool]  # a meeting's day, and whether it is held or cancelled

DAY = timedelta(days=1)
SATURDAY = 5
PREFER_POINTS = STEP_POINTS = 9
RRULE_REACH = 7 * DAY
WHOLE_YEAR = {"from": "01-01", "to": "12-31"}
MOST_COMBINATIONS = 20_000_000
WEEKDAYS = (
    ("mon", "mån"),
    ("tue", "tis"),
    ("wed", "ons"),
    ("thu", "tor"),
    ("fri", "fre"),
    ("sat", "lör"),
    ("sun", "sön"),
)
NUMBERS = (
    ["once", "twice", "thrice"],
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
    ["en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"],
)
EXTERNAL = ("external", "externt")
PHRASES = {
    **dict.fromkeys(("as needed", "vid behov", *EXTERNAL), 0),
    **dict.fromkeys(("yearly", "annually", "årligen", "varje år"), 1),
    **dict.fromkeys(("quarterly", "every quarter", "varje kvartal"), 4),
    **dict.fromkeys(("every other month", "varannan månad"), 6),
    **dict.fromkeys(("monthly", "every month", "varje månad"), 12),
    **dict.fromkeys(("every other week", "varannan vecka"), 26),
    **dict.fromkeys(("weekly", "every week", "varje vecka"), 52),
}


@dataclass(frozen=True, eq=False)
class Forum:
    """A forum: its keys as written (`own`), with `defaults` filled in (`keys`), and what they mean."""

    id: str
    own: dict[str, Any]
    keys: dict[str, Any]
    members: frozenset[tuple[str, str]]  # (role, organisation)
    organisations: frozenset[str]
    times_a_year: int
    rrule: str
    external: list[date]


@dataclass(frozen=True, eq=False)
class World:
    """A forum file, resolved; `forums` keeps the order of the file."""

    keys: dict[str, Any]
    calendar: dict[str, Any]
    groups: dict[str, list[str]]
    forums: dict[str, Forum]


class Slot(NamedTuple):
    """Where a meeting should be: its ideal (or nominal) date, its days, the place of the ideal, its window.

    The ideal of a place that no ideal is known of yet is its middle.

    A cancelled meeting takes a slot whose window it is in, whatever closed its day since.
    """

    ideal: date | None
    days: list[date]
    ideal_index: int
    first: date
    last: date


class TooManyPlansError(ValueError):
    """Brute force would take too long."""


class Trouble(NamedTuple):
    """One thing a plan pays for: `kind` is must, should or points."""

    kind: str
    text: str
    amount: int


class Verdict(NamedTuple):
    """What a plan is worth: the musts it breaks, its should-trouble and its points."""

    musts: list[str]
    should: int
    points: int


class Record(NamedTuple):
    """What the plan of record says of forums with slots.

    `confirmed` and `cancelled` meetings take a slot of their window each; as many as can be of the other
    slots stay on `proposed` days; none of these is put before the forum's `not_before`.
    """

    confirmed: Dates = MappingProxyType({})
    cancelled: Dates = MappingProxyType({})
    proposed: Dates = MappingProxyType({})
    not_before: Mapping[str, date] = MappingProxyType({})


NO_RECORD = Record()


class _Given(NamedTuple):
    """The meetings that are not chosen: where forums also meet, and those of them that fill up weeks."""

    meets: dict[str, list[date]]
    crowding: list[tuple[str, date]]


# --- reading the file ---


def load(path_or_text: Path | str) -> World:
    """Read a valid forum file; a string with a line break is the text itself."""
    is_text = isinstance(path_or_text, str) and "\n" in path_or_text
    text = str(path_or_text) if is_text else Path(path_or_text).read_text(encoding="utf-8")
    keys: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  BaseLoader makes only text
    calendar = keys.get("calendar") or {}
    if calendar.get("busy"):
        message = "the evaluator does not read busy calendars"
        raise NotImplementedError(message)
    groups = {name: _texts(entry) for name, entry in (keys.get("groups") or {}).items()}
    defaults = keys.get("defaults") or {}
    forums = {name: _forum(name, own, defaults, groups) for name, own in keys["forums"].items()}
    return World(keys, calendar, groups, forums)


def _forum(name: str, own: dict[str, Any], defaults: dict[str, Any], groups: dict[str, list[str]]) -> Forum:
    keys = {**defaults, **own}
    members = frozenset(
        (entry["role"], organisation)
        for entry in keys.get("members") or []
        for organisation in _organisations(_texts(entry["from"]), groups)
    )
    cadence = " ".join(keys["cadence"].split())
    rrule = cadence if cadence.upper().startswith("RRULE:") else ""
    times = 0 if rrule else _times_a_year(cadence.casefold()) or int(keys.get("reserve", 0))
    dates = keys.get("dates") or []
    if not isinstance(dates, list) or not all(isinstance(text, str) for text in dates):
        message = f"{name}: the evaluator reads external dates from the forum file only"
        raise NotImplementedError(message)
    external = sorted(date.fromisoformat(text) for text in dates)
    return Forum(name, own, keys, members, frozenset(of for _, of in members), times, rrule, external)


def _organisations(names: list[str], groups: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    for name in names:
        found |= _organisations(groups[name], groups) if name in groups else {name}
    return found


def _times_a_year(phrase: str) -> int:
    if phrase in PHRASES:
        return PHRASES[phrase]
    fits = re.fullmatch(r"(\w+)( times?| gång(er)?)? (a year|per year|per år|om året|i året)", phrase)
    if fits and fits[1].isdigit():
        return int(fits[1])
    for words in NUMBERS:
        if fits and fits[1] in words:
            return words.index(fits[1]) + 1
    message = f"the evaluator does not know the cadence {phrase!r}"
    raise ValueError(message)


def _texts(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _range(text: str) -> tuple[int, int]:
    """Read `14-28` or `14`."""
    ends = [int(part) for part in text.split("-")]
    return ends[0], ends[-1]


def _weekdays(names: str | list[str]) -> list[int]:
    """Return the numbers of weekday names, Monday 0; the first three letters tell."""
    numbers = {short: number for number, shorts in enumerate(WEEKDAYS) for short in shorts}
    return [numbers[name.casefold()[:3]] for name in _texts(names)]


def _minutes(forum: Forum) -> tuple[int, int]:
    """Return start and end of the forum's meetings in minutes; without `time` they fill the day."""
    times = forum.keys.get("time", "00:00-24:00").split("-")
    start, end = (int(hours) * 60 + int(minutes) for hours, minutes in (time.split(":") for time in times))
    return start, end


def _is_full(text: str) -> bool:
    return text.count("-") == 2


def _date(text: str, year: int) -> date:
    """Read a full date, or MM-DD in that year (02-29 is 02-28 where there is none)."""
    if _is_full(text):
        return date.fromisoformat(text)
    month, day = (int(part) for part in text.split("-"))
    last = (date(year + month // 12, month % 12 + 1, 1) - DAY).day
    return date(year, month, min(day, last))


def _span(entry: Mapping[str, Any], year: int) -> tuple[date, date] | None:
    """Return both ends of a from/to that starts in that year, or None if it has none."""
    start = _date(entry["from"], year)
    end = _date(entry["to"], start.year)
    if end < start:
        end = _date(entry["to"], start.year + 1)
    return (start, end) if start.year == year and start <= end else None


# --- the days ---


@lru_cache(maxsize=1000)
def _holidays(country: str, category: str, year: int) -> frozenset[date]:
    code, _, subdivision = country.partition("-")
    if not country or category not in holidays.country_holidays(code).supported_categories:
        return frozenset()
    years = range(year - 1, year + 2)
    found = holidays.country_holidays(code, subdiv=subdivision or None, years=years, categories=(category,))
    return frozenset(day for day in found if day.year == year)


def _is_holiday(world: World, category: str, day: date) -> bool:
    return day in _holidays(world.calendar.get("country", ""), category, day.year)


def _is_off(world: World, day: date) -> bool:
    is_free = any(_is_holiday(world, category, day) for category in ("public", "de_facto"))
    return is_free or day.weekday() >= SATURDAY


def _calendar_rules(world: World, day: date) -> dict[str, str]:
    """Return the keys of `calendar` that the day breaks, with their strengths."""
    works = not _is_off(world, day)
    is_squeezed = works and _is_off(world, day - DAY) and _is_off(world, day + DAY)
    rules = {
        "public_holidays": ("must", _is_holiday(world, "public", day)),
        "de_facto_holidays": ("must", _is_holiday(world, "de_facto", day)),
        "half_days": ("should", works and _is_holiday(world, "bank", day)),
        "squeeze_days": ("should", is_squeezed),
    }
    return {name: world.calendar.get(name, default) for name, (default, broken) in rules.items() if broken}


def _in_period(period: Mapping[str, Any], day: date) -> bool:
    """Return whether the period holds that day; where it says several things, all of them."""
    fits = []
    if "weeks" in period:
        first, last = _range(period["weeks"])
        week = day.isocalendar().week
        fits.append(first <= week <= last if first <= last else not last < week < first)
    if "from" in period:
        years = [_date(period["from"], day.year).year, day.year, day.year - 1]
        spans = [span for span in (_span(period, year) for year in years) if span]
        fits.append(any(start <= day <= end for start, end in spans))
    if "easter" in period:
        first, last = (int(text) for text in period["easter"])
        fits.append(first <= (day - easter(day.year)).days <= last)
    if "days" in period:
        fits.append(day.weekday() in _weekdays(period["days"]))
    return all(fits)


def _touched(world: World, period: Mapping[str, Any], forum: Forum) -> set[str]:
    """Return the organisations with a member of the forum that fits everything the period names."""
    if forum.id not in _texts(period.get("for_forums", [forum.id])):
        return set()
    named = _organisations(_texts(period.get("for", list(forum.organisations))), world.groups)
    roles = _texts(period.get("for_roles", [role for role, _ in forum.members]))
    return {organisation for role, organisation in forum.members if role in roles and organisation in named}


@lru_cache(maxsize=100_000)
def day_rules(world: World, forum: str, day: date) -> tuple[tuple[str, str, int], ...]:
    """Return (strength, name, organisations touched) of each day-rule that a meeting that day breaks."""
    it = world.forums[forum]
    everyone = len(_present(world, it.organisations, day))
    broken = [(strength, name, everyone) for name, strength in _calendar_rules(world, day).items()]
    for period in world.calendar.get("periods") or []:
        touched = _touched(world, period, it) if _in_period(period, day) else set()
        touched = _present(world, touched, day)
        if touched:
            broken.append((period.get("strength", "must"), period["name"], len(touched)))
    if not _is_active(it.keys, day, day) or not everyone:
        broken.append(("must", "active", everyone))
    return tuple(broken)


def _is_active(keys: Mapping[str, Any], first: date, last: date) -> bool:
    """Return whether a forum or an organisation lives on some day from first to last."""
    active = keys.get("active") or {}
    return str(active.get("from", "")) <= str(last) and str(first) <= str(active.get("to", "9999"))


def _present(world: World, organisations: Iterable[str], first: date, last: date | None = None) -> set[str]:
    """Return those of some organisations that take part that day, or on some day from first to last."""
    return {name for name in organisations if _is_active(_organisation(world, name), first, last or first)}


def _organisation(world: World, name: str) -> Mapping[str, Any]:
    return world.keys.get("organisations", {}).get(name, {})  # type: ignore[no-any-return]


def _lives(world: World, forum: Forum, day: date) -> bool:
    """Return whether a day lies in the forum's life, which is no longer than that of its organisations."""
    keys = [_organisation(world, name) for name in forum.organisations]
    begun = any(_is_active(one, date.min, day) for one in keys)
    goes_on = any(_is_active(one, day, date.max) for one in keys)
    return begun and goes_on and _is_active(forum.keys, day, day)


def _allowed(world: World, forum: str, first: date, last: date) -> list[date]:
    """Return Monday to Friday from first to last, less the days a must day-rule closes for the forum.

    What lies outside its life counts as open.
    """
    days = [first + number * DAY for number in range((last - first).days + 1)]
    closed = {
        day
        for day in days
        if any(rule[0] == "must" and rule[1] != "active" for rule in day_rules(world, forum, day))
    }
    return [day for day in days if day.weekday() < SATURDAY and day not in closed]


def open_days(world: World, forum: str, window: Mapping[str, Any] | None, year: int) -> list[date]:
    """Return the open days of the window (from, to; None is the whole year) that starts in that year."""
    span = _span(window or WHOLE_YEAR, year)
    return _allowed(world, forum, *span) if span else []


# --- what should happen ---


def slots(world: World, forum: str, year: int, neighbours: Dates | None = None) -> tuple[Slot, ...]:
    """Return the forum's slots of the year with their ideals; as needed those reserved, none for external.

    `neighbours` are the meetings of the years before and after: they may prepare.
    """
    beside = tuple((name, tuple(days)) for name, days in (neighbours or {}).items())
    return _slots(world, forum, year, beside)


@lru_cache(maxsize=10_000)
def _slots(world: World, forum: str, year: int, beside: Beside) -> tuple[Slot, ...]:
    found = places(world, forum, year)
    laid = None if world.forums[forum].rrule else _laid(world, forum, year, beside)
    if laid is None:
        return found
    return tuple(
        slot._replace(ideal=day, ideal_index=slot.days.index(day))
        for slot, day in zip(found, laid, strict=True)
    )


@lru_cache(maxsize=10_000)
def places(world: World, forum: str, year: int) -> tuple[Slot, ...]:
    """Return the forum's slots of the year in order, with their middles instead of their ideals."""
    it = world.forums[forum]
    if it.rrule:
        return tuple(_nominal_slot(world, forum, nominal) for nominal in _nominal_dates(world, it, year))
    found: list[Slot] = []
    for first, last, meetings in _windows(it, year):
        days = _allowed(world, forum, first, last)
        for k in range(1, meetings + 1):
            index = len(days) * (2 * k - 1) // (2 * meetings)
            found.append(Slot(days[index] if days else None, days, index, first, last))
    return tuple(slot for slot in found if _lives(world, it, slot.ideal or slot.first))


def _windows(forum: Forum, year: int) -> list[tuple[date, date, int]]:
    """Return first day, last day and number of meetings of each window of the year, in order."""
    if not forum.times_a_year:
        return []
    windows = [window for window in forum.keys.get("windows") or [WHOLE_YEAR] if _span(window, year)]
    windows.sort(key=lambda window: _span(window, year) or ())
    spans = [_span(window, year) or (date.max, date.min) for window in windows]
    return [(*span, number) for span, number in zip(spans, _shares(forum, windows), strict=True)]


def _shares(forum: Forum, windows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return how many meetings each window gets."""
    unwritten = [window for window in windows if "meetings" not in window]
    rest = forum.times_a_year - sum(int(window.get("meetings", 0)) for window in windows)
    each, left = divmod(rest, len(unwritten)) if unwritten else (0, 0)
    if left or each < 0:
        message = f"{forum.id}: {forum.times_a_year} meetings cannot be shared out evenly"
        raise ValueError(message)
    return [int(window.get("meetings", each)) for window in windows]


def _nominal_dates(world: World, forum: Forum, year: int) -> list[date]:
    first, last = datetime(year, 1, 1), datetime(year, 12, 31)  # noqa: DTZ001  dates need no zone
    rule = rrulestr(forum.rrule, dtstart=first)
    dates = {moment.date() for moment in rule.between(first, last, inc=True)}
    return sorted(day for day in dates if _lives(world, forum, day))


def _nominal_slot(world: World, forum: str, nominal: date) -> Slot:
    first, last = nominal - RRULE_REACH, nominal + RRULE_REACH
    days = _allowed(world, forum, first, last)
    return Slot(nominal, days, bisect_left(days, nominal), first, last)


# --- ideals ---


class Alone(NamedTuple):
    """A forum by itself: what its ideals are made of."""

    forum: Forum
    meetings: int  # m, those of a whole life
    open_days: list[date]  # T of them, in all windows
    slots: tuple[Slot, ...]  # with their middles
    others: Dates  # when the forums meet by themselves that prepare it or that it meets together with
    size: int  # how many organisations take part at some time of the year


@lru_cache(maxsize=10_000)
def _laid(world: World, forum: str, year: int, beside: Beside) -> tuple[date, ...] | None:
    """Return the dates on which the forum would meet by itself, or None if there is no way."""
    it = alone(world, forum, year, dict(beside))
    ways: list[tuple[Cost, tuple[date, ...]]] = [((0, 0, 0), ())]
    for slot in it.slots:
        cheapest = []
        for day in allowed_days(world, it, slot):
            own = _cost_of_day(world, it, slot, day)
            reached = [
                (_sum(cost, own, _cost_of_gap(it, days[-1:], day)), (*days, day))
                for cost, days in ways
                if not days or (day - days[-1]).days >= _must_spacing(it.forum)
            ]
            cheapest += [min(reached)] if reached else []
        ways = cheapest
    return min(ways)[1] if ways else None


def alone(world: World, forum: str, year: int, neighbours: Dates | None = None) -> Alone:
    """Return a forum by itself, after the forums that it is linked to."""
    it = world.forums[forum]
    windows = _windows(it, year)
    days = [day for first, last, _ in windows for day in _allowed(world, forum, first, last)]
    links = [it.keys[key]["forum"] for key in ("prepared_by", "together_with") if it.keys.get(key)]
    others = {name: _by_itself(world, name, year, neighbours or {}) for name in links}
    size = len(_in_the_year(world, it, year))
    return Alone(it, sum(number for *_, number in windows), days, places(world, forum, year), others, size)


def _by_itself(world: World, forum: str, year: int, neighbours: Dates) -> list[date]:
    """Return a forum's ideals, its nominal or external dates, and its meetings of the years beside."""
    found = [slot.ideal for slot in slots(world, forum, year, neighbours) if slot.ideal]
    external = [day for day in world.forums[forum].external if day.year == year]
    return sorted([*found, *external, *neighbours.get(forum, ())])


def allowed_days(world: World, it: Alone, slot: Slot) -> list[date]:
    """Return the days of a slot that no must-rule closes."""
    return [
        day
        for day in slot.days
        if not any(rule[0] == "must" for rule in day_rules(world, it.forum.id, day))
        and day.weekday() in _wanted(it.forum)
    ]


def _wanted(forum: Forum) -> list[int]:
    return _weekdays(forum.keys.get("weekdays") or []) or list(range(SATURDAY))


def _must_spacing(forum: Forum) -> int:
    """Return the least days between two meetings of a forum that a must asks for."""
    strength = (forum.keys.get("spacing") or {}).get("strength", "must")
    return max(1, _least_days(forum)) if strength == "must" else 1


def _least_days(forum: Forum) -> int:
    """Return the least days between two meetings of a forum."""
    unspaced = bool(forum.rrule) or "reserve" in forum.keys
    by_cadence = 0 if unspaced else 365 // forum.times_a_year // 2
    return int((forum.keys.get("spacing") or {}).get("min_days", by_cadence))


def cost_of_way(world: World, it: Alone, days: Sequence[date]) -> Cost | None:
    """Return the cost of a way to lay a forum's meetings, or None if it is none."""
    for slot, day in zip(it.slots, days, strict=True):
        if day not in allowed_days(world, it, slot):
            return None
    if any((later - earlier).days < _must_spacing(it.forum) for earlier, later in itertools.pairwise(days)):
        return None
    own = [_cost_of_day(world, it, slot, day) for slot, day in zip(it.slots, days, strict=True)]
    gaps = [_cost_of_gap(it, [earlier], later) for earlier, later in itertools.pairwise(days)]
    return _sum((0, 0, 0), *own, *gaps)


def _sum(*costs: Cost) -> Cost:
    trouble, steps, unevenness = (sum(amounts) for amounts in zip(*costs, strict=True))
    return trouble, steps, unevenness


def _cost_of_day(world: World, it: Alone, slot: Slot, day: date) -> Cost:
    rules = day_rules(world, it.forum.id, day)
    trouble = sum(touched for strength, _, touched in rules if strength == "should")
    prices = [PREFER_POINTS for strength, *_ in rules if strength == "prefer"]
    prices.append((slot.days.index(day) - slot.ideal_index) ** 2)
    together, preparation = it.forum.keys.get("together_with"), it.forum.keys.get("prepared_by")
    if together and day not in it.others[together["forum"]]:
        trouble += it.size
    if preparation:
        low, high = _range(preparation["days_before"])
        lead = min(
            (n for other in it.others[preparation["forum"]] if (n := (day - other).days) >= low), default=None
        )
        if lead is None or lead > high:
            trouble += it.size
        else:
            prices.append((lead - (low + high) // 2) ** 2)
    steps = _wanted(it.forum).index(day.weekday()) if it.forum.keys.get("weekdays") else 0
    return trouble, steps, it.meetings**2 * sum(prices)


def _cost_of_gap(it: Alone, before: Sequence[date], day: date) -> Cost:
    """Return what the gap from the meeting before, if there is one, costs."""
    off, share = 0, len(it.open_days)  # counted in m-ths of a day
    for earlier in before:
        weeks, rest = divmod((day - earlier).days, 7)
        working = 5 * weeks + sum((earlier + n * DAY).weekday() < SATURDAY for n in range(rest))
        still_open = bisect_left(it.open_days, day) - bisect_left(it.open_days, earlier)
        off = max(share - it.meetings * working, it.meetings * still_open - share, 0)
    return 0, 0, 9 * off**2


# --- what a plan is worth ---


def evaluate(
    world: World, year: int, dates: Dates, *, given: Dates | None = None, neighbours: Dates | None = None
) -> Verdict:
    """Count a plan's broken musts, should-trouble and points.

    `dates` holds the year's meetings by forum; dates of external forums are taken from the file instead.
    `given` are the year's meetings without a slot (as needed, extra): they prepare, must not be overlapped,
    fill weeks and count for a spacing that is written, that is all. `neighbours` are the same forums'
    meetings of the years before and after: they prepare, must not be overlapped and count for spacing, but
    fill no weeks.
    """
    return _verdict(troubles(world, year, dates, given=given, neighbours=neighbours))


def troubles(
    world: World, year: int, dates: Dates, *, given: Dates | None = None, neighbours: Dates | None = None
) -> list[Trouble]:
    """Return everything that `evaluate` counts, one by one."""
    plan = {name: sorted(dates.get(name, ())) for name in world.forums if places(world, name, year)}
    is_external = {name: forum.keys["cadence"].casefold() in EXTERNAL for name, forum in world.forums.items()}
    slotless = {name: days for name, days in dates.items() if name not in plan and not is_external[name]}
    around = _given(world, year, [given or {}, slotless], neighbours or {})
    found = list(_between(world, plan, around))
    for name, days in plan.items():
        held = [(day, True) for day in days]
        wanted = slots(world, name, year, neighbours)
        found += _judge_forum(
            world, world.forums[name], year, wanted, held, _beside(world, name, neighbours, given)
        )
    return found


def _verdict(found: Sequence[Trouble]) -> Verdict:
    musts = [trouble.text for trouble in found if trouble.kind == "must"]
    should, points = (sum(it.amount for it in found if it.kind == kind) for kind in ("should", "points"))
    return Verdict(musts, should, points)


def _given(world: World, year: int, given: Sequence[Dates], neighbours: Dates) -> _Given:
    meets = {name: list(forum.external) for name, forum in world.forums.items()}
    crowding = [(name, day) for name, days in meets.items() for day in days if day.year == year]
    for meetings in given:
        crowding += [(name, day) for name, days in meetings.items() for day in days]
    for meetings in (*given, neighbours):
        for name, days in meetings.items():
            meets[name] += days
    return _Given(meets, crowding)


def _beside(world: World, name: str, neighbours: Dates | None, given: Dates | None) -> list[date]:
    """Return the days of a forum's other meetings that count for its spacing."""
    extra = (given or {}).get(name, ()) if "spacing" in world.forums[name].keys else ()
    return [*(neighbours or {}).get(name, ()), *extra]


def _broken(rule: Mapping[str, Any], forum: Forum, text: str, present: set[str]) -> Trouble:
    """Price a broken rule about the forum's meetings and those present, a must unless it says otherwise."""
    return _priced(rule.get("strength", "must"), f"{forum.id} {text}", len(present))


def _in_the_year(world: World, forum: Forum, year: int) -> set[str]:
    """Return the forum's organisations that take part at some time of the year."""
    return _present(world, forum.organisations, date(year, 1, 1), date(year, 12, 31))


def _priced(strength: str, text: str, organisations: int) -> Trouble:
    prices = {"must": ("must", 1), "should": ("should", organisations), "prefer": ("points", PREFER_POINTS)}
    kind, amount = prices[strength]
    return Trouble(kind, text, amount)


def _judge_forum(
    world: World,
    forum: Forum,
    year: int,
    wanted: Sequence[Slot],
    held: Sequence[Held],
    neighbours: Sequence[date],
) -> Iterator[Trouble]:
    """Judge the meetings of one forum by everything that has to do with no other forum."""
    if len(held) != len(wanted):
        yield Trouble("must", f"{forum.id}: {len(held)} meetings instead of {len(wanted)}", 1)
    for slot, (day, is_held) in zip(wanted, held, strict=False):
        if is_held:
            yield from _judge_day(world, forum, slot, day)
    days = [day for day, is_held in held if is_held]
    yield from _judge_spacing(world, forum, year, days, neighbours)
    yield from _judge_fixed_dates(world, forum, year, days)


def _judge_day(world: World, forum: Forum, slot: Slot, day: date) -> Iterator[Trouble]:
    if day not in slot.days:
        yield Trouble("must", f"{forum.id} {day}: outside its window or on a closed day", 1)
    for strength, name, organisations in day_rules(world, forum.id, day):
        if strength != "must" or name == "active":
            yield _priced(strength, f"{forum.id} {day}: {name}", organisations)
    weekdays = _weekdays((forum.own if forum.rrule else forum.keys).get("weekdays") or [])
    if weekdays and day.weekday() not in weekdays:
        yield Trouble("must", f"{forum.id} {day}: not on one of its weekdays", 1)
    if forum.rrule and slot.ideal:
        off, is_earlier = (day - slot.ideal).days, day < slot.ideal
        yield Trouble("points", f"{forum.id} {day}: off its nominal date", off**2 + is_earlier)
        return
    off = bisect_left(slot.days, day) - slot.ideal_index
    yield Trouble("points", f"{forum.id} {day}: off its ideal", off**2)
    if day.weekday() in weekdays:
        yield Trouble("points", f"{forum.id} {day}: weekday", STEP_POINTS * weekdays.index(day.weekday()))


def _judge_spacing(
    world: World, forum: Forum, year: int, days: Sequence[date], neighbours: Sequence[date]
) -> Iterator[Trouble]:
    present = _in_the_year(world, forum, year)
    spacing = forum.keys.get("spacing") or {}
    least = _least_days(forum)
    for earlier, later in itertools.pairwise(sorted([*days, *neighbours])):
        if (later - earlier).days < least and (earlier in days or later in days):
            yield _broken(spacing, forum, f"{later}: less than {least} days after {earlier}", present)


def _judge_fixed_dates(world: World, forum: Forum, year: int, days: Sequence[date]) -> Iterator[Trouble]:
    for key, sign in (("before", 1), ("after", -1)):
        for rule in forum.keys.get(key) or []:
            fixed = _date(world.keys["dates"][rule["date"]]["on"], year)
            fits = any(sign * (fixed - day).days >= int(rule["days"]) for day in days)
            if fixed.year == year and days and not fits:
                present = _in_the_year(world, forum, year)
                yield _broken(rule, forum, f"never {rule['days']} days {key} {fixed}", present)


def _between(world: World, plan: Dates, around: _Given) -> Iterator[Trouble]:
    """Judge what forums have to do with each other."""
    meets = {name: [*plan.get(name, ()), *days] for name, days in around.meets.items()}
    for name, days in plan.items():
        forum = world.forums[name]
        for day in days:
            if forum.keys.get("prepared_by"):
                yield _judge_preparation(world, forum, day, meets)
            if forum.keys.get("together_with"):
                yield from _judge_togetherness(world, forum, day, meets)
    yield from _judge_overlaps(world, plan, around)
    yield from _judge_weeks(world, plan, around)


def _judge_preparation(world: World, forum: Forum, day: date, meets: Dates) -> Trouble:
    rule = forum.keys["prepared_by"]
    low, high = _range(rule["days_before"])
    gaps = [(day - preparer).days for preparer in meets[rule["forum"]]]
    gap = min((gap for gap in gaps if gap >= low), default=high + 1)
    if gap > high:
        text = f"{day}: not prepared by {rule['forum']} {low}-{high} days before"
        return _broken(rule, forum, text, _present(world, forum.organisations, day))
    return Trouble("points", f"{forum.id} {day}: prepared {gap} days before", (gap - (low + high) // 2) ** 2)


def _judge_togetherness(world: World, forum: Forum, day: date, meets: Dates) -> Iterator[Trouble]:
    rule = forum.keys["together_with"]
    if day not in meets[rule["forum"]] or _overlap(forum, world.forums[rule["forum"]], 0):
        present = _present(world, forum.organisations, day)
        yield _broken(rule, forum, f"{day}: not beside a meeting of {rule['forum']}", present)


def _overlap(one: Forum, other: Forum, buffer: int) -> bool:
    (start, end), (other_start, other_end) = _minutes(one), _minutes(other)
    return start < other_end + buffer and other_start < end + buffer


@lru_cache(maxsize=10_000)
def never_same_day(world: World, one: str, other: str, day: date) -> bool:
    """Return whether two forums share a member that day and their hours leave too little time between."""
    pair = world.forums[one], world.forums[other]
    everywhere = world.keys.get("buffer_minutes", "30")
    buffer = max(int(forum.keys.get("buffer_minutes", everywhere)) for forum in pair)
    shared = {organisation for _, organisation in pair[0].members & pair[1].members}
    return bool(_present(world, shared, day)) and _overlap(*pair, buffer)


def _judge_overlaps(world: World, plan: Dates, around: _Given) -> Iterator[Trouble]:
    pairs = [(one, other, plan[other]) for one, other in itertools.combinations(plan, 2)]
    pairs += [(one, other, days) for one in plan for other, days in around.meets.items()]
    for one, other, days in pairs:
        for day in plan[one]:
            if day in days and never_same_day(world, one, other, day):
                yield Trouble("must", f"{one} {day}: overlaps {other}", 1)
    for name, days in plan.items():
        if len(set(days)) < len(days):
            yield Trouble("must", f"{name}: meets twice on one day", 1)


def _judge_weeks(world: World, plan: Dates, around: _Given) -> Iterator[Trouble]:
    weeks: Counter[tuple[str, int, int]] = Counter()
    for name, day in [(name, day) for name, days in plan.items() for day in days] + around.crowding:
        year, week, _ = day.isocalendar()
        present = _present(world, world.forums[name].organisations, day)
        weeks.update((organisation, year, week) for organisation in present)
    for (organisation, year, week), count in weeks.items():
        if count > 1:
            yield Trouble("points", f"{organisation}: {count} meetings in week {week} of {year}", count - 1)


# --- the best plan ---


def brute_force(
    world: World,
    year: int,
    radius: int | None = None,
    *,
    given: Dates | None = None,
    neighbours: Dates | None = None,
    record: Record = NO_RECORD,
    most: int = MOST_COMBINATIONS,
) -> dict[str, list[date]] | None:
    """Return the best of all plans of a tiny world, or None if each breaks a must.

    With `radius` only days at most so many open days from the ideal (days from the nominal date) are tried:
    much quicker, but the best of those need not be the best of all. Forums without slots are left out, and
    cancelled meetings.
    """
    around = _given(world, year, [given or {}], neighbours or {})
    names = [name for name in world.forums if places(world, name, year)]
    choices = [
        _choices(
            world,
            name,
            year,
            [
                (slot, _candidates(world, world.forums[name], slot, radius))
                for slot in slots(world, name, year, neighbours)
            ],
            _beside(world, name, neighbours, given),
            record,
        )
        for name in names
    ]
    if math.prod(map(len, choices)) > most:
        message = f"too many plans to try: {[len(choice) for choice in choices]}"
        raise TooManyPlansError(message)
    best: tuple[int, int, int, tuple[tuple[date, ...], ...]] | None = None
    for chosen in itertools.product(*choices):
        moved, should, points = (
            sum(it[0] for it in chosen),
            sum(it[1] for it in chosen),
            sum(it[2] for it in chosen),
        )
        if best and (moved, should, points) > best[:3]:
            continue  # the rest only adds to this
        days = tuple(it[3] for it in chosen)
        rest = _verdict(list(_between(world, dict(zip(names, days, strict=True)), around)))
        found = (moved, should + rest.should, points + rest.points, days)
        if not rest.musts and (best is None or found < best):
            best = found
    return {name: list(days) for name, days in zip(names, best[3], strict=True)} if best else None


def _choices(
    world: World,
    name: str,
    year: int,
    wanted: Sequence[tuple[Slot, list[date]]],
    neighbours: Sequence[date],
    record: Record,
) -> list[tuple[int, int, int, tuple[date, ...]]]:
    """Return (moved, should, points, dates) of every way to place a forum, breaking no must, best first."""
    forum = world.forums[name]
    confirmed, cancelled = set(record.confirmed.get(name, ())), set(record.cancelled.get(name, ()))
    first, old = record.not_before.get(name, date.min), set(record.proposed.get(name, ()))
    options = [
        [
            *((day, True) for day in days if day >= first or day in confirmed),
            *((day, False) for day in cancelled if slot.first <= day <= slot.last),
        ]
        for slot, days in wanted
    ]
    found = []
    for held in _ascending(options):
        live = [day for day, is_held in held if is_held]
        missing = confirmed - set(live) or cancelled - {day for day, is_held in held if not is_held}
        if missing or len(held) - len(live) > len(cancelled) or len(set(live)) < len(live):
            continue
        judged = _judge_forum(world, forum, year, [slot for slot, _ in wanted], held, neighbours)
        verdict = _verdict(list(judged))
        if not verdict.musts:
            free = set(live) - confirmed
            moved = min(len(free), len(old)) - len(free & old)
            found.append((moved, verdict.should, verdict.points, tuple(live)))
    return sorted(found)


def _candidates(world: World, forum: Forum, slot: Slot, radius: int | None) -> list[date]:
    """Return the slot's days within the radius that break no must by themselves."""
    days = slot.days
    if radius is not None and forum.rrule and slot.ideal:
        days = [day for day in days if abs((day - slot.ideal).days) <= radius]
    elif radius is not None:
        days = days[max(0, slot.ideal_index - radius) : slot.ideal_index + radius + 1]
    return [day for day in days if not _verdict(list(_judge_day(world, forum, slot, day))).musts]


def _ascending(
    options: Sequence[Sequence[Held]], after: Held = (date.min, True)
) -> Iterator[tuple[Held, ...]]:
    """Yield every way to take one day of each, each later than the one before.

    A cancelled meeting leaves its day free for the one before or after it.
    """
    if not options:
        yield ()
        return
    for day, is_held in options[0]:
        both_held = is_held and after[1]
        if day > after[0] or (day == after[0] and not both_held):
            for rest in _ascending(options[1:], (day, is_held)):
                yield ((day, is_held), *rest)
