"""A forum has one meeting for each meeting of another, so many days before or after it.

    forums:
      board: {for_each: {forum: council, days_before: 4}}
      council: {cadence: external, dates: [2025-03-07]}
    # passes: board meets 2025-03-03; council meets 2025-03-07

    forums:
      board: {for_each: {forum: council, days_after: 1-3}}
      council: {cadence: external, dates: [2025-03-07]}
    # fails: board meets 2025-03-11; council meets 2025-03-07

Strength: must. Such a forum has no evenness of its own: any day in the range is as good. Its meetings move
with those that they are for, and are cancelled with them, unless somebody decided otherwise. They belong to
the year of those, also where they lie a few days outside it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kultursam.dates.slots import Slot
from kultursam.forumfile.meeting_models import ForEach
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.plans.model import Meeting, by_forum
from kultursam.rules.context import (
    Candidate,
    Effect,
    EvaluatedYear,
    Model,
    RuleKey,
    Schedule,
    Terms,
    YearContext,
    fills_slot,
    grouped,
    violation,
)

ID = "for-each"
BEFORE_SENTENCE = N_("no meeting of {forum} {days} days later")
AFTER_SENTENCE = N_("no meeting of {forum} {days} days earlier")

Closed = Callable[[date], bool]
"""Whether a must closes a day for a forum."""


@dataclass(frozen=True, slots=True)
class Link:
    """A forum whose meetings are for those of another, its leader."""

    forum: str
    rule: ForEach
    origin: Where

    @property
    def leader(self) -> str:
        """The forum whose meetings are followed."""
        return self.rule.forum

    def span(self, day: date) -> tuple[date, date]:
        """Return the first and the last day for a meeting that is for the leader's on a day."""
        near, far = (timedelta(days=number) for number in (self.rule.range.low, self.rule.range.high))
        return (day - far, day - near) if self.rule.is_before else (day + near, day + far)

    def is_for(self, day: date, leader: date) -> bool:
        """Return whether a meeting on a day may be for the leader's on another."""
        first, last = self.span(leader)
        return first <= day <= last


def link(context: YearContext, forum: str) -> Link | None:
    """Return whose meetings a forum's are for, if the rule is in force."""
    rule, origin = context.forum(forum).for_each, ("forums", forum, "for_each")
    return Link(forum, rule, origin) if rule and context.holds(ID, origin) else None


def links(year: EvaluatedYear) -> Iterator[Link]:
    """Yield the links of the forums that are planned here; of a restricted year, what there is of it."""
    for forum in year.slots:
        found = link(year.context, forum)
        if found and found.leader in year.register.forums:
            yield found


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the forum's link."""
    if found := link(year.context, forum):
        yield ID, found.origin


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Yield the two forums of each link."""
    return ((found.forum, found.leader) for found in links(year))


# --- slots ------------------------------------------------------------------------------------------


def slots(context: YearContext, forum: str, leader: Sequence[Slot], closed: Closed) -> tuple[Slot, ...]:
    """Return a slot for each meeting that the leader, whose slots are given, has or will have.

    What is decided of the forum itself has slots too. Where it depends on dates which of these are for which
    of the leader's, as many as may be needed are spare: they may stay empty.
    """
    rule = context.forum(forum).for_each
    if rule is None:
        return ()
    found = Link(forum, rule, ())
    ours, theirs = context.decided.get(forum, ()), context.decided.get(rule.forum, ())
    free = max(0, len(leader) - sum(map(fills_slot, theirs)))
    needing = sum(meeting.live and not _is_over(context, found, meeting.date, closed) for meeting in theirs)
    is_certain = not ours and context.weighed_from <= context.first
    slot = Slot(context.first, context.last, context.first, (), 0, follows=True)
    decided = sum(map(fills_slot, ours))
    return (slot,) * decided + (replace(slot, spare=not is_certain),) * (free + needing)


def days_for(year: EvaluatedYear, forum: str, leader: date) -> tuple[date, date]:
    """Return the first and the last day for a meeting of a forum that is for its leader's on a day."""
    rule = year.context.forum(forum).for_each
    return Link(forum, rule, ()).span(leader) if rule else (date.max, date.min)


def _is_over(context: YearContext, found: Link, day: date, closed: Closed) -> bool:
    """Return whether there is no day left for a meeting that is for the leader's on a day."""
    first, last = found.span(day)
    if first >= context.weighed_from:
        return False
    left = (last - context.weighed_from).days + 1
    return all(closed(context.weighed_from + timedelta(days=number)) for number in range(left))


def in_order(year: EvaluatedYear, found: Link) -> bool:
    """Return whether the meeting in the forum's first slot is for the leader's first, and so on.

    That is known where nothing is decided, or all of the leader's meetings are, and no slot is spare.
    """
    spare = any(slot.spare for slot in year.slots[found.forum])
    return not spare and not (year.slots.get(found.leader) and year.context.decided.get(found.leader))


def in_turn(year: EvaluatedYear) -> list[Link]:
    """Return the links, that of a leader before those of its followers."""
    by_forum = {found.forum: found for found in links(year)}

    def depth(forum: str) -> int:
        return 1 + depth(by_forum[forum].leader) if forum in by_forum else 0

    return sorted(by_forum.values(), key=lambda found: depth(found.forum))


def reachable(
    year: EvaluatedYear, found: Link, open_dates: Iterable[tuple[int, date]], fixed: Iterable[date]
) -> Callable[[int, date], bool]:
    """Return whether a day of a slot may be for some date of the leader: one that is open, or fixed."""
    ordered = in_order(year, found)
    places = [*open_dates, *enumerate(sorted(fixed))]
    reached = {
        (place if ordered else 0, first + timedelta(days=number))
        for place, day in places
        for first, last in [found.span(day)]
        for number in range((last - first).days + 1)
    }
    return lambda slot, day: (slot if ordered else 0, day) in reached


# --- meetings ---------------------------------------------------------------------------------------


def leaders(year: EvaluatedYear, schedule: Schedule) -> dict[str, Meeting]:
    """Return, by the id of a meeting, the one of another forum that it is for."""
    return {key: leader for found in links(year) for key, leader in _matched(found, schedule).items()}


def _matched(found: Link, schedule: Schedule) -> dict[str, Meeting]:
    """Return as many pairs as there can be: each meeting in order of time, with the earliest that is left."""
    free = list(schedule.of_year(found.leader))
    pairs: dict[str, Meeting] = {}
    for meeting in schedule.of_year(found.forum):
        leader = next((one for one in free if found.is_for(meeting.date, one.date)), None)
        if leader:
            free.remove(leader)
            pairs[meeting.id] = leader
    return pairs


def lacking(year: EvaluatedYear, meetings: Sequence[Meeting]) -> Iterator[tuple[Link, Meeting]]:
    """Yield the meetings of a leader that no meeting is for, though there is a day left.

    What a person cancelled goes on being for one of them.
    """
    schedule = Schedule.of(year.context.year, meetings)
    cancelled = by_forum(meeting for meeting in meetings if not meeting.live and fills_slot(meeting))
    for found in links(year):
        matched = {leader.id for leader in _matched(found, schedule).values()}
        given_up = [meeting.date for meeting in cancelled.get(found.forum, ())]
        for leader in schedule.of_year(found.leader):
            if leader.id in matched or is_over(year, found, leader.date):
                continue
            own = next((day for day in given_up if found.is_for(day, leader.date)), None)
            if own is None:
                yield found, leader
            else:
                given_up.remove(own)


def is_over(year: EvaluatedYear, found: Link, day: date) -> bool:
    """Return whether there is no day left for a meeting that is for the leader's on a day."""
    return _is_over(year.context, found, day, lambda one: year.closed(found.forum, one))


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield the meetings that are for none of the leader's."""
    for found in links(year):
        matched = _matched(found, schedule)
        name, size = year.context.forum(found.leader).name, year.context.size(found.forum)
        sentence = BEFORE_SENTENCE if found.rule.is_before else AFTER_SENTENCE
        args = {"forum": name, "days": str(found.rule.range)}
        for meeting in schedule.of_year(found.forum):
            if meeting.id not in matched:
                yield meeting, violation(ID, "must", found.origin, sentence, size, **args)


# --- the model --------------------------------------------------------------------------------------


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Model whose meeting is for whose as a matching: y[s, t] of the leader's candidates s and days t.

    - of each candidate of the leader: Σ over t of y[s, t] = x[s];
    - of each day of the forum: Σ over s of y[s, t] = Σ x[t].

    What is decided of the forum is matched too, and nothing is planned beside it where it can be.
    """
    for found in links(year):
        decided = year.context.decided.get(found.forum, ())
        has_free_slots = len(year.slots[found.forum]) > sum(map(fills_slot, decided))
        # A slot that may stay empty does so only if no meeting needs it, also where it has no date.
        if has_free_slots or any(not candidate.fixed for candidate in model.candidates(found.forum)):
            _match(year, model, found)


def _match(year: EvaluatedYear, model: Model, found: Link) -> None:
    by_place = model.priced and in_order(year, found)
    ours = (x for x in model.candidates(found.forum) if not x.fixed)
    by_day = grouped((((x.slot or 0) if by_place else 0, x.date), x) for x in ours)
    decided = [one for one in year.context.decided.get(found.forum, ()) if one.live or fills_slot(one)]
    is_hard = not decided and found.leader not in year.slots
    into_day: dict[tuple[int, date], Terms] = {key: [] for key in by_day}
    into_decided: list[Terms] = [[] for _ in decided]
    out_of: list[tuple[Candidate, Terms]] = []
    theirs = [candidate for candidate in model.candidates(found.leader) if candidate.of_year]
    for index, candidate in enumerate(theirs):
        to_decided = _arcs(model, found, candidate, decided, into_decided)
        out_of.append((candidate, to_decided))
        if is_over(year, found, candidate.date):
            model.row([*to_decided, (candidate.column, -1.0)], upper=0)
            continue
        first, last = found.span(candidate.date)
        place = 0 if not by_place else index if candidate.slot is None else candidate.slot
        flow = list(to_decided)
        for number in range((last - first).days + 1):
            key = (place, first + timedelta(days=number))
            if key in into_day:
                arc = (model.column(0), 1.0)
                into_day[key].append(arc)
                flow.append(arc)
        if candidate.fixed and not is_hard:
            # What a person decided, and now has none, is told.
            flow.append((model.binary((1, 0, 0, 0)), 1.0))
        model.row([*flow, (candidate.column, -1.0)], lower=0, upper=0)
    for key, candidates in by_day.items():
        model.row([*into_day[key], *((x.column, -1.0) for x in candidates)], lower=0, upper=0)
    _prefer_decided(model, found, decided, into_decided, out_of)


def _arcs(
    model: Model, found: Link, leader: Candidate, decided: Sequence[Meeting], into: Sequence[Terms]
) -> Terms:
    """Add a column for each decided meeting that may be for a candidate of the leader."""
    arcs: Terms = []
    for meeting, incoming in zip(decided, into, strict=True):
        if found.is_for(meeting.date, leader.date):
            arc = (model.binary((0, 0, 0, 0)), 1.0)
            arcs.append(arc)
            incoming.append(arc)
    return arcs


def _prefer_decided(
    model: Model,
    found: Link,
    decided: Sequence[Meeting],
    into: Sequence[Terms],
    out_of: Sequence[tuple[Candidate, Terms]],
) -> None:
    """Let a decided meeting be for one of the leader's that it may be for, or all of these have another."""
    for meeting, incoming in zip(decided, into, strict=True):
        if incoming:
            model.row(incoming, upper=1)
        for leader, outgoing in out_of:
            if found.is_for(meeting.date, leader.date):
                taken = {column for column, _ in (*incoming, *outgoing)}
                model.row([(leader.column, 1.0), *((column, -1.0) for column in sorted(taken))], upper=0)
