"""What rows, cells and events say: a date of a meeting, and whose it is. Nothing is matched to forums yet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kultursam.diagnostics import Problem
from kultursam.i18n import Message
from kultursam.intake.moments import Context, Hours, Moment, UnclearError
from kultursam.intake.tables import Place, Value, text_of
from kultursam.intake.words import month_of
from kultursam.plans.model import Status

YEARS_NAMED = re.compile(r"(?<![0-9])(20[0-9]{2})(?:\s*[-–/]\s*(?:20)?([0-9]{2}))?(?![0-9])")
UNREADABLE = "unreadable-row"
"""The code of what is told of a row that could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A date of a meeting, as a file has it. What the file does not say is None."""

    place: Place
    """Where the date stands."""
    day: date
    days: int | None = None
    hours: Hours | None = None
    forum: str = ""
    """The name, or id, that stands there."""
    further: tuple[str, ...] = ()
    """Other texts that may name the forum, such as categories."""
    location: str | None = None
    host: str | None = None
    format: str | None = None
    link: str | None = None
    status: Status | None = None
    reason: str | None = None
    id: str | None = None
    """Of a meeting that is recorded."""
    uid: str | None = None
    """Of a calendar entry, to be kept."""
    sequence: int = 0


@dataclass(slots=True)
class Found:
    """What a file says: dates, and what is wrong with it. Readers add to it."""

    file: str
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """What stands at the heads of columns and rows: it shows the language."""

    def unclear(self, place: Place, text: str) -> None:
        """Note why something cannot be read."""
        self.problems.append(place.problem(self.file, text, UNREADABLE))


def check_weekday(moment: Moment) -> None:
    """Raise `UnclearError` if a weekday stands beside a date that is another."""
    if moment.weekday is not None and moment.weekday != moment.day.weekday():
        raise UnclearError(Message("{day} is not the weekday that stands there", day=moment.day))


def first_text(row: Sequence[Value]) -> str:
    """Return what the first cell of a row that holds anything says."""
    return next((text_of(value) for value in row if value != ""), "")


def is_alone(row: Sequence[Value]) -> bool:
    """Return whether only one cell of a row holds anything: it is a heading, or a note."""
    return sum(value != "" for value in row) == 1


def months_in(row: Sequence[Value]) -> dict[int, tuple[int, int | None]]:
    """Return the months that cells of a row name, by column: each with its year, where that stands there."""
    months: dict[int, tuple[int, int | None]] = {}
    for column, value in enumerate(row):
        if isinstance(value, date) and value.day == 1:
            # A spreadsheet makes it of "jan 2027".
            months[column] = (value.month, value.year)
        elif isinstance(value, str) and (month := month_of(value)):
            year = value.rstrip()[-4:]
            months[column] = (month, int(year) if year.isdigit() else None)
    return months


def years_in(text: str) -> set[tuple[int, bool]]:
    """Return the years that a heading names, each with whether the next one follows, as in 2025/26."""
    return {
        (int(first), bool(second) and int(second) == (int(first) + 1) % 100)
        for first, second in YEARS_NAMED.findall(text)
    }


def in_year(context: Context, named: set[tuple[int, bool]], turns: int) -> Context:
    """Return a context with the year that headings name, if it is one; of two, a month begins the second."""
    if len(named) != 1:
        return context
    ((year, is_split),) = named
    return replace(context, year=year, turns=turns if is_split else None)
