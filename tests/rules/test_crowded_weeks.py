"""Crowded weeks: an organisation's further meetings of a week."""

from __future__ import annotations

from rule_years import YearOf, meeting, reported

from kultursam.rules.evaluate import meeting_effects

CHIEF = "members: [{role: chief, from: [a, b]}]"


def test_the_further_meetings_of_a_week_are_reported(year_of: YearOf) -> None:
    """From the second in the order of time, for so many organisations as have one before it that week."""
    year = year_of(f"f: {CHIEF}", "g: members: [{role: g, from: [b, c]}]", "h: ")
    late, early = meeting("f", "2025-03-04", (13, 15)), meeting("g", "2025-03-04")
    third = meeting("f", "2025-03-07")
    effects = reported(year, "crowded-weeks", [third, late, early, meeting("h", "2025-03-10")])
    words = "organisations with another meeting that week: {}".format
    assert effects == {late.id: [("prefer", words(1))], third.id: [("prefer", words(2))]}
    of_third = meeting_effects(year, [late, early, third])[third.id]
    assert [effect.points for effect in of_third if effect.rule == "crowded-weeks"] == [2]


def test_an_organisation_counts_while_it_takes_part(year_of: YearOf) -> None:
    """In the week in which it leaves, the meeting after that is none of its own."""
    lives = "{a: {name: A}, b: {name: B, active: {to: 2025-03-05}}, c: {name: C}}"
    year = year_of(f"f: {CHIEF}", f"g: {CHIEF}", organisations=lives)
    first = meeting("f", "2025-03-04")
    both, one = meeting("g", "2025-03-05"), meeting("g", "2025-03-06")
    words = "organisations with another meeting that week: {}".format
    assert reported(year, "crowded-weeks", [first, both]) == {both.id: [("prefer", words(2))]}
    assert reported(year, "crowded-weeks", [first, one]) == {one.id: [("prefer", words(1))]}
