"""What `plan --certificate` writes proves the plan the best, to a checker without the planner's code."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from check_certificate import WrongError, check, main
from hypothesis import HealthCheck, given, reject, settings
from planner_instances import dense_plans, register_of

from kultursam.planner import NoPlanError, Situation, certify, plan_year

EXAMPLE = (Path(__file__).parents[2] / "data" / "forums.yaml").read_text(encoding="utf-8")
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


def certified(text: str, year: int) -> dict[str, Any]:
    """Return the certificate of a first plan, as a reader of its file has it."""
    now = datetime(year - 1, 9, 1, tzinfo=UTC)
    situation = Situation(register_of(text), year, date(year - 1, 9, 1), now)
    document: dict[str, Any] = json.loads(json.dumps(certify(situation, plan_year(situation))))
    return document


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    """Return the certificate of the example's 2025."""
    return certified(EXAMPLE, 2025)


@pytest.mark.parametrize(("year", "points"), [(2025, 27), (2026, 176), (2027, 102)])
def test_the_example_is_proven(year: int, points: int) -> None:
    """One relaxation a stage proves each year: no should-trouble, and the points that the plan has."""
    document = certified(EXAMPLE, year)
    told, is_open = check(document)
    assert not is_open
    assert (document["should"], document["points"]) == (0, points)
    assert f"should-trouble 0, points {points}: the least" in told[0]
    assert "branching" not in told[0]


@settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(dense_plans())
def test_small_files_are_proven(instance: Any) -> None:  # noqa: ANN401 - a file of any rules
    """Whatever rules a file mixes, its plan is proven, by branching where one relaxation does not do it."""
    try:
        document = certified(instance.text, instance.year)
    except NoPlanError:
        reject()
    assert not check(document)[1]
    total = [sum(part["stages"][stage]["cost"] for part in document["components"]) for stage in (2, 3)]
    assert total == [document["should"], document["points"]]


def test_branches_are_checked() -> None:
    """A plan that no single relaxation proves has a tree; without one of its branches it is no proof."""
    document = certified(TRIANGLE, 2025)
    told, is_open = check(document)
    assert not is_open
    assert "by branching" in told[0]
    stage = next(stage for stage in document["components"][0]["stages"] if "first" in stage["proof"])
    stage["proof"] = stage["proof"]["first"]
    with pytest.raises(WrongError, match="a leaf proves"):
        check(document)


def test_what_is_left_open_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the tree grows too large the certificate says so, and the checker's exit status too."""
    monkeypatch.setattr("kultursam.planner.certificate.MOST_NODES", 0)
    file = tmp_path / "certificate.json"
    file.write_text(json.dumps({"years": [certified(TRIANGLE, 2025)]}), encoding="utf-8")
    assert main(str(file)) == 3


def _price(part: dict[str, Any]) -> None:
    for column in part["columns"]:
        column["costs"][3] = max(0, column["costs"][3] - 1)


def _worse(part: dict[str, Any]) -> None:
    part["stages"][3]["cost"] += 1


def _weights(part: dict[str, Any]) -> None:
    part["stages"][3]["proof"]["weights"] = {}


def _weight(part: dict[str, Any]) -> None:
    weights = part["stages"][3]["proof"]["weights"]
    weights[next(iter(weights))] = "1000000"


def _dropped(part: dict[str, Any]) -> None:
    del part["rows"][0]


def _another_date(part: dict[str, Any]) -> None:
    taken = next(number for number in part["solution"] if "meeting" in part["columns"][int(number)])
    part["columns"][int(taken)]["meeting"][1] = "2025-07-01"


def _two_dates(part: dict[str, Any]) -> None:
    free = next(number for number in range(len(part["columns"])) if str(number) not in part["solution"])
    part["solution"][str(free)] = "1"


def _half(part: dict[str, Any]) -> None:
    part["solution"][next(iter(part["solution"]))] = "1/2"


@pytest.mark.parametrize(
    "tamper", [_price, _worse, _weights, _weight, _dropped, _another_date, _two_dates, _half]
)
def test_a_forged_certificate_is_refused(example: dict[str, Any], tmp_path: Path, tamper: Any) -> None:  # noqa: ANN401
    """A changed price, cost, weight, row, date or value is seen."""
    forged = deepcopy(example)
    tamper(forged["components"][0])
    with pytest.raises((WrongError, LookupError)):
        check(forged)
    file = tmp_path / "forged.json"
    file.write_text(json.dumps({"years": [forged]}), encoding="utf-8")
    assert main(str(file)) == 1
