"""The workbook: read back by two programs that are not ours, and the same bytes from the same plan."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import python_calamine
import sample_year as sample
from hypothesis import given
from hypothesis import strategies as st

from kultursam.forumfile.values import DayOfYear, TimeSpan
from kultursam.plans.model import Change
from kultursam.render.workbook import workbook
from kultursam.render.workbook.names import LONGEST, sheet_names

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from kultursam.forumfile.register import Register
    from kultursam.plans.model import Plan

MATRIX, LIST, DEADLINES, CHANGES = "Månader", "Möten", "Deadlines", "Ändringar"
BODIES = ["Region Halland", "Hylte", "Varberg", "Region Skåne"]


def opened(plan: Plan | None = None, known: Register | None = None) -> openpyxl.Workbook:
    """Return the workbook of a year as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(workbook(plan or sample.plan(), known or sample.register())))


def rows(sheet: Worksheet) -> list[list[Any]]:
    """Return the rows of a sheet's table, its heads first."""
    (table,) = sheet.tables.values()
    return [[cell.value for cell in row] for row in sheet[table.ref]]


def as_dicts(sheet: Worksheet) -> list[dict[str, Any]]:
    """Return the rows of a sheet's table by their heads."""
    heads, *others = rows(sheet)
    return [dict(zip(heads, row, strict=True)) for row in others]


def test_the_sheets_in_their_order() -> None:
    """The matrix first, then the list, what is due, what changed, and each organisation that meets."""
    plan = sample.plan(changes=(Change("bibliotek-2025-2", "cancelled", "2025-05-08"),))
    assert opened(plan).sheetnames == [MATRIX, LIST, DEADLINES, CHANGES, *BODIES]


def test_no_sheet_is_empty() -> None:
    """Where nothing is due, or nothing has changed, no page is printed that has a head and nothing below."""
    assert opened().sheetnames == [MATRIX, LIST, DEADLINES, *BODIES]
    known = sample.register()
    idle = replace(known, file=known.file.model_copy(update={"dates": {}}))
    plan = replace(sample.plan(), deadlines=())
    assert opened(plan, idle).sheetnames == [MATRIX, LIST, *BODIES]


def test_dates_and_times_are_real() -> None:
    """Both readers see days and hours, not texts; shown as the language writes them."""
    book = opened()
    first = as_dicts(book[LIST])[0]
    assert first["Datum"] == datetime(2025, 1, 23)  # noqa: DTZ001 - a day has no zone
    assert (first["Start"], first["Slut"]) == (time(9), time(12))
    assert (first["Vecka"], first["Veckodag"], first["Id"]) == (4, "tors", "sydsverige-2025-1")
    assert book[LIST]["A2"].number_format == "[$-41D]yyyy-mm-dd"
    assert book[LIST]["D2"].number_format == "hh:mm"
    read = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(workbook(sample.plan(), sample.register()))
    )
    assert read.get_sheet_by_name(LIST).to_python()[1][:5] == [
        date(2025, 1, 23),
        4,
        "tors",
        time(9),
        time(12),
    ]
    english = opened(known=sample.register("en"))
    assert english[english.sheetnames[1]]["A2"].number_format == "[$-809]d mmm yyyy"


def test_the_list_has_every_meeting_in_order_of_time() -> None:
    """With its state; what is cancelled is struck out and says why."""
    sheet = opened()[LIST]
    listed = as_dicts(sheet)
    assert [row["Id"] for row in listed] == [one.id for one in sample.plan().chronological()]
    (at,) = (number for number, row in enumerate(listed, 2) if row["Id"] == "bibliotek-2025-2")
    off = listed[at - 2]
    assert (off["Status"], off["Orsak"]) == ("inställt", "för få anmälda")
    assert sheet.cell(at, 1).font.strike
    assert not sheet.cell(at - 1, 1).font.strike


def test_the_matrix_has_a_forum_a_row_and_a_month_a_column() -> None:
    """Days in the cells, a lone one as a number, and below the table what the signs mean."""
    sheet = opened()[MATRIX]
    heads, *forums = rows(sheet)
    assert heads[:4] == ["Forum", "Tid", "jan", "feb"]
    assert heads[-1] == "jan 2026"
    by_name = {row[0]: dict(zip(heads, row, strict=True)) for row in forums}
    assert by_name["Styrgrupp för kulturplanen"]["mars"] == "19→, 21○"
    assert by_name["Kulturpolitiskt samråd"]["apr"] == 24
    assert by_name["Biblioteksledarnätverket"]["maj"] == "8✕"
    below = [sheet.cell(row, 1).value for row in range(len(forums) + 3, sheet.max_row + 1)]
    assert "○ preliminärt" in below
    assert "✕ inställt" in below


def test_heads_are_unique_where_a_month_comes_twice() -> None:
    """A planning year that begins on a fifteenth has August at both its ends; a table's heads differ."""
    known = sample.register()
    file = known.file.model_copy(
        update={"year": known.file.year.model_copy(update={"from_": DayOfYear(8, 15)})}
    )
    plan = sample.plan(begins=file.year.from_)
    heads = rows(opened(plan, replace(known, file=file))[MATRIX])[0]
    assert "aug 2025" in heads
    assert "aug 2026" in heads
    assert len(heads) == len(set(heads))


def test_what_is_due_stands_by_date() -> None:
    """Deadlines of meetings, of terms, and fixed dates; cancelled ones do not."""
    due = [(row["Datum"].date(), row["Deadline"]) for row in as_dicts(opened()[DEADLINES])]
    assert due == [
        (date(2025, 4, 10), "Kallelse"),
        (date(2025, 4, 17), "Handlingar"),
        (date(2025, 6, 18), "Mål och budget beslutas"),
        (date(2025, 9, 30), "Samrådet förnyas"),
        (date(2025, 10, 23), "Kallelse"),
    ]


def test_what_changed_stands_by_kind() -> None:
    """What it was and what it is, as real days; who cancelled it says why."""
    changes = (
        Change("bibliotek-2025-2", "cancelled", "2025-05-08"),
        Change("styrgrupp-2025-2", "moved", "2025-03-18", "2025-03-19"),
        Change("samrad-2025-2", "changed", "Halmstad", "Rådhuset"),
        Change("styrgrupp-2025-3", "moved", "2025-03-21 09:00-11:00", "2025-03-21 09:00-12:00"),
    )
    found = rows(opened(sample.plan(changes=changes))[CHANGES])
    assert found == [
        ["Ändring", "Från", "Till", "Forum", "Nummer", "Orsak"],
        ["flyttat", datetime(2025, 3, 18), datetime(2025, 3, 19), "Styrgrupp för kulturplanen", 2, None],  # noqa: DTZ001
        [
            "flyttat",
            "2025-03-21 09:00-11:00",
            "2025-03-21 09:00-12:00",
            "Styrgrupp för kulturplanen",
            3,
            None,
        ],
        ["ändrat", "Halmstad", "Rådhuset", "Kulturpolitiskt samråd", 2, None],
        ["inställt", datetime(2025, 5, 8), None, "Biblioteksledarnätverket", 2, "för få anmälda"],  # noqa: DTZ001
    ]


def test_each_organisation_has_its_own_meetings() -> None:
    """Those that it takes part in, without what is read again: only one list of the file is."""
    plan = sample.plan()
    listed = as_dicts(opened()["Hylte"])
    theirs = [one for one in plan.chronological() if "hylte" in plan.organisations_of(one)]
    assert [row["Datum"].date() for row in listed] == [one.date for one in theirs]
    assert "Id" not in listed[0]


def test_columns_at_need() -> None:
    """Days, times and zones of meetings that have such; whole days have no hours."""
    days: dict[str, dict[str, Any]] = {
        "samrad-2025-1": {"days": 2, "last_day": TimeSpan(time(8, 30), time(12)), "timezone": "Europe/Kyiv"},
        "museer-2025-1": {"start": time(0), "end": time(0), "link": "https://example.org/join"},
    }
    plan = sample.plan()
    plan = replace(plan, meetings=tuple(replace(one, **days.get(one.id, {})) for one in plan.meetings))
    by_id = {row["Id"]: row for row in as_dicts(opened(plan)[LIST])}
    several, whole = by_id["samrad-2025-1"], by_id["museer-2025-1"]
    assert several["Sista datum"].date() == date(2025, 4, 25)
    assert (several["Tid sista dagen"], several["Tidszon"]) == ("08:30-12:00", "Europe/Kyiv")
    assert (whole["Start"], whole["Slut"], whole["Länk"]) == (None, None, "https://example.org/join")
    assert "Sista datum" not in as_dicts(opened()[LIST])[0]


@pytest.mark.parametrize(
    "name", ["=cmd|' /C calc'!A0", "+1+1", "-1", "@SUM(A1)", "{=1}", "_x0041_", "007", *sample.HOSTILE]
)
def test_texts_stay_texts(name: str) -> None:
    """No name becomes a formula, a link, a number or markup; what no file can hold is left out."""
    data = workbook(sample.hostile(name), sample.renamed(name))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    assert not any(cell.hyperlink for sheet in book for row in sheet for cell in row)
    read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    cells = {value for row in read.get_sheet_by_name(LIST).to_python() for value in row}
    shown = re.sub("[\0-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe]", "", name)
    assert shown in cells


def test_each_sheet_is_a_table_to_filter_and_to_print() -> None:
    """Its heads stay when scrolling and come on each page of A4, with the title and the page below."""
    for sheet in opened():
        (table,) = sheet.tables.values()
        assert table.headerRowCount is None or table.headerRowCount == 1
        assert table.autoFilter.ref == table.ref
        assert sheet.freeze_panes == "A2"
        assert sheet.page_setup.paperSize == 9
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.oddFooter.left.text == f"Möten 2025 – Kultur i Halland · {sheet.title}"
        assert sheet.oddFooter.right.text == "&P/&N"
    assert opened()[LIST].page_setup.orientation == "landscape"
    # What a program knows a meeting by is not printed.
    last = [cell.value for cell in opened()[LIST][1]].index("Id")
    assert opened()[LIST].print_area.split(":")[1].startswith(f"${'ABCDEFGHIJKLMNO'[last - 1]}$")


def test_the_file_says_what_it_is() -> None:
    """Its title and language, and for screen readers what each table holds."""
    data = workbook(sample.plan(), sample.register())
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.properties.title == "Möten 2025 – Kultur i Halland"
    assert {prop.name: prop.value for prop in book.custom_doc_props.props} == {"Language": "sv"}
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        tables = [parts.read(name).decode() for name in parts.namelist() if "/tables/" in name]
    assert len(tables) == len(book.sheetnames)
    assert all('altText="' in table or "altTextSummary" in table for table in tables)


def test_the_same_plan_gives_the_same_bytes() -> None:
    """Nothing is packed, as each zlib packs otherwise; no moment is that at which it was made."""
    data = workbook(sample.plan(), sample.register())
    assert data == workbook(sample.plan(), sample.register())
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        facts = {(one.compress_type, one.create_system, one.date_time) for one in parts.infolist()}
        assert facts == {(zipfile.ZIP_STORED, 3, (1980, 1, 1, 0, 0, 0))}
        # The sample's last change: a meeting that was moved a month after the others were planned.
        assert b"2024-12-01T23:30:00Z" in parts.read("docProps/core.xml")


def test_a_year_without_meetings_is_a_workbook() -> None:
    """Its tables are empty."""
    book = opened(sample.plan(()))
    assert book.sheetnames == [MATRIX, LIST, DEADLINES]
    assert [cell.value for cell in book[LIST][2]] == [None] * book[LIST].max_column


def test_rows_are_as_high_as_their_texts() -> None:
    """A long name takes lines, as not every program finds the height by itself."""
    plan = sample.plan()
    forums = {key: replace(one, name="Lång " * 30) for key, one in plan.forums.items()}
    sheet = opened(replace(plan, forums=forums))[LIST]
    assert sheet.row_dimensions[2].height >= 4 * 15
    assert opened()[LIST].row_dimensions[2].height is None


TEXTS = st.lists(st.text(max_size=40) | st.sampled_from([*sample.HOSTILE, "History", "a" * 40, "'x'", "[]"]))


@given(TEXTS)
def test_names_of_sheets_are_those_that_excel_allows(wanted: list[str]) -> None:
    """Short, without what is forbidden, each only once in whatever case; and the wanted one where that is."""
    names = sheet_names(wanted)
    assert len(names) == len(wanted)
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= LONGEST
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"


def test_names_of_sheets_that_are_equal_are_numbered() -> None:
    """In the order in which they come, also where the end of a name is cut off."""
    assert sheet_names(["Nämnd", "nämnd", "Nämnd"]) == ["Nämnd", "nämnd (2)", "Nämnd (3)"]
    assert sheet_names(["x" * 40] * 2) == ["x" * 31, "x" * 27 + " (2)"]
    assert sheet_names(["", "a/b"]) == ["-", "a b"]
    assert sheet_names(["😀" * 20]) == ["😀" * 15]


def test_organisations_of_one_name_have_a_sheet_each() -> None:
    """Also one whose name is that of a sheet of ours."""
    known = sample.register()
    bodies = {key: one.model_copy(update={"short": LIST}) for key, one in known.file.organisations.items()}
    file = known.file.model_copy(update={"organisations": bodies})
    names = opened(known=replace(known, file=file)).sheetnames
    assert names[3:] == [f"{LIST} ({number})" for number in range(2, 6)]


def test_size_grows_with_the_year() -> None:
    """Four times as many meetings take about four times the room: every row is written once a list."""
    years = [sample.large(forums, 8 * forums) for forums in (25, 100)]
    small, large = (len(workbook(plan, known)) for known, plan in years)
    assert large < 5 * small
