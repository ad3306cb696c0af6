"""Who takes part in each meeting: the forum's members on its day; of one that is over, those of then."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kultursam.forumfile.values import Roles
from kultursam.planner.situation import Situation
from kultursam.plans.model import TIMES, Departure, Meeting, Plan, later

Present = tuple[tuple[str, ...], Roles]
"""Who takes part: organisations, and roles with theirs."""


def settled(situation: Situation, meetings: Sequence[Meeting]) -> list[Meeting]:
    """Return meetings with their own participants where these are not all of the forum's members of today.

    An organisation takes part on the days of its life. One that no longer takes part in a meeting to come has
    left it: its calendar goes on saying so. In the calendar of one that is back, the meeting is a later
    version from then on.
    """
    return [_settled(situation, situation.recorded_plan, meeting) for meeting in meetings]


def _settled(situation: Situation, recorded: Plan | None, meeting: Meeting) -> Meeting:
    register, forum = situation.register, meeting.forum
    if forum not in register.forums:
        return meeting
    every = register.organisations[forum], register.roles_of(forum)
    old = recorded.meeting(meeting.id) if recorded else None
    if recorded and old and meeting.date < situation.today:
        present, left = (recorded.organisations_of(old), recorded.roles_of(old)), old.left
    else:
        present = register.organisations_on(forum, meeting.date), register.roles_on(forum, meeting.date)
        left = tuple(_departures(situation, recorded, old, present)) if recorded and old else meeting.left
    # Version 1.0.0 did not record the roles.
    own = (None, ()) if present in (every, (every[0], ())) else present
    return replace(meeting, organisations=own[0], roles=own[1], left=left)


def _departures(situation: Situation, recorded: Plan, old: Meeting, present: Present) -> Iterator[Departure]:
    """Yield who has left a meeting, now or before, and who is back: organisations, then roles."""
    known = {one.who: one for one in old.left}
    here = {*_who(present)}
    for one in old.left:
        if one.who in here and not one.ahead:
            ahead = max(1, one.sequence + 1 - old.sequence)
            yield replace(one, ahead=ahead, modified=later(one.modified, situation.now))
        elif one.who in here or not one.ahead:
            yield one
    for who in _who((recorded.organisations_of(old), recorded.roles_of(old))):
        before = known.get(who)
        if who not in here and (before is None or before.ahead):
            yield Departure(
                meeting=old.id,
                organisation=who[0],
                role=who[1],
                date=old.date,
                **{name: getattr(old, name) for name in TIMES},
                sequence=old.sequence + (before.ahead if before else 0) + old.live,
                modified=later(max(old.modified, before.modified) if before else old.modified, situation.now),
            )


def _who(present: Present) -> Iterator[tuple[str, str]]:
    """Yield the organisations and the roles that take part, each once, as departures name them."""
    organisations, roles = present
    yield from ((key, "") for key in organisations)
    yield from (("", role) for role in dict.fromkeys(role for role, _ in roles))
