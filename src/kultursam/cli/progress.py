"""A progress bar on stderr, for planning that takes more than a second, on a terminal only."""

import sys
from threading import Timer
from types import TracebackType
from typing import Any, Self

PATIENCE = 1.0
"""Seconds before the bar is shown."""


class ProgressBar:
    """Shows how many components are planned: a context manager, called with (done, total)."""

    def __init__(self, label: str, *, wanted: bool) -> None:
        self.label = label
        self.state = (0, 1)
        self.bar: Any = None
        self.timer = Timer(PATIENCE, self._begin) if wanted and sys.stderr.isatty() else None

    def __call__(self, done: int, total: int) -> None:
        """Show how far planning is."""
        self.state = (done, total)
        if self.bar is not None:
            self.bar.update(self.task, completed=done, total=total)

    def __enter__(self) -> Self:
        if self.timer:
            self.timer.daemon = True
            self.timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer.join()
        if self.bar is not None:
            self.bar.stop()

    def _begin(self) -> None:
        # Most plans are made before a bar is shown.
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        done, total = self.state
        self.task = bar.add_task(self.label, completed=done, total=total)
        bar.start()
        self.bar = bar
