"""Decided dates come into a plan of record: what each row of a file would do, and the plan that it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kultursam.diagnostics import Problem
from kultursam.intake.deciding import Decider, Row
from kultursam.intake.entries import Found
from kultursam.intake.matching import Claim
from kultursam.planner import Situation, plan_around
from kultursam.planner.search import ReportProgress, ignore_progress
from kultursam.plans.model import Plan


@dataclass(frozen=True, slots=True)
class Imported:
    """A year with the dates of a file."""

    plan: Plan
    rows: Sequence[Row]
    """In the order of the file, each meeting as the plan has it."""
    broken: Mapping[str, Sequence[Problem]]
    """By meeting id: the rules that a date breaks, as warnings."""
    unplanned: Sequence[Problem]
    """Why the rest of the year could not be planned."""


def import_year(  # noqa: PLR0913 - two options of the command line, and how to report
    situation: Situation,
    claims: Sequence[Claim],
    found: Found,
    *,
    force: bool = False,
    accept: bool = False,
    progress: ReportProgress = ignore_progress,
) -> Imported:
    """Return a year with its dates of a file decided, and the rest planned around them; see `plan_around`.

    What cannot be done becomes a problem of what was found.
    """
    rows = Decider(situation, found, force).rows(claims)
    decided = {row.after.id: row.after for row in rows if row.differs}
    around = plan_around(situation, decided, accept=accept, progress=progress)
    settled = {meeting.id: meeting for meeting in around.plan.meetings}
    rows = [replace(row, after=settled[row.after.id]) if row.differs else row for row in rows]
    return Imported(around.plan, rows, around.broken, around.unplanned)
