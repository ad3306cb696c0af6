"""Where a forum's slots lie: in their windows, with the ideals that the rules of single forums give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from graphlib import TopologicalSorter

from kultursam.dates.holidays import DAY, days_between
from kultursam.dates.ideals import Circumstances, Day, Preparer, ideals
from kultursam.dates.recurrence import Span
from kultursam.dates.slots import OpenDays, Slot, Slots, slots, windows_in
from kultursam.forumfile.meeting_models import Preparation, Together
from kultursam.forumfile.models import planned_number
from kultursam.rules import (
    active,
    max_spacing,
    prepared_by,
    spacing,
    together_with,
    weekday_turns,
    weekdays,
)
from kultursam.rules.context import PREFER_POINTS, Effect, YearContext, days_of

CLOSES_NO_OPEN_DAY = {weekdays.ID, active.ID}
"""Must-rules that leave a forum's open days as they are."""

OF_WINDOWS = {"number", "rhythm", "as needed"}
"""Kinds of cadence whose meetings lie in the windows of a forum."""

Effects = Mapping[date, Sequence[Effect]]
"""What days mean for a forum."""


def in_order(context: YearContext, forums: Iterable[str]) -> Iterator[str]:
    """Yield some forums and all whose dates theirs depend on, each after those."""
    preceding: dict[str, list[str]] = {}
    waiting = list(forums)
    while waiting:
        forum = waiting.pop()
        if forum not in preceding:
            rule = context.forum(forum).for_each
            preceding[forum] = [rule.forum] if rule else [link.forum for link in links(context, forum)]
            waiting += preceding[forum]
    return iter(TopologicalSorter(preceding).static_order())


def links(context: YearContext, forum: str) -> Iterator[Preparation | Together]:
    """Yield what binds a forum's ideals to those of forums that prepare it or that it meets together with.

    A forum that meets for each meeting of another has no ideals.
    """
    found: list[Preparation | Together] = [link for _, link in prepared_by.links(context, forum)]
    together = context.forum(forum).together_with
    if together and context.holds(together_with.ID, ("forums", forum, "together_with")):
        found.append(together)
    yield from (link for link in found if not context.forum(link.forum).for_each)


def meeting_days(context: YearContext, forum: str, placed: Iterable[Slot]) -> Sequence[date]:
    """Return when a forum meets by itself: its ideals, or where they are closed, and the dates of others.

    In the years beside this one they are its meetings, as they are.
    """
    days = {slot.expected for slot in placed}
    for entry in context.forum(forum).dates:
        events = context.events.get(entry.file or "", ())
        external = [entry.on] if entry.on else [event.start.date() for event in events]
        days.update(day for day in external if day in context.planning_year)
    return sorted(days.union(context.neighbours.get(forum, ())))


@dataclass(slots=True)
class Placed:
    """The forums that have their slots already."""

    context: YearContext
    effects: dict[str, Effects] = field(default_factory=dict)
    """By forum: what days mean for it."""
    slots: dict[str, Slots] = field(default_factory=dict)
    """By forum that is planned here."""

    def met(self, forum: str) -> Sequence[date]:
        """Return when a forum meets by itself."""
        found = self.slots.get(forum)
        return meeting_days(self.context, forum, found.slots if found else ())

    def beside(self, forum: str, others: Iterable[date], other: str) -> set[date]:
        """Return the days on which a forum's meeting may begin to share one with some of another's."""
        held = {day for first in others for day in days_of(self.context.meeting_on(other, first))}
        reach = range(self.context.forum(forum).longest)
        return {
            first
            for first in {day - before * DAY for day in held for before in reach}
            if not held.isdisjoint(days_of(self.context.meeting_on(forum, first)))
        }

    def possible(self, forum: str) -> Sequence[date]:
        """Return the days on which a forum may meet, or does."""
        found, effects = self.slots.get(forum), self.effects.get(forum, {})
        windows = {(slot.first, slot.last) for slot in found.slots} if found else ()
        days = {day for window in windows for day in _open(days_between(*window), effects)}
        return sorted(days.union(meeting_days(self.context, forum, ())))

    def add(self, forum: str, effects: Effects, counted: Sequence[date], *, with_ideals: bool) -> None:
        """Give a forum its slots, all forums that it is linked to having theirs.

        `counted` are the days that count from one meeting to the next, where they must not be too many.
        Without ideals, the slots of a number of meetings have their middles.
        Raise `ValueError` where its windows cannot hold its meetings in this year.
        """
        self.effects[forum] = effects
        model = self.context.forum(forum)
        days = _open_days(self.context, forum, effects)
        placed = slots(model, self.context.planning_year, days)
        if not planned_number(model):
            placed = self._linked(forum, effects, placed)
        elif with_ideals:
            placed = self._with_ideals(forum, days, counted, placed)
        self.slots[forum] = placed

    def _linked(self, forum: str, effects: Effects, placed: Slots) -> Slots:
        """Return slots without those of a rhythm, or skipped named days, that no linked forum can suit."""
        if placed.moves or not placed.slots:
            return placed
        allowed: list[Callable[[date], bool]] = []
        for link in links(self.context, forum):
            if link.strength == "must":
                days = self.possible(link.forum)
                allowed.append(
                    Preparer(prepared_by.lead(self.context, link), days).suits
                    if isinstance(link, Preparation)
                    else self.beside(forum, days, link.forum).__contains__
                )
        kept = tuple(
            slot
            for slot in placed.slots
            if any(
                all(suits(day) for suits in allowed)
                for day in _open(days_between(slot.first, slot.last), effects)
            )
        )
        left_out = tuple(Span(slot.ideal, slot.ideal) for slot in placed.slots if slot not in kept)
        return replace(placed, slots=kept, unlinked=left_out) if allowed else placed

    def _with_ideals(self, forum: str, days: OpenDays, counted: Sequence[date], placed: Slots) -> Slots:
        """Return slots with the dates on which the forum would meet by itself for ideals, if there are."""
        context, model, effects = self.context, self.context.forum(forum), self.effects[forum]
        windows = windows_in(model, context.planning_year)
        open_days = [day for first, last, _ in windows for day in days.within(first, last)]
        linked = list(links(context, forum))
        chosen = ideals(
            placed.slots,
            [found for day in open_days if (found := _day(day, effects.get(day, ())))],
            Circumstances(
                meetings=planned_number(model),
                open_days=open_days,
                working_days=sorted(days.working),
                least_days=spacing.must_days(context, forum),
                counted_days=counted,
                most_days=max_spacing.must_days(context, forum),
                organisations=context.size(forum),
                preparers=[
                    Preparer(prepared_by.lead(context, link), self.met(link.forum))
                    for link in linked
                    if isinstance(link, Preparation)
                ],
                together=[
                    self.beside(forum, self.met(link.forum), link.forum)
                    for link in linked
                    if isinstance(link, Together)
                ],
            ),
        )
        return Slots(tuple(map(Slot.with_ideal, placed.slots, chosen))) if chosen else placed


def _open(days: Iterable[date], effects: Effects) -> Iterator[date]:
    """Yield those of some days that no must-rule closes."""
    return (day for day in days if not any(effect.strength == "must" for effect in effects.get(day, ())))


def counted_days(context: YearContext, forum: str, effects: Effects) -> Sequence[date]:
    """Return the days of a span that count from one meeting of a forum to the next, in order.

    Those of closed stretches that are longer than what may lie between two meetings do not.
    """
    model = context.forum(forum)
    most = max_spacing.most_days(model) or 0
    windows = model.windows if model.cadence.kind in OF_WINDOWS else ()
    years = [context.planning_year.later(number) for number in (-1, 0, 1)]
    spans = [span for window in windows for year in years if (span := window.within(year))]
    counted: list[date] = []
    before = context.first - DAY
    for day in _open_days(context, forum, effects).within(context.first, context.last):
        if not windows or any(first <= day <= last for first, last in spans):
            stretch = days_between(before + DAY, day)
            counted += stretch if len(stretch) <= most + 1 else [day]
            before = day
    return counted


def _day(day: date, effects: Sequence[Effect]) -> Day | None:
    """Return what a day by itself costs a forum; None if a must-rule closes it."""
    if any(effect.strength == "must" for effect in effects):
        return None
    steps = sum(effect.points for effect in effects if effect.rule == weekdays.ID) // PREFER_POINTS
    prefers = sum(effect.strength == "prefer" and effect.rule != weekdays.ID for effect in effects)
    return Day(day, sum(effect.trouble for effect in effects), steps, prefers)


def _open_days(context: YearContext, forum: str, effects: Effects) -> OpenDays:
    """Return what of the year's days is open for a forum. Weekdays that it lists are working days too."""
    closed = {day for day, on_day in effects.items() if any(map(_closes, on_day))}
    model, weekend = context.forum(forum), context.weekend(forum)
    steps_in = cache(partial(weekdays.steps, context, forum))
    steps: dict[date, int] = dict.fromkeys(weekdays.fallback_days(context, forum), 0)
    working = set()
    for day in days_between(context.first, context.last):
        step = steps_in(weekdays.window_on(context, forum, day)).get(day.weekday())
        if step is not None:
            steps[day] = step
        if step is not None or day.weekday() not in weekend:
            working.add(day)
    if model.longest > 1:
        steps = {
            first: step
            for first, step in steps.items()
            if all(first + later * DAY in steps for later in range(model.on(first).days))
        }
    before = sorted(day for day in context.neighbours.get(forum, ()) if day < context.planning_year.first)
    return OpenDays(closed, steps, working, _rotations(context, forum), before)


def _rotations(context: YearContext, forum: str) -> Mapping[date, tuple[int, ...]]:
    """Return the days on which weekdays of a forum take turns, with these in order."""
    if not context.forum(forum).weekdays_take_turns:
        return {}
    rotation_in = cache(partial(weekday_turns.rotation_in, context, forum))
    every = days_between(context.first, context.last)
    return {day: rotation_in(weekdays.window_on(context, forum, day)) for day in every}


def _closes(effect: Effect) -> bool:
    return effect.strength == "must" and effect.rule not in CLOSES_NO_OPEN_DAY
