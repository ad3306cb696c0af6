"""Check a file of `kultursam plan --certificate FILE` in exact arithmetic. Python alone is needed.

    python check_certificate.py FILE

This program shares no code with the planner. For the forums of each component it checks

1. that the plan satisfies every row and bound of the model, and costs what is said, stage by stage;
2. that nothing costs less. Let a leaf of a proof give each row a·x ≥ b a weight w ≥ 0 (a·x ≤ b: w ≤ 0), and
   let r be the costs c less Σ w·a. Then every x with l ≤ x ≤ u costs c·x ≥ Σ w·b + Σ min(r·l, r·u). Costs of
   plans are whole numbers, so this is rounded up. A ray does the same with c = 0: a bound above 0 says that
   there is no such x. Branches leave nothing out: of a row "exactly one of these" one part or the other is
   all 0; a column that is 0 or 1 is one of them. Each stage is proven among what is as good in those before;
3. that the costs of all components, and of what was given, are those of the plan, and its dates too.

It exits with 0 if all is proven, 1 if the file is wrong, 2 if there is none, and 3 if something is open. That
the model says what the forum file says is not proven here.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from fractions import Fraction
from math import ceil, inf
from pathlib import Path
from typing import Any

STAGES = ["broken musts", "meetings moved", "should-trouble", "points"]
Numbers = list[Fraction]
Bounds = tuple[Numbers, Numbers]
Row = tuple[list[tuple[int, Fraction]], Fraction | None, Fraction | None]


class WrongError(ValueError):
    """The file does not prove what it says."""


def expect(holds: bool, text: str) -> None:
    """Raise `WrongError` with a text unless something holds."""
    if not holds:
        raise WrongError(text)


def number(value: object) -> Fraction:
    """Return a number that is written as a whole one, or as a fraction."""
    if type(value) is int:
        return Fraction(value)
    expect(isinstance(value, str) and bool(re.fullmatch("-?[0-9]+/[0-9]+", value)), f"{value!r}: no number")
    return Fraction(str(value))


def row_of(row: dict[str, Any]) -> Row:
    """Return the terms of a row, and what they are at least and at most."""
    lower, upper = (None if row[side] is None else number(row[side]) for side in ("lower", "upper"))
    return [(place, number(factor)) for place, factor in row["terms"]], lower, upper


class Component:
    """A model of the forums that rules couple, a plan, and the proof of each stage of its costs."""

    def __init__(self, data: dict[str, Any]) -> None:
        columns = data["columns"]
        self.forums: list[str] = data["forums"]
        self.costs = [[number(cost) for cost in column["costs"]] for column in columns]
        self.lower, self.upper = ([number(column[side]) for column in columns] for side in ("lower", "upper"))
        self.integral = [column["integral"] is True for column in columns]
        self.meetings = [tuple(column.get("meeting", ())) for column in columns]
        self.rows = [row_of(row) for row in data["rows"]]
        self.values = [number(data["solution"].get(str(place), 0)) for place in range(len(columns))]
        self.stages: list[dict[str, Any]] = data["stages"]
        self.reached: list[tuple[int, int]] = []
        self.leaves = 0

    def check(self) -> None:
        """Find what each stage costs, and at least; raise `WrongError` unless it is what is said."""
        self.check_values()
        expect([stage["name"] for stage in self.stages] == STAGES, f"{self.forums}: other stages")
        for stage, claim in enumerate(self.stages):
            costs = [of_column[stage] for of_column in self.costs]
            expect(all(cost.denominator == 1 for cost in costs), "a cost is no whole number")
            cost = sum((cost * value for cost, value in zip(costs, self.values, strict=True)), Fraction(0))
            expect(cost == claim["cost"], f"{claim['name']}: the plan costs {cost}, not {claim['cost']}")
            bound = min(int(cost), self.least(claim["proof"], costs, (self.lower, self.upper)))
            expect(bound >= claim["bound"], f"{claim['name']}: {bound} is proven, not {claim['bound']}")
            self.reached.append((int(cost), int(bound)))
            self.rows.append(([term for term in enumerate(costs) if term[1]], None, cost))

    def check_values(self) -> None:
        """Raise `WrongError` unless the plan is within the bounds, and satisfies the rows."""
        for place, (lower, value, upper) in enumerate(zip(self.lower, self.values, self.upper, strict=True)):
            expect(lower <= value <= upper, f"column {place} is out of bounds")
            expect(value.denominator == 1 or not self.integral[place], f"column {place} is no whole number")
        for place, (terms, least, most) in enumerate(self.rows):
            total = sum(factor * self.values[of] for of, factor in terms)
            holds = (least is None or least <= total) and (most is None or total <= most)
            expect(holds, f"row {place} does not hold")

    def least(self, node: dict[str, Any], costs: Numbers, bounds: Bounds) -> float:
        """Return the whole number that a tree proves: nothing within the bounds costs less."""
        if "first" in node:
            found = []
            for side, (places, value) in zip(("first", "second"), self.parts(node), strict=True):
                lower, upper = bounds[0].copy(), bounds[1].copy()
                for place in places:
                    lower[place] = upper[place] = Fraction(value)
                found.append(self.least(node[side], costs, (lower, upper)))
            return min(found)
        self.leaves += 1
        if "ray" in node:
            expect(self.bound(node["ray"], [Fraction(0)] * len(costs), bounds) > 0, "a ray proves nothing")
            return inf
        return ceil(self.bound(node["weights"], costs, bounds))

    def parts(self, node: dict[str, Any]) -> list[tuple[list[int], int]]:
        """Return the columns that each branch fixes, and at what; together they leave nothing out."""
        if "column" in node:
            place = node["column"]
            expect(
                self.integral[place] and self.lower[place] >= 0 and self.upper[place] <= 1, "no 0-1 column"
            )
            return [([place], 0), ([place], 1)]
        terms, lower, upper = self.rows[node["row"]]
        places = [of for of, _ in terms]
        exactly_one = lower == upper == 1 and len({*places}) == len(places)
        binaries = all(self.integral[of] and self.lower[of] >= 0 and factor == 1 for of, factor in terms)
        expect(exactly_one and binaries, f"row {node['row']} does not take exactly one of its columns")
        return [(places[node["at"] :], 0), (places[: node["at"]], 0)]

    def bound(self, weights: dict[str, Any], costs: Numbers, bounds: Bounds) -> Fraction:
        """Return the lower bound that weights of rows give; without a bound on its side a row gives none."""
        total, left = Fraction(0), costs.copy()
        for index, text in weights.items():
            weight, (terms, lower, upper) = number(text), self.rows[int(index)]
            side = lower if weight > 0 else upper
            if side is not None:
                total += weight * side
                for of, factor in terms:
                    left[of] -= weight * factor
        for place, cost in enumerate(left):
            if cost:
                total += cost * bounds[cost < 0][place]
        return total

    def dates(self) -> Counter[tuple[str, ...]]:
        """Return forum and date of the meetings that the plan's values stand for."""
        taken = zip(self.meetings, self.values, strict=True)
        return Counter(meeting for meeting, value in taken if meeting and value == 1)

    def told(self) -> str:
        """Return what the stages cost, and whether each is proven to be the least."""
        texts = [
            f"{name} {cost}" + (f" (open: at least {least})" if least < cost else "")
            for name, (cost, least) in zip(STAGES, self.reached, strict=True)
        ]
        branched = f"; by branching, {self.leaves} leaves" if self.leaves > len(STAGES) else ""
        return f"{', '.join(self.forums)}: {', '.join(texts)}{branched}"


def check(year: dict[str, Any]) -> tuple[list[str], bool]:
    """Return what a year's certificate proves, and whether that is all. Raise `WrongError`."""
    components = [Component(data) for data in year["components"]]
    dates = Counter((meeting["forum"], meeting["date"]) for meeting in year["meetings"])
    forums = Counter(forum for component in components for forum in component.forums)
    expect(set(forums.values()) <= {1}, "a forum is in two components")
    for component in components:
        component.check()
        planned = Counter({key: many for key, many in dates.items() if key[0] in component.forums})
        expect(component.dates() == planned, f"{component.forums}: the plan has other dates")
    for name, stage in (("should", 2), ("points", 3)):
        cost = sum(component.reached[stage][0] for component in components) + year["given"][name]
        expect(cost == year[name], f"{name}: {cost}, not {year[name]}")
    proven = all(cost == least for component in components for cost, least in component.reached)
    given = sorted({forum for forum, _ in dates} - {*forums})
    total = f"should-trouble {year['should']}, points {year['points']}"
    if given or any(year["given"].values()):
        total += f" (given, not chosen: {year['given']} {', '.join(given)})"
    told = [*(component.told() for component in components), f"{total}: {'proven' if proven else 'open'}"]
    return [f"{year['year']}: {line}" for line in told], proven


def main(arguments: list[str]) -> int:
    """Check each year of a file, say what is proven, and return the exit status."""
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        print("usage: python check_certificate.py FILE", file=sys.stderr)  # noqa: T201
        return 2
    try:
        document = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        expect(document["certificate"] == 1 and bool(document["years"]), "no certificate of this form")
        results = [check(year) for year in document["years"]]
    except (ValueError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError) as error:
        print(f"wrong: {type(error).__name__}: {error}")  # noqa: T201
        return 1
    print(*(line for told, _ in results for line in told), sep="\n")  # noqa: T201
    return 0 if all(proven for _, proven in results) else 3


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
