"""Whether a quiet run has nothing to do: a checksum of all that a run reads, and of the state of its outputs.

It covers the versions of Python and of every installed package, the zone database, the forum file, busy
calendars, plans of record, and permissions, size and time of every output. It lies beside the plans and only
ever spares work: where it is missing, damaged or different, the run does everything.
"""

import errno
import hashlib
import json
import os
import sys
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from kultursam.paths import PACKAGE, Project

NAME = ".checksum.json"
NEW_YEAR = "01-01"
MAX_BYTES = 64 * 1024 * 1024
"""Of a file that is read: no run wrote a larger one, nor would read it."""


def is_unchanged(project: Project, output: Path | None, years: Sequence[int], today: date) -> bool:
    """Return whether nothing has changed since `record`, whose run found no problem: False on any doubt.

    The output is the folder that was asked for; without, it is the one that the forum file names.
    """
    try:
        known = json.loads(_read(project.plans / NAME))
        if "until" in known and today > date.fromisoformat(known["until"]):
            return False
        found = _checksum(project, output, years, known["calendars"], known["files"])
        return bool(known["checksum"] == found)
    except (LookupError, OSError, RecursionError, TypeError, ValueError):
        return False


def begins(project: Project) -> str:
    """Return the month and day on which planning years begin, as `record` noted it: 01-01 on any doubt."""
    try:
        return str(json.loads(_read(project.plans / NAME)).get("begins", NEW_YEAR))
    except (AttributeError, OSError, RecursionError, ValueError):
        return NEW_YEAR


def record(  # noqa: PLR0913 - what a run depends on that is not in the forum file, and what must be known of that
    project: Project,
    output: Path | None,
    years: Sequence[int],
    calendars: Iterable[str],
    files: Iterable[Path],
    *,
    begins: str = NEW_YEAR,
    until: date | None = None,
) -> tuple[Path, bytes]:
    """Return path and bytes of the checksum of a run that read these calendars and published these files.

    `begins` is the month and day on which planning years begin: what is this year depends on it. `until` is
    the last day on which a run would have nothing to tell, if it would one day.
    """
    read, written = sorted(calendars), sorted(str(path.absolute()) for path in files)
    try:
        found = _checksum(project, output, years, read, written)
    except OSError:  # something vanished meanwhile: the next run does everything
        found = ""
    known = {"calendars": read, "checksum": found, "files": written}
    known |= {"begins": begins} if begins != NEW_YEAR else {}
    text = json.dumps(known | ({"until": until.isoformat()} if until else {}))
    return project.plans / NAME, f"{text}\n".encode()


def _checksum(
    project: Project,
    output: Path | None,
    years: Sequence[int],
    calendars: Iterable[str],
    files: Iterable[str],
) -> str:
    folder, folders = project.forum_file.parent, {str(Path(name).parent) for name in files}
    covered = {
        "python": sys.version,
        # A version is part of the name of the folder in which an installer describes a package.
        "packages": [path.name for folder in sys.path for path in sorted(Path(folder).glob("*-info"))],
        "code": list(_states(PACKAGE)),
        "zones": [list(_states(Path(path))) for path in zoneinfo.TZPATH],
        "years": sorted(set(years)),
        "forum file": _digest(project.forum_file),
        "calendars": [(name, _digest(folder / name)) for name in calendars],
        "plans": [(path.name, _digest(path)) for path in sorted(project.plans.glob("*.yaml"))],
        "output": output and str(output.absolute()),
        "outputs": [(name, *_state(Path(name))) for name in files],
        "folders": [(name, Path(name).stat().st_mode) for name in sorted(folders)],
    }
    return hashlib.sha256(json.dumps(covered).encode()).hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(_read(path)).hexdigest()


def _read(path: Path) -> bytes:
    """Return the bytes of a file. Raise `OSError` for anything else, such as a pipe, which may never end."""
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    return path.read_bytes()


def _states(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    """Yield path and state of every file below a folder."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            path = Path(parent, name)
            yield str(path), *_state(path)


def _state(path: Path) -> tuple[int, int, int]:
    """Return what tells one version of a file from another without reading it; of a link, the link's own."""
    status = path.lstat()
    return status.st_mode, status.st_size, status.st_mtime_ns
