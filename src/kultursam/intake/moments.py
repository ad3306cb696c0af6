"""Dates and times as people type them. What may mean two things is refused: nothing is guessed."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import isfinite

from kultursam.forumfile.values import LONGEST_NIGHT, MINUTES_A_DAY, WHOLE_DAY, TimeSpan, folded
from kultursam.i18n import Message
from kultursam.intake.tables import Value, text_of
from kultursam.intake.words import MONTHS, STATES, WEEKDAY_WORDS
from kultursam.plans.model import Status

EPOCH = date(1899, 12, 30)
"""Spreadsheets count days from here."""
SERIALS = range(20_000, 90_000)
"""Numbers that are taken for days: those of 1954 to 2146."""
YEARS = range(1970, 2200)
MOST_DAYS = 14
NO_HOURS = "00:00:00"
"""What programs write behind a date without times."""
LONGEST = 200
"""Characters of a text that may say when something is."""
_WORD = "(?<![a-zåäöéü0-9])"
_MONTH = f"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})(?![a-zåäöéü])\\.?"
_HOURS_FOLLOW = r"\s*(?:[-–—]|to\b|till\b)\s*[0-9]"
_YEAR = rf"(?:[\s,\-/]*(?P<year>(?<![0-9])(?:[0-9]{{4}}|'?[0-9]{{2}}(?!{_HOURS_FOLLOW})))(?![0-9:.]))?"
_DAY = r"(?P<day>[0-9]{1,2})(?:\s*[-–—]\s*(?P<last>[0-9]{1,2}))?(?:st|nd|rd|th|:e|:a|\.)?"
_DAY_AFTER = r"(?P<day>\d{1,2})(?P<last>(?!))?(?:st|nd|rd|th)?(?![\d:])"
_YEAR_AFTER = r"(?:\s*[-–]?\s*(\d{4}|(?<=[-–])\d{2}))?"
_CLOCK = r"(?:[01]?[0-9]|2[0-4])(?:[:.][0-5][0-9](?::00)?)?(?:\s*[ap]\.?m\.?)?"


class UnclearError(ValueError):
    """A text does not say with certainty when something is."""


class NoDateError(UnclearError):
    """A text is no date at all."""

    def __init__(self, text: str) -> None:
        super().__init__(Message('"{text}" is no date', text=text))


class NoYearError(UnclearError):
    """A date has no year, and no heading says it."""

    def __init__(self) -> None:
        super().__init__(Message("the year is missing: write it, or name it with --year"))


class NoTimeError(UnclearError):
    """A text is no time of day."""

    def __init__(self, text: str) -> None:
        super().__init__(Message('"{text}" is no time', text=text))


class NoSuchDayError(UnclearError):
    """A text is a date that no calendar has."""

    def __init__(self, text: str) -> None:
        super().__init__(Message('"{text}": there is no such day', text=text))


class TwoMeaningsError(UnclearError):
    """A text may be one of two dates."""

    def __init__(self, text: str, days: Sequence[str]) -> None:
        super().__init__(
            Message(
                '"{text}" may mean {first} or {second}: write it as one of these',
                text=text,
                first=days[0],
                second=days[-1],
            )
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """Times of day: a start, and perhaps an end."""

    start: time
    end: time | None = None

    @property
    def span(self) -> TimeSpan | None:
        """Both, where both are known."""
        return None if self.end is None else TimeSpan(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and perhaps more of them and times."""

    day: date
    days: int = 1
    hours: Hours | None = None
    weekday: int | None = None
    """That was named; it may not be that of the day."""
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is known from headings before a cell is read."""

    year: int | None = None
    month: int | None = None
    turns: int | None = None
    """Where headings name two years, the first month of the second one's part is before this month."""
    day_first: bool = True
    """Whether 3/4 is the third of April, as it is in Swedish; else it may be the fourth of March."""
    first_is_day: bool | None = None
    """Whether the day comes first in 03/04/2027, where other dates of the file have shown that."""
    weekday: int | None = None
    """That stands beside the date: of two readings it may tell which is meant."""
    days: Collection[date] = ()
    """On which the meeting is, or was, that the row names: so may these."""
    known_days: Callable[[str], Collection[date]] = lambda _: ()
    """Returns these days, by the id of a meeting."""
    years: Callable[[int], bool] = YEARS.__contains__
    """Whether a date in a year is to be expected: that decides between two readings of 16/3/27."""

    def likely(self, readings: set[date]) -> set[date]:
        """Return which of several readings what stands beside the date allows; all, if it tells nothing."""
        if len(readings) > 1 and self.weekday is not None:
            readings = {day for day in readings if day.weekday() == self.weekday} or readings
        if len(readings) > 1:
            readings = readings.intersection(self.days) or readings
        return readings

    def year_of(self, month: int) -> int:
        """Return the year of a month that has none. Raise `NoYearError` where no heading says it."""
        if self.year is None:
            raise NoYearError
        return self.year + (self.turns is not None and month < self.turns)


def read_moment(value: Value, context: Context) -> Moment:
    """Return the day, and perhaps the times, that a cell says. Raise `UnclearError` with a sentence."""
    if isinstance(value, datetime):
        hours = Hours(_minute(value.time())) if value.time() > time() else None
        return _in_context(Moment(value.date(), hours=hours), context)
    if isinstance(value, date):
        return _in_context(Moment(value), context)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(value, context)
    return _of_text(text_of(value), context)


def _in_context(moment: Moment, context: Context) -> Moment:
    """Return a moment that a spreadsheet knows; it must not contradict the headings."""
    if moment.day.year not in YEARS:
        raise NoDateError(str(moment.day))
    wrong_month = context.month is not None and moment.day.month != context.month
    if wrong_month or (context.month is not None and context.year_of(moment.day.month) != moment.day.year):
        raise UnclearError(Message("{day} lies outside the month of its heading", day=moment.day))
    return moment


def _of_number(value: float, context: Context) -> Moment:
    whole = int(value) if isfinite(value) else 0
    if context.month is not None and value == whole and 1 <= whole <= 31:
        return Moment(_date(context.year_of(context.month), context.month, whole, str(whole)))
    if whole in SERIALS:
        hours = _of_fraction(value - whole)
        return _in_context(Moment(EPOCH + timedelta(days=whole), hours=hours), context)
    if value == whole and re.fullmatch("(?:19|20|21)[0-9]{6}", str(whole)):
        digits = str(whole)
        return Moment(_date(int(digits[:4]), int(digits[4:6]), int(digits[6:]), digits))
    raise NoDateError(text_of(value))


def _of_fraction(fraction: float) -> Hours | None:
    minutes = round(fraction * 24 * 60)
    return Hours(time(*divmod(minutes, 60))) if 0 < minutes < 24 * 60 else None


def _minute(moment: time) -> time:
    return moment.replace(second=0, microsecond=0)


# --- texts --------------------------------------------------------------------------------------------


def _of_text(text: str, context: Context) -> Moment:
    if len(text) > LONGEST:
        raise NoDateError(_beginning(text))
    # Where a date begins with it, "to" is a short Thursday.
    said = re.sub(r"^to(?=\.? ?[0-9])", "tors", folded(text).removeprefix("den "))
    if (weekday := _weekday_in(said)[0]) is not None:
        context = replace(context, weekday=weekday)
    if re.fullmatch("[0-9]+(?:[.][0-9]+)?", said) and (context.month is None or len(said) > 2):
        return _of_number(float(said), context)
    for form, read in FORMS:
        if match := form.search(said):
            day, last = read(match, context, text)
            rest = f"{said[: match.start()]} {said[match.end() :]}"
            return _with_rest(Moment(day, _number_of_days(day, last, text)), rest, text)
    raise NoDateError(text)


def _beginning(text: str) -> str:
    """Return what messages show of a text that is too long to be read."""
    return f"{text[:LONGEST]}…"


def _number_of_days(day: date, last: int | None, text: str) -> int:
    """Return how many days it is to the day of the month that is the last."""
    days = 1 if last is None else last - day.day + 1
    if not 1 <= days <= MOST_DAYS:
        raise NoDateError(text)
    return days


def _with_rest(moment: Moment, rest: str, text: str) -> Moment:
    """Return a moment with what a text says beside the date: a weekday and times, and nothing else."""
    words = re.sub(r"(?<![0-9])[,;]|[,;](?![0-9])|[()]", " ", rest)
    weekday, words = _weekday_in(words)
    if weekday is not None:
        moment = replace(moment, weekday=weekday)
    words = re.sub(rf"{_WORD}(?:den|on|the|v\.? ?[0-9]{{1,2}})(?![a-zåäö0-9])", " ", words).strip(" -–—,./")
    if words == NO_HOURS:
        return moment
    if words in STATES:
        return replace(moment, status=STATES[words])
    try:
        return replace(moment, hours=read_hours(words)) if words else moment
    except UnclearError:
        reason = Message('"{rest}" in "{text}" is no weekday, time or state', rest=words, text=text)
        raise UnclearError(reason) from None


def _weekday_in(text: str) -> tuple[int | None, str]:
    """Return the weekday that a text names, and the text without it."""
    for name in sorted(WEEKDAY_WORDS, key=len, reverse=True):
        rest, number = re.subn(rf"{_WORD}(?:på )?{name}(?:en|ar)?(?![a-zåäö])\.?", " ", text)
        if number:
            return WEEKDAY_WORDS[name], rest
    return None, text


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise NoSuchDayError(text) from None
    if year not in YEARS:
        raise NoDateError(text)
    return found


def _long(year: str) -> int:
    """Return a year that may be written in two digits: 27 is 2027."""
    digits = year.removeprefix("'")
    return int(digits) + (2000 if len(digits) <= 2 else 0)


Read = tuple[date, int | None]
"""A day, and the day of the month that is the last of several."""


def _last(match: re.Match[str]) -> int | None:
    return int(match["last"]) if match["last"] else None


def _year_first(match: re.Match[str], _: Context, text: str) -> Read:
    return _date(int(match[1]), int(match[2]), int(match[3]), text), None


def _named_month(match: re.Match[str], context: Context, text: str) -> Read:
    month = MONTHS[match["month"]]
    year = _long(match["year"]) if match["year"] else context.year_of(month)
    if context.month not in {None, month}:
        raise UnclearError(Message('"{text}" lies outside the month of its heading', text=text))
    return _date(year, month, int(match["day"]), text), _last(match)


def _day_and_month(match: re.Match[str], context: Context, text: str) -> Read:
    """Return the day of 16/3, 16/3-27 or 16/3 2027."""
    first, second = int(match[1]), int(match[2])
    readings = {(first, second)} if context.day_first or match[3] else {(first, second), (second, first)}
    readings = {
        (day, month)
        for day, month in readings
        if 1 <= month <= 12 and 1 <= day <= 31 and context.month in {None, month}
    }
    if len(readings) > 1:
        days = context.likely(set(_in_years(readings, match[3], context)))
        if len(days) == 1:
            return days.pop(), None
        raise TwoMeaningsError(text, sorted(f"{month:02}-{day:02}" for day, month in readings))
    if not readings:
        raise NoDateError(text)
    ((day, month),) = readings
    year = _long(match[3]) if match[3] else context.year_of(month)
    return _date(year, month, day, text), None


def _in_years(readings: Iterable[tuple[int, int]], written: str | None, context: Context) -> Iterator[date]:
    """Yield the dates that readings of a day and a month are; without a year there are none."""
    for day, month in readings:
        if written or context.year is not None:
            with suppress(ValueError):
                yield date(_long(written) if written else context.year_of(month), month, day)


def _three_numbers(match: re.Match[str], context: Context, text: str) -> Read:
    """Return the only day that three numbers can mean, in whatever order they stand."""
    days = set(_readings(match[1], match[3], match[4]))
    first_is_day = True if match[2] == "." and context.day_first else context.first_is_day
    if first_is_day is not None and len(match[4]) == 4:
        days = {day for day in days if int(match[1]) == (day.day if first_is_day else day.month)}
    if context.month is not None:
        days = {day for day in days if day.month == context.month}
    expected = {day for day in days if context.years(day.year)}
    days = context.likely(expected or days)
    if len(days) > 1:
        raise TwoMeaningsError(text, [str(day) for day in sorted(days)])
    if not days:
        raise NoSuchDayError(text)
    return days.pop(), None


def _readings(*parts: str) -> Iterator[date]:
    """Yield what three numbers may mean: day, month, year; month, day, year; year, month, day."""
    for day, month, year in ((0, 1, 2), (1, 0, 2), (2, 1, 0)):
        if len(parts[day]) <= 2 and len(parts[month]) <= 2 and len(parts[year]) in {2, 4}:
            try:
                found = date(_long(parts[year]), int(parts[month]), int(parts[day]))
            except ValueError:
                continue
            if found.year in YEARS:
                yield found


def _day_of_month(match: re.Match[str], context: Context, text: str) -> Read:
    """Return the day of 12, or of 12-13, below a heading that names the month."""
    if context.month is None:
        raise NoDateError(text)
    day = _date(context.year_of(context.month), context.month, int(match["day"]), text)
    return day, _last(match)


FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Context, str], Read]], ...] = (
    (re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)(?:t(?=\d))?", re.ASCII), _year_first),
    (re.compile(rf"{_WORD}{_DAY}(?:\s+of)?[\s\-/]*{_MONTH}{_YEAR}"), _named_month),
    (re.compile(rf"{_WORD}{_MONTH}\s*{_DAY_AFTER}{_YEAR}", re.ASCII), _named_month),
    (re.compile(r"(?<!\d)(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?!\d)", re.ASCII), _three_numbers),
    (re.compile(rf"(?<!\d)(\d{{1,2}})/(\d{{1,2}}){_YEAR_AFTER}(?![\d:./])", re.ASCII), _day_and_month),
    (re.compile(rf"{_WORD}{_DAY}(?![0-9:./])"), _day_of_month),
)
"""The forms of a date within a text, in the order in which they are looked for."""


# --- times --------------------------------------------------------------------------------------------


def read_hours(value: Value) -> Hours:
    """Return the times of day that a cell says. Raise `UnclearError` with a sentence."""
    if isinstance(value, datetime):
        return Hours(_minute(value.time()))
    if isinstance(value, time):
        return Hours(_minute(value))
    if isinstance(value, timedelta):
        value = value / timedelta(days=1)
    if isinstance(value, float) and 0 < value < 1 and (hours := _of_fraction(value)):
        return hours
    return _hours_of_text(text_of(value))


def _hours_of_text(text: str) -> Hours:
    if len(text) > LONGEST:
        raise NoTimeError(_beginning(text))
    said = re.sub(r"^(?:kl(?:ockan)?\b\.?|at\b|from\b|från\b)\s*", "", folded(text)).strip(" .")
    said = re.sub(r"\s*(?:h|uhr|o'clock)$", "", said)
    if said in {"heldag", "hela dagen", "all day", "whole day"}:
        return Hours(WHOLE_DAY.start, WHOLE_DAY.end)
    match = re.fullmatch(rf"({_CLOCK})(?:\s*(?:[-–—]+|till|to|until)\s*(?:kl\.?\s*)?({_CLOCK}))?", said)
    if not match or (
        match[2] is None and re.fullmatch("[0-9]+", said) and not re.match("kl|at", folded(text))
    ):
        raise NoTimeError(text)
    start = _clock(match[1], text)
    if match[2] is None:
        return Hours(start)
    end = _clock(match[2], text)
    if (
        not re.search("[ap]", match[1])
        and "p" in match[2]
        and start.hour < 12
        and start.hour + 12 < end.hour + 1
    ):
        start = start.replace(hour=start.hour + 12)
    return checked(Hours(start, end), text)


def checked(hours: Hours, text: str) -> Hours:
    """Return hours that may be meant. Raise `UnclearError` where they end before they start."""
    if hours.span:
        begin, end = hours.span.minutes
        if hours.start == hours.end or (end > MINUTES_A_DAY and end - begin > LONGEST_NIGHT):
            raise UnclearError(Message('"{text}" ends before it starts', text=text))
    return hours


def _clock(said: str, text: str) -> time:
    hours, minutes = re.findall("[0-9]+", f"{said}:0")[:2]
    hour, minute = int(hours), int(minutes)
    if half := re.search("[ap]", said):
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    if (hour, minute) == (24, 0):
        hour = 0
    if hour > 23:
        raise NoTimeError(text)
    return time(hour, minute)
