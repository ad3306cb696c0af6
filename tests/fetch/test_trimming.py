"""What is kept of a calendar: when its events are."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from unittest.mock import ANY
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kultursam.dates.busy_calendars import Event, read_events, source_of
from kultursam.dates.calendar_lines import CalendarError
from kultursam.fetch.trimming import (
    MARK,
    HalfError,
    NotACalendarError,
    WebPageError,
    is_copy,
    number_of_events,
    trimmed,
)

WHOLE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Secret Office//EN
X-WR-CALNAME:Hemlig
METHOD:PUBLISH
X-WR-TIMEZONE:Europe/Stockholm
BEGIN:VTIMEZONE
TZID:Europe/Stockholm
X-LIC-LOCATION:Hemlig
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:Hemlig
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:hemlig@example.org
DTSTAMP:20250101T000000Z
SUMMARY:Hemlig
  fortsättning
DESCRIPTION;ALTREP="https://hemlig.example":BEGIN:VEVENT\\nHemlig
LOCATION:Hemlig
ORGANIZER;CN=Hemlig:mailto:hemlig@example.org
ATTENDEE;CN=Hemlig:mailto:hemlig@example.org
DTSTART;TZID=Europe/Stockholm;X-NAME="Hemlig: du":20250304T
 090000
DTEND;X-NAME=Hemlig;TZID=Europe/Stockholm:20250304T120000
RRULE:FREQ=WEEKLY;COUNT=2
TRANSP:OPAQUE
BEGIN:VALARM
DESCRIPTION:Hemlig
DTSTART:20200101
END:VALARM
END:VEVENT
BEGIN:VTODO
SUMMARY:Hemlig
DTSTART:20250101
END:VTODO
END:VCALENDAR
"""
TIMES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//kultursam//fetched//EN
METHOD:PUBLISH
X-WR-TIMEZONE:Europe/Stockholm
BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:7d5a5d8ec4c3b8f0
DTSTART;TZID=Europe/Stockholm:20250304T090000
DTEND;TZID=Europe/Stockholm:20250304T120000
RRULE:FREQ=WEEKLY;COUNT=2
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""


def events(data: bytes) -> list[Event]:
    """Return the events of a calendar in a year."""
    return read_events(data, ZoneInfo("Europe/Stockholm"), date(2025, 1, 1), date(2025, 12, 31))


def test_only_times_are_kept() -> None:
    """Neither names nor places, people, alarms, tasks, nor who made it; times stand as they stood."""
    kept = trimmed(WHOLE.encode())
    lines = [line if not line.startswith("UID:") else "UID:" for line in kept.decode().splitlines()]
    assert lines == TIMES.replace("UID:7d5a5d8ec4c3b8f0", "UID:").splitlines()
    assert b"emlig" not in kept
    assert is_copy(kept)
    assert not is_copy(WHOLE.encode())
    assert events(kept) == [replace(one, place=None, source=ANY) for one in events(WHOLE.encode())]
    assert number_of_events(kept) == 1


def test_names_are_kept_of_what_is_published() -> None:
    """What an event is called, where it is and its identifier; nobody and nothing else."""
    kept = trimmed(WHOLE.encode(), with_names=True).decode()
    added = set(kept.splitlines()) - set(TIMES.splitlines())
    assert added == {"UID:hemlig@example.org", "SUMMARY:Hemlig fortsättning", "LOCATION:Hemlig"}


def test_exceptions_stay_with_their_series() -> None:
    """Events that had one identifier have one, events that had several have several, and none stays none."""
    text = WHOLE.replace("BEGIN:VTODO\n", "BEGIN:VEVENT\n").replace("END:VTODO\n", "END:VEVENT\n")
    one = text.replace("DTSTART:20250101\n", "UID:hemlig@example.org\nDTSTART:20250101\n")
    other = text.replace("DTSTART:20250101\n", "UID:annan@example.org\nDTSTART:20250101\n")
    none = text.replace("DTSTART:20250101\n", "UID:\nDTSTART:20250101\n")
    counts = []
    for data in (one, other, none):
        uids = [line for line in trimmed(data.encode()).splitlines() if line.startswith(b"UID")]
        counts.append((len(uids), len(set(uids))))
    assert counts == [(2, 1), (2, 2), (1, 1)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_calendars_come_in_many_forms(encoding: str, end: str) -> None:
    """Whatever the lines end in and the letters are written in, the same is kept."""
    assert trimmed(WHOLE.replace("\n", end).encode(encoding)) == trimmed(WHOLE.encode())


def test_a_copy_of_a_copy_keeps_its_times() -> None:
    """So two projects may read each other's feeds, or a copy may be published again."""
    assert trimmed(trimmed(WHOLE.encode(), with_names=True), with_names=True) == trimmed(
        WHOLE.encode(), with_names=True
    )


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotACalendarError),
        (b"hello", NotACalendarError),
        (b"\xff\xfeB", NotACalendarError),
        (b'{"error": "login"}', NotACalendarError),
        (b" \n<!DOCTYPE HTML><p>BEGIN:VCALENDAR", WebPageError),
        (b"<html>", WebPageError),
        (b"<?xml version='1.0'?><html>", WebPageError),
        (b"END:VCALENDAR\n", NotACalendarError),
        (b"BEGIN:VEVENT\nDTSTART:20250101\nEND:VEVENT\n", NotACalendarError),
        (WHOLE.encode().replace(b"END:VALARM\n", b""), HalfError),
        (b"BEGIN:VCALENDAR\n" * 500_000, HalfError),
    ],
)
def test_what_is_no_calendar_is_told(data: bytes, error: type[NotACalendarError]) -> None:
    """A page, half a calendar, anything else."""
    with pytest.raises(NotACalendarError) as raised:
        trimmed(data)
    assert raised.type is error


TIMES_OF_DAY = ["20250304T090000", "20250305T100000", "20250311T090000Z", "20250304"]
RULES = ["FREQ=WEEKLY;COUNT=3", "FREQ=DAILY;X-A=HEMLIG;UNTIL=20250310", "FREQ=WEEKLY;BYDAY=TU,2FR"]
FITTING = {
    "DTSTART": TIMES_OF_DAY,
    "DTEND": ["20250304T103000", "20250306T100000", "20250311T110000Z", "20250307"],
    "DURATION": ["PT3H", "P1D", "Hemlig"],
    "RRULE": RULES,
    "EXRULE": RULES,
    "EXDATE": [*TIMES_OF_DAY, "20250304,20250311"],
    "RDATE": [*TIMES_OF_DAY, "20250306T090000/PT3H,20250307T120000/20250307T140000"],
    "RECURRENCE-ID": TIMES_OF_DAY,
    "UID": ["hemlig", "annan hemlig"],
    "SEQUENCE": ["3", "hemlig 4", "5"],
    "STATUS": ["CANCELLED", "CONFIRMED", "Hemlig"],
    "TRANSP": ["TRANSPARENT", "OPAQUE", "Hemlig"],
    "X-MICROSOFT-CDO-BUSYSTATUS": ["FREE", "OOF", "Hemlig"],
    "LOCATION": ["Hemlig"],
    "X-HEMLIG": ["1"],
    "FREEBUSY": ["20250304T090000Z/PT3H", "20250304T090000Z/20250304T100000Z"],
}
ODD = ["hemlig", "hemlig,20250304", "", "FREQ=HEMLIG", "FREQ=WEEKLY;HEMLIG=1", "20250399", "P1D, hemlig"]
PARAMETERS = [
    ";CN=Hemlig",
    ';X-A="Hemlig: du"',
    ";VALUE=DATE",
    ";VALUE=Hemlig",
    ";TZID=Asia/Tokyo",
    ";TZID=Hemlig",
    ';TZID="Hemlig: zon"',
    ";TZID=Okänd hemlig",
    ";TZID=(UTC+01:00) Paris",
    ";RANGE=THISANDFUTURE",
    ";RANGE=Hemlig",
    ";FBTYPE=FREE",
    ";FBTYPE=Hemlig",
]


@st.composite
def lines(draw: st.DrawFn) -> str:
    """Return a line as programs write it, seldom an odd one."""
    name = draw(st.sampled_from(sorted(FITTING)))
    value = draw(st.sampled_from([*FITTING[name] * 8, *ODD]))
    return f"{name}{''.join(draw(st.lists(st.sampled_from(PARAMETERS), max_size=2)))}:{value}"


ZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0300
TZOFFSETTO:+0300
TZNAME:Hemlig
END:STANDARD
END:VTIMEZONE
"""
EVENTS = st.tuples(
    st.sampled_from(["VEVENT", "VEVENT", "VFREEBUSY"]),
    st.sampled_from(["DTSTART:20250304T090000", "DTSTART;TZID=Hemlig:20250304T090000", "DTSTART:20250304"]),
    st.lists(lines(), max_size=5),
)
HEADS = ["", "METHOD:CANCEL", "METHOD:Hemlig", "X-WR-TIMEZONE:Asia/Tokyo", "X-WR-TIMEZONE:Hemlig"]


@settings(max_examples=300)
@given(st.lists(EVENTS, max_size=3), st.sampled_from(HEADS))
def test_what_is_kept_says_when_and_nothing_else(parts: list[tuple[str, str, list[str]]], head: str) -> None:
    """Whatever calendar can be read is busy at the same times when it is trimmed, and no secret is kept."""
    body = "".join(
        "\n".join([f"BEGIN:{kind}", start, *more, f"END:{kind}", ""]) for kind, start, more in parts
    )
    zones = ZONE.format(name="Hemlig") + ZONE.format(name="Hemlig: zon")
    data = f"BEGIN:VCALENDAR\n{head}\n{zones}{body}END:VCALENDAR\n".encode()
    copy = trimmed(data)
    assert b"hemlig" not in copy.lower()
    assert trimmed(copy, with_names=True) == copy
    try:
        right = events(data)
    except CalendarError:
        return
    assert times(events(copy)) == times(right)


def times(found: list[Event]) -> set[tuple[object, ...]]:
    """Return when events are, and whether they take time."""
    return {(one.start, one.end, one.all_day, one.free) for one in found}


@given(
    st.lists(
        st.one_of(st.sampled_from(WHOLE.encode().splitlines(keepends=True)), st.binary(max_size=20)),
        max_size=30,
    ).map(b"".join)
)
def test_whatever_comes_is_a_copy_or_refused(data: bytes) -> None:
    """No server can do more than that; and a copy is whole: trimmed again it stays as it is, but for UIDs."""
    with suppress(NotACalendarError):
        copy = trimmed(data, with_names=True)
        assert trimmed(copy, with_names=True) == copy
        assert is_copy(copy)


def test_own_meetings_are_no_hindrance() -> None:
    """Neither one that somebody took over with its identifier, nor one that names ours as its source."""
    own = frozenset({source_of("hemlig@example.org")})
    assert number_of_events(trimmed(WHOLE.encode(), own=own)) == 0
    assert number_of_events(trimmed(WHOLE.encode(), own=frozenset({source_of("annan")}))) == 1
    mirrored = WHOLE.replace("UID:hemlig@example.org", f"UID:x\nX-KULTURSAM-SOURCE:{next(iter(own))}")
    assert number_of_events(trimmed(mirrored.encode(), own=own)) == 0
    assert number_of_events(trimmed(mirrored.encode())) == 1


def test_no_part_of_a_calendar_is_taken_for_the_whole() -> None:
    """Wherever the connection broke, that is known; but for the end of the last line, which says nothing."""
    data = WHOLE.replace("\n", "\r\n").encode()
    for end in range(1, len(data) - len("R\r\n")):
        with pytest.raises(NotACalendarError):
            trimmed(data[:end])
    assert MARK in trimmed(data[:-2])
