"""A year that has begun is planned from today on, and stays as it was planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planner_instances import register_of

from kultursam.planner import Situation, assess_recorded, plan_year
from kultursam.plans.model import Plan

FILE = """
name: Running
timezone: Europe/Stockholm
domain: running.example
organisations: {{a: {{name: A}}}}
defaults: {{time: 09:00-12:00}}
{calendar}
forums:
  board: {{name: Board, cadence: {number} times a year, members: [{{role: chair, from: [a]}}]{more}}}
  staff: {{name: Staff, cadence: 4 times a year, members: [{{role: chief, from: [a]}}]}}
"""
PREPARED = ", prepared_by: {forum: staff, days_before: 10-21}"


def text_of(number: int = 4, more: str = "", calendar: str = "") -> str:
    """Return a forum file of two forums."""
    return FILE.format(number=number, more=more, calendar=calendar)


def planned(text: str, today: date, record: Plan | None = None, *, whole_year: bool = False) -> Plan:
    """Plan 2025 on a day."""
    now = datetime.combine(today, time(3), UTC)
    return plan_year(Situation(register_of(text), 2025, today, now, record), whole_year=whole_year)


def dates(plan: Plan, forum: str) -> list[date]:
    """Return the dates of a forum's meetings."""
    return sorted(one.date for one in plan.meetings if one.forum == forum and one.live)


@settings(deadline=None, max_examples=40, derandomize=True, database=None)
@given(st.integers(2, 9), st.integers(0, 330), st.integers(1, 200), st.booleans())
def test_what_was_planned_stays(number: int, begun: int, later: int, linked: bool) -> None:
    """Nothing lies before today, each is prepared, and later days, as far as they go, change nothing."""
    text, today = (
        text_of(number, PREPARED if linked and number <= 4 else ""),
        date(2025, 1, 2) + timedelta(begun),
    )
    whole = planned(text, date(2024, 9, 15))
    plan = planned(text, today)
    ideals = [one.ideal for key, one in whole.assessments.items() if key.startswith("staff")]
    assert len(dates(plan, "staff")) == sum(ideal >= today for ideal in ideals if ideal)
    assert all(one.date >= today for one in plan.meetings)
    if "prepared_by" in text:
        for day in dates(plan, "board"):
            assert [10 <= (day - other).days <= 21 for other in dates(plan, "staff")].count(True) >= 1
    for after in (today, today + timedelta(days=later)):
        again = planned(text, after, plan)
        assert again.changes == ()
        assert again.forums == plan.forums
        assert [one.code for one in again.problems] == []


@pytest.mark.parametrize(("number", "left", "more"), [(6, 2, 0), (12, 4, 4), (3, 1, 0)])
def test_another_cadence_keeps_the_share(number: int, left: int, more: int) -> None:
    """Of six places two were left out: of twelve it would have been four."""
    plan = planned(text_of(6), date(2025, 5, 1))
    assert (plan.forums["board"].left_out, plan.forums["board"].slots) == (2, 6)
    again = planned(text_of(number), date(2025, 5, 2), plan)
    assert len(dates(again, "board")) == number - left
    assert len([one for one in again.changes if one.kind == "new"]) == more


@pytest.mark.parametrize("meanwhile", [1, 3, 5, 12])
def test_a_cadence_that_is_put_back_keeps_the_share(meanwhile: int) -> None:
    """Whatever the cadence was for a while: the same file asks for the same number again."""
    plan = planned(text_of(4), date(2025, 9, 15))
    assert plan.forums["board"].left_out == 3
    for number in (meanwhile, 4):
        plan = planned(text_of(number), date(2025, 9, 16), plan)
    assert len([one for one in plan.meetings if one.forum == "board" and one.live]) == 1


def test_a_closure_in_autumn_cancels_nothing() -> None:
    """Even places move with every day that is closed; how many were left out does not."""
    plan = planned(text_of(12), date(2025, 5, 1))
    closed = "calendar: {country: SE, periods: [{name: Autumn, weeks: 40-47}]}"
    again = planned(text_of(12, calendar=closed), date(2025, 5, 2), plan, whole_year=False)
    assert len(dates(again, "board")) == len(dates(plan, "board"))


def test_a_new_forum_has_no_spring() -> None:
    """One that comes into the file in August is planned from then on; the others are as they were."""
    alone = "\n".join(line for line in text_of().splitlines() if not line.startswith("  board:"))
    plan = planned(alone, date(2024, 9, 15))
    again = planned(text_of(), date(2025, 8, 11), plan)
    assert {one.kind for one in again.changes} == {"new"}
    assert [day.month >= 8 for day in dates(again, "board")] == [True, True]
    assert [one.code for one in again.problems] == ["past-left-out"]
    assert dates(again, "staff") == dates(plan, "staff")


def test_the_whole_year_afterwards() -> None:
    """Who reads the note and wants the spring as well gets it, and what is to come stays."""
    plan = planned(text_of(), date(2025, 8, 11))
    whole = planned(text_of(), date(2025, 8, 12), plan, whole_year=True)
    assert {one.kind for one in whole.changes} == {"new"}
    assert len(dates(whole, "board")) == len(dates(whole, "staff")) == 4
    assert planned(text_of(), date(2025, 8, 13), whole).changes == ()


def test_a_year_that_is_over() -> None:
    """It is planned whole and told once; afterwards it is history, whatever the file says."""
    plan = planned(text_of(), date(2026, 3, 1))
    assert len(dates(plan, "board")) == 4
    assert [one.code for one in plan.problems] == ["year-over"]
    assert (plan.should, plan.points) == (0, 0)
    again = planned(text_of(9), date(2026, 3, 2), plan)
    assert (again.changes, again.problems) == ((), ())


def test_what_is_published_is_timeless() -> None:
    """A plan assessed to be published is the same on any day; to be shown, it weighs what is to come."""
    text = text_of(12, ", weekdays: [fri]")
    record = planned(text, date(2024, 9, 15))
    now = datetime(2024, 9, 15, tzinfo=UTC)
    first = Situation(register_of(text), 2025, now.date(), now, record)
    found = []
    for today in (now.date(), date(2025, 6, 1), date(2026, 6, 1)):
        situation = replace(first, today=today)
        found.append(assess_recorded(situation).points)
        assert assess_recorded(situation, timeless=True).points == record.points
    assert found[0] == record.points > found[1] > found[2] == 0
