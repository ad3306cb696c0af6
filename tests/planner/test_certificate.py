"""What `plan --certificate` writes proves the plan the best, to a checker without the planner's code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from operator import sub
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import check_certificate
import evaluator
import pytest
from case_numbers import cases
from check_certificate import WrongError, check, main
from hypothesis import HealthCheck, given, reject, settings
from planner_instances import Instance, dense_plans, first_plans, later_plans, register_of
from project_folder import EXAMPLE

from kultursam.planner import NoPlanError, Situation, certificate, certify, plan_year, search
from kultursam.planner.model import STAGES
from kultursam.planner.solver import solve
from kultursam.plans.model import Status
from kultursam.rules import evaluate
from kultursam.rules.context import Model, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Json = dict[str, Any]
    Plan = dict[str, list[date]]

CHECKER = Path(check_certificate.__file__)
TRIANGLE = """
name: Triangle
language: en
timezone: Europe/Stockholm
domain: triangle.example
calendar:
  country: SE
  periods: [{name: Fair, from: 2025-03-05, to: 2025-03-05, for_forums: [ca], strength: should}]
organisations: {a: {name: A}, b: {name: B}, c: {name: C}}
defaults: {cadence: once a year, time: "09:00-12:00", windows: [{from: 03-03, to: 03-04}]}
forums:
  ab: {name: AB, members: [{role: r, from: [a, b]}]}
  bc: {name: BC, members: [{role: r, from: [b, c]}]}
  ca: {name: CA, members: [{role: r, from: [c, a]}], windows: [{from: 03-03, to: 03-05}]}
"""
"""Three forums that share a member in pairs, and two days, or a costly third: the relaxation halves them."""

bounded = settings(
    max_examples=cases(30),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def situation_of(text: str, year: int) -> Situation:
    """Return a situation in which nothing is decided."""
    return Situation(register_of(text), year, date(year - 1, 9, 1), datetime(year - 1, 9, 1, tzinfo=UTC))


def certified(situation: Situation) -> Json:
    """Return the certificate of the plan of a situation, as a reader of its file has it."""
    return as_read(certify(situation, plan_year(situation)))


def as_read(*years: Json) -> Json:
    """Return the first of some years' certificates as a reader of their file has it."""
    document: Json = json.loads(certificate.to_bytes(years))["years"][0]
    return document


def proofs_of(instance: Instance) -> tuple[list[Json], Plan]:
    """Return the proofs of the plan of a file of which something may be decided, and the plan."""
    decided = instance.given()
    context = evaluate.year_context(
        register_of(instance.text), instance.year, neighbours=decided.neighbours, fixed=decided.fixed
    )
    year = evaluate.evaluate_year(context)
    try:
        dates = search.best_dates(year, decided).dates
    except search.InfeasibleError:
        reject()
    return certificate.components(year, decided, dates), {name: [*days] for name, days in dates.items()}


def proofs_cost(proofs: list[Json], stage: int) -> int:
    """Return what the plan of some proofs costs in a stage."""
    return sum(proof["stages"][stage]["cost"] for proof in proofs)


def as_year(proofs: list[Json], meetings: list[Json]) -> Json:
    """Return proofs as a year's certificate."""
    should, points = proofs_cost(proofs, 2), proofs_cost(proofs, 3)
    given = {"should": 0, "points": 0}
    return as_read(
        {
            "year": 0,
            "should": should,
            "points": points,
            "given": given,
            "meetings": meetings,
            "components": proofs,
        }
    )


@pytest.fixture(scope="module")
def example() -> Json:
    """Return the certificate of the example's 2026, in which not everybody gets the dates wanted."""
    return certified(situation_of(EXAMPLE, 2026))


@pytest.mark.parametrize(("year", "points"), [(2025, 27), (2026, 176), (2027, 102)])
def test_the_example_is_proven(year: int, points: int) -> None:
    """One relaxation a stage proves each year: no should-trouble, and the points that the plan has."""
    document = certified(situation_of(EXAMPLE, year))
    told, proven = check(document)
    assert proven
    assert told[-1] == f"{year}: should-trouble 0, points {points}: proven"
    assert "branching" not in "".join(told)
    assert document["given"] == {"should": 0, "points": 0}


def test_the_checker_runs_by_itself(example: Json, tmp_path: Path) -> None:
    """Python alone runs it, without the planner at hand; it says what is proven of each year, and exits 0."""
    file = tmp_path / "certificate.json"
    file.write_bytes(certificate.to_bytes([example, example]))
    run = subprocess.run(
        [sys.executable, "-I", "-S", CHECKER, file], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.count("2026: should-trouble 0, points 176: proven\n") == 2


def test_the_checker_is_short_and_knows_no_planner() -> None:
    """It can be read in one sitting: 200 lines at most, and imports of Python's own library alone."""
    lines = CHECKER.read_text(encoding="utf-8").splitlines()
    imported = {match[1] for line in lines if (match := re.match(r"\s*(?:from|import) (\w+)", line))}
    assert len(lines) <= 200
    assert imported <= sys.stdlib_module_names


@pytest.mark.slow
@bounded
@given(dense_plans())
def test_files_of_any_rules_are_proven(instance: Instance) -> None:
    """Whatever rules a file mixes, its first plan is proven, its costs those of the evaluator."""
    situation = situation_of(instance.text, instance.year)
    try:
        document = certified(situation)
    except NoPlanError:
        reject()
    assert check(document)[1]
    if not any(forum.external for forum in instance.world.forums.values()):
        assert document["given"] == {"should": 0, "points": 0}
    plan = {
        name: [date.fromisoformat(one["date"]) for one in document["meetings"] if one["forum"] == name]
        for name in instance.world.forums
    }
    verdict = evaluator.evaluate(instance.world, instance.year, plan)
    assert (document["should"], document["points"]) == (verdict.should, verdict.points)


@pytest.mark.slow
@bounded
@given(later_plans())
def test_later_plans_are_proven(instance: Instance) -> None:
    """What is decided is part of the model: meetings confirmed, cancelled, proposed and of other years."""
    proofs, _ = proofs_of(instance)
    ours = {forum for proof in proofs for forum in proof["forums"]}
    taken = [
        column["meeting"]
        for proof in proofs
        for place, column in enumerate(proof["columns"])
        if "meeting" in column and proof["solution"].get(str(place))
    ]
    assert {forum for forum, _ in taken} <= ours
    assert check(as_year(proofs, [{"forum": forum, "date": day} for forum, day in taken]))[1]


@pytest.mark.slow
@bounded
@given(first_plans())
def test_the_model_is_the_forum_files(instance: Instance) -> None:
    """The certificate's model allows the plans that the evaluator allows, at the costs that it counts.

    This is what the checker cannot know. The plans are the best one, and others that differ from it in two
    meetings. What meetings of external forums cost by themselves is the same in all, and not in the model.
    """
    proofs, best = proofs_of(instance)
    if not proofs:
        reject()
    given_costs = [*map(sub, verdict_of(instance, best), [proofs_cost(proofs, stage) for stage in (2, 3)])]
    assert any(forum.external for forum in instance.world.forums.values()) or given_costs == [0, 0]
    for plan in plans_near(instance, best):
        verdict = evaluator.evaluate(instance.world, instance.year, plan)
        costs = [least_costs(proof, plan) for proof in proofs]
        found = [stages for stages in costs if stages]
        if verdict.musts:
            assert len(found) < len(costs)
        else:
            assert found == costs
            of_all = [sum(stage) for stage in zip(*found, strict=True)]
            assert of_all == [0, 0, verdict.should - given_costs[0], verdict.points - given_costs[1]]


def verdict_of(instance: Instance, plan: Plan) -> tuple[int, int]:
    """Return should-trouble and points of a plan."""
    return evaluator.evaluate(instance.world, instance.year, plan)[1:]


def led(instance: Instance, forum: str, plan: Plan) -> list[date]:
    """Return the meetings of the forum for each of whose meetings another has one."""
    leader = instance.world.forums[forum].keys["for_each"]["forum"]
    external = [day for day in instance.world.forums[leader].external if day.year == instance.year]
    return [*plan.get(leader, ()), *external]


def plans_near(instance: Instance, best: Plan) -> Iterator[Plan]:
    """Yield plans that differ from another in two meetings, on days that no must closes."""
    world, year, chance = instance.world, instance.year, Random(0)  # noqa: S311 - nothing secret
    days = {
        name: [
            evaluator._candidates(world, world.forums[name], slot, None)
            for slot in evaluator.slots(world, name, year)
            or evaluator.follow(world, name, led(instance, name, best))
        ]
        for name in best
    }
    for _ in range(8):
        plan = {name: [*chosen] for name, chosen in best.items()}
        for name in chance.choices([*plan], k=2):
            slot = chance.randrange(len(plan[name]))
            plan[name][slot] = chance.choice(days[name][slot])
        if all(chosen == sorted({*chosen}) for chosen in plan.values()):
            yield plan


def least_costs(proof: Json, plan: Plan) -> list[int] | None:
    """Return what a plan costs in a certificate's model, stage by stage; None if the model forbids it."""
    columns = proof["columns"]
    offered = {tuple(column["meeting"]) for column in columns if "meeting" in column}
    taken = {(name, day.isoformat()) for name in proof["forums"] for day in plan[name]}
    if not taken <= offered:
        return None
    found = Model(
        [tuple(column["costs"]) for column in columns],
        [column["lower"] for column in columns],
        [
            0 if "meeting" in column and tuple(column["meeting"]) not in taken else column["upper"]
            for column in columns
        ],
        [column["integral"] for column in columns],
        [
            Row([(place, float(x)) for place, x in row["terms"]], row["lower"], row["upper"])
            for row in proof["rows"]
        ],
    )
    costs = []
    for stage in STAGES:
        prices = [column[stage] for column in found.costs]
        solution = solve(found, prices)
        if solution is None:
            return None
        costs.append(round(solution.cost))
        terms = [(place, float(price)) for place, price in enumerate(prices) if price]
        found.rows.append(Row(terms, None, costs[-1]))
    return costs


def test_years_in_a_row_are_proven() -> None:
    """The meetings of the year before are part of the model, and not of the plan."""
    before = plan_year(situation_of(EXAMPLE, 2025))
    document = certified(replace(situation_of(EXAMPLE, 2026), others=(before,)))
    assert check(document)[1]


def test_a_confirmed_year_has_nothing_to_prove() -> None:
    """What is decided is given: the costs of its meetings are told as such."""
    situation = situation_of(EXAMPLE, 2026)
    plan = plan_year(situation)
    meetings = tuple(replace(meeting, status=Status.CONFIRMED) for meeting in plan.meetings)
    document = certified(replace(situation, recorded_plan=replace(plan, meetings=meetings)))
    assert (document["components"], document["given"]) == ([], {"should": 0, "points": 176})
    told, proven = check(document)
    assert proven
    assert "points 176 (given, not chosen" in told[-1]


def test_branches_are_checked() -> None:
    """A plan that no single relaxation proves has a tree; without one of its branches it is no proof."""
    document = certified(situation_of(TRIANGLE, 2025))
    told, proven = check(document)
    assert proven
    assert "by branching" in told[0]
    stage = next(stage for stage in document["components"][0]["stages"] if "first" in stage["proof"])
    stage["proof"] = stage["proof"]["first"]
    with pytest.raises(WrongError, match="is proven"):
        check(document)


def test_a_branch_must_leave_nothing_out() -> None:
    """Dividing the columns of a row that may have none of them, or several, proves nothing."""
    document = certified(situation_of(TRIANGLE, 2025))
    component = document["components"][0]
    loose = next(place for place, row in enumerate(component["rows"]) if row["lower"] is None)
    tree = next(stage["proof"] for stage in component["stages"] if "row" in stage["proof"])
    tree["row"] = loose
    with pytest.raises(WrongError, match="exactly one"):
        check(document)


def test_what_is_left_open_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the tree grows too large the certificate says how much is proven, and the exit status tells."""
    monkeypatch.setattr(certificate, "MOST_NODES", 0)
    document = certified(situation_of(TRIANGLE, 2025))
    assert not certificate.is_proven(document)
    told, proven = check(document)
    assert not proven
    assert "should-trouble 2 (open: at least 0)" in told[0]
    file = tmp_path / "certificate.json"
    file.write_bytes(certificate.to_bytes([document]))
    assert main([str(file)]) == 3


def test_the_same_bytes_every_time(example: Json) -> None:
    """Nothing in a certificate depends on when or how often it is made."""
    again = certify(situation_of(EXAMPLE, 2026), plan_year(situation_of(EXAMPLE, 2026)))
    assert certificate.to_bytes([again]) == certificate.to_bytes([example])


def of_points(document: Json) -> Json:
    """Return the last stage of a certificate's first component."""
    stage: Json = document["components"][0]["stages"][3]
    return stage


def unused(component: Json) -> Json:
    """Return a column of a date on which no meeting lies."""
    taken = component["solution"]
    return next(
        column
        for place, column in enumerate(component["columns"])
        if "meeting" in column and str(place) not in taken
    )


def _cheaper_date(document: Json) -> None:
    component = document["components"][0]
    used = next(component["columns"][int(place)] for place in component["solution"])
    used["costs"][3] += 1


def _cheap_dates(document: Json) -> None:
    for column in document["components"][0]["columns"]:
        column["costs"][3] = max(0, column["costs"][3] - 1)


def _worse_plan(document: Json) -> None:
    of_points(document)["cost"] += 1
    document["points"] += 1


def _no_weights(document: Json) -> None:
    of_points(document)["proof"]["weights"] = {}


def _large_weight(document: Json) -> None:
    weights = of_points(document)["proof"]["weights"]
    weights[next(iter(weights))] = 1_000_000


def _wrong_sign(document: Json) -> None:
    component = document["components"][0]
    weights = of_points(document)["proof"]["weights"]
    place = next(place for place in weights if component["rows"][int(place)]["lower"] is None)
    weights[place] = 50


def _dropped_row(document: Json) -> None:
    del document["components"][0]["rows"][0]


def _more_is_said(document: Json) -> None:
    of_points(document)["bound"] += 1


def _another_date(document: Json) -> None:
    document["meetings"][0]["date"] = "2026-07-01"


def _one_meeting_less(document: Json) -> None:
    del document["meetings"][0]


def _two_dates(document: Json) -> None:
    component = document["components"][0]
    component["solution"][str(component["columns"].index(unused(component)))] = 1


def _half(document: Json) -> None:
    solution = document["components"][0]["solution"]
    solution[next(iter(solution))] = "1/2"


def _no_stages(document: Json) -> None:
    document["components"][0]["stages"] = []


def _other_total(document: Json) -> None:
    document["points"] -= 1


def _twice(document: Json) -> None:
    document["components"] *= 2


def _float(document: Json) -> None:
    document["components"][0]["columns"][0]["upper"] = 1e400


def _long_number(document: Json) -> None:
    document["components"][0]["columns"][0]["upper"] = "1e999999999"


def _no_text(document: Json) -> None:
    document["components"][0]["rows"][0] = None


@pytest.mark.parametrize(
    "tamper",
    [
        _cheaper_date, _cheap_dates, _worse_plan, _no_weights, _large_weight, _wrong_sign, _dropped_row,
        _more_is_said, _another_date, _one_meeting_less, _two_dates, _half, _no_stages, _other_total, _twice,
        _float, _long_number, _no_text,
    ],
)  # fmt: skip
def test_a_forged_certificate_is_refused(
    example: Json, tmp_path: Path, tamper: Callable[[Json], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed price, cost, weight, row, date or value is seen, and told without a trace."""
    forged = deepcopy(example)
    tamper(forged)
    file = tmp_path / "forged.json"
    file.write_text(json.dumps({"certificate": 1, "years": [forged]}), encoding="utf-8")
    assert main([str(file)]) == 1
    assert capsys.readouterr().out.startswith("wrong: ")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"certificate": 1, "years": []}', "[" * 100_000])
def test_what_is_no_certificate_is_refused(tmp_path: Path, text: str) -> None:
    """Any other file is wrong, an empty list of years too."""
    file = tmp_path / "other.json"
    file.write_text(text, encoding="utf-8")
    assert main([str(file)]) == 1
    assert main([]) == main([str(tmp_path / "none.json")]) == 2


def test_a_change_that_proves_as_much_is_accepted(example: Json) -> None:
    """A dearer date that nobody took, and half of what is proven as the claim, leave the proof a proof."""
    changed = deepcopy(example)
    unused(changed["components"][0])["costs"][3] += 5
    of_points(changed)["bound"] //= 2
    assert check(changed)[1]


def small() -> Json:
    """Return a certificate to read with the eye: one of two dates, for 3 points or for 5."""
    columns = [
        {"costs": [0, 0, 0, cost], "lower": 0, "upper": 1, "integral": True, "meeting": ["a", day]}
        for cost, day in ((3, "2025-03-03"), (5, "2025-03-04"))
    ]
    stages = [
        {"name": name, "cost": 0, "bound": 0, "proof": {"weights": {}}} for name in check_certificate.STAGES
    ]
    stages[3] |= {"cost": 3, "bound": 3, "proof": {"weights": {"0": 3}}}
    rows = [
        {"terms": [[0, 1], [1, 1]], "lower": 1, "upper": 1},
        {"terms": [[0, 1], [1, 1]], "lower": None, "upper": 1},
    ]
    return {
        "year": 2025,
        "should": 0,
        "points": 3,
        "given": {"should": 0, "points": 0},
        "meetings": [{"id": "a-2025-1", "forum": "a", "date": "2025-03-03"}],
        "components": [
            {"forums": ["a"], "columns": columns, "rows": rows, "solution": {"0": 1}, "stages": stages}
        ],
    }


def with_plan(solution: Json, points: int, proof: Json, meetings: list[str]) -> Json:
    """Return the small certificate with another plan and proof, at one with each other."""
    document = small()
    of_points(document).update({"cost": points, "bound": points, "proof": proof})
    document["components"][0]["solution"] = solution
    document["meetings"] = [{"forum": "a", "date": day} for day in meetings]
    return document | {"points": points}


SECOND = ["2025-03-04"]
CHEAPER = {"column": 0, "first": {"weights": {"0": 5}}, "second": {"weights": {}}}
LOOSE_BRANCH = {"row": 1, "at": 1, "first": {"weights": {"0": 5}}, "second": {"weights": {"0": 5}}}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (with_plan({}, 0, {"weights": {}}, []), "row 0 does not hold"),
        (with_plan({"0": "1/2", "1": "1/2"}, 4, {"weights": {"0": 4}}, []), "column 0 is no whole number"),
        (with_plan({"1": 1}, 5, {"weights": {"0": 5}}, SECOND), "points: 3 is proven, not 5"),
        (with_plan({"1": 1}, 5, CHEAPER, SECOND), "points: 3 is proven, not 5"),
        (with_plan({"1": 1}, 5, LOOSE_BRANCH, SECOND), "row 1 does not take exactly one"),
        (with_plan({"1": 1}, 5, {"ray": {"0": 1}}, SECOND), "a ray proves nothing"),
        (with_plan({"1": 1}, 5, {"weights": {"1": 5}}, SECOND), "points: 0 is proven, not 5"),
        (with_plan({"0": 1}, 3, {"weights": {"0": 3}}, SECOND), "the plan has other dates"),
        (small() | {"components": small()["components"] * 2, "points": 6}, "in two components"),
    ],
)  # fmt: skip
def test_each_check_is_needed(document: Json, message: str) -> None:
    """Where all else is right, a plan that breaks a row, or a worse one loosely proven, is refused."""
    assert check(small())[1]
    with pytest.raises(WrongError, match=message):
        check(document)


def test_a_branch_on_a_column_needs_one_of_whole_numbers() -> None:
    """A column that may be one half is neither 0 nor 1."""
    document = with_plan({"1": 1}, 5, CHEAPER, SECOND)
    document["components"][0]["columns"][0]["integral"] = False
    with pytest.raises(WrongError, match="no 0-1 column"):
        check(document)


def test_a_column_is_branched_on_where_no_row_takes_one() -> None:
    """2x ≥ 1 leaves one half; one branch has nothing left, which a ray proves, and the other costs 3."""
    found = Model()
    found.row([(found.binary((0, 0, 0, 3)), 2.0)], lower=1)
    tree = certificate._Tree([3], 3)
    assert tree.root(found) == {"column": 0, "first": {"ray": {"0": 1}}, "second": {"weights": {}}}
    assert tree.bound == 3
