"""What the sheets of a workbook hold: heads and rows of plain values."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from kultursam.history import KINDS
from kultursam.i18n import N_
from kultursam.matrix import matrix_of
from kultursam.plans.model import Change, Deadline, Meeting
from kultursam.presentation import YearView, format_day, label

Value = str | int | date | time | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    values: Sequence[Value]
    off: bool = False
    """Whether what it tells of is cancelled."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table on a sheet of its own."""

    name: str
    """Of the sheet, as far as it can be; it is printed below each page too."""
    heads: Sequence[str]
    rows: Sequence[Row]
    notes: Sequence[str] = ()
    """Lines below the table."""
    unprinted: int = 0
    """How many columns at the end are for programs alone."""


@dataclass(frozen=True, slots=True)
class _Column:
    """What is said of each meeting."""

    head: str
    value: Callable[[YearView, Meeting], Value]
    at_need: bool = False
    """Whether it is there only if it says something of a meeting."""


def sheets(year: YearView) -> list[Sheet]:
    """Return the sheets of a year, in their order; without those that would say nothing."""
    meetings = year.plan.chronological()
    further = (_deadlines(year), _changes(year))
    return [
        _matrix(year),
        _list(year, meetings),
        *(sheet for sheet in further if sheet.rows),
        *_organisations(year, meetings),
    ]


def _matrix(year: YearView) -> Sheet:
    """Return the year as offices publish it: a forum a row, a month a column, days in the cells."""
    matrix = matrix_of(year)
    months = [month.short for month in matrix.months]
    if len(set(months)) < len(months):
        # A planning year that begins within a month ends in the same month a year later.
        months = [format_day(month.first, year.language, "LLL y") for month in matrix.months]
    rows = [
        Row([row.sign.name, row.hours, *(_days(entry.label for entry in cell) for cell in row.cells)])
        for row in matrix.rows
    ]
    notes = [f"{sign} {words}".strip() for sign, words in matrix.legend]
    notes += [f"* {year.signs[one.forum].name} {one.day}: {one.hours}" for one in matrix.other_times]
    heads = [_head(year, N_("forum")), _head(year, N_("Time")), *months]
    return Sheet(year.gettext("Months"), heads, rows, notes)


def _days(labels: Iterable[str]) -> Value:
    """Return what a cell says: a day alone is a number, as Excel warns of numbers that are texts."""
    said = ", ".join(labels)
    return int(said) if said.isdecimal() else said


def _list(year: YearView, meetings: Sequence[Meeting]) -> Sheet:
    """Return the list of all meetings, which can be read again: each is known by its id and its version."""
    known = (
        _Column("id", lambda _, meeting: meeting.id),
        _Column(N_("modified"), lambda _, meeting: meeting.version),
    )
    sheet = _meetings(year, year.gettext("Meetings"), meetings, (*COLUMNS, *known))
    return replace(sheet, unprinted=len(known))


def _organisations(year: YearView, meetings: Sequence[Meeting]) -> Iterator[Sheet]:
    """Yield the meetings that each organisation takes part in, of those that take part in any."""
    of_body: dict[str, list[Meeting]] = {key: [] for key in year.register.file.organisations}
    for meeting in meetings:
        for key in year.plan.organisations_of(meeting):
            of_body.setdefault(key, []).append(meeting)
    for key, several in of_body.items():
        if several:
            yield _meetings(year, label(year.register, year.plan, key), several, COLUMNS)


def _meetings(year: YearView, name: str, meetings: Sequence[Meeting], columns: Iterable[_Column]) -> Sheet:
    shown = [
        column
        for column in columns
        if not column.at_need or any(column.value(year, meeting) for meeting in meetings)
    ]
    rows = [Row([column.value(year, one) for column in shown], off=not one.live) for one in meetings]
    return Sheet(name, [_head(year, column.head) for column in shown], rows)


def _deadlines(year: YearView) -> Sheet:
    """Return what is due, by date: because of meetings, and whatever the meetings."""
    due = [
        *((one.date, one.name, one) for several in year.deadlines.values() for one in several),
        *((day, name, None) for (day, name), of_terms in year.due.items() if not of_terms),
    ]
    heads = (N_("date"), N_("week"), N_("weekday"), N_("deadline"), N_("forum"), N_("meeting"))
    rows = [_due(year, *one) for one in sorted(due, key=lambda one: (one[0], one[1]))]
    return Sheet(year.gettext("Deadlines"), [_head(year, head) for head in heads], rows)


def _due(year: YearView, day: date, name: str, deadline: Deadline | None) -> Row:
    meeting = year.plan.meeting(deadline.meeting) if deadline and deadline.meeting else None
    forum = year.plan.forums[deadline.forum].name if deadline else ""
    days = (day, day.isocalendar().week, _weekday(year, day))
    return Row((*days, name, year.name(meeting) if meeting else forum, meeting.date if meeting else None))


def _changes(year: YearView) -> Sheet:
    """Return what changed, by kind: what it was, what it is, and why it was cancelled."""
    heads = (N_("change"), N_("from"), N_("to"), N_("forum"), N_("number"), N_("reason"))
    order = [*KINDS]
    rows = [_change(year, one) for one in sorted(year.plan.changes, key=lambda one: order.index(one.kind))]
    return Sheet(year.gettext("Changes"), [_head(year, head) for head in heads], rows)


def _change(year: YearView, change: Change) -> Row:
    meeting = year.plan.meeting(change.meeting)
    kind, before, after = year.gettext(KINDS[change.kind]), _moment(change.before), _moment(change.after)
    if meeting is None:
        return Row((kind, before, after, change.meeting, None, None))
    reason = None if meeting.live else meeting.reason
    return Row((kind, before, after, year.name(meeting), year.plan.number(meeting), reason))


def _moment(text: str | None) -> Value:
    """Return a day as a real one, anything else as it is."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return text


def _head(year: YearView, word: str) -> str:
    head = year.gettext(word)
    return head[:1].upper() + head[1:]


def _weekday(year: YearView, day: date) -> str:
    return format_day(day, year.language, "EEE")


COLUMNS = (
    _Column(N_("date"), lambda _, meeting: meeting.date),
    _Column(N_("week"), lambda _, meeting: meeting.week),
    _Column(N_("weekday"), lambda year, meeting: _weekday(year, meeting.date)),
    _Column(N_("start"), lambda _, meeting: None if meeting.time.is_all_day else meeting.start),
    _Column(N_("end"), lambda _, meeting: None if meeting.time.is_all_day else meeting.end),
    _Column(N_("forum"), lambda year, meeting: year.name(meeting)),
    _Column(N_("number"), lambda year, meeting: year.plan.number(meeting)),
    _Column(
        N_("host"),
        lambda year, meeting: label(year.register, year.plan, meeting.host) if meeting.host else None,
    ),
    _Column(N_("place"), lambda _, meeting: meeting.place),
    _Column(N_("status"), lambda year, meeting: year.gettext(meeting.status.value)),
    _Column(N_("reason"), lambda _, meeting: None if meeting.live else meeting.reason, at_need=True),
    _Column(N_("last date"), lambda _, meeting: meeting.last if meeting.days > 1 else None, at_need=True),
    _Column(
        N_("time on the last day"),
        lambda _, meeting: str(meeting.last_day) if meeting.last_day else None,
        at_need=True,
    ),
    _Column(N_("time zone"), lambda _, meeting: meeting.timezone, at_need=True),
    _Column(N_("link"), lambda _, meeting: meeting.link, at_need=True),
)
"""What lists of meetings say, in the words by which lists are read."""
