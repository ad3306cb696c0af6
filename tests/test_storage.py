"""Files are written whole or not at all, by one run at a time, whatever happens to a run."""

from __future__ import annotations

import errno
import io
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import Mock

import pytest
from fault_injection import OPERATIONS, FaultyFileSystem, failing
from project_folder import EXAMPLE, ROOT, SMALL, Folder

from kultursam import atomic, paths, storage
from kultursam.diagnostics import KultursamError
from kultursam.paths import Project, find_project, project_of

TINY = SMALL.replace(", laholm: {name: Laholms kommun}", "").replace(", laholm]", "]")
"""With one organisation: a run to be disturbed at each write writes as few files as can be."""
PLAN = ("plan", "2025", "--today", "2024-09-15")
QUIET = ("plan", "2025", "--quiet")
CLOCK = {"SOURCE_DATE_EPOCH": "1726444800"}
"""16 September 2024, for quiet runs: --today would say that everything is to be planned anew."""
REPLAN = ("plan", "2025", "--today", "2024-10-01")
MOVES = TINY.replace(
    "calendar: {country: SE}", "calendar: {country: SE, periods: [{name: Lov, weeks: 12-15}]}"
)
"""A change of the forum file after which a meeting must move, and so every file."""


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Use another umask for a while."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def leftovers(folder: Path) -> list[str]:
    """Give the files that a run made for itself and did not clear away."""
    return [path.name for path in folder.rglob("*") if path.name.endswith(".tmp")]


def whole(project: Folder) -> dict[str, bytes]:
    """Give the files that stand in their places."""
    return {name: data for name, data in project.files().items() if not name.endswith(".tmp")}


# --- one file ---------------------------------------------------------------------------------------


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
    assert run.err.startswith("calendars/2025/meetings.csv: error: cannot be written: ")
    assert "another program" in run.err
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


# --- a run that is disturbed ------------------------------------------------------------------------


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
        """Give the files that are neither as before the run nor as after it."""
        return [
            name
            for name, data in whole(project).items()
            if data not in (self.before.get(name), self.after.get(name))
        ]


FIRST = Trial((*PLAN, "--quiet"), planned=False, kinds=OPERATIONS)
CHANGE = Trial((*REPLAN, "--quiet"), MOVES, kinds=("write", "flush", "rename"))
CANCEL = Trial(("cancel", "natverk-2025-1", "--reason", "Sjukdom", "--today", "2024-10-01"))


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
        assert "bug" not in run.err
        assert run.out == ""
        assert one.half_files(project) == []
        assert leftovers(project.folder) == []
        one.complete(project)
        assert project.files() == one.after


def _interrupt() -> None:
    raise KeyboardInterrupt


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


def test_each_read_may_fail(tmp_path: Path) -> None:
    """A file that cannot be read is told and nothing written; what only spares work is done without."""
    start = tmp_path / "start"
    start.mkdir()
    project = Folder(start, SMALL.replace("{country: SE}", "{country: SE, busy: [{name: R, file: rad.ics}]}"))
    project.place("rad.ics").write_bytes(BUSY)
    project.fine("plan", "2025", "2026", "--today", "2024-09-15")
    before, original = project.files(), io.open
    read: list[str] = []

    def opened(file: Path, *arguments: object, **keys: object) -> object:
        if isinstance(file, Path) and file.is_relative_to(start):
            read.append(file.relative_to(start).as_posix())
            if len(read) == number:
                raise OSError(errno.EIO, os.strerror(errno.EIO), str(file))
        return original(file, *arguments, **keys)  # type: ignore[call-overload]

    number, told = 0, set()
    while len(read) >= number:
        number += 1
        read.clear()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(io, "open", opened)
            run = project.run(*PLAN, "--quiet")
        if run.code:
            told.add(read[number - 1])
            assert (run.code, run.out) == (1, "")
            assert os.strerror(errno.EIO) in run.err
            assert "bug" not in run.err
        assert project.files() == before
    assert told >= {"forums.yaml", "rad.ics", "plans/2025.yaml", "plans/2026.yaml", "calendars/2025/all.ics"}


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOLCK, errno.EACCES])
def test_a_lock_that_cannot_be_had_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """Where the system refuses to lock, nothing is written: another run might be writing."""
    project = Folder(tmp_path)
    project.fine(*PLAN)
    before = project.files()

    refusing = Mock(acquire=Mock(side_effect=OSError(code, os.strerror(code))))
    with monkeypatch.context() as patched:
        patched.setattr(storage, "FileLock", lambda _: refusing)
        run = project.run(*CHANGE_IT)
    assert run.code == 1
    assert run.err.startswith("plans/.lock: error: cannot be written: ")
    assert run.err.count("\n") == 1
    assert project.files() == before
    project.fine(*CHANGE_IT)


KILLER = """
import os, sys
sys.path[:0] = {paths}
from pathlib import Path
import kultursam.planner.search
from fault_injection import FaultyFileSystem, kill
from project_folder import Folder
# A first run brings in what all need, but for the engine, which is not to be copied while it is at work.
Folder(Path("warm"), None).fine("cancel", "natverk-2025-2", "--reason", "Sjukdom")
for number in {moments}:
    child = os.fork()
    if child == 0:
        with FaultyFileSystem(number, kill).in_use():
            Folder(Path(str(number)), None).run(*{command})
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""


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


# --- places that cannot be written to ---------------------------------------------------------------


def _file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"mine")


def _folder(path: Path) -> None:
    (path / "mine").mkdir(parents=True)


@pytest.mark.parametrize(
    ("place", "make"),
    [
        ("plans", _file),
        ("plans/.lock", _folder),
        ("plans/2025.yaml", _folder),
        ("calendars", _file),
        ("calendars/2025", _file),
        ("calendars/feeds", _file),
        ("calendars/2025/organisations", _file),
        ("calendars/feeds/all.ics", _folder),
        ("calendars/2025/.natverk.ics.tmp", _folder),
    ],
)
def test_something_else_in_the_place_is_told(
    tmp_path: Path, place: str, make: Callable[[Path], None]
) -> None:
    """A file for a folder, or a folder for a file: exit 1, the place named, what is there left alone."""
    project = Folder(tmp_path)
    make(tmp_path / place)
    run = project.run(*PLAN)
    assert run.code == 1
    assert run.err.startswith(place.replace(".natverk.ics.tmp", "natverk.ics"))
    assert "bug" not in run.err
    shutil.rmtree(tmp_path / place) if make is _folder else (tmp_path / place).unlink()
    project.fine(*PLAN)
    clean = tmp_path / "clean"
    clean.mkdir()
    other = Folder(clean)
    other.fine(*PLAN)
    assert other.files() == {
        name: data for name, data in project.files().items() if not name.startswith("clean")
    }


# --- links and pipes ----------------------------------------------------------------------------------

LINKS = pytest.mark.skipif(os.name == "nt", reason="on Windows only administrators make links")
CHANGE_IT = ("move", "natverk-2025-1", "2025-05-06", "--force", "--today", "2024-10-01")


def _led_elsewhere(project: Folder, name: str) -> Path:
    """Put a link in the place of something that was written; give where it leads."""
    path, elsewhere = project.place(name), project.folder.parent / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    return elsewhere


def _with_link(folder: Path, name: str) -> tuple[Folder, Path]:
    """Plan a project, let a link stand for something in it; give the project, and where the link leads."""
    (folder / "project").mkdir()
    project = Folder(folder / "project")
    project.fine(*PLAN)
    return project, _led_elsewhere(project, name)


def _held(path: Path) -> dict[str, bytes]:
    """Give what a file holds, or every file of a folder."""
    return {str(one): one.read_bytes() for one in (path, *path.rglob("*")) if one.is_file()}


@LINKS
@pytest.mark.parametrize(
    "name",
    ["plans/2025.yaml", "calendars/feeds/all.ics", "calendars/2025.html", "plans/.checksum.json"],
)
def test_a_link_to_a_file_is_replaced_not_followed(tmp_path: Path, name: str) -> None:
    """Whatever the link led to stays as it is, and the link becomes the file that was to be written."""
    project, elsewhere = _with_link(tmp_path, name)
    before = _held(elsewhere)
    project.fine(*PLAN)
    assert not project.place(name).is_symlink()
    project.place(name).unlink()
    project.place(name).symlink_to(elsewhere)
    project.fine(*CHANGE_IT)
    project.fine(*PLAN)
    assert _held(elsewhere) == before
    assert not project.place(name).is_symlink()
    assert project.place(name).read_bytes() != elsewhere.read_bytes()


@LINKS
@pytest.mark.parametrize("name", ["calendars/feeds", "calendars/2025", "calendars/feeds/organisations"])
def test_nothing_is_written_through_a_link_to_a_folder(tmp_path: Path, name: str) -> None:
    """A link among what is published may lead anywhere: it is told, and nothing is written there."""
    project, elsewhere = _with_link(tmp_path, name)
    before = _held(elsewhere)
    run = project.run(*CHANGE_IT)
    assert run.code == 1
    assert run.err.startswith(f"{name}: error: this is a link")
    assert _held(elsewhere) == before
    project.place(name).unlink()
    project.fine(*REPLAN)
    assert project.place(name).is_dir()


@LINKS
@pytest.mark.parametrize("name", ["plans", "calendars"])
def test_the_folders_themselves_may_be_links(tmp_path: Path, name: str) -> None:
    """Somebody may keep them elsewhere, such as where a web server looks."""
    project, elsewhere = _with_link(tmp_path, name)
    before = _held(elsewhere)
    project.fine(*CHANGE_IT)
    assert _held(elsewhere) != before
    assert project.place(name).is_symlink()


@LINKS
def test_the_lock_is_no_link(tmp_path: Path) -> None:
    """A file that a link in the place of the lock leads to is neither emptied nor made."""
    project = Folder(tmp_path)
    project.fine(*PLAN)
    mine = tmp_path / "mine"
    for there in (True, False):
        lock = project.place("plans/.lock")
        lock.unlink(missing_ok=True)
        lock.symlink_to(mine)
        mine.write_bytes(b"mine") if there else mine.unlink()
        run = project.run(*CHANGE_IT)
        assert run.code == 1
        assert run.err.startswith("plans/.lock: error: cannot be written: ")
        assert _held(mine) == ({str(mine): b"mine"} if there else {})


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("plans/2025.yaml", 1),
        ("plans/2026.yaml", 1),
        ("rad.ics", 1),
        ("plans/.checksum.json", 0),
        ("calendars/feeds/all.ics", 0),
    ],
)
def test_nobody_waits_for_a_pipe(tmp_path: Path, name: str, code: int) -> None:
    """A pipe in the place of a file is told of or replaced; a run that read it would never end."""
    project = Folder(
        tmp_path, SMALL.replace("{country: SE}", "{country: SE, busy: [{name: R, file: rad.ics}]}")
    )
    project.place("rad.ics").write_bytes(BUSY)
    project.fine(*PLAN)
    project.place(name).unlink(missing_ok=True)
    os.mkfifo(project.place(name))
    for command in (QUIET, ("plan", "2025"), ("show", "2025"), ("confirm", "2025", "--dry-run")):
        run = project.run(*command, env=CLOCK)
        assert run.code == code, run
        assert not code or "is not a regular file" in run.err


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device")
@pytest.mark.parametrize("name", ["plans/2025.yaml", "rad.ics", "plans/.checksum.json"])
def test_nobody_reads_a_device_to_its_end(tmp_path: Path, name: str) -> None:
    """Nor one that a link or the remembered names of calendars lead to."""
    project = Folder(
        tmp_path, SMALL.replace("{country: SE}", "{country: SE, busy: [{name: R, file: rad.ics}]}")
    )
    project.place("rad.ics").write_bytes(BUSY)
    project.fine(*PLAN)
    known = project.place("plans/.checksum.json")
    known.write_bytes(known.read_bytes().replace(b'"rad.ics"', b'"/dev/zero"'))
    project.fine(*QUIET, env=CLOCK)
    project.place(name).unlink()
    project.place(name).symlink_to("/dev/zero")
    assert project.run(*QUIET, env=CLOCK).code == (name != "plans/.checksum.json")


@pytest.mark.parametrize("command", ["plan 2025 --dry-run", "plan 2025 --check", "show 2025"])
def test_what_writes_nothing_tells_of_places_too(tmp_path: Path, command: str) -> None:
    """A file where the folder of plans should be stops what only reads: who knows what was decided."""
    project = Folder(tmp_path)
    _file(tmp_path / "plans")
    run = project.run(*command.split())
    assert run.code == 1
    assert run.err.startswith("plans: error: ")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs Linux")
@pytest.mark.parametrize("output", ["/proc/kultursam", "/dev/null", "/dev/full/calendars"])
def test_a_place_that_takes_no_files_is_told(tmp_path: Path, output: str) -> None:
    """Where nothing can be made, the run names the file it could not write."""
    project = Folder(tmp_path)
    run = project.run(*PLAN, "--output", output)
    assert run.code == 1
    assert run.err.startswith(f"{output}/2025/")
    assert "calendars" not in {path.name for path in tmp_path.iterdir()}


def test_plans_that_cannot_be_listed_are_not_taken_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of plans that may not be read stops the run: it would plan anew over what was decided."""
    project = Folder(tmp_path)
    project.fine(*PLAN)
    before = project.files()

    def denied(_: Path) -> Iterator[Path]:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "iterdir", denied)
        run = project.run("plan", "2025", "--replan", "--today", "2025-01-01")
    assert run.code == 1
    assert run.err.startswith("plans: error: ")
    assert project.files() == before


# --- one run at a time ------------------------------------------------------------------------------

HOLDER = """
import sys
from pathlib import Path
sys.path.insert(0, {source})
from kultursam.paths import project_of
from kultursam.storage import locked
with locked(project_of(Path("forums.yaml"))):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holding(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Let another process hold the lock."""
    script = HOLDER.format(source=repr(str(ROOT / "src")))
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == b"held"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_run_ends_at_once(tmp_path: Path) -> None:
    """While a run writes, every other that would exits 75 without waiting; those that only read go on."""
    project = Folder(tmp_path)
    project.fine(*PLAN)
    before = project.stamps()
    with holding(tmp_path):
        begun = time.monotonic()
        for command in ("plan 2026", "confirm 2025", "cancel natverk-2025-1 --reason x"):
            run = project.run(*command.split(), "--json")
            assert run.code == 75
            assert len(run.document["problems"]) == 1
        assert time.monotonic() - begun < 5
        for command in (
            "plan 2025 --dry-run --today 2024-09-15",
            "show 2025",
            "check",
            "confirm 2025 --dry-run",
        ):
            project.fine(*command.split())
        project.fine("plan", "2025", "--check", "--today", "2024-09-16")
        project.fine(*QUIET, env=CLOCK)
        project.place("calendars/index.html").unlink()
        assert project.run(*QUIET, env=CLOCK).code == 75
        del before["calendars/index.html"]
    assert project.stamps() == before


def test_a_killed_run_holds_nothing(tmp_path: Path) -> None:
    """The lock of a run that was killed is free, though its file is still there."""
    project = Folder(tmp_path)
    with holding(tmp_path) as process:
        assert project.run(*PLAN).code == 75
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        assert (tmp_path / "plans" / ".lock").is_file()
        project.fine(*PLAN)


def _together(folder: Path, commands: Iterable[Sequence[str]]) -> list[int]:
    """Start runs all at once; give their exit codes."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    program = [sys.executable, "-m", "kultursam"]
    runs = [
        subprocess.Popen([*program, *command, "--quiet"], cwd=folder, env=env, stderr=subprocess.PIPE)
        for command in commands
    ]
    for run in runs:
        error = run.communicate(timeout=120)[1]
        assert run.returncode in {0, 75}, error
    return [run.returncode for run in runs]


@pytest.mark.parametrize("number", [2, 20])
def test_runs_that_start_together_do_no_harm(tmp_path: Path, number: int) -> None:
    """Of several runs at once each either writes all or exits 75, and the files are those of one run."""
    alone, together = tmp_path / "alone", tmp_path / "together"
    alone.mkdir()
    together.mkdir()
    project, other = Folder(alone), Folder(together)
    project.fine(*PLAN)
    assert 0 in _together(together, [PLAN] * number)
    assert other.files() == project.files()


def test_no_decision_is_lost_to_another(tmp_path: Path) -> None:
    """Of several people who add meetings at once, each is told whether theirs is in the plan: so it is."""
    project = Folder(tmp_path)
    project.fine(*PLAN)
    days = [f"2025-05-{day:02}" for day in range(5, 10)]
    codes = _together(tmp_path, [("add", "natverk", day, "--force", *PLAN[2:]) for day in days])
    added = {one["date"] for one in project.meetings(2025).values() if "-x" in one["id"]}
    assert added == {day for day, code in zip(days, codes, strict=True) if code == 0}
    assert added
    project.fine(*PLAN, "--check")


@pytest.mark.parametrize("command", ["plan 2025", "confirm 2025", "plan 2025 --dry-run"])
def test_a_run_that_comes_to_nothing_leaves_nothing(tmp_path: Path, command: str) -> None:
    """A forum file with a fault, or no plan to change, makes no folder."""
    broken = SMALL.replace("twice a year", "twise a yaer") if "plan" in command else SMALL
    project = Folder(tmp_path, broken)
    assert project.run(*command.split()).code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["forums.yaml"]


@pytest.mark.parametrize("kind", ["remove", "remove folder"])
def test_what_cannot_be_cleared_away_hides_no_fault(tmp_path: Path, kind: str) -> None:
    """A run that comes to nothing tells why, even where it cannot remove the folder that it made."""
    project = Folder(tmp_path)
    counting = FaultyFileSystem()
    with counting.in_use():
        told = project.run("confirm", "2025")
    assert told.code == 1
    with FaultyFileSystem(counting.kinds.index(kind) + 1, failing(errno.EACCES)).in_use():
        assert project.run("confirm", "2025") == told
    project.fine(*PLAN)


# --- finding a project ------------------------------------------------------------------------------


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


BUSY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "No such file"),
        (b"", "iCalendar"),
        (b"a" * (storage.MAX_BYTES + 1), "10 MiB"),
        (BUSY, ""),
    ],
    ids=["missing", "empty", "huge", "sound"],
)
def test_other_bodies_calendars_are_read_beside_the_forum_file(
    tmp_path: Path, data: bytes | None, words: str
) -> None:
    """A calendar that cannot be read is told with the line that names it; nothing is planned without it."""
    (tmp_path / "data" / "busy").mkdir(parents=True)
    text = SMALL.replace("{country: SE}", "{country: SE, busy: [{name: Råd, file: busy/rad.ics}]}")
    (tmp_path / "data" / "forums.yaml").write_text(text, encoding="utf-8")
    if data is not None:
        (tmp_path / "data" / "busy" / "rad.ics").write_bytes(data)
    project = Folder(tmp_path, None)
    run = project.run(*PLAN, "--json")
    if not words:
        assert run.code == 0
        return
    assert run.code == 1
    (problem,) = run.document["problems"]
    assert (problem["file"], problem["line"]) == (str(Path("data/forums.yaml")), 7)
    assert words in problem["text"]
    assert not (tmp_path / "plans").exists()


def test_a_problem_names_files_as_the_user_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file below the current folder is named from there, any other in full."""
    monkeypatch.chdir(tmp_path)
    assert paths.displayed(tmp_path / "plans" / "2025.yaml") == str(Path("plans/2025.yaml"))
    assert paths.displayed(Path("forums.yaml")) == "forums.yaml"
    assert paths.displayed(tmp_path.parent / "forums.yaml") == str(tmp_path.parent / "forums.yaml")


def test_errors_are_raised_with_the_file(tmp_path: Path) -> None:
    """What keeps a file from being written is one problem that names it."""
    (tmp_path / "file").mkdir()
    with pytest.raises(KultursamError) as caught:
        atomic.write_files([(tmp_path / "file", b"new")])
    (problem,) = caught.value.problems
    assert problem.file == str(tmp_path / "file")
    assert os.strerror(errno.EISDIR) in problem.text
