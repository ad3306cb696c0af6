"""What is said in sentences: in a terminal, long lines are broken at spaces."""

import os
import shlex
import shutil
import sys
from contextlib import suppress
from textwrap import wrap
from typing import TextIO

LEAST_WIDTH = 40
"""Narrower terminals break lines by themselves."""


def say(text: str, *, error: bool = False) -> None:
    """Print a text on stdout, or on stderr.

    Only its first line is broken: what stands below, a line of a file and a mark in it, belongs together.
    """
    stream = sys.stderr if error else sys.stdout
    if stream.isatty():
        first, *others = text.split("\n")
        indent = " " * (len(first) - len(first.lstrip()))
        room = max(_columns(stream), LEAST_WIDTH)
        lines = wrap(first, room, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
        text = "\n".join([*lines, *others])
    print(text, file=stream)


def in_quotes(text: str, system: str = os.name) -> str:
    """Return a text as one word of a command line, for the shells of Windows and Unix where both agree.

    A backslash is nothing special on Windows: it is in every path.
    """
    plain = text.replace("\\", "/") if system == "nt" else text
    if shlex.quote(plain) == plain:
        return text
    return shlex.quote(text) if any(sign in plain for sign in '"\\$`!%') else f'"{text}"'


def _columns(stream: TextIO) -> int:
    """Return the width of a terminal; `COLUMNS` and the terminal of stdout have precedence."""
    size = os.terminal_size((80, 24))
    with suppress(OSError, ValueError):
        size = os.get_terminal_size(stream.fileno())
    return shutil.get_terminal_size(size).columns
