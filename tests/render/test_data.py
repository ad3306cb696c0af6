"""The plan for programs and spreadsheets: one JSON shape, and CSV that no cell of which is a formula."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest
import sample_year as sample
from project_folder import SMALL, Folder

from kultursam.forumfile.values import TimeSpan
from kultursam.render import data as tabular

if TYPE_CHECKING:
    from pathlib import Path

    from kultursam.plans.model import Plan

TODAY = ("--today", "2024-09-15")
KEYS = [
    "id", "uid", "forum", "forum_name", "name", "number", "date", "end_date", "start", "end", "all_day",
    "timezone", "week", "weekday", "status", "origin", "sequence", "created", "modified", "moved_from",
    "reason", "host", "place", "room", "format", "link",
    "organisations", "ideal", "should", "points", "prepares", "reasons",
]  # fmt: skip


def test_csv_is_for_a_swedish_excel(tmp_path: Path) -> None:
    """A byte order mark, semicolons, CRLF, Swedish headings, ISO dates, a row a meeting."""
    folder = Folder(tmp_path)
    folder.fine("plan", "2025", "--quiet", *TODAY)
    data = folder.files()["calendars/2025/meetings.csv"]
    assert data.startswith(b"\xef\xbb\xbfdatum;vecka;veckodag;")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    planned = json.loads(folder.files()["calendars/2025/meetings.json"])["meetings"]
    assert [row[0] for row in rows[1:]] == [one["date"] for one in planned]
    days = ("mån", "tis", "ons", "tors", "fre")
    assert [row[2] for row in rows[1:]] == [days[date.fromisoformat(row[0]).weekday()] for row in rows[1:]]
    assert data.count(b"\r\n") == data.count(b"\n") == len(rows) == 3


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@SUM(A1)", "＝1", "＠A1"])
def test_no_cell_is_a_formula(tmp_path: Path, name: str) -> None:
    """A name that a spreadsheet would run is put as text."""
    folder = Folder(tmp_path, SMALL.replace("name: Nätverket", f'name: "{name}"'))
    folder.fine("plan", "2025", "--quiet", *TODAY)
    text = folder.files()["calendars/2025/meetings.csv"].decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert {row[5] for row in rows[1:]} == {f"'{name}"}


def test_each_deadline_has_a_column(tmp_path: Path) -> None:
    """After all others, in the order of the file; empty where none is due, as text where it is a formula."""
    forums = SMALL.replace(
        "natverk:",
        """rad:
    name: Rådet
    cadence: once a year
    members: [{role: ledamot, from: [hylte]}]
    deadlines: [{name: "=A1", days_after: 5}, {name: Kallelse, working_days_before: 5}]
  natverk:""",
    )
    folder = Folder(tmp_path, forums)
    folder.fine("plan", "2025", "--quiet", *TODAY)
    folder.fine("cancel", "natverk-2025-2", "--reason", "Sjukdom", *TODAY)
    document = json.loads(folder.files()["calendars/2025/meetings.json"])
    due = {(one["meeting"], one["name"]): one["date"] for one in document["deadlines"]}
    text = folder.files()["calendars/2025/meetings.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert list(rows[0])[-4:] == ["id", "ändrad", "deadline: =A1", "deadline: Kallelse"]
    assert len(rows) == 3
    for row in rows:
        assert row["deadline: =A1"] == due.get((row["id"], "=A1"), "")
        assert row["deadline: Kallelse"] == due.get((row["id"], "Kallelse"), "")
    assert (
        sorted(key for row in rows for key, value in row.items() if not value).count("deadline: Kallelse")
        == 1
    )
    assert all(list(one) == ["uid", "forum", "meeting", "name", "date"] for one in document["deadlines"])
    assert "rad-2025-1-d1@kultur.example" in {one["uid"] for one in document["deadlines"]}


def test_english_uses_commas(tmp_path: Path) -> None:
    """Where the language has a decimal point, a comma parts the values."""
    folder = Folder(tmp_path, SMALL.replace("language: sv", "language: en"))
    folder.fine("plan", "2025", "--quiet", *TODAY)
    assert folder.fine("show", "2025", "--format", "csv", *TODAY).out.startswith("date,week,weekday,")


def test_json_has_the_keys_of_the_contract(tmp_path: Path) -> None:
    """What programs read is in its place, on stdout and in the file alike."""
    folder = Folder(tmp_path)
    printed = folder.fine("plan", "2025", "--json", *TODAY).year
    written = json.loads(folder.files()["calendars/2025/meetings.json"])
    assert list(printed) == [
        "schema", "year", "title", "name", "optimal", "bound", "should", "points", "meetings", "deadlines",
        "changes", "problems",
    ]  # fmt: skip
    assert all(list(one) == KEYS for one in printed["meetings"])
    assert printed == {**written, "changes": printed["changes"]}
    assert all(
        set(one) == {"rule", "strength", "date", "text", "line"}
        for m in printed["meetings"]
        for one in m["reasons"]
    )


SEVERAL: dict[str, dict[str, Any]] = {
    "natverk-2025-1": {"days": 3, "last_day": TimeSpan(time(8, 30), time(12)), "timezone": "Asia/Tokyo"},
    "natverk-2025-2": {"start": time(22), "end": time(1)},
    "natverk-2025-3": {"start": time(), "end": time(), "days": 2},
    "natverk-2025-4": {"start": time(18), "end": time()},
}
"""Meetings from 4 March 2025 on, a week apart."""


def several() -> Plan:
    """Return a year of meetings of several days, over midnight, and of whole days."""
    days = (date(2025, 3, 4 + 7 * number) for number in range(len(SEVERAL)))
    meetings = [
        replace(sample.meeting("samrad", number, day), id=key, **SEVERAL[key])
        for number, (key, day) in enumerate(zip(SEVERAL, days, strict=True), 1)
    ]
    return sample.plan(meetings)


def test_json_says_when_a_meeting_ends() -> None:
    """On the last of its days, or the next one where it ends after midnight; hours only where there are."""
    keys = ("date", "end_date", "start", "end", "last_day", "all_day", "timezone")
    found = [
        tuple(one.get(key) for key in keys)
        for one in tabular.document(several(), sample.register())["meetings"]
    ]
    assert found == [
        ("2025-03-04", "2025-03-06", "09:00", "12:00", "08:30-12:00", False, "Asia/Tokyo"),
        ("2025-03-11", "2025-03-12", "22:00", "01:00", None, False, "Europe/Stockholm"),
        ("2025-03-18", "2025-03-19", "00:00", "00:00", None, True, "Europe/Stockholm"),
        ("2025-03-25", "2025-03-26", "18:00", "00:00", None, False, "Europe/Stockholm"),
    ]


def test_csv_has_last_dates_and_zones_where_there_are() -> None:
    """After all columns that are always there, so that those stay where they were."""

    def rows(plan: Plan) -> list[list[str]]:
        text = tabular.to_csv(plan, sample.register("en"))
        return list(csv.reader(io.StringIO(text, newline="")))

    head, *found = rows(several())
    plain = rows(sample.plan([sample.meeting("samrad", 1, date(2025, 3, 4))]))[0]
    assert head == [*plain, "last date", "time on the last day", "time zone"]
    assert plain[-1] == "modified"
    assert [row[3:5] + row[len(plain) :] for row in found] == [
        ["09:00", "12:00", "2025-03-06", "08:30-12:00", "Asia/Tokyo"],
        ["22:00", "01:00", "", "", ""],
        ["", "", "2025-03-19", "", ""],
        ["18:00", "00:00", "", "", ""],
    ]
    assert [name for name in rows(sample.plan())[0] if "last" in name or "zone" in name] == []


def test_json_cannot_steer_a_terminal() -> None:
    """Controls, line ends and directions are escaped; whoever reads the document gets them as they were."""
    data = {"text": "a\x1b[2Jb\x9b2J\x7f\u2028\u202e\u2066å"}
    text = tabular.to_json(data)
    assert [char for char in text if not char.isprintable() and char != "\n"] == []
    assert "å" in text
    assert json.loads(text) == data
