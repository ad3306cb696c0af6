"""The best free dates for a further meeting."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kultursam.dates.holidays import days_between
from kultursam.diagnostics import UnknownForumError, UnknownOrganisationError
from kultursam.forumfile.models import Membership
from kultursam.forumfile.register import Register
from kultursam.planner import edit, explain
from kultursam.planner.situation import Situation, evaluated
from kultursam.plans.model import Meeting, Reason
from kultursam.rules import evenness
from kultursam.rules.context import Effect
from kultursam.rules.evaluate import meeting_effects


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A free date for a further meeting, and what speaks against it."""

    date: date
    trouble: int
    """Organisations counted by broken should-rules."""
    reasons: tuple[Reason, ...]
    points: int = 0


def suggest(
    situation: Situation,
    forum: str,
    first: date,
    last: date,
    participants: Sequence[str] = (),
    time: object = None,
) -> list[Suggestion]:
    """Return the dates of a span on which a further meeting breaks no hard constraint, in order of time.

    `participants` are organisations and groups that take part beside the forum's own.
    """
    register = situation.register
    if forum not in register.forums:
        raise UnknownForumError(forum, register.forums)
    if participants:
        situation = replace(situation, register=_joined(register, forum, participants))
    year = evaluated(situation)
    index = explain.MeetingIndex(year, situation.recorded, situation.neighbours)
    suggestions = []
    for day in days_between(max(first, year.context.first), min(last, year.context.last)):
        if year.closed(forum, day):
            continue
        (further,) = edit.add(forum, day, edit.Details())(situation, year)
        effects = _effects_of_adding(index, further)
        if not any(effect.strength == "must" for effect in effects):
            reasons = (
                explain.reason(year, effect, day)
                for effect in effects
                if (effect.trouble or effect.points) and effect.rule != evenness.ID
            )
            trouble = sum(effect.trouble for effect in effects)
            suggestions.append(Suggestion(day, trouble, tuple(reasons)))
    return suggestions


def best(suggestions: Iterable[Suggestion], count: int) -> list[Suggestion]:
    """Return so many suggestions that trouble the fewest organisations, the earliest first."""
    return sorted(suggestions, key=lambda suggestion: (suggestion.trouble, suggestion.date))[:count]


def _joined(register: Register, forum: str, participants: Iterable[str]) -> Register:
    """Return the register with more organisations in a forum, in the role of its first members."""
    known = [*register.file.organisations, *register.file.groups]
    for key in participants:
        if key not in known:
            raise UnknownOrganisationError(key, known)
    model = register.forums[forum]
    joined = Membership.model_validate({"role": model.members[0].role, "from": list(participants)})
    wider = model.model_copy(update={"members": (*model.members, joined)})
    return register.with_file(register.file.model_copy(update={"forums": {**register.forums, forum: wider}}))


def _effects_of_adding(index: explain.MeetingIndex, further: Meeting) -> list[Effect]:
    reserved = next((meeting for meeting in index.meetings if meeting.id == further.id), further)
    near, beside = index.affected(reserved, further.date)
    with_it = [*(meeting for meeting in near if meeting.id != further.id), further]
    before, after = (meeting_effects(index.year, meetings, beside) for meetings in (near, with_it))
    return [
        effect
        for meeting, effects in after.items()
        for effect in effects
        if meeting == further.id or effect not in before.get(meeting, ())
    ]
