"""What an invitation by mail must be for Outlook, Exchange, Google and Apple, checked byte by byte.

It shares no code with what writes the messages, and uses no library of mail or calendars: real programs take
much that Outlook does not. The rules are those of RFC 5322, 2045, 5545, 5546 and 6047, and of MS-OXCICAL.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime

MOST_BYTES = 20 * 1024
FIELDS = ["From", "To", "Subject", "Message-ID", "Date", "MIME-Version", "Content-Type"]
MULTIPART = re.compile(r'multipart/alternative;\r\n boundary="(=_[0-9a-f]{40})"')
MESSAGE_ID = re.compile(r"<[0-9a-f]{40}@[a-z0-9.-]+>")
DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000")
ADDRESS = re.compile(r"<([^<>@\s]+@[a-z0-9.-]+)>")
WORD = re.compile(r"=\?utf-8\?B\?([A-Za-z0-9+/]+={0,2})\?=")
KINDS = ["text/plain; charset=UTF-8", "text/html; charset=UTF-8"]
CALENDAR = re.compile(r"text/calendar; method=(REQUEST|CANCEL); charset=UTF-8")
REQUIRED = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "ORGANIZER", "ATTENDEE", "SUMMARY", "STATUS")
SHOWN = {
    ("REQUEST", "CONFIRMED", "OPAQUE", "TENTATIVE", "BUSY"),
    ("REQUEST", "TENTATIVE", "OPAQUE", "TENTATIVE", "TENTATIVE"),
    ("CANCEL", "CANCELLED", "TRANSPARENT", "FREE", "FREE"),
}
STATES = ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-INTENDEDSTATUS")
REQUESTING = re.compile(
    r"<(?:img|script|link|iframe|object|embed|video|audio|base|meta http)|\bsrc=|url\(|@import"
)
LINK = re.compile(r"""href=["']?([^"'> ]*)""")
CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def faults(raw: bytes) -> list[str]:
    """Return what is wrong with a message; nothing if nothing is."""
    return list(_faults(raw))


def _faults(raw: bytes) -> Iterator[str]:
    if len(raw) >= MOST_BYTES:
        yield "20 KiB or more"
    if not raw.isascii():
        yield "not in ASCII"
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        yield "a line that does not end in CRLF"
    if any(len(line) > 78 for line in raw.split(b"\r\n")):
        yield "a line of more than 78 characters"
    head, _, body = raw.decode("ascii", "replace").partition("\r\n\r\n")
    fields = [field.partition(": ") for field in re.split(r"\r\n(?![ \t])", head)]
    names = [name for name, _, _ in fields]
    if names != FIELDS:
        yield f"other fields than {', '.join(FIELDS)}"
        return
    of = {name: value for name, _, value in fields}
    yield from _head(of)
    match = MULTIPART.fullmatch(of["Content-Type"])
    if not match:
        yield "no multipart/alternative with a boundary that is a hash"
        return
    if f"<{match[1][2:]}@" not in of["Message-ID"]:
        yield "a boundary of another message"
    yield from _body(body, match[1], of)


def _head(of: dict[str, str]) -> Iterator[str]:
    for name in ("From", "To"):
        if len(ADDRESS.findall(of[name])) != 1 or of[name].count("@") != 1:
            yield f"not one address in {name}"
    for name in ("From", "To", "Subject"):
        for line in re.split(r"\r\n[ \t]", of[name]):
            yield from (f"{fault} in {name}" for fault in _word(line))
    if not MESSAGE_ID.fullmatch(of["Message-ID"]):
        yield "a Message-ID that is no hash at a domain"
    if not DATE.fullmatch(of["Date"]):
        yield "a Date that is not in UTC"
    if of["MIME-Version"] != "1.0":
        yield "another MIME-Version"


def _word(line: str) -> Iterator[str]:
    encoded = WORD.fullmatch(line)
    if line.startswith("=?") and not encoded:
        yield "a broken encoded word"
    elif encoded:
        try:
            text = base64.b64decode(encoded[1]).decode()
        except UnicodeDecodeError:
            yield "a character that is cut"
        else:
            if CONTROL.search(text) or "\n" in text:
                yield "a control character"


def _body(body: str, boundary: str, of: dict[str, str]) -> Iterator[str]:
    pieces = body.split(f"--{boundary}")
    if pieces[0] or pieces[-1] != "--\r\n":
        yield "something before or after the parts, or no end"
        return
    parts = [piece.removeprefix("\r\n").partition("\r\n\r\n") for piece in pieces[1:-1]]
    kinds, texts = [], []
    for head, _, data in parts:
        lines = head.split("\r\n")
        if lines[1:] != ["Content-Transfer-Encoding: base64"]:
            yield "a part that is not base64 alone"
            return
        kinds.append(lines[0].removeprefix("Content-Type: "))
        try:
            texts.append(base64.b64decode(data.replace("\r\n", ""), validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            yield "a part that is no base64 of UTF-8"
            return
    if kinds[:2] != KINDS or len(kinds) > 3:
        yield "other parts than plain text, HTML and a calendar, in this order"
        return
    yield from _texts(*texts[:2])
    if len(kinds) == 3:
        match = CALENDAR.fullmatch(kinds[2])
        if not match:
            yield "a calendar without its method or charset"
        else:
            yield from _calendar(texts[2], match[1], of)


def _texts(plain: str, html: str) -> Iterator[str]:
    if not plain.endswith("\r\n") or re.search(r"(?<!\r)\n", plain):
        yield "plain text whose lines do not end in CRLF"
    if CONTROL.search(plain) or CONTROL.search(html):
        yield "a control character in a text"
    if not re.match(
        r'<!DOCTYPE html>\r\n<html lang="[a-z]{2}">\r\n<head><meta charset="utf-8"><title>', html
    ):
        yield "HTML without its language, charset or title"
    if REQUESTING.search(html):
        yield "HTML that asks another machine for something"
    if any(not link.startswith(("http://", "https://", "mailto:")) for link in LINK.findall(html)):
        yield "a link to something else than the web"


def _calendar(text: str, method: str, of: dict[str, str]) -> Iterator[str]:
    yield from _lines(text)
    lines = re.sub(r"\r\n[ \t]", "", text).split("\r\n")[:-1]
    if lines[0] != "BEGIN:VCALENDAR" or lines[-1] != "END:VCALENDAR" or lines.count("BEGIN:VEVENT") != 1:
        yield "not one calendar with one event"
        return
    event = lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    around = [line for line in lines if line not in event]
    if [line for line in around if line.startswith("METHOD:")] != [f"METHOD:{method}"]:
        yield "another METHOD in the calendar than in its type"
    if "VERSION:2.0" not in around or not any(line.startswith("PRODID:") for line in around):
        yield "a calendar without VERSION or PRODID"
    found: dict[str, list[str]] = {}
    for line in event:
        name = re.split("[;:]", line, maxsplit=1)[0]
        found.setdefault(name, []).append(line.removeprefix(name))
    lacking = [name for name in REQUIRED if name not in found]
    if lacking:
        yield f"an event without {', '.join(lacking)}"
        return
    if twice := [name for name, values in found.items() if len(values) > 1]:
        yield f"{', '.join(twice)} twice"
    one = {name: values[0] for name, values in found.items()}
    yield from _people(one, method, of)
    yield from _times(one, around, of)
    if (method, *(one.get(name, "").removeprefix(":") for name in STATES)) not in SHOWN:
        yield "states that do not go together"
    if not re.fullmatch(r":\d+", one["SEQUENCE"]):
        yield "a SEQUENCE that is no number"


def _lines(text: str) -> Iterator[str]:
    if not text.endswith("\r\n") or re.search(r"(?<!\r)\n", text):
        yield "a calendar whose lines do not end in CRLF"
    if any(len(line.encode()) > 75 for line in text.split("\r\n")):
        yield "a line of more than 75 octets in a calendar"


def _people(one: dict[str, str], method: str, of: dict[str, str]) -> Iterator[str]:
    organiser, attendee = (one[name].rpartition(":mailto:")[2] for name in ("ORGANIZER", "ATTENDEE"))
    sender, receiver = ((ADDRESS.findall(of[name]) or [""])[0] for name in ("From", "To"))
    if organiser != sender:
        yield "an ORGANIZER who is not From"
    if attendee != receiver:
        yield "an ATTENDEE who is not To"
    if attendee.casefold() == organiser.casefold():
        yield "an organiser who invites itself"
    asked = ";PARTSTAT=" in one["ATTENDEE"] and ";RSVP=" in one["ATTENDEE"]
    if asked != (method == "REQUEST"):
        yield "an answer that is asked for without a request, or not with one"
    if not re.search(";ROLE=(REQ|OPT)-PARTICIPANT[;:]", one["ATTENDEE"]):
        yield "an ATTENDEE without a role"


def _times(one: dict[str, str], around: list[str], of: dict[str, str]) -> Iterator[str]:
    stamp = datetime.strptime(of["Date"], "%a, %d %b %Y %H:%M:%S %z") if DATE.fullmatch(of["Date"]) else None
    if stamp and one["DTSTAMP"] != f":{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}":
        yield "a DTSTAMP that is not the Date"
    zones = {match[1] for name in ("DTSTART", "DTEND") if (match := re.match(";TZID=([^:;]+):", one[name]))}
    if zones != {line.removeprefix("TZID:") for line in around if line.startswith("TZID:")}:
        yield "a time zone that is not defined, or not used"
    if one["DTSTART"].rpartition(":")[2] >= one["DTEND"].rpartition(":")[2]:
        yield "an end that is not after the start"
