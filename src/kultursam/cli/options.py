"""The options that every command has, and the values that typer reads for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kultursam.cli import completion
from kultursam.cli.plain import YEARS

File = Annotated[
    Path | None,
    typer.Option(
        "--file", metavar="FILE", help="The forum file; else the nearest forums.yaml or data/forums.yaml."
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", metavar="DIR", help="Where calendars are written; else calendars/ in the project folder."
    ),
]
Today = Annotated[
    str | None,
    typer.Option("--today", metavar="DATE", help="Plan as if today were this date (YYYY-MM-DD)."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document for programs.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing if all is well, as cron likes it.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")]
Force = Annotated[bool, typer.Option("--force", help="Break rules that must hold; the plan remembers it.")]
Year = Annotated[
    int,
    typer.Argument(
        metavar="YEAR", min=YEARS[0], max=YEARS[-1], help="The year.", autocompletion=completion.years
    ),
]
Years = Annotated[
    list[int],
    typer.Argument(
        metavar="YEAR",
        min=YEARS[0],
        max=YEARS[-1],
        help="The year, or several.",
        autocompletion=completion.years,
    ),
]
MeetingId = Annotated[
    str,
    typer.Argument(
        metavar="MEETING",
        help="A meeting's id, such as styrgrupp-2025-2.",
        autocompletion=completion.meetings,
    ),
]
YearsOrMeetings = Annotated[
    list[str],
    typer.Argument(
        metavar="YEAR|MEETING",
        help="A whole year, or some meetings.",
        autocompletion=completion.to_confirm,
    ),
]
ForumId = Annotated[
    str,
    typer.Argument(
        metavar="FORUM",
        help="A forum's id, as the forum file writes it.",
        autocompletion=completion.forums,
    ),
]
Forums = Annotated[
    list[str] | None,
    typer.Option("--forum", metavar="FORUM", help="Of this forum only.", autocompletion=completion.forums),
]
Organisations = Annotated[
    list[str] | None,
    typer.Option(
        "--organisation",
        metavar="ORGANISATION",
        help="Where this one takes part.",
        autocompletion=completion.organisations,
    ),
]
Participants = Annotated[
    list[str] | None,
    typer.Option(
        "--participants",
        metavar="ORGANISATION",
        help="An organisation or group that takes part too.",
        autocompletion=completion.bodies,
    ),
]
Day = Annotated[str, typer.Argument(metavar="DATE", help="A date, YYYY-MM-DD.")]
Time = Annotated[str | None, typer.Option("--time", metavar="HH:MM-HH:MM", help="Another time of day.")]
Host = Annotated[
    str | None,
    typer.Option(
        "--host", metavar="ORGANISATION", help="Another host.", autocompletion=completion.organisations
    ),
]
Place = Annotated[str | None, typer.Option("--place", metavar="TEXT", help="Another place.")]
