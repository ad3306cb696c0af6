"""Distance from another forum: in days and in weeks, on one side or both, and whose meeting is judged."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_years import YearOf, meeting, reported

from kultursam.forumfile.meeting_models import Apart
from kultursam.plans.model import Origin
from kultursam.rules import apart
from kultursam.rules.apart import Link

WEDNESDAY = "2025-03-12"


def near(rule: str, year_of: YearOf) -> list[str]:
    """Return the days of March 2025 on which a meeting of the other forum is too near one on the 12th."""
    year = year_of("g: ", f"f: apart: [{{forum: g, {rule}}}]")
    return [
        day
        for number in range(1, 32)
        for day in [f"03-{number:02}"]
        if reported(year, "apart", [meeting("f", WEDNESDAY), meeting("g", f"2025-{day}")])
    ]


@pytest.mark.parametrize(
    ("rule", "first", "last"),
    [
        ("days: 3", 10, 14),
        ("days: 1", 12, 12),
        ("days: 3, side: before", 10, 12),
        ("days: 3, side: after", 12, 14),
        ("weeks: 1", 10, 16),
        ("weeks: 1, side: before", 10, 12),
        ("weeks: 2", 3, 23),
        ("weeks: 2, side: after", 12, 23),
    ],
)
def test_these_days_are_too_near(rule: str, first: int, last: int, year_of: YearOf) -> None:
    """Days are counted from the meeting, ISO weeks begin on Monday; the same day is on both sides."""
    assert near(rule, year_of) == [f"03-{day:02}" for day in range(first, last + 1)]


def test_what_is_too_near_is_told(year_of: YearOf) -> None:
    """By the forum that says it, with the nearest meeting of the other."""
    year = year_of("g: ", "f: apart: [{forum: g, days: 8, strength: should}, {forum: g, weeks: 1}]")
    meetings = [meeting("f", WEDNESDAY), meeting("g", "2025-03-06"), meeting("g", "2025-03-10")]
    assert reported(year, "apart", meetings) == {
        f"f {WEDNESDAY}": [
            ("should", "2 days from G on 2025-03-10, but 8 at least are to be kept"),
            ("must", "in the same week as G on 2025-03-10"),
        ]
    }
    year = year_of("g: ", "f: apart: [{forum: g, weeks: 2}]")
    (told,) = reported(year, "apart", meetings[:2])[f"f {WEDNESDAY}"]
    assert told == ("must", "G meets on 2025-03-06, but 2 weeks at least are to be kept")


def test_new_year_is_no_border(year_of: YearOf) -> None:
    """What one forum did last year keeps the other off, whichever of them says it."""
    year = year_of("g: ", "f: apart: [{forum: g, days: 8, side: before}]")
    last_year = [meeting("g", "2024-12-30")]
    assert reported(year, "apart", [meeting("f", "2025-01-06")], last_year)
    assert not reported(year, "apart", [meeting("f", "2025-01-07")], last_year)
    # The other way round only meetings after those of the year before are in question: none is kept off.
    assert not reported(year, "apart", [meeting("g", "2025-01-02")], [meeting("f", "2024-12-30")])
    year = year_of("g: ", "f: apart: [{forum: g, days: 8, side: after}]")
    assert list(reported(year, "apart", [meeting("g", "2025-01-02")], [meeting("f", "2024-12-30")])) == [
        "g 2025-01-02"
    ]


def test_of_what_others_decide_the_meeting_planned_here_is_judged(year_of: YearOf) -> None:
    """And none if both are decided by others."""
    outside = "cadence: external, dates: [2025-03-12]"
    days = [meeting("f", WEDNESDAY, origin=Origin.EXTERNAL), meeting("g", "2025-03-10")]
    year = year_of("g: ", f"f: {outside}, apart: [{{forum: g, days: 8}}]")
    assert list(reported(year, "apart", days)) == ["g 2025-03-10"]
    year = year_of(f"f: {outside}", "g: apart: [{forum: f, days: 8}]")
    assert list(reported(year, "apart", days)) == ["g 2025-03-10"]


def test_a_rule_binds_both_forums(year_of: YearOf) -> None:
    """Whoever says it."""
    year = year_of("g: ", "h: ", "f: apart: [{forum: g, days: 8}, {forum: h, days: 8, strength: should}]")
    key = ("apart", ("forums", "f", "apart", 0))
    assert {forum: list(apart.hard_constraints(year, forum)) for forum in "fgh"} == {
        "f": [key],
        "g": [key],
        "h": [],
    }
    assert list(apart.couplings(year)) == [("f", "g"), ("f", "h")]


@given(
    st.one_of(st.tuples(st.just("days"), st.integers(1, 40)), st.tuples(st.just("weeks"), st.integers(1, 6))),
    st.sampled_from([None, "before", "after"]),
    st.dates(date(2025, 1, 1), date(2026, 12, 31)),
)
def test_too_near_is_mutual(unit: tuple[str, int], side: str | None, day: date) -> None:
    """A day is in the span of another exactly if that one is in its span for the other forum; spans go on."""
    keys = {"forum": "g", unit[0]: str(unit[1])} | ({"side": side} if side else {})
    link = Link("f", Apart.model_validate(keys), ("forums", "f", "apart", 0))
    for number in range(-60, 61):
        other = day + timedelta(days=number)
        first, last = link.span(day)
        back, forth = link.span_of_other(other)
        assert (first <= other <= last) == (back <= day <= forth)
    tomorrow = link.span(day + timedelta(days=1))
    assert all(later >= earlier for earlier, later in zip(link.span(day), tomorrow, strict=True))
