"""Tables of text: values between semicolons, commas or tabs, in UTF-8, UTF-16 or Windows' own letters.

A value with a separator or the end of a line in it stands between quotation marks. A mark that is not closed,
or is closed in another row, is a slip: the row is read without it where it is clear which values it has, and
told otherwise. No row swallows others.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from kultursam.i18n import N_, Message
from kultursam.intake.tables import (
    LINE_END,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    TOO_LARGE,
    Table,
    UnreadableFileError,
    one_line,
)

SEPARATORS = ";\t,"
"""In the order in which they are preferred where two would do."""
LOOKED_AT = 100
"""Lines that show which separator it is, and how many values a row has."""
LONGEST_CELL = 32_767
"""Characters of a cell: no spreadsheet holds more."""
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f]")
MOST_CONTROLS = 0.02
"""Part of a text that may be control characters: a cell that has one is told, a picture is no table."""
DEFUSED = re.compile(r"'(?=[=+\-@＝＋－＠\t\r])")
"""How our own tables mark what a spreadsheet would take for a formula."""
NAMED = re.compile(r"[ \t]*sep=(.)[ \t]*(?=[\r\n]|\Z)")
"""A first line in which Excel is told what the separator is."""
NOT_A_TABLE = Message("is neither a table nor a calendar: save it as XLSX, ODS, CSV or iCalendar")
WEB_PAGE = Message("is a web page, whatever its name: open it in a spreadsheet program and save it as XLSX")
TOO_LONG = N_("this cell has more than {number} characters")
STRAY = Message(
    "a quotation mark begins here and does not end in this row, so that it is not clear where cells end: "
    "take the mark away"
)


def read_text(file: str, data: bytes) -> Table:
    """Return the table of a text file. Raise `UnreadableFileError` if it is none, or too large."""
    text = _decoded(file, data)
    if re.match(r"\s*<(?:!doctype|html|\?xml|table)\b", text, re.IGNORECASE):
        raise UnreadableFileError(file, WEB_PAGE)
    lines = LINE_END.split(text)
    if len(lines) > 2 * MAX_ROWS:
        raise UnreadableFileError(file, TOO_LARGE)
    named = NAMED.match(text)
    text = text[named.end() :] if named else text
    beginning = "\n".join(lines[bool(named) : LOOKED_AT])
    usual = {one: _usual(beginning, one) for one in (named[1] if named else SEPARATORS)}
    separator = max(usual, key=usual.__getitem__)
    reader = _Reader(text, separator, usual[separator][1])
    if not reader.read():
        raise UnreadableFileError(file, TOO_LARGE)
    return Table(reader.rows, faults=reader.faults)


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


def _usual(text: str, separator: str) -> tuple[int, int]:
    """Return in how many rows there are equally many values, two or more, and how many these are."""
    reader = _Reader(text, separator)
    reader.read()
    widths = Counter(map(len, reader.rows))
    return max(((times, width) for width, times in widths.items() if width > 1), default=(0, 0))


@dataclass(slots=True)
class _Reader:
    """Reads the rows of a text."""

    text: str
    separator: str
    width: int = 0
    """How many values most rows have; 0 where that is not known."""
    rows: list[list[str]] = field(default_factory=list)
    faults: dict[tuple[int, int], Message] = field(default_factory=dict)
    """What cannot be read, by row and column; these rows are empty."""

    def read(self) -> bool:
        """Read the rows; return whether there are no more of them, or of their values, than are read."""
        row: list[str] = []
        stray: int | None = None
        number = 0
        for number, (value, is_stray, is_last) in enumerate(self._values(), 1):
            if number > MAX_CELLS or len(row) == MAX_COLUMNS or len(self.rows) == MAX_ROWS:
                return False
            if is_stray and stray is None:
                stray = len(row)
            if len(value) > LONGEST_CELL:
                self.faults[len(self.rows), len(row)] = Message(TOO_LONG, number=LONGEST_CELL)
            row.append(DEFUSED.sub("", one_line(value)))
            if is_last:
                if stray is not None and len(row) > self.width > 0:
                    self.faults[len(self.rows), stray] = STRAY
                self.rows.append(row)
                row, stray = [], None
        for at, _ in self.faults:
            self.rows[at] = []
        return True

    def _values(self) -> Iterator[tuple[str, bool, bool]]:
        """Yield each value, whether it has a stray quotation mark, and whether it is the last of its row."""
        mark = re.escape(self.separator)
        end_of_value = rf"({mark}|\r\n?|\n|\Z)"
        quoted = re.compile(rf'"((?:[^"]++|"")*+)"(?:(?!{mark})[ \t])*{end_of_value}')
        plain = re.compile(rf"((?:(?!{mark})[^\r\n])*+){end_of_value}")
        at, end = 0, len(self.text.rstrip("\r\n"))
        while match := quoted.match(self.text, at, end) or plain.match(self.text, at, end):
            value, is_stray = match[1].replace('""', '"'), False
            if match.re is quoted and self._holds_rows(value):
                match = plain.match(self.text, at, end) or match
            if match.re is plain:
                is_stray = match[1].startswith('"') and match[1].count('"') % 2 == 1
                value = match[1].strip('"') if is_stray else match[1]
            yield value, is_stray, match[2] != self.separator
            if not match[2]:
                return
            at = match.end()

    def _holds_rows(self, value: str) -> bool:
        """Return whether a value has lines in it that look like rows of their own."""
        lines = LINE_END.split(value)[1:] if self.width > 1 else []
        least = self.width - 1
        return any(line.count(self.separator) >= least and re.search("[0-9]", line) for line in lines)
