"""Who hosts: the organisations of a rotation take turns, over the years no two differing by more than one."""

from __future__ import annotations

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
    """Give every live meeting of a forum with a rotation its host, where it has none.

    `others` are the meetings of other years, `over` the ids of meetings that have been held.

    Among the organisations that hosted least, the next in the order listed is taken; one that is away
    that day gives way to the next of them.
    """
    assigned = {one.id: one for one in meetings}
    all_ours, all_beside = by_forum(assigned.values()), by_forum(others)
    for forum, model in year.register.forums.items():
        if model.host is None:
            continue
        rotation = rotation_of(year.register, forum)
        ours = sorted((one for one in all_ours.get(forum, ()) if one.live), key=_when)
        beside = sorted((one for one in all_beside.get(forum, ()) if one.live), key=_when)
        for meeting in ours:
            if meeting.host is None and meeting.id not in over:
                known = [
                    one for one in (*beside, *(assigned[own.id] for own in ours)) if one.host in rotation
                ]
                host = _next(year, rotation, known, meeting.date)
                assigned[meeting.id] = replace(meeting, host=host)
    return list(assigned.values())


def rotation_of(register: Register, forum: str) -> tuple[str, ...]:
    """Give the organisations that take turns in hosting a forum, groups written out in their order."""
    host = register.forums[forum].host
    return register.expand(host.rotate) if host else ()


def _next(year: EvaluatedYear, rotation: Sequence[str], known: Sequence[Meeting], day: date) -> str:
    counts = {key: sum(one.host == key for one in known) for key in rotation}
    least = min(counts.values())
    before = [one for one in sorted(known, key=_when) if one.date < day]
    start = rotation.index(str(before[-1].host)) + 1 if before else 0
    turn = [key for key in (*rotation[start:], *rotation[:start]) if counts[key] == least]
    return next((key for key in turn if not touches(year.context, key, day)), turn[0])


def _when(meeting: Meeting) -> tuple[date, str]:
    return meeting.date, meeting.id
