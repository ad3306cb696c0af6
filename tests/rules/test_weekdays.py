"""Weekdays: which are closed, and what the less wanted ones cost."""

from __future__ import annotations

from datetime import date

from rule_years import FORUMS, ContextOf, by_day, days, one_forum, sentence

from kultursam.rules import weekdays
from kultursam.rules.evaluate import evaluate_year


def test_only_the_weekdays_listed_will_do(context_of: ContextOf) -> None:
    """The first costs nothing, each step down nine points; all others, and weekends, are closed."""
    context = context_of(forums=one_forum("cadence: twice a year, weekdays: [thu, tis, ons]"))
    effects = by_day(weekdays.effects(context, "one"))
    week = {day: effects.get(f"03-{day:02}") for day in range(2, 9)}  # Monday 2 to Sunday 8 March
    assert {day: effect.strength for day, effect in week.items() if effect} == {
        2: "must",
        3: "prefer",
        4: "prefer",
        6: "must",
        7: "must",
        8: "must",
    }
    assert [effect.points for effect in week.values() if effect and effect.strength == "prefer"] == [9, 18]
    assert week[3]
    assert sentence(week[3]) == "weekday number 2 of those wanted"
    assert week[2]
    assert week[7]
    assert [sentence(week[2]), sentence(week[7])] == ["the forum does not meet on this weekday", "a weekend"]


def test_without_a_list_monday_to_friday_are_alike(context_of: ContextOf) -> None:
    """Weekends alone are closed."""
    effects = by_day(weekdays.effects(context_of(forums=one_forum("cadence: twice a year")), "one"))
    assert {date.fromisoformat(f"2026-{day}").weekday() for day in effects} == {5, 6}
    assert {effect.sentence for effect in effects.values()} == {weekdays.WEEKEND_SENTENCE}


def test_weekdays_leave_the_open_days_as_they_are(context_of: ContextOf) -> None:
    """Gaps are counted over Monday to Friday, whatever the list; the ideals lie on a day that is listed."""
    lists = (", weekdays: [fri]", "")
    fridays, all_days = (
        evaluate_year(context_of(forums=one_forum(f"cadence: twice a year{one}"))).slots["one"]
        for one in lists
    )
    assert [slot.open_days for slot in fridays] == [slot.open_days for slot in all_days]
    assert {slot.ideal.weekday() for slot in fridays} == {4}


def test_a_recurrence_rule_holds_its_own_day(context_of: ContextOf) -> None:
    """A list of its own is a must, but steps down it cost nothing."""
    rule = "cadence: RRULE:FREQ=MONTHLY;BYDAY=2TU"
    own = by_day(weekdays.effects(context_of(forums=one_forum(f"{rule}, weekdays: [wed, tue]")), "one"))
    assert not {"03-03", "03-04"} & set(own)
    assert own["03-05"].strength == "must"


def test_inherited_weekdays_are_not_for_recurrence_rules(context_of: ContextOf) -> None:
    """They are for the forums that have a number a year."""
    forums = FORUMS.replace("cadence: monthly", "cadence: RRULE:FREQ=MONTHLY;BYDAY=2TU")
    context = context_of(forums=forums, defaults="time: 09:00-12:00, weekdays: [fri]")
    assert "03-03" in days(weekdays, context, "one")
    assert "03-03" not in days(weekdays, context, "two")
    assert "03-07" in days(weekdays, context, "two")
