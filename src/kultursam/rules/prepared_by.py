"""Every meeting is prepared by a meeting of another forum, so many days earlier.

    forums:
      board: {prepared_by: {forum: staff, days_before: 14-28}}
      staff: {}
    # passes: staff meets 2025-03-04; board meets 2025-03-25

    forums:
      board: {prepared_by: {forum: staff, days_before: 7-14}}
      staff: {}
    # fails: staff meets 2025-03-04; board meets 2025-03-25

Default strength: must. The preparer is the latest meeting of that forum at least the range's lower end
earlier; it lies in the range. Prefer: the square of the days between, less the range's middle, is the price.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from kultursam.forumfile.models import Preparation
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import Candidate, Effect, EvaluatedYear, Model, RuleKey, Schedule, violation
from kultursam.rules.spacing import counts, must_days

ID = "prepared-by"
SENTENCE = N_("no meeting of {forum} {days} days earlier")
DISTANCE_SENTENCE = N_("{days} days after {forum}, {middle} would be best")


def _links(year: EvaluatedYear, forums: Iterable[str]) -> Iterator[tuple[str, Preparation]]:
    for forum in forums:
        link = year.context.forum(forum).prepared_by
        if link and year.context.holds(ID, ("forums", forum, "prepared_by")):
            yield forum, link


def must_links(year: EvaluatedYear, forums: Iterable[str]) -> Iterator[tuple[str, Preparation]]:
    """Yield the links of some forums that are must-rules."""
    return ((forum, link) for forum, link in _links(year, forums) if link.strength == "must")


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the forum's link if it is a must-rule."""
    return ((ID, ("forums", forum, "prepared_by")) for _ in must_links(year, [forum]))


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Yield the two forums of each link."""
    return ((forum, link.forum) for forum, link in _links(year, year.slots))


def _preparer(link: Preparation, meeting: Meeting, schedule: Schedule) -> Meeting | None:
    """Return the meeting that prepares another, or None if it does not lie in the range."""
    low, high = link.days_before.low, link.days_before.high
    early = [other for other in schedule.around(link.forum) if (meeting.date - other.date).days >= low]
    return early[-1] if early and (meeting.date - early[-1].date).days <= high else None


def preparations(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Meeting]]:
    """Yield each preparing meeting with the meeting that it prepares."""
    for forum, link in _links(year, schedule.planned_in(year)):
        for meeting in schedule.of_year(forum):
            if preparing := _preparer(link, meeting, schedule):
                yield preparing, meeting


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield the meetings without a preparer, and the price of the others."""
    for forum, link in _links(year, schedule.planned_in(year)):
        origin, name = ("forums", forum, "prepared_by"), year.context.forum(link.forum).name
        middle = link.days_before.middle
        for meeting in schedule.of_year(forum):
            preparing = _preparer(link, meeting, schedule)
            if preparing is None:
                size = year.context.size_on(forum, meeting.date)
                args = {"forum": name, "days": str(link.days_before)}
                yield meeting, violation(ID, link.strength, origin, SENTENCE, size, **args)
            elif (days := (meeting.date - preparing.date).days) != middle:
                distance = {"forum": name, "days": days, "middle": middle}
                points = (days - middle) ** 2
                yield meeting, Effect(ID, "prefer", origin, DISTANCE_SENTENCE, distance, 0, points)


class Arc(NamedTuple):
    """A candidate of the preparer, a day that it may prepare, and the column that says whether it does."""

    source: Candidate
    day: date
    latest: date
    """The last day that is early enough to prepare `day`."""
    column: int
    fixed: bool
    """Whether a fixed meeting may be the one prepared."""


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Model preparation as a flow from candidates s of the preparer to the days t that they prepare.

    With an arc y[s, t] for each s in the range before t, priced by its distance from the range's middle:

    - into each day: Σ over s of y[s, t] + slack[t] = Σ x[t], and slack[t] + x[s] ≤ 1 for each s in range;
    - out of each candidate: Σ over t in T of y[s, t] ≤ x[s], for sets T of days that exclude each other;
    - the latest that is early enough prepares: see `_forbid_leaps`.

    Rows over sets that exclude each other bound the relaxation more tightly than rows over pairs.
    """
    for forum, link in _links(year, year.slots):
        if not model.asks(link.strength):
            continue
        apart, sources_apart = _days_apart(year, model, forum), _days_apart(year, model, link.forum)
        by_source: dict[int, list[Arc]] = {}
        arcs: list[Arc] = []
        for day in dict.fromkeys(x.date for x in model.candidates(forum) if x.of_year):
            candidates = model.on(forum, day)
            fixed, forced = any(x.fixed for x in candidates), any(ID in x.forced for x in candidates)
            forced |= day < year.context.weighed_from
            incoming = _arcs(model, link, day, fixed=fixed)
            size = year.context.size_on(forum, day)
            slack = model.slack(link.strength, size, fixed=fixed, forced=forced)
            flow = [(column, 1.0) for column in (*(arc.column for arc in incoming), *slack)]
            model.row([*flow, *((x.column, -1.0) for x in candidates)], lower=0, upper=0)
            for arc in incoming:
                by_source.setdefault(arc.source.column, []).append(arc)
                for column in slack:
                    model.row([(column, 1.0), (arc.source.column, 1.0)], upper=1)
            arcs += incoming
        for column, outgoing in by_source.items():
            for exclusive in _exclusive(outgoing, apart):
                model.row([*((arc.column, 1.0) for arc in exclusive), (column, -1.0)], upper=0)
        if model.priced:  # whether any meeting lies in the range is all that is asked otherwise
            _forbid_leaps(model, link.forum, arcs, apart, sources_apart)


def _days_apart(year: EvaluatedYear, model: Model, forum: str) -> int:
    """Return the least days between any two meetings of a forum that are not both fixed."""
    outside = (candidate.origin for candidate in model.candidates(forum) if candidate.slot is None)
    unspaced = any(not counts(year.context, forum, origin) for origin in outside)
    # External forums have no slots, nor do forums that are not part of a restricted year.
    return 1 if unspaced or forum not in year.slots else must_days(year.context, forum)


def _arcs(model: Model, link: Preparation, day: date, *, fixed: bool) -> list[Arc]:
    sources, days = model.candidates(link.forum), link.days_before
    earliest, latest = day - timedelta(days.high), day - timedelta(days.low)
    start = bisect_left(sources, earliest, key=attrgetter("date"))
    stop = bisect_right(sources, latest, key=attrgetter("date"))
    arcs = []
    for source in sources[start:stop]:
        column = model.column(((day - source.date).days - days.middle) ** 2)
        arcs.append(Arc(source, day, latest, column, fixed))
    return arcs


def _exclusive(arcs: Sequence[Arc], apart: int) -> Iterator[list[Arc]]:
    """Yield the largest sets of arcs, in the order of their days, of which at most one can be taken.

    The days of a set are less than the forum's spacing apart: maximal cliques of an interval graph.
    Fixed meetings may stand nearer each other, so each of their arcs is a set of its own.
    """
    yield from ([arc] for arc in arcs if arc.fixed)
    movable = [arc for arc in arcs if not arc.fixed]
    reached = 0
    for start, first in enumerate(movable):
        stop = bisect_left(movable, first.day + timedelta(apart), reached, key=attrgetter("day"))
        if stop > reached:
            yield movable[start:stop]
            reached = stop


def _forbid_leaps(model: Model, forum: str, arcs: Sequence[Arc], apart: int, sources_apart: int) -> None:
    """Let no arc leap over a meeting of the preparer that is early enough too.

    An arc and a candidate that it leaps over exclude each other: y + x ≤ 1. Candidates within the preparer's
    spacing also exclude each other, so a row takes as many of them as the same arcs leap over.
    """
    movable: dict[date, list[Candidate]] = {}
    for candidate in model.candidates(forum):
        if candidate.fixed:
            leaping = [arc for arc in arcs if arc.source.date < candidate.date <= arc.latest]
            _at_most_one(model, [candidate], leaping, apart)
        else:
            movable.setdefault(candidate.date, []).append(candidate)
    days = list(movable)
    # The spacing keeps every nearer candidate apart from an arc's source, so short arcs leap over none.
    long = [arc for arc in arcs if (arc.latest - arc.source.date).days >= sources_apart]
    for start, first in enumerate(days if long else ()):
        leaping = [arc for arc in long if (first - arc.source.date).days >= sources_apart]
        clique: list[Candidate] = []
        window = days[start : bisect_left(days, first + timedelta(sources_apart), start)]
        for day, following in pairwise((*window, date.max)):
            leaping = [arc for arc in leaping if day <= arc.latest]
            if not leaping:
                break
            clique += movable[day]
            if not all(following <= arc.latest for arc in leaping):
                _at_most_one(model, clique, leaping, apart)


def _at_most_one(model: Model, clique: Sequence[Candidate], arcs: Sequence[Arc], apart: int) -> None:
    held = [(x.column, 1.0) for x in clique]
    for exclusive in _exclusive(arcs, apart):
        model.row([*((arc.column, 1.0) for arc in exclusive), *held], upper=1)
