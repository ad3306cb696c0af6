"""Every value of a forum file is read as people mean it, or refused with what is accepted."""

from __future__ import annotations

import contextlib
import re
import time as clock
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kultursam.dates.recurrence import nominal_dates
from kultursam.forumfile import values
from kultursam.forumfile.cadence import Cadence, cadence
from kultursam.forumfile.values import DayOfYear, DayRange, TimeSpan, Weeks

near_date = values.date_within(values.YEARS)
whole_number = values.number_between(0, 99_999, "a whole number such as 14")
signed_number = values.number_between(-999, 999, "a whole number such as -6 or 3", "0|[+-]?[1-9][0-9]{0,2}")


def refusal(read: Callable[[str], object], text: str) -> str:
    """Give the sentence that a text is refused with."""
    try:
        value = read(text)
    except ValueError as error:
        return str(error)
    pytest.fail(f"{text!r} was read as {value!r}")


# --- cadences ---------------------------------------------------------------------------------------

ENGLISH = dict(
    enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
)
SWEDISH = dict(
    enumerate(["en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"], 1)
)
WORDS = {"once": 1, "twice": 2, "thrice": 3, "en gång": 1}
COUNTS = {
    **WORDS,
    **{f"{word} time{'s' * (number > 1)}": number for number, word in ENGLISH.items()},
    **{f"{word} gånger": number for number, word in SWEDISH.items() if number > 1},
}
ENDINGS = ["a year", "per year", "each year", "every year", "om året", "per år", "varje år"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_numbers_in_words_are_read(ending: str) -> None:
    """Once to twelve times, in both languages, with every way to say a year."""
    assert {count: cadence(f"{count} {ending}") for count in COUNTS} == {
        count: Cadence("number", number) for count, number in COUNTS.items()
    }


@pytest.mark.parametrize("form", ["{} times a year", "{} per year", "{} gånger per år", "{} gånger om året"])
def test_numbers_in_digits_are_read(form: str) -> None:
    """Once a year to once a week."""
    assert [cadence(form.format(number)).number for number in range(1, 54)] == list(range(1, 54))


@pytest.mark.parametrize(
    ("phrases", "expected"),
    [
        ("yearly, annually, every year, årligen, varje år, 1 time a year, 1 gång per år", 1),
        ("quarterly, every quarter, varje kvartal, kvartalsvis", 4),
        ("every other month, every second month, varannan månad", 6),
        ("monthly, every month, varje månad, månadsvis", 12),
        ("every other week, every second week, varannan vecka", 26),
        ("weekly, every week, varje vecka, veckovis", 52),
    ],
)
def test_phrases_are_read(phrases: str, expected: int) -> None:
    """What people say of a regular forum is a number a year."""
    assert {cadence(phrase) for phrase in phrases.split(", ")} == {Cadence("number", expected)}


@pytest.mark.parametrize("phrase", ["as needed", "when needed", "vid behov", "efter behov"])
def test_as_needed_is_read(phrase: str) -> None:
    """A forum that meets when it must has no number."""
    assert cadence(phrase) == Cadence("as needed")


@pytest.mark.parametrize("phrase", ["external", "extern", "externt"])
def test_external_is_read(phrase: str) -> None:
    """A forum whose dates are decided elsewhere has no number."""
    assert cadence(phrase) == Cadence("external")


@pytest.mark.parametrize(
    "text",
    [
        "TWICE A YEAR",
        " twice  a\n year ",
        "twice\u00a0a year",
        "Två Gånger Per År",
        "tva\u030a ga\u030anger per a\u030ar",
    ],
)
def test_case_spaces_and_composition_do_not_matter(text: str) -> None:
    """A phrase is the same however its letters were typed."""
    assert cadence(text) == Cadence("number", 2)


UNCLEAR = [
    *(
        "regularly",
        "regelbundet",
        "monthly-ish",
        "often",
        "ofta",
        "sometimes",
        "ibland",
        "biweekly",
        "bimonthly",
    ),
    *(
        "once",
        "twice",
        "2",
        "two",
        "a year",
        "per year",
        "once a month",
        "two times",
        "every 2 months",
        "2-4 a year",
    ),
    *(
        "about twice a year",
        "twice a year or more",
        "minst två gånger per år",
        "ca 4 gånger per år",
        "two a year",
    ),
    *(
        "twice a year twice a year",
        "-2 times a year",
        "+2 times a year",
        "2.5 times a year",
        "010 times a year",
    ),
    *("٢ times a year", "2 times", "en gånger per år", "", " ", "null", "RRULE", "FREQ=MONTHLY;BYDAY=2TU"),
]


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_is_unclear_is_never_guessed(text: str) -> None:
    """It is quoted, and the accepted forms are listed, in both languages."""
    told = refusal(cadence, text)
    assert told.startswith(f'invalid cadence "{text}"; ')
    for form in (
        "twice a year",
        "4 times a year",
        "två gånger per år",
        "vid behov",
        "RRULE:FREQ=MONTHLY;BYDAY=2TU",
    ):
        assert f'"{form}"' in told


def test_every_accepted_form_that_is_listed_is_accepted() -> None:
    """The advice can be followed."""
    listed = re.findall('"([^"]+)"', refusal(cadence, "?").partition("write")[2])
    assert len(listed) >= 14
    assert all(cadence(form) for form in listed)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("twice a yaer", "twice a year"),
        ("tvice a year", "twice a year"),
        ("fourtimes a year", "four times a year"),
        ("quaterly", "quarterly"),
        ("evry other month", "every other month"),
        ("vid behof", "vid behov"),
        ("två gonger per år", "två gånger per år"),
        ("externl", "external"),
    ],
)
def test_a_misspelt_cadence_gets_a_suggestion(text: str, near: str) -> None:
    """The nearest phrase is offered first."""
    assert refusal(cadence, text).startswith(
        f'invalid cadence "{text}"; did you mean "{near}"? Write "twice '
    )


def test_numbers_out_of_reach_are_refused_as_such() -> None:
    """Never is no cadence, and more than weekly cannot be planned."""
    assert refusal(cadence, "0 times a year") == (
        'invalid cadence "0 times a year"; write "as needed" where no meetings are to be planned'
    )
    for number in ("54", "400", "9" * 5000):
        told = refusal(cadence, f"{number} times a year")
        assert told.endswith(f'{number} times a year"; at most 53 times a year, once a week, can be planned')


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever was typed, it is a cadence or a sentence."""
    with contextlib.suppress(ValueError):
        assert cadence(text).kind
    with contextlib.suppress(ValueError):
        assert cadence(f"RRULE:FREQ=MONTHLY;{text}").kind == "rrule"


# --- recurrence rules -------------------------------------------------------------------------------


def days(rule: str, year: int = 2025) -> list[str]:
    """Give the nominal dates of a rule in a year, as MM-DD."""
    read = cadence(f"RRULE:{rule}")
    assert read.kind == "rrule"
    assert read.number == 0
    return [f"{day:%m-%d}" for day in nominal_dates(read.rrule, year)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=18", ["06-18"]),
        ("FREQ=YEARLY;BYMONTH=3,11;BYDAY=1MO", ["03-03", "11-03"]),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", ["01-31", "04-25", "07-25", "10-31"]),
        ("FREQ=MONTHLY;BYMONTH=2,3;BYMONTHDAY=-1", ["02-28", "03-31"]),
        ("FREQ=MONTHLY;BYMONTH=1,2;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["01-31", "02-28"]),
        ("FREQ=YEARLY;BYWEEKNO=8;BYDAY=WE", ["02-19"]),
        ("FREQ=MONTHLY;BYDAY=2TU;UNTIL=20250301", ["01-14", "02-11"]),
        ("UNTIL=20250301;FREQ=MONTHLY;BYDAY=2TU", ["01-14", "02-11"]),
        ("FREQ=MONTHLY;BYDAY=2TU;UNTIL=20241231", []),
        ("freq=monthly;bymonth=1;byday=+2tu", ["01-14"]),
        ("FREQ=WEEKLY;INTERVAL=26;BYDAY=TH;WKST=MO", ["01-02", "07-03"]),
        ("FREQ=DAILY;INTERVAL=91;UNTIL=20250801", ["01-01", "04-02", "07-02"]),
    ],
)
def test_rules_name_their_days(rule: str, expected: list[str]) -> None:
    """The days are those of the calendar on the wall in 2025."""
    assert days(rule) == expected


def test_a_rule_starts_anew_every_year() -> None:
    """The second Tuesday of every third month is in January, April, July and October of any year."""
    assert days("FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU", 2026) == ["01-13", "04-14", "07-14", "10-13"]
    assert days("FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU", 2027) == ["01-12", "04-13", "07-13", "10-12"]


def test_a_rule_may_name_days_in_few_years() -> None:
    """29 February, and only on a Monday, is a day that exists."""
    assert days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", 2028) == ["02-29"]
    assert days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", 2027) == []
    found = {
        weekday: [
            days(f"FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=29;BYDAY={weekday}", year) for year in (2028, 2044)
        ]
        for weekday in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    }
    assert {weekday: years for weekday, years in found.items() if any(years)} == {
        "TU": [["02-29"], []],
        "MO": [[], ["02-29"]],
    }
    assert days("FREQ=YEARLY;BYWEEKNO=53;BYDAY=TU", 2026) == ["12-29"]


NO_FREQUENCY = "write FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"
NO_PART = "is invalid, an example is FREQ=MONTHLY;BYDAY=2TU;UNTIL=20281231"


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("", NO_FREQUENCY),
        ("BYDAY=2TU", NO_FREQUENCY),
        ("FREQ=", NO_FREQUENCY),
        ("FREQ=FORTNIGHTLY", NO_FREQUENCY),
        ("FREQ=HOURLY;INTERVAL=24", NO_FREQUENCY),
        ("FREQ=SECONDLY", NO_FREQUENCY),
        ("FREQ=MONTHLY;COUNT=3", 'the part "COUNT" is not supported, only BYDAY, '),
        ("FREQ=MONTHLY;BYHOUR=1,2,3", 'the part "BYHOUR" is not supported, only BYDAY, '),
        ("FREQ=MONTHLY;BYDAY=2TU;", 'the part "" is not supported, only BYDAY, '),
        ("FREQ=MONTHLY;BYDAY=2TU;BYDAY=3TU", "a part is written twice"),
        ("FREQ=MONTHLY;BYDAY=2XX", f'"BYDAY=2XX" {NO_PART}'),
        ("FREQ=MONTHLY;BYDAY=", f'"BYDAY=" {NO_PART}'),
        ("FREQ=MONTHLY;BYDAY=0TU", f'"BYDAY=0TU" {NO_PART}'),
        ("FREQ=MONTHLY;INTERVAL=0;BYMONTH=2", f'"INTERVAL=0" {NO_PART}'),
        ("FREQ=MONTHLY;INTERVAL=-1", f'"INTERVAL=-1" {NO_PART}'),
        ("FREQ=MONTHLY;BYMONTH=13", f'"BYMONTH=13" {NO_PART}'),
        ("FREQ=MONTHLY;BYMONTHDAY=32", f'"BYMONTHDAY=32" {NO_PART}'),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", f'"BYSETPOS=0" {NO_PART}'),
        ("FREQ=MONTHLY;BYDAY=2TU\nEXDATE:20250114", f'"BYDAY=2TU\nEXDATE:20250114" {NO_PART}'),
        ("FREQ=MONTHLY;UNTIL=20280101T000000Z", f'"UNTIL=20280101T000000Z" {NO_PART}'),
        ("FREQ=MONTHLY;BYDAY=2TU;UNTIL=20281301", "an example is FREQ=MONTHLY;BYDAY=2TU;UNTIL=20281231"),
        *(
            (rule, "it names no day; add BYDAY or BYMONTHDAY")
            for rule in ("FREQ=WEEKLY", "FREQ=YEARLY;BYMONTH=3")
        ),
        ("FREQ=MONTHLY;BYSETPOS=1", "it names no day; add BYDAY or BYMONTHDAY"),
        ("FREQ=WEEKLY;BYDAY=2TU", "numbers in BYDAY need FREQ=MONTHLY or YEARLY"),
        ("FREQ=DAILY;BYMONTH=2", "FREQ=DAILY takes only INTERVAL and UNTIL"),
        ("FREQ=DAILY", "names more than 106 days a year"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE", "names more than 106 days a year"),
    ],
)
def test_what_is_no_rule_is_refused(rule: str, told: str) -> None:
    """Malformed, too often, or more than this product reads."""
    text = refusal(cadence, f"RRULE:{rule}")
    assert text.startswith(f'invalid recurrence rule "{rule}"; ')
    assert told in text


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20301231",
        "FREQ=YEARLY;BYMONTH=4,6,9,11;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6;BYDAY=MO",
    ],
)
def test_impossible_rules_are_refused_at_once(rule: str) -> None:
    """The search for a day that does not exist does not go through eight thousand years."""
    began = clock.process_time()
    assert refusal(cadence, f"RRULE:{rule}") == (
        f'invalid recurrence rule "{rule}"; it names no day that exists'
    )
    assert clock.process_time() - began < 0.5


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


@pytest.mark.parametrize("text", ["sat", "söndag"])
def test_no_meetings_at_weekends(text: str) -> None:
    """They can be days of a period, but not of meetings."""
    assert values.weekday(text) > 4
    assert refusal(values.meeting_weekday, text) == (
        f'invalid weekday "{text}"; write a weekday from Monday to Friday, such as tue or tisdag'
    )


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
    assert told == f'invalid time "{text}"; write a time such as 09:00-12:00'


@pytest.mark.parametrize("text", ["12:00-09:00", "09:00-09:00", "22:00-01:00"])
def test_a_time_ends_after_it_starts(text: str) -> None:
    """No meeting takes no time, and none passes midnight."""
    assert refusal(values.time_span, text) == f'invalid time "{text}"; it ends before it starts'


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
