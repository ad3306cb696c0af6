"""Meetings keep off the hours that other bodies have decided.

    calendar:
      busy:
        - {name: Regionfullmäktige, file: busy/fullmaktige.ics, strength: must, for: [region-halland]}

Default strength: must. The file is an iCalendar file; its opaque events close their hours, an all-day
event its days, for the members that fit all of `for`, `for_roles` and `for_forums`.
"""

from collections.abc import Iterator
from datetime import date, datetime

from kultursam.days import Event, days_between
from kultursam.i18n import N_
from kultursam.rules.context import Effect, Frame, broken

ID = "busy"
SENTENCE = N_("{name} meets at that time")


def effects(frame: Frame, forum: str) -> Iterator[tuple[date, Effect]]:
    """Give the days on which an event overlaps the forum's time."""
    settings = frame.register.file.calendar
    for index, busy in enumerate(settings.busy if settings else ()):
        origin = ("calendar", "busy", index)
        touched = len({member.organisation for member in frame.register.touched(forum, busy)})
        if not touched or not frame.holds(ID, origin):
            continue
        effect = broken(ID, busy.strength, origin, SENTENCE, touched, name=busy.name)
        days = {day for event in frame.events.get(busy.file, ()) for day in _days(frame, forum, event)}
        yield from ((day, effect) for day in sorted(days))


def _days(frame: Frame, forum: str, event: Event) -> Iterator[date]:
    time = frame.forum(forum).time
    for day in days_between(max(event.start.date(), frame.first), min(event.end.date(), frame.last)):
        if event.start < datetime.combine(day, time.end) and datetime.combine(day, time.start) < event.end:
            yield day
