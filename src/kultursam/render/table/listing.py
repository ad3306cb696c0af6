"""The year as a list by date: meetings, and between them what is closed and what is due."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from kultursam.plans.model import Status
from kultursam.render.table.page import DASH, GAP, MARKS, abreast, pad
from kultursam.render.table.year import state

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kultursam.plans.model import DaySpan, Deadline, Meeting
    from kultursam.render.table.page import Page

STACKED_WIDTH = 64
"""Below this the list gives week, date and time a line of their own."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the list: one cell takes the whole width; a meeting has name, number, place and status."""

    first: date
    time: str
    lead: Text
    cells: tuple[Text, ...]
    style: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Columns:
    """The widths of the list's parts: gutter (the weeks and what follows them), dates, times, and cells."""

    gutter: int
    dates: int
    times: int
    indent: int
    titles: tuple[Text, ...]
    widths: tuple[int, ...]


def list_lines(page: Page, notes: Mapping[str, str]) -> Iterator[Text]:
    """Lay out the list. Notes, by meeting id, stand below their meetings."""
    yield from page.title()
    meetings = page.year.plan.chronological()
    columns, cells = _columns(page, meetings)
    rows = [_span_row(page, span) for span in page.year.spans]
    rows += [_deadline_row(page, *due, same) for due, same in page.year.due.items()]
    rows += [_meeting_row(page, one, cells[one.id], notes.get(one.id)) for one in meetings]
    if not rows:
        return
    yield from _header(page, columns)
    month = ""
    for row in sorted(rows, key=lambda one: one.first):
        if month != (month := page.month(row.first)):
            yield Text(" " * columns.gutter + month.upper(), "bold")
        yield from _print_row(page, row, columns)
    states = Counter(one for meeting in meetings for one in _states(meeting))
    yield Text()
    yield from page.legend({**states, "deadline": page.year.due, "away": page.year.spans})


def _states(meeting: Meeting) -> list[str]:
    """Give what the list says of a meeting: a move does not hide that it is confirmed."""
    shown = state(meeting)
    return ["confirmed", shown] if shown == "moved" and meeting.status is Status.CONFIRMED else [shown]


def _cells(page: Page, meeting: Meeting, *, number: bool, words: bool) -> tuple[Text, ...]:
    style = "" if meeting.live else "strike dim"
    status = Text(" " if words else "").join(
        Text(f"{page.sign(one)} {page.word(one)}" if words else page.sign(one), MARKS[one][1])
        for one in _states(meeting)
    )
    return (
        Text(page.forum(meeting.forum), style),
        Text(f"{meeting.number:>2}" if number else ""),
        Text(page.place(meeting), style),
        status,
    )


def _columns(page: Page, meetings: Sequence[Meeting]) -> tuple[_Columns, dict[str, tuple[Text, ...]]]:
    """Choose the columns that fit: numbers go first, then words of status; then names and places wrap."""
    gutter = max(2, cell_len(page.gettext("wk"))) + GAP
    dates = cell_len(page.day(date.min))
    times = max(len("00:00-00:00"), GAP + dates)
    indent = gutter if page.width < STACKED_WIDTH else gutter + dates + GAP + times + GAP
    room = page.width - indent - 1
    place = any(page.place(one) for one in meetings)
    names = (page.gettext("Forum"), page.gettext("No."), page.gettext("Place"), page.gettext("Status"))
    for number, words in ((True, True), (False, True), (False, False)):
        cells = {one.id: _cells(page, one, number=number, words=words) for one in meetings}
        shown = (True, number, place, words)
        titles = tuple(Text(name if show else "") for name, show in zip(names, shown, strict=True))
        parts = zip(titles, *cells.values(), strict=True)
        widths = [max(cell.cell_len for cell in column) for column in parts]
        if sum(widths) + GAP * sum(width > 0 for width in widths[1:]) <= room:
            break
    else:
        name, _, where, status = widths
        room -= status + GAP + (GAP if where else 0)
        where = min(where, max(room - name, room * 2 // 5))
        widths = [room - where, 0, where, status]
    return _Columns(gutter, dates, times, indent, titles, tuple(widths)), cells


def _header(page: Page, columns: _Columns) -> Iterator[Text]:
    head = _head(columns, page.gettext("wk"), page.gettext("Date"), page.gettext("Time"))
    row = _Row(date.min, "", Text(" "), columns.titles, "bold")
    yield from _beside(page, head, row, columns)


def _span_row(page: Page, span: DaySpan) -> _Row:
    until = page.say(f"{DASH} {page.day(span.last)}") if span.last > span.first else ""
    return _Row(span.first, until, Text(page.sign("away") + " "), (Text(page.say(span.name)),), "dim")


def _deadline_row(page: Page, day: date, name: str, same: Sequence[Deadline]) -> _Row:
    forums = ", ".join(dict.fromkeys(page.forum(one.forum) for one in same))
    cell = Text(page.say(f"{name}: {forums}" if forums else name))
    return _Row(day, "", Text(page.sign("deadline") + " "), (cell,), MARKS["deadline"][1])


def _meeting_row(page: Page, meeting: Meeting, cells: tuple[Text, ...], note: str | None) -> _Row:
    time = page.say(f"{meeting.start:%H:%M}{DASH}{meeting.end:%H:%M}")
    bar = Text(page.say("▌"), page.colour(meeting.forum))
    due = page.say(" · ").join(
        f"{page.say(one.name)} {page.short(one.date)}" for one in page.year.due_of_meeting.get(meeting.id, ())
    )
    notes = (note, None if meeting.live else meeting.reason, due)
    return _Row(meeting.date, time, bar, cells, notes=tuple(one for one in notes if one))


def _print_row(page: Page, row: _Row, columns: _Columns) -> Iterator[Text]:
    head = _head(columns, str(row.first.isocalendar().week), page.day(row.first), row.time)
    yield from _beside(page, head, row, columns)
    for note in row.notes:
        for line in page.wrap(Text(page.say(note), "dim"), page.width - columns.gutter):
            yield abreast([line], [columns.gutter])


def _head(columns: _Columns, week: str, day: str, time: str) -> str:
    lead = " " * (columns.gutter - GAP - cell_len(week)) + week
    return f"{lead}  {pad(day, columns.dates)}  {pad(time, columns.times)}"


def _beside(page: Page, head: str, row: _Row, columns: _Columns) -> Iterator[Text]:
    """Set a row's cells right of its head, or on a narrow terminal below it."""
    stacked = page.width < STACKED_WIDTH
    if stacked:
        yield Text(head, row.style)
    for number, line in enumerate(_compose(page, row, columns)):
        before = "" if stacked or number else head
        whole = abreast([Text(before), line], [0, columns.indent])
        whole.style = row.style
        yield whole


def _compose(page: Page, row: _Row, columns: _Columns) -> Iterator[Text]:
    """Wrap the cells of a row, each to its width; an empty one leaves its room to the one before it."""
    start = row.lead.cell_len
    starts, widths, kept = [start], [page.width - columns.indent - start], [row.cells[0]]
    if len(row.cells) > 1:
        widths = [columns.widths[0]]
        for cell, width in zip(row.cells[1:], columns.widths[1:], strict=True):
            if cell:
                starts.append(starts[-1] + widths[-1] + GAP)
                widths.append(width)
                kept.append(cell)
            elif width:
                widths[-1] += width + GAP
    wrapped = [page.wrap(cell, width) for cell, width in zip(kept, widths, strict=True)]
    for number, cells in enumerate(zip_longest(*wrapped, fillvalue=Text())):
        yield abreast([Text() if number else row.lead, *cells], [0, *starts])
