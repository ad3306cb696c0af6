"""The best free dates for a further meeting, for one that is to be moved, or for some people to meet once."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from operator import attrgetter
from typing import Any

from kultursam.dates.holidays import days_between
from kultursam.diagnostics import UnknownOrganisationError, UnknownRoleError, UnknownTargetError
from kultursam.forumfile.meeting_models import Membership
from kultursam.forumfile.models import Forum
from kultursam.forumfile.register import Register
from kultursam.forumfile.values import TimeSpan
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
    time: TimeSpan
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
    organisations: tuple[str, ...]
    """Those that take part, in the order of the file."""


def for_nobody_yet(
    situation: Situation, participants: Sequence[str], time: TimeSpan
) -> tuple[Situation, str]:
    """Return the situation with a forum that has some participants and no meetings, and the id of it.

    Each is an organisation or a group, then with all roles that any forum has of it, or `role@organisation`.
    """
    register = situation.register
    key = next(one for one in map("meeting{}".format, count(1)) if one not in register.forums)
    name = translations(register.file.language).gettext("The meeting")
    members = [one for participant in participants for one in _memberships(register, participant)]
    forum = Forum.model_validate(
        {"name": name, "cadence": "as needed", "time": str(time), "members": members}
    )
    file = register.file.model_copy(update={"forums": {**register.forums, key: forum}})
    return replace(situation, register=register.with_file(file)), key


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
        free.append(Suggestion(day, placed.time, len(overdue), trouble, points, (*overdue, *reasons)))
    closing = tuple(reason for reason, _ in against.most_common())
    return Suggestions(tuple(best(free)), closing, situation.register.organisations[forum])


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
    model = register.forums[forum]
    role = model.members[0].role
    joining = (one for participant in participants for one in _memberships(register, participant, role))
    members = (*model.members, *(Membership.model_validate(one) for one in joining))
    wider = model.model_copy(update={"members": members})
    return register.with_file(register.file.model_copy(update={"forums": {**register.forums, forum: wider}}))


def _memberships(register: Register, participant: str, role: str = "") -> list[dict[str, Any]]:
    """Return the members that a participant stands for, by default in a role, else in all that it has."""
    written, _, key = participant.rpartition("@")
    known = [*register.file.organisations, *register.file.groups]
    if key not in known:
        raise UnknownOrganisationError(key, known)
    written = unicodedata.normalize("NFC", written)
    roles = {member.role for members in register.members.values() for member in members}
    if written and written not in roles:
        raise UnknownRoleError(written, sorted(roles))
    if written or role:
        return [{"role": written or role, "from": [key]}]
    bodies = register.expand([key])
    held = {
        member.role
        for members in register.members.values()
        for member in members
        if member.organisation in bodies
    }
    return [{"role": one, "from": [key]} for one in sorted(held)] or [{"role": key, "from": [key]}]


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
