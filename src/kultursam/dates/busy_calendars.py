"""Calendars of other bodies: the events of an iCalendar file that take time.

Anybody may have written the file, so the work that it asks for is estimated first, and bounded.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from icalendar.prop import vRecur

from kultursam.dates.holidays import DAY
from kultursam.forumfile.cadence import days_named
from kultursam.i18n import Message

MAX_COMPONENTS, MAX_PARTS = 20_000, 500_000
"""Components of a calendar file that are read, and lines and values: each takes some seconds at most."""
SEPARATORS = (b"\n", b",", b";")
MAX_STEPS = 5_000_000
"""Steps in which recurrence rules are followed, each of about a microsecond."""
STEPS = {"DAILY": (1, 1), "WEEKLY": (7, 3), "MONTHLY": (28, 10), "YEARLY": (365, 20)}
"""How many days a recurrence rule goes on at a time, and the steps that this takes."""
STEPS_PER_EVENT = 30
TRIAL_YEAR = 9960
"""Where recurrence rules are tried out: forty years hold every kind of year."""
FREE = {"STATUS": "CANCELLED", "TRANSP": "TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS": "FREE"}
"""What an event says that takes no time."""

NOT_ICALENDAR = Message("is not an iCalendar file")
TOO_LARGE = Message("has more than {number} events, or events of too many parts", number=MAX_COMPONENTS)
TOO_MANY_STEPS = Message("has too many recurring events, or some that began too long ago")
TOO_OFTEN = Message("has an event that recurs more than once a day")
UNREADABLE_LINE = Message("has a line that cannot be read")
UNREADABLE_RULE = Message("has a recurrence rule that cannot be read")
NO_DAY = Message("has a recurrence rule that names no day")
NO_START = Message("has an event without DTSTART")
NOT_EXPANDED = Message("has an event that cannot be expanded")


class CalendarError(ValueError):
    """A calendar of another body cannot be read."""

    def __init__(self, problem: Message, detail: object = "") -> None:
        told = Message("{problem}: {detail}", problem=problem, detail=detail) if str(detail) else problem
        super().__init__(told)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that another body's calendar holds. Times are local to the forum file, without a zone."""

    start: datetime
    end: datetime
    """The moment it ends, itself not counted."""
    place: str | None = None
    all_day: bool = False


def read_events(data: bytes, zone: ZoneInfo, first: date, last: date) -> list[Event]:
    """Return the events of an iCalendar file that take time in a span of days, recurring ones expanded.

    Transparent, free and cancelled ones are left out. Raise `CalendarError` with what is wrong with the file.
    """
    if data.upper().count(b"BEGIN:") > MAX_COMPONENTS or sum(map(data.count, SEPARATORS)) > MAX_PARTS:
        raise CalendarError(TOO_LARGE)
    # Otherwise a zone that this file defines would be that of the same name in the file read before.
    icalendar.use_zoneinfo()  # type: ignore[no-untyped-call]
    try:
        calendars = icalendar.Calendar.from_ical(data, multiple=True)
    except Exception as error:
        raise CalendarError(NOT_ICALENDAR, error) from error
    if not calendars or any(calendar.name != "VCALENDAR" for calendar in calendars):
        raise CalendarError(NOT_ICALENDAR)
    try:
        events = set(_events(calendars, zone, first, last))
    except CalendarError:
        raise
    except Exception as error:
        # The reader raises errors of any kind on a malformed file.
        raise CalendarError(NOT_EXPANDED, error) from error
    return sorted(events, key=lambda event: (event.start, event.end, event.place or ""))


def _events(
    calendars: Iterable[icalendar.Component], zone: ZoneInfo, first: date, last: date
) -> Iterator[Event]:
    begin, end = datetime.combine(first, time()), datetime.combine(last + DAY, time())
    steps = 0
    for calendar in calendars:
        for component in calendar.walk():
            _check_component(component)
            for rule in _rules(component):
                _check_rule(rule)
                if isinstance(component, icalendar.Event):
                    steps += _steps(component, rule, first, last)
                    if steps > MAX_STEPS:
                        raise CalendarError(TOO_MANY_STEPS)
                    if not _names_a_day(component, rule):
                        raise CalendarError(NO_DAY)
        # A day more at both ends, for the days of other zones begin and end at other times.
        for component in recurring_ical_events.of(calendar).between(begin - DAY, end + DAY):
            if isinstance(component, icalendar.Event) and _takes_time(component):
                event = _event(component, zone)
                if event.start < end and (begin < event.end or begin <= event.start):
                    yield event


def _check_component(component: icalendar.Component) -> None:
    if component.errors:
        name, reason = component.errors[0]
        raise CalendarError(UNREADABLE_LINE, name or reason)
    if component.name == "VEVENT" and "DTSTART" not in component:
        raise CalendarError(NO_START)


def _rules(component: icalendar.Component) -> list[vRecur]:
    rules = component.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _check_rule(rule: vRecur) -> None:
    frequency = str(rule.get("FREQ", [""])[0]).upper()
    times = [len(rule.get(part, [0])) for part in ("BYHOUR", "BYMINUTE", "BYSECOND")]
    if frequency in {"SECONDLY", "MINUTELY", "HOURLY"} or max(times) > 1:
        raise CalendarError(TOO_OFTEN)
    if frequency not in STEPS or rule.get("INTERVAL", [1])[0] < 1:
        raise CalendarError(UNREADABLE_RULE)


def _steps(event: icalendar.Event, rule: vRecur, first: date, last: date) -> int:
    """Estimate the steps that it takes to follow a recurrence rule to the end of a span."""
    period, steps = STEPS[str(rule["FREQ"][0]).upper()]
    until = min(last, _day(rule.get("UNTIL", [last])[0]))
    days = max(0, (until - _day(event.start)).days)
    within = min(days, (last - first + event.end - event.start).days)
    named = max(len(values) for part, values in rule.items() if part == "FREQ" or part.startswith("BY"))
    often = min(period, 7 if "BYDAY" in rule else period)
    return days // period * steps + min(within, within * named // often) * STEPS_PER_EVENT


def _names_a_day(event: icalendar.Event, rule: vRecur) -> bool:
    """Return whether a recurrence rule ever names a day: one that does not is followed for ever."""
    if not any(part.startswith("BY") for part in rule):
        return True
    # It is tried out at the end of the calendar, where "ever" is short, in years that it comes to.
    interval = rule.get("INTERVAL", [1])[0]
    year = event.start.year + -(-(TRIAL_YEAR - event.start.year) // interval) * interval
    if year > date.max.year:
        return True
    endless: dict[str, Any] = {
        part: values for part, values in rule.items() if part not in {"UNTIL", "COUNT"}
    }
    text = vRecur(endless).to_ical().decode()  # type: ignore[no-untyped-call]
    return next(days_named(text, date(year, event.start.month, 1)), None) is not None


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _takes_time(event: icalendar.Component) -> bool:
    return all(str(event.get(name, "")).upper() != free for name, free in FREE.items())


def _event(event: icalendar.Event, zone: ZoneInfo) -> Event:
    start, end = event.start, event.end
    place = " ".join(str(event.get("LOCATION", "")).split()) or None
    if isinstance(start, datetime) and isinstance(end, datetime):
        return Event(_local(start, zone), _local(end, zone), place)
    midnight = time()
    end = max(end, start + DAY)
    return Event(datetime.combine(start, midnight), datetime.combine(end, midnight), place, all_day=True)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
