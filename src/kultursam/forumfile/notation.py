"""How a forum file writes its values: dates, weekdays, ranges, times, cadences. Text in, values out.

Every reader takes the text as it was typed and raises `ValueError` with a sentence that says what is
accepted: nothing is guessed. Ranges are closed: both ends count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Literal

from kultursam.diagnostics import did_you_mean

WEEKDAYS = {
    "mon": 0, "monday": 0, "mån": 0, "måndag": 0,
    "tue": 1, "tues": 1, "tuesday": 1, "tis": 1, "tisdag": 1,
    "wed": 2, "wednesday": 2, "ons": 2, "onsdag": 2,
    "thu": 3, "thur": 3, "thurs": 3, "thursday": 3, "tor": 3, "tors": 3, "torsdag": 3,
    "fri": 4, "friday": 4, "fre": 4, "fredag": 4,
    "sat": 5, "saturday": 5, "lör": 5, "lördag": 5,
    "sun": 6, "sunday": 6, "sön": 6, "söndag": 6,
}  # fmt: skip
YES_OR_NO = {"true": True, "yes": True, "false": False, "no": False}
MOST_A_YEAR = 53
"""Meetings of a forum in a year: one a week."""
STRENGTHS = ("must", "should", "prefer")
YEARS = range(1900, 2300)
"""Years that a forum file may name."""
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
"""File names that Windows keeps for itself."""
RESERVED_IDS = {"all", "deadlines", "organisations"} | DEVICES

ID = "[a-z0-9][a-z0-9-]{0,63}"
WHOLE_NUMBER = "0|[1-9][0-9]{0,4}"
SIGNED_NUMBER = "0|[+-]?[1-9][0-9]{0,2}"
_WEEK = "(0?[1-9]|[1-4][0-9]|5[0-3])"
WEEKS = f"{_WEEK}(?:-{_WEEK})?"
DAY_RANGE = "(0|[1-9][0-9]{0,2})(?:-(0|[1-9][0-9]{0,2}))?"
_TIME = "([01]?[0-9]|2[0-3]):([0-5][0-9])"
TIME_SPAN = f"{_TIME} ?[-–] ?{_TIME}"
DURATION = "([1-9][0-9]{0,2})([mhdw])"

Strength = Literal["must", "should", "prefer"]


@dataclass(frozen=True, slots=True)
class DayOfYear:
    """A day that returns every year, or (with a year) a single date."""

    month: int
    day: int
    year: int | None = None

    def within(self, year: int) -> date | None:
        """Give the date in a year; 29 February is the 28th where there is none; None outside its year."""
        if self.year not in {None, year}:
            return None
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return date(year, 2, 28)


@dataclass(frozen=True, slots=True)
class Weeks:
    """ISO weeks first to last; last before first crosses New Year."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class DayRange:
    """A number of days, from low to high."""

    low: int
    high: int

    @property
    def middle(self) -> int:
        """The middle of the range, rounded down."""
        return (self.low + self.high) // 2

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Local times of a day, start before end."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a forum meets: a number a year, a recurrence rule, as needed, or decided elsewhere."""

    kind: Literal["number", "rrule", "as needed", "external"]
    number: int = 0
    rrule: str = ""


def identifier(text: str) -> str:
    """Read an id: it becomes a file name and part of a UID."""
    if not re.fullmatch(ID, text):
        raise ValueError(f'"{text}" is no id; write a-z, 0-9 and "-", at most 64, such as "kultur-2"')
    if text in RESERVED_IDS:
        raise ValueError(f'the id "{text}" is taken; choose another')
    return text


def line_of_text(text: str) -> str:
    """Read a text that people see: not empty, no control characters; white space is folded."""
    for char in text:
        if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} and char not in "\n\r\t":
            raise ValueError(f"the control character U+{ord(char):04X} cannot stand in a text")
        if ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF:
            raise ValueError(f"the noncharacter U+{ord(char):04X} cannot stand in a text")
    folded = " ".join(text.split())
    if not folded:
        raise ValueError("has no value")
    return folded


def whole_number(text: str) -> int:
    """Read a number such as 14; 010 and 1_000 are refused, for readers differ over them."""
    if not re.fullmatch(WHOLE_NUMBER, text):
        raise ValueError(f'"{text}" is no whole number; write it as 14')
    return int(text)


def signed_number(text: str) -> int:
    """Read a number such as -6 or 3."""
    if not re.fullmatch(SIGNED_NUMBER, text):
        raise ValueError(f'"{text}" is no whole number; write it as -6 or 3')
    return int(text)


def yes_or_no(text: str) -> bool:
    """Read true or false."""
    if text.casefold() not in YES_OR_NO:
        raise ValueError(f'"{text}" is neither true nor false')
    return YES_OR_NO[text.casefold()]


def weekday(text: str) -> int:
    """Read a weekday's English or Swedish name, whole or short; Monday is 0."""
    try:
        return WEEKDAYS[_folded(text)]
    except KeyError:
        raise ValueError(f'"{text}" is no weekday{did_you_mean(text, WEEKDAYS)}') from None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.casefold().split()))


def meeting_weekday(text: str) -> int:
    """Read a weekday on which meetings are planned: Monday to Friday."""
    number = weekday(text)
    if number > 4:
        raise ValueError(f'meetings are planned Monday to Friday; "{text}" is no such day')
    return number


def one_of(choices: Iterable[str], what: str, text: str) -> str:
    """Read one of a few words."""
    choices = tuple(choices)
    if text not in choices:
        listed = ", ".join(choices)
        raise ValueError(f'"{text}" is no {what}; write one of {listed}{did_you_mean(text, choices)}')
    return text


def day_of_year(text: str) -> DayOfYear:
    """Read 06-18, every year, or 2025-06-18, that year only."""
    read = _calendar_day(text)
    if read.year is not None and read.year not in YEARS:
        raise ValueError(f'"{text}" is not within {YEARS[0]} to {YEARS[-1]}')
    return read


def near_date(text: str) -> date:
    """Read 2025-06-18, in a year that plans can be near to."""
    found = full_date(text)
    day_of_year(text)
    return found


def _calendar_day(text: str, hint: str = "write MM-DD, or YYYY-MM-DD for one year only") -> DayOfYear:
    found = re.fullmatch("(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})", text)
    if not found:
        raise ValueError(f'"{text}" is no date; {hint}')
    year = int(found[1]) if found[1] else None
    month, day = int(found[2]), int(found[3])
    try:
        date(2024 if year is None else year, month, day)
    except ValueError:
        raise ValueError(f'"{text}" is no day of the calendar') from None
    return DayOfYear(month, day, year)


def full_date(text: str) -> date:
    """Read 2025-06-18."""
    read = _calendar_day(text, "write YYYY-MM-DD")
    if read.year is None:
        raise ValueError(f'"{text}" has no year; write YYYY-MM-DD')
    return date(read.year, read.month, read.day)


def weeks(text: str) -> Weeks:
    """Read ISO weeks: 8, 26-32, or 52-1 across New Year."""
    found = re.fullmatch(WEEKS, text)
    if not found:
        raise ValueError(f'"{text}" is no ISO week; write 8, or 26-32')
    return Weeks(int(found[1]), int(found[2] or found[1]))


def day_range(text: str) -> DayRange:
    """Read a number of days: 14, or 12-21."""
    found = re.fullmatch(DAY_RANGE, text)
    if not found:
        raise ValueError(f'"{text}" is no number of days; write 14, or 12-21')
    low, high = int(found[1]), int(found[2] or found[1])
    if low > high:
        raise ValueError(f'"{text}" ends before it begins; write {high}-{low}')
    return DayRange(low, high)


def time_span(text: str) -> TimeSpan:
    """Read 09:00-12:00."""
    found = re.fullmatch(TIME_SPAN, text)
    if not found:
        raise ValueError(f'"{text}" is no time of meeting; write HH:MM-HH:MM, such as 09:00-12:00')
    start, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if start >= end:
        raise ValueError(f'the time "{text}" ends before it starts')
    return TimeSpan(start, end)


def duration(text: str) -> timedelta:
    """Read a time before a meeting: 30m, 2h, 1d or 1w."""
    found = re.fullmatch(DURATION, text)
    if not found:
        raise ValueError(f'"{text}" is no length of time; write 30m, 2h, 1d or 1w')
    unit = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[found[2]]
    return timedelta(**{unit: int(found[1])})


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
    phrase: cadence
    for cadence, phrases in (
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
ACCEPTED = (
    '"twice a year", "4 times a year", "quarterly", "monthly", "every other month", "weekly", '
    '"every other week", "as needed", "external", "två gånger per år", "varannan månad", "vid behov", '
    '"externt" or "RRULE:FREQ=MONTHLY;BYDAY=2TU"'
)


def cadence(text: str) -> Cadence:
    """Read how often a forum meets, in English, Swedish or as an RFC 5545 rule."""
    if text[:6].upper() == "RRULE:":
        return Cadence("rrule", rrule=_recurrence(text[6:].upper()))
    phrase = _folded(text)
    if phrase in PHRASES:
        return PHRASES[phrase]
    for ending in PER_YEAR:
        count = phrase.removesuffix(f" {ending}")
        if count != phrase and (number := _count(count)):
            return Cadence("number", number)
    known = [*PHRASES, *(f"{count} {ending}" for count in NUMBERS for ending in PER_YEAR)]
    near = did_you_mean(phrase, known)
    raise ValueError(
        f'"{text}" is no cadence{near} Accepted are {ACCEPTED}'
        if near
        else f'"{text}" is no cadence; accepted are {ACCEPTED}'
    )


def _count(text: str) -> int:
    found = re.fullmatch(r"(0|[1-9][0-9]*)(?: times?| gång| gånger)?", text)
    if not found:
        return NUMBERS.get(text, 0)
    number = int(found[1][:4])
    if not number:
        raise ValueError('0 times a year is never; write "as needed" where no meetings are to be planned')
    if number > MOST_A_YEAR:
        raise ValueError(
            f"{found[1]} times a year is more than once a week, which is more than can be planned"
        )
    return number


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
RRULE_EXAMPLE = "FREQ=MONTHLY;BYDAY=2TU"
MAX_NOMINAL = 106
"""Nominal dates a year: twice a week."""
TRIAL_YEARS = 9960, 9976
"""Where rules are tried out: all years from the first, for a rule may name a day in few of them, and the
second, a leap year of 53 weeks, for how many it names. Both are late, for the search for a day that does not
exist goes on to the end of the calendar."""


def nominal_dates(rrule: str, year: int) -> list[date]:
    """Expand a recurrence rule over one year; it starts anew on 1 January.

    At most one date more than `MAX_NOMINAL` is given.
    """
    in_year = takewhile(lambda day: day.year == year, _days_named(rrule, year))
    return list(islice(in_year, MAX_NOMINAL + 1))


def _days_named(rrule: str, year: int) -> Iterator[date]:
    # Imported here, for few files have such a rule.
    from dateutil.rrule import rrulestr

    rule = rrulestr(rrule, dtstart=datetime(year, 1, 1))  # noqa: DTZ001 - whole days have no zone
    return (moment.date() for moment in rule)


def _recurrence(rule: str) -> str:
    pairs = [part.partition("=")[::2] for part in rule.split(";")]
    parts = dict(pairs)
    if parts.get("FREQ") not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}:
        raise ValueError("a recurrence rule needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY; nothing below a day")
    if unknown := sorted(set(parts) - set(RRULE_PARTS)):
        raise ValueError(
            f'"{unknown[0]}" is no part of the recurrence rules read here: {", ".join(sorted(RRULE_PARTS))}'
        )
    if len(parts) != len(pairs):
        raise ValueError("a part of the recurrence rule is written twice")
    for key, value in pairs:
        if not all(re.fullmatch(RRULE_PARTS[key], one) for one in value.split(",")):
            example = "UNTIL=20281231" if key == "UNTIL" else RRULE_EXAMPLE
            raise ValueError(f'"{key}={value}" is no part of a recurrence rule, such as {example}')
    if parts["FREQ"] == "DAILY" and set(parts) - {"FREQ", "INTERVAL", "UNTIL"}:
        raise ValueError("FREQ=DAILY goes with INTERVAL alone; write FREQ=WEEKLY, MONTHLY or YEARLY")
    if parts["FREQ"] == "WEEKLY" and re.search("[0-9]", parts.get("BYDAY", "")):
        raise ValueError("BYDAY has numbers only with FREQ=MONTHLY or YEARLY")
    if parts["FREQ"] != "DAILY" and not {"BYDAY", "BYMONTHDAY"} & set(parts):
        raise ValueError("the recurrence rule names no day; give it BYDAY or BYMONTHDAY")
    _try_out(rule)
    return rule


def _try_out(rule: str) -> None:
    endless = re.sub(";UNTIL=[0-9]{8}|UNTIL=[0-9]{8};", "", rule)
    some, full = TRIAL_YEARS
    try:
        named = next(_days_named(endless, some), None)
        number = len(nominal_dates(endless, full))
        nominal_dates(rule, full)
    except Exception:  # noqa: BLE001 - dateutil raises whatever its parser stumbles over
        raise ValueError(f'"{rule}" is no recurrence rule; write such as {RRULE_EXAMPLE}') from None
    if number > MAX_NOMINAL:
        raise ValueError(f"the recurrence rule names more than {MAX_NOMINAL} days a year")
    if named is None:
        raise ValueError("the recurrence rule names no day that exists")
