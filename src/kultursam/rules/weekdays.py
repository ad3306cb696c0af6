"""A forum meets on its weekdays, most wanted first.

    defaults:
      weekdays: [tue, wed, thu]   # English or Swedish, short or whole

Strength: must for the list (without one, Monday to Friday); each step down it costs 9 points.
A forum with a recurrence rule holds the day that the rule names: for it only a list of its own
counts, and steps cost nothing.
"""

from collections.abc import Iterator
from datetime import date

from kultursam.dates.holidays import WEEKEND, days_between
from kultursam.forumfile.models import Forum
from kultursam.i18n import N_
from kultursam.rules.context import Effect, YearContext, violation

ID = "weekdays"
STEP_POINTS = 9
SENTENCE = N_("the forum does not meet on this weekday")
STEP_SENTENCE = N_("weekday number {number} of those wanted")
WEEKEND_SENTENCE = N_("a weekend")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Give the days that are not wanted, and what the less wanted ones cost."""
    origin = ("forums", forum, "weekdays")
    wanted = _wanted(context, forum, context.forum(forum))
    by_weekday = {
        number: Effect(
            ID, "prefer", origin, STEP_SENTENCE, {"number": step + 1, "wanted": True}, 0, STEP_POINTS * step
        )
        for step, number in enumerate(wanted)
        if context.forum(forum).cadence.kind != "rrule"
    }
    unwanted = violation(ID, "must", origin, SENTENCE, context.size(forum))
    weekend = violation(ID, "must", ("forums", forum), WEEKEND_SENTENCE, context.size(forum))
    for day in days_between(context.first, context.last):
        if day.weekday() in WEEKEND:
            yield day, weekend
        elif wanted and day.weekday() not in wanted:
            yield day, unwanted
        elif (step := by_weekday.get(day.weekday())) and step.points:
            yield day, step


def _wanted(context: YearContext, forum: str, model: Forum) -> tuple[int, ...]:
    own = ("forums", forum, "weekdays") in context.register.source.marks
    if model.cadence.kind == "rrule" and not own:
        return ()
    if not context.holds(ID, ("forums", forum, "weekdays")):
        return ()
    return model.weekdays or ()
