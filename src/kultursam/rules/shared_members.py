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

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, partial
from itertools import chain, combinations
from typing import NamedTuple

from kultursam.forumfile.calendar_models import Active
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
    Sittings,
    YearContext,
    common_forums,
    grouped,
    overlap,
    violation,
)

ID = "shared-members"
SENTENCE = N_("{role}, {organisation} is at {forum} {start}–{end} that day")
ALL_DAY_SENTENCE = N_("{role}, {organisation} is at {forum} all that day")
ORIGIN = ("buffer_minutes",)


def clash(context: YearContext, first: Hours, second: Hours) -> bool:
    """Return whether two meetings overlap on a day, or leave less than the buffer between them."""
    return overlap(first, second, _buffer(context, first.forum, second.forum))


def _buffer(context: YearContext, one: str, other: str) -> int:
    return max(context.buffer_minutes(one), context.buffer_minutes(other))


def exclude(
    year: EvaluatedYear, first: Meeting | Candidate, second: Meeting | Candidate, *, always: bool = False
) -> bool:
    """Return whether two forums can't hold two meetings, for a member they share.

    With `always`, it is for one whose organisation takes part on all days.
    """
    context, required = year.context, year.register.required
    days = () if always else (first.date, second.date)
    shared = _present(year, required[first.forum] & required[second.forum], days)
    buffer = _buffer(context, first.forum, second.forum)
    return bool(shared) and context.holds(ID, ORIGIN) and context.overlap(first, second, buffer)


def _present(year: EvaluatedYear, members: frozenset[Member], days: Collection[date]) -> frozenset[Member]:
    """Return the members whose organisations take part on some days; without any, those that always do."""
    register = year.register
    if not days:
        return frozenset(member for member in members if member.organisation not in register.temporary)
    return frozenset(
        member for member in members if all(register.takes_part(member.organisation, day) for day in days)
    )


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
        (day, (hours, meeting))
        for forum in forums
        for meeting in schedule.around(forum)
        for day, hours in year.context.sittings(meeting)
        if schedule.compared is None or day in schedule.compared
    )
    clashes = cache(partial(clash, year.context))
    ours = {meeting.id for meeting in chain.from_iterable(schedule.meetings.values())}
    told: set[tuple[str, date, Hours]] = set()
    pairs: set[frozenset[str]] = set()
    for day, meetings in by_day.items():
        for (hours, earlier), (beside, later) in combinations(meetings, 2):
            planned = later.id in ours and later.origin is not Origin.EXTERNAL
            meeting, other = (later, earlier) if planned else (earlier, later)
            alike = meeting.id, day, hours if planned else beside
            if meeting.id not in ours or alike in told or meeting is other:
                continue
            shared, strength = _shared(year, meeting.forum, other.forum, {meeting.date, other.date})
            if strength == "must":
                # Of several that meet alike, a meeting is told once: a day of hundreds would tell each pair.
                told.add(alike)
            elif meeting.origin is Origin.EXTERNAL:
                continue
            pair = frozenset({meeting.id, other.id})
            if shared and pair not in pairs and clashes(hours, beside):
                pairs.add(pair)
                yield meeting, _effect(year, strength, min(shared), meeting, other)


def _shared(
    year: EvaluatedYear, one: str, other: str, days: Collection[date] = ()
) -> tuple[frozenset[Member], Strength]:
    """Return the members for whom two forums must not overlap on some days, or had better not."""
    members, required = year.register.members, year.register.required
    if one == other:
        return members[one], "must"
    needed = _present(year, required[one] & required[other], days)
    if needed:
        return needed, "must"
    return _present(year, members[one] & members[other], days), "prefer"


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
    sentence = ALL_DAY_SENTENCE if other.time.is_all_day else SENTENCE
    return violation(ID, strength, ORIGIN, sentence, year.context.size(meeting.forum), **args)


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Add set packing rows: Σ x ≤ 1 over every clique of candidates that need one member at one time.

    Where that member is optional, a clash is counted instead.
    """
    if not year.context.holds(ID, ORIGIN):
        return
    seen: set[tuple[int, ...]] = set()
    clashes = cache(partial(clash, year.context))
    sittings = {x.column: year.context.sittings(x) for several in model.by_forum.values() for x in several}
    for forums, life in _maximal(_circles(year, year.register.required, model.by_forum)):
        by_day = grouped(
            (day, (hours, x))
            for forum in forums
            for x in model.candidates(forum)
            if life.includes(x.date)
            for day, hours in sittings[x.column]
        )
        known: dict[tuple[Hours, ...], list[list[Hours]]] = {}
        for day in sorted(by_day):
            for clique in _cliques(clashes, by_day[day], known, model.pooled):
                columns = tuple(candidate.column for candidate in clique)
                if columns not in seen:
                    seen.add(columns)
                    model.at_most_one(clique)
    if model.priced:
        _count_clashes(year, model, sittings)


class _Sitting(NamedTuple):
    """Candidates of a forum that take the same time, which are counted together."""

    forum: str
    taken: tuple[tuple[date, Hours], ...]


def _count_clashes(year: EvaluatedYear, model: Model, sittings: Mapping[int, Sittings]) -> None:
    """Add the clashes for members that are optional in one of two forums.

    k meetings that clash with each other are k(k − 1)/2 clashes, so that the second costs 1, the third 2:
    Σ x ≤ 1 + z₁ + z₂ + …, where zᵢ ≤ 1 is priced as i clashes. In rows for pairs alone, many halves of
    meetings would clash with nothing.
    """
    alike = grouped(
        (_Sitting(forum, tuple(sittings[x.column])), x)
        for forum, candidates in model.by_forum.items()
        for x in candidates
    )
    fixed = {sitting for sitting, some in alike.items() if any(x.fixed for x in some)}
    pairs = list(_clashing_pairs(year, alike))
    # One of movable candidates stands, but any number of fixed ones: these are counted pair by pair.
    apart = [pair for pair in pairs if not fixed.isdisjoint(pair)]
    for clique in (*apart, *_edge_cliques(pair for pair in pairs if fixed.isdisjoint(pair))):
        candidates = [x for sitting in clique for x in alike[sitting]]
        most = len(candidates) if clique in apart else 1
        further = [model.column(PREFER_POINTS * number, upper=most) for number in range(1, len(clique))]
        model.row([*((x.column, 1.0) for x in candidates), *((z, -1.0) for z in further)], upper=1)


def _clashing_pairs(
    year: EvaluatedYear, alike: Mapping[_Sitting, Sequence[Candidate]]
) -> Iterator[tuple[_Sitting, _Sitting]]:
    """Yield every two that clash for optional members alone."""
    by_forum = grouped((sitting.forum, sitting) for sitting in alike)
    members = year.register.members
    for forums in combinations(by_forum, 2):
        if members[forums[0]].isdisjoint(members[forums[1]]) or _shared(year, *forums)[1] == "must":
            continue
        buffer = _buffer(year.context, *forums)
        on_day = grouped((day, one) for one in by_forum[forums[1]] for day, _ in one.taken)
        for first in by_forum[forums[0]]:
            for second in dict.fromkeys(one for day, _ in first.taken for one in on_day.get(day, ())):
                one, other = alike[first], alike[second]
                shared, strength = _shared(year, *forums, {one[0].date, other[0].date})
                weighed = shared and strength == "prefer" and not all(map(_stands_elsewhere, (*one, *other)))
                if weighed and year.context.overlap(one[0], other[0], buffer):
                    yield first, second


def _edge_cliques(pairs: Iterable[tuple[_Sitting, _Sitting]]) -> Iterator[Sequence[_Sitting]]:
    """Yield cliques of which each pair is one of some, so that each of these is in one of them."""
    left: dict[_Sitting, dict[_Sitting, None]] = {}
    ordered = list(pairs)
    for one, other in ordered:
        left.setdefault(one, {})[other] = None
        left.setdefault(other, {})[one] = None
    for one, other in ordered:
        if other in left[one]:
            clique = [one, other]
            for further in left[one]:
                if further not in clique and all(further in left[member] for member in clique):
                    clique.append(further)
            for first, second in combinations(clique, 2):
                del left[first][second], left[second][first]
            yield clique


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
    candidates: Iterable[tuple[Hours, Candidate]],
    known: dict[tuple[Hours, ...], list[list[Hours]]],
    pooled: Container[str],
) -> Iterator[list[Candidate]]:
    """Yield cliques that cover every two candidates of a day that clash; `known` are those of other days.

    Two that may fill one slot exclude each other anyway, unless slots are `pooled`.
    """
    alike = grouped(candidates)
    hours = tuple(alike)
    if hours not in known:
        known[hours] = list(_clashing(clashes, hours))
    for together in known[hours]:
        # Over midnight, a meeting may take two parts of a day.
        clique = list(dict.fromkeys(candidate for hours in together for candidate in alike[hours]))
        if len({(one.forum, one.slot, one.date if one.forum in pooled else None) for one in clique}) > 1:
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
