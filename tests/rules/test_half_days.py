"""Half-days: working days with shorter hours."""

from __future__ import annotations

from dataclasses import replace

from rule_years import ContextOf, by_day, days, meeting, reported, sentence

from kultursam.rules import half_days
from kultursam.rules.evaluate import evaluate_year


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


def test_a_meeting_that_ends_in_time_is_free(context_of: ContextOf) -> None:
    """By the hour that the working day ends at; a meeting with a time of its own by that."""
    calendar = "{country: SE, half_days: {from: 12:00, strength: must}}"
    assert days(half_days, context_of(calendar)) == []
    late = context_of(calendar, defaults="time: 09:00-12:01")
    assert "04-02" in days(half_days, late)
    year = evaluate_year(context_of(calendar))
    held = [meeting("one", "2026-04-02", hours) for hours in ((9, 12), (10, 13))]
    held = [replace(one, id=str(number)) for number, one in enumerate(held)]
    assert reported(year, "half-days", held) == {
        "1": [("must", "Skärtorsdagen (från kl. 14.00) has shorter working hours")]
    }


def test_half_days_of_both_categories_count(context_of: ContextOf) -> None:
    """Estonia and Iceland have no bank holidays, but hours that end early."""
    assert {"02-23", "06-22", "12-23", "12-31"} <= {*days(half_days, context_of("{country: EE}"))}
    assert {"12-24", "12-31"} <= {*days(half_days, context_of("{country: IS}"))}
