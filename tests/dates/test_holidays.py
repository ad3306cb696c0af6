"""Days off, half-days, squeeze days, periods and busy calendars: which days are not like others."""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kultursam import storage
from kultursam.dates.busy_calendars import Event, read_events
from kultursam.dates.holidays import (
    days_between,
    holidays_of,
    period_days,
    period_spans,
    weeks_in,
)
from kultursam.diagnostics import KultursamError
from kultursam.forumfile import yaml_source
from kultursam.forumfile.models import Period
from kultursam.forumfile.register import Register
from kultursam.paths import Project

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def short(days: Iterable[date]) -> list[str]:
    """Give days as MM-DD."""
    return [f"{day:%m-%d}" for day in days]


# --- holidays ---------------------------------------------------------------------------------------


def year_of(country: str, year: int, language: str = "sv") -> dict[str, list[str]]:
    """Give the days of a year that no weekend hides, by kind."""
    calendar = holidays_of(country, language, date(year, 1, 1), date(year, 12, 31))
    return {
        kind: short(day for day in days if day.year == year and day.weekday() < 5)
        for kind, days in (
            ("public", calendar.public),
            ("de facto", calendar.de_facto),
            ("half", calendar.half_days),
            ("squeeze", sorted(calendar.squeeze_days)),
        )
    }


def test_sweden_2026() -> None:
    """Red days, the three eves that are off, the half-days, and the squeeze days, from a wall calendar."""
    assert year_of("SE", 2026) == {
        "public": ["01-01", "01-06", "04-03", "04-06", "05-01", "05-14", "12-25"],
        "de facto": ["06-19", "12-24", "12-31"],
        "half": ["01-05", "04-02", "04-30", "05-13", "05-22", "06-18", "10-30", "12-23", "12-30"],
        "squeeze": ["01-02", "01-05", "05-15"],
    }


def test_sweden_2025() -> None:
    """Another year has other days, but the same kinds of them."""
    found = year_of("SE", 2025)
    assert found["public"] == [
        "01-01",
        "01-06",
        "04-18",
        "04-21",
        "05-01",
        "05-29",
        "06-06",
        "12-25",
        "12-26",
    ]
    assert found["de facto"] == ["06-20", "12-24", "12-31"]
    assert {"04-17", "04-30", "10-31", "12-23"} <= set(found["half"])
    assert found["squeeze"] == ["05-02", "05-30"]


def test_squeeze_days_look_over_new_year() -> None:
    """The day before 1 January and the day after 31 December count, though they lie outside."""
    first = holidays_of("SE", "sv", date(2026, 1, 2), date(2026, 1, 2))
    assert first.squeeze_days == {date(2026, 1, 2)}
    assert not holidays_of("SE", "sv", date(2025, 1, 2), date(2025, 1, 3)).squeeze_days
    last = holidays_of("GB-ENG", "en", date(2029, 12, 27), date(2029, 12, 31))
    assert last.squeeze_days == {date(2029, 12, 31)}  # a Monday, and nobody works on Tuesday


def test_a_half_day_is_a_working_day() -> None:
    """30 April 2027 is a Friday; in 2028 it is a Sunday and no half-day."""
    for year in range(2024, 2034):
        calendar = holidays_of("SE", "sv", date(year, 1, 1), date(year, 12, 31))
        assert not [day for day in calendar.half_days if calendar.off(day)]
        assert not [day for day in calendar.squeeze_days if calendar.off(day)]
        assert (date(year, 4, 30) in calendar.half_days) == (date(year, 4, 30).weekday() < 5)


def test_days_have_names_in_the_language_asked_for() -> None:
    """Swedish and English where there are such names, else those of the country."""
    day = date(2025, 6, 6)
    assert holidays_of("SE", "sv", day, day).public[day] == "Nationaldagen"
    assert holidays_of("SE", "en", day, day).public[day] == "National Day"
    assert holidays_of("SE", "sv", day, day).de_facto[date(2025, 6, 20)] == "Midsommarafton"
    assert holidays_of("FI", "sv", day, day).public[date(2025, 12, 6)] == "Självständighetsdagen"
    assert holidays_of("GB-ENG", "sv", day, day).public[date(2025, 12, 25)] == "Christmas Day"


def test_parts_of_countries_have_their_own_days() -> None:
    """Scotland has other bank holidays than England; no country has categories that it lacks."""
    day = date(2025, 6, 6)
    england, scotland = (holidays_of(country, "en", day, day) for country in ("GB-ENG", "GB-SCT"))
    assert date(2025, 8, 25) in england.public
    assert date(2025, 8, 25) not in scotland.public
    assert date(2025, 8, 4) in scotland.public
    assert not england.de_facto
    assert not england.half_days


@pytest.mark.parametrize("country", ["XX", "GB-XYZ", "SE-N", "ZZ-1"])
def test_an_unknown_country_is_refused(country: str) -> None:
    """So is a part that the country does not have."""
    with pytest.raises(ValueError, match=f'^unknown country "{country}"; its holidays are not known$'):
        holidays_of(country, "sv", date(2025, 1, 1), date(2025, 1, 1))


def test_weekends_are_off_everywhere() -> None:
    """Saturday and Sunday need no holiday."""
    calendar = holidays_of("SE", "sv", date(2025, 3, 1), date(2025, 3, 31))
    days = days_between(date(2025, 3, 3), date(2025, 3, 9))
    assert [calendar.off(day) for day in days] == [False] * 5 + [True] * 2


# --- periods ----------------------------------------------------------------------------------------


def period(text: str) -> Period:
    """Read a period."""
    found, problems = yaml_source.parse(f"{{name: P, {text}}}".encode(), "period")
    assert found, problems
    return Period.model_validate(found.tree)


def spans(text: str, *years: int) -> list[str]:
    """Give first and last day of a period that begins in some years."""
    return [f"{first}/{last}" for first, last in period_spans(period(text), years)]


def days(text: str, first: str, last: str) -> list[str]:
    """Give the days of a period within a span of time."""
    found = period_days(period(text), date.fromisoformat(first), date.fromisoformat(last))
    return [str(day) for day in found]


@pytest.mark.parametrize(
    ("text", "year", "expected"),
    [
        ("weeks: 8", 2025, "2025-02-17/2025-02-23"),
        ("weeks: 26-32", 2025, "2025-06-23/2025-08-10"),
        ("weeks: 1", 2026, "2025-12-29/2026-01-04"),
        ("weeks: 53", 2026, "2026-12-28/2027-01-03"),
        ("weeks: 50-53", 2026, "2026-12-07/2027-01-03"),
        ("weeks: 52-1", 2025, "2025-12-22/2026-01-04"),
        ("weeks: 52-1", 2026, "2026-12-21/2027-01-10"),
        ("weeks: 53-2", 2026, "2026-12-28/2027-01-17"),
    ],
)
def test_weeks_are_iso_weeks(text: str, year: int, expected: str) -> None:
    """Monday to Sunday; week 1 has the first Thursday; 2026 has 53; last before first crosses New Year."""
    assert spans(text, year) == [expected]


def test_a_week_53_that_a_year_lacks_is_left_out() -> None:
    """2025 has 52 weeks: alone it is nothing, at an end it is cut, and across New Year week 1 is left."""
    assert spans("weeks: 53", 2025) == []
    assert spans("weeks: 50-53", 2025) == ["2025-12-08/2025-12-28"]
    assert spans("weeks: 53-1", 2025) == ["2025-12-29/2026-01-04"]


def test_long_years_are_known() -> None:
    """From a table of ISO years."""
    assert [year for year in range(2015, 2045) if weeks_in(year) == 53] == [
        2015,
        2020,
        2026,
        2032,
        2037,
        2043,
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from: 03-01, to: 03-02", ["2025-03-01/2025-03-02", "2026-03-01/2026-03-02"]),
        ("from: 12-20, to: 01-07", ["2025-12-20/2026-01-07", "2026-12-20/2027-01-07"]),
        ("from: 06-18, to: 06-18", ["2025-06-18/2025-06-18", "2026-06-18/2026-06-18"]),
        ("from: 2026-08-17, to: 2026-10-15", ["2026-08-17/2026-10-15"]),
        ("from: 2025-12-15, to: 2026-01-15", ["2025-12-15/2026-01-15"]),
        ("from: 2024-12-15, to: 2025-01-15", []),
    ],
)
def test_dates_are_closed_ranges(text: str, expected: list[str]) -> None:
    """Both ends count; a later day before an earlier crosses New Year; a full date holds once."""
    assert spans(text, 2025, 2026) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from: 02-29, to: 03-01", ["2024-02-29/2024-03-01", "2025-02-28/2025-03-01"]),
        ("from: 02-20, to: 02-29", ["2024-02-20/2024-02-29", "2025-02-20/2025-02-28"]),
        ("from: 12-20, to: 02-29", ["2024-12-20/2025-02-28", "2025-12-20/2026-02-28"]),
    ],
)
def test_29_february_is_in_every_year(text: str, expected: list[str]) -> None:
    """Where there is none, it is the 28th."""
    assert spans(text, 2024, 2025) == expected


def test_easter_moves() -> None:
    """Days are counted from Easter Sunday: 20 April 2025, 5 April 2026, 28 March 2027."""
    assert spans("easter: [-6, -3]", 2025, 2026, 2027) == [
        "2025-04-14/2025-04-17",
        "2026-03-30/2026-04-02",
        "2027-03-22/2027-03-25",
    ]
    assert spans("easter: [0, 1]", 2025) == ["2025-04-20/2025-04-21"]


def test_days_of_a_period_are_those_within_a_span() -> None:
    """A period that began before it, or that belongs to the next year, is not forgotten."""
    assert days("weeks: 1", "2025-12-28", "2025-12-31") == ["2025-12-29", "2025-12-30", "2025-12-31"]
    assert days("weeks: 1", "2026-01-03", "2026-01-05") == ["2026-01-03", "2026-01-04"]
    assert days("from: 12-20, to: 01-07", "2026-01-06", "2026-01-09") == ["2026-01-06", "2026-01-07"]
    assert days("from: 12-20, to: 01-07", "2025-12-19", "2025-12-21") == ["2025-12-20", "2025-12-21"]
    assert days("easter: [-100, -99]", "2025-12-27", "2025-12-29") == ["2025-12-27"]
    assert days("from: 2026-08-17, to: 2027-08-16", "2027-08-15", "2027-08-18") == [
        "2027-08-15",
        "2027-08-16",
    ]


def test_days_narrow_a_period() -> None:
    """Folk och Kultur is Wednesday to Friday of week 6."""
    assert days("weeks: 6, days: [wed, tors, fredag]", "2026-01-01", "2026-12-31") == [
        "2026-02-04",
        "2026-02-05",
        "2026-02-06",
    ]
    assert days("weeks: 6, days: [sun]", "2026-01-01", "2026-12-31") == ["2026-02-08"]


@given(
    text=st.one_of(
        st.tuples(st.integers(1, 53), st.integers(1, 53)).map(lambda one: f"weeks: {one[0]}-{one[1]}"),
        st.tuples(st.integers(-400, 200), st.integers(0, 500)).map(
            lambda one: f"easter: [{one[0]}, {one[0] + one[1]}]"
        ),
        st.tuples(
            st.dates(date(2024, 1, 1), date(2024, 12, 31)), st.dates(date(2024, 1, 1), date(2024, 12, 31))
        ).map(lambda one: f"from: {one[0]:%m-%d}, to: {one[1]:%m-%d}"),
    ),
    first=st.dates(date(2023, 1, 1), date(2028, 12, 31)),
    length=st.integers(0, 500),
)
def test_days_come_in_order_each_once_whatever_the_span(text: str, first: date, length: int) -> None:
    """And the days of a span are those of a longer one that lie in it."""
    last = first + timedelta(days=length)
    found = list(period_days(period(text), first, last))
    assert found == sorted(set(found))
    longer = period_days(period(text), first - timedelta(days=800), last + timedelta(days=800))
    assert found == [day for day in longer if first <= day <= last]


# --- busy calendars ---------------------------------------------------------------------------------


def calendar(*lines: str, head: str = "", tail: str = "") -> bytes:
    """Write a calendar of one event."""
    event = ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20250101T000000Z", *lines, "END:VEVENT"]
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", head, *event, tail, "END:VCALENDAR"]
    return "".join(f"{line}\r\n" for line in whole if line).encode()


def events(data: bytes, first: str = "2025-01-01", last: str = "2025-12-31") -> list[Event]:
    """Read the events of a span of days in Swedish time."""
    return read_events(data, STOCKHOLM, date.fromisoformat(first), date.fromisoformat(last))


def times(data: bytes, first: str = "2025-01-01", last: str = "2025-12-31") -> list[str]:
    """Give start and end of each event."""
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
    assert one == Event(datetime(2025, 3, 5), datetime(2025, 3, 6), "Rådhuset Varberg", all_day=True)  # noqa: DTZ001
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
        *("TRANSP:TRANSPARENT", "TRANSP:transparent", "STATUS:CANCELLED", "STATUS:Cancelled"),
        *("X-MICROSOFT-CDO-BUSYSTATUS:FREE", "X-MICROSOFT-CDO-BUSYSTATUS:Free"),
    ],
)
def test_what_takes_no_time_is_left_out(line: str) -> None:
    """Transparent, cancelled and free events close nothing, in whatever case they say so."""
    assert events(calendar("DTSTART:20250305T090000", line)) == []


@pytest.mark.parametrize(
    "line", ["TRANSP:OPAQUE", "STATUS:TENTATIVE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF", "CLASS:PRIVATE"]
)
def test_whatever_else_an_event_says_it_takes_time(line: str) -> None:
    """A tentative or private event closes its hours."""
    assert len(events(calendar("DTSTART:20250305T090000", line))) == 1


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


NOT_READ = "^is not an iCalendar file"
DAMAGED = "^has a line that cannot be read"
OFTEN = "^has an event that recurs more than once a day$"
RULE = "^has a recurrence rule that cannot be read$"
NEVER = "^has a recurrence rule that names no day$"
MASSES = "^has more than 20000 events, or events of too many parts$"
TOO_OFTEN = "^has too many recurring events, or some that began too long ago$"
START = "DTSTART:20250101T000000"
TWO_IDS = "BEGIN:VTIMEZONE\r\nTZID:a\r\nTZID:b\r\nEND:VTIMEZONE"


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
        (calendar(START).decode().encode("utf-16"), NOT_READ),
        (b"BEGIN:VEVENT\r\nDTSTART:20250305T090000\r\nEND:VEVENT\r\n", NOT_READ),
        (calendar(START)[:90], NOT_READ),
        (calendar("DTSTART:20251301T000000"), f"{DAMAGED}: DTSTART$"),
        (calendar(START, "DTEND:tomorrow"), f"{DAMAGED}: DTEND$"),
        (calendar(START, "no colon"), f"{DAMAGED}: .*no colon"),
        (calendar(START, "RRULE:FREQ=FORTNIGHTLY"), f"{DAMAGED}: RRULE$"),
        (calendar("SUMMARY:x"), "^has an event without DTSTART$"),
        (calendar(START, "RRULE:nonsense"), RULE),
        (calendar(START, "RRULE:FREQ=MONTHLY;INTERVAL=0;BYMONTH=2"), RULE),
        (calendar(START, "RRULE:FREQ=HOURLY"), OFTEN),
        (calendar(START, "RRULE:freq=secondly;count=10"), OFTEN),
        (calendar(START, "RRULE:FREQ=WEEKLY", "RRULE:FREQ=MINUTELY"), OFTEN),
        (calendar(START, "RRULE:FREQ=DAILY;BYHOUR=9,13"), OFTEN),
        (calendar(START, f"RRULE:FREQ=DAILY;BYMINUTE={','.join(map(str, range(60)))}"), OFTEN),
        (calendar(START, head=TWO_IDS), NOT_READ),
        (calendar(START, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"), NEVER),
        (calendar(START, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3"), NEVER),
        (calendar(START, "RRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29;UNTIL=20990101"), NEVER),
        (calendar(START, tail="\r\n".join(["BEGIN:VEVENT"] * 20_000)), MASSES),
        (calendar(START, "CATEGORIES:" + "," * 500_000), MASSES),
        (calendar(START, "\r\n".join(["X:"] * 500_000)), MASSES),
        (recurring(500, "20250101T000000", "FREQ=DAILY"), TOO_OFTEN),
        (recurring(500, "20250101T000000", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"), TOO_OFTEN),
        (recurring(600, "20250101T000000", "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"), TOO_OFTEN),
        (recurring(40, "16010101T000000", "FREQ=DAILY"), TOO_OFTEN),
        (calendar("DTSTART:00010101T000000", *["RRULE:FREQ=DAILY"] * 8), TOO_OFTEN),
        (calendar(START, "DTSTART:20250102T000000"), "^has an event that cannot be expanded: "),
    ],
)
def test_a_file_that_is_damaged_or_without_bounds_is_refused(data: bytes, told: str) -> None:
    """At once, and with what is wrong: half a calendar would let meetings fall on what it lost."""
    began = clock.process_time()
    with pytest.raises(ValueError, match=told):
        events(data)
    assert clock.process_time() - began < 1


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Whatever stands in the file, it is refused with a sentence."""
    with pytest.raises(ValueError, match=r"^(is|has) "):
        events(data)
    for place in (30, 60, 90, 120):
        whole = calendar("DTSTART:20250305T090000", "RRULE:FREQ=WEEKLY")
        try:
            events(whole[:place] + data + whole[place:])
        except ValueError as error:
            assert str(error).startswith(("is ", "has "))  # noqa: PT017 - it may be read, too


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
    found = storage.load_events(project, register, *span)
    assert {name: len(several) for name, several in found.items()} == {
        "sub/council.ics": 1,
        "sub/other.ics": 1,
    }
    other.write_bytes(large)
    council.unlink()
    with pytest.raises(KultursamError) as caught:
        storage.load_events(project, register, *span)
    assert {(problem.line, problem.column) for problem in caught.value.problems} == {
        (6, 48),
        (6, 82),
        (13, 32),
    }
    told = sorted({problem.text for problem in caught.value.problems})
    assert told == [
        'the calendar "sub/council.ics" cannot be read: No such file or directory',
        'the calendar "sub/other.ics" is larger than 10 MiB',
    ]
