"""The dates on which a forum would meet by itself: against every way to meet, and days counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kultursam.dates.ideals import Circumstances, Day, Preparer, ideals
from kultursam.dates.leads import Lead
from kultursam.dates.slots import Slot

MONDAY = date(2025, 3, 3)
WEEKS = [MONDAY + timedelta(days=number) for number in range(26) if number % 7 < 5]
"""Four weeks of working days."""


def slots(open_days: list[date], number: int) -> list[Slot]:
    """Return so many slots of one window, with their middles."""
    places = [len(open_days) * (2 * k - 1) // (2 * number) for k in range(1, number + 1)]
    return [Slot(WEEKS[0], WEEKS[-1], open_days[place], tuple(open_days), place) for place in places]


def given_by(open_days: list[date], meetings: int, **keys: object) -> Circumstances:
    """Return what the ideals of a forum of one organisation depend on, its meetings a day apart."""
    alone = {"meetings": meetings, "open_days": open_days, "working_days": WEEKS, "least_days": 1}
    return Circumstances(**(alone | {"organisations": 1} | keys))  # type: ignore[arg-type]


def free(days: list[date]) -> list[Day]:
    """Return days that nothing speaks against."""
    return [Day(day, 0, 0, 0) for day in days]


def numbers(found: list[date] | None) -> list[int] | None:
    """Return dates as places among the working days."""
    return None if found is None else [WEEKS.index(day) for day in found]


def test_four_meetings_in_four_weeks_are_a_week_apart() -> None:
    """T = 20 and m = 4: the middles are 2, 7, 12 and 17, and their gaps are even."""
    assert numbers(ideals(slots(WEEKS, 4), free(WEEKS), given_by(WEEKS, 4))) == [2, 7, 12, 17]


def test_of_ways_as_good_the_earliest_is_taken() -> None:
    """The middle is closed by its weekday: the days beside it are as near."""
    days = [day for day in free(WEEKS) if day.date != WEEKS[10]]
    assert numbers(ideals(slots(WEEKS, 1), days, given_by(WEEKS, 1))) == [9]


def test_closed_days_may_count_or_not() -> None:
    """With the second week closed T = 15 and the share of three is 5.

    From the middle 2 to the middle 12 are 5 open days (and 10 working days): even; so is 12 to 17.
    """
    open_days = WEEKS[:5] + WEEKS[10:]
    found = ideals(slots(open_days, 3), free(open_days), given_by(open_days, 3))
    assert numbers(found) == [2, 12, 17]


def test_a_long_gap_is_dearer_than_a_day_off_the_middle() -> None:
    """With the second week closed T = 15, the middles of two are 3 and 16, and 8 open days lie between.

    2·8 − 15 = 1 long costs 9, a day off a middle 2² = 4; of the two that are as good the earlier is taken.
    """
    open_days = WEEKS[:5] + WEEKS[10:]
    assert numbers([slot.ideal for slot in slots(open_days, 2)]) == [3, 16]
    assert numbers(ideals(slots(open_days, 2), free(open_days), given_by(open_days, 2))) == [3, 15]


def test_trouble_then_steps_then_unevenness() -> None:
    """The middle is troubled, the next less wanted, the one after costs a broken prefer-rule."""
    costs = {10: (1, 0, 0), 9: (0, 1, 0), 11: (0, 1, 0), 8: (0, 0, 1)}
    days = [Day(day, *costs.get(place, (0, 0, 0))) for place, day in enumerate(WEEKS)]
    assert numbers(ideals(slots(WEEKS, 1), days, given_by(WEEKS, 1))) == [12]


def test_a_preparing_meeting_draws_the_ideal() -> None:
    """Prepared 3 to 7 days before, 5 at best: of Friday 7, the middle is 17, and 12 is 5 days later."""
    preparer = Preparer(Lead(3, 7, 5), [WEEKS[4]])
    found = ideals(slots(WEEKS, 1), free(WEEKS), given_by(WEEKS, 1, preparers=[preparer]))
    assert numbers(found) == [8]


def test_meeting_together_comes_before_all_but_as_much_trouble() -> None:
    """On the other forum's day, whatever its weekday."""
    days = [Day(day, 0, day.weekday(), 0) for day in WEEKS]
    given_here = given_by(WEEKS, 1, together=[[WEEKS[4], WEEKS[19]]])
    assert numbers(ideals(slots(WEEKS, 1), days, given_here)) == [4]


@pytest.mark.parametrize("least", [8, 400])
def test_there_may_be_no_way(least: int) -> None:
    """Four meetings more than a week apart do not fit into four weeks."""
    given_here = given_by(WEEKS, 4, least_days=least)
    assert ideals(slots(WEEKS, 4), free(WEEKS[:18]), given_here) is None
    assert ideals(slots(WEEKS, 4), free(WEEKS[:2]), given_by(WEEKS, 4)) is None
    assert ideals((), free(WEEKS), given_by(WEEKS, 4)) is None


def unevenness(way: tuple[Day, ...], found: list[Slot], alone: Circumstances) -> tuple[int, int, int]:
    """Judge a way to meet, by the definition."""
    m, share = alone.meetings, len(alone.open_days)
    trouble, points = sum(day.trouble for day in way), 9 * sum(day.prefers for day in way)
    for day, slot in zip(way, found, strict=True):
        points += slot.distance(day.date) ** 2
        trouble += alone.organisations * sum(day.date not in dates for dates in alone.together)
        for lead, dates in alone.preparers:
            early = [other for other in dates if (day.date - other).days >= lead.low]
            days = (day.date - max(early)).days if early else lead.high + 1
            trouble += alone.organisations * (days > lead.high)
            points += (days - lead.best) ** 2 * (days <= lead.high)
    gaps = 0
    for earlier, later in pairwise(day.date for day in way):
        working, still_open = (
            sum(earlier <= day < later for day in days) for days in (alone.working_days, alone.open_days)
        )
        gaps += max(share - m * working, m * still_open - share, 0) ** 2
    return trouble, sum(day.steps for day in way), 9 * gaps + m * m * points


@given(st.data())
def test_ideals_are_the_best_of_all_ways(data: st.DataObject) -> None:
    """Whatever is closed, wanted, prepared and accompanied: every way is tried."""
    places = st.sets(st.integers(0, 19), max_size=6)
    closed, number = data.draw(places), data.draw(st.integers(1, 3))
    open_days = [day for place, day in enumerate(WEEKS) if place not in closed]
    shut = data.draw(places)
    days = [
        Day(day, *data.draw(st.tuples(*[st.integers(0, 2)] * 3)))
        for place, day in enumerate(WEEKS)
        if place not in closed | shut
    ]
    low, high = sorted(data.draw(st.tuples(st.integers(0, 9), st.integers(0, 9))))
    lead = Lead(low, high, data.draw(st.integers(low, high)))
    dates = st.lists(st.sampled_from(WEEKS), max_size=3).map(sorted)
    alone = given_by(
        open_days,
        number + data.draw(st.integers(0, 1)),
        least_days=data.draw(st.integers(1, 5)),
        preparers=[Preparer(lead, data.draw(dates)) for _ in range(data.draw(st.integers(0, 2)))],
        together=[data.draw(dates)] * data.draw(st.integers(0, 1)),
    )
    found = slots(open_days, number)
    ways = [
        way
        for way in product(days, repeat=number)
        if all((b.date - a.date).days >= alone.least_days for a, b in pairwise(way))
    ]
    best = min(ways, key=lambda way: (unevenness(way, found, alone), way), default=None)
    assert ideals(found, days, alone) == (best and [day.date for day in best])
