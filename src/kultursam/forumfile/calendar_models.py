"""The forum file as models: organisations, days off, when people are away, and what others decided."""

from datetime import date
from typing import Annotated, Self

from pydantic import (
    model_validator,
)

from kultursam.forumfile import values
from kultursam.forumfile.keys import REVERSED, Weekdays, check_span, key, written_as
from kultursam.forumfile.values import Keys
from kultursam.i18n import Message

DEFAULT_MAX_AGE_DAYS = 7
ONE_WAY = Message("say when in one way: weeks, from and to, or easter")
BOTH_ENDS = Message("from and to go together")
EASTER_DAYS = Message("easter takes the first and the last day from Easter Sunday, such as [-6, -3]")
ONLY_WITH_URL = Message("local and max_age_days go with url")
PLACE_OF_COPY = Message(
    "with url, file is where the copy is kept: a file whose name ends in .ics, below the forum file's folder"
)
FILE_OR_URL = Message("write file, url or both")


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
