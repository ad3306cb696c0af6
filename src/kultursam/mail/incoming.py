"""What one mail says of invitations: answers, proposals of other times, that one did not arrive.

Anybody may have written it. What it asks for is bounded before it is taken apart, its words are kept as they
are, and what cannot be read with certainty is told.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import policy
from email.message import Message as MailPart
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kultursam.dates.busy_calendars import Event, read_titled_events
from kultursam.dates.calendar_lines import CalendarError, CalendarFile, Component, Line, plain, read_lines
from kultursam.i18n import Message

PROPERTIES = ("ATTENDEE", "COMMENT", "DTSTAMP", "PRODID")
"""What answers have beside what says when."""
MULTIPART = re.compile(rb"(?:\A|[\r\n])content-type:\s*(?:multipart|message)/", re.IGNORECASE)
FIELD = re.compile(rb"(?:\A|[\r\n])(content-[a-z-]+:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*)", re.IGNORECASE)
"""What says what a part is, folded or not."""
MOST_NESTED, MOST_PARTS, MOST_LINES, MOST_FIELD = 30, 1000, 300_000, 8192
"""Of a mail: parts with parts in them, lines that may divide parts, lines, and bytes of a `FIELD`."""
MOST_EVENTS = 100
"""Events of a calendar that are read as answers."""
MOST_HEAD, MOST_NAMED = 16_384, 200
"""Characters of a line of a mail's head that are read, and mails or persons that are named in one."""
MOST_COMMENT = 500
"""Characters that are kept of what somebody writes with an answer."""
CHARSET = re.compile("(?:utf|iso|cp|ascii|koi|gb|big5|euc|shift|mac|latin).*")
"""Character sets that mails are written in; the machine knows others, which are no such thing."""
ADDRESS = re.compile(r"[^\s<>@,;:\"]{1,64}@[^\s<>@,;:\"]{1,255}")
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
MOMENT = re.compile("([0-9]{8}T[0-9]{6})Z?", re.IGNORECASE)
BIG_UID = re.compile("[0-9A-F]{80,2000}", re.IGNORECASE)
UID_INSIDE = b"vCal-Uid\1\0\0\0"
"""Outlook's own names of meetings hold the UID of another program behind this."""
SAYS_ANSWER = re.compile(rb"^METHOD:(?:REPLY|COUNTER)\s*$", re.MULTILINE | re.IGNORECASE)
QUOTE = re.compile(
    r"\s*>|-- ?$|_{5,}|-{3,}|\*{0,2}(?:Från|From|Fra|Von|De|Lähettäjä):"
    r"|.{0,200}(?:skrev|wrote|schrieb).{0,80}:$"
)
"""How the line begins from which on a mail quotes another, or is signed."""
LAME_CLOCK = 2
"""Days that a clock may be wrong: what is dated later has no date."""
SEALED = {
    "application/ms-tnef",
    "application/pkcs7-mime",
    "application/x-pkcs7-mime",
    "application/pgp-encrypted",
}
CALENDARS = {"text/calendar", "application/ics", "text/x-vcalendar"}

TOO_COMPLEX = Message("it has too many parts or lines")
UNREADABLE = Message("it is no mail that can be read")
BROKEN = Message("its calendar is broken, or cut short")
TOO_MANY_EVENTS = Message("its calendar has too many events")
NO_ATTENDEE = Message("it says nobody's answer")
OUTLOOK_ALONE = Message(
    "it is in a form that only Outlook reads (winmail.dat): look at it there, or ask for another"
)
ENCRYPTED = Message("it is encrypted")


class Status(StrEnum):
    """What somebody answered."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    DELEGATED = "delegated"


class Kind(StrEnum):
    """What a mail is, where it is no answer that a calendar program wrote."""

    AWAY = "away"
    """An automatic reply."""
    UNDELIVERED = "undelivered"
    DELAYED = "delayed"
    WORDS = "words"
    """Written by hand, or by nobody we know."""


class Attendee(NamedTuple):
    """Whose answer it is, and what; addresses in small letters."""

    address: str
    status: Status | None
    delegate: str = ""
    """Who comes instead."""
    delegator: str = ""
    """Instead of whom."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer to an invitation says. Times are local to the forum file, without a zone."""

    uid: str
    attendees: tuple[Attendee, ...]
    proposal: bool
    """Whether another time is proposed: the event's."""
    sequence: int | None
    stamp: datetime | None
    """When it was given, in UTC."""
    event: Event | None
    """The time that it is about, where it says so."""
    comment: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a mail says."""

    sender: str
    """An address in small letters; it proves nothing."""
    references: tuple[str, ...]
    """The Message-IDs of the mails that it answers or tells of, the nearest first."""
    sent: datetime | None
    kind: Kind
    answers: tuple[Answer, ...] = ()
    recipients: tuple[str, ...] = ()
    """Of a mail that was not delivered: to whom, as far as that is said."""
    fault: Message | None = None
    """Why an answer that it has cannot be read."""


@dataclass(frozen=True, slots=True)
class Clock:
    """By whose clocks times are read, and around when."""

    zone: ZoneInfo
    now: datetime

    @property
    def span(self) -> tuple[date, date]:
        """The days on which proposed times are understood."""
        return date(self.now.year - 2, 1, 1), date(self.now.year + 5, 12, 31)

    def moment(self, text: str) -> datetime | None:
        """Return the moment that a DTSTAMP names; none for what is none, or is yet to come."""
        try:
            match = MOMENT.fullmatch(text)
            return (
                self.known(datetime.strptime(match[1].upper(), "%Y%m%dT%H%M%S").replace(tzinfo=UTC))
                if match
                else None
            )
        except ValueError:
            return None

    def known(self, moment: datetime) -> datetime | None:
        """Return a moment, unless it is yet to come: such an answer would count for good."""
        return moment if (moment - self.now).days < LAME_CLOCK else None


def read_mail(data: bytes, clock: Clock) -> Incoming:
    """Return what a mail says. What cannot be read of it is told in it; nothing is raised."""
    if _is_complex(data):
        return Incoming("", (), None, Kind.WORDS, fault=TOO_COMPLEX)
    try:
        return _Reader(BytesParser(policy=policy.compat32).parsebytes(data), clock).read()
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        # The library raises errors of many kinds on what it did not expect.
        return Incoming("", (), None, Kind.WORDS, fault=UNREADABLE)


def _is_complex(data: bytes) -> bool:
    """Return whether it would take long to take a mail apart."""
    return (
        data.count(b"\n") + data.count(b"\r") > 2 * MOST_LINES
        or data.count(b"\n--") + data.count(b"\r--") > MOST_PARTS
        or sum(1 for _ in MULTIPART.finditer(data)) > MOST_NESTED
        or any(len(match[1]) > MOST_FIELD for match in FIELD.finditer(data))
    )


class _Reader:
    """What is read of one mail."""

    def __init__(self, mail: MailPart, clock: Clock) -> None:
        self._mail = mail
        self._clock = clock
        self._faults: list[Message] = []

    def read(self) -> Incoming:
        """Return what the mail says."""
        sender = parseaddr(self._head("From")[:1000])[1].lower()
        sent = self._sent()
        parts = list(_parts(self._mail))
        references = self._references()
        if report := self._report():
            kind, recipients = report
            returned = [
                one for part in self._mail.walk() for one in MESSAGE_ID.findall(_text_of(part)[:MOST_HEAD])
            ]
            named = tuple(dict.fromkeys([*references, *returned]))[:MOST_NAMED]
            return Incoming(sender, named, sent, kind, (), recipients)
        answers = tuple(self._answers(parts))
        if not answers:
            self._faults += [
                _sealed(part) for part in parts if part.get_content_type() in SEALED or _is_tnef(part)
            ]
        fault = None if answers else next(iter(self._faults), None)
        return Incoming(
            sender, references, sent, Kind.AWAY if self._is_automatic() else Kind.WORDS, answers, (), fault
        )

    def _head(self, name: str) -> str:
        return str(self._mail.get(name, ""))[:MOST_HEAD]

    def _references(self) -> tuple[str, ...]:
        named = [MESSAGE_ID.findall(self._head(name)) for name in ("In-Reply-To", "References")]
        return tuple(dict.fromkeys([*named[0], *reversed(named[1])]))[:MOST_NAMED]

    def _sent(self) -> datetime | None:
        try:
            moment = parsedate_to_datetime(self._head("Date")[:100])
            return self._clock.known(
                (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
            )
        except (ValueError, TypeError, OverflowError):
            return None

    def _is_automatic(self) -> bool:
        submitted = self._head("Auto-Submitted").lower()
        return (
            submitted.startswith(("auto-replied", "auto-generated"))
            or self._head("Precedence").lower().strip() == "auto_reply"
            or any(self._mail.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autorespond-To"))
        )

    # --- mails that did not arrive ---

    def _report(self) -> tuple[Kind, tuple[str, ...]] | None:
        """Return of a report of a mail server what it tells, and of whom; a receipt tells nothing wrong."""
        failed = tuple(one.lower() for one in ADDRESS.findall(self._head("X-Failed-Recipients")))
        if self._mail.get_content_type() != "multipart/report":
            return (Kind.UNDELIVERED, failed[:MOST_NAMED]) if failed else None
        told: dict[str, list[str]] = {}
        for part in self._mail.walk():
            action = str(part.get("Action", "")).partition("(")[0].strip().lower()
            recipients = (
                str(part.get(name, ""))[:1000] for name in ("Original-Recipient", "Final-Recipient")
            )
            if action in {"failed", "delayed"}:
                told.setdefault(action, []).extend(
                    one.lower() for text in recipients for one in ADDRESS.findall(text)
                )
        if not told:
            return None
        action = "failed" if "failed" in told else "delayed"
        kind = Kind.UNDELIVERED if action == "failed" else Kind.DELAYED
        return kind, tuple(dict.fromkeys(told[action]))[:MOST_NAMED]

    # --- answers ---

    def _answers(self, parts: Sequence[MailPart]) -> Iterator[Answer]:
        """Yield the answers of a mail's calendars, each once: many mails have their calendar twice."""
        known: set[tuple[object, ...]] = set()
        for part in parts:
            if part.get_content_type() not in CALENDARS and not _file_name(part).endswith((".ics", ".vcs")):
                continue
            for answer in self._of_calendar(_utf8(part), str(part.get_param("method", "")).upper(), parts):
                key = (answer.uid, answer.attendees, answer.proposal, answer.sequence, answer.event)
                if key not in known:
                    known.add(key)
                    yield answer

    def _of_calendar(self, data: bytes, method: str, parts: Sequence[MailPart]) -> Iterator[Answer]:
        try:
            file = read_lines(data, more=PROPERTIES)
        except CalendarError:
            if SAYS_ANSWER.search(data.replace(b"\r", b"\n")) or method in {"REPLY", "COUNTER"}:
                # What exactly is wrong would be told with a line of it, which may name somebody.
                self._faults.append(BROKEN)
            return
        for calendar in file.calendars:
            says = calendar.word("METHOD") or method
            events = list(calendar.of("VEVENT"))
            if says not in {"REPLY", "COUNTER"}:
                continue
            if len(events) > MOST_EVENTS:
                self._faults.append(TOO_MANY_EVENTS)
                continue
            times = self._times(file, events)
            body = _words(parts) if "Microsoft" in _value(calendar.first("PRODID")) else ""
            for event in _whole(events):
                answer = _answer(event, times.get(event.at), self._clock, body, proposal=says == "COUNTER")
                if answer.attendees or answer.proposal:
                    yield answer
                else:
                    self._faults.append(NO_ATTENDEE)

    def _times(self, file: CalendarFile, events: Sequence[Component]) -> dict[int, Event]:
        """Return the times of a calendar's events, by where they begin; meetings of ours do not recur."""
        if any(event.first(name) for event in events for name in ("RRULE", "RDATE")):
            return {}
        try:
            timed, _ = read_titled_events(file.text, self._clock.zone, *self._clock.span)
        except CalendarError:
            return {}
        by_line = {one.line: one.event for one in timed}
        lines = {event.at: file.text.count(b"\n", 0, event.at) for event in events}
        return {at: by_line[line] for at, line in lines.items() if line in by_line}


def _answer(event: Component, time: Event | None, clock: Clock, body: str, *, proposal: bool) -> Answer:
    sequence = _value(event.first("SEQUENCE"))
    comment = plain(" ".join(line.value for line in event.all("COMMENT")[:10])) or body
    return Answer(
        uid=_uid(_value(event.first("UID"))),
        attendees=tuple(_attendees(event)),
        proposal=proposal,
        sequence=int(sequence) if re.fullmatch("[0-9]{1,9}", sequence) else None,
        stamp=clock.moment(_value(event.first("DTSTAMP"))),
        event=time,
        comment=comment if len(comment) <= MOST_COMMENT else f"{comment[:MOST_COMMENT]}…",
    )


def _whole(events: Sequence[Component]) -> list[Component]:
    """Return events without those that are said to be one of a series, where the series is there too."""
    masters = {_value(event.first("UID")) for event in events if not event.first("RECURRENCE-ID")}
    return [
        event
        for event in events
        if not event.first("RECURRENCE-ID") or _value(event.first("UID")) not in masters
    ]


def _attendees(event: Component) -> Iterator[Attendee]:
    for line in event.all("ATTENDEE")[:MOST_NAMED]:
        parameters, value = line.parts
        # Apple names people by paths of its own, with the address beside.
        address = _address(value) or _address(parameters.get("EMAIL", ""))
        word = parameters.get("PARTSTAT", "").lower()
        status = Status(word) if word in set(Status) else None
        delegate, delegator = (_address(parameters.get(f"DELEGATED-{end}", "")) for end in ("TO", "FROM"))
        if address:
            yield Attendee(address, status, delegate, delegator)


def _address(text: str) -> str:
    match = ADDRESS.search(re.sub(r"(?i)\bmailto:", " ", text))
    return match[0].lower() if match else ""


def _uid(text: str) -> str:
    """Return the UID that a calendar has; of one that Outlook has packed into its own, that within."""
    if BIG_UID.fullmatch(text) and len(text) % 2 == 0:
        _, found, inside = bytes.fromhex(text).partition(UID_INSIDE)
        if found:
            return inside.partition(b"\0")[0].decode("utf-8", "replace")
    return text


def _value(line: Line | None) -> str:
    return line.value if line else ""


# --- parts of mails ---------------------------------------------------------------------------------------


def _parts(mail: MailPart) -> Iterator[MailPart]:
    """Yield the parts of a mail that hold no others; a mail that is attached is none of its words."""
    if mail.get_content_maintype() == "message":
        return
    if not mail.is_multipart():
        yield mail
        return
    for part in mail.get_payload():
        if isinstance(part, MailPart):
            yield from _parts(part)


def _file_name(part: MailPart) -> str:
    return (part.get_filename() or "").lower()


def _is_tnef(part: MailPart) -> bool:
    return _file_name(part) == "winmail.dat"


def _sealed(part: MailPart) -> Message:
    return OUTLOOK_ALONE if _is_tnef(part) or part.get_content_type() == "application/ms-tnef" else ENCRYPTED


def _bytes(part: MailPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _utf8(part: MailPart) -> bytes:
    """Return a part's text in UTF-8: that is looked for first, as programs write it under other names."""
    data = _bytes(part)
    for charset in ("utf-8", part.get_content_charset() or ""):
        try:
            if CHARSET.fullmatch(codecs.lookup(charset).name):
                text = data.decode(charset)
                if "\0" not in text:
                    return text.encode("utf-8", "replace")
        except (LookupError, ValueError):
            continue
    return data


def _text_of(part: MailPart) -> str:
    """Return the head of a part, and what it says if that is text."""
    head = "\n".join(f"{name}: {value}" for name, value in part.items())
    return (
        f"{head}\n{_utf8(part).decode('utf-8', 'replace')}" if part.get_content_maintype() == "text" else head
    )


def _words(parts: Sequence[MailPart]) -> str:
    """Return in one line what somebody wrote above what the mail quotes."""
    for part in parts:
        if part.get_content_type() == "text/plain" and part.get_content_disposition() != "attachment":
            own: list[str] = []
            for line in _utf8(part).decode("utf-8", "replace").splitlines():
                if QUOTE.match(line[:300]):
                    break
                own.append(line)
            return " ".join(" ".join(own).split())
    return ""
