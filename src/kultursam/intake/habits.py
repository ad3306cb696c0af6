"""How bodies have met until now: on which weekday, when in the year, at what time and where."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from kultursam.dates.holidays import DAY, Holidays
from kultursam.forumfile.recurrence_rules import WEEKDAYS
from kultursam.forumfile.values import MAX_A_YEAR, TimeSpan, folded
from kultursam.intake.entries import Entry
from kultursam.plans.model import Status

LEAST_DATES = 2
"""Of fewer dates nothing can be told."""
FULL = 0.75
"""Part of its most meetings a year that a year has at least, to be one that shows the whole rule."""
MOST = 0.8
"""Part of the meetings that must agree for something to be the rule."""
A_YEAR = timedelta(days=364)
"""Whole weeks, so that a day is on the same weekday a year later."""
ABOUT = 3 * DAY
"""How far a window reaches to each side: it holds each weekday once, whatever the year."""
LEAST_MONTHS = 6
"""Months with a meeting that show a rule of months."""
LONGEST_LEAD, MOST_APART = 42, 10
"""Days that a body may lie before the one that it prepares, and by how many these may differ."""


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
    def latest(self) -> Sequence[date]:
        """The dates of the last year that is whole."""
        most = max(map(len, self.by_year.values()))
        return next(
            days for _, days in sorted(self.by_year.items(), reverse=True) if len(days) >= FULL * most
        )

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
        return min(MAX_A_YEAR, len(self.latest))

    @cached_property
    def of_the_month(self) -> tuple[str, int] | None:
        """The weekday of the month that it keeps, as a recurrence rule, and in how many meetings it did."""
        weekday, _ = self.weekdays[0]
        months = {day.month for day in self.latest}
        if len(months) < LEAST_MONTHS or len(months) < len(self.latest) or len(self.by_year) == 0:
            return None
        counts = Counter(nth for day in self.latest if day.weekday() == weekday for nth in _nths(day))
        nth, agreeing = max(counts.items(), key=lambda one: (one[1], one[0] > 0), default=(0, 0))
        if agreeing < MOST * len(self.latest):
            return None
        named = ",".join(map(str, sorted(months)))
        return f"RRULE:FREQ=MONTHLY;BYMONTH={named};BYDAY={nth}{WEEKDAYS[weekday]}", agreeing

    @cached_property
    def windows(self) -> list[tuple[date, date]] | None:
        """Days around those of a year after its latest meetings, one window each; None where they overlap."""
        windows: list[tuple[date, date]] = []
        for day in self.latest[:MAX_A_YEAR]:
            year = self.latest[0].year + 1
            begin, end = date(year, 1, 1), date(year, 12, 31)
            middle = min(max(day + A_YEAR, begin + ABOUT), end - ABOUT)
            first, last = middle - ABOUT, middle + ABOUT
            if windows and first <= windows[-1][1]:
                return None
            windows.append((first, last))
        return windows

    @property
    def least_days(self) -> int:
        """Half of the days that lie between two of its meetings at least."""
        gaps = [(after - before).days for before, after in zip(self.latest, self.latest[1:], strict=False)]
        return max(1, min(gaps, default=A_YEAR.days) // 2)

    @property
    def free_months(self) -> list[int]:
        """The months in which it never met."""
        met = {day.month for day in self.dates}
        return [month for month in range(1, 13) if month not in met] if len(met) >= LEAST_MONTHS else []

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
    if other.number < body.number or other.latest[0].year != body.latest[0].year:
        return None
    days = [
        min(((day - before).days for before in other.dates if before < day), default=LONGEST_LEAD + 1)
        for day in body.latest
    ]
    near = sorted(lead for lead in days if lead <= LONGEST_LEAD)
    if len(near) < max(LEAST_DATES, MOST * len(days)) or near[-1] - near[0] > MOST_APART or near[0] < 2:
        return None
    return Lead(other, near[0], near[-1], len(near))
