"""What is due: before and after every meeting, and before a term ends.

A deadline before a meeting that falls on a day off moves to the nearest earlier working day, one after
it to the nearest later.
"""

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
    """Return every deadline of a year's meetings and terms, by date.

    One that is recorded keeps its number; a changed one is revised; one that no rule asks for is cancelled.
    One that was before today is left as it was, unless its meeting is still to come, and none is made for
    a meeting that is known and over.
    """
    before = {_key(old): old for old in recorded}
    numbers: dict[tuple[str | None, str], int] = {}
    for old in recorded:
        numbers[old.meeting, old.forum] = max(old.number, numbers.get((old.meeting, old.forum), 0))
    to_come = {meeting.id for meeting in meetings if meeting.date >= today}
    after = {key: old for key, old in before.items() if old.date < today and old.meeting not in to_come}
    history = {meeting.id for meeting in meetings if meeting.date < today and meeting.created < now}
    for new in _asked(year, meetings, now):
        key = _key(new)
        if key in after or (key not in before and new.meeting in history and new.date < today):
            continue
        if key in before:
            after[key] = _revised(before[key], now, day=new.date, cancelled=new.cancelled)
        else:
            number = numbers[new.meeting, new.forum] = numbers.get((new.meeting, new.forum), 0) + 1
            after[key] = replace(new, number=number)
    for key, old in before.items():
        if key not in after:
            after[key] = _revised(old, now, day=old.date, cancelled=True)
    return sorted(after.values(), key=lambda due: (due.date, due.meeting or "", due.forum, due.number))


def _key(deadline: Deadline) -> Key:
    return deadline.meeting, deadline.forum, deadline.name


def _revised(old: Deadline, now: datetime, *, day: date, cancelled: bool) -> Deadline:
    if (day, cancelled) == (old.date, old.cancelled):
        return old
    modified = later(old.modified, now)
    return replace(old, date=day, cancelled=cancelled, sequence=old.sequence + 1, modified=modified)


def _asked(year: EvaluatedYear, meetings: Iterable[Meeting], now: datetime) -> Iterator[Deadline]:
    for meeting in meetings:
        yield from _of_meeting(year, meeting, now)
    for forum in year.register.forums:
        yield from _of_term(year, forum, now)


def _of_meeting(year: EvaluatedYear, meeting: Meeting, now: datetime) -> Iterator[Deadline]:
    if meeting.forum in year.register.forums and meeting.origin is not Origin.EXTERNAL:
        for name, day in dated(year, meeting.forum, meeting.date):
            yield Deadline(meeting.id, name, day, meeting.forum, 0, now, now, 0, not meeting.live)


def dated(year: EvaluatedYear, forum: str, day: date) -> Iterator[tuple[str, date]]:
    """Yield what is due for a forum's meeting on a day, in the order of the file: its name and its day."""
    for rule in year.register.forums[forum].deadlines:
        days, step = (rule.days_after or 0, 1) if rule.days_before is None else (rule.days_before, -1)
        yield rule.name, working_day(year.context.calendar, day + step * days * DAY, step)


def _of_term(year: EvaluatedYear, forum: str, now: datetime) -> Iterator[Deadline]:
    link = year.register.forums[forum].term
    if link and link.renewal:
        end = year.register.file.terms[link.of].to - relativedelta(months=link.renewal.months_before)
        day = working_day(year.context.calendar, end, -1)
        if day.year == year.context.year:
            yield Deadline(None, link.renewal.name, day, forum, 0, now, now)


def working_day(calendar: Holidays, day: date, step: int) -> date:
    """Return the nearest working day at or before (step -1), or at or after (step 1), a day."""
    while calendar.off(day):
        day += step * DAY
    return day
