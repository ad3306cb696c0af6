"""What events say of a forum and its meetings, as a person would, in the file's language."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from datetime import date
from functools import cache
from urllib.parse import quote

from icalendar import Parameters, vCalAddress, vText, vUri

from kultursam.forumfile.models import Contact, Forum
from kultursam.forumfile.register import Register
from kultursam.i18n import day_in_words, translations
from kultursam.plans.model import Deadline, Meeting, Origin, Plan, Status
from kultursam.render.ics.lines import MAX_UNITS, Text, cut, units

COLOURS = (
    "steelblue", "darkorange", "seagreen", "crimson", "mediumpurple", "saddlebrown", "deeppink", "teal",
    "goldenrod", "royalblue", "olivedrab", "indianred", "darkcyan", "orchid", "sienna", "slategray",
)  # fmt: skip
"""CSS3 names. A forum's id chooses, so that no other forum in the file can change its events."""
COLOUR_OF_FORMER = "gray"

_in_words = cache(day_in_words)


class Wording:
    """What the events of one forum say, in the file's language."""

    def __init__(self, register: Register, forum_id: str, plan: Plan) -> None:
        self._register = register
        self._forum = forum = register.forums.get(forum_id)
        self._name = forum.name if forum else plan.forums[forum_id].name
        self._people = self._who(forum) if forum else [self._labels(plan.forums[forum_id].organisations)]
        colour = COLOURS[zlib.crc32(forum_id.encode()) % len(COLOURS)] if forum else COLOUR_OF_FORMER
        self.marks: dict[str, vText | vUri] = {"CATEGORIES": Text(cut(self._name)), "COLOR": Text(colour)}
        """Properties that all of the forum's events have."""
        if address := register.address(f"{plan.year}.html"):
            self.marks["URL"] = vUri(address)
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
        return pattern.format(name=cut(name, MAX_UNITS - units(pattern.format(name=""))))

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


class _Quoted(Parameters):
    """Parameters that are quoted for a backslash too: outside quotes some readers take it for an escape."""

    quote_also = {"CN": " '\\"}  # noqa: RUF012 - as it is in the base class


def _organizer(contact: Contact) -> vCalAddress:
    address = vCalAddress("mailto:" + quote(contact.email, safe="@!$'*+"))
    address.params = _Quoted(CN=contact.name)
    return address
