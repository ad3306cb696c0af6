"""The relaxation of preparation is tight: it is what makes files with many prepared forums plannable."""

from __future__ import annotations

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


def test_the_relaxation_of_a_prepared_forum_costs_what_the_best_plan_costs() -> None:
    """A forum that meets twice as often as the one that prepares it leaves no gap to branch in."""
    nothing = Commitments()
    year = evaluate.evaluate_year(evaluate.year_context(register_of(TWO), 2027))
    (component,) = connected_components(year, nothing)
    priced = {forum: priced_dates(component.year, forum, nothing) for forum in component.forums}
    model = build(component.year, {*component.forums}, nothing, search._cheapest_dates(priced, 16))
    bounded = next(search._at_relaxed_bounds(model, None))
    assert bounded is not None
    restricted, relaxation = bounded
    assert relaxation is not None
    best = solve(restricted, [costs[POINTS] for costs in restricted.costs])
    assert best is not None
    assert 0 < relaxation.lower_bound == round(best.cost)
