"""Shapes, text and marks as SVG. Lengths are in user units, angles in radians, clockwise from the top.

A style is an element's further attributes. A mark has a form for each state, and a size and a lane in its
ring that keep it apart from others.
"""

import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape

from kultursam.diagnostics import UNSEEN

WIDTH, HEIGHT, CENTRE = 1500, 1060, 530
"""Of the drawing, as wide to high as A4, so that it fills a sheet; and of the wheel, from left and top."""
MOST_MARK, LEAST_MARK = 15, 6
"""Sizes: half as wide as a mark is."""
MOST_LANES = 4
"""Circles within a ring that marks are divided among where they are close."""
INK, PAPER, DIM, GREY, LINE, ALARM = "#1a1a1a", "#ffffff", "#444444", "#d9d9d9", "#a6a6a6", "#a8001c"

Point = tuple[float, float]
"""From left and top."""


def at(angle: float, radius: float) -> Point:
    """Return the point at an angle, so far from the middle of the wheel."""
    return CENTRE + radius * math.sin(angle), CENTRE - radius * math.cos(angle)


def number(value: float, digits: int = 1) -> str:
    """Return a rounded number in as few characters as possible."""
    return f"{round(value, digits) + 0.0:.{digits}f}".rstrip("0").rstrip(".")


def xml(text: str) -> str:
    """Return a text escaped; what XML cannot hold is left out."""
    return escape(UNSEEN.sub("", text))


def line(start: Point, end: Point, style: str) -> str:
    """Return a straight line."""
    return f'<path d="M{_points([start])}L{_points([end])}" {style}/>'


def circle(x: float, y: float, radius: float, style: str) -> str:
    """Return a circle."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" {style}/>'


def square(x: float, y: float, half: float, style: str) -> str:
    """Return a square by its middle and half its side."""
    side = number(2 * half)
    return f'<rect x="{number(x - half)}" y="{number(y - half)}" width="{side}" height="{side}" {style}/>'


def polygon(corners: Iterable[Point], fill: str) -> str:
    """Return a polygon with an outline."""
    return f'<polygon points="{_points(corners)}" fill="{fill}" stroke="{INK}"/>'


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{number(x)} {number(y)}" for x, y in points)


def sector(start: float, stop: float, inner: float, outer: float, style: str) -> str:
    """Return the part of a ring that lies between two angles and two radii."""
    stop = min(stop, start + 2 * math.pi - 0.001)  # an arc that ends where it began would be none
    large = int(stop - start > math.pi)
    a, b, c, d = (
        _points([at(angle, r)]) for angle, r in ((start, outer), (stop, outer), (stop, inner), (start, inner))
    )
    out, back = f"{number(outer)} {number(outer)}", f"{number(inner)} {number(inner)}"
    return f'<path d="M{a}A{out} 0 {large} 1 {b}L{c}A{back} 0 {large} 0 {d}Z" {style}/>'


def text(words: str, where: Point, size: float, style: str) -> str:
    """Return a line of text that begins at a point, which is at half its height."""
    x, y = map(number, where)
    return f'<text x="{x}" y="{y}" dy=".35em" font-size="{number(size)}" {style}>{xml(words)}</text>'


def turned(words: str, angle: float, radius: float, size: float, style: str) -> str:
    """Return a text along the circle, never upside down."""
    x, y = map(number, at(angle, radius))
    turn = math.degrees(angle) + (180 if math.pi / 2 < angle < 3 * math.pi / 2 else 0)
    style = f'transform="rotate({number(turn)} {x} {y})" text-anchor="middle" {style}'
    return text(words, at(angle, radius), size, style)


def wrap(text: str, size: float, room: float, most: int) -> list[str]:
    """Return the lines of a text, by estimated widths, for there is no font; the last may be cut."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}".strip()
        if _length(joined) * size <= room:
            lines[-1] = joined
            continue
        lines += [""] if lines[-1] else []
        for char in word:
            if _length(lines[-1] + char) * size > room:
                lines.append("")
            lines[-1] += char
    if len(lines) > most:
        lines[most - 1 :] = [lines[most - 1][:-1].rstrip(" ,") + "…"]
    return lines


def _length(text: str) -> float:
    """Return the estimated width of a text in ems."""
    return sum(map(_em, text))


@cache
def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1
    if unicodedata.combining(char) or char in " \N{NO-BREAK SPACE}.,:;!|'()[]fijlrtI":
        return 0.3
    return 0.72 if char.isupper() or char in "mw%@" else 0.56


def draw_mark(where: Point, size: float, label: str, state: str, colours: tuple[str, str]) -> Iterator[str]:
    """Yield the shapes of a mark in the form of its state, with its label."""
    x, y = where
    fill, ink = colours_of(state, colours)
    dashes = ' stroke-dasharray="3 2.4"' if state in {"proposed", "reserved"} else ""
    base = f'fill="{fill}" stroke="{PAPER if dashes else INK}" stroke-width="1.8"'
    outline = f'fill="none" stroke="{INK}" stroke-width="1.8"{dashes}'
    for style in (base, outline) if dashes else (base,):
        if state == "reserved":
            yield square(x, y, 0.9 * size, style)
        elif state == "external":
            far = 1.25 * size
            yield polygon([(x, y - far), (x + far, y), (x, y + far), (x - far, y)], fill)
        else:
            yield circle(x, y, size, style)
    if state == "cancelled":
        reach = 0.95 * size
        ends = (x - reach, y + reach), (x + reach, y - reach)
        yield line(*ends, f'stroke="{ALARM}" stroke-width="2.4"')
    font = size * min(1.15, 3 / len(label))
    yield text(label, where, font, f'text-anchor="middle" font-weight="bold" fill="{ink}"')


def colours_of(state: str, colours: tuple[str, str]) -> tuple[str, str]:
    """Return the colours of a mark in a state, and of text on it, given those of its ring."""
    return (PAPER, INK) if state == "cancelled" else colours


def draw_band(arc: tuple[float, float], radius: float, size: float, fill: str) -> Iterator[str]:
    """Yield the shapes of the days of a mark, from one angle to another: it is drawn in their middle."""
    start, stop = (_points([at(angle, radius)]) for angle in arc)
    large, turn = int(arc[1] - arc[0] > math.pi), number(radius)
    for colour, width in ((INK, size + 2), (fill, size)):
        style = f'fill="none" stroke="{colour}" stroke-width="{number(width)}"'
        yield f'<path d="M{start}A{turn} {turn} 0 {large} 1 {stop}" {style}/>'


def draw_chip(where: Point, half: float, letter: str, colours: tuple[str, str]) -> Iterator[str]:
    """Yield the shapes of a ring's letter on its colour."""
    fill, ink = colours
    yield square(*where, half, f'rx="3" fill="{fill}" stroke="{INK}"')
    style = f'text-anchor="middle" font-weight="bold" fill="{ink}"'
    yield text(letter, where, 1.3 * half, style)


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
