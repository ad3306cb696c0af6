"""The engine: HiGHS proves a 0-1 model optimal. Nothing outside this module knows which engine it is.

One thread, a fixed seed and a limit on nodes instead of time: the same model gives the same answer on
every run and machine.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

import highspy
import numpy as np

from kultursam.planner.program import Floats, Numbers, Program
from kultursam.rules.context import Model

OPTIONS: dict[str, bool | float | str] = {
    "threads": 1,
    "parallel": "off",
    "random_seed": 0,
    # Presolve is where HiGHS has gone wrong: it called models infeasible that are not, lost a row of one, and
    # 1.16.0 ends with an error on the one in tests/planner/test_solver.py. What it gains is little where
    # the engine proves; where what it finds is checked, see `OTHER_OPTIONS`.
    "presolve": "off",
    # Costs are whole numbers: less than 1 apart is equal. The default, 0.01 % of the cost, may be several.
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.99,
}
OTHER_OPTIONS: dict[str, bool | float | str] = {"presolve": "on", "random_seed": 1}
"""With which the engine takes another way to its answer: to confirm it, or sooner where it is checked."""
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


def solve(  # noqa: PLR0913 - what is asked of the engine, and in which way
    model: Model,
    costs: Sequence[int],
    *,
    excluded: Collection[int] = (),
    relaxed: bool = False,
    first: bool = False,
    other_way: bool = False,
) -> Solution | None:
    """Return the cheapest values of a model's columns, or None if the model is infeasible.

    Columns that are `excluded` are fixed at 0. If `relaxed`, no column need be integral; if `first`, the
    first solution found is returned. The `other_way` is that of `OTHER_OPTIONS`.

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
    program, kept = Program.of(model, excluded), np.arange(len(costs))
    if not relaxed:
        kept = program.not_fixed_at_0()
        program = program.of_columns(kept)
    if not len(kept):
        return None if len(program.row_lower) else Solution([0.0] * len(costs), 0, 0)
    prices = np.array(costs, np.float64)[kept]
    _pass(engine, _linear(program, prices, relaxed=relaxed))
    engine.run()
    if engine.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return None
    return _of_all(_found(engine, prices, relaxed=relaxed), kept, len(costs))


def _of_all(solution: Solution, kept: Numbers, number: int) -> Solution:
    """Return a solution of some columns as one of all: the others are 0, and their bounds keep them there."""
    if len(kept) == number:
        return solution
    reduced_costs = _spread(solution.reduced_costs, kept, number) if solution.reduced_costs else ()
    return replace(solution, values=_spread(solution.values, kept, number), reduced_costs=reduced_costs)


def _spread(values: Sequence[float], kept: Numbers, number: int) -> Sequence[float]:
    """Return the values of some columns at their places among so many, with 0 for the others."""
    every = np.zeros(number)
    every[kept] = values
    return every.tolist()


def compacted(model: Model, excluded: Collection[int]) -> tuple[Model, Sequence[int]]:
    """Return a model without the columns that nothing can take, and the numbers of those that are left."""
    kept = Program.of(model, excluded).not_fixed_at_0().tolist()
    place = {column: number for number, column in enumerate(kept)}
    rows = [
        row._replace(terms=[(place[column], factor) for column, factor in row.terms if column in place])
        for row in model.rows
    ]
    smaller = replace(
        model,
        costs=[model.costs[column] for column in kept],
        lower=[model.lower[column] for column in kept],
        upper=[model.upper[column] for column in kept],
        integral=[model.integral[column] for column in kept],
        rows=[row for row in rows if row.terms],
    )
    return smaller, kept


def _found(engine: _Engine, costs: Floats, *, relaxed: bool) -> Solution:
    info = engine.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise UnsolvedError(engine.getModelStatus())
    found = engine.getSolution()
    if relaxed:
        cost = info.objective_function_value
        return Solution(found.col_value, cost, cost, found.col_dual, found.row_dual)
    # Each column may be off by the tolerance, which large costs would multiply: the plan is what is rounded.
    cost = float(costs @ np.round(found.col_value))
    return Solution(found.col_value, cost, info.mip_dual_bound)


class Relaxation:
    """A model's relaxation, solved for one objective after the other, each from the last one's basis.

    Columns that are `excluded` stay so.
    """

    def __init__(self, model: Model, excluded: Collection[int] = ()) -> None:
        self._engine, self._number = _engine(), len(model.costs)
        self._lower, self._upper = model.lower, model.upper
        program = Program.of(model, excluded)
        self._kept = program.not_fixed_at_0()
        self._place = {column: place for place, column in enumerate(self._kept.tolist())}
        _pass(self._engine, _linear(program.of_columns(self._kept), np.zeros(len(self._kept)), relaxed=True))

    def solve(self, costs: Sequence[int]) -> Solution | None:
        """Return the cheapest values; None if there are none."""
        prices = np.array(costs, np.float64)[self._kept]
        self._engine.changeColsCost(len(prices), np.arange(len(prices), dtype=np.int32), prices)
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
    _pass(engine, _linear(Program.of(model), np.zeros(len(model.costs)), relaxed=True))
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
    engine, prices = _engine(), np.array(costs, np.float64)
    _pass(engine, _linear(Program.of(model), prices, relaxed=True))
    engine.run()
    if engine.getModelStatus() != highspy.HighsModelStatus.kInfeasible:
        return _found(engine, prices, relaxed=True)
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
    program = Program.of(model)
    kept = np.where(program.integral, np.round(values), values)
    if np.any(kept < program.lower - TOLERANCE) or np.any(kept > program.upper + TOLERANCE):
        return False
    number = len(program.row_lower)
    sums = np.bincount(program.rows, program.factors * kept[program.columns], number)
    auxiliary = np.where(program.integral[program.columns], 0, np.abs(program.factors))
    error = TOLERANCE * (1 + np.bincount(program.rows, auxiliary, number))
    return bool(np.all(program.row_lower - error <= sums) and np.all(sums <= program.row_upper + error))


def _exact(value: float) -> Fraction | int:
    """Return a number without its rounding to come: whole numbers are much faster than fractions."""
    whole = int(value)
    return whole if whole == value else Fraction(value)


def _linear(program: Program, costs: Floats, *, relaxed: bool) -> highspy.HighsLp:
    linear = highspy.HighsLp()
    linear.num_col_, linear.num_row_ = len(costs), len(program.row_lower)
    linear.col_cost_ = costs
    linear.col_lower_, linear.col_upper_ = program.lower, program.upper
    linear.row_lower_, linear.row_upper_ = program.row_lower, program.row_upper
    if not relaxed:
        kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
        linear.integrality_ = [kinds[integral] for integral in program.integral.tolist()]
    matrix = linear.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.searchsorted(program.rows, np.arange(linear.num_row_ + 1))
    matrix.index_, matrix.value_ = program.columns, program.factors
    return linear
