"""Meetings keep off the hours that other bodies have decided.

    calendar:
      busy: [{name: Council, file: council.ics, for: [north]}]
    # council.ics: 2025-03-04 12:00-15:00
    # passes: board meets 2025-03-04

    calendar:
      busy: [{name: Council, file: council.ics, for: [north]}]
    # council.ics: 2025-03-04 11:00-15:00
    # fails: board meets 2025-03-04

Default strength: must. It touches the members that fit all of `for`, `for_roles` and `for_forums`, and
counts their organisations; where these are optional members alone, it is weighed as `prefer`. Source: an
iCalendar file; opaque events close their hours, all-day events their days.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from kultursam.dates.busy_calendars import Event
from kultursam.dates.holidays import days_between
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import Effect, YearContext, violation

ID = "busy"
SENTENCE = N_("{name} meets at that time")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield the days on which an event overlaps the forum's usual time."""
    usual = context.forum(forum).time
    for effect, events in _touching(context, forum):
        days = {
            day
            for event in events
            for day in days_between(
                max(event.start.date(), context.first), min(event.end.date(), context.last)
            )
            if _overlaps(event, day, usual.start, usual.end)
        }
        yield from ((day, effect) for day in sorted(days))


def effects_on(context: YearContext, meeting: Meeting) -> Iterator[Effect]:
    """Yield an effect for each calendar with an event at the meeting's own time."""
    for effect, events in _touching(context, meeting.forum):
        if any(_overlaps(event, meeting.date, meeting.start, meeting.end) for event in events):
            yield effect


def _touching(context: YearContext, forum: str) -> Iterator[tuple[Effect, Sequence[Event]]]:
    settings = context.register.file.calendar
    for index, busy in enumerate(settings.busy if settings else ()):
        origin = ("calendar", "busy", index)
        strength, touched = context.register.hindered(forum, busy, busy.strength)
        if touched and context.holds(ID, origin):
            effect = violation(ID, strength, origin, SENTENCE, touched, name=busy.name)
            yield effect, context.events.get(busy.file, ())


def _overlaps(event: Event, day: date, start: time, end: time) -> bool:
    return event.start < datetime.combine(day, end) and datetime.combine(day, start) < event.end
