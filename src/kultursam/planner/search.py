"""The search for the best plan: component by component, stage by stage.

The objective is lexicographic: hard constraints broken by fixed meetings, then meetings moved, then
should-trouble, then points, and last the earliest dates. Each stage is minimised in turn, and a row keeps
what it reached while later stages are [1].

1. *Incumbent.* The cheapest few dates of each slot make a small model. A good plan of these is feasible, and
   its costs bound those of the best plan from above.
2. *Pruning by bound.* A date is left out if it, with the least that all other slots can cost, costs more
   than the incumbent. The dates that remain make the model that is solved.
3. *Lower bound.* The stages before points cost at least what the cheapest date of each slot costs. Most
   years reach that, so points are minimised first over the columns at this bound alone; if there is no such
   plan, at the bounds that the relaxations of these stages give. Only then is each stage solved by itself.
   The way to the vertex of such a relaxation is led by points.
4. *Relaxation.* In every stage the linear relaxation comes first. It is often integral, which makes it an
   optimum; its cost, rounded up, may be the incumbent's. If not, reduced-cost fixing excludes columns before
   branch and bound [2]: against the incumbent, and first against little more than the relaxation costs.
5. *Ties.* Reduced costs also exclude all columns that no optimum takes; the earliest dates are chosen from
   the others, slot after slot, on one relaxation that keeps its basis; if it is not integral, or that of
   points was not, all further slots are asked about at once, with points as what is minimised.

[1] M. Ehrgott: Multicriteria Optimization, 2nd edition, Springer 2005, chapter 5.
[2] L. A. Wolsey: Integer Programming, 2nd edition, Wiley 2020.
"""

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from operator import add, attrgetter
from typing import NamedTuple

from kultursam.planner import parallel
from kultursam.planner.components import Component, around, connected_components, couplings, free_slots
from kultursam.planner.feasibility import conflicting
from kultursam.planner.model import (
    BROKEN,
    MOVED,
    POINTS,
    SHOULD,
    STAGES,
    Commitments,
    PricedDate,
    build,
    priced_dates,
)
from kultursam.planner.solver import (
    HALF,
    ContradictionError,
    Relaxation,
    Solution,
    UnsolvedError,
    WrongSolutionError,
    compacted,
    solve,
    solves,
)
from kultursam.plans.model import PROVEN, Gap, Meeting
from kultursam.rules import for_each, prepared_by
from kultursam.rules.context import Candidate, Costs, EvaluatedYear, Model, Row, Schedule, Terms, grouped
from kultursam.rules.evaluate import match_slots, meeting_effects

FIRST_OFFER = 16
"""Dates that a slot is offered first; four times as many if these hold no plan, then all."""
AHEAD = 10**6
"""How many points a stage before them weighs where one solve is to lead to a good vertex for it."""
NEARBY = timedelta(21)
"""Up to so many days away are the slots that may make room for an earlier date of another, at first."""
MOST_RISES = 3
"""How much more trouble than the relaxation has is asked for step by step: each step is a proof."""
RISES = (5, 40, 160)
"""By how many points an optimum may be dearer than the relaxation, asked one after the other."""
TIE_WEIGHT = 10**6
"""The largest weight with which one solve settles ties: beyond it the engine's tolerances would show.

A column may miss a whole number by 1e-6: times a larger weight, that would be as much as a day.
"""
PARALLEL_FROM = 500
"""Meetings beside those of the largest component from which on several processes are quicker: they take
half a second to start, in which one plans a hundred or two."""

ReportProgress = Callable[[int, int], None]
"""Called with the number of components planned, and of all."""


def ignore_progress(done: int, total: int) -> None:
    """Ignore the report."""


Priced = Mapping[str, Sequence[PricedDate]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The dates chosen, by forum, and how far they may be from the best if a proof was given up."""

    dates: Mapping[str, tuple[date, ...]]
    gap: Gap = PROVEN
    costs: Costs | None = None
    """What the model says that the dates cost, stage by stage; None where some were not solved."""


class NoDatesError(Exception):
    """Coupled forums have no dates."""

    def __init__(self, forums: tuple[str, ...]) -> None:
        super().__init__(forums)
        self.forums = forums


class InfeasibleError(NoDatesError):
    """Coupled forums have no plan."""

    def __init__(self, forums: tuple[str, ...], conflicting: tuple[str, ...] = ()) -> None:
        super().__init__(forums)
        self.args = (forums, conflicting)
        self.conflicting = conflicting or forums
        """Those of them that were seen to leave each other none."""


class UndecidedError(NoDatesError):
    """Of coupled forums no plan was found within the limit of work, nor is it proven that there is none."""


def best_dates(
    year: EvaluatedYear,
    commitments: Commitments,
    progress: ReportProgress = ignore_progress,
    *,
    only: str | None = None,
) -> Outcome:
    """Return the best dates for every slot that no fixed meeting fills. Raise `NoDatesError` if none are.

    With a forum as `only`, only the components that it matters to are solved.
    """
    components = [
        component
        for component in connected_components(year, commitments)
        if only is None or only in component.year.register.forums
    ]
    _refuse_unprepared(year, commitments)
    dates = _feasible_incumbents(year, commitments, components)
    gap, solved = PROVEN, not dates and only is None
    costs: Costs = (0, 0, 0, 0)
    components = [component for component in components if component.forums[0] not in dates]
    sizes = [component.size for component in components]
    outcomes: Generator[Outcome] = (solve_component(component) for component in components)
    if sum(sizes) - max(sizes, default=0) >= PARALLEL_FROM:
        outcomes = parallel.results(solve_component, components, sizes)
    with closing(outcomes):
        for done in range(len(components)):
            progress(done, len(components))
            outcome = next(outcomes)
            dates.update(outcome.dates)
            gap = Gap(*map(add, gap, outcome.gap))
            broken, moved, should, points = map(add, costs, outcome.costs or costs)
            costs = (broken, moved, should, points)
    return Outcome(dates, gap, costs if solved else None)


def _refuse_unprepared(year: EvaluatedYear, commitments: Commitments) -> None:
    """Raise `InfeasibleError` for forums without slots that must prepare: no component has them."""
    schedule = Schedule.of(year.context.first.year, commitments.fixed, commitments.neighbours)
    for forum in prepared_by.without_slots(year, schedule):
        if forum not in commitments.fixed_by_forum:
            raise InfeasibleError((forum,))


def _feasible_incumbents(
    year: EvaluatedYear, commitments: Commitments, components: Iterable[Component]
) -> dict[str, tuple[date, ...]]:
    """Return the recorded dates of the components that these are feasible in: no plan moves fewer meetings.

    They are if they fill every free slot, no hard constraint is broken near them by meetings to come, and
    what a person cancelled lies in the window of the slot that it fills.
    """
    if not commitments.movable or commitments.unlike:
        return {}
    movable = (_as_planned(year, meeting) for meeting in commitments.movable)
    meetings = (*commitments.fixed, *movable)
    effects, slots = meeting_effects(year, meetings, commitments.neighbours), match_slots(year, meetings)
    broken = {
        meeting.forum
        for meeting in meetings
        if meeting.date >= year.context.weighed_from
        and (
            any(effect.strength == "must" for effect in effects.get(meeting.id, ()))
            or (not meeting.live and meeting.id in slots and not slots[meeting.id].holds(meeting.date))
        )
    }
    free, filled = free_slots(year, commitments), {}
    complete = _complete(year, meetings)
    for forum, several in commitments.movable_by_forum.items():
        days = sorted({meeting.date for meeting in several})
        first = max(year.context.first, commitments.not_before.get(forum, date.min))
        number = len(several) if forum in complete else free.get(forum)
        if len(days) == len(several) == number and first <= days[0] <= days[-1] <= year.context.last:
            filled[forum] = tuple(days)
    return {
        forum: filled[forum]
        for component in components
        if filled.keys() >= {*component.forums} and broken.isdisjoint(component.year.register.forums)
        for forum in component.forums
    }


def _complete(year: EvaluatedYear, meetings: Sequence[Meeting]) -> set[str]:
    """Return the forums that have a meeting for each of another's that needs one."""
    lacking = {link.forum for link, _ in for_each.lacking(year, meetings)}
    return {link.forum for link in for_each.links(year)} - lacking


@dataclass(frozen=True, slots=True)
class _Optimum:
    """An optimal solution of a model, and the columns that no solution as good takes."""

    model: Model
    """It bounds the stages before points, not these."""
    left_out: frozenset[int]
    values: Sequence[float]
    costs: Costs
    gap: Gap = PROVEN
    is_relaxation: bool = False
    """Whether the values are those of the relaxation, which is integral then."""


class _Reached(NamedTuple):
    """What a stage costs, how far that may be from the least, and the model restricted to it."""

    cost: int
    gap: int
    model: Model


def _as_planned(year: EvaluatedYear, meeting: Meeting) -> Meeting:
    """Return a movable meeting at the time and place that planning gives it."""
    times = year.context.forum_on(meeting.forum, meeting.date).times
    return replace(meeting, **times, place=year.register.place_of(meeting.forum, meeting.date))


def solve_component(component: Component) -> Outcome:
    """Return the best dates of coupled forums. Raise `NoDatesError` if there are none."""
    year, commitments, forums = component
    present = {*forums, *around(year, forums, couplings(year))}
    priced = {forum: priced_dates(year, forum, commitments) for forum in forums}
    decided, found = True, None
    for number in (FIRST_OFFER, 4 * FIRST_OFFER, None):
        offered = _in_reach(component, priced, _cheapest_dates(priced, number))
        few = build(year, present, commitments, offered)
        incumbent, decided = _tried(few, rough=True)
        if incumbent is None and number == FIRST_OFFER and (found := _conflicting(component)):
            raise InfeasibleError(forums, found)
        if incumbent is None or (incumbent.costs[BROKEN] and number is not None):
            continue
        kept = _prune_by_bound(priced, _fewest(component), incumbent.costs)
        kept = _in_reach(component, kept, kept)
        further = any(set(kept[forum]) - set(offered[forum]) for forum in forums)
        if further or any(incumbent.gap):
            model = build(year, present, commitments, kept) if further else few
            better, _ = _tried(model, incumbent.costs)
            if better and better.costs <= incumbent.costs:
                incumbent = better
            else:
                incumbent = replace(incumbent, gap=_gap(model, incumbent.costs))
        return _earliest_dates(forums, incumbent)
    if not decided:
        raise UndecidedError(forums)
    raise InfeasibleError(forums) if found is None else ContradictionError(forums)


def _fewest(component: Component) -> dict[str, int]:
    """Return how many dates each forum needs at least."""
    free = free_slots(component.year, component.commitments)
    slots = component.year.slots
    return {forum: max(0, free[forum] - sum(slot.spare for slot in slots[forum])) for forum in free}


def _in_reach(component: Component, priced: Priced, offered: Priced) -> Priced:
    """Return the dates offered; of a forum that meets for each of another's, all within reach of these."""
    year, fixed, narrowed = component.year, component.commitments.fixed_by_forum, dict(offered)
    for link in for_each.in_turn(year):
        if link.forum in narrowed:
            open_dates = ((one.slot, one.date) for one in narrowed.get(link.leader, ()))
            decided = (meeting.date for meeting in fixed.get(link.leader, ()) if meeting.live)
            is_reached = for_each.reachable(year, link, open_dates, decided)
            narrowed[link.forum] = [one for one in priced[link.forum] if is_reached(one.slot, one.date)]
    return narrowed


def _tried(model: Model, known: Costs | None = None, *, rough: bool = False) -> tuple[_Optimum | None, bool]:
    """Return an optimum of a model, if any, and whether the engine decided it; see `_solve_stages`."""
    try:
        return _solve_stages(model, known, rough=rough), True
    except UnsolvedError:
        return None, False


def _conflicting(component: Component) -> tuple[str, ...] | None:
    """Return the forums of a component that leave each other no plan; None if that is not known."""
    try:
        return conflicting(*component, confirmed=True)
    except UnsolvedError:
        return None


def _gap(model: Model, incumbent: Costs) -> Gap:
    """Return how far an incumbent may be from the optima of a model, as relaxations bound these."""
    gaps = []
    for stage in STAGES:
        relaxation = _relaxation(model, stage)
        gaps.append(max(0, incumbent[stage] - relaxation.lower_bound) if relaxation else incumbent[stage])
        costs = _costs(model, stage)
        model = model.restricted([_at_most(costs, incumbent[stage])])
    return Gap(*gaps)


def _cheapest_dates(priced: Priced, number: int | None) -> Priced:
    """Return the cheapest few dates of each slot, in order of time; all if no number is given."""
    if number is None:
        return priced
    return {
        forum: [
            one
            for of_slot in _by_slot(dates).values()
            for one in sorted(
                sorted(of_slot, key=attrgetter("costs", "date"))[:number], key=attrgetter("date")
            )
        ]
        for forum, dates in priced.items()
    }


def _by_slot(dates: Iterable[PricedDate]) -> dict[int, list[PricedDate]]:
    return grouped((priced.slot, priced) for priced in dates)


def _prune_by_bound(priced: Priced, free: Mapping[str, int], incumbent: Costs) -> Priced:
    """Return the dates that, with the least that all others can cost, cost no more than the incumbent.

    `free` is how many dates each forum needs; which of its slots they fill may be open.
    """
    least = {
        forum: {
            slot: [min(one.costs[stage] for one in of_slot) for stage in STAGES]
            for slot, of_slot in _by_slot(dates).items()
        }
        for forum, dates in priced.items()
    }
    bounds = {forum: _lower_bound(least[forum].values(), free[forum]) for forum in priced}
    total = [sum(bound[stage] for bound in bounds.values()) for stage in STAGES]
    kept: dict[str, list[PricedDate]] = {}
    for forum, dates in priced.items():
        kept[forum] = []
        for slot, of_slot in _by_slot(dates).items():
            others = [costs for other, costs in least[forum].items() if other != slot]
            beside = _lower_bound(others, max(0, free[forum] - 1))
            rest = [total[stage] - bounds[forum][stage] + beside[stage] for stage in STAGES]
            kept[forum] += [one for one in of_slot if tuple(map(add, one.costs, rest)) <= incumbent]
    return kept


def _lower_bound(least: Iterable[Sequence[int]], number: int) -> list[int]:
    """Return the least that so many slots can cost, stage by stage, from the least that each can."""
    return [sum(sorted(costs)[:number]) for costs in zip(*least, strict=True)] or [0] * len(STAGES)


def _solve_stages(model: Model, known: Costs | None = None, *, rough: bool = False) -> _Optimum | None:
    """Return an optimum of a model, or None if it is infeasible; `known` are the costs of an incumbent.

    If `rough`, points may be more than the least: an incumbent need not be the best of the dates offered.

    Raise `UnsolvedError` if the engine gives up before it knows any plan.
    """
    bounded = model.restricted(excluded=_above_lower_bound(model))
    # Few further dates bring an incumbent down to this bound: its should-trouble is that of the relaxation.
    relaxation = None if known and any(known[:POINTS]) else _relaxation(bounded, POINTS)
    with suppress(UnsolvedError):
        if relaxation and (optimum := _least_points(bounded, relaxation, known, rough=rough)):
            return optimum
        if relaxation is None:
            for at_bounds in _at_relaxed_bounds(model, known):
                if at_bounds is None:
                    return None
                bounded, relaxation = at_bounds
                if relaxation and (optimum := _least_points(bounded, relaxation, known, rough=rough)):
                    return optimum
    reached: list[_Reached] = []
    for stage in (BROKEN, MOVED, SHOULD):
        same = known and known[:stage] == tuple(before.cost for before in reached)
        least = _least(model, stage, known[stage] if known and same else None)
        if least is None:
            return None
        reached.append(least)
        model = least.model
    relaxation = _relaxation(model, POINTS)
    optimum = _least_points(model, relaxation, known, rough=rough) if relaxation else None
    broken, moved, should = (before.gap for before in reached)
    return optimum and replace(optimum, gap=Gap(broken, moved, should, optimum.gap.points))


def _relaxation(model: Model, stage: int) -> Solution | None:
    """Return the cheapest values of a model in a stage, which need not be whole."""
    costs = _costs(model, stage)
    if stage == POINTS or not any(costs):
        return solve(model, costs, relaxed=True)
    return _cheapest(Relaxation(model), model, stage)


def _cheapest(relaxation: Relaxation, model: Model, stage: int) -> Solution | None:
    """Return the cheapest values in a stage before points.

    So few columns have costs then that the simplex method would hardly know where to go. Points beside them
    show a way to a vertex that is optimal in the stage too, from where it has no more to do.
    """
    costs = _costs(model, stage)
    relaxation.solve(
        [AHEAD * cost + points for cost, points in zip(costs, _costs(model, POINTS), strict=True)]
    )
    return relaxation.solve(costs)


def _costs(model: Model, stage: int) -> list[int]:
    return [column[stage] for column in model.costs]


def _at_relaxed_bounds(model: Model, known: Costs | None) -> Iterator[tuple[Model, Solution | None] | None]:
    """Yield the model restricted to the bounds of the stages before points, and the relaxation of points.

    A plan in it is as good in these stages as any can be. Their bounds are those of relaxations or, before
    should-trouble, the least that is not proven impossible. None means that there is no plan at all. If there
    is none at these bounds, as the next is asked for, then one with little more trouble is the best, up to
    that of an incumbent that is as good in the stages before.
    """
    relaxation = Relaxation(model)
    bounds: list[int] = []
    for stage in (BROKEN, MOVED):
        costs, bound = _costs(model, stage), 0
        if any(costs):
            cheapest = _cheapest(relaxation, model, stage)
            if cheapest is None:
                yield None
                return
            bound = cheapest.lower_bound
            # The incumbent may be the best in this stage: then all there is to prove is that none has less.
            if known and known[:stage] == tuple(bounds) and known[stage] - bound <= MOST_RISES:
                while bound < known[stage] and not _has_plan(model, cheapest, costs, bound):
                    bound += 1
            model = model.restricted([_at_most(costs, bound)], cheapest.fixed_by_reduced_cost(bound))
            relaxation = Relaxation(model)
        bounds.append(bound)
    costs, points = _costs(model, SHOULD), _costs(model, POINTS)
    if not any(costs):
        yield model, relaxation.solve(points)
        return
    cheapest = _cheapest(relaxation, model, SHOULD)
    if cheapest is None:
        yield None
        return
    first = last = cheapest.lower_bound
    if known and known[:SHOULD] == tuple(bounds) and known[SHOULD] - first <= MOST_RISES:
        last = known[SHOULD]
    row = relaxation.bound(costs, first)
    for bound in range(first, last + 1):
        excluded = cheapest.fixed_by_reduced_cost(bound)
        relaxation.bound(costs, bound, row)
        relaxation.exclude(excluded)
        yield model.restricted([_at_most(costs, bound)], excluded), relaxation.solve(points)
        relaxation.allow(excluded)


def _has_plan(model: Model, relaxation: Solution, costs: Sequence[int], most: int) -> bool:
    """Return whether a model, whose cheapest relaxation is known, has a plan that costs `most` or less."""
    bounded = model.restricted([_at_most(costs, most)], relaxation.fixed_by_reduced_cost(most))
    return solve(bounded, _costs(model, POINTS), first=True) is not None


def _least(model: Model, stage: int, known: int | None) -> _Reached | None:
    """Return what a stage before points costs at least; None if the model is infeasible.

    `known` is the cost of an incumbent, which is feasible in the model.
    """
    costs = _costs(model, stage)
    if not any(costs):
        return _Reached(0, 0, model)
    relaxation = _relaxation(model, stage)
    if relaxation is None:
        return None
    bound = relaxation.lower_bound
    if relaxation.is_integral(model):
        cost = bound = round(relaxation.cost)
    elif known is not None and bound >= known:
        cost = bound = known
    else:
        excluded = frozenset() if known is None else relaxation.fixed_by_reduced_cost(known)
        try:
            solution = solve(model, costs, excluded=excluded)
        except UnsolvedError:
            if known is None:
                raise
            cost = known
        else:
            if solution is None:
                return None
            cost, bound = round(solution.cost), max(bound, solution.lower_bound)
            cost = cost if known is None else min(cost, known)
    restricted = model.restricted([_at_most(costs, cost)], relaxation.fixed_by_reduced_cost(cost))
    return _Reached(cost, max(0, cost - bound), restricted)


def _above_lower_bound(model: Model) -> set[int]:
    """Return the columns that cost more than need be in some stage before points."""
    slots = grouped(
        ((forum, candidate.slot), candidate.column)
        for forum, candidates in model.by_forum.items()
        for candidate in candidates
        if candidate.slot is not None
    )
    above = {column for column, costs in enumerate(model.costs) if any(costs[:POINTS])}
    for (forum, slot), columns in slots.items():
        least = (
            (0, 0, 0) if model.unfilled(forum, slot) else min(model.costs[one][:POINTS] for one in columns)
        )
        above.update(columns)
        above.difference_update(column for column in columns if model.costs[column][:POINTS] == least)
    return above


def _at_most(costs: Sequence[int], total: int) -> Row:
    return Row([(column, float(cost)) for column, cost in enumerate(costs) if cost], None, total)


def _least_points(
    model: Model, relaxation: Solution, incumbent: Costs | None, *, rough: bool
) -> _Optimum | None:
    """Return an optimum of the last stage; None if the model, unlike its relaxation, is infeasible.

    The incumbent's points bound only plans that are no worse in the stages before, which the model's may be.
    """
    costs = _costs(model, POINTS)
    solution: Solution | None = relaxation
    if not relaxation.is_integral(model):
        solution = _least_whole(
            model, costs, relaxation, incumbent[POINTS] if incumbent else None, rough=rough
        )
    if solution is None:
        return None
    points = round(solution.cost)
    broken, moved, should = (
        round(sum(column[stage] * value for column, value in zip(model.costs, solution.values, strict=True)))
        for stage in (BROKEN, MOVED, SHOULD)
    )
    return _Optimum(
        model,
        relaxation.fixed_by_reduced_cost(points),
        solution.values,
        (broken, moved, should, points),
        PROVEN if solution.proven else Gap(points=points - solution.lower_bound),
        is_relaxation=solution is relaxation,
    )


def _least_whole(
    model: Model, costs: Sequence[int], relaxation: Solution, known: int | None, *, rough: bool
) -> Solution | None:
    """Return the cheapest values in whole numbers; None if there are none.

    At first only columns are left that may be part of a plan little dearer than the relaxation: few, so that
    it is soon known whether there is any. What is found among these is an optimum if it is as cheap; if not,
    it bounds what may be part of one. If `rough`, what is found first is returned.
    """
    bound = relaxation.lower_bound
    # An incumbent with more trouble may cost less points than any plan here: it bounds nothing.
    least = known if known is not None and bound <= known <= bound + RISES[-1] else None
    for rise in RISES:
        limit = bound + rise if least is None else min(bound + rise, least)
        excluded = relaxation.fixed_by_reduced_cost(limit)
        solution = solve(model, costs, excluded=excluded)
        if not excluded or (solution and solution.cost <= limit):
            return solution
        if solution and rough:
            return replace(solution, bound=relaxation.bound)
        if solution:
            least = round(solution.cost) if least is None else min(round(solution.cost), least)
    dearer = () if least is None else relaxation.fixed_by_reduced_cost(least)
    return solve(model, costs, excluded=dearer)


def _earliest_dates(forums: Sequence[str], optimum: _Optimum) -> Outcome:
    """Return the earliest of the equally good plans, forum by forum in the order of the file."""
    model, values = optimum.model, optimum.values
    bounded = model.restricted([_at_most(_costs(model, POINTS), optimum.costs[POINTS])])
    if not any(optimum.gap):
        open_slots = [slot for forum in forums for slot in _open_slots(model, forum, optimum.left_out)]
        with suppress(UnsolvedError):  # the plan that is known is as good in all but its dates
            values = _earliest(optimum, bounded, open_slots)
    # The model has a row for what each stage may cost, so a plan that keeps all rows costs what is told.
    if not solves(bounded, values):
        raise WrongSolutionError(tuple(forums))
    dates = {
        forum: tuple(
            candidate.date
            for candidate in model.candidates(forum)
            if not candidate.fixed and values[candidate.column] > HALF
        )
        for forum in forums
    }
    return Outcome(dates, optimum.gap, optimum.costs)


def _earliest(
    optimum: _Optimum, bounded: Model, open_slots: Sequence[Sequence[Candidate]]
) -> Sequence[float]:
    """Return values as good as an optimum's that give slots the earliest dates, the first before others."""
    values, left_out = optimum.values, {*optimum.left_out}
    if not optimum.is_relaxation:
        return _Earlier(optimum, left_out).earliest(values, open_slots)
    relaxation = Relaxation(bounded, optimum.left_out)
    while chunk := _next_chunk(open_slots):
        if not all(map(partial(_is_earliest, values), chunk)):
            solution = relaxation.solve(_tie_costs(bounded, chunk))
            if solution is None:
                break
            if not solution.is_integral(bounded):
                return _Earlier(optimum, left_out).earliest(values, open_slots)
            values = solution.values
        open_slots = open_slots[len(chunk) :]
        later = _other_days(values, chunk)
        relaxation.exclude(later)
        left_out |= later
    return values


class _Earlier:
    """The search for earlier dates, with points as what is minimised.

    Where relaxations are not integral, a row that keeps points at their least says little to the engine, and
    takes it several times as long; as the objective they bound what is asked.
    """

    def __init__(self, optimum: _Optimum, excluded: Collection[int]) -> None:
        self._points, self._number = optimum.costs[POINTS], len(optimum.model.costs)
        model, self._kept = compacted(optimum.model, excluded)
        self._model, self._costs = model, _costs(model, POINTS)
        self._relaxation, self._excluded = Relaxation(model), set[int]()

    def _exclude(self, columns: Iterable[int]) -> None:
        new = {*columns} - self._excluded
        self._relaxation.exclude(new)
        self._excluded |= new

    def earliest(self, values: Sequence[float], slots: Sequence[Sequence[Candidate]]) -> Sequence[float]:
        """Return the values as good in which some slots have the earliest dates, the first before others."""
        place = {column: number for number, column in enumerate(self._kept)}
        slots = [
            [replace(one, column=place[one.column]) for one in candidates if one.column in place]
            for candidates in slots
        ]
        found = self._earliest([values[column] for column in self._kept], slots)
        every = [0.0] * self._number
        for number, column in enumerate(self._kept):
            every[column] = found[number]
        return every

    def _earliest(self, values: Sequence[float], slots: Sequence[Sequence[Candidate]]) -> Sequence[float]:
        if relaxation := self._relaxed(()):
            self._exclude(relaxation.fixed_by_reduced_cost(self._points))
        self._leave_out_dearer(values, slots)
        values = self._moved_alone(values, slots)
        while better := self._better(values, slots):
            values = self._moved_alone(better, slots)
        return values

    def _leave_out_dearer(self, values: Sequence[float], slots: Iterable[Sequence[Candidate]]) -> None:
        """Exclude the dates of a slot before the one it has, if all plans with one of them are dearer."""
        for candidates in slots:
            found, left = _date(values, candidates), self._left(candidates)
            earlier = {one.column for one in left if one.date < found}
            if earlier and not self._relaxed({one.column for one in left} - earlier):
                self._exclude(earlier)

    def _left(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        return [one for one in candidates if one.column not in self._excluded]

    def _moved_alone(self, values: Sequence[float], slots: Sequence[Sequence[Candidate]]) -> Sequence[float]:
        """Return values as good with earlier dates, as far as slots of about the same time make room."""
        for place, candidates in enumerate(slots):
            while True:
                found = _date(values, candidates)
                kept = _other_days(values, slots[:place])
                for others in slots[place + 1 :]:
                    if abs(_date(values, others) - found) > NEARBY:
                        kept |= _other_days(values, [others])
                left = self._left(candidates)
                later = {one.column for one in left if one.date >= found}
                moved = self._without(kept - self._excluded | later) if len(later) < len(left) else None
                if moved is None:
                    break
                values = moved
        return values

    def _without(self, excluded: Collection[int]) -> Sequence[float] | None:
        """Return values as good without some columns; None if there are none, or they are not found soon.

        So few columns are left that presolve finds them many times as fast. What it gives is checked, and
        what it misses `_better` finds.
        """
        relaxation = self._relaxed(excluded)
        if relaxation is None or relaxation.is_integral(self._model):
            return relaxation.values if relaxation else None
        dearer = relaxation.fixed_by_reduced_cost(self._points)
        every = self._excluded | {*excluded, *dearer}
        try:
            solution = solve(self._model, self._costs, excluded=every, other_way=True)
        except UnsolvedError:
            return None
        as_good = solution and round(solution.cost) <= self._points and solves(self._model, solution.values)
        return solution.values if solution and as_good else None

    def _better(
        self, values: Sequence[float], slots: Sequence[Sequence[Candidate]]
    ) -> Sequence[float] | None:
        """Return values as good in which the first slot with another date has an earlier one, if any are.

        With p for how many of the slots before have an earlier date, a slot has a later one if p ≥ 1 alone.
        """
        model = self._model.copy()
        before: Terms = []
        for candidates in slots:
            found, left = _date(values, candidates), self._left(candidates)
            later = [(one.column, 1.0) for one in left if one.date > found]
            earlier = [(one.column, -1.0) for one in left if one.date < found]
            if later:
                model.row([*later, *((column, -1.0) for column, _ in before)], upper=0)
            if earlier:
                after = [(model.column(0, upper=len(slots)), 1.0)]
                model.row([*after, *((column, -1.0) for column, _ in before), *earlier], lower=0, upper=0)
                before = after
        if not before:
            return None
        model.row(before, lower=1)
        relaxation = self._relaxed(())
        if relaxation is None:
            return None
        excluded = self._excluded | relaxation.fixed_by_reduced_cost(self._points)
        solution = solve(model, _costs(model, POINTS), excluded=excluded)
        if solution and round(solution.cost) <= self._points:
            return solution.values[: len(self._costs)]
        if solution and not solution.proven and solution.lower_bound <= self._points:
            raise UnsolvedError
        return None

    def _relaxed(self, excluded: Collection[int]) -> Solution | None:
        """Return the relaxation without some columns; None if it is dearer than the plan."""
        self._relaxation.exclude(excluded)
        relaxation = self._relaxation.solve(self._costs)
        self._relaxation.allow(excluded)
        return relaxation if relaxation and relaxation.lower_bound <= self._points else None


def _date(values: Sequence[float], candidates: Iterable[Candidate]) -> date:
    return next(one.date for one in candidates if values[one.column] > HALF)


def _tie_costs(model: Model, chunk: Sequence[Sequence[Candidate]]) -> list[int]:
    """Return costs that make the dates of some slots the earliest, those of the first slot before others."""
    costs, weight = [0] * len(model.costs), 1
    for candidates in reversed(chunk):
        days = sorted({candidate.date for candidate in candidates})
        for candidate in candidates:
            costs[candidate.column] = weight * days.index(candidate.date)
        weight *= len(days)
    return costs


def _is_earliest(values: Sequence[float], candidates: Sequence[Candidate]) -> bool:
    first = min(candidate.date for candidate in candidates)
    return any(values[one.column] > HALF and one.date == first for one in candidates)


def _other_days(values: Sequence[float], chunk: Sequence[Sequence[Candidate]]) -> set[int]:
    """Return the columns of some slots whose date is not the one that was found."""
    others = set()
    for candidates in chunk:
        found = {one.date for one in candidates if values[one.column] > HALF}
        others |= {one.column for one in candidates if one.date not in found and not one.fixed}
    return others


def _open_slots(model: Model, forum: str, left_out: Collection[int]) -> list[list[Candidate]]:
    """Return the candidates of each slot of a forum that still has several dates to choose from."""
    slots = grouped(
        (candidate.slot, candidate)
        for candidate in model.candidates(forum)
        if candidate.slot is not None and model.upper[candidate.column] and candidate.column not in left_out
    )
    filled = [[*candidates, *model.unfilled(forum, slot)] for slot, candidates in sorted(slots.items())]
    return [candidates for candidates in filled if len({candidate.date for candidate in candidates}) > 1]


def _next_chunk(open_slots: Sequence[Sequence[Candidate]]) -> Sequence[Sequence[Candidate]]:
    weight, count = 1, 0
    for candidates in open_slots:
        weight *= len({candidate.date for candidate in candidates})
        if count and weight > TIE_WEIGHT:
            break
        count += 1
    return open_slots[:count]
