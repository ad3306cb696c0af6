"""Wheel and page in a real browser: Debian's Chromium, driven by Playwright.

Where a tool is missing, a test is skipped; under CI it fails. KULTURSAM_NODE_MODULES names the folder of npm
packages that holds axe-core.
"""

from __future__ import annotations

import functools
import io
import os
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sample_year as sample
from optional_tools import missing

from kultursam.render.html import index_page, year_page
from kultursam.render.wheel import wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = "/usr/bin/chromium"
WIDTHS, SCHEMES = (1200, 360, 320), ("light", "dark")
A4 = (595, 842)
"""Points, rounded."""
CHANGED = 64
"""From so much of 255, in any channel, a pixel counts as different: less is how edges are smoothed."""
LONG = "Samverkansöverenskommelseuppföljningsgrupp" * 3


def program(name: str) -> str:
    """Find a program."""
    return shutil.which(name) or missing(name)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright (PyPI)")
    if not Path(CHROMIUM).exists():
        missing(CHROMIUM)
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """Read axe-core, the accessibility checker."""
    folder = os.environ.get("KULTURSAM_NODE_MODULES") or missing("KULTURSAM_NODE_MODULES")
    path = Path(folder) / "axe-core" / "axe.min.js"
    return path.read_text(encoding="utf-8") if path.exists() else missing("axe-core (npm)")


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Publish the sample in both languages, and with long names, on this machine."""
    folder = tmp_path_factory.mktemp("site")
    year = sample.plan()
    for language in ("sv", "en"):
        known = sample.register(language)
        (folder / language).mkdir()
        pages = {
            "2025.html": year_page(year, known, wheel(year, known)),
            "index.html": index_page([year], known),
            "2025.svg": wheel(year, known),
        }
        for name, text in pages.items():
            (folder / language / name).write_text(text, encoding="utf-8")
    hard, known = sample.hostile(LONG), sample.renamed(LONG)
    (folder / "long.html").write_text(year_page(hard, known, wheel(hard, known)), encoding="utf-8")
    weeks = [
        sample.meeting("samrad", number, date(2025, 1, 6) + timedelta(7 * number), days=3, place="Hörsalen")
        for number in range(1, 50)
    ]
    full, known = sample.plan(weeks, spans=()), sample.register("sv")
    (folder / "days.html").write_text(year_page(full, known, wheel(full, known)), encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Visit:
    """A page, and what it said and asked for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def visit(browser: Any, site: str) -> Iterator[Any]:  # noqa: ANN401 - Playwright may be missing
    """Open pages: ``visit("sv/2025.html", width=360, scheme="dark")``."""
    contexts = []

    def go(path: str, width: int = 1200, scheme: str = "light", height: int = 800) -> Visit:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme))
        seen = Visit(contexts[-1].new_page())
        seen.page.on("console", lambda message: seen.said.append(message.text))
        seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
        seen.page.on("request", lambda request: seen.asked.append(request.url))
        seen.page.goto(f"{site}/{path}")
        return seen

    yield go
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["sv/2025.html", "en/index.html"])
def test_axe_finds_nothing(visit: Any, axe: str, path: str, width: int, scheme: str) -> None:  # noqa: ANN401
    """No rule of axe-core is broken on any screen, with everything unfolded."""
    page = visit(path, width, scheme).page
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.evaluate(axe)
    # Targets are measured for WCAG 2.2 only where that is asked for.
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
    )
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


@pytest.mark.parametrize("path", ["sv/2025.html", "en/2025.html", "en/index.html", "long.html", "days.html"])
@pytest.mark.parametrize("width", [*WIDTHS, 645, 800, 965])
def test_nothing_scrolls_sideways(visit: Any, path: str, width: int) -> None:  # noqa: ANN401
    """Text finds room on every screen, however long its words are."""
    page = visit(path, width).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = "one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('svg, .unseen')"
    outside = page.evaluate(
        f"[...document.querySelectorAll('main *')].filter({wide}).map(one => one.outerHTML)"
    )
    assert outside == []


def test_the_page_is_quiet(visit: Any) -> None:  # noqa: ANN401
    """It asks for nothing but itself, and the browser has nothing to complain of."""
    seen = visit("sv/2025.html")
    seen.page.get_by_label("Varberg").check()
    seen.page.emulate_media(media="print", color_scheme="dark")
    seen.page.wait_for_load_state("networkidle")
    assert seen.said == []
    assert [url.rpartition("/")[2] for url in seen.asked] == ["2025.html"]


def shown(page: Any, selector: str) -> list[str]:  # noqa: ANN401
    """Return the texts that can be seen."""
    texts = page.locator(selector).locator("visible=true").all_inner_texts()
    return [" ".join(text.split()) for text in texts]


@pytest.mark.parametrize("width", [1200, 360])
def test_the_filter_filters(visit: Any, width: int) -> None:  # noqa: ANN401
    """An organisation's meetings stay, with their months and the way to their calendar; all come back."""
    page = visit("sv/2025.html", width).page
    page.evaluate("document.querySelector('.filter').open = true")
    every = shown(page, "tr")
    assert shown(page, ".chosen") == []
    page.get_by_label("Hylte", exact=True).check()
    names = set(shown(page, "tr.meeting .name"))
    assert names == {"Kulturpolitiskt samråd", "Biblioteksledarnätverket"}
    assert len(shown(page, "tr.meeting")) == 6
    assert shown(page, "tr.break") == []
    months = ["Februari", "April", "Maj", "September", "Oktober", "November", "Januari 2026"]
    assert shown(page, "tr.month") == months
    assert len(shown(page, ".months tbody tr")) == 2
    (way,) = shown(page, ".chosen .button")
    page.get_by_role("link", name=way).click()
    assert page.evaluate("document.querySelector(':target h4').innerText") == "Hylte kommun"
    page.get_by_label("Museernas årsmöte").check()
    assert shown(page, "tr.meeting .name") == ["Museernas årsmöte"]
    page.get_by_label("alla", exact=True).check()
    assert shown(page, "tr") == every


@pytest.mark.parametrize("width", [1200, 360])
def test_an_address_shows_an_organisation_alone(visit: Any, width: int) -> None:  # noqa: ANN401
    """The list says whose meetings it shows, and how many; another choice, or a link, ends that."""
    page = visit("sv/2025.html#hylte", width).page
    assert set(shown(page, "tr.meeting .name")) == {"Kulturpolitiskt samråd", "Biblioteksledarnätverket"}
    (told,) = shown(page, ".chosen b")
    live = [one for one in shown(page, "tr.meeting") if "Inställt" not in one]
    assert told == f"Visas: Hylte, {len(live)} möten"
    assert page.locator(".chosen b").locator("visible=true").bounding_box()["y"] >= 0
    page.locator("#show_o2").evaluate("one => one.click()")
    assert [text.split(",")[0] for text in shown(page, ".chosen b")] == ["Visas: Varberg"]
    page.locator("#show_all").evaluate("one => one.click()")
    page.get_by_role("link", name="Visa alla möten").click()
    assert shown(page, ".chosen") == []
    assert len(shown(page, "tr.meeting")) > len(live) + 1


def test_on_a_phone_the_first_meeting_comes_before_the_choices(visit: Any) -> None:  # noqa: ANN401
    """The filter is folded there, and unfolds; a wide screen shows it whole."""
    page = visit("sv/2025.html", 360).page
    assert page.locator("tr.meeting").first.bounding_box()["y"] < 800
    assert not page.get_by_label("Varberg").is_visible()
    page.locator(".filter summary").click()
    page.get_by_label("Varberg").check()
    assert shown(page, ".chosen b")
    wide = visit("sv/2025.html", 1200).page
    assert wide.get_by_label("Varberg").is_visible()
    assert not wide.locator(".filter summary").is_visible()


def test_a_long_place_leaves_room_for_names(visit: Any) -> None:  # noqa: ANN401
    """The column of forums stays the widest."""
    page = visit("long.html").page
    widths = page.evaluate(
        "Object.fromEntries(['what', 'place', 'time'].map(name => [name, "
        "document.querySelector(`tr.meeting .${name}`).getBoundingClientRect().width]))"
    )
    assert widths["what"] > 220
    assert widths["what"] >= widths["place"]


def test_a_place_of_ordinary_words_is_broken_between_them(visit: Any) -> None:  # noqa: ANN401
    """There is room beside it."""
    page = visit("sv/2025.html", 1200).page
    lines = page.evaluate(
        "(() => {const place = document.querySelector('tr.meeting .place');"
        "place.textContent = 'Stadshuset, Sessionssalen';"
        "const word = document.createRange(); word.setStart(place.firstChild, 12);"
        "word.setEnd(place.firstChild, 25); return word.getClientRects().length})()"
    )
    assert lines == 1


def test_what_is_printed_says_what_it_shows(visit: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """Only the meetings that were chosen, whose they are and how many, and no links."""
    path = tmp_path / "hylte.pdf"
    visit("sv/2025.html#hylte").page.pdf(path=path, prefer_css_page_size=True)
    first, *_ = sheets(path)
    words = " ".join(word for word, _ in first.words)
    assert re.search(r"Visas: Hylte, \d+ möten", words)
    assert "Styrgrupp" not in words
    assert "Visa alla" not in words


@dataclass
class Sheet:
    """A printed page: its size in points, and its words with their places."""

    size: tuple[int, int]
    words: list[tuple[str, list[float]]]


def sheets(path: Path) -> list[Sheet]:
    """Read the pages of a PDF."""
    command = [program("pdftotext"), "-bbox", str(path), "-"]
    text = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    found = []
    for width, height, words in re.findall(
        r'<page width="(.*?)" height="(.*?)">(.*?)</page>', text, re.DOTALL
    ):
        places = re.findall(r'xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', words)
        size = round(float(width)), round(float(height))
        found.append(Sheet(size, [(word, [float(edge) for edge in edges]) for *edges, word in places]))
    return found


def test_print_has_the_list_on_a4_and_the_wheel_on_one_sheet(visit: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """Paper gets the list upright, then the whole wheel on a sheet of its own, and no empty page."""
    path = tmp_path / "year.pdf"
    visit("sv/2025.html").page.pdf(path=path, prefer_css_page_size=True)
    *upright, wheel_sheet = sheets(path)
    assert {sheet.size for sheet in upright} == {A4}
    assert wheel_sheet.size == A4[::-1]
    assert all(len(sheet.words) > 20 for sheet in upright)
    written = [{word for word, _ in sheet.words} for sheet in (*upright, wheel_sheet)]
    assert {str(week) for week in range(1, 53)} | {"Förklaring", "Sommaruppehåll", "2025"} <= written[-1]
    assert ["Förklaring" in words for words in written] == [False] * len(upright) + [True]
    for _, (left, top, right, bottom) in wheel_sheet.words:
        assert 0 < left < right < wheel_sheet.size[0]
        assert 0 < top < bottom < wheel_sheet.size[1]
    assert not any({"Prenumerera", "Visa"} & words for words in written)


def test_the_wheel_is_the_same_in_librsvg(visit: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """Less than one pixel in a hundred differs between Chromium and librsvg."""
    try:
        from PIL import Image, ImageChops
    except ImportError:
        missing("pillow (PyPI)")
    source = tmp_path / "2025.svg"
    source.write_text(wheel(sample.plan(), sample.register()), encoding="utf-8")
    drawn = subprocess.run([program("rsvg-convert"), str(source)], capture_output=True, check=True).stdout
    page = visit("sv/2025.svg", 1500, height=1060).page
    pictures = [Image.open(io.BytesIO(data)).convert("RGB") for data in (drawn, page.screenshot())]
    assert pictures[0].size == pictures[1].size == (1500, 1060)
    channels = ImageChops.difference(*pictures).split()
    most = functools.reduce(ImageChops.lighter, channels)
    different = sum(most.histogram()[CHANGED:])
    assert different < 0.01 * 1500 * 1060
