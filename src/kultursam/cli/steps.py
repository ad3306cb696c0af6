"""The steps that commands share: open a project, plan, save, change, select, check, and finish."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from kultursam import checksum, storage
from kultursam.atomic import differing, write_files
from kultursam.cli import output
from kultursam.cli.formats import missing_extras
from kultursam.cli.options import ChangeOptions, Options, Selection, check_span
from kultursam.cli.progress import progress_bar
from kultursam.cli.session import Session, open_session
from kultursam.cli.years import YEARS, YearRangeError
from kultursam.dates.busy_calendars import source_of
from kultursam.diagnostics import Problem, UnknownForumError, UnknownOrganisationError, UnknownRoleError
from kultursam.feeds import roles_in
from kultursam.fetch.copies import good_until
from kultursam.forumfile.register import Register
from kultursam.i18n import Message
from kultursam.planner import (
    NoPlanError,
    Situation,
    TooMuchChangeError,
    assess_recorded,
    certificate,
    edit,
    plan_year,
)
from kultursam.planner.edit import Edit
from kultursam.plans.model import Departure, Meeting, Plan
from kultursam.presentation import is_published, roles_of
from kultursam.render.ics import PRODUCT

if TYPE_CHECKING:
    from kultursam.fetch.fetching import Result

BY_FORCE = Message("--force does it all the same; the plan records what it breaks")


@contextmanager
def open_project(options: Options, **opening: bool) -> Iterator[Session]:
    """Yield a session, and say so if it is on the built-in example; see `open_session`."""
    with open_session(options, **opening) as session:
        if session.project.builtin:
            text = session.translated("No forums.yaml here or above: the built-in example, Halland, is used.")
            output.message(session, text)
        yield session


def plan_years(
    session: Session, years: Iterable[int], planning: Callable[..., Plan] = plan_year
) -> list[Plan]:
    """Plan years in order, put their plans into the session, and return them; see `plan_year`.

    Raise `TooMuchChangeError` with what would change too much in any of the years.
    """
    refusals: list[TooMuchChangeError] = []
    for year in sorted(set(years)):
        label = session.translated("Planning {year}", year=session.register.planning_year(year))
        with progress_bar(label, wanted=not session.options.quiet) as progress:
            try:
                session.put(planning(session.situation(year), progress=progress))
            except TooMuchChangeError as error:
                refusals.append(error)
    if refusals:
        refusals[0].problems = tuple(problem for error in refusals for problem in error.problems)
        raise refusals[0]
    return [session.plans[year] for year in dict.fromkeys(years)]


@dataclass(frozen=True, slots=True)
class Certifier:
    """Planning that proves each plan, if there is a file to write the proofs to."""

    file: Path | None
    years: list[dict[str, Any]] = field(default_factory=list)

    def check(self, session: Session) -> None:
        """Raise `OwnFileError` if the file is one that was decided, before anything is planned."""
        if self.file:
            storage.require_other(session.project, self.file)

    def plan_year(self, situation: Situation, *, replan: bool, whole_year: bool, **options: Any) -> Plan:  # noqa: ANN401 - as `plan_year`
        """Return the best plan of a situation's year, and keep its proof; see `plan_year`."""
        plan = plan_year(situation, replan=replan, whole_year=whole_year, **options)
        if self.file:
            self.years.append(certificate.certify(situation, plan, replan=replan, whole_year=whole_year))
        return plan

    def write(self, session: Session) -> None:
        """Write the proofs, and say so."""
        if self.file:
            write_files([(self.file, certificate.to_bytes(self.years))])
            output.certified(session, self.file, proven=all(map(certificate.is_proven, self.years)))


def plan_unsaved(session: Session, year: int, forum: str | None) -> None:
    """Plan what concerns a forum, else all, in a year that has no plan of record, and say so."""
    only = forum if forum in session.register.forums else None
    plan_years(session, [year], partial(plan_year, explained=(), only=only))
    output.message(
        session,
        session.translated(
            "There is no plan for {year} yet: this is what it would be. Make it with: kultursam plan "
            "{number}",
            year=session.register.planning_year(year),
            number=year,
        ),
    )


def save(session: Session, years: Collection[int]) -> list[Path]:
    """Write the plans of some years, then all that is published; return the paths of the latter.

    Without years no plan is written: what is only published is the same for everybody who publishes it.
    """
    years = [*years, *session.restamp(years)] if years else years
    published = session.published()
    if session.register.file.output and not session.options.output:
        storage.require_own(session.register, session.output, PRODUCT)
    storage.save(session.fetched | session.changed_plans(years), session.output, published)
    storage.remove_empty(published, PRODUCT)
    storage.remove_withdrawn(session.output, session.register.file.publish)
    return list(published)


def record(session: Session, years: Sequence[int], files: Iterable[Path]) -> None:
    """Write the checksum by which the next quiet run sees that nothing has changed, if all is well.

    Where something leaves the feeds as days pass, every run does everything.
    """
    plans = [session.plans[year] for year in years]
    if session.register.file.feeds.change_by_themselves:
        return
    told = [*session.warnings, *session.old_copies]
    if not told and not any(plan.problems or any(plan.gap) for plan in plans):
        calendars = storage.files_beside(session.register)
        begins = str(session.register.file.year.from_)
        until = good_until(session.register, session.known)
        recording = partial(checksum.record, begins=begins, until=until)
        write_files([recording(session.project, session.options.output, years, calendars, files)])


def fetch(session: Session) -> "Result":
    """Fetch the calendars of other bodies into the session; return what became of each."""
    # Only here is what goes online loaded.
    from kultursam.fetch.fetching import Fetcher

    years = [*session.to_come, session.this]
    spans = [session.around(year) for year in years]
    span = min(first for first, _ in spans), max(last for _, last in spans)
    private = (session.output, session.project.plans)
    own = frozenset(
        source_of(plan.uid(meeting.id)) for plan in session.plans.values() for meeting in plan.meetings
    )
    fetcher = Fetcher(session.project, session.register, private, span, session.today, own)
    result = fetcher.fetch(os.environ)
    session.fetched, session.known = result.files, result.known
    session.busy.clear()
    return result


def change(
    options: Options,
    wanted: ChangeOptions,
    edits: Callable[[Session], Iterable[tuple[int, Edit]]],
    *,
    planning: bool = True,
    several: bool = False,
) -> None:
    """Apply edits, each to the plan of record of its year, write these, and show what changed.

    Only edits that need `planning` need every busy calendar. They may be of `several` years.
    """
    with open_project(options, writing=not wanted.dry_run) as session:
        warnings: list[Problem] = []
        plans = []
        for year, edit_of_year in edits(session):
            session.require_plan(year)
            situation = session.situation(year, planning=planning)
            try:
                result = edit.edit(situation, edit_of_year, force=wanted.force)
            except edit.RefusedError as error:
                error.problems += (Problem(BY_FORCE, "tip", session.register.source.name, code="by-force"),)
                raise
            session.put(result.plan)
            warnings += result.broken
            plans.append(session.plans[year])
        if not wanted.dry_run:
            save(session, [plan.year for plan in plans])
        warnings += [*session.old_copies, *session.missing]
        output.changed(session, plans, warnings, dry_run=wanted.dry_run, several=several)
        finish(session, [*warnings, *problems_of(plans)])


def stale(session: Session, years: Collection[int]) -> list[Problem]:
    """Return the problem that files would change if the years were planned, if any would."""
    years = [*years, *session.restamp(years)]
    paths = [*session.changed_plans(years), *differing(session.published())]
    text = session.translated("Files that would change: {number}", number=len(paths))
    return [Problem(text, code="stale")] if paths else []


def span_to_suggest(
    session: Session, target: str | None, first: date | None, last: date | None
) -> tuple[date, date]:
    """Return the days to suggest dates in: for a meeting, of its own year."""
    if target is None or target in session.register.forums:
        start = first or session.today
        year = session.register.year_of(start)
        if year.number not in YEARS:
            raise YearRangeError
        end = min(last or year.last, session.register.planning_year(YEARS[-1]).last)
    else:
        (number,) = session.years_of(target)
        year = session.register.planning_year(number)
        begin, finish = year.first, year.last
        start = max(begin, first or min(session.today, finish))
        end = min(finish, last or finish)
    check_span(start, end)
    return start, end


def check(session: Session) -> list[Problem]:
    """Return what is wrong with anything that planning reads, and with the meetings to come.

    A year to come whose next planning would be refused is wrong too.
    """
    warnings = [*session.warnings, *session.old_copies, *storage.check_countries(session.register)]
    warnings += missing_extras(session.register)
    years = session.to_come or [session.this]
    situations = [session.situation(year, planning=False) for year in years]
    plans = [assess_recorded(situation, ()) for situation in situations if situation.recorded_plan]
    found = [*warnings, *session.unread, *problems_of(plans), *_refusal(session)]
    return found if session.project.builtin else [*found, *_problems_of_mail(session)]


def _problems_of_mail(session: Session) -> Iterator[Problem]:
    """Yield what is wrong with people.yaml and mail.toml, as far as there are any."""
    # Planning needs neither.
    from kultursam.mail.people import read_people
    from kultursam.mail.settings import read_settings

    project = session.project
    if project.people_file.exists():
        yield from read_people(project.people_file, session.register)[1]
    yield from read_settings(project.mail_file, os.environ)[1]


def check_countries(session: Session) -> list[Problem]:
    """Return warnings of the countries whose holidays count; a quiet run does not look for them."""
    return [] if session.options.quiet else storage.check_countries(session.register)


def _refusal(session: Session) -> list[Problem]:
    """Return why `plan` would not plan the years to come again, if it would not: only planning can tell."""
    if session.unread:
        # It needs every busy calendar; that has been said.
        return []
    try:
        plan_years(session, session.to_come, partial(plan_year, explained=()))
    except (NoPlanError, TooMuchChangeError) as error:
        text = session.translated("kultursam plan would be refused; these are the reasons")
        return [Problem(text, file=session.register.source.name, code="refused"), *error.problems]
    return []


def require_forums(forums: Iterable[str] | None, known: Iterable[str]) -> None:
    """Raise `UnknownForumError` for a forum that is not among those known."""
    for forum in forums or ():
        if forum not in known:
            raise UnknownForumError(forum, known)


def require_known(register: Register, plan: Plan, selection: Selection) -> None:
    """Raise `UnknownForumError` or `UnknownOrganisationError` for what neither the file nor the plan has."""
    require_forums(selection.forum, plan.forums)
    # One that has left the file may have taken part.
    organisations = {**register.file.organisations, **plan.organisations}
    for organisation in selection.organisation or ():
        if organisation not in organisations:
            raise UnknownOrganisationError(organisation, organisations)
    roles = roles_in(register, [plan])
    for role in selection.role or ():
        if role not in roles:
            raise UnknownRoleError(role, roles)


def selected(register: Register, plan: Plan, selection: Selection) -> Plan:
    """Return a plan without the meetings, deadlines and spans of days that were not selected."""
    require_known(register, plan, selection)
    first, last = selection.days
    return replace(
        plan,
        meetings=tuple(
            meeting
            for meeting in plan.meetings
            if selection.has(
                meeting.forum,
                meeting.date,
                plan.organisations_of(meeting),
                (role for role, _ in roles_of(register, plan, meeting)),
            )
        ),
        deadlines=tuple(
            due
            for due in plan.deadlines
            if selection.has(
                due.forum,
                due.date,
                plan.forums[due.forum].organisations,
                (role for role, _ in plan.forums[due.forum].roles),
            )
        ),
        spans=tuple(span for span in plan.spans if span.first <= last and span.last >= first),
    )


def selected_entries(register: Register, plan: Plan, selection: Selection) -> list[Meeting | Departure]:
    """Return, in order of time, what calendars of a selection have: each meeting once, or that it was left.

    That an organisation or a role has left a meeting concerns only those who ask for its meetings.
    """
    require_known(register, plan, selection)
    entries: list[Meeting | Departure] = []
    for meeting in plan.chronological():
        of_organisation = plan.entries_of(meeting)
        of_role: dict[str, Meeting | Departure] = {
            **dict.fromkeys((role for role, _ in roles_of(register, plan, meeting)), meeting),
            **{one.role: one for one in meeting.left if one.role},
        }
        wanted = [of_organisation[key] for key in selection.organisation or () if key in of_organisation]
        wanted += [of_role[key] for key in selection.role or () if key in of_role]
        # Of two organisations one may have left; for both together the meeting is held.
        entry = meeting if meeting in wanted else next(iter(wanted), meeting)
        if is_published(register, meeting) and selection.has(
            meeting.forum, entry.date, of_organisation, of_role
        ):
            entries.append(entry)
    return entries


def problems_of(plans: Iterable[Plan]) -> list[Problem]:
    """Return the problems of all plans."""
    return [problem for plan in plans for problem in plan.problems]


def finish(session: Session, problems: Sequence[Problem], *, failed: bool = False) -> None:
    """Print problems; exit 1 if the command has `failed`. Otherwise it has done what it was asked for."""
    output.problems(session, problems)
    if failed:
        raise typer.Exit(1)
