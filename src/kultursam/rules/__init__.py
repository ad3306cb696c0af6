"""The rules, one a module, and the lists of them: adding a rule touches its own file and the lists below."""

from kultursam.rules import (
    active,
    apart,
    busy,
    crowded_weeks,
    days_off,
    evenness,
    fixed_dates,
    for_each,
    half_days,
    limits,
    max_spacing,
    named_days,
    periods,
    prepared_by,
    rooms,
    shared_members,
    spacing,
    squeeze_days,
    together_with,
    weekday_turns,
    weekdays,
    windows,
    wishes,
)

DAY_RULES = (days_off, half_days, squeeze_days, periods, busy, wishes, active, weekdays)
"""`effects(context, forum)`: what each day means for a forum, whatever else is planned."""
SLOT_RULES = (windows, weekday_turns, named_days, evenness)
"""`effect(context, forum, slot, day)` and `price(…)`: what a day means for a slot; its trouble and points."""
LINK_RULES = (
    spacing,
    max_spacing,
    prepared_by,
    together_with,
    for_each,
    apart,
    fixed_dates,
    shared_members,
    rooms,
    limits,
    crowded_weeks,
)
"""`meeting_effects(year, schedule)` and `add_constraints(year, model)`: of several meetings together."""
COUPLING_RULES = (
    prepared_by,
    together_with,
    for_each,
    apart,
    shared_members,
    rooms,
    limits,
    crowded_weeks,
)
"""`couplings(year)`: the sets of forums whose dates depend on each other."""
SHARING_RULES = (rooms, limits)
"""`shared(year, meeting)`: what a meeting shares with others on its date: they may be in each other's way."""
HARD_RULES = (
    windows,
    weekday_turns,
    spacing,
    max_spacing,
    prepared_by,
    together_with,
    for_each,
    apart,
    fixed_dates,
    shared_members,
    rooms,
    limits,
)
"""`hard_constraints(year, forum)`: the must-rules of slots and meetings that a forum is under."""
