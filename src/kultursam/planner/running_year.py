"""A year that has begun: which of its slots are left out, as their even places lie before today."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from kultursam.dates.holidays import DAY
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
                numbers[forum] = record.left_out * len(slots) // record.slots
            elif not any(map(fills_slot, recorded.get(forum, ()))):
                alone = sum(slot.ideal < year.context.today for slot in slots)
                missed = (_missed(year, forum, *link, number(link[0])) for link in _links(year, forum))
                numbers[forum] = max(alone, *missed, 0)
        return numbers[forum]

    return {forum: some for forum in year.slots if (some := number(forum))}


def _links(year: EvaluatedYear, forum: str) -> Iterator[tuple[str, timedelta, timedelta]]:
    """Yield the forums that must prepare or accompany one, and the days between: least and best."""
    model = year.context.forum(forum)
    if (preparation := model.prepared_by) and preparation.strength == "must":
        days = preparation.days_before
        yield preparation.forum, days.low * DAY, days.middle * DAY
    if (together := model.together_with) and together.strength == "must":
        yield together.forum, 0 * DAY, 0 * DAY


def _missed(
    year: EvaluatedYear, forum: str, other: str, least: timedelta, best: timedelta, gone: int
) -> int:
    """Return how many first slots of a forum miss the meeting of another that belongs to them.

    It is missed if it would be one of those that are `gone`, or if one that is held today is too late.
    """
    theirs = year.slots.get(other, ())
    missed = 0
    for index, slot in enumerate(year.slots[forum]):
        wanted = slot.ideal - best
        nearest = min(range(len(theirs)), key=lambda at: abs(theirs[at].ideal - wanted), default=gone)
        if nearest < gone or (gone and slot.last < year.context.today + least):
            missed = index + 1
    return missed
