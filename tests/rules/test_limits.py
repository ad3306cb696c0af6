"""Limits: who counts, in which day, week or month, and which meetings are too many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from rule_years import Reported, meeting, reported, sentence

from kultursam.forumfile.register import Register
from kultursam.plans.model import Origin, Status
from kultursam.rules import limits
from kultursam.rules.context import EvaluatedYear, Schedule
from kultursam.rules.evaluate import evaluate_year, year_context

FILE = """
name: K
language: {language}
timezone: Europe/Stockholm
domain: example.org
organisations: {{a: {{name: A}}, b: {{name: B}}, c: {{name: C}}}}
groups: {{ab: [a, b]}}
limits: [{{name: Office, {limit}}}]
defaults: {{time: 09:00-12:00, cadence: twice a year}}
forums:
  one: {{name: One, members: [{{role: chair, from: [a]}}]}}
  two: {{name: Two, members: [{{role: chair, from: [b]}}, {{role: clerk, from: [c]}}]}}
  out: {{name: Out, cadence: external, members: [{{role: guest, from: [a]}}]}}
"""


@pytest.fixture
def year_with(forum_file: Callable[[str], Register]) -> Callable[..., EvaluatedYear]:
    """Evaluate 2025 under one limit."""

    def make(limit: str, language: str = "en") -> EvaluatedYear:
        return evaluate_year(year_context(forum_file(FILE.format(limit=limit, language=language)), 2025))

    return make


def too_many(year: EvaluatedYear, *places: str) -> list[str]:
    """Return which of some meetings, each a forum and a day, are too many."""
    return sorted(found(year, *places))


def found(year: EvaluatedYear, *places: str) -> Reported:
    """Return what the rule has against some meetings."""
    return reported(year, "limits", [meeting(forum, day) for forum, day in map(str.split, places)])


@pytest.mark.parametrize(
    ("per", "together", "apart"),
    [
        ("day", "2025-03-04", "2025-03-05"),
        ("week", "2025-03-09", "2025-03-10"),
        ("month", "2025-03-31", "2025-04-01"),
    ],
)
def test_a_cell_is_a_day_an_iso_week_or_a_month(
    year_with: Callable[..., EvaluatedYear], per: str, together: str, apart: str
) -> None:
    """A second meeting in the same one is too many; the next one is free."""
    year = year_with(f"forums: [one, out], per: {per}")
    start = {"day": "2025-03-04", "week": "2025-03-03", "month": "2025-03-01"}[per]
    assert too_many(year, f"one {start}", f"one {together}") != []
    assert too_many(year, f"one {together}", f"one {apart}") == []


@pytest.mark.parametrize(
    ("who", "counted"),
    [
        ("forums: [one, two]", ["one", "two"]),
        ("forums: [one]", ["one"]),
        ("organisations: [ab]", ["one", "two", "out"]),
        ("organisations: [c]", ["two"]),
        ("roles: [chair]", ["one", "two"]),
        ("roles: [clerk, guest]", ["two", "out"]),
    ],
)
def test_it_counts_all_that_it_names_together(
    year_with: Callable[..., EvaluatedYear], who: str, counted: list[str]
) -> None:
    """Forums; or the forums of an organisation, a group or a role."""
    year = year_with(f"{who}, per: day")
    assert list(year.register.limited[0]) == counted
    assert list(limits.couplings(year)) == [tuple(counted)]
    for forum in ("one", "two"):
        hard = [key for key in limits.hard_constraints(year, forum) if forum in counted]
        assert hard == ([("limits", ("limits", 0))] if forum in counted else [])


def test_the_meeting_that_touches_the_fewest_is_too_many(year_with: Callable[..., EvaluatedYear]) -> None:
    """Of equals the latest; what is said names the others and the number."""
    year = year_with("organisations: [a, b, c], per: week, strength: should")
    assert found(year, "two 2025-03-06", "one 2025-03-04") == {
        "one 2025-03-04": [("should", "Office has Two that week, and 1 a week at most")]
    }
    assert too_many(year, "one 2025-03-03", "one 2025-03-05") == ["one 2025-03-05"]
    one = meeting("one", "2025-03-04")
    (effect,) = (
        effect
        for _, effect in limits.meeting_effects(year, Schedule.of(2025, [one, meeting("two", "2025-03-06")]))
    )
    assert effect.trouble == 1


def test_most_is_how_many_fit(year_with: Callable[..., EvaluatedYear]) -> None:
    """Two fit where two may; of four, two are too many."""
    year = year_with("organisations: [ab], most: 2, per: month")
    days = [f"one 2025-03-{day:02}" for day in (3, 10, 17, 24)]
    assert too_many(year, *days[:2]) == []
    assert too_many(year, *days) == days[2:]


def test_what_others_decided_has_the_room_first(year_with: Callable[..., EvaluatedYear]) -> None:
    """An external meeting, one of another year, and one that is over are never too many."""
    year = year_with("organisations: [a], per: week")
    ours, out = (
        meeting("one", "2025-03-04"),
        meeting("out", "2025-03-06", origin=Origin.EXTERNAL, status=Status.CONFIRMED),
    )
    assert list(reported(year, "limits", [ours, out])) == [ours.id]
    assert reported(year, "limits", [out, replace(out, id="other")]) == {}
    assert reported(year, "limits", [ours, replace(out, status=Status.CANCELLED)]) == {}
    new_year, beside = meeting("one", "2025-12-30"), meeting("out", "2026-01-02")
    assert list(reported(year, "limits", [new_year], [beside])) == [new_year.id]
    begun = replace(year, context=replace(year.context, weighed_from=date(2025, 3, 5)))
    assert list(reported(begun, "limits", [ours, meeting("one", "2025-03-06")])) == ["one 2025-03-06"]
    assert reported(begun, "limits", [ours, meeting("one", "2025-03-03")]) == {}


def test_optional_members_take_no_room(forum_file: Callable[[str], Register]) -> None:
    """Of an organisation or a role; a forum that is named is, whoever must come."""
    optional = FILE.replace("{{role: clerk, from: [c]}}", "{{role: clerk, from: [c], optional: true}}")
    for who, counted in (
        ("organisations: [c]", []),
        ("roles: [clerk, chair]", ["one", "two"]),
        ("organisations: [b, c]", ["two"]),
        ("forums: [two]", ["two"]),
    ):
        register = forum_file(optional.format(limit=f"{who}, per: day", language="en"))
        assert list(register.limited[0]) == counted, who
    assert len(register.limited[0]["two"]) == 2


def test_swedish(year_with: Callable[..., EvaluatedYear]) -> None:
    """Each sentence has its Swedish."""
    said = {
        "day": "Office har Two den dagen, och högst 1 per dag",
        "week": "Office har Two den veckan, och högst 1 per vecka",
        "month": "Office har Two den månaden, och högst 1 per månad",
    }
    for per, words in said.items():
        year = year_with(f"forums: [one, two], per: {per}", "sv")
        schedule = Schedule.of(2025, [meeting("one", "2025-03-04"), meeting("two", "2025-03-04")])
        assert [sentence(effect, "sv") for _, effect in limits.meeting_effects(year, schedule)] == [words]
