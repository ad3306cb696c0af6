"""The forum file as models: what every key means, and what of it can be checked where it is written."""

import math
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from operator import attrgetter
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationInfo,
    WrapValidator,
    model_validator,
)

from kultursam.forumfile import values
from kultursam.forumfile.cadence import FOR_EACH, Cadence, CadenceText
from kultursam.forumfile.planning_year import NEW_YEAR, PlanningYear
from kultursam.forumfile.values import DayOfYear, Keys
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import Message

DEFAULT_MAX_AGE_DAYS = 7
DEFAULT_BUFFER_MINUTES = 30
"""Minutes of travel between two meetings of the same person."""
ONE_WAY = Message("say when in one way: weeks, from and to, or easter")
BOTH_ENDS = Message("from and to go together")
BOTH_YEARS = Message("from and to have both a year, or neither")
REVERSED = Message("the last day is before the first")
TOO_LONG = Message("from and to span more than two calendar years")
EASTER_DAYS = Message("easter takes the first and the last day from Easter Sunday, such as [-6, -3]")
TWICE = Message("a weekday is listed twice")
TWICE_IN_TURN = Message("what takes turns is listed twice")
ONE_KIND = Message("say whose meetings in one way: forums, organisations or roles")
NO_SPACING = Message("write min_days, max_days or both")
NEVER_SO_FAR = Message("max_days is less than min_days")
TWICE_REMINDED = Message("a reminder is listed twice")
MAX_REMINDERS = 5
"""Of one entry; Google Calendar keeps no more."""
NOTHING_CHANGES = Message("say what changes: time, place, format, link or contact")
WHOLE_OR_HOURS = Message("either all days are whole days, or none is")
FILE_ALONE = Message("file takes no time or place: the events in the file have their own")
ONLY_WITH_URL = Message("local and max_age_days go with url")
PLACE_OF_COPY = Message(
    "with url, file is where the copy is kept: a file whose name ends in .ics, below the forum file's folder"
)
FILE_OR_URL = Message("write file, url or both")


NOT_EMPTY = Field(min_length=1)


class EitherOrError(ValueError):
    """Of some keys, of which one belongs there, several are written, or none."""

    def __init__(self, *, one: str, other: str) -> None:
        super().__init__(Message("write either {one} or {other}", one=one, other=other))


class OutsideRangeError(ValueError):
    """The number of days that is best is none of those that are allowed."""

    def __init__(self, best: int, days: values.DayRange) -> None:
        text = Message(
            "best: {best} lies outside {days}; write one of these numbers of days", best=best, days=str(days)
        )
        super().__init__(text)


def key(about: str, default: object = ..., *, alias: str | None = None) -> Any:  # noqa: ANN401
    """Return the field of a key: what editors say about it, and its default unless it is required."""
    return Field(default, alias=alias, description=about)


def written_as(
    short: type | tuple[type, ...], convert: Callable[[object], object], *, schema: object
) -> BeforeValidator:
    """Return the validator of a value that may also be written in a shorter form, of another type."""
    return BeforeValidator(
        lambda value: convert(value) if isinstance(value, short) else value, json_schema_input_type=schema
    )


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


Weekdays = Annotated[tuple[values.DayOfWeek, ...], Field(min_length=1), AfterValidator(check_each_once)]


def check_turns(listed: tuple[str, ...]) -> tuple[str, ...]:
    """Return what takes turns; raise `ValueError` if something is listed twice."""
    if len(set(listed)) < len(listed):
        raise ValueError(TWICE_IN_TURN)
    return listed


class WeekdayRotation(Keys):
    """Weekdays that take turns, in the order listed."""

    rotate: Weekdays = key("the weekdays, in order: each meeting has that of its turn")


class PlaceRotation(Keys):
    """Places that take turns, in the order listed."""

    rotate: Annotated[tuple[values.Text, ...], Field(min_length=1), AfterValidator(check_turns)] = key(
        "the places, in order; none of them is one of `rooms`"
    )


class FormatRotation(Keys):
    """Ways to meet that take turns, in the order listed."""

    rotate: Annotated[tuple[values.Format, ...], Field(min_length=1), AfterValidator(check_turns)] = key(
        "the ways to meet, in order"
    )


def in_turn_or(rotation: type[Keys], plain: Any) -> PlainValidator:  # noqa: ANN401 - the type of a field
    """Return the validator of a value that is keys, such as `{rotate: [a, b]}`, or a plain one."""
    adapter: TypeAdapter[Any] = TypeAdapter(plain, config=ConfigDict(defer_build=True))

    def read(value: object, info: ValidationInfo) -> object:
        if isinstance(value, dict):
            return rotation.model_validate(value, context=info.context)
        return adapter.validate_python(value)

    schema: Any = rotation
    return PlainValidator(read, json_schema_input_type=schema | plain)


WeekdaysInTurn = Annotated[WeekdayRotation | tuple[int, ...], in_turn_or(WeekdayRotation, Weekdays)]
PlaceInTurn = Annotated[PlaceRotation | str, in_turn_or(PlaceRotation, values.Text)]
FormatInTurn = Annotated[FormatRotation | str, in_turn_or(FormatRotation, values.Format)]


def listed(weekdays: WeekdayRotation | tuple[int, ...] | None) -> tuple[int, ...]:
    """Return the weekdays of a list, taking turns or not."""
    return weekdays.rotate if isinstance(weekdays, WeekdayRotation) else weekdays or ()


def rotation(value: object) -> tuple[Any, ...]:
    """Return what takes turns, in order; nothing if a value is a plain one."""
    return value.rotate if isinstance(value, WeekdayRotation | PlaceRotation | FormatRotation) else ()


def check_reminders(reminders: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    """Return reminders; raise `ValueError` if two are the same."""
    if len(set(reminders)) < len(reminders):
        raise ValueError(TWICE_REMINDED)
    return reminders


Reminders = Annotated[
    tuple[values.Duration, ...],
    Field(max_length=MAX_REMINDERS),
    AfterValidator(check_reminders),
    written_as(
        str,
        lambda only: [only],
        schema=values.Duration | Annotated[tuple[values.Duration, ...], Field(max_length=MAX_REMINDERS)],
    ),
]
"""How long before something calendars remind of it; one of them needs no list."""


class Active(Keys):
    """The life of a forum, or of an organisation in what is planned; both ends count."""

    from_: values.FullDate | None = key("the first day", None, alias="from")
    to: values.FullDate | None = key("the last day", None)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ and self.to and self.to < self.from_:
            raise ValueError(REVERSED)
        return self

    def includes(self, day: date) -> bool:
        """Return whether a day lies in it."""
        return self.meets(day, day)

    def meets(self, first: date, last: date) -> bool:
        """Return whether some day from first to last lies in it."""
        return (self.from_ is None or self.from_ <= last) and (self.to is None or first <= self.to)


class Organisation(Keys):
    """A body that takes part."""

    name: values.Text = key("the full name")
    short: values.Text | None = key("a short name for tables and calendar entries", None)
    country: values.Country | None = key(
        "the country, or its part, whose days off its members have; without it, that of `calendar`", None
    )
    active: Active | None = key("the first and the last day on which it takes part", None)

    @property
    def label(self) -> str:
        """The short name, where there is one."""
        return self.short or self.name


class Contact(Keys):
    """Whom to ask."""

    name: values.Text = key("whom to ask")
    email: values.Email = key("the address")


class Touching(Keys):
    """Whom something touches: the members that fit all that is named; everyone where nothing is."""

    for_: tuple[values.BodyId, ...] | None = key("only for these organisations and groups", None, alias="for")
    for_roles: tuple[values.Role, ...] | None = key("only for these roles", None)
    for_forums: tuple[values.ForumId, ...] | None = key("only for these forums", None)


class Period(Touching):
    """Days when people are away, returning every year or in one year only."""

    name: values.Text = key("what it is; it is shown in tables")
    strength: values.StrengthText = key("how firmly meetings keep off it", "must")
    weeks: values.WeeksOfYear | None = key("when: ISO weeks, every year", None)
    from_: values.YearDay | None = key("when: the first day", None, alias="from")
    to: values.YearDay | None = key("when: the last day. Both ends have a year, or neither", None)
    easter: tuple[values.EasterDay, ...] | None = key(
        "when: the first and the last day, counted from Easter Sunday", None
    )
    days: tuple[values.DayOfWeek, ...] | None = key("only these weekdays of it", None)

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


class Fetched(Keys):
    """What may be kept fresh from an address."""

    url: values.CalendarUrl | None = key(
        "the address that `kultursam fetch` copies the calendar from, or the variable of the environment "
        "that holds it",
        None,
    )
    local: values.Flag = key("whether the address may be one of the local network", default=False)
    max_age_days: values.Number = key(
        "how many days old the copy may be before every run tells of it", DEFAULT_MAX_AGE_DAYS
    )

    @model_validator(mode="before")
    @classmethod
    def _with_place_of_copy(cls, keys: object) -> object:
        """Return the keys, with the file that the copy is kept in if none is named."""
        if isinstance(keys, dict) and isinstance(url := keys.get("url"), str) and "file" not in keys:
            return {**keys, "file": values.copy_of(url)}
        return keys

    @model_validator(mode="after")
    def _can_be_copied(self) -> Self:
        file = getattr(self, "file", None)
        if self.url is None and self.model_fields_set & {"local", "max_age_days"}:
            raise ValueError(ONLY_WITH_URL)
        if self.url is not None and file is not None and not values.is_place_of_copy(file):
            raise ValueError(PLACE_OF_COPY)
        return self


class BusyCalendar(Touching, Fetched):
    """An iCalendar file of another body's decided dates."""

    name: values.Text = key("whose calendar it is")
    file: values.FilePath = key("the file; with `url`, where its copy is kept", "")
    strength: values.StrengthText = key("how firmly meetings keep off its events", "must")

    @model_validator(mode="after")
    def _file_or_url(self) -> Self:
        if not self.file:
            raise ValueError(FILE_OR_URL)
        return self


class Poll(Keys):
    """A table of what organisations answered when they were asked for dates."""

    file: values.FilePath = key("the table: CSV, XLSX, XLS or ODS")


class HalfDays(Keys):
    """How firmly meetings keep off half-days, and from which hour on these are off."""

    strength: values.StrengthText = key("how firmly", "should")
    from_: values.TimeOfDay | None = key(
        "the hour that the working day ends at: a meeting that ends by then is not touched",
        None,
        alias="from",
    )


HalfDayRule = Annotated[
    HalfDays,
    written_as(str, lambda strength: {"strength": strength}, schema=HalfDays | values.StrengthText),
]


class CalendarSettings(Keys):
    """Days off, and when people are away."""

    country: values.Country = key("whose public holidays count")
    weekend: Weekdays | None = key("the days that are off every week; without it, those of the country", None)
    working: tuple[values.Text, ...] = key(
        "holidays that count as working days, each by its name or its date", ()
    )
    public_holidays: values.StrengthText = key("no meetings on public holidays (red days)", "must")
    de_facto_holidays: values.StrengthText = key(
        "no meetings on days off by custom: midsommarafton, julafton, nyårsafton", "must"
    )
    half_days: HalfDayRule = key(
        "none on working days with shorter hours, such as skärtorsdag. The employer decides, so "
        "this is yours to set",
        HalfDays(),
    )
    squeeze_days: values.StrengthText = key(
        "none on klämdagar: a working day whose day before and day after are both off", "should"
    )
    periods: tuple[Period, ...] = key("when people are away", ())
    busy: tuple[BusyCalendar, ...] = key("other bodies' decided dates", ())


class FixedDate(Keys):
    """A point that forums plan around."""

    name: values.Text = key("what happens; it is shown in tables and in the wheel")
    on: values.YearDay = key("when")


class Term(Keys):
    """A document's period of validity."""

    name: values.Text = key("the document")
    from_: values.FullDate = key("the first day it is in force", alias="from")
    to: values.FullDate = key("the last day")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            raise ValueError(REVERSED)
        return self


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


class Defaults(Keys):
    """What a forum may say, and what may be said for all of them."""

    name: values.Text | None = key("the forum's name. You may change it; the meetings keep their ids", None)
    cadence: CadenceText | None = key("how often it meets", None)
    starting: values.FullDate | None = key(
        "where the cadence names days: the first of them. Every other week, or month, is counted from it, "
        "over New Year too",
        None,
    )
    except_: tuple[values.FullDate, ...] = key("named days on which it does not meet", (), alias="except")
    instead: tuple[Exchange, ...] = key("named days that are exchanged for others", ())
    when_closed: values.WhenClosedText | None = key(
        "what becomes of a named day that a must closes: no meeting that time; the nearest open day, at most "
        "half-way to the next; or the interval is counted anew after it. Without this, days named every week "
        "are skipped and others moved",
        None,
    )
    for_each: ForEach | None = key("instead of a cadence: one meeting for each of another forum's", None)
    members: Members | None = key("who meets", None)
    time: values.Time | None = key("when on the day", None)
    days: values.LongestMeeting = key(
        "on how many consecutive days each meeting is held. Its date is the first; rules are asked of each",
        1,
    )
    last_day: values.Time | None = key("when on the last of its days; without it, as on the others", None)
    timezone: values.Zone | None = key("the zone of its times; without it, that of the file", None)
    purpose: values.Text | None = key("what it is for; a sentence for calendars and the page", None)
    windows: tuple[Window, ...] = key(
        "the parts of the year it meets in, each perhaps with another time, place, weekdays or host",
        (),
    )
    changes: tuple[AnnouncedChange, ...] = key("what is otherwise from a day on", ())
    weekdays: WeekdaysInTurn | None = key(
        "the days it meets on, most wanted first. A must; each step down the list costs points. "
        "Or days that take turns",
        None,
    )
    otherwise: Weekdays | None = key(
        "the days it meets on in a week in which musts close all of its `weekdays`", None
    )
    spacing: Spacing | None = key("the least and the most days between two of its meetings", None)
    prepared_by: Preparations = key("the forum, or forums, that prepare each of its meetings", ())
    together_with: Together | None = key("the forum that meets on the same days", None)
    apart: tuple[Apart, ...] = key("forums that its meetings keep their distance from", ())
    before: tuple[Relation, ...] = key("some meeting of the year so long before a fixed date", ())
    after: tuple[Relation, ...] = key("some meeting of the year so long after a fixed date", ())
    buffer_minutes: values.Number | None = key(
        "minutes of travel around its meetings; of two forums the larger number counts", None
    )
    host: Host | None = key("who hosts: one organisation, or several in turn", None)
    place: PlaceInTurn | None = key("where it meets: one place, or several in turn", None)
    room: values.RoomId | None = key("the room that it meets in, whose name is the place", None)
    format: FormatInTurn | None = key("how it meets, perhaps in turn", None)
    link: values.Url | None = key("where to join: a web address for calendars, and for the page", None)
    also: tuple[Also, ...] = key(
        "what the same people do in the same meeting; shown in the calendar entry", ()
    )
    deadlines: tuple[DeadlineRule, ...] = key("what is due before or after every meeting", ())
    term: TermOfForum | None = key("the document whose period binds the forum", None)
    active: Active | None = key("the first and the last day of the forum's life", None)
    dates: Dates = key("the decided dates, where `cadence` is `external`", ())
    publish: values.Flag = key(
        "whether the calendars hold the dates of an `external` forum; those of other forums "
        "always stand there",
        default=False,
    )
    wishes: tuple[Poll, ...] = key(
        "what the members answered to polls: a no counts as `should`, a maybe as `prefer`", ()
    )
    reserve: values.Reserve = key(
        "how many places to keep free in the year, where `cadence` is `as needed`. `kultursam "
        "add` uses them first",
        0,
    )
    contact: Contact | None = key("whom to ask; the organiser of the calendar entries", None)
    reminder: Reminders = key("how long before a meeting calendars remind of it; several in a list", ())

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.place is not None and self.room is not None:
            raise EitherOrError(one="place", other="room")
        return self

    def window_on(self, day: date) -> Window | None:
        """Return the window that a day lies in; None outside all of them."""
        return next((window for window in self.windows if window.holds(day)), None)

    def on(self, day: date) -> Self:
        """Return the forum as its meeting on a day has it: changed by then, and as its window says.

        Its name, and whatever a window cannot say, stay the same.
        """
        said: dict[str, object] = {}
        for change in sorted(self.changes, key=attrgetter("from_")):
            if change.from_ <= day:
                said |= change.said
        if any(window.said for window in self.windows) and (window := self.window_on(day)):
            said |= window.said
        return self.model_copy(update=said) if said else self

    @property
    def every_deadline(self) -> tuple[DeadlineRule, ...]:
        """What is due for any of its meetings, that of windows after its own."""
        return (*self.deadlines, *(rule for window in self.windows for rule in window.deadlines or ()))

    @property
    def every_said(self) -> Iterator[Self]:
        """The forum itself, then as each of its changes and windows alone would have it."""
        yield self
        yield from (self.model_copy(update=one.said) for one in (*self.changes, *self.windows) if one.said)

    @property
    def weekdays_take_turns(self) -> bool:
        """Whether weekdays take turns at its meetings, or at those of a window."""
        return bool(rotation(self.weekdays)) or any(rotation(window.weekdays) for window in self.windows)

    @property
    def longest(self) -> int:
        """On how many days the longest of its meetings is held."""
        return max(one.days for one in self.every_said)


def _already_read(value: object, read: Callable[[object], Cadence]) -> Cadence:
    return value if isinstance(value, Cadence) else read(value)


class Forum(Defaults):
    """A circle of people that meets."""

    name: values.Text
    cadence: Annotated[CadenceText, WrapValidator(_already_read)]
    members: Members
    time: values.Time

    @property
    def times(self) -> dict[str, Any]:
        """When on its days a meeting is held, under the names that a meeting keeps it by."""
        last_day = self.last_day if self.days > 1 else None
        zone = None if self.time.is_all_day else self.timezone
        return {
            "start": self.time.start,
            "end": self.time.end,
            "days": self.days,
            "last_day": last_day,
            "timezone": zone,
        }

    @model_validator(mode="after")
    def _whole_days_or_hours(self) -> Self:
        announced = {change.time.is_all_day for change in self.changes if change.time}
        for said in ({}, *(window.said for window in self.windows)):
            one = self.model_copy(update=said)
            kinds = {one.time.is_all_day} | (announced if "time" not in said else set())
            if one.days > 1 and one.last_day and kinds != {one.last_day.is_all_day}:
                raise ValueError(WHOLE_OR_HOURS)
        return self

    @model_validator(mode="before")
    @classmethod
    def _cadence_or_for_each(cls, keys: object) -> object:
        if not isinstance(keys, dict) or "for_each" not in keys:
            return keys
        if "cadence" in keys:
            raise EitherOrError(one="cadence", other="for_each")
        return {**keys, "cadence": FOR_EACH}


class YearSettings(Keys):
    """The planning year."""

    from_: values.FirstOfYear = key("the day on which planning years begin", NEW_YEAR, alias="from")


class FeedSettings(Keys):
    """What the feeds hold of all that is planned."""

    unconfirmed: values.Flag = key("whether feeds hold meetings that are only proposed", default=True)
    cancelled_days: values.Number | None = key(
        "for how many days feeds hold a meeting after it was cancelled", None
    )
    past_months: values.Months | None = key("for how many months feeds hold a meeting after its date", None)

    @property
    def change_by_themselves(self) -> bool:
        """Return whether something leaves the feeds as days pass."""
        return self.cancelled_days is not None or self.past_months is not None


class ForumFile(Keys):
    """Everything a forum file says."""

    name: values.Text = key("the name on calendars, tables and pages")
    language: values.Language = key("the language of everything people read; keys stay English", "en")
    timezone: values.Zone = key("the zone of all times")
    year: YearSettings = Field(
        default_factory=YearSettings,
        description="when the planning year begins: with `{from: 08-01}`, `plan 2025` plans 1 August 2025 to "
        "31 July 2026. Set it before the first plan",
    )
    domain: values.Domain = key(
        "the right-hand side of every calendar id. Set it once and never change it: with another "
        "domain every entry would appear twice, so kultursam refuses to go on. At most 170 characters"
    )
    organisations: dict[values.Id, Organisation] = key("who takes part")
    groups: dict[values.Id, tuple[values.BodyId, ...]] = key(
        "lists of organisations and groups, to be named together", {}
    )
    calendar: CalendarSettings | None = key(
        "days off, and when people are away. Without it there are no days off but weekends", None
    )
    dates: dict[values.Id, FixedDate] = key("fixed dates that forums plan around", {})
    terms: dict[values.Id, Term] = key("documents with a period of validity", {})
    rooms: dict[values.Id, Room] = key("the rooms in which one meeting at a time can be held", {})
    limits: tuple[Limit, ...] = key("how many meetings somebody has room for", ())
    defaults: Defaults = Field(
        default_factory=Defaults,
        description="any forum key; it holds for every forum that does not say otherwise",
    )
    forums: Annotated[dict[values.Id, Forum], Field(min_length=1)] = key("the circles that meet")
    buffer_minutes: values.Number = key(
        "minutes of travel that a person needs between two meetings of a day", DEFAULT_BUFFER_MINUTES
    )
    base_url: values.Url | None = key("the web address of the published folder; see Publishing", None)
    accessibility_url: values.Url | None = key(
        "the web address of your accessibility statement; the page links to it", None
    )
    output: values.FilePath | None = key(
        "the folder of the calendars, from the forum file's own; without it, calendars in the project folder",
        None,
    )
    publish: tuple[values.Publication, ...] = key(
        "files of each year that are published beside the page: a workbook for Excel, a document to print "
        "and to send",
        (),
    )
    contact: Contact | None = key("whom to ask about the page; see contact", None)
    feeds: FeedSettings = Field(
        default_factory=FeedSettings, description="what the calendars to subscribe to leave out"
    )


def calendars_of_others(file: ForumFile) -> Iterator[tuple[BusyCalendar | ExternalDate, str, Where]]:
    """Yield each calendar file of another body: its keys, its name for people, and its place."""
    for index, busy in enumerate(file.calendar.busy if file.calendar else ()):
        yield busy, busy.name, ("calendar", "busy", index)
    for forum, model in file.forums.items():
        for index, entry in enumerate(model.dates):
            if entry.file:
                yield entry, model.name, ("forums", forum, "dates", index)


def planned_number(forum: Forum) -> int:
    """Return how many meetings a year are spread for a forum; 0 where the cadence is no number."""
    return forum.reserve if forum.cadence.kind == "as needed" else forum.cadence.number


def share(number: int, asked: list[int | None]) -> tuple[list[int], Message | None]:
    """Return the meetings of each window, what it asks for or an even share of the rest; or a problem."""
    given = sum(meetings for meetings in asked if meetings is not None)
    free = asked.count(None)
    rest = number - given
    if rest < 0 or (rest and not free):
        meetings = Message.counted("{n} meeting", "{n} meetings", given)
        return [], Message(
            "the windows hold {meetings}, but {number} a year are to be held",
            meetings=meetings,
            number=number,
        )
    if free and rest % free:
        meetings = Message.counted("{n} meeting", "{n} meetings", rest)
        return [], Message(
            "{meetings} cannot be shared evenly over {windows} windows; say how many with meetings: n",
            meetings=meetings,
            windows=free,
        )
    return [rest // free if meetings is None else meetings for meetings in asked], None
