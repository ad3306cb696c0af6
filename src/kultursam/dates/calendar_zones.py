"""The time zones of a calendar file: by a name that is certain, or as the file defines them.

Programs name zones by the names of IANA, of Windows or of CLDR, by the cities that Windows shows, or with the
name of their maker before; a file may define others of its own.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from babel.dates import get_timezone_name
from dateutil.rrule import rrulestr

from kultursam.dates.calendar_lines import Component, Line
from kultursam.forumfile.recurrence_rules import names_a_day

CITIES = re.compile("[,/;&]")
SHOWN_OFFSET = re.compile(r"\((?:UTC|GMT) ?(?:([+-])(\d\d?)[:.]?(\d\d))?\) *", re.ASCII)
"""What Windows shows before the name of a zone: (UTC+01:00)."""
OFFSET = re.compile(r"(?:\(?(?:UTC|GMT)\)? ?)?([+-])(\d\d?):?(\d\d)?(?:\d\d)?", re.ASCII)
SHOWN = {
    "Atlantic Time (Canada)": "America/Halifax",
    "Eastern Time (US & Canada)": "America/New_York",
    "Central Time (US & Canada)": "America/Chicago",
    "Mountain Time (US & Canada)": "America/Denver",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "Arizona": "America/Phoenix",
    "Alaska": "America/Anchorage",
    "Hawaii": "Pacific/Honolulu",
    "Newfoundland": "America/St_Johns",
    "Saskatchewan": "America/Regina",
    "Coordinated Universal Time": "UTC",
    "Microsoft/Utc": "UTC",
    "Z": "UTC",
}
"""Names that Windows and Exchange show, where these are no cities that IANA knows."""
NAMED_BY_CLDR = (
    "Europe/Paris", "Europe/Bucharest", "Atlantic/Canary", "Europe/Moscow", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Halifax", "Asia/Tokyo",
)  # fmt: skip
"""A zone of each of those that CLDR calls by one name, where all who use it keep the same time."""
LANGUAGES = ("en", "sv")
SAME_FROM, SAME_DAYS = datetime(2022, 1, 1, 12, tzinfo=UTC), 2200
"""The days on which zones are compared."""
MAX_OBSERVANCES = 500
"""Of a zone that a file defines; that of Stockholm has 60 since 1879."""
BEFORE = 2
"""Years before a span from which the changes of a zone are looked for."""


def zone_named(name: str) -> tzinfo | None:
    """Return the time zone that a name stands for, where that is certain."""
    plain = name.strip().strip('"').strip().removeprefix("tzone://").strip("/")
    for known in (_of_iana(plain), _of_windows(plain), _after_a_maker(plain)):
        if known:
            return ZoneInfo(known)
    if match := OFFSET.fullmatch(plain):
        return timezone(_offset(match))
    return _shown(plain)


def country_of(name: str) -> str:
    """Return the country that a zone of IANA lies in; empty where that is not known."""
    territories: Mapping[str, str] = get_global("zone_territories")
    return territories.get(name, "")


def zones_in(country: str) -> list[str]:
    """Return the zones of a country by the names of IANA, those that Windows knows first."""
    territories: Mapping[str, str] = get_global("zone_territories")
    windows: Mapping[str, str] = get_global("windows_zone_mapping")
    zones = [name for name, lies_in in territories.items() if lies_in == country]
    return sorted(zones, key=lambda name: (name not in windows.values(), name))


def is_name(name: str) -> bool:
    """Return whether IANA, Windows or CLDR call a zone so, and nothing else stands in the name."""
    plain = name.strip("/")
    known = _of_iana(plain) or _of_windows(plain) or SHOWN.get(plain) or _of_cldr().get(plain.casefold())
    return known is not None or OFFSET.fullmatch(plain) is not None


def _of_iana(name: str) -> str | None:
    return _iana().get(name.casefold())


@cache
def _iana() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}


def _of_windows(name: str) -> str | None:
    windows: Mapping[str, str] = get_global("windows_zone_mapping")
    return windows.get(name)


def _after_a_maker(name: str) -> str | None:
    """Return the zone at the end of a name such as mozilla.org/20070129_1/Europe/Stockholm."""
    parts = name.split("/")
    ends = ("/".join(parts[first:]) for first in range(1, len(parts) - 1))
    return next((known for end in ends if (known := _of_iana(end))), None)


def _shown(name: str) -> tzinfo | None:
    """Return the zone that Windows shows by its cities, or that it or CLDR gives another name."""
    offset = SHOWN_OFFSET.match(name)
    rest = SHOWN_OFFSET.sub("", name, count=1).strip()
    if key := SHOWN.get(rest) or _of_cldr().get(rest.casefold()):
        return ZoneInfo(key)
    cities = {_folded(city) for city in CITIES.split(rest)}
    zones = [ZoneInfo(key) for city in sorted(cities) for key in _by_city().get(city, ())]
    if not zones or len({_times(zone) for zone in zones}) > 1:
        return None
    # The offset in the name is that of the winter.
    fits = offset is None or min(_times(zones[0])) == _offset(offset)
    return zones[0] if fits else None


@cache
def _of_cldr() -> dict[str, str]:
    return {
        get_timezone_name(key, locale=language).casefold(): key
        for key in NAMED_BY_CLDR
        for language in LANGUAGES
    }


@cache
def _by_city() -> dict[str, list[str]]:
    cities: dict[str, list[str]] = {}
    for key in _iana().values():
        if "/" in key and not key.startswith("Etc/"):
            cities.setdefault(_folded(key.rpartition("/")[2].replace("_", " ")), []).append(key)
    return cities


def _folded(city: str) -> str:
    decomposed = unicodedata.normalize("NFD", city.strip().casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@cache
def _times(zone: ZoneInfo) -> tuple[timedelta, ...]:
    """Return how far a zone is from UTC, day by day."""
    days = ((SAME_FROM + timedelta(days=day)).astimezone(zone) for day in range(SAME_DAYS))
    return tuple(day.utcoffset() or timedelta() for day in days)


def _offset(match: re.Match[str]) -> timedelta:
    sign, hours, minutes = match.groups()
    size = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return -size if sign == "-" else size


class UnreadableDefinitionError(ValueError):
    """What a file says of one of its own zones cannot be read."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at
        """Where in the file that is."""


class Change(NamedTuple):
    """A moment in UTC at which a zone's clocks are put forward or back."""

    moment: datetime
    before: timedelta
    after: timedelta


class DefinedZone(tzinfo):
    """A time zone that a file defines. Of a time that comes twice it has the first."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = sorted(changes)
        self._moments = [change.moment for change in self._changes]
        self._local = [change.moment + max(change.before, change.after) for change in self._changes]

    def _offset(self, known: list[datetime], moment: datetime) -> timedelta:
        index = bisect_right(known, moment.replace(tzinfo=None))
        return self._changes[index - 1].after if index else self._changes[0].before

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """Return how far local time is ahead of UTC."""
        return self._offset(self._local, moment) if moment else self._changes[-1].after

    def fromutc(self, moment: datetime) -> datetime:
        """Return a moment in UTC as local time."""
        return moment + self._offset(self._moments, moment)

    def dst(self, _: datetime | None) -> None:
        """Return nothing: what of it is summer time is no matter."""

    def tzname(self, _: datetime | None) -> None:
        """Return nothing: the file's name of it is no matter."""


class Zones:
    """The zones of a calendar: those that it defines, around a span of days, and those of a certain name."""

    def __init__(self, calendars: Iterable[Component], first: date, last: date) -> None:
        self._span = first.year - BEFORE, last.year + 1
        self._defined: dict[str, list[Component]] = {}
        for calendar in calendars:
            for component in calendar.of("VTIMEZONE"):
                for name, parts in _definitions(component):
                    self._defined.setdefault(name, parts)
        self._known: dict[str, tzinfo | None] = {}

    def get(self, name: str) -> tzinfo | None:
        """Return the zone of a name, None if none is known. Raise `UnreadableDefinitionError`."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> tzinfo | None:
        if known := _of_iana(name.strip("/")):
            return ZoneInfo(known)
        named = zone_named(name) if len(name) <= 255 else None
        if parts := self._defined.get(name):
            try:
                return DefinedZone([change for part in parts for change in self._changes(part)])
            except UnreadableDefinitionError:
                if named is None:
                    raise
        return named

    def all(self) -> Iterator[tzinfo]:
        """Yield the zones that the file defines, as far as they can be read."""
        for name in self._defined:
            try:
                if zone := self.get(name):
                    yield zone
            except UnreadableDefinitionError:
                continue

    def _changes(self, observance: Component) -> list[Change]:
        """Return the changes into standard or daylight time, as one part of a definition has them."""
        try:
            before, after = (_offset_of(observance.first(f"TZOFFSET{end}")) for end in ("FROM", "TO"))
            start = _local_time(observance.first("DTSTART"))
            rules, more = observance.all("RRULE"), observance.all("RDATE")
            moments = {start} | {_as_time(text) for line in more for text in line.value.split(",")}
            for line in rules:
                moments.update(self._named(line.value.upper(), start, before))
        except (ValueError, OverflowError, TypeError, LookupError) as error:
            raise UnreadableDefinitionError(observance.at) from error
        return [Change(moment - before, before, after) for moment in moments]

    def _named(self, rule: str, start: datetime, before: timedelta) -> Iterator[datetime]:
        """Yield when a zone's rule changes its clocks, in the years that matter."""
        parts = dict(part.split("=") for part in rule.split(";") if part)
        if parts["FREQ"] != "YEARLY" or parts.get("INTERVAL", "1") != "1":
            raise ValueError(rule)
        until = parts.pop("UNTIL", None)
        end = datetime(self._span[1], 12, 31)  # noqa: DTZ001 - local to the zone
        if until:
            end = min(end, _as_time(until.rstrip("Z")) + (before if until.endswith("Z") else timedelta()))
        if "COUNT" not in parts and start.year < self._span[0]:
            start = start.replace(year=self._span[0], day=min(start.day, 28))
        text = ";".join(f"{key}={value}" for key, value in parts.items())
        if not names_a_day(text, start):
            return
        for moment in rrulestr(text, dtstart=start):
            if moment > end:
                return
            yield moment


def _definitions(component: Component) -> Iterator[tuple[str, list[Component]]]:
    """Yield each name that a definition gives, with the parts that follow it; of one name, all parts."""
    names = [line for line in component.lines if line.name == "TZID"]
    parts = [part for part in component.parts if part.name in {"STANDARD", "DAYLIGHT"}]
    for index, line in enumerate(names):
        first = line.at if len(names) > 1 else -1
        last = names[index + 1].at if index + 1 < len(names) else parts[-1].at + 1 if parts else 0
        if own := [part for part in parts if first < part.at < last][:MAX_OBSERVANCES]:
            yield line.value.strip('"').strip(), own


def _offset_of(line: Line | None) -> timedelta:
    match = re.fullmatch(r"([+-])([01]\d|2[0-3])([0-5]\d)(?:[0-5]\d)?", line.value if line else "", re.ASCII)
    if not match:
        raise ValueError(line)
    return _offset(match)


def _local_time(line: Line | None) -> datetime:
    if line is None:
        raise ValueError(line)
    return _as_time(line.value)


def _as_time(text: str) -> datetime:
    return datetime.strptime(f"{text.strip()}T000000"[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - local to the zone
