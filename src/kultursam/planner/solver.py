"""The engine: HiGHS proves a 0-1 model optimal. Nothing outside this module knows which engine it is.

One thread, a fixed seed and a limit on nodes instead of time: the same model gives the same answer on
every run and machine.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from math import ceil

import highspy

from kultursam.rules.context import Model, Row, grouped

OPTIONS: dict[str, bool | float | str] = {
    "threads": 1,
    "parallel": "off",
    "random_seed": 0,
    # Presolve is where HiGHS has gone wrong: it called models infeasible that are not, lost a row of one, and
    # 1.16.0 ends with an error on the one in tests/planner/test_solver.py. Little is gained by it here.
    "presolve": "off",
    # Costs are whole numbers: less than 1 apart is equal. The default, 0.01 % of the cost, may be several.
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.99,
}
OTHER_OPTIONS: dict[str, bool | float | str] = {"presolve": "on", "random_seed": 1}
"""With which the engine takes another way to its answer, to confirm it."""
MOST_NODES, MOST_WORK = 20_000, 10_000_000
"""Branch-and-bound nodes before a proof is given up, and nodes times columns: those of large models
take longer.

Ordinary years need one node.
"""
HALF = 0.5
"""From here on a 0-1 column counts as taken."""
TOLERANCE = 1e-6
"""By how much a column or row of a 0-1 model may miss its bound (HiGHS' `mip_feasibility_tolerance`)."""
DUAL_TOLERANCE = 1e-7
"""By how much a column's reduced cost may have the wrong sign (HiGHS' `dual_feasibility_tolerance`)."""
DENOMINATOR = 720_720
"""Of the weights of a proof: a multiple of all numbers up to 16, so that small fractions are exact."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The columns' values, their cost, and a lower bound on the cost of every solution."""

    values: Sequence[float]
    cost: float
    bound: float
    reduced_costs: Sequence[float] = ()
    """Of a relaxation: for each column at 0, the least rise of the cost if it is taken."""
    duals: Sequence[float] = ()
    """Of a relaxation: for each row, by how much the cost rises with its bound."""

    @property
    def proven(self) -> bool:
        """Return whether nothing cheaper can exist; costs are integers."""
        return self.cost - self.bound < 1 - TOLERANCE

    @property
    def lower_bound(self) -> int:
        """The least that any solution in whole numbers costs."""
        return ceil(self.bound - self._error(self.bound))

    def is_integral(self, model: Model) -> bool:
        """Return whether a relaxation's values happen to be integers where the model asks for them."""
        return all(
            abs(value - round(value)) < TOLERANCE
            for value, integral in zip(self.values, model.integral, strict=True)
            if integral
        )

    def fixed_by_reduced_cost(self, most: float) -> frozenset[int]:
        """Return the columns that are 0 in every solution that costs no more than `most`."""
        limit = most - self.cost + self._error(self.cost)
        return frozenset(
            column
            for column, (rise, value) in enumerate(zip(self.reduced_costs, self.values, strict=True))
            if rise > limit and value < TOLERANCE
        )

    def _error(self, bound: float) -> float:
        """Return how far a bound may be too high: what is rounded, and the reduced costs of the wrong sign.

        Such a one hides itself times the column's range: 1 for nearly all, more where forums in a week are
        counted, hence ten times. It stays far below 1, the least by which costs differ.
        """
        return TOLERANCE * max(1, abs(bound)) + 10 * DUAL_TOLERANCE * len(self.values)


class UnsolvedError(Exception):
    """The engine gave up before it found any solution."""


class ContradictionError(Exception):
    """The engine found a plan, and also that there is none: a bug, to be reported with the forum file."""

    def __str__(self) -> str:
        """Return what is told."""
        forums = ", ".join(self.args[0])
        return f"the engine both has a plan for {forums} and has none; please report it with the forum file"


class WrongSolutionError(Exception):
    """What the engine gave as a plan is none once it is whole: a bug, to be reported with the forum file."""

    def __str__(self) -> str:
        """Return what is told."""
        forums = ", ".join(self.args[0])
        return f"the engine's plan for {forums} breaks its own model; please report it with the forum file"


class _Engine(highspy.Highs):
    """HiGHS without output: its constructor would print a banner as soon as it enables callbacks."""

    def enableCallbacks(self) -> None:  # noqa: N802 - highspy's name
        """Turn output off before anything else."""
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _engine() -> _Engine:
    engine = _Engine()  # type: ignore[no-untyped-call]
    for option, value in OPTIONS.items():
        engine.setOptionValue(option, value)
    return engine


def _pass(engine: _Engine, program: highspy.HighsLp) -> None:
    if engine.passModel(program) != highspy.HighsStatus.kOk:
        raise UnsolvedError(engine.getModelStatus())


def solve(
    model: Model,
    costs: Sequence[int],
    *,
    relaxed: bool = False,
    first: bool = False,
    other_way: bool = False,
) -> Solution | None:
    """Return the cheapest values of a model's columns, or None if the model is infeasible.

    If `relaxed`, no column need be integral; if `first`, the first solution found is returned. The
    `other_way` is that of `OTHER_OPTIONS`.

    Raise `UnsolvedError` if the engine gives up before it finds any.
    """
    if not costs:
        return None  # some slot has no date
    engine = _engine()
    if first:
        engine.setOptionValue("mip_max_improving_sols", 1)
    for option, value in OTHER_OPTIONS.items() if other_way else ():
        engine.setOptionValue(option, value)
    engine.setOptionValue("mip_max_nodes", min(MOST_NODES, MOST_WORK // len(costs)))
    kept = range(len(costs)) if relaxed else _not_fixed_at_0(model)
    smaller = model if len(kept) == len(costs) else _of_columns(model, kept)
    if not kept:
        return None if smaller.rows else Solution([0.0] * len(costs), 0, 0)
    prices = [costs[column] for column in kept]
    _pass(engine, _program(smaller, prices, relaxed=relaxed))
    engine.run()
    if engine.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return None
    return _of_all(_found(engine, prices, relaxed=relaxed), kept, len(costs))


def _of_all(solution: Solution, kept: Sequence[int], number: int) -> Solution:
    """Return a solution of some columns as one of all: the others are 0, and their bounds keep them there."""
    if len(kept) == number:
        return solution
    values, reduced_costs = [0.0] * number, [0.0] * number
    for place, column in enumerate(kept):
        values[column] = solution.values[place]
    for place, column in enumerate(kept if solution.reduced_costs else ()):
        reduced_costs[column] = solution.reduced_costs[place]
    return replace(solution, values=values, reduced_costs=reduced_costs)


def _not_fixed_at_0(model: Model) -> Sequence[int]:
    """Return the columns that neither their bounds nor rows alone fix at 0.

    A row does whose columns cannot add up to more than 0, nor to less: it fixes all of them, which fixes
    others in their rows.
    """
    upper = list(model.upper)
    rows_of = grouped((column, index) for index, row in enumerate(model.rows) for column, _ in row.terms)
    asked: Iterable[int] = range(len(model.rows))
    while asked:
        found: set[int] = set()
        for index in asked:
            row = model.rows[index]
            left = [(column, factor) for column, factor in row.terms if upper[column]]
            no_more = row.upper is not None and row.upper <= 0 and all(factor > 0 for _, factor in left)
            no_less = row.lower is not None and row.lower >= 0 and all(factor < 0 for _, factor in left)
            for column, _ in left if no_more or no_less else ():
                if not model.lower[column]:
                    upper[column] = 0
                    found.update(rows_of[column])
        asked = sorted(found)
    return [column for column, most in enumerate(upper) if most]


def compacted(model: Model) -> tuple[Model, Sequence[int]]:
    """Return a model without the columns that nothing can take, and the numbers of those that are left."""
    kept = _not_fixed_at_0(model)
    return _of_columns(model, kept), kept


def _of_columns(model: Model, columns: Sequence[int]) -> Model:
    """Return a model of some columns alone, and the rows that bound them."""
    number = {column: place for place, column in enumerate(columns)}
    rows = [
        row._replace(terms=[(number[column], factor) for column, factor in row.terms if column in number])
        for row in model.rows
    ]
    return replace(
        model,
        costs=[model.costs[column] for column in columns],
        lower=[model.lower[column] for column in columns],
        upper=[model.upper[column] for column in columns],
        integral=[model.integral[column] for column in columns],
        rows=[row for row in rows if row.terms or (row.lower or 0) > 0 or (row.upper or 0) < 0],
    )


def _found(engine: _Engine, costs: Sequence[int], *, relaxed: bool) -> Solution:
    info = engine.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise UnsolvedError(engine.getModelStatus())
    found = engine.getSolution()
    if relaxed:
        cost = info.objective_function_value
        return Solution(found.col_value, cost, cost, found.col_dual, found.row_dual)
    # Each column may be off by the tolerance, which large costs would multiply: the plan is what is rounded.
    cost = sum(cost * round(value) for cost, value in zip(costs, found.col_value, strict=True) if cost)
    return Solution(found.col_value, cost, info.mip_dual_bound)


class Relaxation:
    """A model's relaxation, solved for one objective after the other, each from the last one's basis."""

    def __init__(self, model: Model) -> None:
        self._engine, self._number = _engine(), len(model.costs)
        self._lower, self._upper = model.lower, model.upper
        self._kept = _not_fixed_at_0(model)
        self._place = {column: place for place, column in enumerate(self._kept)}
        _pass(self._engine, _program(_of_columns(model, self._kept), [0] * len(self._kept), relaxed=True))

    def solve(self, costs: Sequence[int]) -> Solution | None:
        """Return the cheapest values; None if there are none."""
        prices = [costs[column] for column in self._kept]
        self._engine.changeColsCost(len(prices), list(range(len(prices))), list(map(float, prices)))
        self._engine.run()
        if self._engine.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return None
        return _of_all(_found(self._engine, prices, relaxed=True), self._kept, self._number)

    def exclude(self, columns: Iterable[int]) -> None:
        """Fix columns at 0 from now on."""
        for column in columns:
            if column in self._place:
                self._engine.changeColBounds(self._place[column], 0, 0)

    def allow(self, columns: Iterable[int]) -> None:
        """Let columns be taken again that were excluded."""
        for column in columns:
            if column in self._place:
                self._engine.changeColBounds(self._place[column], self._lower[column], self._upper[column])

    def bound(self, costs: Sequence[int], most: int, row: int | None = None) -> int:
        """Let the columns cost so much at most from now on; return the row that does, to bound them anew."""
        if row is not None:
            self._engine.changeRowBounds(row, -highspy.kHighsInf, float(most))
            return row
        prices = [(place, float(costs[column])) for column, place in self._place.items() if costs[column]]
        places, factors = map(list, zip(*prices, strict=True)) if prices else ([], [])
        self._engine.addRow(-highspy.kHighsInf, float(most), len(prices), places, factors)
        return self._engine.getNumRow() - 1


def dual_ray(model: Model) -> Sequence[float]:
    """Return the weights of rows that show a relaxation infeasible; none if the engine has none."""
    engine = _engine()
    _pass(engine, _program(model, [0] * len(model.costs), relaxed=True))
    engine.run()
    return _ray(engine)


def _ray(engine: _Engine) -> Sequence[float]:
    _, exists, ray = engine.getDualRay()  # type: ignore[attr-defined]
    return ray if exists else ()


def solve_relaxation(model: Model, costs: Sequence[int]) -> Solution | list[int]:
    """Return the cheapest values that need not be whole or, if there are none, the rows that prove it.

    They are those with a weight in a dual ray, which is checked in exact arithmetic; all rows if it proves
    nothing.
    """
    if not costs:
        return list(range(len(model.rows)))  # some slot has no date
    engine = _engine()
    _pass(engine, _program(model, costs, relaxed=True))
    engine.run()
    if engine.getModelStatus() != highspy.HighsModelStatus.kInfeasible:
        return _found(engine, costs, relaxed=True)
    ray = _ray(engine)
    scale = DENOMINATOR / max(map(abs, ray), default=1)
    weights = {row: weight for row, value in enumerate(ray) if (weight := round(scale * value))}
    if lower_bound(model, [0] * len(costs), weights) <= 0:
        return list(range(len(model.rows)))
    return list(weights)


def rounded(values: Sequence[float], denominator: int) -> dict[int, Fraction]:
    """Return weights of rows as fractions of no larger denominator, those that are 0 left out."""
    fractions = (Fraction(value).limit_denominator(denominator) for value in values)
    return {row: weight for row, weight in enumerate(fractions) if weight}


def lower_bound(
    model: Model, costs: Sequence[int], weights: Mapping[int, Fraction] | Mapping[int, int]
) -> Fraction | int:
    """Return what the columns cost at least, as weights of rows prove it in exact arithmetic.

    Any weights prove something: the cost is the weighed rows, whose bounds are known, and what is left of it,
    which is least where each column is at one of its bounds. Where nothing costs anything, a bound above 0
    proves the rows infeasible. The weight of a row that has no bound on its side counts as 0.
    """
    bound: Fraction | int = 0
    left: list[Fraction | int] = [*costs]
    for index, weight in weights.items():
        row = model.rows[index]
        side = row.lower if weight > 0 else row.upper
        if side is not None:
            bound += weight * _exact(side)
            for column, factor in row.terms:
                left[column] -= weight * _exact(factor)
    return bound + sum(
        cost * _exact(model.lower[column] if cost > 0 else model.upper[column])
        for column, cost in enumerate(left)
        if cost
    )


def solves(model: Model, values: Sequence[float]) -> bool:
    """Return whether values keep all rows and bounds of a model once those of 0-1 columns are whole.

    Auxiliary columns may be off by the tolerance, and a row of them by what it makes of that.
    """
    kept = [round(x) if whole else x for x, whole in zip(values, model.integral, strict=True)]
    bounds = zip(kept, model.lower, model.upper, strict=True)
    return all(least - TOLERANCE <= value <= most + TOLERANCE for value, least, most in bounds) and all(
        _keeps(row, kept, model.integral) for row in model.rows
    )


def _keeps(row: Row, values: Sequence[float], integral: Sequence[bool]) -> bool:
    total = sum(factor * values[column] for column, factor in row.terms)
    error = TOLERANCE * (1 + sum(abs(factor) for column, factor in row.terms if not integral[column]))
    return (row.lower is None or row.lower - error <= total) and (
        row.upper is None or total <= row.upper + error
    )


def _exact(value: float) -> Fraction | int:
    """Return a number without its rounding to come: whole numbers are much faster than fractions."""
    whole = int(value)
    return whole if whole == value else Fraction(value)


def _program(model: Model, costs: Sequence[int], *, relaxed: bool) -> highspy.HighsLp:
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(costs), len(model.rows)
    program.col_cost_ = [float(cost) for cost in costs]
    program.col_lower_, program.col_upper_ = model.lower, model.upper
    program.row_lower_ = [-highspy.kHighsInf if row.lower is None else row.lower for row in model.rows]
    program.row_upper_ = [highspy.kHighsInf if row.upper is None else row.upper for row in model.rows]
    if not relaxed:
        kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
        program.integrality_ = [kinds[integral] for integral in model.integral]
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = [0, *accumulate(len(row.terms) for row in model.rows)]
    matrix.index_ = [column for row in model.rows for column, _ in row.terms]
    matrix.value_ = [factor for row in model.rows for _, factor in row.terms]
    return program
