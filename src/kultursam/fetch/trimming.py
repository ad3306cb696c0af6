"""What is kept of a calendar of another body: when its events are, and no more.

Lines are kept or left out as they stand; whether they can be read is the reader's affair.
"""

import codecs
import re
from collections.abc import Container, Iterator
from hashlib import sha256

from kultursam.dates.busy_calendars import source_of
from kultursam.i18n import N_, Message

MARK = b"PRODID:-//kultursam//fetched//EN"
"""It stands at the head of every copy: a file without it is none of ours."""
HEAD = 200
"""Bytes in which the mark is looked for."""
COMPONENTS = {b"VCALENDAR", b"VEVENT", b"VFREEBUSY", b"VTIMEZONE", b"STANDARD", b"DAYLIGHT"}
MAX_DEPTH = 10
"""Of components one in another; no calendar has more than three."""
WHEN = {
    b"METHOD", b"CALSCALE", b"X-WR-TIMEZONE", b"SEQUENCE", b"STATUS", b"TRANSP",
    b"X-MICROSOFT-CDO-BUSYSTATUS", b"DTSTART", b"DTEND", b"DURATION", b"RRULE", b"EXRULE", b"RDATE",
    b"EXDATE", b"RECURRENCE-ID", b"FREEBUSY", b"TZID", b"TZOFFSETFROM", b"TZOFFSETTO",
}  # fmt: skip
"""Properties that say when something is, and whether it takes time. DTSTAMP says when the file was made."""
SOURCE = b"X-KULTURSAM-SOURCE"
"""The source of an external meeting in calendars of this program."""
NAMES = {b"SUMMARY", b"LOCATION", b"UID"}
_FOLD = re.compile(rb"(?:\r\n|\r|\n)[ \t]")
_NAME = re.compile(rb"\s*([A-Za-z0-9-]+)\s*([;:].*)", re.DOTALL)
_OWN_PARAMETER = re.compile(rb';X-[A-Za-z0-9-]+=(?:"[^"]*"|[^;:"]*)')
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
    kept: list[bytes] = []
    begun, is_own = 0, False
    for within, name, rest in _lines(_in_utf8(data)):
        if name == b"BEGIN" and within[-1] == b"VEVENT":
            begun, is_own = len(kept), False
        value = rest[1:].strip().decode("utf-8", "replace")
        is_own |= (source_of(value) if name == b"UID" else value if name == SOURCE else None) in own
        if COMPONENTS.issuperset(within):
            kept += _kept(within, name, rest, with_names=with_names)
        if name == b"END" and within[-1] == b"VEVENT" and is_own:
            del kept[begun:]
    return b"".join(line + b"\r\n" for line in kept)


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


def _kept(within: list[bytes], name: bytes, rest: bytes, *, with_names: bool) -> Iterator[bytes]:
    """Yield what is kept of a line."""
    if name in {b"BEGIN", b"END"}:
        yield name + b":" + within[-1]
        if name == b"BEGIN" and within == [b"VCALENDAR"]:
            yield b"VERSION:2.0"
            yield MARK
    elif name in WHEN:
        yield name + _OWN_PARAMETER.sub(b"", rest)
    elif name in NAMES and with_names:
        yield name + rest
    elif name == b"UID" and rest.strip(b": "):
        yield b"UID:" + sha256(rest).hexdigest()[:32].encode()


def _lines(data: bytes) -> Iterator[tuple[list[bytes], bytes, bytes]]:
    """Yield each line of a calendar: the components that it lies in, its name, and what comes after that.

    Lines that begin and end a component lie in it. What stands before, between and behind calendars is left
    out. Raise `NotACalendarError` if no calendar begins, or one does not end.
    """
    if _PAGE.match(data):
        raise WebPageError
    within: list[bytes] = []
    found = False
    for match in map(_NAME.fullmatch, _FOLD.sub(b"", data).splitlines()):
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
