"""Ideals: the dates on which a forum would meet by itself, as a shortest path through its days.

Each slot is a layer of the days that it may have; a way takes one day of each layer, in order of time. Its
cost is lexicographic (trouble, steps down the weekdays, unevenness) and packed into one integer. Whole
numbers only, and of ways as good the earliest is taken, so there is exactly one answer. Unevenness is
9·(days short or long)² over all gaps + m²·[(open days off the middle)² + (days off the best lead)² + 9 for
each broken prefer-rule], counted in m-ths of a day for m meetings a year.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from itertools import pairwise
from typing import NamedTuple

from kultursam.dates.leads import Lead
from kultursam.dates.slots import Slot

GAP_WEIGHT = PREFER_WEIGHT = 9
STEPS, TROUBLE = 1 << 50, 1 << 60
"""What a step and an organisation count as: more than any unevenness, more than any number of steps."""
NO_WAY = 1 << 100
NEAR = 6
"""Days of each slot among which a first good way is sought: its cost bounds what any day may cost."""


class Day(NamedTuple):
    """A day on which the forum may meet, with what it costs by itself."""

    date: date
    trouble: int
    """Organisations, counted once for each broken should-rule."""
    steps: int
    """Down the list of weekdays."""
    prefers: int
    """Broken prefer-rules."""


class Preparer(NamedTuple):
    """When a forum meets that prepares this one, and how many days earlier it should."""

    lead: Lead
    dates: Sequence[date]

    def suits(self, day: date) -> bool:
        """Return whether a meeting on a day has a preparing meeting."""
        return self.lead.preparing(self.dates, day) is not None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the ideals of a forum depend on beside its slots and days. Dates are in order of time."""

    meetings: int
    """A year's meetings, in all windows."""
    open_days: Sequence[date]
    """In all windows."""
    working_days: Sequence[date]
    """From the first window to the last, closed or not."""
    least_days: int
    """From one meeting to the next, at least."""
    organisations: int
    counted_days: Sequence[date] = ()
    """Those that count from one meeting to the next, at most:"""
    most_days: int | None = None
    preparers: Sequence[Preparer] = ()
    together: Sequence[Collection[date]] = ()
    """The dates that suit each forum that it meets together with."""


class _Node(NamedTuple):
    """A day of a layer."""

    day: int
    working: int
    """The working days before it, in m-ths of a day."""
    still_open: int
    """The open days before it, in m-ths of a day."""
    cost: int
    counted: int = 0
    """The days up to it that count towards the next meeting."""


@dataclass(frozen=True, slots=True)
class _Gaps:
    """What gaps between meetings may be, and what they cost."""

    share: int
    least: int
    most: int | None

    def allows(self, earlier: _Node, later: _Node) -> bool:
        """Return whether two meetings are far enough from each other, and near enough."""
        near = self.most is None or later.counted - earlier.counted <= self.most
        return later.day >= earlier.day + self.least and near

    def cost(self, earlier: _Node, later: _Node) -> int:
        """Return the cost of the gap between two meetings.

        It is short of its share with all its working days, or longer than it with its open days alone.
        """
        short = self.share - later.working + earlier.working
        off = short if short > 0 else max(0, later.still_open - earlier.still_open - self.share)
        return GAP_WEIGHT * off * off


_Layers = Sequence[Sequence[_Node]]


def ideals(slots: Sequence[Slot], days: Sequence[Day], given: Circumstances) -> list[date] | None:
    """Return the ideals of slots; None if there is no way to lay a meeting in each.

    Slots and days stand in order of time; the slots' ideals are their middles, the days those that no
    must-rule closes.
    """
    layers = list(_layers(slots, days, given))
    gaps = _Gaps(len(given.open_days), given.least_days, given.most_days)
    bounds = _bounds(layers, gaps.least)
    if not layers or min(bounds[0], default=NO_WAY) >= NO_WAY:
        return None
    near = [
        sorted(node for _, node in nsmallest(NEAR, zip(costs, layer, strict=True)))
        for costs, layer in zip(bounds, layers, strict=True)
    ]
    known = min(_to_go(near, gaps)[0])
    kept = [
        [node for bound, node in zip(costs, layer, strict=True) if bound <= known]
        for costs, layer in zip(bounds, layers, strict=True)
    ]
    costs = _to_go(kept, gaps)
    if min(costs[0]) >= NO_WAY:
        return None
    return [date.fromordinal(node.day) for node in _earliest(kept, costs, gaps)]


def _layers(slots: Sequence[Slot], days: Sequence[Day], given: Circumstances) -> Iterator[list[_Node]]:
    """Yield each slot's days, what they cost with them."""
    m = given.meetings
    nodes = [
        _Node(
            day.date.toordinal(),
            m * bisect_left(given.working_days, day.date),
            m * bisect_left(given.open_days, day.date),
            _cost(day, given),
            bisect_right(given.counted_days, day.date),
        )
        for day in days
    ]
    for slot in slots:
        first, last = slot.first.toordinal(), slot.last.toordinal()
        middle = m * bisect_left(given.open_days, slot.ideal)
        yield [
            node._replace(cost=node.cost + (node.still_open - middle) ** 2)
            for node in nodes
            if first <= node.day <= last and slot.is_in_turn(date.fromordinal(node.day))
        ]


def _cost(day: Day, given: Circumstances) -> int:
    """Return what a day costs, but for the distance from the middle."""
    trouble = day.trouble + given.organisations * sum(day.date not in dates for dates in given.together)
    points = PREFER_WEIGHT * day.prefers
    for lead, dates in given.preparers:
        preparing = lead.preparing(dates, day.date)
        if preparing is None:
            trouble += given.organisations
        else:
            points += (lead.days(preparing, day.date) - lead.best) ** 2
    return trouble * TROUBLE + day.steps * STEPS + given.meetings**2 * points


def _bounds(layers: _Layers, least: int) -> list[list[int]]:
    """Return, for each day, the least that a way through it costs without its gaps."""
    there = _sums([[(node.day, node.cost) for node in layer] for layer in layers], least)
    back = _sums([[(-node.day, node.cost) for node in layer[::-1]] for layer in layers[::-1]], least)
    return [
        [one + other - node.cost for one, other, node in zip(costs, beyond[::-1], layer, strict=True)]
        for costs, beyond, layer in zip(there, back[::-1], layers, strict=True)
    ]


def _sums(layers: Sequence[Sequence[tuple[int, int]]], least: int) -> list[list[int]]:
    """Return, for each day (with its own cost), the least that a way from the first layer to it costs."""
    sums: list[list[int]] = [[cost for _, cost in layer] for layer in layers[:1]]
    for before, layer in pairwise(layers):
        cheapest, place, here = NO_WAY, 0, []
        for day, cost in layer:
            while place < len(before) and before[place][0] + least <= day:
                cheapest = min(cheapest, sums[-1][place])
                place += 1
            here.append(cheapest + cost)
        sums.append(here)
    return sums


def _to_go(layers: _Layers, gaps: _Gaps) -> list[list[int]]:
    """Return, for each day, the least that a way from it to the last layer costs."""
    costs = [[node.cost for node in layers[-1]]]
    for layer, later in reversed(list(pairwise(layers))):
        beyond = list(zip(later, costs[-1], strict=True))
        costs.append(
            [
                node.cost
                + min(
                    (gaps.cost(node, other) + cost for other, cost in beyond if gaps.allows(node, other)),
                    default=NO_WAY,
                )
                for node in layer
            ]
        )
    return costs[::-1]


def _earliest(layers: _Layers, costs: Sequence[Sequence[int]], gaps: _Gaps) -> Iterator[_Node]:
    """Yield the days of the cheapest way; of several the earliest, first meeting first."""
    _, node = min(zip(costs[0], layers[0], strict=True))
    yield node
    for beyond, layer in zip(costs[1:], layers[1:], strict=True):
        _, node = min(
            (gaps.cost(node, other) + cost, other)
            for cost, other in zip(beyond, layer, strict=True)
            if gaps.allows(node, other)
        )
        yield node
