"""Growth: planning and writing a year of 10 to 3,000 forums, each size in a process of its own.

Seconds by step are of the wall clock, times a meeting of the processor; memory is at its peak. `solving`
is the engine alone, summed over the groups that nothing couples; `largest` is the slowest of these groups.

    python benchmarks/scale.py [--quick] [--forums N]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from instances import forum_file

SIZES = (10, 30, 100, 300, 1000, 3000)
LIMIT = 1800
"""Seconds after which a size is given up, and the larger ones with it."""
STEPS = ("reading", "weighing", "grouping", "planning", "solving", "finishing", "rendering", "writing")
FIGURES = ("forums", "meetings", "groups", "proven", "should + points")
TOTALS = ("largest", "total s", "processor s", "ms a meeting", "MiB", "KiB a meeting")
YEAR = 2025


@dataclass(slots=True)
class Clock:
    """Seconds by step."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the time that the block takes to a step."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0) + time.perf_counter() - start

    def watch(self, module: ModuleType, function: str, name: str) -> None:
        """Add the time of every call of a module's function to a step."""
        watched: Callable[..., Any] = getattr(module, function)

        def timed(*args: Any, **options: Any) -> Any:  # noqa: ANN401
            with self.step(name):
                return watched(*args, **options)

        setattr(module, function, timed)


def measure(forums: int) -> dict[str, Any]:
    """Plan and write a year of so many forums in this process; give what it took."""
    from kultursam import store
    from kultursam.cli.session import Options, open_session
    from kultursam.planner import search
    from kultursam.planner.year import assemble, finish, given_of, weighed

    clock = Clock()
    clock.watch(search, "solve", "solving")
    slowest, proven = 0.0, True
    dates: dict[str, tuple[date, ...]] = {}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "forums.yaml")
        path.write_text(forum_file(forums), encoding="utf-8")
        start = time.perf_counter()
        asked = Options(path, today=f"{YEAR - 1}-09-15")
        with open_session(asked, writing=True) as session:
            clock.seconds["reading"] = time.perf_counter() - start
            situation = session.situation(YEAR)
            given = given_of(situation)
            with clock.step("weighing"):
                year = weighed(situation)
            with clock.step("grouping"):
                groups = search.tasks(year, given)
            for task in groups:
                begun = time.perf_counter()
                with clock.step("planning"):
                    outcome = search.best_of_group(*task)
                slowest = max(slowest, time.perf_counter() - begun)
                proven &= not outcome.gap
                dates.update(outcome.dates)
            with clock.step("finishing"):
                plan = finish(situation, year, assemble(situation, year, given, dates), given)
            session.plans[YEAR] = plan
            with clock.step("rendering"):
                files = session.files([YEAR])
            with clock.step("writing"):
                store.write_files(files.items())
        total = time.perf_counter() - start
    return {
        "forums": forums,
        "meetings": len(plan.meetings),
        "groups": len(groups),
        "proven": proven,
        "cost": f"{plan.should} + {plan.points}",
        "slowest": slowest,
        "total": total,
        "processor": time.process_time(),
        "files": len(files),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        **clock.seconds,
    }


def table(*, quick: bool) -> list[str]:
    """Measure each size; give the rows of a Markdown table."""
    lines = [
        f"| {' | '.join((*FIGURES, *STEPS, *TOTALS))} |",
        f"| {' | '.join(['--:'] * len((*FIGURES, *STEPS, *TOTALS)))} |",
    ]
    base = 0.0
    for forums in SIZES[:4] if quick else SIZES:
        print(f"scale: {forums} forums", file=sys.stderr)
        found = _process(forums)
        if found is None:
            lines.append(f"| {forums} | given up after {LIMIT} s |")
            break
        base = base or found["memory"]
        meetings = found["meetings"]
        cells = [forums, meetings, found["groups"], "yes" if found["proven"] else "no", found["cost"]]
        cells += [f"{found.get(step, 0):.2f}" for step in STEPS]
        processor, memory = found["processor"], found["memory"]
        cells += [f"{found['slowest']:.2f}", f"{found['total']:.1f}", f"{processor:.1f}"]
        cells += [f"{1000 * processor / meetings:.1f}"]
        cells += [f"{memory:.0f}", f"{1024 * (memory - base) / meetings:.0f}"]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def _process(forums: int) -> dict[str, Any] | None:
    command = [sys.executable, __file__, "--forums", str(forums)]
    try:
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return None
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print the table, or measure one size in this process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="up to 300 forums")
    parser.add_argument("--forums", type=int, help="this size alone, as JSON")
    asked = parser.parse_args()
    if asked.forums:
        print(json.dumps(measure(asked.forums)))
    else:
        print("\n".join(table(quick=asked.quick)))


if __name__ == "__main__":
    main()
