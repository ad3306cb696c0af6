"""What a user, a cron job or a subscriber sees of a project: what a run tells, and what was published."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ics_profile import read, text
from project_folder import ROOT, SMALL, Folder, Run

ENGLISH = SMALL.replace("language: sv", "language: en").replace("Kallelse", "Summons")
"""Two meetings a year, in English, so that what is said can be read here."""
PLAN = ("plan", "2025", "--today", "2024-09-15")
BEFORE = ("--today", "2024-09-15")
"""Before the year that most tests plan."""
SUMMER = ("--today", "2025-06-16")
"""After the first meeting of that year and before the second."""
COLOUR = re.compile(rb"COLOR:.*\r\n")
EVENT = re.compile(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", re.DOTALL)
ADDED = re.compile(r"[a-z0-9-]+-\d{4}-x[a-z]{4}")
"""The id of a meeting that somebody added."""


def head(*, organisations: Iterable[str] = ("hylte", "laholm"), more: str = "") -> str:
    """Return a forum file in English up to its forums."""
    named = ", ".join(f"{key}: {{name: {key.title()} council}}" for key in organisations)
    return (
        "name: Culture office\nlanguage: en\ntimezone: Europe/Stockholm\ndomain: kultur.example\n"
        f"organisations: {{{named}}}\n{more}calendar: {{country: SE}}\n"
        "defaults: {time: 09:00-12:00, weekdays: [tue, wed], spacing: {min_days: 7}}\nforums:\n"
    )


def forum(key: str, cadence: str, *more: str, organisation: str = "hylte") -> str:
    """Return a forum of a forum file, a key a line, with members that no other forum has."""
    lines = (f"name: The {key}", f"cadence: {cadence}", *more)
    member = f"members: [{{role: {key} member, from: [{organisation}]}}]"
    return f"  {key}:\n" + "".join(f"    {line}\n" for line in (*lines, member))


def closed(days: Iterable[str], *, name: str = "Closure", forums: Iterable[str] = ()) -> str:
    """Return settings of the calendar that close single days, for all forums or some."""
    touched = f", for_forums: [{', '.join(forums)}]" if forums else ""
    periods = ", ".join(f"{{name: {name}, from: {day}, to: {day}{touched}}}" for day in days)
    return f"calendar: {{country: SE, periods: [{periods}]}}"


def cron(
    folder: Path,
    *arguments: str,
    umask: int = -1,
    env: Mapping[str, str] | None = None,
    program: Iterable[str] = ("-m", "kultursam"),
) -> Run:
    """Run the command line in a process of its own, with next to nothing in its environment."""
    done = subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=folder,
        env=environment(**(env or {})),
        umask=umask,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=120,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def environment(**more: str) -> dict[str, str]:
    """Return what a process of its own needs: as bare as that of a cron job."""
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
    return {"PATH": os.defpath, "PYTHONPATH": str(ROOT / "src"), "HOME": "/nonexistent", **measured, **more}


# --- what a run tells ----------------------------------------------------------------------------------


def told(run: Run) -> str:
    """Return everything that a run printed."""
    return run.out + run.err


def documents(run: Run) -> list[dict[str, Any]]:
    """Return the years of a JSON document, be it a list of them or one."""
    document = run.document
    return document if isinstance(document, list) else [document]


def changes(run: Run) -> dict[str, tuple[str, str | None, str | None]]:
    """Return what a run with --json says has changed: kind, old and new by meeting."""
    return {
        change["meeting"]: (change["kind"], change["from"], change["to"])
        for document in documents(run)
        for change in document["changes"]
    }


def errors(run: Run) -> list[dict[str, Any]]:
    """Return the errors of a run with --json."""
    return [
        problem
        for document in documents(run)
        for problem in document["problems"]
        if problem["severity"] == "error"
    ]


def names_day(said: str, day: str) -> bool:
    """Return whether a text in English names a day, in figures or as people write it."""
    when = date.fromisoformat(day)
    return day in said or bool(re.search(rf"\b{when.day} {when:%b}", said))


def names_meeting(said: str, meeting: Mapping[str, Any]) -> bool:
    """Return whether a text names a meeting: by its id, or by its forum's name and its day."""
    key = re.search(rf"\b{meeting['id']}(?![\w-])", said)
    return bool(key) or (meeting["forum_name"] in said and names_day(said, meeting["date"]))


# --- what was published and decided --------------------------------------------------------------------


def feed(folder: Folder, name: str = "all") -> dict[str, dict[str, str]]:
    """Return the events of a feed; see `events`."""
    return events(folder.place(f"calendars/feeds/{name}.ics").read_bytes())


def events(data: bytes) -> dict[str, dict[str, str]]:
    """Return a calendar's events, by the first part of their UIDs: each property as people read it."""
    found = {}
    for event in read(data).inner("VEVENT"):
        found[event.value("UID").partition("@")[0]] = {line.name: text(line.value) for line in event.lines}
    return found


def raw(folder: Folder, name: str = "all") -> dict[str, bytes]:
    """Return the events of a feed, by the first part of their UIDs: byte by byte but for the colour.

    Forums have colours in the order of the file: another forum's coming or going may change them.
    """
    data = COLOUR.sub(b"", folder.place(f"calendars/feeds/{name}.ics").read_bytes())
    return {read_uid(part): part for part in EVENT.findall(data)}


def read_uid(event: bytes) -> str:
    """Return the first part of an event's UID."""
    found = re.search(rb"\r\nUID:([^@]+)@", event)
    assert found
    return found[1].decode()


def decided(folder: Folder) -> dict[str, tuple[str, str]]:
    """Return the start and end of every confirmed meeting in the calendar of everything."""
    return {
        key: (event["DTSTART"], event["DTEND"])
        for key, event in feed(folder).items()
        if event["STATUS"] == "CONFIRMED"
    }


def in_time(folder: Folder, forum_id: str, year: int = 2025) -> list[dict[str, Any]]:
    """Return the meetings of a forum in a year as programs read them, in the order of time."""
    mine = [meeting for meeting in folder.meetings(year).values() if meeting["forum"] == forum_id]
    return sorted(mine, key=lambda meeting: str(meeting["date"]))


def later(day: str, days: int) -> str:
    """Return the day so many days after another."""
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def calendars(folder: Folder) -> dict[str, bytes]:
    """Return every file that is published."""
    return {name: data for name, data in folder.files().items() if name.startswith("calendars/")}


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found += [value for name, value in attrs if name in {"href", "src"} and value]


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._skipped = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._skipped = tag in {"style", "script"}

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._skipped = False

    def handle_data(self, data: str) -> None:
        self.found += [] if self._skipped else [data]


def visible(page: Path) -> str:
    """Return what people read of a page."""
    words = _Words()
    words.feed(page.read_text(encoding="utf-8"))
    return " ".join(words.found)


def broken_links(published: Path, address: str | None = None) -> list[str]:
    """Return every link of pages and calendars to a file of the published folder that is not there.

    `address` is where the folder lies on the web.
    """
    lost = []
    for path in sorted(published.rglob("*")):
        for link in _links(path):
            place = _place(link, path, published, address)
            if place is not None and not place.is_file():
                lost.append(f"{path.relative_to(published)}: {link}")
    return lost


def _links(path: Path) -> list[str]:
    if path.suffix == ".html":
        links = _Links()
        links.feed(path.read_text(encoding="utf-8"))
        return links.found
    if path.suffix == ".ics":
        return [event.value("URL") for event in read(path.read_bytes()).inner("VEVENT") if event.value("URL")]
    return []


def _place(link: str, path: Path, published: Path, address: str | None) -> Path | None:
    parts = urlsplit(link)
    if address is not None and link.startswith(f"{address}/"):
        return published / unquote(urlsplit(link.removeprefix(f"{address}/")).path)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    return path.parent / unquote(parts.path)


def modes(folder: Path) -> dict[str, int]:
    """Return the permissions of a folder and of everything in it, other than files 0644 and folders 0755."""
    found = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode != (0o755 if path.is_dir() else 0o644):
            found[str(path.relative_to(folder))] = mode
    return found


def hidden(folder: Path) -> list[str]:
    """Return the files in a folder that are nobody's but the program's."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob(".*"))
