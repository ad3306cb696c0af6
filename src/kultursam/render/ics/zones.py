"""Time zones as a VTIMEZONE of yearly rules, proven against the IANA zone for the years that are written."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vDatetime, vRecur, vUTCOffset

from kultursam.render.ics.lines import Text, serialise

AHEAD = 28
"""Years after the last one written in which a rule must hold too, for then dates fall on the same weekdays
again: so a plan of a later year does not change how the events of an earlier one are written."""
EPOCH = 1970
"""The year in which the rules of a VTIMEZONE begin; earlier events are written in UTC."""
PROBE = timedelta(days=7)
"""A change that is undone within this time may go unseen in the search; `Zone.agrees` sees it."""

_Change = tuple[datetime, timedelta, timedelta]
"""When a zone's offset changes, in the local time before it, and the offsets before and after."""


@dataclass(frozen=True, slots=True)
class Onset:
    """An offset and when it begins: each year on the nth (-1: last) such weekday of a month."""

    month: int
    week: int
    weekday: int
    clock: time
    """In the local time before it."""
    before: timedelta
    after: timedelta

    def within(self, year: int) -> datetime:
        """Give the local time of the change in a year."""
        if self.week > 0:
            first = date(year, self.month, 1)
            day = first + timedelta((self.weekday - first.weekday()) % 7 + 7 * (self.week - 1))
        else:
            last = date(year, self.month, monthrange(year, self.month)[1])
            day = last - timedelta((last.weekday() - self.weekday) % 7)
        return datetime.combine(day, self.clock)


class Zone:
    """A time zone as a VTIMEZONE that Outlook reads: a STANDARD and perhaps a DAYLIGHT, with yearly rules."""

    def __init__(self, name: str, onsets: Sequence[Onset]) -> None:
        """Take an IANA zone's name and its offsets; one alone holds all the year."""
        self.name = name
        self.data = _vtimezone(name, onsets)
        self._zone = ZoneInfo(name)
        self._onsets = onsets
        self._begun: dict[int, list[tuple[datetime, timedelta]]] = {}

    def agrees(self, local: datetime) -> bool:
        """Tell whether a local time exists and the VTIMEZONE gives it the offset that the IANA zone does."""
        moment = local.replace(tzinfo=self._zone)
        exists = moment.astimezone(UTC).astimezone(self._zone).replace(tzinfo=None) == local
        return exists and local.year > EPOCH and moment.utcoffset() == self._offset(local)

    def _offset(self, local: datetime) -> timedelta:
        year = local.year
        if year not in self._begun:
            self._begun[year] = sorted((onset.within(year), onset.after) for onset in self._onsets)
        begun = self._begun[year]
        return next((offset for start, offset in reversed(begun) if start <= local), begun[-1][1])


def zone_of(name: str, years: range) -> Zone | None:
    """Derive the yearly rules of an IANA zone for some years; None where there are none, or for UTC."""
    zone = ZoneInfo(name)
    start = datetime(years[0], 1, 1, tzinfo=zone)
    if years[0] <= EPOCH or years[-1] >= MAXYEAR or start.tzname() == "UTC":
        return None
    changes = _changes(zone, years)
    if not changes:
        offset = _offset(zone, start)
        return Zone(name, [Onset(1, 1, 0, time(), offset, offset)])
    standard = _rule([change for change in changes if change[2] < change[1]], years)
    daylight = _rule([change for change in changes if change[2] > change[1]], years)
    return Zone(name, [standard, daylight]) if standard and daylight else None


def _changes(zone: ZoneInfo, years: range) -> list[_Change]:
    start = datetime(years[0], 1, 1, tzinfo=UTC) - PROBE
    probes = [start + PROBE * step for step in range(len(years) * 366 // 7 + 3)]
    offsets = [_offset(zone, probe) for probe in probes]
    spans = zip(pairwise(probes), pairwise(offsets), strict=True)
    changes = [_change(zone, low, high) for (low, high), (before, after) in spans if before != after]
    return [change for change in changes if change[0].year in years]


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> _Change:
    before, after = _offset(zone, low), _offset(zone, high)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return (high + before).replace(tzinfo=None), before, after


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _rule(changes: list[_Change], years: range) -> Onset | None:
    """Find the rule that gives exactly these changes, one a year."""
    if len(changes) != len(years):
        return None
    local, before, after = changes[0]
    for week in (-1, min((local.day - 1) // 7 + 1, 4)):  # a fifth is always the last
        rule = Onset(local.month, week, local.weekday(), local.time(), before, after)
        if changes == [(rule.within(year), before, after) for year in years]:
            return rule
    return None


def _vtimezone(name: str, onsets: Sequence[Onset]) -> bytes:
    zone = Timezone()
    zone["TZID"] = Text(name)
    for onset in onsets:
        part = TimezoneDaylight() if onset.after > onset.before else TimezoneStandard()
        part["DTSTART"] = vDatetime(onset.within(EPOCH))
        if len(onsets) > 1:
            day = f"{onset.week}{('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')[onset.weekday]}"
            part["RRULE"] = vRecur({"FREQ": "YEARLY", "BYMONTH": onset.month, "BYDAY": day})
        part["TZOFFSETFROM"] = Text(vUTCOffset(onset.before).to_ical())
        part["TZOFFSETTO"] = Text(vUTCOffset(onset.after).to_ical())
        zone.add_component(part)
    return serialise(zone)


UTC_DATA = _vtimezone("UTC", [Onset(1, 1, 0, time(), timedelta(), timedelta())])
