"""The values of a forum file as pydantic reads them: each a type made of the text that was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationInfo, WithJsonSchema

from kultursam import i18n
from kultursam.diagnostics import did_you_mean
from kultursam.forumfile import notation, shapes
from kultursam.forumfile.notation import Cadence, DayOfYear, DayRange, Strength, TimeSpan, Weeks

LONGEST = 250
"""Characters of an address."""
LONGEST_DOMAIN = 170
"""Outlook takes a UID of 255 octets; before the domain stand a forum's id (64), a year and two numbers."""


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


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, LookupError):
        raise ValueError(f'"{text}" is no time zone{did_you_mean(text, available_timezones())}') from None


def _matching(pattern: str, what: str, text: str) -> str:
    if len(text) > LONGEST or not re.fullmatch(pattern, text):
        raise ValueError(f'"{text}" is no {what}')
    return text


def _at_most(most: int, text: str) -> int:
    number = notation.whole_number(text)
    if number > most:
        raise ValueError(f"{number} is too many; at most {most} will do")
    return number


def each_once(days: tuple[int, ...]) -> tuple[int, ...]:
    """Refuse a weekday that is listed twice."""
    if len(set(days)) < len(days):
        raise ValueError("a weekday is listed twice")
    return days


def _role(text: str) -> str:
    # Roles are compared, and an å may be typed as one letter or as an a and a ring.
    return unicodedata.normalize("NFC", notation.line_of_text(text))


def _path(text: str) -> str:
    if not text or "\0" in text or not text.isprintable():
        raise ValueError(f'"{text}" is no path')
    return text


def _domain(text: str) -> str:
    _matching(DOMAIN, "domain; write such as kultur.example.org", text)
    if len(text) > LONGEST_DOMAIN:
        told = f"the domain has {len(text)} characters; at most {LONGEST_DOMAIN} fit into calendar ids"
        raise ValueError(told)
    return text


COUNTRY = "[A-Z]{2}(-[A-Z0-9]{1,3})?"
URL = r"""https?://[^\s<>"'\\^`{|}]+"""
EMAIL = r"""[^\s<>()\[\],;:@"\\]+@[A-Za-z0-9.-]+"""
DOMAIN = r"(?!-)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
FORMATS = ("in person", "online", "hybrid")
BODY = "organisation or group"

Id = Annotated[str, reader(notation.identifier), WithJsonSchema(shapes.ID)]
BodyId = Annotated[str, reference(BODY), WithJsonSchema(shapes.REFERENCE)]
ForumId = Annotated[str, reference("forum"), WithJsonSchema(shapes.REFERENCE)]
DateId = Annotated[str, reference("date"), WithJsonSchema(shapes.REFERENCE)]
TermId = Annotated[str, reference("term"), WithJsonSchema(shapes.REFERENCE)]
Text = Annotated[str, reader(notation.line_of_text), WithJsonSchema(shapes.TEXT)]
Role = Annotated[str, reader(_role), WithJsonSchema(shapes.TEXT)]
FilePath = Annotated[str, reader(_path), WithJsonSchema(shapes.PATH)]
Number = Annotated[int, reader(notation.whole_number), WithJsonSchema(shapes.NUMBER)]
Reserve = Annotated[
    int,
    reader(partial(_at_most, notation.MOST_A_YEAR)),
    WithJsonSchema(shapes.number(0, notation.MOST_A_YEAR)),
]
Months = Annotated[int, reader(partial(_at_most, 1200)), WithJsonSchema(shapes.number(0, 1200))]
Flag = Annotated[bool, reader(notation.yes_or_no), WithJsonSchema(shapes.FLAG)]
StrengthText = Annotated[
    Strength,
    reader(partial(notation.one_of, notation.STRENGTHS, "strength")),
    WithJsonSchema(shapes.STRENGTH),
]
Days = Annotated[DayRange, reader(notation.day_range), WithJsonSchema(shapes.DAY_RANGE)]
Time = Annotated[TimeSpan, reader(notation.time_span), WithJsonSchema(shapes.TIME_SPAN)]
YearDay = Annotated[DayOfYear, reader(notation.day_of_year), WithJsonSchema(shapes.DAY_OF_YEAR)]
FullDate = Annotated[date, reader(notation.near_date), WithJsonSchema(shapes.DATE)]
WeeksOfYear = Annotated[Weeks, reader(notation.weeks), WithJsonSchema(shapes.WEEKS)]
EasterDay = Annotated[int, reader(notation.signed_number), WithJsonSchema(shapes.EASTER_DAY)]
DayOfWeek = Annotated[int, reader(notation.weekday), WithJsonSchema(shapes.WEEKDAY)]
MeetingDay = Annotated[int, reader(notation.meeting_weekday), WithJsonSchema(shapes.MEETING_WEEKDAY)]
Duration = Annotated[timedelta, reader(notation.duration), WithJsonSchema(shapes.DURATION)]
Rhythm = Annotated[Cadence, reader(notation.cadence), WithJsonSchema(shapes.CADENCE)]
Format = Annotated[
    str, reader(partial(notation.one_of, FORMATS, "format")), WithJsonSchema(shapes.one_of(FORMATS))
]
Language = Annotated[
    str,
    reader(lambda text: notation.one_of(i18n.languages(), "language", text)),
    WithJsonSchema(shapes.one_of(i18n.languages())),
]
Zone = Annotated[
    str,
    reader(_zone),
    WithJsonSchema(shapes.word(".+", "a time zone such as Europe/Stockholm", "Europe/Stockholm")),
]
Country = Annotated[
    str,
    reader(partial(_matching, COUNTRY, "country; write SE, or GB-ENG")),
    WithJsonSchema(shapes.word(COUNTRY, "a country such as SE, GB-ENG", "SE")),
]
Url = Annotated[
    str,
    reader(partial(_matching, URL, "web address; write https://…")),
    WithJsonSchema(shapes.word(URL, "a web address such as https://www.example.org/meetings", most=LONGEST)),
]
Email = Annotated[
    str,
    reader(partial(_matching, EMAIL, "e-mail address")),
    WithJsonSchema(shapes.word(EMAIL, "an e-mail address such as culture@example.org", most=LONGEST)),
]
Domain = Annotated[
    str,
    reader(_domain),
    WithJsonSchema(shapes.scalar(DOMAIN, "a domain such as kultur.example.org", most=LONGEST_DOMAIN)),
]


class Keys(BaseModel):
    """Keys of a file, each with its value; unknown ones are refused."""

    # Most are only ever built as a part of the one at the top.
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)
