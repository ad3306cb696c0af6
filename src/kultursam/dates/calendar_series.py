"""Events of a calendar that recur: the dates that their rules name near a span of days.

Times are brought to the clocks of the event's own zone before, so that an UNTIL, an exception or an end may
be of another form than the start. Anybody may have written the rules, so the work that they ask for is
estimated first, and bounded.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

import icalendar
import recurring_ical_events
from dateutil.rrule import rrulestr

from kultursam.dates.calendar_clocks import Clocks
from kultursam.dates.calendar_entries import (
    Entry,
    FaultError,
    Time,
    Versions,
    read_duration,
    read_time,
)
from kultursam.dates.calendar_lines import CalendarError, Line
from kultursam.dates.holidays import DAY
from kultursam.forumfile.recurrence_rules import WEEKDAYS, names_a_day
from kultursam.i18n import N_, Message

MAX_STEPS = 5_000_000
"""Steps in which recurrence rules are followed, each of about a microsecond."""
STEPS = {"DAILY": (1, 1), "WEEKLY": (7, 3), "MONTHLY": (28, 10), "YEARLY": (365, 20)}
"""How many days a recurrence rule goes on at a time, and the steps that this takes."""
STEPS_PER_EVENT = 30
RULE_PARTS = {
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO",
    "BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND",
}  # fmt: skip
OF_GREGORY = {("RSCALE", "GREGORIAN"), ("SKIP", "OMIT")}
"""Parts of a rule that say what holds without them."""
LAST_SECOND = time(23, 59, 59)
EDGE = 2 * DAY
"""At both ends of a span of days, for the days of other zones begin and end at other times."""

TOO_MANY_STEPS = Message("has too many recurring events, or some that began too long ago")
TOO_OFTEN = Message("that recurs more than once a day")
UNREADABLE_RULE = Message("that is no recurrence rule")
UNKNOWN_PART = N_('what "{part}" asks of a recurrence rule is not known')
NO_DAY = Message("this recurrence rule names no day")

Rule = dict[str, str]
"""The parts of a recurrence rule that are followed, UNTIL by the clocks of the event."""


class Held(NamedTuple):
    """An event that is held once."""

    entry: Entry
    zone: tzinfo | None
    """By whose clocks its times are; None for whole days."""
    start: datetime
    end: datetime
    instance: datetime | None = None
    """When it would be by the rule of its series."""


class _Occurrence(recurring_ical_events.Occurrence):  # type: ignore[misc]
    """One of a series, as its times alone: an event of its own for each would take ten times as long."""

    def __init__(self, adapter: Any, *times: datetime, **more: int) -> None:  # noqa: ANN401 - its library is untyped
        super().__init__(adapter, *times, **more)
        self._replaces: tuple[datetime, ...] = adapter.recurrence_ids

    def is_in_span(self, begin: datetime, end: datetime) -> bool:
        """Return whether it lies within a span: its times are all of one form."""
        return bool(self.start < end and begin <= self.end)

    def as_component(self, _: bool) -> tuple[datetime, datetime, tuple[datetime, ...]]:  # noqa: FBT001
        """Return its start, its end, and, of another version, which one of the series that replaces."""
        return self.start, self.end, self._replaces


OCCURRENCES = recurring_ical_events.ComponentsWithName("VEVENT", occurrence=_Occurrence)


class Series:
    """Follows what recurs of one file."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._begin, self._end = clocks.begin, clocks.end
        self._steps = 0
        self._rules: dict[int, Rule] = {}
        """Those that were read, by where they stand."""

    def estimated(self, versions: Versions) -> Iterator[Versions]:
        """Yield what one UID has once the steps that it takes are counted."""
        for master in versions.masters:
            length = self._clocks.length(master) if master.recurs else timedelta()
            if rules := [self._rule(master, line) for line in master.component.all("RRULE")]:
                start = self._first_step(master, rules, length)
                self._count_steps(rules, start, length)
            if excluding := [self._rule(master, line) for line in master.component.all("EXRULE")]:
                self._count_steps(excluding, master.start.clock, length)
        yield versions

    def held(self, versions: Versions) -> Iterator[Held]:
        """Return what is held of what one UID names, near the span."""
        masters, others = versions
        if others or any(entry.recurs for entry in masters):
            return self._of_series(masters, others)
        return (self._once(entry) for entry in masters if not self._is_far(entry))

    def _is_far(self, entry: Entry) -> bool:
        """Return whether an event lies outside of the span, whatever its zone is."""
        begin, end = self._begin - EDGE, self._end + EDGE
        line = entry.component.first("DTEND")
        if line is None:
            return entry.start.clock > end or (
                entry.start.clock < begin and not entry.component.first("DURATION")
            )
        others = (read_time(line).clock, entry.start.clock)
        return min(others) > end or max(others) < begin

    def _once(self, entry: Entry, instance: datetime | None = None) -> Held:
        start = entry.start.clock
        return Held(entry, self._clocks.of(entry), start, start + self._clocks.length(entry), instance)

    def _of_series(self, masters: Sequence[Entry], others: Sequence[Entry]) -> Iterator[Held]:
        """Yield what is held of a UID's events that recur, and of those that replace some of them."""
        if not masters:
            yield from (self._once(entry, entry.instance and entry.instance.clock) for entry in others)
        for master in masters:
            replacing: dict[datetime, Entry] = {}
            for entry in sorted(others, key=lambda entry: -entry.sequence):
                instance = self._clocks.instance(master, entry.instance or entry.start)
                known = replacing.setdefault(instance, entry)
                if known is not entry and known.sequence == entry.sequence:
                    yield self._once(entry, instance)
            yield from self._expanded(master, replacing)

    def _expanded(self, master: Entry, replacing: dict[datetime, Entry]) -> Iterator[Held]:
        """Yield what is held of a series, and of those that replace some of it, near the span."""
        rules = [self._rule(master, line) for line in master.component.all("RRULE")]
        left_out = self._left_out(master)
        for instance in left_out & replacing.keys():
            if replacing[instance].sequence < master.sequence:
                del replacing[instance]
            else:
                left_out.remove(instance)
        if replacing:
            yield from self._replaced(master, replacing, rules, left_out)
        else:
            yield from self._by_rule(master, rules, left_out)

    def _by_rule(self, master: Entry, rules: Sequence[Rule], left_out: Container[datetime]) -> Iterator[Held]:
        """Yield what is held of a series of which none is replaced: by dateutil alone, which is faster."""
        length, zone = self._clocks.length(master), self._clocks.of(master)
        begin, end = self._begin - EDGE, self._end + EDGE
        start = self._first_step(master, rules, length)
        ends = dict(self._added(master))
        untils = [_time_of(rule["UNTIL"]) for rule in rules if "UNTIL" in rule]
        starts = {*ends, start} if start <= max(untils, default=start) else {*ends}
        for rule in rules:
            starts.update(rrulestr(_text(rule), dtstart=start).between(begin - length, end, inc=True))
        for moment in sorted(starts):
            until = ends.get(moment) or moment + length
            if moment not in left_out and moment < end and begin <= until:
                yield Held(master, zone, moment, until, moment)

    def _replaced(
        self,
        master: Entry,
        replacing: Mapping[datetime, Entry],
        rules: Sequence[Rule],
        left_out: Iterable[datetime],
    ) -> Iterator[Held]:
        """Yield what is held of a series and of those that replace some of it.

        It is built anew by the clocks of one zone, and without what recurring-ical-events and icalendar read
        otherwise, see github.com/niccokunzmann/python-recurring-ical-events/issues 4 (an UNTIL of another
        form), 20 and 27 (so an EXDATE), 148 and 163 (an EXDATE beside another version), and
        github.com/collective/icalendar/issues 58 (TZID beside Z) and 1324 (TZID beside DATE).
        """
        series = icalendar.Calendar()
        length = self._clocks.length(master)
        own = {instance: self._clocks.by_clocks_of(master, one.start) for instance, one in replacing.items()}
        far = (abs(own[instance] - instance) for instance, one in replacing.items() if _goes_on(one))
        event = _component(self._first_step(master, rules, length + max(far, default=timedelta())), length)
        for rule in rules:
            event.add("RRULE", icalendar.vRecur.from_ical(_text(rule)))
        added = [(start, end) if end else start for start, end in self._added(master)]
        event["RDATE"] = icalendar.vDDDLists(added)
        event["EXDATE"] = icalendar.vDDDLists(sorted(left_out))
        series.add_component(event)
        for instance, entry in replacing.items():
            other = _component(own[instance], self._clocks.length(entry))
            other["RECURRENCE-ID"] = icalendar.vDDDTypes(instance)
            if _goes_on(entry):
                other["RECURRENCE-ID"].params["RANGE"] = "THISANDFUTURE"
            series.add_component(other)
        query = recurring_ical_events.of(series, components=[OCCURRENCES])
        zone = self._clocks.of(master)
        for start, end, named in query.between(self._begin - EDGE, self._end + EDGE):
            instance = named[0] if named else start
            yield Held(replacing[instance] if named else master, zone, start, end, instance)

    def _added(self, master: Entry) -> Iterator[tuple[datetime, datetime | None]]:
        """Yield the times that a series has beside its rule, and the ends of those that have their own."""
        for line in master.component.all("RDATE"):
            for text in filter(None, line.value.split(",")):
                first, _, last = text.partition("/")
                start = read_time(line, first)
                clock = self._clocks.by_clocks_of(master, start)
                if start.whole_day:
                    clock = datetime.combine(clock, master.start.clock.time())
                if last.upper().startswith("P"):
                    yield clock, clock + read_duration(line, last)
                elif last:
                    yield clock, max(clock, self._clocks.by_clocks_of(master, read_time(line, last)))
                else:
                    yield clock, None

    def _left_out(self, master: Entry) -> set[datetime]:
        """Return the times that are taken out of a series, by date or by a rule."""
        component, start = master.component, master.start.clock
        dates = ((line, text) for line in component.all("EXDATE") for text in line.value.split(","))
        left_out = {
            self._clocks.instance(master, read_time(line, text)) for line, text in dates if text.strip()
        }
        for line in component.all("EXRULE"):
            named = rrulestr(_text(self._rule(master, line)), dtstart=start)
            left_out.update(
                named.between(self._begin - EDGE - self._clocks.length(master), self._end + EDGE, inc=True)
            )
        return left_out

    def _rule(self, entry: Entry, line: Line) -> Rule:
        """Return a recurrence rule as it is followed, its UNTIL by the clocks of its event."""
        if line.at not in self._rules:
            self._rules[line.at] = self._read_rule(entry, line)
        return self._rules[line.at]

    def _read_rule(self, entry: Entry, line: Line) -> Rule:
        pairs = (part.partition("=") for part in line.value.upper().split(";"))
        rule = {name.strip(): value.strip() for name, _, value in pairs if value.strip()}
        for name in sorted(rule.keys() - RULE_PARTS):
            if not name.startswith("X-") and (name, rule[name]) not in OF_GREGORY:
                raise FaultError(line.at, Message(UNKNOWN_PART, part=f"{name}={rule[name]}"))
            del rule[name]
        if rule.get("COUNT", "").startswith("-"):
            del rule["COUNT"]
        frequency = rule.get("FREQ")
        if (
            frequency == "YEARLY"
            and "BYWEEKNO" in rule
            and not rule.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY"}
        ):
            # dateutil takes the whole week, where RFC 5545 takes the weekday of the start.
            rule["BYDAY"] = WEEKDAYS[entry.start.clock.weekday()]
        if "UNTIL" in rule:
            until = self._until(entry, read_time(line, rule.pop("UNTIL")))
            if until.year <= self._end.year + 1:
                rule["UNTIL"] = f"{until:%Y%m%dT%H%M%S}"
        often = max(len(rule.get(part, "").split(",")) for part in ("BYHOUR", "BYMINUTE", "BYSECOND"))
        if frequency in {"SECONDLY", "MINUTELY", "HOURLY"} or often > 1:
            raise FaultError(line.at, TOO_OFTEN)
        if frequency not in STEPS or not re.fullmatch("0*[1-9][0-9]{0,8}", rule.get("INTERVAL", "1")):
            raise FaultError(line.at, UNREADABLE_RULE)
        self._check_rule(_text(rule), entry.start.clock, line)
        return rule

    def _check_rule(self, text: str, start: datetime, line: Line) -> None:
        try:
            icalendar.vRecur.from_ical(text)
            rrulestr(text, dtstart=start)
            names_one = _names_a_day(text, start.year, start.month)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise FaultError(line.at, UNREADABLE_RULE) from error
        if not names_one:
            raise FaultError(line.at, NO_DAY)

    def _until(self, entry: Entry, until: Time) -> datetime:
        """Return when a series ends by the clocks of its event: a date is the whole day."""
        return (
            datetime.combine(until.clock, LAST_SECOND)
            if until.whole_day
            else self._clocks.by_clocks_of(entry, until)
        )

    def _first_step(self, master: Entry, rules: Sequence[Rule], reach: timedelta) -> datetime:
        """Return where a series is followed from: not from a start that is long ago and no matter."""
        start = master.start.clock
        return _skipped(start, rules[0], self._begin - reach - EDGE) if len(rules) == 1 else start

    def _count_steps(self, rules: Iterable[Rule], start: datetime, length: timedelta) -> None:
        """Add the steps that it takes to follow rules to the end of the span; too many are refused."""
        self._steps += sum(self._steps_of(rule, start, length) for rule in rules)
        if self._steps > MAX_STEPS:
            raise CalendarError(TOO_MANY_STEPS)

    def _steps_of(self, rule: Rule, start: datetime, length: timedelta) -> int:
        period, steps = STEPS[rule["FREQ"]]
        until = min(self._end, _time_of(rule["UNTIL"])) if "UNTIL" in rule else self._end
        days = max(0, (until - start).days)
        within = min(days, (self._end - self._begin + length).days)
        named = max(
            (value.count(",") + 1 for part, value in rule.items() if part.startswith("BY")), default=1
        )
        often = min(period, 7 if "BYDAY" in rule else period)
        return days // period * steps + min(within, within * named // often) * STEPS_PER_EVENT


def _time_of(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - by its own clocks


def _goes_on(entry: Entry) -> bool:
    """Return whether another version of one of a series holds for those that follow as well."""
    line = entry.component.first("RECURRENCE-ID")
    return line is not None and line.parts[0].get("RANGE", "").upper() == "THISANDFUTURE"


def _component(start: datetime, length: timedelta) -> icalendar.Event:
    component = icalendar.Event()
    component["UID"] = "series"
    component["DTSTART"] = icalendar.vDDDTypes(start)
    component["DTEND"] = icalendar.vDDDTypes(start + length)
    return component


def _text(rule: Rule) -> str:
    return ";".join(f"{name}={value}" for name, value in rule.items())


@lru_cache
def _names_a_day(rule: str, year: int, month: int) -> bool:
    return names_a_day(rule, date(year, month, 1))


def _skipped(start: datetime, rule: Rule, before: datetime) -> datetime:
    """Return a start before a moment from which an endless rule names the same times as from its own."""
    step = int(rule.get("INTERVAL", "1"))
    if "COUNT" in rule or start >= before:
        return start
    if rule["FREQ"] in {"DAILY", "WEEKLY"}:
        days = step * STEPS[rule["FREQ"]][0]
        return start + (before - start).days // days * days * DAY
    years = max(0, (before.year - 1 - start.year) // step * step)
    leaping = (start.month, start.day) == (2, 29)
    return start if leaping else start.replace(year=start.year + years)
