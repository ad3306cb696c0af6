"""No meetings on public and de-facto holidays.

    calendar: {country: FI}           # ISO 3166 (FI) or 3166-2 (GB-ENG)
    # passes: board meets 2025-06-06

    calendar: {country: SE, public_holidays: must, de_facto_holidays: must}
    # fails: board meets 2025-06-06

Default strength: must, both. Weekends are closed by `weekdays`. Those of an organisation's own `country`
touch that organisation, `working` ones nobody.
Source of the days: the `holidays` library, categories `public` (red days) and `de_facto`
(midsommarafton, julafton, nyårsafton).
"""

from collections.abc import Iterator
from datetime import date

from kultursam.i18n import N_
from kultursam.rules.context import Effect, YearContext, violation

ID = "days-off"
SENTENCE = N_("{name} is a holiday")
ELSEWHERE = N_("{name} is a holiday in {country}")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield the holidays."""
    settings = context.register.file.calendar
    if settings is None:
        return
    for country, calendar, touched in context.calendars_of(forum):
        for key, strength, days in (
            ("public_holidays", settings.public_holidays, calendar.public),
            ("de_facto_holidays", settings.de_facto_holidays, calendar.de_facto),
        ):
            origin, place = ("calendar", key), {"country": country} if country else {}
            sentence = ELSEWHERE if country else SENTENCE
            for day, name in days.items() if context.holds(ID, origin) else ():
                if observing := context.observing(forum, touched, day):
                    yield day, violation(ID, strength, origin, sentence, observing, name=name, **place)
