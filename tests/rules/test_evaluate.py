"""Evaluation by all rules together: days, slots and schedules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import chain

from rule_years import ContextOf, YearOf, days, event, meeting, one_forum

from kultursam.plans.model import Status
from kultursam.rules import busy, days_off, half_days, periods, squeeze_days, windows
from kultursam.rules.context import EvaluatedYear, RuleKey, YearContext
from kultursam.rules.evaluate import evaluate_year, hard_constraints, meeting_effects


def test_without_a_calendar_every_working_day_is_alike(context_of: ContextOf) -> None:
    """A file that names no country has no holidays."""
    context = context_of(calendar="")
    assert not any(days(rule, context) for rule in (days_off, half_days, squeeze_days, periods, busy))


def test_must_rules_of_days_close_open_days(context_of: ContextOf) -> None:
    """Holidays, must-periods and busy days are not open days; half-days, weekdays and a life's end are."""
    context = context_of(
        "{country: SE, periods: [{name: X, weeks: 10}, {name: Y, weeks: 11, strength: should}], "
        "busy: [{name: C, file: c.ics}]}",
        one_forum("cadence: once a year, weekdays: [tue], active: {to: 2026-11-30}"),
        events={"c.ics": [event("2026-03-18 10:00", "2026-03-18 11:00")]},
    )
    (slot,) = evaluate_year(context).slots["one"]
    assert slot.open_days
    open_days = {f"{day:%m-%d}" for day in slot.open_days}
    assert not {"01-01", "03-04", "03-18", "06-19"} & open_days
    assert {"01-02", "01-05", "03-11", "03-17", "03-19", "04-02", "12-01"} <= open_days


def test_an_external_forum_is_not_evaluated(context_of: ContextOf) -> None:
    """Its dates are fixed by others."""
    year = evaluate_year(context_of(forums=one_forum("cadence: external, dates: [2026-01-01]")))
    assert year.slots == {}
    assert year.on("one", date(2026, 1, 1)) == ()


def test_a_rule_that_is_left_out_has_no_effect(context_of: ContextOf) -> None:
    """A rule is known by its id and its place in the file: so infeasible subsets are looked for."""
    context = context_of(
        "{country: SE, half_days: must, squeeze_days: must, periods: [{name: X, weeks: 10}], "
        "busy: [{name: C, file: c.ics}]}",
        one_forum(
            "cadence: twice a year, weekdays: [tue], active: {from: 2026-02-01}, "
            "windows: [{from: 02-02, to: 12-18}]"
        ),
        events={"c.ics": [event("2026-03-18 10:00", "2026-03-18 11:00")]},
    )

    def keys_of(context: YearContext) -> set[RuleKey]:
        on_days = evaluate_year(context).effects["one"].values()
        keys = {effect.key for effect in chain.from_iterable(on_days)}
        slot = evaluate_year(context).slots["one"][0]
        outside = windows.effect(context, "one", slot, date(2026, 1, 20))
        return keys | ({outside.key} if outside else set())

    every = keys_of(context) - {("weekdays", ("forums", "one"))}
    assert {rule for rule, _ in every} == {
        *("days-off", "half-days", "squeeze-days", "period", "busy", "active", "weekdays", "windows")
    }
    for key in every:
        assert keys_of(replace(context, ignored=frozenset({key}))) == keys_of(context) - {key}, key


def test_must_rules_close_a_day(context_of: ContextOf) -> None:
    """Must-rules close a day, others do not."""
    year = evaluate_year(context_of())
    assert year.closed("one", date(2026, 5, 14))
    assert not year.closed("one", date(2026, 5, 15))
    assert year.on("one", date(2026, 5, 15))
    assert year.closed("one", date(2026, 5, 16))
    assert year.on("one", date(2026, 3, 3)) == ()


def test_the_context_reaches_a_week_beyond_the_year_and_its_windows(context_of: ContextOf) -> None:
    """So that nominal dates and neighbours at New Year are evaluated too."""
    context = context_of(forums=one_forum("cadence: twice a year, active: {to: 2027-01-06}"))
    assert (context.first, context.last) == (date(2025, 12, 25), date(2027, 1, 7))
    year = evaluate_year(context)
    assert year.closed("one", context.first)
    assert year.closed("one", context.last)


def test_only_must_rules_are_named_as_such(context_of: ContextOf) -> None:
    """Of the days' rules those that close a day, weekends aside; a calendar without events closes none."""
    context = context_of("{country: SE, de_facto_holidays: should, busy: [{name: C, file: c.ics}]}")
    named = {rule for rule, _ in hard_constraints(evaluate_year(context), "one")}
    assert named == {"days-off", "spacing", "shared-members"}
    strong = context_of("{country: SE, half_days: must}")
    assert {rule for rule, _ in hard_constraints(evaluate_year(strong), "one")} == named | {"half-days"}


def test_a_forum_is_under_its_must_rules_alone(year_of: YearOf) -> None:
    """Medium and soft constraints are left out, and so is a must-rule that asks for nothing."""
    links = (
        "spacing: {min_days: 30%s}, prepared_by: {forum: o, days_before: 3-9%s}, "
        "together_with: {forum: o%s}, before: [{date: fair, days: 3%s}], after: [{date: fair, days: 4%s}]"
    )
    soft = ", strength: should"
    year = year_of(
        "o: windows: [{from: 01-01, to: 12-31}]",
        f"must: {links % (('',) * 5)}, time: 13:00-15:00",
        f"soft: {links % ((soft,) * 5)}, time: 13:00-15:00",
        "near: spacing: {min_days: 1}",
        "fixed: cadence: 'RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=4', windows: [{from: 06-01, to: 06-30}]",
    )
    named = {forum: list(hard_constraints(year, forum)) for forum in year.slots}
    shared = ("shared-members", ("buffer_minutes",))
    assert named["must"] == [
        ("spacing", ("forums", "must", "spacing")),
        ("prepared-by", ("forums", "must", "prepared_by")),
        ("together-with", ("forums", "must", "together_with")),
        ("fixed-date", ("forums", "must", "before", 0)),
        ("fixed-date", ("forums", "must", "after", 0)),
        shared,
    ]
    assert named["o"] == [
        ("windows", ("forums", "o", "windows")),
        ("spacing", ("forums", "o", "cadence")),
        shared,
    ]
    assert named["soft"] == named["near"] == [shared]
    assert named["fixed"] == [("windows", ("forums", "fixed", "cadence")), shared]


def test_effects_are_of_live_meetings_of_the_file(year_of: YearOf) -> None:
    """Cancelled ones, and those of forums that have left the file, are passed over."""
    year = year_of("f: spacing: {min_days: 30}")
    live = meeting("f", "2025-03-04")
    gone, cancelled = meeting("gone", "2025-03-04"), meeting("f", "2025-03-05", status=Status.CANCELLED)
    before = meeting("gone", "2024-12-30")
    effects = meeting_effects(year, [live, gone, cancelled], [before, replace(before, id="another")])
    assert list(effects) == [live.id]
    assert "spacing" not in {effect.rule for effect in effects[live.id]}


def test_day_effects_are_limited_to_the_forums_asked_for(year_of: YearOf) -> None:
    """The effects of link rules are those of all forums."""
    year = year_of("f: spacing: {min_days: 30}", "g: spacing: {min_days: 30}")
    meetings = [meeting(forum, day) for forum in ("f", "g") for day in ("2025-03-08", "2025-03-09")]
    effects = meeting_effects(year, meetings, placed={"g"})
    rules = {key: {effect.rule for effect in of_meeting} for key, of_meeting in effects.items()}
    assert {key for key, broken in rules.items() if "weekdays" in broken} == {"g 2025-03-08", "g 2025-03-09"}
    assert {key for key, broken in rules.items() if "spacing" in broken} == {"f 2025-03-09", "g 2025-03-09"}


def test_a_link_rule_that_is_left_out_has_no_effect(year_of: YearOf) -> None:
    """A rule is known by its id and its place in the file: so infeasible subsets are looked for."""
    year = year_of(
        "o: members: [{role: chief, from: [a]}]",
        "f: members: [{role: chief, from: [a]}], spacing: {min_days: 30}, prepared_by: {forum: o, "
        "days_before: 3-9}, together_with: {forum: o}, before: [{date: fair, days: 300}], time: 13:00-15:00",
    )
    meetings = [meeting("o", "2025-03-04"), meeting("f", "2025-03-04"), meeting("f", "2025-03-05")]

    def broken(year: EvaluatedYear) -> set[RuleKey]:
        effects = chain.from_iterable(meeting_effects(year, meetings).values())
        return {effect.key for effect in effects if effect.strength == "must"}

    every = broken(year)
    assert every == set(hard_constraints(year, "f"))
    for key in every:
        context = replace(year.context, ignored=frozenset({key}))
        assert broken(replace(year, context=context)) == every - {key}
