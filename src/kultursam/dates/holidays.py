"""Days off, half-days, squeeze days and periods. Ranges of days are closed: both ends count."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
from dateutil.easter import easter

from kultursam.forumfile.models import Period, span_of
from kultursam.i18n import Message

DAY = timedelta(days=1)
WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class Holidays:
    """The days off and half-days of a country over a span of time. Each name is in the language asked for."""

    public: Mapping[date, str]
    de_facto: Mapping[date, str]
    half_days: Mapping[date, str]
    """Working days with shorter hours."""
    squeeze_days: frozenset[date]
    """Working days between two days off."""

    def off(self, day: date) -> bool:
        """Return whether a day is no working day."""
        return day.weekday() in WEEKEND or day in self.public or day in self.de_facto

    def working_days_before(self, day: date, number: int) -> date:
        """Return the day so many working days before a day, which itself does not count."""
        while number:
            day -= DAY
            number -= not self.off(day)
        return day


NO_HOLIDAYS = Holidays({}, {}, {}, frozenset())


class UnknownCountryError(ValueError):
    """No holidays are known of a country or its part."""

    def __init__(self, country: str) -> None:
        super().__init__(Message('unknown country "{country}"; its holidays are not known', country=country))


@lru_cache(maxsize=1024)
def days_between(first: date, last: date) -> tuple[date, ...]:
    """Return every day from first to last; a file of many forums asks for the same ones again and again."""
    return tuple(first + offset * DAY for offset in range((last - first).days + 1))


def holidays_of(country: str, language: str, first: date, last: date) -> Holidays:
    """Return the holidays of a country (ISO 3166, or 3166-2 such as GB-ENG) from `holidays`.

    The categories are always named, for what `holidays` gives by default has changed between its versions.
    Raise `UnknownCountryError` if the country or its part is unknown.
    """
    code, _, part = country.partition("-")
    years = range((first - DAY).year, (last + DAY).year + 1)
    try:
        known = holidays.country_holidays(code, subdiv=part or None)
    except (NotImplementedError, KeyError) as error:
        raise UnknownCountryError(country) from error
    # Languages may be those of a country, such as sv_FI.
    languages = {name.partition("_")[0]: name for name in sorted(known.supported_languages, reverse=True)}
    spoken = languages.get(language) or languages.get("en") or known.default_language

    def named(category: str) -> dict[date, str]:
        if category not in known.supported_categories:
            return {}
        days = holidays.country_holidays(
            code, subdiv=part or None, years=years, categories=(category,), language=spoken
        )
        return dict(sorted(days.items()))

    days_off = Holidays(named("public"), named("de_facto"), {}, frozenset())
    half_days = {day: name for day, name in named("bank").items() if not days_off.off(day)}
    squeeze_days = frozenset(
        day
        for day in days_between(first, last)
        if not days_off.off(day) and days_off.off(day - DAY) and days_off.off(day + DAY)
    )
    return Holidays(days_off.public, days_off.de_facto, half_days, squeeze_days)


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
