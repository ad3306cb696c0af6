"""One meeting at a time is held in a room.

    rooms: {hall: {name: The hall}}
    defaults: {room: hall}
    forums: {board: {time: 09:00-12:00}, staff: {time: 12:00-14:00}}
    # passes: board meets 2025-03-04; staff meets 2025-03-04

    rooms: {hall: {name: The hall}}
    defaults: {room: hall}
    forums: {board: {time: 09:00-12:00}, staff: {time: 11:00-14:00}}
    # fails: board meets 2025-03-04; staff meets 2025-03-04

Strength: must. A meeting is in the room whose name is its place: its forum's `room` or `place`, or a place of
its own that somebody gave it. Those decided elsewhere too. Between two of them no time is needed.
"""

from collections.abc import Hashable, Iterator, Sequence
from functools import cache
from itertools import chain, combinations

from kultursam.i18n import N_
from kultursam.plans.model import Meeting, Origin
from kultursam.rules.context import (
    Candidate,
    Effect,
    EvaluatedYear,
    Hours,
    Model,
    RuleKey,
    Schedule,
    grouped,
    overlap,
    violation,
)

ID = "rooms"
SENTENCE = N_("{room} is taken by {forum} {start}–{end} that day")
ALL_DAY_SENTENCE = N_("{room} is taken by {forum} all that day")


def is_in(year: EvaluatedYear, forum: str, room: str) -> bool:
    """Return whether a forum always meets in a room, and no other meeting may be there then."""
    return {_in_force(year, place) for place in year.register.places_of(forum)} == {room}


def _usual_rooms(year: EvaluatedYear, forum: str) -> set[str]:
    """Return the rooms that a forum meets in at some time."""
    rooms = (_in_force(year, place) for place in year.register.places_of(forum))
    return {room for room in rooms if room}


def _in_force(year: EvaluatedYear, place: str | None) -> str | None:
    """Return the room that a place is, unless the rule is left out for it."""
    room = year.register.room_of(place)
    return room if room and year.context.holds(ID, ("rooms", room)) else None


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the rule for the room that a forum meets in."""
    for room in sorted(_usual_rooms(year, forum)):
        yield ID, ("rooms", room)


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Yield the forums of each room: those that meet in it, and those with a recorded meeting there."""
    used = year.context.rooms_used
    rooms = ((forum, {*_usual_rooms(year, forum), *used.get(forum, ())}) for forum in year.register.forums)
    return iter(grouped((room, forum) for forum, several in rooms for room in several).values())


def shared(year: EvaluatedYear, meeting: Meeting) -> Iterator[Hashable]:
    """Yield the room that a meeting is in, with each of its days."""
    if room := _in_force(year, meeting.place):
        for day in dict.fromkeys(day for day, _ in year.context.sittings(meeting)):
            yield ID, room, day


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield the meetings that overlap another in their room."""
    if not year.register.rooms:
        return
    every = (meeting for forum in year.register.forums for meeting in schedule.around(forum))
    in_rooms = ((_in_force(year, meeting.place), meeting) for meeting in every)
    ours = {meeting.id for meeting in chain.from_iterable(schedule.meetings.values())}
    taken = (
        ((room, day), (hours, one))
        for room, one in in_rooms
        if room
        for day, hours in year.context.sittings(one)
    )
    told: set[frozenset[str]] = set()
    for (room, _), meetings in grouped(taken).items():
        for (hours, earlier), (beside, later) in combinations(meetings, 2):
            pair = frozenset({earlier.id, later.id})
            if overlap(hours, beside) and earlier is not later and pair not in told:
                told.add(pair)
                planned = later.id in ours and later.origin is not Origin.EXTERNAL
                meeting, other = (later, earlier) if planned else (earlier, later)
                if meeting.id in ours:
                    yield meeting, _effect(year, room, meeting, other)


def _effect(year: EvaluatedYear, room: str, meeting: Meeting, other: Meeting) -> Effect:
    args = {
        "room": year.register.file.rooms[room].name,
        "forum": year.context.forum(other.forum).name,
        "start": f"{other.start:%H:%M}",
        "end": f"{other.end:%H:%M}",
    }
    sentence = ALL_DAY_SENTENCE if other.time.is_all_day else SENTENCE
    return violation(ID, "must", ("rooms", room), sentence, year.context.size(meeting.forum), **args)


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Add set packing rows: Σ x ≤ 1 over the candidates that need one room at one time."""
    if not year.register.rooms:
        return
    usual = cache(lambda forum, day: _in_force(year, year.register.place_of(forum, day)))
    in_rooms = (
        (_in_force(year, one.place) if one.fixed else usual(forum, one.date), one)
        for forum, candidates in model.by_forum.items()
        for one in candidates
    )
    taken = (
        ((room, day), (hours, one))
        for room, one in in_rooms
        if room
        for day, hours in year.context.sittings(one)
    )
    for candidates in grouped(taken).values():
        for clique in _cliques(candidates):
            places = {
                (one.forum, one.slot, one.date if one.forum in model.pooled else None) for one in clique
            }
            if len(places) > 1:
                model.at_most_one(clique)


def _cliques(candidates: Sequence[tuple[Hours, Candidate]]) -> Iterator[list[Candidate]]:
    """Yield the candidates that overlap whichever begins, for each moment when one does: interval graph."""
    for moment in sorted({hours.start for hours, _ in candidates}):
        # A night may last into the hours of a meeting's next day: such a meeting is there once.
        running = (one for hours, one in candidates if hours.start <= moment < hours.end)
        yield list(dict.fromkeys(running))
