"""`plan --certificate` writes a file that a program without the planner's code finds right."""

from __future__ import annotations

from pathlib import Path

import pytest
from check_certificate import main
from project_folder import SMALL, Folder

PLAN = ("plan", "2025", "--today", "2024-09-15")
FILE = ("--certificate", "proof.json")
HARD = """
name: Three forums
language: en
timezone: Europe/Stockholm
domain: three.example
organisations: {a: {name: A}, b: {name: B}, c: {name: C}}
defaults:
  cadence: once a year
  time: "09:00-12:00"
  windows: [{from: 03-03, to: 03-05}]
  weekdays: [mon, tue, wed]
forums:
  ab: {name: AB, members: [{role: r, from: [a, b]}]}
  bc: {name: BC, members: [{role: r, from: [b, c]}]}
  ca: {name: CA, members: [{role: r, from: [c, a]}]}
"""
"""Each pair shares a member, so that the relaxation gives each half of two days."""


def test_a_certificate_holds_every_year(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One file has all years of a run; the second year knows the plan of the first."""
    project = Folder(tmp_path, SMALL)
    run = project.fine(*PLAN, "2026", *FILE)
    assert "proof.json" in run.err
    assert main([str(project.folder / "proof.json")]) == 0
    last = [line for line in capsys.readouterr().out.splitlines() if line.endswith(": proven")]
    assert [line[:4] for line in last] == ["2025", "2026"]


@pytest.mark.parametrize("option", ["--dry-run", "--check"])
def test_it_is_all_that_a_trial_writes(tmp_path: Path, option: str) -> None:
    """What was asked for by name is written; the project stays as it is."""
    project = Folder(tmp_path, SMALL)
    project.run(*PLAN, option, *FILE)
    assert {path.name for path in project.folder.iterdir()} <= {"forums.yaml", "proof.json", "plans"}
    assert main([str(project.folder / "proof.json")]) == 0


def test_a_quiet_unchanged_run_writes_it_too(tmp_path: Path) -> None:
    """A plan that stands is proven like a new one, in the same bytes each time."""
    project = Folder(tmp_path, SMALL)
    project.fine("plan", "2025")
    proof = project.folder / "proof.json"
    written = []
    for _ in range(2):
        assert project.fine("plan", "2025", "--quiet", *FILE).err == ""
        written.append(proof.read_bytes())
        proof.unlink()
    assert written[0] == written[1]


def test_what_is_open_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof that had to be cut off is written, and the run says that it is not all."""
    monkeypatch.setattr("kultursam.planner.certificate.MOST_NODES", 0)
    project = Folder(tmp_path, HARD)
    assert "it is not all" in project.fine(*PLAN, *FILE).err
    assert main([str(project.folder / "proof.json")]) == 3


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder that does not exist gives a message, and no trace."""
    project = Folder(tmp_path, SMALL)
    run = project.run(*PLAN, "--dry-run", "--certificate", str(tmp_path / "forums.yaml" / "proof.json"))
    assert run.code == 1
    assert "Traceback" not in run.err
