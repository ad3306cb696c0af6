"""Forum files of any size: municipalities of ten forums and fifty meetings, some of them joined by a region.

The same number of forums and the same seed give the same file, byte for byte. In each municipality persons
sit on several forums, and four forums are prepared by another 7 to 30 days before, two of them in a chain.
In every fourteenth municipality one forum is shared with the next municipality and their region.

    python benchmarks/instances.py 300 > forums.yaml
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from random import Random

FORUMS = 10
"""Of a municipality."""
MEETINGS = 50
"""Of a municipality in a year."""
REGIONS = 21
MUNICIPALITIES_PER_REGION = 14
PREPARED_BY = {2: 1, 4: 3, 6: 5, 9: 6}
"""Within a municipality: a forum's index, and that of the forum that prepares it."""
SHARED = 8
"""The index of the forum that a region shares."""
FEWEST, MOST = 2, 10
"""Meetings of a forum in a year."""
ROLES = ("chair", "director", "planner", "librarian", "archivist", "curator", "producer", "secretary")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
TIMES = ("09:00-12:00", "10:00-12:00", "13:30-16:30", "14:00-16:00")
COUNTS = {2: "twice a year", 3: "three times a year", 4: "quarterly", 12: "monthly"}

HEAD = """\
name: {forums} forums
language: en
timezone: Europe/Stockholm
domain: forums.example
"""
CALENDAR = """\
calendar:
  country: SE
  public_holidays: must
  de_facto_holidays: must
  half_days: should
  squeeze_days: should
  periods:
    - {name: Summer, weeks: 26-32, strength: must}
    - {name: Christmas, from: 12-20, to: 01-07, strength: must}
    - {name: Autumn break, weeks: 44, strength: should}
"""
SINGLE = """\
organisations:
  m0: {{name: Municipality 0}}
forums:
  m0-f0:
    name: Forum 0 of m0
    cadence: {cadence}
    members: [{{role: chair, from: [m0]}}]
    weekdays: [tue, wed, thu, mon, fri]
    time: 09:00-12:00
"""
WINTER_BREAK = "    - {{name: Winter break {week}, weeks: {week}, strength: should, for: [{away}]}}"
DEFAULTS = """\
defaults:
  deadlines:
    - {name: Summons, days_before: 14}
    - {name: Papers, days_before: 7}
    - {name: Minutes, days_after: 14}
"""


def forum_file(forums: int, seed: int = 0) -> str:
    """Return a forum file with so many forums; from ten on, in municipalities of ten each."""
    random = Random(f"{seed}")  # noqa: S311 - nothing secret
    municipalities = -(-forums // FORUMS)
    regions = min(REGIONS, -(-municipalities // MUNICIPALITIES_PER_REGION)) if municipalities > 1 else 0
    lines = [HEAD.format(forums=forums).rstrip(), "organisations:"]
    lines += [f"  m{one}: {{name: Municipality {one}}}" for one in range(municipalities)]
    lines += [f"  r{one}: {{name: Region {one}}}" for one in range(regions)]
    counties = [list(range(one, municipalities, REGIONS)) for one in range(min(REGIONS, municipalities))]
    lines.append("groups:")
    for county, members in enumerate(counties):
        lines.append(f"  county-{county}: [{', '.join(f'm{one}' for one in members)}]")
    lines.append(CALENDAR.rstrip())
    for week in range(7, 11):
        if away := ", ".join(f"county-{one}" for one in range(len(counties)) if one % 4 == week - 7):
            lines.append(WINTER_BREAK.format(week=week, away=away))
    lines += [DEFAULTS.rstrip(), "forums:"]
    left = forums
    for one in range(municipalities):
        place = one // MUNICIPALITIES_PER_REGION if one % MUNICIPALITIES_PER_REGION == 0 else REGIONS
        partners = (f"m{one + 1}", f"r{place}") if place < regions and one + 1 < municipalities else ()
        lines += _municipality(random, f"m{one}", partners, min(FORUMS, left))
        left -= FORUMS
    return "\n".join(lines) + "\n"


def _municipality(random: Random, name: str, partners: Sequence[str], forums: int) -> Iterator[str]:
    for index, number in enumerate(_numbers(random)[:forums]):
        present = ", ".join((name, *(partners if index == SHARED else ())))
        roles = random.sample(ROLES, random.randint(1, 3))
        yield f"  {name}-f{index}:"
        yield f"    name: Forum {index} of {name}"
        yield f"    cadence: {cadence(number)}"
        yield f"    members: [{', '.join(f'{{role: {role}, from: [{present}]}}' for role in roles)}]"
        yield f"    weekdays: [{', '.join(random.sample(WEEKDAYS, random.randint(2, 4)))}]"
        yield f"    time: {random.choice(TIMES)}"
        if index in PREPARED_BY:
            yield f"    prepared_by: {{forum: {name}-f{PREPARED_BY[index]}, days_before: 7-30}}"


def _numbers(random: Random) -> list[int]:
    """Return the meetings of each forum: a prepared one as many as its preparer, or half as many."""
    while True:
        numbers: list[int] = []
        for index in range(FORUMS):
            if index in PREPARED_BY:
                most = numbers[PREPARED_BY[index]]
                numbers.append(random.choice((most, max(FEWEST, most // 2))))
            else:
                numbers.append(random.randint(FEWEST, MOST))
        if sum(numbers) == MEETINGS:
            return numbers


def cadence(number: int) -> str:
    """Write how often a forum meets."""
    return COUNTS.get(number, f"{number} times a year")


def single_forum(number: int) -> str:
    """Return a forum file with one forum that meets so often a year."""
    return HEAD.format(forums=1) + CALENDAR + SINGLE.format(cadence=cadence(number))


if __name__ == "__main__":
    print(forum_file(int(sys.argv[1])), end="")
