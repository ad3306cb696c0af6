"""One meeting for each of another forum's: which is for which, which lacks one, how many slots there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planner_instances import register_of
from rule_years import YearOf, meeting, reported

from kultursam.plans.model import Meeting, Origin, Status
from kultursam.rules import for_each
from kultursam.rules.context import EvaluatedYear, Schedule
from kultursam.rules.evaluate import evaluate_year, year_context

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = """
name: Small
timezone: Europe/Stockholm
domain: small.example
organisations: {a: {name: A}}
defaults: {time: 09:00-12:00, members: [{role: chair, from: [a]}]}
forums:
  f: {name: F, for_each: {forum: g, %s}}
  g: {name: G, %s}
"""
EXTERNAL = "cadence: external, dates: [2025-03-07, 2025-05-09]"


def year_with(rule: str, leader: str, fixed: Sequence[Meeting] = (), weighed_from: str = "") -> EvaluatedYear:
    """Return 2025 with a forum for each of another's meetings, and what is decided."""
    context = year_context(register_of(FILE % (rule, leader)), 2025, fixed=fixed)
    if weighed_from:
        context = replace(context, weighed_from=date.fromisoformat(weighed_from))
    return evaluate_year(context)


def external(*days: str) -> list[Meeting]:
    """Return meetings of the leader that others decided."""
    return [meeting("g", day, origin=Origin.EXTERNAL, status=Status.CONFIRMED) for day in days]


@pytest.mark.parametrize(
    ("rule", "first", "last"),
    [
        ("days_before: 4", "03-03", "03-03"),
        ("days_before: 1-3", "03-04", "03-06"),
        ("days_after: 0-3", "03-07", "03-10"),
    ],
)
def test_days_in_the_range_are_as_good(rule: str, first: str, last: str) -> None:
    """And what lies outside it is told, with the days that there should be between."""
    year = year_with(rule, EXTERNAL)
    for number in range(1, 15):
        day = f"2025-03-{number:02}"
        found = reported(year, "for-each", [meeting("f", day), *external("2025-03-07")])
        assert bool(found) == (not first <= day[5:] <= last), day
        if found:
            days, when = rule.split(": ")[1], "later" if "before" in rule else "earlier"
            assert found == {f"f {day}": [("must", f"no meeting of G {days} days {when}")]}


def test_two_need_two() -> None:
    """One of two meetings is for none where the other forum has one; cancelled ones have none."""
    year = year_with("days_before: 1-7", EXTERNAL)
    ours = [meeting("f", "2025-03-03"), meeting("f", "2025-03-04")]
    assert list(reported(year, "for-each", [*ours, *external("2025-03-07")])) == ["f 2025-03-04"]
    assert reported(year, "for-each", [*ours, *external("2025-03-06", "2025-03-07")]) == {}
    cancelled = [replace(one, status=Status.CANCELLED) for one in external("2025-03-06")]
    assert list(reported(year, "for-each", [*ours, *cancelled, *external("2025-03-07")])) == ["f 2025-03-04"]


DAYS = st.lists(st.integers(0, 25), max_size=4)


@given(DAYS, DAYS, st.integers(0, 4), st.integers(0, 5))
def test_as_many_pairs_are_found_as_there_can_be(
    ours: list[int], theirs: list[int], low: int, more: int
) -> None:
    """Compared with every way to pair them."""
    first = date(2025, 3, 3)
    year = year_with(f"days_before: {low}-{low + more}", EXTERNAL)
    held = [
        meeting(forum, str(first + timedelta(days=day)), id=f"{forum}{number}")
        for forum, days in (("f", ours), ("g", theirs))
        for number, day in enumerate(days)
    ]
    fits = [
        (x, y)
        for x, y in product(range(len(ours)), range(len(theirs)))
        if low <= theirs[y] - ours[x] <= low + more
    ]

    def is_matching(pairs: Sequence[tuple[int, int]]) -> bool:
        return all(a != c and b != d for (a, b), (c, d) in combinations(pairs, 2))

    most = max(number for number in range(5) if any(map(is_matching, combinations(fits, number))))
    found = for_each.leaders(year, Schedule.of(2025, held))
    assert len(found) == most
    assert len({leader.id for leader in found.values()}) == most
    assert {(int(key[1:]), int(leader.id[1:])) for key, leader in found.items()} <= set(fits)


def test_there_are_as_many_slots_as_meetings_of_the_other(year_of: YearOf) -> None:
    """Those that it will have, those that others decide, and none that may stay empty."""
    for leader, fixed, number in (
        ("cadence: 4 times a year", [], 4),
        (EXTERNAL, external("2025-03-07", "2025-05-09"), 2),
        ("cadence: twice a year", [meeting("g", "2025-04-04", origin=Origin.ADDED)], 3),
        (
            "cadence: twice a year",
            [meeting("g", "2025-04-04", status=Status.CANCELLED, decided=True)],
            1,
        ),
    ):
        slots = year_with("days_before: 4", leader, fixed).slots["f"]
        assert len(slots) == number
        assert all(slot.follows and not slot.spare for slot in slots)
    year = year_of("g: cadence: twice a year", "f: for_each: {forum: g, days_before: 4}", "h: ")
    assert list(for_each.couplings(year)) == [("f", "g")]
    assert list(for_each.hard_constraints(year, "f")) == [("for-each", ("forums", "f", "for_each"))]


def test_what_is_decided_has_slots_beside_those_that_may_be_needed() -> None:
    """Which of the other's meetings it is for depends on dates, so that these may stay empty."""
    decided = [meeting("f", "2025-03-03", decided=True), *external("2025-03-07", "2025-05-09")]
    slots = year_with("days_before: 4", EXTERNAL, decided).slots["f"]
    assert [slot.spare for slot in slots] == [False, True, True]


def test_what_is_over_needs_none() -> None:
    """Nor what has no day left; the day itself is one."""
    for today, number in (("2025-03-03", 2), ("2025-03-04", 1), ("2025-05-06", 0)):
        fixed = external("2025-03-07", "2025-05-09")
        year = year_with("days_before: 4", EXTERNAL, fixed, today)
        assert len(year.slots["f"]) == number
        assert len(list(for_each.lacking(year, fixed))) == number


def test_what_a_person_cancelled_is_for_one_still() -> None:
    """It is lacking no more than one that is held; but it can be for one alone."""
    theirs = external("2025-03-06", "2025-03-07")
    year = year_with("days_before: 3-4", EXTERNAL, theirs)
    cancelled = meeting("f", "2025-03-03", status=Status.CANCELLED, decided=True)
    for ours, lacking in (
        ([], ["g 2025-03-06", "g 2025-03-07"]),
        ([cancelled], ["g 2025-03-07"]),
        ([replace(cancelled, decided=False)], ["g 2025-03-06", "g 2025-03-07"]),
        ([cancelled, meeting("f", "2025-03-03", id="other")], []),
    ):
        found = [leader.id for _, leader in for_each.lacking(year, [*ours, *theirs])]
        assert found == lacking
