"""Mailboxes, each with a calendar that follows mails as RFC 5546 has it; and somebody who sends mails."""

from __future__ import annotations

import email
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from typing import Any

import icalendar

from kultursam.mail.transport import Outcome, Sent


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry of a calendar."""

    uid: str
    sequence: int
    stamp: datetime
    status: str
    start: datetime
    place: str

    @property
    def counted(self) -> tuple[object, ...]:
        """All of which a change needs a higher sequence."""
        return self.start, self.place, self.status == "CANCELLED"


def shown_of(event: Any) -> Shown:  # noqa: ANN401 - icalendar's events hold anything
    """Return an event as calendars show it."""
    return Shown(
        str(event["UID"]),
        int(event["SEQUENCE"]),
        event["DTSTAMP"].dt,
        str(event["STATUS"]),
        event["DTSTART"].dt,
        str(event.get("LOCATION", "")),
    )


@dataclass
class Mailboxes:
    """Mailboxes by address, each with the calendar that follows its mails."""

    calendars: dict[str, dict[str, Shown]] = field(default_factory=lambda: defaultdict(dict))
    arrived: dict[str, bytes] = field(default_factory=dict)
    """By Message-ID."""
    times: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def deliver(self, address: str, raw: bytes) -> None:
        """Take a mail; an earlier copy of it must be the same byte for byte."""
        message = parsed(raw)
        message_id = str(message["Message-ID"])
        assert self.arrived.setdefault(message_id, raw) == raw, message_id
        self.times[message_id] += 1
        event = event_of(message)
        if event is None:
            return
        shown = shown_of(event)
        uid, sequence, stamp = shown.uid, shown.sequence, shown.stamp
        known = self.calendars[address].get(uid)
        newer = known is None or (sequence, stamp) > (known.sequence, known.stamp)
        if self.times[message_id] == 1:
            assert newer, (address, known, shown)
            # Where somebody must look again, Outlook needs a higher number.
            assert known is None or (sequence > known.sequence) or shown.counted == known.counted, (
                known,
                shown,
            )
        if newer:
            self.calendars[address][uid] = shown


@dataclass
class Post:
    """Sends into mailboxes; before each mail something may happen to it."""

    mailboxes: Mailboxes
    happens: Callable[[str, bytes], Outcome | None] = lambda _address, _raw: None
    """Return what becomes of a mail instead of its delivery, or none."""

    def send(self, envelope_from: str, envelope_to: str, raw: bytes) -> Outcome:
        """Deliver a mail."""
        assert envelope_from
        if outcome := self.happens(envelope_to, raw):
            return outcome
        self.mailboxes.deliver(envelope_to, raw)
        return Sent()


def parsed(raw: bytes) -> EmailMessage:
    """Return a message as a mail program reads it."""
    message = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def calendar_of(message: EmailMessage) -> bytes | None:
    """Return the calendar in a message, if it has one."""
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            return data
    return None


def event_of(message: EmailMessage) -> Any:  # noqa: ANN401 - icalendar's events hold anything
    """Return the event in a message, if it has one."""
    data = calendar_of(message)
    return icalendar.Calendar.from_ical(data).walk("VEVENT")[0] if data else None
