"""The search for the best plan: forums that hang together, one group at a time, stage by stage.

The stages are those of the definition: musts broken by given meetings, meetings moved, should-trouble,
points, and at last the earliest dates. A first good plan bounds what any single date may cost, so most
candidate dates never reach the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from operator import add

from kultursam.planner.components import Couplings, Task, free_places, tasks
from kultursam.planner.model import (
    BROKEN,
    MOVED,
    POINTS,
    SHOULD,
    STAGES,
    Commitments,
    Costs,
    LinearModel,
    PricedDate,
    Row,
    build,
    priced_dates,
)
from kultursam.planner.solver import HALF, Solution, solve
from kultursam.plans.model import Meeting
from kultursam.rules.context import Candidate, EvaluatedYear
from kultursam.rules.evaluate import match_slots, meeting_effects

NEAR = 16
"""Dates a slot is first offered; doubled until a plan is found."""
TIE_WEIGHT = 10**6
"""The largest weight with which one solve settles ties: beyond it the engine's tolerances would show."""

PAYS = 500
"""Meetings beside those of the largest group from which on several processes are quicker: they take half a
second to start, in which one plans a hundred or two."""

ReportProgress = Callable[[int, int], None]
"""Called with the number of components planned, and of all."""


def ignore_progress(done: int, total: int) -> None:
    """Report to nobody."""


Priced = Mapping[str, Sequence[PricedDate]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The dates chosen, by forum, and how far the points may be from the least if a proof was given up."""

    dates: Mapping[str, tuple[date, ...]]
    gap: int = 0


class InfeasibleError(Exception):
    """The rules of some forums cannot hold together."""

    def __init__(self, forums: Sequence[str]) -> None:
        super().__init__(*forums)
        self.forums = tuple(forums)


def best_dates(
    year: EvaluatedYear,
    commitments: Commitments,
    progress: ReportProgress = ignore_progress,
    *,
    only: str | None = None,
) -> Outcome:
    """Find the best dates for every slot that nothing given fills. Raises `NoPlanError`.

    With a forum as `only`, the dates of the groups that matter to it are found alone.
    """
    apart = [one for one in tasks(year, commitments) if only is None or only in one.year.register.forums]
    dates = _standing(year, commitments, apart)
    apart = [task for task in apart if task.group[0] not in dates]
    gap = 0
    with closing(_outcomes(apart)) as outcomes:
        for done in range(len(apart)):
            progress(done, len(apart))
            found = next(outcomes)
            dates.update(found.dates)
            gap += found.gap
    return Outcome(dates, gap)


def _standing(
    year: EvaluatedYear, commitments: Commitments, apart: Iterable[Task]
) -> dict[str, tuple[date, ...]]:
    """Give the recorded dates of the groups that these suit: no other plan moves fewer meetings.

    They do if they fill every place, no must is broken near them, and what a person cancelled has its place
    in its own window.
    """
    times = {forum: year.context.forum(forum).time for forum in commitments.movable_by_forum}
    kept = [
        replace(one, start=times[one.forum].start, end=times[one.forum].end) for one in commitments.movable
    ]
    found = meeting_effects(year, (*commitments.fixed, *kept), commitments.neighbours) if kept else {}
    broken = {
        one.forum
        for one in (*commitments.fixed, *kept)
        if any(effect.strength == "must" for effect in found.get(one.id, ()))
    }
    filled = match_slots(year, (*commitments.fixed, *kept)) if kept else {}
    broken |= {
        one.forum
        for one in commitments.fixed
        if not one.live and one.id in filled and not filled[one.id].holds(one.date)
    }
    free = free_places(year, commitments)
    stand = {
        forum: tuple(sorted(one.date for one in several if _may_be_kept(year, commitments, one)))
        for forum, several in commitments.movable_by_forum.items()
    }
    whole = {
        forum
        for forum, days in stand.items()
        if len(set(days)) == len(commitments.movable_by_forum[forum]) == free.get(forum)
    }
    return {
        forum: stand[forum]
        for task in apart
        if whole.issuperset(task.group) and broken.isdisjoint(task.year.register.forums)
        for forum in task.group
    }


def _may_be_kept(year: EvaluatedYear, commitments: Commitments, meeting: Meeting) -> bool:
    first = max(year.context.first, commitments.not_before.get(meeting.forum, date.min))
    return first <= meeting.date <= year.context.last


def _outcomes(apart: Sequence[Task]) -> Generator[Outcome]:
    """Plan each group, in several processes where that is quicker."""
    sizes = [task.size for task in apart]
    if sum(sizes) - max(sizes, default=0) < PAYS:
        yield from map(_outcome, apart)
    else:
        # Imported here, for few files are that large.
        from kultursam.planner import parallel

        yield from parallel.results(_outcome, apart, lambda task: task.size)


def _outcome(task: Task) -> Outcome:
    return best_of_group(*task)


def best_of_group(year: EvaluatedYear, commitments: Commitments, group: Sequence[str]) -> Outcome:
    """Find the best dates of forums that hang together. Raises `NoPlanError`."""
    around = Couplings(year).around(group)
    priced = {forum: priced_dates(year, forum, commitments) for forum in group}
    for reach in (NEAR, 4 * NEAR, None):
        offered = _nearest(priced, reach)
        model = build(year, group, commitments, offered, around)
        found = _by_stages(model)
        if found is None or (found.costs[BROKEN] and reach is not None):
            continue
        kept = _worth_keeping(priced, free_places(year, commitments), found.costs)
        if any(set(kept[forum]) - set(offered[forum]) for forum in group):
            model = build(year, group, commitments, kept, around)
            # Points bound only plans that are as good in all that is weighed before them.
            known = found.costs[POINTS] if found.on_the_floor else None
            found = _by_stages(model, known) or found
        return _earliest(group, model, found)
    raise InfeasibleError(group)


def _nearest(priced: Priced, reach: int | None) -> Priced:
    """Give the cheapest few candidates of each slot."""
    if reach is None:
        return priced
    return {
        forum: [
            one
            for several in _by_slot(offered).values()
            for one in sorted(sorted(several, key=lambda one: (one.costs, one.date))[:reach], key=_order)
        ]
        for forum, offered in priced.items()
    }


def _order(priced_date: PricedDate) -> tuple[int, date]:
    return priced_date.slot, priced_date.date


def _by_slot(offered: Iterable[PricedDate]) -> dict[int, list[PricedDate]]:
    found: dict[int, list[PricedDate]] = {}
    for priced_date in offered:
        found.setdefault(priced_date.slot, []).append(priced_date)
    return found


def _worth_keeping(priced: Priced, free: Mapping[str, int], costs: Costs) -> Priced:
    """Leave out the dates that cost more than a known plan even were all others as cheap as can be.

    `free` is how many dates each forum needs; which of its slots they take may be open.
    """
    least = {
        forum: {
            slot: [min(one.costs[stage] for one in several) for stage in STAGES]
            for slot, several in _by_slot(offered).items()
        }
        for forum, offered in priced.items()
    }
    alone = {forum: _cheapest(least[forum].values(), free[forum]) for forum in priced}
    every = [sum(several[stage] for several in alone.values()) for stage in STAGES]
    kept: dict[str, list[PricedDate]] = {}
    for forum, offered in priced.items():
        kept[forum] = []
        for slot, several in _by_slot(offered).items():
            others = [costs for other, costs in least[forum].items() if other != slot]
            beside = _cheapest(others, free[forum] - 1)
            rest = [every[stage] - alone[forum][stage] + beside[stage] for stage in STAGES]
            for one in several:
                if tuple(map(add, one.costs, rest)) <= costs:
                    kept[forum].append(one)
    return kept


def _cheapest(several: Iterable[Sequence[int]], number: int) -> list[int]:
    """Add up the least that so many of these cost, stage by stage."""
    several = list(several)
    return [sum(sorted(costs[stage] for costs in several)[:number]) for stage in STAGES]


@dataclass(frozen=True, slots=True)
class _Found:
    """A best solution of a model, and what is known of all others as good."""

    values: tuple[float, ...]
    costs: Costs
    rows: tuple[Row, ...]
    """What keeps the costs of the stages at their least."""
    dropped: frozenset[int]
    """Columns that no solution as good takes."""
    gap: int

    @property
    def on_the_floor(self) -> bool:
        """Tell whether nothing but points is dearer than it need be."""
        return len(self.rows) == 1


def _by_stages(model: LinearModel, known: int | None = None) -> _Found | None:
    """Solve a model stage by stage; `known` are the points of a plan that is known already."""
    floor = _off_the_floor(model)
    if found := _least_points(model, (), floor, known):
        return found
    rows: list[Row] = []
    for stage in (BROKEN, MOVED, SHOULD):
        costs = [several[stage] for several in model.costs]
        if any(costs):
            solution = solve(model, costs, rows=rows)
            if solution is None:
                return None
            rows.append(_at_most(costs, round(solution.cost)))
    return _least_points(model, tuple(rows), frozenset(), known if not rows else None)


def _off_the_floor(model: LinearModel) -> frozenset[int]:
    """Give the columns that are dearer than need be before points are counted."""
    slots: dict[tuple[str, int], list[Candidate]] = {}
    for forum, candidates in model.by_forum.items():
        for candidate in candidates:
            if candidate.slot is not None:
                slots.setdefault((forum, candidate.slot), []).append(candidate)
    dropped = {column for column, costs in enumerate(model.costs) if any(costs[:POINTS])}
    for slot, several in slots.items():
        own = [model.costs[one.column][:POINTS] for one in several]
        least = (0, 0, 0) if model.idle(*slot) else min(own)
        dropped -= {one.column for one in several if model.costs[one.column][:POINTS] == least}
        dropped |= {one.column for one in several if model.costs[one.column][:POINTS] != least}
    return frozenset(dropped)


def _at_most(costs: Sequence[int], total: int) -> Row:
    return [(column, float(cost)) for column, cost in enumerate(costs) if cost], None, total


def _least_points(
    model: LinearModel, rows: tuple[Row, ...], dropped: frozenset[int], known: int | None
) -> _Found | None:
    costs = [several[POINTS] for several in model.costs]
    relaxed = solve(model, costs, rows=rows, dropped=dropped, relaxed=True)
    if relaxed is None:
        return None
    solution: Solution | None = relaxed
    if not relaxed.is_whole(model):
        cannot_pay = frozenset() if known is None else relaxed.dearer_than(known)
        solution = solve(model, costs, rows=rows, dropped=dropped | cannot_pay)
        if cannot_pay and (solution is None or known is None or solution.cost > known):
            # The known plan costs less points because it has more trouble: it bounds nothing here.
            solution = solve(model, costs, rows=rows, dropped=dropped)
    if solution is None:
        return None
    points = round(solution.cost)
    gap = 0 if solution.proven else points - round(solution.bound)
    every = (*rows, _at_most(costs, points))
    broken, moved, should = (
        round(
            sum(several[stage] * value for several, value in zip(model.costs, solution.values, strict=True))
        )
        for stage in (BROKEN, MOVED, SHOULD)
    )
    spent = (broken, moved, should, points)
    return _Found(solution.values, spent, every, dropped | relaxed.dearer_than(points), gap)


def _earliest(group: Sequence[str], model: LinearModel, found: _Found) -> Outcome:
    """Take the earliest of the equally good plans, forum by forum in the order of the file."""
    open_slots = [
        (forum, slot, candidates)
        for forum in group
        for slot, candidates in sorted(_open_candidates(model, forum, found).items())
    ]
    values, rows, less = found.values, list(found.rows), model.without(found.dropped)
    while found.gap == 0 and (chunk := _next_chunk(open_slots)):
        costs = [0] * len(model.costs)
        weight = 1
        for _, _, candidates in reversed(chunk):
            ranks = {day: rank for rank, day in enumerate(sorted({one.date for one in candidates}))}
            for one in candidates:
                costs[one.column] = weight * ranks[one.date]
            weight *= len(ranks)
        solution = solve(less, costs, rows=rows, dropped=found.dropped)
        if solution is None:
            break
        values = solution.values
        rows.append(_at_most(costs, round(solution.cost)))
        open_slots = open_slots[len(chunk) :]
    return Outcome(_dates(model, group, values), found.gap)


def _open_candidates(model: LinearModel, forum: str, found: _Found) -> dict[int, list[Candidate]]:
    slots: dict[int, list[Candidate]] = {}
    for candidate in model.candidates(forum):
        if (
            candidate.slot is not None
            and candidate.column not in found.dropped
            and model.upper[candidate.column]
        ):
            slots.setdefault(candidate.slot, []).append(candidate)
    for slot, several in slots.items():
        several.extend(model.idle(forum, slot))
    return {slot: several for slot, several in slots.items() if len({one.date for one in several}) > 1}


def _next_chunk(
    open_slots: Sequence[tuple[str, int, list[Candidate]]],
) -> Sequence[tuple[str, int, list[Candidate]]]:
    weight, count = 1, 0
    for _, _, candidates in open_slots:
        weight *= len({one.date for one in candidates})
        if count and weight > TIE_WEIGHT:
            break
        count += 1
    return open_slots[:count]


def _dates(model: LinearModel, group: Sequence[str], values: Sequence[float]) -> dict[str, tuple[date, ...]]:
    return {
        forum: tuple(
            sorted(one.date for one in model.candidates(forum) if not one.fixed and values[one.column] > HALF)
        )
        for forum in group
    }


def feasible(
    year: EvaluatedYear, commitments: Commitments, forums: Sequence[str], far: Iterable[str] = ()
) -> bool:
    """Tell whether some forums have any plan that breaks no must.

    `far` are forums whose dates may have to lie far from their ideals: they are offered all at once.
    """
    around = Couplings(year).around(forums)
    priced = {forum: priced_dates(year, forum, commitments) for forum in forums}
    for reach in (NEAR, 4 * NEAR, None):
        offered = {**_nearest(priced, reach), **{forum: priced[forum] for forum in far}}
        model = build(year, forums, commitments, offered, around)
        # Costs are not asked for, but dates near their ideals lead to a whole solution sooner.
        costs = [several[POINTS] for several in model.costs]
        relaxed = solve(model, costs, relaxed=True)
        if relaxed and (relaxed.is_whole(model) or solve(model, costs, any_will_do=True)):
            return True
    return False
