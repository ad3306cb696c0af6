"""Damaged files and odd command lines: the product may refuse them, but nothing it is given may break it.

A trial is named by its kind and number, and is the same every time: `fuzz.py --minutes 10` makes
new ones for a while, `fuzz.py plan 1234` makes one again and says what was found.
"""

from __future__ import annotations

import argparse
import atexit
import json
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

if __name__ == "__main__":
    TESTS = Path(__file__).parents[1]
    sys.path[:0] = [str(TESTS.parent / "src"), str(TESTS / "support"), str(TESTS / "oracle")]

from project_folder import COMMAND, EXAMPLE, ROOT, SMALL, Folder, Run, faults
from workbooks import xlsx

from kultursam.fetch.trimming import NotACalendarError, trimmed

CODES = {0, 1, 2}
"""Fine, something needs attention, wrong usage. No other run holds the lock here, so 75 would be a fault."""
DEBUG = {"KULTURSAM_DEBUG": "1"}
TODAY = ("--today", "2024-09-15")
PLAN = ("plan", "2025", *TODAY)
SECONDS, BYTES = 60, 4 * 2**30
"""What one trial may take at the command line of this module."""
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What could steer a terminal, or hide what a text says."""

BUSY = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//council//EN\r
X-WR-TIMEZONE:Europe/Stockholm\r
BEGIN:VTIMEZONE\r
TZID:Own\r
BEGIN:STANDARD\r
DTSTART:19701025T030000\r
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:19700329T020000\r
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
END:DAYLIGHT\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
UID:1\r
DTSTAMP:20240101T000000Z\r
DTSTART;TZID=Own:20240110T090000\r
DTEND;TZID=Own:20240110T120000\r
RRULE:FREQ=MONTHLY;BYDAY=2WE;COUNT=40\r
EXDATE;TZID=Own:20250514T090000\r
RDATE;TZID=Own:20250515T090000\r
SUMMARY:Council\\, open\r
LOCATION:Town\\nhall\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:1\r
RECURRENCE-ID;TZID=Own:20250409T090000\r
DTSTART;TZID=Own:20250410T100000\r
DURATION:PT2H\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2\r
DTSTART;VALUE=DATE:20250630\r
DTEND;VALUE=DATE:20250801\r
TRANSP:OPAQUE\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:3\r
DTSTART:20250303T080000Z\r
RRULE:FREQ=WEEKLY;UNTIL=20250630T000000Z\r
END:VEVENT\r
END:VCALENDAR\r
"""
HEAD = SMALL.replace("{country: SE}", "{country: SE, busy: [{name: Råd, file: sub/rad.ics}]}")
SCALARS = [
    *("", "0", "1", "-1", "2", "53", "54", "99999", "9" * 30, "1e309", "NaN", ".inf", "0x1f", "010", "٣"),
    *("2025-02-29", "2025-02-28", "0001-01-01", "1900-01-01", "2299-12-31", "9999-12-31", "02-29", "12-31"),
    *("24:00-25:00", "23:59-00:00", "00:00-23:59", "09:00-09:01", "09:00", "1-53", "53-1", "53", "0-400"),
    *("../../x", "..", ".", "/etc/passwd", "/dev/zero", "sub", "sub/rad.ics", "a" * 65, "a" * 999, "con"),
    *("å", "\u202eabc", "e\u0301" * 90, "🎭", "\ud800", "\x1b[2J", "\u2028", "\ufeff", "a\nb", "\t", "a\0b"),
    *("<script>alert(1)</script>", "]]>", "&amp;", "=cmd|' /C calc'!A0", "{x}", "{0}", "%s", "%n", "[/x]"),
    *("weekly", "daily", "quarterly", "53 times a year", "external", "as needed", "once a year", "monthly"),
    *("RRULE:FREQ=YEARLY", "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY;INTERVAL=9999", "RRULE:FREQ=SECONDLY"),
    *("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "RRULE:FREQ=MONTHLY;BYDAY=5FR;BYSETPOS=-1", "RRULE:"),
    *("RRULE:FREQ=YEARLY;COUNT=0", "RRULE:FREQ=YEARLY;UNTIL=99991231", "RRULE:FREQ=YEARLY;BYEASTER=0"),
    *("Africa/Casablanca", "Antarctica/Troll", "Asia/Kathmandu", "UTC", "../etc/localtime", "Europe"),
    *("SE", "XX", "US-CA", "GB-ENG", "DE", "must", "should", "prefer", "sv", "en", "fi", "true", "no"),
    *("mon", "sun", "sat", "chef", "hylte", "laholm", "natverk", "all", "deadlines", "javascript:alert(1)"),
    *("https://x/\"onclick='", "a@b", "a b@c", "P99999999W", "1d", "99999d", "-1d"),
]  # fmt: skip
LINES = [
    *("RRULE:FREQ=DAILY", "RRULE:FREQ=DAILY;UNTIL=99991231T235959Z", "RRULE:FREQ=YEARLY;BYDAY=53MO"),
    *("RRULE:FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2", "RRULE:FREQ=YEARLY;INTERVAL=99999999999999999999"),
    *("RRULE:FREQ=DAILY;COUNT=-1", "RRULE:FREQ=DAILY;COUNT=0", "RRULE:FREQ=DAILY;COUNT=999999999", "RRULE:"),
    *("RRULE:FREQ=DAILY;INTERVAL=x", "RRULE:COUNT=3", "EXRULE:FREQ=DAILY", "EXDATE:20250101T000000Z,x"),
    *("RDATE:20250101,20250102", "RDATE;VALUE=PERIOD:20250303T080000Z/PT5H,20250304T080000Z/P9999D"),
    *("RDATE;VALUE=DATE:00010101", "DURATION:P99999999W", "DURATION:-PT1H", "DURATION:P", "DURATION:PT0S"),
    *("DTEND:20250101T000000Z", "DTEND;VALUE=DATE:20250101", "DTEND:99991231T235959Z"),
    *("DTSTART;VALUE=DATE:99991231", "DTSTART;TZID=Nowhere/X:20250303T080000", "DTSTART:00010101T000000Z"),
    *("DTSTART:20250303", "DTSTART;TZID=:20250303T080000", "DTSTART;VALUE=TEXT:x"),
    *("DTSTART:18000101T000000", "DTSTART;TZID=Europe/Stockholm:00010101T000000", "RECURRENCE-ID:20250409"),
    *("RECURRENCE-ID;RANGE=THISANDFUTURE:20250409T070000Z", "SEQUENCE:x", "SEQUENCE:99999999999999999999"),
    *("X-WR-TIMEZONE:Nowhere", "X-WR-TIMEZONE:", "TZOFFSETTO:+9999", "TZOFFSETFROM:x", "TZOFFSETTO:+0100"),
    *("BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM", "BEGIN:VCALENDAR", "END:VCALENDAR"),
    *("BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:X", "BEGIN:", "END:", "TRANSP:", "UID:", "UID:1"),
    *("BEGIN:VFREEBUSY", "FREEBUSY:20250303T080000Z/PT5H,x", "METHOD:CANCEL", "TZID:Own"),
    *("DTSTART;TZID=(UTC+01:00) Paris:20250303T080000", "DTSTART;VALUE=DATE;TZID=X:20250303"),
    *("RRULE:FREQ=WEEKLY;X-A=1;UNTIL=20250401", "RRULE:RSCALE=HEBREW", "EXDATE;VALUE=DATE:20250409"),
    *("LOCATION:\x1b[2J", 'LOCATION;X="', "LOCATION:" + "x" * 3000, ";:", ":", " ", "\t", "CALSCALE:HEBREW"),
]  # fmt: skip


class Folders(Folder):
    """A project folder in a folder with things of others, and what was wrong with the runs in it."""

    def __init__(self, around: Path, forums: str) -> None:
        """Make the folders, a forum file and a calendar of another body."""
        self.around = around
        self.found: list[str] = []
        project = around / "project"
        (project / "sub").mkdir(parents=True)
        (project / "sub" / "rad.ics").write_bytes(BUSY.encode())
        (around / "outside.yaml").write_text("mine\n", encoding="utf-8")
        super().__init__(project, forums)
        self.ours = [project / "plans", project / "calendars", self.forum_file]
        self.outside = self._outside()

    def write(self, forums: str) -> None:
        """Write the forum file anew, be it text or not."""
        self.forum_file.write_bytes(forums.encode("utf-8", "surrogatepass"))

    def try_(self, *arguments: str, **env: str) -> Run | None:
        """Run the command line and take note of what must not be; none if it could not even end."""
        before = self.files()
        try:
            run = self.run(*arguments, env={**DEBUG, **env})
        except Exception as error:  # noqa: BLE001 - whatever comes through is a fault
            self.note(arguments, "".join(traceback.format_exception(error)))
            return None
        if run.code not in CODES:
            self.note(arguments, f"exit {run.code}\n{run.err}")
        if any(word in run.err for word in ("Traceback", "KULTURSAM_DEBUG", "Warning: ")):
            self.note(arguments, run.err)
        # What export writes is a calendar for programs, and wrong usage is told in the words that were typed.
        if arguments[0] != "export" and run.code != 2 and (controls := CONTROLS.search(run.out + run.err)):
            self.note(arguments, f"says {controls[0]!r}: {run.out}{run.err}")
        if self._outside() != self.outside:
            self.note(arguments, "something outside plans/ and calendars/ was changed")
        if run.code == 2 and self.files() != before:
            self.note(arguments, "wrong usage, and yet something was written")
        return run

    def refuses(self, *arguments: str) -> None:
        """See that a command exits 1 and writes nothing."""
        before = self.files()
        run = self.try_(*arguments)
        if run is None or run.code != 1 or self.files() != before:
            self.note(arguments, f"is to be refused: {run}")

    def settles(self) -> None:
        """See that a year that was planned is well-formed and stays as it is."""
        calendars = {name: data for name, data in self.files().items() if name.startswith("calendars")}
        if told := faults({}, calendars):
            self.note(("calendars",), "\n".join(told[:9]))
        run = self.try_(*PLAN, "--check")
        if run is None or run.code:
            self.note(PLAN, f"does not settle: {run}")

    def note(self, arguments: Sequence[str], text: str) -> None:
        """Take note of a fault."""
        self.found.append(f"{' '.join(arguments)!a}: {text}")

    def _outside(self) -> dict[str, bytes | None]:
        return {
            str(path): path.read_bytes() if path.is_file() and path.name != "forums.yaml" else None
            for path in self.around.rglob("*")
            if not any(path == one or one in path.parents for one in self.ours)
        }


# --- damage -----------------------------------------------------------------------------------------


def damaged(chance: random.Random, data: bytes, pieces: Sequence[str]) -> bytes:
    """Change a text in a few places: bytes, lines, what stands after a colon, its end."""
    for _ in range(chance.randint(1, 4)):
        lines = data.split(b"\n")
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        piece = chance.choice(pieces).encode("utf-8", "surrogatepass")
        what = chance.randrange(8)
        if what == 0:
            lines[at] = piece
        elif what == 1:
            lines.insert(at, lines[other])
        elif what == 2:
            lines[at], lines[other] = lines[other], lines[at]
        elif what == 3:
            del lines[at : at + chance.choice((1, 1, 2, 5))]
        elif what == 4:
            key, colon, _ = lines[at].partition(b":")
            lines[at] = key + colon + b" " + piece
        elif what == 5:
            place = chance.randrange(len(lines[at]) + 1)
            new = chance.choice((b"", piece, bytes([chance.randrange(256)])))
            lines[at] = lines[at][:place] + new + lines[at][place + chance.randint(0, 2) :]
        elif what == 6:
            lines[at] += piece
        elif chance.random() < 0.2:
            lines = lines[:at]
        data = b"\n".join(lines)
    return data


def bent(chance: random.Random, tree: Any) -> Any:  # noqa: ANN401 - a tree of a file is anything
    """Change values, keys and branches of a tree in a few places; what it says stays well-formed."""
    tree = json.loads(json.dumps(tree))
    for _ in range(chance.randint(1, 4)):
        places = list(_places(tree))
        if not places:
            return chance.choice(SCALARS)
        holder, key = chance.choice(places)
        what = chance.randrange(8)
        if what < 3:
            holder[key] = chance.choice(SCALARS)
        elif what == 3:
            del holder[key]
        elif what == 4:
            other, name = chance.choice(places)
            holder[key] = json.loads(json.dumps(other[name]))
        elif what == 5 and isinstance(holder, dict):
            names = [name for one, name in places if isinstance(one, dict)]
            holder[chance.choice((*names, *SCALARS))] = holder.pop(key)
        elif what == 6 and isinstance(holder, list):
            holder += [holder[key]] * chance.choice((1, 1, 60))
        else:
            value = holder[key]
            holder[key] = chance.choice(([], {}, [value], {"x": value}, _stirred(chance, value)))
    return tree


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - likewise
    for key in list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ():
        yield tree, key
        yield from _places(tree[key])


def _stirred(chance: random.Random, value: Any) -> Any:  # noqa: ANN401 - likewise
    """Change a number in a text, so that it stays a date, a time or a range of another size."""
    numbers = list(re.finditer("[0-9]+", value)) if isinstance(value, str) else []
    if not numbers:
        return value
    found = chance.choice(numbers)
    new = max(0, int(found[0]) + chance.choice((-1, 1, -7, 7, 30, 365)))
    return f"{value[: found.start()]}{new:0{len(found[0])}}{value[found.end() :]}"


@cache
def forum_files() -> tuple[str, ...]:
    """Return the forum files to damage: small ones more often, for they are planned quickly."""
    tests = ROOT / "tests"
    several = sorted([*(tests / "good").glob("*.yaml"), *(tests / "practice").glob("*.yaml")])
    return (SMALL, HEAD, HEAD, EXAMPLE, *(path.read_text(encoding="utf-8") for path in several))


def _yaml(tree: object) -> bytes:
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False).encode("utf-8", "surrogatepass")


def _changed(chance: random.Random, data: bytes) -> bytes:
    """Damage a YAML file as a text or as a tree."""
    if chance.random() < 0.4:
        return damaged(chance, data, SCALARS)
    return _yaml(bent(chance, yaml.load(data, yaml.BaseLoader)))  # noqa: S506 - texts alone


# --- kinds of trials --------------------------------------------------------------------------------


@cache
def planned(forums: str) -> Path:
    """Return a folder in which a forum file was planned, to be copied."""
    around = Path(tempfile.mkdtemp(prefix="kultursam-fuzz-"))
    atexit.register(shutil.rmtree, around)
    folders = Folders(around, forums)
    folders.fine(*PLAN)
    folders.fine("cancel", "natverk-2025-1", "--reason", "Sjukdom", *TODAY)
    folders.fine("add", "natverk", "2025-05-06", *TODAY)
    return folders.folder


def begun(around: Path, forums: str) -> Folders:
    """Make a folder in which a forum file has been planned."""
    folders = Folders(around, forums)
    shutil.copytree(planned(forums), folders.folder, dirs_exist_ok=True)
    return folders


def forums(chance: random.Random, around: Path) -> Folders:
    """Damage a forum file: what is wrong with it is told and nothing written, or the year is planned."""
    folders = Folders(around, "")
    folders.forum_file.write_bytes(_changed(chance, chance.choice(forum_files()).encode()))
    run = folders.try_("check", "--json")
    if run and run.code == 1:
        folders.refuses(*PLAN)
    elif (run := folders.try_(*PLAN)) and run.code == 0:
        folders.settles()
        folders.try_(*chance.choice(VIEWS))
    return folders


VIEWS = (
    ("show", "2025", "--view", "line"),
    ("show", "2025", "--view", "month"),
    ("show", "2025", "--format", "csv"),
    ("explain", "natverk-2025-2", *TODAY),
    ("suggest", "natverk", *TODAY),
    ("export", "2025", *TODAY),
)
EDITS = (
    ("plan", "2025", "--replan", *TODAY),
    ("plan", "2024", "2025", "2026", *TODAY),
    ("confirm", "2025", *TODAY),
    ("confirm", "natverk-2025-2", *TODAY),
    ("move", "natverk-2025-2", "2025-10-02", "--force", *TODAY),
    ("cancel", "natverk-2025-2", "--reason", "x", *TODAY),
    ("add", "natverk", "2025-10-01", "--host", "hylte", *TODAY),
)


def plan(chance: random.Random, around: Path) -> Folders:
    """Damage a plan of record: it is refused and every file stays, or it is read and carried on."""
    folders = begun(around, chance.choice((SMALL, HEAD)))
    path = folders.place("plans/2025.yaml")
    path.write_bytes(_changed(chance, path.read_bytes()) + chance.choice((b"", b"...\n")))
    run = folders.try_("show", "2025", "--json", *TODAY)
    if run and run.code == 1 and "plans/2025.yaml" in run.err:
        folders.refuses(*chance.choice(EDITS))
    elif run:
        folders.try_(*chance.choice(VIEWS))
        folders.try_(*chance.choice(EDITS))
        if (run := folders.try_(*PLAN)) and run.code == 0:
            folders.settles()
    return folders


def busy(chance: random.Random, around: Path) -> Folders:
    """Damage a calendar of another body: nothing is planned without it, or it is read."""
    folders = Folders(around, HEAD)
    data = damaged(chance, BUSY.replace("\r\n", "\n").encode(), LINES)
    folders.place("sub/rad.ics").write_bytes(data)
    folders.outside = folders._outside()
    run = folders.try_(*PLAN)
    if run and run.code == 0:
        folders.settles()
    elif run and folders.files().keys() != {"sub/rad.ics"}:
        folders.note(PLAN, f"is to be refused: {run}")
    return folders


def checksum(chance: random.Random, around: Path) -> Folders:
    """Damage the checksum of a run: it never hides work to do, nor stops a run."""
    folders = begun(around, HEAD)
    path = folders.place("plans/.checksum.json")
    folders.fine(*PLAN)
    before = folders.files()
    data = path.read_bytes()
    if chance.random() < 0.4:
        path.write_bytes(damaged(chance, data.replace(b",", b",\n"), [*SCALARS, "[" * 9999, "9" * 9999]))
    else:
        path.write_text(json.dumps(bent(chance, json.loads(data))), encoding="utf-8")
    gone = chance.choice(sorted(name for name in before if name.startswith("calendars/")))
    folders.place(gone).unlink()
    run = folders.try_("plan", "2025", "--quiet", SOURCE_DATE_EPOCH="1726444800")
    if run is None or run.code or folders.files() != before:
        folders.note((gone,), f"is not mended: {run}")
    return folders


LISTED = [
    ("Datum", "Tid", "Forum", "Plats", "Status", "Id"),
    ("2025-02-12", "09:00-12:00", "Nätverket", "Hylte", "bekräftat", ""),
    ("7 maj 2025", "kl 13", "Nätverket", "", "prel", ""),
    ("2025-10-08", "", "Nätverket", "Sal; två", "", "natverk-2025-2"),
    ("3/4/25", "", "Styrgruppen", "", "inställt", ""),
    ("2025-11-05", "", "Styrgruppen", "", "", ""),
]
CELLS = [
    *SCALARS,
    *('"', 'x"', '";"', ";", "2025-02-12", "12 feb", "feb", "2025", "2025/26", "tis 9", "9, 23", "45700"),
    *("Forum", "Datum", "Nätverket", "kl 9", "8-10", "inställt", "ja", "natverk-2025-1", "x" * 40_000, "'=1"),
]
EVENTS = BUSY.replace("Council\\, open", "Nätverket").replace("UID:3", "UID:3\r\nSUMMARY:Rådet")


def _list(chance: random.Random, where: Path) -> Path:
    """Write a damaged list of dates: text, workbook or calendar."""
    kind = chance.choice(("csv", "csv", "xlsx", "ics"))
    if kind == "csv":
        separator = chance.choice(";,\t")
        data = "\n".join(separator.join(row) for row in LISTED).encode()
        data = damaged(chance, data, CELLS)
    elif kind == "ics":
        data = damaged(chance, EVENTS.replace("\r\n", "\n").encode(), [*LINES, *CELLS])
    else:
        rows = [
            [chance.choice(CELLS)[:3000] if chance.random() < 0.1 else cell for cell in row] for row in LISTED
        ]
        rows = [[cell.encode("utf-8", "replace").decode() for cell in row] for row in rows]
        data = xlsx({chance.choice(("B", "2025", "Nätverket")): rows})
        if chance.random() < 0.3:
            at = chance.randrange(len(data))
            data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    path = where / f"list.{kind}"
    path.write_bytes(data)
    return path


def imports(chance: random.Random, around: Path) -> Folders:
    """Damage a list of decided dates: nothing is written before it is asked for, and no meeting is lost."""
    folders = begun(around, chance.choice((SMALL, HEAD)))
    path = _list(chance, around)
    folders.outside = folders._outside()
    known, before = set(folders.meetings(2025)), folders.files()
    run = folders.try_("import", str(path), *chance.choice(((), ("--json",), ("--year", "2025"))), *TODAY)
    if folders.files() != before:
        folders.note(("import",), "wrote what was only to be shown")
    options = chance.choice(((), ("--forum", "natverk"), ("--year", "2025"), ("--accept",)))
    run = folders.try_("import", str(path), "--write", *options, *TODAY)
    if run and run.code and folders.files() != before:
        folders.note(("import",), f"is to be refused: {run}")
    if lost := known - set(folders.meetings(2025)):
        folders.note(("import",), f"loses {lost}")
    if run and run.code == 0:
        after = folders.files()
        folders.try_("import", str(path), "--write", *options, *TODAY)
        if folders.files() != after:
            folders.note(("import",), "the same file again changes something")
    return folders


def beginnings(chance: random.Random, around: Path) -> Folders:
    """Damage lists of former years: there is no forum file, or one that is checked and planned."""
    folders = Folders(around, SMALL)
    folders.ours.append(folders.place("new"))
    path = _list(chance, around)
    folders.outside = folders._outside()
    run = folders.try_("init", "new", "--from", str(path), SOURCE_DATE_EPOCH="1726444800")
    if run and run.code and folders.place("new").exists():
        folders.note(("init",), f"is to be refused: {run}")
    if run and run.code == 0:
        file = str(folders.place("new/forums.yaml"))
        year = re.search("kultursam plan ([0-9]+)", run.out)
        check = folders.try_("check", "--file", file)
        plan = folders.try_("plan", year[1] if year else "2026", "--file", file, *TODAY)
        if not (check and plan) or check.code or plan.code:
            folders.note(("init",), f"{check} {plan} {folders.place('new/forums.yaml').read_text('utf-8')}")
    return folders


def copies(chance: random.Random, around: Path) -> Folders:
    """Damage a calendar that is fetched, and what is known of its copy: nothing is planned without it."""
    file = "busy: [{name: Råd, file: sub/rad.ics, url: https://rad.example/rad.ics}]"
    folders = Folders(around, SMALL.replace("{country: SE}", f"{{country: SE, {file}}}"))
    whole = BUSY.replace("\r\n", "\n").encode()
    data = trimmed(whole)
    with suppress(NotACalendarError):
        data = trimmed(damaged(chance, whole, LINES))
    folders.place("sub/rad.ics").write_bytes(data)
    known = {"source": "x", "copy": "x", "etag": "", "modified": "", "checked": "2024-09-01"}
    folders.place("plans").mkdir()
    text = json.dumps(bent(chance, {"sub/rad.ics": known}), indent=1).encode("utf-8", "replace")
    folders.place("plans/.fetched.json").write_bytes(
        text if chance.random() < 0.5 else damaged(chance, text, SCALARS)
    )
    folders.outside = folders._outside()
    run = folders.try_(*PLAN)
    if run and run.code == 0:
        folders.settles()
    elif run and any(name.startswith("calendars") for name in folders.files()):
        folders.note(PLAN, f"is to be refused: {run}")
    return folders


WORDS = [
    *("2025", "2026", "1969", "2200", "natverk", "natverk-2025-1", "natverk-2025-x1", "natverk-2025-9"),
    *("2025-03-04", "2025-10-01", "2026-01-01", "09:00-10:00", "hylte", "laholm", "list", "line", "month"),
    *("csv", "json", "table", "x", "--", "-", "-h", "5", "100"),
    *(text for text in SCALARS if "\0" not in text),
]  # fmt: skip
PLACES = ("forums.yaml", "calendars", "plans", "out", "none.yaml", "sub/rad.ics", "out/deep/er")
GOOD = {
    "year": "2025", "years": "2026", "meeting": "natverk-2025-2", "what": "natverk-2025-2", "view": "month",
    "forum": "natverk", "organisation": "hylte", "host": "laholm", "time": "09:00-10:00", "form": "csv",
    "reason": "Sjukdom", "place": "Hylte", "count": "3", "participants": "hylte",
}  # fmt: skip
"""Values that are right for some parameters; the others are dates."""
ENVIRONMENT = {
    "SOURCE_DATE_EPOCH": ("", "0", "-1", "99999999999", "x", "1726444800"),
    "COLUMNS": ("", "0", "1", "-5", "x", "1000000000"),
    "TZ": ("", "Nowhere", "Pacific/Auckland", ":/etc/passwd"),
    "LC_ALL": ("", "C", "tr_TR.UTF-8", "../x"),
    "NO_COLOR": ("", "1"),
    "TERM": ("", "dumb", "../x"),
}


def command(chance: random.Random, around: Path) -> Folders:
    """Put together command lines of what there is and of what there is not."""
    folders = begun(around, HEAD)
    # What init, export, --output and --certificate are told to write.
    folders.ours += [folders.place(name) for name in ("out", "none.yaml", "sub")]
    folders.outside = folders._outside()
    for _ in range(3):
        name = chance.choice(sorted(COMMAND.commands))  # type: ignore[attr-defined]
        drawn = list(_arguments(chance, COMMAND.commands[name].params))  # type: ignore[attr-defined]
        if chance.random() < 0.2:
            chance.shuffle(drawn)
        env = {key: chance.choice(values) for key, values in ENVIRONMENT.items() if chance.random() < 0.2}
        folders.try_(name, *(word for several in drawn for word in several), **env)
    return folders


def _arguments(chance: random.Random, params: Sequence[Any]) -> Iterator[list[str]]:
    for param in params:
        argument = param.param_type_name == "argument"
        if "completion" in str(param.name) or chance.random() < (0.05 if argument else 0.75):
            continue
        pool: Sequence[str] = PLACES if param.name in {"file", "output", "folder", "certificate"} else WORDS
        good = GOOD.get(str(param.name), "2025-10-01")
        value = chance.choice(pool) if chance.random() < 0.6 or pool is PLACES else good
        if argument:
            yield [value]
        else:
            yield [chance.choice(param.opts), *([] if getattr(param, "is_flag", False) else [value])]


KINDS: dict[str, Callable[[random.Random, Path], Folders]] = {
    one.__name__: one for one in (forums, plan, busy, checksum, imports, beginnings, copies, command)
}


def trial(kind: str, number: int, around: Path) -> list[str]:
    """Make a trial in an empty folder; give what was wrong."""
    return KINDS[kind](random.Random(f"{kind} {number}"), around).found  # noqa: S311 - a game of chance


# --- a long run -------------------------------------------------------------------------------------


class _OverdueError(Exception):
    """A trial takes too long."""


@contextmanager
def _bounds() -> Iterator[None]:
    """Bound time and memory of a trial, where the system can."""

    def ring(_: int, __: FrameType | None) -> None:
        raise _OverdueError

    signal.signal(signal.SIGALRM, ring)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)


def _told(kind: str, number: int) -> bool:
    """Make a trial and print what was wrong; tell whether anything was."""
    with tempfile.TemporaryDirectory(prefix="kultursam-fuzz-") as folder:
        try:
            with _bounds():
                found = trial(kind, number, Path(folder))
        except _OverdueError:
            found = [f"takes more than {SECONDS} seconds"]
    for text in found:
        print(f"=== {kind} {number}: {text}", flush=True)  # noqa: T201 - the command line of this module
    return bool(found)


def main() -> int:
    """Make trials for a while, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", nargs="?", choices=KINDS, help="the kind of trials; else all in turn")
    parser.add_argument("number", nargs="?", type=int, help="one trial alone")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--first", type=int, default=0, help="the number of the first trial")
    asked = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    if asked.number is not None:
        return _told(asked.kind, asked.number)
    end, number, wrong = time.monotonic() + 60 * asked.minutes, asked.first, 0
    while time.monotonic() < end:
        wrong += sum(_told(kind, number) for kind in ([asked.kind] if asked.kind else KINDS))
        number += 1
    print(f"trials {asked.first} to {number - 1}: {wrong} went wrong")  # noqa: T201 - likewise
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
