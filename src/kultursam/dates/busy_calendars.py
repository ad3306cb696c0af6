"""Calendars of other bodies: the events of an iCalendar file.

Only what says when is read (`calendar_lines`), and that strictly; what cannot be read with certainty is told
with its line. Times are brought to the clocks of the event's own zone before recurring events are expanded,
so that an UNTIL, an exception or an end may be of another form than the start.

Anybody may have written the file, so the work that it asks for is estimated first, and bounded.
"""

import re
import warnings
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from dateutil.rrule import rrulestr

from kultursam.dates.calendar_lines import CalendarError, CalendarFile, Component, Line, read_lines
from kultursam.dates.calendar_zones import UnreadableDefinitionError, Zones
from kultursam.dates.holidays import DAY
from kultursam.forumfile.recurrence_rules import WEEKDAYS, names_a_day
from kultursam.i18n import N_, Message

MAX_EVENTS, MAX_VALUES = 50_000, 200_000
"""Events of a calendar file that are read, and dates in lists: each takes some seconds at most."""
MAX_STEPS = 5_000_000
"""Steps in which recurrence rules are followed, each of about a microsecond."""
STEPS = {"DAILY": (1, 1), "WEEKLY": (7, 3), "MONTHLY": (28, 10), "YEARLY": (365, 20)}
"""How many days a recurrence rule goes on at a time, and the steps that this takes."""
STEPS_PER_EVENT = 30
LISTS = {"RDATE", "EXDATE"}
MOST_FAULTS = 5
"""Faults of one file that are told."""
RULE_PARTS = {
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO",
    "BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND",
}  # fmt: skip
TIME = re.compile(
    "([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:T([0-9]{2}):?([0-9]{2}):?([0-9]{2})?(?:[.,][0-9]+)?(Z)?)?",
    re.IGNORECASE,
)
OF_GREGORY = {("RSCALE", "GREGORIAN"), ("SKIP", "OMIT")}
"""Parts of a rule that say what holds without them."""
ESCAPED = re.compile(r"\\(.)")
BUSY = {"BUSY", "TENTATIVE", "OOF"}
"""What Outlook says of an event that takes time, whatever TRANSP says."""
FREE = {"FREE", "WORKINGELSEWHERE"}
MIDNIGHT = time()
LAST_SECOND = time(23, 59, 59)
EDGE = 2 * DAY
"""At both ends of a span of days, for the days of other zones begin and end at other times."""

TOO_LARGE = N_("has more than {number} events")
TOO_MANY_DATES = N_("has more than {number} dates in lists")
TOO_MANY_STEPS = Message("has too many recurring events, or some that began too long ago")
TOO_OFTEN = Message("that recurs more than once a day")
UNREADABLE_TIME = Message("that is no date or time")
UNREADABLE_DURATION = Message("that is no duration")
UNREADABLE_RULE = Message("that is no recurrence rule")
UNREADABLE_ZONE = Message("this part of a time zone cannot be read")
UNKNOWN_ZONE = N_('no time zone has the name "{zone}", and the file does not define it')
UNKNOWN_PART = N_('what "{part}" asks of a recurrence rule is not known')
NO_DAY = Message("this recurrence rule names no day")
NO_START = Message("this event has no DTSTART")
TWICE = Message("this event has that twice")
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


def read_titled_events(data: bytes, zone: ZoneInfo, first: date, last: date) -> list[TitledEvent]:
    """Return the events of an iCalendar file in a span of days, with what names them; see `read_events`.

    Those that cannot be read are left out, unless none can: then `CalendarError` is raised.
    """
    file = read_lines(data, titles=True)
    reader = _Reader(file, zone, first, last)
    events = list(reader.titled())
    if reader.faults and not events:
        raise CalendarError(*reader.faults)
    return sorted(events, key=lambda one: (one.line, one.event.start))


class _FaultError(Exception):
    """Something of an event cannot be read: where in the file, and what is wrong with it."""

    def __init__(self, at: int, problem: Message) -> None:
        super().__init__(problem)
        self.at = at
        self.problem = problem


class _Time(NamedTuple):
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
class _Entry:
    """An event as the file has it: one, a series, or another version of one of a series (`instance`)."""

    component: Component
    calendar: Component
    start: _Time
    sequence: int
    instance: _Time | None

    @cached_property
    def is_cancelled(self) -> bool:
        return self.calendar.word("METHOD") == "CANCEL" or self.component.word("STATUS") == "CANCELLED"

    @cached_property
    def is_free(self) -> bool:
        """Return whether it takes no time: Outlook's own word on that outranks the standard's."""
        shown = self.component.word("X-MICROSOFT-CDO-BUSYSTATUS")
        return shown in FREE or (shown not in BUSY and self.component.word("TRANSP") == "TRANSPARENT")

    @cached_property
    def place(self) -> str | None:
        line = self.component.first("LOCATION")
        return (_plain(line.value) or None) if line else None

    @cached_property
    def titles(self) -> tuple[str, ...]:
        lines = [*self.component.all("SUMMARY")[:1], *self.component.all("CATEGORIES")]
        whole = [lines[0].value] if lines and lines[0].name == "SUMMARY" else []
        parts = [part for line in lines[len(whole) :] for part in re.split(r"(?<!\\),", line.value)]
        return tuple(_plain(text) for text in (*whole, *parts))

    @cached_property
    def uid(self) -> str:
        line = self.component.first("UID")
        return line.value if line else ""

    @cached_property
    def recurs(self) -> bool:
        return any(self.component.first(name) for name in ("RRULE", "RDATE"))


class _Versions(NamedTuple):
    """What one UID names."""

    masters: list[_Entry]
    """Single events and series."""
    others: list[_Entry]
    """Those that replace one of a series."""

    @property
    def any(self) -> _Entry:
        """One of them."""
        return next(iter(self.masters or self.others))


class _Held(NamedTuple):
    """An event that is held once."""

    entry: _Entry
    zone: tzinfo | None
    """By whose clocks its times are; None for whole days."""
    start: datetime
    end: datetime
    instance: datetime | None = None
    """When it would be by the rule of its series."""


Found = TypeVar("Found")
Rule = dict[str, str]
"""The parts of a recurrence rule that are followed, UNTIL by the clocks of the event."""


class _Occurrence(recurring_ical_events.Occurrence):  # type: ignore[misc]
    """One of a series, as its times alone: an event of its own for each would take ten times as long."""

    def __init__(self, adapter: Any, *times: datetime, **more: int) -> None:  # noqa: ANN401 - its library is untyped
        super().__init__(adapter, *times, **more)
        self._replaces: tuple[datetime, ...] = adapter.recurrence_ids

    def is_in_span(self, begin: datetime, end: datetime) -> bool:
        """Return whether it lies within a span: its times are all of one form."""
        return bool(self.start < end and begin <= self.end)

    def as_component(self, _: bool) -> tuple[datetime, datetime, tuple[datetime, ...]]:  # noqa: FBT001
        """Return its start, its end, and, of another version, which one of the series that replaces."""
        return self.start, self.end, self._replaces


SERIES = recurring_ical_events.ComponentsWithName("VEVENT", occurrence=_Occurrence)


class _Reader:
    """The events of one file."""

    def __init__(self, file: CalendarFile, zone: ZoneInfo, first: date, last: date) -> None:
        self.faults: list[Message] = []
        self._file = file
        self._zone = zone
        self._begin = datetime.combine(first, MIDNIGHT)
        self._end = datetime.combine(last + DAY, MIDNIGHT)
        self._zones = {id(one): Zones([one, *file.calendars], first, last) for one in file.calendars}
        self._steps = 0
        self._rules: dict[int, Rule] = {}
        """Those that were read, by where they stand."""

    def events(self) -> Iterator[Event]:
        """Yield the events of all calendars, up to so many faults."""
        with warnings.catch_warnings():
            # dateutil warns of a rule with both COUNT and UNTIL, and follows both.
            warnings.simplefilter("ignore")
            # What they ask for is estimated of all of them, before any is followed.
            estimated = [
                versions
                for entries in self._by_uid()
                for versions in self._told(entries[0].component, self._estimated(_versions(entries)))
            ]
            for versions in estimated:
                yield from self._told(versions.any.component, self._of_one_uid(versions))
        for calendar in self._file.calendars:
            for component in calendar.of("VFREEBUSY"):
                yield from self._told(component, self._busy_times(component, calendar))

    def _by_uid(self) -> Iterable[list[_Entry]]:
        """Return the events in lists of those with one UID; each without one stands alone."""
        several = [(event, calendar) for calendar in self._file.calendars for event in calendar.of("VEVENT")]
        if len(several) > MAX_EVENTS:
            raise CalendarError(Message(TOO_LARGE, number=MAX_EVENTS))
        lists = (line for event, _ in several for line in event.lines if line.name in LISTS)
        if sum(line.raw.count(b",") + 1 for line in lists) > MAX_VALUES:
            raise CalendarError(Message(TOO_MANY_DATES, number=MAX_VALUES))
        by_uid: dict[object, list[_Entry]] = {}
        for event, calendar in several:
            for entry in self._told(event, _entries(event, calendar)):
                by_uid.setdefault(entry.uid or event.at, []).append(entry)
        return by_uid.values()

    def _told(self, component: Component, found: Iterator[Found]) -> Iterator[Found]:
        """Yield what is found, up to a fault, which is told."""
        try:
            yield from found
        except CalendarError:
            raise
        except _FaultError as error:
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
        self.faults.append(self._file.fault(at, problem))
        if len(self.faults) == MOST_FAULTS:
            raise CalendarError(*self.faults)

    def _estimated(self, versions: _Versions) -> Iterator[_Versions]:
        """Yield what one UID has once the steps that it takes are counted."""
        for master in versions.masters:
            length = self._length(master) if master.recurs else timedelta()
            if rules := [self._rule(master, line) for line in master.component.all("RRULE")]:
                start = self._first_step(master, rules, length)
                self._count_steps(rules, start, length)
            if excluding := [self._rule(master, line) for line in master.component.all("EXRULE")]:
                self._count_steps(excluding, master.start.clock, length)
        yield versions

    def titled(self) -> Iterator[TitledEvent]:
        """Yield the events of all calendars, cancelled ones too, with what names them."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ends = [match.start() for match in re.finditer(b"\n", self._file.text)]
            for entries in self._by_uid():
                for versions in self._told(entries[0].component, self._estimated(_versions(entries))):
                    yield from self._told(versions.any.component, self._titled(versions, ends))

    def _titled(self, versions: _Versions, ends: Sequence[int]) -> Iterator[TitledEvent]:
        alone = len(versions.masters) == 1 and not versions.others and not versions.masters[0].recurs
        for one in self._held(versions):
            for event in self._local(one):
                entry = one.entry
                line = bisect_left(ends, entry.component.at)
                status = "CANCELLED" if entry.is_cancelled else entry.component.word("STATUS")
                uid = entry.uid if alone else ""
                yield TitledEvent(event, line, entry.titles, status, uid, entry.sequence)

    def _of_one_uid(self, versions: _Versions) -> Iterator[Event]:
        """Yield the events of one UID in the span."""
        held = self._held(versions)
        yield from (event for one in held if not one.entry.is_cancelled for event in self._local(one))

    def _held(self, versions: _Versions) -> Iterator[_Held]:
        masters, others = versions
        if others or any(entry.recurs for entry in masters):
            return self._series(masters, others)
        return (self._once(entry) for entry in masters if not self._is_far(entry))

    def _is_far(self, entry: _Entry) -> bool:
        """Return whether an event lies outside of the span, whatever its zone is."""
        begin, end = self._begin - EDGE, self._end + EDGE
        line = entry.component.first("DTEND")
        if line is None:
            return entry.start.clock > end or (
                entry.start.clock < begin and not entry.component.first("DURATION")
            )
        others = (_time(line).clock, entry.start.clock)
        return min(others) > end or max(others) < begin

    def _local(self, one: _Held) -> Iterator[Event]:
        """Yield an event by the clocks of the forum file, if it is in the span."""
        entry, start, end = one.entry, one.start, one.end
        if start >= self._end + EDGE or end < self._begin - EDGE:
            return
        if one.zone:
            start, end = (_moved(moment, one.zone, self._zone) for moment in (start, end))
        if start < self._end and (self._begin < end or self._begin <= start):
            source = source_of(entry.uid, one.instance) if entry.uid else ""
            yield Event(start, end, entry.place, entry.start.whole_day, entry.is_free, source)

    def _busy_times(self, component: Component, calendar: Component) -> Iterator[Event]:
        """Yield the times of a VFREEBUSY that are not free."""
        for line in component.all("FREEBUSY"):
            parameters, value = line.parts
            for period in value.split(",") if parameters.get("FBTYPE", "").upper() != "FREE" else ():
                first, _, last = period.partition("/")
                start = _time(line, first)
                zone = self._zone_of(start, calendar)
                if last.upper().lstrip().startswith(("P", "+P")):
                    end = start.clock + _duration(line, last)
                else:
                    end = self._by(zone, _time(line, last), calendar)
                begins, ends = (_moved(moment, zone, self._zone) for moment in (start.clock, end))
                if begins < self._end and self._begin < ends:
                    yield Event(begins, ends)

    # --- times ---

    def _zone_of(self, moment: _Time, calendar: Component) -> tzinfo:
        """Return the zone by whose clocks a time is."""
        if moment.utc:
            return UTC
        name, at = moment.zone, moment.at
        if name is None:
            line = calendar.first("X-WR-TIMEZONE")
            if line is None:
                return self._zone
            name, at = line.value, line.at
        if zone := self._zones[id(calendar)].get(name):
            return zone
        raise _FaultError(at, Message(UNKNOWN_ZONE, zone=name))

    def _clocks(self, entry: _Entry) -> tzinfo | None:
        """Return the zone by whose clocks an event is; none for one of whole days."""
        return None if entry.start.whole_day else self._zone_of(entry.start, entry.calendar)

    def _by(self, zone: tzinfo, moment: _Time, calendar: Component) -> datetime:
        """Return a time by the clocks of a zone; one that names none is by them already."""
        floating = moment.zone is None and not moment.utc
        if moment.whole_day or floating or self._is_ages_off(moment):
            return moment.clock
        return _moved(moment.clock, self._zone_of(moment, calendar), zone)

    def _by_clocks_of(self, entry: _Entry, moment: _Time) -> datetime:
        """Return a time of an event's calendar by the clocks of the event."""
        start = entry.start
        if start.whole_day:
            return self._day_meant(entry.calendar, moment)
        if (moment.zone, moment.utc) == (start.zone, start.utc):
            return moment.clock
        return self._by(self._zone_of(start, entry.calendar), moment, entry.calendar)

    def _day_meant(self, calendar: Component, moment: _Time) -> datetime:
        """Return a time of an event of whole days: Exchange has the midnight of its own zone in UTC."""
        if moment.utc and not moment.whole_day and not self._is_ages_off(moment):
            for zone in (self._zone, *self._zones[id(calendar)].all()):
                there = _moved(moment.clock, UTC, zone)
                if there.time() == MIDNIGHT:
                    return there
        return moment.clock

    def _is_ages_off(self, moment: _Time) -> bool:
        """Return whether a time lies so far from the span that its zone is no matter."""
        return not self._begin.year - 2 < moment.clock.year < self._end.year + 2

    def _length(self, entry: _Entry) -> timedelta:
        """Return how long an event lasts: nothing where it has no end, a day where it is of whole days."""
        start, length = entry.start, timedelta()
        if line := entry.component.first("DTEND"):
            end = _time(line)
            length = self._by_clocks_of(entry, end) - start.clock
            if end.whole_day and not start.whole_day and length <= timedelta():
                length += DAY  # A date is the whole day.
        elif line := entry.component.first("DURATION"):
            length = _duration(line, line.value)
        length = abs(length)
        return max(DAY, -(-length // DAY) * DAY) if start.whole_day else length

    def _once(self, entry: _Entry, instance: datetime | None = None) -> _Held:
        start = entry.start.clock
        return _Held(entry, self._clocks(entry), start, start + self._length(entry), instance)

    # --- recurring events ---

    def _series(self, masters: Sequence[_Entry], others: Sequence[_Entry]) -> Iterator[_Held]:
        """Yield what is held of a UID's events that recur, and of those that replace some of them."""
        if not masters:
            yield from (self._once(entry, entry.instance and entry.instance.clock) for entry in others)
        for master in masters:
            replacing: dict[datetime, _Entry] = {}
            for entry in sorted(others, key=lambda entry: -entry.sequence):
                instance = self._instance(master, entry.instance or entry.start)
                known = replacing.setdefault(instance, entry)
                if known is not entry and known.sequence == entry.sequence:
                    yield self._once(entry, instance)
            yield from self._expanded(master, replacing)

    def _instance(self, master: _Entry, moment: _Time) -> datetime:
        """Return which one of a series a time names: by its day, where none of the series is at that time.

        Exchange names those that are left out, or moved, by the midnight of their days.
        """
        clock, usual = self._by_clocks_of(master, moment), master.start.clock.time()
        by_day = moment.whole_day or master.start.whole_day or clock.time() == MIDNIGHT
        return datetime.combine(clock, usual) if by_day else clock

    def _expanded(self, master: _Entry, replacing: dict[datetime, _Entry]) -> Iterator[_Held]:
        """Yield what is held of a series, and of those that replace some of it, near the span."""
        rules = [self._rule(master, line) for line in master.component.all("RRULE")]
        left_out = self._left_out(master)
        for instance in left_out & replacing.keys():
            if replacing[instance].sequence < master.sequence:
                del replacing[instance]
            else:
                left_out.remove(instance)
        if replacing:
            yield from self._replaced(master, replacing, rules, left_out)
        else:
            yield from self._by_rule(master, rules, left_out)

    def _by_rule(
        self, master: _Entry, rules: Sequence[Rule], left_out: Container[datetime]
    ) -> Iterator[_Held]:
        """Yield what is held of a series of which none is replaced: by dateutil alone, which is faster."""
        length, zone = self._length(master), self._clocks(master)
        begin, end = self._begin - EDGE, self._end + EDGE
        start = self._first_step(master, rules, length)
        ends = dict(self._added(master))
        untils = [_time_of(rule["UNTIL"]) for rule in rules if "UNTIL" in rule]
        starts = {*ends, start} if start <= max(untils, default=start) else {*ends}
        for rule in rules:
            starts.update(rrulestr(_text(rule), dtstart=start).between(begin - length, end, inc=True))
        for moment in sorted(starts):
            until = ends.get(moment) or moment + length
            if moment not in left_out and moment < end and begin <= until:
                yield _Held(master, zone, moment, until, moment)

    def _replaced(
        self,
        master: _Entry,
        replacing: Mapping[datetime, _Entry],
        rules: Sequence[Rule],
        left_out: Iterable[datetime],
    ) -> Iterator[_Held]:
        """Yield what is held of a series and of those that replace some of it.

        It is built anew by the clocks of one zone, and without what recurring-ical-events and icalendar read
        otherwise, see github.com/niccokunzmann/python-recurring-ical-events/issues 4 (an UNTIL of another
        form), 20 and 27 (so an EXDATE), 148 and 163 (an EXDATE beside another version), and
        github.com/collective/icalendar/issues 58 (TZID beside Z) and 1324 (TZID beside DATE).
        """
        series = icalendar.Calendar()
        length = self._length(master)
        own = {instance: self._by_clocks_of(master, one.start) for instance, one in replacing.items()}
        far = (abs(own[instance] - instance) for instance, one in replacing.items() if _goes_on(one))
        event = _component(self._first_step(master, rules, length + max(far, default=timedelta())), length)
        for rule in rules:
            event.add("RRULE", icalendar.vRecur.from_ical(_text(rule)))
        added = [(start, end) if end else start for start, end in self._added(master)]
        event["RDATE"] = icalendar.vDDDLists(added)
        event["EXDATE"] = icalendar.vDDDLists(sorted(left_out))
        series.add_component(event)
        for instance, entry in replacing.items():
            other = _component(own[instance], self._length(entry))
            other["RECURRENCE-ID"] = icalendar.vDDDTypes(instance)
            if _goes_on(entry):
                other["RECURRENCE-ID"].params["RANGE"] = "THISANDFUTURE"
            series.add_component(other)
        query = recurring_ical_events.of(series, components=[SERIES])
        zone = self._clocks(master)
        for start, end, named in query.between(self._begin - EDGE, self._end + EDGE):
            instance = named[0] if named else start
            yield _Held(replacing[instance] if named else master, zone, start, end, instance)

    def _added(self, master: _Entry) -> Iterator[tuple[datetime, datetime | None]]:
        """Yield the times that a series has beside its rule, and the ends of those that have their own."""
        for line in master.component.all("RDATE"):
            for text in filter(None, line.value.split(",")):
                first, _, last = text.partition("/")
                start = _time(line, first)
                clock = self._by_clocks_of(master, start)
                if start.whole_day:
                    clock = datetime.combine(clock, master.start.clock.time())
                if last.upper().startswith("P"):
                    yield clock, clock + _duration(line, last)
                elif last:
                    yield clock, max(clock, self._by_clocks_of(master, _time(line, last)))
                else:
                    yield clock, None

    def _left_out(self, master: _Entry) -> set[datetime]:
        """Return the times that are taken out of a series, by date or by a rule."""
        component, start = master.component, master.start.clock
        dates = ((line, text) for line in component.all("EXDATE") for text in line.value.split(","))
        left_out = {self._instance(master, _time(line, text)) for line, text in dates if text.strip()}
        for line in component.all("EXRULE"):
            named = rrulestr(_text(self._rule(master, line)), dtstart=start)
            left_out.update(
                named.between(self._begin - EDGE - self._length(master), self._end + EDGE, inc=True)
            )
        return left_out

    def _rule(self, entry: _Entry, line: Line) -> Rule:
        """Return a recurrence rule as it is followed, its UNTIL by the clocks of its event."""
        if line.at not in self._rules:
            self._rules[line.at] = self._read_rule(entry, line)
        return self._rules[line.at]

    def _read_rule(self, entry: _Entry, line: Line) -> Rule:
        pairs = (part.partition("=") for part in line.value.upper().split(";"))
        rule = {name.strip(): value.strip() for name, _, value in pairs if value.strip()}
        for name in sorted(rule.keys() - RULE_PARTS):
            if not name.startswith("X-") and (name, rule[name]) not in OF_GREGORY:
                raise _FaultError(line.at, Message(UNKNOWN_PART, part=f"{name}={rule[name]}"))
            del rule[name]
        if rule.get("COUNT", "").startswith("-"):
            del rule["COUNT"]
        frequency = rule.get("FREQ")
        if (
            frequency == "YEARLY"
            and "BYWEEKNO" in rule
            and not rule.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY"}
        ):
            # dateutil takes the whole week, where RFC 5545 takes the weekday of the start.
            rule["BYDAY"] = WEEKDAYS[entry.start.clock.weekday()]
        if "UNTIL" in rule:
            until = self._until(entry, _time(line, rule.pop("UNTIL")))
            if until.year <= self._end.year + 1:
                rule["UNTIL"] = f"{until:%Y%m%dT%H%M%S}"
        often = max(len(rule.get(part, "").split(",")) for part in ("BYHOUR", "BYMINUTE", "BYSECOND"))
        if frequency in {"SECONDLY", "MINUTELY", "HOURLY"} or often > 1:
            raise _FaultError(line.at, TOO_OFTEN)
        if frequency not in STEPS or not re.fullmatch("0*[1-9][0-9]{0,8}", rule.get("INTERVAL", "1")):
            raise _FaultError(line.at, UNREADABLE_RULE)
        self._check_rule(_text(rule), entry.start.clock, line)
        return rule

    def _check_rule(self, text: str, start: datetime, line: Line) -> None:
        try:
            icalendar.vRecur.from_ical(text)
            rrulestr(text, dtstart=start)
            names_one = _names_a_day(text, start.year, start.month)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise _FaultError(line.at, UNREADABLE_RULE) from error
        if not names_one:
            raise _FaultError(line.at, NO_DAY)

    def _until(self, entry: _Entry, until: _Time) -> datetime:
        """Return when a series ends by the clocks of its event: a date is the whole day."""
        return (
            datetime.combine(until.clock, LAST_SECOND)
            if until.whole_day
            else self._by_clocks_of(entry, until)
        )

    def _first_step(self, master: _Entry, rules: Sequence[Rule], reach: timedelta) -> datetime:
        """Return where a series is followed from: not from a start that is long ago and no matter."""
        start = master.start.clock
        return _skipped(start, rules[0], self._begin - reach - EDGE) if len(rules) == 1 else start

    def _count_steps(self, rules: Iterable[Rule], start: datetime, length: timedelta) -> None:
        """Add the steps that it takes to follow rules to the end of the span; too many are refused."""
        self._steps += sum(self._steps_of(rule, start, length) for rule in rules)
        if self._steps > MAX_STEPS:
            raise CalendarError(TOO_MANY_STEPS)

    def _steps_of(self, rule: Rule, start: datetime, length: timedelta) -> int:
        period, steps = STEPS[rule["FREQ"]]
        until = min(self._end, _time_of(rule["UNTIL"])) if "UNTIL" in rule else self._end
        days = max(0, (until - start).days)
        within = min(days, (self._end - self._begin + length).days)
        named = max(
            (value.count(",") + 1 for part, value in rule.items() if part.startswith("BY")), default=1
        )
        often = min(period, 7 if "BYDAY" in rule else period)
        return days // period * steps + min(within, within * named // often) * STEPS_PER_EVENT


def _versions(entries: Iterable[_Entry]) -> _Versions:
    """Return the versions of what one UID names: a later one replaces earlier ones, else each is an event."""
    first: list[_Entry] = []
    others: list[_Entry] = []
    for entry in entries:
        (others if entry.instance else first).append(entry)
    latest = max((entry.sequence for entry in first), default=0)
    return _Versions([entry for entry in first if entry.sequence == latest], others)


def _plain(text: str) -> str:
    """Return a text without escapes, in one line."""
    return " ".join(ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], text).split())


def _entries(component: Component, calendar: Component) -> Iterator[_Entry]:
    """Yield the entry of an event, unless it is cancelled and says no more than that."""
    names = [line.name for line in component.lines]
    for name in ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID"):
        if names.count(name) > 1 and len({line.text for line in component.all(name)}) > 1:
            raise _FaultError(component.all(name)[1].at, TWICE)
    start, instance, sequence = map(component.first, ("DTSTART", "RECURRENCE-ID", "SEQUENCE"))
    if start:
        number = int(sequence.value) if sequence and re.fullmatch("[0-9]{1,9}", sequence.value) else 0
        yield _Entry(component, calendar, _time(start), number, _time(instance) if instance else None)
    elif component.word("STATUS") != "CANCELLED" and calendar.word("METHOD") != "CANCEL":
        raise _FaultError(component.at, NO_START)


def _time(line: Line, text: str | None = None) -> _Time:
    """Return the time that a line has, or one of its times. Raise `_FaultError`."""
    parameters, value = line.parts
    match = TIME.fullmatch((value if text is None else text).strip())
    if text is None and match is None:
        # The name of a zone with a colon stands without quotation marks.
        match = TIME.fullmatch(line.text.rpartition(":")[2].strip())
        parameters = {**parameters, "TZID": line.text.rpartition(":")[0].rpartition("TZID=")[2]}
    if match is None:
        raise _FaultError(line.at, UNREADABLE_TIME)
    year, month, day, hour, minute, second = (int(number or 0) for number in match.groups()[:6])
    try:
        clock = datetime(year, month, day, hour % 24, minute, min(second, 59))  # noqa: DTZ001 - by its own clocks
    except ValueError as error:
        raise _FaultError(line.at, UNREADABLE_TIME) from error
    if hour > 24 or (hour == 24 and (minute or second)):
        raise _FaultError(line.at, UNREADABLE_TIME)
    clock += DAY if hour == 24 else timedelta()
    date_alone = parameters.get("VALUE", "").upper() == "DATE" and clock.time() == MIDNIGHT
    whole_day = match[4] is None or date_alone
    return _Time(clock, whole_day, bool(match[7]), parameters.get("TZID"), line.at)


def _time_of(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - by its own clocks


def _duration(line: Line, text: str) -> timedelta:
    try:
        length: timedelta = icalendar.vDuration.from_ical(text.strip().upper())  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise _FaultError(line.at, UNREADABLE_DURATION) from error
    return length


def _moved(moment: datetime, zone: tzinfo, into: tzinfo) -> datetime:
    """Return a time by the clocks of one zone by those of another."""
    return moment if zone is into else moment.replace(tzinfo=zone).astimezone(into).replace(tzinfo=None)


def _goes_on(entry: _Entry) -> bool:
    """Return whether another version of one of a series holds for those that follow as well."""
    line = entry.component.first("RECURRENCE-ID")
    return line is not None and line.parts[0].get("RANGE", "").upper() == "THISANDFUTURE"


def _component(start: datetime, length: timedelta) -> icalendar.Event:
    component = icalendar.Event()
    component["UID"] = "series"
    component["DTSTART"] = icalendar.vDDDTypes(start)
    component["DTEND"] = icalendar.vDDDTypes(start + length)
    return component


def _text(rule: Rule) -> str:
    return ";".join(f"{name}={value}" for name, value in rule.items())


@lru_cache
def _names_a_day(rule: str, year: int, month: int) -> bool:
    return names_a_day(rule, date(year, month, 1))


def _skipped(start: datetime, rule: Rule, before: datetime) -> datetime:
    """Return a start before a moment from which an endless rule names the same times as from its own."""
    step = int(rule.get("INTERVAL", "1"))
    if "COUNT" in rule or start >= before:
        return start
    if rule["FREQ"] in {"DAILY", "WEEKLY"}:
        days = step * STEPS[rule["FREQ"]][0]
        return start + (before - start).days // days * days * DAY
    years = max(0, (before.year - 1 - start.year) // step * step)
    leaping = (start.month, start.day) == (2, 29)
    return start if leaping else start.replace(year=start.year + years)
