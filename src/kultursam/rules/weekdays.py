"""A forum meets on its weekdays, most wanted first.

    forums:
      board: {weekdays: [tue, thu]}   # English or Swedish, short or whole
    # passes: board meets 2025-03-04

    forums:
      board: {weekdays: [wed, thu]}
    # fails: board meets 2025-03-04

Strength: must for the list (without one, Monday to Friday); each step down it costs 9 points.
A forum with a recurrence rule holds the day that the rule names: for it only a list of its own
counts, and steps cost nothing.
"""

from collections.abc import Iterator
from datetime import date

from kultursam.dates.holidays import WEEKEND, days_between
from kultursam.i18n import N_
from kultursam.rules.context import PREFER_POINTS, Effect, YearContext, violation

ID = "weekdays"
SENTENCE = N_("the forum does not meet on this weekday")
STEP_SENTENCE = N_("weekday number {number} of those wanted")
WEEKEND_SENTENCE = N_("a weekend")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield weekends, the weekdays that are not listed, and what the less wanted ones cost."""
    origin, size = ("forums", forum, "weekdays"), context.size(forum)
    listed = _listed(context, forum)
    weekend = violation(ID, "must", ("forums", forum), WEEKEND_SENTENCE, size)
    unlisted = violation(ID, "must", origin, SENTENCE, size) if listed else None
    by_weekday = {number: weekend if number in WEEKEND else unlisted for number in range(7)}
    for step, number in enumerate(listed):
        by_weekday[number] = None
        if step and context.forum(forum).cadence.kind != "named days":
            args = {"number": step + 1, "wanted": True}
            by_weekday[number] = Effect(ID, "prefer", origin, STEP_SENTENCE, args, 0, PREFER_POINTS * step)
    for day in days_between(context.first, context.last):
        if effect := by_weekday[day.weekday()]:
            yield day, effect


def _listed(context: YearContext, forum: str) -> tuple[int, ...]:
    model, origin = context.forum(forum), ("forums", forum, "weekdays")
    inherited = origin not in context.register.source.marks
    if not context.holds(ID, origin) or (model.cadence.kind == "named days" and inherited):
        return ()
    return model.weekdays or ()
