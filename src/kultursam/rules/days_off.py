"""No meetings on public and de-facto holidays.

    calendar:
      country: SE                 # ISO 3166 (SE) or 3166-2 (GB-ENG)
      public_holidays: must       # red days
      de_facto_holidays: must     # midsommarafton, julafton, nyårsafton

Default strength: must, both. Weekends need no rule: meetings are planned Monday to Friday.
Source of the days: the `holidays` library, categories `public` and `de_facto`.
"""

from collections.abc import Iterator
from datetime import date

from kultursam.i18n import N_
from kultursam.rules.context import Effect, YearContext, violation

ID = "days-off"
SENTENCE = N_("{name} is a holiday")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Give the holidays."""
    settings = context.register.file.calendar
    if settings is None:
        return
    for days, strength, key in (
        (context.calendar.public, settings.public_holidays, "public_holidays"),
        (context.calendar.de_facto, settings.de_facto_holidays, "de_facto_holidays"),
    ):
        if context.holds(ID, ("calendar", key)):
            for day, name in days.items():
                yield (
                    day,
                    violation(ID, strength, ("calendar", key), SENTENCE, context.size(forum), name=name),
                )
