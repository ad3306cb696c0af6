"""Meetings keep off working days with shorter hours, such as skärtorsdag.

    calendar: {half_days: should}     # eves: the employer decides, so this is yours to set
    # passes: board meets 2025-04-16

    calendar: {country: SE}           # should, unless written
    # fails: board meets 2025-04-17

Default strength: should. It counts the organisations of the country. With `from`, the hour that the working
day ends at, a meeting that ends by then is free of it.
Source of the days: the `holidays` library, categories `bank` and `half_day`, less weekends and holidays.
"""

from collections.abc import Iterator
from datetime import date

from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import Effect, YearContext, violation

ID = "half-days"
SENTENCE = N_("{name} has shorter working hours")
ORIGIN = ("calendar", "half_days")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield the half-days."""
    return _ending(context, forum)


def effects_on(context: YearContext, meeting: Meeting) -> Iterator[Effect]:
    """Yield what a meeting's day means at its own time."""
    for day, effect in _ending(context, meeting.forum, meeting):
        if day == meeting.date:
            yield effect


def _ending(
    context: YearContext, forum: str, meeting: Meeting | None = None
) -> Iterator[tuple[date, Effect]]:
    """Yield the half-days on which a forum, or a meeting of it, goes on after the working day ends."""
    settings = context.register.file.calendar
    rule = settings.half_days if settings else None
    if rule is None or not context.holds(ID, ORIGIN):
        return
    for _, calendar, touched in context.calendars_of(forum):
        for day, name in calendar.half_days.items():
            end = meeting.end if meeting else context.forum_on(forum, day).time.end
            if rule.from_ and end <= rule.from_:
                continue
            if observing := context.observing(forum, touched, day):
                yield day, violation(ID, rule.strength, ORIGIN, SENTENCE, observing, name=name)
