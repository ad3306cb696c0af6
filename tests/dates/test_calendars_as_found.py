"""Calendars as other programs write them, and what is right of each: kinds of fault seen in public files."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream

from kultursam.dates.busy_calendars import Event, read_events
from kultursam.dates.calendar_lines import CalendarError
from kultursam.dates.calendar_zones import zone_named
from kultursam.forumfile.recurrence_rules import days_named

STOCKHOLM = ZoneInfo("Europe/Stockholm")
PARTS = """BEGIN:STANDARD
DTSTART:{year}1025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:{year}0329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
"""


def zone(name: str, year: int = 1970, parts: str = PARTS) -> str:
    """Return the definition of a zone that keeps the time of Sweden."""
    return f"BEGIN:VTIMEZONE\nTZID:{name}\n{parts.format(year=year)}END:VTIMEZONE\n"


NINE = "DTSTART;TZID=Europe/Stockholm:20260310T090000\nDTEND;TZID=Europe/Stockholm:20260310T100000"
UTC = "DTSTART:20260310T080000Z\nDTEND:20260310T090000Z"
START = NINE.partition("\n")[0]
FIRST, SECOND, THIRD = (f"03-{day} 09:00/10:00" for day in (10, 17, 24))


def calendar(*events: str, head: str = "", tail: str = "") -> str:
    """Return a calendar; each event is given by its lines, with its UID unless that is a."""
    uid = "UID:a@example.org\n"
    several = [event if "UID:" in event else uid + event for event in events]
    whole = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in several)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{head}{whole}{tail}END:VCALENDAR\n"


def read(text: str | bytes) -> list[Event]:
    """Return the events of the year 2026 in a calendar."""
    data = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode()
    return read_events(data, STOCKHOLM, date(2026, 1, 1), date(2026, 12, 31))


def said(event: Event) -> str:
    """Return the times of an event, its place, and whether it is of whole days or free."""
    same = event.start.date() == event.end.date()
    end = f"{event.end:%H:%M}" if same else f"{event.end:%m-%d %H:%M}"
    marks = [event.place, "whole days" if event.all_day else "", "free" if event.free else ""]
    return " ".join(filter(None, [f"{event.start:%m-%d %H:%M}/{end}", *marks]))


WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=3"
NEW_YORK = "DTSTART;TZID=America/New_York:20260406T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY"
EASTERN = '"(UTC-05:00) Eastern Time (US & Canada)"'
HELSINKI = '"(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius"'
MOVED = "DTSTART;TZID=Europe/Stockholm:20260318T140000\nDURATION:PT1H"
FREE_BUSY = """BEGIN:VFREEBUSY
DTSTART:20260301T000000Z
DTEND:20260401T000000Z
FREEBUSY;FBTYPE=BUSY:20260310T080000Z/PT1H,20260312T080000Z/20260312T090000Z
FREEBUSY;FBTYPE=FREE:20260311T080000Z/PT1H
FREEBUSY:20260313T080000Z/PT1H
FREEBUSY;FBTYPE=BUSY-TENTATIVE:20250313T080000Z/PT1H
END:VFREEBUSY
"""
POLL = f"BEGIN:VPOLL\nBEGIN:VEVENT\nUID:1\n{UTC}\nEND:VEVENT\nEND:VPOLL\n"
GREENWICH = "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0000\nEND:STANDARD\n"
ALARM = "BEGIN:VALARM\nTRIGGER:-PT15\nDURATION:x\nEND:VALARM"
TWO_NAMES = zone(f"UTC\n{GREENWICH}TZID:Town")
WHOLE_DAY = "DTSTART;VALUE=DATE:20260310\nDTEND;VALUE=DATE:20260311"
OWN = NINE.replace("Europe/Stockholm", "Own")
FOUND: dict[str, tuple[str | bytes, list[str]]] = {
    # --- zones ---
    "the names that Windows shows": (
        calendar(
            f"UID:1\nDTSTART;TZID={EASTERN}:20260310T133000\nDTEND;TZID={EASTERN}:20260310T150000",
            f"UID:2\nDTSTART;TZID={HELSINKI}:20260311T100000\nDURATION:PT1H",
        ),
        ["03-10 18:30/20:00", "03-11 09:00/10:00"],
    ),
    "a name with a colon, without quotation marks": (
        calendar(f"DTSTART;TZID={EASTERN[1:-1]}:20260310T133000"),
        ["03-10 18:30/18:30"],
    ),
    "a date with a zone": (
        calendar("DTSTART;VALUE=DATE;TZID=Asia/Tokyo:20260310\nDTEND;VALUE=DATE;TZID=Nowhere:20260311"),
        ["03-10 00:00/03-11 00:00 whole days"],
    ),
    "UTC with a zone": (calendar("DTSTART;TZID=America/New_York:20260310T080000Z\nDURATION:PT1H"), [FIRST]),
    "a zone that is unknown, in another year": (
        calendar(f"UID:1\n{NINE}", "UID:2\nDTSTART;TZID=Nowhere:20150310T090000"),
        [FIRST],
    ),
    "a maker before the name": (
        calendar("DTSTART;TZID=/freeassociation.sourceforge.net/America/New_York:20260310T090000"),
        ["03-10 14:00/14:00"],
    ),
    "two names in one definition": (
        calendar(NINE.replace("Europe/Stockholm", "Town"), head=TWO_NAMES),
        [FIRST],
    ),
    "an alias in a definition": (calendar(OWN, head=zone("Own\nTZID-ALIAS-OF:Europe/Stockholm")), [FIRST]),
    "a definition from 1601": (
        calendar(OWN, OWN.replace("20260310", "20260710"), head=zone("Own", 1601)),
        [FIRST, "07-10 09:00/10:00"],
    ),
    "a blank name that is defined": (
        calendar(
            "DTSTART;TZID=:20260310T090000\nDTEND;TZID=:20260310T100000",
            head=zone("", parts=GREENWICH),
        ),
        ["03-10 10:00/11:00"],
    ),
    "an odd definition of a known name": (
        calendar(NINE, head=zone("Europe/Stockholm").replace("FROM:+0200", "FROM:+5328")),
        [FIRST],
    ),
    "a definition that is not used": (
        calendar(NINE, head=zone("Own").replace("FREQ=YEARLY", "FREQ=SOMETIMES")),
        [FIRST],
    ),
    "an odd zone of the calendar, that is not used": (calendar(UTC, head="X-WR-TIMEZONE:Here\n"), [FIRST]),
    "a series in UTC beside the zone of the calendar": (
        calendar(
            "DTSTART:20260203T170000Z\nDTEND:20260203T180000Z\nRRULE:FREQ=MONTHLY;COUNT=5",
            head="X-WR-TIMEZONE:Europe/London\n",
        ),
        ["02-03 18:00/19:00", "03-03 18:00/19:00", *(f"0{month}-03 19:00/20:00" for month in (4, 5, 6))],
    ),
    "a floating series with an exception in UTC": (
        calendar(
            "DTSTART:20260601T090000\nDTEND:20260601T100000\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260602T070000Z"
        ),
        ["06-01 09:00/10:00", "06-03 09:00/10:00"],
    ),
    # --- who is who ---
    "no UID": (
        calendar(f"UID:\n{UTC}", f"UID:\n{UTC.replace('0310', '0311')}"),
        [FIRST, "03-11 09:00/10:00"],
    ),
    "one UID": (calendar(UTC, UTC.replace("0310", "0311")), [FIRST, "03-11 09:00/10:00"]),
    "a later version": (calendar(f"SEQUENCE:2\n{UTC}", UTC.replace("0310", "0311")), [FIRST]),
    "a later version in another year": (calendar(UTC, f"SEQUENCE:2\n{UTC.replace('2026', '2027')}"), []),
    "one UID, of a series and an event": (
        calendar(f"{UTC}\n{WEEKLY}", UTC.replace("0310T08", "0312T10").replace("0310T09", "0312T11")),
        [FIRST, "03-12 11:00/12:00", SECOND, THIRD],
    ),
    "others of a series that is not there": (
        calendar(
            *(f"{UTC.replace('0310', day)}\nRECURRENCE-ID:2026{day}T080000Z" for day in ("0310", "0317"))
        ),
        [FIRST, SECOND],
    ),
    "an exception in another calendar of the file": (
        calendar(f"{NINE}\n{WEEKLY}")
        + calendar(f"RECURRENCE-ID;TZID=Europe/Stockholm:20260317T090000\n{MOVED}"),
        [FIRST, "03-18 14:00/15:00", THIRD],
    ),
    "a cancellation in another calendar of the file": (
        calendar(f"{NINE}\n{WEEKLY}")
        + calendar(f"RECURRENCE-ID;TZID=Europe/Stockholm:20260317T090000\n{MOVED}", head="METHOD:CANCEL\n"),
        [FIRST, THIRD],
    ),
    # --- series ---
    "a date as the last day": (calendar(f"{NINE}\nRRULE:FREQ=WEEKLY;UNTIL=20260324"), [FIRST, SECOND, THIRD]),
    "a local time as the last": (
        calendar(f"{NEW_YORK};UNTIL=20260408T090000"),
        [f"04-0{day} 15:00/16:00" for day in (6, 7, 8)],
    ),
    "the last of whole days, as Exchange has it": (
        calendar(f"{WHOLE_DAY}\nRRULE:FREQ=WEEKLY;UNTIL=20260316T230000Z"),
        ["03-10 00:00/03-11 00:00 whole days", "03-17 00:00/03-18 00:00 whole days"],
    ),
    "the last of whole days, as a moment": (
        calendar(f"{WHOLE_DAY}\nRRULE:FREQ=WEEKLY;UNTIL=20260317T080000Z"),
        ["03-10 00:00/03-11 00:00 whole days", "03-17 00:00/03-18 00:00 whole days"],
    ),
    "an end at the end of time": (
        calendar(f"{NINE}\nRRULE:FREQ=YEARLY;UNTIL=99991231T235959Z"),
        [FIRST],
    ),
    "both COUNT and UNTIL": (calendar(f"{NINE}\n{WEEKLY};UNTIL=20260320"), [FIRST, SECOND]),
    "an exception at midnight": (
        calendar(
            f"{NINE}\n{WEEKLY}\nEXDATE;TZID=Europe/Stockholm:20260310T000000",
            f"RECURRENCE-ID;TZID=Europe/Stockholm:20260317T000000\n{MOVED}",
        ),
        ["03-18 14:00/15:00", THIRD],
    ),
    "exceptions by date": (calendar(f"{NINE}\n{WEEKLY}\nEXDATE;VALUE=DATE:20260310,20260324"), [SECOND]),
    "an exception of whole days in UTC": (
        calendar(f"{WHOLE_DAY}\nRRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:20260316T230000Z"),
        ["03-10 00:00/03-11 00:00 whole days"],
    ),
    "another version beside an exception": (
        calendar(
            f"{NINE}\n{WEEKLY}\nEXDATE;TZID=Europe/Stockholm:20260317T090000",
            f"RECURRENCE-ID:20260317T080000Z\n{MOVED}",
        ),
        [FIRST, "03-18 14:00/15:00", THIRD],
    ),
    "another version that was taken out later": (
        calendar(
            f"SEQUENCE:2\n{NINE}\n{WEEKLY}\nEXDATE;TZID=Europe/Stockholm:20260317T090000",
            f"SEQUENCE:1\nRECURRENCE-ID:20260317T080000Z\n{MOVED}",
        ),
        [FIRST, THIRD],
    ),
    "another version that goes on": (
        calendar(f"{NINE}\n{WEEKLY}", f"RECURRENCE-ID;RANGE=THISANDFUTURE:20260317T080000Z\n{MOVED}"),
        [FIRST, "03-18 14:00/15:00", "03-25 14:00/15:00"],
    ),
    "a rule of exceptions": (
        calendar(f"{NINE}\nRRULE:FREQ=WEEKLY;COUNT=4\nEXRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2"),
        [SECOND, "03-31 09:00/10:00"],
    ),
    "a week of the year": (
        calendar(f"{NINE.replace('0310', '0512')}\nRRULE:FREQ=YEARLY;BYWEEKNO=20;COUNT=1"),
        ["05-12 09:00/10:00"],
    ),
    "a calendar's scale in a rule": (
        calendar(f"{NINE}\nRRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT;COUNT=3"),
        [FIRST, "04-10 09:00/10:00", "05-10 09:00/10:00"],
    ),
    "a part of a rule that nobody knows": (
        calendar(f"{NINE}\nRRULE:FREQ=WEEKLY;COUNT=2;X-FOO=1"),
        [FIRST, SECOND],
    ),
    "no number of times": (calendar(f"{NINE}\nRRULE:FREQ=YEARLY;COUNT=-1"), [FIRST]),
    "dates beside a rule": (
        calendar(
            f"{NINE}\nRDATE;VALUE=DATE:20260312\nRDATE;VALUE=PERIOD:20260313T080000Z/PT3H,20260314T080000Z/"
            "20260314T100000Z"
        ),
        [FIRST, "03-12 09:00/10:00", "03-13 09:00/12:00", "03-14 09:00/11:00"],
    ),
    "empty lines of a rule": (
        calendar(f"{NINE}\nRRULE:\nEXDATE:\nRDATE:\nRECURRENCE-ID:\nDURATION:"),
        [FIRST],
    ),
    # --- ends ---
    "a floating end": (
        calendar(f"{NINE.replace('DTEND;TZID=Europe/Stockholm', 'DTEND')}\n{WEEKLY}"),
        [FIRST, SECOND, THIRD],
    ),
    "an end in another zone": (
        calendar(f"{START}\nDTEND;TZID=America/New_York:20260310T050000"),
        [FIRST],
    ),
    "an end and a duration": (calendar(f"{NINE}\nDURATION:PT5H\n{WEEKLY}"), [FIRST, SECOND, THIRD]),
    "a date as start, a time as end": (
        calendar("DTSTART;VALUE=DATE:20260101\nDTEND:20260101T050001Z\nRRULE:FREQ=YEARLY;COUNT=10"),
        ["01-01 00:00/01-02 00:00 whole days"],
    ),
    "a time as start, a date as end": (
        calendar(f"{START}\nDTEND;VALUE=DATE:20260310"),
        ["03-10 09:00/03-11 00:00"],
    ),
    "midnight by the hour 24": (
        calendar(f"{START}\nDTEND:20260310T240000"),
        ["03-10 09:00/03-11 00:00"],
    ),
    # --- what takes time ---
    "times that are busy": (
        calendar(tail=FREE_BUSY),
        [FIRST, "03-12 09:00/10:00", "03-13 09:00/10:00"],
    ),
    "a cancellation": (calendar(UTC, head="METHOD:CANCEL\n"), []),
    "a poll": (calendar(tail=POLL), []),
    "elsewhere at work": (calendar(f"{UTC}\nX-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"), [f"{FIRST} free"]),
    "busy and transparent": (
        calendar(f"{UTC}\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\nTRANSP:TRANSPARENT"),
        [FIRST],
    ),
    # --- lines that say nothing of when ---
    **{
        line.split(":")[0] + f" {number}": (calendar(f"{UTC}\n{line}", head=head), [FIRST])
        for number, (line, head) in enumerate(
            [
                ("CREATED:00001231T000000Z", "METHOD:PUBLISH\n"),
                ("DTSTAMP:2026-01-01T00:00:00Z\nLAST-MODIFIED:never", ""),
                ("DTSTAMP:", "CALSCALE:gregorian\n"),
                ("GEO:;", "CALSCALE:GREGORIAN\nCALSCALE:GREGORIAN\n"),
                (ALARM, ""),
                ('X-APPLE-STRUCTURED-LOCATION;X-APPLE-ABUID="Home":;X-TITLE=A\\nB:geo:57.1,12.3', ""),
                ("a line without a colon", "another\n\n"),
                ('ATTENDEE;CN=A "B" C:mailto:x', ""),
                ("SEQUENCE:many", "METHOD:\n"),
            ]
        )
    },
    # --- letters ---
    "blanks at the end": (calendar(UTC.replace("Z", "Z ", 1), head="X-A:1 \n"), [FIRST]),
    "a fold within a letter": (
        calendar(f"{UTC}\nLOCATION:G@teborg").encode().replace(b"@", b"\xc3\n \xb6"),
        [f"{FIRST} Göteborg"],
    ),
    "an older encoding": (calendar(f"{UTC}\nLOCATION:Göteborg").encode("cp1252"), [f"{FIRST} Göteborg"]),
    "UTF-16": (calendar(f"{UTC}\nLOCATION:Göteborg").encode("utf-16"), [f"{FIRST} Göteborg"]),
    "the line ends of old": (calendar(UTC).replace("\n", "\r").encode(), [FIRST]),
    "line ends twice": (calendar(f"{UTC}\nLOCATION:G\n ö").replace("\n", "\r\r\n").encode(), [f"{FIRST} Gö"]),
    "signs that are escaped": (calendar(f"{UTC}\nLOCATION:A\\, B\\nC\\\\N"), [f"{FIRST} A, B C\\N"]),
}


@pytest.mark.parametrize("kind", FOUND)
@pytest.mark.filterwarnings("error")
def test_calendars_are_read_as_they_are_found(kind: str) -> None:
    """Right, and without a word of a library."""
    text, right = FOUND[kind]
    assert [said(event) for event in read(text)] == right


ZONE_TOLD = (
    'line 6, "DTSTART;TZID=Customized Time Zone:20260312T100000": '
    'no time zone has the name "Customized Time Zone", and the file does not define it'
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            calendar("DTSTART;TZID=Customized Time Zone:20260312T100000"),
            ZONE_TOLD,
        ),
        (
            calendar("DTSTART:20260312T100000", head="X-WR-TIMEZONE:Here\n"),
            'line 4, "X-WR-TIMEZONE:Here": no time zone has the name "Here", and the file does not define it',
        ),
        (
            calendar(OWN, head=zone("Own").replace("FREQ=YEARLY", "FREQ=SOMETIMES")),
            'line 6, "BEGIN:STANDARD": this part of a time zone cannot be read',
        ),
        (
            calendar(OWN, head=zone("Own").replace("FROM:+0200", "FROM:+5328")),
            'line 6, "BEGIN:STANDARD": this part of a time zone cannot be read',
        ),
        (
            calendar('DTSTART;TZID="(UTC+02:00) Stockholm":20260312T100000'),
            'no time zone has the name "(UTC+02:00) Stockholm", and the file does not define it',
        ),
    ],
)
def test_a_zone_that_is_not_certain_is_told(text: str, told: str) -> None:
    """With its line: it is never taken as local."""
    with pytest.raises(CalendarError, match=re.escape(told) + "$"):
        read(text)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("europe/stockholm", "Europe/Stockholm"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("/mozilla.org/20070129_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("(GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna", "Europe/Amsterdam"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien", "Europe/Amsterdam"),
        ("Central European Time", "Europe/Paris"),
        ("Centraleuropeisk tid", "Europe/Paris"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("GMT+0100", "UTC+01:00"),
        *(
            (name, None)
            for name in ("tzone://Microsoft/Custom", "Customized Time Zone", "", "Europe", "../x")
        ),
        ("(UTC+08:00) Beijing, Chongqing, Hong Kong, Urumqi", None),
        ("(UTC+02:00) Stockholm", None),
    ],
)
def test_a_zone_is_known_by_a_name_that_is_certain(name: str, known: str | None) -> None:
    """Of cities that do not keep the same time, or another than is shown, it is not."""
    found = zone_named(name)
    assert (None if found is None else str(found)) == known


def test_a_zone_is_as_its_file_defines_it() -> None:
    """On each day of the year, around the changes hour by hour, as the zone that is so defined."""
    hours = [datetime(2026, 3, 28) + timedelta(hours=hour) for hour in range(60)]  # noqa: DTZ001 - local
    hours += [datetime(2026, 10, 24) + timedelta(hours=hour) for hour in range(60)]  # noqa: DTZ001 - local
    hours += [datetime(2026, 1, 1, 12) + timedelta(days=day) for day in range(364)]  # noqa: DTZ001 - local
    for name in ("Europe/Stockholm", "Own"):
        starts = [f"UID:{hour}\nDTSTART;TZID={name}:{hour:%Y%m%dT%H%M%S}" for hour in hours]
        found = read_events(
            calendar(*starts, head=zone("Own")).encode(),
            ZoneInfo("UTC"),
            date(2025, 12, 1),
            date(2027, 1, 31),
        )
        if name == "Europe/Stockholm":
            right = [event.start for event in found]
    assert [event.start for event in found] == right
    assert len(right) == len(set(hours))


# --- an independent reader ---

DAYS = st.dates(date(2024, 6, 1), date(2026, 9, 30))
RULES = st.builds(
    lambda frequency, step, days, end: f"FREQ={frequency};INTERVAL={step}{days}{end}",
    st.sampled_from(["WEEKLY", "DAILY"]),
    st.integers(1, 4),
    st.sampled_from(["", ";BYDAY=MO,TH", ";BYDAY=TU"]),
    st.sampled_from(["", ";COUNT=7", ";COUNT=40", ";UNTIL=20260401T230000Z", ";UNTIL=20250301T000000Z"]),
) | st.builds(
    lambda step, days, end: f"FREQ=MONTHLY;INTERVAL={step}{days}{end}",
    st.integers(1, 3),
    st.sampled_from(["", ";BYDAY=2TU", ";BYDAY=-1FR", ";BYMONTHDAY=15"]),
    st.sampled_from(["", ";COUNT=9", ";UNTIL=20260401T230000Z"]),
)


@given(
    DAYS, RULES, st.sets(st.integers(0, 60), max_size=3), st.sampled_from(["Europe/Stockholm", "Asia/Tokyo"])
)
def test_series_are_expanded_as_another_reader_has_them(
    first: date, rule: str, left_out: set[int], name: str
) -> None:
    """Which shares no code with ours; the start is one of the rule's own days, as the standard asks for."""
    endless = ";".join(part for part in rule.split(";") if not part.startswith(("COUNT", "UNTIL")))
    start = next(days_named(endless, first))
    zone = f";TZID={name}"
    lines = [f"DTSTART{zone}:{start:%Y%m%d}T090000", f"DTEND{zone}:{start:%Y%m%d}T103000", f"RRULE:{rule}"]
    lines += [f"EXDATE{zone}:{start + timedelta(days=day):%Y%m%d}T090000" for day in sorted(left_out)]
    text = calendar("\n".join(["DTSTAMP:20240101T000000Z", *lines]))
    theirs = IcsCalendarStream.calendar_from_ics(text).timeline_tz(STOCKHOLM)
    begin = datetime(2026, 1, 1, tzinfo=STOCKHOLM)
    right = [
        event.start.astimezone(STOCKHOLM).replace(tzinfo=None)  # type: ignore[attr-defined]
        for event in theirs.overlapping(begin, datetime(2027, 1, 1, tzinfo=STOCKHOLM))
    ]
    assert [event.start for event in read(text)] == sorted(right)
