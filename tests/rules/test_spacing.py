"""Spacing: the days between a forum's meetings."""

from __future__ import annotations

from typing import Any

import pytest
from rule_years import YearOf, meeting, reported

from kultursam.plans.model import Origin, Status


def test_a_meeting_that_follows_too_soon_is_reported(year_of: YearOf) -> None:
    """The later of the two; exactly the least number of days is enough."""
    year = year_of("f: spacing: {min_days: 30}", "g: spacing: {min_days: 31, strength: should}")
    for forum, expected in (("f", {}), ("g", {"g 2025-04-02": 1})):
        meetings = [meeting(forum, "2025-04-02"), meeting(forum, "2025-03-03")]
        assert {key: len(effects) for key, effects in reported(year, "spacing", meetings).items()} == expected
    meetings = [meeting("f", "2025-04-01"), meeting("f", "2025-03-03")]
    sentence = "29 days from the forum's meeting on 2025-03-03, but 30 at least are to be kept"
    assert reported(year, "spacing", meetings) == {"f 2025-04-01": [("must", sentence)]}


def test_across_new_year_the_meeting_of_the_year_is_reported(year_of: YearOf) -> None:
    """Be it the earlier or the later one; two meetings of a neighbouring year are not."""
    year = year_of("f: spacing: {min_days: 30}")
    ours = [meeting("f", "2025-01-07"), meeting("f", "2025-12-16")]
    beside = [meeting("f", day) for day in ("2024-12-03", "2024-12-10", "2026-01-06", "2026-01-13")]
    effects = reported(year, "spacing", ours, beside)
    assert list(effects) == ["f 2025-01-07", "f 2025-12-16"]
    assert "on 2024-12-10" in effects["f 2025-01-07"][0][1]
    assert "on 2026-01-06" in effects["f 2025-12-16"][0][1]


def test_extra_meetings_keep_a_distance_that_is_written(year_of: YearOf) -> None:
    """Not the one that a number a year implies."""
    year = year_of("f: spacing: {min_days: 30}", "g: ")
    for forum, expected in (("f", {"f 2025-03-05"}), ("g", set())):
        meetings = [
            meeting(forum, "2025-03-03"),
            meeting(forum, "2025-03-05", origin=Origin.ADDED),
        ]
        assert set(reported(year, "spacing", meetings)) == expected


@pytest.mark.parametrize(
    ("written", "expected"), [("", set()), ("spacing: {min_days: 30}", {"f 2025-03-05"})]
)
def test_reserved_places_keep_a_distance_that_is_written(
    year_of: YearOf, written: str, expected: set[str]
) -> None:
    """Else they may be used whenever they are needed, however soon after each other."""
    year = year_of(", ".join(filter(None, ["f: cadence: as needed, reserve: 2", written])))
    keys: dict[str, Any] = {"origin": Origin.RESERVED}
    meetings = [meeting("f", "2025-03-03"), meeting("f", "2025-03-05", **keys)]
    assert set(reported(year, "spacing", meetings)) == expected


def test_nothing_is_asked_of_dates_that_others_decide(year_of: YearOf) -> None:
    """A forum that only reads its dates follows no rule of its own."""
    year = year_of("e: cadence: external, spacing: {min_days: 30}")
    keys: dict[str, Any] = {"origin": Origin.EXTERNAL, "status": Status.CONFIRMED}
    meetings = [meeting("e", "2025-03-04", **keys), meeting("e", "2025-03-05", **keys)]
    assert reported(year, "spacing", meetings) == {}
