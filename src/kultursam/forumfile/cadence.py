"""How often a forum meets: a text in English or Swedish, or recurrence rules of RFC 5545, as a `Cadence`."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema

from kultursam.forumfile import cadence_words as words
from kultursam.forumfile import recurrence_rules
from kultursam.forumfile.unclear_cadences import Advice, advice_on
from kultursam.forumfile.values import (
    MAX_A_YEAR,
    InvalidValueError,
    Schema,
    any_case,
    folded,
    one_text,
    text_schema,
)
from kultursam.i18n import N_, Message

WEEKS, MONTHS = 52, 12
"""In an ordinary year."""
MOST_RULES = 20
"""Cadences that a list may join; each rule is tried out."""


@dataclass(frozen=True, slots=True)
class NumberCadence:
    """So many meetings a year, spread over it."""

    kind: ClassVar[Literal["number"]] = "number"
    number: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """One meeting, or so many, in each cell of the year: in so many weeks, or months."""

    kind: ClassVar[Literal["rhythm"]] = "rhythm"
    number: ClassVar[int] = 0
    unit: Literal["week", "month"]
    length: int = 1
    meetings: int = 1

    @property
    def meetings_a_year(self) -> int:
        """The meetings of an ordinary year."""
        return number_of_cells(WEEKS if self.unit == "week" else MONTHS, self.length) * self.meetings


@dataclass(frozen=True, slots=True)
class NamedDays:
    """The days that recurrence rules name, together."""

    kind: ClassVar[Literal["named days"]] = "named days"
    number: ClassVar[int] = 0
    rules: tuple[str, ...]

    @property
    def has_interval(self) -> bool:
        """Whether it matters from which day on they are counted."""
        return any(recurrence_rules.interval(rule) > 1 for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Unplanned:
    """Meetings that are added as needed, decided elsewhere, or for those of another forum."""

    kind: Literal["as needed", "external", "for each"]
    number: ClassVar[int] = 0


Cadence = NumberCadence | Rhythm | NamedDays | Unplanned


def number_of_cells(units: int, length: int) -> int:
    """Return the cells of so many weeks or months; what is left is one if it is longer than half a cell."""
    whole, rest = divmod(units, length)
    return max(1, whole + (2 * rest > length))


# --- what is refused --------------------------------------------------------------------------------


CADENCE = Message("cadence")
LIST_OF_DAYS = "[first Tuesday of the month, every other Friday]"
SEVERAL_DAYS = ("every Tuesday and Thursday", "varje tisdag och torsdag")
"""An example in English and in Swedish."""


class UnclearCadenceError(ValueError):
    """A text cannot be read with certainty; advice says what to write, or asks what was meant."""

    def __init__(self, text: str, advice: Advice) -> None:
        invalid = Message('invalid {kind} "{text}"', kind=CADENCE, text=text)
        if isinstance(advice, Message):
            sentence = N_("{invalid}; {advice}; accepted are {examples}")
            super().__init__(Message(sentence, invalid=invalid, advice=advice, examples=HINT))
        else:
            sentence = N_('{invalid}; did you mean "{choice}"? Write {advice}')
            super().__init__(Message(sentence, invalid=invalid, choice=advice, advice=HINT))


class NumberError(InvalidValueError):
    """A cadence asks for no meetings, or for more than can be planned."""

    def __init__(self, text: str, number: int) -> None:
        if number:
            most = Message("at most {number} times a year, once a week, can be planned", number=MAX_A_YEAR)
            super().__init__(text, CADENCE, most)
        else:
            write = Message('"as needed" where no meetings are to be planned')
            super().__init__(text, CADENCE, write=write)


class OftenError(InvalidValueError):
    """A rhythm has more than one meeting a week; which days they are on must be said."""

    def __init__(self, text: str) -> None:
        days = SEVERAL_DAYS[words.languages(folded(text)) == {"sv"}]
        reason = Message('more than once a week is written with the days, such as "{days}"', days=days)
        super().__init__(text, CADENCE, reason)


class LengthError(InvalidValueError):
    """A cadence goes on by more than a year at a time."""

    def __init__(self, text: str) -> None:
        super().__init__(text, CADENCE, Message("at least one meeting a year can be planned"))


class NotNamedDaysError(ValueError):
    """A list has a cadence that names no days."""

    def __init__(self) -> None:
        text = Message("a list joins only cadences that name days, such as {example}", example=LIST_OF_DAYS)
        super().__init__(text)


class TooManyRulesError(ValueError):
    """A list is longer than can be read in good time."""

    def __init__(self) -> None:
        super().__init__(Message("at most {number} cadences can be joined", number=MOST_RULES))


class TooManyDaysError(ValueError):
    """The cadences of a list name more days than can be planned."""

    def __init__(self) -> None:
        most = recurrence_rules.MAX_NOMINAL
        super().__init__(Message("together they name more than {number} days a year", number=most))


# --- what is read -----------------------------------------------------------------------------------

Found = dict[str, Any]
"""The meanings of the parts of a form, and the text as it was typed."""


def _number(found: Found) -> Cadence:
    number = found["times"]
    if not 1 <= number <= MAX_A_YEAR:
        raise NumberError(found["typed"], number)
    return NumberCadence(number)


def _rhythm(found: Found) -> Rhythm | None:
    """Return so many meetings in each cell; None for every 0 weeks, which is nothing."""
    unit, length = next(found[part] for part in ("adverb", "cell", "cells", "per_cell") if part in found)
    times = found.get("times", 1)
    length *= found.get("each", 1) * found.get("count", 1)
    if not times:
        raise NumberError(found["typed"], times)
    if not length:
        return None
    if length > (WEEKS if unit == "week" else MONTHS):
        raise LengthError(found["typed"])
    rhythm = Rhythm(unit, length, times) if length % times else Rhythm(unit, length // times)
    if rhythm.meetings_a_year > MAX_A_YEAR or (unit == "week" and rhythm.meetings > 1):
        raise OftenError(found["typed"])
    return rhythm


def _weekdays_in_weeks(found: Found) -> Cadence | None:
    """Return the days named in a rhythm of weeks; of months it is not said in which week they are."""
    rhythm = _rhythm(found)
    return _weekly(rhythm.length, found["day"]) if rhythm and rhythm.unit == "week" else None


OF_THE_MONTH = re.compile(r"\b(?:every|each) (?:second|third|fourth|2nd|3rd|4th) ")


def _each_weekday(found: Found) -> Cadence | None:
    """Return the days named; None for "every third Tuesday", which may be one of the month."""
    if OF_THE_MONTH.search(folded(found["typed"])) or not found["each"]:
        return None
    if found["each"] > WEEKS:
        raise LengthError(found["typed"])
    return _weekly(found["each"], found["day"])


def _each_day(found: Found) -> Cadence:
    return _weekly(1, found["days"])


def _weekly(interval: int, days: list[int]) -> NamedDays:
    return NamedDays((_rule("WEEKLY", interval, [recurrence_rules.WEEKDAYS[day] for day in days]),))


def _nth_weekdays(found: Found) -> Cadence | None:
    """Return weekdays counted in each month, or in the first or the last month of a longer cell."""
    unit, length = found["of_cell"] if "of_cell" in found else found["cell"]
    interval = found.get("each", 1)
    if unit == "week" or not 1 <= interval <= MONTHS or (interval > 1 and length > 1):
        return None
    if length == 1:
        return NamedDays((_rule("MONTHLY", interval, _numbered(found["nth"], found["day"])),))
    sides = (
        ([nth for nth in found["nth"] if nth > 0], range(1, MONTHS + 1, length)),
        ([nth for nth in found["nth"] if nth < 0], range(length, MONTHS + 1, length)),
    )
    return NamedDays(
        tuple(_rule("MONTHLY", 1, _numbered(nths, found["day"]), months) for nths, months in sides if nths)
    )


def _numbered(nths: list[int], days: list[int]) -> list[str]:
    return [f"{nth}{recurrence_rules.WEEKDAYS[day]}" for nth in nths for day in days]


def _rule(freq: str, interval: int, days: list[str], months: Iterable[int] = ()) -> str:
    parts = {
        "FREQ": freq,
        "INTERVAL": str(interval) if interval > 1 else "",
        "BYMONTH": ",".join(map(str, months)),
        "BYDAY": ",".join(dict.fromkeys(days)),
    }
    return ";".join(f"{key}={value}" for key, value in parts.items() if value)


RHYTHMS = ("{times} {per_cell}", "{adverb}", "{once}{each} {cell}", "{once}every {count} {cells}")
ON_DAYS = " {on} {day+}"
FORMS: dict[str, Callable[[Found], Cadence | None]] = {
    "{yearly}": lambda _: NumberCadence(1),
    "{as_needed}": lambda _: Unplanned("as needed"),
    "{external}": lambda _: Unplanned("external"),
    "{times} {per_year}": _number,
    **dict.fromkeys(RHYTHMS, _rhythm),
    **{f"{form}{ON_DAYS}": _weekdays_in_weeks for form in RHYTHMS},
    "{once}{each} {day+}": _each_weekday,
    "{maybe_on}{days+}": _each_day,
    "{the}{nth+} {day+} {of_cell}": _nth_weekdays,
    "{the}{nth+} {day+} {of}{each} {cell}": _nth_weekdays,
}
"""What is read, and how."""
EXAMPLES = (
    *(
        "twice a year",
        "4 times a year",
        "monthly",
        "quarterly",
        "weekly",
        "every other week",
        "every six weeks",
    ),
    *("every Tuesday", "every other Wednesday", "first Tuesday of the month", "as needed", "external"),
    *("två gånger per år", "varannan månad", "en gång i månaden", "varannan onsdag"),
    *("första tisdagen i månaden", "vid behov", "externt", "RRULE:FREQ=MONTHLY;BYDAY=2TU"),
)
_QUOTED = [f'"{example}"' for example in EXAMPLES]
HINT = Message("{examples} or {last}", examples=", ".join(_QUOTED[:-1]), last=_QUOTED[-1])


@cache
def _readers() -> list[tuple[str, re.Pattern[str]]]:
    return [(form, re.compile(words.pattern(form))) for form in FORMS]


def _in_words(typed: str) -> Cadence | None:
    """Return what a text means, by the first form that it has and can mean."""
    text = folded(typed)
    for form, pattern in _readers():
        if match := pattern.fullmatch(text):
            meant = FORMS[form]({"typed": typed, **words.meanings(form, match)})
            if meant is not None:
                return meant
    return None


def _can_be_read(text: str) -> bool:
    try:
        return _in_words(text) is not None
    except ValueError:
        return False


def read(text: str) -> Cadence:
    """Return the cadence that a text stands for; raise `ValueError` with a sentence if it is none."""
    if text[:6].upper() == "RRULE:":
        rule = text[6:].upper()
        if problem := recurrence_rules.problem(rule):
            raise InvalidValueError(rule, Message("recurrence rule"), problem)
        return NamedDays((rule,))
    if meant := _in_words(text):
        return meant
    if advice := advice_on(folded(text), _can_be_read):
        raise UnclearCadenceError(text, advice)
    raise InvalidValueError(text, CADENCE, write=HINT)


def together(cadences: tuple[Cadence, ...]) -> Cadence:
    """Return a cadence that names the days of all of a list."""
    rules = tuple(rule for cadence in cadences if isinstance(cadence, NamedDays) for rule in cadence.rules)
    if not all(isinstance(cadence, NamedDays) for cadence in cadences):
        raise NotNamedDaysError
    if recurrence_rules.too_many(rules):
        raise TooManyDaysError
    return NamedDays(tuple(dict.fromkeys(rules)))


class CadenceType:
    """The type of a cadence: a text, or a list of texts that name days."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        item = core_schema.no_info_plain_validator_function(lambda value: read(one_text(value)))
        return core_schema.no_info_wrap_validator_function(
            _text_or_list, core_schema.tuple_variable_schema(item, min_length=1)
        )

    def __get_pydantic_json_schema__(self, _core: CoreSchema, _handler: GetJsonSchemaHandler) -> Schema:
        return cadence_schema()


def _text_or_list(value: object, validate: ValidatorFunctionWrapHandler) -> Cadence:
    if isinstance(value, list):
        if len(value) > MOST_RULES:
            raise TooManyRulesError
        return together(validate(value))
    return read(one_text(value))


@cache
def cadence_schema() -> Schema:
    """Return the schema of cadences for editors."""
    spelt = {form: words.loose_pattern(form, any_case) for form in (*FORMS, ON_DAYS)}
    rhythms = "|".join(spelt[form] for form in RHYTHMS)
    others = [spelt[form] for form in FORMS if not form.startswith(RHYTHMS)]
    forms = [f"(?:{rhythms})(?:{spelt[ON_DAYS]})?", *others]
    parts = "|".join(f"{key}=(?:{value})(?:,(?:{value}))*" for key, value in recurrence_rules.PARTS.items())
    rule = f"RRULE:(?:{parts})(?:;(?:{parts}))*"
    rule = re.sub("[A-Z]", lambda letter: f"[{letter[0]}{letter[0].lower()}]", rule)
    some = text_schema(rf"\s*(?:{'|'.join(forms)})\s*|{rule}", HINT, *EXAMPLES)
    return {**some, "type": ["string", "array"], "items": {"type": "string"}, "minItems": 1}


CadenceText = Annotated[Cadence, CadenceType()]
FOR_EACH = Unplanned("for each")
"""Of a forum whose meetings are for those of another: it has no cadence of its own."""
