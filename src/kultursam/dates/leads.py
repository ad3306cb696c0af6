"""Leads: how many days before a meeting another one lies that prepares it, all days or working days alone.

Working days are counted from the earlier day on, up to the day before the later one. Ranges are closed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Lead:
    """From low to high days, of which one number is best."""

    low: int
    high: int
    best: int
    working: Sequence[date] | None = None
    """The working days in order, where these alone are counted; from long before any meeting."""

    def days(self, earlier: date, later: date) -> int:
        """Return the days from one day to another."""
        if self.working is None:
            return (later - earlier).days
        return bisect_left(self.working, later) - bisect_left(self.working, earlier)

    def before(self, day: date, number: int) -> date:
        """Return the latest day that lies so many days before another."""
        if self.working is None:
            return day - timedelta(days=number)
        return self.working[max(0, bisect_left(self.working, day) - number)] if number else day

    def span(self, day: date) -> tuple[date, date]:
        """Return the first and the last day on which a meeting prepares one on a day."""
        if self.working is None:
            return self.before(day, self.high), self.before(day, self.low)
        # Days off before the first of these working days are no day farther.
        last_too_early = self.working[max(0, bisect_left(self.working, day) - self.high - 1)]
        return last_too_early + timedelta(days=1), self.before(day, self.low)

    def preparing(self, dates: Sequence[date], day: date) -> date | None:
        """Return the latest early enough of some dates; None if it lies too far before the day."""
        earliest, latest = self.span(day)
        place = bisect_right(dates, latest) - 1
        return dates[place] if place >= 0 and dates[place] >= earliest else None
