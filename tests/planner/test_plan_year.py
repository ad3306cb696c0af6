"""What every plan promises, whatever is in the file, and whatever changes in it afterwards."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import evaluator
import pytest
import yaml
from case_numbers import cases
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from planner_instances import WEEKDAYS, Instance, first_plans, register_of
from project_folder import SMALL

from kultursam.forumfile import yaml_source
from kultursam.forumfile.register import read_register
from kultursam.planner import NoPlanError, Situation, plan_year
from kultursam.plans.model import Plan, Status

EXAMPLE = Path(__file__).parents[2] / "data" / "forums.yaml"
MOST_PLANS = 20_000
NOW = datetime(2023, 6, 1, tzinfo=UTC)

bounded = settings(
    max_examples=cases(25),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def planned(text: str, year: int, record: Plan | None = None, *, replan: bool = False) -> Plan:
    """Plan a year as the command does, on top of a plan of record. Raises `NoPlanError`."""
    situation = Situation(register_of(text), year, NOW.date(), NOW, record)
    return plan_year(situation, replan=replan)


def planned_or_rejected(instance: Instance) -> Plan:
    """Plan the year of an instance that has a plan."""
    try:
        return planned(instance.text, instance.year)
    except NoPlanError:
        reject()


def dates(plan: Plan, world: evaluator.World) -> evaluator.Dates:
    """Return a plan's dates by forum that has places to fill, or meets for each meeting of another."""
    places = [
        name
        for name, forum in world.forums.items()
        if "for_each" in forum.keys or evaluator.slots(world, name, plan.year)
    ]
    return {
        name: sorted(one.date for one in plan.meetings if one.forum == name and one.live) for name in places
    }


# --- musts, and a second run ---


@pytest.mark.slow
@bounded
@given(first_plans())
def test_planning_twice_changes_nothing(instance: Instance) -> None:
    """A plan breaks no must; on top of itself, and anew, the same file gives the same plan."""
    plan = planned_or_rejected(instance)
    found = dates(plan, instance.world)
    verdict = evaluator.evaluate(instance.world, instance.year, found)
    assert verdict == ([], plan.should, plan.points)
    for replan in (False, True):
        again = planned(instance.text, instance.year, plan, replan=replan)
        assert (again.meetings, again.changes) == (plan.meetings, ())


# --- one change in the file ---


def away(draw: st.DrawFn, tree: dict[str, Any], plan: Plan) -> None:
    """Close the day of a meeting, for a forum or for all."""
    one = draw(st.sampled_from(plan.meetings))
    period: dict[str, Any] = {
        "name": "New",
        "from": str(one.date),
        "to": str(one.date + timedelta(draw(st.integers(0, 2)))),
    }
    if draw(st.booleans()):
        period["for_forums"] = [one.forum]
    tree.setdefault("calendar", {"country": "SE"}).setdefault("periods", []).append(period)


def other_weekdays(draw: st.DrawFn, tree: dict[str, Any], plan: Plan) -> None:
    """Let a forum meet on other days of the week."""
    forum = draw(st.sampled_from(plan.meetings)).forum
    tree["forums"][forum]["weekdays"] = draw(
        st.lists(st.sampled_from(WEEKDAYS), min_size=2, max_size=4, unique=True)
    )


def more_distance(draw: st.DrawFn, tree: dict[str, Any], plan: Plan) -> None:
    """Ask for more days between a forum's meetings."""
    forum = draw(st.sampled_from(plan.meetings)).forum
    tree["forums"][forum]["spacing"] = {"min_days": str(draw(st.integers(1, 9)))}


def more_members(draw: st.DrawFn, tree: dict[str, Any], plan: Plan) -> None:
    """Let two forums share a member and its time."""
    forum = draw(st.sampled_from(plan.meetings)).forum
    other = draw(st.sampled_from([one for one in tree["forums"] if one != forum]))
    tree["forums"][forum]["members"] = deepcopy(tree["forums"][other]["members"])  # YAML would write an alias


def readable(text: str) -> bool:
    """Return whether a forum file has no fault."""
    read, _ = yaml_source.parse(text.encode(), "forums.yaml")
    return read is not None and read_register(read)[0] is not None


@st.composite
def changed_files(draw: st.DrawFn) -> tuple[Instance, Plan, str]:
    """Draw a file, its plan, and the same file with one change."""
    instance = draw(first_plans())
    plan = planned_or_rejected(instance)
    tree = yaml.load(instance.text, Loader=yaml.BaseLoader)  # noqa: S506  BaseLoader makes only text
    ways = [away, other_weekdays, more_distance, *([more_members] if len(tree["forums"]) > 1 else ())]
    if not dates(plan, instance.world):
        reject()
    slotted = [one for one in plan.meetings if one.forum in dates(plan, instance.world)]
    draw(st.sampled_from(ways))(draw, tree, replace(plan, meetings=tuple(slotted)))
    text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
    if not readable(text):  # such as two days in a row of weekdays that are none
        reject()
    return instance, plan, text


@pytest.mark.slow
@bounded
@given(changed_files())
def test_one_change_moves_no_more_than_it_must(case: tuple[Instance, Plan, str]) -> None:
    """After a change in the file, as many meetings move as in that of all plans that moves the fewest."""
    instance, plan, text = case
    world, old = evaluator.load(text), dates(plan, instance.world)
    record = evaluator.Record(proposed=old)
    try:
        best = evaluator.brute_force(world, instance.year, record=record, most=MOST_PLANS)
    except evaluator.TooManyPlansError:
        reject()
    try:
        again = planned(text, instance.year, plan)
    except NoPlanError:
        assert best is None
        return
    assert best is not None
    assert dates(again, world) == best
    moved = [one for one in again.changes if one.kind == "moved"]
    assert len(moved) == sum(len({*old[name]} - {*days}) for name, days in best.items())


# --- a greedy planner ---


def greedy(world: evaluator.World, year: int) -> evaluator.Dates | None:
    """Plan forum by forum, slot by slot: the date that costs least by itself, of those that break no must.

    Forums that others wait for come first. None where it runs into a dead end.
    """
    plan: dict[str, list[date]] = {}
    for name in in_order_of_need(world):
        for slot in evaluator.slots(world, name, year):
            costs = {
                day: evaluator._verdict([*evaluator._judge_day(world, world.forums[name], slot, day)])
                for day in slot.days
            }
            before = plan.get(name, [])
            for _, day in sorted((cost[1:], day) for day, cost in costs.items() if not cost.musts):
                plan[name] = [*before, day]
                if not _breaks(world, year, plan):
                    break
            else:
                return None
    return None if evaluator.evaluate(world, year, plan).musts else plan


def in_order_of_need(world: evaluator.World) -> list[str]:
    """Return the forums, each after those that it is bound to."""
    order: list[str] = []

    def add(name: str) -> None:
        for key in ("prepared_by", "together_with"):
            for rule in evaluator._rules(world.forums[name], key):
                add(rule["forum"])
        if name not in order:
            order.append(name)

    for name in world.forums:
        add(name)
    return order


def _breaks(world: evaluator.World, year: int, plan: evaluator.Dates) -> list[str]:
    """Return the musts that a part of a plan breaks, those aside that only a whole plan can keep."""
    hard_constraints = evaluator.evaluate(world, year, plan).musts
    return [
        one
        for one in hard_constraints
        if " meetings instead of " not in one and " never " not in one and one.split()[0] in plan
    ]


def check_against_greedy(text: str, year: int) -> bool:
    """Compare with a greedy plan; return whether there was one."""
    world = evaluator.load(text)
    # How many meetings there are for each of another forum's, it would have to know before.
    simple = None if any("for_each" in forum.keys for forum in world.forums.values()) else greedy(world, year)
    if simple is None:
        return False
    best = planned(text, year)
    verdict = evaluator.evaluate(world, year, simple)
    assert (best.should, best.points) <= (verdict.should, verdict.points)
    return True


@bounded
@given(first_plans())
def test_no_greedy_plan_is_better(instance: Instance) -> None:
    """Where a greedy planner finds a plan there is one, and it is no worse than that."""
    if not check_against_greedy(instance.text, instance.year):
        reject()


@pytest.mark.parametrize("year", [2024, 2025, 2027])
def test_no_greedy_plan_of_the_example_is_better(year: int) -> None:
    """Nor in a file of the size that people have, in years that a greedy planner gets through."""
    assert check_against_greedy(EXAMPLE.read_text(encoding="utf-8"), year)


# --- what is told of decided meetings ---


def test_a_double_booking_points_at_the_members() -> None:
    """The line told of two meetings of one person at once is that of the members: no buffer is written."""
    other = "  other: {name: Other, cadence: once a year, members: [{role: chef, from: [hylte]}]}\n"
    plan = planned(SMALL + other, 2025)
    day = plan.meetings[0].date
    meetings = tuple(replace(one, date=day, status=Status.CONFIRMED) for one in plan.meetings)
    problems = planned(SMALL + other, 2025, replace(plan, meetings=meetings)).problems
    lines = SMALL.splitlines() + other.splitlines()
    assert {one.severity for one in problems} == {"error"}
    assert all("members:" in lines[(one.line or 0) - 1] for one in problems if "chef, Hylte" in one.text)
    assert any("chef, Hylte" in one.text for one in problems)
