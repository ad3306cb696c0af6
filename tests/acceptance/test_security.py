"""Whoever writes the files, a run keeps to its own folders: that what docs/security.md says is tested."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from project_folder import ROOT, SMALL, Folder

import kultursam

PACKAGE = Path(kultursam.__file__).parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PLAN = ("plan", "2025", "--today", "2024-09-15")
EVERY_KEY = (ROOT / "tests" / "forumfile" / "good" / "every-key.yaml").read_text(encoding="utf-8")
OUTWARD = {
    "asyncio",
    "ctypes",
    "ftplib",
    "http",
    "imaplib",
    "marshal",
    "pickle",
    "poplib",
    "shelve",
    "smtplib",
}
OUTWARD |= {"socket", "ssl", "subprocess", "urllib.request", "urllib3", "webbrowser", "xmlrpc"}
REACHES_OUT = {
    "fetch/download.py": {"socket", "ssl", "urllib3"},
    "mail/settings.py": {"subprocess"},
    "mail/transport.py": {"imaplib", "smtplib", "ssl"},
}
"""The modules that can: to download, to have a command yield a secret, to send mail and read it."""
"""What could reach the network, start programs or run what was read."""


def named(page: str) -> list[tuple[str, str]]:
    """Return the tests that a page names: file and function."""
    return re.findall(r"`([\w/]+\.py)::(\w+)`", page)


def _functions(path: Path) -> set[str]:
    return {one.name for one in ast.parse(path.read_bytes()).body if isinstance(one, ast.FunctionDef)}


def test_every_test_that_the_page_names_exists() -> None:
    """A guard is worth what proves it: no line of the tables is without a test, and none is of a lost one."""
    lost = [(file, name) for file, name in named(PAGE) if name not in _functions(ROOT / "tests" / file)]
    assert lost == []
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
    assert len(rows) > 20
    assert [row for row in rows if not named(row) and not row.endswith("| Test |")] == []


# --- paths ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key", ["../x", "../../x", "/x", "a/b", "a\\\\b", "..", "C:x", "~", "con", "a\\0b", "x" * 65]
)
@pytest.mark.parametrize(
    "place", ["hylte: {name", "  natverk:\n", "from: [hylte,"], ids=["organisation", "forum", "member"]
)
def test_no_id_leads_out_of_the_folder(tmp_path: Path, place: str, key: str) -> None:
    """What becomes a file name is an id or is refused, and nothing is written."""
    project = tmp_path / "project"
    project.mkdir()
    folder = Folder(
        project, SMALL.replace(place, re.sub(r"hylte|natverk", f'"{key}"'.replace("\\", r"\\"), place), 1)
    )
    run = folder.run(*PLAN)
    assert run.code == 1, run
    assert [path.name for path in tmp_path.rglob("*")] == ["project", "forums.yaml"]


@pytest.mark.parametrize("old", ["id: natverk-2025-1", "  natverk:", "host: hylte"])
def test_no_id_of_a_plan_leads_out_of_the_folder(tmp_path: Path, old: str) -> None:
    """Nor does one that somebody wrote into a plan of record."""
    folder = Folder(tmp_path)
    folder.fine(*PLAN)
    plan = folder.place("plans/2025.yaml")
    before = folder.plan(2025)
    assert old in before
    plan.write_text(before.replace(old, re.sub("natverk|hylte", "../../x", old), 1), encoding="utf-8")
    files = folder.files()
    run = folder.run(*PLAN)
    assert run.code == 1
    assert run.err.startswith("plans/2025.yaml:")
    assert folder.files() == files


@pytest.mark.parametrize("key", ["language", "timezone", "country"])
@pytest.mark.parametrize("value", ["../../x", "/etc/passwd", "os", "..", "a/../b", "posix/"])
def test_what_chooses_a_data_file_is_one_of_those_there_are(tmp_path: Path, key: str, value: str) -> None:
    """Languages, zones and countries are looked up in lists; no path is made of what was written."""
    text = re.sub(rf"{key}: [\w/]+", f"{key}: {value}", SMALL)
    run = Folder(tmp_path, text).run(*PLAN)
    assert run.code == 1
    assert run.err.startswith("forums.yaml:")
    assert not (tmp_path / "plans").exists()


# --- masses -----------------------------------------------------------------------------------------


def _with_long_numbers(text: str) -> Iterator[tuple[int, str]]:
    for found in re.finditer(r"[0-9]+", text[text.index("name:") :]):
        start, end = (text.index("name:") + place for place in found.span())
        yield start, f"{text[:start]}{'9' * 5000}{text[end:]}"


def test_no_number_is_too_long_to_be_refused(tmp_path: Path) -> None:
    """Five thousand digits in the place of any number of a file: a problem with its line, or a mere text."""
    folder = Folder(tmp_path)
    for _, text in _with_long_numbers(EVERY_KEY):
        folder.write(text)
        run = folder.run("check")
        assert run.code in {0, 1}, run
        assert run.code == 0 or run.err.startswith("forums.yaml:")
        assert len(run.err) < 20_000


def test_a_file_of_faults_is_told_of_at_once(tmp_path: Path) -> None:
    """Words are compared with what they may have been meant to be, but not thousands with thousands."""
    keys = ", ".join(f"o{number}: {{name: O}}" for number in range(4000))
    names = ", ".join(f"p{number}" for number in range(4000))
    text = SMALL.replace("laholm: {", f"{keys}, laholm: {{", 1).replace(
        "calendar:", f"groups: {{g: [{names}]}}\ncalendar:"
    )
    run = Folder(tmp_path, text).run("check", "--json")
    assert len(run.document["problems"]) == 4000
    assert not [one for one in run.document["problems"] if "did you mean" in one["text"]]


# --- names ------------------------------------------------------------------------------------------

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '\\" onload=\\"alert(1)',
    "]]><script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}",
    "x\\r\\nATTENDEE:mailto:a@b\\r\\nEND:VEVENT",
    '=HYPERLINK(\\"http://x\\")',
    "[link=http://x]x[/link]",
    "javascript:alert(1)",
    "%s%n{0}{name}",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_more_than_a_name(tmp_path: Path, name: str) -> None:
    """As the name of everything that has one, in every file that is written: text, never markup or a line."""
    text = re.sub(r"(name|short|role|place): [\w ]+", lambda found: f'{found[1]}: "{name}"', SMALL)
    folder = Folder(tmp_path, text.replace("host:", f'place: "{name}"\n    host:'))
    run = folder.fine(*PLAN)
    assert "\x1b" not in run.out
    plain = _files(folder)
    for file, page in plain.items():
        if file.endswith(".html"):
            assert _active(page) == []
        if file.endswith(".svg"):
            assert {one.tag.rpartition("}")[2] for one in ET.fromstring(page).iter()} <= SHAPES  # noqa: S314
        if file.endswith(".ics"):
            assert not re.search(r"^(ATTENDEE|ORGANIZER)", page, re.MULTILINE)
            assert page.count("BEGIN:VEVENT") == page.count("\r\nEND:VEVENT\r\n")
        if file.endswith(".csv"):
            assert not re.search(r"(^|;)\"?[=+@-]", page, re.MULTILINE)


def _active(page: str) -> list[str]:
    """Return what would run or be fetched in a page."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            keys = dict(attrs)
            data = keys.get("type") == "application/ld+json"
            if tag in {"img", "iframe", "object", "embed", "base"} or (tag == "script" and not data):
                found.append(tag)
            found.extend(key for key in keys if key.startswith("on"))
            found.extend(url for url in (keys.get("href"), keys.get("src")) if url and SCHEME.match(url))

    Reader().feed(page)
    return found


SCHEME = re.compile(r"(?!https?:|webcals?:|mailto:|data:,$)[a-z]+:", re.IGNORECASE)
SHAPES = {
    *("a", "circle", "clipPath", "defs", "desc", "g", "line", "path", "pattern", "rect", "style", "svg"),
    *("symbol", "text", "textPath", "title", "tspan", "use"),
}


def _files(folder: Folder) -> dict[str, str]:
    return {
        name: data.decode("utf-8-sig")
        for name, data in folder.files().items()
        if name.startswith("calendars/")
    }


@pytest.mark.parametrize("key", ["base_url", "accessibility_url"])
@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//x",
        "vbscript:x",
    ],
)
def test_only_addresses_of_the_web_become_links(tmp_path: Path, key: str, url: str) -> None:
    """Any other scheme is refused where it stands."""
    run = Folder(tmp_path, f"{key}: '{url}'{SMALL}").run(*PLAN)
    assert run.code == 1
    assert run.err.startswith("forums.yaml:1:")


# --- the outside ------------------------------------------------------------------------------------


def _imported(path: Path) -> Iterator[str]:
    """Yield the full names that a module imports: at its head and inside its functions."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_nothing_reaches_out(path: Path) -> None:
    """No module can start a program, run what it reads or reach the network, but those that are to."""
    found = {name for name in _imported(path) for out in OUTWARD if f"{name}.".startswith(f"{out}.")}
    assert found == REACHES_OUT.get(path.relative_to(PACKAGE).as_posix(), set())


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(("COLUMNS", value) for value in ("", "0", "-5", "x", "1000000000")),
        *(("TZ", value) for value in ("", "Nowhere/Else", ":/etc/passwd")),
        *(("LC_ALL", value) for value in ("C", "../../x", "tr_TR.UTF-8")),
        *(("LANGUAGE", value) for value in ("../../x", "fi:en")),
        *(("TERM", value) for value in ("", "dumb", "../../x")),
        ("PYDANTIC_DISABLE_PLUGINS", "x"),
        ("KULTURSAM_DEBUG", "1"),
    ],
)
def test_the_environment_decides_nothing(tmp_path: Path, variable: str, value: str) -> None:
    """No variable but SOURCE_DATE_EPOCH changes what is written, or what is said."""
    folders = []
    for name, env in (("here", {}), ("there", {variable: value})):
        (tmp_path / name).mkdir()
        folder = Folder(tmp_path / name)
        run = folder.fine(*PLAN, env=env)
        folders.append((run.out, run.err, folder.files()))
    assert folders[0] == folders[1]
