"""How often a forum meets: a text in English or Swedish, or a recurrence rule of RFC 5545, as a `Cadence`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice, takewhile
from typing import Annotated, Literal

from dateutil.rrule import rrulestr

from kultursam.forumfile.values import MAX_A_YEAR, InvalidValueError, ValueType, any_case, folded, text_schema
from kultursam.i18n import Message


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a forum meets: a number a year, a recurrence rule, as needed, or decided elsewhere."""

    kind: Literal["number", "rrule", "as needed", "external"]
    number: int = 0
    rrule: str = ""


NUMBERS = {
    "once": 1, "twice": 2, "thrice": 3,
    "one time": 1, "two times": 2, "three times": 3, "four times": 4, "five times": 5, "six times": 6,
    "seven times": 7, "eight times": 8, "nine times": 9, "ten times": 10, "eleven times": 11,
    "twelve times": 12,
    "en gång": 1, "två gånger": 2, "tre gånger": 3, "fyra gånger": 4, "fem gånger": 5, "sex gånger": 6,
    "sju gånger": 7, "åtta gånger": 8, "nio gånger": 9, "tio gånger": 10, "elva gånger": 11,
    "tolv gånger": 12,
}  # fmt: skip
PER_YEAR = ("a year", "per year", "each year", "every year", "om året", "per år", "varje år")
PHRASES: dict[str, Cadence] = {
    phrase: meant
    for meant, phrases in (
        (Cadence("number", 1), ("yearly", "annually", "every year", "varje år", "årligen")),
        (Cadence("number", 4), ("quarterly", "every quarter", "varje kvartal", "kvartalsvis")),
        (Cadence("number", 12), ("monthly", "every month", "varje månad", "månadsvis")),
        (Cadence("number", 6), ("every other month", "every second month", "varannan månad")),
        (Cadence("number", 52), ("weekly", "every week", "varje vecka", "veckovis")),
        (Cadence("number", 26), ("every other week", "every second week", "varannan vecka")),
        (Cadence("as needed"), ("as needed", "when needed", "vid behov", "efter behov")),
        (Cadence("external"), ("external", "extern", "externt")),
    )
    for phrase in phrases
}
EXAMPLES = (
    *("twice a year", "4 times a year", "quarterly", "monthly", "every other month", "weekly"),
    *("every other week", "as needed", "external", "två gånger per år", "varannan månad", "vid behov"),
    *("externt", "RRULE:FREQ=MONTHLY;BYDAY=2TU"),
)
_QUOTED = [f'"{example}"' for example in EXAMPLES]
HINT = Message("{examples} or {last}", examples=", ".join(_QUOTED[:-1]), last=_QUOTED[-1])
CADENCE = Message("cadence")


def _read(text: str) -> Cadence:
    if text[:6].upper() == "RRULE:":
        rule = text[6:].upper()
        if problem := next(_problems(rule), None):
            raise InvalidValueError(rule, Message("recurrence rule"), problem)
        return Cadence("rrule", rrule=rule)
    phrase = folded(text)
    if phrase in PHRASES:
        return PHRASES[phrase]
    for ending in PER_YEAR:
        count = phrase.removesuffix(f" {ending}")
        if count != phrase and (number := _number(text, count)):
            return Cadence("number", number)
    choices = [*PHRASES, *(f"{count} {ending}" for count in NUMBERS for ending in PER_YEAR)]
    raise InvalidValueError(text, CADENCE, write=HINT, choices=choices)


def _number(text: str, count: str) -> int:
    digits = re.fullmatch(r"(0|[1-9][0-9]*)(?: times?| gång| gånger)?", count)
    if not digits:
        return NUMBERS.get(count, 0)
    number = int(digits[1][:4])
    if not number:
        advice = Message('"as needed" where no meetings are to be planned')
        raise InvalidValueError(text, CADENCE, write=advice)
    if number > MAX_A_YEAR:
        most = Message("at most {number} times a year, once a week, can be planned", number=MAX_A_YEAR)
        raise InvalidValueError(text, CADENCE, most)
    return number


# --- recurrence rules -------------------------------------------------------------------------------

_DAY = "MO|TU|WE|TH|FR|SA|SU"
RRULE_PARTS = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": "[1-9][0-9]?",
    "BYDAY": rf"([+-]?[1-9][0-9]?)?({_DAY})",
    "BYMONTH": "[1-9]|1[0-2]",
    "BYMONTHDAY": "-?([1-9]|[12][0-9]|3[01])",
    "BYSETPOS": "-?[1-9][0-9]{0,2}",
    "BYWEEKNO": "-?([1-9]|[1-4][0-9]|5[0-3])",
    "WKST": _DAY,
    "UNTIL": "[0-9]{8}",
}
"""The parts of a recurrence rule that are read, and what each of their values looks like."""
EXAMPLE = Message("an example is {rule}", rule="FREQ=MONTHLY;BYDAY=2TU;UNTIL=20281231")
MAX_NOMINAL = 106
"""Nominal dates a year: twice a week."""
TRIAL_YEARS = 9960, 9976
"""Where rules are tried out: all years from the first, for a rule may name a day in few of them, and the
second, a leap year of 53 weeks, for how many it names. Both are late, for the search for a day that does not
exist goes on to the end of the calendar."""


def days_named(rrule: str, first: date) -> Iterator[date]:
    """Yield the days that a recurrence rule names, counted from a day on."""
    start = datetime(first.year, first.month, first.day)  # noqa: DTZ001 - whole days have no zone
    return (moment.date() for moment in rrulestr(rrule, dtstart=start))


def nominal_dates(rrule: str, year: int) -> list[date]:
    """Return the days that a recurrence rule names from 1 January on: at most one more than is allowed."""
    named = takewhile(lambda day: day.year == year, days_named(rrule, date(year, 1, 1)))
    return list(islice(named, MAX_NOMINAL + 1))


def _problems(rule: str) -> Iterator[Message]:
    """Yield what is wrong with a recurrence rule; each check presumes that those before it passed."""
    pairs = [part.partition("=")[::2] for part in rule.split(";")]
    parts = dict(pairs)
    if parts.get("FREQ") not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}:
        yield Message("write FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    if unknown := sorted(set(parts) - set(RRULE_PARTS)):
        parts_read = ", ".join(sorted(RRULE_PARTS))
        yield Message('the part "{part}" is not supported, only {known}', part=unknown[0], known=parts_read)
    if len(parts) != len(pairs):
        yield Message("a part is written twice")
    for key, value in pairs:
        if not all(re.fullmatch(RRULE_PARTS[key], item) for item in value.split(",")):
            part = f"{key}={value}"
            yield Message('"{part}" is invalid, {example}', part=part, example=EXAMPLE)
    if parts["FREQ"] == "DAILY" and set(parts) - {"FREQ", "INTERVAL", "UNTIL"}:
        yield Message("FREQ=DAILY takes only INTERVAL and UNTIL; write FREQ=WEEKLY, MONTHLY or YEARLY")
    if parts["FREQ"] == "WEEKLY" and re.search("[0-9]", parts.get("BYDAY", "")):
        yield Message("numbers in BYDAY need FREQ=MONTHLY or YEARLY")
    if parts["FREQ"] != "DAILY" and not {"BYDAY", "BYMONTHDAY"} & set(parts):
        yield Message("it names no day; add BYDAY or BYMONTHDAY")
    yield from _problems_in_trial(rule)


def _problems_in_trial(rule: str) -> Iterator[Message]:
    endless = re.sub(";UNTIL=[0-9]{8}|UNTIL=[0-9]{8};", "", rule)
    first, full = TRIAL_YEARS
    try:
        any_day = next(days_named(endless, date(first, 1, 1)), None)
        number = len(nominal_dates(endless, full))
        nominal_dates(rule, full)
    except Exception:  # noqa: BLE001 - dateutil raises whatever its parser stumbles over
        yield EXAMPLE
        return
    if number > MAX_NOMINAL:
        yield Message("it names more than {number} days a year", number=MAX_NOMINAL)
    if any_day is None:
        yield Message("it names no day that exists")


def _pattern() -> str:
    """Return the pattern of cadences for editors."""
    counts = "|".join(map(str, range(1, MAX_A_YEAR + 1)))
    times = any_case((" time", " times", " gång", " gånger"))
    some = rf"(?:{any_case(NUMBERS)}|(?:{counts})(?:{times})?)\s+(?:{any_case(PER_YEAR)})"
    parts = "|".join(f"{key}=(?:{value})(?:,(?:{value}))*" for key, value in RRULE_PARTS.items())
    rule = f"RRULE:(?:{parts})(?:;(?:{parts}))*"
    rule = re.sub("[A-Z]", lambda letter: f"[{letter[0]}{letter[0].lower()}]", rule)
    return rf"\s*(?:{any_case(PHRASES)}|{some})\s*|{rule}"


cadence = ValueType(_read, text_schema(_pattern(), HINT, *EXAMPLES))
CadenceText = Annotated[Cadence, cadence]
