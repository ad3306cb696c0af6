"""Preparation: which meeting prepares which, and what the distance costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from rule_years import ContextOf, YearOf, meeting, reported

from kultursam.plans.model import Origin
from kultursam.rules import prepared_by
from kultursam.rules.context import Schedule
from kultursam.rules.evaluate import evaluate_year, meeting_effects


@pytest.mark.parametrize(
    ("days", "gap"),
    [
        (["2025-01-09"], 4),
        (["2025-01-10"], None),
        (["2025-01-03"], 10),
        (["2025-01-02"], None),
        (["2025-01-03", "2025-01-08", "2025-01-10"], 5),
        (["2025-01-06"], 7),
        (["2024-12-30", "2025-01-08"], 5),
        (["2024-12-30"], None),
    ],
)
def test_the_latest_early_enough_prepares(year_of: YearOf, days: list[str], gap: int | None) -> None:
    """Both ends of the range count, its middle costs nothing; a nearer meeting prepares none."""
    year = year_of("p: ", "f: prepared_by: {forum: p, days_before: 4-10}")
    for beside in (0, len(days)):
        preparing = [meeting("p", day) for day in days]
        meetings = [*preparing[beside:], meeting("f", "2025-01-13")]
        effects = reported(year, "prepared-by", meetings, preparing[:beside]).get("f 2025-01-13")
        if gap is None:
            assert effects == [("must", "no meeting of P 4-10 days earlier")]
        elif gap == 7:
            assert effects is None
        else:
            assert effects == [("prefer", f"{gap} days after P, 7 would be best")]


def test_the_price_of_a_preparation_is_its_square(year_of: YearOf) -> None:
    """Of the days off the range's middle; the pairs of meetings are known."""
    year = year_of("p: ", "f: prepared_by: {forum: p, days_before: 4-10}")
    meetings = [meeting("p", "2025-03-03"), meeting("f", "2025-03-13"), meeting("f", "2025-05-06")]
    effects = meeting_effects(year, meetings)
    assert [effect.points for effect in effects["f 2025-03-13"] if effect.rule == "prepared-by"] == [9]
    pairs = prepared_by.preparations(year, Schedule.of(2025, meetings))
    assert [(preparing.id, prepared.id) for preparing, prepared in pairs] == [
        ("p 2025-03-03", "f 2025-03-13")
    ]


def test_working_days_are_counted_without_days_off(year_of: YearOf) -> None:
    """From 7 to 14 March 2025 they are five; the range and what is best are counted alike."""
    year = year_of("p: ", "f: prepared_by: {forum: p, working_days_before: 3-5, best: 5}")
    for day, gap in (("03-07", None), ("03-10", 4), ("03-11", 3), ("03-08", 4), ("03-12", ""), ("03-06", "")):
        found = reported(year, "prepared-by", [meeting("p", f"2025-{day}"), meeting("f", "2025-03-14")])
        if gap is None:
            assert found == {}
        elif gap:
            assert found["f 2025-03-14"] == [("prefer", f"{gap} working days after P, 5 would be best")]
        else:
            assert found["f 2025-03-14"] == [("must", "no meeting of P 3-5 working days earlier")]


def test_holidays_and_eves_are_no_working_days(context_of: ContextOf) -> None:
    """Five working days before Wednesday 8 April 2026, with Easter between, are nine days."""
    forums = """
forums:
  p: {name: P, cadence: monthly, members: [{role: chef, from: [a]}]}
  f: {name: F, cadence: monthly, members: [{role: chef, from: [a]}],
      prepared_by: {forum: p, working_days_before: 5}}
"""
    for calendar, day in (("{country: SE}", "2026-03-30"), ("", "2026-04-01")):
        year = evaluate_year(context_of(calendar, forums))
        meetings = [meeting("p", day), meeting("f", "2026-04-08", (13, 15))]
        assert reported(year, "prepared-by", meetings) == {}


def test_each_of_several_must_prepare(year_of: YearOf) -> None:
    """Two forums, or two readings of one: what is missing of each is told, with its own place."""
    year = year_of(
        "p: ",
        "q: ",
        "f: prepared_by: [{forum: p, days_before: 7}, {forum: q, days_before: 14, strength: should}, "
        "{forum: p, days_before: 21}]",
    )
    days = {"p": ["2025-03-18", "2025-03-04"], "q": ["2025-03-10"]}
    meetings = [meeting(forum, day) for forum, several in days.items() for day in several]
    meetings.append(meeting("f", "2025-03-25"))
    found = [one for one in meeting_effects(year, meetings)["f 2025-03-25"] if one.rule == "prepared-by"]
    assert [(one.strength, one.origin) for one in found] == [("should", ("forums", "f", "prepared_by", 1))]
    assert list(prepared_by.hard_constraints(year, "f")) == [
        ("prepared-by", ("forums", "f", "prepared_by", 0)),
        ("prepared-by", ("forums", "f", "prepared_by", 2)),
    ]


EXTERNAL = (
    "p: ",
    "f: cadence: external, dates: [2025-03-25], prepared_by: {forum: p, days_before: 7-14, strength: should}",
)


def test_what_others_decide_is_prepared_too(year_of: YearOf) -> None:
    """Their dates are known, so what lacks a preparing meeting, and what the distance costs, is told."""
    year = year_of(*EXTERNAL)
    council = meeting("f", "2025-03-25", origin=Origin.EXTERNAL)
    told = {
        "2025-03-14": "11 days after P, 10 would be best",
        "2025-03-19": "no meeting of P 7-14 days earlier",
    }
    for day, sentence in told.items():
        (effect,) = reported(year, "prepared-by", [meeting("p", day), council])["f 2025-03-25"]
        assert effect == ("should" if sentence.startswith("no") else "prefer", sentence)
    assert ("f", "p") in list(prepared_by.couplings(year))


def test_what_others_decide_asks_for_nothing_when_it_is_too_late(year_of: YearOf) -> None:
    """The last day on which it could be prepared is 18 March."""
    year = year_of(*EXTERNAL)
    council = meeting("f", "2025-03-25", origin=Origin.EXTERNAL)
    for day, asked in ((18, True), (19, False)):
        begun = replace(year, context=replace(year.context, weighed_from=date(2025, 3, day)))
        assert bool(reported(begun, "prepared-by", [council])) == asked
