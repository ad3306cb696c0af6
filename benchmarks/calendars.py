"""Calendars of many meetings, written and checked against the profile: time and memory a meeting.

    python benchmarks/calendars.py

Each size runs in a process of its own, after one calendar is written to load what is loaded but once.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import process_time

from kultursam.forumfile.register import read_register
from kultursam.forumfile.yaml_source import parse
from kultursam.plans.model import ForumRecord, Meeting, Plan
from kultursam.render.ics import Calendars

SIZES = (1_000, 3_000, 10_000)
ROOT = Path(__file__).parents[1]
MADE = datetime(2024, 9, 15, tzinfo=UTC)


def main() -> None:
    """Measure every size, or one and print it as JSON."""
    if len(sys.argv) > 1:
        print(json.dumps(measured(int(sys.argv[1]))))
        return
    print("| meetings | written, ms a meeting | checked, ms a meeting | peak, kB a meeting |")
    print("|---|---|---|---|")
    for size in SIZES:
        run = subprocess.run(
            [sys.executable, __file__, str(size)], capture_output=True, check=True, text=True
        )
        wrote, checked, peak = json.loads(run.stdout)
        print(f"| {size} | {wrote:.3f} | {checked:.3f} | {peak:.1f} |")


def measured(size: int) -> tuple[float, float, float]:
    """Return milliseconds to write and to check, and peak kilobytes, all a meeting."""
    sys.path.insert(0, str(ROOT / "tests"))
    from ics_profile import check

    write(10)
    begun = process_time()
    data = write(size)
    written = process_time()
    if faults := check(data):
        raise SystemExit(faults[0])
    checked = process_time()
    tracemalloc.start()
    write(size)
    peak = tracemalloc.get_traced_memory()[1]
    return (written - begun) * 1e3 / size, (checked - written) * 1e3 / size, peak / 1e3 / size


def write(size: int) -> bytes:
    """Write a calendar of so many meetings of the example's first forum."""
    source, _ = parse((ROOT / "data" / "forums.yaml").read_bytes(), "forums.yaml")
    register = read_register(source)[0] if source else None
    if register is None:
        raise SystemExit("the example cannot be read")
    forum = next(iter(register.forums))
    meetings = tuple(_meeting(forum, number) for number in range(1, size + 1))
    records = {forum: ForumRecord("Forum", register.organisations[forum])}
    plan = Plan(2025, "Plan", register.file.domain, records, meetings)
    return Calendars(register, [plan]).calendar("Plan", meetings, feed=False)


def _meeting(forum: str, number: int) -> Meeting:
    day = date(2025, 1, 1) + timedelta(days=number % 365)
    return Meeting(
        id=f"{forum}-2025-{number}",
        forum=forum,
        number=number,
        date=day,
        start=time(9),
        end=time(12),
        modified=MADE,
        created=MADE,
    )


if __name__ == "__main__":
    main()
