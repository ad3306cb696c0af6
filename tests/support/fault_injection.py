"""Fault injection: an operation by which a run writes fails, or the machine stops there."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from kultursam import atomic

OPERATIONS = ("create", "write", "flush", "rename", "make folder", "remove", "remove folder")


class FaultyFileSystem(atomic.FileSystem):
    """Counts the operations by which files are written, and lets one of them go wrong."""

    def __init__(self, at: int = 0, strike: Callable[[], None] = lambda: None) -> None:
        """Strike at the operation with a number, from 1; with 0 only count."""
        self.operations: list[tuple[str, Path]] = []
        self._at = at
        self._strike = strike

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Let all writing go through this for a while."""
        with patch.object(atomic, "file_system", self):
            yield

    def make_folder(self, path: Path) -> None:
        """Count a folder that is missing."""
        if not path.exists():
            self._count("make folder", path)
        super().make_folder(path)

    def write(self, path: Path, data: bytes) -> None:
        """Count twice: a file may not be created, and its writing may stop in the middle."""
        self._count("create", path)
        self._count("write", path, lambda: super(FaultyFileSystem, self).write(path, data[: len(data) // 2]))
        super().write(path, data)

    def append(self, path: Path, data: bytes) -> None:
        """Count: appending may stop in the middle."""
        self._count(
            "append", path, lambda: super(FaultyFileSystem, self).append(path, data[: len(data) // 2])
        )
        super().append(path, data)

    def truncate(self, path: Path, size: int) -> None:
        """Count."""
        self._count("truncate", path)
        super().truncate(path, size)

    def flush(self, path: Path) -> None:
        """Count, and no more: no disk need turn for a test."""
        self._count("flush", path)

    def rename(self, path: Path, target: Path) -> None:
        """Count."""
        self._count("rename", target)
        super().rename(path, target)

    def remove(self, path: Path) -> None:
        """Count a file that is there."""
        if path.exists():
            self._count("remove", path)
        super().remove(path)

    def remove_folder(self, path: Path) -> None:
        """Count."""
        self._count("remove folder", path)
        super().remove_folder(path)

    @property
    def kinds(self) -> list[str]:
        """The kinds of operations so far, in order."""
        return [operation for operation, _ in self.operations]

    def _count(self, operation: str, path: Path, half: Callable[[], object] = lambda: None) -> None:
        """Count an operation; if this is the one, do it by half and strike."""
        self.operations.append((operation, path))
        if len(self.operations) == self._at:
            half()
            self._strike()


def failing(code: int) -> Callable[[], None]:
    """Return what raises the error of a system call that fails with an error number."""

    def strike() -> None:
        raise OSError(code, os.strerror(code))

    return strike


def kill() -> None:
    """Stop this process as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)
