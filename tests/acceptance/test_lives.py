"""Organisations that take part for a time: who meets is a question of the date, in every view."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from ics_profile import read, text
from project_folder import Folder, Run, faults
from project_life import PLAN, feed, head, in_time, told

if TYPE_CHECKING:
    from pathlib import Path

FORUMS = head(organisations=("hylte", "laholm", "varberg")) + (
    "  natverk:\n    name: The network\n    cadence: four times a year\n"
    "    members: [{role: chair, from: [hylte, laholm]}, {role: clerk, from: [varberg]}]\n"
    "    host: {rotate: [laholm, hylte, varberg]}\n"
)
LAHOLM, VARBERG = ("{name: Laholm council", "{name: Varberg council")


def limited(folder: Folder, organisation: str, life: str) -> None:
    """Let an organisation take part for a time only."""
    folder.edit(f"{organisation}}}", f"{organisation}, active: {{{life}}}}}")


def plan(folder: Folder, today: str = "2024-09-15") -> Run:
    """Plan 2025, which must succeed and keep faith with every calendar that was published."""
    before = folder.files()
    run = folder.fine("plan", "2025", "--today", today)
    assert faults(before, folder.files()) == []
    return run


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project of three organisations and four meetings, of which nothing is planned yet."""
    return Folder(tmp_path, FORUMS)


def taking_part(folder: Folder) -> list[list[str]]:
    """Return who takes part in each meeting, in the order of time, as programs read it."""
    return [meeting["organisations"] for meeting in in_time(folder, "natverk")]


def test_one_that_is_to_leave_is_never_told_of_what_comes_after(project: Folder) -> None:
    """Known from the start, it has the meetings of its time alone, and its calendar says until when."""
    limited(project, LAHOLM, "to: 2025-06-30")
    run = plan(project)
    assert taking_part(project) == [["hylte", "laholm", "varberg"]] * 2 + [["hylte", "varberg"]] * 2
    first = [one["id"] for one in in_time(project, "natverk")][:2]
    assert list(feed(project, "organisations/laholm")) == first
    assert len(feed(project)) == len(feed(project, "organisations/hylte")) == 4
    assert "Laholm" not in run.err
    for name in ("feeds/organisations/laholm.ics", "2025/organisations/laholm.ics"):
        calendar = read(project.place(f"calendars/{name}").read_bytes())
        said = "Takes part until Monday 30 June 2025."
        assert text(calendar.value("DESCRIPTION")) == text(calendar.value("X-WR-CALDESC")) == said
        assert said in project.place("calendars/2025.html").read_text(encoding="utf-8")
    other = read(project.place("calendars/feeds/organisations/hylte.ics").read_bytes())
    assert other.first("DESCRIPTION") is None


def test_the_entries_say_who_takes_part_then(project: Folder) -> None:
    """The roles and organisations of an entry are those of its day; a role that nobody has is left out."""
    limited(project, LAHOLM, "to: 2025-06-30")
    limited(project, VARBERG, "from: 2025-07-01")
    plan(project)
    described = [event["DESCRIPTION"] for _, event in sorted(feed(project).items())]
    assert "chair: Hylte council, Laholm council" in described[0]
    assert "clerk" not in described[0]
    assert "chair: Hylte council\nclerk: Varberg council" in described[2]
    assert len(feed(project, "roles/clerk")) == 2
    assert len(feed(project, "roles/chair")) == 4


@pytest.mark.parametrize("confirmed", [False, True])
def test_one_that_leaves_has_the_rest_cancelled(project: Folder, *, confirmed: bool) -> None:
    """Its feed keeps what it took part in and cancels what comes after, once told; nobody else sees that."""
    plan(project)
    if confirmed:
        project.fine("confirm", "2025", "--today", "2024-09-15")
    before = feed(project, "organisations/hylte")
    limited(project, LAHOLM, "to: 2025-06-30")
    run = plan(project)
    assert "Laholm council no longer takes part in The network: 2 meetings of 2025 to come" in run.err
    found = feed(project, "organisations/laholm")
    status = [found[key]["STATUS"] == "CANCELLED" for key in sorted(found)]
    assert status == [False, False, True, True]
    assert {event["STATUS"] for event in feed(project).values()} != {"CANCELLED"}
    for key, event in feed(project, "organisations/hylte").items():
        assert event["DTSTART"] == before[key]["DTSTART"]
        assert event["STATUS"] == before[key]["STATUS"]
    assert "no longer takes part" not in plan(project).err


def test_one_that_stays_longer_is_back(project: Folder) -> None:
    """Its calendar has the meetings again, in a later version than its cancellation."""
    plan(project)
    limited(project, LAHOLM, "to: 2025-06-30")
    plan(project)
    project.edit("to: 2025-06-30", "to: 2025-12-31")
    plan(project)
    assert {event["STATUS"] for event in feed(project, "organisations/laholm").values()} == {"TENTATIVE"}
    assert taking_part(project) == [["hylte", "laholm", "varberg"]] * 4


def test_one_that_joins_has_what_comes_after(project: Folder) -> None:
    """From its first day on; the meetings of before are none of its own."""
    limited(project, VARBERG, "from: 2025-07-01")
    plan(project)
    last = [one["id"] for one in in_time(project, "natverk")][2:]
    assert list(feed(project, "organisations/varberg")) == last
    assert {one["host"] for one in in_time(project, "natverk")[:2]} == {"laholm", "hylte"}
    assert in_time(project, "natverk")[2]["host"] == "varberg"


def test_who_took_part_in_what_is_over_stays_as_it_was(project: Folder) -> None:
    """An end that is written afterwards, or taken back, changes nothing of meetings that were held."""
    plan(project)
    limited(project, LAHOLM, "to: 2025-01-31")
    plan(project, "2025-06-30")
    assert taking_part(project) == [["hylte", "laholm", "varberg"]] * 2 + [["hylte", "varberg"]] * 2
    project.edit("active: {to: 2025-01-31}", "active: {from: 2025-07-01}")
    plan(project, "2025-06-30")
    assert taking_part(project) == [["hylte", "laholm", "varberg"]] * 4


def test_a_meeting_that_moves_over_the_last_day_is_cancelled_for_it(project: Folder) -> None:
    """Who takes part in a meeting is a question of its date, and is asked again when that changes."""
    limited(project, LAHOLM, "to: 2025-06-30")
    plan(project)
    meeting = in_time(project, "natverk")[1]["id"]
    before = project.files()
    project.fine("move", meeting, "2025-07-02", "--today", "2024-09-15")
    assert faults(before, project.files()) == []
    assert feed(project, "organisations/laholm")[meeting]["STATUS"] == "CANCELLED"
    assert taking_part(project)[1] == ["hylte", "varberg"]
    before = project.files()
    project.fine("move", meeting, "2025-06-17", "--today", "2024-09-16")
    assert faults(before, project.files()) == []
    assert feed(project, "organisations/laholm")[meeting]["STATUS"] == "TENTATIVE"


def test_no_meeting_is_planned_where_nobody_takes_part(project: Folder) -> None:
    """A forum whose organisations end has the meetings of their time; another is refused, with its why."""
    for organisation in ("{name: Hylte council", LAHOLM, VARBERG):
        limited(project, organisation, "to: 2025-06-30")
    plan(project)
    assert [one["date"] < "2025-07-01" for one in in_time(project, "natverk")] == [True, True]
    refused = project.run("add", "natverk", "2025-09-02", "--today", "2024-09-15")
    assert refused.code == 1
    assert "no organisation of the forum takes part then" in refused.err
    project.fine("add", "natverk", "2025-09-02", "--force", "--today", "2024-09-15")
    assert taking_part(project)[2] == []
    assert len(feed(project, "organisations/hylte")) == 2
    assert len(feed(project)) == 3
    assert plan(project).code == 0


def test_a_life_that_ends_before_it_begins_is_a_fault(project: Folder) -> None:
    """With its line."""
    limited(project, LAHOLM, "from: 2025-07-01, to: 2025-06-30")
    run = project.run("check")
    assert run.code == 1
    assert re.search(r"forums\.yaml:5:\d+: error: the last day is before the first", run.err)


def test_nightly_runs_are_quiet(project: Folder) -> None:
    """A life within the year is nothing to tell every night."""
    limited(project, LAHOLM, "to: 2025-06-30")
    project.fine(*PLAN)
    for today in ("2024-09-16", "2025-06-30", "2025-07-01", "2025-12-30"):
        assert told(project.fine("plan", "2025", "--quiet", "--today", today)) == ""
