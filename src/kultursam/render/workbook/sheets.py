"""Sheets as Excel has them: a table with its filter, a head that stays, and pages of A4."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

import xlsxwriter

from kultursam.diagnostics import UNSEEN, width
from kultursam.render.workbook.tables import Row, Sheet, Value

A4 = 9
DATES = {"sv": "[$-41D]yyyy-mm-dd", "en": "[$-809]d mmm yyyy"}
"""How dates are written, for Excel in any language; elsewhere as ISO 8601 has them."""
ISO = "yyyy-mm-dd"
HOURS = "hh:mm"
LONGEST_TEXT, LONGEST_FOOTER = 32_000, 200
"""Excel has room for a little more."""
LEAST, MOST, DAY = 6, 44, 12
"""Widths of columns, in letters."""
LINE = 15
"""The height of a line, in points."""
PORTRAIT = 80
"""Letters that fit beside each other on upright paper."""
HEAD = {"bold": True, "font_color": "#ffffff", "bg_color": "#12355b", "valign": "top", "text_wrap": True}
CELL = {"valign": "top", "text_wrap": True, "bottom": 1, "bottom_color": "#c4c4c4"}
OFF = {"font_strikeout": True, "font_color": "#595959"}
FILTER = 3
"""Letters that the button of the filter covers."""


class SheetWriter:
    """Writes sheets into a workbook."""

    def __init__(self, book: xlsxwriter.Workbook, title: str, language: str) -> None:
        self._book, self._title = book, title
        self._head = book.add_format(HEAD)
        forms: dict[type, dict[str, Any]] = {
            str: {},
            int: {"align": "left"},
            date: {"num_format": DATES.get(language, ISO), "align": "left"},
            time: {"num_format": HOURS, "align": "left"},
        }
        self._formats = {
            (kind, off): book.add_format({**CELL, **form, **(OFF if off else {})})
            for kind, form in forms.items()
            for off in (False, True)
        }

    def write(self, name: str, sheet: Sheet) -> None:
        """Write a sheet under a name that can be had."""
        page = self._book.add_worksheet(name)
        # A table has one row at least.
        last = max(1, len(sheet.rows))
        columns = [{"header": _text(head), "header_format": self._head} for head in sheet.heads]
        page.add_table(
            0,
            0,
            last,
            len(columns) - 1,
            {"columns": columns, "style": None, "title": name, "description": _text(sheet.name)},
        )
        widths = _widths(sheet)
        for column, letters in enumerate(widths):
            page.set_column(column, column, letters)
        for number, row in enumerate(sheet.rows, 1):
            # Excel would find the height by itself, others do not.
            if (lines := _lines(row, widths)) > 1:
                page.set_row(number, LINE * lines)
            self._write_row(page, number, row)
        for number, note in enumerate(sheet.notes, last + 2):
            page.write_string(number, 0, _text(note))
        page.freeze_panes(1, 0)
        printed = len(widths) - sheet.unprinted
        page.print_area(0, 0, last + len(sheet.notes) + 1, printed - 1)
        self._print_on_a4(page, sheet.name, wide=sum(widths[:printed]) > PORTRAIT)

    def _write_row(self, page: Any, number: int, row: Row) -> None:  # noqa: ANN401 - the library has no types
        for column, value in enumerate(row.values):
            form = self._formats[str if value is None else type(value), row.off]
            match value:
                case None | "":
                    page.write_blank(number, column, None, form)
                case str():
                    page.write_string(number, column, _text(value), form)
                case int():
                    page.write_number(number, column, value, form)
                case _:
                    page.write_datetime(number, column, value, form)

    def _print_on_a4(self, page: Any, name: str, *, wide: bool) -> None:  # noqa: ANN401 - the library has no types
        page.set_paper(A4)
        if wide:
            page.set_landscape()
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        said = _text(f"{self._title} · {name}")[:LONGEST_FOOTER].replace("&", "&&")
        page.set_footer(f"&L{said}&R&P/&N")


def _widths(sheet: Sheet) -> list[int]:
    """Return how wide each column is to be, in letters: long texts wrap."""
    return [
        min(MOST, max(LEAST, width(head) + FILTER, *(_length(row.values[column]) for row in sheet.rows), 0))
        for column, head in enumerate(sheet.heads)
    ]


def _lines(row: Row, widths: Sequence[int]) -> int:
    """Return how many lines the texts of a row need in columns so wide."""
    return max(-(-_length(value) // letters) for value, letters in zip(row.values, widths, strict=True)) or 1


def _length(value: Value) -> int:
    match value:
        case None:
            return 0
        case str():
            return width(value) + 1
        case date():
            return DAY
        case _:
            return LEAST


def _text(text: str) -> str:
    return UNSEEN.sub("", text)[:LONGEST_TEXT]
