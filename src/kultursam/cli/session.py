"""One run on one project: what is read, what is planned, what is written, what is shown."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from kultursam import storage
from kultursam.checksum import NAME, remembered
from kultursam.cli.plain import YEARS
from kultursam.cli.progress import ProgressBar
from kultursam.dates.holidays import Event
from kultursam.diagnostics import KultursamError, Problem, did_you_mean
from kultursam.forumfile import notation
from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.paths import Project, find_project, project_of
from kultursam.planner.situation import Situation, assemble, commitments_of, evaluated, finish
from kultursam.plans.model import Meeting, Origin, Plan, by_forum
from kultursam.render import data as tabular

if TYPE_CHECKING:
    from kultursam.render.ics import Calendars

T = TypeVar("T")


class UsageError(KultursamError):
    """A value on the command line cannot be read."""

    exit_code = 2


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
    seen: str | None = None
    """The digest of all that was read and written, once it is saved and well."""

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
        """Give the plan of record of a year, weighed anew; `explained` as `finish` takes it."""
        saved, situation = self.saved(year), self.situation(year)
        given = commitments_of(situation)
        plan = finish(situation, evaluated(situation), saved.meetings, given, saved.gap, explained)
        return replace(plan, deadlines=saved.deadlines)

    def recorded_or_planned(
        self, year: int, explained: Container[str] | None = None, only: str | None = None
    ) -> Plan:
        """Give the plan of record, or, said on stderr, what it would be; see `finish` and `plan_years`."""
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
        return [one for one in plan.chronological() if _published(self.register, one)]

    def translated(self, message: str, **values: object) -> str:
        """Translate a message into the file's language."""
        return translations(self.register.file.language).gettext(message).format(**values)

    def counted(self, one: str, several: str, number: int) -> str:
        """Translate a phrase that counts something, {n}, into the file's language."""
        return translations(self.register.file.language).ngettext(one, several, number).format(n=number)

    def files(self, years: Iterable[int]) -> dict[Path, bytes]:
        """Give every file of some years, and the feeds: the plans of record first."""
        found = dict(storage.plan_file(self.project, self.plans[year]) for year in years)
        found.update({self.output / name: data for name, data in outputs(self.register, self.plans, years)})
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

    `explained` is as `finish` takes it. With a forum as `only`, what matters to it is planned alone.
    """
    from kultursam.planner.search import InfeasibleError, best_dates

    for number in sorted(set(years)):
        situation = session.situation(number)
        year = evaluated(situation)
        given = commitments_of(situation, replan=replan)
        label = session.translated("Planning {year}", year=number)
        try:
            with ProgressBar(label, wanted=not session.options.quiet) as tell:
                outcome = best_dates(year, given, tell, only=only)
        except InfeasibleError as error:
            from kultursam.planner.infeasible import explain_infeasibility

            raise KultursamError(*explain_infeasibility(situation, given, error.forums)) from error
        meetings = assemble(situation, year, given, outcome.dates)
        session.plans[number] = finish(situation, year, meetings, given, outcome.gap, explained)
    return [session.plans[number] for number in dict.fromkeys(years)]


def save(session: Session, years: Iterable[int], *, planned: bool = False) -> None:
    """Write the plans of some years, then their calendars and the feeds.

    Years that were just `planned`, and are well, are noted: planning them again would change nothing.
    """
    years = sorted(set(years))
    files = session.files(years)
    # The plans first: from them the next run completes what one that died half-way left.
    decided = {path: data for path, data in files.items() if path.parent == session.project.plans}
    storage.write_files(decided.items())
    storage.write_files((path, data) for path, data in files.items() if path not in decided)
    well = planned and not session.warnings
    if well and not any(session.plans[year].problems or session.plans[year].gap for year in years):
        calendars = storage.calendar_names(session.register)
        session.seen, note = remembered(session.project, session.output, years, calendars, files)
        storage.write_files([(session.output / NAME, note)])


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
    raise KultursamError(Problem(f'there is no meeting "{meeting_id}"{did_you_mean(meeting_id, known)}'))


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
            raise KultursamError(Problem(f'there is no forum "{key}"{did_you_mean(key, plan.forums)}'))
    known = session.register.file.organisations
    for key in organisations:
        if key not in known:
            raise KultursamError(Problem(f'there is no organisation "{key}"{did_you_mean(key, known)}'))
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


def outputs(
    register: Register, plans: Mapping[int, Plan], years: Iterable[int]
) -> Iterator[tuple[str, bytes]]:
    """Give each calendar file of some years, and each feed of all years: its name and its bytes."""
    from kultursam.render.html import index_page, year_page
    from kultursam.render.ics import Calendars
    from kultursam.render.wheel import wheel

    every = [plans[year] for year in sorted(plans)]
    calendars = Calendars(register, every)
    for year in years:
        plan = plans[year]
        yield from _calendars(register, calendars, [plan], f"{year}/", feed=False)
        text = tabular.to_json({**tabular.document(plan, register), "changes": []})
        yield f"{year}/meetings.json", text.encode()
        # Excel reads UTF-8 only after a byte order mark.
        yield f"{year}/meetings.csv", tabular.to_csv(plan, register).encode("utf-8-sig")
        drawing = wheel(plan, register)
        yield f"{year}.svg", drawing.encode()
        yield f"{year}.html", year_page(plan, register, drawing).encode()
    yield from _calendars(register, calendars, every, "feeds/", feed=True)
    yield "index.html", index_page(every, register).encode()


def _calendars(
    register: Register, calendars: Calendars, plans: Sequence[Plan], folder: str, *, feed: bool
) -> Iterator[tuple[str, bytes]]:
    name, _ = register.file.name, translations(register.file.language).gettext
    meetings = [one for plan in plans for one in plan.chronological() if _published(register, one)]
    of_forum, of_organisation = by_forum(meetings), _by_organisation(meetings, plans)
    forums = {forum: record for plan in plans for forum, record in plan.forums.items()}
    for forum, record in forums.items():
        if register.publishes(forum):
            mine = of_forum.get(forum, [])
            yield f"{folder}{forum}.ics", calendars.calendar(f"{record.name} – {name}", mine, feed=feed)
    yield f"{folder}all.ics", calendars.calendar(name, meetings, feed=feed)
    due = [one for plan in plans for one in plan.deadlines]
    yield f"{folder}deadlines.ics", calendars.deadlines(f"{_('Deadlines')} – {name}", due, feed=feed)
    for key, organisation in register.file.organisations.items():
        mine = of_organisation.get(key, [])
        title = f"{organisation.name} – {name}"
        yield f"{folder}organisations/{key}.ics", calendars.calendar(title, mine, feed=feed)


def _by_organisation(meetings: Iterable[Meeting], plans: Iterable[Plan]) -> dict[str, list[Meeting]]:
    """Give the meetings that each organisation takes part in, in the order given."""
    taking_part = {one.id: plan.forums[one.forum].organisations for plan in plans for one in plan.meetings}
    found: dict[str, list[Meeting]] = {}
    for one in meetings:
        for organisation in dict.fromkeys(taking_part[one.id]):
            found.setdefault(organisation, []).append(one)
    return found


def _published(register: Register, meeting: Meeting) -> bool:
    """Tell whether a meeting stands in calendars: those decided elsewhere only where the file says so."""
    if meeting.origin is not Origin.EXTERNAL:
        return True
    model = register.forums.get(meeting.forum)
    return model is not None and model.publish
