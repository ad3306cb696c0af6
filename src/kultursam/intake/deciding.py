"""What a file's dates make of a year: which recorded meeting each of them decides, and how that then is."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any

from kultursam.diagnostics import did_you_mean
from kultursam.forumfile.register import Register
from kultursam.forumfile.values import TimeSpan, folded
from kultursam.i18n import Message, said_by
from kultursam.intake.entries import Entry, Found
from kultursam.intake.matching import Claim, assigned, closest, in_time
from kultursam.intake.moments import Hours
from kultursam.intake.words import NONE
from kultursam.planner.assemble import as_written
from kultursam.planner.edit import CLEAR, Details
from kultursam.planner.situation import Situation, evaluated, free_numbers, new_meeting
from kultursam.plans.model import Former, Meeting, Origin, Status
from kultursam.presentation import location
from kultursam.rules.context import fills_slot


@dataclass(frozen=True, slots=True)
class Row:
    """A date of the file and what it decides."""

    entry: Entry
    before: Meeting | None
    """As it is recorded; None of a new one."""
    after: Meeting
    older: Sequence[str] = ()
    """What it tells that the meeting was before, and was changed since: that is not undone."""

    @property
    def differs(self) -> bool:
        """Return whether it is other than recorded, if only in what nobody is shown."""
        return self.before != self.after

    @property
    def changes(self) -> bool:
        """Return whether it is other than recorded."""
        return self.before is None or replace(self.before, listed=self.after.listed) != self.after


@dataclass(frozen=True, slots=True)
class _Memory:
    """What a row may tell of a meeting that is no news: all that the meeting was before."""

    former: Sequence[Former] = ()
    is_current: bool = False
    """Whether the row is of the meeting's last version: what it says otherwise was edited."""

    def had(self, name: str, value: object) -> bool:
        """Return whether something of the meeting was so before."""
        return any(getattr(one, name) == value for one in self.former)


class RefusedRowError(ValueError):
    """What a row says cannot be done."""


@dataclass
class Decider:
    """Decides the dates of one year."""

    situation: Situation
    found: Found
    force: bool = False
    """Whether meetings that are over may be changed."""

    @cached_property
    def _slots(self) -> dict[str, int]:
        """How many meetings each forum's cadence asks for: known only where a date is a new one."""
        return {forum: len(slots) for forum, slots in evaluated(self.situation).slots.items()}

    def rows(self, claims: Sequence[Claim]) -> list[Row]:
        """Return what claims of the year decide, in the order of the file; what cannot be done is told."""
        rows = []
        for forum, of_forum in groupby(sorted(claims, key=attrgetter("forum")), attrgetter("forum")):
            for claim, meeting in self._matched(forum, list(of_forum)):
                try:
                    rows.append(self._row(claim, meeting))
                except RefusedRowError as error:
                    self.found.unclear(claim.entry.place, said_by(error))
        return sorted(rows, key=lambda row: (row.entry.place.sheet, row.entry.place))

    def _row(self, claim: Claim, meeting: Meeting) -> Row:
        """Return what a claim makes of a meeting. Raise `RefusedRowError` where that cannot be done."""
        entry, before = claim.entry, self.situation.recorded_by_id.get(meeting.id)
        after, older = self._decided(claim, meeting)
        self._check_history(meeting, after)
        if claim.meeting is None and after != before and meeting.date == entry.day:
            # The row may be that of a meeting which has left this day.
            others = [one for one in self.situation.recorded_by_forum[claim.forum] if one.id != meeting.id]
            if other := _left_on(entry, others):
                raise RefusedRowError(_was_moved(other, entry.day))
        for text in older:
            self.found.unclear(entry.place, text)
        if claim.meeting is None and not older and meeting.id not in self.situation.over:
            after = replace(after, listed=True)
        return Row(entry, before, after, older=older)

    def _check_history(self, meeting: Meeting, after: Meeting) -> None:
        if meeting.id in self.situation.over and after != meeting and not self.force:
            text = Message(
                '"{meeting}" was on {date}: history is changed only with --force',
                meeting=meeting.id,
                date=meeting.date,
            )
            raise RefusedRowError(text)

    # --- which meeting ----------------------------------------------------------------------------

    def _matched(self, forum: str, claims: Sequence[Claim]) -> Iterator[tuple[Claim, Meeting]]:
        """Yield each claim with the recorded meeting that it is, or a new one."""
        recorded = self.situation.recorded_by_id
        free = {
            meeting.id: meeting
            for meeting in self.situation.recorded_by_forum.get(forum, ())
            if meeting.origin is not Origin.EXTERNAL
        }
        rest = []
        for claim in in_time(claims):
            if claim.meeting is not None:
                free.pop(claim.meeting, None)
                yield claim, recorded[claim.meeting]
            else:
                rest.append(claim)
        is_again = len(rest) < len(claims)
        for find in (_recorded_as, _former_of, _of_day):
            unknown = []
            for claim in rest:
                if same := find(claim.entry, free.values()):
                    del free[same.id]
                    is_again |= same.decided
                    yield claim, same
                else:
                    unknown.append(claim)
            rest = unknown
        unknown = []
        for claim in rest:
            if why := _why_not_new(claim.entry, self.situation.recorded_by_forum.get(forum, ())):
                self.found.unclear(claim.entry.place, why)
            else:
                unknown.append(claim)
        yield from self._unknown(forum, unknown, free.values(), is_again=is_again)

    def _unknown(
        self, forum: str, claims: Sequence[Claim], free: Collection[Meeting], *, is_again: bool
    ) -> Iterator[tuple[Claim, Meeting]]:
        """Yield dates that are not recorded, each with the meeting that it is to be from now on."""
        open_ = [one for one in free if one.live and not _is_settled(one)]
        left = [one for one in free if one.live and one.listed and one.id not in self.situation.over]
        if is_again and left and (not open_ or len(left) <= len(claims)):
            pairs = self._edited(claims, left)
            yield from ((claims[at], meeting) for at, meeting in pairs.items())
            claims = [claim for at, claim in enumerate(claims) if at not in pairs]
        yield from self._by_order(forum, claims, open_)

    @staticmethod
    def _edited(claims: Sequence[Claim], meetings: Iterable[Meeting]) -> dict[int, Meeting]:
        """Return, by their numbers, new dates of a list that came in before that are meetings which left it.

        Each is the nearest one.
        """
        left = sorted(meetings, key=attrgetter("date", "number"))
        days, dates = [claim.entry.day for claim in claims], [one.date for one in left]
        if len(days) <= len(dates):
            pairs = dict(enumerate(closest(days, dates)))
        else:
            pairs = {at: number for number, at in enumerate(closest(dates, days))}
        return {at: left[number] for at, number in pairs.items()}

    def _by_order(
        self, forum: str, claims: Sequence[Claim], meetings: Iterable[Meeting]
    ) -> Iterator[tuple[Claim, Meeting]]:
        """Yield claims with the meetings that nobody has decided, in order of time; then with new ones."""
        today, surplus = self.situation.today, []
        in_order = sorted(meetings, key=attrgetter("date", "number"))
        for is_over in (True, False):
            ours = [claim for claim in claims if (claim.entry.day < today) is is_over]
            theirs = [one for one in in_order if (one.date < today) is is_over]
            days = [claim.entry.day for claim in ours]
            for claim, meeting in zip(ours, assigned(days, theirs), strict=True):
                if meeting is None:
                    surplus.append(claim)
                else:
                    yield claim, meeting
        yield from self._new(forum, surplus)

    def _new(self, forum: str, claims: Sequence[Claim]) -> Iterator[tuple[Claim, Meeting]]:
        """Yield claims with new meetings, which fill what is free of the forum's cadence."""
        if not claims:
            return
        every = self.situation.recorded_by_forum.get(forum, ())
        numbers = free_numbers(one.number for one in every if one.id.endswith(f"-{one.number}"))
        room = self._slots.get(forum, 0) - sum(map(fills_slot, every))
        for claim in claims:
            fills = room > 0 and claim.entry.day >= self.situation.today
            room -= fills
            meeting = new_meeting(self.situation, forum, next(numbers), Origin.PLANNED, claim.entry.day)
            yield claim, meeting if fills else replace(meeting, origin=Origin.ADDED)

    # --- what becomes of it -----------------------------------------------------------------------

    def _memory(self, claim: Claim, meeting: Meeting) -> _Memory:
        """Return what a claim may tell of a meeting that is no news."""
        recorded = self.situation.recorded_by_id.get(meeting.id)
        if recorded is None:
            return _Memory()
        if claim.entry.id is not None and claim.entry.version == recorded.version:
            return _Memory(is_current=True)
        # A list of its own decides what is a mere proposal, whatever that was before.
        return _Memory(recorded.former if claim.meeting or _is_settled(recorded) else ())

    def _decided(self, claim: Claim, meeting: Meeting) -> tuple[Meeting, list[Message]]:
        """Return a meeting as a claim decides it, and what of the claim is older than the plan.

        It is as it was, where the claim says nothing else.
        """
        entry, older, memory = claim.entry, list[Message](), self._memory(claim, meeting)
        register = self.situation.register
        if entry.day != meeting.date and memory.had("date", entry.day):
            older.append(_was_moved(meeting, entry.day))
            entry = replace(entry, day=meeting.date)
        if entry.day != meeting.date and entry.day not in self.situation.planning_year:
            raise RefusedRowError(
                Message(
                    "a meeting stays in its year, but {day} is not in {year}",
                    day=entry.day,
                    year=self.situation.planning_year,
                )
            )
        if meeting.origin is Origin.EXTERNAL:
            return self._external(entry, meeting), older
        if meeting.forum not in register.forums:
            raise RefusedRowError(
                Message(
                    '"{meeting}" belongs to a forum that is no longer in the forum file', meeting=meeting.id
                )
            )
        moved = meeting
        if entry.day != meeting.date:
            moved = replace(meeting, date=entry.day, moved_from=meeting.date)
            if not meeting.decided and meeting.id in self.situation.recorded_by_id:
                # Until now it was a proposal: no meeting was decided for the day that it leaves.
                moved = replace(as_written(self.situation, moved), moved_from=None)
        details, former = _without_former(self._details(entry, moved, memory), meeting, memory)
        older += former
        new = details.given_to(moved) if details != Details() else moved
        if entry.days is not None and entry.days != new.days and not memory.had("days", entry.days):
            new = replace(new, days=entry.days, own=tuple(dict.fromkeys((*new.own, "time"))))
        new, since = self._with_status(entry, meeting, new, memory)
        older += since
        if entry.uid and entry.uid != self._uid(meeting):
            new = replace(new, uid=entry.uid)
        if new == meeting and meeting.id in self.situation.recorded_by_id:
            return meeting, older
        origin = Origin.PLANNED if new.origin is Origin.RESERVED else new.origin
        forced = () if (new.date, new.times) != (meeting.date, meeting.times) else new.forced
        sequence = max(new.sequence, entry.sequence) if new.uid else new.sequence
        return replace(new, decided=True, origin=origin, forced=forced, sequence=sequence), older

    def _uid(self, meeting: Meeting) -> str | None:
        plan = self.situation.recorded_plan
        return plan.uid(meeting.id) if plan and meeting.id in self.situation.recorded_by_id else None

    def _external(self, entry: Entry, meeting: Meeting) -> Meeting:
        said = self._details(entry, meeting)
        if entry.day != meeting.date or said != Details():
            raise RefusedRowError(
                Message('"{key}" is decided elsewhere; change its dates in the forum file', key=meeting.forum)
            )
        return meeting

    def _with_status(
        self, entry: Entry, meeting: Meeting, new: Meeting, memory: _Memory
    ) -> tuple[Meeting, list[Message]]:
        """Return a meeting in the state that an entry says, and what of that is older than the plan.

        One that is known by its date alone is confirmed.
        """
        if not meeting.live:
            return self._off(entry, meeting, new, memory)
        status = entry.status or (new.status if entry.id else Status.CONFIRMED)
        if status is Status.CANCELLED:
            if memory.had("cancelled", value=True):
                text = Message(
                    '"{meeting}" was cancelled, but is on again since; to cancel it: '
                    "kultursam cancel {meeting} --reason TEXT",
                    meeting=meeting.id,
                )
                return new, [text]
            return replace(new.cancelled(), reason=entry.reason or new.reason), []
        if new.status is Status.CONFIRMED and status is Status.PROPOSED:
            text = Message('"{meeting}" is confirmed already; that is not taken back', meeting=meeting.id)
            if memory.is_current:
                raise RefusedRowError(text)
            return new, [text]
        return replace(new, status=status), []

    def _off(
        self, entry: Entry, meeting: Meeting, new: Meeting, memory: _Memory
    ) -> tuple[Meeting, list[Message]]:
        """Return a cancelled meeting as an entry says it: on again only if that was edited since."""
        if entry.status is Status.CANCELLED or (entry.status is None and new == meeting):
            return new, []
        text = Message(
            '"{meeting}" is cancelled; first take that back with: kultursam restore {meeting}',
            meeting=meeting.id,
        )
        if entry.status is None:
            raise RefusedRowError(text)
        if memory.is_current:
            return replace(new, status=entry.status, was_confirmed=False, reason=None), []
        return meeting, [text]

    def _details(self, entry: Entry, meeting: Meeting, memory: _Memory = _Memory()) -> Details:
        """Return what an entry says of a meeting that is otherwise."""
        register = self.situation.register
        time_span = _span(entry.hours, meeting)
        given: dict[str, Any] = {
            "time": None if time_span in {None, meeting.time} else time_span,
            "host": _host(register, entry.host, entry.day),
            "place": self._place(entry, meeting, memory),
            "format": entry.format,
            "link": _or_none(entry.link),
        }
        return Details(
            **{
                name: value
                for name, value in given.items()
                if name == "time" or (value if value != CLEAR else None) != getattr(meeting, name)
            }
        )

    def _place(self, entry: Entry, meeting: Meeting, memory: _Memory) -> str | None:
        """Return the place that an entry says, unless it is what our calendars show of place and host.

        That is so of what they showed before, too.
        """
        register, plan = self.situation.register, self.situation.recorded_plan
        place = _or_none(register.place(entry.location))
        shown = [meeting]
        if not memory.had("place", place):
            shown += (replace(meeting, place=was.place, host=was.host) for was in memory.former)
        if plan and any(entry.location == location(register, plan, one) for one in shown):
            return None
        return place


def _is_settled(meeting: Meeting) -> bool:
    """Return whether somebody has decided a meeting, or cancelled it."""
    return (
        meeting.decided
        or not meeting.live
        or meeting.status is Status.CONFIRMED
        or meeting.origin is Origin.ADDED
    )


def _recorded_as(entry: Entry, meetings: Iterable[Meeting]) -> Meeting | None:
    """Return the settled meeting that is at an entry's time; without a time, that is on its day."""
    return next((one for one in _on_day(entry, meetings) if _starts(entry, one)), None)


def _of_day(entry: Entry, meetings: Iterable[Meeting]) -> Meeting | None:
    """Return the settled meeting of an entry's day, if it never was at the entry's time."""
    return next(iter(_on_day(entry, meetings)), None)


def _on_day(entry: Entry, meetings: Iterable[Meeting]) -> list[Meeting]:
    """Return the settled meetings of an entry's day, the live ones first; if it is off, all meetings."""
    is_off = entry.status is Status.CANCELLED
    return sorted(
        (one for one in meetings if one.date == entry.day and (is_off or _is_settled(one))),
        key=lambda one: not one.live,
    )


def _starts(entry: Entry, meeting: Meeting | Former) -> bool:
    return entry.hours is None or entry.hours.start == meeting.start


def _former_of(entry: Entry, meetings: Iterable[Meeting]) -> Meeting | None:
    """Return the meeting that a person has decided, and that was on the day and at the time of an entry.

    An entry that is off may be off because the meeting was moved: it is none.
    """
    if entry.status is Status.CANCELLED:
        return None
    return next((one for one in meetings if any(_starts(entry, was) for was in _left(one, entry.day))), None)


def _left(meeting: Meeting, day: date) -> list[Former]:
    """Return how a meeting that a person has decided was announced for a day, before."""
    if not meeting.decided:
        return []
    return [was for was in meeting.former if was.date == day and not was.unannounced]


def _left_on(entry: Entry, meetings: Iterable[Meeting]) -> Meeting | None:
    """Return a meeting that was on an entry's day before, and is no longer."""
    return next((one for one in meetings if one.date != entry.day and _left(one, entry.day)), None)


def _was_moved(meeting: Meeting, day: date) -> Message:
    return Message(
        '"{meeting}" was moved from here to {date} since; to have it here again: '
        "kultursam move {meeting} {day}",
        meeting=meeting.id,
        date=meeting.date,
        day=day,
    )


def _why_not_new(entry: Entry, meetings: Iterable[Meeting]) -> Message | None:
    """Return why an entry that is no recorded meeting is left alone, if it is."""
    if other := _left_on(entry, meetings):
        return _was_moved(other, entry.day)
    if entry.status is Status.CANCELLED:
        return Message("it is cancelled, and no meeting of that day is recorded")
    return None


def _without_former(details: Details, meeting: Meeting, memory: _Memory) -> tuple[Details, list[Message]]:
    """Return details without those that a meeting had before, and what is to be told of these."""
    given = {one.name: getattr(details, one.name) for one in fields(details)}
    former = {
        name: value
        for name, value in given.items()
        if value is not None and memory.had(name, None if value == CLEAR else value)
    }
    if not former:
        return details, []
    text = Message(
        '"{meeting}" was changed since, from {old} to {new}',
        meeting=meeting.id,
        old=", ".join(map(str, former.values())),
        new=", ".join(str(getattr(meeting, name) or CLEAR) for name in former),
    )
    return Details(**{name: None if name in former else value for name, value in given.items()}), [text]


def _or_none(text: str | None) -> str | None:
    return CLEAR if text and folded(text) in NONE else text


def _span(hours: Hours | None, meeting: Meeting) -> TimeSpan | None:
    """Return the times that an entry says; from a start alone, the meeting is as long as it was."""
    if hours is None or hours.span:
        return hours.span if hours else None
    if hours.start == meeting.start:
        return meeting.time
    begin, end = meeting.time.minutes
    finish = datetime.combine(date.min, hours.start) + timedelta(minutes=end - begin)
    return TimeSpan(hours.start, time(finish.hour, finish.minute))


def _host(register: Register, text: str | None, day: date) -> str | None:
    """Return the id of the organisation that is to host. Raise `RefusedRowError` if there is none such."""
    if text is None or folded(text) in NONE:
        return CLEAR if text else None
    bodies = register.file.organisations
    found = {
        key for key, body in bodies.items() if folded(text) in {key, folded(body.name), folded(body.label)}
    }
    if len(found) != 1:
        sentence = Message('there is no organisation "{key}"', key=text)
        raise RefusedRowError(did_you_mean(sentence, text, [body.label for body in bodies.values()]))
    host = found.pop()
    if not register.takes_part(host, day):
        raise RefusedRowError(
            Message('"{host}" takes no part in anything on {day}, so it cannot host', host=host, day=day)
        )
    return host
