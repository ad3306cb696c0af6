"""The quickest run: `plan` of years in which nothing changed says again what was said, and does no more.

The standard library is all that is imported here.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import TextIO

from kultursam.paths import find_project, project_of

LOOK = (
    *("COLORTERM", "COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR", "TERM", "UNICODE_VERSION"),
    *("TTY_COMPATIBLE", "TTY_INTERACTIVE"),
)
"""The variables that what a terminal is shown depends on."""
HARMLESS = re.compile(r"(?:[^\x00-\x09\x0b-\x1f\x7f-\x9f]|\x1b\[[0-9;]*m)*")
"""Lines, and colours for them: the note that they are read from may be anybody's work."""


class Heard(StringIO):
    """Keeps what is written for a stream, and looks like it; passes it on if it is to be said aloud."""

    def __init__(self, stream: TextIO, *, aloud: bool) -> None:
        super().__init__()
        self.stream = stream
        self.aloud = aloud

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """See `TextIO.encoding`."""
        return self.stream.encoding

    def write(self, text: str) -> int:
        """See `TextIO.write`."""
        if self.aloud:
            self.stream.write(text)
        return super().write(text)

    def isatty(self) -> bool:
        """See `TextIO.isatty`."""
        return self.stream.isatty()

    def fileno(self) -> int:
        """See `TextIO.fileno`."""
        return self.stream.fileno()


def said_again(years: Sequence[int], file: Path | None, output: Path | None, *, quiet: bool) -> str | None:
    """Give what `plan` prints for these years, if it is known that all is as it was; None if not."""
    project = find_project(Path.cwd()) if file is None else project_of(file)
    if project.builtin and not quiet:
        return None
    from kultursam.checksum import last_shown

    text = last_shown(project, output or project.calendars, years, None if quiet else look(sys.stdout, years))
    return text if text is not None and HARMLESS.fullmatch(text) else None


def look(stream: TextIO, years: Sequence[int]) -> str:
    """Tell all that decides how a stream shows the same years: order, width, colours, letters."""
    terminal = stream.isatty()
    size = tuple(os.get_terminal_size(stream.fileno())) if terminal else None
    variables = [os.environ.get(name) for name in LOOK]
    return repr((list(dict.fromkeys(years)), size, stream.encoding, sys.platform, variables))
