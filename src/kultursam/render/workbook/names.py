"""Names of sheets, as Excel allows them: short, without some characters, each only once."""

import re
from collections.abc import Iterable

from kultursam.diagnostics import UNSEEN

LONGEST = 31
"""In units of UTF-16, in which Excel counts."""
FORBIDDEN = re.compile(r"[\[\]:*?/\\]|" + UNSEEN.pattern)
RESERVED = "history"
"""A name that Excel keeps for itself."""


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """Return a name for each sheet, the wanted one as far as it can be; equal ones are numbered."""
    names: list[str] = []
    taken = {RESERVED}
    for text in wanted:
        # An apostrophe may stand within a name alone.
        plain = " ".join(FORBIDDEN.sub(" ", text).split()).strip("' ") or "-"
        name, number = _cut(plain, LONGEST), 1
        while name.casefold() in taken:
            number += 1
            ending = f" ({number})"
            name = _cut(plain, LONGEST - len(ending)) + ending
        taken.add(name.casefold())
        names.append(name)
    return names


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text that Excel has room for."""
    while len(text.encode("utf-16-le")) > 2 * most:
        text = text[:-1]
    return text.strip("' ")
