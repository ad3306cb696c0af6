"""A quiet run that finds nothing changed does no more; any other run does all its work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from project_folder import Folder

NOW = {"SOURCE_DATE_EPOCH": "1740000000"}
"""In February 2025."""


@contextmanager
def no_planning() -> Iterator[None]:
    """Let every plan fail that is made within the block."""
    with patch("kultursam.cli.steps.plan_years", side_effect=AssertionError("a whole run")):
        yield


def is_whole(project: Folder, *arguments: str) -> bool:
    """Return whether a command plans."""
    with no_planning():
        run = project.run(*arguments, env=NOW)
    assert run.code in {0, 3}, run
    return run.code == 3 and "a whole run" in run.err


@pytest.fixture
def planned(tmp_path: Path) -> Folder:
    """Return a project that is planned, with nothing wrong."""
    project = Folder(tmp_path)
    project.fine("plan", "2025", env=NOW)
    return project


@pytest.mark.parametrize(
    "arguments",
    [
        ("2025", "--quiet"),
        ("--quiet", "2025"),
        ("2025", "2025", "--quiet"),
        ("this", "--quiet", "--file=forums.yaml"),
        ("--quiet",),
    ],
)
def test_an_unchanged_year_is_not_planned_again(planned: Folder, arguments: tuple[str, ...]) -> None:
    """However the years and the place of the files are written."""
    stamps = planned.stamps()
    assert not is_whole(planned, "plan", *arguments)
    assert planned.stamps() == stamps


@pytest.mark.parametrize(
    "arguments",
    [
        ("2025",),
        ("2027", "--quiet"),
        ("2025", "--quiet", "--json"),
        ("2025", "--quiet", "--check"),
        ("2025", "--quiet", "--dry-run"),
        ("2025", "--quiet", "--replan"),
        ("2025", "--quiet", "--today", "2024-09-15"),
        ("2025", "--quiet", "--output", "elsewhere"),
    ],
)
def test_all_else_is_a_whole_run(planned: Folder, arguments: tuple[str, ...]) -> None:
    """A run that shows something, or that is to do more than the last one, plans."""
    assert is_whole(planned, "plan", *arguments)


def test_a_changed_forum_file_is_planned(planned: Folder) -> None:
    """So is one that was changed back; and after that run, nothing has changed again."""
    planned.edit("09:00-12:00", "10:00-12:00")
    assert is_whole(planned, "plan", "2025", "--quiet")
    planned.fine("plan", "2025", "--quiet")
    assert not is_whole(planned, "plan", "2025", "--quiet")


def test_the_example_is_named_each_time(tmp_path: Path) -> None:
    """Without a forum file a run says that the example is planned; a quiet one, which may not, plans none."""
    project = Folder(tmp_path, None)
    project.fine("plan", "2025")
    assert "exemplet" in project.fine("plan", "2025").err
    with no_planning():
        assert project.run("plan", "2025", "--quiet").code == 1


PREPARED = """
name: Two forums
language: en
timezone: Europe/Stockholm
domain: two.example
organisations: {hylte: {name: Hylte}, laholm: {name: Laholm}}
defaults: {time: 09:00-12:00, weekdays: [tue, wed], members: [{role: chair, from: [hylte, laholm]}]}
forums:
  first: {name: First, cadence: 3 times a year}
  then: {name: Then, cadence: 3 times a year, prepared_by: {forum: first, days_before: 10-21}}
"""
TODAY = ("--today", "2024-09-15")
BY_HAND = [
    ("cancel", "first-2025-1", "--reason", "Snow", "--force"),
    ("move", "first-2025-2", "2025-06-25", "--force"),
    ("move", "then-2025-2", "2025-06-25", "--force"),
]


@pytest.mark.parametrize("change", [*BY_HAND, ("confirm", "first-2025-1")])
def test_after_a_change_by_hand_quiet_and_loud_do_the_same(tmp_path: Path, change: tuple[str, ...]) -> None:
    """A change by hand is not yet planned around: the next run, quiet or not, does all there is to do."""
    project = Folder(tmp_path, PREPARED)
    project.fine("plan", "2025", *TODAY)
    project.fine(*change, *TODAY)
    decided = project.plan(2025)
    assert is_whole(project, "plan", "2025", "--quiet")
    loud = project.run("plan", "2025", *TODAY)
    after = project.plan(2025)
    project.place("plans/2025.yaml").write_text(decided, encoding="utf-8")
    quiet = project.run("plan", "2025", "--quiet", *TODAY)
    assert (quiet.code, quiet.err, project.plan(2025)) == (loud.code, loud.err, after)


@pytest.mark.parametrize("strength", ["must", "should"])
def test_a_quiet_change_tells_what_it_breaks(tmp_path: Path, strength: str) -> None:
    """No later run tells of a rule that a change by hand broke, so the change itself does, however quiet."""
    fair = f"{{name: Fair, from: 2025-06-25, to: 2025-06-25, strength: {strength}}}"
    closed = f"calendar: {{country: SE, periods: [{fair}]}}"
    project = Folder(tmp_path, PREPARED.replace("defaults:", f"{closed}\ndefaults:"))
    project.fine("plan", "2025", *TODAY)
    change = ("move", "first-2025-3", "2025-06-25", "--force", "--quiet", *TODAY)
    assert "Fair" in project.fine(*change).err


def test_advice_on_the_forum_file_is_not_repeated_every_night(tmp_path: Path) -> None:
    """A key that has no effect hurts nobody: a run without --quiet says so, a quiet one does not."""
    elsewhere = (
        "  parliament: {name: Parliament, cadence: external, weekdays: [tue], "
        "members: [{role: chair, from: [hylte]}]}\n"
    )
    project = Folder(tmp_path, PREPARED + elsewhere)
    assert "weekdays" in project.fine("plan", "2025", *TODAY).err
    assert project.fine("plan", "2025", "--quiet", *TODAY).err == ""


@pytest.mark.parametrize("change", BY_HAND)
def test_what_was_broken_knowingly_moves_nothing_afterwards(tmp_path: Path, change: tuple[str, ...]) -> None:
    """A rule that a person broke neither moves the meeting nor makes the year infeasible."""
    project = Folder(tmp_path, PREPARED)
    project.fine("plan", "2025", *TODAY)
    project.fine(*change, *TODAY)
    before = {key: one["date"] for key, one in project.meetings(2025).items()}
    run = project.run("plan", "2025", *TODAY)
    assert run.code == 0, run.err
    assert {key: one["date"] for key, one in project.meetings(2025).items()} == before
