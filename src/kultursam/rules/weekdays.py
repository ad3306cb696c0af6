"""A forum meets on its weekdays, most wanted first.

    forums:
      board: {weekdays: [tue, thu]}   # English or Swedish, short or whole
    # passes: board meets 2025-03-04

    forums:
      board: {weekdays: [wed, thu]}
    # fails: board meets 2025-03-04

Strength: must for the list (without one, Monday to Friday); each step down it costs 9 points.
A forum whose cadence names days holds those: for it only a list of its own counts, and steps cost
nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from kultursam.dates.holidays import WEEKEND, WORKING_DAYS, days_between
from kultursam.i18n import N_
from kultursam.rules.context import PREFER_POINTS, Effect, YearContext, violation

ID = "weekdays"
SENTENCE = N_("the forum does not meet on this weekday")
STEP_SENTENCE = N_("weekday number {number} of those wanted")
WEEKEND_SENTENCE = N_("a weekend")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield weekends, the weekdays that are not listed, and what the less wanted ones cost."""
    origin, size = ("forums", forum, "weekdays"), context.size(forum)
    weekend = violation(ID, "must", ("forums", forum), WEEKEND_SENTENCE, size)
    unlisted = violation(ID, "must", origin, SENTENCE, size)
    by_weekday: dict[int, Effect | None] = {
        number: weekend if number in WEEKEND else unlisted for number in range(7)
    }
    for number, step in steps(context, forum).items():
        by_weekday[number] = None
        if step:
            args = {"number": step + 1, "wanted": True}
            by_weekday[number] = Effect(ID, "prefer", origin, STEP_SENTENCE, args, 0, PREFER_POINTS * step)
    for day in days_between(context.first, context.last):
        if effect := by_weekday[day.weekday()]:
            yield day, effect


def steps(context: YearContext, forum: str) -> Mapping[int, int]:
    """Return the weekdays on which a forum meets, and how far down its list of them each is."""
    model, origin = context.forum(forum), ("forums", forum, "weekdays")
    listed = (model.weekdays or ()) if context.holds(ID, origin) else ()
    if model.cadence.kind == "named days":
        inherited = origin not in context.register.source.marks
        return dict.fromkeys((*WORKING_DAYS, *listed) if inherited or not listed else listed, 0)
    return {number: step for step, number in enumerate(listed)} or dict.fromkeys(WORKING_DAYS, 0)
