"""Planning that undoes too much is refused: what is counted, the cause of each, and what is not held."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from planner_instances import register_of

from kultursam.planner import NoPlanError, Situation, TooMuchChangeError, plan_year, what_if
from kultursam.plans.model import Plan, Status

NOW = datetime(2024, 9, 15, tzinfo=UTC)
TODAY = NOW.date()
FILE = """
name: Brake
timezone: Europe/Stockholm
domain: brake.example
organisations: {a: {name: A}, b: {name: B}}
calendar: {country: SE}
forums:
  board: {name: Board, cadence: 8 times a year, time: 09:00-12:00, members: [{role: chair, from: [a]}]}
  staff: {name: Staff, cadence: 2 times a year, time: 09:00-12:00, members: [{role: chief, from: [b]}]}
  assembly:
    name: Assembly
    cadence: external
    publish: yes
    time: 09:00-12:00
    members: [{role: chair, from: [b]}]
    dates: [2025-02-04, 2025-03-04, 2025-04-01, 2025-05-06]
"""


def situation(text: str, record: Plan | None, today: date = TODAY) -> Situation:
    """Return the year of a file, on top of a plan of record."""
    return Situation(register_of(text), 2025, today, NOW, record)


@pytest.fixture(scope="module")
def planned() -> Plan:
    """Return the first plan: ten meetings of two forums, and four decided elsewhere."""
    return plan_year(situation(FILE, None))


def refused(text: str, record: Plan) -> list[str]:
    """Return what the refusal tells of each meeting."""
    with pytest.raises(TooMuchChangeError) as caught:
        plan_year(situation(text, record))
    assert {problem.code for problem in caught.value.problems} == {"too-much-change"}
    head, *listed = caught.value.problems
    assert "--accept" in head.text
    return [problem.text for problem in listed]


def without_board(text: str = FILE) -> str:
    """Return the file without its first forum."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("  board:"))


def test_a_forum_that_left_is_the_cause(planned: Plan) -> None:
    """Each of its meetings is listed with its day, and what to do if only the id was changed."""
    told = refused(without_board(), planned)
    days = {one.id: one.date for one in planned.meetings if one.forum == "board"}
    assert [text.split(" would")[0] for text in told] == [f"{key} on {day}" for key, day in days.items()]
    assert all("keep its id and change its name" in text for text in told)


def test_fewer_meetings_are_the_cause(planned: Plan) -> None:
    """The line of the cadence is named."""
    text = FILE.replace("8 times", "once")
    with pytest.raises(TooMuchChangeError) as caught:
        plan_year(situation(text, planned))
    lines = {problem.line for problem in caught.value.problems[1:]}
    assert lines == {1 + text[: text.index("cadence: once")].count("\n")}
    assert all("fewer meetings" in problem.text for problem in caught.value.problems[1:])


def test_what_others_decided_is_counted_but_never_confirmed_by_us(planned: Plan) -> None:
    """One of four dates of theirs may go, confirmed as it is; all of them and another are too much."""
    one = plan_year(situation(FILE.replace("2025-02-04, ", ""), planned))
    assert [(change.meeting, change.kind) for change in one.changes] == [("assembly-2025-x1", "cancelled")]
    few = FILE.replace("[2025-02-04, 2025-03-04, 2025-04-01, 2025-05-06]", "[]").replace("8 times", "7 times")
    told = refused(few, planned)
    assert len([text for text in told if "decided elsewhere" in text]) == 4


def test_what_nobody_sees_is_not_counted(planned: Plan) -> None:
    """Dates of an external forum that is not published may all go."""
    unseen = FILE.replace("    publish: yes\n", "")
    record = plan_year(situation(unseen, planned))
    gone = unseen.replace("[2025-02-04, 2025-03-04, 2025-04-01, 2025-05-06]", "[]")
    assert {one.kind for one in plan_year(situation(gone, record)).changes} == {"cancelled"}


def test_one_confirmed_meeting_is_enough(planned: Plan) -> None:
    """Two of ten are few, but people rely on one of them."""
    text = "\n".join(line for line in FILE.splitlines() if not line.startswith("  staff:"))
    assert len(plan_year(situation(text, planned)).changes) == 2
    meetings = [
        replace(one, status=Status.CONFIRMED) if one.id == "staff-2025-1" else one for one in planned.meetings
    ]
    record = replace(planned, meetings=tuple(meetings))
    assert len(refused(text, record)) == 2
    # What is over is not undone.
    after = next(one.date for one in meetings if one.id == "staff-2025-1") + timedelta(days=1)
    plan_year(situation(text, record, after))


def test_what_is_not_held(planned: Plan) -> None:
    """A yes, a plan from scratch, and a question of what would be."""
    for options in ({"accept": True}, {"replan": True}):
        plan = plan_year(situation(without_board(), planned), **options)  # type: ignore[arg-type]
        assert sum(not one.live for one in plan.meetings) == 8
    with pytest.raises(TooMuchChangeError):
        plan_year(situation(without_board(), planned))
    where = situation(without_board(), planned)
    staff = next(one for one in planned.meetings if one.id == "staff-2025-1")
    other = what_if(where, planned, staff.id, staff.date + timedelta(days=1))
    assert other.meeting(staff.id) != staff


def test_a_year_without_a_plan_is_told_first(planned: Plan) -> None:
    """Where the rules leave no plan, that is what is wrong."""
    closed = "calendar: {country: SE, periods: [{name: All, from: 2025-01-01, to: 2025-12-31}]}"
    with pytest.raises(NoPlanError):
        plan_year(situation(FILE.replace("calendar: {country: SE}", closed), planned))
