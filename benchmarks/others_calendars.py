"""Calendars of others, of growing size: how long they take to read, and how much memory.

    python benchmarks/others_calendars.py [--quick]

A tenth of the events recur, half of these for some weeks and half since years ago for ever. Each size is read
in a process of its own.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
from datetime import date
from time import process_time
from zoneinfo import ZoneInfo

from kultursam.dates.busy_calendars import read_events

SIZES = (2_000, 6_000, 20_000)
RECURRING = 0.1
EVENT = (
    "BEGIN:VEVENT\r\nUID:{number}@example.org\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Committee {number}\r\n"
    "DTSTART;TZID=Europe/Stockholm:{day}T090000\r\nDTEND;TZID=Europe/Stockholm:{day}T100000\r\n{rule}"
    "LOCATION:Town hall\r\nDESCRIPTION:{text}\r\n {text}\r\n {text}\r\nTRANSP:OPAQUE\r\nSEQUENCE:0\r\n"
    "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\n"
)


def main() -> None:
    """Measure every size, or one and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="the smaller sizes alone")
    parser.add_argument("--events", type=int, help="this size alone, as a row of the table")
    asked = parser.parse_args()
    if asked.events:
        print(measured(asked.events))
        return
    print("| events | MiB | events in the year | CPU s | peak MiB |")
    print("|---|---|---|---|---|")
    for size in SIZES[:2] if asked.quick else SIZES:
        command = [sys.executable, __file__, "--events", str(size)]
        run = subprocess.run(command, capture_output=True, check=True, text=True)
        print(run.stdout.strip())


def measured(size: int) -> str:
    """Return a row of what it takes to read a calendar of so many events."""
    data = calendar(size)
    begun = process_time()
    events = read_events(data, ZoneInfo("Europe/Stockholm"), date(2025, 12, 1), date(2026, 12, 31))
    taken = process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"| {size} | {len(data) / 2**20:.1f} | {len(events)} | {taken:.2f} | {peak:.0f} |"


def calendar(size: int) -> bytes:
    """Write a calendar of so many events of twelve years."""
    chance = random.Random(size)  # noqa: S311 - a game of chance
    return "".join(
        ["BEGIN:VCALENDAR\r\n", *(_event(chance, one) for one in range(size)), "END:VCALENDAR\r\n"]
    ).encode()


def _event(chance: random.Random, number: int) -> str:
    day = f"{chance.randint(2015, 2027)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    rule = (
        "RRULE:FREQ=WEEKLY{}\r\n".format(chance.choice(["", ";COUNT=10"]))
        if chance.random() < RECURRING
        else ""
    )
    return EVENT.format(number=number, day=day, rule=rule, text="x" * 55)


if __name__ == "__main__":
    main()
