"""A forum's meetings keep their distance from those of another forum, across New Year too.

    forums:
      board: {apart: [{forum: staff, days: 8}]}
      staff: {}
    # passes: board meets 2025-03-12; staff meets 2025-03-04

    forums:
      board: {apart: [{forum: staff, weeks: 1, strength: should}, {forum: staff, days: 8, side: before}]}
      staff: {}
    # fails: board meets 2025-03-12; staff meets 2025-03-05

Default strength: must. With `side`, only the other's meetings before (or after) are kept off; one of the
same day is on both sides. `weeks: 1` is never in one ISO week, `weeks: 2` nor in two that follow each other.
It is judged by the meetings of the forum that says it; where others decide these, or they are of the year
before or after, by the other forum's.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple

from kultursam.forumfile.meeting_models import Apart
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import (
    Candidate,
    Effect,
    EvaluatedYear,
    Model,
    RuleKey,
    Schedule,
    grouped,
    violation,
)
from kultursam.rules.spacing import must_days

ID = "apart"
ONE_DAY_SENTENCE = N_("1 day from {forum} on {other}, but {least} at least are to be kept")
DAYS_SENTENCE = N_("{days} days from {forum} on {other}, but {least} at least are to be kept")
WEEK_SENTENCE = N_("in the same week as {forum} on {other}")
WEEKS_SENTENCE = N_("{forum} meets on {other}, but {least} weeks at least are to be kept")

Span = Callable[[date], tuple[date, date]]
"""Of a meeting's day: the days, from first to last, on which the other forum must not meet."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two forums that keep apart."""

    forum: str
    apart: Apart
    origin: Where

    @property
    def other(self) -> str:
        """The forum that is kept off."""
        return self.apart.forum

    def span(self, day: date) -> tuple[date, date]:
        """Return the first and the last day on which the other forum must not meet for a meeting on a day."""
        first, last = self._reach(day)
        side = self.apart.side
        return (day if side == "after" else first), (day if side == "before" else last)

    def span_of_other(self, day: date) -> tuple[date, date]:
        """Return the first and the last day on which the forum must not meet for one of the other's."""
        first, last = self._reach(day)
        side = self.apart.side
        return (day if side == "before" else first), (day if side == "after" else last)

    def _reach(self, day: date) -> tuple[date, date]:
        if self.apart.days is not None:
            reach = timedelta(days=self.apart.days - 1)
            return day - reach, day + reach
        monday, further = day - timedelta(days=day.weekday()), timedelta(weeks=(self.apart.weeks or 1) - 1)
        return monday - further, monday + further + timedelta(days=6)


class Side(NamedTuple):
    """Whose meetings are judged, and by which meetings of the other forum."""

    judged: str
    other: str
    span: Span
    of_year: bool
    """Whether the other's meetings of the year count, or only those of the years before and after."""


def _links(year: EvaluatedYear) -> Iterator[Link]:
    """Yield the links of which some forum is planned here; of a restricted year, what there is of it."""
    forums = year.register.forums
    for forum, model in forums.items():
        for index, apart in enumerate(model.apart):
            origin: Where = ("forums", forum, "apart", index)
            planned = forum in year.slots or apart.forum in year.slots
            if planned and apart.forum in forums and year.context.holds(ID, origin):
                yield Link(forum, apart, origin)


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the must-rules that keep a forum and another apart."""
    for link in _links(year):
        if link.apart.strength == "must" and forum in {link.forum, link.other}:
            yield ID, link.origin


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Yield the two forums of each link."""
    return ((link.forum, link.other) for link in _links(year))


def _sides(year: EvaluatedYear, link: Link) -> Iterator[Side]:
    ours = link.forum in year.slots
    if ours:
        yield Side(link.forum, link.other, link.span, of_year=True)
    if link.other in year.slots:
        yield Side(link.other, link.forum, link.span_of_other, of_year=not ours)


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield each meeting that lies too near to one of the other forum, which the nearest of them is."""
    for link in _links(year):
        for side in _sides(year, link):
            others = schedule.around(side.other) if side.of_year else schedule.neighbours.get(side.other, ())
            for meeting in schedule.of_year(side.judged) if others else ():
                first, last = side.span(meeting.date)
                near = [other.date for other in others if first <= other.date <= last]
                if near:
                    nearest = min(near, key=lambda day: (abs((day - meeting.date).days), day))
                    yield meeting, _effect(year, link, side, meeting.date, nearest)


def _effect(year: EvaluatedYear, link: Link, side: Side, day: date, nearest: date) -> Effect:
    apart, size = link.apart, year.context.size_on(side.judged, day)
    args = {"forum": year.context.forum(side.other).name, "other": nearest}
    if apart.days is not None:
        days = abs((nearest - day).days)
        sentence = ONE_DAY_SENTENCE if days == 1 else DAYS_SENTENCE
        return violation(ID, apart.strength, link.origin, sentence, size, **args, days=days, least=apart.days)
    sentence = WEEK_SENTENCE if apart.weeks == 1 else WEEKS_SENTENCE
    return violation(ID, apart.strength, link.origin, sentence, size, **args, least=apart.weeks)


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Let candidates of two forums that are too near exclude each other, or be paid for."""
    for link in _links(year):
        if link.apart.strength == "must":
            _keep_apart(year, model, link)
        elif model.priced:
            for side in _sides(year, link):
                _count(year, model, link, side)


def _keep_apart(year: EvaluatedYear, model: Model, link: Link) -> None:
    """Add set packing rows: Σ x ≤ 1 over candidates of both forums of which each excludes all others.

    Those of one forum exclude each other within its spacing. Fixed meetings forbid what is too near.
    """
    for forum, other, span in (
        (link.forum, link.other, link.span),
        (link.other, link.forum, link.span_of_other),
    ):
        for fixed in (x for x in model.candidates(forum) if x.fixed and ID not in x.forced):
            for candidate in _within(model.candidates(other), *span(fixed.date)):
                model.forbid(candidate)
    ours, theirs = ([x for x in model.candidates(forum) if not x.fixed] for forum in (link.forum, link.other))
    seen: set[tuple[int, ...]] = set()
    for day in dict.fromkeys(x.date for x in ours):
        for others in _cliques(_within(theirs, *link.span(day)), must_days(year.context, link.other)):
            # Of our days, these are too near to all of them.
            first, last = link.span_of_other(others[-1].date)[0], link.span_of_other(others[0].date)[1]
            for own in _cliques(_within(ours, first, last), must_days(year.context, link.forum)):
                columns = tuple(x.column for x in (*own, *others))
                if own[0].date <= day <= own[-1].date and columns not in seen:
                    seen.add(columns)
                    model.row([(column, 1.0) for column in columns], upper=1)


def _count(year: EvaluatedYear, model: Model, link: Link, side: Side) -> None:
    """Let a meeting exclude those that are too near, or pay: Σ x of a day + Σ x of a clique ≤ 1 + slack."""
    ours = (x for x in model.candidates(side.judged) if x.of_year and x.date >= year.context.weighed_from)
    theirs = [x for x in model.candidates(side.other) if side.of_year or not x.of_year]
    # A fixed meeting without a slot is judged by itself; the others of a day are for one meeting.
    for judged in grouped(((x.date, x.column if x.slot is None else None), x) for x in ours).values():
        near = _within(theirs, *side.span(judged[0].date))
        if near:
            size = year.context.size_on(side.judged, judged[0].date)
            slack = model.slack(link.apart.strength, size, fixed=False)
            terms = [*((x.column, 1.0) for x in judged), *((column, -1.0) for column in slack)]
            movable = [x for x in near if not x.fixed]
            apart = must_days(year.context, side.other) if movable else 1
            # Those less than the spacing apart exclude each other, and those of one slot.
            near_in_time = list[Sequence[Candidate]](_cliques(movable, apart))
            of_slots = list[Sequence[Candidate]](grouped((x.slot, x) for x in movable).values())
            cliques = min(near_in_time, of_slots, key=len)
            for others in (*([x] for x in near if x.fixed), *cliques):
                model.row([*terms, *((x.column, 1.0) for x in others)], upper=1)


def _within(candidates: Sequence[Candidate], first: date, last: date) -> Sequence[Candidate]:
    """Return those of some candidates in order of time that lie between two days."""
    start = bisect_left(candidates, first, key=attrgetter("date"))
    return candidates[start : bisect_right(candidates, last, start, key=attrgetter("date"))]


def _cliques(candidates: Iterable[Candidate], days: int) -> Iterator[Sequence[Candidate]]:
    """Yield the largest sets of candidates in order of time that lie less than some days apart."""
    in_order = list(candidates)
    reached = 0
    for start, first in enumerate(in_order):
        stop = bisect_left(in_order, first.date + timedelta(days), reached, key=attrgetter("date"))
        if stop > reached:
            yield in_order[start:stop]
            reached = stop
