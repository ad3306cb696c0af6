"""From a forum's cadence to its slots: what should happen in a year, before any rule is applied.

Slots stand in the order of time. A number of meetings is spread over windows: a slot's open days are numbered
from 0, and its ideal is one of them, its middle until `ideals` finds the day on which the forum would meet by
itself. A rhythm has a slot for each cell of the year that has an open day, and a cadence that names days one
for each of them that is held; their ideals are final.
"""

from bisect import bisect_left
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple, Self

from kultursam.dates.holidays import DAY, days_between
from kultursam.dates.recurrence import Recurrence, Span, best_day, cells, how_closed, place, reaches
from kultursam.dates.turns import Turns
from kultursam.forumfile.cadence import NamedDays, Rhythm
from kultursam.forumfile.calendar_models import Active
from kultursam.forumfile.meeting_models import Window
from kultursam.forumfile.models import Forum, planned_number, share
from kultursam.forumfile.planning_year import PlanningYear


class WindowsError(ValueError):
    """The windows of a forum cannot hold the meetings of a year."""


class Turn(NamedTuple):
    """The weekday whose turn it is, of those that take turns."""

    weekday: int
    rotation: tuple[int, ...]

    def suits(self, day: date) -> bool:
        """Return whether it is the turn of no other weekday than a day's."""
        return day.weekday() == self.weekday or day.weekday() not in self.rotation


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the year for one meeting of a forum."""

    first: date
    last: date
    """The window it lies in, both ends counted."""
    ideal: date
    open_days: tuple[date, ...] | None
    """The working days of the window, less what a must-rule closes; None where the cadence names the day."""
    ideal_index: int
    held: date | None = None
    """Where the cadence names the ideal: the day that its meeting is held on, the ideal if that is open."""
    follows: bool = False
    """Whether it is for a meeting of another forum: then it has no ideal, and any day is as good."""
    spare: bool = False
    """Whether it may stay empty."""
    turn: Turn | None = None
    """Whose turn it is, where weekdays take turns."""

    @property
    def nominal(self) -> bool:
        """Return whether the cadence names the day."""
        return self.open_days is None

    @property
    def expected(self) -> date:
        """Return the day on which the meeting is held if no other forum matters."""
        return self.held or self.ideal

    def distance(self, day: date) -> int:
        """Return the open days (for a named day the days) from the ideal to a day; negative before it."""
        if self.open_days is None:
            return (day - self.ideal).days
        return bisect_left(self.open_days, day) - self.ideal_index

    def with_ideal(self, ideal: date) -> Self:
        """Return the slot with another of its open days as its ideal."""
        return replace(self, ideal=ideal, ideal_index=self.ideal_index + self.distance(ideal))

    def around(self, distance: int) -> tuple[date, date]:
        """Return the first and the last day of the window that lie no farther from the ideal."""
        if self.open_days is None:
            reach = timedelta(days=distance)
            return max(self.first, self.ideal - reach), min(self.last, self.ideal + reach)
        before, after = self.ideal_index - distance - 1, self.ideal_index + distance
        first = self.open_days[before] + timedelta(days=1) if before >= 0 else self.first
        return first, self.open_days[after] if after < len(self.open_days) else self.last

    def holds(self, day: date) -> bool:
        """Return whether a day lies in the slot's window."""
        return self.first <= day <= self.last

    def is_in_turn(self, day: date) -> bool:
        """Return whether it is the turn of no other weekday than a day's."""
        return self.turn is None or self.turn.suits(day)


def default_spacing(number: int) -> int:
    """Return the least days between meetings that a number a year implies: half an even share of the year."""
    return 365 // number // 2 if number else 0


def windows_in(forum: Forum, year: PlanningYear) -> list[tuple[date, date, int]]:
    """Return the windows that begin in a year, in order: first day, last day, number of meetings.

    Meetings of several days begin by the last day, and are over when the window is.
    Raise `WindowsError` where they cannot hold the meetings of that year.
    """
    number = planned_number(forum)
    if not number:
        return []
    if not forum.windows:
        return [(year.first, year.last - _further_days(forum), number)]
    spans = [
        (span[0], span[1] - _further_days(forum, window), window.meetings)
        for window in forum.windows
        if (span := window.within(year))
    ]
    spans.sort(key=lambda span: span[:2])
    shares, problem = share(number, [asked for _, _, asked in spans])
    if spans and problem:
        raise WindowsError(problem)
    return [(first, last, count) for (first, last, _), count in zip(spans, shares, strict=False)]


@dataclass(frozen=True, slots=True)
class OpenDays:
    """What of a year's days is open for a forum."""

    closed: Container[date]
    """Days on which a must-rule lets no meeting begin, whatever weekday they are."""
    steps: Mapping[date, int]
    """The days on which a meeting may begin by their weekdays, and how far down the list each is."""
    working: Collection[date]
    """The working days, those of the weekdays on which the forum meets among them."""
    rotations: Mapping[date, tuple[int, ...]] = field(default_factory=dict)
    """The days on which weekdays take turns, with these in order."""
    before: Sequence[date] = ()
    """The dates of the meetings of the year before, in order of time."""

    def __contains__(self, day: date) -> bool:
        return day in self.steps and day not in self.closed

    def within(self, first: date, last: date) -> tuple[date, ...]:
        """Return the working days of a span that no must-rule closes, also those of other weekdays."""
        every = days_between(first, last)
        return tuple(day for day in every if day in self.working and day not in self.closed)

    def step(self, day: date) -> int | None:
        """Return how far down its list of weekdays a day is; None if no meeting begins on it."""
        return self.steps.get(day)


@dataclass(frozen=True, slots=True)
class Slots:
    """What should happen in a year: the slots, and the parts of the cadence that have none."""

    slots: tuple[Slot, ...]
    missing: tuple[Span, ...] = ()
    """Named days, and cells of a rhythm, that no meeting is held on: they are closed."""
    unlinked: tuple[Span, ...] = ()
    """Days of meetings that are left out, for a forum that they need cannot meet when it would have to."""
    moves: bool = False
    """Whether each meeting is to be held, on another day if need be: none may be left out."""


def slots(forum: Forum, year: PlanningYear, days: OpenDays) -> Slots:
    """Return a forum's slots in a year, those of a number of meetings with their middles as ideals.

    Meeting k of n in a window of t open days has its middle at open day ⌊t·(2k−1)/(2n)⌋.
    A forum that begins or ends within the year has the slots whose ideals lie in its life.
    """
    active = forum.active or Active()
    life = Span(active.from_ or date.min, active.to or date.max)
    every: list[Slot | Span]
    if isinstance(forum.cadence, NamedDays):
        recurrence = Recurrence.of(forum.cadence, forum)
        every = list(_named(forum, recurrence, year, days))
    elif isinstance(forum.cadence, Rhythm):
        every = list(_of_cells(forum, forum.cadence, year, days, life))
    else:
        even = (slot for window in windows_in(forum, year) for slot in _even(*window, days))
        every = [*_in_turn((slot for slot in even if slot.ideal in life), days)]
    return Slots(
        tuple(slot for slot in every if isinstance(slot, Slot) and slot.ideal in life),
        tuple(gap for gap in every if isinstance(gap, Span) and gap.first in life and gap.last in life),
        moves=isinstance(forum.cadence, NamedDays) and how_closed(forum.cadence, forum) == "move",
    )


class _Rotations:
    """The weekdays that take turns in a year, those of each window by themselves."""

    def __init__(self, days: OpenDays) -> None:
        self._days = days
        self._turns: dict[tuple[int, ...], Turns[int]] = {}

    def on(self, open_days: Iterable[date]) -> dict[date, Turn | None]:
        """Return whose turn it is on each of the open days of a slot; None where no weekdays take turns.

        A weekday that is closed on all of them gives way to the next, and has its turn after that.
        """
        by_rotation: dict[tuple[int, ...], list[date]] = {}
        for day in open_days:
            by_rotation.setdefault(self._days.rotations.get(day, ()), []).append(day)
        turns = {rotation: self._turn(rotation, days) for rotation, days in by_rotation.items()}
        return {day: turns[rotation] for rotation, days in by_rotation.items() for day in days}

    def _turn(self, rotation: tuple[int, ...], open_days: Iterable[date]) -> Turn | None:
        if not rotation:
            return None
        if rotation not in self._turns:
            self._turns[rotation] = Turns.after(rotation, [one.weekday() for one in self._days.before])
        meets_on = {one.weekday() for one in open_days if self._days.step(one) is not None}
        return Turn(self._turns[rotation].next(meets_on.__contains__), rotation)

    def had(self, turn: Turn | None) -> None:
        """Let a weekday have had its turn."""
        if turn:
            self._turns[turn.rotation].had(turn.weekday)


def _in_turn(slots: Iterable[Slot], days: OpenDays) -> Iterator[Slot]:
    """Yield slots with the weekdays whose turns they are, where these take turns."""
    rotations = _Rotations(days)
    for slot in slots:
        turn = next(iter(rotations.on(slot.open_days or ()).values()), None)
        rotations.had(turn)
        yield replace(slot, turn=turn)


def _even(first: date, last: date, number: int, days: OpenDays) -> Iterator[Slot]:
    open_days = days.within(first, last)
    for k in range(1, number + 1):
        index = len(open_days) * (2 * k - 1) // (2 * number)
        yield Slot(first, last, open_days[index] if open_days else first, open_days, index)


def _named(forum: Forum, recurrence: Recurrence, year: PlanningYear, days: OpenDays) -> Iterator[Slot | Span]:
    """Yield the slots of named days, from half-way to the one before to half-way to the next."""
    span, latest = Span(year.first, year.last), _latest(forum, year)

    def is_open(day: date) -> bool:
        # Where intervals are counted anew, it is asked for days of the year before too.
        return day in days and (day <= latest if day in year else day <= _latest(forum, year.later(-1)))

    placed = place(recurrence, span, is_open, forum.when_closed)
    named = [one.named for one in placed]
    for one, reach in zip(placed, reaches(named, span), strict=True):
        if one.held:
            yield Slot(reach.first, min(reach.last, latest), one.named, None, 0, one.held)
        else:
            yield Span(one.named, one.named)


def _latest(forum: Forum, year: PlanningYear) -> date:
    """Return the last day of a year on which a meeting may begin: it is over when the year is."""
    last_days = [year.last - before * DAY for before in reversed(range(forum.longest))]
    leaving = (day for day in last_days if day + _further_days(forum.on(day)) > year.last)
    return next(leaving, year.last + DAY) - DAY


def _of_cells(
    forum: Forum, rhythm: Rhythm, year: PlanningYear, days: OpenDays, life: Span
) -> Iterator[Slot | Span]:
    """Yield the slot of each cell; a cell outside all windows has none, and none is missing."""
    windows, rotations = _spans_of(forum, year), _Rotations(days)
    for cell in cells(rhythm, Span(year.first, year.last)):
        parts = [Span(max(cell.first, one.first), min(cell.last, one.last)) for one in windows]
        parts = [part for part in parts if part.first <= part.last]
        if not parts:
            continue
        of_parts = [days.within(part.first, part.last) for part in parts]
        turns = rotations.on(day for open_days in of_parts for day in open_days)
        ideal = best_day(rhythm, sorted(turns), partial(_step_in_turn, days, turns))
        if ideal is None:
            yield Span(parts[0].first, parts[-1].last)
        else:
            within = next(open_days for open_days in of_parts if ideal in open_days)
            own = next(part for part in parts if ideal in part)
            if ideal in life:
                rotations.had(turns[ideal])
            slot = Slot(own.first, own.last, ideal, within, within.index(ideal), ideal)
            yield replace(slot, turn=turns[ideal])


def _step_in_turn(days: OpenDays, turns: Mapping[date, Turn | None], day: date) -> int | None:
    """Return how far down its list of weekdays a day is; None if it is another one's turn."""
    turn = turns[day]
    return days.step(day) if turn is None or turn.suits(day) else None


def _spans_of(forum: Forum, year: PlanningYear) -> Sequence[Span]:
    """Return what of a year lies in windows, in order; the year if none are written.

    A meeting that begins in it is over when the window and the year are.
    """
    if not forum.windows:
        return [Span(year.first, year.last - _further_days(forum))]
    spans = [
        Span(span[0], min(span[1], year.last) - _further_days(forum, window))
        for start in (year.later(-1), year)
        for window in forum.windows
        if (span := window.within(start))
    ]
    return sorted((span for span in spans if span.first <= span.last), key=lambda span: span.first)


def _further_days(forum: Forum, window: Window | None = None) -> timedelta:
    """Return how long after its first day a meeting's last one is, of those in a window."""
    return timedelta(days=((window.days if window else None) or forum.days) - 1)
