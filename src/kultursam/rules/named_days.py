"""A forum meets on the day that its cadence names, if that is open.

    forums:
      board: {cadence: "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=1TU"}
    # passes: board meets 2025-03-04

    forums:
      board: {cadence: "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=1TU"}
    # fails: board meets 2025-03-05

Strength: should. A named day that a must closes is left at no such cost, for the nearest open one, at most
half-way to the next.
"""

from datetime import date

from kultursam.dates.slots import Slot
from kultursam.i18n import N_
from kultursam.rules.context import Effect, YearContext, violation

ID = "named-days"
SENTENCE = N_("not on {day}, the day that the cadence names")


def price(context: YearContext, forum: str, slot: Slot, day: date) -> tuple[int, int]:
    """Return the trouble of a day, and no points."""
    return (context.size_on(forum, day) if _leaves(slot, day) else 0), 0


def effect(context: YearContext, forum: str, slot: Slot, day: date) -> Effect | None:
    """Return what a day that is not the open one named breaks."""
    if not _leaves(slot, day):
        return None
    origin = ("forums", forum, "cadence")
    return violation(ID, "should", origin, SENTENCE, context.size_on(forum, day), day=slot.ideal)


def _leaves(slot: Slot, day: date) -> bool:
    return slot.nominal and slot.held == slot.ideal != day
