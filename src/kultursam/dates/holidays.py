"""Days off, half-days, squeeze days and periods. Ranges of days are closed: both ends count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kultursam.bare import bare
from kultursam.forumfile.surroundings import Period, span_of

if TYPE_CHECKING:
    from icalendar import Component
    from icalendar import Event as ICalendarEvent
    from icalendar.prop import vRecur

DAY = timedelta(days=1)
WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a country over a span of time. Each name is in the language asked for."""

    public: Mapping[date, str]
    de_facto: Mapping[date, str]
    half_days: Mapping[date, str]
    """Working days with shorter hours."""
    squeeze_days: frozenset[date]
    """Working days between two days off."""

    def off(self, day: date) -> bool:
        """Tell whether a day is no working day."""
        return day.weekday() in WEEKEND or day in self.public or day in self.de_facto


@dataclass(frozen=True, slots=True)
class Event:
    """Something that another body's calendar holds. Times are local to the forum file, without a zone."""

    start: datetime
    end: datetime
    """The moment it ends, itself not counted."""
    place: str | None = None
    all_day: bool = False


EMPTY = Calendar({}, {}, {}, frozenset())
MOST_EVENTS, MOST_PARTS = 20_000, 500_000
"""Components of a calendar file that are read, and lines and values: each takes some seconds at most."""
PARTED_BY = (b"\n", b",", b";")
MOST_STEPS = 5_000_000
"""Steps in which recurrence rules are followed, each of about a microsecond."""
STEPS = {"DAILY": (1, 1), "WEEKLY": (7, 3), "MONTHLY": (28, 10), "YEARLY": (365, 20)}
"""How many days a recurrence rule goes on at a time, and the steps that this takes."""
TAKEN = 30
"""The steps that each event found takes."""
TRIAL_YEAR = 9960
"""Where recurrence rules are tried out: forty years hold every kind of year."""


class CalendarError(ValueError):
    """A calendar of another body cannot be read; it says why."""


@lru_cache(maxsize=1024)
def days_between(first: date, last: date) -> tuple[date, ...]:
    """Give every day from first to last; a file of many forums asks for the same ones again and again."""
    return tuple(first + offset * DAY for offset in range((last - first).days + 1))


def calendar_of(country: str, language: str, first: date, last: date) -> Calendar:
    """Read the holidays of a country (ISO 3166, or 3166-2 such as GB-ENG) from `holidays`.

    The categories are always named, for what `holidays` gives by default has changed between its versions.
    Raises `ValueError` if the country or its part is unknown.
    """
    # Imported here, for files without a calendar do not need it.
    import holidays

    code, _, part = country.partition("-")
    years = range((first - DAY).year, (last + DAY).year + 1)
    try:
        with bare("holidays.countries"):  # which imports every country there is
            known = holidays.country_holidays(code, subdiv=part or None)
    except (NotImplementedError, KeyError) as error:
        raise ValueError(f'"{country}" is no country that holidays are known of') from error
    # Languages may be those of a country, such as sv_FI.
    spoken = next(
        (
            one
            for wanted in (language, "en")
            for one in sorted(known.supported_languages)
            if one.partition("_")[0] == wanted
        ),
        known.default_language,
    )

    def named(category: str) -> dict[date, str]:
        if category not in known.supported_categories:
            return {}
        days = holidays.country_holidays(
            code, subdiv=part or None, years=years, categories=(category,), language=spoken
        )
        return dict(sorted(days.items()))

    public, de_facto, bank = named("public"), named("de_facto"), named("bank")
    plain = Calendar(public, de_facto, {}, frozenset())
    half_days = {day: name for day, name in bank.items() if not plain.off(day)}
    squeeze_days = frozenset(
        day
        for day in days_between(first, last)
        if not plain.off(day) and plain.off(day - DAY) and plain.off(day + DAY)
    )
    return Calendar(public, de_facto, half_days, squeeze_days)


def period_spans(period: Period, years: Iterable[int]) -> Iterator[tuple[date, date]]:
    """Give first and last day of a period, for each year that it begins in."""
    for year in years:
        if period.weeks is not None:
            span = _weeks(period.weeks.first, period.weeks.last, year)
        elif period.easter is not None:
            sunday = _easter(year)
            span = sunday + period.easter[0] * DAY, sunday + period.easter[1] * DAY
        else:
            span = span_of(period.from_, period.to, year) if period.from_ and period.to else None
        if span:
            yield span


def period_days(period: Period, first: date, last: date) -> Iterator[date]:
    """Give the days of a period within a span of time, in order, each once."""
    # A period may begin before the year it belongs to: week 1 in December, Easter less many days.
    seen = first
    for start, end in period_spans(period, range(first.year - 1, last.year + 2)):
        for day in days_between(max(start, seen), min(end, last)):
            if period.days is None or day.weekday() in period.days:
                yield day
        seen = max(seen, end + DAY)


def _weeks(first: int, last: int, year: int) -> tuple[date, date] | None:
    """Give Monday of the first week to Sunday of the last; a week 53 that the year lacks is left out."""
    count = weeks_in(year)
    if last < first:
        start = (
            date.fromisocalendar(year, first, 1) if first <= count else date.fromisocalendar(year + 1, 1, 1)
        )
        return start, date.fromisocalendar(year + 1, last, 7)
    if first > count:
        return None
    return date.fromisocalendar(year, first, 1), date.fromisocalendar(year, min(last, count), 7)


def weeks_in(year: int) -> int:
    """Count the ISO weeks of a year: 52 or 53."""
    return date(year, 12, 28).isocalendar().week


def _easter(year: int) -> date:
    from dateutil.easter import easter

    return easter(year)


def read_events(data: bytes, zone: ZoneInfo, first: date, last: date) -> list[Event]:
    """Read the events of an iCalendar file that take time in a span of days, recurring ones expanded.

    Transparent, free and cancelled ones are left out. Raises `ValueError` with what is wrong with the file.
    """
    # Imported here, for few forum files name such calendars.
    from icalendar import Calendar as ICalendar
    from icalendar import use_zoneinfo

    if data.upper().count(b"BEGIN:") > MOST_EVENTS or sum(map(data.count, PARTED_BY)) > MOST_PARTS:
        raise CalendarError(f"has more than {MOST_EVENTS} events, or events of too many parts")
    # Else a zone that this file defines would be that of the same name in the file read before.
    use_zoneinfo()  # type: ignore[no-untyped-call]
    try:
        calendars = ICalendar.from_ical(data, multiple=True)
    except Exception as error:
        raise CalendarError(f"is no iCalendar file: {error}") from error
    if not calendars or any(one.name != "VCALENDAR" for one in calendars):
        raise CalendarError("is no iCalendar file")
    try:
        found = set(_events(calendars, zone, first, last))
    except CalendarError:
        raise
    except Exception as error:
        # Whatever the reader stumbles over, with errors of any kind, is a fault of the file.
        raise CalendarError(f"has an event that cannot be expanded: {error}") from error
    return sorted(found, key=lambda one: (one.start, one.end, one.place or ""))


def _events(calendars: Iterable[Component], zone: ZoneInfo, first: date, last: date) -> Iterator[Event]:
    import recurring_ical_events
    from icalendar import Event as ICalendarEvent

    begin, end = datetime.combine(first, time()), datetime.combine(last + DAY, time())
    steps = 0
    for calendar in calendars:
        for component in calendar.walk():
            _refuse_damage(component)
            for rule in _rules(component):
                _refuse_rule(rule)
                if isinstance(component, ICalendarEvent):
                    steps += _steps(component, rule, first, last)
                    if steps > MOST_STEPS:
                        raise CalendarError("has too many events that recur, or such that began too long ago")
                    if not _names_a_day(component, rule):
                        raise CalendarError("has a recurrence rule that names no day")
        # A day more at both ends, for the days of other zones begin and end at other times.
        components = recurring_ical_events.of(calendar).between(begin - DAY, end + DAY)
        for component in components:
            if isinstance(component, ICalendarEvent) and _takes_time(component):
                one = _event(component, zone)
                if one.start < end and (begin < one.end or begin <= one.start):
                    yield one


def _refuse_damage(component: Component) -> None:
    if component.errors:
        name, reason = component.errors[0]
        raise CalendarError(f"has a line that cannot be read: {name or reason}")
    if component.name == "VEVENT" and "DTSTART" not in component:
        raise CalendarError("has an event without DTSTART")


def _rules(component: Component) -> list[Any]:
    rules = component.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _steps(event: ICalendarEvent, rule: dict[str, list[Any]], first: date, last: date) -> int:
    """Estimate the steps that it takes to follow a recurrence rule to the end of a span."""
    period, steps = STEPS[str(rule["FREQ"][0]).upper()]
    until = min(last, _day(rule.get("UNTIL", [last])[0]))
    days = max(0, (until - _day(event.start)).days)
    within = min(days, (last - first + event.end - event.start).days)
    named = max(len(values) for part, values in rule.items() if part == "FREQ" or part.startswith("BY"))
    often = min(period, 7 if "BYDAY" in rule else period)
    return days // period * steps + min(within, within * named // often) * TAKEN


def _refuse_rule(rule: dict[str, list[Any]]) -> None:
    """Refuse what recurs within a day, or never."""
    frequency = str(rule.get("FREQ", [""])[0]).upper()
    times = [len(rule.get(part, [0])) for part in ("BYHOUR", "BYMINUTE", "BYSECOND")]
    if frequency in {"SECONDLY", "MINUTELY", "HOURLY"} or max(times) > 1:
        raise CalendarError("has an event that recurs more than once a day")
    if frequency not in STEPS or rule.get("INTERVAL", [1])[0] < 1:
        raise CalendarError("has a recurrence rule that cannot be read")


def _names_a_day(event: ICalendarEvent, rule: vRecur) -> bool:
    """Tell whether a recurrence rule ever names a day: one that does not is followed for ever."""
    from dateutil.rrule import rrulestr

    if not any(part.startswith("BY") for part in rule):
        return True
    # It is tried out at the end of the calendar, where "ever" is short, in years that it comes to.
    interval = rule.get("INTERVAL", [1])[0]
    year = event.start.year + -(-(TRIAL_YEAR - event.start.year) // interval) * interval
    if year > date.max.year:
        return True
    endless = {part: values for part, values in rule.items() if part not in {"UNTIL", "COUNT"}}
    text = type(rule)(endless).to_ical().decode()  # type: ignore[no-untyped-call]
    return next(iter(rrulestr(text, dtstart=datetime(year, event.start.month, 1))), None) is not None  # noqa: DTZ001 - whole days have no zone


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _takes_time(event: Component) -> bool:
    taken = {"STATUS": "CANCELLED", "TRANSP": "TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS": "FREE"}
    return all(str(event.get(name, "")).upper() != free for name, free in taken.items())


def _event(event: ICalendarEvent, zone: ZoneInfo) -> Event:
    start, end = event.start, event.end
    place = " ".join(str(event.get("LOCATION", "")).split()) or None
    if isinstance(start, datetime) and isinstance(end, datetime):
        return Event(_local(start, zone), _local(end, zone), place)
    return Event(
        datetime.combine(start, time()), datetime.combine(max(end, start + DAY), time()), place, all_day=True
    )


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
