"""In a terminal no word is broken; anywhere else no line is."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from project_folder import EXAMPLE, Folder
from project_life import environment

from kultursam.cli.terminal import in_quotes

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
TODAY = ("--today", "2024-09-15")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
WIDTH = 80


def in_terminal(folder: Path, *arguments: str, width: int = WIDTH) -> str:
    """Return all that a command prints in a terminal of some width, without colours."""
    import termios  # Windows has none

    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (25, width))
    parts: list[bytes] = []

    def listen() -> None:
        # Linux tells by an error that nobody holds the other end any more.
        try:
            while part := os.read(ours, 65536):
                parts.append(part)
        except OSError:
            pass

    listener = Thread(target=listen)
    listener.start()
    env = environment(TERM="xterm-256color", PYTHONIOENCODING="utf-8")
    subprocess.run(
        [sys.executable, "-m", "kultursam", *arguments],
        cwd=folder,
        env=env,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        check=False,
        timeout=120,
    )
    os.close(theirs)
    listener.join()
    os.close(ours)
    return ESCAPES.sub("", b"".join(parts).decode()).replace("\r\n", "\n")


def prepared(folder: Path) -> Folder:
    """Return the example in a folder, planned, some of it confirmed."""
    project = Folder(folder, EXAMPLE)
    project.fine("plan", "2025", *TODAY)
    project.fine("confirm", "samrad-kulturskapare-2025-1", "overenskommelsen-2025-1", *TODAY)
    return project


COMMANDS = [
    "cancel samrad-kulturskapare-2025-2 --dry-run --reason Too_few",
    "cancel samrad-kulturskapare-2025-2 --reason Too_few",
    "add operativ-grupp 2025-03-04 --dry-run",
    "move bibliotekschefsgruppen-2025-3 2025-05-14",
    "suggest strategiskt-natverk --from 2025-07-01 --to 2025-07-31",
    "suggest operativ-grupp --from 2025-04-01 --to 2025-04-30",
    "explain kulturpolitiskt-samverkansmote-2025-1",
    "explain bibliotekschefsgruppen-2025-3 --instead 2025-05-22",
    "plan 2025",
    "plan 2025 --replan --dry-run --quiet",
    "check",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_word_is_broken(tmp_path: Path, command: str) -> None:
    """Sentences and tables say in 80 columns no other words than in a pipe, and leave no line to be broken.

    A line of the forum file below a message, and one to copy, stay whole.
    """
    project = prepared(tmp_path)
    kept = project.files()
    run = project.run(*command.split(), *TODAY)
    for name, data in kept.items():
        project.place(name).write_bytes(data)
    shown = in_terminal(tmp_path, *command.split(), *TODAY)
    assert Counter(shown.split()) - Counter((run.out + run.err).split()) == Counter()
    lines = [line for line in shown.splitlines() if " | " not in line and not line.startswith("kultursam ")]
    assert [line for line in lines if len(line) > WIDTH] == []


def test_a_refusal_is_broken_at_spaces(tmp_path: Path) -> None:
    """What the brake says of each meeting is long; the file's own lines stay as they are."""
    project = prepared(tmp_path)
    project.edit("  samrad-kulturskapare:\n", "  samrad:\n")
    run = project.run("plan", "2025", *TODAY)
    shown = in_terminal(tmp_path, "plan", "2025", *TODAY)
    assert shown.split() == run.err.split()
    assert max(map(len, run.err.splitlines())) > WIDTH
    assert max(len(line) for line in shown.splitlines() if " | " not in line) <= WIDTH


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_a_terminal_gets_no_file_that_is_no_text(tmp_path: Path, kind: str) -> None:
    """It is told how to name one."""
    project = prepared(tmp_path)
    shown = in_terminal(project.folder, "export", "2025", "--format", kind)
    assert "--output FILE" in " ".join(shown.split())
    assert "PK\x03" not in shown
    assert "%PDF" not in shown


def test_a_terminal_gets_a_poll_without_a_mark(tmp_path: Path) -> None:
    """The byte order mark that spreadsheets want is in a file alone."""
    Folder(tmp_path, EXAMPLE)
    assert (
        in_terminal(tmp_path, "suggest", "operativ-grupp", "--format", "poll", "--quiet", *TODAY)[:6]
        == "datum;"
    )


@pytest.mark.parametrize(
    ("word", "posix", "windows"),
    [
        ("list.csv", "list.csv", "list.csv"),
        ("en lista.csv", '"en lista.csv"', '"en lista.csv"'),
        (r"C:\Ny\l.csv", r"'C:\Ny\l.csv'", r"C:\Ny\l.csv"),
        (r"C:\Ny mapp\l.csv", r"'C:\Ny mapp\l.csv'", r'"C:\Ny mapp\l.csv"'),
        ("a&b.csv", '"a&b.csv"', '"a&b.csv"'),
        ("$HOME", "'$HOME'", "'$HOME'"),
        ("", '""', '""'),
    ],
)
def test_words_are_quoted_for_the_shell(word: str, posix: str, windows: str) -> None:
    """As each system's shells take them."""
    assert (in_quotes(word, "posix"), in_quotes(word, "nt")) == (posix, windows)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_a_shell_reads_the_word_again(word: str) -> None:
    """Whatever is in it."""
    assert shlex.split(in_quotes(word, "posix")) == [word]
