"""Fixed dates: a meeting before, or after, each."""

from __future__ import annotations

from rule_years import Reported, YearOf, meeting, reported


def test_one_meeting_before_or_after_a_fixed_date_is_enough(year_of: YearOf) -> None:
    """Else the nearest meeting is reported. A date of another year asks for nothing."""
    year = year_of(
        "f: before: [{date: fair, days: 14}, {date: past, days: 14}]",
        "g: after: [{date: fair, days: 14}]",
        "h: cadence: as needed, after: [{date: fair, days: 14}]",
    )
    enough, late, after, soon = ("2025-06-01", "2025-06-02", "2025-06-29", "2025-06-28")

    def of_forum(forum: str, *days: str) -> Reported:
        return reported(year, "fixed-date", [meeting(forum, day) for day in days])

    assert of_forum("f", enough, after) == of_forum("g", enough, after) == {}
    assert of_forum("h", soon) == {}
    assert of_forum("f", after, late) == {
        f"f {late}": [("must", "no meeting of the year 14 days before Fair")]
    }
    assert of_forum("g", soon, enough) == {
        f"g {soon}": [("must", "no meeting of the year 14 days after Fair")]
    }
