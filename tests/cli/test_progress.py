"""The bar that tells how far planning is: on a terminal, and only where it takes a while."""

from __future__ import annotations

import io
import sys
import time

import pytest

from kultursam.cli import progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def terminal_of(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal in the place of stderr, for the test that asks; pytest sets its own before each."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def test_a_long_plan_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar begins where planning is when patience ends, follows it, and is gone afterwards."""
    terminal = terminal_of(monkeypatch)
    monkeypatch.setattr(progress, "PATIENCE", 0)
    with progress.progress_bar("Planning [b]2025", wanted=True) as tell:
        tell(1, 3)
        while "\x1b[?25l" not in terminal.getvalue():
            time.sleep(0.01)
        tell(3, 3)
    shown = terminal.getvalue()
    assert "Planning [b]2025" in shown
    assert "3/3" in shown
    assert shown.endswith(("\x1b[2K", "\x1b[?25h", "\r"))


@pytest.mark.parametrize("wanted", [True, False])
def test_a_short_plan_shows_nothing(monkeypatch: pytest.MonkeyPatch, *, wanted: bool) -> None:
    """Nor does one whose progress nobody wants to see."""
    terminal = terminal_of(monkeypatch)
    with progress.progress_bar("Planning", wanted=wanted) as tell:
        tell(1, 3)
    assert terminal.getvalue() == ""


def test_no_bar_goes_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where stderr is no terminal there is no bar, however long it takes."""
    monkeypatch.setattr(progress, "PATIENCE", 0)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress.progress_bar("Planning", wanted=True) as tell:
        tell(1, 3)
    assert isinstance(sys.stderr, io.StringIO)
    assert sys.stderr.getvalue() == ""
