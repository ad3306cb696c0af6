"""The commands: each reads its options, calls what does the work, and shows the result.

Modules that take long to import are imported within the functions, so that help and completion are quick.
"""

import re
import sys
from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from kultursam.cli import options as opt
from kultursam.cli.options import YEARS, ChangeOptions, Details, Options, Selection, UsageError
from kultursam.diagnostics import Problem

if TYPE_CHECKING:
    from kultursam.cli.session import Session

Function = TypeVar("Function", bound=Callable[..., None])
MOST_YEARS = 6
"""Years in which dates are suggested at once."""
app = typer.Typer(
    name="kultursam",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class SuggestedYearError(UsageError):
    """Dates are wanted in a year that cannot be planned."""

    def __init__(self) -> None:
        super().__init__(Problem(f"dates can be suggested from {YEARS[0]} to {YEARS[-1]}"))


def run(*, as_json: bool) -> int:
    """Run the command that the arguments name; return its exit code. Raise `UsageError` if `as_json`."""
    try:
        code = app(standalone_mode=not as_json)
    except typer.TyperException as error:
        raise UsageError(Problem(error.format_message())) from error
    return code if isinstance(code, int) else 0


def command(*, without: Collection[str] = ()) -> Callable[[Function], Function]:
    """Make a function a command; see `with_options`."""

    def register(function: Function) -> Function:
        app.command()(opt.with_options(function, without))
        return function

    return register


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - as typer calls it
    from importlib import metadata

    if wanted:
        try:
            print(f"kultursam {metadata.version('kultursam')}")
        except metadata.PackageNotFoundError:
            print("kultursam (not installed)")
        raise typer.Exit


@app.callback()
def kultursam(
    version: Annotated[
        bool,
        opt.option("--version", "Print the version and exit.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    """Plan recurring meetings across organisations.

    kultursam plan 2025
    """


@command()
def plan(
    years: opt.Years,
    options: Options,
    dry_run: opt.DryRun = False,
    check: Annotated[bool, opt.option("--check", "Write nothing; exit 1 if anything would change.")] = False,
    replan: Annotated[bool, opt.option("--replan", "Let all proposed meetings move.")] = False,
) -> None:
    """Plan years, save them, write their calendars, and show each year and what changed.

    kultursam plan 2025
    """
    from kultursam import checksum

    writing = not (dry_run or check)
    if options.quiet and writing and not (replan or options.today or options.json):
        project = options.project()
        if checksum.is_unchanged(project, options.output or project.calendars, years):
            return
    from kultursam.atomic import differing
    from kultursam.cli import output, steps

    stale = []
    with steps.open_project(options, example=True, writing=writing) as session:
        plans = steps.plan_years(session, years, replan=replan)
        if writing:
            steps.record(session, years, steps.save(session, years))
        if check:
            stale = [path for files in session.files(years) for path in differing(files)]
    output.planned(session, plans)
    if check and stale:
        output.message(session, session.translated("Files that would change: {number}", number=len(stale)))
    steps.finish(session, [*session.warnings, *steps.problems_of(plans)], failed=bool(stale))


@command()
def show(
    year: opt.Year,
    selection: Selection,
    options: Options,
    view: opt.AsView = "list",
    form: opt.AsFormat = "table",
) -> None:
    """Show the plan of a year.

    kultursam show 2025 --view month
    """
    from kultursam.cli import output, steps
    from kultursam.planner import assess_recorded

    if options.json:
        form = "json"
    # Only lists and JSON say why meetings are on their dates.
    explained = None if form == "json" or (form, view) == ("table", "list") else ()
    with steps.open_project(options, example=True) as session:
        if year in session.plans:
            plan = assess_recorded(session.situation(year), explained)
        else:
            steps.plan_unsaved(session, year, explained=explained)
            plan = session.plans[year]
        plan = steps.selected(session.register, plan, selection)
    output.year(session, plan, form, view, selection.days())
    steps.finish(session, [*session.warnings, *plan.problems])


@command()
def explain(
    meeting: opt.MeetingId,
    options: Options,
    instead: Annotated[
        date | None, opt.day("--instead", "Show what another date would cost, and what would move.")
    ] = None,
) -> None:
    """Explain the date of a meeting, and what each date that looks better would break or cost.

    kultursam explain styrgrupp-2025-2
    """
    from kultursam.cli import explanation, steps
    from kultursam.planner import assess_recorded, what_if

    with steps.open_project(options, example=True) as session:
        named = re.fullmatch(r"(.+)-([0-9]{4})-x?[0-9]+", meeting)
        if named and int(named[2]) in YEARS and int(named[2]) not in session.plans:
            steps.plan_unsaved(session, int(named[2]), forum=named[1])
        year = session.year_of(meeting)
        plan = assess_recorded(session.situation(year), {meeting})
        explanation.summary(session, plan, meeting)
        if instead is None:
            explanation.better_dates(session, plan, meeting)
        else:
            changed = what_if(session.situation(year), plan, meeting, instead)
            explanation.other_date(session, plan, changed, meeting)


@command()
def suggest(
    target: opt.ForumId,
    options: Options,
    first: Annotated[date | None, opt.day("--from", "The first date (default: today).")] = None,
    last: Annotated[date | None, opt.day("--to", "The last date (default: the year's last).")] = None,
    count: Annotated[int, opt.option("--count", "The number of dates.", min=1, max=100)] = 5,
    participants: opt.Participants = None,
) -> None:
    """Suggest the best free dates for a further meeting of a forum, each with its drawbacks.

    kultursam suggest styrgrupp --from 2025-09-01
    """
    from kultursam.cli import output, steps
    from kultursam.planner import alternatives

    with steps.open_project(options, example=True) as session:
        start = first or session.today
        if start.year not in YEARS:
            raise SuggestedYearError
        end = last or date(start.year, 12, 31)
        opt.check_span(start, end)
        found = []
        for year in range(start.year, min(end.year, start.year + MOST_YEARS - 1, YEARS[-1]) + 1):
            if year not in session.plans:
                steps.plan_unsaved(session, year, forum=target)
            situation, joining = session.situation(year), participants or ()
            found.append(alternatives.suggest(situation, target, (start, end), participants=joining))
        free = alternatives.best(suggestion for of_year in found for suggestion in of_year.free)
        against = [reason for of_year in found for reason in of_year.against]
        output.suggestions(session, target, free[:count], against)


@command(without={"output", "first", "last"})
def export(
    year: opt.Year,
    selection: Selection,
    options: Options,
    since: Annotated[date | None, opt.day("--since", "Only what is new or changed since this date.")] = None,
    output: Annotated[
        Path | None, opt.option("--output", "The file to write (default: stdout).", "FILE")
    ] = None,
) -> None:
    """Write a calendar file to import: all meetings, or those that are new or changed.

    kultursam export 2025 --since 2025-03-01 --output new.ics

    Import a meeting once only: a second import of it may show it twice.
    """
    from zoneinfo import ZoneInfo

    from kultursam.atomic import write_files
    from kultursam.cli import output as show
    from kultursam.cli import steps
    from kultursam.planner import assess_recorded
    from kultursam.presentation import is_published
    from kultursam.render.ics import Calendars

    with steps.open_project(options) as session:
        session.require_plan(year)
        plan = steps.selected(session.register, assess_recorded(session.situation(year), ()), selection)
        zone = ZoneInfo(session.register.file.timezone)
        meetings = [
            meeting
            for meeting in plan.chronological()
            if is_published(session.register, meeting) and (not since or meeting.announced_on(zone) >= since)
        ]
        calendars = Calendars(session.register, [session.plans[year]])
        calendar = calendars.calendar(plan.name, meetings, feed=False)
        if output is None:
            sys.stdout.buffer.write(calendar)
        else:
            write_files([(output, calendar)])
            show.exported(session, output, len(meetings))


@command()
def confirm(what: opt.YearsOrMeetings, change: ChangeOptions, options: Options) -> None:
    """Confirm the proposed meetings of a year, or some meetings: planning no longer moves them.

    kultursam confirm 2025
    """
    from kultursam.cli import steps
    from kultursam.planner import edit

    years = {int(word) for word in what if word.isascii() and word.isdigit()}

    def edits(session: "Session") -> list[tuple[int, edit.Edit]]:
        meetings: dict[int, list[str]] = {year: [] for year in years}
        for word in what:
            if not (word.isascii() and word.isdigit()):
                meetings.setdefault(session.year_of(word), []).append(word)
        return [(year, edit.confirm(ids, every=year in years)) for year, ids in meetings.items()]

    steps.change(options, change, edits)


@command()
def move(
    meeting: opt.MeetingId, day: opt.Day, details: Details, change: ChangeOptions, options: Options
) -> None:
    """Move a meeting to a date; planning leaves it there.

    kultursam move styrgrupp-2025-2 2025-05-14
    """
    from kultursam.cli import steps
    from kultursam.planner import edit

    moved = edit.move([(meeting, day)], edit.Details(details.time, details.host, details.place))
    steps.change(options, change, lambda session: [(session.year_of(meeting), moved)])


@command()
def cancel(meeting: opt.MeetingId, reason: opt.Reason, change: ChangeOptions, options: Options) -> None:
    """Cancel a meeting: it stays in every calendar, marked as cancelled.

    kultursam cancel styrgrupp-2025-2 --reason "No items"
    """
    from kultursam.cli import steps
    from kultursam.planner import edit

    cancelled = edit.cancel(meeting, reason)
    steps.change(options, change, lambda session: [(session.year_of(meeting), cancelled)])


@command()
def add(forum: opt.ForumId, day: opt.Day, details: Details, change: ChangeOptions, options: Options) -> None:
    """Add a meeting of a forum. The nearest time reserved for the forum, if any, is used first.

    kultursam add styrgrupp 2025-10-07
    """
    from kultursam.cli import steps
    from kultursam.planner import edit

    added = edit.add(forum, day, edit.Details(details.time, details.host, details.place))
    steps.change(options, change, lambda _: [(day.year, added)])


@command(without={"output", "today"})
def check(options: Options) -> None:
    """Check the forum file and report all problems; write nothing.

    kultursam check
    """
    from kultursam import storage
    from kultursam.cli import output, steps

    with steps.open_project(options, example=True, with_plans=False) as session:
        storage.check_country(session.register)
        output.checked(session)
        steps.finish(session, session.warnings)


@command(without={"file", "output", "today"})
def init(
    options: Options,
    folder: Annotated[Path, opt.argument("DIR", "The folder (default: this one).")] = Path(),
) -> None:
    """Create a forum file to start from. It can be planned at once; its comments say what to change.

    kultursam init
    """
    from kultursam import storage
    from kultursam.cli import output
    from kultursam.cli.session import moment

    year = moment().year + 1
    output.created(options, storage.write_starter(folder), year)


@command(without={"file", "output", "today"})
def schema(options: Options) -> None:  # noqa: ARG001 - it is JSON, and nothing but what was asked for
    """Print the JSON Schema of the forum file, with which editors complete and check it as you type.

    kultursam schema > forums.schema.json

    Keep that file beside the forum file, and begin the forum file with the line

    # yaml-language-server: $schema=forums.schema.json
    """
    from kultursam.forumfile.json_schema import to_text

    sys.stdout.buffer.write(to_text().encode())
