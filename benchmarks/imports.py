"""How long it takes to import 2,000 rows, beside planning: the time of the process, planning left out.

PYTHONPATH=src python benchmarks/imports.py [--quick]
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from contextlib import chdir, redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from kultursam.cli import command_line
from kultursam.planner import plan_around

FORUMS, TIMES = 40, 50
TODAY = ("--today", "2026-11-01")
HEAD = """name: X
language: sv
timezone: Europe/Stockholm
domain: x.example
organisations: {a: {name: A}}
calendar: {country: SE}
defaults: {time: 09:00-12:00}
forums:
"""


def main() -> None:
    """Plan a year, import a list into it, and print the times."""
    forum_count = 4 if "--quick" in sys.argv[1:] else FORUMS
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        forums = (
            f"  f{number}: {{name: Forum {number}, cadence: {TIMES} times a year, "
            f"members: [{{role: r{number}, from: [a]}}]}}\n"
            for number in range(forum_count)
        )
        Path("forums.yaml").write_text(HEAD + "".join(forums), encoding="utf-8")
        rows = (
            f"{date(2027, 1, 1) + timedelta(days=7 * week + number % 5)};Forum {number};Sal {number}"
            for number in range(forum_count)
            for week in range(TIMES)
        )
        Path("list.csv").write_text("\n".join(["Datum;Forum;Plats", *rows]), encoding="utf-8")
        timed("plan", "2027", "--quiet", *TODAY)
        planning = 0.0

        def measured(*arguments: Any, **options: Any) -> object:  # noqa: ANN401 - as `plan_around`
            nonlocal planning
            begun = time.process_time()
            try:
                return plan_around(*arguments, **options)
            finally:
                planning += time.process_time() - begun

        with patch("kultursam.intake.importing.plan_around", measured):
            whole = timed("import", "list.csv", "--quiet", *TODAY)
        rows_told = f"import of {forum_count * TIMES} rows"
        print(f"{rows_told}: {whole - planning:.2f} s beside {planning:.2f} s of planning")


def timed(*arguments: str) -> float:
    """Run the command line; return the seconds that it took."""
    begun = time.process_time()
    with (
        patch.object(sys, "argv", ["kultursam", *arguments]),
        redirect_stdout(io.TextIOWrapper(io.BytesIO())),
    ):
        assert command_line() == 0  # noqa: S101 - or nothing was measured
    return time.process_time() - begun


if __name__ == "__main__":
    main()
