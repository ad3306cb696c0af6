"""Several processes find what one does, tell of what goes wrong as one does, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from multiprocessing import active_children
from pathlib import Path

import pytest
from planner_instances import register_of, towns
from project_folder import ROOT, Folder, Run

from kultursam.planner import parallel, search
from kultursam.planner.components import Component, connected_components
from kultursam.planner.model import Commitments
from kultursam.planner.search import Outcome, solve_component
from kultursam.rules.evaluate import evaluate_year, year_context

IMPOSSIBLE = "    windows: [{from: 07-05, to: 07-06}]\n"
"""A weekend in 2025."""
PLAN = ("plan", "2025", "--today", "2024-09-15")


def components_of(text: str) -> list[Component]:
    """Return the components of a forum file's year."""
    return connected_components(evaluate_year(year_context(register_of(text), 2025)), Commitments())


def results(components: list[Component]) -> Generator[Outcome]:
    """Solve components in several processes."""
    return parallel.results(solve_component, components, [component.size for component in components])


def run_in_processes(
    folder: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Run, Folder]]:
    """Plan a file in one process, then in two."""
    monkeypatch.setattr(parallel, "processors", lambda: 2)
    for name, least in (("one", sys.maxsize), ("two", 0)):
        monkeypatch.setattr(search, "PARALLEL_FROM", least)
        (folder / name).mkdir()
        project = Folder(folder / name, text)
        yield project.run(*PLAN), project


def test_processes_find_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dates come in the order of the file, whichever component was solved first."""
    monkeypatch.setattr(parallel, "processors", lambda: 2)
    components = components_of(towns(2, 6, 3, 4))
    assert list(results(components)) == [solve_component(component) for component in components]
    assert active_children() == []


def test_the_same_bytes_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many processes planned a year shows nowhere."""
    used: list[int] = []
    in_processes = parallel.results

    def watched(
        work: Callable[[Component], Outcome], components: Sequence[Component], sizes: Sequence[int]
    ) -> Iterator[Outcome]:
        for outcome in in_processes(work, components, sizes):
            used.append(len(active_children()))
            yield outcome

    monkeypatch.setattr(parallel, "results", watched)
    (one, alone), (two, several) = run_in_processes(tmp_path, towns(2, 5, 3), monkeypatch)
    assert (one.code, one.out, one.err) == (two.code, two.out, two.err)
    assert alone.files() == several.files()
    assert used == [2, 2, 2]


def test_what_is_impossible_is_told_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first component in the file that has no plan is told of, however large a later one is."""
    text = towns(2, 2, 7)
    for town in ("t1", "t2"):
        text = text.replace(f"    name: Staff {town}\n", f"    name: Staff {town}\n{IMPOSSIBLE}")
    (one, _), (two, _) = run_in_processes(tmp_path, text, monkeypatch)
    assert "Staff t1" in one.err
    assert "Staff t2" not in one.err
    assert (one.code, one.out, one.err) == (two.code, two.out, two.err)
    assert active_children() == []


def test_a_process_that_is_ended_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system ends, for want of memory say, is planned here."""
    monkeypatch.setattr(parallel, "processors", lambda: 2)
    components = components_of(towns(2, 3, 4, 2, 3))
    outcomes = results(components)
    first = next(outcomes)
    for child in active_children():
        child.kill()
    assert [first, *outcomes] == [solve_component(component) for component in components]
    assert active_children() == []


def test_small_files_need_no_further_process() -> None:
    """What is planned within a second loads nothing that starts processes."""
    code = "import sys, kultursam.planner; sys.exit('concurrent.futures.process' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def members(group: int) -> list[str]:
    """Return the processes of a process group."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if path.read_text().rpartition(")")[2].split()[2] == str(group):
                found.append(path.parent.name)
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are read in /proc")
@pytest.mark.parametrize("after", [0, 0.5])
def test_ctrl_c_ends_every_process(tmp_path: Path, after: float) -> None:
    """Ctrl-C reaches all processes of a terminal, be they just starting: each ends without a word."""
    Folder(tmp_path, towns(*[6] * 60))
    code = (
        "from kultursam.planner import parallel, search;"
        "search.PARALLEL_FROM, parallel.processors = 0, lambda: 2;"
        "from kultursam.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, *PLAN, "--quiet"],
        cwd=tmp_path,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT / "src"), "HOME": "/nonexistent"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        while len(members(process.pid)) < 4:  # itself, the two, and one of Python's own to tidy up
            assert process.poll() is None
        time.sleep(after)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"")
    for _ in range(100):
        if not members(process.pid):
            return
        time.sleep(0.1)
    pytest.fail("a process is left")
