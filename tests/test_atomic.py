"""Files are written whole or not at all, and only where their bytes differ."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fault_injection import FaultyFileSystem, failing
from project_folder import Folder

from kultursam import atomic
from kultursam.diagnostics import KultursamError

PLAN = ("plan", "2025", "--today", "2024-09-15")
QUIET = ("plan", "2025", "--quiet")
CLOCK = {"SOURCE_DATE_EPOCH": "1726444800"}
"""16 September 2024, for quiet runs: --today would say that everything is to be planned anew."""
REPLAN = ("plan", "2025", "--today", "2024-10-01")
CHANGE_IT = ("move", "natverk-2025-1", "2025-05-06", "--force", "--today", "2024-10-01")


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Use another umask for a while."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def leftovers(folder: Path) -> list[str]:
    """Return the files that a run made for itself and did not clear away."""
    return [path.name for path in folder.rglob("*") if path.name.endswith(".tmp")]


def test_a_file_is_written_only_if_its_bytes_differ(tmp_path: Path) -> None:
    """What is as it should be is left alone, to the moment of its last change."""
    same, other, new = tmp_path / "same", tmp_path / "other", tmp_path / "a" / "b" / "new"
    for path in (same, other):
        path.write_bytes(b"old")
        os.utime(path, ns=(1, 1))
    assert atomic.write_files([(same, b"old"), (other, b"new"), (new, b"new")]) == [other, new]
    assert same.stat().st_mtime_ns == 1
    assert other.stat().st_mtime_ns != 1
    assert [path.read_bytes() for path in (same, other, new)] == [b"old", b"new", b"new"]
    assert atomic.write_files([(same, b"old"), (other, b"new"), (new, b"new")]) == []
    assert atomic.differing({same: b"old", other: b"newer", tmp_path / "none": b""}) == [
        other,
        tmp_path / "none",
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
@pytest.mark.parametrize(("mask", "mode"), [(0o000, 0o644), (0o022, 0o644), (0o077, 0o600)])
def test_a_web_server_can_read_what_is_written(tmp_path: Path, mask: int, mode: int) -> None:
    """A file is 0644, fresh or replaced, unless the umask asks for less."""
    path = tmp_path / "file"
    with umask(mask):
        for data in (b"new", b"newer"):
            atomic.write_files([(path, data)])
            assert stat.S_IMODE(path.stat().st_mode) == mode


def test_bytes_reach_the_disk_before_the_name(tmp_path: Path) -> None:
    """A durable file is flushed, then renamed, then its folder flushed: no power cut leaves half a file."""
    files = FaultyFileSystem()
    with files.in_use():
        atomic.write_files([(tmp_path / "file", b"new")], durable=True)
    assert files.kinds == ["create", "write", "flush", "rename", "flush"]


def test_what_can_be_made_again_is_not_flushed(tmp_path: Path) -> None:
    """No disk is waited for while calendars are written."""
    files = FaultyFileSystem()
    with files.in_use():
        atomic.write_files([(tmp_path / "one", b"new"), (tmp_path / "other", b"new")])
    assert files.kinds == ["create", "write", "create", "write", "rename", "rename"]


def test_what_a_killed_run_left_is_in_nobodys_way(tmp_path: Path) -> None:
    """A half-written file beside the place, be it read-only, is cleared away."""
    beside = tmp_path / ".file.tmp"
    beside.write_bytes(b"half")
    beside.chmod(0o400)
    atomic.write_files([(tmp_path / "file", b"new")])
    assert (tmp_path / "file").read_bytes() == b"new"
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_flushes_no_folders_will_do(tmp_path: Path, code: int) -> None:
    """Where only files can be flushed, that is enough."""
    counting = FaultyFileSystem()
    with counting.in_use():
        atomic.write_files([(tmp_path / "one", b"new")], durable=True)
    assert counting.operations[-1] == ("flush", tmp_path)
    with FaultyFileSystem(len(counting.operations), failing(code)).in_use():
        assert atomic.write_files([(tmp_path / "other", b"new")], durable=True) == [tmp_path / "other"]


class HeldFile(atomic.FileSystem):
    """Another program holds a file, as on Windows, for a number of tries to replace it."""

    def __init__(self, name: str, denied: int) -> None:
        self.tries = 0
        self._name = name
        self._denied = denied

    def rename(self, path: Path, target: Path) -> None:
        """Fail for the file that is held."""
        if target.name == self._name:
            self.tries += 1
            if self.tries <= self._denied:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        super().rename(path, target)

    def flush(self, path: Path) -> None:
        """Fail for folders: Windows opens none."""
        if path.is_dir():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        super().flush(path)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Callable[[HeldFile], None]:
    """Let writing go as on Windows, without waiting."""

    def use(files: HeldFile) -> None:
        monkeypatch.setattr(atomic, "WINDOWS", True)
        monkeypatch.setattr(atomic, "file_system", files)
        monkeypatch.setattr(time, "sleep", lambda _: None)

    return use


@pytest.mark.parametrize(("denied", "written"), [(1, True), (atomic.RENAME_TRIES, False)])
def test_windows_is_asked_again(
    tmp_path: Path, windows: Callable[[HeldFile], None], denied: int, *, written: bool
) -> None:
    """A file that a virus scanner holds for a moment is replaced when it lets go; one held long is told."""
    held = HeldFile("file", denied)
    windows(held)
    if written:
        atomic.write_files([(tmp_path / "file", b"new")])
    else:
        with pytest.raises(atomic.CannotWriteError):
            atomic.write_files([(tmp_path / "file", b"new")])
    assert held.tries == min(denied + 1, atomic.RENAME_TRIES)
    assert (tmp_path / "file").exists() == written


def test_a_file_that_is_open_in_excel_is_told(tmp_path: Path, windows: Callable[[HeldFile], None]) -> None:
    """On Windows it cannot be replaced while it is open: the message names it, and what to do."""
    project = Folder(tmp_path)
    project.fine(*PLAN)
    windows(HeldFile("meetings.csv", atomic.RENAME_TRIES))
    run = project.run(*CHANGE_IT)
    assert run.code == 1
    assert run.err.startswith("calendars/2025/meetings.csv: error: går inte att skriva: ")
    assert "ett annat program" in run.err
    assert leftovers(tmp_path) == []
    project.fine(*REPLAN)
    assert b"2025-05-06" in project.place("calendars/2025/meetings.csv").read_bytes()


def test_windows_does_as_well(tmp_path: Path, windows: Callable[[HeldFile], None]) -> None:
    """With folders that cannot be flushed, the same files are written."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    ours, theirs = Folder(here), Folder(there)
    ours.fine(*PLAN)
    windows(HeldFile("", 0))
    theirs.fine(*PLAN)
    theirs.fine(*QUIET, env=CLOCK)
    assert theirs.files() == ours.files()


def test_errors_are_raised_with_the_file(tmp_path: Path) -> None:
    """What keeps a file from being written is one problem that names it."""
    (tmp_path / "file").mkdir()
    with pytest.raises(KultursamError) as caught:
        atomic.write_files([(tmp_path / "file", b"new")])
    (problem,) = caught.value.problems
    assert problem.file == str(tmp_path / "file")
    assert os.strerror(errno.EISDIR) in problem.text
