"""An organisation has few meetings in one week.

    forums:
      board: {members: [{role: chair, from: [north]}]}
      staff: {members: [{role: manager, from: [south]}]}
    # passes: board meets 2025-03-04; staff meets 2025-03-06

    forums:
      board: {members: [{role: chair, from: [north]}]}
      staff: {members: [{role: manager, from: [north]}]}
    # fails: board meets 2025-03-04; staff meets 2025-03-06

Strength: prefer. Each further meeting of an organisation in one ISO week of the year costs 1 point.
Meetings of every kind count, those decided elsewhere too.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, product

from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import (
    Candidate,
    Effect,
    EvaluatedYear,
    Model,
    Schedule,
    common_forums,
    days_of,
    grouped,
    moment,
)

ID = "crowded-weeks"
SENTENCE = N_("organisations with another meeting that week: {number}")
Week = tuple[int, int]


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Yield the sets of forums that an organisation takes part in."""
    yield from Counter(common_forums(year.register.organisations, year.slots).values())


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield the meetings that are not the first of their week for some organisation."""
    seen: set[tuple[str, Week]] = set()
    for meeting in sorted(chain.from_iterable(schedule.meetings.values()), key=moment):
        present = year.register.organisations_on(meeting.forum, meeting.date)
        weeks = set(product(present, _weeks(meeting)))
        if number := len(weeks & seen):
            origin = ("forums", meeting.forum)
            yield meeting, Effect(ID, "prefer", origin, SENTENCE, {"number": number}, 0, number)
        seen |= weeks


def _weeks(meeting: Meeting | Candidate) -> Sequence[Week]:
    """Return the ISO weeks in which a meeting is held."""
    return list(dict.fromkeys(day.isocalendar()[:2] for day in days_of(meeting)))


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Count the meetings above one a week: Σ x ≤ 1 + further, with a price on `further`.

    Organisations that take part in the same forums, at the same time, share a row; the price is their number.
    """
    if not model.priced:
        return
    register = year.register
    forums_of = common_forums(register.organisations, model.by_forum)
    circles = Counter((forums, register.life(key)) for key, forums in forums_of.items())
    for (forums, life), organisations in circles.items():
        by_week = grouped(
            (week, x)
            for forum in forums
            for x in model.candidates(forum)
            if x.of_year and life.includes(x.date)
            for week in _weeks(x)
        )
        for _, week in sorted(by_week.items()):
            # A slot has one meeting; a meeting without a slot counts by itself.
            most = len({(x.forum, x.slot, x.column if x.slot is None else 0) for x in week})
            if most > 1:
                further = model.column(organisations, upper=most - 1)
                model.row([*((x.column, 1.0) for x in week), (further, -1.0)], upper=1)
