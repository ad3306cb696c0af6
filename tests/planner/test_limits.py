"""Limits in whole plans: forums that nothing else couples are spread, and edits by hand respect it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from planner_instances import register_of

from kultursam.planner import Situation, edit, plan_year, suggestions, what_if
from kultursam.planner.components import connected_components
from kultursam.planner.situation import commitments_of, evaluated
from kultursam.plans.model import Plan

NOW = datetime(2024, 9, 15, tzinfo=UTC)
DAY = timedelta(days=1)
HEAD = """
name: Panels
language: en
timezone: Europe/Stockholm
domain: panels.example
organisations: {{{organisations}}}
calendar: {{country: SE, periods: [{{name: Summer, weeks: 26-32}}]}}
limits: [{limit}]
forums:
"""
PANEL = """
  panel-{n}:
    name: Panel {n}
    cadence: quarterly
    time: 09:00-12:00
    members: [{{role: expert {n}, from: [{at}]}}]
"""
CELLS: dict[str, Callable[[date], object]] = {
    "day": date.toordinal,
    "week": lambda day: day.isocalendar()[:2],
    "month": lambda day: (day.year, day.month),
}
ROLES = ", ".join(f"expert {n}" for n in range(1, 7))


def panels(limit: str = "", *, of_one: bool = True) -> str:
    """Return a forum file of six quarterly panels, of different people of one organisation, or of six."""
    at = ["vast"] * 6 if of_one else [f"o{n}" for n in range(1, 7)]
    organisations = ", ".join(f"{key}: {{name: {key}}}" for key in dict.fromkeys(at))
    head = HEAD.format(organisations=organisations, limit=limit and f"{{name: Office, {limit}}}")
    return head + "".join(PANEL.format(n=n, at=key) for n, key in enumerate(at, 1))


def planned(text: str) -> tuple[Situation, Plan]:
    """Plan 2025; return the situation in which that is the plan of record."""
    situation = Situation(register_of(text), 2025, NOW.date(), NOW)
    plan = plan_year(situation)
    return replace(situation, recorded_plan=plan), plan


def fullest(plan: Plan, per: str) -> int:
    """Return how many meetings the fullest day, week or month has."""
    return max(Counter(CELLS[per](meeting.date) for meeting in plan.meetings).values())


def test_without_a_limit_panels_lie_on_one_day() -> None:
    """Nobody is in two of them, so each has the day that it would choose by itself."""
    assert fullest(planned(panels())[1], "day") == 6


@pytest.mark.parametrize(
    ("limit", "per", "most"),
    [
        ("organisations: [vast], per: day", "day", 1),
        ("organisations: [vast], per: week", "week", 1),
        ("organisations: [vast], most: 2, per: week", "week", 2),
        ("organisations: [vast], most: 3, per: month", "month", 3),
        (f"roles: [{ROLES}], per: week", "week", 1),
        ("organisations: [vast], per: week, strength: should", "week", 1),
    ],
)
def test_one_line_spreads_them(limit: str, per: str, most: int) -> None:
    """No day, week or month has more than fit, and all else is as good as can be."""
    _, plan = planned(panels(limit))
    assert fullest(plan, per) == most
    assert plan.should == 0
    assert plan.optimal


def test_a_limit_couples_forums_that_share_nothing_else() -> None:
    """They are planned together, the others each by itself."""
    text = panels("forums: [panel-2, panel-5], per: week", of_one=False)
    situation = Situation(register_of(text), 2025, NOW.date(), NOW)
    found = connected_components(evaluated(situation), commitments_of(situation))
    assert sorted(one.forums for one in found if len(one.forums) > 1) == [("panel-2", "panel-5")]
    assert len(found) == 5


def test_dates_that_are_suggested_are_those_that_may_be_added() -> None:
    """Of weeks that are full no day is; `add` is refused on it, with the limit's line, and done by force."""
    text = panels("organisations: [vast], per: week")
    situation, plan = planned(text)
    span = date(2025, 1, 20), date(2025, 3, 16)
    free = {one.date for one in suggestions.suggest(situation, "panel-1", span).free}
    full = {CELLS["week"](meeting.date) for meeting in plan.meetings}
    assert free
    for number in range((span[1] - span[0]).days + 1):
        day = span[0] + number * DAY
        if day in free:
            assert CELLS["week"](day) not in full
            edit.edit(situation, edit.add("panel-1", day))
        else:
            with pytest.raises(edit.RefusedError) as refused:
                edit.edit(situation, edit.add("panel-1", day))
            if CELLS["week"](day) in full and day.weekday() < 5:
                (problem,) = [one for one in refused.value.problems if "a week at most" in one.text]
                assert text.splitlines()[(problem.line or 0) - 1].startswith("limits:")
                forced = edit.edit(situation, edit.add("panel-1", day), force=True)
                assert ["limits" in one.forced for one in forced.plan.meetings if one.forced] == [True]


def test_another_date_moves_the_panel_that_has_the_week() -> None:
    """What if the first panel had the day that the fourth has? That one gives way; no week is too full."""
    situation, plan = planned(panels("organisations: [vast], per: week"))
    wanted = next(one.date for one in plan.meetings if one.id == "panel-4-2025-1")
    other = what_if(situation, plan, "panel-1-2025-1", wanted)
    assert next(one.date for one in other.meetings if one.id == "panel-1-2025-1") == wanted
    assert fullest(other, "week") == 1
    moved = [
        one.id for one in other.meetings if one.date not in {x.date for x in plan.meetings if x.id == one.id}
    ]
    assert sorted(moved) == ["panel-1-2025-1", "panel-4-2025-1"]


def test_why_not_is_said_of_dates_that_look_better() -> None:
    """The first panel is off its ideal, and the limit is the reason against it."""
    _, plan = planned(panels("organisations: [vast], per: week"))
    found = plan.assessments["panel-1-2025-1"]
    against = [one for one in found.reasons if one.date == found.ideal]
    assert [(one.rule, one.strength) for one in against] == [("limits", "must")]
