"""Scripts can trust the exit code: 0 done, 1 not done and nothing written, 2 usage, 3 a bug, 75, 130, 143."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from project_folder import EXAMPLE, ROOT, Folder, Run
from project_life import (
    BEFORE,
    PLAN,
    closed,
    cron,
    decided,
    environment,
    errors,
    feed,
    forum,
    head,
    later,
    names_meeting,
    told,
)

TWO = head() + forum("council", "twice a year") + forum("staff", "twice a year", organisation="laholm")
BROKEN = "council-2025-1"
"""Confirmed, and then its day is closed."""


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project with two forums that have nothing to do with each other, planned for 2025."""
    folder = Folder(tmp_path, TWO)
    folder.fine(*PLAN)
    return folder


@pytest.fixture
def wrong(project: Folder) -> Folder:
    """Return a project in which a confirmed meeting breaks a rule that came later, and no other does."""
    project.fine("confirm", BROKEN, *BEFORE)
    day = project.meetings(2025)[BROKEN]["date"]
    project.edit("calendar: {country: SE}", closed([day], forums=["council"]))
    return project


def refused(folder: Folder, *arguments: str, code: int = 1) -> Run:
    """Run a command that is not done: no result on stdout, and nothing written."""
    stamps = folder.stamps()
    run = folder.run(*arguments)
    assert run.code == code, run
    assert run.err
    assert "KULTURSAM_DEBUG" not in run.err
    assert run.out == "" or "--json" in arguments or "check" in arguments
    assert folder.stamps() == stamps
    return run


# --- 0: done, and what is wrong is told ----------------------------------------------------------------

DONE = [
    "plan 2025",
    "plan 2025 --quiet",
    "plan 2025 --json",
    "plan 2026",
    "plan 2025 2026",
    "publish",
    "show 2025",
    "show 2025 --json",
    "show 2025 --format csv",
    "export 2025",
    "explain staff-2025-1",
    "suggest staff --from 2025-02-01",
    "move staff-2025-2 2025-10-15",
    "cancel staff-2025-2 --reason Snow",
    "confirm staff-2025-2",
    "confirm 2025",
    "add staff 2025-10-15",
]


@pytest.mark.parametrize("arguments", DONE)
def test_what_is_done_is_done(wrong: Folder, arguments: str) -> None:
    """A decided meeting that breaks a must stands in the way of nothing that was asked for."""
    run = wrong.fine(*arguments.split(), *BEFORE)
    assert "Traceback" not in run.err


@pytest.mark.parametrize("arguments", ["plan 2025", "plan 2025 --quiet", "plan"])
def test_planning_tells_what_is_wrong(wrong: Folder, arguments: str) -> None:
    """The meeting and the rule are told on stderr by every run, a quiet one too, until it is put right."""
    for _ in range(2):
        run = wrong.fine(*arguments.split(), *BEFORE)
        assert names_meeting(run.err, wrong.meetings(2025)[BROKEN])
        assert "Closure" in run.err


def test_a_publishing_job_goes_on(wrong: Folder) -> None:
    """`plan … && rsync …` publishes what is new for everybody else."""
    wrong.write(wrong.forum_file.read_text(encoding="utf-8") + forum("panel", "once a year"))
    line = f'"{sys.executable}" -m kultursam plan 2025 --quiet --today 2024-09-16 && echo published'
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=wrong.folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.endswith("published\n")
    assert "panel-2025-1" in feed(wrong)


@pytest.mark.parametrize(
    ("arguments", "key", "status"),
    [
        ("move staff-2025-2 2025-10-15", "staff-2025-2", "TENTATIVE"),
        ("cancel staff-2025-2 --reason Snow", "staff-2025-2", "CANCELLED"),
        ("confirm staff-2025-2", "staff-2025-2", "CONFIRMED"),
        ("confirm 2025", "staff-2025-2", "CONFIRMED"),
    ],
)
def test_an_unrelated_change_is_done(wrong: Folder, arguments: str, key: str, status: str) -> None:
    """It says 0, and it has happened."""
    wrong.fine(*arguments.split(), *BEFORE)
    event = feed(wrong)[key]
    assert event["STATUS"] == status
    assert "move" not in arguments or event["DTSTART"].startswith("20251015")


# --- check is where a monitor looks --------------------------------------------------------------------


@pytest.mark.parametrize("arguments", ["check", "plan 2025 --check"])
def test_a_monitor_hears_of_it(wrong: Folder, arguments: str) -> None:
    """A decided meeting that breaks a must is an error for `check`, with the line of the rule."""
    wrong.run("plan", "2025", *BEFORE)
    stamps = wrong.stamps()
    run = wrong.run(*arguments.split(), *BEFORE)
    assert run.code == 1
    assert names_meeting(run.err, wrong.meetings(2025)[BROKEN])
    assert wrong.stamps() == stamps


def test_a_monitor_hears_of_the_line(wrong: Folder) -> None:
    """The error points at the period that closes the day."""
    run = wrong.run("check", "--json", *BEFORE)
    lines = wrong.forum_file.read_text(encoding="utf-8").splitlines()
    (problem,) = errors(run)
    assert "Closure" in lines[problem["line"] - 1]


def test_a_monitor_hears_that_it_is_put_right(wrong: Folder) -> None:
    """When the meeting has been moved, `check` is content; with --quiet it says nothing."""
    day = wrong.meetings(2025)[BROKEN]["date"]
    wrong.fine("move", BROKEN, later(day, 7), *BEFORE)
    assert wrong.run("check", *BEFORE).code == 0
    assert told(wrong.fine("check", "--quiet", *BEFORE)) == ""
    assert told(wrong.fine("plan", "2025", "--quiet", *BEFORE)) == ""


def test_what_was_forced_is_no_fault(project: Folder) -> None:
    """Who broke a rule knowingly has been told; a monitor need not be."""
    project.fine("move", BROKEN, "2025-05-01", "--force", *BEFORE)
    assert project.run("check", *BEFORE).code == 0
    assert project.fine("plan", "2025", "--quiet", *BEFORE).err == ""


def test_check_reads_plans(project: Folder) -> None:
    """A plan of record that cannot be read is told by `check` with its file and line."""
    text = project.plan(2025)
    project.place("plans/2025.yaml").write_text(text.replace("status: proposed", "status: maybe", 1))
    run = refused(project, "check")
    assert re.search(r"plans/2025\.yaml:\d+:", run.err)


# --- confirm -------------------------------------------------------------------------------------------


def test_a_double_booking_is_not_confirmed(project: Folder) -> None:
    """Two meetings lie on one hour when the same people become members of both: neither is confirmed."""
    day = project.meetings(2025)[BROKEN]["date"]
    project.fine("move", "staff-2025-1", day, "staff-2025-2", "2025-10-15", *BEFORE)
    project.edit("{role: staff member, from: [laholm]}", "{role: council member, from: [hylte]}")
    for what in (["2025"], [BROKEN], ["staff-2025-1"], [BROKEN, "staff-2025-1"]):
        run = refused(project, "confirm", *what, *BEFORE)
        assert "The council" in run.err or BROKEN in run.err
        assert "The staff" in run.err or "staff-2025-1" in run.err
        assert decided(project) == {}
    project.fine("confirm", "staff-2025-2", *BEFORE)
    project.fine("confirm", "2025", "--force", *BEFORE)
    assert len(decided(project)) == 4
    assert project.run("check", *BEFORE).code == 0


def test_what_a_new_rule_forbids_is_not_confirmed(project: Folder) -> None:
    """A proposed meeting on a day that has been closed since, and not been planned anew, is refused."""
    project.edit("calendar: {country: SE}", closed([project.meetings(2025)[BROKEN]["date"]]))
    run = refused(project, "confirm", "2025", *BEFORE)
    assert "Closure" in run.err
    assert decided(project) == {}
    project.fine("confirm", "2025", "--force", *BEFORE)
    assert len(decided(project)) == 4


# --- busy calendars ------------------------------------------------------------------------------------

BUSY = "calendar: {country: SE, busy: [{name: Assembly, file: busy/assembly.ics, for: [hylte]}]}"
ASSEMBLY = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:x\r
BEGIN:VEVENT\r
UID:1\r
DTSTAMP:20240101T000000Z\r
DTSTART:20250204T080000Z\r
DTEND:20250204T100000Z\r
SUMMARY:Assembly\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.fixture(params=[None, b"<html>moved</html>", b""], ids=["missing", "broken", "empty"])
def deaf(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    """Return a project that was planned around another body's calendar, which cannot be read any more."""
    folder = Folder(tmp_path, TWO.replace("calendar: {country: SE}", BUSY))
    folder.place("busy").mkdir()
    file = folder.place("busy/assembly.ics")
    file.write_text(ASSEMBLY, encoding="utf-8", newline="")
    folder.fine(*PLAN)
    if request.param is None:
        file.unlink()
    else:
        file.write_bytes(request.param)
    return folder


@pytest.mark.parametrize("arguments", ["plan 2025", "plan 2025 --quiet", "plan 2026", "plan", "check"])
def test_without_a_busy_calendar_nothing_is_planned(deaf: Folder, arguments: str) -> None:
    """It is told with its name and the line that asks for it, and what was published stays."""
    run = refused(deaf, *arguments.split(), *BEFORE)
    assert "assembly.ics" in run.err
    line = 1 + next(
        number
        for number, text in enumerate(deaf.forum_file.read_text(encoding="utf-8").splitlines())
        if "assembly.ics" in text
    )
    assert re.search(rf"forums\.yaml:{line}:|assembly\.ics:\d+", run.err)


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        ("show 2025", "The council"),
        ("show 2025 --json", "council-2025-1"),
        ("export 2025", "council-2025-1"),
        ("cancel council-2025-1 --reason Snow", "The council"),
        ("confirm 2025", "The council"),
        ("publish", ""),
    ],
)
def test_without_a_busy_calendar_all_else_goes_on(deaf: Folder, arguments: str, fact: str) -> None:
    """What is recorded can be shown, taken away, cancelled, confirmed; `publish` plans nothing either."""
    assert fact in deaf.fine(*arguments.split(), *BEFORE).out
    status = {"cancel": "CANCELLED", "confirm": "CONFIRMED"}.get(arguments.split(maxsplit=1)[0], "TENTATIVE")
    assert feed(deaf)["council-2025-1"]["STATUS"] == status


@pytest.mark.parametrize("arguments", ["confirm 2025", "publish", "cancel council-2025-1 --reason Snow"])
def test_a_quiet_change_tells_what_it_was_made_without(deaf: Folder, arguments: str) -> None:
    """Nobody weighed the other body's dates: that is wrong, and told by a quiet run too."""
    assert "assembly.ics" in deaf.fine(*arguments.split(), "--quiet", *BEFORE).err


def test_an_external_forums_file_is_no_more_needed(tmp_path: Path) -> None:
    """The dates that others decided are in the plan: without their file they are still published."""
    text = TWO + forum("assembly", "external", "dates: {file: assembly.ics}", "publish: true")
    folder = Folder(tmp_path, text)
    folder.place("assembly.ics").write_text(ASSEMBLY, encoding="utf-8", newline="")
    folder.fine(*PLAN)
    folder.place("assembly.ics").unlink()
    before = feed(folder)
    refused(folder, "plan", "2025", *BEFORE)
    assert "The assembly" in folder.fine("show", "2025", *BEFORE).out
    folder.fine("confirm", "2025", *BEFORE)
    folder.fine("cancel", "staff-2025-1", "--reason", "Snow", *BEFORE)
    assert feed(folder)["assembly-2025-x1"] == before["assembly-2025-x1"]


# --- 1: a plan that cannot be read ---------------------------------------------------------------------


def conflict(text: str) -> str:
    """Return a plan as git leaves it when two people have moved the same meetings."""
    moved = re.sub(
        r"( +date: )2025-(..-..)\n", r"<<<<<<< HEAD\n\g<0>=======\n\g<1>2025-11-11\n>>>>>>> b\n", text
    )
    assert moved.count("<<<<<<<") > 1
    return moved


def newer(text: str) -> str:
    """Return a plan as a later version of the program might write it."""
    return re.sub(r"^schema: \d+", "schema: 99", text, flags=re.MULTILINE).replace("    name:", "    title:")


SPOILT = {"conflict": (conflict, "merge|conflict"), "newer": (newer, "newer|upgrade|version")}


@pytest.mark.parametrize("kind", SPOILT)
@pytest.mark.parametrize(
    "arguments",
    [
        "check",
        "plan 2025",
        "plan",
        "show 2025",
        "publish",
        "export 2025",
        "confirm 2025",
        "move staff-2025-1 2025-05-06",
        "cancel staff-2025-1 --reason Snow",
    ],
)
def test_what_is_the_matter_with_a_plan_is_said_first_and_alone(
    wrong: Folder, kind: str, arguments: str
) -> None:
    """Conflict markers, or a newer schema, are one message: what follows from them is not told.

    Nor is anything else that is wrong, here a meeting that breaks a must and another year's plan.
    """
    wrong.fine("plan", "2026", *BEFORE)
    spoil, words = SPOILT[kind]
    wrong.place("plans/2025.yaml").write_text(spoil(wrong.plan(2025)), encoding="utf-8")
    wrong.place("plans/2026.yaml").write_text("schema: 1\nyear: x\n", encoding="utf-8")
    run = refused(wrong, *arguments.split(), "--json", *BEFORE)
    (problem,) = errors(run)
    assert problem["file"] == "plans/2025.yaml"
    assert re.search(words, problem["text"], re.IGNORECASE)
    assert "YAML" not in problem["text"]


def test_the_line_of_the_first_marker_is_told(project: Folder) -> None:
    """That is where an editor is to be opened."""
    text = conflict(project.plan(2025))
    project.place("plans/2025.yaml").write_text(text, encoding="utf-8")
    (problem,) = errors(refused(project, "check", "--json"))
    assert text.splitlines()[problem["line"] - 1].startswith("<<<<<<<")


# --- 1: not done ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", ["show 2030", "show 2026 --json", "show 2030 --view line", "show next"])
def test_a_year_that_was_never_planned_is_not_shown(project: Folder, arguments: str) -> None:
    """Nothing is invented: how to make a plan is told; the year is named as `plan` takes it."""
    run = refused(project, *arguments.split(), "--today", "2025-06-16")
    assert re.search(r"kultursam plan (2030|2026|next)", run.err)


def test_no_plan_at_all_is_not_done(project: Folder) -> None:
    """Rules that cannot hold together: 1, and what was published stays."""
    wanted = "cadence: {} a year\n    members: [{{role: council"
    project.edit(wanted.format("twice"), wanted.format("300 times"))
    refused(project, "plan", "2025", *BEFORE)


@pytest.mark.parametrize(
    "arguments",
    [
        "plan 2025 --file forums.yaml --file forums.yaml",
        "plan 2025 --file other.yaml --file forums.yaml",
        "show 2025 --file=forums.yaml --file=other.yaml",
        "check --file forums.yaml --file other.yaml",
        "confirm 2025 --file forums.yaml --file other.yaml",
        "plan 2025 --quiet --file other.yaml --file forums.yaml",
    ],
)
def test_two_files_are_wrong_usage(project: Folder, arguments: str) -> None:
    """Which of them was meant nobody can tell; today the last one wins."""
    run = refused(project, *arguments.split(), code=2)
    assert "--file" in run.err


@pytest.mark.parametrize("arguments", ["plan 2025", "cancel council-2025-1 --reason Snow", "confirm 2025"])
@pytest.mark.parametrize("spoil", ["calendars", "calendars/index.html"])
def test_what_cannot_be_published_is_not_recorded(project: Folder, spoil: str, arguments: str) -> None:
    """A file in the place of the folder, or a folder in that of a file: the plan stays as it was too.

    Otherwise the next night would find nothing changed, and nobody would hear of what has.
    """
    place = project.place(spoil)
    shutil.rmtree(project.place("calendars"))
    if spoil == "calendars":
        place.write_text("not a folder\n", encoding="utf-8")
    else:
        (place / "inside").mkdir(parents=True)
    project.edit("time: 09:00-12:00", "time: 10:00-12:00")
    run = refused(project, *arguments.split(), *BEFORE)
    assert spoil in run.err


FAILING = {
    "show 2030": 1,
    "show 2030 --format json": 1,
    "confirm 2030": 1,
    "confirm council-2025-9": 1,
    "move council-2025-1 2025-05-01": 1,
    "move council-2025-1 2026-05-05": 1,
    "restore council-2025-1": 1,
    "refresh nobody": 1,
    "publish --file none.yaml": 1,
    "export 2030": 1,
    "plan 2025 --file a.yaml --file b.yaml": 2,
    "plan 2027-2025": 2,
    "plan someday": 2,
    "move council-2025-1 2025-05-06 staff-2025-1": 2,
}


@pytest.mark.parametrize("arguments", FAILING)
def test_a_failure_is_one_json_document(project: Folder, arguments: str) -> None:
    """With --json a command that fails prints one document with its problems, told on stderr as well."""
    run = refused(project, *arguments.split(), "--json", *BEFORE, code=FAILING[arguments])
    assert isinstance(run.document, dict)
    assert errors(run)
    for problem in run.document["problems"]:
        assert problem["text"] in run.err


UNREAD = {"publish --file none.yaml", "plan 2027-2025", "plan someday"}
"""They fail before the forum file is read."""
OF_TYPER = "plan 2025 --file a.yaml --file b.yaml"
"""Wrong usage that the command line's library tells, in English."""


@pytest.mark.parametrize("arguments", [one for one in FAILING if one != OF_TYPER])
def test_a_failure_is_told_in_the_language_of_the_file(project: Folder, arguments: str) -> None:
    """Swedish where the file says so, whatever the locale, which only counts until the file is read."""

    def failed(language: str, locale: str) -> tuple[list[str], list[str]]:
        project.write(TWO.replace("language: en", f"language: {language}"))
        run = project.run(*arguments.split(), "--json", *BEFORE, env={"LANGUAGE": "", "LC_ALL": locale})
        problems = run.document["problems"]
        return [one["code"] for one in problems], [one["text"] for one in problems]

    codes, english = failed("en", "en_GB.UTF-8")
    unread = arguments in UNREAD or arguments.startswith("move council-2025-1 2025-05-06 staff")
    for language, locale, is_swedish in (("sv", "C", not unread), ("en", "sv_SE.UTF-8", unread)):
        same_codes, texts = failed(language, locale)
        assert same_codes == codes
        assert [told != before for told, before in zip(texts, english, strict=True)] == [is_swedish] * len(
            codes
        )


@pytest.mark.parametrize(
    ("fault", "told_as"),
    [
        ("language: sv\nforumms: {}", 'forums.yaml:2:1: error: okänd nyckel "forumms"; menade du "forums"?'),
        ("language: sv\nname: [", "forums.yaml:3:1: error: ogiltig YAML: "),
        ("language: sv\nname: a\nname: b", 'error: nyckeln "name" står två gånger; första gången på rad 2'),
        ("language: svenska", 'forums.yaml:1:11: error: invalid language "svenska"; '),
        ("language: [sv]", "forums.yaml:1:11: error: one value is expected here, not a list"),
        ("name: [", "error: invalid YAML: "),
        ("- language: sv", "forums.yaml:1:1: error: a forum file begins with keys"),
        ("", "forums.yaml:1:1: error: the file is empty"),
    ],
)
def test_a_faulty_file_is_told_in_its_language(project: Folder, fault: str, told_as: str) -> None:
    """If that can be read of it; else in that of the locale."""
    project.write(f"{fault}\n")
    run = refused(project, "plan", "2025")
    assert told_as in run.err
    if "language: sv" not in fault:
        assert told_as not in project.run("plan", "2025", env={"LANGUAGE": "sv"}).err


def test_warnings_are_told_in_the_language_of_the_file(project: Folder) -> None:
    """On stderr and to programs, by every command."""
    project.edit("language: en", "language: sv")
    project.edit("{country: SE}", "{country: SE, busy: [{name: Council, file: lost.ics, for_roles: [none]}]}")
    told_as = ('kalendern "lost.ics" går inte att läsa: ', 'inget forum har rollen "none"')
    for command in ("show 2025", "check", "confirm 2025 --dry-run"):
        run = project.run(*command.split(), *BEFORE)
        assert all(words in run.err for words in told_as[: 1 + ("confirm" not in command)])
    texts = [one["text"] for one in project.run("show", "2025", "--json").document["problems"]]
    assert [any(words in text for text in texts) for words in told_as] == [True, True]


def test_beginning_is_told_in_the_language_of_the_locale(tmp_path: Path) -> None:
    """There is no forum file yet; then there is one."""
    folder = Folder(tmp_path, None)
    swedish = {"LANGUAGE": "sv"}
    assert "det finns ingen forums.yaml" in folder.run("confirm", "2025", env=swedish).err
    assert "forums.yaml har skapats. " in folder.fine("init", env=swedish).out
    assert "forums.yaml: error: filen finns redan" in folder.run("init", env=swedish).err
    assert "forums.yaml: error: this file exists already" in folder.run("init", env={"LANGUAGE": "fi"}).err


# --- 3: a bug; an incomplete installation is none ------------------------------------------------------


@pytest.mark.parametrize(
    ("library", "fault"),
    [
        ("highspy", 'ModuleNotFoundError("No module named {name!r}", name={name!r})'),
        ("highspy", 'ImportError("libhighs.so.1: cannot open shared object file", name={name!r})'),
        ("holidays", 'ModuleNotFoundError("No module named {name!r}", name={name!r})'),
        ("icalendar", 'ModuleNotFoundError("No module named {name!r}", name={name!r})'),
        ("pydantic", 'ModuleNotFoundError("No module named {name!r}", name={name!r})'),
        ("typer", 'ModuleNotFoundError("No module named {name!r}", name={name!r})'),
    ],
)
def test_an_incomplete_installation_is_no_bug(tmp_path: Path, library: str, fault: str) -> None:
    """A library that is missing or does not load is named, with what to do; nothing is to be reported."""
    for name in ("project", "stub"):
        (tmp_path / name).mkdir()
    folder = Folder(tmp_path / "project")
    (tmp_path / "stub" / f"{library}.py").write_text(
        f"raise {fault.format(name=library)}\n", encoding="utf-8"
    )
    path = os.pathsep.join([str(tmp_path / "stub"), environment()["PYTHONPATH"]])
    run = cron(folder.folder, *PLAN, env={"PYTHONPATH": path})
    _is_told_as_incomplete(run, library)
    assert folder.files() == {}


@pytest.mark.parametrize(
    ("lost", "arguments"),
    [
        ("cli/__init__.py", PLAN),
        ("cli/entrypoint.py", PLAN),
        ("diagnostics.py", PLAN),
        ("i18n.py", PLAN),
        ("locale/sv/LC_MESSAGES/kultursam.mo", PLAN),
        ("planner/__init__.py", PLAN),
        ("render/html/templates/year.html.j2", PLAN),
        ("render/ics/wording.py", PLAN),
        ("render/table/__init__.py", PLAN),
        ("rules/__init__.py", PLAN),
        ("rules/busy.py", PLAN),
        ("starter.yaml", ("init", "new")),
    ],
)
def test_a_file_of_the_package_that_is_lost_is_no_bug(
    tmp_path: Path, lost: str, arguments: tuple[str, ...]
) -> None:
    """Nor is it a fault of the forum file, whose language is the one that has no texts."""
    folder, copied = _with_copy(tmp_path)
    (copied / lost).unlink()
    run = cron(folder.folder, *arguments, env={"PYTHONPATH": str(copied.parent)})
    _is_told_as_incomplete(run, Path(lost).stem if "__init__" not in lost else Path(lost).parent.name)
    assert folder.files() == {}


def _with_copy(folder: Path) -> tuple[Folder, Path]:
    """Return a project, and a copy of the package that something may be taken from."""
    (folder / "project").mkdir()
    copied = folder / "copy" / "kultursam"
    shutil.copytree(ROOT / "src" / "kultursam", copied, ignore=shutil.ignore_patterns("__pycache__"))
    return Folder(folder / "project"), copied


@pytest.mark.parametrize("lost", ["cli/__init__.py", "rules/busy.py"])
def test_programs_are_told_what_is_lost(tmp_path: Path, lost: str) -> None:
    """As of every failure there is one document, even where next to nothing is left."""
    folder, copied = _with_copy(tmp_path)
    (copied / lost).unlink()
    run = cron(folder.folder, *PLAN, "--json", env={"PYTHONPATH": str(copied.parent)})
    (problem,) = run.document["problems"]
    assert (run.code, problem["code"]) == (1, "incomplete-installation")
    assert problem.keys() == {"severity", "code", "text", "file", "line", "column"}
    assert problem["text"] in run.err


@pytest.mark.parametrize("left", [None, b"", b"not a catalogue", b"\xde\x12\x04\x95\xff"])
def test_without_its_catalogue_a_failure_is_told_in_english(tmp_path: Path, left: bytes | None) -> None:
    """And so is the catalogue: whatever is left of it, no message is lost with it."""
    folder, copied = _with_copy(tmp_path)
    catalogue = copied / "locale/sv/LC_MESSAGES/kultursam.mo"
    catalogue.unlink() if left is None else catalogue.write_bytes(left)
    folder.edit("cadence:", "cadance:")
    run = cron(folder.folder, *PLAN, env={"PYTHONPATH": str(copied.parent)})
    assert run.code == 1
    assert 'error: unknown key "cadance"; did you mean "cadence"?' in run.err
    assert "this installation of kultursam is incomplete" in run.err.splitlines()[-1]
    assert "Traceback" not in run.err


def test_without_the_example_there_is_nothing_to_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The forum file that is missing is the package's own."""
    monkeypatch.setattr("kultursam.paths.builtin_forum_file", lambda: tmp_path / "lost" / "forums.yaml")
    _is_told_as_incomplete(Folder(tmp_path, None).run("plan", "2025"), "lost")


def _is_told_as_incomplete(run: Run, missing: str) -> None:
    assert run.code == 1, run
    assert run.out == ""
    assert missing in run.err
    assert re.search("is incomplete.* install it again|är ofullständig.* installera om den", run.err)
    assert not re.search("Traceback|KULTURSAM_DEBUG", run.err)


# --- 75, 130, 143 --------------------------------------------------------------------------------------


@contextmanager
def long_run(folder: Folder) -> Iterator[subprocess.Popen[str]]:
    """Yield a run that has taken the lock and plans for a good while."""
    years = [str(year) for year in range(2025, 2095)]
    arguments = [sys.executable, "-m", "kultursam", "plan", *years, *BEFORE]
    with subprocess.Popen(
        arguments,
        cwd=folder.folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            deadline = time.monotonic() + 60
            # Not before the run has opened its lock: it would find it held, and give up.
            # Then a command that writes nothing, and needs the lock.
            while not folder.place("plans/.lock").exists() or folder.run("confirm", "x-2025-1").code != 75:
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signals")
def test_a_second_run_is_told_apart(tmp_path: Path) -> None:
    """While one run works another says 75 at once, in words and in JSON; what only reads goes on."""
    folder = Folder(tmp_path, EXAMPLE)
    with long_run(folder):
        for arguments in ("plan 2025", "publish", "plan --quiet", "confirm 2025"):
            run = folder.run(*arguments.split(), *BEFORE)
            assert run.code == 75, run
            assert run.err.count("\n") == 1
        run = folder.run("plan", "2025", "--json", *BEFORE)
        assert run.code == 75
        assert errors(run)
        assert folder.run("check").code == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_run_that_is_ended_leaves_nothing(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """Ended by the system or by Ctrl-C: the shell sees 143 or 130, no file is half there, and all goes on."""
    folder = Folder(tmp_path, EXAMPLE)
    with long_run(folder) as process:
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    # A shell tells 128 and the number of either.
    assert process.returncode in {code, -number}
    assert (out, err) == ("", "")
    assert folder.files() == {}
    assert folder.run("plan", "2025", *BEFORE).code == 0


@pytest.mark.parametrize(
    "command",
    [
        "export 2025 --output {place}",
        "plan 2025 --certificate {place}",
        "plan 2025 --check --certificate {place}",
    ],
)
@pytest.mark.parametrize("place", ["forums.yaml", "plans/2025.yaml", "plans/other.txt", "x/../forums.yaml"])
def test_what_was_decided_is_not_written_over(tmp_path: Path, command: str, place: str) -> None:
    """A file to take away is put anywhere but in the place of what cannot be made again."""
    project = Folder(tmp_path)
    project.fine(*PLAN)
    before = project.stamps()
    run = project.run(*command.format(place=project.place(place)).split(), *PLAN[2:])
    assert (run.code, Path(place).name in run.err) == (1, True)
    assert project.stamps() == before
