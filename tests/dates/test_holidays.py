"""Days off, half-days, squeeze days and periods: which days are not like others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kultursam.dates.holidays import (
    Country,
    days_between,
    holidays_of,
    part_that_differs,
    period_days,
    period_spans,
    unknown_holidays,
)
from kultursam.forumfile import yaml_source
from kultursam.forumfile.calendar_models import Period

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def short(days: Iterable[date]) -> list[str]:
    """Return days as MM-DD."""
    return [f"{day:%m-%d}" for day in days]


# --- holidays ---------------------------------------------------------------------------------------


def year_of(country: str, year: int, language: str = "sv") -> dict[str, list[str]]:
    """Return the days of a year that no weekend hides, by kind."""
    calendar = holidays_of(Country(country), language, date(year, 1, 1), date(year, 12, 31))
    return {
        kind: short(day for day in days if day.year == year and day.weekday() < 5)
        for kind, days in (
            ("public", calendar.public),
            ("de facto", calendar.de_facto),
            ("half", calendar.half_days),
            ("squeeze", sorted(calendar.squeeze_days)),
        )
    }


def test_sweden_2026() -> None:
    """Red days, the three eves that are off, the half-days, and the squeeze days, from a wall calendar."""
    assert year_of("SE", 2026) == {
        "public": ["01-01", "01-06", "04-03", "04-06", "05-01", "05-14", "12-25"],
        "de facto": ["06-19", "12-24", "12-31"],
        "half": ["01-05", "04-02", "04-30", "05-13", "05-22", "06-18", "10-30", "12-23", "12-30"],
        "squeeze": ["01-02", "01-05", "05-15"],
    }


def test_sweden_2025() -> None:
    """Another year has other days, but the same kinds of them."""
    found = year_of("SE", 2025)
    assert found["public"] == [
        "01-01",
        "01-06",
        "04-18",
        "04-21",
        "05-01",
        "05-29",
        "06-06",
        "12-25",
        "12-26",
    ]
    assert found["de facto"] == ["06-20", "12-24", "12-31"]
    assert {"04-17", "04-30", "10-31", "12-23"} <= set(found["half"])
    assert found["squeeze"] == ["05-02", "05-30"]


def test_squeeze_days_look_over_new_year() -> None:
    """The day before 1 January and the day after 31 December count, though they lie outside."""
    first = holidays_of(Country("SE"), "sv", date(2026, 1, 2), date(2026, 1, 2))
    assert first.squeeze_days == {date(2026, 1, 2)}
    assert not holidays_of(Country("SE"), "sv", date(2025, 1, 2), date(2025, 1, 3)).squeeze_days
    last = holidays_of(Country("GB-ENG"), "en", date(2029, 12, 27), date(2029, 12, 31))
    assert last.squeeze_days == {date(2029, 12, 31)}  # a Monday, and nobody works on Tuesday


def test_a_half_day_is_a_working_day() -> None:
    """30 April 2027 is a Friday; in 2028 it is a Sunday and no half-day."""
    for year in range(2024, 2034):
        calendar = holidays_of(Country("SE"), "sv", date(year, 1, 1), date(year, 12, 31))
        assert not [day for day in calendar.half_days if calendar.off(day)]
        assert not [day for day in calendar.squeeze_days if calendar.off(day)]
        assert (date(year, 4, 30) in calendar.half_days) == (date(year, 4, 30).weekday() < 5)


def test_days_have_names_in_the_language_asked_for() -> None:
    """Swedish and English where there are such names, else those of the country."""
    day = date(2025, 6, 6)
    assert holidays_of(Country("SE"), "sv", day, day).public[day] == "Nationaldagen"
    assert holidays_of(Country("SE"), "en", day, day).public[day] == "National Day"
    assert holidays_of(Country("SE"), "sv", day, day).de_facto[date(2025, 6, 20)] == "Midsommarafton"
    assert holidays_of(Country("FI"), "sv", day, day).public[date(2025, 12, 6)] == "Självständighetsdagen"
    assert holidays_of(Country("GB-ENG"), "sv", day, day).public[date(2025, 12, 25)] == "Christmas Day"


def test_parts_of_countries_have_their_own_days() -> None:
    """Scotland has other bank holidays than England; no country has categories that it lacks."""
    day = date(2025, 6, 6)
    england, scotland = (holidays_of(Country(country), "en", day, day) for country in ("GB-ENG", "GB-SCT"))
    assert date(2025, 8, 25) in england.public
    assert date(2025, 8, 25) not in scotland.public
    assert date(2025, 8, 4) in scotland.public
    assert not england.de_facto
    assert not england.half_days


@pytest.mark.parametrize("country", ["XX", "GB-XYZ", "SE-N", "ZZ-1"])
def test_an_unknown_country_is_refused(country: str) -> None:
    """So is a part that the country does not have."""
    with pytest.raises(ValueError, match=f'^unknown country "{country}"; its holidays are not known$'):
        holidays_of(Country(country), "sv", date(2025, 1, 1), date(2025, 1, 1))


def test_weekends_are_off_everywhere() -> None:
    """Saturday and Sunday need no holiday."""
    calendar = holidays_of(Country("SE"), "sv", date(2025, 3, 1), date(2025, 3, 31))
    days = days_between(date(2025, 3, 3), date(2025, 3, 9))
    assert [calendar.off(day) for day in days] == [False] * 5 + [True] * 2


# --- periods ----------------------------------------------------------------------------------------


def period(text: str) -> Period:
    """Read a period."""
    found, problems = yaml_source.parse(f"{{name: P, {text}}}".encode(), "period")
    assert found, problems
    return Period.model_validate(found.tree)


def spans(text: str, *years: int) -> list[str]:
    """Return first and last day of a period that begins in some years."""
    return [f"{first}/{last}" for first, last in period_spans(period(text), years)]


def days(text: str, first: str, last: str) -> list[str]:
    """Return the days of a period within a span of time."""
    found = period_days(period(text), date.fromisoformat(first), date.fromisoformat(last))
    return [str(day) for day in found]


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("weeks: 8", 2025, "2025-02-17/2025-02-23"),
        ("weeks: 26-32", 2025, "2025-06-23/2025-08-10"),
        ("weeks: 1", 2026, "2025-12-29/2026-01-04"),
        ("weeks: 53", 2026, "2026-12-28/2027-01-03"),
        ("weeks: 50-53", 2026, "2026-12-07/2027-01-03"),
        ("weeks: 52-1", 2025, "2025-12-22/2026-01-04"),
        ("weeks: 52-1", 2026, "2026-12-21/2027-01-10"),
        ("weeks: 53-2", 2026, "2026-12-28/2027-01-17"),
    ],
)
def test_weeks_are_iso_weeks(text: str, year: int, expected: str) -> None:
    """Monday to Sunday; week 1 has the first Thursday; 2026 has 53; last before first crosses New Year."""
    assert spans(text, year) == [expected]


def test_a_week_53_that_a_year_lacks_is_left_out() -> None:
    """2025 has 52 weeks: alone it is nothing, at an end it is cut, and across New Year week 1 is left."""
    assert spans("weeks: 53", 2025) == []
    assert spans("weeks: 50-53", 2025) == ["2025-12-08/2025-12-28"]
    assert spans("weeks: 53-1", 2025) == ["2025-12-29/2026-01-04"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from: 03-01, to: 03-02", ["2025-03-01/2025-03-02", "2026-03-01/2026-03-02"]),
        ("from: 12-20, to: 01-07", ["2025-12-20/2026-01-07", "2026-12-20/2027-01-07"]),
        ("from: 06-18, to: 06-18", ["2025-06-18/2025-06-18", "2026-06-18/2026-06-18"]),
        ("from: 2026-08-17, to: 2026-10-15", ["2026-08-17/2026-10-15"]),
        ("from: 2025-12-15, to: 2026-01-15", ["2025-12-15/2026-01-15"]),
        ("from: 2024-12-15, to: 2025-01-15", []),
    ],
)
def test_dates_are_closed_ranges(text: str, expected: list[str]) -> None:
    """Both ends count; a later day before an earlier crosses New Year; a full date holds once."""
    assert spans(text, 2025, 2026) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from: 02-29, to: 03-01", ["2024-02-29/2024-03-01", "2025-02-28/2025-03-01"]),
        ("from: 02-20, to: 02-29", ["2024-02-20/2024-02-29", "2025-02-20/2025-02-28"]),
        ("from: 12-20, to: 02-29", ["2024-12-20/2025-02-28", "2025-12-20/2026-02-28"]),
    ],
)
def test_29_february_is_in_every_year(text: str, expected: list[str]) -> None:
    """Where there is none, it is the 28th."""
    assert spans(text, 2024, 2025) == expected


def test_easter_moves() -> None:
    """Days are counted from Easter Sunday: 20 April 2025, 5 April 2026, 28 March 2027."""
    assert spans("easter: [-6, -3]", 2025, 2026, 2027) == [
        "2025-04-14/2025-04-17",
        "2026-03-30/2026-04-02",
        "2027-03-22/2027-03-25",
    ]
    assert spans("easter: [0, 1]", 2025) == ["2025-04-20/2025-04-21"]


def test_days_of_a_period_are_those_within_a_span() -> None:
    """A period that began before it, or that belongs to the next year, is not forgotten."""
    assert days("weeks: 1", "2025-12-28", "2025-12-31") == ["2025-12-29", "2025-12-30", "2025-12-31"]
    assert days("weeks: 1", "2026-01-03", "2026-01-05") == ["2026-01-03", "2026-01-04"]
    assert days("from: 12-20, to: 01-07", "2026-01-06", "2026-01-09") == ["2026-01-06", "2026-01-07"]
    assert days("from: 12-20, to: 01-07", "2025-12-19", "2025-12-21") == ["2025-12-20", "2025-12-21"]
    assert days("easter: [-100, -99]", "2025-12-27", "2025-12-29") == ["2025-12-27"]
    assert days("from: 2026-08-17, to: 2027-08-16", "2027-08-15", "2027-08-18") == [
        "2027-08-15",
        "2027-08-16",
    ]


def test_days_narrow_a_period() -> None:
    """Folk och Kultur is Wednesday to Friday of week 6."""
    assert days("weeks: 6, days: [wed, tors, fredag]", "2026-01-01", "2026-12-31") == [
        "2026-02-04",
        "2026-02-05",
        "2026-02-06",
    ]
    assert days("weeks: 6, days: [sun]", "2026-01-01", "2026-12-31") == ["2026-02-08"]


@given(
    text=st.one_of(
        st.tuples(st.integers(1, 53), st.integers(1, 53)).map(lambda one: f"weeks: {one[0]}-{one[1]}"),
        st.tuples(st.integers(-400, 200), st.integers(0, 500)).map(
            lambda one: f"easter: [{one[0]}, {one[0] + one[1]}]"
        ),
        st.tuples(
            st.dates(date(2024, 1, 1), date(2024, 12, 31)), st.dates(date(2024, 1, 1), date(2024, 12, 31))
        ).map(lambda one: f"from: {one[0]:%m-%d}, to: {one[1]:%m-%d}"),
    ),
    first=st.dates(date(2023, 1, 1), date(2028, 12, 31)),
    length=st.integers(0, 500),
)
def test_days_come_in_order_each_once_whatever_the_span(text: str, first: date, length: int) -> None:
    """And the days of a span are those of a longer one that lie in it."""
    last = first + timedelta(days=length)
    found = list(period_days(period(text), first, last))
    assert found == sorted(set(found))
    longer = period_days(period(text), first - timedelta(days=800), last + timedelta(days=800))
    assert found == [day for day in longer if first <= day <= last]


def test_countries_that_differ_by_part_are_known() -> None:
    """A part does not differ, nor does a country whose parts are alike."""
    found = {code: part_that_differs(code) for code in ("GB", "DE", "SE", "GB-ENG", "DE-BY")}
    assert found == {"GB": "GB-ENG", "DE": "DE-BB", "SE": None, "GB-ENG": None, "DE-BY": None}


def test_holidays_that_a_country_lacks_are_named() -> None:
    """Dates are no names; those of other languages are known."""
    working = ("Columbus Day", "columbus  day", "Colombus Day", "2026-12-07", "Midsommardagen")
    assert [name for name, _ in unknown_holidays(Country("US", working=working))] == [
        "Colombus Day",
        "Midsommardagen",
    ]
    assert unknown_holidays(Country("SE", working=("midsummer day", "Midsommardagen"))) == []
