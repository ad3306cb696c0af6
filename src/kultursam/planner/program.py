"""A model in arrays: what the engine is given, and what rows alone say of its columns."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kultursam.rules.context import Model

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Program:
    """Bounds of columns and rows, and the terms of all rows, row by row.

    Where a row has no bound, it is infinite.
    """

    lower: Floats
    upper: Floats
    integral: NDArray[np.bool_]
    row_lower: Floats
    row_upper: Floats
    rows: Numbers
    """Of each term."""
    columns: Numbers
    """Of each term."""
    factors: Floats
    """Of each term."""

    @classmethod
    def of(cls, model: Model, excluded: Collection[int] = ()) -> Self:
        """Return a model's program in which some columns are fixed at 0, unless their bounds forbid it."""
        lengths = np.fromiter((len(row.terms) for row in model.rows), np.int64, len(model.rows))
        numbers = chain.from_iterable(chain.from_iterable(row.terms for row in model.rows))
        terms = np.fromiter(numbers, np.float64, 2 * int(lengths.sum())).reshape(-1, 2)
        lower, upper = np.array(model.lower, np.float64), np.array(model.upper, np.float64)
        out = np.fromiter(excluded, np.int64, len(excluded))
        upper[out[lower[out] == 0]] = 0
        return cls(
            lower=lower,
            upper=upper,
            integral=np.array(model.integral, np.bool_),
            row_lower=np.array([-np.inf if row.lower is None else row.lower for row in model.rows]),
            row_upper=np.array([np.inf if row.upper is None else row.upper for row in model.rows]),
            rows=np.repeat(np.arange(len(model.rows)), lengths),
            columns=terms[:, 0].astype(np.int64),
            factors=np.ascontiguousarray(terms[:, 1]),
        )

    def not_fixed_at_0(self) -> Numbers:
        """Return the columns that neither their bounds nor rows alone fix at 0.

        A row does whose columns cannot add up to more than 0, nor to less: it fixes all of them, which fixes
        others in their rows.
        """
        upper, rows, columns, factors = self.upper.copy(), self.rows, self.columns, self.factors
        while True:
            left = upper[columns] > 0
            rows, columns, factors = rows[left], columns[left], factors[left]
            rises = np.bincount(rows[factors > 0], minlength=len(self.row_lower))
            falls = np.bincount(rows[factors < 0], minlength=len(self.row_lower))
            fixing = ((self.row_upper <= 0) & (falls == 0)) | ((self.row_lower >= 0) & (rises == 0))
            fixed = columns[fixing[rows] & (self.lower[columns] == 0)]
            if not len(fixed):
                return np.flatnonzero(upper > 0)
            upper[fixed] = 0

    def of_columns(self, kept: Numbers) -> "Program":
        """Return the program of some columns alone, and of the rows that bound them or cannot hold."""
        place = np.full(len(self.lower), -1)
        place[kept] = np.arange(len(kept))
        terms = place[self.columns] >= 0
        bounds = np.bincount(self.rows[terms], minlength=len(self.row_lower)) > 0
        bounds |= (self.row_lower > 0) | (self.row_upper < 0)
        row_place = np.cumsum(bounds) - 1
        return Program(
            lower=self.lower[kept],
            upper=self.upper[kept],
            integral=self.integral[kept],
            row_lower=self.row_lower[bounds],
            row_upper=self.row_upper[bounds],
            rows=row_place[self.rows[terms]],
            columns=place[self.columns[terms]],
            factors=self.factors[terms],
        )
