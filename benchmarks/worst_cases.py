"""Worst cases: files that are hard to plan, or have no plan, each planned in a process of its own.

    python benchmarks/worst_cases.py [NAME…]

The same name gives the same file, byte for byte. A row tells the seconds that `kultursam plan` takes, of the
wall clock and of all processors, and whether it proved the best plan, found one without proof, or none. Where
there is a plan, a meeting in the middle of it is asked about too: the processor's seconds of
`explain --instead` and `suggest`, and of a `move` to that day.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from run import ENVIRONMENT, PLAN, TODAY, YEAR

LIMIT = 240
HEAD = """\
name: {name}
language: en
timezone: Europe/Stockholm
domain: worst.example
organisations: {{{organisations}}}
calendar:
  country: SE
  half_days: should
  squeeze_days: should
  periods:
    - {{name: Summer, weeks: 26-32, strength: must}}
    - {{name: Winter break, weeks: 8, strength: should}}
dates:
  budget: {{name: Budget, on: 2025-03-20}}
forums:
"""
TIMES = ("09:00-12:00", "10:00-12:00", "13:30-16:30", "14:00-16:00")
WRITTEN = f"{TODAY[1]}T00:00:00Z"
RULES = (
    "spacing: {min_days: 20, strength: should}",
    "spacing: {min_days: 30, strength: prefer}",
    "buffer_minutes: 60",
    "after: [{date: budget, days: 2, strength: should}]",
    "before: [{date: budget, days: 5, strength: prefer}]",
)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


def forum(index: int, number: int, members: str, *further: str, time: str | None = None) -> str:
    """Return a forum that meets so often a year."""
    keys = [f"name: Forum {index}", f"cadence: {number} times a year", f"members: [{members}]", *further]
    return f"  f{index}: {{{', '.join([*keys, f'time: {time or TIMES[index % len(TIMES)]}'])}}}\n"


def one_person(forums: int, number: int) -> Iterator[str]:
    """Yield forums that all share one person."""
    for one in range(forums):
        yield forum(one, number, f"{{role: boss, from: [o0]}}, {{role: member, from: [o{one + 1}]}}")


def one_organisation(forums: int) -> Iterator[str]:
    """Yield forums that share an organisation, and no person."""
    for one in range(forums):
        yield forum(one, 2 + one % 9, f"{{role: r{one}, from: [o0]}}, {{role: member, from: [o{one + 1}]}}")


def mixed(forums: int, seed: int) -> Iterator[str]:
    """Yield forums of all kinds of rules, some of them in chains of four and in diamonds."""
    random = Random(f"{seed}")  # noqa: S311 - nothing secret
    for one in range(forums):
        roles = random.sample(("chair", "director", "planner", "clerk"), 2)
        organisations = random.sample(range(6), 2)
        members = ", ".join(
            f"{{role: {role}, from: [o{organisations[0]}, o{organisations[1]}]}}" for role in roles
        )
        keys = [f"weekdays: [{', '.join(random.sample(WEEKDAYS, random.randint(2, 5)))}]"]
        number = random.randint(2, 10)
        if one % 4:
            other = one - 1 if random.random() < 0.7 else one - one % 4
            days = f"{random.randint(3, 9)}-{random.randint(15, 30)}"
            keys.append(f"prepared_by: {{forum: f{other}, days_before: {days}}}")
            number = random.randint(2, 5)
        yield forum(one, number, members, *keys, time=random.choice(TIMES))


def feasible(forums: int, seed: int) -> Iterator[str]:
    """Yield forums of all kinds of rules that have a plan, four by four a chain or a diamond."""
    random = Random(f"feasible {seed}")  # noqa: S311 - nothing secret
    for first in range(0, forums, 4):
        number, diamond = random.randint(2, 5), first % 8 == 4
        # The second and the fourth of a diamond meet on one day.
        hours = [random.choice(times) for times in (TIMES, TIMES[:2], TIMES, TIMES[2:])]
        for place in range(min(4, forums - first)):
            one = first + place
            organisations = random.sample(range(6), random.randint(1, 3))
            roles = random.sample(("chair", "director", "planner", "clerk", "guest"), random.randint(1, 2))
            members = ", ".join(
                f"{{role: {role}{one % 3}, from: [{', '.join(f'o{other}' for other in organisations)}]}}"
                for role in roles
            )
            keys = [f"weekdays: [{', '.join(random.sample(WEEKDAYS, random.randint(3, 5)))}]"]
            if place:
                other = first if diamond and place < 3 else one - 1
                keys.append(f"prepared_by: {{forum: f{other}, days_before: {random.randint(2, 6)}-27}}")
            if diamond and place == 3:
                keys.append(f"together_with: {{forum: f{first + 1}, strength: should}}")
            keys += {rule.split(":")[0]: rule for rule in random.sample(RULES, 2)}.values()
            yield forum(one, number, members, *keys, time=hours[place])


ALL_KEYS = """\
name: {name}
language: en
timezone: Europe/Stockholm
domain: worst.example
organisations: {{{organisations}, o9: {{name: Organisation 9, active: {{from: 2025-03-01}}}}}}
calendar:
  country: SE
  periods:
    - {{name: Summer, weeks: 26-32, strength: must}}
    - {{name: Christmas, from: 12-20, to: 01-07, strength: must}}
    - {{name: Winter break, weeks: 8, strength: should}}
rooms: {{a: {{name: Room A}}}}
limits:
  - {{name: Office, organisations: [o0], most: {most}, per: week, strength: must}}
  - {{name: Day, roles: [secretary], most: 2, per: day, strength: should}}
defaults:
  deadlines:
    - {{name: Summons, clear_days_before: 5}}
    - {{name: Papers, working_days_before: 8, reminder: 2d}}
forums:
"""
"""The head of a file that uses all keys."""


def all_keys(forums: int, seed: int) -> Iterator[str]:
    """Yield forums that use all keys that tie forums together, six by six: a board and those around it."""
    random = Random(f"all keys {seed}")  # noqa: S311 - nothing secret
    for one in range(forums):
        members = ", ".join(random.sample([*(f"o{other}" for other in range(6)), "o9"], random.randint(1, 4)))
        optional = ", optional: true" if one % 6 else ""
        secretary = f"{{role: secretary, from: [o{one % 6}]{optional}}}"
        keys = [
            f"name: Forum {one}",
            f"members: [{{role: r{one}, from: [{members}]}}, {secretary}]",
            f"time: {random.choice(TIMES)}",
            *KINDS[one % 6](random, one),
        ]
        yield f"  f{one}: {{{', '.join(keys)}}}\n"


KINDS: tuple[Callable[[Random, int], list[str]], ...] = (
    lambda random, _: [
        f"cadence: {random.choice((4, 6, 8))} times a year",
        "spacing: {max_days: 100}",
        "weekdays: [tue, wed, thu]",
    ],
    lambda _, one: [
        "cadence: monthly",
        "room: a",
        f"prepared_by: [{{forum: f{one - 1}, days_before: 3-60, best: 14, strength: should}}]",
    ],
    lambda _, one: [
        "cadence: last Thursday of the month",
        "when_closed: move",
        f"apart: [{{forum: f{one - 1}, days: 3, strength: should}}]",
    ],
    lambda _, one: [f"for_each: {{forum: f{one - 1}, days_before: 3-8}}"],
    lambda _, one: [
        "cadence: twice a year",
        "days: 2",
        "last_day: 09:00-12:00",
        f"prepared_by: [{{forum: f{one - 4}, working_days_before: 5-25}}]",
        "windows: [{from: 02-01, to: 06-15, place: Inn, format: in person}, {from: 09-01, to: 12-10}]",
    ],
    lambda _, __: [
        "cadence: every six weeks",
        "weekdays: {rotate: [tue, thu]}",
        "spacing: {min_days: 21, max_days: 77}",
    ],
)
"""The keys of each of six forums."""


def crowd(plan: str) -> str:
    """Return a plan of record with 200 more meetings of its first forum on one day."""
    meetings = "".join(
        f"      - {{id: f0-{YEAR}-x{number}, date: {YEAR}-03-12, time: '09:00-12:00', status: confirmed, "
        f"origin: added, sequence: 0, created: {WRITTEN}, modified: {WRITTEN}}}\n"
        for number in range(1, 201)
    )
    return plan.replace("    meetings:\n", f"    meetings:\n{meetings}", 1)


def weekly(forums: int) -> Iterator[str]:
    """Yield forums that share members and meet nearly every week."""
    for one in range(forums):
        members = f"{{role: boss, from: [o{one % 3}]}}, {{role: clerk, from: [o{(one + 1) % 3}]}}"
        yield forum(one, 38, members, "spacing: {min_days: 2}", time=("08:00-09:00", "10:00-12:00")[one % 2])


def in_one_week(forums: int, crowded: int) -> Iterator[str]:
    """Yield forums that share a person, some of which are to meet in one week, and have no plan."""
    window = "windows: [{from: 03-03, to: 03-07}]"
    for one in range(forums):
        members = f"{{role: r{one % 4}, from: [o0]}}, {{role: s, from: [o1]}}"
        few = one < crowded
        yield forum(
            one,
            1 if few else 2 + one % 5,
            members,
            *([window] if few else []),
            time="08:00-17:00" if few else None,
        )


def board(days: str, *further: str, cadence: str = "12 times a year", weekday: str = "") -> Iterator[str]:
    """Yield a monthly board and the working party that prepares it, as councils have them."""
    member, weekdays = "members: [{role: r, from: [o0]}]", f", weekdays: [{weekday}]" if weekday else ""
    yield f"  f0: {{name: Forum 0, {member}, time: 08:30-12:00, cadence: {cadence}{weekdays}}}\n"
    prepared = f"prepared_by: {{{', '.join(['forum: f0', f'days_before: {days}', *further])}}}"
    yield f"  f1: {{name: Forum 1, {member}, time: 13:00-17:00, cadence: 12 times a year, {prepared}}}\n"


def together() -> Iterator[str]:
    """Yield a forum that meets four times on the days of one that meets twice: no plan."""
    yield forum(0, 2, "{role: chair, from: [o0]}", time="09:00-12:00")
    yield forum(1, 4, "{role: clerk, from: [o0]}", "together_with: {forum: f0}", time="13:30-15:30")


CASES: dict[str, tuple[Callable[[], Iterator[str]], float]] = {
    "two forums, four days of two": (together, 1),
    "a board, 12 to 21 days after its working party": (lambda: board("12-21", weekday="tue"), 5),
    "a board, 14 days after it as a should": (lambda: board("14", "strength: should"), 5),
    "a board, 12 to 21 days after it as a should": (lambda: board("12-21", "strength: should"), 5),
    "a board, and one meeting too few before it": (
        lambda: board("12-21", cadence="monthly", weekday="tue"),
        5,
    ),
    "28 forums, 7 in one week": (lambda: in_one_week(28, 7), 5),
    "28 forums, 6 in one week": (lambda: in_one_week(28, 6), 5),
    **{f"30 forums of all rules, seed {seed}": (partial(mixed, 30, seed), 5) for seed in range(5)},
    **{f"8 forums that have a plan, seed {seed}": (partial(feasible, 8, seed), 5) for seed in range(2)},
    **{f"30 forums that have a plan, seed {seed}": (partial(feasible, 30, seed), 5) for seed in range(5)},
    **{f"30 forums of all keys, seed {seed}": (partial(all_keys, 30, seed), 5) for seed in range(3)},
    "30 forums of all keys, too many a week": (partial(all_keys, 30, 0), 5),
    "200 meetings on one day": (lambda: feasible(2, 0), 5),
    "6 forums nearly weekly": (lambda: weekly(6), 5),
    "60 forums, one person": (lambda: one_person(60, 3), 60),
    "150 forums, one person": (lambda: one_person(150, 2), 60),
    "300 forums, one person": (lambda: one_person(300, 1), 60),
    "300 forums, one person, too many meetings": (lambda: one_person(300, 2), 60),
    "300 forums, one organisation": (lambda: one_organisation(300), 60),
    "1,000 forums, one organisation": (lambda: one_organisation(1000), 100),
}
"""By name: the forums, and the seconds that are hoped for."""
CROWDED = frozenset({"200 meetings on one day"})
"""Those whose plan of record gets 200 meetings before it is planned again."""
BUG = 3
NOT_ASKED = ("", "", "")


def text_of(name: str) -> str:
    """Return the forum file of a case."""
    forums = "".join(CASES[name][0]())
    number = max(7, forums.count("name: Forum") + 1)
    organisations = ", ".join(f"o{one}: {{name: Organisation {one}}}" for one in range(number))
    if "all keys" in name:
        six = ", ".join(f"o{one}: {{name: Organisation {one}}}" for one in range(6))
        return (
            ALL_KEYS.format(name=f"'{name}'", organisations=six, most=1 if "too many" in name else 4) + forums
        )
    return HEAD.format(name=name, organisations=organisations) + forums


class GivenUpError(Exception):
    """A command took longer than the limit."""


def run(folder: str, *command: str) -> tuple[subprocess.CompletedProcess[bytes], float]:
    """Run kultursam in a folder; return how it ended, and the processor's seconds of all its processes."""
    before = processor_seconds()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kultursam", *command, *TODAY, "--json"],
            cwd=folder,
            env=ENVIRONMENT,
            capture_output=True,
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GivenUpError from error
    return done, processor_seconds() - before


def processor_seconds() -> float:
    """Return the processor's time of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(name: str) -> list[str]:
    """Plan a case, and ask about a meeting of its plan; return the cells of its row."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "forums.yaml").write_text(text_of(name), encoding="utf-8")
        if name in CROWDED:
            run(folder, *PLAN)
            recorded = Path(folder, "plans", f"{YEAR}.yaml")
            recorded.write_text(crowd(recorded.read_text(encoding="utf-8")), encoding="utf-8")
        start = time.perf_counter()
        done, used = run(folder, *PLAN)
        cells = [f"{time.perf_counter() - start:.1f}", f"{used:.1f}"]
        if done.returncode == BUG or not done.stdout:
            return [*cells, *NOT_ASKED, f"exit {done.returncode}"]
        document = json.loads(done.stdout)
        if done.returncode:
            return [*cells, *NOT_ASKED, "no plan"]
        plan = document[0] if isinstance(document, list) else document
        asked = [run(folder, *question)[1] for question in questions(plan["meetings"])]
        return [*cells, *(f"{each:.1f}" for each in asked), "proven" if plan["optimal"] else "not proven"]


def questions(meetings: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Return what is asked about a meeting in the middle of a plan."""
    meeting = meetings[len(meetings) // 2]
    other = str(date.fromisoformat(meeting["date"]) + timedelta(days=7))
    return [
        ("explain", meeting["id"], "--instead", other),
        ("suggest", meeting["forum"], "--from", f"{YEAR}-01-01"),
        ("move", meeting["id"], other, "--force", "--dry-run"),
    ]


def main() -> None:
    """Print the table."""
    print("| case | seconds | processor s | explain | suggest | move | goal | answer |")
    print("| --- | --: | --: | --: | --: | --: | --: | --- |")
    for name in sys.argv[1:] or CASES:
        try:
            *cells, answer = measure(name)
        except GivenUpError:
            *cells, answer = [f"over {LIMIT}", "", *NOT_ASKED, "given up"]
        print(f"| {name} | {' | '.join(cells)} | {CASES[name][1]:.0f} | {answer} |", flush=True)


if __name__ == "__main__":
    main()
