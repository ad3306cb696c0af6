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
Weekdays that take turns are wanted alike.
Days of `otherwise` serve only in a week in which musts close all of `weekdays`; they cost nothing.
A forum whose cadence names days holds those: for it only a list of its own counts, and steps cost
nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from kultursam.dates.holidays import DAY, days_between
from kultursam.forumfile.keys import listed, rotation
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.rules import busy, days_off, half_days, periods, squeeze_days
from kultursam.rules.context import PREFER_POINTS, Effect, YearContext, violation

ID = "weekdays"
SENTENCE = N_("the forum does not meet on this weekday")
STEP_SENTENCE = N_("weekday number {number} of those wanted")
WEEKEND_SENTENCE = N_("a weekend")
OTHERWISE_SENTENCE = N_("the forum meets on this weekday only where its own are closed that week")
CLOSING = (days_off, squeeze_days, periods)
CLOSING_BY_HOURS = (half_days, busy)
"""The rules whose musts close a forum's own weekdays."""


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield weekends, the weekdays that are not listed, and what the less wanted ones cost."""
    further = fallback_days(context, forum)
    by_weekday = cache(lambda window: _by_weekday(context, forum, window))
    for day in days_between(context.first, context.last):
        if (effect := by_weekday(window_on(context, forum, day))[day.weekday()]) and day not in further:
            yield day, effect


def _by_weekday(context: YearContext, forum: str, window: int | None) -> Mapping[int, Effect | None]:
    """Return what each weekday means, in a window that has a list of its own or outside of such."""
    where, size, weekend = origin(forum, window), context.size(forum), context.weekend(forum)
    off = violation(ID, "must", ("forums", forum), WEEKEND_SENTENCE, size)
    unlisted = violation(ID, "must", where, SENTENCE, size)
    by_weekday: dict[int, Effect | None] = {
        number: off if number in weekend else unlisted for number in range(7)
    }
    for number in context.forum(forum).otherwise or ():
        by_weekday[number] = violation(ID, "must", where, OTHERWISE_SENTENCE, size)
    for number, step in steps(context, forum, window).items():
        by_weekday[number] = None
        if step:
            args = {"number": step + 1, "wanted": True}
            by_weekday[number] = Effect(ID, "prefer", where, STEP_SENTENCE, args, 0, PREFER_POINTS * step)
    return by_weekday


def window_on(context: YearContext, forum: str, day: date) -> int | None:
    """Return which window with weekdays of its own a day lies in."""
    windows = context.forum(forum).windows
    return next((index for index, one in enumerate(windows) if one.weekdays and one.holds(day)), None)


def origin(forum: str, window: int | None) -> Where:
    """Return where a forum's list of weekdays is written, or that of one of its windows."""
    place: Where = () if window is None else ("windows", window)
    return ("forums", forum, *place, "weekdays")


def steps(context: YearContext, forum: str, window: int | None = None) -> Mapping[int, int]:
    """Return the weekdays on which a forum meets, and how far down its list of them each is.

    That is the list of a window, if one is given.
    """
    model, where = context.forum(forum), origin(forum, window)
    weekend = context.weekend(forum)
    working = [number for number in range(7) if number not in weekend]
    written = model.weekdays if window is None else model.windows[window].weekdays
    meets_on = listed(written) if context.holds(ID, where) else ()
    if model.cadence.kind == "named days":
        inherited = window is None and where not in context.register.source.marks
        return dict.fromkeys((*working, *meets_on) if inherited or not meets_on else meets_on, 0)
    if rotation(written):
        return dict.fromkeys(meets_on or working, 0)
    return {number: step for step, number in enumerate(meets_on)} or dict.fromkeys(working, 0)


def fallback_days(context: YearContext, forum: str) -> frozenset[date]:
    """Return the days of `otherwise` in the weeks in which musts close all weekdays that a forum meets on."""
    otherwise = context.forum(forum).otherwise or ()
    if not otherwise:
        return frozenset()
    closed = {day for day, effect in _on_single_days(context, forum) if effect.strength == "must"}
    steps_in = cache(lambda window: steps(context, forum, window))

    def is_needed(day: date) -> bool:
        meets_on = steps_in(window_on(context, forum, day))
        week = [day + (number - day.weekday()) * DAY for number in meets_on]
        return day.weekday() not in meets_on and closed.issuperset(week)

    return frozenset(
        day
        for day in days_between(context.first, context.last)
        if day.weekday() in otherwise and is_needed(day)
    )


def _on_single_days(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield what rules have against days, each by itself, however many of them a meeting has."""
    for rule in CLOSING:
        yield from rule.effects(context, forum)
    for by_hours in CLOSING_BY_HOURS:
        if context.forum(forum).longest == 1:
            yield from by_hours.effects(context, forum)
            continue
        for day in days_between(context.first, context.last):
            of_a_day = replace(context.meeting_on(forum, day), days=1)
            yield from ((day, effect) for effect in by_hours.effects_on(context, of_a_day))
