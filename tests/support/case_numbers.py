"""How many random cases a test tries: as many as find faults in a run, and more when somebody asks."""

from __future__ import annotations

import os

CASES = "KULTURSAM_TEST_CASES"
"""The variable that asks for so many times the cases: 20, say, after a change of the planner."""


def cases(number: int) -> int:
    """Return how many cases are tried instead of a number of them."""
    return number * int(os.environ.get(CASES, "1"))
