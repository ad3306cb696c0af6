"""Dates of iCalendar files: their events, with the forum in the title or a category, and their UIDs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from kultursam.dates.busy_calendars import Event, TitledEvent, read_titled_events
from kultursam.dates.calendar_lines import CalendarError
from kultursam.i18n import Message, said_by
from kultursam.intake.entries import Entry, Found
from kultursam.intake.moments import Hours
from kultursam.intake.tables import Place, UnreadableFileError
from kultursam.plans.model import Status

HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*BEGIN:V", re.IGNORECASE)
"""Of a calendar, or of an event without one: what is missing is told then."""
KEPT = re.compile("[!-~](?:[ -~]{0,253}[!-~])?")
"""UIDs that every calendar program takes."""
STATES = {
    "TENTATIVE": Status.PROPOSED,
    "CONFIRMED": Status.CONFIRMED,
    "CANCELLED": Status.CANCELLED,
}
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The days whose events are read, both counted, by the clocks of a zone."""

    zone: ZoneInfo
    first: date
    last: date


def is_calendar(data: bytes) -> bool:
    """Return whether a file begins as calendars do."""
    begin = data[:400]
    return bool(HEAD.match(begin) or HEAD.match(begin.replace(b"\0", b"").removeprefix(b"\xff\xfe")))


def read_calendar(file: str, data: bytes, span: Span) -> Found:
    """Return the dates of a calendar's events. Raise `UnreadableFileError` where it cannot be read."""
    try:
        events, faults = read_titled_events(data, span.zone, span.first, span.last)
    except CalendarError as error:
        raise UnreadableFileError(file, said_by(error)) from error
    found = Found(file, list(_entries(events)))
    for line, text, problem in faults:
        found.unclear(Place(line), Message("{text}: {problem}", text=text, problem=problem))
    return found


def _entries(events: list[TitledEvent]) -> Iterator[Entry]:
    for one in events:
        days, hours = _when(one.event)
        title, *further = one.titles or ("",)
        yield Entry(
            place=Place(one.line),
            day=one.event.start.date(),
            days=days,
            hours=hours,
            forum=title,
            further=tuple(further),
            location=one.event.place,
            status=STATES.get(one.status),
            uid=one.uid if KEPT.fullmatch(one.uid) else None,
            sequence=one.sequence,
        )


def _when(event: Event) -> tuple[int | None, Hours | None]:
    """Return on how many days an event is held, if on several, and its hours; a whole day says none."""
    start, end = event.start.replace(second=0), event.end.replace(second=0)
    days = (max(start, end - MINUTE).date() - start.date()).days + 1
    if event.all_day:
        return (days if days > 1 else None), None
    if end <= start:
        return None, Hours(start.time())
    if days > 1 and end - start < timedelta(hours=12):
        days = 1
    return (days if days > 1 else None), Hours(start.time(), end.time())
