"""The Tab key: ids and years are offered in every shell, quickly, and a broken file is never felt."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from project_folder import Folder

import kultursam

SOURCE = Path(kultursam.__file__).parents[1]
FORUMS = """
name: Kultur
timezone: Europe/Stockholm
domain: kultur.example
organisations: {hylte: {name: Hylte}, laholm: {name: Laholm}, halmstad: {name: Halmstad}}
groups: {alla: [hylte, laholm]}
defaults: {time: 09:00-12:00, members: [{role: chef, from: [alla]}]}
forums:
  natverk: {name: Nätverket, cadence: twice a year}
  grupp:
    name: Gruppen
    cadence: as needed
    members: [{role: ordförande, from: [alla]}, {role: chef, from: [alla]}, {role: ny ledamot, from: [hylte]}]
"""
COMMAND = "import sys; sys.argv[0] = 'kultursam'; from kultursam.cli import main; main()"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Plan two years; confirm one meeting and cancel another."""
    made = Folder(tmp_path_factory.mktemp("project"), FORUMS)
    made.fine("plan", "2025", "2026", "--today", "2024-09-01")
    made.fine("confirm", "natverk-2025-1", "--today", "2024-09-01")
    made.fine("cancel", "natverk-2026-2", "--reason", "Val", "--today", "2024-09-01")
    return made


def process(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a shell does that asks for completions."""
    return subprocess.run(
        [sys.executable, "-c", COMMAND],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def in_bash(folder: Path, line: str) -> list[str]:
    """Press Tab at the end of a line in bash; return what is offered."""
    at = line.count(" ")
    run = process(folder, _KULTURSAM_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(at))
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("explain ", "natverk-2025-1 natverk-2025-2 natverk-2026-1"),
        ("explain natverk-2026", "natverk-2026-1"),
        ("move ", "natverk-2025-1 natverk-2025-2 natverk-2026-1"),
        ("cancel n", "natverk-2025-1 natverk-2025-2 natverk-2026-1"),
        ("confirm ", "2025 2026 natverk-2025-2 natverk-2026-1"),
        ("confirm natverk-2025-2 natverk-2026", "natverk-2026-1"),
        ("plan ", "2025 2026"),
        ("plan 2025 ", "2025 2026"),
        ("show 20", "2025 2026"),
        ("export ", "2025 2026"),
        ("suggest ", "natverk grupp natverk-2025-1 natverk-2025-2 natverk-2026-1"),
        ("refresh g", "grupp"),
        ("restore ", "natverk-2026-2"),
        ("add g", "grupp"),
        ("show 2025 --forum ", "natverk grupp"),
        ("export 2025 --forum natverk --forum g", "grupp"),
        ("show 2025 --organisation ", "hylte laholm halmstad"),
        ("export 2025 --organisation ha", "halmstad"),
        ("suggest grupp --participants ", "hylte laholm halmstad alla"),
        ("move natverk-2025-2 2025-10-01 --host h", "hylte halmstad"),
        ("add grupp 2025-10-01 --host l", "laholm"),
        ("show 2025 --role ", "chef ordförande"),
        ("export 2025 --role o", "ordförande"),
        ("explain x", ""),
    ],
)
def test_ids_and_years_are_offered(project: Folder, line: str, offered: str) -> None:
    """Those that the command can do something with, that begin as what is typed."""
    assert in_bash(project.folder, f"kultursam {line}") == offered.split()


def test_other_shells_are_offered_the_same(project: Folder) -> None:
    """In the form that zsh and fish ask for."""
    asked = {"_TYPER_COMPLETE_ARGS": "kultursam add "}
    zsh = process(project.folder, _KULTURSAM_COMPLETE="complete_zsh", **asked)
    assert re.findall('"(.*?)"', zsh.stdout) == ["natverk", "grupp"]
    asked["_TYPER_COMPLETE_FISH_ACTION"] = "get-args"
    fish = process(project.folder, _KULTURSAM_COMPLETE="complete_fish", **asked)
    assert fish.stdout.split() == ["natverk", "grupp"]
    assert zsh.stderr == fish.stderr == ""


def test_the_project_is_found_as_ever(project: Folder, tmp_path: Path) -> None:
    """By `--file`, above the folder one is in, or in data/; without any, the example is offered."""
    elsewhere = f"kultursam add --file {project.forum_file} "
    assert in_bash(tmp_path, elsewhere) == ["natverk", "grupp"]
    assert in_bash(tmp_path, "kultursam suggest strat") == ["strategiskt-natverk"]
    assert in_bash(tmp_path, "kultursam explain ") == []
    inside = project.folder / "plans"
    assert in_bash(inside, "kultursam explain natverk-2025-2") == ["natverk-2025-2"]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "forums.yaml").write_text("forums: {here: {}}", encoding="utf-8")
    assert in_bash(tmp_path, "kultursam suggest ") == ["here"]


@pytest.mark.parametrize(
    ("data", "offered"),
    [
        (b"", []),
        (b"\xff\xfe\x00", []),
        (b"a\0b", []),
        (b"forums: natverk", []),
        (b"- forums", []),
        (b"forums:\n  natverk: {name: N\n  grupp: {}\n", ["natverk"]),
        (b"forums:\n  natverk: {}\n\tgrupp: {}\n", ["natverk"]),
        (
            b"forums:\n  natverk: &a {}\n  grupp: *a\n  [x]: y\n  ? {}\n  : z\n  sist: 1\n",
            ["natverk", "grupp", "sist"],
        ),
        (
            b'forums: {"\\e[2J": {}, "$(reboot)": {}, "a b": {}, R\xc3\x85D: {}, \xff: {}, grupp: {}}',
            ["grupp"],
        ),
        (b"forums: {" + b"a: {" * 5000, ["a"]),
    ],
)
def test_a_broken_forum_file_offers_what_can_be_read(tmp_path: Path, data: bytes, offered: list[str]) -> None:
    """Ids alone, whatever else stands there; no message, no exit code but 0."""
    (tmp_path / "forums.yaml").write_bytes(data)
    assert in_bash(tmp_path, "kultursam suggest ") == offered


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        (
            "defaults: {members: [{role: chef}]}\nforums: {a: {members: [{role: ledamot}, {role: chef}]}}",
            "chef ledamot",
        ),
        (
            "defaults: chef\nforums: {a: 1, b: {members: x}, c: {members: [x, {role: [x]}, {role: o}]}}",
            "o",
        ),
        ('forums: {a: {members: [{role: "$(reboot)"}, {role: "a;b"}, {role: "-x"}, {role: "två ord"}]}}', ""),
        ("forums: []", ""),
    ],
)
def test_roles_are_offered_that_are_one_word(tmp_path: Path, text: str, offered: str) -> None:
    """Each once, those of the defaults first; nothing that a shell would take for more than a word."""
    (tmp_path / "forums.yaml").write_text(text, encoding="utf-8")
    assert in_bash(tmp_path, "kultursam show --role ") == offered.split()


def test_broken_plans_are_left_out(project: Folder, tmp_path: Path) -> None:
    """A folder in place of a plan, bytes that are not text, a plan that was cut off, and other files."""
    plans = tmp_path / "plans"
    shutil.copytree(project.folder / "plans", plans)
    (tmp_path / "forums.yaml").write_text(FORUMS, encoding="utf-8")
    text = (plans / "2025.yaml").read_bytes()
    cut = text.index(b"status", text.index(b"natverk-2025-2"))
    (plans / "2025.yaml").write_bytes(b"\xff\xfe\n" + text[:cut])
    (plans / "notes.yaml").write_text("- id: note-1\n  status: proposed\n", encoding="utf-8")
    assert in_bash(tmp_path, "kultursam explain ") == ["natverk-2026-1"]
    (plans / "2027.yaml").mkdir()
    assert in_bash(tmp_path, "kultursam explain ") == ["natverk-2026-1"]


@pytest.mark.skipif(
    not hasattr(os, "openpty") or not shutil.which("bash"), reason="needs bash and a terminal"
)
def test_the_tab_key_in_a_terminal(project: Folder, tmp_path: Path) -> None:
    """Somebody types the beginning of a meeting's id in bash, presses Tab, and it is there."""
    program = tmp_path / "kultursam"
    program.write_text(f"#!{sys.executable}\n{COMMAND}\n", encoding="utf-8")
    program.chmod(0o755)
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    ours, theirs = os.openpty()
    with subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"],
        cwd=project.folder,
        env={**environment, "TERM": "dumb", "PS1": "> ", "INPUTRC": "/dev/null"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as shell:
        os.close(theirs)
        os.write(ours, b'eval "$(_KULTURSAM_COMPLETE=source_bash kultursam)"; echo rea""dy\n')
        seen = _until(ours, b"ready")
        os.write(ours, b"kultursam explain natverk-2026\t")
        seen = _until(ours, b"natverk-2026-1")
        shell.kill()
    os.close(ours)
    assert b"natverk-2026-1" in seen


def _until(terminal: int, text: bytes, patience: float = 30) -> bytes:
    """Read a terminal until a text is there, or for so many seconds."""
    seen, end = b"", time.monotonic() + patience
    while text not in seen and select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
        seen += os.read(terminal, 4096)
    return seen
