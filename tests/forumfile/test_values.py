"""Every value of a forum file is read as people mean it, or refused with what is accepted."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusal import refusal

from kultursam.forumfile import values
from kultursam.forumfile.values import DayOfYear, DayRange, TimeSpan, Weeks

whole_number, signed_number, near_date = (
    get_args(kind)[1] for kind in (values.Number, values.EasterDay, values.FullDate)
)


# --- days and times ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "names"),
    [
        (0, "mon monday mån måndag Måndag MÅN ma\u030andag"),
        (1, "tue tues tuesday tis tisdag"),
        (2, "wed wednesday ons onsdag"),
        (3, "thu thur thurs thursday tor tors torsdag"),
        (4, "fri friday fre fredag"),
        (5, "sat saturday lör lördag"),
        (6, "sun sunday sön söndag"),
    ],
)
def test_weekdays_have_english_and_swedish_names(number: int, names: str) -> None:
    """Whole and short, in any case."""
    assert {values.weekday(name) for name in names.split()} == {number}


WEEKDAY = "rite a weekday such as tue or tisdag"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("onsdgag", f'invalid weekday "onsdgag"; did you mean "onsdag"? W{WEEKDAY}'),
        ("wendesday", f'invalid weekday "wendesday"; did you mean "wednesday"? W{WEEKDAY}'),
        ("1", f'invalid weekday "1"; w{WEEKDAY}'),
        ("", f'invalid weekday ""; w{WEEKDAY}'),
    ],
)
def test_a_misspelt_weekday_gets_a_suggestion(text: str, told: str) -> None:
    """Numbers are no weekdays, for weeks begin on different days."""
    assert refusal(values.weekday, text) == told


def test_every_day_of_the_week_may_be_a_meeting_day() -> None:
    """Whether it is a working day there."""
    assert [values.weekday(text) for text in ("mon", "lör", "söndag")] == [0, 5, 6]


def test_days_of_the_year_are_read() -> None:
    """Each year's, or one year's only; 29 February is a day."""
    assert values.day_of_year("06-18") == DayOfYear(6, 18)
    assert values.day_of_year("2025-06-18") == DayOfYear(6, 18, 2025)
    assert values.day_of_year("02-29") == DayOfYear(2, 29)


def test_29_february_is_the_28th_where_there_is_none() -> None:
    """A day that returns every year is in every year; one with a year only there."""
    assert DayOfYear(2, 29).within(2024) == date(2024, 2, 29)
    assert DayOfYear(2, 29).within(2025) == date(2025, 2, 28)
    assert DayOfYear(6, 18, 2026).within(2026) == date(2026, 6, 18)
    assert DayOfYear(6, 18, 2026).within(2025) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2025-02-30", "there is no such day"),
        ("2025-02-29", "there is no such day"),
        ("02-30", "there is no such day"),
        ("0025-06-18", "write a year from 1900 to 2299"),
        ("9999-12-31", "write a year from 1900 to 2299"),
        *(
            (text, "write a date such as 06-18, or 2025-06-18 for that year only")
            for text in (
                *("13-01", "00-10", "6-18", "18/6", "18 juni", "20250618", "2025-6-18"),
                *("06-18 ", "25-06-18", "٠٦-١٨", "", "2025-06-18T09:00", "2025-13-01"),
            )
        ),
    ],
)
def test_what_is_no_date_is_refused(text: str, told: str) -> None:
    """A day that no calendar has, a year that no plan reaches, and every other way to write one."""
    assert refusal(values.day_of_year, text) == f'invalid date "{text}"; {told}'
    full = "write a date such as 2025-06-18" if "-" not in text[4:] or "such as" in told else told
    assert refusal(near_date, text) == f'invalid date "{text}"; {full}'


def test_a_full_date_has_its_year() -> None:
    """Where one date is meant, one date is asked for."""
    assert values.full_date("2025-06-18") == near_date("2025-06-18") == date(2025, 6, 18)
    assert refusal(near_date, "06-18") == 'invalid date "06-18"; write a date such as 2025-06-18'


@given(st.dates(date(1900, 1, 1), date(2299, 12, 31)))
def test_every_date_is_read_as_it_is_written(day: date) -> None:
    """ISO 8601, there and back."""
    assert near_date(day.isoformat()) == day
    assert values.day_of_year(f"{day:%m-%d}").within(day.year) == day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8", Weeks(8, 8)),
        ("26-32", Weeks(26, 32)),
        ("52-1", Weeks(52, 1)),
        ("53", Weeks(53, 53)),
        ("08", Weeks(8, 8)),
    ],
)
def test_weeks_are_read(text: str, expected: Weeks) -> None:
    """One, several, or across New Year."""
    assert values.weeks(text) == expected


@pytest.mark.parametrize("text", ["0", "54", "8-54", "v8", "8 - 9", "8-9-10", "-8", ""])
def test_what_is_no_week_is_refused(text: str) -> None:
    """There are 53 weeks at most."""
    assert refusal(values.weeks, text) == f'invalid ISO week "{text}"; write ISO weeks such as 8 or 26-32'


def test_ranges_of_days_are_read() -> None:
    """One number, or from low to high; the middle is rounded down."""
    assert values.day_range("14") == DayRange(14, 14)
    assert values.day_range("12-21") == DayRange(12, 21)
    assert DayRange(12, 21).middle == 16
    assert [str(DayRange(14, 14)), str(DayRange(12, 21))] == ["14", "12-21"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("21-12", "write 12-21"),
        *(
            (text, "write a number of days such as 14 or 12-21")
            for text in ("-3", "3-", "014", "two", "1.5", "1000", "")
        ),
    ],
)
def test_what_is_no_range_of_days_is_refused(text: str, told: str) -> None:
    """Backwards, negative, or no number."""
    assert refusal(values.day_range, text) == f'invalid number of days "{text}"; {told}'


@pytest.mark.parametrize(
    "text", ["09:00-12:30", "9:00-12:30", "09:00 - 12:30", "09:00–12:30", "9:00 – 12:30"]
)
def test_times_are_read(text: str) -> None:
    """With a hyphen or a dash, with or without spaces and a leading nought."""
    assert values.time_span(text) == TimeSpan(time(9), time(12, 30))
    assert str(values.time_span(text)) == "09:00-12:30"


@pytest.mark.parametrize(
    "text",
    [
        "13.00",
        "13.00-14.00",
        "13:00",
        "13-14",
        "24:00-25:00",
        "12:60-13:00",
        "9-12",
        "kl. 13:00-14:00",
        "13:00-14",
        "",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    """A full stop, a missing end, or an hour that no day has."""
    told = refusal(values.time_span, text)
    assert told == f'invalid time "{text}"; write a time such as 09:00-12:00, or all day'


@pytest.mark.parametrize("text", ["12:00-09:00", "09:00-09:00", "00:00-00:00", "13:00-01:01"])
def test_a_time_ends_after_it_starts(text: str) -> None:
    """No meeting takes no time, and none over midnight more than half a day: that is a mistake."""
    assert refusal(values.time_span, text) == f'invalid time "{text}"; it ends before it starts'


def test_a_meeting_may_end_the_next_day_or_take_all_of_one() -> None:
    """In minutes from the midnight before it; written as it is read."""
    for text, minutes in (
        ("22:00-01:00", (22 * 60, 25 * 60)),
        ("22:00-00:00", (22 * 60, 24 * 60)),
        ("13:00-01:00", (13 * 60, 25 * 60)),
        ("all day", (0, 24 * 60)),
    ):
        span = values.time_span(text)
        assert (span.minutes, str(span), span.is_all_day) == (minutes, text, text == "all day")
    assert values.time_span("Hela  dagen") == values.time_span("ALL DAY") == values.WHOLE_DAY


def test_lengths_of_time_are_read() -> None:
    """Minutes, hours, days or weeks."""
    assert [values.duration(text) for text in ("30m", "2h", "1d", "3w")] == [
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(days=1),
        timedelta(weeks=3),
    ]
    for text in ("30", "0m", "05m", "1 d", "1y", "-1d", "P1D", "1000m", ""):
        assert refusal(values.duration, text) == f'invalid length of time "{text}"; write 30m, 2h, 1d or 1w'


# --- numbers, words and texts -----------------------------------------------------------------------


def test_numbers_are_read() -> None:
    """Whole, and with a sign where one makes sense."""
    assert [whole_number(text) for text in ("0", "7", "14", "99999")] == [0, 7, 14, 99999]
    assert [signed_number(text) for text in ("-6", "0", "+3", "3")] == [-6, 0, 3, 3]
    for text in ("010", "1_000", "0x1f", "1e3", "1.0", "-1", " 1", "one", "١", "100000", ""):
        assert refusal(whole_number, text) == f'invalid number "{text}"; write a whole number such as 14'
    for text in ("-06", "-0", "1000", "--1", ""):
        assert refusal(signed_number, text).startswith(f'invalid number "{text}"; write a whole number such')


def test_yes_and_no_are_read_where_they_are_asked_for() -> None:
    """What YAML takes for true by accident is not."""
    assert [values.yes_or_no(text) for text in ("true", "Yes", "false", "NO")] == [True, True, False, False]
    for text in ("on", "off", "y", "1", "ja", ""):
        assert refusal(values.yes_or_no, text) == f'invalid value "{text}"; write true or false'


def test_a_word_is_one_of_those_accepted() -> None:
    """They are listed, and the nearest is offered."""
    read = values.one_of("strength", values.STRENGTHS)
    assert [read(text) for text in ("must", "should", "prefer")] == ["must", "should", "prefer"]
    assert refusal(read, "shuold") == (
        'invalid strength "shuold"; did you mean "should"? Write one of must, should, prefer'
    )
    assert refusal(read, "Must").startswith('invalid strength "Must"; did you mean "must"?')


@pytest.mark.parametrize(
    "text", ["a", "7", "kultur-2", "2025", "a" * 64, "console", "com10", "a-", "a--b", "aux-2"]
)
def test_ids_are_read(text: str) -> None:
    """Small letters, digits and hyphens, up to 64."""
    assert values.identifier(text) == text


@pytest.mark.parametrize(
    "text", ["", "-a", "a_b", "a.b", "a b", "Kultur", "kulturråd", "a" * 65, "../a", "a/b", "a\n", "ａ", "٣"]
)
def test_what_is_no_id_is_refused(text: str) -> None:
    """What could be no file name on some system, or mislead."""
    assert refusal(values.identifier, text).startswith(f'invalid id "{text}"; write a-z, 0-9 and "-", ')


@pytest.mark.parametrize(
    "text",
    [
        *(
            "all",
            "deadlines",
            "organisations",
            "con",
            "prn",
            "aux",
            "nul",
            "com0",
            "com1",
            "com9",
            "lpt0",
            "lpt1",
        ),
        "lpt9",
    ],
)
def test_ids_that_are_taken_are_refused(text: str) -> None:
    """Our own files, and what Windows keeps for its devices."""
    assert refusal(values.identifier, text) == f'invalid id "{text}"; it is reserved, choose another'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no", "no"),
        (" Råd  för\n kultur\t", "Råd för kultur"),
        ("Ra\u030ad", "Ra\u030ad"),
        ("[inställt] :x: <b>", "[inställt] :x: <b>"),
        ("👩\u200d🎨 אב", "👩\u200d🎨 אב"),
    ],
)
def test_texts_are_folded_to_a_line(text: str, expected: str) -> None:
    """White space is folded; nothing else is changed."""
    assert values.line_of_text(text) == expected


@pytest.mark.parametrize("char", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\x9b", "\ud800", "\u2028", "\u2029"])
def test_control_characters_cannot_stand_in_texts(char: str) -> None:
    """They would end up in calendars, terminals and file names."""
    told = refusal(values.line_of_text, f"a{char}b")
    assert told == f"the character U+{ord(char):04X} is not allowed in a text"


@pytest.mark.parametrize("char", ["\ufdd0", "\ufdef", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff"])
def test_noncharacters_cannot_stand_in_texts(char: str) -> None:
    """XML has no place for them."""
    told = refusal(values.line_of_text, f"a{char}b")
    assert told == f"the character U+{ord(char):04X} is not allowed in a text"


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u00a0"])
def test_a_text_says_something(text: str) -> None:
    """White space alone is no value."""
    assert refusal(values.line_of_text, text) == "the value is missing"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "http://a.example/x.ics",
            "webcal://a.example/x.ics",
            "ftp://a.example",
            "https://",
            "https:///x",
            "a",
        ),
        *(
            "$HOME",
            "$KULTURSAM_URL_",
            "KULTURSAM_URL_A",
            "$KULTURSAM_URL_A/x",
            "https://$KULTURSAM_URL_A",
            "",
        ),
        *("https://a.example/ x", "https://" + "a" * 1000, "$KULTURSAM_URL_å"),
    ],
)
def test_addresses_of_calendars(text: str) -> None:
    """Only https, or a variable that is meant for it, whole: no other one of the environment is ever sent."""
    read = get_args(values.CalendarUrl)[1]
    with pytest.raises(ValueError, match="KULTURSAM_URL_COUNCIL"):
        read(text)
    for secret in ("https://name@a.example", "https://name:word@a.example/x", "http://name:w@a.example"):
        with pytest.raises(ValueError, match="no credentials"):
            read(secret)
    assert read("https://a.example/x@y?z=@") == "https://a.example/x@y?z=@"


@pytest.mark.parametrize(
    "path",
    [
        "../x.ics",
        "a/../../x.ics",
        "/x.ics",
        "C:x.ics",
        "C:/x.ics",
        "\\\\host\\x.ics",
        "a\\..\\..\\x.ics",
        "x.yaml",
        "x",
    ],
)
def test_copies_lie_below_the_forum_file(path: str) -> None:
    """Nothing else is ever written over, on any system; and the place that is chosen is such a place."""
    assert not values.is_place_of_copy(path)
    places = [
        values.copy_of(url) for url in ("https://å.example:1/../x", "$KULTURSAM_URL_A", "https://a/?..")
    ]
    assert all(map(values.is_place_of_copy, places))
    assert len(set(places)) == 3
