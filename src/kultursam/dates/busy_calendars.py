"""Calendars of other bodies: the events of an iCalendar file.

Only what says when is read (`calendar_lines`), and that strictly; what cannot be read with certainty is told
with its line. Anybody may have written the file, so the work that it asks for is estimated before, and
bounded.
"""

import re
import warnings
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from kultursam.dates.calendar_clocks import Clocks, moved
from kultursam.dates.calendar_entries import (
    Entry,
    FaultError,
    Versions,
    entries_of,
    read_duration,
    read_time,
    versions_of,
)
from kultursam.dates.calendar_lines import TITLES, CalendarError, CalendarFile, Component, read_lines
from kultursam.dates.calendar_series import EDGE, Held, Series
from kultursam.dates.calendar_zones import UnreadableDefinitionError
from kultursam.i18n import N_, Message

MAX_EVENTS, MAX_VALUES = 50_000, 200_000
"""Events of a calendar file that are read, and dates in lists: each takes some seconds at most."""
LISTS = {"RDATE", "EXDATE"}
MOST_FAULTS = 5
"""Faults of one file that are told."""

TOO_LARGE = N_("has more than {number} events")
TOO_MANY_DATES = N_("has more than {number} dates in lists")
UNREADABLE_ZONE = Message("this part of a time zone cannot be read")
OUT_OF_TIME = Message("this event has a time before the year 1 or after the year 9999")
NOT_EXPANDED = Message("this event cannot be read")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that another body's calendar holds. Times are local to the forum file, without a zone."""

    start: datetime
    end: datetime
    """The moment it ends, itself not counted; the start, where it has no end."""
    place: str | None = None
    all_day: bool = False
    free: bool = False
    """Whether it takes no time of those who have it in their calendars."""
    source: str = ""
    """A digest of what names it in its calendar, its UID; empty where it has none."""


def source_of(uid: str, instance: datetime | None = None) -> str:
    """Return a digest of what names an event in its calendar: its UID, and which one of a series it is."""
    return sha256(f"{uid}\n{instance or ''}".encode("utf-8", "replace")).hexdigest()[:8]


def read_events(data: bytes, zone: ZoneInfo, first: date, last: date) -> list[Event]:
    """Return the events of an iCalendar file in a span of days, recurring ones expanded.

    Cancelled ones are left out. Raise `CalendarError` with what is wrong with the file.
    """
    file = read_lines(data)
    reader = _Reader(file, zone, first, last)
    events = set(reader.events())
    if reader.faults:
        raise CalendarError(*reader.faults)
    return sorted(events, key=lambda event: (event.start, event.end, event.place or "", event.source))


@dataclass(frozen=True, slots=True)
class TitledEvent:
    """An event with what names it, be it cancelled or not."""

    event: Event
    line: int
    """Of the file, where it begins; from 0."""
    titles: tuple[str, ...]
    """What it is called, then its categories."""
    status: str
    """TENTATIVE, CONFIRMED, CANCELLED or another word in capitals; empty where none is said."""
    uid: str = ""
    """What names it alone; empty for one of several of a series."""
    sequence: int = 0


class Fault(NamedTuple):
    """What cannot be read of a calendar."""

    line: int
    """Of the file; from 0."""
    text: str
    """Of the line, between quotation marks."""
    problem: Message


def read_titled_events(
    data: bytes, zone: ZoneInfo, first: date, last: date
) -> tuple[list[TitledEvent], list[Fault]]:
    """Return the events of an iCalendar file in a span of days, with what names them; see `read_events`.

    Those that cannot be read are left out, and why is returned beside; raise `CalendarError` where none can.
    """
    file = read_lines(data, more=TITLES)
    reader = _Reader(file, zone, first, last, most_faults=MAX_EVENTS)
    lines = _Lines(file.text)
    events = list(reader.titled(lines))
    if reader.found_faults and not events:
        raise CalendarError(*reader.faults)
    faults = [Fault(lines.of(at), file.shown(at), problem) for at, problem in reader.found_faults]
    return (
        sorted(events, key=lambda one: (one.line, one.event.start)),
        sorted(faults, key=lambda one: one.line),
    )


class _Lines:
    """The lines of a file, by where in it something stands."""

    def __init__(self, text: bytes) -> None:
        self._ends = [match.start() for match in re.finditer(b"\n", text)]

    def of(self, at: int) -> int:
        """Return the number of the line in which something stands; from 0."""
        return bisect_left(self._ends, at)


Found = TypeVar("Found")


class _Reader:
    """The events of one file."""

    def __init__(
        self, file: CalendarFile, zone: ZoneInfo, first: date, last: date, *, most_faults: int = MOST_FAULTS
    ) -> None:
        self.found_faults: list[tuple[int, Message]] = []
        """Where in the file, and what is wrong there."""
        self._most_faults = most_faults
        self._file = file
        self._clocks = Clocks(file, zone, first, last)
        self._series = Series(self._clocks)

    @property
    def faults(self) -> list[Message]:
        """The first faults, each with its line and the text of that."""
        return [self._file.fault(*one) for one in self.found_faults[:MOST_FAULTS]]

    def events(self) -> Iterator[Event]:
        """Yield the events of all calendars, up to so many faults."""
        with warnings.catch_warnings():
            # dateutil warns of a rule with both COUNT and UNTIL, and follows both.
            warnings.simplefilter("ignore")
            # What they ask for is estimated of all of them, before any is followed.
            estimated = [
                versions
                for entries in self._by_uid()
                for versions in self._told(entries[0].component, self._series.estimated(versions_of(entries)))
            ]
            for versions in estimated:
                yield from self._told(versions.any.component, self._of_one_uid(versions))
        for calendar in self._file.calendars:
            for component in calendar.of("VFREEBUSY"):
                yield from self._told(component, self._busy_times(component, calendar))

    def _by_uid(self) -> Iterable[list[Entry]]:
        """Return the events in lists of those with one UID; each without one stands alone."""
        several = [(event, calendar) for calendar in self._file.calendars for event in calendar.of("VEVENT")]
        if len(several) > MAX_EVENTS:
            raise CalendarError(Message(TOO_LARGE, number=MAX_EVENTS))
        lists = (line for event, _ in several for line in event.lines if line.name in LISTS)
        if sum(line.raw.count(b",") + 1 for line in lists) > MAX_VALUES:
            raise CalendarError(Message(TOO_MANY_DATES, number=MAX_VALUES))
        by_uid: dict[object, list[Entry]] = {}
        for event, calendar in several:
            for entry in self._told(event, entries_of(event, calendar)):
                by_uid.setdefault(entry.uid or event.at, []).append(entry)
        return by_uid.values()

    def _told(self, component: Component, found: Iterator[Found]) -> Iterator[Found]:
        """Yield what is found, up to a fault, which is told."""
        try:
            yield from found
        except CalendarError:
            raise
        except FaultError as error:
            at, problem = error.at, error.problem
        except UnreadableDefinitionError as error:
            at, problem = error.at, UNREADABLE_ZONE
        except OverflowError:
            at, problem = component.at, OUT_OF_TIME
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
            # The libraries raise errors of many kinds on what they did not expect.
            at, problem = component.at, NOT_EXPANDED
        else:
            return
        self.found_faults.append((at, problem))
        if len(self.found_faults) == self._most_faults:
            raise CalendarError(*self.faults)

    def titled(self, lines: _Lines) -> Iterator[TitledEvent]:
        """Yield the events of all calendars, cancelled ones too, with what names them."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for entries in self._by_uid():
                estimated = self._series.estimated(versions_of(entries))
                for versions in self._told(entries[0].component, estimated):
                    yield from self._told(versions.any.component, self._titled(versions, lines))

    def _titled(self, versions: Versions, lines: _Lines) -> Iterator[TitledEvent]:
        alone = len(versions.masters) == 1 and not versions.others and not versions.masters[0].recurs
        for one in self._series.held(versions):
            for event in self._local(one):
                entry = one.entry
                line = lines.of(entry.component.at)
                status = "CANCELLED" if entry.is_cancelled else entry.component.word("STATUS")
                uid = entry.uid if alone else ""
                yield TitledEvent(event, line, entry.titles, status, uid, entry.sequence)

    def _of_one_uid(self, versions: Versions) -> Iterator[Event]:
        """Yield the events of one UID in the span."""
        held = self._series.held(versions)
        yield from (event for one in held if not one.entry.is_cancelled for event in self._local(one))

    def _local(self, one: Held) -> Iterator[Event]:
        """Yield an event by the clocks of the forum file, if it is in the span."""
        entry, start, end = one.entry, one.start, one.end
        if start >= self._clocks.end + EDGE or end < self._clocks.begin - EDGE:
            return
        if one.zone:
            start, end = (moved(moment, one.zone, self._clocks.zone) for moment in (start, end))
        if start < self._clocks.end and (self._clocks.begin < end or self._clocks.begin <= start):
            source = source_of(entry.uid, one.instance) if entry.uid else ""
            yield Event(start, end, entry.place, entry.start.whole_day, entry.is_free, source)

    def _busy_times(self, component: Component, calendar: Component) -> Iterator[Event]:
        """Yield the times of a VFREEBUSY that are not free."""
        for line in component.all("FREEBUSY"):
            parameters, value = line.parts
            for period in value.split(",") if parameters.get("FBTYPE", "").upper() != "FREE" else ():
                first, _, last = period.partition("/")
                start = read_time(line, first)
                zone = self._clocks.zone_of(start, calendar)
                if last.upper().lstrip().startswith(("P", "+P")):
                    end = start.clock + read_duration(line, last)
                else:
                    end = self._clocks.by(zone, read_time(line, last), calendar)
                begins, ends = (moved(moment, zone, self._clocks.zone) for moment in (start.clock, end))
                if begins < self._clocks.end and self._clocks.begin < ends:
                    yield Event(begins, ends)
