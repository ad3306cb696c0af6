"""One run on one project: what was read of it, and the files to be written."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from kultursam import storage
from kultursam.cli.formats import maker_of
from kultursam.cli.options import Options
from kultursam.cli.years import chosen, moment
from kultursam.dates.wishes import Wish
from kultursam.diagnostics import (
    IncompleteInstallationError,
    KultursamError,
    Problem,
    UnknownMeetingError,
    UnknownTargetError,
)
from kultursam.fetch.copies import Knowledge, old_copies, read_known
from kultursam.forumfile.planning_year import PlanningYear
from kultursam.forumfile.register import Register, language_of
from kultursam.i18n import Message, translations
from kultursam.paths import Project
from kultursam.planner import Situation, assess_recorded
from kultursam.plans.model import Plan
from kultursam.publish import published_files, stamped

BEFORE = timedelta(days=31)
"""How long before a year events of other bodies are read."""


class NoForumFileError(KultursamError):
    """The command needs a forum file, and there is none."""

    code = "no-forum-file"

    def __init__(self) -> None:
        text = Message(
            "there is no forums.yaml or data/forums.yaml here or above; create one with: kultursam init"
        )
        super().__init__(Problem(text, file=str(Path.cwd())))


class NoExampleError(IncompleteInstallationError):
    """The built-in example is not there."""

    def __init__(self, path: Path) -> None:
        super().__init__(Message("{file} is missing", file=path))


class ForumFileNameError(KultursamError):
    """A forum file has the ending .yml."""

    code = "forum-file-name"

    def __init__(self) -> None:
        text = Message("this name is not read: rename it to {name}", name="forums.yaml")
        super().__init__(Problem(text, file="forums.yml"))


class NotPlannedError(KultursamError):
    """A year has no plan of record."""

    code = "not-planned"

    def __init__(self, year: PlanningYear) -> None:
        text = Message(
            "there is no plan for {year}; make one with: kultursam plan {number}",
            year=year,
            number=year.number,
        )
        super().__init__(Problem(text))


class NothingPlannedError(KultursamError):
    """No year has a plan of record, or only years that are over have one."""

    code = "nothing-planned"

    def __init__(self, *, over: bool) -> None:
        text = Message("no year has a plan yet; make one with: kultursam plan this next")
        if over:
            text = Message("every year that has a plan is over; make one with: kultursam plan this next")
        super().__init__(Problem(text))


@dataclass(slots=True)
class Session:
    """A project that has been read, and the options of the run."""

    options: Options
    project: Project
    register: Register
    warnings: list[Problem]
    plans: dict[int, Plan]
    """The plans by year, as they were read; a command puts those it has made or changed in their place."""
    today: date
    now: datetime
    """The time that changes are stamped with."""
    output: Path
    """The folder of the calendars."""
    unread: list[Problem] = field(default_factory=list)
    """What is wrong with busy calendars that this run can do without, each once."""
    busy: dict[int, tuple[storage.Events, list[Problem]]] = field(default_factory=dict)
    """The events of busy calendars, by the year for which they were read, and why others were not."""
    polls: tuple[Mapping[str, Sequence[Wish]], list[Problem]] = field(default_factory=lambda: ({}, []))
    """What organisations answered to polls, by file name, and why it cannot be read."""
    fetched: dict[Path, bytes] = field(default_factory=dict)
    """What this run fetched: it is read as if it were written, and is written with all else."""
    known: Knowledge = field(default_factory=dict)
    """What is known of the copies of calendars that are fetched."""

    @property
    def this(self) -> int:
        """The year that holds today."""
        return self.register.year_of(self.today).number

    @property
    def to_come(self) -> list[int]:
        """The years with a plan of record that are not over."""
        return chosen((), self.this, self.plans)

    @property
    def missing(self) -> list[Problem]:
        """What is wrong with busy calendars, as warnings of a run that did without them."""
        return [replace(problem, severity="warning") for problem in self.unread]

    @property
    def old_copies(self) -> list[Problem]:
        """Warnings of fetched calendars that are older than wished."""
        return old_copies(self.register, self.known, self.today)

    @property
    def all_warnings(self) -> list[Problem]:
        """The warnings of the forum file, of old copies, and of busy calendars that were done without."""
        return [*self.warnings, *self.old_copies, *self.missing]

    def years(self, words: Iterable[str] | None) -> list[int]:
        """Return the years that words name; without words, those with a plan that are not over."""
        years = chosen(words, self.this, self.plans)
        if not years:
            raise NothingPlannedError(over=bool(self.plans))
        return years

    def situation(self, year: int, *, planning: bool = True) -> Situation:
        """Return everything that a year's plan depends on.

        Only `planning` needs every busy calendar; what is recorded can be shown and decided without.
        """
        others = tuple(plan for other, plan in sorted(self.plans.items()) if other != year)
        if year not in self.busy:
            first, last = self.around(year)
            self.busy[year] = storage.load_events(self.project, self.register, first, last, self.fetched)
        events, problems = self.busy[year]
        wishes, unclear = self.polls
        problems = [*problems, *unclear]
        if problems and planning:
            raise KultursamError(*problems)
        self.unread += [problem for problem in problems if problem not in self.unread]
        recorded = self.plans.get(year)
        return Situation(self.register, year, self.today, self.now, recorded, others, events, wishes)

    def around(self, year: int) -> tuple[date, date]:
        """Return the days on which events of other bodies touch a year."""
        planning_year = self.register.planning_year(year)
        return planning_year.first - BEFORE, planning_year.around[1]

    def plan_of(self, word: str) -> Plan:
        """Return the plan of record of the year that a word names. Raise `NotPlannedError` if it has none."""
        (year,) = self.years([word])
        self.require_plan(year)
        return self.plans[year]

    def put(self, plan: Plan) -> None:
        """Put a plan that was made or changed in the place of what is recorded."""
        self.plans[plan.year] = stamped(self.register, plan, self.plans.get(plan.year), self.now)

    def restamp(self, planned: Collection[int]) -> list[int]:
        """Stamp what calendars show otherwise than before in years that were not planned; return these years.

        They are published too, and the years that are over are not planned any more.
        """
        changed = []
        for year, recorded in self.plans.items():
            if year not in planned:
                shown = assess_recorded(self.situation(year, planning=False), (), timeless=True)
                plan = stamped(self.register, shown, recorded, self.now)
                stamps = replace(
                    recorded, meetings=plan.meetings, deadlines=plan.deadlines, schema=plan.schema
                )
                if stamps != recorded:
                    changed.append((year, stamps))
        self.plans.update(changed)
        return [year for year, _ in changed]

    def require_plan(self, year: int) -> None:
        """Raise `NotPlannedError` if a year has no plan."""
        if year not in self.plans:
            raise NotPlannedError(self.register.planning_year(year))

    def year_of(self, meeting_id: str) -> int:
        """Return the year whose plan holds a meeting. Raise `UnknownMeetingError` if none does."""
        for year, plan in self.plans.items():
            if plan.meeting(meeting_id):
                return year
        raise UnknownMeetingError(meeting_id, self._meeting_ids)

    def years_of(self, target: str) -> list[int]:
        """Return the years to come, for a forum; for a meeting its year. Raise `UnknownTargetError`."""
        if target in self.register.forums:
            return self.years(())
        if target not in self._meeting_ids:
            raise UnknownTargetError(target, [*self.register.forums, *self._meeting_ids])
        return [self.year_of(target)]

    @property
    def _meeting_ids(self) -> list[str]:
        return [meeting.id for plan in self.plans.values() for meeting in plan.meetings]

    @property
    def zone(self) -> ZoneInfo:
        """The file's time zone."""
        return ZoneInfo(self.register.file.timezone)

    def changed_plans(self, years: Iterable[int]) -> dict[Path, bytes]:
        """Return the plans of record of some years that differ from their files, by path."""
        return storage.changed_plans(self.project, [self.plans[year] for year in years])

    def published(self) -> dict[Path, bytes]:
        """Return all that is published, of every year in plans/: each file with its bytes."""
        situations = [self.situation(year, planning=False) for year in self.plans]
        plans = [assess_recorded(situation, timeless=True) for situation in situations]
        makers = {kind: maker_of(kind) for kind in self.register.file.publish}
        files = published_files(self.register, plans, self.today, makers)
        return {self.output / name: data for name, data in files}

    def located(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems in the file's language, those of no file with the project as their place."""
        return [
            replace(problem, file=problem.file or self.project.title).in_language(self.register.file.language)
            for problem in problems
        ]

    def translated(self, message: str, **values: object) -> str:
        """Return a message in the file's language."""
        return translations(self.register.file.language).gettext(message).format(**values)

    def counted(self, singular: str, plural: str, number: int) -> str:
        """Return a phrase that counts something, {n}, in the file's language."""
        return translations(self.register.file.language).ngettext(singular, plural, number).format(n=number)


@contextmanager
def open_session(options: Options, *, example: bool = False, writing: bool = False) -> Iterator[Session]:
    """Yield a session on the project that the options name. With `writing`, hold the project's lock.

    With `example`, it may be the built-in example, unless the run is quiet: nobody would see that it is used.
    An error has two notes: what the project is called, and its language if that could be read.
    """
    project = options.project()
    if project.builtin and Path("forums.yml").exists():
        raise ForumFileNameError
    if project.builtin and (options.quiet or not example):
        raise NoForumFileError
    if project.builtin and not project.forum_file.is_file():
        raise NoExampleError(project.forum_file)
    notes = [project.title]
    try:
        with storage.foremost(project):
            source = storage.read_forum_file(project)
            if language := language_of(source):
                notes.append(language)
            register, warnings = storage.load_register(source)
        output = options.output or storage.output_of(project, register)
        today, now = _clock(options, register)
        with storage.locked(project) if writing else nullcontext():
            plans = storage.load_plans(project, register)
            known, polls = read_known(project), storage.load_wishes(project, register)
            yield Session(
                options, project, register, warnings, plans, today, now, output, polls=polls, known=known
            )
    except Exception as error:
        for note in notes:
            error.add_note(note)
        raise


def _clock(options: Options, register: Register) -> tuple[date, datetime]:
    """Return today's date in the file's time zone, and a moment of it that changes are stamped with."""
    zone = ZoneInfo(register.file.timezone)
    if options.today is None:
        now = moment()
        return now.astimezone(zone).date(), now
    midnights = [
        datetime(options.today.year, options.today.month, options.today.day, tzinfo=of) for of in (UTC, zone)
    ]
    return options.today, max(midnights).astimezone(UTC)
