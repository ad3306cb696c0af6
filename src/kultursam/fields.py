"""The values of a forum file as pydantic reads them: each a type made of the text that was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, ValidationInfo

from kultursam import i18n, notation
from kultursam.notation import Cadence, DayOfYear, DayRange, Strength, TimeSpan
from kultursam.problems import did_you_mean


def reader(read: Callable[[str], object]) -> PlainValidator:
    """Make a field of what a function reads from the text that was typed."""
    return PlainValidator(lambda value: read(_one_value(value)))


def _one_value(value: object) -> str:
    if not isinstance(value, str):
        found = "a list" if isinstance(value, list) else "keys"
        raise ValueError(f"one value is expected here, not {found}")  # noqa: TRY004 - pydantic wants ValueError
    return value


def reference(what: str) -> PlainValidator:
    """Make a field that names something else in the file; what there is comes as the context."""

    def validate(value: object, info: ValidationInfo) -> str:
        key, known = _one_value(value), (info.context or {}).get(what)
        if known is not None and key not in known:
            raise ValueError(f'there is no {what} "{key}"{did_you_mean(key, known)}')
        return key

    return PlainValidator(validate)


def listed(key: str) -> BeforeValidator:
    """Let a plain value stand for keys with that one key."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


def zone(text: str) -> str:
    """Read a time zone of the IANA database."""
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, LookupError):
        raise ValueError(f'"{text}" is no time zone{did_you_mean(text, available_timezones())}') from None


def matching(pattern: str, what: str, text: str) -> str:
    """Read a text of a pattern."""
    if len(text) > 250 or not re.fullmatch(pattern, text):
        raise ValueError(f'"{text}" is no {what}')
    return text


def at_most(most: int, text: str) -> int:
    """Read a number that is not too large."""
    number = notation.whole_number(text)
    if number > most:
        raise ValueError(f"{number} is too many; at most {most} will do")
    return number


def each_once(days: tuple[int, ...]) -> tuple[int, ...]:
    """Refuse a weekday that is listed twice."""
    if len(set(days)) < len(days):
        raise ValueError("a weekday is listed twice")
    return days


def role(text: str) -> str:
    """Read a role."""
    # Roles are compared, and an å may be typed as one letter or as an a and a ring.
    return unicodedata.normalize("NFC", notation.line_of_text(text))


def relative_path(text: str) -> str:
    """Read the path of a file."""
    if not text or "\0" in text or not text.isprintable():
        raise ValueError(f'"{text}" is no path')
    return text


Id = Annotated[str, reader(notation.identifier)]
BODY = "organisation or group"
BodyId = Annotated[str, reference(BODY)]
ForumId = Annotated[str, reference("forum")]
DateId = Annotated[str, reference("date")]
TermId = Annotated[str, reference("term")]
Text = Annotated[str, reader(notation.line_of_text)]
Number = Annotated[int, reader(notation.whole_number)]
Flag = Annotated[bool, reader(notation.yes_or_no)]
StrengthText = Annotated[Strength, reader(partial(notation.one_of, notation.STRENGTHS, "strength"))]
Days = Annotated[DayRange, reader(notation.day_range)]
Time = Annotated[TimeSpan, reader(notation.time_span)]
YearDay = Annotated[DayOfYear, reader(notation.day_of_year)]
FullDate = Annotated[date, reader(notation.near_date)]
Url = Annotated[
    str, reader(partial(matching, r"https?://[^\s<>\"'\\^`{|}]+", "web address; write https://…"))
]
Email = Annotated[str, reader(partial(matching, r"[^\s<>()\[\],;:@\"\\]+@[A-Za-z0-9.-]+", "e-mail address"))]
Domain = Annotated[
    str,
    reader(
        partial(matching, r"(?!-)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", "domain; write such as kultur.example.org")
    ),
]
Language = Annotated[str, reader(lambda text: notation.one_of(i18n.languages(), "language", text))]
Rhythm = Annotated[Cadence, reader(notation.cadence)]
Weekday = Annotated[int, reader(notation.meeting_weekday)]


class Keys(BaseModel):
    """Keys of a file, each with its value; unknown ones are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
