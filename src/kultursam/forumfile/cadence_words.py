"""The words that cadences are written with, in English and Swedish, and the patterns that are made of them.

A form such as ``every {count} {cells}`` names a table for each of its parts; a + after the name stands for
one or several words of the table, joined by a comma or an "and". Readers and editors take their patterns from
the same forms and tables, so that they agree.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal, Protocol, get_args

from kultursam.forumfile.values import MAX_A_YEAR, WEEKDAYS

Cell = tuple[str, int]
"""A part of the year: so many of a unit, which is "week" or "month"."""
Spelling = Callable[[Iterable[str]], str]
"""Returns a pattern of some words."""
Language = Literal["en", "sv"]


class Part(Protocol):
    """Returns the pattern of a part of a form."""

    def __call__(self, name: str, *, several: bool) -> str:
        """Return the pattern of one word of a table, or of several."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words that may stand in one part of a form, with their meanings; also digits between others."""

    meanings: Mapping[str, Any]
    numbered: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    """What stands before and after digits whose meaning is their number."""

    def pattern(self, spelling: Spelling, digits: str) -> str:
        """Return the pattern of all of them."""
        numbers = (
            f"(?:{spelling(before)})(?:{digits})(?:{spelling(after)})" for before, after in self.numbered
        )
        return "|".join((spelling(self.meanings), *numbers))

    def meaning(self, text: str) -> Any:  # noqa: ANN401 - each table has its own
        """Return what one of the words means."""
        if text in self.meanings:
            return self.meanings[text]
        # No number that is longer can be planned.
        return int(re.sub("[^0-9]", "", text)[:4])


# --- numbers ----------------------------------------------------------------------------------------

ENGLISH_NUMBERS = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
SWEDISH_NUMBERS = (
    *("en", "två", "tre", "fyra", "fem", "sex"),
    *("sju", "åtta", "nio", "tio", "elva", "tolv"),
)
ENGLISH_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)
SWEDISH_ORDINALS = (
    *("första", "andra", "tredje", "fjärde", "femte", "sjätte"),
    *("sjunde", "åttonde", "nionde", "tionde", "elfte", "tolfte"),
)
ENGLISH_ENDINGS = ("st", "nd", "rd", "th")
SWEDISH_ENDINGS = (":a", ":e", ":dje", ":nde", ":te")
TIMES = {"once": 1, "twice": 2, "thrice": 3, "one time": 1, "en gång": 1}
TIMES |= {f"{word} times": number for number, word in enumerate(ENGLISH_NUMBERS[1:], 2)}
TIMES |= {f"{word} gånger": number for number, word in enumerate(SWEDISH_NUMBERS[1:], 2)}
PER_YEAR = (
    *("a year", "per year", "each year", "every year", "om året", "per år", "varje år"),
    *("yearly", "annually", "årligen"),
)
EACH = dict.fromkeys(("every", "each", "varje", "vart"), 1)
EACH |= dict.fromkeys(("every other", "every second", "varannan", "vartannat"), 2)
EACH |= {f"every {word}": number for number, word in enumerate(ENGLISH_ORDINALS[2:], 3)}
EACH |= {f"{var} {word}": n for var in ("var", "vart") for n, word in enumerate(SWEDISH_ORDINALS[2:], 3)}
NTH = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "1:a": 1, "2:a": 2, "3:e": 3, "4:e": 4}
NTH |= {word: number for number, word in enumerate(ENGLISH_ORDINALS[:4], 1)}
NTH |= {word: number for number, word in enumerate(SWEDISH_ORDINALS[:4], 1)}
NTH |= dict.fromkeys(("last", "sista"), -1)
NTH |= dict.fromkeys(("second last", "second to last", "penultimate", "näst sista"), -2)
"""Only what every month has: some lack a fifth Tuesday."""

# --- parts of the year ------------------------------------------------------------------------------

WEEK, FORTNIGHT, MONTH = ("week", 1), ("week", 2), ("month", 1)
QUARTER, THIRD, HALF = ("month", 3), ("month", 4), ("month", 6)
ENGLISH_CELLS = {
    "week": WEEK,
    "fortnight": FORTNIGHT,
    "month": MONTH,
    "quarter": QUARTER,
    "half-year": HALF,
    "half year": HALF,
    "term": HALF,
    "semester": HALF,
}
SWEDISH_CELLS = {
    "vecka": WEEK,
    "månad": MONTH,
    "kvartal": QUARTER,
    "tertial": THIRD,
    "halvår": HALF,
    "termin": HALF,
}
THE_CELL = {
    "veckan": WEEK,
    "månaden": MONTH,
    "kvartalet": QUARTER,
    "tertialet": THIRD,
    "halvåret": HALF,
    "terminen": HALF,
}
ENGLISH_ADVERBS = {
    "weekly": WEEK,
    "fortnightly": FORTNIGHT,
    "monthly": MONTH,
    "quarterly": QUARTER,
    "half-yearly": HALF,
    "half yearly": HALF,
    "termly": HALF,
}
SWEDISH_ADVERBS = {
    "veckovis": WEEK,
    "månadsvis": MONTH,
    "kvartalsvis": QUARTER,
    "tertialvis": THIRD,
    "halvårsvis": HALF,
    "terminsvis": HALF,
}


def _joined(firsts: Iterable[str], seconds: Mapping[str, Any]) -> dict[str, Any]:
    """Return words that follow others, each with the meaning of the second."""
    return {f"{first} {second}": meaning for first in firsts for second, meaning in seconds.items()}


PER_CELL = (
    _joined(("a", "per", "each", "every"), ENGLISH_CELLS)
    | _joined(("per", "varje"), SWEDISH_CELLS)
    | _joined(("i", "om"), THE_CELL)
)
OF_CELL = (
    _joined(("of the", "in the", "of a"), ENGLISH_CELLS)
    | _joined(("i",), THE_CELL)
    | _joined(("per",), SWEDISH_CELLS)
)

# --- days -------------------------------------------------------------------------------------------

ENGLISH_PLURALS = {f"{name}s": number for name, number in WEEKDAYS.items() if name.endswith("day")}
SWEDISH_PLURALS = {f"{name}ar": number for name, number in WEEKDAYS.items() if name.endswith("dag")}
THE_DAY = {f"{name}en": number for name, number in WEEKDAYS.items() if name.endswith("dag")}
PLURALS = ENGLISH_PLURALS | SWEDISH_PLURALS

# --- forms ------------------------------------------------------------------------------------------

_NTH_NUMBERED = ((("every ", "each "), ENGLISH_ENDINGS), (("var ", "vart "), SWEDISH_ENDINGS))
TABLES = {
    "times": Words(TIMES, ((("",), ("", " time", " times", " gång", " gånger")),)),
    "per_year": Words(dict.fromkeys(PER_YEAR)),
    "yearly": Words(dict.fromkeys(("yearly", "annually", "every year", "varje år", "årligen"))),
    "per_cell": Words(PER_CELL),
    "adverb": Words(ENGLISH_ADVERBS | SWEDISH_ADVERBS),
    "once": Words(dict.fromkeys(("", "once ", "en gång "))),
    "each": Words(EACH, _NTH_NUMBERED),
    "cell": Words(ENGLISH_CELLS | SWEDISH_CELLS),
    "count": Words({word: number for number, word in enumerate(ENGLISH_NUMBERS, 1)}, ((("",), ("",)),)),
    "cells": Words({f"{name}s": cell for name, cell in ENGLISH_CELLS.items()}),
    "on": Words(dict.fromkeys(("on", "på"))),
    "maybe_on": Words(dict.fromkeys(("", "on ", "på "))),
    "day": Words(WEEKDAYS | PLURALS | THE_DAY),
    "days": Words(PLURALS),
    "the": Words(dict.fromkeys(("", "the ", "every ", "each ", "den ", "varje "))),
    "nth": Words(NTH),
    "of": Words(dict.fromkeys(("", "of ", "in ", "i "))),
    "of_cell": Words(OF_CELL),
    "as_needed": Words(dict.fromkeys(("as needed", "when needed", "vid behov", "efter behov"))),
    "external": Words(dict.fromkeys(("external", "extern", "externt"))),
}
"""The words that may stand in each part of a form."""
ANY_NUMBER = "0|[1-9][0-9]*"
A_NUMBER = "|".join(map(str, range(1, MAX_A_YEAR + 1)))
"""Digits that are read, if only to say that they are too many; and those that editors take."""
AND = (", ", ",", " and ", ", and ", " och ", " & ", " + ")
_PART = re.compile(r"\{(\w+)(\+?)\}")


def pattern(form: str) -> str:
    """Return the pattern of a form in small letters with single spaces; each part is a group of that name."""

    def part(name: str, *, several: bool) -> str:
        some = TABLES[name].pattern(exactly, ANY_NUMBER)
        return f"(?P<{name}>(?:{some})" + (f"(?:(?:{exactly(AND)})(?:{some}))*)" if several else ")")

    return _filled(form, exactly, part)


def loose_pattern(form: str, spelling: Spelling) -> str:
    """Return a short pattern that a form fits; what has several words fits with them in a row, too."""

    def part(name: str, *, several: bool) -> str:
        some = TABLES[name].pattern(spelling, A_NUMBER)
        return f"(?:(?:{some})(?:{spelling(AND)})?)+" if several else f"(?:{some})"

    return _filled(form, spelling, part)


def _filled(form: str, spelling: Spelling, part: Part) -> str:
    """Return a form with its parts, and what stands between them, as patterns."""
    between, found = _PART.split(form)[::3], _PART.findall(form)
    pieces = [spelling([text]) if text else "" for text in between]
    parts = [part(name, several=bool(plus)) for name, plus in found]
    return "".join(text for pair in zip_longest(pieces, parts, fillvalue="") for text in pair)


def exactly(some: Iterable[str]) -> str:
    """Return the pattern of words in small letters, with single spaces."""
    return "|".join(re.escape(word) for word in sorted(some, key=len, reverse=True))


def meanings(form: str, match: re.Match[str]) -> dict[str, Any]:
    """Return the meanings of the parts of a form; those of a part with a + as a list."""
    found: dict[str, Any] = {}
    for name, several in _PART.findall(form):
        words = re.split(exactly(AND), match[name]) if several else [match[name]]
        found[name] = [TABLES[name].meaning(word) for word in words]
        if not several:
            found[name] = found[name][0]
    return found


# --- languages --------------------------------------------------------------------------------------

BOTH = {"per"}
SWEDISH = (
    {*SWEDISH_NUMBERS, *SWEDISH_ORDINALS, *SWEDISH_CELLS, *THE_CELL, *SWEDISH_ADVERBS}
    | {*SWEDISH_PLURALS, *THE_DAY}
    | {"gång", "gånger", "om", "året", "år", "årligen", "varje", "varannan", "vartannat", "var", "vart"}
    | {"i", "på", "den"}
    | {"näst", "sista", "och", "vid", "efter", "behov", "extern", "externt"}
    | {name for name in WEEKDAYS if re.search("dag$|^(?:mån|tis|ons|tor|tors|fre|lör|sön)$", name)}
)
"""Single words of Swedish; what is neither here nor in both languages is English."""


def vocabulary() -> dict[str, set[Language]]:
    """Return every single word that may be written, with its languages."""
    words = {word for table in TABLES.values() for text in table.meanings for word in text.split()}
    words |= {"time", "times", "gång", "gånger", "and", "och"}
    return {
        word: {"en", "sv"} if word in BOTH else {"sv"} if word in SWEDISH else {"en"}
        for word in sorted(words)
    }


def languages(text: str) -> set[Language]:
    """Return the languages that all words of a text may be of: both if that cannot be told."""
    known, both = vocabulary(), {*get_args(Language)}
    spoken = [known[word] for word in text.replace(",", " ").split() if word in known]
    return both.intersection(*spoken) or both
