"""Calendars of other bodies: which events take time, and which files are refused."""

from __future__ import annotations

import re
import time as clock
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kultursam import storage
from kultursam.dates.busy_calendars import Event, TitledEvent, read_events, read_titled_events
from kultursam.dates.calendar_lines import CalendarError
from kultursam.forumfile.register import Register
from kultursam.paths import Project

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def calendar(*lines: str, head: str = "", tail: str = "") -> bytes:
    """Write a calendar of one event."""
    event = ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20250101T000000Z", *lines, "END:VEVENT"]
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", head, *event, tail, "END:VCALENDAR"]
    return "".join(f"{line}\r\n" for line in whole if line).encode()


def events(data: bytes, first: str = "2025-01-01", last: str = "2025-12-31") -> list[Event]:
    """Read the events of a span of days in Swedish time."""
    return read_events(data, STOCKHOLM, date.fromisoformat(first), date.fromisoformat(last))


def times(data: bytes, first: str = "2025-01-01", last: str = "2025-12-31") -> list[str]:
    """Return start and end of each event."""
    return [f"{one.start:%m-%d %H:%M}/{one.end:%m-%d %H:%M}" for one in events(data, first, last)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART:20250305T090000", "DTEND:20250305T120000"], "03-05 09:00/03-05 12:00"),
        (["DTSTART:20250305T090000Z", "DTEND:20250305T120000Z"], "03-05 10:00/03-05 13:00"),
        (["DTSTART:20250705T090000Z", "DURATION:PT1H30M"], "07-05 11:00/07-05 12:30"),
        (["DTSTART;TZID=America/New_York:20250310T090000", "DURATION:PT1H"], "03-10 14:00/03-10 15:00"),
        (
            ["DTSTART;TZID=W. Europe Standard Time:20250705T090000", "DURATION:PT1H"],
            "07-05 09:00/07-05 10:00",
        ),
        (["DTSTART:20250305T090000"], "03-05 09:00/03-05 09:00"),
        (["DTSTART:20250305T220000Z", "DTEND:20250306T010000Z"], "03-05 23:00/03-06 02:00"),
        (["DTSTART;VALUE=DATE:20250305"], "03-05 00:00/03-06 00:00"),
        (["DTSTART;VALUE=DATE:20250305", "DTEND;VALUE=DATE:20250308"], "03-05 00:00/03-08 00:00"),
        (["DTSTART;VALUE=DATE:20250305", "DTEND;VALUE=DATE:20250305"], "03-05 00:00/03-06 00:00"),
    ],
)
def test_events_are_read_in_local_time(lines: list[str], expected: str) -> None:
    """Floating, UTC, zones by either name, summer time, all-day, and without an end."""
    assert times(calendar(*lines)) == [expected]


def test_an_event_tells_whether_it_fills_its_days_and_where_it_is() -> None:
    """A place of several lines is one line."""
    (one,) = events(calendar("DTSTART;VALUE=DATE:20250305", "LOCATION: Rådhuset\\n  Varberg"))
    first, after = datetime(2025, 3, 5), datetime(2025, 3, 6)  # noqa: DTZ001 - local
    assert replace(one, source="") == Event(first, after, "Rådhuset Varberg", all_day=True)
    (one,) = events(calendar("DTSTART:20250305T090000", "LOCATION:"))
    assert (one.place, one.all_day) == (None, False)


def test_the_zone_of_a_calendar_holds_for_floating_times() -> None:
    """X-WR-TIMEZONE is what exports of some programs have instead of zones."""
    head = "X-WR-TIMEZONE:America/New_York"
    assert times(calendar("DTSTART:20250305T090000", head=head)) == ["03-05 15:00/03-05 15:00"]
    assert times(calendar("DTSTART:20250305T090000Z", head=head)) == ["03-05 10:00/03-05 10:00"]


def test_each_file_has_its_own_zones() -> None:
    """Outlook calls many a zone "Customized Time Zone": each file means its own."""
    rule = "DTSTART:19700101T000000\r\nTZOFFSETFROM:{0}\r\nTZOFFSETTO:{0}"
    zone = f"BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\n{rule}\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    for offset, expected in (("+0100", "09:00"), ("+0500", "05:00"), ("+0100", "09:00")):
        found = times(calendar("DTSTART;TZID=Own:20250305T090000", head=zone.format(offset)))
        assert found == [f"03-05 {expected}/03-05 {expected}"]


def test_recurring_events_are_expanded() -> None:
    """Local times stay through summer time; exceptions, moved and cancelled ones are honoured."""
    moved = (
        "BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20250409T070000Z\r\nDTSTART:20250410T070000Z\r\nEND:VEVENT"
    )
    gone = "BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20250416T070000Z\r\nDTSTART:20250416T070000Z\r\n"
    data = calendar(
        "DTSTART;TZID=Europe/Stockholm:20240313T090000",
        "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;UNTIL=20250430T070000Z",
        "EXDATE;TZID=Europe/Stockholm:20250326T090000",
        tail=f"{moved}\r\n{gone}STATUS:CANCELLED\r\nEND:VEVENT",
    )
    assert times(data, "2025-03-15", "2025-12-31") == [
        "03-19 09:00/03-19 10:00",
        "04-02 09:00/04-02 10:00",
        "04-10 09:00/04-10 09:00",
        "04-23 09:00/04-23 10:00",
        "04-30 09:00/04-30 10:00",
    ]


def test_an_endless_event_of_long_ago_is_read() -> None:
    """Daily since 1601, as a careless program has it."""
    assert len(events(calendar("DTSTART;VALUE=DATE:16010101", "RRULE:FREQ=DAILY"))) == 365


@pytest.mark.parametrize(
    ("rule", "number"),
    [
        ("FREQ=YEARLY", 900),
        ("FREQ=WEEKLY;UNTIL=20211231T000000Z", 300),
        ("FREQ=WEEKLY", 200),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", 300),
        ("FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=2", 300),
        ("FREQ=YEARLY;INTERVAL=9999;BYMONTH=2", 300),
    ],
)
def test_the_calendar_of_a_busy_office_is_read(rule: str, number: int) -> None:
    """Hundreds of events that recur since long, or did, are no reason to refuse a file."""
    assert events(recurring(number, "20100101T090000Z", rule), "2025-01-01", "2025-01-07") is not None


@pytest.mark.parametrize(
    "line",
    [
        *("TRANSP:TRANSPARENT", "TRANSP:transparent", "TRANSP:TRANSPARENT\r\nTRANSP:OPAQUE"),
        *("X-MICROSOFT-CDO-BUSYSTATUS:FREE", "X-MICROSOFT-CDO-BUSYSTATUS:Free"),
        *("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", "X-MICROSOFT-CDO-BUSYSTATUS:FREE\r\nTRANSP:OPAQUE"),
        "X-MICROSOFT-CDO-BUSYSTATUS:what\r\nTRANSP:TRANSPARENT",
    ],
)
def test_what_takes_no_time_is_marked_as_free(line: str) -> None:
    """Transparent and free ones close nothing, in whatever case they say so; Outlook's own word is first."""
    (one,) = events(calendar("DTSTART:20250305T090000", line))
    assert one.free


@pytest.mark.parametrize(
    "line", ["STATUS:CANCELLED", "STATUS:Cancelled", "STATUS:CANCELLED\r\nTRANSP:OPAQUE"]
)
def test_what_is_cancelled_is_left_out(line: str) -> None:
    """It is neither held nor does it close anything; where it says no time, that is no fault."""
    assert events(calendar("DTSTART:20250305T090000", line)) == []
    assert events(calendar(line)) == []


@pytest.mark.parametrize(
    "line",
    [
        *("TRANSP:OPAQUE", "STATUS:TENTATIVE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF", "CLASS:PRIVATE"),
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\r\nTRANSP:TRANSPARENT",
    ],
)
def test_whatever_else_an_event_says_it_takes_time(line: str) -> None:
    """A tentative or private event closes its hours."""
    (one,) = events(calendar("DTSTART:20250305T090000", line))
    assert not one.free


def test_only_events_count() -> None:
    """Tasks and journals close nothing; an empty calendar is no fault."""
    todo = "BEGIN:VTODO\r\nUID:2\r\nDTSTART:20250305T090000\r\nDUE:20250305T100000\r\nEND:VTODO"
    assert events(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{todo}\r\nEND:VCALENDAR\r\n".encode()) == []
    assert events(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n") == []


def test_several_calendars_in_a_file_are_all_read() -> None:
    """In the order of time, each event once."""
    late, early = calendar("DTSTART:20250306T090000"), calendar("DTSTART:20250305T090000")
    assert times(late + early + late) == ["03-05 09:00/03-05 09:00", "03-06 09:00/03-06 09:00"]


@pytest.mark.parametrize(
    ("lines", "inside"),
    [
        (["DTSTART:20241231T220000Z", "DTEND:20250101T100000Z"], True),
        (["DTSTART;VALUE=DATE:20241231"], False),
        (["DTSTART:20241231T210000Z", "DTEND:20241231T230000Z"], False),
        (["DTSTART:20241231T223000Z", "DTEND:20241231T233000Z"], True),
        (["DTSTART;TZID=Pacific/Auckland:20250101T110000", "DURATION:PT1H"], False),
        (["DTSTART;TZID=Pacific/Auckland:20250101T120000", "DURATION:PT1H"], True),
        (["DTSTART;TZID=America/Los_Angeles:20241231T150000"], True),
        (["DTSTART;VALUE=DATE:20241201", "DTEND;VALUE=DATE:20250102"], True),
        (["DTSTART:20251231T200000Z", "DURATION:PT2H"], True),
        (["DTSTART:20251231T230000Z"], False),
        (["DTSTART;VALUE=DATE:20260101"], False),
    ],
)
def test_events_that_reach_into_the_span_are_given(lines: list[str], *, inside: bool) -> None:
    """By the clock in Sweden: the last day counts, and what ends as the first day begins does not."""
    assert bool(events(calendar(*lines))) == inside


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
def test_files_of_other_programs_are_read(mark: bytes, newline: bytes) -> None:
    """With a byte order mark, and with the line ends of Unix."""
    data = mark + calendar("DTSTART:20250305T090000", "SUMMARY:Möte").replace(b"\r\n", newline)
    assert len(events(data)) == 1


NOT_READ = "^is not an iCalendar file$"
ALONE = '^is not a whole iCalendar file: "BEGIN:VCALENDAR" is missing before "BEGIN:VEVENT"$'
CUT = '^was cut short: "END:VEVENT" is missing$'
OFTEN = "that recurs more than once a day"
RULE = "that is no recurrence rule"
NEVER = "this recurrence rule names no day"
MASSES = "^has more than 50000 events$"
DATES = "^has more than 200000 dates in lists$"
TOO_OFTEN = "^has too many recurring events, or some that began too long ago$"
START = "DTSTART:20250101T000000"


def at(line: int, text: str, problem: str) -> str:
    """Return what is told of a line."""
    return "^" + re.escape(f'cannot be read at line {line}, "{text}": {problem}') + "$"


def of_rule(rule: str, problem: str) -> tuple[bytes, str]:
    """Return a calendar of one event with a rule, and what is told of that."""
    return calendar(START, f"RRULE:{rule}"), at(8, f"RRULE:{rule}", problem)


def recurring(number: int, start: str, rule: str) -> bytes:
    """Write a calendar of many events that recur."""
    event = f"BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:{start}\r\nRRULE:{rule}\r\nEND:VEVENT"
    return calendar(START, tail="\r\n".join(event % one for one in range(number)))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", NOT_READ),
        (b"<html></html>", NOT_READ),
        (b"\x89PNG\r\n\x1a\n\0\0", NOT_READ),
        (bytes(range(256)), NOT_READ),
        (b"BEGIN:VEVENT\r\nDTSTART:20250305T090000\r\nEND:VEVENT\r\n", ALONE),
        (b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" + calendar(START), ALONE),
        (b"BEGIN:VEVENT\r\nDTSTART:20250305T090000\r\n", ALONE),
        (b"END:VCALENDAR\r\n" + calendar(START), NOT_READ),
        (calendar(START)[:90], CUT),
        (calendar(START, "END:VALARM"), at(8, "END:VALARM", "this ends what has not begun")),
        (
            calendar(START, head="BEGIN:VCALENDAR"),
            at(4, "BEGIN:VCALENDAR", "one calendar begins inside another"),
        ),
        (calendar("DTSTART:20251301T000000"), at(7, "DTSTART:20251301T000000", "that is no date or time")),
        (calendar("DTSTART:00000101"), at(7, "DTSTART:00000101", "that is no date or time")),
        (calendar("DTSTART:20250305T240100"), at(7, "DTSTART:20250305T240100", "that is no date or time")),
        (calendar(START, "DTEND:tomorrow"), at(8, "DTEND:tomorrow", "that is no date or time")),
        (calendar(START, "DURATION:PT15"), at(8, "DURATION:PT15", "that is no duration")),
        (calendar(START, "EXDATE:x", "RRULE:FREQ=DAILY"), at(8, "EXDATE:x", "that is no date or time")),
        (calendar("SUMMARY:x"), at(4, "BEGIN:VEVENT", "this event has no DTSTART")),
        (calendar("DTSTART:"), at(4, "BEGIN:VEVENT", "this event has no DTSTART")),
        of_rule("FREQ=FORTNIGHTLY", RULE),
        of_rule("nonsense", RULE),
        of_rule("FREQ=MONTHLY;INTERVAL=0;BYMONTH=2", RULE),
        of_rule("FREQ=MONTHLY;BYDAY=XX", RULE),
        of_rule("FREQ=MONTHLY;COUNT=many", RULE),
        of_rule("FREQ=MONTHLY;UNTIL=soon", "that is no date or time"),
        of_rule("FREQ=YEARLY;BYEASTER=0", 'what "BYEASTER=0" asks of a recurrence rule is not known'),
        of_rule("FREQ=YEARLY;RSCALE=CHINESE", 'what "RSCALE=CHINESE" asks of a recurrence rule is not known'),
        of_rule("FREQ=HOURLY", OFTEN),
        of_rule("freq=secondly;count=10", OFTEN),
        of_rule("FREQ=DAILY;BYHOUR=9,13", OFTEN),
        (calendar(START, "RRULE:FREQ=WEEKLY", "RRULE:FREQ=MINUTELY"), at(9, "RRULE:FREQ=MINUTELY", OFTEN)),
        of_rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", NEVER),
        of_rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", NEVER),
        of_rule("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29;UNTIL=20990101", NEVER),
        (
            calendar(START, "DTSTART:20250102T000000"),
            at(8, "DTSTART:20250102T000000", "this event has that twice"),
        ),
        (
            calendar("DTSTART:99991231T230000Z", "DURATION:P9D", "RRULE:FREQ=WEEKLY"),
            at(4, "BEGIN:VEVENT", "this event has a time before the year 1 or after the year 9999"),
        ),
        (calendar(START, tail="\r\n".join(["BEGIN:VEVENT\r\nEND:VEVENT"] * 50_000)), MASSES),
        (calendar(START, "EXDATE:" + "," * 200_000), DATES),
        (recurring(500, "20250101T000000", "FREQ=DAILY"), TOO_OFTEN),
        (recurring(500, "20250101T000000", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"), TOO_OFTEN),
        (recurring(600, "20250101T000000", "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"), TOO_OFTEN),
        (recurring(40, "16010101T000000", "FREQ=DAILY;COUNT=999999"), TOO_OFTEN),
        (calendar("DTSTART:00010101T000000", *["RRULE:FREQ=DAILY"] * 8), TOO_OFTEN),
    ],
)
def test_a_file_that_is_damaged_or_without_bounds_is_refused(data: bytes, told: str) -> None:
    """At once, and with what is wrong: half a calendar would let meetings fall on what it lost."""
    began = clock.process_time()
    with pytest.raises(ValueError, match=told):
        events(data)
    assert clock.process_time() - began < 2


def test_all_faults_of_a_file_are_told_but_not_hundreds() -> None:
    """Each with its line; a long line is cut."""
    event = f"BEGIN:VEVENT\r\nDTSTART;X-TEXT={'x' * 200}:never\r\nEND:VEVENT"
    for number, told in ((1, 1), (3, 3), (200, 5)):
        with pytest.raises(CalendarError) as caught:
            events(calendar(START, tail="\r\n".join([event] * number)))
        lines = [f'line {10 + 3 * index}, "DTSTART;X-TEXT={"x" * 65}…"' for index in range(told)]
        assert [line in fault for line, fault in zip(lines, caught.value.faults, strict=True)] == [
            True
        ] * told


SENTENCES = ("is not ", "has ", "was cut ", "cannot be read at line ")
PIECES = st.sampled_from(
    [
        *(
            "BEGIN:VEVENT",
            "END:VEVENT",
            "BEGIN:VCALENDAR",
            "END:VCALENDAR",
            "BEGIN:VTIMEZONE",
            "END:VTIMEZONE",
        ),
        *("BEGIN:STANDARD", "END:STANDARD", "TZID:Own", "TZOFFSETFROM:+0100", "TZOFFSETTO:-2359", "TZID:"),
        *("DTSTART;TZID=Own:20250305T090000", "DTSTART:00010101", "DTSTART:99991231T235959Z", "DTSTART:2025"),
        *("DTEND;TZID=:20250305T090000", "DTEND:00010101T000000Z", "DURATION:P99999999D", "DURATION:-PT1H"),
        *(
            "RRULE:FREQ=YEARLY;BYWEEKNO=53",
            "RRULE:FREQ=WEEKLY;UNTIL=99991231T235959Z",
            "RRULE:=;=;",
            "RRULE:",
        ),
        *("RRULE:FREQ=DAILY;COUNT=-1", "RRULE:FREQ=MONTHLY;BYSETPOS=400;BYDAY=-6MO", "EXRULE:FREQ=DAILY"),
        *("EXDATE:20250306,20250305T090000Z,", "RDATE;VALUE=PERIOD:20250306T090000Z/PT1H,19000101/19000102"),
        *("RECURRENCE-ID;RANGE=THISANDFUTURE:20250312", "RECURRENCE-ID:99991231T235959Z", "UID:1", "UID:"),
        *("X-WR-TIMEZONE:Nowhere", "X-WR-TIMEZONE:Europe/Paris", "BEGIN:VFREEBUSY", "END:VFREEBUSY"),
        *("FREEBUSY:20250306T090000Z/20250305T090000Z", "FREEBUSY;FBTYPE=X:/", "METHOD:CANCEL", "SEQUENCE:x"),
        *("LOCATION:\\\\n\\,\\", " folded", "\tfolded", "", "no colon", 'LOCATION;X=":y', "STATUS:;:"),
    ]
)


def refused_or_read(data: bytes) -> None:
    """Check that a file is read, or refused with a sentence of ours."""
    faults: tuple[str, ...] = ()
    try:
        events(data)
    except CalendarError as error:
        faults = error.faults
    assert all(fault.startswith(SENTENCES) for fault in faults)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Whatever stands in the file, it is refused with a sentence."""
    with pytest.raises(CalendarError):
        events(data)
    refused_or_read(data)
    for place in (30, 60, 90, 120):
        whole = calendar("DTSTART:20250305T090000", "RRULE:FREQ=WEEKLY")
        refused_or_read(whole[:place] + data + whole[place:])


@given(st.lists(PIECES, max_size=25), st.lists(PIECES, max_size=5))
def test_no_lines_break_the_reader(lines: list[str], beside: list[str]) -> None:
    """Lines that calendars have, in any order and number, within an event and beside it."""
    refused_or_read(calendar(*lines, tail="\r\n".join(beside)))
    refused_or_read(calendar("DTSTART:20250305T090000Z", *lines, tail="\r\n".join(beside)))


BUSY = """
name: K
timezone: Europe/Stockholm
domain: example.org
organisations: {a: {name: A}}
calendar: {country: SE, busy: [{name: C, file: sub/council.ics}, {name: D, file: sub/other.ics}]}
forums:
  f:
    name: F
    cadence: external
    time: 09:00-10:00
    members: [{role: c, from: [a]}]
    dates: [2025-01-23, {file: sub/council.ics}]
"""


def test_calendar_files_are_found_from_the_forum_file(
    tmp_path: Path, forum_file: Callable[[str], Register]
) -> None:
    """A relative path starts there; 10 MiB are read, one byte more is not; each fault has its line."""
    project, register = Project(tmp_path / "forums.yaml", tmp_path), forum_file(BUSY)
    span = date(2025, 1, 1), date(2025, 12, 31)
    (tmp_path / "sub").mkdir()
    council, other = tmp_path / "sub" / "council.ics", tmp_path / "sub" / "other.ics"
    council.write_bytes(calendar("DTSTART:20250305T090000"))
    large = calendar("DTSTART:20250306T090000", "DESCRIPTION:" + "x" * 10 * 1024 * 1024)
    room = 10 * 1024 * 1024 - len(calendar("DTSTART:20250306T090000", "DESCRIPTION:"))
    other.write_bytes(large.replace(b"x" * 10 * 1024 * 1024, b"x" * room))
    assert other.stat().st_size == 10 * 1024 * 1024
    events, problems = storage.load_events(project, register, *span)
    assert {name: len(several) for name, several in events.items()} == {
        "sub/council.ics": 1,
        "sub/other.ics": 1,
    }
    assert problems == []
    other.write_bytes(large)
    council.unlink()
    events, problems = storage.load_events(project, register, *span)
    assert events == {}
    assert {(problem.line, problem.column) for problem in problems} == {
        (6, 48),
        (6, 82),
        (13, 32),
    }
    told = sorted({problem.text for problem in problems})
    assert told == [
        'the calendar "sub/council.ics" cannot be read: No such file or directory',
        'the calendar "sub/other.ics" is larger than 10 MiB',
    ]


# --- events with what names them ---


def titled(data: bytes, last: str = "2025-12-31") -> list[TitledEvent]:
    """Read the events of a span of days with what names them."""
    return read_titled_events(data, STOCKHOLM, date(2025, 1, 1), date.fromisoformat(last))[0]


def test_what_names_an_event() -> None:
    """Its title, then its categories, in one line each and without escapes; where it begins, and its UID."""
    lines = (
        "DTSTART:20250305T090000",
        "SUMMARY:Möte\\, KSO\\nextra",
        "CATEGORIES:Nätverk,A\\,B",
        "CATEGORIES:C",
    )
    (one,) = titled(calendar(*lines, "SEQUENCE:4", "STATUS:tentative", "LOCATION:Sal 1"))
    assert one.titles == ("Möte, KSO extra", "Nätverk", "A,B", "C")
    assert (one.line, one.status, one.uid, one.sequence) == (3, "TENTATIVE", "1", 4)
    assert one.event == events(calendar(*lines, "LOCATION:Sal 1"))[0]
    (nameless,) = titled(calendar("DTSTART:20250305T090000", "SUMMARY:"))
    assert nameless.titles == ()


def test_cancelled_events_are_told_as_such() -> None:
    """Where others leave them out: whoever takes a list over must know."""
    for data in (
        calendar("DTSTART:20250305T090000", "STATUS:CANCELLED"),
        calendar("DTSTART:20250305T090000", head="METHOD:CANCEL"),
    ):
        assert [one.status for one in titled(data)] == ["CANCELLED"]
        assert events(data) == []


def test_one_of_several_has_no_identifier_of_its_own() -> None:
    """Neither of a series, nor of two events under one UID."""
    series = titled(calendar("DTSTART:20250305T090000", "RRULE:FREQ=WEEKLY;COUNT=3", "SUMMARY:A"))
    assert [(one.uid, one.titles) for one in series] == [("", ("A",))] * 3
    twin = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20250306T090000\r\nEND:VEVENT"
    assert [one.uid for one in titled(calendar("DTSTART:20250305T090000", tail=twin))] == ["", ""]


def test_events_stand_in_the_order_of_the_file() -> None:
    """By line, whatever their dates are; those outside of the span are left out."""
    tail = "\r\n".join(
        f"BEGIN:VEVENT\r\nUID:{day}\r\nDTSTART:{day}T090000\r\nEND:VEVENT"
        for day in (20250201, 20250101, 20260101)
    )
    found = titled(calendar("DTSTART:20250305T090000", tail=tail))
    assert [one.line for one in found] == [3, 8, 12]
    assert [one.event.start.month for one in found] == [3, 2, 1]


def test_what_cannot_be_read_is_left_out_unless_nothing_can() -> None:
    """One odd event does not keep the others from being imported."""
    odd = "BEGIN:VEVENT\r\nUID:2\r\nDTSTART:tomorrow\r\nEND:VEVENT"
    several = calendar("DTSTART:20250305T090000", tail="\r\n".join([odd] * 20))
    events, faults = read_titled_events(several, STOCKHOLM, date(2025, 1, 1), date(2025, 12, 31))
    assert len(events) == 1
    lines = several.split(b"\r\n")
    assert [lines[fault.line] for fault in faults] == [b"DTSTART:tomorrow"] * 20
    assert len({fault.line for fault in faults}) == 20
    with pytest.raises(CalendarError, match="that is no date or time"):
        titled(calendar("DTSTART:tomorrow", tail=odd))
