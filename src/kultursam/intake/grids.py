"""Grids: forums in rows and months in columns, the reverse, or forums at the heads of columns of dates.

A cell holds one day or several; its row and its column name the forum, and mostly the month.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kultursam.forumfile import values
from kultursam.i18n import Message, said_by
from kultursam.intake.entries import (
    Entry,
    Found,
    check_weekday,
    first_text,
    in_year,
    is_alone,
    months_in,
    years_beside,
    years_in,
)
from kultursam.intake.lists import IsForum, may_be_day
from kultursam.intake.moments import Context, Hours, UnclearError, read_hours, read_moment
from kultursam.intake.tables import Table, Value, text_of
from kultursam.intake.words import meanings_of

LEAST_MONTHS, MOST_LABELS = 2, 2
BESIDES = {"time", "place", "week", "weekday", "number"}
BETWEEN = re.compile(r"\s*(?:[,;+&]|\boch\b|\band\b)\s*")
"""What stands between several days in one cell."""
NOTHING = re.compile(r"[-–—./]*")
"""What says in a cell that there is no meeting."""


@dataclass(frozen=True, slots=True)
class _Heads:
    """A row of heads: months, or forums, by column."""

    months: Mapping[int, tuple[int, int | None]]
    texts: Mapping[int, str]
    besides: Mapping[int, str]
    """Columns of times and places, that hold for all dates of a row, and of what says nothing of them."""


@dataclass(frozen=True, slots=True)
class _Row:
    """What a row of a grid says of all its dates."""

    forum: str
    context: Context
    hours: Hours | None
    location: str | None


def find_heads(table: Table, is_forum: IsForum) -> int | None:
    """Return the number of the first row of heads of a grid; None if the table is no grid."""
    rows = list(table.filled())
    for number, row in rows:
        if len(months_in(row)) >= LEAST_MONTHS and any(isinstance(value, str) for value in row):
            return number
    columns = [months_in([row[column] if column < len(row) else "" for _, row in rows]) for column in (0, 1)]
    if max(map(len, columns), default=0) >= LEAST_MONTHS:
        first_month = min(next(iter(months)) for months in columns if len(months) >= LEAST_MONTHS)
        return rows[max(0, first_month - 1)][0]
    for number, row in rows:
        if sum(isinstance(value, str) and is_forum(value) for value in row) >= 2:
            return number
    named = [
        number
        for number, row in rows
        if isinstance(row[0], str) and is_forum(first_text(row)) and not is_alone(row)
    ]
    return named[0] - 1 if named else None


@dataclass(slots=True)
class GridReader:
    """Reads a grid from its heads on; a row of months may come again."""

    table: Table
    found: Found
    context: Context
    is_forum: IsForum

    def read(self, first: int) -> None:
        """Add what the cells below the row of heads say."""
        heads = self._heads(first, self.table.rows[first] if first >= 0 else ())
        for number, row in self.table.filled():
            if number <= first:
                continue
            if len(months_in(row)) >= LEAST_MONTHS:
                turns = next(iter(months_in(row).values()))[0]
                self.context = in_year(self.context, years_beside(row, months_in(row)), turns)
                heads = self._heads(number, row)
            elif (named := self._years_alone(row)) is not None:
                self.context = in_year(self.context, named, next(iter(heads.months.values()), (7, None))[0])
            else:
                self._row(heads, number, row)

    def _years_alone(self, row: Sequence[Value]) -> set[tuple[int, bool]] | None:
        """Return the years that a heading between rows names; None if the row is none."""
        if not is_alone(row) or may_be_day(first_text(row), self.context):
            return None
        return years_in(first_text(row)) or None

    def _heads(self, number: int, row: Sequence[Value]) -> _Heads:
        months = months_in(row)
        in_order = [month for month, _ in months.values()]
        if self.context.turns is not None and in_order:
            self.context = replace(self.context, turns=in_order[0])
        turned = next((at for at in range(1, len(in_order)) if in_order[at] < in_order[at - 1]), None)
        has_years = all(year for _, year in months.values())
        if turned is not None and self.context.turns is None and not has_years:
            kept = dict(list(months.items())[:turned])
            text = Message("these months begin anew, but the year of the second part does not stand there")
            self.found.unclear(self.table.at(number, list(months)[turned]), text)
            # What stands below is not read: its column has no head.
            return _Heads(kept, {}, {})
        texts = {at: value for at, value in enumerate(row) if isinstance(value, str) and at not in months}
        besides = {
            at: meaning
            for at, text in texts.items()
            for meaning in meanings_of(text)
            if meaning in BESIDES and not self.is_forum(text)
        }
        return _Heads(months, texts, besides)

    def _row(self, heads: _Heads, number: int, row: Sequence[Value]) -> None:
        """Add what the cells of a row say: its first ones name the forum, or the month."""
        context, label, first = self.context, "", 0
        for column, value in enumerate(row[:MOST_LABELS]):
            if column in heads.besides:
                first = column + 1
                continue
            if (
                not isinstance(value, str)
                or column in heads.months
                or self.is_forum(heads.texts.get(column, ""))
            ):
                break
            if not heads.months and (months := months_in([value])):
                context = _within(context, *months[0])
            elif may_be_day(value, self.context):
                break
            else:
                label = label or value
            first = column + 1
        said = _Row(label, context, *self._beside(heads, number, row))
        for column, value in enumerate(row):
            wanted = column in heads.months or (column >= first and not heads.months)
            if wanted and not NOTHING.fullmatch(text_of(value)) and column not in heads.besides:
                self._cell(heads, (number, column), value, said)

    def _beside(self, heads: _Heads, number: int, row: Sequence[Value]) -> tuple[Hours | None, str | None]:
        """Return the times and the place that a row says for all of its dates."""
        hours, location = None, None
        for column, meaning in heads.besides.items():
            value = row[column] if column < len(row) else ""
            try:
                if value != "" and meaning == "time":
                    hours = read_hours(value)
                elif value != "" and meaning == "place":
                    location = values.line_of_text(text_of(value))
            except ValueError as error:
                self.found.unclear(self.table.at(number, column), said_by(error))
        return hours, location

    def _cell(self, heads: _Heads, at: tuple[int, int], value: Value, said: _Row) -> None:
        place, context = self.table.at(*at), said.context
        forum = said.forum or heads.texts.get(at[1], "")
        if at[1] in heads.months:
            context = _within(context, *heads.months[at[1]])
        for part in _days_in(value, context):
            try:
                moment = read_moment(part, context)
                check_weekday(moment)
            except UnclearError as error:
                self.found.unclear(place, said_by(error))
                continue
            entry = Entry(
                place=place,
                day=moment.day,
                days=moment.days if moment.days > 1 else None,
                hours=moment.hours or said.hours,
                forum=forum,
                location=said.location,
                status=moment.status,
            )
            self.found.entries.append(entry)


def _within(context: Context, month: int, year: int | None) -> Context:
    return (
        replace(context, month=month)
        if year is None
        else replace(context, month=month, year=year, turns=None)
    )


def _days_in(value: Value, context: Context) -> Sequence[Value]:
    """Return the parts of a cell that holds several days; else the cell itself."""
    if not isinstance(value, str):
        return [value]
    try:
        read_moment(value, context)
    except UnclearError:
        parts = [part for part in BETWEEN.split(value) if part]
        if all(may_be_day(part, context) for part in parts):
            return parts
    return [value]
