"""The year in the terminal: a list, a line a forum, a grid of months, and what changed.

A view is laid out when it is printed, for only then are width and symbols known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console

from kultursam.render.table.changes import change_lines
from kultursam.render.table.grids import month_lines, week_lines
from kultursam.render.table.listing import list_lines
from kultursam.render.table.page import Page
from kultursam.render.table.year import Year

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import TextIO

    from rich.console import ConsoleOptions, RenderableType
    from rich.text import Text

    from kultursam.forumfile.register import Register
    from kultursam.plans.model import Change, Plan

UNLIMITED = 100_000
"""The width of what is no terminal: nothing is ever wrapped there."""
LEAST_WIDTH = 40
"""Narrower terminals wrap by themselves."""


def list_view(plan: Plan, register: Register, *, notes: Mapping[str, str] | None = None) -> RenderableType:
    """Show the year as a list by date. Notes, by meeting id, stand below their meetings."""
    return _View(Year(plan, register), lambda page: list_lines(page, notes or {}))


def line_view(plan: Plan, register: Register) -> RenderableType:
    """Show the year with a forum a row and an ISO week a column."""
    return _View(Year(plan, register), week_lines)


def month_view(plan: Plan, register: Register) -> RenderableType:
    """Show the year as a calendar, with a letter for the forum that meets."""
    return _View(Year(plan, register), month_lines)


def changes_view(changes: Iterable[Change], plan: Plan, register: Register) -> RenderableType:
    """Show what changed since the plan of record."""
    listed = tuple(changes)
    return _View(Year(plan, register), lambda page: change_lines(page, listed))


def console(stream: TextIO, *, width: int | None = None, color: bool | None = None) -> Console:
    """Make a console that prints names as they are.

    Without a width, a terminal's own is taken, and anything else has room for every line.
    Without a choice of colour, the terminal and NO_COLOR decide; False leaves out every escape code.
    """
    terminal = stream.isatty()
    made = Console(
        file=stream,
        width=width if width or terminal else UNLIMITED,
        height=25,  # with a height given, Rich takes COLUMNS from dumb terminals as well
        color_system=None if color is False else "auto",
        force_terminal=True if color else None,
        no_color=False if color else None,
        legacy_windows=None if terminal else False,  # a pipe goes through no console call of old Windows
        markup=False,
        emoji=False,
        highlight=False,
    )
    # On no width at all, which a terminal may report and COLUMNS may say, Rich prints nothing.
    made.width = max(made.width, LEAST_WIDTH)
    return made


def print_view(
    renderable: RenderableType, *, stdout: TextIO, width: int | None = None, color: bool | None = None
) -> None:
    """Print a view, which fits already: Rich neither wraps nor crops it. See `console`."""
    console(stdout, width=width, color=color).print(renderable, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class _View:
    """What Rich prints: it calls for the lines when it knows the terminal."""

    year: Year
    layout: Callable[[Page], Iterator[Text]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Lay the view out."""
        page = Page(console, self.year, max(options.max_width, LEAST_WIDTH), options.encoding)
        for line in self.layout(page):
            line.rstrip()
            line.no_wrap, line.overflow = True, "ignore"
            yield line
