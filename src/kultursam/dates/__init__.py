"""The days of a year: slots of a cadence, holidays and periods, busy calendars of other bodies."""
