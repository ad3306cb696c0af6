"""Squeeze days: working days between two days off."""

from __future__ import annotations

from rule_years import ContextOf, by_day, days, sentence

from kultursam.rules import squeeze_days


def test_squeeze_days_are_those_between_days_off(context_of: ContextOf) -> None:
    """2 January, 5 January and 15 May 2026, and the day before the year that a week's margin shows."""
    context = context_of()
    assert days(squeeze_days, context) == ["01-02", "01-05", "05-15"]
    effect = by_day(squeeze_days.effects(context, "one"))["05-15"]
    assert (effect.rule, effect.strength, effect.trouble) == ("squeeze-days", "should", 3)
    assert sentence(effect, "sv") != sentence(effect)
    assert days(squeeze_days, context_of("{country: SE, squeeze_days: prefer}", year=2025)) == [
        "05-02",
        "05-30",
    ]
