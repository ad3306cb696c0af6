"""Who hosts: the organisations of a rotation take turns, over the years no two differing by more than one."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from datetime import date

from kultursam.forumfile.register import Register
from kultursam.plans.model import Meeting, Status, by_forum
from kultursam.rules.context import EvaluatedYear
from kultursam.rules.periods import touches


def assign(
    year: EvaluatedYear, meetings: Iterable[Meeting], others: Sequence[Meeting], over: Container[str] = ()
) -> list[Meeting]:
    """Return the meetings with a host for each live one that lacks it and whose forum has a rotation.

    `others` are the meetings of other years, `over` the ids of meetings that have been held.

    Among the organisations that hosted least, the next in the order listed is taken; one that is away
    that day gives way to the next of them. One that takes no part that day hosts nothing: where that is known
    of a proposed meeting, its host is chosen anew.
    """
    assigned = {meeting.id: _without_absent_host(year.register, meeting, over) for meeting in meetings}
    own, beside = by_forum(assigned.values()), by_forum(others)
    for forum, model in year.register.forums.items():
        if not any(one.host for one in model.every_said):
            continue
        ours = sorted((meeting for meeting in own.get(forum, ()) if meeting.live), key=_when)
        hosted = {
            meeting.id: meeting
            for meeting in (*beside.get(forum, ()), *ours)
            if meeting.live and meeting.host
        }
        for meeting in ours:
            if meeting.host is not None or "host" in meeting.own or meeting.id in over:
                continue
            rotation = rotation_of(year.register, forum, meeting.date)
            before = [one for one in hosted.values() if one.host in rotation]
            if host := _next(year, rotation, sorted(before, key=_when), meeting.date):
                assigned[meeting.id] = hosted[meeting.id] = replace(meeting, host=host)
    return list(assigned.values())


def rotation_of(register: Register, forum: str, day: date) -> tuple[str, ...]:
    """Return the organisations that take turns in hosting a forum on a day, groups written out in order."""
    host = register.forums[forum].on(day).host
    return register.expand(host.rotate) if host else ()


def _without_absent_host(register: Register, meeting: Meeting, over: Container[str]) -> Meeting:
    absent = meeting.host in register.temporary and not register.takes_part(str(meeting.host), meeting.date)
    chosen = "host" in meeting.own or meeting.status is not Status.PROPOSED or meeting.id in over
    return replace(meeting, host=None) if absent and not chosen else meeting


def _next(year: EvaluatedYear, rotation: Sequence[str], hosted: Sequence[Meeting], day: date) -> str | None:
    """Return whose turn it is on a day; `hosted` are the meetings that have a host, in order of time."""
    counts = {
        host: count
        for host, count in _counts(year.register, rotation, hosted).items()
        if year.register.takes_part(host, day)
    }
    if not counts:
        return None
    least = min(counts.values())
    before = [meeting for meeting in hosted if meeting.date < day]
    start = rotation.index(str(before[-1].host)) + 1 if before else 0
    turn = [host for host in (*rotation[start:], *rotation[:start]) if counts.get(host) == least]
    return next((host for host in turn if not touches(year.context, host, day)), turn[0])


def _counts(register: Register, rotation: Sequence[str], hosted: Sequence[Meeting]) -> dict[str, int]:
    """Return how often each has hosted; one that joins later begins with the least of those already there."""
    begins = {host: register.life(host).from_ or date.min for host in rotation}
    head_start: dict[str, int] = {}
    for host in sorted(rotation, key=begins.__getitem__):
        joined = begins[host]
        there = [
            ahead + sum(meeting.host == other and meeting.date < joined for meeting in hosted)
            for other, ahead in head_start.items()
            if joined > date.min and register.takes_part(other, joined)
        ]
        head_start[host] = min(there, default=0)
    return {host: head_start[host] + sum(meeting.host == host for meeting in hosted) for host in rotation}


def _when(meeting: Meeting) -> tuple[date, str]:
    return meeting.date, meeting.id
