"""Lists and grids of dates as files: CSV, XLSX and ODS, made of rows of values."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import xlsxwriter

Row = Sequence[object]
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"


def csv_file(rows: Sequence[Row], separator: str = ";", encoding: str = "utf-8") -> bytes:
    """Return rows as a text file, as Excel writes them."""
    return "".join(separator.join(map(str, row)) + "\r\n" for row in rows).encode(encoding)


def xlsx(sheets: Mapping[str, Sequence[Row]], merged: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return sheets of rows as a workbook, and ranges of merged cells with what they say."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False}) as workbook:
        formats = {
            dt.datetime: workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            dt.date: workbook.add_format({"num_format": "yyyy-mm-dd"}),
            dt.time: workbook.add_format({"num_format": "hh:mm"}),
        }
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(number, column, value, formats.get(type(value)))
            for cells, text in merged:
                sheet.merge_range(cells, text)
    return stream.getvalue()


def ods_cell(value: object, attributes: str = "") -> str:
    """Return a cell of an ODS sheet."""
    kind = 'office:value-type="string"'
    if isinstance(value, dt.date):
        kind = f'office:value-type="date" office:date-value="{value}"'
    text = escape(str(value))
    return f"<table:table-cell {kind} {attributes}><text:p>{text}</text:p></table:table-cell>"


def ods_row(*cells: str, attributes: str = "") -> str:
    """Return a row of cells."""
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def ods(*rows: str) -> bytes:
    """Return rows as an ODS workbook of one sheet."""
    names = " ".join(f'xmlns:{name}="{OFFICE}:{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Möten">{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{SPREADSHEET}"/>'
    manifest = f'<manifest:manifest xmlns:manifest="{OFFICE}:manifest:1.0">{entry}</manifest:manifest>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", SPREADSHEET)
        packed.writestr("META-INF/manifest.xml", manifest)
        packed.writestr("content.xml", content)
    return stream.getvalue()
