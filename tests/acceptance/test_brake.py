"""Planning that would undo much of what was published stops and says so, until somebody says yes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from project_folder import Folder, Run, faults
from project_life import (
    BEFORE,
    ENGLISH,
    PLAN,
    changes,
    closed,
    cron,
    decided,
    errors,
    feed,
    forum,
    head,
    in_time,
    names_meeting,
    told,
)

OTHER = forum("staff", "twice a year")
"""A forum that nothing happens to."""


@pytest.fixture
def confirmed(tmp_path: Path) -> Folder:
    """Return a project whose two meetings of 2025 are confirmed, beside a forum that is only planned."""
    folder = Folder(tmp_path, ENGLISH + OTHER)
    folder.fine(*PLAN)
    folder.fine("confirm", "natverk-2025-1", "natverk-2025-2", "--today", "2024-09-16")
    return folder


def rename(folder: Folder) -> None:
    """Give the forum another id, as a typing mistake would."""
    folder.edit("  natverk:\n", "  natverket:\n")


def held(folder: Folder, *arguments: str) -> Run:
    """Run a command that must be refused by the brake, with nothing written."""
    stamps = folder.stamps()
    run = folder.run(*arguments)
    assert run.code == 1, run
    assert "--accept" in run.err
    assert folder.stamps() == stamps
    return run


# --- confirmed meetings --------------------------------------------------------------------------------


def test_a_quiet_run_refuses_to_cancel_confirmed_meetings(confirmed: Folder) -> None:
    """A forum's id is changed: the nightly run lists the meetings and the cause, and leaves all as it was."""
    rename(confirmed)
    meetings = confirmed.meetings(2025)
    run = held(confirmed, "plan", "2025", "--quiet", "--today", "2024-10-01")
    for key in ("natverk-2025-1", "natverk-2025-2"):
        assert names_meeting(told(run), meetings[key])
    assert not names_meeting(told(run), meetings["staff-2025-1"])
    assert re.search(r"\bnatverk\b(?!-)", run.err)
    assert re.search(r"\bid\b", run.err)
    assert re.search(r"\bname\b", run.err)
    assert set(decided(confirmed)) == {"natverk-2025-1", "natverk-2025-2"}


def test_the_mistake_is_mended_and_nothing_has_happened(confirmed: Folder) -> None:
    """With the id back in its place the next night is silent and touches nothing."""
    stamps = confirmed.stamps()
    rename(confirmed)
    held(confirmed, "plan", "2025", "--quiet", "--today", "2024-10-01")
    confirmed.edit("  natverket:\n", "  natverk:\n")
    run = confirmed.fine("plan", "2025", "--quiet", "--today", "2024-10-02")
    assert told(run) == ""
    assert confirmed.stamps() == stamps


def test_accept_does_it_once(confirmed: Folder) -> None:
    """Somebody who means it says so; afterwards nights are silent again."""
    rename(confirmed)
    before = confirmed.files()
    run = confirmed.fine("plan", "2025", "--accept", "--json", "--today", "2024-10-01")
    assert faults(before, confirmed.files()) == []
    assert {key for key, change in changes(run).items() if change[0] == "cancelled"} == {
        "natverk-2025-1",
        "natverk-2025-2",
    }
    events = feed(confirmed)
    assert {events[f"natverk-2025-{number}"]["STATUS"] for number in (1, 2)} == {"CANCELLED"}
    assert events["natverket-2025-1"]["STATUS"] == "TENTATIVE"
    assert told(confirmed.fine("plan", "2025", "--quiet", "--today", "2024-10-02")) == ""


@pytest.mark.parametrize(
    "arguments",
    [
        "plan 2025",
        "plan 2025 --quiet",
        "plan 2025 --json",
        "plan 2025 --dry-run",
        "plan 2025 --check",
        "plan 2025 2026",
        "plan 2025-2026",
        "plan next",
        "plan this next",
        "plan",
        "plan --quiet",
    ],
)
def test_however_planning_is_asked_for_it_is_held(confirmed: Folder, arguments: str) -> None:
    """Every form of `plan` that has the year in it writes nothing at all, not even of other years.

    A dry run says what the run itself would: that it is refused.
    """
    rename(confirmed)
    run = held(confirmed, *arguments.split(), "--today", "2024-10-01")
    assert not confirmed.place("plans/2026.yaml").exists()
    if "--json" in arguments:
        assert errors(run) != []


def test_a_cron_job_is_held_too(confirmed: Folder) -> None:
    """In a process of its own, from anywhere, with the clock of the machine."""
    rename(confirmed)
    stamps = confirmed.stamps()
    arguments = ("plan", "2025", "--quiet", "--file", str(confirmed.forum_file), "--today", "2024-10-01")
    run = cron(Path("/"), *arguments)
    assert (run.code, run.out.count("Traceback")) == (1, 0)
    assert "natverk" in run.err
    assert confirmed.stamps() == stamps


def test_a_plan_of_another_year_is_no_way_round(confirmed: Folder) -> None:
    """A run that names one year completes the files of all, and takes nothing from people in doing so."""
    rename(confirmed)
    before = decided(confirmed)
    confirmed.run("plan", "2026", "--today", "2024-10-01")
    assert decided(confirmed) == before


@pytest.mark.parametrize(
    "arguments",
    [
        "publish",
        "confirm staff-2025-1",
        "cancel staff-2025-1 --reason Snow",
        "move staff-2025-1 2025-05-06",
        "add staff 2025-05-06",
        "refresh staff",
        "suggest staff --from 2025-02-01",
        "explain staff-2025-1",
        "explain staff-2025-1 --instead 2025-05-06",
        "show 2025",
        "check",
    ],
)
def test_no_other_command_cancels_what_was_confirmed(confirmed: Folder, arguments: str) -> None:
    """A change elsewhere, or a look at the plan, is done or refused; either way confirmed meetings stay."""
    rename(confirmed)
    before, events = confirmed.stamps(), decided(confirmed)
    run = confirmed.run(*arguments.split(), "--today", "2024-10-01")
    assert run.code in {0, 1}, run
    assert run.code == 0 or confirmed.stamps() == before
    assert decided(confirmed).items() >= events.items()


def test_a_body_that_decides_for_itself_cancels_nothing(confirmed: Folder) -> None:
    """A forum whose dates others decide from now on takes no confirmed meeting along unasked."""
    confirmed.edit("    host: {rotate: [hylte, laholm]}\n", "")
    confirmed.edit("twice a year\n    members: [{role: chef", "external\n    members: [{role: chef")
    before = decided(confirmed)
    confirmed.run("plan", "2025", "--quiet", "--today", "2024-10-01")
    assert decided(confirmed) == before


def test_a_cadence_cancels_nothing_that_was_decided(confirmed: Folder) -> None:
    """Fewer meetings a year is no reason to undo what a person decided, and so none to stop either."""
    confirmed.edit("twice a year\n    members: [{role: chef", "once a year\n    members: [{role: chef")
    before = decided(confirmed)
    confirmed.fine("plan", "2025", "--today", "2024-10-01")
    assert decided(confirmed) == before


def checked(folder: Folder) -> Run:
    """Run `check`, which writes nothing."""
    stamps = folder.stamps()
    run = folder.run("check", "--quiet", "--today", "2024-10-01")
    assert folder.stamps() == stamps
    return run


def test_check_tells_that_planning_is_held(confirmed: Folder) -> None:
    """A monitor sees that nothing is planned any more, until the id is put right; `--json` has the code."""
    rename(confirmed)
    run = checked(confirmed)
    assert run.code == 1
    assert {"natverk-2025-1", "natverk-2025-2"} == {*re.findall(r"natverk-2025-\d", run.err)}
    assert "kultursam plan" in run.err
    found = confirmed.run("check", "--json", "--today", "2024-10-01").document["problems"]
    assert "too-much-change" in {problem["code"] for problem in found}
    confirmed.edit("  natverket:\n", "  natverk:\n")
    assert checked(confirmed) == Run(0, "", "")


def test_check_tells_that_there_is_no_plan(confirmed: Folder) -> None:
    """A rule that closes every day stops all planning, which the recorded meetings do not show."""
    confirmed.edit("  staff:\n", "  staff:\n    windows: [{from: 02-03, to: 02-03}]\n")
    assert confirmed.run("plan", "--quiet", "--today", "2024-10-01").code == 1
    run = checked(confirmed)
    assert run.code == 1
    assert "staff" in run.err


def test_check_leaves_what_planning_may_change(confirmed: Folder) -> None:
    """That the next run will cancel a proposed meeting is no error; nor is a brake on a year that is over."""
    confirmed.edit(OTHER, "")
    assert checked(confirmed) == Run(0, "", "")
    rename(confirmed)
    assert confirmed.run("check", "--today", "2026-01-01").code == 0


# --- more than a third, and more than three ------------------------------------------------------------

FEWER = [
    (12, 9, False),
    (12, 8, False),
    (12, 7, True),
    (9, 6, False),
    (9, 5, True),
    (8, 5, False),
    (8, 4, True),
    (4, 1, False),
    (4, 0, True),
    (3, 0, False),
]
"""Meetings a year before and after, and whether that is too much at once."""


def planned(folder: Path, *forums: str) -> Folder:
    """Return a project with some forums, planned for 2025."""
    project = Folder(folder, head() + "".join(forums))
    project.fine(*PLAN)
    return project


def seldom(number: int) -> str:
    """Return the cadence of so many meetings a year."""
    return f"{number} times a year" if number > 1 else ("once a year" if number else "as needed")


@pytest.mark.parametrize(("before", "after", "much"), FEWER)
def test_a_third_of_the_year_may_be_cancelled(tmp_path: Path, before: int, after: int, *, much: bool) -> None:
    """Up to a third, or up to three, are cancelled as the file has it; more than both are not."""
    project = planned(tmp_path, forum("council", seldom(before)))
    project.edit(seldom(before), seldom(after))
    arguments = ("plan", "2025", "--json", "--today", "2024-10-01")
    if much:
        run = held(project, *arguments)
        assert re.search(r"\bcouncil\b", run.err)
    run = project.fine(*arguments, *(["--accept"] if much else []))
    assert [kind for kind, _, _ in changes(run).values()] == ["cancelled"] * (before - after)


@pytest.mark.parametrize(("number", "much"), [(3, False), (4, True)])
def test_a_third_of_the_year_may_be_moved(tmp_path: Path, number: int, *, much: bool) -> None:
    """A new period closes the days of so many of eight proposed meetings: list and period are told."""
    project = planned(tmp_path, forum("council", "8 times a year"))
    meetings = project.meetings(2025)
    touched = in_time(project, "council")[:number]
    project.edit("calendar: {country: SE}", closed(meeting["date"] for meeting in touched))
    arguments = ("plan", "2025", "--today", "2024-10-01")
    if much:
        run = held(project, *arguments)
        assert "Closure" in run.err
        named = {key for key, meeting in meetings.items() if names_meeting(told(run), meeting)}
        assert named == {meeting["id"] for meeting in touched}
    run = project.fine(*arguments, "--json", *(["--accept"] if much else []))
    assert {key: kind for key, (kind, _, _) in changes(run).items()} == {
        meeting["id"]: "moved" for meeting in touched
    }


def test_moved_and_cancelled_count_together(tmp_path: Path) -> None:
    """Two that go and two that move are four of eight."""
    project = planned(tmp_path, forum("council", "4 times a year"), forum("staff", "four times a year"))
    days = [meeting["date"] for meeting in in_time(project, "staff")[:2]]
    project.edit("4 times a year", "twice a year")
    project.edit("calendar: {country: SE}", closed(days, forums=["staff"]))
    run = held(project, "plan", "2025", "--today", "2024-10-01")
    assert "Closure" in run.err
    assert re.search(r"\bcouncil\b", run.err)


def test_only_meetings_to_come_are_counted(tmp_path: Path) -> None:
    """Four of twelve are a third; when half of the twelve are over, they are more."""
    project = planned(tmp_path, forum("council", "12 times a year"))
    meetings = in_time(project, "council")
    today = meetings[6]["date"]
    project.edit("calendar: {country: SE}", closed(meeting["date"] for meeting in meetings[7:11]))
    held(project, "plan", "2025", "--today", today)
    project.fine("plan", "2025", "--today", "2024-10-01")


def test_meetings_that_are_over_do_not_count(tmp_path: Path) -> None:
    """A forum whose eight meetings were held but for three leaves the file: three are cancelled."""
    project = planned(tmp_path, forum("council", "8 times a year"), OTHER)
    today = in_time(project, "council")[5]["date"]
    project.write(head() + OTHER)
    run = project.fine("plan", "2025", "--json", "--today", today)
    assert [kind for kind, _, _ in changes(run).values()] == ["cancelled"] * 3


def test_each_year_is_counted_by_itself(tmp_path: Path) -> None:
    """Three of four meetings move in each of two years: in neither is that more than three."""
    project = planned(tmp_path, forum("council", "four times a year"))
    project.fine("plan", "2026", "--today", "2024-09-15")
    days = [meeting["date"] for year in (2025, 2026) for meeting in in_time(project, "council", year)[:3]]
    project.edit("calendar: {country: SE}", closed(days))
    run = project.fine("plan", "2025", "2026", "--json", "--today", "2024-10-01")
    assert len(changes(run)) == 6


def test_one_year_that_is_held_holds_the_run(tmp_path: Path) -> None:
    """Four of four meetings of 2026 would move: the three changes of 2025 are not written either."""
    project = planned(tmp_path, forum("council", "four times a year"))
    project.fine("plan", "2026", "--today", "2024-09-15")
    few, many = (in_time(project, "council", year) for year in (2025, 2026))
    project.edit("calendar: {country: SE}", closed(meeting["date"] for meeting in few[:3] + many))
    held(project, "plan", "2025", "2026", "--today", "2024-10-01")
    project.fine("plan", "2025", "--today", "2024-10-01")


# --- what is not held ----------------------------------------------------------------------------------


def test_a_first_plan_is_not_held(tmp_path: Path) -> None:
    """Nothing is published of a year that was never planned: twelve new meetings are no change to anybody."""
    project = Folder(tmp_path, head() + forum("council", "12 times a year"))
    project.fine(*PLAN)
    project.fine("plan", "2026", *BEFORE)
    assert len(project.meetings(2026)) == 12


def test_new_meetings_are_not_held(tmp_path: Path) -> None:
    """Eight more meetings are new; none that people know is cancelled or moved."""
    project = planned(tmp_path, forum("council", "4 times a year"))
    project.write(head() + forum("council", "4 times a year") + forum("staff", "8 times a year"))
    run = project.fine("plan", "2025", "--json", "--today", "2024-10-01")
    assert [kind for kind, _, _ in changes(run).values()] == ["new"] * 8


def test_replan_is_not_held(tmp_path: Path) -> None:
    """Whoever asks that every proposed meeting be placed anew has said yes already."""
    project = planned(tmp_path, forum("council", "8 times a year"))
    best = {key: meeting["date"] for key, meeting in project.meetings(2025).items()}
    project.edit("calendar: {country: SE}", closed(best.values()))
    held(project, "plan", "2025", "--today", "2024-10-01")
    project.fine("plan", "2025", "--replan", "--today", "2024-10-01")
    project.edit(closed(best.values()), "calendar: {country: SE}")
    project.fine("plan", "2025", "--today", "2024-10-02")
    run = project.fine("plan", "2025", "--replan", "--json", "--today", "2024-10-02")
    assert len(changes(run)) == 8
    assert {key: meeting["date"] for key, meeting in project.meetings(2025).items()} == best


def test_accept_is_asked_for_by_no_run_that_has_nothing_to_accept(confirmed: Folder) -> None:
    """With --accept a run that would not be held does what it does without."""
    stamps = confirmed.stamps()
    confirmed.fine("plan", "2025", "--accept", "--today", "2024-10-01")
    assert confirmed.stamps() == stamps


def test_a_dry_run_with_accept_shows_what_would_be_done(confirmed: Folder) -> None:
    """What is to be accepted can be looked at first, and nothing is written."""
    rename(confirmed)
    stamps = confirmed.stamps()
    run = confirmed.fine("plan", "2025", "--accept", "--dry-run", "--json", "--today", "2024-10-01")
    assert changes(run)["natverk-2025-1"][0] == "cancelled"
    assert confirmed.stamps() == stamps
