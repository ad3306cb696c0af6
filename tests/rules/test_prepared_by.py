"""Preparation: which meeting prepares which, and what the distance costs."""

from __future__ import annotations

import pytest
from rule_years import YearOf, meeting, reported

from kultursam.rules import prepared_by
from kultursam.rules.context import Schedule
from kultursam.rules.evaluate import meeting_effects


@pytest.mark.parametrize(
    ("days", "gap"),
    [
        (["2025-01-09"], 4),
        (["2025-01-10"], None),
        (["2025-01-03"], 10),
        (["2025-01-02"], None),
        (["2025-01-03", "2025-01-08", "2025-01-10"], 5),
        (["2025-01-06"], 7),
        (["2024-12-30", "2025-01-08"], 5),
        (["2024-12-30"], None),
    ],
)
def test_the_latest_early_enough_prepares(year_of: YearOf, days: list[str], gap: int | None) -> None:
    """Both ends of the range count, its middle costs nothing; a nearer meeting prepares none."""
    year = year_of("p: ", "f: prepared_by: {forum: p, days_before: 4-10}")
    for beside in (0, len(days)):
        preparing = [meeting("p", day) for day in days]
        meetings = [*preparing[beside:], meeting("f", "2025-01-13")]
        effects = reported(year, "prepared-by", meetings, preparing[:beside]).get("f 2025-01-13")
        if gap is None:
            assert effects == [("must", "no meeting of P 4-10 days earlier")]
        elif gap == 7:
            assert effects is None
        else:
            assert effects == [("prefer", f"{gap} days after P, 7 would be best")]


def test_the_price_of_a_preparation_is_its_square(year_of: YearOf) -> None:
    """Of the days off the range's middle; the pairs of meetings are known."""
    year = year_of("p: ", "f: prepared_by: {forum: p, days_before: 4-10}")
    meetings = [meeting("p", "2025-03-03"), meeting("f", "2025-03-13"), meeting("f", "2025-05-06")]
    effects = meeting_effects(year, meetings)
    assert [effect.points for effect in effects["f 2025-03-13"] if effect.rule == "prepared-by"] == [9]
    pairs = prepared_by.preparations(year, Schedule.of(2025, meetings))
    assert [(preparing.id, prepared.id) for preparing, prepared in pairs] == [
        ("p 2025-03-03", "f 2025-03-13")
    ]
