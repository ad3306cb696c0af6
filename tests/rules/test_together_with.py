"""Meetings together with another forum's."""

from __future__ import annotations

from datetime import time

from rule_years import YearOf, meeting, reported

from kultursam.forumfile.values import TimeSpan
from kultursam.rules.evaluate import meeting_effects


def test_together_is_the_same_day_at_another_time(year_of: YearOf) -> None:
    """One may begin when the other ends; should counts the organisations of the forum with the link."""
    year = year_of(
        "o: ",
        "f: together_with: {forum: o, strength: should}, time: 12:00-13:00, "
        "members: [{role: f, from: [b, c]}]",
    )
    other = meeting("o", "2025-03-04")
    good = meeting("f", "2025-03-04", (12, 13))
    assert reported(year, "together-with", [other, good, meeting("o", "2025-05-06")]) == {}
    assert reported(year, "together-with", [good], [other]) == {}
    for bad in (meeting("f", "2025-03-04", (11, 13)), meeting("f", "2025-03-05", (12, 13))):
        assert list(reported(year, "together-with", [other, bad])) == [bad.id]
        effects = meeting_effects(year, [other, bad])[bad.id]
        assert [effect.trouble for effect in effects if effect.rule == "together-with"] == [2]


def test_of_several_days_one_in_common_is_enough(year_of: YearOf) -> None:
    """A lunch on the last day of a conference, a conference that begins with it, but no hour of it."""
    year = year_of("o: ", "f: together_with: {forum: o}, time: 12:00-13:00")
    both = {"days": 3, "last_day": TimeSpan(time(9), time(13))}
    conference = meeting("o", "2025-03-04", (9, 12), **both)
    for day in ("2025-03-04", "2025-03-05"):
        assert reported(year, "together-with", [conference, meeting("f", day, (12, 13))]) == {}
    for day in ("2025-03-03", "2025-03-06", "2025-03-07"):
        alone = meeting("f", day, (12, 13))
        assert list(reported(year, "together-with", [conference, alone])) == [alone.id]
    for day, fits in (("2025-03-02", True), ("2025-03-04", True), ("2025-03-05", False)):
        long = meeting("f", day, (12, 13), days=3)
        other = meeting("o", "2025-03-04")
        assert (reported(year, "together-with", [other, long]) == {}) == fits
