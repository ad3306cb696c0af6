"""The command line: what it says and where, what it exits with, and that it writes the same everywhere."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest
from json_documents import faults
from project_folder import EXAMPLE, ROOT, SMALL, Folder
from typer.main import get_command

from kultursam.cli.commands import app

Process = subprocess.CompletedProcess[str]
COMMANDS: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
"""By name."""
PLAN = ("plan", "2025", "--today", "2024-09-15")
ESCAPE = "\x1b"


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project with two meetings a year, planned for 2025."""
    folder = Folder(tmp_path)
    folder.fine(*PLAN)
    return folder


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a run in a process of its own."""
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
    return {"PATH": os.defpath, "PYTHONPATH": str(ROOT / "src"), "HOME": "/nonexistent", **measured, **more}


def command(*arguments: str) -> list[str]:
    """Return the command that runs the product in a process of its own."""
    return [sys.executable, "-m", "kultursam", *arguments]


# --- help and wrong usage ----------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_everywhere(tmp_path: Path, name: str, option: str) -> None:
    """Every command explains itself on stdout, within 80 columns, wherever it is asked."""
    run = Folder(tmp_path, None).fine(*filter(None, [name, option]))
    assert run.err == ""
    assert run.out.startswith("Usage: ")
    assert max(map(len, run.out.splitlines())) <= 80
    for parameter in COMMANDS[name].params if name else ():
        assert (parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.metavar) in run.out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_begins_with_an_example(tmp_path: Path, name: str) -> None:
    """Whoever asks for help sees first what to type; and of the whole, which commands there are."""
    run = Folder(tmp_path, None).fine(*filter(None, [name]), "-h")
    example = f"\n  kultursam {name or 'plan 2025'}"
    assert run.out.index(example) < run.out.index("Arguments:" if "Arguments:" in run.out else "Options:")
    if not name:
        listed = re.findall(r"^  ([a-z]+) +\S.*[^.]\.$", run.out[run.out.index("Commands:") :], re.MULTILINE)
        assert listed == list(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"init", "schema"}))
def test_common_options_are_the_same_everywhere(name: str) -> None:
    """Each is declared once; a command may have none of its own in the place of one."""
    common = {parameter.name: parameter.help for parameter in COMMANDS["plan"].params}
    own = {parameter.name: parameter.help for parameter in COMMANDS[name].params}
    for option in ("file", "json", "quiet"):
        assert own[option] == common[option]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("", "plan 2025"),
        ("plann 2025", "plan"),
        ("explian x", "explain"),
        ("plan 2025 --quite", "--quiet"),
        ("plan 2025 --dryrun", "--dry-run"),
        ("plan twenty", "YEAR"),
        ("plan 2027-2025", "2027-2025"),
        ("show 2025-2026", "2025-2026"),
        ("show 2025 --from 2025-12-01 --to 2025-02-01", "--from 2025-12-01 is after --to 2025-02-01"),
        ("plan 1900", "1970"),
        ("plan 2025 22000", "2199"),
        ("show 2025 2026", "2026"),
        ("plan 2025 --today 2025-02-30", "2025-02-30"),
        ("plan 2025 --today 02-28", "02-28"),
        ("plan 2025 --today", "--today"),
        ("plan 2025 --check=yes", "--check"),
        ("move natverk-2025-1 2025-02-30", "2025-02-30"),
        ("move natverk-2025-1 tomorrow", "tomorrow"),
        ("move natverk-2025-1 2025-04-02 --time 9-12", "9-12"),
        ("move natverk-2025-1 2025-04-02 --time 12:00-09:00", "12:00-09:00"),
        ("add natverk 2025-04-31", "2025-04-31"),
        ("suggest natverk --from 9999-12-31", "2199"),
        ("suggest natverk --from 0001-01-01", "1970"),
        ("suggest natverk --today 9999-12-31", "2199"),
        ("cancel natverk-2025-1", "--reason"),
        ("cancel natverk-2025-1 --reason=", "--reason"),
        ("move natverk-2025-1 2025-04-02 --place ' '", "--place"),
        ("confirm", "MEETING"),
    ],
)
def test_wrong_usage_is_told(project: Folder, arguments: str, words: str) -> None:
    """Exit 2, nothing on stdout, the word that was meant or misread on stderr, and nothing written."""
    stamps = project.stamps()
    run = project.run(*shlex.split(arguments))
    assert run.code == 2, run
    assert run.out == ""
    assert words in run.err
    assert "KULTURSAM_DEBUG" not in run.err
    assert project.stamps() == stamps


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("confirm natverk-2025-9", 'menade du "natverk-2025-'),
        ("confirm 2026", "kultursam plan 2026"),
        ("move natverk2025-1 2025-04-02", 'menade du "natverk-2025-1"'),
        ("cancel nätverk-2025-2 --reason x", 'menade du "natverk-2025-2"'),
        ("explain natverk-2025-x", 'menade du "natverk-2025-'),
        ("add natverkk 2025-04-02", 'menade du "natverk"'),
        ("add natverk 2026-04-02", "kultursam plan 2026"),
        ("add natverk 2025-04-02 --host hulte", 'menade du "hylte"'),
        ("move natverk-2025-1 2025-04-02 --host lahom", 'menade du "laholm"'),
        ("move natverk-2025-1 2027-04-02", "2025"),
        ("show 2025 --forum natverkk", 'menade du "natverk"'),
        ("plan 2025 --file forum.yaml", "forum.yaml"),
        ("plan 2025 --file .", "folder"),
        ("plan 2025 --file calendars/2025/all.ics", "calendars/2025/all.ics:"),
    ],
)
def test_what_does_not_exist_is_told(project: Folder, arguments: str, words: str) -> None:
    """Exit 1, what was probably meant on stderr, and nothing written."""
    stamps = project.stamps()
    run = project.run(*arguments.split(), "--today", "2024-09-15")
    assert run.code == 1, run
    assert run.out == ""
    assert words in run.err
    assert project.stamps() == stamps


# --- where files are found and put --------------------------------------------------------------------


def test_the_built_in_example_is_named(tmp_path: Path) -> None:
    """Where there is no forum file the example is used, said on stderr, and the folder is the project's."""
    project = Folder(tmp_path, None)
    run = project.fine(*PLAN)
    assert "Halland" in run.err
    assert run.err.count("\n") == 1
    assert {"plans/2025.yaml", "calendars/2025/all.ics"} <= project.files().keys()
    for arguments in ("show 2025", "check", "explain styrgrupp-2025-1"):
        assert "Halland" in project.run(*arguments.split()).err
    assert re.search(r"\b20\b", project.fine("show", "2025").out)


@pytest.mark.parametrize(
    "arguments", ["confirm 2025", "add natverk 2025-04-02", "export 2025", "cancel x --reason y"]
)
def test_what_decides_needs_a_forum_file(tmp_path: Path, arguments: str) -> None:
    """A plan of the example is nobody's decision; the message says how to make a forum file."""
    project = Folder(tmp_path, None)
    run = project.run(*arguments.split())
    assert run.code == 1
    assert "kultursam init" in run.err
    assert list(tmp_path.iterdir()) == []


def test_the_forum_file_is_found_from_below(tmp_path: Path) -> None:
    """Run anywhere below it, the nearest forum file is used and its project's folders are written."""
    (tmp_path / "data").mkdir()
    (tmp_path / "docs" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "forums.yaml").write_text(SMALL, encoding="utf-8")
    project = Folder(tmp_path, None)
    for inside in ("docs/deep", "data", "docs"):
        run = project.run(*PLAN, inside=inside)
        assert (run.code, run.err) == (0, "")
    folders = {name.partition("/")[0] for name in project.files()}
    assert folders == {"plans", "calendars", "data"}


def test_a_forum_file_is_named(tmp_path: Path) -> None:
    """--file takes any file, relative or not; what is written lies beside it, or where --output says."""
    (tmp_path / "a" / "data").mkdir(parents=True)
    for name in ("a/other.yaml", "a/data/forums.yaml"):
        (tmp_path / name).write_text(SMALL, encoding="utf-8")
    project = Folder(tmp_path, None)
    project.fine(*PLAN, "--file", "a/other.yaml", "--output", "out/calendars")
    project.fine("plan", "2026", "--file", str(tmp_path / "a" / "data" / "forums.yaml"))
    written = project.files().keys()
    assert {"a/plans/2025.yaml", "a/plans/2026.yaml"} <= written
    assert {"out/calendars/2025/all.ics", "a/calendars/2026/all.ics", "a/calendars/2025/all.ics"} <= written
    assert {name.partition("/")[0] for name in written} == {"a", "out"}
    assert "out/calendars/2026/all.ics" not in written


# --- how it is said -----------------------------------------------------------------------------------


def test_piped_output_is_whole_and_plain(tmp_path: Path) -> None:
    """No escape codes, no box, nothing cut or wrapped, whatever names there are and however narrow it is."""
    long = "Samverkanskonferens för den idéburna sektorns organisationer och det civila samhället i Halland"
    names = ["[inställt]", "[/x] :smile:", "a\\\\b {c}", long]
    body = (
        '  f{0}:\n    name: "{1}"\n    cadence: once a year\n    members: [{{role: chef, from: [hylte]}}]\n'
    )
    forums = "".join(body.format(number, name) for number, name in enumerate(names))
    project = Folder(tmp_path, SMALL[: SMALL.index("  natverk:")] + forums)
    run = project.fine(*PLAN, env={"COLUMNS": "40"})
    assert ESCAPE not in run.out
    assert "…" not in run.out
    for name in names:
        assert name.replace("\\\\", "\\") in run.out
    wide = project.fine("show", "2025", env={"COLUMNS": "200"})
    assert project.fine("show", "2025", env={"COLUMNS": "40"}).out == wide.out
    assert not re.search("[─│┌┐└┘╭╮╰╯━┃]", wide.out)


def _in(encoding: str, project: Folder, arguments: str) -> subprocess.CompletedProcess[bytes]:
    env = environment(PYTHONIOENCODING=encoding)
    return subprocess.run(
        command(*arguments.split()), cwd=project.folder, env=env, capture_output=True, check=False
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
def test_no_encoding_is_too_poor(project: Folder, encoding: str) -> None:
    """A terminal that lacks characters never stops a run, and shows å, ä and ö where it has them."""
    done = _in(encoding, project, "show 2025")
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode(encoding)
    assert ("Nätverket" if encoding != "ascii" else "Natverket") in text
    assert ESCAPE not in text


@pytest.mark.parametrize(
    "arguments", ["explain natverk-2025-1", "show 2025 --format csv", "suggest natverk --from 2025-05-01"]
)
def test_nothing_that_is_said_needs_more_than_ascii(project: Folder, arguments: str) -> None:
    """What cannot be shown is replaced, in every command."""
    done = _in("ascii", project, arguments)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("ascii")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such arguments")
def test_an_argument_that_is_no_text_is_told(project: Folder) -> None:
    """Bytes that are no UTF-8 reach Python as surrogates, which nothing can print; what is said says so."""
    run = project.run("explain", "\udcff", "--json")
    assert run.code == 1
    assert "det finns inget möte" in run.document["problems"][0]["text"]


def test_lines_end_once_on_windows(project: Folder) -> None:
    """CSV has its own line ends, and a calendar goes out as bytes, though the system adds to each line."""
    for arguments in (("show", "2025", "--format", "csv"), ("export", "2025", *PLAN[2:])):
        assert project.run(*arguments, newline="\r\n") == project.fine(*arguments)
    assert "\r\r\n" not in project.run("show", "2025", "--json", newline="\r\n").out


@pytest.mark.parametrize(
    "arguments",
    ["plan 2025", "plan 2025 --quiet", "show 2025 --view month", "export 2025", "check", "init new"],
)
def test_no_encoding_is_left_to_the_system(project: Folder, arguments: str) -> None:
    """No file is opened in whatever encoding the system has, which on Windows is not UTF-8."""
    strict = [
        sys.executable,
        "-X",
        "warn_default_encoding",
        "-W",
        "error::EncodingWarning",
        "-m",
        "kultursam",
    ]
    done = subprocess.run(
        [*strict, *arguments.split()], cwd=project.folder, env=environment(), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_json_is_utf8_in_any_encoding(project: Folder) -> None:
    """Programs get every name whole, though the terminal could not show it."""
    for arguments in ("show 2025 --json", "show 2025 --format json"):
        done = _in("ascii", project, arguments)
        assert json.loads(done.stdout.decode())["name"] == "Kultur i Väst"


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="Windows has no such terminals")
@pytest.mark.parametrize(
    ("more", "colour"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=["terminal", "NO_COLOR", "dumb"],
)
def test_a_terminal_has_colour_unless_it_is_not_wanted(
    project: Folder, more: Mapping[str, str], *, colour: bool
) -> None:
    """Colour is for terminals that can and people who like it; the words are the same without."""
    ours, theirs = os.openpty()
    env = {**environment(TERM="xterm-256color", COLUMNS="100", PYTHONIOENCODING="utf-8"), **more}
    process = subprocess.Popen(command("show", "2025"), cwd=project.folder, env=env, stdout=theirs)
    os.close(theirs)
    data = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        data += part
    os.close(ours)
    assert process.wait(timeout=60) == 0
    text = data.decode()
    assert bool(re.search(r"\x1b\[(?:\d+;)*(?:[34][0-8]|9[0-7])[;m]", text)) == colour
    assert more.get("TERM") != "dumb" or ESCAPE not in text
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n")
    assert "Nätverket" in plain
    assert "09:00–12:00" in plain


def test_messages_and_results_are_apart(project: Folder) -> None:
    """Problems go to stderr and results to stdout, so that either can be kept without the other."""
    project.edit("{country: SE}", "{country: SE, periods: [{name: Lov, weeks: 8, for_roles: [chefen]}]}")
    run = project.fine(*PLAN)
    assert "chefen" in run.err
    assert "chefen" not in run.out
    (problem,) = project.fine(*PLAN, "--json").year["problems"]
    assert (problem["severity"], problem["line"]) == ("warning", 7)
    assert "Nätverket" in run.out
    assert "Nätverket" not in run.err


@pytest.mark.parametrize("arguments", [PLAN, ("show", "2025", "--json")], ids=" ".join)
def test_whoever_reads_may_stop(project: Folder, arguments: tuple[str, ...]) -> None:
    """A closed pipe, as of head -1, ends the run without a word."""
    with subprocess.Popen(
        command(*arguments),
        cwd=project.folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
@pytest.mark.parametrize(
    ("redirection", "code"), [(">/dev/full", 1), (">&-", 0), ("--json >/dev/full", 1), ("2>&-", 0)]
)
def test_output_that_goes_nowhere(project: Folder, redirection: str, code: int) -> None:
    """A full disk for the output is told; a closed stream is as good as nobody reading."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$@" {redirection}', "sh", *command(*PLAN)],
        cwd=project.folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert ("No space left" in done.stderr) == bool(code)
    assert done.stderr.count("\n") == code


# --- for programs -------------------------------------------------------------------------------------

FINE = (
    "plan 2025",
    "plan 2026",
    "plan 2025 --dry-run",
    "plan 2025 --check",
    "show 2025",
    "show 2025 --since 2024-09-01",
    "explain natverk-2025-1",
    "suggest natverk --from 2025-02-01",
    "confirm 2025",
    "confirm natverk-2025-1 --dry-run",
    "move natverk-2025-1 2025-04-02",
    "cancel natverk-2025-1 --reason Sjukdom",
    "restore natverk-2025-2",
    "refresh natverk",
    "add natverk 2025-06-03",
    "publish",
    "fetch",
    "check",
    "export 2025 --output new.ics",
    "import list.csv",
    "import list.csv --write",
    "invite",
    "invite 2025 --proposed",
    "people",
    "people check",
    "people forget nobody@example.org",
    "replies",
    "replies 2025 --mbox empty.mbox",
    "init elsewhere",
)
SHOWN = {"show", "explain", "suggest", "import", "invite"}
"""What is asked for is shown, however quiet a run is."""
PEOPLE = """
organiser: {name: The office, email: office@example.org}
people:
  - {role: chef, at: hylte, name: Anna, email: anna@example.org}
  - {role: chef, at: laholm, name: Bo, email: bo@example.org}
"""
CHANGING = {"confirm", "move", "cancel", "restore", "add"}
FAILING = {
    "plan": 1,
    "plan 2025 --file none.yaml": 1,
    "plan 2025 --today never": 2,
    "fetch --file none.yaml": 1,
    "show 2031 --file none.yaml": 1,
    "explain natverk-2025-9": 1,
    "suggest nobody": 1,
    "confirm 2031": 1,
    "move natverk-2025-1 2025-05-01": 1,
    "move natverk-2025-1 never": 2,
    "cancel natverk-2025-9 --reason x": 1,
    "restore natverk-2025-1": 1,
    "refresh nobody": 1,
    "publish --file none.yaml": 1,
    "add nobody 2025-06-03": 1,
    "check --file none.yaml": 1,
    "export 2031": 1,
    "import none.csv": 1,
    "invite 2031": 1,
    "invite --send": 1,
    "people check --file none.yaml": 1,
    "people forget nobody": 2,
    "replies --mbox none.mbox": 1,
    "replies --mbox a --imap": 2,
    "nothing": 2,
}


def test_every_command_is_tried() -> None:
    """No command is added without a look at what it says to programs, when it succeeds and when it fails."""
    assert {one.split()[0] for one in FINE} >= COMMANDS.keys() - {"schema"}
    assert {one.split()[0] for one in FAILING} >= COMMANDS.keys() - {"schema", "init"}


@pytest.mark.parametrize("arguments", FINE)
def test_json_is_one_document(project: Folder, arguments: str) -> None:
    """With --json every command gives one document with its problems, and nothing else on stdout."""
    _prepare(project, arguments)
    run = project.fine(*arguments.split(), "--json", *_today(arguments))
    assert run.year["problems"] == []
    assert faults(arguments.split(maxsplit=1)[0], run.document) == []
    assert run.err == ""


@pytest.mark.parametrize("arguments", FAILING)
def test_json_of_a_failure_is_one_document(project: Folder, arguments: str) -> None:
    """A failing command gives one document too; each problem in it is told on stderr as well."""
    run = project.run(*arguments.split(), "--json")
    assert run.code == FAILING[arguments]
    assert len(run.document["problems"]) > 0
    if arguments.split(maxsplit=1)[0] in COMMANDS:
        assert faults(arguments.split(maxsplit=1)[0], run.document) == []
    for problem in run.document["problems"]:
        assert problem.keys() == {"severity", "code", "text", "file", "line", "column"}
        assert problem["text"] in run.err


@pytest.mark.parametrize("arguments", FINE)
def test_quiet_tells_changes_alone(project: Folder, arguments: str) -> None:
    """With --quiet a run says what changed, and no more; where nothing did, cron sends no mail."""
    _prepare(project, arguments)
    run = project.fine(*arguments.split(), "--quiet", *_today(arguments))
    assert run.err == ""
    command = arguments.partition(" ")[0]
    if command in CHANGING or arguments == "plan 2026":
        assert "Nätverket, " in run.out or "Nätverket: " in run.out
        assert run.out.startswith(f"Kultur i Väst {'2026' if '2026' in arguments else '2025'}\n")
        assert not re.search("Mötesår|oförändra|skrivna|skrivits", run.out)
    elif command not in SHOWN:
        assert run.out == ""


def _prepare(project: Folder, arguments: str) -> None:
    project.place("list.csv").write_text("Datum;Forum\n2025-04-08;Nätverket\n", encoding="utf-8")
    project.place("empty.mbox").touch()
    project.place("people.yaml").write_text(PEOPLE, encoding="utf-8")
    if arguments.startswith("restore"):
        project.fine("cancel", "natverk-2025-2", "--reason", "Sjukdom", *PLAN[2:])


def _today(arguments: str) -> tuple[str, ...]:
    return () if arguments.partition(" ")[0] in {"check", "init"} else ("--today", "2024-09-15")


def test_a_broken_should_is_told_to_programs_too(project: Folder) -> None:
    """A change that is merely unwise is made, and says so in the document."""
    project.edit("{country: SE}", "{country: SE, periods: [{name: Lov, weeks: 15, strength: should}]}")
    run = project.fine("move", "natverk-2025-1", "2025-04-08", "--json", "--today", "2024-09-15")
    (problem,) = run.year["problems"]
    assert problem["severity"] == "warning"
    assert "Lov" in problem["text"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [("plan 2025", 0), ("show 2025", 0), ("show 2025 --json", 0), ("plan 2025 --check", 1), ("check", 1)],
)
def test_what_is_wrong_with_a_plan_is_told(project: Folder, arguments: str, code: int) -> None:
    """A decided meeting that breaks a must is told by whatever shows the plan; checks exit 1 for it."""
    project.fine("confirm", "2025", "--today", "2024-09-15")
    project.edit("weekdays: [tue, wed]", "weekdays: [fri]")
    run = project.run(*arguments.split(), "--today", "2024-09-15")
    assert run.code == code
    assert "natverk-2025-1" in (run.out if "--json" in arguments else run.err)


def test_what_changes_is_shown_before_it_is_done(project: Folder) -> None:
    """A dry run says the same as the run itself, and writes nothing."""
    for arguments in (
        "plan 2026",
        "confirm 2025",
        "move natverk-2025-1 2025-04-02",
        "cancel natverk-2025-2 --reason Sjukdom",
        "add natverk 2025-06-03",
    ):
        stamps = project.stamps()
        tried = project.fine(*arguments.split(), "--dry-run", "--json", *_today(arguments))
        assert project.stamps() == stamps
        assert tried.year["changes"] != []
        done = project.fine(*arguments.split(), "--json", *_today(arguments))
        assert done.out == tried.out


def test_check_tells_by_its_exit_code(project: Folder) -> None:
    """With --check, exit 1 says that a file would change, be it a calendar, exit 0 that none; none is."""
    assert project.run(*PLAN, "--check").code == 0
    assert project.run("plan", "2026", "--today", "2024-09-15", "--check").code == 1
    calendar = project.place("calendars/2025/all.ics")
    data = calendar.read_bytes()
    for spoil in (
        lambda: calendar.write_bytes(b"x"),
        calendar.unlink,
        lambda: project.edit("09:00", "08:00"),
    ):
        spoil()
        stamps = project.stamps()
        run = project.run(*PLAN, "--check")
        assert run.code == 1
        assert re.search(r"\d", run.err)
        assert project.stamps() == stamps
        calendar.write_bytes(data)
    assert "08:00" in project.run(*PLAN, "--check", "--quiet").out
    project.fine(*PLAN)
    run = project.fine(*PLAN, "--check", "--quiet")
    assert (run.out, run.err) == ("", "")


# --- the clock ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "arguments", "stamp"),
    [
        ({}, ("--today", "2024-09-15"), "2024-09-15T00:00:00Z"),
        ({"SOURCE_DATE_EPOCH": "1700000000"}, (), "2023-11-14T22:13:20Z"),
        ({"SOURCE_DATE_EPOCH": "0"}, (), "1970-01-01T00:00:00Z"),
        ({"SOURCE_DATE_EPOCH": "1700000000"}, ("--today", "2024-09-15"), "2024-09-15T00:00:00Z"),
        ({"SOURCE_DATE_EPOCH": ""}, ("--today", "2024-09-15"), "2024-09-15T00:00:00Z"),
    ],
)
def test_the_moment_is_an_argument(
    tmp_path: Path, env: Mapping[str, str], arguments: tuple[str, ...], stamp: str
) -> None:
    """New meetings are stamped with --today, else SOURCE_DATE_EPOCH; a plan so made can be read again."""
    project = Folder(tmp_path)
    project.fine("plan", "2025", *arguments, env=env)
    assert set(re.findall(r"(?:created|modified): (\S+Z)", project.plan(2025))) == {stamp}
    project.fine("plan", "2025", *arguments, "--check", env=env)


@pytest.mark.parametrize("epoch", ["never", "-1", "1.5", "١", "9" * 12])
def test_a_moment_that_is_none_is_wrong_usage(tmp_path: Path, epoch: str) -> None:
    """A SOURCE_DATE_EPOCH that is no number of seconds is told, and nothing is planned."""
    run = Folder(tmp_path).run("plan", "2025", env={"SOURCE_DATE_EPOCH": epoch})
    assert run.code == 2
    assert "SOURCE_DATE_EPOCH" in run.err
    assert not (tmp_path / "plans").exists()


def test_without_either_the_clock_is_asked(tmp_path: Path) -> None:
    """A plan made now is stamped with now, in whole seconds."""
    project = Folder(tmp_path)
    begun = time.gmtime()
    project.fine("plan", "2025")
    (stamp,) = set(re.findall(r"created: (\S+Z)", project.plan(2025)))
    made = time.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ")
    assert begun[:6] <= made[:6] <= time.gmtime()[:6]


# --- when things go wrong -------------------------------------------------------------------------------


def test_a_bug_is_owned_up_to(project: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw is exit 3 and one line, with a way to see more; never a traceback by itself."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("kultursam.cli.steps.plan_years", fail)
    run = project.run("plan", "2026")
    assert (run.code, run.out, run.err.count("\n")) == (3, "", 1)
    assert "boom" in run.err
    run = project.run("plan", "2026", "--json")
    assert run.code == 3
    assert "boom" in run.document["problems"][0]["text"]
    assert "Traceback" in project.run("plan", "2026", env={"KULTURSAM_DEBUG": "1"}).err


def _broken_off() -> None:
    raise KeyboardInterrupt


def _broken_off_on_the_way() -> None:
    """Do as the engine does when it is interrupted while it is brought in."""
    try:
        _broken_off()
    except KeyboardInterrupt as error:
        raise ImportError("initialization failed") from error


@pytest.mark.parametrize("stop", [_broken_off, _broken_off_on_the_way])
@pytest.mark.parametrize("stage", ["plan_years", "save"])
def test_an_interruption_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, stop: Callable[[], None]
) -> None:
    """Whenever it comes, Ctrl-C is exit 130 without a word."""
    monkeypatch.setattr(f"kultursam.cli.steps.{stage}", lambda *_, **__: stop())
    project = Folder(tmp_path)
    run = project.run(*PLAN)
    assert (run.code, run.out, run.err) == (130, "", "")
    assert project.files() == {}


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signals")
def test_an_interrupted_run_ends_cleanly(tmp_path: Path) -> None:
    """A run that is stopped in the middle leaves nothing, and the next goes on as if nothing had been."""
    project = Folder(tmp_path, EXAMPLE)
    years = [str(year) for year in range(2025, 2085)]
    with subprocess.Popen(
        command("plan", *years, "--today", "2024-09-15"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while not (tmp_path / "plans" / ".lock").exists():
            time.sleep(0.01)
            assert process.poll() is None
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    # A shell tells 130 of either.
    assert process.returncode in {130, -signal.SIGINT}
    assert (out, err) == (b"", b"")
    assert project.files() == {}
    assert project.run(*PLAN).code == 0


# --- the same whatever the order ----------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [True, False])
def test_today_is_asked_in_the_files_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, asked: bool
) -> None:
    """Half past midnight in Stockholm the day before is over, though it is not yet in UTC."""
    project = Folder(tmp_path)
    project.fine(*PLAN)
    day = project.meetings(2025)["natverk-2025-1"]["date"]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> Self:
            assert tz is UTC
            return cls.fromisoformat(f"{day}T22:30:00+00:00")

    if asked:
        monkeypatch.setattr("kultursam.cli.years.datetime", Clock)
    env = {} if asked else {"SOURCE_DATE_EPOCH": str(int(Clock.now(UTC).timestamp()))}
    project.edit("09:00-12:00", "10:00-12:00")
    project.fine("plan", "2025", env=env)
    starts = {key: one["start"] for key, one in project.meetings(2025).items()}
    assert starts == {"natverk-2025-1": "09:00", "natverk-2025-2": "10:00"}


def test_the_order_of_forums_decides_no_dates(tmp_path: Path) -> None:
    """The example's dates, hosts and ids are the same in any order of its forums."""
    head, _, body = EXAMPLE.partition("\nforums:\n")
    blocks = re.findall(r"^  [a-z].*:\n(?:    .*\n|\n)+", body, re.MULTILINE)
    assert len(blocks) == 9
    found = []
    for name, forums in (("one", blocks), ("other", [*blocks[4::-1], *blocks[5:]])):
        (tmp_path / name).mkdir()
        project = Folder(tmp_path / name, f"{head}\nforums:\n{''.join(forums)}")
        project.fine(*PLAN)
        found.append({key: (one["date"], one["host"]) for key, one in project.meetings(2025).items()})
    assert found[0] == found[1]
    assert len(found[0]) == 20


def test_a_plan_is_read_and_shown_as_it_was_made(project: Folder) -> None:
    """What is shown of a year is what planning it gave, from the plan of record alone."""
    made = project.fine("plan", "2025", "--json", "--today", "2024-09-15").year
    shown = project.fine("show", "2025", "--json", "--today", "2024-09-15").document
    assert shown == made
    (project.place("calendars/2025/meetings.json")).unlink()
    assert project.fine("show", "2025", "--json", "--today", "2024-09-15").document == made
    assert json.loads(project.fine("show", "2025", "--format", "json").out)["meetings"] == made["meetings"]


# --- why a meeting lies there -----------------------------------------------------------------------

ENGLISH = SMALL.replace("language: sv", "language: en")
DECIDED = {
    "confirm natverk-2025-1": "It is confirmed: planning does not move it.",
    "move natverk-2025-1 2025-03-12": "It is pinned: a person decided on its date",
    "move natverk-2025-1 2025-03-14 --force": "A person forced it to break rules: weekdays",
    "cancel natverk-2025-1 --reason Snow": "It is cancelled: Snow",
}


@pytest.mark.parametrize("command", DECIDED)
def test_it_is_told_that_a_person_decided(tmp_path: Path, command: str) -> None:
    """A date that no rule chose has another reason, and that one is told."""
    project = Folder(tmp_path, ENGLISH)
    project.fine("plan", "2025", "--today", "2024-09-15")
    assert "person" not in project.fine("explain", "natverk-2025-1", "--today", "2024-09-15").out
    project.run(*command.split(), "--today", "2024-09-15")
    assert DECIDED[command] in project.fine("explain", "natverk-2025-1", "--today", "2024-09-15").out
    assert "It is in the past" not in project.fine("explain", "natverk-2025-1", "--today", "2024-09-15").out


def test_it_is_told_that_a_meeting_has_been(tmp_path: Path) -> None:
    """The past is no choice of the planner's either."""
    project = Folder(tmp_path, ENGLISH)
    project.fine("plan", "2025", "--today", "2024-09-15")
    assert "It is in the past" in project.fine("explain", "natverk-2025-1", "--today", "2025-12-31").out


def test_a_recurrence_rule_leaves_no_choice(tmp_path: Path) -> None:
    """Where a rule names the dates, the forum would choose none by itself; and one day is no days."""
    text = ENGLISH.replace("twice a year", '"RRULE:FREQ=YEARLY;BYMONTH=3,6;BYMONTHDAY=1"')
    project = Folder(tmp_path, text.replace("weekdays: [tue, wed]", "weekdays: [mon, tue, wed, thu, fri]"))
    project.fine("plan", "2025", "--today", "2024-09-15")
    # What is over costs nothing any more.
    today = ("--today", "2024-09-15")
    first, second = (project.fine("explain", f"natverk-2025-{one}", *today).out for one in (1, 2))
    assert "by itself" not in first + second
    assert "The cadence names Saturday 1 March." in first
    assert "1 day from the day that the cadence names" in second


def test_the_version_is_the_one_that_pyproject_states(tmp_path: Path) -> None:
    """It is stated in one place; a package that is run from its folder, not installed, has none."""
    project = Path(__file__).parents[2] / "pyproject.toml"
    stated = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
    run = Folder(tmp_path).fine("--version")
    assert run.out in {f"kultursam {stated}\n", "kultursam (not installed)\n"}
    assert not Path(tmp_path / "plans").exists()


# --- spans, names and nothing ------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["show 2025", "export 2025", "confirm 2025", "suggest natverk"])
def test_a_span_that_ends_before_it_begins_is_wrong_usage(tmp_path: Path, command: str) -> None:
    """It holds no day, so whoever wrote it meant another."""
    project = Folder(tmp_path)
    run = project.run(*command.split(), "--from", "2025-12-01", "--to", "2025-02-01")
    assert (run.code, run.out) == (2, "")
    assert "--to 2025-02-01" in run.err


def test_show_leaves_out_fixed_dates_of_other_days(tmp_path: Path) -> None:
    """Of a span, all that is shown lies in it."""
    dates = "dates: {budget: {name: Budgetbeslut, on: 06-17}}\nforums:"
    project = Folder(tmp_path, SMALL.replace("forums:", dates))
    project.fine(*PLAN)
    assert "Budgetbeslut" in project.fine("show", "2025").out
    assert "Budgetbeslut" in project.fine("show", "2025", "--from", "2025-06-17", "--to", "2025-06-17").out
    assert "Budgetbeslut" not in project.fine("show", "2025", "--to", "2025-06-16").out


def test_another_ending_of_the_forum_file_is_pointed_at(tmp_path: Path) -> None:
    """forums.yml is no forum file, and the example is not what its owner wants planned."""
    project = Folder(tmp_path, None)
    project.place("forums.yml").write_text(SMALL, encoding="utf-8")
    run = project.run("plan", "2025")
    assert (run.code, run.out) == (1, "")
    assert "forums.yml" in run.err
    assert "rename it to forums.yaml" in run.err
    assert not project.place("plans").exists()


def test_an_export_of_nothing_says_so(tmp_path: Path) -> None:
    """A file without a meeting is not to be imported."""
    project = Folder(tmp_path, ENGLISH)
    project.fine("plan", "2025", "--today", "2024-09-15")
    run = project.fine("export", "2025", "--since", "2024-12-01", "--output", "new.ics")
    assert "Nothing is new or changed" in run.err + run.out
    assert (
        "import it once" in (found := project.fine("export", "2025", "--output", "new.ics")).err + found.out
    )


def test_init_points_to_the_year_to_come(tmp_path: Path) -> None:
    """Whoever begins plans what has not been yet."""
    project = Folder(tmp_path, None)
    run = project.fine("init", env={"SOURCE_DATE_EPOCH": "1790000000"})  # in 2026
    assert "kultursam plan 2027 --file forums.yaml" in run.out
