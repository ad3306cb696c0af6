"""Where a project's files lie, and what they are called in messages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from project_folder import EXAMPLE

from kultursam import paths
from kultursam.paths import PACKAGE, Project, find_project, project_of


def test_the_nearest_forum_file_is_taken(tmp_path: Path) -> None:
    """The folder itself comes before those above it, forums.yaml before data/forums.yaml."""
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "data").mkdir()
    assert find_project(below).builtin
    (tmp_path / "data" / "forums.yaml").touch()
    found = find_project(below)
    assert (found.forum_file, found.folder) == (tmp_path / "data" / "forums.yaml", tmp_path)
    (tmp_path / "forums.yaml").touch()
    assert find_project(below).forum_file == tmp_path / "forums.yaml"
    (tmp_path / "a" / "forums.yaml").mkdir()
    assert find_project(below).forum_file == tmp_path / "forums.yaml"
    (below / "forums.yaml").touch()
    assert find_project(below) == Project(below / "forums.yaml", below)


def test_the_project_is_the_same_from_every_folder(tmp_path: Path) -> None:
    """Run beside data/, within it or by --file, a forum file in data/ has its plans beside data/."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "forums.yaml").touch()
    (data / "deeper").mkdir()
    for folder in (tmp_path, data, data / "deeper"):
        assert find_project(folder).plans == tmp_path / "plans"
    assert project_of(data / "forums.yaml").plans == tmp_path / "plans"
    assert project_of(tmp_path / "forums.yaml").plans == tmp_path / "plans"


def test_the_built_in_example_is_the_repositorys(tmp_path: Path) -> None:
    """The example that is used where there is no forum file is the one that is shipped."""
    found = find_project(tmp_path)
    assert found.builtin
    assert found.folder == tmp_path
    assert found.forum_file.read_text(encoding="utf-8") == EXAMPLE


def test_a_problem_names_files_as_the_user_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file below the current folder is named from there, any other in full."""
    monkeypatch.chdir(tmp_path)
    assert paths.displayed(tmp_path / "plans" / "2025.yaml") == str(Path("plans/2025.yaml"))
    assert paths.displayed(Path("forums.yaml")) == "forums.yaml"
    assert paths.displayed(tmp_path.parent / "forums.yaml") == str(tmp_path.parent / "forums.yaml")


@pytest.mark.parametrize("command", ["plan 2025", "check", "--help", "--version"])
def test_no_home_is_needed(tmp_path: Path, command: str) -> None:
    """Nothing is kept in a home folder: a service need not have one."""
    env = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "kultursam", *command.split()],
        cwd=tmp_path,
        env={**env, "PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"plans", "calendars"}
