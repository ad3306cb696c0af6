"""Of a large file, only the components that matter to what is asked are gone through."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from planner_instances import register_of, towns

from kultursam.planner import Situation, explain, plan_year, search, what_if
from kultursam.planner.assess import assess
from kultursam.planner.components import Component, connected_components
from kultursam.planner.explain import MeetingIndex
from kultursam.planner.search import Outcome
from kultursam.planner.situation import commitments_of, evaluated
from kultursam.plans.model import Meeting, Plan, Reason

NOW = datetime(2024, 9, 15, tzinfo=UTC)
NUMBERS = (2, 4, 3, 2)
DAY = timedelta(days=1)


def planned(text: str, record: Plan | None = None) -> tuple[Situation, Plan]:
    """Plan 2025 on top of a plan of record."""
    situation = Situation(register_of(text), 2025, NOW.date(), NOW, record)
    return situation, plan_year(situation)


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Return the components that are solved from here on, by their forums."""
    solved: list[tuple[str, ...]] = []
    solve_component = search.solve_component

    def watched(component: Component) -> Outcome:
        solved.append(component.forums)
        return solve_component(component)

    monkeypatch.setattr(search, "solve_component", watched)
    return solved


def test_each_component_sees_its_own_part_of_the_year() -> None:
    """Nothing of one town goes into the model of another."""
    situation, plan = planned(towns(*NUMBERS))
    again = replace(situation, recorded_plan=plan)
    components = connected_components(evaluated(again), commitments_of(again))
    for place, (year, commitments, forums) in enumerate(components):
        town = f"t{place}"
        assert forums == (f"board-{town}", f"staff-{town}")
        assert set(year.register.forums) == set(year.slots) == set(forums)
        assert set(year.register.file.organisations) == {town}
        assert {meeting.forum for meeting in commitments.movable} == set(forums)


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
    other = what_if(replace(situation, recorded_plan=plan), plan, staff.id, staff.date + 28 * DAY)
    assert solved == [("board-t2", "staff-t2")]
    assert {one.meeting.split("-2025")[0] for one in other.changes} <= set(solved[0])


def test_a_move_is_weighed_among_those_it_can_touch() -> None:
    """Meetings of forums that share nobody are left out, whatever week they lie in."""
    situation, plan = planned(towns(*NUMBERS))
    index = MeetingIndex(evaluated(situation), plan.meetings, ())
    for one in plan.meetings:
        near, _ = index.affected(one, one.date + DAY)
        town = one.forum.split("-")[1]
        assert [two.id for two in near] == [two.id for two in plan.meetings if two.forum.endswith(town)]


def test_meetings_far_off_are_left_out() -> None:
    """Of forums that are not linked, those that share an organisation count in the two weeks alone."""
    situation, plan = planned(towns(4).replace("    prepared_by: {forum: board-t0, days_before: 7-21}\n", ""))
    index = MeetingIndex(evaluated(situation), plan.meetings, ())
    for one in plan.meetings:
        near, _ = index.affected(one, one.date + 7 * DAY)
        weeks = {(one.date + days * DAY).isocalendar()[:2] for days in (0, 7)}
        for two in plan.meetings:
            assert (two in near) == (two.forum == one.forum or two.date.isocalendar()[:2] in weeks)


def test_reasons_are_found_for_the_meetings_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one meeting is explained by needs no word about the others."""
    situation, plan = planned(towns(*NUMBERS))
    asked: list[str] = []
    reasons_against = explain.reasons_against

    def watched(index: MeetingIndex, meeting: Meeting) -> list[Reason]:
        asked.append(meeting.id)
        return reasons_against(index, meeting)

    monkeypatch.setattr(explain, "reasons_against", watched)
    one = assess(situation, evaluated(situation), plan.meetings, explained={"staff-t1-2025-1"})
    assert asked == ["staff-t1-2025-1"]
    assert one.assessments[asked[0]] == plan.assessments[asked[0]]
    assert (one.points, one.should) == (plan.points, plan.should)
