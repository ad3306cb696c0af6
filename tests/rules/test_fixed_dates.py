"""Fixed dates: a meeting before, or after, each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rule_years import Reported, YearOf, meeting, reported

from kultursam.rules import fixed_dates


def test_one_meeting_before_or_after_a_fixed_date_is_enough(year_of: YearOf) -> None:
    """Else the nearest meeting is reported. A date of another year asks for nothing."""
    year = year_of(
        "f: before: [{date: fair, days: 14}, {date: past, days: 14}]",
        "g: after: [{date: fair, days: 14}]",
        "h: cadence: as needed, after: [{date: fair, days: 14}]",
    )
    enough, late, after, soon = ("2025-06-01", "2025-06-02", "2025-06-29", "2025-06-28")

    def of_forum(forum: str, *days: str) -> Reported:
        return reported(year, "fixed-date", [meeting(forum, day) for day in days])

    assert of_forum("f", enough, after) == of_forum("g", enough, after) == {}
    assert of_forum("h", soon) == {}
    assert of_forum("f", after, late) == {
        f"f {late}": [("must", "no meeting of the year 14 days before Fair")]
    }
    assert of_forum("g", soon, enough) == {
        f"g {soon}": [("must", "no meeting of the year 14 days after Fair")]
    }


def test_a_range_of_days_has_two_ends(year_of: YearOf) -> None:
    """Both count: 14 to 35 days before 15 June are 11 May to 1 June. Else the nearest meeting is reported."""
    year = year_of(
        "f: before: [{date: fair, days: 14-35}]", "g: after: [{date: fair, days: 0-7, strength: should}]"
    )

    def of_forum(forum: str, *days: str) -> Reported:
        return reported(year, "fixed-date", [meeting(forum, f"2025-{day}") for day in days])

    for day in ("05-11", "06-01"):
        assert of_forum("f", "02-03", day, "11-24") == {}
    for far, near in (("02-03", "05-10"), ("11-24", "06-02")):
        told = ("must", "no meeting of the year 14-35 days before Fair")
        assert of_forum("f", far, near) == {f"f 2025-{near}": [told]}
    for day in ("06-15", "06-22"):
        assert of_forum("g", day) == {}
    for day in ("06-14", "06-23"):
        told = ("should", "no meeting of the year 0-7 days after Fair")
        assert of_forum("g", day) == {f"g 2025-{day}": [told]}


def test_what_was_due_in_days_that_are_over_is_history(year_of: YearOf) -> None:
    """A range after a date ends, so that it is over one day; without an end it never is."""
    year = year_of("f: after: [{date: fair, days: 0-7}]", "g: after: [{date: fair, days: 0}]")
    for day, asked in ((22, True), (23, False)):
        begun = replace(year, context=replace(year.context, weighed_from=date(2025, 6, day)))
        assert bool(list(fixed_dates.hard_constraints(begun, "f"))) == asked
        assert list(fixed_dates.hard_constraints(begun, "g"))
