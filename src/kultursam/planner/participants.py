"""Who takes part in each meeting: in those to come the forum's members of today, in others those of then."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from kultursam.planner.situation import Situation
from kultursam.plans.model import Departure, Meeting, Plan, later


def settled(situation: Situation, meetings: Sequence[Meeting]) -> list[Meeting]:
    """Return meetings with their own participants where these are not the forum's members of today.

    An organisation that no longer takes part in a meeting to come has left it: its calendar goes on saying
    so. In the calendar of one that is back, the meeting is a later version from then on.
    """
    recorded = situation.recorded_plan
    return [_settled(situation, recorded, meeting) for meeting in meetings] if recorded else list(meetings)


def _settled(situation: Situation, recorded: Plan, meeting: Meeting) -> Meeting:
    register, old = situation.register, recorded.meeting(meeting.id)
    if old is None or meeting.forum not in register.forums:
        return meeting
    organisations, roles = register.organisations[meeting.forum], register.roles_of(meeting.forum)
    if meeting.date >= situation.today:
        left = tuple(_departures(situation, recorded, old, organisations))
        return replace(meeting, organisations=(), roles=(), left=left)
    then = recorded.organisations_of(old), recorded.roles_of(old)
    # Version 1.0.0 did not record the roles.
    same = then in ((organisations, roles), (organisations, ()))
    own = ((), ()) if same else then
    return replace(meeting, organisations=own[0], roles=own[1], left=old.left)


def _departures(
    situation: Situation, recorded: Plan, old: Meeting, present: Container[str]
) -> Iterator[Departure]:
    """Yield who has left a meeting, now or before, and who is back."""
    known = {one.organisation: one for one in old.left}
    for one in old.left:
        if one.organisation in present and not one.ahead:
            ahead = max(1, one.sequence + 1 - old.sequence)
            yield replace(one, ahead=ahead, modified=later(one.modified, situation.now))
        elif one.organisation in present or not one.ahead:
            yield one
    for organisation in recorded.organisations_of(old):
        before = known.get(organisation)
        if organisation not in present and (before is None or before.ahead):
            yield Departure(
                meeting=old.id,
                organisation=organisation,
                date=old.date,
                start=old.start,
                end=old.end,
                sequence=old.sequence + (before.ahead if before else 0) + old.live,
                modified=later(max(old.modified, before.modified) if before else old.modified, situation.now),
            )
