"""Parts of the year, and days from which something is otherwise: meetings have what holds on their day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache

from planner_instances import register_of

from kultursam.planner import Situation, edit, plan_year
from kultursam.plans.model import Meeting, Plan, Status
from kultursam.presentation import name_of
from kultursam.render.ics import Calendars

NOW = datetime(2026, 11, 1, tzinfo=UTC)
FILE = """
name: Otherwise
timezone: Europe/Stockholm
domain: otherwise.example
organisations: {a: {name: A}, b: {name: B}, c: {name: C}}
rooms: {hall: {name: The hall}}
forums:
  board:
    name: Board
    cadence: 6 times a year
    members: [{role: chair, from: [a, b, c]}]
    time: 09:00-12:00
    weekdays: [tue]
    place: Town hall
    link: https://meet.example/board
    host: {rotate: [a, b]}
    deadlines: [{name: Papers, days_before: 7}]
    windows:
      - {from: 01-15, to: 06-10, meetings: 3}
      - from: 06-11
        to: 06-19
        meetings: 1
        name: Strategy
        time: 13:00-17:00
        weekdays: [thu]
        room: hall
        format: hybrid
        link: https://meet.example/strategy
        deadlines: [{name: Themes, days_before: 21, reminder: 1d}]
        host: c
      - {from: 08-15, to: 12-15, meetings: 2}
    CHANGES
"""
CHANGES = (
    "changes: [{from: 2027-10-01, time: '10:00-12:00', place: Library, format: online, "
    "link: 'https://meet.example/new', contact: {name: Eva, email: eva@otherwise.example}}]"
)
NAMED = """
name: Named
timezone: Europe/Stockholm
domain: named.example
organisations: {a: {name: A}}
forums:
  team:
    name: Team
    cadence: every Monday
    members: [{role: clerk, from: [a]}]
    time: 09:00-09:30
    windows: [{from: 06-15, to: 08-15, time: '08:00-08:30', name: summer}]
"""


def situation(text: str, recorded: Plan | None = None) -> Situation:
    """Return a year of a forum file, planned or not."""
    return Situation(register_of(text), 2027, NOW.date(), NOW, recorded)


@lru_cache
def planned(text: str) -> Plan:
    """Return the plan of a forum file that had none."""
    return plan_year(situation(text))


def board(text: str) -> list[Meeting]:
    """Return the meetings of a board."""
    return planned(text.replace("CHANGES", CHANGES)).chronological()


def test_a_meeting_has_what_its_window_says() -> None:
    """Every key of a window holds for its meetings, and for no others."""
    *before, strategy, _, _ = board(FILE)
    assert date(2027, 6, 11) <= strategy.date <= date(2027, 6, 19)
    assert strategy.date.weekday() == 3
    assert str(strategy.time) == "13:00-17:00"
    assert (strategy.place, strategy.format, strategy.host) == ("The hall", "hybrid", "c")
    assert strategy.link == "https://meet.example/strategy"
    for meeting in before:
        assert meeting.date.weekday() == 1
        assert str(meeting.time) == "09:00-12:00"
        assert (meeting.place, meeting.format) == ("Town hall", None)
        assert meeting.link == "https://meet.example/board"
        assert meeting.host in {"a", "b"}


def test_deadlines_of_a_window_replace_those_of_the_forum() -> None:
    """What is due, and how calendars remind of it, is what the meeting's window says."""
    plan = planned(FILE.replace("CHANGES", CHANGES))
    due = {
        meeting.id: [one.name for one in plan.deadlines if one.meeting == meeting.id]
        for meeting in plan.meetings
    }
    assert list(due.values()) == [["Papers"]] * 3 + [["Themes"]] + [["Papers"]] * 2


def test_the_name_of_a_window_follows_that_of_the_forum() -> None:
    """It is shown with each of its meetings, in calendars too."""
    text = FILE.replace("CHANGES", CHANGES)
    plan, register = planned(text), register_of(text)
    names = [name_of(register, plan, meeting) for meeting in plan.chronological()]
    assert names == ["Board"] * 3 + ["Board: Strategy"] + ["Board"] * 2
    ics = Calendars(register, [plan]).calendar("All", plan.chronological(), feed=False).decode()
    assert ics.count("SUMMARY:Board: Strategy\r\n") == 1
    assert ics.count("SUMMARY:Board\r\n") == 5
    assert "CONFERENCE;VALUE=URI:https://meet.example/strategy\r\n" in ics
    assert ics.count("ORGANIZER;CN=Eva:mailto:eva@otherwise.example\r\n") == 1


def test_a_change_holds_from_its_first_day() -> None:
    """Meetings before it have what the forum says."""
    *_, before, after = board(FILE)
    assert before.date < date(2027, 10, 1) <= after.date
    assert (str(before.time), before.place, before.format) == ("09:00-12:00", "Town hall", None)
    assert (str(after.time), after.place, after.format) == ("10:00-12:00", "Library", "online")
    assert after.link == "https://meet.example/new"


def test_a_decided_meeting_keeps_what_was_announced_until_it_is_refreshed() -> None:
    """A change that comes later is told of a confirmed meeting; proposals have it at once."""
    plan = planned(FILE.replace("CHANGES", ""))
    *_, proposed, last = plan.chronological()
    decided = replace(
        plan,
        meetings=tuple(
            replace(one, status=Status.CONFIRMED, decided=True) if one.id == last.id else one
            for one in plan.meetings
        ),
    )
    changed = situation(FILE.replace("CHANGES", CHANGES.replace("2027-10-01", "2027-07-01")), decided)
    again = plan_year(changed)
    kept = again.meeting(last.id)
    assert kept is not None
    assert (kept.time, kept.place, kept.link) == (last.time, last.place, last.link)
    assert again.meeting(proposed.id).link == "https://meet.example/new"  # type: ignore[union-attr]
    [told] = [problem for problem in again.problems if problem.code == "announced-otherwise"]
    assert last.id in told.text
    refreshed = edit.edit(changed, edit.refresh("board")).plan.meeting(last.id)
    assert refreshed is not None
    assert (str(refreshed.time), refreshed.place, refreshed.link) == (
        "10:00-12:00",
        "Library",
        "https://meet.example/new",
    )


def test_a_window_closes_no_named_day() -> None:
    """It says only what its meetings have; the others are held as the forum says."""
    meetings = planned(NAMED).chronological()
    assert len(meetings) == 52
    for meeting in meetings:
        summer = date(2027, 6, 15) <= meeting.date <= date(2027, 8, 15)
        assert str(meeting.time) == ("08:00-08:30" if summer else "09:00-09:30")


OTHER = """
  other:
    name: Other
    cadence: RRULE:FREQ=YEARLY;BYMONTH=6;BYDAY=3TH
    members: [{role: chair, from: [a]}]
    time: 'HOURS'
"""


def test_the_same_people_are_busy_at_the_hours_of_the_window() -> None:
    """On the only Thursday of the window, another forum meets while the board usually would."""
    plan = planned(FILE.replace("    CHANGES\n", OTHER.replace("HOURS", "09:30-10:30")))
    assert [one.forum for one in plan.meetings if one.date == date(2027, 6, 17)] == ["board", "other"]


def test_nobody_meets_twice_at_the_hours_of_the_window() -> None:
    """On that Thursday another forum would meet when the window says: it leaves the day that it names."""
    plan = planned(FILE.replace("    CHANGES\n", OTHER.replace("HOURS", "16:00-18:00")))
    assert [one.forum for one in plan.meetings if one.date == date(2027, 6, 17)] == ["board"]
