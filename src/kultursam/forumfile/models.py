"""The forum file as models: what every key means, and what of it can be checked where it is written."""

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kultursam.forumfile import values
from kultursam.forumfile.cadence import CadenceText
from kultursam.forumfile.values import DayOfYear, Keys

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

    name: values.Text = Field(description="the full name")
    short: values.Text | None = Field(
        default=None, description="a short name for tables and calendar entries"
    )

    @property
    def label(self) -> str:
        """The short name, where there is one."""
        return self.short or self.name


class Contact(Keys):
    """Whom to ask."""

    name: values.Text = Field(description="whom to ask")
    email: values.Email = Field(description="the address")


class Touching(Keys):
    """Whom something touches: the members that fit all that is named; everyone where nothing is."""

    for_: tuple[values.BodyId, ...] | None = Field(
        default=None, alias="for", description="only for these organisations and groups"
    )
    for_roles: tuple[values.Role, ...] | None = Field(default=None, description="only for these roles")
    for_forums: tuple[values.ForumId, ...] | None = Field(default=None, description="only for these forums")


class Period(Touching):
    """Days when people are away, returning every year or in one year only."""

    name: values.Text = Field(description="what it is; it is shown in tables")
    strength: values.StrengthText = Field(default="must", description="how firmly meetings keep off it")
    weeks: values.WeeksOfYear | None = Field(default=None, description="when: ISO weeks, every year")
    from_: values.YearDay | None = Field(default=None, alias="from", description="when: the first day")
    to: values.YearDay | None = Field(
        default=None, description="when: the last day. Both ends have a year, or neither"
    )
    easter: tuple[values.EasterDay, ...] | None = Field(
        default=None, description="when: the first and the last day, counted from Easter Sunday"
    )
    days: tuple[values.DayOfWeek, ...] | None = Field(default=None, description="only these weekdays of it")

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> Self:
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

    name: values.Text = Field(description="whose calendar it is")
    file: values.FilePath = Field(description="the file")
    strength: values.StrengthText = Field(
        default="must", description="how firmly meetings keep off its events"
    )


class CalendarSettings(Keys):
    """Days off, and when people are away."""

    country: values.Country = Field(description="whose public holidays count")
    public_holidays: values.StrengthText = Field(
        default="must", description="no meetings on public holidays (red days)"
    )
    de_facto_holidays: values.StrengthText = Field(
        default="must", description="no meetings on days off by custom: midsommarafton, julafton, nyårsafton"
    )
    half_days: values.StrengthText = Field(
        default="should",
        description="none on working days with shorter hours, such as skärtorsdag. The employer decides, so "
        "this is yours to set",
    )
    squeeze_days: values.StrengthText = Field(
        default="should",
        description="none on klämdagar: a working day whose day before and day after are both off",
    )
    periods: tuple[Period, ...] = Field(default=(), description="when people are away")
    busy: tuple[BusyCalendar, ...] = Field(default=(), description="other bodies' decided dates")


class FixedDate(Keys):
    """A point that forums plan around."""

    name: values.Text = Field(description="what happens; it is shown in tables and in the wheel")
    on: values.YearDay = Field(description="when")


class Term(Keys):
    """A document's period of validity."""

    name: values.Text = Field(description="the document")
    from_: values.FullDate = Field(alias="from", description="the first day it is in force")
    to: values.FullDate = Field(description="the last day")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            raise ValueError(REVERSED)
        return self


class Membership(Keys):
    """A role, at each of some organisations."""

    role: values.Role = Field(description="the role")
    from_: tuple[values.BodyId, ...] = Field(
        alias="from", min_length=1, description="the organisations and groups that send it"
    )


class Window(Keys):
    """A part of the year that holds some of the meetings."""

    from_: values.YearDay = Field(alias="from", description="the first day")
    to: values.YearDay = Field(description="the last day")
    meetings: values.Number | None = Field(default=None, description="how many meetings it holds")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_span(self.from_, self.to)
        return self

    def within(self, year: int) -> tuple[date, date] | None:
        """Return first and last day of the window that begins in a year; None outside its only year."""
        return span_of(self.from_, self.to, year)


class Preparation(Keys):
    """The forum that prepares every meeting, and how many days earlier it meets."""

    forum: values.ForumId = Field(description="the forum that prepares")
    days_before: values.Days = Field(description="how many days earlier it meets")
    strength: values.StrengthText = Field(default="must", description="how firmly")


class Together(Keys):
    """The forum that meets the same day."""

    forum: values.ForumId = Field(description="the other forum")
    strength: values.StrengthText = Field(default="must", description="how firmly")


class Relation(Keys):
    """At least one meeting so many days before (or after) a fixed date."""

    date: values.DateId = Field(description="the fixed date")
    days: values.Number = Field(description="at least how many days from it")
    strength: values.StrengthText = Field(default="must", description="how firmly")


class Spacing(Keys):
    """The least number of days between two meetings of a forum."""

    min_days: values.Number = Field(description="the least days from one meeting to the next")
    strength: values.StrengthText = Field(default="must", description="how firmly")


class Rotation(Keys):
    """Hosts that take turns, in the order listed."""

    rotate: tuple[values.BodyId, ...] = Field(
        min_length=1, description="the organisations and groups, in order"
    )


class DeadlineRule(Keys):
    """Something due before or after every meeting."""

    name: values.Text = Field(description="what is due; each name once in a forum")
    days_before: values.Number | None = Field(default=None, description="days before the meeting")
    days_after: values.Number | None = Field(default=None, description="days after the meeting")

    @model_validator(mode="after")
    def _one_direction(self) -> Self:
        if (self.days_before is None) == (self.days_after is None):
            raise EitherOrError(one="days_before", other="days_after")
        return self


class Also(Keys):
    """What the same people do in the same meeting."""

    name: values.Text = Field(description="what it is")
    minutes: values.Number | None = Field(default=None, description="how long it takes")


class Renewal(Keys):
    """What is due before a term ends."""

    name: values.Text = Field(description="what is due")
    months_before: values.Months = Field(description="months before the term ends")


class TermOfForum(Keys):
    """The term that a forum is bound to."""

    of: values.TermId = Field(description="the term")
    renewal: Renewal | None = Field(default=None, description="what is due before it ends; a deadline")


class Active(Keys):
    """A forum's life."""

    from_: values.FullDate | None = Field(default=None, alias="from", description="the first day")
    to: values.FullDate | None = Field(default=None, description="the last day")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ and self.to and self.to < self.from_:
            raise ValueError(REVERSED)
        return self


class ExternalDate(Keys):
    """A date decided elsewhere, or a calendar file of such dates."""

    on: values.FullDate | None = Field(default=None, description="the date")
    file: values.FilePath | None = Field(
        default=None, description="an iCalendar file of dates, with their times and places"
    )
    time: values.Time | None = Field(default=None, description="another time than the forum's")
    place: values.Text | None = Field(default=None, description="another place than the forum's")

    @model_validator(mode="after")
    def _date_or_file(self) -> Self:
        if (self.on is None) == (self.file is None):
            raise EitherOrError(one="on", other="file")
        if self.file is not None and (self.time or self.place):
            raise ValueError(FILE_ALONE)
        return self


Weekdays = Annotated[tuple[values.MeetingDay, ...], Field(min_length=1), AfterValidator(check_each_once)]
Members = Annotated[tuple[Membership, ...], Field(min_length=1)]
Host = Annotated[
    Rotation,
    BeforeValidator(
        lambda value: {"rotate": [value]} if isinstance(value, str) else value,
        json_schema_input_type=Rotation | values.BodyId,
    ),
]
Dated = Annotated[
    ExternalDate,
    BeforeValidator(
        lambda value: {"on": value} if isinstance(value, str) else value,
        json_schema_input_type=values.FullDate | ExternalDate,
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

    name: values.Text | None = Field(
        default=None, description="the forum's name. You may change it; the meetings keep their ids"
    )
    cadence: CadenceText | None = Field(default=None, description="how often it meets")
    members: Members | None = Field(default=None, description="who meets")
    time: values.Time | None = Field(default=None, description="when on the day")
    purpose: values.Text | None = Field(
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
    buffer_minutes: values.Number | None = Field(
        default=None,
        description="minutes of travel around its meetings; of two forums the larger number counts",
    )
    host: Host | None = Field(default=None, description="who hosts: one organisation, or several in turn")
    place: values.Text | None = Field(default=None, description="where it meets")
    format: values.Format | None = Field(default=None, description="how it meets")
    also: tuple[Also, ...] = Field(
        default=(), description="what the same people do in the same meeting; shown in the calendar entry"
    )
    deadlines: tuple[DeadlineRule, ...] = Field(
        default=(), description="what is due before or after every meeting"
    )
    term: TermOfForum | None = Field(default=None, description="the document whose period binds the forum")
    active: Active | None = Field(default=None, description="the first and the last day of the forum's life")
    dates: Dates = Field(default=(), description="the decided dates, where `cadence` is `external`")
    publish: values.Flag = Field(
        default=False,
        description="whether the calendars hold the dates of an `external` forum; those of other forums "
        "always stand there",
    )
    reserve: values.Reserve = Field(
        default=0,
        description="how many places to keep free in the year, where `cadence` is `as needed`. `kultursam "
        "add` uses them first",
    )
    contact: Contact | None = Field(
        default=None, description="whom to ask; the organiser of the calendar entries"
    )
    reminder: values.Duration | None = Field(
        default=None, description="how long before a meeting calendars remind of it"
    )


class Forum(Defaults):
    """A circle of people that meets."""

    name: values.Text
    cadence: CadenceText
    members: Members
    time: values.Time


class ForumFile(Keys):
    """Everything a forum file says."""

    name: values.Text = Field(description="the name on calendars, tables and pages")
    language: values.Language = Field(
        default="en", description="the language of everything people read; keys stay English"
    )
    timezone: values.Zone = Field(description="the zone of all times")
    domain: values.Domain = Field(
        description="the right-hand side of every calendar id. Set it once and never change it: with another "
        "domain every entry would appear twice, so kultursam refuses to go on. At most 170 characters"
    )
    organisations: dict[values.Id, Organisation] = Field(description="who takes part")
    groups: dict[values.Id, tuple[values.BodyId, ...]] = Field(
        default={}, description="lists of organisations and groups, to be named together"
    )
    calendar: CalendarSettings | None = Field(
        default=None,
        description="days off, and when people are away. Without it there are no days off but weekends",
    )
    dates: dict[values.Id, FixedDate] = Field(default={}, description="fixed dates that forums plan around")
    terms: dict[values.Id, Term] = Field(default={}, description="documents with a period of validity")
    defaults: Defaults = Field(
        default_factory=Defaults,
        description="any forum key; it holds for every forum that does not say otherwise",
    )
    forums: Annotated[dict[values.Id, Forum], Field(min_length=1)] = Field(
        description="the circles that meet"
    )
    buffer_minutes: values.Number = Field(
        default=DEFAULT_BUFFER_MINUTES,
        description="minutes of travel that a person needs between two meetings of a day",
    )
    base_url: values.Url | None = Field(
        default=None, description="the web address of the published folder; see Publishing"
    )
    accessibility_url: values.Url | None = Field(
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
