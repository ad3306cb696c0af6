"""Calendars as iCalendar files (RFC 5545, RFC 7986) that Outlook, Google, Apple and Thunderbird read alike.

Each event is written to bytes once and files are put together from these, so that an event is the same
in every file it stands in.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from hashlib import sha256

from icalendar import Alarm, Event, vDate, vDatetime, vDuration, vInt, vUri

from kultursam.forumfile.register import Register, in_ascii
from kultursam.plans.model import TIMES, Deadline, Departure, Item, Meeting, Plan, Status
from kultursam.presentation import location
from kultursam.render.ics.lines import PRODUCT, Text, cut, escape, fold, serialise
from kultursam.render.ics.moments import start_and_end
from kultursam.render.ics.scheduling import Scheduled, scheduling_object
from kultursam.render.ics.wording import Wording
from kultursam.render.ics.zones import AHEAD, EPOCH, UTC_DATA, zone_of

__all__ = ["PRODUCT", "Calendars", "Scheduled", "Wording", "cut", "scheduling_object"]

REFRESH = "PT6H"
"""How often a feed is fetched anew. Outlook on the web takes 3 to 24 hours whatever is asked for."""
AVAILABILITY = {
    Status.PROPOSED: ("TENTATIVE", "OPAQUE", "TENTATIVE"),
    Status.CONFIRMED: ("CONFIRMED", "OPAQUE", "BUSY"),
    Status.CANCELLED: ("CANCELLED", "TRANSPARENT", "FREE"),
}
"""STATUS, TRANSP and X-MICROSOFT-CDO-BUSYSTATUS: each client reads another of the three."""
STAMPS = re.compile(
    rb"^(?:DTSTAMP|LAST-MODIFIED|CREATED|SEQUENCE|X-KULTURSAM-SOURCE)[:;].*\r\n", re.MULTILINE
)
"""What is not shown of an entry."""
DUE = ("CONFIRMED", "TRANSPARENT", "FREE")
"""The same for a deadline, which occupies no time."""


@dataclass(frozen=True, slots=True)
class _EventText:
    data: bytes
    zone: str | None = None
    """The time zone that its times name, which the calendar must then hold."""


class Calendars:
    """The calendars of one or more years."""

    def __init__(self, register: Register, plans: Sequence[Plan]) -> None:
        self._register = register
        meetings = [meeting for plan in plans for meeting in plan.meetings]
        years = {meeting.date.year for meeting in meetings}
        years |= {departure.date.year for meeting in meetings for departure in meeting.left}
        years |= {year for plan in plans for year in plan.planning_year.calendar_years} or {EPOCH}
        written = range(min(years), max(years) + AHEAD + 1)
        own = {meeting.timezone for meeting in meetings}
        own |= {departure.timezone for meeting in meetings for departure in meeting.left}
        names = {register.file.timezone, *filter(None, own)}
        self._zones = {name: zone_of(name, written) for name in sorted(names)}
        self._events: dict[str | Deadline | Departure, _EventText] = {}
        """Of meetings by id, of deadlines, and of departures."""
        for plan in plans:
            self._write(plan)

    def _write(self, plan: Plan) -> None:
        forums = {meeting.forum for meeting in plan.meetings} | {
            deadline.forum for deadline in plan.deadlines
        }
        wordings = {forum: Wording(self._register, forum, plan) for forum in forums}
        due = defaultdict(list)
        for deadline in plan.deadlines:
            due[deadline.meeting].append(deadline)
            self._events[deadline] = _deadline_event(deadline, plan, wordings[deadline.forum])
        for meeting in plan.meetings:
            wording = wordings[meeting.forum]
            text = wording.description(meeting, due[meeting.id])
            self._events[meeting.id] = self._meeting_event(meeting, plan, wording, text)
            for departure in meeting.left:
                seen = _seen(meeting, departure)
                self._events[departure] = self._meeting_event(
                    seen,
                    plan,
                    wording,
                    text if departure.ahead else wording.description_of_departure(departure),
                )

    def _event(self, item: Item) -> _EventText:
        return self._events[item.id if isinstance(item, Meeting) else item]

    def digest(self, item: Item) -> str:
        """Return a digest of what is shown of a meeting, a deadline or a departure, its stamps left out."""
        event = self._event(item)
        return sha256(STAMPS.sub(b"", event.data)).hexdigest()[:8]

    def calendar(self, name: str, items: Iterable[Item], *, feed: bool, about: str = "") -> bytes:
        """Return meetings or deadlines, in the order given: a feed to subscribe to, or a file to import.

        What is said `about` it some programs show beside its name.
        """
        name = cut(name)
        events = [self._event(item) for item in items]
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
        lines += [f"{key}:{escape(name)}" for key in ("NAME", "X-WR-CALNAME")]
        if about:
            lines += [f"{key}:{escape(about)}" for key in ("DESCRIPTION", "X-WR-CALDESC")]
        if feed:
            lines += [f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}", f"X-PUBLISHED-TTL:{REFRESH}"]
        parts = [fold(line.encode()) for line in lines]
        # A calendar holds at least one component, so an empty one holds its time zone.
        used = {event.zone for event in events} if events else {self._register.file.timezone}
        for name in sorted(filter(None, used)):
            zone = self._zones[name]
            parts.append(zone.data if zone else UTC_DATA)
        return b"".join((*parts, *(event.data for event in events), b"END:VCALENDAR\r\n"))

    def _meeting_event(self, meeting: Meeting, plan: Plan, wording: Wording, description: str) -> _EventText:
        name = meeting.timezone or self._register.file.timezone
        start, end, zone = start_and_end(meeting, name, self._zones[name])
        event = Event(UID=Text(plan.uid(meeting.id)), DTSTART=start, DTEND=end)
        _stamp(event, meeting)
        event["SUMMARY"] = Text(wording.summary(meeting))
        if place := location(self._register, plan, meeting):
            event["LOCATION"] = Text(cut(place))
        event["DESCRIPTION"] = Text(description)
        _show_as(event, AVAILABILITY[meeting.status])
        event.update(wording.properties)
        if organizer := wording.organizer(meeting):
            event["ORGANIZER"] = organizer
        if meeting.live and meeting.link:
            event["CONFERENCE"] = vUri(in_ascii(meeting.link), params={"VALUE": "URI"})
        if meeting.source:
            # By this whoever decided it knows the meeting as its own, should it read this calendar.
            event["X-KULTURSAM-SOURCE"] = Text(meeting.source)
        if meeting.live:
            _remind(event, wording.reminders)
        return _EventText(serialise(event), zone)


def _seen(meeting: Meeting, departure: Departure) -> Meeting:
    """Return a meeting as the organisation that has left it sees it: cancelled, whatever becomes of it.

    One that is back sees what all see, in a version of its own.
    """
    if departure.ahead:
        modified = max(meeting.modified, departure.modified)
        return replace(meeting, sequence=meeting.sequence + departure.ahead, modified=modified)
    return Meeting(
        id=meeting.id,
        forum=meeting.forum,
        number=meeting.number,
        date=departure.date,
        **{name: getattr(departure, name) for name in TIMES},
        status=Status.CANCELLED,
        sequence=departure.sequence,
        modified=departure.modified,
        created=meeting.created,
    )


def _deadline_event(deadline: Deadline, plan: Plan, wording: Wording) -> _EventText:
    meeting = plan.meeting(deadline.meeting) if deadline.meeting else None
    event = Event(UID=Text(plan.uid_of_deadline(deadline)))
    for key, day in (("DTSTART", deadline.date), ("DTEND", deadline.date + timedelta(days=1))):
        event[key] = vDate(day, params={"VALUE": "DATE"})
    _stamp(event, deadline)
    event["SUMMARY"] = Text(wording.summary_of_deadline(deadline, meeting))
    if description := wording.description_of_deadline(meeting):
        event["DESCRIPTION"] = Text(description)
    _show_as(event, AVAILABILITY[Status.CANCELLED] if deadline.cancelled else DUE)
    event.update(wording.properties)
    if not deadline.cancelled:
        _remind(event, wording.reminders_of_deadline(deadline, meeting))
    return _EventText(serialise(event))


def _remind(event: Event, reminders: Iterable[timedelta]) -> None:
    """Add alarms before the start, in the order of the file: Outlook takes one alone."""
    for reminder in reminders:
        alarm = Alarm(ACTION=Text("DISPLAY"), DESCRIPTION=event["SUMMARY"], TRIGGER=vDuration(-reminder))
        event.add_component(alarm)


def _stamp(event: Event, item: Meeting | Deadline) -> None:
    event["DTSTAMP"] = event["LAST-MODIFIED"] = vDatetime(item.modified.astimezone(UTC))
    event["CREATED"] = vDatetime(item.created.astimezone(UTC))
    event["SEQUENCE"] = vInt(item.sequence)


def _show_as(event: Event, shown: tuple[str, str, str]) -> None:
    for key, value in zip(("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"), shown, strict=True):
        event[key] = Text(value)
