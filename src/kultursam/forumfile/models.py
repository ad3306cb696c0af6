"""The forum file as models: what every key means, and what of it can be checked where it is written."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kultursam.forumfile.cadence import CadenceText
from kultursam.forumfile.values import (
    BodyId,
    Country,
    DateId,
    DayOfWeek,
    DayOfYear,
    Days,
    Domain,
    Duration,
    EasterDay,
    Email,
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
    Role,
    StrengthText,
    TermId,
    Text,
    Time,
    Url,
    WeeksOfYear,
    YearDay,
    Zone,
)

DEFAULT_BUFFER_MINUTES = 30
"""Minutes of travel between two meetings of the same person."""
ONE_WAY = "say when in one way: weeks, from and to, or easter"
BOTH_ENDS = "from and to go together"
BOTH_YEARS = "from and to have both a year, or neither"
REVERSED = "the last day is before the first"
TOO_LONG = "from and to span more than two calendar years"
EASTER_DAYS = "easter takes the first and the last day from Easter Sunday, such as [-6, -3]"
TWICE = "a weekday is listed twice"
FILE_ALONE = "file takes no time or place: the events in the file have their own"


class EitherOrError(ValueError):
    """Of two keys both are written, or none."""

    def __init__(self, *, one: str, other: str) -> None:
        super().__init__(f"write either {one} or {other}")


def span_of(first: DayOfYear, last: DayOfYear, year: int) -> tuple[date, date] | None:
    """Return the days from a first day in a year to the next last day; None outside their only year."""
    start = first.within(year)
    if start is None:
        return None
    end = last.within(last.year or year)
    if end is not None and end < start:
        end = last.within(year + 1)
    return None if end is None else (start, end)


def check_span(first: DayOfYear | None, last: DayOfYear | None) -> None:
    """Raise `ValueError` if a first and a last day are no span; nothing is wrong where one is missing."""
    if first is None or last is None:
        return
    if (first.year is None) != (last.year is None):
        raise ValueError(BOTH_YEARS)
    if first.year and last.year:
        if (last.year, last.month, last.day) < (first.year, first.month, first.day):
            raise ValueError(REVERSED)
        if last.year - first.year > 1:
            raise ValueError(TOO_LONG)


def check_each_once(days: tuple[int, ...]) -> tuple[int, ...]:
    """Return weekdays; raise `ValueError` if one is listed twice."""
    if len(set(days)) < len(days):
        raise ValueError(TWICE)
    return days


class Organisation(Keys):
    """A body that takes part."""

    name: Text = Field(description="the full name")
    short: Text | None = Field(default=None, description="a short name for tables and calendar entries")

    @property
    def label(self) -> str:
        """The short name, where there is one."""
        return self.short or self.name


class Contact(Keys):
    """Whom to ask."""

    name: Text = Field(description="whom to ask")
    email: Email = Field(description="the address")


class Touching(Keys):
    """Whom something touches: the members that fit all that is named; everyone where nothing is."""

    for_: tuple[BodyId, ...] | None = Field(
        default=None, alias="for", description="only for these organisations and groups"
    )
    for_roles: tuple[Role, ...] | None = Field(default=None, description="only for these roles")
    for_forums: tuple[ForumId, ...] | None = Field(default=None, description="only for these forums")


class Period(Touching):
    """Days when people are away, returning every year or in one year only."""

    name: Text = Field(description="what it is; it is shown in tables")
    strength: StrengthText = Field(default="must", description="how firmly meetings keep off it")
    weeks: WeeksOfYear | None = Field(default=None, description="when: ISO weeks, every year")
    from_: YearDay | None = Field(default=None, alias="from", description="when: the first day")
    to: YearDay | None = Field(
        default=None, description="when: the last day. Both ends have a year, or neither"
    )
    easter: tuple[EasterDay, ...] | None = Field(
        default=None, description="when: the first and the last day, counted from Easter Sunday"
    )
    days: tuple[DayOfWeek, ...] | None = Field(default=None, description="only these weekdays of it")

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> Period:
        dated = self.from_ is not None or self.to is not None
        if [self.weeks is not None, dated, self.easter is not None].count(True) != 1:
            raise ValueError(ONE_WAY)
        if (self.from_ is None) != (self.to is None):
            raise ValueError(BOTH_ENDS)
        if self.easter is not None and (len(self.easter) != 2 or self.easter[0] > self.easter[1]):
            raise ValueError(EASTER_DAYS)
        check_span(self.from_, self.to)
        return self


class BusyCalendar(Touching):
    """An iCalendar file of another body's decided dates."""

    name: Text = Field(description="whose calendar it is")
    file: FilePath = Field(description="the file")
    strength: StrengthText = Field(default="must", description="how firmly meetings keep off its events")


class CalendarSettings(Keys):
    """Days off, and when people are away."""

    country: Country = Field(description="whose public holidays count")
    public_holidays: StrengthText = Field(
        default="must", description="no meetings on public holidays (red days)"
    )
    de_facto_holidays: StrengthText = Field(
        default="must", description="no meetings on days off by custom: midsommarafton, julafton, nyårsafton"
    )
    half_days: StrengthText = Field(
        default="should",
        description="none on working days with shorter hours, such as skärtorsdag. The employer decides, so "
        "this is yours to set",
    )
    squeeze_days: StrengthText = Field(
        default="should",
        description="none on klämdagar: a working day whose day before and day after are both off",
    )
    periods: tuple[Period, ...] = Field(default=(), description="when people are away")
    busy: tuple[BusyCalendar, ...] = Field(default=(), description="other bodies' decided dates")


class FixedDate(Keys):
    """A point that forums plan around."""

    name: Text = Field(description="what happens; it is shown in tables and in the wheel")
    on: YearDay = Field(description="when")


class Term(Keys):
    """A document's period of validity."""

    name: Text = Field(description="the document")
    from_: FullDate = Field(alias="from", description="the first day it is in force")
    to: FullDate = Field(description="the last day")

    @model_validator(mode="after")
    def _in_order(self) -> Term:
        if self.to < self.from_:
            raise ValueError(REVERSED)
        return self


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
        """Return first and last day of the window that begins in a year; None outside its only year."""
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
            raise EitherOrError(one="days_before", other="days_after")
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
            raise ValueError(REVERSED)
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
            raise EitherOrError(one="on", other="file")
        if self.file is not None and (self.time or self.place):
            raise ValueError(FILE_ALONE)
        return self


Weekdays = Annotated[tuple[MeetingDay, ...], Field(min_length=1), AfterValidator(check_each_once)]
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
    cadence: CadenceText | None = Field(default=None, description="how often it meets")
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
    cadence: CadenceText
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
    calendar: CalendarSettings | None = Field(
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
    """Return how many meetings a year are planned for a forum; 0 where a rule or another body names dates."""
    return forum.reserve if forum.cadence.kind == "as needed" else forum.cadence.number


def share(number: int, asked: list[int | None]) -> tuple[list[int], str | None]:
    """Return the meetings of each window, what it asks for or an even share of the rest; or a problem."""
    given = sum(meetings for meetings in asked if meetings is not None)
    free = asked.count(None)
    rest = number - given
    if rest < 0 or (rest and not free):
        return [], f"the windows hold {given} meetings, but {number} a year are to be held"
    if free and rest % free:
        problem = (
            f"{rest} meetings cannot be shared evenly over {free} windows; say how many with meetings: n"
        )
        return [], problem
    return [rest // free if meetings is None else meetings for meetings in asked], None
