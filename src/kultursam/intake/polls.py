"""Polls: what organisations answered when they were asked for dates.

A table has a row for each date and a column for each organisation, as `kultursam suggest --format poll`
writes it, or the reverse, as programs for polls do. An empty cell is no answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kultursam.dates.wishes import Wish
from kultursam.diagnostics import KultursamError, Problem, did_you_mean
from kultursam.forumfile.register import Register
from kultursam.forumfile.values import folded
from kultursam.i18n import Message, said_by
from kultursam.intake.moments import (
    Context,
    Hours,
    Moment,
    NoDateError,
    NoYearError,
    UnclearError,
    read_hours,
    read_moment,
)
from kultursam.intake.reading import read_tables
from kultursam.intake.tables import Place, Table, UnreadableFileError, Value, text_of
from kultursam.intake.words import meanings_of

YES, MAYBE, NO = "yes", "maybe", "no"
ANSWERS = {
    **dict.fromkeys(("yes", "y", "ja", "j", "ok", "true", "sant", "passar", "✓", "✔", "✅", "☑", "👍"), YES),
    **dict.fromkeys(
        ("maybe", "kanske", "if need be", "ifneedbe", "if needed", "om det behövs", "vid behov",
         "under reserve",
         "(yes)", "(ja)", "(ok)", "(✓)", "(✔)", "?", "❓", "❔", "~"),
        MAYBE,
    ),
    **dict.fromkeys(
        ("no", "n", "nej", "false", "falskt", "kan inte", "kan ej", "passar inte", "cannot", "✗", "✘", "✕",
         "✖", "❌", "☒", "👎", "-", "–"),
        NO,
    ),
}  # fmt: skip
"""What programs for polls and people write, in both languages. An x is yes to some and no to others."""
TOTALS = {"total", "totalt", "summa", "antal", "count", "sum", "score", "poäng"}
"""What the last rows and columns of polls are called that count the answers."""
LOOKED_AT = 20
"""Rows in which dates or organisations are looked for."""
NO_POLL = Message("has no row or column of dates beside names of organisations")
POLL = "poll"
"""The code of what is told of an answer that cannot be read."""


@dataclass(slots=True)
class _Poll:
    """A poll that is being read: the answers found, and what is wrong with it."""

    file: str
    organisations: Mapping[str, str]
    """The ids of organisations, by what people call them."""
    wishes: set[Wish] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def unclear(self, place: Place, reason: str | Message) -> None:
        """Note why something cannot be read: an error, as an answer that is missed is a wrong date."""
        self.problems.append(place.problem(self.file, reason, POLL, severity="error"))

    def moment(self, value: Value, place: Place) -> Moment | None:
        """Return the date that a cell asks about; None, which is told, where it says none with certainty."""
        try:
            return read_moment(value, Context())
        except NoYearError:
            self.unclear(place, Message('"{text}": write the year too', text=text_of(value)))
        except UnclearError as error:
            self.unclear(place, said_by(error))
        return None

    def organisation(self, text: str, place: Place) -> str | None:
        """Return whose answers stand beside a text: Varberg, chef@varberg or Anna (Varberg)."""
        in_brackets = text.rpartition("(")[2].partition(")")[0] if ")" in text else ""
        for name in (text, in_brackets, text.rpartition("@")[2]):
            if found := self.organisations.get(folded(name).strip()):
                return found
        one = next(iter(self.organisations.values()))
        reason = Message(
            '"{name}" is no organisation; write which one, as in: {name} ({one})', name=text, one=one
        )
        # The name of a person resembles many.
        self.unclear(place, reason if " " in text else did_you_mean(reason, text, self.organisations))
        return None

    def answer(self, value: Value, place: Place, organisation: str, moment: Moment) -> None:
        """Add what an organisation answered to a date."""
        text = folded(text_of(value)).rstrip("\ufe0f!.") or text_of(value)
        if not text:
            return
        if text not in ANSWERS:
            self.unclear(place, Message('"{text}" is no answer; write yes, maybe or no', text=text_of(value)))
        elif (answer := ANSWERS[text]) != YES:
            hours = (moment.hours.start, moment.hours.end) if moment.hours else (None, None)
            self.wishes.add(Wish(moment.day, organisation, answer == NO, *hours))


def read_wishes(file: str, data: bytes, register: Register) -> tuple[Wish, ...]:
    """Return what organisations answered, in order. Raise `KultursamError` with all that cannot be read."""
    names = {
        folded(name): key
        for key, body in register.file.organisations.items()
        for name in (body.name, body.label, key)
    }
    poll = _Poll(file, names)
    for table in read_tables(file, data):
        for (row, column), problem in table.faults.items():
            poll.unclear(table.at(row, column), problem)
        if not (_read_dates_as_columns(poll, table) or _read_dates_as_rows(poll, table)):
            raise UnreadableFileError(file, NO_POLL)
    if poll.problems:
        raise KultursamError(*poll.problems)
    return tuple(sorted(poll.wishes, key=_in_order))


def _in_order(wish: Wish) -> tuple[date, str, bool, str, str]:
    return wish.date, wish.organisation, wish.cannot, str(wish.start or ""), str(wish.end or "")


def _read_dates_as_columns(poll: _Poll, table: Table) -> bool:
    """Read a table with a row for each who answered; return whether it is one."""
    rows = list(table.filled())
    for at, (number, row) in enumerate(rows[:LOOKED_AT]):
        columns = [column for column, value in enumerate(row) if column and _may_be_date(value)]
        if not columns or _may_be_date(row[0]):
            continue
        below = rows[at + 1 :]
        times = _times(below[0][1], columns) if below else {}
        moments = {
            column: _at(moment, times.get(column))
            for column in columns
            if (moment := poll.moment(row[column], table.at(number, column)))
        }
        for line, answers in below[bool(times) :]:
            label = text_of(answers[0])
            if not label or folded(label) in TOTALS:
                continue
            if organisation := poll.organisation(label, table.at(line, 0)):
                for column, moment in moments.items():
                    if column < len(answers):
                        poll.answer(answers[column], table.at(line, column), organisation, moment)
        return True
    return False


def _read_dates_as_rows(poll: _Poll, table: Table) -> bool:
    """Read a table with a row for each date; return whether it is one."""
    rows = list(table.filled())
    for at, (number, row) in enumerate(rows[:LOOKED_AT]):
        heads = {column: text_of(value) for column, value in enumerate(row) if value != ""}
        meanings = {column: meanings_of(text) for column, text in heads.items()}
        dates = next((column for column, known in meanings.items() if "date" in known), None)
        if dates is None:
            continue
        time = next((column for column, known in meanings.items() if "time" in known), None)
        asked = {
            column: organisation
            for column, text in heads.items()
            if not meanings[column] and folded(text) not in TOTALS
            if (organisation := poll.organisation(text, table.at(number, column)))
        }
        for line, cells in rows[at + 1 :]:
            if dates >= len(cells) or folded(text_of(cells[0])) in TOTALS:
                continue
            if moment := poll.moment(cells[dates], table.at(line, dates)):
                hours = _hours(cells[time]) if time is not None and time < len(cells) else None
                for column, organisation in asked.items():
                    if column < len(cells):
                        place = table.at(line, column)
                        poll.answer(cells[column], place, organisation, _at(moment, hours))
        return True
    return False


def _may_be_date(value: Value) -> bool:
    """Return whether a cell asks about a date, perhaps one that lacks its year."""
    try:
        read_moment(value, Context())
    except NoDateError:
        return False
    except UnclearError:
        return not isinstance(value, str) or any(sign.isdigit() for sign in value)
    return True


def _times(row: Sequence[Value], columns: Sequence[int]) -> dict[int, Hours]:
    """Return the times of day of a row below the dates, by column; nothing if it is a row of answers."""
    found = dict(_times_in(row, columns))
    filled = [column for column in columns if column < len(row) and row[column] != ""]
    return found if found and len(found) == len(filled) else {}


def _times_in(row: Sequence[Value], columns: Sequence[int]) -> Iterator[tuple[int, Hours]]:
    for column in columns:
        if column < len(row) and (hours := _hours(row[column])):
            yield column, hours


def _hours(value: Value) -> Hours | None:
    try:
        return read_hours(value) if value != "" else None
    except UnclearError:
        return None


def _at(moment: Moment, hours: Hours | None) -> Moment:
    return Moment(moment.day, hours=hours) if hours else moment
