"""The outbox: who was sent what, message by message, in outbox/<year>.jsonl; private, and only appended to.

Each line is a JSON object, one step of one message. A step is on disk before what it announces is done:

`prepared`: the message as it is to be sent. `id` is its Message-ID without brackets, `at` the moment that its
    Date and DTSTAMP say, `organiser` a digest of who invites, `method` is REQUEST, CANCEL or DIGEST (a plain
    mail of several meetings), `to` the address, `role` and `organisation` say who that is, `items` which
    meetings it is about: of each the `uid`, the id as `meeting`, the `forum`, the `kind` of news, the
    `sequence` and what was `told`. `until` is the last day on which the outbox holds the address; `sha256` is
    of the bytes, and `raw` the bytes themselves, zlib in base64, as long as they may be needed.
`sending`: from here on it may have arrived. Without a later step it is unsure: the same bytes are sent again.
`sent`: the server has taken it. `refused`: it has not, with `code` and whether that is `permanent`.
`struck`: it is never sent again, as something newer is told to the person instead.
`answered`: what a person answered: `uid`, `to` (the address that was invited), `partstat` and the `sequence`
    that was answered; see `replies`.
`undelivered`: the message did not arrive, or not yet, if `delayed`.

Any further key is kept. What is private has one of the keys in `PRIVATE`, on a line with `until`; it leaves
the file after that day. A last line without its end is what a killed run left: its step was not taken.
"""

import datetime as dt
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from kultursam import atomic
from kultursam.diagnostics import KultursamError, Problem
from kultursam.forumfile.values import TimeSpan
from kultursam.i18n import Message
from kultursam.paths import displayed
from kultursam.plans.model import Meeting, Status
from kultursam.storage import CannotReadFileError

PRIVATE = ("to", "raw", "from", "comment")
"""Keys whose values leave the outbox with the day `until`."""
KEPT_FOR = timedelta(days=90)
"""How long after a meeting the outbox knows whom it was told to."""
SCHEMA = 1
CHUNK = 1 << 16
ANSWERS = {"ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED", "NEEDS-ACTION"}
"""What calendars have of whoever was invited."""
UNEXPECTED = (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What is raised where a step says what no step says."""

Pair = tuple[str, str]
"""A mailbox, its address in small letters, and the UID of a meeting."""


class DamagedOutboxError(KultursamError):
    """A line of an outbox cannot be read."""

    code = "damaged-outbox"

    def __init__(self, path: Path, line: int) -> None:
        text = Message("this line is damaged, and who was sent what cannot be known without it")
        super().__init__(Problem(text, file=displayed(path), line=line))


class NewerOutboxError(KultursamError):
    """An outbox was written by a newer version."""

    code = "newer-schema"

    def __init__(self, path: Path) -> None:
        text = Message("a newer version of kultursam has written this; install that version to use it")
        super().__init__(Problem(text, file=displayed(path)))


class Method(StrEnum):
    """What a message is: to calendars an invitation or its end, or a plain mail that they do not see."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    DIGEST = "DIGEST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a message says of a meeting."""

    name: str
    date: dt.date
    start: time
    end: time
    days: int = 1
    last_day: TimeSpan | None = None
    timezone: str
    status: Status
    place: str | None = None
    format: str | None = None
    link: str | None = None
    location: str = ""
    """Place and host in words."""
    text: str = ""
    """A digest of all else that it says."""

    @property
    def counted(self) -> tuple[object, ...]:
        """All of which a change is told, and raises the sequence."""
        when = (self.date, self.start, self.end, self.days, self.last_day, self.timezone)
        return (*when, self.place, self.format, self.link)

    @property
    def last(self) -> dt.date:
        """The last of its days."""
        return self.date + timedelta(days=self.days - 1)

    @property
    def live(self) -> bool:
        """Whether it was to be held."""
        return self.status is not Status.CANCELLED

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, what says nothing left out."""
        data: dict[str, Any] = {
            "name": self.name,
            "date": self.date.isoformat(),
            "start": f"{self.start:%H:%M}",
            "end": f"{self.end:%H:%M}",
            "days": self.days if self.days > 1 else None,
            "last_day": self.last_day and f"{self.last_day.start:%H:%M}-{self.last_day.end:%H:%M}",
            "timezone": self.timezone,
            "status": self.status.value,
        }
        data |= {key: getattr(self, key) for key in ("place", "format", "link", "location", "text")}
        return {key: value for key, value in data.items() if value}

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> Self:
        """Return what plain data says. Raise `LookupError`, `TypeError` or `ValueError`."""
        last_day = data.get("last_day")
        return cls(
            name=str(data["name"]),
            date=dt.date.fromisoformat(data["date"]),
            start=time.fromisoformat(data["start"]),
            end=time.fromisoformat(data["end"]),
            days=int(data.get("days", 1)),
            last_day=TimeSpan(*map(time.fromisoformat, last_day.split("-"))) if last_day else None,
            timezone=str(data["timezone"]),
            status=Status(data["status"]),
            place=data.get("place"),
            format=data.get("format"),
            link=data.get("link"),
            location=str(data.get("location", "")),
            text=str(data.get("text", "")),
        )

    def as_meeting(self, usual_zone: str) -> Meeting:
        """Return a meeting that is as it was told, for what is said of meetings in words."""
        never = datetime.min.replace(tzinfo=UTC)
        facts = ("date", "start", "end", "days", "last_day", "place", "format", "link", "status")
        return Meeting(
            id="",
            forum="",
            number=0,
            modified=never,
            created=never,
            timezone=self.timezone if self.timezone != usual_zone else None,
            **{key: getattr(self, key) for key in facts},
        )


@dataclass(frozen=True, slots=True)
class Item:
    """One meeting that a message is about."""

    uid: str
    meeting: str
    forum: str
    kind: str
    sequence: int
    told: Told


@dataclass(frozen=True, slots=True)
class Entry:
    """One message."""

    id: str
    at: datetime
    method: Method
    to: str
    """Empty once the address has left the outbox."""
    role: str
    organisation: str
    items: tuple[Item, ...]
    sha256: str = ""
    organiser: str = ""
    """Who invites, as `organiser_key` has it; empty where that is not known."""

    @property
    def mailbox(self) -> str:
        """The address as it is compared."""
        return self.to.casefold()

    @property
    def until(self) -> dt.date:
        """The last day on which the outbox holds the address."""
        return max(item.told.last for item in self.items) + KEPT_FOR


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a mailbox and a meeting."""

    told: Item | None = None
    """What it was certainly told last."""
    method: Method | None = None
    """How it was told that."""
    maybe: tuple[tuple[Method, Item], ...] = ()
    """What it may have been told since."""
    sequence: int = -1
    """The highest that its calendar may have seen; -1 before any."""
    sendings: int = 0
    """How many messages of that sequence it may have seen."""
    stamp: datetime | None = None
    """When the last of these was prepared."""
    entry: Entry | None = None
    """The last message that it may have seen."""
    partstat: str = ""
    """The last answer that is known, if it is to the last sequence."""

    @property
    def invited(self) -> bool:
        """Return whether a calendar may have it."""
        return self.sequence >= 0


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that was prepared and not certainly sent, nor struck."""

    entry: Entry
    place: tuple[int, int]
    """Where its line begins in the file, and how long it is."""
    step: str = "prepared"
    unsure: bool = False
    """Whether it may have arrived all the same."""
    code: int | None = None
    """Of the server that refused it last."""
    permanent: bool = False


@dataclass(slots=True)
class Outbox:
    """The outbox of one year; see above."""

    path: Path
    known: dict[Pair, Known] = field(default_factory=dict)
    unsent: dict[str, Unsent] = field(default_factory=dict)
    """By id, in the order in which they were prepared."""
    size: int = 0
    """Of the file, a torn last line left out."""
    _same: dict[Told, Told] = field(default_factory=dict)
    """What many were told is held in memory once."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the outbox of a file, which may be missing. Raise `KultursamError`."""
        outbox = cls(path)
        for place, number, data in _lines(path):
            try:
                if "until" in data:
                    dt.date.fromisoformat(data["until"])
                outbox._take(data, place)
            except UNEXPECTED as error:
                raise DamagedOutboxError(path, number) from error
            outbox.size = sum(place)
        return outbox

    # --- steps ----------------------------------------------------------------------------------------

    def prepare(self, entry: Entry, raw: bytes) -> Entry:
        """Note a message before it is sent; strike those that it replaces. Return it with its checksum."""
        for replaced in self.replaced_by(entry):
            self._note({"step": "struck", "id": replaced})
        entry = replace(entry, sha256=sha256(raw).hexdigest())
        self._note(
            {
                "step": "prepared",
                "id": entry.id,
                "at": _moment(entry.at),
                "method": entry.method.value,
                "organiser": entry.organiser,
                "to": entry.to,
                "role": entry.role,
                "organisation": entry.organisation,
                "until": entry.until.isoformat(),
                "items": [
                    {
                        "uid": item.uid,
                        "meeting": item.meeting,
                        "forum": item.forum,
                        "kind": item.kind,
                        "sequence": item.sequence,
                        "told": item.told.as_data(),
                    }
                    for item in entry.items
                ],
                "sha256": entry.sha256,
                "raw": b64encode(zlib.compress(raw)).decode(),
            }
        )
        return entry

    def replaced_by(self, entry: Entry) -> list[str]:
        """Return the ids of unsent messages to the same mailbox about any of the same meetings."""
        uids = {item.uid for item in entry.items}
        return [
            one.entry.id
            for one in self.unsent.values()
            if one.entry.mailbox == entry.mailbox and uids & {item.uid for item in one.entry.items}
        ]

    def strike(self, message_id: str) -> None:
        """Note that a message is never sent again."""
        self._note({"step": "struck", "id": message_id})

    def sending(self, message_id: str, at: datetime) -> None:
        """Note that a message may arrive from now on."""
        self._note({"step": "sending", "id": message_id, "at": _moment(at)})

    def sent(self, message_id: str, at: datetime) -> None:
        """Note that the server has taken a message."""
        self._note({"step": "sent", "id": message_id, "at": _moment(at)})

    def refused(self, message_id: str, at: datetime, code: int, *, permanent: bool) -> None:
        """Note that the server has refused a message."""
        step = {"step": "refused", "id": message_id, "at": _moment(at), "code": code, "permanent": permanent}
        self._note(step)

    def raw(self, message_id: str) -> bytes:
        """Return the bytes of an unsent message, as they were prepared. Raise `DamagedOutboxError`."""
        start, length = self.unsent[message_id].place
        with atomic.naming(self.path), self.path.open("rb") as stream:
            stream.seek(start)
            line = stream.read(length)
        with suppress(LookupError, ValueError, zlib.error):
            raw = zlib.decompress(b64decode(json.loads(line)["raw"]))
            if sha256(raw).hexdigest() == self.unsent[message_id].entry.sha256:
                return raw
        with self.path.open("rb") as stream:
            raise DamagedOutboxError(self.path, stream.read(start).count(b"\n") + 1)

    def came_back(self, steps: Iterable[dict[str, Any]]) -> None:
        """Note what came back: answers, and that messages did not arrive."""
        if noted := tuple(steps):
            self._note(*noted)

    def _note(self, *steps: dict[str, Any]) -> None:
        """Append steps, on disk before this returns."""
        if self.path.exists() and self.path.stat().st_size > self.size:
            atomic.truncate(self.path, self.size)
        head = b"" if self.size else _line({"schema": SCHEMA})
        lines = [_line(data) for data in steps]
        atomic.append(self.path, head + b"".join(lines))
        self.size += len(head)
        for data, line in zip(steps, lines, strict=True):
            self._take(data, (self.size, len(line)))
            self.size += len(line)

    def _take(self, data: dict[str, Any], place: tuple[int, int]) -> None:
        """Follow one step. Steps of messages that are settled, or are of a later kind, change nothing."""
        if data.get("schema", SCHEMA) > SCHEMA:
            raise NewerOutboxError(self.path)
        step, one = data.get("step"), self.unsent.get(data.get("id", ""))
        if step == "prepared" and data.get("to"):
            self.unsent[data["id"]] = Unsent(self._entry(data), place)
        elif step == "answered" and data.get("to"):
            self._answer((data["to"].casefold(), data["uid"]), data)
        elif one is None:
            return
        elif step == "sending":
            unsure = one.unsure or one.step == "sending"
            self.unsent[one.entry.id] = replace(one, step=step, unsure=unsure)
            self._follow(one.entry, certain=False)
        elif step == "refused":
            code, permanent = int(data["code"]), bool(data["permanent"])
            self.unsent[one.entry.id] = replace(one, step=step, code=code, permanent=permanent)
            if not one.unsure:
                self._withdraw(one.entry)
        elif step in {"sent", "struck"}:
            del self.unsent[one.entry.id]
            if step == "sent":
                self._follow(one.entry, certain=True)

    def _entry(self, data: dict[str, Any]) -> Entry:
        entry = Entry(
            id=str(data["id"]),
            at=datetime.fromisoformat(data["at"]),
            method=Method(data["method"]),
            to=str(data["to"]),
            role=str(data["role"]),
            organisation=str(data["organisation"]),
            items=tuple(map(self._item, data["items"])),
            sha256=str(data["sha256"]),
            organiser=str(data.get("organiser", "")),
        )
        if not entry.items or entry.at.tzinfo is None:
            raise ValueError(data)
        return entry

    def _item(self, data: dict[str, Any]) -> Item:
        told = Told.of_data(data["told"])
        return Item(
            uid=str(data["uid"]),
            meeting=str(data["meeting"]),
            forum=str(data["forum"]),
            kind=str(data["kind"]),
            sequence=int(data["sequence"]),
            told=self._same.setdefault(told, told),
        )

    def _follow(self, entry: Entry, *, certain: bool) -> None:
        """Take note that a message has arrived, for certain or not."""
        for item in entry.items:
            pair = (entry.mailbox, item.uid)
            known = self.known.get(pair, Known())
            if certain:
                known = replace(known, told=item, method=entry.method, maybe=(), entry=entry)
            else:
                others = tuple(one for one in known.maybe if one[1] != item)
                known = replace(known, maybe=(*others, (entry.method, item)), entry=entry)
            if not certain and entry.method is not Method.DIGEST:
                known = _counted(known, entry, item)
            self.known[pair] = known

    def _withdraw(self, entry: Entry) -> None:
        """Take note that a message has certainly not arrived."""
        for item in entry.items:
            pair = (entry.mailbox, item.uid)
            known = self.known[pair]
            maybe = tuple(one for one in known.maybe if one[1] != item)
            if maybe or known.told:
                self.known[pair] = replace(known, maybe=maybe)
            else:
                del self.known[pair]

    def _answer(self, pair: Pair, data: dict[str, Any]) -> None:
        if data["partstat"] not in ANSWERS:
            raise ValueError(data)
        known = self.known.get(pair)
        if known and int(data["sequence"]) == known.sequence:
            self.known[pair] = replace(known, partstat=data["partstat"])

    # --- what leaves it -------------------------------------------------------------------------------

    def tidy(self, today: dt.date) -> bool:
        """Take out what is no longer needed: bytes of settled messages, and what is private after its day.

        Return whether there was any.
        """

        def kept(data: dict[str, Any]) -> dict[str, Any]:
            until = data.get("until")
            if until and dt.date.fromisoformat(until) < today:
                return {key: value for key, value in data.items() if key not in PRIVATE}
            if "raw" in data and data.get("id") not in self.unsent:
                return {key: value for key, value in data.items() if key != "raw"}
            return data

        return self._rewrite(kept) > 0

    def forget(self, address: str) -> int:
        """Take out all that is private of an address; return in how many lines it was."""

        def kept(data: dict[str, Any]) -> dict[str, Any]:
            named = {str(data.get(key, "")).casefold() for key in ("to", "from")}
            if address.casefold() not in named:
                return data
            return {key: value for key, value in data.items() if key not in PRIVATE}

        return self._rewrite(kept)

    def _rewrite(self, kept: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
        """Write the file anew with what is kept of each line; return how many lines that changes."""
        changed = sum(kept(data) != data for _, _, data in _lines(self.path))
        if changed:
            atomic.replace_private(self.path, _chunks(_line(kept(data)) for _, _, data in _lines(self.path)))
            fresh = Outbox.read(self.path)
            self.known, self.unsent, self.size = fresh.known, fresh.unsent, fresh.size
        return changed


def organiser_key(address: str) -> str:
    """Return a digest of an organiser's address, by which another is known without keeping the address."""
    return sha256(address.casefold().encode()).hexdigest()[:16]


def outboxes(folder: Path, but: Collection[Path] = ()) -> list[Outbox]:
    """Return the outbox of each year in a folder, some left out. Raise `KultursamError`."""
    return [Outbox.read(path) for path in sorted(folder.glob("[0-9]*.jsonl")) if path not in but]


def _counted(known: Known, entry: Entry, item: Item) -> Known:
    """Return what is known once a calendar may have seen a message."""
    stamp = max(known.stamp or entry.at, entry.at)
    if item.sequence > known.sequence:
        return replace(known, sequence=item.sequence, sendings=1, stamp=stamp, partstat="")
    again = known.stamp == entry.at
    return replace(known, sendings=known.sendings + (not again), stamp=stamp)


def steps(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the steps of a file, which may be missing, with their lines. Raise `DamagedOutboxError`."""
    return ((number, data) for _, number, data in _lines(path))


def _lines(path: Path) -> Iterator[tuple[tuple[int, int], int, dict[str, Any]]]:
    """Yield each whole line of a file: its place, number and data. Raise `DamagedOutboxError`."""
    if not path.exists():
        return
    if not path.is_file():
        # A pipe may never end.
        raise CannotReadFileError(path, Message("is not a regular file"))
    start = 0
    with atomic.naming(path), path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.endswith(b"\n"):
                return
            try:
                data = json.loads(line)
            except UNEXPECTED as error:
                raise DamagedOutboxError(path, number) from error
            if not isinstance(data, dict):
                raise DamagedOutboxError(path, number)
            yield (start, len(line)), number, data
            start += len(line)


def _line(data: dict[str, Any]) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass") + b"\n"


def _chunks(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield lines put together to pieces of some size."""
    gathered = bytearray()
    for line in lines:
        gathered += line
        if len(gathered) >= CHUNK:
            yield bytes(gathered)
            gathered.clear()
    yield bytes(gathered)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
