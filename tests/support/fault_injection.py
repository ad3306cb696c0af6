"""What can happen to a run at each call by which it writes: the call fails, or the machine stops there."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from kultursam import storage

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SYSTEM = ("open", "fsync", "replace", "mkdir", "unlink")
"""The calls of `os` that writing goes through."""
CALLS = (*SYSTEM, "write")


class Mishap:
    """Counts the calls by which files are written, and strikes at one of them."""

    def __init__(self, at: int = 0, strike: Callable[[], None] = lambda: None) -> None:
        """Strike at the call with a number, from 1; with 0 only count."""
        self.calls: list[str] = []
        self._at = at
        self._strike = strike

    @contextmanager
    def lying_in_wait(self) -> Iterator[None]:
        """Count the calls made for a while."""
        with ExitStack() as stack:
            for name in SYSTEM:
                # That a file is flushed shows in the calls; no disk need turn for it.
                function = getattr(os, name) if name != "fsync" else lambda _: None
                stack.enter_context(patch.object(os, name, self._counted(name, function)))
            stack.enter_context(patch.object(storage, "open", self._open, create=True))
            yield

    def call(self, name: str, half: Callable[[], object] = lambda: None) -> None:
        """Count a call; if this is the one, do it by half and strike."""
        self.calls.append(name)
        if len(self.calls) == self._at:
            half()
            self._strike()

    def _counted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *arguments: object, **keys: object) -> object:  # noqa: ANN401 - or a descriptor
            # A folder that is there is not made, and a file that is not there not cleared away.
            if name not in {"mkdir", "unlink"} or Path(path).exists() == (name == "unlink"):
                self.call(name)
            return function(path, *arguments, **keys)

        return call

    def _open(self, descriptor: int, mode: str) -> io.BufferedWriter:
        return io.BufferedWriter(_Torn(descriptor, mode, self))


class _Torn(io.FileIO):
    """A file whose writing may stop in the middle."""

    def __init__(self, descriptor: int, mode: str, mishap: Mishap) -> None:
        super().__init__(descriptor, mode)
        self._mishap = mishap

    def write(self, data: ReadableBuffer, /) -> int:
        whole = bytes(data)
        self._mishap.call("write", lambda: super(_Torn, self).write(whole[: len(whole) // 2]))
        return super().write(whole)


def failing(code: int) -> Callable[[], None]:
    """Give what a system call raises that fails with an error number."""

    def strike() -> None:
        raise OSError(code, os.strerror(code))

    return strike


def kill() -> None:
    """Stop this process as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)
