"""What tests of all modules need: golden files, the example, and the command line as cron would run it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from difflib import unified_diff
from pathlib import Path

import pytest

import kultursam as package
from kultursam.forumfile import yaml_source
from kultursam.forumfile.register import Register, read_register

ROOT = Path(__file__).parents[1]
BARE = {"PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
"""What cron gives a job; no language, no terminal."""
WINDOWS = ("SYSTEMROOT", "TEMP", "TMP")
"""What Python cannot start without on Windows."""
MEASURED = ("COVERAGE_PROCESS_START", "COVERAGE_FILE")
"""What has the lines that a process runs noted, where that was asked for."""


def pytest_configure() -> None:
    """Let messages be English until a forum file is read, whatever the tester's language is.

    Ctrl-C is to reach the programs that tests start, even where whoever started the tests ignores it.
    """
    os.environ["LANGUAGE"] = "en"
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that refreshes golden files."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write golden files anew from what the tests give, to be looked at with git diff",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str | bytes], None]:
    """Compare with a golden file in the folder `golden` beside the test, or write it with --update-golden."""

    def check(name: str, found: str | bytes) -> None:
        path = (request.path.parent / "golden" / name).resolve()
        data = found.encode() if isinstance(found, str) else found
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        assert path.exists(), f"there is no {path}; make it with --update-golden"
        expected = path.read_bytes()
        if data != expected:
            before, after = (part.decode(errors="backslashreplace").splitlines() for part in (expected, data))
            lines = unified_diff(before, after, f"golden/{name}", "found", lineterm="", n=1)
            difference = "\n".join(lines) or "line ends differ"
            pytest.fail(f"{difference}\n\nwritten anew with --update-golden", pytrace=False)

    return check


@pytest.fixture
def example() -> Path:
    """Return the forum file that comes with the product."""
    return ROOT / "data" / "forums.yaml"


@pytest.fixture
def forum_file() -> Callable[[str], Register]:
    """Read the text of a forum file that must be right."""

    def read(text: str) -> Register:
        found, problems = yaml_source.parse(text.encode(), "forums.yaml")
        assert found, problems
        register, problems = read_register(found)
        assert register, problems
        return register

    return read


@pytest.fixture
def kultursam(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line in a process of its own, as cron would: ``kultursam("plan", "2025", cwd=folder)``.

    It runs in the test's own folder unless `cwd` says otherwise; `env` is added to what cron gives.
    """

    def run(
        *arguments: str, cwd: Path = tmp_path, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in (*WINDOWS, *MEASURED) if name in os.environ}
        folder = str(Path(package.__file__).parents[1])
        return subprocess.run(
            [sys.executable, "-m", "kultursam", *arguments],
            cwd=cwd,
            env={**BARE, **kept, "HOME": str(tmp_path), "PYTHONPATH": folder, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=120,
        )

    return run
