"""What rows alone say of columns is what trying all values of each row says."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np

from kultursam.planner.program import Program
from kultursam.rules.context import Model


def random_model(random: Random) -> Model:
    """Return a small model whose rows often fix columns at 0."""
    model = Model()
    for _ in range(random.randint(1, 7)):
        model.binary((0, 0, 0, 1), lower=int(random.random() < 0.1))
    for _ in range(random.randint(0, 6)):
        columns = random.sample(range(len(model.costs)), random.randint(1, min(3, len(model.costs))))
        terms = [(column, random.choice((-1.0, 1.0, 2.0))) for column in columns]
        model.row(terms, lower=random.choice((None, 0)), upper=random.choice((None, 0, 1)))
    return model


def fixed_at_0(model: Model, excluded: set[int]) -> set[int]:
    """Return the columns that are 0 for all values of some row, again and again, by trying all values."""
    at_0 = {column for column in excluded if not model.lower[column]}
    while True:
        found = set()
        for row in model.rows:
            left = [(column, factor) for column, factor in row.terms if column not in at_0]
            kept = [
                values
                for values in product((0, 1), repeat=len(left))
                if (-9 if row.lower is None else row.lower)
                <= sum(value * factor for value, (_, factor) in zip(values, left, strict=True))
                <= (9 if row.upper is None else row.upper)
            ]
            one_sign = len({factor > 0 for _, factor in left}) == 1
            if one_sign and kept == [(0,) * len(left)]:
                found |= {column for column, _ in left if not model.lower[column]}
        if found <= at_0:
            return at_0
        at_0 |= found


def test_columns_that_rows_fix_are_left_out() -> None:
    """In random models, some columns excluded, these are the columns that are left."""
    random = Random("fixed")  # noqa: S311 - nothing secret
    some = 0
    for _ in range(500):
        model = random_model(random)
        excluded = set(random.sample(range(len(model.costs)), random.randint(0, 2) % (len(model.costs) + 1)))
        left = set(Program.of(model, excluded).not_fixed_at_0().tolist())
        assert left >= set(range(len(model.costs))) - fixed_at_0(model, excluded)
        some += len(left) < len(model.costs) - len(excluded)
    assert some > 50


def test_rows_of_columns_that_are_left_bound_them_as_before() -> None:
    """Values that keep the smaller program's rows keep the larger one's, with 0 for the other columns."""
    random = Random("kept")  # noqa: S311 - nothing secret
    for _ in range(300):
        model = random_model(random)
        program = Program.of(model)
        kept = program.not_fixed_at_0()
        smaller = program.of_columns(kept)
        for values in product((0, 1), repeat=len(kept)):
            every = np.zeros(len(model.costs))
            every[kept] = values
            assert keeps(smaller, np.array(values, float)) == keeps(program, every)


def keeps(program: Program, values: np.ndarray) -> bool:
    """Return whether values keep all rows of a program."""
    sums = np.zeros(len(program.row_lower))
    np.add.at(sums, program.rows, program.factors * values[program.columns])
    return bool(np.all(program.row_lower <= sums) and np.all(sums <= program.row_upper))
