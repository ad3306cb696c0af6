"""Evaluation by all rules: of a year's days and slots before planning, and of a schedule of meetings."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import chain

from kultursam import rules
from kultursam.dates.busy_calendars import Event
from kultursam.dates.holidays import DAY, NO_HOLIDAYS, Country, Holidays, UnknownCountryError, holidays_of
from kultursam.dates.recurrence import LOOK_BACK
from kultursam.dates.slots import Slot
from kultursam.diagnostics import KultursamError
from kultursam.forumfile.register import Register
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import said_by
from kultursam.plans.model import Meeting, by_forum
from kultursam.rules import busy, for_each, half_days, max_spacing, placement, weekdays
from kultursam.rules.context import (
    Effect,
    EvaluatedYear,
    RuleKey,
    Schedule,
    YearContext,
    days_of,
    fills_slot,
)

MARGIN = timedelta(days=7)
OF_HOURS = {busy.ID: busy, half_days.ID: half_days}
"""Day rules that look at the time of a meeting."""


def year_context(
    register: Register,
    year: int,
    events: Mapping[str, Sequence[Event]] | None = None,
    neighbours: Iterable[Meeting] = (),
    fixed: Iterable[Meeting] = (),
) -> YearContext:
    """Return a year's days, from a week before it to a week after its last window.

    Where a forum counts its interval anew after a break, they begin where that break may be. `neighbours` are
    the live meetings of the years before and after, `fixed` those of the year that are not for the planner to
    choose. Raise `KultursamError` if the file's country is unknown.
    """
    planning_year = register.planning_year(year)
    last = planning_year.last
    for forum in register.forums.values():
        for window in forum.windows:
            span = window.within(planning_year)
            last = max(last, span[1]) if span else last
    restarts = any(one.when_closed == "restart" and one.starting for one in register.forums.values())
    following = {forum: rule for forum, model in register.forums.items() if (rule := model.for_each)}
    reach = max([MARGIN, *(timedelta(days=rule.range.high) for rule in following.values())])
    reach += max(forum.longest - 1 for forum in register.forums.values()) * DAY
    first = planning_year.first - max(reach, LOOK_BACK if restarts else MARGIN)
    last += reach
    calendar, calendars = _calendars(register, (first, last))
    beside = {forum: [meeting.date for meeting in held] for forum, held in by_forum(neighbours).items()}
    concerned = {*following, *(rule.forum for rule in following.values())}
    decided = by_forum(meeting for meeting in fixed if meeting.forum in concerned)
    return YearContext(
        register, year, first, last, calendar, calendars, events or {}, neighbours=beside, decided=decided
    )


def _calendars(register: Register, span: tuple[date, date]) -> tuple[Holidays, Mapping[str, Holidays]]:
    """Return the days off of the file's country, and those of the countries of organisations, by code."""
    settings = register.file.calendar
    if not settings:
        return NO_HOLIDAYS, {}
    calendar = _holidays(register, Country.of(settings), ("calendar", "country"), span)
    return calendar, {
        body.country: _holidays(register, Country.in_(body.country), ("organisations", key, "country"), span)
        for key, body in register.file.organisations.items()
        if body.country
    }


def _holidays(register: Register, country: Country, place: Where, span: tuple[date, date]) -> Holidays:
    """Return the days off of a country that is named at a place in the file."""
    try:
        return holidays_of(country, register.file.language, *span)
    except UnknownCountryError as error:
        problem = register.source.problem(said_by(error), place)
        raise KultursamError(replace(problem, code="unknown-country")) from error


def evaluate_year(
    context: YearContext, forums: Iterable[str] | None = None, *, ideals: bool = True
) -> EvaluatedYear:
    """Return the year with every day evaluated for each forum (or for some), and the slots of each.

    Without `ideals`, which hard constraints don't depend on, slots have their middles for them.
    Raise `KultursamError` where a forum's windows cannot hold its meetings in this year.
    """
    wanted = list(context.register.forums if forums is None else forums)
    effects: dict[str, Mapping[date, tuple[Effect, ...]]] = {}
    placed = placement.Placed(context)
    in_order = list(placement.in_order(context, wanted))
    counted = _counted_days(context, in_order)
    for forum in in_order:
        if context.forum(forum).cadence.kind != "external":
            effects[forum] = _day_effects(context, forum)
            try:
                placed.add(forum, effects[forum], counted.get(forum, ()), with_ideals=ideals)
            except ValueError as error:
                where = context.register.written(("forums", forum, "windows"))
                problem = context.register.source.problem(said_by(error), where, code="too-small-windows")
                raise KultursamError(problem) from error
    # Ideals are those of the whole year, also where its first slots are left out.
    slots = {forum: found.slots[context.left_out.get(forum, 0) :] for forum, found in placed.slots.items()}
    year = with_followers(EvaluatedYear(context, effects, slots, counted=counted))
    planned = [forum for forum in wanted if forum in effects]
    return replace(
        year,
        effects={forum: effects[forum] for forum in planned},
        slots={forum: year.slots[forum] for forum in planned},
        missing={forum: gaps for forum in planned if (gaps := placed.slots[forum].missing)},
        unlinked={forum: gaps for forum in planned if (gaps := placed.slots[forum].unlinked)},
    )


def with_followers(year: EvaluatedYear) -> EvaluatedYear:
    """Return the year with the slots of the forums that meet for each meeting of another."""
    slots = dict(year.slots)
    for forum in placement.in_order(year.context, year.slots):
        rule = year.context.forum(forum).for_each
        if rule and forum in slots:
            closed = partial(year.closed, forum)
            slots[forum] = for_each.slots(year.context, forum, slots.get(rule.forum, ()), closed)
    return replace(year, slots=slots)


def _counted_days(context: YearContext, forums: Iterable[str]) -> dict[str, Sequence[date]]:
    """Return the days that count from one meeting to the next, of forums with a longest spacing.

    They are those of the years beside this one too, whose meetings are the last before and the next after.
    """
    spaced = [forum for forum in forums if max_spacing.most_days(context.forum(forum))]
    if not spaced:
        return {}
    first, last = context.planning_year.around
    calendar, calendars = _calendars(context.register, (first, last))
    wide = replace(context, first=first, last=last, calendar=calendar, calendars=calendars)
    return {forum: placement.counted_days(wide, forum, _day_effects(wide, forum)) for forum in spaced}


def _day_effects(context: YearContext, forum: str) -> dict[date, tuple[Effect, ...]]:
    """Return, by day, what rules have against a meeting of a forum that begins on it: on each of its days.

    What a rule says of several of them in the same words counts once.
    """
    effects: dict[date, tuple[Effect, ...]] = {}
    longest = context.forum(forum).longest
    for rule in rules.DAY_RULES:
        reach = 1 if rule in OF_HOURS.values() else longest
        for day, effect in rule.effects(context, forum):
            for first in (day - before * DAY for before in range(1 if _of_first_day(effect) else reach)):
                known = effects.get(first, ())
                held = reach == 1 or (day - first).days < context.forum_on(forum, first).days
                if held and context.first <= first <= context.last and (reach == 1 or effect not in known):
                    effects[first] = (*known, effect)
    return effects


def _of_first_day(effect: Effect) -> bool:
    """Return whether it is a step down the list of weekdays: of several days, only the first takes it."""
    return effect.rule == weekdays.ID and effect.strength == "prefer"


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


def slot_costs(year: EvaluatedYear, forum: str, slot: Slot, day: date) -> tuple[int, int] | None:
    """Return the trouble and the points of a day for a slot; None where a must-rule closes it."""
    trouble = points = 0
    for rule in rules.SLOT_RULES:
        price = rule.price(year.context, forum, slot, day)
        if price is None:
            return None
        trouble += price[0]
        points += price[1]
    return trouble, points


def match_slots(year: EvaluatedYear, meetings: Iterable[Meeting]) -> dict[str, Slot]:
    """Return the slot of each meeting that fills one, by meeting id: both in the order of time."""
    filling = sorted(filter(fills_slot, meetings), key=lambda meeting: (meeting.date, meeting.number))
    return {
        meeting.id: slot
        for forum, of_forum in by_forum(filling).items()
        for meeting, slot in zip(of_forum, year.slots.get(forum, ()), strict=False)
    }


def _on_its_day(year: EvaluatedYear, meeting: Meeting) -> Iterator[Effect]:
    """Yield what a meeting's days mean for it; its times may be others than its forum's."""
    usual = year.context.forum_on(meeting.forum, meeting.date).times
    own_time = any(getattr(meeting, name) != value for name, value in usual.items())
    on_days = year.on(meeting.forum, meeting.date)
    if meeting.days != usual["days"]:
        on_days = tuple(_on_own_days(year.context, meeting))
    for effect in on_days:
        if not own_time or effect.rule not in OF_HOURS:
            yield effect
    for rule in OF_HOURS.values() if own_time else ():
        yield from rule.effects_on(year.context, meeting)


def _on_own_days(context: YearContext, meeting: Meeting) -> Iterator[Effect]:
    """Yield what rules have against the days of a meeting that has more or fewer of them than its forum's."""
    days, told = days_of(meeting), list[Effect]()
    for rule in rules.DAY_RULES:
        for day, effect in rule.effects(context, meeting.forum) if rule not in OF_HOURS.values() else ():
            if day in (days[:1] if _of_first_day(effect) else days) and effect not in told:
                told.append(effect)
    yield from told


def meeting_effects(
    year: EvaluatedYear,
    meetings: Iterable[Meeting],
    neighbours: Iterable[Meeting] = (),
    placed: Container[str] | None = None,
    compared: Container[date] | None = None,
) -> dict[str, list[Effect]]:
    """Return, by meeting id, the effects of all rules on a year's live meetings.

    The effects of days and slots are those of the forums `placed` only, if given; what meetings of one day
    have against each other is that of the days `compared` only, if given.
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
    schedule = Schedule.of(year.context.year, meetings, neighbours, compared)
    for rule in rules.LINK_RULES:
        for meeting, effect in rule.meeting_effects(year, schedule):
            effects[meeting.id].append(effect)
    return effects
