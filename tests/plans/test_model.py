"""What a plan knows of its meetings: when one is a new version, and how two plans differ."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kultursam.forumfile.values import TimeSpan
from kultursam.plans.model import (
    Change,
    Departure,
    ForumRecord,
    Meeting,
    Origin,
    Plan,
    Status,
    diff,
    later,
    revised,
)

MADE = datetime(2024, 9, 15, tzinfo=UTC)
NOW = datetime(2024, 10, 1, 8, 30, tzinfo=UTC)
MEETING = Meeting(
    id="natverk-2025-1",
    forum="natverk",
    number=1,
    date=date(2025, 3, 20),
    start=time(9),
    end=time(12),
    created=MADE,
    modified=MADE,
    sequence=3,
)
LEFT = Departure(
    meeting="natverk-2025-1",
    organisation="laholm",
    date=date(2025, 3, 20),
    start=time(9),
    end=time(12),
    sequence=4,
    modified=NOW,
)
OTHER: dict[str, object] = {
    "date": date(2025, 3, 21),
    "start": time(8),
    "end": time(13),
    "days": 2,
    "last_day": TimeSpan(time(9), time(11)),
    "timezone": "Europe/Helsinki",
    "place": "Rådhuset",
    "host": "hylte",
    "format": "online",
    "link": "https://example.org/",
    "uid": "1234@example.org",
    "own": ("place",),
    "status": Status.CONFIRMED,
    "origin": Origin.RESERVED,
    "decided": True,
    "forced": ("spacing",),
    "moved_from": date(2025, 3, 19),
    "listed": True,
    "reason": "Sjukdom",
    "was_confirmed": True,
    "organisations": ("hylte",),
    "roles": (("chef", ("hylte",)),),
    "left": (LEFT,),
}
"""Another value of each field that may change."""
COUNTED = {"date", "start", "end", "days", "last_day", "timezone", "place", "format", "link"}
"""What everybody must look at again."""
SHOWN = {"host", "status", "origin", "reason", "moved_from", "uid"}
"""What calendars show beside."""


def changed(**keys: object) -> Meeting:
    """Change the meeting."""
    return replace(MEETING, **keys)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", OTHER)
def test_a_new_version_is_what_must_be_looked_at_again(name: str) -> None:
    """Date, time, place, format and link raise the sequence; what else calendars show sets modified."""
    new = revised(MEETING, changed(**{name: OTHER[name]}), NOW)
    assert new.sequence == (4 if name in COUNTED else 3)
    assert new.modified == (NOW if name in COUNTED | SHOWN else MADE)
    assert getattr(new, name) == OTHER[name]


@pytest.mark.parametrize("status", [Status.PROPOSED, Status.CONFIRMED])
def test_a_cancellation_and_its_taking_back_are_new_versions(status: Status) -> None:
    """Both are for everybody to look at, whatever the meeting was before."""
    live, cancelled = changed(status=status), changed(status=Status.CANCELLED)
    assert revised(live, cancelled, NOW).sequence == 4
    assert revised(cancelled, live, NOW).sequence == 4


def test_when_a_meeting_was_cancelled_is_kept() -> None:
    """Whatever is changed of it afterwards; once that is taken back it was not cancelled."""
    cancelled = revised(MEETING, MEETING.cancelled(), NOW)
    assert cancelled.cancelled_at == cancelled.modified == NOW
    later_on = revised(
        cancelled, replace(cancelled, host="laholm", cancelled_at=None), NOW + timedelta(days=9)
    )
    assert later_on.modified > NOW
    assert later_on.cancelled_at == NOW
    back = revised(later_on, replace(later_on, status=Status.PROPOSED), NOW + timedelta(days=10))
    assert back.cancelled_at is None


def test_a_mere_confirmation_is_announced_to_nobody() -> None:
    """The last day on which anything else changed is kept, through another confirmation too."""
    confirmed = revised(MEETING, changed(status=Status.CONFIRMED), NOW)
    assert confirmed.announced == MADE
    assert confirmed.announced_on(UTC) == MADE.date()
    moved = revised(confirmed, replace(confirmed, date=date(2025, 4, 1)), NOW + timedelta(days=1))
    assert moved.announced is None
    assert moved.announced_on(UTC) == date(2024, 10, 2)


REMEMBERED = {"date", "start", "end", "days", "host", "place", "format", "link"}


@pytest.mark.parametrize("name", OTHER)
def test_what_a_meeting_was_is_remembered(name: str) -> None:
    """When and where it was, who hosted it and how it was held; not what else is kept of it."""
    new = revised(MEETING, changed(**{name: OTHER[name]}), NOW)
    was = [getattr(one, name) for one in new.former if name in REMEMBERED]
    assert was == ([getattr(MEETING, name)] if name in REMEMBERED else [])
    if name not in REMEMBERED:
        assert new.former == ()


def test_each_former_state_is_remembered() -> None:
    """There and back again, however often; that it was off, once it is on again; nothing of other bodies."""
    there, back = changed(date=date(2025, 4, 1), moved_from=MEETING.date), MEETING
    meeting = MEETING
    for target in (there, back) * 3:
        goal = replace(meeting, date=target.date, moved_from=meeting.date)
        meeting = revised(meeting, goal, NOW)
    assert [one.date for one in meeting.former] == [MEETING.date, there.date] * 3
    assert not any(one.unannounced or one.cancelled for one in meeting.former)
    off = revised(meeting, meeting.cancelled(), NOW)
    assert off.former == meeting.former
    on = revised(off, replace(off, status=Status.CONFIRMED), NOW)
    assert [one.cancelled for one in on.former] == [False] * 6 + [True]
    assert on.former[-1].until == on.modified
    others = changed(origin=Origin.EXTERNAL)
    assert revised(others, replace(others, date=date(2025, 4, 1)), NOW).former == ()


def test_a_day_that_nobody_was_told_of_is_known_as_such() -> None:
    """A list of decided dates took a proposal elsewhere: its day is free for another."""
    (was,) = revised(MEETING, changed(date=date(2025, 4, 1), moved_from=None), NOW).former
    assert was.unannounced


def test_every_field_that_may_change_is_tried() -> None:
    """No field is added to a meeting without a decision on whether it makes a new version."""
    kept = {"id", "forum", "number", "sequence", "created", "modified", "announced", "shown", "cancelled_at"}
    kept |= {"source", "former"}
    assert {field.name for field in fields(Meeting)} == kept | OTHER.keys()


def test_a_new_version_keeps_when_it_was_made() -> None:
    """Neither a changed meeting nor an unchanged one gets another moment of creation or another count."""
    for keys in ({"place": "Rådhuset"}, {}):
        new = revised(MEETING, changed(created=NOW, modified=NOW, sequence=90, **keys), NOW)
        assert new.created == MADE
        assert new.sequence == 3 + len(keys)


@given(st.integers(-(10**6), 10**6))
def test_modified_always_rises(seconds: int) -> None:
    """Two changes within a second, or a clock that went back, still give a later moment."""
    now = MADE + timedelta(seconds=seconds)
    new = revised(MEETING, changed(place="Rådhuset"), now)
    assert new.modified == later(MADE, now) == (now if seconds > 0 else MADE + timedelta(seconds=1))
    assert new.modified >= new.created


def plan_of(*meetings: Meeting, name: str = "Nätverk", host: str = "Hylte") -> Plan:
    """Make a plan of meetings of one forum."""
    forums = {"natverk": ForumRecord(name, ("hylte", "laholm"), (("chef", ("hylte", "laholm")),))}
    return Plan(2025, "Kultur", "kultur.example", forums, meetings, organisations={"hylte": host})


@pytest.mark.parametrize(
    ("keys", "kind", "before", "after"),
    [
        ({"date": date(2025, 4, 1)}, "moved", "2025-03-20", "2025-04-01"),
        ({"start": time(8)}, "moved", "2025-03-20 09:00-12:00", "2025-03-20 08:00-12:00"),
        ({"date": date(2025, 4, 1), "start": time(8)}, "moved", "2025-03-20", "2025-04-01"),
        ({"status": Status.CONFIRMED}, "confirmed", "2025-03-20", "2025-03-20"),
        ({"status": Status.CONFIRMED, "date": date(2025, 4, 1)}, "moved", "2025-03-20", "2025-04-01"),
        ({"status": Status.CANCELLED}, "cancelled", "2025-03-20", None),
        ({"host": "hylte", "place": "Rådhuset"}, "changed", "", "Rådhuset, Hylte"),
        ({"format": "online"}, "changed", "", "online"),
    ],
)
def test_how_plans_differ(keys: dict[str, object], kind: str, before: str, after: str | None) -> None:
    """A change names its kind and what it was from and to; days alone unless the day is the same."""
    new = revised(MEETING, changed(**keys), NOW)
    assert diff(plan_of(MEETING), plan_of(new)) == (Change(MEETING.id, kind, before, after),)  # type: ignore[arg-type]


@pytest.mark.parametrize("move", [{"start": time(8)}, {"date": date(2025, 4, 1)}])
def test_a_move_and_another_place_are_both_told(move: dict[str, object]) -> None:
    """One does not hide the other; that it was confirmed too goes without saying."""
    new = revised(MEETING, changed(place="Rådhuset", status=Status.CONFIRMED, **move), NOW)
    moved, elsewhere = diff(plan_of(MEETING), plan_of(new))
    assert (moved.kind, elsewhere) == ("moved", Change(MEETING.id, "changed", "", "Rådhuset"))


@pytest.mark.parametrize("day", [MEETING.date, date(2025, 4, 1)])
def test_a_place_that_was_kept_free_and_is_used_is_a_new_meeting(day: date) -> None:
    """On its own day or another; one that is only moved is still a place that is kept free."""
    place = changed(origin=Origin.RESERVED)
    used = replace(place, origin=Origin.PLANNED, date=day, decided=True)
    assert diff(plan_of(place), plan_of(used)) == (Change(MEETING.id, "new", None, day.isoformat()),)
    moved = diff(plan_of(place), plan_of(replace(place, date=date(2025, 4, 1))))
    assert [change.kind for change in moved] == ["moved"]


def test_a_cancellation_that_is_taken_back_is_told() -> None:
    """The meeting is on again, on its day."""
    found = diff(plan_of(changed(status=Status.CANCELLED)), plan_of(MEETING))
    assert found == (Change(MEETING.id, "restored", None, "2025-03-20"),)


def test_another_name_is_told_of_what_is_to_be_held() -> None:
    """A renamed forum or host is told with both names; a cancelled meeting has no more to tell."""
    hosted = changed(host="hylte")
    found = diff(plan_of(hosted), plan_of(hosted, name="Nätet"))
    assert found == (Change(MEETING.id, "renamed", "Nätverk", "Nätet"),)
    found = diff(plan_of(hosted), plan_of(hosted, host="Hylte kommun"))
    assert found == (Change(MEETING.id, "renamed", "Hylte", "Hylte kommun"),)
    gone = replace(hosted, status=Status.CANCELLED)
    assert diff(plan_of(gone), plan_of(gone, name="Nätet")) == ()


def test_only_what_differs_is_told_in_the_order_of_the_plan() -> None:
    """A new meeting has no before; an unchanged one, and one that is only decided, is not told."""
    second, third = (replace(MEETING, id=f"natverk-2025-{number}", number=number) for number in (2, 3))
    moved = revised(MEETING, changed(date=date(2025, 4, 1)), NOW)
    found = diff(plan_of(MEETING, second), plan_of(third, replace(second, decided=True), moved))
    assert [(one.meeting, one.kind, one.before) for one in found] == [
        ("natverk-2025-3", "new", None),
        ("natverk-2025-1", "moved", "2025-03-20"),
    ]
    assert {one.kind for one in diff(None, plan_of(MEETING, second))} == {"new"}


def test_who_takes_part_is_the_forums_or_a_meetings_own() -> None:
    """A meeting with participants of its own has their roles too, even where none are recorded."""
    own = changed(organisations=("laholm",))
    with_role = changed(organisations=("laholm",), roles=(("chef", ("laholm",)),))
    year = plan_of(MEETING)
    assert year.organisations_of(MEETING) == ("hylte", "laholm")
    assert year.roles_of(MEETING) == (("chef", ("hylte", "laholm")),)
    assert year.organisations_of(own) == year.organisations_of(with_role) == ("laholm",)
    assert (year.roles_of(own), year.roles_of(with_role)) == ((), (("chef", ("laholm",)),))


def test_what_a_plan_finds() -> None:
    """Meetings are found by id, told by date, time and forum; the date is no part of a UID."""
    early = replace(MEETING, id="styrgrupp-2025-1", forum="styrgrupp", start=time(8))
    same = replace(MEETING, id="styrgrupp-2025-2", forum="styrgrupp", number=2)
    first = replace(MEETING, id="natverk-2025-2", number=2, date=date(2025, 1, 31))
    forums = {"natverk": ForumRecord("Nätverk", ()), "styrgrupp": ForumRecord("Styrgrupp", ())}
    plan = Plan(2025, "Kultur", "kultur.example", forums, (MEETING, first, early, same))
    assert plan.chronological() == [first, early, MEETING, same]
    assert plan.meeting("styrgrupp-2025-2") is same
    assert plan.meeting("styrgrupp-2025-3") is None
    assert (
        plan.uid(MEETING.id) == plan.uid(changed(date=date(2025, 4, 1)).id) == f"{MEETING.id}@kultur.example"
    )
    assert not changed(status=Status.CANCELLED).live
    assert changed(date=date(2024, 12, 30)).week == 1
