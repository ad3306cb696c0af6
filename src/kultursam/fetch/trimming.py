"""What is kept of a calendar of another body: when its events are, and no more.

Of each line that says when, known parameters and known values are kept as they stand. What the reader of
calendars takes for nothing is left out or replaced by what means nothing, and what it would refuse stays
refused, without its words.
"""

import codecs
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from kultursam.dates.busy_calendars import source_of
from kultursam.dates.calendar_entries import BUSY, FREE, TIME, time_parts
from kultursam.dates.calendar_lines import Line
from kultursam.dates.calendar_series import RULE_PARTS
from kultursam.dates.calendar_zones import is_name, zone_named
from kultursam.i18n import N_, Message

MARK = b"PRODID:-//kultursam//fetched//EN"
"""It stands at the head of every copy: a file without it is none of ours."""
HEAD = 200
"""Bytes in which the mark is looked for."""
COMPONENTS = {b"VCALENDAR", b"VEVENT", b"VFREEBUSY", b"VTIMEZONE", b"STANDARD", b"DAYLIGHT"}
MAX_DEPTH = 10
"""Of components one in another; no calendar has more than three."""
WORDS = {
    "METHOD": ({"PUBLISH", "REQUEST", "REPLY", "ADD", "CANCEL", "REFRESH", "COUNTER"}, "PUBLISH"),
    "STATUS": ({"TENTATIVE", "CONFIRMED", "CANCELLED"}, "CONFIRMED"),
    "TRANSP": ({"OPAQUE", "TRANSPARENT"}, "OPAQUE"),
    "X-MICROSOFT-CDO-BUSYSTATUS": (BUSY | FREE, "OTHER"),
}
"""Properties of one word: those that are known, and what stands for any other."""
TIMES = {"DTSTART", "DTEND", "RECURRENCE-ID"}
LISTS = {"RDATE", "EXDATE", "FREEBUSY"}
RULES = {"RRULE", "EXRULE"}
OFFSETS = {"TZOFFSETFROM", "TZOFFSETTO"}
ZONES = {"TZID", "X-WR-TIMEZONE"}
PARAMETERS = {
    "VALUE": {"DATE", "DATE-TIME", "PERIOD"},
    "FBTYPE": {"FREE", "BUSY", "BUSY-UNAVAILABLE", "BUSY-TENTATIVE"},
    "RANGE": {"THISANDFUTURE"},
}
"""Those of times, and their values; beside them there is the name of a zone."""
SOURCE = b"X-KULTURSAM-SOURCE"
"""The source of an external meeting in calendars of this program."""
NAMES = {"SUMMARY", "LOCATION", "UID"}
KEPT = {*WORDS, *TIMES, *LISTS, *RULES, *OFFSETS, *ZONES, *NAMES, "DURATION", "SEQUENCE", "BEGIN", "END"}
MAX_NAME = 255
"""Characters of the name of a zone."""
_DURATION = re.compile("[+-]?P[0-9WDTHMS]*")
_OFFSET = re.compile("[+-][0-9]{4}(?:[0-9]{2})?")
_NUMBER = re.compile("[0-9]{1,9}")
_DAY = "[+-]?[0-9]{0,2}(?:MO|TU|WE|TH|FR|SA|SU)"
_RULE_VALUE = re.compile(
    rf"SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY|GREGORIAN|OMIT|[0-9,+-]+|{_DAY}(?:,{_DAY})*"
)
_OURS = re.compile(r"(?:Zone-|\?)[0-9a-f]{8}")
"""What stands for something in a copy that is read again."""
_FOLD = re.compile(rb"(?:\r\n|\r|\n)[ \t]")
_DEFINED = re.compile(rb"[\r\n][ \t]*TZID([;:][^\r\n]*)", re.IGNORECASE)
_NAME = re.compile(rb"\s*([A-Za-z0-9-]+)\s*([;:].*)", re.DOTALL)
_EVENT = re.compile(rb"^BEGIN:(?:VEVENT|VFREEBUSY)\r$", re.MULTILINE)
_PAGE = re.compile(rb"\s*<(?:!doctype html|html|head|\?xml)", re.IGNORECASE)


class NotACalendarError(Exception):
    """Data are no calendar."""

    sentence = N_("what came is not an iCalendar file")

    def __init__(self) -> None:
        super().__init__(Message(self.sentence))


class WebPageError(NotACalendarError):
    """Data are a page to look at, such as that of a login."""

    sentence = N_("a web page came instead of a calendar; perhaps the address leads to a login")


class HalfError(NotACalendarError):
    """A calendar ends too early, or its parts are not one in another."""

    sentence = N_("what came is not a whole calendar")


def trimmed(data: bytes, *, with_names: bool = False, own: Container[str] = frozenset()) -> bytes:
    """Return of a calendar what says when its events are. Raise `NotACalendarError`.

    With names, what they are called, where they are and their identifiers are kept too. Events whose sources
    are our `own` meetings are left out: whoever takes our dates into a calendar of theirs closes them to
    nobody here.
    """
    kept: list[str] = []
    begun, is_own = 0, False
    data = _FOLD.sub(b"", _in_utf8(data))
    defined = (Line("TZID", match[1], 0).value for match in _DEFINED.finditer(data))
    trimmer = _Trimmer(with_names, frozenset(map(_zone_of, defined)))
    for within, name, rest in _lines(data):
        if name == b"BEGIN" and within[-1] == b"VEVENT":
            begun, is_own = len(kept), False
        value = rest[1:].strip().decode("utf-8", "replace")
        is_own |= (source_of(value) if name == b"UID" else value if name == SOURCE else None) in own
        if COMPONENTS.issuperset(within):
            kept += trimmer.kept(within, Line(name.decode(), rest, 0))
        if name == b"END" and within[-1] == b"VEVENT" and is_own:
            del kept[begun:]
    return b"".join(line.encode("utf-8", "replace") + b"\r\n" for line in kept)


def number_of_events(copy: bytes) -> int:
    """Return how many events a trimmed calendar holds, each series counted once."""
    return len(_EVENT.findall(copy))


def is_copy(data: bytes) -> bool:
    """Return whether a file is a trimmed calendar."""
    return MARK in data[:HEAD]


def _in_utf8(data: bytes) -> bytes:
    """Return data as they are, unless they are UTF-16."""
    encoding = {b"B\0": "utf-16-le", b"\0B": "utf-16-be"}.get(data[:2])
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        return data.decode(encoding).encode() if encoding else data.removeprefix(codecs.BOM_UTF8)
    except ValueError as error:
        raise NotACalendarError from error


# --- lines ---


@dataclass(frozen=True, slots=True)
class _Trimmer:
    """Says what is kept of a line."""

    with_names: bool
    defined: frozenset[str]
    """The zones that the calendar defines."""

    def kept(self, within: list[bytes], line: Line) -> Iterator[str]:
        """Yield what is kept of a line: one without a value says nothing."""
        if line.name in {"BEGIN", "END"}:
            yield f"{line.name}:{within[-1].decode()}"
            if line.name == "BEGIN" and within == [b"VCALENDAR"]:
                yield "VERSION:2.0"
                yield MARK.decode()
        elif line.name not in KEPT or not line.value:
            return
        elif line.name in NAMES and self.with_names:
            yield f"{line.name}:{line.value}"
        elif line.name == "UID":
            yield f"UID:{_digest(line.value, 32)}"
        elif line.name in TIMES | LISTS:
            parameters, value = time_parts(line) if line.name in TIMES else line.parts
            in_zone = within[-1] in {b"STANDARD", b"DAYLIGHT"}
            several = value.split(",") if line.name in LISTS else [value]
            times = ",".join(_time(text.strip()[:15] if in_zone else text.strip()) for text in several)
            yield f"{line.name}{self._parameters(parameters)}:{times}"
        elif line.name not in NAMES:
            yield f"{line.name}:{self._value(line.name, line.value)}"

    def _parameters(self, parameters: Mapping[str, str]) -> str:
        """Return the parameters of a time that are known."""
        kept = {
            name: self._zone(value) if name == "TZID" else value.upper()
            for name, value in parameters.items()
            if name == "TZID" or value.upper() in PARAMETERS.get(name, ())
        }
        quoted = {name: f'"{value}"' if re.search("[:;,]", value) else value for name, value in kept.items()}
        return "".join(f";{name}={value}" for name, value in quoted.items())

    def _value(self, name: str, value: str) -> str:
        """Return what is kept of the value of any other property."""
        if name in WORDS:
            known, other = WORDS[name]
            return value.upper() if value.upper() in known else other
        if name == "SEQUENCE":
            return value if _NUMBER.fullmatch(value) else "0"
        if name in ZONES:
            return self._zone(_zone_of(value))
        if name in RULES:
            return _rule(value)
        form = _DURATION if name == "DURATION" else _OFFSET
        return value if form.fullmatch(value.upper()) else _refused(value)

    def _zone(self, name: str) -> str:
        """Return the name of a zone if it is one of the known names; any other gets a name of ours."""
        if is_name(name) or _OURS.fullmatch(name):
            return name
        known = zone_named(name) if name not in self.defined and len(name) <= MAX_NAME else None
        return str(known) if known else f"Zone-{_digest(name, 8)}"


def _time(text: str) -> str:
    """Return a time, or a period, if it is one."""
    first, _, last = text.partition("/")
    is_time = TIME.fullmatch(first.strip()) or not text
    is_end = not last or TIME.fullmatch(last.strip()) or _DURATION.fullmatch(last.strip().upper())
    return text if is_time and is_end else _refused(text)


def _rule(text: str) -> str:
    """Return a recurrence rule of known parts."""
    kept = []
    for part in text.split(";"):
        name, _, value = (piece.strip().upper() for piece in part.partition("="))
        if not value or name.startswith("X-"):
            continue
        is_known = name in RULE_PARTS | {"RSCALE", "SKIP"}
        if not is_known or not (TIME if name == "UNTIL" else _RULE_VALUE).fullmatch(value):
            return _refused(text)
        kept.append(f"{name}={value}")
    return ";".join(kept) or _refused(text)


def _zone_of(value: str) -> str:
    return value.strip('"').strip()


def _refused(text: str) -> str:
    """Return what the reader refuses, as it does what stood there."""
    return text if _OURS.fullmatch(text) else f"?{_digest(text, 8)}"


def _digest(text: str, length: int) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:length]


def _lines(data: bytes) -> Iterator[tuple[list[bytes], bytes, bytes]]:
    """Yield each line of a calendar: the components that it lies in, its name, and what comes after that.

    Lines that begin and end a component lie in it. What stands before, between and behind calendars is left
    out. Raise `NotACalendarError` if no calendar begins, or one does not end.
    """
    if _PAGE.match(data):
        raise WebPageError
    within: list[bytes] = []
    found = False
    for match in map(_NAME.fullmatch, data.splitlines()):
        name, rest = (match[1].upper(), match[2]) if match else (b"", b"")
        value = rest[1:].strip().upper()
        if name == b"BEGIN" and (within or value == b"VCALENDAR"):
            within.append(value)
            found = True
        if not within or not name:
            continue
        yield within, name, rest
        if len(within) > MAX_DEPTH or (name == b"END" and within.pop() != value):
            raise HalfError
    if not found:
        raise NotACalendarError
    if within:
        raise HalfError
