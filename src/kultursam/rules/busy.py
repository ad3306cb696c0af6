"""Meetings keep off the hours that other bodies have decided.

    calendar:
      busy:
        - {name: Regionfullmäktige, file: busy/fullmaktige.ics, strength: must, for: [region-halland]}

Default strength: must. The file is an iCalendar file; its opaque events close their hours, an all-day
event its days, for the members that fit all of `for`, `for_roles` and `for_forums`.
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
    """Give the days on which an event overlaps the forum's usual time."""
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


def on(context: YearContext, meeting: Meeting) -> Iterator[Effect]:
    """Give what a meeting overlaps, whatever its time."""
    for effect, events in _touching(context, meeting.forum):
        if any(_overlaps(event, meeting.date, meeting.start, meeting.end) for event in events):
            yield effect


def _touching(context: YearContext, forum: str) -> Iterator[tuple[Effect, Sequence[Event]]]:
    settings = context.register.file.calendar
    for index, busy in enumerate(settings.busy if settings else ()):
        origin = ("calendar", "busy", index)
        touched = len({member.organisation for member in context.register.touched(forum, busy)})
        if touched and context.holds(ID, origin):
            effect = violation(ID, busy.strength, origin, SENTENCE, touched, name=busy.name)
            yield effect, context.events.get(busy.file, ())


def _overlaps(event: Event, day: date, start: time, end: time) -> bool:
    return event.start < datetime.combine(day, end) and datetime.combine(day, start) < event.end
