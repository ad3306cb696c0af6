"""What events say of a forum and its meetings, in the file's language."""

import zlib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from operator import attrgetter

from icalendar import vCalAddress, vText, vUri

from kultursam.forumfile.meeting_models import DeadlineRule, Renewal
from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.plans.model import Deadline, Departure, Meeting, Origin, Plan, Status
from kultursam.presentation import day_in_words, days_in_words, hours_in_words, label, roles_of
from kultursam.render.ics.addresses import address
from kultursam.render.ics.lines import MAX_UNITS, Text, cut, units

COLOURS = (
    "steelblue", "darkorange", "seagreen", "crimson", "mediumpurple", "saddlebrown", "deeppink", "teal",
    "goldenrod", "royalblue", "olivedrab", "indianred", "darkcyan", "orchid", "sienna", "slategray",
)  # fmt: skip
"""CSS3 names. The forum's id chooses one, so that other forums in the file never change its events."""


class Wording:
    """What the events of a forum say in a year, in the file's language."""

    def __init__(self, register: Register, forum_id: str, plan: Plan) -> None:
        self._register = register
        self._forum = forum = register.forums.get(forum_id)
        self._name = forum.name if forum else plan.forums[forum_id].name
        self._plan = plan
        colour = COLOURS[zlib.crc32(forum_id.encode()) % len(COLOURS)]
        self.properties: dict[str, vText | vUri] = {
            "CATEGORIES": Text(cut(self._name)),
            "COLOR": Text(colour),
        }
        """Properties that all of the forum's events have."""
        if page := register.address(f"{plan.year}.html"):
            self.properties["URL"] = vUri(page)
        self.reminders = forum.reminder if forum else ()
        """How long before a meeting it reminds of itself."""

    def _(self, message: str, **values: object) -> str:
        """Translate a message and fill it."""
        return translations(self._register.file.language).gettext(message).format(**values)

    def summary(self, meeting: Meeting) -> str:
        """Return the title of a meeting."""
        name, reserved = self._name_of(meeting), meeting.origin is Origin.RESERVED
        pattern = self._("{name} (reserved)", name="{name}") if reserved else "{name}"
        return self._title(pattern, name, cancelled=not meeting.live)

    def _name_of(self, meeting: Meeting) -> str:
        window = self._forum.window_on(meeting.date) if self._forum else None
        return f"{self._name}: {window.name}" if window and window.name else self._name

    def summary_of_deadline(self, deadline: Deadline, meeting: Meeting | None) -> str:
        """Return the title of a deadline, of a meeting or of a term."""
        name = self._name_of(meeting) if meeting else self._name
        return self._title("{name}", f"{deadline.name}: {name}", cancelled=deadline.cancelled)

    def organizer(self, meeting: Meeting) -> vCalAddress | None:
        """Return whom to ask about a meeting."""
        contact = self._forum.on(meeting.date).contact if self._forum else None
        return address(contact.name, contact.email) if contact else None

    def _title(self, pattern: str, name: str, *, cancelled: bool) -> str:
        """Return a name in its pattern; a long name is cut, but the words for its state stay whole."""
        if cancelled:
            pattern = self._("CANCELLED: {name}", name=pattern)
        return pattern.format(name=cut(name, MAX_UNITS - units(pattern.format(name=""))))

    def reminders_of_deadline(self, deadline: Deadline, meeting: Meeting | None) -> tuple[timedelta, ...]:
        """Return how long before it is due a deadline reminds of itself."""
        if self._forum is None:
            return ()
        rules: Iterable[DeadlineRule | Renewal] = self._forum.on(meeting.date).deadlines if meeting else ()
        if deadline.meeting is None:
            rules = [self._forum.term.renewal] if self._forum.term and self._forum.term.renewal else []
        return next((rule.reminder for rule in rules if rule.name == deadline.name), ())

    def description(self, meeting: Meeting, due: Iterable[Deadline]) -> str:
        """Return the meeting in words: its state, purpose, people and deadlines."""
        paragraphs = [self._state(meeting), self._substance(), self._taking_part(meeting)]
        if meeting.live:
            paragraphs.append(self._dates(due))
        return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)

    def description_of_departure(self, departure: Departure) -> str:
        """Return why a meeting is cancelled for an organisation or a role, though others hold it."""
        if departure.role:
            return self._("Nobody takes part in this meeting as {role} any more.", role=departure.role)
        return self._("Your organisation no longer takes part in this meeting.")

    def description_of_deadline(self, meeting: Meeting | None) -> str:
        """Return what the deadline belongs to."""
        if meeting and meeting.live:
            return self._of_deadline(meeting)
        if meeting:
            return self._ended(meeting)
        if self._forum and self._forum.term:
            term = self._register.file.terms[self._forum.term.of]
            return self._("{term} is in force until {date}.", term=term.name, date=self._day(term.to))
        return ""

    def _of_deadline(self, meeting: Meeting) -> str:
        """Return when the meeting is that something is due for."""
        language = self._register.file.language
        if meeting.days > 1 or meeting.time.is_all_day or meeting.timezone:
            days = days_in_words(meeting, language, year=True)
            hours = hours_in_words(meeting, language)
            return self._("The meeting is on {date}, {hours}.", date=days, hours=hours)
        day, start, end = self._day(meeting.date), f"{meeting.start:%H:%M}", f"{meeting.end:%H:%M}"
        return self._("The meeting is on {date}, {start} to {end}.", date=day, start=start, end=end)

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
        if meeting.days > 1 and not meeting.time.is_all_day:
            hours = hours_in_words(meeting, self._register.file.language)
            lines.append(self._("Each day: {hours}", hours=hours))
        if meeting.live and meeting.link:
            lines.append(self._("Join here: {link}", link=meeting.link))
        return lines

    def _substance(self) -> list[str]:
        if self._forum is None:
            return []
        lines = [self._forum.purpose] if self._forum.purpose else []
        also = [
            self._("{name} ({minutes} min)", name=activity.name, minutes=activity.minutes)
            if activity.minutes
            else activity.name
            for activity in self._forum.also
        ]
        return [*lines, self._("In the same meeting: {names}", names=", ".join(also))] if also else lines

    def _taking_part(self, meeting: Meeting) -> list[str]:
        lines = [self._("Taking part:"), *self._people(meeting)]
        if meeting.host:
            lines.append(self._("Host: {organisation}", organisation=self._labels([meeting.host])))
        return lines

    def _dates(self, due: Iterable[Deadline]) -> list[str]:
        live = [deadline for deadline in due if not deadline.cancelled]
        live.sort(key=attrgetter("date", "number"))
        lines = [f"{deadline.name}: {self._day(deadline.date)}" for deadline in live]
        return [self._("Deadlines:"), *lines] if lines else []

    def _people(self, meeting: Meeting) -> list[str]:
        """Return who takes part, or did: by role where roles are recorded, or the forum file has them."""
        roles = roles_of(self._register, self._plan, meeting)
        if not roles:
            return [self._labels(self._plan.organisations_of(meeting))]
        return [f"{role}: {', '.join(self._attending(meeting, role, present))}" for role, present in roles]

    def _attending(self, meeting: Meeting, role: str, organisations: Iterable[str]) -> Iterator[str]:
        """Yield the organisations that send a role; those without which it meets are marked."""
        for key in organisations:
            name = label(self._register, self._plan, key)
            optional = meeting.live and self._register.is_optional(meeting.forum, role, key)
            yield self._("{name} (optional)", name=name) if optional else name

    def _labels(self, organisations: Iterable[str]) -> str:
        return ", ".join(label(self._register, self._plan, key) for key in organisations)

    def _day(self, day: date) -> str:
        return day_in_words(day, self._register.file.language, year=True)
