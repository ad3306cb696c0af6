"""Invitations, and their ends, as calendars exchange them by mail (RFC 5546): one event, for one person.

The rules of Outlook and Exchange are in MS-OXCICAL: a request is shown as tentative until it is answered, and
INTENDEDSTATUS tells what it is to become.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from icalendar import Event, vDatetime, vInt, vUri

from kultursam.forumfile.register import in_ascii
from kultursam.plans.model import Meeting, Status
from kultursam.render.ics.addresses import address
from kultursam.render.ics.lines import PRODUCT, Text, cut, fold, serialise
from kultursam.render.ics.moments import start_and_end
from kultursam.render.ics.zones import AHEAD, Zone, zone_of

SHOWN_AS = {
    Status.PROPOSED: ("TENTATIVE", "OPAQUE", "TENTATIVE", "TENTATIVE"),
    Status.CONFIRMED: ("CONFIRMED", "OPAQUE", "TENTATIVE", "BUSY"),
    Status.CANCELLED: ("CANCELLED", "TRANSPARENT", "FREE", "FREE"),
}
"""STATUS, TRANSP, and Outlook's BUSYSTATUS and INTENDEDSTATUS."""
NO_ANSWER = "NEEDS-ACTION"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One meeting as one person is invited to it, or no longer."""

    uid: str
    sequence: int
    stamp: datetime
    meeting: Meeting
    timezone: str
    summary: str
    description: str
    location: str
    organiser: tuple[str, str]
    """Name and address."""
    attendee: tuple[str, str]
    """Likewise; the name may be empty."""
    required: bool = True
    partstat: str = ""
    """The answer, where one is known that is to be kept."""


@cache
def _zone(name: str, year: int) -> Zone | None:
    return zone_of(name, range(year, year + AHEAD + 1))


def scheduling_object(one: Scheduled) -> bytes:
    """Return a calendar that invites to a meeting, or takes that back if the meeting is cancelled."""
    live = one.meeting.live
    zone = _zone(one.timezone, one.meeting.date.year)
    start, end, named = start_and_end(one.meeting, one.timezone, zone)
    event = Event(UID=Text(one.uid), DTSTAMP=vDatetime(one.stamp.astimezone(UTC)), DTSTART=start, DTEND=end)
    event["SEQUENCE"] = vInt(one.sequence)
    event["ORGANIZER"] = address(*one.organiser)
    role = "REQ-PARTICIPANT" if one.required else "OPT-PARTICIPANT"
    answer = one.partstat or NO_ANSWER
    asked = {"PARTSTAT": answer, "RSVP": "TRUE" if answer == NO_ANSWER else "FALSE"} if live else {}
    event["ATTENDEE"] = address(*one.attendee, CUTYPE="INDIVIDUAL", ROLE=role, **asked)
    event["SUMMARY"] = Text(cut(one.summary))
    if one.location:
        event["LOCATION"] = Text(cut(one.location))
    if one.description:
        event["DESCRIPTION"] = Text(one.description)
    if live and one.meeting.link:
        event["CONFERENCE"] = vUri(in_ascii(one.meeting.link), params={"VALUE": "URI"})
    keys = ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-INTENDEDSTATUS")
    event.update(zip(keys, map(Text, SHOWN_AS[one.meeting.status]), strict=True))
    method = "REQUEST" if live else "CANCEL"
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", f"METHOD:{method}")
    lines = b"".join(fold(line.encode()) for line in head)
    return lines + (zone.data if zone and named else b"") + serialise(event) + b"END:VCALENDAR\r\n"
