"""The steps that commands share: open a project, plan, save, change, select, and finish."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import typer

from kultursam import checksum, storage
from kultursam.atomic import write_files
from kultursam.cli import output
from kultursam.cli.options import ChangeOptions, Options, Selection
from kultursam.cli.progress import progress_bar
from kultursam.cli.session import Session, open_session
from kultursam.diagnostics import Problem, UnknownForumError, UnknownOrganisationError, has_errors
from kultursam.forumfile.register import Register
from kultursam.planner import edit, plan_year
from kultursam.planner.edit import Edit
from kultursam.plans.model import Plan


@contextmanager
def open_project(options: Options, **opening: bool) -> Iterator[Session]:
    """Yield a session, and say so if it is on the built-in example; see `open_session`."""
    with open_session(options, **opening) as session:
        if session.project.builtin:
            output.message(session, "No forums.yaml here or above: the built-in example, Halland, is used.")
        yield session


def plan_years(
    session: Session,
    years: Iterable[int],
    *,
    replan: bool = False,
    explained: Container[str] | None = None,
    only: str | None = None,
) -> list[Plan]:
    """Plan years in order, put their plans into the session, and return them; see `plan_year`."""
    for year in sorted(set(years)):
        label = session.translated("Planning {year}", year=year)
        with progress_bar(label, wanted=not session.options.quiet) as progress:
            plan = plan_year(
                session.situation(year), replan=replan, explained=explained, only=only, progress=progress
            )
            session.put(plan)
    return [session.plans[year] for year in dict.fromkeys(years)]


def plan_unsaved(
    session: Session, year: int, *, explained: Container[str] | None = (), forum: str | None = None
) -> None:
    """Plan a year that has no plan of record, and say so; with a `forum`, only what concerns it."""
    only = forum if forum in session.register.forums else None
    plan_years(session, [year], explained=explained, only=only)
    output.message(
        session,
        session.translated(
            "The plan for {year} is not saved yet; save it with: kultursam plan {year}", year=year
        ),
    )


def save(session: Session, years: Iterable[int]) -> list[Path]:
    """Write the plans of some years, then their calendars and the feeds; return the paths of all these."""
    plans, published = session.files(years)
    # The plans first: from them the next run completes what this one, if it dies half-way, leaves undone.
    write_files(plans.items(), durable=True)
    write_files(published.items())
    return [*plans, *published]


def record(session: Session, years: Sequence[int], files: Iterable[Path]) -> None:
    """Write the checksum by which the next quiet run sees that nothing has changed, if all is well."""
    plans = [session.plans[year] for year in years]
    if not session.warnings and not any(plan.problems or plan.gap for plan in plans):
        calendars = storage.calendar_names(session.register)
        write_files([checksum.record(session.project, session.output, years, calendars, files)])


def change(
    options: Options, wanted: ChangeOptions, edits: Callable[[Session], Iterable[tuple[int, Edit]]]
) -> None:
    """Apply edits, each to the plan of record of its year, write these, and show what changed."""
    with open_project(options, writing=not wanted.dry_run) as session:
        warnings: list[Problem] = []
        plans = []
        for year, edit_of_year in edits(session):
            session.require_plan(year)
            result = edit.edit(session.situation(year), edit_of_year, force=wanted.force)
            session.put(result.plan)
            warnings += result.broken
            plans.append(session.plans[year])
        if not wanted.dry_run:
            save(session, [plan.year for plan in plans])
        output.changed(session, plans, warnings, dry_run=wanted.dry_run)
        finish(session, [*warnings, *problems_of(plans)])


def selected(register: Register, plan: Plan, selection: Selection) -> Plan:
    """Return a plan without the meetings, deadlines and spans of days that were not selected."""
    for forum in selection.forum or ():
        if forum not in plan.forums:
            raise UnknownForumError(forum, plan.forums)
    organisations = register.file.organisations
    for organisation in selection.organisation or ():
        if organisation not in organisations:
            raise UnknownOrganisationError(organisation, organisations)
    first, last = selection.days()

    def wanted(forum: str, day: date) -> bool:
        taking_part = plan.forums[forum].organisations
        return (
            (not selection.forum or forum in selection.forum)
            and (not selection.organisation or not set(taking_part).isdisjoint(selection.organisation))
            and first <= day <= last
        )

    return replace(
        plan,
        meetings=tuple(meeting for meeting in plan.meetings if wanted(meeting.forum, meeting.date)),
        deadlines=tuple(due for due in plan.deadlines if wanted(due.forum, due.date)),
        spans=tuple(span for span in plan.spans if span.first <= last and span.last >= first),
    )


def problems_of(plans: Iterable[Plan]) -> list[Problem]:
    """Return the problems of all plans."""
    return [problem for plan in plans for problem in plan.problems]


def finish(session: Session, problems: Sequence[Problem], *, failed: bool = False) -> None:
    """Print problems; exit 1 if the command has `failed`, or if one of them is an error."""
    output.problems(session, problems)
    if failed or has_errors(problems):
        raise typer.Exit(1)
