"""A quiet run does nothing only where nothing has changed, and does everything on any doubt."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zoneinfo
from collections.abc import Callable, Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from project_folder import SMALL, Folder

from kultursam.checksum import is_unchanged, record
from kultursam.paths import project_of

PLAN = ("plan", "2025", "--today", "2024-09-15")
QUIET = ("plan", "2025", "--quiet")
CLOCK = {"SOURCE_DATE_EPOCH": "1726444800"}
"""16 September 2024, for quiet runs: --today would say that everything is to be planned anew."""
BUSY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
WITH_BUSY = SMALL.replace("{country: SE}", "{country: SE, busy: [{name: Råd, file: rad.ics}]}")
ZONE = "Europe/Stockholm"


def unchanged(
    project: Folder, *years: int, output: Path | None = None, today: date = date(2024, 9, 16)
) -> bool:
    """Return whether a quiet run of some years (2025) has nothing to do."""
    return is_unchanged(project_of(project.forum_file), output, years or (2025,), today)


@pytest.fixture
def planned(tmp_path: Path) -> Folder:
    """Return a project with a busy calendar, planned and well."""
    project = Folder(tmp_path, WITH_BUSY)
    project.place("rad.ics").write_bytes(BUSY)
    project.fine(*PLAN)
    assert unchanged(project)
    return project


def test_it_is_of_some_years_and_one_output(planned: Folder) -> None:
    """What holds for a year holds for no other, and for no other folder of calendars."""
    planned.fine("plan", "2025", "2026", "--today", "2024-09-15")
    assert unchanged(planned, 2026, 2025, 2026)
    assert not unchanged(planned, 2025)
    assert not unchanged(planned, 2025, 2026, output=planned.place("elsewhere"))


def test_it_may_hold_for_some_days_only(planned: Folder) -> None:
    """After the last day on which a run has nothing to tell, every run looks."""
    path = planned.place("plans/.checksum.json")
    known = json.loads(path.read_bytes())
    assert unchanged(planned, today=date.max)
    path.write_text(json.dumps(known | {"until": "2024-09-20"}), encoding="utf-8")
    assert unchanged(planned, today=date(2024, 9, 20))
    assert not unchanged(planned, today=date(2024, 9, 21))
    path.write_text(json.dumps(known | {"until": "soon"}), encoding="utf-8")
    assert not unchanged(planned)


def test_it_lies_beside_the_plans_and_holds_nothing_to_show(planned: Folder) -> None:
    """Nothing private and nothing shown: names of files, and a checksum."""
    known = json.loads(planned.place("plans/.checksum.json").read_bytes())
    assert known["calendars"] == ["rad.ics"]
    assert set(known["files"]) == {
        str(planned.place(name)) for name in planned.files() if name.startswith("calendars/")
    }
    assert len(known["checksum"]) == 64
    assert len(known) == 3
    assert not [name for name in planned.files() if "checksum" in name]


def test_what_cannot_be_computed_never_holds(planned: Folder) -> None:
    """A file that vanished before it was noted keeps no run from planning, now or later."""
    project, output = project_of(planned.forum_file), planned.place("calendars")
    path, data = record(project, None, [2025], ["rad.ics"], [output / "gone.ics"])
    path.write_bytes(data)
    assert not unchanged(planned)


# --- every input and every output ---------------------------------------------------------------------


def _spoil(project: Folder, name: str) -> None:
    path = project.place(name)
    path.write_bytes(path.read_bytes() + b" ")


def _touch(project: Folder, name: str) -> None:
    os.utime(project.place(name), ns=(1, 1))


def _link(project: Folder, name: str) -> None:
    path = project.place(name)
    path.rename(project.place("elsewhere"))
    path.symlink_to(project.place("elsewhere"))


def _damage(project: Folder, change: Callable[[dict[str, object]], object]) -> None:
    path = project.place("plans/.checksum.json")
    known = json.loads(path.read_bytes())
    change(known)
    path.write_text(json.dumps(known), encoding="utf-8")


def _forget(project: Folder) -> None:
    _damage(project, lambda known: known.update(files=[str(project.place("calendars/index.html"))]))
    project.place("calendars/2025/all.ics").unlink()


def _write_checksum(project: Folder, text: str) -> None:
    project.place("plans/.checksum.json").write_text(text, encoding="utf-8")


CHANGES: dict[str, Callable[[Folder], object]] = {
    "a calendar is gone": lambda project: project.place("calendars/2025/all.ics").unlink(),
    "a feed was edited": lambda project: _spoil(project, "calendars/feeds/all.ics"),
    "a page was edited": lambda project: _spoil(project, "calendars/index.html"),
    "a page was touched": lambda project: _touch(project, "calendars/index.html"),
    "all calendars are gone": lambda project: shutil.rmtree(project.place("calendars")),
    "the checksum is gone": lambda project: project.place("plans/.checksum.json").unlink(),
    "the checksum is no JSON": lambda project: _write_checksum(project, "{"),
    "the checksum has lost a file that is gone": _forget,
    "the checksum lacks a part": lambda project: _damage(project, lambda known: known.pop("files")),
    "the checksum names numbers": lambda project: _damage(project, lambda known: known.update(files=[7])),
    "the checksum names an impossible file": lambda project: _damage(
        project, lambda known: known.update(files=["\0"])
    ),
    "the checksum is empty": lambda project: _damage(project, lambda known: known.update(checksum="")),
    "the checksum is deep": lambda project: _write_checksum(project, "[" * 99999),
    "the checksum is a list": lambda project: _write_checksum(project, "[]"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_spoilt_is_mended_without_a_word(planned: Folder, name: str) -> None:
    """A run that says nothing still sees that what it wrote is no longer there as it was."""
    before = planned.files()
    CHANGES[name](planned)
    assert not unchanged(planned)
    assert planned.fine(*QUIET, env=CLOCK).err == ""
    assert planned.files() == before
    assert unchanged(planned)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes, and links for administrators only")
@pytest.mark.parametrize(
    "change",
    [
        lambda project: project.place("calendars/index.html").chmod(0o600),
        lambda project: _link(project, "calendars/index.html"),
    ],
    ids=["permissions", "link"],
)
def test_more_than_the_bytes_of_an_output_counts(planned: Folder, change: Callable[[Folder], object]) -> None:
    """A file that nobody else may read any more, or that is now a link, is looked at by a whole run."""
    change(planned)
    assert not unchanged(planned)


@pytest.mark.parametrize(
    "change",
    [
        lambda project: _spoil(project, "forums.yaml"),
        lambda project: _spoil(project, "rad.ics"),
        lambda project: _spoil(project, "plans/2025.yaml"),
        lambda project: project.place("plans/2026.yaml").write_bytes(b""),
        lambda project: project.place("rad.ics").unlink(),
    ],
    ids=["forum file", "busy calendar", "plan", "another plan", "no busy calendar"],
)
def test_every_input_counts(planned: Folder, change: Callable[[Folder], object]) -> None:
    """Every file that a run reads is covered, byte for byte."""
    change(planned)
    assert not unchanged(planned)


def test_another_python_counts(planned: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """So does the same version, built anew."""
    monkeypatch.setattr(sys, "version", f"{sys.version} ")
    assert not unchanged(planned)


@pytest.mark.parametrize("package", ["kultursam", "tzdata", "six"])
def test_another_version_of_a_package_counts(
    planned: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    """Its own, that of what it requires, and that of what is only required by these."""
    newer = tmp_path / "site" / f"{package}-9999.dist-info"
    newer.mkdir(parents=True)
    (newer / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 9999\n")
    monkeypatch.syspath_prepend(newer.parent)
    assert not unchanged(planned)


@pytest.fixture
def zones(tmp_path: Path) -> Iterator[Path]:
    """Return the folder of a zone database that is in use, with one zone."""
    folder = tmp_path / "zones"
    (folder / "Europe").mkdir(parents=True)
    (folder / ZONE).write_bytes(files("tzdata.zoneinfo").joinpath(ZONE).read_bytes())
    zoneinfo.reset_tzpath([str(folder)])
    yield folder
    zoneinfo.reset_tzpath()


def test_another_zone_database_counts(planned: Folder, zones: Path) -> None:
    """The system's own comes before the package tzdata, and is updated apart from it."""
    assert not unchanged(planned)
    planned.fine(*QUIET, env=CLOCK)
    assert unchanged(planned)
    os.utime(zones / ZONE, ns=(1, 1))
    assert not unchanged(planned)


def test_a_new_zone_database_reaches_the_calendars(
    tmp_path: Path, zones: Path, kultursam: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """Where --check finds that summer time has changed, a quiet run does not keep silent about it."""
    Folder(tmp_path)
    env = {**CLOCK, "PYTHONTZPATH": str(zones)}
    assert kultursam(*QUIET, env=env).returncode == 0
    before = (tmp_path / "calendars/feeds/all.ics").read_bytes()
    (zones / ZONE).write_bytes(files("tzdata.zoneinfo").joinpath("Europe/London").read_bytes())
    assert kultursam("plan", "2025", "--check", env=env).returncode == 1
    assert kultursam(*QUIET, env=env).returncode == 0
    assert (tmp_path / "calendars/feeds/all.ics").read_bytes() != before
    assert kultursam("plan", "2025", "--check", env=env).returncode == 0


# --- a run that finds nothing to do -------------------------------------------------------------------


def _touched(project: Folder) -> dict[str, int]:
    """Return when every file was last written, the tool's own included."""
    return {str(path): path.stat().st_mtime_ns for path in project.folder.rglob("*") if path.is_file()}


def test_an_unchanged_run_touches_nothing(tmp_path: Path) -> None:
    """Planned again, with or without words, every file is left as it was, to its last change."""
    project = Folder(tmp_path)
    project.fine(*PLAN)
    before = _touched(project)
    for command in (
        PLAN,
        QUIET,
        ("plan", "2025"),
        ("plan", "2025", "--replan"),
        ("confirm", "2025", "--dry-run"),
    ):
        project.fine(*command, env=CLOCK)
        assert _touched(project) == before, command


def test_what_is_asked_for_is_seen_without_a_word(tmp_path: Path) -> None:
    """A changed forum file, a changed calendar of another body and a changed plan are each planned anew."""
    text = SMALL.replace("{country: SE}", "{country: SE, busy: [{name: Råd, file: rad.ics}]}")
    project = Folder(tmp_path, text)
    busy = project.place("rad.ics")
    busy.write_bytes(BUSY)
    project.fine("plan", "2025", "2026", "--today", "2024-09-15")
    project.fine(*QUIET, env=CLOCK)
    first = project.meetings(2025)["natverk-2025-1"]["date"]
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:{first.replace('-', '')}\r\nEND:VEVENT\r\n"
    busy.write_bytes(BUSY.replace(b"END:VCALENDAR", event.encode() + b"END:VCALENDAR"))
    project.fine(*QUIET, env=CLOCK)
    assert project.meetings(2025)["natverk-2025-1"]["date"] != first
    project.edit("09:00-12:00", "09:00-11:30")
    project.fine(*QUIET, env=CLOCK)
    assert project.meetings(2025)["natverk-2025-1"]["end"] == "11:30"
    project.place("plans/2026.yaml").unlink()
    project.fine(*QUIET, env=CLOCK)
    assert b"2026" not in project.place("calendars/feeds/natverk.ics").read_bytes()
    project.place("plans/2025.yaml").write_text("broken", encoding="utf-8")
    assert project.run(*QUIET, env=CLOCK).code == 1


def test_a_problem_is_told_every_time(tmp_path: Path) -> None:
    """What needs attention is not forgotten by the next run, quiet or not."""
    project = Folder(tmp_path)
    project.fine(*PLAN)
    project.fine("confirm", "2025", "--today", "2024-09-15")
    project.edit("weekdays: [tue, wed]", "weekdays: [fri]")
    for _ in range(3):
        run = project.fine(*QUIET, env=CLOCK)
        assert run.out == ""
        assert "natverk-2025-1" in run.err


# --- after a change by hand ---------------------------------------------------------------------------

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
    assert not unchanged(project)
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
