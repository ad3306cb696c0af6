"""The letters that the fonts of a document have."""

import re
import unicodedata

HAS = (
    (0x20, 0x7E), (0xA0, 0x4FF), (0x531, 0x556), (0x559, 0x55F), (0x561, 0x587), (0x591, 0x5F4),
    (0x621, 0x63A), (0x640, 0x655), (0x660, 0x66D), (0x1D00, 0x1DBF), (0x1E00, 0x1FFF), (0x2000, 0x2027),
    (0x202F, 0x203F), (0x2044, 0x205F), (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2100, 0x211E), (0x2126, 0x2151),
    (0x2153, 0x2184), (0x2190, 0x23FF), (0x2460, 0x2606), (0x2717, 0x2717),
)  # fmt: skip
"""First and last of the characters that can be shown: Latin, Greek, Cyrillic, Hebrew, Arabic, and signs."""
CANNOT = re.compile("[^\n" + "".join(f"{chr(first)}-{chr(last)}" for first, last in HAS) + "]")
INSTEAD = "□"
LIKE = {"\N{MULTIPLICATION X}": "\N{BALLOT X}"}


def known_letters(text: str) -> str:
    """Return a text with nothing in it that cannot be shown: what is alike stands for it, or a square."""
    return CANNOT.sub(lambda match: _nearest(match[0]), unicodedata.normalize("NFC", text))


def _nearest(char: str) -> str:
    if unicodedata.category(char) in {"Cc", "Cf", "Cs"}:
        return ""
    like = LIKE.get(char) or unicodedata.normalize("NFKD", char)
    return CANNOT.sub("", like) or INSTEAD
