"""What a year's plan depends on, and what of it is settled before planning begins."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import count
from typing import Any, NamedTuple

from kultursam.dates.busy_calendars import Event
from kultursam.dates.holidays import DAY
from kultursam.dates.wishes import Wish
from kultursam.forumfile import values
from kultursam.forumfile.models import Forum
from kultursam.forumfile.planning_year import PlanningYear
from kultursam.forumfile.register import Register
from kultursam.forumfile.values import LONGEST_NIGHT, TimeSpan
from kultursam.planner.model import Commitments
from kultursam.planner.running_year import left_out
from kultursam.plans.model import Meeting, Origin, Plan, Status, by_forum, revised
from kultursam.rules.context import EvaluatedYear, fills_slot, grouped
from kultursam.rules.evaluate import evaluate_year, with_followers, year_context

MINUTE = timedelta(minutes=1)
LONGEST_EVENT = 999
"""Days of an event of another body, at most: one may last for decades."""


@dataclass(frozen=True)
class Situation:
    """Everything that a year's plan depends on."""

    register: Register
    year: int
    today: date
    now: datetime
    """What new and changed meetings are stamped with: UTC, whole seconds."""
    recorded_plan: Plan | None = None
    """The year's plan of record."""
    others: tuple[Plan, ...] = ()
    """The plans of all other years."""
    events: Mapping[str, Sequence[Event]] = field(default_factory=dict)
    """What the calendar files of other bodies hold, by their name in the forum file."""
    wishes: Mapping[str, Sequence[Wish]] = field(default_factory=dict)
    """What organisations answered to polls, by the name of the file in the forum file."""
    whole_year: bool = False
    """Whether the part of a running year that is over is to be planned as well."""

    @property
    def recorded(self) -> tuple[Meeting, ...]:
        """The meetings of the plan of record."""
        return self.recorded_plan.meetings if self.recorded_plan else ()

    @cached_property
    def recorded_by_id(self) -> dict[str, Meeting]:
        """The meetings of the plan of record, by id."""
        return {meeting.id: meeting for meeting in self.recorded}

    @cached_property
    def recorded_by_forum(self) -> dict[str, list[Meeting]]:
        """The meetings of the plan of record, by forum."""
        return by_forum(self.recorded)

    @cached_property
    def over(self) -> frozenset[str]:
        """The ids of the recorded meetings that lie before today."""
        return frozenset(meeting.id for meeting in self.recorded if meeting.date < self.today)

    @cached_property
    def planning_year(self) -> PlanningYear:
        """The days of the year."""
        return self.register.planning_year(self.year)

    @property
    def is_over(self) -> bool:
        """Return whether today lies after the year."""
        return self.today > self.planning_year.last

    @property
    def is_whole(self) -> bool:
        """Return whether all of the year is planned, whatever day it is: one that is over is, at first."""
        return self.whole_year or (self.recorded_plan is None and self.is_over)

    @property
    def is_history(self) -> bool:
        """Return whether the year is over and nothing of it is planned any more."""
        return self.is_over and not self.is_whole

    @cached_property
    def neighbours(self) -> tuple[Meeting, ...]:
        """The live meetings of the years before and after, of forums that are still in the file."""
        return tuple(
            meeting
            for plan in self.others
            for meeting in plan.meetings
            if plan.year in {self.year - 1, self.year + 1}
            and meeting.live
            and meeting.forum in self.register.forums
        )


def evaluated(situation: Situation, commitments: Commitments | None = None) -> EvaluatedYear:
    """Return a situation's year with every day and slot evaluated by the rules.

    `commitments` are what is settled, if that is not what `commitments_of` returns.
    """
    forums = situation.register.forums.values()
    known = Commitments()
    if any(forum.for_each or forum.weekdays_take_turns for forum in forums):
        known = commitments or commitments_of(situation)
    context = year_context(
        situation.register, situation.year, situation.events, situation.neighbours, known.fixed
    )
    recorded = known.dates if any(forum.weekdays_take_turns for forum in forums) else {}
    context = replace(context, wishes=situation.wishes, rooms_used=_rooms_used(situation), recorded=recorded)
    if situation.is_whole:
        return evaluate_year(context)
    year = evaluate_year(replace(context, weighed_from=situation.today))
    records = situation.recorded_plan.forums if situation.recorded_plan else {}
    numbers = left_out(year, situation.recorded_by_forum, records)
    slots = {forum: of_forum[numbers.get(forum, 0) :] for forum, of_forum in year.slots.items()}
    return with_followers(replace(year, context=replace(year.context, left_out=numbers), slots=slots))


def _rooms_used(situation: Situation) -> dict[str, frozenset[str]]:
    """Return the rooms that each forum's meetings are in, be they its own or not."""
    register = situation.register
    if not register.rooms:
        return {}
    meetings = [*situation.recorded, *situation.neighbours, *external_meetings(situation)]
    used = grouped((meeting.forum, room) for meeting in meetings if (room := register.room_of(meeting.place)))
    return {forum: frozenset(rooms) for forum, rooms in used.items() if forum in register.forums}


def commitments_of(situation: Situation, *, replan: bool = False, toward: Plan | None = None) -> Commitments:
    """Return what is settled of a situation; with `replan`, what is only proposed is not.

    Proposed meetings are to stay where they are recorded, or where a plan `toward` which they move has them.
    """
    recorded = [
        meeting
        for meeting in situation.recorded
        if meeting.forum in situation.register.forums and meeting.origin is not Origin.EXTERNAL
    ]
    fixed = [meeting for meeting in recorded if is_fixed(meeting, situation.today)]
    wanted = recorded
    if toward:
        known = {one.id for one in fixed}
        forums = situation.register.forums
        wanted = [one for one in toward.meetings if one.forum in forums and one.id not in known]
    movable = () if replan else (one for one in wanted if one.live and not is_fixed(one, situation.today))
    return Commitments(
        fixed=(*fixed, *external_meetings(situation)),
        neighbours=situation.neighbours,
        movable=tuple(movable),
        not_before=_not_before(situation),
    )


def _not_before(situation: Situation) -> dict[str, date]:
    """Return the day before which no meeting is placed, by forum: today, unless its whole year is planned."""
    forums = situation.register.forums
    if not situation.is_whole:
        return dict.fromkeys(forums, situation.today)
    records = situation.recorded_plan.forums if situation.recorded_plan else {}
    return {
        forum: situation.today
        for forum, meetings in situation.recorded_by_forum.items()
        if forum in forums and any(map(fills_slot, meetings)) and not records[forum].left_out
    }


def is_fixed(meeting: Meeting, today: date) -> bool:
    """Return whether planning leaves a meeting as it is."""
    if not meeting.live:
        return meeting.decided
    return (
        meeting.decided
        or meeting.status is Status.CONFIRMED
        or meeting.origin is Origin.ADDED
        or bool(meeting.forced)
        or meeting.date < today
    )


class _ExternalDate(NamedTuple):
    """A date that another body decided, under the names that a meeting keeps its parts by."""

    date: date
    start: time
    end: time
    days: int
    last_day: TimeSpan | None
    timezone: str | None
    place: str | None
    source: str = ""


def new_meeting(situation: Situation, forum: str, number: int, origin: Origin, day: date) -> Meeting:
    """Return a meeting that is not recorded yet, at its forum's usual time and place."""
    model = situation.register.forums[forum].on(day)
    extra = "x" if origin in {Origin.ADDED, Origin.EXTERNAL} else ""
    return Meeting(
        id=f"{forum}-{situation.year}-{extra}{number}",
        forum=forum,
        number=number,
        date=day,
        **model.times,
        place=situation.register.place_of(forum, day),
        format=situation.register.format_of(forum, day),
        link=model.link,
        origin=origin,
        modified=situation.now,
        created=situation.now,
    )


def external_meetings(situation: Situation) -> list[Meeting]:
    """Return the meetings that other bodies decided, those recorded before under the same ids."""
    meetings = []
    for forum, model in situation.register.forums.items():
        if model.cadence.kind != "external":
            continue
        every = situation.recorded_by_forum.get(forum, ())
        recorded = [meeting for meeting in every if meeting.origin is Origin.EXTERNAL]
        numbers = free_numbers(meeting.number for meeting in every)
        dates = _external_dates(situation, forum)
        known = _recorded_as(dates, recorded, situation.over)
        for external in dates:
            old = known.get(external)
            number = old.number if old else next(numbers)
            meeting = new_meeting(situation, forum, number, Origin.EXTERNAL, external.date)
            meeting = replace(meeting, **external._asdict(), status=Status.CONFIRMED)
            meetings.append(revised(old, meeting, situation.now) if old else meeting)
        gone = {one.id for one in recorded} - {one.id for one in known.values()}
        left = (one for one in recorded if one.id in gone)
        meetings += [one if one.id in situation.over else cancelled(one, situation.now) for one in left]
    return meetings


def _recorded_as(
    dates: Iterable[_ExternalDate], recorded: Iterable[Meeting], over: Container[str]
) -> dict[_ExternalDate, Meeting]:
    """Return which of the recorded meetings each date is.

    The one that its source gives the same name, unless that is over; else the one at the same time; else one
    of the same day.
    """
    left = {one.id: one for one in sorted(recorded, key=lambda one: not one.live)}
    known: dict[_ExternalDate, Meeting] = {}

    def moment(one: _ExternalDate | Meeting) -> tuple[date, time]:
        return one.date, one.start

    def named(external: _ExternalDate, old: Meeting) -> bool:
        return bool(external.source) and external.source == old.source

    alike: tuple[Callable[[_ExternalDate, Meeting], bool], ...] = (
        lambda external, old: named(external, old) and moment(external) == moment(old),
        lambda external, old: named(external, old) and old.id not in over,
        lambda external, old: moment(external) == moment(old),
        lambda external, old: external.date == old.date,
    )
    for same in alike:
        for external in dates:
            olds = (old for old in left.values() if same(external, old))
            if external not in known and (old := next(olds, None)):
                known[external] = left.pop(old.id)
    return known


def _external_dates(situation: Situation, forum: str) -> list[_ExternalDate]:
    """Return the dates that another body decided, in order: each once, as a calendar file rather has it."""
    register = situation.register
    model = register.forums[forum]
    files = dict.fromkeys(entry.file for entry in model.dates if entry.file)
    events = [event for file in files for event in situation.events.get(file, ())]
    found: dict[object, _ExternalDate] = {}
    for event in events:
        day = event.start.date()
        if day in situation.planning_year:
            place = register.place(_line(event.place)) or register.place_of(forum, day)
            one = _ExternalDate(day, **_times_of(event, model.on(day)), place=place, source=event.source)
            found.setdefault(one[:4], one)
    taken = {(one.date, one.start) for one in found.values()}
    days = {one.date for one in found.values()}
    for entry in model.dates:
        if entry.on is not None and entry.on in situation.planning_year:
            times = model.on(entry.on).times
            if entry.time:
                times |= {"start": entry.time.start, "end": entry.time.end}
            place = register.place(entry.place) or register.place_of(forum, entry.on)
            one = _ExternalDate(entry.on, **times, place=place)
            if (one.date, one.start) not in taken and (entry.time or one.date not in days):
                found.setdefault(one[:4], one)
    return sorted(found.values(), key=lambda one: one[:4])


def _times_of(event: Event, usual: Forum) -> dict[str, Any]:
    """Return when on its days an event is held, under the names that a meeting keeps it by.

    A whole day has the forum's hours, and an event without an end lasts for as long as the forum meets. One
    that goes on through nights ends at midnight, its last day begins then, and days between are whole.
    """
    times: dict[str, Any] = {"days": 1, "last_day": None, "timezone": None}
    # Whole minutes, as the plan of record keeps them.
    start, end = (moment.replace(second=0) for moment in (event.start, event.end))
    days = min((max(start, end - MINUTE).date() - start.date()).days + 1, LONGEST_EVENT)
    begin, finish = usual.time.minutes
    if event.all_day and days == 1:
        return usual.times | {"days": 1, "last_day": None}
    if end <= start:
        end = start + (finish - begin) * MINUTE
        if usual.time.is_all_day:
            end = datetime.combine(start.date() + DAY, time())
        return times | {"start": start.time(), "end": end.time()}
    if start.time() == time() and end.date() > start.date():
        return times | {"start": time(), "end": time(), "days": days}
    if days > 1 and end - start > LONGEST_NIGHT * MINUTE:
        return times | {
            "start": start.time(),
            "end": time(),
            "days": days,
            "last_day": TimeSpan(time(), end.time()),
        }
    return times | {"start": start.time(), "end": end.time()}


def _line(text: str | None) -> str | None:
    """Return a text of another body's file, or None if the plan of record cannot hold it."""
    try:
        return values.line_of_text(text or "")
    except ValueError:
        return None


def cancelled(meeting: Meeting, now: datetime) -> Meeting:
    """Return a meeting as cancelled at a moment; a cancelled one stays as it is."""
    return revised(meeting, meeting.cancelled(), now) if meeting.live else meeting


def free_numbers(taken: Iterable[int]) -> Iterator[int]:
    """Return an iterator of the numbers after the largest that is taken."""
    return count(1 + max(taken, default=0))
