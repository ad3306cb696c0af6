"""Whether coupled forums have any plan at all and, if not, which of them leave none.

The model is that of `planner.model` without prices: hard constraints alone, a column for a day and all slots
of its window. It is a tenth of the priced one. If its relaxation is infeasible, a dual ray (Farkas) proves
it; the forums whose meetings the ray counts are those that matter.
"""

from collections.abc import Sequence
from dataclasses import replace

from kultursam.planner.components import around, couplings
from kultursam.planner.model import POINTS, Commitments, build, pooled_dates, priced_dates
from kultursam.planner.solver import ContradictionError, Solution, UnsolvedError, solve, solve_relaxation
from kultursam.rules.context import EvaluatedYear, Model, Row, fills_slot


def conflicting(
    year: EvaluatedYear, commitments: Commitments, forums: Sequence[str], *, confirmed: bool = False
) -> tuple[str, ...]:
    """Return forums, of some that may be coupled, that leave each other no plan; none if all have one.

    They may be more than need be. Raise `UnsolvedError` if the engine gives up. What a dual ray proves is
    checked in whole numbers; what branching proves is asked of the engine in another way, if it is to be
    `confirmed`, and a `ContradictionError` is raised if that finds a plan.
    """
    model = hard_model(year, commitments, forums)
    # No optimum is needed, but dates near their ideals lead to an integral solution sooner.
    costs = [column[POINTS] for column in model.costs]
    relaxation = solve_relaxation(model, costs)
    if not isinstance(relaxation, Solution):
        counted = _counted(model, relaxation)
        return tuple(forum for forum in forums if forum in counted) or tuple(forums)
    if relaxation.is_integral(model) or solve(model, costs, first=True):
        return ()
    if confirmed and solve(model, costs, first=True, other_way=True):
        raise ContradictionError(forums)
    return tuple(forums)


def hard_model(year: EvaluatedYear, commitments: Commitments, forums: Sequence[str]) -> Model:
    """Return the model of some forums with hard constraints alone."""
    decided = {one.forum for one in commitments.fixed if fills_slot(one)}
    offered = {
        forum: priced_dates(year, forum, commitments)
        if forum in decided
        else pooled_dates(year, forum, commitments, apart=any(slot.turn for slot in year.slots[forum]))
        for forum in forums
    }
    present = {*forums, *around(year, forums, couplings(year))}
    return build(year, present, commitments, offered, priced=False)


def _counted(model: Model, rows: Sequence[int]) -> set[str]:
    """Return the forums of which some rows ask for meetings."""
    forum_of = {x.column: forum for forum, candidates in model.by_forum.items() for x in candidates}
    asking = [model.rows[row] for row in rows if (model.rows[row].lower or 0) > 0]
    return {forum_of[column] for row in asking for column, _ in row.terms if column in forum_of}


def most_meetings(
    year: EvaluatedYear, commitments: Commitments, forums: Sequence[str], forum: str
) -> int | None:
    """Return how many meetings one of some forums can have while the others have theirs; None if unknown.

    No meeting of the forum may be decided.
    """
    model, own = _with_fewer(hard_model(year, commitments, forums), [forum])
    relaxation = solve(model, [-int(column in own) for column in range(len(model.costs))], relaxed=True)
    # Asked for a number at a time, with dates near their ideals, the engine finds meetings soon.
    points = [column[POINTS] for column in model.costs]
    for number in range(-relaxation.lower_bound if relaxation else -1, -1, -1):
        as_many = model.restricted([Row([(column, 1.0) for column in own], number, None)])
        try:
            if solve(as_many, points, first=True):
                return number
        except UnsolvedError:
            return None
    return None


def most_together(year: EvaluatedYear, commitments: Commitments, forums: Sequence[str]) -> int:
    """Return how many meetings forums can have together at most: what the relaxation bounds them by."""
    model, own = _with_fewer(hard_model(year, commitments, forums), forums)
    solution = solve(model, [-int(column in own) for column in range(len(model.costs))], relaxed=True)
    return -solution.lower_bound if solution else 0


def _with_fewer(model: Model, forums: Sequence[str]) -> tuple[Model, set[int]]:
    """Return a model in which some forums may have fewer meetings, and the columns of these."""
    own = {x.column for forum in forums for x in model.candidates(forum) if x.slot is not None}
    rows = [
        row._replace(lower=None) if row.lower and all(column in own for column, _ in row.terms) else row
        for row in model.rows
    ]
    return replace(model, rows=rows), own
