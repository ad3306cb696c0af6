"""Where a forum's slots lie: in their windows, with the ideals that the rules of single forums give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from graphlib import TopologicalSorter

from kultursam.dates.holidays import WEEKEND, days_between
from kultursam.dates.ideals import Circumstances, Day, Lead, ideals
from kultursam.dates.slots import Slot, slots, windows_in
from kultursam.forumfile.models import Preparation, Together, planned_number
from kultursam.rules import active, prepared_by, spacing, together_with, weekdays
from kultursam.rules.context import PREFER_POINTS, Effect, YearContext

CLOSES_NO_OPEN_DAY = {weekdays.ID, active.ID}
"""Must-rules that leave a forum's open days as they are."""

Effects = Mapping[date, Sequence[Effect]]
"""What days mean for a forum."""


def in_order(context: YearContext, forums: Iterable[str]) -> Iterator[str]:
    """Yield some forums and all whose dates theirs depend on, each after those."""
    preceding: dict[str, list[str]] = {}
    waiting = list(forums)
    while waiting:
        forum = waiting.pop()
        if forum not in preceding:
            preceding[forum] = [link.forum for link in links(context, forum)]
            waiting += preceding[forum]
    return iter(TopologicalSorter(preceding).static_order())


def links(context: YearContext, forum: str) -> Iterator[Preparation | Together]:
    """Yield what binds a forum's ideals to those of forums that prepare it or that it meets together with."""
    model = context.forum(forum)
    if model.prepared_by and context.holds(prepared_by.ID, ("forums", forum, "prepared_by")):
        yield model.prepared_by
    if model.together_with and context.holds(together_with.ID, ("forums", forum, "together_with")):
        yield model.together_with


def lead(link: Preparation, met: Sequence[date]) -> Lead:
    """Return how a forum is prepared by another that meets on some days."""
    return Lead(met, link.days_before.low, link.days_before.high, link.days_before.middle)


def meeting_days(context: YearContext, forum: str, placed: Iterable[Slot]) -> Sequence[date]:
    """Return when a forum meets by itself: its ideals, or the dates that others decide.

    In the years beside this one they are its meetings, as they are.
    """
    days = {slot.ideal for slot in placed}
    for entry in context.forum(forum).dates:
        events = context.events.get(entry.file or "", ())
        external = [entry.on] if entry.on else [event.start.date() for event in events]
        days.update(day for day in external if day.year == context.year)
    return sorted(days.union(context.neighbours.get(forum, ())))


def place(
    context: YearContext, forum: str, effects: Effects, met: Mapping[str, Sequence[date]] | None
) -> tuple[Slot, ...]:
    """Return a forum's slots with their ideals; `met` holds the meeting days of the forums it is linked to.

    Without `met` they have their middles for ideals.
    Raise `ValueError` where its windows cannot hold its meetings in this year.
    """
    model = context.forum(forum)
    closed = {day for day, on_day in effects.items() if any(map(_closes, on_day))}
    placed = slots(model, context.year, closed)
    if met is None or model.cadence.kind == "rrule":
        return placed
    spans = [_working_days(first, last) for first, last, _ in windows_in(model, context.year)]
    open_days = [day for span in spans for day in span if day not in closed]
    linked = list(links(context, forum))
    chosen = ideals(
        placed,
        [found for day in open_days if (found := _day(day, effects.get(day, ())))],
        Circumstances(
            meetings=planned_number(model),
            open_days=open_days,
            working_days=_working_days(context.first, context.last),
            least_days=spacing.must_days(context, forum),
            organisations=context.size(forum),
            leads=[lead(link, met[link.forum]) for link in linked if isinstance(link, Preparation)],
            together=[met[link.forum] for link in linked if isinstance(link, Together)],
        ),
    )
    return tuple(map(Slot.with_ideal, placed, chosen)) if chosen else placed


def _day(day: date, effects: Sequence[Effect]) -> Day | None:
    """Return what a day by itself costs a forum; None if a must-rule closes it."""
    if any(effect.strength == "must" for effect in effects):
        return None
    steps = sum(effect.points for effect in effects if effect.rule == weekdays.ID) // PREFER_POINTS
    prefers = sum(effect.strength == "prefer" and effect.rule != weekdays.ID for effect in effects)
    return Day(day, sum(effect.trouble for effect in effects), steps, prefers)


def _closes(effect: Effect) -> bool:
    return effect.strength == "must" and effect.rule not in CLOSES_NO_OPEN_DAY


@lru_cache
def _working_days(first: date, last: date) -> Sequence[date]:
    return [day for day in days_between(first, last) if day.weekday() not in WEEKEND]
