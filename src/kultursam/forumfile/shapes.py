"""What each kind of value looks like to an editor, as JSON Schema.

An editor takes scalars for what YAML 1.2 makes of them: 14 for a number, true for a boolean, ~ for null.
The product reads all of them as text. So whatever it reads must fit here; not all that fits is right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kultursam.forumfile import notation

Shape = dict[str, object]

SCALAR = ["string", "number", "boolean", "null"]
"""What a plain word may be taken for: a forum's name may be 2025, and its id null."""


def word(pattern: str, write: str, *examples: str, most: int | None = None) -> Shape:
    """Give the shape of a text of a pattern, what to write where it is another, and what to offer."""
    shape: Shape = {"type": "string", "pattern": f"^(?:{pattern})$", "patternErrorMessage": f"Write {write}"}
    if examples:
        # Not "examples": where the mouse rests, editors would show each in a box of its own.
        shape["defaultSnippets"] = [{"label": one, "body": one} for one in examples]
    return shape if most is None else {**shape, "maxLength": most}


def scalar(pattern: str, write: str, *examples: str, most: int | None = None) -> Shape:
    """Give the shape of a text that an editor may take for another scalar."""
    return {**word(pattern, write, *examples, most=most), "type": SCALAR}


def number(
    least: int, most: int, pattern: str = notation.WHOLE_NUMBER, write: str = "a number such as 14"
) -> Shape:
    """Give the shape of a whole number within bounds, or of what else a pattern allows."""
    return {**word(pattern, write), "type": ["integer", "string"], "minimum": least, "maximum": most}


def one_of(words: Iterable[str]) -> Shape:
    """Give the shape of one of a few words."""
    return {"enum": list(words)}


def _any_case(words: Iterable[str]) -> str:
    """Give a pattern of words in large or small letters, with any white space, an å in one piece or two."""
    return "|".join("".join(_letter(char) for char in text) for text in words)


def _letter(char: str) -> str:
    if char == " ":
        return r"\s+"
    forms = [char, char.upper()]
    forms += [split for form in forms if (split := unicodedata.normalize("NFD", form)) != form]
    return f"(?:{'|'.join(forms)})" if len(forms) > 2 else f"[{''.join(forms)}]"


def _weekday(numbers: Iterable[int]) -> Shape:
    known = [name for name, number in notation.WEEKDAYS.items() if number in numbers]
    short = (name for name in known if len(name) == 3)
    return word(rf"\s*(?:{_any_case(known)})\s*", "a weekday such as tue, tisdag", *short)


def _cadence() -> Shape:
    counts = "|".join(map(str, range(1, notation.MOST_A_YEAR + 1)))
    times = _any_case((" time", " times", " gång", " gånger"))
    some = rf"(?:{_any_case(notation.NUMBERS)}|(?:{counts})(?:{times})?)\s+(?:{_any_case(notation.PER_YEAR)})"
    parts = "|".join(f"{key}=(?:{value})(?:,(?:{value}))*" for key, value in notation.RRULE_PARTS.items())
    rule = re.sub(
        "[A-Z]", lambda found: f"[{found[0]}{found[0].lower()}]", f"RRULE:(?:{parts})(?:;(?:{parts}))*"
    )
    return word(
        rf"\s*(?:{_any_case(notation.PHRASES)}|{some})\s*|{rule}",
        notation.ACCEPTED,
        *re.findall('"([^"]+)"', notation.ACCEPTED),
    )


REFERENCE = scalar(notation.ID, 'the id of something in this file: a-z, 0-9 and "-"')
ID = scalar(
    f"(?!(?:{'|'.join(sorted(notation.RESERVED_IDS))})$){notation.ID}",
    'an id: a-z, 0-9 and "-", at most 64, such as kultur-2',
)
TEXT = scalar(r"[\s\S]*\S[\s\S]*", "a text")
PATH = scalar(r"[\s\S]+", "a path such as busy/council.ics")
NUMBER = number(0, 99_999)
FLAG: Shape = {
    **word(_any_case(notation.YES_OR_NO), "true or false", *notation.YES_OR_NO),
    "type": ["boolean", "string"],
}
STRENGTH = one_of(notation.STRENGTHS)
WEEKS = number(1, 53, notation.WEEKS, "ISO weeks such as 8, 26-32")
EASTER_DAY = number(-999, 999, notation.SIGNED_NUMBER, "a number such as -6, 3")
DAY_RANGE = number(0, 999, notation.DAY_RANGE, "a number of days such as 14, 12-21")
TIME_SPAN = word(notation.TIME_SPAN, "a time such as 09:00-12:00", "09:00-12:00")
MONTH_AND_DAY = "(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
DAY_OF_YEAR = word(
    f"(?:[0-9]{{4}}-)?{MONTH_AND_DAY}", "a day such as 06-18, or 2025-06-18 for that year only"
)
DATE = word(f"[0-9]{{4}}-{MONTH_AND_DAY}", "a date such as 2025-06-18")
DURATION = word(notation.DURATION, "a length of time such as 30m, 2h, 1d, 1w", "30m", "2h", "1d", "1w")
WEEKDAY = _weekday(range(7))
MEETING_WEEKDAY = _weekday(range(5))
CADENCE = _cadence()
