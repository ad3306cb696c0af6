"""What people read of forums and meetings, the same in terminal, calendars, wheel and page.

Letters and colours, states, places, what is published, dates in words, and what a year holds.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from operator import attrgetter

from babel.dates import format_date

from kultursam.forumfile.planning_year import PlanningYear
from kultursam.forumfile.register import Register
from kultursam.forumfile.values import Roles
from kultursam.forumfile.weekends import weekend_of
from kultursam.i18n import N_, translations
from kultursam.plans.model import (
    DaySpan,
    Deadline,
    ForumRecord,
    Meeting,
    Origin,
    Plan,
    Status,
    by_forum,
)

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwyz0123456789"
"""Without x, which stands for a cancelled meeting in terminals that have no better symbol."""
SHARED_LETTER = "*"
"""For the forums that are left when every letter is taken."""
COLOURS = (
    ("#0072b2", "#ffffff"), ("#d55e00", "#000000"), ("#009e73", "#000000"), ("#cc79a7", "#000000"),
    ("#e69f00", "#000000"), ("#56b4e9", "#000000"), ("#f0e442", "#000000"), ("#000000", "#ffffff"),
)  # fmt: skip
"""Okabe and Ito's colours for the colour-blind, each with the colour of text on it."""
TERMINAL_COLOURS = (*COLOURS[:6], ("#a89a00", "#000000"), ("#8c8c8c", "#000000"))
"""The same for text on black or white: yellow is darkened, black is grey."""
STATES = (N_("confirmed"), N_("proposed"), N_("reserved"), N_("external"), N_("cancelled"))
"""The states of a meeting, in the order of legends; translated where they are shown."""
DASH = "\N{EN DASH}"
DAY = timedelta(days=1)
REMOTE = {
    "online": (N_("Online"), N_("Online: {place}")),
    "hybrid": (N_("In person or online"), N_("{place}, or online")),
}
"""What is said of a format in which people can meet remotely: without a place, and with one."""


@dataclass(frozen=True, slots=True)
class Sign:
    """How a forum is recognised."""

    name: str
    letter: str
    colour: int
    """Its index in the colours."""


def signs_of(register: Register, plans: Iterable[Plan]) -> dict[str, Sign]:
    """Return the signs of the forums in file order, then of those that have left the file.

    A forum has the name it had when planned; of several plans the last one that has it counts.
    """
    planned = {key: record.name for plan in plans for key, record in plan.forums.items()}
    order = dict.fromkeys([*register.forums, *planned])
    names = {key: planned.get(key) or register.forums[key].name for key in order}
    own = letters(names)
    return {key: Sign(names[key], own[key], index % len(COLOURS)) for index, key in enumerate(order)}


def letters(names: Mapping[str, str]) -> dict[str, str]:
    """Return a letter for each name, one of its own letters where such a one is free."""
    free, taken = dict.fromkeys(LETTERS), {}
    for key, name in names.items():
        latin = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().upper()
        # Short words are such as "for" and "and".
        words = sorted(re.findall(r"[A-Z]+", latin), key=lambda word: len(word) <= len("and"))
        wanted = [*(word[0] for word in words), *"".join(words), *free]
        taken[key] = next((letter for letter in wanted if letter in free), SHARED_LETTER)
        free.pop(taken[key], None)
    return taken


def forums_with_calendar(register: Register, plans: Sequence[Plan]) -> dict[str, ForumRecord]:
    """Return the forums that have a calendar of their own, as they were when last planned."""
    meetings = by_forum(meeting for plan in plans for meeting in plan.meetings)
    planned = {key: record for plan in plans for key, record in plan.forums.items()}
    return {key: planned[key] for key in planned if _has_calendar(register, key, meetings.get(key, []))}


def _has_calendar(register: Register, forum: str, meetings: Sequence[Meeting]) -> bool:
    if any(is_published(register, meeting) for meeting in meetings):
        return True
    if model := register.forums.get(forum):
        return model.cadence.kind != "external" or model.publish
    return not meetings  # of a forum that has left the file, only its meetings tell that it was external


def forums_with_deadlines(register: Register, plans: Sequence[Plan]) -> dict[str, ForumRecord]:
    """Return the forums whose deadlines have a feed, as they were when last planned: those that have any.

    Those of an external forum are due for nobody here.
    """
    due = {deadline.forum for plan in plans for deadline in plan.deadlines}
    planned = {key: record for plan in plans for key, record in plan.forums.items()}
    return {
        key: record for key, record in planned.items() if key in due or _will_have_deadlines(register, key)
    }


def _will_have_deadlines(register: Register, forum: str) -> bool:
    model = register.forums.get(forum)
    return bool(model and model.cadence.kind != "external" and model.every_deadline)


def roles_of(register: Register, plan: Plan, meeting: Meeting) -> Roles:
    """Return who takes part in a meeting, or did, by role; as the file has it where none is recorded."""
    roles = plan.roles_of(meeting)
    if roles or meeting.organisations is not None or meeting.forum not in register.forums:
        return roles
    return register.roles_of(meeting.forum)


def state(meeting: Meeting) -> str:
    """Return what a meeting is to those who are told of it, one of the states."""
    if not meeting.live:
        return "cancelled"
    if meeting.origin is Origin.EXTERNAL:
        return "external"
    reserved = meeting.origin is Origin.RESERVED and meeting.status is Status.PROPOSED
    return "reserved" if reserved else meeting.status.value


def is_published(register: Register, meeting: Meeting) -> bool:
    """Return whether a meeting stands in calendars: an external one only where the file says so.

    External meetings of a forum that has left the file are no longer published.
    """
    if meeting.origin is not Origin.EXTERNAL:
        return True
    model = register.forums.get(meeting.forum)
    return model is not None and model.publish


def label(register: Register, plan: Plan, organisation: str) -> str:
    """Return the short name of an organisation; of one that has left the file, the one it had."""
    known = organisation in register.file.organisations
    return register.label(organisation) if known else plan.label(organisation)


def life_in_words(register: Register, organisation: str) -> str:
    """Return when an organisation takes part; an empty text where the file sets no limit."""
    body, language = register.file.organisations.get(organisation), register.file.language
    active = body.active if body else None
    if active is None or not (active.from_ or active.to):
        return ""
    _ = translations(language).gettext
    first, last = (day and day_in_words(day, language, year=True) for day in (active.from_, active.to))
    if last is None:
        return _("Takes part from {first}.").format(first=first)
    if first is None:
        return _("Takes part until {last}.").format(last=last)
    return _("Takes part from {first} until {last}.").format(first=first, last=last)


def name_of(register: Register, plan: Plan, meeting: Meeting) -> str:
    """Return what a meeting is called: the name that its forum was planned with, then its window's."""
    name, forum = plan.forums[meeting.forum].name, register.forums.get(meeting.forum)
    window = forum.window_on(meeting.date) if forum else None
    return f"{name}: {window.name}" if window and window.name else name


def place_and_host(register: Register, plan: Plan, meeting: Meeting) -> str:
    """Return where a meeting is held: its place, then its host, who is nowhere if it is held online."""
    host = label(register, plan, meeting.host) if meeting.host else None
    parts = (meeting.place, host if meeting.format != "online" else None)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def location(register: Register, plan: Plan, meeting: Meeting) -> str:
    """Return place and host, or how to take part remotely; an empty text where nothing is known."""
    place = place_and_host(register, plan, meeting)
    without, around = REMOTE.get(meeting.format or "", ("", "{place}"))
    pattern = around if place else without
    return pattern and translations(register.file.language).gettext(pattern).format(place=place)


@cache
def format_day(day: date, language: str, pattern: str) -> str:
    """Return a date in a pattern of Unicode's LDML, without the full stops of abbreviations."""
    return str(format_date(day, pattern, locale=language)).replace(".", "")


def day_in_words(day: date, language: str, *, year: bool = False, short: bool = False) -> str:
    """Return a date as people write it: torsdag 6 februari, with its year, or short: 6 feb."""
    pattern = "d MMM" if short else "EEEE d MMMM"
    return format_day(day, language, f"{pattern} y" if year else pattern)


def days_in_words(meeting: Meeting, language: str, *, year: bool = False) -> str:
    """Return the days of a meeting: torsdag 6 februari, or of several days the first and the last."""
    if meeting.last == meeting.date:
        return day_in_words(meeting.date, language, year=year)
    first, last = day_in_words(meeting.date, language), day_in_words(meeting.last, language, year=year)
    return f"{first} {DASH} {last}"


def hours_in_words(meeting: Meeting, language: str) -> str:
    """Return the times of a meeting: 09:00–12:00, all day; with its zone where that is its own."""
    _ = translations(language).gettext
    if meeting.time.is_all_day:
        return _("all day")
    usual, last = (str(span or "").replace("-", DASH) for span in (meeting.time, meeting.last_day))
    hours = _("{hours}, the last day {last}").format(hours=usual, last=last) if last else usual
    return f"{hours} ({meeting.timezone})" if meeting.timezone else hours


def month_in_words(day: date, language: str, year: PlanningYear) -> str:
    """Return a month as a heading, with its year where not all of it lies in the given one: Februari."""
    name = format_day(day, language, "LLLL" if year.holds_month_of(day) else "LLLL y")
    return name[:1].upper() + name[1:]


def totals(plan: Plan, language: str) -> str:
    """Return how many meetings are to be held, and by how many forums: 14 meetings in 6 forums."""
    held, texts = [meeting.forum for meeting in plan.meetings if meeting.live], translations(language)
    meetings, forums = len(held), len(set(held))
    return texts.gettext("{meetings} in {forums}").format(
        meetings=texts.ngettext("{n} meeting", "{n} meetings", meetings).format(n=meetings),
        forums=texts.ngettext("{n} forum", "{n} forums", forums).format(n=forums),
    )


def last_change(plan: Plan) -> datetime:
    """Return the moment at which a plan was last changed, in UTC: from then are files made of it."""
    moments = [*(one.modified for one in plan.meetings), *(one.modified for one in plan.deadlines)]
    return max(moments, default=datetime(plan.year, 1, 1)).replace(tzinfo=UTC)  # noqa: DTZ001 - see above


class YearView:
    """A plan and its forum file, as every view of the year reads them."""

    def __init__(self, plan: Plan, register: Register) -> None:
        self.plan, self.register, self.language = plan, register, register.file.language

    def gettext(self, message: str, **values: object) -> str:
        """Translate a message and fill it."""
        return translations(self.language).gettext(message).format(**values)

    @cached_property
    def signs(self) -> Mapping[str, Sign]:
        """How forums are recognised, in the order in which they are listed."""
        return signs_of(self.register, [self.plan])

    @cached_property
    def meeting_forums(self) -> Mapping[str, Sign]:
        """The forums that have meetings, with their signs and in their order."""
        met = {meeting.forum for meeting in self.plan.meetings}
        return {key: sign for key, sign in self.signs.items() if key in met}

    @cached_property
    def periods(self) -> list[DaySpan]:
        """When people are away, by date; holidays left out."""
        return [span for span in self.plan.spans if span.kind == "period"]

    @cached_property
    def weekend(self) -> Collection[int]:
        """The weekdays that are off every week, Monday being 0."""
        return weekend_of(self.register.file.calendar)

    def working_days(self, span: DaySpan) -> list[date]:
        """Return the days of a span, both its ends counted, that are no weekend."""
        return [day for day in span.days if day.weekday() not in self.weekend]

    @cached_property
    def closures(self) -> list[DaySpan]:
        """What closes working days of the year: periods, and the holidays that no period holds.

        Spans of one name that touch become one, though a weekend lies between them.
        """
        in_periods = {day for span in self.periods for day in self.working_days(span)}
        closed: dict[tuple[str, str], set[date]] = defaultdict(set)
        for span in self.plan.spans:
            days = {day for day in self.working_days(span) if day in self.plan.planning_year}
            closed[span.kind, span.name] |= days if span.kind == "period" else days - in_periods
        return sorted(
            DaySpan(run[0], run[-1], name) for (_, name), days in closed.items() for run in self._runs(days)
        )

    def _runs(self, days: Iterable[date]) -> list[list[date]]:
        """Return the runs of working days between which none is missing."""
        runs: list[list[date]] = []
        for day in sorted(days):
            if runs and self.working_days(DaySpan(runs[-1][-1], day, "")) == [runs[-1][-1], day]:
                runs[-1].append(day)
            else:
                runs.append([day])
        return runs

    @cached_property
    def deadlines(self) -> Mapping[str | None, list[Deadline]]:
        """What is due because of each meeting, by its id, and under None because of terms; by date."""
        deadlines = defaultdict(list)
        for deadline in sorted(self.plan.deadlines, key=attrgetter("date", "number")):
            if not deadline.cancelled:
                deadlines[deadline.meeting].append(deadline)
        return deadlines

    @cached_property
    def due(self) -> Mapping[tuple[date, str], list[Deadline]]:
        """What is due whatever the meetings, by date and name: fixed dates, and what forums' terms bring."""
        due: dict[tuple[date, str], list[Deadline]] = {
            dated: [] for dated in self.register.dates_in(self.plan.planning_year)
        }
        for deadline in self.deadlines.get(None, ()):
            due.setdefault((deadline.date, deadline.name), []).append(deadline)
        return due

    def name(self, meeting: Meeting) -> str:
        """Return what a meeting is called."""
        return name_of(self.register, self.plan, meeting)

    def location(self, meeting: Meeting) -> str:
        """Return place and host of a meeting, or how to take part remotely."""
        return location(self.register, self.plan, meeting)

    def short_day(self, day: date) -> str:
        """Return a date in few letters, with its year where that is another one."""
        return day_in_words(day, self.language, short=True, year=day not in self.plan.planning_year)
