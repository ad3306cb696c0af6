"""From a forum's cadence to its slots: what should happen in a year, before any rule is applied.

Slots stand in the order of time. A slot's open days are numbered from 0; its ideal is one of them, and is its
middle until `ideals` finds the day on which the forum would meet by itself.
"""

from bisect import bisect_left
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

from kultursam.dates.holidays import days_between
from kultursam.forumfile.cadence import nominal_dates
from kultursam.forumfile.models import Forum, planned_number, share

NOMINAL_REACH = 7
"""Days that a meeting with a nominal date may lie off it."""


class WindowsError(ValueError):
    """The windows of a forum cannot hold the meetings of a year."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the year for one meeting of a forum."""

    first: date
    last: date
    """The window it lies in, both ends counted."""
    ideal: date
    open_days: tuple[date, ...] | None
    """Monday to Friday in the window, less what a must-rule closes; None for a nominal date."""
    ideal_index: int

    @property
    def nominal(self) -> bool:
        """Return whether a recurrence rule names the date."""
        return self.open_days is None

    def distance(self, day: date) -> int:
        """Return the open days (for a nominal date the days) from the ideal to a day; negative before it."""
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


def default_spacing(number: int) -> int:
    """Return the least days between meetings that a number a year implies: half an even share of the year."""
    return 365 // number // 2 if number else 0


def windows_in(forum: Forum, year: int) -> list[tuple[date, date, int]]:
    """Return the windows that begin in a year, in order: first day, last day, number of meetings.

    Raise `WindowsError` where they cannot hold the meetings of that year.
    """
    number = planned_number(forum)
    if not number:
        return []
    if not forum.windows:
        return [(date(year, 1, 1), date(year, 12, 31), number)]
    spans = [(*span, window.meetings) for window in forum.windows if (span := window.within(year))]
    spans.sort(key=lambda span: span[:2])
    shares, problem = share(number, [asked for _, _, asked in spans])
    if spans and problem:
        raise WindowsError(problem)
    return [(first, last, count) for (first, last, _), count in zip(spans, shares, strict=False)]


def slots(forum: Forum, year: int, closed: Container[date]) -> tuple[Slot, ...]:
    """Return a forum's slots in a year, their middles as ideals; `closed` are the days a must-rule closes.

    Meeting k of n in a window of t open days has its middle at open day ⌊t·(2k−1)/(2n)⌋.
    A forum that begins or ends within the year has the slots whose middles lie in its life.
    """
    if forum.cadence.kind == "rrule":
        every = [_nominal(day) for day in nominal_dates(forum.cadence.rrule, year)]
    else:
        every = [slot for window in windows_in(forum, year) for slot in _even(*window, closed)]
    begins = (forum.active and forum.active.from_) or date.min
    ends = (forum.active and forum.active.to) or date.max
    return tuple(slot for slot in every if begins <= slot.ideal <= ends)


def _even(first: date, last: date, number: int, closed: Container[date]) -> Iterator[Slot]:
    open_days = tuple(day for day in days_between(first, last) if day.weekday() < 5 and day not in closed)
    for k in range(1, number + 1):
        index = len(open_days) * (2 * k - 1) // (2 * number)
        yield Slot(first, last, open_days[index] if open_days else first, open_days, index)


def _nominal(day: date) -> Slot:
    reach = timedelta(days=NOMINAL_REACH)
    return Slot(day - reach, day + reach, day, None, 0)
