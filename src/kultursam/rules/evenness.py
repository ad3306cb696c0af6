"""Meetings lie evenly over the year: each as near its ideal as can be.

    forums:
      board: {cadence: once a year, windows: [{from: 2025-03-03, to: 2025-03-14}]}
    # passes: board meets 2025-03-10

    forums:
      board: {cadence: once a year, windows: [{from: 2025-03-03, to: 2025-03-21}]}
    # fails: board meets 2025-03-10

The ideals are the dates on which the forum would meet by itself; see `dates.ideals`.

Strength: prefer. A meeting costs the square of the open days between it and its ideal. A meeting with
a nominal date (a recurrence rule) costs the square of the days off it, and 1 more if it is earlier,
so that the nearest day after is taken before the nearest day before.
"""

from datetime import date

from kultursam.dates.slots import Slot
from kultursam.i18n import N_
from kultursam.rules.context import Effect, YearContext

ID = "evenness"
SENTENCE = N_("{days} open days from the date that it would choose by itself")
ONE_DAY = N_("1 open day from the date that it would choose by itself")
NOMINAL_SENTENCE = N_("{days} days from the date of the recurrence rule")
NOMINAL_ONE_DAY = N_("1 day from the date of the recurrence rule")


def price(_context: YearContext, _forum: str, slot: Slot, day: date) -> int:
    """Return the points of a day."""
    distance = slot.distance(day)
    return distance * distance + (slot.nominal and distance < 0)


def effect(context: YearContext, forum: str, slot: Slot, day: date) -> Effect | None:
    """Return what a day off the ideal costs."""
    if not (points := price(context, forum, slot, day)):
        return None
    days = abs(slot.distance(day))
    singular, plural = (NOMINAL_ONE_DAY, NOMINAL_SENTENCE) if slot.nominal else (ONE_DAY, SENTENCE)
    sentence = singular if days == 1 else plural
    return Effect(ID, "prefer", ("forums", forum, "cadence"), sentence, {"days": days}, 0, points)
