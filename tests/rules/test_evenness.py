"""Evenness: what a day off the ideal costs."""

from __future__ import annotations

from datetime import date

from rule_years import ContextOf, one_forum, sentence

from kultursam.rules import evenness
from kultursam.rules.evaluate import evaluate_year


def test_a_day_off_the_ideal_costs_its_square(context_of: ContextOf) -> None:
    """In open days; for a nominal date in days, and one more before it, so that the day after is nearer."""
    context = context_of(
        calendar="", forums=one_forum("cadence: once a year, windows: [{from: 03-02, to: 03-13}]")
    )
    (slot,) = evaluate_year(context).slots["one"]
    assert slot.ideal == date(2026, 3, 9)
    priced = {day: evenness.effect(context, "one", slot, date(2026, 3, day)) for day in (2, 5, 6, 9, 10, 13)}
    assert {day: effect.points if effect else 0 for day, effect in priced.items()} == {
        2: 25,
        5: 4,
        6: 1,
        9: 0,
        10: 1,
        13: 16,
    }
    assert priced[5]
    assert sentence(priced[5]) == "2 open days from the date that it would choose by itself"
    assert priced[6]
    assert sentence(priced[6]) == "1 open day from the date that it would choose by itself"
    assert priced[9] is None
    nominal = context_of(forums=one_forum("cadence: RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=4"))
    (slot,) = evaluate_year(nominal).slots["one"]
    costs = [evenness.effect(nominal, "one", slot, date(2026, 3, day)) for day in (2, 3, 4, 5, 6)]
    assert [effect.points if effect else 0 for effect in costs] == [5, 2, 0, 1, 4]
    assert costs[0]
    assert sentence(costs[0]) == "2 days from the date of the recurrence rule"
