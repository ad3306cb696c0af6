"""The year as a workbook for Excel and its like: a table a sheet, to filter, to print and to import again.

The same plan gives the same bytes, whatever the machine: a workbook has no moment at which it was made, only
that of the plan's last change, and its parts are not packed, as libraries pack them differently.
"""

import io
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import xlsxwriter

from kultursam.diagnostics import UNSEEN
from kultursam.forumfile.register import Register
from kultursam.plans.model import Plan
from kultursam.presentation import YearView, last_change
from kultursam.render.workbook.names import sheet_names
from kultursam.render.workbook.sheets import SheetWriter
from kultursam.render.workbook.tables import sheets

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
UNIX = 3
"""The system that parts of a ZIP file say they are from."""


def workbook(plan: Plan, register: Register) -> bytes:
    """Return a year as an XLSX file."""
    year = YearView(plan, register)
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, OPTIONS) as book:
        title = year.gettext("Meetings {year} – {name}", year=plan.planning_year, name=plan.name)
        book.set_properties(
            {
                "title": UNSEEN.sub("", title),
                "keywords": "kultursam",
                "created": last_change(plan).replace(tzinfo=None),
            }
        )
        book.set_custom_property("Language", year.language)
        writer = SheetWriter(book, title, year.language)
        every = sheets(year)
        for name, sheet in zip(sheet_names(sheet.name for sheet in every), every, strict=True):
            writer.write(name, sheet)
    return _unpacked(stream.getvalue())


def _unpacked(data: bytes) -> bytes:
    """Return a workbook with its parts as they are."""
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as packed, ZipFile(stream, "w", ZIP_STORED) as plain:
        for name in packed.namelist():
            part = ZipInfo(name)
            # Else it would be that of the machine.
            part.create_system = UNIX
            plain.writestr(part, packed.read(name))
    return stream.getvalue()
