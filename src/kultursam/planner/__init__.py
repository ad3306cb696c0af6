"""The planner: a 0-1 model of priced dates, solved to proven optimum, and explained."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from kultursam.planner.alternatives import what_if
from kultursam.planner.assemble import assemble
from kultursam.planner.assess import assess
from kultursam.planner.infeasible import NoPlanError, explain_infeasibility
from kultursam.planner.search import InfeasibleError, ReportProgress, best_dates, ignore_progress
from kultursam.planner.situation import Situation, commitments_of, evaluated
from kultursam.plans.model import Plan

__all__ = ["NoPlanError", "Situation", "assess_recorded", "explain_infeasibility", "plan_year", "what_if"]


def plan_year(
    situation: Situation,
    *,
    replan: bool = False,
    explained: Container[str] | None = None,
    only: str | None = None,
    progress: ReportProgress = ignore_progress,
) -> Plan:
    """Return the best plan of a situation's year. Raise `NoPlanError` where the rules leave none.

    With `replan`, meetings that are only proposed are planned anew. Reasons against other dates are given
    for the meetings `explained`, by id; else for all. With a forum as `only`, just the components that
    concern it are planned.
    """
    year = evaluated(situation)
    commitments = commitments_of(situation, replan=replan)
    try:
        outcome = best_dates(year, commitments, progress, only=only)
    except InfeasibleError as error:
        raise NoPlanError(*explain_infeasibility(situation, commitments, error.forums)) from error
    meetings = assemble(situation, year, commitments, outcome.dates)
    return assess(situation, year, meetings, commitments, outcome.gap, explained)


def assess_recorded(situation: Situation, explained: Container[str] | None = None) -> Plan:
    """Return the plan of record of a situation's year, assessed by today's rules; see `plan_year`.

    Raise `ValueError` where the year has none.
    """
    recorded = situation.recorded_plan
    if recorded is None:
        raise ValueError(f"no plan of record for {situation.year}")
    commitments = commitments_of(situation)
    plan = assess(situation, evaluated(situation), recorded.meetings, commitments, recorded.gap, explained)
    return replace(plan, deadlines=recorded.deadlines)
