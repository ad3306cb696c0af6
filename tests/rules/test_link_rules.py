"""Rules that speak of several meetings: which meeting each finding is told of, and where each rule ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import combinations, product
from typing import Any

import pytest

from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.plans.model import Meeting, Origin, Status
from kultursam.rules import evaluate, prepared_by, shared_members
from kultursam.rules.context import Candidate, Effect, EvaluatedYear, RuleKey, Schedule, overlap

HEAD = """
name: K
language: sv
timezone: Europe/Stockholm
domain: example.org
organisations: {a: {name: A}, b: {name: B}, c: {name: C}}
dates: {fair: {name: Fair, on: 06-15}, past: {name: Past, on: 2024-06-15}}
defaults: {time: 09:00-12:00, cadence: 4 times a year}
forums:
"""
WRITTEN = datetime(2024, 9, 1, tzinfo=UTC)
Weighed = Callable[..., EvaluatedYear]
Found = dict[str, list[tuple[str, str]]]


@pytest.fixture
def evaluated(forum_file: Callable[[str], Register]) -> Weighed:
    """Weigh 2025 for forums of one line each: `name: further keys`."""

    def make(*forums: str) -> EvaluatedYear:
        text = HEAD
        for forum in forums:
            name, _, keys = forum.partition(": ")
            members = "" if "members" in keys else f", members: [{{role: {name}, from: [a]}}]"
            text += f"  {name}: {{name: {name.upper()}{', ' if keys else ''}{keys}{members}}}\n"
        return evaluate.evaluate_year(evaluate.year_context(forum_file(text), 2025))

    return make


def meeting(forum: str, day: str, hours: tuple[int, int] = (9, 12), **keys: Any) -> Meeting:  # noqa: ANN401
    """Make a meeting with forum and day as its id."""
    start, end = map(time, hours)
    return Meeting(
        **{"id": f"{forum} {day}", "number": 1, "start": start, "end": end, **keys},
        forum=forum,
        date=date.fromisoformat(day),
        modified=WRITTEN,
        created=WRITTEN,
    )


def found(
    year: EvaluatedYear, rule: str, meetings: Sequence[Meeting], neighbours: Sequence[Meeting] = ()
) -> Found:
    """Give what a rule has against meetings, by id: strength and sentence."""
    effects = {
        one: [_told(effect) for effect in several if effect.rule == rule]
        for one, several in evaluate.meeting_effects(year, meetings, neighbours).items()
    }
    return {one: several for one, several in effects.items() if several}


def _told(effect: Effect) -> tuple[str, str]:
    return effect.strength, translations("en").gettext(effect.sentence).format(**effect.args)


# --- which rules there are --------------------------------------------------------------------------


def test_a_forum_is_under_its_must_rules_alone(evaluated: Weighed) -> None:
    """Those that should hold, or are preferred, are none; nor is what asks nothing."""
    links = (
        "spacing: {min_days: 30%s}, prepared_by: {forum: o, days_before: 3-9%s}, "
        "together_with: {forum: o%s}, before: [{date: fair, days: 3%s}], after: [{date: fair, days: 4%s}]"
    )
    soft = ", strength: should"
    year = evaluated(
        "o: windows: [{from: 01-01, to: 12-31}]",
        f"must: {links % (('',) * 5)}, time: 13:00-15:00",
        f"soft: {links % ((soft,) * 5)}, time: 13:00-15:00",
        "near: spacing: {min_days: 1}",
        "fixed: cadence: 'RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=4', windows: [{from: 06-01, to: 06-30}]",
    )
    named = {forum: list(evaluate.hard_constraints(year, forum)) for forum in year.slots}
    shared = ("shared-members", ("buffer_minutes",))
    assert named["must"] == [
        ("spacing", ("forums", "must", "spacing")),
        ("prepared-by", ("forums", "must", "prepared_by")),
        ("together-with", ("forums", "must", "together_with")),
        ("fixed-date", ("forums", "must", "before", 0)),
        ("fixed-date", ("forums", "must", "after", 0)),
        shared,
    ]
    assert named["o"] == [
        ("windows", ("forums", "o", "windows")),
        ("spacing", ("forums", "o", "cadence")),
        shared,
    ]
    assert named["soft"] == named["near"] == named["fixed"] == [shared]


def test_findings_are_of_live_meetings_of_the_file(evaluated: Weighed) -> None:
    """Cancelled ones, and those of forums that have left the file, are passed over."""
    year = evaluated("f: spacing: {min_days: 30}")
    live = meeting("f", "2025-03-04")
    gone, cancelled = meeting("gone", "2025-03-04"), meeting("f", "2025-03-05", status=Status.CANCELLED)
    before = meeting("gone", "2024-12-30")
    told = evaluate.meeting_effects(year, [live, gone, cancelled], [before, replace(before, id="another")])
    assert list(told) == [live.id]
    assert not [one for one in told[live.id] if one.rule == "spacing"]


def test_days_are_told_of_the_forums_asked_for(evaluated: Weighed) -> None:
    """What several meetings have to do with each other is told of all."""
    year = evaluated("f: spacing: {min_days: 30}", "g: spacing: {min_days: 30}")
    meetings = [meeting(forum, day) for forum in ("f", "g") for day in ("2025-03-08", "2025-03-09")]
    found = evaluate.meeting_effects(year, meetings, placed={"g"})
    told = {one: {effect.rule for effect in several} for one, several in found.items()}
    assert {one for one, of in told.items() if "weekdays" in of} == {"g 2025-03-08", "g 2025-03-09"}
    assert {one for one, of in told.items() if "spacing" in of} == {"f 2025-03-09", "g 2025-03-09"}


def test_a_rule_between_meetings_that_is_left_out_says_nothing(evaluated: Weighed) -> None:
    """That is how those that cannot hold together are found: each by its id and its place in the file."""
    year = evaluated(
        "o: members: [{role: chief, from: [a]}]",
        "f: members: [{role: chief, from: [a]}], spacing: {min_days: 30}, prepared_by: {forum: o, "
        "days_before: 3-9}, together_with: {forum: o}, before: [{date: fair, days: 300}], time: 13:00-15:00",
    )
    meetings = [meeting("o", "2025-03-04"), meeting("f", "2025-03-04"), meeting("f", "2025-03-05")]

    def broken(year: EvaluatedYear) -> set[RuleKey]:
        effects = [one for several in evaluate.meeting_effects(year, meetings).values() for one in several]
        return {one.key for one in effects if one.strength == "must"}

    every = broken(year)
    assert every == set(evaluate.hard_constraints(year, "f"))
    for key in every:
        context = replace(year.context, ignored=frozenset({key}))
        assert broken(replace(year, context=context)) == every - {key}


# --- spacing ----------------------------------------------------------------------------------------


def test_a_meeting_that_follows_too_soon_is_told(evaluated: Weighed) -> None:
    """Of two the later; so many days as are asked for are enough."""
    year = evaluated("f: spacing: {min_days: 30}", "g: spacing: {min_days: 31, strength: should}")
    for forum, expected in (("f", {}), ("g", {"g 2025-04-02": 1})):
        meetings = [meeting(forum, "2025-04-02"), meeting(forum, "2025-03-03")]
        assert {one: len(told) for one, told in found(year, "spacing", meetings).items()} == expected
    meetings = [meeting("f", "2025-04-01"), meeting("f", "2025-03-03")]
    sentence = "29 days from the forum's meeting on 2025-03-03, but 30 at least are to be kept"
    assert found(year, "spacing", meetings) == {"f 2025-04-01": [("must", sentence)]}


def test_across_new_year_the_meeting_of_the_year_is_told(evaluated: Weighed) -> None:
    """Be it the earlier or the later one; that others' years stand too close is their own trouble."""
    year = evaluated("f: spacing: {min_days: 30}")
    ours = [meeting("f", "2025-01-07"), meeting("f", "2025-12-16")]
    beside = [meeting("f", day) for day in ("2024-12-03", "2024-12-10", "2026-01-06", "2026-01-13")]
    told = found(year, "spacing", ours, beside)
    assert list(told) == ["f 2025-01-07", "f 2025-12-16"]
    assert "on 2024-12-10" in told["f 2025-01-07"][0][1]
    assert "on 2026-01-06" in told["f 2025-12-16"][0][1]


def test_extra_meetings_keep_a_distance_that_is_written(evaluated: Weighed) -> None:
    """Not the one that a number a year implies."""
    year = evaluated("f: spacing: {min_days: 30}", "g: ")
    for forum, expected in (("f", {"f 2025-03-05"}), ("g", set())):
        meetings = [
            meeting(forum, "2025-03-03"),
            meeting(forum, "2025-03-05", origin=Origin.ADDED),
        ]
        assert set(found(year, "spacing", meetings)) == expected


# --- prepared by ------------------------------------------------------------------------------------


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
def test_the_latest_early_enough_prepares(evaluated: Weighed, days: list[str], gap: int | None) -> None:
    """Both ends of the range count, its middle costs nothing; what is nearer than the range prepares none."""
    year = evaluated("p: ", "f: prepared_by: {forum: p, days_before: 4-10}")
    for beside in (0, len(days)):
        preparing = [meeting("p", day) for day in days]
        meetings = [*preparing[beside:], meeting("f", "2025-01-13")]
        told = found(year, "prepared-by", meetings, preparing[:beside]).get("f 2025-01-13")
        if gap is None:
            assert told == [("must", "no meeting of P 4-10 days earlier")]
        elif gap == 7:
            assert told is None
        else:
            assert told == [("prefer", f"{gap} days after P, 7 would be best")]


def test_the_price_of_a_preparation_is_its_square(evaluated: Weighed) -> None:
    """Of the days off the range's middle; it says who prepares what."""
    year = evaluated("p: ", "f: prepared_by: {forum: p, days_before: 4-10}")
    meetings = [meeting("p", "2025-03-03"), meeting("f", "2025-03-13"), meeting("f", "2025-05-06")]
    effects = evaluate.meeting_effects(year, meetings)
    assert [one.points for one in effects["f 2025-03-13"] if one.rule == "prepared-by"] == [9]
    pairs = prepared_by.preparations(year, Schedule.of(2025, meetings))
    assert [(one.id, other.id) for one, other in pairs] == [("p 2025-03-03", "f 2025-03-13")]


# --- together with, fixed dates ---------------------------------------------------------------------


def test_together_is_the_same_day_at_another_time(evaluated: Weighed) -> None:
    """One may begin when the other ends; a should-rule troubles those of the forum that is bound by it."""
    year = evaluated(
        "o: ",
        "f: together_with: {forum: o, strength: should}, time: 12:00-13:00, "
        "members: [{role: f, from: [b, c]}]",
    )
    other = meeting("o", "2025-03-04")
    good = meeting("f", "2025-03-04", (12, 13))
    assert found(year, "together-with", [other, good, meeting("o", "2025-05-06")]) == {}
    assert found(year, "together-with", [good], [other]) == {}
    for bad in (meeting("f", "2025-03-04", (11, 13)), meeting("f", "2025-03-05", (12, 13))):
        assert list(found(year, "together-with", [other, bad])) == [bad.id]
        effects = evaluate.meeting_effects(year, [other, bad])[bad.id]
        assert [one.trouble for one in effects if one.rule == "together-with"] == [2]


def test_one_meeting_before_or_after_a_fixed_date_is_enough(evaluated: Weighed) -> None:
    """So many days are enough; else the nearest is told. A date of another year asks nothing."""
    year = evaluated(
        "f: before: [{date: fair, days: 14}, {date: past, days: 14}]",
        "g: after: [{date: fair, days: 14}]",
        "h: cadence: as needed, after: [{date: fair, days: 14}]",
    )
    enough, late, after, soon = ("2025-06-01", "2025-06-02", "2025-06-29", "2025-06-28")

    def told(forum: str, *days: str) -> Found:
        return found(year, "fixed-date", [meeting(forum, day) for day in days])

    assert told("f", enough, after) == told("g", enough, after) == {}
    assert told("h", soon) == {}
    assert told("f", after, late) == {f"f {late}": [("must", "no meeting of the year 14 days before Fair")]}
    assert told("g", soon, enough) == {f"g {soon}": [("must", "no meeting of the year 14 days after Fair")]}


def test_nothing_is_asked_of_dates_that_others_decide(evaluated: Weighed) -> None:
    """A forum that only reads its dates follows no rule of its own."""
    year = evaluated("e: cadence: external, spacing: {min_days: 30}")
    keys: dict[str, Any] = {"origin": Origin.EXTERNAL, "status": Status.CONFIRMED}
    meetings = [meeting("e", "2025-03-04", **keys), meeting("e", "2025-03-05", **keys)]
    assert found(year, "spacing", meetings) == {}


# --- shared members, crowded weeks ------------------------------------------------------------------

CHIEF = "members: [{role: chief, from: [a, b]}]"


def test_members_have_time_to_travel(evaluated: Weighed) -> None:
    """Thirty minutes, unless one of the two forums asks for more or less: the larger counts."""
    year = evaluated(f"f: {CHIEF}", f"g: {CHIEF}", f"h: {CHIEF}, buffer_minutes: 60", "i: buffer_minutes: 0")
    for one, other, minutes in (("f", "g", 30), ("f", "h", 60), ("h", "g", 60)):
        for gap, expected in ((minutes, 0), (minutes - 1, 1)):
            first = meeting(one, "2025-03-04")
            hour, minute = divmod(12 * 60 + gap, 60)
            second = meeting(other, "2025-03-04", start=time(hour, minute), end=time(hour + 1, minute))
            assert len(found(year, "shared-members", [first, second])) == expected, (one, other, gap)
            assert len(found(year, "shared-members", [second, first])) == expected, (one, other, gap)
    assert not found(year, "shared-members", [meeting("f", "2025-03-04"), meeting("i", "2025-03-04")])
    assert not found(year, "shared-members", [meeting("f", "2025-03-04"), meeting("g", "2025-03-05")])


def test_spans_that_touch_do_not_overlap() -> None:
    """To the minute, over the hour too, and with the buffer on either side."""
    for first, second, buffer, expected in (
        ((9, 0, 11, 45), (11, 45, 12, 0), 0, False),
        ((9, 0, 11, 45), (11, 44, 12, 0), 0, True),
        ((9, 0, 11, 45), (12, 15, 13, 0), 30, False),
        ((9, 0, 11, 45), (12, 14, 13, 0), 30, True),
        ((9, 0, 17, 0), (10, 0, 11, 0), 0, True),
    ):
        spans = [(time(*one[:2]), time(*one[2:])) for one in (first, second)]
        assert overlap(*spans[0], *spans[1], buffer) == expected
        assert overlap(*spans[1], *spans[0], buffer) == expected


def test_exactly_what_clashes_is_held_apart() -> None:
    """Of four meetings of one day: each two that clash, no two that do not, and none from itself."""
    day = date(2025, 3, 4)
    hours = [(time(8), time(9)), (time(8, 30), time(12)), (time(9), time(10)), (time(10, 30), time(13))]

    def clashes(one: shared_members.Span, other: shared_members.Span) -> bool:
        buffer = 120 if "f3" in {one.forum, other.forum} else 0
        return overlap(one.start, one.end, other.start, other.end, buffer)

    for spans in product(hours, repeat=4):
        choices = [
            Candidate(place, f"f{place}", day, *span, slot=0, fixed=False) for place, span in enumerate(spans)
        ]
        cliques = [[one.column for one in some] for some in shared_members._cliques(clashes, choices)]
        assert all(len(set(some)) == len(some) for some in cliques)
        apart = {frozenset(pair) for some in cliques for pair in combinations(some, 2)}
        expected = {
            frozenset((one.column, other.column))
            for one, other in combinations(choices, 2)
            if clashes(*(shared_members.Span(it.forum, it.start, it.end) for it in (one, other)))
        }
        assert apart == expected, spans


def test_of_two_that_clash_the_one_that_can_be_planned_is_told(evaluated: Weighed) -> None:
    """Not the one of another body or another year; it says who is called to what, and when."""
    both = CHIEF.replace("}]", "}, {role: %s, from: [a]}]")
    year = evaluated(f"e: cadence: external, {both % 'aide'}", f"f: {both % 'board'}", f"g: {CHIEF}")
    outside = meeting("e", "2025-03-04", (10, 11), origin=Origin.EXTERNAL, status=Status.CONFIRMED)
    ours, other = meeting("f", "2025-03-04"), meeting("g", "2025-03-04", (8, 10))
    expected = {ours.id: [("must", "chief, A is at E 10:00–11:00 that day")]}
    assert found(year, "shared-members", [outside, ours]) == expected
    assert found(year, "shared-members", [ours, outside]) == expected
    early = meeting("g", "2025-03-04", (7, 8))
    assert found(year, "shared-members", [early, ours, outside]) == expected
    for neighbour, mine in ((ours, other), (other, ours)):
        assert list(found(year, "shared-members", [mine], [neighbour])) == [mine.id]
    assert found(year, "shared-members", [], [ours, other]) == {}


def test_the_further_meetings_of_a_week_are_told(evaluated: Weighed) -> None:
    """From the second in the order of time, for so many organisations as have one before it that week."""
    year = evaluated(f"f: {CHIEF}", "g: members: [{role: g, from: [b, c]}]", "h: ")
    late, early = meeting("f", "2025-03-04", (13, 15)), meeting("g", "2025-03-04")
    third = meeting("f", "2025-03-07")
    told = found(year, "crowded-weeks", [third, late, early, meeting("h", "2025-03-10")])
    words = "organisations with another meeting that week: {}".format
    assert told == {late.id: [("prefer", words(1))], third.id: [("prefer", words(2))]}
    effects = evaluate.meeting_effects(year, [late, early, third])
    assert [one.points for one in effects[third.id] if one.rule == "crowded-weeks"] == [2]
