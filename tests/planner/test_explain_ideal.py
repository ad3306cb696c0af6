"""Why a forum would choose a date by itself, in words of both languages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from planner_instances import register_of

from kultursam.dates.slots import Slot
from kultursam.planner.explain_ideal import ideal_reason
from kultursam.rules.context import EvaluatedYear
from kultursam.rules.evaluate import evaluate_year, year_context

if TYPE_CHECKING:
    from collections.abc import Sequence

FORUMS = """
name: Words
language: {language}
timezone: Europe/Stockholm
domain: words.example
organisations: {{a: {{name: A}}}}
defaults: {{time: 09:00-10:00, members: [{{role: c, from: [a]}}]}}
forums:
  board: {{name: Board, cadence: twice a year}}
  staff: {{name: Staff, cadence: twice a year, prepared_by: {{forum: board, days_before: 0-9}}}}
  guests: {{name: Guests, cadence: twice a year, time: 13:00-14:00, together_with: {{forum: board}}}}
  council: {{name: Council, cadence: external, dates: [2025-05-05]}}
  hearing: {{name: Hearing, cadence: once a year, prepared_by: {{forum: council, days_before: 1-20}}}}
  named: {{name: Named, cadence: "RRULE:FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=5"}}
"""


def year_with(language: str, **ideals: Sequence[date]) -> EvaluatedYear:
    """Return 2025 with other ideals of some forums."""
    year = evaluate_year(year_context(register_of(FORUMS.format(language=language)), 2025))
    slots = {forum: tuple(map(Slot.with_ideal, year.slots[forum], days)) for forum, days in ideals.items()}
    return EvaluatedYear(year.context, year.effects, {**year.slots, **slots})


def told(year: EvaluatedYear, forum: str) -> list[str]:
    """Return the reason for each ideal of a forum."""
    return [ideal_reason(year, forum, slot) for slot in year.slots[forum]]


@pytest.mark.parametrize(
    ("language", "days", "reason"),
    [
        ("en", 1, "1 day after the one before"),
        ("en", 6, "6 days after the one before"),
        ("en", 7, "1 week after the one before"),
        ("en", 70, "10 weeks after the one before"),
        ("sv", 1, "1 dag efter förra mötet"),
        ("sv", 73, "73 dagar efter förra mötet"),
        ("sv", 7, "1 vecka efter förra mötet"),
        ("sv", 140, "20 veckor efter förra mötet"),
    ],
)
def test_the_gap_is_told_in_weeks_where_it_is_whole_weeks(language: str, days: int, reason: str) -> None:
    """The first meeting of a year follows on none."""
    first = date.fromordinal(date(2025, 6, 2).toordinal() + 1 - days % 7)
    year = year_with(language, board=[first, date.fromordinal(first.toordinal() + days)])
    assert told(year, "board") == ["", reason]


def test_what_prepares_and_accompanies_is_named() -> None:
    """With the days between, or as the same day; a meeting that nothing prepares says nothing of it."""
    board = [date(2025, 3, 3), date(2025, 9, 1)]
    late = [date(2025, 3, 4), date(2025, 9, 15)]
    year = year_with("en", board=board, staff=late, guests=[board[0], late[1]], hearing=[date(2025, 5, 8)])
    assert told(year, "staff") == ["1 day after Board", "195 days after the one before"]
    assert told(year, "guests") == ["the same day as Board", "28 weeks after the one before"]
    assert told(year, "hearing") == ["3 days after Council"]
    assert told(year_with("en", board=board, staff=board), "staff") == [
        "the same day as Board",
        "26 weeks after the one before, the same day as Board",
    ]


def test_a_named_day_needs_no_reason() -> None:
    """The rule is its reason."""
    assert told(year_with("en"), "named") == [""]
