"""The engine: HiGHS proves a 0-1 model best. Nothing outside this module knows which engine it is.

One thread, a fixed seed and a limit on nodes instead of time: the same model gives the same answer on
every run and machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import highspy._core as highs

from kultursam.planner.model import LinearModel, Row

OPTIONS: dict[str, bool | float | str] = {
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
    columns = [column for column, least in enumerate(model.lower) if least or column not in dropped]
    if not columns:
        return None  # a model without columns has a slot without any date
    engine = highs._Highs()  # noqa: SLF001 - the class of all bindings; the one before it adds only Python
    for option, value in OPTIONS.items():
        engine.setOptionValue(option, value)
    if any_will_do:
        engine.setOptionValue("mip_max_improving_sols", 1)
    less = replace(model, rows=[*model.rows, *rows]).without(dropped)
    _read(engine, _mps(less, costs, columns, relaxed=relaxed))
    engine.run()
    info = engine.getInfo()
    if info.primal_solution_status != highs.SolutionStatus.kSolutionStatusFeasible:
        if engine.getModelStatus() == highs.HighsModelStatus.kInfeasible:
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


def _read(engine: highs._Highs, lines: Iterable[str]) -> None:
    """Give a model to the engine as a file: its other ways take arrays of numpy."""
    with TemporaryDirectory(prefix="kultursam-") as folder:
        path = Path(folder, "model.mps")
        path.write_text("\n".join(lines), encoding="ascii")
        if engine.readModel(str(path)) != highs.HighsStatus.kOk:
            raise UnsolvedError("the engine cannot read its model")


def _mps(model: LinearModel, costs: Sequence[int], columns: Sequence[int], *, relaxed: bool) -> Iterator[str]:
    """Write a model in free MPS format, column by column.

    Source: https://lpsolve.sourceforge.net/5.5/mps-format.htm
    """
    entries = {column: [f" c{column} cost {costs[column]}"] for column in columns}
    for index, (terms, _, _) in enumerate(model.rows):
        for column, factor in terms:
            entries[column].append(f" c{column} r{index} {factor!r}")
    yield "NAME\nROWS\n N cost"
    yield from (f" {_sense(least, most)} r{index}" for index, (_, least, most) in enumerate(model.rows))
    yield "COLUMNS"
    whole = False
    for column in columns:
        if whole != (not relaxed and model.whole[column]):
            whole = not whole
            kind = "INTORG" if whole else "INTEND"
            yield f" m{column} 'MARKER' '{kind}'"
        yield from entries[column]
    yield "RHS"
    for index, (_, least, most) in enumerate(model.rows):
        if limit := most if least is None else least:
            yield f" limit r{index} {limit!r}"
    yield "BOUNDS"
    for column in columns:
        yield f" LO bound c{column} {model.lower[column]!r}\n UP bound c{column} {model.upper[column]!r}"
    yield "ENDATA\n"


def _sense(least: float | None, most: float | None) -> str:
    if least is not None and most is not None and least != most:
        raise ValueError("a row that is bounded on both sides")  # no rule makes one
    return "E" if least == most else "L" if least is None else "G"
