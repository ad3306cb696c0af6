"""Messages to one person: what is new of a meeting, in words and for a calendar; or of several, in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape

from kultursam.forumfile.register import Register
from kultursam.i18n import N_, translations
from kultursam.mail import mime
from kultursam.mail.invitations import SAME_SEQUENCE, Guest, Invitations, News, Row
from kultursam.mail.outbox import Entry, Method, Told, organiser_key
from kultursam.mail.people import Organiser
from kultursam.plans.model import Meeting, Plan, Status
from kultursam.presentation import day_in_words, days_in_words, hours_in_words
from kultursam.render.ics import Scheduled, cut, scheduling_object

MOST_BYTES = 20 * 1024
"""Of a message."""
ROOM = (2000, 1000, 300, 0)
"""Characters that the text of a meeting may have, less where the message would be too large."""
LEAST_ROOM = 60
"""Characters that a name, place or link has at most in a message that would be too large."""
SUBJECTS = {
    News.NEW: N_("Invitation: {name}, {day}"),
    News.MOVED: N_("Moved: {name}, {day}"),
    News.CHANGED: N_("Changed: {name}, {day}"),
    News.CONFIRMED: N_("Confirmed: {name}, {day}"),
    News.RESTORED: N_("Held after all: {name}, {day}"),
    News.TEXT: N_("New details: {name}, {day}"),
    News.CANCELLED: N_("Cancelled: {name}, {day}"),
}
LEADS = {
    News.NEW: N_("{organiser} invites you to {name}."),
    News.MOVED: N_("{name} is moved."),
    News.CHANGED: N_("Something about {name} is changed."),
    News.CONFIRMED: N_("The date of {name} is confirmed."),
    News.RESTORED: N_("{name} was cancelled, and is held after all."),
    News.TEXT: N_("What is said of {name} has changed; when and where it is held has not."),
    News.CANCELLED: N_("{name} is cancelled."),
}
NO_LONGER = N_("You no longer take part in {name}; others do.")
ANSWER = N_(
    "What to do: open this mail in your calendar program, and accept, answer tentatively or decline. If your "
    "organisation is not the sender's, Outlook puts the meeting into your calendar, or moves it there, only "
    "then."
)
NO_ANSWER = N_(
    "What to do: open this mail, so that your calendar follows. An answer that you gave still holds; you "
    "need not answer again."
)
REMOVE = N_(
    "What to do: open this mail, and remove the meeting from your calendar if it does not vanish by itself."
)
BY_HAND = N_(
    "What to do: write into your calendar what concerns you. You asked for mails without calendar entries."
)
WHO_ASKS = N_("{organiser} ({email}) sends this.")
QUESTIONS = N_("Questions about the meeting: {name} ({email}).")
IS_TEST = N_("A test: this would be sent to {role} at {organisation}.")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is said of a meeting: what it is now, and was."""

    label: str
    now: str
    before: str = ""
    """Empty where it was the same, or is not to be told."""


@dataclass(frozen=True, slots=True)
class Section:
    """What is said of one meeting."""

    lead: Sequence[str]
    facts: Sequence[Fact]
    text: str


class Writer:
    """Writes the messages of a year."""

    def __init__(
        self,
        register: Register,
        plan: Plan,
        invitations: Invitations,
        organiser: Organiser,
        *,
        test: str = "",
    ) -> None:
        """Take what messages are about, who invites, and the address of a mailbox for tests, if it is one."""
        self._register, self._plan, self._invitations = register, plan, invitations
        self._organiser, self._test = organiser, test
        self._language = register.file.language
        self._gettext = translations(self._language).gettext

    def _(self, message: str, **values: object) -> str:
        """Translate a message and fill it."""
        return self._gettext(message).format(**values)

    def write(self, rows: Sequence[Row], now: datetime) -> tuple[Entry, bytes]:
        """Return the message that tells a mailbox some rows: one, or all of a digest."""
        guest = addressed = rows[0].guest
        if self._test:
            guest = replace(guest, address=self._test, name="")
        stamps = [row.known.stamp + timedelta(seconds=1) for row in rows if row.known.stamp]
        at = max(now, *stamps) if stamps else now
        key = _key(rows, f"{self._test}\0{addressed.mailbox}" if self._test else guest.mailbox, at)
        method = rows[0].method
        items = tuple(row.item for row in rows)
        message_id = f"{key}@{self._plan.domain}"
        organiser = organiser_key(self._organiser.email)
        entry = Entry(
            message_id, at, method, guest.address, guest.role, guest.organisation, items, organiser=organiser
        )
        for room in ROOM:
            raw = self._message(entry, rows, guest, room)
            if len(raw) < MOST_BYTES:
                break
        return entry, raw

    def _message(self, entry: Entry, rows: Sequence[Row], guest: Guest, room: int) -> bytes:
        single = rows[0] if entry.method is not Method.DIGEST else None
        sections = [self._section(row, room, told=single is not None) for row in rows]
        opening, closing = self._opening(guest), self._closing(rows)
        parts = [
            ("text/plain; charset=UTF-8", mime.body(self._plain(opening, sections, closing))),
            ("text/html; charset=UTF-8", mime.body(self._html(opening, sections, closing))),
        ]
        if single:
            kind = f"text/calendar; method={entry.method}; charset=UTF-8"
            parts.append((kind, scheduling_object(self._scheduled(entry, single, guest, room))))
        head = {
            "From": mime.mailbox(self._organiser.name, self._organiser.email),
            "To": mime.mailbox(guest.name, guest.address),
            "Subject": mime.unstructured(cut(self._subject(rows))),
            "Message-ID": f"<{entry.id}>",
        }
        return mime.alternative(head, entry.at, entry.id.partition("@")[0], parts)

    # --- what is said ---------------------------------------------------------------------------------

    def _subject(self, rows: Sequence[Row]) -> str:
        if rows[0].method is Method.DIGEST:
            return self._("News of meetings: {name}", name=self._register.file.name)
        day = day_in_words(rows[0].now.date, self._language, year=True)
        return self._(SUBJECTS[rows[0].kind], name=cut(rows[0].now.name, 150), day=day)

    def _opening(self, guest: Guest) -> list[str]:
        if self._test:
            organisation = self._register.label(guest.organisation)
            return [self._(IS_TEST, role=guest.role, organisation=organisation)]
        return [self._("Hello {name},", name=mime.one_line(guest.name))] if guest.name else []

    def _closing(self, rows: Sequence[Row]) -> list[str]:
        row = rows[0]
        if row.method is Method.DIGEST:
            to_do = BY_HAND
        elif row.kind is News.CANCELLED:
            to_do = REMOVE
        else:
            to_do = NO_ANSWER if row.kind in SAME_SEQUENCE else ANSWER
        name, email = mime.one_line(self._organiser.name), self._organiser.email
        lines = [self._(to_do), self._(WHO_ASKS, organiser=name, email=email)]
        forum = self._register.forums.get(row.forum)
        contact = forum.on(row.now.date).contact if forum else None
        if contact and row.method is not Method.DIGEST:
            lines.append(self._(QUESTIONS, name=contact.name, email=contact.email))
        return lines

    def _section(self, row: Row, room: int, *, told: bool) -> Section:
        name = mime.one_line(_cut(row.now.name, room))
        lead = LEADS[row.kind] if not row.left else NO_LONGER
        lines = [self._(lead, name=name, organiser=mime.one_line(self._organiser.name))]
        meeting = self._plan.meeting(row.meeting)
        if row.kind is News.CANCELLED and not row.left and meeting and meeting.reason:
            lines.append(self._("The reason: {reason}", reason=cut(meeting.reason)))
        text = self._text(row, meeting, room if told else 0)
        if row.now.status is Status.PROPOSED and not text:
            lines.append(self._("The date is proposed and may change."))
        return Section(lines, self._facts(row, room), text)

    def _facts(self, row: Row, room: int) -> list[Fact]:
        # What was cancelled is told as it was known.
        before = row.before if row.before and row.before.live and row.kind is not News.CANCELLED else row.now
        pairs = [
            (self._("When"), self._when(row.now), self._when(before)),
            (self._("Where"), _cut(row.now.location, room), _cut(before.location, room)),
            (self._("Join here"), _link(row.now, room), _link(before, room)),
        ]
        return [
            Fact(label, now or "–", (was or "–") if was != now else "")
            for label, now, was in pairs
            if now or was
        ]

    def _when(self, told: Told) -> str:
        meeting = told.as_meeting(self._register.file.timezone)
        days = days_in_words(meeting, self._language, year=True)
        return f"{days}, {hours_in_words(meeting, self._language)}"

    def _text(self, row: Row, meeting: Meeting | None, room: int) -> str:
        if meeting is None or row.kind is News.CANCELLED or not room:
            return ""
        return cut(self._invitations.description(meeting), room)

    # --- how it is said -------------------------------------------------------------------------------

    def _plain(self, opening: Sequence[str], sections: Sequence[Section], closing: Sequence[str]) -> str:
        parts = list(opening)
        for section in sections:
            parts.append("\n".join(section.lead))
            width = max(len(fact.label) for fact in section.facts) + 2
            lines = []
            for fact in section.facts:
                lines.append(f"{fact.label + ':':{width}}{fact.now}")
                if fact.before:
                    lines.append(f"{'':{width}}{self._before(fact.before)}")
            parts.append("\n".join(lines))
            parts += [section.text] if section.text else []
        return "\n\n".join([*parts, *closing]) + "\n"

    def _html(self, opening: Sequence[str], sections: Sequence[Section], closing: Sequence[str]) -> str:
        parts = [_paragraph(line) for line in opening]
        for section in sections:
            parts += [_paragraph(line) for line in section.lead]
            rows = "".join(self._row(fact) for fact in section.facts)
            parts.append(f"<table>{rows}</table>")
            parts += [_paragraph(part) for part in section.text.split("\n\n") if part]
        parts += [_paragraph(line) for line in closing]
        language, title = escape(self._language), escape(mime.one_line(self._register.file.name))
        head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
        body = "\n".join(parts)
        return f'<!DOCTYPE html>\n<html lang="{language}">\n{head}\n<body>\n{body}\n</body>\n</html>\n'

    def _row(self, fact: Fact) -> str:
        now = escape(fact.now)
        if fact.now.startswith(("https://", "http://")):
            now = f'<a href="{now}">{now}</a>'
        else:
            now = f"<b>{now}</b>"
        if fact.before:
            now += f"<br>{self._before(escape(fact.before))}"
        return f'<tr><th align="left" valign="top" scope="row">{escape(fact.label)}</th><td>{now}</td></tr>'

    def _before(self, was: str) -> str:
        return self._("before: {was}", was=was)

    def _scheduled(self, entry: Entry, row: Row, guest: Guest, room: int) -> Scheduled:
        told = row.now
        meeting = self._plan.meeting(row.meeting)
        summary = told.name if told.live else self._("CANCELLED: {name}", name=told.name)
        return Scheduled(
            uid=row.uid,
            sequence=row.sequence,
            stamp=entry.at,
            meeting=told.as_meeting(self._register.file.timezone),
            timezone=told.timezone,
            summary=summary,
            description=self._text(row, meeting, room),
            location=told.location,
            organiser=(self._organiser.name, self._organiser.email),
            attendee=(guest.name, guest.address),
            required=guest.required,
            partstat=row.known.partstat if row.kind in SAME_SEQUENCE else "",
        )


def _cut(text: str, room: int) -> str:
    """Return a name or place, shorter where there is no room."""
    return cut(text) if room else cut(text, LEAST_ROOM)


def _link(told: Told, room: int) -> str:
    """Return a link whole, or not at all: a part of it leads nowhere."""
    link = told.link or ""
    return link if len(link) <= max(room, LEAST_ROOM) else ""


def _paragraph(text: str) -> str:
    return f"<p>{escape(text).replace(chr(10), '<br>')}</p>"


def _key(rows: Sequence[Row], mailbox: str, at: datetime) -> str:
    """Return what a message is known by: the same for the same news to the same person."""
    facts = [mailbox, rows[0].method.value]
    for row in rows:
        facts += [row.uid, str(row.sequence)]
        if row.sequence == row.known.sequence:
            # News that keep the sequence.
            facts.append(str(row.known.sendings))
    if rows[0].method is Method.DIGEST:
        facts.append(at.isoformat())
    return sha256("\0".join(facts).encode("utf-8", "surrogatepass")).hexdigest()[:40]
