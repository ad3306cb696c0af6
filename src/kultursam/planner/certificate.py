"""A proof that a plan is the best, for a reader who does not trust the planner: the model, the plan, duals.

Each component has the model of all its dates, not only of those that the search kept. For each stage of the
lexicographic objective a tree of branches follows; at each leaf there are weights of the rows, rounded to
fractions. By weak duality any weights give a lower bound on the cost of a stage [1], so that rounding can
make a proof weaker, never wrong.

[1] A. Schrijver: Theory of Linear and Integer Programming, Wiley 1986, section 7.4.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil
from typing import Any

from kultursam.planner.components import Component, around, connected_components, couplings
from kultursam.planner.model import STAGES, build, priced_dates
from kultursam.planner.situation import Situation, commitments_of, evaluated
from kultursam.planner.solver import HALF, Solution, dual_ray, solve
from kultursam.plans.model import Plan
from kultursam.rules.context import Model, Row

FORMAT = 1
STAGE_NAMES = ("broken musts", "meetings moved", "should-trouble", "points")
DENOMINATORS = (1, 12, 720, 10**6)
"""The largest denominators of the weights, tried in order until the bound is what it should be."""
MOST_NODES = 400
"""Of the tree of a stage; what is left after so many is open."""
NEAR = 1e-6

Node = dict[str, Any]
Weights = Mapping[int, Fraction]


def certify(situation: Situation, plan: Plan, *, replan: bool = False) -> dict[str, Any]:
    """Return what proves that a plan, just made for a situation, is the best: plain data for JSON."""
    year, commitments = evaluated(situation), commitments_of(situation, replan=replan)
    chosen = {(meeting.forum, meeting.date) for meeting in plan.meetings if meeting.live}
    return {
        "certificate": FORMAT,
        "year": plan.year,
        "should": plan.should,
        "points": plan.points,
        "meetings": [
            {"id": meeting.id, "forum": meeting.forum, "date": meeting.date.isoformat()}
            for meeting in plan.chronological()
            if meeting.live
        ],
        "components": [
            _component(component, chosen) for component in connected_components(year, commitments)
        ],
    }


def _component(component: Component, chosen: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    year, commitments, forums = component
    priced = {forum: priced_dates(year, forum, commitments) for forum in forums}
    model = build(year, {*forums, *around(year, forums, couplings(year))}, commitments, priced)
    values, costs = _values(model, frozenset(chosen), forums)
    stages = []
    bounded = model
    for stage, name in enumerate(STAGE_NAMES):
        prices = [column[stage] for column in model.costs]
        stages.append(
            {"name": name, "cost": costs[stage], "proof": _Tree(prices, costs[stage]).root(bounded)}
        )
        terms = [(column, float(price)) for column, price in enumerate(prices) if price]
        bounded = replace(bounded, rows=[*bounded.rows, Row(terms, None, costs[stage])])
    dates = {
        candidate.column: [candidate.forum, candidate.date.isoformat()]
        for candidates in model.by_forum.values()
        for candidate in candidates
        if candidate.forum in forums
    }
    return {
        "forums": list(forums),
        "columns": [
            {
                "costs": model.costs[column],
                "lower": _number(model.lower[column]),
                "upper": _number(model.upper[column]),
                "integral": model.integral[column],
                **({"meeting": dates[column]} if column in dates else {}),
            }
            for column in range(len(model.costs))
        ],
        "rows": [
            {
                "terms": [[column, _number(factor)] for column, factor in row.terms],
                "lower": _number(row.lower),
                "upper": _number(row.upper),
            }
            for row in model.rows
        ],
        "solution": {str(column): str(value) for column, value in enumerate(values) if value},
        "stages": stages,
    }


def _values(
    model: Model, chosen: frozenset[tuple[str, Any]], forums: Sequence[str]
) -> tuple[list[Fraction], list[int]]:
    """Return the columns' values in a plan with the chosen dates, and what these cost in each stage."""
    excluded = {
        candidate.column
        for forum in forums
        for candidate in model.candidates(forum)
        if not candidate.fixed and (forum, candidate.date) not in chosen
    }
    upper = [0 if column in excluded else most for column, most in enumerate(model.upper)]
    left, costs, values = replace(model, upper=upper, rows=[*model.rows]), list[int](), list[Fraction]()
    for stage in STAGES:
        prices = [column[stage] for column in model.costs]
        solution = solve(left, prices)
        if solution is None:
            raise AssertionError(forums)
        values = [Fraction(value).limit_denominator(DENOMINATORS[1]) for value in solution.values]
        costs.append(int(sum(price * value for price, value in zip(prices, values, strict=True))))
        terms = [(column, float(price)) for column, price in enumerate(prices) if price]
        left.rows.append(Row(terms, None, costs[-1]))
    return values, costs


@dataclass(slots=True)
class _Tree:
    """The branches and bounds by which a stage is proven to cost at least what the plan costs in it."""

    prices: Sequence[int]
    cost: int
    nodes: int = field(default=0)

    def root(self, model: Model) -> Node:
        """Return the tree that proves the cost of the stage for a model, with what is left open."""
        if not self.cost and min(self.prices, default=0) >= 0:
            return {"weights": {}}
        return self._node(model)

    def _node(self, model: Model) -> Node:
        self.nodes += 1
        solution = solve(model, self.prices, relaxed=True)
        if solution is None:
            return self._infeasible(model)
        weights, bound = _best_weights(model, self.prices, solution, self.cost)
        if bound >= self.cost or self.nodes > MOST_NODES:
            return {"weights": _written(weights), **({} if bound >= self.cost else {"open": True})}
        branches = _branches(model, solution)
        if branches is None:
            return {"weights": _written(weights), "open": True}
        split, (zero, other) = branches
        return {**split, "first": self._node(_fixed(model, zero)), "second": self._node(_fixed(model, other))}

    def _infeasible(self, model: Model) -> Node:
        for denominator in DENOMINATORS:
            ray = {
                row: weight
                for row, value in enumerate(dual_ray(model))
                if (weight := Fraction(value).limit_denominator(denominator))
            }
            if lower_bound(model, [0] * len(self.prices), ray) > 0:
                return {"ray": _written(ray)}
        return {"weights": {}, "open": True}


def _best_weights(model: Model, prices: Sequence[int], solution: Solution, cost: int) -> tuple[Weights, int]:
    """Return row weights and the whole number that they prove, by the first denominator that is enough."""
    best: tuple[Weights, int] = ({}, ceil(lower_bound(model, prices, {})))
    for denominator in DENOMINATORS:
        weights = {
            row: weight
            for row, value in enumerate(solution.duals)
            if (weight := Fraction(value).limit_denominator(denominator))
        }
        bound = ceil(lower_bound(model, prices, weights))
        if bound > best[1]:
            best = weights, bound
        if bound >= cost:
            break
    return best


def lower_bound(model: Model, prices: Sequence[int], weights: Weights) -> Fraction:
    """Return what any values of the columns that satisfy the rows cost at least, by the weights of rows.

    A weight with the wrong sign for a row without that bound counts as 0.
    """
    bound, reduced = Fraction(0), [Fraction(price) for price in prices]
    for index, weight in weights.items():
        row = model.rows[index]
        side = row.lower if weight > 0 else row.upper
        if side is None:
            continue
        bound += weight * Fraction(side)
        for column, factor in row.terms:
            reduced[column] -= weight * Fraction(factor)
    least = (
        cost * Fraction(model.lower[column] if cost > 0 else model.upper[column])
        for column, cost in enumerate(reduced)
        if cost
    )
    return bound + sum(least)


Branches = tuple[dict[str, Any], tuple[list[tuple[int, int]], list[tuple[int, int]]]]
"""What is split, and for each side the columns that have one value only, with that value."""


def _branches(model: Model, solution: Solution) -> Branches | None:
    """Return how to split on what is furthest from whole numbers: a slot's dates, else a column."""
    values = solution.values
    fractional = [
        column
        for column, integral in enumerate(model.integral)
        if integral and NEAR < values[column] < 1 - NEAR
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
    total, taken = 0.0, [place for place, column in enumerate(columns) if values[column] > NEAR]
    for place in taken[:-1]:
        total += values[columns[place]]
        if total >= HALF - NEAR:
            return place + 1
    return taken[-1]


def _fixed(model: Model, columns: Iterable[tuple[int, int]]) -> Model:
    lower, upper = [*model.lower], [*model.upper]
    for column, value in columns:
        lower[column], upper[column] = max(lower[column], value), min(upper[column], value)
    return replace(model, lower=lower, upper=upper)


def _written(weights: Weights) -> dict[str, str]:
    return {str(row): str(weight) for row, weight in weights.items()}


def _number(value: float | None) -> int | str | None:
    """Return a number as JSON that is read without rounding: whole, or a fraction as text."""
    if value is None:
        return None
    exact = Fraction(value)
    return int(exact) if exact.denominator == 1 else str(exact)


def is_proven(document: Mapping[str, Any]) -> bool:
    """Return whether nothing of a certificate is left open."""
    return not any(
        node.get("open")
        for component in document["components"]
        for stage in component["stages"]
        for node in _nodes(stage["proof"])
    )


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for side in ("first", "second"):
        if side in node:
            yield from _nodes(node[side])
