"""The year in the terminal: a list, a line a forum, months, days by forum and month, and what changed.

A view is laid out when it is printed, for only then are width and symbols known.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TextIO

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.segment import Segment

from kultursam.forumfile.register import Register
from kultursam.plans.model import Change, Plan
from kultursam.presentation import YearView
from kultursam.render.table.by_month import layout_matrix
from kultursam.render.table.changes import layout_changes
from kultursam.render.table.listing import layout_list
from kultursam.render.table.months import layout_months
from kultursam.render.table.page import Page
from kultursam.render.table.weeks import layout_weeks

UNLIMITED = 100_000
"""The width of what is no terminal: nothing is ever wrapped there."""
LEAST_WIDTH = 40
"""Narrower terminals wrap by themselves."""


def list_view(plan: Plan, register: Register, *, notes: Mapping[str, str] | None = None) -> RenderableType:
    """Return the year as a list by date. Notes, by meeting id, stand below their meetings."""
    return _View(YearView(plan, register), lambda page: layout_list(page, notes or {}))


def line_view(plan: Plan, register: Register) -> RenderableType:
    """Return the year with a forum a row and an ISO week a column."""
    return _View(YearView(plan, register), layout_weeks)


def month_view(plan: Plan, register: Register) -> RenderableType:
    """Return the year as a calendar, with a letter for the forum that meets."""
    return _View(YearView(plan, register), layout_months)


def matrix_view(plan: Plan, register: Register) -> RenderableType:
    """Return the year with a forum a row, a month a column, and days in the cells."""
    return _View(YearView(plan, register), layout_matrix)


def changes_view(
    changes: Iterable[Change],
    plan: Plan,
    register: Register,
    *,
    alone: bool = False,
    since: date | None = None,
) -> RenderableType:
    """Return what changed since the plan of record, or a day; `alone`, where nothing else is shown."""
    listed = tuple(changes)
    return _View(
        YearView(plan, register), lambda page: layout_changes(page, listed, alone=alone, since=since)
    )


def console(stream: TextIO, *, width: int | None = None, color: bool | None = None) -> Console:
    """Return a console that prints names as they are.

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
    view: RenderableType, *, stdout: TextIO, width: int | None = None, color: bool | None = None
) -> None:
    """Print a view. See `console`."""
    console(stdout, width=width, color=color).print(view)


@dataclass(frozen=True, slots=True)
class _View:
    """What Rich prints: it asks for the layout when it knows the terminal."""

    year: YearView
    layout: Callable[[Page], Iterator[RenderableType]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yield the lines of the view, without the spaces that Rich fills tables with."""
        page = Page(self.year, options.max_width, options.encoding)
        for line in console.render_lines(Group(*self.layout(page)), options, pad=False):
            while line and not line[-1].text.strip():
                line.pop()
            if line:
                *before, last = line
                yield from (*before, Segment(last.text.rstrip(), last.style))
            yield Segment.line()
