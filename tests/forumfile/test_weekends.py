"""Weekends: those of every country that the library of holidays knows."""

from __future__ import annotations

import holidays
import pytest

from kultursam.forumfile.weekends import weekend_in


@pytest.mark.parametrize("country", sorted(holidays.list_supported_countries(include_aliases=False)))
def test_the_weekend_is_that_of_the_library(country: str) -> None:
    """A part has that of its country."""
    assert weekend_in(country) == weekend_in(f"{country}-XX") == holidays.country_holidays(country).weekend
