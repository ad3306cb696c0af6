"""People and mail from outside: who is known stays in two places, and nothing goes online unless asked."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from project_folder import Folder
from smtp_server import HOST, Post, post_office

import kultursam

PEOPLE = """
organiser: {name: Kultur i Väst, email: moten@kultur.example}
people:
  - {role: chef, at: hylte, name: Zelda Qwist, email: zelda.qwist@hylte.example}
  - {role: chef, at: laholm, name: Åsa Xylander, email: asa.xylander@laholm.example}
"""
PRIVATE = ("zelda", "qwist", "xylander", "åsa", "\\u00e5sa", "asa.", "moten@", "kultur.example>")
ANSWERS = b"From x\nFrom: asa.xylander@laholm.example\nSubject: Hej\n\nHej\n"
PLAN = ("plan", "2025", "--today", "2024-09-02")
TODAY = ("--today", "2024-09-02")


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project with people, a plan whose meetings are confirmed, and a mailbox."""
    folder = Folder(tmp_path)
    (tmp_path / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    folder.fine(*PLAN)
    folder.fine("confirm", "2025", *TODAY)
    (tmp_path / "answers.mbox").write_bytes(ANSWERS)
    return folder


def servers(folder: Folder, port: int) -> None:
    """Name a server for all mail, and a command that tells that it was run."""
    run = json.dumps([sys.executable, "-c", "open('secret-was-read', 'w'); print('x')"])
    keys = f'host = "{HOST}"\nport = {port}\nsecurity = "none"\n'
    login = f'auth = "password"\nuser = "x"\ncommand = {run}\n'
    (folder.folder / "mail.toml").write_text(f"[smtp]\n{keys}[imap]\n{keys}{login}", encoding="utf-8")


OFFLINE = [
    PLAN,
    ("plan", "2026", *TODAY, "--dry-run"),
    (*PLAN, "--quiet"),
    ("publish",),
    ("show", "2025"),
    ("show", "2025", "--format", "csv"),
    ("show", "2025", "--json"),
    ("explain", "natverk-2025-1"),
    ("explain", "natverk-2025-1", "--instead", "2025-04-02"),
    ("suggest", "natverk", *TODAY),
    ("export", "2025"),
    ("check", *TODAY),
    ("check", "--json", *TODAY),
    ("people", *TODAY),
    ("people", "--json", *TODAY),
    ("people", "check", *TODAY),
    ("invite", "2025", *TODAY),
    ("invite", "2025", "--json", *TODAY),
    ("replies", "2025", *TODAY),
    ("replies", "2025", "--mbox", "answers.mbox", *TODAY),
    ("people", "forget", "zelda.qwist@hylte.example", *TODAY),
]
"""Commands that need no network, and print nobody's name."""


def private(text: str) -> list[str]:
    """Return the private words that a text holds, however they are written."""
    return [word for word in PRIVATE if word in text.casefold()]


# --- who is listed ------------------------------------------------------------------------------------


def test_people_are_counted(project: Folder) -> None:
    """In words and for programs."""
    assert project.fine("people", *TODAY).out == "Personer: 2 (inbjudningar 2)\nI sina roller i dag: 2\n"
    found = project.fine("people", "--json", *TODAY).document
    assert found["send"] == {"invitations": 2, "digest": 0, "nothing": 0}
    assert (found["persons"], found["in_office"], found["members_without_person"]) == (2, 2, 0)


def test_who_is_missing_is_told_by_the_exit_code_too(project: Folder) -> None:
    """A tip is nothing to put right."""
    run = project.fine("people", "check", *TODAY)
    assert run.out == "people.yaml: 2 personer, inget saknas\n"
    _rewrite(project, "asa.xylander@laholm.example}", "asa.xylander@laholm.example, to: 2025-06-30}")
    run = project.run("people", "check", *TODAY)
    assert (run.code, run.err) == (
        1,
        "people.yaml: warning: ingen person har rollen chef vid laholm från och med 2025-07-01\n",
    )
    codes = [one["code"] for one in project.run("people", "check", "--json", *TODAY).document["problems"]]
    assert codes == ["member-without-person"]
    _rewrite(project, "  - {role: chef, at: laholm", "  - {role: chef, at: hylte")
    assert "people.yaml:5: tip:" in project.run("people", "check", *TODAY).err


def _rewrite(project: Folder, old: str, new: str) -> None:
    path = project.folder / "people.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_check_reads_people_and_mail_too(project: Folder) -> None:
    """Planning does not: what is wrong with them is nothing to it."""
    servers(project, 25)
    assert project.run("check", *TODAY).code == 0
    _rewrite(project, "at: hylte", "at: hilte")
    with (project.folder / "mail.toml").open("a", encoding="utf-8") as file:
        file.write('password = "xylander"\n')
    run = project.run("check", *TODAY)
    assert run.code == 1
    assert re.findall(r"^(people.yaml:4|mail.toml:12):", run.err, re.MULTILINE) == [
        "people.yaml:4",
        "mail.toml:12",
    ]
    assert private(run.err) == []
    assert project.fine(*PLAN).err == ""
    assert project.run("invite", *TODAY).code == 1


@pytest.mark.parametrize(
    "arguments", [("forget",), ("check", "x@y.example"), ("forget", "nobody"), ("other",)]
)
def test_wrong_usage(project: Folder, arguments: tuple[str, ...]) -> None:
    """An address goes with forget alone."""
    assert project.run("people", *arguments).code == 2


# --- what stays where -----------------------------------------------------------------------------------


def test_names_and_addresses_are_in_two_places_alone(project: Folder) -> None:
    """Not in what is printed by any command, be something wrong or not; nor in any other file."""
    servers(project, 25)
    with post_office() as post:
        servers(project, post.port)
        sent = project.fine("invite", "2025", "--send", *TODAY)
        assert len(post.taken) == 4
    runs = [sent, *(project.run(*arguments) for arguments in OFFLINE)]
    _rewrite(project, "at: hylte", "at: hilte")
    runs += [project.run(*arguments) for arguments in OFFLINE]
    told = "".join(f"{run.out}{run.err}" for run in runs)
    assert private(told) == []
    assert {run.code for run in runs} == {0, 1}
    places = {name: private(data.decode(errors="replace")) for name, data in project.files().items()}
    known = {"people.yaml", "answers.mbox", "outbox/2025.jsonl"}
    assert {name for name, words in places.items() if words} == known
    assert places["calendars/index.html"] == []


@pytest.mark.parametrize("place", ["people.yaml", "mail.toml", "outbox/2025.jsonl", "outbox/x/y"])
def test_what_is_private_is_not_written_over(project: Folder, place: str) -> None:
    """By a proof, say, that somebody asks for there."""
    before = project.files()
    run = project.run("plan", "2025", "--replan", "--certificate", place, *TODAY)
    assert run.code == 1
    assert project.files() == before


def test_one_who_is_forgotten_leaves_the_outbox(project: Folder) -> None:
    """Whole, what a killed run left beside it as well; who else is there stays."""
    with post_office() as post:
        servers(project, post.port)
        project.fine("invite", "2025", "--send", *TODAY)
    outbox = project.folder / "outbox"
    (outbox / ".2024.jsonl.tmp").write_bytes((outbox / "2025.jsonl").read_bytes())
    run = project.fine("people", "forget", "Zelda.Qwist@Hylte.example", *TODAY)
    assert run.out == "Borttaget ur utkorgen: 2\n"
    assert "people.yaml:4: warning:" in run.err
    left = b"".join(path.read_bytes() for path in outbox.iterdir()).decode().casefold()
    assert "qwist" not in left
    assert "asa.xylander@laholm.example" in left
    again = project.fine("people", "forget", "zelda.qwist@hylte.example", "--json", *TODAY).document
    assert again["forgotten"] == 0


def test_addresses_leave_the_outbox_after_ninety_days(project: Folder) -> None:
    """Also that of a year that is over, which nobody is invited to any more."""
    plan = project.fine("show", "2025", "--json").document
    last = max(date.fromisoformat(meeting["date"]) for meeting in plan["meetings"])
    project.fine("plan", "2026", *TODAY)
    with post_office() as post:
        servers(project, post.port)
        project.fine("invite", "2025", "--send", *TODAY)
        for days, held in ((90, True), (91, False)):
            today = (last + timedelta(days)).isoformat()
            project.fine("invite", "2026", "--send", "--today", today)
            text = (project.folder / "outbox" / "2025.jsonl").read_text(encoding="utf-8")
            assert (text.count("xylander") > 0) == held
    assert "natverk-2025-1" in text


# --- the network ----------------------------------------------------------------------------------------

WATCH = """
import os, sys

def watch(event, arguments):
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple):
            note(f"connect {address[1]}")
    elif event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"}:
        note(event)
    elif event in {"os.system", "os.exec", "os.posix_spawn", "subprocess.Popen"}:
        if "multiprocessing" not in str(arguments):
            note(event)

def note(text):
    os.write(LOG, text.encode() + b"\\n")

LOG = os.open(os.environ["WATCHED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
sys.addaudithook(watch)
"""
"""What every Python of a run begins with, those that it starts included."""


def watched(project: Folder, arguments: tuple[str, ...]) -> tuple[int, list[str]]:
    """Return how a run of the command line ends, and where it reached out."""
    hooks = project.folder.with_name(f"{project.folder.name}-hooks")
    hooks.mkdir(exist_ok=True)
    (hooks / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    (hooks / "log").write_bytes(b"")
    paths = f"{hooks}{os.pathsep}{Path(kultursam.__file__).parents[1]}"
    done = subprocess.run(
        [sys.executable, "-m", "kultursam", *arguments],
        cwd=project.folder,
        env={**os.environ, "PYTHONPATH": paths, "WATCHED": str(hooks / "log")},
        capture_output=True,
        check=False,
    )
    return done.returncode, (hooks / "log").read_text(encoding="utf-8").split("\n")[:-1]


@pytest.fixture
def post() -> Iterator[Post]:
    """Yield a server that takes mail."""
    with post_office() as post:
        yield post


@pytest.mark.slow
def test_nothing_goes_online_unless_asked(project: Folder, post: Post) -> None:
    """Nor does it read a secret: no command but those that send, or read a server's mailbox."""
    servers(project, post.port)
    for arguments in (*OFFLINE, ("invite", "2025", "--write", "mails", *TODAY)):
        code, reached = watched(project, arguments)
        assert (code, reached) == (0, []), arguments
    assert not (project.folder / "secret-was-read").exists()
    assert post.connections == 0


@pytest.mark.slow
def test_the_watch_sees_what_it_is_to_see(project: Folder, post: Post) -> None:
    """What sends does reach the server, and what reads a server's mailbox reads the secret."""
    servers(project, post.port)
    code, reached = watched(project, ("invite", "2025", "--send", *TODAY))
    assert (code, f"connect {post.port}" in reached) == (0, True)
    assert len(post.taken) == 4
    _, reached = watched(project, ("replies", "2025", "--imap", *TODAY))
    assert {"subprocess.Popen", f"connect {post.port}"} <= {*reached}
    assert (project.folder / "secret-was-read").exists()
