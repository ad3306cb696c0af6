"""Work that falls into parts, done in several processes at once.

The results are those of one process, in the same order.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent import futures
from contextlib import contextmanager
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")

MOST_PROCESSES = 8
"""More of them would take more memory than most machines have to spare."""


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def results(work: Callable[[Part], Result], parts: Sequence[Part], sizes: Sequence[int]) -> Generator[Result]:
    """Yield what a function of a module returns for each part, in order. Raise what it raises.

    If a process is killed, for want of memory say, the parts that are left are done in this one.
    """
    processes = min(processors(), MOST_PROCESSES, len(parts))
    if processes < 2:
        yield from map(work, parts)
        return
    pool = futures.ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)
    )
    try:
        with _interrupts_held_back():
            # The largest first: begun last, it would keep one process busy while the others are idle.
            promised = {
                place: pool.submit(work, parts[place])
                for place in sorted(range(len(parts)), key=lambda place: -sizes[place])
            }
        for place, part in enumerate(parts):
            try:
                result = promised.pop(place).result()
            except futures.BrokenExecutor:
                result = work(part)
            yield result
    finally:
        for process in multiprocessing.active_children():
            process.terminate()
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Hold Ctrl-C back while processes start; they inherit that, so that it ends this process alone."""
    held_back: list[int] = []
    # Another thread, of numpy say, may take the signal that this one blocks: so it is also only noted.
    handler = signal.signal(signal.SIGINT, lambda number, _: held_back.append(number))
    blocks = hasattr(signal, "pthread_sigmask")  # Windows does not; its processes ignore Ctrl-C once started
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if blocks else set()
    try:
        yield
    finally:
        if blocks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
    if held_back:
        signal.raise_signal(signal.SIGINT)
