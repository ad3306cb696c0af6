"""The forum file as models: who meets, in which order and where, and what is due."""

import math
from datetime import date
from typing import Annotated, Self

from pydantic import (
    Field,
    model_validator,
)

from kultursam.forumfile import values
from kultursam.forumfile.calendar_models import Contact, Fetched
from kultursam.forumfile.keys import (
    EitherOrError,
    FormatInTurn,
    OutsideRangeError,
    PlaceInTurn,
    Reminders,
    WeekdaysInTurn,
    check_span,
    key,
    span_of,
    written_as,
)
from kultursam.forumfile.planning_year import PlanningYear
from kultursam.forumfile.values import Keys
from kultursam.i18n import Message

ONE_KIND = Message("say whose meetings in one way: forums, organisations or roles")
NO_SPACING = Message("write min_days, max_days or both")
NEVER_SO_FAR = Message("max_days is less than min_days")
NOTHING_CHANGES = Message("say what changes: time, place, format, link or contact")
FILE_ALONE = Message("file takes no time or place: the events in the file have their own")
NOT_EMPTY = Field(min_length=1)


class Membership(Keys):
    """A role, at each of some organisations."""

    role: values.Role = key("the role")
    from_: tuple[values.BodyId, ...] = Field(
        alias="from", min_length=1, description="the organisations and groups that send it"
    )
    optional: values.Flag = key("whether the meetings can be held without them", default=False)


class Preparation(Keys):
    """The forum that prepares every meeting, and how many days earlier it meets."""

    forum: values.ForumId = key("the forum that prepares")
    days_before: values.Days | None = key("how many days earlier it meets", None)
    working_days_before: values.Days | None = key("instead: how many working days earlier", None)
    best: values.Number | None = key("which number of these days is best", None)
    strength: values.StrengthText = key("how firmly", "must")

    @model_validator(mode="after")
    def _one_range(self) -> Self:
        if (self.days_before is None) == (self.working_days_before is None):
            raise EitherOrError(one="days_before", other="working_days_before")
        if self.best is not None and not self.range.low <= self.best <= self.range.high:
            raise OutsideRangeError(self.best, self.range)
        return self

    @property
    def range(self) -> values.DayRange:
        """How many days earlier the forum meets: all days, or working days."""
        days = self.days_before or self.working_days_before
        return days or values.DayRange(0, 0)

    @property
    def days_to_aim_at(self) -> int:
        """The number of days that is best."""
        return self.range.middle if self.best is None else self.best


class Together(Keys):
    """The forum that meets the same day."""

    forum: values.ForumId = key("the other forum")
    strength: values.StrengthText = key("how firmly", "must")


class ForEach(Keys):
    """The forum for each of whose meetings there is one, and how many days before or after it."""

    forum: values.ForumId = key("the other forum")
    days_before: values.Days | None = key("how many days before each of its meetings", None)
    days_after: values.Days | None = key("instead: how many days after", None)

    @model_validator(mode="after")
    def _one_direction(self) -> Self:
        if (self.days_before is None) == (self.days_after is None):
            raise EitherOrError(one="days_before", other="days_after")
        return self

    @property
    def is_before(self) -> bool:
        """Return whether its meetings come before the other's."""
        return self.days_before is not None

    @property
    def range(self) -> values.DayRange:
        """How many days lie between."""
        return self.days_before or self.days_after or values.DayRange(0, 0)


class Apart(Keys):
    """A forum whose meetings are kept off the forum's own."""

    forum: values.ForumId = key("the other forum")
    days: values.FromOne | None = key("no meeting of it nearer than so many days", None)
    weeks: values.FromOne | None = key("instead: ISO weeks. 1: never in one week", None)
    side: values.Side | None = key("only those before, or only those after", None)
    strength: values.StrengthText = key("how firmly", "must")

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.days is None) == (self.weeks is None):
            raise EitherOrError(one="days", other="weeks")
        return self


class Relation(Keys):
    """At least one meeting so many days before (or after) a fixed date, or within a range of days."""

    date: values.DateId = key("the fixed date")
    days: values.DaysAway = key("how many days from it: at least so many, or within a range")
    strength: values.StrengthText = key("how firmly", "must")


class Spacing(Keys):
    """The least and the most days between two meetings of a forum."""

    min_days: values.Number | None = key("the least days from one meeting to the next", None)
    max_days: values.Most | None = key("the most days; a longer closed stretch does not count", None)
    strength: values.StrengthText | None = key("how firmly", None)

    @model_validator(mode="after")
    def _something_to_keep(self) -> Self:
        if self.min_days is None and self.max_days is None:
            raise ValueError(NO_SPACING)
        if (self.min_days or 0) > (self.max_days or math.inf):
            raise ValueError(NEVER_SO_FAR)
        return self


class Room(Keys):
    """A room in which one meeting at a time can be held."""

    name: values.Text = key("its name: the place of the meetings that are held in it")


class Limit(Keys):
    """How many meetings somebody has room for in a day, a week or a month."""

    name: values.Text = key("whose capacity it is; it is shown where no more meetings fit")
    forums: Annotated[tuple[values.ForumId, ...], NOT_EMPTY] | None = key(
        "the meetings of these forums", None
    )
    organisations: Annotated[tuple[values.BodyId, ...], NOT_EMPTY] | None = key(
        "the meetings that any of these organisations and groups takes part in", None
    )
    roles: Annotated[tuple[values.Role, ...], NOT_EMPTY] | None = key(
        "the meetings that anybody in these roles takes part in", None
    )
    most: values.Most = key("how many at most, all of them together", 1)
    per: values.Cell = key("in what")
    strength: values.StrengthText = key("how firmly", "must")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if [self.forums, self.organisations, self.roles].count(None) != 2:
            raise ValueError(ONE_KIND)
        return self


class Exchange(Keys):
    """One date in place of one that the cadence names."""

    of: values.FullDate = key("the date that the cadence names")
    on: values.FullDate = key("the date to meet on instead, in the same year")


class Rotation(Keys):
    """Hosts that take turns, in the order listed."""

    rotate: tuple[values.BodyId, ...] = Field(
        min_length=1, description="the organisations and groups, in order"
    )


class DeadlineRule(Keys):
    """Something due before or after every meeting, counted in one of four ways."""

    name: values.Text = key("what is due; each name once in a forum")
    days_before: values.Number | None = key("days before the meeting", None)
    days_after: values.Number | None = key("days after the meeting", None)
    working_days_before: values.WorkingDays | None = key("working days before the meeting", None)
    clear_days_before: values.WorkingDays | None = key(
        "clear working days before the meeting: neither the day it is due nor that of the meeting counts",
        None,
    )
    reminder: Reminders = key("how long before it is due calendars remind of it; several in a list", ())

    @model_validator(mode="after")
    def _counted_in_one_way(self) -> Self:
        counts = (self.days_before, self.days_after, self.working_days_before, self.clear_days_before)
        if len(counts) - counts.count(None) != 1:
            raise EitherOrError(one="days_before, days_after, working_days_before", other="clear_days_before")
        return self


class Also(Keys):
    """What the same people do in the same meeting."""

    name: values.Text = key("what it is")
    minutes: values.Number | None = key("how long it takes", None)


class Renewal(Keys):
    """What is due before a term ends."""

    name: values.Text = key("what is due")
    months_before: values.Months = key("months before the term ends")
    reminder: Reminders = key("how long before it is due calendars remind of it; several in a list", ())


class TermOfForum(Keys):
    """The term that a forum is bound to."""

    of: values.TermId = key("the term")
    renewal: Renewal | None = key("what is due before it ends; a deadline", None)


class ExternalDate(Fetched):
    """A date decided elsewhere, or a calendar file of such dates."""

    on: values.FullDate | None = key("the date", None)
    file: values.FilePath | None = key(
        "an iCalendar file of dates, with their times and places; with `url`, where its copy is kept", None
    )
    time: values.Time | None = key("another time than the forum's", None)
    place: values.Text | None = key("another place than the forum's", None)

    @model_validator(mode="after")
    def _date_or_file(self) -> Self:
        if (self.on is None) == (self.file is None):
            raise EitherOrError(one="on", other="file")
        if self.file is not None and (self.time or self.place):
            raise ValueError(FILE_ALONE)
        return self


Host = Annotated[Rotation, written_as(str, lambda host: {"rotate": [host]}, schema=Rotation | values.BodyId)]


OF_MEETINGS = (
    "time",
    "days",
    "last_day",
    "weekdays",
    "place",
    "room",
    "format",
    "link",
    "contact",
    "deadlines",
    "host",
)
"""Keys of a forum that a window, or a change, may say otherwise for its meetings."""


class Said(Keys):
    """What is said otherwise than by the forum, for some of its meetings."""

    time: values.Time | None = key("another time of these meetings", None)
    place: PlaceInTurn | None = key("another place of these meetings, or several in turn", None)
    format: FormatInTurn | None = key("how these meetings are held, perhaps in turn", None)
    link: values.Url | None = key("where to join these meetings", None)

    @property
    def said(self) -> dict[str, object]:
        """The keys of the forum that are said otherwise; a place takes that of a room, and the reverse."""
        own = {name: value for name in OF_MEETINGS if (value := getattr(self, name, None)) is not None}
        if own.keys() & {"place", "room"}:
            own = {"place": None, "room": None} | own
        return own


class Window(Said):
    """A part of the year that holds some of the meetings."""

    from_: values.YearDay = key("the first day", alias="from")
    to: values.YearDay = key("the last day")
    meetings: values.Number | None = key("how many meetings it holds", None)
    name: values.Text | None = key("what its meetings are called; it follows the forum's name", None)
    days: values.LongestMeeting | None = key("on how many consecutive days each of these is held", None)
    last_day: values.Time | None = key("when on the last of their days", None)
    weekdays: WeekdaysInTurn | None = key(
        "the days that these meetings are on, most wanted first, or in turn", None
    )
    room: values.RoomId | None = key("the room of these meetings", None)
    deadlines: tuple[DeadlineRule, ...] | None = key(
        "what is due before or after these meetings, instead of the forum's", None
    )
    host: Host | None = key("who hosts these meetings", None)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_span(self.from_, self.to)
        if self.place is not None and self.room is not None:
            raise EitherOrError(one="place", other="room")
        return self

    def within(self, year: PlanningYear) -> tuple[date, date] | None:
        """Return first and last day of the window that begins in a year; None outside its only year."""
        spans = (span_of(self.from_, self.to, calendar_year) for calendar_year in year.calendar_years)
        return next((span for span in spans if span and span[0] in year), None)

    def holds(self, day: date) -> bool:
        """Return whether a day lies in it, be it begun that year or the one before."""
        spans = (span_of(self.from_, self.to, year) for year in (day.year, day.year - 1))
        return any(span[0] <= day <= span[1] for span in spans if span)


class AnnouncedChange(Said):
    """What a forum says otherwise from a day on."""

    from_: values.FullDate = key("the first day on which it holds", alias="from")
    contact: Contact | None = key("whom to ask from then on", None)

    @model_validator(mode="after")
    def _something_changes(self) -> Self:
        if not self.said:
            raise ValueError(NOTHING_CHANGES)
        return self


Members = Annotated[tuple[Membership, ...], Field(min_length=1)]
Preparations = Annotated[
    tuple[Preparation, ...],
    written_as((dict, str), lambda only: [only], schema=Preparation | tuple[Preparation, ...]),
]
Dated = Annotated[
    ExternalDate, written_as(str, lambda day: {"on": day}, schema=values.FullDate | ExternalDate)
]
Dates = Annotated[
    tuple[Dated, ...], written_as(dict, lambda only: [only], schema=ExternalDate | tuple[Dated, ...])
]
