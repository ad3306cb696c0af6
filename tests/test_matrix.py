"""The matrix: every meeting in its month, with what has to be said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
import sample_year as sample
from hypothesis import given
from hypothesis import strategies as st

from kultursam.forumfile.values import DayOfYear
from kultursam.matrix import SIGNS, Matrix, matrix_of
from kultursam.plans.model import Meeting, Origin, Plan, Status
from kultursam.presentation import YearView


def matrix(plan: Plan | None = None, language: str = "sv") -> Matrix:
    """Return the matrix of the sample year, or of another one."""
    return matrix_of(YearView(plan or sample.plan(), sample.register(language)))


def cell(forum: str, month: str, *meetings: Meeting, **more: Any) -> list[str]:  # noqa: ANN401
    """Return what the cell of a forum shows in a month such as 2025-03."""
    found = matrix(sample.plan(meetings, **more))
    (row,) = (row for row in found.rows if row.forum == forum)
    (column,) = (index for index, one in enumerate(found.months) if str(one.first).startswith(month))
    return [entry.label for entry in row.cells[column]]


def rad(day: str, number: int = 1, **more: Any) -> Meeting:  # noqa: ANN401
    """Return a confirmed meeting from nine to twelve."""
    facts = {"status": Status.CONFIRMED, **more}
    return replace(sample.meeting("samrad", number, date.fromisoformat(day)), **facts)


def test_forums_are_rows_and_months_are_columns() -> None:
    """In file order, those that meet; a column beyond the year only for what lies there."""
    found = matrix()
    assert [row.forum for row in found.rows] == [
        "samrad", "styrgrupp", "bibliotek", "konferens", "sydsverige", "museer",
    ]  # fmt: skip
    assert [month.short for month in found.months][:2] == ["jan", "feb"]
    assert (len(found.months), found.months[-1].short) == (13, "jan 2026")
    assert found.months[-1].name == "Januari 2026"
    assert found.rows[1].hours == "09:00–12:00"


def test_days_stand_in_order_with_their_signs() -> None:
    """Two meetings of a month, one of them moved; cancelled and proposed ones."""
    styrgrupp = matrix().rows[1]
    assert [entry.label for entry in styrgrupp.cells[2]] == ["19→", "21○"]
    bibliotek = matrix().rows[2]
    assert [entry.label for entry in bibliotek.cells[4]] == ["8✕"]
    assert bibliotek.cells[4][0].words == "torsdag 8 maj, 10:00–13:00, inställt"


@pytest.mark.parametrize(
    ("more", "label"),
    [
        ({}, "13"),
        ({"status": Status.PROPOSED}, "13○"),
        ({"status": Status.PROPOSED, "moved_from": date(2025, 3, 1)}, "13○→"),
        ({"moved_from": date(2025, 3, 1)}, "13→"),
        ({"status": Status.CANCELLED, "moved_from": date(2025, 3, 1)}, "13✕"),
        ({"status": Status.PROPOSED, "origin": Origin.RESERVED}, "13□"),
        ({"origin": Origin.EXTERNAL, "moved_from": date(2025, 3, 1)}, "13◊"),
        ({"days": 2}, "13–14"),
        ({"days": 2, "start": time(8)}, "13–14*"),
        ({"timezone": "Asia/Tokyo"}, "13*"),
        ({"start": time(8), "status": Status.CANCELLED}, "13✕"),
    ],
)
def test_what_is_said_of_a_day(more: dict[str, Any], label: str) -> None:
    """Each state, a move, several days, another time than the forum's other meetings."""
    others = [rad(f"2025-0{month}-04", month) for month in (5, 6)]
    assert cell("samrad", "2025-03", rad("2025-03-13", **more), *others) == [label]


def test_a_meeting_in_two_months_stands_in_both() -> None:
    """It goes on over the end of a month, and over whole months too."""
    long = rad("2025-03-30", days=4)
    assert cell("samrad", "2025-03", long) == ["30–"]
    assert cell("samrad", "2025-04", long) == ["–2"]
    assert cell("samrad", "2025-04", replace(long, days=40)) == ["–"]


def test_two_meetings_a_day_are_two_entries() -> None:
    """In order of time; the times tell them apart."""
    early, late = rad("2025-03-13", 2), rad("2025-03-13", 1, start=time(13), end=time(15))
    assert cell("samrad", "2025-03", late, early, rad("2025-05-06", 3)) == ["13", "13*"]


def test_other_times_are_written_out() -> None:
    """The usual time is what most have; what is cancelled is held at no time."""
    meetings = [
        rad("2025-03-13", 1),
        rad("2025-04-10", 2, start=time(13), end=time(15)),
        rad("2025-05-08", 3),
    ]
    gone = rad("2025-06-12", 4, start=time(7), status=Status.CANCELLED)
    found = matrix(sample.plan([*meetings, gone]))
    assert found.rows[0].hours == "09:00–12:00"
    assert [(one.forum, one.day, one.hours) for one in found.other_times] == [
        ("samrad", "10 apr", "13:00–15:00")
    ]
    assert ("*", "annan tid") in found.legend


def test_the_legend_has_what_occurs() -> None:
    """A year of decided meetings needs none; beside others, what has no sign is told too."""
    assert matrix(sample.plan([rad("2025-03-13")])).legend == ()
    assert matrix(sample.plan([sample.meeting("samrad", 1, date(2025, 3, 13))])).legend == (
        ("○", "preliminärt"),
    )
    assert matrix().legend == (
        ("", "utan tecken: bekräftat"),
        ("○", "preliminärt"),
        ("□", "reserverat"),
        ("◊", "externt"),
        ("→", "flyttat"),
        ("✕", "inställt"),
    )


def test_a_planning_year_that_begins_in_august() -> None:
    """Its columns begin there, and no year stands beside its months."""
    found = matrix(sample.plan([rad("2026-02-04")], begins=DayOfYear(8, 1)), "en")
    assert [month.short for month in found.months] == [
        "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
    ]  # fmt: skip
    assert [index for index, one in enumerate(found.rows[0].cells) if one] == [6]


def test_a_year_that_begins_within_a_month() -> None:
    """Both parts of the month have a column."""
    found = matrix(sample.plan([rad("2025-08-20"), rad("2026-08-03", 2)], begins=DayOfYear(8, 15)))
    assert (len(found.months), found.months[0].short, found.months[-1].short) == (13, "aug", "aug")


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(1, 40), st.sampled_from(["samrad", "bibliotek"])),
        max_size=30,
    )
)
def test_no_meeting_is_lost(drawn: list[tuple[int, int, str]]) -> None:
    """Every meeting stands in each month that it has a day in, in its forum's row, and nowhere else."""
    meetings = [
        replace(sample.meeting(forum, number, date(2025, 1, 1) + timedelta(days=offset)), days=days)
        for number, (offset, days, forum) in enumerate(drawn, 1)
    ]
    found = matrix(sample.plan(meetings))
    wanted = {(one.forum, day.replace(day=1), one.id) for one in meetings for day in one.every_day}
    shown = [
        (row.forum, month.first, entry.meeting.id)
        for row in found.rows
        for month, entries in zip(found.months, row.cells, strict=True)
        for entry in entries
    ]
    assert len(shown) == len(set(shown))
    assert set(shown) == wanted
    assert all(
        mark in SIGNS for row in found.rows for one in row.cells for entry in one for mark in entry.marks
    )
