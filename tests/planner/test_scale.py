"""Large files: of a year's forums, only those are gone through that hang together with what is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from planner_instances import register_of, towns

from kultursam.planner import alternatives, explain, search
from kultursam.planner import components as groups
from kultursam.planner.assemble import assemble
from kultursam.planner.assess import assess
from kultursam.planner.explain import Standing
from kultursam.planner.model import Commitments
from kultursam.planner.search import Outcome
from kultursam.planner.situation import Situation, commitments_of, evaluated
from kultursam.plans.model import Meeting, Plan, Reason
from kultursam.rules.context import EvaluatedYear

NOW = datetime(2024, 9, 15, tzinfo=UTC)
NUMBERS = (2, 4, 3, 2)
DAY = timedelta(days=1)


def planned(text: str, record: Plan | None = None) -> tuple[Situation, Plan]:
    """Plan 2025 on top of a plan of record."""
    situation = Situation(register_of(text), 2025, NOW.date(), NOW, record)
    year, given = evaluated(situation), commitments_of(situation)
    outcome = search.best_dates(year, given)
    meetings = assemble(situation, year, given, outcome.dates)
    return situation, assess(situation, year, meetings, given, outcome.gap)


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Give the groups that are handed to the engine from here on."""
    groups: list[tuple[str, ...]] = []
    best = search.best_of_group

    def watched(year: EvaluatedYear, given: Commitments, group: tuple[str, ...]) -> Outcome:
        groups.append(group)
        return best(year, given, group)

    monkeypatch.setattr(search, "best_of_group", watched)
    return groups


def test_each_group_sees_its_own_part_of_the_year() -> None:
    """Nothing of one town goes into the model of another."""
    situation, plan = planned(towns(*NUMBERS))
    again = replace(situation, recorded_plan=plan)
    for place, task in enumerate(groups.tasks(evaluated(again), commitments_of(again))):
        town = f"t{place}"
        assert task.group == (f"board-{town}", f"staff-{town}")
        assert set(task.year.register.forums) == set(task.year.slots) == set(task.group)
        assert set(task.year.register.file.organisations) == {town}
        assert {one.forum for one in task.commitments.movable} == set(task.group)


def test_a_plan_that_still_suits_is_not_sought_again(solved: list[tuple[str, ...]]) -> None:
    """Recorded dates that break no must are the best there is: no other plan moves fewer meetings."""
    _, plan = planned(towns(*NUMBERS))
    solved.clear()
    _, again = planned(towns(*NUMBERS), plan)
    assert solved == []
    assert again.meetings == plan.meetings


@pytest.mark.slow
def test_only_what_no_longer_suits_is_sought_again(solved: list[tuple[str, ...]]) -> None:
    """Where a must is broken now, or a place is empty, what hangs together is planned."""
    _, plan = planned(towns(*NUMBERS))
    board = next(one for one in plan.meetings if one.forum == "board-t1")
    away = f"{{name: Away, from: {board.date}, to: {board.date}, for: [t1]}}"
    text = towns(2, 4, 5, 2).replace("{country: SE}", f"{{country: SE, periods: [{away}]}}")
    solved.clear()
    _, again = planned(text, plan)
    assert solved == [("board-t1", "staff-t1"), ("board-t2", "staff-t2")]
    assert all(one.date != board.date for one in again.meetings if one.forum.endswith("t1"))


def test_another_date_is_sought_among_those_concerned(solved: list[tuple[str, ...]]) -> None:
    """`explain --instead` plans again what hangs together with the meeting."""
    situation, plan = planned(towns(*NUMBERS))
    staff = next(one for one in plan.meetings if one.id == "staff-t2-2025-2")
    solved.clear()
    other = alternatives.what_if(
        replace(situation, recorded_plan=plan), plan, staff.id, staff.date + 28 * DAY
    )
    assert solved == [("board-t2", "staff-t2")]
    assert {one.meeting.split("-2025")[0] for one in other.changes} <= set(solved[0])


def test_a_move_is_weighed_among_those_it_can_touch() -> None:
    """Meetings of forums that share nobody are left out, whatever week they lie in."""
    situation, plan = planned(towns(*NUMBERS))
    standing = Standing(evaluated(situation), plan.meetings, ())
    for one in plan.meetings:
        near, _ = standing.concerned(one, one.date + DAY)
        town = one.forum.split("-")[1]
        assert [two.id for two in near] == [two.id for two in plan.meetings if two.forum.endswith(town)]


def test_meetings_far_off_are_left_out() -> None:
    """Of forums that are not linked, those that share an organisation count in the two weeks alone."""
    situation, plan = planned(towns(4).replace("    prepared_by: {forum: board-t0, days_before: 7-21}\n", ""))
    standing = Standing(evaluated(situation), plan.meetings, ())
    for one in plan.meetings:
        near, _ = standing.concerned(one, one.date + 7 * DAY)
        weeks = {(one.date + days * DAY).isocalendar()[:2] for days in (0, 7)}
        for two in plan.meetings:
            assert (two in near) == (two.forum == one.forum or two.date.isocalendar()[:2] in weeks)


def test_reasons_are_found_for_the_meetings_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one meeting is explained by needs no word about the others."""
    situation, plan = planned(towns(*NUMBERS))
    asked: list[str] = []
    why = explain.why

    def watched(standing: Standing, meeting: Meeting) -> list[Reason]:
        asked.append(meeting.id)
        return why(standing, meeting)

    monkeypatch.setattr(explain, "why", watched)
    given = commitments_of(situation)
    one = assess(situation, evaluated(situation), plan.meetings, given, explained={"staff-t1-2025-1"})
    assert asked == ["staff-t1-2025-1"]
    assert one.assessments[asked[0]] == plan.assessments[asked[0]]
    assert (one.points, one.should) == (plan.points, plan.should)
