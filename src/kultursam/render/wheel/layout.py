"""What the wheel shows: rings of meetings, deadlines and breaks, in words, and at which angle a day lies.

Spans of days hold both their ends.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from operator import attrgetter

from kultursam import presentation
from kultursam.forumfile.register import Register
from kultursam.plans.model import DaySpan, Meeting, Plan, by_forum
from kultursam.presentation import COLOURS, DASH, DAY, YearView, format_day, totals

RINGS, HOLE = 433, 118
"""Radii: of the circle within the weeks, where rings begin, and the least that is left free."""
MOST_RINGS, MOST_WIDE = 12, 44
"""How many rings there may be, and how wide one may be."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A meeting in a ring, or where rings are organisations, the meetings of a week. Both days count."""

    first: date
    last: date
    label: str
    state: str
    words: str
    """What it stands for, shown where it is pointed at."""

    @property
    def middle(self) -> float:
        """The middle of its days, as a number of days."""
        return (self.first.toordinal() + self.last.toordinal()) / 2


@dataclass(frozen=True, slots=True)
class Ring:
    """A forum with its meetings, or an organisation with its forums' meetings."""

    name: str
    letter: str
    colours: tuple[str, str]
    forums: frozenset[str]
    meetings: tuple[Meeting, ...]
    marks: tuple[Mark, ...]


class WheelLayout(YearView):
    """A plan in words, and where its days lie."""

    def __init__(self, plan: Plan, register: Register) -> None:
        super().__init__(plan, register)
        self.first, self.last = plan.planning_year.first, plan.planning_year.last
        self.grouped = len(self.meeting_forums) > MOST_RINGS
        """Whether forums are too many, and each ring is an organisation's."""
        self.rings = list(self._by_organisation() if self.grouped else self._by_forum())
        """From the rim inwards."""
        self.width = min(MOST_WIDE, (RINGS - HOLE) / max(1, len(self.rings)))
        """Of a ring."""
        self.hole = RINGS - self.width * len(self.rings)
        """The radius of what is left free in the middle."""
        self.due_in_year = sorted(dated for dated in self.due if self.first <= dated[0] <= self.last)

    def angle(self, day: date, part: float = 0.0) -> float:
        """Return the angle of a moment, in radians; the part of noon is 0.5."""
        return 2 * math.pi * ((day - self.first).days + part) / ((self.last - self.first).days + 1)

    def arc(self, span: DaySpan) -> tuple[float, float]:
        """Return the angles at which the days of a span begin and end, within the year."""
        return self.angle(max(span.first, self.first)), self.angle(min(span.last, self.last), 1)

    def _by_forum(self) -> Iterator[Ring]:
        meetings = by_forum(self.plan.chronological())
        for key, sign in self.meeting_forums.items():
            own = tuple(meetings[key])
            marks = tuple(sorted(map(self._mark, self._in_year(own)), key=attrgetter("middle")))
            yield Ring(sign.name, sign.letter, COLOURS[sign.colour], frozenset({key}), own, marks)

    def _in_year(self, meetings: Iterable[Meeting]) -> list[Meeting]:
        return [meeting for meeting in meetings if self.first <= meeting.date <= self.last]

    def _by_organisation(self) -> Iterator[Ring]:
        """Yield rings of the organisations; where these are too many as well, of the busiest."""
        organisations = self.register.file.organisations
        forums: dict[str, set[str]] = {key: set() for key in organisations}
        meetings: dict[str, list[Meeting]] = {key: [] for key in organisations}
        for meeting in filter(attrgetter("live"), self.plan.meetings):
            for organisation in self.plan.organisations_of(meeting):
                forums.setdefault(organisation, set()).add(meeting.forum)
                meetings.setdefault(organisation, []).append(meeting)
        held = {key: tuple(of_organisation) for key, of_organisation in meetings.items()}
        busiest = sorted((key for key in held if held[key]), key=lambda key: -len(held[key]))[:MOST_RINGS]
        names = {
            key: organisations[key].name if key in organisations else self.plan.label(key)
            for key in held
            if key in busiest
        }
        letters = presentation.letters(names)
        for index, (key, name) in enumerate(names.items()):
            colours, marks = COLOURS[index % len(COLOURS)], tuple(self._weekly(held[key]))
            yield Ring(name, letters[key], colours, frozenset(forums[key]), held[key], marks)

    def _weekly(self, meetings: Iterable[Meeting]) -> Iterator[Mark]:
        """Yield a mark for each week with meetings: so many days could not be told apart."""
        weeks: Counter[date] = Counter()
        for meeting in self._in_year(meetings):
            weeks.update({day - DAY * day.weekday() for day in meeting.every_day})
        for monday, number in sorted(weeks.items()):
            middle = min(max(monday + 3 * DAY, self.first), self.last)
            words = self.gettext("week {week}", week=monday.isocalendar().week)
            yield Mark(middle, middle, str(number), "confirmed", f"{words}: {number}")

    def _mark(self, meeting: Meeting) -> Mark:
        state = presentation.state(meeting)
        times = presentation.hours_in_words(meeting, self.language)
        words = (self.name(meeting), f"{self.days(meeting)} {times}", self.gettext(state))
        ends = dict.fromkeys(str(day.day) for day in (meeting.date, meeting.last))
        return Mark(meeting.date, meeting.last, DASH.join(ends), state, ", ".join(words))

    def days(self, meeting: Meeting) -> str:
        """Return the days of a meeting in few letters."""
        return self.span(DaySpan(meeting.date, meeting.last, ""))

    def day(self, day: date) -> str:
        """Return a date in few letters that stay together, with its year where that is another one."""
        return self.short_day(day).replace(" ", "\N{NO-BREAK SPACE}", 1)

    def span(self, span: DaySpan) -> str:
        """Return the days of a span in few letters."""
        if span.first == span.last:
            return self.day(span.first)
        same = span.first.month == span.last.month
        return f"{span.first.day if same else self.day(span.first)}{DASH}{self.day(span.last)}"

    def dates(self, ring: Ring) -> str:
        """Return the days of a ring's meetings."""
        cancelled = f" ({self.gettext('cancelled')})"
        days = [(self.days(meeting), meeting.live) for meeting in ring.meetings]
        return ", ".join(day if live else day + cancelled for day, live in days)

    def facts(self) -> Iterator[str]:
        """Yield what the picture shows, in words."""
        month = format_day(self.first, self.language, "LLLL")
        yield self.gettext("A circle with the months of the year clockwise, {month} at the top.", month=month)
        yield f"{totals(self.plan, self.language)}."
        for ring in self.rings:
            yield f"{ring.name}: {len(ring.meetings) if self.grouped else self.dates(ring)}."
        for heading, items in (
            (self.gettext("Deadlines"), [f"{self.day(day)} {name}" for day, name in self.due_in_year]),
            (self.gettext("Breaks"), [f"{self.span(span)} {span.name}" for span in self.periods]),
        ):
            if items:
                yield f"{heading}: {', '.join(items)}."

    def touched(self, span: DaySpan) -> list[tuple[int, int]]:
        """Return the rings that a span of days touches, as runs: the first, and the one after the last."""
        settings, forums = self.register.file.calendar, self.register.forums
        periods = [period for period in settings.periods if period.name == span.name] if settings else []

        def is_touched(ring: Ring) -> bool:
            own = ring.forums & forums.keys()
            return any(self.register.touched(forum, period) for period in periods for forum in own)

        touched = [span.kind == "holiday" or not periods or is_touched(ring) for ring in self.rings]
        edges = [
            index for index, (left, right) in enumerate(pairwise([False, *touched, False])) if left != right
        ]
        return list(zip(edges[::2], edges[1::2], strict=True))
