"""The options and arguments of the commands, each declared once, with how its value is read."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

from kultursam.cli import completion
from kultursam.diagnostics import KultursamError, Problem
from kultursam.forumfile import notation
from kultursam.forumfile.notation import TimeSpan
from kultursam.paths import Project, find_project, project_of

T = TypeVar("T")
YEARS = range(1970, 2200)
"""The years that can be planned."""


class UsageError(KultursamError):
    """The command line or the environment says what cannot be done."""

    code = "usage"
    exit_status = 2


class SpanError(UsageError):
    """A span of dates ends before it begins."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(Problem(f"--from {first} is after --to {last}"))


class View(StrEnum):
    """How the terminal shows a year."""

    LIST = "list"
    LINE = "line"
    MONTH = "month"


class Format(StrEnum):
    """The format that a year is printed in."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def _parser(read: Callable[[str], T]) -> Callable[[str], T]:
    """Return a reader of the forum file's values for the command line: what it cannot read is wrong usage."""

    def parse(text: str) -> T:
        try:
            return read(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error

    return parse


_date, _time, _text = (
    _parser(notation.full_date),
    _parser(notation.time_span),
    _parser(notation.line_of_text),
)


def _year(help_text: str) -> Any:  # noqa: ANN401 - what typer.Argument returns
    return typer.Argument(
        metavar="YEAR", min=YEARS[0], max=YEARS[-1], help=help_text, autocompletion=completion.years
    )


def day(name: str, help_text: str) -> Any:  # noqa: ANN401 - what typer.Option returns
    """Return an option that takes a date."""
    return typer.Option(name, metavar="DATE", parser=_date, help=help_text)


Year = Annotated[int, _year("The year.")]
Years = Annotated[list[int], _year("One or more years.")]
MeetingId = Annotated[
    str,
    typer.Argument(
        metavar="MEETING",
        help="The id of a meeting, such as styrgrupp-2025-2.",
        autocompletion=completion.meetings,
    ),
]
YearsOrMeetings = Annotated[
    list[str],
    typer.Argument(
        metavar="YEAR|MEETING",
        help="Years, or ids of meetings.",
        autocompletion=completion.to_confirm,
    ),
]
ForumId = Annotated[
    str,
    typer.Argument(
        metavar="FORUM", help="The id of a forum in the forum file.", autocompletion=completion.forums
    ),
]
Day = Annotated[date, typer.Argument(metavar="DATE", parser=_date, help="A date, YYYY-MM-DD.")]
Reason = Annotated[
    str,
    typer.Option(
        "--reason", metavar="TEXT", parser=_text, help="The reason, shown to everyone who reads a calendar."
    ),
]
Instead = Annotated[
    date | None, day("--instead", "Show what another date would cost and which meetings would move.")
]
Since = Annotated[date | None, day("--since", "Only meetings that are new or changed since this date.")]
ExportFile = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="The file to write (default: stdout).")
]
Count = Annotated[int, typer.Option("--count", min=1, max=100, help="The number of dates.")]
Participants = Annotated[
    list[str] | None,
    typer.Option(
        "--participants",
        metavar="ORGANISATION",
        help="A further organisation or group that takes part. Can be repeated.",
        autocompletion=completion.bodies,
    ),
]
AsView = Annotated[View, typer.Option("--view", help="A list, a line of weeks, or months.")]
AsFormat = Annotated[Format, typer.Option("--format", help="A table, JSON or CSV.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")]
Check = Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if anything would change.")]
Replan = Annotated[bool, typer.Option("--replan", help="Let all proposed meetings move.")]


@dataclass(frozen=True, slots=True)
class Options:
    """The options of every command."""

    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            metavar="FILE",
            help="The forum file (default: the nearest forums.yaml or data/forums.yaml).",
        ),
    ] = None
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="DIR",
            help="The folder of the calendars (default: calendars in the project folder).",
        ),
    ] = None
    today: Annotated[date | None, day("--today", "Plan as if this were today's date.")] = None
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only errors and changes (for cron).")] = False

    def project(self) -> Project:
        """Return the project of the forum file, or of the nearest one."""
        return find_project(Path.cwd()) if self.file is None else project_of(self.file)


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """The options of commands that change a plan of record."""

    dry_run: DryRun = False
    force: Annotated[
        bool,
        typer.Option("--force", help="Make the change even if it breaks a must; the plan records this."),
    ] = False


@dataclass(frozen=True, slots=True)
class Details:
    """What may be said of a meeting beside its date."""

    time: Annotated[
        TimeSpan | None,
        typer.Option("--time", metavar="HH:MM-HH:MM", parser=_time, help="Another time of day."),
    ] = None
    host: Annotated[
        str | None,
        typer.Option(
            "--host", metavar="ORGANISATION", help="Another host.", autocompletion=completion.organisations
        ),
    ] = None
    place: Annotated[
        str | None, typer.Option("--place", metavar="TEXT", parser=_text, help="Another place.")
    ] = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of a year's meetings are wanted."""

    forum: Annotated[
        list[str] | None,
        typer.Option(
            "--forum",
            metavar="FORUM",
            help="Only this forum. Can be repeated.",
            autocompletion=completion.forums,
        ),
    ] = None
    organisation: Annotated[
        list[str] | None,
        typer.Option(
            "--organisation",
            metavar="ORGANISATION",
            help="Only meetings this organisation takes part in. Can be repeated.",
            autocompletion=completion.organisations,
        ),
    ] = None
    first: Annotated[date | None, day("--from", "The first date.")] = None
    last: Annotated[date | None, day("--to", "The last date.")] = None

    def days(self) -> tuple[date, date]:
        """Return the first and the last of the days. Raise `SpanError` if there is none."""
        first, last = self.first or date.min, self.last or date.max
        check_span(first, last)
        return first, last


def check_span(first: date, last: date) -> None:
    """Raise `SpanError` for a span of days that ends before it begins."""
    if first > last:
        raise SpanError(first, last)


def with_options(command: Callable[..., None], without: Collection[str] = ()) -> Callable[..., None]:
    """Return a command as typer is to read it: a parameter that is a dataclass of options becomes its fields.

    Fields named in `without` are no options of the command and keep their defaults.
    """
    parameters: list[inspect.Parameter] = []
    groups: dict[str, tuple[type[Any], list[str]]] = {}
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        group = parameter.annotation
        if not (isinstance(group, type) and is_dataclass(group)):
            parameters.append(parameter.replace(kind=parameter.KEYWORD_ONLY))
            continue
        types = get_type_hints(group, include_extras=True)
        options = [field for field in fields(group) if field.name not in without]
        groups[parameter.name] = (group, [field.name for field in options])
        parameters += [
            inspect.Parameter(
                field.name, parameter.KEYWORD_ONLY, default=field.default, annotation=types[field.name]
            )
            for field in options
        ]

    @functools.wraps(command)
    def run(**values: Any) -> None:  # noqa: ANN401 - each option has a type of its own
        grouped = {
            name: group(**{option: values.pop(option) for option in options})
            for name, (group, options) in groups.items()
        }
        command(**values, **grouped)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return run
