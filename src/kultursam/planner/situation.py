"""From a forum file and the plan of record to the plan of a year: what stays, what moves, what is new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property

from kultursam.dates.busy_calendars import Event
from kultursam.diagnostics import KultursamError
from kultursam.forumfile import values
from kultursam.forumfile.register import Register
from kultursam.planner.model import Commitments
from kultursam.plans.model import (
    Meeting,
    Origin,
    Plan,
    Status,
    by_forum,
    revised,
)
from kultursam.rules.context import EvaluatedYear, RuleKey, YearContext
from kultursam.rules.evaluate import evaluate_year, year_context


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

    @property
    def recorded(self) -> tuple[Meeting, ...]:
        """The meetings of the plan of record."""
        return self.recorded_plan.meetings if self.recorded_plan else ()

    @cached_property
    def recorded_by_forum(self) -> dict[str, list[Meeting]]:
        """The meetings of the plan of record, by forum."""
        return by_forum(self.recorded)

    @cached_property
    def over(self) -> frozenset[str]:
        """The ids of the recorded meetings that lie before today."""
        return frozenset(one.id for one in self.recorded if one.date < self.today)

    @property
    def neighbours(self) -> tuple[Meeting, ...]:
        """The live meetings of the years before and after."""
        near = {self.year - 1, self.year + 1}
        return tuple(one for plan in self.others if plan.year in near for one in plan.meetings if one.live)


def evaluated(
    situation: Situation, ignored: frozenset[RuleKey] = frozenset(), context: YearContext | None = None
) -> EvaluatedYear:
    """Weigh the days of a situation's year. Raises `KultursamError` for an unknown country, say."""
    register = situation.register
    try:
        context = context or year_context(register, situation.year, situation.events)
    except ValueError as error:
        raise KultursamError(register.source.problem(str(error), ("calendar", "country"))) from error
    return evaluate_year(replace(context, ignored=ignored))


def commitments_of(situation: Situation, *, replan: bool = False) -> Commitments:
    """Divide what is recorded into what is given and what may move; `replan` frees what is only proposed."""
    planned = [
        one
        for one in situation.recorded
        if one.forum in situation.register.forums and one.origin is not Origin.EXTERNAL
    ]
    fixed = [one for one in planned if _is_given(one, situation.today)]
    free = [one for one in planned if one.live and not _is_given(one, situation.today)]
    begun = {one.forum: situation.today for one in planned if one.live}
    return Commitments(
        fixed=(*fixed, *external_meetings(situation)),
        neighbours=tuple(one for one in situation.neighbours if one.forum in situation.register.forums),
        movable=() if replan else tuple(free),
        not_before=begun,
    )


def _is_given(meeting: Meeting, today: date) -> bool:
    if not meeting.live:
        return meeting.decided
    return (
        meeting.decided
        or meeting.status is Status.CONFIRMED
        or meeting.origin is Origin.ADDED
        or bool(meeting.forced)
        or meeting.date < today
    )


def external_meetings(situation: Situation) -> list[Meeting]:
    """Give the dates that other bodies decided, those recorded before under the same ids."""
    found = []
    for forum, model in situation.register.forums.items():
        if model.cadence.kind != "external":
            continue
        every = situation.recorded_by_forum.get(forum, ())
        recorded = [one for one in every if one.origin is Origin.EXTERNAL]
        numbers = free_numbers(one.number for one in every)
        dates = sorted(_external_dates(situation, forum), key=lambda one: one[:3])
        for day, start, end, place in dates:
            same_day = sorted((one for one in recorded if one.date == day), key=lambda one: not one.live)
            starts = {moment for other, moment, *_ in dates if other == day}
            # Of several on a day the one of the same time, else one whose time is no longer among them.
            old = next((one for one in same_day if one.start == start), None) or next(
                (one for one in same_day if one.start not in starts), None
            )
            if old:
                recorded.remove(old)
            number = old.number if old else next(numbers)
            fresh = Meeting(
                id=f"{forum}-{situation.year}-x{number}",
                forum=forum,
                number=number,
                date=day,
                start=start,
                end=end,
                place=place,
                status=Status.CONFIRMED,
                origin=Origin.EXTERNAL,
                modified=situation.now,
                created=situation.now,
            )
            found.append(revised(old, fresh, situation.now) if old else fresh)
        found += [one if one.id in situation.over else cancelled(one, situation.now) for one in recorded]
    return found


def _external_dates(situation: Situation, forum: str) -> Iterator[tuple[date, time, time, str | None]]:
    model = situation.register.forums[forum]
    for entry in model.dates:
        if entry.on is not None and entry.on.year == situation.year:
            span = entry.time or model.time
            yield entry.on, span.start, span.end, entry.place or model.place
        for event in situation.events.get(entry.file or "", ()):
            if event.start.year == situation.year:
                # Whole minutes, as the plan of record keeps them.
                start, end = (moment.time().replace(second=0) for moment in (event.start, event.end))
                if event.all_day or event.start.date() != event.end.date() or start == end:
                    start, end = model.time.start, model.time.end
                yield event.start.date(), start, end, _line(event.place) or model.place


def _line(text: str | None) -> str | None:
    """Give a text of another body's file where the plan of record can keep it."""
    try:
        return values.line_of_text(text or "")
    except ValueError:
        return None


def cancelled(meeting: Meeting, now: datetime) -> Meeting:
    """Return a meeting as cancelled at a moment; one that is cancelled already stays as it is."""
    return revised(meeting, replace(meeting, status=Status.CANCELLED), now) if meeting.live else meeting


def free_numbers(taken: Iterable[int]) -> Iterator[int]:
    """Yield the numbers after the largest that is taken."""
    number = max(taken, default=0)
    while True:
        number += 1
        yield number
