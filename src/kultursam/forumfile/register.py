"""The forum file with its references followed: `read_register` makes a `Register` of a YAML source.

A register answers what the models alone cannot: who the members of a forum are once groups are expanded, whom
a period affects, on which line a key is written.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Self
from urllib.parse import quote

from pydantic import ValidationError

from kultursam.diagnostics import Problem, did_you_mean
from kultursam.forumfile.cadence import NamedDays
from kultursam.forumfile.calendar_models import Active, Touching
from kultursam.forumfile.cross_checks import check_references
from kultursam.forumfile.errors import in_file_order, known_ids, located, mapping_at, validation_problems
from kultursam.forumfile.keys import FormatRotation, PlaceRotation, rotation
from kultursam.forumfile.meeting_models import AnnouncedChange, Limit, Membership, Window
from kultursam.forumfile.models import Forum, ForumFile, YearSettings
from kultursam.forumfile.planning_year import PlanningYear
from kultursam.forumfile.recurrence_rules import may_name_between
from kultursam.forumfile.values import Roles, Strength, folded
from kultursam.forumfile.yaml_source import Source, Tree, Where
from kultursam.i18n import SOURCE_LANGUAGE, Message, languages

Hindrances = tuple[tuple[Strength, frozenset[str]], ...]
"""How firmly something keeps meetings off, and for which organisations, the firmest first."""
WHERE_IT_MEETS = {"place", "room"}
"""Keys of which a forum has one."""

OPEN = ""
"""The place or format of a meeting that has still to be given it, by turns."""
ALWAYS = Active()
"""The life of an organisation, or forum, of which the file says none."""


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """A role at an organisation."""

    role: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Register:
    """A valid forum file with its references followed."""

    file: ForumFile
    source: Source
    members: dict[str, frozenset[Member]]
    """By forum."""
    required: dict[str, frozenset[Member]]
    """By forum: the members without whom it does not meet."""
    organisations: dict[str, tuple[str, ...]]
    """The member organisations of each forum, in the order of the file."""
    rooms: dict[str, str]
    """The ids of rooms, by their names and ids."""
    limited: tuple[dict[str, frozenset[str]], ...]
    """By limit, and forum that it holds for: the member organisations that it touches."""
    forums_of: dict[str, tuple[str, ...]]
    """The forums of each organisation that takes part in any, in the order of the file."""
    temporary: frozenset[str] = frozenset()
    """The organisations that take part for a time only: who meets then depends on the day."""

    @classmethod
    def of(cls, file: ForumFile, source: Source) -> Self:
        """Return the register of a valid forum file."""
        members = {key: _members(file, forum.members) for key, forum in file.forums.items()}
        required = {
            key: _members(file, (one for one in forum.members if not one.optional))
            for key, forum in file.forums.items()
        }
        order = {key: position for position, key in enumerate(file.organisations)}
        organisations = {
            forum_id: tuple(sorted({member.organisation for member in present}, key=order.__getitem__))
            for forum_id, present in members.items()
        }
        limited = tuple(_limited(file, limit, members, required) for limit in file.limits)
        rooms = {key: key for key in file.rooms} | {
            folded(room.name): key for key, room in file.rooms.items()
        }
        forums_of = _forums_of(organisations)
        temporary = frozenset(key for key, body in file.organisations.items() if body.active)
        if temporary:
            file = _with_lives(file, organisations)
        return cls(file, source, members, required, organisations, rooms, limited, forums_of, temporary)

    def with_file(self, file: ForumFile) -> Self:
        """Return the register of a file changed in memory; lines are those of the file as written."""
        return self.of(file, self.source)

    def restricted_to(self, forums: Iterable[str]) -> Self:
        """Return the register of some forums and their organisations alone, without the text of the file."""
        organisations = {forum: self.organisations[forum] for forum in forums}
        forums_of = _forums_of(organisations)
        present = {key: body for key, body in self.file.organisations.items() if key in forums_of}
        kept = {"forums": {forum: self.forums[forum] for forum in organisations}, "organisations": present}
        source = replace(self.source, lines=(), tree={}, marks={}, key_marks={})
        members = {forum: self.members[forum] for forum in organisations}
        required = {forum: self.required[forum] for forum in organisations}
        file = self.file.model_copy(update=kept)
        limited = tuple(
            {forum: touched for forum, touched in limit.items() if forum in members} for limit in self.limited
        )
        return replace(
            self,
            file=file,
            source=source,
            members=members,
            required=required,
            organisations=organisations,
            limited=limited,
            forums_of=forums_of,
        )

    @property
    def forums(self) -> dict[str, Forum]:
        """The forums by id, in the order of the file."""
        return self.file.forums

    def line(self, *where: str | int) -> int:
        """Return the line that a key's value comes from; it may be inherited from `defaults`."""
        return self.source.position(self.written(where), key=True)[0]

    def written(self, where: Where) -> Where:
        """Return the place where a key is written: in the forum, or in `defaults`."""
        return _written(self.source, where)

    def expand(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return the organisations that ids of them and of groups stand for, each once, in order."""
        return _expand(self.file.groups, ids)

    def roles_of(self, forum: str) -> Roles:
        """Return the roles of a forum's members, each with its organisations, in the order of the file."""
        roles = []
        for membership in self.forums[forum].members:
            present = self.expand(membership.from_)
            in_order = tuple(key for key in self.file.organisations if key in present)
            roles.append((membership.role, in_order))
        return tuple(roles)

    def is_optional(self, forum: str, role: str, organisation: str) -> bool:
        """Return whether a forum meets without somebody whom its file names as a member."""
        member = Member(role, organisation)
        return member in self.members.get(forum, ()) and member not in self.required[forum]

    def room_of(self, place: str | None) -> str | None:
        """Return the room that a place is, by its name or id; None if it is none of the file's."""
        return self.rooms.get(folded(place)) if place and self.rooms else None

    def place(self, text: str | None) -> str | None:
        """Return a place as it is shown: the name of a room, be that named or its id given."""
        room = self.room_of(text)
        return self.file.rooms[room].name if room else text

    def place_of(self, forum: str, day: date) -> str | None:
        """Return where a forum meets on a day; OPEN where it depends on whose turn it is."""
        model = self.forums[forum].on(day)
        return self.place(self._settled(forum, model.room or model.place))

    def format_of(self, forum: str, day: date) -> str | None:
        """Return how a forum meets on a day; OPEN where it depends on whose turn it is."""
        return self._settled(forum, self.forums[forum].on(day).format)

    def _settled(self, forum: str, value: PlaceRotation | FormatRotation | str | None) -> str | None:
        if value is None or isinstance(value, str):
            return value
        # What others decide has its place and format from there.
        return None if self.forums[forum].cadence.kind == "external" else OPEN

    def turns_of(self, forum: str, day: date, detail: str) -> tuple[str, ...]:
        """Return the places, or formats, that take turns among a forum's meetings on a day."""
        model = self.forums[forum]
        return () if model.cadence.kind == "external" else rotation(getattr(model.on(day), detail))

    def places_of(self, forum: str) -> frozenset[str | None]:
        """Return where a forum meets at any time; None among them where some meeting has no place."""
        every = self.forums[forum].every_said
        return frozenset(
            self.place(place)
            for model in every
            for place in (rotation(model.place) or (model.room or model.place,))
        )

    def life(self, organisation: str) -> Active:
        """Return the days on which an organisation of the file takes part in anything."""
        return self.file.organisations[organisation].active or ALWAYS

    def takes_part(self, organisation: str, day: date) -> bool:
        """Return whether an organisation takes part in anything on a day."""
        return organisation not in self.temporary or self.life(organisation).includes(day)

    def organisations_on(self, forum: str, day: date) -> tuple[str, ...]:
        """Return the organisations that take part in a forum's meeting on a day, in the order of the file."""
        return tuple(key for key in self.organisations[forum] if self.takes_part(key, day))

    def roles_on(self, forum: str, day: date) -> Roles:
        """Return the roles of those who take part in a forum's meeting on a day, as `roles_of`."""
        roles = (
            (role, tuple(key for key in present if self.takes_part(key, day)))
            for role, present in self.roles_of(forum)
        )
        return tuple((role, present) for role, present in roles if present)

    def planning_year(self, number: int) -> PlanningYear:
        """Return the planning year that is named for a calendar year."""
        return PlanningYear(number, self.file.year.from_)

    def year_of(self, day: date) -> PlanningYear:
        """Return the planning year that holds a day."""
        return PlanningYear.of(day, self.file.year.from_)

    def dates_in(self, year: PlanningYear) -> Iterator[tuple[date, str]]:
        """Yield the fixed dates of a year, with their names."""
        for fixed in self.file.dates.values():
            if day := year.date_of(fixed.on):
                yield day, fixed.name

    def within(self, year: PlanningYear, first: date, last: date) -> Self:
        """Return the register with only the fixed dates of a year that lie in a span of days."""
        dates = {
            key: fixed
            for key, fixed in self.file.dates.items()
            if (day := year.date_of(fixed.on)) and first <= day <= last
        }
        return replace(self, file=self.file.model_copy(update={"dates": dates}))

    def label(self, organisation: str) -> str:
        """Return the short name of an organisation; its id if it has left the file."""
        body = self.file.organisations.get(organisation)
        return body.label if body else organisation

    def address(self, path: str) -> str:
        """Return the address of a published file, empty where it is not known."""
        base = self.file.base_url
        return in_ascii(f"{base.rstrip('/')}/{path}") if base else ""

    def touched(self, forum: str, touching: Touching) -> frozenset[Member]:
        """Return the members of a forum that a period or busy calendar affects."""
        if touching.for_forums is not None and forum not in touching.for_forums:
            return frozenset()
        organisations = self.organisations[forum] if touching.for_ is None else self.expand(touching.for_)
        return frozenset(
            member
            for member in self.members[forum]
            if member.organisation in organisations
            and (touching.for_roles is None or member.role in touching.for_roles)
        )

    def hindrances(self, forum: str, touching: Touching, strength: Strength) -> Hindrances:
        """Return how firmly something keeps a forum's meetings off, and for which organisations.

        Optional members hinder nothing: what touches them alone is weighed as `prefer`. So it counts on a day
        as firmly as the first says of which some organisation takes part then.
        """
        touched = self.touched(forum, touching)
        kinds: tuple[tuple[Strength, frozenset[Member]], ...] = (
            (strength, touched & self.required[forum]),
            ("prefer", touched),
        )
        return tuple(
            (firmly, frozenset(member.organisation for member in members))
            for firmly, members in kinds
            if members
        )


def in_ascii(address: str) -> str:
    """Return a web address in ASCII."""
    return quote(address, safe="%/:=&?~#+!$,;@()*[]'")


def _members(file: ForumFile, memberships: Iterable[Membership]) -> frozenset[Member]:
    """Return who some memberships stand for."""
    return frozenset(
        Member(membership.role, organisation)
        for membership in memberships
        for organisation in _expand(file.groups, membership.from_)
    )


def _limited(
    file: ForumFile,
    limit: Limit,
    members: dict[str, frozenset[Member]],
    required: dict[str, frozenset[Member]],
) -> dict[str, frozenset[str]]:
    """Return the organisations that a limit touches, of each forum that it holds for."""
    present = _expand(file.groups, limit.organisations or ())
    touched = {
        forum: frozenset(
            member.organisation
            for member in of_forum
            if forum in (limit.forums or ())
            or (
                member in required[forum]
                and (member.organisation in present or member.role in (limit.roles or ()))
            )
        )
        for forum, of_forum in members.items()
    }
    return {forum: bodies for forum, bodies in touched.items() if bodies}


def _with_lives(file: ForumFile, organisations: dict[str, tuple[str, ...]]) -> ForumFile:
    """Return the file with the life of each forum no longer than that of its organisations."""
    forums = {}
    for key, forum in file.forums.items():
        lives = [file.organisations[organisation].active or ALWAYS for organisation in organisations[key]]
        begins = [life.from_ for life in lives if life.from_]
        ends = [life.to for life in lives if life.to]
        own = forum.active or ALWAYS
        first = max(
            filter(None, [own.from_, *([min(begins)] if len(begins) == len(lives) else [])]), default=None
        )
        last = min(filter(None, [own.to, *([max(ends)] if len(ends) == len(lives) else [])]), default=None)
        active = Active.model_construct(from_=first, to=last) if first or last else None
        forums[key] = forum.model_copy(update={"active": active})
    return file.model_copy(update={"forums": forums})


def _forums_of(organisations: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    forums_of: dict[str, list[str]] = {}
    for forum, present in organisations.items():
        for organisation in present:
            forums_of.setdefault(organisation, []).append(forum)
    return {organisation: tuple(forums) for organisation, forums in forums_of.items()}


def language_of(source: Source) -> str | None:
    """Return the language that a forum file asks for, whatever else is wrong with it, if it can be known."""
    if not isinstance(source.tree, dict):
        return None
    asked = source.tree.get("language", SOURCE_LANGUAGE if source.whole else "")
    return str(asked) if asked in languages() else None


def read_register(source: Source) -> tuple[Register | None, list[Problem]]:
    """Return the register of a forum file and its warnings, or every problem that is found."""
    if not source.whole:
        return None, list(source.problems)
    if not isinstance(source.tree, dict):
        text = Message("a forum file begins with keys, such as name: and forums:")
        return None, [source.problem(text, code="no-keys")]
    tree = _with_defaults(source.tree)
    try:
        file = ForumFile.model_validate(tree, context=known_ids(tree))
        problems = []
    except ValidationError as error:
        file = _valid_part(tree)
        problems = list(validation_problems(source, source.tree, error, ForumFile))
    problems += (
        source.problem(text, _written(source, located(tree, where)), code="contradiction")
        for text, where in check_references(file, source.tree)
    )
    if problems or source.problems:
        # What follows from something that could not be read is no problem of its own.
        unread = {(problem.line, problem.column) for problem in source.problems}
        others = (problem for problem in problems if (problem.line, problem.column) not in unread)
        return None, in_file_order([*source.problems, *others])
    register = Register.of(file, source)
    return register, in_file_order(_warnings(register))


def _valid_part(tree: dict[str, Tree]) -> ForumFile:
    """Return the organisations, groups and valid forums of an invalid file."""
    ids, forums = known_ids(tree), {}
    for key, forum in mapping_at(tree, ("forums",)).items():
        with suppress(ValidationError):
            forums[key] = Forum.model_validate(forum, context=ids)
    groups = {
        group: tuple(str(member) for member in members)
        for group, members in mapping_at(tree, ("groups",)).items()
        if isinstance(members, list)
    }
    year = YearSettings()
    with suppress(ValidationError):
        year = YearSettings.model_validate(tree.get("year", {}))
    return ForumFile.model_construct(
        organisations=mapping_at(tree, ("organisations",)), groups=groups, forums=forums, year=year
    )


def _with_defaults(tree: dict[str, Tree]) -> dict[str, Tree]:
    defaults, forums = tree.get("defaults"), tree.get("forums")
    if not isinstance(defaults, dict) or not isinstance(forums, dict):
        return tree
    merged: dict[str, Tree] = {
        key: {**_inherited_by(forum, defaults), **forum} if isinstance(forum, dict) else forum
        for key, forum in forums.items()
    }
    return {**tree, "forums": merged}


def _inherited_by(forum: dict[str, Tree], defaults: dict[str, Tree]) -> dict[str, Tree]:
    """Return what a forum has from `defaults`: of keys that stand for each other, only where it has none."""
    own = [keys for keys in (EITHER, WHERE_IT_MEETS) if keys & forum.keys()]
    return {key: value for key, value in defaults.items() if not any(key in keys for keys in own)}


def _written(source: Source, where: Where) -> Where:
    if len(where) > 2 and where[0] == "forums" and where[:3] not in source.marks:
        inherited = ("defaults", *where[2:])
        if inherited[:2] in source.marks:
            return inherited
    return where


def _expand(groups: dict[str, tuple[str, ...]], ids: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, None] = {}
    stack = list(reversed(list(ids)))
    while stack:
        key = stack.pop()
        if key not in seen:
            seen[key] = None
            stack.extend(reversed(groups.get(key, ())))
    return tuple(key for key in seen if key not in groups)


LINKS = ("prepared_by", "together_with", "before", "after")
OF_NAMED_DAYS = ("starting", "except", "instead", "when_closed")
EITHER = {"cadence", "for_each"}
"""Keys of which a forum has one."""
NO_EFFECT = {
    "number": OF_NAMED_DAYS,
    "rhythm": OF_NAMED_DAYS,
    "named days": (),
    "as needed": OF_NAMED_DAYS,
    "for each": ("windows", *OF_NAMED_DAYS),
    "external": ("windows", "weekdays", "spacing", *LINKS, "host", "deadlines", "term", *OF_NAMED_DAYS),
}
"""Keys that mean nothing where rules name the dates, where none do, or where another body decides them."""
TAKES_TURNS = {
    "weekdays": {"number", "rhythm"},
    "place": NO_EFFECT.keys() - {"external"},
    "format": NO_EFFECT.keys() - {"external"},
}
"""Kinds of cadence with meetings that weekdays, places and formats can take turns at."""
WITHOUT_NUMBER = {"rhythm", "named days", "for each", "external"}
"""Kinds of cadence that share no number of meetings out over windows."""
KINDS = {
    "number": Message("a number"),
    "rhythm": Message("a rhythm"),
    "named days": Message("named days"),
    "as needed": "as needed",
    "for each": "for_each",
    "external": "external",
}
"""How each kind of cadence is told."""


def _warnings(register: Register) -> Iterator[Problem]:
    file, source = register.file, register.source
    for forum_id, forum in file.forums.items():
        yield from _without_effect(register, forum_id, forum)
        yield from _times_without_effect(register, forum_id, forum)
        yield from _apart_without_effect(register, forum_id, forum)
        yield from _turns_without_effect(register, forum_id, forum)
        if isinstance(forum.cadence, NamedDays):
            yield from _warnings_of_named_days(register, forum_id, forum, forum.cadence)
    for key, organisation in file.organisations.items():
        if organisation.country and not file.calendar:
            text = Message('"{key}" has no effect without the key "calendar"', key="country")
            yield source.problem(
                text, ("organisations", key, "country"), key=True, warning=True, code="no-effect"
            )
    roles = {member.role for members in register.members.values() for member in members}
    named: list[tuple[Where, tuple[str, ...] | None]] = [
        (("limits", index, "roles"), limit.roles) for index, limit in enumerate(file.limits)
    ]
    sections = {"periods": file.calendar.periods, "busy": file.calendar.busy} if file.calendar else {}
    for section, items in sections.items():
        named += [
            (("calendar", section, index, "for_roles"), item.for_roles) for index, item in enumerate(items)
        ]
    for where, of_item in named:
        for at, role in enumerate(of_item or ()):
            if role not in roles:
                text = did_you_mean(Message('no forum has the role "{role}"', role=role), role, roles)
                yield source.problem(text, (*where, at), warning=True, code="unknown-role")


def _without_effect(register: Register, forum_id: str, forum: Forum) -> Iterator[Problem]:
    """Yield a warning for each key of a forum that means nothing to its cadence."""
    kind, source = forum.cadence.kind, register.source
    has_effect = {"windows"} if any(window.said or window.name for window in forum.windows) else set()
    # What prepares dates that are known prepares them, whoever decided them.
    has_effect |= {"prepared_by"} if forum.dates else set()
    for key in NO_EFFECT[kind]:
        place: Where = ("forums", forum_id, key)
        if place in source.key_marks and key not in has_effect:
            text = Message('"{key}" has no effect where the cadence is {kind}', key=key, kind=KINDS[kind])
            yield source.problem(text, place, key=True, warning=True, code="no-effect")
    for index, window in enumerate(forum.windows if kind in WITHOUT_NUMBER else ()):
        if kind == "named days" and not window.said and not window.name:
            text = Message(
                "a window holds back no named day; it needs a key of its own, such as time or place"
            )
            yield source.problem(
                text, register.written(("forums", forum_id, "windows", index)), warning=True, code="no-effect"
            )
        place = ("forums", forum_id, "windows", index, "meetings")
        if place in source.marks:
            text = Message(
                '"{key}" has no effect where the cadence is {kind}', key="meetings", kind=KINDS[kind]
            )
            yield source.problem(text, place, key=True, warning=True, code="no-effect")


def _turns_without_effect(register: Register, forum_id: str, forum: Forum) -> Iterator[Problem]:
    """Yield a warning for each rotation that means nothing to the cadence, or has one turn alone."""
    kind, source = forum.cadence.kind, register.source
    parts: list[tuple[Where, Forum | Window | AnnouncedChange]] = [((), forum)]
    parts += [(("windows", index), window) for index, window in enumerate(forum.windows)]
    parts += [(("changes", index), change) for index, change in enumerate(forum.changes)]
    for at, part in parts:
        for key in ("weekdays", "place", "format"):
            in_turn = rotation(getattr(part, key, None))
            place = register.written(("forums", forum_id, *at, key, "rotate"))
            if in_turn and kind not in TAKES_TURNS[key]:
                text = Message(
                    '"{key}" has no effect where the cadence is {kind}', key="rotate", kind=KINDS[kind]
                )
                yield source.problem(text, place, key=True, warning=True, code="no-effect")
            elif len(in_turn) == 1:
                text = Message("only one is listed here: nothing takes turns")
                yield source.problem(text, place, key=True, warning=True, code="no-effect")


def _times_without_effect(register: Register, forum_id: str, forum: Forum) -> Iterator[Problem]:
    """Yield a warning for the time of a last day where there is one day, and for a zone of whole days."""
    source, where = register.source, ("forums", forum_id)
    no_last_day = Message('"last_day" has no effect: each of these meetings is held on one day')
    in_vain: list[tuple[Where, Message]] = []
    if all(one.days == 1 or one.last_day != forum.last_day for one in forum.every_said):
        in_vain.append(((*where, "last_day"), no_last_day))
    for index, window in enumerate(forum.windows):
        if (window.days or forum.days) == 1:
            in_vain.append(((*where, "windows", index, "last_day"), no_last_day))
    own_times = any(entry.time or entry.file for entry in forum.dates)
    if not own_times and all(one.time.is_all_day for one in forum.every_said):
        text = Message('"timezone" has no effect: each of these meetings takes whole days')
        in_vain.append(((*where, "timezone"), text))
    for place, text in in_vain:
        if place in source.key_marks:
            yield source.problem(text, place, key=True, warning=True, code="no-effect")


def _apart_without_effect(register: Register, forum_id: str, forum: Forum) -> Iterator[Problem]:
    """Yield a warning for each forum that is to be kept off another, where others decide both."""
    for index, apart in enumerate(forum.apart):
        if {forum.cadence.kind, register.forums[apart.forum].cadence.kind} == {"external"}:
            text = Message('"apart" has no effect between two forums whose cadence is external')
            place = register.written(("forums", forum_id, "apart", index))
            yield register.source.problem(text, place, warning=True, code="no-effect")


def _warnings_of_named_days(
    register: Register, forum_id: str, forum: Forum, cadence: NamedDays
) -> Iterator[Problem]:
    """Yield a tip where a start is missing, and a warning for each changed day that is not named."""
    source = register.source
    if cadence.has_interval and not forum.starting:
        text = Message(
            'this is counted anew every year; with "starting", the day it begins on, it goes on over New Year'
        )
        place = register.written(("forums", forum_id, "cadence"))
        yield replace(source.problem(text, place), severity="tip", code="no-start")
    changed = [
        *((("except", index), day) for index, day in enumerate(forum.except_)),
        *((("instead", index, "of"), exchange.of) for index, exchange in enumerate(forum.instead)),
    ]
    if not changed:
        return
    days = [day for _, day in changed]
    named = may_name_between(cadence.rules, forum.starting, min(days), max(days))
    for path, day in changed:
        if day not in named:
            place = register.written(("forums", forum_id, *path))
            text = Message("{day} has no effect here: it is no day that the cadence names", day=day)
            yield source.problem(text, place, warning=True, code="no-effect")
