"""The year as a document to print and to send: PDF/UA-1, so that a screen reader reads it too.

What is shown is handed over as data, never as markup. The same plan gives the same bytes: the fonts are those
that come with the library, and the document has no moment at which it was made, only that of the plan's last
change.
"""

import json
from pathlib import Path
from typing import Any

import typst

from kultursam.forumfile.register import Register
from kultursam.plans.model import Plan
from kultursam.presentation import YearView, last_change
from kultursam.render.document.content import content
from kultursam.render.document.letters import FEW, HAS, Ranges, known_letters

TEMPLATE = Path(__file__).parent / "document.typ"
WHEEL_FONT = "font-family=\"Arial,'Liberation Sans',Helvetica,sans-serif\""
"""What the drawing asks for; none of these comes with the library."""
FONT = 'font-family="Libertinus Serif"'


def document(plan: Plan, register: Register, wheel: str) -> bytes:
    """Return a year as a PDF around its wheel, which is an SVG."""
    moment = int(last_change(plan).timestamp())
    shown, drawing = content(YearView(plan, register)), wheel.replace(WHEEL_FONT, FONT)
    try:
        return _made(shown, drawing, HAS, moment)
    except typst.TypstError:
        # Letters that the fonts have may still be marks that cannot stand where they do.
        return _made(shown, drawing, FEW, moment)


def _made(shown: dict[str, Any], wheel: str, has: Ranges, moment: int) -> bytes:
    return typst.compile(
        TEMPLATE.read_bytes(),
        sys_inputs={
            "content": json.dumps(_in_letters(shown, has), ensure_ascii=False),
            "wheel": known_letters(wheel, has),
        },
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=moment,
    )


def _in_letters(data: Any, has: Ranges) -> Any:  # noqa: ANN401 - any plain data
    match data:
        case str():
            return known_letters(data, has)
        case dict():
            return {key: _in_letters(value, has) for key, value in data.items()}
        case list():
            return [_in_letters(value, has) for value in data]
        case _:
            return data
