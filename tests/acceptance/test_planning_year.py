"""A planning year that begins in August, from the forum file to everything that is written."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import pytest
from project_folder import SMALL, Folder, Run

SCHOOL = """
name: Läsårets råd
language: sv
timezone: Europe/Stockholm
domain: school.example
year: {from: 08-01}
organisations: {a: {name: A}, b: {name: B}, c: {name: C}}
calendar: {country: SE, periods: [{name: Sommar, weeks: 27-32}, {name: Jul, from: 12-20, to: 01-07}]}
dates: {report: {name: Bokslut, on: 02-10}}
terms: {plan: {name: Planen, from: 2025-01-01, to: 2026-06-30}}
defaults: {time: 09:00-12:00, members: [{role: chef, from: [a, b, c]}]}
forums:
  number:
    name: Nummer
    cadence: five times a year
    host: {rotate: [a, b, c]}
    before: [{date: report, days: 14-60}]
    term: {of: plan, renewal: {name: Förnya, months_before: 3}}
  terms:
    name: Terminerna
    cadence: 4 times a year
    windows: [{from: 09-01, to: 11-30}, {from: 01-10, to: 05-31}]
    prepared_by: {forum: number, days_before: 5-60}
  months: {name: Månaderna, cadence: every other month}
  named: {name: Dagarna, cadence: every other Wednesday, starting: 2025-08-20, time: 13:00-15:00}
  council: {name: Rådet, cadence: external, dates: [2025-07-31, 2025-09-10, 2026-03-10, 2026-08-01]}
"""
JUNE = ("--today", "2025-06-01")
FIRST, LAST = date(2025, 8, 1), date(2026, 7, 31)


@pytest.fixture
def school(tmp_path: Path) -> Folder:
    """Make a project whose years begin in August."""
    return Folder(tmp_path, SCHOOL)


def text(project: Folder, name: str) -> str:
    """Return the text of a file."""
    return project.place(name).read_text(encoding="utf-8")


def dates(project: Folder, year: str, forum: str) -> list[date]:
    """Return the dates of a forum in the plan of a year."""
    document = project.run("show", year, *JUNE, "--json").document
    return [date.fromisoformat(one["date"]) for one in document["meetings"] if one["forum"] == forum]


def test_a_year_holds_its_own_days(school: Folder) -> None:
    """Numbers, windows, cells, named days, dates of others and what terms bring are of August to July."""
    assert school.run("plan", "2025", *JUNE).code == 0
    document = school.run("show", "2025", *JUNE, "--json").document
    held = [date.fromisoformat(one["date"]) for one in document["meetings"]]
    assert all(FIRST <= day <= LAST for day in held)
    number = dates(school, "2025", "number")
    assert len(number) == 5
    assert all(later.toordinal() - earlier.toordinal() >= 36 for earlier, later in pairwise(number))
    assert any(14 <= (date(2026, 2, 10) - day).days <= 60 for day in number)
    assert [day.month in {9, 10, 11} for day in dates(school, "2025", "terms")] == [True, True, False, False]
    cells = [
        (day.year * 12 + day.month - 1 - (2025 * 12 + 7)) // 2 for day in dates(school, "2025", "months")
    ]
    assert cells == [0, 1, 2, 3, 4, 5]
    assert dates(school, "2025", "named")[0] == date(2025, 8, 20)
    assert dates(school, "2025", "council") == [date(2025, 9, 10), date(2026, 3, 10)]
    assert [(due["name"], due["date"]) for due in document["deadlines"]] == [("Förnya", "2026-03-30")]


def test_the_next_year_goes_on_where_it_ends(school: Folder) -> None:
    """Spacing, intervals and the turns of hosts count over the first of August."""
    assert school.run("plan", "2025", "2026", *JUNE).code == 0
    number = [*dates(school, "2025", "number"), *dates(school, "2026", "number")]
    assert len(number) == 10
    assert min(later.toordinal() - earlier.toordinal() for earlier, later in pairwise(number)) >= 36
    hosts = [
        one["host"]
        for year in ("2025", "2026")
        for one in school.run("show", year, *JUNE, "--json").document["meetings"]
        if one["forum"] == "number"
    ]
    assert sorted(map(hosts.count, "abc")) == [3, 3, 4]
    assert hosts[:6] == [*"abcabc"]
    wednesdays = [
        day for year in ("2025", "2026") for day in dates(school, year, "named") if day.weekday() == 2
    ]
    assert {(day - date(2025, 8, 20)).days % 14 for day in wednesdays} == {0}
    assert dates(school, "2026", "council") == [date(2026, 8, 1)]


def test_it_is_called_by_both_calendar_years(school: Folder) -> None:
    """Files and ids have the number of the first; people read both, and August comes first."""
    planned = school.run("plan", "2025", *JUNE)
    assert planned.out.startswith("Mötesår 2025/26 · Läsårets råd")
    assert planned.out.index("AUGUSTI\n") < planned.out.index("JANUARI\n") < planned.out.index("JUNI\n")
    assert text(school, "plans/2025.yaml").startswith("# The plan of record for 2025/26:")
    assert "\nyear: 2025\nbegins: 08-01\n" in text(school, "plans/2025.yaml")
    assert "id: number-2025-1\n" in text(school, "plans/2025.yaml")
    page = text(school, "calendars/2025.html")
    assert "<title>Möten 2025/26 – Läsårets råd</title>" in page
    assert 'href="2025/all.ics" download>Ladda ner 2025/26' in page
    assert '<a href="2025.html">Möten 2025/26</a>' in text(school, "calendars/index.html")
    wheel = text(school, "calendars/2025.svg")
    assert "augusti överst" in wheel
    months = [name for name in re.findall(r">([A-Z][a-z]+)</text>", wheel) if name != "Sommar"]
    assert months[:12] == [
        *("Augusti", "September", "Oktober", "November", "December", "Januari"),
        *("Februari", "Mars", "April", "Maj", "Juni", "Juli"),
    ]


def test_views_begin_in_august(school: Folder) -> None:
    """The line of weeks and the months, none of them twice."""
    school.run("plan", "2025", *JUNE)
    line = school.run("show", "2025", "--view", "line", *JUNE).out
    assert line.index("aug") < line.index("dec") < line.index("jan") < line.index("jul")
    months = school.run("show", "2025", "--view", "month", *JUNE).out
    names = re.findall(r"Augusti|Januari|Juli|20[0-9]{2}(?!/)", months.partition("\n")[2])
    assert names == ["Augusti", "Januari", "Juli"]


@pytest.mark.parametrize(
    ("today", "this"), [("2025-07-31", "2024/25"), ("2025-08-01", "2025/26"), ("2026-07-31", "2025/26")]
)
def test_this_year_is_the_one_that_holds_today(school: Folder, today: str, this: str) -> None:
    """So is the year whose plan a run without a year makes, and the one that a date is added to."""
    asked = school.run("show", "this", "--today", today)
    assert asked.code == 1
    assert f"{this}; gör en med: kultursam plan {this[:4]}" in asked.err.replace("\n", " ")


def test_a_date_is_added_to_the_year_that_holds_it(school: Folder) -> None:
    """In January that is the year which began in August."""
    school.run("plan", "2025", *JUNE)
    assert school.run("add", "number", "2026-01-15", "--force", *JUNE).code == 0
    assert date(2026, 1, 15) in dates(school, "2025", "number")
    assert school.run("plan", "--today", "2026-02-01").out.startswith("Mötesår 2025/26")
    assert school.run("plan", "--today", "2026-08-01").code == 1  # it is over, and no other has a plan


@pytest.mark.parametrize(
    ("now", "was"),
    [("", "08-01"), ("year: {from: 01-01}\n", "08-01"), ("year: {from: 09-01}\n", "08-01")],
)
def test_another_first_day_is_refused_once_there_are_plans(school: Folder, now: str, was: str) -> None:
    """It says what to do, and nothing is written."""
    school.run("plan", "2025", *JUNE)
    before = school.files()
    school.write(SCHOOL.replace("year: {from: 08-01}\n", now))
    for command in (("plan", "2025"), ("check",), ("publish",)):
        run = school.run(*command)
        assert run.code == 1
        assert f'Skriv "year: {{from: {was}}}" i forumfilen igen' in run.err
    assert school.files() == before


def test_plans_of_calendar_years_refuse_another_first_day_too(school: Folder) -> None:
    """Those of a file that never had the key are of years from the first of January."""
    school.write(SCHOOL.replace("year: {from: 08-01}\n", ""))
    assert school.run("plan", "2025", *JUNE).code == 0
    assert "begins" not in text(school, "plans/2025.yaml")
    school.write(SCHOOL)
    run = school.run("plan", "2025", *JUNE)
    assert run.code == 1
    assert 'Skriv "year: {from: 01-01}" i forumfilen igen' in run.err


def test_the_default_is_the_calendar_year_to_the_byte(school: Folder) -> None:
    """Whether it is written or not."""
    school.write(SCHOOL.replace("08-01}\n", "01-01}\n", 1))
    school.run("plan", "2025", *JUNE)
    written = school.files()
    school.write(SCHOOL.replace("year: {from: 08-01}", ""))
    assert school.run("plan", "2025", "--check", *JUNE).code == 0
    assert school.files() == written


def test_an_unchanged_quiet_run_knows_which_year_it_is(tmp_path: Path) -> None:
    """It is known from the checksum: the forum file is not read to see that there is nothing to do."""
    school = Folder(tmp_path, f"{SMALL}year: {{from: 08-01}}\n")
    january, august = ({"SOURCE_DATE_EPOCH": moment} for moment in ("1767225600", "1788220800"))
    school.fine("plan", "2025", "--today", "2025-06-01")
    school.fine("plan", "2025", "2026", env=january)
    assert '"begins": "08-01"' in text(school, "plans/.checksum.json")
    with patch("kultursam.cli.steps.open_project", side_effect=AssertionError):
        assert school.fine("plan", "this", "next", "--quiet", env=january) == Run(0, "", "")
        assert school.fine("plan", "--quiet", env=january) == Run(0, "", "")
        assert school.run("plan", "--quiet", env=august).code == 3  # one year is over: it is not the same run


@pytest.mark.parametrize("day", ["02-29", "13-01", "8-1", "2025-08-01", "august"])
def test_what_is_no_day_of_every_year_is_refused(school: Folder, day: str) -> None:
    """With its line."""
    school.write(SCHOOL.replace("08-01}", f"{day}}}"))
    run = school.run("check")
    assert run.code == 1
    assert run.err.startswith('forums.yaml:6:14: error: "')
