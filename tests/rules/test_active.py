"""A forum's life: the days outside it are closed."""

from __future__ import annotations

from rule_years import ContextOf, by_day, days, one_forum

from kultursam.rules import active
from kultursam.rules.context import Effect
from kultursam.rules.evaluate import evaluate_year


def test_a_forum_is_closed_outside_its_life(context_of: ContextOf) -> None:
    """Both ends count; either may be left out; the days stay open days, so that ideals do not move."""
    context = context_of(
        forums=one_forum("cadence: twice a year, active: {from: 2026-03-02, to: 2026-03-04}")
    )
    effects = by_day(active.effects(context, "one"))
    assert {"03-01", "03-05"} <= set(effects)
    assert not {"03-02", "03-03", "03-04"} & set(effects)
    assert effects["03-01"] == Effect("active", "must", ("forums", "one", "active"), active.SENTENCE, {}, 2)
    from_march = context_of(forums=one_forum("cadence: twice a year, active: {from: 2026-03-02}"))
    assert max(days(active, from_march)) == "03-01"
    assert days(active, context_of(forums=one_forum("cadence: twice a year"))) == []
    slots = [
        evaluate_year(context).slots["one"]
        for context in (from_march, context_of(forums=one_forum("cadence: twice a year")))
    ]
    assert slots[0] == slots[1]
