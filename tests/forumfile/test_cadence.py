"""Cadences and recurrence rules are read as people mean them, or refused with what is accepted."""

from __future__ import annotations

import contextlib
import re
from datetime import date
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusal import refusal

from kultursam.dates.recurrence import Recurrence, Span, named_days
from kultursam.forumfile import cadence_words
from kultursam.forumfile.cadence import NamedDays, NumberCadence, Rhythm, Unplanned
from kultursam.forumfile.cadence import read as cadence
from kultursam.forumfile.recurrence_rules import may_name_between, near_days

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
        count: NumberCadence(number) for count, number in COUNTS.items()
    }


@pytest.mark.parametrize("form", ["{} times a year", "{} per year", "{} gånger per år", "{} gånger om året"])
def test_numbers_in_digits_are_read(form: str) -> None:
    """Once a year to once a week."""
    assert [cadence(form.format(number)) for number in range(1, 54)] == [
        NumberCadence(number) for number in range(1, 54)
    ]


@pytest.mark.parametrize(
    "phrase", ["yearly", "annually", "every year", "årligen", "varje år", "1 time a year"]
)
def test_once_a_year_is_a_number(phrase: str) -> None:
    """However it is said."""
    assert cadence(phrase) == NumberCadence(1)


RHYTHMS = {
    ("week", 1): "weekly, every week, once a week, once every week, varje vecka, veckovis, en gång i veckan",
    ("week", 2): "every other week, every second week, fortnightly, once a fortnight, varannan vecka, "
    "every two weeks, every 2 weeks, once every other week, en gång varannan vecka",
    ("week", 3): "every three weeks, every third week, every 3rd week, var tredje vecka, var 3:e vecka",
    ("week", 6): "every six weeks, every 6 weeks, every sixth week, var sjätte vecka, every three fortnights",
    ("month", 1): "monthly, every month, each month, once a month, once per month, varje månad, månadsvis, "
    "en gång i månaden, en gång per månad",
    ("month", 2): "every other month, every second month, varannan månad, every 2 months, "
    "three times a term, tre gånger per termin",
    (
        "month",
        3,
    ): "quarterly, every quarter, once a quarter, varje kvartal, kvartalsvis, en gång i kvartalet, "
    "every three months, twice a term, två gånger per termin, två gånger i halvåret",
    ("month", 4): "every four months, varje tertial, en gång per tertial",
    ("month", 6): "half-yearly, once every half year, every term, varje termin, varje halvår, vart halvår, "
    "every other quarter, vartannat kvartal, en gång om halvåret",
}


@pytest.mark.parametrize("cell", RHYTHMS)
def test_rhythms_are_read(cell: tuple[Literal["week", "month"], int]) -> None:
    """One meeting in each so many weeks or months."""
    assert {phrase: cadence(phrase) for phrase in RHYTHMS[cell].split(", ")} == {
        phrase: Rhythm(*cell) for phrase in RHYTHMS[cell].split(", ")
    }


def test_several_meetings_in_a_cell_are_read() -> None:
    """Where they do not divide its months."""
    assert cadence("twice a month") == cadence("två gånger i månaden") == Rhythm("month", 1, 2)
    assert cadence("twice a quarter") == Rhythm("month", 3, 2)
    assert cadence("4 times a month") == Rhythm("month", 1, 4)


@pytest.mark.parametrize(
    ("phrase", "number"),
    [("weekly", 52), ("fortnightly", 26), ("every 5 weeks", 10), ("every six weeks", 9), ("monthly", 12),
     ("every other month", 6), ("every 5 months", 2), ("every 7 months", 2), ("quarterly", 4),
     ("twice a month", 24), ("every 40 weeks", 1)],
)  # fmt: skip
def test_a_rhythm_has_a_number_of_meetings(phrase: str, number: int) -> None:
    """In an ordinary year; what is left at its end counts if it is longer than half a cell."""
    rhythm = cadence(phrase)
    assert isinstance(rhythm, Rhythm)
    assert rhythm.meetings_a_year == number


NAMED = {
    "FREQ=WEEKLY;BYDAY=TU": "every Tuesday, each tue, varje tisdag, tisdagar, Tuesdays, on Tuesdays, "
    "på tisdagar, weekly on Tuesday, en gång i veckan på tisdagar, once every Tuesday",
    "FREQ=WEEKLY;BYDAY=TU,TH": "every Tuesday and Thursday, varje tisdag och torsdag, every tue & thu",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE": "every other Wednesday, varannan onsdag, fortnightly on Wednesdays, "
    "varannan vecka på onsdagar, every two weeks on Wednesday, every other week on wed",
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO": "every three weeks on Monday, var tredje måndag, var 3:e mån",
    "FREQ=WEEKLY;INTERVAL=6;BYDAY=TH": "every six weeks on Thursday, every sixth Thursday, "
    "var sjätte torsdag, var sjätte vecka på torsdagar",
    "FREQ=MONTHLY;BYDAY=1TU": "first Tuesday of the month, the first Tuesday of each month, "
    "1st tue of the month, första tisdagen i månaden, "
    "första tisdagen varje månad, den första tisdagen i varje månad, "
    "first Tuesday every month, every first Tuesday of the month",
    "FREQ=MONTHLY;BYDAY=2WE": "every second Wednesday of the month, andra onsdagen i månaden",
    "FREQ=MONTHLY;BYDAY=-1FR": "last Friday of the month, the last Friday in the month, "
    "sista fredagen i månaden",
    "FREQ=MONTHLY;BYDAY=-2FR": "penultimate Friday of the month, näst sista fredagen i månaden",
    "FREQ=MONTHLY;BYDAY=1TU,3TU": "first and third Tuesday of the month, 1st and 3rd Tuesday of the month, "
    "första och tredje tisdagen i månaden",
    "FREQ=MONTHLY;INTERVAL=2;BYDAY=3TU": "third Tuesday of every other month, "
    "tredje tisdagen i varannan månad",
    "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=-1TH": "last Thursday of the quarter, sista torsdagen i kvartalet",
    "FREQ=MONTHLY;BYMONTH=1,7;BYDAY=1MO": "first Monday of the term, första måndagen varje termin",
}


@pytest.mark.parametrize("rule", NAMED)
def test_named_days_are_read(rule: str) -> None:
    """As the recurrence rule that names them."""
    assert {phrase: cadence(phrase) for phrase in _phrases(NAMED[rule])} == {
        phrase: NamedDays((rule,)) for phrase in _phrases(NAMED[rule])
    }
    assert cadence(f"RRULE:{rule}") == NamedDays((rule,))


def _phrases(text: str) -> list[str]:
    return text.split(", ")


def test_days_may_be_counted_from_both_ends_of_a_quarter() -> None:
    """They lie in its first and its last month, so they are two rules."""
    assert cadence("first and last Monday of the quarter") == NamedDays(
        ("FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=1MO", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=-1MO")
    )


@pytest.mark.parametrize("phrase", ["as needed", "when needed", "vid behov", "efter behov"])
def test_as_needed_is_read(phrase: str) -> None:
    """A forum that meets when it must has no number."""
    assert cadence(phrase) == Unplanned("as needed")


@pytest.mark.parametrize("phrase", ["external", "extern", "externt"])
def test_external_is_read(phrase: str) -> None:
    """A forum whose dates are decided elsewhere has no number."""
    assert cadence(phrase) == Unplanned("external")


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
    assert cadence(text) == NumberCadence(2)


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
        "biennially",
        "daily",
        "varje dag",
    ),
    *(
        "once",
        "twice",
        "2",
        "two",
        "a year",
        "per year",
        "two times",
        "every other year",
        "vartannat år",
        "every third Tuesday",
        "monthly on Tuesdays",
        "first Tuesday of every other quarter",
        "every 0 weeks",
        "fifth Tuesday of the month",
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
    assert len(listed) >= 20
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
        ("once a mnoth", "once a month"),
        ("every other Wensday", "every other Wednesday"),
        ("varanan tisdag", "varannan tisdag"),
        ("en gång i månadn", "en gång i månaden"),
        ("first Tusday of the month", "first Tuesday of the month"),
        ("två gånger per or", "två gånger per år"),
    ],
)
def test_a_misspelt_cadence_gets_a_suggestion(text: str, near: str) -> None:
    """The nearest phrase is offered first."""
    assert refusal(cadence, text).startswith(
        f'invalid cadence "{text}"; did you mean "{near}"? Write "twice '
    )


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("biweekly", 'write "every other week" or "every Monday and Thursday", whichever is meant'),
        ("biweekly on Tuesday", 'did you mean "every other week on Tuesday"?'),
        ("bimonthly", 'write "every other month" or "twice a month", whichever is meant'),
        ("every third Tuesday", 'write "every third week on Tuesday" or "third Tuesday of the month", which'),
        ("every second Monday", 'write "every second week on Monday" or "second Monday of the month", which'),
        ("monthly on Tuesdays", 'say which of them, such as "first Tuesday of the month"'),
        ("en gång i månaden på tisdagar", 'say which of them, such as "första tisdagen i månaden"'),
        ("at least 6 times a year", '"at least" leaves the number open: write "6 times a year", and add'),
        ("minst två gånger per år", '"minst" leaves the number open: write "två gånger per år", and add'),
        ("ca 4 gånger per år", '"ca" leaves the number open: write "4 gånger per år", and add'),
        ("two to four times a year", '"two-four" leaves the number open: write "two times a year", and add'),
        ("mellan 2 och 4 gånger per år", '"2-4" leaves the number open: write "2 gånger per år", and add'),
        ("twice a week", 'more than once a week is written with the days, such as "every Tuesday and Thu'),
        ("två gånger i veckan", 'more than once a week is written with the days, such as "varje tisdag och'),
        ("5 times a month", "more than once a week is written with the days"),
        ("every 60 weeks", "at least one meeting a year can be planned"),
        ("var 13:e månad", "at least one meeting a year can be planned"),
        ("every 99th Tuesday", "at least one meeting a year can be planned"),
    ],
)
def test_advice_keeps_the_meaning_and_the_language(text: str, advice: str) -> None:
    """What is written in it is accepted."""
    told = refusal(cadence, text)
    assert told.startswith(f'invalid cadence "{text}"; {advice}')
    quoted = re.findall('"([^"]+)"', told)
    assert all(
        cadence(form) for form in quoted[1:] if form not in {"at least", "minst", "ca", "two-four", "2-4"}
    )


@pytest.mark.parametrize("text", UNCLEAR)
def test_no_advice_changes_a_known_word(text: str) -> None:
    """A month is never offered for a year, nor a week for a fortnight, nor a number for another."""
    offered = re.search('did you mean "([^"]+)"', refusal(cadence, text))
    if offered:
        known = [word for word in text.casefold().split() if word in cadence_words.vocabulary()]
        assert [word for word in offered[1].casefold().split() if word in known] == known


def test_numbers_out_of_reach_are_refused_as_such() -> None:
    """Never is no cadence, and more than weekly cannot be planned."""
    assert refusal(cadence, "0 times a year") == (
        'invalid cadence "0 times a year"; write "as needed" where no meetings are to be planned'
    )
    for number in ("54", "400", "9" * 5000):
        told = refusal(cadence, f"{number} times a year")
        assert told.endswith(f'{number} times a year"; at most 53 times a year, once a week, can be planned')


VOCABULARY = sorted(cadence_words.vocabulary())


@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(VOCABULARY), max_size=7).map(" ".join)))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever was typed, it is a cadence or a sentence."""
    with contextlib.suppress(ValueError):
        assert cadence(text).kind
    with contextlib.suppress(ValueError):
        assert cadence(f"RRULE:FREQ=MONTHLY;{text}").kind == "named days"


def test_long_texts_are_refused() -> None:
    """Not one word of them is compared with others: that would take minutes."""
    assert refusal(cadence, "evry " * 20_000).startswith('invalid cadence "evry evry')
    assert refusal(cadence, "tuesday and " * 20_000).startswith('invalid cadence "tuesday and')


@given(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=6))
def test_what_is_offered_is_read(words: list[str]) -> None:
    """Whatever known words stand together, one of them misspelt."""
    text = " ".join([*words[:-1], f"{words[-1]}x"])
    with contextlib.suppress(ValueError):
        cadence(text)
        return
    for offered in re.findall('did you mean "([^"]+)"', refusal(cadence, text)):
        assert cadence(offered)


# --- recurrence rules -------------------------------------------------------------------------------


def days(rule: str, year: int = 2025) -> list[str]:
    """Return the nominal dates of a rule in a year, as MM-DD."""
    read = cadence(f"RRULE:{rule}")
    assert isinstance(read, NamedDays)
    whole = Span(date(year, 1, 1), date(year, 12, 31))
    return [f"{day:%m-%d}" for day in named_days(Recurrence(read.rules), whole)]


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
def test_impossible_rules_are_refused(rule: str) -> None:
    """The search for a day that does not exist does not go through eight thousand years."""
    assert refusal(cadence, f"RRULE:{rule}") == (
        f'invalid recurrence rule "{rule}"; it names no day that exists'
    )


def test_days_near_one_that_is_not_named_are_found() -> None:
    """Whatever the interval is counted from; and none where the rule names none for a year."""
    rules = ["FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"]
    assert near_days(rules, date(2026, 1, 15)) == [date(2026, 1, 14), date(2026, 1, 21)]
    assert near_days(["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"], date(2026, 1, 15)) == []
    assert may_name_between(rules, date(2026, 1, 14), date(2026, 1, 21), date(2026, 2, 11)) == {
        date(2026, 1, 28),
        date(2026, 2, 11),
    }
