"""Named days: one that is open is left only where a must leaves no other way."""

from __future__ import annotations

from datetime import date

from rule_years import ContextOf, one_forum, sentence

from kultursam.rules import named_days
from kultursam.rules.evaluate import evaluate_year, slot_costs

THURSDAY, FRIDAY = date(2026, 3, 12), date(2026, 3, 13)
SECOND_THURSDAY = "cadence: 'RRULE:FREQ=MONTHLY;BYMONTH=3,9;BYDAY=2TH'"
AWAY = "{country: SE, periods: [{name: Away, from: 2026-03-12, to: 2026-03-12}]}"


def test_leaving_an_open_named_day_is_trouble(context_of: ContextOf) -> None:
    """For each organisation of the forum; the day itself is none."""
    context = context_of(forums=one_forum(SECOND_THURSDAY))
    year = evaluate_year(context)
    slot = year.slots["one"][0]
    assert slot.ideal == THURSDAY
    assert named_days.effect(context, "one", slot, THURSDAY) is None
    effect = named_days.effect(context, "one", slot, FRIDAY)
    assert effect
    assert (effect.strength, effect.trouble, effect.points) == ("should", 2, 0)
    assert effect.origin == ("forums", "one", "cadence")
    assert sentence(effect) == "not on 2026-03-12, the day that the cadence names"
    assert slot_costs(year, "one", slot, THURSDAY) == (0, 0)
    assert slot_costs(year, "one", slot, FRIDAY) == (2, 1)


def test_leaving_a_closed_named_day_is_none(context_of: ContextOf) -> None:
    """Whichever day is taken instead; what it costs are points alone."""
    context = context_of(AWAY, forums=one_forum(SECOND_THURSDAY))
    year = evaluate_year(context)
    slot = year.slots["one"][0]
    assert (slot.ideal, slot.expected) == (THURSDAY, FRIDAY)
    assert [slot_costs(year, "one", slot, date(2026, 3, day)) for day in (11, 13, 16)] == [
        (0, 2),
        (0, 1),
        (0, 16),
    ]


def test_spread_meetings_have_no_named_day(context_of: ContextOf) -> None:
    """Nor have those of a rhythm."""
    for cadence in ("cadence: twice a year", "cadence: monthly"):
        context = context_of(forums=one_forum(cadence))
        slot = evaluate_year(context).slots["one"][0]
        assert all(
            named_days.effect(context, "one", slot, date(2026, 3, day)) is None for day in range(1, 31)
        )
