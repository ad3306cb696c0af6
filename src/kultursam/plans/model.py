"""The plan of one year: its meetings, what they cost, what is due, and what changed since the plan of record.

Times of meetings are local, in the forum file's time zone; `modified` is UTC, whole seconds.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Literal

from kultursam.diagnostics import Problem
from kultursam.forumfile.values import Strength, TimeSpan


class Status(StrEnum):
    """A meeting's state: proposed, then confirmed; either may be cancelled."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Origin(StrEnum):
    """How a meeting came about."""

    PLANNED = "planned"
    """A forum's cadence asked for it."""
    RESERVED = "reserved"
    """A place kept for a forum that meets as needed."""
    ADDED = "added"
    """A person added it."""
    EXTERNAL = "external"
    """Another body decided it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One meeting as the plan of record keeps it."""

    id: str
    """``<forum>-<year>-<n>``, for added and external ones ``<forum>-<year>-x<n>``; it never changes."""
    forum: str
    number: int
    """The n of the id."""
    date: date
    start: dt.time
    end: dt.time
    status: Status = Status.PROPOSED
    origin: Origin = Origin.PLANNED
    sequence: int = 0
    modified: datetime
    created: datetime
    host: str | None = None
    place: str | None = None
    decided: bool = False
    """A person confirmed, moved, added or cancelled it: planning never undoes that."""
    forced: tuple[str, ...] = ()
    """The ids of the must-rules that a person broke knowingly."""
    moved_from: dt.date | None = None
    """Where it lay before its last move."""
    reason: str | None = None
    """Why it was cancelled, as a person gave it."""

    @property
    def live(self) -> bool:
        """Return whether it is still to be held."""
        return self.status is not Status.CANCELLED

    @property
    def time(self) -> TimeSpan:
        """From start to end."""
        return TimeSpan(self.start, self.end)

    @property
    def pinned(self) -> bool:
        return self.decided and self.status is Status.PROPOSED

    def announced_on(self, zone: dt.tzinfo) -> dt.date:
        return self.modified.astimezone(zone).date()

    @property
    def week(self) -> int:
        """The ISO week."""
        return self.date.isocalendar().week


@dataclass(frozen=True, slots=True)
class Reason:
    """What one rule says of a meeting on a date."""

    rule: str
    strength: Strength
    date: date
    text: str
    """A sentence in the file's language."""
    line: int | None
    """The line of the forum file that the rule comes from."""
    trouble: int = 0
    """Organisations that a broken should-rule counts."""
    points: int = 0


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a meeting costs and why it lies where it does."""

    ideal: date | None = None
    should: int = 0
    points: int = 0
    prepares: tuple[str, ...] = ()
    """The ids of the meetings it prepares."""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something due on a day, before or after a meeting, or before a term ends."""

    meeting: str | None
    """The id of the meeting; None where it belongs to a term."""
    name: str
    date: date
    forum: str
    number: int
    """Its place among the deadlines of the meeting, from 1; part of its UID; it never changes."""
    modified: datetime
    created: datetime
    sequence: int = 0
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """How a meeting differs from the plan of record."""

    meeting: str
    kind: Literal["new", "moved", "changed", "confirmed", "cancelled"]
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class ForumRecord:
    """A forum as it was when last planned: what calendars need of a forum that has left the file."""

    name: str
    organisations: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class DaySpan:
    """Days, both ends counted, that explain a gap in the year."""

    first: date
    last: date
    name: str
    kind: Literal["period", "holiday"] = "period"


@dataclass(frozen=True)
class Plan:
    """The plan of one year. Meetings stand by forum in file order, then by number."""

    year: int
    name: str
    domain: str
    forums: Mapping[str, ForumRecord]
    meetings: tuple[Meeting, ...]
    deadlines: tuple[Deadline, ...] = ()
    assessments: Mapping[str, Assessment] = field(default_factory=dict)
    """By meeting id."""
    optimal: bool = True
    gap: int = 0
    """How far the points may be above the lower bound, where the proof was given up."""
    should: int = 0
    points: int = 0
    spans: tuple[DaySpan, ...] = ()
    """Holidays on working days, and periods, by date."""
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()

    def uid(self, meeting_id: str) -> str:
        """Return the UID of a meeting: the date is no part of it."""
        return f"{meeting_id}@{self.domain}"

    def meeting(self, meeting_id: str) -> Meeting | None:
        """Return a meeting by its id."""
        return self._by_id.get(meeting_id)

    @cached_property
    def _by_id(self) -> dict[str, Meeting]:
        return {meeting.id: meeting for meeting in self.meetings}

    def chronological(self) -> list[Meeting]:
        """Return the meetings by date and time, then by forum in file order."""
        order = {forum: index for index, forum in enumerate(self.forums)}
        return sorted(self.meetings, key=lambda row: (row.date, row.start, order[row.forum], row.number))


def by_forum(meetings: Iterable[Meeting]) -> dict[str, list[Meeting]]:
    """Return the meetings of each forum, in the order given."""
    of_forum: dict[str, list[Meeting]] = {}
    for meeting in meetings:
        of_forum.setdefault(meeting.forum, []).append(meeting)
    return of_forum


ANNOUNCED = ("date", "start", "end", "place", "host", "status")
"""What is announced of a meeting: a change of any of these is a new version of it."""


def revised(old: Meeting, new: Meeting, now: datetime) -> Meeting:
    """Return a meeting as a new version of an old one if something announced has changed, and only then."""
    changed = any(getattr(old, name) != getattr(new, name) for name in ANNOUNCED)
    if changed:
        modified = later(old.modified, now)
        return replace(new, sequence=old.sequence + 1, modified=modified, created=old.created)
    return replace(new, sequence=old.sequence, modified=old.modified, created=old.created)


def later(modified: datetime, now: datetime) -> datetime:
    """Return the moment of a change: at least a second after the last one, even if the clock was put back."""
    return max(now, modified + timedelta(seconds=1))


def diff(before: Iterable[Meeting], after: Iterable[Meeting]) -> tuple[Change, ...]:
    """Return how a plan's meetings differ from those recorded, in the order of the plan."""
    old = {meeting.id: meeting for meeting in before}
    return tuple(change for meeting in after if (change := _change(old.get(meeting.id), meeting)))


def _change(old: Meeting | None, new: Meeting) -> Change | None:
    if old is None:
        return Change(new.id, "new", None, new.date.isoformat())
    if old.sequence == new.sequence:
        return None
    if not new.live:
        return Change(new.id, "cancelled", old.date.isoformat(), None)
    if (old.date, old.start, old.end) != (new.date, new.start, new.end):
        same_day = old.date == new.date
        return Change(new.id, "moved", _moment(old, timed=same_day), _moment(new, timed=same_day))
    if old.status is not new.status:
        return Change(new.id, "confirmed", old.date.isoformat(), new.date.isoformat())
    return Change(new.id, "changed", _where(old), _where(new))


def _moment(meeting: Meeting, *, timed: bool) -> str:
    day = meeting.date.isoformat()
    return f"{day} {meeting.start:%H:%M}-{meeting.end:%H:%M}" if timed else day


def _where(meeting: Meeting) -> str:
    return ", ".join(part for part in (meeting.host, meeting.place) if part)
