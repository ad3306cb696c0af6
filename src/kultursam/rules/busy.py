"""Meetings keep off the hours that other bodies have decided, and leave time to travel.

    buffer_minutes: 30                # the default; a forum may have its own: the larger of the two counts
    calendar:
      busy: [{name: Council, file: council.ics, for: [north]}]
    # council.ics: 2025-03-04 12:30-15:00
    # passes: board meets 2025-03-04

    calendar:
      busy: [{name: Council, file: council.ics, for: [north]}]
    # council.ics: 2025-03-04 12:15-15:00
    # fails: board meets 2025-03-04

Default strength: must. It touches the members that fit all of `for`, `for_roles` and `for_forums`, and
counts their organisations. Source: an iCalendar file; opaque events close their hours and the buffer around
them, all-day events their days. The buffer reaches into no other day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from kultursam.dates.busy_calendars import Event
from kultursam.dates.holidays import DAY, days_between
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import Effect, YearContext, violation

ID = "busy"
SENTENCE = N_("{name} meets at that time")
NEAR = N_("{name} meets less than {minutes} minutes before or after")


class _Calendar(NamedTuple):
    """A busy calendar that touches a forum: what it has against a meeting, and its events."""

    overlapping: Effect
    near: Effect
    events: Sequence[Event]
    buffer: timedelta
    touched: frozenset[str]
    """The organisations."""

    def against(self, context: YearContext, effect: Effect, day: date) -> Iterator[Effect]:
        """Yield an effect on a day, if some of the organisations touched take part then."""
        if present := context.present(self.touched, day):
            yield effect if present == effect.touched else replace(effect, touched=present)


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield the days on which an event overlaps the forum's usual time, or leaves too little around it."""
    usual = context.forum(forum).time
    for calendar in _touching(context, forum):
        closed: dict[date, Effect] = {}
        for event in calendar.events:
            for day in days_between(
                max(event.start.date(), context.first), min(event.end.date(), context.last)
            ):
                if _overlaps(event, day, usual.start, usual.end):
                    closed[day] = calendar.overlapping
                elif _overlaps(event, day, usual.start, usual.end, calendar.buffer):
                    closed.setdefault(day, calendar.near)
        for day in sorted(closed):
            yield from ((day, effect) for effect in calendar.against(context, closed[day], day))


def effects_on(context: YearContext, meeting: Meeting) -> Iterator[Effect]:
    """Yield an effect for each calendar with an event at the meeting's own time, or too near it."""
    hours = meeting.date, meeting.start, meeting.end
    for calendar in _touching(context, meeting.forum):
        if any(_overlaps(event, *hours) for event in calendar.events):
            yield from calendar.against(context, calendar.overlapping, meeting.date)
        elif any(_overlaps(event, *hours, calendar.buffer) for event in calendar.events):
            yield from calendar.against(context, calendar.near, meeting.date)


def _touching(context: YearContext, forum: str) -> Iterator[_Calendar]:
    settings, file = context.register.file.calendar, context.register.file
    minutes = max(file.buffer_minutes, context.buffer_minutes(forum))
    for index, busy in enumerate(settings.busy if settings else ()):
        origin = ("calendar", "busy", index)
        touched = frozenset(member.organisation for member in context.register.touched(forum, busy))
        if touched and context.holds(ID, origin):
            yield _Calendar(
                violation(ID, busy.strength, origin, SENTENCE, len(touched), name=busy.name),
                violation(ID, busy.strength, origin, NEAR, len(touched), name=busy.name, minutes=minutes),
                context.events.get(busy.file, ()),
                timedelta(minutes=minutes),
                touched,
            )


def _overlaps(event: Event, day: date, start: time, end: time, buffer: timedelta = timedelta()) -> bool:
    """Return whether a meeting overlaps what an event takes of its day, or is nearer to it than a buffer."""
    begin, finish = event.start, event.end
    if buffer and not event.all_day:
        midnight = datetime.combine(day, time())
        if begin >= midnight + DAY or finish <= midnight:
            return False
        begin, finish = begin - buffer, finish + buffer
    return begin < datetime.combine(day, end) and datetime.combine(day, start) < finish
