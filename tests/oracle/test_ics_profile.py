"""Each check of the profile is proven by a broken file that it catches, and a sound one that it lets pass."""

import re

import pytest
from ics_profile import check, compare, read, text

ZONE = """\
BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""
EVENT = """\
BEGIN:VEVENT
UID:natverk-2025-1@kultur.example
DTSTART;TZID=Europe/Stockholm:20250304T090000
DTEND;TZID=Europe/Stockholm:20250304T120000
DTSTAMP:20250102T030405Z
LAST-MODIFIED:20250102T030405Z
CREATED:20250102T030405Z
SEQUENCE:0
SUMMARY:Nätverk\\, taktiskt
LOCATION:Varberg
DESCRIPTION:Avdelningschefer med ansvar för kultur.\\n\\nDeltar: Hylte\\, Hal
 mstad och Laholm
STATUS:CONFIRMED
TRANSP:OPAQUE
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
ORGANIZER;CN="Berg, Åsa":mailto:asa.berg@kultur.example
URL:https://kultur.example/2025.html
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Nätverk
TRIGGER:-P1D
END:VALARM
END:VEVENT
"""
SOUND = f"""\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//a//b//EN
NAME:Möten
X-WR-CALNAME:Möten
REFRESH-INTERVAL;VALUE=DURATION:PT6H
X-PUBLISHED-TTL:PT6H
{ZONE}{EVENT}END:VCALENDAR
"""
ALL_DAY = """\
BEGIN:VEVENT
UID:natverk-2025-1-d1@kultur.example
DTSTART;VALUE=DATE:20250218
DTEND;VALUE=DATE:20250219
DTSTAMP:20250102T030405Z
LAST-MODIFIED:20250102T030405Z
CREATED:20250102T030405Z
SEQUENCE:0
SUMMARY:Kallelse
STATUS:CONFIRMED
TRANSP:TRANSPARENT
X-MICROSOFT-CDO-BUSYSTATUS:FREE
END:VEVENT
"""
ALARM = EVENT[EVENT.index("BEGIN:VALARM") : EVENT.index("END:VEVENT")]
LONG = "x" * 60 + "\n " + "y" * 70 + "\n " + "z" * 70 + "\n " + "å" * 30 + "\n " + "ö" * 30


def data(content: str) -> bytes:
    """Return a file as it is written: with CRLF."""
    return content.replace("\n", "\r\n").encode()


def test_sound_files_pass() -> None:
    """A feed, a file to import, an all-day event and an empty calendar are fine."""
    to_import = re.sub(r"REFRESH-.*\nX-PUB.*\n", "", SOUND)
    assert check(data(SOUND), feed=True) == []
    assert check(data(to_import)) == []
    assert check(data(to_import.replace(EVENT, EVENT + ALL_DAY))) == []
    assert check(data(to_import.replace(EVENT, ""))) == []
    assert check(data(to_import.replace(ZONE, "").replace(EVENT, ALL_DAY))) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("BEGIN:VCALENDAR", "\ufeffBEGIN:VCALENDAR", "byte order mark"),
        ("Varberg", "Var\tberg", "a control character"),
        ("Varberg", "Var\x7fberg", "a control character"),
        ("Varberg", "Var\x85berg", "a control character"),
        ("LOCATION:Varberg", "LOCATION:" + "x" * 70, "79 octets"),
        ("LOCATION:Varberg", "LOCATION:" + "å" * 34, "77 octets"),
        ("LOCATION:Varberg", "LOCATION:a\\\n , b", "folded inside an escape"),
        ("LOCATION:Varberg", "LOCATION:a\\\\\\\n ; b", "folded inside an escape"),
        ("Åsa", "^\n n", "folded inside an escape"),
        ("LOCATION:Varberg", "LOCATION:Var\n\tberg", "folded with a tab"),
        ("LOCATION:Varberg\n", "LOCATION:Varberg\n\n", "blank"),
        ("LOCATION:Varberg\n", "LOCATION:Varberg\n \n", "blank"),
        ("LOCATION:Varberg", "LOCATION Varberg", "malformed line"),
        ("LOCATION:Varberg", "LOCA_TION:Varberg", "malformed line"),
        ("LOCATION:Varberg", "LOCATION;X:Varberg", "malformed line"),
        ("LOCATION:Varberg", "LOCATION;X=a;X=b:Varberg", "malformed line"),
        ("LOCATION:Varberg", 'LOCATION;X="a:Varberg', "malformed line"),
        ("END:VALARM\n", "", "END:VEVENT has no BEGIN"),
        ("END:VCALENDAR\n", "", "BEGIN:VCALENDAR has no END"),
        ("END:VCALENDAR\n", "END:VCALENDAR\nEND:VCALENDAR\n", "END:VCALENDAR has no BEGIN"),
        ("END:VCALENDAR\n", "END:VCALENDAR\nBEGIN:VCALENDAR\nEND:VCALENDAR\n", "not one VCALENDAR"),
        ("END:VCALENDAR\n", "END:VCALENDAR\nX:y\n", "not one VCALENDAR"),
        ("VERSION:2.0\n", "", "VERSION is not there once"),
        ("VERSION:2.0\n", "VERSION:1.0\n", "VERSION is not 2.0"),
        ("PRODID:-//a//b//EN\n", "", "PRODID is not there once"),
        ("VERSION:2.0\n", "VERSION:2.0\nMETHOD:REQUEST\n", "METHOD"),
        ("\nNAME:Möten", "", "NAME has not 1 to 255"),
        ("NAME:Möten", "NAME:" + "x" * 60 + ("\n " + "x" * 70) * 3, "NAME has not 1 to 255"),
        ("X-WR-CALNAME:Möten", "X-WR-CALNAME:Mötena", "NAME and X-WR-CALNAME differ"),
        ("REFRESH-INTERVAL;VALUE=DURATION:PT6H\n", "", "REFRESH-INTERVAL;VALUE=DURATION is missing"),
        ("REFRESH-INTERVAL;VALUE=DURATION", "REFRESH-INTERVAL", "REFRESH-INTERVAL;VALUE=DURATION is missing"),
        ("DURATION:PT6H", "DURATION:6:00:00", "no duration"),
        ("X-PUBLISHED-TTL:PT6H", "X-PUBLISHED-TTL:PT12H", "X-PUBLISHED-TTL differs"),
        (ZONE + EVENT, EVENT + ZONE, "do not follow each other"),
        (ZONE + EVENT, "", "holds no component"),
        (EVENT, EVENT + "X-LATE:y\n", "do not follow each other"),
        (EVENT, "BEGIN:VTODO\nUID:x\nEND:VTODO\n" + EVENT, "holds a VTODO"),
        (ZONE, "", "TZID Europe/Stockholm has not one VTIMEZONE"),
        (ZONE, ZONE + ZONE, "a VTIMEZONE is there twice"),
        (ZONE, ZONE + ZONE.replace("Stockholm", "Oslo"), "that no event uses"),
        (EVENT, ALL_DAY, "that no event uses"),
        ("Europe/Stockholm", "W. Europe Standard Time", "no IANA zone"),
        (ZONE[ZONE.index("BEGIN:STANDARD") : ZONE.index("BEGIN:DAYLIGHT")], "", "not one STANDARD"),
        ("BEGIN:DAYLIGHT", "BEGIN:STANDARD\nEND:STANDARD\nBEGIN:DAYLIGHT", "not one STANDARD"),
        ("RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n", "", "has no yearly RRULE"),
        ("RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n", "RDATE:20251026T030000\n", "malformed"),
        ("FREQ=YEARLY;BYMONTH=10", "FREQ=MONTHLY;BYMONTH=10", "malformed"),
        ("TZOFFSETFROM:+0200\n", "", "malformed"),
        ("DTSTART:19701025T030000", "DTSTART:19701026T030000", "DTSTART does not fit"),
        ("TZOFFSETTO:+0200", "TZOFFSETTO:+0300", "do not follow from each other"),
        ("BYMONTH=3;BYDAY=-1SU", "BYMONTH=2;BYDAY=-1SU", "differs from the IANA zone at 20250304T090000"),
        ("19701025T030000", "20301027T030000", "differs from the IANA zone at 20250304T090000"),
        (EVENT, EVENT + EVENT, "occurs 2 times"),
        ("UID:natverk-2025-1", "UID:nätverk-2025-1", "UID is missing, not ASCII"),
        ("UID:natverk-2025-1@kultur.example\n", "", "UID is missing"),
        ("UID:", "UID:" + LONG.replace("å", "a").replace("ö", "o"), "UID is missing, not ASCII or too long"),
        ("DTSTAMP:20250102T030405Z", "DTSTAMP:20250102T030405", "DTSTAMP is missing or not in UTC"),
        ("CREATED:20250102T030405Z\n", "", "CREATED is missing or not in UTC"),
        (
            "LAST-MODIFIED:20250102T030405Z",
            "LAST-MODIFIED:20250102",
            "LAST-MODIFIED is missing or not in UTC",
        ),
        ("DTEND;TZID=Europe/Stockholm:20250304T120000\n", "", "DTSTART or DTEND is missing"),
        ("DTEND;TZID=Europe/Stockholm:20250304T120000", "DTEND:20250304T110000Z", "differ in type or zone"),
        (
            "DTEND;TZID=Europe/Stockholm:20250304T120000",
            "DTEND;VALUE=DATE:20250305",
            "differ in type or zone",
        ),
        ("20250304T120000", "20250304T090000", "does not end after it starts"),
        ("20250304T120000", "20250304T080000", "does not end after it starts"),
        (";TZID=Europe/Stockholm", "", "floats"),
        ("20250304T090000", "20250304T250000", "is no time"),
        ("20250304T090000", "20250304T0900", "is no time"),
        ("20250304T", "20250330T02", "DTSTART is no time"),
        ("20250304T090000", "20250330T023000", "does not exist"),
        ("SUMMARY:Nätverk\\, taktiskt", "SUMMARY:Nätverk\\ntaktiskt", "SUMMARY is more than one line"),
        ("LOCATION:Varberg", "LOCATION:Var\\Nberg", "LOCATION is more than one line"),
        ("LOCATION:Varberg", f"LOCATION:{LONG}", "LOCATION is more than one line of 255"),
        ("SUMMARY:Nätverk\\, taktiskt\n", "", "SUMMARY is missing"),
        ("LOCATION:Varberg", "LOCATION:", "LOCATION is empty"),
        ("SUMMARY:Nätverk\\, taktiskt", "SUMMARY:Nätverk, taktiskt", "SUMMARY is not escaped rightly"),
        ("LOCATION:Varberg", "LOCATION:C:\\Varberg", "LOCATION is not escaped rightly"),
        ("LOCATION:Varberg", "LOCATION:Varberg\\", "LOCATION is not escaped rightly"),
        ("LOCATION:Varberg", "LOCATION:a;b", "LOCATION is not escaped rightly"),
        ("STATUS:CONFIRMED", "STATUS:TENTATIVE", "are not in step"),
        ("TRANSP:OPAQUE", "TRANSP:TRANSPARENT", "are not in step"),
        ("BUSYSTATUS:BUSY", "BUSYSTATUS:FREE", "are not in step"),
        ("SUMMARY:Nät", "SUMMARY:INSTÄLLT: Nät", "do not agree on whether it is cancelled"),
        ("STATUS:CONFIRMED", "STATUS:CANCELLED", "do not agree on whether it is cancelled"),
        ("STATUS:CONFIRMED", "STATUS:CANCELLED", "has a VALARM though it is cancelled"),
        ("SEQUENCE:0\n", "", "SEQUENCE is missing"),
        ("SEQUENCE:0", "SEQUENCE:-1", "SEQUENCE is missing or no number"),
        ("SEQUENCE:0", "SEQUENCE:2147483648", "SEQUENCE is missing or no number"),
        (ALARM, ALARM + ALARM, "two VALARM at the same time"),
        (ALARM, "".join(ALARM.replace("-P1D", f"-P{n}D") for n in range(1, 7)), "more than 5 VALARM"),
        (ALARM, ALARM + "X-LATE:y\n" + ALARM.replace("-P1D", "-P2D"), "a property follows VALARM"),
        ("ACTION:DISPLAY", "ACTION:EMAIL", "VALARM is no DISPLAY"),
        ("DESCRIPTION:Nätverk\n", "", "VALARM is no DISPLAY with a DESCRIPTION"),
        ("TRIGGER:-P1D", "TRIGGER:P1D", "VALARM does not come before"),
        ("TRIGGER:-P1D", "TRIGGER:-PT0S", "VALARM does not come before"),
        ("TRIGGER:-P1D", "TRIGGER;RELATED=END:-P1D", "VALARM does not come before"),
        (ALARM, ALARM + "X-LATE:y\n", "a property follows VALARM"),
        ("LOCATION:Varberg\n", "LOCATION:Varberg\nLOCATION:Laholm\n", "LOCATION occurs 2 times"),
        ("VERSION:2.0\n", "VERSION:2.0\nVERSION:2.0\n", "VERSION occurs 2 times"),
        ('CN="Berg, Åsa"', "CN=Berg, Åsa", "its name is not quoted"),
        ('CN="Berg, Åsa"', "CN=Berg: Åsa", "ORGANIZER is no mailto: address"),
        ('CN="Berg, Åsa"', "CN=Berg; Åsa", "malformed line"),
        ("mailto:asa.berg", "asa.berg", "ORGANIZER is no mailto: address"),
        ("mailto:asa.berg", "mailto:åsa.berg", "ORGANIZER is no mailto: address"),
        ("URL:https://kultur.example", "URL:https://kåltur.example", "URL is no web address"),
        ("SEQUENCE:0\n", "SEQUENCE:0\nRRULE:FREQ=DAILY\n", "RRULE: it recurs"),
        ("SEQUENCE:0\n", "SEQUENCE:0\nDURATION:PT1H\n", "both DTEND and DURATION"),
        ("SEQUENCE:0\n", "SEQUENCE:0\nATTENDEE:mailto:a@kultur.example\n", "ATTENDEE"),
        (ALARM, "BEGIN:X-A\nEND:X-A\n", "holds a X-A"),
    ],
)
def test_a_broken_file_is_caught(old: str, new: str, problem: str) -> None:
    """The fault is named, by the file that was sound but for it."""
    assert old in SOUND
    found = check(data(SOUND.replace(old, new)), feed=True)
    assert any(problem in one for one in found), found


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (data(SOUND).replace(b"\r\n", b"\n"), "otherwise than in CRLF"),
        (data(SOUND).replace(b"Varberg\r\n", b"Varberg\n"), "otherwise than in CRLF"),
        (data(SOUND).replace(b"Varberg", b"Var\rberg"), "otherwise than in CRLF"),
        (data(SOUND)[:-2], "the last line is not ended"),
        (data(SOUND).replace("ö".encode(), b"\xf6"), "is not UTF-8"),
        (data(SOUND).replace("ö".encode(), b"\xc3\r\n \xb6"), "folded inside a character"),
        (b"", "not one VCALENDAR"),
    ],
)
def test_broken_bytes_are_caught(broken: bytes, problem: str) -> None:
    """What no text can express is caught too."""
    found = check(broken, feed=True)
    assert any(problem in one for one in found), found


def test_a_file_to_import_has_no_interval() -> None:
    """Only feeds are fetched anew."""
    assert check(data(SOUND)) == ["a file to import says how often it is fetched anew"]


def test_all_day_events() -> None:
    """A deadline takes nobody's time, and its days are days."""
    file = re.sub(r"REFRESH-.*\nX-PUB.*\n", "", SOUND).replace(ZONE, "").replace(EVENT, ALL_DAY)
    for old, new, problem in (
        ("TRANSP:TRANSPARENT", "TRANSP:OPAQUE", "are not in step"),
        ("VALUE=DATE:20250219", "VALUE=DATE:20250218", "does not end after it starts"),
        ("VALUE=DATE:20250218", "VALUE=DATE:20250230", "DTSTART is no day"),
        ("VALUE=DATE:20250218", "VALUE=DATE:20250218T090000", "DTSTART is no day"),
    ):
        assert any(problem in one for one in check(data(file.replace(old, new)))), problem


def test_whole_days_of_a_meeting() -> None:
    """They are taken; both ends are days, or neither is."""
    file = re.sub(r"REFRESH-.*\nX-PUB.*\n", "", SOUND).replace(ZONE, "")
    file = re.sub(r";TZID=Europe/Stockholm:20250304T[0-9]{6}", ";VALUE=DATE:20250304", file)
    file = file.replace("DTEND;VALUE=DATE:20250304", "DTEND;VALUE=DATE:20250306")
    assert check(data(file)) == []
    for old, new, problem in (
        ("TRANSP:OPAQUE", "TRANSP:TRANSPARENT", "are not in step"),
        ("STATUS:BUSY", "STATUS:FREE", "are not in step"),
        ("DTEND;VALUE=DATE:20250306", "DTEND:20250306T120000Z", "differ in type or zone"),
    ):
        assert any(problem in one for one in check(data(file.replace(old, new)))), problem


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({}, []),
        ({EVENT: ""}, ["dropped"]),
        ({"T090000": "T100000"}, ["DTSTART changed, but SEQUENCE or LAST-MODIFIED did not rise"]),
        ({"T090000": "T100000", "SEQUENCE:0": "SEQUENCE:1"}, ["DTSTART changed"]),
        ({"T090000": "T100000", "IED:20250102": "IED:20250203"}, ["DTSTART changed"]),
        ({"T090000": "T100000", "SEQUENCE:0": "SEQUENCE:1", "IED:20250102": "IED:20250203"}, []),
        ({"LOCATION:Varberg": "LOCATION:Laholm"}, ["LOCATION changed"]),
        ({"LOCATION:Varberg\n": ""}, ["LOCATION changed"]),
        ({"LOCATION:Varberg": "LOCATION:Laholm", "IED:20250102": "IED:20250203"}, []),
        ({"SUMMARY:Nätverk": "SUMMARY:Grupp"}, ["SUMMARY changed"]),
        ({"SUMMARY:Nätverk": "SUMMARY:Grupp", "IED:20250102": "IED:20250203"}, []),
        ({"STATUS:CONFIRMED": "STATUS:TENTATIVE"}, ["STATUS changed, but LAST-MODIFIED did not rise"]),
        ({"STATUS:CONFIRMED": "STATUS:TENTATIVE", "IED:20250102": "IED:20250203"}, []),
        ({"STATUS:CONFIRMED": "STATUS:CANCELLED", "IED:20250102": "IED:20250203"}, ["SEQUENCE or"]),
        ({"STATUS:CONFIRMED": "STATUS:CANCELLED", "SEQUENCE:0": "SEQUENCE:1"}, ["STATUS changed"]),
        ({"IED:20250102": "IED:20240102"}, ["LAST-MODIFIED falls", "did not change, but its bytes did"]),
        ({"DTSTAMP:20250102": "DTSTAMP:20250103"}, ["did not change, but its bytes did"]),
        ({"SEQUENCE:0": "SEQUENCE:1"}, ["did not change, but its bytes did"]),
        ({"SEQUENCE:0\n": "", "TRANSP:": "SEQUENCE:0\nTRANSP:"}, ["did not change, but its bytes did"]),
        ({"Hal\n mstad": "H\n almstad"}, ["did not change, but its bytes did"]),
        ({"för kultur": "för konst"}, []),
    ],
)
def test_two_runs_are_compared(changes: dict[str, str], problems: list[str]) -> None:
    """A later version keeps every event; what changed is later, and where it counts a sequence on."""
    later = SOUND
    for old, new in changes.items():
        assert old in later
        later = later.replace(old, new)
    found = compare(data(SOUND), data(later))
    assert len(found) == len(problems)
    assert all(problem in one for one, problem in zip(found, problems, strict=True))


def test_a_sequence_never_falls() -> None:
    """Back to 0 is a fault, even with a later time of change."""
    found = compare(data(SOUND.replace("SEQUENCE:0", "SEQUENCE:1")), data(SOUND))
    assert "natverk-2025-1@kultur.example: SEQUENCE falls" in found


def test_reading() -> None:
    """Tests read values through the profile's own reader."""
    event = read(data(SOUND)).inner("VEVENT")[0]
    assert text(event.value("SUMMARY")) == "Nätverk, taktiskt"
    assert text(event.value("DESCRIPTION")).endswith("\n\nDeltar: Hylte, Halmstad och Laholm")
    assert text("C:\\\\Ny\\Nrad") == "C:\\Ny\nrad"
    with pytest.raises(ValueError, match="malformed"):
        read(data(SOUND.replace("LOCATION:", "LOCATION")))
