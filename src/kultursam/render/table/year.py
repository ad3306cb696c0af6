"""What the views show of a year: forums, meetings' states, closed days and what is due.

Spans of days hold both their ends.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from kultursam import presentation
from kultursam.plans.model import DaySpan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kultursam.forumfile.register import Register
    from kultursam.plans.model import Deadline, Meeting, Plan

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Year:
    """A finished plan and its forum file."""

    plan: Plan
    register: Register

    @cached_property
    def signs(self) -> Mapping[str, presentation.Sign]:
        """What forums are told by, in the order in which they are listed."""
        return presentation.of_forums(self.register, [self.plan])

    @cached_property
    def spans(self) -> list[DaySpan]:
        """What closes working days of the year: periods, and the holidays that no period holds."""
        periods = self._closed("period")
        within = {day for days in periods.values() for day in days}
        closed = [
            *periods.items(),
            *((name, days - within) for name, days in self._closed("holiday").items()),
        ]
        return sorted(DaySpan(run[0], run[-1], name) for name, days in closed for run in _runs(days))

    def _closed(self, kind: str) -> Mapping[str, set[date]]:
        """Gather working days by what closes them, so that what has one name and touches becomes one."""
        closed: dict[str, set[date]] = defaultdict(set)
        for span in self.plan.spans:
            if span.kind == kind:
                closed[span.name] |= {day for day in _working_days(span) if day.year == self.plan.year}
        return closed

    @cached_property
    def away(self) -> set[date]:
        """The working days that are closed."""
        return {day for span in self.spans for day in _working_days(span)}

    @cached_property
    def due(self) -> Mapping[tuple[date, str], list[Deadline]]:
        """The year's fixed dates and what terms bring, by date and name: what is due for two is one thing."""
        due: dict[tuple[date, str], list[Deadline]] = defaultdict(list)
        due.update((dated, []) for dated in self.register.dates_in(self.plan.year))
        for one in self.plan.deadlines:
            if one.meeting is None and not one.cancelled:
                due[one.date, one.name].append(one)
        return due

    @cached_property
    def due_of_meeting(self) -> Mapping[str, list[Deadline]]:
        """What each meeting brings with it, by date."""
        due: dict[str, list[Deadline]] = defaultdict(list)
        for one in self.plan.deadlines:
            if one.meeting and not one.cancelled:
                due[one.meeting].append(one)
        return due


def state(meeting: Meeting) -> str:
    """Give what the views say of a meeting: its state, or that it was moved."""
    told = presentation.state(meeting)
    return "moved" if meeting.moved_from and told not in {"cancelled", "external"} else told


def _working_days(span: DaySpan) -> list[date]:
    days = (span.first + DAY * number for number in range((span.last - span.first).days + 1))
    return [day for day in days if day.weekday() < SATURDAY]


def _runs(days: Iterable[date]) -> list[list[date]]:
    """Divide working days where one is missing between them."""
    runs: list[list[date]] = []
    for day in sorted(days):
        before = day - DAY * (1 if day.weekday() else 3)
        if runs and runs[-1][-1] == before:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs
