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


def test_a_nominal_date_has_a_week_on_either_side(context_of: ContextOf) -> None:
    """The rule that asks for it is the cadence, even if the forum has windows."""
    context = context_of(
        forums=one_forum(
            "cadence: RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=4, windows: [{from: 06-01, to: 06-30}]"
        )
    )
    (slot,) = evaluate_year(context).slots["one"]
    assert windows.effect(context, "one", slot, date(2026, 3, 11)) is None
    effect = windows.effect(context, "one", slot, date(2026, 3, 12))
    assert effect
    assert effect.origin == ("forums", "one", "cadence")
