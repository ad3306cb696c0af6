"""The project folder: reads the forum file, plans of record and busy calendars; holds the lock."""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from kultursam import atomic
from kultursam.dates.busy_calendars import Event, read_events
from kultursam.dates.calendar_lines import CalendarError
from kultursam.dates.holidays import (
    Country,
    UnknownCountryError,
    part_that_differs,
    unknown_holidays,
)
from kultursam.dates.wishes import Wish
from kultursam.diagnostics import KultursamError, Problem, UnknownIdError, did_you_mean, has_errors
from kultursam.forumfile import yaml_source
from kultursam.forumfile.models import calendars_of_others
from kultursam.forumfile.register import Register, read_register
from kultursam.forumfile.values import PUBLICATIONS
from kultursam.forumfile.yaml_source import Source, Where
from kultursam.i18n import N_, Message, said_by
from kultursam.intake.polls import read_wishes
from kultursam.intake.tables import UnreadableFileError
from kultursam.paths import PACKAGE, Project, displayed, project_of
from kultursam.plans.model import Plan
from kultursam.plans.plan_file import read_plan, write_plan

STARTER = PACKAGE / "starter.yaml"
GIT_FILES = {
    ".gitattributes": {
        "plans/*.yaml -text": "Line ends of plans are never converted, on no system.",
        "calendars/** -text": "Nor are those of calendars, if git is to keep them.",
    },
    ".gitignore": {
        "plans/.*": "What keeps runs of kultursam apart, and spares them work.",
        "calendars/": "Made again by: kultursam publish. Remove this line if git is to keep them.",
        "people.yaml": "Names and addresses of people stay where they are needed.",
        "mail.toml": "The servers that this computer sends mail by.",
        "outbox/": "Who was sent what; it is private.",
    },
}
"""Lines that a project needs in a git repository, each with the comment above it."""
UNMERGED = Message(
    "has the marks of a merge that is not finished; keep one of the two versions and remove the lines that "
    "begin with <<<<<<<, ======= and >>>>>>>"
)
NOT_FETCHED = Message("has not been fetched yet; do it with: kultursam fetch")
LEFT_BY_1_0 = ".fingerprint.json"
"""The checksum of version 1.0, which lay among the calendars."""
ALONE = {"unmerged", "newer-schema"}
"""Problems of the forum file and of plans that are told without all others: those may follow from them."""
MAX_BYTES = 10 * 1024 * 1024
"""Of a plan of record or a busy calendar."""
MADE_HERE = b"kultursam"
"""What workbooks and documents of ours hold."""
MAX_HEAD = 200
"""Bytes that are read of a file to see who wrote it."""
Events = dict[str, list[Event]]
"""The events of busy calendars, by file name."""


class ForumFileExistsError(KultursamError):
    """A forum file is not written over another."""

    code = "forum-file-exists"

    def __init__(self, path: Path) -> None:
        text = Message("this file exists already; nothing was written")
        super().__init__(Problem(text, file=displayed(path)))


class CannotReadError(KultursamError):
    """The system refuses to list a folder."""

    code = "cannot-read"

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(Problem(_unreadable(error), file=displayed(folder)))


class UnknownDraftError(UnknownIdError):
    """A year has no draft of the name."""

    code = "unknown-draft"
    sentence = N_('there is no draft "{key}" of that year')


class CannotReadFileError(KultursamError):
    """A file that was named cannot be read."""

    code = "cannot-read"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(Problem(Message("this file {reason}", reason=reason), file=displayed(path)))


class PrivateOutputError(KultursamError):
    """The folder that the forum file names for calendars holds, or lies among, what is not published."""

    code = "private-output"

    def __init__(self, register: Register) -> None:
        text = Message(
            "the forum file or the plans would lie in this folder, which is published; name one of its own"
        )
        super().__init__(register.source.problem(text, ("output",)))


class ForeignOutputError(KultursamError):
    """The folder that the forum file names for calendars holds files, and no calendar of this program."""

    code = "foreign-output"

    def __init__(self, register: Register, output: Path) -> None:
        text = Message(
            '"{folder}" holds files and no calendars of kultursam, so nothing is written there; name a '
            "folder of its own. If it is the right one, run this once with: --output {folder}",
            folder=displayed(output),
        )
        super().__init__(register.source.problem(text, ("output",)))


class OwnFileError(KultursamError):
    """A file that is to be written is the forum file, or lies among the plans: these cannot be made again."""

    code = "own-file"

    def __init__(self, path: Path) -> None:
        text = Message("what was decided lies here, and is not written over; name another file")
        super().__init__(Problem(text, file=displayed(path)))


class LockedError(KultursamError):
    """Another run holds the lock."""

    code = "locked"
    exit_status = 75

    def __init__(self) -> None:
        text = Message("another run of kultursam is writing here; try again when it has ended")
        super().__init__(Problem(text))


def starter() -> bytes:
    """Return the forum file to begin with where nothing is known."""
    return STARTER.read_bytes()


def write_starter(folder: Path, text: bytes) -> Path:
    """Write a forum file to begin with, and what git is to know of the project; return the file's path.

    What `.gitattributes` and `.gitignore` hold is kept. Raise `ForumFileExistsError` if the file is there.
    """
    path = folder / "forums.yaml"
    if path.exists() or path.is_symlink():
        raise ForumFileExistsError(path)
    places = {project_of(path).folder / name: lines for name, lines in GIT_FILES.items()}
    files = {place: _with_lines(place, lines) for place, lines in places.items()}
    # The forum file last: as long as it is missing, this can be done again.
    atomic.write_files([*files.items(), (path.absolute(), text)], durable=True)
    return path


def _with_lines(path: Path, lines: Mapping[str, str]) -> bytes:
    """Return what a file holds, and at its end those of the lines that it lacks, each below its comment."""
    with atomic.naming(path):
        written = path.read_bytes() if path.is_file() else b""
    known = {line.strip() for line in written.decode("utf-8", "replace").splitlines()}
    missing = "".join(f"# {why}\n{line}\n" for line, why in lines.items() if line not in known)
    gap = b"\n" if missing and written and not written.endswith(b"\n") else b""
    return written + gap + missing.encode()


def read_forum_file(project: Project) -> Source:
    """Return what the forum file says, as far as it can be read. Raise `KultursamError` if it cannot be."""
    source, problems = yaml_source.read(project.forum_file, displayed(project.forum_file), lenient=True)
    if source is None:
        raise KultursamError(*problems)
    return source


def load_register(source: Source) -> tuple[Register, list[Problem]]:
    """Return the register of a forum file, and its warnings. Raise `KultursamError` with all its problems."""
    register, problems = read_register(source)
    if register is None or has_errors(problems):
        raise KultursamError(*problems)
    return register, problems


def output_of(project: Project, register: Register) -> Path:
    """Return the folder of the calendars, unless another is asked for. Raise `PrivateOutputError`."""
    if not register.file.output:
        return project.calendars
    output = Path(os.path.normpath(project.forum_file.absolute().parent / register.file.output))
    closed = [project.plans.absolute(), project.outboxes.absolute()]
    private = [project.folder.absolute(), project.forum_file.absolute().parent, *closed]
    if any(folder.is_relative_to(output) for folder in private) or any(map(output.is_relative_to, closed)):
        raise PrivateOutputError(register)
    return output


def require_other(project: Project, path: Path) -> None:
    """Raise `OwnFileError` for a file that people write, or that is among the plans or in the outbox."""
    wanted = path.resolve()
    files = (project.forum_file, project.people_file, project.mail_file)
    folders = (project.plans, project.outboxes)
    if any(wanted == file.resolve() for file in files) or any(
        wanted.is_relative_to(folder.resolve()) for folder in folders
    ):
        raise OwnFileError(path)


def require_own(register: Register, output: Path, mark: str) -> None:
    """Raise `ForeignOutputError` if a folder holds something, but no calendar with a mark at its head.

    A forum file may come from anywhere: what it names is neither overwritten nor opened to everybody.
    """
    with atomic.naming(output):
        # Web servers and git keep files of their own there, hidden ones.
        if not output.exists() or all(path.name.startswith(".") for path in output.iterdir()):
            return
        for path in chain(output.glob("feeds/*.ics"), output.glob("[0-9]*/*.ics")):
            if path.is_file():
                with path.open("rb") as stream:
                    if mark.encode() in stream.read(MAX_HEAD):
                        return
    raise ForeignOutputError(register, output)


def check_countries(register: Register) -> list[Problem]:
    """Return warnings of the countries whose holidays count. Raise `KultursamError` if some are unknown."""
    settings, source = register.file.calendar, register.source
    if settings is None:
        return []
    warnings = []
    named: list[tuple[str, Where]] = [(settings.country, ("calendar", "country"))]
    named += [
        (organisation.country, ("organisations", key, "country"))
        for key, organisation in register.file.organisations.items()
        if organisation.country
    ]
    for code, place in named:
        try:
            if part := part_that_differs(code):
                text = Message(
                    "days off differ between the parts of {country}: write the part too, such as {part}",
                    country=code,
                    part=part,
                )
                warnings.append(source.problem(text, place, warning=True, code="country-without-part"))
        except UnknownCountryError as error:
            raise KultursamError(
                replace(source.problem(said_by(error), place), code="unknown-country")
            ) from error
    for name, known in unknown_holidays(Country.of(settings)):
        lacks = Message('{country} has no holiday "{name}"', country=settings.country, name=name)
        text = did_you_mean(lacks, name, sorted(known))
        place = ("calendar", "working", settings.working.index(name))
        warnings.append(source.problem(text, place, warning=True, code="unknown-holiday"))
    return warnings


def load_events(
    project: Project,
    register: Register,
    first: date,
    last: date,
    fetched: Mapping[Path, bytes] = MappingProxyType({}),
) -> tuple[Events, list[Problem]]:
    """Return the events of each busy calendar that can be read, by file name, and why others cannot be.

    What was `fetched` is read in the place of what is written.
    """
    zone = ZoneInfo(register.file.timezone)
    events: Events = {}
    problems = []
    for name, where, is_copy in _busy_calendars(register):
        path, reasons = project.forum_file.parent / name, list[Message | str]()
        try:
            if name not in events and not (reasons := [reason for reason in (_obstacle(path),) if reason]):
                data = fetched.get(path) or path.read_bytes()
                if yaml_source.CONFLICT.search(data.decode("utf-8", "replace")):
                    reasons = [UNMERGED]
                else:
                    events[name] = read_events(data, zone, first, last)
        except CalendarError as error:
            reasons = list(error.faults)
        except FileNotFoundError as error:
            reasons = [NOT_FETCHED if is_copy else _unreadable(error)]
        except (OSError, ValueError) as error:
            reasons = [_unreadable(error)]
        for reason in reasons:
            text = Message('the calendar "{name}" {reason}', name=name, reason=reason)
            problem = register.source.problem(text, register.written(where))
            problems.append(replace(problem, code="busy-calendar"))
    return events, problems


def load_wishes(project: Project, register: Register) -> tuple[dict[str, tuple[Wish, ...]], list[Problem]]:
    """Return what organisations answered to polls, by file name, and why it cannot be read."""
    wishes: dict[str, tuple[Wish, ...]] = {}
    problems: list[Problem] = []
    for name, where in _polls(register):
        path = project.forum_file.parent / name
        try:
            if reason := _obstacle(path):
                raise UnreadableFileError(name, reason)
            wishes[name] = read_wishes(name, path.read_bytes(), register)
        except OSError as error:
            text = Message('the poll "{name}" {reason}', name=name, reason=_unreadable(error))
            problems.append(replace(register.source.problem(text, where), code="poll"))
        except KultursamError as error:
            problems += error.problems
    return wishes, problems


def files_beside(register: Register) -> list[str]:
    """Return the names of the calendars and polls that planning reads beside the forum file, sorted."""
    calendars = {name for name, *_ in _busy_calendars(register)}
    return sorted(calendars | {name for name, _ in _polls(register)})


def _polls(register: Register) -> Iterator[tuple[str, Where]]:
    """Yield the file of each poll once, and the place that names it."""
    known = set()
    for forum, model in register.file.forums.items():
        for index, poll in enumerate(model.wishes):
            if poll.file not in known:
                known.add(poll.file)
                yield poll.file, register.written(("forums", forum, "wishes", index, "file"))


def _busy_calendars(register: Register) -> Iterator[tuple[str, Where, bool]]:
    """Yield each calendar of another body: its file, the place that names it, and whether it is fetched."""
    for calendar, _, where in calendars_of_others(register.file):
        if calendar.file:
            yield calendar.file, (*where, "url" if calendar.url else "file"), calendar.url is not None


def _unreadable(error: Exception) -> Message:
    return Message("cannot be read: {reason}", reason=getattr(error, "strerror", None) or error)


def _obstacle(path: Path) -> str | None:
    """Return why a file is not read, though it might be possible: a pipe or a device may never end."""
    if path.exists() and not path.is_file() and not path.is_dir():
        return Message("is not a regular file")
    if path.is_file() and path.stat().st_size > MAX_BYTES:
        return Message("is larger than {size} MiB", size=MAX_BYTES // 1024 // 1024)
    return None


def read_named(path: Path) -> bytes:
    """Return what a file holds that was named on the command line. Raise `CannotReadFileError`."""
    try:
        if reason := _obstacle(path):
            raise CannotReadFileError(path, reason)
        return path.read_bytes()
    except OSError as error:
        raise CannotReadFileError(path, _unreadable(error)) from error


def load_plans(project: Project, register: Register) -> dict[int, Plan]:
    """Return every plan of record, by year. Raise `KultursamError` with all problems."""
    plans: dict[int, Plan] = {}
    problems: list[Problem] = []
    for path in _plan_files(project):
        source, of_file = _plan_source(path)
        if source is not None:
            plan, of_file = _read_plan(source, int(path.stem), register)
            if plan is not None:
                plans[plan.year] = plan
        problems += of_file
    if problems:
        raise KultursamError(*([problem for problem in problems if problem.code in ALONE] or problems))
    return plans


@contextmanager
def foremost(project: Project) -> Iterator[None]:
    """Let an error about the forum file give way to what is told first and alone, of plans too."""
    try:
        yield
    except KultursamError as error:
        found = [problem for problem in error.problems if problem.code in ALONE]
        with suppress(CannotReadError):
            for path in _plan_files(project):
                source, problems = _plan_source(path)
                if source is not None:
                    _, problems = read_plan(source, int(path.stem), {})
                found += [problem for problem in problems if problem.code in ALONE]
        if found:
            raise KultursamError(*found) from error
        raise


def _plan_source(path: Path) -> tuple[Source | None, list[Problem]]:
    """Return what the file of a plan says, or why it cannot be read."""
    name = displayed(path)
    if reason := _obstacle(path):
        return None, [Problem(reason, file=name, code=CannotReadError.code)]
    return yaml_source.read(path, name, MAX_BYTES)


def _plan_files(project: Project) -> list[Path]:
    try:
        return sorted(path for path in project.plans.iterdir() if re.fullmatch(r"[0-9]{4}\.yaml", path.name))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CannotReadError(project.plans, error) from error


def _read_plan(source: Source, year: int, register: Register) -> tuple[Plan | None, list[Problem]]:
    formats = {
        key: forum.format if isinstance(forum.format, str) else None for key, forum in register.forums.items()
    }
    plan, problems = read_plan(source, year, formats)
    if plan is not None and plan.domain != register.file.domain:
        text = Message(
            'this plan was made for the domain "{planned}", but the forum file says "{domain}": every '
            "calendar entry would appear twice. If it is a plan of this project, put the domain back in the "
            "forum file; if it is one of another, or of the built-in example, move {file} and the calendars "
            "that were made from it out of this folder",
            planned=plan.domain,
            domain=register.file.domain,
            file=source.name,
        )
        problems = [replace(source.problem(text, ("domain",)), code="other-domain")]
    elif plan is not None and plan.begins != register.file.year.from_:
        problems = [replace(_of_other_years(source, plan, register), code="other-year")]
    return plan, problems


def _of_other_years(source: Source, plan: Plan, register: Register) -> Problem:
    """Return the problem that the forum file's years begin on another day than a plan's."""
    text = Message(
        "this plan is of a year that begins on {planned}, but in the forum file years begin on {written}: "
        "its meetings would belong to other years. Put {key} back in the forum file; or, to plan everything "
        "anew by the other years, move {file} and the calendars that were made from it out of this folder",
        planned=plan.begins,
        written=register.file.year.from_,
        key=f'"year: {{from: {plan.begins}}}"',
        file=source.name,
    )
    return source.problem(text, ("begins",) if plan.planning_year.splits else ("year",))


def draft(project: Project, name: str, plan: Plan) -> tuple[Path, bytes]:
    """Return where a draft of a year is kept, and what its file holds: what a plan of record would."""
    return project.draft(name, plan.year), write_plan(plan)


def load_draft(project: Project, register: Register, name: str, year: int) -> Plan:
    """Return a draft of a year. Raise `KultursamError` if there is none, or with what is wrong with it."""
    path = project.draft(name, year)
    if not path.exists():
        raise UnknownDraftError(
            name, sorted(one.parent.name for one in project.drafts.glob(f"*/{year}.yaml"))
        )
    source, problems = _plan_source(path)
    plan = None
    if source is not None:
        plan, problems = _read_plan(source, year, register)
    if plan is None or problems:
        raise KultursamError(*problems)
    return plan


def changed_plans(project: Project, plans: Iterable[Plan]) -> dict[Path, bytes]:
    """Return the plans of record that are not what their files say, by path; line ends do not count."""
    files = {project.plans / f"{plan.year}.yaml": write_plan(plan) for plan in plans}
    return {path: data for path, data in files.items() if not _says(path, data)}


def _says(path: Path, data: bytes) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with atomic.naming(path):
        return path.read_bytes().replace(b"\r\n", b"\n") == data


def save(plans: Mapping[Path, bytes], output: Path, files: Mapping[Path, bytes]) -> None:
    """Write plans of record, then what is published, for everybody to read; or nothing.

    From the plans the next run completes what this one leaves undone if it is killed half-way.
    """
    atomic.publish_files(files, first=plans)
    if (output / LEFT_BY_1_0).exists():
        with atomic.naming(output / LEFT_BY_1_0):
            atomic.file_system.remove(output / LEFT_BY_1_0)


def remove_empty(files: Collection[Path], mark: str) -> None:
    """Remove calendars beside the files that are published which have a mark and hold no entry.

    They were of an id that was put right before anything was planned under it. One that holds entries stays:
    somebody may have subscribed to it.
    """
    folders = sorted({path.parent for path in files})
    for path in chain.from_iterable(folder.glob("*.ics") for folder in folders):
        if path not in files and path.is_file() and not path.is_symlink():
            with atomic.naming(path):
                data = path.read_bytes()
                if mark.encode() in data[:MAX_HEAD] and b"BEGIN:VEVENT" not in data:
                    atomic.file_system.remove(path)


def remove_withdrawn(output: Path, wished: Collection[str]) -> None:
    """Remove workbooks and documents of years that are not wished any more: they would show old dates."""
    for kind in (one for one in PUBLICATIONS if one not in wished):
        for path in output.glob(f"[0-9]*/[0-9]*.{kind}"):
            is_link = path.is_symlink() or path.parent.is_symlink()
            if path.stem == path.parent.name and path.is_file() and not is_link:
                with atomic.naming(path):
                    if MADE_HERE in path.read_bytes():
                        atomic.file_system.remove(path)


@contextmanager
def locked(project: Project) -> Iterator[None]:
    """Hold the project's lock, which the system frees however a run ends. Raise `LockedError` at once."""
    lock = FileLock(project.lock)
    is_new = not project.plans.exists()
    with atomic.naming(project.plans):
        atomic.file_system.make_folder(project.plans)
    with atomic.naming(project.lock):
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise LockedError from error
    try:
        yield
    finally:
        with suppress(OSError):
            if is_new and not atomic.WINDOWS and [*project.plans.iterdir()] == [project.lock]:
                # Nothing came of this run: it leaves nothing. The lock is still held, so nobody else uses it.
                atomic.file_system.remove(project.lock)
                atomic.file_system.remove_folder(project.plans)
        lock.release()
