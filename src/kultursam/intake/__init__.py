"""What others decided, from their lists and calendars: dates for plans, and a first forum file."""
