"""The types of value of the forum file, each declared once: how it is read, and what editors know of it.

A value is read from the text that was typed. One that is invalid is refused with what to write instead:
nothing is guessed. Ranges are closed: both ends count.

Editors take scalars for what YAML 1.2 makes of them: 14 for a number, true for a boolean, ~ for null. Their
schema accepts whatever is read here; not all that it accepts is valid.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from hashlib import sha256
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Annotated, Generic, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from kultursam import i18n
from kultursam.diagnostics import IncompleteInstallationError, did_you_mean, nearest
from kultursam.i18n import N_, Message

Schema = dict[str, object]
Strength = Literal["must", "should", "prefer"]
WhenClosed = Literal["skip", "move", "restart"]
Roles = tuple[tuple[str, tuple[str, ...]], ...]
"""Each role with the organisations that send it."""
T = TypeVar("T")

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
STRENGTHS = ("must", "should", "prefer")
SIDES = ("before", "after")
CELLS = ("day", "week", "month")
FORMATS = ("in person", "online", "hybrid")
PUBLICATIONS = ("xlsx", "pdf")
YEARS = range(1900, 2300)
"""Years that a forum file may name."""
LONGEST_MEETING = 14
"""Days that a meeting takes at most."""
MAX_A_YEAR = 53
"""Meetings of a forum in a year: one a week."""
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
"""File names that Windows keeps for itself."""
RESERVED_IDS = {"all", "deadlines", "organisations"} | DEVICES
SCALAR = ["string", "number", "boolean", "null"]
"""What an editor may take a plain word for: a forum's name may be 2025, and its id null."""
BODY = "organisation or group"
MISSING = Message("the value is missing")
NO_SUCH_DAY = Message("there is no such day")
UNKNOWN = {
    "forum": N_('there is no forum "{key}"'),
    "date": N_('there is no date "{key}"'),
    "term": N_('there is no term "{key}"'),
    "room": N_('there is no room "{key}"'),
    BODY: N_('there is no organisation or group "{key}"'),
}
"""What is said of a reference that leads nowhere, by what it refers to."""


class InvalidValueError(ValueError):
    """A text is not a valid value of its type: why, or what to `write`, perhaps one of some choices."""

    def __init__(
        self, text: str, kind: str, reason: str = "", *, write: str = "", choices: Iterable[str] = ()
    ) -> None:
        invalid = Message('invalid {kind} "{text}"', kind=kind, text=text)
        if near := nearest(text, choices):
            sentence = N_('{invalid}; did you mean "{choice}"? Write {advice}')
            super().__init__(Message(sentence, invalid=invalid, choice=near, advice=write))
        else:
            advice = Message("write {advice}", advice=write) if write else reason
            super().__init__(Message("{sentence}; {advice}", sentence=invalid, advice=advice))


class InvalidNumberError(ValueError):
    """A text is not one of the whole numbers that are allowed."""

    def __init__(self, text: str, hint: str) -> None:
        super().__init__(Message('invalid number "{text}"; write {advice}', text=text, advice=hint))


class NoTimeZonesError(IncompleteInstallationError):
    """Neither the system nor tzdata has any time zone."""

    def __init__(self) -> None:
        super().__init__(Message("tzdata: there are no time zones"))


class InvalidCharacterError(ValueError):
    """A text holds a character that calendars, terminals or file names cannot hold."""

    def __init__(self, char: str) -> None:
        name = f"U+{ord(char):04X}"
        super().__init__(Message("the character {char} is not allowed in a text", char=name))


class UnknownIdError(ValueError):
    """A reference leads nowhere."""

    def __init__(self, what: str, key: str, known: Iterable[str]) -> None:
        super().__init__(did_you_mean(Message(UNKNOWN[what], key=key), key, known))


class NotOneValueError(ValueError):
    """A list or keys stand where one value belongs."""

    def __init__(self, value: object) -> None:
        text = Message("one value is expected here, not keys")
        if isinstance(value, list):
            text = Message("one value is expected here, not a list")
        super().__init__(text)


@dataclass(frozen=True, eq=False)
class ValueType(Generic[T]):
    """A type of value. Called, it reads a text; within `Annotated` it is the type of a model's field."""

    read: Callable[[str], T]
    schema: Schema

    def __call__(self, text: str) -> T:
        """Return the value that a text stands for; raise `ValueError` with a sentence if it is invalid."""
        return self.read(text)

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(lambda value: self.read(one_text(value)))

    def __get_pydantic_json_schema__(self, _core: CoreSchema, _handler: GetJsonSchemaHandler) -> Schema:
        return dict(self.schema)


def one_text(value: object) -> str:
    """Return a value that is a text; raise `NotOneValueError` for a list or keys."""
    if not isinstance(value, str):
        raise NotOneValueError(value)
    return value


def text_schema(pattern: str, hint: str, *examples: str, **keywords: object) -> Schema:
    """Return the schema of a text of a pattern: what to write, and what an editor offers."""
    schema = {
        "type": "string",
        "pattern": f"^(?:{pattern})$",
        "patternErrorMessage": f"Write {hint}",
        **keywords,
    }
    if examples:
        # Not "examples": where the mouse rests, editors would show each in a box of its own.
        schema["defaultSnippets"] = [{"label": example, "body": example} for example in examples]
    return schema


def numeric(least: int, most: int) -> Schema:
    """Return what a schema says of a number that may be written as one, or as text."""
    return {"type": ["integer", "string"], "minimum": least, "maximum": most}


def of_pattern(
    kind: str,
    pattern: str,
    hint: str,
    convert: Callable[[re.Match[str]], T],
    *examples: str,
    **keywords: object,
) -> ValueType[T]:
    """Return a type of value that is converted from what matches a pattern."""

    def read(text: str) -> T:
        if match := re.fullmatch(pattern, text):
            return convert(match)
        raise InvalidValueError(text, kind, write=hint)

    return ValueType(read, text_schema(pattern, hint, *examples, **keywords))


def as_typed(match: re.Match[str]) -> str:
    """Return a text as it was typed."""
    return match[0]


def number_between(least: int, most: int, hint: str, pattern: str = "0|[1-9][0-9]{0,4}") -> ValueType[int]:
    """Return a type of whole number; 010 and 1_000 are refused, for readers differ over them."""

    def read(text: str) -> int:
        if not re.fullmatch(pattern, text) or not least <= int(text) <= most:
            raise InvalidNumberError(text, hint)
        return int(text)

    return ValueType(read, text_schema(pattern, hint, **numeric(least, most)))


def one_of(kind: str, words: Iterable[str]) -> ValueType[str]:
    """Return a type that is one of a few words."""
    choices = tuple(words)

    def read(text: str) -> str:
        if text not in choices:
            advice = Message("one of {choices}", choices=", ".join(choices))
            raise InvalidValueError(text, kind, write=advice, choices=choices)
        return text

    return ValueType(read, {"enum": list(choices)})


# --- words in any case ------------------------------------------------------------------------------


def folded(text: str) -> str:
    """Return a text in small letters, composed, with single spaces."""
    return unicodedata.normalize("NFC", " ".join(text.casefold().split()))


def any_case(words: Iterable[str]) -> str:
    """Return a pattern of words in large or small letters, with any white space, an å in one piece or two."""
    return "|".join("".join(_letter(char) for char in text) for text in words)


def _letter(char: str) -> str:
    if char == " ":
        return r"\s+"
    forms = {unicodedata.normalize(form, case) for case in (char, char.upper()) for form in ("NFC", "NFD")}
    if all(len(form) == 1 and form.isalpha() for form in forms):
        return f"[{''.join(sorted(forms))}]"
    if len(forms) == 1:
        return re.sub(r"([.+*?|()\[\]{}^$\\])", r"\\\1", char)
    return f"(?:{'|'.join(sorted(forms))})"


def _read_flag(text: str) -> bool:
    if text.casefold() not in YES_OR_NO:
        raise ValueError(Message('invalid value "{text}"; write true or false', text=text))
    return YES_OR_NO[text.casefold()]


def _weekday() -> ValueType[int]:
    """Return the type of a weekday, by its English or Swedish name, whole or short; Monday is 0."""
    hint = Message("a weekday such as tue or tisdag")

    def read(text: str) -> int:
        number = WEEKDAYS.get(folded(text))
        if number is None:
            raise InvalidValueError(text, Message("weekday"), write=hint, choices=WEEKDAYS)
        return number

    short = (name for name in WEEKDAYS if len(name) == 3)
    return ValueType(read, text_schema(rf"\s*(?:{any_case(WEEKDAYS)})\s*", hint, *short))


yes_or_no = ValueType(
    _read_flag, text_schema(any_case(YES_OR_NO), "true or false", *YES_OR_NO, type=["boolean", "string"])
)
weekday = _weekday()


# --- texts ------------------------------------------------------------------------------------------

ID = "[a-z0-9][a-z0-9-]{0,63}"
COUNTRY = "[A-Z]{2}(-[A-Z0-9]{1,3})?"
URL = r"""(?!.{251})https?://[^\s<>"'\\^`{|}]+"""
CALENDAR_URL = (
    r"""(?!.{1001})https://[^\s<>"'\\^`{|}@/?#$]+([/?][^\s<>"'\\^`{|}]*)?|\$KULTURSAM_URL_[A-Z0-9_]{1,64}"""
)
EMAIL = r"""(?!.{251})[^\s<>()\[\],;:@"\\]+@[A-Za-z0-9.-]+"""
DOMAIN = r"(?!.{171})(?!-)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
"""Outlook takes a UID of 255 octets; before the domain stand a forum's id (64), a year and two numbers."""


def _read_id(text: str) -> str:
    if not re.fullmatch(ID, text):
        raise InvalidValueError(text, Message("id"), write=ID_HINT)
    if text in RESERVED_IDS:
        raise InvalidValueError(text, Message("id"), Message("it is reserved, choose another"))
    return text


def _read_line(text: str) -> str:
    for char in text:
        control = unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} and char not in "\n\r\t"
        if control or ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF:
            raise InvalidCharacterError(char)
    line = " ".join(text.split())
    if not line:
        raise ValueError(MISSING)
    return line


def _read_path(text: str) -> str:
    if not text or not text.isprintable():
        raise InvalidValueError(text, Message("path"), write=PATH_HINT)
    return text


def _read_calendar_url(text: str) -> str:
    if re.fullmatch(CALENDAR_URL, text):
        return text
    if re.match("[^/?#]*//[^/?#]*@", text):
        raise ValueError(NO_CREDENTIALS)
    raise InvalidValueError(text, Message("address"), write=CALENDAR_URL_HINT)


def copy_of(url: str) -> str:
    """Return the path, from the forum file, of the copy of a calendar that has no file of its own."""
    named = re.sub("[^a-z0-9.]+", "-", re.sub("^(https://|[$]KULTURSAM_)([^/?#]*).*", r"\2", url).lower())
    return f"fetched/{named.strip('-.')[:60]}-{sha256(url.encode()).hexdigest()[:8]}.ics"


def is_place_of_copy(path: str) -> bool:
    """Return whether a copy may be written to a path: a calendar file below the forum file's folder."""
    kinds: tuple[type[PurePath], ...] = (PurePosixPath, PureWindowsPath)
    below = all(not (kind(path).anchor or ".." in kind(path).parts) for kind in kinds)
    return below and path.lower().endswith(".ics")


def _read_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, LookupError) as error:
        if not (known := available_timezones()):
            raise NoTimeZonesError from error
        raise InvalidValueError(text, Message("time zone"), write=ZONE_HINT, choices=known) from None


ID_HINT = Message('a-z, 0-9 and "-", at most 64 characters, such as kultur-2')
PATH_HINT = Message("a path such as busy/council.ics")
ZONE_HINT = Message("a time zone such as Europe/Stockholm")
URL_HINT = Message("a web address such as https://www.example.org/meetings")
CALENDAR_URL_HINT = Message(
    "an address that begins with https://, or a variable of the environment such as $KULTURSAM_URL_COUNCIL"
)
NO_CREDENTIALS = Message(
    "no credentials belong in this file: put the whole address into a variable of the environment, and write "
    "its name, such as $KULTURSAM_URL_COUNCIL"
)
EMAIL_HINT = Message("an e-mail address such as culture@example.org")
DOMAIN_HINT = Message("a domain such as kultur.example.org, at most 170 characters")
COUNTRY_HINT = Message("a country such as SE or GB-ENG")
identifier = ValueType(
    _read_id, text_schema(f"(?!(?:{'|'.join(sorted(RESERVED_IDS))})$){ID}", ID_HINT, type=SCALAR)
)
"""An id becomes a file name and part of a UID."""
line_of_text = ValueType(_read_line, text_schema(r"[\s\S]*\S[\s\S]*", "a text", type=SCALAR))
"""A text that people see; white space is folded."""
Role = Annotated[
    str, ValueType(lambda text: unicodedata.normalize("NFC", line_of_text(text)), line_of_text.schema)
]
"""Roles are compared, and an å may be typed as one letter or as an a and a ring."""
FilePath = Annotated[str, ValueType(_read_path, text_schema(r"[\s\S]+", PATH_HINT, type=SCALAR))]
Zone = Annotated[str, ValueType(_read_zone, text_schema(".+", ZONE_HINT, "Europe/Stockholm"))]
Country = Annotated[str, of_pattern(Message("country"), COUNTRY, COUNTRY_HINT, as_typed, "SE")]
web_address = of_pattern(Message("web address"), URL, URL_HINT, as_typed)
Url = Annotated[str, web_address]
CalendarUrl = Annotated[str, ValueType(_read_calendar_url, text_schema(CALENDAR_URL, CALENDAR_URL_HINT))]
Email = Annotated[str, of_pattern(Message("e-mail address"), EMAIL, EMAIL_HINT, as_typed)]
Domain = Annotated[str, of_pattern(Message("domain"), DOMAIN, DOMAIN_HINT, as_typed, type=SCALAR)]


# --- days and times ---------------------------------------------------------------------------------

MONTH_AND_DAY = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
WEEK = "(0?[1-9]|[1-4][0-9]|5[0-3])"
WEEKS = f"{WEEK}(?:-{WEEK})?"
DAYS = "(0|[1-9][0-9]{0,2})(?:-(0|[1-9][0-9]{0,2}))?"
DISTANCE = "(0|[1-9][0-9]{0,4})(?:-(0|[1-9][0-9]{0,4}))?"
TIME = "([01]?[0-9]|2[0-3]):([0-5][0-9])"
TIME_SPAN = f"{TIME} ?[-–] ?{TIME}"
ALL_DAY = ("all day", "hela dagen")
MINUTES_A_DAY = 24 * 60
LONGEST_NIGHT = 12 * 60
"""Minutes that a meeting over midnight takes at most: 12:00-09:00 is a mistake."""
DURATION = "([1-9][0-9]{0,2})([mhdw])"
DATE, TIME_OF_DAY, NUMBER_OF_DAYS = Message("date"), Message("time"), Message("number of days")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class DayOfYear:
    """A day that returns every year, or (with a year) a single date."""

    month: int
    day: int
    year: int | None = None

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}-{self.day:02}" if self.year else f"{self.month:02}-{self.day:02}"

    def within(self, year: int) -> date | None:
        """Return the date in a year, 28 February for a 29th that it lacks; None outside its own year."""
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
class Distance:
    """How many days something lies from a date: at least low, and at most high where there is one."""

    low: int
    high: int | None = None

    def __str__(self) -> str:
        return str(self.low) if self.high is None else f"{self.low}-{self.high}"


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Local times of a day. One that does not end after its start ends the next day.

    A whole day is from midnight to midnight.
    """

    start: time
    end: time

    @property
    def is_all_day(self) -> bool:
        """Return whether it is a whole day."""
        return self.start == self.end

    @property
    def minutes(self) -> tuple[int, int]:
        """Its start and its end, in minutes from the midnight before its start."""
        start, end = (moment.hour * 60 + moment.minute for moment in (self.start, self.end))
        return start, end if start < end else end + MINUTES_A_DAY

    def __str__(self) -> str:
        return ALL_DAY[0] if self.is_all_day else f"{self.start:%H:%M}-{self.end:%H:%M}"


WHOLE_DAY = TimeSpan(time(), time())


def _day(match: re.Match[str], years: range) -> DayOfYear:
    year = int(match[1]) if match[1] else None
    if year is not None and year not in years:
        advice = Message("a year from {first} to {last}", first=years[0], last=years[-1])
        raise InvalidValueError(match[0], DATE, write=advice)
    month, day = int(match[2]), int(match[3])
    try:
        date(2024 if year is None else year, month, day)
    except ValueError:
        raise InvalidValueError(match[0], DATE, NO_SUCH_DAY) from None
    return DayOfYear(month, day, year)


def _first_of_year(match: re.Match[str]) -> DayOfYear:
    month, day = int(match[1]), int(match[2])
    try:
        date(2025, month, day)  # not in a leap year: every year has to have the day
    except ValueError:
        advice = Message("a day that every year has")
        raise InvalidValueError(match[0], DATE, write=advice) from None
    return DayOfYear(month, day)


def date_within(years: range) -> ValueType[date]:
    """Return a type of full date in some years."""

    def convert(match: re.Match[str]) -> date:
        day = _day(match, years)
        return date(day.year or 0, day.month, day.day)

    hint = Message("a date such as 2025-06-18")
    return of_pattern(DATE, f"([0-9]{{4}})-{MONTH_AND_DAY}", hint, convert)


def _weeks(match: re.Match[str]) -> Weeks:
    return Weeks(int(match[1]), int(match[2] or match[1]))


def _day_range(match: re.Match[str]) -> DayRange:
    low, high = int(match[1]), int(match[2] or match[1])
    if low > high:
        raise InvalidValueError(match[0], NUMBER_OF_DAYS, write=f"{high}-{low}")
    return DayRange(low, high)


def _distance(match: re.Match[str]) -> Distance:
    if match[2] is None:
        return Distance(int(match[1]))
    days = _day_range(match)
    return Distance(days.low, days.high)


def _time_span(match: re.Match[str]) -> TimeSpan:
    if match[1] is None:
        return WHOLE_DAY
    span = TimeSpan(time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4])))
    start, end = span.minutes
    if span.is_all_day or (end > MINUTES_A_DAY and end - start > LONGEST_NIGHT):
        raise InvalidValueError(match[0], TIME_OF_DAY, Message("it ends before it starts"))
    return span


def _duration(match: re.Match[str]) -> timedelta:
    return timedelta(**{UNITS[match[2]]: int(match[1])})


full_date = date_within(range(1, 10_000))
day_of_year = of_pattern(
    DATE,
    f"(?:([0-9]{{4}})-)?{MONTH_AND_DAY}",
    Message("a date such as 06-18, or 2025-06-18 for that year only"),
    lambda match: _day(match, YEARS),
)
first_of_year = of_pattern(
    DATE,
    MONTH_AND_DAY,
    Message("a day of every year such as 08-01"),
    _first_of_year,
)
weeks = of_pattern(
    Message("ISO week"), WEEKS, Message("ISO weeks such as 8 or 26-32"), _weeks, **numeric(1, 53)
)
day_range = of_pattern(
    NUMBER_OF_DAYS, DAYS, Message("a number of days such as 14 or 12-21"), _day_range, **numeric(0, 999)
)
time_span = of_pattern(
    TIME_OF_DAY,
    f"(?:{TIME_SPAN}|{any_case(ALL_DAY)})",
    Message("a time such as 09:00-12:00, or all day"),
    _time_span,
    "09:00-12:00",
    ALL_DAY[0],
)
duration = of_pattern(
    Message("length of time"), DURATION, Message("30m, 2h, 1d or 1w"), _duration, "30m", "2h", "1d", "1w"
)
time_of_day = of_pattern(
    TIME_OF_DAY,
    TIME,
    Message("an hour such as 12:00"),
    lambda match: time(int(match[1]), int(match[2])),
)
distance = of_pattern(
    NUMBER_OF_DAYS,
    DISTANCE,
    Message("a least number of days such as 14, or a range such as 14-35"),
    _distance,
    **numeric(0, 99_999),
)


# --- fields of models -------------------------------------------------------------------------------


def reference(what: str) -> PlainValidator:
    """Return the validator of an id of something in the file; what there is comes as the context."""

    def validate(value: object, info: ValidationInfo) -> str:
        key, known = one_text(value), (info.context or {}).get(what)
        if known is not None and key not in known:
            raise UnknownIdError(what, key, known)
        return key

    return PlainValidator(validate)


def _up_to(most: int) -> Message:
    return Message("a whole number from 0 to {most}", most=most)


REFERENCE = WithJsonSchema(text_schema(ID, 'the id of something in this file: a-z, 0-9 and "-"', type=SCALAR))
Id = Annotated[str, identifier]
BodyId = Annotated[str, reference(BODY), REFERENCE]
ForumId = Annotated[str, reference("forum"), REFERENCE]
DateId = Annotated[str, reference("date"), REFERENCE]
RoomId = Annotated[str, reference("room"), REFERENCE]
TermId = Annotated[str, reference("term"), REFERENCE]
Text = Annotated[str, line_of_text]
Number = Annotated[int, number_between(0, 99_999, Message("a whole number such as 14"))]
FromOne = Annotated[int, number_between(1, 999, Message("a whole number from 1 to 999"), "[1-9][0-9]{0,2}")]
Most = Annotated[int, number_between(1, 99_999, Message("a whole number such as 1"))]
Cell = Annotated[Literal["day", "week", "month"], one_of(Message("part of the year"), CELLS)]
LongestMeeting = Annotated[
    int,
    number_between(
        1, LONGEST_MEETING, Message("a whole number from 1 to {most}", most=LONGEST_MEETING), "[1-9][0-9]?"
    ),
]
WorkingDays = Annotated[int, number_between(0, 999, _up_to(999))]
Reserve = Annotated[int, number_between(0, MAX_A_YEAR, _up_to(MAX_A_YEAR))]
Months = Annotated[int, number_between(0, 1200, _up_to(1200))]
EasterDay = Annotated[
    int, number_between(-999, 999, Message("a whole number such as -6 or 3"), "0|[+-]?[1-9][0-9]{0,2}")
]
Flag = Annotated[bool, yes_or_no]
StrengthText = Annotated[Strength, one_of(Message("strength"), STRENGTHS)]
WhenClosedText = Annotated[WhenClosed, one_of(Message("word"), get_args(WhenClosed))]
Side = Annotated[str, one_of(Message("side"), SIDES)]
Format = Annotated[str, one_of(Message("format"), FORMATS)]
Language = Annotated[str, one_of(Message("language"), i18n.languages())]
Publication = Annotated[str, one_of(Message("kind of file"), PUBLICATIONS)]
Days = Annotated[DayRange, day_range]
DaysAway = Annotated[Distance, distance]
Time = Annotated[TimeSpan, time_span]
TimeOfDay = Annotated[time, time_of_day]
YearDay = Annotated[DayOfYear, day_of_year]
FirstOfYear = Annotated[DayOfYear, first_of_year]
FullDate = Annotated[date, date_within(YEARS)]
WeeksOfYear = Annotated[Weeks, weeks]
DayOfWeek = Annotated[int, weekday]
Duration = Annotated[timedelta, duration]


class Keys(BaseModel):
    """Keys of a file, each with its value; unknown ones are refused."""

    # Most are only ever built as a part of the one at the top.
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)
