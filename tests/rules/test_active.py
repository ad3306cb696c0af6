"""A forum's life: the days outside it are closed."""

from __future__ import annotations

from rule_years import ContextOf, by_day, days, one_forum

from kultursam.rules import active, days_off, half_days, periods
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


LIVES = """{
  a: {name: A, active: {to: 2026-03-31}}, b: {name: B, active: {from: 2026-06-01}}, c: {name: C}
}"""


def test_a_forum_is_closed_while_none_of_its_organisations_takes_part(context_of: ContextOf) -> None:
    """Between those that leave and those that join nobody comes; where one stays, no day is closed."""
    context = context_of(forums=one_forum("cadence: 12 times a year"), organisations=LIVES)
    effects = by_day(active.effects(context, "one"))
    assert (min(effects), max(effects), len(effects)) == ("04-01", "05-31", 61)
    assert {effect.sentence for effect in effects.values()} == {active.DESERTED}
    stays = one_forum("cadence: 12 times a year").replace("[ab]", "[ab, c]")
    assert not by_day(active.effects(context_of(forums=stays, organisations=LIVES), "one"))


def test_a_forum_lives_no_longer_than_its_organisations(context_of: ContextOf) -> None:
    """It has the meetings whose even places lie in their time, as if its own life said so."""
    of_b = one_forum("cadence: 12 times a year").replace("[ab]", "[b]")
    own = one_forum("cadence: 12 times a year, active: {from: 2026-06-01}").replace("[ab]", "[b]")
    alike = [
        evaluate_year(context_of(forums=forums, organisations=lives))
        for forums, lives in ((of_b, LIVES), (own, "{a: {name: A}, b: {name: B}, c: {name: C}}"))
    ]
    assert len(alike[0].slots["one"]) == 7
    assert alike[0].slots == alike[1].slots


def test_rules_of_days_touch_who_takes_part_then(context_of: ContextOf) -> None:
    """Days off, half-days and periods touch the organisations of that day; a period of none is none."""
    calendar = (
        "{country: SE, periods: [{name: Away, from: 03-30, to: 06-05, for: [a], strength: should}, "
        "{name: All, from: 03-30, to: 06-05, strength: should}]}"
    )
    forums = one_forum("cadence: monthly").replace("[ab]", "[ab, c]")
    context = context_of(calendar, forums, organisations=LIVES)
    found = [
        (f"{day:%m-%d}", effect.args["name"], effect.touched)
        for day, effect in periods.effects(context, "one")
    ]
    assert [day for day, name, _ in found if name == "Away"] == ["03-30", "03-31"]
    sizes = {day: touched for day, name, touched in found if name == "All"}
    assert (sizes["03-31"], sizes["04-01"], sizes["05-31"], sizes["06-01"]) == (2, 1, 1, 2)
    assert by_day(days_off.effects(context, "one"))["05-14"].touched == 1
    assert by_day(half_days.effects(context, "one"))["04-02"].touched == 1
    assert by_day(half_days.effects(context, "one"))["10-30"].touched == 2
