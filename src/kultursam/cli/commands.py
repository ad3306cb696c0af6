"""The commands. Each reads its options, calls on what does the work, and shows the result."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kultursam.cli import options as opt
from kultursam.cli.plain import YEARS
from kultursam.diagnostics import Problem

if TYPE_CHECKING:
    from kultursam.cli.session import Session
    from kultursam.forumfile.notation import TimeSpan
    from kultursam.planner.edit import Change

app = typer.Typer(
    name="kultursam",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class View(StrEnum):
    """How a year is shown."""

    LIST = "list"
    LINE = "line"
    MONTH = "month"


class Format(StrEnum):
    """What a year is written as."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


COMPLETE = "_KULTURSAM_COMPLETE"
"""Set by a shell that asks how a line may go on."""
ClickException: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""What wrong usage raises: typer uses click, or carries a click of its own."""


def _spare_models() -> None:
    """Keep typer from making readers, with pydantic, for what needs no reading: little else takes as long.

    That is what is not given, and all on a line that a shell asks how to go on with.
    """
    parameter: Any = getattr(typer.core, "_TyperParameter", None)
    read = getattr(parameter, "process_value", None)
    if read is None:
        return

    def process_value(self: Any, ctx: Any, value: Any) -> Any:  # noqa: ANN401 - as typer has it
        absent = value is None and not (self.required or self.multiple) and self.nargs == 1
        return value if absent or COMPLETE in os.environ else read(self, ctx, value)

    parameter.process_value = process_value


_spare_models()


def _tell_version(wanted: bool) -> None:  # noqa: FBT001 - as typer calls it
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"kultursam {version('kultursam')}")
        except PackageNotFoundError:
            print("kultursam (not installed)")
        raise typer.Exit


@app.callback()
def kultursam(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_tell_version),
    ] = False,
) -> None:
    """Plan recurring meetings across organisations.

    kultursam plan 2025
    """


@app.command()
def plan(
    years: opt.Years,
    file: opt.File = None,
    output: opt.Output = None,
    today: opt.Today = None,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
    dry_run: opt.DryRun = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if anything would change.")
    ] = False,
    replan: Annotated[bool, typer.Option("--replan", help="Let every proposed meeting move.")] = False,
) -> None:
    """Plan a year, save it, write every calendar, and show the year and what changed."""
    from kultursam.cli import planning
    from kultursam.cli.session import Options

    asked = Options(file, output, today, json, quiet)
    if code := planning.plan(asked, years, dry_run=dry_run, check=check, replan=replan):
        raise typer.Exit(code)


@app.command()
def show(
    year: opt.Year,
    file: opt.File = None,
    output: opt.Output = None,
    today: opt.Today = None,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
    view: Annotated[View, typer.Option("--view", help="A list, a line of weeks, or months.")] = View.LIST,
    forum: opt.Forums = None,
    organisation: opt.Organisations = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="From this day.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="To this day.")] = None,
    form: Annotated[Format, typer.Option("--format", help="A table, JSON or CSV.")] = Format.TABLE,
) -> None:
    """Show the plan of a year as it was saved."""
    from kultursam.cli import output as shown
    from kultursam.cli.session import Options, narrowed, open_session

    asked = Options(file, output, today, json or form is Format.JSON, quiet)
    with open_session(asked, builtin=True) as session:
        # Only lists and JSON tell why meetings lie where they do.
        told = asked.json or (view is View.LIST and form is Format.TABLE)
        plan = session.recorded_or_planned(year, explained=None if told else ())
        plan = narrowed(session, plan, forum or (), organisation or (), first, last)
    shown.plan(session, plan, view, csv=form is Format.CSV)
    if shown.failed(session, [plan]):
        raise typer.Exit(1)


@app.command()
def explain(
    meeting: opt.MeetingId,
    file: opt.File = None,
    output: opt.Output = None,
    today: opt.Today = None,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
    instead: Annotated[
        str | None,
        typer.Option("--instead", metavar="DATE", help="What another date costs and moves."),
    ] = None,
) -> None:
    """Explain why a meeting lies where it does, and what every better-looking date would break or cost."""
    from kultursam.cli import output as shown
    from kultursam.cli.session import Options, open_session, read_value, year_of
    from kultursam.forumfile import notation

    with open_session(Options(file, output, today, json, quiet), builtin=True) as session:
        year = year_of(session, meeting, planned=True)
        plan = session.recorded_or_planned(year, explained={meeting})
        shown.explanation(session, plan, meeting, brief=instead is not None)
        if instead is not None:
            from kultursam.planner import alternatives

            day = read_value("--instead", notation.full_date, instead)
            other = alternatives.what_if(session.situation(year), plan, meeting, day)
            shown.instead(session, plan, other, meeting)


@app.command()
def suggest(
    forum: opt.ForumId,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="From this day; else today.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="To this day; else the end of the year.")
    ] = None,
    count: Annotated[int, typer.Option("--count", min=1, max=100, help="How many dates.")] = 5,
    participants: opt.Participants = None,
    file: opt.File = None,
    output: opt.Output = None,
    today: opt.Today = None,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Suggest the best free dates for a further meeting of a forum, with what speaks against each."""
    from datetime import date

    from kultursam.cli import output as shown
    from kultursam.cli.session import Options, UsageError, in_order, open_session, read_value
    from kultursam.forumfile import notation
    from kultursam.planner import alternatives

    with open_session(Options(file, output, today, json, quiet), builtin=True) as session:
        start = session.today if first is None else read_value("--from", notation.full_date, first)
        if start.year not in YEARS:
            raise UsageError(Problem(f"dates are suggested from {YEARS[0]} to {YEARS[-1]}"))
        end = date(start.year, 12, 31) if last is None else read_value("--to", notation.full_date, last)
        in_order(start, end)
        found, known = [], session.register.forums
        for year in range(start.year, min(end.year, start.year + 5, YEARS[-1]) + 1):
            if year not in session.plans:
                session.recorded_or_planned(year, explained=(), only=forum if forum in known else None)
            found += alternatives.suggest(
                session.situation(year), forum, start, end, count, participants or ()
            )
        best = alternatives.best(found, count)
    shown.suggestions(session, forum, best)


@app.command()
def export(
    year: opt.Year,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="New or changed since this day.")
    ] = None,
    forum: opt.Forums = None,
    organisation: opt.Organisations = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="The file to write; else stdout.")
    ] = None,
    file: opt.File = None,
    today: opt.Today = None,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Write one calendar file of what is new or changed, to import; importing all again duplicates it."""
    from kultursam.atomic import write_files
    from kultursam.cli import output as shown
    from kultursam.cli.session import Options, narrowed, open_session, read_value
    from kultursam.forumfile import notation
    from kultursam.render.ics import Calendars

    with open_session(Options(file, None, today, json, quiet)) as session:
        plan = narrowed(
            session, session.recorded(year, explained=()), forum or (), organisation or (), None, None
        )
        day = None if since is None else read_value("--since", notation.full_date, since)
        new = [one for one in session.published(plan) if day is None or one.modified.date() >= day]
        data = Calendars(session.register, [session.plans[year]]).calendar(plan.name, new, feed=False)
        if output is None:
            sys.stdout.buffer.write(data)
        else:
            write_files([(output, data)])
            shown.exported(session, output, len(new))


@app.command()
def confirm(
    what: opt.YearsOrMeetings,
    file: opt.File = None,
    output: opt.Output = None,
    today: opt.Today = None,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
    dry_run: opt.DryRun = False,
    force: opt.Force = False,
) -> None:
    """Confirm a year's proposed meetings, or some of them: from then on planning never moves them."""
    from kultursam.cli.session import Options, open_session, year_of
    from kultursam.planner import edit

    with open_session(Options(file, output, today, json, quiet), writing=not dry_run) as session:
        years = [int(word) for word in what if word.isascii() and word.isdigit()]
        by_year: dict[int, list[str]] = {year: [] for year in years}
        for meeting in what:
            if not (meeting.isascii() and meeting.isdigit()):
                by_year.setdefault(year_of(session, meeting), []).append(meeting)
        changes = [(year, edit.confirm(ids, every=year in years)) for year, ids in by_year.items()]
        _change(session, changes, dry_run=dry_run, force=force)


@app.command()
def move(
    meeting: opt.MeetingId,
    date: opt.Day,
    time: opt.Time = None,
    host: opt.Host = None,
    place: opt.Place = None,
    file: opt.File = None,
    output: opt.Output = None,
    today: opt.Today = None,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
    dry_run: opt.DryRun = False,
    force: opt.Force = False,
) -> None:
    """Move a meeting to a date; planning leaves it there."""
    from kultursam.cli.session import Options, open_session, read_value, year_of
    from kultursam.forumfile import notation
    from kultursam.planner import edit

    with open_session(Options(file, output, today, json, quiet), writing=not dry_run) as session:
        day = read_value("DATE", notation.full_date, date)
        change = edit.move(meeting, day, *_details(time, host, place))
        _change(session, [(year_of(session, meeting), change)], dry_run=dry_run, force=force)


@app.command()
def cancel(
    meeting: opt.MeetingId,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why: everyone will read it.")],
    file: opt.File = None,
    output: opt.Output = None,
    today: opt.Today = None,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
    dry_run: opt.DryRun = False,
    force: opt.Force = False,
) -> None:
    """Cancel a meeting: it stays in every calendar, marked as cancelled."""
    from kultursam.cli.session import Options, open_session, read_value, year_of
    from kultursam.forumfile import notation
    from kultursam.planner import edit

    with open_session(Options(file, output, today, json, quiet), writing=not dry_run) as session:
        change = edit.cancel(meeting, read_value("--reason", notation.line_of_text, reason))
        _change(session, [(year_of(session, meeting), change)], dry_run=dry_run, force=force)


@app.command()
def add(
    forum: opt.ForumId,
    date: opt.Day,
    time: opt.Time = None,
    host: opt.Host = None,
    place: opt.Place = None,
    file: opt.File = None,
    output: opt.Output = None,
    today: opt.Today = None,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
    dry_run: opt.DryRun = False,
    force: opt.Force = False,
) -> None:
    """Add a meeting of a forum; a place reserved for it is used first."""
    from kultursam.cli.session import Options, open_session, read_value
    from kultursam.forumfile import notation
    from kultursam.planner import edit

    with open_session(Options(file, output, today, json, quiet), writing=not dry_run) as session:
        day = read_value("DATE", notation.full_date, date)
        change = edit.add(forum, day, *_details(time, host, place))
        _change(session, [(day.year, change)], dry_run=dry_run, force=force)


def _details(
    time: str | None, host: str | None, place: str | None
) -> tuple[TimeSpan | None, str | None, str | None]:
    from kultursam.cli.session import read_value
    from kultursam.forumfile import notation

    span = None if time is None else read_value("--time", notation.time_span, time)
    return span, host, None if place is None else read_value("--place", notation.line_of_text, place)


def _change(session: Session, changes: Sequence[tuple[int, Change]], *, dry_run: bool, force: bool) -> None:
    """Apply changes to plans of record, write them with their calendars, and show what changed."""
    from kultursam.cli import output as show
    from kultursam.cli.session import save
    from kultursam.planner import edit

    warnings: list[Problem] = []
    for year, change in changes:
        session.saved(year)
        edited = edit.edit(session.situation(year), change, force=force)
        session.plans[year] = edited.plan
        warnings += edited.broken
    years = [year for year, _ in changes]
    if not dry_run:
        save(session, years)
    plans = [session.plans[year] for year in dict.fromkeys(years)]
    show.changes(session, plans, warnings, dry_run=dry_run)
    if show.failed(session, plans):
        raise typer.Exit(1)


@app.command()
def check(file: opt.File = None, json: opt.Json = False, quiet: opt.Quiet = False) -> None:
    """Check the forum file alone: every problem, nothing written."""
    from kultursam.cli import output as show
    from kultursam.cli.session import Options, open_session

    with open_session(Options(file, json=json, quiet=quiet), builtin=True, alone=True) as session:
        show.checked(session)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; else this one.")] = Path(),
    json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Make a forum file to begin with: it plans at once, and its comments tell what to change."""
    from kultursam import storage
    from kultursam.cli.session import moment
    from kultursam.render import data as tabular

    year = moment().year + 1
    written = storage.write_starter(folder)
    if json:
        print(tabular.to_json({"file": str(written), "problems": []}), end="")
    elif not quiet:
        print(f"{written} is made. Change it as you like, then: kultursam plan {year} --file {written}")


@app.command()
def schema(
    json: opt.Json = False,  # noqa: ARG001 - it is JSON already
    quiet: opt.Quiet = False,  # noqa: ARG001 - it is what was asked for
) -> None:
    """Print the JSON Schema of the forum file, for editors that complete and check YAML as you type.

    kultursam schema > forums.schema.json

    Such a file works beside the forum file, without the net, if the forum file begins with the line

    # yaml-language-server: $schema=forums.schema.json
    """
    from kultursam.forumfile.json_schema import to_text

    sys.stdout.buffer.write(to_text().encode())


def run(*, as_json: bool) -> int:
    """Run the command that the arguments name, or tell what is wrong with them. Gives the exit code."""
    # Typer's own two options, which every command would read, come before any.
    app._add_completion = COMPLETE in os.environ or not sys.argv[1:] or sys.argv[1].startswith("-")  # noqa: SLF001
    try:
        code = app(standalone_mode=False)
    except ClickException as error:
        if as_json:
            from kultursam.cli.session import UsageError

            raise UsageError(Problem(error.format_message())) from error
        error.show()
        return int(error.exit_code)
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    return code if isinstance(code, int) else 0
