"""Somebody has room for so many meetings a day, a week or a month.

    limits: [{name: Secretariat, organisations: [north], most: 1, per: week}]
    # passes: board meets 2025-03-04, 2025-03-11

    limits: [{name: Secretariat, organisations: [north], most: 1, per: week}]
    forums: {staff: {}}
    # fails: board meets 2025-03-04; staff meets 2025-03-06

Default strength: must. A limit counts the meetings of all forums that it names together, or of all forums in
which an organisation or a role that it names takes part that day; those decided elsewhere and those of the
neighbouring years too. A day, an ISO week or a month with more meetings has as many further ones as there
are too many. The further ones are those that touch the fewest organisations, of these the latest; none of
them is external, of another year or over, for those have the room that there is first.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import chain
from typing import NamedTuple

from kultursam.forumfile import meeting_models
from kultursam.forumfile.values import Cell
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.plans.model import Meeting, Origin
from kultursam.rules.context import (
    PREFER_POINTS,
    Candidate,
    Effect,
    EvaluatedYear,
    Model,
    RuleKey,
    Schedule,
    YearContext,
    days_of,
    grouped,
    moment,
    violation,
)

ID = "limits"
DAY_SENTENCE = N_("{name} has {forums} that day, and {most} a day at most")
WEEK_SENTENCE = N_("{name} has {forums} that week, and {most} a week at most")
MONTH_SENTENCE = N_("{name} has {forums} that month, and {most} a month at most")
SENTENCES = {"day": DAY_SENTENCE, "week": WEEK_SENTENCE, "month": MONTH_SENTENCE}


class Limit(NamedTuple):
    """A limit in force, with its place in the file."""

    limit: meeting_models.Limit
    origin: Where
    touched: Mapping[str, frozenset[str]]
    """By forum that it holds for: the organisations that it touches."""

    def cells(self, meeting: Meeting | Candidate) -> Sequence[Hashable]:
        """Return the days, weeks or months in which a meeting is held."""
        return list(dict.fromkeys(cell(self.limit.per, day) for day in days_of(meeting)))

    def counts(self, context: YearContext, forum: str, day: date | None) -> bool:
        """Return whether a forum's meeting on a day counts; without a day, whether it does on all days."""
        if forum not in self.touched or forum in (self.limit.forums or ()):
            return forum in self.touched
        if day is None:
            return not self.touched[forum] <= context.register.temporary
        return self.size(context, forum, day) > 0

    def size(self, context: YearContext, forum: str, day: date) -> int:
        """Return how many organisations it touches that take part in a forum's meeting on a day."""
        return context.present(self.touched[forum], day)


def cell(per: Cell, day: date) -> Hashable:
    """Return the day, ISO week or month that a day lies in."""
    if per == "week":
        return day.isocalendar()[:2]
    return day if per == "day" else (day.year, day.month)


def in_force(year: EvaluatedYear) -> Iterator[Limit]:
    """Yield the limits that hold for any forum."""
    register = year.register
    for index, (limit, touched) in enumerate(zip(register.file.limits, register.limited, strict=True)):
        origin = ("limits", index)
        if touched and year.context.holds(ID, origin):
            yield Limit(limit, origin, touched)


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the must-limits that hold for a forum."""
    for limit in in_force(year):
        if limit.limit.strength == "must" and forum in limit.touched:
            yield ID, limit.origin


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Yield the forums of each limit."""
    return (tuple(limit.touched) for limit in in_force(year))


def shared(year: EvaluatedYear, meeting: Meeting) -> Iterator[Hashable]:
    """Yield the cells that a meeting shares with others: each limit with its day, week or month."""
    for limit in in_force(year):
        if limit.counts(year.context, meeting.forum, meeting.date):
            yield from ((limit.origin, one) for one in limit.cells(meeting))


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield the meetings that are too many in their day, week or month."""
    ours = {meeting.id for meeting in chain.from_iterable(schedule.meetings.values())}
    for limit in in_force(year):
        every = (
            (one, meeting)
            for forum in limit.touched
            for meeting in schedule.around(forum)
            if limit.counts(year.context, forum, meeting.date)
            for one in limit.cells(meeting)
        )
        for meetings in grouped(every).values():
            weighed = [
                meeting
                for meeting in meetings
                if meeting.id in ours
                and meeting.origin is not Origin.EXTERNAL
                and meeting.date >= year.context.weighed_from
            ]
            room = max(0, limit.limit.most - len(meetings) + len(weighed))
            latest_first = sorted(weighed, key=moment, reverse=True)
            fewest_first = sorted(latest_first, key=partial(_size, year, limit))
            further = fewest_first[: max(0, len(weighed) - room)]
            kept = sorted((one for one in meetings if one not in further), key=moment)
            for meeting in further:
                yield meeting, _effect(year, limit, meeting, kept)


def _size(year: EvaluatedYear, limit: Limit, one: Meeting | Candidate) -> int:
    return limit.size(year.context, one.forum, one.date)


def _effect(year: EvaluatedYear, limit: Limit, meeting: Meeting, kept: Sequence[Meeting]) -> Effect:
    names = dict.fromkeys(year.context.forum(other.forum).name for other in kept)
    return violation(
        ID,
        limit.limit.strength,
        limit.origin,
        SENTENCES[limit.limit.per],
        _size(year, limit, meeting),
        name=limit.limit.name,
        forums=", ".join(names),
        most=limit.limit.most,
    )


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Let no cell hold more than there is room for: Σ x ≤ room + further.

    Room is what is left by the meetings that cannot be further ones. Fixed meetings stand in any case; under
    a hard constraint, all of them have the room that there is first.
    """
    for limit in in_force(year):
        if not model.asks(limit.limit.strength):
            continue
        every = (
            (one, candidate)
            for forum in limit.touched
            for candidate in model.candidates(forum)
            if limit.counts(year.context, forum, candidate.date)
            for one in limit.cells(candidate)
        )
        for candidates in grouped(every).values():
            if limit.limit.strength == "must":
                _keep(model, candidates, limit.limit.most)
            else:
                _count(year, model, limit, candidates)


def _keep(model: Model, candidates: Sequence[Candidate], most: int) -> None:
    movable = [candidate for candidate in candidates if not candidate.fixed]
    room = most - len({candidate.meeting for candidate in candidates if candidate.fixed})
    if room <= 0:
        for candidate in movable:
            model.forbid(candidate)
    elif len(movable) > room:
        model.row([(candidate.column, 1.0) for candidate in movable], upper=room)


def _count(year: EvaluatedYear, model: Model, limit: Limit, candidates: Sequence[Candidate]) -> None:
    """Add the columns that count further meetings, one for each number of organisations touched."""
    first = [candidate for candidate in candidates if _comes_first(year, candidate)]
    weighed = [candidate for candidate in candidates if candidate not in first]
    room = max(0, limit.limit.most - len({candidate.meeting for candidate in first}))
    most = len({(one.forum, one.slot, one.meeting if one.slot is None else "") for one in weighed})
    if most <= room:
        return
    soft = limit.limit.strength == "prefer"
    alike = grouped((0 if soft else _size(year, limit, one), one) for one in weighed)
    further = []
    for touched, some in sorted(alike.items()):
        points = PREFER_POINTS if soft else 0
        column = model.column(points, should=touched, upper=most - room)
        further.append((column, -1.0))
        if len(alike) > 1:  # no more of them are further than there are
            model.row([(column, 1.0), *((one.column, -1.0) for one in some)], upper=0)
    model.row([*((one.column, 1.0) for one in weighed), *further], upper=room)


def _comes_first(year: EvaluatedYear, candidate: Candidate) -> bool:
    """Return whether a candidate is a meeting that can be no further one."""
    over = candidate.date < year.context.weighed_from
    return candidate.fixed and (over or not candidate.of_year or candidate.origin is Origin.EXTERNAL)
