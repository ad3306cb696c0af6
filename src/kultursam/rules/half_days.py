"""Meetings keep off working days with shorter hours, such as skärtorsdag.

    calendar: {half_days: should}     # eves: the employer decides, so this is yours to set
    # passes: board meets 2025-04-16

    calendar: {country: SE}           # should, unless written
    # fails: board meets 2025-04-17

Default strength: should. It counts every member organisation.
Source of the days: the `holidays` library, category `bank`, less weekends and holidays.
"""

from collections.abc import Iterator
from datetime import date

from kultursam.i18n import N_
from kultursam.rules.context import Effect, YearContext, violation

ID = "half-days"
SENTENCE = N_("{name} has shorter working hours")
ORIGIN = ("calendar", "half_days")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield the half-days."""
    settings = context.register.file.calendar
    if settings is not None and context.holds(ID, ORIGIN):
        for day, name in context.calendar.half_days.items():
            size = context.size_on(forum, day)
            yield day, violation(ID, settings.half_days, ORIGIN, SENTENCE, size, name=name)
