"""A forum meets on its weekdays, most wanted first.

    forums:
      board: {weekdays: [tue, thu]}   # English or Swedish, short or whole
    # passes: board meets 2025-03-04

    forums:
      board: {weekdays: [wed, thu]}
    # fails: board meets 2025-03-04

Strength: must for the list (without one, the working days of the week); each step down it costs 9 points.
Days of `otherwise` serve only in a week in which musts close all of `weekdays`; they cost nothing.
A forum whose cadence names days holds those: for it only a list of its own counts, and steps cost
nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from kultursam.dates.holidays import DAY, days_between
from kultursam.i18n import N_
from kultursam.rules import busy, days_off, half_days, periods, squeeze_days
from kultursam.rules.context import PREFER_POINTS, Effect, YearContext, violation

ID = "weekdays"
SENTENCE = N_("the forum does not meet on this weekday")
STEP_SENTENCE = N_("weekday number {number} of those wanted")
WEEKEND_SENTENCE = N_("a weekend")
OTHERWISE_SENTENCE = N_("the forum meets on this weekday only where its own are closed that week")
CLOSING = (days_off, half_days, squeeze_days, periods, busy)
"""The rules whose musts close a forum's own weekdays."""


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield weekends, the weekdays that are not listed, and what the less wanted ones cost."""
    origin, size, weekend = ("forums", forum, "weekdays"), context.size(forum), context.weekend(forum)
    off = violation(ID, "must", ("forums", forum), WEEKEND_SENTENCE, size)
    unlisted = violation(ID, "must", origin, SENTENCE, size)
    by_weekday: dict[int, Effect | None] = {
        number: off if number in weekend else unlisted for number in range(7)
    }
    further = fallback_days(context, forum)
    for number in context.forum(forum).otherwise or ():
        by_weekday[number] = violation(ID, "must", origin, OTHERWISE_SENTENCE, size)
    for number, step in steps(context, forum).items():
        by_weekday[number] = None
        if step:
            args = {"number": step + 1, "wanted": True}
            by_weekday[number] = Effect(ID, "prefer", origin, STEP_SENTENCE, args, 0, PREFER_POINTS * step)
    for day in days_between(context.first, context.last):
        if (effect := by_weekday[day.weekday()]) and day not in further:
            yield day, effect


def steps(context: YearContext, forum: str) -> Mapping[int, int]:
    """Return the weekdays on which a forum meets, and how far down its list of them each is."""
    model, origin = context.forum(forum), ("forums", forum, "weekdays")
    weekend = context.weekend(forum)
    working = [number for number in range(7) if number not in weekend]
    listed = (model.weekdays or ()) if context.holds(ID, origin) else ()
    if model.cadence.kind == "named days":
        inherited = origin not in context.register.source.marks
        return dict.fromkeys((*working, *listed) if inherited or not listed else listed, 0)
    return {number: step for step, number in enumerate(listed)} or dict.fromkeys(working, 0)


def fallback_days(context: YearContext, forum: str) -> frozenset[date]:
    """Return the days of `otherwise` in the weeks in which musts close all weekdays that a forum meets on."""
    otherwise = context.forum(forum).otherwise or ()
    if not otherwise:
        return frozenset()
    closed = {
        day for rule in CLOSING for day, effect in rule.effects(context, forum) if effect.strength == "must"
    }
    meets_on = steps(context, forum)
    return frozenset(
        day
        for day in days_between(context.first, context.last)
        if day.weekday() in otherwise
        and day.weekday() not in meets_on
        and all(day + (number - day.weekday()) * DAY in closed for number in meets_on)
    )
