"""Evaluation by all rules: of a year's days and slots before planning, and of a schedule of meetings."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain

from kultursam import rules
from kultursam.dates.busy_calendars import Event
from kultursam.dates.holidays import NO_HOLIDAYS, UnknownCountryError, holidays_of
from kultursam.dates.slots import NOMINAL_REACH, Slot
from kultursam.diagnostics import KultursamError
from kultursam.forumfile.register import Register
from kultursam.i18n import said_by
from kultursam.plans.model import Meeting, Origin, by_forum
from kultursam.rules import busy, placement, weekdays
from kultursam.rules.context import Effect, EvaluatedYear, RuleKey, Schedule, YearContext

MARGIN = timedelta(days=NOMINAL_REACH)


def year_context(
    register: Register,
    year: int,
    events: Mapping[str, Sequence[Event]] | None = None,
    neighbours: Iterable[Meeting] = (),
) -> YearContext:
    """Return a year's days, from a week before it to a week after its last window.

    `neighbours` are the live meetings of the years before and after. Raise `KultursamError` if the file's
    country is unknown.
    """
    last = date(year, 12, 31)
    for forum in register.forums.values():
        for window in forum.windows:
            span = window.within(year)
            last = max(last, span[1]) if span else last
    first, last = date(year, 1, 1) - MARGIN, last + MARGIN
    settings = register.file.calendar
    calendar = NO_HOLIDAYS
    if settings:
        try:
            calendar = holidays_of(settings.country, register.file.language, first, last)
        except UnknownCountryError as error:
            problem = register.source.problem(said_by(error), ("calendar", "country"))
            raise KultursamError(replace(problem, code="unknown-country")) from error
    beside = {forum: [meeting.date for meeting in held] for forum, held in by_forum(neighbours).items()}
    return YearContext(register, year, first, last, calendar, events or {}, beside)


def evaluate_year(
    context: YearContext, forums: Iterable[str] | None = None, *, ideals: bool = True
) -> EvaluatedYear:
    """Return the year with every day evaluated for each forum (or for some), and the slots of each.

    Without `ideals`, which hard constraints don't depend on, slots have their middles for them.
    Raise `KultursamError` where a forum's windows cannot hold its meetings in this year.
    """
    wanted = list(context.register.forums if forums is None else forums)
    effects: dict[str, Mapping[date, tuple[Effect, ...]]] = {}
    slots_of: dict[str, tuple[Slot, ...]] = {}
    met: dict[str, Sequence[date]] = {}
    for forum in placement.in_order(context, wanted):
        if context.forum(forum).cadence.kind != "external":
            effects[forum] = _day_effects(context, forum)
            try:
                slots_of[forum] = placement.place(context, forum, effects[forum], met if ideals else None)
            except ValueError as error:
                where = context.register.written(("forums", forum, "windows"))
                raise KultursamError(context.register.source.problem(said_by(error), where)) from error
        met[forum] = placement.meeting_days(context, forum, slots_of.get(forum, ()))
    planned = [forum for forum in wanted if forum in slots_of]
    # Ideals are those of the whole year, also where its first slots are left out.
    slots = {forum: slots_of[forum][context.left_out.get(forum, 0) :] for forum in planned}
    return EvaluatedYear(context, {forum: effects[forum] for forum in planned}, slots)


def _day_effects(context: YearContext, forum: str) -> dict[date, tuple[Effect, ...]]:
    effects: dict[date, tuple[Effect, ...]] = {}
    for rule in rules.DAY_RULES:
        for day, effect in rule.effects(context, forum):
            if context.first <= day <= context.last:
                effects[day] = (*effects.get(day, ()), effect)
    return effects


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the must-rules that a forum is under, those of single days first."""
    weekend = (weekdays.ID, ("forums", forum))
    of_days = {
        effect.key
        for effect in chain.from_iterable(year.effects[forum].values())
        if effect.strength == "must"
    }
    yield from sorted(of_days - {weekend}, key=str)
    for rule in rules.HARD_RULES:
        yield from rule.hard_constraints(year, forum)


def slot_effects(year: EvaluatedYear, forum: str, slot: Slot, day: date) -> Iterator[Effect]:
    """Yield what a day means for a slot of a forum."""
    for rule in rules.SLOT_RULES:
        if effect := rule.effect(year.context, forum, slot, day):
            yield effect


def slot_points(year: EvaluatedYear, forum: str, slot: Slot, day: date) -> int | None:
    """Return the points of what a day means for a slot; None where a must-rule closes it."""
    points = 0
    for rule in rules.SLOT_RULES:
        price = rule.price(year.context, forum, slot, day)
        if price is None:
            return None
        points += price
    return points


def fills_slot(meeting: Meeting) -> bool:
    """Return whether a meeting takes one of its forum's slots: one that a person cancelled still does."""
    return meeting.origin in {Origin.PLANNED, Origin.RESERVED} and (meeting.live or meeting.decided)


def match_slots(year: EvaluatedYear, meetings: Iterable[Meeting]) -> dict[str, Slot]:
    """Return the slot of each meeting that fills one, by meeting id: both in the order of time."""
    filling = sorted(filter(fills_slot, meetings), key=lambda meeting: (meeting.date, meeting.number))
    return {
        meeting.id: slot
        for forum, of_forum in by_forum(filling).items()
        for meeting, slot in zip(of_forum, year.slots.get(forum, ()), strict=False)
    }


def _on_its_day(year: EvaluatedYear, meeting: Meeting) -> Iterator[Effect]:
    """Yield what a meeting's day means for it; its time may be another than its forum's."""
    usual = year.context.forum(meeting.forum).time
    own_time = (meeting.start, meeting.end) != (usual.start, usual.end)
    for effect in year.on(meeting.forum, meeting.date):
        if not own_time or effect.rule != busy.ID:
            yield effect
    if own_time:
        yield from busy.effects_on(year.context, meeting)


def meeting_effects(
    year: EvaluatedYear,
    meetings: Iterable[Meeting],
    neighbours: Iterable[Meeting] = (),
    placed: Container[str] | None = None,
) -> dict[str, list[Effect]]:
    """Return, by meeting id, the effects of all rules on a year's live meetings.

    The effects of days and slots are those of the forums `placed` only, if given.
    """
    meetings = [meeting for meeting in meetings if meeting.forum in year.register.forums]
    neighbours = [meeting for meeting in neighbours if meeting.forum in year.register.forums]
    slot_of = match_slots(year, meetings)
    effects: dict[str, list[Effect]] = {meeting.id: [] for meeting in meetings if meeting.live}
    for meeting in meetings:
        if meeting.live and (placed is None or meeting.forum in placed):
            effects[meeting.id] += _on_its_day(year, meeting)
            if slot := slot_of.get(meeting.id):
                effects[meeting.id] += slot_effects(year, meeting.forum, slot, meeting.date)
    schedule = Schedule.of(year.context.year, meetings, neighbours)
    for rule in rules.LINK_RULES:
        for meeting, effect in rule.meeting_effects(year, schedule):
            effects[meeting.id].append(effect)
    return effects
