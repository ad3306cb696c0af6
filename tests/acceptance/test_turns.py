"""Weekdays, places and formats that take turns over three years, from the forum file to calendars."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from project_folder import Folder, Run, faults

TURNS = """
name: Turns
language: en
timezone: Europe/Stockholm
domain: turns.example
organisations: {a: {name: A}, b: {name: B}}
calendar: {country: SE, periods: [{name: Summer, weeks: 26-32}]}
forums:
  board:
    name: Board
    cadence: 5 times a year
    members: [{role: chair, from: [a]}]
    time: 09:00-12:00
    weekdays: {rotate: [tue, thu]}
    place: {rotate: [Town hall, Library]}
    format: {rotate: [in person, online, hybrid]}
  staff:
    name: Staff
    cadence: every other week
    members: [{role: clerk, from: [b]}]
    time: 13:00-14:00
    weekdays: {rotate: [mon, wed, fri]}
"""
TODAY = ("--today", "2026-11-02")
SHOWN = ["Town hall", "Online: Library", r"Town hall\, or online", "Library", "Online: Town hall"]
"""The places of the board's first year in calendars."""
YEARS = (2027, 2028, 2029)


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project planned for three years."""
    folder = Folder(tmp_path, TURNS)
    folder.fine("plan", "2027-2029", *TODAY)
    return folder


def of_forum(folder: Folder, forum: str, key: str, years: tuple[int, ...] = YEARS) -> list[str]:
    """Return what live meetings of some years have, in order of time."""
    meetings = [one for year in years for one in folder.meetings(year).values()]
    live = [one for one in meetings if one["forum"] == forum and one["status"] != "cancelled"]
    return [str(one[key]) for one in sorted(live, key=lambda one: one["date"])]


def weekdays(dates: list[dict[str, Any]]) -> set[str]:
    """Return the weekdays of dates that were suggested."""
    return {f"{date.fromisoformat(one['date']):%a}" for one in dates}


def done(folder: Folder, command: str, *more: str) -> Run:
    """Run a command that must be done and keep faith with every calendar that was published."""
    before = folder.files()
    run = folder.fine(*command.split(), *more, *TODAY)
    assert faults(before, folder.files()) == []
    return run


def test_turns_go_on_over_three_years(project: Folder) -> None:
    """Fifteen meetings: no weekday, place or format has more than one more than another."""
    assert of_forum(project, "board", "weekday") == (["tue", "thu"] * 8)[:15]
    assert of_forum(project, "board", "place") == (["Town hall", "Library"] * 8)[:15]
    assert of_forum(project, "board", "format") == ["in person", "online", "hybrid"] * 5
    staff = Counter(of_forum(project, "staff", "weekday"))
    assert max(staff.values()) - min(staff.values()) <= 1
    assert {*staff} == {"mon", "wed", "fri"}
    calendar = project.place("calendars/2027/board.ics").read_text(encoding="utf-8")
    assert re.findall("LOCATION:(.*)\n", calendar) == SHOWN
    assert "Library" in project.place("calendars/2027.html").read_text(encoding="utf-8")
    assert "Library" in project.fine("show", "2027", *TODAY).out
    assert 'place: "Library"' in project.plan(2027)


def test_planning_again_writes_nothing(project: Folder) -> None:
    """All years together, or one of them."""
    stamps = project.stamps()
    done(project, "plan")
    done(project, "plan 2028")
    assert project.stamps() == stamps


def test_a_cancelled_and_a_moved_meeting(project: Folder) -> None:
    """What is planned stays; a year that is planned anew goes on after what was held."""
    last = "board-2027-5"
    done(project, f"cancel {last} --reason snow")
    assert of_forum(project, "board", "weekday", (2027,)) == ["tue", "thu"] * 2
    stamps = project.stamps()
    done(project, "plan 2028")
    assert project.stamps() == stamps
    done(project, "plan 2028 --replan")
    # Tuesday and Thursday had two each in 2027, and a Thursday was the last.
    assert of_forum(project, "board", "weekday", (2028,)) == ["tue", "thu"] * 2 + ["tue"]

    second = project.meetings(2028)["board-2028-2"]
    week_later = "2028-04-13"
    assert second["weekday"] == "thu"
    done(project, f"move board-2028-2 {week_later}")
    moved = project.meetings(2028)["board-2028-2"]
    assert (moved["date"], moved["place"], moved["format"]) == (week_later, second["place"], second["format"])
    tuesday = "2028-04-18"
    refused = project.run("move", "board-2028-2", tuesday, *TODAY)
    assert refused.code == 1
    assert "it is Thursday's turn" in refused.err
    done(project, f"move board-2028-2 {tuesday} --force")
    done(project, "plan")
    assert project.meetings(2028)["board-2028-2"]["date"] == tuesday
    assert of_forum(project, "board", "weekday", (2028,)).count("tue") == 4
    done(project, "plan 2029 --replan")
    assert of_forum(project, "board", "weekday", (2029,))[0] == "thu"


def test_suggestions_are_of_the_turn(project: Folder) -> None:
    """A meeting to be moved is offered days of its weekday; a further one any of them."""
    asked = ("suggest", "board-2027-2", "--from", "2027-03-15", "--to", "2027-05-14", "--count", "9")
    found = project.fine(*asked, "--json", *TODAY).document["dates"]
    assert weekdays(found) == {"Thu"}
    further = ("suggest", "board", "--from", "2027-03-15", "--to", "2027-05-14", "--count", "9")
    found = project.fine(*further, "--json", *TODAY).document["dates"]
    assert weekdays(found) == {"Tue", "Thu"}


def test_check_tells_what_takes_no_turns(project: Folder) -> None:
    """Named days have theirs, and one alone has none; all that is well is not told of."""
    assert "turn" not in project.fine("check", *TODAY).err
    project.edit("cadence: every other week", "cadence: every Monday")
    project.edit("[Town hall, Library]", "[Library]")
    told = project.run("check", *TODAY).err
    assert '"rotate" has no effect where the cadence is named days' in told
    assert "only one is listed here: nothing takes turns" in told


def test_explain_says_whose_turn_it_is(project: Folder) -> None:
    """Beside what the ideal lies after; in Swedish too."""
    assert "it is Thursday's turn" in project.fine("explain", "board-2027-2", *TODAY).out
    project.edit("language: en", "language: sv")
    assert "torsdag står på tur" in project.fine("explain", "board-2027-2", *TODAY).out
