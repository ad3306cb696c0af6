"""What a file's dates make of a year: which recorded meeting each of them decides, and how that then is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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
from kultursam.plans.model import Meeting, Origin, Status
from kultursam.presentation import location
from kultursam.rules.context import fills_slot


@dataclass(frozen=True, slots=True)
class Row:
    """A date of the file and what it decides."""

    entry: Entry
    before: Meeting | None
    """As it is recorded; None of a new one."""
    after: Meeting

    @property
    def changes(self) -> bool:
        """Return whether it is other than recorded."""
        return self.before != self.after


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
                    after = self._decided(claim.entry, meeting)
                    self._check_history(meeting, after)
                except RefusedRowError as error:
                    self.found.unclear(claim.entry.place, said_by(error))
                    continue
                rows.append(Row(claim.entry, self.situation.recorded_by_id.get(meeting.id), after))
        return sorted(rows, key=lambda row: (row.entry.place.sheet, row.entry.place))

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
        unknown, is_again = [], len(rest) < len(claims)
        for claim in rest:
            if same := _recorded_as(claim.entry, free.values()):
                del free[same.id]
                is_again |= same.decided
                yield claim, same
            elif why := _why_not_new(claim.entry, free.values()):
                self.found.unclear(claim.entry.place, why)
            else:
                unknown.append(claim)
        open_ = [one for one in free.values() if one.live and not _is_settled(one)]
        if is_again and not open_:
            yield from self._edited(forum, unknown, free.values())
        else:
            yield from self._by_order(forum, unknown, open_)

    def _edited(
        self, forum: str, claims: Sequence[Claim], meetings: Iterable[Meeting]
    ) -> Iterator[tuple[Claim, Meeting]]:
        """Yield new dates of a list that came in before, each with the nearest meeting that left the list."""
        left = sorted(
            (one for one in meetings if one.live and one.id not in self.situation.over),
            key=attrgetter("date", "number"),
        )
        days, dates = [claim.entry.day for claim in claims], [one.date for one in left]
        if len(days) <= len(dates):
            pairs = dict(enumerate(closest(days, dates)))
        else:
            pairs = {at: number for number, at in enumerate(closest(dates, days))}
        yield from ((claims[at], left[number]) for at, number in pairs.items())
        yield from self._new(forum, [claim for at, claim in enumerate(claims) if at not in pairs])

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
        every = self.situation.recorded_by_forum.get(forum, ())
        numbers = free_numbers(one.number for one in every if one.id.endswith(f"-{one.number}"))
        room = self._slots.get(forum, 0) - sum(map(fills_slot, every))
        for claim in claims:
            fills = room > 0 and claim.entry.day >= self.situation.today
            room -= fills
            meeting = new_meeting(self.situation, forum, next(numbers), Origin.PLANNED, claim.entry.day)
            yield claim, meeting if fills else replace(meeting, origin=Origin.ADDED)

    # --- what becomes of it -----------------------------------------------------------------------

    def _decided(self, entry: Entry, meeting: Meeting) -> Meeting:
        """Return a meeting as an entry decides it; as it is, where the entry says nothing else."""
        register = self.situation.register
        if entry.day not in self.situation.planning_year:
            raise RefusedRowError(
                Message(
                    "a meeting stays in its year, but {day} is not in {year}",
                    day=entry.day,
                    year=self.situation.planning_year,
                )
            )
        if meeting.origin is Origin.EXTERNAL:
            return self._external(entry, meeting)
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
        details = self._details(entry, moved)
        new = details.given_to(moved) if details != Details() else moved
        if entry.days is not None and entry.days != new.days:
            new = replace(new, days=entry.days, own=tuple(dict.fromkeys((*new.own, "time"))))
        new = self._with_status(entry, meeting, new)
        if entry.uid and entry.uid != self._uid(meeting):
            new = replace(new, uid=entry.uid)
        if new == meeting and meeting.id in self.situation.recorded_by_id:
            return meeting
        origin = Origin.PLANNED if new.origin is Origin.RESERVED else new.origin
        forced = () if (new.date, new.times) != (meeting.date, meeting.times) else new.forced
        sequence = max(new.sequence, entry.sequence) if new.uid else new.sequence
        return replace(new, decided=True, origin=origin, forced=forced, sequence=sequence)

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

    def _with_status(self, entry: Entry, meeting: Meeting, new: Meeting) -> Meeting:
        """Return a meeting in the state that an entry says; one known by its date alone is confirmed."""
        by_itself = entry.id is None and meeting.id in self.situation.recorded_by_id
        if not meeting.live and entry.status is None:
            if new == meeting:
                return meeting
            raise RefusedRowError(
                Message(
                    '"{meeting}" is cancelled; first take that back with: kultursam restore {meeting}',
                    meeting=meeting.id,
                )
            )
        status = entry.status or (new.status if entry.id else Status.CONFIRMED)
        if status is Status.CANCELLED:
            return replace(new.cancelled(), reason=entry.reason or new.reason) if new.live else new
        if not new.live:
            if by_itself:
                raise RefusedRowError(
                    Message(
                        '"{meeting}" is cancelled; first take that back with: kultursam restore {meeting}',
                        meeting=meeting.id,
                    )
                )
            new = replace(new, was_confirmed=False, reason=None)
        elif new.status is Status.CONFIRMED and status is Status.PROPOSED:
            raise RefusedRowError(
                Message('"{meeting}" is confirmed already; that is not taken back', meeting=meeting.id)
            )
        return replace(new, status=status)

    def _details(self, entry: Entry, meeting: Meeting) -> Details:
        """Return what an entry says of a meeting that is otherwise."""
        register = self.situation.register
        time_span = _span(entry.hours, meeting)
        given: dict[str, Any] = {
            "time": None if time_span in {None, meeting.time} else time_span,
            "host": _host(register, entry.host, entry.day),
            "place": self._place(entry, meeting),
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

    def _place(self, entry: Entry, meeting: Meeting) -> str | None:
        """Return the place that an entry says, unless it is what our calendars show of place and host."""
        register, plan = self.situation.register, self.situation.recorded_plan
        if plan and entry.location == location(register, plan, meeting):
            return None
        return _or_none(register.place(entry.location))


def _is_settled(meeting: Meeting) -> bool:
    """Return whether somebody has decided a meeting, or cancelled it."""
    return (
        meeting.decided
        or not meeting.live
        or meeting.status is Status.CONFIRMED
        or meeting.origin is Origin.ADDED
    )


def _recorded_as(entry: Entry, meetings: Iterable[Meeting]) -> Meeting | None:
    """Return the settled meeting of an entry's day, at its time if one is; if it is off, any meeting."""
    is_off = entry.status is Status.CANCELLED
    same_day = (one for one in meetings if one.date == entry.day and (is_off or _is_settled(one)))

    def fit(meeting: Meeting) -> tuple[bool, bool]:
        return entry.hours is not None and meeting.start != entry.hours.start, not meeting.live

    return min(same_day, key=fit, default=None)


def _why_not_new(entry: Entry, meetings: Iterable[Meeting]) -> Message | None:
    """Return why an entry that is no recorded meeting is left alone, if it is."""
    if entry.status is Status.CANCELLED:
        return Message("it is cancelled, and no meeting of that day is recorded")
    for meeting in meetings:
        if meeting.decided and meeting.moved_from == entry.day:
            return Message(
                '"{meeting}" was moved from here to {date} since', meeting=meeting.id, date=meeting.date
            )
    return None


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
