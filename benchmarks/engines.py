"""HiGHS against OR-tools CP-SAT on the planner's own models.

The two engines cannot be loaded into one process, so CP-SAT runs in one of its own. Each engine gets
the model with every allowed date, then with the cheapest dates of each slot alone, both by should-trouble
first and points second. Last, the planner's own search, which offers few dates, asks for a relaxation first
and settles ties, runs with the one engine or the other underneath; CP-SAT has no relaxation to give.

    python benchmarks/engines.py [--quick]
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instances import forum_file, single_forum

if TYPE_CHECKING:
    from kultursam.planner.model import PricedDate
    from kultursam.planner.solver import Solution
    from kultursam.rules.context import EvaluatedYear, Model

EXAMPLE = Path(__file__).parents[1] / "data" / "forums.yaml"
LIMIT = 60
"""Seconds after which CP-SAT gives a solve up, and twice of which a process is ended."""
MODULES = {"HiGHS": "highspy", "CP-SAT": "ortools.sat.python.cp_model"}
PARAMETERS = {
    "num_workers": 1,
    "random_seed": 0,
    "linearization_level": 2,
    "cp_model_probing_level": 0,
    "use_sat_inprocessing": False,
    "symmetry_level": 0,
    "max_time_in_seconds": LIMIT,
}
HOW = {"all": "every date", "near": "32 dates a slot", "search": "the planner's search"}
NEAR = 32
REPEATS, REPEAT_SECONDS = 3, 30
"""How often each is measured, and the seconds after which it is not measured again."""


def cases(*, quick: bool) -> dict[str, tuple[str, int]]:
    """Return what is solved: the text of a forum file, and the year."""
    example = EXAMPLE.read_text(encoding="utf-8")
    found = {f"example {year}": (example, year) for year in (2025, 2026, 2027)}
    for number in (10, 50) if quick else (10, 20, 30, 40, 50):
        found[f"one forum, {number} meetings"] = single_forum(number), 2025
    for seed in range(1 if quick else 5):
        found[f"municipality {seed}: 10 forums, 50 meetings"] = forum_file(10, seed), 2025
    return found


@dataclass(slots=True)
class Tally:
    """A solver of models that remembers how long it took and whether all was proven."""

    engine: Callable[..., Solution | None]
    seconds: float = 0
    solves: int = 0
    proven: bool = True
    columns: list[int] = field(default_factory=list)

    def __call__(self, model: Model, costs: Sequence[int], **options: Any) -> Solution | None:  # noqa: ANN401
        """Solve a model as `kultursam.planner.solver.solve` does."""
        start = time.perf_counter()
        solution = self.engine(model, costs, **options)
        self.seconds += time.perf_counter() - start
        self.solves += 1
        self.columns.append(len(model.costs))
        self.proven &= solution is None or solution.proven
        return solution


Term = tuple[int, float]


def cp_sat(
    bounds: Sequence[tuple[int, int]],
    rows: Sequence[tuple[Sequence[Term], float | None, float | None]],
    costs: Sequence[int],
) -> tuple[list[float], int, float] | None:
    """Return what CP-SAT finds: the columns' values, their cost and a lower bound on it.

    Columns of which one is taken are exactly-one, those of which one may be taken at-most-one.
    """
    cp = importlib.import_module(MODULES["CP-SAT"])
    program = cp.CpModel()
    columns = [
        program.new_int_var(low, high, "") if high > 1 else program.new_bool_var("") for low, high in bounds
    ]
    for column, (low, high) in zip(columns, bounds, strict=True):
        if low or high < 1:
            program.add_linear_constraint(column, low, max(low, high))
    for terms, lower, upper in rows:
        plain = upper == 1 and all(factor == 1 and bounds[column][1] <= 1 for column, factor in terms)
        literals = [columns[column] for column, _ in terms]
        if plain and lower in {1, None}:
            (program.add_exactly_one if lower else program.add_at_most_one)(literals)
            continue
        total = cp.LinearExpr.weighted_sum(literals, [int(factor) for _, factor in terms])
        if lower is not None:
            program.add(total >= int(lower))
        if upper is not None:
            program.add(total <= int(upper))
    program.minimize(cp.LinearExpr.weighted_sum(columns, [int(cost) for cost in costs]))
    solver = cp.CpSolver()
    for name, value in PARAMETERS.items():
        setattr(solver.parameters, name, value)
    if solver.solve(program) not in {cp.OPTIMAL, cp.FEASIBLE}:
        return None
    values = [float(solver.value(column)) for column in columns]
    return values, round(solver.objective_value), solver.best_objective_bound


def imported(module: str) -> float:
    """Import a module; return how many seconds that took."""
    start = time.perf_counter()
    importlib.import_module(module)
    return time.perf_counter() - start


def in_process(pool: ProcessPoolExecutor) -> Callable[..., Solution | None]:
    """Return a function that solves models as the planner's does, by CP-SAT in a process of its own."""

    def solve(model: Model, costs: Sequence[int], **_: bool) -> Solution | None:
        from kultursam.planner.solver import Solution

        bounds = [(int(low), int(high)) for low, high in zip(model.lower, model.upper, strict=True)]
        found = pool.submit(
            cp_sat, bounds, [(row.terms, row.lower, row.upper) for row in model.rows], costs
        ).result()
        # It has no relaxation: integral values are a solution of that, too.
        return Solution(*found, reduced_costs=[0.0] * len(costs)) if found else None

    return solve


def measure(engine: str, case: str, how: str) -> dict[str, Any]:
    """Solve a case; return what there is to know of it."""
    from kultursam.planner import search, solver
    from kultursam.planner.model import Commitments

    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        seconds = pool.submit(imported, MODULES[engine]).result()
        tally = Tally(solver.solve if engine == "HiGHS" else in_process(pool))
        text, number = cases(quick=False)[case]
        year = _evaluated(text, number)
        if how == "search":
            setattr(search, "solve", tally)  # noqa: B010 - the planner's own, replaced from outside
            answer = _digest(search.best_dates(year, Commitments()).dates)
        else:
            answer = _whole_models(year, tally, NEAR if how == "near" else None)
    return {
        "proven": tally.proven,
        "answer": answer,
        "solves": tally.solves,
        "columns": max(tally.columns),
        "solve": tally.seconds,
        "import": seconds,
    }


def _evaluated(text: str, number: int) -> EvaluatedYear:
    from kultursam.forumfile.register import read_register
    from kultursam.forumfile.yaml_source import parse
    from kultursam.rules.evaluate import evaluate_year, year_context

    source, _ = parse(text.encode(), "forums.yaml")
    register, problems = read_register(source) if source else (None, [])
    if register is None:
        raise SystemExit("\n".join(map(str, problems)))
    return evaluate_year(year_context(register, number))


def _whole_models(year: EvaluatedYear, tally: Tally, reach: int | None) -> str:
    """Solve each component with the cheapest dates of each slot, or all; return should-trouble and points."""
    from kultursam.planner.components import connected_components
    from kultursam.planner.model import POINTS, SHOULD, Commitments, build, priced_dates
    from kultursam.rules.context import Row

    total = {SHOULD: 0, POINTS: 0}
    for _, _, forums in connected_components(year, Commitments()):
        offered = {forum: _cheapest(priced_dates(year, forum, Commitments()), reach) for forum in forums}
        model = build(year, forums, Commitments(), offered)
        for stage in total:
            costs = [column[stage] for column in model.costs]
            if not any(costs):
                continue
            solution = tally(model, costs)
            if solution is None:
                return "none found"
            total[stage] += round(solution.cost)
            terms = [(column, float(cost)) for column, cost in enumerate(costs) if cost]
            model = model.restricted([Row(terms, None, round(solution.cost))])
    return f"{total[SHOULD]} should, {total[POINTS]} points"


def _cheapest(priced_dates: Sequence[PricedDate], reach: int | None) -> list[PricedDate]:
    by_slot: dict[int, list[PricedDate]] = {}
    for one in sorted(priced_dates, key=lambda one: (one.costs, one.date)):
        by_slot.setdefault(one.slot, []).append(one)
    return [one for _, several in sorted(by_slot.items()) for one in several[:reach]]


def _digest(dates: Mapping[str, tuple[date, ...]]) -> str:
    return "dates " + hashlib.sha256(repr(sorted(dates.items())).encode()).hexdigest()[:8]


def table(*, quick: bool) -> list[str]:
    """Measure every case with each engine that is here; return the rows of a Markdown table."""
    present = [name for name, module in MODULES.items() if find_spec(module.partition(".")[0])]
    lines = [
        "| case | dates | engine | proven | answer | solves | columns | solve ms | process ms | import ms |",
        "| --- | --- | --- | --- | --- | --: | --: | --: | --: | --: |",
    ]
    for case in cases(quick=quick):
        for how, words in HOW.items():
            for engine in present:
                print(f"engines: {case}, {words}, {engine}", file=sys.stderr)
                runs = [_process(engine, case, how)]
                while not quick and len(runs) < REPEATS and runs[-1].get("process", LIMIT) < REPEAT_SECONDS:
                    runs.append(_process(engine, case, how))
                lines.append(f"| {case} | {words} | {engine} | {_cells(runs)} |")
    absent = sorted(set(MODULES) - set(present))
    return [*lines, "", f"Not installed, so left out: {', '.join(absent)}."] if absent else lines


def _process(engine: str, case: str, how: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--measure", engine, case, how]
    start = time.perf_counter()
    try:
        done = subprocess.run(command, check=True, capture_output=True, timeout=2 * LIMIT)
    except subprocess.TimeoutExpired:
        return {}
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "process": time.perf_counter() - start}


def _cells(runs: Sequence[dict[str, Any]]) -> str:
    ended = [one for one in runs if one]
    if len(ended) < len(runs):
        return f"no | ended after {2 * LIMIT} s | | | | |"
    one = ended[0]
    steps = ("solve", "process", "import")
    times = (f"{1000 * statistics.median(run[step] for run in ended):.0f}" for step in steps)
    proven = "yes" if all(run["proven"] for run in ended) else "no"
    return " | ".join((proven, one["answer"], str(one["solves"]), str(one["columns"]), *times))


def main() -> None:
    """Print the table; or measure one case in this process, for the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="fewer cases, each once")
    parser.add_argument("--measure", nargs=3, metavar=("ENGINE", "CASE", "HOW"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(*asked.measure)))
    else:
        print("\n".join(table(quick=asked.quick)))


if __name__ == "__main__":
    main()
