"""The best free dates for a further meeting, or for one that is to be moved."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter

from kultursam.dates.holidays import days_between
from kultursam.diagnostics import UnknownOrganisationError, UnknownTargetError
from kultursam.forumfile.models import Membership
from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.planner import deadlines, edit, explain
from kultursam.planner.situation import Situation, evaluated
from kultursam.plans.model import Meeting, Reason
from kultursam.presentation import day_in_words
from kultursam.rules import evenness, weekdays, windows
from kultursam.rules.context import Effect, EvaluatedYear, fills_slot
from kultursam.rules.evaluate import meeting_effects

OVERDUE = "overdue"
"""What a reason goes by that no rule gives: a deadline lies before today."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A free date for a meeting, and what speaks against it."""

    date: date
    overdue: int
    """Deadlines of the meeting that lie before today."""
    trouble: int
    """Organisations counted by broken should-rules."""
    points: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The free dates of a span of days, the best first, and what closes the others."""

    free: tuple[Suggestion, ...]
    against: tuple[Reason, ...]
    """Each hard constraint once, the one that closes most days first."""


def suggest(
    situation: Situation,
    target: str,
    days: tuple[date, date],
    *,
    participants: Sequence[str] = (),
    details: edit.Details = edit.LEFT,
) -> Suggestions:
    """Return the dates on which a further meeting of a forum, or a meeting, breaks no hard constraint.

    Those whose deadlines can all be kept come first, of these those that trouble the fewest organisations,
    then those that cost the fewest points, then the earliest. `participants` are organisations and groups
    that take part beside the forum's own, each perhaps as `role@organisation`.
    """
    known = situation.recorded_by_id
    meeting = edit.editable(situation, target) if target in known else None
    forum = meeting.forum if meeting else target
    if forum not in situation.register.forums:
        raise UnknownTargetError(forum, [*situation.register.forums, *known])
    if participants:
        situation = replace(situation, register=_joined(situation.register, forum, participants))
    year = evaluated(situation)
    index = explain.MeetingIndex(year, situation.recorded, situation.neighbours)
    free, against = [], Counter[Reason]()
    due_days = deadlines.DueDays(year, forum)
    before, after = _neighbours(situation, meeting) if meeting else (date.min, date.max)
    first, last = max(days[0], year.context.first), min(days[1], year.context.last)
    for day in (one for one in days_between(first, last) if before < one < after):
        if meeting and day == meeting.date:
            continue
        change = edit.move([(target, day)], details) if meeting else edit.add(forum, day, details)
        (placed,) = change(situation, year)
        effects = [effect for effect in year.on(forum, day) if effect.strength == "must"]
        effects = effects or _effects_of_placing(index, placed)
        hard = [effect for effect in effects if effect.strength == "must"]
        if hard:
            # A weekday tells least about why nothing is free.
            effect = min(hard, key=lambda effect: effect.rule == weekdays.ID)
            against[replace(explain.reason(year, effect, day), date=days[0])] += 1
            continue
        # A further meeting has no ideal; a reserved place has one, which is left when the place is used.
        weighed = [effect for effect in effects if meeting or effect.rule != evenness.ID]
        reasons = [explain.reason(year, effect, day) for effect in weighed if effect.trouble or effect.points]
        trouble, points = sum(one.trouble for one in reasons), sum(one.points for one in reasons)
        overdue = _overdue(year, due_days, day, situation.today)
        free.append(Suggestion(day, len(overdue), trouble, points, (*overdue, *reasons)))
    closing = tuple(reason for reason, _ in against.most_common())
    return Suggestions(tuple(best(free)), closing)


def _neighbours(situation: Situation, meeting: Meeting) -> tuple[date, date]:
    """Return the dates of the meetings before and after: past them, two would only change places."""
    if not fills_slot(meeting):
        return date.min, date.max
    others = [one.date for one in situation.recorded if one.forum == meeting.forum and fills_slot(one)]
    before = (day for day in others if day < meeting.date)
    return max(before, default=date.min), min((day for day in others if day > meeting.date), default=date.max)


def best(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """Return suggestions with the best first."""
    return sorted(suggestions, key=attrgetter("overdue", "trouble", "points", "date"))


def _overdue(year: EvaluatedYear, due_days: deadlines.DueDays, day: date, today: date) -> list[Reason]:
    """Return the deadlines that a forum's meeting on a day has missed already."""
    language = year.register.file.language
    pattern = translations(language).gettext("deadline passed: {deadline}, {day}")
    reasons = []
    for name, due in due_days.of_meeting(day):
        if due < today:
            text = pattern.format(deadline=name, day=day_in_words(due, language, short=True))
            line = year.register.line("forums", due_days.forum, "deadlines")
            reasons.append(Reason(OVERDUE, "prefer", day, text, line))
    return reasons


def _joined(register: Register, forum: str, participants: Iterable[str]) -> Register:
    """Return the register with more organisations in a forum, by default in the role of its first members."""
    known, model = [*register.file.organisations, *register.file.groups], register.forums[forum]
    members = [*model.members]
    for participant in participants:
        role, _, key = participant.rpartition("@")
        if key not in known:
            raise UnknownOrganisationError(key, known)
        members.append(Membership.model_validate({"role": role or model.members[0].role, "from": [key]}))
    wider = model.model_copy(update={"members": tuple(members)})
    return register.with_file(register.file.model_copy(update={"forums": {**register.forums, forum: wider}}))


def _effects_of_placing(index: explain.MeetingIndex, placed: Meeting) -> list[Effect]:
    """Return the effects that a new or moved meeting brings, for itself and for others.

    Others may be better off without it: what they have against its old date is no fault of the new one, but
    a hard constraint that they break only because it has left is.
    """
    old = next((meeting for meeting in index.meetings if meeting.id == placed.id), placed)
    near, beside = index.affected(old, placed.date)
    others = [meeting for meeting in near if meeting.id != placed.id]
    days = {day for day, _ in index.year.context.sittings(placed)}
    # On all other days, the others have against each other what they had.
    before, without, after = (
        meeting_effects(index.year, meetings, beside, compared=days)
        for meetings in (near, others, [*others, placed])
    )

    def is_new(meeting: str, effect: Effect) -> bool:
        if meeting == placed.id:
            return True
        # Without one of them, other meetings of a forum have other places in the year.
        if effect not in (before if effect.rule == evenness.ID else without).get(meeting, ()):
            return True
        hard = effect.strength == "must" and effect.rule != windows.ID
        return hard and effect.key not in {known.key for known in before.get(meeting, ())}

    return [effect for meeting, effects in after.items() for effect in effects if is_new(meeting, effect)]
