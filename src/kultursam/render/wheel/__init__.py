"""The year as a wheel: an SVG with one ring a forum, months and ISO weeks on the rim, and a legend.

It is drawn so that browsers and librsvg agree: SVG 1.1, no script, link, style sheet or text on a path, and
text is centred by `dy`. A year is once round, clockwise from the top. Nothing is told by colour alone, for a
wheel is often printed in grey.
"""

import math
from collections.abc import Iterator

from kultursam.forumfile.planning_year import PlanningYear
from kultursam.forumfile.register import Register
from kultursam.plans.model import Plan
from kultursam.presentation import DAY, month_in_words, totals
from kultursam.render.wheel import shapes
from kultursam.render.wheel.layout import RINGS, Ring, WheelLayout
from kultursam.render.wheel.legend import draw_legend
from kultursam.render.wheel.shapes import ALARM, CENTRE, DIM, GREY, HEIGHT, INK, LINE, PAPER, WIDTH

RIM, WEEKS = 490, 454
"""Radii: of the disc, and of the circle within the months."""
LONG_BREAK = 28
"""Days from which a break has its name in the wheel."""
LEAST_NAMED = 13
"""Days from which a part of a month has room for its name."""
MONTH_COLOURS = ("#12355b", "#1f4e79")


def wheel(plan: Plan, register: Register) -> str:
    """Return the drawing of a year. The ids in it begin with `wheel-`, so that a page can hold it too."""
    return "\n".join(_drawing(WheelLayout(plan, register))) + "\n"


def _drawing(year: WheelLayout) -> Iterator[str]:
    title = year.gettext("Annual wheel {year} – {name}", year=year.plan.planning_year, name=year.plan.name)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="100%" height="100%" role="img" aria-labelledby="wheel-title" '
        f"""aria-describedby="wheel-desc" font-family="Arial,'Liberation Sans',Helvetica,sans-serif" """
        f'fill="{INK}">'
    )
    yield f'<title id="wheel-title">{shapes.xml(title)}</title>'
    yield f'<desc id="wheel-desc">{shapes.xml(" ".join(year.facts()))}</desc>'
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
    yield from _background(year)
    yield from _months(year)
    yield from _weeks(year)
    yield from _deadlines(year)
    yield from _middle(year)
    for index, ring in enumerate(year.rings):
        yield from _ring(year, ring, RINGS - (index + 0.5) * year.width)
    yield from draw_legend(year)
    yield "</svg>"


def _background(year: WheelLayout) -> Iterator[str]:
    lines = f'fill="none" stroke="{LINE}" stroke-width=".8"'
    for index in range(1, len(year.rings), 2):
        shade = f'fill="none" stroke="#f3f3f3" stroke-width="{shapes.number(year.width)}"'
        yield shapes.circle(CENTRE, CENTRE, RINGS - (index + 0.5) * year.width, shade)
    for span in year.plan.spans:
        for start, end in year.touched(span):
            radii = RINGS - end * year.width, RINGS - start * year.width
            yield shapes.sector(*year.arc(span), *radii, f'fill="{GREY}"')
    for first in year.plan.planning_year.months():
        angle = year.angle(first)
        yield shapes.line(shapes.at(angle, year.hole), shapes.at(angle, RINGS), lines)
    for index in range(len(year.rings) + 1):
        yield shapes.circle(CENTRE, CENTRE, RINGS - index * year.width, lines)
    for span in year.periods:
        if (span.last - span.first).days >= LONG_BREAK and year.touched(span) == [(0, len(year.rings))]:
            style = f'font-style="italic" fill="{DIM}"'
            yield shapes.turned(span.name, sum(year.arc(span)) / 2, (RINGS + year.hole) / 2, 16, style)


def _months(year: WheelLayout) -> Iterator[str]:
    for first in year.plan.planning_year.months():
        last = min((first.replace(day=1) + 31 * DAY).replace(day=1) - DAY, year.last)
        start, stop = year.angle(first), year.angle(last, 1)
        colour = MONTH_COLOURS[first.month % 2]
        yield shapes.sector(start, stop, WEEKS, RIM, f'fill="{colour}" stroke="{PAPER}"')
        if (last - first).days >= LEAST_NAMED:
            style = f'font-weight="bold" fill="{PAPER}"'
            name = month_in_words(first, year.language, PlanningYear(first.year))
            yield shapes.turned(name, (start + stop) / 2, (RIM + WEEKS) / 2, 17, style)


def _weeks(year: WheelLayout) -> Iterator[str]:
    monday = year.first - DAY * year.first.weekday()
    while monday <= year.last:
        start = year.angle(max(monday, year.first))
        stop = year.angle(min(monday + 6 * DAY, year.last), 1)
        yield shapes.line(shapes.at(start, RINGS), shapes.at(start, WEEKS), f'stroke="{LINE}"')
        if stop - start > year.angle(year.first, 1.5):  # a single day has no room for a number
            number = str(monday.isocalendar().week)
            yield shapes.turned(number, (start + stop) / 2, (WEEKS + RINGS) / 2, 12, "")
        monday += 7 * DAY


def _deadlines(year: WheelLayout) -> Iterator[str]:
    for day in dict.fromkeys(day for day, _ in year.due_in_year):
        angle = year.angle(day, 0.5)
        style = f'stroke="{ALARM}" stroke-width="1.3" stroke-dasharray="6 4"'
        yield shapes.line(shapes.at(angle, year.hole), shapes.at(angle, RINGS), style)
        base = [shapes.at(angle + side, RIM + 14) for side in (-0.02, 0.02)]
        yield shapes.polygon([shapes.at(angle, RIM - 3), *base], ALARM)
        yield shapes.turned(str(day.day), angle, RIM + 25, 15, f'font-weight="bold" fill="{ALARM}"')


def _middle(year: WheelLayout) -> Iterator[str]:
    room = 1.5 * year.hole
    lines = [(str(year.plan.planning_year), 54, 'font-weight="bold"')]
    lines += [(line, 19, "") for line in shapes.wrap(year.plan.name, 19, room, 3)]
    lines += [
        (line, 15, f'fill="{DIM}"') for line in shapes.wrap(totals(year.plan, year.language), 15, room, 2)
    ]
    y = CENTRE - sum(1.25 * size for _, size, _ in lines) / 2
    for line, size, style in lines:
        yield shapes.text(line, (CENTRE, y + 0.625 * size), size, f'text-anchor="middle" {style}')
        y += 1.25 * size


def _ring(year: WheelLayout, ring: Ring, radius: float) -> Iterator[str]:
    yield from shapes.draw_chip(shapes.at(0, radius), min(11, year.width / 2 - 2), ring.letter, ring.colours)
    arcs = [(year.angle(mark.first), year.angle(mark.last, 1)) for mark in ring.marks]
    angles = [(first + last) / 2 for first, last in arcs]
    # The letter anew each quarter, beside any mark, so that the ring can be followed in grey.
    for quarter in (1, 2, 3):
        tries = (quarter * math.pi / 2 - 0.05 - step / 20 * sign for step in range(5) for sign in (1, -1))
        free = (angle for angle in tries if all(abs(angle - other) * radius > 28 for other in angles))
        if (angle := next(free, None)) is not None:
            style = f'text-anchor="middle" font-weight="bold" fill="{DIM}"'
            yield shapes.text(ring.letter, shapes.at(angle, radius), 14, style)
    sizes = shapes.sized(angles, radius, year.width)
    for mark, arc, angle, (size, lane) in zip(ring.marks, arcs, angles, sizes, strict=True):
        yield f"<g><title>{shapes.xml(mark.words)}</title>"
        if mark.first < mark.last:
            yield from shapes.draw_band(arc, lane, size, shapes.colours_of(mark.state, ring.colours)[0])
        yield from shapes.draw_mark(shapes.at(angle, lane), size, mark.label, mark.state, ring.colours)
        yield "</g>"
