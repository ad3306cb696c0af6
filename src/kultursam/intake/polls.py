"""Polls: what organisations answered when they were asked for dates.

A table has a row for each date and a column for each organisation, as `kultursam suggest --format poll`
writes it, or the reverse, as programs for polls do. An empty cell is no answer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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

    def hours(self, value: Value, place: Place) -> Hours | None:
        """Return the times of day that a cell asks about, if any; what is none is told."""
        try:
            return read_hours(value) if value != "" else None
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

    def is_no_organisation(self, head: str) -> bool:
        """Return whether the head of a column says that it holds something else than answers."""
        return folded(head) not in self.organisations and (bool(meanings_of(head)) or self.is_total(head))

    def is_total(self, label: str) -> bool:
        """Return whether a row or column counts answers: Totalt, or Antal ja."""
        first, *_ = folded(label).split() or [""]
        return first in TOTALS and folded(label) not in self.organisations

    def nobodys(self, value: Value, place: Place) -> None:
        """Tell of what stands where it is no answer of anybody, or to no date."""
        if text := text_of(value):
            self.unclear(place, Message('"{text}" has no date or no organisation at its head', text=text))

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
        if not (_read_dates_as_rows(poll, table) or _read_dates_as_columns(poll, table)):
            raise UnreadableFileError(file, NO_POLL)
    if poll.problems:
        raise KultursamError(*poll.problems)
    return tuple(sorted(poll.wishes, key=_in_order))


def _in_order(wish: Wish) -> tuple[date, str, bool, str, str]:
    return wish.date, wish.organisation, wish.cannot, str(wish.start or ""), str(wish.end or "")


def _read_dates_as_rows(poll: _Poll, table: Table) -> bool:
    """Read a table with a row for each date; return whether it is one."""
    rows = list(table.filled())
    for at, (number, row) in enumerate(rows[:LOOKED_AT]):
        below = rows[at + 1 :]
        dates = _column_of_dates(row, below)
        if dates is None:
            continue
        heads = {column: text_of(value) for column, value in enumerate(row) if column != dates}
        times = next((column for column, head in heads.items() if "time" in meanings_of(head)), None)
        asked = {
            column: organisation
            for column, head in heads.items()
            if head and not poll.is_no_organisation(head)
            if (organisation := poll.organisation(head, table.at(number, column)))
        }
        for line, cells, moment in _moments_of_rows(poll, table, below, dates, times):
            for column, value in enumerate(cells):
                if column in asked:
                    poll.answer(value, table.at(line, column), asked[column], moment)
                elif column != dates and not heads.get(column):
                    poll.nobodys(value, table.at(line, column))
        return bool(asked or poll.problems)
    return False


def _column_of_dates(row: Sequence[Value], below: Sequence[tuple[int, Sequence[Value]]]) -> int | None:
    """Return the column that a row of heads calls one of dates, if a date is below; None if none is."""
    if any(map(_may_be_date, row)) or not below:
        return None
    _, first = below[0]
    return next(
        (
            column
            for column, value in enumerate(row[: len(first)])
            if "date" in meanings_of(text_of(value)) and _may_be_date(first[column])
        ),
        None,
    )


def _moments_of_rows(
    poll: _Poll, table: Table, rows: Iterable[tuple[int, Sequence[Value]]], dates: int, times: int | None
) -> Iterator[tuple[int, Sequence[Value], Moment]]:
    """Yield rows with what they ask about; the date may stand at the first of its times alone."""
    known = None
    for number, row in rows:
        if poll.is_total(text_of(row[0])):
            continue
        hours = (
            poll.hours(row[times], table.at(number, times))
            if times is not None and times < len(row)
            else None
        )
        value = row[dates] if dates < len(row) else ""
        if value != "" or not hours:
            known = poll.moment(value, table.at(number, dates))
        if known:
            yield number, row, _at(known, hours)


def _read_dates_as_columns(poll: _Poll, table: Table) -> bool:
    """Read a table with a row for each who answered; return whether it is one."""
    rows = list(table.filled())
    for at, (number, row) in enumerate(rows[:LOOKED_AT]):
        first = next((column for column, value in enumerate(row) if column and _may_be_date(value)), None)
        if first is None or _may_be_date(row[0]):
            continue
        below = rows[at + 1 :]
        times = _times(below[0][1], first) if below else {}
        moments = dict(_moments_of_columns(poll, table, number, first, times))
        answered = False
        for line, answers in below[bool(times) :]:
            label = text_of(answers[0])
            if poll.is_total(label):
                continue
            answered = answered or bool(label)
            organisation = poll.organisation(label, table.at(line, 0)) if label else None
            for column, value in enumerate(answers):
                if organisation and column in moments:
                    poll.answer(value, table.at(line, column), organisation, moments[column])
                elif column >= first and (not label or column >= len(row) or row[column] == ""):
                    poll.nobodys(value, table.at(line, column))
        return answered
    return False


def _moments_of_columns(
    poll: _Poll, table: Table, number: int, first: int, times: Mapping[int, Hours]
) -> Iterator[tuple[int, Moment]]:
    """Yield what columns ask about, from the first on; the date may stand at the first of its times alone."""
    row, known = table.rows[number], None
    for column in range(first, max([len(row), *(column + 1 for column in times)])):
        value = row[column] if column < len(row) else ""
        if value != "":
            known = poll.moment(value, table.at(number, column)) if _may_be_date(value) else None
        if known and (value != "" or column in times):
            yield column, _at(known, times.get(column))


def _may_be_date(value: Value) -> bool:
    """Return whether a cell asks about a date, perhaps one that lacks its year."""
    try:
        read_moment(value, Context())
    except NoDateError:
        return False
    except UnclearError:
        return not isinstance(value, str) or any(sign.isdigit() for sign in value)
    return True


def _times(row: Sequence[Value], first: int) -> dict[int, Hours]:
    """Return the times of day of a row, by column from the first on; nothing if it is a row of answers."""
    filled = {column: value for column, value in enumerate(row) if column >= first and value != ""}
    found = {column: hours for column, value in filled.items() if (hours := _hours(value))}
    return found if len(found) == len(filled) else {}


def _hours(value: Value) -> Hours | None:
    try:
        return read_hours(value) if value != "" else None
    except UnclearError:
        return None


def _at(moment: Moment, hours: Hours | None) -> Moment:
    return Moment(moment.day, hours=hours) if hours else moment
