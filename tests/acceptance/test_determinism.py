"""The same files from the same input: in any zone and language, on any Python, with old and new libraries.

`.ci/everywhere` runs this module alone, with every Python of the machine and the oldest libraries allowed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from project_folder import EXAMPLE, SMALL, Folder

YEARS = ("2025", "2026", "2027")
TODAY = ("--today", "2024-09-15")
RUNS = {
    "plain": (0o022, {}),
    "far east": (0o077, {"PYTHONHASHSEED": "0", "TZ": "Pacific/Auckland", "COLUMNS": "20"}),
    "no language": (0o000, {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C", "PYTHONUTF8": "0"}),
    "turkish": (0o027, {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"}),
    "poor terminal": (0o022, {"PYTHONHASHSEED": "3", "PYTHONIOENCODING": "ascii", "TZ": "Nowhere/Else"}),
}
"""Umask and environment."""
READABLE = ("plans/2025.yaml", "calendars/feeds/strategiskt-natverk.ics")
"""Kept whole beside the digests, so that a difference can be read."""


def digests(project: Folder) -> str:
    """Return a line for each file that was written: the digest of its bytes, and its name."""
    return "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in project.files().items())


@pytest.mark.parametrize("name", RUNS)
def test_the_same_bytes_everywhere(
    name: str,
    tmp_path: Path,
    kultursam: Callable[..., subprocess.CompletedProcess[str]],
    golden: Callable[[str, bytes | str], None],
) -> None:
    """Three years of the example, plans and calendars, are to the byte what they were found to be."""
    project = Folder(tmp_path, EXAMPLE)
    umask, env = RUNS[name]
    before = os.umask(umask)
    try:
        done = kultursam("plan", *YEARS, *TODAY, "--quiet", env=env)
    finally:
        os.umask(before)
    assert (done.returncode, done.stderr) == (0, "")
    titles = [line for line in done.stdout.splitlines() if not line.startswith("+")]
    assert [title[-4:] for title in titles] == [*YEARS]
    assert len(project.files()) > 100
    for shown in READABLE:
        golden(f"halland.{Path(shown).name}", project.files()[shown])
    golden("halland.sha256", digests(project))


CHANGES = (
    ("confirm", "natverk-2025-1"),
    ("move", "natverk-2025-2", "2025-10-02", "--force"),
    ("add", "natverk", "2025-06-03", "--place", "Rådhuset"),
    ("cancel", "natverk-2025-1", "--reason", "Sjukdom"),
    ("plan", "2026"),
)


@pytest.mark.parametrize(
    "env", [{}, {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "4"}], ids=["here", "there"]
)
def test_what_people_decide_is_written_the_same(
    env: Mapping[str, str],
    tmp_path: Path,
    kultursam: Callable[..., subprocess.CompletedProcess[str]],
    golden: Callable[[str, str], None],
) -> None:
    """A year that was planned and changed day by day, by the clock that the environment gives."""
    project = Folder(tmp_path, SMALL)
    project.fine("plan", "2025", *TODAY)
    for day, change in enumerate(CHANGES):
        clock = {"SOURCE_DATE_EPOCH": str(1726444800 + 86400 * day)}
        done = kultursam(*change, "--quiet", env={**env, **clock})
        # The move is told to break a rule.
        assert (done.returncode, bool(done.stderr)) == (0, "--force" in change), done
    golden("decided.sha256", digests(project))
