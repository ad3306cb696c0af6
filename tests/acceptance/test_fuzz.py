"""Some trials of each kind that fuzz.py makes; many more are made by hand: see CONTRIBUTING.md."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fuzz import KINDS, trial

TRIALS = {
    "forums": 60,
    "plan": 60,
    "busy": 60,
    "checksum": 20,
    "imports": 40,
    "beginnings": 40,
    "copies": 40,
    "command": 60,
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_it_is_given_breaks_it(tmp_path: Path, kind: str) -> None:
    """No exit code but those for users, no traceback, no steered terminal, nothing written outside."""
    for number in range(TRIALS[kind]):
        folder = tmp_path / str(number)
        assert trial(kind, number, folder) == []
        shutil.rmtree(folder)
