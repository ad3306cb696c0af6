"""Leads: which days prepare another, compared with counting day by day, and a week of Sweden by hand."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kultursam.dates.holidays import Country, days_between, holidays_of
from kultursam.dates.leads import Lead

FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)
SWEDEN = holidays_of(Country("SE"), "en", FIRST, LAST)
WORKING = [day for day in days_between(FIRST, LAST) if not SWEDEN.off(day)]


@given(
    st.dates(date(2026, 2, 1), date(2026, 11, 30)),
    st.integers(0, 12),
    st.integers(0, 12),
    st.booleans(),
)
def test_a_span_holds_the_days_that_are_so_many_days_earlier(
    day: date, low: int, more: int, in_working_days: bool
) -> None:
    """And no others; with 0 the day itself, but none after it."""
    lead = Lead(low, low + more, low, WORKING if in_working_days else None)
    first, last = lead.span(day)

    def count(earlier: date) -> int:
        between = [earlier + timedelta(days=number) for number in range((day - earlier).days)]
        return sum(not in_working_days or not SWEDEN.off(one) for one in between)

    reached = days_between(day - timedelta(days=60), day)
    assert [one for one in reached if low <= count(one) <= low + more] == list(days_between(first, last))
    assert all(lead.days(one, day) == count(one) for one in reached)
    assert lead.before(day, low) == last


def test_five_working_days_before_easter_monday_week() -> None:
    """Wednesday 8 April 2026: Tuesday, Thursday, Wednesday, Tuesday, Monday; Easter and its eve are off."""
    lead = Lead(5, 5, 5, WORKING)
    # Good Friday, Easter Monday and the weekends do not count.
    assert lead.before(date(2026, 4, 8), 5) == date(2026, 3, 30)
    assert lead.span(date(2026, 4, 8)) == (date(2026, 3, 28), date(2026, 3, 30))


def test_the_latest_that_is_early_enough_prepares() -> None:
    """One that is too near prepares nothing, and hides none that is early enough."""
    lead = Lead(3, 7, 5)
    dates = [date(2026, 3, 2), date(2026, 3, 6)]
    assert lead.preparing(dates, date(2026, 3, 8)) == date(2026, 3, 2)
    assert lead.preparing(dates, date(2026, 3, 9)) == date(2026, 3, 6)
    assert lead.preparing(dates, date(2026, 3, 14)) is None
    assert lead.preparing([], date(2026, 3, 14)) is None
