"""Answers to polls: a no counts as trouble, a maybe as points, and only for whom and when they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from itertools import starmap

import pytest
from rule_years import ContextOf, by_day, sentence

from kultursam.dates.wishes import Wish
from kultursam.forumfile.values import TimeSpan
from kultursam.rules import wishes
from kultursam.rules.context import PREFER_POINTS, Effect

FORUMS = """
forums:
  one:
    name: One
    cadence: twice a year
    members: [{role: chef, from: [ab]}, {role: guest, from: [c], optional: true}]
    wishes: [{file: answers.csv}]
  two: {name: Two, cadence: monthly, members: [{role: chef, from: [c]}]}
"""


def effects(
    context_of: ContextOf, *answers: tuple[int, str, bool], forum: str = "one", **keys: str
) -> dict[str, Effect]:
    """Return what answers mean for a forum, by day: of a day in March, who, and whether it is no."""
    found = tuple(Wish(date(2026, 3, day), who, no) for day, who, no in answers)
    context = replace(context_of(forums=FORUMS, **keys), wishes={"answers.csv": found})
    return by_day(wishes.effects(context, forum))


def test_a_no_is_trouble_for_each_who_says_it(context_of: ContextOf) -> None:
    """A maybe costs points; who is optional, or no member, troubles nobody; of two answers the no counts."""
    found = effects(
        context_of,
        *((3, "a", True), (3, "b", True), (4, "a", False), (5, "c", True), (6, "a", False), (6, "a", True)),
    )
    assert {day: (one.strength, one.trouble, one.points) for day, one in found.items()} == {
        "03-03": ("should", 2, 0),
        "03-04": ("prefer", 0, PREFER_POINTS),
        "03-05": ("prefer", 0, PREFER_POINTS),
        "03-06": ("should", 1, 0),
    }
    assert sentence(found["03-03"]) == "A, B cannot, by the poll"
    assert sentence(found["03-04"]) == "A would rather not"
    assert found["03-03"].origin == ("forums", "one", "wishes", 0)
    assert effects(context_of, (3, "c", True), forum="two") == {}


def test_who_takes_no_part_has_no_say(context_of: ContextOf) -> None:
    """An organisation counts from the day on which it joins."""
    bodies = "{a: {name: A, active: {from: 2026-03-05}}, b: {name: B}, c: {name: C}}"
    found = effects(context_of, *((day, "a", True) for day in (4, 5)), organisations=bodies)
    assert [*found] == ["03-05"]


def test_an_answer_of_another_hour_says_nothing(context_of: ContextOf) -> None:
    """The forum meets from 9 to 12; an hour without an end is one that lies within."""
    hours = {
        (8, 9): False,
        (8, 10): True,
        (11, 13): True,
        (12, 13): False,
        (9, None): True,
        (12, None): False,
    }
    for (start, end), counts in hours.items():
        wish = Wish(date(2026, 3, 3), "a", cannot=True, start=time(start), end=time(end) if end else None)
        context = replace(context_of(forums=FORUMS), wishes={"answers.csv": (wish,)})
        assert bool([*wishes.effects(context, "one")]) is counts, (start, end)


@pytest.mark.parametrize(
    ("start", "end", "counts"),
    [(20, 22, False), (21, 23, True), (23, None, True), (23, 1, True), (21, 3, True), (20, None, False)],
)
def test_a_meeting_goes_on_after_midnight(start: int, end: int | None, *, counts: bool) -> None:
    """It is held from 22 to 1, and an answer may be of hours that end the next day."""
    wish = Wish(date(2026, 3, 3), "a", cannot=True, start=time(start), end=None if end is None else time(end))
    assert wish.concerns(TimeSpan(time(22), time(1))) is counts


def test_of_several_polls_each_organisation_counts_once(context_of: ContextOf) -> None:
    """Its no counts before its maybe, in the poll that has it first."""
    forums = FORUMS.replace("{file: answers.csv}", "{file: answers.csv}, {file: more.csv}")
    first = [Wish(date(2026, 3, 3), "a", cannot=False), Wish(date(2026, 3, 3), "b", cannot=True)]
    second = [Wish(date(2026, 3, 3), who, cannot=True) for who in ("a", "b")]
    polls = {"answers.csv": first, "more.csv": second}
    context = replace(context_of(forums=forums), wishes=polls)
    found = [(one.origin[-1], one.trouble, sentence(one)) for _, one in wishes.effects(context, "one")]
    assert found == [(0, 1, "B cannot, by the poll"), (1, 1, "A cannot, by the poll")]


def test_two_answers_of_one_day_are_told_in_one_sentence(context_of: ContextOf) -> None:
    """A no of one and a maybe of another are two rules broken, each told once."""
    answers = [(3, "a", True), (3, "b", False)]
    found = tuple(starmap(lambda day, who, no: Wish(date(2026, 3, day), who, no), answers))
    context = replace(context_of(forums=FORUMS), wishes={"answers.csv": found})
    told = [(one.strength, sentence(one)) for _, one in wishes.effects(context, "one")]
    assert told == [("should", "A cannot, by the poll"), ("prefer", "B would rather not")]
