"""What a rule reads and returns: the year, a schedule of meetings, the planner's model, effects."""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple, Self, TypeVar
from zoneinfo import ZoneInfo

from kultursam.dates.busy_calendars import Event
from kultursam.dates.holidays import DAY, Holidays
from kultursam.dates.recurrence import Span
from kultursam.dates.slots import Slot
from kultursam.dates.wishes import Wish
from kultursam.forumfile.models import Forum
from kultursam.forumfile.planning_year import PlanningYear
from kultursam.forumfile.register import Hindrances, Register
from kultursam.forumfile.values import MINUTES_A_DAY, WHOLE_DAY, Strength, TimeSpan
from kultursam.forumfile.yaml_source import Where
from kultursam.plans.model import Meeting, Origin, by_forum

PREFER_POINTS = 9
"""What a broken prefer-rule costs: as much as a step down the list of weekdays."""

RuleKey = tuple[str, Where]
"""A rule's id and the place in the forum file that asks for it."""
Costs = tuple[int, int, int, int]
"""What a column costs in each stage of the objective."""
Terms = list[tuple[int, float]]
Key = TypeVar("Key")
Value = TypeVar("Value")


def grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    """Return the values of each key, both in their order."""
    groups: dict[Key, list[Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


@dataclass(frozen=True, slots=True)
class Effect:
    """What one rule has against a day or a meeting: it breaks the rule, or costs points by it."""

    rule: str
    strength: Strength
    origin: Where
    """The place in the forum file that asks for the rule."""
    sentence: str
    """A message to translate, with fields for `args`."""
    args: Mapping[str, Any] = field(default_factory=dict)
    touched: int = 0
    """The organisations affected: the trouble that a broken should-rule counts."""
    points: int = 0

    @property
    def key(self) -> RuleKey:
        """The rule's id and its place in the forum file."""
        return self.rule, self.origin

    @property
    def trouble(self) -> int:
        """The organisations affected where this breaks a medium constraint, else 0."""
        return self.touched if self.strength == "should" else 0


def violation(
    rule: str, strength: Strength, origin: Where, sentence: str, touched: int, **args: object
) -> Effect:
    """Return the effect of a broken rule: a hard, a medium or a soft constraint, by its strength."""
    points = PREFER_POINTS if strength == "prefer" else 0
    return Effect(rule, strength, origin, sentence, args, touched, points)


@dataclass(frozen=True, slots=True)
class YearContext:
    """A year before its days are evaluated: first to last, both counted."""

    register: Register
    year: int
    first: date
    last: date
    calendar: Holidays
    """The days off of the file's country."""
    calendars: Mapping[str, Holidays] = field(default_factory=dict)
    """The days off of the countries of organisations, by code."""
    events: Mapping[str, Sequence[Event]] = field(default_factory=dict)
    """The events of other bodies' calendar files, by the path in the forum file."""
    wishes: Mapping[str, Sequence[Wish]] = field(default_factory=dict)
    """What organisations answered to polls, by the path in the forum file."""
    neighbours: Mapping[str, Sequence[date]] = field(default_factory=dict)
    """The dates of the meetings of the neighbouring years, by forum."""
    ignored: frozenset[RuleKey] = frozenset()
    """Rules left out, to find which of them are infeasible together."""
    weighed_from: date = date.min
    """Meetings before it are history: what they break is nobody's concern."""
    decided: Mapping[str, Sequence[Meeting]] = field(default_factory=dict)
    """The year's fixed meetings of forums that are for each of another's, and of those others."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """By forum: how many of the year's first slots are left out, as their even places are history."""

    recorded: Mapping[str, Container[date]] = field(default_factory=dict)
    """By forum whose weekdays take turns: the dates that are decided or planned already."""
    rooms_used: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By forum: the rooms that its recorded meetings are in; its own room may be another."""

    @property
    def planning_year(self) -> PlanningYear:
        """The days of the year itself."""
        return self.register.planning_year(self.year)

    def holds(self, rule: str, origin: Where) -> bool:
        """Return whether a rule is in force."""
        return (rule, origin) not in self.ignored

    def forum(self, forum: str) -> Forum:
        """Return a forum of the file."""
        return self.register.forums[forum]

    def forum_on(self, forum: str, day: date) -> Forum:
        """Return a forum as its meeting on a day has it."""
        return self.register.forums[forum].on(day)

    def calendars_of(self, forum: str) -> list[tuple[str, Holidays, Sequence[str]]]:
        """Return the countries of a forum's organisations, with their days off and who these are.

        The file's own country has no name.
        """
        bodies = self.register.file.organisations
        by_code = grouped((bodies[key].country or "", key) for key in self.register.organisations[forum])
        return [(code, self.calendars.get(code, self.calendar), keys) for code, keys in by_code.items()]

    def weekend(self, forum: str) -> frozenset[int]:
        """Return the weekdays that are off every week for some of a forum's organisations."""
        return frozenset().union(*(calendar.weekend for _, calendar, _ in self.calendars_of(forum)))

    def buffer_minutes(self, forum: str) -> int:
        """Return the minutes of travel around a forum's meetings: its own, else those of the file."""
        own = self.forum(forum).buffer_minutes
        return self.register.file.buffer_minutes if own is None else own

    def meeting_on(self, forum: str, day: date) -> "Candidate":
        """Return a meeting of a forum that begins on a day, at its usual times."""
        return Candidate(-1, forum, day, slot=None, fixed=False, **self.forum_on(forum, day).times)

    def sittings(self, meeting: "Meeting | Candidate") -> "Sittings":
        """Return the days that a meeting takes, in the file's zone, with its hours on each."""
        return sittings_of(meeting, self.register.file.timezone)

    def overlap(
        self, first: "Meeting | Candidate", second: "Meeting | Candidate", buffer_minutes: int = 0
    ) -> bool:
        """Return whether two meetings overlap, or leave less than the buffer between them on a day."""
        return any(
            day == other and overlap(hours, beside, buffer_minutes)
            for (day, hours), (other, beside) in product(self.sittings(first), self.sittings(second))
        )

    def size(self, forum: str) -> int:
        """Return the number of a forum's member organisations that take part at some time of the year."""
        organisations = self.register.organisations[forum]
        if self.register.temporary.isdisjoint(organisations):
            return len(organisations)
        first, last = self.planning_year.first, self.planning_year.last
        return sum(self.register.life(key).meets(first, last) for key in organisations)

    def present(self, organisations: Collection[str], day: date) -> int:
        """Return how many of some organisations take part in what is held on a day."""
        if self.register.temporary.isdisjoint(organisations):
            return len(organisations)
        return sum(self.register.takes_part(key, day) for key in organisations)

    def hindered(self, hindrances: Hindrances, day: date) -> tuple[Strength, int] | None:
        """Return how firmly meetings are kept off a day, and how many organisations that touches, if any."""
        for strength, organisations in hindrances:
            if present := self.present(organisations, day):
                return strength, present
        return None

    def observing(self, forum: str, organisations: Collection[str], day: date) -> int:
        """Return how many of a forum's organisations of one country a day off touches.

        A day on which none of the forum's takes part is off as it would be for all of them.
        """
        return self.present(organisations, day) or (0 if self.size_on(forum, day) else len(organisations))

    def size_on(self, forum: str, day: date) -> int:
        """Return the number of a forum's member organisations that take part on a day."""
        return self.present(self.register.organisations[forum], day)


@dataclass(frozen=True, slots=True)
class EvaluatedYear:
    """A year with its days evaluated for each forum, and the slots to fill."""

    context: YearContext
    effects: Mapping[str, Mapping[date, tuple[Effect, ...]]]
    """By forum and day: the effects that hold whatever else is planned. Days without effects are left out."""
    slots: Mapping[str, tuple[Slot, ...]]
    """By forum that is planned here, in order of time."""
    missing: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    """By forum: named days, and cells of a rhythm, that no meeting is held on, for they are closed."""
    unlinked: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    """By forum: days of meetings that are left out, for a forum that they need cannot meet then."""
    counted: Mapping[str, Sequence[date]] = field(default_factory=dict)
    """By forum whose meetings are to lie so near each other: the days that count, for three years."""

    @property
    def register(self) -> Register:
        """The forum file."""
        return self.context.register

    def on(self, forum: str, day: date) -> tuple[Effect, ...]:
        """Return the effects of the day itself for a forum."""
        return self.effects.get(forum, {}).get(day, ())

    def restricted_to(self, forums: Iterable[str]) -> Self:
        """Return the year of some forums alone."""
        forums = list(forums)
        neighbours = {forum: days for forum in forums if (days := self.context.neighbours.get(forum))}
        context = replace(self.context, register=self.register.restricted_to(forums), neighbours=neighbours)
        effects = {forum: self.effects[forum] for forum in forums if forum in self.effects}
        slots = {forum: self.slots[forum] for forum in forums if forum in self.slots}
        counted = {forum: self.counted[forum] for forum in forums if forum in self.counted}
        return type(self)(context, effects, slots, counted=counted)

    def closed(self, forum: str, day: date) -> bool:
        """Return whether a hard constraint closes a day for a forum."""
        return any(effect.strength == "must" for effect in self.on(forum, day))


@dataclass(frozen=True, slots=True)
class Schedule:
    """Live meetings by forum, in order of time: those of the year, and those of the neighbouring years."""

    year: int
    meetings: Mapping[str, Sequence[Meeting]]
    neighbours: Mapping[str, Sequence[Meeting]]
    compared: Container[date] | None = None
    """The days on which meetings are compared pair by pair; all of them if None."""

    @classmethod
    def of(
        cls,
        year: int,
        meetings: Iterable[Meeting],
        neighbours: Iterable[Meeting] = (),
        compared: Container[date] | None = None,
    ) -> Self:
        """Return the schedule of some meetings, the cancelled ones left out."""
        in_order = (sorted((x for x in some if x.live), key=moment) for some in (meetings, neighbours))
        ours, beside = map(by_forum, in_order)
        return cls(year, ours, beside, compared)

    def of_year(self, forum: str) -> Sequence[Meeting]:
        """Return the year's meetings of a forum."""
        return self.meetings.get(forum, ())

    def planned_in(self, year: EvaluatedYear) -> list[str]:
        """Return the forums with meetings this year that are planned here."""
        return [forum for forum in self.meetings if forum in year.slots]

    def around(self, forum: str) -> list[Meeting]:
        """Return the meetings of a forum in this and the neighbouring years, in order of time."""
        return sorted((*self.meetings.get(forum, ()), *self.neighbours.get(forum, ())), key=moment)


def fills_slot(meeting: Meeting) -> bool:
    """Return whether a meeting takes one of its forum's slots: one that a person cancelled still does."""
    return meeting.origin in {Origin.PLANNED, Origin.RESERVED} and (meeting.live or meeting.decided)


def moment(meeting: Meeting) -> tuple[date, time, str]:
    """Return the key that sorts meetings by time."""
    return meeting.date, meeting.start, meeting.id


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate date of a meeting: a 0-1 variable (column) of the planner's model."""

    column: int
    forum: str
    date: date
    start: time
    end: time
    slot: int | None
    """The slot that it fills; None for a meeting that no cadence asked for."""
    fixed: bool
    """Whether the meeting is fixed: its date is not for the planner to choose."""
    of_year: bool = True
    """Whether it belongs to the year that is planned, not to a neighbouring one."""
    days: int = 1
    last_day: TimeSpan | None = None
    timezone: str | None = None
    origin: Origin = Origin.PLANNED
    forced: tuple[str, ...] = ()
    """The must-rules that a person knowingly broke for it: no other meeting moves to restore them."""
    meeting: str = ""
    """The id of a fixed meeting, which may have a candidate for each slot that it may fill."""
    place: str | None = None
    """Where a fixed meeting is held; others are where their forum meets."""


class Row(NamedTuple):
    """A linear constraint: a weighted sum of columns, and what it may be at least and at most."""

    terms: Terms
    lower: float | None
    upper: float | None


@dataclass(slots=True)
class Model:
    """The planner's 0-1 model: columns with bounds and costs, and rows."""

    costs: list[Costs] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integral: list[bool] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    by_forum: dict[str, list[Candidate]] = field(default_factory=dict)
    """The candidates of each forum by date, in the order of the file."""
    by_day: dict[tuple[str, date], list[Candidate]] = field(default_factory=dict)
    cancelled: dict[tuple[str, int], list[Candidate]] = field(default_factory=dict)
    spare: dict[tuple[str, int], Candidate] = field(default_factory=dict)
    """By forum and slot that may stay empty: what is taken then, with the last of all dates."""
    priced: bool = True
    """Whether costs are weighed; a model without prices asks only whether hard constraints can hold."""
    pooled: set[str] = field(default_factory=set)
    """The forums whose candidates stand for any slot of their window, not for one: without prices."""

    def candidates(self, forum: str) -> Sequence[Candidate]:
        """Return a forum's candidates by date."""
        return self.by_forum.get(forum, ())

    def on(self, forum: str, day: date) -> Sequence[Candidate]:
        """Return a forum's candidates on a day."""
        return self.by_day.get((forum, day), ())

    def idle(self, forum: str, slot: int) -> Sequence[Candidate]:
        """Return the cancelled meetings that may take a slot: one that does leaves it without a meeting."""
        return self.cancelled.get((forum, slot), ())

    def unfilled(self, forum: str, slot: int) -> Sequence[Candidate]:
        """Return what may leave a slot without a meeting."""
        spare = self.spare.get((forum, slot))
        return (*self.idle(forum, slot), spare) if spare else self.idle(forum, slot)

    def add(self, candidate: Candidate) -> None:
        """Let the rules see a candidate whose column exists."""
        self.by_forum.setdefault(candidate.forum, []).append(candidate)
        self.by_day.setdefault((candidate.forum, candidate.date), []).append(candidate)

    def binary(self, costs: Costs, *, lower: int = 0) -> int:
        """Add a 0-1 column with its cost in each stage; return its number."""
        return self._column(costs, lower, 1, integral=True)

    def column(self, points: int, *, should: int = 0, upper: float = 1) -> int:
        """Add an auxiliary column with its price; it is integral wherever the candidates are."""
        return self._column((0, 0, should, points), 0, upper, integral=False)

    def _column(self, costs: Costs, lower: float, upper: float, *, integral: bool) -> int:
        self.costs.append(costs)
        self.lower.append(lower)
        self.upper.append(upper)
        self.integral.append(integral)
        return len(self.costs) - 1

    def row(
        self, terms: Iterable[tuple[int, float]], *, lower: float | None = None, upper: float | None = None
    ) -> None:
        """Add a row: lower ≤ Σ coefficient · column ≤ upper."""
        self.rows.append(Row(list(terms), lower, upper))

    def forbid(self, candidate: Candidate) -> None:
        """Fix a candidate at 0, unless its meeting is fixed."""
        if not candidate.fixed:
            self.upper[candidate.column] = 0

    def at_most_one(self, candidates: Sequence[Candidate]) -> None:
        """Let at most one of a clique of candidates stand; fixed meetings stand in any case."""
        if any(candidate.fixed for candidate in candidates):
            for candidate in candidates:
                self.forbid(candidate)
        else:
            self.row([(candidate.column, 1.0) for candidate in candidates], upper=1)

    def asks(self, strength: Strength) -> bool:
        """Return whether a rule of a strength matters to the model."""
        return self.priced or strength == "must"

    def slack(self, strength: Strength, touched: int, *, fixed: bool, forced: bool = False) -> list[int]:
        """Add the column that pays for breaking a rule; none for a hard constraint on movable meetings.

        A fixed meeting may break a hard constraint; one that a person forced breaks it at no cost.
        """
        if strength == "should":
            return [self.binary((0, 0, touched, 0))]
        if strength == "prefer":
            return [self.binary((0, 0, 0, PREFER_POINTS))]
        return [self.binary((int(not forced), 0, 0, 0))] if fixed else []

    def copy(self) -> Self:
        """Return the model with columns and rows of its own: more can be added to it."""
        return replace(
            self,
            costs=[*self.costs],
            lower=[*self.lower],
            upper=[*self.upper],
            integral=[*self.integral],
            rows=[*self.rows],
        )

    def restricted(self, rows: Iterable[Row] = (), excluded: Iterable[int] = ()) -> Self:
        """Return the model with further rows, and less some columns and the rows that then always hold."""
        left_out = {column for column in excluded if not self.lower[column]}
        if not left_out:
            return replace(self, rows=[*self.rows, *rows])
        upper = [0 if column in left_out else most for column, most in enumerate(self.upper)]
        kept = []
        for row in (*self.rows, *rows):
            shorter = row._replace(terms=[term for term in row.terms if term[0] not in left_out])
            if len(shorter.terms) == len(row.terms) or not self._always_holds(shorter):
                kept.append(shorter)
        return replace(self, rows=kept, upper=upper)

    def _always_holds(self, row: Row) -> bool:
        """Return whether a row of at most one column bounds nothing."""
        if row.lower is not None or row.upper is None or len(row.terms) > 1:
            return False
        return sum(max(0, factor * self.upper[column]) for column, factor in row.terms) <= row.upper


def common_forums(
    participants: Mapping[str, Iterable[Key]], forums: Iterable[str]
) -> dict[Key, tuple[str, ...]]:
    """Return, for each participant, those of some forums that it takes part in, in their order."""
    forums_of = grouped((key, forum) for forum in forums for key in participants.get(forum, ()))
    return {key: tuple(in_order) for key, in_order in forums_of.items()}


class Hours(NamedTuple):
    """The minutes of a day that a forum's meeting takes, from midnight; the end is not counted."""

    forum: str
    start: int
    end: int


Sittings = Sequence[tuple[date, Hours]]
"""The days that a meeting takes, in the forum file's zone, with its hours on each."""


def overlap(first: Hours, second: Hours, buffer_minutes: int = 0) -> bool:
    """Return whether two meetings overlap on a day, or leave less than the buffer between them."""
    return first.start < second.end + buffer_minutes and second.start < first.end + buffer_minutes


@lru_cache
def _spans(start: time, end: time, days: int, last_day: TimeSpan | None) -> Sequence[tuple[int, int]]:
    """Return when a meeting begins and ends on each of its days, in minutes from its first midnight.

    Where days end at midnight and the last begins then, it goes on through the nights and all days between.
    """
    usual = TimeSpan(start, end)
    goes_on = last_day and last_day.start == end == time()
    spans = [usual, *[WHOLE_DAY if goes_on else usual] * (days - 1)]
    spans[-1] = last_day or spans[-1]
    return [
        (begin + day * MINUTES_A_DAY, finish + day * MINUTES_A_DAY)
        for day, (begin, finish) in enumerate(span.minutes for span in spans)
    ]


def _moved(day: date, minutes: int, zone: str, into: str) -> int:
    """Return a time, in minutes from the midnight of a day, as the clocks of another zone show it then."""
    local = datetime.combine(day, time()) + timedelta(minutes=minutes)
    there = local.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo(into)).replace(tzinfo=None)
    return (there - datetime.combine(day, time())) // timedelta(minutes=1)


def sittings_of(meeting: Meeting | Candidate, zone: str) -> Sittings:
    """Return the days that a meeting takes in a zone, with its hours on each, split at midnight."""
    spans = _spans(meeting.start, meeting.end, meeting.days, meeting.last_day)
    if meeting.timezone and meeting.timezone != zone:
        moved = ([_moved(meeting.date, each, meeting.timezone, zone) for each in span] for span in spans)
        spans = [(begin, max(begin, finish)) for begin, finish in moved]
    return [
        (
            meeting.date + day * DAY,
            Hours(
                meeting.forum,
                max(begin - day * MINUTES_A_DAY, 0),
                min(finish - day * MINUTES_A_DAY, MINUTES_A_DAY),
            ),
        )
        for begin, finish in spans
        for day in range(begin // MINUTES_A_DAY, -(-finish // MINUTES_A_DAY))
    ]


def days_of(meeting: Meeting | Candidate) -> Sequence[date]:
    """Return the days on which a meeting is held, by its own calendar."""
    return [meeting.date + day * DAY for day in range(meeting.days)]


def share_a_day(first: Meeting | Candidate, second: Meeting | Candidate) -> bool:
    """Return whether two meetings are held on a day in common, each by its own calendar."""
    return first.date <= days_of(second)[-1] and second.date <= days_of(first)[-1]
