"""A meeting lies in its window of the year.

    forums:
      board: {cadence: twice a year, windows: [{from: 03-01, to: 05-31}, {from: 10-01, to: 11-30}]}
    # passes: board meets 2025-04-15, 2025-11-04

    forums:
      board: {cadence: twice a year, windows: [{from: 03-01, to: 03-31}, {from: 10-01, to: 11-30}]}
    # fails: board meets 2025-04-15, 2025-11-04

Strength: must. The year's meetings are shared out over the windows. Without windows the window is the
year. A meeting of a rhythm has the part of its week, month or other cell that lies in a window; one whose day
the cadence names has the days half-way to the one before and to the next. None leaves the year.
"""

from collections.abc import Iterator
from datetime import date

from kultursam.dates.holidays import DAY
from kultursam.dates.slots import Slot
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.rules.context import Effect, EvaluatedYear, RuleKey, YearContext, violation

ID = "windows"
OF_CADENCE = {"rhythm", "named days"}
"""Kinds of cadence that say themselves in which part of the year each meeting is."""
SENTENCE = N_("outside the window {first} – {last}")


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the rule where windows are written, or where the cadence says when each meeting is."""
    model = year.context.forum(forum)
    if model.windows or model.cadence.kind in OF_CADENCE:
        yield ID, _origin(year.context, forum)


def price(context: YearContext, forum: str, slot: Slot, day: date) -> tuple[int, int] | None:
    """Return that a day costs nothing within the window; None outside it, where no meeting may lie."""
    return None if not slot.holds(day) and in_force(context, forum) else (0, 0)


def effect(context: YearContext, forum: str, slot: Slot, day: date) -> Effect | None:
    """Return what a day outside the slot's window breaks."""
    if slot.holds(day) or not in_force(context, forum):
        return None
    return violation(
        ID,
        "must",
        _origin(context, forum),
        SENTENCE,
        context.size(forum),
        first=slot.first,
        last=slot.last + DAY * (context.forum_on(forum, slot.first).days - 1),
    )


def in_force(context: YearContext, forum: str) -> bool:
    """Return whether a forum's meetings must lie in their windows."""
    return context.holds(ID, _origin(context, forum))


def _origin(context: YearContext, forum: str) -> Where:
    model = context.forum(forum)
    by_cadence = model.cadence.kind in OF_CADENCE or not model.windows
    return ("forums", forum, "cadence" if by_cadence else "windows")
