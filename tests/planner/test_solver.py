"""The engine solves small models, and prints nothing of its own."""

from __future__ import annotations

import subprocess
import sys

from kultursam.planner.solver import solve
from kultursam.rules.context import Model, Row

ODD_CIRCLE = [Row([(one, 1.0), ((one + 1) % 3, 1.0)], None, 1) for one in range(3)]
"""Of three columns, no two."""


def model_of(*costs: int, rows: list[Row] = ODD_CIRCLE) -> Model:
    """Return a model of 0-1 columns."""
    model = Model(rows=rows)
    for cost in costs:
        model.binary((0, 0, 0, cost))
    return model


def test_optimum_is_integral_and_its_relaxation_bounds_it() -> None:
    """Half of each column is cheaper than any one, which the relaxation shows and branching rules out."""
    model, costs = model_of(-2, -3, -2), [-2, -3, -2]
    relaxation, optimum = solve(model, costs, relaxed=True), solve(model, costs)
    assert relaxation
    assert optimum
    assert (relaxation.cost, relaxation.is_integral(model)) == (-3.5, False)
    assert ([*optimum.values], optimum.cost, optimum.proven) == ([0, 1, 0], -3, True)


def test_model_without_solution_has_none() -> None:
    """No two of three columns make two."""
    model = model_of(1, 1, 1).restricted([Row([(0, 1.0), (1, 1.0), (2, 1.0)], 2, 2)])
    assert solve(model, [1, 1, 1]) is None
    assert solve(model, [1, 1, 1], first=True) is None


def test_excluded_columns_are_0() -> None:
    """A restricted model takes none of the columns left out, and leaves out the rows that then hold."""
    model = model_of(-2, -3, -2).restricted(excluded=[1])
    optimum = solve(model, [-2, -3, -2])
    assert optimum
    assert (optimum.values[1], optimum.cost) == (0, -2)
    assert [row.terms for row in model.rows] == [[(2, 1.0), (0, 1.0)]]
    nothing = solve(model.restricted(excluded=[0, 2]), [-2, -3, -2])
    assert nothing
    assert [*nothing.values] == [0, 0, 0]


def test_reduced_costs_fix_columns() -> None:
    """What would cost more than is allowed is known to be 0."""
    model = model_of(1, 5, 9, rows=[Row([(0, 1.0), (1, 1.0), (2, 1.0)], 1, 1)])
    relaxation = solve(model, [1, 5, 9], relaxed=True)
    assert relaxation
    assert [relaxation.fixed_by_reduced_cost(most) for most in (1, 5, 9)] == [{1, 2}, {2}, set()]


def test_engine_prints_nothing() -> None:
    """Neither its banner nor its log reaches stdout or stderr, whatever the process writes to."""
    code = (
        "from kultursam.planner.solver import Model, solve; model = Model();"
        "model.binary((0, 0, 0, 1)); model.row([(0, 1.0)], lower=1); print(solve(model, [1]).cost)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert (done.stdout.strip(), done.stderr) == (b"1", b"")
