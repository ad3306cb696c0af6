"""Run the benchmarks and print their tables as Markdown.

    python benchmarks/run.py [--quick] [--only PART]

`commands` are whole processes beside other programs that make calendars: one run of each in turn, again
and again, medians of the wall clock. The interpreter that runs this runs kultursam too, from this checkout
or installed. Where the others are not installed, a temporary environment gets them.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from instances import forum_file

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
if find_spec("kultursam") is None:
    paths = (str(ROOT / "src"), os.environ.get("PYTHONPATH"))
    ENVIRONMENT["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
RUNS, QUICK_RUNS = 15, 7
OTHERS = ("yaml2ics", "yaml2ical")
YEAR = "2025"
PLAN = ("plan", YEAR)
TODAY = ("--today", "2024-09-15")
QUESTIONS = (
    "check",
    f"show {YEAR}",
    f"explain m1-f4-{YEAR}-2",
    f"explain m1-f4-{YEAR}-2 --instead {YEAR}-04-04",
    f"suggest m1-f4 --from {YEAR}-02-01",
    f"move m1-f4-{YEAR}-2 {YEAR}-04-04 --force --dry-run",
    f"move m1-f4-{YEAR}-2 {YEAR}-04-04 --force",
    f"cancel m1-f4-{YEAR}-2 --reason Snow",
    f"plan {YEAR} --replan",
)
"""What is asked of a large file, and what is done to its plan."""

FORUMS = {"Culture committee": 3, "Strategic network": 6, "Tactical network": 1}
"""What the other programs are given: three forums, and the months between their meetings."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
YAML2ICS_EVENT = """\
  - summary: {name}
    begin: 2025-01-15 09:00:00
    duration: {{hours: 3}}
    repeat: {{interval: {{months: {months}}}, until: 2025-12-31}}
"""
YAML2ICAL_MEETING = """\
project: {name}
agenda_url: https://forums.example
project_url: https://forums.example
meeting_id: {index}
chair: Chair
description: Meeting
schedule:
  - time: '0900'
    day: Wednesday
    irc: room-{index}
    duration: 180
    start_date: 20250101
    frequency: {week}-wednesday
"""
WEEKS = ("first", "second", "third")
IMPORTS = """\
import atexit, sys
known = set(sys.modules)
@atexit.register
def tell():
    names = [name for name in sys.modules if name not in known and not name.startswith(("kultursam", "__"))]
    open(OUT, "w").write("\\n".join(names))
from kultursam.cli import command_line
sys.argv[1:] = ARGUMENTS
command_line()
"""

FLOOR = """\
import importlib, os
for name in NAMES:
    try:
        importlib.import_module(name)
    except ImportError:
        pass
os._exit(0)
"""


class Run(NamedTuple):
    """One run of a process: seconds of the wall clock and of the processor, MiB at its peak."""

    wall: float
    processor: float
    memory: float


@dataclass(slots=True)
class Case:
    """A command, the folder that it runs in, what is done before each run, and what is hoped for."""

    name: str
    command: Sequence[str]
    folder: Path
    prepare: Callable[[Path], None] = lambda _: None
    floor: str | None = None
    """The case that imports the same and does nothing else."""
    goal: float | None = None
    """Times yaml2ics, at most."""
    runs: list[Run] = field(default_factory=list)

    def run(self) -> Run:
        """Run the command once; a failing one ends the benchmark."""
        self.prepare(self.folder)
        with Path(os.devnull).open("wb") as sink:
            start = time.perf_counter()
            process = subprocess.Popen(
                self.command, cwd=self.folder, env=ENVIRONMENT, stdout=sink, stderr=subprocess.PIPE
            )
            message = process.stderr.read() if process.stderr else b""
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.stderr:
            process.stderr.close()
        if process.returncode:
            raise SystemExit(f"{self.name}: exit {process.returncode}\n{message.decode(errors='replace')}")
        kilo = 1 if sys.platform == "linux" else 1024
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024 / kilo)

    def median(self, name: str) -> float:
        """Return the median of a figure over all runs."""
        figures: list[float] = [getattr(one, name) for one in self.runs]
        return statistics.median(figures)


def kultursam_cases(folder: Path) -> Iterator[Case]:
    """Yield the cases of this product, each followed by its floor."""
    kultursam = (sys.executable, "-m", "kultursam")
    planned = folder / "planned"
    _empty(planned)
    for name, arguments, goal, fresh in (
        ("--help", ("--help",), 1.2, False),
        ("check", ("check",), None, False),
        ("plan, fresh", PLAN, 5.0, True),
        ("plan --quiet, fresh", (*PLAN, "--quiet"), 5.0, True),
        ("plan --quiet, unchanged", (*PLAN, "--quiet"), 1.0, False),
    ):
        where = folder / "fresh" if fresh else planned
        floor = _floor(folder, arguments, name, fresh=fresh)
        prepare = _empty if fresh else _as_is
        yield Case(f"kultursam {name}", (*kultursam, *arguments), where, prepare, floor.name, goal)
        yield floor


def _as_is(_: Path) -> None:
    """Leave a folder as it is."""


def _empty(folder: Path) -> None:
    """Leave nothing in a folder but the forum file."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(ROOT / "data" / "forums.yaml", folder)


def _floor(folder: Path, arguments: Sequence[str], name: str, *, fresh: bool) -> Case:
    """Return the case of bare Python with the imports that a command is seen to make."""
    where = folder / "seen"
    out, script = folder / "names", folder / f"floor-{name.replace(' ', '-')}.py"
    code = f"OUT = {str(out)!r}\nARGUMENTS = {list(arguments)!r}\n{IMPORTS}"
    _empty(where)
    # What is unchanged is seen by the run after the one that found it changed.
    for _ in range(1 if fresh else 2):
        subprocess.run(
            [sys.executable, "-c", code], cwd=where, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL
        )
    script.write_text(f"NAMES = {out.read_text().split()!r}\n{FLOOR}")
    return Case(f"floor of {name}", (sys.executable, str(script)), where)


@contextmanager
def python_of_others() -> Iterator[str]:
    """Yield an interpreter that has yaml2ics and yaml2ical: this one, or one of a temporary environment.

    In an environment of their own they bring no libraries along that ours would use too, were they there.
    """
    if all(map(find_spec, OTHERS)):
        yield sys.executable
        return
    with tempfile.TemporaryDirectory() as name:
        print(f"{' and '.join(OTHERS)} get a temporary environment", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", name], check=True)
        python = str(Path(name, "bin", "python"))
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--upgrade", *OTHERS], check=True)
        yield python


def other_cases(folder: Path, python: str, left_out: list[str]) -> Iterator[Case]:
    """Yield the cases of other programs; those that are not installed are named in `left_out`."""
    events = "".join(YAML2ICS_EVENT.format(name=name, months=months) for name, months in FORUMS.items())
    text = f"name: Forums\ntimezone: Europe/Stockholm\nevents:\n{events}"
    (folder / "yaml2ics.yaml").write_text(text)
    yield Case("yaml2ics, 3 forums", (python, "-m", "yaml2ics", "yaml2ics.yaml"), folder)
    yield Case("bare Python", (sys.executable, "-c", "pass"), folder)
    (folder / "yaml2ical").mkdir()
    for index, (name, week) in enumerate(zip(FORUMS, WEEKS, strict=True)):
        meeting = YAML2ICAL_MEETING.format(name=name, week=week, index=index)
        (folder / "yaml2ical" / f"{index}.yaml").write_text(meeting)
    code = "from yaml2ical.cli import main; main()"
    arguments = ("-y", "yaml2ical", "-o", "yaml2ical.ics", "-f")
    yield Case("yaml2ical, 3 monthly", (python, "-c", code, *arguments), folder)
    if remind := shutil.which("remind"):
        lines = [
            f"REM 15 {month} AT 09:00 DURATION 3:00 MSG {name}\n"
            for name, months in FORUMS.items()
            for month in MONTHS[::months]
        ]
        (folder / "forums.rem").write_text("".join(lines))
        yield Case("remind, 3 forums", (remind, "-ppp12", "forums.rem", "1", "Jan", YEAR), folder)
    else:
        left_out.append("remind")


def commands(*, quick: bool) -> list[str]:
    """Time whole processes in turn; return the rows of a Markdown table."""
    left_out: list[str] = []
    with tempfile.TemporaryDirectory() as name, python_of_others() as python:
        cases = [*other_cases(Path(name), python, left_out), *kultursam_cases(Path(name))]
        for turn in range(1 + (QUICK_RUNS if quick else RUNS)):
            print(f"commands: turn {turn}", file=sys.stderr)
            for case in cases:
                measured = case.run()
                if turn:  # the first is to warm up
                    case.runs.append(measured)
    yaml2ics, *_ = cases
    by_name = {case.name: case for case in cases}
    lines = [
        f"Medians of {len(yaml2ics.runs)} runs each, one of every command in turn.",
        "",
        "| command | wall ms | fastest | processor | × yaml2ics | × processor | goal | × its floor | MiB |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: |",
        *(_row(case, yaml2ics, by_name) for case in cases),
    ]
    return [*lines, "", f"Not installed, so left out: {', '.join(left_out)}."] if left_out else lines


def _row(case: Case, yaml2ics: Case, by_name: Mapping[str, Case]) -> str:
    cells = [
        case.name,
        f"{1000 * case.median('wall'):.0f}",
        f"{1000 * min(one.wall for one in case.runs):.0f}",
        f"{1000 * case.median('processor'):.0f}",
        f"{case.median('wall') / yaml2ics.median('wall'):.2f}",
        f"{case.median('processor') / yaml2ics.median('processor'):.2f}",
        f"{case.goal:.1f}" if case.goal else "",
        f"{case.median('wall') / by_name[case.floor].median('wall'):.2f}" if case.floor else "",
        f"{case.median('memory'):.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def questions(*, quick: bool) -> list[str]:
    """Time what is asked of the saved plan of a large file, and done to it; return a Markdown table."""
    forums, runs = (30, 1) if quick else (300, 3)
    lines = [f"{forums} forums, whole processes, medians of {runs}.", ""]
    lines += ["| command | wall s | processor s |", "| --- | --: | --: |"]
    with tempfile.TemporaryDirectory() as name:
        saved = Path(name, "saved")
        saved.mkdir()
        (saved / "forums.yaml").write_text(forum_file(forums), encoding="utf-8")
        command = [sys.executable, "-m", "kultursam"]
        subprocess.run([*command, *PLAN, *TODAY, "--quiet"], cwd=saved, env=ENVIRONMENT, check=True)

        def afresh(folder: Path) -> None:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(saved, folder)

        for question in QUESTIONS:
            print(f"questions: {question}", file=sys.stderr)
            words = question.split()
            today = () if words[0] == "check" else TODAY
            case = Case(question, (*command, *words, *today), Path(name, "asked"), afresh)
            case.runs = [case.run() for _ in range(runs)]
            lines.append(f"| {question} | {case.median('wall'):.2f} | {case.median('processor'):.2f} |")
    return lines


def part(name: str, *, quick: bool) -> list[str]:
    """Run one part of the benchmarks; return the lines it prints."""
    if name in {"commands", "questions"}:
        return commands(quick=quick) if name == "commands" else questions(quick=quick)
    script = str(Path(__file__).with_name(f"{name}.py"))
    command = [sys.executable, script, *(["--quick"] if quick else [])]
    done = subprocess.run(command, check=True, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()


def main() -> None:
    """Run what is asked for, and print its tables."""
    parts = ("commands", "questions", "engines", "scale", "others_calendars", "imports")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="fewer runs and smaller instances")
    parser.add_argument("--only", choices=parts, help="this part alone")
    asked = parser.parse_args()
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"Python {platform.python_version()}, {machine}")
    for name in parts:
        if asked.only in {None, name}:
            title = name.capitalize().replace("_", " ")
            print("", f"## {title}", "", *part(name, quick=asked.quick), sep="\n", flush=True)


if __name__ == "__main__":
    main()
