"""An entry's version rises when people must look again, and only then; what is new is exported alone."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ics_profile import read
from project_folder import SMALL, Folder, Run, faults
from project_life import PLAN, changes, closed, feed, forum, head, in_time, later, raw, told

COUNCIL = """  council:
    name: The council
    purpose: Heads of culture.
    cadence: twice a year
    place: The town hall
    members: [{role: chair, from: [hylte, laholm]}]
    host: {rotate: [hylte, laholm]}
    contact: {name: Office, email: office@kultur.example}
    deadlines: [{name: Summons, days_before: 14}]
  panel:
    name: The panel
    cadence: once a year
    members: [{role: expert, from: [varberg]}]
"""
TEXT = head(organisations=("hylte", "laholm", "varberg")) + COUNCIL
KEY, OTHER = "council-2025-1", "panel-2025-1"
LATER = ("--today", "2024-10-20")
"""A day on which something is done to a plan that was made before."""
STAMP = "20241020T"


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project with a council that has all that an entry can show, planned for 2025."""
    folder = Folder(tmp_path, TEXT)
    folder.fine(*PLAN)
    return folder


def versions(folder: Folder) -> dict[str, tuple[int, str]]:
    """Return the sequence and the moment of the last change of every meeting."""
    return {key: (int(event["SEQUENCE"]), event["LAST-MODIFIED"]) for key, event in feed(folder).items()}


def recorded(folder: Folder) -> dict[str, tuple[int, str]]:
    """Return the same as the plan of record has it."""
    more = r"(?:        .*\n)*?        "
    entry = rf"- id: (\S+)\n{more}sequence: (\d+)\n{more}modified: (\S+)Z\n"
    found = re.findall(entry, folder.plan(2025))
    return {key: (int(number), re.sub("[-:]", "", moment) + "Z") for key, number, moment in found}


def apply(folder: Folder, change: str | tuple[str, str]) -> Run:
    """Do something by hand, or change the forum file and plan; keep faith with what was published."""
    before = folder.files()
    if isinstance(change, tuple):
        folder.edit(*change)
        run = folder.fine("plan", "2025", "--json", *LATER)
    else:
        run = folder.fine(*change.format(day=folder.meetings(2025)[KEY]["date"]).split(), "--json", *LATER)
    assert faults(before, folder.files()) == []
    return run


# --- sequence ------------------------------------------------------------------------------------------

NEWER: dict[str, str | tuple[str, str]] = {
    "date": f"move {KEY} 2025-04-16",
    "time": f"move {KEY} {{day}} --time 13:00-15:00",
    "place": f"move {KEY} {{day}} --place Library",
    "no place": f"move {KEY} {{day}} --place none",
    "format": f"move {KEY} {{day}} --format online",
    "link": f"move {KEY} {{day}} --link https://meet.example.org/x",
    "everything": f"move {KEY} 2025-04-16 --time 13:00-15:00 --place Library --format hybrid --host laholm",
    "cancelled": f"cancel {KEY} --reason Snow",
    "time in the file": ("    cadence: twice a year\n", "    cadence: twice a year\n    time: 13:00-15:00\n"),
    "place in the file": ("    place: The town hall\n", "    place: The library\n"),
    "format in the file": ("    place: The town hall\n", "    place: The town hall\n    format: hybrid\n"),
}
"""What a subscriber must look at again."""


@pytest.mark.parametrize("kind", NEWER)
def test_what_must_be_looked_at_again_is_a_version_on(project: Folder, kind: str) -> None:
    """By one, however much changed at once; and the moment of the change is that of the run."""
    before = versions(project)
    run = apply(project, NEWER[kind])
    after = versions(project)
    assert after[KEY][0] == before[KEY][0] + 1
    assert after[KEY][1].startswith(STAMP)
    assert after[OTHER] == before[OTHER]
    assert recorded(project) == after
    assert KEY in changes(run)


def test_a_rule_that_moves_a_meeting_makes_a_version(project: Folder) -> None:
    """Planning's own moves count as people's do."""
    before = versions(project)
    apply(project, ("calendar: {country: SE}", closed([project.meetings(2025)[KEY]["date"]])))
    assert versions(project)[KEY][0] == before[KEY][0] + 1


def test_a_cancellation_and_its_taking_back_are_two_versions(project: Folder) -> None:
    """Each is something to look at."""
    apply(project, f"cancel {KEY} --reason Snow")
    assert versions(project)[KEY][0] == 1
    apply(project, f"restore {KEY}")
    assert versions(project)[KEY][0] == 2


# --- modified alone ------------------------------------------------------------------------------------

SHOWN: dict[str, str | tuple[str, str]] = {
    "confirmed": f"confirm {KEY}",
    "host": f"move {KEY} {{day}} --host laholm",
    "no host": f"move {KEY} {{day}} --host none",
    "forum's name": ("name: The council", "name: The assembly"),
    "host's name": ("hylte: {name: Hylte council}", "hylte: {name: Hylte kommun}"),
    "host's short name": ("hylte: {name: Hylte council}", "hylte: {name: Hylte council, short: Hy}"),
    "purpose": ("purpose: Heads of culture.", "purpose: Directors of culture."),
    "contact": ("email: office@", "email: culture@"),
    "role": ("role: chair", "role: director"),
    "deadline": ("days_before: 14", "days_before: 21"),
}
"""What a calendar shows, though nobody need come at another time or to another place."""


@pytest.mark.parametrize("kind", SHOWN)
def test_what_is_shown_otherwise_is_modified(project: Folder, kind: str) -> None:
    """The moment of the last change rises with whatever an entry shows; the sequence stays."""
    before, entry = versions(project), raw(project)[KEY]
    apply(project, SHOWN[kind])
    after = versions(project)
    assert raw(project)[KEY] != entry
    assert after[KEY][0] == before[KEY][0]
    assert after[KEY][1].startswith(STAMP)
    assert after[OTHER] == before[OTHER]
    assert recorded(project)[KEY] == after[KEY]


@pytest.mark.parametrize("kind", [*SHOWN, *NEWER])
def test_once_is_enough(project: Folder, kind: str) -> None:
    """Nothing rises again the next night."""
    apply(project, {**SHOWN, **NEWER}[kind])
    stamps = project.stamps()
    assert told(project.fine("plan", "2025", "--quiet", "--today", "2024-10-21")) == ""
    project.fine("publish", "--today", "2024-10-21")
    assert project.stamps() == stamps


@pytest.mark.parametrize(
    "change",
    [
        ("weekdays: [tue, wed]", "weekdays: [tue, wed, thu]"),
        ("    cadence: once a year\n", "    cadence: once a year\n    time: 10:00-11:00\n"),
        ("name: The panel", "name: The experts"),
        ("varberg: {name: Varberg council}", "varberg: {name: Varbergs kommun}"),
        f"cancel {OTHER} --reason Snow",
        f"confirm {OTHER}",
    ],
)
def test_what_happens_elsewhere_changes_nothing(project: Folder, change: str | tuple[str, str]) -> None:
    """Another forum's affairs leave an entry as it was, byte by byte."""
    before = raw(project)[KEY]
    apply(project, change)
    assert raw(project)[KEY] == before


def test_two_changes_of_one_day_are_two(project: Folder) -> None:
    """A rename and a confirmation with the same clock: the later is later."""
    apply(project, SHOWN["forum's name"])
    first = versions(project)[KEY]
    apply(project, f"confirm {KEY}")
    second = versions(project)[KEY]
    assert second[0] == first[0]
    assert second[1] > first[1]


LINKED = ("domain: kultur.example", "domain: kultur.example\nbase_url: https://kultur.example/meetings")


def published(folder: Folder) -> dict[str, tuple[str, str, str | None]]:
    """Return the sequence, the last change and the page of everything that is published, of all years."""
    events = {**feed(folder), **feed(folder, "deadlines")}
    return {key: (one["SEQUENCE"], one["LAST-MODIFIED"], one.get("URL")) for key, one in events.items()}


def test_a_page_that_entries_link_to_is_a_change_of_all_years(project: Folder) -> None:
    """Also of the one that is over, which is not planned again, and of deadlines; and it is one change."""
    project.fine("plan", "2026", "--today", "2024-09-15")
    before = published(project)
    project.edit(*LINKED)
    today = ("--today", "2026-01-05")
    assert project.run("plan", "--check", *today).code == 1
    assert project.fine("plan", "--quiet", *today).out == ""
    after = published(project)
    assert after.keys() == before.keys()
    for key, (sequence, modified, page) in after.items():
        assert sequence == before[key][0]
        assert modified.startswith("20260105T"), key
        assert page is None or page.startswith("https://kultur.example/meetings/")
    assert {page is None for key, (_, _, page) in after.items() if "-d" not in key} == {False}
    stamps = project.stamps()
    for command in (("plan", "2025"), ("plan", "2026"), ("plan",), ("publish",)):
        project.fine(*command, "--today", "2026-01-06")
    assert project.stamps() == stamps


def test_publish_records_nothing(project: Folder) -> None:
    """Two clones that publish make the same bytes; the moment of the change comes with the next plan."""
    project.edit(*LINKED)
    plan, before = project.plan(2025), published(project)
    project.fine("publish", *LATER)
    assert project.plan(2025) == plan
    assert {key: one[:2] for key, one in published(project).items()} == {
        key: one[:2] for key, one in before.items()
    }
    project.fine("plan", "2025", *LATER)
    assert all(modified.startswith(STAMP) for _, modified, _ in published(project).values())


# --- a new name ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [("forum's name", "The council", "The assembly"), ("host's name", "Hylte council", "Hylte kommun")],
)
def test_a_new_name_is_told(project: Folder, kind: str, old: str, new: str) -> None:
    """Old and new stand among the changes, for people and for programs; a quiet run tells it too."""
    change = SHOWN[kind]
    assert isinstance(change, tuple)
    project.edit(*change)
    assert project.run("plan", "2025", "--check", *LATER).code == 1
    programs = project.fine("plan", "2025", "--dry-run", "--json", *LATER)
    assert KEY in changes(programs)
    people = project.fine("plan", "2025", "--quiet", *LATER)
    assert people.err == ""
    assert old in people.out
    assert new in people.out
    assert not re.search(r"= 3\b", people.out)


# --- what is new since a day ---------------------------------------------------------------------------


def exported(folder: Folder, since: str, *more: str, env: dict[str, str] | None = None) -> set[str]:
    """Return which meetings `export --since` hands out."""
    run = folder.fine("export", "2025", "--since", since, *more, env=env)
    events = read(run.out.encode()).inner("VEVENT")
    return {event.value("UID").partition("@")[0] for event in events}


def test_confirming_is_no_reason_to_import_again(project: Folder) -> None:
    """Forty confirmed meetings in a file of what is new would stand twice in everybody's Outlook."""
    project.fine("confirm", "2025", *LATER)
    assert exported(project, "2024-10-01") == set()
    assert exported(project, "2024-09-15") == {"council-2025-1", "council-2025-2", OTHER}


@pytest.mark.parametrize("kind", [*NEWER, "forum's name", "host's name", "host"])
def test_what_changed_is_handed_out(project: Folder, kind: str) -> None:
    """A moved meeting, a cancelled one, a renamed forum or host: those who import get the new entry."""
    apply(project, {**SHOWN, **NEWER}[kind])
    found = exported(project, "2024-10-01")
    assert KEY in found
    assert OTHER not in found
    assert exported(project, "2024-10-21") == set()


def test_what_is_confirmed_after_a_move_is_still_new(project: Folder) -> None:
    """The move was since that day; that it was confirmed later takes nothing away."""
    apply(project, f"move {KEY} 2025-04-16")
    project.fine("confirm", "2025", "--today", "2024-10-25")
    assert exported(project, "2024-10-20") == {KEY}


def test_a_new_meeting_is_handed_out(project: Folder) -> None:
    """An added one, and it alone."""
    project.fine("add", "panel", "2025-06-03", *LATER)
    (added,) = [meeting["id"] for meeting in in_time(project, "panel") if meeting["date"] == "2025-06-03"]
    assert exported(project, "2024-10-20") == {added}


ZONES = [
    ("Europe/Stockholm", "SE", "2024-10-20T22:30:00", "2024-10-21"),
    ("Europe/Stockholm", "SE", "2024-10-20T21:30:00", "2024-10-20"),
    ("Pacific/Auckland", "NZ", "2024-10-20T22:00:00", "2024-10-21"),
    ("Pacific/Auckland", "NZ", "2024-10-20T10:00:00", "2024-10-20"),
    ("America/New_York", "US", "2024-10-21T03:00:00", "2024-10-20"),
    ("America/New_York", "US", "2024-10-21T12:00:00", "2024-10-21"),
]
"""A zone, the moment of a change in UTC, and the day that it was there."""


def at(moment: str) -> dict[str, str]:
    """Return the environment of a run at a moment in UTC."""
    return {"SOURCE_DATE_EPOCH": str(timegm(datetime.fromisoformat(moment).timetuple()))}


@pytest.mark.parametrize(("zone", "country", "moment", "today"), ZONES)
def test_days_are_those_of_the_files_zone(
    tmp_path: Path, zone: str, country: str, moment: str, today: str
) -> None:
    """Half past midnight in Stockholm, and the morning in Auckland, are today there, whatever UTC says."""
    folder = Folder(
        tmp_path, TEXT.replace("Europe/Stockholm", zone).replace("country: SE", f"country: {country}")
    )
    folder.fine("plan", "2025", env=at("2024-09-15T12:00:00"))
    folder.fine("move", KEY, later(folder.meetings(2025)[KEY]["date"], 7), env=at(moment))
    assert exported(folder, today, env=at(moment)) == {KEY}
    assert exported(folder, later(today, 1), env=at(moment)) == set()


@pytest.mark.parametrize(
    "zone", ["Europe/Stockholm", "Pacific/Auckland", "America/New_York", "Pacific/Honolulu"]
)
def test_what_is_done_today_is_since_today(tmp_path: Path, zone: str) -> None:
    """A day that is given with --today is the same day wherever the file lies."""
    folder = Folder(tmp_path, TEXT.replace("Europe/Stockholm", zone))
    folder.fine(*PLAN)
    folder.fine("move", KEY, later(folder.meetings(2025)[KEY]["date"], 7), *LATER)
    assert exported(folder, "2024-10-20") == {KEY}
    assert exported(folder, "2024-10-21") == set()


# --- what never changes --------------------------------------------------------------------------------


def test_ids_are_for_good(project: Folder) -> None:
    """Through every change that there is, each UID stays, and each entry only ever gets newer."""
    before: dict[str, Any] = feed(project)
    changes_shown = {**SHOWN, "host's short name": ("Hylte kommun}", "Hylte kommun, short: Hy}")}
    for change in [*changes_shown.values(), NEWER["date"], NEWER["cancelled"], f"restore {KEY}"]:
        apply(project, change)
        after = feed(project)
        assert before.keys() <= after.keys()
        for key in before:
            assert after[key]["CREATED"] == before[key]["CREATED"]
            assert after[key]["DTSTAMP"] == after[key]["LAST-MODIFIED"]
            assert after[key]["LAST-MODIFIED"] >= before[key]["LAST-MODIFIED"]
        before = after


def test_a_reserved_place_that_is_used_is_modified(tmp_path: Path) -> None:
    """On the day that was kept for it: the entry is no longer a place that is kept free."""
    folder = Folder(tmp_path, head() + forum("group", "as needed", "reserve: 1"))
    folder.fine(*PLAN)
    (meeting,) = in_time(folder, "group")
    before, entry = versions(folder), raw(folder)
    stamped = folder.files()
    folder.fine("add", "group", meeting["date"], *LATER)
    assert faults(stamped, folder.files()) == []
    key = meeting["id"]
    assert raw(folder)[key] != entry[key]
    assert versions(folder)[key][0] == before[key][0]
    assert versions(folder)[key][1].startswith(STAMP)
    assert exported(folder, "2024-10-20") == {key}


# --- what version 1.0.0 wrote --------------------------------------------------------------------------

FORMER = Path(__file__).with_name("version_1_0_0")
"""A plan of record and its calendar: of `SMALL`, with what people decided, as version 1.0.0 wrote them."""


@pytest.fixture
def former(tmp_path: Path) -> Folder:
    """Return a project that version 1.0.0 planned for 2025."""
    folder = Folder(tmp_path, SMALL)
    folder.place("plans").mkdir()
    folder.place("plans/2025.yaml").write_bytes((FORMER / "2025.yaml").read_bytes())
    return folder


def test_what_version_1_0_0_recorded_stays(former: Folder) -> None:
    """Byte by byte, plan and calendar, for every run that changes nothing."""
    plan = former.plan(2025)
    for command in ("plan 2025", "publish", "plan 2025 --check", "show 2025", "confirm 2025 --to 2024-12-31"):
        former.fine(*command.split(), *LATER)
        assert former.plan(2025) == plan
    assert former.place("calendars/2025/all.ics").read_bytes() == (FORMER / "all.ics").read_bytes()


@pytest.mark.parametrize(
    ("change", "key", "risen"),
    [
        ("confirm natverk-2025-2", "natverk-2025-2", 0),
        ("move natverk-2025-x1 2025-06-04", "natverk-2025-x1", 1),
        ("restore natverk-2025-1", "natverk-2025-1", 1),
    ],
)
def test_its_versions_are_counted_on(former: Folder, change: str, key: str, risen: int) -> None:
    """Who changes one of its meetings changes no other: ids, sequences and moments stay, and go on."""
    former.fine("plan", "2025", *LATER)
    before, entries, published = versions(former), raw(former), former.files()
    former.fine(*change.split(), *LATER)
    assert faults(published, former.files()) == []
    after = versions(former)
    assert after.pop(key)[0] == before.pop(key)[0] + risen
    assert after == before
    assert {name for name, entry in raw(former).items() if entry != entries[name]} == {key}


def test_a_new_name_of_a_forum_it_planned_is_modified(former: Folder) -> None:
    """It recorded no digest of what it showed, but the name."""
    former.fine("plan", "2025", *LATER)
    before, published = versions(former), former.files()
    former.edit("name: Nätverket", "name: Det nya nätverket")
    run = former.fine("plan", "2025", "--quiet", "--today", "2024-10-21")
    assert "Det nya nätverket" in run.out
    assert faults(published, former.files()) == []
    after = versions(former)
    assert all(after[key][0] == before[key][0] and after[key][1] > before[key][1] for key in before)
