"""The plan for programs: JSON, one shape wherever it is written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from kultursam.forums import Register
from kultursam.plan import Assessment, Change, Meeting, Plan, Reason
from kultursam.problems import Problem

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As the forum file writes them."""


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
    """Write plain data as JSON, one document, in a fixed order."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


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
