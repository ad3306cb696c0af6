"""How bodies have met until now: on which weekday, when in the year, at what time and where."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise

from kultursam.dates.holidays import DAY, Holidays
from kultursam.forumfile.recurrence_rules import WEEKDAYS
from kultursam.forumfile.values import TimeSpan, folded
from kultursam.intake.entries import Entry
from kultursam.plans.model import Status

LEAST_DATES = 2
"""Of fewer dates nothing can be told."""
FULL = 0.75
"""Part of its most meetings a year that a year has at least, to be one that shows the whole rule."""
MOST = 0.8
"""Part of the meetings that must agree for something to be the rule."""
ABOUT = 3 * DAY
"""How far a window reaches to each side: it holds each weekday once, whatever the year."""
LEAST_MONTHS, LEAST_WEEKS = 4, 6
"""Months with a meeting that show a rule of months, and meetings that show one of weeks."""
EVEN_MONTHS = 6
"""Months with a meeting, so that the others are known to be free."""
LONGEST_INTERVAL = 6
"""Weeks from one meeting to the next that are looked for."""
A_WHOLE_YEAR = 364
"""Days beyond which a window grows no more."""
OFTEN = 0.6
"""Part of the months in which a weekday of the month is kept, to be one of the rule."""
A_FAIR_PART = 0.1
"""Part of the meetings on a weekday, to be one of those of a rule of weeks."""
MOST_A_WEEK, MOST_A_MONTH = 2, 8
"""Meetings by a rule that a forum may have."""
MOST_BREAKS = 3
"""In a year of a rule of weeks."""
LONGEST_LEAD, MOST_APART = 42, 10
"""Days that a body may lie before the one that it prepares, and by how many these may differ."""
SELDOM, PART_OF_A_YEAR = 30, 150
"""Meetings a year of a body that may prepare another, and days by which all leads together may differ."""


@dataclass(frozen=True)
class Body:
    """A body, and the dates on which it has met."""

    name: str
    dates: Sequence[date]
    """Each once, in order."""
    times: Counter[TimeSpan] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    hosts: Sequence[str] = ()
    """In order of the dates."""

    @cached_property
    def by_year(self) -> Mapping[int, Sequence[date]]:
        """Return its dates by year."""
        years: dict[int, list[date]] = {}
        for day in self.dates:
            years.setdefault(day.year, []).append(day)
        return years

    @cached_property
    def whole_years(self) -> Sequence[Sequence[date]]:
        """The dates of each year that is whole, the last one first."""
        most = max(map(len, self.by_year.values()))
        return [days for _, days in sorted(self.by_year.items(), reverse=True) if len(days) >= FULL * most]

    @property
    def latest(self) -> Sequence[date]:
        """The dates of the last year that is whole."""
        return self.whole_years[0]

    @property
    def years(self) -> str:
        """The years that it is known of: 2024–2026."""
        first, last = self.dates[0].year, self.dates[-1].year
        return str(first) if first == last else f"{first}–{last}"

    @property
    def weekdays(self) -> list[tuple[int, int]]:
        """The weekdays it met on, most often first, each with how often; of late counts most."""
        late = Counter(day.weekday() for day in self.latest)
        every = Counter(day.weekday() for day in self.dates)
        return sorted(every.items(), key=lambda one: (-late[one[0]], -one[1], one[0]))

    @property
    def number(self) -> int:
        """How many times a year it meets."""
        return len(self.latest)

    @cached_property
    def of_weeks(self) -> "OfWeeks | None":
        """The rule of weeks that it keeps, in the last year and in those before."""
        counts = Counter(day.weekday() for day in self.latest)
        weekdays = sorted(day for day, times in counts.items() if times >= A_FAIR_PART * self.number)
        if self.number < LEAST_WEEKS:
            return None
        for weeks in range(1, LONGEST_INTERVAL + 1):
            # In one year alone, meetings spread evenly may look like it.
            found = [_of_weeks(days, weekdays, weeks) for days in self.whole_years]
            if all(found):
                return found[0]
        return None

    @cached_property
    def of_the_month(self) -> tuple[str, int] | None:
        """The weekdays of the month that it keeps, as a recurrence rule, and in how many meetings it did."""
        months = {day.month for day in self.latest}
        kept: dict[tuple[int, int], set[date]] = {}
        for day in self.latest:
            for nth in _nths(day):
                kept.setdefault((nth, day.weekday()), set()).add(day)
        chosen: list[tuple[int, int]] = []
        covered: set[date] = set()
        for name, days in sorted(kept.items(), key=lambda one: (-len(one[1]), one[0][0] < 0, one[0])):
            if len(days - covered) >= OFTEN * len(months):
                chosen.append(name)
                covered |= days
        named = len(chosen) * len(months)
        if (
            len(months) < LEAST_MONTHS
            or len(chosen) > MOST_A_MONTH
            or len(covered) < MOST * max(self.number, named)
        ):
            return None
        by_month = ",".join(map(str, sorted(months)))
        by_day = ",".join(f"{nth}{WEEKDAYS[weekday]}" for nth, weekday in sorted(chosen))
        return f"RRULE:FREQ=MONTHLY;BYMONTH={by_month};BYDAY={by_day}", len(covered)

    def windows(self, year: int, room: Callable[[date, date], int]) -> list["Window"]:
        """Return the days of a year around those of its latest meetings.

        Windows that overlap are one, and each is so wide that its meetings have days that are open.
        """
        days = (in_year(day, year) for day in self.latest)
        windows = [Window(day - ABOUT, day + ABOUT, 1).within(year) for day in sorted(days)]
        while True:
            joined: list[Window] = []
            for window in windows:
                overlaps = joined and window.first <= joined[-1].last
                joined.append(joined.pop().joined(window) if overlaps else window)
            windows = [
                window
                if window.holds(room)
                else Window(window.first - DAY, window.last + DAY, window.meetings)
                for window in joined
            ]
            windows = [window.within(year) for window in windows]
            if windows == joined:
                return windows

    @property
    def free_months(self) -> list[int]:
        """The months in which it never met."""
        met = {day.month for day in self.dates}
        return [month for month in range(1, 13) if month not in met] if len(met) >= EVEN_MONTHS else []

    @property
    def rotation(self) -> list[str]:
        """Those who hosted in turn, in their order; nobody where they took no turns."""
        order = list(dict.fromkeys(self.hosts))
        pairs = list(zip(self.hosts, self.hosts[1:], strict=False))
        turns = sum(order[(order.index(first) + 1) % len(order)] == second for first, second in pairs)
        return order if len(order) > 1 and pairs and turns >= MOST * len(pairs) else []

    def on_days_off(self, calendar: Holidays) -> list[date]:
        """Return its dates that are public holidays."""
        return [day for day in self.dates if day in calendar.public]


@dataclass(frozen=True, slots=True)
class OfWeeks:
    """That a body meets every so many weeks."""

    weekdays: Sequence[int]
    weeks: int
    starting: date
    """One of its days."""
    kept: int
    """How many of its latest meetings were so."""
    breaks: Sequence[tuple[date, date]]
    """The last meeting before each time without any, and the first one after it."""


@dataclass(frozen=True, slots=True)
class Window:
    """Days, both ends counted, on which there are so many meetings."""

    first: date
    last: date
    meetings: int

    def within(self, year: int) -> "Window":
        """Return the window moved into a year, or cut to it."""
        begin, end = date(year, 1, 1), date(year, 12, 31)
        first, last = max(self.first, begin), min(self.last, end)
        whole = min(self.last - self.first, end - begin)
        return Window(
            min(first, last - whole) if last == end else first, max(last, first + whole), self.meetings
        )

    def joined(self, other: "Window") -> "Window":
        """Return one window for two."""
        return Window(
            min(self.first, other.first), max(self.last, other.last), self.meetings + other.meetings
        )

    def holds(self, room: Callable[[date, date], int]) -> bool:
        """Return whether there are as many open days as meetings, or no more days in the year."""
        days = (self.last - self.first).days + 1
        return days > A_WHOLE_YEAR or room(self.first, self.last) >= self.meetings


def in_year(day: date, year: int) -> date:
    """Return the day of a year that is nearest to the same date, and on the same weekday."""
    same = (
        day.replace(year=year, day=min(day.day, 28))
        if (day.month, day.day) == (2, 29)
        else day.replace(year=year)
    )
    near = same + ((day.weekday() - same.weekday() + 3) % 7 - 3) * DAY
    return near + (near.year < year) * 7 * DAY - (near.year > year) * 7 * DAY


def _week(day: date) -> int:
    """Return the number of a day's week since the first Monday."""
    return (day.toordinal() - 1) // 7


def _nths(day: date) -> list[int]:
    """Return which of its weekday a day is in its month: counted from the first, and -1 if it is the last."""
    return [(day.day - 1) // 7 + 1, *([-1] if (day + 7 * DAY).month != day.month else [])]


def bodies_of(entries: Iterable[Entry], nameless: str) -> tuple[list[Body], list[str]]:
    """Return the bodies that dates are of, and the names of those with too few of them.

    `nameless` is what dates are of that name no body.
    """
    names: dict[str, str] = {}
    of_name: dict[str, dict[date, Entry]] = {}
    for entry in entries:
        name = entry.forum.strip() or nameless
        key = folded(name)
        names.setdefault(key, name)
        if entry.status is not Status.CANCELLED:
            of_name.setdefault(key, {}).setdefault(entry.day, entry)
    bodies, rare = [], []
    for key, by_day in of_name.items():
        if len(by_day) < LEAST_DATES:
            rare.append(names[key])
            continue
        in_order = [by_day[day] for day in sorted(by_day)]
        bodies.append(
            Body(
                names[key],
                sorted(by_day),
                Counter(one.hours.span for one in in_order if one.hours and one.hours.span),
                Counter(one.location for one in in_order if one.location),
                [one.host for one in in_order if one.host],
            )
        )
    return bodies, rare


@dataclass(frozen=True, slots=True)
class Lead:
    """That one body prepares another, so many days before."""

    preparer: Body
    low: int
    high: int
    held: int
    """For how many of its latest meetings."""


def leads(bodies: Sequence[Body]) -> dict[str, Lead]:
    """Return which body meets regularly before each meeting of another, the nearest, by the name of that.

    None prepares itself by way of others.
    """
    found = [
        (lead.high, body.name, lead)
        for body in bodies
        for other in bodies
        if other is not body and (lead := _lead(body, other))
    ]
    chosen: dict[str, Lead] = {}
    for _, name, lead in sorted(found, key=lambda one: (one[0], one[1], one[2].preparer.name)):
        before = {name}
        reached: str | None = lead.preparer.name
        while reached is not None and reached not in before:
            before.add(reached)
            reached = chosen[reached].preparer.name if reached in chosen else None
        if name not in chosen and reached is None:
            chosen[name] = lead
    return chosen


def _lead(body: Body, other: Body) -> Lead | None:
    """Return how long before each meeting of a body another meets, if it does so regularly."""
    if not body.number <= other.number <= SELDOM or other.latest[0].year != body.latest[0].year:
        return None
    days = [
        min(((day - before).days for before in other.dates if before < day), default=LONGEST_LEAD + 1)
        for day in body.latest
    ]
    near = sorted(lead for lead in days if lead <= LONGEST_LEAD)
    # A body that meets often is always near: only a lead that is much the same each time says something.
    apart = min(MOST_APART, PART_OF_A_YEAR // other.number)
    if len(near) < max(LEAST_DATES, MOST * len(days)) or near[-1] - near[0] > apart or near[0] < 2:
        return None
    return Lead(other, near[0], near[-1], len(near))


def _of_weeks(days: Sequence[date], weekdays: Sequence[int], weeks: int) -> OfWeeks | None:
    """Return the rule of every so many weeks, if the dates of a year keep it, but for breaks."""
    kept = [day for day in days if day.weekday() in weekdays]
    if not kept:
        return None
    turn = Counter(_week(day) % weeks for day in kept).most_common(1)[0][0]
    kept = [day for day in kept if _week(day) % weeks == turn]
    breaks = [(before, after) for before, after in pairwise(kept) if _week(after) - _week(before) > 2 * weeks]
    off = sum(_week(after) - _week(before) - weeks for before, after in breaks)
    named = ((_week(kept[-1]) - _week(kept[0]) - off) // weeks + 1) * len(weekdays)
    if (
        len(weekdays) > MOST_A_WEEK * weeks
        or len(breaks) > MOST_BREAKS
        or len(kept) < MOST * max(len(days), named)
    ):
        return None
    year_end = in_year(kept[0], kept[0].year + 1) - kept[-1]
    if year_end > 2 * weeks * 7 * DAY:
        breaks.append((kept[-1], in_year(kept[0], kept[0].year + 1)))
    return OfWeeks(weekdays, weeks, kept[-1], len(kept), breaks)
