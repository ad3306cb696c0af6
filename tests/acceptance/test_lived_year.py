"""A year is lived by two people with a clone each; after every step all that was promised still holds."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from git_clones import WINDOWS, Clone
from ics_profile import check, read
from project_folder import Folder, Run, faults
from project_life import (
    ADDED,
    broken_links,
    changes,
    closed,
    cron,
    decided,
    feed,
    forum,
    head,
    hidden,
    in_time,
    later,
    modes,
    names_meeting,
    raw,
    told,
)

ADDRESS = "https://www.example.org/meetings"
HEAD = head(organisations=("hylte", "laholm", "varberg"), more=f"base_url: {ADDRESS}\n")
COUNCIL = forum(
    "council",
    "four times a year",
    "prepared_by: {forum: staff, days_before: 10-21}",
    "host: {rotate: [varberg, hylte, laholm]}",
    "deadlines: [{name: Summons, days_before: 14}]",
)
STAFF = forum("staff", "four times a year", organisation="laholm")
PANEL = forum("panel", "twice a year", organisation="varberg")
GROUP = forum("group", "as needed", "reserve: 1", organisation="laholm")
ASSEMBLY = forum("assembly", "external", "publish: true", "dates: [2025-02-20, 2025-10-16, 2026-02-19]")
FORUMS = HEAD + COUNCIL + STAFF + PANEL + GROUP + ASSEMBLY


class Person(Folder):
    """Somebody with a clone of the project, who has a umask and trusts exit codes."""

    def __init__(self, clone: Clone, umask: int) -> None:
        """Sit down at a clone that is there."""
        super().__init__(clone.folder, None)
        self.clone = clone
        self._umask = umask

    def step(
        self,
        command: str,
        *more: str,
        today: str,
        code: int = 0,
        gone: Collection[str] = (),
        wrong: bool = False,
    ) -> Run:
        """Do something that must come to an exit code; afterwards look at everything.

        `gone` are confirmed meetings that this step cancels or moves; `wrong` says that the nights
        afterwards have something to tell.
        """
        before, kept = self.everything(), decided(self) if self.place("calendars").exists() else {}
        with self.at_home():
            run = self.run(*command.split(), *more, "--today", today)
        assert run.code == code, run
        assert not re.search("Traceback|KULTURSAM_DEBUG", told(run))
        if code:
            assert run.err
            assert self.everything() == before
            return run
        assert faults(before, self.everything()) == []
        assert {key: times for key, times in kept.items() if key not in gone}.items() <= decided(self).items()
        self.look(today, wrong=wrong)
        return run

    def look(self, today: str, *, wrong: bool = False) -> None:
        """See that what is published is whole, sound, readable and can be made again; nights are quiet."""
        published = self.place("calendars")
        assert broken_links(published, ADDRESS) == []
        assert os.name == "nt" or modes(published) == {}
        assert hidden(published) == []
        everything = self.everything()
        for name, data in everything.items():
            assert not name.endswith(".ics") or check(data, feed="feeds/" in name) == []
        shutil.rmtree(published)
        with self.at_home():
            self.fine("publish", "--quiet", "--today", later(today, 400))
            assert self.everything() == everything
            night = self.fine("plan", "--quiet", "--today", today)
        assert night.out == ""
        assert bool(night.err) == wrong
        assert self.everything() == everything

    def everything(self) -> dict[str, bytes]:
        """Return every file of the project but git's own."""
        return {name: data for name, data in self.files().items() if not name.startswith(".")}

    @contextmanager
    def at_home(self) -> Iterator[None]:
        """Work under one's own umask for a while."""
        usual = os.umask(self._umask)
        try:
            yield
        finally:
            os.umask(usual)


@pytest.fixture
def office(tmp_path: Path) -> Person:
    """Return a person at a new project, under a umask that lets nobody else read."""
    folder = Folder(tmp_path / "office", None)
    folder.folder.mkdir()
    folder.fine("init")
    folder.write(FORUMS)
    clone = Clone(folder.folder)
    clone.begin()
    return Person(clone, 0o077)


def colleague(of: Person, folder: Path) -> Person:
    """Return another person with a fresh clone, on a system that converts line ends."""
    return Person(of.clone.clone(folder, *WINDOWS), 0o002)


def pass_on(giver: Person, taker: Person, message: str) -> None:
    """Commit what one did, have the other merge it and make the calendars anew."""
    giver.clone.commit(message)
    taker.clone.commit("Mine")
    assert taker.clone.merge(giver.clone)
    taker.fine("publish", "--quiet")


def test_a_year_is_lived(office: Person, tmp_path: Path) -> None:
    """From the first plan to the plans of two more years: each chapter begins where the last one ended."""
    clerk = _a_plan_is_made_and_shared(office, tmp_path / "clerk")
    _both_work_at_once(office, clerk)
    _a_slip_of_the_keyboard(office)
    _a_new_name(office)
    _an_organisation_leaves(office)
    _a_rule_comes_too_late(office)
    _minds_are_changed(office)
    _a_forum_is_merged_into_another(office)
    _next_years(office)
    _the_clerk_catches_up(office, clerk)


def _a_plan_is_made_and_shared(office: Person, folder: Path) -> Person:
    """Plan, confirm the spring, commit; a colleague's fresh clone needs no more than to publish."""
    office.step("plan 2025", today="2024-09-15")
    office.step("confirm 2025 --to 2025-06-30", today="2024-09-20")
    spring = [meeting for meeting in office.meetings(2025).values() if meeting["date"] <= "2025-06-30"]
    assert decided(office).keys() >= {meeting["id"] for meeting in spring if meeting["forum"] != "group"}
    assert office.clone.untracked() == ["plans/2025.yaml"]
    office.clone.commit("Plan 2025")
    clerk = colleague(office, folder)
    clerk.step("publish", today="2024-09-21")
    assert clerk.everything() == office.everything()
    return clerk


def _both_work_at_once(office: Person, clerk: Person) -> None:
    """One moves a meeting, the other adds two: a merge has all three, and no id twice."""
    office.step("move panel-2025-1 2025-04-09", today="2024-10-01", gone=["panel-2025-1"])
    clerk.step("add group 2025-03-12", today="2024-10-01")
    clerk.step("add group 2025-03-19 --place Library", today="2024-10-01")
    pass_on(clerk, office, "The group meets twice in March")
    office.step("check", today="2024-10-02")
    office.step("plan", today="2024-10-02")
    keys = [meeting["id"] for meeting in in_time(office, "group")]
    assert len(keys) == 2
    assert sum(bool(ADDED.fullmatch(key)) for key in keys) == 1
    assert in_time(office, "panel")[0]["date"] == "2025-04-09"
    office.clone.commit("October")


def _a_slip_of_the_keyboard(office: Person) -> None:
    """Mistype a forum's id: the night refuses, tells what and why, and nobody notices anything."""
    before, events = office.everything(), raw(office)
    office.edit("  council:\n", "  councli:\n")
    for _ in range(2):
        run = cron(office.folder, "plan", "--quiet", "--today", "2024-11-01", umask=0o077)
        assert run.code == 1
        assert re.search(r"\bcouncil\b", run.err)
        assert "--accept" in run.err
        assert office.everything() == before
    office.edit("  councli:\n", "  council:\n")
    office.step("plan", today="2024-11-02")
    assert raw(office) == events


def _a_new_name(office: Person) -> None:
    """Give a forum another name: its entries have it, no meeting is new, and it is told."""
    sequences = {key: event["SEQUENCE"] for key, event in feed(office).items()}
    office.edit("name: The panel", "name: The expert panel")
    run = office.step("plan --json", today="2024-11-10")
    assert changes(run).keys() == {"panel-2025-1", "panel-2025-2"}
    assert {key: event["SEQUENCE"] for key, event in feed(office).items()} == sequences
    assert feed(office)["panel-2025-1"]["SUMMARY"] == "The expert panel"
    out = office.fine("export", "2025", "--since", "2024-11-10").out
    handed_out = {event.value("UID").partition("@")[0] for event in read(out.encode()).inner("VEVENT")}
    assert handed_out == {"panel-2025-1", "panel-2025-2"}


def _an_organisation_leaves(office: Person) -> None:
    """Varberg goes in March, after it was host: told, its calendar ends, and what it took part in stays."""
    first = in_time(office, "council")[0]
    assert first["host"] == "varberg"
    held = raw(office, "organisations/varberg")
    text = office.forum_file.read_text(encoding="utf-8").replace("rotate: [varberg, ", "rotate: [")
    text = text.replace(", varberg: {name: Varberg council}", "").replace("from: [varberg]", "from: [laholm]")
    office.write(text)
    today = later(first["date"], 3)
    run = office.step("plan", today=today)
    assert "arberg" in run.err
    after = feed(office, "organisations/varberg")
    for key, event in after.items():
        past = event["DTSTART"][:8] < today.replace("-", "")
        assert past or event["STATUS"] == "CANCELLED"
        assert not past or raw(office, "organisations/varberg")[key] == held[key]
    assert "Varberg council" in office.fine("show", "2025", "--today", today).out


def _a_rule_comes_too_late(office: Person) -> None:
    """Close the day of a confirmed meeting: told every night, with 0; `check` says 1 until it moves."""
    meeting = in_time(office, "panel")[0]
    office.edit("calendar: {country: SE}", closed([meeting["date"]], forums=["panel"]))
    run = office.step("plan", today="2025-03-10", wrong=True)
    assert names_meeting(run.err, meeting)
    office.step("check", today="2025-03-10", code=1)
    office.step("cancel panel-2025-2 --reason Snow", today="2025-03-10", wrong=True)
    office.step("restore panel-2025-2", today="2025-03-11", wrong=True)
    office.step(f"move {meeting['id']} {later(meeting['date'], 7)}", today="2025-03-11", gone=[meeting["id"]])
    office.step("check", today="2025-03-11")


def _minds_are_changed(office: Person) -> None:
    """Cancel and restore, move with what prepares it, and be kept from changing the past."""
    last = in_time(office, "council")[-1]
    office.step(f"cancel {last['id']} --reason Elections", today="2025-05-01")
    office.step(f"restore {last['id']}", today="2025-05-02")
    assert feed(office)[last["id"]]["SEQUENCE"] == "2"
    best = office.fine("suggest", last["id"], "--json", "--today", "2025-05-03").document["dates"][0]["date"]
    office.step(f"move {last['id']} {best}", today="2025-05-03")
    assert office.meetings(2025)[last["id"]]["date"] == best
    first = in_time(office, "council")[0]
    office.step(f"move {first['id']} {later(first['date'], 7)}", today="2025-05-04", code=1)
    office.step(f"cancel {first['id']} --reason Wrong", today="2025-05-04", code=1)
    office.step("confirm 2025 --forum council --forum panel", today="2025-05-05")


def _a_forum_is_merged_into_another(office: Person) -> None:
    """Merge the panel into the council in August: refused once, then accepted; spring stays."""
    text = office.forum_file.read_text(encoding="utf-8")
    start, end = text.index("  panel:\n"), text.index("  group:\n")
    office.write((text[:start] + text[end:]).replace(", for_forums: [panel]", ""))
    for key in ("prepared_by", "members: [{role: staff"):
        office.edit(f"cadence: four times a year\n    {key}", f"cadence: five times a year\n    {key}")
    held, last = raw(office), in_time(office, "panel")[-1]["id"]
    run = office.step("plan", today="2025-08-11", code=1)
    assert "--accept" in run.err
    office.step("plan --accept", today="2025-08-11", gone=[last])
    events = feed(office)
    assert events[last]["STATUS"] == "CANCELLED"
    for key, event in events.items():
        if event["DTSTART"][:8] < "20250811":
            assert raw(office)[key] == held[key]
    office.step("check", today="2025-08-12")


def _next_years(office: Person) -> None:
    """Plan the next year and the one after; at New Year nobody edits a line, and the old year stands."""
    office.step("plan next", today="2025-09-15")
    office.step("confirm 2026 --forum council", today="2025-09-20")
    office.step("plan 2026-2027", today="2025-10-01")
    old = office.plan(2025)
    for today in ("2025-12-31", "2026-01-01", "2026-01-02"):
        run = cron(office.folder, "plan", "--quiet", "--today", today, umask=0o077)
        assert (run.code, run.out, run.err) == (0, "", "")
    office.edit(
        "deadlines: [{name: Summons, days_before: 14}]", "deadlines: [{name: Summons, days_before: 21}]"
    )
    office.step("plan", today="2026-01-03")
    assert office.plan(2025) == old
    hosts = [meeting["host"] for year in (2025, 2026, 2027) for meeting in in_time(office, "council", year)]
    assert set(hosts[1:]) <= {"hylte", "laholm"}


def _the_clerk_catches_up(office: Person, clerk: Person) -> None:
    """After a year away a merge and one command give the clerk every byte that the office has."""
    pass_on(office, clerk, "A year")
    assert clerk.everything() == office.everything()
    clerk.step("plan", today="2026-01-04")
    clerk.step("add group 2026-03-11", today="2026-01-04")
    pass_on(clerk, office, "The group meets in March")
    office.look("2026-01-05")
    assert clerk.everything() == office.everything()
