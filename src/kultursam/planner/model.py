"""The 0-1 model: a column for each date that a slot may have, rows from the rules.

Every column has a cost for each stage of the lexicographic objective: hard constraints broken by fixed
meetings, meetings moved from the plan of record, should-trouble, points.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Self

from kultursam.dates.holidays import days_between
from kultursam.dates.slots import Slot
from kultursam.plans.model import Meeting, by_forum
from kultursam.rules import LINK_RULES, spacing, windows
from kultursam.rules.context import Candidate, Costs, EvaluatedYear, Model, Terms, fills_slot, grouped
from kultursam.rules.evaluate import slot_costs, slot_effects

BROKEN, MOVED, SHOULD, POINTS = STAGES = range(4)


@dataclass(frozen=True, slots=True)
class Unlike:
    """A plan that another one is to differ from: at most so many of its dates are kept."""

    dates: Mapping[str, frozenset[date]]
    """By forum: the dates that were chosen for its meetings."""
    most: int


@dataclass(frozen=True)
class Commitments:
    """What is settled before the planner begins: meetings that are fixed, and meetings that may move."""

    fixed: tuple[Meeting, ...] = ()
    """Of this year: past, confirmed, cancelled by a person, added, external."""
    neighbours: tuple[Meeting, ...] = ()
    """Of the years before and after."""
    movable: tuple[Meeting, ...] = ()
    """The plan of record's meetings that may move, though none should without need."""
    not_before: Mapping[str, date] = field(default_factory=dict)
    """By forum: no meeting is placed before this day."""
    unlike: tuple[Unlike, ...] = ()
    """Plans that another one is wanted beside. They couple all forums."""

    @cached_property
    def fixed_by_forum(self) -> dict[str, list[Meeting]]:
        """The fixed meetings of this year, by forum."""
        return by_forum(self.fixed)

    @cached_property
    def neighbours_by_forum(self) -> dict[str, list[Meeting]]:
        """The meetings of the years before and after, by forum."""
        return by_forum(self.neighbours)

    @cached_property
    def movable_by_forum(self) -> dict[str, list[Meeting]]:
        """The meetings that may move, by forum."""
        return by_forum(self.movable)

    @property
    def dates(self) -> dict[str, frozenset[date]]:
        """The dates of this year's meetings that are fixed, or may move, by forum."""
        every = by_forum((*self.fixed, *self.movable))
        return {forum: frozenset(one.date for one in meetings) for forum, meetings in every.items()}

    def restricted_to(self, forums: Iterable[str]) -> Self:
        """Return what is settled of some forums alone."""
        forums = set(forums)

        def of(meetings: Sequence[Meeting]) -> tuple[Meeting, ...]:
            return tuple(meeting for meeting in meetings if meeting.forum in forums)

        first = {forum: self.not_before[forum] for forum in self.not_before.keys() & forums}
        return type(self)(of(self.fixed), of(self.neighbours), of(self.movable), first, self.unlike)


@dataclass(frozen=True, slots=True)
class PricedDate:
    """A date for a slot, with what it costs by itself."""

    slot: int
    date: date
    costs: Costs


def priced_dates(year: EvaluatedYear, forum: str, commitments: Commitments) -> list[PricedDate]:
    """Return every date that no hard constraint closes, for each slot of a forum, with its own costs."""
    kept = {one.date for one in commitments.movable_by_forum.get(forum, ())}
    first = commitments.not_before.get(forum, date.min)
    days = []
    for day in days_between(max(first, year.context.first), year.context.last):
        if not year.closed(forum, day):
            effects, moved = year.on(forum, day), int(bool(kept) and day not in kept)
            should = sum(effect.trouble for effect in effects)
            days.append((day, moved, should, sum(effect.points for effect in effects)))
    priced = [
        PricedDate(index, day, (0, moved, should + further[0], points + further[1]))
        for index, slot in enumerate(year.slots[forum])
        for day, moved, should, points in days
        if (further := slot_costs(year, forum, slot, day)) is not None
    ]
    decided = any(map(fills_slot, commitments.fixed_by_forum.get(forum, ())))
    # Fixed meetings take slots that are not known yet, and spare ones need no room.
    if decided or any(slot.spare for slot in year.slots[forum]):
        return priced
    return _within_reach(priced, spacing.must_days(year.context, forum))


def _within_reach(priced: Sequence[PricedDate], apart: int) -> list[PricedDate]:
    """Return the dates before and after which there is room for those of all other slots, so far apart.

    There are none where the slots with dates have no room beside each other.
    """
    by_slot = list(grouped((one.slot, one) for one in priced).values())
    apart_by = timedelta(apart)
    ahead: list[list[PricedDate]] = []
    for dates in by_slot:
        first = ahead[-1][0].date + apart_by if ahead else date.min
        ahead.append([one for one in dates if one.date >= first])
        if not ahead[-1]:
            return []
    kept: list[list[PricedDate]] = []
    for dates in reversed(ahead):
        last = kept[-1][-1].date - apart_by if kept else date.max
        kept.append([one for one in dates if one.date <= last])
        if not kept[-1]:
            return []
    return [one for dates in reversed(kept) for one in dates]


def pools(year: EvaluatedYear, forum: str) -> Iterable[list[int]]:
    """Return the numbers of a forum's slots that may share their dates, pool by pool.

    They are those of a window, if meetings must lie in these, and a turn in it.
    """
    held = windows.in_force(year.context, forum)
    slots = enumerate(year.slots.get(forum, ()))
    return grouped(
        (((slot.first, slot.last) if held else None, slot.turn), index) for index, slot in slots
    ).values()


def pooled_dates(
    year: EvaluatedYear, forum: str, commitments: Commitments, *, apart: bool = False
) -> list[PricedDate]:
    """Return every date that no hard constraint closes for the first slot of each pool, or for each slot.

    Its points are the open days from the nearest ideal of a slot of the pool, squared: a hint.
    """
    first, slots, found = commitments.not_before.get(forum, date.min), year.slots[forum], []
    days = [
        day
        for day in days_between(max(first, year.context.first), year.context.last)
        if not year.closed(forum, day)
    ]
    held = windows.in_force(year.context, forum)
    for pool in ([index] for index in range(len(slots))) if apart else pools(year, forum):
        slot = slots[pool[0]]
        for day in days:
            if (not held or slot.holds(day)) and slot.is_in_turn(day):
                points = min(abs(slots[index].distance(day)) for index in pool) ** 2
                found.append(PricedDate(pool[0], day, (0, 0, 0, points)))
    return found


def build(
    year: EvaluatedYear,
    forums: Container[str],
    commitments: Commitments,
    offered: Mapping[str, Sequence[PricedDate]],
    *,
    priced: bool = True,
) -> Model:
    """Return the model of some coupled forums and of those around them, whose fixed meetings matter.

    `offered` are the dates to choose from. A model that is not `priced` has hard constraints alone, and one
    column for a day and all slots of its window.
    """
    model = Model(priced=priced)
    for forum in filter(forums.__contains__, year.register.forums):
        fixed = commitments.fixed_by_forum.get(forum, ())
        filling = sorted((one for one in fixed if fills_slot(one)), key=lambda one: (one.date, one.number))
        _fill_slots(year, model, forum, filling, offered.get(forum, ()))
        for meeting in fixed:
            if meeting.live and not fills_slot(meeting):
                _add_fixed(model, meeting)
        for meeting in commitments.neighbours_by_forum.get(forum, ()):
            if meeting.live:
                _add_fixed(model, meeting, of_year=False)
        if forum in model.by_forum:
            model.by_forum[forum].sort(key=lambda candidate: (candidate.date, candidate.column))
    for rule in LINK_RULES:
        rule.add_constraints(year, model)
    for other in commitments.unlike:
        kept = [one.column for one in _chosen(model) if one.date in other.dates.get(one.forum, ())]
        model.row([(column, 1.0) for column in kept], upper=other.most)
    return model


def _chosen(model: Model) -> Iterator[Candidate]:
    """Yield the candidates that are offered, none that is fixed."""
    for candidates in model.by_forum.values():
        yield from (one for one in candidates if not one.fixed)


def _fill_slots(
    year: EvaluatedYear,
    model: Model,
    forum: str,
    fixed: Sequence[Meeting],
    offered: Sequence[PricedDate],
) -> None:
    """Fill a forum's slots with its fixed meetings, in order of time, and with the dates offered."""
    slots = year.slots.get(forum, ())
    # Turns keep the order of slots.
    if not fixed and not model.priced and not any(slot.turn for slot in slots):
        _pool_slots(year, model, forum, offered)
    elif not fixed:
        _offer(year, model, forum, offered, _spare(model, forum, slots))
    elif len(fixed) < len(slots):
        _share_slots(year, model, forum, fixed, offered)
    else:
        for index, meeting in enumerate(fixed):
            if meeting.live:
                _add_fixed(model, meeting, index if index < len(slots) else None)


def _share_slots(
    year: EvaluatedYear,
    model: Model,
    forum: str,
    fixed: Sequence[Meeting],
    offered: Sequence[PricedDate],
) -> None:
    """Let the solution decide which slots the fixed meetings fill, keeping the order of time."""
    slots = year.slots[forum]
    fillers = _spare(model, forum, slots)
    timeline: list[list[tuple[date, int]]] = [[] for _ in slots]
    for meeting in fixed:
        taken: Terms = []
        for index, slot in enumerate(slots):
            effects = tuple(slot_effects(year, forum, slot, meeting.date))
            weighed = meeting.date >= year.context.weighed_from
            broken = sum(effect.strength == "must" for effect in effects) if weighed else 0
            priced = effects if weighed and meeting.live else ()
            trouble, points = (
                sum(effect.trouble for effect in priced),
                sum(effect.points for effect in priced),
            )
            column = model.binary((broken, 0, trouble, points))
            candidate = _candidate(column, meeting, index)
            if meeting.live:
                model.add(candidate)
            else:
                model.cancelled.setdefault((forum, index), []).append(candidate)
            taken.append((column, 1))
            fillers[index].append((column, 1))
            timeline[index].append((meeting.date, column))
        model.row(taken, lower=1, upper=1)
    _offer(year, model, forum, offered, fillers)
    for candidate in model.candidates(forum):
        if candidate.slot is not None and not candidate.fixed:
            timeline[candidate.slot].append((candidate.date, candidate.column))
    for earlier, later in pairwise(timeline):
        for day in sorted({other for other, _ in earlier}):
            late = [(column, 1.0) for other, column in earlier if other >= day]
            soon = [(column, 1.0) for other, column in later if other < day]
            if soon:
                model.row([*late, *soon], upper=1)


def _spare(model: Model, forum: str, slots: Sequence[Slot]) -> list[Terms]:
    """Return what fills slots before any date does: those that may stay empty do so from the last on."""
    fillers: list[Terms] = []
    before: Terms = []
    for index, slot in enumerate(slots):
        empty: Terms = []
        if slot.spare:
            column = model.binary((0, 0, 0, 0))
            model.spare[forum, index] = Candidate(
                column, forum, date.max, time.min, time.max, index, fixed=False
            )
            empty.append((column, 1))
            if before:
                model.row([*before, (column, -1)], upper=0)
        fillers.append(empty)
        before = empty
    return [list(empty) for empty in fillers]


def _pool_slots(year: EvaluatedYear, model: Model, forum: str, offered: Sequence[PricedDate]) -> None:
    """Let the slots of each window share their dates: which slot a date fills does not matter."""
    slots = year.slots.get(forum, ())
    model.pooled.add(forum)
    of_slot = grouped((priced.slot, priced) for priced in offered)
    for pool in pools(year, forum):
        terms: Terms = []
        for priced in of_slot.get(pool[0], ()):
            column = model.binary(priced.costs)
            model.add(_offered(year, column, forum, priced))
            terms.append((column, 1))
        spare = sum(slots[index].spare for index in pool)
        model.row(terms, lower=len(pool) - spare, upper=len(pool))


def _offer(
    year: EvaluatedYear, model: Model, forum: str, offered: Sequence[PricedDate], fillers: list[Terms]
) -> None:
    """Add a column for each date offered; one date fills each slot, perhaps a fixed one of `fillers`."""
    for priced in offered:
        column = model.binary(priced.costs)
        model.add(_offered(year, column, forum, priced))
        fillers[priced.slot].append((column, 1))
    for terms in fillers:
        model.row(terms, lower=1, upper=1)


def _offered(year: EvaluatedYear, column: int, forum: str, priced: PricedDate) -> Candidate:
    times = year.context.forum_on(forum, priced.date).times
    return Candidate(column, forum, priced.date, slot=priced.slot, fixed=False, **times)


def _add_fixed(model: Model, meeting: Meeting, slot: int | None = None, *, of_year: bool = True) -> None:
    model.add(_candidate(model.binary((0, 0, 0, 0), lower=1), meeting, slot, of_year=of_year))


def _candidate(column: int, meeting: Meeting, slot: int | None, *, of_year: bool = True) -> Candidate:
    return Candidate(
        column,
        meeting.forum,
        meeting.date,
        meeting.start,
        meeting.end,
        slot,
        days=meeting.days,
        last_day=meeting.last_day,
        timezone=meeting.timezone,
        fixed=True,
        of_year=of_year,
        origin=meeting.origin,
        forced=meeting.forced,
        meeting=meeting.id,
        place=meeting.place,
    )
