"""Where and how meetings are held, where places or formats take turns."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kultursam.dates.turns import Turns
from kultursam.forumfile.register import OPEN, Register
from kultursam.plans.model import Meeting, by_forum
from kultursam.rules.context import EvaluatedYear, moment

DETAILS = ("place", "format")


def keeps(register: Register, meeting: Meeting, detail: str) -> bool:
    """Return whether a meeting's place, or format, stays: a person set it, or it is one of those in turn."""
    in_turn = register.turns_of(meeting.forum, meeting.date, detail)
    return detail in meeting.own or getattr(meeting, detail) in in_turn


def assign(year: EvaluatedYear, meetings: Iterable[Meeting], neighbours: Sequence[Meeting]) -> list[Meeting]:
    """Return the meetings, the places and formats that are left open given to them by turns.

    `neighbours` are the meetings of the years before and after: turns go on from those of the year before.
    """
    assigned = {meeting.id: meeting for meeting in meetings}
    own, beside = by_forum(assigned.values()), by_forum(neighbours)
    first = year.context.planning_year.first
    for forum in year.register.forums:
        before = sorted((one for one in beside.get(forum, ()) if one.date < first), key=moment)
        for detail in DETAILS:
            waiting: dict[tuple[str, ...], Turns[str]] = {}
            for meeting in sorted((one for one in own.get(forum, ()) if one.live), key=moment):
                in_turn = year.register.turns_of(forum, meeting.date, detail)
                if not in_turn:
                    continue
                if in_turn not in waiting:
                    waiting[in_turn] = Turns.after(in_turn, [getattr(one, detail) for one in before])
                turns, held = waiting[in_turn], getattr(meeting, detail)
                if held == OPEN:
                    held = turns.waiting[0]
                    assigned[meeting.id] = _given(assigned[meeting.id], detail, held)
                turns.had(held)
    return list(assigned.values())


def _given(meeting: Meeting, detail: str, held: str) -> Meeting:
    return replace(meeting, place=held) if detail == "place" else replace(meeting, format=held)
