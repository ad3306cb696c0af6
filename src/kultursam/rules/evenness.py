"""Meetings lie evenly over the year: each as near its ideal as can be.

Strength: prefer. A meeting costs the square of the open days between it and its ideal. A meeting with
a nominal date (a recurrence rule) costs the square of the days off it, and 1 more if it is earlier,
so that the nearest day after is taken before the nearest day before.
"""

from datetime import date

from kultursam.dates.slots import Slot
from kultursam.i18n import N_
from kultursam.rules.context import Effect

ID = "evenness"
SENTENCE = N_("{days} open days from the even spread")
ONE_DAY = N_("1 open day from the even spread")
NOMINAL_SENTENCE = N_("{days} days from the date of the recurrence rule")
NOMINAL_ONE_DAY = N_("1 day from the date of the recurrence rule")


def price(slot: Slot, day: date) -> int:
    """Give the points of a day."""
    return _points(slot, slot.distance(day))


def _points(slot: Slot, distance: int) -> int:
    return distance * distance + (slot.nominal and distance < 0)


def effect(forum: str, slot: Slot, day: date) -> Effect | None:
    """Give what a day off the ideal costs."""
    distance = slot.distance(day)
    points = _points(slot, distance)
    if not points:
        return None
    one, several = (NOMINAL_ONE_DAY, NOMINAL_SENTENCE) if slot.nominal else (ONE_DAY, SENTENCE)
    sentence = one if abs(distance) == 1 else several
    return Effect(ID, "prefer", ("forums", forum, "cadence"), sentence, {"days": abs(distance)}, 0, points)
