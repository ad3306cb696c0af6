"""Meetings together with another forum's."""

from __future__ import annotations

from rule_years import YearOf, meeting, reported

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
