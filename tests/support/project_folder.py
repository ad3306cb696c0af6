"""A project folder to run the command line in, as a user would, and what a run leaves there."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack, chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ics_profile import check, compare
from typer.main import get_command

from kultursam import atomic
from kultursam.cli import command_line
from kultursam.cli.commands import app

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "data" / "forums.yaml").read_text(encoding="utf-8")
SMALL = """
name: Kultur i Väst
language: sv
timezone: Europe/Stockholm
domain: kultur.example
organisations: {hylte: {name: Hylte kommun, short: Hylte}, laholm: {name: Laholms kommun}}
calendar: {country: SE}
defaults: {time: 09:00-12:00, weekdays: [tue, wed], deadlines: [{name: Kallelse, days_before: 14}]}
forums:
  natverk:
    name: Nätverket
    cadence: twice a year
    members: [{role: chef, from: [hylte, laholm]}]
    host: {rotate: [hylte, laholm]}
"""
"""Two meetings a year: the fewest files."""
COMMAND = get_command(app)
"""Put together once: it takes as long as a small plan."""
OWN = {".lock", ".checksum.json"}
UNSET = ("SOURCE_DATE_EPOCH", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS", "KULTURSAM_DEBUG")
"""What the tester's own shell may have set."""


@dataclass(frozen=True)
class Run:
    """What a run of the command line came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401 - a JSON document is anything
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def year(self) -> Any:  # noqa: ANN401 - likewise
        """The one plan of a JSON document: of commands that may be of several years it is a list."""
        document = self.document
        if not isinstance(document, list):
            return document
        (plan,) = document
        return plan


class _Unflushed(atomic.FileSystem):
    """No power is cut in a test, and the disk is slow."""

    def flush(self, path: Path) -> None:
        """Do nothing."""


class Folder:
    """A project folder, and somebody at the command line there."""

    def __init__(self, folder: Path, forums: str | None = SMALL) -> None:
        """Take an empty folder; give it a forum file."""
        self.folder = folder
        self.forum_file = folder / "forums.yaml"
        if forums is not None:
            self.write(forums)

    def write(self, forums: str) -> None:
        """Write the forum file anew."""
        self.forum_file.write_text(forums, encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        """Change the forum file in one place."""
        text = self.forum_file.read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        self.write(text.replace(old, new))

    def run(
        self, *arguments: str, env: Mapping[str, str] | None = None, inside: str = ".", newline: str = "\n"
    ) -> Run:
        """Run the command line within this process, on a system whose lines end in some way."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline=newline) for _ in range(2))
        with ExitStack() as stack:
            stack.enter_context(patch.dict(os.environ, env or {}))
            for name in UNSET:
                if name not in (env or {}):
                    os.environ.pop(name, None)
            if type(atomic.file_system) is atomic.FileSystem:
                stack.enter_context(patch.object(atomic, "file_system", _Unflushed()))
            stack.enter_context(patch.object(sys, "argv", ["kultursam", *arguments]))
            stack.enter_context(patch("kultursam.cli.commands.app", COMMAND))
            stack.enter_context(chdir(self.folder / inside))
            stack.enter_context(redirect_stdout(out))
            stack.enter_context(redirect_stderr(err))
            code = command_line()
        return Run(code, *(_said(stream) for stream in (out, err)))

    def fine(self, *arguments: str, env: Mapping[str, str] | None = None) -> Run:
        """Run the command line, which must succeed."""
        run = self.run(*arguments, env=env)
        assert run.code == 0, (arguments, run)
        return run

    def files(self) -> dict[str, bytes]:
        """Return every file that was written, by its path in the folder, but for the tool's own."""
        return {name: path.read_bytes() for name, path in self._written() if path.name not in OWN}

    def stamps(self) -> dict[str, int]:
        """Return the moment when each file was last written, but for the tool's own."""
        return {name: path.stat().st_mtime_ns for name, path in self._written() if path.name not in OWN}

    def _written(self) -> list[tuple[str, Path]]:
        paths = sorted(path for path in self.folder.rglob("*") if path.is_file() and path != self.forum_file)
        return [(path.relative_to(self.folder).as_posix(), path) for path in paths]

    def place(self, name: str) -> Path:
        """Return the path of a file in the folder."""
        return self.folder / name

    def plan(self, year: int) -> str:
        """Return the plan of record."""
        return (self.folder / "plans" / f"{year}.yaml").read_text(encoding="utf-8")

    def meetings(self, year: int) -> dict[str, dict[str, Any]]:
        """Return the meetings of a year as programs read them, by id."""
        data = (self.folder / "calendars" / str(year) / "meetings.json").read_bytes()
        return {one["id"]: one for one in json.loads(data)["meetings"]}


def _said(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


def faults(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    """Return what is wrong with calendars, by themselves or compared with those published before."""
    # What never held an entry may go: nobody has anything of it.
    kept = (name for name, data in before.items() if not name.endswith(".ics") or b"BEGIN:VEVENT" in data)
    found = [f"{name}: gone" for name in kept if name not in after]
    for name, data in after.items():
        if name.endswith(".ics"):
            found += [f"{name}: {fault}" for fault in check(data, feed="feeds/" in name)]
            found += [f"{name}: {fault}" for fault in compare(before.get(name, data), data)]
    return found
