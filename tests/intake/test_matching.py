"""Whose dates they are: forums by their names, and which recorded meeting each date decides."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from kultursam.intake.matching import closest

DAYS = st.lists(st.integers(0, 364), max_size=7).map(
    lambda numbers: [date(2027, 1, 1) + timedelta(days=number) for number in sorted(numbers)]
)


@given(DAYS, DAYS)
def test_the_closest_are_found(first: list[date], second: list[date]) -> None:
    """In order of time, and no other pairs are closer: by trying them all."""
    few, many = sorted((first, second), key=len)
    found = closest(few, many)
    assert sorted(set(found)) == list(found)
    assert len(found) == len(few)

    def far(pairs: tuple[int, ...]) -> int:
        return sum(abs((many[at] - day).days) for at, day in zip(pairs, few, strict=True))

    assert far(found) == min(map(far, combinations(range(len(many)), len(few))))
