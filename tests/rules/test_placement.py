"""Ideals of a file's forums: as the evaluator has them, and of some forums as of all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import evaluator
import pytest
import yaml
from case_numbers import cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planner_instances import Dice, Instance, first_plans, later_plans, register_of
from rule_years import ContextOf, event

from kultursam.rules import placement
from kultursam.rules.evaluate import evaluate_year, year_context

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
bounded = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def make_years(dice: Dice) -> Instance:
    """Make a file of forums that meet the whole year or half of it, each bound to the one before."""
    forums: dict[str, Any] = {}
    for number in range(dice.number(1, 3)):
        keys: dict[str, Any] = {
            "name": f"F{number}",
            "cadence": f"{dice.number(1, 7)} times a year",
            "members": [{"role": "chief", "from": dice.some(("a", "b", "c"), 1, 3)}],
            "time": f"{9 + 2 * number:02}:00-{10 + 2 * number:02}:00",
        }
        if dice.often(70):
            keys["weekdays"] = dice.some(WEEKDAYS, 1, 4)
        if dice.often(30):
            keys["windows"] = [{"from": "02-03", "to": "06-10"}, {"from": "08-20", "to": "12-10"}]
            keys["cadence"] = f"{2 * dice.number(1, 4)} times a year"
            for window in keys["windows"] if dice.often(50) else ():
                window["weekdays"] = dice.one((["fri", "lör"], ["thu", "sat", "fri"], ["mon", "tue"]))
                window["days"] = dice.one(("1", "2"))
        if dice.often(20):
            keys["spacing"] = {"min_days": str(dice.number(20, 90)), "strength": dice.one(("must", "should"))}
        if dice.often(20):
            keys["active"] = dice.one(({"from": "2025-04-16"}, {"to": "2025-09-30"}))
        if number and dice.often(60):
            days = dice.one(("7-21", "10", "0-5", "20-60"))
            keys["prepared_by"] = {"forum": f"f{number - 1}", "days_before": days}
        elif number and dice.often(50):
            keys["together_with"] = {"forum": f"f{dice.number(0, number - 1)}"}
        forums[f"f{number}"] = keys
    periods = [
        {"name": f"P{week}", "weeks": f"{week}-{week + dice.number(0, 5)}", "strength": strength}
        | ({"for": ["a"]} if dice.often(40) else {})
        for week, strength in zip(
            (8, 20, 27, 44), dice.some(("must", "must", "should", "prefer"), 4, 4), strict=True
        )
    ]
    tree = {
        "name": "Years",
        "timezone": "Europe/Stockholm",
        "domain": "years.example",
        "organisations": {name: {"name": name} for name in "abc"},
        "calendar": {"country": "SE", "periods": periods},
        "forums": dict(reversed(forums.items())),
    }
    neighbours = {"f0": [date(2024, 12, dice.number(1, 31))]} if dice.often(30) else {}
    return Instance(yaml.safe_dump(tree, sort_keys=False), 2025, neighbours=neighbours)


def check_ideals(instance: Instance) -> None:
    """Compare a year's ideals with those of the evaluator, those of each forum alone too."""
    world, year = instance.world, instance.year
    context = year_context(register_of(instance.text), year, neighbours=instance.given().neighbours)
    found = evaluate_year(context)
    beside = {name: [day for day in it.external if day.year != year] for name, it in world.forums.items()}
    beside |= {name: [*beside[name], *days] for name, days in instance.neighbours.items()}
    for forum, placed in found.slots.items():
        if "for_each" in world.forums[forum].keys:
            continue  # it has no ideals, and as many slots as may be needed
        expected = evaluator.slots(world, forum, year, beside)
        # A window without an open day has no ideal to speak of.
        assert [slot.ideal if slot.open_days != () else None for slot in placed] == [
            slot.ideal for slot in expected
        ]
        assert evaluate_year(context, [forum]).slots == {forum: placed}


@settings(bounded, max_examples=cases(60))
@given(first_plans())
def test_ideals_of_small_forums_are_those_of_the_evaluator(instance: Instance) -> None:
    """In files of every kind of rule."""
    check_ideals(instance)


@settings(bounded, max_examples=cases(30))
@given(later_plans())
def test_ideals_look_at_no_decision_of_the_year(instance: Instance) -> None:
    """Whatever is decided, and whatever happens in the years beside."""
    check_ideals(instance)


@settings(bounded, max_examples=cases(20))
@given(st.composite(lambda draw: make_years(Dice(draw)))())
def test_ideals_of_whole_years_are_those_of_the_evaluator(instance: Instance) -> None:
    """Where they have room to be even, and forums hang together in chains."""
    check_ideals(instance)


CHAIN = """\
forums:
  third: {name: Third, cadence: twice a year, members: [{role: c, from: [a]}], together_with: {forum: second}}
  second: {name: Second, cadence: twice a year, members: [{role: b, from: [a]}], time: 13:00-14:00,
    prepared_by: {forum: first, days_before: 14}}
  first: {name: First, cadence: twice a year, members: [{role: a, from: [a]}], weekdays: [mon]}
"""


def test_forums_come_after_those_that_theirs_depend_on(context_of: ContextOf) -> None:
    """And these are placed too, though they were not asked for."""
    context = context_of(forums=CHAIN)
    assert list(placement.in_order(context, ["third"])) == ["first", "second", "third"]
    slots = evaluate_year(context).slots
    assert list(slots) == ["third", "second", "first"]
    assert list(evaluate_year(context, ["third"]).slots) == ["third"]
    assert {slot.ideal.weekday() for placed in slots.values() for slot in placed} == {0}
    assert [slot.ideal for slot in slots["third"]] == [slot.ideal for slot in slots["second"]]
    leads = [(two.ideal - one.ideal).days for one, two in zip(slots["first"], slots["second"], strict=True)]
    assert leads == [14, 14]


def test_a_rule_that_is_left_out_moves_no_ideal(context_of: ContextOf) -> None:
    """As the search for rules that cannot hold together leaves them out."""
    context = context_of(forums=CHAIN)
    ignored = {("prepared-by", ("forums", "second", "prepared_by"))}
    alone = evaluate_year(replace(context, ignored=frozenset(ignored)), ["second"]).slots["second"]
    assert {slot.ideal.weekday() for slot in alone} != {0}


def test_dates_of_others_prepare_as_they_are(context_of: ContextOf) -> None:
    """Those that are written and those of a calendar; of other years none but what the plans beside hold."""
    context = context_of(
        forums="forums:\n  council: {name: C, cadence: external, members: [{role: c, from: [a]}], dates: "
        "[2026-03-02, 2025-12-01, {file: c.ics}]}\n",
        events={"c.ics": [event("2026-05-04 09:00", "2026-05-04 12:00")]},
    )
    days = placement.meeting_days(
        replace(context, neighbours={"council": [date(2025, 12, 8)]}), "council", ()
    )
    assert [str(day) for day in days] == ["2025-12-08", "2026-03-02", "2026-05-04"]


BOARD = "board: {name: Board, cadence: %s, members: [{role: b, from: [a]}]%s}"
COUNCIL = "council: {name: C, cadence: %s, members: [{role: c, from: [a]}], time: 13:00-14:00, %s}"
PREPARED = "prepared_by: {forum: board, days_before: 12-21}"
SUMMER = "{country: SE, periods: [{name: Summer, from: 06-25, to: 08-10}]}"


def left_out(context_of: ContextOf, *forums: str) -> list[str]:
    """Return the days of a council's meetings that are left out for another forum's sake."""
    text = "forums:\n" + "".join(f"  {forum}\n" for forum in forums)
    year = evaluate_year(context_of(SUMMER, text, 2027))
    return [str(gap.first) for gap in year.unlinked.get("council", ())]


def test_a_meeting_of_a_rhythm_that_cannot_be_prepared_is_left_out(context_of: ContextOf) -> None:
    """After the summer none of a month's days is late enough; where it need not be, nothing is left out."""
    board, council = (
        BOARD % ("monthly", ", weekdays: [tue]"),
        ("monthly", f"weekdays: [wed, thu], {PREPARED}"),
    )
    assert left_out(context_of, board, COUNCIL % council) == ["2027-08-18"]
    soft = council[1].replace("12-21", "12-21, strength: should")
    assert left_out(context_of, board, COUNCIL % ("monthly", soft)) == []
    assert left_out(context_of, BOARD % ("12 times a year", ""), COUNCIL % council) == []


def test_named_days_are_left_out_only_where_they_may_be_skipped(context_of: ContextOf) -> None:
    """A board that skips a Monday leaves the council of that week without; one that moves is not left out."""
    board = BOARD % ("every Monday", "")
    prepared = "prepared_by: {forum: board, days_before: 3}"
    # Easter Monday, and the Monday that the summer ends on.
    assert left_out(context_of, board, COUNCIL % ("every Thursday", prepared)) == ["2027-04-01", "2027-08-12"]
    monthly = COUNCIL % ("second Thursday of the month", prepared)
    assert left_out(context_of, board, monthly) == []


def test_a_meeting_that_can_be_accompanied_by_none_is_left_out(context_of: ContextOf) -> None:
    """As where the other forum does not meet in that part of the year at all."""
    board = BOARD % ("twice a year", ", windows: [{from: 02-01, to: 03-31}]")
    council = COUNCIL % ("quarterly", "together_with: {forum: board}")
    assert len(left_out(context_of, board, council)) == 3


@pytest.mark.parametrize("number", [2, 3, 4, 6])
def test_an_example_year_has_even_gaps(number: int, context_of: ContextOf) -> None:
    """Summer apart, two gaps of a body that meets on Tuesdays differ by a week at most."""
    keys = f"cadence: {number} times a year, weekdays: [tue, wed, thu], members: [{{role: c, from: [a]}}]"
    calendar = "{country: SE, periods: [{name: Summer, weeks: 26-32}]}"
    context = context_of(calendar, f"forums: {{one: {{name: One, {keys}}}}}\n")
    days = [slot.ideal for slot in evaluate_year(context).slots["one"]]
    assert {day.weekday() for day in days} == {1}
    gaps = [
        (later - earlier).days for earlier, later in pairwise(days) if later.month < 7 or earlier.month > 7
    ]
    assert not gaps or max(gaps) - min(gaps) <= 7


def test_weekdays_of_a_window_are_working_days_in_it(context_of: ContextOf) -> None:
    """Saturdays are open there, and nowhere else; of a meeting's days each is one of those of its own day."""
    context = context_of(
        calendar="",
        forums="""
forums:
  one:
    name: One
    members: [{role: chef, from: [ab]}]
    cadence: twice a year
    weekdays: [mon, sat]
    windows: [{from: 03-02, to: 03-15, weekdays: [fri, sat], days: 2}, {from: 06-01, to: 06-14}]
  two: {name: Two, members: [{role: chef, from: [ab]}], cadence: once a year, weekdays: [sat],
    windows: [{from: 03-02, to: 03-15, weekdays: [tue]}]}
""",
    )
    year = evaluate_year(context)
    spring, summer = year.slots["one"]
    assert [str(day) for day in spring.open_days or ()] == [
        *(f"2026-03-{day:02}" for day in (2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14))
    ]
    assert (spring.ideal, spring.last) == (date(2026, 3, 6), date(2026, 3, 14))
    assert summer.ideal.weekday() in {0, 5}
    (slot,) = year.slots["two"]
    assert not any(day.weekday() > 4 for day in slot.open_days or ())
