"""Meetings of several days, of whole days, over midnight and in another zone, from the file to calendars."""

from __future__ import annotations

import io
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from ics_profile import check, compare, read
from planner_instances import register_of
from project_folder import Folder
from rich.cells import cell_len

from kultursam.planner import Situation, plan_year
from kultursam.presentation import YearView
from kultursam.render import table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.console import RenderableType

    from kultursam.forumfile.register import Register
    from kultursam.plans.model import Plan

TODAY = ("--today", "2024-09-15")
FORUMS = """
name: Kultur i Väst
language: sv
timezone: Europe/Stockholm
domain: kultur.example
organisations: {hylte: {name: Hylte kommun, short: Hylte}, laholm: {name: Laholms kommun, short: Laholm}}
calendar: {country: SE, half_days: {strength: must, from: 12:00}}
defaults: {cadence: twice a year, members: [{role: chef, from: [hylte, laholm]}]}
forums:
  stamma:
    name: Årsstämma
    time: 10:00-16:00
    days: 3
    last_day: 08:30-12:00
    weekdays: [thu, fri, sat]
    windows: [{from: 03-01, to: 04-30}, {from: 10-01, to: 11-15}]
    deadlines: [{name: Kallelse, days_before: 14}, {name: Protokoll, days_after: 7}]
  lunch:
    name: Lunch efter stämman
    time: 12:30-13:30
    weekdays: [sat]
    together_with: {forum: stamma}
  vecka:
    name: Arbetsdagar
    time: all day
    days: 2
    weekdays: [mon, tue, wed]
    otherwise: [thu, fri]
  natt:
    name: Kulturnatt
    time: 22:00-01:00
  york:
    name: Samtal med New York
    time: 09:00-10:30
    timezone: America/New_York
"""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Plan two years; nothing here changes them."""
    folder = Folder(tmp_path_factory.mktemp("days"), FORUMS)
    folder.fine("plan", "2025", "2026", "--quiet", *TODAY)
    return folder


def test_every_calendar_keeps_the_profile(planned: Folder) -> None:
    """Each meeting is one event, in files to import, in feeds, and in those of organisations and roles."""
    for name, data in planned.files().items():
        if name.endswith(".ics"):
            assert check(data, feed="feeds/" in name) == [], name
    events = read(planned.files()["calendars/2025/organisations/hylte.ics"]).inner("VEVENT")
    assert len(events) == len(planned.meetings(2025)) == 10
    assert planned.run("plan", "2025", "2026", "--check", *TODAY).code == 0


def test_rules_are_asked_of_each_day(planned: Folder) -> None:
    """Three days in a row from a Thursday; a lunch on the last; nobody is in two places at one time."""
    for year in (2025, 2026):
        taken: set[date] = set()
        ends = {}
        for key, one in planned.meetings(year).items():
            first, last = date.fromisoformat(one["date"]), date.fromisoformat(one["end_date"])
            ends[key] = last
            if one["forum"] in {"stamma", "vecka"}:
                days = {first + timedelta(number) for number in range((last - first).days + 1)}
                assert len(days) == (3 if one["forum"] == "stamma" else 2)
                assert taken.isdisjoint(days)
                taken |= days
        assert {ends[f"stamma-{year}-{number}"].weekday() for number in (1, 2)} == {5}
        assert {ends[f"lunch-{year}-{number}"] for number in (1, 2)} == {
            ends[f"stamma-{year}-{number}"] for number in (1, 2)
        }


@pytest.fixture(scope="module")
def year() -> YearView:
    """Plan 2025 by the same file."""
    register, now = register_of(FORUMS), datetime(2024, 9, 15, tzinfo=UTC)
    return YearView(plan_year(Situation(register, 2025, now.date(), now)), register)


def shown(view: Callable[[Plan, Register], RenderableType], year: YearView) -> str:
    """Return a view of the year as a terminal of 80 columns shows it."""
    stream = io.StringIO()
    table.print_view(view(year.plan, year.register), stdout=stream, width=80)
    assert max(map(cell_len, stream.getvalue().splitlines())) <= 80
    return stream.getvalue()


def test_the_list_in_80_columns(year: YearView) -> None:
    """One row a meeting; hours of several days, and of another zone, below it."""
    text = shown(table.list_view, year)
    assert text.count("▌") == len(year.plan.meetings) == 10
    assert text.count("    10:00–16:00, sista dagen 08:30–12:00\n") == 2
    assert text.count("    09:00–10:30 (America/New_York)\n") == 2
    assert text.count("    hela dagen\n") == 2
    assert text.count("  22:00–01:00   ▌Kulturnatt ") == 2


def test_weeks_and_months_in_80_columns(year: YearView) -> None:
    """Every day of every meeting is marked, and no other; each meeting is counted once."""
    text = shown(table.month_view, year)
    days = Counter(day for meeting in year.plan.meetings for day in meeting.every_day)
    begun = {meeting.date for meeting in year.plan.meetings}
    assert len(re.findall(r"\d\+", text)) == sum(number > 1 for number in days.values())
    assert len(re.findall(r"\d─", text)) == sum(
        number == 1 and day not in begun for day, number in days.items()
    )
    weeks = shown(table.line_view, year)
    numbers = re.findall(r"^[^ \n].*[·○░─] +(\d+)$", weeks, re.MULTILINE)
    assert list(map(int, numbers)) == [2] * 5


def test_the_page_has_one_row_a_meeting(planned: Folder) -> None:
    """With both days and both times, and what is due counted from the first, or from the last."""
    page = planned.files()["calendars/2025.html"].decode()
    rows = re.findall(r'<tr role="row" class="meeting.*?</tr>', page, re.DOTALL)
    assert len(rows) == 10
    meetings = planned.meetings(2025)
    for key in ("stamma-2025-1", "vecka-2025-1"):
        both = [meetings[key][end] for end in ("date", "end_date")]
        (row,) = [row for row in rows if re.findall(r'<time datetime="([0-9-]+)"', row) == both]
        assert ("hela dagen" if "vecka" in key else "10:00–16:00, sista dagen 08:30–12:00") in row
    document = planned.fine("show", "2025", "--json", *TODAY).document
    due = {one["name"]: one["date"] for one in document["deadlines"] if one["meeting"] == "stamma-2025-1"}
    stamma = meetings["stamma-2025-1"]
    apart = [(due["Kallelse"], stamma["date"], 14), (stamma["end_date"], due["Protokoll"], 7)]
    for earlier, later, days in apart:
        assert 0 <= (date.fromisoformat(later) - date.fromisoformat(earlier)).days - days <= 4


def test_a_move_takes_all_days_along(tmp_path: Path) -> None:
    """One event, moved, with the sequence one higher; then nothing is left to do."""
    folder = Folder(tmp_path, FORUMS)
    folder.fine("plan", "2025", "--quiet", *TODAY)
    folder.fine("confirm", "stamma-2025-1", "--quiet", *TODAY)
    before = folder.files()["calendars/feeds/stamma.ics"]
    first = date.fromisoformat(folder.meetings(2025)["stamma-2025-1"]["date"])
    wanted = first + timedelta(weeks=1)
    folder.fine("move", "stamma-2025-1", str(wanted), *TODAY)
    moved = folder.meetings(2025)
    assert (moved["stamma-2025-1"]["date"], moved["stamma-2025-1"]["end_date"]) == (
        str(wanted),
        str(wanted + timedelta(days=2)),
    )
    assert moved["stamma-2025-1"]["sequence"] == 1
    assert compare(before, folder.files()["calendars/feeds/stamma.ics"]) == []
    folder.fine("plan", "2025", "--quiet", *TODAY)
    assert folder.meetings(2025)["lunch-2025-1"]["date"] == str(wanted + timedelta(days=2))
    assert folder.run("plan", "2025", "--check", *TODAY).code == 0
