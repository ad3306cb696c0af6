"""What commands print: results on stdout, messages on stderr."""

import io
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kultursam.cli.options import Format, Options, View
from kultursam.cli.session import Session
from kultursam.cli.terminal import say
from kultursam.diagnostics import Problem, has_errors
from kultursam.history import changes_since
from kultursam.i18n import Message, language_of_locale
from kultursam.planner.suggestions import Suggestion
from kultursam.plans.model import Change, Plan, Reason
from kultursam.presentation import day_in_words
from kultursam.render import data

# Each by its name: if the package's own module is lost, that is known before anything is written.
from kultursam.render.table import changes_view, line_view, list_view, matrix_view, month_view, print_view

if TYPE_CHECKING:
    from kultursam.fetch.fetching import Fetched

WRONG_FOR_PEOPLE = {
    "forum-left",
    "organisation-left",
    "member-left",
    "member-back",
    "host-left",
    "busy-calendar",
    "fetched-unusable",
    "old-calendar",
    "broken-rule",
}
"""Codes of the warnings that a quiet run prints as well.

Unless somebody acts, people meet where or when they should not, or lose a calendar. All other warnings are
advice that may stand for good: said every night, it would hide what is wrong.
"""


def json_document(document: object) -> None:
    """Print one JSON document: UTF-8, whatever the terminal is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data.to_json(document).encode(errors="replace"))


def years(session: Session, plans: Sequence[Plan], warnings: Iterable[Problem]) -> list[data.JsonPlan]:
    """Return plans for programs. Warnings are among the problems of the first."""
    first, *others = [
        data.document(replace(plan, problems=tuple(session.located(plan.problems))), session.register)
        for plan in plans
    ]
    first["problems"] = [*as_data(session, warnings), *first["problems"]]
    return [first, *others]


def as_data(session: Session, problems: Iterable[Problem]) -> list[data.JsonProblem]:
    """Return problems for programs, in the file's language."""
    return [data.problem(problem) for problem in session.located(problems)]


def planned(session: Session, plans: Sequence[Plan], warnings: Iterable[Problem]) -> None:
    """Print planned years: the list of each, unless only changes are wanted, and what changed."""
    if session.options.json:
        json_document(years(session, plans, warnings))
        return
    for plan in plans:
        listed(session, plan)
        _changes(session, plan, alone=session.options.quiet)


def listed(session: Session, plan: Plan) -> None:
    """Print the list of a year, unless only changes are wanted."""
    if not session.options.quiet:
        print_view(list_view(plan, session.register, notes=_notes(session, plan)), stdout=sys.stdout)


def changed(
    session: Session, plans: Sequence[Plan], warnings: Iterable[Problem], *, dry_run: bool, several: bool
) -> None:
    """Print what a change did, and what to do next; for programs a list, if there may be `several` years."""
    if session.options.json:
        documents = years(session, plans, warnings)
        json_document(documents if several else documents[0])
        return
    _ = session.translated
    for plan in plans:
        _changes(session, plan, alone=session.options.quiet or (len(plans) > 1 and bool(plan.changes)))
    if session.options.quiet:
        return
    if dry_run:
        say(_("Nothing was written."))
    elif any(plan.changes for plan in plans):
        say(_("The calendars are written. Subscribers see it within a day; tell everyone else."))


def _changes(session: Session, plan: Plan, *, alone: bool) -> None:
    if plan.changes or not alone:
        view = changes_view(plan.changes, plan, session.register, alone=alone)
        print_view(view, stdout=sys.stdout)


def differences(session: Session, changes: Sequence[Change], plan: Plan) -> None:
    """Print how a plan differs from another one."""
    if changes:
        print_view(changes_view(changes, plan, session.register, alone=True), stdout=sys.stdout)
    else:
        say("  " + session.translated("no difference"))


def published(session: Session, files: Sequence[Path]) -> None:
    """Print how many files are published."""
    if session.options.json:
        published: data.JsonPublished = {
            "schema": data.SCHEMA,
            "files": len(files),
            "problems": as_data(session, session.all_warnings),
        }
        json_document(published)
    elif not session.options.quiet:
        say(session.translated("Files that are published: {number}", number=len(files)))


def year(session: Session, plan: Plan, form: Format, view: View, days: tuple[date, date]) -> None:
    """Print a year in the format and the view that were asked for; of fixed dates, those of some days."""
    if form == "json":
        json_document(years(session, [plan], session.all_warnings)[0])
    elif form == "csv":
        table_of_text(data.to_csv(plan, session.register))
    else:
        register = session.register.within(plan.planning_year, *days)
        if view == "list":
            shown = list_view(plan, register, notes=_notes(session, plan))
        else:
            shown = {"line": line_view, "month": month_view, "matrix": matrix_view}[view](plan, register)
        print_view(shown, stdout=sys.stdout)


def since(session: Session, plan: Plan, form: Format, day: date) -> None:
    """Print what changed of a year since a day, in the format that was asked for."""
    changes, register = changes_since(plan, day, session.zone), session.register
    if form == "json":
        told = replace(plan, problems=tuple(session.located([*session.all_warnings, *plan.problems])))
        json_document(data.changes_since(day, changes, told, register))
    elif form == "csv":
        table_of_text(data.changes_to_csv(changes, plan, register))
    else:
        print_view(changes_view(changes, plan, register, alone=True, since=day), stdout=sys.stdout)


def _notes(session: Session, plan: Plan) -> dict[str, str]:
    """Return, by meeting, that it is pinned, or the first reason why it is not in the week of its ideal."""
    notes = {}
    for meeting in plan.meetings:
        assessment = plan.assessments[meeting.id]
        if meeting.pinned:
            notes[meeting.id] = session.translated("pinned")
        if not assessment.ideal or not meeting.live or meeting.decided:
            continue
        ideal_week = assessment.ideal.isocalendar()[:2]
        reasons = [reason for reason in assessment.reasons if reason.date.isocalendar()[:2] == ideal_week]
        if reasons and meeting.date.isocalendar()[:2] != ideal_week:
            day = day_in_words(reasons[0].date, session.register.file.language, short=True)
            notes[meeting.id] = session.translated("not {day}: {why}", day=day, why=reasons[0].text)
    return notes


def table_of_text(text: str) -> None:
    """Print a table for spreadsheets."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Its lines end as spreadsheets want them; Windows would make that \r\r\n.
        sys.stdout.reconfigure(newline="")
    print(text, end="")


def table_to_fill_in(text: str) -> None:
    """Print a table that people save and open in a spreadsheet; in a terminal, to read."""
    if sys.stdout.isatty():
        table_of_text(text)
    else:
        # Excel reads UTF-8 only after a byte order mark.
        sys.stdout.buffer.write(text.encode("utf-8-sig"))


def suggestions(
    session: Session, best: Sequence[Suggestion], against: Sequence[Reason], command: str
) -> None:
    """Print free dates, best first, and the command that takes the first; or why none is free."""
    if session.options.json:
        dates: list[data.JsonSuggestion] = [
            {
                "date": suggestion.date.isoformat(),
                "should": suggestion.trouble,
                "points": suggestion.points,
                "reasons": [data.reason(reason) for reason in suggestion.reasons],
            }
            for suggestion in best
        ]
        reasons = [data.reason(reason) for reason in ([] if best else against)]
        document: data.JsonSuggestions = {
            "schema": data.SCHEMA,
            "dates": dates,
            "against": reasons,
            "problems": as_data(session, session.warnings),
        }
        json_document(document)
        return
    _, language = session.translated, session.register.file.language
    if not best:
        say(_("No date in that period is free."))
        for reason in against:
            say(f"  {reason.text}" + (_(" [line {line}]", line=reason.line) if reason.line else ""))
    for suggestion in best:
        day = suggestion.date
        drawbacks = "; ".join(reason.text for reason in suggestion.reasons) or _("no drawbacks")
        say(f"{day}  {_('wk')} {day.isocalendar().week:>2}  {day_in_words(day, language)}: {drawbacks}")
    if best and command:
        # As it is: a line to copy is one line.
        print(command.format(date=best[0].date))


def exported(session: Session, path: Path, number: int, *, once: bool) -> None:
    """Print what was written to be taken away; a calendar is imported `once`."""
    _ = session.translated
    text = _("{number} meetings written to {file}.", number=number, file=path)
    if once:
        text = _("{number} meetings written to {file}; import it once.", number=number, file=path)
    if once and not number:
        text = _("Nothing is new or changed: {file} has no meetings to import.", file=path)
    if session.options.json:
        document: data.JsonExported = {
            "schema": data.SCHEMA,
            "file": str(path),
            "meetings": number,
            "problems": as_data(session, session.warnings),
        }
        json_document(document)
    else:
        message(session, text)


def certified(session: Session, path: Path, *, proven: bool) -> None:
    """Print what was written to be checked."""
    _ = session.translated
    text = _("What proves that no plan is better is written to {file}.", file=path)
    if not proven:
        text = _("What is proven of the plan is written to {file}; it is not all.", file=path)
    message(session, text)


def checked(session: Session, found: Sequence[Problem]) -> None:
    """Print what was checked, if it has no errors."""
    if session.options.json:
        document: data.JsonProblems = {"schema": data.SCHEMA, "problems": as_data(session, found)}
        json_document(document)
    elif not session.options.quiet and not has_errors(found):
        read = [session.counted("{n} forum", "{n} forums", len(session.register.forums))]
        if session.plans:
            read.append(session.counted("{n} planned year", "{n} planned years", len(session.plans)))
        text = ", ".join([*read, session.translated("no errors")])
        say(f"{session.register.source.name}: {text}")


def fetched(session: Session, calendars: Sequence["Fetched"], warnings: Iterable[Problem]) -> None:
    """Print what became of each calendar that was fetched; if `quiet`, of those that are new or changed."""
    _ = session.translated
    if session.options.json:
        found: list[data.JsonFetchedCalendar] = [
            {
                "name": one.subscription.name,
                "file": one.subscription.file,
                "outcome": one.outcome,
                "checked": one.checked or None,
            }
            for one in calendars
        ]
        document: data.JsonFetched = {
            "schema": data.SCHEMA,
            "calendars": found,
            "problems": as_data(session, warnings),
        }
        json_document(document)
        return
    words = {
        "new": _("new"),
        "changed": _("changed"),
        "unchanged": _("unchanged"),
        "kept": _("not fetched"),
    }
    for one in calendars:
        if one.outcome in {"new", "changed"} or not session.options.quiet:
            say(f"{words[one.outcome]}: {one.subscription.name} ({one.subscription.file})")
    if not calendars and not session.options.quiet:
        say(_("No calendar has a url to fetch it from."))


def created(options: Options, path: Path, year: int) -> None:
    """Print that a forum file was created, and how to plan with it."""
    if options.json:
        document: data.JsonCreated = {"schema": data.SCHEMA, "file": str(path), "problems": []}
        json_document(document)
    elif not options.quiet:
        text = Message(
            "{file} was created. Edit it, then run: kultursam plan {year} --file {file}", file=path, year=year
        )
        say(text.translated_to(language_of_locale(os.environ)))


def message(session: Session, text: str) -> None:
    """Print a message of the project, unless only what is wrong is wanted."""
    if not session.options.quiet:
        say(text if session.project.builtin else f"{session.project.title}: {text}", error=True)


def problems(session: Session, found: Iterable[Problem]) -> None:
    """Print problems; if `quiet`, errors and the warnings of what is wrong for people."""
    for problem in session.located(found):
        is_wrong = problem.severity == "error" or problem.code in WRONG_FOR_PEOPLE
        if is_wrong or not session.options.quiet:
            say(str(problem), error=True)
