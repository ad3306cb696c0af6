"""A year that has begun: which of its slots are left out, as their even places lie before today."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from kultursam.dates.holidays import DAY
from kultursam.dates.slots import Slot
from kultursam.forumfile.models import Forum
from kultursam.plans.model import ForumRecord, Meeting
from kultursam.rules.context import EvaluatedYear
from kultursam.rules.evaluate import fills_slot


def left_out(
    year: EvaluatedYear, recorded: Mapping[str, list[Meeting]], records: Mapping[str, ForumRecord]
) -> dict[str, int]:
    """Return, by forum, how many of its first slots are left out; forums of which none is are not named.

    Of one that was planned before, the share that was left out then; of one without a meeting, the slots
    whose ideals lie before today, and those whose meetings could no longer be prepared or accompanied.
    """
    numbers: dict[str, int] = {}

    def number(forum: str) -> int:
        if forum not in numbers:
            numbers[forum] = 0  # so that forums which depend on each other come to an end
            slots, record = year.slots[forum], records.get(forum)
            if record and record.left_out:
                numbers[forum] = len(slots) - _kept(record, len(slots))
            elif not any(map(fills_slot, recorded.get(forum, ()))):
                alone = sum(slot.ideal < year.context.weighed_from for slot in slots)
                missed = (
                    _missed(year, slots, link, number(link.forum))
                    for link in _links(year.context.forum(forum))
                    if link.forum in year.slots
                )
                numbers[forum] = max(alone, *missed, 0)
        return numbers[forum]

    return {forum: some for forum in year.slots if (some := number(forum))}


def _kept(record: ForumRecord, number: int) -> int:
    """Return how many of a number of slots stay, as the same share stayed before: one at least, if any did.

    It is rounded down: the rest of a year may have no room for more.
    """
    stayed = record.slots - record.left_out
    return min(number, max(1, number * stayed // record.slots)) if stayed else 0


class _Link(NamedTuple):
    """A forum that must prepare or accompany another, and the time between: the least and the best."""

    forum: str
    least: timedelta
    best: timedelta


def _links(model: Forum) -> Iterator[_Link]:
    if (preparation := model.prepared_by) and preparation.strength == "must":
        days = preparation.days_before
        yield _Link(preparation.forum, days.low * DAY, days.middle * DAY)
    if (together := model.together_with) and together.strength == "must":
        yield _Link(together.forum, 0 * DAY, 0 * DAY)


def _missed(year: EvaluatedYear, slots: Sequence[Slot], link: _Link, gone: int) -> int:
    """Return how many first slots of a forum miss the meeting of the linked one that belongs to them.

    It is missed if it is one of the first that are `gone`, or if one that is held today would be too late.
    """
    theirs = year.slots[link.forum]
    missed = 0
    for number, slot in enumerate(slots, 1):
        wanted = slot.ideal - link.best
        nearest = min(range(len(theirs)), key=lambda at: abs(theirs[at].ideal - wanted), default=0)
        if nearest < gone or (gone and slot.last < year.context.weighed_from + link.least):
            missed = number
    return missed
