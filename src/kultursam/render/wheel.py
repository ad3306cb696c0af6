"""The year as a wheel: an SVG with one ring a forum, months and ISO weeks on the rim, and a legend.

It is drawn so that browsers and librsvg agree: SVG 1.1, no script, link, style sheet or text on a path, and
text is centred by `dy`. Lengths are in user units; a year is once round, clockwise from the top. Nothing is
told by colour alone, for a wheel is often printed in grey.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from html import escape
from itertools import pairwise

from babel.core import Locale

from kultursam import signs
from kultursam.i18n import N_, totals, translations
from kultursam.plan import DaySpan, Meeting, Plan, by_forum
from kultursam.problems import UNSEEN
from kultursam.register import Register

DAY = timedelta(days=1)
DASH = "\N{EN DASH}"
WIDTH, HEIGHT, CENTRE = 1500, 1060, 530
"""As wide to high as A4, so that it fills a sheet."""
RIM, WEEKS, RINGS, HOLE = 490, 454, 433, 118
"""Radii: of the disc, of the circles within months and within weeks, and the least that is left free."""
MOST_RINGS, MOST_WIDE, MOST_MARK, LEAST_MARK, MOST_LANES = 12, 44, 15, 6, 4
LONG_BREAK = 28
"""Days from which a break has its name in the wheel."""
LEGEND_LEFT, LEGEND_WIDTH, LEGEND_TOP, LEGEND_HEIGHT = 1090, 392, 44, 976

INK, PAPER, DIM, GREY, LINE, ALARM = "#1a1a1a", "#ffffff", "#444444", "#d9d9d9", "#a6a6a6", "#a8001c"
MONTH_COLOURS = ("#12355b", "#1f4e79")
SAMPLE = ("#e8e8e8", INK)


def wheel(plan: Plan, register: Register) -> str:
    """Draw the year. The ids in it begin with `wheel-`, so that a page can hold it too."""
    return "\n".join(_drawing(_Year(plan, register))) + "\n"


# --- what is shown --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Mark:
    day: date
    label: str
    state: str
    words: str
    """What it stands for, shown where it is pointed at."""


@dataclass(frozen=True, slots=True)
class _Ring:
    name: str
    letter: str
    colours: tuple[str, str]
    forums: frozenset[str]
    meetings: tuple[Meeting, ...]
    marks: tuple[_Mark, ...]


class _Year:
    """A plan in words, and where its days lie."""

    def __init__(self, plan: Plan, register: Register) -> None:
        self.plan, self.register = plan, register
        self.texts = translations(register.file.language)
        months = Locale.parse(register.file.language).months
        self.months = [months["stand-alone"]["wide"][month] for month in range(1, 13)]
        self._short = [months["format"]["abbreviated"][month].rstrip(".") for month in range(1, 13)]
        self.first = date(plan.year, 1, 1)
        self.last = date(plan.year, 12, 31)
        self.signs = signs.of_forums(register, [plan])
        held = {one.forum for one in plan.meetings}
        self.grouped = len(held) > MOST_RINGS
        """Forums are too many, and each ring is an organisation's."""
        self.rings = list(self._by_organisation() if self.grouped else self._by_forum(held))
        self.width = min(MOST_WIDE, (RINGS - HOLE) / max(1, len(self.rings)))
        self.hole = RINGS - self.width * len(self.rings)
        self.breaks = [span for span in plan.spans if span.kind == "period"]
        self.due = sorted(self._due())

    def gettext(self, message: str, **values: object) -> str:
        return self.texts.gettext(message).format(**values)

    def angle(self, day: date, part: float = 0.0) -> float:
        """Give the angle of a moment, in radians; the part of noon is 0.5."""
        return 2 * math.pi * ((day - self.first).days + part) / ((self.last - self.first).days + 1)

    def arc(self, span: DaySpan) -> tuple[float, float]:
        """Give the angles at which the days of a span begin and end, within the year."""
        return self.angle(max(span.first, self.first)), self.angle(min(span.last, self.last), 1)

    def _by_forum(self, held: set[str]) -> Iterator[_Ring]:
        mine = by_forum(self.plan.chronological())
        for key, sign in self.signs.items():
            if key in held:
                marks = tuple(self._mark(one) for one in mine[key] if self.first <= one.date <= self.last)
                colours = signs.COLOURS[sign.colour]
                yield _Ring(sign.name, sign.letter, colours, frozenset({key}), tuple(mine[key]), marks)

    def _by_organisation(self) -> Iterator[_Ring]:
        """Make rings of the organisations; where these are too many as well, of the busiest."""
        forums: dict[str, set[str]] = {key: set() for key in self.register.file.organisations}
        for key, record in self.plan.forums.items():
            for organisation in record.organisations:
                forums.setdefault(organisation, set()).add(key)
        live = [one for one in self.plan.meetings if one.live]
        mine = {key: tuple(one for one in live if one.forum in several) for key, several in forums.items()}
        busy = sorted((key for key in mine if mine[key]), key=lambda key: -len(mine[key]))[:MOST_RINGS]
        names = {key: self.organisation(key) for key in mine if key in busy}
        letters = signs.letters(names)
        for index, (key, name) in enumerate(names.items()):
            colours = signs.COLOURS[index % len(signs.COLOURS)]
            marks = tuple(self._weekly(mine[key]))
            yield _Ring(name, letters[key], colours, frozenset(forums[key]), mine[key], marks)

    def _weekly(self, meetings: Iterable[Meeting]) -> Iterator[_Mark]:
        """Count meetings by week: so many days could not be told apart."""
        days = [one.date for one in meetings if self.first <= one.date <= self.last]
        weeks = Counter(day - DAY * day.weekday() for day in days)
        for monday, number in sorted(weeks.items()):
            middle = min(max(monday + 3 * DAY, self.first), self.last)
            words = self.gettext("week {week}", week=monday.isocalendar().week)
            yield _Mark(middle, str(number), "confirmed", f"{words}: {number}")

    def _mark(self, meeting: Meeting) -> _Mark:
        state = signs.state(meeting)
        times = f"{meeting.start:%H:%M}{DASH}{meeting.end:%H:%M}"
        words = (self.signs[meeting.forum].name, f"{self.day(meeting.date)} {times}", self.gettext(state))
        return _Mark(meeting.date, str(meeting.date.day), state, ", ".join(words))

    def _due(self) -> Iterator[tuple[date, str]]:
        """Give what is due in the year whatever the meetings: fixed dates, and terms to renew."""
        for fixed in self.register.file.dates.values():
            if day := fixed.on.within(self.plan.year):
                yield day, fixed.name
        for one in self.plan.deadlines:
            if one.meeting is None and not one.cancelled and self.first <= one.date <= self.last:
                yield one.date, one.name

    def organisation(self, key: str) -> str:
        """Give the name of an organisation; one that has left the file goes by its id."""
        known = self.register.file.organisations.get(key)
        return known.name if known else key

    def day(self, day: date) -> str:
        year = "" if day.year == self.plan.year else f" {day.year}"
        return f"{day.day}\N{NO-BREAK SPACE}{self._short[day.month - 1]}{year}"

    def span(self, span: DaySpan) -> str:
        if span.first == span.last:
            return self.day(span.first)
        same = span.first.month == span.last.month
        return f"{span.first.day if same else self.day(span.first)}{DASH}{self.day(span.last)}"

    def dates(self, ring: _Ring) -> str:
        called_off = f" ({self.gettext('cancelled')})"
        return ", ".join(self.day(one.date) + ("" if one.live else called_off) for one in ring.meetings)

    def totals(self) -> str:
        """Count meetings and forums; what is cancelled does not count."""
        live = [one.forum for one in self.plan.meetings if one.live]
        return totals(live, self.register.file.language)

    def facts(self) -> Iterator[str]:
        """Say in words what the picture shows."""
        yield self.gettext("A circle with the months of the year clockwise, January at the top.")
        yield f"{self.totals()}."
        for ring in self.rings:
            yield f"{ring.name}: {len(ring.meetings) if self.grouped else self.dates(ring)}."
        for heading, items in (
            (self.gettext("Deadlines"), [f"{self.day(day)} {name}" for day, name in self.due]),
            (self.gettext("Breaks"), [f"{self.span(span)} {span.name}" for span in self.breaks]),
        ):
            if items:
                yield f"{heading}: {', '.join(items)}."

    def touched(self, span: DaySpan) -> list[tuple[int, int]]:
        """Give the rings that a span of days touches, as runs: the first, and the one after the last."""
        settings = self.register.file.calendar
        same = [one for one in settings.periods if one.name == span.name] if settings else []
        known = self.register.forums

        def hit(ring: _Ring) -> bool:
            return any(self.register.touched(key, one) for one in same for key in ring.forums if key in known)

        hits = [span.kind == "holiday" or not same or hit(ring) for ring in self.rings]
        edges = [index for index, (one, two) in enumerate(pairwise([False, *hits, False])) if one != two]
        return list(zip(edges[::2], edges[1::2], strict=True))


# --- the drawing ----------------------------------------------------------------------------------


def _drawing(year: _Year) -> Iterator[str]:
    title = year.gettext("Annual wheel {year} – {name}", year=year.plan.year, name=year.plan.name)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-labelledby="wheel-title" '
        f"""aria-describedby="wheel-desc" font-family="Arial,'Liberation Sans',Helvetica,sans-serif" """
        f'fill="{INK}">'
    )
    yield f'<title id="wheel-title">{_xml(title)}</title>'
    yield f'<desc id="wheel-desc">{_xml(" ".join(year.facts()))}</desc>'
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
    yield from _background(year)
    yield from _rim(year)
    yield from _deadlines(year)
    yield from _middle(year)
    for index, ring in enumerate(year.rings):
        yield from _ring(year, ring, RINGS - (index + 0.5) * year.width)
    yield from _legend(year)
    yield "</svg>"


def _background(year: _Year) -> Iterator[str]:
    lines = f'fill="none" stroke="{LINE}" stroke-width=".8"'
    for index in range(1, len(year.rings), 2):
        look = f'fill="none" stroke="#f3f3f3" stroke-width="{_n(year.width)}"'
        yield _circle(CENTRE, CENTRE, RINGS - (index + 0.5) * year.width, look)
    for span in year.plan.spans:
        for start, end in year.touched(span):
            radii = RINGS - end * year.width, RINGS - start * year.width
            yield _sector(*year.arc(span), *radii, f'fill="{GREY}"')
    for month in range(1, 13):
        angle = year.angle(date(year.plan.year, month, 1))
        yield _line(_at(angle, year.hole), _at(angle, RINGS), lines)
    for index in range(len(year.rings) + 1):
        yield _circle(CENTRE, CENTRE, RINGS - index * year.width, lines)
    for span in year.breaks:
        if (span.last - span.first).days >= LONG_BREAK and year.touched(span) == [(0, len(year.rings))]:
            look = f'font-style="italic" fill="{DIM}"'
            yield _turned(span.name, sum(year.arc(span)) / 2, (RINGS + year.hole) / 2, 16, look)


def _rim(year: _Year) -> Iterator[str]:
    for month, name in enumerate(year.months, 1):
        first = date(year.plan.year, month, 1)
        start = year.angle(first)
        stop = year.angle((first + 31 * DAY).replace(day=1) - DAY, 1)
        look = f'fill="{MONTH_COLOURS[month % 2]}" stroke="{PAPER}"'
        yield _sector(start, stop, WEEKS, RIM, look)
        look = f'font-weight="bold" fill="{PAPER}"'
        yield _turned(name[:1].upper() + name[1:], (start + stop) / 2, (RIM + WEEKS) / 2, 17, look)
    monday = year.first - DAY * year.first.weekday()
    while monday <= year.last:
        start = year.angle(max(monday, year.first))
        stop = year.angle(min(monday + 6 * DAY, year.last), 1)
        yield _line(_at(start, RINGS), _at(start, WEEKS), f'stroke="{LINE}"')
        if stop - start > year.angle(year.first, 1.5):  # one day has no room for a number
            yield _turned(str(monday.isocalendar().week), (start + stop) / 2, (WEEKS + RINGS) / 2, 12, "")
        monday += 7 * DAY


def _deadlines(year: _Year) -> Iterator[str]:
    for day in dict.fromkeys(day for day, _ in year.due):
        angle = year.angle(day, 0.5)
        look = f'stroke="{ALARM}" stroke-width="1.3" stroke-dasharray="6 4"'
        yield _line(_at(angle, year.hole), _at(angle, RINGS), look)
        yield _polygon([_at(angle, RIM - 3), _at(angle - 0.02, RIM + 14), _at(angle + 0.02, RIM + 14)], ALARM)
        yield _turned(str(day.day), angle, RIM + 25, 15, f'font-weight="bold" fill="{ALARM}"')


def _middle(year: _Year) -> Iterator[str]:
    room = 1.5 * year.hole
    lines = [(str(year.plan.year), 54, 'font-weight="bold"')]
    lines += [(line, 19, "") for line in _wrap(year.plan.name, 19, room, 3)]
    lines += [(line, 15, f'fill="{DIM}"') for line in _wrap(year.totals(), 15, room, 2)]
    y = CENTRE - sum(1.25 * size for _, size, _ in lines) / 2
    for line, size, look in lines:
        yield _text(line, (CENTRE, y + 0.625 * size), size, f'text-anchor="middle" {look}')
        y += 1.25 * size


def _ring(year: _Year, ring: _Ring, radius: float) -> Iterator[str]:
    yield from _chip(*_at(0, radius), half=min(11, year.width / 2 - 2), ring=ring)
    angles = [year.angle(mark.day, 0.5) for mark in ring.marks]
    for quarter in (1, 2, 3):
        # The letter anew, beside any mark, so that the ring can be followed in grey.
        tries = (quarter * math.pi / 2 - 0.05 - step / 20 * sign for step in range(5) for sign in (1, -1))
        free = (one for one in tries if all(abs(one - other) * radius > 28 for other in angles))
        if (angle := next(free, None)) is not None:
            look = f'text-anchor="middle" font-weight="bold" fill="{DIM}"'
            yield _text(ring.letter, _at(angle, radius), 14, look)
    for mark, (size, lane) in zip(ring.marks, _lanes(angles, radius, year.width), strict=True):
        x, y = _at(year.angle(mark.day, 0.5), lane)
        yield f"<g><title>{_xml(mark.words)}</title>"
        yield from _mark(x, y, size, mark.label, mark.state, ring.colours)
        yield "</g>"


def _lanes(angles: Sequence[float], radius: float, width: float) -> Iterator[tuple[float, float]]:
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


def _mark(x: float, y: float, size: float, label: str, state: str, colours: tuple[str, str]) -> Iterator[str]:
    fill, ink = (PAPER, INK) if state == "cancelled" else colours
    dashes = ' stroke-dasharray="3 2.4"' if state in {"proposed", "reserved"} else ""
    look = f'fill="{fill}" stroke="{PAPER if dashes else INK}" stroke-width="1.8"'
    over = f'fill="none" stroke="{INK}" stroke-width="1.8"{dashes}'
    for each in (look, over) if dashes else (look,):
        if state == "reserved":
            yield _square(x, y, 0.9 * size, each)
        elif state == "external":
            far = 1.25 * size
            yield _polygon([(x, y - far), (x + far, y), (x, y + far), (x - far, y)], fill, INK)
        else:
            yield _circle(x, y, size, each)
    if state == "cancelled":
        reach = 0.95 * size
        yield _line((x - reach, y + reach), (x + reach, y - reach), f'stroke="{ALARM}" stroke-width="2.4"')
    font = size * min(1.15, 3 / len(label))
    yield _text(label, (x, y), font, f'text-anchor="middle" font-weight="bold" fill="{ink}"')


def _chip(x: float, y: float, half: float, ring: _Ring) -> Iterator[str]:
    fill, ink = ring.colours
    yield _square(x, y, half, f'rx="3" fill="{fill}" stroke="{INK}"')
    yield _text(ring.letter, (x, y), 1.3 * half, f'text-anchor="middle" font-weight="bold" fill="{ink}"')


# --- the legend -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    """Some words of the legend, and what draws the sign before them, at a height."""

    words: str
    size: int = 17
    left: int = 36
    above: int = 7
    look: str = ""
    sign: Callable[[float], Iterable[str]] | None = None


def _legend(year: _Year) -> Iterator[str]:
    """Write the legend, smaller where it is long."""
    parts: list[str] = []
    y = 0.0
    for entry in _entries(year):
        y += entry.above
        middle = y + 0.65 * entry.size
        parts += entry.sign(middle) if entry.sign else ()
        for line in _wrap(entry.words, entry.size, LEGEND_WIDTH - entry.left, 3):
            parts.append(_text(line, (entry.left, middle), entry.size, entry.look))
            middle += 1.3 * entry.size
        y = middle - 0.65 * entry.size
    yield f'<g transform="translate({LEGEND_LEFT} {LEGEND_TOP}) scale({_n(min(1, LEGEND_HEIGHT / y), 3)})">'
    yield from parts
    yield "</g>"


def _entries(year: _Year) -> Iterator[_Entry]:
    inwards = (
        N_("Organisations, from the rim inwards") if year.grouped else N_("Forums, from the rim inwards")
    )
    yield _heading(year.gettext(inwards), above=0)
    for ring in year.rings:
        number = sum(one.live for one in ring.meetings)
        yield _Entry(f"{ring.name} ({number})", sign=partial(_chip, 12, ring=ring, half=12))
        if not year.grouped:
            yield _Entry(year.dates(ring), 14, above=0, look=f'fill="{DIM}"')
    label = N_("Key (the number: meetings that week)") if year.grouped else N_("Key (the number is the day)")
    yield _heading(year.gettext(label))
    states = {mark.state for ring in year.rings for mark in ring.marks}
    for state in signs.STATES:
        if state in states and not year.grouped:
            yield _Entry(
                year.gettext(state), sign=partial(_mark, 12, size=12, label="7", state=state, colours=SAMPLE)
            )
    if year.plan.spans:
        yield _Entry(
            year.gettext("holidays and breaks"),
            sign=lambda y: [_square(12, y, 11, f'fill="{GREY}" stroke="{LINE}"')],
        )
    if year.due:
        yield _heading(year.gettext("Deadlines"))
    for day, name in year.due:
        yield _Entry(
            f"{year.day(day)} {DASH} {name}",
            15,
            sign=lambda y: [_polygon([(12, y + 8), (4, y - 7), (20, y - 7)], ALARM)],
        )
    if year.breaks:
        yield _heading(year.gettext("Breaks"))
    for span in year.breaks:
        yield _Entry(f"{year.span(span)} {DASH} {span.name}", 14, left=0, above=1, look=f'fill="{DIM}"')


def _heading(words: str, above: int = 24) -> _Entry:
    return _Entry(words, 21, 0, above, 'font-weight="bold"')


# --- shapes and text ------------------------------------------------------------------------------


def _at(angle: float, radius: float) -> tuple[float, float]:
    return CENTRE + radius * math.sin(angle), CENTRE - radius * math.cos(angle)


def _n(number: float, digits: int = 1) -> str:
    return f"{round(number, digits) + 0.0:.{digits}f}".rstrip("0").rstrip(".")


def _xml(text: str) -> str:
    return escape(UNSEEN.sub("", text))


def _line(start: tuple[float, float], end: tuple[float, float], look: str) -> str:
    return f'<path d="M{_points([start])}L{_points([end])}" {look}/>'


def _circle(x: float, y: float, radius: float, look: str) -> str:
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" {look}/>'


def _square(x: float, y: float, half: float, look: str) -> str:
    side = _n(2 * half)
    return f'<rect x="{_n(x - half)}" y="{_n(y - half)}" width="{side}" height="{side}" {look}/>'


def _polygon(corners: Iterable[tuple[float, float]], fill: str, stroke: str = INK) -> str:
    return f'<polygon points="{_points(corners)}" fill="{fill}" stroke="{stroke}"/>'


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{_n(x)} {_n(y)}" for x, y in points)


def _sector(start: float, stop: float, inner: float, outer: float, look: str) -> str:
    stop = min(stop, start + 2 * math.pi - 0.001)  # an arc that ends where it began would be none
    large = int(stop - start > math.pi)
    a, b, c, d = (
        _points([_at(angle, r)])
        for angle, r in ((start, outer), (stop, outer), (stop, inner), (start, inner))
    )
    out, back = f"{_n(outer)} {_n(outer)}", f"{_n(inner)} {_n(inner)}"
    return f'<path d="M{a}A{out} 0 {large} 1 {b}L{c}A{back} 0 {large} 0 {d}Z" {look}/>'


def _text(words: str, at: tuple[float, float], size: float, look: str) -> str:
    x, y = map(_n, at)
    return f'<text x="{x}" y="{y}" dy=".35em" font-size="{_n(size)}" {look}>{_xml(words)}</text>'


def _turned(words: str, angle: float, radius: float, size: float, look: str) -> str:
    """Write along the circle, never upside down."""
    x, y = map(_n, _at(angle, radius))
    turn = math.degrees(angle) + (180 if math.pi / 2 < angle < 3 * math.pi / 2 else 0)
    look = f'transform="rotate({_n(turn)} {x} {y})" text-anchor="middle" {look}'
    return _text(words, _at(angle, radius), size, look)


def _wrap(text: str, size: float, room: float, most: int) -> list[str]:
    """Break a text into lines, as far as can be told without a font."""
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
    """Estimate the width of a text in ems."""
    return sum(map(_em, text))


@cache
def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1
    if unicodedata.combining(char) or char in " \N{NO-BREAK SPACE}.,:;!|'()[]fijlrtI":
        return 0.3
    return 0.72 if char.isupper() or char in "mw%@" else 0.56
