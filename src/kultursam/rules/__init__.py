"""The rules, one a module, and the lists of them: adding a rule touches its own file and a list below.

A day rule says what a day means for a forum whatever else is planned; a slot rule what a day means
for one of its slots; a link rule speaks of several meetings.
"""

from kultursam.rules import (
    active,
    busy,
    crowded_weeks,
    days_off,
    evenness,
    fixed_dates,
    half_days,
    periods,
    prepared_by,
    shared_members,
    spacing,
    squeeze_days,
    together_with,
    weekdays,
    windows,
)

DAY_RULES = (days_off, half_days, squeeze_days, periods, busy, active, weekdays)
SLOT_RULES = (windows, evenness)
LINK_RULES = (spacing, prepared_by, together_with, fixed_dates, shared_members, crowded_weeks)
