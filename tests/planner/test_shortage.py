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
COUNCIL = """
  council:
    name: Council
    cadence: external
    prepared_by: {forum: board, days_before: 7-21}
    time: 17:00-20:00
    members: [{role: member, from: [a]}]
"""
WEEK = "windows: [{from: 03-03, to: 03-07}], spacing: {min_days: 1}, time: 09:00-12:00"
BESIDE = f"""
  f: {{name: F, cadence: 3 times a year, {WEEK}, members: [{{role: x, from: [a]}}, {{role: y, from: [a]}}]}}
  g: {{name: G, cadence: twice a year, weekdays: [mon, tue], {WEEK}, members: [{{role: x, from: [a]}}]}}
  h: {{name: H, cadence: twice a year, weekdays: [wed, thu], {WEEK}, members: [{{role: y, from: [a]}}]}}
"""
CASES = {
    "others leave it one day": (
        BESIDE,
        "F is to meet 3 times, but can meet only 1 time if G, H meet as often as asked",
        {"cadence: once a year"},
    ),
    "others leave it none": (
        BESIDE.replace("F, cadence: 3 times a year", "F, cadence: once a year, weekdays: [mon, wed]"),
        "F is to meet 1 time, but no day is left for it if G, H meet as often as asked",
        {"weekdays: [mon, wed, fri]"},
    ),
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
    cadence: 52 times a year
    weekdays: [tue]
    time: 09:00-12:00
    members: [{role: clerk, from: [a]}]
""",
        "Office: 52 meetings, but 45 open Tuesdays",
        {"weekdays: [tue, fri]", "cadence: 45 times a year"},
    ),
    "too near": (
        """
  office:
    name: Office
    cadence: twice a year
    weekdays: [tue]
    windows: [{from: 03-03, to: 03-28}]
    time: 09:00-12:00
    spacing: {min_days: 2, max_days: 5, strength: must}
    members: [{role: clerk, from: [a]}]
""",
        "Office: 2 meetings, but only 1 with 5 days at most from one to the next",
        {"max_days: 7", "weekdays: [tue, fri]", "strength: should"},
    ),
    "more meetings than days in a room": (
        """
  office:
    name: Office
    cadence: once a year
    windows: [{from: 03-12, to: 03-12}]
    time: 09:00-12:00
    room: hall
    members: [{role: clerk, from: [a]}]
  staff:
    name: Staff
    cadence: once a year
    windows: [{from: 03-12, to: 03-12}]
    time: 11:00-12:00
    room: hall
    members: [{role: cook, from: [b]}]
rooms: {hall: {name: The hall}, cellar: {name: The cellar}}
""",
        "The hall: 2 meetings that need a day each, but 1 day for them",
        {"room: cellar", "{from: 03-11, to: 03-12}"},
    ),
    "more meetings than there is room for": (
        """
  office: {name: Office, cadence: 8 times a year, time: 09:00-12:00, members: [{role: clerk, from: [a]}]}
  staff: {name: Staff, cadence: 5 times a year, time: 09:00-12:00, members: [{role: cook, from: [a]}]}
limits: [{name: Kitchen, organisations: [a], per: month}]
""",
        "Kitchen: 13 meetings, but 1 a month at most, and 12 open months",
        {"most: 2", "strength: should", "cadence: 6 times a year", "cadence: 3 times a year"},
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
    "neither too early nor too late": (
        """
  office:
    name: Office
    cadence: 3 times a year
    windows: [{from: 01-08, to: 02-28}, {from: 03-10, to: 03-31}, {from: 05-05, to: 05-31}]
    before: [{date: budget, days: 14-19}]
    time: 09:00-12:00
    members: [{role: clerk, from: [a]}]
""",
        "Office: no open day from 1 Mar to 6 Mar",
        {"days: 10-19", "days: 14-49", "strength: should"},
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
    "prepared too many working days later": (
        BOARD
        + """
  council:
    name: Council
    cadence: twice a year
    weekdays: [wed]
    prepared_by: {forum: board, working_days_before: 2-5}
    time: 17:00-20:00
    members: [{role: member, from: [a]}]
""",
        "Council: 2 meetings, but Board can prepare 1 of them, 2-5 working days before",
        {"working_days_before: 1-5", "working_days_before: 2-6"},
    ),
    "others decide more than is prepared": (
        BOARD.replace("twice", "3 times")
        + COUNCIL
        + "    dates: [2025-02-26, 2025-04-23, 2025-09-24, 2025-11-26]\n",
        "Council: 4 meetings to be prepared, 7-21 days before; that takes 4 meetings of Board, which has 3",
        {"days_before: 7-64", "cadence: 4 times a year", "strength: should"},
    ),
    "others decide too early": (
        BOARD + COUNCIL + "    dates: [2025-08-12, 2025-11-26]\n",
        "Council: 2 meetings, but Board can prepare 1 of them, 7-21 days before",
        {"days_before: 7-56", "days_before: 0-21", "strength: should"},
    ),
    "one for each where there is no day": (
        BOARD
        + """
  staff:
    name: Staff
    for_each: {forum: board, days_before: 2-3}
    weekdays: [wed]
    time: 13:30-15:30
    members: [{role: clerk, from: [a]}]
""",
        "Staff: one for each of 2 meetings of Board, but 0 have an open day 2-3 days before",
        {"days_before: 2-6", "weekdays: [tue, fri]"},
    ),
    "one for each that others decide": (
        COUNCIL.replace("    prepared_by: {forum: board, days_before: 7-21}\n", "")
        + """
    dates: [2025-02-26, 2025-04-23, 2025-08-06]
  talk:
    name: Talk
    for_each: {forum: council, days_after: 1-2}
    weekdays: [fri]
    time: 13:30-15:30
    members: [{role: clerk, from: [a]}]
""",
        "Talk: one for each of 3 meetings of Council, but 2 have an open day 1-2 days after",
        {"days_after: 1-9"},
    ),
    "never in the same weeks": (
        """
  panel: {name: Panel, cadence: 3 times a year, time: 09:00-12:00, members: [{role: member, from: [a]}],
          windows: [{from: 03-03, to: 03-21}], spacing: {min_days: 3}, apart: [{forum: board, weeks: 1}]}
  board: {name: Board, cadence: twice a year, time: 13:00-15:00, members: [{role: member, from: [b]}],
          windows: [{from: 03-03, to: 03-21}], spacing: {min_days: 5}}
""",
        "Panel is to meet 3 times, but can meet only 2 times if Board meet as often as asked",
        {"cadence: 2 times a year", "{from: 03-03, to: 03-24}", "strength: should"},
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


def test_a_way_out_is_enough_for_the_forums_that_were_asked_alone() -> None:
    """Two pairs that nothing couples, none of which has a plan: no change is enough for both."""
    pair = (
        BOARD
        + """
  staff:
    name: Staff
    cadence: four times a year
    time: 13:30-15:30
    members: [{role: clerk, from: [a]}]
    together_with: {forum: board}
"""
    )
    pair = pair.replace("[a, b]", "[a]")
    other = pair.replace("board", "senate").replace("staff", "office").replace("[a]", "[b]")
    for forums, enough in (
        (pair, "This change would be enough: "),
        (
            pair + other.replace("chair", "head").replace("clerk", "aide"),
            "This change would be enough for these forums: ",
        ),
    ):
        with pytest.raises(NoPlanError) as raised:
            plan_year(Situation(register_of(HEAD + forums), 2025, WRITTEN.date(), WRITTEN))
        tips = [one.text for one in raised.value.problems if one.severity == "tip"]
        assert tips
        assert all(tip.startswith(enough) for tip in tips)
