"""Why none: the rules named really cannot hold together, all are needed, and each way out is one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from unittest.mock import patch

import evaluator
import pytest
from hypothesis import HealthCheck, given, reject, settings
from planner_instances import first_plans, register_of
from project_folder import EXAMPLE, Folder

from kultursam.planner import infeasible as impossible
from kultursam.planner import search
from kultursam.planner.components import Component
from kultursam.planner.relaxations import relaxations, relaxed
from kultursam.planner.situation import Situation, commitments_of, evaluated
from kultursam.planner.solver import solve
from kultursam.rules import evaluate

if TYPE_CHECKING:
    from pathlib import Path

    from planner_instances import Instance

    from kultursam.planner.model import Commitments
    from kultursam.rules.context import EvaluatedYear, RuleKey

TODAY = "2024-09-15"
WRITTEN = datetime(2024, 9, 15, tzinfo=UTC)
WAY_OUT = "Den här ändringen räcker: "
WAY_OUT_HERE = "För de här forumen räcker den här ändringen: "
"""Where other forums, which nothing couples to these, were not asked."""
MOST_PLANS = 5_000
HEAD = """
name: Kultur i Väst
language: sv
timezone: Europe/Stockholm
domain: vast.example
organisations: {ekby: {name: Ekby}, lindmo: {name: Lindmo}}
"""
JULY = EXAMPLE.replace(
    "    purpose: Avdelningschefer med ansvar för kultur.\n",
    "    purpose: Avdelningschefer med ansvar för kultur.\n    windows: [{from: 07-01, to: 07-31}]\n",
)


@dataclass(frozen=True)
class Case:
    """A forum file without a plan for 2025, what is blamed, and the ways out that are offered."""

    text: str
    blamed: list[str]
    """What stands on the lines that are named."""
    ways: list[str]
    """What to type, the least change first."""


CASES = {
    "range-between-weekdays": Case(
        HEAD
        + """
forums:
  chefer:
    name: Chefer
    cadence: twice a year
    members: [{role: chef, from: [ekby, lindmo]}]
    time: 09:00-12:00
    weekdays: [tue]
  namnd:
    name: Nämnd
    cadence: twice a year
    members: [{role: ledamot, from: [ekby, lindmo]}]
    time: 13:00-16:00
    weekdays: [fri]
    prepared_by: {forum: chefer, days_before: 12-16}
""",
        ["weekdays: [tue]", "weekdays: [fri]", "prepared_by: {forum: chefer, days_before: 12-16}"],
        [
            "days_before: 12-17",
            "days_before: 10-16",
            *(f"weekdays: [tue, {day}]" for day in ("fri", "thu", "wed")),
            *(f"weekdays: [fri, {day}]" for day in ("mon", "thu", "tue", "wed")),
            "strength: should",
        ],
    ),
    "spacing": Case(
        HEAD
        + """
forums:
  chefer:
    name: Chefer
    cadence: four times a year
    members: [{role: chef, from: [ekby, lindmo]}]
    time: 09:00-12:00
    spacing: {min_days: 130}
""",
        ["spacing: {min_days: 130}"],
        ["spacing: {min_days: 121}", "cadence: 3 gånger per år"],
    ),
    "usual-spacing": Case(
        HEAD
        + """
forums:
  chefer:
    name: Chefer
    cadence: two times a year
    members: [{role: chef, from: [ekby, lindmo]}]
    time: 09:00-12:00
    windows: [{from: 03-03, to: 03-14}]
""",
        ["windows: [{from: 03-03, to: 03-14}]", "cadence: two times a year"],
        [
            "{from: 01-22, to: 04-23}",
            "{from: 03-03, to: 06-02}",
            "spacing: {min_days: 11}",
            "cadence: en gång per år",
        ],
    ),
    "too-early": Case(
        HEAD
        + """
calendar: {country: SE}
dates: {budget: {name: Budget, on: 03-15}}
forums:
  chefer:
    name: Chefer
    cadence: twice a year
    members: [{role: chef, from: [ekby, lindmo]}]
    time: 09:00-12:00
    windows: [{from: 03-01, to: 05-31}, {from: 06-16, to: 11-30}]
    before: [{date: budget, days: 21}]
""",
        [
            "windows: [{from: 03-01, to: 05-31}, {from: 06-16, to: 11-30}]",
            "before: [{date: budget, days: 21}]",
        ],
        ["{from: 02-21, to: 05-31}", "days: 12", "{from: 02-21, to: 06-08}", "strength: should"],
    ),
    "never-the-same-weekday": Case(
        HEAD
        + """
forums:
  chefer:
    name: Chefer
    cadence: four times a year
    members: [{role: chef, from: [ekby, lindmo]}]
    time: 09:00-12:00
    weekdays: [tue]
  politiker:
    name: Politiker
    cadence: twice a year
    members: [{role: ledamot, from: [ekby, lindmo]}]
    time: 13:30-16:00
    weekdays: [thu]
    together_with: {forum: chefer}
""",
        ["weekdays: [tue]", "weekdays: [thu]", "together_with: {forum: chefer}"],
        ["weekdays: [tue, thu]", "weekdays: [thu, tue]", "strength: should"],
    ),
    "closed-weekday": Case(
        HEAD
        + """
calendar:
  country: SE
  periods:
    - {name: Mässa, from: 03-01, to: 03-31, days: [tis], for: [lindmo]}
    - {name: Sportlov, weeks: 8-9, strength: must}
forums:
  chefer:
    name: Chefer
    cadence: once a year
    members: [{role: chef, from: [ekby, lindmo]}]
    time: 09:00-12:00
    weekdays: [tue]
    windows: [{from: 03-03, to: 03-28}]
""",
        ["{name: Mässa, from: 03-01", "weekdays: [tue]", "windows: [{from: 03-03, to: 03-28}]"],
        [
            "from: 03-05",
            "{from: 03-03, to: 04-01}",
            "to: 03-24",
            "{from: 02-27, to: 04-01}",
            "{from: 02-11, to: 03-28}",
            *(f"weekdays: [tue, {day}]" for day in ("fri", "mon", "thu", "wed")),
            "strength: should",
        ],
    ),
    "weeks-and-easter": Case(
        HEAD
        + """
calendar:
  country: SE
  public_holidays: prefer
  periods:
    - {name: Påsklov, easter: [-6, 7], strength: must}
    - {name: Vårlov, weeks: 18-19}
forums:
  chefer:
    name: Chefer
    cadence: once a year
    members: [{role: chef, from: [ekby, lindmo]}]
    time: 09:00-12:00
    windows: [{from: 04-14, to: 05-09}]
""",
        ["{name: Påsklov, ", "{name: Vårlov", "windows: [{from: 04-14, to: 05-09}]"],
        [
            "easter: [-5, 7]",
            "easter: [-6, 4]",
            "{from: 04-11, to: 05-09}",
            "{from: 04-14, to: 05-12}",
            "{from: 04-11, to: 05-12}",
            "weeks: 18",
            "weeks: 19",
            "strength: should",
            "strength: should",
        ],
    ),
    "over-new-year": Case(
        HEAD
        + """
calendar:
  country: SE
  periods:
    - {name: Jul och nyår, from: 12-18, to: 01-10}
forums:
  chefer:
    name: Chefer
    cadence: once a year
    members: [{role: chef, from: [ekby, lindmo]}]
    time: 09:00-12:00
    windows: [{from: 12-20, to: 01-07}]
""",
        ["{name: Jul och nyår", "windows: [{from: 12-20, to: 01-07}]"],
        [
            "{from: 12-17, to: 01-07}",
            "to: 01-06",
            "from: 12-23",
            "{from: 12-20, to: 01-12}",
            "{from: 12-17, to: 01-10}",
            "strength: should",
        ],
    ),
    "holiday": Case(
        HEAD
        + """
calendar:
  country: SE
forums:
  chefer:
    name: Chefer
    cadence: once a year
    members: [{role: chef, from: [ekby, lindmo]}]
    time: 09:00-12:00
    weekdays: [thu]
    windows: [{from: 05-25, to: 05-31}]
""",
        ["calendar:", "weekdays: [thu]", "windows: [{from: 05-25, to: 05-31}]"],
        [
            "{from: 05-22, to: 05-31}",
            "{from: 05-25, to: 06-05}",
            "{from: 05-22, to: 06-03}",
            *(f"weekdays: [thu, {day}]" for day in ("fri", "mon", "tue", "wed")),
            "public_holidays: should",
        ],
    ),
    "half-days-and-squeeze-days": Case(
        HEAD
        + """
calendar:
  country: SE
  half_days: must
  squeeze_days: must
forums:
  chefer:
    name: Chefer
    cadence: once a year
    members: [{role: chef, from: [ekby, lindmo]}]
    time: 09:00-12:00
    windows: [{from: 2025-04-30, to: 2025-05-02, meetings: 1}]
""",
        ["calendar:", "half_days: must", "squeeze_days: must", "windows:"],
        [
            "{from: 2025-04-29, to: 2025-05-02, meetings: 1}",
            "{from: 2025-04-29, to: 2025-05-03, meetings: 1}",
            "{from: 2025-04-30, to: 2025-05-05, meetings: 1}",
            "public_holidays: should",
            "half_days: should",
            "squeeze_days: should",
        ],
    ),
    "same-people": Case(
        HEAD
        + """
buffer_minutes: 45
forums:
  ledning:
    name: Ledning
    cadence: once a year
    members: [{role: chef, from: [ekby]}]
    time: 09:00-12:00
    windows: [{from: 03-12, to: 03-12}]
  styrelse:
    name: Styrelse
    cadence: once a year
    members: [{role: chef, from: [ekby]}]
    time: 12:30-14:00
    windows: [{from: 03-12, to: 03-12}]
""",
        ["windows: [{from: 03-12, to: 03-12}]", "buffer_minutes: 45", "windows: [{from: 03-12, to: 03-12}]"],
        [
            *["{from: 03-11, to: 03-12}", "{from: 03-12, to: 03-13}"] * 2,
            *["{from: 03-11, to: 03-13}"] * 2,
            "buffer_minutes: 30",
        ],
    ),
    "too-long-between": Case(
        HEAD
        + """
forums:
  chefer:
    name: Chefer
    cadence: twice a year
    members: [{role: chef, from: [ekby, lindmo]}]
    time: 09:00-12:00
    weekdays: [tue]
    spacing: {min_days: 2, max_days: 5, strength: must}
""",
        ["weekdays: [tue]", "spacing: {min_days: 2, max_days: 5, strength: must}"],
        [
            "max_days: 7",
            *(f"weekdays: [tue, {day}]" for day in ("fri", "thu")),
            "cadence: en gång per år",
            "strength: should",
        ],
    ),
    "one-room": Case(
        HEAD
        + """
rooms:
  sal-a: {name: Sal A}
  sal-b: {name: Sal B}
forums:
  chefer:
    name: Chefer
    cadence: once a year
    members: [{role: chef, from: [ekby]}]
    time: 09:00-12:00
    room: sal-a
    windows: [{from: 03-12, to: 03-12}]
  sekreterare:
    name: Sekreterare
    cadence: once a year
    members: [{role: sekreterare, from: [lindmo]}]
    time: 11:00-12:00
    room: sal-a
    windows: [{from: 03-12, to: 03-12}]
""",
        [
            "windows: [{from: 03-12, to: 03-12}]",
            "sal-a: {name: Sal A}",
            "windows: [{from: 03-12, to: 03-12}]",
        ],
        [
            *["{from: 03-11, to: 03-12}", "{from: 03-12, to: 03-13}"] * 2,
            *["{from: 03-11, to: 03-13}"] * 2,
            "room: sal-b",
            "room: sal-b",
        ],
    ),
    "no-room": Case(
        HEAD
        + """
limits:
  - {name: Kansliet, roles: [chef, sekreterare], per: week}
forums:
  chefer:
    name: Chefer
    cadence: once a year
    members: [{role: chef, from: [ekby]}]
    time: 09:00-12:00
    windows: [{from: 03-10, to: 03-14}]
  sekreterare:
    name: Sekreterare
    cadence: once a year
    members: [{role: sekreterare, from: [lindmo]}]
    time: 09:00-12:00
    windows: [{from: 03-10, to: 03-14}]
""",
        [
            "windows: [{from: 03-10, to: 03-14}]",
            "{name: Kansliet, roles: [chef, sekreterare], per: week}",
            "windows: [{from: 03-10, to: 03-14}]",
        ],
        [
            *["{from: 03-07, to: 03-14}", "{from: 03-10, to: 03-17}"] * 2,
            *["{from: 03-07, to: 03-17}"] * 2,
            "most: 2",
            "strength: should",
        ],
    ),
    "recurrence": Case(
        HEAD
        + """
dates: {budget: {name: Budget, on: 01-20}}
forums:
  fullmaktige:
    name: Fullmäktige
    cadence: RRULE:FREQ=MONTHLY;BYMONTH=3,7;BYDAY=3TU
    members: [{role: ledamot, from: [ekby]}]
    time: 18:00-21:00
    before: [{date: budget, days: 14}]
""",
        ["cadence: RRULE:FREQ=MONTHLY;BYMONTH=3,7;BYDAY=3TU", "{date: budget, days: 14}"],
        ["days: 0", "strength: should"],
    ),
    "given": Case(
        HEAD
        + """
forums:
  chefer:
    name: Chefer
    cadence: once a year
    members: [{role: chef, from: [ekby, lindmo]}]
    time: 09:00-12:00
    weekdays: [wed]
    windows: [{from: 03-10, to: 03-14}]
  annan:
    name: Annan
    cadence: external
    members: [{role: chef, from: [lindmo]}]
    time: 09:00-16:00
    dates: [2025-03-12]
""",
        [
            "weekdays: [wed]",
            "windows: [{from: 03-10, to: 03-14}]",
            "members: [{role: chef, from: [ekby, lindmo]}]",
        ],
        [
            "{from: 03-05, to: 03-14}",
            "{from: 03-10, to: 03-19}",
            "{from: 03-05, to: 03-19}",
            *(f"weekdays: [wed, {day}]" for day in ("fri", "mon", "thu", "tue")),
        ],
    ),
}


def line_of(text: str, number: int) -> str:
    """Return a line of a text, counted from 1."""
    return text.splitlines()[number - 1]


def typed(text: str, number: int, way: str) -> str:
    """Type a way out into a file, on the line that it names."""
    lines = text.splitlines()
    line = lines[number - 1]
    if way.startswith("{"):
        lines[number - 1] = _with_window(line, way)
        return "\n".join(lines) + "\n"
    key = way.partition(":")[0]
    old = re.search(rf"\b{key}: (\[[^]]*\]|\{{[^}}]*\}}|[^,}}]+)", line)
    indent = line[: len(line) - len(line.lstrip())]
    if old:
        lines[number - 1] = line.replace(old[0], way)
    elif line.endswith(("}", "}]")):
        lines[number - 1] = line[: line.rindex("}")] + f", {way}" + line[line.rindex("}") :]
    elif line.endswith(":"):
        lines.insert(number, f"{indent}  {way}")
    else:
        lines.insert(number, f"{indent}{way}")
    return "\n".join(lines) + "\n"


def _with_window(line: str, way: str) -> str:
    """Put a window in the place of that which it widens."""
    first, last = re.findall(r"[0-9-]+[0-9]", way)[:2]
    windows = re.findall(r"\{from: ([0-9-]+), to: ([0-9-]+)[^}]*\}", line)
    wider = [one for one in windows if first == one[0] or last == one[1]] or windows
    old = re.search(rf"\{{from: {wider[0][0]}, to: {wider[0][1]}[^}}]*\}}", line)
    assert old
    return line.replace(old[0], way)


def explained(folder: Folder) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Plan 2025, which cannot be; give what is blamed and the ways out."""
    run = folder.run("plan", "2025", "--today", TODAY, "--json")
    problems = run.document["problems"]
    assert run.code == 1
    assert "2025" in problems[0]["text"]
    return (
        [one for one in problems[1:] if one["severity"] == "error"],
        [one for one in problems if one["severity"] == "tip"],
    )


each_case = pytest.mark.parametrize("name", CASES)


@pytest.mark.slow
@each_case
def test_rules_and_ways_out_are_told_with_their_lines(name: str, tmp_path: Path) -> None:
    """Each rule blamed is named at its line, and the ways out come with the least change first."""
    case = CASES[name]
    blamed, ways = explained(Folder(tmp_path, case.text))
    assert len(blamed) == len(case.blamed)
    for one, words in zip(blamed, case.blamed, strict=True):
        assert words in line_of(case.text, int(str(one["line"])))
    assert [str(one["text"]).removeprefix(WAY_OUT).removeprefix(WAY_OUT_HERE) for one in ways] == case.ways


@pytest.mark.slow
@each_case
def test_each_way_out_typed_into_the_file_gives_a_plan(name: str, tmp_path: Path) -> None:
    """With any one of the changes, written where it says, the year is planned."""
    case, folder = CASES[name], Folder(tmp_path, CASES[name].text)
    for way in explained(folder)[1]:
        text = str(way["text"]).removeprefix(WAY_OUT).removeprefix(WAY_OUT_HERE)
        folder.write(typed(case.text, int(str(way["line"])), text))
        run = folder.run("plan", "2025", "--today", TODAY, "--dry-run")
        assert (run.code, run.err) == (0, ""), text


def all_musts(year: EvaluatedYear, forums: tuple[str, ...]) -> set[RuleKey]:
    """Return every must-rule that some forums are under."""
    return {key for forum in forums for key in evaluate.hard_constraints(year, forum)}


def check_core(situation: Situation, decided: Commitments) -> None:
    """Check that the rules blamed cannot hold together, while all but any one of them can."""
    year = evaluated(situation)
    with pytest.raises(search.InfeasibleError) as raised:
        search.best_dates(year, decided)
    forums = raised.value.forums
    conflict = impossible._irreducible_forums(impossible._Conflict(year.context, decided, forums, forums))
    core = impossible._irreducible_rules(year, conflict)
    others = frozenset(all_musts(year, conflict.forums) - set(core))

    def possible(ignored: frozenset[RuleKey]) -> bool:
        return not conflict.open(replace(year.context, ignored=ignored), conflict.forums)

    assert core
    assert not possible(frozenset())
    assert not possible(others)
    for key in core:
        assert possible(others | {key}), key


@lru_cache
def situation_of(text: str) -> Situation:
    """Return the situation of a first plan for 2025."""
    return Situation(register_of(text), 2025, WRITTEN.date(), WRITTEN)


@pytest.mark.slow
@each_case
def test_rules_blamed_are_as_few_as_can_be(name: str) -> None:
    """By themselves the rules blamed leave no plan; without any one of them there is one."""
    situation = situation_of(CASES[name].text)
    check_core(situation, commitments_of(situation))


def test_further_weekdays_are_no_weekend() -> None:
    """Those of the country, though a forum may list others."""
    forum = "forums: {f: {name: F, cadence: monthly, time: 09:00-12:00, members: [{role: r, from: [ekby]}], "
    text = HEAD + "calendar: {country: SA}\n" + forum + "weekdays: [mon, tue, sat]}}\n"
    scales = relaxations(register_of(text), ("forums", "f", "weekdays"))
    assert [scale[1](1).text for _, scale in scales] == [
        f"weekdays: [mon, tue, sat, {day}]" for day in ("wed", "thu", "sun")
    ]


@pytest.mark.parametrize(
    "name",
    [
        "too-early",
        "closed-weekday",
        "weeks-and-easter",
        "over-new-year",
        "holiday",
        "same-people",
        "one-room",
        "no-room",
        "given",
    ],
)
def test_there_is_no_plan_indeed(name: str) -> None:
    """Where all plans can be tried, each breaks a must."""
    world = evaluator.load(CASES[name].text)
    assert evaluator.brute_force(world, 2025, most=MOST_PLANS) is None


bounded = settings(
    max_examples=15,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.slow
@bounded
@given(first_plans())
def test_rules_blamed_are_as_few_as_can_be_in_small_files(instance: Instance) -> None:
    """In small files of every kind the rules blamed leave no plan, and each way out leads to one."""
    situation = Situation(register_of(instance.text), instance.year, date(instance.year - 1, 9, 15), WRITTEN)
    decided = instance.given()
    try:
        search.best_dates(evaluated(situation), decided)
    except search.InfeasibleError as error:
        forums = error.forums
    else:
        reject()
    check_core(situation, decided)
    year = evaluated(situation)
    conflict = impossible._irreducible_forums(impossible._Conflict(year.context, decided, forums, forums))
    asked = impossible._Asked(conflict, forums, [conflict.forums])
    for key in impossible._irreducible_rules(year, conflict):
        for where, scale in relaxations(situation.register, key[1]):
            if way := asked.least(where, *scale):
                changed = replace(situation, register=relaxed(situation.register, where, way))
                search.solve_component(Component(evaluated(changed), decided, forums))


# --- the example, with meetings in July only ---


@pytest.mark.slow
def test_meetings_in_july_are_explained(tmp_path: Path) -> None:
    """A network that may only meet in July names that window, the summer's period and a way out."""
    folder = Folder(tmp_path, JULY)
    blamed, ways = explained(folder)
    assert [line_of(JULY, int(str(one["line"]))).strip() for one in blamed] == [
        "- {name: Sommaruppehåll, weeks: 26-32, strength: must}",
        "windows: [{from: 07-01, to: 07-31}]",
    ]
    assert blamed[1]["text"] == "Taktiskt nätverk: windows: [{from: 07-01, to: 07-31}]"
    assert [one["line"] for one in ways] == [blamed[1]["line"]]
    folder.write(
        typed(
            JULY,
            int(str(ways[0]["line"])),
            str(ways[0]["text"]).removeprefix(WAY_OUT).removeprefix(WAY_OUT_HERE),
        )
    )
    folder.fine("plan", "2025", "--today", TODAY, "--dry-run")


# --- the command ---


def test_message_shows_the_lines_and_nothing_is_written(tmp_path: Path) -> None:
    """People see the lines of the file; no plan, no calendar and no lock is left behind."""
    folder = Folder(tmp_path, CASES["closed-weekday"].text)
    run = folder.run("plan", "2025", "--today", TODAY)
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith("forums.yaml: error: Det finns ingen plan för 2025")
    assert "forums.yaml:19:5: error: Chefer: weekdays: [tue]\n   19 |     weekdays: [tue]\n" in run.err
    assert f"forums.yaml:11:7: tip: {WAY_OUT}from: 03-05\n   11 |     - {{name: Mässa, " in run.err
    assert list(tmp_path.iterdir()) == [folder.forum_file]


def test_published_calendars_stay_as_they_are(tmp_path: Path) -> None:
    """What was published before the file became impossible is left byte by byte, whatever is run."""
    text = CASES["closed-weekday"].text
    folder = Folder(tmp_path, text.replace("to: 03-28", "to: 04-01"))
    folder.fine("plan", "2025", "--today", TODAY)
    before, stamps = folder.files(), folder.stamps()
    folder.write(text)
    for arguments in (
        ("2025",),
        ("2025", "--replan"),
        ("2025", "--check"),
        ("2025", "--json"),
        ("2026", "2025"),
    ):
        assert folder.run("plan", *arguments, "--today", TODAY).code == 1
    assert folder.files() == before
    assert {name: folder.stamps()[name] for name in before} == {name: stamps[name] for name in before}


def test_confirmed_meeting_in_the_way_is_kept_and_told(tmp_path: Path) -> None:
    """A date that a person decided stands; rules that it now breaks are told with their line."""
    folder = Folder(tmp_path, CASES["spacing"].text.replace("130", "80"))
    folder.fine("plan", "2025", "--today", TODAY)
    folder.fine("confirm", "2025", "--today", TODAY)
    before = {one["id"]: one["date"] for one in folder.meetings(2025).values()}
    folder.write(CASES["spacing"].text)
    run = folder.fine("plan", "2025", "--today", TODAY)
    line = 1 + next(n for n, text in enumerate(CASES["spacing"].text.splitlines()) if "min_days" in text)
    assert f"forums.yaml:{line}:5: error: chefer-2025-2 den " in run.err
    assert {one["id"]: one["date"] for one in folder.meetings(2025).values()} == before


# --- large files ---


def many_forums(pairs: int) -> str:
    """Write a file of pairs of forums, one prepared by the other; the last may only meet in summer."""
    forums = []
    for number in range(pairs):
        window = "\n    windows: [{from: 07-01, to: 07-31}]" if number + 1 == pairs else ""
        forums.append(f"""
  chefer-{number}:
    name: Chefer {number}
    cadence: four times a year
    members: [{{role: chef, from: [o{number % 5}, o{(number + 1) % 5}]}}]
    time: 09:00-12:00
    weekdays: [tue, wed, thu]{window}
  namnd-{number}:
    name: Nämnd {number}
    cadence: four times a year
    members: [{{role: ledamot, from: [o{number % 5}, o{(number + 2) % 5}]}}]
    time: 13:00-16:00
    weekdays: [wed, thu]
    prepared_by: {{forum: chefer-{number}, days_before: 12-21}}""")
    organisations = ", ".join(f"o{number}: {{name: Ort {number}}}" for number in range(5))
    return f"""
name: Många forum
language: sv
timezone: Europe/Stockholm
domain: many.example
organisations: {{{organisations}}}
calendar:
  country: SE
  periods:
    - {{name: Sommaruppehåll, weeks: 26-32, strength: must}}
forums:{"".join(forums)}
"""


def calls_to_explain(text: str) -> int:
    """Count the calls of the engine by which a file is explained."""
    situation = situation_of(text)
    decided = commitments_of(situation)
    with pytest.raises(search.InfeasibleError) as raised:
        search.best_dates(evaluated(situation), decided)
    calls = 0

    def counting(*arguments: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        return solve(*arguments, **options)  # type: ignore[arg-type]

    with patch.object(search, "solve", counting):
        problems = impossible.explain_infeasibility(situation, decided, raised.value.forums)
    assert {"error", "tip"} == {one.severity for one in problems}
    return calls


@pytest.mark.slow
def test_twenty_forums_are_explained_with_few_calls_of_the_engine() -> None:
    """In a large file a conflict of two rules is found, and ways out of it, by few solves."""
    assert calls_to_explain(many_forums(10)) <= 200


# --- several conflicts ---


def test_each_conflict_has_its_ways_out(tmp_path: Path) -> None:
    """Where no change is enough, since others conflict too, what settles the one told is offered."""
    forum = "  f{0}: {{name: F{0}, cadence: 3 times a year, members: [{{role: all, from: [ekby]}}], {1}}}\n"
    week = "time: 09:00-12:00, windows: [{{from: 0{0}-03, to: 0{0}-04}}]"
    text = HEAD + "forums:\n" + "".join(forum.format(month, week.format(month)) for month in (2, 3))
    folder = Folder(tmp_path, text)
    run = folder.run("plan", "2025", "--today", TODAY, "--dry-run")
    assert run.code == 1
    ways = [line.partition(": tip: ")[2] for line in run.err.splitlines() if ": tip: " in line]
    assert "Den här ändringen räcker här, men det finns andra regler som inte går ihop: " in ways[0]
    assert not any(way.startswith(WAY_OUT) for way in ways)
    assert any("cadence: " in way for way in ways), ways


def test_only_a_key_of_the_file_is_a_line_outside_the_forums(tmp_path: Path) -> None:
    """A buffer that is not written is a new line; what stands in a forum is changed there."""
    theme = "  tema: {name: Tema, cadence: 4 times a year, members: [{role: politiker, from: [ekby]}], "
    council = "  full: {name: Full, cadence: 4 times a year, members: [{role: politiker, from: [ekby]}], "
    together = "time: 15:00-17:00, together_with: {forum: full}, buffer_minutes: 0}\n"
    text = HEAD + "forums:\n" + theme + together + council + "time: 17:00-20:00}\n"
    run = Folder(tmp_path, text).run("plan", "2025", "--today", TODAY, "--dry-run")
    ways = [line for line in run.err.splitlines() if ": tip: " in line]
    outside = "forums.yaml: tip: Den här raden räcker, var som helst utanför forumen: buffer_minutes: 0"
    assert [way for way in ways if "utanför" in way] == [outside]
    assert len(ways) > 2
    assert all(f": tip: {WAY_OUT}" in way for way in ways if way != outside)
