"""Lists: a row for each date. Columns are known by their heads, or else by what they hold."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from kultursam.forumfile import values
from kultursam.forumfile.values import folded
from kultursam.i18n import Message, said_by
from kultursam.intake.entries import (
    Entry,
    Found,
    check_weekday,
    first_text,
    in_year,
    is_alone,
    years_in,
)
from kultursam.intake.moments import (
    Context,
    Hours,
    Moment,
    NoDateError,
    NoTimeError,
    UnclearError,
    checked,
    read_hours,
    read_moment,
)
from kultursam.intake.tables import Table, Value, text_of
from kultursam.intake.words import FORMATS, NONE, STATES, WEEKDAY_WORDS, meanings_of
from kultursam.plans.model import STAMP, Status

DATE, END, FINISH = "date", "end_date", "end"
LOOKED_AT = 50
"""Rows in which heads are looked for, and that show what columns without heads hold."""
MIDSUMMER = 7
"""Where a list is of two years, dates without a year lie in the second one before this month."""
Columns = Mapping[str, int]
IsForum = Callable[[str], bool]
"""Whether a text is the name of a known forum."""
Said = TypeVar("Said")


def heads(row: Sequence[Value]) -> dict[str, int]:
    """Return what the columns below a row of heads hold; nothing if it is no such row."""
    columns: dict[str, int] = {}
    known = {
        column: meanings_of(value) for column, value in enumerate(row) if isinstance(value, str) and value
    }
    # A word that may be the head of two columns goes to the one that no other word names.
    for column in sorted(known, key=lambda one: len(known[one])):
        for meaning in sorted(known[column], key=lambda one: (one == "date", one)):
            if meaning not in columns and (meaning != "weekday" or _has_date(known, column)):
                columns[meaning] = column
                break
    return columns if "date" in columns and not is_alone(row) else {}


def _has_date(known: Mapping[int, Sequence[str]], besides: int) -> bool:
    return any("date" in meanings for column, meanings in known.items() if column != besides)


def guessed_columns(table: Table, context: Context, is_forum: IsForum) -> dict[str, int]:
    """Return what columns without heads hold, by what most of their cells say; nothing without dates.

    Where one column of words is left beside the forums, it names the places.
    """
    rows = [row for _, row in table.filled()][:LOOKED_AT]
    width = max(map(len, rows), default=0)
    kinds: tuple[tuple[str, Callable[[Value], bool]], ...] = (
        ("date", lambda value: may_be_day(value, context)),
        ("time", lambda value: _is_moment(partial(read_hours, value))),
        ("status", lambda value: folded(text_of(value)) in STATES),
        ("weekday", lambda value: folded(text_of(value)).rstrip(".") in WEEKDAY_WORDS),
        ("forum", lambda value: is_forum(text_of(value))),
    )
    columns: dict[str, int] = {}
    for kind, fits in kinds:
        shares = {
            column: _share(rows, column, fits) for column in range(width) if column not in columns.values()
        }
        best = max(shares, key=shares.__getitem__, default=None)
        if best is not None and shares[best] >= 0.5:
            columns[kind] = best
    others = [column for column in range(width) if column not in columns.values()]
    if "forum" in columns and len(others) == 1 and _share(rows, others[0], _is_words) >= 0.5:
        columns["place"] = others[0]
    return columns if "date" in columns else {}


def _is_words(value: Value) -> bool:
    """Return whether a cell holds words, as the name of a place is."""
    return isinstance(value, str) and re.search(r"[^\W\d_]{2}", value) is not None


def _share(rows: Sequence[Sequence[Value]], column: int, fits: Callable[[Value], bool]) -> float:
    """Return of how many rows the cell of a column is of a kind: of those that are no headings."""
    cells = [row[column] if column < len(row) else "" for row in rows if not is_alone(row)]
    cells = cells or [row[column] for row in rows if column < len(row)]
    return sum(value != "" and fits(value) for value in cells) / len(cells) if cells else 0


def may_be_day(value: Value, context: Context) -> bool:
    """Return whether a cell holds a day, be it a clear one or not."""
    return _is_moment(partial(read_moment, value, context))


def _is_moment(read: Callable[[], object]) -> bool:
    try:
        read()
    except (NoDateError, NoTimeError):
        return False
    except UnclearError:
        return True
    return True


@dataclass(slots=True)
class ListReader:
    """Reads a list's rows from its heads on; a row of heads may come again."""

    table: Table
    found: Found
    context: Context
    columns: Columns
    is_forum: IsForum
    forum: str = ""
    """That a heading between the rows names, for those below it."""

    def read(self, first: int) -> None:
        """Add what the rows from a first one on say."""
        for number, row in self.table.filled():
            if number < first:
                continue
            if again := heads(row):
                self.columns = again
            elif is_alone(row):
                self._heading(number, row)
            else:
                self._row(number, row)

    def _heading(self, number: int, row: Sequence[Value]) -> None:
        """Take what stands alone in a row as a heading, if it names a forum or a year."""
        text = first_text(row)
        if self.is_forum(text):
            self.forum = text
        elif self._is_dated(row):
            self._row(number, row)
        elif named := years_in(text):
            self.context = in_year(self.context, named, MIDSUMMER)

    def _is_dated(self, row: Sequence[Value]) -> bool:
        column = self.columns["date"]
        return column < len(row) and may_be_day(row[column], self.context)

    def _row(self, number: int, row: Sequence[Value]) -> None:
        cells = {meaning: row[at] for meaning, at in self.columns.items() if at < len(row) and row[at] != ""}
        if text_of(cells.get("id", "")).isdecimal():
            del cells["id"]  # Many lists number their rows; ids of meetings are no numbers.
        try:
            self.found.entries.append(self._entry(number, cells))
        except _CellError as error:
            self.found.unclear(self.table.at(number, self.columns[error.meaning]), said_by(error))

    def _entry(self, number: int, cells: Mapping[str, Value]) -> Entry:
        moment = self._moment(cells)
        return Entry(
            place=self.table.at(number, self.columns["date"]),
            day=moment.day,
            days=_days(cells, moment, self.context),
            hours=_hours(cells) or moment.hours,
            forum=text_of(cells.get("forum", "")) or self.forum,
            location=_text(cells, "place", _line),
            host=_text(cells, "host", _line),
            format=_text(cells, "format", _format),
            link=_text(cells, "link", _link),
            status=_text(cells, "status", _status) or moment.status,
            reason=_text(cells, "reason", _line),
            id=_text(cells, "id", str),
            version=_version(cells.get("modified", "")),
        )

    def _moment(self, cells: Mapping[str, Value]) -> Moment:
        if "date" not in cells:
            raise _CellError(DATE, NoDateInRowError())
        try:
            context = self.context
            if "id" in cells:
                # The list is ours, and somebody changes the date alone: the weekday may be that of before.
                context = replace(context, days=context.known_days(text_of(cells["id"])))
            elif "weekday" in cells:
                context = replace(context, weekday=_weekday(cells["weekday"]))
            moment = read_moment(cells["date"], context)
            if "id" not in cells and context.weekday is not None:
                moment = replace(moment, weekday=context.weekday)
            check_weekday(moment)
        except UnclearError as error:
            raise _CellError(DATE, error) from error
        return moment


class NoDateInRowError(ValueError):
    """A row says something, but no date."""

    def __init__(self) -> None:
        super().__init__(Message("there is no date in this row"))


class UnknownWordError(ValueError):
    """A cell is none of the words that its column may hold."""

    def __init__(self, text: str) -> None:
        super().__init__(Message('"{text}" is not known here', text=text))


class _CellError(ValueError):
    """A cell beside the date cannot be read."""

    def __init__(self, meaning: str, error: ValueError) -> None:
        super().__init__(said_by(error))
        self.meaning = meaning


def _text(cells: Mapping[str, Value], meaning: str, read: Callable[[str], Said]) -> Said | None:
    """Return what a cell says, if there is one that says anything."""
    text = text_of(cells.get(meaning, ""))
    try:
        return read(text) if text else None
    except ValueError as error:
        raise _CellError(meaning, error) from error


def _status(text: str) -> Status:
    status = STATES.get(folded(text))
    if status is None:
        raise UnknownWordError(text)
    return status


def _format(text: str) -> str:
    known = {**FORMATS, **dict.fromkeys(NONE, "none")}
    if folded(text) not in known:
        raise UnknownWordError(text)
    return known[folded(text)]


def _line(text: str) -> str:
    return values.line_of_text(text)


def _link(text: str) -> str:
    return text if folded(text) in NONE else values.web_address(text)


def _version(value: Value) -> str | None:
    """Return the version of a meeting that an exported list has; a spreadsheet may have made a date of it."""
    return value.strftime(STAMP) if isinstance(value, datetime) else text_of(value) or None


def _hours(cells: Mapping[str, Value]) -> Hours | None:
    """Return the times of a row: from one column, or from two."""
    read = {}
    for meaning in ("time", "start", "end"):
        try:
            if meaning in cells:
                read[meaning] = read_hours(cells[meaning])
        except UnclearError as error:
            raise _CellError(meaning, error) from error
    if "time" in read or "start" not in read:
        return read.get("time")
    start = read["start"]
    if "end" not in read or start.end is not None:
        return start
    hours = replace(start, end=read["end"].start)
    try:
        return checked(hours, str(hours.span))
    except UnclearError as error:
        raise _CellError(FINISH, error) from error


def _days(cells: Mapping[str, Value], moment: Moment, context: Context) -> int | None:
    """Return how many days a row says that its meeting takes; None if it names one day alone."""
    if "end_date" not in cells:
        return moment.days if moment.days > 1 else None
    try:
        days = (read_moment(cells["end_date"], context).day - moment.day).days + 1
        if not 1 <= days <= values.LONGEST_MEETING:
            raise NoDateError(text_of(cells["end_date"]))
    except UnclearError as error:
        raise _CellError(END, error) from error
    return days


def _weekday(value: Value) -> int | None:
    return WEEKDAY_WORDS.get(folded(text_of(value)).rstrip("."))
