"""One run on one project: what is read, what is planned, what is written, what is shown."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from kultursam import checksum, storage
from kultursam.atomic import write_files
from kultursam.cli.plain import YEARS
from kultursam.cli.progress import ProgressBar
from kultursam.dates.holidays import Event
from kultursam.diagnostics import (
    KultursamError,
    Problem,
    UnknownForumError,
    UnknownMeetingError,
    UnknownOrganisationError,
)
from kultursam.forumfile import notation
from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.paths import Project, find_project, project_of
from kultursam.planner import Situation, assess_recorded, plan_year
from kultursam.plans.model import Meeting, Plan
from kultursam.presentation import is_published
from kultursam.publish import published_files

T = TypeVar("T")


class UsageError(KultursamError):
    """A value on the command line cannot be read."""

    exit_status = 2


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

    file: Path | None = None
    output: Path | None = None
    today: str | None = None
    json: bool = False
    quiet: bool = False


@dataclass(slots=True)
class Session:
    """A project that has been read."""

    options: Options
    project: Project
    register: Register
    plans: dict[int, Plan]
    today: date
    now: datetime
    warnings: list[Problem] = field(default_factory=list)

    @property
    def output(self) -> Path:
        """The folder that calendars are written to."""
        return self.options.output or self.project.calendars

    def situation(self, year: int) -> Situation:
        """Give everything that a year's plan depends on."""
        others = tuple(plan for other, plan in sorted(self.plans.items()) if other != year)
        return Situation(
            self.register, year, self.today, self.now, self.plans.get(year), others, self._events(year)
        )

    def _events(self, year: int) -> dict[str, list[Event]]:
        return storage.load_events(self.project, self.register, date(year - 1, 12, 1), date(year + 1, 12, 31))

    def saved(self, year: int) -> Plan:
        """Give the plan of record of a year as it was read. Raises `KultursamError` if there is none."""
        if year not in self.plans:
            text = f"there is no plan for {year} yet; make it with: kultursam plan {year}"
            raise KultursamError(Problem(text))
        return self.plans[year]

    def recorded(self, year: int, explained: Container[str] | None = None) -> Plan:
        """Give the plan of record of a year, weighed anew; `explained` as `assess` takes it."""
        self.saved(year)
        return assess_recorded(self.situation(year), explained)

    def recorded_or_planned(
        self, year: int, explained: Container[str] | None = None, only: str | None = None
    ) -> Plan:
        """Give the plan of record, or, said on stderr, what it would be; see `assess` and `plan_years`."""
        if year in self.plans:
            return self.recorded(year, explained)
        plan = plan_years(self, [year], explained=explained, only=only)[0]
        if not self.options.quiet:
            print(
                self.translated(
                    "The plan for {year} is not saved yet; save it with: kultursam plan {year}", year=year
                ),
                file=sys.stderr,
            )
        return plan

    def published(self, plan: Plan) -> list[Meeting]:
        """Give the meetings of a plan that stand in calendars, in the order of time."""
        return [one for one in plan.chronological() if is_published(self.register, one)]

    def translated(self, message: str, **values: object) -> str:
        """Translate a message into the file's language."""
        return translations(self.register.file.language).gettext(message).format(**values)

    def counted(self, one: str, several: str, number: int) -> str:
        """Translate a phrase that counts something, {n}, into the file's language."""
        return translations(self.register.file.language).ngettext(one, several, number).format(n=number)

    def files(self, years: Iterable[int]) -> dict[Path, bytes]:
        """Give every file of some years, and the feeds: the plans of record first."""
        found = dict(storage.plan_file(self.project, self.plans[year]) for year in years)
        found.update(
            {self.output / name: data for name, data in published_files(self.register, self.plans, years)}
        )
        return found


@contextmanager
def open_session(
    options: Options, *, builtin: bool = False, writing: bool = False, alone: bool = False
) -> Iterator[Session]:
    """Read the project; hold its lock while `writing`. Only where `builtin` may the example be used.

    `alone` reads the forum file and no plans.
    """
    project = _project(options, builtin=builtin)
    register, warnings = storage.load_register(project)
    today, now = _clock(options, register)
    with storage.locked(project) if writing else nullcontext():
        plans = {} if alone else storage.load_plans(project, register)
        yield Session(options, project, register, plans, today, now, warnings)


def _project(options: Options, *, builtin: bool) -> Project:
    if options.file is not None:
        return project_of(options.file)
    project = find_project(Path.cwd())
    if project.builtin and Path("forums.yml").exists():
        text = "under this name it is not read: rename it forums.yaml"
        raise KultursamError(Problem(text, file="forums.yml"))
    if project.builtin and not builtin:
        text = "there is no forums.yaml or data/forums.yaml here or above; make one with: kultursam init"
        raise KultursamError(Problem(text))
    if project.builtin and not options.quiet:
        print("No forums.yaml here or above: the built-in example, Halland, is used.", file=sys.stderr)
    return project


def _clock(options: Options, register: Register) -> tuple[date, datetime]:
    """Give today and the moment that changes are stamped with."""
    if options.today is not None:
        today = read_value("--today", notation.full_date, options.today)
        return today, datetime(today.year, today.month, today.day, tzinfo=UTC)
    now = moment()
    return now.astimezone(ZoneInfo(register.file.timezone)).date(), now


def moment() -> datetime:
    """Give the time, to the second: that of SOURCE_DATE_EPOCH, if it is set."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(tz=UTC).replace(microsecond=0)
    if not epoch.isascii() or not epoch.isdigit() or len(epoch) > 11:
        raise UsageError(Problem(f'SOURCE_DATE_EPOCH is "{epoch}", which is no number of seconds'))
    return datetime.fromtimestamp(int(epoch), tz=UTC)


def read_value(name: str, read: Callable[[str], T], text: str) -> T:
    """Read a value of the command line; one that cannot be read is wrong usage."""
    try:
        return read(text)
    except ValueError as error:
        raise UsageError(Problem(f"{name}: {error}")) from error


def in_order(first: date, last: date) -> None:
    """Refuse a span of days that ends before it begins, as wrong usage."""
    if first > last:
        raise UsageError(Problem(f"--from {first} is after --to {last}"))


def plan_years(
    session: Session,
    years: Sequence[int],
    *,
    replan: bool = False,
    explained: Container[str] | None = None,
    only: str | None = None,
) -> list[Plan]:
    """Plan years in order, each with those before it known; the session then holds the new plans.

    `explained` is as `assess` takes it. With a forum as `only`, what matters to it is planned alone.
    """
    for number in sorted(set(years)):
        label = session.translated("Planning {year}", year=number)
        with ProgressBar(label, wanted=not session.options.quiet) as progress:
            session.plans[number] = plan_year(
                session.situation(number), replan=replan, explained=explained, only=only, progress=progress
            )
    return [session.plans[number] for number in dict.fromkeys(years)]


def save(session: Session, years: Iterable[int], *, planned: bool = False) -> None:
    """Write the plans of some years, then their calendars and the feeds.

    Years that were just `planned`, and are well, are noted: planning them again would change nothing.
    """
    years = sorted(set(years))
    files = session.files(years)
    # The plans first: from them the next run completes what one that died half-way left.
    decided = {path: data for path, data in files.items() if path.parent == session.project.plans}
    write_files(decided.items(), durable=True)
    write_files((path, data) for path, data in files.items() if path not in decided)
    well = planned and not session.warnings
    if well and not any(session.plans[year].problems or session.plans[year].gap for year in years):
        calendars = storage.calendar_names(session.register)
        write_files([checksum.record(session.project, session.output, years, calendars, files)])


def year_of(session: Session, meeting_id: str, *, planned: bool = False) -> int:
    """Give the year whose plan holds a meeting; `planned`: or would. Raises `KultursamError` if none does."""
    named = re.fullmatch(r"(.+)-([0-9]{4})-x?[0-9]+", meeting_id)
    if planned and named and int(named[2]) in YEARS and int(named[2]) not in session.plans:
        forum = named[1] if named[1] in session.register.forums else None
        session.recorded_or_planned(int(named[2]), explained=(), only=forum)
    for year, plan in session.plans.items():
        if plan.meeting(meeting_id):
            return year
    known = [one.id for plan in session.plans.values() for one in plan.meetings]
    raise UnknownMeetingError(meeting_id, known)


def narrowed(
    session: Session,
    plan: Plan,
    forums: Sequence[str],
    organisations: Sequence[str],
    first: str | None,
    last: str | None,
) -> Plan:
    """Leave out of a plan what was not asked for: other forums, other organisations, other days."""
    for key in forums:
        if key not in plan.forums:
            raise UnknownForumError(key, plan.forums)
    known = session.register.file.organisations
    for key in organisations:
        if key not in known:
            raise UnknownOrganisationError(key, known)
    start = date.min if first is None else read_value("--from", notation.full_date, first)
    end = date.max if last is None else read_value("--to", notation.full_date, last)
    in_order(start, end)

    def wanted(forum: str, day: date) -> bool:
        taking_part = plan.forums[forum].organisations
        return (
            (not forums or forum in forums)
            and (not organisations or any(key in taking_part for key in organisations))
            and start <= day <= end
        )

    session.register = session.register.within(plan.year, start, end)
    return replace(
        plan,
        meetings=tuple(one for one in plan.meetings if wanted(one.forum, one.date)),
        deadlines=tuple(one for one in plan.deadlines if wanted(one.forum, one.date)),
        spans=tuple(one for one in plan.spans if one.first <= end and one.last >= start),
    )
