"""Days off, half-days, squeeze days and periods. Ranges of days are closed: both ends count."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Self

import holidays
from dateutil.easter import easter

from kultursam.forumfile.calendar_models import CalendarSettings, Period
from kultursam.forumfile.keys import span_of
from kultursam.forumfile.values import folded
from kultursam.forumfile.weekends import USUAL, weekend_in, weekend_of
from kultursam.i18n import Message

DAY = timedelta(days=1)
DAYS_OFF = ("public", "de_facto")
HALF_DAYS = ("bank", "half_day")
"""The categories of days off, and of working days with shorter hours."""
NEAR_YEARS = range(2025, 2041)
"""Where names of holidays, and differences between the parts of a country, are looked for."""


@dataclass(frozen=True, slots=True)
class Holidays:
    """The days off and half-days of a country over a span of time. Each name is in the language asked for."""

    public: Mapping[date, str]
    de_facto: Mapping[date, str]
    half_days: Mapping[date, str]
    """Working days with shorter hours."""
    squeeze_days: frozenset[date]
    """Working days between two days off."""
    weekend: frozenset[int] = USUAL

    def off(self, day: date) -> bool:
        """Return whether a day is no working day."""
        return day.weekday() in self.weekend or day in self.public or day in self.de_facto

    def working_days_before(self, day: date, number: int) -> date:
        """Return the day so many working days before a day, which itself does not count."""
        while number:
            day -= DAY
            number -= not self.off(day)
        return day


NO_HOLIDAYS = Holidays({}, {}, {}, frozenset())


@dataclass(frozen=True, slots=True)
class Country:
    """A country, or a part of one, and what a forum file changes of its days off."""

    code: str
    """ISO 3166, or 3166-2 such as GB-ENG."""
    weekend: frozenset[int] = USUAL
    working: Collection[str] = ()
    """Holidays that count as working days, by name or date."""

    @classmethod
    def of(cls, settings: CalendarSettings) -> Self:
        """Return the country of a forum file."""
        return cls(settings.country, weekend_of(settings), settings.working)

    @classmethod
    def in_(cls, code: str) -> Self:
        """Return a country as it is by itself."""
        return cls(code, weekend_in(code))


class UnknownCountryError(ValueError):
    """No holidays are known of a country or its part."""

    def __init__(self, country: str) -> None:
        super().__init__(Message('unknown country "{country}"; its holidays are not known', country=country))


@lru_cache(maxsize=1024)
def days_between(first: date, last: date) -> tuple[date, ...]:
    """Return every day from first to last; a file of many forums asks for the same ones again and again."""
    return tuple(first + offset * DAY for offset in range((last - first).days + 1))


def holidays_of(country: Country, language: str, first: date, last: date) -> Holidays:
    """Return the holidays of a country from `holidays`.

    The categories are always named, for what `holidays` gives by default has changed between its versions.
    Raise `UnknownCountryError` if the country or its part is unknown.
    """
    years = range((first - DAY).year, (last + DAY).year + 1)
    known = _country(country.code)
    # Languages may be those of a country, such as sv_FI.
    languages = {name.partition("_")[0]: name for name in sorted(known.supported_languages, reverse=True)}
    spoken = languages.get(language) or languages.get("en") or known.default_language
    working = _working(country, years)

    def named(category: str) -> dict[date, str]:
        days = _named(country.code, category, years, spoken)
        return {day: name for day, name in sorted(days.items()) if day not in working}

    days_off = Holidays(named("public"), named("de_facto"), {}, frozenset(), country.weekend)
    half_days = {
        day: name for category in HALF_DAYS for day, name in named(category).items() if not days_off.off(day)
    }
    squeeze_days = frozenset(
        day
        for day in days_between(first, last)
        if not days_off.off(day) and days_off.off(day - DAY) and days_off.off(day + DAY)
    )
    return replace(days_off, half_days=dict(sorted(half_days.items())), squeeze_days=squeeze_days)


def is_known(country: str) -> bool:
    """Return whether the holidays of a country, or of a part of one, are known."""
    try:
        _country(country)
    except UnknownCountryError:
        return False
    return True


def _country(code: str) -> holidays.HolidayBase:
    country, _, part = code.partition("-")
    try:
        return holidays.country_holidays(country, subdiv=part or None)
    except (NotImplementedError, KeyError) as error:
        raise UnknownCountryError(code) from error


@lru_cache(maxsize=256)
def _named(code: str, category: str, years: range, language: str | None) -> Mapping[date, str]:
    """Return the days of a category, none where a country lacks it."""
    country, _, part = code.partition("-")
    if category not in _country(code).supported_categories:
        return {}
    return holidays.country_holidays(
        country, subdiv=part or None, years=years, categories=(category,), language=language
    )


def _working(country: Country, years: range) -> set[date]:
    """Return the days off that count as working days; one that another holiday shares stays off."""
    wanted = {folded(text) for text in country.working}
    if not wanted:
        return set()
    return {
        day
        for days in _names(country.code, years)
        for day, names in days.items()
        if str(day) in wanted or names.keys() <= wanted
    }


def _names(code: str, years: range) -> Iterator[dict[date, dict[str, str]]]:
    """Yield the names of a country's days off, by how they compare, in each language."""
    for language in _country(code).supported_languages or (None,):
        found: dict[date, dict[str, str]] = {}
        for category in DAYS_OFF:
            for day, names in _named(code, category, years, language).items():
                # A day of several holidays has their names; one that is moved is marked (observed).
                plain = (name.partition(" (")[0] for name in names.split("; "))
                found.setdefault(day, {}).update((folded(name), name) for name in plain)
        yield found


def unknown_holidays(country: Country) -> list[tuple[str, set[str]]]:
    """Return the holidays said to be working days that the country does not have, and those that it has."""
    days = list(_names(country.code, NEAR_YEARS)) if country.working else []
    names = {key: name for by_day in days for of_day in by_day.values() for key, name in of_day.items()}
    return [
        (text, {*names.values()})
        for text in country.working
        if folded(text) not in names and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
    ]


def part_that_differs(code: str) -> str | None:
    """Return a part of a country that has other public holidays than the whole; None if a part is named."""
    known = _country(code)
    if known.subdiv is not None:
        return None
    whole = {*_named(code, "public", NEAR_YEARS[:2], None)}
    parts = (f"{code}-{part}" for part in known.subdivisions)
    return next((part for part in parts if {*_named(part, "public", NEAR_YEARS[:2], None)} != whole), None)


def period_spans(period: Period, years: Iterable[int]) -> Iterator[tuple[date, date]]:
    """Yield first and last day of a period, for each year that it begins in."""
    for year in years:
        if period.weeks is not None:
            span = _weeks(period.weeks.first, period.weeks.last, year)
        elif period.easter is not None:
            sunday = easter(year)
            span = sunday + period.easter[0] * DAY, sunday + period.easter[1] * DAY
        else:
            span = span_of(period.from_, period.to, year) if period.from_ and period.to else None
        if span:
            yield span


def period_days(period: Period, first: date, last: date) -> Iterator[date]:
    """Yield the days of a period within a span of time, in order, each once."""
    # A period may begin before the year it belongs to: week 1 in December, Easter less many days.
    next_day = first
    for start, end in period_spans(period, range(first.year - 1, last.year + 2)):
        for day in days_between(max(start, next_day), min(end, last)):
            if period.days is None or day.weekday() in period.days:
                yield day
        next_day = max(next_day, end + DAY)


def _weeks(first: int, last: int, year: int) -> tuple[date, date] | None:
    """Return Monday of the first week to Sunday of the last; a week 53 that the year lacks is left out."""
    count = date(year, 12, 28).isocalendar().week
    if last < first:
        begins_late = first > count
        start = date.fromisocalendar(year + 1, 1, 1) if begins_late else date.fromisocalendar(year, first, 1)
        return start, date.fromisocalendar(year + 1, last, 7)
    if first > count:
        return None
    return date.fromisocalendar(year, first, 1), date.fromisocalendar(year, min(last, count), 7)
