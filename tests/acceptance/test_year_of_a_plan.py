"""A plan stays put: what a year of planning, deciding and changing one's mind does to what was published."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from ics_profile import read, text
from project_folder import EXAMPLE, SMALL, Folder, Run, faults

EVENT = re.compile(rb"BEGIN:VEVENT\r\n.*?UID:([^@]+)@.*?END:VEVENT\r\n", re.DOTALL)
COLOUR = re.compile(rb"COLOR:.*\r\n")
"""Forums have colours in the order of the file: another forum's coming or going may change them."""
TODAY = ("--today", "2024-09-15")


def events(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return every event by the first part of its UID: it is the same in every file that it stands in."""
    found: dict[str, bytes] = {}
    for name, data in files.items():
        if name.endswith(".ics"):
            for part in EVENT.finditer(data):
                assert found.setdefault(part[1].decode(), part[0]) == part[0], name
    return found


def meeting_of(key: str) -> str:
    """Return the id of the meeting that an event is of, be it a deadline's."""
    return re.sub(r"-d[0-9]+$", "", key)


class Office(Folder):
    """Somebody who plans: after each step, what was published is compared with what was before it."""

    def step(
        self, *arguments: str, today: str, changed: Collection[str] = (), code: int = 0, coloured: bool = True
    ) -> Run:
        """Run a command; `changed` are the meetings that may differ afterwards, and must."""
        before = self.files()
        run = self.run(*arguments, "--today", today)
        after = self.files()
        assert run.code == code, run
        assert faults(before, after) == []
        old, new = (
            {key: data if coloured else COLOUR.sub(b"", data) for key, data in events(files).items()}
            for files in (before, after)
        )
        differ = {key for key, data in new.items() if old.get(key) != data}
        assert {meeting_of(key) for key in differ} == set(changed)
        everything = {key for key in new if not key.endswith(tuple(f"-d{n}" for n in range(10)))}
        assert {key.partition("@")[0] for key in self.uids("calendars/feeds/all.ics")} == everything
        return run

    def untouched(self, *arguments: str, today: str) -> Run:
        """Run a command that must not touch any file."""
        stamps = self.stamps()
        run = self.fine(*arguments, "--today", today)
        assert self.stamps() == stamps
        return run

    def uids(self, name: str) -> list[str]:
        """Return the UIDs of a calendar, in its order."""
        return [one.value("UID") for one in read(self.place(name).read_bytes()).inner("VEVENT")]

    def event(self, key: str) -> dict[str, str]:
        """Return the properties of a meeting's event as its feed has it."""
        calendar = read(self.place("calendars/feeds/all.ics").read_bytes())
        (found,) = [one for one in calendar.inner("VEVENT") if one.value("UID").startswith(f"{key}@")]
        return {line.name: text(line.value) for line in found.lines}

    def kinds(self, run: Run) -> dict[str, tuple[str, str | None, str | None]]:
        """Return what a run with --json says has changed."""
        return {one["meeting"]: (one["kind"], one["from"], one["to"]) for one in run.year["changes"]}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a project with two meetings a year, planned for 2025."""
    project = Office(tmp_path)
    project.fine("plan", "2025", *TODAY)
    return project


def decided(meeting: dict[str, Any]) -> tuple[object, ...]:
    """Return what people were told of a meeting."""
    return tuple(meeting[key] for key in ("date", "start", "end", "status", "host", "place"))


# --- the year, as a user would go through it ---------------------------------------------------------


@pytest.mark.slow
def test_a_year(tmp_path: Path) -> None:
    """From the first plan in September over every kind of change to the plans of the next two years."""
    office = Office(tmp_path, EXAMPLE)
    run = office.run("plan", "2025", "--today", "2024-09-15", "--json")
    first = office.meetings(2025)
    assert {kind for kind, _, _ in office.kinds(run).values()} == {"new"}
    assert len(first) == 20
    assert faults({}, office.files()) == []
    office.untouched("plan", "2025", today="2024-09-16")
    assert office.kinds(office.untouched("plan", "2025", "--json", today="2024-09-16")) == {}

    spring = [key for key, one in first.items() if one["date"] < "2025-07-01"]
    run = office.step("confirm", *spring, "--json", today="2024-10-01", changed=spring)
    assert {kind for kind, _, _ in office.kinds(run).values()} == {"confirmed"}
    assert office.event(spring[0])["STATUS"] == "CONFIRMED"
    assert office.event(spring[0])["SEQUENCE"] == "0"
    office.untouched("plan", "2025", today="2024-10-02")

    _a_break_over_a_proposed_meeting(office)
    _changes_of_confirmed_meetings(office)
    _meetings_as_needed(office)
    _another_cadence(office)
    _a_forum_leaves_and_one_is_renamed(office)
    _the_next_years(office)


def _a_break_over_a_proposed_meeting(office: Office) -> None:
    """Exactly the meeting that the break is put over moves."""
    key = "bibliotekschefsgruppen-2025-4"
    day = office.meetings(2025)[key]["date"]
    office.edit(
        "    - {name: Höstlov,",
        f"    - {{name: Studiedag, from: {day}, to: {day}, for: [halland]}}\n    - {{name: Höstlov,",
    )
    run = office.step("plan", "2025", "--json", today="2024-10-05", changed=[key])
    new = office.meetings(2025)[key]["date"]
    assert office.kinds(run) == {key: ("moved", day, new)}
    assert new != day
    event = office.event(key)
    assert event["SEQUENCE"] == "1"
    assert event["LAST-MODIFIED"] == "20241005T000000Z"
    assert event["CREATED"] == "20240915T000000Z"
    assert f"moved_from: {day}" in office.plan(2025)


def _changes_of_confirmed_meetings(office: Office) -> None:
    """Move a confirmed meeting, be kept from where it must not be, force another there, cancel one."""
    key = "taktiskt-natverk-2025-1"
    run = office.step("move", key, "2025-02-20", today="2024-10-06", changed=[key])
    assert "Sportlov" in run.err
    assert office.event(key)["SEQUENCE"] == "1"
    office.untouched("plan", "2025", today="2024-10-06")

    stamps = office.stamps()
    run = office.step("move", key, "2025-07-01", "--json", today="2024-10-07", code=1)
    *wrong, tip = run.year["problems"]
    assert {one["severity"] for one in wrong} == {"error"}
    assert tip["code"] == "by-force"
    assert {one["line"] for one in run.year["problems"]} >= {40}
    assert "Strategiskt nätverk, 2025-" in run.err
    assert office.stamps() == stamps

    key = "samrad-kulturskapare-2025-3"
    assert office.run("move", key, "2025-12-23", "--today", "2024-10-07").code == 1
    office.step("move", key, "2025-12-23", "--force", today="2024-10-07", changed=[key])
    assert "forced: [period, weekdays]" in office.plan(2025)
    office.untouched("plan", "2025", today="2024-10-07")

    key = "samrad-kulturskapare-2025-2"
    run = office.step("cancel", key, "--reason", "Lokalen är upptagen", today="2024-10-08", changed=[key])
    event = office.event(key)
    assert event["STATUS"] == "CANCELLED"
    assert "Lokalen är upptagen" in event["DESCRIPTION"]
    office.untouched("plan", "2025", today="2024-10-08")


def _meetings_as_needed(office: Office) -> None:
    """Two meetings are added for a forum that meets as needed, each with an id of its own."""
    keys = ["operativ-grupp-2025-xwvli", "operativ-grupp-2025-xgvli"]
    office.step("add", "operativ-grupp", "2025-04-09", today="2024-10-09", changed=keys[:1])
    details = ("--time", "13:00-14:30", "--place", "Biblioteket, sal 2")
    office.step("add", "operativ-grupp", "2025-10-21", *details, today="2024-10-09", changed=keys[1:])
    event = office.event(keys[1])
    assert (event["DTSTART"], event["DTEND"]) == ("20251021T130000", "20251021T143000")
    assert "Biblioteket, sal 2" in event["LOCATION"]
    assert event["SEQUENCE"] == "0"
    office.untouched("plan", "2025", today="2024-10-09")


def _another_cadence(office: Office) -> None:
    """One meeting fewer cancels one, and says so; one more adds one, under a new id."""
    forum = "bibliotekschefsgruppen"
    office.edit("cadence: six times a year", "cadence: five times a year")
    before = office.meetings(2025)
    run = office.run("plan", "2025", "--today", "2025-03-01", "--dry-run", "--json")
    ((key, change),) = office.kinds(run).items()
    assert (key.rpartition("-")[0], change) == (f"{forum}-2025", ("cancelled", before[key]["date"], None))
    office.step("plan", "2025", today="2025-03-01", changed=[key])
    assert office.event(key)["STATUS"] == "CANCELLED"
    office.untouched("plan", "2025", today="2025-03-01")
    office.edit("cadence: five times a year", "cadence: six times a year")
    office.step("plan", "2025", today="2025-03-02", changed=[f"{forum}-2025-7"])
    live = [
        one
        for one in office.meetings(2025).values()
        if one["forum"] == forum and one["status"] != "cancelled"
    ]
    assert len(live) == 6
    assert office.event(key)["STATUS"] == "CANCELLED"


def _a_forum_leaves_and_one_is_renamed(office: Office) -> None:
    """See a removed forum's meetings to come cancelled, those held kept, and no id changed by a new name."""
    forum = "samrad-kulturskapare"
    whole = office.forum_file.read_text(encoding="utf-8")
    block = whole[whole.index(f"  {forum}:") : whole.index("  overenskommelsen:")]
    office.edit(block, "")
    before = office.meetings(2025)
    # What the file said of it is gone with it, so all of its events read otherwise.
    keys = [f"{forum}-2025-{number}" for number in (1, 2, 3)]
    run = office.step("plan", "2025", "--json", today="2025-04-01", changed=keys, coloured=False)
    assert office.kinds(run) == {keys[2]: ("cancelled", "2025-12-23", None)}
    after = office.meetings(2025)
    assert decided(after[f"{forum}-2025-1"]) == decided(before[f"{forum}-2025-1"])
    assert after[f"{forum}-2025-1"]["status"] == "confirmed"
    assert after[f"{forum}-2025-1"]["sequence"] == before[f"{forum}-2025-1"]["sequence"] == 0
    assert office.uids(f"calendars/feeds/{forum}.ics") == [f"{key}@kultursamverkan.example" for key in keys]
    office.untouched("plan", "2025", today="2025-04-01")

    forum = "taktiskt-natverk"
    office.edit("name: Taktiskt nätverk\n", "name: Taktiska nätverket\n")
    keys = [key for key, one in after.items() if one["forum"] == forum]
    assert len(keys) == 4
    office.step("plan", "2025", today="2025-04-02", changed=keys)
    assert office.event(keys[0])["SUMMARY"] == "Taktiska nätverket"
    assert {key: one["sequence"] for key, one in office.meetings(2025).items()} == {
        key: one["sequence"] for key, one in after.items()
    }


def _the_next_years(office: Office) -> None:
    """Plan the next years, one alone and three in one run: hosts and distances are carried on."""
    before = office.files()
    run = office.run("plan", "2026", "--today", "2025-09-15", "--json")
    assert run.code == 0
    assert faults(before, office.files()) == []
    of_this_year = [name for name in before if "/2025/" in name or name == "plans/2025.yaml"]
    assert len(of_this_year) > 20
    assert [name for name in of_this_year if office.files()[name] != before[name]] == []
    before = office.files()
    run = office.run("plan", "2027", "2025", "2026", "--today", "2025-09-16", "--json")
    assert [one["year"] for one in run.document] == [2027, 2025, 2026]
    assert [len(one["changes"]) for one in run.document] == [17, 0, 0]
    assert faults(before, office.files()) == []
    office.untouched("plan", "2025", "2026", "2027", "--check", today="2025-09-17")
    hosts = [
        one["host"]
        for year in (2025, 2026, 2027)
        for one in office.meetings(year).values()
        if one["forum"] == "kulturpolitiskt-samverkansmote"
    ]
    assert hosts == ["hylte", "halmstad", "laholm", "falkenberg", "varberg", "kungsbacka"]
    for forum, least in (("bibliotekschefsgruppen", 30), ("strategiskt-natverk", 45)):
        days = sorted(
            date.fromisoformat(one["date"])
            for year in (2025, 2026, 2027)
            for one in office.meetings(year).values()
            if one["forum"] == forum and one["status"] != "cancelled"
        )
        assert min(later - earlier for earlier, later in pairwise(days)).days >= least


# --- several years -----------------------------------------------------------------------------------


def _alone(forum: str) -> str:
    """Return the example with one forum alone, which nothing prepares."""
    head, _, forums = EXAMPLE.partition("\nforums:\n")
    block = re.search(rf"^  {forum}:\n(?:    .*\n)+", forums, re.MULTILINE)
    assert block
    kept = [line for line in block[0].splitlines() if not line.startswith("    prepared_by")]
    return "\n".join([re.sub(r"^.*for_forums: .*\n", "", head, flags=re.MULTILINE), "forums:", *kept, ""])


def test_hosts_take_turns_over_the_years(tmp_path: Path) -> None:
    """Six years of two meetings: each of six hosts has two, in one run in any order or year by year."""
    years = [str(year) for year in range(2025, 2031)]
    (tmp_path / "once").mkdir()
    (tmp_path / "yearly").mkdir()
    once, yearly = (
        Office(tmp_path / name, _alone("kulturpolitiskt-samverkansmote")) for name in ("once", "yearly")
    )
    once.fine("plan", *reversed(years), *TODAY)
    for year in years:
        yearly.fine("plan", year, *TODAY)
    hosts = [one["host"] for year in years for one in once.meetings(int(year)).values()]
    rotation = ["hylte", "halmstad", "laholm", "falkenberg", "varberg", "kungsbacka"]
    assert hosts == rotation * 2
    assert {name: data for name, data in once.files().items() if "feeds" in name or "plans" in name} == {
        name: data for name, data in yearly.files().items() if "feeds" in name or "plans" in name
    }
    yearly.untouched("plan", *years, today="2024-09-16")


def test_hosts_catch_up(office: Office) -> None:
    """When one hosts out of turn, the others are asked until no two differ by more than one."""
    office.step(
        "move",
        "natverk-2025-1",
        "2025-04-01",
        "--host",
        "laholm",
        today="2024-09-15",
        changed=["natverk-2025-1"],
    )
    office.fine("plan", "2026", "2027", "--today", "2024-09-16")
    hosts = [one["host"] for year in (2025, 2026, 2027) for one in office.meetings(year).values()]
    assert hosts == ["laholm", "laholm", "hylte", "hylte", "laholm", "hylte"]


def test_a_host_that_is_away_gives_way(tmp_path: Path) -> None:
    """An organisation that is away on the day has its turn later."""
    away = "{name: Ombyggnad, from: 01-01, to: 06-30, strength: prefer, for: [hylte]}"
    office = Office(tmp_path, SMALL.replace("{country: SE}", f"{{country: SE, periods: [{away}]}}"))
    office.fine("plan", "2025", *TODAY)
    assert [one["host"] for one in office.meetings(2025).values()] == ["laholm", "hylte"]


AUTUMN, WINTER = "{from: 11-01, to: 12-31}", "{from: 01-08, to: 02-28}"


@pytest.mark.parametrize(
    ("there", "day", "here"),
    [((2025, AUTUMN), "2025-12-30", (2026, WINTER)), ((2026, WINTER), "2026-01-08", (2025, AUTUMN))],
)
def test_distance_is_kept_across_new_year(
    tmp_path: Path, there: tuple[int, str], day: str, here: tuple[int, str]
) -> None:
    """A year is planned with the plans of the years beside it in view, the one before and the one after."""
    text = SMALL.replace("twice a year", "once a year\n    spacing: {min_days: 45}\n    windows: [%s]")
    found = []
    for neighbour in (False, True):
        (tmp_path / str(neighbour)).mkdir()
        office = Office(tmp_path / str(neighbour), text % there[1])
        if neighbour:
            office.fine("plan", str(there[0]), *TODAY)
            office.fine("move", f"natverk-{there[0]}-1", day, "--force", *TODAY)
        office.write(text % here[1])
        office.fine("plan", str(here[0]), *TODAY)
        ((_, one),) = office.meetings(here[0]).items()
        found.append(abs((date.fromisoformat(one["date"]) - date.fromisoformat(day)).days))
    assert found[0] < 45
    assert 45 <= found[1] < 52


def test_feeds_hold_all_years_and_files_one(office: Office) -> None:
    """A file to import is of its year; a feed is of every year that has a plan, in the order of time."""
    office.fine("plan", "2026", "--today", "2025-09-15")
    assert len(office.uids("calendars/2025/all.ics")) == len(office.uids("calendars/2026/all.ics")) == 2
    assert office.uids("calendars/feeds/all.ics") == [
        *office.uids("calendars/2025/all.ics"),
        *office.uids("calendars/2026/all.ics"),
    ]


# --- what planning leaves alone ------------------------------------------------------------------------


def test_meetings_before_today_are_never_moved(office: Office) -> None:
    """A rule that comes after a meeting was held does not move it, nor does another time of day."""
    key = "natverk-2025-1"
    held = office.event(key)
    office.edit("time: 09:00-12:00", "time: 13:00-15:00")
    office.step("plan", "2025", today="2025-06-01", changed=["natverk-2025-2"])
    assert office.event(key) == held
    assert office.event("natverk-2025-2")["DTSTART"].endswith("T130000")
    office.edit("twice a year", "once a year")
    office.step("plan", "2025", today="2025-06-02", changed=["natverk-2025-2"])
    assert office.event(key) == held
    assert office.event("natverk-2025-2")["STATUS"] == "CANCELLED"


def test_what_was_decided_is_kept_and_told_if_it_breaks_a_must(office: Office) -> None:
    """A confirmed meeting that a new rule forbids stays; its line is named, and all else is done: exit 0."""
    key = "natverk-2025-1"
    office.step("confirm", key, today="2024-10-01", changed=[key])
    day = office.meetings(2025)[key]["date"]
    office.edit("{country: SE}", f"{{country: SE, periods: [{{name: Flytt, from: {day}, to: {day}}}]}}")
    run = office.step("plan", "2025", "--json", today="2024-10-02")
    (problem,) = run.year["problems"]
    assert (problem["severity"], problem["line"]) == ("error", 7)
    assert key in problem["text"]
    assert "Flytt" in problem["text"]
    assert office.run("plan", "2025", "--today", "2024-10-03", "--check").code == 1
    assert office.run("check", "--today", "2024-10-03").code == 1
    assert office.run("plan", "2025", "--today", "2024-10-03", "--quiet").out == ""
    assert office.run("plan", "2025", "--today", "2024-10-03", "--quiet").err != ""
    run = office.step("confirm", key, "--force", today="2024-10-03")
    assert "Flytt" in run.err
    assert "forced: [period]" in office.plan(2025)
    office.untouched("plan", "2025", today="2024-10-04")


def test_force_is_for_one_place_only(office: Office) -> None:
    """What was forced for one date is refused anew for another; a new place or host keeps it."""
    key = "natverk-2025-1"
    assert office.run("move", key, "2025-05-01", *TODAY).code == 1
    office.step("move", key, "2025-05-01", "--force", today="2024-09-16", changed=[key])
    assert "forced: [days-off, weekdays]" in office.plan(2025)
    office.step("move", key, "2025-05-01", "--place", "Rådhuset", today="2024-09-17", changed=[key])
    assert "forced: [days-off, weekdays]" in office.plan(2025)
    assert office.run("move", key, "2025-05-29", "--today", "2024-09-18").code == 1
    office.step("move", key, "2025-05-30", "--force", today="2024-09-18", changed=[key])
    assert "forced: [weekdays]" in office.plan(2025)
    office.step("move", key, "2025-05-28", today="2024-09-19", changed=[key])
    assert "forced" not in office.plan(2025)


def test_replan_frees_what_is_only_proposed(office: Office) -> None:
    """With --replan a proposed meeting returns to its best date, under its id; a confirmed one stays."""
    best = {key: one["date"] for key, one in office.meetings(2025).items()}
    both = ("natverk-2025-1", "natverk-2025-2")
    off = ", ".join(f"{{name: Lov, from: {day}, to: {day}}}" for day in best.values())
    office.edit("{country: SE}", f"{{country: SE, periods: [{off}]}}")
    office.step("plan", "2025", today="2024-09-16", changed=both)
    office.edit(f"{{country: SE, periods: [{off}]}}", "{country: SE}")
    office.step("plan", "2025", today="2024-09-17")
    office.step("confirm", both[0], today="2024-09-17", changed=both[:1])
    office.step("plan", "2025", "--replan", today="2024-09-18", changed=both[1:])
    meetings = office.meetings(2025)
    assert meetings[both[1]]["date"] == best[both[1]]
    assert meetings[both[0]]["date"] != best[both[0]]
    assert meetings[both[1]]["sequence"] == 2


def test_changes_of_one_day_still_count(office: Office) -> None:
    """Two changes with the same moment, and one with an earlier, each raise SEQUENCE and LAST-MODIFIED."""
    key = "natverk-2025-1"
    for number, (day, today) in enumerate(
        [("2025-04-02", "2024-09-15"), ("2025-04-08", "2024-09-15"), ("2025-04-09", "2024-09-01")], 1
    ):
        office.step("move", key, day, today=today, changed=[key])
        assert office.event(key)["SEQUENCE"] == str(number)
        assert office.event(key)["LAST-MODIFIED"] == f"20240915T00000{number}Z"
    office.untouched("plan", "2025", today="2024-09-02")


def test_whole_years_and_meetings_are_confirmed_together(office: Office) -> None:
    """A year and a meeting of it, twice over, confirm each meeting once; what is confirmed stays as it is."""
    office.fine("plan", "2026", *TODAY)
    keys = [f"natverk-{year}-{number}" for year in (2025, 2026) for number in (1, 2)]
    run = office.step(
        "confirm", "2025", keys[1], "2025", keys[2], keys[2], "--json", today="2024-10-01", changed=keys[:3]
    )
    assert [[one["meeting"] for one in year["changes"]] for year in run.document] == [keys[:2], keys[2:3]]
    assert office.untouched("confirm", "2025", "--json", today="2024-10-02").year["changes"] == []


def test_reserved_places_are_used_first(tmp_path: Path) -> None:
    """A place kept for a forum as needed is not confirmed with the year, but taken by what is added."""
    office = Office(tmp_path, SMALL.replace("twice a year", "as needed\n    reserve: 2"))
    office.fine("plan", "2025", *TODAY)
    keys = ("natverk-2025-1", "natverk-2025-2")
    office.step("confirm", "2025", today="2024-09-16")
    office.step("add", "natverk", "2025-09-30", today="2024-09-16", changed=keys[1:])
    assert office.meetings(2025)[keys[1]]["date"] == "2025-09-30"
    office.step("confirm", "2025", today="2024-09-17", changed=keys[1:])
    office.untouched("plan", "2025", today="2024-09-18")
    office.step("add", "natverk", "2025-04-02", today="2024-09-18", changed=keys[:1])
    office.step("add", "natverk", "2025-05-21", today="2024-09-18", changed=["natverk-2025-xqwzu"])
    assert len(office.meetings(2025)) == 3


def test_a_cancelled_meeting_cannot_be_changed(office: Office) -> None:
    """It stays cancelled, and keeps its place in the year: planning puts no other there."""
    key = "natverk-2025-2"
    office.step("cancel", key, "--reason", "Sjukdom", today="2024-10-01", changed=[key])
    for command in (f"move {key} 2025-04-02", f"confirm {key}", f"cancel {key} --reason x"):
        assert office.run(*command.split(), "--today", "2024-10-02").code == 1
    office.untouched("plan", "2025", "--replan", today="2024-10-02")


def test_a_plan_of_the_example_is_in_the_way_until_it_is_moved(tmp_path: Path) -> None:
    """Who tried the example in the folder is told what to move away; then the folder is their own."""
    folder = Folder(tmp_path, None)
    folder.fine("plan", "2025", *TODAY)
    folder.write(SMALL)
    before = folder.files()
    for command in (("plan", "2025"), ("check",), ("publish",)):
        run = folder.run(*command, *TODAY)
        assert run.code == 1
        assert "inbyggda exemplet, flytta plans/2025.yaml och de kalendrar" in run.err
        assert folder.files() == before
    folder.place("plans/2025.yaml").unlink()
    shutil.rmtree(folder.place("calendars"))
    folder.fine("plan", "2025", *TODAY)
    folder.fine("check", *TODAY)
    assert {path.stem for path in folder.place("calendars/feeds").glob("*.ics")} == {
        "natverk",
        "all",
        "deadlines",
    }


def test_hosts_of_the_past_are_not_made_up(tmp_path: Path) -> None:
    """A rotation that begins during the year says nothing of meetings that were held without a host."""
    office = Office(tmp_path, SMALL.replace("    host: {rotate: [hylte, laholm]}\n", ""))
    office.fine("plan", "2025", *TODAY)
    office.write(SMALL)
    office.step("plan", "2025", today="2025-06-01", changed=["natverk-2025-2"])
    assert [one["host"] for one in office.meetings(2025).values()] == [None, "hylte"]


# --- what leaves the file ------------------------------------------------------------------------------


def test_deadlines_of_the_past_are_left_alone(office: Office) -> None:
    """What was due before today stays as it was when its rule or forum goes; what is to come is cancelled."""
    before = events(office.files())
    office.edit("deadlines: [{name: Kallelse, days_before: 14}]", "deadlines: []")
    office.step("plan", "2025", today="2025-06-01", changed=["natverk-2025-2"])
    after = events(office.files())
    assert after["natverk-2025-1-d1"] == before["natverk-2025-1-d1"]
    assert b"STATUS:CANCELLED" in after["natverk-2025-2-d1"]
    office.untouched("plan", "2025", today="2025-06-02")


def test_a_terms_deadline_outlives_its_forum(tmp_path: Path) -> None:
    """A forum without meetings leaves the file: the deadline of its term stays in the feed, cancelled."""
    body = "  {key}:\n    name: {key}\n    cadence: {cadence}\n    members: [{{role: chef, from: [hylte]}}]\n"
    term = "    term: {of: plan, renewal: {name: Planen förnyas, months_before: 3}}\n"
    head = SMALL.replace(
        "forums:", "terms: {plan: {name: Planen, from: 2025-01-01, to: 2025-12-31}}\nforums:"
    )
    office = Office(tmp_path, head + body.format(key="rad", cadence="as needed") + term)
    office.fine("plan", "2025", *TODAY)
    assert "rad-2025-term-d1@kultur.example" in office.uids("calendars/feeds/deadlines.ics")
    office.write(head)
    before = office.files()
    office.fine("plan", "2025", "--today", "2024-09-16")
    assert faults(before, office.files()) == []
    assert b"STATUS:CANCELLED" in events(office.files())["rad-2025-term-d1"]
    office.untouched("plan", "2025", today="2024-09-17")


def test_an_organisation_that_leaves_keeps_the_years_it_took_part_in(office: Office) -> None:
    """A feed of an organisation holds the meetings of each year in which it was a member."""
    office.edit("from: [hylte, laholm]", "from: [hylte]")
    before = office.files()
    office.fine("plan", "2026", "--today", "2025-12-01")
    assert faults(before, office.files()) == []
    assert office.uids("calendars/feeds/organisations/laholm.ics") == [
        "natverk-2025-1@kultur.example",
        "natverk-2025-2@kultur.example",
    ]
    assert len(office.uids("calendars/feeds/organisations/hylte.ics")) == 4


# --- what other bodies decide ----------------------------------------------------------------------------

EXTERNAL = """
  rad:
    name: Rådet
    cadence: external
    members: [{role: chef, from: [laholm]}]
    publish: true
    dates: [{on: 2025-01-23, time: 09:00-10:00}, {on: 2025-01-23, time: 13:00-14:00}, 2025-05-08]
"""
RAD = [f"rad-2025-x{number}" for number in (1, 2, 3)]


def test_dates_of_other_bodies_keep_their_ids(tmp_path: Path) -> None:
    """Two on one day are told apart; one that is moved is cancelled and new; one that was held stays."""
    office = Office(tmp_path, SMALL + EXTERNAL)
    office.fine("plan", "2025", *TODAY)
    office.untouched("plan", "2025", today="2024-09-16")
    office.edit("{on: 2025-01-23, time: 09:00-10:00}, ", "")
    office.step("plan", "2025", today="2024-09-17", changed=RAD[:1])
    assert office.event(RAD[0])["STATUS"] == "CANCELLED"
    office.edit("time: 13:00-14:00", "time: 14:00-15:00")
    office.step("plan", "2025", today="2024-09-18", changed=RAD[1:2])
    assert office.event(RAD[1])["DTSTART"].endswith("T140000")
    office.edit("[{on: 2025-01-23, time: 14:00-15:00}, 2025-05-08]", "[2025-05-15]")
    office.step("plan", "2025", today="2025-02-01", changed=[RAD[2], "rad-2025-x4"])
    assert office.event(RAD[1])["STATUS"] == "CONFIRMED"
    assert office.event(RAD[2])["STATUS"] == "CANCELLED"


def test_a_body_that_is_planned_here_from_now_on(tmp_path: Path) -> None:
    """When a forum's dates are no longer decided elsewhere, or are from now on, no meeting is lost."""
    office = Office(tmp_path, SMALL + EXTERNAL)
    office.fine("plan", "2025", *TODAY)
    office.edit(EXTERNAL[EXTERNAL.index("    publish") :], "")
    office.edit("cadence: external", "cadence: once a year")
    office.fine("plan", "2025", "--today", "2024-09-16")
    meetings = office.meetings(2025)
    assert [meetings[key]["status"] for key in RAD] == ["cancelled"] * 3
    assert meetings["rad-2025-1"]["status"] == "proposed"
    before = office.files()
    office.edit("cadence: once a year", "cadence: external\n    dates: [2025-05-08]\n    publish: true")
    office.fine("plan", "2025", "--today", "2024-09-17")
    assert faults(before, office.files()) == []
    assert office.event("rad-2025-1")["STATUS"] == "CANCELLED"
    assert office.event(RAD[2])["STATUS"] == "CONFIRMED"
    office.untouched("plan", "2025", today="2024-09-18")


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        ("20250303T090030Z", "20250303T100045Z", "100000-110000"),
        ("20250303T090000Z", "20250303T090000Z", "100000-130000"),
        ("20250303T090010Z", "20250303T090050Z", "100000-130000"),
        ("20250303T200000Z", "20250304T030000Z", "210000-040000"),
    ],
)
def test_odd_times_in_other_bodies_files(tmp_path: Path, start: str, end: str, shown: str) -> None:
    """Seconds, no length, a night: the plan can keep what it writes, and a second run changes nothing."""
    office = Office(tmp_path, SMALL + re.sub("dates: .*", "dates: {file: rad.ics}", EXTERNAL))
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:x",
        "BEGIN:VEVENT",
        "UID:1",
        "DTSTAMP:20240101T000000Z",
    )
    place = "LOCATION:Sal\x07 1" if start == end else "LOCATION:  Sal\\n 1 "
    more = (f"DTSTART:{start}", f"DTEND:{end}", place, "SUMMARY:x", "END:VEVENT", "END:VCALENDAR", "")
    office.place("rad.ics").write_bytes("\r\n".join((*lines, *more)).encode())
    office.fine("plan", "2025", *TODAY)
    event = office.event("rad-2025-x1")
    assert f"{event['DTSTART'][-6:]}-{event['DTEND'][-6:]}" == shown
    office.untouched("plan", "2025", today="2024-09-16")


# --- any year --------------------------------------------------------------------------------------------

VARIANTS = (
    SMALL,
    SMALL.replace("twice", "three times"),
    SMALL.replace("twice a year", "once a year"),
    SMALL.replace(
        "{country: SE}", "{country: SE, periods: [{name: Lov, weeks: 12-16}, {name: Höst, weeks: 40}]}"
    ),
    SMALL.replace("natverk:", "styrgrupp:"),
    SMALL.replace("cadence: twice a year", "cadence: as needed\n    reserve: 1"),
    SMALL.replace("09:00-12:00", "13:00-16:00"),
    SMALL + EXTERNAL.replace("    publish: true\n", ""),
)
MEETINGS = [
    f"{forum}-{year}-{number}"
    for forum in ("natverk", "styrgrupp")
    for year in (2025, 2026)
    for number in (1, 2, "x1")
]
DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31)).map(str)
COMMANDS = st.one_of(
    st.sampled_from(
        [("plan", "2025"), ("plan", "2026"), ("plan", "2025", "2026"), ("plan", "2025", "--replan")]
    ),
    st.tuples(st.just("confirm"), st.sampled_from(["2025", *MEETINGS])),
    st.tuples(st.just("move"), st.sampled_from(MEETINGS), DAYS),
    st.tuples(st.just("move"), st.sampled_from(MEETINGS), DAYS, st.just("--force")),
    st.tuples(st.just("cancel"), st.sampled_from(MEETINGS), st.just("--reason"), st.just("Sjukdom")),
    st.tuples(st.just("add"), st.sampled_from(["natverk", "styrgrupp"]), DAYS),
    st.tuples(st.just("add"), st.sampled_from(["natverk", "styrgrupp"]), DAYS, st.just("--force")),
)


@pytest.mark.slow
@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.data())
def test_any_year_keeps_faith(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever is done in whatever order, no event is lost, and planning leaves alone what was decided."""
    office = Office(tmp_path_factory.mktemp("year"))
    office.fine("plan", "2025", *TODAY)
    today = date(2024, 9, 15)
    for _ in range(data.draw(st.integers(2, 6))):
        today += timedelta(data.draw(st.integers(0, 150)))
        office.write(data.draw(st.sampled_from(VARIANTS)))
        command = data.draw(COMMANDS)
        before, kept = office.files(), [one for one in _decided(office) if command[0] == "plan"]
        run = office.run(*command, "--today", str(today))
        assert run.code in {0, 1}, run
        after = office.files()
        assert faults(before, after) == []
        assert set(kept) <= set(_decided(office))
        if run.code == 0 and command[0] == "plan" and "--replan" not in command:
            office.untouched(*command, today=str(today))


def _decided(office: Office) -> list[str]:
    """Return what plans of record say of the meetings that a person decided on, of forums that there are.

    A deadline that keeps off a new break is no change of the meeting, but of what its entry says.
    """
    forums = office.forum_file.read_text(encoding="utf-8")
    plans = [office.plan(year) for year in (2025, 2026) if office.place(f"plans/{year}.yaml").exists()]
    entries = [entry for plan in plans for entry in re.findall(r"- id: .*(?:\n        \S.*)+", plan)]
    return [
        re.sub(r"\n        (?:deadlines|host|former|modified|announced|shown):.*", "", entry)
        for entry in entries
        if "decided: true" in entry and f"  {entry[6 : entry.index('-202')]}:\n" in forums
    ]
