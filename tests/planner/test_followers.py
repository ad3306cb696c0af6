"""Meetings for each of another forum's: they come, move and go along, but for what somebody decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest
from planner_instances import register_of

from kultursam.planner import Situation, edit, plan_year
from kultursam.planner.infeasible import NoPlanError
from kultursam.planner.situation import evaluated
from kultursam.plans.model import Meeting, Origin, Status
from kultursam.rules import for_each
from kultursam.rules.context import Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

MADE = datetime(2024, 9, 15, tzinfo=UTC)
TEXT = """
{name: Office, language: en, timezone: Europe/Stockholm, domain: office.example,
organisations: {a: {name: A}, b: {name: B}}, calendar: {country: SE},
defaults: {time: 09:00-12:00},
forums: {
talk: {name: Talk, weekdays: [mon], members: [{role: w, from: [b]}],
  for_each: {forum: council, days_before: 1-7}},
staff: {name: Staff, members: [{role: z, from: [a]}], for_each: {forum: board, days_before: 5-8}},
board: {name: Board, cadence: 4 times a year, weekdays: [tue], members: [{role: y, from: [a]}]},
council: {name: Council, cadence: external, time: 17:00-19:00, members: [{role: x, from: [a]}],
  dates: [%s]},
}}
"""
DATES = ("2025-02-12", "2025-04-09", "2025-10-08", "2025-12-10")


def text_with(days: Sequence[str] = DATES) -> str:
    """Return the forum file with other dates of the council."""
    return TEXT % ", ".join(days)


@lru_cache
def planned(text: str = text_with()) -> Situation:
    """Return a year as it was first planned."""
    situation = Situation(register_of(text), 2025, MADE.date(), MADE)
    return replace(situation, recorded_plan=plan_year(situation, explained=()))


def replanned(situation: Situation, text: str | None = None, today: str = "2024-09-20") -> Situation:
    """Return a situation on a later day, planned again: with another file perhaps."""
    later = replace(situation, today=date.fromisoformat(today), now=situation.now + timedelta(days=1))
    if text:
        later = replace(later, register=register_of(text))
    return replace(later, recorded_plan=plan_year(later, accept=True, explained=()))


def after(situation: Situation, change: edit.Edit, *, force: bool = False) -> Situation:
    """Return the situation after a change by hand."""
    return replace(situation, recorded_plan=edit.edit(situation, change, force=force).plan)


def of(situation: Situation, forum: str) -> list[Meeting]:
    """Return the live meetings of a forum, in order of time."""
    live = [meeting for meeting in situation.recorded if meeting.forum == forum and meeting.live]
    return sorted(live, key=lambda meeting: meeting.date)


def pairs(situation: Situation) -> dict[str, str]:
    """Return which meeting each follower's is for; all of them are for one, and none is lacking."""
    year = evaluated(situation)
    found = for_each.leaders(year, Schedule.of(2025, situation.recorded))
    assert set(found) == {one.id for forum in ("talk", "staff") for one in of(situation, forum)}
    assert list(for_each.lacking(year, situation.recorded)) == []
    return {key: leader.id for key, leader in found.items()}


def test_there_is_one_for_each() -> None:
    """On the Monday before the council, and so many days before the board; no point is paid for it."""
    first = planned()
    assert [meeting.date.weekday() for meeting in of(first, "talk")] == [0] * 4
    assert len(of(first, "staff")) == len(of(first, "board")) == 4
    assert pairs(first)["staff-2025-1"] == "board-2025-1"
    assert first.recorded_plan
    assert first.recorded_plan.assessments["talk-2025-1"].ideal is None
    assert replanned(first).recorded == first.recorded


def test_one_moves_along() -> None:
    """With a board that is moved by four weeks; the others stay."""
    first = planned()
    moved = of(first, "board")[2]
    now = after(first, edit.move([(moved.id, moved.date + timedelta(days=28))]))
    changed = {one.id for one in now.recorded if one not in first.recorded}
    assert changed == {moved.id, "staff-2025-3"}
    assert pairs(now) == pairs(first)
    assert replanned(now).recorded == now.recorded


def test_one_is_cancelled_along_and_comes_back() -> None:
    """Under its own id, at the next planning."""
    first = planned()
    now = after(first, edit.cancel("board-2025-1", "nobody can"))
    assert {one.id for one in now.recorded if not one.live} == {"board-2025-1", "staff-2025-1"}
    assert not next(one for one in now.recorded if one.id == "staff-2025-1").decided
    assert replanned(now).recorded == now.recorded
    back = after(now, edit.restore("board-2025-1"))
    assert back.recorded_plan
    assert [problem.code for problem in back.recorded_plan.problems] == ["none-for-it"]
    assert pairs(replanned(back)) == pairs(first)


def test_one_is_made_for_a_meeting_that_is_added() -> None:
    """At the next planning; until then it is told."""
    first = planned()
    now = after(first, edit.add("board", date(2025, 8, 26)))
    assert now.recorded_plan
    assert [problem.code for problem in now.recorded_plan.problems] == ["none-for-it"]
    further = replanned(now)
    assert len(of(further, "staff")) == 5
    assert len(pairs(further)) == 9


def test_what_is_confirmed_stays() -> None:
    """Where the board that it was for is moved by force; a new one is made for that."""
    first = after(planned(), edit.confirm(["staff-2025-3"]))
    moved = of(first, "board")[2]
    change = edit.move([(moved.id, moved.date + timedelta(days=28))])
    with pytest.raises(edit.RefusedError):
        after(first, change)
    now = replanned(after(first, change, force=True))
    kept = next(one for one in now.recorded if one.id == "staff-2025-3")
    assert (kept.date, kept.status) == (of(first, "staff")[2].date, Status.CONFIRMED)
    assert len(of(now, "staff")) == 5
    assert list(for_each.lacking(evaluated(now), now.recorded)) == []


def test_what_is_cancelled_by_hand_is_not_made_again() -> None:
    """Though the board is held: somebody decided that."""
    now = replanned(after(planned(), edit.cancel("staff-2025-3", "no need")))
    assert [one.id for one in of(now, "staff")] == ["staff-2025-1", "staff-2025-2", "staff-2025-4"]
    assert now.recorded_plan
    assert now.recorded_plan.problems == ()


def test_one_that_is_for_none_is_refused() -> None:
    """Added, or moved from where it belongs."""
    first = planned()
    for change in (edit.add("staff", date(2025, 8, 1)), edit.move([("talk-2025-2", date(2025, 3, 3))])):
        with pytest.raises(edit.RefusedError):
            after(first, change)


def test_they_follow_what_others_decide() -> None:
    """A date that is moved, one that is left out, one that is new."""
    first = planned()
    now = replanned(first, text_with(["2025-02-12", "2025-04-16", "2025-10-08", "2025-11-05"]))
    assert [str(one.date) for one in of(now, "talk")] == [
        "2025-02-10",
        "2025-04-14",
        "2025-10-06",
        "2025-11-03",
    ]
    assert len(pairs(now)) == 8


def test_what_was_is_not_looked_at_again() -> None:
    """In April the dates of spring leave the file: no meeting of autumn is taken for them."""
    first = planned()
    april = replanned(first, text_with(DATES[2:]), "2025-04-20")
    assert of(april, "talk") == of(first, "talk")
    assert (
        replanned(april, text_with([*DATES[2:], "2025-11-12"]), "2025-05-02").recorded[:4]
        == april.recorded[:4]
    )


def test_a_year_that_has_begun_has_those_that_can_still_be() -> None:
    """On 8 April it is too late for the Monday before the 9th."""
    today = date(2025, 4, 8)
    begun = Situation(register_of(text_with()), 2025, today, MADE)
    now = replace(begun, recorded_plan=plan_year(begun, explained=()))
    assert [str(one.date) for one in of(now, "talk")] == ["2025-10-06", "2025-12-08"]
    boards = [one for one in of(now, "board") if one.date >= today]
    assert 0 < len(of(now, "staff")) <= len(boards)
    assert all(one.date >= today for one in (*boards, *of(now, "staff")))
    assert replanned(now, today=str(today)).recorded == now.recorded


@pytest.mark.parametrize("today", ["2024-09-15", "2025-01-20"])
def test_there_is_no_plan_where_none_has_an_open_day(today: str) -> None:
    """Whether the year has begun or not: on no Tuesday lies a Friday two days later."""
    text = (
        text_with()
        .replace("name: Staff,", "name: Staff, weekdays: [fri],")
        .replace("days_before: 5-8", "days_after: 2")
    )
    day = date.fromisoformat(today)
    with pytest.raises(NoPlanError, match="4 meetings of Board, but 0 have an open day 2 days after"):
        plan_year(Situation(register_of(text), 2025, day, datetime(day.year, day.month, day.day, tzinfo=UTC)))


def test_one_may_lie_before_its_year() -> None:
    """It belongs to the plan of the meeting that it is for, and is decided with it."""
    text = text_with(["2025-01-03", "2025-02-12"])
    (first, _) = of(planned(text), "talk")
    assert (first.id, str(first.date)) == ("talk-2025-1", "2024-12-30")
    assert first.origin is Origin.PLANNED
