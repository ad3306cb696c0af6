"""Half-days: working days with shorter hours."""

from __future__ import annotations

from rule_years import ContextOf, by_day, days, sentence

from kultursam.rules import half_days


def test_half_days_touch_everyone(context_of: ContextOf) -> None:
    """A should-rule by default: all three organisations of one, the single one of two."""
    context = context_of()
    assert {"01-05", "04-02", "04-30", "10-30", "12-23"} <= set(days(half_days, context))
    one, two = (by_day(half_days.effects(context, forum))["04-02"] for forum in ("one", "two"))
    assert (one.rule, one.strength, one.trouble) == ("half-days", "should", 3)
    assert two.trouble == 1
    assert sentence(one) == "Skärtorsdagen (från kl. 14.00) has shorter working hours"
    strong = by_day(half_days.effects(context_of("{country: SE, half_days: must}"), "one"))
    assert strong["04-02"].strength == "must"
