"""The marks in the rings: a form for each state, and a size and lane that keep them apart."""

import math
from collections.abc import Iterator, Sequence

from kultursam.render.wheel import shapes
from kultursam.render.wheel.layout import Ring
from kultursam.render.wheel.shapes import ALARM, INK, PAPER, Point

MOST_MARK, LEAST_MARK = 15, 6
"""Sizes: half as wide as a mark is."""
MOST_LANES = 4
"""Circles within a ring that marks are divided among where they are close."""


def draw_mark(where: Point, size: float, label: str, state: str, colours: tuple[str, str]) -> Iterator[str]:
    """Yield the shapes of a mark in the form of its state, with its label."""
    x, y = where
    fill, ink = (PAPER, INK) if state == "cancelled" else colours
    dashes = ' stroke-dasharray="3 2.4"' if state in {"proposed", "reserved"} else ""
    base = f'fill="{fill}" stroke="{PAPER if dashes else INK}" stroke-width="1.8"'
    outline = f'fill="none" stroke="{INK}" stroke-width="1.8"{dashes}'
    for style in (base, outline) if dashes else (base,):
        if state == "reserved":
            yield shapes.square(x, y, 0.9 * size, style)
        elif state == "external":
            far = 1.25 * size
            yield shapes.polygon([(x, y - far), (x + far, y), (x, y + far), (x - far, y)], fill)
        else:
            yield shapes.circle(x, y, size, style)
    if state == "cancelled":
        reach = 0.95 * size
        ends = (x - reach, y + reach), (x + reach, y - reach)
        yield shapes.line(*ends, f'stroke="{ALARM}" stroke-width="2.4"')
    font = size * min(1.15, 3 / len(label))
    yield shapes.text(label, where, font, f'text-anchor="middle" font-weight="bold" fill="{ink}"')


def draw_chip(where: Point, half: float, ring: Ring) -> Iterator[str]:
    """Yield the shapes of a ring's letter on its colour."""
    fill, ink = ring.colours
    yield shapes.square(*where, half, f'rx="3" fill="{fill}" stroke="{INK}"')
    style = f'text-anchor="middle" font-weight="bold" fill="{ink}"'
    yield shapes.text(ring.letter, where, 1.3 * half, style)


def sized(angles: Sequence[float], radius: float, width: float) -> Iterator[tuple[float, float]]:
    """Yield each mark's size and radius: marks that would meet take turns in lanes, as large as can be."""
    most = min(MOST_MARK, width / 2 - 2)
    for cluster in _clusters(angles, (2 * most + 1) / radius):
        sizes = {}
        for lanes in range(1, MOST_LANES + 1):
            inner = radius - width / 2 + width / lanes / 2
            gaps = (after - before for before, after in zip(cluster, cluster[lanes:], strict=False))
            along = min(gaps, default=math.pi) * inner / 2 - 0.8
            sizes[lanes] = max(LEAST_MARK, min(most, width / lanes / 2 - 1.2, along))
        lanes = max(sizes, key=lambda lanes: sizes[lanes])
        for turn in range(len(cluster)):
            yield sizes[lanes], radius + width / 2 - width / lanes * (turn % lanes + 0.5)


def _clusters(angles: Sequence[float], near: float) -> Iterator[list[float]]:
    """Yield runs of angles in which each is near the next."""
    cluster: list[float] = []
    for angle in angles:
        if cluster and angle - cluster[-1] >= near:
            yield cluster
            cluster = []
        cluster.append(angle)
    if cluster:
        yield cluster
