"""The plan for programs: JSON, one shape wherever it is written."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from typing import Any

from kultursam.diagnostics import Problem
from kultursam.forumfile.register import Register
from kultursam.i18n import N_, translations
from kultursam.plans.model import Assessment, Change, Meeting, Plan, Reason

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As the forum file writes them."""
CSV_COLUMNS = (
    N_("date"), N_("week"), N_("weekday"), N_("start"), N_("end"), N_("forum"), N_("number"), N_("host"),
    N_("place"), N_("status"), "id",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula; some take wide signs too."""
STEERING = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What JSON allows in a text, but a terminal may follow: controls, line ends and directions."""


def document(plan: Plan, register: Register) -> dict[str, Any]:
    """Give a plan as plain data: dates are ISO 8601, times local, `timezone` names their zone."""
    return {
        "year": plan.year,
        "name": plan.name,
        "optimal": plan.optimal,
        "should": plan.should,
        "points": plan.points,
        "meetings": [_meeting(plan, register, one) for one in plan.chronological()],
        "deadlines": [
            {"meeting": one.meeting, "name": one.name, "date": one.date.isoformat()}
            for one in plan.deadlines
            if not one.cancelled
        ],
        "changes": [_change(one) for one in plan.changes],
        "problems": problems(plan.problems),
    }


def problems(several: Iterable[Problem]) -> list[dict[str, Any]]:
    """Give problems as plain data."""
    return [
        {"severity": one.severity, "text": one.text, "file": one.file, "line": one.line, "column": one.column}
        for one in several
    ]


def to_json(data: object) -> str:
    """Write plain data as JSON, one document, in a fixed order; what could steer a terminal is escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def to_csv(plan: Plan, register: Register) -> str:
    """Write a plan's meetings for a spreadsheet: `;` between values where the language has a decimal comma.

    What a spreadsheet would take for a formula is put as text. Dates are ISO 8601.
    """
    stream = io.StringIO()
    separator = "," if register.file.language == "en" else ";"
    writer = csv.writer(stream, delimiter=separator, lineterminator="\r\n")
    _ = translations(register.file.language).gettext
    writer.writerow([_(word) for word in CSV_COLUMNS])
    for one in plan.chronological():
        host = register.file.organisations.get(one.host or "")
        row = (
            one.date.isoformat(),
            str(one.week),
            WEEKDAYS[one.date.weekday()],
            f"{one.start:%H:%M}",
            f"{one.end:%H:%M}",
            plan.forums[one.forum].name,
            str(one.number),
            host.label if host else "",
            one.place or "",
            _(one.status.value),
            one.id,
        )
        writer.writerow([_defused(value) for value in row])
    return stream.getvalue()


def _defused(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value


def _meeting(plan: Plan, register: Register, meeting: Meeting) -> dict[str, Any]:
    forum = plan.forums[meeting.forum]
    assessment = plan.assessments.get(meeting.id, Assessment())
    return {
        "id": meeting.id,
        "uid": plan.uid(meeting.id),
        "forum": meeting.forum,
        "forum_name": forum.name,
        "number": meeting.number,
        "date": meeting.date.isoformat(),
        "start": f"{meeting.start:%H:%M}",
        "end": f"{meeting.end:%H:%M}",
        "timezone": register.file.timezone,
        "week": meeting.week,
        "weekday": WEEKDAYS[meeting.date.weekday()],
        "status": meeting.status.value,
        "sequence": meeting.sequence,
        "host": meeting.host,
        "place": meeting.place,
        "organisations": list(forum.organisations),
        "ideal": assessment.ideal.isoformat() if assessment.ideal else None,
        "should": assessment.should,
        "points": assessment.points,
        "prepares": list(assessment.prepares),
        "reasons": [reason(one) for one in assessment.reasons],
    }


def reason(one: Reason) -> dict[str, Any]:
    """Give a reason as plain data."""
    return {
        "rule": one.rule,
        "strength": one.strength,
        "date": one.date.isoformat(),
        "text": one.text,
        "line": one.line,
    }


def _change(change: Change) -> dict[str, Any]:
    return {"meeting": change.meeting, "kind": change.kind, "from": change.before, "to": change.after}
