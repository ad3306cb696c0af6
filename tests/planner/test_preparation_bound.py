"""The relaxation of preparation is tight: it is what makes files with many prepared forums plannable."""

from __future__ import annotations

import pytest
from planner_instances import register_of

from kultursam.planner import search
from kultursam.planner.components import connected_components
from kultursam.planner.model import POINTS, Commitments, build, priced_dates
from kultursam.planner.solver import solve
from kultursam.rules import evaluate

TWO = """\
name: Two
timezone: Europe/Stockholm
domain: two.example
organisations: {a: {name: A}}
forums:
  first:
    {name: First, time: '09:00-10:00', members: [{role: x, from: [a]}], cadence: 6 times a year}
  second:
    name: Second
    time: '13:00-14:00'
    members: [{role: y, from: [a]}]
    cadence: monthly
    prepared_by: {forum: first, days_before: 3-60, best: 14, strength: should}
"""


BOARD = """\
name: Board
timezone: Europe/Stockholm
domain: board.example
organisations: {a: {name: A}}
calendar:
  country: SE
  periods: [{name: Summer, from: 06-25, to: 08-10}, {name: New Year, from: 12-20, to: 01-06}]
forums:
  party:
    name: Party
    time: '08:30-12:00'
    members: [{role: x, from: [a]}]
    cadence: 12 times a year
    weekdays: [tue]
  board:
    name: Board
    time: '13:00-17:00'
    members: [{role: x, from: [a]}, {role: y, from: [a]}]
    cadence: 12 times a year
    weekdays: [wed, thu]
    prepared_by: {forum: party, days_before: 12-21}
"""


@pytest.mark.parametrize("text", [TWO, BOARD], ids=["twice as often", "as often, each its own"])
def test_the_relaxation_of_a_prepared_forum_costs_what_the_best_plan_costs(text: str) -> None:
    """There is no gap to branch in."""
    nothing = Commitments()
    year = evaluate.evaluate_year(evaluate.year_context(register_of(text), 2027))
    (component,) = connected_components(year, nothing)
    priced = {forum: priced_dates(component.year, forum, nothing) for forum in component.forums}
    model = build(component.year, {*component.forums}, nothing, search._cheapest_dates(priced, 16))
    costs = [costs[POINTS] for costs in model.costs]
    restricted, relaxation = model, solve(model, costs, relaxed=True)
    if text is TWO:
        bounded = next(search._at_relaxed_bounds(model, None))
        assert bounded is not None
        restricted, relaxation = bounded
    assert relaxation is not None
    best = solve(restricted, costs)
    assert best is not None
    assert 0 < relaxation.lower_bound == round(best.cost)
