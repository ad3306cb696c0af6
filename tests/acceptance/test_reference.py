"""The reference is made from the program itself, and is what the program is now."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pictures
import pytest
import reference
from optional_tools import missing
from project_folder import COMMAND, ROOT

NAMES = [*reference.COMMANDS]
MANUAL = sorted((ROOT / "docs" / "man").glob("*.1"))


@pytest.mark.parametrize("path", reference.files(), ids=lambda path: path.name)
def test_a_file_is_current(path: Path) -> None:
    """Made anew by: python docs/reference.py."""
    assert path.read_text(encoding="utf-8") == reference.files()[path]


def test_no_manual_page_is_left_over() -> None:
    """A command that has gone takes its page along."""
    assert {*MANUAL} == {path for path in reference.files() if path.suffix == ".1"}


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_told(name: str) -> None:
    """On the page of all commands as in the manual page, with its meaning."""
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", page, flags=re.MULTILINE)
    (own,) = (one for one in section if one.startswith(f"{name}\n"))
    manual = (ROOT / "docs" / "man" / f"kultursam-{name}.1").read_text(encoding="utf-8")
    for one in COMMAND.commands[name].params:  # type: ignore[attr-defined]
        for said in one.opts if one.param_type_name == "option" else [one.metavar]:
            assert f"`{said}".replace("|", r"\|") in own
            assert rf"\fB{said}".replace("-", r"\-") in manual


@pytest.mark.parametrize("path", MANUAL, ids=lambda path: path.stem)
def test_manual_pages_are_read_by_groff(path: Path) -> None:
    """Without a warning, and with every line within the page."""
    groff = shutil.which("groff") or missing("groff")
    done = subprocess.run(
        [groff, "-man", "-Tascii", "-ww", "-P-c", str(path)], capture_output=True, check=True, text=True
    )
    assert done.stderr == ""
    assert "OPTIONS" in done.stdout or path.stem == "kultursam"
    assert max(map(len, re.sub(".\b", "", done.stdout).splitlines())) <= 80


def test_a_table_of_json_has_every_document() -> None:
    """The page lists what each command gives, and every kind of object has its heading."""
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    head = page.partition(reference.MADE)[0]
    assert {*re.findall(r"`([a-z]+)(?: --since)?`", head)} >= {*NAMES} - {"schema"}
    anchors = {name.lower() for name in re.findall(r"^### (Json\w+)$", page, re.MULTILINE)}
    assert {*re.findall(r"\(#(json\w+)\)", page)} <= anchors


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "openpty"), reason="Windows has no such terminals")
def test_the_pictures_are_current() -> None:
    """What the README shows is what the commands show; made anew by: python docs/pictures.py."""
    made = dict(pictures.pictures())
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path, text in made.items():
        assert path.read_text(encoding="utf-8") == text, path.name
        assert f"docs/images/{path.name}" in readme
        assert ET.fromstring(text).get("aria-label")  # noqa: S314 - our own


@pytest.mark.slow
def test_the_wheel_brings_the_manual_pages(tmp_path: Path) -> None:
    """Installing it puts them where man looks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"] == {
        "docs/man": "share/man/man1"
    }
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {Path(name).name for name in archive.namelist() if "/data/share/man/man1/" in name}
    assert names == {path.name for path in MANUAL}
