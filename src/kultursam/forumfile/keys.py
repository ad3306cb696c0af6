"""What the keys of all models are made of: their descriptions, short forms, spans of days, and turns."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationInfo,
)

from kultursam.forumfile import values
from kultursam.forumfile.values import DayOfYear, Keys
from kultursam.i18n import Message

BOTH_YEARS = Message("from and to have both a year, or neither")
REVERSED = Message("the last day is before the first")
TOO_LONG = Message("from and to span more than two calendar years")
TWICE = Message("a weekday is listed twice")
TWICE_IN_TURN = Message("what takes turns is listed twice")
TWICE_REMINDED = Message("a reminder is listed twice")
MAX_REMINDERS = 5
"""Of one entry; Google Calendar keeps no more."""


class EitherOrError(ValueError):
    """Of some keys, of which one belongs there, several are written, or none."""

    def __init__(self, *, one: str, other: str) -> None:
        super().__init__(Message("write either {one} or {other}", one=one, other=other))


class OutsideRangeError(ValueError):
    """The number of days that is best is none of those that are allowed."""

    def __init__(self, best: int, days: values.DayRange) -> None:
        text = Message(
            "best: {best} lies outside {days}; write one of these numbers of days", best=best, days=str(days)
        )
        super().__init__(text)


def key(about: str, default: object = ..., *, alias: str | None = None) -> Any:  # noqa: ANN401
    """Return the field of a key: what editors say about it, and its default unless it is required."""
    return Field(default, alias=alias, description=about)


def written_as(
    short: type | tuple[type, ...], convert: Callable[[object], object], *, schema: object
) -> BeforeValidator:
    """Return the validator of a value that may also be written in a shorter form, of another type."""
    return BeforeValidator(
        lambda value: convert(value) if isinstance(value, short) else value, json_schema_input_type=schema
    )


def span_of(first: DayOfYear, last: DayOfYear, year: int) -> tuple[date, date] | None:
    """Return the days from a first day in a year to the next last day; None outside their only year."""
    start = first.within(year)
    if start is None:
        return None
    end = last.within(last.year or year)
    if end is not None and end < start:
        end = last.within(year + 1)
    return None if end is None else (start, end)


def check_span(first: DayOfYear | None, last: DayOfYear | None) -> None:
    """Raise `ValueError` if a first and a last day are no span; nothing is wrong where one is missing."""
    if first is None or last is None:
        return
    if (first.year is None) != (last.year is None):
        raise ValueError(BOTH_YEARS)
    if first.year and last.year:
        if (last.year, last.month, last.day) < (first.year, first.month, first.day):
            raise ValueError(REVERSED)
        if last.year - first.year > 1:
            raise ValueError(TOO_LONG)


def check_each_once(days: tuple[int, ...]) -> tuple[int, ...]:
    """Return weekdays; raise `ValueError` if one is listed twice."""
    if len(set(days)) < len(days):
        raise ValueError(TWICE)
    return days


Weekdays = Annotated[tuple[values.DayOfWeek, ...], Field(min_length=1), AfterValidator(check_each_once)]


def check_turns(listed: tuple[str, ...]) -> tuple[str, ...]:
    """Return what takes turns; raise `ValueError` if something is listed twice."""
    if len(set(listed)) < len(listed):
        raise ValueError(TWICE_IN_TURN)
    return listed


class WeekdayRotation(Keys):
    """Weekdays that take turns, in the order listed."""

    rotate: Weekdays = key("the weekdays, in order: each meeting has that of its turn")


class PlaceRotation(Keys):
    """Places that take turns, in the order listed."""

    rotate: Annotated[tuple[values.Text, ...], Field(min_length=1), AfterValidator(check_turns)] = key(
        "the places, in order; none of them is one of `rooms`"
    )


class FormatRotation(Keys):
    """Ways to meet that take turns, in the order listed."""

    rotate: Annotated[tuple[values.Format, ...], Field(min_length=1), AfterValidator(check_turns)] = key(
        "the ways to meet, in order"
    )


def in_turn_or(rotation: type[Keys], plain: Any) -> PlainValidator:  # noqa: ANN401 - the type of a field
    """Return the validator of a value that is keys, such as `{rotate: [a, b]}`, or a plain one."""
    adapter: TypeAdapter[Any] = TypeAdapter(plain, config=ConfigDict(defer_build=True))

    def read(value: object, info: ValidationInfo) -> object:
        if isinstance(value, dict):
            return rotation.model_validate(value, context=info.context)
        return adapter.validate_python(value)

    schema: Any = rotation
    return PlainValidator(read, json_schema_input_type=schema | plain)


WeekdaysInTurn = Annotated[WeekdayRotation | tuple[int, ...], in_turn_or(WeekdayRotation, Weekdays)]
PlaceInTurn = Annotated[PlaceRotation | str, in_turn_or(PlaceRotation, values.Text)]
FormatInTurn = Annotated[FormatRotation | str, in_turn_or(FormatRotation, values.Format)]


def listed(weekdays: WeekdayRotation | tuple[int, ...] | None) -> tuple[int, ...]:
    """Return the weekdays of a list, taking turns or not."""
    return weekdays.rotate if isinstance(weekdays, WeekdayRotation) else weekdays or ()


def rotation(value: object) -> tuple[Any, ...]:
    """Return what takes turns, in order; nothing if a value is a plain one."""
    return value.rotate if isinstance(value, WeekdayRotation | PlaceRotation | FormatRotation) else ()


def check_reminders(reminders: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    """Return reminders; raise `ValueError` if two are the same."""
    if len(set(reminders)) < len(reminders):
        raise ValueError(TWICE_REMINDED)
    return reminders


Reminders = Annotated[
    tuple[values.Duration, ...],
    Field(max_length=MAX_REMINDERS),
    AfterValidator(check_reminders),
    written_as(
        str,
        lambda only: [only],
        schema=values.Duration | Annotated[tuple[values.Duration, ...], Field(max_length=MAX_REMINDERS)],
    ),
]
"""How long before something calendars remind of it; one of them needs no list."""
