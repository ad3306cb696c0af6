"""The year as a list by date: meetings, and between them what is closed and what is due."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from kultursam.plans.model import DaySpan, Deadline, Meeting, Status
from kultursam.presentation import DASH, hours_in_words
from kultursam.render.table.page import GAP, MARKS, Page, shown_state

STACKED_WIDTH = 72
"""Below this the list gives week, date and time a line of their own."""
FULL_WIDTH = 100
"""From this on the list has numbers, and words for states."""
ONE_LINE = 400
"""From this on, as in a pipe, all that is said of a meeting stands in one line."""


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """A row of the list: only a meeting has a number, a place and a state."""

    first: date
    time: str
    sign: Text
    name: Text
    number: str = ""
    place: str = ""
    state: Text | str = ""
    style: str = ""
    notes: tuple[str, ...] = ()
    """They stand below the name."""


def layout_list(page: Page, notes: Mapping[str, str]) -> Iterator[RenderableType]:
    """Yield the list. Notes, by meeting id, stand below their meetings."""
    yield page.title()
    meetings, closed = page.year.plan.chronological(), page.year.closures
    rows = [_meeting_row(page, meeting, notes.get(meeting.id)) for meeting in meetings]
    rows += [_closure_row(page, span) for span in closed]
    rows += [_due_row(page, *dated, same) for dated, same in page.year.due.items()]
    if not rows:
        return
    rows.sort(key=lambda row: row.first)
    yield _stacked(page, rows) if page.width < STACKED_WIDTH else _table(page, rows)
    states = Counter(state for meeting in meetings for state in _states(meeting))
    yield Text()
    yield page.legend({**states, "deadline": page.year.due, "away": closed})


def _table(page: Page, rows: Sequence[_Row]) -> Table:
    """Return the rows below their months; what does not fit is wrapped in the columns of names and places."""
    full, placed = page.width >= FULL_WIDTH, any(row.place for row in rows)
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False)
    table.add_column(page.gettext("wk"), justify="right", no_wrap=True, min_width=2)
    table.add_column(page.gettext("Date"), no_wrap=True)
    table.add_column(page.gettext("Time"), no_wrap=True)
    table.add_column(f" {page.gettext('Forum')}", overflow="fold")
    if full:
        table.add_column(page.gettext("No."), justify="right", no_wrap=True)
    if placed:
        table.add_column(page.gettext("Place"), overflow="fold")
    table.add_column(page.gettext("Status") if full else "", no_wrap=True)
    one_line = page.width >= ONE_LINE
    if one_line:
        table.add_column()
    for month, same in groupby(rows, lambda row: page.month(row.first)):
        table.add_row("", Text(month.upper(), "bold"))
        for row in same:
            cells = [*([row.number] if full else []), *([row.place] if placed else []), row.state]
            cells += [Text(page.say(" · ".join(row.notes)), "dim")] if one_line else []
            name = _name(page, row, () if one_line else row.notes)
            table.add_row(_week(row), page.day(row.first), row.time, name, *cells, style=row.style)
    return table


def _stacked(page: Page, rows: Sequence[_Row]) -> Table:
    """Return the rows with names and places below dates and times."""
    days = {row: f"{page.day(row.first)}{' ' * GAP}{row.time}" for row in rows}
    width = cell_len(page.day(date.min)) + GAP
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False)
    table.add_column(page.gettext("wk"), justify="right", no_wrap=True, min_width=2)
    least = max(map(cell_len, days.values()))
    table.add_column(
        page.gettext("Date").ljust(width) + page.gettext("Time"), overflow="fold", min_width=least
    )
    table.add_column(no_wrap=True)
    for month, same in groupby(rows, lambda row: page.month(row.first)):
        table.add_row("", Text(month.upper(), "bold"))
        for row in same:
            table.add_row(_week(row), days[row], row.state, style=row.style)
            notes = (row.place, *row.notes) if row.place else row.notes
            table.add_row("", _name(page, row, notes), style=row.style)
    return table


def _week(row: _Row) -> str:
    return str(row.first.isocalendar().week)


def _name(page: Page, row: _Row, notes: Sequence[str]) -> Table:
    grid = Table.grid()
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(row.sign, row.name)
    for note in notes:
        grid.add_row("", Text(page.say(note), "dim"))
    return grid


def _states(meeting: Meeting) -> list[str]:
    """Return what the list says of a meeting: a move does not hide that it is confirmed."""
    state = shown_state(meeting)
    return ["confirmed", state] if state == "moved" and meeting.status is Status.CONFIRMED else [state]


def _meeting_row(page: Page, meeting: Meeting, note: str | None) -> _Row:
    full, style = page.width >= FULL_WIDTH, "" if meeting.live else "strike dim"
    between = "" if not full else " " if page.width >= ONE_LINE else "\n"
    state = Text(between).join(
        Text(f"{page.sign(state)} {page.word(state)}" if full else page.sign(state), MARKS[state][1])
        for state in _states(meeting)
    )
    hours = page.say(hours_in_words(meeting, page.year.language))
    several = meeting.days > 1
    deadlines = page.year.deadlines.get(meeting.id, ())
    below = (
        hours if several or meeting.timezone else None,
        note,
        meeting.link if meeting.live else meeting.reason,
        " · ".join(f"{deadline.name} {page.year.short_day(deadline.date)}" for deadline in deadlines),
    )
    return _Row(
        meeting.date,
        page.say(f"{DASH} {page.day(meeting.last)}" if several else hours.partition(" (")[0]),
        Text(page.say("▌"), page.colour(meeting.forum)),
        Text(page.say(page.year.name(meeting)), style),
        str(page.year.plan.number(meeting)),
        page.say(page.year.location(meeting)),
        state,
        notes=tuple(text for text in below if text),
    )


def _closure_row(page: Page, span: DaySpan) -> _Row:
    until = page.say(f"{DASH} {page.day(span.last)}") if span.last > span.first else ""
    return _Row(span.first, until, Text(page.sign("away") + " "), Text(page.say(span.name)), style="dim")


def _due_row(page: Page, day: date, name: str, same: Sequence[Deadline]) -> _Row:
    forums = ", ".join(dict.fromkeys(page.forum(deadline.forum) for deadline in same))
    text = Text(f"{page.say(name)}: {forums}" if forums else page.say(name))
    return _Row(day, "", Text(page.sign("deadline") + " "), text, style=MARKS["deadline"][1])
