"""From fixed meetings and chosen dates to the meetings of a year, each under its own id."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from kultursam.forumfile.register import Register
from kultursam.planner import hosts, rotations
from kultursam.planner.model import Commitments
from kultursam.planner.situation import Situation, cancelled, free_numbers, new_meeting
from kultursam.plans.model import Meeting, Origin, Status, by_forum, revised
from kultursam.rules.context import EvaluatedYear

OWN_TIMES = ("start", "end", "last_day")
"""What a person says with a meeting's own time."""


def assemble(
    situation: Situation, year: EvaluatedYear, commitments: Commitments, dates: Mapping[str, Sequence[date]]
) -> list[Meeting]:
    """Return the year's meetings, each under its own id: the fixed ones, and those on the chosen dates."""
    fixed = {meeting.id for meeting in commitments.fixed}
    meetings = list(commitments.fixed)
    undecided: list[Meeting] = []
    for meeting in situation.recorded:
        if meeting.id in fixed:
            continue
        if meeting.live and meeting.forum in year.slots and meeting.origin is not Origin.EXTERNAL:
            undecided.append(meeting)
        else:
            past = meeting.id in situation.over
            # That planning cancels a meeting is nobody's decision, even if it was accepted.
            of_nobody = replace(meeting, decided=meeting.decided and not meeting.live)
            meetings.append(meeting if past else cancelled(of_nobody, situation.now))
    of_forum = by_forum(undecided)
    for forum in year.slots:
        meetings += _dated(situation, forum, of_forum.get(forum, ()), dates.get(forum, ()))
    return completed(situation, year, meetings)


def completed(situation: Situation, year: EvaluatedYear, meetings: Iterable[Meeting]) -> list[Meeting]:
    """Return meetings in order, with the hosts, places and formats they lack; changed ones are revised."""
    others = [meeting for plan in situation.others for meeting in plan.meetings]
    recorded = situation.recorded_by_id
    hosted = hosts.assign(year, meetings, others, situation.over)
    revisions = (
        revised(recorded[meeting.id], meeting, situation.now) if meeting.id in recorded else meeting
        for meeting in rotations.assign(year, hosted, situation.neighbours)
    )
    return in_order(situation.register, revisions)


def in_order(register: Register, meetings: Iterable[Meeting]) -> list[Meeting]:
    """Return meetings by forum in the order of the file, then by number, the extra ones last."""
    order = {forum: index for index, forum in enumerate(register.forums)}

    def key(meeting: Meeting) -> tuple[int, str, bool, int, str]:
        extra = meeting.origin in {Origin.ADDED, Origin.EXTERNAL}
        return order.get(meeting.forum, len(order)), meeting.forum, extra, meeting.number, meeting.id

    return sorted(meetings, key=key)


def _dated(
    situation: Situation, forum: str, recorded: Sequence[Meeting], dates: Sequence[date]
) -> Iterator[Meeting]:
    """Yield recorded meetings, kept, moved to the nearest date or cancelled as superfluous; and new ones.

    A forum that is back, after planning had cancelled all its meetings to come, has them again where it may;
    so has one whose meetings were cancelled with those of another forum that they were for.
    """
    known = situation.recorded_by_forum.get(forum, ())
    to_come = [meeting for meeting in known if meeting.id not in situation.over]
    follows = situation.register.forums[forum].for_each is not None
    is_back = follows or not any(meeting.live for meeting in to_come)
    again = [
        replace(meeting, status=Status.PROPOSED, was_confirmed=False)
        for meeting in to_come
        if is_back and not meeting.decided and meeting.origin is not Origin.EXTERNAL
    ]
    kept = {meeting.date: meeting for meeting in (*again, *recorded)}
    left = [meeting for meeting in recorded if meeting.date not in dates]
    numbers = free_numbers(
        meeting.number for meeting in known if meeting.id == f"{forum}-{situation.year}-{meeting.number}"
    )
    reserved = situation.register.forums[forum].cadence.kind == "as needed"
    origin = Origin.RESERVED if reserved else Origin.PLANNED
    for day in dates:
        if day in kept:
            yield _proposed(situation, kept[day])
        elif left:
            nearest = min(left, key=lambda meeting: (abs((meeting.date - day).days), meeting.date))
            left.remove(nearest)
            yield _proposed(situation, replace(nearest, date=day, moved_from=nearest.date))
        else:
            yield new_meeting(situation, forum, next(numbers), origin, day)
    for meeting in left:
        yield cancelled(meeting, situation.now)


def _proposed(situation: Situation, meeting: Meeting) -> Meeting:
    """Return a proposed meeting as the file has it now; its host is still one of the rotation, or open."""
    rotation = hosts.rotation_of(situation.register, meeting.forum, meeting.date)
    host = meeting.host if meeting.host in rotation or "host" in meeting.own else None
    return replace(as_written(situation, meeting), host=host)


def as_written(situation: Situation, meeting: Meeting) -> Meeting:
    """Return a meeting with the time, place, format and link that the file has now, but for its own ones.

    A place, or format, that is one of those that take turns stays; else whose turn it is is left open.
    """
    register, model = situation.register, situation.register.forums[meeting.forum].on(meeting.date)
    own = {name: getattr(meeting, name) for name in OWN_TIMES} if "time" in meeting.own else {}
    place, form = (rotations.keeps(register, meeting, detail) for detail in rotations.DETAILS)
    return replace(
        meeting,
        **(model.times | own),
        place=meeting.place if place else register.place_of(meeting.forum, meeting.date),
        format=meeting.format if form else register.format_of(meeting.forum, meeting.date),
        link=meeting.link if "link" in meeting.own else model.link,
    )
