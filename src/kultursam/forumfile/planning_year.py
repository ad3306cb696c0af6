"""The planning year: a year that meetings are planned for, on whatever day it begins."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from kultursam.forumfile.values import DayOfYear

DAY = timedelta(days=1)
NEW_YEAR = DayOfYear(1, 1)


@dataclass(frozen=True, slots=True)
class PlanningYear:
    """Days from first to last, named for the calendar year in which the first lies."""

    number: int
    begins: DayOfYear = NEW_YEAR

    @classmethod
    def of(cls, day: date, begins: DayOfYear = NEW_YEAR) -> Self:
        """Return the planning year that holds a day."""
        in_next = (day.month, day.day) < (begins.month, begins.day)
        return cls(day.year - in_next, begins)

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.number, self.begins.month, self.begins.day)

    @property
    def last(self) -> date:
        """The last day."""
        return date(self.number + 1, self.begins.month, self.begins.day) - DAY

    @property
    def splits(self) -> bool:
        """Whether it lies in two calendar years."""
        return self.begins != NEW_YEAR

    @property
    def calendar_years(self) -> range:
        """The calendar years that it lies in."""
        return range(self.number, self.number + self.splits + 1)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        """Return what people call it: 2025, or 2025/26 if it lies in two calendar years."""
        return f"{self.number}/{(self.number + 1) % 100:02}" if self.splits else str(self.number)

    def later(self, years: int) -> Self:
        """Return the planning year so many years later, or earlier."""
        return type(self)(self.number + years, self.begins)

    @property
    def around(self) -> tuple[date, date]:
        """The first day of the year before, and the last of the year after."""
        return self.later(-1).first, self.later(1).last

    def date_of(self, day: DayOfYear) -> date | None:
        """Return the date in the year of a day that returns; None of one that lies in another year."""
        dates = (day.within(year) for year in self.calendar_years)
        return next((found for found in dates if found and found in self), None)

    def months(self) -> list[date]:
        """Return the first day of each month, or part of one, that lies in the year."""
        firsts = (date(year, month, 1) for year in self.calendar_years for month in range(1, 13))
        return [max(first, self.first) for first in firsts if self.first.replace(day=1) <= first <= self.last]

    def holds_month_of(self, day: date) -> bool:
        """Return whether the whole month of a day lies in the year."""
        first = day.replace(day=1)
        last = (first + 31 * DAY).replace(day=1) - DAY
        return first in self and last in self
