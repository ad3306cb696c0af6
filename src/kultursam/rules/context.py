"""What a rule reads and what it answers: the year, a schedule of meetings, and effects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any, Protocol

from kultursam.dates.busy_calendars import Event
from kultursam.dates.holidays import Holidays
from kultursam.dates.slots import Slot
from kultursam.forumfile.models import Forum
from kultursam.forumfile.register import Register
from kultursam.forumfile.values import Strength
from kultursam.forumfile.yaml_source import Where
from kultursam.plans.model import Meeting, Origin, by_forum

PREFER_POINTS = 9
"""What a broken prefer-rule costs: as much as a step down the list of weekdays."""

RuleKey = tuple[str, Where]
"""A rule's id and the place in the forum file that asks for it."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one rule says of a meeting: it breaks the rule, or costs points by it."""

    rule: str
    strength: Strength
    origin: Where
    """The place in the forum file that asks for it."""
    sentence: str
    """A message to translate, with fields for `args`."""
    args: Mapping[str, Any] = field(default_factory=dict)
    touched: int = 0
    """Organisations, counted as trouble where a should-rule is broken."""
    points: int = 0

    @property
    def key(self) -> RuleKey:
        """Name the rule and its place."""
        return self.rule, self.origin

    @property
    def trouble(self) -> int:
        """The organisations that a broken should-rule counts."""
        return self.touched if self.strength == "should" else 0


def violation(
    rule: str, strength: Strength, origin: Where, sentence: str, touched: int, **args: object
) -> Effect:
    """Make the effect of a broken rule: closed by must, counted by should, priced by prefer."""
    points = PREFER_POINTS if strength == "prefer" else 0
    return Effect(rule, strength, origin, sentence, args, touched, points)


@dataclass(frozen=True, slots=True)
class YearContext:
    """A year before its days are weighed: first to last, both counted."""

    register: Register
    year: int
    first: date
    last: date
    calendar: Holidays
    events: Mapping[str, Sequence[Event]] = field(default_factory=dict)
    """What the calendar files of other bodies hold, by their name in the forum file."""
    ignored: frozenset[RuleKey] = frozenset()
    """Rules left out, to find which of them cannot hold together."""

    def holds(self, rule: str, origin: Where) -> bool:
        """Tell whether a rule is to be kept."""
        return (rule, origin) not in self.ignored

    def forum(self, forum: str) -> Forum:
        """Give a forum of the file."""
        return self.register.forums[forum]

    def size(self, forum: str) -> int:
        """Count a forum's member organisations."""
        return len(self.register.organisations[forum])


@dataclass(frozen=True, slots=True)
class EvaluatedYear:
    """A year with its days weighed for each forum, and the places to fill."""

    context: YearContext
    effects: Mapping[str, Mapping[date, tuple[Effect, ...]]]
    """By forum and day: what holds whatever else is planned. Days without effect are left out."""
    slots: Mapping[str, tuple[Slot, ...]]
    """By forum, in order of time; of forums that the planner plans."""

    @property
    def register(self) -> Register:
        """The forum file."""
        return self.context.register

    def on(self, forum: str, day: date) -> tuple[Effect, ...]:
        """Give what the day itself means for a forum."""
        return self.effects.get(forum, {}).get(day, ())

    def restricted_to(self, forums: Iterable[str]) -> EvaluatedYear:
        """Give the year of some forums alone."""
        forums = list(forums)
        context = replace(self.context, register=self.register.restricted_to(forums))
        effects = {forum: self.effects[forum] for forum in forums if forum in self.effects}
        return EvaluatedYear(
            context, effects, {forum: self.slots[forum] for forum in forums if forum in self.slots}
        )

    def closed(self, forum: str, day: date) -> bool:
        """Tell whether a must-rule closes a day for a forum."""
        return any(effect.strength == "must" for effect in self.on(forum, day))


@dataclass(frozen=True, slots=True)
class Schedule:
    """Live meetings by forum, in order of time: those of the year, and those of the years beside it."""

    year: int
    meetings: Mapping[str, tuple[Meeting, ...]]
    neighbours: Mapping[str, tuple[Meeting, ...]]

    @classmethod
    def of(cls, year: int, meetings: Iterable[Meeting], neighbours: Iterable[Meeting] = ()) -> Schedule:
        """Sort meetings by forum and time, leaving the cancelled ones out."""
        return cls(year, _by_forum(meetings), _by_forum(neighbours))

    def of_year(self, forum: str) -> tuple[Meeting, ...]:
        """Give the year's meetings of a forum."""
        return self.meetings.get(forum, ())

    def planned_in(self, year: EvaluatedYear) -> list[str]:
        """Give the forums with meetings this year that the planner plans."""
        return [forum for forum in self.meetings if forum in year.slots]

    def around(self, forum: str) -> list[Meeting]:
        """Give the meetings of a forum in this and the neighbouring years."""
        return sorted((*self.meetings.get(forum, ()), *self.neighbours.get(forum, ())), key=_when)


def _when(meeting: Meeting) -> tuple[date, time, str]:
    return meeting.date, meeting.start, meeting.id


def _by_forum(meetings: Iterable[Meeting]) -> dict[str, tuple[Meeting, ...]]:
    found = by_forum(sorted((one for one in meetings if one.live), key=_when))
    return {forum: tuple(several) for forum, several in found.items()}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A date that a meeting may have: a 0-1 variable of the planner's model."""

    column: int
    forum: str
    date: date
    start: time
    end: time
    slot: int | None
    """The slot that it fills; None for meetings that no cadence asked for."""
    fixed: bool
    """Whether the date is given, not chosen."""
    of_year: bool = True
    """Whether it belongs to the plan of the year, not a neighbour's."""
    origin: Origin = Origin.PLANNED
    forced: tuple[str, ...] = ()
    """The must-rules that a person broke for it knowingly: nothing else moves to mend that."""


class Model(Protocol):
    """What a rule may say to the planner. Columns are 0-1; rows are linear."""

    @property
    def forums(self) -> Sequence[str]:
        """Give the forums that have choices, in the order of the file."""

    def candidates(self, forum: str) -> Sequence[Candidate]:
        """Give a forum's choices by date."""

    def on(self, forum: str, day: date) -> Sequence[Candidate]:
        """Give a forum's choices on a day."""

    def idle(self, forum: str, slot: int) -> Sequence[Candidate]:
        """Give the cancelled meetings that may take a slot: one that does leaves it without a meeting."""

    def column(self, *, should: int = 0, points: int = 0, broken: int = 0, upper: float = 1) -> int:
        """Add a column of its own with its costs; its value is whole wherever the choices are."""

    def row(
        self, terms: Iterable[tuple[int, float]], *, least: float | None = None, most: float | None = None
    ) -> None:
        """Bound a sum of columns."""

    def forbid(self, candidate: Candidate) -> None:
        """Rule a choice out; a given one stays."""

    def at_most_one(self, candidates: Iterable[Candidate]) -> None:
        """Let no two of these stand together; given ones that do are left."""

    def slack(self, strength: Strength, touched: int, *, fixed: bool, forced: bool = False) -> list[int]:
        """Add what breaking a rule costs: a column, or none where a must-rule meets no given meeting.

        Where a person forced it, it costs nothing.
        """


def overlap(start: time, end: time, other_start: time, other_end: time, buffer_minutes: int = 0) -> bool:
    """Tell whether two spans of one day overlap, or leave less than the buffer between them."""
    first = _minutes(start), _minutes(end) + buffer_minutes
    second = _minutes(other_start), _minutes(other_end) + buffer_minutes
    return first[0] < second[1] and second[0] < first[1]


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
