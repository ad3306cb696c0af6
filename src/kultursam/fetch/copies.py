"""The copies of calendars that are fetched: which there are, and what is known of each since the last time.

What is known lies beside the plans. Where it is missing, damaged or of something else, everything is fetched
anew, and the age of a copy is not known.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from kultursam.diagnostics import Problem
from kultursam.forumfile.models import calendars_of_others
from kultursam.forumfile.register import Register
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import Message
from kultursam.paths import Project

NAME = ".fetched.json"
MAX_BYTES = 1024 * 1024
TRIMMED_AS = "2"
"""It changes when something else than before is kept of a calendar."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A calendar that is to be fetched."""

    name: str
    """Whose it is, for people."""
    file: str
    """The path of its copy, from the forum file."""
    url: str
    may_be_local: bool
    max_age: timedelta
    with_names: bool
    """Whether more than times is kept: the names of what a forum publishes."""
    where: Where

    def path(self, project: Project) -> Path:
        """Return where its copy lies."""
        return project.forum_file.parent / self.file


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a copy."""

    source: str
    """A digest of what it was made from, and how."""
    copy: str
    """A digest of the copy itself."""
    etag: str
    modified: str
    checked: str
    """The day on which the server last said that this is its newest."""

    @property
    def day(self) -> date:
        """The day on which the server last said that this is its newest."""
        return date.fromisoformat(self.checked)


Knowledge = dict[str, Known]
"""What is known of copies, by file."""


def subscriptions(register: Register) -> list[Subscription]:
    """Return the calendars that are to be fetched, each once, in the order of the file."""
    found: dict[str, Subscription] = {}
    for calendar, name, where in calendars_of_others(register.file):
        if calendar.url and calendar.file:
            forum = register.file.forums[str(where[1])] if where[0] == "forums" else None
            one = Subscription(
                name,
                calendar.file,
                calendar.url,
                calendar.local,
                timedelta(days=calendar.max_age_days),
                forum is not None and forum.publish,
                register.written((*where, "url")),
            )
            found[one.file] = _both(found[one.file], one) if one.file in found else one
    return list(found.values())


def _both(first: Subscription, second: Subscription) -> Subscription:
    """Return one subscription that serves two entries of the forum file."""
    return replace(
        first,
        may_be_local=first.may_be_local or second.may_be_local,
        max_age=min(first.max_age, second.max_age),
        with_names=first.with_names or second.with_names,
    )


def read_known(project: Project) -> Knowledge:
    """Return what is known of copies; nothing on any doubt."""
    path = project.plans / NAME
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return {}
        known = {file: Known(**entry) for file, entry in json.loads(path.read_bytes()).items()}
        fields = [text for one in known.values() for text in (*asdict(one).values(), str(one.day))]
    except (AttributeError, OSError, RecursionError, TypeError, ValueError):
        return {}
    return known if all(isinstance(text, str) for text in fields) else {}


def write_known(known: Knowledge) -> bytes:
    """Return the bytes of what is known."""
    return f"{json.dumps({file: asdict(known[file]) for file in sorted(known)}, indent=1)}\n".encode()


def digest(data: bytes) -> str:
    """Return a short digest: it tells one version from another, and gives nothing of either away."""
    return sha256(data).hexdigest()[:16]


def old_copies(register: Register, known: Mapping[str, Known], today: date) -> list[Problem]:
    """Return a warning for each copy that is older than wished."""
    problems = []
    for one in subscriptions(register):
        if one.file in known and today - known[one.file].day > one.max_age:
            text = Message(
                'the copy of the calendar "{name}" is {days} days old: it was last found to be the newest on '
                "{date}",
                name=one.name,
                date=known[one.file].day,
                days=(today - known[one.file].day).days,
            )
            problem = register.source.problem(text, one.where, warning=True)
            problems.append(replace(problem, code="old-calendar"))
    return problems


def good_until(register: Register, known: Mapping[str, Known]) -> date | None:
    """Return the last day on which no copy is older than wished, if any can be."""
    days = [known[one.file].day + one.max_age for one in subscriptions(register) if one.file in known]
    return min(days, default=None)
