"""Check a certificate of `kultursam plan --certificate FILE` in exact arithmetic; Python alone is needed.

    python check_certificate.py FILE

It shares no code with the planner. For each component of forums it checks

1. that the plan's values satisfy every row and bound of the model, and cost what is said in each stage;
2. that no other values cost less. At a leaf of a proof, each row, multiplied by its weight, is subtracted
   from the cost: for weights w of rows a·x ≥ b (or ≤, with w ≤ 0), and r = c - Σ w·a, every x within its
   bounds l ≤ x ≤ u has c·x ≥ Σ w·b + Σ min(r·l, r·u). What is a whole number is rounded up. A ray is the same
   with cost 0: if its bound is above 0, there are no values at all. A branch is checked to leave nothing
   out: of the columns of a row "exactly one of these" one side or the other is all 0; a column that is a
   whole number of 0 and 1 is one of them.

It exits with 0 if everything is proven, 1 if the certificate is wrong, and 3 if something is left open.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

Bounds = list[Fraction]
Row = tuple[list[tuple[int, Fraction]], Fraction | None, Fraction | None]


class WrongError(Exception):
    """The certificate does not prove what it says."""


class Component:
    """A model of forums that rules couple, and the stages of its objective."""

    def __init__(self, data: dict[str, Any]) -> None:
        columns = data["columns"]
        self.forums: list[str] = data["forums"]
        self.costs = [[Fraction(cost) for cost in column["costs"]] for column in columns]
        self.lower = [Fraction(column["lower"]) for column in columns]
        self.upper = [Fraction(column["upper"]) for column in columns]
        self.integral: list[bool] = [column["integral"] for column in columns]
        self.meetings = [column.get("meeting") for column in columns]
        self.rows = [row_of(row) for row in data["rows"]]
        self.values = [Fraction(data["solution"].get(str(number), 0)) for number in range(len(columns))]
        self.stages: list[dict[str, Any]] = data["stages"]
        self.leaves = 0
        self.is_open = False

    def check(self) -> None:
        """Raise `WrongError` unless the plan is feasible and each stage is proven, or said to be open."""
        self.check_values()
        for stage, claim in enumerate(self.stages):
            prices = [costs[stage] for costs in self.costs]
            cost = Fraction(sum(price * value for price, value in zip(prices, self.values, strict=True)))
            expect(cost == claim["cost"], f"{claim['name']}: the plan costs {cost}, not {claim['cost']}")
            self.prove(claim["proof"], prices, cost, (self.lower, self.upper))
            terms = [(number, price) for number, price in enumerate(prices) if price]
            self.rows.append((terms, None, Fraction(cost)))

    def check_values(self) -> None:
        """Raise `WrongError` unless the values satisfy the bounds and rows."""
        for number, value in enumerate(self.values):
            expect(self.lower[number] <= value <= self.upper[number], f"column {number} is out of bounds")
            whole = value.denominator == 1 or not self.integral[number]
            expect(whole, f"column {number} is no whole number")
        for index, (terms, lower, upper) in enumerate(self.rows):
            total = sum(factor * self.values[number] for number, factor in terms)
            holds = (lower is None or lower <= total) and (upper is None or total <= upper)
            expect(holds, f"row {index} does not hold")

    def prove(
        self, node: dict[str, Any], prices: Bounds, cost: Fraction, bounds: tuple[Bounds, Bounds]
    ) -> None:
        """Raise `WrongError` unless a tree proves that nothing within the bounds costs less."""
        if "first" in node:
            for side, fixed in zip(("first", "second"), self.branches(node), strict=True):
                lower, upper = list(bounds[0]), list(bounds[1])
                for number, value in fixed:
                    lower[number], upper[number] = max(lower[number], value), min(upper[number], value)
                # Where a column's bounds cross, nothing is left to prove.
                if all(lower[number] <= upper[number] for number, _ in fixed):
                    self.prove(node[side], prices, cost, (lower, upper))
            return
        self.leaves += 1
        if "ray" in node:
            none = [Fraction(0)] * len(prices)
            expect(self.bound(node["ray"], none, bounds) > 0, "a ray does not show that nothing is left")
        elif node.get("open"):
            self.is_open = True
        else:
            proven = ceil(self.bound(node["weights"], prices, bounds))
            expect(proven >= cost, f"a leaf proves {proven}, not {cost}")

    def branches(self, node: dict[str, Any]) -> list[list[tuple[int, Fraction]]]:
        """Return the columns that each branch fixes, and at what; together they leave nothing out."""
        if "column" in node:
            number = node["column"]
            binary = self.integral[number] and self.lower[number] >= 0 and self.upper[number] <= 1
            expect(binary, f"column {number} may be more than 0 or 1")
            return [[(number, Fraction(0))], [(number, Fraction(1))]]
        terms, lower, upper = self.rows[node["row"]]
        exactly_one = lower == upper == 1 and all(
            factor == 1 and self.integral[number] and self.lower[number] >= 0 for number, factor in terms
        )
        expect(exactly_one, f"row {node['row']} does not take exactly one of its columns")
        numbers = [number for number, _ in terms]
        expect(len(set(numbers)) == len(numbers), f"row {node['row']} names a column twice")
        parts = numbers[node["at"] :], numbers[: node["at"]]
        return [[(number, Fraction(0)) for number in part] for part in parts]

    def bound(self, weights: dict[str, str], prices: Bounds, bounds: tuple[Bounds, Bounds]) -> Fraction:
        """Return the lower bound that weights of rows give; a row without the bound asked for gives none."""
        total, reduced = Fraction(0), list(prices)
        for index, text in weights.items():
            weight = Fraction(text)
            terms, lower, upper = self.rows[int(index)]
            side = lower if weight > 0 else upper
            if side is not None:
                total += weight * side
                for number, factor in terms:
                    reduced[number] -= weight * factor
        for number, price in enumerate(reduced):
            if price:
                total += price * (bounds[0][number] if price > 0 else bounds[1][number])
        return total

    def dates(self) -> set[tuple[str, str]]:
        """Return forum and date of the meetings that the values stand for."""
        return {
            (meeting[0], meeting[1])
            for meeting, value in zip(self.meetings, self.values, strict=True)
            if meeting and value == 1
        }


def row_of(row: dict[str, Any]) -> Row:
    """Return the terms of a row, and what they are at least and at most."""
    terms = [(number, Fraction(factor)) for number, factor in row["terms"]]
    return terms, optional(row["lower"]), optional(row["upper"])


def optional(number: int | str | None) -> Fraction | None:
    """Return a number that may be missing."""
    return None if number is None else Fraction(number)


def expect(holds: bool, text: str) -> None:
    """Raise `WrongError` with a text unless something holds."""
    if not holds:
        raise WrongError(text)


def check(document: dict[str, Any]) -> tuple[list[str], bool]:
    """Return what a year's certificate proves, and whether something is open. Raise `WrongError`."""
    told, is_open = [], False
    meetings = {(meeting["forum"], meeting["date"]) for meeting in document["meetings"]}
    for data in document["components"]:
        component = Component(data)
        component.check()
        expect(component.dates() <= meetings, f"{component.forums}: the plan has other dates")
        costs = ", ".join(f"{stage['name']} {stage['cost']}" for stage in component.stages)
        how = "left open" if component.is_open else "the least"
        if not component.is_open and component.leaves > len(component.stages):
            how += f" (by branching: {component.leaves} leaves)"
        told.append(f"{document['year']}, {', '.join(component.forums)}: {costs}: {how}")
        is_open |= component.is_open
    return told, is_open


def main(path: str) -> int:
    """Check each year of a file, print what is proven, and return the exit status."""
    is_open = False
    try:
        for document in json.loads(Path(path).read_text(encoding="utf-8"))["years"]:
            told, left = check(document)
            is_open |= left
            sys.stdout.write("".join(f"{line}\n" for line in told))
    except (WrongError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        sys.stdout.write(f"wrong: {error}\n")
        return 1
    return 3 if is_open else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
