"""What forums are told by beside their names: a letter and a colour, the same in terminal, wheel and page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwyz0123456789"
"""Without x, which stands for what is cancelled where there is nothing better."""
TOO_MANY = "*"
COLOURS = (
    ("#0072b2", "#ffffff"), ("#d55e00", "#000000"), ("#009e73", "#000000"), ("#cc79a7", "#000000"),
    ("#e69f00", "#000000"), ("#56b4e9", "#000000"), ("#f0e442", "#000000"), ("#000000", "#ffffff"),
)  # fmt: skip
"""Okabe and Ito's colours for the colour-blind, each with that of the text on it."""


def letters(names: Mapping[str, str]) -> dict[str, str]:
    """Give each name a letter of its own, one that is in it where such a one is free."""
    free, found = dict.fromkeys(LETTERS), {}
    for key, name in names.items():
        latin = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().upper()
        # Short words are such as "for" and "and".
        words = sorted(re.findall(r"[A-Z]+", latin), key=lambda word: len(word) <= len("and"))
        wanted = [*(word[0] for word in words), *"".join(words), *free]
        found[key] = next((one for one in wanted if one in free), TOO_MANY)
        free.pop(found[key], None)
    return found
