"""Whatever happens to a run that writes, no file is half, and the next run completes."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from fault_injection import OPERATIONS, FaultyFileSystem, failing
from project_folder import ROOT, SMALL, Folder

TINY = SMALL.replace(", laholm: {name: Laholms kommun}", "").replace(", laholm]", "]")
"""With one organisation: a run to be disturbed at each write writes as few files as can be."""
PLAN = ("plan", "2025", "--today", "2024-09-15")
REPLAN = ("plan", "2025", "--today", "2024-10-01")
MOVES = TINY.replace(
    "calendar: {country: SE}", "calendar: {country: SE, periods: [{name: Lov, weeks: 12-15}]}"
)
"""A change of the forum file after which a meeting must move, and so every file."""


def leftovers(folder: Path) -> list[str]:
    """Return the files that a run made for itself and did not clear away."""
    return [path.name for path in folder.rglob("*") if path.name.endswith(".tmp")]


def whole(project: Folder) -> dict[str, bytes]:
    """Return the files that stand in their places."""
    return {name: data for name, data in project.files().items() if not name.endswith(".tmp")}


@dataclass(frozen=True)
class Trial:
    """A run to disturb, from the first plan on or from a state with a plan, at some kinds of operations."""

    command: tuple[str, ...]
    forums: str = TINY
    planned: bool = True
    kinds: tuple[str, ...] = ("write", "rename", "remove")


class Undisturbed:
    """What a run to disturb begins with, does and comes to."""

    def __init__(self, trial: Trial, folder: Path) -> None:
        self.command = trial.command
        self.start = folder / "start"
        self.start.mkdir()
        project = Folder(self.start, TINY)
        if trial.planned:
            project.fine(*PLAN)
        project.write(trial.forums)
        self.before = project.files()
        if trial.planned:
            # A run that was killed before has left a half-written file.
            project.place("plans/.2025.yaml.tmp").write_bytes(b"half")
        counting = FaultyFileSystem()
        copy = self.copy(folder / "undisturbed")
        with counting.in_use():
            copy.fine(*trial.command)
        self.after = copy.files()
        expected = {"create", "write", "flush", "rename", "remove" if trial.planned else "make folder"}
        assert expected <= set(counting.kinds)
        assert self.before.keys() <= self.after.keys()
        self.moments = [number for number, kind in enumerate(counting.kinds, 1) if kind in trial.kinds]

    def copy(self, folder: Path) -> Folder:
        """Copy the state before the run to a folder."""
        shutil.copytree(self.start, folder)
        return Folder(folder, None)

    def complete(self, project: Folder) -> None:
        """Run again as somebody would whose run ended early."""
        # What was decided is saved first: after that, planning alone completes what a change began.
        undone = self.command[0] == "plan" or whole(project) == self.before
        project.fine(*(self.command if undone else REPLAN))

    def half_files(self, project: Folder) -> list[str]:
        """Return the files that are neither as before the run nor as after it."""
        return [
            name
            for name, data in whole(project).items()
            if data not in (self.before.get(name), self.after.get(name))
        ]


FIRST = Trial((*PLAN, "--quiet"), planned=False, kinds=OPERATIONS)
CHANGE = Trial((*REPLAN, "--quiet"), MOVES, kinds=("write", "flush", "rename"))
CANCEL = Trial(("cancel", "natverk-2025-1", "--reason", "Sjukdom", "--today", "2024-10-01"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trial", "code"),
    [(FIRST, errno.ENOSPC), (CHANGE, errno.EIO), (CANCEL, errno.EACCES)],
    ids=["full disk", "broken disk", "no permission"],
)
def test_each_write_may_fail(tmp_path: Path, trial: Trial, code: int) -> None:
    """Wherever a write fails, the run says so and exits 1, no file is half, and the next run completes."""
    one = Undisturbed(trial, tmp_path)
    for number in one.moments:
        project = one.copy(tmp_path / str(number))
        with FaultyFileSystem(number, failing(code)).in_use():
            run = project.run(*one.command)
        assert run.code == 1, (number, run)
        assert run.err.count("\n") == 1
        assert os.strerror(code) in run.err
        assert "KULTURSAM_DEBUG" not in run.err
        assert run.out == ""
        assert one.half_files(project) == []
        assert leftovers(project.folder) == []
        one.complete(project)
        assert project.files() == one.after


def _interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.slow
def test_each_write_may_be_interrupted(tmp_path: Path) -> None:
    """Ctrl-C at any write is exit 130 without a word; no file is half, and the next run completes."""
    one = Undisturbed(CANCEL, tmp_path)
    for number in one.moments:
        project = one.copy(tmp_path / str(number))
        with FaultyFileSystem(number, _interrupt).in_use():
            run = project.run(*one.command)
        assert (run.code, run.out, run.err) == (130, "", "")
        assert one.half_files(project) == []
        assert leftovers(project.folder) == []
        one.complete(project)
        assert project.files() == one.after


KILLER = """
import os, sys
sys.path[:0] = {paths}
from pathlib import Path
import kultursam.planner.search
from fault_injection import FaultyFileSystem, kill
from project_folder import Folder
# A first run brings in what all need, but for the engine, which is not to be copied while it is at work.
Folder(Path("warm"), None).fine("cancel", "natverk-2025-2", "--reason", "Sjukdom", "--today", "2024-10-01")
for number in {moments}:
    child = os.fork()
    if child == 0:
        with FaultyFileSystem(number, kill).in_use():
            Folder(Path(str(number)), None).run(*{command})
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, to be quick")
@pytest.mark.parametrize("trial", [FIRST, CANCEL], ids=["plan", "cancel"])
def test_each_write_may_be_the_last(tmp_path: Path, trial: Trial) -> None:
    """Killed at any write, a run leaves no half file, and the next one comes to what it would have."""
    one = Undisturbed(trial, tmp_path)
    projects = [one.copy(tmp_path / str(number)) for number in one.moments]
    warm = tmp_path / "warm"
    warm.mkdir()
    Folder(warm, TINY).fine(*PLAN)
    paths = [str(ROOT / part) for part in ("tests/support", "tests/oracle", "src")]
    script = KILLER.format(paths=paths, moments=one.moments, command=one.command)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(int(signal.SIGKILL))] * len(one.moments), done.stderr
    for project in projects:
        assert one.half_files(project) == [], project.folder
        one.complete(project)
        assert project.files() == one.after, project.folder


def test_a_change_that_was_saved_is_not_made_twice(tmp_path: Path) -> None:
    """Plans of record are in place, and on the disk, before any calendar: they alone say what was decided."""
    project, files = Folder(tmp_path), FaultyFileSystem()
    with files.in_use():
        project.fine("plan", "2025", "2026", "--today", "2024-09-15")
    *written, last = [
        path.relative_to(tmp_path).as_posix()
        for kind, path in files.operations
        if kind == "rename" or (kind == "flush" and path.is_dir())
    ]
    assert last == "plans/.checksum.json"
    assert written[:3] == ["plans/2025.yaml", "plans/2026.yaml", "plans"]
    assert all(name.startswith("calendars") for name in written[3:])
    assert {name for name in written if (tmp_path / name).is_file()} == project.files().keys()
