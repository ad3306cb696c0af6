"""Every meeting is prepared by a meeting of another forum, so many days earlier.

    forums:
      board: {prepared_by: {forum: staff, days_before: 14-28}}
      staff: {}
    # passes: staff meets 2025-03-04; board meets 2025-03-25

    forums:
      board: {prepared_by: [{forum: staff, working_days_before: 5-10}]}
      staff: {}
    # fails: staff meets 2025-03-04; board meets 2025-03-25

Default strength: must. Of several preparing forums each must hold. The preparer is the latest meeting of
that forum at least the range's lower end earlier; it lies in the range. Working days are those without
weekends and days off. Prefer: the square of the days between, less `best` or the range's middle, is the
price. An external forum's meetings are prepared too, if there is time left to do so.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from kultursam.dates.holidays import DAY, days_between
from kultursam.dates.leads import Lead
from kultursam.forumfile.models import Preparation
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.plans.model import Meeting, Origin
from kultursam.rules.context import (
    Candidate,
    Effect,
    EvaluatedYear,
    Model,
    RuleKey,
    Schedule,
    YearContext,
    grouped,
    violation,
)
from kultursam.rules.spacing import days_apart

ID = "prepared-by"
SENTENCE = N_("no meeting of {forum} {days} days earlier")
WORKING_SENTENCE = N_("no meeting of {forum} {days} working days earlier")
DISTANCE_SENTENCES = (
    N_("1 day after {forum}, {best} would be best"),
    N_("{days} days after {forum}, {best} would be best"),
)
WORKING_DISTANCE_SENTENCES = (
    N_("1 working day after {forum}, {best} would be best"),
    N_("{days} working days after {forum}, {best} would be best"),
)
"""Of one day, and of several."""
REACH = timedelta(days=1000)
"""From here before a year on working days are counted: no range of days is longer."""


@dataclass(frozen=True, slots=True)
class Link:
    """A forum whose meetings another forum prepares."""

    forum: str
    preparation: Preparation
    origin: Where
    lead: Lead

    @property
    def preparer(self) -> str:
        """The forum that prepares."""
        return self.preparation.forum

    @property
    def in_working_days(self) -> bool:
        """Return whether only working days count."""
        return self.preparation.working_days_before is not None


def links(context: YearContext, forum: str) -> Iterator[tuple[Where, Preparation]]:
    """Yield what prepares a forum, as far as it is in force, with its place in the file."""
    preparations = context.forum(forum).prepared_by
    for index, preparation in enumerate(preparations):
        origin: Where = ("forums", forum, "prepared_by")
        if len(preparations) > 1:
            origin = (*origin, index)
        if context.holds(ID, origin):
            yield origin, preparation


def lead(context: YearContext, preparation: Preparation) -> Lead:
    """Return how many days earlier a preparing meeting lies."""
    days, calendar, working = preparation.range, context.calendar, None
    if preparation.working_days_before:
        every = days_between(context.first - REACH, context.last + DAY)
        working = [day for day in every if not calendar.off(day)]
    return Lead(days.low, days.high, preparation.days_to_aim_at, working)


def _links(year: EvaluatedYear, forums: Iterable[str]) -> Iterator[Link]:
    """Yield what prepares some forums; of a restricted year, what there is of it."""
    for forum in forums:
        for origin, preparation in links(year.context, forum):
            if preparation.forum in year.register.forums:
                yield Link(forum, preparation, origin, lead(year.context, preparation))


def _prepared(year: EvaluatedYear) -> list[str]:
    """Return the forums whose meetings are prepared: those planned here, and those with dates of others."""
    return [
        forum
        for forum, model in year.register.forums.items()
        if forum in year.slots or model.cadence.kind == "external"
    ]


def must_links(year: EvaluatedYear, forums: Iterable[str]) -> Iterator[Link]:
    """Yield the links of some forums that are must-rules."""
    return (link for link in _links(year, forums) if link.preparation.strength == "must")


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the forum's links that are must-rules, and those of external forums that it prepares."""
    yield from ((ID, link.origin) for link in must_links(year, [forum]))
    others = (other for other in _prepared(year) if other not in year.slots)
    yield from ((ID, link.origin) for link in must_links(year, others) if link.preparer == forum)


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Yield the two forums of each link."""
    return ((link.forum, link.preparer) for link in _links(year, _prepared(year)))


def _preparer(link: Link, meeting: Meeting, schedule: Schedule) -> Meeting | None:
    """Return the meeting that prepares another, or None if it does not lie in the range."""
    earliest, latest = link.lead.span(meeting.date)
    early = [other for other in schedule.around(link.preparer) if other.date <= latest]
    return early[-1] if early and early[-1].date >= earliest else None


def preparations(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Meeting]]:
    """Yield each preparing meeting with the meeting that it prepares."""
    for link in _links(year, _prepared(year)):
        for meeting in schedule.of_year(link.forum):
            if preparing := _preparer(link, meeting, schedule):
                yield preparing, meeting


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield the meetings without a preparer, and the price of the others."""
    for link in _links(year, [forum for forum in _prepared(year) if schedule.of_year(forum)]):
        name = year.context.forum(link.preparer).name
        preparation, best = link.preparation, link.lead.best
        for meeting in schedule.of_year(link.forum):
            preparing = _preparer(link, meeting, schedule)
            if preparing is None:
                if not is_too_late(year, link, meeting.date):
                    sentence = WORKING_SENTENCE if link.in_working_days else SENTENCE
                    size = year.context.size_on(link.forum, meeting.date)
                    args = {"forum": name, "days": str(preparation.range)}
                    yield (
                        meeting,
                        violation(ID, preparation.strength, link.origin, sentence, size, **args),
                    )
            elif (days := link.lead.days(preparing.date, meeting.date)) != best:
                one, several = WORKING_DISTANCE_SENTENCES if link.in_working_days else DISTANCE_SENTENCES
                distance = {"forum": name, "days": days, "best": best}
                points = (days - best) ** 2
                sentence = one if days == 1 else several
                yield meeting, Effect(ID, "prefer", link.origin, sentence, distance, 0, points)


def is_too_late(year: EvaluatedYear, link: Link, day: date) -> bool:
    """Return whether a meeting that others decided can't be prepared any more: that is nobody's concern."""
    return link.forum not in year.slots and link.lead.span(day)[1] < year.context.weighed_from


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

    With an arc y[s, t] for each s in the range before t, priced by its distance from the best lead:

    - into each day: Σ over s of y[s, t] + slack[t] = Σ x[t], and slack[t] + x[s] ≤ 1 for each s in range;
    - out of each candidate: Σ over t in T of y[s, t] ≤ x[s], for sets T of days that exclude each other;
    - the latest that is early enough prepares: see `_forbid_leaps`.

    Rows over sets that exclude each other bound the relaxation more tightly than rows over pairs.
    """
    for link in _links(year, _prepared(year)):
        if model.asks(link.preparation.strength):
            _add_flow(year, model, link)


def _add_flow(year: EvaluatedYear, model: Model, link: Link) -> None:
    strength = link.preparation.strength
    apart, sources_apart = (days_apart(year, model, forum) for forum in (link.forum, link.preparer))
    is_asked = _asks_for_candidates(year, model, link)
    by_source: dict[int, list[Arc]] = {}
    arcs: list[Arc] = []
    for candidates in _prepared_alike(model, link.forum):
        day, fixed = candidates[0].date, any(x.fixed for x in candidates)
        if is_too_late(year, link, day):
            continue
        forced = any(ID in x.forced for x in candidates) or day < year.context.weighed_from
        incoming = _arcs(model, link, day, fixed=fixed)
        size = year.context.size_on(link.forum, day)
        slack = model.slack(strength, size, fixed=fixed and not is_asked, forced=forced)
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
        _forbid_leaps(model, link.preparer, arcs, apart, sources_apart)


def _prepared_alike(model: Model, forum: str) -> Iterable[list[Candidate]]:
    """Return the candidates of each day; a fixed meeting without a slot is prepared by itself."""
    ours = (x for x in model.candidates(forum) if x.of_year)
    return grouped(((x.date, x.column if x.slot is None else None), x) for x in ours).values()


def _asks_for_candidates(year: EvaluatedYear, model: Model, link: Link) -> bool:
    """Return whether the dates of an external forum are a must for the forum that prepares it.

    They are until something of that forum is decided: what it then leaves unprepared is told.
    """
    sources = model.candidates(link.preparer)
    decided = any(x.fixed and x.of_year and x.origin is not Origin.ADDED for x in sources)
    decided |= any(forum == link.preparer for forum, _ in model.cancelled)
    return link.forum not in year.slots and not decided and any(not x.fixed for x in sources)


def _arcs(model: Model, link: Link, day: date, *, fixed: bool) -> list[Arc]:
    sources = model.candidates(link.preparer)
    earliest, latest = link.lead.span(day)
    start = bisect_left(sources, earliest, key=attrgetter("date"))
    stop = bisect_right(sources, latest, key=attrgetter("date"))
    arcs = []
    for source in sources[start:stop]:
        column = model.column((link.lead.days(source.date, day) - link.lead.best) ** 2)
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
