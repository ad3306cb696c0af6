"""Lists and grids, with and without heads, from every kind of file; and files that are made to do harm."""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, time
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from hypothesis import assume, given
from hypothesis import strategies as st
from workbooks import csv_file, ods, ods_cell, ods_row, xlsx

from kultursam.intake.calendars import Span
from kultursam.intake.entries import Found, compact
from kultursam.intake.moments import Context
from kultursam.intake.reading import read_dates
from kultursam.intake.tables import MAX_ROWS, Place, UnreadableFileError, column_name
from kultursam.intake.text_tables import read_text
from kultursam.plans.model import Status

FILES = Path(__file__).parent / "files"
FORUMS = {"nätverket", "styrgruppen", "natverk"}
SPAN = Span(ZoneInfo("Europe/Stockholm"), date(2026, 1, 1), date(2028, 12, 31))
LIST = [
    ("Datum", "Tid", "Forum", "Plats", "Status"),
    ("2027-03-09", "09:00-12:00", "Nätverket", "Halmstad", "bekräftat"),
    ("14 sep 2027", "", "Styrgruppen", "", "prel"),
]
MEETINGS = [("A2", "Nätverket", date(2027, 3, 9)), ("A3", "Styrgruppen", date(2027, 9, 14))]
GRID = [
    ("Sammanträdesplan 2027", "", "", ""),
    ("Organ", "jan", "feb", "mars"),
    ("Nätverket", 12, "9, 23", "tis 9"),
    ("Styrgruppen", "-", "10 kl 13", ""),
]
IN_GRID = [
    ("B3", "Nätverket", date(2027, 1, 12)),
    ("C3", "Nätverket", date(2027, 2, 9)),
    ("C3", "Nätverket", date(2027, 2, 23)),
    ("D3", "Nätverket", date(2027, 3, 9)),
    ("C4", "Styrgruppen", date(2027, 2, 10)),
]


def read(data: bytes, name: str = "list.csv", **known: int) -> Found:
    """Read a file."""
    return read_dates(
        name, data, Context(year=known.get("year")), lambda text: text.casefold() in FORUMS, SPAN
    )


def said(found: Found) -> list[tuple[str, str, date]]:
    """Return the place, the forum and the day of each date."""
    return [(entry.place.name, entry.forum, entry.day) for entry in found.entries]


def told(found: Found) -> list[tuple[int | None, int | None, str]]:
    """Return the row and the column of each problem, and what it says."""
    return [(problem.line, problem.column, problem.text) for problem in found.problems]


def refused(data: bytes, name: str = "list.xlsx") -> str:
    """Return why a file is refused."""
    with pytest.raises(UnreadableFileError) as error:
        read(data, name)
    (problem,) = error.value.problems
    assert problem.file == name
    return problem.text


# --- kinds of file ------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_files(separator: str, encoding: str) -> None:
    """In any of the encodings and with any of the separators that spreadsheets write."""
    found = read(csv_file(LIST, separator, encoding))
    assert said(found) == MEETINGS
    first, second = found.entries
    assert first.hours
    assert (first.hours.start, first.hours.end, first.location) == (time(9), time(12), "Halmstad")
    assert (first.status, second.status) == (Status.CONFIRMED, Status.PROPOSED)
    assert (second.hours, second.location) == (None, None)
    assert found.problems == []


def test_excel_may_say_what_its_separator_is() -> None:
    """The line is no row of the table, but a row of the sheet."""
    assert said(read(b"sep=|\r\n" + csv_file(LIST, "|")))[0][0] == "A3"


@pytest.mark.parametrize("table", [LIST, GRID])
def test_a_workbook_says_the_same(table: Sequence[Sequence[object]]) -> None:
    """As a text file of the same rows."""
    assert said(read(xlsx({"Blad1": table}), "list.xlsx")) == said(read(csv_file(table)))
    packed = ods(*(ods_row(*map(ods_cell, row)) for row in table))
    assert said(read(packed, "list.ods")) == said(read(csv_file(table)))


def test_dates_and_times_of_a_workbook() -> None:
    """Real ones, as people type them in Excel."""
    found = read(xlsx({"B": [LIST[0], (date(2027, 3, 9), time(9), "Nätverket")]}), "list.xlsx")
    (entry,) = found.entries
    assert entry.day == date(2027, 3, 9)
    assert entry.hours
    assert (entry.hours.start, entry.hours.end) == (time(9), None)


def test_the_workbooks_of_old() -> None:
    """XLS, as Excel 97 wrote it."""
    found = read((FILES / "list.xls").read_bytes(), "list.xls")
    days = [("A2", "Nätverket", date(2027, 3, 9)), ("A3", "Nätverket", date(2027, 9, 14))]
    assert said(found) == days


def test_several_sheets_are_named() -> None:
    """A cell alone would not say where it is; a sheet that names a forum says whose dates it has."""
    dates = [("Datum", "Tid"), ("2027-03-09", "")]
    found = read(xlsx({"Nätverket": dates, "Möten 2027": LIST, "Tomt": []}), "list.xlsx")
    assert said(found)[0] == ("Nätverket!A2", "Nätverket", date(2027, 3, 9))
    assert said(found)[1][0] == "Möten 2027!A2"


def test_a_name_that_stands_once_for_many_rows() -> None:
    """Its cells were merged."""
    rows = [("Forum", "Datum"), ("", "2027-03-09"), ("", "2027-09-14")]
    found = read(xlsx({"B": rows}, merged=[("A2:A3", "Nätverket")]), "list.xlsx")
    assert {entry.forum for entry in found.entries} == {"Nätverket"}


# --- lists --------------------------------------------------------------------------------------------


def test_columns_have_swedish_and_english_names() -> None:
    """In any order, with rows above them that are none."""
    for heads in (("Plats:", "Nämnd", "DATUM", "Klockslag"), ("Location", "Committee", "Date", "Time")):
        rows = [("Möten 2027",), (), heads, ("Halmstad", "Nätverket", "9 mars", "9-12")]
        (entry,) = read(csv_file(rows)).entries
        assert (entry.place.name, entry.forum, entry.location) == ("C4", "Nätverket", "Halmstad")
        assert entry.day == date(2027, 3, 9)


def test_the_day_may_be_the_weekday_or_the_date() -> None:
    """The date is below "Dag" where no other column has it."""
    beside = [("Dag", "Datum", "Forum"), ("tis", "2027-03-09", "Nätverket")]
    alone = [("Dag", "Forum"), ("2027-03-09", "Nätverket")]
    assert said(read(csv_file(beside))) == [("B2", "Nätverket", date(2027, 3, 9))]
    assert said(read(csv_file(alone))) == [("A2", "Nätverket", date(2027, 3, 9))]


def test_a_calendar_program_exports_lists() -> None:
    """Outlook's own columns: the times in two of them, the days too."""
    heads = ("Subject", "Start Date", "Start Time", "End Date", "End Time", "Location")
    row = ("Nätverket", "2027-03-09", "09:00:00", "2027-03-10", "12:00:00", "Halmstad")
    (entry,) = read(csv_file([heads, row], ",")).entries
    assert entry.hours
    assert (entry.forum, entry.days, entry.hours.end) == ("Nätverket", 2, time(12))


def test_a_list_without_heads() -> None:
    """Columns are known by what they hold; what cannot be known so is left."""
    rows = [("2027-03-09", "09:00-12:00", "Nätverket", "?"), ("2027-04-13", "", "Styrgruppen", "x")]
    found = read(csv_file(rows))
    assert said(found) == [("A1", "Nätverket", date(2027, 3, 9)), ("A2", "Styrgruppen", date(2027, 4, 13))]
    assert {entry.location for entry in found.entries} == {None}


def test_the_place_in_a_list_without_heads() -> None:
    """The one column of words that is left; of two nothing is guessed, nor where no forum is known."""
    rows = [("2027-03-09", "Nätverket", "Halmstad"), ("2027-04-13", "Styrgruppen", "")]
    assert [entry.location for entry in read(csv_file(rows)).entries] == ["Halmstad", None]
    two = [(*row, "Anna") for row in rows]
    assert {entry.location for entry in read(csv_file(two)).entries} == {None}
    unknown = [("2027-03-09", "Rådet", "2"), ("2027-04-13", "Rådet", "3")]
    assert {entry.location for entry in read(csv_file(unknown)).entries} == {None}


def test_headings_between_rows() -> None:
    """A forum's name, or a year, alone in a row holds for the rows below it; notes and sums say nothing."""
    rows = [
        ("Datum", "Plats"), ("Nätverket",), ("9 mars", "Laholm"), ("2028",), ("7 mars", "Laholm"),
        ("Styrgruppen",), ("8 mars", "Hylte"), ("Uppdaterad av Anna",),
    ]  # fmt: skip
    found = read(csv_file(rows), year=2027)
    days = [entry.day for entry in found.entries]
    assert days == [date(2027, 3, 9), date(2028, 3, 7), date(2028, 3, 8)]
    assert [entry.forum for entry in found.entries] == ["Nätverket", "Nätverket", "Styrgruppen"]
    assert found.problems == []


def test_rows_that_cannot_be_read_are_told_with_row_and_cell() -> None:
    """Each once, in the cell that is at fault; the others come in."""
    rows = [
        ("Datum", "Veckodag", "Tid", "Forum", "Status"),
        ("3/4/27", "", "", "Nätverket", ""),
        ("2027-03-09", "ons", "", "Nätverket", ""),
        ("2027-03-09", "tis", "sen", "Nätverket", ""),
        ("2027-03-09", "tis", "", "Nätverket", "kanske"),
        ("", "", "13:00", "Nätverket", ""),
        ("2027-03-09", "tis", "", "Nätverket", ""),
    ]
    found = read(csv_file(rows))
    assert said(found) == [("A7", "Nätverket", date(2027, 3, 9))]
    places = [(line, column, text.partition(":")[0]) for line, column, text in told(found)]
    assert places == [(2, 1, "A2"), (3, 1, "A3"), (4, 3, "C4"), (5, 5, "E5"), (6, 1, "A6")]
    assert str(found.problems[0]).startswith("list.csv:2:1: warning: A2: ")


@pytest.mark.parametrize(
    ("name", "rows", "day"),
    [
        ("a.csv", [("Datum", "Forum"), ("9 mars", "Nätverket")], None),
        ("möten 2027.csv", [("Datum", "Forum"), ("9 mars", "Nätverket")], date(2027, 3, 9)),
        ("2026/2027.csv", [("2028",), ("Datum", "Forum"), ("9 mars", "Nätverket")], date(2028, 3, 9)),
        ("a.csv", [("2026/27",), ("Datum", "Forum"), ("9 mars", "Nätverket")], date(2027, 3, 9)),
        ("a.csv", [("2026/27",), ("Datum", "Forum"), ("9 sep", "Nätverket")], date(2026, 9, 9)),
        ("a.csv", [("2026 och 2027",), ("Datum", "Forum"), ("9 mars", "Nätverket")], None),
    ],
)
def test_the_year_stands_in_a_heading(name: str, rows: Sequence[Sequence[str]], day: date | None) -> None:
    """Above the list, or in the name of the file; where two stand there, nothing is guessed."""
    found = read(csv_file(rows), name)
    assert [entry.day for entry in found.entries] == ([day] if day else [])
    assert len(found.problems) == (day is None)


# --- quotation marks ----------------------------------------------------------------------------------


QUOTED = """Datum;Forum;Plats
2027-03-09;Nätverket;Halmstad
2027-04-13;Nätverket;Laholm
2027-09-14;Styrgruppen;Hylte
2027-10-12;Styrgruppen;Hylte
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("right", "written"),
    [
        ("2027-04-13;Nätverket;Laholm", '2027-04-13;"Nätverket;Laholm'),
        ("2027-04-13;Nätverket;Laholm", '"2027-04-13;Nätverket;Laholm'),
        ("Nätverket;Laholm\n2027-09-14;Styr", 'Nätverket;"Laholm\n2027-09-14;"Styr'),
        ("Laholm\n2027-09-14;Styrgruppen;Hylte", '"\n2027-09-14;Styrgruppen;"'),
        ("Laholm", '"Laholm"'),
        ("Laholm", '"Laholm\n(stora salen)"'),
        ("Laholm", '"Laholm; stora salen"'),
        ("Laholm", 'Sal "Laholm"'),
    ],
)
def test_no_row_is_lost_to_a_quotation_mark(right: str, written: str, end: str) -> None:
    """Be it a slip, or in its place."""
    text = QUOTED.replace(right, written, 1)
    found = read(text.replace("\n", end).encode())
    assert [(one.forum, one.day) for one in found.entries] == [
        (one.forum, one.day) for one in read(QUOTED.encode()).entries
    ]
    assert found.problems == []
    assert '"' not in (found.entries[1].forum + found.entries[2].forum)


def test_a_mark_that_makes_cells_unclear_is_told() -> None:
    """With its row and cell; the other rows come in."""
    text = QUOTED.replace("Nätverket;Laholm", '"Nätverket; stora;Laholm')
    found = read(text.encode())
    assert [one.day.month for one in found.entries] == [3, 9, 10]
    ((line, column, why),) = told(found)
    assert (line, column) == (3, 2)
    assert why.startswith("B3: a quotation mark begins here")


CELLS = st.text(st.sampled_from('ab1 ";,\n'), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=6), st.sampled_from(";,\t"))
def test_what_a_program_writes_is_read(rows: list[list[str]], separator: str) -> None:
    """Every value that is quoted as it should be, but for lines in it that look like rows."""
    assume(not any("\n" in cell and re.search("[1;,\t]", cell) for row in rows for cell in row))
    rows = [["sep", "x"], *rows]
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator="\n").writerows(rows)
    table = read_text("x", f"sep={separator}\n{stream.getvalue()}".encode())
    assert table.faults == {}
    assert table.rows[1:] == [[" ".join(cell.split()) for cell in row] for row in rows]


@given(st.text(st.sampled_from('a1";\r\n'), max_size=60))
def test_every_value_of_a_damaged_file_is_in_a_row_or_told(text: str) -> None:
    """Whatever the marks are, none of the letters is lost but the marks."""
    table = read_text("x", text.encode())
    said = "".join(str(value) for row in table.rows for value in row)
    if not table.faults:
        assert Counter(re.sub('[";\\s]', "", said)) == Counter(re.sub('[";\\s]', "", text))


def test_very_long_cells_are_told() -> None:
    """A cell that no spreadsheet holds, and a place that no calendar shows; the others come in."""
    long = QUOTED.replace("Laholm", "x" * 200_000).replace("Halmstad", "y" * 1001)
    found = read(long.encode())
    assert [one.day.month for one in found.entries] == [9, 10]
    assert [(line, text.partition(": ")[2]) for line, _, text in told(found)] == [
        (3, "this cell has more than 32767 characters"),
        (2, "a text of this date has more than 1000 characters"),
    ]
    (problem,) = read(b'"' + b"a" * 200_000).problems
    assert "A1: this cell has more than 32767 characters" in problem.text


# --- grids --------------------------------------------------------------------------------------------


def test_a_grid_of_forums_and_months() -> None:
    """A cell may hold several days, a weekday and a time."""
    found = read(csv_file(GRID))
    assert said(found) == IN_GRID
    assert found.entries[-1].hours
    assert found.problems == []


def test_a_grid_the_other_way() -> None:
    """Months in rows, forums in columns."""
    rows = [("2027", "", ""), ("", "Nätverket", "Styrgruppen"), ("jan", 12, ""), ("feb", "9", "10")]
    days = [date(2027, 1, 12), date(2027, 2, 9), date(2027, 2, 10)]
    forums = ["Nätverket", "Nätverket", "Styrgruppen"]
    found = read(csv_file(rows))
    assert [(entry.forum, entry.day) for entry in found.entries] == list(zip(forums, days, strict=True))


@pytest.mark.parametrize(
    "rows",
    [
        [("Nätverket", "2027-03-09", "2027-09-14"), ("Styrgruppen", "2027-04-13")],
        [("Nätverket", "Styrgruppen"), ("2027-03-09", "2027-04-13"), ("2027-09-14", "")],
    ],
)
def test_dates_beside_or_below_the_names(rows: Sequence[Sequence[str]]) -> None:
    """Without months: the forum's name begins the row, or the column."""
    found = read(csv_file(rows))
    expected = {
        ("Nätverket", date(2027, 3, 9)),
        ("Nätverket", date(2027, 9, 14)),
        ("Styrgruppen", date(2027, 4, 13)),
    }
    assert {(entry.forum, entry.day) for entry in found.entries} == expected


def test_columns_beside_the_months() -> None:
    """Times and places hold for all dates of a row."""
    rows = [("2027",), ("Organ", "Tid", "jan", "feb", "Plats"), ("Nätverket", "13.00", 12, 9, "Laholm")]
    found = read(csv_file(rows))
    assert {(entry.location, entry.hours and entry.hours.start) for entry in found.entries} == {
        ("Laholm", time(13))
    }


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv"])
def test_days_in_lines_of_their_own(name: str) -> None:
    """In one cell, as Alt+Enter makes them, in a workbook and in the list that Excel saves of it."""
    rows = [("2027", "mars", "april"), ("Nätverket", "9\n23 kl 13", "13")]
    quoted = [("2027", "mars", "april"), ("Nätverket", '"9\n23 kl 13"', "13")]
    found = read(xlsx({"a": rows}) if name.endswith("xlsx") else csv_file(quoted), name)
    assert [entry.day for entry in found.entries] == [date(2027, 3, 9), date(2027, 3, 23), date(2027, 4, 13)]
    assert [entry.hours and entry.hours.start for entry in found.entries] == [None, time(13), None]
    wrapped = [("Datum", "Forum"), ("2027-03-09\n13:00-15:00", "Nät-\nverket")]
    (entry,) = read(xlsx({"a": wrapped})).entries
    assert (entry.day, entry.forum) == (date(2027, 3, 9), "Nät- verket")
    assert entry.hours is not None
    assert entry.hours.start == time(13)


def test_weeks_beside_a_grid_are_no_dates() -> None:
    """Nor are the numbers of rows, and none of them is the name of a forum."""
    rows = [("Vecka", "Nätverket", "Styrgruppen"), (2, "2027-01-12", ""), (10, "", "2027-03-10")]
    numbered = [
        ("2027",),
        ("Nr", "Organ", "jan", "mars"),
        (1, "Nätverket", 12, ""),
        (2, "Styrgruppen", "", 10),
    ]
    for found in map(read, (csv_file(rows), csv_file(numbered), xlsx({"a": rows}), xlsx({"a": numbered}))):
        days = [(entry.forum, entry.day) for entry in found.entries]
        assert days == [("Nätverket", date(2027, 1, 12)), ("Styrgruppen", date(2027, 3, 10))]
        assert found.problems == []


def test_a_grid_of_two_years() -> None:
    """2026/27 begins in August; where one year alone stands there, the second part is told."""
    rows = [("", "aug", "dec", "jan"), ("Nätverket", 12, 1, 12)]
    split = read(csv_file([("Läsåret 2026/27", "", "", ""), *rows]))
    assert [entry.day for entry in split.entries] == [date(2026, 8, 12), date(2026, 12, 1), date(2027, 1, 12)]
    alone = read(csv_file([("2026", "", "", ""), *rows]))
    assert [entry.day for entry in alone.entries] == [date(2026, 8, 12), date(2026, 12, 1)]
    assert [problem.line for problem in alone.problems] == [2]
    dated = read(csv_file([("", "aug 2026", "dec 2026", "jan 2027"), rows[1]]))
    assert [entry.day for entry in dated.entries] == [entry.day for entry in split.entries]


def test_what_is_no_day_in_a_grid_is_told() -> None:
    """A cross says that they meet, but not when; a dash says that they do not."""
    rows = [("2027",), ("", "jan", "feb", "mars"), ("Nätverket", "x", "–", "31 feb")]
    found = read(csv_file(rows))
    assert found.entries == []
    assert [(line, column) for line, column, _ in told(found)] == [(3, 2), (3, 4)]


# --- what somebody made to do harm --------------------------------------------------------------------


def packed(**members: bytes) -> bytes:
    """Return a packed file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/") + ".xml", data)
    return stream.getvalue()


def test_a_file_that_unpacks_to_very_much_is_refused() -> None:
    """300 MB of zeros in 300 kB; and one that says that it has ten bytes."""
    assert "unpacks to more than" in refused(packed(xl__sheet=bytes(300_000_000)))
    data = bytearray(packed(xl__sheet=bytes(5_000_000)))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.find(mark) + offset, 10)
    assert "is damaged" in refused(bytes(data)) or "is a workbook that is damaged" in refused(bytes(data))


def test_a_cell_far_from_all_others_is_refused() -> None:
    """Room would be made for all that lies between."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "Datum")
        sheet.write(1_048_575, 16_383, "x")
    assert "has more than" in refused(stream.getvalue())
    repeated = ods_cell("x", 'table:number-columns-repeated="16384"')
    assert "has more than" in refused(
        ods(ods_row(repeated, attributes='table:number-rows-repeated="1048576"'))
    )


def test_a_sheet_formatted_to_its_end_is_read() -> None:
    """Office programs repeat empty cells to the last column and row."""
    empty = '<table:table-cell table:number-columns-repeated="16382"/>'
    rows = [ods_row(*map(ods_cell, ("Datum", "Forum")), empty)]
    rows += [ods_row(ods_cell(date(2027, 3, 9)), ods_cell("Nätverket"), empty)]
    rows += [ods_row(empty, attributes='table:number-rows-repeated="1048574"')]
    assert said(read(ods(*rows), "list.ods")) == [("A2", "Nätverket", date(2027, 3, 9))]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no column of dates"),
        (b"hej", "no column of dates"),
        (b"<html><table><tr><td>2027", "is a web page"),
        (b"Datum;Forum\0;", "is neither a table"),
        (b"\x81\x8d", "is neither a table"),
        (b"BEGIN:VEVENT\r\nDTSTART:20270309\r\nEND:VEVENT\r\n", '"BEGIN:VCALENDAR" is missing before'),
        (b"Datum;Forum\n" * (2 * MAX_ROWS + 1), "has more than"),
        (b"a;" * 100_000, "has more than"),
        (b"PK\x03\x04", "is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), "is damaged"),
        (bytes(11 * 1024 * 1024), "is larger than"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, why: str) -> None:
    """With a sentence."""
    assert why in refused(data)


def test_damaged_workbooks_do_no_harm() -> None:
    """Whatever the library does with them, they are read or refused."""
    random = Random(17)  # noqa: S311 - the same each time
    originals = [
        (FILES / "list.xls").read_bytes(),
        xlsx({"B": LIST}),
        ods(*(ods_row(*map(ods_cell, row)) for row in LIST)),
    ]
    for original in originals:
        for _ in range(3):
            data = bytearray(original)
            for _ in range(random.randint(1, 8)):
                data[random.randrange(8, len(data))] = random.randrange(256)
            with suppress(UnreadableFileError):
                read(bytes(data))


def test_formulas_are_texts() -> None:
    """Nothing is computed; our own marks around them are taken off."""
    rows = [
        ("Datum", "Forum", "Plats"),
        ("2027-03-09", "=HYPERLINK()", "'=1+1"),
        ("=2027-03-09", "Nätverket", ""),
    ]
    found = read(csv_file(rows))
    assert [(entry.forum, entry.location) for entry in found.entries] == [("=HYPERLINK()", "=1+1")]
    assert len(found.problems) == 1


def test_control_characters_are_told() -> None:
    """A text with them could not be written anywhere."""
    rows = [("Datum", "Forum", "Plats"), ("2027-03-09", "Nätverket", "Halm\u0085stad\u2028x")]
    found = read(xlsx({"B": rows}), "list.xlsx")
    assert all(entry.location == "Halm stad x" for entry in found.entries)
    rows[1] = ("2027-03-09", "Nätverket", "Halm\u0098stad")
    found = read(xlsx({"B": rows}), "list.xlsx")
    assert found.entries == []
    assert [(line, column) for line, column, _ in told(found)] == [(2, 3)]


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_spreadsheets_do(column: int, name: str) -> None:
    """So that the cell is found."""
    assert column_name(column) == name
    assert Place(13, column).name == f"{name}14"


# --- as people keep them ------------------------------------------------------------------------------


def test_a_hidden_sheet_is_told_and_not_read() -> None:
    """It may hold what somebody has put aside."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        for name in ("Möten", "Gammalt"):
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(LIST):
                sheet.write_row(number, 0, row)
        sheet.hide()
    found = read(stream.getvalue(), "list.xlsx")
    assert said(found) == MEETINGS
    assert [text for _, _, text in told(found)] == [
        'the sheet "Gammalt" is hidden, and not read; show it to have its dates'
    ]


@pytest.mark.parametrize("sign", ["\x07", "\x0b", "\x1b", "\x1c"])
def test_a_control_character_spoils_its_cell_alone(sign: str) -> None:
    """It does not end a row, either."""
    rows = [*LIST, (f"2027-10-{sign}12", "", "Nätverket", "", "")]
    found = read(csv_file(rows))
    assert said(found) == MEETINGS
    assert [(line, column) for line, column, _ in told(found)] == [(4, 1)]


@pytest.mark.parametrize("corner", ["2027", 2027, "Organ 2027"])
def test_the_year_may_stand_in_the_corner_of_a_grid(corner: object) -> None:
    """And another in that of the next one."""
    below = [(str(corner).replace("2027", "2028"), "jan", "feb", "mars"), ("Nätverket", 11, "", "")]
    rows = [(corner, "jan", "feb", "mars"), ("Nätverket", 12, "9, 23", "tis 9"), *below]
    days = [date(2027, 1, 12), date(2027, 2, 9), date(2027, 2, 23), date(2027, 3, 9), date(2028, 1, 11)]
    assert [day for _, _, day in said(read(csv_file(rows)))] == days


def test_a_weekday_beside_tells_which_date_is_meant() -> None:
    """Of two; without it, or where it is that of neither, both are told."""
    rows = [
        ("Datum", "Veckodag", "Forum"),
        ("03/04/2027", "lördag", "Nätverket"),
        ("03/04/2027", "tors", "Nätverket"),
        ("tors 04/03/2027", "", "Nätverket"),
        ("03/04/2027", "", "Nätverket"),
    ]
    found = read(csv_file(rows))
    assert [day for _, _, day in said(found)] == [date(2027, 4, 3), date(2027, 3, 4), date(2027, 3, 4)]
    assert [line for line, _, _ in told(found)] == [5]


@pytest.mark.parametrize("hours", ["16:00-13:00", "13-9"])
def test_hours_that_end_before_they_start(hours: str) -> None:
    """In one column or in two; those of a night are meant."""
    start, end = hours.split("-")
    for rows in (
        [("Datum", "Tid", "Forum"), ("2027-03-09", hours, "Nätverket")],
        [("Datum", "Forum", "Start", "Slut"), ("2027-03-09", "Nätverket", f"kl {start}", f"kl {end}")],
    ):
        found = read(csv_file(rows))
        assert said(found) == []
        assert "ends before it starts" in told(found)[0][2]
    night = read(csv_file([("Datum", "Tid", "Forum"), ("2027-03-09", "21:00-02:00", "Nätverket")]))
    assert len(night.entries) == 1


def test_many_problems_of_a_kind_are_told_in_few_lines() -> None:
    """The first ten with their cells, and how many more; other kinds beside."""
    rows = [("Datum", "Forum"), *[("3/4/27", "Nätverket")] * 500, ("x", "Nätverket")]
    problems = compact(read(csv_file(rows)).problems)
    assert [one.line for one in problems] == [*range(2, 12), 502, None]
    assert problems[-1].text.startswith("490 more like this: A2: ")
