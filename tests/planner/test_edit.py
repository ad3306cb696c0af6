"""Changes by hand: what comes along, what is taken back, refreshed and named, and what is told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest
from planner_instances import register_of

from kultursam.forumfile.values import TimeSpan
from kultursam.planner import Situation, edit, plan_year, suggestions
from kultursam.planner.situation import evaluated
from kultursam.plans.model import Meeting, Origin, Plan, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

MADE = datetime(2024, 9, 15, tzinfo=UTC)
DAY = timedelta(days=1)
TEXT = """
{name: Office, language: en, timezone: Europe/Stockholm, domain: office.example,
organisations: {a: {name: A}, b: {name: B}}, calendar: {country: SE},
defaults: {time: 09:00-12:00, weekdays: [tue, wed], spacing: {min_days: 7}},
forums: {
council: {name: Council, cadence: twice a year, members: [{role: x, from: [a]}],
  prepared_by: {forum: board, days_before: 8-14}},
board: {name: Board, cadence: twice a year, members: [{role: y, from: [a]}],
  prepared_by: {forum: staff, days_before: 5-9}},
staff: {name: Staff, cadence: twice a year, members: [{role: z, from: [a]}]},
lunch: {name: Lunch, cadence: twice a year, time: 12:30-13:30, members: [{role: w, from: [a]}],
  together_with: {forum: staff}},
club: {name: Club, cadence: twice a year, place: Den, members: [{role: v, from: [b]}]},
group: {name: Group, cadence: as needed, members: [{role: u, from: [b]}]},
}}
"""
HANGING = ("council-2025-2", "board-2025-2", "staff-2025-2", "lunch-2025-2")
"""Each hangs on the one before or after it, or both."""


@lru_cache
def planned(text: str = TEXT, today: date = date(2024, 9, 15)) -> Situation:
    """Return a year as it was first planned, on a day."""
    situation = Situation(register_of(text), 2025, MADE.date(), MADE)
    return replace(
        situation, recorded_plan=plan_year(situation, explained=()), today=today, now=MADE + 30 * DAY
    )


def after(situation: Situation, *changes: edit.Edit) -> Situation:
    """Return the situation after changes by hand that break no must, one after the other."""
    for change in changes:
        situation = replace(situation, recorded_plan=edit.edit(situation, change).plan)
    return situation


def of(situation: Situation, key: str) -> Meeting:
    """Return a recorded meeting."""
    return next(meeting for meeting in situation.recorded if meeting.id == key)


def moved(before: Situation, now: Situation | Plan) -> set[str]:
    """Return the meetings that are on another day."""
    meetings = now.recorded if isinstance(now, Situation) else now.meetings
    return {meeting.id for meeting in meetings if meeting.date != of(before, meeting.id).date}


def tuesdays(first: date, last: date) -> Iterator[date]:
    """Yield the Tuesdays of a span of days."""
    day = first
    while day <= last:
        if day.weekday() == 1:
            yield day
        day += DAY


# --- what comes along ----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", HANGING)
def test_what_hangs_on_a_moved_meeting_comes_along(key: str) -> None:
    """Whichever of the four is moved by four weeks, the others follow, over two links too."""
    before = planned()
    now = after(before, edit.move([(key, of(before, key).date + 28 * DAY)]))
    assert moved(before, now) == {*HANGING}
    assert now.recorded_plan
    assert now.recorded_plan.problems == ()
    assert {one.id for one in now.recorded if one.decided} == {key}
    assert {change.meeting for change in now.recorded_plan.changes} == {*HANGING}


def test_nothing_else_comes_along_on_any_day() -> None:
    """On every Tuesday: refused, or no must is broken and only what hangs on it has moved."""
    before, done, refused = planned(), 0, 0
    for day in tuesdays(date(2025, 7, 1), date(2025, 12, 30)):
        try:
            now = after(before, edit.move([("board-2025-2", day)]))
        except edit.RefusedError:
            refused += 1
            continue
        done += 1
        assert moved(before, now) <= {*HANGING}
        assert now.recorded_plan
        assert now.recorded_plan.problems == ()
    assert done > 5
    assert refused > 0


def test_what_was_decided_stays_where_it_is() -> None:
    """The move is refused if one that it hangs on is confirmed; no other meeting takes its part."""
    before = after(planned(), edit.confirm(["staff-2025-2"]))
    for key in HANGING[:2]:
        with pytest.raises(edit.RefusedError) as raised:
            edit.edit(before, edit.move([(key, of(before, key).date + 28 * DAY)]))
        assert all(re.match(r"(council|board)-2025-2, ", problem.text) for problem in raised.value.problems)


def test_what_need_not_come_along_stays() -> None:
    """Within the range that rules leave, the moved meeting moves alone."""
    before = planned()
    council, board = (of(before, key).date for key in HANGING[:2])
    days = (board + number * DAY for number in range(8, 15))
    other = next(day for day in days if day != council and day.weekday() in {1, 2})
    assert moved(before, after(before, edit.move([("council-2025-2", other)]))) == {"council-2025-2"}


def test_several_are_moved_and_others_come_along() -> None:
    """Both of two that are named go where they are told, the rest where it must."""
    before = planned()
    days = {key: of(before, key).date + 28 * DAY for key in HANGING[1:3]}
    now = after(before, edit.move([*days.items()]))
    assert {key: of(now, key).date for key in days} == days
    assert moved(before, now) == {*HANGING}


def test_force_moves_one_alone() -> None:
    """Who forces a move takes on what it breaks: nothing comes along, and the rule is told."""
    before = planned()
    forced = edit.edit(
        before, edit.move([("staff-2025-2", of(before, "staff-2025-2").date + 28 * DAY)]), force=True
    )
    assert moved(before, forced.plan) == {"staff-2025-2"}
    assert {problem.severity for problem in forced.broken} == {"warning"}
    assert {meeting.id: meeting.forced for meeting in forced.plan.meetings if meeting.forced} == {
        "board-2025-2": ("prepared-by",),
        "lunch-2025-2": ("together-with",),
    }


# --- the past ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        edit.move([("club-2025-1", date(2025, 4, 9))]),
        edit.move([("club-2025-2", date(2025, 10, 15)), ("club-2025-1", date(2025, 4, 9))]),
        edit.cancel("club-2025-1", "Snow"),
        edit.confirm(["club-2025-1"]),
    ],
)
def test_the_past_is_changed_by_force_alone(change: edit.Edit) -> None:
    """Each past meeting is named."""
    situation = planned(TEXT, date(2025, 7, 1))
    with pytest.raises(edit.PastMeetingError, match=r"club-2025-1.*--force"):
        edit.edit(situation, change)
    edit.edit(situation, change, force=True)


def test_a_whole_year_is_confirmed_from_today_on() -> None:
    """What was held unconfirmed stays so."""
    now = after(planned(TEXT, date(2025, 7, 1)), edit.confirm((), every=True))
    assert {meeting.id for meeting in now.recorded if meeting.status is Status.CONFIRMED} == {
        meeting.id for meeting in now.recorded if meeting.date >= date(2025, 7, 1)
    }


def test_history_is_neither_told_of_nor_touched_by_a_change_beside_it() -> None:
    """A meeting that was held, but noted too near before another that is over: that one stays as it is."""
    first = of(planned(), "club-2025-1")
    situation = replace(planned(), today=first.date + DAY)
    noted = edit.move([("club-2025-2", first.date - 6 * DAY)])
    edited = edit.edit(situation, noted, force=True)
    assert edited.plan.meeting(first.id) == first
    assert [problem.text for problem in edited.broken if first.id in problem.text] == []


def test_a_place_that_was_reserved_in_the_past_is_not_used() -> None:
    """A meeting that is added later is a meeting of its own; nothing past is touched."""
    situation = planned(TEXT.replace("cadence: as needed", "cadence: as needed, reserve: 1"))
    (place,) = (meeting for meeting in situation.recorded if meeting.forum == "group")
    later = replace(situation, today=place.date + DAY)
    day = next(tuesdays(place.date + 30 * DAY, date(2025, 12, 31)))
    added = edit.edit(later, edit.add("group", day)).plan
    assert added.meeting(place.id) == place
    assert [one.date for one in added.meetings if one.forum == "group"] == [place.date, day]


# --- taken back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.PROPOSED, Status.CONFIRMED])
def test_restored_is_as_it_was(status: Status) -> None:
    """Its state, day and details, decided, two versions later."""
    before = planned()
    if status is Status.CONFIRMED:
        before = after(before, edit.confirm(["club-2025-1"]))
    old, new = (
        of(one, "club-2025-1")
        for one in (before, after(before, edit.cancel("club-2025-1", "Snow"), edit.restore("club-2025-1")))
    )
    assert [one.cancelled for one in new.former] == [True]
    expected = replace(
        old, decided=True, sequence=2, modified=new.modified, announced=None, former=new.former
    )
    assert new == expected
    assert new.status is status


def test_restored_beyond_the_cadence_takes_no_place() -> None:
    """What planning found superfluous comes back as an added one: no other becomes superfluous by it."""
    fewer = TEXT.replace("Club, cadence: twice", "Club, cadence: once")
    situation = replace(planned(), register=register_of(fewer))
    situation = replace(situation, recorded_plan=plan_year(situation, accept=True))
    (key,) = [meeting.id for meeting in situation.recorded if not meeting.live]
    restored = after(situation, edit.restore(key))
    assert of(restored, key).origin is Origin.ADDED
    assert plan_year(restored).changes == ()
    # A further meeting has an id of its own.
    more = replace(restored, register=register_of(TEXT))
    again = plan_year(more)
    assert [change.kind for change in again.changes] == ["new"]
    ids = [meeting.id for meeting in again.meetings]
    assert len(set(ids)) == len(ids)


# --- refreshed -----------------------------------------------------------------------------------------


def test_refresh_gives_what_the_file_says_and_keeps_what_is_the_meetings_own() -> None:
    """A new place reaches the meeting that has no own one; the time that a person set stays."""
    before = after(
        planned(),
        edit.confirm(["club-2025-1", "club-2025-2"]),
        edit.move([("club-2025-1", of(planned(), "club-2025-1").date)], edit.Details(place="Hall")),
        edit.move(
            [("club-2025-2", of(planned(), "club-2025-2").date)],
            edit.Details(TimeSpan(time(15), time(17))),
        ),
    )
    text = TEXT.replace("place: Den", "place: Library, time: 10:00-11:00, format: hybrid")
    now = after(replace(before, register=register_of(text)), edit.refresh("club"))
    first, second = of(now, "club-2025-1"), of(now, "club-2025-2")
    assert (first.place, first.start, first.format) == ("Hall", time(10), "hybrid")
    assert (second.place, second.start, second.format) == ("Library", time(15), "hybrid")
    assert [one.sequence for one in (first, second)] == [2, 2]
    assert edit.refresh("club")(now, evaluated(now)) == []


# --- names ---------------------------------------------------------------------------------------------


def added(*days: str, forum: str = "group") -> list[str]:
    """Return the ids of meetings that are added one after the other."""
    situation = planned()
    found = []
    for day in days:
        known = {meeting.id for meeting in situation.recorded}
        situation = after(situation, edit.add(forum, date.fromisoformat(day)))
        found += [meeting.id for meeting in situation.recorded if meeting.id not in known]
    return found


def test_an_added_meeting_has_the_same_id_whatever_was_added_before() -> None:
    """Two people who add different meetings get different ids, in whatever order they do."""
    one, other = "2025-03-04", "2025-10-08"
    assert added(one, other) == added(other, one)[::-1]
    assert re.fullmatch(r"group-2025-x[a-z]{4}", added(one)[0])
    assert added(one, forum="club")[0].removeprefix("club") != added(one)[0].removeprefix("group")


def test_two_meetings_added_for_one_time_have_two_ids() -> None:
    """The second goes on to further letters."""
    situation = after(planned(), edit.add("group", date(2025, 3, 4)))
    details = edit.Details(TimeSpan(time(13), time(15)))
    (first,) = [meeting.id for meeting in situation.recorded if meeting.forum == "group"]
    elsewhere = after(situation, edit.move([(first, date(2025, 3, 11))], details))
    again = after(elsewhere, edit.add("group", date(2025, 3, 4)))
    ids = [meeting.id for meeting in again.recorded if meeting.forum == "group"]
    assert len(set(ids)) == 2


# --- another date --------------------------------------------------------------------------------------


def test_days_suggested_for_a_meeting_are_those_where_it_can_go_alone() -> None:
    """Every day of a season is suggested if and only if the meeting can go there and nothing else moves."""
    situation = planned()
    key, span = "club-2025-2", (date(2025, 8, 1), date(2025, 10, 31))
    found = suggestions.suggest(situation, key, span)
    free = {suggestion.date for suggestion in found.free}
    days = [span[0] + number * DAY for number in range((span[1] - span[0]).days + 1)]
    for day in days:
        if day != of(situation, key).date:
            try:
                now = after(situation, edit.move([(key, day)]))
            except edit.RefusedError:
                assert day not in free
            else:
                assert (day in free) == (moved(situation, now) == {key})
    assert of(situation, key).date not in free
    assert 10 < len(free) < 40
    assert list(found.free) == suggestions.best(found.free)
    assert {reason.rule for reason in found.against} >= {"weekdays"}


def test_the_number_that_people_see_is_the_order_in_time() -> None:
    """An added meeting between two others is the second, and the last the third; ids are left."""
    plan = after(planned(), edit.add("club", date(2025, 6, 3))).recorded_plan
    assert plan
    club = [meeting for meeting in plan.chronological() if meeting.forum == "club"]
    assert [plan.number(meeting) for meeting in club] == [1, 2, 3]
    assert [meeting.id for meeting in club][::2] == ["club-2025-1", "club-2025-2"]
