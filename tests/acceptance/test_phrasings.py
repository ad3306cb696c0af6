"""How people say when they meet, in English and Swedish: each plans at once, on the days that are meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import holidays
import pytest
from dateutil.rrule import rrulestr
from project_folder import Folder, Run

FILE = """
name: Kultur
language: en
timezone: Europe/Stockholm
domain: kultur.example
organisations: {hylte: {name: Hylte}}
calendar:
  country: SE
  half_days: {strength: should, from: 12:00}
  periods:
    - {name: Summer, weeks: 26-32}
    - {name: Autumn, weeks: 44}
    - {name: Christmas, from: 12-20, to: 01-07}
forums:
  board:
    name: Board
    members: [{role: member, from: [hylte]}]
    time: 09:00-12:00
"""
YEARS = (2026, 2027)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
TUESDAY, SATURDAY = 1, 5

Days = list[date]


def plan(folder: Path, *keys: str) -> Run:
    """Plan two years of a board that meets as said."""
    text = FILE + "".join(f"    {key}\n" for key in keys)
    return Folder(folder, text).run("plan", *map(str, YEARS), "--json", "--today", "2025-09-01")


def planned(folder: Path, *keys: str) -> Days:
    """Return the days on which the board meets; each lies in its planning year and is open."""
    run = plan(folder, *keys)
    assert run.code == 0, run.err
    found = []
    for document in run.document:
        days = [date.fromisoformat(one["date"]) for one in document["meetings"]]
        assert {day.year for day in days} == {document["year"]}
        assert all(map(is_open, days))
        found += days
    return found


@cache
def is_off(day: date) -> bool:
    """Return whether nobody works on a day."""
    off = holidays.country_holidays("SE", years=day.year, categories=("public", "de_facto"))
    return day.weekday() >= SATURDAY or day in off


def is_open(day: date) -> bool:
    """Return whether the board may meet on a day: no day off, and no break."""
    christmas = day >= date(day.year, 12, 20) or day <= date(day.year, 1, 7)
    return not is_off(day) and day.isocalendar().week not in {*range(26, 33), 44} and not christmas


def is_squeezed(day: date) -> bool:
    """Return whether a day is one between two days off."""
    return is_off(day - DAY) and is_off(day + DAY)


def days_of(year: int) -> Iterator[date]:
    """Yield all days of a year."""
    return (date(year, 1, 1) + offset * DAY for offset in range(366 if year % 4 == 0 else 365))


def named(rule: str, year: int, starting: date | None = None) -> Days:
    """Return the days that a recurrence rule names in a year."""
    first = date.fromordinal((starting or date(year, 1, 1)).toordinal())
    text = f"DTSTART:{first:%Y%m%d}\nRRULE:{rule};UNTIL={year}1231"
    return [moment.date() for moment in rrulestr(text) if moment.year == year]


def skipped(days: Iterable[date]) -> Days:
    """Return the days that are open."""
    return [day for day in days if is_open(day)]


def moved(days: Days) -> Days:
    """Return the nearest open day of each, later before earlier, and at most half-way to those beside it.

    One that is between two days off comes last.
    """
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    held = set(skipped(days))
    for day, before, after in zip(days, [gaps[0], *gaps], [*gaps, gaps[-1]], strict=True):
        reach = (day + offset * DAY for offset in range(-(before // 2), after // 2 + 1))
        near = sorted(reach, key=lambda one: (is_squeezed(one), abs(one - day), one < day))
        free = (one for one in near if one.year == day.year and is_open(one) and one not in held)
        if day not in held and (nearest := next(free, None)):
            held.add(nearest)
    return sorted(held)


def on_named_days(rule: str, how: Callable[[Days], Days], starting: date | None = None) -> Days:
    """Return the days of both years by a rule."""
    return [day for year in YEARS for day in how(named(rule, year, starting))]


def in_cells(cells: Iterable[Days], *, middle: bool) -> Days:
    """Return a day of each cell that has an open one: the first, or the nearest to the middle."""
    opened = (skipped(cell) for cell in cells)
    return [days[len(days) // 2 if middle else 0] for days in opened if days]


def tuesdays_in(cells: Iterable[Days]) -> Days:
    """Return the open Tuesday of each cell that has fewest open days between it and their middle."""
    found = []
    for cell in map(skipped, cells):
        index = {
            day: abs(place - len(cell) // 2) for place, day in enumerate(cell) if day.weekday() == TUESDAY
        }
        found += [min(index, key=lambda day: (index[day], day))] if index else []
    return found


def months(length: int) -> list[Days]:
    """Return the days of each so many months of both years."""
    cells = [(year, first) for year in YEARS for first in range(1, 13, length)]
    return [[day for day in days_of(year) if first <= day.month < first + length] for year, first in cells]


def weeks(length: int) -> list[Days]:
    """Return the days of each so many ISO weeks of both years, counted from the first of each year."""
    return [
        [
            day
            for day in days_of(year)
            if day.isocalendar().year == year and first <= day.isocalendar().week < last
        ]
        for year in YEARS
        for first in range(1, 53, length)
        for last in [first + length if first + length <= 52 else 54]
    ]


NAMED = {
    ("cadence: RRULE:FREQ=MONTHLY;BYDAY=-1TU",): on_named_days("FREQ=MONTHLY;BYDAY=-1TU", moved),
    ("cadence: every other Friday", "starting: 2026-01-09"): on_named_days(
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", moved, date(2026, 1, 9)
    ),
    ("cadence: every other Friday", "starting: 2026-01-09", "when_closed: skip"): on_named_days(
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", skipped, date(2026, 1, 9)
    ),
    ("cadence: varannan tisdag",): on_named_days("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", moved),
    ("cadence: every other Thursday", "starting: 2026-01-15", "when_closed: skip"): on_named_days(
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", skipped, date(2026, 1, 15)
    ),
    ("cadence: every six weeks on Wednesday", "starting: 2026-01-14"): on_named_days(
        "FREQ=WEEKLY;INTERVAL=6;BYDAY=WE", moved, date(2026, 1, 14)
    ),
    ("cadence: first Thursday of the month",): on_named_days("FREQ=MONTHLY;BYDAY=1TH", moved),
    ("cadence: every Monday",): on_named_days("FREQ=WEEKLY;BYDAY=MO", skipped),
    ("cadence: varje måndag",): on_named_days("FREQ=WEEKLY;BYDAY=MO", skipped),
    ("cadence: weekly",): in_cells(weeks(1), middle=False),
    ("cadence: varannan vecka",): in_cells(weeks(2), middle=False),
    ("cadence: every sixth week",): in_cells(weeks(6), middle=False),
    ("cadence: monthly",): in_cells(months(1), middle=True),
    ("cadence: once a month", "weekdays: [tue]"): tuesdays_in(months(1)),
    ("cadence: två gånger per termin", "weekdays: [tue]"): tuesdays_in(months(3)),
}


@pytest.mark.parametrize("keys", NAMED, ids=lambda keys: keys[0].removeprefix("cadence: "))
def test_what_people_say_is_planned_on_the_days_that_they_mean(tmp_path: Path, keys: tuple[str, ...]) -> None:
    """Named days are held, skipped or moved half-way at most; each week, month or term has one."""
    assert planned(tmp_path, *keys) == NAMED[keys]


def test_an_interval_goes_on_over_new_year_and_breaks(tmp_path: Path) -> None:
    """Where it says when it began; every gap is a whole number of fortnights."""
    days = planned(tmp_path, "cadence: every other Thursday", "starting: 2026-01-15", "when_closed: skip")
    assert {(later - earlier).days % 14 for earlier, later in pairwise(days)} == {0}


def test_a_closed_week_crowds_no_other(tmp_path: Path) -> None:
    """The Monday of week 44 is off; none is held two days before the next Monday instead."""
    days = planned(tmp_path, "cadence: every Monday")
    assert [day for day in days if day.isocalendar()[:2] in {(2026, 44), (2026, 45)}] == [date(2026, 11, 2)]
    assert min(later - earlier for earlier, later in pairwise(days)) == WEEK


@pytest.mark.parametrize(
    ("phrase", "first", "next_year"),
    [
        ("first Thursday of the month", date(2026, 1, 5), date(2027, 1, 7)),  # not between days off
        ("every Monday", date(2026, 1, 5), date(2027, 1, 4)),
    ],
)
def test_no_meeting_leaves_its_year(tmp_path: Path, phrase: str, first: date, next_year: date) -> None:
    """Not the first of a year that begins on a named day, nor the last of one that ends before it."""
    text = (
        FILE.partition("calendar:")[0] + "calendar: {country: US-MA}\nforums:" + FILE.partition("forums:")[2]
    )
    folder = Folder(tmp_path, f"{text}    cadence: {phrase}\n")
    run = folder.fine("plan", "2026", "2027", "--json", "--today", "2025-09-01")
    held = [[date.fromisoformat(one["date"]) for one in document["meetings"]] for document in run.document]
    assert [days[0] for days in held] == [first, next_year]
    assert [{day.year for day in days} for days in held] == [{2026}, {2027}]


REFUSED = {
    "biweekly": ("every other week", "every Monday and Thursday"),
    "at least 6 times a year": ("6 times a year",),
    "minst sex gånger per år": ("sex gånger per år",),
    "RRULE:FREQ=MONTHLY;BYDAY=2SA": ("weekdays",),
    "RRULE:FREQ=YEARLY;BYMONTH=3,9;BYDAY=-1SU": ("weekdays",),
}


@pytest.mark.parametrize("phrase", REFUSED)
def test_what_is_not_sure_is_refused_with_what_to_write(tmp_path: Path, phrase: str) -> None:
    """The hint keeps the meaning and the language; nothing is written."""
    run = plan(tmp_path, f"cadence: {phrase}")
    assert run.code == 1
    (problem,) = run.document["problems"]
    assert phrase in problem["text"] or "BYDAY" in phrase
    assert all(hint in problem["text"] for hint in REFUSED[phrase]), problem["text"]
    assert not (tmp_path / "plans").exists()


def test_a_saturday_is_planned_where_the_forum_meets_on_it(tmp_path: Path) -> None:
    """The second Saturdays, none of them a Friday."""
    text = ("cadence: RRULE:FREQ=MONTHLY;BYDAY=2SA", "weekdays: [sat]", "when_closed: skip")
    run = plan(tmp_path, *text)
    days = [date.fromisoformat(one["date"]) for document in run.document for one in document["meetings"]]
    assert {day.weekday() for day in days} == {SATURDAY}
    assert {(day.day - 1) // 7 for day in days} == {1}
    assert len(days) == 20  # all but those of July and August, which the summer holds
