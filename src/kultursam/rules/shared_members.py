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

Strength: must. A member is a role at an organisation, on the days on which this takes part. A forum shares
its members with itself. Where all members that two forums share are `optional` in either, the rule is
weighed as `prefer`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, partial
from itertools import chain, combinations, product
from typing import NamedTuple

from kultursam.forumfile.models import Active
from kultursam.forumfile.register import ALWAYS, Member
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
    buffer = max(map(context.buffer_minutes, (first.forum, second.forum)))
    return overlap(first, second, buffer)


def exclude(year: EvaluatedYear, first: Hours, second: Hours, day: date | None = None) -> bool:
    """Return whether two forums can't meet at some hours of a day, or of any day, for a member they share."""
    required = year.register.required
    shared = _present(year, required[first.forum] & required[second.forum], day)
    return bool(shared) and year.context.holds(ID, ORIGIN) and clash(year.context, first, second)


def _present(year: EvaluatedYear, members: frozenset[Member], day: date | None) -> frozenset[Member]:
    """Return the members whose organisations take part on a day; without one, those that always do."""
    register = year.register
    if day is None:
        return frozenset(member for member in members if member.organisation not in register.temporary)
    return frozenset(member for member in members if register.takes_part(member.organisation, day))


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the rule for a forum that has members."""
    if year.register.members[forum]:
        yield ID, ORIGIN


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Yield the sets of forums that a member belongs to."""
    yield from (circle.forums for circle in _circles(year, year.register.members, year.slots))


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield the meetings that overlap another with the same member."""
    if not year.context.holds(ID, ORIGIN):
        return
    forums = {**schedule.meetings, **schedule.neighbours}
    by_day = grouped(
        (meeting.date, meeting)
        for forum in forums
        for meeting in schedule.around(forum)
        if schedule.compared is None or meeting.date in schedule.compared
    )
    clashes = cache(partial(clash, year.context))
    ours = {meeting.id for meeting in chain.from_iterable(schedule.meetings.values())}
    for meetings in by_day.values():
        told: set[tuple[str, Hours]] = set()
        for earlier, later in combinations(meetings, 2):
            planned = later.id in ours and later.origin is not Origin.EXTERNAL
            meeting, other = (later, earlier) if planned else (earlier, later)
            hours = Hours.of(other)
            if meeting.id not in ours or (meeting.id, hours) in told:
                continue
            shared, strength = _shared(year, meeting.forum, other.forum, meeting.date)
            if strength == "must":
                # Of several that meet alike, a meeting is told once: a day of hundreds would tell each pair.
                told.add((meeting.id, hours))
            elif meeting.origin is Origin.EXTERNAL:
                continue
            if shared and clashes(Hours.of(meeting), hours):
                yield meeting, _effect(year, strength, min(shared), meeting, other)


def _shared(
    year: EvaluatedYear, one: str, other: str, day: date | None
) -> tuple[frozenset[Member], Strength]:
    """Return the members for whom two forums must not overlap on a day, or had better not."""
    members, required = year.register.members, year.register.required
    if one == other:
        return members[one], "must"
    needed = _present(year, required[one] & required[other], day)
    if needed:
        return needed, "must"
    return _present(year, members[one] & members[other], day), "prefer"


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
    for forums, life in _maximal(_circles(year, year.register.required, model.by_forum)):
        by_day = grouped(
            (x.date, x) for forum in forums for x in model.candidates(forum) if life.includes(x.date)
        )
        known: dict[tuple[Hours, ...], list[list[Hours]]] = {}
        for day in sorted(by_day):
            for clique in _cliques(clashes, by_day[day], known):
                columns = tuple(candidate.column for candidate in clique)
                if columns not in seen:
                    seen.add(columns)
                    model.at_most_one(clique)
    for one, other in combinations(model.by_forum, 2) if model.priced else ():
        for day in _days_weighed(year, model, one, other):
            _count_clashes(clashes, model, day, (one, other))


def _days_weighed(year: EvaluatedYear, model: Model, one: str, other: str) -> Iterator[date]:
    """Yield the days on which both forums may meet and only members that are optional in either hinder it."""
    members = year.register.members
    if members[one].isdisjoint(members[other]) or _shared(year, one, other, None)[1] == "must":
        return
    for day in sorted({x.date for x in model.candidates(one)} & {x.date for x in model.candidates(other)}):
        shared, strength = _shared(year, one, other, day)
        if shared and strength == "prefer":
            yield day


def _count_clashes(
    clashes: Callable[[Hours, Hours], bool], model: Model, day: date, forums: Sequence[str]
) -> None:
    """Add the clashes of two forums on a day, with their price: Σ x ≤ 1 + clashes."""
    ours, theirs = (grouped((Hours.of(x), x) for x in model.on(forum, day)) for forum in forums)
    for hours, beside in product(ours, theirs):
        both = [*ours[hours], *theirs[beside]]
        if clashes(hours, beside) and not all(map(_stands_elsewhere, both)):
            clashing = model.column(PREFER_POINTS, upper=len(both))
            model.row([*((x.column, 1.0) for x in both), (clashing, -1.0)], upper=1)


def _stands_elsewhere(candidate: Candidate) -> bool:
    """Return whether a candidate is decided by others or of another year."""
    return candidate.fixed and (candidate.origin is Origin.EXTERNAL or not candidate.of_year)


class _Circle(NamedTuple):
    """The forums of a member, and the days on which its organisation takes part."""

    forums: tuple[str, ...]
    life: Active

    def implies(self, other: "_Circle") -> bool:
        """Return whether this circle's rows hold all that another, different one asks for."""
        longer = self.life in (other.life, ALWAYS)
        return self != other and longer and set(other.forums) <= set(self.forums)


def _circles(
    year: EvaluatedYear, members: Mapping[str, frozenset[Member]], forums: Iterable[str]
) -> list[_Circle]:
    """Return the forums of each member, and each forum by itself."""
    forums, life = list(forums), year.register.life
    forums_of = common_forums(members, forums)
    circles = {_Circle(several, life(member.organisation)) for member, several in forums_of.items()}
    circles |= {_Circle((forum,), ALWAYS) for forum in forums}
    return sorted(circles, key=lambda circle: (circle.forums, str(circle.life)))


def _maximal(circles: Iterable[_Circle]) -> list[_Circle]:
    """Return the circles that no other implies."""
    ordered = sorted(circles, key=lambda circle: len(circle.forums), reverse=True)
    return [circle for circle in ordered if not any(other.implies(circle) for other in ordered)]


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
