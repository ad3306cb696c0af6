"""Years for the tests of rules, made of pieces of a forum file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from rule_years import FORUMS, ContextOf, YearOf

from kultursam.dates.busy_calendars import Event
from kultursam.forumfile.register import Register
from kultursam.rules.context import EvaluatedYear, YearContext
from kultursam.rules.evaluate import evaluate_year, year_context

PLAIN = "{a: {name: A}, b: {name: B}, c: {name: C}}"
HEAD = """
name: K
language: sv
timezone: Europe/Stockholm
domain: example.org
groups: {ab: [a, b]}
"""
DATES = "dates: {fair: {name: Fair, on: 06-15}, past: {name: Past, on: 2024-06-15}}\n"


@pytest.fixture
def context_of(forum_file: Callable[[str], Register]) -> ContextOf:
    """Return the context of 2026, for `calendar` and `forums` as the file writes them."""

    def make(
        calendar: str = "{country: SE}",
        forums: str = FORUMS,
        year: int = 2026,
        events: dict[str, Sequence[Event]] | None = None,
        defaults: str = "time: 09:00-12:00",
        buffer: int = 30,
        organisations: str = PLAIN,
    ) -> YearContext:
        text = (
            HEAD
            + f"organisations: {organisations}\n"
            + f"buffer_minutes: {buffer}\n"
            + f"defaults: {{{defaults}}}\n"
            + (f"calendar: {calendar}\n" if calendar else "")
            + forums
        )
        return year_context(forum_file(text), year, events)

    return make


@pytest.fixture
def year_of(forum_file: Callable[[str], Register]) -> YearOf:
    """Evaluate 2025 for forums of one line each: `name: further keys`."""

    def make(*forums: str, organisations: str = PLAIN, calendar: str = "") -> EvaluatedYear:
        text = HEAD + f"organisations: {organisations}\n" + DATES
        text += f"calendar: {calendar}\n" if calendar else ""
        text += "defaults: {time: 09:00-12:00, cadence: 4 times a year}\nforums:\n"
        for forum in forums:
            name, _, keys = forum.partition(": ")
            members = "" if "members" in keys else f", members: [{{role: {name}, from: [a]}}]"
            text += f"  {name}: {{name: {name.upper()}{', ' if keys else ''}{keys}{members}}}\n"
        return evaluate_year(year_context(forum_file(text), 2025))

    return make
