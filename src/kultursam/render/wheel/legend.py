"""The legend beside the wheel: the rings and their dates, the key to the marks, deadlines and breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from kultursam import presentation
from kultursam.i18n import N_
from kultursam.render.wheel import shapes
from kultursam.render.wheel.marks import draw_chip, draw_mark
from kultursam.render.wheel.shapes import ALARM, DIM, GREY, INK, LINE
from kultursam.render.wheel.year import DASH, Year

LEFT, WIDTH, TOP, HEIGHT = 1090, 392, 44, 976
"""Where it lies in the drawing, and how large it may be."""
SAMPLE = ("#e8e8e8", INK)
"""Colours of a mark in the key, which is no forum's."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """Some words of the legend, and what draws the sign before them, at a height."""

    words: str
    size: int = 17
    left: int = 36
    above: int = 7
    look: str = ""
    sign: Callable[[float], Iterable[str]] | None = None


def draw_legend(year: Year) -> Iterator[str]:
    """Write the legend, smaller where it is long."""
    parts: list[str] = []
    y = 0.0
    for entry in _entries(year):
        y += entry.above
        middle = y + 0.65 * entry.size
        parts += entry.sign(middle) if entry.sign else ()
        for line in shapes.wrap(entry.words, entry.size, WIDTH - entry.left, 3):
            parts.append(shapes.text(line, (entry.left, middle), entry.size, entry.look))
            middle += 1.3 * entry.size
        y = middle - 0.65 * entry.size
    yield f'<g transform="translate({LEFT} {TOP}) scale({shapes.number(min(1, HEIGHT / y), 3)})">'
    yield from parts
    yield "</g>"


def _entries(year: Year) -> Iterator[_Entry]:
    yield from _rings(year)
    yield from _key(year)
    yield from _dates(year)


def _rings(year: Year) -> Iterator[_Entry]:
    inwards = (
        N_("Organisations, from the rim inwards") if year.grouped else N_("Forums, from the rim inwards")
    )
    yield _heading(year.gettext(inwards), above=0)
    for ring in year.rings:
        number = sum(one.live for one in ring.meetings)
        yield _Entry(f"{ring.name} ({number})", sign=partial(draw_chip, 12, ring=ring, half=12))
        if not year.grouped:
            yield _Entry(year.dates(ring), 14, above=0, look=f'fill="{DIM}"')


def _key(year: Year) -> Iterator[_Entry]:
    label = N_("Key (the number: meetings that week)") if year.grouped else N_("Key (the number is the day)")
    yield _heading(year.gettext(label))
    states = {mark.state for ring in year.rings for mark in ring.marks}
    for state in presentation.STATES:
        if state in states and not year.grouped:
            yield _Entry(
                year.gettext(state),
                sign=partial(draw_mark, 12, size=12, label="7", state=state, colours=SAMPLE),
            )
    if year.plan.spans:
        yield _Entry(
            year.gettext("holidays and breaks"),
            sign=lambda y: [shapes.square(12, y, 11, f'fill="{GREY}" stroke="{LINE}"')],
        )


def _dates(year: Year) -> Iterator[_Entry]:
    if year.due:
        yield _heading(year.gettext("Deadlines"))
    for day, name in year.due:
        yield _Entry(
            f"{year.day(day)} {DASH} {name}",
            15,
            sign=lambda y: [shapes.polygon([(12, y + 8), (4, y - 7), (20, y - 7)], ALARM)],
        )
    if year.breaks:
        yield _heading(year.gettext("Breaks"))
    for span in year.breaks:
        yield _Entry(f"{year.span(span)} {DASH} {span.name}", 14, left=0, above=1, look=f'fill="{DIM}"')


def _heading(words: str, above: int = 24) -> _Entry:
    return _Entry(words, 21, 0, above, 'font-weight="bold"')
