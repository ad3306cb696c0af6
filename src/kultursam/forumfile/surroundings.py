"""What forums are planned around, as models: organisations, days off, periods, fixed dates, terms."""

from __future__ import annotations

from datetime import date

from pydantic import Field, model_validator

from kultursam.forumfile.notation import DayOfYear
from kultursam.forumfile.values import (
    BodyId,
    Country,
    DayOfWeek,
    EasterDay,
    Email,
    FilePath,
    ForumId,
    FullDate,
    Keys,
    Role,
    StrengthText,
    Text,
    WeeksOfYear,
    YearDay,
)


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
        check_span(self.from_, self.to)
        return self


class BusyCalendar(Touching):
    """An iCalendar file of another body's decided dates."""

    name: Text = Field(description="whose calendar it is")
    file: FilePath = Field(description="the file")
    strength: StrengthText = Field(default="must", description="how firmly meetings keep off its events")


class Calendar(Keys):
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
            raise ValueError("the term ends before it begins")
        return self


def span_of(first: DayOfYear, last: DayOfYear, year: int) -> tuple[date, date] | None:
    """Give the days, both counted, from a first day in a year to the next last day."""
    start = first.within(year)
    if start is None:
        return None
    end = last.within(last.year or year)
    if end is not None and end < start:
        end = last.within(year + 1)
    return None if end is None else (start, end)


def check_span(first: DayOfYear | None, last: DayOfYear | None) -> None:
    """Refuse a first and a last day that are no span, where both are there."""
    if first is None or last is None:
        return
    if (first.year is None) != (last.year is None):
        raise ValueError("from and to have both a year, or neither")
    if first.year is not None and last.year is not None:
        if (last.year, last.month, last.day) < (first.year, first.month, first.day):
            raise ValueError("ends before it begins")
        if last.year - first.year > 1:
            raise ValueError("spans more than two years")
