"""Sends what is due, message by message, each step noted before it is taken."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from kultursam.mail.invitations import Row
from kultursam.mail.messages import Writer
from kultursam.mail.outbox import Entry, Outbox
from kultursam.mail.transport import MailServerError, Outcome, Refused, Sent, Unsure

PATIENCE = 5
"""Mailboxes that are put off one after the other, until the rest is left for another time."""
NO_NAME = re.compile("[^A-Za-z0-9_-]")
"""What the ids of meetings and organisations never have."""
NOT_REACHED = 0
"""The code of a message that no server was asked to take."""


class Sender(Protocol):
    """What sends a message; see `transport.Mailer`."""

    def send(self, envelope_from: str, envelope_to: str, raw: bytes) -> Outcome:
        """Send a message to one address; return what became of it."""


@dataclass(slots=True)
class Report:
    """What became of messages."""

    sent: int = 0
    refused: list[tuple[Row, Refused]] = field(default_factory=list)
    """The first row of each message that the server did not take."""
    unsure: list[Row] = field(default_factory=list)
    """Likewise, of each that may have arrived."""
    left: int = 0
    """How many were not tried."""
    error: MailServerError | None = None
    """What kept all others from being sent."""
    waiting: set[str] = field(default_factory=set)
    """Mailboxes that were put off: to them nothing more is sent."""
    put_off: int = 0
    """How many were, one after the other."""

    @property
    def complete(self) -> bool:
        """Return whether all were sent."""
        return not (self.refused or self.unsure or self.left)


def deliver(
    letters: Iterable[Sequence[Row]],
    sending: Callable[[Sequence[Row]], Outcome],
    progress: Callable[[], None],
    report: Report | None = None,
) -> Report:
    """Send letters in order, each by a function; return what became of them, and of those reported before.

    One that is put off holds up all others to the same mailbox, so that none arrives before an earlier one.
    """
    report = report or Report()
    for letter in letters:
        mailbox = letter[0].guest.mailbox
        if report.error or report.put_off >= PATIENCE or mailbox in report.waiting:
            report.left += 1
            continue
        try:
            outcome = sending(letter)
        except MailServerError as error:
            report.error = error
            report.left += 1
            continue
        progress()
        lasting = isinstance(outcome, Sent) or (isinstance(outcome, Refused) and outcome.permanent)
        report.put_off = 0 if lasting else report.put_off + 1
        if not lasting:
            report.waiting.add(mailbox)
        match outcome:
            case Sent():
                report.sent += 1
            case Refused():
                report.refused.append((letter[0], outcome))
            case Unsure():
                report.unsure.append(letter[0])
    return report


@dataclass(frozen=True, slots=True)
class Postman:
    """Sends the letters of a year, and notes what becomes of them."""

    outbox: Outbox
    writer: Writer
    mailer: Sender
    organiser: str
    now: datetime

    def send(self, letter: Sequence[Row]) -> Outcome:
        """Send a letter; return what became of it. Raise `MailServerError` where none can be sent."""
        entry, raw = prepared(self.outbox, self.writer, letter, self.now)
        if not letter[0].again:
            self.outbox.prepare(entry, raw)
        self.outbox.sending(entry.id, self.now)
        try:
            outcome = self.mailer.send(self.organiser, entry.to, raw)
        except MailServerError:
            self.outbox.refused(entry.id, self.now, NOT_REACHED, permanent=False)
            raise
        match outcome:
            case Sent():
                self.outbox.sent(entry.id, self.now)
            case Refused(code, permanent):
                self.outbox.refused(entry.id, self.now, code, permanent=permanent)
        return outcome

    def send_unnoted(self, letter: Sequence[Row]) -> Outcome:
        """Send a letter that is a test, and note nothing."""
        entry, raw = self.writer.write([replace(row, again="") for row in letter], self.now)
        return self.mailer.send(self.organiser, entry.to, raw)


def prepared(outbox: Outbox, writer: Writer, letter: Sequence[Row], now: datetime) -> tuple[Entry, bytes]:
    """Return the message of a letter: that which was not sent before, or one written now."""
    if again := letter[0].again:
        return outbox.unsent[again].entry, outbox.raw(again)
    return writer.write(letter, now)


def written(
    outbox: Outbox, writer: Writer, letters: Iterable[Sequence[Row]], now: datetime, *, test: bool
) -> Iterator[tuple[str, bytes]]:
    """Yield the name of a file for each letter, with its bytes; names tell nobody's address."""
    for number, letter in enumerate(letters, 1):
        row = letter[0]
        _, raw = writer.write(letter, now) if test else prepared(outbox, writer, letter, now)
        what = row.meeting if len(letter) == 1 else "digest"
        # What an outbox says may be anything, and is to lead to no other folder.
        name = NO_NAME.sub("-", f"{number:04}-{what}-{row.kind.value}-{row.guest.organisation}")
        yield f"{name}.eml", raw
