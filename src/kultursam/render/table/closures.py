"""The working days on which people are away. Spans of days hold both their ends."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from kultursam.plans.model import DaySpan
from kultursam.presentation import YearView

DAY = timedelta(days=1)
SATURDAY = 5


def closures(year: YearView) -> list[DaySpan]:
    """Return what closes working days of the year: periods, and the holidays that no period holds.

    Spans of one name that touch become one, though a weekend lies between them.
    """
    in_periods = {day for span in year.periods for day in working_days(span)}
    closed: dict[tuple[str, str], set[date]] = defaultdict(set)
    for span in year.plan.spans:
        days = {day for day in working_days(span) if day.year == year.plan.year}
        closed[span.kind, span.name] |= days if span.kind == "period" else days - in_periods
    return sorted(DaySpan(run[0], run[-1], name) for (_, name), days in closed.items() for run in _runs(days))


def working_days(span: DaySpan) -> list[date]:
    """Return the days from Monday to Friday in a span."""
    days = (span.first + DAY * number for number in range((span.last - span.first).days + 1))
    return [day for day in days if day.weekday() < SATURDAY]


def _runs(days: Iterable[date]) -> list[list[date]]:
    """Return the runs of working days between which none is missing."""
    runs: list[list[date]] = []
    for day in sorted(days):
        before = day - DAY * (1 if day.weekday() else 3)
        if runs and runs[-1][-1] == before:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs
