"""Weekdays: which are closed, and what the less wanted ones cost."""

from __future__ import annotations

from datetime import date

from rule_years import FORUMS, ContextOf, by_day, days, event, one_forum, sentence

from kultursam.dates.holidays import days_between
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


def test_any_day_of_the_week_may_be_listed(context_of: ContextOf) -> None:
    """A Saturday that is listed is a working day of the forum, and counts as open."""
    context = context_of(calendar="", forums=one_forum("cadence: once a year, weekdays: [sat]"))
    assert {"03-07", "03-14"}.isdisjoint(days(weekdays, context))
    assert {"03-06", "03-08"} <= {*days(weekdays, context)}
    (slot,) = evaluate_year(context).slots["one"]
    assert slot.ideal.weekday() == 5


def test_the_weekend_is_the_countrys(context_of: ContextOf) -> None:
    """Or the file's; each country of the organisations has its own."""
    plain = one_forum("cadence: once a year")
    off = {
        calendar: {day for day in range(2, 9) if f"03-0{day}" in days(weekdays, context_of(calendar, plain))}
        for calendar in ("{country: SE}", "{country: SA}", "{country: SE, weekend: [sun]}", "{country: BN}")
    }
    # 2 March 2026 is a Monday.
    assert list(off.values()) == [{7, 8}, {6, 7}, {8}, {6, 8}]
    both = context_of(forums=plain, organisations="{a: {name: A, country: SA}, b: {name: B}, c: {name: C}}")
    assert {day for day in range(2, 9) if f"03-0{day}" in days(weekdays, both)} == {6, 7, 8}


def test_other_days_serve_where_all_of_the_forums_own_are_closed(context_of: ContextOf) -> None:
    """A council of Mondays meets on the Tuesday after Easter, at no cost, and on no other."""
    keys = "cadence: once a year, weekdays: [mon], otherwise: [tue, sat]"
    context = context_of("{country: SE, periods: [{name: P, from: 03-09, to: 03-10}]}", one_forum(keys))
    closed = by_day(weekdays.effects(context, "one"))
    served = [f"{day:%m-%d}" for day in days_between(date(2026, 1, 1), date(2026, 12, 31))
              if day.weekday() in {1, 5} and f"{day:%m-%d}" not in closed]  # fmt: skip
    # Easter Monday, and the period: both days of `otherwise` serve; whether they are open is another rule.
    assert served == ["03-10", "03-14", "04-07", "04-11"]
    assert (
        sentence(closed["03-17"]) == "the forum meets on this weekday only where its own are closed that week"
    )
    assert closed["03-17"].origin == ("forums", "one", "weekdays")


def test_each_day_is_closed_by_itself_however_long_meetings_are(context_of: ContextOf) -> None:
    """A half-day Thursday leaves the Wednesday before it open, though no meeting of two days begins then."""
    keys = "cadence: weekly, weekdays: [wed, thu], otherwise: [mon, tue]"
    fair = "busy: [{name: Fair, file: fair.ics}]"
    calendar = f"{{country: SE, half_days: must, {fair}}}"
    events = {"fair.ics": [event("2026-03-12T10:00", "2026-03-12T11:00")]}
    one, two = (
        context_of(calendar, one_forum(f"{keys}, days: {number}"), events=events) for number in (1, 2)
    )
    served = weekdays.fallback_days(two, "one")
    assert served == weekdays.fallback_days(one, "one")
    # The fair, skärtorsdag and the last of April are Thursdays; both days before Ascension Day are closed.
    for monday, is_served in (((3, 9), False), ((3, 30), False), ((4, 27), False), ((5, 11), True)):
        assert (date(2026, *monday) in served) == is_served, monday
