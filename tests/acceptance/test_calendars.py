"""Published calendars of councils, boards and projects: their rules as people write them, and their days.

Each file in calendars/ is one, with its rule at the head; it is planned for the year that was published,
or for 2025, and for the next. What the rule says is read here a second time: days off by the library of
holidays, days of the month by the weeks of `calendar`.
"""

from __future__ import annotations

from calendar import FRIDAY, MONDAY, SUNDAY, THURSDAY, TUESDAY, WEDNESDAY, monthcalendar
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import holidays
import pytest
import yaml
from dateutil.easter import easter
from planner_instances import register_of
from project_folder import Folder

from kultursam.planner import Situation, plan_year
from kultursam.plans.model import Meeting, Plan

FOLDER = Path(__file__).parent / "calendars"
FILES = sorted(FOLDER.glob("*.yaml"))
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
FIRST_YEAR = {
    "european-parliament": 2005, "forsvarsforbundet": 2024, "fredensborg": 2015, "gjerstad": 2023,
    "hoopeston": 2024, "milborne-port": 2022, "nodejs": 2017, "norrbotten": 2024, "north-northants": 2024,
    "skane-tour": 2018, "skovde": 2023, "staunton": 2022, "stromstad": 2022, "svalov": 2021,
    "sydsverige": 2021, "trustees": 2024, "unh": 2023, "w3c": 2010,
}  # fmt: skip
"""The year that was published, where it is not 2025."""
# What a file says in another way than the published rule, or leaves out:
# - Chicago: "the second or third Tuesday" of January is a choice; the file makes it.
# - European Parliament: `weekdays` are those of all four days, not the Monday alone.
# - Försvarsförbundet: "at least six" is no number; the file says six.
# - Fredensborg: "a week later" than the fourth Monday may be a first Monday; dates are exchanged by year.
# - Kubernetes, OpenStack: three series each, of 102 and 103 that are alike.
# - Skövde: a lead that changes with the part of the year is no key; the board's days are named beside it.
# - W3C: two hours in turn on two weekdays are two forums.
# - Waterloo: places in turn are written month by month.
USUAL = {
    "aarhus committee": WEDNESDAY, "alajarvi board": MONDAY, "altdorf council": TUESDAY,
    "brentwood council": TUESDAY, "chicago senate": TUESDAY, "derbyshire board": TUESDAY,
    "devon board": TUESDAY, "european-parliament brussels": WEDNESDAY,
    "european-parliament strasbourg": MONDAY, "flekkefjord council": THURSDAY,
    "flekkefjord executive": THURSDAY, "fredensborg council": MONDAY, "fredensborg finance": MONDAY,
    "freshwater council": TUESDAY, "freshwater planning": TUESDAY, "gjerstad council": THURSDAY,
    "gjerstad executive": TUESDAY, "holland board": TUESDAY, "hoopeston council": TUESDAY,
    "kubernetes docs": TUESDAY, "kubernetes network": THURSDAY, "kubernetes release": TUESDAY,
    "lawrence commission": TUESDAY, "longview council": MONDAY, "milborne-port council": TUESDAY,
    "nodejs committee": WEDNESDAY, "openstack weekly": TUESDAY, "ostfold assembly": THURSDAY,
    "ostfold climate": WEDNESDAY, "ostfold executive": THURSDAY, "skovde board": MONDAY,
    "skovde council": MONDAY, "skovde party": WEDNESDAY, "staunton council": MONDAY,
    "stockholm board": THURSDAY, "stockton senate": THURSDAY, "stockton-follower executive": MONDAY,
    "stromstad board": WEDNESDAY, "stromstad council": THURSDAY, "svalov board": MONDAY,
    "svalov council": MONDAY, "svalov party": TUESDAY, "sydsverige board": THURSDAY,
    "trustees trustees": TUESDAY, "umm-al-qura council": SUNDAY, "unh committees": MONDAY,
    "unh senate": MONDAY, "vannas board": MONDAY, "vannas council": MONDAY, "w3c east": TUESDAY,
    "w3c west": WEDNESDAY, "waterloo board": MONDAY,
}  # fmt: skip
"""Weekdays that nine of ten meetings have: all but those that a closed day moves."""
SHORTEST = {
    "aarhus committee": 14, "alajarvi board": 14, "altdorf council": 28, "brentwood council": 14,
    "chicago senate": 21, "derbyshire board": 49, "devon board": 56, "european-parliament strasbourg": 14,
    "forsvarsforbundet board": 42, "fredensborg council": 21, "freshwater council": 28,
    "freshwater planning": 14, "gjerstad council": 28, "holland board": 21, "hoopeston council": 7,
    "kubernetes network": 14, "kubernetes release": 7, "lawrence commission": 7, "longview council": 28,
    "milborne-port council": 7, "nodejs committee": 28, "norrbotten assembly": 42, "norrbotten board": 28,
    "openstack even": 14, "openstack odd": 14, "ostfold assembly": 42, "skovde party": 14,
    "staunton council": 21, "stockholm board": 7, "stockton-follower senate": 27, "stromstad council": 28,
    "svalov board": 28, "svalov council": 28, "trustees trustees": 49, "umm-al-qura council": 14,
    "unh committees": 14, "unh senate": 14, "vannas council": 42, "w3c east": 14, "w3c west": 14,
    "waterloo board": 21,
}  # fmt: skip
"""The fewest days from one meeting to the next that the published rule allows."""

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def years_of(name: str) -> tuple[int, int]:
    """Return the two years that a calendar is planned for."""
    first = FIRST_YEAR.get(name, 2025)
    return first, first + 1


@cache
def plans_of(name: str) -> list[Plan]:
    """Plan the years one after the other, each with those before it known."""
    register = register_of((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    decided = datetime(years_of(name)[0] - 1, 7, 1, tzinfo=UTC)
    plans: list[Plan] = []
    for year in years_of(name):
        situation = Situation(register, year, decided.date(), decided, others=tuple(plans))
        plans.append(plan_year(situation))
    return plans


def meetings_of(name: str, forum: str, year: int | None = None) -> list[Meeting]:
    """Return a forum's meetings of a year, or of both."""
    plans = [plan for plan in plans_of(name) if year in {None, plan.year}]
    return [meeting for plan in plans for meeting in plan.chronological() if meeting.forum == forum]


def days_of(name: str, forum: str, year: int | None = None) -> list[date]:
    """Return when a forum meets in a year, or in both."""
    return [meeting.date for meeting in meetings_of(name, forum, year)]


def nth(weekday: int, *numbers: int, year: int, months: tuple[int, ...] = tuple(range(1, 13))) -> list[date]:
    """Return weekdays by their number in each of some months; the last is -1."""
    found = []
    for month in months:
        in_month = [date(year, month, week[weekday]) for week in monthcalendar(year, month) if week[weekday]]
        found += [in_month[number - (number > 0)] for number in numbers]
    return found


def gaps(days: list[date]) -> list[int]:
    """Return the days from each to the next."""
    return [(later - earlier).days for earlier, later in pairwise(days)]


def leads(name: str, forum: str, preparer: str) -> set[int]:
    """Return how many days before its meetings the last of another forum's is, be it on the same day."""
    before = days_of(name, preparer)
    return {(day - max(one for one in before if one <= day)).days for day in days_of(name, forum)}


# --- all of them ------------------------------------------------------------------------------------


@each_file
def test_every_year_has_a_plan_without_trouble(path: Path) -> None:
    """Proven the best; nothing is wrong, though closed days may be told; no meeting leaves its year.

    Meetings that are for those of another forum may lie before it, by some days.
    """
    forums = read(path)["forums"]
    for plan in plans_of(path.stem):
        assert plan.optimal
        assert {problem.code for problem in plan.problems} <= {"no-open-day"}
        assert {meeting.forum for meeting in plan.meetings} == forums.keys()
        assert len(plan.meetings) == len({(meeting.forum, meeting.date) for meeting in plan.meetings})
        for meeting in plan.meetings:
            in_year = days_in_year(path.stem, plan.year)
            assert in_year(meeting.date) or "for_each" in forums[meeting.forum]


def read(path: Path) -> Any:  # noqa: ANN401 - a forum file is anything
    """Return a forum file by another reader, all its values as texts."""
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - makes texts alone


def days_in_year(name: str, year: int) -> Callable[[date], bool]:
    """Return what says whether a day lies in a planning year."""
    start = (8, 1) if name == "ostfold" else (1, 1)
    return lambda day: date(year, *start) <= day < date(year + 1, *start)


@each_file
def test_no_day_is_closed_by_a_must(path: Path) -> None:
    """None of a meeting's days is off or in a break, read from the file by other means."""
    file = read(path)
    calendar = file.get("calendar", {})
    bodies = [body.get("country", calendar.get("country")) for body in file["organisations"].values()]
    days = [day for plan in plans_of(path.stem) for meeting in plan.meetings for day in days_held(meeting)]
    assert not [day for day in days if any(is_off(country, day, calendar) for country in bodies)]
    assert not [day for day in days if any(covers(period, day) for period in calendar.get("periods", []))]


def days_held(meeting: Meeting) -> Iterator[date]:
    """Yield the days of a meeting."""
    return (meeting.date + offset * DAY for offset in range(meeting.days))


def is_off(country: str | None, day: date, calendar: dict[str, Any]) -> bool:
    """Return whether nobody works on a day in a country, but for holidays that count as working days."""
    known = holidays_of(country, day.year)
    weekend = known.weekend if known is not None else {5, 6}
    names = {} if known is None else known
    return day.weekday() in weekend or (day in names and names[day] not in calendar.get("working", []))


@cache
def holidays_of(country: str | None, year: int) -> holidays.HolidayBase | None:
    """Return the public holidays of a country, and those by custom."""
    if country is None:
        return None
    code, _, part = country.partition("-")
    categories = {"public", "de_facto"} & set(holidays.country_holidays(code).supported_categories)
    return holidays.country_holidays(
        code, subdiv=part or None, years=year, categories=tuple(categories), language="en_US"
    )


def covers(period: dict[str, str], day: date) -> bool:
    """Return whether a day lies in a period of the file."""
    if "weeks" in period:
        first, _, last = period["weeks"].partition("-")
        return int(first) <= day.isocalendar().week <= int(last or first)
    if "easter" in period:
        first_day, last_day = (easter(day.year) + int(offset) * DAY for offset in period["easter"])
        return first_day <= day <= last_day
    start, end = period["from"], period["to"]
    known = str(day)[-len(start) :]
    return start <= known <= end if start <= end else not end < known < start


@pytest.mark.parametrize("who", USUAL)
def test_meetings_are_on_the_usual_weekday(who: str) -> None:
    """All but those that a closed day moves."""
    name, forum = who.split()
    weekdays = Counter(day.weekday() for day in days_of(name, forum))
    assert weekdays[USUAL[who]] >= 0.9 * weekdays.total()


@pytest.mark.parametrize("who", SHORTEST)
def test_no_gap_is_shorter_than_those_published(who: str) -> None:
    """From one meeting to the next, over New Year too."""
    name, forum = who.split()
    assert min(gaps(days_of(name, forum))) >= SHORTEST[who]


# --- named days -------------------------------------------------------------------------------------


def test_second_and_fourth_tuesdays_with_exceptions() -> None:
    """In July the fourth alone, in November and December the second; Veterans Day is skipped."""
    for year in years_of("brentwood"):
        days = [*nth(TUESDAY, 2, 4, year=year, months=(1, 2, 3, 4, 5, 6, 8, 9, 10))]
        days += nth(TUESDAY, 4, year=year, months=(7,)) + nth(TUESDAY, 2, year=year, months=(11, 12))
        assert days_of("brentwood", "council", year) == sorted({*days} - {date(2025, 11, 11)})


def test_a_closed_day_moves() -> None:
    """To the next night; after an election by a week; or by a week, where it is one weekday alone."""
    elections = {date(2024, 3, 19), date(2024, 11, 5), date(2025, 4, 1)}
    for year in years_of("hoopeston"):
        expected = [day + WEEK if day in elections else day for day in nth(TUESDAY, 1, 3, year=year)]
        assert days_of("hoopeston", "council", year) == expected
    closed = {date(2022, 1, 3), date(2022, 5, 2)}
    expected = [day + WEEK if day in closed else day for day in nth(MONDAY, 1, year=2022)]
    assert days_of("staunton", "council", 2022) == expected
    labour_day = date(2025, 9, 1)
    expected = [day + WEEK if day == labour_day else day for day in nth(MONDAY, 1, year=2025)]
    assert days_of("waterloo", "board", 2025) == expected


def test_an_exchange_holds_once() -> None:
    """The others of the month stay; none is held after Christmas."""
    changed = {date(2022, 5, 3): date(2022, 5, 10)}
    expected = sorted(changed.get(day, day) for day in nth(TUESDAY, 1, 3, 4, year=2022)[:-1])
    assert days_of("milborne-port", "council", 2022) == expected


def test_an_interval_goes_on_over_new_year() -> None:
    """The third Tuesdays of odd months in both years; fourteen days from Thursday to Thursday."""
    for year in years_of("devon"):
        assert days_of("devon", "board", year) == nth(TUESDAY, 3, year=year, months=(1, 3, 5, 7, 9, 11))
    assert {gap % 14 for gap in gaps(days_of("kubernetes", "network"))} == {0}
    assert not {*days_of("openstack", "odd")} & {*days_of("openstack", "even")}


def test_a_senate_leaves_its_thursday_only_of_need() -> None:
    """Juneteenth is a third Thursday in 2025; all others are on theirs, ten days after the executive."""
    senate, executive = days_of("stockton", "senate", 2025), days_of("stockton", "executive", 2025)
    thursdays = nth(THURSDAY, 3, year=2025)
    assert [day for day in thursdays if day not in senate] == [date(2025, 6, 19)]
    assert all(day - timedelta(days=10) in executive for day in senate)
    assert all(day.weekday() == MONDAY for day in executive if day + timedelta(days=10) in thursdays)


def test_an_executive_meets_for_each_senate() -> None:
    """Ten days before each, and at no other time; Labor Day of 2026 moves both by a day."""
    senate, executive = days_of("stockton-follower", "senate"), days_of("stockton-follower", "executive")
    assert executive == [day - timedelta(days=10) for day in senate]
    thursdays = [day for year in (2025, 2026) for day in nth(THURSDAY, 3, year=year, months=TERMS)]
    assert [day for day in thursdays if day not in senate] == [date(2026, 9, 17)]


TERMS = (2, 3, 4, 5, 9, 10, 11, 12)


def test_an_interval_is_counted_anew_after_each_break() -> None:
    """Fourteen days, but over a break: then the first Wednesday after it. Flexible days keep off."""
    days = days_of("aarhus", "committee", 2025)
    assert {day.weekday() for day in days} == {WEDNESDAY}
    assert [
        (str(earlier), str(later)) for earlier, later in pairwise(days) if (later - earlier).days != 14
    ] == [
        ("2025-06-11", "2025-08-06"),
        ("2025-10-01", "2025-10-22"),
    ]
    flexible = days_of("aarhus", "flexible", 2025)
    assert len(flexible) == 2
    assert not {day.isocalendar()[:2] for day in flexible} & {day.isocalendar()[:2] for day in days}


def test_weeks_off_are_skipped() -> None:
    """A board of every Thursday; Mondays of a senate and its committees in turn."""
    red = holidays.country_holidays("SE", years=2025)
    every = (date(2025, 1, 2) + number * WEEK for number in range(52))
    term = [
        day
        for day in every
        if not 25 <= day.isocalendar().week <= 33 and date(2025, 1, 12) < day < date(2025, 12, 18)
    ]
    assert days_of("stockholm", "board", 2025) == [day for day in term if day not in red]
    for forum, start in ("senate", date(2023, 1, 23)), ("committees", date(2023, 1, 30)):
        assert {(day - start).days % 14 for day in days_of("unh", forum)} == {0}


def test_a_cycle_is_kept_by_three_forums() -> None:
    """Four weeks, which the summer does not shift: party, a week later board, fifteen days later council."""
    council = days_of("stromstad", "council")
    assert {gap % 28 for gap in gaps(council)} == {0}
    board = [day - timedelta(days=15) for day in council]
    assert days_of("stromstad", "board") == board
    assert days_of("stromstad", "party") == [day - WEEK for day in board]


def test_rules_are_joined() -> None:
    """Of different months, or of the days of one."""
    assert days_of("derbyshire", "board", 2025) == sorted(
        [*nth(TUESDAY, 2, year=2025, months=(1,)), *nth(TUESDAY, 1, year=2025, months=(3, 5, 7, 9, 11))]
    )
    assert days_of("trustees", "trustees", 2024) == sorted(
        [*nth(TUESDAY, 4, year=2024, months=(2, 4, 6, 8, 10)), *nth(TUESDAY, 3, year=2024, months=(12,))]
    )
    assert days_of("chicago", "senate", 2025)[0] == date(2025, 1, 14)


def test_a_month_is_a_week_later_or_earlier() -> None:
    """The fourth Monday, in March and August the fifth, in December the third; Whit Monday is off."""
    council = nth(MONDAY, 4, year=2015, months=(1, 2, 4, 6, 9, 10, 11)) + nth(
        MONDAY, 5, year=2015, months=(3, 8)
    )
    council += [*nth(MONDAY, 3, year=2015, months=(12,)), date(2015, 5, 26)]
    assert days_of("fredensborg", "council", 2015) == sorted(council)
    assert leads("fredensborg", "council", "finance") <= {6, 7, 8, 14}
    for committee in ("schools", "planning"):
        assert max(leads("fredensborg", "finance", committee)) <= 14


def test_working_holidays_and_other_weekends() -> None:
    """Columbus Day is a Monday like others there; in Riyadh Sunday is."""
    assert date(2025, 10, 13) in holidays.country_holidays("US", years=2025)
    assert days_of("longview", "council", 2025) == nth(MONDAY, 2, year=2025)
    assert {day.weekday() for day in days_of("umm-al-qura", "council")} == {SUNDAY}
    assert {day.weekday() for day in days_of("nordic", "network")} <= {THURSDAY, FRIDAY}


def test_tuesday_serves_where_monday_is_off() -> None:
    """In no other week; the board is fourteen days before, the party on the Tuesday after the board."""
    council = days_of("svalov", "council")
    assert {day.weekday() for day in council} <= {MONDAY, TUESDAY}
    red = holidays.country_holidays("SE", years=years_of("svalov"))
    assert all(day - timedelta(days=1) in red for day in council if day.weekday() == TUESDAY)
    assert leads("svalov", "council", "board") == {14}
    assert days_of("svalov", "party") == [day + DAY for day in days_of("svalov", "board")]


# --- several forums, leads and capacity -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "forum", "preparer", "allowed"),
    [
        ("skovde", "council", "board", {0, 13, 14}),
        ("vannas", "board", "party", {14}),
        ("vannas", "council", "board", {14, 21}),
        ("norrbotten", "assembly", "board", {*range(14, 29)}),
        ("flekkefjord", "executive", "committees", {7, 14}),
        ("flekkefjord", "council", "executive", {7, 14}),
        ("gjerstad", "council", "executive", {9, 16}),
        ("forsvarsforbundet", "board", "presidium", {13, 14, 15}),
        ("ostfold", "assembly", "executive", {14}),
        ("ostfold", "executive", "climate", {8}),
        ("ostfold", "executive", "transport", {7}),
    ],
)
def test_forums_are_prepared_in_time(name: str, forum: str, preparer: str, allowed: set[int]) -> None:
    """Each meeting, so many days before as was published."""
    assert leads(name, forum, preparer) <= allowed


def test_a_lead_changes_with_the_part_of_the_year() -> None:
    """Until September the board is two weeks before the council, from October on its day, before it."""
    for meeting in meetings_of("skovde", "council"):
        board = [day for day in days_of("skovde", "board") if day <= meeting.date]
        assert (board[-1] == meeting.date) == (meeting.date.month >= 10)
        assert meeting.start == (time(13) if meeting.date.month == 6 else time(18))


def test_the_longer_lead_is_the_usual_one() -> None:
    """Fourteen days, and seven where a break or the year leaves no other."""
    before = days_of("flekkefjord", "executive")
    used = Counter(
        (day - max(one for one in before if one < day)).days for day in days_of("flekkefjord", "council")
    )
    assert used[14] > used[7]


def test_a_committee_meets_before_the_executive_on_its_days() -> None:
    """It ends when the other begins."""
    committee, executive = (meetings_of("gjerstad", forum) for forum in ("administration", "executive"))
    assert [(one.date, one.end) for one in committee] == [(one.date, one.start) for one in executive]


def test_boards_and_panels_keep_within_capacity() -> None:
    """Boards are never on one day; of six panels at most one meets a week; a tour is in each town once."""
    boards = [day for forum in BOARDS for day in days_of("norrbotten", forum)]
    assert len(boards) == len({*boards})
    panels = [meeting for plan in plans_of("north-northants") for meeting in plan.meetings]
    assert len(panels) == 2 * 36
    assert len({meeting.date.isocalendar()[:2] for meeting in panels}) == len(panels)
    for plan in plans_of("skane-tour"):
        tour = sorted(meeting.date for meeting in plan.meetings)
        assert len({*tour}) == 4
        assert (tour[-1] - tour[0]).days < 9


BOARDS = ("board", "health", "culture", "transport")


# --- several days, parts of the year, zones ---------------------------------------------------------


def test_meetings_of_several_days() -> None:
    """Two days of an assembly in June and November; part-sessions, of two places, never in one week."""
    for meeting in meetings_of("norrbotten", "assembly"):
        assert meeting.days == (2 if meeting.date.month in {6, 11} else 1)
    strasbourg, brussels = (meetings_of("european-parliament", one) for one in ("strasbourg", "brussels"))
    assert [(len(one), {meeting.days for meeting in one}) for one in (strasbourg, brussels)] == [
        (24, {4}),
        (12, {2}),
    ]
    weeks = [meeting.date.isocalendar()[:2] for meeting in (*strasbourg, *brussels)]
    assert len(weeks) == len({*weeks})
    board = meetings_of("forsvarsforbundet", "board")
    assert sorted(meeting.days for meeting in board) == [*[2] * 10, *[3] * 2]


def test_a_year_of_sessions_begins_in_august() -> None:
    """Five assemblies from August to June, of two days in December and June."""
    for plan in plans_of("ostfold"):
        assembly = [meeting for meeting in plan.chronological() if meeting.forum == "assembly"]
        assert [(meeting.date.month, meeting.days) for meeting in assembly if meeting.days > 1] == [
            (12, 2),
            (6, 2),
        ]
        assert date(plan.year, 8, 1) <= assembly[0].date < assembly[-1].date <= date(plan.year + 1, 6, 30)


def test_hours_take_turns() -> None:
    """Each month four hours later; each second week by day or by night, an hour earlier in summer."""
    committee = meetings_of("nodejs", "committee")
    assert [meeting.date for meeting in committee] == nth(WEDNESDAY, 1, year=2017) + nth(
        WEDNESDAY, 1, year=2018
    )
    assert [meeting.start.hour for meeting in committee] == [4 * place % 24 for place in range(24)]
    west, east = meetings_of("w3c", "west"), meetings_of("w3c", "east")
    for meeting in (*west, *east):
        in_summer = date(meeting.date.year, 3, 28) <= meeting.date <= date(meeting.date.year, 10, 30)
        assert meeting.start.hour == (20 if meeting.forum == "west" else 13) - in_summer
    calls = sorted((*west, *east), key=lambda meeting: meeting.date)
    assert {gap % 14 for gap in gaps([meeting.date for meeting in calls])} <= {6, 8, 0}


def test_meetings_have_their_own_names_places_and_deadlines(tmp_path: Path) -> None:
    """As the published calendar has them."""
    named = shown(tmp_path / "altdorf", "altdorf", 2025)
    quarterly = [one["date"][5:7] for one in named["meetings"] if "Bürgerfragestunde" in one["name"]]
    assert quarterly == ["01", "04", "07", "10"]
    councils = [
        one for one in shown(tmp_path / "vannas", "vannas", 2025)["meetings"] if one["forum"] == "council"
    ]
    assert [one["name"].partition("Kommunfullmäktige")[2].strip(" –-—:·") for one in councils] == [
        "", "Årsredovisning", "Tertialrapport 1 och budget", "", "Tertialrapport 2", "",
    ]  # fmt: skip
    boards = shown(tmp_path / "sydsverige", "sydsverige", 2021)["meetings"]
    assert [(one["start"], one["place"], one["host"]) for one in boards] == [
        ("09:00", None, "skane"),
        ("10:00", "Halmstad", "halland"),
        ("11:00", "Karlskrona", "blekinge"),
        ("10:00", "Växjö", "kronoberg"),
        ("09:30", None, "kalmar"),
    ]
    places = [one["place"] for one in shown(tmp_path / "waterloo", "waterloo", 2025)["meetings"]]
    assert places == ["Main Library", "McCormick", "Eastside", "Harper"] * 3
    zones = {
        one["forum"]: one["timezone"]
        for one in shown(tmp_path / "kubernetes", "kubernetes", 2025)["meetings"]
    }
    assert zones == {"network": "America/Los_Angeles", "release": "UTC", "docs": "Europe/Brussels"}


def shown(folder: Path, name: str, year: int) -> Any:  # noqa: ANN401 - a JSON document is anything
    """Return a year as the command line plans it."""
    folder.mkdir()
    project = Folder(folder, (FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return project.fine("plan", str(year), "--json", "--today", f"{year - 1}-07-01").year


def test_papers_of_one_meeting_are_due_earlier(tmp_path: Path) -> None:
    """In December the agenda goes out fifteen days before instead of eight; holidays are kept off."""
    document = shown(tmp_path / "trustees", "trustees", 2024)
    held = {one["id"]: date.fromisoformat(one["date"]) for one in document["meetings"]}
    due = {
        (one["meeting"], one["name"]): (held[one["meeting"]] - date.fromisoformat(one["date"])).days
        for one in document["deadlines"]
    }
    agenda = {day.month: due[meeting, "Agenda"] for meeting, day in held.items()}
    assert agenda == {2: 11, 4: 8, 6: 8, 8: 8, 10: 11, 12: 15}
    assert {due[meeting, "Drafts"] for meeting in held} == {32}
