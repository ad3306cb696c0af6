"""What people decide: confirm, move, cancel and add meetings. Each change is weighed against the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
from kultursam.planner import explain, hosts
from kultursam.planner.assemble import in_order
from kultursam.planner.assess import assess
from kultursam.planner.situation import Situation, commitments_of, evaluated
from kultursam.plans.model import Meeting, Origin, Plan, Status, revised
from kultursam.rules.context import Effect, EvaluatedYear
from kultursam.rules.evaluate import meeting_effects


class RefusedError(KultursamError):
    """A change would break rules that must hold."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A plan after a change, and what the change broke."""

    plan: Plan
    broken: tuple[Problem, ...]
    """Musts that were broken by force, and shoulds: as warnings."""


Change = Callable[[Situation, EvaluatedYear], Sequence[Meeting]]
"""Gives the meetings that are new or different."""


def edit(situation: Situation, change: Change, *, force: bool = False) -> Edited:
    """Apply a change to the plan of record. Raises `RefusedError` where it breaks a must, unless forced."""
    year = evaluated(situation)
    neighbours = commitments_of(situation).neighbours
    recorded = {one.id: one for one in situation.recorded}
    changed = {one.id: one for one in change(situation, year)}
    # What a moved meeting breaks is new, even where it broke the same before; force takes on what is broken.
    anew = {one.id for one in changed.values() if force or _moved(recorded.get(one.id), one)}
    before = meeting_effects(year, situation.recorded, neighbours)
    before = {meeting: effects for meeting, effects in before.items() if meeting not in anew}
    meetings = [changed.pop(one.id, one) for one in situation.recorded]
    meetings = in_order(situation.register, [*meetings, *changed.values()])
    after = meeting_effects(year, meetings, neighbours)
    worse = list(_worse(meetings, before, after))
    hard_constraints = [(one, effect) for one, effect in worse if effect.strength == "must"]
    if hard_constraints and not force:
        raise RefusedError(*(_problem(year, one, effect) for one, effect in hard_constraints))
    meetings = [
        _remember(one, [effect.rule for mine, effect in hard_constraints if mine.id == one.id])
        for one in meetings
    ]
    others = [one for plan in situation.others for one in plan.meetings]
    stamped = [
        revised(recorded[one.id], one, situation.now) if one.id in recorded else one
        for one in hosts.assign(year, meetings, others, situation.over)
    ]
    commitments = (
        commitments_of(
            replace(situation, recorded_plan=replace(situation.recorded_plan, meetings=tuple(stamped)))
        )
        if situation.recorded_plan
        else commitments_of(situation)
    )
    told = tuple(
        _problem(year, one, effect, warning=True) for one, effect in worse if effect.strength != "prefer"
    )
    return Edited(
        assess(
            situation,
            year,
            stamped,
            commitments,
            situation.recorded_plan.gap if situation.recorded_plan else 0,
        ),
        told,
    )


def _worse(
    meetings: Iterable[Meeting], before: dict[str, list[Effect]], after: dict[str, list[Effect]]
) -> Iterable[tuple[Meeting, Effect]]:
    """Give the musts and shoulds that are broken now and were not before."""
    for one in meetings:
        known = [effect.key for effect in before.get(one.id, ()) if effect.strength != "prefer"]
        for effect in after.get(one.id, ()):
            if effect.strength != "prefer" and effect.key not in known:
                yield one, effect


def _moved(old: Meeting | None, new: Meeting) -> bool:
    return old is None or (old.date, old.start, old.end) != (new.date, new.start, new.end)


def _remember(meeting: Meeting, rules: list[str]) -> Meeting:
    if not rules:
        return meeting
    return replace(meeting, forced=tuple(sorted({*meeting.forced, *rules})))


def _problem(year: EvaluatedYear, meeting: Meeting, effect: Effect, *, warning: bool = False) -> Problem:
    text = f"{meeting.id}, {meeting.date}: {explain.sentence(year, effect)}"
    return year.register.source.problem(text, year.register.written(effect.origin), key=True, warning=warning)


def confirm(ids: Sequence[str], *, every: bool = False) -> Change:
    """Confirm some meetings, or every one that is proposed, but for reserved places."""

    def change(situation: Situation, _: EvaluatedYear) -> list[Meeting]:
        chosen = [_live(situation, meeting_id) for meeting_id in ids]
        if every:
            proposed = (one for one in situation.recorded if one.status is Status.PROPOSED)
            chosen += [one for one in proposed if one.origin is not Origin.RESERVED]
        return [
            replace(
                one,
                status=Status.CONFIRMED,
                decided=True,
                origin=Origin.PLANNED if one.origin is Origin.RESERVED else one.origin,
            )
            for one in chosen
        ]

    return change


def move(
    meeting_id: str,
    day: date,
    span: TimeSpan | None = None,
    host: str | None = None,
    place: str | None = None,
) -> Change:
    """Move a meeting to a day, and if asked to another time, host or place."""

    def change(situation: Situation, year: EvaluatedYear) -> list[Meeting]:
        meeting = _live(situation, meeting_id)
        _check_day(year, day)
        _check_host(situation, host)
        moved = replace(
            meeting,
            date=day,
            start=span.start if span else meeting.start,
            end=span.end if span else meeting.end,
            host=host or meeting.host,
            place=place or meeting.place,
            decided=True,
            moved_from=meeting.date if day != meeting.date else meeting.moved_from,
        )
        return [replace(moved, forced=()) if _moved(meeting, moved) else moved]

    return change


def cancel(meeting_id: str, reason: str) -> Change:
    """Cancel a meeting, with the reason that people will read."""

    def change(situation: Situation, _: EvaluatedYear) -> list[Meeting]:
        meeting = _live(situation, meeting_id)
        return [replace(meeting, status=Status.CANCELLED, decided=True, reason=reason)]

    return change


def add(
    forum: str, day: date, span: TimeSpan | None = None, host: str | None = None, place: str | None = None
) -> Change:
    """Add a meeting of a forum; a place reserved for it is used first, the nearest one."""

    def change(situation: Situation, year: EvaluatedYear) -> list[Meeting]:
        model = _forum(situation, forum)
        _check_day(year, day)
        _check_host(situation, host)
        reserved = [
            one
            for one in situation.recorded_by_forum.get(forum, ())
            if one.origin is Origin.RESERVED and one.live and not one.decided
        ]
        time = span or model.time
        if reserved:
            nearest = min(reserved, key=lambda one: (abs((one.date - day).days), one.date))
            moved_from = nearest.date if nearest.date != day else nearest.moved_from
            meeting = replace(nearest, origin=Origin.PLANNED, moved_from=moved_from)
        else:
            extra = {Origin.ADDED, Origin.EXTERNAL}
            every = situation.recorded_by_forum.get(forum, ())
            number = 1 + max((one.number for one in every if one.origin in extra), default=0)
            meeting = Meeting(
                id=f"{forum}-{situation.year}-x{number}",
                forum=forum,
                number=number,
                date=day,
                start=time.start,
                end=time.end,
                origin=Origin.ADDED,
                modified=situation.now,
                created=situation.now,
            )
        return [
            replace(
                meeting,
                date=day,
                start=time.start,
                end=time.end,
                decided=True,
                host=host or meeting.host,
                place=place or model.place,
            )
        ]

    return change


def _forum(situation: Situation, forum: str) -> Forum:
    forums = situation.register.forums
    if forum not in forums:
        raise UnknownForumError(forum, forums)
    if forums[forum].cadence.kind == "external":
        raise KultursamError(Problem(f'"{forum}" is decided elsewhere; write its dates in the forum file'))
    return forums[forum]


def _live(situation: Situation, meeting_id: str) -> Meeting:
    meeting = next((one for one in situation.recorded if one.id == meeting_id), None)
    if meeting is None:
        known = [one.id for one in situation.recorded]
        raise UnknownMeetingError(meeting_id, known)
    if meeting.origin is Origin.EXTERNAL:
        raise KultursamError(
            Problem(f'"{meeting_id}" is decided elsewhere; change its date in the forum file')
        )
    if meeting.forum not in situation.register.forums:
        raise KultursamError(
            Problem(f'"{meeting_id}" belongs to a forum that is no longer in the forum file')
        )
    if not meeting.live:
        raise KultursamError(Problem(f'"{meeting_id}" is cancelled; add a new meeting instead'))
    return meeting


def _check_day(year: EvaluatedYear, day: date) -> None:
    if not year.context.first <= day <= year.context.last:
        raise KultursamError(Problem(f"{day} is not in the year {year.context.year} that the plan is for"))


def _check_host(situation: Situation, host: str | None) -> None:
    organisations = situation.register.file.organisations
    if host is not None and host not in organisations:
        raise UnknownOrganisationError(host, organisations)
