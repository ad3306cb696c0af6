"""What a run imports: help, completion and runs that find nothing to do are quick, for they need little."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from project_folder import Folder

import kultursam

HEAVY = frozenset(
    {"babel", "dateutil", "highspy", "holidays", "icalendar", "jinja2", "numpy", "pydantic", "rich"}
)
RUN = """
import sys
known = {*sys.modules}
from kultursam.cli import command_line
sys.argv[0] = "kultursam"
code = command_line()
print(*{*sys.modules} - known, file=sys.stderr)
sys.exit(code)
"""
BASH = {"_KULTURSAM_COMPLETE": "complete_bash", "COMP_CWORD": "1"}


def imported(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> set[str]:
    """Give the modules, by their full names, that a run of the command line imports."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(Path(kultursam.__file__).parents[1]), **(env or {})},
        capture_output=True,
        check=True,
        text=True,
    )
    return set(done.stderr.split())


def tops(modules: set[str]) -> set[str]:
    """Give the libraries that modules belong to."""
    return {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize("arguments", [("--help",), ("plan", "--help"), ("explain", "--help")])
def test_help_needs_no_library_but_that_of_the_command_line(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """Help is known before anything is read."""
    found = imported(tmp_path, *arguments)
    assert "typer" in found
    assert not tops(found) & {*HEAVY, "yaml", "filelock"}


@pytest.mark.parametrize(
    "line", ["kultursam pl", "kultursam plan ", "kultursam explain ", "kultursam suggest n"]
)
def test_completion_reads_files_at_most(tmp_path: Path, line: str) -> None:
    """A key that was pressed waits for no model, no rule and no engine."""
    Folder(tmp_path).fine("plan", "2025")
    found = imported(tmp_path, env={**BASH, "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))})
    assert not tops(found) & HEAVY


def test_check_needs_no_engine_and_no_calendar(tmp_path: Path) -> None:
    """The forum file alone is read."""
    Folder(tmp_path)
    found = imported(tmp_path, "check")
    assert "pydantic" in found
    assert not tops(found) & (HEAVY - {"dateutil", "holidays", "pydantic"})


def test_an_unchanged_quiet_run_needs_no_library_at_all(tmp_path: Path) -> None:
    """Nothing is read but what the checksum covers."""
    Folder(tmp_path)
    imported(tmp_path, "plan", "2025")
    found = imported(tmp_path, "plan", "2025", "--quiet")
    assert not tops(found) & {*HEAVY, "typer", "yaml", "filelock"}


def test_a_plan_needs_neither_numpy_nor_the_holidays_of_other_countries(tmp_path: Path) -> None:
    """Of the engine and of the holidays, only the parts that are used are imported."""
    Folder(tmp_path)
    found = imported(tmp_path, "plan", "2025")
    assert {"highspy._core", "holidays.countries.sweden"} <= found
    assert "numpy" not in found
    assert [one for one in found if one.startswith("holidays.countries.")] == ["holidays.countries.sweden"]
