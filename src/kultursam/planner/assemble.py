"""From fixed meetings and chosen dates to the meetings of a year, each under its own id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from kultursam.forumfile.register import Register
from kultursam.planner import hosts
from kultursam.planner.model import Commitments
from kultursam.planner.situation import Situation, cancelled, free_numbers
from kultursam.plans.model import (
    Meeting,
    Origin,
    by_forum,
    revised,
)
from kultursam.rules.context import EvaluatedYear


def assemble(
    situation: Situation, year: EvaluatedYear, commitments: Commitments, dates: Mapping[str, Sequence[date]]
) -> list[Meeting]:
    """Put given meetings and chosen dates together as the year's meetings, each under its own id."""
    register = situation.register
    untouched = {one.id for one in commitments.fixed}
    meetings = list(commitments.fixed)
    unsettled: list[Meeting] = []
    for one in situation.recorded:
        if one.id in untouched:
            continue
        if one.live and one.forum in year.slots and one.origin is not Origin.EXTERNAL:
            unsettled.append(one)
        else:
            meetings.append(one if one.id in situation.over else cancelled(one, situation.now))
    free = by_forum(unsettled)
    for forum in year.slots:
        meetings += _settle(situation, forum, free.get(forum, ()), dates.get(forum, ()))
    others = [one for plan in situation.others for one in plan.meetings]
    assigned = hosts.assign(year, meetings, others, situation.over)
    recorded = {one.id: one for one in situation.recorded}
    stamped = [
        revised(recorded[one.id], one, situation.now) if one.id in recorded else one for one in assigned
    ]
    return in_order(register, stamped)


def in_order(register: Register, meetings: Iterable[Meeting]) -> list[Meeting]:
    """Sort meetings by forum in the order of the file, then by number, the extra ones last."""
    order = {forum: index for index, forum in enumerate(register.forums)}

    def key(one: Meeting) -> tuple[int, str, bool, int]:
        extra = one.origin in {Origin.ADDED, Origin.EXTERNAL}
        return order.get(one.forum, len(order)), one.forum, extra, one.number

    return sorted(meetings, key=key)


def _settle(
    situation: Situation, forum: str, free: Sequence[Meeting], dates: Sequence[date]
) -> Iterator[Meeting]:
    """Give recorded meetings their dates: kept, moved to the nearest, superfluous; and new ones."""
    kept = {one.date: one for one in free}
    left = [one for one in free if one.date not in dates]
    numbers = free_numbers(
        one.number
        for one in situation.recorded_by_forum.get(forum, ())
        if one.origin in {Origin.PLANNED, Origin.RESERVED}
    )
    for day in dates:
        if day in kept:
            yield _as_written(situation, kept[day])
        elif left:
            nearest = min(left, key=lambda one: (abs((one.date - day).days), one.date))
            left.remove(nearest)
            yield replace(_as_written(situation, nearest), date=day, moved_from=nearest.date)
        else:
            yield _new(situation, forum, next(numbers), day)
    for one in left:
        yield cancelled(one, situation.now)


def _new(situation: Situation, forum: str, number: int, day: date) -> Meeting:
    model = situation.register.forums[forum]
    return Meeting(
        id=f"{forum}-{situation.year}-{number}",
        forum=forum,
        number=number,
        date=day,
        start=model.time.start,
        end=model.time.end,
        place=model.place,
        origin=Origin.RESERVED if model.cadence.kind == "as needed" else Origin.PLANNED,
        modified=situation.now,
        created=situation.now,
    )


def _as_written(situation: Situation, meeting: Meeting) -> Meeting:
    """Give a proposed meeting the time and place that the file now says."""
    model = situation.register.forums[meeting.forum]
    rotation = hosts.rotation_of(situation.register, meeting.forum)
    host = meeting.host if meeting.host in rotation else None
    return replace(meeting, start=model.time.start, end=model.time.end, place=model.place, host=host)
