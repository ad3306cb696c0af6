"""Meetings keep off the periods when people are away.

    calendar:
      periods:
        - {name: Christmas, from: 12-20, to: 01-07}
        - {name: Easter week, easter: [-6, -3], strength: should, for: [north]}
        - {name: Campaign, from: 2026-08-17, to: 2026-10-15, for_roles: [chair]}
    # passes: board meets 2025-09-02

    calendar:
      periods: [{name: Summer, weeks: 26-32, strength: must}]
    # fails: board meets 2025-07-01

Default strength: must. Days are ISO weeks, dates (with a year: that year only) or days from Easter
Sunday, narrowed by `days`. A period touches the members that fit all of `for`, `for_roles` and
`for_forums`, and counts their organisations; a forum none of whose members it touches is free of it. Where
it touches optional members alone, it is weighed as `prefer`.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache, partial

from kultursam.dates.holidays import period_days
from kultursam.forumfile.values import Strength
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.rules.context import Effect, YearContext, violation

ID = "period"
SENTENCE = N_("{name}")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield the days of each period that touches the forum."""
    settings = context.register.file.calendar
    for index, period in enumerate(settings.periods if settings else ()):
        origin = ("calendar", "periods", index)
        hindrances = context.register.hindrances(forum, period, period.strength)
        if hindrances and context.holds(ID, origin):
            effect = cache(partial(_effect, origin, period.name))
            for day in period_days(period, context.first, context.last):
                if hindered := context.hindered(hindrances, day):
                    yield day, effect(*hindered)


def _effect(origin: Where, name: str, strength: Strength, touched: int) -> Effect:
    return violation(ID, strength, origin, SENTENCE, touched, name=name)


def closed_days(context: YearContext, forum: str, first: date, last: date) -> Iterator[date]:
    """Yield the days of a span that a period of strength must closes for the forum."""
    settings = context.register.file.calendar
    for period in settings.periods if settings else ():
        hindrances = context.register.hindrances(forum, period, period.strength)
        if hindrances and period.strength == "must":
            for day in period_days(period, first, last):
                hindered = context.hindered(hindrances, day)
                if hindered and hindered[0] == "must":
                    yield day


def touches(context: YearContext, organisation: str, day: date) -> bool:
    """Return whether an organisation is away on a day, by a period for it that names no role or forum."""
    settings = context.register.file.calendar
    return any(
        period.for_ is not None
        and period.for_roles is None
        and period.for_forums is None
        and organisation in context.register.expand(period.for_)
        and day in set(period_days(period, day, day))
        for period in (settings.periods if settings else ())
    )
