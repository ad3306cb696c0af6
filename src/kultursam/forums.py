"""The forum file as models: what every key means, and what of it can be checked where it stands."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kultursam import notation
from kultursam.fields import (
    BodyId,
    DateId,
    Days,
    Domain,
    Email,
    Flag,
    ForumId,
    FullDate,
    Id,
    Keys,
    Language,
    Number,
    Rhythm,
    StrengthText,
    TermId,
    Text,
    Time,
    Url,
    Weekday,
    YearDay,
    at_most,
    each_once,
    listed,
    matching,
    reader,
    relative_path,
    role,
    zone,
)
from kultursam.notation import DayOfYear, Weeks

DEFAULT_BUFFER_MINUTES = 30
"""Minutes of travel between two meetings of the same person."""


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
    for_roles: tuple[Annotated[str, reader(role)], ...] | None = None
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
    file: Annotated[str, reader(relative_path)]
    strength: StrengthText = "must"


class Calendar(Keys):
    """Days off, and when people are away."""

    country: Annotated[
        str, reader(partial(matching, r"[A-Z]{2}(-[A-Z0-9]{1,3})?", "country; write SE, or GB-ENG"))
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

    role: Annotated[str, reader(role)]
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
    months_before: Annotated[int, reader(partial(at_most, 1200))]


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
    file: Annotated[str, reader(relative_path)] | None = None
    time: Time | None = None
    place: Text | None = None

    @model_validator(mode="after")
    def _date_or_file(self) -> ExternalDate:
        if (self.on is None) == (self.file is None):
            raise ValueError("an external date has either on or file")
        if self.file is not None and (self.time or self.place):
            raise ValueError("a file of dates holds their times and places itself")
        return self


Members = Annotated[tuple[Membership, ...], Field(min_length=1)]


class Defaults(Keys):
    """What a forum may say, and what may be said for all of them."""

    name: Text | None = None
    cadence: Rhythm | None = None
    members: Members | None = None
    time: Time | None = None
    purpose: Text | None = None
    windows: tuple[Window, ...] = ()
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1), AfterValidator(each_once)] | None = None
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
        tuple[Annotated[ExternalDate, listed("on")], ...],
        BeforeValidator(lambda value: [value] if isinstance(value, dict) else value),
    ] = ()
    publish: Flag = False
    reserve: Annotated[int, reader(partial(at_most, notation.MOST_A_YEAR))] = 0
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
    timezone: Annotated[str, reader(zone)]
    domain: Domain
    organisations: dict[Id, Organisation]
    groups: dict[Id, tuple[BodyId, ...]] = Field({})
    calendar: Calendar | None = None
    dates: dict[Id, FixedDate] = Field({})
    terms: dict[Id, Term] = Field({})
    defaults: Defaults = Defaults()
    forums: Annotated[dict[Id, Forum], Field(min_length=1)]
    buffer_minutes: Number = DEFAULT_BUFFER_MINUTES
    base_url: Url | None = None
    accessibility_url: Url | None = None
    contact: Contact | None = None


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


def planned_number(forum: Forum) -> int:
    """Give how many meetings a year are planned for a forum that has a number; RRULE and external count 0."""
    return forum.reserve if forum.cadence.kind == "as needed" else forum.cadence.number


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
