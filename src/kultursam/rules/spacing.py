"""A forum's meetings keep their distance, across New Year too.

    forums:
      board: {spacing: {min_days: 30}}
    # passes: board meets 2025-03-04, 2025-04-03

    forums:
      board: {cadence: 4 times a year}   # 45 days, then
    # fails: board meets 2025-03-04, 2025-04-03

Default strength: must. Without the key, n meetings a year lie at least half an even share of the year
apart (⌊⌊365/n⌋/2⌋ days), and meetings that somebody adds, and reserved places, are free of it; a spacing
that is written holds for them too.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from kultursam.dates.slots import default_spacing
from kultursam.forumfile.models import Forum
from kultursam.forumfile.values import Strength
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
    violation,
)

ID = "spacing"
SENTENCE = N_("{days} days from the forum's meeting on {other}, but {least} at least are to be kept")


def days_of(forum: Forum) -> int:
    """Return the least days between a forum's meetings, as written or as its cadence implies."""
    written = forum.spacing.min_days if forum.spacing else None
    # A reserved place is used when it is needed, however near to the last meeting that is.
    return default_spacing(forum.cadence.number) if written is None else written


def is_written(forum: Forum) -> bool:
    """Return whether the least days are written for a forum."""
    return forum.spacing is not None and forum.spacing.min_days is not None


def least_days(context: YearContext, forum: str) -> tuple[int, Strength, Where]:
    """Return the days to keep, the rule's strength and its place in the file."""
    model = context.forum(forum)
    origin: Where = ("forums", forum, "spacing" if is_written(model) else "cadence")
    strength: Strength = (model.spacing.strength if model.spacing and is_written(model) else None) or "must"
    return (days_of(model) if context.holds(ID, origin) else 0), strength, origin


def must_days(context: YearContext, forum: str) -> int:
    """Return the days that any two planned meetings of a forum are apart: its hard constraint, 1 at least."""
    least, strength, _ = least_days(context, forum)
    return max(1, least) if strength == "must" else 1


def days_apart(year: EvaluatedYear, model: Model, forum: str) -> int:
    """Return the least days between any two meetings of a forum that are not both fixed.

    They keep the spacing, if that is a hard constraint, and are of different slots: few dates are offered to
    each, so these are often further apart.
    """
    candidates = model.candidates(forum)
    outside = (candidate.origin for candidate in candidates if candidate.slot is None)
    unspaced = any(not counts(year.context, forum, origin) for origin in outside)
    # External forums have no slots, nor do forums that are not part of a restricted year.
    least = 1 if unspaced or forum not in year.slots else must_days(year.context, forum)
    # A pool has one column for a day and all of its slots.
    return least if forum in model.pooled else max(least, _days_between_slots(candidates))


def _days_between_slots(candidates: Sequence[Candidate]) -> int:
    """Return the least days between candidates, in order of time, that do not fill one slot."""
    near = (
        (later.date - earlier.date).days
        for earlier, later in pairwise(candidates)
        if earlier.slot is None or earlier.slot != later.slot
    )
    return min(near, default=0)


def counts(context: YearContext, forum: str, origin: Origin) -> bool:
    """Return whether a forum's meetings of an origin keep their distance too."""
    planned = origin in {Origin.PLANNED, Origin.RESERVED}
    return planned or is_written(context.forum(forum))


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the forum's spacing if it is a must-rule that asks for anything."""
    least, strength, origin = least_days(year.context, forum)
    if least > 1 and strength == "must":
        yield ID, origin


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield each meeting that follows too soon on the one before it."""
    for forum in schedule.planned_in(year):
        least, strength, origin = least_days(year.context, forum)
        size, ours = year.context.size(forum), {meeting.id for meeting in schedule.of_year(forum)}
        counted = [one for one in schedule.around(forum) if counts(year.context, forum, one.origin)]
        for earlier, later in pairwise(counted):
            meeting, other = (later, earlier) if later.id in ours else (earlier, later)
            days = (later.date - earlier.date).days
            if days < least and meeting.id in ours:
                args = {"days": days, "other": other.date, "least": least}
                yield meeting, violation(ID, strength, origin, SENTENCE, size, **args)


class Pair(NamedTuple):
    """Two slots whose meetings are consecutive if cancelled meetings take all slots between them."""

    earlier: list[Candidate]
    later: list[Candidate]
    idle: Sequence[Sequence[Candidate]]
    """By slot between: the cancelled meetings that may take it."""

    def within(self, first: date, last: date) -> "Pair":
        """Return the pair with the candidates between two days alone."""
        earlier, later = ([x for x in side if first < x.date < last] for side in self[:2])
        return Pair(earlier, later, self.idle)


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Keep consecutive meetings in order and apart, and candidates apart from meetings without a slot.

    A medium or soft constraint counts consecutive meetings only: meetings without a slot divide the year
    into stretches in which slots are kept apart, and are themselves compared with the nearest candidate.
    """
    for forum in year.slots:
        least, strength, _ = least_days(year.context, forum)
        hard = must_days(year.context, forum)
        candidates = model.candidates(forum)
        outside = [x for x in candidates if x.slot is None and counts(year.context, forum, x.origin)]
        if forum in model.pooled:
            _keep_all_apart(model, [x for x in candidates if x.slot is not None], hard)
        for pair in () if forum in model.pooled else _consecutive(year, model, forum):
            _keep_apart(model, pair, hard)
            if strength != "must" and model.priced:
                slack = model.slack(strength, year.context.size(forum), fixed=False)
                for first, last in pairwise([date.min, *(x.date for x in outside), date.max]):
                    _keep_apart(model, pair.within(first, last), least, slack)
        for candidate in candidates:
            if candidate.slot is None or not model.asks(strength):
                continue
            if strength != "must":
                _count_outside(year, model, candidate, outside)
            elif any(abs((x.date - candidate.date).days) < least for x in outside):
                model.forbid(candidate)


def _keep_all_apart(model: Model, candidates: Sequence[Candidate], days: int) -> None:
    """Let at most one of the candidates within some days of each other stand: maximal cliques.

    Meetings on any such days can be given to slots in order of time, so no order need be asked for.
    """
    reached = 0
    for start, first in enumerate(candidates):
        stop = bisect_left(candidates, first.date + timedelta(days), reached, key=attrgetter("date"))
        if stop > max(reached, start + 1):
            model.row([(x.column, 1.0) for x in candidates[start:stop]], upper=1)
        reached = max(reached, stop)


def _consecutive(year: EvaluatedYear, model: Model, forum: str) -> Iterator[Pair]:
    by_slot: list[list[Candidate]] = [[] for _ in year.slots[forum]]
    for candidate in model.candidates(forum):
        if candidate.slot is not None:
            by_slot[candidate.slot].append(candidate)
    for slot, earlier in enumerate(by_slot):
        idle: list[Sequence[Candidate]] = []
        for later in range(slot + 1, len(by_slot)):
            yield Pair(earlier, by_slot[later], tuple(idle))
            idle.append(model.idle(forum, later))
            if not idle[-1]:
                break


def _keep_apart(model: Model, pair: Pair, days: int, slack: Sequence[int] = ()) -> None:
    """Add, for each day t, Σ earlier[≥ t] + Σ later[< t + days] ≤ 1 + slack.

    Every slot between adds 1 − Σ idle to the right, so that the row binds only where all of them are idle.
    """
    relaxing = [(x.column, 1.0) for slot in pair.idle for x in slot] + [(column, -1.0) for column in slack]
    for first in pair.earlier:
        late = [x for x in pair.earlier if x.date >= first.date]
        soon = [x for x in pair.later if (x.date - first.date).days < days]
        for sides in [(late, soon)] if slack else _without_fixed_pairs(late, soon):
            if all(sides):
                terms = [(x.column, 1.0) for side in sides for x in side]
                model.row([*terms, *relaxing], upper=1 + len(pair.idle))


def _without_fixed_pairs(
    late: list[Candidate], soon: list[Candidate]
) -> list[tuple[list[Candidate], list[Candidate]]]:
    """Split a row so that none has two fixed meetings: these may be too near, and are reported instead."""
    movable_late, movable_soon = ([x for x in side if not x.fixed] for side in (late, soon))
    if late == movable_late or soon == movable_soon:
        return [(late, soon)]
    return [(late, movable_soon), (movable_late, soon)]


def _count_outside(
    year: EvaluatedYear, model: Model, candidate: Candidate, outside: Sequence[Candidate]
) -> None:
    """Add x ≤ Σ between + slack for the nearest meeting without a slot on either side, if it is too near."""
    least, strength, _ = least_days(year.context, candidate.forum)
    before = [x for x in outside if x.date <= candidate.date][-1:]
    after = [x for x in outside if x.date > candidate.date][:1]
    for nearest in (*before, *after):
        if abs((nearest.date - candidate.date).days) < least:
            first, last = sorted((nearest.date, candidate.date))
            between = [x.column for x in model.candidates(candidate.forum) if first < x.date < last]
            slack = model.slack(strength, year.context.size(candidate.forum), fixed=False)
            terms = [(column, -1.0) for column in (*between, *slack)]
            model.row([(candidate.column, 1.0), *terms], upper=0)
