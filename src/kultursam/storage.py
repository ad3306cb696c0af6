"""The project folder: reads forums.yaml, plans/ and busy calendars, writes plans/ and calendars/.

Every file is written beside its place, flushed to disk and renamed over it, and only if its bytes
differ. One run at a time holds a lock that the operating system frees when it ends, however it ends.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from kultursam.dates.busy_calendars import Event, read_events
from kultursam.dates.holidays import holidays_of
from kultursam.diagnostics import KultursamError, Problem, has_errors
from kultursam.forumfile import yaml_source
from kultursam.forumfile.register import Register, read_register
from kultursam.forumfile.yaml_source import Where
from kultursam.paths import PACKAGE, Project
from kultursam.plans.model import Plan
from kultursam.plans.plan_file import read_plan, write_plan

STARTER = PACKAGE / "starter.yaml"
MAX_CALENDAR_BYTES = 10 * 1024 * 1024
FLUSHED_AT_ONCE = 16
RENAME_TRIES = 20
"""On Windows a file that another program reads for a moment cannot be replaced."""


class LockedError(KultursamError):
    """Another run holds the lock."""

    exit_status = 75


def begin(folder: Path) -> Path:
    """Write a forum file to begin with, and give it. Raises `KultursamError` where one is already."""
    path = folder / "forums.yaml"
    if path.exists() or path.is_symlink():
        raise KultursamError(Problem("is there already; nothing was written", file=shown(path)))
    write_files([(path, STARTER.read_bytes())])
    return path


def load_register(project: Project) -> tuple[Register, list[Problem]]:
    """Read the forum file; give the register and its warnings. Raises `KultursamError` with every fault."""
    found, problems = yaml_source.read(project.forum_file, shown(project.forum_file), lenient=True)
    if found is None:
        raise KultursamError(*problems)
    register, problems = read_register(found)
    if register is None or has_errors(problems):
        raise KultursamError(*problems)
    return register, problems


def check_country(register: Register) -> None:
    """See that holidays are known of the file's country. Raises `KultursamError`."""
    if settings := register.file.calendar:
        try:
            holidays_of(settings.country, register.file.language, date(2025, 1, 1), date(2025, 1, 1))
        except ValueError as error:
            raise KultursamError(register.source.problem(str(error), ("calendar", "country"))) from error


def load_events(project: Project, register: Register, first: date, last: date) -> dict[str, list[Event]]:
    """Read the calendar files that the forum file names. Raises `KultursamError` with every fault."""
    zone = ZoneInfo(register.file.timezone)
    events: dict[str, list[Event]] = {}
    problems = []
    for name, where in _calendar_files(register):
        try:
            if name not in events:
                events[name] = read_events(
                    _read_calendar(project.forum_file.parent / name), zone, first, last
                )
        except (OSError, ValueError) as error:
            text = getattr(error, "strerror", None) or str(error)
            problems.append(
                register.source.problem(f'the calendar "{name}" {_sentence(text)}', register.written(where))
            )
    if problems:
        raise KultursamError(*problems)
    return events


def _sentence(text: str) -> str:
    return text if text.startswith(("is ", "has ")) else f"cannot be read: {text}"


def calendar_names(register: Register) -> list[str]:
    """Name the calendar files of other bodies that the forum file asks for."""
    return sorted({name for name, _ in _calendar_files(register)})


def _calendar_files(register: Register) -> Iterator[tuple[str, Where]]:
    settings = register.file.calendar
    for index, busy in enumerate(settings.busy if settings else ()):
        yield busy.file, ("calendar", "busy", index, "file")
    for forum, model in register.forums.items():
        for index, entry in enumerate(model.dates):
            if entry.file:
                yield entry.file, ("forums", forum, "dates", index, "file")


def _read_calendar(path: Path) -> bytes:
    if _is_endless(path):
        raise ValueError("is no file")
    with path.open("rb") as stream:
        data = stream.read(MAX_CALENDAR_BYTES + 1)
    if len(data) > MAX_CALENDAR_BYTES:
        raise ValueError(f"is larger than {MAX_CALENDAR_BYTES // 1024 // 1024} MiB")
    return data


def load_plans(project: Project, register: Register) -> dict[int, Plan]:
    """Read every plan of record, by year. Raises `KultursamError` with every fault."""
    plans: dict[int, Plan] = {}
    problems: list[Problem] = []
    for path in _plan_files(project):
        if _is_endless(path):
            problems.append(Problem("is no file", file=shown(path)))
            continue
        found, faults = yaml_source.read(path, shown(path), MAX_CALENDAR_BYTES)
        plan = None
        if found is not None:
            plan, faults = read_plan(found, int(path.stem))
        if found is not None and plan is not None and plan.domain != register.file.domain:
            text = (
                f'this plan was made for the domain "{plan.domain}", but the forum file says '
                f'"{register.file.domain}": every calendar entry would appear twice'
            )
            faults = [found.problem(text, ("domain",))]
        problems += faults
        if plan is not None:
            plans[plan.year] = plan
    if problems:
        raise KultursamError(*problems)
    return plans


def _plan_files(project: Project) -> list[Path]:
    try:
        return sorted(one for one in project.plans.iterdir() if re.fullmatch(r"[0-9]{4}\.yaml", one.name))
    except FileNotFoundError:
        return []
    except OSError as error:
        reason = error.strerror or str(error)
        raise KultursamError(Problem(f"cannot be read: {reason}", file=shown(project.plans))) from error


def _is_endless(path: Path) -> bool:
    """Tell whether something is a pipe or a device, which could be waited for without end."""
    return path.exists() and not path.is_file() and not path.is_dir()


def plan_file(project: Project, plan: Plan) -> tuple[Path, bytes]:
    """Give where a plan of record is kept, and its bytes."""
    return project.plans / f"{plan.year}.yaml", write_plan(plan)


def differing(files: Mapping[Path, bytes]) -> list[Path]:
    """Give the files that are missing or hold other bytes."""
    return [path for path, data in files.items() if _bytes(path, len(data)) != data]


def write_files(files: Iterable[tuple[Path, bytes]]) -> list[Path]:
    """Write each file whose bytes differ; give those written. Raises `KultursamError`.

    All are written beside their places, then flushed, then renamed: so the disk is waited for but once.
    What lies in the first folder (the plans of record) is in its place for good before anything else is.
    The folder that they all lie in may be a link, but a link in it is not followed to places elsewhere.
    """
    wanted = dict(files)
    _refuse_links(wanted)
    beside: dict[Path, Path] = {}
    try:
        for path, data in wanted.items():
            with _telling(path):
                if _bytes(path, len(data)) != data:
                    beside[path] = path.with_name(f".{path.name}.tmp")
                    _write(beside[path], data)
        _flush_all(beside)
        folders = list(dict.fromkeys(path.parent for path in beside))
        for several in (folders[:1], folders[1:]):
            for path, new in beside.items():
                if path.parent in several:
                    with _telling(path):
                        _rename(new, path)
            for folder in several:
                with _telling(folder):
                    _flush_folder(folder)
    except BaseException:
        for new in beside.values():
            with suppress(OSError):
                new.unlink()
        raise
    return list(beside)


def _refuse_links(files: Iterable[Path]) -> None:
    """Refuse links to folders below the one that all files lie in: they may lead anywhere."""
    folders = {path.parent for path in files}
    top = Path(os.path.commonpath(folders)) if folders else Path()
    between = {one for folder in folders for one in (folder, *folder.parents) if top in one.parents}
    for link in sorted(one for one in between if one.is_symlink()):
        raise KultursamError(Problem("this is a link; nothing is written through it", file=shown(link)))


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Name the place that cannot be written."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if isinstance(error, PermissionError) and os.name == "nt":
            reason += "; if it is open in another program, close it there"
        raise KultursamError(Problem(f"cannot be written: {reason}", file=shown(path))) from error


def _bytes(path: Path, size: int) -> bytes | None:
    """Give what a file of a size holds; none if it is missing, of another size, or a link or a pipe."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    return path.read_bytes() if stat.S_ISREG(found.st_mode) and found.st_size == size else None


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # One that a killed run left is in nobody's use, for we hold the lock.
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
    with open(descriptor, "wb") as stream:  # noqa: PTH123 - Path.open takes no descriptor
        stream.write(data)


def _flush_all(beside: Mapping[Path, Path]) -> None:
    """Flush many files to disk at once: it writes them in one go, where one by one each waits its turn."""
    if len(beside) < FLUSHED_AT_ONCE:
        for path, new in beside.items():
            _flush(path, new)
        return
    # Imported here, for runs that write little do without it.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(FLUSHED_AT_ONCE) as pool:
        for _ in pool.map(_flush, beside, beside.values()):
            pass


def _flush(path: Path, new: Path) -> None:
    with _telling(path), new.open("r+b") as stream:
        os.fsync(stream.fileno())


def _rename(beside: Path, path: Path) -> None:
    for attempt in range(RENAME_TRIES):
        try:
            beside.replace(path)
        except PermissionError:
            if os.name != "nt" or attempt + 1 == RENAME_TRIES:
                raise
            time.sleep(0.05)
        else:
            return


def _flush_folder(folder: Path) -> None:
    """Make a rename outlast a power cut, where the system lets folders be opened."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)


@contextmanager
def locked(project: Project) -> Iterator[None]:
    """Hold the project's lock. Raises `LockedError` at once if another run holds it."""
    # Imported here, for what writes nothing needs no lock.
    from filelock import FileLock, Timeout

    path = project.lock
    lock = FileLock(path)
    new = not project.plans.exists()
    try:
        project.plans.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockedError(
            Problem("another run of kultursam is writing here; try again when it has ended")
        ) from error
    except FileExistsError as error:
        raise KultursamError(Problem("this is a file, not a folder", file=shown(project.plans))) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise KultursamError(Problem(f"cannot be written: {reason}", file=shown(path))) from error
    try:
        yield
    finally:
        if new and os.name != "nt" and [one.name for one in project.plans.iterdir()] == [path.name]:
            # Nothing came of this run: it leaves nothing. The lock is still held, so it is in nobody's use.
            path.unlink()
            project.plans.rmdir()
        lock.release()


def shown(path: Path) -> str:
    """Name a file as the user would: from the folder that they are in, where it lies below it."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
