"""What a plan knows of its meetings: when one is a new version, and how two plans differ."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kultursam.plans.model import (
    ANNOUNCED,
    Change,
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
OTHER: dict[str, object] = {
    "date": date(2025, 3, 21),
    "start": time(8),
    "end": time(13),
    "place": "Rådhuset",
    "host": "hylte",
    "status": Status.CONFIRMED,
    "origin": Origin.RESERVED,
    "decided": True,
    "forced": ("spacing",),
    "moved_from": date(2025, 3, 19),
    "reason": "Sjukdom",
}
"""Another value of each field that may change."""


def changed(**keys: object) -> Meeting:
    """Change the meeting."""
    return replace(MEETING, **keys)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", OTHER)
def test_a_new_version_is_what_was_announced_and_changed(name: str) -> None:
    """Date, time, place, host and status raise the sequence by one and set modified; nothing else does."""
    new = revised(MEETING, changed(**{name: OTHER[name]}), NOW)
    announced = name in {"date", "start", "end", "place", "host", "status"}
    assert new.sequence == (4 if announced else 3)
    assert new.modified == (NOW if announced else MADE)
    assert getattr(new, name) == OTHER[name]


def test_every_field_that_may_change_is_tried() -> None:
    """No field is added to a meeting without a decision on whether it is announced."""
    kept = {"id", "forum", "number", "sequence", "created", "modified"}
    assert {field.name for field in fields(Meeting)} == kept | OTHER.keys()
    assert set(ANNOUNCED) < OTHER.keys()


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


@pytest.mark.parametrize(
    ("keys", "kind", "before", "after"),
    [
        ({"date": date(2025, 4, 1)}, "moved", "2025-03-20", "2025-04-01"),
        ({"start": time(8)}, "moved", "2025-03-20 09:00-12:00", "2025-03-20 08:00-12:00"),
        ({"date": date(2025, 4, 1), "start": time(8)}, "moved", "2025-03-20", "2025-04-01"),
        ({"status": Status.CONFIRMED}, "confirmed", "2025-03-20", "2025-03-20"),
        ({"status": Status.CONFIRMED, "date": date(2025, 4, 1)}, "moved", "2025-03-20", "2025-04-01"),
        ({"status": Status.CANCELLED}, "cancelled", "2025-03-20", None),
        ({"host": "hylte", "place": "Rådhuset"}, "changed", "", "hylte, Rådhuset"),
    ],
)
def test_how_plans_differ(keys: dict[str, object], kind: str, before: str, after: str | None) -> None:
    """A change names its kind and what it was from and to; days alone unless the day is the same."""
    new = revised(MEETING, changed(**keys), NOW)
    assert diff([MEETING], [new]) == (Change(MEETING.id, kind, before, after),)  # type: ignore[arg-type]


def test_only_what_differs_is_told_in_the_order_of_the_plan() -> None:
    """A new meeting has no before; an unchanged one, and one that is only decided, is not told."""
    second, third = (replace(MEETING, id=f"natverk-2025-{number}", number=number) for number in (2, 3))
    moved = revised(MEETING, changed(date=date(2025, 4, 1)), NOW)
    found = diff([MEETING, second], [third, replace(second, decided=True), moved])
    assert [(one.meeting, one.kind, one.before) for one in found] == [
        ("natverk-2025-3", "new", None),
        ("natverk-2025-1", "moved", "2025-03-20"),
    ]


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
