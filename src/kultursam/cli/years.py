"""The words that name years on the command line, and the moment that `this` and `next` are counted from."""

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from kultursam.diagnostics import KultursamError, Problem
from kultursam.i18n import Message

YEARS = range(1970, 2200)
"""The years that can be planned."""
RELATIVE = {"this": 0, "next": 1}


class UsageError(KultursamError):
    """The command line or the environment says what cannot be done."""

    code = "usage"
    exit_status = 2


class YearError(UsageError):
    """A word names no year."""

    def __init__(self, word: str) -> None:
        text = Message('"{word}" is not a YEAR: write 2027, 2027-2029, this or next', word=word)
        super().__init__(Problem(text))


class YearRangeError(UsageError):
    """A year cannot be planned."""

    def __init__(self) -> None:
        text = Message("years can be planned from {first} to {last}", first=YEARS[0], last=YEARS[-1])
        super().__init__(Problem(text))


class EpochError(UsageError):
    """SOURCE_DATE_EPOCH is not a number of seconds."""

    def __init__(self, epoch: str) -> None:
        text = Message('SOURCE_DATE_EPOCH is "{epoch}", which is not a number of seconds', epoch=epoch)
        super().__init__(Problem(text))


def is_years(word: str) -> bool:
    """Return whether a word names years, or tries to."""
    return word in RELATIVE or bool(re.fullmatch("[0-9-]+", word))


def years_of(word: str, this: int) -> range:
    """Return the years that a word names. Raise `UsageError` where it names none that can be planned."""
    if word in RELATIVE:
        first = last = this + RELATIVE[word]
    elif match := re.fullmatch("([0-9]+)(?:-([0-9]+))?", word):
        first, last = int(match[1]), int(match[2] or match[1])
    else:
        raise YearError(word)
    if first not in YEARS or last not in YEARS:
        raise YearRangeError
    if first > last:
        raise YearError(word)
    return range(first, last + 1)


def chosen(words: Iterable[str] | None, this: int, recorded: Iterable[int]) -> list[int]:
    """Return the years that words name, each once; without words, the recorded ones that are not over."""
    if not words:
        return [year for year in recorded if year >= this]
    return list(dict.fromkeys(year for word in words for year in years_of(word, this)))


def moment() -> datetime:
    """Return the time, to the second: that of SOURCE_DATE_EPOCH, if it is set."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(tz=UTC).replace(microsecond=0)
    if not epoch.isascii() or not epoch.isdigit() or len(epoch) > 11:
        raise EpochError(epoch)
    return datetime.fromtimestamp(int(epoch), tz=UTC)


def year_everywhere(now: datetime, begins: str) -> int | None:
    """Return the planning year of a moment if it is the same in all time zones, so that none need be known.

    Planning years begin on a month and day, such as 08-01.
    """
    moments = (now + timedelta(hours=hours) for hours in (-12, 14))
    first, last = (local.year - (f"{local:%m-%d}" < begins) for local in moments)
    return first if first == last else None
