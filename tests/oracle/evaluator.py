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
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import holidays
import yaml
from dateutil.easter import easter
from dateutil.rrule import rrulestr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Dates = Mapping[str, Sequence[date]]  # by forum
    Beside = tuple[tuple[str, tuple[date, ...]], ...]  # the same, to remember answers by
    Cost = tuple[int, int, int]  # of a way to lay a forum's meetings: trouble, steps, unevenness
    Choice = tuple[int, int, int, tuple[date, ...]]  # moved, should-trouble, points, dates of a forum
    Held = tuple[date, bool]  # a meeting's day, and whether it is held or cancelled

DAY = timedelta(days=1)
SATURDAY = 5
PREFER_POINTS = STEP_POINTS = 9
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
}
RHYTHMS = {  # unit, units in a cell, meetings in a cell
    **dict.fromkeys(("weekly", "every week", "once a week", "varje vecka"), ("week", 1, 1)),
    **dict.fromkeys(("every other week", "fortnightly", "varannan vecka"), ("week", 2, 1)),
    **dict.fromkeys(("every six weeks", "var sjätte vecka"), ("week", 6, 1)),
    **dict.fromkeys(("monthly", "every month", "once a month", "varje månad"), ("month", 1, 1)),
    **dict.fromkeys(("every other month", "varannan månad"), ("month", 2, 1)),
    **dict.fromkeys(("quarterly", "every quarter", "varje kvartal"), ("month", 3, 1)),
    **dict.fromkeys(("twice a month", "två gånger i månaden"), ("month", 1, 2)),
    **dict.fromkeys(("half-yearly", "every half-year"), ("month", 6, 1)),
}
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1, "första": 1, "sista": -1}
EVERY = {"every": 1, "varje": 1, "every other": 2, "varannan": 2, "every third": 3}
OF_MEETINGS = ("time", "days", "last_day", "weekdays", "place", "room")
"""Keys of a forum that some of its meetings may have otherwise, as far as they matter to a plan."""
DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, eq=False)
class Forum:
    """A forum: its keys as written (`own`), with `defaults` filled in (`keys`), and what they mean."""

    id: str
    own: dict[str, Any]
    keys: dict[str, Any]
    members: frozenset[tuple[str, str]]  # (role, organisation)
    needed: frozenset[tuple[str, str]]  # those of them that are not optional
    organisations: frozenset[str]
    times_a_year: int
    rules: tuple[str, ...]  # RFC 5545
    rhythm: tuple[str, int, int] | None
    external: list[date]
    begins: str = "01-01"  # the day on which planning years begin


@dataclass(frozen=True, eq=False)
class World:
    """A forum file, resolved; `forums` keeps the order of the file."""

    keys: dict[str, Any]
    calendar: dict[str, Any]
    groups: dict[str, list[str]]
    forums: dict[str, Forum]
    begins: str


class Slot(NamedTuple):
    """Where a meeting should be: its ideal (or named) date, its days, the place of the ideal, its window.

    The ideal of a place that no ideal is known of yet is its middle.

    A cancelled meeting takes a slot whose window it is in, whatever closed its day since.
    """

    ideal: date | None
    days: list[date]
    ideal_index: int
    first: date
    last: date
    held: date | None = None  # of a named day: where it is held by itself
    others: tuple[int, ...] = ()  # the weekdays of a rotation whose turn it is not
    recorded: tuple[date, ...] = ()  # what is planned or decided already, whosever turn it is


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
    beside: Dates  # those of the years before and after
    settled: list[tuple[str, date]]  # what others decided, or other years
    extra: list[tuple[str, date]]  # what a person added


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
    begins = (keys.get("year") or {}).get("from", "01-01")
    forums = {
        name: replace(_forum(name, own, defaults, groups), begins=begins)
        for name, own in keys["forums"].items()
    }
    return World(keys, calendar, groups, forums, begins)


def _forum(name: str, own: dict[str, Any], defaults: dict[str, Any], groups: dict[str, list[str]]) -> Forum:
    keys = {**defaults, **own}
    members, needed = (
        frozenset(
            (entry["role"], organisation)
            for entry in keys.get("members") or []
            for organisation in _organisations(_texts(entry["from"]), groups)
            if also_optional or entry.get("optional", "false") == "false"
        )
        for also_optional in (True, False)
    )
    if "for_each" in own:
        keys["cadence"] = "as needed"
    cadences = [" ".join(text.split()) for text in _texts(keys["cadence"])]
    rules = tuple(rule for text in cadences if (rule := _rule(text)))
    rhythm = RHYTHMS.get(cadences[0].casefold())
    times = 0
    if not rules and not rhythm:
        times = _times_a_year(cadences[0].casefold()) or int(keys.get("reserve", 0))
    dates = keys.get("dates") or []
    if not isinstance(dates, list) or not all(isinstance(text, str) for text in dates):
        message = f"{name}: the evaluator reads external dates from the forum file only"
        raise NotImplementedError(message)
    external = sorted(date.fromisoformat(text) for text in dates)
    organisations = frozenset(of for _, of in members)
    return Forum(name, own, keys, members, needed, organisations, times, rules, rhythm, external)


def _organisations(names: list[str], groups: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    for name in names:
        found |= _organisations(groups[name], groups) if name in groups else {name}
    return found


def _rule(text: str) -> str | None:
    """Return the recurrence rule that a cadence is or means; None if it names no days."""
    if text.upper().startswith("RRULE:"):
        return text[6:].upper()
    *start, day = text.casefold().removesuffix(" of the month").removesuffix(" i månaden").split()
    numbers = [number for number, shorts in enumerate(WEEKDAYS) if day[:3] in shorts]
    words = " ".join(start)
    if not numbers or words not in {**ORDINALS, **EVERY} or day in {"month", "månad"}:
        return None
    code = DAY_CODES[numbers[0]]
    if words in ORDINALS:
        return f"FREQ=MONTHLY;BYDAY={ORDINALS[words]}{code}"
    return f"FREQ=WEEKLY;INTERVAL={EVERY[words]};BYDAY={code}"


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


def _weekdays(names: str | list[str] | dict[str, list[str]]) -> list[int]:
    """Return the numbers of weekday names, Monday 0; the first three letters tell."""
    if isinstance(names, dict):
        names = names["rotate"]
    numbers = {short: number for number, shorts in enumerate(WEEKDAYS) for short in shorts}
    return [numbers[name.casefold()[:3]] for name in _texts(names)]


def _minutes(text: str) -> tuple[int, int]:
    """Return start and end of a time in minutes: a whole day, or perhaps until some hour of the next day."""
    if text in ("all day", "hela dagen"):
        return 0, 24 * 60
    start, end = (
        int(hour) * 60 + int(minute) for hour, minute in (one.split(":") for one in text.split("-"))
    )
    return start, end if end > start else end + 24 * 60


def _spans_of(window: Mapping[str, Any], day: date) -> list[tuple[date, date]]:
    """Return both ends of a window of the year of a day, and of the year before."""
    return [span for year in (day.year, day.year - 1) if (span := _span(window, year))]


@lru_cache(maxsize=100_000)
def _window_on(forum: Forum, day: date, key: str | None = None) -> Mapping[str, Any]:
    """Return the window that a day lies in, of those that say a key if one is given; else an empty one."""
    windows: list[dict[str, Any]] = forum.keys.get("windows") or []
    for window in windows:
        spans = _spans_of(window, day)
        if (key is None or key in window) and any(first <= day <= last for first, last in spans):
            return window
    return {}


@lru_cache(maxsize=100_000)
def keys_on(forum: Forum, day: date) -> Mapping[str, Any]:
    """Return the keys of a forum for a meeting that begins on a day: changed by then, or of its window.

    Who says a place says that there is no room, and the reverse.
    """
    keys = dict(forum.keys)
    changes = sorted(forum.keys.get("changes") or [], key=lambda change: change["from"])
    for said in (*(change for change in changes if change["from"] <= str(day)), _window_on(forum, day)):
        if {"place", "room"} & {*said}:
            keys.pop("place", None)
            keys.pop("room", None)
        keys |= {key: said[key] for key in OF_MEETINGS if key in said}
    return keys


def _listed(forum: Forum, day: date) -> list[int]:
    """Return the weekdays that are written for a day, by its window or the forum."""
    window = _window_on(forum, day, "weekdays")
    return _weekdays(window.get("weekdays") or forum.keys.get("weekdays") or [])


def _length(forum: Forum, day: date) -> int:
    return int(keys_on(forum, day).get("days", 1))


def _held_on(forum: Forum, day: date) -> list[date]:
    """Return the days of a meeting that begins on a day."""
    return [day + number * DAY for number in range(_length(forum, day))]


def _stays_in_year(forum: Forum, day: date) -> bool:
    """Return whether a meeting that begins on a day is over when the planning year is."""
    years = {one.year - (one < _date(forum.begins, one.year)) for one in _held_on(forum, day)}
    return len(years) == 1


@lru_cache(maxsize=100_000)
def _hours_taken(world: World, forum: Forum, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """Return from when to when a meeting that begins on a day takes its members, no piece over a midnight."""
    keys = keys_on(forum, day)
    usual = keys.get("time", "all day")
    taken = []
    for held in _held_on(forum, day):
        is_last = held != day and held == _held_on(forum, day)[-1]
        midnight = datetime(held.year, held.month, held.day)  # noqa: DTZ001
        bounds = _minutes(keys.get("last_day", usual) if is_last else usual)
        start, end = (midnight + timedelta(minutes=minutes) for minutes in bounds)
        if "timezone" in keys and "all day" not in usual:
            there, here = ZoneInfo(keys["timezone"]), ZoneInfo(world.keys["timezone"])
            start, end = (
                one.replace(tzinfo=there).astimezone(here).replace(tzinfo=None) for one in (start, end)
            )
        while start < end:
            next_midnight = datetime(start.year, start.month, start.day) + DAY  # noqa: DTZ001
            taken.append((start, min(end, next_midnight)))
            start = next_midnight
    return tuple(taken)


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


def _year(begins: str, year: int) -> tuple[date, date]:
    """Return the first and the last day of a planning year, by the day on which these begin."""
    return _date(begins, year), _date(begins, year + 1) - DAY


def in_year(world: World, year: int, day: date) -> bool:
    """Return whether a day lies in a planning year."""
    first, last = _year(world.begins, year)
    return first <= day <= last


def _window(forum: Forum, window: Mapping[str, Any] | None, year: int) -> tuple[date, date] | None:
    """Return both ends of the window that starts in a planning year; None is the whole of it."""
    first, last = _year(forum.begins, year)
    if window is None:
        return first, last
    spans = (_span(window, at) for at in (year, year + 1))
    return next((span for span in spans if span and first <= span[0] <= last), None)


# --- the days ---


@lru_cache(maxsize=1000)
def _holidays(country: str, category: str, year: int) -> frozenset[date]:
    code, _, subdivision = country.partition("-")
    if not country or category not in holidays.country_holidays(code).supported_categories:
        return frozenset()
    years = range(year - 1, year + 2)
    found = holidays.country_holidays(code, subdiv=subdivision or None, years=years, categories=(category,))
    return frozenset(day for day in found if day.year == year)


@lru_cache(maxsize=1000)
def _holiday_names(country: str, category: str, year: int) -> dict[date, str]:
    """Return the holidays of a year by day, as the country itself calls them."""
    if not _holidays(country, category, year):
        return {}
    code, _, part = country.partition("-")
    own = holidays.country_holidays(code).default_language
    return dict(
        holidays.country_holidays(code, subdiv=part or None, years=year, categories=(category,), language=own)
    )


def _is_holiday(world: World, country: str, category: str, day: date) -> bool:
    return day in _holidays(country, category, day.year) and not _is_working(world, country, day)


def _is_working(world: World, country: str, day: date) -> bool:
    """Return whether the file says of all holidays of a day in its own country that they are working days."""
    said = [text.casefold() for text in world.calendar.get("working", [])]
    if not said or country != world.calendar["country"]:
        return False
    names = {
        name.split(" (")[0].casefold()
        for category in ("public", "de_facto")
        for name in _holiday_names(country, category, day.year).get(day, "").split("; ")
        if name
    }
    return str(day) in said or (bool(names) and names <= set(said))


@lru_cache(maxsize=1000)
def _weekend(world: World, country: str) -> list[int]:
    """Return the weekdays that are off in a country; the file may say other ones of its own."""
    if world.calendar.get("weekend") and country == world.calendar["country"]:
        return _weekdays(world.calendar["weekend"])
    return sorted(holidays.country_holidays(country[:2]).weekend) if country else [SATURDAY, SATURDAY + 1]


def _is_off(world: World, country: str, day: date) -> bool:
    is_free = any(_is_holiday(world, country, category, day) for category in ("public", "de_facto"))
    return is_free or day.weekday() in _weekend(world, country)


def _calendar_rules(
    world: World, forum: Forum, country: str, day: date, first: date
) -> dict[tuple[str, str], str]:
    """Return what of `calendar` a day of a meeting breaks in a country: key and name, and its strength."""
    works = not _is_off(world, country, day)
    is_squeezed = works and _is_off(world, country, day - DAY) and _is_off(world, country, day + DAY)
    is_half = any(_is_holiday(world, country, category, day) for category in ("bank", "half_day"))
    half = world.calendar.get("half_days", "should")
    strength, hour = (
        (half, "") if isinstance(half, str) else (half.get("strength", "should"), half.get("from"))
    )
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
    until = midnight + timedelta(minutes=_minutes(f"00:00-{hour}")[1] if hour else 0)
    taken = _hours_taken(world, forum, first)
    ends_before = bool(hour) and all(end <= until for start, end in taken if start.date() == day)
    rules = {
        "public_holidays": ("must", _is_holiday(world, country, "public", day)),
        "de_facto_holidays": ("must", _is_holiday(world, country, "de_facto", day)),
        "half_days": ("should", works and is_half and not ends_before),
        "squeeze_days": ("should", is_squeezed),
    }
    strengths = {**world.calendar, "half_days": strength}
    called = {
        "public_holidays": ("public",),
        "de_facto_holidays": ("de_facto",),
        "half_days": ("bank", "half_day"),
        "squeeze_days": (),
    }
    return {
        (key, str([_holiday_names(country, category, day.year).get(day) for category in called[key]])): (
            strengths.get(key, default)
        )
        for key, (default, broken) in rules.items()
        if broken
    }


def _countries(world: World, organisations: Iterable[str]) -> Counter[str]:
    """Return the countries of some organisations, and how many of them are in each."""
    usual = world.calendar.get("country", "")
    return Counter(
        _organisation(world, key).get("country", usual) if usual else "" for key in sorted(organisations)
    )


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


def _touched(
    world: World, period: Mapping[str, Any], forum: Forum, members: frozenset[tuple[str, str]]
) -> set[str]:
    """Return the organisations with one of a forum's members that fits everything the period names."""
    if forum.id not in _texts(period.get("for_forums", [forum.id])):
        return set()
    named = _organisations(_texts(period.get("for", list(forum.organisations))), world.groups)
    roles = _texts(period.get("for_roles", [role for role, _ in forum.members]))
    return {organisation for role, organisation in members if role in roles and organisation in named}


@lru_cache(maxsize=100_000)
def day_rules(world: World, forum: str, day: date) -> tuple[tuple[str, str, int], ...]:
    """Return (strength, name, organisations touched) of each day-rule that a meeting breaks from that day on.

    What is said of several of its days alike is said once.
    """
    held = _held_on(world.forums[forum], day)
    every = [rule for one in held for rule in _rules_of(world, forum, one, day)]
    return tuple(dict.fromkeys(every)) if len(held) > 1 else tuple(every)


@lru_cache(maxsize=100_000)
def _rules_of(world: World, forum: str, day: date, first: date) -> tuple[tuple[str, str, int], ...]:
    """Return what one of the days of a meeting breaks, by the day on which this begins."""
    it = world.forums[forum]
    everyone = len(_present(world, it.organisations, day))
    observing = _present(world, it.organisations, day) or it.organisations
    broken = [
        (strength, f"{key} {name} {country}", touched)
        for country, touched in _countries(world, observing).items()
        for (key, name), strength in _calendar_rules(world, it, country, day, first).items()
    ]
    for period in world.calendar.get("periods") or []:
        if not _in_period(period, day):
            continue
        if touched := _present(world, _touched(world, period, it, it.needed), day):
            broken.append((period.get("strength", "must"), period["name"], len(touched)))
        elif touched := _present(world, _touched(world, period, it, it.members), day):
            broken.append(("prefer", period["name"], len(touched)))
    broken += _answered(world, it, day)
    if not _is_alive(world, it, day):
        broken.append(("must", "active", everyone))
    return tuple(broken)


def _answered(world: World, forum: Forum, day: date) -> Iterator[tuple[str, str, int]]:
    """Yield what answers to polls have against a day."""
    present = _present(world, forum.organisations, day)
    for poll in forum.keys.get("wishes", ()):
        said = [(on, who, no) for on, who, no in answers_in(poll["file"]) if on == day and who in present]
        nos = {who for _, who, no in said if no} & {who for _, who in forum.needed}
        maybes = {who for _, who, _ in said} - nos
        yield from [("should", f"{sorted(nos)} cannot", len(nos))] if nos else []
        yield from [("prefer", f"{sorted(maybes)} would rather not", len(maybes))] if maybes else []


def answers_in(poll: str) -> Iterator[tuple[date, str, bool]]:
    """Yield what the name of a poll tells, as tests write it: 2025-03-04_a_no+2025-03-05_b_maybe."""
    for answer in poll.split("+"):
        on, who, said = answer.split("_")
        yield date.fromisoformat(on), who, said == "no"


def _is_active(keys: Mapping[str, Any], first: date, last: date) -> bool:
    """Return whether a forum or an organisation lives on some day from first to last."""
    active = keys.get("active") or {}
    return str(active.get("from", "")) <= str(last) and str(first) <= str(active.get("to", "9999"))


def _present(world: World, organisations: Iterable[str], first: date, last: date | None = None) -> set[str]:
    """Return those of some organisations that take part that day, or on some day from first to last."""
    return {name for name in organisations if _is_active(_organisation(world, name), first, last or first)}


def _organisation(world: World, name: str) -> Mapping[str, Any]:
    return world.keys.get("organisations", {}).get(name, {})  # type: ignore[no-any-return]


def _is_alive(world: World, forum: Forum, day: date) -> bool:
    """Return whether the forum lives on a day, and some organisation of it takes part then."""
    return _is_active(forum.keys, day, day) and bool(_present(world, forum.organisations, day))


def _lives(world: World, forum: Forum, day: date) -> bool:
    """Return whether a day lies in the forum's life, which is no longer than that of its organisations."""
    keys = [_organisation(world, name) for name in forum.organisations]
    begun = any(_is_active(one, date.min, day) for one in keys)
    goes_on = any(_is_active(one, day, date.max) for one in keys)
    return begun and goes_on and _is_active(forum.keys, day, day)


def _allowed(world: World, forum: str, first: date, last: date) -> list[date]:
    """Return the working days from first to last, less those that a must day-rule closes for the forum.

    What lies outside its life counts as open.
    """
    it = world.forums[forum]
    days = [first + number * DAY for number in range((last - first).days + 1)]
    closed = {
        day
        for day in days
        if any(rule[0] == "must" and rule[1] != "active" for rule in day_rules(world, forum, day))
    }
    return [day for day in days if _works(world, it, day) and day not in closed]


@lru_cache(maxsize=100_000)
def _works(world: World, forum: Forum, day: date) -> bool:
    """Return whether a day is in no weekend of the forum's countries, or of the weekdays it meets on then."""
    return day.weekday() not in _off_every_week(world, forum) or (
        _binds(forum, day) and day.weekday() in _listed(forum, day)
    )


@lru_cache(maxsize=1000)
def _off_every_week(world: World, forum: Forum) -> set[int]:
    return {
        number for country in _countries(world, forum.organisations) for number in _weekend(world, country)
    }


def _binds(forum: Forum, day: date) -> bool:
    """Return whether the list of weekdays of a day counts: one from the defaults closes no named day."""
    return "weekdays" in forum.own or not forum.rules or bool(_window_on(forum, day, "weekdays"))


def open_days(world: World, forum: str, window: Mapping[str, Any] | None, year: int) -> list[date]:
    """Return the open days of the window (from, to; None is the whole year) that starts in that year."""
    span = _window(world.forums[forum], window, year)
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
    found = places(world, forum, year, beside)
    if not world.forums[forum].times_a_year:
        return tuple(slot for slot in found if _can_be_linked(world, world.forums[forum], year, beside, slot))
    laid = _laid(world, forum, year, beside)
    if laid is None:
        return found
    return tuple(
        slot._replace(ideal=day, ideal_index=slot.days.index(day))
        for slot, day in zip(found, laid, strict=True)
    )


@lru_cache(maxsize=10_000)
def places(world: World, forum: str, year: int, beside: Beside = ()) -> tuple[Slot, ...]:
    """Return the forum's slots of the year in order, with their middles instead of their ideals."""
    it = world.forums[forum]
    found: list[Slot] = []
    turns = _Turns(world, it, year, dict(beside).get(forum, ()))
    if it.rules:
        found = list(_named_slots(world, it, year))
    elif it.rhythm:
        found = [slot for cell in _cells(it, year) if (slot := _slot_of_cell(world, it, year, cell, turns))]
    for first, last, meetings in _windows(it, year):
        days = _allowed(world, forum, first, last)
        for k in range(1, meetings + 1):
            index = len(days) * (2 * k - 1) // (2 * meetings)
            found.append(Slot(days[index] if days else None, days, index, first, last))
    found = [slot for slot in found if _lives(world, it, slot.ideal or slot.first)]
    if it.times_a_year:
        found = [
            slot._replace(others=turns.take(slot.days[0], slot.days) if slot.days else ()) for slot in found
        ]
    return tuple(found)


class _Turns:
    """The weekdays of a forum that take turns; whose turn it is comes first. Each list has its own turns."""

    def __init__(self, world: World, forum: Forum, year: int, beside: Sequence[date]) -> None:
        self._world, self._forum = world, forum
        first = _year(forum.begins, year)[0]
        self._before = [day.weekday() for day in sorted(beside) if day < first]
        self._waiting: dict[tuple[int, ...], list[int]] = {}

    def others(self, day: date, days: Sequence[date]) -> tuple[int, ...]:
        """Return the weekdays whose turn it is not, of those taking turns that day; a slot has the days."""
        if not (rotation := self._rotation(day)):
            return ()
        waiting = self._waiting.setdefault(rotation, self._first_of_all(rotation))
        alike = [one for one in days if self._rotation(one) == rotation]
        can = {one.weekday() for one in alike if _meets_on(self._world, self._forum, one)}
        taking = next((number for number in waiting if number in can), waiting[0])
        return tuple(number for number in waiting if number != taking)

    def take(self, day: date, days: Sequence[date]) -> tuple[int, ...]:
        """Let a weekday have its turn, and return the others."""
        others = self.others(day, days)
        if others:
            rotation = self._rotation(day)
            self._waiting[rotation] = [*others, *(set(rotation) - {*others})]
        return others

    def _rotation(self, day: date) -> tuple[int, ...]:
        forum = self._forum
        named = forum.rules or forum.keys["cadence"] in ("as needed", "vid behov", *EXTERNAL)
        written = _window_on(forum, day, "weekdays").get("weekdays") or forum.keys.get("weekdays")
        return tuple(_weekdays(written)) if isinstance(written, dict) and not named else ()

    def _first_of_all(self, rotation: tuple[int, ...]) -> list[int]:
        """Return the weekdays of a list as they come after last year's."""
        had = [number for number in self._before if number in rotation]
        at = rotation.index(had[-1]) + 1 if had else 0
        order = [*rotation[at:], *rotation[:at]]
        while had.count(order[0]) > min(had.count(number) for number in rotation):
            order = order[1:] + order[:1]
        return order


def follow(world: World, forum: str, leader: Sequence[date]) -> tuple[Slot, ...]:
    """Return the slots of a forum that has one meeting for each of a leader's, which lie on these days."""
    rule = world.forums[forum].keys["for_each"]
    found = []
    for day in sorted(leader):
        if "days_before" in rule:
            far, near = (-days for days in _range(rule["days_before"])[::-1])
        else:
            far, near = _range(rule["days_after"])
        first, last = day + far * DAY, day + near * DAY
        found.append(Slot(None, _allowed(world, forum, first, last), 0, first, last))
    return tuple(found)


def _led(around: _Given, leader: str) -> list[date]:
    """Return the given meetings of the year of a leader."""
    return [day for name, day in around.crowding if name == leader]


def _windows(forum: Forum, year: int) -> list[tuple[date, date, int]]:
    """Return first day, last day and number of meetings of each window of the year, in order."""
    if not forum.times_a_year:
        return []
    written = forum.keys.get("windows")
    if not written:
        first, last = _year(forum.begins, year)
        return [(first, last - _further_days(forum), forum.times_a_year)]
    windows = [window for window in written if _window(forum, window, year)]
    windows.sort(key=lambda window: _window(forum, window, year) or ())
    spans = [_window(forum, window, year) or (date.max, date.min) for window in windows]
    return [
        (first, last - _further_days(forum, window), number)
        for window, (first, last), number in zip(windows, spans, _shares(forum, windows), strict=True)
    ]


def _further_days(forum: Forum, window: Mapping[str, Any] = MappingProxyType({})) -> timedelta:
    """Return how long after its first day a meeting's last one is, of those in a window."""
    return (int(window.get("days", forum.keys.get("days", 1))) - 1) * DAY


def _shares(forum: Forum, windows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return how many meetings each window gets."""
    unwritten = [window for window in windows if "meetings" not in window]
    rest = forum.times_a_year - sum(int(window.get("meetings", 0)) for window in windows)
    each, left = divmod(rest, len(unwritten)) if unwritten else (0, 0)
    if left or each < 0:
        message = f"{forum.id}: {forum.times_a_year} meetings cannot be shared out evenly"
        raise ValueError(message)
    return [int(window.get("meetings", each)) for window in windows]


# --- rhythms ---


def _days_of(forum: Forum, year: int) -> list[date]:
    first, last = _year(forum.begins, year)
    return [first + number * DAY for number in range((last - first).days + 1)]


def _cells(forum: Forum, year: int) -> list[list[date]]:
    """Return the days of each cell of a rhythm: so many ISO weeks of the year, or months."""
    unit, length, meetings = forum.rhythm or ("month", 12, 1)
    groups: dict[tuple[int, int], list[date]] = {}
    begin, end = _year(forum.begins, year)
    for day in _days_of(forum, year):
        week_year, week, weekday = day.isocalendar()
        if unit == "month":
            # Months are counted from the first day: those from the 15th begin on a 15th.
            back = day.day < begin.day
            groups.setdefault((0, 12 * day.year + day.month - back), []).append(day)
        elif begin <= day + (4 - weekday) * DAY <= end:
            groups.setdefault((week_year, week), []).append(day)
    units = list(groups.values())
    chunks = [units[start : start + length] for start in range(0, len(units), length)]
    if len(chunks) > 1 and 2 * len(chunks[-1]) <= length:
        chunks[-2:] = [chunks[-2] + chunks[-1]]
    found = []
    for chunk in chunks:
        days = [day for part in chunk for day in part]
        bounds = [len(days) * part // meetings for part in range(meetings + 1)]
        found += [days[start:end] for start, end in itertools.pairwise(bounds)]
    return found


def _slot_of_cell(world: World, forum: Forum, year: int, cell: Sequence[date], turns: _Turns) -> Slot | None:
    """Return the slot of a cell: on the day wanted first, nearest the middle of a cell of months."""
    begin, end = _year(forum.begins, year)
    spans = [(begin, end - _further_days(forum))]
    if windows := forum.keys.get("windows"):
        every = [
            (window, span)
            for window in windows
            for start in (year - 1, year)
            if (span := _window(forum, window, start))
        ]
        spans = [(first, min(last, end) - _further_days(forum, window)) for window, (first, last) in every]
    open_days = [
        day
        for day in _allowed(world, forum.id, cell[0], cell[-1])
        if any(first <= day <= last for first, last in spans)
    ]
    middle = len(open_days) // 2 if forum.rhythm and forum.rhythm[0] == "month" else 0
    ranked = [
        (_steps(forum, day), abs(place - middle), day)
        for place, day in enumerate(open_days)
        if _meets_on(world, forum, day) and day.weekday() not in turns.others(day, open_days)
    ]
    if not ranked:
        return None
    ideal = min(ranked)[2]
    lives = _lives(world, forum, ideal)
    others = turns.take(ideal, open_days) if lives else turns.others(ideal, open_days)
    first, last = next(span for span in spans if span[0] <= ideal <= span[1])
    first, last = max(first, cell[0]), min(last, cell[-1])
    days = [day for day in open_days if first <= day <= last]
    return Slot(ideal, days, days.index(ideal), first, last, others=others)


# --- named days ---


def _starting(forum: Forum, year: int) -> date:
    return date.fromisoformat(forum.keys.get("starting", f"{year}-{forum.begins}"))


def _by_rule(rule: str, start: date, first: date, last: date) -> list[date]:
    """Return the days of a rule from first to last, its interval counted from a start."""
    begin, low, high = (datetime(day.year, day.month, day.day) for day in (start, first, last))  # noqa: DTZ001
    return sorted({moment.date() for moment in rrulestr(rule, dtstart=begin).between(low, high, inc=True)})


def _meets_on(world: World, forum: Forum, day: date) -> bool:
    """Return whether all days of a meeting that begins on a day are of the forum's weekdays."""
    return all(_meets_that_day(world, forum, one) for one in _held_on(forum, day))


@lru_cache(maxsize=100_000)
def _meets_that_day(world: World, forum: Forum, day: date) -> bool:
    """Return whether a day is of the weekdays that a forum meets on, or that serve in such a week."""
    listed = _listed(forum, day)
    working = [number for number in range(7) if number not in _off_every_week(world, forum)]
    usual = listed if listed and _binds(forum, day) else [*working, *listed]
    if day.weekday() in usual:
        return True
    own = [day + (number - day.weekday()) * DAY for number in usual]
    return day.weekday() in _weekdays(forum.keys.get("otherwise", [])) and not any(
        all(rule[0] != "must" or rule[1] == "active" for rule in _rules_of(world, forum.id, other, other))
        for other in own
    )


def _is_open(world: World, forum: Forum, day: date) -> bool:
    """Return whether no must closes a day, whatever weekday it is; the forum's life does not matter."""
    musts = [name for strength, name, _ in day_rules(world, forum.id, day) if strength == "must"]
    return all(name == "active" for name in musts)


def _may_meet(world: World, forum: Forum, day: date) -> bool:
    """Return whether no must, its own weekdays too, closes a day; the forum's life does not matter."""
    return _meets_on(world, forum, day) and _is_open(world, forum, day)


def _is_weekly(rule: str) -> bool:
    parts = dict(part.split("=") for part in rule.split(";"))
    interval = int(parts.get("INTERVAL", "1"))
    if parts["FREQ"] == "DAILY":
        return interval <= len(WEEKDAYS)
    counted = {"BYMONTHDAY", "BYSETPOS", "BYWEEKNO"} & set(parts) or any(map(str.isdigit, parts["BYDAY"]))
    return interval == 1 and not counted


def _when_closed(forum: Forum) -> str:
    return str(forum.keys.get("when_closed", "skip" if any(map(_is_weekly, forum.rules)) else "move"))


def _named(world: World, forum: Forum, year: int, how: str) -> list[date]:
    """Return the days that are named in a year, in order."""
    first, last = _year(forum.begins, year)
    days = {day for rule in forum.rules for day in _by_rule(rule, _starting(forum, year), first, last)}
    if how == "restart":
        days = {day for rule in forum.rules for day in _counted_anew(world, forum, year, rule)}
    exchanged = {one["of"]: one["on"] for one in forum.keys.get("instead", [])}
    kept = {str(day) for day in days} - {*forum.keys.get("except", [])}
    found = sorted({date.fromisoformat(exchanged.get(day, day)) for day in kept})
    return [day for day in found if first <= day <= last]


def _counted_anew(world: World, forum: Forum, year: int, rule: str) -> list[date]:
    """Return the days that a rule names if its interval begins anew, on an open day, after closed ones."""
    begin, last = _year(forum.begins, year)
    first, found = _starting(forum, year), []
    each = ";".join(part for part in rule.split(";") if not part.startswith("INTERVAL="))

    def may_meet(day: date) -> bool:
        return _stays_in_year(forum, day) and _may_meet(world, forum, day)

    ahead = _by_rule(rule, first, max(first, begin - 366 * DAY), last)
    while ahead:
        day, *ahead = ahead
        found.append(day)
        if not may_meet(day) and each != rule:
            after = [*filter(may_meet, _by_rule(each, day, day + DAY, last))]
            ahead = _by_rule(rule, after[0], after[0], last) if after else []
    return found


def _can_be_linked(world: World, forum: Forum, year: int, beside: Beside, slot: Slot) -> bool:
    """Return whether a meeting of a rhythm, or one that may be skipped, has a day that its links allow."""
    if forum.rules and _when_closed(forum) == "move":
        return True
    days = [day for day in slot.days if _may_meet(world, forum, day) and _is_alive(world, forum, day)]
    for key in ("prepared_by", "together_with"):
        for link in _rules(forum, key):
            leader = world.forums[link["forum"]]
            if link.get("strength", "must") == "must" and "for_each" not in leader.keys:
                others = _possible(world, link["forum"], year, beside)
                if key == "together_with":
                    days = [day for day in days if any(_on_one_day(forum, day, leader, it) for it in others)]
                else:
                    days = [day for day in days if _off_best_lead(world, link, day, others) is not None]
    return bool(days)


def _on_one_day(one: Forum, day: date, other: Forum, beside: date) -> bool:
    """Return whether meetings of two forums that begin on some days are held on a day in common."""
    return not {*_held_on(one, day)}.isdisjoint(_held_on(other, beside))


def _possible(world: World, forum: str, year: int, beside: Beside) -> list[date]:
    """Return the days on which a forum may meet this year, or meets in the years beside."""
    it = world.forums[forum]
    days = {day for slot in _slots(world, forum, year, beside) for day in slot.days}
    open_days = [day for day in days if _may_meet(world, it, day) and _is_alive(world, it, day)]
    return [
        *open_days,
        *(day for day in it.external if in_year(world, year, day)),
        *dict(beside).get(forum, ()),
    ]


def _named_slots(world: World, forum: Forum, year: int) -> Iterator[Slot]:
    """Yield the slots of a forum whose cadence names days; days that are closed and not moved have none."""
    how = _when_closed(forum)
    named = _named(world, forum, year, how)
    gaps = [(later - earlier).days for earlier, later in itertools.pairwise(named)] or [2 * 366]
    not_free = {day for day in named if _may_meet(world, forum, day)}
    not_free |= {date.fromisoformat(text) for text in forum.keys.get("except", [])}
    not_free |= {date.fromisoformat(one["of"]) for one in forum.keys.get("instead", [])}
    for day, before, after in zip(named, [gaps[0], *gaps], [*gaps, gaps[-1]], strict=False):
        within = [other for other in _days_of(forum, year) if _stays_in_year(forum, other)]
        reach = [other for other in within if -before <= 2 * (other - day).days <= after]
        days = [other for other in reach if _may_meet(world, forum, other)]
        held = day if day in days else None
        if how == "move" and held is None:
            free = [(abs((x - day).days), x < day, x) for x in days if x not in not_free]
            held = min(free)[2] if free else None
            not_free |= {held} if held else set()
        if held:
            yield Slot(day, days, bisect_left(days, day), reach[0], reach[-1], held)


# --- ideals ---


class Alone(NamedTuple):
    """A forum by itself: what its ideals are made of."""

    forum: Forum
    meetings: int  # m, those of a whole life
    open_days: list[date]  # T of them, in all windows
    slots: tuple[Slot, ...]  # with their middles
    others: Dates  # when the forums meet by themselves that prepare it or that it meets together with
    year: int
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
                (_sum(cost, own, _cost_of_gap(world, it, days[-1:], day)), (*days, day))
                for cost, days in ways
                if not days or _may_follow(world, it, days[-1], day)
            ]
            cheapest += [min(reached)] if reached else []
        ways = cheapest
    return min(ways)[1] if ways else None


def alone(world: World, forum: str, year: int, neighbours: Dates | None = None) -> Alone:
    """Return a forum by itself, after the forums that it is linked to."""
    it = world.forums[forum]
    windows = _windows(it, year)
    days = [day for first, last, _ in windows for day in _allowed(world, forum, first, last)]
    links = [
        rule["forum"]
        for key in ("prepared_by", "together_with")
        for rule in _rules(it, key)
        if "for_each" not in world.forums[rule["forum"]].keys  # which has no ideals
    ]
    others = {name: _by_itself(world, name, year, neighbours or {}) for name in links}
    size = len(_in_the_year(world, it, year))
    meetings = sum(number for *_, number in windows)
    beside = tuple((name, tuple(dates)) for name, dates in (neighbours or {}).items())
    return Alone(it, meetings, days, places(world, forum, year, beside), others, year, size)


def _by_itself(world: World, forum: str, year: int, neighbours: Dates) -> list[date]:
    """Return a forum's ideals, its nominal or external dates, and its meetings of the years beside."""
    found = [day for slot in slots(world, forum, year, neighbours) if (day := slot.held or slot.ideal)]
    external = [day for day in world.forums[forum].external if in_year(world, year, day)]
    return sorted([*found, *external, *neighbours.get(forum, ())])


def allowed_days(world: World, it: Alone, slot: Slot) -> list[date]:
    """Return the days of a slot that no must-rule closes."""
    return [
        day
        for day in slot.days
        if not any(rule[0] == "must" for rule in day_rules(world, it.forum.id, day))
        and _meets_on(world, it.forum, day)
        and day.weekday() not in slot.others
    ]


def _steps(forum: Forum, day: date) -> int:
    """Return how far down its list of weekdays a day is on which a forum meets; other ones cost nothing."""
    in_turn, listed = isinstance(keys_on(forum, day).get("weekdays"), dict), _listed(forum, day)
    return listed.index(day.weekday()) if day.weekday() in listed and not forum.rules and not in_turn else 0


def _may_follow(world: World, it: Alone, earlier: date, later: date) -> bool:
    """Return whether a must allows two meetings of a forum to follow on each other."""
    spacing = it.forum.keys.get("spacing") or {}
    far = spacing.get("strength") == "must" and "max_days" in spacing
    most = int(spacing["max_days"]) if far else 0
    near = not far or _passed(world, it.forum.id, it.year, most, earlier, later) <= most
    return (later - earlier).days >= _must_spacing(it.forum) and near


def _must_spacing(forum: Forum) -> int:
    """Return the least days between two meetings of a forum that a must asks for."""
    spacing = forum.keys.get("spacing") or {}
    strength = spacing.get("strength", "must") if "min_days" in spacing else "must"
    return max(1, _least_days(forum)) if strength == "must" else 1


def _least_days(forum: Forum) -> int:
    """Return the least days between two meetings of a forum."""
    unspaced = not forum.times_a_year or "reserve" in forum.keys
    by_cadence = 0 if unspaced else 365 // forum.times_a_year // 2
    return int((forum.keys.get("spacing") or {}).get("min_days", by_cadence))


def cost_of_way(world: World, it: Alone, days: Sequence[date]) -> Cost | None:
    """Return the cost of a way to lay a forum's meetings, or None if it is none."""
    for slot, day in zip(it.slots, days, strict=True):
        if day not in allowed_days(world, it, slot):
            return None
    if not all(_may_follow(world, it, *pair) for pair in itertools.pairwise(days)):
        return None
    own = [_cost_of_day(world, it, slot, day) for slot, day in zip(it.slots, days, strict=True)]
    gaps = [_cost_of_gap(world, it, [earlier], later) for earlier, later in itertools.pairwise(days)]
    return _sum((0, 0, 0), *own, *gaps)


def _sum(*costs: Cost) -> Cost:
    trouble, steps, unevenness = (sum(amounts) for amounts in zip(*costs, strict=True))
    return trouble, steps, unevenness


def _cost_of_day(world: World, it: Alone, slot: Slot, day: date) -> Cost:
    rules = day_rules(world, it.forum.id, day)
    trouble = sum(touched for strength, _, touched in rules if strength == "should")
    prices = [PREFER_POINTS for strength, *_ in rules if strength == "prefer"]
    prices.append((slot.days.index(day) - slot.ideal_index) ** 2)
    for together in _rules(it.forum, "together_with"):
        other = world.forums[together["forum"]]
        beside = it.others.get(other.id)
        if beside is not None and not any(_on_one_day(it.forum, day, other, one) for one in beside):
            trouble += it.size
    for preparation in _rules(it.forum, "prepared_by"):
        if preparation["forum"] not in it.others:
            continue
        off = _off_best_lead(world, preparation, day, it.others[preparation["forum"]])
        if off is None:
            trouble += it.size
        else:
            prices.append(off**2)
    steps = _steps(it.forum, day)
    return trouble, steps, it.meetings**2 * sum(prices)


def _rules(forum: Forum, key: str) -> list[dict[str, Any]]:
    """Return what a key says that may be written as one rule or as a list of them."""
    found = forum.keys.get(key) or []
    return [found] if isinstance(found, dict) else list(found)


def _lead(world: World, rule: Mapping[str, Any], preparer: date, day: date) -> int:
    """Return the days from a preparing meeting to a day that is not before it, or the working days."""
    usual = world.calendar.get("country", "")
    between = [preparer + n * DAY for n in range((day - preparer).days)]
    return sum("days_before" in rule or not _is_off(world, usual, one) for one in between)


def _off_best_lead(world: World, rule: Mapping[str, Any], day: date, preparers: Sequence[date]) -> int | None:
    """Return how far the preparing meeting lies from the best lead; None if none lies in the range.

    Working days are counted from the preparing meeting on, to the day before the prepared one.
    """
    low, high = _range(rule.get("days_before") or rule["working_days_before"])
    best = int(rule.get("best", (low + high) // 2))
    leads = [_lead(world, rule, preparer, day) for preparer in preparers if preparer <= day]
    # The later the preparing meeting, the fewer days it is earlier.
    lead = min((lead for lead in leads if lead >= low), default=high + 1)
    return lead - best if lead <= high else None


@lru_cache(maxsize=1000)
def _working_days(world: World, forum: Forum, year: int) -> list[date]:
    """Return the working days of a year and the next, closed or not."""
    first, last = _year(forum.begins, year)[0], _year(forum.begins, year + 1)[1]
    days = [first + number * DAY for number in range((last - first).days + 1)]
    return [day for day in days if _works(world, forum, day)]


def _cost_of_gap(world: World, it: Alone, before: Sequence[date], day: date) -> Cost:
    """Return what the gap from the meeting before, if there is one, costs."""
    off, share = 0, len(it.open_days)  # counted in m-ths of a day
    for earlier in before:
        every = _working_days(world, it.forum, it.year)
        working = bisect_left(every, day) - bisect_left(every, earlier)
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
    plan = {
        name: sorted(dates.get(name, ()))
        for name, forum in world.forums.items()
        if "for_each" in forum.keys or slots(world, name, year, neighbours)
    }
    is_external = {name: forum.keys["cadence"].casefold() in EXTERNAL for name, forum in world.forums.items()}
    slotless = {name: days for name, days in dates.items() if name not in plan and not is_external[name]}
    around = _given(world, year, [given or {}, slotless], neighbours or {})
    found = list(_between(world, plan, around))
    for name, days in plan.items():
        held = [(day, True) for day in days]
        wanted = slots(world, name, year, neighbours)
        if "for_each" in world.forums[name].keys:
            leader = world.forums[name].keys["for_each"]["forum"]
            wanted = follow(world, name, [*plan.get(leader, ()), *_led(around, leader)])
        found += _judge_forum(world, world.forums[name], year, wanted, held, _beside(name, neighbours, given))
    return found


def _verdict(found: Sequence[Trouble]) -> Verdict:
    musts = [trouble.text for trouble in found if trouble.kind == "must"]
    should, points = (sum(it.amount for it in found if it.kind == kind) for kind in ("should", "points"))
    return Verdict(musts, should, points)


def _given(world: World, year: int, given: Sequence[Dates], neighbours: Dates) -> _Given:
    meets = {name: list(forum.external) for name, forum in world.forums.items()}
    crowding = [(name, day) for name, days in meets.items() for day in days if in_year(world, year, day)]
    extra = [(name, day) for meetings in given for name, days in meetings.items() for day in days]
    settled = [(name, day) for name, days in [*meets.items(), *neighbours.items()] for day in days]
    for meetings in (*given, neighbours):
        for name, days in meetings.items():
            meets[name] += days
    return _Given(meets, crowding + extra, neighbours, settled, extra)


class _Others(NamedTuple):
    """The days of a forum's meetings without a slot: of other years, and what a person added to this one."""

    years: list[date]
    added: list[date]


def _beside(name: str, neighbours: Dates | None, given: Dates | None) -> _Others:
    """Return the days of a forum's other meetings."""
    return _Others([*(neighbours or {}).get(name, ())], [*(given or {}).get(name, ())])


def _broken(rule: Mapping[str, Any], forum: Forum, text: str, present: set[str]) -> Trouble:
    """Price a broken rule about the forum's meetings and those present, a must unless it says otherwise."""
    return _priced(rule.get("strength", "must"), f"{forum.id} {text}", len(present))


def _in_the_year(world: World, forum: Forum, year: int) -> set[str]:
    """Return the forum's organisations that take part at some time of the year."""
    return _present(world, forum.organisations, *_year(forum.begins, year))


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
    others: _Others,
) -> Iterator[Trouble]:
    """Judge the meetings of one forum by everything that has to do with no other forum."""
    if len(held) != len(wanted):
        yield Trouble("must", f"{forum.id}: {len(held)} meetings instead of {len(wanted)}", 1)
    for slot, (day, is_held) in zip(wanted, held, strict=False):
        if is_held:
            yield from _judge_day(world, forum, slot, day)
    days = [day for day, is_held in held if is_held]
    yield from _judge_spacing(world, forum, year, days, others)
    yield from _judge_longest(world, forum, year, days, others)
    yield from _judge_fixed_dates(world, forum, year, days)


def _judge_day(world: World, forum: Forum, slot: Slot, day: date) -> Iterator[Trouble]:
    if day not in slot.days:
        yield Trouble("must", f"{forum.id} {day}: outside its window or on a closed day", 1)
    for strength, name, organisations in day_rules(world, forum.id, day):
        if strength != "must" or name == "active":
            yield _priced(strength, f"{forum.id} {day}: {name}", organisations)
    if _works(world, forum, day) and not _meets_on(world, forum, day):
        yield Trouble("must", f"{forum.id} {day}: not on one of its weekdays", 1)
    if day.weekday() in slot.others and day not in slot.recorded:
        yield Trouble("must", f"{forum.id} {day}: it is another weekday's turn", 1)
    if "for_each" in forum.keys:
        yield Trouble("points", f"{forum.id} {day}: weekday", STEP_POINTS * _steps(forum, day))
        return
    if forum.rules and slot.ideal:
        off, is_earlier = (day - slot.ideal).days, day < slot.ideal
        yield Trouble("points", f"{forum.id} {day}: off its named day", off**2 + is_earlier)
        if off and slot.held == slot.ideal:
            present = _present(world, forum.organisations, day)
            yield Trouble("should", f"{forum.id} {day}: its named day is open", len(present))
        return
    off = bisect_left(slot.days, day) - slot.ideal_index
    yield Trouble("points", f"{forum.id} {day}: off its ideal", off**2)
    yield Trouble("points", f"{forum.id} {day}: weekday", STEP_POINTS * _steps(forum, day))


def _judge_spacing(
    world: World, forum: Forum, year: int, days: Sequence[date], others: _Others
) -> Iterator[Trouble]:
    present = _in_the_year(world, forum, year)
    spacing = forum.keys.get("spacing") or {}
    is_written = "min_days" in spacing
    least = _least_days(forum)
    beside = [*others.years, *(others.added if is_written else ())]
    for earlier, later in itertools.pairwise(sorted([*days, *beside])):
        if (later - earlier).days < least and (earlier in days or later in days):
            text = f"{later}: less than {least} days after {earlier}"
            yield _broken(spacing if is_written else {}, forum, text, present)


def _judge_longest(
    world: World, forum: Forum, year: int, days: Sequence[date], others: _Others
) -> Iterator[Trouble]:
    """Judge how long a forum does not meet, closed stretches that are longer than the limit left out."""
    spacing = forum.keys.get("spacing") or {}
    most, ours = int(spacing.get("max_days", 0)), [*days, *others.added]
    for earlier, later in itertools.pairwise(sorted([*ours, *others.years])) if most else ():
        count = _passed(world, forum.id, year, most, earlier, later)
        if count > most and (earlier in ours or later in ours):
            text = f"{later}: {count} days after {earlier}"
            present = _in_the_year(world, forum, year)
            yield _priced(spacing.get("strength", "should"), text, len(present))


def _passed(world: World, name: str, year: int, most: int, earlier: date, later: date) -> int:
    """Return the days from one day to another, without those of long breaks."""
    left_out = _long_breaks(world, name, year, most)
    days = [earlier + n * DAY for n in range(1, (later - earlier).days + 1)]
    return len([day for day in days if day not in left_out])


@lru_cache(maxsize=1000)
def _long_breaks(world: World, name: str, year: int, most: int) -> frozenset[date]:
    """Return the days of closed stretches longer than so many days, of three years."""
    forum = world.forums[name]
    first, last = _year(forum.begins, year - 1)[0], _year(forum.begins, year + 1)[1]
    windows = None if forum.rules or "for_each" in forum.keys else forum.keys.get("windows")
    spans = [_window(forum, window, at) for window in windows or () for at in range(year - 1, year + 2)]
    is_open = {
        day
        for day in _allowed(world, name, first, last)
        if not windows or any(span and span[0] <= day <= span[1] for span in spans)
    }
    found: set[date] = set()
    stretch: list[date] = []
    for day in [first + n * DAY for n in range((last - first).days + 2)]:
        if day in is_open or day > last:
            found |= {*stretch} if len(stretch) > most else set()
            stretch = []
        else:
            stretch.append(day)
    return frozenset(found)


def _judge_fixed_dates(world: World, forum: Forum, year: int, days: Sequence[date]) -> Iterator[Trouble]:
    for key, sign in (("before", 1), ("after", -1)):
        for rule in forum.keys.get(key) or []:
            on = world.keys["dates"][rule["date"]]["on"]
            first = _year(forum.begins, year)[0]
            fixed = _date(on, year) if _is_full(on) or _date(on, year) >= first else _date(on, year + 1)
            low, high = _range(rule["days"])
            leads = [sign * (fixed - day).days for day in days]
            fits = any(low <= lead and (lead <= high or "-" not in rule["days"]) for lead in leads)
            if in_year(world, year, fixed) and days and not fits:
                present = _in_the_year(world, forum, year)
                yield _broken(rule, forum, f"never {rule['days']} days {key} {fixed}", present)


def _between(world: World, plan: Dates, around: _Given) -> Iterator[Trouble]:
    """Judge what forums have to do with each other."""
    meets = {name: [*plan.get(name, ()), *days] for name, days in around.meets.items()}
    for name, days in plan.items():
        forum = world.forums[name]
        for day in days:
            for rule in _rules(forum, "prepared_by"):
                yield _judge_preparation(world, forum, rule, day, meets)
            if forum.keys.get("together_with"):
                yield from _judge_togetherness(world, forum, day, meets)
    for forum in world.forums.values():
        for rule in _rules(forum, "apart"):
            yield from _judge_distance(world, forum, rule, plan, around)
    yield from _judge_others(world, plan, around, meets)
    yield from _judge_overlaps(world, plan, around)
    yield from _judge_limits(world, plan, around)
    yield from _judge_weeks(world, plan, around)


def _judge_others(world: World, plan: Dates, around: _Given, meets: Dates) -> Iterator[Trouble]:
    """Judge whether the plan prepares the meetings that others decide."""
    for name, day in around.crowding:
        for rule in _rules(world.forums[name], "prepared_by") if day in world.forums[name].external else ():
            found = _judge_preparation(world, world.forums[name], rule, day, meets)
            if found.kind != "must" or rule["forum"] in plan:  # else it is no matter of the plan
                yield found


def _judge_preparation(
    world: World, forum: Forum, rule: Mapping[str, Any], day: date, meets: Dates
) -> Trouble:
    off = _off_best_lead(world, rule, day, meets[rule["forum"]])
    if off is None:
        present = _present(world, forum.organisations, day)
        return _broken(rule, forum, f"{day}: not prepared by {rule['forum']}", present)
    return Trouble("points", f"{forum.id} {day}: prepared {off} days off the best lead", off**2)


def _judge_distance(
    world: World, forum: Forum, rule: Mapping[str, Any], plan: Dates, around: _Given
) -> Iterator[Trouble]:
    """Judge each meeting of the forum that has one of the other too near.

    The other's are judged where the forum's are not: where these are given, of this or another year.
    """
    other = world.forums[rule["forum"]]
    for day in plan.get(forum.id, ()):
        if any(_too_near(rule, day, one) for one in (*plan.get(other.id, ()), *around.meets[other.id])):
            present = _present(world, forum.organisations, day)
            yield _broken(rule, forum, f"{day}: too near a meeting of {other.id}", present)
    given = around.meets[forum.id] if forum.id not in plan else around.beside.get(forum.id, ())
    for day in plan.get(other.id, ()):
        if any(_too_near(rule, one, day) for one in given):
            present = _present(world, other.organisations, day)
            yield _broken(rule, other, f"{day}: too near a meeting of {forum.id}", present)


def _too_near(rule: Mapping[str, Any], day: date, other: date) -> bool:
    if (rule.get("side") == "before" and other > day) or (rule.get("side") == "after" and other < day):
        return False
    if "days" in rule:
        return abs((other - day).days) < int(rule["days"])
    mondays = [one - one.weekday() * DAY for one in (day, other)]
    return abs((mondays[0] - mondays[1]).days) < 7 * int(rule["weeks"])


def _judge_togetherness(world: World, forum: Forum, day: date, meets: Dates) -> Iterator[Trouble]:
    rule = forum.keys["together_with"]
    other = world.forums[rule["forum"]]
    if not any(
        _on_one_day(forum, day, other, one) and not _overlap(world, (forum.id, day), (other.id, one), 0)
        for one in meets[other.id]
    ):
        present = _present(world, forum.organisations, day)
        yield _broken(rule, forum, f"{day}: not beside a meeting of {rule['forum']}", present)


Begun = tuple[str, date]  # a meeting: its forum, and the day on which it begins


def _overlap(world: World, one: Begun, other: Begun, buffer: int) -> bool:
    """Return whether two meetings overlap, or on one day leave less than so many minutes between them."""
    some, others = (_hours_taken(world, world.forums[name], day) for name, day in (one, other))
    apart = timedelta(minutes=buffer)
    return any(
        start.date() == begin.date() and start < finish + apart and begin < end + apart
        for (start, end), (begin, finish) in itertools.product(some, others)
    )


def _near(world: World, one: str, other: str) -> int:
    """Return how many days the meetings of two forums may begin apart and still have a day in common."""
    lengths = [
        1 + _further_days(world.forums[name], window).days
        for name in (one, other)
        for window in ({}, *(world.forums[name].keys.get("windows") or ()))
    ]
    return max(lengths) + 2


@lru_cache(maxsize=100_000)
def never_both(world: World, one: str, day: date, other: str, beside: date) -> bool:
    """Return whether two forums share a member and two meetings' hours leave too little time between."""
    pair = world.forums[one], world.forums[other]
    everywhere = world.keys.get("buffer_minutes", "30")
    buffer = max(int(forum.keys.get("buffer_minutes", everywhere)) for forum in pair)
    shared = one == other or _shared(world, pair[0].needed, pair[1].needed, day, beside)
    return bool(shared) and _overlap(world, (one, day), (other, beside), buffer)


Members = frozenset[tuple[str, str]]


def _shared(world: World, some: Members, others: Members, day: date, beside: date) -> set[str]:
    """Return the organisations taking part on both days of the members who are among both."""
    every = {organisation for _, organisation in some & others}
    return _present(world, every, day) & _present(world, every, beside)


@lru_cache(maxsize=100_000)
def better_not(world: World, one: str, day: date, other: str, beside: date) -> bool:
    """Return whether two meetings overlap for members alone that are optional in either forum."""
    pair = world.forums[one], world.forums[other]
    must = _shared(world, pair[0].needed, pair[1].needed, day, beside)
    if must or not _shared(world, pair[0].members, pair[1].members, day, beside):
        return False
    everywhere = world.keys.get("buffer_minutes", "30")
    buffer = max(int(forum.keys.get("buffer_minutes", everywhere)) for forum in pair)
    return _overlap(world, (one, day), (other, beside), buffer)


def room_on(world: World, name: str, day: date) -> str | None:
    """Return the name of the room that a forum meets in on a day."""
    keys, rooms = keys_on(world.forums[name], day), world.keys.get("rooms") or {}
    if "room" in keys:
        return str(rooms[keys["room"]]["name"])
    return next((room["name"] for room in rooms.values() if room["name"] == keys.get("place")), None)


def _in_one_room(world: World, one: str, day: date, other: str, beside: date) -> bool:
    """Return whether two forums need the same room at the same time."""
    room = room_on(world, one, day)
    same = room == room_on(world, other, beside)
    return bool(room) and same and _overlap(world, (one, day), (other, beside), 0)


def _judge_overlaps(world: World, plan: Dates, around: _Given) -> Iterator[Trouble]:
    pairs = [(one, other, plan[other]) for one, other in itertools.combinations(plan, 2)]
    pairs += [(one, other, days) for one in plan for other, days in around.meets.items()]
    for one, other, days in pairs:
        for day in plan[one]:
            near = [it for it in days if abs((it - day).days) <= _near(world, one, other)]
            if any(never_both(world, one, day, other, it) for it in near):
                yield Trouble("must", f"{one} {day}: overlaps {other}", 1)
            clashes = [it for it in near if one != other and better_not(world, one, day, other, it)]
            if clashes:
                yield Trouble("points", f"{one} {day}: {other}, optional", PREFER_POINTS * len(clashes))
            if any(_in_one_room(world, one, day, other, it) for it in near):
                yield Trouble("must", f"{one} {day}: in the room of {other}", 1)
    for name, days in plan.items():
        if len(set(days)) < len(days):
            yield Trouble("must", f"{name}: meets twice on one day", 1)
        for day, later in itertools.combinations(days, 2):
            if day != later and never_both(world, name, day, name, later):
                yield Trouble("must", f"{name} {day}: goes on when the next begins", 1)


def _judge_limits(world: World, plan: Dates, around: _Given) -> Iterator[Trouble]:
    """Judge days, weeks and months with more meetings than somebody has room for.

    The room that there is goes to what others decided and to other years first; of the rest, those that touch
    most organisations. What a person added stands: under a must, no choice of dates mends it.
    """
    for limit in world.keys.get("limits") or []:
        is_must = limit.get("strength", "must") == "must"
        first: Counter[Any] = Counter()
        later: dict[Any, list[int]] = {}
        for name, day in around.settled + around.extra * is_must:
            for cell in _cells_of(world, name, limit, day):
                first[cell] += _limited(world, world.forums[name], limit, day) is not None
        chosen = [(name, day) for name, days in plan.items() for day in days]
        for name, day in chosen + around.extra * (not is_must):
            touched = _limited(world, world.forums[name], limit, day)
            if touched is not None:
                for cell in _cells_of(world, name, limit, day):
                    later.setdefault(cell, []).append(touched)
        for cell, several in later.items():
            room = max(0, int(limit.get("most", 1)) - first[cell])
            for organisations in sorted(several)[: max(0, len(several) - room)]:
                strength = limit.get("strength", "must")
                yield _priced(strength, f"{limit['name']}: too many in {cell}", organisations)


def _limited(world: World, forum: Forum, limit: Mapping[str, Any], day: date) -> int | None:
    """Return how many organisations of a forum a limit touches on a day; None if it does not count then."""
    named = _organisations(_texts(limit.get("organisations", [])), world.groups)
    roles = _texts(limit.get("roles", []))
    if forum.id in _texts(limit.get("forums", [])):
        return len(_present(world, forum.organisations, day))
    touched = {of for role, of in forum.needed if role in roles or of in named}
    return len(_present(world, touched, day)) or None


def _cells_of(world: World, name: str, limit: Mapping[str, Any], day: date) -> set[tuple[int, ...]]:
    """Return the days, weeks or months that a meeting is held in."""
    return {_cell(limit, one) for one in _held_on(world.forums[name], day)}


def _cell(limit: Mapping[str, Any], day: date) -> tuple[int, ...]:
    """Return the day, the week or the month that a day is in."""
    year, week, _ = day.isocalendar()
    return {"day": (day.year, day.month, day.day), "week": (year, week), "month": (day.year, day.month)}[
        limit["per"]
    ]


def _judge_weeks(world: World, plan: Dates, around: _Given) -> Iterator[Trouble]:
    weeks: Counter[tuple[str, int, int]] = Counter()
    for name, day in [(name, day) for name, days in plan.items() for day in days] + around.crowding:
        present = _present(world, world.forums[name].organisations, day)
        for year, week in {one.isocalendar()[:2] for one in _held_on(world.forums[name], day)}:
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
    unlike: Sequence[tuple[Dates, int]] = (),
    most: int = MOST_COMBINATIONS,
) -> dict[str, list[date]] | None:
    """Return the best of all plans of a tiny world, or None if each breaks a must.

    It keeps at most so many dates of each plan that it is to be `unlike`.

    With `radius` only days at most so many open days from the ideal (days from the named day) are tried:
    much quicker, but the best of those need not be the best of all. Forums without slots are left out, and
    cancelled meetings.
    """
    around = _given(world, year, [given or {}], neighbours or {})
    names = [name for name in world.forums if slots(world, name, year, neighbours)]
    choices = [
        _choices(
            world,
            name,
            year,
            [
                (slot, _candidates(world, world.forums[name], slot, radius))
                for slot in _recorded(slots(world, name, year, neighbours), name, record)
            ],
            _beside(name, neighbours, given),
            record,
        )
        for name in names
    ]
    if math.prod(map(len, choices)) > most:
        message = f"too many plans to try: {[len(choice) for choice in choices]}"
        raise TooManyPlansError(message)
    best: tuple[int, int, int, tuple[tuple[date, ...], ...]] | None = None
    order = [name for name, forum in world.forums.items() if name in names or "for_each" in forum.keys]
    for number, chosen in enumerate(_ways(world, year, names, choices, around, record)):
        if number > most:
            message = "too many plans to try"
            raise TooManyPlansError(message)
        ways = chosen.values()
        moved, should, points = (
            sum(it[0] for it in ways),
            sum(it[1] for it in ways),
            sum(it[2] for it in ways),
        )
        if best and (moved, should, points) > best[:3]:
            continue  # the rest only adds to this
        days = tuple(chosen[name][3] for name in order)
        if any(_kept(dict(zip(order, days, strict=True)), dates) > number for dates, number in unlike):
            continue
        rest = _verdict(list(_between(world, dict(zip(order, days, strict=True)), around)))
        found = (moved, should + rest.should, points + rest.points, days)
        if not rest.musts and (best is None or found < best):
            best = found
    return {name: list(days) for name, days in zip(order, best[3], strict=True)} if best else None


def _kept(plan: Mapping[str, Sequence[date]], other: Dates) -> int:
    """Return how many dates of another plan one keeps."""
    return sum(day in other.get(name, ()) for name, days in plan.items() for day in days)


def _recorded(wanted: Sequence[Slot], name: str, record: Record) -> list[Slot]:
    """Return slots that know the days of a forum's recorded meetings."""
    every = (record.confirmed, record.cancelled, record.proposed)
    days = tuple(day for dates in every for day in dates.get(name, ()))
    return [slot._replace(recorded=days) for slot in wanted]


def _ways(
    world: World,
    year: int,
    names: Sequence[str],
    choices: Sequence[Sequence[Choice]],
    around: _Given,
    record: Record,
) -> Iterator[dict[str, Choice]]:
    """Yield every way to choose dates of all forums; those that follow others choose after them."""
    followers: list[str] = []
    waiting = [name for name, forum in world.forums.items() if "for_each" in forum.keys]
    while waiting:
        name = waiting.pop(0)
        (waiting if world.forums[name].keys["for_each"]["forum"] in waiting else followers).append(name)

    def further(chosen: dict[str, Choice], left: Sequence[str]) -> Iterator[dict[str, Choice]]:
        if not left:
            yield chosen
            return
        forum = world.forums[left[0]]
        leader = forum.keys["for_each"]["forum"]
        led = [*(chosen[leader][3] if leader in chosen else ()), *_led(around, leader)]
        wanted = [(slot, _candidates(world, forum, slot, None)) for slot in follow(world, forum.id, led)]
        added = [day for name, day in around.extra if name == forum.id]
        others = _Others([*around.beside.get(forum.id, ())], added)
        for choice in _choices(world, forum.id, year, wanted, others, record):
            yield from further({**chosen, forum.id: choice}, left[1:])

    for chosen in itertools.product(*choices):
        yield from further(dict(zip(names, chosen, strict=True)), followers)


def _choices(
    world: World,
    name: str,
    year: int,
    wanted: Sequence[tuple[Slot, list[date]]],
    others: _Others,
    record: Record,
) -> list[Choice]:
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
        judged = _judge_forum(world, forum, year, [slot for slot, _ in wanted], held, others)
        verdict = _verdict(list(judged))
        if not verdict.musts:
            free = set(live) - confirmed
            moved = min(len(free), len(old)) - len(free & old)
            found.append((moved, verdict.should, verdict.points, tuple(live)))
    return sorted(found)


def _candidates(world: World, forum: Forum, slot: Slot, radius: int | None) -> list[date]:
    """Return the slot's days within the radius that break no must by themselves."""
    days = slot.days
    if radius is not None and forum.rules and slot.ideal:
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
