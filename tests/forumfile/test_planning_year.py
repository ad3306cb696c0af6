"""The planning year: which days it has, what people call it, and which date of it a day of the year is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kultursam.forumfile.planning_year import PlanningYear
from kultursam.forumfile.values import DayOfYear

DAY = timedelta(days=1)
DAYS = st.dates(date(1950, 1, 1), date(2250, 12, 31))
BEGINS = st.dates(date(2025, 1, 1), date(2025, 12, 31)).map(lambda day: DayOfYear(day.month, day.day))
"""No leap year: a planning year may not begin on 29 February."""
AUGUST = DayOfYear(8, 1)


@given(DAYS, BEGINS)
def test_each_day_lies_in_one_year(day: date, begins: DayOfYear) -> None:
    """Years follow each other without a gap, and each is named for the year that it begins in."""
    year = PlanningYear.of(day, begins)
    assert year.first <= day <= year.last
    assert day in year
    assert day not in year.later(1)
    assert day not in year.later(-1)
    assert (year.first.year, year.first.month, year.first.day) == (year.number, begins.month, begins.day)
    assert year.last + DAY == year.later(1).first
    assert year.around == (year.later(-1).first, year.later(1).last)
    assert [*year.calendar_years] == sorted({year.first.year, year.last.year})


@given(DAYS, BEGINS, DAYS)
def test_a_day_that_returns_has_one_date_in_each_year(day: date, begins: DayOfYear, other: date) -> None:
    """A single date has one in its own year only."""
    year = PlanningYear.of(day, begins)
    assert year.date_of(DayOfYear(day.month, day.day)) == day
    single = DayOfYear(other.month, other.day, other.year)
    assert year.date_of(single) == (other if year == PlanningYear.of(other, begins) else None)


@given(DAYS, BEGINS)
def test_months_are_whole_but_for_the_first_and_the_last(day: date, begins: DayOfYear) -> None:
    """Together they are the days of the year."""
    year = PlanningYear.of(day, begins)
    months = year.months()
    assert months[0] == year.first
    assert len(months) == (12 if begins.day == 1 else 13)
    assert all(first.day == 1 for first in months[1:])
    assert {(first.year, first.month) for first in months} == {
        (one.year, one.month) for one in (year.first + number * DAY for number in range(366)) if one in year
    }
    whole = [first for first in months if year.holds_month_of(first)]
    assert whole == (months if begins.day == 1 else months[1:-1])


def test_it_is_named_for_the_calendar_years_it_lies_in() -> None:
    """One that is a calendar year has its name."""
    assert [str(PlanningYear(year)) for year in (1999, 2025)] == ["1999", "2025"]
    assert [str(PlanningYear(year, AUGUST)) for year in (1999, 2008, 2025)] == [
        "1999/00",
        "2008/09",
        "2025/26",
    ]


@pytest.mark.parametrize(
    ("day", "number"), [("2026-07-31", 2025), ("2026-08-01", 2026), ("2026-01-01", 2025)]
)
def test_a_year_from_august_begins_on_the_first_of_august(day: str, number: int) -> None:
    """What lies before it belongs to the year before."""
    assert PlanningYear.of(date.fromisoformat(day), AUGUST).number == number


def test_29_february_is_the_28th_in_a_year_that_lacks_it() -> None:
    """It is the February of the planning year that counts."""
    leap = DayOfYear(2, 29)
    assert PlanningYear(2023, AUGUST).date_of(leap) == date(2024, 2, 29)
    assert PlanningYear(2024, AUGUST).date_of(leap) == date(2025, 2, 28)
