"""What is due: before and after every meeting, and before a term ends.

A deadline before a meeting that falls on a day off moves to the nearest earlier working day, one after
it to the nearest later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from dateutil.relativedelta import relativedelta

from kultursam.dates.holidays import DAY, Holidays
from kultursam.plans.model import Deadline, Meeting, Origin, later
from kultursam.rules.context import EvaluatedYear

Key = tuple[str | None, str, str]
"""Meeting (None for a term), forum and name: what makes a deadline the same."""


def due(
    year: EvaluatedYear, meetings: Sequence[Meeting], recorded: Sequence[Deadline], today: date, now: datetime
) -> list[Deadline]:
    """Give every deadline of a year's meetings and terms, by date.

    One that is recorded keeps its number; a changed one is stamped; one that no rule asks for is cancelled.
    One that was before today is left as it was, unless its meeting is still to come.
    """
    before = {_key(one): one for one in recorded}
    numbers: dict[tuple[str | None, str], int] = {}
    for one in recorded:
        numbers[one.meeting, one.forum] = max(one.number, numbers.get((one.meeting, one.forum), 0))
    to_come = {one.id for one in meetings if one.date >= today}
    found = {key: one for key, one in before.items() if one.date < today and one.meeting not in to_come}
    for one in _asked(year, meetings, now):
        old = before.get(_key(one))
        if _key(one) in found:
            continue
        if old is None:
            number = numbers[one.meeting, one.forum] = numbers.get((one.meeting, one.forum), 0) + 1
            found[_key(one)] = replace(one, number=number)
        else:
            found[_key(one)] = _stamped(old, replace(old, date=one.date, cancelled=one.cancelled), now)
    for key, old in before.items():
        if key not in found:
            found[key] = _stamped(old, replace(old, cancelled=True), now)
    return sorted(found.values(), key=lambda one: (one.date, one.meeting or "", one.forum, one.number))


def _key(deadline: Deadline) -> Key:
    return deadline.meeting, deadline.forum, deadline.name


def _stamped(old: Deadline, new: Deadline, now: datetime) -> Deadline:
    if new == old:
        return old
    return replace(new, sequence=old.sequence + 1, modified=later(old.modified, now))


def _asked(year: EvaluatedYear, meetings: Iterable[Meeting], now: datetime) -> Iterator[Deadline]:
    for meeting in meetings:
        yield from _of_meeting(year, meeting, now)
    for forum in year.register.forums:
        yield from _of_term(year, forum, now)


def _of_meeting(year: EvaluatedYear, meeting: Meeting, now: datetime) -> Iterator[Deadline]:
    model = year.register.forums.get(meeting.forum)
    if model is None or meeting.origin is Origin.EXTERNAL:
        return
    calendar = year.context.calendar
    for rule in model.deadlines:
        if rule.days_before is not None:
            day = working_day(calendar, meeting.date - rule.days_before * DAY, -1)
        else:
            day = working_day(calendar, meeting.date + (rule.days_after or 0) * DAY, 1)
        yield Deadline(meeting.id, rule.name, day, meeting.forum, 0, now, now, 0, not meeting.live)


def _of_term(year: EvaluatedYear, forum: str, now: datetime) -> Iterator[Deadline]:
    link = year.register.forums[forum].term
    if link and link.renewal:
        end = year.register.file.terms[link.of].to - relativedelta(months=link.renewal.months_before)
        day = working_day(year.context.calendar, end, -1)
        if day.year == year.context.year:
            yield Deadline(None, link.renewal.name, day, forum, 0, now, now)


def working_day(calendar: Holidays, day: date, step: int) -> date:
    """Give the nearest working day at or before (step -1), or at or after (step 1), a day."""
    while calendar.off(day):
        day += step * DAY
    return day
