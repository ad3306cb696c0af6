"""The 0-1 model: a column for each date that a slot may have, rows from the rules.

Every column has a cost for each stage of the lexicographic objective: hard constraints broken by fixed
meetings, meetings moved from the plan of record, should-trouble, points.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, Self, TypeVar

from kultursam.dates.holidays import days_between
from kultursam.forumfile.values import Strength
from kultursam.plans.model import Meeting, by_forum
from kultursam.rules import LINK_RULES
from kultursam.rules.context import PREFER_POINTS, Candidate, EvaluatedYear
from kultursam.rules.evaluate import fills_slot, slot_effects, slot_points

BROKEN, MOVED, SHOULD, POINTS = STAGES = range(4)
Costs = tuple[int, int, int, int]
Terms = list[tuple[int, float]]
Key = TypeVar("Key")
Value = TypeVar("Value")


def grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    """Return the values of each key, both in their order."""
    groups: dict[Key, list[Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


class Row(NamedTuple):
    """A weighted sum of columns, and what it may be at least and at most."""

    terms: Terms
    lower: float | None
    upper: float | None


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

    def restricted_to(self, forums: Iterable[str]) -> Self:
        """Return what is settled of some forums alone."""
        forums = list(forums)

        def of(meetings: Mapping[str, Sequence[Meeting]]) -> tuple[Meeting, ...]:
            return tuple(meeting for forum in forums for meeting in meetings.get(forum, ()))

        first = {forum: self.not_before[forum] for forum in forums if forum in self.not_before}
        return type(self)(
            of(self.fixed_by_forum), of(self.neighbours_by_forum), of(self.movable_by_forum), first
        )


@dataclass(frozen=True, slots=True)
class PricedDate:
    """A date for a slot, with what it costs by itself."""

    slot: int
    date: date
    costs: Costs


@dataclass(slots=True)
class LinearModel:
    """Columns with bounds and costs, and rows; built by `build`, read by the engine."""

    costs: list[Costs] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integral: list[bool] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    by_forum: dict[str, list[Candidate]] = field(default_factory=dict)
    by_day: dict[tuple[str, date], list[Candidate]] = field(default_factory=dict)
    cancelled: dict[tuple[str, int], list[Candidate]] = field(default_factory=dict)

    @property
    def forums(self) -> Sequence[str]:
        """See `rules.context.Model`."""
        return list(self.by_forum)

    def candidates(self, forum: str) -> Sequence[Candidate]:
        """See `rules.context.Model`."""
        return self.by_forum.get(forum, ())

    def on(self, forum: str, day: date) -> Sequence[Candidate]:
        """See `rules.context.Model`."""
        return self.by_day.get((forum, day), ())

    def idle(self, forum: str, slot: int) -> Sequence[Candidate]:
        """See `rules.context.Model`."""
        return self.cancelled.get((forum, slot), ())

    def column(self, *, should: int = 0, points: int = 0, upper: float = 1) -> int:
        """See `rules.context.Model`."""
        return self._column((0, 0, should, points), upper=upper)

    def binary(self, costs: Costs, *, lower: int = 0) -> int:
        """Add a 0-1 column; return its number."""
        return self._column(costs, lower=lower, integral=True)

    def _column(self, costs: Costs, *, lower: float = 0, upper: float = 1, integral: bool = False) -> int:
        self.costs.append(costs)
        self.lower.append(lower)
        self.upper.append(upper)
        self.integral.append(integral)
        return len(self.costs) - 1

    def row(
        self, terms: Iterable[tuple[int, float]], *, lower: float | None = None, upper: float | None = None
    ) -> None:
        """See `rules.context.Model`."""
        self.rows.append(Row(list(terms), lower, upper))

    def forbid(self, candidate: Candidate) -> None:
        """See `rules.context.Model`."""
        if not candidate.fixed:
            self.upper[candidate.column] = 0

    def at_most_one(self, candidates: Iterable[Candidate]) -> None:
        """See `rules.context.Model`."""
        candidates = list(candidates)
        if any(candidate.fixed for candidate in candidates):
            for candidate in candidates:
                self.forbid(candidate)
        else:
            self.row([(candidate.column, 1.0) for candidate in candidates], upper=1)

    def slack(self, strength: Strength, touched: int, *, fixed: bool, forced: bool = False) -> list[int]:
        """See `rules.context.Model`."""
        if strength == "should":
            return [self.binary((0, 0, touched, 0))]
        if strength == "prefer":
            return [self.binary((0, 0, 0, PREFER_POINTS))]
        return [self.binary((int(not forced), 0, 0, 0))] if fixed else []

    def add(self, candidate: Candidate) -> None:
        """Let the rules see a candidate whose column exists."""
        self.by_forum.setdefault(candidate.forum, []).append(candidate)
        self.by_day.setdefault((candidate.forum, candidate.date), []).append(candidate)

    def restricted(self, rows: Iterable[Row] = (), excluded: Iterable[int] = ()) -> Self:
        """Return the model with further rows, and less some columns and the rows that then always hold."""
        left_out = {column for column in excluded if not self.lower[column]}
        upper = [0 if column in left_out else most for column, most in enumerate(self.upper)]
        kept = []
        for row in (*self.rows, *rows):
            shorter = row._replace(terms=[term for term in row.terms if term[0] not in left_out])
            if len(shorter.terms) == len(row.terms) or not self._always_holds(shorter):
                kept.append(shorter)
        return replace(self, rows=kept, upper=upper)

    def _always_holds(self, row: Row) -> bool:
        """Return whether a row of at most one column bounds nothing."""
        if row.lower is not None or row.upper is None or len(row.terms) > 1:
            return False
        return sum(max(0, factor * self.upper[column]) for column, factor in row.terms) <= row.upper


def priced_dates(year: EvaluatedYear, forum: str, commitments: Commitments) -> list[PricedDate]:
    """Return every date that no hard constraint closes, for each slot of a forum, with its own costs."""
    kept = {one.date for one in commitments.movable_by_forum.get(forum, ())}
    first = commitments.not_before.get(forum, date.min)
    days = []
    for day in days_between(max(first, year.context.first), year.context.last):
        if not year.closed(forum, day):
            effects, moved = year.on(forum, day), int(bool(kept) and day not in kept)
            should, points = (
                sum(effect.trouble for effect in effects),
                sum(effect.points for effect in effects),
            )
            days.append((day, moved, should, points))
    return [
        PricedDate(index, day, (0, moved, should, points + further))
        for index, slot in enumerate(year.slots[forum])
        for day, moved, should, points in days
        if (further := slot_points(year, forum, slot, day)) is not None
    ]


def build(
    year: EvaluatedYear,
    forums: Sequence[str],
    commitments: Commitments,
    offered: Mapping[str, Sequence[PricedDate]],
    around: Iterable[str],
) -> LinearModel:
    """Return the model of some coupled forums.

    `offered` are the dates to choose from; `around` are further forums whose fixed meetings matter.
    """
    model, present = LinearModel(), {*forums, *around}
    for forum in (forum for forum in year.register.forums if forum in present):
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
    return model


def _fill_slots(
    year: EvaluatedYear,
    model: LinearModel,
    forum: str,
    fixed: Sequence[Meeting],
    offered: Sequence[PricedDate],
) -> None:
    """Fill a forum's slots with its fixed meetings, in order of time, and with the dates offered."""
    slots = year.slots.get(forum, ())
    if not fixed:
        _offer(year, model, forum, offered, [[] for _ in slots])
    elif len(fixed) < len(slots):
        _share_slots(year, model, forum, fixed, offered)
    else:
        for index, meeting in enumerate(fixed):
            if meeting.live:
                _add_fixed(model, meeting, index if index < len(slots) else None)


def _share_slots(
    year: EvaluatedYear,
    model: LinearModel,
    forum: str,
    fixed: Sequence[Meeting],
    offered: Sequence[PricedDate],
) -> None:
    """Let the solution decide which slots the fixed meetings fill, keeping the order of time."""
    slots = year.slots[forum]
    fillers: list[Terms] = [[] for _ in slots]
    timeline: list[list[tuple[date, int]]] = [[] for _ in slots]
    for meeting in fixed:
        taken: Terms = []
        for index, slot in enumerate(slots):
            effects = tuple(slot_effects(year, forum, slot, meeting.date))
            broken = sum(effect.strength == "must" for effect in effects)
            points = sum(effect.points for effect in effects) if meeting.live else 0
            column = model.binary((broken, 0, 0, points))
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


def _offer(
    year: EvaluatedYear, model: LinearModel, forum: str, offered: Sequence[PricedDate], fillers: list[Terms]
) -> None:
    """Add a column for each date offered; one date fills each slot, perhaps a fixed one of `fillers`."""
    time = year.context.forum(forum).time
    for priced in offered:
        column = model.binary(priced.costs)
        model.add(Candidate(column, forum, priced.date, time.start, time.end, priced.slot, fixed=False))
        fillers[priced.slot].append((column, 1))
    for terms in fillers:
        model.row(terms, lower=1, upper=1)


def _add_fixed(
    model: LinearModel, meeting: Meeting, slot: int | None = None, *, of_year: bool = True
) -> None:
    model.add(_candidate(model.binary((0, 0, 0, 0), lower=1), meeting, slot, of_year=of_year))


def _candidate(column: int, meeting: Meeting, slot: int | None, *, of_year: bool = True) -> Candidate:
    return Candidate(
        column,
        meeting.forum,
        meeting.date,
        meeting.start,
        meeting.end,
        slot,
        fixed=True,
        of_year=of_year,
        origin=meeting.origin,
        forced=meeting.forced,
    )
