"""What forums and meetings are told by, the same in terminal, wheel and page: letters, colours and states."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kultursam.i18n import N_
from kultursam.plans.model import Origin, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kultursam.forumfile.register import Register
    from kultursam.plans.model import Meeting, Plan

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwyz0123456789"
"""Without x, which stands for what is cancelled where there is nothing better."""
TOO_MANY = "*"
COLOURS = (
    ("#0072b2", "#ffffff"), ("#d55e00", "#000000"), ("#009e73", "#000000"), ("#cc79a7", "#000000"),
    ("#e69f00", "#000000"), ("#56b4e9", "#000000"), ("#f0e442", "#000000"), ("#000000", "#ffffff"),
)  # fmt: skip
"""Okabe and Ito's colours for the colour-blind, each with that of the text on it."""
STATES = (N_("confirmed"), N_("proposed"), N_("reserved"), N_("external"), N_("cancelled"))
"""What a meeting may be, in the order of legends; translated where it is shown."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What a forum is told by."""

    name: str
    letter: str
    colour: int
    """Its place among the colours."""


def of_forums(register: Register, plans: Iterable[Plan]) -> dict[str, Sign]:
    """Give the signs of each forum, in file order, then of those that have left the file.

    A forum has the name it had when planned; of several plans the last that has it counts.
    """
    planned = {key: record.name for plan in plans for key, record in plan.forums.items()}
    order = dict.fromkeys([*register.forums, *planned])
    names = {key: planned.get(key) or register.forums[key].name for key in order}
    own = letters(names)
    return {key: Sign(names[key], own[key], place % len(COLOURS)) for place, key in enumerate(order)}


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


def state(meeting: Meeting) -> str:
    """Give what a meeting is to those who are told of it, one of the states."""
    if not meeting.live:
        return "cancelled"
    if meeting.origin is Origin.EXTERNAL:
        return "external"
    reserved = meeting.origin is Origin.RESERVED and meeting.status is Status.PROPOSED
    return "reserved" if reserved else meeting.status.value


def is_published(register: Register, meeting: Meeting) -> bool:
    """Return whether a meeting stands in calendars: those decided elsewhere only where the file says so."""
    if meeting.origin is not Origin.EXTERNAL:
        return True
    model = register.forums.get(meeting.forum)
    return model is not None and model.publish
