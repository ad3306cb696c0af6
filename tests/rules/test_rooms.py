"""Rooms: what is in one, when two meetings are in each other's way, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from rule_years import meeting, reported, sentence

from kultursam.forumfile.register import Register
from kultursam.plans.model import Meeting, Origin, Status
from kultursam.rules import rooms
from kultursam.rules.context import EvaluatedYear, Schedule
from kultursam.rules.evaluate import evaluate_year, year_context

FOURTH = date(2025, 3, 4)

FILE = """
name: K
language: {language}
timezone: Europe/Stockholm
domain: example.org
organisations: {{a: {{name: A}}, b: {{name: B}}, c: {{name: C}}}}
rooms: {{hall: {{name: The hall}}, cellar: {{name: The cellar}}}}
defaults: {{time: 09:00-12:00, cadence: twice a year, room: hall}}
forums:
  one: {{name: One, members: [{{role: one, from: [a]}}]}}
  two: {{name: Two, members: [{{role: two, from: [b]}}], place: the  HALL}}
  low: {{name: Low, members: [{{role: low, from: [a]}}], room: cellar}}
  out: {{name: Out, members: [{{role: out, from: [c]}}], cadence: external, place: Elsewhere}}
"""


@pytest.fixture
def year(forum_file: Callable[[str], Register]) -> EvaluatedYear:
    """Evaluate 2025."""
    return evaluate_year(year_context(forum_file(FILE.format(language="en")), 2025))


def at(year: EvaluatedYear, forum: str, hours: tuple[int, int] = (9, 12), **keys: object) -> Meeting:
    """Return a meeting of a forum on 4 March, at its usual place unless that is another."""
    return meeting(forum, "2025-03-04", hours, **{"place": year.register.place_of(forum, FOURTH), **keys})


def test_the_place_of_a_forum_is_the_name_of_its_room(year: EvaluatedYear) -> None:
    """A place that is written for a forum goes before a room for all; it may be a room's name or id."""
    register = year.register
    assert [register.place_of(forum, FOURTH) for forum in register.forums] == [
        "The hall",
        "The hall",
        "The cellar",
        "Elsewhere",
    ]
    assert [register.place(text) for text in ("cellar", "THE Cellar", "Attic", None)] == [
        "The cellar",
        "The cellar",
        "Attic",
        None,
    ]
    assert [register.room_of(place) for place in ("The hall", "hall", "Attic", None)] == [
        "hall",
        "hall",
        None,
        None,
    ]


def test_forums_of_a_room_are_coupled(year: EvaluatedYear) -> None:
    """And those with a recorded meeting in it, wherever they meet else."""
    assert list(rooms.couplings(year)) == [["one", "two"], ["low"]]
    used = replace(year, context=replace(year.context, rooms_used={"out": frozenset({"cellar"})}))
    assert ["low", "out"] in list(rooms.couplings(used))
    for forum, room in {"one": "hall", "two": "hall", "low": "cellar"}.items():
        assert list(rooms.hard_constraints(year, forum)) == [("rooms", ("rooms", room))]
    assert not list(rooms.hard_constraints(year, "out"))


@pytest.mark.parametrize(
    ("hours", "clash"), [((11, 13), True), ((9, 12), True), ((12, 13), False), ((8, 9), False)]
)
def test_two_meetings_in_a_room_never_overlap(
    year: EvaluatedYear, hours: tuple[int, int], *, clash: bool
) -> None:
    """One may begin when the other ends; no time to travel is needed between people who share nothing."""
    found = reported(year, "rooms", [at(year, "one"), at(year, "two", hours)])
    assert bool(found) == clash
    if clash:
        ((told, sentences),) = found.items()
        other = "One" if told.startswith("two") else "Two"
        assert sentences[0][0] == "must"
        assert sentences[0][1].startswith(f"The hall is taken by {other} ")


def test_whose_place_is_elsewhere_is_in_no_room(year: EvaluatedYear) -> None:
    """Neither what was moved elsewhere, nor what was announced without a place, nor what is cancelled."""
    one = at(year, "one")
    for other in (
        at(year, "low"),
        at(year, "two", place="Attic"),
        at(year, "two", place=None),
        at(year, "two", status=Status.CANCELLED),
        replace(at(year, "two"), date=one.date.replace(day=5)),
    ):
        assert reported(year, "rooms", [one, other]) == {}
    assert list(reported(year, "rooms", [one, at(year, "low", place="The hall")])) != []


def test_what_others_decided_stays(year: EvaluatedYear) -> None:
    """The meeting that is planned here is told; of one of another year only ours."""
    out = at(year, "out", place="The hall", origin=Origin.EXTERNAL, status=Status.CONFIRMED)
    assert list(reported(year, "rooms", [at(year, "one"), out])) == ["one 2025-03-04"]
    assert list(reported(year, "rooms", [at(year, "one")], [at(year, "two", id="last year's")])) == [
        "one 2025-03-04"
    ]


def test_swedish(forum_file: Callable[[str], Register]) -> None:
    """It is said in the file's language."""
    year = evaluate_year(year_context(forum_file(FILE.format(language="sv")), 2025))
    schedule = Schedule.of(2025, [at(year, "one"), at(year, "two")])
    ((_, effect),) = rooms.meeting_effects(year, schedule)
    assert sentence(effect, "sv") == "The hall är upptagen av One kl. 09:00–12:00 den dagen"
