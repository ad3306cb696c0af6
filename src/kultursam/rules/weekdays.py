"""A forum meets on its weekdays, most wanted first.

    forums:
      board: {weekdays: [tue, thu]}   # English or Swedish, short or whole
    # passes: board meets 2025-03-04

    forums:
      board: {weekdays: [wed, thu]}
    # fails: board meets 2025-03-04

Strength: must for the list (without one, the working days of the week); each step down it costs 9 points. A
meeting of several days is held on listed days only, and is on the one that is wanted with its first.
A window may have a list of its own, for the meetings in it.
Days of `otherwise` serve only in a week in which musts close all of `weekdays`; they cost nothing. For a
meeting of several days these are closed where it has room on no run of them.
A forum whose cadence names days holds those: for it only a list of its own counts, and steps cost
nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cache

from kultursam.dates.holidays import DAY, days_between
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.rules import busy, days_off, half_days, periods, squeeze_days
from kultursam.rules.context import PREFER_POINTS, Effect, YearContext, days_of, violation

ID = "weekdays"
SENTENCE = N_("the forum does not meet on this weekday")
STEP_SENTENCE = N_("weekday number {number} of those wanted")
WEEKEND_SENTENCE = N_("a weekend")
OTHERWISE_SENTENCE = N_("the forum meets on this weekday only where its own are closed that week")
CLOSING_DAYS, CLOSING_MEETINGS = (days_off, squeeze_days, periods), (half_days, busy)
"""The rules whose musts close a forum's own weekdays: days of a meeting, or the first of one at its times."""


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield weekends, the weekdays that are not listed, and what the less wanted ones cost."""
    further = fallback_days(context, forum)
    by_weekday = cache(lambda window: _by_weekday(context, forum, window))
    for day in days_between(context.first, context.last):
        if (effect := by_weekday(window_on(context, forum, day))[day.weekday()]) and day not in further:
            yield day, effect


def _by_weekday(context: YearContext, forum: str, window: int | None) -> Mapping[int, Effect | None]:
    """Return what each weekday means, in a window that has a list of its own or outside of such."""
    origin, size, weekend = _origin(forum, window), context.size(forum), context.weekend(forum)
    off = violation(ID, "must", ("forums", forum), WEEKEND_SENTENCE, size)
    unlisted = violation(ID, "must", origin, SENTENCE, size)
    by_weekday: dict[int, Effect | None] = {
        number: off if number in weekend else unlisted for number in range(7)
    }
    for number in context.forum(forum).otherwise or ():
        by_weekday[number] = violation(ID, "must", origin, OTHERWISE_SENTENCE, size)
    for number, step in steps(context, forum, window).items():
        by_weekday[number] = None
        if step:
            args = {"number": step + 1, "wanted": True}
            by_weekday[number] = Effect(ID, "prefer", origin, STEP_SENTENCE, args, 0, PREFER_POINTS * step)
    return by_weekday


def window_on(context: YearContext, forum: str, day: date) -> int | None:
    """Return which window with weekdays of its own a day lies in."""
    windows = context.forum(forum).windows
    return next((index for index, one in enumerate(windows) if one.weekdays and one.holds(day)), None)


def _origin(forum: str, window: int | None) -> Where:
    place: Where = () if window is None else ("windows", window)
    return ("forums", forum, *place, "weekdays")


def steps(context: YearContext, forum: str, window: int | None = None) -> Mapping[int, int]:
    """Return the weekdays on which a forum meets, and how far down its list of them each is.

    That is the list of a window, if one is given.
    """
    model, origin = context.forum(forum), _origin(forum, window)
    weekend = context.weekend(forum)
    working = [number for number in range(7) if number not in weekend]
    written = model.weekdays if window is None else model.windows[window].weekdays
    listed = (written or ()) if context.holds(ID, origin) else ()
    if model.cadence.kind == "named days":
        inherited = window is None and origin not in context.register.source.marks
        return dict.fromkeys((*working, *listed) if inherited or not listed else listed, 0)
    return {number: step for step, number in enumerate(listed)} or dict.fromkeys(working, 0)


def fallback_days(context: YearContext, forum: str) -> frozenset[date]:
    """Return the days of `otherwise` in the weeks in which musts leave a forum no meeting on its weekdays."""
    otherwise = context.forum(forum).otherwise or ()
    if not otherwise:
        return frozenset()
    closed_days, closed_meetings = (
        {day for rule in rules for day, effect in rule.effects(context, forum) if effect.strength == "must"}
        for rules in (CLOSING_DAYS, CLOSING_MEETINGS)
    )
    steps_in = cache(lambda window: steps(context, forum, window))

    def is_open(first: date, meets_on: Collection[int]) -> bool:
        held = days_of(context.meeting_on(forum, first))
        on_weekdays = all(day.weekday() in meets_on for day in held)
        return on_weekdays and closed_days.isdisjoint(held) and first not in closed_meetings

    def is_needed(day: date) -> bool:
        meets_on = steps_in(window_on(context, forum, day))
        week = (day + (number - day.weekday()) * DAY for number in meets_on)
        return day.weekday() not in meets_on and not any(is_open(first, meets_on) for first in week)

    return frozenset(
        day
        for day in days_between(context.first, context.last)
        if day.weekday() in otherwise and is_needed(day)
    )
