"""Rooms in whole plans: forums of different people, edits by hand, and what was decided elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from planner_instances import register_of

from kultursam.forumfile.values import TimeSpan
from kultursam.planner import Situation, edit, plan_year, search, suggestions
from kultursam.planner.components import connected_components
from kultursam.planner.situation import commitments_of, evaluated
from kultursam.plans.model import Meeting, Plan

NOW = datetime(2024, 9, 15, tzinfo=UTC)
MARCH = date(2025, 3, 3), date(2025, 3, 14)
FILE = """
name: House
language: en
timezone: Europe/Stockholm
domain: house.example
organisations: {a: {name: A}, b: {name: B}, c: {name: C}}
rooms: {hall: {name: The hall}, cellar: {name: The cellar}}
defaults: {time: 09:00-12:00, cadence: once a year, windows: [{from: 03-03, to: 03-14}]}
forums:
  choir: {name: Choir, members: [{role: singer, from: [a]}], room: hall}
  dance: {name: Dance, members: [{role: dancer, from: [b]}], room: hall, time: 11:00-13:00}
  chess: {name: Chess, members: [{role: player, from: [c]}]}
"""
EXTERNAL = """
  fair:
    name: Fair
    cadence: external
    members: [{role: seller, from: [c]}]
    dates: [{on: 2025-03-10, place: the hall, time: 08:00-18:00}]
"""


def planned(text: str = FILE, record: Plan | None = None) -> tuple[Situation, Plan]:
    """Plan 2025; return the situation in which that is the plan of record."""
    situation = Situation(register_of(text), 2025, NOW.date(), NOW, record)
    plan = plan_year(situation)
    return replace(situation, recorded_plan=plan), plan


def only(plan: Plan, forum: str) -> Meeting:
    """Return the meeting of a forum that has one."""
    (meeting,) = (meeting for meeting in plan.meetings if meeting.forum == forum)
    return meeting


def test_forums_of_different_people_share_a_room() -> None:
    """Each would choose the middle of the window; one gives way, and the place of both is the room."""
    _, plan = planned()
    assert only(plan, "choir").date != only(plan, "dance").date
    assert only(plan, "chess").date in {only(plan, "choir").date, only(plan, "dance").date}
    assert [only(plan, forum).place for forum in ("choir", "dance", "chess")] == [
        "The hall",
        "The hall",
        None,
    ]
    _, free = planned(FILE.replace("room: hall, time", "room: cellar, time"))
    assert only(free, "choir").date == only(free, "dance").date


def test_rooms_couple_no_other_forums() -> None:
    """The two are one component, the third is another; with a meeting moved into the room all are one."""
    situation, _ = planned()
    found = connected_components(evaluated(situation), commitments_of(situation))
    assert [one.forums for one in found] == [("choir", "dance"), ("chess",)]
    details = edit.Details(place="hall")
    moved = edit.edit(situation, edit.move([("chess-2025-1", date(2025, 3, 14))], details)).plan
    again = replace(situation, recorded_plan=moved)
    (component,) = connected_components(evaluated(again), commitments_of(again))
    assert "chess" in component.year.register.forums


def test_what_is_moved_into_a_room_has_it() -> None:
    """By its id or its name, in any letters; who plans anew gives way, and nobody can be moved there."""
    situation, plan = planned()
    taken = only(plan, "choir").date
    for place in ("hall", "The hall", "the HALL"):
        with pytest.raises(edit.RefusedError, match="The hall is taken by Choir 09:00–12:00 that day"):
            edit.edit(situation, edit.move([("chess-2025-1", taken)], edit.Details(place=place)))
    edit.edit(situation, edit.move([("chess-2025-1", taken)], edit.Details(place="Attic")))
    free = date(2025, 3, 14)
    moved = edit.edit(situation, edit.move([("chess-2025-1", free)], edit.Details(place="hall"))).plan
    assert only(moved, "chess").place == "The hall"
    there = replace(situation, recorded_plan=moved)
    with pytest.raises(edit.RefusedError, match="The hall is taken by"):
        edit.edit(there, edit.move([("choir-2025-1", free)]))
    elsewhere = edit.edit(there, edit.move([("choir-2025-1", free)], edit.Details(place="none"))).plan
    assert only(elsewhere, "choir").place is None


def test_who_plans_anew_keeps_off_what_was_moved_into_the_room() -> None:
    """The middle of the window is taken by a forum that is never in the room by itself."""
    situation, plan = planned()
    wanted = only(plan, "chess").date
    (moved,) = edit.move([("chess-2025-1", wanted)], edit.Details(place="hall"))(
        situation, evaluated(situation)
    )
    record = replace(plan, meetings=tuple(moved if one.id == moved.id else one for one in plan.meetings))
    replanned = plan_year(replace(situation, recorded_plan=record), replan=True)
    assert only(replanned, "chess").date == wanted
    assert wanted not in {only(replanned, "choir").date, only(replanned, "dance").date}


def test_dates_that_are_suggested_are_those_that_may_be_added() -> None:
    """`suggest` knows the room, also at another time, and another room."""
    situation, plan = planned()
    taken, cellar = ("09:00-12:00", None), ("09:00-12:00", "cellar")
    for span, place in (taken, cellar, ("12:00-13:00", None), ("07:00-08:00", "hall")):
        time = TimeSpan(*(datetime.strptime(part, "%H:%M").time() for part in span.split("-")))  # noqa: DTZ007
        details = edit.Details(time, place=place)
        free = {one.date for one in suggestions.suggest(situation, "dance", MARCH, details=details).free}
        for day in range(MARCH[0].day, MARCH[1].day + 1):
            try:
                edit.edit(situation, edit.add("dance", date(2025, 3, day), details))
            except edit.RefusedError:
                assert date(2025, 3, day) not in free
            else:
                assert date(2025, 3, day) in free
        assert (only(plan, "choir").date in free) == ((span, place) != taken)


def test_what_others_decided_in_the_room_is_planned_around() -> None:
    """Written in other letters it is the same room."""
    _, plan = planned(FILE + EXTERNAL)
    assert only(plan, "fair").place == "The hall"
    assert only(plan, "fair").date not in {only(plan, "choir").date, only(plan, "dance").date}


def test_a_plan_from_before_the_room_is_mended() -> None:
    """Recorded dates that are good without a room are not kept where both would need it."""
    without, plan = planned(FILE.replace(", room: hall", ""))
    assert only(plan, "choir").date == only(plan, "dance").date
    roomy = replace(without, register=register_of(FILE))
    year, decided = evaluated(roomy), commitments_of(roomy)
    assert [*search._feasible_incumbents(year, decided, connected_components(year, decided))] == ["chess"]
    _, mended = planned(FILE, plan)
    assert only(mended, "choir").date != only(mended, "dance").date
    assert {only(mended, forum).place for forum in ("choir", "dance")} == {"The hall"}


def test_why_not_is_said_of_dates_on_which_the_room_is_taken() -> None:
    """Who gave way has the room as the reason against its ideal."""
    _, plan = planned()
    reasons = [
        one.rule
        for forum in ("choir", "dance")
        for one in plan.assessments[only(plan, forum).id].reasons
        if one.date == plan.assessments[only(plan, forum).id].ideal and one.strength == "must"
    ]
    assert reasons == ["rooms"]
