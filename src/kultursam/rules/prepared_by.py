"""Every meeting is prepared by a meeting of another forum, so many days earlier.

    forums:
      board: {prepared_by: {forum: staff, days_before: 14-28}}
      staff: {}
    # passes: staff meets 2025-03-04; board meets 2025-03-25

    forums:
      board: {prepared_by: [{forum: staff, working_days_before: 5-10}]}
      staff: {}
    # fails: staff meets 2025-03-04; board meets 2025-03-25

Default strength: must. Of several preparing forums each must hold. The preparer is the latest meeting of
that forum at least the range's lower end earlier; it lies in the range. Working days are those without
weekends and days off. Prefer: the square of the days between, less `best` or the range's middle, is the
price. An external forum's meetings are prepared too, if there is time left to do so.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import NamedTuple

from kultursam.dates.holidays import DAY, days_between
from kultursam.dates.leads import Lead
from kultursam.forumfile.meeting_models import Preparation
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.plans.model import Meeting, Origin
from kultursam.rules.context import (
    Candidate,
    Effect,
    EvaluatedYear,
    Model,
    RuleKey,
    Schedule,
    Terms,
    YearContext,
    grouped,
    violation,
)
from kultursam.rules.spacing import days_apart

ID = "prepared-by"
SENTENCE = N_("no meeting of {forum} {days} days earlier")
WORKING_SENTENCE = N_("no meeting of {forum} {days} working days earlier")
DISTANCE_SENTENCES = (
    N_("1 day after {forum}, {best} would be best"),
    N_("{days} days after {forum}, {best} would be best"),
)
WORKING_DISTANCE_SENTENCES = (
    N_("1 working day after {forum}, {best} would be best"),
    N_("{days} working days after {forum}, {best} would be best"),
)
"""Of one day, and of several."""
REACH = timedelta(days=1000)
"""From here before a year on working days are counted: no range of days is longer."""


@dataclass(frozen=True, slots=True)
class Link:
    """A forum whose meetings another forum prepares."""

    forum: str
    preparation: Preparation
    origin: Where
    lead: Lead

    @property
    def preparer(self) -> str:
        """The forum that prepares."""
        return self.preparation.forum

    @property
    def in_working_days(self) -> bool:
        """Return whether only working days count."""
        return self.preparation.working_days_before is not None


def links(context: YearContext, forum: str) -> Iterator[tuple[Where, Preparation]]:
    """Yield what prepares a forum, as far as it is in force, with its place in the file."""
    preparations = context.forum(forum).prepared_by
    for index, preparation in enumerate(preparations):
        origin: Where = ("forums", forum, "prepared_by")
        if len(preparations) > 1:
            origin = (*origin, index)
        if context.holds(ID, origin):
            yield origin, preparation


def lead(context: YearContext, preparation: Preparation) -> Lead:
    """Return how many days earlier a preparing meeting lies."""
    days, calendar, working = preparation.range, context.calendar, None
    if preparation.working_days_before:
        every = days_between(context.first - REACH, context.last + DAY)
        working = [day for day in every if not calendar.off(day)]
    return Lead(days.low, days.high, preparation.days_to_aim_at, working)


def _links(year: EvaluatedYear, forums: Iterable[str]) -> Iterator[Link]:
    """Yield what prepares some forums; of a restricted year, what there is of it."""
    for forum in forums:
        for origin, preparation in links(year.context, forum):
            if preparation.forum in year.register.forums:
                yield Link(forum, preparation, origin, lead(year.context, preparation))


def _prepared(year: EvaluatedYear) -> list[str]:
    """Return the forums whose meetings are prepared: those planned here, and those with dates of others."""
    return [
        forum
        for forum, model in year.register.forums.items()
        if forum in year.slots or model.cadence.kind == "external"
    ]


def must_links(year: EvaluatedYear, forums: Iterable[str]) -> Iterator[Link]:
    """Yield the links of some forums that are must-rules."""
    return (link for link in _links(year, forums) if link.preparation.strength == "must")


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the forum's links that are must-rules, and those of external forums that it prepares."""
    yield from ((ID, link.origin) for link in must_links(year, [forum]))
    others = (other for other in _prepared(year) if other not in year.slots)
    yield from ((ID, link.origin) for link in must_links(year, others) if link.preparer == forum)


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Yield the two forums of each link."""
    return ((link.forum, link.preparer) for link in _links(year, _prepared(year)))


def _preparer(link: Link, meeting: Meeting, schedule: Schedule) -> Meeting | None:
    """Return the meeting that prepares another, or None if it does not lie in the range."""
    earliest, latest = link.lead.span(meeting.date)
    early = [other for other in schedule.around(link.preparer) if other.date <= latest]
    return early[-1] if early and early[-1].date >= earliest else None


def preparations(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Meeting]]:
    """Yield each preparing meeting with the meeting that it prepares."""
    for link in _links(year, _prepared(year)):
        for meeting in schedule.of_year(link.forum):
            if preparing := _preparer(link, meeting, schedule):
                yield preparing, meeting


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield the meetings without a preparer, and the price of the others."""
    for link in _links(year, [forum for forum in _prepared(year) if schedule.of_year(forum)]):
        name = year.context.forum(link.preparer).name
        preparation, best = link.preparation, link.lead.best
        for meeting in schedule.of_year(link.forum):
            preparing = _preparer(link, meeting, schedule)
            if preparing is None:
                if not is_too_late(year, link, meeting.date):
                    sentence = WORKING_SENTENCE if link.in_working_days else SENTENCE
                    size = year.context.size_on(link.forum, meeting.date)
                    args = {"forum": name, "days": str(preparation.range)}
                    yield (
                        meeting,
                        violation(ID, preparation.strength, link.origin, sentence, size, **args),
                    )
            elif (days := link.lead.days(preparing.date, meeting.date)) != best:
                one, several = WORKING_DISTANCE_SENTENCES if link.in_working_days else DISTANCE_SENTENCES
                distance = {"forum": name, "days": days, "best": best}
                points = (days - best) ** 2
                sentence = one if days == 1 else several
                yield meeting, Effect(ID, "prefer", link.origin, sentence, distance, 0, points)


def without_slots(year: EvaluatedYear, schedule: Schedule) -> Iterator[str]:
    """Yield the forums that must prepare a date of an external forum, and neither have meetings nor slots.

    They meet for another that has no dates. In a year that has begun, what is left of it is told instead.
    """
    for link in must_links(year, [forum for forum in _prepared(year) if forum not in year.slots]):
        prepared = (_preparer(link, one, schedule) for one in schedule.of_year(link.forum))
        if _is_without_slots(year, link.preparer) and None in prepared:
            yield link.preparer


def _is_without_slots(year: EvaluatedYear, forum: str) -> bool:
    begun = year.context.weighed_from > year.context.first
    return not begun and forum in year.slots and not year.slots[forum]


def is_too_late(year: EvaluatedYear, link: Link, day: date) -> bool:
    """Return whether a meeting that others decided can't be prepared any more: that is nobody's concern."""
    return link.forum not in year.slots and link.lead.span(day)[1] < year.context.weighed_from


class _Arc(NamedTuple):
    """A column that says what prepares a meeting: one of the preparer's, or nothing that is in the range."""

    column: int
    place: int
    """The place of the preparer's slot that is the last to be filled early enough; −1 for none of them."""
    since: date
    """The day of that slot's meeting or, if nothing is in the range, the last that lies before it."""
    source: Candidate | None = None


class _Day(NamedTuple):
    """A day of candidates of which at most one stands, with what may prepare it."""

    group: Hashable
    """The slot of the candidates or, if they are of a fixed meeting, its id."""
    day: date
    earliest: date
    latest: date
    standing: date
    """That of the preparer's last meeting up to the latest day that stands in any case."""
    arcs: list[_Arc]


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Model preparation as a flow from meetings s of the preparer to the candidates t that they prepare.

    With an arc y[s, t] for each s in the range before t, priced by its distance from the best lead:

    - into each t: Σ over s of y[s, t] + slack[t] = x[t];
    - out of each s: Σ over t in T of y[s, t] ≤ x[s], for sets T of days that exclude each other;
    - the latest that is early enough prepares: see `_Flow.follow_the_latest`.
    """
    for link in _links(year, _prepared(year)):
        if model.asks(link.preparation.strength):
            flow = _Flow(year, model, link)
            flow.enter()
            flow.leave()
            if flow.is_weighed:
                flow.follow_the_latest()
            if model.priced:
                flow.keep_order()


class _Flow:
    """The columns and rows of one link."""

    def __init__(self, year: EvaluatedYear, model: Model, link: Link) -> None:
        self._year, self._model, self._link = year, model, link
        self.is_weighed = model.priced and link.lead.low != link.lead.high
        """Whether it matters which meeting prepares, or only whether any lies in the range."""
        self._apart = timedelta(days_apart(year, model, link.forum))
        candidates = model.candidates(link.preparer)
        self._standing = [x for x in candidates if model.lower[x.column]]
        by_slot = grouped((x.slot, x) for x in candidates if x.slot is not None and not model.lower[x.column])
        self._slots = [by_slot[slot] for slot in sorted(by_slot)]
        self._unfilled = [[x.column for x in model.unfilled(link.preparer, slot)] for slot in sorted(by_slot)]
        self._days: list[_Day] = []

    def enter(self) -> None:
        """Let each meeting be prepared, or pay."""
        is_asked = _asks_for_candidates(self._year, self._model, self._link)
        for candidates in _prepared_alike(self._model, self._link.forum):
            one = candidates[0]
            into = self._day(one)
            if is_too_late(self._year, self._link, one.date) or (
                not self._model.priced and self._is_sure(into)
            ):
                continue
            into.arcs.extend(self._sourced(into))
            if not self._is_sure(into):
                into.arcs.extend(self._unsourced(into, one, fixed=one.fixed and not is_asked))
            flow = [(arc.column, 1.0) for arc in into.arcs]
            self._model.row([*flow, *((x.column, -1.0) for x in candidates)], lower=0, upper=0)
            self._days.append(into)

    def _day(self, one: Candidate) -> _Day:
        earliest, latest = self._link.lead.span(one.date)
        group = one.meeting if one.fixed else one.slot if self._model.priced else None
        place = bisect_right(self._standing, latest, key=attrgetter("date"))
        standing = self._standing[place - 1].date if place else date.min
        return _Day(group, one.date, earliest, latest, standing, [])

    @staticmethod
    def _is_sure(into: _Day) -> bool:
        """Return whether a meeting that stands in any case lies in the range."""
        return into.earliest <= into.standing

    def _sourced(self, into: _Day) -> Iterator[_Arc]:
        """Yield an arc for each meeting that may prepare a day: those before one that stands do not."""
        sources = [(-1, x) for x in _between(self._standing, into.earliest, into.latest)[-1:]]
        first = max(into.earliest, into.standing + DAY)
        for place, slot in enumerate(self._slots):
            sources += [(place, x) for x in _between(slot, first, into.latest)]
        for place, x in sources:
            distance = self._link.lead.days(x.date, into.day) - self._link.lead.best
            yield _Arc(self._model.column(distance**2), place, x.date, x)

    def _unsourced(self, into: _Day, one: Candidate, *, fixed: bool) -> Iterator[_Arc]:
        """Yield what pays if nothing prepares a day: in parts, by the slot that is the last filled before."""
        forced = ID in one.forced or one.date < self._year.context.weighed_from
        size = self._year.context.size_on(self._link.forum, one.date)
        slack = self._model.slack(self._link.preparation.strength, size, fixed=fixed, forced=forced)
        before = into.earliest - DAY
        places = [place for place in range(len(self._slots)) if self._may_be_last(place, into)]
        if not slack or not places or not self.is_weighed:
            yield from (_Arc(column, -1, before) for column in slack)
            return
        parts = [_Arc(self._model.column(0), place, before) for place in (-1, *places)]
        self._model.row(
            [*((part.column, 1.0) for part in parts), *((column, -1.0) for column in slack)], lower=0, upper=0
        )
        yield from parts

    def _may_be_last(self, place: int, into: _Day) -> bool:
        """Return whether a slot may be filled before the range, and the next one not up to its end."""
        if not _between(self._slots[place], into.standing, into.earliest - DAY):
            return False
        following = place + 1
        is_last = following == len(self._slots) or bool(self._unfilled[following])
        return is_last or self._slots[following][-1].date > into.latest

    def leave(self) -> None:
        """Let only meetings that stand prepare others: Σ y[s, t] ≤ x[s]."""
        for days in self._exclusive():
            arcs = ((arc.source.column, arc.column) for day in days for arc in day.arcs if arc.source)
            for source, columns in grouped(arcs).items():
                if not self._model.lower[source]:
                    self._model.row([*((column, 1.0) for column in columns), (source, -1.0)], upper=0)

    def _exclusive(self) -> Iterator[Sequence[_Day]]:
        """Yield sets of days, in order of time, on which there is one meeting at most.

        They are those of one slot or, where slots share their dates, those less than the spacing apart.
        Fixed meetings may stand nearer each other.
        """
        by_group = grouped((day.group, day) for day in self._days)
        pooled = by_group.pop(None, [])
        yield from by_group.values()
        reached = 0
        for start, first in enumerate(pooled):
            stop = bisect_left(pooled, first.day + self._apart, reached, key=attrgetter("day"))
            if stop > reached:
                yield pooled[start:stop]
                reached = stop

    def follow_the_latest(self) -> None:
        """Let the last slot of the preparer that is filled early enough be the one that prepares.

        With u_k[t] for the arcs of slot k, X_k(d) for its candidates up to day d, and sets T of days t:

        - once slot k is filled, none before is the last: Σ u_j[t] (j < k, d early enough for t) + X_k(d) ≤ 1;
        - until it is filled, none from it on is: Σ u_j[t] (j ≥ k, filled up to d) ≤ X_k(d).

        Sums over all that excludes each other bound the relaxation far more tightly than pairs do: that of
        two forums alone is integral as a rule.
        """
        for exclusive in self._exclusive():
            for days in grouped((day.standing, day) for day in exclusive).values():
                for place, slot in enumerate(self._slots):
                    self._end(days, place, [x for x in slot if x.date > days[0].standing])
                    self._begin(days, place, slot)

    def keep_order(self) -> None:
        """Let what prepares a slot come after what prepares the one before, where nothing can prepare both.

        For each slot k of the preparer, what is late for a slot n excludes what is soon for the next one:
        Σ u_j[t] (t in n, j ≥ k) + Σ u_j[t] (t in n + 1, j ≤ k) ≤ 1. The relaxation gains most where as many
        meetings prepare as are prepared: each then has its own.
        """
        if self._may_prepare_two():
            return
        by_slot = grouped((day.group, day) for day in self._days if isinstance(day.group, int))
        for slot, days in sorted(by_slot.items()):
            following = by_slot.get(slot + 1, ())
            for place in range(len(self._slots)):
                late = [arc for day in days for arc in self._ordered(day, place) if arc.place >= place]
                soon = [
                    arc
                    for day in following
                    for arc in self._ordered(day, place)
                    # A meeting that stands in any case has no place among slots.
                    if arc.place <= place and (arc.place >= 0 or day.standing == date.min)
                ]
                if late and soon:
                    self._model.row([(arc.column, 1.0) for arc in (*late, *soon)], upper=1)

    def _ordered(self, day: _Day, place: int) -> Iterator[_Arc]:
        """Yield the arcs of a day that are in order with those of others up to a slot, or from it on.

        A meeting that is in no range of one may still be in that of the next.
        """
        return (arc for arc in day.arcs if arc.source or (self.is_weighed and arc.place != place))

    def _may_prepare_two(self) -> bool:
        """Return whether a meeting may lie in the ranges of two others that keep their distance."""
        days = sorted({day.day: day for day in self._days}.values(), key=attrgetter("day"))
        for day in days:
            following = bisect_left(days, day.day + self._apart, key=attrgetter("day"))
            if following < len(days) and days[following].earliest <= day.latest:
                return True
        return False

    def _end(self, days: Sequence[_Day], place: int, slot: Sequence[Candidate]) -> None:
        """Add the first sums, for each day d that is the last for some: what is left of 1 is not negative."""
        late = [day for day in days if slot and day.latest >= slot[0].date]
        by_latest = grouped((day.latest, arc.column) for day in late for arc in day.arcs if arc.place < place)
        steps: list[Terms] = []
        change: Terms = [(column, -1.0) for columns in by_latest.values() for column in columns]
        filled = 0
        for latest, columns in by_latest.items():
            reached = bisect_right(slot, latest, key=attrgetter("date"))
            if reached > filled:  # of days with the same candidates the first has most arcs
                steps.append([*change, *((x.column, -1.0) for x in slot[filled:reached])])
                change, filled = [], reached
            change += [(column, 1.0) for column in columns]
        _keep_above_zero(self._model, 1, steps)

    def _begin(self, days: Sequence[_Day], place: int, slot: Sequence[Candidate]) -> None:
        """Add the second sums, for each day d that may fill the slot: no more begins than is filled."""
        begun = sorted((arc.since, arc.column) for day in days for arc in day.arcs if arc.place >= place)
        filled: Terms = [(column, 1.0) for column in self._unfilled[place]]
        steps, known = list[Terms](), 0
        # When the last candidate is reached the slot is filled, and nothing is asked any more.
        for one, following in pairwise(slot):
            filled.append((one.column, 1.0))
            reached = bisect_left(begun, following.date, known, key=itemgetter(0))
            if reached > known and one.date < following.date:
                steps.append([*filled, *((column, -1.0) for _, column in begun[known:reached])])
                filled, known = [], reached
        _keep_above_zero(self._model, 0, steps)


def _keep_above_zero(model: Model, first: int, steps: Sequence[Terms]) -> None:
    """Let a sum that begins with a number, and to which each step adds, never be negative.

    A column for what it is between two steps makes rows of a few terms each.
    """
    before: Terms = []
    for number, step in enumerate(steps, 1):
        after = [(model.column(0), -1.0)] if number < len(steps) else []
        model.row([*before, *step, *after], lower=-first, upper=-first if after else None)
        before, first = [(column, 1.0) for column, _ in after], 0


def _prepared_alike(model: Model, forum: str) -> Iterable[list[Candidate]]:
    """Return the candidates of each slot and day, and those of each fixed meeting.

    Without prices, which slot a meeting fills does not matter.
    """
    ours = (x for x in model.candidates(forum) if x.of_year)
    alike = ((x.meeting if x.fixed else (x.slot if model.priced else None, x.date), x) for x in ours)
    return grouped(alike).values()


def _asks_for_candidates(year: EvaluatedYear, model: Model, link: Link) -> bool:
    """Return whether the dates of an external forum are a must for the forum that prepares it.

    They are until something of that forum is decided: what it then leaves unprepared is told.
    """
    sources = model.candidates(link.preparer)
    decided = any(x.fixed and x.of_year and x.origin is not Origin.ADDED for x in sources)
    decided |= any(forum == link.preparer for forum, _ in model.cancelled)
    is_open = any(not x.fixed for x in sources) or _is_without_slots(year, link.preparer)
    return link.forum not in year.slots and not decided and is_open


def _between(candidates: Sequence[Candidate], first: date, last: date) -> Sequence[Candidate]:
    """Return those of some candidates in order of time that lie between two days, or on one of them."""
    start = bisect_left(candidates, first, key=attrgetter("date"))
    return candidates[start : bisect_right(candidates, last, start, key=attrgetter("date"))]
