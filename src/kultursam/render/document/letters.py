"""The letters that the fonts of a document have."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

HAS = (
    (0x20, 0x7E), (0xA0, 0x377), (0x37A, 0x37F), (0x384, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1),
    (0x3A3, 0x4FF), (0x531, 0x556), (0x559, 0x58A), (0x591, 0x5C7), (0x5D0, 0x5EA), (0x5EF, 0x5F4),
    (0x621, 0x63A), (0x640, 0x655), (0x660, 0x66D), (0x1E00, 0x1EFF), (0x2000, 0x2027), (0x202F, 0x2040),
    (0x2044, 0x205F), (0x2070, 0x2071), (0x2074, 0x208E), (0x2090, 0x209C), (0x20A0, 0x20C0),
    (0x2100, 0x211E), (0x2126, 0x2151), (0x2153, 0x2184), (0x2190, 0x23FF), (0x2460, 0x2606),
    (0x2717, 0x2717),
)  # fmt: skip
"""First and last of the characters that can be shown: Latin, Greek, Cyrillic, Hebrew, Arabic, and signs."""
FEW = ((0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x2027), (0x2190, 0x21FF), (0x25A0, 0x25FF), (0x2717, 0x2717))
"""The same of those that are shown whatever stands beside them."""
INSTEAD = "□"
LIKE = {"\N{MULTIPLICATION X}": "\N{BALLOT X}"}
Ranges = Sequence[tuple[int, int]]


def known_letters(text: str, has: Ranges = HAS) -> str:
    """Return a text with nothing in it that cannot be shown: what is alike stands for it, or a square."""
    cannot = _others(tuple(has))
    return cannot.sub(lambda match: _nearest(match[0], cannot), unicodedata.normalize("NFC", text))


@cache
def _others(has: Ranges) -> re.Pattern[str]:
    return re.compile("[^\n" + "".join(f"{chr(first)}-{chr(last)}" for first, last in has) + "]")


def _nearest(char: str, cannot: re.Pattern[str]) -> str:
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Mn"}:
        return ""
    like = LIKE.get(char) or unicodedata.normalize("NFKD", char)
    return cannot.sub("", like) or INSTEAD
