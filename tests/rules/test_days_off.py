"""Days off: public and de-facto holidays."""

from __future__ import annotations

from rule_years import ContextOf, by_day, days, sentence

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


def test_each_country_touches_its_own_organisations(context_of: ContextOf) -> None:
    """6 December is free in Finland alone; holidays that are shared touch everybody, each by its country."""
    context = context_of(organisations="{a: {name: A}, b: {name: B, country: FI}, c: {name: C, country: FI}}")
    effects = [effect for day, effect in days_off.effects(context, "one") if f"{day:%m-%d}" == "12-25"]
    assert sorted({effect.touched for effect in effects}) == [1, 2]
    finnish, *_ = (effect for day, effect in days_off.effects(context, "one") if f"{day:%m-%d}" == "12-06")
    assert (finnish.touched, finnish.strength) == (2, "must")
    assert sentence(finnish, "sv") == "Självständighetsdagen är helgdag i FI"


def test_a_holiday_may_be_a_working_day(context_of: ContextOf) -> None:
    """By its name, in either language, or its date; a day that two holidays share stays off."""
    context = context_of("{country: SE, working: [epiphany, Långfredagen, 2026-05-01]}")
    free = {"01-06", "04-03", "05-01"}
    assert not free & {*days(days_off, context)}
    assert free <= {*days(days_off, context_of())}
    columbus = context_of("{country: US, working: [Columbus Day, Independence Day]}")
    assert not {"10-12", "07-03", "07-04"} & {*days(days_off, columbus)}
