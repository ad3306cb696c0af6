"""Problems: what is wrong with the user's files, and where; and the errors that carry them."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Self

from kultursam.i18n import N_, Message, in_language

Severity = Literal["error", "warning", "tip"]
SCHEMA: Final = 2
"""Of every JSON document: the version of its shape."""
MOST_TEXT, MOST_SOURCE = 1000, 160
"""Characters that are shown of a text and of a line of a file, however long these are."""
UNSEEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufdd0-\ufdef\ufffe\uffff\U0010fffe\U0010ffff]"
)
"""Characters that HTML and XML do not allow, and those that change the direction of the text around them."""
MOST_CHOICES = 1000
"""Choices that an unknown word is compared with, at most: each comparison takes time."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem and its place in a file. Lines and columns count from 1."""

    text: str
    """A `Message`, or a text that is in the file's language already."""
    severity: Severity = "error"
    file: str | None = None
    line: int | None = None
    column: int | None = None
    source: str | None = None
    """The line of the file that has the problem."""
    code: str = ""
    """The stable name of the kind of problem, for programs; an error class fills in its own."""

    def in_language(self, language: str) -> Self:
        """Return the problem with its text in a language."""
        return replace(self, text=in_language(self.text, language))

    def as_data(self) -> dict[str, Any]:
        """Return the problem as plain data."""
        keys = ("severity", "code", "text", "file", "line", "column")
        return {key: getattr(self, key) for key in keys} | {"code": self.code or self.severity}

    def __str__(self) -> str:
        """Return ``file:line:column: error: text``, the source line and a caret."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        head = f"{place}: {self.severity}: {self.text}" if place else f"{self.severity}: {self.text}"
        if len(head) > MOST_TEXT:
            head = f"{head[: MOST_TEXT // 2]} … {head[-MOST_TEXT // 2 :]}"
        head = printable(head).replace("\n", "\\n")
        if self.source is None or self.line is None or self.column is None:
            return head
        first = max(0, self.column - 1 - MOST_SOURCE // 2) if len(self.source) > MOST_SOURCE else 0
        before = printable(self.source[first : self.column - 1])
        after = printable(self.source[self.column - 1 : first + MOST_SOURCE])
        return f"{head}\n{self.line:>5} | {before}{after}\n      | {' ' * width(before)}^"


class KultursamError(Exception):
    """An error that the user can correct; each kind is a class with its sentence, code and exit status."""

    code = "error"
    """The stable name of the kind of error, for programs."""
    exit_status = 1

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = tuple(
            problem if problem.code else replace(problem, code=self.code) for problem in problems
        )


class IncompleteInstallationError(KultursamError):
    """A library or a file of the package is missing or cannot be loaded."""

    code = "incomplete-installation"

    def __init__(self, reason: str) -> None:
        text = Message(
            "this installation of kultursam is incomplete ({reason}); install it again", reason=reason
        )
        super().__init__(Problem(text))


class UnknownIdError(KultursamError):
    """Nothing has an id that was given."""

    sentence = ""

    def __init__(self, key: str, known: Iterable[str]) -> None:
        super().__init__(Problem(did_you_mean(Message(self.sentence, key=key), key, known)))


class UnknownForumError(UnknownIdError):
    """No forum has the id."""

    code = "unknown-forum"
    sentence = N_('there is no forum "{key}"')


class UnknownOrganisationError(UnknownIdError):
    """No organisation, nor group where groups are allowed, has the id."""

    code = "unknown-organisation"
    sentence = N_('there is no organisation "{key}"')


class UnknownRoleError(UnknownIdError):
    """No forum has members of a role."""

    code = "unknown-role"
    sentence = N_('no forum has members in the role "{key}"')


class UnknownMeetingError(UnknownIdError):
    """No plan of record has a meeting with the id."""

    code = "unknown-meeting"
    sentence = N_('there is no meeting "{key}"')


class UnknownTargetError(UnknownIdError):
    """Neither a forum nor a meeting has the id."""

    code = "unknown-id"
    sentence = N_('there is no forum or meeting "{key}"')


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether any of the problems is an error."""
    return any(problem.severity == "error" for problem in problems)


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that a word was probably meant to be, if any."""
    known = list(choices)
    if len(known) > MOST_CHOICES:
        return None
    by_folded = {choice.casefold(): choice for choice in sorted(known, reverse=True)}
    folded = word.casefold()[:80]
    near = difflib.get_close_matches(folded, by_folded, n=3, cutoff=0.6)

    def similarity(choice: str) -> tuple[float, bool]:
        # Of equally similar choices, the one with the same first letter: mondag is måndag, not onsdag.
        return difflib.SequenceMatcher(None, choice, folded).ratio(), choice[:1] == folded[:1]

    return by_folded[max(near, key=similarity)] if near else None


def did_you_mean(sentence: Message, word: str, choices: Iterable[str]) -> Message:
    """Return a sentence on a word; if a choice is similar, with the question whether that was meant."""
    if near := nearest(word, choices):
        return Message('{sentence}; did you mean "{choice}"?', sentence=sentence, choice=near)
    return sentence


def printable(text: str) -> str:
    """Return a text with control characters as escapes, so that no name can control a terminal."""
    unseen = {"Cc", "Cs", "Cf", "Zl", "Zp"}
    return "".join(
        f"\\u{ord(char):04x}" if char != "\n" and unicodedata.category(char) in unseen else char
        for char in text.replace("\t", " ")
    )


def width(text: str) -> int:
    """Return the number of terminal cells that a text takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
