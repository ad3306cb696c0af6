"""Whether anything has changed since a run that found all well: then there is nothing to plan or to write.

A fingerprint holds a digest of all that the outputs depend on (forum file, calendars of other bodies, plans
of record, the versions of what made them), the state of every output file, and what was last shown of the
years. It lies beside the outputs, and only ever spares work: without it, or where anything differs, the run
does everything.
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

NAME = ".fingerprint.json"
MOST_BYTES = 64 * 1024 * 1024
"""Of a file that is read: no run wrote a larger one, nor would read it."""
LIBRARIES = ("babel", "highspy", "holidays", "icalendar", "jinja2", "recurring_ical_events", "rich", "tzdata")
"""What outputs depend on, beside the package itself."""


def last_shown(project: Project, output: Path, years: Sequence[int], look: str | None) -> str | None:
    """Give what a run for these years would print to something of this look (None: it prints nothing).

    None if the run would find anything else than the last one left, or if it is not known what it prints.
    """
    try:
        known = json.loads(_bytes(output / NAME))[_key(years)]
        seal, text = ("", "") if look is None else known["shown"][look]
        unchanged = (
            known["digest"] == _digest(project, known["calendars"], known["files"])
            and (look is None or seal == _seal(known["digest"], look, text))
            and all(_state(output / name) == state for name, state in known["files"].items())
            and not _is_held(project.lock)
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return text if unchanged else None


def remembered(
    project: Project, output: Path, years: Sequence[int], calendars: Iterable[str], files: Iterable[Path]
) -> tuple[str, bytes]:
    """Note a run that has written its files: give the digest of all it saw, and the fingerprint's bytes."""
    names = sorted(calendars)
    states = {path.relative_to(output).as_posix(): _state(path) for path in files if output in path.parents}
    entry = {"digest": _digest(project, names, states), "calendars": names, "files": states}
    entries = _entries(output)
    known = entries.get(_key(years))
    if isinstance(known, dict) and known.get("digest") == entry["digest"] and "shown" in known:
        entry["shown"] = known["shown"]
    return str(entry["digest"]), _written({**entries, _key(years): entry})


def with_shown(output: Path, years: Sequence[int], digest: str, look: str, text: str) -> bytes | None:
    """Note what was shown of years with this digest; None if it is noted, or if they have changed since."""
    entries = _entries(output)
    known = entries.get(_key(years))
    shown = {look: [_seal(digest, look, text), text]}
    if not isinstance(known, dict) or known.get("digest") != digest or known.get("shown") == shown:
        return None
    return _written({**entries, _key(years): {**known, "shown": shown}})


def _entries(output: Path) -> dict[str, Any]:
    try:
        known = json.loads(_bytes(output / NAME))
    except (OSError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def _written(entries: Mapping[str, Any]) -> bytes:
    return (json.dumps(entries, sort_keys=True) + "\n").encode()


def _seal(digest: str, look: str | None, text: str) -> str:
    """Bind what was shown to what it was shown of: so a text that was damaged is worth nothing."""
    return hashlib.sha256(repr((digest, look, text)).encode()).hexdigest()


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
