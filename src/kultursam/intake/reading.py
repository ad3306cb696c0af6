"""One file of dates, of whatever kind: what its tables say."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath

from kultursam.diagnostics import Problem
from kultursam.i18n import N_, Message
from kultursam.intake import grids, lists
from kultursam.intake.calendars import Span, is_calendar, read_calendar
from kultursam.intake.entries import Found, first_text, in_year, is_alone, months_in, years_beside, years_in
from kultursam.intake.lists import IsForum, ListReader
from kultursam.intake.moments import Context
from kultursam.intake.tables import Table, UnreadableFileError, text_of
from kultursam.intake.text_tables import read_text
from kultursam.intake.workbooks import is_workbook, read_workbook

MAX_BYTES = 10 * 1024 * 1024
TOO_BIG = Message("is larger than {size} MiB", size=MAX_BYTES // 1024 // 1024)
LONGEST_TEXT = 1000
"""Characters of the name of a forum, of a place or a host: some programs put a whole invitation there."""
TOO_LONG = N_("a text of this date has more than {number} characters")
SLASHES = re.compile(r"(?<![0-9/])([0-9]{1,2})/([0-9]{1,2})/[0-9]{4}(?![0-9/])")
MEETING_ID = re.compile("[a-z0-9-]+-[0-9]{4}-x?[0-9]+")
NO_DATES = Message("has no column of dates, and no months at the heads of columns or rows")


def read_dates(  # noqa: PLR0913 - a file, and what is known before it is read
    file: str, data: bytes, context: Context, is_forum: IsForum, span: Span, *, for_habits: bool = False
) -> Found:
    """Return the dates that a file says. Raise `UnreadableFileError` if there are none.

    Where only habits are looked for, and nothing is decided, dates such as 03/04/2027 are read in the order
    that all others of the file show.
    """
    if len(data) <= MAX_BYTES and is_calendar(data):
        return without_long_texts(read_calendar(file, data, span))
    tables, hidden = _tables(file, data)
    found = Found(file)
    if for_habits:
        context = replace(context, first_is_day=_first_is_day(tables))
    # Beside the list by which each meeting is known, a workbook of ours shows the same dates in other ways.
    tables = [table for table in tables if _has_ids(table)] or tables
    for name in hidden:
        text = Message('the sheet "{name}" is hidden, and not read; show it to have its dates', name=name)
        found.problems.append(Problem(text, "warning", file, code="hidden-sheet"))
    if sum(_read(table, found, context, is_forum) for table in tables) == 0 and not any(
        table.faults for table in tables
    ):
        raise UnreadableFileError(file, NO_DATES)
    return without_long_texts(found)


def _first_is_day(tables: Iterable[Table]) -> bool | None:
    """Return whether dates such as 24/12/2027 begin with the day; None if none shows that, or both orders."""
    texts = (value for table in tables for row in table.rows for value in row if isinstance(value, str))
    numbers = [(int(match[1]), int(match[2])) for text in texts if (match := SLASHES.search(text))]
    shown = {first > 12 for first, second in numbers if (first > 12) != (second > 12)}
    return shown.pop() if len(shown) == 1 else None


def without_long_texts(found: Found) -> Found:
    """Return what a file says; dates with a text that no calendar would show are told instead."""
    kept = []
    for entry in found.entries:
        texts = (entry.forum, entry.location, entry.host, entry.link, entry.reason, *entry.further)
        if any(len(text or "") > LONGEST_TEXT for text in texts):
            found.unclear(entry.place, Message(TOO_LONG, number=LONGEST_TEXT))
        else:
            kept.append(entry)
    found.entries[:] = kept
    return found


def read_tables(file: str, data: bytes) -> Sequence[Table]:
    """Return the tables of a file. Raise `UnreadableFileError` if it has none, or is too large."""
    return _tables(file, data)[0]


def _tables(file: str, data: bytes) -> tuple[Sequence[Table], Sequence[str]]:
    """Return the tables of a file, and the names of the sheets that are hidden."""
    if len(data) > MAX_BYTES:
        raise UnreadableFileError(file, TOO_BIG)
    return read_workbook(file, data) if is_workbook(data) else ([read_text(file, data)], [])


def _has_ids(table: Table) -> bool:
    """Return whether a table is a list of meetings with their ids; one that numbers its rows is none."""
    rows = list(table.filled())
    columns = (lists.heads(row).get("id") for _, row in rows[: lists.LOOKED_AT])
    at = next((column for column in columns if column is not None), None)
    return at is not None and any(at < len(row) and MEETING_ID.fullmatch(text_of(row[at])) for _, row in rows)


def _read(table: Table, found: Found, context: Context, is_forum: IsForum) -> bool:
    """Add what a table says; return whether it is a list or a grid of dates."""
    known = len(found.entries)
    for (faulty, column), problem in sorted(table.faults.items(), key=lambda fault: fault[0]):
        found.unclear(table.at(faulty, column), problem)
    for number, row in list(table.filled())[: lists.LOOKED_AT]:
        if columns := lists.heads(row):
            found.words += map(text_of, row)
            context = _with_year(table, found.file, context, number)
            ListReader(table, found, context, columns, is_forum).read(number)
            break
    else:
        first = grids.find_heads(table, is_forum)
        context = _with_year(table, found.file, context, table_start(table) if first is None else first)
        columns = lists.guessed_columns(table, context, is_forum) if first is None else {}
        if first is not None:
            found.words += [text_of(value) for row in table.rows[: first + 1] for value in row]
            grids.GridReader(table, found, context, is_forum).read(first)
        elif columns:
            ListReader(table, found, context, columns, is_forum).read(0)
        else:
            return False
    if table.title and is_forum(table.title):
        found.entries[known:] = [
            entry if entry.forum else replace(entry, forum=table.title) for entry in found.entries[known:]
        ]
    return True


def table_start(table: Table) -> int:
    """Return the first row that is no heading."""
    return next((number for number, row in table.filled() if not is_alone(row)), 0)


def _with_year(table: Table, file: str, context: Context, heads: int) -> Context:
    """Return the context with the year that stands above the heads, or names the sheet or the file."""
    if context.year is not None:
        return context
    rows: Sequence[str] = [
        first_text(row) for number, row in table.filled() if number < heads and is_alone(row)
    ]
    above = set().union(*map(years_in, rows))
    first = table.rows[heads] if 0 <= heads < len(table.rows) else ()
    for named in (
        above,
        years_beside(first, months_in(first)),
        years_in(table.title),
        years_in(PurePath(file).stem),
    ):
        if named:
            return in_year(context, named, lists.MIDSUMMER)
    return context
