"""What a process of its own does: it reads a workbook with python-calamine, and may fail in any way.

The library is not made for files of strangers: a damaged one may end the process, or ask for all memory.
"""

import io
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import python_calamine
from python_calamine import CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from kultursam.i18n import Message
from kultursam.intake.tables import TOO_LARGE, Value, one_line

MOST_MEMORY = 1536 * 1024 * 1024
BROKEN = Message("is a workbook that is damaged or of an unknown kind: save it anew as XLSX")
ENCRYPTED = Message("is protected by a password: save it without")
Limits = tuple[int, int, int, int]
"""Sheets, rows, columns and cells."""


class Sheet(NamedTuple):
    """A sheet of a workbook."""

    name: str
    rows: Sequence[Sequence[Value]]
    hidden: bool = False


class _TooLargeError(Exception):
    pass


def prepare() -> None:
    """Prepare the process: it says nothing, and has its bounds; Ctrl-C is for the process that began it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - Windows has none

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def sheets(data: bytes, limits: Limits) -> list[Sheet] | Message:
    """Return the sheets of a workbook, or why they cannot be read."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        hidden = {one.name for one in workbook.sheets_metadata if one.visible != SheetVisibleEnum.Visible}
        names = workbook.sheet_names[: limits[0]]
        return [
            Sheet(
                name,
                [] if name in hidden else _rows(workbook.get_sheet_by_name(name), limits),
                name in hidden,
            )
            for name in names
        ]
    except _TooLargeError:
        return TOO_LARGE
    except python_calamine.PasswordError:
        return ENCRYPTED
    except BaseException:  # noqa: BLE001 - a panic of the library is no Exception
        return BROKEN


def _rows(sheet: CalamineSheet, limits: Limits) -> Sequence[Sequence[Value]]:
    height, width = sheet.total_height, sheet.total_width
    _, rows, columns, cells = limits
    if height > rows or width > columns or height * width > cells:
        raise _TooLargeError
    table: list[list[Value]] = [
        [one_line(value) if isinstance(value, str) else value for value in row]
        for row in sheet.to_python(skip_empty_area=False)
    ]
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        # A forum's name may stand once for many rows. Headings over many columns stay one cell.
        for row in table[top + 1 : bottom + 1]:
            if left < len(row) and row[left] == "":
                row[left] = table[top][left]
    return table
