"""What commands print: results on stdout, messages on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kultursam.problems import Problem, has_errors
from kultursam.render import tabular

if TYPE_CHECKING:
    from kultursam.cli.session import Session
    from kultursam.plan import Plan


def plans(session: Session, shown: Sequence[Plan]) -> None:
    """Show planned years: the list of each, what changed, and what is wrong."""
    if session.options.json:
        documents = [tabular.document(plan, session.register) for plan in shown]
        print(tabular.to_json(documents if len(documents) > 1 else documents[0]), end="")
    elif not session.options.quiet:
        from kultursam.render import table

        for plan in shown:
            notes = {one.id: short for one in plan.meetings if (short := _note(plan, one.id))}
            table.print_view(table.list_view(plan, session.register, notes=notes), stdout=sys.stdout)
            table.print_view(table.changes_view(plan.changes, plan, session.register), stdout=sys.stdout)
    problems([*session.warnings, *(problem for plan in shown for problem in plan.problems)], session)


def changes(session: Session, shown: Sequence[Plan], warnings: Sequence[Problem], *, dry_run: bool) -> None:
    """Show what a change did, what it broke, and what to do next."""
    if session.options.json:
        documents = [tabular.document(plan, session.register) for plan in shown]
        print(tabular.to_json(documents if len(documents) > 1 else documents[0]), end="")
    elif not session.options.quiet:
        from kultursam.render import table

        for plan in shown:
            table.print_view(table.changes_view(plan.changes, plan, session.register), stdout=sys.stdout)
        if dry_run:
            print(session.translated("Nothing was written."))
        elif any(plan.changes for plan in shown):
            print(
                session.translated(
                    "The calendars are written. Subscribers see the change within a day; tell the others."
                )
            )
    problems([*warnings, *(problem for plan in shown for problem in plan.problems)], session)


def _note(plan: Plan, meeting_id: str) -> str | None:
    """Give a short reason for a meeting that is not in its ideal's week."""
    meeting, assessment = plan.meeting(meeting_id), plan.assessments.get(meeting_id)
    if not meeting or not assessment or not assessment.ideal or not meeting.live:
        return None
    week = assessment.ideal.isocalendar()[:2]
    if meeting.date.isocalendar()[:2] == week:
        return None
    near = [
        one for one in assessment.reasons if one.date.isocalendar()[:2] == week and one.date != meeting.date
    ]
    return near[0].text if near else None


def checked(session: Session) -> None:
    """Show that a forum file has no faults, and its warnings."""
    if session.options.json:
        print(tabular.to_json({"problems": tabular.problems(session.warnings)}), end="")
    elif not session.options.quiet:
        print(f"{session.register.source.name}: {len(session.register.forums)} forums, no errors")
    problems(session.warnings, session)


def message(session: Session, text: str) -> None:
    """Tell something on stderr."""
    if not session.options.quiet:
        print(text, file=sys.stderr)


def problems(several: Iterable[Problem], session: Session) -> None:
    """Tell problems on stderr; where all is well, quiet says nothing."""
    for problem in several:
        if problem.severity == "error" or not session.options.quiet:
            print(problem, file=sys.stderr)


def failed(session: Session, shown: Iterable[Plan]) -> bool:
    """Tell whether something in the plans needs attention."""
    return has_errors([*session.warnings, *(problem for plan in shown for problem in plan.problems)])
