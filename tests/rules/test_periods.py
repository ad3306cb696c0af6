"""Periods when people are away: their days, and whom they touch."""

from __future__ import annotations

from datetime import date

from rule_years import ContextOf, days, one_forum, sentence

from kultursam.rules import periods
from kultursam.rules.context import PREFER_POINTS


def test_a_period_closes_its_days_for_whom_it_touches(context_of: ContextOf) -> None:
    """Who is named fits all that is named; trouble counts the organisations of the members touched."""
    context = context_of(
        "{country: SE, periods: ["
        "{name: All, weeks: 8, strength: should}, "
        "{name: A, weeks: 9, strength: should, for: [a]}, "
        "{name: AB, weeks: 10, strength: should, for: [ab]}, "
        "{name: Boss, weeks: 11, strength: should, for_roles: [vd]}, "
        "{name: Boss of B, weeks: 12, for_roles: [vd], for: [b]}, "
        "{name: Two, weeks: 13, for_forums: [two]}, "
        "{name: One, weeks: 14, strength: prefer, for_forums: [one], for: [c]}]}"
    )
    one = {effect.args["name"]: effect for _, effect in periods.effects(context, "one")}
    assert {name: (effect.strength, effect.trouble) for name, effect in one.items()} == {
        "All": ("should", 3),
        "A": ("should", 1),
        "AB": ("should", 2),
        "Boss": ("should", 2),
        "One": ("prefer", 0),
    }
    assert {effect.args["name"] for _, effect in periods.effects(context, "two")} == {"All", "Two"}
    assert one["One"].points == PREFER_POINTS
    assert one["A"].origin == ("calendar", "periods", 1)
    assert sentence(one["AB"]) == "AB"


def test_a_period_holds_from_its_first_day_to_its_last(context_of: ContextOf) -> None:
    """Weeks, dates over New Year, one year only, Easter, and days of the week."""
    context = context_of(
        "{country: SE, periods: ["
        "{name: Summer, weeks: 26-27}, {name: Christmas, from: 12-20, to: 01-07}, "
        "{name: Election, from: 2026-08-17, to: 2026-08-18}, {name: Past, from: 2025-03-01, to: 2025-03-31}, "
        "{name: Easter, easter: [-6, -3]}, {name: Fair, weeks: 6, days: [wed, thu, fri]}]}"
    )
    days_of: dict[str, list[str]] = {}
    for day, effect in periods.effects(context, "one"):
        days_of.setdefault(effect.args["name"], []).append(str(day))
    assert days_of["Summer"] == [f"2026-06-{day}" for day in range(22, 31)] + [
        f"2026-07-0{day}" for day in range(1, 6)
    ]
    assert days_of["Christmas"] == [
        *(f"2025-12-{day}" for day in range(25, 32)),
        *(f"2026-01-0{day}" for day in range(1, 8)),
        *(f"2026-12-{day}" for day in range(20, 32)),
        *(f"2027-01-0{day}" for day in range(1, 8)),
    ]
    assert days_of["Election"] == ["2026-08-17", "2026-08-18"]
    assert days_of["Easter"] == ["2026-03-30", "2026-03-31", "2026-04-01", "2026-04-02"]
    assert days_of["Fair"] == ["2026-02-04", "2026-02-05", "2026-02-06"]
    assert "Past" not in days_of


def test_week_53_is_in_2026_only(context_of: ContextOf) -> None:
    """Of the years around it."""
    calendar = "{country: SE, periods: [{name: Last, weeks: 53}]}"
    assert days(periods, context_of(calendar)) == ["12-28", "12-29", "12-30", "12-31"]
    assert days(periods, context_of(calendar, year=2025)) == []
    assert days(periods, context_of(calendar, year=2027)) == ["01-01", "01-02", "01-03"]


def test_an_organisation_that_is_away_cannot_host(context_of: ContextOf) -> None:
    """By a period for the organisation, directly or through a group, but not for a role or a forum."""
    context = context_of(
        "{country: SE, periods: [{name: A, weeks: 8, for: [ab]}, {name: Boss, weeks: 9, for_roles: [vd]}, "
        "{name: Forum, weeks: 10, for: [a], for_forums: [one]}, {name: All, weeks: 11}]}"
    )
    away = [
        week
        for week in (8, 9, 10, 11)
        if periods.touches(context, "a", date.fromisocalendar(2026, week, 3))
    ]  # fmt: skip
    assert away == [8]
    assert not periods.touches(context, "c", date.fromisocalendar(2026, 8, 3))
    assert not periods.touches(context, "a", date.fromisocalendar(2026, 7, 7))


def test_optional_members_hinder_nothing(context_of: ContextOf) -> None:
    """What touches them alone is weighed; of what touches others too, their organisations are not counted."""
    forums = one_forum("cadence: monthly").replace(
        "from: [ab]}", "from: [a]}, {role: guest, from: [b], optional: true}"
    )
    for whom, strength, touched in (
        ("for: [a]", "must", 1),
        ("for: [ab]", "must", 1),
        ("for: [b]", "prefer", 1),
        ("for_roles: [guest]", "prefer", 1),
    ):
        calendar = f"{{country: SE, periods: [{{name: Away, weeks: 8, {whom}}}]}}"
        _, effect = next(iter(periods.effects(context_of(calendar, forums), "one")))
        assert (effect.strength, effect.touched) == (strength, touched), whom
