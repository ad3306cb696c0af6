"""What a run imports: help, completion and quiet runs that find nothing changed need little."""

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
    {"babel", "dateutil", "filelock", "highspy", "holidays", "icalendar", "jinja2", "numpy", "rich"}
)
"""Libraries that take long to import, but for pydantic, which typer imports itself."""
LIGHT = {"cli", "diagnostics", "i18n", "paths"}
RUN = """
import sys
known = {*sys.modules}
from kultursam.cli import command_line
sys.argv[0] = "kultursam"
code = command_line()
print(*{*sys.modules} - known, file=sys.stderr)
sys.exit(code)
"""


def imported(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> set[str]:
    """Return the full names of the modules that a run of the command line imports."""
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
    """Return the libraries that modules belong to."""
    return {name.partition(".")[0] for name in modules}


def rooms(modules: set[str]) -> set[str]:
    """Return the product's modules among some, those of the command line as one."""
    own = {name.removeprefix("kultursam.") for name in modules if name.startswith("kultursam.")}
    return {"cli" if name.startswith("cli.") else name for name in own} - {"forumfile", "plans"}


@pytest.mark.parametrize("arguments", [("--help",), ("plan", "--help"), ("explain", "--help")])
def test_help_imports_the_command_line_alone(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Help is known before anything is read."""
    modules = imported(tmp_path, *arguments)
    assert "typer" in modules
    assert not tops(modules) & {*HEAVY, "yaml"}
    assert rooms(modules) == LIGHT


@pytest.mark.parametrize("line", ["pl", "plan ", "explain ", "suggest n"])
def test_completion_waits_for_no_heavy_library(tmp_path: Path, line: str) -> None:
    """Neither for the models of the forum file, nor for the planner."""
    Folder(tmp_path).fine("plan", "2025")
    words = {"COMP_WORDS": f"kultursam {line}", "COMP_CWORD": str(1 + line.count(" "))}
    modules = imported(tmp_path, env={"_KULTURSAM_COMPLETE": "complete_bash", **words})
    assert not tops(modules) & (HEAVY - {"babel", "dateutil"})  # which plans of record are read with
    assert not rooms(modules) & {"forumfile.models", "forumfile.register", "planner", "storage"}


def test_what_is_taken_away_is_loaded_where_it_is_wished(tmp_path: Path) -> None:
    """A plan without workbook or document needs the library of neither; with one of them, of that alone."""
    project = Folder(tmp_path)
    makers = {"xlsxwriter", "typst"}
    assert not tops(imported(tmp_path, "plan", "2199")) & makers
    assert not tops(imported(tmp_path, "export", "2199", "--format", "csv", "--output", "a.csv")) & makers
    project.edit("domain:", "publish: [xlsx]\ndomain:")
    assert tops(imported(tmp_path, "plan", "2199")) & makers == {"xlsxwriter"}
    exported = imported(tmp_path, "export", "2199", "--format", "pdf", "--output", "a.pdf")
    assert tops(exported) & makers == {"typst"}


def test_an_unchanged_quiet_year_imports_no_heavy_library(tmp_path: Path) -> None:
    """It is not even read."""
    Folder(tmp_path).fine("plan", "2199", "--quiet")
    modules = imported(tmp_path, "plan", "2199", "--quiet")
    assert not tops(modules) & {*HEAVY, "yaml"}
    assert rooms(modules) == {*LIGHT, "checksum"}
