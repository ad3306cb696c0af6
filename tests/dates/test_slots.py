"""From cadences to slots: how many meetings, in which window, and where each would best lie."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kultursam.dates import slots as module
from kultursam.dates.holidays import days_between
from kultursam.dates.recurrence import Span
from kultursam.dates.slots import OpenDays, Slot, Slots, default_spacing, windows_in
from kultursam.forumfile.keys import listed
from kultursam.forumfile.models import Forum, share
from kultursam.forumfile.planning_year import PlanningYear
from kultursam.forumfile.register import Register

HEAD = """
name: K
timezone: UTC
domain: example.org
organisations: {a: {name: A}}
defaults: {time: 09:00-12:00, members: [{role: c, from: [a]}]}
"""


@pytest.fixture
def forum(forum_file: Callable[[str], Register]) -> Callable[[str], Forum]:
    """Read one forum of what is written."""
    return lambda keys: forum_file(f"{HEAD}forums: {{f: {{name: F, {keys}}}}}\n").forums["f"]


def placed(forum: Forum, year: int, closed: Collection[date] = ()) -> Slots:
    """Return the slots of a forum in a year in which some days are closed, and what has none."""
    by_weekday = {number: step for step, number in enumerate(listed(forum.weekdays))}
    by_weekday = by_weekday or dict.fromkeys(range(5), 0)
    every = days_between(date(year - 1, 1, 1), date(year + 1, 12, 31))
    steps = {day: by_weekday[day.weekday()] for day in every if day.weekday() in by_weekday}
    working = {day for day in every if day.weekday() in range(5)}
    return module.slots(forum, PlanningYear(year), OpenDays(closed, steps, working))


def slots(forum: Forum, year: int, closed: Collection[date] = ()) -> tuple[Slot, ...]:
    """Return the slots of a forum in a year in which some days are closed."""
    return placed(forum, year, closed).slots


def ideals(found: tuple[Slot, ...]) -> list[str]:
    """Return the ideals of slots."""
    return [str(slot.ideal) for slot in found]


# --- windows ----------------------------------------------------------------------------------------


def spans(found: list[tuple[date, date, int]]) -> list[str]:
    """Return windows as text."""
    return [f"{first}/{last}: {number}" for first, last, number in found]


def test_without_windows_the_year_is_one(forum: Callable[[str], Forum]) -> None:
    """From New Year's Day to New Year's Eve."""
    assert spans(windows_in(forum("cadence: four times a year"), PlanningYear(2025))) == [
        "2025-01-01/2025-12-31: 4"
    ]


def test_meetings_are_shared_out_over_windows(forum: Callable[[str], Forum]) -> None:
    """Evenly, or as a window says; windows stand in the order of time."""
    autumn_first = "windows: [{from: 09-01, to: 11-30}, {from: 02-01, to: 05-31}]"
    assert spans(windows_in(forum(f"cadence: 6 a year, {autumn_first}"), PlanningYear(2025))) == [
        "2025-02-01/2025-05-31: 3",
        "2025-09-01/2025-11-30: 3",
    ]
    one_says = "windows: [{from: 02-01, to: 05-31}, {from: 09-01, to: 11-30, meetings: 1}]"
    assert spans(windows_in(forum(f"cadence: 5 a year, {one_says}"), PlanningYear(2025))) == [
        "2025-02-01/2025-05-31: 4",
        "2025-09-01/2025-11-30: 1",
    ]


@pytest.mark.parametrize(
    ("number", "asked", "shares"),
    [
        (4, [None, None], [2, 2]),
        (5, [None, 3, None], [1, 3, 1]),
        (3, [3, None], [3, 0]),
        (3, [1, 2], [1, 2]),
        (0, [None], [0]),
        (0, [], []),
    ],
)
def test_shares_add_up(number: int, asked: list[int | None], shares: list[int]) -> None:
    """What is asked for is given, the rest is shared."""
    assert share(number, asked) == (shares, None)


@pytest.mark.parametrize(
    ("number", "asked", "told"),
    [
        (3, [None, None], "3 meetings cannot be shared evenly over 2 windows; say how many with meetings: n"),
        (2, [3, None], "the windows hold 3 meetings, but 2 a year are to be held"),
        (4, [1, 2], "the windows hold 3 meetings, but 4 a year are to be held"),
        (1, [], "the windows hold 0 meetings, but 1 a year are to be held"),
    ],
)
def test_what_cannot_be_shared_is_told(number: int, asked: list[int | None], told: str) -> None:
    """Too few, too many, or not even."""
    assert share(number, asked) == ([], told)


def test_windows_cross_new_year(forum: Callable[[str], Forum]) -> None:
    """A window belongs to the year that it begins in."""
    crossing = forum("cadence: twice a year, windows: [{from: 01-08, to: 12-19}, {from: 12-20, to: 01-07}]")
    assert spans(windows_in(crossing, PlanningYear(2025))) == [
        "2025-01-08/2025-12-19: 1",
        "2025-12-20/2026-01-07: 1",
    ]


def test_29_february_bounds_windows_in_every_year(forum: Callable[[str], Forum]) -> None:
    """Where there is none, it is the 28th."""
    leap = forum("cadence: once a year, windows: [{from: 02-01, to: 02-29}]")
    assert spans(windows_in(leap, PlanningYear(2024))) == ["2024-02-01/2024-02-29: 1"]
    assert spans(windows_in(leap, PlanningYear(2025))) == ["2025-02-01/2025-02-28: 1"]


def test_windows_of_one_year_hold_in_that_year_only(forum: Callable[[str], Forum]) -> None:
    """Other years have their own, or none."""
    dated = forum(
        "cadence: yearly, windows: [{from: 2025-03-01, to: 2025-05-31}, {from: 2026-10-01, to: 2026-11-30}]"
    )
    assert spans(windows_in(dated, PlanningYear(2025))) == ["2025-03-01/2025-05-31: 1"]
    assert spans(windows_in(dated, PlanningYear(2026))) == ["2026-10-01/2026-11-30: 1"]
    assert windows_in(dated, PlanningYear(2027)) == []
    assert slots(dated, 2027, ()) == ()


def test_windows_that_cannot_hold_the_meetings_of_a_year_are_told(forum: Callable[[str], Forum]) -> None:
    """Where a window of one year only holds what others do not."""
    some = forum(
        "cadence: twice a year, windows: "
        "[{from: 03-01, to: 05-31, meetings: 1}, {from: 2026-10-01, to: 2026-11-30, meetings: 1}]"
    )
    assert [count for _, _, count in windows_in(some, PlanningYear(2026))] == [1, 1]
    with pytest.raises(ValueError, match=r"^the windows hold 1 meeting, but 2 a year are to be held$"):
        windows_in(some, PlanningYear(2025))


def test_who_meets_as_needed_needs_no_room_in_windows(forum: Callable[[str], Forum]) -> None:
    """Whatever the windows say; reserved places are shared out as meetings are."""
    windows = "windows: [{from: 02-01, to: 05-31}, {from: 09-01, to: 11-30, meetings: 1}]"
    assert windows_in(forum(f"cadence: as needed, {windows}"), PlanningYear(2025)) == []
    assert slots(forum(f"cadence: as needed, {windows}"), 2025, ()) == ()
    assert [
        count
        for _, _, count in windows_in(forum(f"cadence: as needed, reserve: 3, {windows}"), PlanningYear(2025))
    ] == [2, 1]


# --- slots ------------------------------------------------------------------------------------------


def test_ideals_are_where_the_formula_puts_them(forum: Callable[[str], Forum]) -> None:
    """By hand: 2025 has 261 days Monday to Friday; meeting k of 4 is at ⌊261·(2k−1)/8⌋ = 32, 97, 163, 228."""
    found = slots(forum("cadence: four times a year"), 2025, ())
    assert [slot.ideal_index for slot in found] == [32, 97, 163, 228]
    assert ideals(found) == ["2025-02-14", "2025-05-16", "2025-08-18", "2025-11-17"]
    assert all(slot.open_days and len(slot.open_days) == 261 for slot in found)


def test_one_meeting_lies_in_the_middle(forum: Callable[[str], Forum]) -> None:
    """Of a week of five open days it is the third; of four, the third too, for ⌊4·1/2⌋ is 2."""
    week = forum("cadence: once a year, windows: [{from: 03-03, to: 03-09}]")
    assert ideals(slots(week, 2025, ())) == ["2025-03-05"]
    assert ideals(slots(week, 2025, {date(2025, 3, 3)})) == ["2025-03-06"]
    assert ideals(slots(week, 2025, {date(2025, 3, 7)})) == ["2025-03-05"]


def test_closed_days_and_weekends_are_not_counted(forum: Callable[[str], Forum]) -> None:
    """By hand: July closed leaves 238 open days; two meetings are at 59 and 178."""
    july = set(days_between(date(2025, 7, 1), date(2025, 7, 31)))
    found = slots(forum("cadence: twice a year"), 2025, july)
    assert [slot.ideal_index for slot in found] == [59, 178]
    assert ideals(found) == ["2025-03-25", "2025-10-09"]
    assert not any(day.weekday() > 4 or day in july for slot in found for day in slot.open_days or ())


def test_each_window_has_its_own_count(forum: Callable[[str], Forum]) -> None:
    """By hand: 65 open days from March to May, 43 in October and November."""
    found = slots(
        forum("cadence: twice a year, windows: [{from: 03-01, to: 05-31}, {from: 10-01, to: 11-30}]"),
        2025,
        (),
    )
    assert [len(slot.open_days or ()) for slot in found] == [65, 43]
    assert [slot.ideal_index for slot in found] == [32, 21]
    assert ideals(found) == ["2025-04-16", "2025-10-30"]
    assert [(slot.first, slot.last) for slot in found] == [
        (date(2025, 3, 1), date(2025, 5, 31)),
        (date(2025, 10, 1), date(2025, 11, 30)),
    ]


def test_a_window_over_new_year_is_counted_through(forum: Callable[[str], Forum]) -> None:
    """By hand: 22 December to 2 January is ten working days; two meetings are at 2 and 7."""
    found = slots(forum("cadence: twice a year, windows: [{from: 12-20, to: 01-04}]"), 2025, ())
    assert ideals(found) == ["2025-12-24", "2025-12-31"]
    assert found[0].holds(date(2026, 1, 4))
    assert not found[0].holds(date(2026, 1, 5))
    assert not found[0].holds(date(2025, 12, 19))


def test_a_window_without_an_open_day_has_its_slots(forum: Callable[[str], Forum]) -> None:
    """That nothing can be held there is for the planner to tell."""
    weekend = forum("cadence: once a year, windows: [{from: 03-01, to: 03-02}]")
    (slot,) = slots(weekend, 2025, ())
    assert slot.open_days == ()
    assert slot.first <= slot.ideal <= slot.last


def test_distance_counts_open_days(forum: Callable[[str], Forum]) -> None:
    """Over a weekend and a closed day it is no farther; before the ideal it is negative."""
    (slot,) = slots(
        forum("cadence: once a year, windows: [{from: 03-03, to: 03-14}]"), 2025, {date(2025, 3, 11)}
    )
    assert slot.ideal == date(2025, 3, 7)
    assert {day: slot.distance(date(2025, 3, day)) for day in (3, 6, 7, 10, 11, 12, 14)} == {
        3: -4,
        6: -1,
        7: 0,
        10: 1,
        11: 2,
        12: 2,
        14: 4,
    }


@pytest.mark.parametrize(
    ("active", "expected"),
    [
        ("{from: 2025-05-16}", ["05-16", "08-18", "11-17"]),
        ("{from: 2025-05-17}", ["08-18", "11-17"]),
        ("{to: 2025-05-16}", ["02-14", "05-16"]),
        ("{to: 2025-05-15}", ["02-14"]),
        ("{from: 2025-03-01, to: 2025-10-01}", ["05-16", "08-18"]),
        ("{from: 2026-01-01}", []),
        ("{from: 2024-01-01, to: 2026-01-01}", ["02-14", "05-16", "08-18", "11-17"]),
    ],
)
def test_a_forum_that_begins_or_ends_has_the_slots_of_its_life(
    active: str, expected: list[str], forum: Callable[[str], Forum]
) -> None:
    """Those whose ideals lie in it, both ends counted; the ideals stay where they were."""
    found = slots(forum(f"cadence: four times a year, active: {active}"), 2025, ())
    assert [f"{slot.ideal:%m-%d}" for slot in found] == expected


def test_reserved_places_are_slots(forum: Callable[[str], Forum]) -> None:
    """As many as are kept, spread as meetings are."""
    assert ideals(slots(forum("cadence: as needed, reserve: 2"), 2025, ())) == ["2025-04-02", "2025-10-01"]
    assert slots(forum("cadence: as needed"), 2025, ()) == ()


# --- rhythms and named days -------------------------------------------------------------------------


def test_named_days_are_slots(forum: Callable[[str], Forum]) -> None:
    """Half-way to the days beside is a meeting's, never another year's; all days are counted."""
    named = forum("cadence: 'RRULE:FREQ=MONTHLY;BYMONTH=1,3,12;BYDAY=2TU'")
    found = slots(named, 2025, {date(2025, 3, 11)})
    assert ideals(found) == ["2025-01-14", "2025-03-11", "2025-12-09"]
    assert all(slot.nominal for slot in found)
    assert [f"{slot.first} {slot.last}" for slot in found] == [
        "2025-01-01 2025-02-11",
        "2025-02-11 2025-07-25",
        "2025-07-26 2025-12-31",
    ]
    assert [str(slot.expected) for slot in found] == ["2025-01-14", "2025-03-12", "2025-12-09"]
    assert [found[0].distance(date(2025, 1, day)) for day in (7, 13, 14, 21)] == [-7, -1, 0, 7]


def test_named_days_that_are_skipped_have_no_slot(forum: Callable[[str], Forum]) -> None:
    """They are missing, and leave room to nobody."""
    closed = [date(2025, 7, day) for day in range(1, 22)]
    found = placed(forum("cadence: every Tuesday, active: {from: 2025-06-01}"), 2025, closed)
    july = [slot for slot in found.slots if slot.ideal.month in {6, 7}]
    assert ideals(tuple(july)) == [
        f"2025-{day}" for day in ("06-03", "06-10", "06-17", "06-24", "07-22", "07-29")
    ]
    assert [str(gap.first) for gap in found.missing] == ["2025-07-01", "2025-07-08", "2025-07-15"]
    assert (july[3].last, july[4].first) == (date(2025, 6, 27), date(2025, 7, 19))


def test_named_days_outside_a_forums_life_are_left_out(forum: Callable[[str], Forum]) -> None:
    """As all slots are; they are not missing either."""
    rule = "cadence: RRULE:FREQ=MONTHLY;INTERVAL=6;BYDAY=2TU, when_closed: skip"
    found = placed(forum(f"{rule}, active: {{from: 2025-01-15}}"), 2025, {date(2025, 1, 14)})
    assert ideals(found.slots) == ["2025-07-08"]
    assert found.missing == ()


def test_each_cell_of_a_rhythm_has_a_slot(forum: Callable[[str], Forum]) -> None:
    """On the day wanted first: the earliest of a week, the one nearest the middle of a month."""
    weekly = slots(forum("cadence: weekly"), 2025, {date(2025, 1, 6)})
    assert len(weekly) == 52
    # Week 1 begins in 2024: what of it lies there is not this year's.
    assert ideals(weekly[:3]) == ["2025-01-01", "2025-01-07", "2025-01-13"]
    assert (weekly[0].first, weekly[0].last) == (date(2025, 1, 1), date(2025, 1, 5))
    monthly = slots(forum("cadence: monthly, weekdays: [thu, tue]"), 2025)
    assert ideals(monthly[:4]) == ["2025-01-16", "2025-02-13", "2025-03-13", "2025-04-17"]
    assert [slot.distance(slot.ideal) for slot in monthly] == [0] * 12
    assert monthly[0].distance(date(2025, 1, 20)) == 2


def test_a_cell_without_an_open_day_has_no_slot(forum: Callable[[str], Forum]) -> None:
    """One whose wanted weekdays are closed neither; both are missing."""
    closed = [*days_between(date(2025, 7, 7), date(2025, 7, 20)), date(2025, 8, 5)]
    found = placed(forum("cadence: weekly, weekdays: [tue]"), 2025, closed)
    assert len(found.slots) == 48
    assert found.missing == (
        # 31 December is another year's, the rest of week 1 has no Tuesday.
        Span(date(2025, 1, 1), date(2025, 1, 5)),
        Span(date(2025, 7, 7), date(2025, 7, 13)),
        Span(date(2025, 7, 14), date(2025, 7, 20)),
        Span(date(2025, 8, 4), date(2025, 8, 10)),
    )


def test_a_rhythm_keeps_to_its_windows(forum: Callable[[str], Forum]) -> None:
    """A cell outside them has no meeting, and none is missing; one over New Year counts at both ends."""
    windows = "windows: [{from: 03-10, to: 05-31}, {from: 12-20, to: 01-10}]"
    found = placed(forum(f"cadence: monthly, {windows}"), 2025)
    assert ideals(found.slots) == ["2025-01-07", "2025-03-20", "2025-04-16", "2025-05-16", "2025-12-26"]
    assert found.missing == ()
    assert [(slot.first, slot.last) for slot in found.slots[:2]] == [
        (date(2025, 1, 1), date(2025, 1, 10)),
        (date(2025, 3, 10), date(2025, 3, 31)),
    ]


@given(
    number=st.integers(1, 53),
    year=st.integers(1970, 2199),
    closed=st.sets(st.integers(0, 366), max_size=300),
)
def test_ideals_are_open_in_order_and_spread(number: int, year: int, closed: set[int]) -> None:
    """Whatever is closed: as many slots as meetings, gaps alike but for one open day, half a gap before."""
    keys = {
        "name": "F",
        "cadence": f"{number} a year",
        "time": "09:00-10:00",
        "members": [{"role": "c", "from": ["a"]}],
    }
    days = {date(year, 1, 1) + timedelta(days=offset) for offset in closed}
    found = slots(Forum.model_validate(keys), year, days)
    assert len(found) == number
    open_days = found[0].open_days or ()
    indices = [slot.ideal_index for slot in found]
    if len(open_days) >= number:
        gaps = [later - earlier for earlier, later in pairwise(indices)]
        assert not gaps or max(gaps) - min(gaps) <= 1
        assert indices[0] == len(open_days) // (2 * number)
        assert all(slot.ideal in open_days and slot.distance(slot.ideal) == 0 for slot in found)


@pytest.mark.parametrize(
    ("number", "days"), [(0, 0), (1, 182), (2, 91), (3, 60), (4, 45), (6, 30), (12, 15), (52, 3)]
)
def test_default_spacing_is_half_an_even_share(number: int, days: int) -> None:
    """⌊⌊365/n⌋/2⌋ days."""
    assert default_spacing(number) == days


def test_no_meeting_of_several_days_leaves_its_year(forum: Callable[[str], Forum]) -> None:
    """Nor its window: of weeks and of named days, also where only a window of the year's end has such."""
    christmas = "windows: [{from: 12-15, to: 01-09, days: 3}]"
    weekly, mondays = (
        slots(forum(f"cadence: {cadence}, {christmas}"), 2026, ()) for cadence in ("weekly", "every Monday")
    )
    assert [f"{slot.last:%m-%d}" for slot in weekly] == ["01-04", "01-07", "12-20", "12-27", "12-29"]
    assert mondays[-1].last == date(2026, 12, 29)
    daily = forum("cadence: every Wednesday, days: 2, windows: [{from: 12-31, to: 12-31, days: 1}]")
    assert ideals(slots(daily, 2025, ()))[-1] == "2025-12-31"


def test_an_interval_is_counted_anew_where_the_year_before_has_no_room(forum: Callable[[str], Forum]) -> None:
    """31 December 2024 would last into 2025, so fortnights of Tuesdays begin anew on 7 January."""
    keys = "cadence: every other Tuesday, starting: 2024-12-17, when_closed: restart"
    assert ideals(slots(forum(keys), 2025, ()))[0] == "2025-01-14"
    assert ideals(slots(forum(f"{keys}, days: 2"), 2025, ()))[0] == "2025-01-07"
