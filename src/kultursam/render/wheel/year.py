"""What the wheel shows: rings of meetings, deadlines and breaks, in words, and at which angle a day lies.

Spans of days hold both their ends.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from babel.core import Locale

from kultursam import presentation
from kultursam.forumfile.register import Register
from kultursam.i18n import totals, translations
from kultursam.plans.model import DaySpan, Meeting, Plan, by_forum

DAY = timedelta(days=1)
DASH = "\N{EN DASH}"
RINGS, HOLE = 433, 118
"""Radii: of the circle within the weeks, where rings begin, and the least that is left free."""
MOST_RINGS, MOST_WIDE = 12, 44
"""Rings that there may be, and how wide one may be."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A meeting in a ring, or where rings are organisations, the meetings of a week."""

    day: date
    label: str
    state: str
    words: str
    """What it stands for, shown where it is pointed at."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A forum with its meetings, or an organisation with its forums' meetings."""

    name: str
    letter: str
    colours: tuple[str, str]
    forums: frozenset[str]
    meetings: tuple[Meeting, ...]
    marks: tuple[Mark, ...]


class Year:
    """A plan in words, and where its days lie."""

    def __init__(self, plan: Plan, register: Register) -> None:
        self.plan, self.register = plan, register
        self.texts = translations(register.file.language)
        months = Locale.parse(register.file.language).months
        self.months = [months["stand-alone"]["wide"][month] for month in range(1, 13)]
        self._short = [months["format"]["abbreviated"][month].rstrip(".") for month in range(1, 13)]
        self.first = date(plan.year, 1, 1)
        self.last = date(plan.year, 12, 31)
        self.signs = presentation.of_forums(register, [plan])
        held = {one.forum for one in plan.meetings}
        self.grouped = len(held) > MOST_RINGS
        """Forums are too many, and each ring is an organisation's."""
        self.rings = list(self._by_organisation() if self.grouped else self._by_forum(held))
        self.width = min(MOST_WIDE, (RINGS - HOLE) / max(1, len(self.rings)))
        self.hole = RINGS - self.width * len(self.rings)
        self.breaks = [span for span in plan.spans if span.kind == "period"]
        self.due = sorted(self._due())

    def gettext(self, message: str, **values: object) -> str:
        """Translate a message and fill it."""
        return self.texts.gettext(message).format(**values)

    def angle(self, day: date, part: float = 0.0) -> float:
        """Give the angle of a moment, in radians; the part of noon is 0.5."""
        return 2 * math.pi * ((day - self.first).days + part) / ((self.last - self.first).days + 1)

    def arc(self, span: DaySpan) -> tuple[float, float]:
        """Give the angles at which the days of a span begin and end, within the year."""
        return self.angle(max(span.first, self.first)), self.angle(min(span.last, self.last), 1)

    def _by_forum(self, held: set[str]) -> Iterator[Ring]:
        mine = by_forum(self.plan.chronological())
        for key, sign in self.signs.items():
            if key in held:
                marks = tuple(self._mark(one) for one in mine[key] if self.first <= one.date <= self.last)
                colours = presentation.COLOURS[sign.colour]
                yield Ring(sign.name, sign.letter, colours, frozenset({key}), tuple(mine[key]), marks)

    def _by_organisation(self) -> Iterator[Ring]:
        """Make rings of the organisations; where these are too many as well, of the busiest."""
        known = self.register.file.organisations
        forums: dict[str, set[str]] = {key: set() for key in known}
        for key, record in self.plan.forums.items():
            for organisation in record.organisations:
                forums.setdefault(organisation, set()).add(key)
        live = [one for one in self.plan.meetings if one.live]
        mine = {key: tuple(one for one in live if one.forum in several) for key, several in forums.items()}
        busy = sorted((key for key in mine if mine[key]), key=lambda key: -len(mine[key]))[:MOST_RINGS]
        names = {key: known[key].name if key in known else key for key in mine if key in busy}
        letters = presentation.letters(names)
        for index, (key, name) in enumerate(names.items()):
            colours = presentation.COLOURS[index % len(presentation.COLOURS)]
            marks = tuple(self._weekly(mine[key]))
            yield Ring(name, letters[key], colours, frozenset(forums[key]), mine[key], marks)

    def _weekly(self, meetings: Iterable[Meeting]) -> Iterator[Mark]:
        """Count meetings by week: so many days could not be told apart."""
        days = [one.date for one in meetings if self.first <= one.date <= self.last]
        weeks = Counter(day - DAY * day.weekday() for day in days)
        for monday, number in sorted(weeks.items()):
            middle = min(max(monday + 3 * DAY, self.first), self.last)
            words = self.gettext("week {week}", week=monday.isocalendar().week)
            yield Mark(middle, str(number), "confirmed", f"{words}: {number}")

    def _mark(self, meeting: Meeting) -> Mark:
        state = presentation.state(meeting)
        times = f"{meeting.start:%H:%M}{DASH}{meeting.end:%H:%M}"
        words = (self.signs[meeting.forum].name, f"{self.day(meeting.date)} {times}", self.gettext(state))
        return Mark(meeting.date, str(meeting.date.day), state, ", ".join(words))

    def _due(self) -> Iterator[tuple[date, str]]:
        """Give what is due in the year whatever the meetings: fixed dates, and terms to renew."""
        yield from self.register.dates_in(self.plan.year)
        for one in self.plan.deadlines:
            if one.meeting is None and not one.cancelled and self.first <= one.date <= self.last:
                yield one.date, one.name

    def day(self, day: date) -> str:
        """Give a date in few letters, with its year where that is another one."""
        year = "" if day.year == self.plan.year else f" {day.year}"
        return f"{day.day}\N{NO-BREAK SPACE}{self._short[day.month - 1]}{year}"

    def span(self, span: DaySpan) -> str:
        """Give the days of a span in few letters."""
        if span.first == span.last:
            return self.day(span.first)
        same = span.first.month == span.last.month
        return f"{span.first.day if same else self.day(span.first)}{DASH}{self.day(span.last)}"

    def dates(self, ring: Ring) -> str:
        """List the days of a ring's meetings."""
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

        def hit(ring: Ring) -> bool:
            return any(self.register.touched(key, one) for one in same for key in ring.forums if key in known)

        hits = [span.kind == "holiday" or not same or hit(ring) for ring in self.rings]
        edges = [index for index, (one, two) in enumerate(pairwise([False, *hits, False])) if one != two]
        return list(zip(edges[::2], edges[1::2], strict=True))
