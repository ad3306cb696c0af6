"""A list that is read again: what was decided since stays, and what was edited moves, and nothing else."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from project_folder import Folder, Run
from workbooks import csv_file, xlsx

FORUMS = """
name: Kultur i Väst
language: sv
timezone: Europe/Stockholm
domain: kultur.example
organisations: {hylte: {name: Hylte kommun, short: Hylte}, laholm: {name: Laholms kommun, short: Laholm}}
calendar: {country: SE}
defaults: {time: 09:00-12:00}
forums:
  beredning:
    name: Beredningen
    cadence: 4 times a year
    members: [{role: tjänsteman, from: [hylte]}]
  natverk:
    name: Nätverket
    cadence: 4 times a year
    members: [{role: chef, from: [hylte, laholm]}]
    host: {rotate: [hylte, laholm]}
    prepared_by: {forum: beredning, days_before: 7-21}
  styr:
    name: Styrgruppen
    cadence: 3 times a year
    members: [{role: politiker, from: [laholm]}]
    place: Halmstad
"""
TODAY = ("--today", "2026-11-01")
LIST = [
    ("Datum", "Tid", "Forum", "Plats", "Status"),
    ("2027-01-12", "", "Styrgruppen", "", ""),
    ("2027-03-10", "13:00-15:00", "Styrgruppen", "Rådhuset", "preliminär"),
    ("2027-09-14", "", "Styrgruppen", "", ""),
    ("2027-11-30", "", "Styrgruppen", "", "bekräftad"),
]
Rows = list[list[str]]


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project that is planned for 2027."""
    return planned(tmp_path)


def planned(path: Path) -> Folder:
    """Plan 2027 in a folder."""
    folder = Folder(path, FORUMS)
    folder.fine("plan", "2027", *TODAY)
    return folder


def exported(folder: Folder) -> Rows:
    """Return what is exported, as rows."""
    text = folder.fine("show", "2027", "--format", "csv", *TODAY).out
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def read(folder: Folder, rows: Sequence[Sequence[object]], *more: str, kind: str = "csv") -> Run:
    """Import rows, which must be done."""
    data = xlsx({"Blad1": rows}) if kind == "xlsx" else csv_file(rows)
    folder.place(f"list.{kind}").write_bytes(data)
    return folder.fine("import", f"list.{kind}", "--write", *more, *TODAY)


def without(rows: Rows, *heads: str) -> Rows:
    """Return rows without some columns."""
    kept = [at for at, head in enumerate(rows[0]) if head not in heads]
    return [[row[at] for at in kept] for row in rows]


def row_of(rows: Rows, meeting: str) -> dict[str, int]:
    """Return the number of a meeting's row, and those of the columns."""
    return {"": next(at for at, row in enumerate(rows) if meeting in row)} | {
        head: at for at, head in enumerate(rows[0])
    }


def edited(rows: Rows, meeting: str, **cells: str) -> Rows:
    """Return rows with other cells in a meeting's row."""
    new, at = [list(row) for row in rows], row_of(rows, meeting)
    for head, value in cells.items():
        new[at[""]][at[head]] = value
    return new


# --- what was decided since ---------------------------------------------------------------------------

BY_HAND: Sequence[Sequence[tuple[str, ...]]] = [
    [("move", "styr-2027-2", "2027-04-14"), ("move", "styr-2027-2", "2027-04-21")],
    [("move", "styr-2027-2", "2027-04-14"), ("move", "styr-2027-2", "2027-03-10", "--time", "10:00-12:00")],
    [("move", "styr-2027-1", "2027-01-12", "--time", "14:00-16:00")],
    [("move", "styr-2027-2", "2027-03-10", "--place", "Teatern", "--host", "laholm")],
    [("move", "styr-2027-1", "2027-01-12", "--place", "none", "--format", "online")],
    [("cancel", "styr-2027-3", "--reason", "Sjukdom")],
    [("move", "styr-2027-3", "2027-09-15"), ("cancel", "styr-2027-3", "--reason", "Sjukdom")],
    [("confirm", "styr-2027-2")],
    [("cancel", "styr-2027-1", "--reason", "Sjukdom"), ("restore", "styr-2027-1")],
    [("move", "styr-2027-1", "2027-03-10", "styr-2027-2", "2027-01-12")],
    [("add", "styr", "2027-06-02")],
]
"""Changes that a person makes after a list has come in."""


@pytest.mark.parametrize("changes", BY_HAND)
def test_an_old_list_undoes_nothing(project: Folder, changes: Sequence[tuple[str, ...]]) -> None:
    """Be it exported, with or without the column that says of which version it is, or one of one's own."""
    read(project, LIST)
    rows = exported(project)
    for change in changes:
        project.fine(*change, *([] if change[0] == "cancel" else ["--force"]), *TODAY)
    before = project.plan(2027)
    for old in (rows, without(rows, "ändrad"), LIST):
        run = read(project, old)
        assert project.plan(2027) == before
        assert "→" not in run.out
        if changes[-1][0] not in {"add", "restore"} and old is not LIST:
            assert changes[0][1] in run.err


def test_what_is_older_is_told_with_what_to_do(project: Folder) -> None:
    """The row, what the meeting is now, and the command that would undo it."""
    read(project, LIST)
    rows = exported(project)
    project.fine("move", "styr-2027-2", "2027-04-14", "--force", *TODAY)
    project.fine("move", "styr-2027-2", "2027-04-21", "--time", "10:00-12:00", "--force", *TODAY)
    run = read(project, rows)
    assert "kultursam move styr-2027-2 2027-03-10" in run.err
    assert "från 13:00-15:00 till 10:00-12:00" in run.err
    assert "äldre än planen" in run.out
    assert "utelämnade: 0." in run.out


def test_a_list_of_nothing_but_old_rows_is_read(project: Folder) -> None:
    """It says nothing new: that is no error."""
    read(project, LIST[:2])
    project.fine("move", "styr-2027-1", "2027-01-19", "--force", *TODAY)
    assert "2027-01-19" in read(project, LIST[:2]).err


def test_what_was_edited_in_an_old_list_is_done(project: Folder) -> None:
    """Just that: the date in the same row is older than the plan, and stays."""
    rows = exported(project)
    old = project.meetings(2027)["styr-2027-2"]["date"]
    project.fine("move", "styr-2027-2", "2027-04-14", "--force", *TODAY)
    read(project, edited(rows, "styr-2027-2", plats="Teatern"))
    meeting = project.meetings(2027)["styr-2027-2"]
    assert (meeting["date"], meeting["place"]) == ("2027-04-14", "Teatern")
    assert old != meeting["date"]


def test_a_list_of_today_may_move_a_meeting_back(project: Folder) -> None:
    """It is of the meeting's last version: what it says otherwise was edited, and is no old state."""
    old = project.meetings(2027)["styr-2027-2"]["date"]
    project.fine("move", "styr-2027-2", "2027-04-14", "--force", *TODAY)
    project.fine("cancel", "styr-2027-1", "--reason", "Sjukdom", *TODAY)
    rows = edited(edited(exported(project), "styr-2027-2", datum=old), "styr-2027-1", status="föreslaget")
    read(project, rows)
    after = project.meetings(2027)
    assert after["styr-2027-2"]["date"] == old
    assert after["styr-2027-1"]["status"] == "proposed"
    plan = project.plan(2027)
    assert "→" not in read(project, rows).out
    assert project.plan(2027) == plan


def test_a_meeting_that_no_list_has_is_not_taken_for_one(project: Folder) -> None:
    """What a person added or confirmed stays, whatever new date a list has beside."""
    read(project, LIST[:3])
    project.fine("confirm", "styr-2027-3", "--force", *TODAY)
    project.fine("add", "styr", "2027-06-02", "--force", *TODAY)
    before = project.meetings(2027)
    read(project, [*LIST[:3], ("2027-06-16", "", "Styrgruppen", "", "")])
    after = project.meetings(2027)
    assert [after[key]["date"] for key in before] == [before[key]["date"] for key in before]
    (new,) = after.keys() - before.keys()
    assert after[new]["date"] == "2027-06-16"


def test_a_date_that_was_edited_is_moved_though_others_are_open(project: Folder) -> None:
    """A list of two of three meetings: the third is only proposed, and stays."""
    read(project, LIST[:3])
    before = project.meetings(2027)
    read(project, [*LIST[:2], ("2027-03-17", *LIST[2][1:])])
    after = project.meetings(2027)
    assert after["styr-2027-2"]["date"] == "2027-03-17"
    assert after["styr-2027-3"]["date"] == before["styr-2027-3"]["date"]


# --- what prepares it ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_edited_export_read_twice_changes_nothing_more(project: Folder, kind: str) -> None:
    """The meeting that prepares the moved one moves with it, is told, and stays there."""
    before = project.meetings(2027)
    day = date.fromisoformat(before["natverk-2027-2"]["date"]) + timedelta(35)
    rows = edited(exported(project), "natverk-2027-2", datum=str(day))
    run = read(project, rows, kind=kind)
    after = project.meetings(2027)
    moved = {key for key in before if before[key]["date"] != after[key]["date"]}
    assert moved > {"natverk-2027-2"}
    assert "Beredningen" in run.out.partition("Runt omkring dem:")[2]
    plan = project.plan(2027)
    again = read(project, rows, kind=kind)
    assert "→" not in again.out
    assert project.plan(2027) == plan
    read(project, without(rows, "ändrad"), kind=kind)
    assert project.plan(2027) == plan


def test_a_meeting_before_new_year_comes_back(tmp_path: Path) -> None:
    """What prepares the first meeting of a year may lie in the December before; a list of it is read."""
    folder = Folder(tmp_path, FORUMS)
    folder.fine("plan", "2027", *TODAY)
    plan = folder.place("plans/2027.yaml")
    first = folder.meetings(2027)["beredning-2027-1"]["date"]
    plan.write_text(
        plan.read_text(encoding="utf-8").replace(f"date: {first}", "date: 2026-12-15", 1), "utf-8"
    )
    rows = exported(folder)
    assert rows[1][0] == "2026-12-15"
    run = folder.fine("import", save(folder, rows), *TODAY)
    assert run.err == ""
    assert "→" not in run.out
    folder.fine("confirm", "beredning-2027-1", "--force", *TODAY)
    own = [("Datum", "Forum"), ("2026-12-15", "Beredningen")]
    run = folder.fine("import", save(folder, own), *TODAY)
    assert run.err == ""
    assert "redan i planen: 1;" in run.out


def save(folder: Folder, rows: Sequence[Sequence[object]], name: str = "list.csv") -> str:
    """Write a list, and return its name."""
    folder.place(name).write_bytes(csv_file(rows))
    return name


def test_dates_that_a_spreadsheet_wrote_its_own_way(project: Folder) -> None:
    """03/04/2027 is the date that the meeting of the row has, if one of both is."""
    project.fine("move", "styr-2027-1", "2027-03-04", "styr-2027-2", "2027-06-05", "--force", *TODAY)
    rows = exported(project)
    for row in rows[1:]:
        year, month, day = row[0].split("-")
        row[0] = f"{day}/{month}/{year}"
    plan = project.plan(2027)
    run = read(project, rows)
    assert run.err == ""
    assert project.plan(2027) == plan


def test_the_line_that_does_it_may_be_pasted(project: Folder) -> None:
    """With every option that was given; it does what was shown."""
    name = save(project, [("Datum", "Möte"), ("9 mars", "Möte ett")], "Lista (ny) 2.csv")
    shown = project.fine(
        "import", name, "--forum", "styr", "--year", "2027", "--accept", "--force", *TODAY
    ).out
    line = shown.partition("kultursam import ")[2].splitlines()[0]
    assert line == '"Lista (ny) 2.csv" --forum styr --year 2027 --force --accept --write'
    project.fine("import", *shlex.split(line), *TODAY)
    assert "date: 2027-03-09" in project.plan(2027)


# --- any changes --------------------------------------------------------------------------------------

IDS = [f"styr-2027-{number}" for number in (1, 2, 3)] + [f"natverk-2027-{number}" for number in (1, 2, 3, 4)]
DAYS = st.dates(date(2027, 1, 4), date(2027, 12, 17)).map(str)
CHANGES = st.one_of(
    st.tuples(st.just("move"), st.sampled_from(IDS), DAYS, st.just("--force")),
    st.tuples(
        st.just("move"),
        st.sampled_from(IDS),
        DAYS,
        st.just("--time"),
        st.just("14:00-16:00"),
        st.just("--force"),
    ),
    st.tuples(st.just("cancel"), st.sampled_from(IDS), st.just("--reason"), st.just("Sjukdom")),
    st.tuples(st.just("restore"), st.sampled_from(IDS), st.just("--force")),
    st.tuples(st.just("confirm"), st.sampled_from(IDS), st.just("--force")),
    st.tuples(st.just("add"), st.just("styr"), DAYS, st.just("--force")),
    st.just(("plan", "2027", "--replan")),
)
FEW = settings(max_examples=12, deadline=None)


@pytest.mark.slow
@FEW
@given(st.booleans(), st.lists(CHANGES, min_size=1, max_size=5))
def test_whatever_was_done_since_stays(
    tmp_path_factory: pytest.TempPathFactory, is_own: bool, changes: Sequence[tuple[str, ...]]
) -> None:
    """A list of before, exported or one's own, changes no byte of the plan."""
    folder = planned(tmp_path_factory.mktemp("again"))
    read(folder, LIST)
    rows: Sequence[Sequence[object]] = LIST if is_own else exported(folder)
    for change in changes:
        folder.run(*change, *TODAY)
    before = folder.plan(2027)
    read(folder, rows)
    assert folder.plan(2027) == before


@pytest.mark.slow
@FEW
@given(st.dictionaries(st.sampled_from(IDS), DAYS, min_size=1, max_size=4), st.booleans())
def test_whatever_is_edited_moves_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, days: dict[str, str], has_version: bool
) -> None:
    """Of decided meetings; the same list again changes nothing."""
    folder = planned(tmp_path_factory.mktemp("edited"))
    folder.fine("confirm", "2027", *TODAY)
    rows, before = exported(folder), folder.meetings(2027)
    for meeting, day in days.items():
        rows = edited(rows, meeting, datum=day, veckodag="")
    rows = rows if has_version else without(rows, "ändrad")
    read(folder, rows)
    after = folder.meetings(2027)
    assert {key: after[key]["date"] for key in after} == {
        key: days.get(key, one["date"]) for key, one in before.items()
    }
    told = ("start", "end", "host", "place", "status")
    assert all(before[key][name] == after[key][name] for key in before for name in told)
    plan = folder.plan(2027)
    assert "→" not in read(folder, rows).out
    assert folder.plan(2027) == plan
