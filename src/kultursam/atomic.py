"""Writes files whole or not at all, and only those whose bytes differ.

Each file is written beside its place and renamed over it. Durable files and their folders are flushed to
disk, so that a power cut leaves the old file or the new one.
"""

import errno
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from kultursam.diagnostics import KultursamError, Problem
from kultursam.i18n import Message
from kultursam.paths import displayed

WINDOWS = os.name == "nt"
READABLE, ENTERABLE = 0o444, 0o555
"""Permissions by which everybody can read a file, or a folder and what is in it."""
RENAME_TRIES = 20
"""On Windows a file that another program reads for a moment cannot be replaced."""


class CannotWriteError(KultursamError):
    """The system refuses to write a file or a folder."""

    code = "cannot-write"

    def __init__(self, path: Path, error: OSError) -> None:
        text = Message("cannot be written: {reason}", reason=error.strerror or str(error))
        if WINDOWS and isinstance(error, PermissionError):
            text = Message("{sentence}; if it is open in another program, close it there", sentence=text)
        super().__init__(Problem(text, file=displayed(path)))


class LinkError(KultursamError):
    """A folder among what is written is a link, which may lead anywhere."""

    code = "link"

    def __init__(self, path: Path) -> None:
        text = Message("this is a link; nothing is written through it")
        super().__init__(Problem(text, file=displayed(path)))


class FileSystem:
    """All operations by which a run changes files: the one seam at which tests let them fail."""

    def make_folder(self, path: Path) -> None:
        """Make a folder and those above it, where they are missing."""
        path.mkdir(parents=True, exist_ok=True)

    def allow(self, folder: Path) -> None:
        """Let everybody read a folder and what is in it."""
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | 0o755)

    def write(self, path: Path, data: bytes) -> None:
        """Write a file that does not exist yet: no link is followed."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
        with open(descriptor, "wb") as stream:  # noqa: PTH123 - Path.open takes no descriptor
            stream.write(data)

    def append(self, path: Path, data: bytes) -> None:
        """Append to a file that its owner alone can read; make it if it is missing."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o600)
        with open(descriptor, "ab") as stream:  # noqa: PTH123 - Path.open takes no descriptor
            stream.write(data)

    def truncate(self, path: Path, size: int) -> None:
        """Cut a file to a size."""
        os.truncate(path, size)

    def flush(self, path: Path) -> None:
        """Flush a file, or the names in a folder, to disk."""
        descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, path: Path, target: Path) -> None:
        """Rename a file over another."""
        path.replace(target)

    def remove(self, path: Path) -> None:
        """Remove a file, where there is one."""
        path.unlink(missing_ok=True)

    def remove_folder(self, path: Path) -> None:
        """Remove an empty folder."""
        path.rmdir()


file_system = FileSystem()


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Raise `CannotWriteError` with the path where the system refuses to write."""
    try:
        yield
    except OSError as error:
        raise CannotWriteError(path, error) from error


def differing(files: Mapping[Path, bytes]) -> list[Path]:
    """Return the files that are missing, hold other bytes, or cannot be read by everybody."""
    return [path for path, data in files.items() if not _holds(path, data, READABLE)]


def publish_files(files: Mapping[Path, bytes], *, first: Mapping[Path, bytes]) -> None:
    """Write files, and let everybody read them, whatever the umask is or was.

    Those that come `first`, for this program alone, are durable and in their places before any other, and
    none is if one of all cannot be written.
    """
    with _beside(first.items(), durable=True) as before:
        umask = os.umask(0o022)
        try:
            with _beside(files.items(), mode=READABLE) as beside:
                _put_in_place(before, durable=True)
                _put_in_place(beside)
        finally:
            os.umask(umask)
    folders = {path.parent for path in files}
    for folder in folders | {Path(os.path.commonpath(folders))} if folders else ():
        if folder.stat().st_mode & ENTERABLE != ENTERABLE:
            # A folder of somebody else's is theirs to open.
            with naming(folder), suppress(PermissionError):
                file_system.allow(folder)


def write_files(files: Iterable[tuple[Path, bytes]], *, durable: bool = False) -> list[Path]:
    """Write each file whose bytes differ; return those. Raise `KultursamError`.

    No name changes before everything is written. `durable` files outlast a power cut once this returns.
    The folder that all files lie in may be a link, but a link in it is not followed to places elsewhere.
    """
    with _beside(files, durable=durable) as beside:
        _put_in_place(beside, durable=durable)
    return list(beside)


@contextmanager
def _beside(
    files: Iterable[tuple[Path, bytes]], *, durable: bool = False, mode: int = 0
) -> Iterator[dict[Path, Path]]:
    """Yield the temporary file of each file to be written, with its bytes; after an error none is left."""
    wanted = dict(files)
    _refuse_links(wanted)
    beside: dict[Path, Path] = {}
    try:
        for path, data in wanted.items():
            with naming(path):
                if not _holds(path, data, mode):
                    _refuse_folder(path)
                    beside[path] = path.with_name(f".{path.name}.tmp")
                    _write(beside[path], data, durable=durable)
        yield beside
    except BaseException:
        for written in beside.values():
            with suppress(OSError):
                file_system.remove(written)
        raise


def _put_in_place(beside: Mapping[Path, Path], *, durable: bool = False) -> None:
    """Rename temporary files over those that they are to replace."""
    for path, written in beside.items():
        with naming(path):
            _rename(written, path)
    for folder in dict.fromkeys(path.parent for path in beside) if durable else ():
        with naming(folder):
            _flush_folder(folder)


def append(path: Path, data: bytes) -> None:
    """Append to a private file, and flush it to disk before this returns. Raise `CannotWriteError`."""
    with naming(path):
        if is_new := not path.exists():
            file_system.make_folder(path.parent)
        file_system.append(path, data)
        file_system.flush(path)
        if is_new:
            _flush_folder(path.parent)


def truncate(path: Path, size: int) -> None:
    """Cut a file to a size, and flush that to disk. Raise `CannotWriteError`."""
    with naming(path):
        file_system.truncate(path, size)
        file_system.flush(path)


def replace_private(path: Path, parts: Iterable[bytes]) -> None:
    """Write a private file anew from its parts, each when it comes, durably or not at all."""
    beside = path.with_name(f".{path.name}.tmp")
    with naming(path):
        file_system.make_folder(path.parent)
        file_system.remove(beside)
        for part in parts:
            file_system.append(beside, part)
        file_system.flush(beside)
        _rename(beside, path)
        _flush_folder(path.parent)


def _refuse_links(files: Iterable[Path]) -> None:
    """Refuse links to folders below the one that all files lie in: they may lead anywhere."""
    folders = {path.parent for path in files}
    top = Path(os.path.commonpath(folders)) if folders else Path()
    between = {part for folder in folders for part in (folder, *folder.parents) if top in part.parents}
    for folder in sorted(between):
        if folder.is_symlink():
            raise LinkError(folder)


def _refuse_folder(path: Path) -> None:
    """Raise `IsADirectoryError` for a folder: no file can be renamed over it, to be known before any is."""
    if path.is_dir() and not path.is_symlink():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


def _holds(path: Path, data: bytes, mode: int) -> bool:
    """Return whether a regular file, not a link or a pipe, holds these bytes and has these permissions."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    allowed = stat.S_ISREG(status.st_mode) and status.st_mode & mode == mode
    return allowed and status.st_size == len(data) and path.read_bytes() == data


def _write(path: Path, data: bytes, *, durable: bool) -> None:
    file_system.make_folder(path.parent)
    # A stale temporary file is one that a killed run left: we hold the lock, so nobody else is writing it.
    file_system.remove(path)
    file_system.write(path, data)
    if durable:
        file_system.flush(path)


def _rename(path: Path, target: Path) -> None:
    for attempt in range(1, RENAME_TRIES + 1):
        try:
            file_system.rename(path, target)
        except PermissionError:
            if not WINDOWS or attempt == RENAME_TRIES:
                raise
            time.sleep(0.05)
        else:
            return


def _flush_folder(folder: Path) -> None:
    """Flush the names in a folder, where the system can."""
    if not WINDOWS:
        try:
            file_system.flush(folder)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
                raise
