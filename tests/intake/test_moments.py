"""Dates and times as people type them; what may mean two things is told."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kultursam.intake.moments import (
    EPOCH,
    Context,
    NoDateError,
    NoSuchDayError,
    NoTimeError,
    TwoMeaningsError,
    UnclearError,
    read_hours,
    read_moment,
)
from kultursam.intake.tables import Value
from kultursam.plans.model import Status

IN_2027 = Context(year=2027)
MARCH = Context(year=2027, month=3)
NINTH = date(2027, 3, 9)
SWEDISH = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
    "november", "december",
)  # fmt: skip
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))


@given(DAYS)
def test_every_day_is_read_in_every_form(day: date) -> None:
    """ISO, Swedish and English words, Excel's number, and Swedish figures whose year stands apart."""
    month = SWEDISH[day.month - 1]
    forms: tuple[Value, ...] = (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.day} {month} {day.year}",
        f"{WEEKDAYS[day.weekday()]} den {day.day} {month.upper()} {day.year}",
        f"{day:%A %d %B %Y}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day.day}/{day.month} {day.year}",
        f"{day.day}/{day.month}-{day:%y}",
        f"{day.day}.{day.month}.{day.year}",
        day,
        datetime.combine(day, time()),
    )
    for form in forms:
        found = read_moment(form, Context())
        assert (found.day, found.hours) == (day, None), form
        assert found.weekday in {None, day.weekday()}
    if day.year > 1954:
        number = (day - EPOCH).days
        assert read_moment(number, Context()).day == read_moment(f"{number}", Context()).day == day


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 99), st.sampled_from("/.-"))
def test_three_figures_are_never_guessed(first: int, second: int, third: int, mark: str) -> None:
    """3/4/27 may be in March or in April: it is told, unless both are one day. A year has two figures."""
    text = f"{first}{mark}{second}{mark}{third:02}"
    meanings = set()
    orders = [(first, second, third), (second, first, third)]
    orders += [(third, second, first)] if first > 9 else []
    for day, month, year in orders:
        try:
            meanings.add(date(2000 + year, month, day))
        except ValueError:
            continue
    if len(meanings) == 1:
        assert {read_moment(text, Context()).day} == meanings
    else:
        with pytest.raises(TwoMeaningsError):
            read_moment(text, Context())


def test_the_sentence_names_both_meanings() -> None:
    """So that it can be put right where it was typed."""
    with pytest.raises(UnclearError, match="may mean 2027-03-04 or 2027-04-03: write it as"):
        read_moment("3/4/27", Context())


def test_a_year_that_is_planned_decides() -> None:
    """16/3/27 is in 2027 or in 2016, and nobody plans 2016; of two days in one year both are told."""
    planned = Context(years={2027}.__contains__)
    assert read_moment("16/3/27", planned).day == read_moment("27-03-16", planned).day == date(2027, 3, 16)
    with pytest.raises(TwoMeaningsError):
        read_moment("3/4/27", planned)


def test_figures_without_a_year_are_swedish_in_swedish_alone() -> None:
    """3/4 is the third of April there; in an English file it is told, unless it can be no month."""
    assert read_moment("3/4", IN_2027).day == date(2027, 4, 3)
    english = Context(year=2027, day_first=False)
    with pytest.raises(TwoMeaningsError, match="03-04 or 04-03"):
        read_moment("3/4", english)
    assert read_moment("13/4", english).day == read_moment("4/13", english).day == date(2027, 4, 13)


@pytest.mark.parametrize(
    ("text", "hours", "weekday"),
    [
        ("tis 9 mars", None, 1),
        ("Tisdagen den 9 mars kl. 13.00", (time(13), None), 1),
        ("2027-03-09 09:00–12:00", (time(9), time(12)), None),
        ("2027-03-09T09:00", (time(9), None), None),
        ("9 mars, 9-12", (time(9), time(12)), None),
        ("v. 10 tis 9/3", None, 1),
        ("ti 9/3", None, 1),
        ("2027-03-09 00:00:00", None, None),
        ("2027-03-09T00:00:00", None, None),
        ("tis 9 mars 13-15", (time(13), time(15)), 1),
        ("9 March 13 to 15", (time(13), time(15)), None),
        ("9 mars 27 13-15", (time(13), time(15)), None),
    ],
)
def test_a_weekday_and_times_may_stand_beside(
    text: str, hours: tuple[time, time | None] | None, weekday: int | None
) -> None:
    """In one cell, as people type it."""
    found = read_moment(text, IN_2027)
    assert (found.day, found.weekday) == (NINTH, weekday)
    assert (found.hours and (found.hours.start, found.hours.end)) == hours


def test_a_state_may_stand_beside() -> None:
    """9/3 (prel) is a date that is not decided yet."""
    assert read_moment("9/3 (prel)", IN_2027).status is Status.PROPOSED
    assert read_moment("9 mars inställt", IN_2027).status is Status.CANCELLED


def test_several_days_are_one_meeting() -> None:
    """12–13 maj takes two days."""
    assert read_moment("12–13 maj", IN_2027).days == 2
    assert read_moment("12-13", MARCH).days == 2


@pytest.mark.parametrize("day", range(8, 15))
def test_weekdays_of_two_letters(day: int) -> None:
    """But "on", which may be no weekday in a list in English."""
    short = ("må", "Ti", "on", "to", "fr.", "lö", "SÖ")[day - 8]
    found = read_moment(f"{short} {day}/3", IN_2027)
    assert (found.day, found.weekday) == (date(2027, 3, day), None if short == "on" else day - 8)


@pytest.mark.parametrize("text", ["9", 9, 9.0, "tis 9", "9/3", "9 mars", "2027-03-09", NINTH])
def test_a_heading_names_the_month(text: Value) -> None:
    """Below "mars", a number is a day of it."""
    assert read_moment(text, MARCH).day == NINTH


@pytest.mark.parametrize("text", ["9 april", "9/4", date(2027, 4, 9), date(2026, 3, 9), 46000])
def test_a_date_that_contradicts_its_heading_is_told(text: Value) -> None:
    """Excel makes 2026-03-09 of "9/3" that is typed in 2026."""
    with pytest.raises(UnclearError):
        read_moment(text, MARCH)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hej", NoDateError), ("", NoDateError), ("9", NoDateError), (9, NoDateError), (1e300, NoDateError),
        (float("nan"), NoDateError), (float("inf"), NoDateError), (True, NoDateError),
        ("9999-99-99", NoSuchDayError),
        ("2027-02-30", NoSuchDayError), ("30 februari 2027", NoSuchDayError), ("0001-01-01", NoDateError),
        ("9 mars kanske", UnclearError), ("9 mars, 10 mars", UnclearError), ("13-12 maj 2027", NoDateError),
        ("9 " * 10_000, NoDateError),
        ("9/13", NoDateError), ("00/00/00", NoSuchDayError), ("9" * 5000, NoDateError), ("१२/३", NoDateError),
    ],
)  # fmt: skip
def test_what_is_no_date_is_told(text: Value, kind: type[UnclearError]) -> None:
    """With a sentence, and never another error."""
    with pytest.raises(kind) as error:
        read_moment(text, IN_2027)
    assert len(str(error.value)) < 400
    assert str(error.value)


def test_a_year_that_stands_nowhere_is_asked_for() -> None:
    """Without a heading nobody can know it."""
    with pytest.raises(UnclearError, match="--year"):
        read_moment("9 mars", Context())


@given(st.text() | st.floats() | st.integers() | st.dates() | st.datetimes() | st.times() | st.timedeltas())
def test_nothing_breaks(value: Value) -> None:
    """Whatever a cell holds, it is read or told."""
    for read in (
        lambda: read_moment(value, IN_2027),
        lambda: read_moment(value, MARCH),
        lambda: read_hours(value),
    ):
        with suppress(UnclearError):
            read()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("09:00-12:00", time(9), time(12)),
        ("kl. 9.00–12.00", time(9), time(12)),
        ("9-12", time(9), time(12)),
        ("13:00", time(13), None),
        ("kl 13", time(13), None),
        ("18–24", time(18), time()),
        ("9:00 am - 12:00 pm", time(9), time(12)),
        ("1-2:30 pm", time(13), time(14, 30)),
        ("11-1 pm", time(11), time(13)),
        ("heldag", time(), time()),
        (0.375, time(9), None),
        (time(9, 0, 30), time(9), None),
        (timedelta(hours=9), time(9), None),
        (datetime(1899, 12, 31, 9, 30, tzinfo=UTC), time(9, 30), None),
    ],
)
def test_times(text: Value, start: time, end: time | None) -> None:
    """As they are typed, and as spreadsheets keep them."""
    hours = read_hours(text)
    assert (hours.start, hours.end) == (start, end)


@pytest.mark.parametrize("text", ["9", "25:00", "9:60", "0900-1200", "", "sen", "9-9", 1.5, 0.0, True])
def test_what_is_no_time_is_told(text: Value) -> None:
    """A number alone may be anything."""
    with pytest.raises(UnclearError):
        read_hours(text)
    assert issubclass(NoTimeError, UnclearError)
