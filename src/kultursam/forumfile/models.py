"""The forum file as models: what every key means, and what of it can be checked where it stands."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kultursam.forumfile.surroundings import (
    Calendar,
    Contact,
    FixedDate,
    Organisation,
    Term,
    check_span,
    span_of,
)
from kultursam.forumfile.values import (
    BodyId,
    DateId,
    Days,
    Domain,
    Duration,
    FilePath,
    Flag,
    Format,
    ForumId,
    FullDate,
    Id,
    Keys,
    Language,
    MeetingDay,
    Months,
    Number,
    Reserve,
    Rhythm,
    Role,
    StrengthText,
    TermId,
    Text,
    Time,
    Url,
    YearDay,
    Zone,
    each_once,
)

DEFAULT_BUFFER_MINUTES = 30
"""Minutes of travel between two meetings of the same person."""


class Membership(Keys):
    """A role, at each of some organisations."""

    role: Role = Field(description="the role")
    from_: tuple[BodyId, ...] = Field(
        alias="from", min_length=1, description="the organisations and groups that send it"
    )


class Window(Keys):
    """A part of the year that holds some of the meetings."""

    from_: YearDay = Field(alias="from", description="the first day")
    to: YearDay = Field(description="the last day")
    meetings: Number | None = Field(default=None, description="how many meetings it holds")

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        check_span(self.from_, self.to)
        return self

    def within(self, year: int) -> tuple[date, date] | None:
        """Give first and last day of the window that begins in a year; None outside its only year."""
        return span_of(self.from_, self.to, year)


class Preparation(Keys):
    """The forum that prepares every meeting, and how many days earlier it meets."""

    forum: ForumId = Field(description="the forum that prepares")
    days_before: Days = Field(description="how many days earlier it meets")
    strength: StrengthText = Field(default="must", description="how firmly")


class Together(Keys):
    """The forum that meets the same day."""

    forum: ForumId = Field(description="the other forum")
    strength: StrengthText = Field(default="must", description="how firmly")


class Relation(Keys):
    """At least one meeting so many days before (or after) a fixed date."""

    date: DateId = Field(description="the fixed date")
    days: Number = Field(description="at least how many days from it")
    strength: StrengthText = Field(default="must", description="how firmly")


class Spacing(Keys):
    """The least number of days between two meetings of a forum."""

    min_days: Number = Field(description="the least days from one meeting to the next")
    strength: StrengthText = Field(default="must", description="how firmly")


class Rotation(Keys):
    """Hosts that take turns, in the order listed."""

    rotate: tuple[BodyId, ...] = Field(min_length=1, description="the organisations and groups, in order")


class DeadlineRule(Keys):
    """Something due before or after every meeting."""

    name: Text = Field(description="what is due; each name once in a forum")
    days_before: Number | None = Field(default=None, description="days before the meeting")
    days_after: Number | None = Field(default=None, description="days after the meeting")

    @model_validator(mode="after")
    def _one_direction(self) -> DeadlineRule:
        if (self.days_before is None) == (self.days_after is None):
            raise ValueError("a deadline has either days_before or days_after")
        return self


class Also(Keys):
    """What the same people do in the same meeting."""

    name: Text = Field(description="what it is")
    minutes: Number | None = Field(default=None, description="how long it takes")


class Renewal(Keys):
    """What is due before a term ends."""

    name: Text = Field(description="what is due")
    months_before: Months = Field(description="months before the term ends")


class TermOfForum(Keys):
    """The term that a forum is bound to."""

    of: TermId = Field(description="the term")
    renewal: Renewal | None = Field(default=None, description="what is due before it ends; a deadline")


class Active(Keys):
    """A forum's life."""

    from_: FullDate | None = Field(default=None, alias="from", description="the first day")
    to: FullDate | None = Field(default=None, description="the last day")

    @model_validator(mode="after")
    def _in_order(self) -> Active:
        if self.from_ and self.to and self.to < self.from_:
            raise ValueError("the forum's life ends before it begins")
        return self


class ExternalDate(Keys):
    """A date decided elsewhere, or a calendar file of such dates."""

    on: FullDate | None = Field(default=None, description="the date")
    file: FilePath | None = Field(
        default=None, description="an iCalendar file of dates, with their times and places"
    )
    time: Time | None = Field(default=None, description="another time than the forum's")
    place: Text | None = Field(default=None, description="another place than the forum's")

    @model_validator(mode="after")
    def _date_or_file(self) -> ExternalDate:
        if (self.on is None) == (self.file is None):
            raise ValueError("an external date has either on or file")
        if self.file is not None and (self.time or self.place):
            raise ValueError("a file of dates holds their times and places itself")
        return self


Weekdays = Annotated[tuple[MeetingDay, ...], Field(min_length=1), AfterValidator(each_once)]
Members = Annotated[tuple[Membership, ...], Field(min_length=1)]
Host = Annotated[
    Rotation,
    BeforeValidator(
        lambda value: {"rotate": [value]} if isinstance(value, str) else value,
        json_schema_input_type=Rotation | BodyId,
    ),
]
Dated = Annotated[
    ExternalDate,
    BeforeValidator(
        lambda value: {"on": value} if isinstance(value, str) else value,
        json_schema_input_type=FullDate | ExternalDate,
    ),
]
Dates = Annotated[
    tuple[Dated, ...],
    BeforeValidator(
        lambda value: [value] if isinstance(value, dict) else value,
        json_schema_input_type=ExternalDate | tuple[Dated, ...],
    ),
]


class Defaults(Keys):
    """What a forum may say, and what may be said for all of them."""

    name: Text | None = Field(
        default=None, description="the forum's name. You may change it; the meetings keep their ids"
    )
    cadence: Rhythm | None = Field(default=None, description="how often it meets")
    members: Members | None = Field(default=None, description="who meets")
    time: Time | None = Field(default=None, description="when on the day")
    purpose: Text | None = Field(
        default=None, description="what it is for; a sentence for calendars and the page"
    )
    windows: tuple[Window, ...] = Field(default=(), description="the parts of the year it meets in")
    weekdays: Weekdays | None = Field(
        default=None,
        description="the days it meets on, most wanted first. A must; each step down the list costs points",
    )
    spacing: Spacing | None = Field(default=None, description="the least days between two of its meetings")
    prepared_by: Preparation | None = Field(
        default=None, description="the forum that prepares each of its meetings"
    )
    together_with: Together | None = Field(default=None, description="the forum that meets on the same days")
    before: tuple[Relation, ...] = Field(
        default=(), description="some meeting of the year at least so long before a fixed date"
    )
    after: tuple[Relation, ...] = Field(
        default=(), description="some meeting of the year at least so long after a fixed date"
    )
    buffer_minutes: Number | None = Field(
        default=None,
        description="minutes of travel around its meetings; of two forums the larger number counts",
    )
    host: Host | None = Field(default=None, description="who hosts: one organisation, or several in turn")
    place: Text | None = Field(default=None, description="where it meets")
    format: Format | None = Field(default=None, description="how it meets")
    also: tuple[Also, ...] = Field(
        default=(), description="what the same people do in the same meeting; shown in the calendar entry"
    )
    deadlines: tuple[DeadlineRule, ...] = Field(
        default=(), description="what is due before or after every meeting"
    )
    term: TermOfForum | None = Field(default=None, description="the document whose period binds the forum")
    active: Active | None = Field(default=None, description="the first and the last day of the forum's life")
    dates: Dates = Field(default=(), description="the decided dates, where `cadence` is `external`")
    publish: Flag = Field(
        default=False,
        description="whether the calendars hold the dates of an `external` forum; those of other forums "
        "always stand there",
    )
    reserve: Reserve = Field(
        default=0,
        description="how many places to keep free in the year, where `cadence` is `as needed`. `kultursam "
        "add` uses them first",
    )
    contact: Contact | None = Field(
        default=None, description="whom to ask; the organiser of the calendar entries"
    )
    reminder: Duration | None = Field(
        default=None, description="how long before a meeting calendars remind of it"
    )


class Forum(Defaults):
    """A circle of people that meets."""

    name: Text
    cadence: Rhythm
    members: Members
    time: Time


class ForumFile(Keys):
    """Everything a forum file says."""

    name: Text = Field(description="the name on calendars, tables and pages")
    language: Language = Field(
        default="en", description="the language of everything people read; keys stay English"
    )
    timezone: Zone = Field(description="the zone of all times")
    domain: Domain = Field(
        description="the right-hand side of every calendar id. Set it once and never change it: with another "
        "domain every entry would appear twice, so kultursam refuses to go on. At most 170 characters"
    )
    organisations: dict[Id, Organisation] = Field(description="who takes part")
    groups: dict[Id, tuple[BodyId, ...]] = Field(
        default={}, description="lists of organisations and groups, to be named together"
    )
    calendar: Calendar | None = Field(
        default=None,
        description="days off, and when people are away. Without it there are no days off but weekends",
    )
    dates: dict[Id, FixedDate] = Field(default={}, description="fixed dates that forums plan around")
    terms: dict[Id, Term] = Field(default={}, description="documents with a period of validity")
    defaults: Defaults = Field(
        default_factory=Defaults,
        description="any forum key; it holds for every forum that does not say otherwise",
    )
    forums: Annotated[dict[Id, Forum], Field(min_length=1)] = Field(description="the circles that meet")
    buffer_minutes: Number = Field(
        default=DEFAULT_BUFFER_MINUTES,
        description="minutes of travel that a person needs between two meetings of a day",
    )
    base_url: Url | None = Field(
        default=None, description="the web address of the published folder; see Publishing"
    )
    accessibility_url: Url | None = Field(
        default=None, description="the web address of your accessibility statement; the page links to it"
    )
    contact: Contact | None = Field(default=None, description="whom to ask about the page; see contact")


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
