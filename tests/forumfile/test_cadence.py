"""Cadences and recurrence rules are read as people mean them, or refused with what is accepted."""

from __future__ import annotations

import contextlib
import re
import time as clock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusal import refusal

from kultursam.forumfile.cadence import Cadence, cadence, nominal_dates

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
    """Return the nominal dates of a rule in a year, as MM-DD."""
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
