"""`import`: decided dates from lists come into the plan of record, shown row by row before that."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from project_folder import Folder, Run, faults
from workbooks import csv_file, xlsx

FORUMS = """
name: Kultur i Väst
language: sv
timezone: Europe/Stockholm
domain: kultur.example
organisations: {hylte: {name: Hylte kommun, short: Hylte}, laholm: {name: Laholms kommun, short: Laholm}}
calendar: {country: SE}
defaults: {time: 09:00-12:00, weekdays: [tue, wed]}
forums:
  natverk:
    name: Nätverket
    cadence: 4 times a year
    members: [{role: chef, from: [hylte, laholm]}]
    host: {rotate: [hylte, laholm]}
    deadlines: [{name: Kallelse, days_before: 14}]
  styr:
    name: Styrgruppen
    cadence: 4 times a year
    members: [{role: chef, from: [hylte, laholm]}]
    place: Halmstad
  vid-behov:
    name: Gruppen
    cadence: as needed
    reserve: 1
    members: [{role: handläggare, from: [hylte]}]
  sydsverige:
    name: Regionsamverkan
    cadence: external
    members: [{role: presidium, from: [hylte]}]
    dates: [2027-02-11]
"""
TODAY = ("--today", "2026-11-01")
HEADS = ("Datum", "Tid", "Forum", "Plats", "Status")
YEAR = [
    HEADS,
    ("2027-01-12", "", "Nätverket", "", ""),
    ("2027-03-09", "13:00-15:00", "Nätverket", "Laholms stadshus", "bekräftad"),
    ("2027-06-08", "", "natverk", "", "preliminär"),
    ("2027-11-30", "", "NÄTVERKET", "", ""),
    ("2027-03-10", "", "Styrgruppen", "", ""),
]
Rows = Sequence[Sequence[object]]


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project that is planned for 2027."""
    folder = Folder(tmp_path, FORUMS)
    folder.fine("plan", "2027", *TODAY)
    return folder


def save(folder: Folder, rows: Rows, name: str = "list.csv") -> str:
    """Write a list beside the project, and return its name."""
    data = xlsx({"Blad1": rows}) if name.endswith(".xlsx") else csv_file(rows)
    folder.place(name).write_bytes(data)
    return name


def imported(folder: Folder, rows: Rows, *more: str, name: str = "list.csv") -> Run:
    """Import a list, which must be done and keep faith with every calendar that was published."""
    before = folder.files()
    run = folder.fine("import", save(folder, rows, name), "--write", *more, *TODAY)
    assert faults(before, folder.files()) == []
    return run


def shown(folder: Folder, rows: Rows, *more: str) -> dict[str, dict[str, Any]]:
    """Return what each row would do, by its cell; nothing is written."""
    name = save(folder, rows)
    stamps = folder.stamps()
    run = folder.fine("import", name, "--json", *more, *TODAY)
    assert folder.stamps() == stamps
    return {row["cell"]: row for row in run.document["rows"]}


def left_out(run: Run) -> dict[str, str]:
    """Return why cells were left out, from the messages of a run."""
    return dict(re.findall(r"^list\.csv:\d+:\d+: warning: ([A-Z]+\d+): (.*)$", run.err, re.MULTILINE))


def days(folder: Folder, forum: str) -> dict[str, str]:
    """Return the days of a forum's live meetings, by id."""
    meetings = folder.meetings(2027)
    return {
        key: one["date"]
        for key, one in meetings.items()
        if one["forum"] == forum and one["status"] != "cancelled"
    }


# --- a first list -------------------------------------------------------------------------------------


def test_what_each_row_would_do_is_shown_first(project: Folder) -> None:
    """Forum, number and state of each, old and new date; nothing is written before --write."""
    rows = shown(project, YEAR)
    assert {cell: (row["meeting"], row["number"], row["status"]) for cell, row in rows.items()} == {
        "A2": ("natverk-2027-1", 1, "confirmed"),
        "A3": ("natverk-2027-2", 2, "confirmed"),
        "A4": ("natverk-2027-3", 3, "proposed"),
        "A5": ("natverk-2027-4", 4, "confirmed"),
        "A6": ("styr-2027-1", 1, "confirmed"),
    }
    run = project.fine("import", "list.csv", *TODAY)
    assert re.search(r"^A3: 2027-\d\d-\d\d → 2027-03-09, .*13:00–15:00, Nätverket 2, ", run.out, re.MULTILINE)
    assert "kultursam import list.csv --write" in run.out
    assert run.err == ""


def test_known_dates_become_decided_meetings(project: Folder) -> None:
    """With ids 1 to n in order of time; the rest of the year is planned around them, and stays so."""
    imported(project, YEAR)
    assert days(project, "natverk") == {
        "natverk-2027-1": "2027-01-12",
        "natverk-2027-2": "2027-03-09",
        "natverk-2027-3": "2027-06-08",
        "natverk-2027-4": "2027-11-30",
    }
    meetings = project.meetings(2027)
    second = meetings["natverk-2027-2"]
    assert (second["start"], second["place"], second["status"]) == ("13:00", "Laholms stadshus", "confirmed")
    assert meetings["natverk-2027-3"]["status"] == "proposed"
    assert meetings["styr-2027-1"]["place"] == "Halmstad"
    recorded = project.plan(2027)
    assert recorded.count("decided: true") == 5
    assert recorded.count('place: "Halmstad"\n        own') == 0
    after = project.fine("plan", "2027", "--quiet", *TODAY)
    assert after.out + after.err == ""


def test_the_rest_of_the_year_gives_way(project: Folder) -> None:
    """A proposed meeting of another forum that needs the same people moves, and is told."""
    day = next(iter(days(project, "styr").values()))
    run = imported(project, [HEADS, (day, "", "Nätverket", "", "")])
    assert day not in days(project, "styr").values()
    assert "Runt omkring dem:" in run.out
    assert "Styrgruppen" in run.out.partition("Runt omkring dem:")[2]


def test_more_dates_than_the_cadence_asks_for(project: Folder) -> None:
    """They are meetings too, numbered on; planning adds none and cancels none."""
    dates = ["2027-01-12", "2027-02-16", "2027-04-13", "2027-05-25", "2027-08-24", "2027-10-12"]
    imported(project, [HEADS, *((day, "", "Nätverket", "", "") for day in dates)])
    assert days(project, "natverk") == {f"natverk-2027-{number}": day for number, day in enumerate(dates, 1)}
    project.fine("plan", "2027", *TODAY)
    assert len(days(project, "natverk")) == 6


def test_fewer_dates_take_the_nearest_meetings(project: Folder) -> None:
    """The others stay between them."""
    before = days(project, "natverk")
    imported(project, [HEADS, ("2027-11-30", "", "Nätverket", "", "")])
    assert days(project, "natverk") == {**before, "natverk-2027-4": "2027-11-30"}


def test_places_that_were_kept_are_used_first(project: Folder) -> None:
    """A forum that meets as needed has its reserved place, then further meetings."""
    imported(project, [HEADS, ("2027-03-16", "", "Gruppen", "", ""), ("2027-09-14", "", "Gruppen", "", "")])
    assert days(project, "vid-behov") == {"vid-behov-2027-1": "2027-03-16", "vid-behov-2027-2": "2027-09-14"}


def test_broken_musts_are_known_and_not_refused(project: Folder) -> None:
    """They are shown with the row, remembered, and told no more."""
    run = imported(project, [HEADS, ("2027-01-06", "", "Nätverket", "", "")])
    assert "bryter: natverk-2027-1, 2027-01-06: Trettondedag jul är helgdag [rad 7]" in run.out
    assert "forced: [days-off]" in project.plan(2027)
    assert project.fine("check", *TODAY).err == ""
    (row,) = shown(project, [HEADS, ("2027-04-13", "", "Styrgruppen", "", "")]).values()
    assert row["broken"] == []


def test_a_broken_rule_is_told_of_the_row_that_breaks_it(tmp_path: Path) -> None:
    """Also of a new meeting, to which planning gives a host, beside one of another forum on its day."""
    project = Folder(tmp_path, FORUMS.replace("  natverk:", "  zon:"))
    project.fine("plan", "2027", *TODAY)
    dates = ["2027-01-12", "2027-02-16", "2027-04-13", "2027-05-25", "2027-08-26"]
    rows = [*((day, "", "Nätverket", "", "") for day in dates), (dates[-1], "", "Gruppen", "", "")]
    broken = {row["meeting"]: row["broken"] for row in shown(project, [HEADS, *rows]).values()}
    told = {key: {problem["text"].split(",")[0] for problem in broken[key]} for key in broken if broken[key]}
    assert told.keys() >= {"zon-2027-5", "vid-behov-2027-1"}
    assert told == {key: {key} for key in told}


def test_two_decided_meetings_that_clash_come_in(project: Folder) -> None:
    """That is how it was decided: both are known to break the rule."""
    imported(project, [HEADS, ("2027-03-09", "", "Nätverket", "", ""), ("2027-03-09", "", "styr", "", "")])
    assert "forced: [shared-members]" in project.plan(2027)
    assert project.fine("plan", "2027", "--quiet", *TODAY).err == ""


def test_a_year_that_has_begun(project: Folder) -> None:
    """Dates that are over come in too; they take nothing from what is planned."""
    today = ("--today", "2027-06-15")
    name = save(project, [HEADS, *((day, "", "Gruppen", "", "") for day in ("2027-02-09", "2027-09-14"))])
    project.place("plans/2027.yaml").unlink()
    project.fine("plan", "2027", *today)
    project.fine("import", name, "--write", *today)
    assert sorted(days(project, "vid-behov").values()) == ["2027-02-09", "2027-09-14"]


# --- again --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_the_same_file_again_changes_nothing(project: Folder, name: str) -> None:
    """Not a byte."""
    imported(project, YEAR, name=name)
    stamps = project.stamps()
    run = imported(project, YEAR, name=name)
    stamps[name] = project.stamps()[name]
    assert project.stamps() == stamps
    assert "→" not in run.out
    assert run.err == ""


def test_a_list_that_is_edited_moves_just_that(project: Folder) -> None:
    """A list of one's own, without ids: one date of four is another now, and one is new."""
    rows = [list(row) for row in YEAR]
    imported(project, rows)
    before = project.meetings(2027)
    rows[2][0] = "2027-03-16"
    rows.append(["2027-09-14", "", "Nätverket", "", ""])
    run = imported(project, rows)
    assert "A3: 2027-03-09 → 2027-03-16, " in run.out
    after = project.meetings(2027)
    assert after.keys() - before.keys() == {"natverk-2027-5"}
    changed = {key for key in before if before[key]["sequence"] != after[key]["sequence"]}
    assert changed == {"natverk-2027-2"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_that_was_exported_moves_just_what_was_edited(project: Folder, kind: str) -> None:
    """Exported, opened in Excel, one date changed, saved, and read again."""
    rows = list(
        csv.reader(io.StringIO(project.fine("show", "2027", "--format", "csv", *TODAY).out), delimiter=";")
    )
    name = save(project, rows, f"list.{kind}")
    assert "→" not in project.fine("import", name, *TODAY).out
    before = project.meetings(2027)
    at = next(number for number, row in enumerate(rows) if "natverk-2027-2" in row)
    old = rows[at][0]
    rows[at][0] = "2027-05-25"
    run = imported(project, rows, name=name)
    assert f"A{at + 1}: {old} → 2027-05-25, " in run.out
    assert run.out.count("→") == 1
    after = project.meetings(2027)
    told = ("date", "start", "end", "host", "place", "status", "sequence")
    changed = {key for key in before if any(before[key][name] != after[key][name] for name in told)}
    assert changed == {"natverk-2027-2"}
    assert after["natverk-2027-2"]["status"] == "proposed"


def test_states_places_and_hosts_are_edited(project: Folder) -> None:
    """What the list says otherwise, and nothing else; a meeting that is off is cancelled."""
    heads = ("id", "datum", "start", "slut", "värd", "plats", "status", "orsak")
    old = days(project, "natverk")
    first, second, third, fourth = (f"natverk-2027-{number}" for number in range(1, 5))
    rows = [
        heads,
        (first, old[first], "10:00", "11:30", "", "", "", ""),
        (second, old[second], "", "", "Laholms kommun", "Rådhuset", "", ""),
        (third, old[third], "", "", "", "", "inställt", "För få anmälda"),
        (fourth, old[fourth], "", "", "", "", "bekräftat", ""),
    ]
    imported(project, rows)
    after = project.meetings(2027)
    assert (after[first]["start"], after[first]["end"], after[first]["status"]) == (
        "10:00",
        "11:30",
        "proposed",
    )
    assert (after[second]["host"], after[second]["place"]) == ("laholm", "Rådhuset")
    assert after[third]["status"] == "cancelled"
    assert 'reason: "För få anmälda"' in project.plan(2027)
    assert after[fourth]["status"] == "confirmed"
    assert after[fourth]["date"] == old[fourth]


# --- nothing is guessed -------------------------------------------------------------------------------


def test_what_cannot_be_matched_is_told(project: Folder) -> None:
    """Each with its cell and why; the other rows come in."""
    rows = [
        HEADS,
        ("2027-03-09", "", "Nätverket", "", ""),
        ("3/4/27", "", "Nätverket", "", ""),
        ("2028-03-07", "", "Nätverket", "", ""),
        ("2027-03-09", "", "Nätvärket", "", ""),
        ("2027-03-09", "", "", "", ""),
        ("2027-05-12", "", "Regionsamverkan", "", ""),
        ("2027-03-09", "", "Nätverket", "", ""),
        ("2027-05-12", "", "Nätverket", "", "inställt"),
    ]
    run = imported(project, rows)
    told = left_out(run)
    assert told.keys() == {"A3", "A4", "A5", "A6", "A7", "A8", "A9"}
    assert "kan betyda 2027-03-04 eller 2027-04-03" in told["A3"]
    assert "kultursam plan 2028" in told["A4"]
    assert 'menade du "Nätverket"?' in told["A5"]
    assert "--forum" in told["A6"]
    assert "A2" in told["A8"]
    assert not project.place("plans/2028.yaml").exists()
    assert "2027-03-09" in days(project, "natverk").values()


def test_two_forums_of_one_name_are_told(tmp_path: Path) -> None:
    """The id says which."""
    folder = Folder(tmp_path, FORUMS.replace("name: Styrgruppen", "name: Nätverket"))
    folder.fine("plan", "2027", *TODAY)
    rows = [HEADS, ("2027-03-09", "", "Nätverket", "", ""), ("2027-03-10", "", "styr", "", "")]
    run = imported(folder, rows)
    assert "natverk, styr" in left_out(run)["A2"]
    assert "2027-03-10" in days(folder, "styr").values()


def test_a_file_of_which_nothing_can_be_used(project: Folder) -> None:
    """Exit 1, with every reason; nothing is written."""
    name = save(project, [HEADS, ("2031-03-09", "", "Nätverket", "", "")])
    stamps = project.stamps()
    run = project.run("import", name, "--write", *TODAY)
    assert run.code == 1
    assert "kultursam plan 2031" in run.err
    assert project.stamps() == stamps


def test_the_forum_may_be_named(project: Folder) -> None:
    """For a list that has none; a row of another forum is left."""
    rows = [
        ("Datum", "Forum"),
        ("2027-03-09", ""),
        ("2027-04-13", "Styrgruppen"),
        ("2027-05-12", "Ordinarie"),
    ]
    name = save(project, rows)
    run = project.fine("import", name, "--forum", "natverk", "--write", *TODAY)
    assert left_out(run).keys() == {"A3"}
    assert {"2027-03-09", "2027-05-12"} <= set(days(project, "natverk").values())
    run = project.run("import", name, "--forum", "natvark", *TODAY)
    assert run.code == 1
    assert 'menade du "natverk"' in run.err


def test_the_year_may_be_named(project: Folder) -> None:
    """For dates that have none."""
    name = save(project, [("Datum", "Forum"), ("tis 9 mars", "Nätverket")])
    assert project.run("import", name, *TODAY).code == 1
    project.fine("import", name, "--year", "2027", "--write", *TODAY)
    assert "2027-03-09" in days(project, "natverk").values()


def test_history_is_changed_only_by_force(project: Folder) -> None:
    """A meeting that is over stays as it was recorded."""
    today = ("--today", "2027-12-01")
    key, old = next(iter(days(project, "natverk").items()))
    name = save(project, [("id", "datum"), (key, "2027-02-23")])
    run = project.run("import", name, "--write", *today)
    assert run.code == 1
    assert "--force" in run.err
    assert days(project, "natverk")[key] == old
    project.fine("import", name, "--write", "--force", *today)
    assert days(project, "natverk")[key] == "2027-02-23"


def test_rows_that_are_numbered_have_no_ids(project: Folder) -> None:
    """As in lists that SharePoint exports; such a sheet hides none of the others."""
    rows = [("ID", "Titel", "Datum"), (1, "Nätverket", "2027-01-12"), (2, "Nätverket", "2027-06-08")]
    grid = [("2027", "mars", "april"), ("Styrgruppen", 10, 14)]
    project.place("list.xlsx").write_bytes(xlsx({"Lista": rows, "Matris": grid}))
    run = project.fine("import", "list.xlsx", "--json", *TODAY)
    assert [row["to"] for row in run.document["rows"]] == [
        "2027-01-12", "2027-06-08", "2027-03-10", "2027-04-14",
    ]  # fmt: skip


def test_what_was_decided_since_is_not_undone(project: Folder) -> None:
    """A meeting of the list that was moved or cancelled by hand is told, and not made anew."""
    imported(project, YEAR)
    project.fine("move", "natverk-2027-2", "2027-03-17", *TODAY)
    project.fine("cancel", "natverk-2027-4", "--reason", "Sjukdom", *TODAY)
    before = project.plan(2027)
    run = imported(project, YEAR)
    assert "2027-03-17" in left_out(run)["A3"]
    assert "kultursam" not in left_out(run).get("A5", "")
    assert project.plan(2027) == before


# --- names and files that are made to do harm ---------------------------------------------------------


def test_hostile_names_are_only_texts(project: Folder) -> None:
    """They name no forum; a place is shown as it is written, and a spreadsheet computes nothing of it."""
    rows = [
        HEADS,
        ("2027-03-09", "", "../../etc/passwd", "", ""),
        ("2027-03-10", "", "<script>alert(1)</script>", "", ""),
        ("2027-04-13", "", "\x1b[31mNätverket", "", ""),
        ("2027-05-12", "", "Nätverket", "<script>=1+1", ""),
        ("2027-09-14", "", "Nätverket", "=cmd|'/c calc'!A0", ""),
    ]
    name = save(project, rows, "list.xlsx")
    run = project.fine("import", name, "--write", *TODAY)
    assert "\x1b" not in run.out + run.err
    files = project.files()
    assert b"<script>=" not in b"".join(data for key, data in files.items() if key.endswith(".html"))
    assert b";'=cmd|" in files["calendars/2027/meetings.csv"]
    assert imported(project, rows, name=name).out.count("→") == 0


@pytest.mark.parametrize("name", ["none.xlsx", "plans", "forums.yaml"])
def test_a_file_that_is_none_is_told(project: Folder, name: str) -> None:
    """One that is not there, a folder, and one of another kind."""
    run = project.run("import", name, *TODAY)
    assert run.code == 1
    assert run.err.startswith(f"{name}: error: ")


def test_a_year_typed_in_excel_comes_in(project: Folder) -> None:
    """A grid as offices keep it, and a list with real dates: every row is told."""
    months = ["jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sept", "okt", "nov", "dec"]
    grid: Rows = [
        ["Sammanträdesplan 2027"],
        ["Organ", "Tid", *months],
        ["Nätverket", "13-15", 12, "", "tis 9", "", "25", "", "", "31", "", "", "x", ""],
        ["Styrgruppen", "", "", "9 kl 10", "", "13, 27", "", "", "", "", "14", "", "", ""],
    ]
    run = imported(project, grid, name="list.xlsx")
    assert set(days(project, "natverk").values()) == {"2027-01-12", "2027-03-09", "2027-05-25", "2027-08-31"}
    assert set(days(project, "styr").values()) == {"2027-02-09", "2027-04-13", "2027-04-27", "2027-09-14"}
    assert run.err.startswith("list.xlsx:3:13: warning: M3: ")
    table = [HEADS, (date(2027, 1, 12), time(13), "Nätverket", "", ""), (46461, "", "Styrgruppen", "", "")]
    again = project.fine("import", save(project, table, "list.xlsx"), *TODAY)
    assert "A2: 2027-01-12, 13:00–15:00, Nätverket 1" in again.out
    assert "A3: 2027-03-15, 09:00–12:00, Styrgruppen" in again.out


# --- calendars ----------------------------------------------------------------------------------------

UID = "040000008200E00074C5B7101A82E00800000000"


def calendar(*events: str) -> bytes:
    """Return an iCalendar file of events, each written as its lines."""
    parts = [f"BEGIN:VEVENT\r\nDTSTAMP:20260101T000000Z\r\n{event}\r\nEND:VEVENT\r\n" for event in events]
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{''.join(parts)}END:VCALENDAR\r\n".encode()


def event(title: str, start: str, *more: str, uid: str = UID) -> str:
    """Return the lines of an event of two hours in Sweden."""
    end = f"{start[:9]}{int(start[9:11]) + 2:02}{start[11:]}"
    zone = ";TZID=Europe/Stockholm:"
    return "\r\n".join(
        (f"UID:{uid}", f"DTSTART{zone}{start}", f"DTEND{zone}{end}", f"SUMMARY:{title}", *more)
    )


def take_in(folder: Folder, *events: str, more: Sequence[str] = ()) -> Run:
    """Import a calendar, which must be done."""
    folder.place("other.ics").write_bytes(calendar(*events))
    return folder.fine("import", "other.ics", "--write", *more, *TODAY)


def published(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files that are ours."""
    return {name: data for name, data in files.items() if name != "other.ics"}


def entry(folder: Folder, uid: str) -> dict[str, str]:
    """Return the properties of the feed's event of a UID."""
    feed = folder.place("calendars/feeds/natverk.ics").read_bytes().decode()
    (found,) = [one for one in feed.split("BEGIN:VEVENT")[1:] if f"\r\nUID:{uid}\r\n" in one]
    return {line.partition(":")[0].partition(";")[0]: line.partition(":")[2] for line in found.split("\r\n")}


def test_an_imported_entry_stays_one(project: Folder) -> None:
    """It keeps its UID, and counts on from its own number: so Outlook changes the entry that it has."""
    run = take_in(project, event("Nätverket", "20270309T130000", "SEQUENCE:7", "LOCATION:Rådhuset"))
    assert re.search(r"^4: \S+ → 2027-03-09, 09:00–12:00 → 13:00–15:00, Nätverket 1, ", run.out, re.MULTILINE)
    assert entry(project, UID)["SEQUENCE"] == "7"
    before = project.files()
    project.fine("move", "natverk-2027-1", "2027-03-16", *TODAY)
    assert entry(project, UID)["SEQUENCE"] == "8"
    assert entry(project, UID)["DTSTART"] == "20270316T130000"
    assert faults(published(before), published(project.files())) == []
    assert project.fine("plan", "2027", "--quiet", *TODAY).out == ""


def test_an_entry_that_moves_in_its_calendar_moves_here(project: Folder) -> None:
    """It is known by its UID; one that is cancelled there is cancelled, and nothing new comes of either."""
    take_in(project, event("Nätverket", "20270309T130000"))
    take_in(project, event("Nätverket (flyttat)", "20270316T130000", "SEQUENCE:3"))
    assert days(project, "natverk")["natverk-2027-1"] == "2027-03-16"
    assert len(days(project, "natverk")) == 4
    take_in(project, event("Inställt: Nätverket", "20270316T130000", "STATUS:CANCELLED", "SEQUENCE:4"))
    assert "natverk-2027-1" not in days(project, "natverk")
    assert int(entry(project, UID)["SEQUENCE"]) >= 4


def test_our_own_calendar_changes_nothing(project: Folder) -> None:
    """What is exported comes back as it is: places and hosts, states, and deadlines beside."""
    take_in(project, event("Nätverket", "20270309T130000", "LOCATION:Rådhuset"))
    project.fine("cancel", "styr-2027-3", "--reason", "Sjukdom", *TODAY)
    for name in ("calendars/2027/all.ics", "calendars/feeds/natverk.ics"):
        run = project.fine("import", name, *TODAY)
        assert "→" not in run.out
        assert run.err == ""


def test_the_forum_is_in_the_title_or_a_category(project: Folder) -> None:
    """Else --forum names it; somebody's own affairs are counted, and not told."""
    private = event("Tandläkare", "20270310T130000", uid="2")
    run = take_in(project, event("Möte", "20270309T130000", "CATEGORIES:Viktigt,Nätverket"), private)
    assert "2027-03-09" in days(project, "natverk").values()
    assert "Tandläkare" not in run.out + run.err
    assert "other.ics: warning: 1 händelse" in run.err
    take_in(project, event("Ordinarie möte", "20271012T130000", uid="3"), more=("--forum", "styr"))
    assert "2027-10-12" in days(project, "styr").values()


def test_meetings_of_a_series_are_meetings_each(project: Folder) -> None:
    """One UID cannot name several entries: they get our own."""
    take_in(project, event("Nätverket", "20270112T130000", "RRULE:FREQ=MONTHLY;INTERVAL=3;COUNT=4;BYDAY=2TU"))
    assert sorted(days(project, "natverk").values()) == [
        "2027-01-12",
        "2027-04-13",
        "2027-07-13",
        "2027-10-12",
    ]
    assert UID not in project.plan(2027)


def test_states_of_events(project: Folder) -> None:
    """Tentative ones are proposed still."""
    take_in(project, event("Nätverket", "20270309T130000", "STATUS:TENTATIVE"))
    meeting = project.meetings(2027)["natverk-2027-1"]
    assert (meeting["status"], meeting["date"]) == ("proposed", "2027-03-09")
    assert "decided: true" in project.plan(2027)


@pytest.mark.parametrize(
    ("title", "state", "status"),
    [
        ("Inställt: Nätverket", "", None),
        ("Nätverket (INSTÄLLT)", "STATUS:CONFIRMED", None),
        ("Canceled: Nätverket", "STATUS:CONFIRMED", None),
        ("Prel: Nätverket", "STATUS:CONFIRMED", "proposed"),
        ("Nätverket - tentative", "", "proposed"),
        ("Flyttad: Nätverket", "", "confirmed"),
        ("Nätverket (Halmstad)", "", "confirmed"),
        ("Nätverket (kl 13)", "", "confirmed"),
        ("Nätverket (chefer)", "", None),
        ("Nätverket ej inställt", "", None),
    ],
)
def test_states_in_titles(project: Folder, title: str, state: str, status: str | None) -> None:
    """They are no names; what is off is no meeting; what may be part of a name is told."""
    before = project.meetings(2027)
    project.place("other.ics").write_bytes(calendar(event(title, "20270309T130000", *filter(None, [state]))))
    run = project.run("import", "other.ics", "--write", *TODAY)
    found = [one for one in project.meetings(2027).values() if one["date"] == "2027-03-09"]
    assert [one["status"] for one in found if one["id"].startswith("natverk")] == [status] * bool(status)
    if status is None:
        assert run.code == 1
        assert "other.ics:" in run.err
        assert project.meetings(2027) == before


def test_states_in_the_titles_of_a_list(project: Folder) -> None:
    """As in a column; where both say something else, that is told."""
    rows = [
        ("Datum", "Möte", "Status"),
        ("2027-01-12", "Nätverket (prel.)", ""),
        ("2027-03-09", "Inställt: Nätverket", "bekräftat"),
        ("2027-06-08", "Nätverket", "bekräftat"),
    ]
    run = imported(project, rows)
    assert left_out(run).keys() == {"A3"}
    meetings = {one["date"]: one["status"] for one in project.meetings(2027).values()}
    assert (meetings["2027-01-12"], meetings["2027-06-08"]) == ("proposed", "confirmed")
    imported(project, [rows[0], ("2027-06-08", "INSTÄLLT Nätverket", "")])
    (off,) = [one for one in project.meetings(2027).values() if one["date"] == "2027-06-08"]
    assert off["status"] == "cancelled"


@pytest.mark.parametrize(
    "data", [b"BEGIN:VCALENDAR\r\n", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n"]
)
def test_a_broken_calendar_is_told(project: Folder, data: bytes) -> None:
    """And nothing is written."""
    project.place("other.ics").write_bytes(data)
    run = project.run("import", "other.ics", "--write", *TODAY)
    assert run.code == 1
    assert run.err.startswith("other.ics: error: ")


def test_an_event_that_cannot_be_read_is_told(project: Folder) -> None:
    """With its line, and the others come in."""
    dates = ("20270112T090000", "20270113T990000", "20270608T090000")
    lines = ("BEGIN:VEVENT", "UID:{0}", "SUMMARY:Nätverket", "DTSTART:{0}", "END:VEVENT", "")
    events = "".join("\r\n".join(lines).format(day) for day in dates)
    project.place("other.ics").write_bytes(f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n".encode())
    run = project.fine("import", "other.ics", "--write", *TODAY)
    assert (
        run.err == 'other.ics:10: warning: 10: "DTSTART:20270113T990000": det är inget datum och ingen tid\n'
    )
    assert {"2027-01-12", "2027-06-08"} <= {*days(project, "natverk").values()}
