"""Published calendars of councils, boards and projects: their rules as people write them, and their days.

Each file in calendars/ is one, with its rule at the head. Days are counted here by the weeks of `calendar`.
"""

from __future__ import annotations

from calendar import FRIDAY, MONDAY, SUNDAY, THURSDAY, TUESDAY, WEDNESDAY, monthcalendar
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import holidays
import pytest
from planner_instances import register_of

from kultursam.planner import Situation, plan_year
from kultursam.plans.model import Plan

FILES = sorted((Path(__file__).parent / "calendars").glob("*.yaml"))
DECIDED = datetime(2024, 9, 2, tzinfo=UTC)
YEARS = (2025, 2026)
WEEK = timedelta(weeks=1)
USUAL = {
    "alajarvi": MONDAY, "altdorf": TUESDAY, "brentwood": TUESDAY, "chicago": TUESDAY, "derbyshire": TUESDAY,
    "devon": TUESDAY, "freshwater": TUESDAY, "holland": TUESDAY, "hoopeston": TUESDAY, "lawrence": TUESDAY,
    "longview": MONDAY, "milborne-port": TUESDAY, "staunton": MONDAY, "stockholm": THURSDAY,
    "stromstad": THURSDAY, "trustees": TUESDAY, "umm-al-qura": SUNDAY, "waterloo": MONDAY,
}  # fmt: skip
"""Weekdays that all meetings of a file have, but for closed ones."""

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@cache
def plans_of(name: str) -> list[Plan]:
    """Plan the years one after the other, each with those before it known."""
    register = register_of((Path(__file__).parent / "calendars" / f"{name}.yaml").read_text(encoding="utf-8"))
    plans: list[Plan] = []
    for year in YEARS:
        situation = Situation(register, year, DECIDED.date(), DECIDED, others=tuple(plans))
        plans.append(plan_year(situation))
    return plans


def days_of(name: str, forum: str, year: int = 2025) -> list[date]:
    """Return when a forum meets in a year."""
    plan = plans_of(name)[YEARS.index(year)]
    return [meeting.date for meeting in plan.chronological() if meeting.forum == forum]


def nth(
    weekday: int, *numbers: int, year: int = 2025, months: tuple[int, ...] = tuple(range(1, 13))
) -> list[date]:
    """Return weekdays by their number in each of some months; the last is -1."""
    found = []
    for month in months:
        in_month = [date(year, month, week[weekday]) for week in monthcalendar(year, month) if week[weekday]]
        found += [in_month[number - (number > 0)] for number in numbers]
    return found


@each_file
def test_every_year_has_a_plan_without_trouble(path: Path) -> None:
    """Proven the best; nothing is wrong, though closed days may be told; no meeting leaves its year."""
    for plan in plans_of(path.stem):
        assert plan.optimal
        assert {problem.code for problem in plan.problems} <= {"no-open-day"}
        assert {meeting.date.year for meeting in plan.meetings} == {plan.year}
        assert len(plan.meetings) == len({(meeting.forum, meeting.date) for meeting in plan.meetings})


@pytest.mark.parametrize("name", USUAL)
def test_meetings_are_on_the_usual_weekday(name: str) -> None:
    """All but those that a holiday moves."""
    weekdays = Counter(meeting.date.weekday() for plan in plans_of(name) for meeting in plan.meetings)
    assert weekdays[USUAL[name]] >= 0.9 * weekdays.total()


def test_second_and_fourth_tuesdays_with_exceptions() -> None:
    """In July the fourth alone, in November and December the second; Veterans Day is skipped."""
    without = {date(2025, 7, 8), date(2025, 11, 11), date(2025, 11, 25), date(2025, 12, 23)}
    assert days_of("brentwood", "council") == [day for day in nth(TUESDAY, 2, 4) if day not in without]


def test_a_closed_day_moves_to_the_next_night() -> None:
    """Election day is a holiday there; or by a week, where the forum meets on no other weekday."""
    election = date(2026, 11, 3)
    expected = [day + timedelta(days=day == election) for day in nth(TUESDAY, 1, 3, year=2026)]
    assert days_of("hoopeston", "council", 2026) == expected
    may_day = date(2025, 5, 5)
    expected = [day + WEEK if day == may_day else day for day in nth(MONDAY, 1)]
    assert days_of("staunton", "council") == expected
    labour_day = date(2025, 9, 1)
    expected = [day + WEEK if day == labour_day else day for day in nth(MONDAY, 1)]
    assert days_of("waterloo", "board") == expected


def test_an_exchange_holds_once() -> None:
    """The others of the month stay."""
    expected = sorted(date(2025, 5, 13) if day == date(2025, 5, 6) else day for day in nth(TUESDAY, 1, 3, 4))
    assert days_of("milborne-port", "council") == expected


def test_an_interval_goes_on_over_new_year() -> None:
    """The third Tuesdays of odd months in both years; fourteen days from Thursday to Thursday."""
    for year in YEARS:
        assert days_of("devon", "board", year) == nth(TUESDAY, 3, year=year, months=(1, 3, 5, 7, 9, 11))
    both = [day for year in YEARS for day in days_of("kubernetes", "network", year)]
    thursdays = [day for day in both if day.weekday() == THURSDAY]
    assert all((later - earlier).days % 14 == 0 for earlier, later in pairwise(thursdays))
    odd, even = (
        [day for year in YEARS for day in days_of("openstack", team, year)] for team in ("odd", "even")
    )
    assert not {*odd} & {*even}


def test_a_senate_leaves_its_thursday_only_of_need() -> None:
    """Juneteenth is a third Thursday in 2025; all others are on theirs, ten days after the executive."""
    senate, executive = days_of("stockton", "senate"), days_of("stockton", "executive")
    assert [day for day in nth(THURSDAY, 3) if day not in senate] == [date(2025, 6, 19)]
    assert all(day - timedelta(days=10) in executive for day in senate)
    assert all(day.weekday() == MONDAY for day in executive if day + timedelta(days=10) in nth(THURSDAY, 3))


def test_an_interval_is_counted_anew_after_each_break() -> None:
    """Fourteen days, but over a break: then the first Wednesday after it."""
    days = days_of("aarhus", "committee")
    assert {day.weekday() for day in days} == {WEDNESDAY}
    assert [
        (str(earlier), str(later)) for earlier, later in pairwise(days) if (later - earlier).days != 14
    ] == [
        ("2025-06-11", "2025-08-06"),
        ("2025-10-01", "2025-10-22"),
    ]


def test_weeks_off_are_skipped() -> None:
    """A board of every Thursday; a cycle of four weeks, which the summer does not shift."""
    red = holidays.country_holidays("SE", years=2025)
    every = (date(2025, 1, 2) + number * WEEK for number in range(52))
    term = [
        day
        for day in every
        if not 25 <= day.isocalendar().week <= 33 and date(2025, 1, 12) < day < date(2025, 12, 18)
    ]
    assert days_of("stockholm", "board") == [day for day in term if day not in red]
    assert {(later - earlier).days % 28 for earlier, later in pairwise(days_of("stromstad", "council"))} == {
        0
    }


def test_rules_are_joined() -> None:
    """Of different months, or of the days of one."""
    assert days_of("derbyshire", "board") == sorted(
        [*nth(TUESDAY, 2, months=(1,)), *nth(TUESDAY, 1, months=(3, 5, 7, 9, 11))]
    )
    assert days_of("trustees", "trustees") == sorted(
        [*nth(TUESDAY, 4, months=(2, 4, 6, 8, 10)), *nth(TUESDAY, 3, months=(12,))]
    )
    assert days_of("chicago", "senate")[0] == date(2025, 1, 14)


def test_working_holidays_and_other_weekends() -> None:
    """Columbus Day is a Monday like others there; in Riyadh Sunday is."""
    assert days_of("longview", "council") == nth(MONDAY, 2)
    assert {day.weekday() for day in days_of("umm-al-qura", "council")} <= {SUNDAY, MONDAY}
    off = [holidays.country_holidays(country, years=YEARS) for country in ("SE", "NO", "FI", "DK")]
    network = [day for year in YEARS for day in days_of("nordic", "network", year)]
    assert {day.weekday() for day in network} <= {THURSDAY, FRIDAY}
    assert not any(day in of_country for day in network for of_country in off)


def test_tuesday_serves_where_monday_is_off() -> None:
    """In no other week."""
    council = [day for year in YEARS for day in days_of("svalov", "council", year)]
    assert {day.weekday() for day in council} <= {MONDAY, TUESDAY}
    red = holidays.country_holidays("SE", years=YEARS)
    assert all(day - timedelta(days=1) in red for day in council if day.weekday() == TUESDAY)
