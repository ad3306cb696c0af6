"""The plan for programs and spreadsheets: JSON, of one shape wherever it is written, and CSV."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, cast

from kultursam.diagnostics import SCHEMA, Problem
from kultursam.forumfile.register import Register
from kultursam.forumfile.values import TimeSpan
from kultursam.history import KINDS, change_in_words
from kultursam.i18n import N_, translations
from kultursam.plans.model import Assessment, Change, Meeting, Plan, Reason
from kultursam.presentation import YearView, format_day, label, name_of
from kultursam.render.data.documents import (
    HeldAs,
    JsonAnswer,
    JsonAnswers,
    JsonChange,
    JsonChangeSince,
    JsonComparison,
    JsonCreated,
    JsonDraft,
    JsonExplanation,
    JsonExported,
    JsonFetched,
    JsonFetchedCalendar,
    JsonForgotten,
    JsonImported,
    JsonImportedRow,
    JsonInstead,
    JsonInvitationRow,
    JsonInvitations,
    JsonMeeting,
    JsonPeople,
    JsonPlan,
    JsonProblem,
    JsonProblems,
    JsonProposal,
    JsonProposedTime,
    JsonPublished,
    JsonReason,
    JsonReplies,
    JsonSince,
    JsonSuggestion,
    JsonSuggestions,
    JsonWeighed,
)
from kultursam.render.data.schemas import schema_of

__all__ = [
    "SCHEMA",
    "JsonAnswer",
    "JsonAnswers",
    "JsonChange",
    "JsonChangeSince",
    "JsonComparison",
    "JsonCreated",
    "JsonDraft",
    "JsonExplanation",
    "JsonExported",
    "JsonFetched",
    "JsonFetchedCalendar",
    "JsonForgotten",
    "JsonImported",
    "JsonImportedRow",
    "JsonInstead",
    "JsonInvitationRow",
    "JsonInvitations",
    "JsonMeeting",
    "JsonPeople",
    "JsonPlan",
    "JsonProblem",
    "JsonProblems",
    "JsonProposal",
    "JsonProposedTime",
    "JsonPublished",
    "JsonReason",
    "JsonReplies",
    "JsonSince",
    "JsonSuggestion",
    "JsonSuggestions",
    "JsonWeighed",
    "change",
    "changes_since",
    "changes_to_csv",
    "document",
    "poll",
    "problem",
    "reason",
    "schema_of",
    "to_csv",
    "to_json",
]

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As the forum file writes them."""
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
CSV_COLUMNS = (
    N_("date"), N_("week"), N_("weekday"), N_("start"), N_("end"), N_("forum"), N_("number"), N_("host"),
    N_("place"), N_("status"), "id", N_("modified"),
)  # fmt: skip
COLUMNS_AT_NEED: Mapping[str, Callable[[Meeting], str]] = {
    N_("last date"): lambda meeting: meeting.last.isoformat() if meeting.days > 1 else "",
    N_("time on the last day"): lambda meeting: str(meeting.last_day or ""),
    N_("time zone"): lambda meeting: meeting.timezone or "",
}
"""Columns that are there only where they say something of a meeting, after the others."""
CHANGE_COLUMNS = (N_("change"), N_("from"), N_("to"), N_("forum"), N_("number"), N_("reason"), "id")
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula; some accept fullwidth signs too."""
UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What JSON allows in a text, but a terminal may follow: controls, line ends and directions."""


def document(plan: Plan, register: Register) -> JsonPlan:
    """Return a plan as plain data."""
    return {
        "schema": SCHEMA,
        "year": plan.year,
        "title": str(plan.planning_year),
        "name": plan.name,
        "optimal": plan.optimal,
        "bound": max(0, plan.points - plan.gap.points),
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
        "changes": [change(one, plan, register) for one in plan.changes],
        "problems": [problem(one) for one in plan.problems],
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
    rows = [[*(_(word) for word in (*CSV_COLUMNS, *further)), *heads]]
    for meeting in meetings:
        hours = (f"{moment:%H:%M}" for moment in (meeting.start, meeting.end))
        row = [
            meeting.date.isoformat(),
            str(meeting.week),
            format_day(meeting.date, register.file.language, "EEE"),
            *(("", "") if meeting.time.is_all_day else hours),
            name_of(register, plan, meeting),
            str(plan.number(meeting)),
            label(register, plan, meeting.host) if meeting.host else "",
            meeting.place or "",
            _(meeting.status.value),
            meeting.id,
            # An edited list that is read again says by it of which version it is.
            meeting.version,
            *(text(meeting) for text in further.values()),
            *(due.get((meeting.id, name), "") for name in names),
        ]
        rows.append(row)
    return _table(rows, register.file.language)


def changes_to_csv(changes: Iterable[Change], plan: Plan, register: Register) -> str:
    """Return what changed for a spreadsheet; see `to_csv`."""
    _ = translations(register.file.language).gettext
    rows = [[_(word) for word in CHANGE_COLUMNS]]
    for one in changes:
        found = _change_since(one, plan, register)
        texts = (
            found["from"],
            found["to"],
            found["name"],
            str(found["number"]),
            found["reason"],
            one.meeting,
        )
        rows.append([_(KINDS[one.kind]), *(text or "" for text in texts)])
    return _table(rows, register.file.language)


def poll(dates: Iterable[tuple[date, TimeSpan]], organisations: Iterable[str], language: str) -> str:
    """Return a table with a row for each date, and an empty column for the answers of each organisation."""
    _, names = translations(language).gettext, [*organisations]
    rows = [[_("date"), _("weekday"), _("time"), *names]]
    for day, time in dates:
        rows.append([day.isoformat(), format_day(day, language, "EEEE"), str(time), *("" for _ in names)])
    return _table(rows, language)


def _table(rows: Iterable[Sequence[str]], language: str) -> str:
    """Return rows as text: with `;` between values where the language has a decimal comma."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter="," if language == "en" else ";", lineterminator="\r\n")
    writer.writerows([_defused(value) for value in row] for row in rows)
    return stream.getvalue()


def _defused(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value


def _meeting(plan: Plan, register: Register, meeting: Meeting) -> JsonMeeting:
    assessment = plan.assessments.get(meeting.id, Assessment())
    found: JsonMeeting = {
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
        "all_day": meeting.time.is_all_day,
        "timezone": meeting.timezone or register.file.timezone,
        "week": meeting.week,
        "weekday": WEEKDAYS[meeting.date.weekday()],
        "status": meeting.status.value,
        "origin": meeting.origin.value,
        "sequence": meeting.sequence,
        "created": f"{meeting.created:{MOMENT}}",
        "modified": f"{meeting.modified:{MOMENT}}",
        "moved_from": meeting.moved_from.isoformat() if meeting.moved_from else None,
        "reason": meeting.reason,
        "host": meeting.host,
        "place": meeting.place,
        "room": register.room_of(meeting.place),
        "format": cast("HeldAs | None", meeting.format),
        "link": meeting.link,
        "organisations": list(plan.organisations_of(meeting)),
        "ideal": assessment.ideal.isoformat() if assessment.ideal else None,
        "should": assessment.should,
        "points": assessment.points,
        "prepares": list(assessment.prepares),
        "reasons": [reason(cause) for cause in assessment.reasons],
    }
    if meeting.last_day:
        found["last_day"] = str(meeting.last_day)
    return found


def _end_date(meeting: Meeting) -> date:
    """Return the day on which a meeting ends: the next one for what ends after midnight."""
    return meeting.last if meeting.time.is_all_day else meeting.bounds[1].date()


def reason(cause: Reason) -> JsonReason:
    """Return a reason as plain data."""
    return {
        "rule": cause.rule,
        "strength": cause.strength,
        "date": cause.date.isoformat(),
        "text": cause.text,
        "line": cause.line,
    }


def change(one: Change, plan: Plan, register: Register) -> JsonChange:
    """Return a change of a plan as plain data."""
    return {
        "meeting": one.meeting,
        "kind": one.kind,
        "from": one.before,
        "to": one.after,
        "text": change_in_words(YearView(plan, register), one),
    }


def changes_since(day: date, changes: Iterable[Change], plan: Plan, register: Register) -> JsonSince:
    """Return what changed of a year since a day as plain data."""
    return {
        "schema": SCHEMA,
        "year": plan.year,
        "title": str(plan.planning_year),
        "name": plan.name,
        "since": day.isoformat(),
        "changes": [_change_since(one, plan, register) for one in changes],
        "problems": [problem(one) for one in plan.problems],
    }


def _change_since(one: Change, plan: Plan, register: Register) -> JsonChangeSince:
    meeting = plan.meeting(one.meeting)
    if meeting is None:
        raise LookupError(one.meeting)
    return {
        **change(one, plan, register),
        "forum": meeting.forum,
        "name": name_of(register, plan, meeting),
        "number": plan.number(meeting),
        "date": meeting.date.isoformat(),
        "status": meeting.status.value,
        "reason": meeting.reason,
        "organisations": list(plan.organisations_of(meeting)),
    }


def problem(one: Problem) -> JsonProblem:
    """Return a problem as plain data."""
    return cast("JsonProblem", one.as_data())
