"""The options and arguments of the commands, each declared once, with how its value is read."""

import functools
import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass, is_dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from kultursam.cli import completion
from kultursam.diagnostics import KultursamError, Problem
from kultursam.paths import Project, find_project, project_of

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


def _parser(value_type: str) -> Callable[[str], Any]:
    """Return a reader of a forum file's type of value, by name: what it cannot read is wrong usage."""

    def parse(text: str) -> Any:  # noqa: ANN401 - as the type has it
        from kultursam.forumfile import values

        try:
            return getattr(values, value_type)(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error

    return parse


_date, _text = _parser("full_date"), _parser("line_of_text")


def argument(metavar: str, help_text: str, **settings: Any) -> Any:  # noqa: ANN401 - as typer.Argument
    """Return an argument; see `typer.Argument`."""
    return typer.Argument(metavar=metavar, help=help_text, **settings)


def option(name: str, help_text: str, metavar: str | None = None, **settings: Any) -> Any:  # noqa: ANN401 - as typer.Option
    """Return an option; see `typer.Option`."""
    return typer.Option(name, metavar=metavar, help=help_text, **settings)


def day(name: str, help_text: str) -> Any:  # noqa: ANN401 - as typer.Option
    """Return an option that takes a date."""
    return option(name, help_text, "DATE", parser=_date)


YEAR: dict[str, Any] = {"min": YEARS[0], "max": YEARS[-1], "autocompletion": completion.years}
Year = Annotated[int, argument("YEAR", "The year.", **YEAR)]
Years = Annotated[list[int], argument("YEAR", "One or more years.", **YEAR)]
MeetingId = Annotated[
    str,
    argument("MEETING", "The id of a meeting, such as styrgrupp-2025-2.", autocompletion=completion.meetings),
]
YearsOrMeetings = Annotated[
    list[str],
    argument("YEAR|MEETING", "Years, or ids of meetings.", autocompletion=completion.to_confirm),
]
ForumId = Annotated[
    str, argument("FORUM", "The id of a forum in the forum file.", autocompletion=completion.forums)
]
Day = Annotated[date, argument("DATE", "A date, YYYY-MM-DD.", parser=_date)]
View = Literal["list", "line", "month"]
AsView = Annotated[View, option("--view", "A list, a line of weeks, or months.")]
Format = Literal["table", "json", "csv"]
AsFormat = Annotated[Format, option("--format", "A table, JSON or CSV.")]
Reason = Annotated[
    str, option("--reason", "The reason, for everyone who reads a calendar.", "TEXT", parser=_text)
]
Participants = Annotated[
    list[str] | None,
    option(
        "--participants",
        "A further organisation or group that takes part. Can be repeated.",
        "ORGANISATION",
        autocompletion=completion.participants,
    ),
]
DryRun = Annotated[bool, option("--dry-run", "Show what would change; write nothing.")]


@dataclass(frozen=True, slots=True)
class Options:
    """The options of every command."""

    file: Annotated[
        Path | None,
        option("--file", "The forum file (default: the nearest forums.yaml or data/forums.yaml).", "FILE"),
    ] = None
    output: Annotated[
        Path | None,
        option("--output", "The folder of the calendars (default: calendars in the project folder).", "DIR"),
    ] = None
    today: Annotated[date | None, day("--today", "Plan as if this were today's date.")] = None
    json: Annotated[bool, option("--json", "Print one JSON document, for programs.")] = False
    quiet: Annotated[bool, option("--quiet", "Print only errors and changes (for cron).")] = False

    def project(self) -> Project:
        """Return the project of the forum file, or of the nearest one."""
        return find_project(Path.cwd()) if self.file is None else project_of(self.file)


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """The options of commands that change a plan of record."""

    dry_run: DryRun = False
    force: Annotated[
        bool, option("--force", "Make the change even if it breaks a must; the plan records this.")
    ] = False


@dataclass(frozen=True, slots=True)
class Details:
    """What may be said of a meeting beside its date."""

    time: Annotated[
        Any,
        option("--time", "Another time of day.", "HH:MM-HH:MM", parser=_parser("time_span")),
    ] = None
    host: Annotated[
        str | None,
        option("--host", "Another host.", "ORGANISATION", autocompletion=completion.organisations),
    ] = None
    place: Annotated[str | None, option("--place", "Another place.", "TEXT", parser=_text)] = None


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
