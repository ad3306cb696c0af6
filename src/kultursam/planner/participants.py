"""Who takes part in each meeting: in those to come the forum's members of today, in others those of then."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kultursam.planner.situation import Situation
from kultursam.plans.model import Departure, Meeting, Plan, later


def settled(situation: Situation, meetings: Sequence[Meeting]) -> list[Meeting]:
    """Return meetings with their own participants where these are not the forum's members of today.

    An organisation that no longer takes part in a meeting to come is noted as having left it: its calendar
    goes on saying so. One that is back takes part again, in a new version of the meeting.
    """
    recorded = situation.recorded_plan
    return [_settled(situation, recorded, meeting) for meeting in meetings] if recorded else list(meetings)


def _settled(situation: Situation, recorded: Plan, meeting: Meeting) -> Meeting:
    register, old = situation.register, recorded.meeting(meeting.id)
    if old is None or meeting.forum not in register.forums:
        return meeting
    organisations, roles = register.organisations[meeting.forum], register.roles_of(meeting.forum)
    then = recorded.organisations_of(old), recorded.roles_of(old)
    if meeting.date < situation.today:
        # Version 1.0.0 did not record the roles.
        same = then in ((organisations, roles), (organisations, ()))
        own = ((), ()) if same else then
        return replace(meeting, organisations=own[0], roles=own[1], left=old.left)
    left = [departure for departure in old.left if departure.organisation not in organisations]
    left += _departures(situation, recorded, old, {*organisations, *(one.organisation for one in left)})
    meeting = replace(meeting, organisations=(), roles=(), left=tuple(left))
    back = [one.sequence for one in old.left if one.organisation in organisations]
    if not back:
        return meeting
    modified = meeting.modified if meeting.modified != old.modified else later(old.modified, situation.now)
    return replace(
        meeting, sequence=max(meeting.sequence, *(one + 1 for one in back)), modified=modified, announced=None
    )


def _departures(
    situation: Situation, recorded: Plan, old: Meeting, known: set[str]
) -> Iterator[Departure]:
    """Yield a departure for each organisation that took part in a meeting and is not among those known."""
    for organisation in recorded.organisations_of(old):
        if organisation not in known:
            yield Departure(
                meeting=old.id,
                organisation=organisation,
                date=old.date,
                start=old.start,
                end=old.end,
                sequence=old.sequence + old.live,
                modified=later(old.modified, situation.now),
            )
