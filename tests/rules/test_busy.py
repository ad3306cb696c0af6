"""Other bodies' calendars: the hours they close, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from rule_years import FORUMS, ContextOf, by_day, days, event, meeting, sentence

from kultursam.plans.model import Meeting
from kultursam.rules import busy
from kultursam.rules.evaluate import evaluate_year, meeting_effects

COUNCIL = (
    "{country: SE, busy: ["
    "{name: Council, file: c.ics, for: [a]}, {name: Board, file: b.ics, strength: should}]}"
)


def test_busy_hours_close_the_days_they_overlap(context_of: ContextOf) -> None:
    """From 9 to 12: what ends at 9 or begins at 12 does not count; a long event closes all its days."""
    context = context_of(
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
    assert sentence(effect) == "Council meets at that time"


def test_busy_calendars_touch_whom_they_name(context_of: ContextOf) -> None:
    """Two has no member of a; the board's calendar names nobody and touches all."""
    hour = [event("2026-03-04 10:00", "2026-03-04 11:00")]
    context = context_of(COUNCIL, events={"c.ics": hour, "b.ics": hour})
    assert [(effect.args["name"], effect.trouble) for _, effect in busy.effects(context, "one")] == [
        ("Council", 0),
        ("Board", 3),
    ]
    assert [effect.args["name"] for _, effect in busy.effects(context, "two")] == ["Board"]


def test_optional_members_hinder_nothing(context_of: ContextOf) -> None:
    """A calendar of theirs alone is weighed, whatever its strength."""
    hour = [event("2026-03-04 10:00", "2026-03-04 11:00")]
    forums = FORUMS.replace("from: [ab]", "from: [ab], optional: true").replace("[a, c]", "[c]")
    context = context_of(COUNCIL, forums, events={"c.ics": hour, "b.ics": hour})
    found = {effect.args["name"]: effect for _, effect in busy.effects(context, "one")}
    assert {name: (effect.strength, effect.trouble) for name, effect in found.items()} == {
        "Council": ("prefer", 0),
        "Board": ("should", 1),
    }


def test_a_long_event_closes_days_of_the_context_alone(context_of: ContextOf) -> None:
    """However long it lasts."""
    context = context_of(COUNCIL, events={"c.ics": [event("2000-01-01 00:00", "2099-01-01 00:00")]})
    closed = [day for day, _ in busy.effects(context, "one")]
    assert (closed[0], closed[-1]) == (context.first, context.last)


def test_a_meeting_at_another_time_has_other_hours(context_of: ContextOf) -> None:
    """What the council closes in the morning is free in the afternoon, and the other way round."""
    context = context_of(
        "{country: SE, busy: [{name: Council, file: c.ics}]}",
        events={
            "c.ics": [
                event("2026-03-04 10:00", "2026-03-04 11:00"),
                event("2026-03-05 15:00", "2026-03-05 16:00"),
            ]
        },
    )
    morning = meeting("one", "2026-03-04")
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
