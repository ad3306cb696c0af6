"""Answers to invitations: whose they are, which date they are about, and what of them the outbox keeps.

An answer belongs to the meeting that its UID names, and to whom it says, by the address that was invited or
that the people file has; else to whom the mail was sent that it answers. Of several answers one counts: that
to the highest sequence, of these the latest. No answer changes a plan.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from kultursam.dates.busy_calendars import Event
from kultursam.diagnostics import Problem
from kultursam.i18n import Message
from kultursam.mail.incoming import (
    ADDRESS,
    NO_ATTENDEE,
    Answer,
    Attendee,
    Clock,
    Incoming,
    Kind,
    Status,
    read_mail,
)
from kultursam.mail.mailboxes import MOST_BYTES, Mail
from kultursam.mail.outbox import (
    KEPT_FOR,
    UNEXPECTED,
    DamagedOutboxError,
    Entry,
    Item,
    Known,
    Method,
    Outbox,
    Pair,
    steps,
)
from kultursam.mail.people import People

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
UNANSWERED = "NEEDS-ACTION"
"""What calendars have of whoever proposes another time and says no more."""
UNSEEN = "…"
"""What is shown instead of names and addresses."""
LEAST_NAME = 3
"""Letters of a name that is not shown; shorter ones are parts of words."""
TOO_LARGE = Message("it is larger than {size} MiB", size=MOST_BYTES // 1024 // 1024)


class Proposal(NamedTuple):
    """Another time that somebody proposes, by the clocks of the meeting's zone."""

    start: datetime
    end: datetime
    whole_days: bool


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as the outbox keeps it."""

    pair: Pair
    role: str
    organisation: str
    partstat: str
    """As calendars have it: ACCEPTED, TENTATIVE, DECLINED, DELEGATED or `UNANSWERED`."""
    sequence: int
    """Of the invitation that was answered."""
    at: datetime
    about: date | None
    """The day that was answered, where the answer says one."""
    comment: str
    proposal: Proposal | None
    delegate: str
    """Who comes instead, as role@organisation; `UNSEEN` for somebody whom the people file does not have."""
    until: date

    @property
    def rank(self) -> tuple[int, datetime]:
        """What says which of several answers counts: the highest."""
        return self.sequence, self.at

    @property
    def status(self) -> Status | None:
        """What was answered, if that is a word on taking part."""
        return None if self.partstat == UNANSWERED else Status(self.partstat.lower())

    def as_step(self) -> dict[str, Any]:
        """Return it as a step of the outbox, what says nothing left out."""
        proposal = self.proposal
        step = {
            "step": "answered",
            "uid": self.pair[1],
            "to": self.pair[0],
            "role": self.role,
            "organisation": self.organisation,
            "partstat": self.partstat,
            "sequence": self.sequence,
            "at": self.at.isoformat(),
            "about": self.about.isoformat() if self.about else "",
            "comment": self.comment,
            "proposal": [proposal.start.isoformat(), proposal.end.isoformat()] if proposal else "",
            "whole_days": (proposal and proposal.whole_days) or "",
            "delegate": self.delegate,
            "until": self.until.isoformat(),
        }
        return {key: value for key, value in step.items() if value != ""}

    @classmethod
    def of_step(cls, step: Mapping[str, Any]) -> Self:
        """Return what a step says. Raise `LookupError`, `TypeError` or `ValueError` where it says nothing."""
        times = [datetime.fromisoformat(text) for text in step.get("proposal", ())]
        given = cls(
            pair=(str(step["to"]).casefold(), str(step["uid"])),
            role=str(step["role"]),
            organisation=str(step["organisation"]),
            partstat=str(step["partstat"]),
            sequence=int(step["sequence"]),
            at=datetime.fromisoformat(step["at"]),
            about=date.fromisoformat(step["about"]) if "about" in step else None,
            comment=str(step.get("comment", "")),
            proposal=Proposal(times[0], times[1], bool(step.get("whole_days"))) if times else None,
            delegate=str(step.get("delegate", "")),
            until=date.fromisoformat(step["until"]),
        )
        if given.partstat != UNANSWERED:
            Status(given.partstat.lower())
        return given


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was prepared: to whom, and about which meetings at which sequence."""

    id: str
    mailbox: str
    role: str
    organisation: str
    sequences: Mapping[str, int]
    """By UID."""
    until: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody who was invited to a meeting, and what was answered."""

    uid: str
    role: str
    organisation: str
    given: Given | None
    """The answer that counts, if any."""
    item: Item
    """What was told last of the meeting."""
    sequence: int
    delivered: bool | None
    """Whether it is known not to have arrived, or (None) to be late; true where nothing is heard of that."""

    @property
    def outdated(self) -> bool:
        """Whether the answer is to an invitation that has been followed by another."""
        return self.given is not None and self.given.sequence < self.sequence

    @property
    def status(self) -> Status | None:
        """The answer to what was told last, if there is one."""
        return self.given.status if self.given and not self.outdated else None


@dataclass
class Letters:
    """What was sent about the meetings of one year, and what came back."""

    outbox: Outbox
    sent: dict[str, Sent] = field(default_factory=dict)
    """By id."""
    given: dict[Pair, Given] = field(default_factory=dict)
    """The answer that counts of each mailbox and meeting."""
    returned: dict[str, bool] = field(default_factory=dict)
    """By id, the messages that did not arrive; false if not yet."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return what the outbox of a file holds, which may be missing. Raise `KultursamError`."""
        letters = cls(Outbox.read(path))
        for number, step in steps(path):
            try:
                letters._take(step)
            except UNEXPECTED as error:
                raise DamagedOutboxError(path, number) from error
        return letters

    def _take(self, step: Mapping[str, Any]) -> None:
        kind = step.get("step") if step.get("to") else None
        if kind == "prepared":
            texts = (str(step[key]) for key in ("id", "to", "role", "organisation", "until"))
            message_id, to, role, organisation, until = texts
            sequences = {str(item["uid"]): int(item["sequence"]) for item in step["items"]}
            self.sent[message_id] = Sent(message_id, to.casefold(), role, organisation, sequences, until)
        elif kind == "answered":
            given = Given.of_step(step)
            self.given[given.pair] = given
        elif kind == "undelivered":
            self.returned[str(step["id"])] = not step.get("delayed")

    @property
    def first(self) -> date | None:
        """The day on which the first of the messages was prepared that are still known."""
        return min((_last(known).entry.at.date() for known in self.outbox.known.values()), default=None)

    def standings(self) -> Iterator[Standing]:
        """Yield those whose calendars have a meeting as to be held, or may have it."""
        for pair, known in self.outbox.known.items():
            last = _last(known)
            if known.invited and last.method is Method.REQUEST:
                final = self.returned.get(last.entry.id)
                yield Standing(
                    uid=pair[1],
                    role=last.entry.role,
                    organisation=last.entry.organisation,
                    given=self.given.get(pair),
                    item=last.item,
                    sequence=known.sequence,
                    delivered=True if final is None else None if not final else False,
                )

    def keep(self, given: Iterable[Given], returned: Iterable[tuple[Sent, bool]]) -> None:
        """Note answers, and messages that did not arrive, in the outbox."""
        answered, undelivered = list(given), list(returned)
        not_arrived = (
            {"step": "undelivered", "id": one.id, "to": one.mailbox, "delayed": not final, "until": one.until}
            for one, final in undelivered
        )
        self.outbox.came_back([*(one.as_step() for one in answered), *not_arrived])
        self.given |= {one.pair: one for one in answered}
        self.returned |= {one.id: final for one, final in undelivered}


class _Last(NamedTuple):
    """What a calendar may have been told last."""

    method: Method
    item: Item
    entry: Entry
    """The message that told it."""


def _last(known: Known) -> _Last:
    method, item = known.maybe[-1] if known.maybe else (known.method, known.told)
    if method is None or item is None or known.entry is None:
        raise LookupError(known)
    return _Last(method, item, known.entry)


@dataclass
class Heard:
    """What a mailbox had."""

    mails: int = 0
    others: int = 0
    """Mails that have nothing to do with invitations of ours."""
    known: int = 0
    """Answers that were known, or that later ones have replaced."""
    new: list[Given] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def hear(mails: Iterable[Mail], letters: Iterable[Letters], people: People | None, clock: Clock) -> Heard:
    """Read a mailbox, and keep what it says of invitations in the outbox; return what it had."""
    reader = _Reader(list(letters), people, clock)
    for mail in mails:
        reader.take(mail)
    return reader.finish()


class _Reader:
    """What a mailbox says, mail by mail."""

    def __init__(self, letters: list[Letters], people: People | None, clock: Clock) -> None:
        self._clock = clock
        self._heard = Heard()
        self._letters = letters
        self._of_uid = {uid: one for one in letters for _, uid in one.outbox.known}
        self._meetings = {
            uid: _last(known).item.meeting for one in letters for (_, uid), known in one.outbox.known.items()
        }
        self._sent = {message_id: one for each in letters for message_id, one in each.sent.items()}
        self._last_to = {one.mailbox: one for one in self._sent.values()}
        self._by_member = {
            (last.entry.role, last.entry.organisation, pair[1]): pair
            for one in letters
            for pair, known in one.outbox.known.items()
            for last in [_last(known)]
        }
        self._members: dict[str, list[tuple[str, str]]] = {}
        for person in people.people if people else ():
            self._members.setdefault(person.email.casefold(), []).append((person.role, person.at))
        self._last = BEFORE_ALL
        self._found: dict[Pair, Given] = {}
        self._again: set[Pair] = set()
        """Those whose answer in the outbox has been met."""
        self._returned: dict[str, bool] = {}

    def take(self, mail: Mail) -> None:
        """Take note of what a mail says."""
        self._heard.mails += 1
        if mail.data is None:
            self._tell(mail, "unread-answer", Message("it was passed over: {reason}", reason=TOO_LARGE))
            return
        incoming = read_mail(mail.data, self._clock)
        # A mail without a date is as old as the one before it.
        self._last = incoming.sent or self._last
        if incoming.fault:
            self._tell(mail, "unread-answer", Message("it was passed over: {reason}", reason=incoming.fault))
        elif incoming.answers:
            ours = [self._answer(mail, incoming, answer) for answer in incoming.answers]
            self._heard.others += not any(ours)
        elif not self._other(mail, incoming):
            self._heard.others += 1

    def finish(self) -> Heard:
        """Keep what was found, and return it."""
        for letters in self._letters:
            given = [
                one
                for one in self._found.values()
                if self._of_uid[one.pair[1]] is letters and self._counts(one, letters.given.get(one.pair))
            ]
            returned = [
                (letters.sent[key], final) for key, final in self._returned.items() if key in letters.sent
            ]
            letters.keep(given, returned)
            self._heard.new += given
        self._heard.known -= len(self._heard.new)
        return self._heard

    def _counts(self, found: Given, kept: Given | None) -> bool:
        """Return whether an answer replaces the one that is kept.

        Of two of one moment the later in order does, where the mailbox has both.
        """
        if kept is None or found.rank > kept.rank:
            return True
        return found.rank == kept.rank and found != kept and found.pair in self._again

    def _tell(self, mail: Mail, code: str, sentence: Message, *, tip: bool = False) -> None:
        text = Message("mail {number}: {sentence}", number=mail.number, sentence=sentence)
        severity = "tip" if tip else "warning"
        self._heard.problems.append(Problem(text, severity, mail.file, mail.line, code=code))  # type: ignore[arg-type]

    # --- answers ---

    def _answer(self, mail: Mail, incoming: Incoming, answer: Answer) -> bool:
        """Take note of an answer; return whether it is to an invitation of ours."""
        referred = [one for key in incoming.references if (one := self._sent.get(key.strip("<>")))]
        uids = (
            [answer.uid] if answer.uid in self._of_uid else [uid for one in referred for uid in one.sequences]
        )
        if len(set(uids)) != 1 or uids[0] not in self._of_uid:
            return False
        uid = uids[0]
        given = [one for one in answer.attendees if one.status or answer.proposal]
        if not given and not answer.proposal:
            self._tell(mail, "unread-answer", Message("it was passed over: {reason}", reason=NO_ATTENDEE))
            return True
        found = [(one, pair) for one in given if (pair := self._invited(uid, one.address, one.delegator))]
        if not found:
            alone = given[0] if given else Attendee(incoming.sender, None)
            known = self._of_uid[uid].outbox.known
            pairs = ((one.mailbox, uid) for one in referred if uid in one.sequences)
            by_mail = next((pair for pair in pairs if pair in known), None)
            pair = by_mail or self._invited(uid, incoming.sender)
            found = [(alone, pair)] if pair else []
        if not found:
            text = Message(
                "it answers for somebody who was not invited to {meeting}", meeting=self._meetings[uid]
            )
            self._tell(mail, "unknown-sender", text)
        for attendee, pair in found:
            sequence = next((one.sequences[uid] for one in referred if uid in one.sequences), None)
            self._take(self._given(answer, attendee, pair, sequence))
        return True

    def _take(self, given: Given) -> None:
        self._heard.known += 1
        if self._of_uid[given.pair[1]].given.get(given.pair) == given:
            self._again.add(given.pair)
        before = self._found.get(given.pair)
        if before is None or given.rank >= before.rank:
            self._found[given.pair] = given

    def _invited(self, uid: str, *addresses: str) -> Pair | None:
        """Return who was invited to a meeting under one of some addresses, or has one by now."""
        known = self._of_uid[uid].outbox.known
        for address in filter(None, addresses):
            if (address, uid) in known:
                return address, uid
            for role, organisation in self._members.get(address, ()):
                if pair := self._by_member.get((role, organisation, uid)):
                    return pair
        return None

    def _given(self, answer: Answer, attendee: Attendee, pair: Pair, referred: int | None) -> Given:
        known = self._of_uid[pair[1]].outbox.known[pair]
        last = _last(known)
        told = last.item.told
        at = answer.stamp or self._last
        event = self._at_place(answer.event, told.timezone)
        sequence = answer.sequence if answer.sequence is not None else referred
        if sequence is None:
            moved = event and not answer.proposal and event.start.date() != told.date
            before = not event and known.stamp is not None and answer.stamp is not None and at < known.stamp
            sequence = known.sequence - 1 if moved or before else known.sequence
        return Given(
            pair=pair,
            role=last.entry.role,
            organisation=last.entry.organisation,
            partstat=attendee.status.upper() if attendee.status else UNANSWERED,
            # What nobody has sent cannot be answered.
            sequence=min(sequence, known.sequence),
            at=at,
            about=event.start.date() if event and not answer.proposal else None,
            comment=answer.comment,
            proposal=Proposal(event.start, event.end, event.all_day) if event and answer.proposal else None,
            delegate=self._named(attendee.delegate),
            until=told.last + KEPT_FOR,
        )

    def _at_place(self, event: Event | None, zone: str) -> Event | None:
        """Return an event by the clocks of a meeting's zone."""
        if event is None or event.all_day or zone == self._clock.zone.key:
            return event
        there = ZoneInfo(zone)
        times = (one.replace(tzinfo=self._clock.zone).astimezone(there) for one in (event.start, event.end))
        start, end = (one.replace(tzinfo=None) for one in times)
        return Event(start, end)

    def _named(self, address: str) -> str:
        """Return whose an address is, as role@organisation."""
        if not address:
            return ""
        return next((f"{role}@{at}" for role, at in self._members.get(address, ())), UNSEEN)

    # --- mails that are no answers ---

    def _other(self, mail: Mail, incoming: Incoming) -> bool:
        """Take note of a mail that has no calendar; return whether it is about an invitation of ours."""
        referred = next(
            (one for key in incoming.references if (one := self._sent.get(key.strip("<>")))), None
        )
        if incoming.kind in {Kind.UNDELIVERED, Kind.DELAYED}:
            named = (self._last_to[one] for one in incoming.recipients if one in self._last_to)
            sent = referred or next(named, None)
            return sent is not None and self._undelivered(mail, sent, final=incoming.kind is Kind.UNDELIVERED)
        if referred is None:
            return False
        who = f"{referred.role}@{referred.organisation}"
        text = Message("{who} has written in words, which are for you to read", who=who)
        if incoming.kind is Kind.AWAY:
            text = Message("{who} answers by a machine, such as while away", who=who)
        self._tell(mail, incoming.kind.value, text, tip=True)
        return True

    def _undelivered(self, mail: Mail, sent: Sent, *, final: bool) -> bool:
        known = next((one.returned[sent.id] for one in self._letters if sent.id in one.returned), None)
        known = self._returned.get(sent.id, known)
        if known is None or (final and not known):
            self._returned[sent.id] = final
            who = f"{sent.role}@{sent.organisation}"
            text = Message("what was sent to {who} did not arrive", who=who)
            if not final:
                text = Message(
                    "what was sent to {who} has not arrived yet; the mail server tries on", who=who
                )
            self._tell(mail, "undelivered", text)
        return True


def discretion(people: People | None) -> Callable[[str], str]:
    """Return what takes out of texts all addresses, and the names that the people file has."""
    names = {person.name for person in people.people if len(person.name) >= LEAST_NAME} if people else set()
    # The longest first: one may begin another.
    alternatives = [re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name))]
    private = re.compile("|".join([ADDRESS.pattern, *alternatives]), re.IGNORECASE)
    return lambda text: private.sub(UNSEEN, text)
