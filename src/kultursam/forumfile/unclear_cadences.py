"""What to say of a cadence that cannot be read with certainty: advice that keeps its meaning and language.

Words that are known are never changed for others: "once a month" is not "once a year". What is offered can be
read.
"""

import difflib
import re
from collections.abc import Callable, Iterator
from itertools import product

from kultursam.forumfile.cadence_words import languages, vocabulary
from kultursam.i18n import N_, Message

TWO_MEANINGS = {
    "biweekly": ("every other week", "every monday and thursday"),
    "bi-weekly": ("every other week", "every monday and thursday"),
    "semiweekly": ("every monday and thursday",),
    "bimonthly": ("every other month", "twice a month"),
    "bi-monthly": ("every other month", "twice a month"),
    "semimonthly": ("twice a month",),
    "biannual": ("twice a year", "half-yearly"),
    "biannually": ("twice a year", "half-yearly"),
    "semiannually": ("twice a year", "half-yearly"),
}
"""Words that mean one thing to some and another to others, or that have no form of their own."""
HEDGES = (
    *("at least", "at most", "no more than", "not more than", "no less than", "not less than", "up to"),
    *("about", "approximately", "around", "roughly", "circa", "usually", "normally", "or more", "or so"),
    *("minst", "högst", "max", "maximalt", "upp till", "ca", "ca.", "c:a", "cirka", "ungefär", "omkring"),
    *("runt", "normalt", "oftast", "vanligen", "eller mer", "eller fler", "eller oftare"),
)
"""Words that leave the number open."""
RANGE = re.compile(r"(?:between |mellan )?(\w+) ?(?:-|–| to | till | or | eller | and | och ) ?(\w+) (.+)")
DAY_OF_ENGLISH = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b")
NEAR, SHORT, FEW = 0.72, 3, 4
"""How alike two words are for one to be the other misspelt; words of fewer letters than this differ in one;
how many such words are looked at."""
MOST_UNKNOWN = 3
"""Misspelt words in a text."""
LONGEST = 100
"""Characters of a text that is looked into: comparing words takes time."""


Advice = Message | str
"""What to say of a text; or the one that was perhaps meant."""


def advice_on(text: str, can_be_read: Callable[[str], bool]) -> Advice | None:
    """Return what to say of a text in small letters, if anything."""
    if len(text) > LONGEST:
        return None
    for advice in (_two_meanings, _open_number, _which_weekday, _misspelt):
        if said := advice(text, can_be_read):
            return said
    return None


def _typed(choice: str) -> str:
    """Return a choice with capital letters where English has them."""
    return DAY_OF_ENGLISH.sub(lambda day: day[0].title(), choice)


def _whichever(one: str, other: str) -> Message:
    text = N_('write "{one}" or "{other}", whichever is meant')
    return Message(text, one=_typed(one), other=_typed(other))


def _two_meanings(text: str, can_be_read: Callable[[str], bool]) -> Advice | None:
    for word, choices in TWO_MEANINGS.items():
        if word in text.split():
            readable = [meant for choice in choices if can_be_read(meant := text.replace(word, choice))]
            if len(readable) == 1:
                return _typed(*readable)
            if readable:
                return _whichever(*readable)
    return None


def _open_number(text: str, can_be_read: Callable[[str], bool]) -> Advice | None:
    for hedge in HEDGES:
        rest = re.sub(rf"(^| ){re.escape(hedge)}($| )", " ", text).strip()
        if rest != text and can_be_read(rest):
            return _open(hedge, rest)
    match = RANGE.fullmatch(text)
    if match and can_be_read(fewest := f"{match[1]} {match[3]}"):
        return _open(f"{match[1]}-{match[2]}", fewest)
    return None


def _open(what: str, number: str) -> Message:
    text = N_('"{what}" leaves the number open: write "{number}", and add further meetings as they come')
    return Message(text, what=what, number=_typed(number))


def _which_weekday(text: str, can_be_read: Callable[[str], bool]) -> Advice | None:
    """Return advice on every third Tuesday, and on a month and a weekday without a word for which."""
    if match := re.fullmatch(r"(?:every|each) (\w+) (.+)", text):
        nth, days = match[1], match[2]
        choices = [f"every {nth} week on {days}", f"{nth} {days} of the month"]
        if all(map(can_be_read, choices)):
            return _whichever(*choices)
    if match := re.fullmatch(r"(.+) (on|på)(?: a| an| the| en)? (.+)", text):
        month, on, days = match.groups()
        first = f"first {days} of the month" if on == "on" else f"första {days} i månaden"
        if can_be_read(month) and can_be_read(first):
            return Message('say which of them, such as "{example}"', example=_typed(_one_day(first)))
    return None


def _one_day(text: str) -> str:
    """Return a text with its weekdays in the form that one of them has."""
    return re.sub(r"days\b", "day", re.sub(r"dag(?:ar)?\b", "dagen", text))


def _misspelt(text: str, can_be_read: Callable[[str], bool]) -> Advice | None:
    """Return the text with its unknown words as known ones, if that can be read."""
    known, spoken = vocabulary(), languages(text)
    choices = sorted(word for word, of in known.items() if of & spoken)
    choices += [f"{word} {times}" for word in choices for times in ("times", "gånger") if times in choices]
    typed = text.split()
    unknown = [word for word in typed if word not in known and not re.search("[0-9]", word)]
    if not 1 <= len(unknown) <= MOST_UNKNOWN:
        return None
    near = [list(_near(word, choices)) if word in unknown else [word] for word in typed]
    readable = [meant for several in product(*near) if can_be_read(meant := " ".join(several))]
    if not readable:
        return None
    return _typed(max(readable, key=lambda meant: _likeness(meant, text)))


def _near(word: str, words: list[str]) -> Iterator[str]:
    """Yield the words that one was perhaps meant to be; not those that it only holds, as monthly-ish does."""
    if len(word) < SHORT:
        yield from (near for near in words if len(near) == len(word) and _differing(near, word) == 1)
        return
    for near in difflib.get_close_matches(word, words, n=FEW, cutoff=NEAR):
        if near not in word or len(word) - len(near) < 2:
            yield near


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _differing(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
