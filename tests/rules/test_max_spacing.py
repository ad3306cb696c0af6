"""The most days between meetings: what is counted, who is told, and across New Year."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rule_years import ContextOf, meeting, one_forum, reported

from kultursam.plans.model import Origin
from kultursam.rules import max_spacing, spacing
from kultursam.rules.context import EvaluatedYear
from kultursam.rules.evaluate import evaluate_year

CLOSED = "{country: SE, periods: [{name: Summer, weeks: 26-32}, {name: New Year, from: 12-15, to: 01-15}]}"
Make = Callable[..., EvaluatedYear]


@pytest.fixture
def year_with(context_of: ContextOf) -> Make:
    """Evaluate 2026 for a forum of two organisations with a spacing."""

    def make(written: str, keys: str = "cadence: 12 times a year", calendar: str = CLOSED) -> EvaluatedYear:
        forum = one_forum(f"spacing: {{{written}}}, {keys}")
        return evaluate_year(context_of(calendar=calendar, forums=forum))

    return make


def late(year: EvaluatedYear, *days: str) -> list[str]:
    """Return which of some meetings of 2026 (MM-DD) follow too late."""
    found = reported(year, "max-spacing", [meeting("one", f"2026-{day}") for day in days])
    return [key.removeprefix("one 2026-") for key in found]


def test_days_are_counted_from_one_meeting_to_the_next(year_with: Make) -> None:
    """Weekends and shorter closed stretches count; all of the forum's meetings do, added ones too."""
    year = year_with("max_days: 35")
    assert late(year, "02-03", "03-10", "04-14") == []
    assert late(year, "02-03", "03-11", "04-15") == ["03-11"]
    assert late(year, "02-03", "03-11", "04-16") == ["03-11", "04-16"]
    first, last = meeting("one", "2026-02-03"), meeting("one", "2026-03-11")
    between = meeting("one", "2026-02-20", origin=Origin.ADDED)
    assert reported(year, "max-spacing", [first, between, last]) == {}


def test_longer_closed_stretches_do_not_count(year_with: Make) -> None:
    """From Friday 19 June to Sunday 9 August 52 days are closed: of 70 days 18 count, or all of them."""
    assert late(year_with("max_days: 51"), "06-01", "08-10") == []
    assert late(year_with("max_days: 52"), "06-01", "08-10") == ["08-10"]
    assert late(year_with("max_days: 18"), "06-01", "08-10") == []
    assert late(year_with("max_days: 18"), "06-01", "08-11") == ["08-11"]
    assert late(year_with("max_days: 17"), "06-01", "08-10") == ["08-10"]


def test_what_lies_outside_the_windows_is_closed(year_with: Make) -> None:
    """Between spring and autumn a forum has no meetings, so the time between does not count."""
    windows = "cadence: twice a year, windows: [{from: 02-01, to: 05-31}, {from: 09-01, to: 11-30}]"
    assert late(year_with("max_days: 35, min_days: 1", windows), "05-20", "09-15") == []
    assert late(year_with("max_days: 35, min_days: 1"), "05-20", "09-15") == ["09-15"]


def test_days_on_which_a_forum_would_rather_not_meet_count(year_with: Make) -> None:
    """The list of weekdays closes no stretch, nor does a should."""
    assert late(year_with("max_days: 5", "cadence: 12 times a year, weekdays: [tue]"), "02-03", "02-10") == [
        "02-10"
    ]
    calendar = "{country: SE, periods: [{name: Away, weeks: 26-32, strength: should}]}"
    assert late(year_with("max_days: 35", calendar=calendar), "06-18", "08-11") == ["08-11"]


def test_it_reaches_across_new_year(year_with: Make) -> None:
    """From 13 December to 15 January 34 days are closed; of two meetings ours is told."""
    year, longer = year_with("max_days: 33"), year_with("max_days: 34")
    beside = meeting("one", "2025-12-12")
    ours = meeting("one", "2026-01-30")
    assert reported(year, "max-spacing", [ours], [beside]) == {}
    assert list(reported(longer, "max-spacing", [ours], [beside])) == [ours.id]
    last, following = meeting("one", "2026-12-01"), meeting("one", "2027-02-20")
    assert list(reported(year, "max-spacing", [last], [following])) == [last.id]


def test_should_unless_written(year_with: Make) -> None:
    """One strength holds for both if it is written; without it, the least days stay a must."""
    days = [meeting("one", "2026-02-03"), meeting("one", "2026-05-20")]
    for written, strength, least in (
        ("max_days: 35", "should", "must"),
        ("max_days: 35, min_days: 20", "should", "must"),
        ("max_days: 35, strength: must", "must", "must"),
        ("max_days: 35, strength: prefer", "prefer", "must"),
        ("max_days: 35, min_days: 20, strength: prefer", "prefer", "prefer"),
    ):
        year = year_with(written)
        assert [one[0][0] for one in reported(year, "max-spacing", days).values()] == [strength], written
        assert spacing.least_days(year.context, "one")[1] == least, written
        hard = [("max-spacing", ("forums", "one", "spacing"))] if strength == "must" else []
        assert list(max_spacing.hard_constraints(year, "one")) == hard


def test_added_meetings_are_free_of_a_default_distance(year_with: Make) -> None:
    """Only the most days are written, so the least are those of the cadence."""
    context = year_with("max_days: 35").context
    assert spacing.least_days(context, "one")[::2] == (15, ("forums", "one", "cadence"))
    assert not spacing.counts(context, "one", Origin.ADDED)


def test_it_is_said_in_words(year_with: Make) -> None:
    """With the days that count, and that others don't where that is so."""
    year = year_with("max_days: 19")
    said = "but 19 at most are to pass"
    for later, words in {
        "2026-02-24": f"21 days from the forum's meeting on 2026-02-03, {said}",
        "2026-08-11": f"137 days from the forum's meeting on 2026-02-03, long breaks not counted, {said}",
    }.items():
        days = [meeting("one", "2026-02-03"), meeting("one", later)]
        assert [one[0][1] for one in reported(year, "max-spacing", days).values()] == [words]
