"""Tables of workbooks: XLSX, XLS and ODS. Formulas are their last results.

Anybody may have made the file. What is packed is unpacked here, within bounds, before the library sees it,
and refused where the library would make room for a cell that lies far from all others.
"""

import io
import multiprocessing
import re
import struct
import zlib
from collections.abc import Iterable, Sequence
from concurrent import futures
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from kultursam.i18n import Message
from kultursam.intake import workbook_process
from kultursam.intake.tables import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, TOO_LARGE, Table, UnreadableFileError
from kultursam.intake.workbook_process import BROKEN, Sheet

PACKED, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How XLSX and ODS begin, and how XLS does."""
MAX_UNPACKED, MAX_MEMBERS, MAX_SHEETS = 100 * 1024 * 1024, 2000, 100
READ = re.compile(r"(?:.*\.(?:xml|rels)|mimetype)", re.IGNORECASE)
"""What of a packed workbook is read: no pictures, no macros."""
XLSX_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
XLSX_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])?>")
XLSX_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
XLSX_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*\br=[\"']([0-9]{1,7})[\"']")
ODS_PART = re.compile(rb"<(table:(?:table|table-row|table-cell|covered-table-cell))(?=[\s/>])([^>]*)>")
ODS_TIMES = re.compile(rb"number-(?:rows|columns)-repeated=[\"']([0-9]{1,9})[\"']")
BROKEN_ZIP = (
    BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What a damaged packed file raises."""
MOST_SECONDS = 60
BOMB = Message("unpacks to more than {size} MiB", size=MAX_UNPACKED // 1024 // 1024)


def is_workbook(data: bytes) -> bool:
    """Return whether a file begins as workbooks do."""
    return data.startswith((PACKED, COMPOUND))


def read_workbook(file: str, data: bytes) -> tuple[list[Table], list[str]]:
    """Return the sheets of a workbook that hold anything, and the names of those that are hidden: not read.

    Raise `UnreadableFileError` with what is wrong.
    """
    if data.startswith(PACKED):
        data = _unpacked(file, data)
    reason, sheets = _read_apart(data)
    if reason:
        raise UnreadableFileError(file, reason)
    filled = [sheet for sheet in sheets if any(value != "" for row in sheet.rows for value in row)]
    tables = [Table(sheet.rows, sheet.name, sheet.name if len(filled) > 1 else "") for sheet in filled]
    return tables, [sheet.name for sheet in sheets if sheet.hidden]


def _read_apart(data: bytes) -> tuple[Message | None, Sequence[Sheet]]:
    """Return why a workbook cannot be read, or its sheets, as a process of its own finds."""
    context = multiprocessing.get_context("spawn")
    pool = futures.ProcessPoolExecutor(1, context, workbook_process.prepare)
    try:
        found = pool.submit(workbook_process.sheets, data, (MAX_SHEETS, MAX_ROWS, MAX_COLUMNS, MAX_CELLS))
        read = found.result(MOST_SECONDS)
    except (futures.BrokenExecutor, TimeoutError):
        return BROKEN, ()
    finally:
        for process in multiprocessing.active_children():
            process.terminate()
        pool.shutdown(cancel_futures=True)
    return (read, ()) if isinstance(read, Message) else (None, read)


def _unpacked(file: str, data: bytes) -> bytes:
    """Return a packed workbook with what is read of it alone, and that not packed any more."""
    unpacked = io.BytesIO()
    try:
        with ZipFile(io.BytesIO(data)) as packed, ZipFile(unpacked, "w") as plain:
            members = [member for member in packed.infolist() if READ.fullmatch(member.filename)]
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
                raise UnreadableFileError(file, BOMB)
            for member in members:
                if member.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
                    raise UnreadableFileError(file, BROKEN)
                # It is never read beyond the size that it says it has.
                content = packed.read(member)
                if XLSX_SHEET.fullmatch(member.filename):
                    _check(file, *_size_of_xlsx(content))
                elif member.filename == "content.xml":
                    for size in _sizes_of_ods(content):
                        _check(file, *size)
                plain.writestr(member.filename, content)
    except BROKEN_ZIP as error:
        raise UnreadableFileError(file, BROKEN) from error
    return unpacked.getvalue()


def _check(file: str, rows: int, columns: int) -> None:
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise UnreadableFileError(file, TOO_LARGE)


def _size_of_xlsx(content: bytes) -> tuple[int, int]:
    """Return how many rows and columns a sheet reaches over, empty cells at its end left out."""
    cells = XLSX_CELL.findall(content)
    places = [place for cell in cells if (place := XLSX_PLACE.search(cell))]
    unplaced = len(cells) - len(places)
    rows = [int(place[2]) for place in places]
    if unplaced:
        rows += map(int, XLSX_ROW.findall(content))
    columns = [_column(place[1]) for place in places]
    return max(rows, default=unplaced), max(max(columns, default=0), min(unplaced, MAX_COLUMNS))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _sizes_of_ods(content: bytes) -> Iterable[tuple[int, int]]:
    """Yield how many rows and columns each sheet reaches over, empty ones at its end left out."""
    rows = columns = row = column = 0
    for part, attributes in ODS_PART.findall(content):
        repeated = ODS_TIMES.search(attributes)
        number = int(repeated[1]) if repeated else 1
        if part == b"table:table":
            yield rows, columns
            rows = columns = row = 0
        elif part == b"table:table-row":
            row, column = row + number, 0
        else:
            column += number
            if b"office:value" in attributes or not attributes.endswith(b"/"):
                rows, columns = row, max(columns, column)
    yield rows, columns
