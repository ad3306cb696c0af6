"""Meetings keep off the hours that other bodies have decided.

    calendar:
      busy:
        - {name: Regionfullmäktige, file: busy/fullmaktige.ics, strength: must, for: [region-halland]}

Default strength: must. The file is an iCalendar file; its opaque events close their hours, an all-day
event its days, for the members that fit all of `for`, `for_roles` and `for_forums`.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from kultursam.dates.holidays import Event, days_between
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import Effect, Frame, broken

ID = "busy"
SENTENCE = N_("{name} meets at that time")


def effects(frame: Frame, forum: str) -> Iterator[tuple[date, Effect]]:
    """Give the days on which an event overlaps the forum's usual time."""
    usual = frame.forum(forum).time
    for effect, events in _touching(frame, forum):
        days = {
            day
            for event in events
            for day in days_between(max(event.start.date(), frame.first), min(event.end.date(), frame.last))
            if _overlaps(event, day, usual.start, usual.end)
        }
        yield from ((day, effect) for day in sorted(days))


def on(frame: Frame, meeting: Meeting) -> Iterator[Effect]:
    """Give what a meeting overlaps, whatever its time."""
    for effect, events in _touching(frame, meeting.forum):
        if any(_overlaps(event, meeting.date, meeting.start, meeting.end) for event in events):
            yield effect


def _touching(frame: Frame, forum: str) -> Iterator[tuple[Effect, Sequence[Event]]]:
    settings = frame.register.file.calendar
    for index, busy in enumerate(settings.busy if settings else ()):
        origin = ("calendar", "busy", index)
        touched = len({member.organisation for member in frame.register.touched(forum, busy)})
        if touched and frame.holds(ID, origin):
            effect = broken(ID, busy.strength, origin, SENTENCE, touched, name=busy.name)
            yield effect, frame.events.get(busy.file, ())


def _overlaps(event: Event, day: date, start: time, end: time) -> bool:
    return event.start < datetime.combine(day, end) and datetime.combine(day, start) < event.end
