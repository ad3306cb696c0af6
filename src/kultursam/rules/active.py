"""A forum meets within its life.

    forums:
      board: {active: {from: 2025-08-01, to: 2026-06-30}}
    # passes: board meets 2025-09-02

    forums:
      board: {active: {to: 2025-08-31}}
    # fails: board meets 2025-09-02

Strength: must. Both ends count; either may be left out. The forum's ideals stay where they are.
"""

from collections.abc import Iterator
from datetime import date

from kultursam.dates.holidays import days_between
from kultursam.i18n import N_
from kultursam.rules.context import Effect, YearContext, violation

ID = "active"
SENTENCE = N_("the forum is not active then")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield the days outside the forum's life."""
    active, origin = context.forum(forum).active, ("forums", forum, "active")
    if active is None or not context.holds(ID, origin):
        return
    effect = violation(ID, "must", origin, SENTENCE, context.size(forum))
    for day in days_between(context.first, context.last):
        if (active.from_ and day < active.from_) or (active.to and day > active.to):
            yield day, effect
