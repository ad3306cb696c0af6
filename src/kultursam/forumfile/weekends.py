"""The days of the week that are off in a country, Monday being 0."""

from collections.abc import Collection
from types import MappingProxyType

from kultursam.forumfile.calendar_models import CalendarSettings

USUAL = frozenset({5, 6})
FRIDAY_AND_SATURDAY = (
    "AF",
    "BD",
    "BH",
    "DJ",
    "DZ",
    "EG",
    "IL",
    "IQ",
    "JO",
    "KW",
    "MR",
    "MV",
    "OM",
    "QA",
    "SA",
    "SD",
)
OTHERS = MappingProxyType(
    {
        **dict.fromkeys((*FRIDAY_AND_SATURDAY, "SY", "YE"), frozenset({4, 5})),
        **dict.fromkeys(("AI", "CD", "HK", "KN", "NE", "PY", "TK", "VE"), frozenset({6})),
        "BN": frozenset({4, 6}),
        "IR": frozenset({4}),
    }
)
"""The weekends of countries where it is not Saturday and Sunday, as the library of holidays has them."""


def weekend_of(settings: CalendarSettings | None) -> frozenset[int]:
    """Return the weekend that a calendar says, else its country's."""
    if settings is None:
        return USUAL
    return frozenset(settings.weekend) if settings.weekend else weekend_in(settings.country)


def weekend_in(country: str) -> frozenset[int]:
    """Return the weekend of a country, or of the one that a part belongs to."""
    return OTHERS.get(country.partition("-")[0], USUAL)


def working_days(settings: CalendarSettings | None) -> Collection[int]:
    """Return the weekdays that are no weekend."""
    return [number for number in range(7) if number not in weekend_of(settings)]
