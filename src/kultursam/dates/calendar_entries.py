"""The events of a calendar file as it has them: times by their own clocks, versions by their UIDs.

Nothing is brought to another zone here, and no series is followed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

import icalendar

from kultursam.dates.calendar_lines import Component, Line, plain
from kultursam.dates.holidays import DAY
from kultursam.i18n import Message

TIME = re.compile(
    "([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:T([0-9]{2}):?([0-9]{2}):?([0-9]{2})?(?:[.,][0-9]+)?(Z)?)?",
    re.IGNORECASE,
)
BUSY = {"BUSY", "TENTATIVE", "OOF"}
"""What Outlook says of an event that takes time, whatever TRANSP says."""
FREE = {"FREE", "WORKINGELSEWHERE"}
MIDNIGHT = time()

UNREADABLE_TIME = Message("that is no date or time")
UNREADABLE_DURATION = Message("that is no duration")
NO_START = Message("this event has no DTSTART")
TWICE = Message("this event has that twice")


class FaultError(Exception):
    """Something of an event cannot be read: where in the file, and what is wrong with it."""

    def __init__(self, at: int, problem: Message) -> None:
        super().__init__(problem)
        self.at = at
        self.problem = problem


class Time(NamedTuple):
    """A time as the file has it: by the clocks of its zone."""

    clock: datetime
    whole_day: bool
    utc: bool
    zone: str | None
    """The name that the file has for its zone; None if it names none."""
    at: int
    """Where in the file it stands."""

    @property
    def day(self) -> date:
        """Its date."""
        return self.clock.date()


@dataclass(frozen=True)
class Entry:
    """An event as the file has it: one, a series, or another version of one of a series (`instance`)."""

    component: Component
    calendar: Component
    start: Time
    sequence: int
    instance: Time | None

    @cached_property
    def is_cancelled(self) -> bool:
        """Return whether it is not held."""
        return self.calendar.word("METHOD") == "CANCEL" or self.component.word("STATUS") == "CANCELLED"

    @cached_property
    def is_free(self) -> bool:
        """Return whether it takes no time: Outlook's own word on that outranks the standard's."""
        shown = self.component.word("X-MICROSOFT-CDO-BUSYSTATUS")
        return shown in FREE or (shown not in BUSY and self.component.word("TRANSP") == "TRANSPARENT")

    @cached_property
    def place(self) -> str | None:
        """Return where it is held, if it says so."""
        line = self.component.first("LOCATION")
        return (plain(line.value) or None) if line else None

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """Return what it is called, then its categories."""
        lines = [*self.component.all("SUMMARY")[:1], *self.component.all("CATEGORIES")]
        whole = [lines[0].value] if lines and lines[0].name == "SUMMARY" else []
        parts = [part for line in lines[len(whole) :] for part in re.split(r"(?<!\\),", line.value)]
        return tuple(plain(text) for text in (*whole, *parts))

    @cached_property
    def uid(self) -> str:
        """Return what names it in its calendar; empty where nothing does."""
        line = self.component.first("UID")
        return line.value if line else ""

    @cached_property
    def recurs(self) -> bool:
        """Return whether it is a series."""
        return any(self.component.first(name) for name in ("RRULE", "RDATE"))


class Versions(NamedTuple):
    """What one UID names."""

    masters: list[Entry]
    """Single events and series."""
    others: list[Entry]
    """Those that replace one of a series."""

    @property
    def any(self) -> Entry:
        """One of them."""
        return next(iter(self.masters or self.others))


def versions_of(entries: Iterable[Entry]) -> Versions:
    """Return the versions of what one UID names: a later one replaces earlier ones, else each is an event."""
    first: list[Entry] = []
    others: list[Entry] = []
    for entry in entries:
        (others if entry.instance else first).append(entry)
    latest = max((entry.sequence for entry in first), default=0)
    return Versions([entry for entry in first if entry.sequence == latest], others)


def entries_of(component: Component, calendar: Component) -> Iterator[Entry]:
    """Yield the entry of an event, unless it is cancelled and says no more than that."""
    names = [line.name for line in component.lines]
    for name in ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID"):
        if names.count(name) > 1 and len({line.text for line in component.all(name)}) > 1:
            raise FaultError(component.all(name)[1].at, TWICE)
    start, instance, sequence = map(component.first, ("DTSTART", "RECURRENCE-ID", "SEQUENCE"))
    if start:
        number = int(sequence.value) if sequence and re.fullmatch("[0-9]{1,9}", sequence.value) else 0
        yield Entry(component, calendar, read_time(start), number, read_time(instance) if instance else None)
    elif component.word("STATUS") != "CANCELLED" and calendar.word("METHOD") != "CANCEL":
        raise FaultError(component.at, NO_START)


def time_parts(line: Line) -> tuple[Mapping[str, str], str]:
    """Return the parameters and the value of a line that has one time."""
    parameters, value = line.parts
    if not TIME.fullmatch(value):
        # The name of a zone with a colon stands without quotation marks.
        before, _, last = line.text.rpartition(":")
        if TIME.fullmatch(last.strip()):
            return {**parameters, "TZID": before.rpartition("TZID=")[2].partition(";")[0]}, last.strip()
    return parameters, value


def read_time(line: Line, text: str | None = None) -> Time:
    """Return the time that a line has, or one of its times. Raise `FaultError`."""
    parameters, value = time_parts(line) if text is None else (line.parts[0], text.strip())
    match = TIME.fullmatch(value)
    if match is None:
        raise FaultError(line.at, UNREADABLE_TIME)
    year, month, day, hour, minute, second = (int(number or 0) for number in match.groups()[:6])
    try:
        clock = datetime(year, month, day, hour % 24, minute, min(second, 59))  # noqa: DTZ001 - by its own clocks
    except ValueError as error:
        raise FaultError(line.at, UNREADABLE_TIME) from error
    if hour > 24 or (hour == 24 and (minute or second)):
        raise FaultError(line.at, UNREADABLE_TIME)
    clock += DAY if hour == 24 else timedelta()
    date_alone = parameters.get("VALUE", "").upper() == "DATE" and clock.time() == MIDNIGHT
    whole_day = match[4] is None or date_alone
    return Time(clock, whole_day, bool(match[7]), parameters.get("TZID"), line.at)


def read_duration(line: Line, text: str) -> timedelta:
    """Return how long a text says that something lasts. Raise `FaultError`."""
    try:
        length: timedelta = icalendar.vDuration.from_ical(text.strip().upper())  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise FaultError(line.at, UNREADABLE_DURATION) from error
    return length
