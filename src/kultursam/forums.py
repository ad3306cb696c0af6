"""The forum file as models: what every key means, checked, with references followed.

`read_register` turns a YAML source into a `Register`, or into every problem that keeps it from being one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, get_args, get_origin
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails

from kultursam import i18n, notation
from kultursam.notation import Cadence, DayOfYear, DayRange, Strength, TimeSpan, Weeks
from kultursam.problems import Problem, did_you_mean, nearest
from kultursam.source import Source, Tree, Where

DEFAULT_BUFFER_MINUTES = 30
"""Minutes of travel between two meetings of the same person."""


def reader(read: Callable[[str], object]) -> PlainValidator:
    """Make a field of what a function reads from the text that was typed."""
    return PlainValidator(lambda value: read(_one_value(value)))


def _one_value(value: object) -> str:
    if not isinstance(value, str):
        found = "a list" if isinstance(value, list) else "keys"
        raise ValueError(f"one value is expected here, not {found}")  # noqa: TRY004 - pydantic wants ValueError
    return value


def _reference(what: str) -> PlainValidator:
    """Make a field that names something else in the file; what there is comes as the context."""

    def validate(value: object, info: ValidationInfo) -> str:
        key, known = _one_value(value), (info.context or {}).get(what)
        if known is not None and key not in known:
            raise ValueError(f'there is no {what} "{key}"{did_you_mean(key, known)}')
        return key

    return PlainValidator(validate)


def _listed(key: str) -> BeforeValidator:
    """Let a plain value stand for keys with that one key."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, LookupError):
        raise ValueError(f'"{text}" is no time zone{did_you_mean(text, available_timezones())}') from None


def _matching(pattern: str, what: str, text: str) -> str:
    if len(text) > 250 or not re.fullmatch(pattern, text):
        raise ValueError(f'"{text}" is no {what}')
    return text


def _at_most(most: int, text: str) -> int:
    number = notation.whole_number(text)
    if number > most:
        raise ValueError(f"{number} is too many; at most {most} will do")
    return number


def _each_once(days: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(days)) < len(days):
        raise ValueError("a weekday is listed twice")
    return days


def _role(text: str) -> str:
    # Roles are compared, and an å may be typed as one letter or as an a and a ring.
    return unicodedata.normalize("NFC", notation.line_of_text(text))


def _relative_path(text: str) -> str:
    if not text or "\0" in text or not text.isprintable():
        raise ValueError(f'"{text}" is no path')
    return text


Id = Annotated[str, reader(notation.identifier)]
BODY = "organisation or group"
BodyId = Annotated[str, _reference(BODY)]
ForumId = Annotated[str, _reference("forum")]
DateId = Annotated[str, _reference("date")]
TermId = Annotated[str, _reference("term")]
Text = Annotated[str, reader(notation.line_of_text)]
Number = Annotated[int, reader(notation.whole_number)]
Flag = Annotated[bool, reader(notation.yes_or_no)]
StrengthText = Annotated[Strength, reader(partial(notation.one_of, notation.STRENGTHS, "strength"))]
Days = Annotated[DayRange, reader(notation.day_range)]
Time = Annotated[TimeSpan, reader(notation.time_span)]
YearDay = Annotated[DayOfYear, reader(notation.day_of_year)]
FullDate = Annotated[date, reader(notation.near_date)]
Url = Annotated[
    str, reader(partial(_matching, r"https?://[^\s<>\"'\\^`{|}]+", "web address; write https://…"))
]
Email = Annotated[str, reader(partial(_matching, r"[^\s<>()\[\],;:@\"\\]+@[A-Za-z0-9.-]+", "e-mail address"))]
Domain = Annotated[
    str,
    reader(
        partial(
            _matching, r"(?!-)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", "domain; write such as kultur.example.org"
        )
    ),
]
Language = Annotated[str, reader(lambda text: notation.one_of(i18n.languages(), "language", text))]


class Keys(BaseModel):
    """Keys of a file, each with its value; unknown ones are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Organisation(Keys):
    """A body that takes part."""

    name: Text
    short: Text | None = None

    @property
    def label(self) -> str:
        """The short name, where there is one."""
        return self.short or self.name


class Contact(Keys):
    """Whom to ask."""

    name: Text
    email: Email


class Touching(Keys):
    """Whom something touches: the members that fit all that is named; everyone where nothing is."""

    for_: tuple[BodyId, ...] | None = Field(None, alias="for")
    for_roles: tuple[Annotated[str, reader(_role)], ...] | None = None
    for_forums: tuple[ForumId, ...] | None = None


class Period(Touching):
    """Days when people are away, returning every year or in one year only."""

    name: Text
    strength: StrengthText = "must"
    weeks: Annotated[Weeks, reader(notation.weeks)] | None = None
    from_: YearDay | None = Field(None, alias="from")
    to: YearDay | None = None
    easter: tuple[Annotated[int, reader(notation.signed_number)], ...] | None = None
    days: tuple[Annotated[int, reader(notation.weekday)], ...] | None = None

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> Period:
        ways = [
            self.weeks is not None,
            self.from_ is not None or self.to is not None,
            self.easter is not None,
        ]
        if sum(ways) != 1:
            raise ValueError("say when in one way: weeks, from and to, or easter")
        if (self.from_ is None) != (self.to is None):
            raise ValueError("from and to go together")
        if self.easter is not None and (len(self.easter) != 2 or self.easter[0] > self.easter[1]):
            raise ValueError("easter takes the first and the last day from Easter Sunday, such as [-6, -3]")
        _check_span(self.from_, self.to)
        return self


class BusyCalendar(Touching):
    """An iCalendar file of another body's decided dates."""

    name: Text
    file: Annotated[str, reader(_relative_path)]
    strength: StrengthText = "must"


class Calendar(Keys):
    """Days off, and when people are away."""

    country: Annotated[
        str, reader(partial(_matching, r"[A-Z]{2}(-[A-Z0-9]{1,3})?", "country; write SE, or GB-ENG"))
    ]
    public_holidays: StrengthText = "must"
    de_facto_holidays: StrengthText = "must"
    half_days: StrengthText = "should"
    squeeze_days: StrengthText = "should"
    periods: tuple[Period, ...] = ()
    busy: tuple[BusyCalendar, ...] = ()


class FixedDate(Keys):
    """A point that forums plan around."""

    name: Text
    on: YearDay


class Term(Keys):
    """A document's period of validity."""

    name: Text
    from_: FullDate = Field(alias="from")
    to: FullDate

    @model_validator(mode="after")
    def _in_order(self) -> Term:
        if self.to < self.from_:
            raise ValueError("the term ends before it begins")
        return self


class Membership(Keys):
    """A role, at each of some organisations."""

    role: Annotated[str, reader(_role)]
    from_: tuple[BodyId, ...] = Field(alias="from", min_length=1)


class Window(Keys):
    """A part of the year that holds some of the meetings."""

    from_: YearDay = Field(alias="from")
    to: YearDay
    meetings: Number | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        _check_span(self.from_, self.to)
        return self

    def within(self, year: int) -> tuple[date, date] | None:
        """Give first and last day of the window that begins in a year; None outside its only year."""
        return span_of(self.from_, self.to, year)


class Preparation(Keys):
    """The forum that prepares every meeting, and how many days earlier it meets."""

    forum: ForumId
    days_before: Days
    strength: StrengthText = "must"


class Together(Keys):
    """The forum that meets the same day."""

    forum: ForumId
    strength: StrengthText = "must"


class Relation(Keys):
    """At least one meeting so many days before (or after) a fixed date."""

    date: DateId
    days: Number
    strength: StrengthText = "must"


class Spacing(Keys):
    """The least number of days between two meetings of a forum."""

    min_days: Number
    strength: StrengthText = "must"


class Rotation(Keys):
    """Hosts that take turns, in the order listed."""

    rotate: tuple[BodyId, ...] = Field(min_length=1)


class DeadlineRule(Keys):
    """Something due before or after every meeting."""

    name: Text
    days_before: Number | None = None
    days_after: Number | None = None

    @model_validator(mode="after")
    def _one_direction(self) -> DeadlineRule:
        if (self.days_before is None) == (self.days_after is None):
            raise ValueError("a deadline has either days_before or days_after")
        return self


class Also(Keys):
    """What the same people do in the same meeting."""

    name: Text
    minutes: Number | None = None


class Renewal(Keys):
    """What is due before a term ends."""

    name: Text
    months_before: Annotated[int, reader(partial(_at_most, 1200))]


class TermOfForum(Keys):
    """The term that a forum is bound to."""

    of: TermId
    renewal: Renewal | None = None


class Active(Keys):
    """A forum's life."""

    from_: FullDate | None = Field(None, alias="from")
    to: FullDate | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Active:
        if self.from_ and self.to and self.to < self.from_:
            raise ValueError("the forum's life ends before it begins")
        return self


class ExternalDate(Keys):
    """A date decided elsewhere, or a calendar file of such dates."""

    on: FullDate | None = None
    file: Annotated[str, reader(_relative_path)] | None = None
    time: Time | None = None
    place: Text | None = None

    @model_validator(mode="after")
    def _date_or_file(self) -> ExternalDate:
        if (self.on is None) == (self.file is None):
            raise ValueError("an external date has either on or file")
        if self.file is not None and (self.time or self.place):
            raise ValueError("a file of dates holds their times and places itself")
        return self


Rhythm = Annotated[Cadence, reader(notation.cadence)]
Members = Annotated[tuple[Membership, ...], Field(min_length=1)]
Weekday = Annotated[int, reader(notation.meeting_weekday)]


class Defaults(Keys):
    """What a forum may say, and what may be said for all of them."""

    name: Text | None = None
    cadence: Rhythm | None = None
    members: Members | None = None
    time: Time | None = None
    purpose: Text | None = None
    windows: tuple[Window, ...] = ()
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1), AfterValidator(_each_once)] | None = None
    spacing: Spacing | None = None
    prepared_by: Preparation | None = None
    together_with: Together | None = None
    before: tuple[Relation, ...] = ()
    after: tuple[Relation, ...] = ()
    buffer_minutes: Number | None = None
    host: (
        Annotated[Rotation, BeforeValidator(lambda v: {"rotate": [v]} if isinstance(v, str) else v)] | None
    ) = None
    place: Text | None = None
    format: (
        Annotated[str, reader(partial(notation.one_of, ("in person", "online", "hybrid"), "format"))] | None
    ) = None
    also: tuple[Also, ...] = ()
    deadlines: tuple[DeadlineRule, ...] = ()
    term: TermOfForum | None = None
    active: Active | None = None
    dates: Annotated[
        tuple[Annotated[ExternalDate, _listed("on")], ...],
        BeforeValidator(lambda value: [value] if isinstance(value, dict) else value),
    ] = ()
    publish: Flag = False
    reserve: Annotated[int, reader(partial(_at_most, notation.MOST_A_YEAR))] = 0
    contact: Contact | None = None
    reminder: Annotated[timedelta, reader(notation.duration)] | None = None


class Forum(Defaults):
    """A circle of people that meets."""

    name: Text
    cadence: Rhythm
    members: Members
    time: Time


class ForumFile(Keys):
    """Everything a forum file says."""

    name: Text
    language: Language = "en"
    timezone: Annotated[str, reader(_zone)]
    domain: Domain
    organisations: dict[Id, Organisation]
    groups: dict[Id, tuple[BodyId, ...]] = {}
    calendar: Calendar | None = None
    dates: dict[Id, FixedDate] = {}
    terms: dict[Id, Term] = {}
    defaults: Defaults = Defaults()
    forums: Annotated[dict[Id, Forum], Field(min_length=1)]
    buffer_minutes: Number = DEFAULT_BUFFER_MINUTES
    base_url: Url | None = None
    accessibility_url: Url | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """A role at an organisation."""

    role: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Register:
    """A valid forum file, its references followed."""

    file: ForumFile
    source: Source
    members: dict[str, frozenset[Member]]
    """By forum."""
    organisations: dict[str, tuple[str, ...]]
    """The member organisations of each forum, in the order of the file."""
    forums_of: dict[str, tuple[str, ...]]
    """The forums of each organisation that takes part in any, in the order of the file."""

    @classmethod
    def of(cls, file: ForumFile, source: Source) -> Register:
        """Follow the references of a valid forum file."""
        members = {
            forum_id: frozenset(
                Member(membership.role, organisation)
                for membership in forum.members
                for organisation in _expand(file.groups, membership.from_)
            )
            for forum_id, forum in file.forums.items()
        }
        order = {key: position for position, key in enumerate(file.organisations)}
        organisations = {
            forum_id: tuple(sorted({member.organisation for member in present}, key=order.__getitem__))
            for forum_id, present in members.items()
        }
        return cls(file, source, members, organisations, _forums_of(organisations))

    def with_file(self, file: ForumFile) -> Register:
        """Give the register of a file changed in memory; lines are those of the file as written."""
        return Register.of(file, self.source)

    def narrowed(self, forums: Iterable[str]) -> Register:
        """Give the register of some forums alone and who takes part in them, without the text of the file."""
        organisations = {forum: self.organisations[forum] for forum in forums}
        forums_of = _forums_of(organisations)
        present = {key: one for key, one in self.file.organisations.items() if key in forums_of}
        kept = {"forums": {forum: self.forums[forum] for forum in organisations}, "organisations": present}
        source = replace(self.source, lines=(), tree={}, marks={}, key_marks={})
        members = {forum: self.members[forum] for forum in organisations}
        return Register(self.file.model_copy(update=kept), source, members, organisations, forums_of)

    @property
    def forums(self) -> dict[str, Forum]:
        """The forums by id, in the order of the file."""
        return self.file.forums

    def line(self, *where: str | int) -> int:
        """Give the line that a key's value comes from, be it inherited from `defaults`."""
        return self.source.position(self.written(where), key=True)[0]

    def written(self, where: Where) -> Where:
        """Give the place where a key is written: in the forum, or in `defaults`."""
        return _written(self.source, where)

    def expand(self, ids: Iterable[str]) -> frozenset[str]:
        """Give the organisations that a list of organisations and groups stands for."""
        return frozenset(_expand(self.file.groups, ids))

    def in_order(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Give the organisations that a list stands for, each once, in the order listed."""
        return tuple(_expand(self.file.groups, ids))

    def touched(self, forum: str, touching: Touching) -> frozenset[Member]:
        """Give the members of a forum that a period or busy calendar touches."""
        if touching.for_forums is not None and forum not in touching.for_forums:
            return frozenset()
        members = self.members[forum]
        if touching.for_ is not None:
            organisations = self.expand(touching.for_)
            members = frozenset(member for member in members if member.organisation in organisations)
        if touching.for_roles is not None:
            members = frozenset(member for member in members if member.role in touching.for_roles)
        return members


def _forums_of(organisations: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for forum, present in organisations.items():
        for organisation in present:
            found.setdefault(organisation, []).append(forum)
    return {organisation: tuple(several) for organisation, several in found.items()}


def read_register(source: Source) -> tuple[Register | None, list[Problem]]:
    """Read a forum file's models; give the register and its warnings, or every problem."""
    if not isinstance(source.tree, dict):
        return None, [source.problem("a forum file begins with keys, such as name: and forums:")]
    tree = _with_defaults(source.tree)
    try:
        file = ForumFile.model_validate(tree, context=_names(tree))
        problems = []
    except ValidationError as error:
        file = _sound_part(tree)
        problems = list(explain(source, source.tree, error, ForumFile))
    problems += (source.problem(text, _written(source, where)) for text, where in _check_references(file))
    if source.faults:
        problems = _with_faults(source, problems)
    if problems:
        return None, _unique(problems)
    register = Register.of(file, source)
    return register, _unique(_warnings(register))


def _names(tree: dict[str, Tree]) -> dict[str, dict[str, Tree] | None]:
    """Give the ids that others may refer to, by what they are; None where they cannot be known."""
    organisations, groups = tree.get("organisations"), tree.get("groups", {})
    forums, dates, terms = (tree.get(key, {}) for key in ("forums", "dates", "terms"))
    return {
        BODY: {**organisations, **groups}
        if isinstance(organisations, dict) and isinstance(groups, dict)
        else None,
        **{
            what: known if isinstance(known, dict) else None
            for what, known in (("forum", forums), ("date", dates), ("term", terms))
        },
    }


def _sound_part(tree: dict[str, Tree]) -> ForumFile:
    """Give the forums and groups of a faulty file that have no fault themselves."""
    names, forums = _names(tree), {}
    for key, forum in _at(tree, ("forums",)).items():
        with suppress(ValidationError):
            forums[key] = Forum.model_validate(forum, context=names)
    groups = {
        group: tuple(str(key) for key in ids)
        for group, ids in _at(tree, ("groups",)).items()
        if isinstance(ids, list)
    }
    return ForumFile.model_construct(
        organisations=_at(tree, ("organisations",)), groups=groups, forums=forums
    )


def _with_faults(source: Source, problems: Iterable[Problem]) -> list[Problem]:
    """Add what kept the file from being read whole, less what follows from that."""
    places = {(one.line, one.column) for one in source.faults}
    return [*source.faults, *(one for one in problems if (one.line, one.column) not in places)]


def _with_defaults(tree: dict[str, Tree]) -> dict[str, Tree]:
    defaults, forums = tree.get("defaults"), tree.get("forums")
    if not isinstance(defaults, dict) or not isinstance(forums, dict):
        return tree
    merged: dict[str, Tree] = {
        key: {**defaults, **forum} if isinstance(forum, dict) else forum for key, forum in forums.items()
    }
    return {**tree, "forums": merged}


def _written(source: Source, where: Where) -> Where:
    """Find where a forum's key is written: in the forum, or in `defaults`."""
    if len(where) > 2 and where[0] == "forums" and where[:3] not in source.marks:
        inherited = ("defaults", *where[2:])
        if inherited[:2] in source.marks:
            return inherited
    return where


def span_of(first: DayOfYear, last: DayOfYear, year: int) -> tuple[date, date] | None:
    """Give the days, both counted, from a first day in a year to the next last day."""
    start = first.within(year)
    if start is None:
        return None
    end = last.within(last.year or year)
    if end is not None and end < start:
        end = last.within(year + 1)
    return None if end is None else (start, end)


def _check_span(first: DayOfYear | None, last: DayOfYear | None) -> None:
    if first is None or last is None:
        return
    if (first.year is None) != (last.year is None):
        raise ValueError("from and to have both a year, or neither")
    if first.year is not None and last.year is not None:
        if (last.year, last.month, last.day) < (first.year, first.month, first.day):
            raise ValueError("ends before it begins")
        if last.year - first.year > 1:
            raise ValueError("spans more than two years")


# --- faults of form -------------------------------------------------------------------------------


def explain(
    source: Source, tree: dict[str, Tree], error: ValidationError, model: type[Keys]
) -> Iterator[Problem]:
    """Say every fault of form; misspelt keys are read as what was meant, so that one hides no other.

    What forums have from `defaults` is said there, once.
    """
    tree, typed, said = deepcopy(tree), dict[Where, str](), set[Where]()
    errors = error.errors(include_url=False)
    while unknown := [
        one["loc"]
        for one in errors
        if one["type"] == "extra_forbidden" and one["loc"] not in said and not _inherited(tree, one["loc"])
    ]:
        for where in unknown:
            said.add(where)
            key, parent = str(where[-1]), _at(tree, where[:-1])
            near = nearest(key, set(_keys_at(model, where[:-1])) - set(parent))
            hint = f'; did you mean "{near}"?' if near else ""
            yield source.problem(f'unknown key "{key}"{hint}', _as_typed(typed, where), key=True)
            if near:
                typed[(*where[:-1], near)] = key
                parent[near] = parent.pop(key)
        errors = _errors(model, tree)
    for found in errors:
        if found["type"] != "extra_forbidden" and not _inherited(tree, found["loc"]):
            yield from _fault(source, found, _as_typed(typed, found["loc"]))


def _errors(model: type[Keys], tree: dict[str, Tree]) -> list[ErrorDetails]:
    try:
        model.model_validate(tree, context=_names(tree))
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def _as_typed(typed: dict[Where, str], where: Where) -> Where:
    """Give a place with its keys as they were misspelt."""
    return tuple(typed.get(where[: index + 1], part) for index, part in enumerate(where))


def _inherited(tree: dict[str, Tree], where: Where) -> bool:
    """Tell whether a forum has the key at a place from `defaults`."""
    if len(where) < 3 or where[0] != "forums":
        return False
    return where[2] in _at(tree, ("defaults",)) and where[2] not in _at(tree, where[:2])


def _fault(source: Source, error: ErrorDetails, where: Where) -> Iterator[Problem]:
    if where and where[-1] == "[key]":
        yield source.problem(_sentence(error), where[:-1], key=True)
    elif error["type"] == "missing":
        # Where something could not be read at all, what is missing may stand in it.
        if not source.faults:
            yield source.problem(f'the key "{where[-1]}" is missing', where[:-1], key=True)
    elif error["type"] != "too_short" or not error["input"]:
        yield source.problem(_sentence(error), where)


def _at(tree: Tree, where: Where) -> dict[str, Tree]:
    """Give the keys at a place, none where there are none."""
    value: Any = tree
    for part in where:
        found = (
            value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}
        )
        value = found.get(part)
    return value if isinstance(value, dict) else {}


def _sentence(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    empty = "; it has no value" if error.get("input") == "" else ""
    if kind in {"tuple_type", "list_type"}:
        return f"a list is expected here, such as [a, b]{empty}"
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        return f"keys are expected here, each with its value{empty}"
    if kind == "too_short":
        return "at least one is needed here"
    return error["msg"]


def _keys_at(top: type[Keys], where: Where) -> list[str]:
    """List the keys that a model accepts at a place."""
    annotation: object = top
    for part in where:
        annotation = _step(annotation, part)
    model = _model(annotation)
    return [info.alias or name for name, info in model.model_fields.items()] if model else []


def _step(annotation: object, part: str | int) -> object:
    model = _model(annotation)
    if model is not None and isinstance(part, str):
        for name, info in model.model_fields.items():
            if part == (info.alias or name):
                return info.annotation
        return None
    for inner in _flat(annotation):
        arguments = get_args(inner)
        if get_origin(inner) is dict:
            return arguments[1]
        if get_origin(inner) is tuple:
            return arguments[0]
    return None


def _model(annotation: object) -> type[BaseModel] | None:
    models = (
        inner for inner in _flat(annotation) if isinstance(inner, type) and issubclass(inner, BaseModel)
    )
    return next(models, None)


def _flat(annotation: object) -> Iterator[object]:
    """Look through Annotated and unions."""
    if get_origin(annotation) in {dict, tuple} or not get_args(annotation):
        yield annotation
        return
    for inner in get_args(annotation):
        yield from _flat(inner)


def _unique(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(
        dict.fromkeys(problems), key=lambda problem: (problem.line or 0, problem.column or 0, problem.text)
    )


# --- faults of reference --------------------------------------------------------------------------


def _check_references(file: ForumFile) -> Iterator[tuple[str, Where]]:
    yield from _check_groups(file)
    for forum_id, forum in file.forums.items():
        yield from _check_forum(file, forum_id, forum)
    yield from _check_circles(
        {
            key: [link.forum for link in (forum.prepared_by, forum.together_with) if link]
            for key, forum in file.forums.items()
        },
        "forums",
        "prepares or accompanies itself",
    )


def _check_groups(file: ForumFile) -> Iterator[tuple[str, Where]]:
    for group in file.groups:
        if group in file.organisations:
            yield f'"{group}" is an organisation already; a group needs another id', ("groups", group)
    links = {group: [key for key in ids if key in file.groups] for group, ids in file.groups.items()}
    yield from _check_circles(links, "groups", "contains itself")


def _check_circles(links: dict[str, list[str]], section: str, what: str) -> Iterator[tuple[str, Where]]:
    for start, onward in links.items():
        path, open_paths = [start], [iter(onward)]
        seen = {start}
        while open_paths:
            step = next(open_paths[-1], None)
            if step is None:
                open_paths.pop()
                path.pop()
            elif step == start:
                yield f'"{start}" {what}: {" → ".join([*path, start])}', (section, start)
                break
            elif step in links and step not in seen:
                seen.add(step)
                path.append(step)
                open_paths.append(iter(links[step]))


def _check_forum(file: ForumFile, forum_id: str, forum: Forum) -> Iterator[tuple[str, Where]]:
    where: Where = ("forums", forum_id)
    for key in ("prepared_by", "together_with"):
        if link := getattr(forum, key):
            yield from _check_link(file, link.forum, (*where, key, "forum"))
    yield from _check_kind(forum, where)
    yield from _check_windows(forum, where)
    yield from _check_names(forum, where)
    other = file.forums.get(forum.together_with.forum) if forum.together_with else None
    if other and forum.time.start < other.time.end and other.time.start < forum.time.end:
        text = f"meets at {forum.time}, which overlaps {other.time} of the forum it meets together with"
        yield text, (*where, "together_with")


def _check_names(forum: Forum, where: Where) -> Iterator[tuple[str, Where]]:
    names = [deadline.name for deadline in forum.deadlines]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield f'there are two deadlines "{name}"', (*where, "deadlines", index)


def _check_link(file: ForumFile, other: str, where: Where) -> Iterator[tuple[str, Where]]:
    if other in file.forums and not (
        planned_number(file.forums[other]) or file.forums[other].cadence.kind != "as needed"
    ):
        yield f'"{other}" meets as needed; no meetings of it are planned', where


def planned_number(forum: Forum) -> int:
    """Give how many meetings a year are planned for a forum that has a number; RRULE and external count 0."""
    return forum.reserve if forum.cadence.kind == "as needed" else forum.cadence.number


def _check_kind(forum: Forum, where: Where) -> Iterator[tuple[str, Where]]:
    kind = forum.cadence.kind
    if forum.dates and kind != "external":
        yield 'dates are written only where cadence is "external"', (*where, "dates")
    if forum.publish and kind != "external":
        yield (
            'publish is written only where cadence is "external"; other forums are always published',
            (*where, "publish"),
        )
    if forum.reserve and kind != "as needed":
        yield 'places are reserved only where cadence is "as needed"', (*where, "reserve")


def _check_windows(forum: Forum, where: Where) -> Iterator[tuple[str, Where]]:
    number = planned_number(forum)
    if not forum.windows or not number:
        return
    where = (*where, "windows")
    dated = {window.from_.year for window in forum.windows if window.from_.year}
    years: set[int | None] = {*dated} or {None}
    for year in years:
        windows = [window for window in forum.windows if window.from_.year in {None, year}]
        if fault := share(number, [window.meetings for window in windows])[1]:
            yield fault, where
            break
    for year in (2024, 2025, *sorted(dated)):
        spans = sorted(span for window in forum.windows for span in _spans(window, year))
        if any(first <= last for (_, last), (first, _) in pairwise(spans)):
            yield "the windows overlap", where
            return


def _spans(window: Window, year: int) -> Iterator[tuple[date, date]]:
    for start in (year - 1, year):
        if span := window.within(start):
            yield span


def share(number: int, asked: list[int | None]) -> tuple[list[int], str | None]:
    """Share meetings out over windows: what each asks for, the rest evenly; give the shares, or a fault."""
    given = sum(meetings for meetings in asked if meetings is not None)
    free = asked.count(None)
    rest = number - given
    if rest < 0 or (rest and not free):
        return [], f"the windows hold {given} meetings, but {number} a year are to be held"
    if free and rest % free:
        return (
            [],
            f"{rest} meetings cannot be shared evenly over {free} windows; say how many with meetings: n",
        )
    return [rest // free if meetings is None else meetings for meetings in asked], None


def _expand(groups: dict[str, tuple[str, ...]], ids: Iterable[str]) -> list[str]:
    """Follow groups to organisations, each once, in the order listed."""
    found: dict[str, None] = {}
    stack = list(reversed(list(ids)))
    while stack:
        key = stack.pop()
        if key in found:
            continue
        found[key] = None
        stack.extend(reversed(groups.get(key, ())))
    return [key for key in found if key not in groups]


LINKS = ("prepared_by", "together_with", "before", "after")
NO_EFFECT = {
    "rrule": ("windows",),
    "external": ("windows", "weekdays", "spacing", *LINKS, "host", "deadlines", "term"),
}
"""Keys that mean nothing where a recurrence rule names the dates, or another body decides them."""


def _warnings(register: Register) -> Iterator[Problem]:
    file, source = register.file, register.source
    for forum_id, forum in file.forums.items():
        for key in NO_EFFECT.get(forum.cadence.kind, ()):
            place = ("forums", forum_id, key)
            if place in source.key_marks:
                text = f'"{key}" has no effect where the cadence is {forum.cadence.kind}'
                yield source.problem(text, place, key=True, warning=True)
    roles = {member.role for members in register.members.values() for member in members}
    touching: list[tuple[Touching, Where]] = []
    if file.calendar:
        touching += [
            (period, ("calendar", "periods", index)) for index, period in enumerate(file.calendar.periods)
        ]
        touching += [(busy, ("calendar", "busy", index)) for index, busy in enumerate(file.calendar.busy)]
    for one, where in touching:
        for index, role in enumerate(one.for_roles or ()):
            if role not in roles:
                text = f'no forum has the role "{role}"{did_you_mean(role, roles)}'
                yield source.problem(text, (*where, "for_roles", index), warning=True)
