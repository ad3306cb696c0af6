"""The plan of one year: its meetings, what they cost, what is due, and what changed since the plan of record.

Times of meetings are local, in the forum file's time zone; `modified` is UTC, whole seconds.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, NamedTuple, Self

from kultursam.diagnostics import Problem
from kultursam.forumfile.planning_year import NEW_YEAR, PlanningYear
from kultursam.forumfile.values import DayOfYear, Roles, Strength, TimeSpan

STAMP = "%Y-%m-%dT%H:%M:%SZ"
"""How moments are written: UTC, to the second."""


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
class Departure:
    """An organisation, or a role, that no longer takes part in a meeting: its calendar has it as cancelled.

    Once it takes part again, its calendar counts on from there.
    """

    meeting: str
    organisation: str = ""
    role: str = ""
    """Instead of an organisation: nobody there has this role any more."""
    date: date
    start: dt.time
    end: dt.time
    days: int = 1
    last_day: TimeSpan | None = None
    timezone: str | None = None
    sequence: int
    modified: datetime
    ahead: int = 0
    """By how many versions its calendar is ahead of all others, since it is back; 0 while it is not."""
    shown: str = ""
    """A digest of what its calendar entry shows."""

    @property
    def who(self) -> tuple[str, str]:
        """The organisation, or the role: one of the two is empty."""
        return self.organisation, self.role

    @property
    def time(self) -> TimeSpan:
        """From start to end."""
        return TimeSpan(self.start, self.end)

    def announced_on(self, zone: tzinfo) -> dt.date:
        """Return the day, in a time zone, on which the organisation or role left, or was back."""
        return self.modified.astimezone(zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """How a meeting was until it was changed: a list that still says so is an old one."""

    date: date
    start: dt.time
    end: dt.time
    days: int = 1
    host: str | None = None
    place: str | None = None
    format: str | None = None
    link: str | None = None
    cancelled: bool = False
    """Whether it was off."""
    cancelled_at: datetime | None = None
    """When it was cancelled, if it was off and that is known."""
    unannounced: bool = False
    """Whether no meeting was announced for its day: a list took a proposal, or a place that was kept."""
    until: datetime | None = None
    """The moment of the change, where it is known."""

    @property
    def when(self) -> str:
        """Its date, or the first and the last: in ISO 8601."""
        return when(self.date, self.days)

    @property
    def time(self) -> TimeSpan:
        """From start to end, on each of its days."""
        return TimeSpan(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One meeting as the plan of record keeps it."""

    id: str
    """``<forum>-<year>-<n>``, of an external one ``<forum>-<year>-x<n>``, of an added one with four letters
    instead of n; it never changes."""
    forum: str
    number: int
    """The n of the id; 0 where it has none."""
    date: date
    """Its first day."""
    start: dt.time
    end: dt.time
    """On each of its days; if it is not after the start, on the day after."""
    days: int = 1
    """On how many consecutive days it is held."""
    last_day: TimeSpan | None = None
    """The times of the last of several days, where these are others."""
    timezone: str | None = None
    """The zone of its times, where that is not the forum file's."""
    status: Status = Status.PROPOSED
    origin: Origin = Origin.PLANNED
    sequence: int = 0
    modified: datetime
    created: datetime
    announced: datetime | None = None
    """The moment of the last change but for a confirmation, where one came after it; else `modified`."""
    host: str | None = None
    place: str | None = None
    format: str | None = None
    """How it is held, as announced; the forum may say otherwise by now."""
    link: str | None = None
    """Where to join."""
    uid: str | None = None
    """Of the calendar entry that it was imported from; none where the id makes it."""
    own: tuple[str, ...] = ()
    """The details that a person set for this meeting: time, host, place, format, link."""
    decided: bool = False
    """A person confirmed, moved, added or cancelled it: planning never undoes that."""
    forced: tuple[str, ...] = ()
    """The ids of the must-rules that a person broke knowingly."""
    moved_from: dt.date | None = None
    """Where it lay before its last move."""
    former: tuple[Former, ...] = ()
    """All that it was before, the oldest first."""
    listed: bool = False
    """Whether a list of decided dates has it."""
    reason: str | None = None
    """Why it was cancelled, as a person gave it."""
    was_confirmed: bool = False
    """Whether it was confirmed before it was cancelled."""
    cancelled_at: datetime | None = None
    """When it was cancelled, if it is; none where an older version wrote the plan."""
    organisations: tuple[str, ...] | None = None
    """Those that take part, or took part, in this meeting; none where they are the forum's."""
    roles: Roles = ()
    """Of the organisations that took part."""
    left: tuple[Departure, ...] = ()
    """The organisations and roles that no longer take part, or did not for some time."""
    shown: str = ""
    """A digest of what its calendar entry shows; empty if version 1.0.0 wrote it."""
    source: str = ""
    """A digest of what names an external one in the calendar that it is from, where one does."""

    @property
    def live(self) -> bool:
        """Return whether it is still to be held."""
        return self.status is not Status.CANCELLED

    @property
    def pinned(self) -> bool:
        """Return whether a person chose the date of what is still a proposal: planning leaves it there."""
        return self.decided and self.status is Status.PROPOSED

    def cancelled(self) -> Self:
        """Return the meeting as cancelled, knowing whether it was confirmed."""
        return replace(self, status=Status.CANCELLED, was_confirmed=self.status is Status.CONFIRMED)

    def announced_on(self, zone: tzinfo) -> dt.date:
        """Return the day, in a time zone, of the last change that is more than a confirmation."""
        return (self.announced or self.modified).astimezone(zone).date()

    @property
    def time(self) -> TimeSpan:
        """From start to end, on each of its days."""
        return TimeSpan(self.start, self.end)

    @property
    def version(self) -> str:
        """The moment of its last change, which no two versions share: as the plan of record has it."""
        return self.modified.strftime(STAMP)

    @property
    def last(self) -> dt.date:
        """The last of its days."""
        return self.date + timedelta(days=self.days - 1)

    @property
    def every_day(self) -> list[dt.date]:
        """All its days, in order."""
        return [self.date + timedelta(days=number) for number in range(self.days)]

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The moments, local to its zone, of its first start and its last end."""
        midnight, (_, end) = dt.time(), (self.last_day or self.time).minutes
        finish = datetime.combine(self.last, midnight) + timedelta(minutes=end)
        return datetime.combine(self.date, self.start), finish

    @property
    def when(self) -> str:
        """Its date, or the first and the last: in ISO 8601."""
        return when(self.date, self.days)

    @property
    def times(self) -> tuple[object, ...]:
        """All that says when on its days it is held."""
        return self.start, self.end, self.days, self.last_day, self.timezone

    @property
    def hours(self) -> str:
        """Its times as a forum file has them, with those of the last day and the zone where these differ."""
        return " ".join(str(part) for part in (self.time, self.last_day, self.timezone) if part)

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
    ideal_reason: str = ""
    """How the ideal lies to the dates that it follows."""
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
    shown: str = ""
    """A digest of what its calendar entry shows; empty if version 1.0.0 wrote it."""


Item = Meeting | Deadline | Departure
"""What has an entry in calendars."""


@dataclass(frozen=True, slots=True)
class Change:
    """How a meeting differs from the plan of record."""

    meeting: str
    kind: Literal["new", "moved", "changed", "confirmed", "cancelled", "restored", "renamed"]
    before: str | None = None
    """What it was, where that is not clear from the kind: a day with or without times, names, details."""
    after: str | None = None


@dataclass(frozen=True, slots=True)
class ForumRecord:
    """A forum as it was when last planned: what calendars need of a forum that has left the file."""

    name: str
    organisations: tuple[str, ...]
    roles: Roles = ()
    """Version 1.0.0 recorded none."""
    left_out: int = 0
    """How many of its first slots were left out, as the year had begun when it was first planned."""
    slots: int = 0
    """Of how many, if any were left out."""


@dataclass(frozen=True, slots=True, order=True)
class DaySpan:
    """Days, both ends counted, that explain a gap in the year."""

    first: date
    last: date
    name: str
    kind: Literal["period", "holiday"] = "period"

    @property
    def days(self) -> list[date]:
        """All its days, in order."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


class Gap(NamedTuple):
    """How far a plan may be from the best: what it may cost above the lower bound of each stage."""

    broken: int = 0
    moved: int = 0
    should: int = 0
    points: int = 0


PROVEN = Gap()


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
    gap: Gap = PROVEN
    """Above 0 where a proof was given up."""
    should: int = 0
    points: int = 0
    spans: tuple[DaySpan, ...] = ()
    """Holidays on working days, and periods, by date."""
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    organisations: Mapping[str, str] = field(default_factory=dict)
    """The names of the organisations that take part or host, as they were when last planned."""
    left: tuple[str, ...] = ()
    """Those of them that have left the file: that was told."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """By meeting id: its place in time among its forum's meetings of the year, the cancelled ones too."""
    schema: int = 2
    """Of its file: 1 while it is what version 1.0.0 wrote."""
    begins: DayOfYear = NEW_YEAR
    """The day on which its year begins."""

    @property
    def planning_year(self) -> PlanningYear:
        """The days of its year."""
        return PlanningYear(self.year, self.begins)

    def number(self, meeting: Meeting) -> int:
        """Return the number that people see of a meeting."""
        return self.numbers.get(meeting.id, meeting.number)

    def label(self, organisation: str | None) -> str:
        """Return the name of an organisation, its id if none is recorded; nothing of none."""
        return self.organisations.get(organisation or "", organisation or "")

    def organisations_of(self, meeting: Meeting) -> tuple[str, ...]:
        """Return the organisations that take part in a meeting, or did."""
        own = meeting.organisations
        return self.forums[meeting.forum].organisations if own is None else own

    def entries_of(self, meeting: Meeting) -> dict[str, Meeting | Departure]:
        """Return what the calendar of each organisation has of a meeting: of one that it has left, that."""
        taking_part: dict[str, Meeting | Departure] = dict.fromkeys(self.organisations_of(meeting), meeting)
        return taking_part | {one.organisation: one for one in meeting.left if one.organisation}

    def roles_of(self, meeting: Meeting) -> Roles:
        """Return the roles of those that take part in a meeting, or did; none where they are not recorded."""
        own = meeting.organisations
        return self.forums[meeting.forum].roles if own is None else meeting.roles

    def details(self, meeting: Meeting) -> tuple[str | None, ...]:
        """Return the place, host, format and link of a meeting in words."""
        return meeting.place, self.label(meeting.host), meeting.format, meeting.link

    def uid(self, meeting_id: str) -> str:
        """Return the UID of a meeting: the date is no part of it. One that was imported keeps its own."""
        meeting = self.meeting(meeting_id)
        return (meeting and meeting.uid) or f"{meeting_id}@{self.domain}"

    def uid_of_deadline(self, deadline: Deadline) -> str:
        """Return the UID of a deadline: neither its date nor its name is part of it."""
        owner = deadline.meeting or f"{deadline.forum}-{self.year}-term"
        return self.uid(f"{owner}-d{deadline.number}")

    def meeting(self, meeting_id: str) -> Meeting | None:
        """Return a meeting by its id."""
        return self._by_id.get(meeting_id)

    @cached_property
    def _by_id(self) -> dict[str, Meeting]:
        return {meeting.id: meeting for meeting in self.meetings}

    def chronological(self) -> list[Meeting]:
        """Return the meetings by date and time, then by forum in file order."""
        order = {forum: index for index, forum in enumerate(self.forums)}
        return sorted(
            self.meetings, key=lambda row: (row.date, row.start, order[row.forum], row.number, row.id)
        )


def by_forum(meetings: Iterable[Meeting]) -> dict[str, list[Meeting]]:
    """Return the meetings of each forum, in the order given."""
    of_forum: dict[str, list[Meeting]] = {}
    for meeting in meetings:
        of_forum.setdefault(meeting.forum, []).append(meeting)
    return of_forum


def numbers(meetings: Iterable[Meeting]) -> dict[str, int]:
    """Return the place in time of each meeting of a year among those of its forum, by id."""
    in_time = sorted(meetings, key=lambda meeting: (meeting.date, meeting.start, meeting.number, meeting.id))
    return {
        meeting.id: number
        for several in by_forum(in_time).values()
        for number, meeting in enumerate(several, 1)
    }


TIMES = ("start", "end", "days", "last_day", "timezone")
"""What says when on its days a meeting is held."""
COUNTED = ("date", *TIMES, "place", "format", "link", "live")
"""What raises the sequence: everybody must look at the calendar entry again."""
UNCOUNTED = ("host", "status", "origin", "reason", "moved_from", "uid")
"""What calendars show beside: a change of it raises `modified` alone."""
DETAILS = ("host", "place", "format", "link")
REMEMBERED = ("date", "start", "end", "days", *DETAILS)
"""What a plan remembers of how a meeting was."""


def revised(old: Meeting, new: Meeting, now: datetime) -> Meeting:
    """Return a meeting as a new version of an old one, with the sequence and the moments that it then has."""
    counted = any(getattr(old, name) != getattr(new, name) for name in COUNTED)
    others = [name for name in UNCOUNTED if getattr(old, name) != getattr(new, name)]
    stamps: dict[str, Any] = {
        name: getattr(old, name) for name in ("sequence", "created", "modified", "announced", "shown")
    }
    if counted or others:
        confirmed = not counted and others == ["status"]
        stamps["announced"] = (old.announced or old.modified) if confirmed else None
        # An entry that was imported has counted by itself; calendars follow no lower number.
        imported = new.sequence if new.uid else 0
        stamps |= {"sequence": max(old.sequence + counted, imported), "modified": later(old.modified, now)}
    stamps["former"] = _former(old, new, stamps["modified"])
    stamps["cancelled_at"] = None if new.live else stamps["modified"] if old.live else old.cancelled_at
    return replace(new, **stamps)


def _former(old: Meeting, new: Meeting, moment: datetime) -> tuple[Former, ...]:
    """Return all that a meeting was before a change at a moment; what others decide has no memory here."""
    differs = any(getattr(old, name) != getattr(new, name) for name in REMEMBERED)
    if new.origin is Origin.EXTERNAL or not (differs or (new.live and not old.live)):
        return old.former
    was = Former(
        **{name: getattr(old, name) for name in REMEMBERED},
        cancelled=not old.live,
        cancelled_at=old.cancelled_at,
        unannounced=new.date != old.date != new.moved_from,
        until=moment,
    )
    return (*old.former, was)


def when(first: date, days: int) -> str:
    """Return a date, or the first and the last of several: in ISO 8601."""
    return f"{first}/{first + timedelta(days=days - 1)}" if days > 1 else str(first)


def later(modified: datetime, now: datetime) -> datetime:
    """Return the moment of a change: at least a second after the last one, even if the clock was put back."""
    return max(now, modified + timedelta(seconds=1))


def diff(before: Plan | None, after: Plan) -> tuple[Change, ...]:
    """Return how a plan's meetings differ from those recorded, in the order of the plan."""
    return tuple(change for meeting in after.meetings for change in _changes(before, after, meeting))


def _changes(before: Plan | None, after: Plan, new: Meeting) -> Iterable[Change]:
    """Return how a meeting differs: that it came or went; or where it is now, and what else; or its state."""
    old, day = before.meeting(new.id) if before else None, new.date.isoformat()
    if before is None or old is None:
        return [Change(new.id, "new", None, day)]
    if old.live != new.live:
        return [Change(new.id, "restored", None, day) if new.live else Change(new.id, "cancelled", day)]
    if old.origin is Origin.RESERVED and new.origin is Origin.PLANNED and old.status is new.status:
        # A place was kept free, on that day or another; until now nobody was to meet.
        return [Change(new.id, "new", None, day)]
    found = _move(old, new), _other_details(before, after, old, new)
    return list(filter(None, found)) or filter(None, [_change_of_state(before, after, old, new)])


def _move(old: Meeting, new: Meeting) -> Change | None:
    """Return how the days differ, with their times where the first day is the same."""
    if (old.date, old.times) == (new.date, new.times):
        return None
    timed = old.date == new.date
    moments = (f"{one.when} {one.hours}" if timed else one.when for one in (old, new))
    return Change(new.id, "moved", *moments)


def _other_details(before: Plan, after: Plan, old: Meeting, new: Meeting) -> Change | None:
    """Return how place, host, format and link differ."""
    if all(getattr(old, name) == getattr(new, name) for name in DETAILS):
        return None
    # A host may have another id and the same name.
    return change_of_details(new.id, before.details(old), after.details(new))


def change_of_details(
    meeting_id: str, before: Iterable[str | None], after: Iterable[str | None]
) -> Change | None:
    """Return how details of a meeting, given in words, differ; None if they do not."""
    differing = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    if not differing:
        return None
    sides = (", ".join(filter(None, side)) for side in zip(*differing, strict=True))
    return Change(meeting_id, "changed", *sides)


def _change_of_state(before: Plan, after: Plan, old: Meeting, new: Meeting) -> Change | None:
    if old.status is not new.status:
        return Change(new.id, "confirmed", new.date.isoformat(), new.date.isoformat())
    names = [(before.forums[new.forum].name, after.forums[new.forum].name)]
    if new.host in before.organisations:
        names.append((before.label(new.host), after.label(new.host)))
    renamed = (Change(new.id, "renamed", was, now) for was, now in names if was != now)
    return next(renamed, None) if new.live else None
