"""Recurrence rules of RFC 5545: which are read, and the days that one names.

A rule is the text after ``RRULE:``, in capitals, such as ``FREQ=MONTHLY;BYDAY=2TU``.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice, takewhile

from dateutil.rrule import rrulestr

from kultursam.i18n import Message

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = "|".join(WEEKDAYS)
PARTS = {
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
"""The parts of a rule that are read, and what each of their values looks like."""
EXAMPLE = Message("an example is {rule}", rule="FREQ=MONTHLY;BYDAY=2TU;UNTIL=20281231")
MAX_NOMINAL = 106
"""Nominal dates a year: twice a week."""
NEAR = timedelta(days=366)
TRIAL_YEARS = 9960, 9976
"""Where rules are tried out: all years from the first, for a rule may name a day in few of them, and the
second, a leap year of 53 weeks, for how many it names. Both are late, for the search for a day that does not
exist goes on to the end of the calendar."""


def days_named(rule: str, first: date) -> Iterator[date]:
    """Yield the days that a rule names, its interval counted from a day on."""
    start = datetime(first.year, first.month, first.day)  # noqa: DTZ001 - whole days have no zone
    return (moment.date() for moment in rrulestr(rule, dtstart=start))


def names_a_day(rule: str, start: date) -> bool:
    """Return whether a rule that starts on a day ever names one: one that does not is followed for ever."""
    parts = _parts(rule)
    if not any(part.startswith("BY") for part in parts):
        return True
    # It is tried out at the end of the calendar, where "ever" is short, in years that it comes to.
    step = int(parts.get("INTERVAL", "1"))
    year = start.year + -(-(TRIAL_YEARS[0] - start.year) // step) * step
    if year > date.max.year:
        return True
    endless = ";".join(f"{key}={value}" for key, value in parts.items() if key not in {"UNTIL", "COUNT"})
    return next(days_named(endless, date(year, start.month, 1)), None) is not None


def interval(rule: str) -> int:
    """Return how many weeks, months or years (or days) a rule goes on at a time."""
    return int(_parts(rule).get("INTERVAL", "1"))


def without_interval(rule: str) -> str:
    """Return the rule that names its days in every week, month or year."""
    return ";".join(part for part in rule.split(";") if not part.startswith("INTERVAL="))


def weekdays_of(rule: str) -> frozenset[int]:
    """Return the weekdays that a rule lists; none if it goes by the days of the month alone."""
    listed = _parts(rule).get("BYDAY", "")
    return frozenset(WEEKDAYS.index(item[-2:]) for item in listed.split(",") if item)


def is_weekly(rule: str) -> bool:
    """Return whether a rule names a day in each week of the time that it is for."""
    parts = _parts(rule)
    if parts["FREQ"] == "DAILY":
        return interval(rule) <= 7
    counted = {"BYMONTHDAY", "BYSETPOS", "BYWEEKNO"} & set(parts) or re.search("[0-9]", parts["BYDAY"])
    return interval(rule) == 1 and not counted


def may_name_between(rules: Iterable[str], starting: date | None, first: date, last: date) -> set[date]:
    """Return the days from first to last that rules name; may name, if it is not known where they start."""
    counted = (days_named(rule, starting) if starting else _in_any_year(rule, first) for rule in rules)
    return {day for days in counted for day in takewhile(lambda day: day <= last, days) if day >= first}


def near_days(rules: Iterable[str], day: date) -> list[date]:
    """Return the last day before one, and the first after it, that rules may name: within a year of it."""
    named = may_name_between(rules, None, day - NEAR, day + NEAR)
    before, after = (some for some in named if some < day), (some for some in named if some > day)
    return [some for some in (max(before, default=None), min(after, default=None)) if some]


def problem(rule: str) -> Message | None:
    """Return what is wrong with a rule, if anything is."""
    return next(_problems(rule), None)


def too_many(rules: Iterable[str]) -> bool:
    """Return whether rules name more days a year than can be planned."""
    year = date(TRIAL_YEARS[1], 1, 1)
    return sum(len(_within_trial(rule, year)) for rule in rules) > MAX_NOMINAL


def _in_any_year(rule: str, first: date) -> Iterator[date]:
    return days_named(without_interval(rule), first)


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=") for part in rule.split(";"))


def _within_trial(rule: str, first: date) -> list[date]:
    """Return the days of a year that a rule names: at most one more than is allowed."""
    return list(
        islice(takewhile(lambda day: day.year == first.year, days_named(rule, first)), MAX_NOMINAL + 1)
    )


def _problems(rule: str) -> Iterator[Message]:
    """Yield what is wrong with a rule; each check presumes that those before it passed."""
    pairs = [part.partition("=")[::2] for part in rule.split(";")]
    parts = dict(pairs)
    if parts.get("FREQ") not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}:
        yield Message("write FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    if unknown := sorted(set(parts) - set(PARTS)):
        known = ", ".join(sorted(PARTS))
        yield Message('the part "{part}" is not supported, only {known}', part=unknown[0], known=known)
    if len(parts) != len(pairs):
        yield Message("a part is written twice")
    for key, value in pairs:
        if not all(re.fullmatch(PARTS[key], item) for item in value.split(",")):
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
    first, full = (date(year, 1, 1) for year in TRIAL_YEARS)
    try:
        any_day = next(days_named(endless, first), None)
        number = len(_within_trial(endless, full))
        _within_trial(rule, full)
    except Exception:  # noqa: BLE001 - dateutil raises whatever its parser stumbles over
        yield EXAMPLE
        return
    if number > MAX_NOMINAL:
        yield Message("it names more than {number} days a year", number=MAX_NOMINAL)
    if any_day is None:
        yield Message("it names no day that exists")
