"""The plan for programs and spreadsheets: JSON, of one shape wherever it is written, and CSV."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from kultursam.forumfile.register import Register
from kultursam.forumfile.values import TimeSpan
from kultursam.i18n import N_, translations
from kultursam.plans.model import Assessment, Change, Meeting, Plan, Reason
from kultursam.presentation import format_day, label, name_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As the forum file writes them."""
CSV_COLUMNS = (
    N_("date"), N_("week"), N_("weekday"), N_("start"), N_("end"), N_("forum"), N_("number"), N_("host"),
    N_("place"), N_("status"), "id",
)  # fmt: skip
COLUMNS_AT_NEED: Mapping[str, Callable[[Meeting], str]] = {
    N_("last date"): lambda meeting: meeting.last.isoformat() if meeting.days > 1 else "",
    N_("time on the last day"): lambda meeting: str(meeting.last_day or ""),
    N_("time zone"): lambda meeting: meeting.timezone or "",
}
"""Columns that are there only where they say something of a meeting, after the others."""
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula; some accept fullwidth signs too."""
UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What JSON allows in a text, but a terminal may follow: controls, line ends and directions."""


def document(plan: Plan, register: Register) -> dict[str, Any]:
    """Return a plan as plain data: dates are ISO 8601, times local, `timezone` names their zone."""
    return {
        "year": plan.year,
        "name": plan.name,
        "optimal": plan.optimal,
        "should": plan.should,
        "points": plan.points,
        "meetings": [_meeting(plan, register, meeting) for meeting in plan.chronological()],
        "deadlines": [
            {
                "uid": plan.uid_of_deadline(deadline),
                "forum": deadline.forum,
                "meeting": deadline.meeting,
                "name": deadline.name,
                "date": deadline.date.isoformat(),
            }
            for deadline in plan.deadlines
            if not deadline.cancelled
        ],
        "changes": [change(one) for one in plan.changes],
        "problems": [problem.as_data() for problem in plan.problems],
    }


def to_json(data: object) -> str:
    """Return plain data as a JSON document, in a fixed order; what could steer a terminal is escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def to_csv(plan: Plan, register: Register) -> str:
    """Return a plan's meetings for a spreadsheet: `;` between values where the language has a decimal comma.

    Each deadline of meetings has a column of its own, after all others. What a spreadsheet would take for a
    formula is marked as text. Dates are ISO 8601; a meeting of whole days has no hours.
    """
    stream = io.StringIO()
    write_row = _row_writer(stream, register.file.language)
    _ = translations(register.file.language).gettext
    due = {
        (deadline.meeting, deadline.name): deadline.date.isoformat()
        for deadline in plan.deadlines
        if deadline.meeting and not deadline.cancelled
    }
    written = dict.fromkeys(rule.name for forum in register.forums.values() for rule in forum.every_deadline)
    present = {name for _, name in due}
    names = [*(name for name in written if name in present), *sorted(present - written.keys())]
    heads = [_("deadline: {name}").format(name=name) for name in names]
    meetings = plan.chronological()
    further = {word: text for word, text in COLUMNS_AT_NEED.items() if any(map(text, meetings))}
    write_row([*(_(word) for word in (*CSV_COLUMNS, *further)), *map(_defused, heads)])
    for meeting in meetings:
        hours = (f"{moment:%H:%M}" for moment in (meeting.start, meeting.end))
        row = (
            meeting.date.isoformat(),
            str(meeting.week),
            WEEKDAYS[meeting.date.weekday()],
            *(("", "") if meeting.time.is_all_day else hours),
            name_of(register, plan, meeting),
            str(plan.number(meeting)),
            label(register, plan, meeting.host) if meeting.host else "",
            meeting.place or "",
            _(meeting.status.value),
            meeting.id,
            *(text(meeting) for text in further.values()),
            *(due.get((meeting.id, name), "") for name in names),
        )
        write_row([_defused(value) for value in row])
    return stream.getvalue()


def poll(dates: Iterable[tuple[date, TimeSpan]], organisations: Iterable[str], language: str) -> str:
    """Return a table with a row for each date, and an empty column for the answers of each organisation."""
    stream, _ = io.StringIO(), translations(language).gettext
    write_row, names = _row_writer(stream, language), [_defused(name) for name in organisations]
    write_row([_("date"), _("weekday"), _("time"), *names])
    for day, time in dates:
        row = [day.isoformat(), format_day(day, language, "EEEE"), str(time)]
        write_row([*row, *("" for _ in names)])
    return stream.getvalue()


def _row_writer(stream: io.StringIO, language: str) -> Callable[[Iterable[str]], object]:
    """Return what writes a row: with `;` between values where the language has a decimal comma."""
    return csv.writer(stream, delimiter="," if language == "en" else ";", lineterminator="\r\n").writerow


def _defused(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value


def _meeting(plan: Plan, register: Register, meeting: Meeting) -> dict[str, Any]:
    assessment = plan.assessments.get(meeting.id, Assessment())
    return {
        "id": meeting.id,
        "uid": plan.uid(meeting.id),
        "forum": meeting.forum,
        "forum_name": plan.forums[meeting.forum].name,
        "name": name_of(register, plan, meeting),
        "number": plan.number(meeting),
        "date": meeting.date.isoformat(),
        "end_date": _end_date(meeting).isoformat(),
        "start": f"{meeting.start:%H:%M}",
        "end": f"{meeting.end:%H:%M}",
        **({"last_day": str(meeting.last_day)} if meeting.last_day else {}),
        "all_day": meeting.time.is_all_day,
        "timezone": meeting.timezone or register.file.timezone,
        "week": meeting.week,
        "weekday": WEEKDAYS[meeting.date.weekday()],
        "status": meeting.status.value,
        "sequence": meeting.sequence,
        "host": meeting.host,
        "place": meeting.place,
        "room": register.room_of(meeting.place),
        "format": meeting.format,
        "link": meeting.link,
        "organisations": list(plan.organisations_of(meeting)),
        "ideal": assessment.ideal.isoformat() if assessment.ideal else None,
        "should": assessment.should,
        "points": assessment.points,
        "prepares": list(assessment.prepares),
        "reasons": [reason(cause) for cause in assessment.reasons],
    }


def _end_date(meeting: Meeting) -> date:
    """Return the day on which a meeting ends: the next one for what ends after midnight."""
    return meeting.last if meeting.time.is_all_day else meeting.bounds[1].date()


def reason(cause: Reason) -> dict[str, Any]:
    """Return a reason as plain data."""
    return {
        "rule": cause.rule,
        "strength": cause.strength,
        "date": cause.date.isoformat(),
        "text": cause.text,
        "line": cause.line,
    }


def change(one: Change) -> dict[str, Any]:
    """Return a change as plain data."""
    return {"meeting": one.meeting, "kind": one.kind, "from": one.before, "to": one.after}
