"""Forum files from lists: whatever bodies met like, the file is checked and planned at once."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from case_numbers import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from project_folder import Folder

from kultursam.intake.first_forum_file import forum_file
from kultursam.intake.habits import Body, in_year
from kultursam.intake.surroundings import Surroundings, surroundings_of

DAY = timedelta(days=1)
TODAY = ("--today", "2026-12-01")
SUMMER = (25, 33)
"""Weeks without meetings, the last one not counted."""


def days_of(year: int) -> Iterator[date]:
    """Yield the days of a year."""
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += DAY


def weekly(year: int, weekdays: Iterable[int], weeks: int = 1, *, summer: bool = True) -> list[date]:
    """Return some weekdays of every so many weeks, counted over the years."""
    off = range(*SUMMER) if summer else ()
    chosen = set(weekdays)
    return [
        day
        for day in days_of(year)
        if day.weekday() in chosen
        and (day.toordinal() - 1) // 7 % weeks == 0
        and day.isocalendar().week not in off
    ]


def of_the_month(year: int, weekday: int, nths: Sequence[int], months: Iterable[int]) -> list[date]:
    """Return weekdays of months, the last one being -1."""
    found = []
    for month in months:
        days = [day for day in days_of(year) if day.month == month and day.weekday() == weekday]
        found += [days[nth - 1 if nth > 0 else nth] for nth in nths if nth <= len(days)]
    return sorted(set(found))


MONTHS = st.sets(st.integers(1, 12), min_size=2).map(sorted)
WEEKDAYS = st.integers(0, 6)
RULES: st.SearchStrategy[Callable[[int], list[date]]] = st.one_of(
    st.builds(
        lambda days, weeks, summer: lambda year: weekly(year, days, weeks, summer=summer),
        st.sets(WEEKDAYS, min_size=1, max_size=3),
        st.integers(1, 4),
        st.booleans(),
    ),
    st.builds(
        lambda weekday, nths, months: lambda year: of_the_month(year, weekday, sorted(nths), months),
        st.integers(0, 4),
        st.sets(st.sampled_from([1, 2, 3, 4, 5, -1]), min_size=1, max_size=2),
        MONTHS,
    ),
    st.builds(
        lambda days: lambda year: [date(year, 1, 1) + day * DAY for day in sorted(days)],
        st.sets(st.integers(0, 364), min_size=1, max_size=12),
    ),
    st.builds(
        lambda days, apart: (
            lambda year: [date(year, 1, 1) + (day + apart * n) * DAY for day in days for n in (0, 1)]
        ),
        st.sets(st.integers(0, 350), min_size=1, max_size=5),
        st.integers(1, 3),
    ),
    st.builds(
        lambda number, first: lambda year: [date(year, 1, 1) + (first + n) * DAY for n in range(number)],
        st.integers(13, 120),
        st.integers(0, 240),
    ),
)
"""Ways to meet: every few weeks, on days of the month, on any days, in pairs, and on day after day."""


@st.composite
def bodies(draw: st.DrawFn) -> list[Body]:
    """Return bodies of one to three years, the last of which may be otherwise than the first."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        rule = draw(RULES)
        later = draw(st.sampled_from([rule, rule])) if draw(st.booleans()) else draw(RULES)
        years = range(2026 - draw(st.integers(0, 2)), 2027)
        dates = sorted({day for year in years for day in (later if year == 2026 else rule)(year)})
        if len(dates) > 1:
            found.append(Body(f"Body {number}", dates))
    return found or [Body("Body", [date(2026, 3, 3), date(2026, 9, 8)])]


@pytest.mark.slow
@settings(max_examples=cases(25), deadline=None)
@given(bodies(), st.sampled_from(["SE", "NO", "GB-ENG"]), st.sampled_from(["sv", "en"]))
def test_every_file_is_checked_and_planned(several: list[Body], country: str, language: str) -> None:
    """The file has no fault, and each body has meetings in the next year, whatever it met like before."""
    text = forum_file(several, ["X"], ["list.csv"], Surroundings(language=language, country=country))
    with tempfile.TemporaryDirectory() as name:
        project = Folder(Path(name), text)
        check = project.run("check", *TODAY)
        assert (check.code, check.err) == (0, ""), text
        plan = project.run("plan", "2027", "--dry-run", "--json", *TODAY)
        assert plan.code == 0, (plan.err, text)
    (shown,) = json.loads(plan.out)
    met = {one["forum"] for one in shown["meetings"]}
    assert met == set(yaml.safe_load(text)["forums"]), text


def planned(*several: Body) -> tuple[dict[str, dict[str, object]], list[list[date]]]:
    """Return the forums of a file of bodies, and the days that each is planned on."""
    text = forum_file(several, [], ["list.csv"], Surroundings())
    with tempfile.TemporaryDirectory() as name:
        project = Folder(Path(name), text)
        run = project.fine("plan", "2027", "--dry-run", "--json", *TODAY)
        ((plan,), forums) = json.loads(run.out), yaml.safe_load(text)["forums"]
        meetings = plan["meetings"]
        found = [
            [date.fromisoformat(str(one["date"])) for one in meetings if one["forum"] == forum]
            for forum in forums
        ]
    return forums, found


@pytest.mark.parametrize(
    ("rule", "cadence"),
    [
        (lambda year: weekly(year, [3]), "every Thursday"),
        (lambda year: weekly(year, [3], summer=False), "every Thursday"),
        (lambda year: weekly(year, [1, 3]), "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU,TH"),
        (lambda year: weekly(year, [2], 2), "every other Wednesday"),
        (lambda year: weekly(year, [0], 3), "RRULE:FREQ=WEEKLY;INTERVAL=3;BYDAY=MO"),
        (
            lambda year: of_the_month(year, 1, [2, 4], range(1, 13)),
            "RRULE:FREQ=MONTHLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=2TU,4TU",
        ),
        (
            lambda year: of_the_month(year, 1, [-1], (3, 6, 9, 11)),
            "RRULE:FREQ=MONTHLY;BYMONTH=3,6,9,11;BYDAY=-1TU",
        ),
    ],
)
def test_a_rule_is_carried_on(rule: Callable[[int], list[date]], cadence: str) -> None:
    """The next year has the days of the rule, but for holidays and the days beside a break."""
    forums, (days,) = planned(Body("Body", rule(2026)))
    assert forums["body"]["cadence"] == cadence
    right = set(rule(2027))
    assert len(right & set(days)) >= 0.85 * len(right)
    assert len(set(days) - right) <= 0.1 * len(right)


def test_what_was_close_together_stays_so() -> None:
    """Two days in a row, twice a year."""
    dates = [date(2026, 3, 3), date(2026, 3, 4), date(2026, 9, 8), date(2026, 9, 9)]
    forums, (days,) = planned(Body("Body", dates))
    assert [window["meetings"] for window in forums["body"]["windows"]] == [2, 2]  # type: ignore[attr-defined]
    assert [(day.month, day.weekday()) for day in days] == [(3, 1), (3, 2), (9, 1), (9, 2)]


def test_more_than_can_be_planned_is_told() -> None:
    """Not left out silently."""
    dates = [day for day in days_of(2026) if day.toordinal() % 17 in {0, 2, 3, 7, 11}]
    text = forum_file([Body("Body", dates)], [], ["list.csv"], Surroundings())
    assert len(dates) > 53
    assert re.search(f"cadence: 53 times a year +# 2026: {len(dates)}; ÖPPET: ingen regel syns", text)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(2020, 2031))
def test_the_same_day_of_another_year(day: date, year: int) -> None:
    """It has the weekday, and is as near as can be."""
    found = in_year(day, year)
    assert found.year == year
    assert found.weekday() == day.weekday()
    same = date(year, day.month, min(day.day, 28))
    assert abs((found - same).days) <= 7


@pytest.mark.parametrize(
    ("texts", "data", "said"),
    [
        (["Datum", "Nämnd"], b"", ("sv", "SE", "Europe/Stockholm")),
        (["Date", "Committee"], b"", ("en", "SE", "Europe/Stockholm")),
        ([], b"X-WR-TIMEZONE:Europe/Oslo", ("sv", "NO", "Europe/Oslo")),
        ([], b"DTSTART;TZID=Nowhere/Land:2026", ("sv", "SE", "Europe/Stockholm")),
        (["Parish Council"], b"DTSTART;TZID=Europe/London:2026", ("en", "GB", "Europe/London")),
    ],
)
def test_where_bodies_meet_is_shown_by_their_lists(
    texts: list[str], data: bytes, said: tuple[str, ...]
) -> None:
    """By words and zones; what is asked for goes before."""
    found = surroundings_of(texts, [data])
    assert (found.language, found.country, found.zone) == said
    asked = surroundings_of(texts, [data], "en", "FI")
    assert (asked.language, asked.country, asked.zone) == ("en", "FI", "Europe/Helsinki")


def test_comments_are_in_the_language_of_the_file() -> None:
    """All of them, and the names that we give."""
    body = Body("Body", weekly(2026, [3]))
    english, swedish = (forum_file([body, body], ["A"], ["l"], Surroundings(one)) for one in ("en", "sv"))
    for comment in re.findall("# (.*)", swedish):
        if re.search("[a-z]{3}", comment) and not comment.lstrip().startswith("kultursam"):
            assert comment not in re.findall("# (.*)", english), comment
