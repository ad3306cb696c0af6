"""What people decide: confirm, move, cancel, restore, refresh and add meetings; rules check each edit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import sha256
from string import ascii_lowercase
from typing import Any

from kultursam.diagnostics import (
    KultursamError,
    Problem,
    UnknownForumError,
    UnknownMeetingError,
    UnknownOrganisationError,
)
from kultursam.forumfile.models import Forum
from kultursam.forumfile.planning_year import PlanningYear
from kultursam.forumfile.values import TimeSpan
from kultursam.i18n import Message
from kultursam.planner import explain
from kultursam.planner.assemble import as_written, assemble, completed, in_order
from kultursam.planner.assess import assess
from kultursam.planner.search import InfeasibleError, best_dates
from kultursam.planner.situation import Situation, commitments_of, evaluated, is_fixed, new_meeting
from kultursam.plans.model import PROVEN, Meeting, Origin, Plan, Status
from kultursam.rules import for_each, prepared_by, shared_members, together_with, windows
from kultursam.rules.context import Effect, EvaluatedYear, Schedule, fills_slot, grouped
from kultursam.rules.evaluate import meeting_effects

CLEAR = "none"
"""What a detail is set to where there is to be none."""
ID_LETTERS = 4
Broken = tuple[Meeting, Effect]
"""A meeting and the rule that it breaks."""


class RefusedError(KultursamError):
    """An edit would break hard constraints."""

    code = "refused"

    def __init__(
        self, year: EvaluatedYear, broken: Iterable[Broken], edited: Mapping[str, Meeting] | None = None
    ) -> None:
        super().__init__(*(problem_of(year, meeting, effect, edited or {}) for meeting, effect in broken))


class ExternalError(KultursamError):
    """A forum or meeting is decided elsewhere."""

    code = "external"

    def __init__(self, external: str) -> None:
        text = Message('"{key}" is decided elsewhere; change its dates in the forum file', key=external)
        super().__init__(Problem(text))


class RemovedForumError(KultursamError):
    """A meeting's forum is no longer in the forum file."""

    code = "removed-forum"

    def __init__(self, meeting: str) -> None:
        text = Message('"{meeting}" belongs to a forum that is no longer in the forum file', meeting=meeting)
        super().__init__(Problem(text))


class CancelledMeetingError(KultursamError):
    """A cancelled meeting cannot be edited."""

    code = "cancelled-meeting"

    def __init__(self, meeting: str) -> None:
        text = Message(
            '"{meeting}" is cancelled; first take that back with: kultursam restore {meeting}',
            meeting=meeting,
        )
        super().__init__(Problem(text))


class NotCancelledError(KultursamError):
    """A meeting that is not cancelled cannot be restored."""

    code = "not-cancelled"

    def __init__(self, meeting: str) -> None:
        text = Message('"{meeting}" is not cancelled: there is nothing to restore', meeting=meeting)
        super().__init__(Problem(text))


class PastMeetingError(KultursamError):
    """Meetings before today are history."""

    code = "past-meeting"

    def __init__(self, meetings: Iterable[Meeting]) -> None:
        texts = (
            Message(
                '"{meeting}" was on {date}: history is changed only with --force',
                meeting=meeting.id,
                date=meeting.date,
            )
            for meeting in meetings
        )
        super().__init__(*map(Problem, texts))


class OutsideYearError(KultursamError):
    """A date is not in the year of the plan."""

    code = "outside-year"

    def __init__(self, day: date, year: PlanningYear, meeting: Meeting | None = None) -> None:
        text = Message("{day} is not in the year {year} that the plan is for", day=day, year=year)
        if meeting:
            text = Message(
                "{sentence}; a meeting stays in its year. Instead: kultursam cancel {meeting} --reason TEXT, "
                "then: kultursam add {forum} {day}",
                sentence=text,
                meeting=meeting.id,
                forum=meeting.forum,
                day=day,
            )
        super().__init__(Problem(text))


class AbsentHostError(KultursamError):
    """Who is to host takes part in nothing on that day."""

    code = "absent-host"

    def __init__(self, host: str, day: date) -> None:
        text = Message('"{host}" takes no part in anything on {day}, so it cannot host', host=host, day=day)
        super().__init__(Problem(text))


@dataclass(frozen=True, slots=True)
class Details:
    """What may be said of a meeting beside its date: None leaves it as it is, CLEAR takes it away."""

    time: TimeSpan | None = None
    host: str | None = None
    place: str | None = None
    format: str | None = None
    link: str | None = None

    def given_to(self, meeting: Meeting) -> Meeting:
        """Return a meeting as a person decided it: these details are its own from now on."""
        details: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        given = {name: value for name, value in details.items() if value is not None}
        own = tuple(name for name in details if name in {*meeting.own, *given})
        if time := given.pop("time", None):
            given |= {"start": time.start, "end": time.end, "last_day": None}
        given = {name: None if value == CLEAR else value for name, value in given.items()}
        return replace(meeting, decided=True, own=own, **given)


LEFT = Details()
"""Every detail is left as it is."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A plan after an edit, and what the edit broke."""

    plan: Plan
    broken: tuple[Problem, ...]
    """Musts that were broken by force, and shoulds: as warnings."""


Edit = Callable[[Situation, EvaluatedYear], Sequence[Meeting]]
"""Returns the meetings that are new or different."""


def edit(situation: Situation, change: Edit, *, force: bool = False) -> Edited:
    """Return the plan of record after an edit; proposed meetings that hang on moved ones come along.

    Raise `PastMeetingError` or `RefusedError` for what is only done by force.
    """
    year = evaluated(situation)
    recorded = situation.recorded_by_id
    edited = {meeting.id: meeting for meeting in change(situation, year)}
    if not force and (past := [recorded[key] for key in edited if key in situation.over]):
        raise PastMeetingError(past)
    found = broken_by(situation, year, edited, force=force)
    if not force and _hard(found):
        along = _coming_along(situation, year, edited)
        with_them = broken_by(situation, year, {**along, **edited}, force=False)
        if not along or _hard(with_them):
            raise RefusedError(year, _hard(found), edited)
        edited, found = {**along, **edited}, with_them
    rules = grouped((meeting.id, effect.rule) for meeting, effect in _hard(found))
    meetings = [
        replace(meeting, forced=tuple(sorted({*meeting.forced, *rules[meeting.id]})))
        if meeting.id in rules
        else meeting
        for meeting in in_order(situation.register, {**recorded, **edited}.values())
    ]
    gap = situation.recorded_plan.gap if situation.recorded_plan else PROVEN
    return Edited(
        assess(situation, year, completed(situation, year, meetings), gap),
        tuple(problem_of(year, *broken, edited, warning=True) for broken in found),
    )


def _hard(found: Iterable[Broken]) -> list[Broken]:
    return [(meeting, effect) for meeting, effect in found if effect.strength == "must"]


def broken_by(
    situation: Situation, year: EvaluatedYear, edited: Mapping[str, Meeting], *, force: bool = False
) -> list[Broken]:
    """Return the musts and shoulds that are broken after an edit and were not before, or that it takes on.

    What a moved meeting breaks is new, even where it broke the same before. Who confirms or restores a
    meeting takes on the musts that it breaks, or that others break because of it; force takes on all.
    Meetings that are over break none, unless they are edited.
    """
    recorded = situation.recorded_by_id
    moved = {key for key, meeting in edited.items() if force or is_moved(recorded.get(key), meeting)}
    taken_on = moved | {
        key for key in edited.keys() - moved if edited[key].status is not recorded[key].status
    }
    others = [meeting for key, meeting in recorded.items() if key not in taken_on]
    meetings = in_order(situation.register, {**recorded, **edited}.values())
    before, without, after = (
        _breaking(meeting_effects(year, some, situation.neighbours))
        for some in (situation.recorded, others, meetings)
    )

    def is_new(meeting: Meeting, effect: Effect) -> bool:
        if meeting.id in moved or effect.key not in {known.key for known in before.get(meeting.id, ())}:
            return True
        # Which window is a meeting's depends on all others of its forum.
        excused = {*meeting.forced, windows.ID}
        return effect.rule not in excused and effect not in without.get(meeting.id, ())

    return [
        (meeting, effect)
        for meeting in meetings
        if meeting.id in edited or meeting.id not in situation.over
        for effect in after.get(meeting.id, ())
        if is_new(meeting, effect)
    ]


def _breaking(effects: Mapping[str, Iterable[Effect]]) -> dict[str, list[Effect]]:
    """Return the hard and medium constraints that meetings break, by meeting id."""
    return {
        key: [effect for effect in of_meeting if effect.strength != "prefer"]
        for key, of_meeting in effects.items()
    }


def is_moved(old: Meeting | None, new: Meeting) -> bool:
    """Return whether a meeting is new, or lies elsewhere than before."""
    return old is None or (old.date, old.times) != (new.date, new.times)


def _coming_along(
    situation: Situation, year: EvaluatedYear, edited: Mapping[str, Meeting]
) -> dict[str, Meeting]:
    """Return what hangs on the meetings that an edit moves, where planning puts it if all else stays."""
    recorded = situation.recorded_by_id
    moved = [
        key
        for key in edited.keys() & recorded.keys()
        if is_moved(recorded[key], edited[key]) or edited[key].live != recorded[key].live
    ]
    hanging = _hanging_on(situation, year, moved) - edited.keys()
    if not hanging or situation.recorded_plan is None:
        return {}
    meetings = tuple(
        edited[key] if key in edited else replace(meeting, decided=meeting.live and key not in hanging)
        for key, meeting in recorded.items()
    )
    changed = replace(situation, recorded_plan=replace(situation.recorded_plan, meetings=meetings))
    commitments = commitments_of(changed)
    # How many meetings there are for another forum's depends on those.
    year = evaluated(changed) if any(model.for_each for model in year.register.forums.values()) else year
    try:
        dates = best_dates(year, commitments).dates
    except InfeasibleError:
        return {}
    return {
        meeting.id: meeting
        for meeting in assemble(changed, year, commitments, dates)
        if meeting.id in hanging and _has_come_along(year, recorded[meeting.id], meeting)
    }


def _has_come_along(year: EvaluatedYear, old: Meeting, new: Meeting) -> bool:
    """Return whether a meeting is moved; or cancelled, as the one that it was for is."""
    if not new.live:
        return year.context.forum(new.forum).for_each is not None
    return is_moved(old, new)


def _hanging_on(situation: Situation, year: EvaluatedYear, moved: Iterable[str]) -> set[str]:
    """Return the movable meetings that prepare or accompany moved ones, or that these do, and so on."""
    movable = {one.id for one in situation.recorded if one.live and not is_fixed(one, situation.today)}
    schedule = Schedule.of(year.context.year, situation.recorded, situation.neighbours)
    pairs = [*prepared_by.preparations(year, schedule), *together_with.companions(year, schedule)]
    both_ways = [(one.id, other.id) for pair in pairs for one, other in (pair, pair[::-1])]
    followers = ((leader.id, key) for key, leader in for_each.leaders(year, schedule).items())
    linked = grouped((*both_ways, *followers))
    hanging: set[str] = set()
    reached = [*moved]
    while reached:
        further = movable.intersection(linked.get(reached.pop(), ())) - hanging
        hanging |= further
        reached += further
    return hanging


def culprit(meeting: Meeting, edited: Mapping[str, Meeting]) -> Meeting:
    """Return the edited meeting, by id, that brings about what a meeting breaks: itself, or the nearest."""
    if not edited or meeting.id in edited:
        return meeting
    return min(edited.values(), key=lambda one: (abs((one.date - meeting.date).days), one.id))


def problem_of(
    year: EvaluatedYear,
    meeting: Meeting,
    effect: Effect,
    edited: Mapping[str, Meeting],
    *,
    warning: bool = False,
) -> Problem:
    """Return what a meeting breaks as a problem of the edited meeting that brings it about, and its line."""
    subject, sentence = culprit(meeting, edited), explain.sentence(year, effect)
    if subject is not meeting:
        sentence = f"{year.register.forums[meeting.forum].name}, {meeting.date}: {sentence}"
    where = year.register.written(effect.origin)
    if effect.rule == shared_members.ID:
        where = year.register.written(("forums", subject.forum, "members"))
    text = f"{subject.id}, {subject.date}: {sentence}"
    problem = year.register.source.problem(text, where, key=True, warning=warning)
    # Of an edit that is refused, the error says what kind of problem it is.
    return replace(problem, code="broken-rule") if warning else problem


# --- the edits --------------------------------------------------------------------------------------


def confirm(
    ids: Sequence[str],
    *,
    every: bool = False,
    forums: Sequence[str] = (),
    first: date = date.min,
    last: date = date.max,
) -> Edit:
    """Return the edit that confirms some meetings, or every proposed one to come that is no reserved place.

    `every` may be narrowed to some forums and to the days from a first to a last one.
    """

    def change(situation: Situation, _: EvaluatedYear) -> list[Meeting]:
        known = {*situation.register.forums, *situation.recorded_by_forum}
        for forum in forums:
            if forum not in known:
                raise UnknownForumError(forum, known)
        chosen = {meeting_id: editable(situation, meeting_id) for meeting_id in ids}
        for meeting in situation.recorded if every else ():
            if (
                meeting.status is Status.PROPOSED
                and meeting.origin is not Origin.RESERVED
                and meeting.id not in situation.over
                and (not forums or meeting.forum in forums)
                and first <= meeting.date <= last
            ):
                chosen[meeting.id] = meeting
        return [
            replace(
                meeting,
                status=Status.CONFIRMED,
                decided=True,
                origin=Origin.PLANNED if meeting.origin is Origin.RESERVED else meeting.origin,
            )
            for meeting in chosen.values()
        ]

    return change


def move(moves: Sequence[tuple[str, date]], details: Details = LEFT) -> Edit:
    """Return the edit that moves meetings to days, and gives them other details."""

    def change(situation: Situation, year: EvaluatedYear) -> list[Meeting]:
        moved = []
        given = replace(details, place=situation.register.place(details.place))
        for meeting_id, day in moves:
            meeting = editable(situation, meeting_id)
            _check(year, day, details, meeting)
            from_day = meeting.date if day != meeting.date else meeting.moved_from
            new = given.given_to(replace(meeting, date=day, moved_from=from_day))
            moved.append(replace(new, forced=()) if is_moved(meeting, new) else new)
        return moved

    return change


def cancel(meeting_id: str, reason: str) -> Edit:
    """Return the edit that cancels a meeting, with the reason that people will read."""

    def change(situation: Situation, _: EvaluatedYear) -> list[Meeting]:
        return [replace(editable(situation, meeting_id).cancelled(), decided=True, reason=reason)]

    return change


def restore(meeting_id: str) -> Edit:
    """Return the edit that takes a cancellation back: the meeting is as it was, and decided.

    It is an added one where others are all that its forum's cadence asks for: none of them is superfluous.
    """

    def change(situation: Situation, year: EvaluatedYear) -> list[Meeting]:
        meeting = editable(situation, meeting_id, cancelled=True)
        others = [one for one in situation.recorded_by_forum[meeting.forum] if one.id != meeting_id]
        is_full = sum(map(fills_slot, others)) >= len(year.slots.get(meeting.forum, ()))
        origin = Origin.ADDED if is_full and meeting.origin is Origin.PLANNED else meeting.origin
        status = Status.CONFIRMED if meeting.was_confirmed else Status.PROPOSED
        return [
            replace(meeting, status=status, origin=origin, was_confirmed=False, decided=True, reason=None)
        ]

    return change


def refresh(target: str, first: date = date.min) -> Edit:
    """Return the edit that gives a meeting, or a forum's meetings to come, what the forum file says now.

    That is time, place, format and link, but for what a person set for a meeting itself. Meetings before a
    first day are left.
    """

    def change(situation: Situation, _: EvaluatedYear) -> list[Meeting]:
        if target in situation.register.forums:
            _planned_forum(situation, target)
            meetings = [
                meeting
                for meeting in situation.recorded_by_forum.get(target, ())
                if meeting.live and meeting.id not in situation.over
            ]
        else:
            meetings = [editable(situation, target)]
        written = [(meeting, as_written(situation, meeting)) for meeting in meetings if meeting.date >= first]
        return [new for meeting, new in written if new != meeting]

    return change


def add(forum: str, day: date, details: Details = LEFT) -> Edit:
    """Return the edit that adds a meeting of a forum, on the nearest place reserved for it if any is."""

    def change(situation: Situation, year: EvaluatedYear) -> list[Meeting]:
        _planned_forum(situation, forum)
        _check(year, day, details)
        given = replace(details, place=situation.register.place(details.place))
        recorded = situation.recorded_by_forum.get(forum, ())
        reserved = _reserved((meeting for meeting in recorded if meeting.id not in situation.over), day)
        if reserved is None:
            meeting = given.given_to(new_meeting(situation, forum, 0, Origin.ADDED, day))
            return [replace(meeting, id=_new_id(situation, meeting))]
        # No meeting was announced for the day that was kept, so none has moved from there.
        meeting = replace(reserved, origin=Origin.PLANNED, date=day, moved_from=None)
        return [given.given_to(as_written(situation, meeting))]

    return change


def _new_id(situation: Situation, meeting: Meeting) -> str:
    """Return an id of letters that two branches choose alike only for the same forum, date and time."""
    text = f"{meeting.forum} {meeting.date} {meeting.start:%H:%M}"
    number = int(sha256(text.encode()).hexdigest(), 16)
    while True:
        letters = ""
        for _ in range(ID_LETTERS):
            number, letter = divmod(number, len(ascii_lowercase))
            letters += ascii_lowercase[letter]
        key = f"{meeting.forum}-{situation.year}-x{letters}"
        if key not in situation.recorded_by_id:
            return key


def _reserved(recorded: Iterable[Meeting], day: date) -> Meeting | None:
    """Return the reserved place that is nearest to a day."""
    reserved = (
        meeting
        for meeting in recorded
        if meeting.origin is Origin.RESERVED and meeting.live and not meeting.decided
    )
    return min(reserved, key=lambda place: (abs((place.date - day).days), place.date), default=None)


def _planned_forum(situation: Situation, forum: str) -> Forum:
    forums = situation.register.forums
    if forum not in forums:
        raise UnknownForumError(forum, forums)
    if forums[forum].cadence.kind == "external":
        raise ExternalError(forum)
    return forums[forum]


def editable(situation: Situation, meeting_id: str, *, cancelled: bool = False) -> Meeting:
    """Return a recorded meeting that a person may change, be it live or cancelled; else raise an error."""
    recorded = situation.recorded_by_id
    meeting = recorded.get(meeting_id)
    if meeting is None:
        raise UnknownMeetingError(meeting_id, recorded)
    if meeting.origin is Origin.EXTERNAL:
        raise ExternalError(meeting_id)
    if meeting.forum not in situation.register.forums:
        raise RemovedForumError(meeting_id)
    if meeting.live == cancelled:
        raise NotCancelledError(meeting_id) if cancelled else CancelledMeetingError(meeting_id)
    return meeting


def _check(year: EvaluatedYear, day: date, details: Details, meeting: Meeting | None = None) -> None:
    """Raise an error for a day that is not in the year, or a host that is no organisation."""
    if not year.context.first <= day <= year.context.last:
        raise OutsideYearError(day, year.context.planning_year, meeting)
    organisations = year.register.file.organisations
    if details.host in {None, CLEAR}:
        return
    host = str(details.host)
    if host not in organisations:
        raise UnknownOrganisationError(host, organisations)
    if not year.register.takes_part(host, day):
        raise AbsentHostError(host, day)
