"""A plan of record that version 1.0.0 made: it stays where it is, until somebody asks for a new one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from project_folder import EXAMPLE, Folder

FORMER = Path(__file__).parent / "plans-1.0.0" / "2025.yaml"
"""Made of the example by `plan 2025 --today 2024-09-15`; its ideals were the middles of equal parts."""
TODAY = ("--today", "2024-09-20")
BY_ITSELF = {
    "kulturpolitiskt-samverkansmote": ["2025-04-02", "2025-10-08"],
    "strategiskt-natverk": ["2025-03-11", "2025-05-20", "2025-09-16", "2025-11-25"],
    "taktiskt-natverk": ["2025-02-25", "2025-05-06", "2025-09-02", "2025-11-11"],
    "bibliotekschefsgruppen": [
        "2025-01-30", "2025-03-20", "2025-05-08", "2025-08-14", "2025-10-02", "2025-11-20",
    ],
    "samrad-kulturskapare": ["2025-02-27", "2025-06-12", "2025-11-06"],
    "overenskommelsen": ["2025-11-04"],
}  # fmt: skip


@pytest.fixture
def former(tmp_path: Path) -> Folder:
    """Return a folder with the example and its plan of 2025 as version 1.0.0 wrote it."""
    folder = Folder(tmp_path, EXAMPLE)
    plan = folder.folder / "plans" / "2025.yaml"
    plan.parent.mkdir()
    plan.write_bytes(FORMER.read_bytes())
    return folder


def dates(folder: Folder) -> dict[str, list[str]]:
    """Return the dates of the plan of 2025, by forum."""
    found: dict[str, list[str]] = {}
    for meeting in folder.meetings(2025).values():
        found.setdefault(meeting["forum"], []).append(meeting["date"])
    return {forum: sorted(days) for forum, days in found.items()}


def parts(data: bytes) -> dict[tuple[str, str], str]:
    """Return the days of a plan of record: of each meeting, and of what is due before or after it."""
    tree = yaml.load(data, Loader=yaml.BaseLoader)  # noqa: S506  BaseLoader makes only text
    found = {}
    for forum in tree["forums"].values():
        for meeting in forum.get("meetings", ()):
            found[meeting["id"], ""] = meeting["date"]
            found |= {(meeting["id"], due["name"]): due["date"] for due in meeting.get("deadlines", ())}
    return found


def test_a_former_plan_stays_put(former: Folder) -> None:
    """The fewest meetings moved comes before points: none does, though other dates cost less now.

    Two summonses that were due in a break of their forum are due before it.
    """
    run = former.fine("plan", "2025", *TODAY, "--json")
    assert run.year["changes"] == []
    assert run.year["points"] > 27
    written = (former.folder / "plans" / "2025.yaml").read_bytes()
    before, after = parts(FORMER.read_bytes()), parts(written)
    assert {key: (day, after[key]) for key, day in before.items() if after[key] != day} == {
        ("bibliotekschefsgruppen-2025-4", "Kallelse"): ("2025-08-07", "2025-06-19"),
        ("bibliotekschefsgruppen-2025-5", "Kallelse"): ("2025-09-25", "2025-09-24"),
    }
    former.fine("plan", "2025", "--today", "2024-09-21")
    assert (former.folder / "plans" / "2025.yaml").read_bytes() == written


def test_a_former_plan_moves_no_more_than_a_new_rule_asks(former: Folder) -> None:
    """The autumn's second Thursday is closed: the meeting on 9 October alone moves."""
    fair = "    - {name: Mässa, from: 2025-10-09, to: 2025-10-10, strength: must}\n"
    former.write(EXAMPLE.replace("  busy: []", f"{fair}  busy: []"))
    run = former.fine("plan", "2025", *TODAY, "--json")
    assert [change["meeting"] for change in run.year["changes"]] == ["bibliotekschefsgruppen-2025-5"]


def test_replan_gives_a_former_plan_the_dates_that_the_forums_choose_by_themselves(former: Folder) -> None:
    """Those of a first plan; each meeting keeps its id."""
    former.fine("plan", "2025", *TODAY)
    before = former.meetings(2025)
    run = former.fine("plan", "2025", *TODAY, "--replan", "--json")
    assert (run.year["should"], run.year["points"]) == (0, 27)
    assert dates(former) == BY_ITSELF
    assert before.keys() == former.meetings(2025).keys()
