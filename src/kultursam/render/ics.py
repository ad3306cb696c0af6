"""Calendars as iCalendar files (RFC 5545, RFC 7986) that Outlook, Google, Apple and Thunderbird read alike.

Each event is written to bytes once and files are put together from these, so that an event is the same
in every file it stands in. Two things are ours rather than icalendar's: the escaping of text, for
icalendar takes a backslash before N for a line break, and the writing of lines, for icalendar may fold
them inside an escape.
"""

from __future__ import annotations

import unicodedata
import zlib
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from urllib.parse import quote
from zoneinfo import ZoneInfo

from icalendar import (
    Alarm,
    Component,
    Event,
    Parameters,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vDate,
    vDatetime,
    vDuration,
    vInt,
    vRecur,
    vText,
    vUri,
    vUTCOffset,
)

from kultursam.forums import Forum
from kultursam.i18n import day_in_words, translations
from kultursam.plan import Deadline, Meeting, Origin, Plan, Status
from kultursam.register import Register
from kultursam.surroundings import Contact

PRODUCT = "-//kultursam//kultursam//EN"
"""Without a version: an upgrade must not change what is published."""
REFRESH = "PT6H"
"""How often a feed is fetched anew. Outlook on the web takes 3 to 24 hours whatever is asked for."""
MAX_UNITS = 255
"""UTF-16 units that Outlook keeps of a title, a place or a calendar's name (MS-OXCICAL)."""
MAX_OCTETS = 75
"""Octets of a line, its end not counted (RFC 5545, 3.1)."""
COLOURS = (
    "steelblue", "darkorange", "seagreen", "crimson", "mediumpurple", "saddlebrown", "deeppink", "teal",
    "goldenrod", "royalblue", "olivedrab", "indianred", "darkcyan", "orchid", "sienna", "slategray",
)  # fmt: skip
"""CSS3 names. A forum's id chooses, so that no other forum in the file can change its events."""
COLOUR_OF_FORMER = "gray"
AVAILABILITY = {
    Status.PROPOSED: ("TENTATIVE", "OPAQUE", "TENTATIVE"),
    Status.CONFIRMED: ("CONFIRMED", "OPAQUE", "BUSY"),
    Status.CANCELLED: ("CANCELLED", "TRANSPARENT", "FREE"),
}
"""STATUS, TRANSP and X-MICROSOFT-CDO-BUSYSTATUS: each client reads another of the three."""
DUE = ("CONFIRMED", "TRANSPARENT", "FREE")
"""The same of a deadline, which takes nobody's time."""

_in_words = cache(day_in_words)


class Calendars:
    """Every calendar that can be made of some plans."""

    def __init__(self, register: Register, plans: Sequence[Plan]) -> None:
        """Take a forum file and the plans of one or more years."""
        self._register = register
        self._meetings = {meeting.id: (meeting, plan) for plan in plans for meeting in plan.meetings}
        self._deadlines = {deadline: plan for plan in plans for deadline in plan.deadlines}
        self._due: dict[str | None, list[Deadline]] = {}
        for deadline in self._deadlines:
            self._due.setdefault(deadline.meeting, []).append(deadline)
        years = {meeting.date.year for meeting, _ in self._meetings.values()}
        years |= {plan.year for plan in plans} or {EPOCH}
        self._zone = zone_of(register.file.timezone, range(min(years), max(years) + AHEAD + 1))
        self._forums: dict[tuple[str, int], _Forum] = {}
        self._events: dict[str | Deadline, _Written] = {}

    def calendar(self, name: str, meetings: Iterable[Meeting], *, feed: bool) -> bytes:
        """Write a calendar of meetings, in the order given: a feed to subscribe to, or a file to import."""
        return self._file(name, [self._meeting(meeting) for meeting in meetings], feed=feed)

    def deadlines(self, name: str, deadlines: Iterable[Deadline], *, feed: bool) -> bytes:
        """Write a calendar of deadlines, in the order given."""
        return self._file(name, [self._deadline(deadline) for deadline in deadlines], feed=feed)

    def _file(self, name: str, events: list[_Written], *, feed: bool) -> bytes:
        name = cut(name)
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
        lines += [f"{key}:{escape(name)}" for key in ("NAME", "X-WR-CALNAME")]
        if feed:
            lines += [f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}", f"X-PUBLISHED-TTL:{REFRESH}"]
        parts = [fold(line.encode()) for line in lines]
        if not events or any(event.zoned for event in events):
            # A calendar holds at least one component, so an empty one holds its time zone.
            parts.append(self._zone.data if self._zone else UTC_DATA)
        return b"".join((*parts, *(event.data for event in events), b"END:VCALENDAR\r\n"))

    def _meeting(self, meeting: Meeting) -> _Written:
        if meeting.id not in self._events:
            self._events[meeting.id] = self._write_meeting(*self._meetings[meeting.id])
        return self._events[meeting.id]

    def _deadline(self, deadline: Deadline) -> _Written:
        if deadline not in self._events:
            self._events[deadline] = self._write_deadline(deadline, self._deadlines[deadline])
        return self._events[deadline]

    def _write_meeting(self, meeting: Meeting, plan: Plan) -> _Written:
        forum = self._forum(meeting.forum, plan)
        start, end, zoned = self._times(meeting)
        event = Event(UID=Text(plan.uid(meeting.id)), DTSTART=start, DTEND=end)
        _stamp(event, meeting)
        event["SUMMARY"] = summary = Text(forum.summary(meeting))
        if location := forum.location(meeting):
            event["LOCATION"] = Text(cut(location))
        event["DESCRIPTION"] = Text(forum.description(meeting, self._due.get(meeting.id, [])))
        _show_as(event, AVAILABILITY[meeting.status])
        event.update(forum.marks)
        if forum.organizer:
            event["ORGANIZER"] = forum.organizer
        if forum.reminder and meeting.live:
            trigger = vDuration(-forum.reminder)
            event.add_component(Alarm(ACTION=Text("DISPLAY"), DESCRIPTION=summary, TRIGGER=trigger))
        return _Written(serialise(event), zoned)

    def _write_deadline(self, deadline: Deadline, plan: Plan) -> _Written:
        forum = self._forum(deadline.forum, plan)
        meeting, _ = self._meetings.get(deadline.meeting or "", (None, None))
        owner = deadline.meeting or f"{deadline.forum}-{plan.year}-term"
        event = Event(UID=Text(plan.uid(f"{owner}-d{deadline.number}")))
        event["DTSTART"], event["DTEND"] = _day(deadline.date), _day(deadline.date + timedelta(days=1))
        _stamp(event, deadline)
        event["SUMMARY"] = Text(forum.summary_of_deadline(deadline))
        if description := forum.description_of_deadline(meeting):
            event["DESCRIPTION"] = Text(description)
        _show_as(event, AVAILABILITY[Status.CANCELLED] if deadline.cancelled else DUE)
        event.update(forum.marks)
        return _Written(serialise(event), zoned=False)

    def _forum(self, forum: str, plan: Plan) -> _Forum:
        if (forum, plan.year) not in self._forums:
            self._forums[forum, plan.year] = _Forum(self._register, forum, plan)
        return self._forums[forum, plan.year]

    def _times(self, meeting: Meeting) -> tuple[vDatetime, vDatetime, bool]:
        """Give start and end, in the file's zone if its VTIMEZONE is proven right for both, else in UTC."""
        start, end = (datetime.combine(meeting.date, clock) for clock in (meeting.start, meeting.end))
        if self._zone and self._zone.agrees(start) and self._zone.agrees(end):
            return _zoned(start, self._zone.name), _zoned(end, self._zone.name), True
        zone = ZoneInfo(self._register.file.timezone)
        begun, over = (moment.replace(tzinfo=zone).astimezone(UTC) for moment in (start, end))
        if over <= begun:  # the clock was put forward in between, over a start that never was
            over = begun + (end - start)
        return vDatetime(begun), vDatetime(over), False


@dataclass(frozen=True, slots=True)
class _Written:
    data: bytes
    zoned: bool
    """Its times name the file's time zone, which the file must then hold."""


class _Forum:
    """What the events of one forum say, in the file's language."""

    def __init__(self, register: Register, forum_id: str, plan: Plan) -> None:
        self._register = register
        self._forum = forum = register.forums.get(forum_id)
        self._name = forum.name if forum else plan.forums[forum_id].name
        self._people = self._who(forum) if forum else [self._labels(plan.forums[forum_id].organisations)]
        colour = COLOURS[zlib.crc32(forum_id.encode()) % len(COLOURS)] if forum else COLOUR_OF_FORMER
        self.marks: dict[str, vText | vUri] = {"CATEGORIES": Text(cut(self._name)), "COLOR": Text(colour)}
        """Properties that all of the forum's events have."""
        if base := register.file.base_url:
            address = f"{base.rstrip('/')}/{plan.year}.html"
            self.marks["URL"] = vUri(quote(address, safe="%/:=&?~#+!$,;@()*[]'"))
        self.organizer = _organizer(forum.contact) if forum and forum.contact else None
        self.reminder = forum.reminder if forum else None

    def _(self, message: str, **values: object) -> str:
        """Say something in the file's language."""
        return translations(self._register.file.language).gettext(message).format(**values)

    def summary(self, meeting: Meeting) -> str:
        """Give the title of a meeting."""
        reserved = meeting.origin is Origin.RESERVED
        pattern = self._("{name} (reserved)", name="{name}") if reserved else "{name}"
        return self._title(pattern, self._name, cancelled=not meeting.live)

    def summary_of_deadline(self, deadline: Deadline) -> str:
        """Give the title of what is due."""
        return self._title("{name}", f"{deadline.name}: {self._name}", cancelled=deadline.cancelled)

    def _title(self, pattern: str, name: str, *, cancelled: bool) -> str:
        """Put a name in its pattern; where it is long, it is cut and the marks of its state stay whole."""
        if cancelled:
            pattern = self._("CANCELLED: {name}", name=pattern)
        return pattern.format(name=cut(name, MAX_UNITS - _units(pattern.format(name=""))))

    def location(self, meeting: Meeting) -> str:
        """Give place and host, or how to take part from afar; nothing where nothing is known."""
        form = self._forum.format if self._forum else None
        if form == "online":
            place = meeting.place
            return self._("Online: {place}", place=place) if place else self._("Online")
        host = self._register.label(meeting.host) if meeting.host else None
        place = ", ".join(dict.fromkeys(part for part in (meeting.place, host) if part))
        if form == "hybrid":
            return self._("{place}, or online", place=place) if place else self._("In person or online")
        return place

    def description(self, meeting: Meeting, due: Iterable[Deadline]) -> str:
        """Say what the meeting is, as a person would: its state, purpose, people and deadlines."""
        paragraphs = [self._state(meeting), self._substance(), self._taking_part(meeting)]
        if meeting.live:
            paragraphs.append(self._dates(due))
        return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)

    def description_of_deadline(self, meeting: Meeting | None) -> str:
        """Say what the deadline belongs to."""
        if meeting and meeting.live:
            day, start, end = self._day(meeting.date), f"{meeting.start:%H:%M}", f"{meeting.end:%H:%M}"
            return self._("The meeting is on {date}, {start} to {end}.", date=day, start=start, end=end)
        if meeting:
            return self._ended(meeting)
        if self._forum and self._forum.term:
            term = self._register.file.terms[self._forum.term.of]
            return self._("{term} is in force until {date}.", term=term.name, date=self._day(term.to))
        return ""

    def _ended(self, meeting: Meeting) -> str:
        if meeting.reason:
            return self._("The meeting is cancelled: {reason}", reason=meeting.reason)
        return self._("The meeting is cancelled.")

    def _state(self, meeting: Meeting) -> list[str]:
        lines = [] if meeting.live else [self._ended(meeting)]
        if meeting.moved_from:
            lines.append(self._("Moved from {date}.", date=self._day(meeting.moved_from)))
        if meeting.live and meeting.origin is Origin.RESERVED:
            lines.append(self._("A time kept free in case a meeting is needed."))
        elif meeting.live and meeting.origin is Origin.EXTERNAL:
            lines.append(self._("The date is decided elsewhere."))
        elif meeting.status is Status.PROPOSED:
            lines.append(self._("The date is proposed and may change."))
        return lines

    def _substance(self) -> list[str]:
        if self._forum is None:
            return []
        lines = [self._forum.purpose] if self._forum.purpose else []
        also = [
            self._("{name} ({minutes} min)", name=one.name, minutes=one.minutes) if one.minutes else one.name
            for one in self._forum.also
        ]
        return [*lines, self._("In the same meeting: {names}", names=", ".join(also))] if also else lines

    def _taking_part(self, meeting: Meeting) -> list[str]:
        lines = [self._("Taking part:"), *self._people]
        if meeting.host:
            lines.append(self._("Host: {organisation}", organisation=self._register.label(meeting.host)))
        return lines

    def _dates(self, due: Iterable[Deadline]) -> list[str]:
        deadlines = sorted((one.date, one.number, one.name) for one in due if not one.cancelled)
        lines = [f"{name}: {self._day(day)}" for day, _, name in deadlines]
        return [self._("Deadlines:"), *lines] if lines else []

    def _who(self, forum: Forum) -> list[str]:
        lines = []
        for membership in forum.members:
            present = self._register.expand(membership.from_)
            labels = self._labels(key for key in self._register.file.organisations if key in present)
            lines.append(f"{membership.role}: {labels}")
        return lines

    def _labels(self, organisations: Iterable[str]) -> str:
        return ", ".join(self._register.label(key) for key in organisations)

    def _day(self, day: date) -> str:
        return _in_words(day, self._register.file.language, year=True)


# --- time zones -----------------------------------------------------------------------------------

AHEAD = 28
"""Years after the last one written in which a rule must hold too, for then dates fall on the same weekdays
again: so a plan of a later year does not change how the events of an earlier one are written."""
EPOCH = 1970
"""The year in which the rules of a VTIMEZONE begin; earlier events are written in UTC."""
PROBE = timedelta(days=7)
"""A change that is undone within this time may go unseen in the search; `Zone.agrees` sees it."""

_Change = tuple[datetime, timedelta, timedelta]
"""When a zone's offset changes, in the local time before it, and the offsets before and after."""


@dataclass(frozen=True, slots=True)
class Onset:
    """An offset and when it begins: each year on the nth (-1: last) such weekday of a month."""

    month: int
    week: int
    weekday: int
    clock: time
    """In the local time before it."""
    before: timedelta
    after: timedelta

    def within(self, year: int) -> datetime:
        """Give the local time of the change in a year."""
        if self.week > 0:
            first = date(year, self.month, 1)
            day = first + timedelta((self.weekday - first.weekday()) % 7 + 7 * (self.week - 1))
        else:
            last = date(year, self.month, monthrange(year, self.month)[1])
            day = last - timedelta((last.weekday() - self.weekday) % 7)
        return datetime.combine(day, self.clock)


class Zone:
    """A time zone as a VTIMEZONE that Outlook reads: a STANDARD and perhaps a DAYLIGHT, with yearly rules."""

    def __init__(self, name: str, onsets: Sequence[Onset]) -> None:
        """Take an IANA zone's name and its offsets; one alone holds all the year."""
        self.name = name
        self.data = _vtimezone(name, onsets)
        self._zone = ZoneInfo(name)
        self._onsets = onsets
        self._begun: dict[int, list[tuple[datetime, timedelta]]] = {}

    def agrees(self, local: datetime) -> bool:
        """Tell whether a local time exists and the VTIMEZONE gives it the offset that the IANA zone does."""
        moment = local.replace(tzinfo=self._zone)
        exists = moment.astimezone(UTC).astimezone(self._zone).replace(tzinfo=None) == local
        return exists and local.year > EPOCH and moment.utcoffset() == self._offset(local)

    def _offset(self, local: datetime) -> timedelta:
        year = local.year
        if year not in self._begun:
            self._begun[year] = sorted((onset.within(year), onset.after) for onset in self._onsets)
        begun = self._begun[year]
        return next((offset for start, offset in reversed(begun) if start <= local), begun[-1][1])


def zone_of(name: str, years: range) -> Zone | None:
    """Derive the yearly rules of an IANA zone for some years; None where there are none, or for UTC."""
    zone = ZoneInfo(name)
    start = datetime(years[0], 1, 1, tzinfo=zone)
    if years[0] <= EPOCH or years[-1] >= MAXYEAR or start.tzname() == "UTC":
        return None
    changes = _changes(zone, years)
    if not changes:
        offset = _offset(zone, start)
        return Zone(name, [Onset(1, 1, 0, time(), offset, offset)])
    standard = _rule([change for change in changes if change[2] < change[1]], years)
    daylight = _rule([change for change in changes if change[2] > change[1]], years)
    return Zone(name, [standard, daylight]) if standard and daylight else None


def _changes(zone: ZoneInfo, years: range) -> list[_Change]:
    start = datetime(years[0], 1, 1, tzinfo=UTC) - PROBE
    probes = [start + PROBE * step for step in range(len(years) * 366 // 7 + 3)]
    offsets = [_offset(zone, probe) for probe in probes]
    spans = zip(pairwise(probes), pairwise(offsets), strict=True)
    changes = [_change(zone, low, high) for (low, high), (before, after) in spans if before != after]
    return [change for change in changes if change[0].year in years]


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> _Change:
    before, after = _offset(zone, low), _offset(zone, high)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return (high + before).replace(tzinfo=None), before, after


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _rule(changes: list[_Change], years: range) -> Onset | None:
    """Find the rule that gives exactly these changes, one a year."""
    if len(changes) != len(years):
        return None
    local, before, after = changes[0]
    for week in (-1, min((local.day - 1) // 7 + 1, 4)):  # a fifth is always the last
        rule = Onset(local.month, week, local.weekday(), local.time(), before, after)
        if changes == [(rule.within(year), before, after) for year in years]:
            return rule
    return None


def _vtimezone(name: str, onsets: Sequence[Onset]) -> bytes:
    zone = Timezone()
    zone["TZID"] = Text(name)
    for onset in onsets:
        part = TimezoneDaylight() if onset.after > onset.before else TimezoneStandard()
        part["DTSTART"] = vDatetime(onset.within(EPOCH))
        if len(onsets) > 1:
            day = f"{onset.week}{('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')[onset.weekday]}"
            part["RRULE"] = vRecur({"FREQ": "YEARLY", "BYMONTH": onset.month, "BYDAY": day})
        part["TZOFFSETFROM"] = Text(vUTCOffset(onset.before).to_ical())
        part["TZOFFSETTO"] = Text(vUTCOffset(onset.after).to_ical())
        zone.add_component(part)
    return serialise(zone)


# --- lines ----------------------------------------------------------------------------------------


def escape(text: str) -> str:
    """Write a text as RFC 5545, 3.3.11 wants it."""
    return text.translate(ESCAPES)


ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


class Text(vText):
    """A TEXT value that reads back as what was written."""

    __slots__ = ()

    def to_ical(self) -> bytes:
        """Escape it."""
        return escape(self).encode()


def fold(data: bytes) -> bytes:
    """End a content line, folded where it is long: never inside a character or an escape."""
    if len(data) <= MAX_OCTETS:
        return data + b"\r\n"
    parts = []
    start, room = 0, MAX_OCTETS
    while len(data) - start > room:
        end = start + room
        while data[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        part = data[start:end]
        for mark in (b"\\", b"^"):  # inside an escape of a text, or of a parameter (RFC 6868)
            end -= (len(part) - len(part.rstrip(mark))) % 2
        parts.append(data[start:end])
        start, room = end, MAX_OCTETS - 1
    return b"\r\n ".join((*parts, data[start:])) + b"\r\n"


def cut(text: str, units: int = MAX_UNITS) -> str:
    """Shorten a text to some UTF-16 units, an ellipsis included; no letter is parted from its accents."""
    if _units(text) <= units:
        return text
    most = text.encode("utf-16-le")[: 2 * (units - 1)].decode("utf-16-le", "ignore")
    end = len(most)
    while end and (_joins(text[end]) or text[end - 1] in JOINERS):
        end -= 1
    return (text[:end] or most).rstrip() + "…"


JOINERS = "\u200c\u200d"
"""Zero width non-joiner and joiner."""


def _joins(char: str) -> bool:
    """Tell whether a character belongs to the one before it."""
    return unicodedata.category(char)[0] == "M" or char in JOINERS or "\U0001f3fb" <= char <= "\U0001f3ff"


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def serialise(component: Component) -> bytes:
    """Write a component, its properties in the order they were given.

    icalendar's own way takes twice the time and loses a U+FEFF that a text begins with.
    """
    kind = (component.name or "").encode()
    parts = [b"BEGIN:%b\r\n" % kind]
    for key, value in component.items():
        parameters = b";" + value.params.to_ical() if value.params else b""
        parts.append(fold(b"%b%b:%b" % (key.encode(), parameters, value.to_ical())))
    parts += [serialise(part) for part in component.subcomponents]
    return b"".join((*parts, b"END:%b\r\n" % kind))


# --- properties -----------------------------------------------------------------------------------


def _stamp(event: Event, one: Meeting | Deadline) -> None:
    event["DTSTAMP"] = event["LAST-MODIFIED"] = vDatetime(one.modified.astimezone(UTC))
    event["CREATED"] = vDatetime(one.created.astimezone(UTC))
    event["SEQUENCE"] = vInt(one.sequence)


def _show_as(event: Event, shown: tuple[str, str, str]) -> None:
    for key, value in zip(("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"), shown, strict=True):
        event[key] = Text(value)


def _zoned(local: datetime, zone: str) -> vDatetime:
    value = vDatetime(local)
    value.params["TZID"] = zone
    return value


def _day(day: date) -> vDate:
    return vDate(day, params={"VALUE": "DATE"})


class _Quoted(Parameters):
    """Parameters that are quoted for a backslash too: outside quotes some readers take it for an escape."""

    quote_also = {"CN": " '\\"}  # noqa: RUF012 - as it is in the base class


def _organizer(contact: Contact) -> vCalAddress:
    address = vCalAddress("mailto:" + quote(contact.email, safe="@!$'*+"))
    address.params = _Quoted(CN=contact.name)
    return address


UTC_DATA = _vtimezone("UTC", [Onset(1, 1, 0, time(), timedelta(), timedelta())])
