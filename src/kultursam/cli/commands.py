"""The commands: each reads its options, calls what does the work, and shows the result.

Modules that take long to import are imported within the functions, so that help and completion are quick.
"""

import re
import sys
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from kultursam.cli import options as opt
from kultursam.cli.options import ChangeOptions, DetailOptions, Options, Selection
from kultursam.cli.years import YEARS, UsageError, chosen, is_years, moment, year_everywhere
from kultursam.diagnostics import Problem, has_errors

if TYPE_CHECKING:
    from kultursam.cli.session import Session

Function = TypeVar("Function", bound=Callable[..., None])
app = typer.Typer(
    name="kultursam",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def run(*, as_json: bool) -> int:
    """Run the command that the arguments name; return its exit code. Raise `UsageError` if `as_json`."""
    try:
        code = app(standalone_mode=not as_json)
    except typer.TyperException as error:
        raise UsageError(Problem(error.format_message())) from error
    return code if isinstance(code, int) else 0


def command(name: str | None = None, *, without: Collection[str] = ()) -> Callable[[Function], Function]:
    """Make a function a command, of its own name unless another is given; see `with_options`."""

    def register(function: Function) -> Function:
        app.command(name)(opt.with_options(function, without))
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
    years: opt.Years = None,
    dry_run: opt.DryRun = False,
    check: Annotated[bool, opt.option("--check", "Write nothing; exit 1 if anything would change.")] = False,
    replan: Annotated[bool, opt.option("--replan", "Let all proposed meetings move.")] = False,
    accept: Annotated[
        bool, opt.option("--accept", "Cancel confirmed meetings, or change many, where planning would.")
    ] = False,
    whole_year: Annotated[
        bool, opt.option("--whole-year", "Plan the part of a running year that is over as well.")
    ] = False,
    draft: opt.Draft = None,
    take: opt.Take = None,
    alternatives: opt.Alternatives = None,
    certificate: opt.Certificate = None,
    fetch: Annotated[bool, opt.option("--fetch", "Fetch calendars of others first, as fetch does.")] = False,
    *,
    options: Options,
) -> None:
    """Plan years, save and publish them, and show what changed.

    kultursam plan 2025
    """
    from kultursam import checksum

    writing = not (dry_run or check)
    unusual = (replan, whole_year, certificate, fetch, draft, take, alternatives, options.today, options.json)
    if options.quiet and writing and not any(unusual):
        project = options.project()
        now = moment()
        this = year_everywhere(now, checksum.begins(project))
        wanted = chosen(years, this, project.recorded_years) if this else []
        known = bool(wanted) and not project.builtin
        if known and checksum.is_unchanged(project, options.output, wanted, now.date()):
            return
    from functools import partial

    from kultursam.cli import drafts, output, steps

    drafts.check_options(draft, take, alternatives, check=check, replan=replan, certificate=certificate)
    certifier = steps.Certifier(certificate)
    with steps.open_project(options, example=True, writing=writing) as session:
        certifier.check(session)
        wanted = session.years(years)
        found = steps.fetch(session).problems if fetch else []
        if alternatives:
            asked = drafts.Alternatives(alternatives, draft if writing else None, replan, whole_year)
            drafts.plan_alternatives(session, wanted, asked, found)
            return
        planning = partial(certifier.plan_year, replan=replan, accept=accept, whole_year=whole_year)
        if draft or take:
            planning = partial(drafts.planning(session, take), replan=replan, whole_year=whole_year)
        plans = steps.plan_years(session, wanted, planning)
        if writing and draft:
            drafts.keep(session, [(draft, one) for one in plans])
        elif writing:
            steps.record(session, wanted, steps.save(session, wanted))
        stale = steps.stale(session, wanted) if check else []
        certifier.write(session)
        notes = [*session.warnings, *found, *session.old_copies, *steps.check_countries(session), *stale]
        output.planned(session, plans, notes)
        problems = [*notes, *steps.problems_of(plans)]
        steps.finish(session, problems, failed=check and has_errors(problems))


@command(without={"output"})
def fetch(options: Options) -> None:
    """Copy the calendars of others that the forum file gives a url for.

    kultursam fetch

    Only when events are is kept of them. A copy that is good stays in use until a good one comes: neither a
    page of a login, nor half a calendar, nor an empty one takes its place. Planning reads the copies.
    """
    from kultursam.atomic import write_files
    from kultursam.cli import output, steps

    with steps.open_project(options, writing=True) as session:
        result = steps.fetch(session)
        write_files(session.fetched.items())
        problems = [*result.problems, *session.old_copies]
        output.fetched(session, result.calendars, problems)
        steps.finish(session, problems)


@command()
def publish(options: Options) -> None:
    """Make all files of all planned years again; plan nothing.

    kultursam publish
    """
    from kultursam.cli import output, steps
    from kultursam.cli.session import NothingPlannedError

    with steps.open_project(options, writing=True) as session:
        if not session.plans:
            raise NothingPlannedError(over=False)
        output.published(session, steps.save(session, ()))
        steps.finish(session, session.all_warnings)


@command()
def show(
    year: opt.Year = "this",
    view: opt.AsView = "list",
    form: opt.AsFormat = "table",
    since: Annotated[date | None, opt.day("--since", "Show what changed since the day began.")] = None,
    compare: opt.Compare = None,
    *,
    selection: Selection,
    options: Options,
) -> None:
    """Show the plan of a year, or what changed in it since a day.

    kultursam show 2025 --view month
    """
    from kultursam.cli import output, steps
    from kultursam.planner import assess_recorded

    if options.json:
        form = "json"
    if compare:
        from kultursam.cli import drafts

        drafts.require_one({"--compare": compare, "--since": since, "--format csv": form == "csv"})
        options = replace(options, json=form == "json")
    # Only lists and JSON say why meetings are on their dates.
    explained = None if not since and (form == "json" or (form, view) == ("table", "list")) else ()
    with steps.open_project(options, example=True) as session:
        if compare:
            (number,) = session.years([year])
            drafts.compare(session, number, compare, selection)
            steps.finish(session, session.all_warnings)
            return
        situation = session.situation(session.plan_of(year).year, planning=False)
        plan = steps.selected(session.register, assess_recorded(situation, explained), selection)
        if since:
            output.since(session, plan, form, since)
        else:
            output.year(session, plan, form, view, selection.days)
        steps.finish(session, [*session.all_warnings, *plan.problems])


@command()
def explain(
    meeting: opt.MeetingId,
    instead: Annotated[
        date | None, opt.day("--instead", "Show what another date would cost, and what would move.")
    ] = None,
    *,
    options: Options,
) -> None:
    """Explain why a meeting is on its date and not on another.

    kultursam explain styrgrupp-2025-2
    """
    from kultursam.cli import explanation, steps
    from kultursam.planner import assess_recorded, what_if

    with steps.open_project(options, example=True) as session:
        named = re.fullmatch(r"(.+)-([0-9]{4})-x?[0-9]+", meeting)
        if named and int(named[2]) in YEARS and int(named[2]) not in session.plans:
            steps.plan_unsaved(session, int(named[2]), named[1])
        situation = session.situation(session.year_of(meeting), planning=instead is not None)
        plan = assess_recorded(situation, {meeting})
        explanation.summary(session, plan, meeting)
        if instead is None:
            explanation.better_dates(session, plan, meeting)
        else:
            explanation.other_date(session, plan, what_if(situation, plan, meeting, instead), meeting)
        steps.finish(session, session.missing)


@command()
def suggest(
    target: opt.ForumOrMeetingOrNone = None,
    first: Annotated[date | None, opt.day("--from", "The first date (default: today).")] = None,
    last: Annotated[date | None, opt.day("--to", "The last date (default: the year's last).")] = None,
    count: Annotated[int, opt.option("--count", "The number of dates.", "N", min=1, max=100)] = 5,
    time: opt.Time = None,
    place: opt.Place = None,
    participants: opt.Participants = None,
    form: opt.AsSuggestions = "table",
    *,
    options: Options,
) -> None:
    """Suggest the best free dates for a meeting, or for people to meet.

    kultursam suggest styrgrupp --from 2025-09-01
    """
    from kultursam.cli import output, steps, suggesting

    joining = tuple(one.strip() for text in participants or () for one in text.split(","))
    wanted = suggesting.Wanted(target, joining, time, place)
    if form == "json":
        options = replace(options, json=True)
    with steps.open_project(options, example=True) as session:
        recorded = frozenset(session.plans)
        found = suggesting.find(session, wanted, steps.span_to_suggest(session, target, first, last))
        if form == "poll" and not options.json:
            suggesting.poll(session, found, count)
        else:
            line = suggesting.command(session, wanted, found.free, recorded)
            output.suggestions(session, found.free[:count], found.against, line)


@command(without={"output"})
def export(
    year: opt.Year = "this",
    kind: opt.AsKind = "ics",
    since: Annotated[date | None, opt.day("--since", "Only what is new or changed since this date.")] = None,
    output: Annotated[
        Path | None, opt.option("--output", "The file to write (default: stdout).", "FILE")
    ] = None,
    *,
    selection: Selection,
    options: Options,
) -> None:
    """Write a year as a calendar, table, workbook or document.

    kultursam export 2025 --since 2025-03-01 --output new.ics

    Of a calendar, import a meeting once only: a second import of it may show it twice. A list in a workbook
    can be edited and read again, with import.
    """
    from kultursam.cli import exporting

    exporting.export(options, exporting.Wanted(year, kind, since, output, selection))


@command("import")
def import_dates(
    dates: Annotated[
        Path, opt.argument("FILE", "A list of dates: CSV, XLSX, XLS, ODS or iCalendar.", show_default=False)
    ],
    forum: opt.OfForum = None,
    year: opt.OfYear = None,
    write: Annotated[bool, opt.option("--write", "Do it; without this, it is only shown.")] = False,
    force: Annotated[bool, opt.option("--force", "Change past meetings as well.")] = False,
    accept: Annotated[
        bool, opt.option("--accept", "Let many other meetings move, or confirmed ones be cancelled.")
    ] = False,
    *,
    options: Options,
) -> None:
    """Take in decided dates from a list or a calendar.

    kultursam import dates-2027.xlsx

    It shows what each row would do, and which rows cannot be read; --write does it. The dates become decided
    meetings, also where they break rules, and the rest of the year is planned around them.
    """
    from kultursam.cli import importing

    wanted = importing.Wanted(dates, forum, year, write=write, force=force, accept=accept)
    importing.import_dates(options, wanted)


@command(without={"output", "first", "last"})
def invite(
    year: opt.MaybeYear = None,
    send: Annotated[bool, opt.option("--send", "Send it; without this, it is only shown.")] = False,
    write: Annotated[
        Path | None, opt.option("--write", "Write the messages to files in a folder instead.", "DIR")
    ] = None,
    to: Annotated[
        str | None,
        opt.option(
            "--to",
            "Send all to this mailbox for tests; to nobody else it counts as sent.",
            "ADDRESS",
            parser=opt.an_address,
        ),
    ] = None,
    limit: Annotated[
        int | None, opt.option("--limit", "Send nothing if more mails than these are due.", "N", min=0)
    ] = None,
    proposed: Annotated[
        bool, opt.option("--proposed", "Also invite to meetings that are only proposed.")
    ] = False,
    texts: Annotated[
        bool, opt.option("--texts", "Also tell that only a text has changed; nobody answers again.")
    ] = False,
    *,
    selection: Selection,
    options: Options,
) -> None:
    """Show what people are to be told of their meetings, or send it.

    kultursam invite 2025 --send --limit 50

    Each person of people.yaml gets an invitation to each confirmed meeting, and what becomes of it: a change
    moves the entry in the person's calendar, a cancellation ends it.
    """
    from kultursam.cli import inviting
    from kultursam.mail.invitations import Wanted

    wanted = Wanted(proposed=proposed, texts=texts)
    inviting.invite(options, year, selection, inviting.Asked(send, write, to or "", limit, wanted))


@command(without={"output"})
def people(
    action: Annotated[
        Literal["check", "forget"] | None,
        opt.argument("check|forget", "What to do (default: count them).", show_default=False),
    ] = None,
    address: Annotated[
        str | None,
        opt.argument("ADDRESS", "The address to forget.", parser=opt.an_address, show_default=False),
    ] = None,
    *,
    options: Options,
) -> None:
    """Count the people of people.yaml, check them, or forget one.

    kultursam people check

    check tells of roles without a person, addresses that are listed twice, and terms that are over; exit 1 if
    there is anything to put right. forget takes all that is private of an address out of the outbox. Nothing
    that is printed names a person or an address.
    """
    from kultursam.cli import people

    people.people(options, action, address)


@command(without={"output"})
def replies(
    year: opt.MaybeYear = None,
    mbox: opt.Mbox = None,
    maildir: opt.Maildir = None,
    imap: Annotated[
        bool, opt.option("--imap", "Read the mailbox that mail.toml names, on its server.")
    ] = False,
    mailbox: Annotated[
        str | None, opt.option("--mailbox", "With --imap, another mailbox there.", "NAME")
    ] = None,
    forum: opt.OnlyForum = None,
    *,
    options: Options,
) -> None:
    """Show who answered invitations what; read answers from a mailbox.

    kultursam replies --mbox answers.mbox

    Nothing in the mailbox is changed, and no answer changes a plan: they are kept in outbox/ alone. For
    another time that somebody proposes, it shows what that would cost and the command that takes it.
    """
    from kultursam.cli import answering

    wanted = answering.Wanted(year, forum or (), mbox, maildir, imap, mailbox)
    answering.replies(options, wanted)


@command(without={"organisation", "role"})
def confirm(what: opt.YearsOrMeetings, selection: Selection, change: ChangeOptions, options: Options) -> None:
    """Confirm a year or some meetings: planning no longer moves them.

    kultursam confirm 2025 --to 2025-06-30

    A YEAR means its proposed meetings to come; --forum, --from and --to say which of them.
    """
    from functools import partial

    from kultursam.cli import steps
    from kultursam.planner import edit

    first, last = selection.days
    named = [word for word in what if is_years(word)]
    if not named and selection != Selection():
        raise opt.NoYearError

    def edits(session: "Session") -> list[tuple[int, edit.Edit]]:
        steps.require_forums(selection.forum, session.register.forums)
        whole = session.years(named) if named else []
        meetings: dict[int, list[str]] = {year: [] for year in whole}
        for word in what:
            if word not in named:
                meetings.setdefault(session.year_of(word), []).append(word)
        confirming = partial(edit.confirm, forums=selection.forum or (), first=first, last=last)
        return [(year, confirming(ids, every=year in whole)) for year, ids in meetings.items()]

    steps.change(options, change, edits, planning=False, several=True)


@command()
def move(what: opt.Moves, details: DetailOptions, change: ChangeOptions, options: Options) -> None:
    """Move meetings, each to a date; planning leaves them there.

    kultursam move styrgrupp-2025-2 2025-05-14

    Proposed meetings that prepare it, or that it prepares, come along where they must.
    """
    from kultursam.cli import steps
    from kultursam.planner import edit

    dates = opt.moves(what)

    def edits(session: "Session") -> list[tuple[int, edit.Edit]]:
        pairs: dict[int, list[tuple[str, date]]] = {}
        for meeting, day in dates.items():
            pairs.setdefault(session.year_of(meeting), []).append((meeting, day))
        return [(year, edit.move(moved, details.details())) for year, moved in pairs.items()]

    steps.change(options, change, edits, several=True)


@command()
def cancel(meeting: opt.MeetingId, reason: opt.Reason, change: ChangeOptions, options: Options) -> None:
    """Cancel a meeting: calendars keep it, marked as cancelled.

    kultursam cancel styrgrupp-2025-2 --reason "No items"
    """
    from kultursam.cli import steps
    from kultursam.planner import edit

    cancelled = edit.cancel(meeting, reason)
    steps.change(options, change, lambda session: [(session.year_of(meeting), cancelled)], planning=False)


@command()
def restore(meeting: opt.CancelledId, change: ChangeOptions, options: Options) -> None:
    """Take the cancellation of a meeting back.

    kultursam restore styrgrupp-2025-2
    """
    from kultursam.cli import steps
    from kultursam.planner import edit

    restored = edit.restore(meeting)
    steps.change(options, change, lambda session: [(session.year_of(meeting), restored)])


@command()
def refresh(
    target: opt.ForumOrMeeting,
    first: Annotated[date | None, opt.day("--from", "The first date (default: today).")] = None,
    *,
    change: ChangeOptions,
    options: Options,
) -> None:
    """Give meetings the time, place, format and link of the file.

    kultursam refresh styrgrupp

    What was decided keeps what was announced until then. No meeting changes its date, and what a person
    set for a meeting itself stays.
    """
    from kultursam.cli import steps
    from kultursam.planner import edit

    refreshed = edit.refresh(target, first or date.min)

    def edits(session: "Session") -> list[tuple[int, edit.Edit]]:
        return [(year, refreshed) for year in session.years_of(target)]

    steps.change(options, change, edits, several=True)


@command()
def add(
    forum: opt.ForumId, day: opt.Day, details: DetailOptions, change: ChangeOptions, options: Options
) -> None:
    """Add a meeting of a forum. The nearest time reserved for the forum, if any, is used first.

    kultursam add styrgrupp 2025-10-07
    """
    from kultursam.cli import steps
    from kultursam.planner import edit

    added = edit.add(forum, day, details.details())
    steps.change(options, change, lambda session: [(session.register.year_of(day).number, added)])


@command(without={"output"})
def check(options: Options) -> None:
    """Check all that is read, and all meetings to come; write nothing.

    kultursam check

    Exit 1 on any error in the forum file, a plan or a busy calendar, for a decided meeting that breaks a
    must, and if planning would be refused.
    """
    from kultursam.cli import output, steps

    with steps.open_project(options, example=True) as session:
        problems = steps.check(session)
        output.checked(session, problems)
        steps.finish(session, problems, failed=has_errors(problems))


@command(without={"file", "output", "today"})
def init(
    options: Options,
    folder: Annotated[
        list[Path] | None,
        opt.argument("DIR", "The folder (default: this one).", show_default=False),
    ] = None,
    lists: Annotated[
        list[Path] | None,
        opt.option(
            "--from",
            "Dates of former years, as import reads them; further files may follow.",
            "FILE",
        ),
    ] = None,
    language: opt.SpokenLanguage = None,
    country: opt.CountryOfHolidays = None,
) -> None:
    """Create a forum file to start from. It can be planned at once; its comments say what to change.

    kultursam init

    With --from it says how the bodies in lists and calendars of former years met, with the evidence.
    """
    from kultursam import storage
    from kultursam.cli import beginning, output

    folders, files = opt.folder_and_files(folder or [], lists or [])
    if files:
        text, year = beginning.first_forum_file(options, files, language, country)
    else:
        text, year = storage.starter(), moment().year + 1
    output.created(options, storage.write_starter(folders, text), year)


@command(without={"file", "output", "today"})
def schema(options: Options, what: opt.SchemaOf = "forums") -> None:  # noqa: ARG001 - it is JSON, and nothing else
    """Print the JSON Schema of a file, or of a JSON document.

    kultursam schema > forums.schema.json

    With those of the two files, editors complete and check them as you type. Keep it beside the file, and
    begin the file with the line

    # yaml-language-server: $schema=forums.schema.json
    """
    from kultursam.forumfile import json_schema
    from kultursam.mail import people
    from kultursam.render.data import schema_of

    of_files = {"forums": json_schema.schema, "people": people.schema}
    made = of_files[what]() if what in of_files else schema_of(what)
    sys.stdout.buffer.write(json_schema.to_text(made).encode())
