"""The year as the table that offices publish: a forum a row, a month a column, days in the cells: 13, 27*.

Terminal, page, workbook and document show the same table, each with its own means.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kultursam.i18n import N_
from kultursam.plans.model import Meeting, by_forum
from kultursam.presentation import (
    DASH,
    Sign,
    YearView,
    days_in_words,
    format_day,
    hours_in_words,
    month_in_words,
    state,
)

SIGNS = {
    "proposed": ("○", N_("proposed")),
    "reserved": ("□", N_("reserved")),
    "external": ("◊", N_("external")),
    "moved": ("→", N_("moved")),
    "cancelled": ("✕", N_("cancelled")),
    "time": ("*", N_("another time")),
    "days": (DASH, N_("several days")),
}
"""What is said of a meeting beside its day, with the words for it, in the order of the legend.

A confirmed meeting has no sign. Those of several days have theirs within the day: 27–28.
"""
WITHOUT = N_("without a sign: confirmed")


@dataclass(frozen=True, slots=True)
class Month:
    """A column."""

    first: date
    short: str
    """Its name, in few letters: feb, or feb 2026 where it lies outside the planning year."""
    name: str
    """Februari."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting in a cell."""

    meeting: Meeting
    day: str
    """13, or 27–28; of a meeting that lies in two months 30– in the first and –2 in the second."""
    marks: tuple[str, ...]
    """Which of the signs it has."""
    words: str
    """What a screen reader says of it: torsdag 13 februari, 09:00–12:00, preliminärt."""

    @property
    def label(self) -> str:
        """The day with its signs."""
        return self.day + "".join(SIGNS[mark][0] for mark in self.marks if mark != "days")


@dataclass(frozen=True, slots=True)
class Row:
    """The meetings of a forum."""

    forum: str
    sign: Sign
    hours: str
    """Its usual times: what no mark says otherwise of."""
    cells: tuple[tuple[Entry, ...], ...]
    """A cell a month; its meetings stand in order of time."""


@dataclass(frozen=True, slots=True)
class OtherTime:
    """A meeting that is held at another time than its forum's others, where this is written out."""

    forum: str
    day: str
    """In few letters: 27 mars."""
    hours: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """The year of all forums that meet in it, in the order of the file."""

    months: tuple[Month, ...]
    rows: tuple[Row, ...]
    legend: tuple[tuple[str, str], ...]
    """The signs that occur, each with its words; the sign is empty for what stands without one."""
    other_times: tuple[OtherTime, ...]
    """By date."""


def matrix_of(year: YearView) -> Matrix:
    """Return the matrix of a year: the months of the planning year, and others that hold a meeting of it."""
    plan = year.plan
    days = [day for meeting in plan.meetings for day in meeting.every_day]
    firsts = sorted({day.replace(day=1) for day in (*plan.planning_year.months(), *days)})
    held = by_forum(plan.chronological())
    usual = {forum: _usual(year, held[forum]) for forum in year.meeting_forums}
    rows = tuple(
        Row(forum, sign, usual[forum], _cells(year, held[forum], firsts, usual[forum]))
        for forum, sign in year.meeting_forums.items()
    )
    others = tuple(
        OtherTime(meeting.forum, year.short_day(meeting.date), hours)
        for meeting in plan.chronological()
        if meeting.live and (hours := hours_in_words(meeting, year.language)) != usual[meeting.forum]
    )
    return Matrix(tuple(_month(year, first) for first in firsts), rows, _legend(year, rows), others)


def _month(year: YearView, first: date) -> Month:
    """Return a column; its year is told where the planning year has no day of the month."""
    inside = first in (day.replace(day=1) for day in year.plan.planning_year.months())
    short = format_day(first, year.language, "LLL" if inside else "LLL y")
    return Month(first, short, month_in_words(first, year.language, year.plan.planning_year))


def _usual(year: YearView, meetings: Sequence[Meeting]) -> str:
    """Return the times that most meetings of a forum have; of equally frequent ones those met first."""
    times = Counter(hours_in_words(one, year.language) for one in meetings if one.live)
    return max(times, key=times.__getitem__) if times else hours_in_words(meetings[0], year.language)


def _cells(
    year: YearView, meetings: Sequence[Meeting], firsts: Sequence[date], usual: str
) -> tuple[tuple[Entry, ...], ...]:
    of_month: Mapping[date, list[Entry]] = defaultdict(list)
    for meeting in meetings:
        marks, words = _said(year, meeting, usual)
        for first, day in _days(meeting, firsts):
            of_month[first].append(Entry(meeting, day, marks, words))
    return tuple(tuple(of_month[first]) for first in firsts)


def _days(meeting: Meeting, firsts: Sequence[date]) -> Iterator[tuple[date, str]]:
    """Yield each month that a meeting lies in, with its days there."""
    begins, ends = (day.replace(day=1) for day in (meeting.date, meeting.last))
    first, last = str(meeting.date.day), str(meeting.last.day)
    if begins == ends:
        yield begins, first if meeting.days == 1 else f"{first}{DASH}{last}"
        return
    for month in firsts:
        if begins <= month <= ends:
            yield month, (first if month == begins else "") + DASH + (last if month == ends else "")


def _said(year: YearView, meeting: Meeting, usual: str) -> tuple[tuple[str, ...], str]:
    """Return the marks of a meeting, and what its entry says in words."""
    held_as, hours = state(meeting), hours_in_words(meeting, year.language)
    moved = meeting.moved_from and held_as not in {"cancelled", "external"}
    present = {
        held_as: True,
        "moved": moved,
        "time": meeting.live and hours != usual,
        "days": meeting.days > 1,
    }
    marks = tuple(mark for mark in SIGNS if present.get(mark))
    name = year.name(meeting)
    own_name = [name] if name != year.signs[meeting.forum].name else []
    states = [year.gettext(held_as), *([year.gettext(SIGNS["moved"][1])] if moved else [])]
    return marks, ", ".join([*own_name, days_in_words(meeting, year.language), hours, *states])


def _legend(year: YearView, rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    entries = [entry for row in rows for cell in row.cells for entry in cell]
    present = {mark for entry in entries for mark in entry.marks}
    listed = [(sign, year.gettext(words)) for mark, (sign, words) in SIGNS.items() if mark in present]
    states = {state(entry.meeting) for entry in entries}
    if "confirmed" in states and states & {"proposed", "reserved", "external"}:
        return (("", year.gettext(WITHOUT)), *listed)
    return tuple(listed)
