"""Calendars of other bodies from the web: copies of them beside the forum file, which planning reads."""
