"""The marks in the rings: a form for each state, and a size and lane that keep them apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from kultursam.render.wheel import shapes
from kultursam.render.wheel.shapes import ALARM, INK, PAPER
from kultursam.render.wheel.year import Ring

MOST_MARK, LEAST_MARK = 15, 6
"""Sizes: half as wide as a mark is."""
MOST_LANES = 4
"""Circles within a ring that marks are divided among where they are close."""


def draw_mark(
    x: float, y: float, size: float, label: str, state: str, colours: tuple[str, str]
) -> Iterator[str]:
    """Draw a mark in the form of its state, with its label."""
    fill, ink = (PAPER, INK) if state == "cancelled" else colours
    dashes = ' stroke-dasharray="3 2.4"' if state in {"proposed", "reserved"} else ""
    look = f'fill="{fill}" stroke="{PAPER if dashes else INK}" stroke-width="1.8"'
    over = f'fill="none" stroke="{INK}" stroke-width="1.8"{dashes}'
    for each in (look, over) if dashes else (look,):
        if state == "reserved":
            yield shapes.square(x, y, 0.9 * size, each)
        elif state == "external":
            far = 1.25 * size
            yield shapes.polygon([(x, y - far), (x + far, y), (x, y + far), (x - far, y)], fill, INK)
        else:
            yield shapes.circle(x, y, size, each)
    if state == "cancelled":
        reach = 0.95 * size
        yield shapes.line(
            (x - reach, y + reach), (x + reach, y - reach), f'stroke="{ALARM}" stroke-width="2.4"'
        )
    font = size * min(1.15, 3 / len(label))
    yield shapes.text(label, (x, y), font, f'text-anchor="middle" font-weight="bold" fill="{ink}"')


def draw_chip(x: float, y: float, half: float, ring: Ring) -> Iterator[str]:
    """Draw what a ring is told by: its letter on its colour."""
    fill, ink = ring.colours
    yield shapes.square(x, y, half, f'rx="3" fill="{fill}" stroke="{INK}"')
    yield shapes.text(
        ring.letter, (x, y), 1.3 * half, f'text-anchor="middle" font-weight="bold" fill="{ink}"'
    )


def sized(angles: Sequence[float], radius: float, width: float) -> Iterator[tuple[float, float]]:
    """Give each mark its size and radius: marks that would meet take turns in lanes, as large as can be."""
    most = min(MOST_MARK, width / 2 - 2)
    for cluster in _clusters(angles, (2 * most + 1) / radius):
        sizes = {}
        for lanes in range(1, MOST_LANES + 1):
            inner = radius - width / 2 + width / lanes / 2
            gaps = (two - one for one, two in zip(cluster, cluster[lanes:], strict=False))
            along = min(gaps, default=math.pi) * inner / 2 - 0.8
            sizes[lanes] = max(LEAST_MARK, min(most, width / lanes / 2 - 1.2, along))
        lanes = max(sizes, key=lambda lanes: sizes[lanes])
        for turn in range(len(cluster)):
            yield sizes[lanes], radius + width / 2 - width / lanes * (turn % lanes + 0.5)


def _clusters(angles: Sequence[float], near: float) -> Iterator[list[float]]:
    """Give runs of angles in which each is near the next."""
    cluster: list[float] = []
    for angle in angles:
        if cluster and angle - cluster[-1] >= near:
            yield cluster
            cluster = []
        cluster.append(angle)
    if cluster:
        yield cluster
