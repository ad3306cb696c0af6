"""What the rules say of a year: of its days and slots before planning, and of a schedule of meetings."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from kultursam.dates.busy_calendars import Event
from kultursam.dates.holidays import NO_HOLIDAYS, holidays_of
from kultursam.dates.slots import NOMINAL_REACH, Slot, slots
from kultursam.diagnostics import KultursamError
from kultursam.forumfile.register import Register
from kultursam.plans.model import Meeting, Origin
from kultursam.rules import DAY_RULES, LINK_RULES, active, busy, evenness, weekdays, windows
from kultursam.rules.context import Effect, EvaluatedYear, RuleKey, Schedule, YearContext

CLOSES_NO_OPEN_DAY = {weekdays.ID, active.ID}
"""Must-rules that leave a forum's open days, and so its ideals, as they are."""
MARGIN = timedelta(days=NOMINAL_REACH)


def year_context(
    register: Register, year: int, events: Mapping[str, Sequence[Event]] | None = None
) -> YearContext:
    """Give a year's days, from a week before it to a week after its last window.

    Raises `ValueError` if the file's country is unknown.
    """
    last = date(year, 12, 31)
    for forum in register.forums.values():
        for window in forum.windows:
            span = window.within(year)
            last = max(last, span[1]) if span else last
    first, last = date(year, 1, 1) - MARGIN, last + MARGIN
    settings = register.file.calendar
    calendar = holidays_of(settings.country, register.file.language, first, last) if settings else NO_HOLIDAYS
    return YearContext(register, year, first, last, calendar, events or {})


def evaluate_year(context: YearContext, forums: Iterable[str] | None = None) -> EvaluatedYear:
    """Weigh every day for every forum that is planned here (or for some), and place its slots.

    Raises `KultursamError` where a forum's windows cannot hold its meetings in this year.
    """
    effects: dict[str, Mapping[date, tuple[Effect, ...]]] = {}
    placed: dict[str, tuple[Slot, ...]] = {}
    for forum in context.register.forums if forums is None else forums:
        model = context.register.forums[forum]
        if model.cadence.kind == "external":
            continue
        effects[forum] = _day_effects(context, forum)
        closed = {day for day, several in effects[forum].items() if any(map(_closes, several))}
        try:
            placed[forum] = slots(model, context.year, closed)
        except ValueError as error:
            where = context.register.written(("forums", forum, "windows"))
            raise KultursamError(context.register.source.problem(str(error), where)) from error
    return EvaluatedYear(context, effects, placed)


def _day_effects(context: YearContext, forum: str) -> dict[date, tuple[Effect, ...]]:
    found: dict[date, tuple[Effect, ...]] = {}
    for rule in DAY_RULES:
        for day, effect in rule.effects(context, forum):
            if context.first <= day <= context.last:
                found[day] = (*found.get(day, ()), effect)
    return found


def _closes(effect: Effect) -> bool:
    return effect.strength == "must" and effect.rule not in CLOSES_NO_OPEN_DAY


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Name the must-rules that a forum is under, those of single days first."""
    weekend = (weekdays.ID, ("forums", forum))
    on_days = {
        one.key for several in year.effects[forum].values() for one in several if one.strength == "must"
    }
    yield from sorted(on_days - {weekend}, key=str)
    for rule in (windows, *LINK_RULES):
        yield from rule.hard_constraints(year.context, forum)


def slot_effects(year: EvaluatedYear, forum: str, slot: Slot, day: date) -> Iterator[Effect]:
    """Give what a day means for a slot of a forum."""
    if outside := windows.effect(year.context, forum, slot, day):
        yield outside
    if uneven := evenness.effect(forum, slot, day):
        yield uneven


def slot_points(year: EvaluatedYear, forum: str, slot: Slot, day: date) -> int | None:
    """Give the points of what a day means for a slot; None where a must-rule closes it."""
    return None if windows.effect(year.context, forum, slot, day) else evenness.price(slot, day)


def fills_slot(meeting: Meeting) -> bool:
    """Tell whether a meeting takes one of its forum's slots: one that a person cancelled still does."""
    return meeting.origin in {Origin.PLANNED, Origin.RESERVED} and (meeting.live or meeting.decided)


def match_slots(year: EvaluatedYear, meetings: Iterable[Meeting]) -> dict[str, Slot]:
    """Give the slot of each meeting that fills one, by meeting id: both in the order of time."""
    by_forum: dict[str, list[Meeting]] = {}
    for meeting in sorted(meetings, key=lambda one: (one.date, one.number)):
        if fills_slot(meeting):
            by_forum.setdefault(meeting.forum, []).append(meeting)
    return {
        meeting.id: slot
        for forum, several in by_forum.items()
        for meeting, slot in zip(several, year.slots.get(forum, ()), strict=False)
    }


def _on_its_day(year: EvaluatedYear, meeting: Meeting) -> Iterator[Effect]:
    """Give what a meeting's day means for it; its time may be another than its forum's."""
    usual = year.context.forum(meeting.forum).time
    timed = (meeting.start, meeting.end) != (usual.start, usual.end)
    for effect in year.on(meeting.forum, meeting.date):
        if not timed or effect.rule != busy.ID:
            yield effect
    if timed:
        yield from busy.on(year.context, meeting)


def meeting_effects(
    year: EvaluatedYear,
    meetings: Iterable[Meeting],
    neighbours: Iterable[Meeting] = (),
    placed: Container[str] | None = None,
) -> dict[str, list[Effect]]:
    """Give, by meeting id, everything that the rules have against a year's live meetings.

    What their days and slots mean by themselves is told of the forums `placed`; else of all.
    """
    meetings = [one for one in meetings if one.forum in year.register.forums]
    neighbours = [one for one in neighbours if one.forum in year.register.forums]
    filled = match_slots(year, meetings)
    schedule = Schedule.of(year.context.year, meetings, neighbours)
    found: dict[str, list[Effect]] = {one.id: [] for one in meetings if one.live}
    for meeting in meetings:
        if meeting.live and (placed is None or meeting.forum in placed):
            found[meeting.id] += _on_its_day(year, meeting)
            if slot := filled.get(meeting.id):
                found[meeting.id] += slot_effects(year, meeting.forum, slot, meeting.date)
    for rule in LINK_RULES:
        for meeting, effect in rule.meeting_effects(year, schedule):
            found[meeting.id].append(effect)
    return found
