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
from datetime import date, time

from kultursam.dates.holidays import DAY
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import Candidate, Effect, YearContext, days_of, violation

ID = "half-days"
SENTENCE = N_("{name} has shorter working hours")
ORIGIN = ("calendar", "half_days")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield the days on which a meeting of the forum would be held on a half-day."""
    halves = {day for _, calendar, _ in context.calendars_of(forum) for day in calendar.half_days}
    reach = range(context.forum(forum).longest)
    for first in sorted({day - before * DAY for day in halves for before in reach}):
        yield from ((first, effect) for effect in effects_on(context, context.meeting_on(forum, first)))


def effects_on(context: YearContext, meeting: Meeting | Candidate) -> Iterator[Effect]:
    """Yield what a meeting's days mean at its own times: each half-day, unless it ends in time."""
    settings = context.register.file.calendar
    rule = settings.half_days if settings else None
    if rule is None or not context.holds(ID, ORIGIN):
        return
    days = [
        day for day in days_of(meeting) if not rule.from_ or _ends_after(context, meeting, day, rule.from_)
    ]
    for _, calendar, touched in context.calendars_of(meeting.forum):
        for day in days:
            name = calendar.half_days.get(day)
            if name and (observing := context.observing(meeting.forum, touched, day)):
                yield violation(ID, rule.strength, ORIGIN, SENTENCE, observing, name=name)


def _ends_after(context: YearContext, meeting: Meeting | Candidate, day: date, hour: time) -> bool:
    """Return whether a meeting goes on after an hour of a day."""
    minutes = hour.hour * 60 + hour.minute
    return any(on == day and hours.end > minutes for on, hours in context.sittings(meeting))
