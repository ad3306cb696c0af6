"""When a meeting begins and ends, as an event has it."""

from datetime import UTC
from zoneinfo import ZoneInfo

from icalendar import vDate, vDatetime

from kultursam.plans.model import Meeting
from kultursam.render.ics.zones import Zone


def start_and_end(
    meeting: Meeting, name: str, zone: Zone | None
) -> tuple[vDate | vDatetime, vDate | vDatetime, str | None]:
    """Return start and end, in the zone of that name if it has rules and both exist there, else in UTC.

    Of whole days they are dates, the end being the day after the last.
    """
    start, end = meeting.bounds
    if meeting.time.is_all_day:
        first, after = (vDate(moment.date(), params={"VALUE": "DATE"}) for moment in (start, end))
        return first, after, None
    if zone and zone.has(start) and zone.has(end):
        begin, finish = vDatetime(start), vDatetime(end)
        begin.params["TZID"] = finish.params["TZID"] = zone.name
        return begin, finish, name
    begun, over = (moment.replace(tzinfo=ZoneInfo(name)).astimezone(UTC) for moment in (start, end))
    if over <= begun:  # the clock was put forward in between, over a start that never was
        over = begun + (end - start)
    return vDatetime(begun), vDatetime(over), None
