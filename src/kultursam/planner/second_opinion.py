"""A second opinion on what the engine answers: the rules' own evaluation of the dates, in whole numbers.

The model says what a plan costs before anybody has seen its meetings; the rules say it of the meetings. Where
nothing else was decided the two must be equal, and no meeting that was chosen may break a hard constraint.
"""

from collections.abc import Mapping, Sequence

from kultursam.planner.model import SHOULD, Commitments
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
    """Raise `DisagreementError` if the rules don't confirm a plan of which nothing was decided before.

    What is decided may break rules that meetings around it share in, so such years are left to `assess`.
    """
    if outcome.costs is None or commitments.fixed or commitments.neighbours:
        return
    effects = meeting_effects(year, meetings)
    broken = sum(one.strength == "must" for several in effects.values() for one in several)
    costs = _costs(effects)
    if broken or costs != outcome.costs[SHOULD:]:
        raise DisagreementError(outcome.costs[SHOULD:], costs, broken)


def _costs(effects: Mapping[str, Sequence[Effect]]) -> tuple[int, int]:
    every = [effect for several in effects.values() for effect in several]
    return sum(effect.trouble for effect in every), sum(effect.points for effect in every)
