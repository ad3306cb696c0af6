"""A forum meets within its life, while some organisation of it takes part.

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
DESERTED = N_("no organisation of the forum takes part then")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield the days outside the forum's life, and those on which none of its organisations takes part."""
    active, origin = context.forum(forum).active, ("forums", forum, "active")
    temporary = not context.register.temporary.isdisjoint(context.register.organisations[forum])
    if not (active or temporary) or not context.holds(ID, origin):
        return
    size = context.size(forum)
    ended, deserted = (violation(ID, "must", origin, text, size) for text in (SENTENCE, DESERTED))
    for day in days_between(context.first, context.last):
        if not context.size_on(forum, day):
            yield day, deserted
        elif active and not active.includes(day):
            yield day, ended
