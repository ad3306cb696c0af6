"""What people take away: one file of a year in the format they want, published where it is wished."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import openpyxl
import pikepdf
import pytest
from project_folder import EXAMPLE, SMALL, Folder

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TODAY = ("--today", "2024-09-15")
WISHED = {"xlsx": "calendars/2025/2025.xlsx", "pdf": "calendars/2025/2025.pdf"}
LIST = "Möten"
WITHOUT_TYPST = "en PDF behöver biblioteket typst, som inte är installerat; gör det med: pip install typst"


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return the example with its plan of 2025, workbook and document being wished."""
    folder = Folder(tmp_path, EXAMPLE.replace("\ndomain:", "\npublish: [xlsx, pdf]\ndomain:"))
    folder.fine("plan", "2025", "--quiet", *TODAY)
    return folder


def exported(project: Folder, kind: str, *more: str) -> bytes:
    """Return one file of 2025."""
    project.fine("export", "2025", "--format", kind, "--output", f"taken.{kind}", *more)
    return project.place(f"taken.{kind}").read_bytes()


def listed(data: bytes) -> list[dict[str, object]]:
    """Return the rows of the list in a workbook, by their heads."""
    heads, *rows = openpyxl.load_workbook(io.BytesIO(data))[LIST].values
    return [dict(zip(map(str, heads), row, strict=True)) for row in rows]


# --- published ----------------------------------------------------------------------------------------


def test_what_is_wished_is_published_and_linked(project: Folder) -> None:
    """Beside the calendars of the year, and above its list."""
    files = project.files()
    assert files[WISHED["xlsx"]].startswith(b"PK")
    assert files[WISHED["pdf"]].startswith(b"%PDF-")
    page = files["calendars/2025.html"].decode()
    assert '<a href="2025/2025.xlsx" download>Arbetsbok (Excel)</a>' in page
    assert '<a href="2025/2025.pdf" download>Dokument (PDF)</a>' in page


def test_nothing_is_published_without_a_wish(tmp_path: Path) -> None:
    """Neither file, nor a link to one that is not there."""
    project = Folder(tmp_path)
    project.fine("plan", "2025", "--quiet", *TODAY)
    files = project.files()
    assert not [name for name in files if name.endswith((".xlsx", ".pdf"))]
    assert not any(b"2025/2025." in data for name, data in files.items() if name.endswith(".html"))


def test_an_unchanged_run_touches_nothing(project: Folder) -> None:
    """The same plan gives the same workbook and the same document, on a later day too."""
    stamps = project.stamps()
    project.fine("plan", "2025", "--quiet", "--today", "2024-10-15")
    project.fine("publish")
    assert project.stamps() == stamps


def test_a_wish_that_is_taken_back_takes_its_file_along(project: Folder) -> None:
    """It would go on showing old dates; what somebody else put there stays."""
    others = project.place("calendars/2025/2024.xlsx")
    others.write_bytes(b"kultursam")
    project.edit("publish: [xlsx, pdf]", "publish: [xlsx]")
    project.fine("publish")
    assert WISHED["xlsx"] in project.files()
    assert WISHED["pdf"] not in project.files()
    project.edit("publish: [xlsx]\n", "")
    project.place(WISHED["pdf"]).write_bytes(b"%PDF-1.7 of somebody else's")
    project.fine("publish")
    assert WISHED["xlsx"] not in project.files()
    assert WISHED["pdf"] in project.files()
    assert others.exists()


@contextmanager
def without_typst() -> Iterator[None]:
    """Let it be as if the library that makes documents were not installed."""
    loaded = [name for name in sys.modules if name.startswith("kultursam.render.document")]
    with patch.dict(sys.modules, {"typst": None}):
        for name in loaded:
            del sys.modules[name]
        yield


@pytest.mark.parametrize("command", ["plan 2025", "publish", "export 2025 --format pdf"])
def test_without_the_extra_a_document_is_told_of(tmp_path: Path, command: str) -> None:
    """What to install; nothing is written, and the exit code says so. What needs no document goes on."""
    project = Folder(tmp_path, SMALL.replace("\ndomain:", "\npublish: [pdf]\ndomain:"))
    project.fine("plan", "2025", "--quiet", *TODAY)
    project.edit("name: Nätverket", "name: Nätverken")
    stamps = project.stamps()
    with without_typst():
        run = project.run(*command.split(), *TODAY)
        shown = project.run("show", "2025", *TODAY)
    assert run.code == 1
    assert WITHOUT_TYPST in run.err
    assert project.stamps() == stamps
    assert shown.code == 0


def test_the_check_tells_of_a_document_that_cannot_be_made(tmp_path: Path) -> None:
    """With the line that wishes it, what to install, and the code of publishing; where it can, nothing."""
    project = Folder(tmp_path, SMALL.replace("\ndomain:", "\npublish: [xlsx, pdf]\ndomain:"))
    with without_typst():
        run = project.run("check", *TODAY)
        (warning,) = project.run("check", "--json", *TODAY).document["problems"]
        (error,) = project.run("plan", "2025", "--json", *TODAY).document["problems"]
    line = 1 + SMALL.partition("\ndomain:")[0].count("\n") + 1
    assert f"forums.yaml:{line}:17: warning: {WITHOUT_TYPST}" in run.err
    assert (run.code, warning["line"], warning["code"]) == (0, line, error["code"])
    assert project.fine("check", *TODAY).err == ""


def test_what_changed_since_the_year_was_planned_is_a_sheet(project: Folder) -> None:
    """In the published workbook all of it; in one that is made since a day, what changed since."""
    project.fine("move", "taktiskt-natverk-2025-2", "2025-05-14", "--force", "--today", "2024-11-01")
    project.fine(
        "cancel", "taktiskt-natverk-2025-4", "--reason", "För få anmälda", "--force", "--today", "2024-12-01"
    )

    def told(data: bytes) -> dict[object, tuple[object, ...]]:
        rows = list(openpyxl.load_workbook(io.BytesIO(data))["Ändringar"].values)[1:]
        return {row[0]: row[1:] for row in rows if row[3] == "Taktiskt nätverk"}

    changed = told(project.files()[WISHED["xlsx"]])
    assert {"flyttat", "inställt"} <= changed.keys()
    assert changed["flyttat"][1] == datetime(2025, 5, 14)  # noqa: DTZ001 - a day has no zone
    assert changed["inställt"][-1] == "För få anmälda"
    assert told(exported(project, "xlsx", "--since", "2024-11-15")).keys() == {"inställt"}
    assert exported(project, "xlsx") == project.files()[WISHED["xlsx"]]


# --- exported -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_a_year_is_exported_as_it_is_published(project: Folder, kind: str) -> None:
    """To the byte."""
    assert exported(project, kind) == project.files()[WISHED[kind]]


def test_a_table_is_exported_as_it_is_published(project: Folder) -> None:
    """To the byte, also on stdout."""
    assert exported(project, "csv") == project.files()["calendars/2025/meetings.csv"]
    run = project.fine("export", "2025", "--format", "csv")
    assert run.out == project.files()["calendars/2025/meetings.csv"].decode()


def test_without_a_format_it_is_a_calendar(project: Folder) -> None:
    """As it always was: to be imported once."""
    run = project.fine("export", "2025", "--output", "new.ics")
    assert project.place("new.ics").read_bytes() == project.files()["calendars/2025/all.ics"]
    assert "en gång" in run.err
    assert "en gång" not in project.fine("export", "2025", "--format", "xlsx", "--output", "a.xlsx").err


def test_a_selection_is_what_the_file_holds_and_says(project: Folder) -> None:
    """By forum, organisation, role and day: each names what it was made for."""
    every = listed(exported(project, "xlsx"))
    forum = listed(exported(project, "xlsx", "--forum", "taktiskt-natverk"))
    assert forum == [row for row in every if str(row["Id"]).startswith("taktiskt-natverk-")]
    data = exported(project, "xlsx", "--role", "presidium")
    assert 0 < len(listed(data)) < len(every)
    assert openpyxl.load_workbook(io.BytesIO(data)).properties.title.endswith(": presidium")
    spring = listed(exported(project, "xlsx", "--to", "2025-06-30"))
    assert spring == [row for row in every if row["Datum"] <= datetime(2025, 6, 30)]  # type: ignore[operator] # noqa: DTZ001
    with pikepdf.open(io.BytesIO(exported(project, "pdf", "--organisation", "varberg"))) as pdf:
        assert str(pdf.docinfo["/Title"]).endswith(": Varberg")
    run = project.run("export", "2025", "--role", "presidum")
    assert run.code == 1
    assert 'inget forum har ledamöter i rollen "presidum"; menade du "presidium"?' in run.err


def test_calendars_are_chosen_by_role(project: Folder) -> None:
    """The same meetings as the role's feed holds."""
    project.fine("export", "2025", "--role", "presidium", "--output", "role.ics")
    feed = project.files()["calendars/feeds/roles/presidium.ics"]
    assert set(_uids(project.place("role.ics").read_bytes())) == set(_uids(feed))


def _uids(data: bytes) -> list[bytes]:
    return [line for line in data.splitlines() if line.startswith(b"UID:")]


def test_since_leaves_what_did_not_change(project: Folder) -> None:
    """Moved and added meetings are there, in every format."""
    later = ("--today", "2024-11-01")
    project.fine("move", "taktiskt-natverk-2025-2", "2025-05-14", "--force", *later)
    changed = {"taktiskt-natverk-2025-2"}
    rows = listed(exported(project, "xlsx", "--since", "2024-10-01"))
    assert {row["Id"] for row in rows} >= changed
    assert len(rows) < len(listed(exported(project, "xlsx")))
    table = exported(project, "csv", "--since", "2024-10-01").decode("utf-8-sig")
    ids = {row["id"] for row in csv.DictReader(io.StringIO(table, newline=""), delimiter=";")}
    assert ids == {row["Id"] for row in rows}


# --- and back -----------------------------------------------------------------------------------------


def edited(project: Folder, edit: Callable[[Worksheet], None]) -> None:
    """Open the exported workbook, change its list as a person would, and save it."""
    path = project.place("taken.xlsx")
    path.write_bytes(exported(project, "xlsx"))
    book = openpyxl.load_workbook(path)
    edit(book[LIST])
    book.save(path)


def cell_of(sheet: Worksheet, meeting: str, head: str) -> tuple[int, int]:
    """Return row and column of what a list says of a meeting."""
    heads = [cell.value for cell in sheet[1]]
    row = next(
        row for row in range(2, sheet.max_row + 1) if sheet.cell(row, heads.index("Id") + 1).value == meeting
    )
    return row, heads.index(head) + 1


def test_a_workbook_that_is_read_again_changes_nothing(project: Folder) -> None:
    """Neither as it was made, nor as another program saved it; its other sheets are left alone."""
    exported(project, "xlsx")
    stamps = project.stamps()
    for _ in range(2):
        run = project.fine("import", "taken.xlsx", "--write", *TODAY)
        assert "→" not in run.out
        assert run.err == ""
        edited(project, lambda _: None)
    assert {**project.stamps(), "taken.xlsx": 0} == {**stamps, "taken.xlsx": 0}


def test_a_workbook_that_was_edited_moves_just_that(project: Folder) -> None:
    """A date, the hours of another meeting, and a place; all else stays as it was."""
    first, second, third = (f"taktiskt-natverk-2025-{number}" for number in (1, 2, 3))

    def edit(sheet: Worksheet) -> None:
        sheet.cell(*cell_of(sheet, first, "Datum")).value = date(2025, 2, 26)
        sheet.cell(*cell_of(sheet, second, "Start")).value = time(10)
        sheet.cell(*cell_of(sheet, second, "Slut")).value = time(11, 30)
        sheet.cell(*cell_of(sheet, third, "Plats")).value = "Rådhuset"

    before = project.meetings(2025)
    edited(project, edit)
    run = project.fine("import", "taken.xlsx", "--write", *TODAY)
    after = project.meetings(2025)
    told = ("date", "start", "end", "host", "place", "status", "sequence")
    changed = {key for key in before if any(before[key][one] != after[key][one] for one in told)}
    assert changed == {first, second, third}, run.out
    assert after[first]["date"] == "2025-02-26"
    assert (after[second]["start"], after[second]["end"]) == ("10:00", "11:30")
    assert after[third]["place"] == "Rådhuset"
