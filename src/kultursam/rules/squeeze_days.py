"""Meetings keep off squeeze days: a working day whose day before and day after are both off.

    calendar:
      squeeze_days: should        # klämdagar

Default strength: should; it touches every member organisation. Off is a weekend, a public or a
de-facto holiday. No law names them: the employer decides, so this is a setting.
"""

from collections.abc import Iterator
from datetime import date

from kultursam.i18n import N_
from kultursam.rules.context import Effect, Frame, broken

ID = "squeeze-days"
SENTENCE = N_("a working day between two days off")
ORIGIN = ("calendar", "squeeze_days")


def effects(frame: Frame, forum: str) -> Iterator[tuple[date, Effect]]:
    """Give the squeeze days."""
    settings = frame.register.file.calendar
    if settings is not None and frame.holds(ID, ORIGIN):
        effect = broken(ID, settings.squeeze_days, ORIGIN, SENTENCE, frame.size(forum))
        for day in sorted(frame.calendar.squeeze_days):
            yield day, effect
