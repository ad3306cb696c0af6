"""Whether anything has changed since a run that found all well: then there is nothing to plan or to write.

A fingerprint holds a digest of all that the outputs depend on (forum file, calendars of other bodies, plans
of record, the versions of what made them) and the state of every output file. It lies beside the plans of
record, and only ever spares work: without it, or where anything differs, the run does everything.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kultursam.paths import PACKAGE, Project

NAME = ".checksum.json"
MOST_BYTES = 64 * 1024 * 1024
"""Of a file that is read: no run wrote a larger one, nor would read it."""
LIBRARIES = ("babel", "highspy", "holidays", "icalendar", "jinja2", "recurring_ical_events", "rich", "tzdata")
"""What outputs depend on, beside the package itself."""


def is_unchanged(project: Project, output: Path, years: Sequence[int]) -> bool:
    """Return whether a run for these years would find all as the last one left it, with nothing wrong."""
    try:
        known = json.loads(_bytes(project.plans / NAME))[_key(years)]
        return (
            known["digest"] == _digest(project, known["calendars"], known["files"])
            and known["output"] == str(output.absolute())
            and all(_state(output / name) == state for name, state in known["files"].items())
            and not _is_held(project.lock)
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False


def record(
    project: Project, output: Path, years: Sequence[int], calendars: Iterable[str], files: Iterable[Path]
) -> tuple[Path, bytes]:
    """Return the file that notes a run which has written its files and found nothing wrong, and its bytes."""
    names = sorted(calendars)
    states = {path.relative_to(output).as_posix(): _state(path) for path in files if output in path.parents}
    entry = {
        "digest": _digest(project, names, states),
        "output": str(output.absolute()),
        "calendars": names,
        "files": states,
    }
    entries = {**_entries(project.plans), _key(years): entry}
    return project.plans / NAME, (json.dumps(entries, sort_keys=True) + "\n").encode()


def _entries(plans: Path) -> dict[str, Any]:
    try:
        known = json.loads(_bytes(plans / NAME))
    except (OSError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def _key(years: Sequence[int]) -> str:
    return " ".join(str(year) for year in sorted(set(years)))


def _digest(project: Project, calendars: Iterable[str], states: Mapping[str, list[Any]]) -> str:
    """Digest what outputs depend on, and their states too: so an entry that was damaged is worth nothing."""
    digest = hashlib.sha256(json.dumps(states, sort_keys=True).encode())
    for part in _parts(project, calendars):
        digest.update(f"{len(part)}:".encode() + part)
    return digest.hexdigest()


def _parts(project: Project, calendars: Iterable[str]) -> Iterator[bytes]:
    yield sys.version.encode()
    yield _bytes(project.forum_file)
    for name in calendars:
        yield _bytes(project.forum_file.parent / name)
    for path in sorted(project.plans.glob("*.yaml")):
        yield path.name.encode()
        yield _bytes(path)
    for path in sorted(path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".mo", ".j2"}):
        yield repr((path.name, _state(path))).encode()
    for library in LIBRARIES:
        spec = find_spec(library)
        yield repr((library, _state(Path(spec.origin)) if spec and spec.origin else None)).encode()


def _bytes(path: Path) -> bytes:
    """Read a file. Raises `OSError` for what is none, such as a pipe that never ends."""
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise OSError(f"{path} is no file of ours")
    return path.read_bytes()


def _state(path: Path) -> list[Any]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _is_held(lock: Path) -> bool:
    """Tell whether another run holds the lock, where the system has flock; nobody holds what is no file."""
    if not lock.is_file():
        return False
    try:
        import fcntl
    except ImportError:
        return False
    with lock.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
