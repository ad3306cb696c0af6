"""What is offered to other tools is sound by their own words: hooks, the container file, the workflow.

Where a tool is missing, a test is skipped; under CI it fails. KULTURSAM_READERS names the environment that
has hadolint and check-jsonschema.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import yaml
from optional_tools import missing
from project_folder import ROOT

WORKFLOW, CONTAINER = ROOT / "docs" / "examples" / "publish.yml", ROOT / "Containerfile"
HOOKS = ROOT / ".pre-commit-hooks.yaml"


def tool(name: str) -> str:
    """Return the path of a tool of the readers' environment."""
    path = Path(os.environ.get("KULTURSAM_READERS") or missing("KULTURSAM_READERS")) / "bin" / name
    return str(path) if path.exists() else missing(name)


def test_the_workflow_is_valid() -> None:
    """By the schema of GitHub's workflows."""
    command = [tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_the_container_file_is_well_written() -> None:
    """By hadolint, which knows no warning of it."""
    run = subprocess.run([tool("hadolint"), str(CONTAINER)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")


def test_the_hook_runs_for_what_check_reads() -> None:
    """It names a command that there is, and fits the files of a project wherever they lie."""
    (hook,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    assert hook["entry"] == "kultursam check"
    assert hook["pass_filenames"] is False
    fits = re.compile(hook["files"]).search
    assert all(map(fits, ("forums.yaml", "data/forums.yaml", "plans/2027.yaml", "people.yaml", "mail.toml")))
    assert not any(map(fits, ("plans/drafts/a/2027.yaml", "calendars/2027.html", "myforums.yaml")))


def test_commands_of_the_examples_exist() -> None:
    """The workflow and the container run what the command line has, with options that it has."""
    told = [*re.findall(r"run: kultursam (.+)", WORKFLOW.read_text(encoding="utf-8")), "plan --quiet"]
    assert told == ["plan --quiet", "plan --quiet"]
    assert 'CMD ["plan", "--quiet"]' in CONTAINER.read_text(encoding="utf-8")
