"""What rows, cells and events say: a date of a meeting, and whose it is. Nothing is matched to forums yet."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kultursam.diagnostics import Problem
from kultursam.forumfile.values import folded
from kultursam.i18n import Message, said_by
from kultursam.intake.moments import Context, Hours, Moment, UnclearError, read_hours
from kultursam.intake.tables import Place, Value, text_of
from kultursam.intake.words import BRACKET, FORMATS, OFF, month_of, name_and_states
from kultursam.plans.model import Status

YEARS_NAMED = re.compile(r"(?<![0-9])(20[0-9]{2})(?:\s*[-–/]\s*(?:20)?([0-9]{2}))?(?![0-9])")
MOST_OF_A_KIND = 10
"""Problems that are told in full."""
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
    version: str | None = None
    """Of that meeting, when the list was exported."""
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


def compact(problems: Sequence[Problem]) -> list[Problem]:
    """Return problems, of each kind the first ones; the others are counted below them all."""
    kinds: dict[object, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(_kind(problem), []).append(problem)
    shown = {id(one) for several in kinds.values() for one in several[:MOST_OF_A_KIND]}
    rest = [
        Problem(
            Message.counted(
                "{n} more like this: {text}",
                "{n} more like this: {text}",
                len(several) - MOST_OF_A_KIND,
                text=several[0].text,
            ),
            several[0].severity,
            several[0].file,
            code=several[0].code,
        )
        for several in kinds.values()
        if len(several) > MOST_OF_A_KIND
    ]
    return [*(one for one in problems if id(one) in shown), *rest]


def _kind(problem: Problem) -> object:
    """Return what problems of one kind share: the sentence without its values."""
    text = problem.text
    said = text.values.get("text", text) if isinstance(text, Message) else text
    return problem.file, problem.severity, said.forms if isinstance(said, Message) else problem.code


class TwoStatesError(ValueError):
    """A title and a column say two states of one meeting."""

    def __init__(self) -> None:
        super().__init__(Message("the title says another state than the column"))


WEIGHT = (Status.CANCELLED, Status.PROPOSED, Status.CONFIRMED)
"""Of two states that a calendar or a title says, the first of these holds."""


def named(entry: Entry) -> Entry:
    """Return an entry whose title is its name alone; the states that stood there are its own.

    Raise `TwoStatesError` where a column says another. Programs mark events as confirmed by themselves.
    """
    name, stated = name_and_states(entry.forum)
    states = [state for state in stated if state]
    if entry.place.column is None:
        # A category may say it, too; of others no more is known than their names.
        states += [Status.CANCELLED for text in entry.further if folded(text) in OFF]
    if not states:
        return replace(entry, forum=name)
    state = min(states, key=WEIGHT.index)
    if entry.place.column is None and entry.status:
        state = min((state, entry.status), key=WEIGHT.index)
    elif entry.status is Status.CANCELLED and state is Status.PROPOSED:
        state = entry.status
    elif entry.status not in {None, state}:
        raise TwoStatesError
    return replace(entry, forum=name, status=state)


def without_bracket(entry: Entry, places: Container[str] = ()) -> Entry:
    """Return an entry whose title loses what stands in brackets after it, where that surely is no name.

    That is a time, a place that is known or is the entry's own, or how it is held.
    """
    match = BRACKET.search(entry.forum)
    said = folded(match["text"]) if match else ""
    if not match or not said:
        return entry
    short = replace(entry, forum=entry.forum[: match.start()])
    if said in FORMATS:
        return replace(short, format=short.format or FORMATS[said])
    if said == folded(entry.location or ""):
        return short
    if said in places:
        return replace(short, location=short.location or match["text"].strip())
    try:
        hours = read_hours(match["text"])
    except UnclearError:
        return entry
    return replace(short, hours=short.hours or hours)


def all_named(found: Found) -> list[Entry]:
    """Return the dates of a file under the names alone that their titles have; what is unclear is told."""
    entries = []
    for entry in found.entries:
        try:
            entries.append(without_bracket(named(entry)))
        except TwoStatesError as error:
            found.unclear(entry.place, said_by(error))
    return entries


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


def years_beside(row: Sequence[Value], months: Mapping[int, object]) -> set[tuple[int, bool]]:
    """Return the years that the first cells of a row of heads name, beside its months."""
    return set().union(*(years_in(text_of(value)) for at, value in enumerate(row[:2]) if at not in months))


def in_year(context: Context, named: set[tuple[int, bool]], turns: int) -> Context:
    """Return a context with the year that headings name, if it is one; of two, a month begins the second."""
    if len(named) != 1:
        return context
    ((year, is_split),) = named
    return replace(context, year=year, turns=turns if is_split else None)
