"""What people decide: confirm, move, cancel and add meetings. Each edit is checked against the rules."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kultursam.diagnostics import (
    KultursamError,
    Problem,
    UnknownForumError,
    UnknownMeetingError,
    UnknownOrganisationError,
)
from kultursam.forumfile.models import Forum
from kultursam.forumfile.values import TimeSpan
from kultursam.planner import explain
from kultursam.planner.assemble import completed, in_order
from kultursam.planner.assess import assess
from kultursam.planner.situation import Situation, evaluated, free_numbers, new_meeting
from kultursam.plans.model import Meeting, Origin, Plan, Status
from kultursam.rules.context import Effect, EvaluatedYear, grouped
from kultursam.rules.evaluate import meeting_effects

Broken = tuple[Meeting, Effect]
"""A meeting and the rule that it breaks."""


class RefusedError(KultursamError):
    """An edit would break hard constraints."""

    code = "refused"

    def __init__(self, year: EvaluatedYear, broken: Iterable[Broken]) -> None:
        super().__init__(*(explain.problem(year, meeting, effect) for meeting, effect in broken))


class ExternalError(KultursamError):
    """A forum or meeting is decided elsewhere."""

    code = "external"

    def __init__(self, external: str) -> None:
        super().__init__(Problem(f'"{external}" is decided elsewhere; change its dates in the forum file'))


class RemovedForumError(KultursamError):
    """A meeting's forum is no longer in the forum file."""

    code = "removed-forum"

    def __init__(self, meeting: str) -> None:
        super().__init__(Problem(f'"{meeting}" belongs to a forum that is no longer in the forum file'))


class CancelledMeetingError(KultursamError):
    """A cancelled meeting cannot be edited."""

    code = "cancelled-meeting"

    def __init__(self, meeting: str) -> None:
        super().__init__(Problem(f'"{meeting}" is cancelled; add a new meeting instead'))


class OutsideYearError(KultursamError):
    """A date is not in the year of the plan."""

    code = "outside-year"

    def __init__(self, day: date, year: int) -> None:
        super().__init__(Problem(f"{day} is not in the year {year} that the plan is for"))


@dataclass(frozen=True, slots=True)
class EditedPlan:
    """A plan after an edit, and what the edit broke."""

    plan: Plan
    broken: tuple[Problem, ...]
    """Musts that were broken by force, and shoulds: as warnings."""


Edit = Callable[[Situation, EvaluatedYear], Sequence[Meeting]]
"""Returns the meetings that are new or different."""


CLEAR = "none"


@dataclass(frozen=True, slots=True)
class Details:
    time: TimeSpan | None = None
    host: str | None = None
    place: str | None = None
    format: str | None = None
    link: str | None = None


def edit(situation: Situation, edit: Edit, *, force: bool = False) -> EditedPlan:
    """Return the plan of record after an edit. Raise `RefusedError` if it breaks a must, unless forced."""
    year, neighbours = evaluated(situation), situation.neighbours
    recorded = {meeting.id: meeting for meeting in situation.recorded}
    edited = {meeting.id: meeting for meeting in edit(situation, year)}
    # What a moved meeting breaks is new, even where it broke the same before; force takes on what is broken.
    anew = {key for key, meeting in edited.items() if force or _is_moved(recorded.get(key), meeting)}
    effects = meeting_effects(year, situation.recorded, neighbours).items()
    before = {meeting: effects for meeting, effects in effects if meeting not in anew}
    meetings = in_order(situation.register, {**recorded, **edited}.values())
    found = list(broken(meetings, before, meeting_effects(year, meetings, neighbours)))
    hard = [(meeting, effect) for meeting, effect in found if effect.strength == "must"]
    if hard and not force:
        raise RefusedError(year, hard)
    rules = grouped((meeting.id, effect.rule) for meeting, effect in hard)
    meetings = [
        replace(meeting, forced=tuple(sorted({*meeting.forced, *rules[meeting.id]})))
        if meeting.id in rules
        else meeting
        for meeting in meetings
    ]
    gap = situation.recorded_plan.gap if situation.recorded_plan else 0
    return EditedPlan(
        assess(situation, year, completed(situation, year, meetings), gap),
        tuple(explain.problem(year, meeting, effect, warning=True) for meeting, effect in found),
    )


def broken(
    meetings: Iterable[Meeting], before: Mapping[str, Sequence[Effect]], after: Mapping[str, Sequence[Effect]]
) -> Iterator[Broken]:
    """Yield the musts and shoulds that are broken after a change of meetings and were not before."""
    for meeting in meetings:
        known = {effect.key for effect in before.get(meeting.id, ()) if effect.strength != "prefer"}
        for effect in after.get(meeting.id, ()):
            if effect.strength != "prefer" and effect.key not in known:
                yield meeting, effect


def _is_moved(old: Meeting | None, new: Meeting) -> bool:
    return old is None or (old.date, old.start, old.end) != (new.date, new.start, new.end)


def confirm(
    ids: Sequence[str],
    *,
    every: bool = False,
    forums: Sequence[str] | None = None,
    first: date | None = None,
    last: date | None = None,
) -> Edit:
    """Return the edit that confirms some meetings, or every proposed one that is not a reserved place."""

    def edit(situation: Situation, _: EvaluatedYear) -> list[Meeting]:
        chosen = [_editable(situation, meeting_id) for meeting_id in ids]
        if every:
            chosen += [
                meeting
                for meeting in situation.recorded
                if meeting.status is Status.PROPOSED
                and meeting.origin is not Origin.RESERVED
                and (not forums or meeting.forum in forums)
                and (first or date.min) <= meeting.date <= (last or date.max)
            ]
        return [
            replace(
                meeting,
                status=Status.CONFIRMED,
                decided=True,
                origin=Origin.PLANNED if meeting.origin is Origin.RESERVED else meeting.origin,
            )
            for meeting in chosen
        ]

    return edit


def restore(meeting_id: str) -> Edit:
    def edit(situation: Situation, _: EvaluatedYear) -> list[Meeting]:
        (meeting,) = [meeting for meeting in situation.recorded if meeting.id == meeting_id]
        if meeting.live:
            raise CancelledMeetingError(meeting_id)
        return [replace(meeting, status=Status.PROPOSED, reason=None)]

    return edit


def refresh(target: str, first: date | None) -> Edit:
    def edit(situation: Situation, _: EvaluatedYear) -> list[Meeting]:
        return []

    return edit


def move(pairs: Sequence[tuple[str, date]], details: Details) -> Edit:
    """Return the edit that moves a meeting to a day, and perhaps to another time, host or place."""

    def edit(situation: Situation, year: EvaluatedYear) -> list[Meeting]:
        return [move_one(situation, year, meeting_id, day) for meeting_id, day in pairs]

    def move_one(situation: Situation, year: EvaluatedYear, meeting_id: str, day: date) -> Meeting:
        span, host, place = details.time, details.host, details.place
        meeting = _editable(situation, meeting_id)
        _check(year, day, host)
        if day != meeting.date:
            meeting = replace(meeting, moved_from=meeting.date)
        moved = _decided(meeting, day, span, host, place)
        return replace(moved, forced=()) if _is_moved(meeting, moved) else moved

    return edit


def cancel(meeting_id: str, reason: str) -> Edit:
    """Return the edit that cancels a meeting, with the reason that people will read."""

    def edit(situation: Situation, _: EvaluatedYear) -> list[Meeting]:
        meeting = _editable(situation, meeting_id)
        return [replace(meeting, status=Status.CANCELLED, decided=True, reason=reason)]

    return edit


def add(forum: str, day: date, details: Details) -> Edit:
    """Return the edit that adds a meeting of a forum, on the nearest place reserved for it if any is."""

    def edit(situation: Situation, year: EvaluatedYear) -> list[Meeting]:
        model = _planned_forum(situation, forum)
        span, host, place = details.time, details.host, details.place
        _check(year, day, host)
        recorded = situation.recorded_by_forum.get(forum, ())
        meeting = _reserved(recorded, day)
        if meeting is None:
            extra = (one.number for one in recorded if one.origin in {Origin.ADDED, Origin.EXTERNAL})
            meeting = new_meeting(situation, forum, next(free_numbers(extra)), Origin.ADDED, day)
        return [_decided(meeting, day, span or model.time, host, place or model.place)]

    return edit


def _decided(
    meeting: Meeting, day: date, span: TimeSpan | None, host: str | None, place: str | None
) -> Meeting:
    """Return a meeting as a person decided it; what is None stays as it is."""
    start, end = (span.start, span.end) if span else (meeting.start, meeting.end)
    host, place = host or meeting.host, place or meeting.place
    return replace(meeting, date=day, start=start, end=end, host=host, place=place, decided=True)


def _reserved(recorded: Iterable[Meeting], day: date) -> Meeting | None:
    """Return the reserved place that is nearest to a day, as a planned meeting."""
    reserved = (one for one in recorded if one.origin is Origin.RESERVED and one.live and not one.decided)
    nearest = min(reserved, key=lambda place: (abs((place.date - day).days), place.date), default=None)
    if nearest is None:
        return None
    moved_from = nearest.date if nearest.date != day else nearest.moved_from
    return replace(nearest, origin=Origin.PLANNED, moved_from=moved_from)


def _planned_forum(situation: Situation, forum: str) -> Forum:
    forums = situation.register.forums
    if forum not in forums:
        raise UnknownForumError(forum, forums)
    if forums[forum].cadence.kind == "external":
        raise ExternalError(forum)
    return forums[forum]


def _editable(situation: Situation, meeting_id: str) -> Meeting:
    recorded = {meeting.id: meeting for meeting in situation.recorded}
    meeting = recorded.get(meeting_id)
    if meeting is None:
        raise UnknownMeetingError(meeting_id, recorded)
    if meeting.origin is Origin.EXTERNAL:
        raise ExternalError(meeting_id)
    if meeting.forum not in situation.register.forums:
        raise RemovedForumError(meeting_id)
    if not meeting.live:
        raise CancelledMeetingError(meeting_id)
    return meeting


def _check(year: EvaluatedYear, day: date, host: str | None) -> None:
    """Raise an error for a day that is not in the year, or a host that is no organisation."""
    if not year.context.first <= day <= year.context.last:
        raise OutsideYearError(day, year.context.year)
    organisations = year.register.file.organisations
    if host is not None and host not in organisations:
        raise UnknownOrganisationError(host, organisations)
