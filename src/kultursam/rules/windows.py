"""A meeting lies in its window of the year.

    forums:
      board: {cadence: twice a year, windows: [{from: 03-01, to: 05-31}, {from: 10-01, to: 11-30}]}
    # passes: board meets 2025-04-15, 2025-11-04

    forums:
      board: {cadence: twice a year, windows: [{from: 03-01, to: 03-31}, {from: 10-01, to: 11-30}]}
    # fails: board meets 2025-04-15, 2025-11-04

Strength: must. The year's meetings are shared out over the windows. Without windows the window is the
year; a meeting with a nominal date has the seven days on either side of it.
"""

from collections.abc import Iterator
from datetime import date

from kultursam.dates.slots import Slot
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.rules.context import Effect, EvaluatedYear, RuleKey, YearContext, violation

ID = "windows"
SENTENCE = N_("outside the window {first} – {last}")


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the rule where windows are written."""
    model = year.context.forum(forum)
    if model.windows and model.cadence.kind != "rrule":
        yield ID, ("forums", forum, "windows")


def price(context: YearContext, forum: str, slot: Slot, day: date) -> int | None:
    """Return no points within the window; None outside it, where no meeting may lie."""
    return None if effect(context, forum, slot, day) else 0


def effect(context: YearContext, forum: str, slot: Slot, day: date) -> Effect | None:
    """Return what a day outside the slot's window breaks."""
    if slot.holds(day) or not in_force(context, forum, slot):
        return None
    return violation(
        ID,
        "must",
        _origin(context, forum, slot),
        SENTENCE,
        context.size(forum),
        first=slot.first,
        last=slot.last,
    )


def in_force(context: YearContext, forum: str, slot: Slot) -> bool:
    """Return whether a slot's meeting must lie in its window."""
    return context.holds(ID, _origin(context, forum, slot))


def _origin(context: YearContext, forum: str, slot: Slot) -> Where:
    return ("forums", forum, "windows" if context.forum(forum).windows and not slot.nominal else "cadence")
