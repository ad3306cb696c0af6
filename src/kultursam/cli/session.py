"""One run on one project: what was read of it, and the files to be written."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from kultursam import storage
from kultursam.cli.options import Options, UsageError
from kultursam.diagnostics import KultursamError, Problem, UnknownMeetingError
from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.paths import Project
from kultursam.planner import Situation
from kultursam.plans.model import Plan
from kultursam.publish import published_files, stamped


class NoForumFileError(KultursamError):
    """The command needs a forum file, and there is none."""

    code = "no-forum-file"

    def __init__(self) -> None:
        place = "in this folder or above it"
        super().__init__(
            Problem(f"there is no forums.yaml or data/forums.yaml {place}; create one with: kultursam init")
        )


class ForumFileNameError(KultursamError):
    """A forum file has the ending .yml."""

    code = "forum-file-name"

    def __init__(self) -> None:
        super().__init__(Problem("this name is not read: rename it to forums.yaml", file="forums.yml"))


class NotPlannedError(KultursamError):
    """A year has no plan of record."""

    code = "not-planned"

    def __init__(self, year: int) -> None:
        super().__init__(Problem(f"there is no plan for {year}; make one with: kultursam plan {year}"))


class EpochError(UsageError):
    """SOURCE_DATE_EPOCH is not a number of seconds."""

    def __init__(self, epoch: str) -> None:
        super().__init__(Problem(f'SOURCE_DATE_EPOCH is "{epoch}", which is not a number of seconds'))


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

    @property
    def output(self) -> Path:
        """The folder of the calendars."""
        return self.options.output or self.project.calendars

    def situation(self, year: int) -> Situation:
        """Return everything that a year's plan depends on."""
        others = tuple(plan for other, plan in sorted(self.plans.items()) if other != year)
        events = storage.load_events(
            self.project, self.register, date(year - 1, 12, 1), date(year + 1, 12, 31)
        )
        return Situation(self.register, year, self.today, self.now, self.plans.get(year), others, events)

    def put(self, plan: Plan) -> None:
        """Put a plan that was made or changed in the place of what is recorded."""
        self.plans[plan.year] = stamped(self.register, plan, self.plans.get(plan.year), self.now)

    def require_plan(self, year: int) -> None:
        """Raise `NotPlannedError` if a year has no plan."""
        if year not in self.plans:
            raise NotPlannedError(year)

    def year_of(self, meeting_id: str) -> int:
        """Return the year whose plan holds a meeting. Raise `UnknownMeetingError` if none does."""
        for year, plan in self.plans.items():
            if plan.meeting(meeting_id):
                return year
        known = [meeting.id for plan in self.plans.values() for meeting in plan.meetings]
        raise UnknownMeetingError(meeting_id, known)

    def files(self, years: Iterable[int]) -> tuple[dict[Path, bytes], dict[Path, bytes]]:
        """Return the plans of record of some years, and all that is published of them and of all years."""
        years = sorted(set(years))
        plans = dict(storage.plan_file(self.project, self.plans[year]) for year in years)
        published = published_files(self.register, self.plans, years)
        return plans, {self.output / name: data for name, data in published}

    def translated(self, message: str, **values: object) -> str:
        """Return a message in the file's language."""
        return translations(self.register.file.language).gettext(message).format(**values)

    def counted(self, singular: str, plural: str, number: int) -> str:
        """Return a phrase that counts something, {n}, in the file's language."""
        return translations(self.register.file.language).ngettext(singular, plural, number).format(n=number)


@contextmanager
def open_session(
    options: Options, *, example: bool = False, writing: bool = False, with_plans: bool = True
) -> Iterator[Session]:
    """Yield a session on the project that the options name. With `writing`, hold the project's lock.

    With `example`, it may be the built-in example. Without `with_plans`, only the forum file is read.
    """
    project = options.project()
    if project.builtin and Path("forums.yml").exists():
        raise ForumFileNameError
    if project.builtin and not example:
        raise NoForumFileError
    register, warnings = storage.load_register(project)
    today, now = _clock(options, register)
    with storage.locked(project) if writing else nullcontext():
        plans = storage.load_plans(project, register) if with_plans else {}
        yield Session(options, project, register, warnings, plans, today, now)


def _clock(options: Options, register: Register) -> tuple[date, datetime]:
    """Return today's date and the time that changes are stamped with."""
    zone = ZoneInfo(register.file.timezone)
    if options.today is not None:
        # The first moment that is on that day both there and in UTC.
        begins = (datetime.combine(options.today, time(), there) for there in (UTC, zone))
        return options.today, max(begins).astimezone(UTC)
    now = moment()
    return now.astimezone(zone).date(), now


def moment() -> datetime:
    """Return the time, to the second: that of SOURCE_DATE_EPOCH, if it is set."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(tz=UTC).replace(microsecond=0)
    if not epoch.isascii() or not epoch.isdigit() or len(epoch) > 11:
        raise EpochError(epoch)
    return datetime.fromtimestamp(int(epoch), tz=UTC)
