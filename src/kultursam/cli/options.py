"""The options and arguments of the commands, each declared once, with how its value is read."""

import functools
import inspect
import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import typer

from kultursam.cli import completion
from kultursam.cli.years import YEARS, UsageError, YearError, years_of
from kultursam.diagnostics import Problem
from kultursam.i18n import Message
from kultursam.paths import Project, find_project, project_of

if TYPE_CHECKING:
    from kultursam.planner import edit

NONE = "none"
"""On the command line: no host, place, format or link at all."""


class SpanError(UsageError):
    """A span of dates ends before it begins."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(Problem(Message("--from {first} is after --to {last}", first=first, last=last)))


class PairError(UsageError):
    """A meeting that is to be moved has no date, or two."""

    def __init__(self, meeting: str) -> None:
        text = Message("{meeting} needs one date: write MEETING DATE for each meeting", meeting=meeting)
        super().__init__(Problem(text))


class FolderError(UsageError):
    """More than one folder is named, or a file that is not there."""

    def __init__(self) -> None:
        super().__init__(Problem(Message("name one folder, and with --from files that are there")))


class NoYearError(UsageError):
    """Part of a year is wanted, but no year is named."""

    def __init__(self) -> None:
        super().__init__(Problem(Message("--forum, --from and --to go with a YEAR")))


def _parser(value_type: str, *more: str) -> Callable[[str], Any]:
    """Return a reader of a forum file's type of value, by name, or of `more` words."""

    def parse(text: str) -> Any:  # noqa: ANN401 - as the type has it
        from kultursam.forumfile import values

        named = getattr(values, value_type)
        try:
            return text if text in more else next(iter(get_args(named)[1:]), named)(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error

    return parse


read_date, _text = _parser("full_date"), _parser("line_of_text")


def an_address(text: str) -> str:
    """Return the address of a mailbox."""
    from kultursam.mail.people import read_address

    try:
        return read_address(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def a_year(text: str) -> str:
    """Return a word that names one year."""
    if len(years_of(text, YEARS[0])) > 1:
        raise YearError(text)
    return text


def _years(text: str) -> str:
    """Return a word that names years."""
    years_of(text, YEARS[0])
    return text


def _at_most_one(files: list[Path] | None) -> list[Path] | None:
    if files and len(files) > 1:
        message = "name one forum file: " + ", ".join(map(str, files))
        raise typer.BadParameter(message)
    return files


def argument(metavar: str, help_text: str, **settings: Any) -> Any:  # noqa: ANN401 - as typer.Argument
    """Return an argument; see `typer.Argument`."""
    return typer.Argument(metavar=metavar, help=help_text, **settings)


def option(name: str, help_text: str, metavar: str | None = None, **settings: Any) -> Any:  # noqa: ANN401 - as typer.Option
    """Return an option; see `typer.Option`."""
    return typer.Option(name, metavar=metavar, help=help_text, **settings)


def day(name: str, help_text: str) -> Any:  # noqa: ANN401 - as typer.Option
    """Return an option that takes a date."""
    return option(name, help_text, "DATE", parser=read_date)


Year = Annotated[
    str,
    argument("YEAR", "The year: 2027, this or next.", parser=a_year, autocompletion=completion.years),
]
MaybeYear = Annotated[
    str | None,
    argument(
        "YEAR",
        "The year: 2027, this or next (default: every year with a plan that is not over).",
        parser=a_year,
        autocompletion=completion.years,
        show_default=False,
    ),
]
Years = Annotated[
    list[str] | None,
    argument(
        "YEAR...",
        "Years: 2027, 2027-2029, this or next (default: every year with a plan that is not over).",
        parser=_years,
        autocompletion=completion.years,
    ),
]
MeetingId = Annotated[
    str,
    argument("MEETING", "The id of a meeting, such as styrgrupp-2025-2.", autocompletion=completion.meetings),
]
CancelledId = Annotated[
    str,
    argument("MEETING", "The id of a cancelled meeting.", autocompletion=completion.cancelled),
]
Moves = Annotated[
    list[str],
    argument(
        "MEETING DATE...",
        "The id of a meeting and its new date; again for each further meeting.",
        autocompletion=completion.meetings,
    ),
]
YearsOrMeetings = Annotated[
    list[str],
    argument("YEAR|MEETING...", "Years, or ids of meetings.", autocompletion=completion.to_confirm),
]
ForumId = Annotated[
    str, argument("FORUM", "The id of a forum in the forum file.", autocompletion=completion.forums)
]
OfForum = Annotated[
    str | None,
    option(
        "--forum",
        "The forum of the dates that name none; dates of other forums are left.",
        "FORUM",
        autocompletion=completion.forums,
    ),
]
OnlyForum = Annotated[
    list[str] | None,
    option("--forum", "Only this forum. Can be repeated.", "FORUM", autocompletion=completion.forums),
]
Mbox = Annotated[
    Path | None, option("--mbox", "Read answers from an mbox file, or from one mail (.eml).", "FILE")
]
Maildir = Annotated[
    Path | None, option("--maildir", "Read answers from a Maildir, or from a folder of .eml files.", "DIR")
]
OfYear = Annotated[
    int | None,
    option("--year", "The year of dates that have none.", "YEAR", min=YEARS[0], max=YEARS[-1]),
]
ForumOrMeeting = Annotated[
    str,
    argument(
        "FORUM|MEETING", "The id of a forum or a meeting.", autocompletion=completion.forums_and_meetings
    ),
]
SpokenLanguage = Annotated[
    str | None,
    option(
        "--language", "With --from: the language of the file: sv or en.", "CODE", parser=_parser("Language")
    ),
]
CountryOfHolidays = Annotated[
    str | None,
    option(
        "--country",
        "With --from: whose holidays count, such as NO or GB-ENG.",
        "CODE",
        parser=_parser("Country"),
    ),
]
ForumOrMeetingOrNone = Annotated[
    str | None,
    argument(
        "FORUM|MEETING",
        "The id of a forum or a meeting; without it, --participants and --time say who meets and when.",
        show_default=False,
        autocompletion=completion.forums_and_meetings,
    ),
]
Day = Annotated[date, argument("DATE", "A date, YYYY-MM-DD.", parser=read_date)]
Kind = Literal["ics", "csv", "xlsx", "pdf"]
AsKind = Annotated[
    Kind, option("--format", "A calendar to import, a table, a workbook for Excel, or a document to print.")
]
View = Literal["list", "line", "month", "matrix"]
AsView = Annotated[View, option("--view", "A list, a line of weeks, months, or days by forum and month.")]
Format = Literal["table", "json", "csv"]
AsFormat = Annotated[Format, option("--format", "A table, JSON or CSV.")]
Suggested = Literal["table", "json", "poll"]
AsSuggestions = Annotated[Suggested, option("--format", "A table, JSON, or CSV for a poll.")]
Reason = Annotated[
    str, option("--reason", "The reason, for everyone who reads a calendar.", "TEXT", parser=_text)
]
Participants = Annotated[
    list[str] | None,
    option(
        "--participants",
        "A further organisation or group that takes part, perhaps as a role; or several, between commas.",
        "ORG|ROLE@ORG",
        autocompletion=completion.participants,
    ),
]
Time = Annotated[Any, option("--time", "Another time of day.", "HH:MM-HH:MM", parser=_parser("time_span"))]
Place = Annotated[str | None, option("--place", "Another place, a room's id, or none.", "TEXT", parser=_text)]
Certificate = Annotated[
    Path | None,
    option("--certificate", "Also write a proof that no plan is better, for you to check.", "FILE"),
]
SchemaOf = Annotated[
    Literal[
        "forums", "people", "plan", "show", "explain", "suggest", "add", "confirm", "move", "cancel",
        "restore", "refresh", "publish", "export", "import", "fetch", "check", "init", "invite", "replies",
    ],
    argument(
        "WHAT",
        "forums or people, the file of that name; or a command: what it prints with --json.",
        show_choices=False,
    ),
]  # fmt: skip
draft_name = _parser("Id")
Draft = Annotated[
    str | None,
    option("--draft", "Keep the plan as a draft of this name; publish nothing.", "NAME", parser=draft_name),
]
Take = Annotated[
    str | None,
    option("--take", "Let proposed meetings take the dates of a draft.", "NAME", parser=draft_name),
]
Compare = Annotated[
    list[str] | None,
    option(
        "--compare", "Show how a draft differs from the plan. Can be repeated.", "NAME", parser=draft_name
    ),
]
Alternatives = Annotated[
    int | None,
    option("--alternatives", "Show so many plans that differ; record none.", "N", min=1, max=9),
]
DryRun = Annotated[bool, option("--dry-run", "Show what would change; write nothing.")]


@dataclass(frozen=True, slots=True)
class Options:
    """The options of every command."""

    file: Annotated[
        list[Path] | None,
        option(
            "--file",
            "The forum file (default: the nearest forums.yaml or data/forums.yaml).",
            "FILE",
            callback=_at_most_one,
        ),
    ] = None
    output: Annotated[
        Path | None,
        option(
            "--output",
            "The folder of the calendars (default: the forum file's output, else calendars beside plans).",
            "DIR",
        ),
    ] = None
    today: Annotated[date | None, day("--today", "Plan as if this were today's date.")] = None
    json: Annotated[bool, option("--json", "Print one JSON document, for programs.")] = False
    quiet: Annotated[bool, option("--quiet", "Print only what changed and what is wrong (for cron).")] = False

    def project(self) -> Project:
        """Return the project of the forum file, or of the nearest one."""
        return project_of(self.file[0]) if self.file else find_project(Path.cwd())


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """The options of commands that change a plan of record."""

    dry_run: DryRun = False
    force: Annotated[
        bool,
        option(
            "--force",
            "Do it even if it breaks a must (the plan records that) or concerns a past meeting.",
        ),
    ] = False


@dataclass(frozen=True, slots=True)
class DetailOptions:
    """What may be said of a meeting beside its date."""

    time: Time = None
    host: Annotated[
        str | None,
        option("--host", "Another host, or none.", "ORGANISATION", autocompletion=completion.organisations),
    ] = None
    place: Place = None
    format: Annotated[
        str | None,
        option(
            "--format",
            'How it meets: "in person", online, hybrid or none.',
            "FORMAT",
            parser=_parser("Format", NONE),
        ),
    ] = None
    link: Annotated[
        str | None,
        option("--link", "Where to join online: a web address, or none.", "URL", parser=_parser("Url", NONE)),
    ] = None

    def details(self) -> "edit.Details":
        """Return the details as an edit takes them."""
        from kultursam.planner import edit

        texts = (self.host, self.place, self.format, self.link)
        return edit.Details(self.time, *(edit.CLEAR if text == NONE else text for text in texts))


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of a year's meetings are wanted."""

    forum: Annotated[
        list[str] | None,
        option("--forum", "Only this forum. Can be repeated.", "FORUM", autocompletion=completion.forums),
    ] = None
    organisation: Annotated[
        list[str] | None,
        option(
            "--organisation",
            "Only meetings that this organisation takes part in. Can be repeated.",
            "ORGANISATION",
            autocompletion=completion.organisations,
        ),
    ] = None
    role: Annotated[
        list[str] | None,
        option(
            "--role",
            "Only meetings in which this role takes part. Can be repeated.",
            "ROLE",
            autocompletion=completion.roles,
        ),
    ] = None
    first: Annotated[date | None, day("--from", "The first date.")] = None
    last: Annotated[date | None, day("--to", "The last date.")] = None

    def __post_init__(self) -> None:
        """Raise `SpanError` if no day is wanted."""
        check_span(*self.days)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last of the days."""
        return self.first or date.min, self.last or date.max

    def has(self, forum: str, day: date, organisations: Iterable[str], roles: Iterable[str]) -> bool:
        """Return whether something of a forum on a day, which concerns organisations and roles, is wanted."""
        first, last = self.days
        return (
            (not self.forum or forum in self.forum)
            and (not self.organisation or not set(organisations).isdisjoint(self.organisation))
            and (not self.role or not set(roles).isdisjoint(self.role))
            and first <= day <= last
        )


def folder_and_files(words: Sequence[Path], lists: Sequence[Path]) -> tuple[Path, list[Path]]:
    """Return the folder that words name, and the files: those of the option, and what follows it."""
    folders = [word for word in words if not (lists and word.is_file())]
    if len(folders) > 1:
        raise FolderError
    return (folders or [Path()])[0], [*lists, *(word for word in words if word not in folders)]


def check_span(first: date, last: date) -> None:
    """Raise `SpanError` for a span of days that ends before it begins."""
    if first > last:
        raise SpanError(first, last)


def moves(words: Sequence[str]) -> dict[str, date]:
    """Return the new date of each meeting that is to be moved. Raise `UsageError` for anything but pairs."""
    dates: dict[str, date] = {}
    for meeting, text in itertools.zip_longest(words[::2], words[1::2]):
        if text is None or meeting in dates:
            raise PairError(meeting)
        dates[meeting] = read_date(text)
    return dates


def with_options(command: Callable[..., None], without: Collection[str] = ()) -> Callable[..., None]:
    """Return a command as typer is to read it: a parameter that is a dataclass of options becomes its fields.

    Fields named in `without` are no options of the command and keep their defaults.
    """
    options: dict[str, inspect.Parameter] = {}
    groups: dict[str, tuple[type[Any], list[str]]] = {}
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        group = parameter.annotation
        if isinstance(group, type) and is_dataclass(group):
            own = inspect.signature(group, eval_str=True).parameters
            groups[parameter.name] = (group, [name for name in own if name not in without])
            options |= {name: own[name] for name in groups[parameter.name][1]}
        else:
            options[parameter.name] = parameter

    @functools.wraps(command)
    def run(**values: Any) -> None:  # noqa: ANN401 - each option has a type of its own
        for parameter, (group, names) in groups.items():
            values[parameter] = group(**{name: values.pop(name) for name in names})
        command(**values)

    keywords = [option.replace(kind=option.KEYWORD_ONLY) for option in options.values()]
    run.__signature__ = inspect.Signature(keywords)  # type: ignore[attr-defined]
    return run
