"""What changed since a day: told from the meetings of the plan of record alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sample_year as sample
from hypothesis import given
from hypothesis import strategies as st

from kultursam.history import change_in_words, changes_since
from kultursam.plans.model import Meeting, Origin, Status, diff, revised
from kultursam.presentation import YearView

ZONE = ZoneInfo("Europe/Stockholm")
MADE = datetime(2024, 11, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
MEETING = replace(
    sample.meeting("samrad", 1, date(2025, 3, 13)),
    created=MADE,
    modified=MADE,
    host="hylte",
    place="Rådhuset",
)


def lived(*steps: tuple[str, dict[str, Any]], first: Meeting = MEETING) -> Meeting:
    """Return a meeting after changes, each on a day such as 2024-12-01 at noon."""
    meeting = first
    for day, change in steps:
        moment = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        meeting = changed(meeting, change, moment)
    return meeting


def changed(meeting: Meeting, change: dict[str, Any], moment: datetime) -> Meeting:
    """Return a meeting after a change."""
    new = replace(meeting, **change)
    return revised(
        meeting, replace(new, moved_from=meeting.date) if new.date != meeting.date else new, moment
    )


def to(day: str) -> dict[str, Any]:
    """Return a move."""
    return {"date": date.fromisoformat(day)}


def since(day: str, *meetings: Meeting, **more: Any) -> list[tuple[str, str | None, str | None]]:  # noqa: ANN401
    """Return what changed of meetings since a day."""
    plan = sample.plan(meetings, organisations={"hylte": "Hylte", "varberg": "Varberg"}, **more)
    found = changes_since(plan, date.fromisoformat(day), ZONE)
    return [(change.kind, change.before, change.after) for change in found]


OFF = {"status": Status.CANCELLED, "reason": "Snö"}
ON = {"status": Status.PROPOSED, "reason": None}
CONFIRMED = {"status": Status.CONFIRMED}
LIVES: list[tuple[str, list[tuple[str, dict[str, Any]]], str, list[Any]]] = [
    ("nothing happened", [], "2024-12-01", []),
    ("it is new", [], "2024-11-01", [("new", None, "2025-03-13")]),
    ("it came and went", [("2024-12-01", OFF)], "2024-10-01", []),
    (
        "it was moved",
        [("2024-12-01", to("2025-03-20"))],
        "2024-12-01",
        [("moved", "2025-03-13", "2025-03-20")],
    ),
    ("it was moved before", [("2024-12-01", to("2025-03-20"))], "2024-12-02", []),
    (
        "it was moved twice",
        [("2024-12-01", to("2025-03-20")), ("2024-12-09", to("2025-03-27"))],
        "2024-11-20",
        [("moved", "2025-03-13", "2025-03-27")],
    ),
    (
        "it was moved twice, once since",
        [("2024-12-01", to("2025-03-20")), ("2024-12-09", to("2025-03-27"))],
        "2024-12-05",
        [("moved", "2025-03-20", "2025-03-27")],
    ),
    (
        "there and back",
        [("2024-12-01", to("2025-03-20")), ("2024-12-09", to("2025-03-13"))],
        "2024-12-01",
        [],
    ),
    (
        "at another time",
        [("2024-12-01", {"start": time(13), "end": time(15)})],
        "2024-12-01",
        [("moved", "2025-03-13 09:00-12:00", "2025-03-13 13:00-15:00")],
    ),
    (
        "for two days",
        [("2024-12-01", {**to("2025-03-20"), "days": 2})],
        "2024-12-01",
        [("moved", "2025-03-13", "2025-03-20/2025-03-21")],
    ),
    (
        "somewhere else",
        [("2024-12-01", {"place": "Teatern", "host": "varberg"})],
        "2024-12-01",
        [("changed", "Hylte, Rådhuset", "Varberg, Teatern")],
    ),
    (
        "at another time and somewhere else",
        [("2024-12-01", {"start": time(10), "place": "Teatern"})],
        "2024-12-01",
        [
            ("moved", "2025-03-13 09:00-12:00", "2025-03-13 10:00-12:00"),
            ("changed", "Rådhuset", "Teatern"),
        ],
    ),
    (
        "moved before, elsewhere since",
        [("2024-12-01", to("2025-03-20")), ("2024-12-09", {"place": "Teatern"})],
        "2024-12-05",
        [("changed", "Rådhuset", "Teatern")],
    ),
    ("confirmed", [("2024-12-01", CONFIRMED)], "2024-12-01", [("confirmed", "2025-03-13", "2025-03-13")]),
    ("confirmed before", [("2024-12-01", CONFIRMED)], "2024-12-02", []),
    (
        "moved, then confirmed",
        [("2024-12-01", to("2025-03-20")), ("2024-12-09", CONFIRMED)],
        "2024-12-01",
        [("moved", "2025-03-13", "2025-03-20")],
    ),
    (
        "moved before, then confirmed",
        [("2024-12-01", to("2025-03-20")), ("2024-12-09", CONFIRMED)],
        "2024-12-05",
        [("confirmed", "2025-03-20", "2025-03-20")],
    ),
    ("cancelled", [("2024-12-01", OFF)], "2024-12-01", [("cancelled", "2025-03-13", None)]),
    ("cancelled before", [("2024-12-01", OFF)], "2024-12-02", []),
    (
        "moved, then cancelled",
        [("2024-12-01", to("2025-03-20")), ("2024-12-09", OFF)],
        "2024-12-01",
        [("cancelled", "2025-03-13", None)],
    ),
    (
        "off and on again",
        [("2024-12-01", OFF), ("2024-12-09", ON)],
        "2024-12-05",
        [("restored", None, "2025-03-13")],
    ),
    ("off and on since", [("2024-12-01", OFF), ("2024-12-09", ON)], "2024-12-01", []),
    ("off, on, off", [("2024-12-01", OFF), ("2024-12-09", ON), ("2024-12-10", OFF)], "2024-12-05", []),
]


@pytest.mark.parametrize(
    ("steps", "day", "told"), [life[1:] for life in LIVES], ids=[life[0] for life in LIVES]
)
def test_what_changed_is_told(steps: list[Any], day: str, told: list[Any]) -> None:
    """What it was when the day began, and what it is now; nothing where that is the same."""
    assert since(day, lived(*steps)) == told


def test_a_day_begins_in_the_zone_of_the_file() -> None:
    """Half past eleven in the evening in UTC is the next day in Sweden."""
    late = datetime(2024, 12, 1, 23, 30, tzinfo=UTC)
    moved = changed(MEETING, to("2025-03-20"), late)
    assert since("2024-12-02", moved) != []
    assert since("2024-12-03", moved) == []


def test_what_others_decide_has_its_last_move() -> None:
    """And so has what an older version recorded."""
    other = lived(("2024-12-01", to("2025-03-20")), first=replace(MEETING, origin=Origin.EXTERNAL))
    assert other.former == ()
    assert since("2024-12-01", other) == [("moved", "2025-03-13", "2025-03-20")]
    assert since("2024-12-02", other) == []
    forgotten = replace(lived(("2024-12-01", OFF)), cancelled_at=None)
    assert since("2024-12-01", forgotten) == [("cancelled", "2025-03-13", None)]


def test_a_change_in_words() -> None:
    """Old and new, and why a meeting is off."""
    moved = lived(("2024-12-01", to("2025-03-20")))
    off = lived(("2024-12-01", OFF), first=replace(MEETING, id="samrad-2025-2", date=date(2025, 5, 6)))
    plan = sample.plan([moved, off])
    year = YearView(plan, sample.register())
    assert [change_in_words(year, one) for one in changes_since(plan, date(2024, 12, 1), ZONE)] == [
        "flyttat: Kulturpolitiskt samråd: tors 13 mars → tors 20 mars",
        "inställt: Kulturpolitiskt samråd, tis 6 maj: Snö",
    ]


STEPS = st.lists(
    st.sampled_from(
        [
            to("2025-03-20"),
            to("2025-03-27"),
            to("2025-03-13"),
            OFF,
            ON,
            {"place": "Teatern"},
            {**to("2025-03-20"), "place": "Biblioteket"},
        ]
    ),
    max_size=6,
)


@given(STEPS, st.integers(0, 7))
def test_it_is_the_difference_to_the_plan_of_that_day(steps: list[dict[str, Any]], day: int) -> None:
    """The same as comparing with the plan that was recorded before the day, whatever happened."""
    days = [MADE + DAY * number for number in range(1, len(steps) + 1)]
    lives = [MEETING]
    for moment, step in zip(days, steps, strict=True):
        # What is off is not moved.
        lives.append(changed(lives[-1], step if lives[-1].live or step is ON else {}, moment))
    begins = MADE.date() + DAY * (day + 1)
    then = [one for one, moment in zip(lives, [MADE, *days], strict=True) if moment.date() < begins][-1]
    before, now = (sample.plan([one]) for one in (then, lives[-1]))
    wanted = [
        (one.kind, one.before if one.kind != "cancelled" else then.when, one.after)
        for one in diff(before, now)
    ]
    assert [(one.kind, one.before, one.after) for one in changes_since(now, begins, ZONE)] == wanted
