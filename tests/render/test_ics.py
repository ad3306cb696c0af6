"""Calendars pass the profile in every state, language and time zone, and independent readers agree."""

import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import starmap
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ics_profile import check, compare, read, text
from optional_tools import missing

from kultursam.forumfile import yaml_source
from kultursam.forumfile.register import Register, read_register
from kultursam.forumfile.values import TimeSpan, line_of_text
from kultursam.plans.model import Deadline, ForumRecord, Meeting, Origin, Plan, Status
from kultursam.render.ics import Calendars
from kultursam.render.ics.lines import cut, fold

ZONES = (
    "Europe/Stockholm",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "America/Sao_Paulo",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Asia/Almaty",
    "Asia/Jerusalem",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Pacific/Auckland",
    "UTC",
)
AWKWARD_NAME = r"C:\Nya rådet; \\server\Nämnd, {braces}"
STAMP = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
FILE = """
name: Kultursamverkan
language: {language}
timezone: {zone}
domain: kultur.example
base_url: https://kultur.example/kalender/
organisations:
  region: {{name: Region Halland}}
  hylte: {{name: Hylte kommun, short: Hylte}}
  laholm: {{name: "Laholms kommun; kultur, fritid"}}
groups:
  kommunerna: [laholm, hylte]
terms:
  plan: {{name: Kulturplan, from: 2025-01-01, to: 2028-12-31}}
forums:
  natverk:
    name: Taktiskt nätverk
    purpose: Avdelningschefer med ansvar för kultur.
    cadence: four times a year
    time: 09:00-12:00
    members: [{{role: avdelningschef, from: [region, kommunerna]}}, {{role: sekreterare, from: [region]}}]
    also: [{{name: Styrgrupp, minutes: 60}}, {{name: Fika}}]
    contact: {{name: "Åsa \\"Kulan\\" Berg, region: kultur", email: asa.berg+kultur@kultur.example}}
    reminder: 1d
  rad:
    name: "C:\\\\Nya rådet; \\\\\\\\server\\\\Nämnd, {{braces}}"
    cadence: as needed
    time: 13:00-14:30
    members: [{{role: ledamot, from: [hylte]}}]
    format: online
    term: {{of: plan}}
    reminder: 2w
  grupp:
    name: Grupp
    cadence: external
    time: 13:00-14:30
    members: [{{role: ledamot, from: [hylte]}}]
    format: hybrid
"""


class Event(NamedTuple):
    """What every reader must find."""

    uid: str
    start: int
    """Seconds since 1970, UTC."""
    end: int
    summary: str
    status: str


@cache
def register(zone: str = "Europe/Stockholm", language: str = "sv") -> Register:
    """Read the sample file."""
    return parsed(FILE.format(zone=zone, language=language))


def parsed(content: str) -> Register:
    """Read a forum file that must be sound."""
    found, problems = yaml_source.parse(content.encode(), "forums.yaml")
    assert found, problems
    result, problems = read_register(found)
    assert result, problems
    return result


def meeting(number: int, day: date, forum: str = "natverk", **keys: Any) -> Meeting:  # noqa: ANN401
    """Return a meeting."""
    plain = Meeting(
        id=f"{forum}-{day.year}-{number}",
        forum=forum,
        number=number,
        date=day,
        start=time(9),
        end=time(12),
        format={"rad": "online", "grupp": "hybrid"}.get(forum),
        created=STAMP,
        modified=STAMP,
    )
    return replace(plain, **keys)


def records_of(meetings: Iterable[Meeting]) -> dict[str, ForumRecord]:
    """Return what a plan records of the forums of some meetings."""
    known = register().organisations
    return {one.forum: ForumRecord(one.forum, known.get(one.forum, ("hylte",))) for one in meetings}


def in_every_state(year: int = 2025) -> Plan:
    """Return a plan that holds everything there is."""
    changed: dict[str, Any] = {"sequence": 2, "modified": STAMP + timedelta(days=9)}
    host: dict[str, Any] = {"host": "hylte", "place": "Rådhuset, sal 1"}
    external: dict[str, Any] = {"origin": Origin.EXTERNAL}
    confirmed, cancelled = Status.CONFIRMED, Status.CANCELLED
    meetings = (
        meeting(1, date(year, 2, 4), **host),
        meeting(2, date(year, 5, 6), status=confirmed, **changed, host="hylte"),
        meeting(3, date(year, 9, 2), status=cancelled, **changed, **host, reason="Sjukdom, tyvärr"),
        meeting(4, date(year, 11, 4), status=cancelled, **changed),
        meeting(5, date(year, 12, 2), **changed, moved_from=date(year, 12, 1), place="Hylte"),
        meeting(1, date(year, 3, 4), "rad", origin=Origin.RESERVED),
        meeting(2, date(year, 4, 1), "rad", origin=Origin.RESERVED, status=cancelled, **changed),
        meeting(3, date(year, 6, 3), "rad", origin=Origin.ADDED, place="Teams", host="hylte"),
        meeting(1, date(year, 6, 4), "grupp", **external, status=confirmed, start=time(23), end=time(23, 59)),
        meeting(2, date(year, 6, 5), "grupp", **external, host="hylte", start=time(0), end=time(0, 1)),
        meeting(1, date(year, 8, 5), "former", host="gone"),
    )  # fmt: skip
    deadlines = [
        Deadline(one.id, name, one.date + timedelta(days), one.forum, number, STAMP, STAMP, 7, not one.live)
        for one in meetings
        for number, (name, days) in enumerate((("Kallelse", -14), ("Handlingar; alla", -7)), 1)
    ]
    deadlines.append(Deadline(None, "Förnyas", date(year, 9, 30), "rad", 1, STAMP, STAMP))
    records = records_of(meetings) | {"former": ForumRecord("Före detta", ("hylte", "gone"))}
    return Plan(year, "Kultursamverkan", "kultur.example", records, meetings, tuple(deadlines))


LAST_DAY = TimeSpan(time(8, 30), time(12))
WHOLE: dict[str, Any] = {"start": time(), "end": time()}


def at_all_times() -> Plan:
    """Return a plan of meetings of several days, of whole days, over midnight, and in zones of their own.

    Clocks are changed on 9 March in New York, on 30 March in Stockholm, on 6 April in Sydney.
    """
    confirmed, cancelled = Status.CONFIRMED, Status.CANCELLED
    night: dict[str, Any] = {"start": time(22), "end": time(4, 30), "status": confirmed}
    meetings = (
        meeting(1, date(2025, 3, 4), days=3, last_day=LAST_DAY, status=confirmed),
        meeting(2, date(2025, 3, 6), **WHOLE),
        meeting(3, date(2025, 3, 29), **WHOLE, days=3, status=confirmed),
        meeting(4, date(2025, 4, 30), **WHOLE, days=2, status=cancelled, reason="Sjukdom"),
        meeting(5, date(2025, 3, 29), **night),
        meeting(6, date(2025, 4, 4), **night, days=2, last_day=TimeSpan(time(20), time(1))),
        meeting(7, date(2025, 3, 18), timezone="America/New_York"),
        meeting(8, date(2025, 12, 31), timezone="America/New_York", days=2, status=confirmed),
        meeting(9, date(2025, 3, 18), start=time(18), end=time()),
    )
    return Plan(2025, "Kultursamverkan", "kultur.example", records_of(meetings), meetings)


def moment_of(value: date, zone: tzinfo | None = None) -> int:
    """Return seconds since 1970 of a moment, or of a day's midnight in UTC: whole days have no zone."""
    if not isinstance(value, datetime):
        value, zone = datetime.combine(value, time()), UTC
    return int(value.replace(tzinfo=zone or value.tzinfo).timestamp())


def expected(plan: Plan, zone: str, data: bytes) -> set[Event]:
    """Return what the readers must find of a plan; the titles are those of our own reader."""
    titles = {one.value("UID"): text(one.value("SUMMARY")) for one in read(data).inner("VEVENT")}
    status = {Status.PROPOSED: "TENTATIVE", Status.CONFIRMED: "CONFIRMED", Status.CANCELLED: "CANCELLED"}
    events = set()
    for one in plan.meetings:
        whole, local = one.start == one.end, ZoneInfo(one.timezone or zone)
        finish = one.last_day.end if one.last_day else one.end
        begun = one.last_day.start if one.last_day else one.start
        over = one.date + timedelta(one.days - (finish > begun))
        start, end = (
            moment_of(datetime.combine(day, clock), UTC if whole else local)
            for day, clock in ((one.date, one.start), (over, finish))
        )
        uid = plan.uid(one.id)
        events.add(Event(uid, start, end, titles[uid], status[one.status]))
    return events


def properties(data: bytes, number: int = 0) -> dict[str, str]:
    """Return the properties of one event, unescaped."""
    return {line.name: text(line.value) for line in read(data).inner("VEVENT")[number].lines}


def everywhere(plan: Plan, zone: str, language: str = "sv") -> bytes:
    """Return a plan's meetings as a calendar that passes the profile."""
    data = Calendars(register(zone, language), [plan]).calendar("Alla", plan.meetings, feed=True)
    assert check(data, feed=True) == []
    return data


# --- the profile ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("zone", ZONES)
def test_every_state_passes_the_profile(zone: str, language: str) -> None:
    """Meetings, deadlines and empty calendars, as feeds and to import, are what each client reads."""
    plan = in_every_state()
    calendars = Calendars(register(zone, language), [plan])
    for feed in (True, False):
        assert check(calendars.calendar("Alla, möten", plan.meetings, feed=feed), feed=feed) == []
        assert check(calendars.calendar("Hålltider", plan.deadlines, feed=feed), feed=feed) == []
        assert check(calendars.calendar("Tom", [], feed=feed), feed=feed) == []
    assert check(Calendars(register(zone, language), []).calendar("Tom", [], feed=True), feed=True) == []


def test_one_event_as_written() -> None:
    """The bytes of one event, whole."""
    plan = in_every_state()
    written = Calendars(register(), [plan]).calendar("Nätverk, alla", plan.meetings[:1], feed=True)
    description = (
        "Datumet är ett förslag och kan ändras.\\n\\n"
        "Avdelningschefer med ansvar för kultur.\\nI samma möte: Styrgrupp (60 min)\\, Fika\\n\\n"
        "Deltar:\\navdelningschef: Region Halland\\, Hylte\\, Laholms kommun\\; kultur\\, fritid\\n"
        "sekreterare: Region Halland\\nVärd: Hylte\\n\\n"
        "Hålltider:\\nKallelse: tisdag 21 januari 2025\\nHandlingar\\; alla: tisdag 28 januari 2025"
    )
    assert written.decode().replace("\r\n ", "").split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//kultursam//kultursam//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Nätverk\\, alla",
        "X-WR-CALNAME:Nätverk\\, alla",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Stockholm",
        "BEGIN:STANDARD",
        "DTSTART:19701025T030000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:19700329T020000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "UID:natverk-2025-1@kultur.example",
        "DTSTART;TZID=Europe/Stockholm:20250204T090000",
        "DTEND;TZID=Europe/Stockholm:20250204T120000",
        "DTSTAMP:20250102T030405Z",
        "LAST-MODIFIED:20250102T030405Z",
        "CREATED:20250102T030405Z",
        "SEQUENCE:0",
        "SUMMARY:Taktiskt nätverk",
        "LOCATION:Rådhuset\\, sal 1\\, Hylte",
        f"DESCRIPTION:{description}",
        "STATUS:TENTATIVE",
        "TRANSP:OPAQUE",
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
        "CATEGORIES:Taktiskt nätverk",
        "COLOR:royalblue",
        "URL:https://kultur.example/kalender/2025.html",
        "ORGANIZER;CN=\"Åsa ^'Kulan^' Berg, region: kultur\":mailto:asa.berg+kultur@kultur.example",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Taktiskt nätverk",
        "TRIGGER:-P1D",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@pytest.mark.parametrize(
    ("number", "language", "values"),
    [
        (1, "sv", {"STATUS": "CONFIRMED", "LOCATION": "Hylte", "SEQUENCE": "2"}),
        (2, "sv", {"SUMMARY": "INSTÄLLT: Taktiskt nätverk", "STATUS": "CANCELLED"}),
        (2, "en", {"SUMMARY": "CANCELLED: Taktiskt nätverk", "TRANSP": "TRANSPARENT"}),
        (5, "sv", {"SUMMARY": f"{AWKWARD_NAME} (reserverad)", "LOCATION": "Digitalt"}),
        (5, "en", {"SUMMARY": f"{AWKWARD_NAME} (reserved)", "LOCATION": "Online"}),
        (6, "sv", {"SUMMARY": f"INSTÄLLT: {AWKWARD_NAME} (reserverad)"}),
        (7, "sv", {"LOCATION": "Digitalt: Teams"}),
        (7, "en", {"LOCATION": "Online: Teams", "COLOR": "indianred"}),
        (8, "sv", {"LOCATION": "På plats eller digitalt", "STATUS": "CONFIRMED"}),
        (9, "sv", {"LOCATION": "Hylte, eller digitalt"}),
        (9, "en", {"LOCATION": "Hylte, or online", "COLOR": "deeppink"}),
        (10, "sv", {"SUMMARY": "Före detta", "LOCATION": "gone", "COLOR": "sienna"}),
    ],
)  # fmt: skip
def test_states_are_told(number: int, language: str, values: dict[str, str]) -> None:
    """Title, place and availability say what state a meeting is in."""
    found = properties(everywhere(in_every_state(), "Europe/Stockholm", language), number)
    assert {key: found[key] for key in values} == values


@pytest.mark.parametrize(
    ("number", "language", "lines"),
    [
        (1, "en", ["Avdelningschefer med ansvar för kultur.",
                   "In the same meeting: Styrgrupp (60 min), Fika", "",
                   "Taking part:", "avdelningschef: Region Halland, Hylte, Laholms kommun; kultur, fritid",
                   "sekreterare: Region Halland", "Host: Hylte", "",
                   "Deadlines:", "Kallelse: Tuesday 22 April 2025",
                   "Handlingar; alla: Tuesday 29 April 2025"]),
        (2, "sv", ["Mötet är inställt: Sjukdom, tyvärr", ""]),
        (3, "sv", ["Mötet är inställt.", ""]),
        (4, "sv", ["Flyttat från måndag 1 december 2025.", "Datumet är ett förslag och kan ändras.", ""]),
        (4, "en", ["Moved from Monday 1 December 2025.", "The date is proposed and may change.", ""]),
        (5, "sv", ["En tid som hålls fri om ett möte behövs.", "", "Deltar:", "ledamot: Hylte", ""]),
        (8, "sv", ["Datumet bestäms av någon annan.", "", "Deltar:"]),
        (10, "sv", ["Datumet är ett förslag och kan ändras.", "", "Deltar:", "Hylte, gone", "Värd: gone"]),
    ],
)  # fmt: skip
def test_descriptions_read_as_a_person_would_write_them(number: int, language: str, lines: list[str]) -> None:
    """They begin with what is most pressing, in the file's language."""
    found = properties(everywhere(in_every_state(), "Europe/Stockholm", language), number)["DESCRIPTION"]
    assert found.split("\n")[: len(lines)] == lines


def test_who_may_stay_away_is_marked() -> None:
    """Only the role that is optional is, and only where somebody without it would be missed."""
    file = FILE.format(zone="Europe/Stockholm", language="en")
    known = parsed(
        file.replace(
            "{role: sekreterare, from: [region]}", "{role: sekreterare, from: [region], optional: true}"
        )
    )
    plan = in_every_state()
    data = Calendars(known, [plan]).calendar("All", plan.meetings, feed=True)
    lines = properties(data, 1)["DESCRIPTION"].split("\n")
    assert "avdelningschef: Region Halland, Hylte, Laholms kommun; kultur, fritid" in lines
    assert "sekreterare: Region Halland (optional)" in lines


def test_deadlines() -> None:
    """They last a day, take no time, say what they belong to, and end with their meeting."""
    plan = in_every_state()
    data = Calendars(register(), [plan]).calendar("Hålltider", plan.deadlines, feed=False)
    found = {event.value("UID"): number for number, event in enumerate(read(data).inner("VEVENT"))}
    assert len(found) == len(plan.deadlines)
    live = properties(data, found["natverk-2025-5-d2@kultur.example"])
    assert (live["DTSTART"], live["DTEND"], live["SEQUENCE"]) == ("20251125", "20251126", "7")
    assert live["SUMMARY"] == "Handlingar; alla: Taktiskt nätverk"
    assert live["DESCRIPTION"] == "Mötet hålls tisdag 2 december 2025 kl. 09:00\N{EN DASH}12:00."
    assert (live["TRANSP"], live["X-MICROSOFT-CDO-BUSYSTATUS"]) == ("TRANSPARENT", "FREE")
    cancelled = properties(data, found["natverk-2025-3-d1@kultur.example"])
    assert cancelled["SUMMARY"] == "INSTÄLLT: Kallelse: Taktiskt nätverk"
    assert cancelled["DESCRIPTION"] == "Mötet är inställt: Sjukdom, tyvärr"
    term = properties(data, found["rad-2025-term-d1@kultur.example"])
    assert term["DESCRIPTION"] == "Kulturplan gäller till och med söndag 31 december 2028."


def test_alarms_end_with_the_meeting() -> None:
    """Only live meetings of forums that ask for it remind of themselves."""
    events = read(everywhere(in_every_state(), "Europe/Stockholm")).inner("VEVENT")
    triggers = [[alarm.value("TRIGGER") for alarm in event.inner("VALARM")] for event in events]
    day, fortnight = ["-P1D"], ["-P14D"]
    assert triggers == [day, day, [], [], day, fortnight, [], fortnight, [], [], []]


def test_several_alarms_and_those_of_deadlines() -> None:
    """Each reminder is an alarm, in the order of the file; deadlines have theirs until they are cancelled."""
    content = FILE.format(zone="Europe/Stockholm", language="sv")
    content = content.replace(
        "reminder: 1d",
        "reminder: [2h, 1d]\n    deadlines: [{rule}]".replace(
            "{rule}", "{name: Kallelse, days_before: 14, reminder: [2d, 1w]}"
        ),
    )
    content = content.replace(
        "{of: plan}", "{of: plan, renewal: {name: Förnyas, months_before: 3, reminder: 1w}}"
    )
    plan = in_every_state()
    calendars = Calendars(parsed(content), [plan])
    meetings = calendars.calendar("Alla", plan.meetings, feed=False)
    due = calendars.calendar("Hålltider", plan.deadlines, feed=False)
    assert check(meetings) == check(due) == []
    assert triggers(meetings)["natverk-2025-1"] == ["-PT2H", "-P1D"]
    assert triggers(meetings)["natverk-2025-3"] == []
    found = triggers(due)
    assert found["natverk-2025-1-d1"] == ["-P2D", "-P7D"]
    assert found["rad-2025-term-d1"] == ["-P7D"]
    asked = {key for key, value in found.items() if value}
    assert asked == {*(f"natverk-2025-{n}-d1" for n in (1, 2, 5)), "rad-2025-term-d1"}


def triggers(data: bytes) -> dict[str, list[str]]:
    """Return when the events of a calendar remind of themselves, by the first part of their UIDs."""
    return {
        event.value("UID").partition("@")[0]: [alarm.value("TRIGGER") for alarm in event.inner("VALARM")]
        for event in read(data).inner("VEVENT")
    }


def test_addresses_are_ascii() -> None:
    """Whatever a forum file holds, a URL and a mailto: hold ASCII alone."""
    content = FILE.format(zone="UTC", language="en")
    content = content.replace(
        "https://kultur.example/kalender/", '"https://kultur.example/å\\x01;,%20?q=1#x"'
    )
    content = content.replace("asa.berg+kultur", "åsa?b%")
    plan = in_every_state()
    data = Calendars(parsed(content), [plan]).calendar("Alla", plan.meetings, feed=False)
    assert check(data) == []
    assert properties(data)["URL"] == "https://kultur.example/%C3%A5%01;,%20?q=1#x/2025.html"
    assert properties(data)["ORGANIZER"] == "mailto:%C3%A5sa%3Fb%25@kultur.example"


def test_a_colour_is_its_forums_own() -> None:
    """Forty forums share the colours, and another forum before them in the file changes none."""
    content = FILE.format(zone="UTC", language="en").partition("forums:")[0]
    line = "{name: F, cadence: once a year, time: 09:00-10:00, members: [{role: r, from: [hylte]}]}"
    forums = "".join(f"  f{number}: {line}\n" for number in range(40))
    meetings = tuple(meeting(1, date(2025, 5, 6), f"f{number}") for number in range(40))
    plan = Plan(2025, "P", "kultur.example", records_of(meetings), meetings)
    before, after = (
        Calendars(parsed(f"{content}forums:\n{first}{forums}"), [plan]).calendar("Alla", meetings, feed=False)
        for first in ("", f"  another: {line}\n")
    )
    assert check(before) == []
    assert before == after
    assert len({event.value("COLOR") for event in read(before).inner("VEVENT")}) > 8


# --- time zones -----------------------------------------------------------------------------------


def around_the_year(year: int, zone: str) -> Plan:
    """Return a plan with meetings on the fifth of each month and around each change of the clock."""
    tz = ZoneInfo(zone)
    days = [date(year, month, 5) for month in range(1, 13)]
    for number in range(1, 365):
        day = date(year, 1, 1) + timedelta(number)
        noon, before = (datetime.combine(one, time(12), tz) for one in (day, day - timedelta(1)))
        if noon.utcoffset() != before.utcoffset():
            days += [day + timedelta(shift) for shift in (-1, 0, 1)]
    odd = [(time(hour, 30), time(hour + 1, 15)) for hour in (0, 1, 2, 3, 22)]
    moments = [(day, (time(9), time(12))) for day in days] + [
        (day, clock) for day in days[12:] for clock in odd
    ]
    meetings = tuple(
        meeting(number, day, start=start, end=end) for number, (day, (start, end)) in enumerate(moments, 1)
    )
    return Plan(year, "P", "kultur.example", records_of(meetings), meetings)


@pytest.mark.parametrize("group", range(8))
def test_every_zone_of_the_world(group: int) -> None:
    """Each meeting begins and ends when the IANA zone says, be it written in the zone or in UTC."""
    for zone in sorted(available_timezones())[group::8]:
        plan = around_the_year(2025, zone)
        read_moments(everywhere(plan, zone), plan, zone)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", [1969, 1971, 2018, 2022, 2024, 2030, 2040, 2099])
def test_zones_in_other_years(zone: str, year: int) -> None:
    """Rules that changed, and years before and after what the zone tables list, are written rightly."""
    plan = around_the_year(year, zone)
    read_moments(everywhere(plan, zone), plan, zone)


def read_moments(data: bytes, plan: Plan, zone: str) -> None:
    """Compare each event with the moments that the IANA zone gives."""
    tz = ZoneInfo(zone)
    for one, event in zip(plan.meetings, read(data).inner("VEVENT"), strict=True):
        locals_ = [datetime.combine(one.date, clock) for clock in (one.start, one.end)]
        moments = [local.replace(tzinfo=tz).astimezone(UTC) for local in locals_]
        exist = [
            moment.astimezone(tz).replace(tzinfo=None) == local
            for moment, local in zip(moments, locals_, strict=True)
        ]
        lines = [event.first("DTSTART"), event.first("DTEND")]
        if all(line and line.parameters for line in lines):
            assert all(exist)
            assert [line and line.value for line in lines] == [f"{local:%Y%m%dT%H%M%S}" for local in locals_]
        elif exist[
            0
        ]:  # else it begins when the clock is put forward, and the profile says that it ends later
            assert [line and line.value for line in lines] == [
                f"{moment:%Y%m%dT%H%M%SZ}" for moment in moments
            ]


@pytest.mark.parametrize(
    ("zone", "year", "rules"),
    [
        ("Europe/Stockholm", 2025, ["BYDAY=-1SU;BYMONTH=10", "BYDAY=-1SU;BYMONTH=3"]),
        ("Europe/Dublin", 2025, ["BYDAY=-1SU;BYMONTH=10", "BYDAY=-1SU;BYMONTH=3"]),
        ("America/New_York", 2025, ["BYDAY=1SU;BYMONTH=11", "BYDAY=2SU;BYMONTH=3"]),
        ("Australia/Sydney", 2025, ["BYDAY=1SU;BYMONTH=4", "BYDAY=1SU;BYMONTH=10"]),
        ("Asia/Kolkata", 2025, [""]),
        ("America/Sao_Paulo", 2025, [""]),
        ("America/Sao_Paulo", 2018, None),
        ("Asia/Almaty", 2024, None),
        ("Asia/Almaty", 2025, [""]),
        ("Africa/Casablanca", 2025, None),
        ("UTC", 2025, None),
        ("Etc/Zulu", 2025, None),
        ("Europe/Stockholm", 1970, None),
    ],
)
def test_rules_of_zones(zone: str, year: int, rules: list[str] | None) -> None:
    """One STANDARD and one DAYLIGHT with a yearly rule each; UTC where a zone cannot be put so."""
    meetings = (meeting(1, date(year, 7, 1)),)
    plan = Plan(year, "P", "kultur.example", records_of(meetings), meetings)
    data = everywhere(plan, zone)
    zones = read(data).inner("VTIMEZONE")
    assert [part.name for one in zones for part in one.parts] == ["STANDARD", "DAYLIGHT"][: len(rules or [])]
    assert [part.value("RRULE").removeprefix("FREQ=YEARLY;") for one in zones for part in one.parts] == (
        rules or []
    )
    empty = read(Calendars(register(zone), [plan]).calendar("Tom", [], feed=True)).inner("VTIMEZONE")
    assert [one.value("TZID") for one in empty] == ["UTC" if rules is None else zone]


def clocks(zone: str) -> tuple[object, ...]:
    """Return what the clocks of a zone show from 2025 to 2041, every tenth day at noon."""
    tz, first = ZoneInfo(zone), datetime(2025, 1, 1, 12, tzinfo=UTC)
    moments = [(first + timedelta(days)).astimezone(tz) for days in range(0, 16 * 366, 10)]
    return tuple((moment.utcoffset(), moment.tzname()) for moment in moments)


@pytest.mark.slow
@pytest.mark.parametrize("group", range(2))
def test_later_plans_change_no_earlier_event(group: int) -> None:
    """A feed that grows by years keeps its events byte for byte; of zones with the same clocks, in one."""
    different = {clocks(zone): zone for zone in sorted(available_timezones())}
    for zone in [*different.values()][group::2]:
        first = around_the_year(2025, zone)
        feed = Calendars(register(zone), [first]).calendar("Alla", first.meetings[:20], feed=True)
        for last in (2026, 2040):
            plans = [first, Plan(last, "P", "kultur.example", {}, ())]
            grown = Calendars(register(zone), plans).calendar("Alla", first.meetings[:20], feed=True)
            assert compare(feed, grown) == []


# --- what stays the same --------------------------------------------------------------------------


def test_an_event_is_the_same_in_every_file() -> None:
    """Files differ in which events they hold, not in what these say."""
    plan = in_every_state()
    calendars = Calendars(register(), [plan])
    whole = calendars.calendar("Alla", plan.meetings, feed=True)
    for one in plan.meetings:
        alone = calendars.calendar("En", [one], feed=False)
        assert alone[alone.index(b"BEGIN:VEVENT") : -len(b"END:VCALENDAR\r\n")] in whole
    assert whole == Calendars(register(), [plan]).calendar("Alla", plan.meetings, feed=True)
    backwards = calendars.calendar("Alla", reversed(plan.meetings), feed=True)
    assert sorted(backwards.splitlines()) == sorted(whole.splitlines())


def test_changes_follow_the_sequence() -> None:
    """A moved and a cancelled meeting replace what was there; all else keeps its bytes."""
    plan = in_every_state()
    first, *others = plan.meetings
    raised = replace(first, sequence=1, modified=STAMP + timedelta(1))
    versions = [
        raised,
        replace(raised, date=date(2025, 2, 5), moved_from=first.date),
        replace(raised, status=Status.CANCELLED),
        replace(raised, place="Annanstans"),
        replace(raised, host="laholm"),
    ]
    data = everywhere(plan, "Europe/Stockholm")
    for version in versions[1:]:
        later = everywhere(replace(plan, meetings=(version, *others)), "Europe/Stockholm")
        assert compare(data, later) == []
    touched = everywhere(replace(plan, meetings=(versions[0], *others)), "Europe/Stockholm")
    assert compare(data, touched) == ["natverk-2025-1@kultur.example: did not change, but its bytes did"]


def test_hash_seeds_change_nothing() -> None:
    """Two processes with different hash seeds write the same bytes."""
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}; import runpy, hashlib; "
        f"tests = runpy.run_path({__file__!r}); "
        "print(hashlib.sha256(tests['everywhere'](tests['in_every_state'](), 'Europe/London')).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


# --- text -----------------------------------------------------------------------------------------


def accepted(name: str) -> bool:
    """Return whether a forum file may hold a name."""
    try:
        return line_of_text(name) == name
    except ValueError:
        return False


def yaml(name: str) -> str:
    """Return a name that YAML reads unchanged."""
    return '"' + "".join(f"\\U{ord(char):08X}" for char in name) + '"'


CHARACTERS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))
AWKWARD = st.sampled_from("\\;,:\"'^nN{}%=\ufeff\u200d\u0301\u200f\U0001f3fdé å😀")
NAMES = st.text(CHARACTERS | AWKWARD, min_size=1, max_size=400).filter(accepted)


@settings(deadline=None)
@given(name=NAMES, other=NAMES)
def test_any_name_reads_back_unchanged(name: str, other: str) -> None:
    """Titles, places, categories, people and descriptions come back as they were written."""
    content = FILE.format(zone="Europe/Stockholm", language="en")
    content = content.replace("name: Taktiskt nätverk", f"name: {yaml(name)}")
    content = content.replace("short: Hylte", f"short: {yaml(other)}")
    content = content.replace('"Åsa \\"Kulan\\" Berg, region: kultur"', yaml(other))
    one = meeting(1, date(2025, 5, 6), host="hylte", place=name, status=Status.CANCELLED, reason=other)
    plan = Plan(2025, "P", "kultur.example", records_of([one]), (one,))
    data = Calendars(parsed(content), [plan]).calendar(name, plan.meetings, feed=True)
    assert check(data, feed=True) == []
    found = properties(data)
    assert found["SUMMARY"] == "CANCELLED: " + cut(name, 255 - len("CANCELLED: "))
    assert found["LOCATION"] == cut(name if name == other else f"{name}, {other}")
    assert found["CATEGORIES"] == text(read(data).value("NAME")) == cut(name)
    assert found["DESCRIPTION"].startswith(f"The meeting is cancelled: {other}\n\n")
    assert f"\navdelningschef: Region Halland, {other}, Laholms" in found["DESCRIPTION"]
    organizer = read(data).inner("VEVENT")[0].all("ORGANIZER")[0]
    marks = {"^n": "\n", "^'": '"', "^^": "^"}
    cn = re.sub(r"\^[n'^]", lambda found: marks[found[0]], organizer.parameters["CN"][0].strip('"'))
    assert cn == other
    event = icalendar.Calendar.from_ical(data).events[0]
    assert not event.errors
    assert [event["SUMMARY"], event["LOCATION"]] == [found["SUMMARY"], found["LOCATION"]]
    assert event["DESCRIPTION"] == found["DESCRIPTION"]


@given(name=NAMES, units=st.integers(20, 255))
def test_names_are_cut_between_letters(name: str, units: int) -> None:
    """A long name keeps its beginning and ends in an ellipsis; no letter is parted from its accents."""
    short = cut(name, units)
    size = len(short.encode("utf-16-le")) // 2
    if len(name.encode("utf-16-le")) // 2 <= units:
        assert short == name
        return
    assert size <= units
    kept = short[:-1]
    assert short.endswith("…")
    assert name.startswith(kept)
    following = name[len(kept)]
    cluster = all(unicodedata.category(char)[0] == "M" or char in "\u200c\u200d" for char in kept[1:])
    assert not unicodedata.category(following).startswith("M") or cluster


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("abcdef", "abcdef"),
        ("abcdefg", "abcde…"),
        ("abcd😀😀", "abcd…"),
        ("abc😀😀", "abc😀…"),
        ("abcde\u0301f", "abcde\u0301"[:4] + "…"),
        ("ab \u00e5\u00e4\u00f6\u00e9", "ab åä…"),
        ("abcd efg", "abcd…"),
        ("a" + "\u0301" * 9, "a" + "\u0301" * 4 + "…"),
        ("ab👩\u200d👩\u200d👧", "ab…"),
        ("abc👍\U0001f3fd", "abc…"),
    ],
)
def test_cutting(name: str, short: str) -> None:
    """Cut to six UTF-16 units."""
    assert cut(name, 6) == short


@given(st.text(CHARACTERS | AWKWARD, max_size=300))
def test_folding(content: str) -> None:
    """Folded lines are short, whole in each character, and unfold to what they were."""
    line = ("X:" + content.replace("\\", "\\\\").replace(",", "\\,")).encode()
    folded = fold(line)
    assert folded.replace(b"\r\n ", b"") == line + b"\r\n"
    for part in folded.split(b"\r\n"):
        assert len(part) <= 75
        part.decode()
        assert (len(part) - len(part.rstrip(b"\\"))) % 2 == 0


# --- independent readers --------------------------------------------------------------------------

READERS = Path(os.environ.get("KULTURSAM_READERS") or "/nonexistent")
"""A second environment (a venv, with node_modules beside its bin) that holds readers."""


def run(*command: str, **environment: str) -> str:
    """Run a reader; give what it prints."""
    done = subprocess.run(
        command, check=False, capture_output=True, env={**os.environ, **environment}, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def by_icalendar(path: Path) -> Iterator[Event]:
    """Read with icalendar, times by the file's own VTIMEZONE."""
    calendar: Any = icalendar.Calendar.from_ical(path.read_bytes())
    assert not calendar.errors
    zones = {one.tz_name: one.to_tz(lookup_tzid=False) for one in calendar.timezones}
    for event in calendar.events:
        assert not event.errors
        times = [event[key] for key in ("DTSTART", "DTEND")]
        zone = zones[times[0].params["TZID"]] if "TZID" in times[0].params else UTC
        start, end = (moment_of(one.dt, zone) for one in times)
        yield Event(event.uid, start, end, event["SUMMARY"], event["STATUS"])


def by_ical(path: Path) -> Iterator[Event]:
    """Read with ical, which validates by pydantic models."""
    try:
        from ical.calendar_stream import IcsCalendarStream
    except ImportError:
        missing("ical (PyPI)")
    calendar: Any = IcsCalendarStream.calendar_from_ics(path.read_bytes().decode())
    for event in calendar.events:
        start, end = map(moment_of, (event.dtstart, event.dtend))
        yield Event(event.uid, start, end, event.summary, event.status.value)


def by_recurring(path: Path) -> Iterator[Event]:
    """Read with recurring-ical-events, as what happens within the year."""
    try:
        import recurring_ical_events
    except ImportError:
        missing("recurring-ical-events (PyPI)")
    calendar: Any = icalendar.Calendar.from_ical(path.read_bytes())
    for event in recurring_ical_events.of(calendar).between((2025, 1, 1), (2026, 1, 1)):
        start, end = (moment_of(event[key].dt) for key in ("DTSTART", "DTEND"))
        yield Event(event.uid, start, end, str(event["SUMMARY"]), str(event["STATUS"]))


LIBICAL = """
import json, sys, gi
gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib
calendar = ICalGLib.Component.new_from_string(open(sys.argv[1], encoding="utf-8", newline="").read())
assert calendar.count_errors() == 0
kind = ICalGLib.ComponentKind.VEVENT_COMPONENT
event, found = calendar.get_first_component(kind), []
while event:
    start, end = event.get_dtstart(), event.get_dtend()
    moments = [time.as_timet_with_zone(time.get_timezone()) for time in (start, end)]
    status = event.get_status().value_nick
    found.append([event.get_uid(), *moments, event.get_summary(), status.split("_")[0].upper()])
    event = calendar.get_next_component(kind)
print(json.dumps(found))
"""


def by_libical(path: Path) -> Iterator[Event]:
    """Read with libical, which GNOME and KDE use."""
    python = "/usr/bin/python3"
    needed = "import gi; gi.require_version('ICalGLib', '3.0'); from gi.repository import ICalGLib"
    if (
        not Path(python).exists()
        or subprocess.run([python, "-c", needed], check=False, capture_output=True).returncode
    ):
        missing("libical (Debian's python3-gi and gir1.2-ical-3.0)")
    yield from starmap(Event, json.loads(run(python, "-c", LIBICAL, str(path))))


ICAL_JS = """
const ICAL = require("ical.js");
const text = require("fs").readFileSync(process.argv[1], "utf8");
const calendar = new ICAL.Component(ICAL.parse(text));
calendar.getAllSubcomponents("vtimezone").forEach((zone) => ICAL.TimezoneService.register(zone));
console.log(JSON.stringify(calendar.getAllSubcomponents("vevent").map((part) => {
  const event = new ICAL.Event(part);
  const times = [event.startDate.toUnixTime(), event.endDate.toUnixTime()];
  return [event.uid, ...times, event.summary, part.getFirstPropertyValue("status")];
})));
"""


def by_ical_js(path: Path) -> Iterator[Event]:
    """Read with ical.js, which Thunderbird uses."""
    node, modules = shutil.which("node"), READERS / "node_modules"
    if node is None or not (modules / "ical.js").exists():
        missing("ical.js (npm)")
    printed = run(node or "", "-e", ICAL_JS, str(path), NODE_PATH=str(modules))
    yield from starmap(Event, json.loads(printed))


KHAL = """
[calendars]
[[here]]
path = {home}/here
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {home}/khal.db
"""


def by_khal(path: Path) -> Iterator[Event]:
    """List with khal, a calendar for the terminal."""
    khal = shutil.which("khal", path=f"{READERS / 'bin'}{os.pathsep}{os.environ['PATH']}")
    if khal is None:
        missing("khal (PyPI)")
    home = path.parent / "khal"
    (home / "here").mkdir(parents=True)
    # Each event in a file of its own, as a client that subscribes stores it: an import is rewritten by khal.
    head, *events = path.read_bytes().removesuffix(b"END:VCALENDAR\r\n").split(b"\r\nBEGIN:VEVENT\r\n")
    for number, event in enumerate(events):
        item = head + b"\r\nBEGIN:VEVENT\r\n" + event.rstrip(b"\r\n") + b"\r\nEND:VCALENDAR\r\n"
        (home / "here" / f"{number}.ics").write_bytes(item)
    (home / "config").write_text(KHAL.format(home=home), encoding="utf-8")
    command = [khal or "", "--config", str(home / "config")]
    environment = {"HOME": str(home), "XDG_CACHE_HOME": str(home), "LC_ALL": "C.UTF-8"}
    fields = [
        part
        for name in ("uid", "start-long-full", "end-long-full", "all-day", "title", "status")
        for part in ("--json", name)
    ]
    listed = run(*command, "list", "--once", *fields, "2025-01-01", "366d", **environment)
    for day in listed.splitlines():
        for event in json.loads(day):
            moments = (
                datetime.fromisoformat(event[f"{end}-long-full"]).replace(tzinfo=UTC)
                for end in ("start", "end")
            )
            start, end = map(moment_of, moments)
            if event["all-day"] == "True":  # of whole days it tells the last
                end += 24 * 60 * 60
            yield Event(event["uid"], start, end, event["title"], event["status"].strip())


@pytest.mark.parametrize(
    "zone", ["Europe/Stockholm", "America/New_York", "Australia/Sydney", "Africa/Casablanca"]
)
@pytest.mark.parametrize("reader", [by_icalendar, by_ical, by_recurring, by_libical, by_ical_js, by_khal])
def test_independent_readers_agree(
    reader: Callable[[Path], Iterator[Event]], zone: str, tmp_path: Path
) -> None:
    """The same events, moments, titles and states are read by all."""
    plan = in_every_state()
    path = tmp_path / "all.ics"
    path.write_bytes(everywhere(plan, zone))
    found = list(reader(path))
    assert len(found) == len(plan.meetings)
    assert set(found) == expected(plan, zone, path.read_bytes())


@pytest.mark.parametrize("zone", ["Europe/Stockholm", "America/New_York", "Australia/Sydney", "Asia/Tokyo"])
@pytest.mark.parametrize("reader", [by_icalendar, by_ical, by_recurring, by_libical, by_ical_js, by_khal])
def test_independent_readers_agree_on_days_and_nights(
    reader: Callable[[Path], Iterator[Event]], zone: str, tmp_path: Path
) -> None:
    """One event from the first start to the last end, though clocks change in between or zones differ."""
    plan = at_all_times()
    path = tmp_path / "all.ics"
    path.write_bytes(everywhere(plan, zone))
    found = list(reader(path))
    assert len(found) == len(plan.meetings)
    assert set(found) == expected(plan, zone, path.read_bytes())


def test_whole_days_and_zones_as_written() -> None:
    """Whole days are dates, their end not counted, and busy; a calendar has each zone that it uses, once."""
    calendar = read(everywhere(at_all_times(), "Europe/Stockholm"))
    assert [zone.value("TZID") for zone in calendar.inner("VTIMEZONE")] == [
        "America/New_York",
        "Europe/Stockholm",
    ]
    events = [
        [
            f"{';'.join(f'{key}={value}' for key, [value] in line.parameters.items())}:{line.value}"
            for line in event.lines
            if line.name in {"DTSTART", "DTEND"}
        ]
        for event in calendar.inner("VEVENT")
    ]
    here, there = "TZID=Europe/Stockholm", "TZID=America/New_York"
    assert events == [
        [f"{here}:20250304T090000", f"{here}:20250306T120000"],
        ["VALUE=DATE:20250306", "VALUE=DATE:20250307"],
        ["VALUE=DATE:20250329", "VALUE=DATE:20250401"],
        ["VALUE=DATE:20250430", "VALUE=DATE:20250502"],
        [f"{here}:20250329T220000", f"{here}:20250330T043000"],
        [f"{here}:20250404T220000", f"{here}:20250406T010000"],
        [f"{there}:20250318T090000", f"{there}:20250318T120000"],
        [f"{there}:20251231T090000", f"{there}:20260101T120000"],
        [f"{here}:20250318T180000", f"{here}:20250319T000000"],
    ]
    shown = [
        tuple(event.value(name) for name in ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"))
        for event in calendar.inner("VEVENT")
    ]
    assert shown[1:4] == [
        ("TENTATIVE", "OPAQUE", "TENTATIVE"),
        ("CONFIRMED", "OPAQUE", "BUSY"),
        ("CANCELLED", "TRANSPARENT", "FREE"),
    ]
    assert not read(everywhere(replace(at_all_times(), meetings=at_all_times().meetings[1:4]), "UTC")).inner(
        "VTIMEZONE"
    )


ODD_NAMES = (
    "שלום, עולם; \u202eבדיקה",
    "\u5e74\u5ea6\u4f1a\u8b70" * 70,
    "👩\u200d👩\u200d👧\u200d👦 familjen " * 20,
    "e\u0301a\u030a" * 90,
    "\ufeffbegins with a mark",
    "C:\\new\\Nämnd\\",
    "a;b,c:d\"e'f^n^^ ^' {0} %s",
    "𝔛" * 200,
    "BEGIN:VEVENT",
    "END:VEVENT",
    "x" * 300,
)


@pytest.mark.parametrize("reader", [by_icalendar, by_ical, by_recurring, by_libical, by_ical_js, by_khal])
def test_independent_readers_read_any_name(reader: Callable[[Path], Iterator[Event]], tmp_path: Path) -> None:
    """Names of every kind come out of every reader as they went in."""
    content = FILE.format(zone="Europe/Stockholm", language="sv").partition("forums:")[0] + "forums:\n"
    for number, name in enumerate(ODD_NAMES):
        keys = "cadence: once a year, time: 09:00-10:00, members: [{role: r, from: [hylte]}]"
        content += f"  f{number}: {{name: {yaml(name)}, {keys}}}\n"
    meetings = tuple(meeting(1, date(2025, 5, 6), f"f{number}") for number in range(len(ODD_NAMES)))
    plan = Plan(2025, "P", "kultur.example", records_of(meetings), meetings)
    path = tmp_path / "all.ics"
    path.write_bytes(Calendars(parsed(content), [plan]).calendar("Alla", meetings, feed=False))
    assert check(path.read_bytes()) == []
    assert {event.uid: event.summary for event in reader(path)} == {
        plan.uid(one.id): cut(name) for one, name in zip(meetings, ODD_NAMES, strict=True)
    }
