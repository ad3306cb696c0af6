"""The numbers that leave no plan, in words: what is asked for, and what there is room for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from planner_instances import register_of

from kultursam.planner import NoPlanError, Situation, plan_year

WRITTEN = datetime(2024, 9, 15, tzinfo=UTC)
LAST_OF_NAMES = 6
"""The line up to which nothing can be to blame."""
HEAD = """
name: North
language: en
timezone: Europe/Stockholm
domain: north.example
organisations: {a: {name: A}, b: {name: B}}
calendar: {country: SE, periods: [{name: Summer, weeks: 26-32, strength: must}]}
dates: {budget: {name: The budget, on: 03-20}}
forums:
"""
BOARD = """
  board:
    name: Board
    cadence: twice a year
    weekdays: [tue]
    time: 09:00-12:00
    members: [{role: chair, from: [a, b]}]
"""
CASES = {
    "fewer companions": (
        BOARD
        + """
  staff:
    name: Staff
    cadence: four times a year
    time: 13:30-15:30
    members: [{role: clerk, from: [a, b]}]
    together_with: {forum: board}
""",
        "Staff meets 4 times on days when Board meets, and Board meets 2 times",
        {"cadence: 4 times a year", "cadence: 2 times a year", "strength: should"},
    ),
    "no common weekday": (
        BOARD
        + """
  staff:
    name: Staff
    cadence: once a year
    weekdays: [wed]
    time: 13:30-15:30
    members: [{role: clerk, from: [a]}]
    together_with: {forum: board}
""",
        "Staff meets 1 time on days when Board meets, and 0 days suit both",
        {"weekdays: [wed, tue]", "weekdays: [tue, wed]", "strength: should"},
    ),
    "no time to travel": (
        """
  council: {name: Council, cadence: 8 times a year, time: 17:00-20:00, members: [{role: member, from: [a]}]}
  theme:
    name: Theme
    cadence: 4 times a year
    time: 15:00-17:00
    buffer_minutes: 0
    members: [{role: member, from: [a]}]
    together_with: {forum: council}
""",
        "Theme meets together with Council, but they share members and begin and end too near",
        {"buffer_minutes: 0", "strength: should"},
    ),
    "more meetings than weekdays": (
        """
  office:
    name: Office
    cadence: weekly
    weekdays: [tue]
    time: 09:00-12:00
    members: [{role: clerk, from: [a]}]
""",
        "Office: 52 meetings, but 45 open Tuesdays",
        {"weekdays: [tue, fri]", "cadence: 45 times a year"},
    ),
    "too far apart": (
        """
  office:
    name: Office
    cadence: 4 times a year
    spacing: {min_days: 130}
    time: 09:00-12:00
    members: [{role: clerk, from: [a]}]
""",
        "Office: 4 meetings, but only 3 with 130 days from one to the next",
        {"cadence: 3 times a year", "spacing: {min_days: 120}"},
    ),
    "too late": (
        """
  office:
    name: Office
    cadence: once a year
    windows: [{from: 03-10, to: 03-20}]
    before: [{date: budget, days: 14}]
    time: 09:00-12:00
    members: [{role: clerk, from: [a]}]
""",
        "Office: no open day up to 6 Mar",
        {"{from: 03-06, to: 03-20}", "days: 10", "strength: should"},
    ),
    "prepared too late": (
        BOARD
        + """
  council:
    name: Council
    cadence: twice a year
    weekdays: [wed]
    prepared_by: {forum: board, days_before: 2-7}
    time: 17:00-20:00
    members: [{role: member, from: [a]}]
""",
        "Council: 2 meetings, but Board can prepare none of them 2-7 days before",
        {"days_before: 1-7", "days_before: 2-8"},
    ),
    "the same people in one week": (
        "".join(
            f"  f{n}: {{name: F{n}, cadence: once a year, time: 08:00-17:00, "
            "windows: [{from: 03-03, to: 03-07}], members: [{role: chair, from: [a]}]}\n"
            for n in range(6)
        ),
        "F0, F1, F2, F3, F4, F5 share members: 6 meetings that need a day each, but 5 days for them",
        {"{from: 03-03, to: 03-10}"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_numbers_are_said_in_words(name: str) -> None:
    """The first sentence holds them; lines named have to do with them; ways out are such as people take."""
    forums, numbers, ways = CASES[name]
    register = register_of(HEAD + forums)
    with pytest.raises(NoPlanError) as raised:
        plan_year(Situation(register, 2025, WRITTEN.date(), WRITTEN))
    first, *problems = raised.value.problems
    assert first.text == f"There is no plan for 2025. {numbers}. These rules conflict with each other:"
    assert all(one.line is None or one.line > LAST_OF_NAMES for one in problems)
    assert ways <= {one.text.partition(": ")[2] for one in problems if one.severity == "tip"}
