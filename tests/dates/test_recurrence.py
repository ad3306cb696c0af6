"""Named days and the cells of rhythms: the dates of the calendar, and what becomes of closed ones."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kultursam.dates.holidays import days_between
from kultursam.dates.recurrence import Recurrence, Span, best_day, cells, named_days, place, reaches
from kultursam.forumfile.cadence import NamedDays, Rhythm, read
from kultursam.forumfile.models import Forum
from kultursam.forumfile.values import WhenClosed

DAY = timedelta(days=1)
Closed = Collection[date]


def year(number: int, month: int = 1) -> Span:
    """Return the planning year that begins on the first of a month."""
    return Span(date(number, month, 1), date(number + 1, month, 1) - DAY)


def recurrence(*phrases: str, starting: date | None = None) -> Recurrence:
    """Return the recurrence of cadences that name days."""
    rules = [
        rule for phrase in phrases if isinstance(named := read(phrase), NamedDays) for rule in named.rules
    ]
    return Recurrence(tuple(rules), starting)


def rhythm(phrase: str) -> Rhythm:
    """Return the rhythm of a cadence."""
    found = read(phrase)
    assert isinstance(found, Rhythm)
    return found


def span(first: str, last: str) -> set[date]:
    """Return the days from first to last."""
    return {*days_between(date.fromisoformat(first), date.fromisoformat(last))}


def working(closed: Closed) -> Callable[[date], bool]:
    """Return what tells open days: Monday to Friday, but for what is closed."""
    return lambda day: day.weekday() < 5 and day not in closed


def shown(days: Collection[date]) -> str:
    """Return days as text."""
    return " ".join(f"{day:%m-%d}" for day in days)


def held(of: Recurrence, of_year: Span, closed: Closed, when_closed: WhenClosed | None = None) -> str:
    """Return each named day; where its meeting is held on another, that too, and - where there is none."""
    placed = place(of, of_year, working(closed), when_closed)
    return " ".join(
        f"{one.named:%m-%d}" + ("" if one.held == one.named else f">{one.held:%m-%d}" if one.held else ">-")
        for one in placed
    )


SUMMER, CHRISTMAS = (
    span("2026-06-22", "2026-08-09"),
    span("2025-12-20", "2026-01-07") | span("2026-12-20", "2027-01-07"),
)
MIDSUMMER = {date(2026, 6, 19)}

# --- cells ------------------------------------------------------------------------------------------


def bounds(found: tuple[Span, ...]) -> list[str]:
    """Return cells as text."""
    return [f"{cell.first:%m-%d}/{cell.last:%m-%d}" for cell in found]


def test_weeks_are_iso_weeks_cut_to_the_year() -> None:
    """2026 begins on the Thursday of its week 1 and has 53; 1 to 3 January 2027 are of its week 53."""
    weeks = cells(rhythm("weekly"), year(2026))
    assert len(weeks) == 53
    assert bounds(weeks)[:2] == ["01-01/01-04", "01-05/01-11"]
    assert bounds(weeks)[-1] == "12-28/12-31"
    following = cells(rhythm("weekly"), year(2027))
    assert len(following) == 52
    assert bounds(following)[0] == "01-04/01-10"
    assert bounds(following)[-1] == "12-27/12-31"


def test_fortnights_are_counted_from_the_first_week() -> None:
    """A week that is left over in a year of 53 belongs to the last of them."""
    fortnights = cells(rhythm("varannan vecka"), year(2026))
    assert len(fortnights) == 26
    assert bounds(fortnights)[:2] == ["01-01/01-11", "01-12/01-25"]
    assert bounds(fortnights)[-1] == "12-14/12-31"
    assert bounds(cells(rhythm("varannan vecka"), year(2025)))[-1] == "12-15/12-28"


def test_what_is_left_is_a_cell_if_it_is_longer_than_half() -> None:
    """Of 53 weeks, six go eight times into them and leave five; of 52, eight leave four, which is half."""
    assert bounds(cells(rhythm("every six weeks"), year(2026)))[-2:] == ["10-19/11-29", "11-30/12-31"]
    assert bounds(cells(rhythm("every 8 weeks"), year(2025)))[-1] == "10-06/12-28"
    assert bounds(cells(rhythm("every 5 months"), year(2025))) == ["01-01/05-31", "06-01/12-31"]


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("quarterly", ["01-01/03-31", "04-01/06-30", "07-01/09-30", "10-01/12-31"]),
        ("två gånger per termin", ["01-01/03-31", "04-01/06-30", "07-01/09-30", "10-01/12-31"]),
        ("every four months", ["01-01/04-30", "05-01/08-31", "09-01/12-31"]),
        ("varje termin", ["01-01/06-30", "07-01/12-31"]),
    ],
)
def test_months_quarters_and_terms(phrase: str, expected: list[str]) -> None:
    """They are those of the calendar where the year begins in January."""
    assert bounds(cells(rhythm(phrase), year(2025))) == expected


def test_months_are_counted_from_the_first_day_of_the_planning_year() -> None:
    """From August on, or from the middle of it."""
    assert bounds(cells(rhythm("quarterly"), year(2025, 8))) == [
        "08-01/10-31", "11-01/01-31", "02-01/04-30", "05-01/07-31",
    ]  # fmt: skip
    middle = Span(date(2025, 8, 15), date(2026, 8, 14))
    assert bounds(cells(rhythm("monthly"), middle))[::5] == ["08-15/09-14", "01-15/02-14", "06-15/07-14"]
    assert len(cells(rhythm("monthly"), middle)) == 12


def test_several_meetings_have_equal_parts_of_a_cell() -> None:
    """A month of 31 days has one of 15 and one of 16."""
    assert bounds(cells(rhythm("twice a month"), year(2025)))[:4] == [
        "01-01/01-15", "01-16/01-31", "02-01/02-14", "02-15/02-28",
    ]  # fmt: skip


YEARS = st.builds(year, st.integers(1970, 2199), st.integers(1, 12))
RHYTHMS = st.one_of(
    st.builds(Rhythm, st.just("week"), st.integers(1, 52)),
    st.builds(Rhythm, st.just("month"), st.integers(1, 12), st.integers(1, 4)),
)


@given(kind=RHYTHMS, of_year=YEARS)
def test_cells_lie_side_by_side_in_the_year(kind: Rhythm, of_year: Span) -> None:
    """None is empty or overlaps another; of months they are the whole year, of weeks but for three days."""
    found = cells(kind, of_year)
    assert all(cell.first <= cell.last for cell in found)
    assert all(later.first == earlier.last + DAY for earlier, later in pairwise(found))
    assert of_year.first <= found[0].first <= of_year.first + 3 * DAY
    assert of_year.last - 3 * DAY <= found[-1].last <= of_year.last
    if kind.unit == "month":
        assert (found[0].first, found[-1].last) == (of_year.first, of_year.last)
    assert abs(len(found) - kind.meetings_a_year) <= kind.meetings


@given(start=st.dates(date(1970, 1, 1), date(2199, 1, 1)), length=st.integers(1, 52))
def test_no_week_belongs_to_two_years(start: date, length: int) -> None:
    """Wherever the year begins: its last week is not the next one's first, and none is left out."""
    first = start.replace(day=min(start.day, 28))
    this = Span(first, first.replace(year=first.year + 1) - DAY)
    following = Span(this.last + DAY, first.replace(year=first.year + 2) - DAY)
    weeks = [cell for one in (this, following) for cell in cells(Rhythm("week"), one)]
    numbers = [cell.first.isocalendar()[:2] for cell in weeks]
    assert len(set(numbers)) == len(numbers)
    mondays = [cell.first - cell.first.weekday() * DAY for cell in weeks]
    assert all(later - earlier == 7 * DAY for earlier, later in pairwise(mondays))
    longer = cells(Rhythm("week", length), this)
    assert (longer[0].first, longer[-1].last) == (
        cells(Rhythm("week"), this)[0].first,
        cells(Rhythm("week"), this)[-1].last,
    )


# --- the day of a cell ------------------------------------------------------------------------------


def days_of(
    phrase: str, of_year: Span, closed: Closed, wanted: tuple[int, ...] = (0, 1, 2, 3, 4)
) -> list[date]:
    """Return the days that a rhythm has, of those that are open."""
    kind = rhythm(phrase)
    steps = {weekday: step for step, weekday in enumerate(wanted)}
    found = (
        best_day(
            kind,
            [day for day in days_between(cell.first, cell.last) if working(closed)(day)],
            lambda day: steps.get(day.weekday()),
        )
        for cell in cells(kind, of_year)
    )
    return [day for day in found if day]


def test_a_weekly_rhythm_keeps_its_weekday() -> None:
    """One meeting in each week that has an open day: on the day wanted first, else on the next wanted."""
    closed = SUMMER | CHRISTMAS | {date(2026, 4, 6), date(2026, 5, 25)}  # Easter Monday and Whit Monday
    found = days_of("weekly", year(2026), closed, (0, 1))
    assert [f"{day:%m-%d}" for day in found if day.weekday() != 0] == ["04-07", "05-26"]
    assert len({day.isocalendar().week for day in found}) == len(found) == 42
    assert shown(found[:3]) == "01-12 01-19 01-26"


def test_every_other_week_is_every_other_week() -> None:
    """Not 15, 22 and 29 January."""
    found = days_of("varannan vecka", year(2026), SUMMER | CHRISTMAS, (3,))
    assert shown(found[:5]) == "01-08 01-15 01-29 02-12 02-26"
    assert {(later - earlier).days for earlier, later in pairwise(found[1:9])} == {14}
    ordinary = days_of("varannan vecka", year(2025), {date(2025, 1, 1)}, (3,))
    assert {(later - earlier).days for earlier, later in pairwise(ordinary)} == {14}


def test_a_monthly_rhythm_is_once_in_each_month() -> None:
    """Near the middle, on the day wanted first; where nothing is open there is none."""
    found = days_of("monthly", year(2026), SUMMER | CHRISTMAS, (1,))
    assert shown(found) == "01-20 02-17 03-17 04-14 05-19 06-09 08-18 09-15 10-20 11-17 12-08"


def test_of_two_days_equally_near_the_middle_the_earlier_is_taken() -> None:
    """Of five days the third is in the middle."""
    week = days_between(date(2026, 3, 2), date(2026, 3, 6))
    steps = {0: 0, 4: 0, 2: 1}
    assert best_day(Rhythm("month"), week, lambda day: steps.get(day.weekday())) == date(2026, 3, 2)
    assert best_day(Rhythm("month"), week, lambda _: 0) == date(2026, 3, 4)
    assert best_day(Rhythm("week"), week, lambda _: 0) == date(2026, 3, 2)
    assert best_day(Rhythm("week"), week, lambda _: None) is None
    assert best_day(Rhythm("week"), [], lambda _: 0) is None


# --- named days -------------------------------------------------------------------------------------


def test_days_of_the_month_are_named() -> None:
    """The calendar of 2026 on the wall."""
    first = named_days(recurrence("first Thursday of the month"), year(2026))
    assert shown(first) == "01-01 02-05 03-05 04-02 05-07 06-04 07-02 08-06 09-03 10-01 11-05 12-03"
    last = named_days(recurrence("RRULE:FREQ=MONTHLY;BYDAY=-1TU"), year(2026))
    assert shown(last) == "01-27 02-24 03-31 04-28 05-26 06-30 07-28 08-25 09-29 10-27 11-24 12-29"
    assert (
        shown(named_days(recurrence("last Thursday of the quarter"), year(2026))) == "03-26 06-25 09-24 12-31"
    )


def test_rules_are_joined() -> None:
    """The second and fourth Tuesday; in July the fourth alone, in November and December the second alone."""
    rules = (
        "RRULE:FREQ=MONTHLY;BYMONTH=1,2,3,4,5,6,8,9,10;BYDAY=2TU,4TU",
        "RRULE:FREQ=MONTHLY;BYMONTH=7;BYDAY=4TU",
        "RRULE:FREQ=MONTHLY;BYMONTH=11,12;BYDAY=2TU",
    )
    found = named_days(recurrence(*rules), year(2025))
    assert len(found) == 21
    assert shown(found[11:14]) == "06-24 07-22 08-12"
    assert shown(found[-3:]) == "10-28 11-11 12-09"
    twice = recurrence("every Tuesday", "first Tuesday of the month")
    assert named_days(twice, year(2025)) == named_days(recurrence("every Tuesday"), year(2025))


def test_intervals_go_on_over_new_year_from_a_start() -> None:
    """Every sixth Thursday is 42 days from the one before, in 2027 too; without a start years begin anew."""
    every_six = recurrence("every six weeks on Thursday", starting=date(2026, 2, 12))
    both = [*named_days(every_six, year(2026)), *named_days(every_six, year(2027))]
    assert shown(both[:8]) == "02-12 03-26 05-07 06-18 07-30 09-10 10-22 12-03"
    assert both[8] == date(2027, 1, 14)
    assert {later - earlier for earlier, later in pairwise(both)} == {42 * DAY}
    every_other = recurrence("varannan torsdag", starting=date(2026, 1, 8))
    both = [day for number in (2026, 2027, 2028) for day in named_days(every_other, year(number))]
    assert {later - earlier for earlier, later in pairwise(both)} == {14 * DAY}
    anew = recurrence("varannan torsdag")
    assert named_days(anew, year(2026))[-1] == date(2026, 12, 31)
    assert named_days(anew, year(2027))[0] == date(2027, 1, 14)
    assert named_days(anew, year(2028))[0] == date(2028, 1, 13)


def test_nothing_is_named_before_the_start() -> None:
    """Nor in the years before it."""
    weekly = recurrence("every Monday", starting=date(2026, 12, 9))
    assert shown(named_days(weekly, year(2026))) == "12-14 12-21 12-28"
    assert named_days(weekly, year(2025)) == ()


def test_several_weekdays_share_a_start() -> None:
    """The Monday and the Thursday of the same weeks."""
    both = recurrence("every other Monday", "every other Thursday", starting=date(2026, 1, 12))
    assert shown(named_days(both, year(2026))[:5]) == "01-12 01-15 01-26 01-29 02-09"
    assert named_days(
        recurrence("every other Monday and Thursday", starting=date(2026, 1, 12)), year(2026)
    ) == (named_days(both, year(2026)))


def test_a_planning_year_may_begin_in_august() -> None:
    """A rule goes on into the next calendar year."""
    found = named_days(recurrence("RRULE:FREQ=YEARLY;BYMONTH=3,9;BYDAY=1MO"), year(2025, 8))
    assert found == (date(2025, 9, 1), date(2026, 3, 2))
    every_other = named_days(recurrence("every other Friday", starting=date(2025, 8, 22)), year(2026, 8))
    assert every_other[0] == date(2026, 8, 7)


def test_days_are_left_out_and_exchanged() -> None:
    """The Tuesdays of a spring, without one and with a Wednesday for another; two may change places."""
    tuesdays = recurrence("first and third Tuesday of the month")
    changed = Recurrence(
        tuesdays.rules,
        left_out=(date(2026, 1, 20),),
        instead={date(2026, 2, 3): date(2026, 2, 4), date(2026, 2, 18): date(2026, 2, 19)},
    )
    assert shown(named_days(changed, year(2026))[:4]) == "01-06 02-04 02-17 03-03"
    swapped = Recurrence(
        tuesdays.rules,
        instead={date(2026, 1, 6): date(2026, 1, 20), date(2026, 1, 20): date(2026, 1, 6)},
    )
    assert named_days(swapped, year(2026)) == named_days(tuesdays, year(2026))
    assert place(swapped, year(2026), lambda _: True)[0].held == date(2026, 1, 6)


def test_the_keys_of_a_forum_are_its_recurrence() -> None:
    """Start, exceptions and exchanges."""
    keys = {
        "name": "F",
        "cadence": ["every other Wednesday", "first Monday of the month"],
        "starting": "2026-01-14",
        "except": ["2026-02-02"],
        "instead": [{"of": "2026-01-28", "on": "2026-01-30"}],
        "time": "09:00-10:00",
        "members": [{"role": "c", "from": ["a"]}],
    }
    forum = Forum.model_validate(keys)
    assert isinstance(forum.cadence, NamedDays)
    found = named_days(Recurrence.of(forum.cadence, forum), year(2026))
    assert shown(found[:5]) == "01-14 01-30 02-11 02-25 03-02"


@given(
    start=st.dates(date(2000, 1, 1), date(2030, 12, 31)),
    weeks=st.integers(1, 52),
    later=st.integers(0, 5),
    month=st.integers(1, 12),
)
def test_weeks_are_counted_as_days_are(start: date, weeks: int, later: int, month: int) -> None:
    """Every n weeks from a start is every 7·n days from it."""
    of_year = year(start.year + later, month)
    weekday = ("mån", "tis", "ons", "tors", "fre", "lör", "sön")[start.weekday()]
    found = named_days(recurrence(f"every {weeks} weeks on {weekday}", starting=start), of_year)
    assert list(found) == [
        day
        for day in days_between(of_year.first, of_year.last)
        if day >= start and (day - start).days % (7 * weeks) == 0
    ]


@given(
    nth=st.sampled_from(
        [("first", 1), ("second", 2), ("third", 3), ("fourth", 4), ("last", -1), ("penultimate", -2)]
    ),
    weekday=st.integers(0, 6),
    number=st.integers(1970, 2199),
)
def test_days_are_counted_within_the_month(nth: tuple[str, int], weekday: int, number: int) -> None:
    """As one does with a finger on the calendar."""
    name = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[weekday]
    expected = []
    for month in range(1, 13):
        days = [date(number, month, day) for day in range(1, monthrange(number, month)[1] + 1)]
        those = [day for day in days if day.weekday() == weekday]
        expected.append(those[nth[1] - 1 if nth[1] > 0 else nth[1]])
    assert list(named_days(recurrence(f"{nth[0]} {name} of the month"), year(number))) == expected


# --- what becomes of closed days --------------------------------------------------------------------


def test_the_last_tuesday_beside_summer_and_christmas() -> None:
    """It moves at most half-way to the next: June's to before midsummer, others to an edge."""
    tuesdays = recurrence("RRULE:FREQ=MONTHLY;BYDAY=-1TU")
    assert held(tuesdays, year(2026), SUMMER | CHRISTMAS | MIDSUMMER) == (
        "01-27 02-24 03-31 04-28 05-26 06-30>06-18 07-28>08-10 08-25 09-29 10-27 11-24 12-29>12-18"
    )


def test_every_other_friday_beside_breaks() -> None:
    """In the middle of a break there is none; at its edges it moves at most a week."""
    fridays = recurrence("every other Friday", starting=date(2026, 1, 16))
    assert held(fridays, year(2026), SUMMER | CHRISTMAS | MIDSUMMER) == (
        "01-16 01-30 02-13 02-27 03-13 03-27 04-10 04-24 05-08 05-22 06-05 06-19>06-18 07-03>- "
        "07-17>- 07-31>- 08-14 08-28 09-11 09-25 10-09 10-23 11-06 11-20 12-04 12-18"
    )
    assert held(fridays, year(2026), SUMMER | CHRISTMAS | MIDSUMMER, "skip").count(">-") == 4


def test_no_meeting_leaves_its_planning_year() -> None:
    """New Year's Day is the first Thursday of 2026; its last Mondays are in a break that ends in 2027."""
    thursdays = recurrence("first Thursday of the month")
    assert held(thursdays, year(2026), {date(2026, 1, 1)}).startswith("01-01>01-02 02-05")
    week = span("2025-12-31", "2026-01-09")
    assert held(thursdays, year(2026), week).startswith("01-01>01-12 02-05")
    all_winter = span("2026-01-01", "2026-01-31")
    assert held(thursdays, year(2026), all_winter).startswith("01-01>- 02-05")
    mondays = recurrence("every Monday")
    for when_closed in ("skip", "move", "restart"):
        placed = held(mondays, year(2026), CHRISTMAS, when_closed)
        assert placed.endswith(
            "12-14 12-21>- 12-28>-" if when_closed != "move" else "12-14 12-21>12-18 12-28>-"
        )
    assert held(mondays, year(2027), CHRISTMAS).startswith("01-04>- 01-11")


def test_a_weekly_meeting_is_skipped_unless_it_is_said() -> None:
    """Said to move, it keeps at most half-way to the next: not to the Monday before its Wednesday."""
    wednesdays = recurrence("every Wednesday")
    week = span("2026-10-26", "2026-11-01")
    assert "10-21 10-28>- 11-04" in held(wednesdays, year(2026), week)
    assert "10-21 10-28>- 11-04" in held(wednesdays, year(2026), week, "move")
    one_day = {date(2026, 10, 28)}
    assert "10-21 10-28>- 11-04" in held(wednesdays, year(2026), one_day)
    assert "10-21 10-28>10-29 11-04" in held(wednesdays, year(2026), one_day, "move")


@pytest.mark.parametrize(
    ("phrase", "by_itself"),
    [
        ("every Tuesday", "skip"),
        ("RRULE:FREQ=MONTHLY;BYDAY=TU", "skip"),
        ("RRULE:FREQ=DAILY;INTERVAL=7", "skip"),
        ("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=TU", "skip"),
        ("every other Tuesday", "move"),
        ("first Tuesday of the month", "move"),
        ("RRULE:FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1", "move"),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=13", "move"),
        ("RRULE:FREQ=YEARLY;BYWEEKNO=10;BYDAY=TU", "move"),
    ],
)
def test_what_is_done_by_itself(phrase: str, by_itself: Literal["skip", "move"]) -> None:
    """Days of every week are skipped, rarer ones are moved."""
    some = recurrence(phrase)
    named = named_days(some, year(2026))
    closed = {named[len(named) // 2]}
    found, moved = held(some, year(2026), closed), held(some, year(2026), closed, "move")
    assert found == held(some, year(2026), closed, by_itself)
    assert (found == moved) == (by_itself == "move")


def test_an_interval_is_counted_anew_after_a_break() -> None:
    """Every other Wednesday, from the first one after summer; and after a single one that is closed."""
    wednesdays = recurrence("every other Wednesday", starting=date(2026, 1, 14))
    found = held(wednesdays, year(2026), SUMMER | CHRISTMAS, "restart")
    assert "06-03 06-17 07-01>- 08-12 08-26" in found
    # By interval alone it would be 12 August too; a week more of summer makes the difference.
    longer = span("2026-06-22", "2026-08-16")
    assert "06-17 07-01>- 08-19 09-02" in held(wednesdays, year(2026), longer | CHRISTMAS, "restart")
    assert "06-17 07-01>- 07-15>- 07-29>- 08-12>- 08-26" in held(wednesdays, year(2026), longer, "skip")
    one_day = {date(2026, 3, 11)}
    assert "02-25 03-11>- 03-18 04-01" in held(wednesdays, year(2026), one_day, "restart")


def test_an_interval_that_was_counted_anew_goes_on_over_new_year() -> None:
    """What was closed in the year before decides, for as long as nothing is closed."""
    wednesdays = recurrence("every other Wednesday", starting=date(2026, 1, 14))
    one_day = {date(2026, 11, 18)}
    both = [
        one.held
        for number in (2026, 2027)
        for one in place(wednesdays, year(number), working(one_day), "restart")
        if one.held
    ]
    gaps = [(later - earlier).days for earlier, later in pairwise(both)]
    assert gaps.count(21) == 1
    assert set(gaps) == {14, 21}


def test_a_break_to_the_end_of_the_year_ends_the_count() -> None:
    """Nothing is named after it."""
    wednesdays = recurrence("every other Wednesday", starting=date(2026, 1, 14))
    assert held(wednesdays, year(2026), span("2026-11-01", "2026-12-31"), "restart").endswith("10-21 11-04>-")


def test_meetings_do_not_move_to_where_one_was_taken_away() -> None:
    """A day that is left out stays free; so does one that was exchanged."""
    tuesdays = recurrence("first Tuesday of the month")
    without = Recurrence(
        tuesdays.rules, left_out=(date(2026, 3, 3),), instead={date(2026, 5, 5): date(2026, 5, 6)}
    )
    closed = span("2026-01-20", "2026-03-02") | span("2026-04-01", "2026-05-04")
    assert held(without, year(2026), closed).startswith("01-06 02-03>03-04 04-07>03-31 05-06 06-02")


def test_the_reach_of_a_named_day_is_half_way() -> None:
    """Of an odd gap the smaller half; at the ends of the year as far as on the other side, but within it."""
    days = (date(2026, 1, 6), date(2026, 1, 20), date(2026, 1, 27))
    assert bounds(reaches(days, year(2026))) == ["01-01/01-13", "01-13/01-23", "01-24/01-30"]
    assert bounds(reaches(days[:1], year(2026))) == ["01-01/12-31"]
    assert reaches((), year(2026)) == ()


def test_a_day_is_taken_once() -> None:
    """The only open day between two named ones is half-way for both: the first has it."""
    fridays = recurrence("every other Friday", starting=date(2026, 1, 2))
    closed = span("2026-01-10", "2026-02-06") - {date(2026, 1, 23)}
    assert held(fridays, year(2026), closed).startswith("01-02 01-16>01-23 01-30>- 02-13")


DAYS_OFF = st.builds(
    lambda weeks, days: (
        {date(2026, 1, 1) + (7 * week + day) * DAY for week in weeks for day in range(7)}
        | {date(2026, 1, 1) + day * DAY for day in days}
    ),
    st.sets(st.integers(-20, 52), max_size=20),
    st.sets(st.integers(-100, 364), max_size=40),
)
PHRASES = st.lists(
    st.sampled_from(
        ["every Monday", "every other Friday", "every six weeks on Thursday", "first Tuesday of the month",
         "last Friday of the month", "second and fourth Wednesday of the month",
         "last Thursday of the quarter",
         "RRULE:FREQ=MONTHLY;BYMONTHDAY=15", "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=1MO"],
    ),
    min_size=1, max_size=2,
)  # fmt: skip
STARTS = st.one_of(st.none(), st.dates(date(2025, 6, 1), date(2026, 4, 1)))


@given(phrases=PHRASES, closed=DAYS_OFF, start=STARTS)
def test_moved_meetings_are_as_near_as_can_be(
    phrases: list[str], closed: set[date], start: date | None
) -> None:
    """An open day is held. Others: in the year, half-way, open, each day once, and no nearer one is free."""
    some, is_open = recurrence(*phrases, starting=start), working(closed)
    placed = place(some, year(2026), is_open, "move")
    named = [one.named for one in placed]
    assert tuple(named) == named_days(some, year(2026))
    used = [one.held for one in placed if one.held]
    assert used == sorted(set(used))
    for index, one in enumerate(placed):
        if is_open(one.named):
            assert one.held == one.named
            continue
        gaps = [(named[index + 1] - one.named).days] if index + 1 < len(named) else []
        gaps = [(one.named - named[index - 1]).days, *gaps] if index else gaps
        before, after = (gaps[0], gaps[-1]) if gaps else (999, 999)
        reach = [
            day
            for day in days_between(year(2026).first, year(2026).last)
            if -before / 2 <= (day - one.named).days <= after / 2
            and is_open(day)
            and day not in {*used} - {one.held}
        ]
        nearest = min(reach, key=lambda day: (abs((day - one.named).days), day < one.named), default=None)
        # What was free for it may have been taken by a later one, which had nothing nearer.
        assert one.held == nearest


@given(phrases=PHRASES, closed=DAYS_OFF, start=STARTS)
def test_what_is_skipped_or_counted_anew_is_held_where_it_is_named(
    phrases: list[str], closed: set[date], start: date | None
) -> None:
    """Or not at all; skipped is what is closed, and no more. Each day once, in order, within the year."""
    some, is_open = recurrence(*phrases, starting=start), working(closed)
    skipped, anew = (place(some, year(2026), is_open, how) for how in ("skip", "restart"))
    for placed in (skipped, anew):
        assert all(one.held == (one.named if is_open(one.named) else None) for one in placed)
        assert [one.named for one in placed] == sorted({one.named for one in placed})
        assert all(one.named in year(2026) for one in placed)
    assert tuple(one.named for one in skipped) == named_days(some, year(2026))


@given(weeks=st.integers(2, 8), closed=DAYS_OFF, start=st.dates(date(2025, 6, 1), date(2026, 4, 1)))
def test_counted_anew_the_interval_is_kept_but_for_breaks(weeks: int, closed: set[date], start: date) -> None:
    """From one meeting to the next are n weeks; or a day of those n was closed, and all between were."""
    weekday = ("mån", "tis", "ons", "tors", "fre", "lör", "sön")[start.weekday()]
    some, is_open = recurrence(f"every {weeks} weeks on {weekday}", starting=start), working(closed)
    used = [one.held for one in place(some, year(2026), is_open, "restart") if one.held]
    for earlier, later in pairwise(used):
        following = earlier + 7 * weeks * DAY
        if later != following:
            assert not any(
                map(is_open, [following + 7 * week * DAY for week in range((later - following).days // 7)])
            )
