"""Whom to tell what: plans, people and what the outbox knows → what is due, typed and sorted.

For each mailbox and meeting one of these holds:

1. it takes part and was never told: NEW, once the meeting is confirmed (or proposed, if that is asked for);
2. it takes part and was told otherwise: MOVED, CHANGED, CONFIRMED or RESTORED, and TEXT if that is asked for;
3. it takes part and was told just that: UNCHANGED;
4. it takes part no longer, or the meeting is cancelled, and it was told of it: CANCELLED;
5. else, or if the meeting is over: nothing.

What may have arrived counts as told, though not for certain: then it is told again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256

from kultursam.forumfile.register import Member, Register
from kultursam.i18n import N_
from kultursam.mail.outbox import Entry, Item, Known, Method, Outbox, Pair, Told, organiser_key
from kultursam.mail.people import People, Person
from kultursam.plans.model import Deadline, Meeting, Origin, Plan, Status
from kultursam.presentation import location, roles_of, state
from kultursam.render.ics import Wording


class News(StrEnum):
    """What a message tells of a meeting."""

    NEW = N_("new")
    MOVED = N_("moved")
    CHANGED = N_("changed")
    CONFIRMED = N_("confirmed")
    RESTORED = N_("restored")
    CANCELLED = N_("cancelled")
    TEXT = N_("text")
    UNCHANGED = N_("unchanged")


MOST_IN_DIGEST = 8
"""Meetings that a digest tells of; of more there are several mails, for a long one is not read."""
SAME_SEQUENCE = {News.CONFIRMED, News.TEXT}
"""News that ask nobody again: known answers stay."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A mailbox that is told of a meeting, and as whom."""

    address: str
    role: str
    organisation: str
    name: str = ""
    """Empty where the people file does not have the address any more."""
    required: bool = True
    send: str = "invitations"

    @property
    def mailbox(self) -> str:
        """The address as it is compared."""
        return self.address.casefold()


@dataclass(frozen=True, slots=True)
class Row:
    """What a mailbox is to be told of a meeting."""

    kind: News
    guest: Guest
    uid: str
    meeting: str
    forum: str
    method: Method
    sequence: int
    now: Told
    before: Told | None = None
    """What it was told before, where that is known."""
    known: Known = field(default_factory=Known)
    left: bool = False
    """Whether the meeting is held, though without this mailbox."""
    again: str = ""
    """The id of the unsent message that tells just this: its bytes are sent again."""

    @property
    def item(self) -> Item:
        """The row as messages are about it."""
        return Item(self.uid, self.meeting, self.forum, self.kind.value, self.sequence, self.now)

    @property
    def due(self) -> bool:
        """Return whether there is something to tell."""
        return self.kind is not News.UNCHANGED


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is told beside what always is."""

    proposed: bool = False
    """New meetings that are only proposed."""
    texts: bool = False
    """That a text is another, though nobody has to look at the entry again."""


NOTHING_MORE = Wanted()


class Invitations:
    """What is due of one year."""

    def __init__(self, register: Register, plan: Plan, people: People, today: date) -> None:
        self._register, self._plan, self._people, self._today = register, plan, people, today
        self._due = defaultdict[str | None, list[Deadline]](list)
        for deadline in plan.deadlines:
            self._due[deadline.meeting].append(deadline)
        self._organiser = organiser_key(people.organiser.email)
        self._wordings: dict[str, Wording] = {}
        self._persons = defaultdict[str, list[Person]](list)
        for person in people.people:
            self._persons[person.email.casefold()].append(person)

    def rows(self, outbox: Outbox, wanted: Wanted = NOTHING_MORE) -> list[Row]:
        """Return what each mailbox is to be told of each meeting that is not over, in order of time."""
        by_uid = defaultdict[str, dict[str, Known]](dict)
        for (mailbox, uid), one in outbox.known.items():
            by_uid[uid][mailbox] = one
        unsent = {
            (one.entry.mailbox, item.uid): one.entry
            for one in outbox.unsent.values()
            for item in one.entry.items
        }
        rows: list[Row] = []
        for meeting in self._plan.chronological():
            known = by_uid.pop(self._plan.uid(meeting.id), {})
            rows += self._of_meeting(meeting, known, unsent, wanted)
        for uid, left in by_uid.items():
            # Meetings that a plan has lost, for plans can be edited by hand.
            rows += filter(
                None, (self._farewell(uid, mailbox, known, None) for mailbox, known in left.items())
            )
        # What another organiser was to send is not what this one sends.
        ours = {pair: entry for pair, entry in unsent.items() if self._is_ours(entry)}
        return _settled_digests([_again(row, ours) for row in rows], outbox)

    def invited_by_another(self, row: Row) -> bool:
        """Return whether another organiser put into a calendar what a row is about."""
        entry = row.known.entry if row.known.invited else None
        return entry is not None and not self._is_ours(entry)

    def _is_ours(self, entry: Entry) -> bool:
        return entry.organiser in {"", self._organiser}

    def told(self, meeting: Meeting) -> Told:
        """Return what messages say of a meeting."""
        facts = ("date", "start", "end", "days", "last_day", "status", "place", "format", "link")
        wording = self.wording(meeting.forum)
        summary, place = wording.summary(meeting), location(self._register, self._plan, meeting)
        text = "\0".join((summary, place, self.description(meeting)))
        return Told(
            name=summary,
            timezone=meeting.timezone or self._register.file.timezone,
            location=place,
            text=sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8],
            **{fact: getattr(meeting, fact) for fact in facts},
        )

    def wording(self, forum: str) -> Wording:
        """Return what is said of a forum's meetings."""
        if forum not in self._wordings:
            self._wordings[forum] = Wording(self._register, forum, self._plan)
        return self._wordings[forum]

    def description(self, meeting: Meeting) -> str:
        """Return a meeting in words."""
        return self.wording(meeting.forum).description(meeting, self._due[meeting.id])

    # --- who takes part -------------------------------------------------------------------------------

    def guests(self, meeting: Meeting) -> dict[str, Guest]:
        """Return who takes part in a meeting, by mailbox: members of its forum on its day, and its host.

        Somebody who takes part in several roles does so in the first that is required.
        """
        required = self._register.required.get(meeting.forum)
        guests: dict[str, Guest] = {}
        for role, organisation in self._members(meeting):
            needed = (
                required is None or Member(role, organisation) in required or organisation == meeting.host
            )
            for person in self._people.holding(role, organisation, meeting.date):
                guest = Guest(person.email, role, organisation, person.name, needed, person.send)
                earlier = guests.get(guest.mailbox)
                if earlier is None or (needed and not earlier.required):
                    guests[guest.mailbox] = guest
        return guests

    def _members(self, meeting: Meeting) -> Iterator[tuple[str, str]]:
        roles = roles_of(self._register, self._plan, meeting)
        host = meeting.host
        for role, organisations in roles:
            yield from ((role, organisation) for organisation in organisations)
        if host and host not in self._plan.organisations_of(meeting):
            yield from ((role, host) for role, _ in roles)

    # --- what is due ----------------------------------------------------------------------------------

    def _of_meeting(
        self, meeting: Meeting, known: Mapping[str, Known], unsent: Mapping[Pair, Entry], wanted: Wanted
    ) -> Iterator[Row]:
        over = meeting.last < self._today
        held = meeting.live and meeting.origin is not Origin.EXTERNAL and state(meeting) != "reserved"
        uid = self._plan.uid(meeting.id)
        guests = self.guests(meeting) if held and not (over and not known) else {}
        now = self.told(meeting) if guests else None
        announced = wanted.proposed or meeting.status is Status.CONFIRMED
        for mailbox, guest in guests.items():
            before = known.get(mailbox, Known())
            if guest.send == "nothing" or now is None:
                continue
            # One who was told of it is kept up to date, whatever is announced to others.
            pending = (mailbox, uid) in unsent
            if before.told or before.maybe or pending or announced:
                row = self._row(meeting, guest, now, before, texts=wanted.texts)
                if not over or (row.before and row.due and row.before.last >= self._today):
                    yield row
        for mailbox, before in known.items():
            if mailbox not in guests and (farewell := self._farewell(uid, mailbox, before, meeting)):
                yield farewell

    def _row(self, meeting: Meeting, guest: Guest, now: Told, known: Known, *, texts: bool) -> Row:
        """Return what somebody who takes part is to be told."""
        method = Method.DIGEST if guest.send == "digest" and not known.invited else Method.REQUEST
        differing = [(one, _kind(one, now, texts=texts)) for one in _told(known, method)]
        # What may have arrived after it counts too where it differs more.
        before, kind = min(differing, key=lambda pair: (pair[1] is None, pair[1] in SAME_SEQUENCE))
        kind = kind or News.UNCHANGED
        same = known.invited and kind in {*SAME_SEQUENCE, News.UNCHANGED}
        sequence = known.sequence if same else _next(meeting.sequence, known)
        uid = self._plan.uid(meeting.id)
        return Row(kind, guest, uid, meeting.id, meeting.forum, method, sequence, now, before, known)

    def _farewell(self, uid: str, mailbox: str, known: Known, meeting: Meeting | None) -> Row | None:
        """Return that somebody is to be told of the end of a meeting as they know it, if that is so."""
        method = Method.CANCEL if known.invited else Method.DIGEST
        live = [one for one in _told(known, method) if one and one.live]
        if not live or live[0].last < self._today or known.entry is None:
            return None
        guest = self._former(mailbox, known.entry)
        if guest.send == "nothing":
            return None
        item = known.told or known.maybe[-1][1]
        ended = meeting.status if meeting else Status.CANCELLED
        now = replace(live[0], status=Status.CANCELLED)
        left = ended is not Status.CANCELLED
        return Row(
            News.CANCELLED,
            guest,
            uid,
            item.meeting,
            item.forum,
            method,
            _next(meeting.sequence if meeting else 0, known),
            now,
            live[0],
            known,
            left,
        )

    def _former(self, mailbox: str, entry: Entry) -> Guest:
        """Return who was told something, as the people file has them now, if it has."""
        persons = self._persons.get(mailbox, [])
        silent = bool(persons) and all(person.send == "nothing" for person in persons)
        name = persons[0].name if persons else ""
        send = "nothing" if silent else "invitations"
        return Guest(entry.to, entry.role, entry.organisation, name, send=send)


def _told(known: Known, method: Method) -> list[Told | None]:
    """Return what somebody was told by messages of a kind: first what is certain, then what may be.

    A calendar knows nothing of what stood in a plain mail.
    """
    plain = method is Method.DIGEST
    certain = known.told.told if known.told and (plain or known.method is not Method.DIGEST) else None
    return [certain, *(item.told for how, item in known.maybe if plain or how is not Method.DIGEST)]


def _kind(before: Told | None, now: Told, *, texts: bool) -> News | None:
    """Return how what is told now differs from before; None if it does not."""
    if before is None:
        return News.NEW
    if not before.live:
        return News.RESTORED
    if before.counted[:6] != now.counted[:6]:
        return News.MOVED
    if before.counted != now.counted:
        return News.CHANGED
    if before.status is not now.status:
        return News.CONFIRMED
    return News.TEXT if texts and before.text != now.text else None


def _next(sequence: int, known: Known) -> int:
    """Return the sequence of a message that a calendar is to follow."""
    return max(sequence, known.sequence + 1)


def _again(row: Row, unsent: Mapping[Pair, Entry]) -> Row:
    """Return a row with the unsent message that tells just this, if there is one."""
    entry = unsent.get((row.guest.mailbox, row.uid))
    if not row.due or entry is None or entry.method is not row.method:
        return row
    (item,) = (one for one in entry.items if one.uid == row.uid)
    if item.sequence < row.known.sequence or item.kind not in set(News) or not _says_the_same(item, row):
        return row
    return replace(row, again=entry.id, kind=News(item.kind), sequence=item.sequence)


def _says_the_same(item: Item, row: Row) -> bool:
    if row.kind in SAME_SEQUENCE:
        return item.told == row.now
    return item.told.status is row.now.status and item.told.counted == row.now.counted


def _settled_digests(rows: Sequence[Row], outbox: Outbox) -> list[Row]:
    """Return rows in which a digest is sent again only if it tells just what is told together now."""
    anew = set[Pair]()
    again = {(row.guest.mailbox, row.uid): row.again for row in rows}
    for letter in letters(replace(row, again="") for row in rows):
        pairs = [(row.guest.mailbox, row.uid) for row in letter]
        unsent = outbox.unsent.get(again[pairs[0]])
        same = unsent and len(unsent.entry.items) == len(letter) and len({again[pair] for pair in pairs}) == 1
        if not same:
            anew.update(pairs)
    return [replace(row, again="") if (row.guest.mailbox, row.uid) in anew else row for row in rows]


def letters(rows: Iterable[Row]) -> list[list[Row]]:
    """Return the rows that are due, each alone, or those of a digest together, in the order of the first."""
    found: list[list[Row]] = []
    digests: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if not row.due:
            continue
        key = (row.guest.mailbox, row.again)
        together = digests.get(key) if row.method is Method.DIGEST else None
        if together and len(together) < MOST_IN_DIGEST:
            together.append(row)
        else:
            found.append([row])
            if row.method is Method.DIGEST:
                digests[key] = found[-1]
    return found


def outdated(rows: Iterable[Row], outbox: Outbox) -> list[str]:
    """Return the unsent messages that are not to be sent any more, and that nothing due replaces."""
    due = {(row.guest.mailbox, row.uid) for row in rows if row.due}
    return [
        one.entry.id
        for one in outbox.unsent.values()
        if due.isdisjoint((one.entry.mailbox, item.uid) for item in one.entry.items)
    ]
