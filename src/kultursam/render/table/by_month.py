"""The year as the table that offices publish: a row a forum, a column a month, days in the cells."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from kultursam.matrix import SIGNS, Entry, Matrix, matrix_of
from kultursam.render.table.page import MARKS, Page

NAME_WIDTH = 14
"""What is left of a name before the year is divided into blocks of months."""
COMMA = ", "


def layout_matrix(page: Page) -> Iterator[RenderableType]:
    """Yield the table, in as few blocks of months as fit, and what its signs mean."""
    yield page.title()
    matrix = matrix_of(page.year)
    if not matrix.rows:
        return
    widths = _widths(page, matrix)
    for months in _blocks(page, widths):
        yield _block(page, matrix, months, widths)
        yield Text()
    yield page.key((page.say(sign), page.say(words)) for sign, words in matrix.legend)
    usual = {row.forum: row.hours for row in matrix.rows}
    for one in matrix.other_times:
        text = page.gettext(
            "{day}, {forum}: {hours} (else {usual})",
            day=one.day,
            forum=page.forum(one.forum),
            hours=one.hours,
            usual=usual[one.forum],
        )
        yield Text(page.say(f"{SIGNS['time'][0]} {text}"), "dim", overflow="fold")


def _widths(page: Page, matrix: Matrix) -> list[int]:
    """Return the width of each month; days stand below each other where names and months would not fit."""
    beside, below = [], []
    for index, month in enumerate(matrix.months):
        heads = map(cell_len, page.say(month.short).split(" "))
        least = max(heads)
        cells = [[page.say(entry.label) for entry in row.cells[index]] for row in matrix.rows]
        beside.append(max([least, *(cell_len(COMMA.join(labels)) for labels in cells)]))
        # A comma stands behind every day but the last.
        words = (word for labels in cells for word in COMMA.join(labels).split(" "))
        below.append(max([least, *map(cell_len, words)]))
    return beside if _room(page, beside) >= _longest(page) else below


def _longest(page: Page) -> int:
    return max(cell_len(page.forum(key)) for key in page.year.meeting_forums)


def _room(page: Page, widths: Sequence[int]) -> int:
    """Return the room for names beside months."""
    return page.width - len("▌") - sum(width + 1 for width in widths)


def _blocks(page: Page, widths: Sequence[int]) -> Iterator[range]:
    """Yield the months of each block; blocks are as few, and as equal, as leave enough room for names."""
    months, least = len(widths), min(_longest(page), NAME_WIDTH)
    size = months
    while size > 1 and any(
        _room(page, widths[start : start + size]) < least for start in range(0, months, size)
    ):
        size = -(-months // (-(-months // size) + 1))
    for start in range(0, months, size):
        yield range(start, min(start + size, months))


def _block(page: Page, matrix: Matrix, months: range, widths: Sequence[int]) -> Table:
    room = _room(page, [widths[month] for month in months])
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=len("▌") + min(_longest(page), room))
    for month in months:
        grid.add_column(width=widths[month], overflow="fold")
    heads = (page.say(matrix.months[month].short).replace(" ", "\n") for month in months)
    grid.add_row("", *heads, style="bold")
    for row in matrix.rows:
        name = Table.grid()
        name.add_column(no_wrap=True)
        name.add_column(overflow="fold")
        name.add_row(Text(page.say("▌"), page.colour(row.forum)), page.forum(row.forum))
        grid.add_row(name, *(_cell(page, row.cells[month]) for month in months))
    return grid


def _cell(page: Page, entries: Sequence[Entry]) -> Text:
    return Text(COMMA).join(_day(page, entry) for entry in entries)


def _day(page: Page, entry: Entry) -> Text:
    day = Text(page.say(entry.day), "" if entry.meeting.live else "strike dim")
    for mark in entry.marks:
        if mark != "days":
            day.append(page.say(SIGNS[mark][0]), MARKS[mark][1] if mark in MARKS else "bold")
    return day
