"""Rules of single days and slots: what a day means for a forum, how strongly, and for how many."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from types import ModuleType

import pytest

from kultursam.dates.busy_calendars import Event
from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.plans.model import Meeting
from kultursam.rules import (
    DAY_RULES,
    LINK_RULES,
    SLOT_RULES,
    active,
    busy,
    days_off,
    evenness,
    half_days,
    periods,
    squeeze_days,
    weekdays,
    windows,
)
from kultursam.rules.context import PREFER_POINTS, Effect, EvaluatedYear, RuleKey, YearContext
from kultursam.rules.evaluate import (
    evaluate_year,
    hard_constraints,
    meeting_effects,
    slot_effects,
    year_context,
)

HEAD = """
name: K
language: sv
timezone: Europe/Stockholm
domain: example.org
organisations: {a: {name: A}, b: {name: B}, c: {name: C}}
groups: {ab: [a, b]}
defaults: {time: 09:00-12:00}
"""
FORUMS = """
forums:
  one: {name: One, cadence: twice a year, members: [{role: chef, from: [ab]}, {role: vd, from: [a, c]}]}
  two: {name: Two, cadence: monthly, members: [{role: chef, from: [c]}]}
"""
Framed = Callable[..., YearContext]


@pytest.fixture
def framed(forum_file: Callable[[str], Register]) -> Framed:
    """Frame a year: `calendar` and `forums` as the file writes them."""

    def make(
        calendar: str = "{country: SE}",
        forums: str = FORUMS,
        year: int = 2026,
        events: dict[str, Sequence[Event]] | None = None,
    ) -> YearContext:
        text = HEAD + (f"calendar: {calendar}\n" if calendar else "") + forums
        return year_context(forum_file(text), year, events)

    return make


def by_day(found: Iterable[tuple[date, Effect]], year: int = 2026) -> dict[str, Effect]:
    """Give effects by day of the year (MM-DD), each day once."""
    within = [(f"{day:%m-%d}", effect) for day, effect in found if day.year == year]
    assert len({day for day, _ in within}) == len(within)
    return dict(within)


def days(rule: ModuleType, context: YearContext, forum: str = "one") -> list[str]:
    """Give the days of the year that a rule has something against."""
    return sorted(by_day(rule.effects(context, forum), context.year))


def said(effect: Effect, language: str = "en") -> str:
    """Give an effect's sentence."""
    return translations(language).gettext(effect.sentence).format(**effect.args)


# --- days off, half-days, squeeze days --------------------------------------------------------------


def test_holidays_close_their_days(framed: Framed) -> None:
    """Public and de-facto holidays are musts unless the file says otherwise; each names itself."""
    found = by_day(days_off.effects(framed(), "one"))
    assert {day for day in found if found[day].origin[1] == "de_facto_holidays"} == {
        "06-19",
        "12-24",
        "12-31",
    }
    assert found["05-14"] == Effect(
        "days-off",
        "must",
        ("calendar", "public_holidays"),
        days_off.SENTENCE,
        {"name": "Kristi himmelsfärdsdag"},
        3,
    )
    assert said(found["06-19"]) == "Midsommarafton is a holiday"


def test_strengths_of_holidays_are_the_files(framed: Framed) -> None:
    """Each kind by itself."""
    found = by_day(
        days_off.effects(framed("{country: SE, public_holidays: should, de_facto_holidays: prefer}"), "two")
    )
    ascension, midsummer = found["05-14"], found["06-19"]
    assert (ascension.strength, ascension.touched, ascension.points, ascension.trouble) == ("should", 1, 0, 1)
    assert (midsummer.strength, midsummer.points, midsummer.trouble) == ("prefer", PREFER_POINTS, 0)


def test_half_days_touch_everyone(framed: Framed) -> None:
    """A should-rule by default: all three organisations of one, the single one of two."""
    context = framed()
    assert {"01-05", "04-02", "04-30", "10-30", "12-23"} <= set(days(half_days, context))
    one, two = (by_day(half_days.effects(context, forum))["04-02"] for forum in ("one", "two"))
    assert (one.rule, one.strength, one.trouble) == ("half-days", "should", 3)
    assert two.trouble == 1
    assert said(one) == "Skärtorsdagen (från kl. 14.00) has shorter working hours"
    strong = by_day(half_days.effects(framed("{country: SE, half_days: must}"), "one"))
    assert strong["04-02"].strength == "must"


def test_squeeze_days_are_those_between_days_off(framed: Framed) -> None:
    """2 January, 5 January and 15 May 2026, and the day before the year that a week's margin shows."""
    context = framed()
    assert days(squeeze_days, context) == ["01-02", "01-05", "05-15"]
    effect = by_day(squeeze_days.effects(context, "one"))["05-15"]
    assert (effect.rule, effect.strength, effect.trouble) == ("squeeze-days", "should", 3)
    assert said(effect, "sv") != said(effect)
    assert days(squeeze_days, framed("{country: SE, squeeze_days: prefer}", year=2025)) == ["05-02", "05-30"]


def test_without_a_calendar_every_working_day_is_alike(framed: Framed) -> None:
    """A file that names no country has no holidays."""
    context = framed(calendar="")
    assert not any(days(rule, context) for rule in (days_off, half_days, squeeze_days, periods, busy))


# --- periods ----------------------------------------------------------------------------------------


def test_a_period_closes_its_days_for_whom_it_touches(framed: Framed) -> None:
    """Who is named fits all that is named; trouble counts the organisations of the members touched."""
    context = framed(
        "{country: SE, periods: ["
        "{name: All, weeks: 8, strength: should}, "
        "{name: A, weeks: 9, strength: should, for: [a]}, "
        "{name: AB, weeks: 10, strength: should, for: [ab]}, "
        "{name: Boss, weeks: 11, strength: should, for_roles: [vd]}, "
        "{name: Boss of B, weeks: 12, for_roles: [vd], for: [b]}, "
        "{name: Two, weeks: 13, for_forums: [two]}, "
        "{name: One, weeks: 14, strength: prefer, for_forums: [one], for: [c]}]}"
    )
    one = {effect.args["name"]: effect for _, effect in periods.effects(context, "one")}
    assert {name: (effect.strength, effect.trouble) for name, effect in one.items()} == {
        "All": ("should", 3),
        "A": ("should", 1),
        "AB": ("should", 2),
        "Boss": ("should", 2),
        "One": ("prefer", 0),
    }
    assert {effect.args["name"] for _, effect in periods.effects(context, "two")} == {"All", "Two"}
    assert one["One"].points == PREFER_POINTS
    assert one["A"].origin == ("calendar", "periods", 1)
    assert said(one["AB"]) == "AB"


def test_a_period_holds_from_its_first_day_to_its_last(framed: Framed) -> None:
    """Weeks, dates over New Year, one year only, Easter, and days of the week."""
    context = framed(
        "{country: SE, periods: ["
        "{name: Summer, weeks: 26-27}, {name: Christmas, from: 12-20, to: 01-07}, "
        "{name: Election, from: 2026-08-17, to: 2026-08-18}, {name: Past, from: 2025-03-01, to: 2025-03-31}, "
        "{name: Easter, easter: [-6, -3]}, {name: Fair, weeks: 6, days: [wed, thu, fri]}]}"
    )
    found: dict[str, list[str]] = {}
    for day, effect in periods.effects(context, "one"):
        found.setdefault(effect.args["name"], []).append(str(day))
    assert found["Summer"] == [f"2026-06-{day}" for day in range(22, 31)] + [
        f"2026-07-0{day}" for day in range(1, 6)
    ]
    assert found["Christmas"] == [
        *(f"2025-12-{day}" for day in range(25, 32)),
        *(f"2026-01-0{day}" for day in range(1, 8)),
        *(f"2026-12-{day}" for day in range(20, 32)),
        *(f"2027-01-0{day}" for day in range(1, 8)),
    ]
    assert found["Election"] == ["2026-08-17", "2026-08-18"]
    assert found["Easter"] == ["2026-03-30", "2026-03-31", "2026-04-01", "2026-04-02"]
    assert found["Fair"] == ["2026-02-04", "2026-02-05", "2026-02-06"]
    assert "Past" not in found


def test_week_53_is_in_2026_only(framed: Framed) -> None:
    """Of the years around it."""
    calendar = "{country: SE, periods: [{name: Last, weeks: 53}]}"
    assert days(periods, framed(calendar)) == ["12-28", "12-29", "12-30", "12-31"]
    assert days(periods, framed(calendar, year=2025)) == []
    assert days(periods, framed(calendar, year=2027)) == ["01-01", "01-02", "01-03"]


def test_who_is_away_can_be_no_host(framed: Framed) -> None:
    """By a period for its organisation alone, be it through a group; a role or forum is no house."""
    context = framed(
        "{country: SE, periods: [{name: A, weeks: 8, for: [ab]}, {name: Boss, weeks: 9, for_roles: [vd]}, "
        "{name: Forum, weeks: 10, for: [a], for_forums: [one]}, {name: All, weeks: 11}]}"
    )
    away = [
        week
        for week in (8, 9, 10, 11)
        if periods.touches(context, "a", date.fromisocalendar(2026, week, 3))
    ]  # fmt: skip
    assert away == [8]
    assert not periods.touches(context, "c", date.fromisocalendar(2026, 8, 3))
    assert not periods.touches(context, "a", date.fromisocalendar(2026, 7, 7))


# --- busy calendars ---------------------------------------------------------------------------------


def event(start: str, end: str, *, all_day: bool = False) -> Event:
    """Make an event of other bodies."""
    return Event(datetime.fromisoformat(start), datetime.fromisoformat(end), None, all_day)


COUNCIL = (
    "{country: SE, busy: ["
    "{name: Council, file: c.ics, for: [a]}, {name: Board, file: b.ics, strength: should}]}"
)


def test_busy_hours_close_the_days_they_overlap(framed: Framed) -> None:
    """From 9 to 12: what ends at 9 or begins at 12 is no trouble; a long event closes all its days."""
    context = framed(
        COUNCIL,
        events={
            "c.ics": [
                event("2026-03-02 07:00", "2026-03-02 09:00"),
                event("2026-03-03 12:00", "2026-03-03 15:00"),
                event("2026-03-04 11:59", "2026-03-04 15:00"),
                event("2026-03-05 08:00", "2026-03-05 09:01"),
                event("2026-03-06 10:00", "2026-03-06 10:30"),
                event("2026-03-09 00:00", "2026-03-11 00:00", all_day=True),
                event("2026-03-12 18:00", "2026-03-16 09:00"),
            ]
        },
    )
    assert days(busy, context) == ["03-04", "03-05", "03-06", "03-09", "03-10", "03-13", "03-14", "03-15"]
    effect = by_day(busy.effects(context, "one"))["03-04"]
    assert (effect.rule, effect.strength, effect.touched) == ("busy", "must", 1)
    assert effect.origin == ("calendar", "busy", 0)
    assert said(effect) == "Council meets at that time"


def test_busy_calendars_touch_whom_they_name(framed: Framed) -> None:
    """Two has no member of a; the board's calendar names nobody and touches all."""
    both = [event("2026-03-04 10:00", "2026-03-04 11:00")]
    context = framed(COUNCIL, events={"c.ics": both, "b.ics": both})
    assert [(effect.args["name"], effect.trouble) for _, effect in busy.effects(context, "one")] == [
        ("Council", 0),
        ("Board", 3),
    ]
    assert [effect.args["name"] for _, effect in busy.effects(context, "two")] == ["Board"]


def test_an_event_over_new_year_closes_days_of_the_frame_alone(framed: Framed) -> None:
    """However long it lasts."""
    context = framed(COUNCIL, events={"c.ics": [event("2000-01-01 00:00", "2099-01-01 00:00")]})
    found = [day for day, _ in busy.effects(context, "one")]
    assert (found[0], found[-1]) == (context.first, context.last)


def test_a_meeting_at_another_time_has_other_hours(framed: Framed) -> None:
    """What the council closes in the morning is free in the afternoon, and the other way round."""
    context = framed(
        "{country: SE, busy: [{name: Council, file: c.ics}]}",
        events={
            "c.ics": [
                event("2026-03-04 10:00", "2026-03-04 11:00"),
                event("2026-03-05 15:00", "2026-03-05 16:00"),
            ]
        },
    )
    made = datetime(2025, 9, 1)  # noqa: DTZ001 - UTC by the plan's own convention
    morning = Meeting(
        id="one-2026-1",
        forum="one",
        number=1,
        date=date(2026, 3, 4),
        start=time(9),
        end=time(12),
        modified=made,
        created=made,
    )
    afternoon = replace(morning, start=time(14), end=time(16))
    year = evaluate_year(context)

    def closed(meeting: Meeting) -> bool:
        return any(effect.rule == "busy" for effect in meeting_effects(year, [meeting])[meeting.id])

    assert closed(morning)
    assert not closed(afternoon)
    assert not closed(replace(morning, date=date(2026, 3, 5)))
    assert closed(replace(afternoon, date=date(2026, 3, 5)))
    holiday = replace(afternoon, date=date(2026, 5, 14))
    assert "days-off" in [effect.rule for effect in meeting_effects(year, [holiday])[holiday.id]]


# --- a forum's life, its weekdays, its windows ------------------------------------------------------


def forum(keys: str) -> str:
    """Write a file's forums: one of two organisations."""
    return f"forums: {{one: {{name: One, members: [{{role: chef, from: [ab]}}], {keys}}}}}\n"


def test_a_forum_is_closed_outside_its_life(framed: Framed) -> None:
    """Both ends count; either may be left out; the days stay open days, so that ideals do not move."""
    context = framed(forums=forum("cadence: twice a year, active: {from: 2026-03-02, to: 2026-03-04}"))
    found = by_day(active.effects(context, "one"))
    assert {"03-01", "03-05"} <= set(found)
    assert not {"03-02", "03-03", "03-04"} & set(found)
    assert found["03-01"] == Effect("active", "must", ("forums", "one", "active"), active.SENTENCE, {}, 2)
    from_march = framed(forums=forum("cadence: twice a year, active: {from: 2026-03-02}"))
    assert max(days(active, from_march)) == "03-01"
    assert days(active, framed(forums=forum("cadence: twice a year"))) == []
    slots = [
        evaluate_year(context).slots["one"]
        for context in (from_march, framed(forums=forum("cadence: twice a year")))
    ]
    assert slots[0] == slots[1]


def test_only_the_weekdays_listed_will_do(framed: Framed) -> None:
    """The first costs nothing, each step down nine points; all others, and weekends, are closed."""
    context = framed(forums=forum("cadence: twice a year, weekdays: [thu, tis, ons]"))
    found = by_day(weekdays.effects(context, "one"))
    week = {day: found.get(f"03-{day:02}") for day in range(2, 9)}  # Monday 2 to Sunday 8 March
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
    assert said(week[3]) == "weekday number 2 of those wanted"
    assert week[2]
    assert week[7]
    assert [said(week[2]), said(week[7])] == ["the forum does not meet on this weekday", "a weekend"]


def test_without_a_list_monday_to_friday_are_alike(framed: Framed) -> None:
    """Weekends alone are closed."""
    found = by_day(weekdays.effects(framed(forums=forum("cadence: twice a year")), "one"))
    assert {date.fromisoformat(f"2026-{day}").weekday() for day in found} == {5, 6}
    assert {effect.sentence for effect in found.values()} == {weekdays.WEEKEND_SENTENCE}


def test_weekdays_leave_the_open_days_as_they_are(framed: Framed) -> None:
    """Ideals are counted over Monday to Friday, whatever the list."""
    lists = (", weekdays: [fri]", "")
    thursdays, all_days = (
        evaluate_year(framed(forums=forum(f"cadence: twice a year{one}"))).slots["one"] for one in lists
    )
    assert thursdays == all_days


def test_a_recurrence_rule_holds_its_own_day(framed: Framed) -> None:
    """A list of its own is a must, but steps down it cost nothing."""
    rule = "cadence: RRULE:FREQ=MONTHLY;BYDAY=2TU"
    own = by_day(weekdays.effects(framed(forums=forum(f"{rule}, weekdays: [wed, tue]")), "one"))
    assert not {"03-03", "03-04"} & set(own)
    assert own["03-05"].strength == "must"


def test_inherited_weekdays_are_not_for_recurrence_rules(forum_file: Callable[[str], Register]) -> None:
    """They are for the forums that have a number a year."""
    text = HEAD.replace("{time: 09:00-12:00}", "{time: 09:00-12:00, weekdays: [fri]}") + FORUMS
    context = year_context(
        forum_file(text.replace("cadence: monthly", "cadence: RRULE:FREQ=MONTHLY;BYDAY=2TU")), 2026
    )
    assert "03-03" in days(weekdays, context, "one")
    assert "03-03" not in days(weekdays, context, "two")
    assert "03-07" in days(weekdays, context, "two")


def test_a_meeting_lies_in_its_window(framed: Framed) -> None:
    """Over New Year too; outside it the must-rule names the window."""
    context = framed(calendar="", forums=forum("cadence: once a year, windows: [{from: 12-14, to: 01-08}]"))
    year = evaluate_year(context)
    (slot,) = year.slots["one"]
    assert context.last == date(2027, 1, 15)
    past = forum("cadence: once a year, windows: [{from: 2025-12-14, to: 2026-01-08}]")
    assert framed(forums=past).last == date(2027, 1, 7)
    inside, outside = date(2027, 1, 8), date(2027, 1, 11)
    assert windows.effect(context, "one", slot, inside) is None
    effect = windows.effect(context, "one", slot, outside)
    assert effect
    assert (effect.rule, effect.strength, effect.origin) == ("windows", "must", ("forums", "one", "windows"))
    assert said(effect) == "outside the window 2026-12-14 – 2027-01-08"
    assert [one.rule for one in slot_effects(year, "one", slot, outside)] == ["windows", "evenness"]


def test_a_nominal_date_has_a_week_on_either_side(framed: Framed) -> None:
    """The rule that asks for it is the cadence, though the forum have windows."""
    context = framed(
        forums=forum("cadence: RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=4, windows: [{from: 06-01, to: 06-30}]")
    )
    (slot,) = evaluate_year(context).slots["one"]
    assert windows.effect(context, "one", slot, date(2026, 3, 11)) is None
    effect = windows.effect(context, "one", slot, date(2026, 3, 12))
    assert effect
    assert effect.origin == ("forums", "one", "cadence")


def test_a_day_off_the_ideal_costs_its_square(framed: Framed) -> None:
    """In open days; for a nominal date in days, and one more before it, so that the day after is nearer."""
    context = framed(calendar="", forums=forum("cadence: once a year, windows: [{from: 03-02, to: 03-13}]"))
    (slot,) = evaluate_year(context).slots["one"]
    assert slot.ideal == date(2026, 3, 9)
    priced = {day: evenness.effect("one", slot, date(2026, 3, day)) for day in (2, 5, 6, 9, 10, 13)}
    assert {day: effect.points if effect else 0 for day, effect in priced.items()} == {
        2: 25,
        5: 4,
        6: 1,
        9: 0,
        10: 1,
        13: 16,
    }
    assert priced[5]
    assert said(priced[5]) == "2 open days from the even spread"
    assert priced[6]
    assert said(priced[6]) == "1 open day from the even spread"
    assert priced[9] is None
    nominal = framed(forums=forum("cadence: RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=4"))
    (slot,) = evaluate_year(nominal).slots["one"]
    costs = [evenness.effect("one", slot, date(2026, 3, day)) for day in (2, 3, 4, 5, 6)]
    assert [effect.points if effect else 0 for effect in costs] == [5, 2, 0, 1, 4]
    assert costs[0]
    assert said(costs[0]) == "2 days from the date of the recurrence rule"


# --- together ---------------------------------------------------------------------------------------


def test_must_rules_of_days_close_open_days(framed: Framed) -> None:
    """Holidays, must-periods and busy days are no open days; half-days, weekdays and a life's end are."""
    context = framed(
        "{country: SE, periods: [{name: X, weeks: 10}, {name: Y, weeks: 11, strength: should}], "
        "busy: [{name: C, file: c.ics}]}",
        forum("cadence: once a year, weekdays: [tue], active: {to: 2026-11-30}"),
        events={"c.ics": [event("2026-03-18 10:00", "2026-03-18 11:00")]},
    )
    (slot,) = evaluate_year(context).slots["one"]
    assert slot.open_days
    open_days = {f"{day:%m-%d}" for day in slot.open_days}
    assert not {"01-01", "03-04", "03-18", "06-19"} & open_days
    assert {"01-02", "01-05", "03-11", "03-17", "03-19", "04-02", "12-01"} <= open_days


def test_an_external_forum_is_not_weighed(framed: Framed) -> None:
    """Its dates are given."""
    year = evaluate_year(framed(forums=forum("cadence: external, dates: [2026-01-01]")))
    assert year.slots == {}
    assert year.on("one", date(2026, 1, 1)) == ()


def test_a_rule_that_is_left_out_says_nothing(framed: Framed) -> None:
    """That is how those that cannot hold together are found: each by its id and its place in the file."""
    context = framed(
        "{country: SE, half_days: must, squeeze_days: must, periods: [{name: X, weeks: 10}], "
        "busy: [{name: C, file: c.ics}]}",
        forum(
            "cadence: twice a year, weekdays: [tue], active: {from: 2026-02-01}, "
            "windows: [{from: 02-02, to: 12-18}]"
        ),
        events={"c.ics": [event("2026-03-18 10:00", "2026-03-18 11:00")]},
    )

    def hard_constraints(context: YearContext) -> set[RuleKey]:
        found = {one.key for several in evaluate_year(context).effects["one"].values() for one in several}
        slot = evaluate_year(context).slots["one"][0]
        outside = windows.effect(context, "one", slot, date(2026, 1, 20))
        return found | ({outside.key} if outside else set())

    every = hard_constraints(context) - {("weekdays", ("forums", "one"))}
    assert {rule for rule, _ in every} == {
        *("days-off", "half-days", "squeeze-days", "period", "busy", "active", "weekdays", "windows")
    }
    for key in every:
        assert hard_constraints(replace(context, ignored=frozenset({key}))) == (
            hard_constraints(context) - {key}
        ), key


def test_a_year_knows_what_is_closed(framed: Framed) -> None:
    """Must-rules close a day, others do not."""
    year: EvaluatedYear = evaluate_year(framed())
    assert year.closed("one", date(2026, 5, 14))
    assert not year.closed("one", date(2026, 5, 15))
    assert year.on("one", date(2026, 5, 15))
    assert year.closed("one", date(2026, 5, 16))
    assert year.on("one", date(2026, 3, 3)) == ()


def test_the_frame_reaches_a_week_beyond_the_year_and_its_windows(framed: Framed) -> None:
    """So that nominal dates and neighbours at New Year are weighed too."""
    context = framed(forums=forum("cadence: twice a year, active: {to: 2027-01-06}"))
    assert (context.first, context.last) == (date(2025, 12, 25), date(2027, 1, 7))
    year = evaluate_year(context)
    assert year.closed("one", context.first)
    assert year.closed("one", context.last)


def test_only_must_rules_are_named_as_such(framed: Framed) -> None:
    """Of the days' rules those that close a day, weekends aside; a file that names no events has none."""
    context = framed("{country: SE, de_facto_holidays: should, busy: [{name: C, file: c.ics}]}")
    named = {rule for rule, _ in hard_constraints(evaluate_year(context), "one")}
    assert named == {"days-off", "spacing", "shared-members"}
    strong = framed("{country: SE, half_days: must}")
    assert {rule for rule, _ in hard_constraints(evaluate_year(strong), "one")} == named | {"half-days"}


# --- the list of rules ------------------------------------------------------------------------------

FOLDER = Path(active.__file__).parent
RULES = (*DAY_RULES, *SLOT_RULES, *LINK_RULES)


def test_every_rule_is_listed_once() -> None:
    """A module in the folder is in one of the lists, and has an id and a manual of its own."""
    modules = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "context"}
    assert sorted(Path(str(rule.__file__)).stem for rule in RULES) == sorted(modules)
    assert len({rule.ID for rule in RULES}) == len(RULES)
    for rule in RULES:
        manual = rule.__doc__ or ""
        assert "trength: " in manual, rule
        assert len(manual.splitlines()) > 3, rule


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_rules_know_no_clock(path: Path) -> None:
    """What a day means depends on the file and the year alone."""
    names = {node.attr for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Attribute)}
    assert not names & {"today", "now", "utcnow", "environ", "getenv"}
