"""Work that falls into parts, done in several processes at once.

What comes out is what one process finds, in the same order. What goes wrong in a process is done again in
this one, so that it is told the same too.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")

MOST_PROCESSES = 8
"""More of them would take more memory than most machines have to spare."""


def processors() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def results(
    work: Callable[[Part], Result], parts: Sequence[Part], size: Callable[[Part], int]
) -> Iterator[Result]:
    """Give what a function of a module gives for each part, in order; it raises what that raises.

    It gives something for every part, never None.
    """
    processes = min(processors(), MOST_PROCESSES, len(parts))
    # The largest first: begun last, it would keep one process busy while the others have nothing to do.
    left = sorted(range(len(parts)), key=lambda place: (size(parts[place]), -place))
    busy: dict[Connection, int] = {}
    found: dict[int, Result | None] = {}

    def give(pipe: Connection) -> None:
        if left:
            with suppress(OSError):
                pipe.send(parts[left[-1]])
                busy[pipe] = left.pop()

    with _workers(work, processes if processes > 1 else 0) as pipes:
        for pipe in pipes:
            give(pipe)
        for place, part in enumerate(parts):
            while place not in found and busy:
                for pipe in _answering(busy):
                    commitments = busy.pop(pipe)
                    found[commitments] = None
                    with suppress(EOFError, OSError):  # where the system has ended the process
                        found[commitments] = pipe.recv()
                    give(pipe)
            result = found.pop(place, None)
            yield work(part) if result is None else result


def _answering(busy: Collection[Connection]) -> list[Connection]:
    """Wait until a process has answered, or has ended."""
    ready = set(wait(list(busy)))
    return [pipe for pipe in busy if pipe in ready]


@contextmanager
def _workers(work: Callable[[Part], Result], number: int) -> Iterator[list[Connection]]:
    """Start processes that work on what they are sent; give the pipe to each. However this ends, they do too.

    Each starts anew, the same on all systems: a copy of this process as it runs (fork) could take over
    locks that threads of its libraries hold, and Windows knows none.
    """
    context = get_context("spawn")
    pipes, started = [], []
    try:
        for _ in range(number):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(work, theirs), daemon=True)
            with _held_back():
                process.start()
                started.append(process)
            theirs.close()
            pipes.append(ours)
        yield pipes
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.join()
        for pipe in pipes:
            pipe.close()


@contextmanager
def _held_back() -> Iterator[None]:
    """Hold Ctrl-C back while processes start, which then never see it. Windows knows no such thing."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # It is started with the first process, and would let Ctrl-C through.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(work: Callable[[Part], Result], pipe: Connection) -> None:
    """Work on each part that comes through a pipe, until its other end is closed."""
    # Whoever presses Ctrl-C means the process that began this one, which ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        while True:
            part, result = pipe.recv(), None
            with suppress(Exception):
                result = work(part)
            pipe.send(result)
