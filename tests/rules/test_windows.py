"""Windows: where a slot's meeting may lie."""

from __future__ import annotations

from datetime import date

from rule_years import ContextOf, one_forum, sentence

from kultursam.rules import windows
from kultursam.rules.evaluate import evaluate_year, slot_effects


def test_a_meeting_lies_in_its_window(context_of: ContextOf) -> None:
    """Over New Year too; outside it the must-rule names the window."""
    context = context_of(
        calendar="", forums=one_forum("cadence: once a year, windows: [{from: 12-14, to: 01-08}]")
    )
    year = evaluate_year(context)
    (slot,) = year.slots["one"]
    assert context.last == date(2027, 1, 15)
    past = one_forum("cadence: once a year, windows: [{from: 2025-12-14, to: 2026-01-08}]")
    assert context_of(forums=past).last == date(2027, 1, 7)
    inside, outside = date(2027, 1, 8), date(2027, 1, 11)
    assert windows.effect(context, "one", slot, inside) is None
    effect = windows.effect(context, "one", slot, outside)
    assert effect
    assert (effect.rule, effect.strength, effect.origin) == ("windows", "must", ("forums", "one", "windows"))
    assert sentence(effect) == "outside the window 2026-12-14 – 2027-01-08"
    assert [effect.rule for effect in slot_effects(year, "one", slot, outside)] == ["windows", "evenness"]


def test_a_named_day_may_be_left_half_way_to_the_next(context_of: ContextOf) -> None:
    """The rule that asks for it is the cadence, even if the forum has windows."""
    context = context_of(
        forums=one_forum(
            "cadence: 'RRULE:FREQ=MONTHLY;BYMONTH=3,4;BYMONTHDAY=4', windows: [{from: 06-01, to: 06-30}]"
        )
    )
    slot, _ = evaluate_year(context).slots["one"]
    inside, outside = date(2026, 3, 19), date(2026, 3, 20)
    assert windows.effect(context, "one", slot, inside) is None
    effect = windows.effect(context, "one", slot, outside)
    assert effect
    assert effect.origin == ("forums", "one", "cadence")
    assert windows.price(context, "one", slot, inside) == (0, 0)
    assert windows.price(context, "one", slot, outside) is None


def test_a_rhythm_keeps_its_meeting_in_its_cell(context_of: ContextOf) -> None:
    """And in its window."""
    context = context_of(forums=one_forum("cadence: monthly, windows: [{from: 03-09, to: 06-30}]"))
    year = evaluate_year(context)
    slot = year.slots["one"][0]
    assert [
        day for day in range(1, 32) if windows.effect(context, "one", slot, date(2026, 3, day)) is None
    ] == [*range(9, 32)]
    assert windows.effect(context, "one", slot, date(2026, 4, 1))
    assert ("windows", ("forums", "one", "cadence")) in windows.hard_constraints(year, "one")
