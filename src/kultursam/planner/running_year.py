"""A year that has begun: which of its slots are left out, as their even places lie before today."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kultursam.dates.leads import Lead
from kultursam.dates.slots import Slot
from kultursam.plans.model import ForumRecord, Meeting
from kultursam.rules import prepared_by
from kultursam.rules.context import EvaluatedYear, YearContext, fills_slot


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
                    for link in _links(year.context, forum)
                    if link.forum in year.slots and not year.context.forum(link.forum).for_each
                )
                numbers[forum] = max(alone, *missed, 0)
        return numbers[forum]

    # Who meets for each meeting of another lacks what that one leaves out.
    forums = (forum for forum in year.slots if not year.context.forum(forum).for_each)
    return {forum: some for forum in forums if (some := number(forum))}


def _kept(record: ForumRecord, number: int) -> int:
    """Return how many of a number of slots stay, as the same share stayed before: one at least, if any did.

    It is rounded down: the rest of a year may have no room for more.
    """
    stayed = record.slots - record.left_out
    return min(number, max(1, number * stayed // record.slots)) if stayed else 0


class _Link(NamedTuple):
    """A forum that must prepare or accompany another, and how long before."""

    forum: str
    lead: Lead


def _links(context: YearContext, forum: str) -> Iterator[_Link]:
    for _, preparation in prepared_by.links(context, forum):
        if preparation.strength == "must":
            yield _Link(preparation.forum, prepared_by.lead(context, preparation))
    if (together := context.forum(forum).together_with) and together.strength == "must":
        yield _Link(together.forum, Lead(0, 0, 0))


def _missed(year: EvaluatedYear, slots: Sequence[Slot], link: _Link, gone: int) -> int:
    """Return how many first slots of a forum miss the meeting of the linked one that belongs to them.

    It is missed if it is one of the first that are `gone`, or if one that is held today would be too late.
    """
    theirs = year.slots[link.forum]
    missed = 0
    for number, slot in enumerate(slots, 1):
        wanted = link.lead.before(slot.ideal, link.lead.best)
        nearest = min(range(len(theirs)), key=lambda at: abs(theirs[at].ideal - wanted), default=0)
        if nearest < gone or (gone and link.lead.span(slot.last)[1] < year.context.weighed_from):
            missed = number
    return missed
