"""The legend beside the wheel: the rings and their dates, the key to the marks, deadlines and breaks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from kultursam.i18n import N_
from kultursam.presentation import DASH, STATES
from kultursam.render.wheel import shapes
from kultursam.render.wheel.layout import WheelLayout
from kultursam.render.wheel.shapes import ALARM, DIM, GREY, INK, LINE, Point

LEFT, WIDTH, TOP, HEIGHT = 1090, 392, 44, 976
"""Where it lies in the drawing, and how large it may be."""
SAMPLE = ("#e8e8e8", INK)
"""Colours of a mark in the key, which is no forum's."""
SIGNS = 12
"""How far from the left the middles of signs are."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """Some words of the legend, and what draws the sign before them, around a point."""

    words: str
    size: int = 17
    left: int = 36
    above: int = 7
    style: str = ""
    sign: Callable[[Point], Iterable[str]] | None = None


def draw_legend(year: WheelLayout) -> Iterator[str]:
    """Yield the shapes of the legend, smaller where it is long."""
    parts: list[str] = []
    y = 0.0
    for entry in (*_rings(year), *_key(year), *_dates(year)):
        y += entry.above
        middle = y + 0.65 * entry.size
        parts += entry.sign((SIGNS, middle)) if entry.sign else ()
        for line in shapes.wrap(entry.words, entry.size, WIDTH - entry.left, 3):
            parts.append(shapes.text(line, (entry.left, middle), entry.size, entry.style))
            middle += 1.3 * entry.size
        y = middle - 0.65 * entry.size
    yield f'<g transform="translate({LEFT} {TOP}) scale({shapes.number(min(1, HEIGHT / y), 3)})">'
    yield from parts
    yield "</g>"


def _rings(year: WheelLayout) -> Iterator[_Entry]:
    rings = N_("Organisations, from the rim inwards"), N_("Forums, from the rim inwards")
    yield _heading(year.gettext(rings[not year.grouped]), above=0)
    for ring in year.rings:
        held = sum(meeting.live for meeting in ring.meetings)
        yield _Entry(
            f"{ring.name} ({held})",
            sign=partial(shapes.draw_chip, half=12, letter=ring.letter, colours=ring.colours),
        )
        if not year.grouped:
            yield _Entry(year.dates(ring), 14, above=0, style=f'fill="{DIM}"')


def _key(year: WheelLayout) -> Iterator[_Entry]:
    label = N_("Key (the number: meetings that week)") if year.grouped else N_("Key (the number is the day)")
    yield _heading(year.gettext(label))
    states = {mark.state for ring in year.rings for mark in ring.marks}
    for state in STATES:
        if state in states and not year.grouped:
            sign = partial(shapes.draw_mark, size=12, label="7", state=state, colours=SAMPLE)
            yield _Entry(year.gettext(state), sign=sign)
    if year.plan.spans:
        yield _Entry(year.gettext("holidays and breaks"), sign=_grey_square)


def _dates(year: WheelLayout) -> Iterator[_Entry]:
    if year.due_in_year:
        yield _heading(year.gettext("Deadlines"))
    for day, name in year.due_in_year:
        yield _Entry(f"{year.day(day)} {DASH} {name}", 15, sign=_triangle)
    if year.periods:
        yield _heading(year.gettext("Breaks"))
    for span in year.periods:
        words = f"{year.span(span)} {DASH} {span.name}"
        yield _Entry(words, 14, left=0, above=1, style=f'fill="{DIM}"')


def _grey_square(where: Point) -> Iterator[str]:
    yield shapes.square(*where, 11, f'fill="{GREY}" stroke="{LINE}"')


def _triangle(where: Point) -> Iterator[str]:
    x, y = where
    yield shapes.polygon([(x, y + 8), (x - 8, y - 7), (x + 8, y - 7)], ALARM)


def _heading(words: str, above: int = 24) -> _Entry:
    return _Entry(words, 21, 0, above, 'font-weight="bold"')
