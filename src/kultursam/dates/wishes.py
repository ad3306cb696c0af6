"""What organisations answered when they were asked for dates."""

from dataclasses import dataclass
from datetime import date, time

from kultursam.forumfile.values import TimeSpan


@dataclass(frozen=True, slots=True, order=True)
class Wish:
    """An organisation's answer that a date does not suit it, or only if need be."""

    date: date
    organisation: str
    cannot: bool
    """Whether it cannot; else it can if need be."""
    start: time | None = None
    """When on the day, if that was asked: the answer is of meetings at that time."""
    end: time | None = None

    def concerns(self, span: TimeSpan) -> bool:
        """Return whether it is of meetings at a time of the day."""
        if self.start is None or span.is_all_day:
            return True
        begin, finish = span.minutes
        first, last = TimeSpan(self.start, self.end or self.start).minutes
        if self.end in {None, self.start}:
            return begin <= first < finish
        return begin < last and first < finish
