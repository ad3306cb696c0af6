"""The dates that a forum's recurrence rule names: its nominal dates."""

from datetime import date
from itertools import islice

from kultursam.forumfile.cadence import MAX_NOMINAL, days_named_in


def nominal_dates(rrule: str, year: int) -> list[date]:
    """Return the days of a year that a recurrence rule names: at most one more than is allowed."""
    return list(islice(days_named_in(rrule, year), MAX_NOMINAL + 1))
