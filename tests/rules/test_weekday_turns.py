"""Weekdays that take turns: whose turn it is, over slots, years and closed weeks, and against brute force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import evaluator
import pytest
import yaml
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from planner_instances import Dice, Instance, make_first, make_later, register_of
from rule_years import ContextOf, meeting, one_forum, reported

from kultursam.planner import search
from kultursam.rules import evaluate, weekday_turns, weekdays
from kultursam.rules.context import EvaluatedYear

if TYPE_CHECKING:
    from collections.abc import Callable

TURNS = "weekdays: {rotate: [tue, thu, mon]}"
NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_PLANS = 100_000


def turns(year: EvaluatedYear) -> list[str]:
    """Return the weekdays whose turn it is, slot by slot."""
    return [NAMES[slot.turn.weekday] if slot.turn else "-" for slot in year.slots["one"]]


def year_after(context_of: ContextOf, keys: str, *before: str, calendar: str = "") -> EvaluatedYear:
    """Return 2026 of a forum that met on some days of 2025."""
    context = context_of(calendar, one_forum(keys))
    neighbours = {"one": [date.fromisoformat(f"2025-{day}") for day in before]}
    return evaluate.evaluate_year(replace(context, neighbours=neighbours))


def test_each_slot_has_the_weekday_of_its_turn(context_of: ContextOf) -> None:
    """In the order listed, from the first on where there was no meeting before; ideals keep to it."""
    year = year_after(context_of, f"cadence: 5 times a year, {TURNS}")
    assert turns(year) == ["Tue", "Thu", "Mon", "Tue", "Thu"]
    assert [NAMES[slot.ideal.weekday()] for slot in year.slots["one"]] == turns(year)


@pytest.mark.parametrize(
    ("before", "first"),
    [
        (("11-03",), "Tue"),  # a Monday was the last
        (("11-04",), "Thu"),
        (("11-04", "11-05"), "Thu"),  # a Wednesday takes no turns
        (("03-04", "05-06", "09-03", "11-06"), "Mon"),  # which had none
        (("02-03", "03-04", "05-08", "09-09", "11-13"), "Mon"),  # a cancelled Monday is made up for
        (("03-04", "03-11", "03-18", "11-06", "11-10"), "Thu"),  # both it and Monday had one
    ],
)
def test_turns_go_on_from_last_year(context_of: ContextOf, before: tuple[str, ...], first: str) -> None:
    """The weekday begins that had the fewest, of several the one that comes next."""
    assert turns(year_after(context_of, f"cadence: twice a year, {TURNS}", *before))[0] == first


def test_meetings_of_the_year_after_begin_nothing(context_of: ContextOf) -> None:
    """Only what lies before the year counts."""
    context = context_of("", one_forum(f"cadence: twice a year, {TURNS}"))
    year = evaluate.evaluate_year(replace(context, neighbours={"one": [date(2027, 1, 5)]}))
    assert turns(year) == ["Tue", "Thu"]


def test_a_closed_weekday_of_a_cell_gives_way_and_is_next(context_of: ContextOf) -> None:
    """Thursday 22 January is closed: the forum meets on that Tuesday, and the week after on Thursday."""
    calendar = "{country: SE, periods: [{name: P, from: 2026-01-22, to: 2026-01-22}]}"
    year = year_after(
        context_of, "cadence: weekly, weekdays: {rotate: [tue, thu]}", "12-30", calendar=calendar
    )
    held = [slot.ideal for slot in year.slots["one"][:5]]
    assert [f"{day:%m-%d}" for day in held] == ["01-08", "01-13", "01-20", "01-29", "02-03"]
    assert turns(year)[:5] == ["Thu", "Tue", "Tue", "Thu", "Tue"]


def test_months_have_the_weekday_of_their_turn(context_of: ContextOf) -> None:
    """Nearest the middle of each."""
    year = year_after(context_of, "cadence: monthly, weekdays: {rotate: [wed, fri]}")
    assert [slot.ideal.weekday() for slot in year.slots["one"]] == [2, 4] * 6
    assert all(8 <= slot.ideal.day <= 22 for slot in year.slots["one"])


def test_another_weekday_of_the_rotation_breaks_the_rule(context_of: ContextOf) -> None:
    """But not one that is none of them: that is for the list itself to say."""
    year = year_after(context_of, f"cadence: twice a year, {TURNS}")
    told = reported(year, weekday_turns.ID, [meeting("one", "2026-03-05"), meeting("one", "2026-09-03")])
    assert told == {"one 2026-03-05": [("must", "it is Tuesday's turn")]}
    assert not reported(year, weekday_turns.ID, [meeting("one", "2026-03-04")])
    assert reported(year, weekdays.ID, [meeting("one", "2026-03-04")])
    assert not reported(year, weekdays.ID, [meeting("one", "2026-03-05")])


def test_what_is_recorded_keeps_its_day(context_of: ContextOf) -> None:
    """Whosever turn it is."""
    year = year_after(context_of, f"cadence: twice a year, {TURNS}")
    context = replace(year.context, recorded={"one": {date(2026, 3, 5)}})
    held = [meeting("one", "2026-03-05"), meeting("one", "2026-09-01")]
    assert reported(replace(year, context=context), weekday_turns.ID, held) == {
        "one 2026-09-01": [("must", "it is Thursday's turn")]
    }


@pytest.mark.parametrize(
    "cadence", ["every Tuesday", "as needed, reserve: 2", "RRULE:FREQ=MONTHLY;BYDAY=2TU"]
)
def test_who_names_its_days_takes_no_turns(context_of: ContextOf, cadence: str) -> None:
    """Nor who meets as needed: the list is a list of days, all wanted alike."""
    year = year_after(context_of, f"cadence: {cadence}, {TURNS}")
    assert {*turns(year)} == {"-"}
    assert not [*weekday_turns.hard_constraints(year, "one")]
    assert not any(one.points for effects in year.effects["one"].values() for one in effects)


def test_a_window_takes_turns_of_its_own(context_of: ContextOf) -> None:
    """Those of the forum go on around it, and a window with a plain list has none."""
    windows = (
        "windows: [{from: 01-07, to: 03-31, meetings: 3}, "
        "{from: 04-01, to: 06-15, weekdays: {rotate: [wed, fri]}, meetings: 2}, "
        "{from: 08-15, to: 09-30, weekdays: [mon], meetings: 1}, {from: 10-01, to: 12-10, meetings: 2}]"
    )
    year = year_after(context_of, f"cadence: 8 times a year, weekdays: {{rotate: [tue, thu]}}, {windows}")
    assert turns(year) == ["Tue", "Thu", "Tue", "Wed", "Fri", "-", "Thu", "Tue"]
    assert [*weekday_turns.hard_constraints(year, "one")] == [
        (weekday_turns.ID, ("forums", "one", "weekdays")),
        (weekday_turns.ID, ("forums", "one", "windows", 1, "weekdays")),
    ]


def test_days_of_otherwise_are_nobodys_turn(context_of: ContextOf) -> None:
    """In a week in which both weekdays are closed, a Wednesday serves, whosever turn it is."""
    calendar = "{country: SE, periods: [{name: P, from: 2026-01-13, to: 2026-01-15, days: [tue, thu]}]}"
    keys = "cadence: weekly, weekdays: {rotate: [tue, thu]}, otherwise: [wed]"
    year = year_after(context_of, keys, calendar=calendar)
    assert f"{year.slots['one'][1].ideal:%m-%d}" == "01-14"


# --- against brute force ---


@st.composite
def rotating(draw: st.DrawFn, make: Callable[[Dice], Instance]) -> Instance:
    """Draw a small file whose every list of weekdays takes turns."""
    instance = make(Dice(draw))
    tree: dict[str, Any] = yaml.load(instance.text, Loader=yaml.BaseLoader)  # noqa: S506  makes only text
    for keys in tree["forums"].values():
        written = keys.get("weekdays", draw(st.sampled_from([["tue", "thu"], ["mon", "fri", "wed"]])))
        several = any("days" in part for part in (keys, *keys.get("windows", ())))
        if not several and "for_each" not in keys and not str(keys.get("cadence")).startswith("RRULE"):
            keys["weekdays"] = written if isinstance(written, dict) else {"rotate": written}
    return replace(instance, text=yaml.safe_dump(tree, sort_keys=False, allow_unicode=True))


def check_best(instance: Instance) -> None:
    """Compare the planner with brute force."""
    world, year, decided = instance.world, instance.year, instance.given()
    try:
        best = evaluator.brute_force(
            world, year, given=instance.added, neighbours=instance.neighbours, record=instance.record,
            most=MOST_PLANS,
        )  # fmt: skip
    except evaluator.TooManyPlansError:
        reject()
    register = register_of(instance.text)
    context = evaluate.year_context(register, year, neighbours=decided.neighbours, fixed=decided.fixed)
    evaluated = evaluate.evaluate_year(replace(context, recorded=decided.dates))
    try:
        found = search.best_dates(evaluated, decided).dates
    except search.InfeasibleError:
        assert best is None or instance.confirmed or instance.cancelled
        return
    if best is None:
        assert instance.confirmed or instance.cancelled  # which may break a must
        return
    every = {name: sorted([*found.get(name, ()), *instance.confirmed.get(name, ())]) for name in best}
    assert every == best


often = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@pytest.mark.slow
@often
@given(rotating(make_first))
def test_a_first_plan_in_turn_is_the_best_of_all(instance: Instance) -> None:
    """The planner finds the plan that brute force finds, or none where none is."""
    check_best(instance)


@pytest.mark.slow
@often
@given(rotating(make_later))
def test_a_later_plan_in_turn_is_the_best_of_all(instance: Instance) -> None:
    """Turns go on from the year before; what is recorded keeps its day, if it can."""
    check_best(instance)
