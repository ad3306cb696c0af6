"""The 0-1 model: a column for each date that a slot may have, rows from the rules.

Every column has four costs, weighed one after the other: musts broken by given meetings, meetings
moved from the plan of record, should-trouble, points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import pairwise

from kultursam.dates.holidays import days_between
from kultursam.forumfile.values import Strength
from kultursam.plans.model import Meeting, by_forum
from kultursam.rules import LINK_RULES
from kultursam.rules.context import PREFER_POINTS, Candidate, EvaluatedYear
from kultursam.rules.evaluate import fills_slot, slot_effects, slot_points

BROKEN, MOVED, SHOULD, POINTS = STAGES = range(4)
Costs = tuple[int, int, int, int]
Terms = list[tuple[int, float]]
Row = tuple[Terms, float | None, float | None]
"""A sum of columns, the least and the most that it may be."""


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

    def restricted_to(self, forums: Iterable[str]) -> Commitments:
        """Return what is settled of some forums alone."""
        forums = list(forums)

        def of(meetings: Mapping[str, Sequence[Meeting]]) -> tuple[Meeting, ...]:
            return tuple(one for forum in forums for one in meetings.get(forum, ()))

        first = {forum: self.not_before[forum] for forum in forums if forum in self.not_before}
        return Commitments(
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
    whole: list[bool] = field(default_factory=list)
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

    def column(
        self, *, should: int = 0, points: int = 0, broken: int = 0, upper: float = 1, whole: bool = False
    ) -> int:
        """See `rules.context.Model`."""
        self.costs.append((broken, 0, should, points))
        self.lower.append(0)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.costs) - 1

    def row(
        self, terms: Iterable[tuple[int, float]], *, least: float | None = None, most: float | None = None
    ) -> None:
        """See `rules.context.Model`."""
        self.rows.append((list(terms), least, most))

    def forbid(self, candidate: Candidate) -> None:
        """See `rules.context.Model`."""
        if not candidate.fixed:
            self.upper[candidate.column] = 0

    def at_most_one(self, candidates: Iterable[Candidate]) -> None:
        """See `rules.context.Model`."""
        candidates = list(candidates)
        if any(one.fixed for one in candidates):
            for one in candidates:
                self.forbid(one)
        else:
            self.row([(one.column, 1.0) for one in candidates], most=1)

    def slack(self, strength: Strength, touched: int, *, fixed: bool, forced: bool = False) -> list[int]:
        """See `rules.context.Model`."""
        if strength == "should":
            return [self.column(should=touched, whole=True)]
        if strength == "prefer":
            return [self.column(points=PREFER_POINTS, whole=True)]
        return [self.column(broken=int(not forced), whole=True)] if fixed else []

    def choose(self, candidate: Candidate, costs: Costs) -> None:
        """Add a choice whose column is the next."""
        self.column(whole=True)
        self.costs[candidate.column] = costs
        self.register(candidate)

    def without(self, dropped: frozenset[int]) -> LinearModel:
        """Give the model with its rows less some columns; rows that then hold by themselves are left out."""
        if not dropped:
            return self
        taken = [column not in dropped or least > 0 for column, least in enumerate(self.lower)]
        rows = []
        for terms, least, most in self.rows:
            left = [one for one in terms if taken[one[0]]]
            if len(left) == len(terms) or least is not None or most is None or not self._holds(left, most):
                rows.append((left, least, most))
        return replace(self, rows=rows)

    def _holds(self, terms: Terms, most: float) -> bool:
        """Tell whether a row of one column, or of none, asks nothing."""
        return len(terms) < 2 and sum(max(0, factor * self.upper[one]) for one, factor in terms) <= most

    def register(self, candidate: Candidate) -> None:
        """Make a choice known to the rules."""
        self.by_forum.setdefault(candidate.forum, []).append(candidate)
        self.by_day.setdefault((candidate.forum, candidate.date), []).append(candidate)


Allowed = Callable[[str, PricedDate], bool]


def priced_dates(year: EvaluatedYear, forum: str, commitments: Commitments) -> list[PricedDate]:
    """Give every date that no must-rule closes, for each slot of a forum, with its own costs."""
    kept = {one.date for one in commitments.movable_by_forum.get(forum, ())}
    first = commitments.not_before.get(forum, date.min)
    days = []
    for day in days_between(max(first, year.context.first), year.context.last):
        effects = year.on(forum, day)
        if not any(one.strength == "must" for one in effects):
            days.append((day, sum(one.trouble for one in effects), sum(one.points for one in effects)))
    found = []
    for index, slot in enumerate(year.slots[forum]):
        for day, should, points in days:
            further = slot_points(year, forum, slot, day)
            if further is not None:
                moved = int(bool(kept) and day not in kept)
                found.append(PricedDate(index, day, (0, moved, should, points + further)))
    return found


def build(
    year: EvaluatedYear,
    forums: Sequence[str],
    commitments: Commitments,
    offered: Mapping[str, Sequence[PricedDate]],
    around: Iterable[str],
) -> LinearModel:
    """Build the model of some forums that hang together.

    `offered` are the dates to choose from; `around` are further forums whose given meetings matter.
    """
    model = LinearModel()
    wanted = {*forums, *around}
    for forum in (one for one in year.register.forums if one in wanted):
        mine = commitments.fixed_by_forum.get(forum, [])
        beside = [one for one in commitments.neighbours_by_forum.get(forum, ()) if one.live]
        _fill_slots(year, model, forum, [one for one in mine if fills_slot(one)], offered.get(forum, ()))
        for meeting in (*(one for one in mine if one.live and not fills_slot(one)), *beside):
            _give(model, meeting, None, of_year=meeting not in beside)
        if forum in model.by_forum:
            model.by_forum[forum].sort(key=lambda one: (one.date, one.column))
    for rule in LINK_RULES:
        rule.add_constraints(year, model)
    return model


def _fill_slots(
    year: EvaluatedYear,
    model: LinearModel,
    forum: str,
    filled: Sequence[Meeting],
    priced: Sequence[PricedDate],
) -> None:
    places = year.slots.get(forum, ())
    filled = sorted(filled, key=lambda one: (one.date, one.number))
    if not filled:
        _offer(year, model, forum, priced, [[] for _ in places])
    elif len(filled) < len(places):
        _share_slots(year, model, forum, filled, priced)
    else:
        for index, meeting in enumerate(filled):
            if meeting.live:
                _give(model, meeting, index if index < len(places) else None)


def _share_slots(
    year: EvaluatedYear,
    model: LinearModel,
    forum: str,
    filled: Sequence[Meeting],
    priced: Sequence[PricedDate],
) -> None:
    """Let the plan decide which slots the given meetings fill, keeping the order of time."""
    places = year.slots[forum]
    rows: list[Terms] = [[] for _ in places]
    timeline: list[list[tuple[date, int]]] = [[] for _ in places]
    for meeting in filled:
        taken: Terms = []
        for index, slot in enumerate(places):
            effects = tuple(slot_effects(year, forum, slot, meeting.date))
            broken = sum(one.strength == "must" for one in effects)
            points = sum(one.points for one in effects) if meeting.live else 0
            column = model.column(broken=broken, points=points, whole=True)
            candidate = _candidate(column, meeting, index)
            if meeting.live:
                model.register(candidate)
            else:
                model.cancelled.setdefault((forum, index), []).append(candidate)
            taken.append((column, 1))
            rows[index].append((column, 1))
            timeline[index].append((meeting.date, column))
        model.row(taken, least=1, most=1)
    _offer(year, model, forum, priced, rows)
    for candidate in model.candidates(forum):
        if candidate.slot is not None and not candidate.fixed:
            timeline[candidate.slot].append((candidate.date, candidate.column))
    for earlier, later in pairwise(timeline):
        for day in sorted({one for one, _ in earlier}):
            late = [(column, 1.0) for one, column in earlier if one >= day]
            soon = [(column, 1.0) for one, column in later if one < day]
            if soon:
                model.row([*late, *soon], most=1)


def _offer(
    year: EvaluatedYear, model: LinearModel, forum: str, priced: Sequence[PricedDate], rows: list[Terms]
) -> None:
    """Add the candidates' columns; each slot takes one date, be it a given one that `rows` hold already."""
    time = year.context.forum(forum).time
    for priced_date in priced:
        column = len(model.costs)
        model.choose(
            Candidate(column, forum, priced_date.date, time.start, time.end, priced_date.slot, fixed=False),
            priced_date.costs,
        )
        rows[priced_date.slot].append((column, 1))
    for row in rows:
        model.row(row, least=1, most=1)


def _give(model: LinearModel, meeting: Meeting, slot: int | None, *, of_year: bool = True) -> None:
    column = model.column(whole=True)
    model.lower[column] = 1
    model.register(_candidate(column, meeting, slot, of_year=of_year))


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
