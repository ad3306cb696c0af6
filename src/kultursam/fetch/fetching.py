"""Fetches calendars of other bodies; a copy that is good is only ever replaced by a good one.

Nothing is written here: what is to be written is returned, so that it is written with all else, or not.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from kultursam.dates.busy_calendars import Event, read_events
from kultursam.dates.calendar_lines import CalendarError
from kultursam.diagnostics import KultursamError, Problem
from kultursam.fetch.copies import (
    NAME,
    TRIMMED_AS,
    Known,
    Subscription,
    digest,
    read_known,
    subscriptions,
    write_known,
)
from kultursam.fetch.download import MAX_BYTES, Address, Answer, DownloadError, Validators, download
from kultursam.fetch.trimming import NotACalendarError, is_copy, number_of_events, trimmed
from kultursam.forumfile.register import Register
from kultursam.i18n import N_, Message, said_by
from kultursam.paths import Project

AT_ONCE = 8
"""Calendars that are fetched at the same time."""
Outcome = Literal["new", "changed", "unchanged", "kept"]


class NotFetchedError(KultursamError):
    """A calendar of which there is no copy was not fetched: nothing can be planned without it."""

    code = "not-fetched"


class UnusableError(Exception):
    """A calendar came, and is not used: it says why."""

    sentence = ""

    def __init__(self, **values: object) -> None:
        super().__init__(Message(self.sentence, **values))


class EmptyError(UnusableError):
    """A calendar has no event any more: so it may look where something went wrong."""

    sentence = N_(
        "what came holds no event, and the copy holds {number}; if that is right, remove {file} and fetch "
        "again"
    )


class NothingToComeError(UnusableError):
    """All events of a calendar are cancelled, or over: so it may look where something went wrong."""

    sentence = N_(
        "what came holds no event from {day} on, and the copy holds {number}; if that is right, remove "
        "{file} and fetch again"
    )


class UnreadableError(UnusableError):
    """A calendar cannot be read."""

    sentence = N_("what came {problem}")


class NoVariableError(UnusableError):
    """The address is to be found in the environment, and is not there."""

    sentence = N_("the environment has no variable {variable}")


class ForeignCopyError(UnusableError):
    """Where the copy is to lie there is a file of somebody else."""

    sentence = N_("{file} is not a copy that was fetched, so nothing is written over it; remove it first")


class PublishedCopyError(UnusableError):
    """The copy would lie among what is published, or what was decided."""

    sentence = N_("{file} lies among the calendars or the plans; name another file")


def bytes_of(path: Path) -> bytes:
    """Return what a copy holds; nothing where there is none, or something else."""
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= MAX_BYTES else b""
    except OSError:
        return b""


def is_there(path: Path) -> bool:
    """Return whether anything is in the place of a copy."""
    return path.exists() or path.is_symlink()


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a server."""

    subscription: Subscription
    copy: bytes
    """The copy there is; nothing if there is none."""
    address: Address
    validators: Validators
    source: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of a calendar."""

    subscription: Subscription
    outcome: Outcome
    checked: str = ""
    """The day on which the copy was last known to be the newest."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run fetched."""

    calendars: list[Fetched]
    files: dict[Path, bytes]
    """What is to be written."""
    known: dict[str, Known]
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches the calendars of a project."""

    project: Project
    register: Register
    private: tuple[Path, ...]
    """Folders in which no copy may lie."""
    span: tuple[date, date]
    """The days that a calendar is read for, to see whether it can be."""
    today: date
    own: frozenset[str]
    """The sources of the project's own meetings, as others have them that read its calendars."""

    def fetch(self, environment: Mapping[str, str]) -> Result:
        """Return what became of each calendar. Raise `NotFetchedError` if one without a copy failed.

        Of any other that failed the copy stays in use: the problems tell why, as warnings.
        """
        before = read_known(self.project)
        result = Result([], {}, {}, [])
        wanted = subscriptions(self.register)
        failures: list[Problem] = []
        for one, answer in zip(wanted, self._answers(wanted, before, environment), strict=True):
            try:
                self._take(one, answer, result)
            except (DownloadError, NotACalendarError, UnusableError) as error:
                known = before.get(one.file)
                if known and known.copy == digest(bytes_of(one.path(self.project))):
                    result.known[one.file] = known
                if is_there(one.path(self.project)):
                    result.calendars.append(Fetched(one, "kept", known.checked if known else ""))
                    result.problems.append(self._kept(one, error, known))
                else:
                    failures.append(self._problem(one, error))
        if failures:
            raise NotFetchedError(*failures, *result.problems)
        if result.known or before:
            result.files[self.project.plans / NAME] = write_known(result.known)
        return result

    def _answers(
        self, wanted: Iterable[Subscription], before: Mapping[str, Known], environment: Mapping[str, str]
    ) -> list[tuple[Request, Answer] | Exception]:
        """Return what the servers say, or what went wrong, several at a time and in order."""

        def ask(one: Subscription) -> tuple[Request, Answer] | Exception:
            try:
                request = self._request(one, before.get(one.file), environment)
                return request, download(request.address, request.validators, may_be_local=one.may_be_local)
            except (DownloadError, UnusableError) as error:
                return error

        executor = ThreadPoolExecutor(AT_ONCE)
        try:
            return list(executor.map(ask, wanted))
        finally:
            # Whoever interrupts this does not wait for servers.
            executor.shutdown(wait=False, cancel_futures=True)

    def _request(self, one: Subscription, known: Known | None, environment: Mapping[str, str]) -> Request:
        path, url = one.path(self.project), one.url
        if any(path.absolute().is_relative_to(folder.absolute()) for folder in self.private):
            raise PublishedCopyError(file=one.file)
        copy = bytes_of(path)
        if is_there(path) and not is_copy(copy):
            raise ForeignCopyError(file=one.file)
        if url.startswith("$"):
            variable = url.removeprefix("$")
            if not (url := environment.get(variable, "").strip()):
                raise NoVariableError(variable=variable)
        address = Address.of(url)
        made = (address.server, address.target, TRIMMED_AS, str(one.with_names))
        source = digest("\0".join(made).encode())
        validators = Validators()
        if known and (known.source, known.copy) == (source, digest(copy)):
            validators = Validators(known.etag, known.modified)
        return Request(one, copy, address, validators, source)

    def _take(self, one: Subscription, answer: tuple[Request, Answer] | Exception, result: Result) -> None:
        """Take what a server sent into the result, if it is good. Raise the error otherwise."""
        if isinstance(answer, Exception):
            raise answer
        request, sent = answer
        copy = request.copy
        if sent.data is not None:
            copy = trimmed(sent.data, with_names=one.with_names, own=self.own)
            self._check(one, request.copy, copy, sent.data)
        if copy != request.copy:
            result.files[one.path(self.project)] = copy
        validators = sent.validators if sent.data is not None else request.validators
        known = Known(
            request.source, digest(copy), validators.etag, validators.modified, self.today.isoformat()
        )
        result.known[one.file] = known
        outcome: Outcome = "unchanged" if copy == request.copy else "changed" if request.copy else "new"
        result.calendars.append(Fetched(one, outcome, known.checked))

    def _check(self, one: Subscription, before: bytes, copy: bytes, sent: bytes) -> None:
        """Raise `UnusableError` for a calendar that nothing can be planned by."""
        if (number := number_of_events(before)) and not number_of_events(copy):
            raise EmptyError(number=number, file=one.file)
        try:
            to_come = self._to_come(copy)
        except CalendarError as error:
            # It is told by the lines that the server sent.
            raise UnreadableError(problem=self._fault(sent) or said_by(error)) from error
        if not to_come and not self._fault(before) and (number := self._to_come(before)):
            raise NothingToComeError(number=number, day=self.today, file=one.file)

    def _to_come(self, copy: bytes) -> int:
        """Return how many events a copy has from today on. Raise `CalendarError` where it cannot be read."""
        today = datetime.combine(self.today, time())
        return sum(event.end > today for event in self._events(copy)) if copy else 0

    def _events(self, data: bytes) -> list[Event]:
        return read_events(data, ZoneInfo(self.register.file.timezone), *self.span)

    def _fault(self, data: bytes) -> str:
        """Return why a calendar cannot be read; nothing if it can."""
        try:
            self._events(data)
        except CalendarError as error:
            return said_by(error)
        return ""

    def _problem(self, one: Subscription, error: Exception) -> Problem:
        text = Message(
            'the calendar "{name}" was not fetched: {reason}', name=one.name, reason=said_by(error)
        )
        return self.register.source.problem(text, one.where)

    def _kept(self, one: Subscription, error: Exception, known: Known | None) -> Problem:
        problem = self._problem(one, error)
        text = Message("{problem}; the copy at hand stays in use", problem=problem.text)
        if known:
            text = Message(
                "{problem}; the copy of {date} stays in use", problem=problem.text, date=known.checked
            )
        must_be_seen = not isinstance(error, DownloadError) or error.is_answer
        code = "fetched-unusable" if must_be_seen else NotFetchedError.code
        return replace(problem, text=text, severity="warning", code=code)
