"""A forum file that uses all keys at once is planned, explained, lived with and published like any other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar
from project_folder import ROOT, Folder, Run, faults
from project_life import broken_links, events, visible

from kultursam.forumfile import values

FILE = ROOT / "tests" / "forumfile" / "good" / "every-key.yaml"
YEAR = "2026"
EXTERNAL = {"externt", "externt-2"}
BUSY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:a
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/London:{start}
DTEND;TZID=Europe/London:{end}
SUMMARY:Elsewhere
END:VEVENT
END:VCALENDAR
"""
ANSWERS = {
    "add": ("behov", "2026-11-24"),
    "cancel": ("natverk-2026-2", "--reason", "Nobody can"),
    "restore": ("natverk-2026-2",),
    "confirm": (YEAR,),
    "refresh": ("natverk",),
    "publish": (),
}
"""What is done to the year, one after the other."""


class Project(Folder):
    """The project, on a day before its year."""

    def __init__(self, folder: Path) -> None:
        """Write the forum file, and the calendars of others that it names."""
        super().__init__(folder, FILE.read_text(encoding="utf-8"))
        calendars = {
            "busy/council.ics": "20261120",
            "busy/external.ics": "20261118",
            "busy/secret.ics": "20261207",
            values.copy_of("https://region.example.org/möten.ics?all=1"): "20261208",
            values.copy_of("https://other.example.org/"): "20261118",
        }
        for name, day in calendars.items():
            text = BUSY.format(start=f"{day}T093000", end=f"{day}T143000")
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", newline="\r\n")

        (folder / "svar.csv").write_text("datum;hylte\n2026-10-05;nej\n", encoding="utf-8")

    def say(self, *arguments: str) -> Run:
        """Run the command line, which must succeed."""
        return self.fine(*arguments, "--today", "2026-07-01")

    def published(self) -> dict[str, bytes]:
        """Return what is published: `output` says where."""
        files = self.files()
        return {name.removeprefix("kalender/"): files[name] for name in files if name.startswith("kalender/")}


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return the project with its year planned; nobody changes it."""
    project = Project(tmp_path_factory.mktemp("planned"))
    project.say("plan", YEAR)
    return project


@pytest.fixture
def project(tmp_path: Path, planned: Project) -> Project:
    """Return a project of its own with the year planned."""
    copy = Project(tmp_path)
    for name, data in planned.files().items():
        copy.place(name).parent.mkdir(parents=True, exist_ok=True)
        copy.place(name).write_bytes(data)
    return copy


def shown(project: Project, *more: str) -> Any:  # noqa: ANN401 - a JSON document
    """Return the year as programs read it."""
    return project.say("show", YEAR, "--format", "json", *more).document


def test_it_is_planned(planned: Project) -> None:
    """The best plan is found and proven; all forums meet, none breaks a must, and the check says nothing."""
    year = shown(planned)
    assert year["optimal"]
    assert {one["severity"] for one in year["problems"]} == {"tip"}
    forums = set(re.findall(r"^  ([a-z0-9-]+):$", FILE.read_text().partition("\nforums:\n")[2], re.MULTILINE))
    assert {one["forum"] for one in year["meetings"]} == forums
    assert all("2026-08-01" <= one["date"] <= "2027-07-31" for one in year["meetings"])
    check = planned.say("check")
    assert "no errors" in check.out
    assert not re.search("error:|warning:", check.err)


def test_a_second_run_changes_nothing(planned: Project) -> None:
    """The same bytes again, and nothing to tell."""
    before = planned.stamps()
    planned.say("plan", YEAR, "--check")
    planned.say("plan", YEAR)
    planned.say("publish")
    assert planned.stamps() == before


@pytest.mark.slow
def test_every_meeting_is_explained(planned: Project) -> None:
    """With the cost that the plan has, unless others chose its date; one of each forum and cost for all."""
    meetings = {(one["forum"], one["points"], one["should"]): one for one in shown(planned)["meetings"]}
    for meeting in meetings.values():
        told = planned.say("explain", meeting["id"]).out
        assert meeting["forum_name"] in told
        assert "It is on" in told
        points = re.search(r"It costs (\d+) points?", told)
        if meeting["forum"] not in EXTERNAL:
            assert int(points[1] if points else 0) == meeting["points"], told


@pytest.mark.parametrize(
    "arguments",
    [
        *(("--view", view) for view in ("list", "line", "month")),
        *(("--view", view, "--forum", "natverk") for view in ("list", "line", "month")),
        *(("--view", view, "--organisation", "region") for view in ("list", "line", "month")),
        ("--format", "csv"),
    ],
    ids=" ".join,
)
def test_every_view_shows_it(arguments: tuple[str, ...], planned: Project) -> None:
    """Each view names the forum, with others or alone."""
    told = planned.say("show", YEAR, *arguments).out
    assert "Nätverk" in told


def test_what_is_published_is_whole(planned: Project) -> None:
    """Calendars keep the profile, an independent reader reads them; pages and the wheel name everything."""
    files = planned.published()
    assert faults({}, files) == []
    assert broken_links(planned.place("kalender"), "https://example.org/kalender") == []
    year = shown(planned)
    held = {one["uid"] for one in year["meetings"] if one["forum"] != "externt-2"}  # not to be published
    entries = Calendar.from_ical(files["2026/all.ics"]).walk("VEVENT")
    assert {str(entry["UID"]) for entry in entries} == held
    assert json.loads(files["2026/meetings.json"])["meetings"] == year["meetings"]
    page = visible(planned.place("kalender/2026.html"))
    names = {one["forum_name"] for one in year["meetings"]}
    assert all(name in page for name in names)
    wheel = "".join(ET.fromstring(files["2026.svg"]).itertext())  # noqa: S314 - our own
    assert "2026/27" in wheel
    assert all(name in wheel for name in names)


def test_what_the_keys_say_is_in_the_calendar(planned: Project) -> None:
    """Days, hours, zones, places, links and names of a window, a change and a forum are those of the file."""
    entries = events(planned.published()["2026/all.ics"])
    by_id = {one["id"]: one for one in shown(planned)["meetings"]}
    (feast,) = (one for one in by_id.values() if one["name"] == "Nätverk: Julmöte")
    entry = entries[feast["id"]]
    assert (feast["place"], feast["room"], feast["host"], feast["format"]) == (
        "Sal B",
        "sal-b",
        "region",
        "in person",
    )
    assert (entry["DTSTART"], entry["DTEND"]) == ("20261216T150000", "20261217T120000")
    assert entry["CONFERENCE"] == "https://meet.example.org/jul"
    last = by_id["natverk-2026-4"]
    assert (last["start"], last["place"], last["link"]) == ("13:00", "Sal C", "https://meet.example.org/ny")
    night = entries["dagar-2026-1"]
    assert (night["DTSTART"], night["DTEND"]) == ("20260812T220000", "20260813T010000")
    assert b"DTSTART;TZID=Europe/Stockholm:20260812T220000" in planned.published()["2026/dagar.ics"]
    all_day = entries["externt-2026-x1"]
    assert (all_day["DTSTART"], all_day["DTEND"], all_day["TRANSP"]) == ("20261023", "20261024", "OPAQUE")


def test_the_documentation_names_what_a_meeting_has(planned: Project) -> None:
    """Its table has the keys that some meeting of the year has in JSON, no more and no fewer."""
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    (own,) = re.findall(r"^### JsonMeeting\n(.+?)^### ", page, re.MULTILINE | re.DOTALL)
    named = re.findall(r"^\| `(\w+)` \|", own, re.MULTILINE)
    assert sorted(named) == sorted({key for one in shown(planned)["meetings"] for key in one})


def movable(project: Project) -> Iterator[str]:
    """Yield the last meeting of each forum that is not decided elsewhere."""
    last = {one["forum"]: one["id"] for one in shown(project)["meetings"] if one["forum"] not in EXTERNAL}
    yield from last.values()


@pytest.mark.slow
def test_every_forum_is_moved_to_what_is_suggested(project: Project) -> None:
    """The best other date of a meeting is taken; the rest stays where it was, and no calendar goes wrong."""
    for meeting in list(movable(project)):
        before = project.published()
        dates = project.say("suggest", meeting, "--json").document["dates"]
        if dates:
            project.say("move", meeting, dates[0]["date"])
            assert {one["id"]: one["date"] for one in shown(project)["meetings"]}[meeting] == dates[0]["date"]
            assert faults(before, project.published()) == []
    project.say("plan", YEAR, "--check")
    project.say("check")


@pytest.mark.slow
def test_the_year_is_lived(project: Project) -> None:
    """What people decide is kept, told in every calendar, and breaks nothing."""
    for command, arguments in ANSWERS.items():
        before = project.published()
        project.say(command, *arguments)
        assert faults(before, project.published()) == [], command
        project.say("plan", YEAR, "--check")
    unconfirmed = [one["id"] for one in shown(project)["meetings"] if one["status"] != "confirmed"]
    assert unconfirmed == ["behov-2026-2"]  # a place that is still free
    assert "no errors" in project.say("check").out
    for form, more in (("ics", ()), ("ics", ("--since", "2026-06-01", "--organisation", "region"))):
        name = f"handed-out.{form}"
        project.say("export", YEAR, *more, "--output", name)
        assert Calendar.from_ical(project.place(name).read_bytes()).walk("VEVENT")


@pytest.mark.slow
def test_the_next_year_goes_on(project: Project) -> None:
    """It is planned after this one, whose meetings stay."""
    before = project.plan(2026)
    project.say("plan", "2027")
    assert project.plan(2026) == before
    assert faults({}, project.published()) == []
    assert "2 planned years, no errors" in project.say("check").out
