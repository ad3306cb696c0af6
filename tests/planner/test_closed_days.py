"""What is told of meetings that a cadence asks for and no day suits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from planner_instances import register_of

from kultursam.diagnostics import Problem
from kultursam.planner import Situation, assess_recorded, plan_year

FILE = """
name: Office
language: {language}
timezone: Europe/Stockholm
domain: office.example
organisations: {{a: {{name: A}}}}
calendar: {{country: SE, periods: [{{name: Summer, weeks: 27-31}}, {{name: Week off, weeks: 44}}]}}
defaults: {{time: 09:00-12:00, members: [{{role: clerk, from: [a]}}]}}
forums:
  office: {{name: Office, {keys}}}
"""
WRITTEN, DAY = datetime(2025, 9, 1, tzinfo=UTC), date(2025, 9, 1)


def tips(keys: str, language: str = "en", today: date = DAY) -> list[Problem]:
    """Return what is told of the plan of 2026, assessed on a day."""
    text = FILE.format(keys=keys, language=language)
    situation = Situation(register_of(text), 2026, DAY, WRITTEN)
    plan = plan_year(situation)
    return list(assess_recorded(replace(situation, recorded_plan=plan, today=today)).problems)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("cadence: weekly", "Office: no day is open for 6 meetings: weeks 27–31, week 44"),
        ("cadence: every Thursday",
         "Office: no day is open for 10 meetings: 1 Jan, 14 May, 2 Jul – 30 Jul, 29 Oct, 24 Dec, 31 Dec"),
        ("cadence: every Tuesday, except: [2026-10-27], starting: 2026-06-30",
         "Office: no day is open for 5 meetings: 30 Jun – 28 Jul"),
        ("cadence: monthly, windows: [{from: 07-06, to: 08-31}]",
         "Office: no day is open for 1 meeting: 6 Jul – 31 Jul"),
    ],
)  # fmt: skip
def test_parts_of_the_year_without_an_open_day_are_told_once(keys: str, told: str) -> None:
    """Those after one another together, weeks by their numbers; the place is the cadence."""
    (tip,) = tips(keys)
    assert tip.text.startswith(told)
    assert (tip.severity, tip.code, tip.line) == ("tip", "no-open-day", 10)


def test_it_is_told_in_the_files_language_and_of_the_days_to_come() -> None:
    """What is over is history."""
    (tip,) = tips("cadence: varje vecka", "sv", date(2026, 7, 20))
    assert tip.text == "Office: ingen dag är öppen för 3 möten: vecka 30–31, vecka 44"
    assert tips("cadence: weekly", today=date(2026, 11, 2)) == []
    assert tips("cadence: twice a year") == []


def test_meetings_that_cannot_be_prepared_are_told() -> None:
    """With the day that they would have had."""
    keys = (
        "cadence: once a year, windows: [{from: 11-02, to: 11-04}]}\n  council: {name: Council, "
        "cadence: every Thursday, time: 13:00-14:00, "
        "prepared_by: {forum: office, days_before: 3-10}, active: {from: 2026-11-01, to: 2026-11-30}"
    )
    texts = [tip.text for tip in tips(keys)]
    assert (
        "Council: 2 meetings are left out, as the forum that they need cannot meet in time: 19 Nov, 26 Nov"
        in texts
    )
