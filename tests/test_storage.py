"""The project folder: what is read, what stands in its places, and one run at a time."""

from __future__ import annotations

import errno
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import Mock

import pytest
from fault_injection import FaultyFileSystem, failing
from project_folder import ROOT, SMALL, Folder

from kultursam import storage

PLAN = ("plan", "2025", "--today", "2024-09-15")
QUIET = ("plan", "2025", "--quiet")
CLOCK = {"SOURCE_DATE_EPOCH": "1726444800"}
"""16 September 2024, for quiet runs: --today would say that everything is to be planned anew."""
REPLAN = ("plan", "2025", "--today", "2024-10-01")
CHANGE_IT = ("move", "natverk-2025-1", "2025-05-06", "--force", "--today", "2024-10-01")
BUSY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"


# --- what is read -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "No such file"),
        (b"", "iCalendar"),
        (b"a" * (storage.MAX_BYTES + 1), "10 MiB"),
        (BUSY.replace(b"PRODID:x\r\n", b"<<<<<<< HEAD\r\nPRODID:x\r\n=======\r\n"), "merge"),
        (BUSY, ""),
    ],
    ids=["missing", "empty", "huge", "unmerged", "sound"],
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
            assert "KULTURSAM_DEBUG" not in run.err
        assert project.files() == before
    assert told >= {"forums.yaml", "rad.ics", "plans/2025.yaml", "plans/2026.yaml", "calendars/2025/all.ics"}


# --- what is begun ----------------------------------------------------------------------------------

LINES = [f"# {why}\n{line}\n".encode() for line, why in storage.GIT_FILES[".gitignore"].items()]
IGNORED = b"".join(LINES)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, IGNORED),
        (b"*.bak", b"*.bak\n" + IGNORED),
        (b"*.bak\r\n", b"*.bak\r\n" + IGNORED),
        (b"\xff\xfe\0\n", b"\xff\xfe\0\n" + IGNORED),
        (b"calendars/\r\n", b"calendars/\r\n" + b"".join(line for line in LINES if b"\ncal" not in line)),
        (b"outbox/\nmail.toml\npeople.yaml\ncalendars/\nplans/.*",) * 2,
        (IGNORED, IGNORED),
    ],
    ids=["none", "no line end", "windows", "no text", "one line", "without a word", "all"],
)
def test_what_git_ignores_is_kept_and_added_to(tmp_path: Path, before: bytes | None, after: bytes) -> None:
    """Every byte that is there stays; only lines that are missing come behind it."""
    path = tmp_path / ".gitignore"
    if before is not None:
        path.write_bytes(before)
    storage.write_starter(tmp_path, storage.starter())
    assert path.read_bytes() == after


@pytest.mark.parametrize("kind", [Path.mkdir, getattr(os, "mkfifo", Path.mkdir)], ids=["folder", "pipe"])
def test_beginning_waits_for_nothing_and_can_be_done_again(
    tmp_path: Path, kind: Callable[[Path], object]
) -> None:
    """What stands in the place of a file for git is told of or replaced; a failure leaves no forum file."""
    project = Folder(tmp_path, None)
    kind(tmp_path / ".gitattributes")
    run = project.run("init")
    if run.code:
        assert run.err.startswith(".gitattributes: error: cannot be written: ")
        assert not project.forum_file.exists()
        (tmp_path / ".gitattributes").rmdir()
        project.fine("init")
    assert b"\nplans/*.yaml -text\n" in (tmp_path / ".gitattributes").read_bytes()


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
    assert "KULTURSAM_DEBUG" not in run.err
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
    """Return what a file holds, or every file of a folder."""
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
    assert run.err.startswith(f"{name}: error: detta är en länk")
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
        assert run.err.startswith("plans/.lock: error: går inte att skriva: ")
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
        # Nothing is planned without a calendar; what was decided can be shown and confirmed.
        told = name == "rad.ics" and command[0] != "plan"
        assert run.code == (0 if told else code), run
        assert not code or "är ingen vanlig fil" in run.err


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


@pytest.mark.parametrize(
    "output", [".", "..", "x/..", "plans", "plans/public", "outbox", "outbox/x", "{here}", "/"]
)
@pytest.mark.parametrize("folder", ["", "data"])
def test_what_is_decided_never_lies_among_what_is_published(tmp_path: Path, folder: str, output: str) -> None:
    """A forum file that names such a folder as its output is refused at that line."""
    here = tmp_path / "project"
    forum_file = here / folder / "forums.yaml"
    forum_file.parent.mkdir(parents=True)
    if folder and output.startswith(("plans", "outbox")):
        output = f"../{output}"
    text = f"output: {output.format(here=here)}{SMALL}"
    forum_file.write_text(text, encoding="utf-8")
    project = Folder(here, None)
    for command in (PLAN, QUIET, ("plan", "2025", "--dry-run")):
        run = project.run(*command)
        assert run.code == 1
        assert run.err.startswith(
            f"{forum_file.relative_to(here)}:1:9: error: forumfilen eller planerna skulle ligga"
        )
    assert [path for path in here.rglob("*") if path.is_file()] == [forum_file]
    project.fine(*PLAN, "--output", "public")


@pytest.mark.parametrize(
    "held",
    ["index.html", "id_ed25519", "feeds/all.ics", "2025/all.ics"],
)
def test_a_forum_file_takes_no_folder_of_somebody_else(tmp_path: Path, held: str) -> None:
    """What lies there stays, with its permissions; nothing is planned either. Whoever runs it may insist."""
    there = tmp_path / "there"
    (there / held).parent.mkdir(parents=True)
    (there / held).write_text("BEGIN:VCALENDAR\r\nPRODID:-//somebody//else//EN\r\n", encoding="utf-8")
    there.chmod(0o700)
    (tmp_path / "project").mkdir()
    project = Folder(tmp_path / "project", f"output: ../there{SMALL}")
    before = {path: path.stat() for path in there.rglob("*")} | {there: there.stat()}
    for command in (PLAN, QUIET):
        run = project.run(*command, env=CLOCK)
        assert run.code == 1
        assert run.err.startswith("forums.yaml:1:9: ")
        assert f"--output {there}" in run.err
    after = {path: path.stat() for path in there.rglob("*")} | {there: there.stat()}
    assert {path: (one.st_mode, one.st_mtime_ns) for path, one in after.items()} == {
        path: (one.st_mode, one.st_mtime_ns) for path, one in before.items()
    }
    assert project.files() == {}
    project.fine(*PLAN, "--output", "../there")
    # From now on it is the folder of calendars, whatever else lies there.
    (there / "README.txt").write_text("ours", encoding="utf-8")
    project.fine("confirm", "2025", env=CLOCK)
    assert (there / "README.txt").read_text(encoding="utf-8") == "ours"


def test_hidden_files_make_no_folder_somebody_elses(tmp_path: Path) -> None:
    """A web server, git or a file manager keeps its own in a folder that is meant for calendars."""
    project = Folder(tmp_path, f"output: there{SMALL}")
    (tmp_path / "there" / ".git").mkdir(parents=True)
    (tmp_path / "there" / ".htaccess").write_text("AddType", encoding="utf-8")
    project.fine(*PLAN)
    assert (tmp_path / "there" / ".htaccess").read_text(encoding="utf-8") == "AddType"


@pytest.mark.parametrize("left", ["2025", "feeds"])
def test_what_a_run_left_half_way_is_known_again(tmp_path: Path, left: str) -> None:
    """A run that was killed has written some calendars: the next one completes what is missing."""
    project = Folder(tmp_path, f"output: there{SMALL}")
    there = tmp_path / "there"
    there.mkdir()
    project.fine(*PLAN)
    before = project.files()
    for path in sorted(there.rglob("*"), reverse=True):
        if path.is_file() and not path.is_relative_to(there / left):
            path.unlink()
    project.fine("publish")
    assert project.files() == before


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


@pytest.mark.ordinary_user
@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom permissions bind")
@pytest.mark.parametrize(("place", "mode"), [("plans", 0o500), ("plans", 0o300), ("calendars/feeds", 0o500)])
def test_a_folder_that_permissions_close_is_told(tmp_path: Path, place: str, mode: int) -> None:
    """A folder that may not be written to, or listed, is named with the system's reason."""
    project = Folder(tmp_path)
    project.fine(*PLAN)
    project.place(place).chmod(mode)
    run = project.run(*CHANGE_IT)
    project.place(place).chmod(0o700)
    assert run.code == 1
    assert run.err.startswith(place)
    assert os.strerror(errno.EACCES) in run.err
    assert run.err.count("\n") == 1


# --- one run at a time ------------------------------------------------------------------------------


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
    assert run.err.startswith("plans/.lock: error: går inte att skriva: ")
    assert run.err.count("\n") == 1
    assert project.files() == before
    project.fine(*CHANGE_IT)


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


@pytest.mark.slow
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
