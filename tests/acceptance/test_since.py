"""What changed since a day: to read, to mail, and for programs and spreadsheets."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from project_folder import SMALL, Folder

MORE = """
  rad:
    name: Rådet
    cadence: twice a year
    members: [{role: ledamot, from: [laholm]}]
"""
LATER = ("--today", "2024-10-10")


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project with a year in which much has changed since it was planned."""
    folder = Folder(tmp_path, SMALL + MORE)
    folder.fine("plan", "2025", "--quiet", "--today", "2024-09-15")
    for day, what in (
        ("2024-10-01", "confirm rad-2025-1"),
        ("2024-10-02", "move natverk-2025-1 2025-04-08"),
        ("2024-10-03", "move natverk-2025-1 2025-04-09"),
        ("2024-10-04", "cancel rad-2025-2 --reason Snö"),
        ("2024-10-05", "add natverk 2025-06-03"),
        ("2024-10-06", "move natverk-2025-2 2025-10-01 --place Teatern --force"),
    ):
        folder.fine(*what.split(), "--quiet", "--today", day)
    return folder


def changes(project: Folder, since: str, *more: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return what changed, by forum and date."""
    found = project.fine("show", "2025", "--since", since, "--json", *more, *LATER).document["changes"]
    told: dict[str, list[tuple[Any, ...]]] = {}
    for one in found:
        told.setdefault(one["name"] + one["date"], []).append((one["kind"], one["from"], one["reason"]))
    return told


def test_it_is_told_from_old_to_new(project: Folder) -> None:
    """A meeting that moved twice went once from where it was; one may have another place too."""
    was = project.meetings(2025)["natverk-2025-2"]["moved_from"]
    assert changes(project, "2024-09-20") == {
        "Rådet2025-04-01": [("confirmed", "2025-04-01", None)],
        "Nätverket2025-04-09": [("moved", "2025-04-01", None)],
        "Nätverket2025-06-03": [("new", None, None)],
        "Rådet2025-09-30": [("cancelled", "2025-09-30", "Snö")],
        "Nätverket2025-10-01": [("moved", was, None), ("changed", "", None)],
    }
    assert changes(project, "2024-10-03")["Nätverket2025-04-09"] == [("moved", "2025-04-08", None)]
    assert changes(project, "2024-10-07") == {}


def test_it_is_read_in_the_terminal(project: Folder) -> None:
    """With its day in the title; no change is said too."""
    title, *lines = project.fine("show", "2025", "--since", "2024-10-04", *LATER).out.splitlines()
    assert title == "Kultur i Väst 2025: ändrat sedan fredag 4 oktober 2024"
    assert "+ nytt      Nätverket, tis 3 juni" in lines
    assert "✕ inställt  Rådet, tis 30 sep: Snö" in lines
    assert project.fine("show", "2025", "--since", "2024-10-09", *LATER).out.splitlines()[1:] == [
        "Inget har ändrats."
    ]


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        (("--forum", "rad"), {"Rådet"}),
        (("--organisation", "hylte"), {"Nätverket"}),
        (("--role", "ledamot"), {"Rådet"}),
        (("--from", "2025-06-01", "--to", "2025-06-30"), {"Nätverket"}),
    ],
)
def test_it_can_be_chosen(project: Folder, chosen: tuple[str, ...], names: set[str]) -> None:
    """By forum, organisation, role, and the dates of the meetings."""
    found = changes(project, "2024-10-01", *chosen)
    assert {name[:-10] for name in found} == names


def test_it_is_for_spreadsheets_too(project: Folder) -> None:
    """A row a change, no cell a formula."""
    project.fine("move", "rad-2025-1", "2025-03-26", "--place", "=cmd()", *LATER)
    out = project.fine("show", "2025", "--since", "2024-10-04", "--format", "csv", *LATER).out
    head, *rows = csv.reader(io.StringIO(out, newline=""), delimiter=";")
    assert head == ["ändring", "från", "till", "forum", "nummer", "orsak", "id"]
    assert ["inställt", "2025-09-30", "", "Rådet", "2", "Snö", "rad-2025-2"] in rows
    assert [row for row in rows if row[-1] == "rad-2025-1"] == [
        ["flyttat", "2025-04-01", "2025-03-26", "Rådet", "1", "", "rad-2025-1"],
        ["ändrat", "", "'=cmd()", "Rådet", "1", "", "rad-2025-1"],
    ]
    project.fine("move", "natverk-2025-2", "2025-10-01", "--place", "=cmd()", "--today", "2024-10-11")
    out = project.fine("show", "2025", "--since", "2024-10-11", "--format", "csv", *LATER).out
    assert "ändrat;Teatern;'=cmd();Nätverket;" in out


def test_a_wrong_day_is_refused(project: Folder) -> None:
    """In words, as everywhere."""
    assert project.run("show", "2025", "--since", "yesterday", *LATER).code == 2
