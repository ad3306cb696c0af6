"""A proof that no plan is better than a plan, for a reader who does not trust the planner.

Each component has the model of all its dates, not only of those that the search kept, and is solved anew. For
each stage of the lexicographic objective a tree of branches follows; at each leaf there are weights of the
rows, rounded to fractions. By weak duality any weights give a lower bound on the cost of a stage [1], so that
rounding can make a proof weaker, never wrong.

[1] A. Schrijver: Theory of Linear and Integer Programming, Wiley 1986, section 7.4.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil, inf
from typing import Any

from kultursam.planner.components import Component, around, connected_components, couplings
from kultursam.planner.model import POINTS, SHOULD, STAGES, Commitments, build, priced_dates
from kultursam.planner.situation import Situation, commitments_of, evaluated
from kultursam.planner.solver import HALF, TOLERANCE, Solution, dual_ray, lower_bound, rounded, solve
from kultursam.plans.model import Plan
from kultursam.rules.context import Candidate, EvaluatedYear, Model, Row

FORMAT = 1
STAGE_NAMES = ("broken musts", "meetings moved", "should-trouble", "points")
DENOMINATORS = (1, 12, 720, 10**6)
"""The largest denominators of the weights, tried in order until the bound is what it should be."""
MOST_NODES = 400
"""Of the tree of a stage; what is left after so many is open."""

Node = dict[str, Any]
Weights = Mapping[int, Fraction]
Dates = Mapping[str, Iterable[date]]


class RefusedPlanError(Exception):
    """The model does not allow the plan's dates: a bug, to be reported with the forum file."""

    def __init__(self, forums: Sequence[str]) -> None:
        super().__init__(f"the model does not allow the plan's dates of {', '.join(forums)}")


def certify(
    situation: Situation, plan: Plan, *, replan: bool = False, whole_year: bool = False
) -> dict[str, Any]:
    """Return what proves that a plan, just made for a situation, is the best: plain data for JSON.

    `replan` and `whole_year` are those of `plan_year`. Fixed meetings cost what they cost; `given` is that
    part of the plan's costs.
    """
    situation = replace(situation, whole_year=whole_year)
    commitments = commitments_of(situation, replan=replan)
    year = evaluated(situation, commitments)
    fixed = {meeting.id for meeting in commitments.fixed}
    live = [meeting for meeting in plan.chronological() if meeting.live]
    chosen: dict[str, set[date]] = {}
    for meeting in live:
        if meeting.id not in fixed:
            chosen.setdefault(meeting.forum, set()).add(meeting.date)
    proofs = [] if situation.is_history else components(year, commitments, chosen)
    should, points = (sum(proof["stages"][stage]["cost"] for proof in proofs) for stage in (SHOULD, POINTS))
    return {
        "year": plan.year,
        "should": plan.should,
        "points": plan.points,
        "given": {"should": plan.should - should, "points": plan.points - points},
        "meetings": [
            {"id": meeting.id, "forum": meeting.forum, "date": meeting.date.isoformat()} for meeting in live
        ],
        "components": proofs,
    }


def components(year: EvaluatedYear, commitments: Commitments, chosen: Dates) -> list[dict[str, Any]]:
    """Return the proof of each component; `chosen` are the dates by forum that are not fixed."""
    return [_component(component, chosen) for component in connected_components(year, commitments)]


def to_bytes(years: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the file of some years' certificates."""
    return json.dumps({"certificate": FORMAT, "years": list(years)}, separators=(",", ":")).encode() + b"\n"


def is_proven(certificate: Mapping[str, Any]) -> bool:
    """Return whether nothing of a year's certificate is left open."""
    return all(
        stage["bound"] == stage["cost"]
        for component in certificate["components"]
        for stage in component["stages"]
    )


def _component(component: Component, chosen: Dates) -> dict[str, Any]:
    year, commitments, forums = component
    priced = {forum: priced_dates(year, forum, commitments) for forum in forums}
    model = build(year, {*forums, *around(year, forums, couplings(year))}, commitments, priced)
    candidates = [one for forum in forums for one in model.candidates(forum) if one.of_year]
    values, costs = _solution(model, forums, candidates, chosen)
    stages = []
    bounded = model
    for stage, name in enumerate(STAGE_NAMES):
        prices = _prices(model, stage)
        tree = _Tree(prices, costs[stage])
        proof = tree.root(bounded)
        stages.append({"name": name, "cost": costs[stage], "bound": tree.bound, "proof": proof})
        bounded = replace(bounded, rows=[*bounded.rows, _at_most(prices, costs[stage])])
    return {
        "forums": list(forums),
        "columns": _columns(model, candidates),
        "rows": [
            {
                "terms": [[column, _number(factor)] for column, factor in row.terms],
                "lower": _number(row.lower),
                "upper": _number(row.upper),
            }
            for row in model.rows
        ],
        "solution": {str(column): _exact(value) for column, value in enumerate(values) if value},
        "stages": stages,
    }


def _columns(model: Model, candidates: Iterable[Candidate]) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = [
        {"costs": costs, "lower": _number(lower), "upper": _number(upper), "integral": integral}
        for costs, lower, upper, integral in zip(
            model.costs, model.lower, model.upper, model.integral, strict=True
        )
    ]
    for candidate in candidates:
        columns[candidate.column]["meeting"] = [candidate.forum, candidate.date.isoformat()]
    return columns


def _prices(model: Model, stage: int) -> list[int]:
    return [costs[stage] for costs in model.costs]


def _at_most(prices: Sequence[int], cost: int) -> Row:
    return Row([(column, float(price)) for column, price in enumerate(prices) if price], None, cost)


def _solution(
    model: Model, forums: Sequence[str], candidates: Iterable[Candidate], chosen: Dates
) -> tuple[list[Fraction], list[int]]:
    """Return the columns' values in a plan with the chosen dates, and what these cost in each stage."""
    taken = {(forum, day) for forum, days in chosen.items() for day in days}
    excluded = {one.column for one in candidates if not one.fixed and (one.forum, one.date) not in taken}
    left, costs = model.restricted(excluded=excluded), [0] * len(STAGES)
    values: list[Fraction] = []
    for stage in STAGES:
        prices = _prices(model, stage)
        if stage < POINTS and not any(prices):
            continue
        solution = solve(left, prices)
        if solution is None:
            raise RefusedPlanError(forums)
        values = [Fraction(value).limit_denominator(DENOMINATORS[1]) for value in solution.values]
        costs[stage] = round(solution.cost)
        left = replace(left, rows=[*left.rows, _at_most(prices, costs[stage])])
    return values, costs


@dataclass(slots=True)
class _Tree:
    """The branches and bounds by which a stage is proven to cost at least what the plan costs in it."""

    prices: Sequence[int]
    cost: int
    bound: int = 0
    """What is proven; less than the cost if something is left open."""
    nodes: int = 0

    def root(self, model: Model) -> Node:
        """Return the tree of a model."""
        node, bound = self._node(model, {})
        self.bound = min(self.cost, ceil(bound)) if bound < inf else self.cost
        return node

    def _node(self, model: Model, parents: Weights) -> tuple[Node, Fraction | float]:
        """Return the tree of a part of a model, and its bound; the weights of the part's parents hold too."""
        bound = lower_bound(model, self.prices, parents)
        if ceil(bound) >= self.cost:
            return _leaf(parents), bound
        self.nodes += 1
        solution = solve(model, self.prices, relaxed=True)
        if solution is None:
            ray = self._ray(model)
            return ({"ray": _written(ray)}, inf) if ray else (_leaf(parents), bound)
        weights = self._weights(model, solution, parents)
        bound = lower_bound(model, self.prices, weights)
        branches = None
        if ceil(bound) < self.cost and self.nodes <= MOST_NODES:
            branches = _branches(model, solution)
        if branches is None:
            return _leaf(weights), bound
        split, parts = branches
        (first, least), (second, other) = (self._node(_fixed(model, part), weights) for part in parts)
        return {**split, "first": first, "second": second}, min(least, other)

    def _weights(self, model: Model, solution: Solution, parents: Weights) -> Weights:
        """Return the weights that prove the cost with the least denominator, or prove as much as can be."""
        best, most = parents, lower_bound(model, self.prices, parents)
        for denominator in DENOMINATORS:
            weights = rounded(solution.duals, denominator)
            bound = lower_bound(model, self.prices, weights)
            if bound > most:
                best, most = weights, bound
            if ceil(bound) >= self.cost:
                break
        return best

    def _ray(self, model: Model) -> Weights:
        """Return weights that prove a model infeasible; none if the engine has none that do."""
        found = dual_ray(model)
        for denominator in DENOMINATORS:
            ray = rounded(found, denominator)
            if lower_bound(model, [0] * len(self.prices), ray) > 0:
                return ray
        return {}


Branches = tuple[dict[str, int], tuple[list[tuple[int, int]], list[tuple[int, int]]]]
"""What is split, and for each side the columns that have one value only, with that value."""


def _branches(model: Model, solution: Solution) -> Branches | None:
    """Return how to split on what is furthest from whole numbers: a slot's dates, else a column."""
    values = solution.values
    fractional = [
        column
        for column, integral in enumerate(model.integral)
        if integral and TOLERANCE < values[column] < 1 - TOLERANCE
    ]
    if not fractional:
        return None
    open_columns = set(fractional)
    rows = [
        (sum(column in open_columns for column, _ in row.terms), -index)
        for index, row in enumerate(model.rows)
        if row.lower == row.upper == 1
        and all(factor == 1 and model.integral[column] for column, factor in row.terms)
    ]
    most, negative = max(rows, default=(0, 0))
    if most > 1:
        columns = [column for column, _ in model.rows[-negative].terms]
        at = _middle(columns, values)
        first, second = columns[at:], columns[:at]
        return {"row": -negative, "at": at}, ([(one, 0) for one in first], [(one, 0) for one in second])
    column = min(fractional, key=lambda one: (abs(values[one] - HALF), one))
    return {"column": column}, ([(column, 0)], [(column, 1)])


def _middle(columns: Sequence[int], values: Sequence[float]) -> int:
    """Return where to divide columns so that each side has about half of their values, and some of them."""
    total, taken = 0.0, [place for place, column in enumerate(columns) if values[column] > TOLERANCE]
    for place in taken[:-1]:
        total += values[columns[place]]
        if total >= HALF - TOLERANCE:
            return place + 1
    return taken[-1]


def _fixed(model: Model, columns: Iterable[tuple[int, int]]) -> Model:
    lower, upper = [*model.lower], [*model.upper]
    for column, value in columns:
        lower[column], upper[column] = max(lower[column], value), min(upper[column], value)
    return replace(model, lower=lower, upper=upper)


def _leaf(weights: Weights) -> Node:
    return {"weights": _written(weights)}


def _written(weights: Weights) -> dict[str, int | str]:
    return {str(row): _exact(weight) for row, weight in weights.items()}


def _number(value: float | None) -> int | str | None:
    return None if value is None else _exact(value)


def _exact(value: float | Fraction) -> int | str:
    """Return a number as JSON that is read without rounding: whole, or a fraction as text."""
    whole = int(value)
    return whole if whole == value else str(Fraction(value))
