"""The engine: HiGHS proves a 0-1 model best. Nothing outside this module knows which engine it is.

One thread, a fixed seed and a limit on nodes instead of time: the same model gives the same answer on
every run and machine.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

# numpy, which highspy brings, starts a thread a core for linear algebra that nothing here asks for.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import highspy

from kultursam.planner.problem import LinearModel, Row

OPTIONS = {
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "random_seed": 0,
    # Presolve is where HiGHS has gone wrong: called models infeasible that are not, or lost a row of one.
    # Little is gained by it here.
    "presolve": "off",
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.99,
    # Branch-and-bound nodes before a proof is given up; ordinary years need one.
    "mip_max_nodes": 20_000,
}
HALF = 0.5
"""From here on a 0-1 column counts as taken."""
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Solution:
    """What the engine found: the columns' values, what they cost, and what no solution can go below."""

    values: tuple[float, ...]
    cost: float
    bound: float
    reduced_costs: tuple[float, ...] = ()
    """Of a relaxed model: what the cost rises by at least, for each column not taken, if it is taken."""

    @property
    def proven(self) -> bool:
        """Tell whether nothing cheaper can exist; costs are whole numbers."""
        return self.cost - self.bound < 1 - TOLERANCE

    def is_whole(self, model: LinearModel) -> bool:
        """Tell whether a relaxed solution happens to take each column wholly or not at all."""
        return all(
            abs(value - round(value)) < TOLERANCE
            for value, whole in zip(self.values, model.whole, strict=True)
            if whole
        )

    def dearer_than(self, cost: float) -> frozenset[int]:
        """Give the columns that, taken, make any solution cost more."""
        limit = cost - self.cost + 100 * TOLERANCE
        return frozenset(
            column
            for column, (rise, value) in enumerate(zip(self.reduced_costs, self.values, strict=True))
            if rise > limit and value < TOLERANCE
        )


def solve(
    model: LinearModel,
    costs: Sequence[int],
    *,
    rows: Sequence[Row] = (),
    dropped: frozenset[int] = frozenset(),
    relaxed: bool = False,
    any_will_do: bool = False,
) -> Solution | None:
    """Find the cheapest values of a model's columns, each whole unless `relaxed`; None if there are none.

    `rows` are added to the model's own; `dropped` columns are not taken. Where any solution will do, the
    first is given.
    """
    # The class behind `Highs`: that one prints a banner on stdout before it can be told not to.
    engine = highspy._Highs()  # type: ignore[attr-defined]  # noqa: SLF001
    for option, value in OPTIONS.items():
        engine.setOptionValue(option, value)
    if any_will_do:
        engine.setOptionValue("mip_max_improving_sols", 1)
    columns = [column for column, least in enumerate(model.lower) if least or column not in dropped]
    less = replace(model, rows=[*model.rows, *rows]).without(dropped)
    engine.passModel(_program(less, costs, columns, relaxed=relaxed))
    engine.run()
    info = engine.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        # A model without columns has a slot without any date.
        nothing_fits = {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kModelEmpty}
        if engine.getModelStatus() in nothing_fits:
            return None
        raise UnsolvedError(str(engine.getModelStatus()))
    found = engine.getSolution()
    values = _spread(found.col_value, columns, len(model.costs))
    if relaxed:
        duals = _spread(found.col_dual, columns, len(model.costs))
        return Solution(values, info.objective_function_value, info.objective_function_value, duals)
    cost = sum(cost * value for cost, value in zip(costs, values, strict=True) if cost)
    return Solution(values, round(cost), info.mip_dual_bound)


class UnsolvedError(Exception):
    """The engine gave up before it found any solution."""


def _spread(values: Sequence[float], columns: Sequence[int], count: int) -> tuple[float, ...]:
    """Give the values of all columns: nothing for those that were left out."""
    if len(columns) == count:
        return tuple(values)
    spread = [0.0] * count
    for column, value in zip(columns, values, strict=True):
        spread[column] = value
    return tuple(spread)


def _program(
    model: LinearModel, costs: Sequence[int], columns: Sequence[int], *, relaxed: bool
) -> highspy.HighsLp:
    place = {column: index for index, column in enumerate(columns)}
    starts, terms = [0], []
    for row, _, _ in model.rows:
        terms += row
        starts.append(len(terms))
    program = highspy.HighsLp()
    program.num_col_ = len(columns)
    program.num_row_ = len(model.rows)
    program.col_cost_ = [float(costs[column]) for column in columns]
    program.col_lower_ = [model.lower[column] for column in columns]
    program.col_upper_ = [model.upper[column] for column in columns]
    program.row_lower_ = [-inf if least is None else least for _, least, _ in model.rows]
    program.row_upper_ = [inf if most is None else most for _, _, most in model.rows]
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = starts
    matrix.index_ = [place[column] for column, _ in terms]
    matrix.value_ = [coefficient for _, coefficient in terms]
    if not relaxed:
        kinds = highspy.HighsVarType
        program.integrality_ = [
            kinds.kInteger if model.whole[column] else kinds.kContinuous for column in columns
        ]
    return program
