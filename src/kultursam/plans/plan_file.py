"""The plan of record as text: YAML in a fixed order, to be read, diffed and committed.

Written only by this module, whole. What it reads it checks as strictly as a forum file, for a plan that
somebody broke by hand must be told of, never overwritten.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from kultursam.diagnostics import Problem
from kultursam.forumfile import notation
from kultursam.forumfile.errors import explain
from kultursam.forumfile.notation import TimeSpan
from kultursam.forumfile.values import Keys, reader
from kultursam.forumfile.yaml_source import Source, Where
from kultursam.plans.model import Deadline, ForumRecord, Meeting, Origin, Plan, Status, by_forum

SCHEMA = 1
HEADER = (
    "# The plan of record for {year}: what was decided, meeting by meeting. Written by kultursam, whole;\n"
    "# keep it under version control, and change it by the commands confirm, move, cancel and add.\n"
)
STAMP = "%Y-%m-%dT%H:%M:%SZ"
END = "..."
"""YAML's end of a document, the last line: without it a file that was cut short could look whole."""
YEARS = range(1600, 9000)
"""Years that a date may lie in: a deadline can be far from its meeting, but days are counted on from it."""


def _stamp(text: str) -> datetime:
    try:
        return datetime.strptime(text, STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f'"{text}" is no moment; it is written 2025-01-31T08:00:00Z') from None


def _date(text: str) -> date:
    read = notation.full_date(text)
    if read.year not in YEARS:
        raise ValueError(f'"{text}" is too far away')
    return read


Text = Annotated[str, reader(notation.line_of_text)]
Name = Annotated[str, reader(notation.identifier)]
Number = Annotated[int, reader(notation.whole_number)]
Day = Annotated[date, reader(_date)]
Moment = Annotated[datetime, reader(_stamp)]
Span = Annotated[TimeSpan, reader(notation.time_span)]
Flag = Annotated[bool, reader(notation.yes_or_no)]


def _schema(text: str) -> int:
    if text != str(SCHEMA):
        raise ValueError(
            f'schema "{text}" is not known to this version, which reads {SCHEMA}; upgrade kultursam'
        )
    return SCHEMA


class _Deadline(Keys):
    number: Number
    name: Text
    date: Day
    sequence: Number
    created: Moment | None = None
    modified: Moment
    cancelled: Flag = False

    def deadline(self, meeting: str | None, forum: str) -> Deadline:
        return Deadline(
            meeting,
            self.name,
            self.date,
            forum,
            self.number,
            self.modified,
            self.created or self.modified,
            self.sequence,
            self.cancelled,
        )


class _Meeting(Keys):
    id: Annotated[str, reader(str)]
    date: Day
    time: Span
    status: Annotated[str, reader(partial(notation.one_of, tuple(Status), "status"))]
    sequence: Number
    created: Moment
    modified: Moment
    origin: Annotated[str, reader(partial(notation.one_of, tuple(Origin), "origin"))] = "planned"
    host: Name | None = None
    place: Text | None = None
    decided: Flag = False
    forced: tuple[Text, ...] = ()
    moved_from: Day | None = None
    reason: Text | None = None
    deadlines: tuple[_Deadline, ...] = ()

    def meeting(self, forum: str) -> Meeting:
        return Meeting(
            id=self.id,
            forum=forum,
            number=int(re.sub(r"^.*-x?", "", self.id)),
            date=self.date,
            start=self.time.start,
            end=self.time.end,
            status=Status(self.status),
            origin=Origin(self.origin),
            sequence=self.sequence,
            created=self.created,
            modified=self.modified,
            host=self.host,
            place=self.place,
            decided=self.decided,
            forced=self.forced,
            moved_from=self.moved_from,
            reason=self.reason,
        )


class _Forum(Keys):
    name: Text
    organisations: tuple[Name, ...]
    meetings: tuple[_Meeting, ...] = ()
    deadlines: tuple[_Deadline, ...] = ()


class _PlanFile(Keys):
    schema_: Annotated[Literal[1], reader(_schema)] = Field(alias="schema")
    year: Number
    name: Text
    domain: Text
    gap: Number = 0
    forums: dict[Name, _Forum]


def read_plan(source: Source, year: int) -> tuple[Plan | None, list[Problem]]:
    """Read the plan of record of a year; give it, or every problem found."""
    if not isinstance(source.tree, dict):
        return None, [source.problem("this is no plan of record")]
    if END not in source.lines:
        line = len(source.lines) - (source.lines[-1] == "")
        text = f'the file was cut short: its last line is not "{END}"'
        return None, [Problem(text, "error", source.name, line, 1, source.lines[line - 1])]
    try:
        file = _PlanFile.model_validate(source.tree)
    except ValidationError as error:
        return None, list(explain(source, source.tree, error, _PlanFile))
    if problems := [source.problem(text, where) for text, where in _check(file, year)]:
        return None, problems
    meetings = [one.meeting(forum) for forum, record in file.forums.items() for one in record.meetings]
    due = [
        deadline.deadline(meeting, forum)
        for forum, record in file.forums.items()
        for meeting, several in (
            (None, record.deadlines),
            *((one.id, one.deadlines) for one in record.meetings),
        )
        for deadline in several
    ]
    return Plan(
        year=year,
        name=file.name,
        domain=file.domain,
        forums={
            forum: ForumRecord(record.name, record.organisations) for forum, record in file.forums.items()
        },
        meetings=tuple(meetings),
        deadlines=tuple(sorted(due, key=lambda one: (one.date, one.meeting or "", one.forum, one.number))),
        optimal=not file.gap,
        gap=file.gap,
    ), []


def _check(file: _PlanFile, year: int) -> Iterator[tuple[str, Where]]:
    if file.year != year:
        yield f"this is the plan of {file.year}, but the file is named for {year}", ("year",)
    seen: set[str] = set()
    for forum, record in file.forums.items():
        for index, one in enumerate(record.meetings):
            where: Where = ("forums", forum, "meetings", index)
            extra = "x" if one.origin in {Origin.ADDED, Origin.EXTERNAL} else ""
            if not re.fullmatch(rf"{re.escape(forum)}-{year}-{extra}[1-9][0-9]{{0,3}}", one.id):
                yield f'"{one.id}" is no id of a meeting that is {one.origin}', (*where, "id")
            if one.id in seen:
                yield f'there are two meetings "{one.id}"', (*where, "id")
            if abs(one.date.year - year) > 1:
                yield f"{one.date} is not in {year}", (*where, "date")
            if one.modified < one.created:
                yield "modified before it was created", (*where, "modified")
            seen.add(one.id)
            yield from _check_deadlines(one.deadlines, where)
        yield from _check_deadlines(record.deadlines, ("forums", forum))


def _check_deadlines(deadlines: Iterable[_Deadline], where: Where) -> Iterator[tuple[str, Where]]:
    seen: set[int] = set()
    for index, one in enumerate(deadlines):
        if one.number in seen:
            yield f"there are two deadlines {one.number}", (*where, "deadlines", index, "number")
        seen.add(one.number)


def write_plan(plan: Plan) -> bytes:
    """Write a plan of record: UTF-8, forums and meetings in the order of the plan."""
    lines = [HEADER.format(year=plan.year) + f"schema: {SCHEMA}", f"year: {plan.year}"]
    lines += [f"name: {_quoted(plan.name)}", f"domain: {plan.domain}"]
    if plan.gap:
        lines.append(f"gap: {plan.gap}")
    lines.append("forums:")
    meetings, due = by_forum(plan.meetings), _by_owner(plan.deadlines)
    for forum, record in plan.forums.items():
        lines += [
            f"  {forum}:",
            f"    name: {_quoted(record.name)}",
            f"    organisations: {_listed(record.organisations)}",
        ]
        if forum in meetings:
            lines.append("    meetings:")
        for meeting in meetings.get(forum, ()):
            lines += _meeting_lines(meeting)
            lines += _deadline_lines(due.get((meeting.id, None), ()), " " * 8)
        lines += _deadline_lines(due.get((None, forum), ()), " " * 4)
    return ("\n".join([*lines, END]) + "\n").encode()


def _by_owner(deadlines: Iterable[Deadline]) -> dict[tuple[str | None, str | None], list[Deadline]]:
    """Give the deadlines of each meeting, by its id, and of each term, by its forum."""
    found: dict[tuple[str | None, str | None], list[Deadline]] = {}
    for one in deadlines:
        found.setdefault((one.meeting, None if one.meeting else one.forum), []).append(one)
    return found


def _meeting_lines(meeting: Meeting) -> Iterator[str]:
    yield f"      - id: {meeting.id}"
    written = {
        "date": meeting.date.isoformat(),
        "time": f"{meeting.start:%H:%M}-{meeting.end:%H:%M}",
        "status": meeting.status.value,
        "origin": None if meeting.origin is Origin.PLANNED else meeting.origin.value,
        "host": meeting.host,
        "place": meeting.place and _quoted(meeting.place),
        "decided": "true" if meeting.decided else None,
        "forced": _listed(meeting.forced) if meeting.forced else None,
        "moved_from": meeting.moved_from and meeting.moved_from.isoformat(),
        "reason": meeting.reason and _quoted(meeting.reason),
        "sequence": str(meeting.sequence),
        "created": meeting.created.strftime(STAMP),
        "modified": meeting.modified.strftime(STAMP),
    }
    yield from (f"        {key}: {value}" for key, value in written.items() if value is not None)


def _deadline_lines(deadlines: Iterable[Deadline], indent: str) -> Iterator[str]:
    several = sorted(deadlines, key=lambda one: one.number)
    if several:
        yield f"{indent}deadlines:"
    for one in several:
        created = f", created: {one.created.strftime(STAMP)}" if one.created != one.modified else ""
        cancelled = ", cancelled: true" if one.cancelled else ""
        yield (
            f"{indent}  - {{number: {one.number}, date: {one.date.isoformat()}, name: {_quoted(one.name)}, "
            f"sequence: {one.sequence}{created}, modified: {one.modified.strftime(STAMP)}{cancelled}}}"
        )


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"


def _quoted(text: str) -> str:
    """Write a text as YAML's double-quoted scalar; what does not show is escaped."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(
        f"\\U{ord(char):08x}" if unicodedata.category(char) in {"Cf", "Cc", "Cn", "Co"} else char
        for char in quoted
    )
