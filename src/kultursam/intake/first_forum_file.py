"""A forum file from the dates of former years: the evidence for each key in a comment, and what is open."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from kultursam.dates.holidays import DAY, Country, Holidays, days_between, holidays_of
from kultursam.diagnostics import printable
from kultursam.forumfile.recurrence_rules import WEEKDAYS
from kultursam.forumfile.values import MAX_A_YEAR, RESERVED_IDS, folded
from kultursam.i18n import N_, Message
from kultursam.intake.habits import MOST, Body, Lead, OfWeeks, Window, in_year, leads
from kultursam.intake.surroundings import Surroundings
from kultursam.presentation import format_day

LONG_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONDAY = date(2024, 1, 1)
WORKING_DAYS = range(5)
USUAL_TIME = "09:00-12:00"
LONGEST_ID = 40
DOMAIN = "samverkan.example"
EVENLY = N_("{counts}; OPEN: no rule is to be seen, and more than {most} a year need one")


def forum_file(
    bodies: Sequence[Body], rare: Iterable[str], files: Sequence[str], surroundings: Surroundings
) -> str:
    """Return a forum file that plans the year after the bodies' latest dates as they have met until now."""
    return "\n".join(_Writer(bodies, surroundings).lines(rare, files)).rstrip() + "\n"


@dataclass
class _Writer:
    """Writes a forum file, its comments in the language of the file."""

    bodies: Sequence[Body]
    where: Surroundings

    @cached_property
    def year(self) -> int:
        """The year that is planned with it."""
        return max(body.latest[0].year for body in self.bodies) + 1

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """The ids of the bodies, by name."""
        return _ids([body.name for body in self.bodies])

    @cached_property
    def hosts(self) -> Mapping[str, str]:
        """The ids of those who host in turn, by name."""
        return _ids(sorted({host for body in self.bodies for host in body.rotation}), taken={"organisation"})

    @cached_property
    def holidays(self) -> Holidays:
        """The holidays from the first year that is known to the one that is planned."""
        first = min(body.dates[0] for body in self.bodies)
        country = Country.in_(self.where.country)
        return holidays_of(country, self.where.language, date(first.year, 1, 1), date(self.year, 12, 31))

    @cached_property
    def held_on_holidays(self) -> int:
        """How many meetings were on a public holiday."""
        return sum(len(body.on_days_off(self.holidays)) for body in self.bodies)

    def lines(self, rare: Iterable[str], files: Sequence[str]) -> Iterator[str]:
        """Yield the lines of the file."""
        name = self.bodies[0].name if len(self.bodies) == 1 else self.say(Message("Our meetings"))
        yield "# " + self.say(
            Message("A first forum file, made from the dates of {files}.", files=_said(", ".join(files)))
        )
        yield "# " + self.say(
            Message(
                "Each key has its evidence beside it. Look at what is marked OPEN, change what is not so, "
                "then run:"
            )
        )
        yield f"#     kultursam check        kultursam plan {self.year}"
        yield "# " + self.say(
            Message(
                "Editors such as VS Code can complete keys and underline slips as you type; see: "
                "kultursam schema --help"
            )
        )
        yield ""
        yield f"name: {_quoted(name)}"
        yield self.open(f"language: {self.where.language}", self.where.by_language)
        yield self.open(f"timezone: {self.where.zone}", self.where.by_zone)
        yield self.open(f"domain: {DOMAIN}", Message("part of every calendar entry's identity; set it once"))
        yield ""
        yield self.open("organisations:", Message("who takes part"))
        organisation = self.say(Message("The organisation"))
        yield f"  organisation: {{name: {_quoted(organisation)}}}"
        yield from (f"  {key}: {{name: {_quoted(host)}}}" for host, key in self.hosts.items())
        yield ""
        yield from self._calendar()
        yield ""
        yield "forums:"
        prepared = leads(self.bodies)
        for body in self.bodies:
            yield from self._forum(body)
            yield from self._preparation(body, prepared.get(body.name))
            yield ""
        if rare:
            names = _said(", ".join(rare))
            yield "# " + self.say(Message("OPEN: with one date alone, so left out: {names}", names=names))

    def say(self, text: Message) -> str:
        """Return a text in the language of the file."""
        return text.translated_to(self.where.language)

    def noted(self, line: str, text: Message) -> str:
        """Return a line with a comment."""
        return f"{line:<34}  # {self.say(text)}"

    def open(self, line: str, text: Message) -> str:
        """Return a line with a comment on what is to be decided."""
        return self.noted(line, Message("OPEN: {what}", what=text))

    def _calendar(self) -> Iterator[str]:
        number = sum(len(body.dates) for body in self.bodies)
        strength = "should" if self.held_on_holidays else "must"
        whose = Message("whose holidays count; {why}", why=self.where.by_country)
        held = Message(
            "{held} of {number} meetings on a public holiday of {country}",
            held=self.held_on_holidays,
            number=number,
            country=self.where.country,
        )
        yield "calendar:"
        yield self.open(f"  country: {self.where.country}", whose)
        yield self.noted(f"  public_holidays: {strength}", held)
        yield f"  de_facto_holidays: {strength}"
        breaks = [line for body in self.bodies if body.of_weeks for line in self._breaks(body, body.of_weeks)]
        if breaks:
            yield "  periods:"
            yield from breaks

    def _breaks(self, body: Body, rule: OfWeeks) -> Iterator[str]:
        """Yield the times without meetings of a body that else meets every so many weeks."""
        for before, after in rule.breaks:
            first, last = in_year(before, self.year) + DAY, in_year(after, self.year) - DAY
            name = _quoted(self.say(Message("Break, {name}", name=body.name)))
            days = f"from: {_day(first)}, to: {_day(last, is_last=True)}"
            span = {"first": before + DAY, "last": min(after - DAY, date(before.year, 12, 31))}
            kept = Message("no meetings from {first} to {last}", **span)
            yield self.noted(f"    - {{name: {name}, {days}, for_forums: [{self.ids[body.name]}]}}", kept)

    def _forum(self, body: Body) -> Iterator[str]:
        number = len(body.dates)
        yield f"  {self.ids[body.name]}:"
        yield f"    name: {_quoted(body.name)}"
        members = f"    members: [{{role: {_quoted(body.name)}, from: [organisation]}}]"
        yield self.open(members, Message("who meets"))
        yield from self._rule(body)
        if body.times:
            time, held = body.times.most_common(1)[0]
            yield self.noted(
                f"    time: {time}", Message("{held} of {number} meetings", held=held, number=number)
            )
        else:
            yield self.open(f"    time: {USUAL_TIME}", Message("no dates had times"))
        if body.places and (best := body.places.most_common(1)[0])[1] >= MOST * number:
            kept = Message("{held} of {number} meetings", held=best[1], number=number)
            yield self.noted(f"    place: {_quoted(best[0])}", kept)
        elif body.places:
            places = _said(", ".join(sorted(body.places)[:5]))
            several = Message("OPEN: {number} places: {places}", number=len(body.places), places=places)
            yield f"    # {self.say(several)}"
        if body.rotation:
            turns = ", ".join(self.hosts[host] for host in body.rotation)
            took = Message("they took turns in {number} meetings", number=len(body.hosts))
            yield self.noted(f"    host: {{rotate: [{turns}]}}", took)

    def _preparation(self, body: Body, lead: Lead | None) -> Iterator[str]:
        if lead:
            days = str(lead.low) if lead.low == lead.high else f"{lead.low}-{lead.high}"
            rule = f"forum: {self.ids[lead.preparer.name]}, days_before: {days}, strength: should"
            held = Message("before {held} of {number} meetings", held=lead.held, number=len(body.latest))
            yield self.noted(f"    prepared_by: {{{rule}}}", held)

    def _rule(self, body: Body) -> Iterator[str]:
        """Yield how often a body meets, and on which weekdays."""
        year = body.latest[0].year
        counts = ", ".join(f"{year}: {len(days)}" for year, days in sorted(body.by_year.items()))
        if body.of_weeks:
            yield from self._of_weeks(body, body.of_weeks, counts)
            usual = body.of_weeks.weekdays
        elif body.of_the_month:
            rule, kept = body.of_the_month
            yield self.noted(f"    cadence: {rule}", self._kept(body, kept, counts))
            usual = [body.weekdays[0][0]]
        else:
            windows = self._windows(body)
            several = any(window.meetings > 1 for window in windows) or not windows
            usual = _days_of(body) if several else [body.weekdays[0][0]]
            yield from self._number(body, windows, counts)
        if body.free_months and not body.of_weeks:
            months = [
                format_day(date(year, month, 1), self.where.language, "LLLL") for month in body.free_months
            ]
            free = Message("no meetings in {months}; {years}", months=", ".join(months), years=body.years)
            yield f"    # {self.say(free)}"
        yield from self._weekdays(body, usual)

    def _weekdays(self, body: Body, usual: Sequence[int]) -> Iterator[str]:
        weekday, times = body.weekdays[0]
        name = format_day(MONDAY + weekday * DAY, self.where.language, "EEEE")
        kept = Message(
            "{times} of {number} meetings on a {weekday}; {years}",
            times=times,
            number=len(body.dates),
            weekday=name,
            years=body.years,
        )
        yield self.noted(f"    weekdays: [{', '.join(SHORT_WEEKDAYS[day] for day in usual)}]", kept)
        if others := [SHORT_WEEKDAYS[day] for day in _days_of(body) if day not in usual]:
            free = Message("in weeks in which no {weekday} is free", weekday=name)
            yield self.noted(f"    otherwise: [{', '.join(others)}]", free)

    def _kept(self, body: Body, kept: int, counts: str) -> Message:
        return Message(
            "{kept} of {number} meetings in {year}; {counts}",
            kept=kept,
            number=body.number,
            year=body.latest[0].year,
            counts=counts,
        )

    def _of_weeks(self, body: Body, rule: OfWeeks, counts: str) -> Iterator[str]:
        days = ",".join(WEEKDAYS[day] for day in rule.weekdays)
        words = {1: "every", 2: "every other"}
        if len(rule.weekdays) == 1 and rule.weeks in words:
            cadence = f"{words[rule.weeks]} {LONG_WEEKDAYS[rule.weekdays[0]]}"
        else:
            cadence = f"RRULE:FREQ=WEEKLY;INTERVAL={rule.weeks};BYDAY={days}"
        yield self.noted(f"    cadence: {cadence}", self._kept(body, rule.kept, counts))
        if rule.weeks > 1:
            yield f"    starting: {rule.starting}"

    def _number(self, body: Body, windows: Sequence[Window], counts: str) -> Iterator[str]:
        if not windows:
            text = Message(EVENLY, counts=counts, most=MAX_A_YEAR)
            yield self.noted(f"    cadence: {MAX_A_YEAR} times a year", text)
            yield "    spacing: {min_days: 1}"
            return
        often = {1: "once", 2: "twice"}.get(body.number, f"{body.number} times")
        yield f"    cadence: {often} a year  # {counts}"
        yield self.noted("    windows:", Message("around the days of {year}", year=body.latest[0].year))
        for window in windows:
            several = f", meetings: {window.meetings}" if window.meetings > 1 else ""
            yield f"      - {{from: {_day(window.first)}, to: {_day(window.last, is_last=True)}{several}}}"
        yield self.noted("    spacing: {min_days: 1}", Message("the windows keep them apart"))

    def _windows(self, body: Body) -> list[Window]:
        """Return the windows of a body; none where there are too many meetings."""
        if body.number > MAX_A_YEAR:
            return []
        usual, others = body.weekdays[0][0], _days_of(body)
        windows = body.windows(self.year, lambda first, last: self._room(first, last, [usual], others))
        if any(window.meetings > 1 for window in windows):
            return body.windows(self.year, lambda first, last: self._room(first, last, others, []))
        return windows

    def _room(self, first: date, last: date, usual: Sequence[int], others: Sequence[int]) -> int:
        """Return for how many meetings there are open days."""
        days = [day for day in days_between(first, last) if not self._is_closed(day)]
        return sum(
            day.weekday() in usual or (day.weekday() in others and self._serves(day, usual)) for day in days
        )

    def _serves(self, day: date, usual: Sequence[int]) -> bool:
        """Return whether a day is in a week of which the usual weekdays are closed."""
        monday = day - day.weekday() * DAY
        return all(self._is_closed(monday + weekday * DAY) for weekday in usual)

    def _is_closed(self, day: date) -> bool:
        off = day in self.holidays.public or day in self.holidays.de_facto
        return off and not self.held_on_holidays


def _days_of(body: Body) -> list[int]:
    """Return the weekdays of a body, those it met on first, then the working days."""
    met = [day for day, _ in body.weekdays]
    return [*met, *(day for day in WORKING_DAYS if day not in met)]


def _day(day: date, *, is_last: bool = False) -> str:
    """Return a day of every year; 29 February is not one."""
    if (day.month, day.day) == (2, 29):
        day += DAY if is_last else -DAY
    return f"{day:%m-%d}"


def _quoted(text: str) -> str:
    return json.dumps(printable(text), ensure_ascii=False)


def _said(text: str) -> str:
    """Return a text for a comment: in one line."""
    return " ".join(printable(text).split())[:200]


def _ids(names: Sequence[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Return an id for each name, none twice."""
    used, ids = {*taken, *RESERVED_IDS}, dict[str, str]()
    for name in names:
        latin = unicodedata.normalize("NFKD", folded(name)).encode("ascii", "ignore").decode()
        base = re.sub("[^a-z0-9]+", "-", latin).strip("-")[:LONGEST_ID].strip("-") or "forum"
        key = next(
            key for key in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if key not in used
        )
        used.add(key)
        ids[name] = key
    return ids
