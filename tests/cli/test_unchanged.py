"""A run that finds nothing changed says what it would have said, and only where it is sure to."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from project_folder import Folder, Run

from kultursam.cli import planning

NOTE = "calendars/.fingerprint.json"


@contextmanager
def nothing_but_the_note() -> Iterator[None]:
    """Let no command run: what is said then comes from the note alone."""
    whole = AssertionError("a whole run")
    main = sys.modules["kultursam.cli.commands"]
    with patch.object(main, "run", side_effect=whole), patch.object(planning, "plan", side_effect=whole):
        yield


def told_from_note(project: Folder, *arguments: str, env: dict[str, str] | None = None) -> Run:
    """Run a command that must need no more than the note."""
    with nothing_but_the_note():
        return project.fine(*arguments, env=env)


def is_whole(project: Folder, *arguments: str, env: dict[str, str] | None = None) -> bool:
    """Tell whether a command does all its work."""
    with nothing_but_the_note():
        run = project.run(*arguments, env=env)
    return run.code == 3 and "a whole run" in run.err


@pytest.fixture
def planned(tmp_path: Path) -> Folder:
    """Give a project that is planned and well."""
    project = Folder(tmp_path)
    project.fine("plan", "2025", "2026")
    project.fine("plan", "2025")
    return project


@pytest.mark.parametrize("years", [("2025",), ("2025", "2026"), ("2025", "2025")])
def test_the_same_is_said_as_by_a_whole_run(planned: Folder, years: tuple[str, ...]) -> None:
    """What comes from the note is what planning and laying out would come to, to the letter."""
    said = told_from_note(planned, "plan", *years).out
    planned.place(NOTE).unlink()
    assert planned.fine("plan", *years).out == said
    assert "oförändrade" in said


def test_the_first_run_tells_what_is_new_and_the_second_that_nothing_is(tmp_path: Path) -> None:
    """The note of a run that changed something holds what the next one would say, not what it said itself."""
    project = Folder(tmp_path)
    first = project.fine("plan", "2025").out
    second = told_from_note(project, "plan", "2025").out
    assert first != second
    assert first.splitlines()[:-3] == second.splitlines()[: len(first.splitlines()) - 3]


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "2025", "--quiet"),
        ("plan", "--quiet", "2025"),
        ("plan", "2025", "--file", "forums.yaml"),
        ("plan", "2025", "--file=forums.yaml", "--output=calendars"),
    ],
)
def test_plain_options_are_known(planned: Folder, arguments: tuple[str, ...]) -> None:
    """Where files lie is understood however it is written."""
    assert told_from_note(planned, *arguments).err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "2026", "2025"),
        ("plan", "2027"),
        ("plan", "2025", "--json"),
        ("plan", "2025", "--check"),
        ("plan", "2025", "--replan"),
        ("plan", "2025", "--today", "2024-09-15"),
        ("plan", "2025", "--output", "elsewhere"),
        ("plan", "2025", "--file"),
        ("plan", "-2025"),
        ("plan", "２０２５"),
        ("plan",),
        ("show", "2025"),
    ],
)
def test_all_else_is_a_whole_run(planned: Folder, arguments: tuple[str, ...]) -> None:
    """What asks for anything more than the same again is no case for the note."""
    assert is_whole(planned, *arguments)


@pytest.mark.parametrize("name", ["COLUMNS", "NO_COLOR", "FORCE_COLOR", "TERM"])
def test_another_look_is_laid_out_anew(planned: Folder, name: str) -> None:
    """A table for one width, or one set of colours, is not shown where another is wanted."""
    assert is_whole(planned, "plan", "2025", env={name: "33"})
    planned.fine("plan", "2025", env={name: "33"})
    told_from_note(planned, "plan", "2025", env={name: "33"})


def damage(change: Callable[[dict[str, Any]], None]) -> Callable[[Folder], None]:
    """Make something that changes the note."""

    def do(project: Folder) -> None:
        note = json.loads(project.place(NOTE).read_bytes())
        change(note["2025"])
        project.place(NOTE).write_text(json.dumps(note), encoding="utf-8")

    return do


def another_text(entry: dict[str, Any]) -> None:
    """Put another date into what was shown."""
    ((look, (seal, text)),) = entry["shown"].items()
    entry["shown"] = {look: [seal, text.replace("april", "maj")]}


def sealed_escapes(entry: dict[str, Any]) -> None:
    """Have a text that steers terminals, put there by somebody who knows how notes are sealed."""
    ((look, (_, text)),) = entry["shown"].items()
    text = f"\x1b]0;owned\x07{text}"
    seal = hashlib.sha256(repr((entry["digest"], look, text)).encode()).hexdigest()
    entry["shown"] = {look: [seal, text]}


@pytest.mark.parametrize(
    "change",
    [
        another_text,
        sealed_escapes,
        lambda entry: entry.pop("shown"),
        lambda entry: entry.update(shown=[1]),
        lambda entry: entry.update(shown={look: [None, "x"] for look in entry["shown"]}),
        lambda entry: entry.update(shown=dict.fromkeys(entry["shown"], 7)),
        lambda entry: entry.update(shown={look: [7, 7] for look in entry["shown"]}),
    ],
)
def test_a_damaged_note_is_worth_nothing(planned: Folder, change: Callable[[dict[str, Any]], None]) -> None:
    """Nothing is shown that no run has found; and the next run mends the note."""
    said = told_from_note(planned, "plan", "2025").out
    damage(change)(planned)
    assert planned.fine("plan", "2025").out == said
    assert told_from_note(planned, "plan", "2025").out == said


def test_the_example_is_named_each_time(tmp_path: Path) -> None:
    """Without a forum file a run tells that it is the example that is planned, and so works in full."""
    project = Folder(tmp_path, None)
    project.fine("plan", "2025")
    assert "example" in project.fine("plan", "2025").err
    assert told_from_note(project, "plan", "2025", "--quiet").err == ""


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
    """A change by hand is no plan yet: the next run, without a word too, does all that there is to do."""
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


@pytest.mark.parametrize("change", BY_HAND)
def test_what_was_broken_knowingly_moves_nothing_afterwards(tmp_path: Path, change: tuple[str, ...]) -> None:
    """The rule that a person broke is no reason to move what it is broken for, or to plan nothing."""
    project = Folder(tmp_path, PREPARED)
    project.fine("plan", "2025", *TODAY)
    project.fine(*change, *TODAY)
    before = {key: one["date"] for key, one in project.meetings(2025).items()}
    run = project.run("plan", "2025", *TODAY)
    assert run.code == 0, run.err
    assert {key: one["date"] for key, one in project.meetings(2025).items()} == before
