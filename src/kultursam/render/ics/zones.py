"""Time zones as a VTIMEZONE of yearly rules, verified against the IANA zone for the years written."""

from bisect import bisect_left
from calendar import Calendar
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
PROBE = timedelta(days=1)
"""No zone changes its offset twice within this time."""

_Transition = tuple[datetime, timedelta, timedelta]
"""When a zone changes its offset, in the local time before that, and the offsets before and after."""


@dataclass(frozen=True, slots=True)
class Observance:
    """An offset and when it begins each year: on the nth (-1: last) such weekday of a month."""

    month: int
    week: int
    weekday: int
    clock: time
    """In the local time before it."""
    before: timedelta
    after: timedelta

    def within(self, year: int) -> datetime:
        """Return the local time at which it begins in a year."""
        month = Calendar().itermonthdays2(year, self.month)
        days = [day for day, weekday in month if day and weekday == self.weekday]
        day = days[self.week - 1 if self.week > 0 else -1]
        return datetime.combine(date(year, self.month, day), self.clock)


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone whose yearly rules hold in all years that are written."""

    name: str
    data: bytes
    """Its VTIMEZONE, which Outlook reads: a STANDARD and perhaps a DAYLIGHT."""

    def has(self, local: datetime) -> bool:
        """Return whether a local time exists: it does not where the clock is put forward over it."""
        moment = local.replace(tzinfo=ZoneInfo(self.name))
        return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == local


def zone_of(name: str, years: range) -> Zone | None:
    """Return an IANA zone with rules that hold in all these years; None if there are none, or for UTC."""
    zone = ZoneInfo(name)
    start = datetime(years[0], 1, 1, tzinfo=zone)
    if years[0] <= EPOCH or years[-1] >= MAXYEAR or start.tzname() == "UTC":
        return None
    transitions = _transitions(zone, years)
    if not transitions:
        offset = _offset(zone, start)
        return Zone(name, _vtimezone(name, [Observance(1, 1, 0, time(), offset, offset)]))
    standard = _rule([transition for transition in transitions if transition[2] < transition[1]], years)
    daylight = _rule([transition for transition in transitions if transition[2] > transition[1]], years)
    return Zone(name, _vtimezone(name, [standard, daylight])) if standard and daylight else None


def _transitions(zone: ZoneInfo, years: range) -> list[_Transition]:
    start = datetime(years[0], 1, 1, tzinfo=UTC) - PROBE
    probes = [start + PROBE * step for step in range(len(years) * 366 + 3)]
    offsets = [(probe, _offset(zone, probe)) for probe in probes]
    transitions = []
    for (probe, before), (_, after) in pairwise(offsets):
        if before != after:
            seconds = range(PROBE // timedelta(seconds=1))
            begun = bisect_left(
                seconds, 1, key=lambda n: _offset(zone, probe + timedelta(seconds=n)) != before
            )
            moment = probe + timedelta(seconds=begun)
            transitions.append(((moment + before).replace(tzinfo=None), before, after))
    return [transition for transition in transitions if transition[0].year in years]


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _rule(transitions: list[_Transition], years: range) -> Observance | None:
    """Return the rule that gives exactly these transitions, one a year; None if there is none."""
    if len(transitions) != len(years):
        return None
    local, before, after = transitions[0]
    for week in (-1, min((local.day - 1) // 7 + 1, 4)):  # a fifth is always the last
        rule = Observance(local.month, week, local.weekday(), local.time(), before, after)
        if transitions == [(rule.within(year), before, after) for year in years]:
            return rule
    return None


def _vtimezone(name: str, observances: Sequence[Observance]) -> bytes:
    zone = Timezone()
    zone["TZID"] = Text(name)
    for observance in observances:
        part = TimezoneDaylight() if observance.after > observance.before else TimezoneStandard()
        part["DTSTART"] = vDatetime(observance.within(EPOCH))
        if len(observances) > 1:
            day = f"{observance.week}{('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')[observance.weekday]}"
            part["RRULE"] = vRecur({"FREQ": "YEARLY", "BYMONTH": observance.month, "BYDAY": day})
        part["TZOFFSETFROM"] = Text(vUTCOffset(observance.before).to_ical())
        part["TZOFFSETTO"] = Text(vUTCOffset(observance.after).to_ical())
        zone.add_component(part)
    return serialise(zone)


UTC_DATA = _vtimezone("UTC", [Observance(1, 1, 0, time(), timedelta(), timedelta())])
