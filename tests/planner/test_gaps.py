"""What is not proven is told: how far a plan may be from the best, or that none was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from planner_instances import register_of
from project_folder import EXAMPLE

from kultursam import planner
from kultursam.planner import Situation, UndecidedPlanError, plan_year, search, solver
from kultursam.planner.model import MOVED, POINTS, SHOULD
from kultursam.plans.model import PROVEN, Gap
from kultursam.rules.context import Model

if TYPE_CHECKING:
    from collections.abc import Sequence

WRITTEN = datetime(2024, 9, 15, tzinfo=UTC)


def situation() -> Situation:
    """Return a first plan of the example."""
    return Situation(register_of(EXAMPLE), 2025, WRITTEN.date(), WRITTEN)


def triangles(stage: int) -> Model:
    """Return a model of four triangles: each takes two columns, where the relaxation takes half of each."""
    model = Model()
    for _ in range(4):
        columns = [model.binary(tuple(int(stage == one) for one in range(4))) for _ in range(3)]  # type: ignore[arg-type]
        for one in range(3):
            model.row([(columns[one], 1.0), (columns[one - 1], 1.0)], lower=1)
    return model


def give_up(monkeypatch: pytest.MonkeyPatch, *, empty_handed: bool = False) -> None:
    """Let the engine end before it has a proof, with what it found or without anything."""

    def solve(model: Model, costs: Sequence[int], **options: Any) -> solver.Solution | None:  # noqa: ANN401 - as given
        found = solver.solve(model, costs, **options)
        relaxation = solver.solve(model, costs, relaxed=True)
        if found and relaxation and not options.get("relaxed"):
            if empty_handed:
                raise solver.UnsolvedError
            return replace(found, bound=relaxation.cost)
        return found

    monkeypatch.setattr(search, "solve", solve)


@pytest.mark.parametrize(
    ("stage", "gap"), [(MOVED, Gap(moved=2)), (SHOULD, Gap(should=2)), (POINTS, Gap(points=2))]
)
def test_each_stage_has_its_gap(stage: int, gap: Gap, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight columns are taken, and six are what the relaxation proves: two of that stage may be too many."""
    optimum = search._solve_stages(triangles(stage))
    assert optimum
    assert (optimum.costs[stage], optimum.gap) == (8, PROVEN)
    give_up(monkeypatch)
    optimum = search._solve_stages(triangles(stage))
    assert optimum
    assert (optimum.costs[stage], optimum.gap) == (8, gap)


def test_an_incumbent_stands_where_nothing_better_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its cost is taken for the stage's, and what it may be above the least is the gap."""
    give_up(monkeypatch, empty_handed=True)
    with pytest.raises(solver.UnsolvedError):
        search._least(triangles(SHOULD), SHOULD, None)
    reached = search._least(triangles(SHOULD), SHOULD, 9)
    assert reached
    assert (reached.cost, reached.gap) == (9, 3)
    assert search._gap(triangles(SHOULD), (0, 0, 9, 4)) == Gap(should=3, points=4)


def test_every_gap_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan with a gap in any stage is not called optimal, and each stage has a sentence."""

    def unproven(*arguments: Any, **options: Any) -> search.Outcome:  # noqa: ANN401 - as given
        return replace(search.best_dates(*arguments, **options), gap=Gap(0, 1, 2, 3))

    assert plan_year(situation()).optimal
    monkeypatch.setattr(planner, "best_dates", unproven)
    plan = plan_year(situation())
    assert not plan.optimal
    assert plan.gap == Gap(0, 1, 2, 3)
    texts = [problem.text for problem in plan.problems if problem.code == "not-proven"]
    assert [text.partition(": ")[2] for text in texts] == [
        "det kan finnas en som flyttar färre möten, upp till 1 färre.",
        "det kan finnas en som stör färre organisationer, upp till 2 färre.",
        "det kan finnas en med upp till 3 poäng färre.",
    ]


def test_a_year_that_is_not_decided_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine gives up with nothing, that is told as an error of the file, naming its forums."""

    def nothing(*_: Any, **__: Any) -> None:  # noqa: ANN401 - as given
        raise solver.UnsolvedError

    monkeypatch.setattr(search, "solve", nothing)
    with pytest.raises(UndecidedPlanError, match="Ingen plan för 2025 hittades") as caught:
        plan_year(situation())
    assert (caught.value.code, caught.value.exit_status) == ("undecided", 1)
    assert "Taktiskt nätverk" in str(caught.value)
