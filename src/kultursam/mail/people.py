"""The people file: who holds which role at which organisation, and to which address invitations go.

Names and addresses are nobody else's business: no problem quotes a word of the file, unless the forum file or
this program has the same word: another may be a name, even if it is similar to one. Spans of days are closed:
both ends count.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import ValidationError, model_validator

from kultursam.diagnostics import Problem, UnknownOrganisationError, did_you_mean, has_errors
from kultursam.forumfile import yaml_source
from kultursam.forumfile.errors import in_file_order, validation_problems
from kultursam.forumfile.json_schema import schema_of
from kultursam.forumfile.keys import REVERSED, key
from kultursam.forumfile.register import Member, Register
from kultursam.forumfile.values import (
    DOMAIN,
    ID,
    FullDate,
    Keys,
    Role,
    ValueType,
    line_of_text,
    one_of,
    text_schema,
)
from kultursam.forumfile.yaml_source import Source, Tree, Where
from kultursam.i18n import Message
from kultursam.paths import displayed

Send = Literal["invitations", "digest", "nothing"]
LOCAL_PART = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
ADDRESS = rf"(?!.{{255}})(?![^@]{{65}}){LOCAL_PART}@{DOMAIN}"
"""An address as every mail server takes it: RFC 5321 without quotes, and in ASCII."""
MOST_OF_NAME = 100
"""Characters of a name: it stands in a line of a mail's head."""
ADDRESS_HINT = Message("invalid e-mail address; write one such as culture@example.org")
NOT_ASCII = Message(
    "an e-mail address is written in ASCII here, for not every mail server takes another; a domain with å, ä "
    "or ö has a form that begins with xn--"
)
LONG_NAME = Message("a name has at most {most} characters", most=MOST_OF_NAME)
IS_ORGANISER = Message(
    "this is the organiser's own address, which is never invited: give the organiser a mailbox of its own, "
    "or write send: nothing"
)
PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|U\+[0-9A-F]{4,6}")
"""What no name or address looks like: dates, and characters by number."""
QUOTED = re.compile("['\"]")
UNSEEN = "…"
OF_LIBRARY = {"problem", "context"}
"""Values of messages on what is no YAML."""


def read_address(text: str) -> str:
    """Return a text that is an address. Raise `ValueError` if it is none."""
    if not text.isascii():
        raise ValueError(NOT_ASCII)
    if not re.fullmatch(ADDRESS, text):
        raise ValueError(ADDRESS_HINT)
    return text


def _read_name(text: str) -> str:
    name = line_of_text(text)
    if len(name) > MOST_OF_NAME:
        raise ValueError(LONG_NAME)
    return name


Address = Annotated[
    str, ValueType(read_address, text_schema(ADDRESS, Message("an address such as culture@example.org")))
]
Name = Annotated[str, ValueType(_read_name, {**line_of_text.schema, "maxLength": MOST_OF_NAME})]
OrganisationId = Annotated[str, ValueType(line_of_text.read, {"type": "string", "pattern": f"^{ID}$"})]
SendText = Annotated[Send, one_of(Message("word"), get_args(Send))]


@dataclass(frozen=True, slots=True)
class Organiser:
    """Who invites: a mailbox that may send, and that answers come back to."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who holds a role at an organisation for a time."""

    role: str
    at: str
    name: str
    email: str
    begins: date | None
    """The first day; None since ever."""
    ends: date | None
    """The last day; None for good."""
    send: Send
    line: int
    """In the people file."""

    def serves(self, day: date) -> bool:
        """Return whether the person holds the role on a day."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)


@dataclass(frozen=True)
class People:
    """A people file that has been read."""

    organiser: Organiser
    people: tuple[Person, ...]
    """In the order of the file."""

    def holding(self, role: str, at: str, day: date) -> tuple[Person, ...]:
        """Return who holds a role at an organisation on a day, in the order of the file."""
        return tuple(person for person in self._by_member.get((role, at), ()) if person.serves(day))

    @cached_property
    def _by_member(self) -> dict[tuple[str, str], list[Person]]:
        by_member: dict[tuple[str, str], list[Person]] = defaultdict(list)
        for person in self.people:
            by_member[person.role, person.at].append(person)
        return by_member


class OrganiserKeys(Keys):
    """Who invites."""

    name: Name = key("whose name invitations come from")
    email: Address = key(
        "the mailbox that sends invitations, and that answers come back to. Set it once and keep it: "
        "calendars take no change of a meeting from another"
    )


class PersonKeys(Keys):
    """Somebody who holds a role at an organisation."""

    role: Role = key("the role, as the members of forums have it in the forum file")
    at: OrganisationId = key("the id of the organisation, as in the forum file")
    name: Name = key("the person's name")
    email: Address = key("where invitations go")
    from_: FullDate | None = key("the first day in the role", None, alias="from")
    to: FullDate | None = key("the last day in the role", None)
    send: SendText = key(
        "what is sent: invitations, one for each meeting; digest, several new meetings in one mail without "
        "calendar entries; or nothing",
        "invitations",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ and self.to and self.to < self.from_:
            raise ValueError(REVERSED)
        return self

    def overlaps(self, other: Self) -> bool:
        """Return whether two persons are in their roles on some day alike."""
        first, last = self.from_ or date.min, self.to or date.max
        return first <= (other.to or date.max) and (other.from_ or date.min) <= last


class PeopleFile(Keys):
    """Everything a people file says."""

    organiser: OrganiserKeys = key("who invites")
    people: tuple[PersonKeys, ...] = key("who holds which role at which organisation")


def read_people(path: Path, register: Register) -> tuple[People | None, list[Problem]]:
    """Return what a people file says and its warnings, or every problem that is found."""
    source, problems = yaml_source.read(path, displayed(path))
    known = _known_words(register)
    if source is None:
        return None, [problem if problem.line is None else _discreet(problem, known) for problem in problems]
    people, problems = _read(source, register)
    return people, in_file_order(_discreet(problem, known) for problem in problems)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a people file."""
    return schema_of(PeopleFile, "A people file of kultursam")


def _read(source: Source, register: Register) -> tuple[People | None, list[Problem]]:
    tree, organiser, problems = source.tree, None, list[Problem]()
    if not isinstance(tree, dict):
        text = Message("a people file begins with keys, such as organiser: and people:")
        return None, [source.problem(text)]
    try:
        file = PeopleFile.model_validate(tree)
        organiser, entries = file.organiser, dict(enumerate(file.people))
    except ValidationError as error:
        problems = list(validation_problems(source, tree, error, PeopleFile))
        entries = _valid_part(tree)
    problems += _misfits(source, register, entries)
    if organiser is not None:
        problems += _invited_organiser(source, organiser.email, entries)
    if organiser is None or has_errors(problems):
        return None, problems
    people = tuple(
        Person(
            role=entry.role,
            at=entry.at,
            name=entry.name,
            email=entry.email,
            begins=entry.from_,
            ends=entry.to,
            send=entry.send,
            line=source.position(("people", index))[0],
        )
        for index, entry in entries.items()
    )
    return People(Organiser(organiser.name, organiser.email), people), problems


def _valid_part(tree: dict[str, Tree]) -> dict[int, PersonKeys]:
    """Return the valid persons of an invalid file, by their places in the list."""
    persons, listed = dict[int, PersonKeys](), tree.get("people")
    for index, person in enumerate(listed if isinstance(listed, list) else ()):
        with suppress(ValidationError):
            persons[index] = PersonKeys.model_validate(person)
    return persons


def _misfits(source: Source, register: Register, entries: dict[int, PersonKeys]) -> Iterator[Problem]:
    """Yield what of persons does not fit the forum file, and who is listed twice."""
    members = {member for of_forum in register.members.values() for member in of_forum}
    roles = {member.role for member in members}
    listed = defaultdict[tuple[str, str, str], list[tuple[int, PersonKeys]]](list)

    # Many may have the same fault, and looking for what was meant takes time.
    @cache
    def no_organisation(key: str) -> Message:
        text = Message(UnknownOrganisationError.sentence, key=key)
        return did_you_mean(text, key, register.file.organisations)

    @cache
    def no_role(role: str) -> Message:
        return did_you_mean(Message('no forum has the role "{role}"', role=role), role, roles)

    for index, entry in entries.items():
        where: Where = ("people", index)
        if entry.at in register.file.groups:
            text = Message("this is a group; a person is at one organisation")
            yield source.problem(text, (*where, "at"))
        elif entry.at not in register.file.organisations:
            yield source.problem(no_organisation(entry.at), (*where, "at"))
        elif entry.role not in roles:
            yield source.problem(no_role(entry.role), (*where, "role"), warning=True)
        elif Member(entry.role, entry.at) not in members:
            text = Message('no forum has a member "{role}" at {at}', role=entry.role, at=entry.at)
            yield source.problem(text, where, warning=True)
        alike = listed[entry.role, entry.at, entry.email.casefold()]
        for first, other in alike:
            if entry.overlaps(other):
                line = source.position(("people", first))[0]
                text = Message("this person is listed already, on line {line}", line=line)
                yield source.problem(text, where)
                break
        alike.append((index, entry))


def _invited_organiser(source: Source, organiser: str, entries: dict[int, PersonKeys]) -> Iterator[Problem]:
    for index, entry in entries.items():
        if entry.email.casefold() == organiser.casefold() and entry.send == "invitations":
            yield source.problem(IS_ORGANISER, ("people", index, "email"))


# --- what problems may quote --------------------------------------------------------------------------


def _known_words(register: Register) -> set[str]:
    """Return the words of a people file that are no secret."""
    roles = {member.role for of_forum in register.members.values() for member in of_forum}
    keys = {
        field.alias or name
        for model in (PeopleFile, OrganiserKeys, PersonKeys)
        for name, field in model.model_fields.items()
    }
    choices = get_args(Send)
    return {*roles, *register.file.organisations, *register.file.groups, *keys, *choices, ", ".join(choices)}


def _discreet(problem: Problem, known: Collection[str]) -> Problem:
    """Return a problem of the people file without the line of it, and without words that may be private."""
    return replace(problem, text=_without_private(problem.text, known), source=None)


def _without_private(text: str, known: Collection[str]) -> str:
    if not isinstance(text, Message):
        return text
    values = {name: _shown(name, value, known) for name, value in text.values.items()}
    return Message(text.forms[0], **values)


def _shown(name: str, value: object, known: Collection[str]) -> object:
    if isinstance(value, Message):
        return _without_private(value, known)
    if not isinstance(value, str) or value in known or PLAIN.fullmatch(value):
        return value
    # What the library of YAML found stands in quotation marks.
    return value if name in OF_LIBRARY and not QUOTED.search(value) else UNSEEN
