"""The steps of `import`: read a file of dates, match it to forums and meetings, show or do what it says."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from kultursam import storage
from kultursam.cli import output, steps
from kultursam.cli.options import Options
from kultursam.cli.progress import progress_bar
from kultursam.cli.session import Session
from kultursam.cli.terminal import in_quotes, say
from kultursam.diagnostics import KultursamError, Problem, printable
from kultursam.i18n import Message
from kultursam.intake.calendars import Span
from kultursam.intake.deciding import Row
from kultursam.intake.entries import compact
from kultursam.intake.importing import Imported, import_year
from kultursam.intake.matching import ForumNames, claims
from kultursam.intake.moments import Context
from kultursam.intake.reading import read_dates
from kultursam.paths import displayed
from kultursam.plans.model import Meeting, Plan
from kultursam.presentation import hours_in_words, location
from kultursam.render import data
from kultursam.render.table import changes_view, print_view

SWEDISH = "sv"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be imported, and how."""

    file: Path
    forum: str | None
    year: int | None
    write: bool
    force: bool
    accept: bool


class NothingToImportError(KultursamError):
    """No row of a file can be used."""

    code = "nothing-to-import"

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        text = Message("no date of this file can be imported")
        told = compact(problems)
        super().__init__(Problem(text, file=file), *(replace(one, severity="error") for one in told))


def import_dates(options: Options, wanted: Wanted) -> None:
    """Show what a file of dates would do to the plans of record, or do it."""
    with steps.open_project(options, writing=wanted.write) as session:
        file = displayed(wanted.file)
        names = ForumNames(session.register)
        context = _context(session, wanted.year)
        data = storage.read_named(wanted.file)
        found = read_dates(file, data, context, names.__contains__, _span(session))
        by_year = claims(found, session.register, session.plans, wanted.forum)
        imported = []
        for year, of_year in sorted(by_year.items()):
            label = session.translated("Planning {year}", year=session.register.planning_year(year))
            with progress_bar(label, wanted=not options.quiet) as progress:
                planning = partial(import_year, force=wanted.force, accept=wanted.accept, progress=progress)
                imported.append(planning(session.situation(year), of_year, found))
        if found.problems and not any(one.rows for one in imported):
            raise NothingToImportError(file, found.problems)
        changed = [one for one in imported if any(row.differs for row in one.rows)]
        for one in changed:
            if wanted.write:
                session.put(one.plan)
            else:
                # What is only shown needs no stamps.
                session.plans[one.plan.year] = one.plan
        if wanted.write and changed:
            steps.save(session, [one.plan.year for one in changed])
        _show(session, wanted, imported, found.problems)
        unplanned = [replace(problem, severity="warning") for one in changed for problem in one.unplanned]
        problems = [*session.all_warnings, *compact(found.problems), *unplanned]
        steps.finish(
            session, [*problems, *steps.problems_of(session.plans[one.plan.year] for one in changed)]
        )


def _context(session: Session, year: int | None) -> Context:
    """Return what is known of dates before the file is read."""
    register = session.register
    context = Context(
        day_first=register.file.language == SWEDISH, years=_expected(session), known_days=_known(session)
    )
    if year is None:
        return context
    planning_year = register.planning_year(year)
    return replace(context, year=year, turns=planning_year.first.month if planning_year.splits else None)


def _span(session: Session) -> Span:
    """Return the days whose events are read: from the first year with a plan to the one after the last."""
    planned = [session.register.planning_year(year) for year in sorted({session.this, *session.plans})]
    return Span(session.zone, planned[0].first, planned[-1].later(1).last)


def _known(session: Session) -> Callable[[str], set[date]]:
    """Return what tells on which days a recorded meeting is, or was."""
    meetings = {one.id: one for plan in session.plans.values() for one in plan.meetings}

    def days(meeting: str) -> set[date]:
        one = meetings.get(meeting)
        return {one.date, *(was.date for was in one.former)} if one else set()

    return days


def _expected(session: Session) -> Callable[[int], bool]:
    years = {each for year in session.plans for each in session.register.planning_year(year).calendar_years}
    return years.__contains__


# --- what is shown ------------------------------------------------------------------------------------


def _show(session: Session, wanted: Wanted, imported: Sequence[Imported], told: Sequence[Problem]) -> None:
    if session.options.json:
        output.json_document(_document(session, wanted, imported, told))
        return
    _ = session.translated
    for one in imported:
        plan = session.plans[one.plan.year]
        for row in one.rows:
            if row.changes or not session.options.quiet:
                _say_row(session, plan, row, one)
        ids = {row.after.id for row in one.rows if row.changes}
        others = tuple(change for change in plan.changes if change.meeting not in ids)
        if others and any(row.changes for row in one.rows):
            if not session.options.quiet:
                say(_("Around them:"))
            view = changes_view(others, replace(plan, changes=others), session.register, alone=True)
            print_view(view, stdout=sys.stdout)
    rows = [row for one in imported for row in one.rows]
    changing = sum(row.changes for row in rows)
    if session.options.quiet:
        return
    say(
        _(
            "Dates that change something: {changing}; as recorded: {same}; left out: {left}.",
            changing=changing,
            same=len(rows) - changing,
            left=len(told) - sum(len(row.older) for row in rows),
        )
    )
    if not changing:
        say(_("Nothing is new."))
    elif wanted.write:
        say(_("The calendars are written. Subscribers see it within a day; tell everyone else."))
    else:
        say(_("Nothing was written. Do it with: {command}", command=_command(session, wanted)))


def _command(session: Session, wanted: Wanted) -> str:
    """Return the command that does what was shown, as a line to paste into a shell of this system."""
    file, options = str(wanted.file), session.options
    # A name that begins so would be taken for an option.
    words = ["kultursam", "import", f".{os.sep}{file}" if file.startswith("-") else file]
    given = {
        "--forum": wanted.forum,
        "--year": wanted.year,
        "--file": options.file,
        "--output": options.output,
    }
    words += [word for name, value in given.items() if value is not None for word in (name, str(value))]
    words += [name for name, on in (("--force", wanted.force), ("--accept", wanted.accept)) if on]
    return " ".join(map(in_quotes, [*words, "--write"]))


def _say_row(session: Session, plan: Plan, row: Row, imported: Imported) -> None:
    _ = session.translated
    say(printable(f"{row.entry.place.name}: {', '.join(_parts(session, plan, row))}"))
    for problem in imported.broken.get(row.after.id, ()) if row.changes else ():
        text = problem.in_language(session.register.file.language).text
        rule = _("breaks: {rule} [line {line}]", rule=text, line=problem.line)
        say(printable(f"    {rule}"))


def _parts(session: Session, plan: Plan, row: Row) -> list[str]:
    """Return what a row says of its meeting: old → new where it changes something."""
    _, register, language = session.translated, session.register, session.register.file.language
    before, after = row.before, row.after
    name = f"{plan.forums[after.forum].name} {plan.number(after)}"

    def both(said: Callable[[Meeting], str]) -> str:
        new = said(after)
        old = said(before) if before else new
        return f"{old} → {new}" if old != new else new

    def place(meeting: Meeting) -> str:
        return location(register, plan, meeting) or "–"

    parts = [both(lambda one: one.when), both(lambda one: hours_in_words(one, language)), name]
    parts += [both(place)] if place(after) != "–" or (before and place(before) != "–") else []
    parts.append(both(lambda one: _(one.status.value)))
    if before is None:
        parts.append(_("new"))
    elif not row.changes:
        parts.append(_("older than the plan") if row.older else _("as recorded"))
    return parts


def _document(
    session: Session, wanted: Wanted, imported: Sequence[Imported], told: Sequence[Problem]
) -> data.JsonImported:
    plans = [session.plans[one.plan.year] for one in imported]
    return {
        "schema": data.SCHEMA,
        "file": displayed(wanted.file),
        "written": wanted.write and any(row.changes for one in imported for row in one.rows),
        "rows": [
            {
                "cell": row.entry.place.name,
                "meeting": row.after.id,
                "forum": row.after.forum,
                "number": plan.number(row.after),
                "from": row.before.date.isoformat() if row.before else None,
                "to": row.after.date.isoformat(),
                "start": f"{row.after.start:%H:%M}",
                "end": f"{row.after.end:%H:%M}",
                "status": row.after.status.value,
                "changes": row.changes,
                "older": bool(row.older),
                "broken": output.as_data(session, one.broken.get(row.after.id, ()) if row.changes else ()),
            }
            for one, plan in zip(imported, plans, strict=True)
            for row in one.rows
        ],
        "changes": [data.change(change, plan, session.register) for plan in plans for change in plan.changes],
        "problems": output.as_data(session, [*session.all_warnings, *told]),
    }
