"""Days off: public and de-facto holidays."""

from __future__ import annotations

from rule_years import ContextOf, by_day, sentence

from kultursam.rules import days_off
from kultursam.rules.context import PREFER_POINTS, Effect


def test_holidays_close_their_days(context_of: ContextOf) -> None:
    """Public and de-facto holidays are musts unless the file says otherwise; each names itself."""
    effects = by_day(days_off.effects(context_of(), "one"))
    assert {day for day in effects if effects[day].origin[1] == "de_facto_holidays"} == {
        "06-19",
        "12-24",
        "12-31",
    }
    assert effects["05-14"] == Effect(
        "days-off",
        "must",
        ("calendar", "public_holidays"),
        days_off.SENTENCE,
        {"name": "Kristi himmelsfärdsdag"},
        3,
    )
    assert sentence(effects["06-19"]) == "Midsommarafton is a holiday"


def test_strengths_of_holidays_are_the_files(context_of: ContextOf) -> None:
    """Each kind by itself."""
    effects = by_day(
        days_off.effects(
            context_of("{country: SE, public_holidays: should, de_facto_holidays: prefer}"), "two"
        )
    )
    ascension, midsummer = effects["05-14"], effects["06-19"]
    assert (ascension.strength, ascension.touched, ascension.points, ascension.trouble) == ("should", 1, 0, 1)
    assert (midsummer.strength, midsummer.points, midsummer.trouble) == ("prefer", PREFER_POINTS, 0)
