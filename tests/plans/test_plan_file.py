"""The plan of record as text: what is written is read back the same; what is broken is told with its line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from project_folder import Folder

from kultursam.diagnostics import Problem
from kultursam.forumfile import values, yaml_source
from kultursam.plans.model import (
    Deadline,
    Departure,
    Former,
    ForumRecord,
    Gap,
    Meeting,
    Origin,
    Plan,
    Status,
)
from kultursam.plans.plan_file import read_plan, write_plan

MADE = datetime(2024, 9, 15, tzinfo=UTC)
CHANGED = datetime(2024, 10, 1, 8, 30, 5, tzinfo=UTC)
HOSTILE = (
    "no", "on", "null", "~", "010", "2025-02-30", "12:30", "- a", "a: b", "# c", "{a: b}", "[a]", "*a", "&a",
    "!a", "%a", "@a", "`a", "'a", '"a"', "a\\nb", "C:\\Ny", "\\", "'", "...", "---", "?", "|", ">",
    "Åsa 😀 ﷽", "a\u200bb", "\u202eba", "e\u0301", "\ufeff", "\U000e0041", "\U0010fffd",
    "x" * 5000,
)  # fmt: skip
"""Names that another reader or writer of YAML would take for something else."""


def meeting(number: int = 1, **keys: object) -> Meeting:
    """Make a meeting."""
    extra = "x" if keys.get("origin") in {Origin.ADDED, Origin.EXTERNAL} else ""
    one = Meeting(
        id=f"natverk-2025-{extra}{number}",
        forum="natverk",
        number=number,
        date=date(2025, 3, 20),
        start=time(9),
        end=time(12),
        created=MADE,
        modified=MADE,
    )
    return replace(one, **keys)  # type: ignore[arg-type]


def plan(*meetings: Meeting, deadlines: tuple[Deadline, ...] = (), name: str = "Nätverket") -> Plan:
    """Make a plan of meetings of one forum."""
    forums = {"natverk": ForumRecord(name, ("hylte", "laholm"))}
    return Plan(2025, "Kultur i Väst", "kultur.example", forums, meetings, deadlines)


def read(data: bytes, year: int = 2025) -> tuple[Plan | None, list[Problem]]:
    """Read a plan of record as the store does."""
    found, problems = yaml_source.parse(data, "plans/2025.yaml")
    return read_plan(found, year) if found else (None, problems)


FULL = plan(
    meeting(
        1,
        date=date(2025, 4, 1),
        start=time(10),
        end=time(12, 30),
        status=Status.CONFIRMED,
        host="hylte",
        place='Rådhuset, "stora" salen',
        decided=True,
        forced=("period", "spacing"),
        moved_from=date(2025, 3, 20),
        sequence=2,
        modified=CHANGED,
    ),
    meeting(2, status=Status.CANCELLED, reason="Sjukdom: #1", origin=Origin.RESERVED),
    meeting(1, origin=Origin.ADDED),
    deadlines=(
        Deadline("natverk-2025-1", "Kallelse", date(2025, 3, 18), "natverk", 1, CHANGED, MADE, 1),
        Deadline(None, "Nätverket förnyas", date(2025, 9, 30), "natverk", 1, MADE, MADE, 0, cancelled=True),
    ),
)
FULL = replace(FULL, schema=1)
"""As version 1.0.0 had it."""
TEXT = """\
# The plan of record for 2025: what was decided, meeting by meeting. Written by kultursam, whole;
# keep it under version control, and change it by the commands confirm, move, cancel and add.
schema: 1
year: 2025
name: "Kultur i Väst"
domain: kultur.example
forums:
  natverk:
    name: "Nätverket"
    organisations: [hylte, laholm]
    meetings:
      - id: natverk-2025-1
        date: 2025-04-01
        time: 10:00-12:30
        status: confirmed
        host: hylte
        place: "Rådhuset, \\"stora\\" salen"
        decided: true
        forced: [period, spacing]
        moved_from: 2025-03-20
        sequence: 2
        created: 2024-09-15T00:00:00Z
        modified: 2024-10-01T08:30:05Z
        deadlines:
          - {number: 1, date: 2025-03-18, name: "Kallelse", sequence: 1, created: 2024-09-15T00:00:00Z, \
modified: 2024-10-01T08:30:05Z}
      - id: natverk-2025-2
        date: 2025-03-20
        time: 09:00-12:00
        status: cancelled
        origin: reserved
        reason: "Sjukdom: #1"
        sequence: 0
        created: 2024-09-15T00:00:00Z
        modified: 2024-09-15T00:00:00Z
      - id: natverk-2025-x1
        date: 2025-03-20
        time: 09:00-12:00
        status: proposed
        origin: added
        sequence: 0
        created: 2024-09-15T00:00:00Z
        modified: 2024-09-15T00:00:00Z
    deadlines:
      - {number: 1, date: 2025-09-30, name: "Nätverket förnyas", sequence: 0, \
modified: 2024-09-15T00:00:00Z, cancelled: true}
...
"""


LEFT = Departure(
    meeting="natverk-2025-2",
    organisation="falkenberg",
    date=date(2025, 9, 18),
    start=time(9),
    end=time(12),
    sequence=1,
    modified=CHANGED,
    ahead=2,
    shown="00c0ffee",
)
FORMER = Former(date=date(2025, 9, 17), start=time(9), end=time(12))
NEWER = Plan(
    2025,
    "Kultur i Väst",
    "kultur.example",
    {
        "natverk": ForumRecord(
            "Nätverket", ("hylte",), (("chef", ("hylte",)), ('ordförande, "2:e"', ())), 1, 4
        )
    },
    (
        meeting(
            1,
            format="hybrid",
            link="https://example.org/möte",
            own=("time", "link"),
            status=Status.CANCELLED,
            was_confirmed=True,
            cancelled_at=CHANGED,
            organisations=("hylte", "laholm"),
            roles=(("chef", ("hylte", "laholm")),),
            modified=CHANGED,
            announced=MADE,
            shown="0123abcd",
        ),
        meeting(
            2,
            date=date(2025, 9, 18),
            moved_from=date(2025, 9, 17),
            former=(
                FORMER,
                replace(FORMER, start=time(8), days=2, host="hylte", place='"A": b', format="online"),
                replace(FORMER, link="https://example.org/a,b", cancelled=True, unannounced=True),
            ),
            listed=True,
            left=(
                LEFT,
                replace(LEFT, organisation="laholm", ahead=0),
                replace(LEFT, organisation="", role='"2:e"'),
            ),
        ),
    ),
    organisations={"hylte": "Hylte", "laholm": "Laholms kommun"},
    left=("falkenberg", "laholm"),
)
NEWER_TEXT = """\
# The plan of record for 2025: what was decided, meeting by meeting. Written by kultursam, whole;
# keep it under version control, and change it by the commands confirm, move, cancel and add.
schema: 2
year: 2025
name: "Kultur i Väst"
domain: kultur.example
organisations:
  hylte: "Hylte"
  laholm: "Laholms kommun"
left: [falkenberg, laholm]
forums:
  natverk:
    name: "Nätverket"
    organisations: [hylte]
    roles: [{role: "chef", organisations: [hylte]}, {role: "ordförande, \\"2:e\\"", organisations: []}]
    left_out: 1
    slots: 4
    meetings:
      - id: natverk-2025-1
        date: 2025-03-20
        time: 09:00-12:00
        status: cancelled
        format: hybrid
        link: "https://example.org/möte"
        own: [time, link]
        was_confirmed: true
        cancelled_at: 2024-10-01T08:30:05Z
        organisations: [hylte, laholm]
        roles: [{role: "chef", organisations: [hylte, laholm]}]
        sequence: 0
        created: 2024-09-15T00:00:00Z
        modified: 2024-10-01T08:30:05Z
        announced: 2024-09-15T00:00:00Z
        shown: 0123abcd
      - id: natverk-2025-2
        date: 2025-09-18
        time: 09:00-12:00
        status: proposed
        moved_from: 2025-09-17
        listed: true
        sequence: 0
        created: 2024-09-15T00:00:00Z
        modified: 2024-09-15T00:00:00Z
        former:
          - {date: 2025-09-17, time: 09:00-12:00}
          - {date: 2025-09-17, time: 08:00-12:00, days: 2, host: hylte, place: "\\"A\\": b", format: online}
          - {date: 2025-09-17, time: 09:00-12:00, link: "https://example.org/a,b", cancelled: true, \
unannounced: true}
        left:
          - {organisation: falkenberg, date: 2025-09-18, time: 09:00-12:00, sequence: 1, \
modified: 2024-10-01T08:30:05Z, ahead: 2, shown: 00c0ffee}
          - {organisation: laholm, date: 2025-09-18, time: 09:00-12:00, sequence: 1, \
modified: 2024-10-01T08:30:05Z, shown: 00c0ffee}
          - {role: "\\"2:e\\"", date: 2025-09-18, time: 09:00-12:00, sequence: 1, \
modified: 2024-10-01T08:30:05Z, ahead: 2, shown: 00c0ffee}
...
"""
"""Every key that version 1.0.0 did not know."""


@pytest.mark.parametrize(("written", "text"), [(FULL, TEXT), (NEWER, NEWER_TEXT)], ids=["1", "2"])
def test_a_plan_is_written_in_a_fixed_order(written: Plan, text: str) -> None:
    """Every key has its place, and one that says nothing is left out: so a diff shows what was decided."""
    assert write_plan(written).decode() == text
    assert read(text.encode()) == (written, [])


def test_what_version_1_0_0_wrote_gets_no_new_keys() -> None:
    """A plan that is still of its schema is what that version can read."""
    found, problems = read(write_plan(replace(NEWER, schema=1)))
    assert problems == []
    assert found
    assert (found.left, found.meetings[0].roles, found.meetings[1].left) == ((), (), ())
    assert (found.meetings[1].former, found.meetings[1].listed) == ((), False)
    assert found.forums["natverk"] == ForumRecord("Nätverket", ("hylte",))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("left_out: 1", "left_out: 5", "5 left out of 4 slots"),
        ("organisation: falkenberg", "organisation: laholm", "left this meeting twice"),
        ("organisation: falkenberg", "organisation: ../hylte", "../hylte"),
        ('{role: "\\"2:e\\"", ', "{", "either an organisation or a role"),
        ("{organisation: falkenberg, ", "{organisation: falkenberg, role: chef, ", "either an organisation"),
    ],
)
def test_what_is_newer_is_checked_too(old: str, new: str, words: str) -> None:
    """What no run could have written is refused."""
    assert NEWER_TEXT.count(old) == 1
    found, problems = read(NEWER_TEXT.replace(old, new).encode())
    assert found is None
    assert [words in one.text for one in problems] == [True]


# --- any plan ---------------------------------------------------------------------------------------


def _accepted(text: str) -> bool:
    try:
        return values.line_of_text(text) == text
    except ValueError:
        return False


TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=40)).filter(_accepted)
DAYS = st.dates(date(2024, 12, 25), date(2026, 1, 31))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
MINUTES = st.integers(0, 24 * 60 - 1)
IDS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,63}", fullmatch=True).filter(
    lambda text: text not in values.RESERVED_IDS
)
ORGANISATIONS = st.lists(IDS, max_size=3, unique=True).map(tuple)
ROLES = st.lists(st.tuples(TEXTS, ORGANISATIONS), max_size=2).map(tuple)
DIGESTS = st.sampled_from(["", "0123abcd", "00000000", "12345678"])


@st.composite
def departures(draw: st.DrawFn, meeting_id: str, organisations: Sequence[str]) -> list[Departure]:
    """Make the departures of some organisations from a meeting."""
    return [
        Departure(
            meeting=meeting_id,
            organisation=organisation,
            date=draw(DAYS),
            start=time(8),
            end=time(9, 30),
            sequence=draw(st.integers(0, 99999)),
            modified=draw(MOMENTS),
            ahead=draw(st.integers(0, 9)),
            shown=draw(DIGESTS),
        )
        for organisation in organisations
    ]


@st.composite
def former(draw: st.DrawFn) -> Former:
    """Make what a meeting was before."""
    return Former(
        date=draw(DAYS),
        start=time(8),
        end=draw(st.sampled_from([time(9, 30), time(12)])),
        days=draw(st.integers(1, 3)),
        host=draw(st.none() | IDS),
        place=draw(st.none() | TEXTS),
        format=draw(st.none() | st.sampled_from(sorted(values.FORMATS))),
        cancelled=draw(st.booleans()),
        cancelled_at=draw(st.none() | MOMENTS),
        unannounced=draw(st.booleans()),
        until=draw(st.none() | MOMENTS),
    )


@st.composite
def meetings(draw: st.DrawFn, forum: str) -> tuple[Meeting, ...]:
    """Make the meetings of a forum, each with every key that a plan keeps."""
    found = []
    for number in range(1, draw(st.integers(0, 3)) + 1):
        origin = draw(st.sampled_from(Origin))
        start, end = sorted(draw(st.lists(MINUTES, min_size=2, max_size=2, unique=True)))
        created = draw(MOMENTS)
        key = f"{forum}-2025-{'x' if origin in {Origin.ADDED, Origin.EXTERNAL} else ''}{number}"
        found.append(
            Meeting(
                id=key,
                forum=forum,
                number=number,
                date=draw(DAYS),
                start=time(start // 60, start % 60),
                end=time(end // 60, end % 60),
                status=draw(st.sampled_from(Status)),
                origin=origin,
                sequence=draw(st.integers(0, 99999)),
                created=created,
                modified=created + timedelta(seconds=draw(st.integers(0, 10**7))),
                host=draw(st.none() | IDS),
                place=draw(st.none() | TEXTS),
                decided=draw(st.booleans()),
                forced=tuple(draw(st.lists(st.sampled_from(["period", "spacing"]), unique=True))),
                moved_from=draw(st.none() | DAYS),
                former=tuple(draw(st.lists(former(), max_size=2))),
                listed=draw(st.booleans()),
                reason=draw(st.none() | TEXTS),
                format=draw(st.none() | st.sampled_from(sorted(values.FORMATS))),
                own=draw(st.sampled_from([(), ("time",), ("host", "place")])),
                was_confirmed=draw(st.booleans()),
                cancelled_at=draw(st.none() | MOMENTS),
                announced=draw(st.none() | MOMENTS),
                organisations=draw(ORGANISATIONS),
                roles=draw(ROLES),
                left=tuple(draw(departures(key, draw(ORGANISATIONS)))),
                shown=draw(DIGESTS),
            )
        )
    return tuple(found)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Make a plan of some forums, with deadlines of their meetings and terms."""
    forums = draw(
        st.dictionaries(IDS, st.builds(ForumRecord, TEXTS, ORGANISATIONS, ROLES), min_size=1, max_size=3)
    )
    several = tuple(one for forum in forums for one in draw(meetings(forum)))
    owners = [*((one.id, one.forum) for one in several), *((None, forum) for forum in forums)]
    due = [
        Deadline(
            owner,
            draw(TEXTS),
            draw(DAYS),
            forum,
            number,
            modified := draw(MOMENTS),
            modified - timedelta(days=draw(st.integers(0, 9))),
            draw(st.integers(0, 9)),
            draw(st.booleans()),
        )
        for owner, forum in owners
        for number in range(1, draw(st.integers(0, 2)) + 1)
    ]
    due.sort(key=lambda one: (one.date, one.meeting or "", one.forum, one.number))
    gap = Gap(*draw(st.tuples(*[st.integers(0, 500_000)] * 4)))
    return Plan(
        2025, draw(TEXTS), "kultur.example", forums, several, tuple(due), optimal=not any(gap), gap=gap
    )


@settings(deadline=None, max_examples=150)
@given(plans())
def test_what_is_written_is_read_back(any_plan: Plan) -> None:
    """Any plan, with any names, is the same after it was written and read, and is written the same again."""
    data = write_plan(any_plan)
    assert read(data) == (any_plan, [])
    assert list(read(data)[0].forums) == list(any_plan.forums)  # type: ignore[union-attr]
    assert data == write_plan(any_plan)
    assert all(line.isprintable() for line in data.decode().splitlines())


@pytest.mark.parametrize("name", [one for one in HOSTILE if _accepted(one)])
def test_hostile_names_survive(name: str) -> None:
    """A name, place, reason or deadline that looks like YAML is text, on one line, and stays what it was."""

    def named(text: str) -> Plan:
        due = Deadline("natverk-2025-1", text, date(2025, 3, 18), "natverk", 1, MADE, MADE)
        return plan(meeting(place=text, reason=text), deadlines=(due,), name=text)

    data = write_plan(named(name))
    assert read(data) == (named(name), [])
    assert len(data.decode().splitlines()) == len(write_plan(named("a")).decode().splitlines())


# --- broken files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("line", range(TEXT.count("\n")))
def test_a_file_that_was_cut_short_is_told(line: int) -> None:
    """Wherever a plan ends too early, be it between two meetings, it is refused with a line."""
    lines = TEXT.splitlines(keepends=True)
    for rest in ("", lines[line][: len(lines[line]) // 2]):
        found, problems = read(("".join(lines[:line]) + rest).encode())
        assert found is None
        assert problems
        assert all(one.file == "plans/2025.yaml" and one.line for one in problems)


BREAKS = {
    "another schema": ("schema: 1", "schema: 3", "upgrade"),
    "no schema": ("schema: 1\n", "", "schema"),
    "another year": ("year: 2025", "year: 2026", "2026"),
    "no year": ("year: 2025", "year: this", "this"),
    "two of an id": ("- id: natverk-2025-2", "- id: natverk-2025-1", "natverk-2025-1"),
    "an id of another forum": ("- id: natverk-2025-2", "- id: styrgrupp-2025-2", "styrgrupp-2025-2"),
    "an id of another year": ("- id: natverk-2025-2", "- id: natverk-2024-2", "natverk-2024-2"),
    "an id of another kind": ("- id: natverk-2025-x1", "- id: natverk-2025-1x", "natverk-2025-1x"),
    "a number for an added one": ("- id: natverk-2025-x1", "- id: natverk-2025-y3", "natverk-2025-y3"),
    "an id with a zero": ("- id: natverk-2025-2", "- id: natverk-2025-02", "natverk-2025-02"),
    "a status": ("status: confirmed", "status: confirmd", 'did you mean "confirmed"'),
    "an origin": ("origin: added", "origin: aded", 'did you mean "added"'),
    "an unknown key": ("host: hylte", "hosts: hylte", 'did you mean "host"'),
    "a missing key": ("        time: 10:00-12:30\n", "", "time"),
    "a key twice": ("host: hylte", "date: 2025-01-01", "line 13"),
    "no day": ("date: 2025-04-01", "date: 2025-02-30", "2025-02-30"),
    "a day of another year": ("date: 2025-04-01", "date: 2035-04-01", "2035-04-01"),
    "a day before all years": ("date: 2025-04-01", "date: 0001-01-01", "0001-01-01"),
    "a deadline after all years": ("date: 2025-03-18", "date: 9999-12-31", "9999-12-31"),
    "no time": ("time: 10:00-12:30", "time: 10-12", "10-12"),
    "an end before the start": ("time: 10:00-12:30", "time: 10:00-08:00", "08:00"),
    "no number": ("sequence: 2", "sequence: -2", "-2"),
    "no moment": (":05Z\n", ":05\n", "2024-10-01"),
    "modified before created": ("2024-10-01T08:30:05Z\n", "2023-10-01T08:30:05Z\n", "created"),
    "no flag": ("decided: true", "decided: maybe", "maybe"),
    "no id of a host": ("host: hylte", "host: Hylte", "Hylte"),
    "an empty place": ('place: "Rådhuset, \\"stora\\" salen"', "place:", "value"),
    "a forum's name": ("  natverk:", "  Nätverk:", "Nätverk"),
    "no forums": (TEXT[TEXT.index("  natverk:") :], "...\n", "keys"),
    "a list for keys": ("forums:", "forums: []\nmore:", "keys"),
    "a tab": ("    meetings:", "\tmeetings:", "tab"),
    "an alias": ("host: hylte", "host: *a", "a"),
    "an anchor": ("host: hylte", "host: &a hylte", "anchor"),
    "a tag": ("host: hylte", "host: !a hylte", "tag"),
    "two documents": ("...\n", "...\n---\na: b\n", "document"),
    "a conflict of merging": ("        host: hylte", "<<<<<<< HEAD\n        host: hylte", ""),
}  # fmt: skip

ELSEWHERE = {"a missing key": -2, "no forums": -1, "two documents": 1}
"""Where the fault is told some lines from where the file was changed."""


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_file_is_told_with_its_line(name: str) -> None:
    """Every way to break a plan by hand gives a problem that names the line and what is wrong there."""
    old, new, words = BREAKS[name]
    assert TEXT.count(old) == 1, old
    found, problems = read(TEXT.replace(old, new).encode())
    assert found is None
    assert all(one.file == "plans/2025.yaml" and one.severity == "error" for one in problems)
    line = TEXT.count("\n", 0, TEXT.index(old)) + 1 + ELSEWHERE.get(name, 0)
    assert [words in one.text for one in problems if one.line == line] == [True]
    assert all(one.in_language("sv").text != one.text for one in problems)


def test_every_fault_is_told_at_once() -> None:
    """Two faults far apart give two problems, in the order of the file."""
    text = TEXT.replace("status: confirmed", "status: held").replace("origin: added", "origin: found")
    lines = text.splitlines()
    faults = [lines.index(f"        {fault}") + 1 for fault in ("status: held", "origin: found")]
    assert [one.line for one in read(text.encode())[1]] == faults


def test_two_deadlines_with_one_number_are_told() -> None:
    """The number is part of a deadline's UID, so it stands once."""
    lines = TEXT.splitlines(keepends=True)
    index = next(number for number, line in enumerate(lines) if "Kallelse" in line)
    lines.insert(index + 1, lines[index].replace("Kallelse", "Handlingar"))
    found, problems = read("".join(lines).encode())
    assert found is None
    assert [one.line for one in problems] == [index + 2]


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_no_damage_is_more_than_a_problem(data: st.DataObject) -> None:
    """Bytes changed and lines moved: a plan, or problems with a line, never an exception."""
    raw = bytearray(TEXT.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    lines = bytes(raw).split(b"\n")
    moved = lines.pop(data.draw(st.integers(0, len(lines) - 1)))
    lines.insert(data.draw(st.integers(0, len(lines))), moved)
    found, problems = read(b"\n".join(lines))
    assert (found is None) == bool(problems)
    assert all(one.file and one.line for one in problems)
    if found:
        assert read(write_plan(found)) == (found, [])


# --- what a run makes of it -------------------------------------------------------------------------

DAMAGED = {
    "cut": TEXT[:700].encode(),
    "empty": b"",
    "binary": bytes(range(256)) * 4,
    "nothing but zeros": bytes(4096),
    "UTF-16": TEXT.encode("utf-16"),
    "not UTF-8": TEXT.encode("latin-1"),
    "another year": TEXT.replace("year: 2025", "year: 2024").encode(),
    "another schema": TEXT.replace("schema: 1", "schema: 7").encode(),
    "another domain": TEXT.replace("kultur.example", "another.example").encode(),
    "text": b"Dear diary\n",
    "a list": b"- a\n- b\n...\n",
    "huge": b"# " + b"a" * 11 * 1024 * 1024 + b"\n",
}


@pytest.mark.parametrize("name", DAMAGED)
@pytest.mark.parametrize(
    "command", ["plan 2025", "plan 2026", "show 2025", "confirm 2025", "add natverk 2025-05-06"]
)
def test_a_damaged_file_stops_every_command(tmp_path: Path, name: str, command: str) -> None:
    """Exit 1, the file and line named, and not a byte written: what was published stays."""
    project = Folder(tmp_path)
    project.fine("plan", "2025", "--today", "2024-09-15")
    path = tmp_path / "plans" / "2025.yaml"
    path.write_bytes(DAMAGED[name])
    files, stamps = project.files(), project.stamps()
    run = project.run(*command.split(), "--today", "2024-09-16")
    assert run.code == 1
    assert run.out == ""
    assert re.match(r"plans/2025\.yaml(:\d+(:\d+)?)?: error: .", run.err)
    assert "huge" in name or re.match(r"plans/2025\.yaml:\d+", run.err)
    assert (project.files(), project.stamps()) == (files, stamps)


def test_a_forum_file_that_is_wrong_is_told_alone(tmp_path: Path) -> None:
    """A damaged plan is told, and nothing of plans while the forum file cannot be read."""
    project = Folder(tmp_path)
    project.fine("plan", "2025", "--today", "2024-09-15")
    project.place("plans/2025.yaml").write_bytes(DAMAGED["cut"])
    run = project.run("check")
    assert run.code == 1
    assert "2025.yaml" in run.err
    project.edit("twice a year", "twise a yaer")
    run = project.run("check")
    assert run.code == 1
    assert "2025.yaml" not in run.err


def test_one_damaged_year_leaves_the_others_alone(tmp_path: Path) -> None:
    """A damaged plan of one year stops the planning of another, for its meetings would leave the feeds."""
    project = Folder(tmp_path)
    project.fine("plan", "2025", "2026", "--today", "2024-09-15")
    (tmp_path / "plans" / "2026.yaml").write_text("schema: 1\n", encoding="utf-8")
    (tmp_path / "plans" / "notes.yaml").write_text("of no concern", encoding="utf-8")
    (tmp_path / "plans" / "2025.yaml.orig").write_text("of no concern", encoding="utf-8")
    files = project.files()
    run = project.run("plan", "2025", "--today", "2024-09-16", "--json")
    assert run.code == 1
    assert {one["file"] for one in run.document["problems"]} == {"plans/2026.yaml"}
    assert project.files() == files


def test_a_plan_that_git_gave_windows_line_ends_is_read(tmp_path: Path) -> None:
    """CRLF and a byte order mark are no damage: an editor or git may have put them there."""
    project = Folder(tmp_path)
    project.fine("plan", "2025", "--today", "2024-09-15")
    before = project.files()
    path = tmp_path / "plans" / "2025.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    project.fine("plan", "2025", "--today", "2024-09-16")
    assert project.files() == before
