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
counts their organisations; where these are optional members alone, it is weighed as `prefer`. Source: an
iCalendar file; events that are not shown as free close their hours and the buffer around them, all-day events
their days, and one without an end the moment that it begins at. The buffer reaches into no other day.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple

from kultursam.dates.busy_calendars import Event
from kultursam.dates.holidays import DAY, days_between
from kultursam.forumfile.register import Hindrances
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import Candidate, Effect, Hours, Sittings, YearContext, violation

ID = "busy"
MINUTE = timedelta(minutes=1)
SENTENCE = N_("{name} meets at that time")
NEAR = N_("{name} meets less than {minutes} minutes before or after")


class _Calendar(NamedTuple):
    """A busy calendar that touches a forum, and how many minutes before and after its events nobody meets."""

    name: str
    origin: Where
    hindrances: Hindrances
    events: Sequence[Event]
    minutes: int

    @property
    def buffer(self) -> timedelta:
        """Return how long before and after its events nobody meets."""
        return timedelta(minutes=self.minutes)

    def against(self, context: YearContext, day: date, *, near: bool) -> Iterator[Effect]:
        """Yield what it has against a meeting that overlaps an event on a day, or is too near one."""
        if hindered := context.hindered(self.hindrances, day):
            strength, touched = hindered
            args = {"name": self.name} | ({"minutes": self.minutes} if near else {})
            yield violation(ID, strength, self.origin, NEAR if near else SENTENCE, touched, **args)


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield the days on which an event overlaps the forum's usual time, or leaves too little around it."""
    before = max(model.days for model in context.forum(forum).every_said) * DAY
    after = DAY if context.forum(forum).timezone else timedelta()
    sittings = cache(lambda day: context.sittings(context.meeting_on(forum, day)))
    for calendar in _touching(context, forum):
        near: dict[date, bool] = {}
        for event in calendar.events:
            first, last = event.start.date() - before - after, event.end.date() + after
            for day in days_between(max(first, context.first), min(last, context.last)):
                if _overlaps(event, sittings(day)):
                    near[day] = False
                elif _overlaps(event, sittings(day), calendar.buffer):
                    near.setdefault(day, True)
        for day in sorted(near):
            yield from ((day, effect) for effect in calendar.against(context, day, near=near[day]))


def effects_on(context: YearContext, meeting: Meeting | Candidate) -> Iterator[Effect]:
    """Yield an effect for each calendar with an event at the meeting's own time, or too near it."""
    sittings = context.sittings(meeting)
    for calendar in _touching(context, meeting.forum):
        if any(_overlaps(event, sittings) for event in calendar.events):
            yield from calendar.against(context, meeting.date, near=False)
        elif any(_overlaps(event, sittings, calendar.buffer) for event in calendar.events):
            yield from calendar.against(context, meeting.date, near=True)


def _touching(context: YearContext, forum: str) -> Iterator[_Calendar]:
    file = context.register.file
    settings = file.calendar
    minutes = max(file.buffer_minutes, context.buffer_minutes(forum))
    for index, busy in enumerate(settings.busy if settings else ()):
        origin = ("calendar", "busy", index)
        hindrances = context.register.hindrances(forum, busy, busy.strength)
        if hindrances and context.holds(ID, origin):
            events = [event for event in context.events.get(busy.file, ()) if not event.free]
            yield _Calendar(busy.name, origin, hindrances, events, minutes)


def _overlaps(event: Event, sittings: Sittings, buffer: timedelta = timedelta()) -> bool:
    """Return whether a meeting overlaps what an event takes of its days, or is nearer to it than a buffer."""
    return any(_takes(event, day, hours, buffer) for day, hours in sittings)


def _takes(event: Event, day: date, hours: Hours, buffer: timedelta) -> bool:
    # One without an end takes the moment that it begins at.
    begin, finish = event.start, max(event.end, event.start + MINUTE)
    midnight = datetime.combine(day, time())
    if buffer and not event.all_day:
        if begin >= midnight + DAY or finish <= midnight:
            return False
        begin, finish = begin - buffer, finish + buffer
    return begin < midnight + hours.end * MINUTE and midnight + hours.start * MINUTE < finish
