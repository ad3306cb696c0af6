"""The lines of an iCalendar file that say when, in their components; no other line is read at all.

Calendars are read as they are found: folded inside a letter, in UTF-8, UTF-16 or an older encoding, with any
line ends, and with lines in between that are no lines of a calendar.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from kultursam.i18n import N_, Message

NAMES = (
    "BEGIN", "END", "METHOD", "X-WR-TIMEZONE", "UID", "SEQUENCE", "STATUS", "TRANSP",
    "X-MICROSOFT-CDO-BUSYSTATUS", "LOCATION", "DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE",
    "EXDATE", "RECURRENCE-ID", "FREEBUSY", "TZID", "TZOFFSETFROM", "TZOFFSETTO",
)  # fmt: skip
"""The properties that say when something is, whether it takes time, and where."""
TITLES = ("SUMMARY", "CATEGORIES")
"""Those that say what something is, where that is asked for."""


@cache
def _lines_of(names: tuple[str, ...]) -> re.Pattern[bytes]:
    """Return the pattern of the lines of some properties, what is folded of them included."""
    first_letters = "".join(sorted({name[0] for name in names}))
    return re.compile(
        rf"^(?=[{first_letters}])({'|'.join(names)})([;:][^\n]*(?:\n[ \t][^\n]*)*)".encode(),
        re.MULTILINE | re.IGNORECASE,
    )


_FOLD = re.compile(rb"\n[ \t]")
_ESCAPED = re.compile(r"\\(.)")
_PARAMETER = r""";[^";:]*(?:"[^"]*"[^";:]*)*"""
_PARTS = re.compile(rf"((?:{_PARAMETER})*):(.*)", re.DOTALL)
_COMPONENT = re.compile("[A-Z0-9-]+")
MOST_TEXT = 80
"""Characters of a line that are told."""

NOT_ICALENDAR = Message("is not an iCalendar file")
NO_CALENDAR = N_('is not a whole iCalendar file: "BEGIN:VCALENDAR" is missing before "BEGIN:{name}"')
CUT_SHORT = N_('was cut short: "END:{name}" is missing')
AT_LINE = N_("cannot be read at line {line}, {text}: {problem}")
NOT_BEGUN = Message("this ends what has not begun")
NESTED = Message("one calendar begins inside another")


class CalendarError(ValueError):
    """A calendar of another body cannot be read."""

    def __init__(self, *faults: Message) -> None:
        super().__init__(*faults[:1])
        self.faults = faults
        """Each says what is wrong, without the name of the file."""


class Line:
    """A line that says when, as it stands in the file; what it says is read once, when it is asked for."""

    __slots__ = ("_parts", "at", "name", "raw")

    def __init__(self, name: str, raw: bytes, at: int) -> None:
        self.name = name
        self.raw = raw
        """What comes after the name, folds included."""
        self.at = at
        """Where it begins in the file."""
        self._parts: tuple[Mapping[str, str], str] | None = None

    @property
    def text(self) -> str:
        """What comes after the name. What is not UTF-8 is read as Windows wrote it before."""
        whole = _FOLD.sub(b"", self.raw) if b"\n" in self.raw else self.raw
        try:
            return whole.decode()
        except UnicodeDecodeError:
            return whole.decode("cp1252", "replace")

    @property
    def value(self) -> str:
        """Its value, without blanks around."""
        return self.parts[1]

    @property
    def parts(self) -> tuple[Mapping[str, str], str]:
        """Its parameters, by name in capitals, and its value."""
        if self._parts is None:
            text = self.text
            match = _PARTS.fullmatch(text) if text.startswith(";") else None
            self._parts = (_parameters(match[1]), match[2].strip()) if match else ({}, text[1:].strip())
        return self._parts


@lru_cache(maxsize=64)
def _parameters(text: str) -> Mapping[str, str]:
    """Return the parameters of a line: most lines of a file have the same few."""
    pairs = (one[1:].partition("=") for one in re.findall(_PARAMETER, text))
    return {name.strip().upper(): value.strip().strip('"').strip() for name, _, value in pairs}


@dataclass(slots=True)
class Component:
    """A part of a calendar from its BEGIN to its END: its lines that say when, and the parts within it."""

    name: str
    at: int
    """Where it begins in the file."""
    lines: list[Line] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        """Return the lines of a property that have a value: one without says nothing."""
        return [line for line in self.lines if line.name == name and line.value]

    def first(self, name: str) -> Line | None:
        """Return the first line of a property that has a value."""
        for line in self.lines:
            if line.name == name and line.value:
                return line
        return None

    def word(self, name: str) -> str:
        """Return the value of a property in capitals; empty where it is not said."""
        line = self.first(name)
        return line.value.upper() if line else ""

    def of(self, name: str) -> Iterator["Component"]:
        """Yield the parts of a name, but not the parts of its parts."""
        return (part for part in self.parts if part.name == name)


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """The calendars of a file, and its text, to tell of faults."""

    text: bytes
    calendars: list[Component]

    def fault(self, at: int, problem: Message) -> Message:
        """Return what is wrong with the line that begins at a place, with its number and its text."""
        number = self.text.count(b"\n", 0, at) + 1
        return Message(AT_LINE, line=number, text=self.shown(at), problem=problem)

    def shown(self, at: int) -> str:
        """Return the beginning of the line that begins at a place, between quotation marks."""
        end = self.text.find(b"\n", at)
        line = self.text[at : end if end >= 0 else None].decode("utf-8", "replace").strip()
        return f'"{line[:MOST_TEXT]}…"' if len(line) > MOST_TEXT else f'"{line}"'


def read_lines(data: bytes, *, more: tuple[str, ...] = ()) -> CalendarFile:
    """Return the calendars of a file, with the lines of `more` properties than those that say when.

    Raise `CalendarError` where it is none, or not whole.
    """
    file = CalendarFile(_as_utf8(data), [])
    root = Component("", 0)
    within = [root]
    for match in _lines_of(NAMES + more).finditer(file.text):
        name, raw = match.groups()
        line = Line(name.decode().upper(), raw, match.start())
        if line.name not in {"BEGIN", "END"}:
            within[-1].lines.append(line)
        elif _COMPONENT.fullmatch(name := line.value.upper()):
            _step(file, within, line, name)
    if len(within) > 1 and within[1].name == "VCALENDAR":
        raise CalendarError(Message(CUT_SHORT, name=within[-1].name))
    file.calendars.extend(root.of("VCALENDAR"))
    if alone := next((part.name for part in root.parts if part.name != "VCALENDAR"), None):
        raise CalendarError(Message(NO_CALENDAR, name=alone))
    if not file.calendars:
        raise CalendarError(NOT_ICALENDAR)
    return file


def plain(text: str) -> str:
    """Return a text without escapes, in one line."""
    return " ".join(_ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], text).split())


def _step(file: CalendarFile, within: list[Component], line: Line, name: str) -> None:
    """Go into the component that a line begins, or out of the one that it ends."""
    if line.name == "BEGIN":
        if name == "VCALENDAR" and len(within) > 1:
            raise CalendarError(file.fault(line.at, NESTED))
        component = Component(name, line.at)
        within[-1].parts.append(component)
        within.append(component)
    elif within[-1].name != name:
        raise CalendarError(file.fault(line.at, NOT_BEGUN) if len(within) > 1 else NOT_ICALENDAR)
    else:
        within.pop()


def _as_utf8(data: bytes) -> bytes:
    """Return a text with the line ends of Unix; one in UTF-16 is turned into UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    data = data.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n")
    return re.sub(rb"\r+\n|\r", b"\n", data) if b"\r" in data else data
