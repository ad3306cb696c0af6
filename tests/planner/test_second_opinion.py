"""No plan is shown that the rules do not confirm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from case_numbers import cases
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from planner_instances import Instance, dense_plans, first_plans, later_plans, register_of
from project_folder import EXAMPLE

from kultursam import planner
from kultursam.planner import NoPlanError, Situation, feasibility, plan_year, search, second_opinion, solver
from kultursam.planner.situation import new_meeting
from kultursam.plans.model import Origin, Status
from kultursam.rules.evaluate import evaluate_year, year_context

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


def on_saturday(*arguments: Any, **options: Any) -> search.Outcome:  # noqa: ANN401 - as given
    """Return the best dates, one of them moved to a Saturday."""
    outcome = search.best_dates(*arguments, **options)
    forum, (first, *others) = next(iter(outcome.dates.items()))
    saturday = first + timedelta(days=5 - first.weekday())
    return replace(outcome, dates={**outcome.dates, forum: (saturday, *others)})


def test_a_broken_must_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """A meeting on a Saturday is never shown."""
    monkeypatch.setattr(planner, "best_dates", on_saturday)
    with pytest.raises(second_opinion.DisagreementError):
        plan_year(situation())


@pytest.mark.slow
@settings(max_examples=cases(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(first_plans())
def test_rules_confirm_every_first_plan(instance: Instance) -> None:
    """On files of all kinds of rules the model's costs are those of the rules: nothing is raised."""
    register = register_of(instance.text)
    today = datetime(instance.year - 1, 9, 15, tzinfo=UTC)
    try:
        plan_year(Situation(register, instance.year, today.date(), today))
    except NoPlanError:
        assume(False)  # noqa: FBT003 - hypothesis' way to say it


@pytest.mark.slow
@settings(max_examples=cases(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(later_plans(), dense_plans()))
def test_rules_confirm_every_later_plan(instance: Instance) -> None:
    """Whatever was decided, no meeting that is chosen beside it breaks a must: nothing is raised."""
    register, decided = register_of(instance.text), instance.given()
    context = year_context(register, instance.year, neighbours=decided.neighbours, fixed=decided.fixed)
    year = evaluate_year(context)
    try:
        outcome = search.best_dates(year, decided)
    except search.InfeasibleError:
        assume(False)  # noqa: FBT003 - hypothesis' way to say it
    when = Situation(register, instance.year, WRITTEN.date(), WRITTEN)
    chosen = (
        new_meeting(when, forum, 100 + number, Origin.PLANNED, day)
        for forum, days in outcome.dates.items()
        for number, day in enumerate(days)
    )
    second_opinion.check(year, decided, outcome, [*decided.fixed, *chosen])


def test_a_chosen_meeting_that_breaks_a_must_beside_decided_ones_is_a_bug(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a Saturday, beside a meeting that is confirmed."""
    plan = plan_year(situation())
    first, *others = plan.meetings
    confirmed = replace(first, status=Status.CONFIRMED, decided=True)
    decided = replace(situation(), recorded_plan=replace(plan, meetings=(confirmed, *others)))
    plan_year(decided, replan=True)
    monkeypatch.setattr(planner, "best_dates", on_saturday)
    with pytest.raises(second_opinion.DisagreementError):
        plan_year(decided, replan=True)


def test_values_that_are_no_plan_of_the_model_are_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that lost a row, or took what it had excluded, is found out whatever was decided."""

    def none_taken(*arguments: Any, **options: Any) -> solver.Solution | None:  # noqa: ANN401 - as given
        solution = solver.solve(*arguments, **options)
        return solution and replace(solution, values=[0.0] * len(solution.values))

    monkeypatch.setattr(search, "solve", none_taken)
    monkeypatch.setattr(solver.Solution, "is_integral", lambda *_: True)
    with pytest.raises(solver.WrongSolutionError, match="report"):
        plan_year(situation())


# --- where there is no plan ---


def test_a_plan_that_only_the_model_of_hard_constraints_has_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the model with prices has none, and that without has one, no reasons are invented."""
    monkeypatch.setattr(search, "_solve_stages", lambda *_, **__: None)
    with pytest.raises(solver.ContradictionError, match="report"):
        plan_year(situation())


def test_no_plan_by_branching_is_confirmed_in_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that calls a feasible model infeasible, as one with presolve did, is found out."""

    def wrong(*arguments: Any, other_way: bool = False, **options: Any) -> solver.Solution | None:  # noqa: ANN401 - as given
        return solver.solve(*arguments, **options) if other_way else None

    monkeypatch.setattr(search, "_solve_stages", lambda *_, **__: None)
    monkeypatch.setattr(feasibility, "solve", wrong)
    monkeypatch.setattr(solver.Solution, "is_integral", lambda *_: False)
    with pytest.raises(solver.ContradictionError, match="report"):
        plan_year(situation())
