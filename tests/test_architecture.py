"""Who may import whom stands in pyproject.toml: import-linter's contracts hold, and cover every library."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import grimp
import pytest

import kultursam

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DISTRIBUTIONS = {
    "dateutil": "python-dateutil",
    "markupsafe": "jinja2",
    "pydantic_core": "pydantic",
    "python_calamine": "python-calamine",
    "recurring_ical_events": "recurring-ical-events",
    "typing_extensions": "typing-extensions",
    "yaml": "pyyaml",
}
"""What a library is called, or comes with, where its name is another."""


@pytest.fixture(scope="module")
def libraries() -> set[str]:
    """Return the libraries that the package imports anywhere, Python's own left out."""
    graph = grimp.build_graph("kultursam", include_external_packages=True, cache_dir=None)
    return {name.partition(".")[0] for name in graph.modules} - {"kultursam"} - sys.stdlib_module_names


def test_the_contracts_hold() -> None:
    """Modules import from below alone, and each library stays behind its fence."""
    command = shutil.which("lint-imports", path=sysconfig.get_path("scripts"))
    assert command
    env = {**os.environ, "PYTHONPATH": str(Path(kultursam.__file__).parents[1])}
    done = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, env=env, capture_output=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_library_has_its_contract(libraries: set[str]) -> None:
    """A new library gets one, and one that has left loses it."""
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    named = {name for contract in contracts for name in contract.get("protected_modules", ())}
    own = {name for name in named if name.startswith("kultursam.")} | sys.stdlib_module_names
    assert libraries == named - own


def test_every_library_is_asked_for(libraries: set[str]) -> None:
    """What is imported is installed with the product."""
    extras = PROJECT["project"]["optional-dependencies"]["pdf"]
    requirements = [*PROJECT["project"]["dependencies"], *extras]
    asked_for = {requirement.partition(">")[0] for requirement in requirements}
    assert {DISTRIBUTIONS.get(name, name) for name in libraries} <= asked_for
