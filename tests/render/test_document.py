"""The document: tagged as PDF/UA-1 asks, its texts data, and the same bytes from the same plan.

What is tagged is read with pikepdf, a program that is not ours.
"""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import Any

import pikepdf
import pytest
import sample_year as sample
from hypothesis import given, settings
from hypothesis import strategies as st

from kultursam.forumfile.register import Register
from kultursam.plans.model import Plan
from kultursam.presentation import YearView
from kultursam.render.document import WHEEL_FONT, document
from kultursam.render.document.content import content
from kultursam.render.document.letters import HAS, known_letters
from kultursam.render.wheel import wheel

A4 = (595, 842)


def made(plan: Plan | None = None, known: Register | None = None) -> bytes:
    """Return the document of a year."""
    plan, known = plan or sample.plan(), known or sample.register()
    return document(plan, known, wheel(plan, known))


def opened(plan: Plan | None = None, known: Register | None = None) -> pikepdf.Pdf:
    """Return the document of a year as pikepdf reads it."""
    return pikepdf.open(io.BytesIO(made(plan, known)))


def elements(node: Any) -> Iterator[Any]:  # noqa: ANN401 - a PDF's objects have no types
    """Yield the elements of the structure tree below a node, in the order in which they are read."""
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from elements(child)


def named(pdf: pikepdf.Pdf, *kinds: str) -> list[Any]:
    """Return the elements of some kinds, while the document is there."""
    return [one for one in elements(pdf.Root.StructTreeRoot) if str(one.S) in kinds]


def text_of(data: bytes, folder: Path) -> str:
    """Return the text of a document as poppler finds it, upright on its sheets."""
    path = folder / "year.pdf"
    path.write_bytes(data)
    program = which("pdftotext")
    if program is None:
        pytest.skip("needs poppler")
    return subprocess.run(
        [program, "-layout", str(path), "-"], capture_output=True, check=True, encoding="utf-8"
    ).stdout


def test_it_says_that_it_is_accessible() -> None:
    """PDF/UA-1, tagged, with its language, and a title that the window shows."""
    pdf = opened()
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "sv"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as facts:
        assert facts["pdfuaid:part"] == "1"
        assert facts["dc:title"] == "Möten 2025 – Kultur i Halland"
    assert str(pdf.docinfo["/Title"]) == "Möten 2025 – Kultur i Halland"
    assert "/StructTreeRoot" in pdf.Root
    assert str(opened(known=sample.register("en")).Root.Lang) == "en"


def test_it_is_read_in_order() -> None:
    """A title, then matrix, list and wheel, each below its heading; no heading leaves a level out."""
    pdf = opened()
    kinds = [str(one.S) for one in named(pdf, "/Title", "/H1", "/H2", "/Table", "/Figure")]
    assert kinds == ["/Title", "/H1", "/Table", "/H1", "/Table", "/H1", "/Figure"]


def test_its_tables_have_heads() -> None:
    """Each says what it is the head of; the months of the list are heads of their rows too."""
    pdf = opened()
    heads = named(pdf, "/TH")
    scopes = [
        str(attributes.Scope)
        for head in heads
        for attributes in (head.A if isinstance(head.A, pikepdf.Array) else [head.A])
        if "/Scope" in attributes
    ]
    assert len(scopes) == len(heads) > 20
    assert set(scopes) == {"/Column"}
    assert len(named(pdf, "/THead")) >= 2
    assert all(str(row.P.S) in {"/Table", "/THead", "/TBody"} for row in named(pdf, "/TR"))


def test_the_wheel_has_words() -> None:
    """What it shows, and that the list says the same."""
    pdf = opened()
    (figure,) = named(pdf, "/Figure")
    assert str(figure.Alt) == ("Årshjul 2025: mötena i listan, varje forum på en egen ring, medurs uppifrån.")


def test_it_is_printed_on_a4() -> None:
    """The matrix and the wheel lie, the list stands; what follows the first sheet has its number."""
    sizes = [[round(float(side)) for side in page.mediabox[2:]] for page in opened().pages]
    assert sizes == [[A4[1], A4[0]], [*A4], [A4[1], A4[0]]]


def test_its_texts(tmp_path: Path) -> None:
    """Every meeting with its state, what is due and closed, in Swedish letters."""
    text = text_of(made(), tmp_path)
    words = " ".join(text.split())
    for said in (
        "Möten 2025 – Kultur i Halland", "Styrgrupp för", "19→, 21○", "8✗", "Uppehåll: Sommaruppehåll",
        "Deadline: Mål och budget beslutas", "för få anmälda", "Bekräftat, flyttat", "Sida 1 av 3",
        "Kallelse 10 apr, Handlingar 17 apr", "Tiderna är lokala (Europe/Stockholm).", "○ preliminärt",
    ):  # fmt: skip
        assert said in words


def test_the_same_plan_gives_the_same_bytes() -> None:
    """Made at the plan's last change, by fonts that come with the library."""
    data = made()
    assert data == made()
    assert b"D:20241201233000Z" in data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        fonts = {str(one.BaseFont) for one in pdf.objects if _is_font(one)}
    assert fonts
    assert all(re.search("Libertinus|NewCM|DejaVuSansMono", font) for font in fonts)


def _is_font(one: Any) -> bool:  # noqa: ANN401 - a PDF's objects have no types
    return isinstance(one, pikepdf.Dictionary) and "/BaseFont" in one


@pytest.mark.parametrize("name", [*sample.HOSTILE, "*fet* _k_ #panic() $x$ @a <b> `c` = d", "<img>", "😀文"])
def test_no_text_is_markup(name: str, tmp_path: Path) -> None:
    """Names stand as they are; what no font has is a square, what cannot be seen is left out."""
    text = text_of(made(sample.hostile(name), sample.renamed(name)), tmp_path)
    shown = known_letters(name).strip()
    joined = "".join(text.split())
    first = "".join(shown.split())[:8]
    assert first in joined or not shown.isascii()


def test_what_the_fonts_have_is_shown() -> None:
    """All of it, or the library would refuse to make an accessible document."""
    letters = [chr(code) for first, last in HAS for code in range(first, last + 1)]
    lines = ["".join(letters[at : at + 40]) for at in range(0, len(letters), 40)]
    plan = sample.plan()
    for line in lines:
        assert document(
            replace(plan, name=line), sample.register(), '<svg xmlns="http://www.w3.org/2000/svg"/>'
        )


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_a_document(name: str) -> None:
    """Whatever stands in the forum file, in whatever order its letters come."""
    plan, known = sample.hostile(name), sample.renamed(name)
    assert made(plan, known).startswith(b"%PDF-")


def test_marks_that_stand_where_they_cannot_be_shown() -> None:
    """What the library then refuses is made again, of letters that are always shown."""
    marks = "".join(map(chr, range(0x591, 0x5C8)))
    pdf = opened(sample.plan(name=f"Nämnden {marks} א"))
    title = str(pdf.docinfo["/Title"])
    assert title.startswith("Möten 2025 – Nämnden □")
    assert title.endswith(" □")


def test_letters_that_are_not_there() -> None:
    """What looks alike stands for them."""
    assert known_letters("8✕ ÅÄÖ e\N{COMBINING ACUTE ACCENT} ＡＢ 文化") == "8✗ ÅÄÖ é AB □□"
    assert known_letters("a\x00\u202eb\n") == "ab\n"


def test_the_drawing_asks_for_the_font_that_is_replaced() -> None:
    """Else its words would be lost without a trace."""
    assert WHEEL_FONT in wheel(sample.plan(), sample.register())


def test_a_year_without_meetings_is_a_document() -> None:
    """With its heads and its wheel."""
    assert len(opened(sample.plan(())).pages) == 3


def test_thirty_forums_and_long_names() -> None:
    """The matrix of thirty forums is one sheet; long names make it longer, and its heads come again."""
    known, plan = sample.large(30, 200, 3)
    pdf = opened(plan, known)
    upright = [float(page.mediabox[2]) < float(page.mediabox[3]) for page in pdf.pages]
    assert upright == [False, *[True] * (len(upright) - 2), False]
    forums = {
        key: replace(one, name=f"{one.name} {'för samverkan ' * 12}") for key, one in plan.forums.items()
    }
    assert len(opened(replace(plan, forums=forums), known).pages) > len(pdf.pages)


def test_all_texts_are_those_of_the_language() -> None:
    """No word of the document stays in the other language."""
    english, swedish = (content(YearView(sample.plan(), sample.register(one))) for one in ("en", "sv"))
    assert english["title"].startswith("Meetings")
    assert english["list"]["heads"][0] == "Week"
    assert swedish["list"]["heads"][0] == "Vecka"
    assert set(english) == set(swedish)
