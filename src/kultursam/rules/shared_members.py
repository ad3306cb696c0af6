"""Two forums that share a member never overlap, and leave time to travel.

    buffer_minutes: 30            # the default; a forum may have its own, and the larger of two counts

Strength: must. A member is a role at an organisation. A forum shares its members with itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from functools import cache, partial
from itertools import combinations
from typing import NamedTuple

from kultursam.forumfile.register import Member
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import (
    Candidate,
    Effect,
    EvaluatedYear,
    Model,
    RuleKey,
    Schedule,
    YearContext,
    overlap,
    violation,
)

ID = "shared-members"
SENTENCE = N_("{role}, {organisation} is at {forum} {start}–{end} that day")


def _buffer(context: YearContext, *forums: str) -> int:
    default = context.register.file.buffer_minutes
    asked = (context.forum(forum).buffer_minutes for forum in forums)
    return max(default if minutes is None else minutes for minutes in asked)


class _Time(NamedTuple):
    """When a forum meets on a day."""

    forum: str
    start: time
    end: time


def clash(context: YearContext, one: Meeting | _Time, other: Meeting | _Time) -> bool:
    """Tell whether two meetings of one day leave no time between them."""
    return overlap(one.start, one.end, other.start, other.end, _buffer(context, one.forum, other.forum))


def hard_constraints(context: YearContext, forum: str) -> Iterator[RuleKey]:
    """Name the must-rules of this kind that a forum is under."""
    if context.register.members[forum]:
        yield ID, ("buffer_minutes",)


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Give the forums that a member belongs to."""
    return iter(_circles(year, list(year.slots)))


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Give the meetings that overlap another with the same member."""
    if not year.context.holds(ID, ("buffer_minutes",)):
        return
    by_day: dict[date, list[Meeting]] = {}
    for forum in {**schedule.meetings, **schedule.neighbours}:
        for meeting in schedule.around(forum):
            by_day.setdefault(meeting.date, []).append(meeting)
    ours = {meeting.id for meetings in schedule.meetings.values() for meeting in meetings}
    for meetings in by_day.values():
        for other, meeting in _sharing(year.register.members, meetings):
            if not clash(year.context, meeting, other):
                continue
            told, about = (meeting, other) if _plannable(meeting, ours) else (other, meeting)
            if told.id in ours:
                yield told, _effect(year, told, about)


def _sharing(
    members: Mapping[str, Iterable[Member]], meetings: Sequence[Meeting]
) -> Iterator[tuple[Meeting, Meeting]]:
    """Give each two meetings that share a member, in the order of the meetings."""
    called: dict[Member, list[int]] = {}
    for place, meeting in enumerate(meetings if len(meetings) > 1 else ()):
        for member in members[meeting.forum]:
            called.setdefault(member, []).append(place)
    pairs = {pair for places in called.values() for pair in combinations(places, 2)}
    return ((meetings[one], meetings[other]) for one, other in sorted(pairs))


def _plannable(meeting: Meeting, ours: set[str]) -> bool:
    return meeting.id in ours and meeting.origin != "external"


def _effect(year: EvaluatedYear, told: Meeting, about: Meeting) -> Effect:
    member = min(year.register.members[told.forum] & year.register.members[about.forum])
    return violation(
        ID,
        "must",
        ("buffer_minutes",),
        SENTENCE,
        year.context.size(told.forum),
        role=member.role,
        organisation=year.register.file.organisations[member.organisation].label,
        forum=year.context.forum(about.forum).name,
        start=f"{about.start:%H:%M}",
        end=f"{about.end:%H:%M}",
    )


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Let one at most be chosen of all that would call the same member at one time."""
    if not year.context.holds(ID, ("buffer_minutes",)):
        return
    seen: set[tuple[int, ...]] = set()
    clashes = cache(partial(clash, year.context))
    for forums in _largest(_circles(year, model.forums)):
        by_day: dict[date, list[Candidate]] = {}
        for forum in forums:
            for candidate in model.candidates(forum):
                by_day.setdefault(candidate.date, []).append(candidate)
        for day in sorted(by_day):
            for clique in _cliques(clashes, by_day[day]):
                columns = tuple(one.column for one in clique)
                if columns not in seen:
                    seen.add(columns)
                    model.at_most_one(clique)


def _circles(year: EvaluatedYear, forums: Iterable[str]) -> Iterable[tuple[str, ...]]:
    """Give the sets of these forums that some member belongs to, each once."""
    forums_of: dict[Member, list[str]] = {}
    for forum in forums:
        for member in year.register.members.get(forum, ()):
            forums_of.setdefault(member, []).append(forum)
    return sorted({tuple(several) for several in forums_of.values()})


def _largest(circles: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Leave out the sets that another holds whole: what is asked of it is asked of them."""
    kept: list[tuple[str, ...]] = []
    of_forum: dict[str, list[frozenset[str]]] = {}
    for forums in sorted(circles, key=len, reverse=True):
        inside = frozenset(forums)
        if not any(inside <= larger for larger in of_forum.get(forums[0], ())):
            kept.append(forums)
            for forum in forums:
                of_forum.setdefault(forum, []).append(inside)
    return kept


def _cliques(
    clashes: Callable[[_Time, _Time], bool], candidates: Iterable[Candidate]
) -> Iterator[list[Candidate]]:
    """Give the largest sets that clash pairwise: those that run when one of them begins."""
    # Those of one forum at one time clash with the same others.
    alike: dict[_Time, list[Candidate]] = {}
    for candidate in candidates:
        alike.setdefault(_Time(candidate.forum, candidate.start, candidate.end), []).append(candidate)
    for latest in alike:
        running = [one for one in alike if one.start <= latest.start and clashes(one, latest)]
        whole = all(clashes(one, other) for one, other in combinations(running, 2))
        for together in [running] if whole else [[one, latest] for one in running if one is not latest]:
            clique = [candidate for one in together for candidate in alike[one]]
            if len({(one.forum, one.slot) for one in clique}) > 1:
                yield clique
