"""Who hosts: the organisations of a rotation take turns, over the years no two differing by more than one."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from datetime import date

from kultursam.forumfile.register import Register
from kultursam.plans.model import Meeting, by_forum
from kultursam.rules.context import EvaluatedYear
from kultursam.rules.periods import touches


def assign(
    year: EvaluatedYear, meetings: Iterable[Meeting], others: Sequence[Meeting], over: Container[str] = ()
) -> list[Meeting]:
    """Return the meetings with a host for each live one that lacks it and whose forum has a rotation.

    `others` are the meetings of other years, `over` the ids of meetings that have been held.

    Among the organisations that hosted least, the next in the order listed is taken; one that is away
    that day gives way to the next of them.
    """
    assigned = {meeting.id: meeting for meeting in meetings}
    own, beside = by_forum(assigned.values()), by_forum(others)
    for forum, model in year.register.forums.items():
        if model.host is None:
            continue
        rotation = rotation_of(year.register, forum)
        ours = sorted((meeting for meeting in own.get(forum, ()) if meeting.live), key=_when)
        hosted = {
            meeting.id: meeting
            for meeting in (*beside.get(forum, ()), *ours)
            if meeting.live and meeting.host in rotation
        }
        for meeting in ours:
            if meeting.host is None and "host" not in meeting.own and meeting.id not in over:
                host = _next(year, rotation, sorted(hosted.values(), key=_when), meeting.date)
                assigned[meeting.id] = hosted[meeting.id] = replace(meeting, host=host)
    return list(assigned.values())


def rotation_of(register: Register, forum: str) -> tuple[str, ...]:
    """Return the organisations that take turns in hosting a forum, groups written out in their order."""
    host = register.forums[forum].host
    return register.expand(host.rotate) if host else ()


def _next(year: EvaluatedYear, rotation: Sequence[str], hosted: Sequence[Meeting], day: date) -> str:
    """Return whose turn it is on a day; `hosted` are the meetings that have a host, in order of time."""
    counts = {host: sum(meeting.host == host for meeting in hosted) for host in rotation}
    least = min(counts.values())
    before = [meeting for meeting in hosted if meeting.date < day]
    start = rotation.index(str(before[-1].host)) + 1 if before else 0
    turn = [host for host in (*rotation[start:], *rotation[:start]) if counts[host] == least]
    return next((host for host in turn if not touches(year.context, host, day)), turn[0])


def _when(meeting: Meeting) -> tuple[date, str]:
    return meeting.date, meeting.id
