"""Hosts take turns: fairly over the years, in the order listed, and never while they are away."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import permutations
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from planner_instances import register_of
from project_folder import EXAMPLE, SMALL, Folder

from kultursam.planner import Situation, hosts, plan_year
from kultursam.plans.model import Meeting, Status
from kultursam.rules import evaluate
from kultursam.rules.context import EvaluatedYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from kultursam.plans.model import Plan

TODAY = "2024-09-15"
WRITTEN = datetime(2024, 9, 15, tzinfo=UTC)
MUNICIPALITIES = ("hylte", "halmstad", "laholm", "falkenberg", "varberg", "kungsbacka")
ORGANISATIONS = "abcdef"
TURNS = """
name: Turns
timezone: Europe/Stockholm
domain: turns.example
organisations:
  {{a: {{name: A}}, b: {{name: B}}, c: {{name: C}}, d: {{name: D}}, e: {{name: E}}, f: {{name: F}}}}
calendar:
  country: SE
  periods: {periods}
forums:
  circle:
    name: Circle
    cadence: weekly
    members: [{{role: chief, from: [a, b, c, d, e, f]}}]
    time: 09:00-12:00
    host: {{rotate: {rotation}}}
"""
PLAIN = " {name: Other, cadence: weekly, members: [{role: chief, from: [a]}], time: '13:00-14:00'}\n"


@lru_cache
def years_of(text: str, first: int, number: int) -> list[Plan]:
    """Plan years one after the other, each with those before it known."""
    register = register_of(text)
    plans: list[Plan] = []
    for offset in range(number):
        situation = Situation(register, first + offset, WRITTEN.date(), WRITTEN, others=tuple(plans))
        plans.append(plan_year(situation))
    return plans


def hosts_of(plans: Iterable[Plan], forum: str) -> list[str | None]:
    """Return the hosts of a forum's meetings in the order of time."""
    return [one.host for plan in plans for one in plan.chronological() if one.forum == forum]


def check_fair(turns: Sequence[str | None], rotation: Sequence[str]) -> None:
    """Check that at no time two hosts differ by more than one meeting."""
    counts = dict.fromkeys(rotation, 0)
    for host in turns:
        assert host is not None
        counts[host] += 1
        assert max(counts.values()) - min(counts.values()) <= 1, turns


def meetings_on(days: Iterable[date]) -> list[Meeting]:
    """Return meetings of the circle without hosts."""
    return [
        Meeting(
            id=f"circle-2025-{number}", forum="circle", number=number, date=day, start=time(9), end=time(12),
            modified=WRITTEN, created=WRITTEN,
        )
        for number, day in enumerate(days, start=1)
    ]  # fmt: skip


def assigned(text: str, days: Iterable[date]) -> list[str | None]:
    """Return the hosts of meetings on some days of 2025, in the order of time."""
    context = evaluate.year_context(register_of(text), 2025)
    found = hosts.assign(EvaluatedYear(context, {}, {}), meetings_on(days), ())
    return [one.host for one in sorted(found, key=lambda one: one.date)]


def test_six_years_give_each_municipality_two_of_twelve() -> None:
    """Over six years each of six municipalities has two political meetings, and is never one ahead."""
    turns = hosts_of(years_of(EXAMPLE, 2025, 6), "kulturpolitiskt-samverkansmote")
    assert Counter(turns) == dict.fromkeys(MUNICIPALITIES, 2)
    check_fair(turns, MUNICIPALITIES)


def test_turns_go_in_the_order_listed_over_new_year() -> None:
    """The group is written out in its order, and the year after carries on where the one before ended."""
    turns = hosts_of(years_of(EXAMPLE, 2025, 6), "kulturpolitiskt-samverkansmote")
    assert turns == [*MUNICIPALITIES, *MUNICIPALITIES]


def test_host_who_is_away_gives_way() -> None:
    """A municipality away on the day leaves its turn to the next, and has it the time after."""
    plan = years_of(EXAMPLE, 2025, 1)[0]
    first = next(one.date for one in plan.meetings if one.host == "hylte")
    period = f"    - {{name: Flytt, from: {first}, to: {first}, strength: prefer, for: [hylte]}}\n"
    text = EXAMPLE.replace("  busy: []", f"{period}  busy: []")
    turns = hosts_of(years_of(text, 2025, 3), "kulturpolitiskt-samverkansmote")
    assert turns[:2] == ["halmstad", "laholm"]
    assert Counter(turns) == dict.fromkeys(MUNICIPALITIES, 1)


DAYS = st.integers(0, 363).map(lambda number: date(2025, 1, 1) + timedelta(days=number))


@st.composite
def circles(draw: st.DrawFn) -> tuple[str, list[str], list[date], bool]:
    """Draw a file with a rotation, the rotation, days of meetings, and whether somebody is ever away."""
    rotation = draw(st.permutations(ORGANISATIONS).map(lambda all_: all_[: draw(st.integers(1, 6))]))
    periods = [
        f"{{name: Away, from: {first:%m-%d}, to: {first:%m-%d}, for: [{who}], strength: should}}"
        for first in draw(st.lists(DAYS, max_size=12))
        for who in draw(st.lists(st.sampled_from(ORGANISATIONS), min_size=1, max_size=3, unique=True))
    ]
    text = TURNS.format(periods=f"[{', '.join(periods)}]", rotation=f"[{', '.join(rotation)}]")
    return text, [*rotation], sorted(draw(st.sets(DAYS, max_size=20))), bool(periods)


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(circles())
def test_no_two_hosts_ever_differ_by_more_than_one(circle: tuple[str, list[str], list[date], bool]) -> None:
    """Whoever is away when, no host ever has two meetings more; if nobody is, turns go in order."""
    text, rotation, days, somebody_away = circle
    turns = assigned(text, days)
    check_fair(turns, rotation)
    if not somebody_away:
        assert turns == [rotation[number % len(rotation)] for number in range(len(days))]


def test_somebody_is_host_though_all_are_away() -> None:
    """Where everyone whose turn it could be is away, the next in turn is host."""
    periods = "[{name: Away, from: 03-04, to: 03-04, for: [a, b]}]"
    text = TURNS.format(periods=periods, rotation="[a, b]")
    assert assigned(text, [date(2025, 3, 4), date(2025, 4, 1)]) == ["a", "b"]


def test_period_of_a_role_or_forum_keeps_nobody_from_hosting() -> None:
    """Only a period for the organisation itself means that it is away as a host."""
    periods = (
        "[{name: Role, from: 03-04, to: 03-04, for: [a], for_roles: [chief]}, "
        "{name: Forum, from: 03-04, to: 03-04, for: [a], for_forums: [circle]}, "
        "{name: All, from: 03-04, to: 03-04}]"
    )
    assert assigned(TURNS.format(periods=periods, rotation="[a, b]"), [date(2025, 3, 4)]) == ["a"]


def test_hosts_chosen_by_people_count() -> None:
    """Meetings that have a host keep it, and the others make up for it; one from outside takes no turn."""
    text = TURNS.format(periods="[]", rotation="[a, b, c]")
    days = [date(2025, month, 4) for month in (2, 3, 4, 9)]
    one, two, three, four = meetings_on(days)
    context = evaluate.year_context(register_of(text), 2025)
    known = [replace(one, host="b"), replace(two, host="f"), three, four]
    found = hosts.assign(EvaluatedYear(context, {}, {}), known, ())
    assert [meeting.host for meeting in found] == ["b", "f", "c", "a"]


def test_turns_go_in_the_order_of_time() -> None:
    """Whatever order meetings stand in, here and in other years; what comes later is no turn before."""
    text = TURNS.format(periods="[]", rotation="[a, b, c]").replace(
        "  circle:\n", f"  other:{PLAIN}  circle:\n"
    )
    one, two, three, four = meetings_on(date(2025, month, 4) for month in (2, 3, 4, 9))
    beside = [
        replace(one, id=f"circle-{day}", date=day, host=host)
        for day, host in (
            (date(2026, 1, 7), "c"),
            (date(2024, 11, 5), "b"),
            (date(2024, 9, 3), "a"),
        )
    ]
    year = EvaluatedYear(evaluate.year_context(register_of(text), 2025), {}, {})
    for several in permutations([one, two, three, four]):
        for others in permutations(beside):
            found = {meeting.id: meeting.host for meeting in hosts.assign(year, several, others)}
            assert [found[it.id] for it in (one, two, three, four)] == ["c", "a", "b", "c"]


def test_cancelled_and_past_meetings_are_given_no_host() -> None:
    """A cancelled meeting takes nobody's turn, nor does one that was held without a host."""
    text = TURNS.format(periods="[]", rotation="[a, b, c]")
    one, two, three = meetings_on(date(2025, month, 4) for month in (2, 3, 4))
    context = evaluate.year_context(register_of(text), 2025)
    known = [one, replace(two, status=Status.CANCELLED), three]
    found = hosts.assign(EvaluatedYear(context, {}, {}), known, (), over={one.id})
    assert [meeting.host for meeting in found] == [None, None, "a"]


# --- the command line ---


def test_host_stays_with_its_meeting(tmp_path: Path) -> None:
    """Planning again changes no host, nor does a move; a host that people choose counts in later years."""
    folder = Folder(tmp_path, SMALL)
    folder.fine("plan", "2025", "2026", "--today", TODAY)
    before = {key: one["host"] for year in (2025, 2026) for key, one in folder.meetings(year).items()}
    assert list(before.values()) == ["hylte", "laholm", "hylte", "laholm"]
    folder.fine("move", "natverk-2025-1", "2025-05-06", "--today", TODAY)
    folder.fine("plan", "2026", "2025", "--today", TODAY)
    after = {key: one["host"] for year in (2025, 2026) for key, one in folder.meetings(year).items()}
    assert after == before
    folder.fine("move", "natverk-2025-1", "2025-05-06", "--host", "laholm", "--today", TODAY)
    folder.fine("plan", "2025", "2027", "--today", TODAY)
    assert folder.meetings(2025)["natverk-2025-1"]["host"] == "laholm"
    assert [one["host"] for one in folder.meetings(2027).values()] == ["hylte", "hylte"]


def test_host_that_leaves_the_rotation_is_replaced(tmp_path: Path) -> None:
    """A proposed meeting whose host takes turns no more gets another; a confirmed one keeps its host."""
    folder = Folder(tmp_path, SMALL)
    folder.fine("plan", "2025", "--today", TODAY)
    folder.fine("confirm", "natverk-2025-2", "--today", TODAY)
    folder.edit("host: {rotate: [hylte, laholm]}", "host: hylte")
    folder.fine("plan", "2025", "--today", "2024-10-01")
    assert [one["host"] for one in folder.meetings(2025).values()] == ["hylte", "laholm"]
    folder.edit("host: hylte", "host: {rotate: [laholm]}")
    folder.fine("plan", "2025", "--today", "2024-10-02")
    meetings = folder.meetings(2025)
    assert [one["host"] for one in meetings.values()] == ["laholm", "laholm"]
    assert [one["sequence"] for one in meetings.values()] == [0, 0]
    assert folder.plan(2025).count("modified: 2024-10-02") == 1


def test_host_and_place_are_shown_and_exported(tmp_path: Path) -> None:
    """Host and place stand in the table, in the calendar and in the data for programs."""
    folder = Folder(tmp_path, SMALL.replace("host: {rotate", "place: Stadshuset\n    host: {rotate"))
    run = folder.fine("plan", "2025", "--today", TODAY)
    assert all(word in run.out for word in ("Hylte", "Laholm", "Stadshuset"))
    calendar = (tmp_path / "calendars" / "2025" / "natverk.ics").read_bytes().decode().replace("\r\n ", "")
    assert "LOCATION:Stadshuset" in calendar
    assert "Hylte" in calendar
    assert {one["place"] for one in folder.meetings(2025).values()} == {"Stadshuset"}
    unknown = folder.run("move", "natverk-2025-1", "2025-05-06", "--host", "hyllte", "--today", TODAY)
    assert (unknown.code, "menade du" in unknown.err) == (1, True)


# --- organisations for a time ---


def with_lives(text: str, **lives: str) -> str:
    """Return the file with organisations that take part for a time only."""
    for key, life in lives.items():
        name = f"{key}: {{name: {key.upper()}"
        assert f"{name}}}" in text
        text = text.replace(f"{name}}}", f"{name}, active: {life}}}")
    return text


LIVES = st.dictionaries(
    st.sampled_from(ORGANISATIONS[1:]),
    st.sampled_from(
        ["{from: 2025-04-01}", "{from: 2026-02-10}", "{to: 2025-09-30}", "{from: 2025-06-01, to: 2026-03-31}"]
    ),
    max_size=4,
)


@settings(deadline=None, max_examples=12, derandomize=True, database=None)
@given(LIVES)
def test_who_takes_part_hosts_in_turn(lives: dict[str, str]) -> None:
    """Nobody hosts before joining or after leaving; of those present no two drift apart.

    What two hosted is counted on the days on which both take part, from when the later of them joined.
    """
    text = with_lives(TURNS.format(periods="[]", rotation="[a, b, c, d, e, f]"), **lives)
    register = register_of(text)
    held = [
        (one.date, str(one.host))
        for plan in years_of(text, 2025, 2)
        for one in plan.chronological()
        if one.forum == "circle"
    ]
    assert len(held) > 90
    for day, host in held:
        assert register.takes_part(host, day), (day, host)
    for one, other in permutations(ORGANISATIONS, 2):
        apart = 0
        for day, host in held:
            if register.takes_part(one, day) and register.takes_part(other, day):
                apart += (host == one) - (host == other)
                assert abs(apart) <= 2, (day, one, other)


def test_one_that_joins_does_not_host_until_it_has_caught_up() -> None:
    """It begins with as many turns as the one that had the fewest; then all go on in turn."""
    text = with_lives(TURNS.format(periods="[]", rotation="[a, b, c]"), c="{from: 2025-07-01}")
    turns = hosts_of(years_of(text, 2025, 2), "circle")
    first = turns.index("c")
    assert set(turns[:first]) == {"a", "b"}
    assert max(Counter(turns[first:]).values()) - min(Counter(turns[first:]).values()) <= 1
    assert "cc" not in "".join(map(str, turns))


def test_nobody_hosts_where_the_only_host_has_left() -> None:
    """The meetings after that have none."""
    text = with_lives(TURNS.format(periods="[]", rotation="[b]"), b="{to: 2025-06-30}")
    (plan,) = years_of(text, 2025, 1)
    assert {one.host for one in plan.meetings if one.date <= date(2025, 6, 30)} == {"b"}
    assert {one.host for one in plan.meetings if one.date > date(2025, 6, 30)} == {None}


def test_a_proposed_meeting_gets_another_host_and_a_confirmed_one_is_told(tmp_path: Path) -> None:
    """When its host is to leave before: what was announced is for a person to change."""
    folder = Folder(tmp_path, SMALL.replace("twice", "four times"))
    folder.fine("plan", "2025", "--today", TODAY)
    held = folder.meetings(2025)
    second, third, fourth = (f"natverk-2025-{number}" for number in (2, 3, 4))
    assert [held[key]["host"] for key in (second, third, fourth)] == ["laholm", "hylte", "laholm"]
    folder.fine("confirm", third, "--today", TODAY)
    folder.edit("short: Hylte}", "short: Hylte, active: {to: 2025-03-31}}")
    run = folder.fine("plan", "2025", "--today", TODAY)
    after = folder.meetings(2025)
    assert [after[key]["host"] for key in (second, third, fourth)] == ["laholm", "hylte", "laholm"]
    day = held[third]["date"]
    assert f"{third} den {day} har Hylte som värd, som inte deltar i något då" in run.err
    refused = folder.run("move", third, day, "--host", "hylte", "--today", TODAY)
    assert refused.code == 1
    assert f'"hylte" deltar inte i något den {day}' in refused.err
    folder.fine("move", third, day, "--host", "laholm", "--today", TODAY)
    assert "som inte deltar" not in folder.fine("plan", "2025", "--today", TODAY).err


def test_a_meeting_that_moves_to_where_its_host_has_left_gets_another(tmp_path: Path) -> None:
    """It was no choice of a person who hosts."""
    folder = Folder(tmp_path, SMALL)
    folder.edit("short: Hylte}", "short: Hylte, active: {to: 2025-06-30}}")
    folder.fine("plan", "2025", "--today", TODAY)
    first = "natverk-2025-1"
    assert folder.meetings(2025)[first]["host"] == "hylte"
    folder.fine("move", first, "2025-07-08", "--force", "--today", TODAY)
    assert folder.meetings(2025)[first]["host"] == "laholm"
