"""Two forums that share a member never overlap, and leave time to travel.

    buffer_minutes: 30                # the default; a forum may have its own: the larger of two counts
    forums:
      board: {time: 09:00-12:00}
      staff: {time: 12:30-15:00}
    # passes: board meets 2025-03-04; staff meets 2025-03-04

    forums:
      board: {time: 09:00-12:00}
      staff: {time: 12:15-15:00}
    # fails: board meets 2025-03-04; staff meets 2025-03-04

Strength: must. A member is a role at an organisation. A forum shares its members with itself. Where all
members that two forums share are `optional` in either, the rule is weighed as `prefer`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain, combinations, product

from kultursam.forumfile.register import Member
from kultursam.forumfile.values import Strength
from kultursam.i18n import N_
from kultursam.plans.model import Meeting, Origin
from kultursam.rules.context import (
    PREFER_POINTS,
    Candidate,
    Effect,
    EvaluatedYear,
    Hours,
    Model,
    RuleKey,
    Schedule,
    YearContext,
    common_forums,
    grouped,
    overlap,
    violation,
)

ID = "shared-members"
SENTENCE = N_("{role}, {organisation} is at {forum} {start}–{end} that day")
ORIGIN = ("buffer_minutes",)


def clash(context: YearContext, first: Meeting | Hours, second: Meeting | Hours) -> bool:
    """Return whether two meetings of one day overlap, or leave less than the buffer between them."""
    default = context.register.file.buffer_minutes
    own = [context.forum(forum).buffer_minutes for forum in (first.forum, second.forum)]
    buffer = max(default if minutes is None else minutes for minutes in own)
    return overlap(first, second, buffer)


def exclude(year: EvaluatedYear, first: Hours, second: Hours) -> bool:
    """Return whether two forums that meet at some hours can't do so on one day, for a member they share."""
    required = year.register.required
    shared = not required[first.forum].isdisjoint(required[second.forum])
    return shared and year.context.holds(ID, ORIGIN) and clash(year.context, first, second)


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the rule for a forum that has members."""
    if year.register.members[forum]:
        yield ID, ORIGIN


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Yield the sets of forums that a member belongs to."""
    yield from _circles(year.register.members, year.slots)


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield the meetings that overlap another with the same member."""
    if not year.context.holds(ID, ORIGIN):
        return
    forums = {**schedule.meetings, **schedule.neighbours}
    by_day = grouped((meeting.date, meeting) for forum in forums for meeting in schedule.around(forum))
    ours = {meeting.id for meeting in chain.from_iterable(schedule.meetings.values())}
    for meetings in by_day.values():
        for earlier, later in combinations(meetings, 2):
            shared, strength = _shared(year, earlier.forum, later.forum)
            if shared and clash(year.context, later, earlier):
                planned = later.id in ours and later.origin is not Origin.EXTERNAL
                meeting, other = (later, earlier) if planned else (earlier, later)
                decided = meeting.origin is Origin.EXTERNAL and strength == "prefer"
                if meeting.id in ours and not decided:
                    yield meeting, _effect(year, strength, min(shared), meeting, other)


def _shared(year: EvaluatedYear, one: str, other: str) -> tuple[frozenset[Member], Strength]:
    """Return the members for whom two forums must not overlap, or had better not."""
    members, required = year.register.members, year.register.required
    if one == other:
        return members[one], "must"
    needed = required[one] & required[other]
    return (needed, "must") if needed else (members[one] & members[other], "prefer")


def _effect(
    year: EvaluatedYear, strength: Strength, member: Member, meeting: Meeting, other: Meeting
) -> Effect:
    args = {
        "role": member.role,
        "organisation": year.register.file.organisations[member.organisation].label,
        "forum": year.context.forum(other.forum).name,
        "start": f"{other.start:%H:%M}",
        "end": f"{other.end:%H:%M}",
    }
    return violation(ID, strength, ORIGIN, SENTENCE, year.context.size(meeting.forum), **args)


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Add set packing rows: Σ x ≤ 1 over every clique of candidates that need one member at one time.

    Where that member is optional, a clash is counted instead.
    """
    if not year.context.holds(ID, ORIGIN):
        return
    seen: set[tuple[int, ...]] = set()
    clashes = cache(partial(clash, year.context))
    for forums in _maximal(_circles(year.register.required, model.by_forum)):
        by_day = grouped((x.date, x) for forum in forums for x in model.candidates(forum))
        known: dict[tuple[Hours, ...], list[list[Hours]]] = {}
        for day in sorted(by_day):
            for clique in _cliques(clashes, by_day[day], known):
                columns = tuple(candidate.column for candidate in clique)
                if columns not in seen:
                    seen.add(columns)
                    model.at_most_one(clique)
    for one, other in combinations(model.by_forum, 2) if model.priced else ():
        shared, strength = _shared(year, one, other)
        if shared and strength == "prefer":
            _count_clashes(clashes, model, one, other)


def _count_clashes(clashes: Callable[[Hours, Hours], bool], model: Model, one: str, other: str) -> None:
    """Add the clashes of two forums on each day, with their price: Σ x ≤ 1 + clashes."""
    for day in sorted({x.date for x in model.candidates(one)} & {x.date for x in model.candidates(other)}):
        ours, theirs = (grouped((Hours.of(x), x) for x in model.on(forum, day)) for forum in (one, other))
        for hours, beside in product(ours, theirs):
            both = [*ours[hours], *theirs[beside]]
            if clashes(hours, beside) and not all(map(_stands_elsewhere, both)):
                clashing = model.column(PREFER_POINTS, upper=len(both))
                model.row([*((x.column, 1.0) for x in both), (clashing, -1.0)], upper=1)


def _stands_elsewhere(candidate: Candidate) -> bool:
    """Return whether a candidate is decided by others or of another year."""
    return candidate.fixed and (candidate.origin is Origin.EXTERNAL or not candidate.of_year)


def _circles(members: Mapping[str, frozenset[Member]], forums: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the sets of forums that a member belongs to, and each forum by itself."""
    forums = list(forums)
    return sorted({*common_forums(members, forums), *((forum,) for forum in forums)})


def _maximal(circles: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the sets that are not subsets of another, whose rows imply theirs."""
    as_sets = {forums: frozenset(forums) for forums in sorted(circles, key=len, reverse=True)}
    return [forums for forums, own in as_sets.items() if not any(own < other for other in as_sets.values())]


def _cliques(
    clashes: Callable[[Hours, Hours], bool],
    candidates: Iterable[Candidate],
    known: dict[tuple[Hours, ...], list[list[Hours]]],
) -> Iterator[list[Candidate]]:
    """Yield cliques that cover every two candidates of a day that clash; `known` are those of other days."""
    alike = grouped((Hours.of(x), x) for x in candidates)
    hours = tuple(alike)
    if hours not in known:
        known[hours] = list(_clashing(clashes, hours))
    for together in known[hours]:
        clique = [candidate for hours in together for candidate in alike[hours]]
        if len({(candidate.forum, candidate.slot) for candidate in clique}) > 1:
            yield clique


def _clashing(clashes: Callable[[Hours, Hours], bool], all_hours: Sequence[Hours]) -> Iterator[list[Hours]]:
    """Yield cliques that cover every two hours that clash.

    Hours with one buffer form an interval graph: its maximal cliques are those running when one of them
    begins. Buffers that differ between forums may break that, and then each clashing pair is a clique.
    """
    for latest in all_hours:
        running = [hours for hours in all_hours if hours.start <= latest.start and clashes(hours, latest)]
        whole = all(clashes(first, second) for first, second in combinations(running, 2))
        yield from [running] if whole else [[hours, latest] for hours in running if hours is not latest]
