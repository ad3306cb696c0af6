"""What a cadence names in a planning year: days, by recurrence rules, or the cells of a rhythm.

Ranges of days are closed: both ends count. A planning year is given by its first and last day.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import dropwhile, pairwise, takewhile
from typing import Self

from dateutil.relativedelta import relativedelta

from kultursam.forumfile.cadence import NamedDays, Rhythm, number_of_cells
from kultursam.forumfile.models import Forum
from kultursam.forumfile.recurrence_rules import days_named, interval, is_weekly, without_interval
from kultursam.forumfile.values import WhenClosed

DAY, WEEK = timedelta(days=1), timedelta(days=7)
LOOK_BACK = timedelta(days=366)
"""How long before a planning year breaks are looked for that the interval is counted anew after."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from first to last: a planning year, or a cell of it."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.last - self.first).days + 1


# --- rhythms ----------------------------------------------------------------------------------------


def cells(rhythm: Rhythm, year: Span) -> tuple[Span, ...]:
    """Return the cells of a rhythm in a planning year, in order.

    Weeks are ISO weeks: those with their Thursday in the year, cut to it, so that each belongs to one year.
    Months are counted from the year's first day. What is left at the end is a cell if it is longer than half
    of one, else the last cell is so much longer.
    """
    starts = _weeks(year) if rhythm.unit == "week" else _months(year)
    count = number_of_cells(len(starts) - 1, rhythm.length)
    bounds = [*starts[: count * rhythm.length : rhythm.length], starts[-1]]
    whole = (Span(max(first, year.first), min(after - DAY, year.last)) for first, after in pairwise(bounds))
    return tuple(part for cell in whole for part in _divided(cell, rhythm.meetings))


def _weeks(year: Span) -> list[date]:
    """Return the Mondays of the weeks with their Thursday in a year, and the Monday after them."""
    thursday = year.first + (3 - year.first.weekday()) % 7 * DAY
    weeks = (year.last - thursday).days // 7 + 1
    return [thursday - 3 * DAY + week * WEEK for week in range(weeks + 1)]


def _months(year: Span) -> list[date]:
    """Return the first days of the months of a year, and the day after them."""
    days = (year.first + relativedelta(months=month) for month in range(12))
    return [*days, year.last + DAY]


def _divided(cell: Span, parts: int) -> Iterator[Span]:
    """Yield equal parts of a cell, but for a day."""
    bounds = [cell.first + cell.days * part // parts * DAY for part in range(parts + 1)]
    return (Span(first, after - DAY) for first, after in pairwise(bounds))


def best_day(rhythm: Rhythm, open_days: Sequence[date], step: Callable[[date], int | None]) -> date | None:
    """Return the day that a rhythm has of the open days of a cell, None if there is none to have.

    It is the one wanted first: `step` returns how far down the list of weekdays a day is, None if it is not
    there. Of equals it is the first; in cells of months the one nearest the middle.
    """
    wanted = {day: rank for day in open_days if (rank := step(day)) is not None}
    middle = len(open_days) // 2 if rhythm.unit == "month" else 0
    index = {day: position for position, day in enumerate(open_days)}
    return min(wanted, key=lambda day: (wanted[day], abs(index[day] - middle), day), default=None)


# --- named days -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The days that rules name, and what a person changed of them."""

    rules: tuple[str, ...]
    starting: date | None = None
    """The first of them, that intervals are counted from; else from the first day of each planning year."""
    left_out: Collection[date] = ()
    instead: Mapping[date, date] = field(default_factory=dict)

    @classmethod
    def of(cls, cadence: NamedDays, forum: Forum) -> Self:
        """Return the recurrence of a forum."""
        instead = {exchange.of: exchange.on for exchange in forum.instead}
        return cls(cadence.rules, forum.starting, forum.except_, instead)


@dataclass(frozen=True, slots=True)
class Placement:
    """A named day, and the day that its meeting is held on; None if there is none that time."""

    named: date
    held: date | None


IsOpen = Callable[[date], bool]


def named_days(recurrence: Recurrence, year: Span) -> tuple[date, ...]:
    """Return the days that are named in a planning year, in order."""
    days = {day for rule in recurrence.rules for day in _named_by(rule, recurrence.starting, year)}
    return tuple(sorted(_changed(recurrence, year, days)))


def _named_by(rule: str, starting: date | None, year: Span) -> Iterator[date]:
    named = dropwhile(lambda day: day < year.first, days_named(rule, starting or year.first))
    return takewhile(lambda day: day <= year.last, named)


def _changed(recurrence: Recurrence, year: Span, days: Iterable[date]) -> set[date]:
    """Return named days without those left out, and with those that others were exchanged for."""
    kept = {recurrence.instead.get(day, day) for day in days if day not in recurrence.left_out}
    return {day for day in kept if day in year}


def how_closed(cadence: NamedDays, forum: Forum) -> WhenClosed:
    """Return what becomes of closed days; unless it is said, days of every week are skipped, others moved."""
    return forum.when_closed or default_when_closed(cadence.rules)


def default_when_closed(rules: Iterable[str]) -> WhenClosed:
    """Return what becomes of closed days unless it is said."""
    return "skip" if any(is_weekly(rule) for rule in rules) else "move"


def place(
    recurrence: Recurrence, year: Span, is_open: IsOpen, when_closed: WhenClosed | None = None
) -> tuple[Placement, ...]:
    """Return the named days of a planning year, in order, each with the day that it is held on.

    A day that is open is held. `is_open` is asked for days of the year, and where intervals are counted anew
    after a break, for those up to `LOOK_BACK` before it.
    """
    how = when_closed or default_when_closed(recurrence.rules)
    if how == "restart":
        return tuple(_restarted(recurrence, year, is_open))
    named = named_days(recurrence, year)
    if how == "move":
        barred = {*recurrence.left_out, *recurrence.instead}
        return tuple(_moved(named, year, is_open, barred))
    return tuple(Placement(day, day if is_open(day) else None) for day in named)


def reaches(named: Sequence[date], year: Span) -> tuple[Span, ...]:
    """Return, for each named day, the days that its meeting may be held on: half-way to those beside it.

    Before the first and after the last it is as far as on their other side, but never out of the year.
    """
    gaps = [(later - earlier).days for earlier, later in pairwise(named)] or [2 * year.days]
    return tuple(
        Span(max(year.first, day - before // 2 * DAY), min(year.last, day + after // 2 * DAY))
        for day, before, after in zip(named, [gaps[0], *gaps], [*gaps, gaps[-1]], strict=False)
    )


def _moved(
    named: Sequence[date], year: Span, is_open: IsOpen, barred: Collection[date]
) -> Iterator[Placement]:
    """Yield each named day with the open day nearest to it within its reach, each day but once.

    Barred are days whose meetings a person took away.
    """
    taken = {day for day in named if is_open(day)}
    for day, reach in zip(named, reaches(named, year), strict=True):
        held = day if day in taken else None
        if held is None:
            free = (other for other in _around(day, reach) if other not in taken and other not in barred)
            held = next((other for other in free if is_open(other)), None)
        if held:
            taken.add(held)
        yield Placement(day, held)


def _around(day: date, reach: Span) -> Iterator[date]:
    """Yield the other days within reach of one, the nearest first, later before earlier."""
    for distance in range(1, max((reach.last - day).days, (day - reach.first).days) + 1):
        yield from (near for near in (day + distance * DAY, day - distance * DAY) if near in reach)


def _restarted(recurrence: Recurrence, year: Span, is_open: IsOpen) -> Iterator[Placement]:
    """Yield the named days, intervals counted anew from the first open one after a day that is closed."""
    placed = {
        day: held
        for rule in recurrence.rules
        for day, held in _counted_anew(rule, recurrence.starting, year, is_open)
        if day in year
    }
    closed = {day for day, held in placed.items() if not held}
    for day in sorted(_changed(recurrence, year, placed)):
        yield Placement(day, day if day not in closed and is_open(day) else None)


def _counted_anew(
    rule: str, starting: date | None, year: Span, is_open: IsOpen
) -> Iterator[tuple[date, bool]]:
    """Yield the days of a rule, and whether they are open; they begin before the year if that is known."""
    first = max(starting, year.first - LOOK_BACK) if starting else year.first
    each = without_interval(rule)
    days = _named_by(rule, starting, Span(first, year.last))
    while day := next(days, None):
        yield day, is_open(day)
        if not is_open(day) and interval(rule) > 1:
            later = _named_by(each, day + DAY, Span(day, year.last))
            anew = next((other for other in later if is_open(other)), None)
            days = _named_by(rule, anew, Span(anew, year.last)) if anew else iter(())
