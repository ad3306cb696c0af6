"""The plan of record as text: YAML in a fixed order, to be read, diffed and committed.

Only this module writes it, and always whole. It is read as strictly as a forum file, for a plan that somebody
damaged by hand must be reported and never overwritten.
"""

import json
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import Field, ValidationError

from kultursam.diagnostics import Problem
from kultursam.forumfile.errors import validation_problems
from kultursam.forumfile.planning_year import NEW_YEAR, PlanningYear
from kultursam.forumfile.values import (
    FirstOfYear,
    Flag,
    Format,
    FromOne,
    Id,
    InvalidValueError,
    Keys,
    Number,
    Roles,
    Text,
    Time,
    Url,
    ValueType,
    Zone,
    as_typed,
    date_within,
    number_between,
    of_pattern,
    one_of,
)
from kultursam.forumfile.yaml_source import Source, Where
from kultursam.i18n import Message
from kultursam.plans.model import (
    DETAILS,
    STAMP,
    Deadline,
    Departure,
    Former,
    ForumRecord,
    Gap,
    Meeting,
    Origin,
    Plan,
    Status,
    by_forum,
)

SCHEMAS = ("1", "2")
"""That are read. Version 1.0.0 wrote the first; what it wrote stays as it is until something changes."""
HEADER = (
    "# The plan of record for {year}: what was decided, meeting by meeting. Written by kultursam, whole;\n"
    "# keep it under version control, and change it by the commands confirm, move, cancel and add.\n"
)
TEXTS = {"name", "place", "link", "reason", "role", "uid"}
"""Keys whose values are written in quotes."""
END = "..."
"""YAML's end of a document, the last line: without it a file that was cut short could look whole."""
YEARS = range(1600, 9000)
"""Years that a date may lie in: a deadline can be far from its meeting, and days are counted on from it."""


def _read_stamp(text: str) -> datetime:
    try:
        return datetime.strptime(text, STAMP).replace(tzinfo=UTC)
    except ValueError:
        advice = Message("UTC such as {moment}", moment="2025-01-31T08:00:00Z")
        raise InvalidValueError(text, Message("moment"), write=advice) from None


def _read_schema(text: str) -> int:
    if text not in SCHEMAS:
        advice = Message("this version reads schema {schema}; upgrade kultursam", schema=SCHEMAS[-1])
        raise InvalidValueError(text, Message("schema"), advice)
    return int(text)


Day = Annotated[date, date_within(YEARS)]
Amount = Annotated[int, number_between(0, 10**12, "a whole number", "0|[1-9][0-9]{0,11}")]
Moment = Annotated[datetime, ValueType(_read_stamp, {"type": "string"})]
Uid = Annotated[
    str,
    of_pattern(
        Message("UID"), "[!-~](?:[ -~]{0,253}[!-~])?", Message("at most 255 ASCII characters"), as_typed
    ),
]
Digest = Annotated[
    str, of_pattern(Message("digest"), "[0-9a-f]{8}", Message("what kultursam wrote"), as_typed)
]
OWN = ("time", *DETAILS)
LISTS = {"former", "left"}
"""Keys of a meeting whose values have a line each, below the others."""
NEWER = {
    "format", "link", "own", "was_confirmed", "cancelled_at", "announced", "organisations", "roles", "left",
    "shown", "left_out", "slots", "days", "last_day", "timezone", "uid", "source", "former", "listed",
}  # fmt: skip
"""Keys that schema 1 has not; of organisations, a meeting's own."""
LAST_OF_ID = {Origin.ADDED: "x[a-z]{4}|x?", Origin.EXTERNAL: "x"}
"""What stands before the number of the id, or instead of it. A planned meeting may become an added one."""
StatusText = Annotated[str, one_of(Message("status"), Status)]
OriginText = Annotated[str, one_of(Message("origin"), Origin)]


class _Deadline(Keys):
    number: Number
    date: Day
    name: Text
    sequence: Number
    created: Moment | None = None
    modified: Moment
    cancelled: Flag = False
    shown: Digest = ""

    def deadline(self, meeting: str | None, forum: str) -> Deadline:
        created = self.created or self.modified
        return Deadline(**{**dict(self), "created": created}, meeting=meeting, forum=forum)


class _Role(Keys):
    role: Text
    organisations: tuple[Id, ...]


class _Departure(Keys):
    organisation: Id | None = None
    role: Text | None = None
    date: Day
    time: Time
    days: FromOne = 1
    last_day: Time | None = None
    timezone: Zone | None = None
    sequence: Number
    modified: Moment
    ahead: Number = 0
    shown: Digest = ""

    def departure(self, meeting: str) -> Departure:
        keys = dict(self)
        time = keys.pop("time")
        keys |= {"organisation": self.organisation or "", "role": self.role or ""}
        return Departure(**keys, start=time.start, end=time.end, meeting=meeting)


class _Former(Keys):
    date: Day
    time: Time
    days: FromOne = 1
    host: Id | None = None
    place: Text | None = None
    format: Format | None = None
    link: Url | None = None
    cancelled: Flag = False
    cancelled_at: Moment | None = None
    unannounced: Flag = False
    until: Moment | None = None

    def former(self) -> Former:
        keys = dict(self)
        time = keys.pop("time")
        return Former(**keys, start=time.start, end=time.end)


class _Meeting(Keys):
    id: Annotated[str, ValueType(str, {"type": "string"})]
    date: Day
    time: Time
    days: FromOne = 1
    last_day: Time | None = None
    timezone: Zone | None = None
    status: StatusText
    origin: OriginText = Origin.PLANNED
    source: Digest = ""
    host: Id | None = None
    place: Text | None = None
    format: Format | None = None
    link: Url | None = None
    uid: Uid | None = None
    own: tuple[Annotated[str, one_of(Message("detail"), OWN)], ...] = ()
    decided: Flag = False
    forced: tuple[Text, ...] = ()
    moved_from: Day | None = None
    former: tuple[_Former, ...] = ()
    listed: Flag = False
    reason: Text | None = None
    was_confirmed: Flag = False
    cancelled_at: Moment | None = None
    organisations: tuple[Id, ...] | None = None
    roles: tuple[_Role, ...] = ()
    sequence: Number
    created: Moment
    modified: Moment
    announced: Moment | None = None
    shown: Digest = ""
    left: tuple[_Departure, ...] = ()
    deadlines: tuple[_Deadline, ...] = ()

    def meeting(self, forum: str) -> Meeting:
        keys = dict(self)
        time, _ = keys.pop("time"), keys.pop("deadlines")
        keys |= {"start": time.start, "end": time.end}
        keys |= {"status": Status(self.status), "origin": Origin(self.origin)}
        keys["roles"] = _roles(self.roles)
        keys["former"] = tuple(one.former() for one in self.former)
        keys["left"] = tuple(departure.departure(self.id) for departure in self.left)
        return Meeting(**keys, forum=forum, number=int(re.sub(r"^.*-x?|[a-z]{4}$", "", self.id) or 0))


class _Forum(Keys):
    name: Text
    organisations: tuple[Id, ...]
    roles: tuple[_Role, ...] = ()
    left_out: Number = 0
    slots: Number = 0
    meetings: tuple[_Meeting, ...] = ()
    deadlines: tuple[_Deadline, ...] = ()

    def all_deadlines(self, forum: str) -> Iterator[Deadline]:
        yield from (deadline.deadline(None, forum) for deadline in self.deadlines)
        for meeting in self.meetings:
            yield from (deadline.deadline(meeting.id, forum) for deadline in meeting.deadlines)


def _roles(roles: Iterable[_Role]) -> Roles:
    return tuple((one.role, one.organisations) for one in roles)


class _PlanFile(Keys):
    schema_: Annotated[int, ValueType(_read_schema, {"enum": [*map(int, SCHEMAS)]})] = Field(alias="schema")
    year: Number
    begins: FirstOfYear = NEW_YEAR
    name: Text
    domain: Text
    broken_gap: Amount = 0
    moved_gap: Amount = 0
    should_gap: Amount = 0
    gap: Amount = 0
    organisations: dict[Id, Text] = Field({})
    left: tuple[Id, ...] = ()
    forums: dict[Id, _Forum]


def read_plan(
    source: Source, year: int, formats: Mapping[str, str | None] | None = None
) -> tuple[Plan | None, list[Problem]]:
    """Return the plan of record of a year, or every problem found.

    `formats` are how the forums meet: schema 1 did not record it.
    """
    if not isinstance(source.tree, dict):
        return None, [source.problem(Message("this is not a plan of record"), code="no-keys")]
    schema = str(source.tree.get("schema"))
    if re.fullmatch("[1-9][0-9]{0,9}", schema) and int(schema) > int(SCHEMAS[-1]):
        text = Message(
            "a newer kultursam wrote this plan: its schema is {schema}, this version reads {known}; upgrade",
            schema=schema,
            known=SCHEMAS[-1],
        )
        return None, [source.problem(text, ("schema",), code="newer-schema")]
    if END not in source.lines:
        line = len(source.lines) - (source.lines[-1] == "")
        text = Message('the file was cut short: its last line is not "{end}"', end=END)
        return None, [Problem(text, "error", source.name, line, 1, source.lines[line - 1], code="cut-short")]
    try:
        file = _PlanFile.model_validate(source.tree)
    except ValidationError as error:
        return None, list(validation_problems(source, source.tree, error, _PlanFile))
    if problems := [source.problem(text, where, code="contradiction") for text, where in _check(file, year)]:
        return None, problems
    meetings = [row.meeting(forum) for forum, record in file.forums.items() for row in record.meetings]
    if file.schema_ == 1 and formats:
        meetings = [replace(meeting, format=formats.get(meeting.forum)) for meeting in meetings]
    deadlines = [row for forum, record in file.forums.items() for row in record.all_deadlines(forum)]
    deadlines.sort(key=lambda row: (row.date, row.meeting or "", row.forum, row.number))
    forums = {
        key: ForumRecord(
            record.name, record.organisations, _roles(record.roles), record.left_out, record.slots
        )
        for key, record in file.forums.items()
    }
    plan = Plan(year, file.name, file.domain, forums, tuple(meetings), tuple(deadlines))
    gap = Gap(file.broken_gap, file.moved_gap, file.should_gap, file.gap)
    plan = replace(plan, optimal=not any(gap), gap=gap, begins=file.begins)
    return replace(plan, organisations=file.organisations, left=file.left, schema=file.schema_), []


def _check(file: _PlanFile, year: int) -> Iterator[tuple[Message, Where]]:
    if file.year != year:
        text = Message(
            "this is the plan of {year}, but the file is named for {name}", year=file.year, name=year
        )
        yield text, ("year",)
    seen: set[str] = set()
    uids: set[str] = set()
    for forum, record in file.forums.items():
        for index, meeting in enumerate(record.meetings):
            where: Where = ("forums", forum, "meetings", index)
            key = meeting.id
            last = LAST_OF_ID.get(Origin(meeting.origin), "") + "[1-9][0-9]{0,3}"
            if not re.fullmatch(rf"{re.escape(forum)}-{year}-(?:{last})", key):
                text = Message(
                    'invalid id "{key}" for a meeting that is {origin}', key=key, origin=meeting.origin
                )
                yield text, (*where, "id")
            if key in seen:
                yield Message('there are two meetings "{key}"', key=key), (*where, "id")
            if meeting.uid in uids:
                yield Message('there are two meetings "{key}"', key=meeting.uid), (*where, "uid")
            if abs(PlanningYear.of(meeting.date, file.begins).number - year) > 1:
                yield Message("{date} is not in {year}", date=meeting.date, year=year), (*where, "date")
            if meeting.modified < meeting.created:
                yield Message("modified before it was created"), (*where, "modified")
            seen.add(key)
            uids |= {meeting.uid} if meeting.uid else set()
            yield from _check_deadlines(meeting.deadlines, where)
            yield from _check_left(meeting.left, where)
        if record.left_out > record.slots:
            text = Message(
                "{left_out} left out of {slots} slots", left_out=record.left_out, slots=record.slots
            )
            yield text, ("forums", forum, "left_out")
        yield from _check_deadlines(record.deadlines, ("forums", forum))


def _check_left(departures: Iterable[_Departure], where: Where) -> Iterator[tuple[Message, Where]]:
    left = [(departure.organisation, departure.role) for departure in departures]
    if any((organisation is None) == (role is None) for organisation, role in left):
        yield Message("either an organisation or a role leaves a meeting"), (*where, "left")
    if len(left) > len({*left}):
        yield Message("an organisation or a role left this meeting twice"), (*where, "left")


def _check_deadlines(deadlines: Iterable[_Deadline], where: Where) -> Iterator[tuple[Message, Where]]:
    seen: set[int] = set()
    for index, deadline in enumerate(deadlines):
        if deadline.number in seen:
            text = Message("there are two deadlines {number}", number=deadline.number)
            yield text, (*where, "deadlines", index, "number")
        seen.add(deadline.number)


def write_plan(plan: Plan) -> bytes:
    """Return a plan of record as UTF-8, forums and meetings in the order of the plan."""
    lines = [HEADER.format(year=plan.planning_year) + f"schema: {plan.schema}", f"year: {plan.year}"]
    lines += [f"begins: {plan.begins}"] if plan.planning_year.splits else []
    lines += [f"name: {_quoted(plan.name)}", f"domain: {plan.domain}"]
    # Version 1.0.0 knew the points' alone.
    keys = {"broken_gap": plan.gap.broken, "moved_gap": plan.gap.moved, "should_gap": plan.gap.should}
    lines += [f"{key}: {number}" for key, number in keys.items() if number and plan.schema > 1]
    if plan.gap.points:
        lines.append(f"gap: {plan.gap.points}")
    if plan.organisations and plan.schema > 1:
        lines.append("organisations:")
        lines += [f"  {key}: {_quoted(name)}" for key, name in plan.organisations.items()]
    if plan.left and plan.schema > 1:
        lines.append(f"left: {_plain(plan.left)}")
    lines.append("forums:")
    meetings, omitted = by_forum(plan.meetings), NEWER if plan.schema == 1 else set[str]()
    deadlines: dict[tuple[str | None, str], list[Deadline]] = {}
    for deadline in plan.deadlines:
        deadlines.setdefault((deadline.meeting, deadline.forum), []).append(deadline)
    for forum, record in plan.forums.items():
        lines.append(f"  {forum}:")
        lines += [f"    {key}" for key in _written(_Forum, record, omitted - {"organisations"})]
        if forum in meetings:
            lines.append("    meetings:")
        for meeting in meetings.get(forum, ()):
            lines += [
                f"{' ' * 8 if index else '      - '}{key}"
                for index, key in enumerate(_written(_Meeting, meeting, omitted))
            ]
            lines += _flow_lines("former", _Former, meeting.former, omitted)
            lines += _flow_lines("left", _Departure, meeting.left, omitted)
            lines += _deadline_lines(deadlines.get((meeting.id, forum), ()), " " * 8, omitted)
        lines += _deadline_lines(deadlines.get((None, forum), ()), " " * 4, omitted)
    return ("\n".join([*lines, END]) + "\n").encode()


def _deadline_lines(deadlines: Sequence[Deadline], indent: str, omitted: set[str]) -> Iterator[str]:
    if deadlines:
        yield f"{indent}deadlines:"
    for deadline in sorted(deadlines, key=lambda deadline: deadline.number):
        same = {"created"} if deadline.created == deadline.modified else set[str]()
        yield f"{indent}  - {_flow(_Deadline, deadline, omitted | same)}"


def _flow_lines(
    key: str, model: type[Keys], rows: Sequence[Departure | Former], omitted: Container[str]
) -> Iterator[str]:
    if rows and key not in omitted:
        yield f"{' ' * 8}{key}:"
        yield from (f"{' ' * 10}- {_flow(model, row, omitted)}" for row in rows)


def _flow(model: type[Keys], row: Deadline | Departure | Former, omitted: Container[str]) -> str:
    return f"{{{', '.join(_written(model, row, omitted))}}}"


def _written(
    model: type[Keys], row: ForumRecord | Meeting | Deadline | Departure | Former, omitted: Container[str]
) -> Iterator[str]:
    """Yield the keys of a row that differ from their defaults, in the order of its model."""
    for key, field in model.model_fields.items():
        value = getattr(row, key, field.default)
        if value in (field.default, "") or key in omitted or key in LISTS:
            continue
        written = _plain_roles(value) if key == "roles" else _plain(value)
        yield f"{key}: {_quoted(value) if key in TEXTS else written}"


def _plain_roles(roles: Roles) -> str:
    each = (f"{{role: {_quoted(role)}, organisations: {_plain(present)}}}" for role, present in roles)
    return f"[{', '.join(each)}]"


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    if isinstance(value, datetime):
        return value.strftime(STAMP)
    return "true" if value is True else str(value)


def _quoted(text: str) -> str:
    """Return a text as YAML's double-quoted scalar; invisible characters are escaped."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(
        f"\\U{ord(char):08x}" if unicodedata.category(char) in {"Cf", "Cc", "Cn", "Co"} else char
        for char in quoted
    )
