"""The plan of a year, and the plan of record as a file."""
