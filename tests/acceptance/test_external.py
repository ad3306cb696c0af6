"""What others decided: busy calendars, dates and files of other bodies; and cadences that name their days."""

from __future__ import annotations

import os
import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import ics_profile
import pytest
from project_folder import Folder

if TYPE_CHECKING:
    from pathlib import Path

TODAY = "2024-09-15"
MEBIBYTE = 1024 * 1024
BUSY = """
name: Kultur i Väst
language: sv
timezone: Europe/Stockholm
domain: vast.example
organisations: {ekby: {name: Ekby}, lindmo: {name: Lindmo}, region: {name: Regionen}}
calendar:
  country: SE
  busy:
    - {name: Fullmäktige, file: busy/fullmaktige.ics, strength: must}
forums:
  natverk:
    name: Nätverket
    cadence: once a year
    members: [{role: chef, from: [ekby, lindmo]}]
    time: 09:00-12:00
    windows: [{from: 03-10, to: 03-14}]
"""
"""A network that meets in one week; its ideal is the Wednesday."""
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (f"2025-03-{day}" for day in range(10, 15))
STOCKHOLM = """BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*events: str, zone: str = STOCKHOLM) -> bytes:
    """Write an iCalendar file; each event is given by its lines."""
    text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//test//EN\n" + zone
    for number, event in enumerate(events):
        identity = "" if "UID:" in event else f"UID:event-{number}@test\n"
        text += f"BEGIN:VEVENT\n{identity}DTSTAMP:20240101T000000Z\n{event}\nEND:VEVENT\n"
    return (text + "END:VCALENDAR\n").replace("\n", "\r\n").encode()


def at(day: str, start: str = "0900", end: str = "1200") -> str:
    """Return the lines of an event in Stockholm."""
    compact = day.replace("-", "")
    zone = "TZID=Europe/Stockholm"
    return f"DTSTART;{zone}:{compact}T{start}00\nDTEND;{zone}:{compact}T{end}00"


class Shelf(Folder):
    """A project folder with calendars of other bodies."""

    def put(self, data: bytes, name: str = "busy/fullmaktige.ics") -> Path:
        """Write a calendar file."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path

    def planned_on(self, year: int = 2025) -> str:
        """Plan a year that has one meeting of the network; give its date."""
        self.fine("plan", str(year), "--today", TODAY, "--replan")
        return str(self.meetings(year)[f"natverk-{year}-1"]["date"])

    def closed(self, day: str) -> bool:
        """Return whether the network could not meet if that day were its only one."""
        text = self.forum_file.read_text(encoding="utf-8")
        self.write(re.sub("windows: .*", f"windows: [{{from: {day[5:]}, to: {day[5:]}}}]", text))
        run = self.run("plan", day[:4], "--today", TODAY, "--dry-run")
        self.write(text)
        assert run.code == ("forums.yaml:10:7: error: Nätverket: {name: Fullmäktige, " in run.err)
        return bool(run.code)

    def meeting(self, year: int = 2025) -> dict[str, Any]:
        """Return the network's meeting as programs read it."""
        return self.meetings(year)[f"natverk-{year}-1"]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Return a folder with a network that meets in one week, beside a council's calendar without events."""
    folder = Shelf(tmp_path, BUSY)
    folder.put(calendar())
    return folder


# --- busy calendars ---


def test_empty_calendar_closes_nothing(shelf: Shelf) -> None:
    """Without events the network meets on its ideal."""
    assert not shelf.closed(WEDNESDAY)
    assert shelf.planned_on() == WEDNESDAY


CLOSING = {
    "the same hours": at(WEDNESDAY),
    "an hour of overlap": at(WEDNESDAY, "1100", "1500"),
    "a minute of overlap": at(WEDNESDAY, "1159", "1300"),
    "no time to travel before": at(WEDNESDAY, "0700", "0831"),
    "no time to travel after": at(WEDNESDAY, "1229", "1400"),
    "all day": "DTSTART;VALUE=DATE:20250312\nDTEND;VALUE=DATE:20250313",
    "all day, without an end": "DTSTART;VALUE=DATE:20250312",
    "UTC": "DTSTART:20250312T103000Z\nDTEND:20250312T123000Z",
    "floating": "DTSTART:20250312T113000\nDTEND:20250312T123000",
    "a duration": "DTSTART;TZID=Europe/Stockholm:20250312T060000\nDURATION:PT4H",
    "another zone": "DTSTART;TZID=America/New_York:20250312T060000\n"
    "DTEND;TZID=America/New_York:20250312T080000",
    "weekly": "DTSTART;TZID=Europe/Stockholm:20240103T100000\nDTEND;TZID=Europe/Stockholm:20240103T110000\n"
    "RRULE:FREQ=WEEKLY",
    "second Wednesday of the month": "DTSTART;VALUE=DATE:20240110\nRRULE:FREQ=MONTHLY;BYDAY=2WE",
    "an added date": at("2025-01-08") + "\nRDATE;TZID=Europe/Stockholm:20250312T090000",
    "over midnight": "DTSTART;TZID=Europe/Stockholm:20250311T220000\n"
    "DTEND;TZID=Europe/Stockholm:20250312T093000",
    "tentative": at(WEDNESDAY) + "\nSTATUS:TENTATIVE",
    "opaque": at(WEDNESDAY) + "\nTRANSP:OPAQUE\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY",
}
FREE = {
    "before": at(WEDNESDAY, "0700", "0830"),
    "after": at(WEDNESDAY, "1230", "1400"),
    "the day before": "DTSTART;VALUE=DATE:20250311\nDTEND;VALUE=DATE:20250312",
    "transparent": at(WEDNESDAY) + "\nTRANSP:TRANSPARENT",
    "cancelled": at(WEDNESDAY) + "\nSTATUS:CANCELLED",
    "free in Outlook": at(WEDNESDAY) + "\nX-MICROSOFT-CDO-BUSYSTATUS:FREE",
    "another year": at("2024-03-12"),
    "UTC, earlier": "DTSTART:20250312T060000Z\nDTEND:20250312T073000Z",
    "an excluded date": "DTSTART;TZID=Europe/Stockholm:20240103T090000\n"
    "DTEND;TZID=Europe/Stockholm:20240103T120000\nRRULE:FREQ=WEEKLY\n"
    "EXDATE;TZID=Europe/Stockholm:20250312T090000",
    "until last year": "DTSTART;VALUE=DATE:20240103\nRRULE:FREQ=WEEKLY;UNTIL=20241231",
}


@pytest.mark.parametrize("event", CLOSING)
def test_event_closes_its_hours(shelf: Shelf, event: str) -> None:
    """On a day with an event that takes time in its hours the network does not meet."""
    shelf.put(calendar(CLOSING[event]))
    assert shelf.closed(WEDNESDAY)
    assert not shelf.closed(THURSDAY)
    assert shelf.planned_on() != WEDNESDAY


@pytest.mark.parametrize("event", FREE)
def test_event_that_takes_no_time_there_closes_nothing(shelf: Shelf, event: str) -> None:
    """Other hours, other days, transparent, free and cancelled events leave the day open."""
    shelf.put(calendar(FREE[event]))
    assert not shelf.closed(WEDNESDAY)


def test_moved_occurrence_closes_its_new_day(shelf: Shelf) -> None:
    """Of a recurring event one occurrence may lie elsewhere: that day is closed, the usual one is open."""
    weekly = "UID:weekly@test\n" + at("2025-01-08") + "\nRRULE:FREQ=WEEKLY"
    moved = "UID:weekly@test\nRECURRENCE-ID;TZID=Europe/Stockholm:20250312T090000\n" + at(THURSDAY)
    shelf.put(calendar(weekly, moved))
    assert not shelf.closed(WEDNESDAY)
    assert shelf.closed(THURSDAY)
    assert shelf.closed("2025-03-19")


def test_several_calendars_in_a_file_and_outlooks_zones_are_read(shelf: Shelf) -> None:
    """A file may hold more than one calendar, and name zones as Windows does."""
    outlook = at(TUESDAY).replace("Europe/Stockholm", "W. Europe Standard Time")
    shelf.put(calendar(at(WEDNESDAY)) + calendar(outlook, zone=""))
    assert [shelf.closed(day) for day in (TUESDAY, WEDNESDAY, THURSDAY)] == [True, True, False]


def test_summer_time_is_kept(shelf: Shelf) -> None:
    """An event at 07.30 UTC is at half past nine in summer, and at half past eight in winter."""
    shelf.write(shelf.forum_file.read_text(encoding="utf-8") + "buffer_minutes: 0\n")
    shelf.edit("time: 09:00-12:00", "time: 09:00-09:30")
    shelf.put(calendar("DTSTART:20250514T073000Z\nDTEND:20250514T080000Z"))
    assert not shelf.closed("2025-05-14")
    shelf.edit("time: 09:00-09:30", "time: 09:30-10:00")
    assert shelf.closed("2025-05-14")
    shelf.put(calendar("DTSTART:20250312T073000Z\nDTEND:20250312T080000Z"))
    assert not shelf.closed(WEDNESDAY)
    shelf.edit("time: 09:30-10:00", "time: 08:30-09:00")
    assert shelf.closed(WEDNESDAY)


@pytest.mark.parametrize(
    ("touching", "closes"),
    [
        ("for: [ekby]", True),
        ("for: [region]", False),
        ("for_roles: [chef]", True),
        ("for_forums: [natverk]", True),
        ("for: [ekby], for_roles: [chef], for_forums: [natverk]", True),
        ("for: [region], for_roles: [chef]", False),
    ],
)
def test_calendar_touches_whom_it_names(shelf: Shelf, touching: str, closes: bool) -> None:
    """Only where some member fits all that is named are the hours closed."""
    shelf.put(calendar(at(WEDNESDAY)))
    shelf.edit("strength: must}", f"strength: must, {touching}}}")
    assert shelf.closed(WEDNESDAY) == closes


def test_should_counts_those_touched(shelf: Shelf) -> None:
    """A calendar that should be kept off is broken if need be, and counts the organisations it touches."""
    shelf.edit("strength: must}", "strength: should, for: [lindmo]}")
    shelf.put(calendar(*(at(day) for day in (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY))))
    assert shelf.planned_on() == WEDNESDAY
    meeting = shelf.meeting()
    assert meeting["should"] == 1
    reasons = [(one["rule"], one["strength"], one["text"]) for one in meeting["reasons"]]
    assert ("busy", "should", "Fullmäktige sammanträder då") in reasons


def test_explanation_names_the_calendar_and_its_line(shelf: Shelf) -> None:
    """`explain --instead` says whose meeting is in the way and where the file names the calendar."""
    shelf.edit("strength: must}", "strength: should}")
    shelf.put(calendar(at(WEDNESDAY)))
    assert shelf.planned_on() == TUESDAY
    dearer = shelf.fine("explain", "natverk-2025-1", "--instead", WEDNESDAY, "--today", TODAY)
    assert "stör 2 organisationer: Fullmäktige sammanträder då [rad 10]" in dearer.out


def test_calendar_in_the_way_of_all_days_is_blamed(shelf: Shelf) -> None:
    """Where its events leave no day, the calendar is named among the rules that cannot hold together."""
    shelf.put(calendar("DTSTART;VALUE=DATE:20250310\nDTEND;VALUE=DATE:20250315"))
    run = shelf.run("plan", "2025", "--today", TODAY)
    assert run.code == 1
    rule = "Nätverket: {name: Fullmäktige, file: busy/fullmaktige.ics, strength: must}"
    assert f"forums.yaml:10:7: error: {rule}" in run.err
    assert "tip: Den här ändringen räcker: strength: should" in run.err


def test_new_event_moves_the_meeting_and_tells(shelf: Shelf) -> None:
    """When the council takes the meeting's day, a proposed one moves, and a confirmed one is told of."""
    day = shelf.planned_on()
    shelf.put(calendar(at(day)))
    run = shelf.fine("plan", "2025", "--today", TODAY)
    assert "flyttat" in run.out
    moved = shelf.meeting()["date"]
    assert moved != day
    shelf.fine("confirm", "natverk-2025-1", "--today", TODAY)
    shelf.put(calendar(at(moved)))
    told = shelf.fine("plan", "2025", "--today", TODAY)
    assert "Fullmäktige sammanträder då" in told.err
    assert shelf.meeting()["date"] == moved


def test_another_time_of_day_is_weighed_as_it_is(shelf: Shelf) -> None:
    """A meeting moved to other hours meets what is decided for those hours, not for the usual ones."""
    shelf.put(calendar(at(THURSDAY), at(FRIDAY, "1300", "1500")))
    shelf.planned_on()
    usual = ("move", "natverk-2025-1", "--today", TODAY)
    refused = shelf.run(*usual, THURSDAY)
    assert (refused.code, "Fullmäktige sammanträder då" in refused.err) == (1, True)
    shelf.fine(*usual, THURSDAY, "--time", "13:00-15:00")
    assert shelf.meeting()["start"] == "13:00"
    refused = shelf.run(*usual, FRIDAY, "--time", "13:00-15:00")
    assert (refused.code, "Fullmäktige sammanträder då" in refused.err) == (1, True)
    shelf.fine("plan", "2025", "--today", TODAY)
    assert (shelf.meeting()["date"], shelf.meeting()["start"]) == (THURSDAY, "13:00")
    shelf.fine(*usual, FRIDAY, "--time", "09:00-12:00")


# --- files that cannot be read ---


def test_what_cannot_be_read_is_told_with_its_line(shelf: Shelf) -> None:
    """In the language of the forum file, and in no words of a program; other faults of the file beside."""
    shelf.put(calendar(at(WEDNESDAY).replace("Europe/Stockholm", "Nowhere"), "DTSTART:next week"))
    run = shelf.run("plan", "2025", "--today", TODAY)
    told = [line for line in run.err.splitlines() if line.startswith("forums.yaml:10:33: error: ")]
    kalender = 'kalendern "busy/fullmaktige.ics" kan inte läsas på rad'
    unknown = 'ingen tidszon heter "Nowhere", och filen definierar den inte'
    assert [line.partition("error: ")[2] for line in told] == [
        f'{kalender} 28, "DTSTART:next week": det är inget datum och ingen tid',
        f'{kalender} 22, "DTSTART;TZID=Nowhere:20250312T090000": {unknown}',
    ]


def test_an_event_without_an_end_closes_its_moment(shelf: Shelf) -> None:
    """Nobody meets when it begins, however short the way is."""
    shelf.write(shelf.forum_file.read_text(encoding="utf-8") + "buffer_minutes: 0\n")
    shelf.put(calendar("DTSTART;TZID=Europe/Stockholm:20250312T090000"))
    assert [shelf.closed(day) for day in (TUESDAY, WEDNESDAY)] == [False, True]
    shelf.put(calendar("DTSTART;TZID=Europe/Stockholm:20250312T120000"))
    assert not shelf.closed(WEDNESDAY)


def refused(shelf: Shelf, words: str) -> None:
    """Check that planning is refused with the line that names the calendar, and nothing is written."""
    run = shelf.run("plan", "2025", "--today", TODAY)
    assert run.code == 1
    assert run.err.startswith("forums.yaml:10:33: error: ")
    assert words in run.err.splitlines()[0]
    assert shelf.files().keys() <= {"busy/fullmaktige.ics"}


def test_missing_file_is_a_problem(shelf: Shelf) -> None:
    """A calendar that is not there is told with its line; it is no empty calendar."""
    (shelf.folder / "busy" / "fullmaktige.ics").unlink()
    refused(shelf, "busy/fullmaktige.ics")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>404</html>",
        calendar(at(WEDNESDAY))[:-60],
        calendar("DTSTART:next week"),
        calendar("SUMMARY:When?"),
        calendar(at(WEDNESDAY) + "\nRRULE:FREQ=SOMETIMES"),
        calendar(at(WEDNESDAY) + "\nRRULE:FREQ=MINUTELY"),
        b"\xff\xfe\x00\x01",
    ],
    ids=["empty", "web page", "cut short", "no date", "no start", "no rule", "every minute", "bytes"],
)
def test_damaged_file_is_a_problem(shelf: Shelf, data: bytes) -> None:
    """A calendar that cannot be read whole is told with its line; no event of it is guessed."""
    shelf.put(data)
    refused(shelf, "fullmaktige.ics")


def test_file_that_is_too_large_is_a_problem(shelf: Shelf) -> None:
    """A calendar of more than 10 MiB is refused; one of just so many is read."""
    small = calendar(at(WEDNESDAY))
    filler = b"X-FILLER:" + b"x" * 60 + b"\r\n"
    head, tail = small.split(b"BEGIN:VEVENT", 1)
    lines = (10 * MEBIBYTE - len(small)) // len(filler)
    full = head + filler * (lines // 4) + b"BEGIN:VEVENT" + tail
    shelf.put(full)
    assert shelf.planned_on() != WEDNESDAY
    shelf.put(head + filler * (lines + 1) + b"BEGIN:VEVENT" + tail)
    run = shelf.run("plan", "2025", "--today", TODAY)
    assert (run.code, "10 MiB" in run.err) == (1, True)


@pytest.mark.skipif(os.name == "nt", reason="Windows makes no symbolic links without asking")
def test_symbolic_link_is_followed(shelf: Shelf) -> None:
    """A link to a calendar elsewhere is read; one that leads nowhere, or to a folder, is a problem."""
    real = shelf.put(calendar(at(WEDNESDAY)), "elsewhere.ics")
    link = shelf.folder / "busy" / "fullmaktige.ics"
    link.unlink()
    link.symlink_to(real)
    assert shelf.planned_on() != WEDNESDAY
    for target in (shelf.folder / "nowhere.ics", shelf.folder):
        link.unlink()
        link.symlink_to(target)
        run = shelf.run("plan", "2025", "--today", TODAY)
        assert (run.code, run.err.startswith("forums.yaml:10:33: error: ")) == (1, True)


def test_every_calendar_with_a_fault_is_told_at_once(shelf: Shelf) -> None:
    """Several faulty calendars are several problems of one run; programs get them in one document."""
    second = "    - {name: Nämnden, file: busy/namnden.ics}\n"
    shelf.edit("forums:\n", second + "forums:\n")
    shelf.put(b"nothing")
    document = shelf.run("plan", "2025", "--today", TODAY, "--json").year
    assert [one["line"] for one in document["problems"]] == [10, 11]


def test_what_was_published_stays_when_a_calendar_is_lost(shelf: Shelf) -> None:
    """A calendar that disappears later stops the run; plan and calendars stay as they were."""
    shelf.planned_on()
    before = shelf.files()
    (shelf.folder / "busy" / "fullmaktige.ics").unlink()
    assert shelf.run("plan", "2025", "--today", TODAY).code == 1
    after = shelf.files()
    assert after == {name: data for name, data in before.items() if name != "busy/fullmaktige.ics"}


# --- dates decided elsewhere ---

EXTERNAL = (
    BUSY.replace("  busy:\n    - {name: Fullmäktige, file: busy/fullmaktige.ics, strength: must}\n", "")
    + """
  rad:
    name: Regionala rådet
    cadence: external
    members: [{role: chef, from: [ekby, region]}]
    time: 10:00-15:00
    place: Regionens hus
    dates:
      - 2025-03-12
      - {on: 2025-06-03, time: 13:00-16:00, place: Ekby}
      - 2026-02-03
"""
)


def files_with(folder: Folder, uid: str) -> set[str]:
    """Return the calendars that hold a UID; all of them are sound."""
    found = set()
    for name, data in folder.files().items():
        if name.endswith(".ics") and "calendars/" in name:
            assert ics_profile.check(data, feed="feeds/" in name) == []
            if f"UID:{uid}@" in data.decode().replace("\r\n ", ""):
                found.add(name.removeprefix("calendars/"))
    return found


def test_external_dates_are_shown_and_planned_around(tmp_path: Path) -> None:
    """The dates of another body stand in the year, each with its time and place, and send others away."""
    folder = Folder(tmp_path, EXTERNAL)
    run = folder.fine("plan", "2025", "--today", TODAY)
    meetings = folder.meetings(2025)
    one, other = meetings["rad-2025-x1"], meetings["rad-2025-x2"]
    assert (one["date"], one["start"], one["end"], one["place"]) == (
        "2025-03-12", "10:00", "15:00", "Regionens hus",
    )  # fmt: skip
    assert (other["date"], other["start"], other["place"]) == ("2025-06-03", "13:00", "Ekby")
    assert len(meetings) == 3
    assert one["status"] == "confirmed"
    assert meetings["natverk-2025-1"]["date"] != "2025-03-12"
    assert sum("Regionala rådet" in line for line in run.out.splitlines()) >= 2
    reasons = [one for one in meetings["natverk-2025-1"]["reasons"] if one["date"] == "2025-03-12"]
    assert [one["text"] for one in reasons] == ["chef, Ekby sitter i Regionala rådet 10:00–15:00 den dagen"]


def test_external_dates_stand_in_calendars_only_if_published(tmp_path: Path) -> None:
    """Without `publish: true` no calendar holds them; with it their own, everyone's and each member's do."""
    folder = Folder(tmp_path, EXTERNAL)
    folder.fine("plan", "2025", "2026", "--today", TODAY)
    assert files_with(folder, "rad-2025-x1") == set()
    assert not [name for name in folder.files() if name.endswith("/rad.ics")]
    folder.edit("    cadence: external\n", "    cadence: external\n    publish: true\n")
    folder.fine("plan", "2025", "2026", "--today", TODAY)
    names = {"all.ics", "rad.ics", "organisations/ekby.ics", "organisations/region.ics"}
    expected = {f"{part}/{name}" for part in ("2025", "feeds") for name in names} | {"feeds/roles/chef.ics"}
    assert files_with(folder, "rad-2025-x1") == expected
    assert files_with(folder, "rad-2026-x1") == {name.replace("2025/", "2026/") for name in expected}
    assert files_with(folder, "natverk-2025-1") == {
        f"{part}/{name}"
        for part in ("2025", "feeds")
        for name in ("all.ics", "natverk.ics", "organisations/ekby.ics", "organisations/lindmo.ics")
    } | {"feeds/roles/chef.ics"}


def test_external_dates_are_never_moved_here(tmp_path: Path) -> None:
    """Move, cancel, add and suggest say that the dates are decided elsewhere; nothing is due before them."""
    folder = Folder(
        tmp_path, EXTERNAL.replace("forums:", "defaults: {deadlines: [{name: K, days_before: 7}]}\nforums:")
    )
    folder.fine("plan", "2025", "--today", TODAY)
    for arguments in (
        ("move", "rad-2025-x1", "2025-03-13"),
        ("cancel", "rad-2025-x1", "--reason", "Nej"),
        ("add", "rad", "2025-03-13"),
        ("suggest", "rad", "--from", "2025-03-10", "--to", "2025-03-14"),
        ("explain", "rad-2025-x1", "--instead", "2025-03-13"),
    ):
        run = folder.run(*arguments, "--today", TODAY)
        assert (run.code, "bestäms av någon annan" in run.err) == (1, True), arguments
    document = folder.fine("show", "2025", "--json", "--today", TODAY).document
    assert {one["meeting"] for one in document["deadlines"]} == {"natverk-2025-1"}


def test_changed_external_dates_keep_their_identity(tmp_path: Path) -> None:
    """A date that is gone is cancelled, one that stays keeps its id, a new time is a new version."""
    folder = Folder(tmp_path, EXTERNAL.replace("cadence: external", "cadence: external\n    publish: true"))
    folder.fine("plan", "2025", "--today", TODAY)
    folder.edit("      - 2025-03-12\n", "      - 2025-03-19\n      - 2025-01-21\n")
    folder.edit("time: 13:00-16:00, place: Ekby", "time: 13:00-15:00, place: Ekby")
    folder.fine("plan", "2025", "--today", "2024-10-01")
    found = {key: one for key, one in folder.meetings(2025).items() if one["forum"] == "rad"}
    assert (found["rad-2025-x1"]["date"], found["rad-2025-x1"]["status"]) == ("2025-03-12", "cancelled")
    assert (found["rad-2025-x2"]["end"], found["rad-2025-x2"]["sequence"]) == ("15:00", 1)
    assert sorted(one["date"] for one in found.values()) == [
        "2025-01-21", "2025-03-12", "2025-03-19", "2025-06-03",
    ]  # fmt: skip
    assert folder.meetings(2025)["natverk-2025-1"]["date"] != "2025-03-12"
    folder.fine("plan", "2025", "--today", "2024-10-01", "--replan")
    assert folder.meetings(2025)["natverk-2025-1"]["date"] == "2025-03-12"


def test_external_dates_come_from_a_file(tmp_path: Path) -> None:
    """The events of a calendar file are the dates: their times and places, whole days at the forum's time."""
    text = EXTERNAL[: EXTERNAL.index("    dates:\n")] + "    dates: {file: busy/rad.ics}\n"
    folder = Shelf(tmp_path, text)
    events = (
        at("2025-03-12", "0930", "1130") + "\nLOCATION:Lindmo\\, stadshuset",
        "DTSTART;VALUE=DATE:20250603",
        at("2025-09-02", "1300", "1430") + "\nRRULE:FREQ=WEEKLY;COUNT=2",
        at("2025-10-07") + "\nSTATUS:CANCELLED",
        at("2026-02-03"),
    )
    folder.put(calendar(*events), "busy/rad.ics")
    folder.fine("plan", "2025", "--today", TODAY)
    found = [one for one in folder.meetings(2025).values() if one["forum"] == "rad"]
    assert [(one["date"], one["start"], one["end"], one["place"]) for one in found] == [
        ("2025-03-12", "09:30", "11:30", "Lindmo, stadshuset"),
        ("2025-06-03", "10:00", "15:00", "Regionens hus"),
        ("2025-09-02", "13:00", "14:30", "Regionens hus"),
        ("2025-09-09", "13:00", "14:30", "Regionens hus"),
    ]
    (tmp_path / "busy" / "rad.ics").unlink()
    run = folder.run("plan", "2025", "--today", TODAY)
    line = len(text.splitlines())
    assert (run.code, f"forums.yaml:{line}:" in run.err) == (1, True)


def external(tmp_path: Path, dates: str, time: str = "10:00-15:00") -> Shelf:
    """Return a folder with a network, and with a council whose dates are given."""
    text = EXTERNAL[: EXTERNAL.index("    dates:\n")].replace("10:00-15:00", time)
    return Shelf(tmp_path, text + f"    dates: {dates}\n")


def council(folder: Folder, day: str = TODAY) -> dict[str, dict[str, Any]]:
    """Plan 2025, twice with the same result; give the council's meetings."""
    folder.fine("plan", "2025", "--today", day)
    folder.fine("plan", "2025", "--today", day, "--check")
    return {key: one for key, one in folder.meetings(2025).items() if one["forum"] == "rad"}


OWN_TIMES: dict[str, tuple[str, list[str], list[str]]] = {
    "it ends at midnight": (
        "DTSTART:20250310T170000\nDTEND:20250311T000000",
        ["2025-03-10", "1", "17:00", "00:00"],
        ["2025-03-10 17:00", "2025-03-10 23:30"],
    ),
    "it goes on overnight": (
        "DTSTART:20250310T170000\nDTEND:20250311T010000",
        ["2025-03-10", "1", "17:00", "01:00"],
        ["2025-03-10 17:00", "2025-03-11 00:30"],
    ),
    "it has no end": (
        "DTSTART:20250312T140000",
        ["2025-03-12", "1", "14:00", "19:00"],
        ["2025-03-12 14:00", "2025-03-12 18:30"],
    ),
    "a whole day": (
        "DTSTART;VALUE=DATE:20250312\nTRANSP:TRANSPARENT\nX-MICROSOFT-CDO-BUSYSTATUS:FREE",
        ["2025-03-12", "1", "10:00", "15:00"],
        ["2025-03-12 10:00", "2025-03-12 14:30"],
    ),
    "whole days": (
        "DTSTART;VALUE=DATE:20250311\nDTEND;VALUE=DATE:20250314",
        ["2025-03-11", "3", "00:00", "00:00"],
        [f"2025-03-{day} {hour}" for day in (11, 12, 13) for hour in ("00:00", "23:30")],
    ),
    "from midnight": (
        "DTSTART:20250311T000000\nDTEND:20250313T235900",
        ["2025-03-11", "3", "00:00", "00:00"],
        ["2025-03-11 00:00", "2025-03-13 23:30"],
    ),
    "several days": (
        "DTSTART:20250311T130000\nDTEND:20250313T120000",
        ["2025-03-11", "3", "13:00", "00:00"],
        ["2025-03-11 13:00", "2025-03-12 08:00", "2025-03-12 20:00", "2025-03-13 11:30"],
    ),
}


@pytest.mark.parametrize("kind", OWN_TIMES)
def test_an_event_of_another_body_keeps_its_times_and_days(tmp_path: Path, kind: str) -> None:
    """It is shown and closed at its own times, on its own days, and nothing else is closed."""
    event, right, closed = OWN_TIMES[kind]
    folder = external(tmp_path, "{file: busy/rad.ics}")
    folder.edit("time: 09:00-12:00", "time: 09:00-09:30")
    folder.write(folder.forum_file.read_text(encoding="utf-8") + "buffer_minutes: 0\n")
    folder.put(calendar(event), "busy/rad.ics")
    (one,) = council(folder).values()
    days = re.findall("days: (.*)", (tmp_path / "plans" / "2025.yaml").read_text(encoding="utf-8"))
    assert [one["date"], str(days[-1] if days else 1), one["start"], one["end"]] == right
    first, last = closed[0], closed[-1]
    for moment in closed:
        assert not free_at(folder, moment), moment
    begin, end = (datetime.fromisoformat(moment) for moment in (first, last))
    for outside in (begin - timedelta(minutes=30), end + timedelta(minutes=30)):
        assert free_at(folder, f"{outside:%Y-%m-%d %H:%M}"), outside


def free_at(folder: Folder, moment: str) -> bool:
    """Return whether half an hour's meeting of the network, on any day, keeps off the council's."""
    day, _, start = moment.partition(" ")
    end = f"{datetime.fromisoformat(moment) + timedelta(minutes=30):%H:%M}"
    move = ("move", "natverk-2025-1", day, "--time", f"{start}-{end}", "--today", TODAY)
    run = folder.run(*move)
    return "sitter i Regionala rådet" not in run.out + run.err


def test_a_date_that_is_given_twice_is_one(tmp_path: Path) -> None:
    """In a list, or in a list and a file: the file, which has the hours, is believed."""
    folder = external(tmp_path, "[2025-03-12, 2025-03-12, {on: 2025-03-12, time: 10:00-15:00}]")
    assert list(council(folder)) == ["rad-2025-x1"]
    (tmp_path / "b").mkdir()
    folder = external(
        tmp_path / "b", "[2025-03-12, {on: 2025-06-03, time: 09:30-12:00}, {file: busy/rad.ics}]"
    )
    events = [at("2025-03-12", "0930", "1130"), at("2025-06-03", "0930", "1130")]
    folder.put(calendar(*events, *events, at("2025-03-12", "1300", "1400")), "busy/rad.ics")
    found = [(one["date"], one["start"], one["end"]) for one in council(folder).values()]
    assert found == [
        ("2025-03-12", "09:30", "11:30"),
        ("2025-03-12", "13:00", "14:00"),
        ("2025-06-03", "09:30", "11:30"),
    ]


def test_an_external_date_that_moves_keeps_its_entry(tmp_path: Path) -> None:
    """Where its source kept the UID; two that change places keep theirs, and what is over stays."""
    folder = external(tmp_path, "{file: busy/rad.ics}")
    first, second = ("UID:one@test\n", "UID:two@test\n")
    folder.put(calendar(first + at("2025-03-12"), second + at("2025-06-03")), "busy/rad.ics")
    assert [one["date"] for one in council(folder).values()] == ["2025-03-12", "2025-06-03"]
    folder.put(calendar(first + at("2025-06-03"), second + at("2025-03-18")), "busy/rad.ics")
    found = council(folder, "2024-10-01")
    assert {key: (one["date"], one["status"], one["sequence"]) for key, one in found.items()} == {
        "rad-2025-x1": ("2025-06-03", "confirmed", 1),
        "rad-2025-x2": ("2025-03-18", "confirmed", 1),
    }
    folder.put(calendar(first + at("2025-06-10"), second + at("2025-05-06")), "busy/rad.ics")
    found = council(folder, "2025-04-01")
    assert {key: (one["date"], one["status"]) for key, one in found.items()} == {
        "rad-2025-x1": ("2025-06-10", "confirmed"),
        "rad-2025-x2": ("2025-03-18", "confirmed"),
        "rad-2025-x3": ("2025-05-06", "confirmed"),
    }


def test_one_of_a_series_that_moves_keeps_its_entry(tmp_path: Path) -> None:
    """It is known by its place in the series; a calendar that gives each event a new UID is known by time."""
    folder = external(tmp_path, "{file: busy/rad.ics}")
    series = "UID:s@test\n" + at("2025-03-12") + "\nRRULE:FREQ=WEEKLY;COUNT=3"
    moved = "UID:s@test\nRECURRENCE-ID;TZID=Europe/Stockholm:20250319T090000\n" + at(
        "2025-03-27", "1300", "1400"
    )
    folder.put(calendar(series), "busy/rad.ics")
    assert list(council(folder)) == ["rad-2025-x1", "rad-2025-x2", "rad-2025-x3"]
    folder.put(calendar(series, moved), "busy/rad.ics")
    found = {key: one["date"] for key, one in council(folder).items()}
    assert found == {"rad-2025-x1": "2025-03-12", "rad-2025-x2": "2025-03-27", "rad-2025-x3": "2025-03-26"}
    days = ("2025-03-12", "2025-03-26")
    renamed = [f"UID:new-{day}@test\n{at(day)}" for day in days]
    folder.put(calendar(*renamed), "busy/rad.ics")
    states = {key: one["status"] for key, one in council(folder).items()}
    assert states == {"rad-2025-x1": "confirmed", "rad-2025-x2": "cancelled", "rad-2025-x3": "confirmed"}


def test_external_forum_may_prepare_and_be_met(tmp_path: Path) -> None:
    """Another body's dates can prepare a forum's meetings, and lend them their days."""
    text = EXTERNAL.replace("windows: [{from: 03-10, to: 03-14}]", "windows: [{from: 03-01, to: 05-31}]")
    prepared = text.replace("windows: [", "prepared_by: {forum: rad, days_before: 20-30}\n    windows: [")
    folder = Folder(tmp_path, prepared)
    folder.fine("plan", "2025", "--today", TODAY)
    day = date.fromisoformat(folder.meetings(2025)["natverk-2025-1"]["date"])
    assert 20 <= (day - date(2025, 3, 12)).days <= 30
    together = text.replace("time: 09:00-12:00", "time: 15:30-17:00").replace(
        "windows: [", "together_with: {forum: rad}\n    windows: ["
    )
    folder.write(together)
    folder.fine("plan", "2025", "--today", TODAY, "--replan")
    assert folder.meetings(2025)["natverk-2025-1"]["date"] == "2025-03-12"


# --- cadences that name their days ---


def recurring(rule: str, calendar_keys: str = "", forum_keys: str = "") -> str:
    """Write a file with a council that holds the days of a recurrence rule."""
    return f"""
name: Fullmäktige
language: sv
timezone: Europe/Stockholm
domain: council.example
organisations: {{ekby: {{name: Ekby}}}}
calendar:
  country: SE
{calendar_keys}
defaults: {{weekdays: [thu]}}
forums:
  council:
    name: Fullmäktige
    cadence: RRULE:{rule}
    members: [{{role: ledamot, from: [ekby]}}]
    time: 18:00-21:00
{forum_keys}
"""


def council_days(folder: Folder, year: int = 2025) -> list[str]:
    """Plan a year; give the council's dates."""
    folder.fine("plan", str(year), "--today", TODAY)
    return [one["date"] for one in folder.meetings(year).values()]


def test_rule_names_the_days(tmp_path: Path) -> None:
    """A council on the last Monday of some months meets then; weekdays from `defaults` do not concern it."""
    folder = Folder(tmp_path, recurring("FREQ=MONTHLY;BYMONTH=1,3,9;BYDAY=-1MO"))
    assert council_days(folder) == ["2025-01-27", "2025-03-31", "2025-09-29"]
    assert council_days(folder, 2026) == ["2026-01-26", "2026-03-30", "2026-09-28"]


@pytest.mark.parametrize(
    ("rule", "day", "moved", "why"),
    [
        ("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", "2025-05-01", "2025-04-29", "Första maj är helgdag"),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=6", "2028-06-06", "2028-06-07", "Nationaldagen är helgdag"),
        ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1", "2025-01-01", "2025-01-02", "Nyårsdagen är helgdag"),
        ("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=8", "2025-11-08", "2025-11-07", "en helg"),
        ("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=9", "2025-11-09", "2025-11-10", "en helg"),
        ("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=20", "2025-04-20", "2025-04-22", "Påskdagen är helgdag"),
    ],
)
def test_closed_day_moves_to_the_nearest(tmp_path: Path, rule: str, day: str, moved: str, why: str) -> None:
    """A day that a must closes gives way to the nearest that is allowed; what closes it is told."""
    folder = Folder(tmp_path, recurring(rule))
    year = int(day[:4])
    assert council_days(folder, year) == [moved]
    reasons = folder.meetings(year)[f"council-{year}-1"]["reasons"]
    assert [one["text"] for one in reasons if one["date"] == day] == [why]


def test_later_goes_before_earlier(tmp_path: Path) -> None:
    """Of two days equally near the later is taken."""
    period = "  periods: [{name: Mässa, from: 03-12, to: 03-12}]"
    folder = Folder(tmp_path, recurring("FREQ=MONTHLY;BYMONTH=3;BYDAY=2WE", period))
    assert council_days(folder) == ["2025-03-13"]
    folder.write(recurring("FREQ=MONTHLY;BYMONTH=3;BYDAY=2WE", period.replace("to: 03-12", "to: 03-13")))
    assert folder.fine("plan", "2025", "--replan", "--today", TODAY)
    assert [one["date"] for one in folder.meetings(2025).values()] == ["2025-03-11"]


def test_plan_says_that_a_day_was_moved_and_why(tmp_path: Path) -> None:
    """The meeting's explanation names the day that the rule asks for and what closes it."""
    period = "  periods: [{name: Mässa, from: 03-10, to: 03-14}]"
    folder = Folder(tmp_path, recurring("FREQ=MONTHLY;BYMONTH=3;BYDAY=2WE", period))
    run = folder.fine("plan", "2025", "--today", TODAY)
    assert "inte 12 mar: Mässa" in run.out.replace("mars", "mar")
    told = folder.fine("explain", "council-2025-1", "--today", TODAY).out
    assert "12 mar" in told
    assert "Mässa" in told
    assert folder.meetings(2025)["council-2025-1"]["ideal"] == "2025-03-12"


def test_own_weekdays_hold_for_moved_days(tmp_path: Path) -> None:
    """A council with weekdays of its own moves by a week, later first; then by two."""
    text = recurring(
        "FREQ=MONTHLY;BYMONTH=3;BYDAY=2TU", "  periods: [{name: Mässa, weeks: 11}]", "    weekdays: [tue]"
    )
    folder = Folder(tmp_path, text)
    assert council_days(folder) == ["2025-03-18"]
    folder.edit("weeks: 11", "weeks: 11-12")
    folder.fine("plan", "2025", "--replan", "--today", TODAY)
    assert [one["date"] for one in folder.meetings(2025).values()] == ["2025-03-04"]
    folder.edit("weeks: 11-12", "weeks: 10-12")
    folder.fine("plan", "2025", "--replan", "--today", TODAY)
    assert [one["date"] for one in folder.meetings(2025).values()] == ["2025-03-25"]


def test_an_open_day_is_kept_whatever_is_wished(tmp_path: Path) -> None:
    """A half-day that should be kept off, or is no matter, moves no council; one that must be does."""
    folder = Folder(tmp_path, recurring("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=30"))
    assert council_days(folder) == ["2025-04-30"]
    folder.write(recurring("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=30", "  half_days: prefer"))
    folder.fine("plan", "2025", "--replan", "--today", TODAY)
    assert [one["date"] for one in folder.meetings(2025).values()] == ["2025-04-30"]
    folder.write(recurring("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=30", "  half_days: must"))
    folder.fine("plan", "2025", "--replan", "--today", TODAY)
    assert [one["date"] for one in folder.meetings(2025).values()] == ["2025-04-29"]


@pytest.mark.parametrize(
    "rule", ["FREQ=HOURLY", "FREQ=DAILY", "FREQ=SOMETIMES;BYDAY=MO", "BYDAY=MO", "FREQ=MONTHLY;BYDAY=9XX"]
)
def test_rule_that_cannot_be_planned_is_refused(tmp_path: Path, rule: str) -> None:
    """Rules below a day, without a measure or malformed are told with their line."""
    run = Folder(tmp_path, recurring(rule)).run("plan", "2025", "--today", TODAY)
    assert run.code == 1
    assert run.err.startswith("forums.yaml:14:14: error: ")


# --- a forum's life ---

PROJECT = """
name: Projekt
language: sv
timezone: Europe/Stockholm
domain: project.example
organisations: {ekby: {name: Ekby}}
calendar: {country: SE}
forums:
  project:
    name: Projektgruppen
    cadence: quarterly
    members: [{role: chef, from: [ekby]}]
    time: 09:00-12:00
    active: {from: 2025-08-01, to: 2026-06-30}
"""


def test_forum_meets_within_its_life(tmp_path: Path) -> None:
    """A project from August to June has half its meetings in each year, all within its life, none after."""
    folder = Folder(tmp_path, PROJECT)
    folder.fine("plan", "2024", "2025", "2026", "2027", "--today", "2023-09-15")
    days = {year: [one["date"] for one in folder.meetings(year).values()] for year in range(2024, 2028)}
    assert {year: len(found) for year, found in days.items()} == {2024: 0, 2025: 2, 2026: 2, 2027: 0}
    assert min(days[2025]) >= "2025-08-01"
    assert max(days[2026]) <= "2026-06-30"


def test_forum_whose_life_is_cut_short_cancels_what_lies_after(tmp_path: Path) -> None:
    """A life that ends earlier cancels the meetings after it; they stay in the calendars."""
    folder = Folder(tmp_path, PROJECT)
    folder.fine("plan", "2025", "--today", TODAY)
    before = folder.meetings(2025)
    assert max(one["date"] for one in before.values()) > "2025-10-31"
    folder.edit("to: 2026-06-30", "to: 2025-10-31")
    folder.fine("plan", "2025", "--today", "2024-10-01")
    after = folder.meetings(2025)
    assert after.keys() == before.keys()
    assert [one["status"] for one in after.values()] == ["proposed", "cancelled"]
    refused = folder.run("add", "project", "2025-11-20", "--today", "2024-10-01")
    assert (refused.code, "forumet finns inte då" in refused.err) == (1, True)
