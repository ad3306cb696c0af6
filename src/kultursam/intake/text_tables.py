"""Tables of text: values between semicolons, commas or tabs, in UTF-8, UTF-16 or Windows' own letters."""

import csv
import re
from collections import Counter
from collections.abc import Sequence

from kultursam.i18n import Message
from kultursam.intake.tables import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    TOO_LARGE,
    Table,
    UnreadableFileError,
    Value,
)

SEPARATORS = ";\t,"
"""In the order in which they are preferred where two would do."""
LOOKED_AT = 100
"""Rows that show which separator it is."""
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f]")
MOST_CONTROLS = 0.02
"""Part of a text that may be control characters: a cell that has one is told, a picture is no table."""
DEFUSED = re.compile(r"'(?=[=+\-@＝＋－＠\t\r])")
"""How our own tables mark what a spreadsheet would take for a formula."""
NOT_A_TABLE = Message("is neither a table nor a calendar: save it as XLSX, ODS, CSV or iCalendar")
WEB_PAGE = Message("is a web page, whatever its name: open it in a spreadsheet program and save it as XLSX")


def read_text(file: str, data: bytes) -> Table:
    """Return the table of a text file. Raise `UnreadableFileError` if it is none, or too large."""
    text = _decoded(file, data)
    if re.match(r"\s*<(?:!doctype|html|\?xml|table)\b", text, re.IGNORECASE):
        raise UnreadableFileError(file, WEB_PAGE)
    # Other ends of lines than these are characters of a cell, to a spreadsheet as to us.
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)
    if len(lines) > 2 * MAX_ROWS:
        raise UnreadableFileError(file, TOO_LARGE)
    separator = _separator(lines)
    if re.fullmatch("sep=.", lines[0].strip() if lines else ""):
        lines[0] = "\n"
    try:
        rows = list(csv.reader(lines, delimiter=separator))
    except csv.Error as error:
        raise UnreadableFileError(file, NOT_A_TABLE) from error
    cells = sum(map(len, rows))
    if len(rows) > MAX_ROWS or cells > MAX_CELLS or max(map(len, rows), default=0) > MAX_COLUMNS:
        raise UnreadableFileError(file, TOO_LARGE)
    values: list[Sequence[Value]] = [
        [DEFUSED.sub("", " ".join(cell.split())) for cell in row] for row in rows
    ]
    return Table(values)


def _decoded(file: str, data: bytes) -> str:
    encoding = next((name for bom, name in BOMS.items() if data.startswith(bom)), "utf-8")
    for name in (encoding, "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" in text or len(CONTROLS.findall(text)) > MOST_CONTROLS * len(text):
            break
        return text
    raise UnreadableFileError(file, NOT_A_TABLE)


def _separator(lines: Sequence[str]) -> str:
    """Return what stands between values: what divides most rows into the same number of them."""
    if lines and (named := re.fullmatch("sep=(.)", lines[0].strip())):
        return named[1]

    def agreeing(separator: str) -> tuple[int, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(lines[:LOOKED_AT], delimiter=separator) if row)
        except csv.Error:
            return 0, 0
        return max(((rows, width) for width, rows in widths.items() if width > 1), default=(0, 0))

    return max(SEPARATORS, key=agreeing)
