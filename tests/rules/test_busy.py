"""Other bodies' calendars: the hours they close, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from rule_years import FORUMS, ContextOf, by_day, days, event, meeting, sentence

from kultursam.dates.busy_calendars import Event
from kultursam.plans.model import Meeting
from kultursam.rules import busy
from kultursam.rules.evaluate import evaluate_year, meeting_effects

COUNCIL = (
    "{country: SE, busy: ["
    "{name: Council, file: c.ics, for: [a]}, {name: Board, file: b.ics, strength: should}]}"
)


TRAVEL = "time: 09:00-12:00, buffer_minutes: {minutes}"


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
        defaults=TRAVEL.format(minutes=0),
        buffer=0,
    )
    assert days(busy, context) == ["03-04", "03-05", "03-06", "03-09", "03-10", "03-13", "03-14", "03-15"]
    assert {effect.sentence for _, effect in busy.effects(context, "one")} == {busy.SENTENCE}
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


@pytest.mark.parametrize(
    ("file", "own", "counts"), [(30, None, 30), (0, 45, 45), (45, 0, 45), (0, None, 0), (0, 0, 0)]
)
def test_a_busy_calendar_leaves_time_to_travel(
    context_of: ContextOf, file: int, own: int | None, counts: int
) -> None:
    """As much as the file or the forum asks for, the larger of the two; a minute less is too little."""

    def closed(begin: datetime, minutes: int) -> list[str]:
        defaults = "time: 09:00-12:00" if own is None else TRAVEL.format(minutes=own)
        events = {"c.ics": [Event(begin, begin + timedelta(minutes=minutes))]}
        calendar = "{country: SE, busy: [{name: Council, file: c.ics}]}"
        return days(busy, context_of(calendar, events=events, defaults=defaults, buffer=file))

    nine, noon = map(datetime.fromisoformat, ("2026-03-04T09:00", "2026-03-04T12:00"))
    buffer, minute = timedelta(minutes=counts), timedelta(minutes=1)
    hour = 60
    assert closed(noon + buffer, hour) == closed(nine - buffer - hour * minute, hour) == []
    assert closed(noon + buffer - minute, hour) == ["03-04"]
    assert closed(nine - buffer - hour * minute + minute, hour) == ["03-04"]


def test_too_near_is_said_as_such(context_of: ContextOf) -> None:
    """Where another event is at that very time, that is said instead; a meeting's own time is asked alike."""
    context = context_of(
        "{country: SE, busy: [{name: Council, file: c.ics}]}",
        events={
            "c.ics": [
                event("2026-03-04 12:15", "2026-03-04 13:00"),
                event("2026-03-05 12:15", "2026-03-05 13:00"),
                event("2026-03-05 10:00", "2026-03-05 11:00"),
            ]
        },
    )
    found = {key: sentence(effect) for key, effect in by_day(busy.effects(context, "one")).items()}
    assert found["03-04"] == "Council meets less than 30 minutes before or after"
    assert found["03-05"] == "Council meets at that time"
    late = replace(meeting("one", "2026-03-04"), start=time(13, 29), end=time(15))
    assert [effect.sentence for effect in busy.effects_on(context, late)] == [busy.NEAR]
    assert not list(busy.effects_on(context, replace(late, start=time(13, 30))))


def test_nobody_travels_from_an_event_of_all_day_or_of_another_day(context_of: ContextOf) -> None:
    """An event until midnight leaves the early morning, and an all-day event closes its own days alone."""
    context = context_of(
        "{country: SE, busy: [{name: Council, file: c.ics}]}",
        events={
            "c.ics": [
                event("2026-03-03 22:00", "2026-03-04 00:00"),
                event("2026-03-05 00:00", "2026-03-06 00:00", all_day=True),
                event("2026-03-10 22:00", "2026-03-11 00:05"),
            ]
        },
        defaults="time: 00:10-23:50",
        buffer=99999,
    )
    assert days(busy, context) == ["03-03", "03-05", "03-10", "03-11"]
