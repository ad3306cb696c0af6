"""No plan is shown that the rules do not confirm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from planner_instances import Instance, first_plans, register_of
from project_folder import EXAMPLE

from kultursam import planner
from kultursam.planner import NoPlanError, Situation, feasibility, plan_year, search, second_opinion, solver

WRITTEN = datetime(2024, 9, 15, tzinfo=UTC)


def situation() -> Situation:
    """Return a first plan of the example."""
    return Situation(register_of(EXAMPLE), 2025, WRITTEN.date(), WRITTEN)


def test_a_cost_that_the_rules_deny_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """One point too few, as a row that the engine lost would have it, is told and not shown."""

    def cheaper(*arguments: object, **options: object) -> search.Outcome:
        outcome = search.best_dates(*arguments, **options)  # type: ignore[arg-type]
        assert outcome.costs
        return replace(outcome, costs=(*outcome.costs[:3], outcome.costs[3] - 1))

    monkeypatch.setattr(planner, "best_dates", cheaper)
    with pytest.raises(second_opinion.DisagreementError):
        plan_year(situation())


def test_a_broken_must_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """A meeting on a Saturday is never shown."""

    def on_saturday(*arguments: object, **options: object) -> search.Outcome:
        outcome = search.best_dates(*arguments, **options)  # type: ignore[arg-type]
        forum, (first, *others) = next(iter(outcome.dates.items()))
        saturday = first + timedelta(days=5 - first.weekday())
        return replace(outcome, dates={**outcome.dates, forum: (saturday, *others)})

    monkeypatch.setattr(planner, "best_dates", on_saturday)
    with pytest.raises(second_opinion.DisagreementError):
        plan_year(situation())


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(first_plans())
def test_rules_confirm_every_first_plan(instance: Instance) -> None:
    """On files of all kinds of rules the model's costs are those of the rules: nothing is raised."""
    register = register_of(instance.text)
    today = datetime(instance.year - 1, 9, 15, tzinfo=UTC)
    try:
        plan_year(Situation(register, instance.year, today.date(), today))
    except NoPlanError:
        assume(False)  # noqa: FBT003 - hypothesis' way to say it


# --- where there is no plan ---


def test_a_plan_that_only_the_model_of_hard_constraints_has_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the model with prices has none, and that without has one, no reasons are invented."""
    monkeypatch.setattr(search, "_solve_stages", lambda *_: None)
    with pytest.raises(solver.ContradictionError, match="report"):
        plan_year(situation())


def test_no_plan_by_branching_is_confirmed_in_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that calls a feasible model infeasible, as one with presolve did, is found out."""

    def wrong(*arguments: Any, other_way: bool = False, **options: Any) -> solver.Solution | None:  # noqa: ANN401 - as given
        return solver.solve(*arguments, **options) if other_way else None

    monkeypatch.setattr(search, "_solve_stages", lambda *_: None)
    monkeypatch.setattr(feasibility, "solve", wrong)
    monkeypatch.setattr(solver.Solution, "is_integral", lambda *_: False)
    with pytest.raises(solver.ContradictionError, match="report"):
        plan_year(situation())
