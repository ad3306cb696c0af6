"""The commands. Each reads its options, calls on what does the work, and shows the result."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer

from kultursam.cli import options as opt

if TYPE_CHECKING:
    from kultursam.cli.session import Session
    from kultursam.notation import TimeSpan
    from kultursam.planner.edit import Change
    from kultursam.problems import Problem

app = typer.Typer(
    name="kultursam",
    help="Plan recurring meetings across organisations.\n\nkultursam plan 2025",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

BUG = 3
INTERRUPTED = 130


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
    from kultursam import store
    from kultursam.cli import show
    from kultursam.cli.session import Options, open_session, plan_years, save

    writing = not (dry_run or check)
    stale = []
    with open_session(Options(file, output, today, json, quiet), builtin=True, writing=writing) as session:
        plans = plan_years(session, years, replan=replan)
        if writing:
            save(session, years)
        if check:
            stale = store.differing(session.files(sorted(set(years))))
    show.plans(session, plans)
    if stale:
        show.message(session, session.translated("Files that would change: {number}", number=len(stale)))
    if stale or show.failed(session, plans):
        raise typer.Exit(1)


@app.command()
def show(
    year: opt.Year,
    file: opt.File = None,
    output: opt.Output = None,
    today: opt.Today = None,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Show the plan of a year as it was saved."""
    from kultursam.cli import show as shown
    from kultursam.cli.session import Options, open_session

    with open_session(Options(file, output, today, json, quiet), builtin=True) as session:
        plans = [session.recorded(year)]
    shown.plans(session, plans)
    if shown.failed(session, plans):
        raise typer.Exit(1)


@app.command()
def confirm(
    what: Annotated[
        list[str], typer.Argument(metavar="YEAR|MEETING...", help="A whole year, or some meetings.")
    ],
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
        ids = [word for word in what if not (word.isascii() and word.isdigit())]
        changes = [(year, edit.confirm([])) for year in years]
        by_year: dict[int, list[str]] = {}
        for meeting in ids:
            by_year.setdefault(year_of(session, meeting), []).append(meeting)
        changes += [(year, edit.confirm(several)) for year, several in by_year.items()]
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
    from kultursam import notation
    from kultursam.cli.session import Options, open_session, read_value, year_of
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
    from kultursam import notation
    from kultursam.cli.session import Options, open_session, read_value, year_of
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
    from kultursam import notation
    from kultursam.cli.session import Options, open_session, read_value
    from kultursam.planner import edit

    with open_session(Options(file, output, today, json, quiet), writing=not dry_run) as session:
        day = read_value("DATE", notation.full_date, date)
        change = edit.add(forum, day, *_details(time, host, place))
        _change(session, [(day.year, change)], dry_run=dry_run, force=force)


def _details(
    time: str | None, host: str | None, place: str | None
) -> tuple[TimeSpan | None, str | None, str | None]:
    from kultursam import notation
    from kultursam.cli.session import read_value

    span = None if time is None else read_value("--time", notation.time_span, time)
    return span, host, None if place is None else read_value("--place", notation.line_of_text, place)


def _change(session: Session, changes: Sequence[tuple[int, Change]], *, dry_run: bool, force: bool) -> None:
    """Apply changes to plans of record, write them with their calendars, and show what changed."""
    from kultursam.cli import show
    from kultursam.cli.session import save
    from kultursam.planner import edit

    warnings: list[Problem] = []
    for year, change in changes:
        session.recorded(year)
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
    from kultursam.cli import show
    from kultursam.cli.session import Options, open_session

    with open_session(Options(file, json=json, quiet=quiet), builtin=True) as session:
        show.checked(session)


def main() -> None:
    """Run the command line; turn what goes wrong into a message and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(_guarded(app, as_json="--json" in sys.argv))


def _guarded(command: Callable[..., Any], *, as_json: bool) -> int:
    from kultursam.problems import KultursamError, Problem

    try:
        code = command(standalone_mode=False)
        sys.stdout.flush()
    except KultursamError as error:
        _tell(error.problems, as_json=as_json)
        return error.exit_code
    except click.exceptions.ClickException as error:
        _tell_usage(error, Problem(error.format_message()), as_json=as_json)
        return error.exit_code
    except (KeyboardInterrupt, click.exceptions.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has closed it: nothing more to say, and nothing to say it on.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the edge: whatever it is, no user reads a traceback
        if os.environ.get("KULTURSAM_DEBUG"):
            traceback.print_exc()
        text = f"this is a bug in kultursam ({type(error).__name__}: {error}); KULTURSAM_DEBUG=1 shows where"
        _tell([Problem(text)], as_json=as_json)
        return BUG
    return code if isinstance(code, int) else 0


def _tell(problems: Iterable[Problem], *, as_json: bool) -> None:
    if as_json:
        from kultursam.render import tabular

        print(tabular.to_json({"problems": tabular.problems(problems)}), end="")
    for problem in problems:
        print(problem, file=sys.stderr)


def _tell_usage(error: click.exceptions.ClickException, problem: Problem, *, as_json: bool) -> None:
    if as_json:
        _tell([problem], as_json=True)
    elif isinstance(error, click.exceptions.NoArgsIsHelpError):
        print(error.format_message())
    else:
        error.show()
