"""Turns in plans: places and formats, what keeps them, what is told, and why there is no plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from planner_instances import register_of

from kultursam.planner import NoPlanError, Situation, assess_recorded, edit, plan_year, what_if
from kultursam.plans.model import Plan, Status

NOW = datetime(2026, 11, 1, tzinfo=UTC)
FILE = """
name: Turns
timezone: Europe/Stockholm
domain: turns.example
organisations: {a: {name: A}}
forums:
  board:
    name: Board
    cadence: 4 times a year
    members: [{role: chair, from: [a]}]
    time: 09:00-12:00
    weekdays: {rotate: [tue, thu]}
    place: {rotate: [Town hall, Library, Mill]}
    format: {rotate: [in person, online]}
"""
SHORT = """
name: Short
timezone: Europe/Stockholm
domain: short.example
calendar: {country: SE, periods: [PERIODS]}
organisations: {a: {name: A}}
forums:
  board:
    name: Board
    cadence: twice a year
    members: [{role: chair, from: [a]}]
    time: 09:00-12:00
    spacing: {min_days: 1}
    windows: [{from: 03-01, to: LAST}]
    weekdays: {rotate: [tue, thu]}
"""


def situation(text: str, recorded: Plan | None = None, *others: Plan, year: int = 2027) -> Situation:
    """Return a year of a forum file, planned or not."""
    return Situation(register_of(text), year, NOW.date(), NOW, recorded, others)


def decided(plan: Plan, number: int, **keys: object) -> Plan:
    """Return a plan with one of its meetings confirmed, and perhaps otherwise."""
    chosen = plan.chronological()[number].id
    meetings = (
        replace(one, status=Status.CONFIRMED, decided=True, **keys) if one.id == chosen else one  # type: ignore[arg-type]
        for one in plan.meetings
    )
    return replace(plan, meetings=tuple(meetings))


def places(plan: Plan) -> list[str]:
    """Return the places of live meetings, in order of time, by their first letters."""
    return [(one.place or "-")[0] for one in plan.chronological() if one.live]


def weekdays(plan: Plan) -> list[str]:
    """Return the weekdays of live meetings, in order of time."""
    return [f"{one.date:%a}" for one in plan.chronological() if one.live]


def formats(plan: Plan) -> list[str | None]:
    """Return how live meetings are held, in order of time."""
    return [one.format for one in plan.chronological() if one.live]


def edited(plan: Plan, change: edit.Edit, *, force: bool = False, text: str = FILE) -> Plan:
    """Return the plan of 2027 after an edit."""
    return edit.edit(situation(text, plan), change, force=force).plan


@pytest.fixture
def plan() -> Plan:
    """Return the first plan of 2027."""
    return plan_year(situation(FILE))


def test_everything_comes_round_and_goes_on_over_the_years(plan: Plan) -> None:
    """Each list by itself; the year after begins with whoever had the fewest."""
    assert (weekdays(plan), places(plan)) == (["Tue", "Thu"] * 2, ["T", "L", "M", "T"])
    assert formats(plan) == ["in person", "online"] * 2
    later = plan_year(situation(FILE, None, plan, year=2028))
    assert (weekdays(later), places(later)) == (["Tue", "Thu"] * 2, ["L", "M", "T", "L"])


def test_planning_again_changes_nothing(plan: Plan) -> None:
    """Nor does a meeting of last year that is cancelled since, or another order in the file."""
    again = plan_year(situation(FILE, plan))
    assert again.meetings == plan.meetings
    turned = FILE.replace("[tue, thu]", "[thu, tue]").replace("Library, Mill", "Mill, Library")
    assert plan_year(situation(turned, plan)).meetings == plan.meetings


def test_planning_anew_takes_the_turns_of_the_file(plan: Plan) -> None:
    """What is only proposed keeps no other's turn with --replan."""
    turned = FILE.replace("[tue, thu]", "[thu, tue]")
    again = plan_year(situation(turned, plan), replan=True)
    assert weekdays(again) == ["Thu", "Tue"] * 2


def test_a_cancelled_meeting_is_made_up_for_the_year_after(plan: Plan) -> None:
    """The others of its year stay as they are."""
    second = plan.chronological()[1]
    after = edited(plan, edit.cancel(second.id, "snow"))
    again = plan_year(situation(FILE, after))
    assert (weekdays(again), places(again)) == (["Tue", "Tue", "Thu"], ["T", "M", "T"])
    later = plan_year(situation(FILE, None, again, year=2028))
    assert weekdays(later)[0] == "Thu"
    assert places(later) == ["L", "M", "T", "L"]


def test_an_added_meeting_has_the_turn_after_the_one_before(plan: Plan) -> None:
    """It takes any of the weekdays, and no other meeting changes."""
    first, second = (one.date for one in plan.chronological()[:2])
    day = first + (second - first) / 2
    day = date.fromordinal(day.toordinal() + (1 - day.weekday()) % 7)  # a Tuesday
    after = edited(plan, edit.add("board", day))
    assert places(after) == ["T", "L", "L", "M", "T"]
    kept = {one.id: one for one in after.meetings}
    assert all(kept[one.id] == one for one in plan.meetings)


def test_a_move_to_the_day_of_another_is_refused_unless_forced(plan: Plan) -> None:
    """Then it stays, and nothing is told of it."""
    second = plan.chronological()[1]
    tuesday = date.fromordinal(second.date.toordinal() - 2)
    with pytest.raises(edit.RefusedError, match="it is Thursday's turn"):
        edited(plan, edit.move([(second.id, tuesday)]))
    wednesday = date.fromordinal(tuesday.toordinal() + 1)
    with pytest.raises(edit.RefusedError, match="does not meet on this weekday"):
        edited(plan, edit.move([(second.id, wednesday)]))
    after = edited(plan, edit.move([(second.id, tuesday)]), force=True)
    again = plan_year(situation(FILE, after))
    assert weekdays(again) == ["Tue", "Tue", "Tue", "Thu"]
    assert not [problem for problem in again.problems if problem.severity == "error"]
    assert weekdays(plan_year(situation(FILE, None, again, year=2028)))[0] == "Thu"


def test_a_move_within_the_turn_keeps_place_and_format(plan: Plan) -> None:
    """A week later is the same weekday."""
    second = plan.chronological()[1]
    after = edited(plan, edit.move([(second.id, date.fromordinal(second.date.toordinal() + 7))]))
    moved = after.meeting(second.id)
    assert moved
    assert (moved.place, moved.format) == (second.place, second.format)


def test_instead_says_whose_turn_it_is(plan: Plan) -> None:
    """The day of another cannot be had."""
    first = plan.chronological()[0]
    with pytest.raises(edit.RefusedError, match="it is Tuesday's turn"):
        what_if(situation(FILE, plan), plan, first.id, date.fromordinal(first.date.toordinal() + 2))


def test_an_ideal_says_whose_turn_it_is(plan: Plan) -> None:
    """Before all else."""
    second = plan.chronological()[1]
    assert plan.assessments[second.id].ideal_reason.startswith("it is Thursday's turn, ")


def test_a_meeting_that_must_move_stays_on_its_weekday(plan: Plan) -> None:
    """Its week is closed since: it goes to another Thursday."""
    second = plan.chronological()[1]
    away = f"calendar: {{country: SE, periods: [{{name: P, from: {second.date}, to: {second.date}}}]}}\n"
    again = plan_year(situation(FILE.replace("organisations", away + "organisations"), plan))
    assert weekdays(again) == ["Tue", "Thu"] * 2
    assert [change.kind for change in again.changes] == ["moved"]
    assert (places(again), formats(again)) == (places(plan), formats(plan))


def test_a_place_that_leaves_the_list_is_replaced_where_nothing_is_decided(plan: Plan) -> None:
    """A decided meeting keeps it and is told; `refresh` gives it the place whose turn it is."""
    changed = FILE.replace("Library", "School")
    again = plan_year(situation(changed, decided(plan, 1)))
    assert places(again) == ["T", "L", "M", "T"]
    [told] = [problem for problem in again.problems if problem.code == "announced-otherwise"]
    second = again.chronological()[1]
    assert second.id in told.text
    after = edited(again, edit.refresh(second.id), text=changed)
    assert places(after) == ["T", "S", "M", "T"]
    assert places(plan_year(situation(changed, plan))) == ["T", "S", "M", "T"]


def test_a_place_of_a_meetings_own_takes_no_turn(plan: Plan) -> None:
    """A person gave it: it stays, whatever comes round beside it."""
    second = plan.chronological()[1]
    after = edited(plan, edit.move([(second.id, second.date)], edit.Details(place="Park", format="none")))
    again = plan_year(situation(FILE, after))
    assert places(again) == ["T", "P", "M", "T"]
    assert formats(again) == ["in person", None, "in person", "online"]
    assert not [problem for problem in again.problems if problem.code == "announced-otherwise"]


def test_turns_that_come_later_are_not_for_what_is_decided() -> None:
    """A confirmed meeting keeps the place that was announced; the others take turns around it."""
    plain = FILE.replace("{rotate: [Town hall, Library, Mill]}", "Barn")
    before = decided(plan_year(situation(plain)), 1)
    again = plan_year(situation(FILE, before))
    assert places(again) == ["T", "B", "L", "M"]
    assert [problem.code for problem in again.problems] == ["announced-otherwise"]


def test_a_window_and_a_change_have_turns_of_their_own() -> None:
    """Those of the forum go on where they are over."""
    windows = (
        "windows: [{from: 01-07, to: 05-31, meetings: 2}, "
        "{from: 06-01, to: 09-30, meetings: 2, place: {rotate: [Farm, Garden]}, format: online}, "
        "{from: 10-01, to: 12-10, meetings: 2}]\n"
        "    changes: [{from: 2027-11-01, place: {rotate: [Quay, River]}}]\n"
    )
    plan = plan_year(situation(FILE.replace("4 times a year", "6 times a year") + "    " + windows))
    first, second, *_, last = plan.chronological()
    assert last.date >= date(2027, 11, 1)
    assert (first.place, second.place, last.place) == ("Town hall", "Library", "Quay")
    assert places(plan) == ["T", "L", "F", "G", "M", "Q"]
    assert formats(plan) == ["in person", "online", "online", "online", "in person", "online"]


def test_a_plan_is_read_as_it_was_written(plan: Plan) -> None:
    """No meeting of a plan of record breaks a turn, whatever the file says by now."""
    shown = assess_recorded(situation(FILE.replace("[tue, thu]", "[thu, tue]"), plan))
    held = {one.date for one in plan.meetings}
    told = [reason for one in shown.assessments.values() for reason in one.reasons if reason.date in held]
    assert not shown.problems
    assert {reason.rule for reason in told} <= {"evenness"}


def no_plan(*periods: str, last: str = "03-12") -> list[str]:
    """Return why two meetings of two weeks in March have no plan."""
    spans = ", ".join(f"{{name: {day}, from: 2027-{day}, to: 2027-{day}}}" for day in periods)
    text = SHORT.replace("PERIODS", spans).replace("LAST", last)
    with pytest.raises(NoPlanError) as caught:
        plan_year(situation(text))
    return [problem.text for problem in caught.value.problems]


def test_why_there_is_no_plan_names_the_turns_and_ways_out() -> None:
    """The only open Thursday lies before the only open Tuesday: a list without turns would do."""
    told = no_plan("03-02", "03-11")
    assert told[0].startswith("There is no plan for 2027. Board is to meet 2 times, but can meet only 1 time")
    assert "Board: weekdays: {rotate: [tue, thu]}" in told
    assert "This change would be enough: weekdays: [tue, thu]" in told


def test_the_numbers_name_the_weekday() -> None:
    """Thursday is closed in all of the window, so that it gives way to a Tuesday, of which there is one."""
    told = no_plan("03-04", last="03-05")
    assert told[0].startswith("There is no plan for 2027. Board: 2 meetings, but 1 open Tuesday from 1 Mar")


def test_another_weekday_in_the_rotation_is_a_way_out() -> None:
    """It comes round instead, in a week whose Thursday is closed."""
    told = no_plan("03-04", last="03-05")
    assert "This change would be enough: weekdays: {rotate: [tue, thu, wed]}" in told
    assert "This change would be enough: weekdays: [tue, thu]" not in told
