"""What a document shows of a year: plain data, in the order in which it is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby
from operator import itemgetter
from typing import Any

from kultursam.matrix import Matrix, matrix_of
from kultursam.plans.model import Meeting
from kultursam.presentation import (
    DASH,
    YearView,
    format_day,
    hours_in_words,
    month_in_words,
    state,
    totals,
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the list, at its place in time."""

    when: tuple[date, time]
    shown: dict[str, Any]


def content(year: YearView) -> dict[str, Any]:
    """Return all texts of the document."""
    _, plan = year.gettext, year.plan
    return {
        "language": year.language,
        "title": _("Meetings {year} – {name}", year=plan.planning_year, name=plan.name),
        "about": f"{totals(plan, year.language)}. "
        + _("Times are local ({zone}).", zone=year.register.file.timezone),
        "page": _("Page {number} of {pages}", number="{number}", pages="{pages}"),
        "matrix": _matrix(year, matrix_of(year)),
        "list": {
            "title": _("All meetings"),
            "heads": [_("Week"), _("Date"), _("Time"), _("Forum"), _("Place"), _("Status")],
            "months": _months(year),
        },
        "wheel": {
            "title": _("Annual wheel"),
            "alt": _(
                "Annual wheel {year}: the meetings of the list, each forum on a ring of its own, clockwise "
                "from the top.",
                year=plan.planning_year,
            ),
        },
    }


def _matrix(year: YearView, matrix: Matrix) -> dict[str, Any]:
    _ = year.gettext
    return {
        "title": _("Months"),
        "heads": [_("Forum"), _("Time"), *(month.short for month in matrix.months)],
        "rows": [
            [
                row.sign.name,
                row.hours,
                *(", ".join(entry.label for entry in cell) for cell in row.cells),
            ]
            for row in matrix.rows
        ],
        "legend": [f"{sign} {words}".strip() for sign, words in matrix.legend],
        "others": [f"* {year.signs[one.forum].name} {one.day}: {one.hours}" for one in matrix.other_times],
    }


def _months(year: YearView) -> list[dict[str, Any]]:
    """Return the months that hold anything, each with the lines of the list."""
    lines = sorted(_lines(year), key=lambda line: line.when)
    dated = [(line.when[0].replace(day=1), line.shown) for line in lines]
    return [
        {
            "name": month_in_words(month, year.language, year.plan.planning_year),
            "lines": [line for _, line in same],
        }
        for month, same in groupby(dated, key=itemgetter(0))
    ]


def _lines(year: YearView) -> Iterator[_Line]:
    for meeting in year.plan.chronological():
        yield _Line((meeting.date, meeting.start), _meeting(year, meeting))
    for (day, name), of_terms in year.due.items():
        forums = ", ".join(dict.fromkeys(year.signs[one.forum].name for one in of_terms))
        words = year.gettext("Deadline:") + f" {name}" + (f" ({forums})" if forums else "")
        yield _Line((day, time.min), _other(year, day, day, words))
    for span in year.periods:
        words = year.gettext("Break:") + f" {span.name}"
        yield _Line((span.first, time.min), _other(year, span.first, span.last, words))


def _meeting(year: YearView, meeting: Meeting) -> dict[str, Any]:
    held = year.gettext(state(meeting))
    due = [f"{one.name} {year.short_day(one.date)}" for one in year.deadlines.get(meeting.id, ())]
    moved = (
        [year.gettext("moved from {date}", date=year.short_day(meeting.moved_from))]
        if meeting.moved_from
        else []
    )
    below = [*due, *([meeting.link] if meeting.link else [])] if meeting.live else [meeting.reason or ""]
    return {
        "week": _weeks(meeting.date, meeting.last),
        "date": _days(year, meeting.date, meeting.last),
        "time": hours_in_words(meeting, year.language),
        "name": year.name(meeting),
        "below": ", ".join(filter(None, below)),
        "place": year.location(meeting),
        "status": ", ".join([held[:1].upper() + held[1:], *moved]),
        "off": not meeting.live,
    }


def _other(year: YearView, first: date, last: date, words: str) -> dict[str, Any]:
    return {"week": _weeks(first, last), "date": _days(year, first, last), "words": words}


def _weeks(first: date, last: date) -> str:
    return DASH.join(dict.fromkeys(str(day.isocalendar().week) for day in (first, last)))


def _days(year: YearView, first: date, last: date) -> str:
    days = dict.fromkeys((first, last))
    return f" {DASH} ".join(format_day(day, year.language, "EEE d MMM") for day in days)
