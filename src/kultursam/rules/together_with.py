"""Every meeting lies on a day when another forum meets, and does not overlap it.

    forums:
      board: {time: 13:00-15:00, together_with: {forum: staff}}
      staff: {time: 09:00-12:00}
    # passes: board meets 2025-03-04; staff meets 2025-03-04

    forums:
      board: {time: 13:00-15:00, together_with: {forum: staff}}
      staff: {time: 09:00-12:00}
    # fails: board meets 2025-03-04; staff meets 2025-03-05

Default strength: must. People in both forums still want their travel time between the two. Of meetings of
several days, one day in common is enough.
"""

from collections.abc import Iterable, Iterator, Sequence

from kultursam.forumfile.meeting_models import Together
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules import shared_members
from kultursam.rules.context import (
    Candidate,
    Effect,
    EvaluatedYear,
    Model,
    RuleKey,
    Schedule,
    days_of,
    grouped,
    share_a_day,
    violation,
)

ID = "together-with"
SENTENCE = N_("{forum} does not meet that day, or at the same time")


def _links(year: EvaluatedYear, forums: Iterable[str]) -> Iterator[tuple[str, Together]]:
    for forum in forums:
        link = year.context.forum(forum).together_with
        if link and year.context.holds(ID, ("forums", forum, "together_with")):
            yield forum, link


def must_links(year: EvaluatedYear, forums: Iterable[str]) -> Iterator[tuple[str, Together]]:
    """Yield the links of some forums that are must-rules."""
    return ((forum, link) for forum, link in _links(year, forums) if link.strength == "must")


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the forum's link if it is a must-rule."""
    return ((ID, ("forums", forum, "together_with")) for _ in must_links(year, [forum]))


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Yield the two forums of each link."""
    return ((forum, link.forum) for forum, link in _links(year, year.slots))


def companions(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Meeting]]:
    """Yield each meeting with each one that it meets together with."""
    for forum, link in _links(year, schedule.planned_in(year)):
        yield from _companions(year, schedule, forum, link)


def _companions(
    year: EvaluatedYear, schedule: Schedule, forum: str, link: Together
) -> Iterator[tuple[Meeting, Meeting]]:
    others = schedule.around(link.forum)
    for meeting in schedule.of_year(forum):
        for other in others:
            if share_a_day(meeting, other) and not year.context.overlap(meeting, other):
                yield meeting, other


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield the meetings without a companion: one of the other forum, that day, at another time."""
    for forum, link in _links(year, schedule.planned_in(year)):
        origin, name = ("forums", forum, "together_with"), year.context.forum(link.forum).name
        accompanied = {meeting.id for meeting, _ in _companions(year, schedule, forum, link)}
        for meeting in schedule.of_year(forum):
            if meeting.id not in accompanied:
                size = year.context.size_on(forum, meeting.date)
                yield meeting, violation(ID, link.strength, origin, SENTENCE, size, forum=name)


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Let each meeting imply a companion: Σ candidates of a day ≤ Σ companions + slack.

    A forum's slots are filled on different days, so its candidates of one day are one sum: rows for each of
    them alone would let the relaxation divide one companion among several meetings.
    """
    for forum, link in _links(year, year.slots):
        if not model.asks(link.strength):
            continue
        on_day = grouped((day, other) for other in model.candidates(link.forum) for day in days_of(other))
        same_day: dict[object, list[Candidate]] = {}
        for candidate in model.candidates(forum):
            if candidate.of_year:
                movable = not candidate.fixed and candidate.slot is not None
                same_day.setdefault(candidate.date if movable else candidate.column, []).append(candidate)
        for candidates in same_day.values():
            first, *_ = candidates
            fixed, forced = first.fixed, ID in first.forced or first.date < year.context.weighed_from
            size = year.context.size_on(forum, first.date)
            slack = model.slack(link.strength, size, fixed=fixed, forced=forced)
            others = {other.column: other for day in days_of(first) for other in on_day.get(day, ())}
            # Were these that a shared member excludes allowed, the relaxation would take half of each.
            companions = [
                other.column
                for other in others.values()
                if not year.context.overlap(first, other)
                and (fixed or not shared_members.exclude(year, first, other))
            ]
            allowed = [(column, -1.0) for column in (*companions, *slack)]
            model.row([*((candidate.column, 1.0) for candidate in candidates), *allowed], upper=0)
