"""What a calendar file must be for Outlook, Google, Apple and Thunderbird, checked byte by byte.

It shares no code with what writes the files and uses no iCalendar library: of broken files, readers
report only about half. The profile is RFC 5545, RFC 7986 and Microsoft's MS-OXCICAL and MS-STANOICAL, in
the part that all four clients read alike.
"""

import re
import unicodedata
from calendar import Calendar as Months
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

ZONES = available_timezones()
MAX_OCTETS = 75
MAX_UNITS = 255
MAX_ALARMS = 5
"""Google Calendar keeps no more."""
MAX_INTEGER = 2**31 - 1
CANCELLED_WORDS = ("INSTÄLLT: ", "CANCELLED: ")
"""What stands before the title of a cancelled event, in every language there is."""
SHOWN = {
    ("TENTATIVE", "OPAQUE", "TENTATIVE"),
    ("CONFIRMED", "OPAQUE", "BUSY"),
    ("CANCELLED", "TRANSPARENT", "FREE"),
}
SHOWN_DUE = {("CONFIRMED", "TRANSPARENT", "FREE"), ("CANCELLED", "TRANSPARENT", "FREE")}
TEXTS = {
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "CATEGORIES",
    "NAME",
    "X-WR-CALNAME",
    "COLOR",
    "UID",
    "TZID",
    "TZNAME",
}
REPEATED = {"RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PARAMETER = r'[A-Za-z0-9-]+=(?:"[^"]*"|[^",;:]*)(?:,(?:"[^"]*"|[^",;:]*))*'
LINE = re.compile(rf"(?P<name>[A-Za-z0-9-]+)(?P<parameters>(?:;{PARAMETER})*):(?P<value>.*)", re.DOTALL)
ESCAPED = re.compile(r"(?:[^\\;,]|\\[\\;,nN])*")
LOCAL = re.compile(r"[0-9]{8}T[0-9]{6}")
STAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z")
OFFSET = re.compile(r"([+-])([0-9]{2})([0-9]{2})([0-9]{2})?")
DURATION = re.compile(r"-P(?=.)(?:\d+W|(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)")


@dataclass(frozen=True)
class Line:
    """One property."""

    name: str
    parameters: dict[str, list[str]]
    value: str


@dataclass
class Component:
    """What stands between a BEGIN and its END."""

    name: str
    lines: list[Line] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    """The names of properties and components as they follow each other."""
    data: bytes = b""

    def all(self, name: str) -> list[Line]:
        """Return every property of a name."""
        return [line for line in self.lines if line.name == name]

    def first(self, name: str) -> Line | None:
        """Return the first property of a name."""
        return next((line for line in self.lines if line.name == name), None)

    def value(self, name: str) -> str:
        """Return the first value of a name; nothing where there is none."""
        line = self.first(name)
        return line.value if line else ""

    def inner(self, name: str) -> list["Component"]:
        """Return the components of a name."""
        return [part for part in self.parts if part.name == name]


def check(data: bytes, *, feed: bool = False) -> list[str]:
    """Return everything in which a file falls short of the profile."""
    problems = [*_check_bytes(data)]
    calendar, faults = _read(data)
    problems += faults
    if calendar is None:
        return problems
    problems += _check_calendar(calendar)
    problems += [problem for component in _walk(calendar) for problem in _check_properties(component)]
    problems += _check_naming(calendar, feed=feed)
    problems += _check_zones(calendar)
    uids = Counter(event.value("UID") for event in calendar.inner("VEVENT"))
    problems += [f"the UID {uid} occurs {count} times" for uid, count in uids.items() if count > 1]
    for event in calendar.inner("VEVENT"):
        uid = event.value("UID") or "an event"
        problems += [f"{uid}: {problem}" for test in EVENT_CHECKS for problem in test(event)]
    return problems


def compare(old: bytes, new: bytes) -> list[str]:
    """Return everything in which a later version of a file breaks faith with an earlier one."""
    before, after = (_events(data) for data in (old, new))
    problems = [f"{uid}: dropped" for uid in before if uid not in after]
    for uid in before.keys() & after.keys():
        problems += [f"{uid}: {problem}" for problem in _compare_event(before[uid], after[uid])]
    return sorted(problems)


def read(data: bytes) -> Component:
    """Return the calendar that a sound file holds."""
    calendar, faults = _read(data)
    if calendar is None or faults:
        raise ValueError(faults)
    return calendar


def text(value: str) -> str:
    """Undo the escaping of a TEXT."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


# --- bytes ----------------------------------------------------------------------------------------


def _check_bytes(data: bytes) -> Iterator[str]:
    if data.startswith(b"\xef\xbb\xbf"):
        yield "begins with a byte order mark"
    try:
        data.decode()
    except UnicodeDecodeError:
        yield "is not UTF-8"
    if re.search(rb"(?<!\r)\n|\r(?!\n)", data):
        yield "a line ends otherwise than in CRLF"
    if not data.endswith(b"\r\n"):
        yield "the last line is not ended"
    lines = re.split(rb"\r?\n", data)
    for number, line in enumerate(lines[: -1 if not lines[-1] else None], 1):
        following = lines[number] if number < len(lines) else b""
        yield from (f"line {number}: {problem}" for problem in _check_line(line, following))


def _check_line(line: bytes, following: bytes) -> Iterator[str]:
    if len(line) > MAX_OCTETS:
        yield f"{len(line)} octets"
    if not line.strip(b" \t"):
        yield "blank"
    if line.startswith(b"\t"):
        yield "folded with a tab"
    if any(unicodedata.category(char) == "Cc" for char in line.decode(errors="replace")):
        yield "a control character"
    if following.startswith((b" ", b"\t")):
        if following[1:2] and following[1] & 0xC0 == 0x80:
            yield "folded inside a character"
        for mark, escaped in ((b"\\", b"\\;,nN"), (b"^", b"^n'")):
            odd = (len(line) - len(line.rstrip(mark))) % 2
            if odd and len(following) > 1 and following[1:2] in escaped:
                yield "folded inside an escape"


def _read(data: bytes) -> tuple[Component | None, list[str]]:
    """Return the calendar as a tree, and what is malformed or unbalanced."""
    root, faults = Component(""), []
    stack = [root]
    unfolded = re.sub(rb"\r?\n[ \t]", b"", data)
    for raw in re.split(rb"\r?\n", unfolded):
        line = _line(raw.decode(errors="replace")) if raw else None
        if line is None:
            faults += [f"malformed line {raw[:40]!r}"] if raw else []
        elif line.name == "BEGIN":
            stack[-1].order.append(line.value)
            stack[-1].parts.append(Component(line.value))
            stack.append(stack[-1].parts[-1])
        elif line.name == "END":
            if len(stack) == 1 or stack[-1].name != line.value:
                return None, [*faults, f"END:{line.value} has no BEGIN"]
            stack.pop()
        else:
            stack[-1].order.append(line.name)
            stack[-1].lines.append(line)
    if len(stack) > 1:
        return None, [*faults, f"BEGIN:{stack[-1].name} has no END"]
    if root.order != ["VCALENDAR"]:
        return None, [*faults, "is not one VCALENDAR and nothing else"]
    return root.parts[0], faults


def _line(raw: str) -> Line | None:
    found = LINE.fullmatch(raw)
    if not found:
        return None
    parameters: dict[str, list[str]] = {}
    for part in re.findall(rf";({PARAMETER})", found["parameters"]):
        key, _, values = part.partition("=")
        if key.upper() in parameters:
            return None
        parameters[key.upper()] = re.findall(r'"[^"]*"|[^",]+', values)
    return Line(found["name"].upper(), parameters, found["value"])


# --- the calendar ---------------------------------------------------------------------------------


def _check_calendar(calendar: Component) -> Iterator[str]:
    for name in ("VERSION", "PRODID"):
        if len(calendar.all(name)) != 1:
            yield f"{name} is not there once"
    if calendar.value("VERSION") not in {"", "2.0"}:
        yield "VERSION is not 2.0"
    if [line.value for line in calendar.all("METHOD")] not in ([], ["PUBLISH"]):
        yield "METHOD is something else than PUBLISH"
    kinds = [part.name for part in calendar.parts]
    if not kinds:
        yield "holds no component"
    if unknown := sorted(set(kinds) - {"VTIMEZONE", "VEVENT"}):
        yield f"holds a {unknown[0]}"
    if calendar.order[len(calendar.lines) :] != sorted(kinds, reverse=True):
        yield "properties, VTIMEZONE and VEVENT do not follow each other in this order"


def _check_properties(component: Component) -> Iterator[str]:
    owner = component.value("UID") or component.name
    for name, count in Counter(line.name for line in component.lines).items():
        if count > 1:
            yield f"{owner}: {name} occurs {count} times"
    for line in component.lines:
        if not line.value:
            yield f"{owner}: {line.name} is empty"
        if line.name in TEXTS and not ESCAPED.fullmatch(line.value):
            yield f"{owner}: {line.name} is not escaped rightly"


def _check_naming(calendar: Component, *, feed: bool) -> Iterator[str]:
    name = calendar.value("NAME")
    if not 1 <= _units(text(name)) <= MAX_UNITS:
        yield "NAME has not 1 to 255 characters"
    if name != calendar.value("X-WR-CALNAME"):
        yield "NAME and X-WR-CALNAME differ"
    interval, lifetime = calendar.first("REFRESH-INTERVAL"), calendar.first("X-PUBLISHED-TTL")
    if not feed:
        if interval or lifetime:
            yield "a file to import says how often it is fetched anew"
        return
    if (
        interval is None
        or interval.parameters != {"VALUE": ["DURATION"]}
        or not _duration("-" + interval.value)
    ):
        yield "REFRESH-INTERVAL;VALUE=DURATION is missing or no duration"
    if interval is None or lifetime is None or lifetime.value != interval.value:
        yield "X-PUBLISHED-TTL differs from REFRESH-INTERVAL"


def _walk(component: Component) -> Iterator[Component]:
    yield component
    for part in component.parts:
        yield from _walk(part)


def _units(value: str) -> int:
    return len(value.encode("utf-16-le", errors="replace")) // 2


# --- time zones -----------------------------------------------------------------------------------


def _check_zones(calendar: Component) -> Iterator[str]:
    events = calendar.inner("VEVENT")
    times = [line for event in events for line in event.lines if "TZID" in line.parameters]
    used = {line.parameters["TZID"][0].strip('"') for line in times}
    zones = [zone.value("TZID") for zone in calendar.inner("VTIMEZONE")]
    for name in sorted(used):
        if zones.count(name) != 1:
            yield f"TZID {name} has not one VTIMEZONE"
    if len(zones) > len(set(zones)) or (not events and len(zones) > 1):
        yield "a VTIMEZONE is there twice"
    if events and set(zones) - used:
        yield "a VTIMEZONE that no event uses"
    for zone in calendar.inner("VTIMEZONE"):
        mine = [line.value for line in times if line.parameters["TZID"] == [zone.value("TZID")]]
        yield from (f"VTIMEZONE: {problem}" for problem in _check_zone(zone, mine))


@dataclass(frozen=True)
class _Rule:
    """An offset from a day on, perhaps anew each year."""

    start: datetime
    yearly: tuple[int, int, int] | None
    """Month, week, weekday."""
    before: timedelta
    after: timedelta

    def onset(self, year: int) -> datetime | None:
        """Return the local time at which it begins in a year; without a rule it begins once."""
        if self.yearly is None:
            return self.start if self.start.year == year else None
        month, week, weekday = self.yearly
        days = [day for day in Months().itermonthdates(year, month) if day.month == month]
        fitting = [day for day in days if day.weekday() == weekday]
        day = fitting[week if week < 0 else week - 1]
        return datetime.combine(day, self.start.time())


def _check_zone(zone: Component, times: list[str]) -> Iterator[str]:
    name = zone.value("TZID")
    if name not in ZONES:
        yield f"{name} is no IANA zone"
        return
    if [len(zone.inner(kind)) for kind in ("STANDARD", "DAYLIGHT")] not in ([1, 0], [1, 1]):
        yield "is not one STANDARD and at most one DAYLIGHT"
        return
    rules = [_rule(part) for part in zone.parts]
    sound = [rule for rule in rules if rule]
    if len(sound) < len(rules):
        yield "an observance is malformed"
        return
    if any((rule.yearly is None) != (len(rules) == 1) for rule in sound):
        yield "an observance has no yearly RRULE, or one where it stands alone"
    if any(rule.onset(rule.start.year) != rule.start for rule in sound):
        yield "DTSTART does not fit its RRULE"
    if sound[0].before != sound[-1].after or sound[0].after != sound[-1].before:
        yield "the offsets do not follow from each other"
    for value in sorted(set(times)):
        if LOCAL.fullmatch(value) and (local := _local(value)):
            offset = local.replace(tzinfo=ZoneInfo(name)).utcoffset()
            if _offset_of(sound, local) != offset:
                yield f"differs from the IANA zone at {value}"


def _rule(part: Component) -> _Rule | None:
    start = _local(part.value("DTSTART"))
    offsets = [_offset(part.value(key)) for key in ("TZOFFSETFROM", "TZOFFSETTO")]
    known = {"DTSTART", "RRULE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"}
    if (
        start is None
        or offsets[0] is None
        or offsets[1] is None
        or {line.name for line in part.lines} - known
    ):
        return None
    yearly = None
    if part.first("RRULE"):
        keys = dict(pair.partition("=")[::2] for pair in part.value("RRULE").split(";"))
        found = re.fullmatch(rf"(-?[1-5])({'|'.join(DAYS)})", keys.get("BYDAY", ""))
        if keys.keys() != {"FREQ", "BYMONTH", "BYDAY"} or keys["FREQ"] != "YEARLY" or not found:
            return None
        yearly = (int(keys["BYMONTH"]), int(found[1]), DAYS.index(found[2]))
    return _Rule(start, yearly, offsets[0], offsets[1])


def _offset_of(rules: list[_Rule], local: datetime) -> timedelta | None:
    """Return the offset that the observances put on a local time: that of the one that began last."""
    begun: list[tuple[datetime, timedelta]] = []
    for rule in rules:
        years = (local.year - 1, local.year) if rule.yearly else (rule.start.year,)
        onsets = [rule.onset(year) for year in years if year >= rule.start.year]
        begun += [(onset, rule.after) for onset in onsets if onset and onset <= local]
    return max(begun)[1] if begun else None


def _offset(value: str) -> timedelta | None:
    found = OFFSET.fullmatch(value)
    if not found or value == "-0000":
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -size if found[1] == "-" else size


# --- events ---------------------------------------------------------------------------------------


def _check_identity(event: Component) -> Iterator[str]:
    uid = event.value("UID")
    if not uid or not uid.isascii() or len(uid) > MAX_UNITS:
        yield "UID is missing, not ASCII or too long"
    if not re.fullmatch(r"[0-9]+", event.value("SEQUENCE")) or int(event.value("SEQUENCE")) > MAX_INTEGER:
        yield "SEQUENCE is missing or no number"
    for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
        line = event.first(name)
        if line is None or line.parameters or not STAMP.fullmatch(line.value) or not _local(line.value[:-1]):
            yield f"{name} is missing or not in UTC"


def _check_times(event: Component) -> Iterator[str]:
    start, end = event.first("DTSTART"), event.first("DTEND")
    if start is None or end is None:
        yield "DTSTART or DTEND is missing"
        return
    moments = [_moment(line) for line in (start, end)]
    yield from (moment for moment in moments if isinstance(moment, str))
    if start.parameters != end.parameters or start.value.endswith("Z") != end.value.endswith("Z"):
        yield "DTSTART and DTEND differ in type or zone"
    elif all(isinstance(moment, datetime) for moment in moments) and not _earlier(*moments):
        yield "does not end after it starts"
    if event.first("DURATION"):
        yield "has both DTEND and DURATION"
    if found := [line.name for line in event.lines if line.name in REPEATED]:
        yield f"{found[0]}: it recurs"
    if event.first("ATTENDEE"):
        yield "ATTENDEE: it would be an invitation"


def _earlier(*moments: datetime | str) -> bool:
    start, end = (moment for moment in moments if isinstance(moment, datetime))
    return start < end


def _moment(line: Line) -> datetime | str:
    """Return the moment in UTC that a time names, or what is wrong with it."""
    if line.parameters == {"VALUE": ["DATE"]}:
        day = _local(line.value + "T000000") if re.fullmatch(r"[0-9]{8}", line.value) else None
        return day.replace(tzinfo=UTC) if day else f"{line.name} is no day"
    utc = STAMP.fullmatch(line.value) is not None
    local = _local(line.value.removesuffix("Z")) if utc or LOCAL.fullmatch(line.value) else None
    if local is None or line.parameters.keys() - (set() if utc else {"TZID"}):
        return f"{line.name} is no time"
    return local.replace(tzinfo=UTC) if utc else _zoned(line, local)


def _zoned(line: Line, local: datetime) -> datetime | str:
    if not line.parameters:
        return f"{line.name} floats: it has no zone"
    name = line.parameters["TZID"][0].strip('"')
    if name not in ZONES:
        return f"{line.name} is in no IANA zone"
    moment = local.replace(tzinfo=ZoneInfo(name)).astimezone(UTC)
    if moment.astimezone(ZoneInfo(name)).replace(tzinfo=None) != local:
        return f"{line.name} does not exist: the clock is put forward over it"
    return moment


def _local(value: str) -> datetime | None:
    try:
        day = date(int(value[:4]), int(value[4:6]), int(value[6:8]))
        return datetime.combine(day, time(int(value[9:11]), int(value[11:13]), int(value[13:15])))
    except ValueError:
        return None


def _check_texts(event: Component) -> Iterator[str]:
    for name in ("SUMMARY", "LOCATION"):
        value = text(event.value(name))
        if "\n" in value or _units(value) > MAX_UNITS:
            yield f"{name} is more than one line of 255 characters"
    if event.first("SUMMARY") is None:
        yield "SUMMARY is missing"
    for line in event.all("ORGANIZER"):
        if not re.fullmatch(r"mailto:[!-~]+@[!-~]+", line.value) or len(line.parameters.get("CN", [""])) != 1:
            yield "ORGANIZER is no mailto: address, or its name is not quoted"
    if not re.fullmatch(r"(?:https?://[!-~]+)?", event.value("URL")):
        yield "URL is no web address in ASCII"
    for line in event.all("CONFERENCE"):
        if line.parameters != {"VALUE": ["URI"]} or not re.fullmatch(r"https?://[!-~]+", line.value):
            yield "CONFERENCE is no web address in ASCII"


def _check_state(event: Component) -> Iterator[str]:
    shown = (event.value("STATUS"), event.value("TRANSP"), event.value("X-MICROSOFT-CDO-BUSYSTATUS"))
    is_due = re.search(r"-d[0-9]+@", event.value("UID"))
    if shown not in (SHOWN_DUE if is_due else SHOWN):
        yield f"{', '.join(shown)} are not in step"
    if (shown[0] == "CANCELLED") != text(event.value("SUMMARY")).startswith(CANCELLED_WORDS):
        yield "STATUS and the word before SUMMARY do not agree on whether it is cancelled"


def _check_alarm(event: Component) -> Iterator[str]:
    if unknown := [part.name for part in event.parts if part.name != "VALARM"]:
        yield f"holds a {unknown[0]}"
    alarms = event.inner("VALARM")
    if len({alarm.value("TRIGGER") for alarm in alarms}) < len(alarms):
        yield "has two VALARM at the same time"
    if len(alarms) > MAX_ALARMS:
        yield f"has more than {MAX_ALARMS} VALARM"
    if "VALARM" in event.order and set(event.order[event.order.index("VALARM") :]) != {"VALARM"}:
        yield "a property follows VALARM"
    if alarms and event.value("STATUS") == "CANCELLED":
        yield "has a VALARM though it is cancelled"
    for alarm in alarms:
        trigger = alarm.first("TRIGGER")
        if alarm.value("ACTION") != "DISPLAY" or not alarm.value("DESCRIPTION"):
            yield "VALARM is no DISPLAY with a DESCRIPTION"
        if trigger is None or trigger.parameters or not _duration(trigger.value):
            yield "VALARM does not come before the start"


def _duration(value: str) -> bool:
    """Return whether it is some time before."""
    return bool(DURATION.fullmatch(value)) and bool(re.search(r"[1-9]", value))


EVENT_CHECKS: tuple[Callable[[Component], Iterator[str]], ...] = (
    _check_identity,
    _check_times,
    _check_texts,
    _check_state,
    _check_alarm,
)


# --- between two runs -----------------------------------------------------------------------------

STAMPS = {"DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "CREATED"}
DECIDED = ("DTSTART", "DTEND")
"""What SEQUENCE counts, beside a cancellation and its taking back."""
SHOWN_FIRST = ("SUMMARY", "LOCATION", "STATUS")
"""What is read at a glance: a place may be the host's, so SEQUENCE need not count it."""


def _events(data: bytes) -> dict[str, tuple[Component, bytes]]:
    raw = re.findall(rb"^BEGIN:VEVENT\r\n.*?^END:VEVENT\r\n", data, re.DOTALL | re.MULTILINE)
    events = read(data).inner("VEVENT")
    return {event.value("UID"): (event, part) for event, part in zip(events, raw, strict=True)}


def _compare_event(old: tuple[Component, bytes], new: tuple[Component, bytes]) -> Iterator[str]:
    (before, old_bytes), (after, new_bytes) = old, new
    risen = int(after.value("SEQUENCE")) - int(before.value("SEQUENCE"))
    if risen < 0:
        yield "SEQUENCE falls"
    if after.value("LAST-MODIFIED") < before.value("LAST-MODIFIED"):
        yield "LAST-MODIFIED falls"
    later = after.value("LAST-MODIFIED") > before.value("LAST-MODIFIED")
    decided = [name for name in DECIDED if before.first(name) != after.first(name)]
    decided += ["STATUS"] if _cancelled(before) != _cancelled(after) else []
    shown = [name for name in SHOWN_FIRST if before.first(name) != after.first(name)]
    if decided and (risen <= 0 or not later):
        yield f"{decided[0]} changed, but SEQUENCE or LAST-MODIFIED did not rise"
    elif shown and not later:
        yield f"{shown[0]} changed, but LAST-MODIFIED did not rise"
    if _content(before) == _content(after) and old_bytes != new_bytes:
        yield "did not change, but its bytes did"


def _cancelled(event: Component) -> bool:
    return event.value("STATUS") == "CANCELLED"


def _content(component: Component) -> list[str]:
    """Return what a reader sees of an event, in no order."""
    lines = [repr(line) for part in _walk(component) for line in part.lines if line.name not in STAMPS]
    return sorted(lines)
