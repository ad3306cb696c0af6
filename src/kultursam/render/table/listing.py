"""The year as a list by date: meetings, and between them what is closed and what is due."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kultursam.plans.model import DaySpan, Deadline, Meeting, Status
from kultursam.presentation import DASH, hours_in_words
from kultursam.render.table.page import GAP, MARKS, Page, shown_state

STACKED_WIDTH = 64
"""Below this the list gives week, date and time a line of their own."""
FULL_WIDTH = 100
"""From this on the list has numbers, and words for states."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the list. The cells of a meeting are name, number, place and status; others have a name."""

    first: date
    time: str
    sign: Text
    cells: tuple[Text, ...]
    style: str = ""
    notes: tuple[str, ...] = ()


def layout_list(page: Page, notes: Mapping[str, str]) -> Iterator[RenderableType]:
    """Yield the list. Notes, by meeting id, stand below their meetings."""
    yield page.title()
    meetings, closed = page.year.plan.chronological(), page.year.closures
    rows = [_meeting_row(page, meeting, notes.get(meeting.id)) for meeting in meetings]
    grid = _ListGrid(page, [row.cells for row in rows])
    rows += [_closure_row(page, span) for span in closed]
    rows += [_due_row(page, *dated, same) for dated, same in page.year.due.items()]
    if not rows:
        return
    yield from grid.header()
    month = ""
    for row in sorted(rows, key=lambda row: row.first):
        if month != (month := page.month(row.first)):
            yield grid.below(Text(month.upper(), "bold"))
        yield from grid.row(row)
        for note in row.notes:
            yield grid.below(Text(page.say(note), "dim", overflow="fold"))
    states = Counter(state for meeting in meetings for state in _states(meeting))
    yield Text()
    yield page.legend({**states, "deadline": page.year.due, "away": closed})


def _states(meeting: Meeting) -> list[str]:
    """Return what the list says of a meeting: a move does not hide that it is confirmed."""
    state = shown_state(meeting)
    return ["confirmed", state] if state == "moved" and meeting.status is Status.CONFIRMED else [state]


def _meeting_row(page: Page, meeting: Meeting, note: str | None) -> _Row:
    full, style = page.width >= FULL_WIDTH, "" if meeting.live else "strike dim"
    cells = (
        Text(page.say(page.year.name(meeting)), style),
        Text(f"{page.year.plan.number(meeting):>2}" if full else ""),
        Text(page.say(page.year.location(meeting)), style),
        Text(" " if full else "").join(
            Text(f"{page.sign(state)} {page.word(state)}" if full else page.sign(state), MARKS[state][1])
            for state in _states(meeting)
        ),
    )
    hours = page.say(hours_in_words(meeting, page.year.language))
    several = meeting.days > 1
    time = page.say(f"{DASH} {page.day(meeting.last)}" if several else hours.partition(" (")[0])
    bar = Text(page.say("▌"), page.colour(meeting.forum))
    deadlines = page.year.deadlines.get(meeting.id, ())
    due = " · ".join(f"{deadline.name} {page.year.short_day(deadline.date)}" for deadline in deadlines)
    below = (
        hours if several or meeting.timezone else None,
        note,
        meeting.link if meeting.live else meeting.reason,
        due,
    )
    return _Row(meeting.date, time, bar, cells, notes=tuple(text for text in below if text))


def _closure_row(page: Page, span: DaySpan) -> _Row:
    until = page.say(f"{DASH} {page.day(span.last)}") if span.last > span.first else ""
    return _Row(span.first, until, Text(page.sign("away") + " "), (Text(page.say(span.name)),), "dim")


def _due_row(page: Page, day: date, name: str, same: Sequence[Deadline]) -> _Row:
    forums = ", ".join(dict.fromkeys(page.forum(deadline.forum) for deadline in same))
    cell = Text(f"{page.say(name)}: {forums}" if forums else page.say(name))
    return _Row(day, "", Text(page.sign("deadline") + " "), (cell,), MARKS["deadline"][1])


class _ListGrid:
    """The columns of the list: week, date and time, and right of them or below them the cells of a row."""

    def __init__(self, page: Page, meetings: Sequence[tuple[Text, ...]]) -> None:
        """Choose widths for the cells of meetings: where there is too little room, names and places wrap."""
        self._page = page
        dates = cell_len(page.day(date.min))
        self._head = [max(2, cell_len(page.gettext("wk"))), dates, GAP + dates]
        self._stacked = page.width < STACKED_WIDTH
        full, placed = page.width >= FULL_WIDTH, any(cells[2] for cells in meetings)
        titles = (
            (page.gettext("Forum"), True),
            (page.gettext("No."), full),
            (page.gettext("Place"), placed),
            (page.gettext("Status"), full),
        )
        self._titles = tuple(Text(title if there else "") for title, there in titles)
        columns = zip(self._titles, *meetings, strict=True)
        self._cells = [max(cell.cell_len for cell in column) for column in columns]
        name, number, place, status = self._cells
        head = self._head[:1] if self._stacked else self._head
        room = page.width - len("▌") - sum(width + GAP for width in (*head, number, place, status) if width)
        if name > room:
            place = min(place, max(room + place - name, (room + place) * 2 // 5))
            self._cells = [room + self._cells[2] - place, number, place, status]

    def header(self) -> Iterator[RenderableType]:
        """Yield the titles of the columns."""
        titles = [self._page.gettext("wk"), self._page.gettext("Date"), self._page.gettext("Time")]
        yield from self._beside(titles, Text(" "), self._titles, "bold")

    def row(self, row: _Row) -> Iterator[RenderableType]:
        """Yield a row, without its notes."""
        head = [str(row.first.isocalendar().week), self._page.day(row.first), row.time]
        yield from self._beside(head, row.sign, row.cells, row.style)

    def below(self, text: RenderableType) -> Padding:
        """Return a text that begins where dates do."""
        return Padding.indent(text, self._head[0] + GAP)

    def _beside(
        self, head: Sequence[str], sign: Text, cells: Sequence[Text], style: str
    ) -> Iterator[RenderableType]:
        name = Table.grid()
        name.add_column(no_wrap=True)
        name.add_column(overflow="fold")
        name.add_row(sign, cells[0])
        week, *when = head
        before: list[RenderableType] = [Text(week, justify="right"), *when]
        body: list[RenderableType] = [name]
        widths = [self._cells[0] + sign.cell_len if len(cells) > 1 else 0]
        for cell, width in zip(cells[1:], self._cells[1:], strict=False):
            if cell:
                body.append(cell)
                widths.append(width)
            elif width:  # an empty cell leaves its room to the one before it
                widths[-1] += width + GAP
        if self._stacked:
            yield _grid(before, self._head, style)
            yield self.below(_grid(body, widths, style))
        else:
            yield _grid([*before, *body], [*self._head, *widths], style)


def _grid(cells: Sequence[RenderableType], widths: Sequence[int], style: str) -> Table:
    grid = Table.grid(padding=(0, GAP, 0, 0))
    for width in widths:
        grid.add_column(width=width or None, overflow="fold")
    grid.add_row(*cells, style=style)
    return grid
