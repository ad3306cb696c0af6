"""Tables as files hold them: rows of cells, each with the place that a spreadsheet calls it by.

Rows and columns count from 0, as lists do; what people read counts from 1, and columns from A.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from string import ascii_uppercase

from kultursam.diagnostics import KultursamError, Problem, Severity
from kultursam.i18n import Message

Value = str | int | float | bool | date | datetime | time | timedelta
"""What a cell holds; an empty one holds an empty text."""
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 20_000, 500, 500_000
"""Of a table: more than any office keeps, and no more than can be read in a second or two."""
LINE_END = re.compile(r"\r\n?|\n")
TOO_LARGE = Message(
    "has more than {rows} rows, {columns} columns or {cells} cells",
    rows=MAX_ROWS,
    columns=MAX_COLUMNS,
    cells=MAX_CELLS,
)


class UnreadableFileError(KultursamError):
    """A file of dates cannot be read at all."""

    code = "unreadable-file"

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(Problem(Message("this file {reason}", reason=reason), file=file))


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a file: a cell, or an event of a calendar by its number."""

    row: int
    column: int | None = None
    sheet: str = ""
    """Named only where the file has several."""

    @property
    def name(self) -> str:
        """What people call it: C14, or Möten!C14 where there are several sheets; of an event its number."""
        if self.column is None:
            return str(self.row + 1)
        cell = f"{column_name(self.column)}{self.row + 1}"
        return f"{self.sheet}!{cell}" if self.sheet else cell

    def problem(self, file: str, text: str, code: str, *, severity: Severity = "warning") -> Problem:
        """Return what is wrong here."""
        column = None if self.column is None else self.column + 1
        text = Message("{cell}: {text}", cell=self.name, text=text)
        return Problem(text, severity, file, self.row + 1, column, code=code)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the only one of its file, or one of its sheets."""

    rows: Sequence[Sequence[Value]]
    title: str = ""
    """What the sheet is called; empty where the file knows no sheets."""
    sheet: str = ""
    """The same, where the file has several that hold anything."""
    faults: Mapping[tuple[int, int], Message] = field(default_factory=dict)
    """What cannot be read, by row and column; these rows are empty."""

    def at(self, row: int, column: int) -> Place:
        """Return the place of a cell."""
        return Place(row, column, self.sheet)

    def filled(self) -> Iterator[tuple[int, Sequence[Value]]]:
        """Yield the rows that hold anything, with their numbers."""
        for number, row in enumerate(self.rows):
            if any(value != "" for value in row):
                yield number, row


def column_name(column: int) -> str:
    """Return the letters of a column: A to Z, then AA."""
    name = ""
    number = column + 1
    while number:
        number, letter = divmod(number - 1, len(ascii_uppercase))
        name = ascii_uppercase[letter] + name
    return name


def one_line(text: str) -> str:
    """Return what stands in a cell as one line; days in lines of their own have commas between."""
    lines = [line for part in LINE_END.split(text) if (line := " ".join(part.split()))]
    are_days = len(lines) > 1 and all(line[0].isdecimal() for line in lines)
    return (", " if are_days else " ").join(lines)


def text_of(value: Value) -> str:
    """Return what a cell says, as one line of text."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())
