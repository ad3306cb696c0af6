"""Text and lines of an iCalendar file.

Two things are ours rather than icalendar's: the escaping of text, for icalendar takes a backslash before N
for a line break, and the writing of lines, for icalendar may fold them inside an escape.
"""

import unicodedata

from icalendar import Component, vText

PRODUCT = "-//kultursam//kultursam//EN"
"""Without a version: an upgrade must not change what is published."""
MAX_UNITS = 255
"""UTF-16 units that Outlook keeps of a title, a place or a calendar's name (MS-OXCICAL)."""
MAX_OCTETS = 75
"""Octets of a line, its end not counted (RFC 5545, 3.1)."""
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
JOINERS = "\u200c\u200d"
"""Zero width non-joiner and joiner."""


def escape(text: str) -> str:
    """Return a text escaped as in RFC 5545, 3.3.11."""
    return text.translate(ESCAPES)


class Text(vText):
    """A TEXT value that reads back as what was written."""

    __slots__ = ()

    def to_ical(self) -> bytes:
        """Return it escaped."""
        return escape(self).encode()


def fold(data: bytes) -> bytes:
    """Return a content line with its end, folded where it is long: never inside a character or an escape."""
    if len(data) <= MAX_OCTETS:
        return data + b"\r\n"
    parts = []
    start, room = 0, MAX_OCTETS
    while len(data) - start > room:
        end = start + room
        while data[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        part = data[start:end]
        for mark in (b"\\", b"^"):  # inside an escape of a text, or of a parameter (RFC 6868)
            end -= (len(part) - len(part.rstrip(mark))) % 2
        parts.append(data[start:end])
        start, room = end, MAX_OCTETS - 1
    return b"\r\n ".join((*parts, data[start:])) + b"\r\n"


def cut(text: str, most: int = MAX_UNITS) -> str:
    """Return a text cut to some UTF-16 units, an ellipsis included; no letter is parted from its accents."""
    if units(text) <= most:
        return text
    kept = text.encode("utf-16-le")[: 2 * (most - 1)].decode("utf-16-le", "ignore")
    end = len(kept)
    while end and (_joins(text[end]) or text[end - 1] in JOINERS):
        end -= 1
    return (text[:end] or kept).rstrip() + "…"


def _joins(char: str) -> bool:
    """Return whether a character belongs to the one before it."""
    return unicodedata.category(char)[0] == "M" or char in JOINERS or "\U0001f3fb" <= char <= "\U0001f3ff"


def units(text: str) -> int:
    """Return the number of UTF-16 units of a text."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def serialise(component: Component) -> bytes:
    """Return a component as bytes, its properties in the order they were given.

    icalendar's own method takes twice the time and loses a U+FEFF that a text begins with.
    """
    kind = (component.name or "").encode()
    parts = [b"BEGIN:%b\r\n" % kind]
    for key, value in component.items():
        parameters = b";" + value.params.to_ical() if value.params else b""
        parts.append(fold(b"%b%b:%b" % (key.encode(), parameters, value.to_ical())))
    parts += [serialise(part) for part in component.subcomponents]
    return b"".join((*parts, b"END:%b\r\n" % kind))
