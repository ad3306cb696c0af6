"""Shared members: no overlap, and time to travel."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from itertools import combinations, product

from rule_years import YearOf, meeting, reported

from kultursam.planner.solver import solve
from kultursam.plans.model import Origin, Status
from kultursam.rules import evaluate, shared_members
from kultursam.rules.context import PREFER_POINTS, Candidate, Hours, Model, overlap, sittings_of

CHIEF = "members: [{role: chief, from: [a, b]}]"


def test_members_have_time_to_travel(year_of: YearOf) -> None:
    """Thirty minutes, unless one of the two forums asks for more or less: the larger counts."""
    year = year_of(f"f: {CHIEF}", f"g: {CHIEF}", f"h: {CHIEF}, buffer_minutes: 60", "i: buffer_minutes: 0")
    for one, other, minutes in (("f", "g", 30), ("f", "h", 60), ("h", "g", 60)):
        for gap, expected in ((minutes, 0), (minutes - 1, 1)):
            first = meeting(one, "2025-03-04")
            hour, minute = divmod(12 * 60 + gap, 60)
            second = meeting(other, "2025-03-04", start=time(hour, minute), end=time(hour + 1, minute))
            assert len(reported(year, "shared-members", [first, second])) == expected, (one, other, gap)
            assert len(reported(year, "shared-members", [second, first])) == expected, (one, other, gap)
    assert not reported(year, "shared-members", [meeting("f", "2025-03-04"), meeting("i", "2025-03-04")])
    assert not reported(year, "shared-members", [meeting("f", "2025-03-04"), meeting("g", "2025-03-05")])


def test_spans_that_touch_do_not_overlap() -> None:
    """To the minute, over the hour too, and with the buffer on either side."""
    for first, second, buffer, expected in (
        ((9, 0, 11, 45), (11, 45, 12, 0), 0, False),
        ((9, 0, 11, 45), (11, 44, 12, 0), 0, True),
        ((9, 0, 11, 45), (12, 15, 13, 0), 30, False),
        ((9, 0, 11, 45), (12, 14, 13, 0), 30, True),
        ((9, 0, 17, 0), (10, 0, 11, 0), 0, True),
    ):
        one, other = (
            Hours("f", 60 * hours[0] + hours[1], 60 * hours[2] + hours[3]) for hours in (first, second)
        )
        assert overlap(one, other, buffer) == expected
        assert overlap(other, one, buffer) == expected


def test_exactly_what_clashes_is_held_apart() -> None:
    """Of four candidates of one day: each two that clash, and no two that do not."""
    day = date(2025, 3, 4)
    hours = [(time(8), time(9)), (time(8, 30), time(12)), (time(9), time(10)), (time(10, 30), time(13))]

    def clashes(one: Hours, other: Hours) -> bool:
        buffer = 120 if "f3" in {one.forum, other.forum} else 0
        return overlap(one, other, buffer)

    for spans in product(hours, repeat=4):
        candidates = [
            Candidate(place, f"f{place}", day, *span, slot=0, fixed=False) for place, span in enumerate(spans)
        ]
        taken = [(hours, x) for x in candidates for _, hours in sittings_of(x, "UTC")]
        cliques = [[x.column for x in clique] for clique in shared_members._cliques(clashes, taken, {}, ())]
        assert all(len(set(clique)) == len(clique) for clique in cliques)
        apart = {frozenset(pair) for clique in cliques for pair in combinations(clique, 2)}
        expected = {
            frozenset((one.column, other.column))
            for one, other in combinations(candidates, 2)
            if clashes(*(sittings_of(x, "UTC")[0][1] for x in (one, other)))
        }
        assert apart == expected, spans


def test_of_two_clashing_meetings_the_planned_one_is_reported(year_of: YearOf) -> None:
    """Not the one of another body or another year; it says who is called to what, and when."""
    both = CHIEF.replace("}]", "}, {role: %s, from: [a]}]")
    year = year_of(f"e: cadence: external, {both % 'aide'}", f"f: {both % 'board'}", f"g: {CHIEF}")
    outside = meeting("e", "2025-03-04", (10, 11), origin=Origin.EXTERNAL, status=Status.CONFIRMED)
    ours, other = meeting("f", "2025-03-04"), meeting("g", "2025-03-04", (8, 10))
    expected = {ours.id: [("must", "chief, A is at E 10:00–11:00 that day")]}
    assert reported(year, "shared-members", [outside, ours]) == expected
    assert reported(year, "shared-members", [ours, outside]) == expected
    early = meeting("g", "2025-03-04", (7, 8))
    assert reported(year, "shared-members", [early, ours, outside]) == expected
    for neighbour, mine in ((ours, other), (other, ours)):
        assert list(reported(year, "shared-members", [mine], [neighbour])) == [mine.id]
    assert reported(year, "shared-members", [], [ours, other]) == {}


def test_a_clash_of_optional_members_is_weighed(year_of: YearOf) -> None:
    """Optional in either forum is enough, unless they share somebody else who must come."""
    guest, both = "{role: guest, from: [a], optional: true}", "{role: guest, from: [a]}"
    year = year_of(
        f"f: members: [{guest}]",
        f"g: members: [{both}]",
        f"h: members: [{both}, {{role: chief, from: [b]}}]",
        f"i: members: [{guest}, {{role: chief, from: [b]}}]",
    )
    for one, other, strength, member in (
        ("f", "g", "prefer", "guest, A"),
        ("f", "h", "prefer", "guest, A"),
        ("g", "h", "must", "guest, A"),
        ("g", "i", "prefer", "guest, A"),
        ("h", "i", "must", "chief, B"),
    ):
        meetings = [meeting(forum, "2025-03-04") for forum in (one, other)]
        ((found,),) = reported(year, "shared-members", meetings).values()
        assert found == (strength, f"{member} is at {one.upper()} 09:00–12:00 that day")
        assert shared_members.exclude(year, *meetings, always=True) == (strength == "must")
    assert ("f", "g", "h", "i") in shared_members.couplings(year)


def test_optional_members_still_come_to_one_meeting_of_their_forum(year_of: YearOf) -> None:
    """A forum never overlaps itself, though nobody in it must come."""
    year = year_of("f: members: [{role: guest, from: [a], optional: true}]")
    first, second = meeting("f", "2025-03-04"), meeting("f", "2025-03-04", id="other")
    ((found,),) = reported(year, "shared-members", [first, second]).values()
    assert found[0] == "must"


def test_a_member_is_shared_while_its_organisation_takes_part(year_of: YearOf) -> None:
    """Whoever has left can't be double-booked; others who are in both forums still can."""
    lives = "{a: {name: A, active: {to: 2025-03-04}}, b: {name: B}, c: {name: C}}"
    only_a, both = "members: [{role: chief, from: [a, c]}]", "members: [{role: chief, from: [a, b]}]"
    year = year_of(f"f: {only_a}", f"g: {both}", f"h: {both}", organisations=lives)
    for one, day, number in (("f", "03-04", 1), ("f", "03-05", 0), ("h", "03-04", 1), ("h", "03-05", 1)):
        pair = [meeting(one, f"2025-{day}"), meeting("g", f"2025-{day}")]
        assert len(reported(year, "shared-members", pair)) == number, (one, day)


def test_meetings_of_one_day_that_meet_alike_are_told_once_each(year_of: YearOf) -> None:
    """A plan with hundreds on one day tells each what it clashes with, and not each pair."""
    year = year_of(f"f: {CHIEF}", f"g: {CHIEF}")
    alike = [replace(meeting("f", "2025-03-04"), id=f"f{number}") for number in range(5)]
    later = meeting("g", "2025-03-04", (10, 13))
    found = reported(year, "shared-members", [*alike, later])
    assert {key: len(sentences) for key, sentences in found.items()} == {
        **{one.id: 1 for one in alike[1:]},
        later.id: 1,
    }


def test_only_the_days_asked_for_are_compared(year_of: YearOf) -> None:
    """What the meetings of another day have against each other is left out."""
    year = year_of(f"f: {CHIEF}", f"g: {CHIEF}")
    days = "2025-03-04", "2025-03-05"
    meetings = [meeting(forum, day) for day in days for forum in ("f", "g")]
    for compared, expected in ((None, [*days]), ({date(2025, 3, 5)}, [days[1]])):
        effects = evaluate.meeting_effects(year, meetings, compared=compared)
        rules = {key: [one.rule for one in several] for key, several in effects.items()}
        clashing = [key for key, ids in rules.items() if "shared-members" in ids]
        assert clashing == [f"g {day}" for day in expected]


def test_each_pair_of_clashing_meetings_costs_though_halves_of_them_stand(year_of: YearOf) -> None:
    """Three forums on one day are three pairs, and a relaxation pays for halves of five on two days."""
    guest = "members: [{role: guest, from: [a], optional: true}]"
    names = "fghij"
    year = year_of(*(f"{name}: {guest}" for name in names))
    days = date(2025, 3, 4), date(2025, 3, 5)
    for together, clashes in ((2, 1), (3, 3), (5, 10)):
        model = Model()
        for name in names[:together]:
            model.add(
                replace(year.context.meeting_on(name, days[0]), column=model.binary((0, 0, 0, 0)), slot=0)
            )
        shared_members.add_constraints(year, model)
        model.row([(column, 1.0) for column in range(together)], lower=together)
        solution = solve(model, [costs[3] for costs in model.costs], relaxed=True)
        assert solution is not None
        assert round(solution.cost) == PREFER_POINTS * clashes
    model = Model()
    for name in names:
        columns = [model.binary((0, 0, 0, 0)) for _ in days]
        for day, column in zip(days, columns, strict=True):
            model.add(replace(year.context.meeting_on(name, day), column=column, slot=0))
        model.row([(column, 1.0) for column in columns], lower=1, upper=1)
    shared_members.add_constraints(year, model)
    solution = solve(model, [costs[3] for costs in model.costs], relaxed=True)
    assert solution is not None
    assert solution.lower_bound == 4 * PREFER_POINTS  # two on one day, three on the other
