"""A second opinion on what the engine answers: the rules' own evaluation of the dates, in whole numbers.

The model says what a plan costs before anybody has seen its meetings; the rules say it of the meetings. Where
nothing else was decided the two must be equal. In every plan, no meeting that was chosen may break a hard
constraint, unless the model says that those that were decided leave no other way. That the engine's values
are a plan of its model, at the cost it says, `planner.search` checks in every case.
"""

from collections.abc import Mapping, Sequence

from kultursam.planner.model import BROKEN, SHOULD, Commitments
from kultursam.planner.search import Outcome
from kultursam.plans.model import Meeting
from kultursam.rules.context import Effect, EvaluatedYear
from kultursam.rules.evaluate import meeting_effects


class DisagreementError(Exception):
    """The engine's plan is not what the rules make of it: a bug, to be reported with the forum file."""

    def __init__(self, engine: Sequence[int], rules: Sequence[int], broken: int) -> None:
        super().__init__(
            f"the engine's plan breaks {broken} rules that must hold, or costs {tuple(rules)} and not "
            f"{tuple(engine)}; please report it with the forum file"
        )


def check(
    year: EvaluatedYear, commitments: Commitments, outcome: Outcome, meetings: Sequence[Meeting]
) -> None:
    """Raise `DisagreementError` if the rules don't confirm a plan that the engine chose.

    What was decided may break rules that meetings around it share in, so costs are compared only where
    nothing was.
    """
    if outcome.costs is None or outcome.costs[BROKEN]:
        return
    effects = meeting_effects(year, meetings, commitments.neighbours)
    chosen = {
        meeting.id
        for meeting in meetings
        if meeting.live and meeting.date in outcome.dates.get(meeting.forum, ())
    } - {meeting.id for meeting in commitments.fixed}
    broken = sum(one.strength == "must" for key in chosen for one in effects[key])
    first = not (commitments.fixed or commitments.neighbours)
    costs = _costs(effects) if first else outcome.costs[SHOULD:]
    if broken or costs != outcome.costs[SHOULD:]:
        raise DisagreementError(outcome.costs[SHOULD:], costs, broken)


def _costs(effects: Mapping[str, Sequence[Effect]]) -> tuple[int, int]:
    every = [effect for several in effects.values() for effect in several]
    return sum(effect.trouble for effect in every), sum(effect.points for effect in every)
