"""Growth: planning and writing a year of 10 to 3,000 forums, each size in a process of its own.

Seconds by step are of the wall clock, times a meeting of all processors. Memory is at its peak: that of the
process that plans and writes, and of the largest that helps it times their number.

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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from instances import forum_file

SIZES = (10, 30, 100, 300, 1000, 3000)
LIMIT = 1800
"""Seconds after which a size is given up, and the larger ones with it."""
STEPS = ("reading", "planning", "rendering", "writing")
FIGURES = ("forums", "meetings", "components", "proven", "should + points")
TOTALS = ("total s", "processor s", "ms a meeting", "MiB", "KiB a meeting")
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


def measure(forums: int) -> dict[str, Any]:
    """Plan and write a year of so many forums in this process; return what it took."""
    from kultursam.atomic import write_files
    from kultursam.cli.options import Options
    from kultursam.cli.session import open_session
    from kultursam.planner import parallel, plan_year
    from kultursam.planner.components import connected_components
    from kultursam.planner.situation import commitments_of, evaluated

    clock = Clock()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "forums.yaml")
        path.write_text(forum_file(forums), encoding="utf-8")
        start = time.perf_counter()
        asked = Options([path], today=date(YEAR - 1, 9, 15))
        with open_session(asked, writing=True) as session:
            clock.seconds["reading"] = time.perf_counter() - start
            situation = session.situation(YEAR)
            with clock.step("planning"):
                plan = plan_year(situation)
            session.plans[YEAR] = plan
            with clock.step("rendering"):
                files = {**session.changed_plans([YEAR]), **session.published()}
            with clock.step("writing"):
                write_files(files.items())
        total = time.perf_counter() - start
    own, helpers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    components = connected_components(evaluated(situation), commitments_of(situation))
    return {
        "forums": forums,
        "meetings": len(plan.meetings),
        "components": len(components),
        "proven": plan.optimal,
        "cost": f"{plan.should} + {plan.points}",
        "total": total,
        "processor": own.ru_utime + own.ru_stime + helpers.ru_utime + helpers.ru_stime,
        "files": len(files),
        "memory": (own.ru_maxrss + parallel.processors() * helpers.ru_maxrss) / 1024,
        **clock.seconds,
    }


def table(*, quick: bool) -> list[str]:
    """Measure each size; return the rows of a Markdown table."""
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
        cells = [forums, meetings, found["components"], "yes" if found["proven"] else "no", found["cost"]]
        cells += [f"{found.get(step, 0):.2f}" for step in STEPS]
        processor, memory = found["processor"], found["memory"]
        cells += [f"{found['total']:.1f}", f"{processor:.1f}"]
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
