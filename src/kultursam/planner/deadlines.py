"""What is due: before and after every meeting, and before a term ends.

A deadline before a meeting that falls on a day off, or in a must-period of the forum, moves to the nearest
earlier day that is neither, one after it to the nearest later.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache

from dateutil.relativedelta import relativedelta

from kultursam.dates.holidays import DAY
from kultursam.forumfile.meeting_models import DeadlineRule
from kultursam.plans.model import Deadline, Meeting, Origin, later
from kultursam.rules import periods
from kultursam.rules.context import EvaluatedYear

REACH = 366
"""Days in which a deadline looks for one that no period closes; a forum may be closed for ever."""
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
    days = {forum: DueDays(year, forum) for forum in year.register.forums}
    for meeting in meetings:
        if meeting.forum in days and meeting.origin is not Origin.EXTERNAL:
            for name, day in days[meeting.forum].of_meeting(meeting.date, meeting.last):
                yield Deadline(meeting.id, name, day, meeting.forum, 0, now, now, 0, not meeting.live)
    for forum, model in year.register.forums.items():
        if model.term and (renewal := model.term.renewal):
            end = year.register.file.terms[model.term.of].to - relativedelta(months=renewal.months_before)
            day = days[forum].nearest(end, -1)
            if day in year.context.planning_year:
                yield Deadline(None, renewal.name, day, forum, 0, now, now)


class DueDays:
    """The days on which something is due for a forum."""

    def __init__(self, year: EvaluatedYear, forum: str) -> None:
        self.forum = forum
        self._calendar = year.context.calendar
        self._model = year.register.forums[forum]
        self._closed = cache(
            lambda of: {*periods.closed_days(year.context, forum, date(of, 1, 1), date(of, 12, 31))}
        )
        """By year: the days that must-periods close."""

    def of_meeting(self, first: date, last: date | None = None) -> Iterator[tuple[str, date]]:
        """Yield what is due for a meeting, in the order of the file: its name and its day.

        What is due before is counted from the first day of the meeting, what is due after from the last.
        """
        for rule in self._model.on(first).deadlines:
            if rule.days_after is None:
                yield rule.name, self.nearest(self._counted(rule, first), -1)
            else:
                yield rule.name, self.nearest((last or first) + rule.days_after * DAY, 1)

    def _counted(self, rule: DeadlineRule, day: date) -> date:
        """Return the day that a rule counts to, back from the day of a meeting."""
        if rule.days_before is not None:
            return day - rule.days_before * DAY
        if rule.clear_days_before is not None:
            return self._calendar.working_days_before(day, rule.clear_days_before + 1)
        return self._calendar.working_days_before(day, rule.working_days_before or 0)

    def nearest(self, day: date, step: int) -> date:
        """Return the nearest open day at or before (step -1), or at or after (step 1), a day.

        Of a forum that its periods close for more than a year, it is the nearest working day.
        """
        working: date | None = None
        for offset in range(REACH):
            near = day + step * offset * DAY
            if not self._calendar.off(near):
                if near not in self._closed(near.year):
                    return near
                working = working or near
        return working or day
