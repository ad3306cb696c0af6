"""Meetings keep off squeeze days: a working day whose day before and day after are both off.

    calendar: {squeeze_days: should}  # klämdagar
    # passes: board meets 2025-05-28

    calendar: {country: SE}           # should, unless written
    # fails: board meets 2025-05-30

Default strength: should. It counts the organisations of the country. Off is a weekend, a public or a
de-facto holiday. No law names squeeze days: the employer decides, so this is a setting.
"""

from collections.abc import Iterator
from datetime import date

from kultursam.i18n import N_
from kultursam.rules.context import Effect, YearContext, violation

ID = "squeeze-days"
SENTENCE = N_("a working day between two days off")
ORIGIN = ("calendar", "squeeze_days")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield the squeeze days."""
    settings = context.register.file.calendar
    if settings is not None and context.holds(ID, ORIGIN):
        for _, calendar, touched in context.calendars_of(forum):
            for day in sorted(calendar.squeeze_days):
                if observing := context.observing(forum, touched, day):
                    yield day, violation(ID, settings.squeeze_days, ORIGIN, SENTENCE, observing)
