"""What if: the year planned again with another date, and the best free dates for a further meeting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kultursam.dates.holidays import days_between
from kultursam.diagnostics import (
    KultursamError,
    Problem,
    UnknownForumError,
    UnknownOrganisationError,
)
from kultursam.forumfile.models import Membership
from kultursam.forumfile.register import Register
from kultursam.planner import edit, explain
from kultursam.planner.assemble import assemble
from kultursam.planner.assess import assess
from kultursam.planner.infeasible import explain_infeasibility
from kultursam.planner.search import InfeasibleError, best_dates
from kultursam.planner.situation import Situation, commitments_of, evaluated
from kultursam.plans.model import Meeting, Plan, Reason
from kultursam.rules import evenness
from kultursam.rules.context import Effect, EvaluatedYear, RuleKey
from kultursam.rules.evaluate import meeting_effects


class ForbiddenError(KultursamError):
    """A must-rule forbids a date."""


def what_if(situation: Situation, plan: Plan, meeting_id: str, day: date) -> Plan:
    """Plan the year again with a meeting of its plan on another day, moving as few others as can be.

    Raises `ForbiddenError` with the must-rules against it.
    """
    year = evaluated(situation)
    (moved,) = edit.move(meeting_id, day)(replace(situation, recorded_plan=plan), year)
    if closing := [one for one in year.on(moved.forum, day) if one.strength == "must"]:
        raise ForbiddenError(*(_problem(year, one, day, meeting_id) for one in closing))
    others = tuple(moved if one.id == meeting_id else one for one in plan.meetings)
    situation = replace(situation, recorded_plan=replace(plan, meetings=others))
    commitments = commitments_of(situation)
    try:
        outcome = best_dates(year, commitments)
    except InfeasibleError as error:
        raise ForbiddenError(*explain_infeasibility(situation, commitments, error.forums)) from error
    meetings = assemble(situation, year, commitments, outcome.dates)
    before = meeting_effects(year, plan.meetings, commitments.neighbours)
    after = meeting_effects(year, meetings, commitments.neighbours)
    hard_constraints = [
        (one, effect)
        for one in meetings
        for effect in after.get(one.id, ())
        if effect.strength == "must"
        and (one.id == meeting_id or effect.key not in _musts(before.get(one.id, ())))
    ]
    if hard_constraints:
        raise ForbiddenError(*(_problem(year, effect, one.date, one.id) for one, effect in hard_constraints))
    return assess(situation, year, meetings, commitments, outcome.gap, explained={meeting_id})


def _musts(effects: Iterable[Effect]) -> set[RuleKey]:
    return {one.key for one in effects if one.strength == "must"}


def _problem(year: EvaluatedYear, effect: Effect, day: date, meeting_id: str) -> Problem:
    text = f"{meeting_id}, {day}: {explain.sentence(year, effect)}"
    return year.register.source.problem(text, year.register.written(effect.origin), key=True)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A free date for a further meeting, and what speaks against it."""

    date: date
    trouble: int
    """Organisations counted by broken should-rules."""
    reasons: tuple[Reason, ...]


def suggest(
    situation: Situation, forum: str, first: date, last: date, count: int, participants: Sequence[str] = ()
) -> list[Suggestion]:
    """Give the best free dates of a span: no must broken with the plan as it stands, least trouble, earliest.

    `participants` are organisations and groups that take part beside the forum's own.
    """
    register = situation.register
    if forum not in register.forums:
        raise UnknownForumError(forum, register.forums)
    if participants:
        situation = replace(situation, register=_joined(register, forum, participants))
    year = evaluated(situation)
    standing = explain.Standing(year, situation.recorded, commitments_of(situation).neighbours)
    found = []
    for day in days_between(max(first, year.context.first), min(last, year.context.last)):
        if not year.closed(forum, day):
            (further,) = edit.add(forum, day)(situation, year)
            worse = _worse(standing, further)
            if not any(one.strength == "must" for one in worse):
                told = [one for one in worse if (one.trouble or one.points) and one.rule != evenness.ID]
                reasons = tuple(explain.reason(year, one, day) for one in told)
                found.append(Suggestion(day, sum(one.trouble for one in worse), reasons))
    return best(found, count)


def best(found: Iterable[Suggestion], count: int) -> list[Suggestion]:
    """Give the suggestions that trouble the fewest organisations, the earliest first."""
    return sorted(found, key=lambda one: (one.trouble, one.date))[:count]


def _joined(register: Register, forum: str, participants: Iterable[str]) -> Register:
    """Let more organisations take part in a forum, in the role of its first members."""
    known = [*register.file.organisations, *register.file.groups]
    for key in participants:
        if key not in known:
            raise UnknownOrganisationError(key, known)
    model = register.forums[forum]
    joined = Membership.model_validate({"role": model.members[0].role, "from": list(participants)})
    wider = model.model_copy(update={"members": (*model.members, joined)})
    return register.with_file(register.file.model_copy(update={"forums": {**register.forums, forum: wider}}))


def _worse(standing: explain.Standing, further: Meeting) -> list[Effect]:
    """Give the effects that a further meeting brings, for itself and for others."""
    reserved = next((one for one in standing.meetings if one.id == further.id), further)
    near, beside = standing.concerned(reserved, further.date)
    with_it = [*(one for one in near if one.id != further.id), further]
    before, after = (meeting_effects(standing.year, several, beside) for several in (near, with_it))
    return [
        one
        for key, effects in after.items()
        for one in effects
        if key == further.id or one not in before.get(key, ())
    ]
