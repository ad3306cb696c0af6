"""Times of a calendar by the clocks of the event that they are of, or of the forum file."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from kultursam.dates.calendar_entries import MIDNIGHT, Entry, FaultError, Time, read_duration, read_time
from kultursam.dates.calendar_lines import CalendarFile, Component
from kultursam.dates.calendar_zones import Zones
from kultursam.dates.holidays import DAY
from kultursam.i18n import N_, Message

UNKNOWN_ZONE = N_('no time zone has the name "{zone}", and the file does not define it')


class Clocks:
    """The zones of a file, and those of its events, around a span of days."""

    def __init__(self, file: CalendarFile, zone: ZoneInfo, first: date, last: date) -> None:
        self.zone = zone
        """That of the forum file."""
        self.begin = datetime.combine(first, MIDNIGHT)
        self.end = datetime.combine(last + DAY, MIDNIGHT)
        self._zones = {id(one): Zones([one, *file.calendars], first, last) for one in file.calendars}

    def zone_of(self, moment: Time, calendar: Component) -> tzinfo:
        """Return the zone by whose clocks a time is."""
        if moment.utc:
            return UTC
        name, at = moment.zone, moment.at
        if name is None:
            line = calendar.first("X-WR-TIMEZONE")
            if line is None:
                return self.zone
            name, at = line.value, line.at
        if zone := self._zones[id(calendar)].get(name):
            return zone
        raise FaultError(at, Message(UNKNOWN_ZONE, zone=name))

    def of(self, entry: Entry) -> tzinfo | None:
        """Return the zone by whose clocks an event is; none for one of whole days."""
        return None if entry.start.whole_day else self.zone_of(entry.start, entry.calendar)

    def by(self, zone: tzinfo, moment: Time, calendar: Component) -> datetime:
        """Return a time by the clocks of a zone; one that names none is by them already."""
        floating = moment.zone is None and not moment.utc
        if moment.whole_day or floating or self._is_ages_off(moment):
            return moment.clock
        return moved(moment.clock, self.zone_of(moment, calendar), zone)

    def by_clocks_of(self, entry: Entry, moment: Time) -> datetime:
        """Return a time of an event's calendar by the clocks of the event."""
        start = entry.start
        if start.whole_day:
            return self._day_meant(entry.calendar, moment)
        if (moment.zone, moment.utc) == (start.zone, start.utc):
            return moment.clock
        return self.by(self.zone_of(start, entry.calendar), moment, entry.calendar)

    def _day_meant(self, calendar: Component, moment: Time) -> datetime:
        """Return a time of an event of whole days: Exchange has the midnight of its own zone in UTC."""
        if moment.utc and not moment.whole_day and not self._is_ages_off(moment):
            for zone in (self.zone, *self._zones[id(calendar)].all()):
                there = moved(moment.clock, UTC, zone)
                if there.time() == MIDNIGHT:
                    return there
        return moment.clock

    def _is_ages_off(self, moment: Time) -> bool:
        """Return whether a time lies so far from the span that its zone is no matter."""
        return not self.begin.year - 2 < moment.clock.year < self.end.year + 2

    def length(self, entry: Entry) -> timedelta:
        """Return how long an event lasts: nothing where it has no end, a day where it is of whole days."""
        start, length = entry.start, timedelta()
        if line := entry.component.first("DTEND"):
            end = read_time(line)
            length = self.by_clocks_of(entry, end) - start.clock
            if end.whole_day and not start.whole_day and length <= timedelta():
                length += DAY  # A date is the whole day.
        elif line := entry.component.first("DURATION"):
            length = read_duration(line, line.value)
        length = abs(length)
        return max(DAY, -(-length // DAY) * DAY) if start.whole_day else length

    def instance(self, master: Entry, moment: Time) -> datetime:
        """Return which one of a series a time names: by its day, where none of the series is at that time.

        Exchange names those that are left out, or moved, by the midnight of their days.
        """
        clock, usual = self.by_clocks_of(master, moment), master.start.clock.time()
        by_day = moment.whole_day or master.start.whole_day or clock.time() == MIDNIGHT
        return datetime.combine(clock, usual) if by_day else clock


def moved(moment: datetime, zone: tzinfo, into: tzinfo) -> datetime:
    """Return a time by the clocks of one zone by those of another."""
    return moment if zone is into else moment.replace(tzinfo=zone).astimezone(into).replace(tzinfo=None)
