"""Every meeting is prepared by a meeting of another forum, so many days earlier.

    forums:
      politiskt-samrad:
        prepared_by: {forum: strategiskt-natverk, days_before: 14-28}   # strength: should is possible

Default strength: must. The preparer is the latest meeting of that forum at least the range's lower end
earlier; it lies in the range. Prefer: the square of the days between, less the range's middle, is the price.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from kultursam.forumfile.models import Preparation
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import (
    Candidate,
    Effect,
    EvaluatedYear,
    Model,
    RuleKey,
    Schedule,
    YearContext,
    violation,
)
from kultursam.rules.spacing import counts, must_days

ID = "prepared-by"
SENTENCE = N_("no meeting of {forum} {days} days earlier")
DISTANCE_SENTENCE = N_("{days} days after {forum}, {middle} would be best")


def _links(year: EvaluatedYear, forums: Iterable[str]) -> Iterator[tuple[str, Preparation]]:
    for forum in forums:
        link = year.context.forum(forum).prepared_by
        if link and year.context.holds(ID, ("forums", forum, "prepared_by")):
            yield forum, link


def hard_constraints(context: YearContext, forum: str) -> Iterator[RuleKey]:
    """Name the must-rules of this kind that a forum is under."""
    link = context.forum(forum).prepared_by
    if link and link.strength == "must":
        yield ID, ("forums", forum, "prepared_by")


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Give the forums whose dates hang together."""
    return ((forum, link.forum) for forum, link in _links(year, year.slots))


def preparer(link: Preparation, meeting: Meeting, schedule: Schedule) -> Meeting | None:
    """Give the meeting that prepares another, if one lies in the range."""
    early_enough = [
        one for one in schedule.around(link.forum) if (meeting.date - one.date).days >= link.days_before.low
    ]
    if early_enough and (meeting.date - early_enough[-1].date).days <= link.days_before.high:
        return early_enough[-1]
    return None


def preparations(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Meeting]]:
    """Give each preparing meeting with the meeting that it prepares."""
    for forum, link in _links(year, schedule.planned_in(year)):
        for meeting in schedule.of_year(forum):
            if found := preparer(link, meeting, schedule):
                yield found, meeting


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Give the meetings without a preparer, and the price of the others."""
    for forum, link in _links(year, schedule.planned_in(year)):
        origin, name = ("forums", forum, "prepared_by"), year.context.forum(link.forum).name
        for meeting in schedule.of_year(forum):
            found = preparer(link, meeting, schedule)
            if found is None:
                size = year.context.size(forum)
                yield (
                    meeting,
                    violation(
                        ID, link.strength, origin, SENTENCE, size, forum=name, days=str(link.days_before)
                    ),
                )
                continue
            days, middle = (meeting.date - found.date).days, link.days_before.middle
            if days != middle:
                args = {"forum": name, "days": days, "middle": middle}
                yield meeting, Effect(ID, "prefer", origin, DISTANCE_SENTENCE, args, 0, (days - middle) ** 2)


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Let each prepared date be reached by one arc from a preparer date; the arcs are a flow."""
    for forum, link in _links(year, year.slots):
        apart, sources_apart = _days_apart(year, model, forum), _days_apart(year, model, link.forum)
        arcs: list[Arc] = []
        for candidates in _by_day(model, forum):
            found = _arcs(model, link, candidates[0].date)
            fixed = any(one.fixed for one in candidates)
            forced = any(ID in one.forced for one in candidates)
            slack = model.slack(link.strength, year.context.size(forum), fixed=fixed, forced=forced)
            incoming = [(column, 1.0) for _, column in found] + [(column, 1.0) for column in slack]
            model.row([*incoming, *((one.column, -1.0) for one in candidates)], least=0, most=0)
            if slack:
                for source, _ in found:
                    model.row([(slack[0], 1.0), (source.column, 1.0)], most=1)
            arcs += [Arc(source, candidates[0].date, column, fixed) for source, column in found]
        by_source: dict[int, list[Arc]] = {}
        for arc in arcs:
            by_source.setdefault(arc.source.column, []).append(arc)
        for column, outgoing in by_source.items():
            for several in _exclusive(outgoing, apart):
                model.row([*((one.column, 1.0) for one in several), (column, -1.0)], most=0)
        _take_the_latest(model, link, arcs, apart, sources_apart)


class Arc(NamedTuple):
    """A way to prepare a date: the preparer's date, the prepared one, and a column."""

    source: Candidate
    day: date
    column: int
    fixed: bool
    """Whether the prepared meeting is given."""


def _days_apart(year: EvaluatedYear, model: Model, forum: str) -> int:
    """Give the days between any two meetings of a forum that are not both given."""
    outside = (one for one in model.candidates(forum) if one.slot is None)
    free = any(not counts(year.context, forum, one.origin) for one in outside)
    # Of forums around a group those that prepare them may be left out.
    return 1 if free or forum not in year.slots else must_days(year.context, forum)


def _exclusive(arcs: Sequence[Arc], apart: int) -> Iterator[list[Arc]]:
    """Give the largest sets of arcs of which one at most is taken: they prepare one meeting and no other."""
    yield from ([one] for one in arcs if one.fixed)
    free = sorted((one for one in arcs if not one.fixed), key=lambda one: one.day)
    end = 0
    for start, first in enumerate(free):
        reach = next((i for i in range(end, len(free)) if (free[i].day - first.day).days >= apart), len(free))
        if reach > end:
            yield free[start:reach]
            end = reach


def _by_day(model: Model, forum: str) -> Iterator[Sequence[Candidate]]:
    for day in dict.fromkeys(one.date for one in model.candidates(forum) if one.of_year):
        yield model.on(forum, day)


def _arcs(model: Model, link: Preparation, day: date) -> list[tuple[Candidate, int]]:
    sources, days = model.candidates(link.forum), link.days_before
    start = bisect_left(sources, day - timedelta(days.high), key=_date)
    stop = bisect_right(sources, day - timedelta(days.low), key=_date)
    return [
        (source, model.column(points=((day - source.date).days - days.middle) ** 2))
        for source in sources[start:stop]
    ]


def _date(candidate: Candidate) -> date:
    return candidate.date


def _take_the_latest(
    model: Model, link: Preparation, arcs: Sequence[Arc], apart: int, sources_apart: int
) -> None:
    """Let no arc leap over a meeting that is early enough too."""
    by_day: dict[date, list[Candidate]] = {}
    for candidate in model.candidates(link.forum):
        by_day.setdefault(candidate.date, []).append(candidate)
    for day, candidates in by_day.items():
        for fixed in (one for one in candidates if one.fixed):
            over = [one for one in arcs if one.source.date < day and _early(link, day, one)]
            _at_most_one(model, [fixed], over, apart)
    # A nearer source is kept apart by the spacing already, so only long arcs leap over one.
    least = link.days_before.low + sources_apart
    long = [one for one in arcs if (one.day - one.source.date).days >= least]
    days = sorted(day for day, candidates in by_day.items() if not all(one.fixed for one in candidates))
    for start, first in enumerate(days if long else ()):
        over = [one for one in long if (first - one.source.date).days >= sources_apart]
        held: list[Candidate] = []
        for index in range(start, len(days)):
            over = [one for one in over if _early(link, days[index], one)]
            if not over or (days[index] - first).days >= sources_apart:
                break
            held += [one for one in by_day[days[index]] if not one.fixed]
            after = days[index + 1] if index + 1 < len(days) else None
            if (
                after is None
                or (after - first).days >= sources_apart
                or not all(_early(link, after, one) for one in over)
            ):
                _at_most_one(model, held, over, apart)


def _early(link: Preparation, day: date, arc: Arc) -> bool:
    return (arc.day - day).days >= link.days_before.low


def _at_most_one(model: Model, held: Sequence[Candidate], over: Sequence[Arc], apart: int) -> None:
    for several in _exclusive(over, apart):
        terms = [*((one.column, 1.0) for one in several), *((one.column, 1.0) for one in held)]
        model.row(terms, most=1)
