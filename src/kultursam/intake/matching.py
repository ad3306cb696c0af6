"""Whose dates a file has: the forum that an entry names, and the recorded meeting that it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from kultursam.diagnostics import Problem, UnknownForumError, UnknownMeetingError, did_you_mean, nearest
from kultursam.forumfile.planning_year import PlanningYear
from kultursam.forumfile.register import Register
from kultursam.forumfile.values import folded
from kultursam.i18n import Message, said_by
from kultursam.intake.entries import UNREADABLE, Entry, Found, TwoStatesError, named, without_bracket
from kultursam.intake.words import name_and_states
from kultursam.plans.model import Meeting, Plan
from kultursam.rules.context import grouped


@dataclass(frozen=True, slots=True)
class Claim:
    """A date of a forum, of one planning year."""

    entry: Entry
    forum: str
    meeting: str | None = None
    """The id of the recorded meeting that the file itself says it is."""


class ForumNames:
    """The forums of a file, by what people call them."""

    def __init__(self, register: Register) -> None:
        every = list(_names(register))
        self._labels = list(dict.fromkeys(name for name, _ in every))
        self._known: dict[str, tuple[str, ...]] = {
            name: tuple(dict.fromkeys(keys))
            for name, keys in grouped((folded(name), key) for name, key in every).items()
        }
        self._places = {folded(place) for place in _places(register)}

    def of(self, text: str) -> tuple[str, ...]:
        """Return the ids of the forums that a text names, as a whole."""
        return self._known.get(folded(text), ())

    def read(self, entry: Entry) -> Entry:
        """Return an entry whose title is the name alone, where it says a state, a place or times beside.

        Raise `TwoStatesError` where it says another state than its column.
        """
        if self.of(entry.forum):
            return entry
        entry = named(entry)
        if self.of(entry.forum):
            return entry
        short = without_bracket(entry, self._places)
        return short if self.of(short.forum) else entry

    def __contains__(self, text: str) -> bool:
        return bool(self.of(text) or self.of(name_and_states(text)[0]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)


def _names(register: Register) -> Iterator[tuple[str, str]]:
    for key, forum in register.forums.items():
        yield forum.name, key
        yield key, key
        for window in forum.windows:
            if window.name:
                yield f"{forum.name}: {window.name}", key


def _places(register: Register) -> Iterator[str]:
    """Yield the places that forums meet at, and the rooms of the file."""
    for forum in register.forums.values():
        place = register.place(forum.place) if isinstance(forum.place, str) else None
        yield from [place] if place else []
    yield from (name for key in register.rooms if (name := register.place(key)))


class UnclearForumError(ValueError):
    """It is not said, or not with certainty, which forum a date is of."""


class UnplannedYearError(UnclearForumError):
    """A date lies in a year without a plan."""


class ForeignEventError(UnclearForumError):
    """An event of a calendar has a title that resembles the name of no forum."""


def claims(
    found: Found, register: Register, plans: Mapping[int, Plan], only: str | None = None
) -> dict[int, list[Claim]]:
    """Return the dates of forums by planning year; what cannot be matched becomes a problem of the file.

    With a forum as `only`, dates that name no forum are its own, and those of others are told.
    """
    if only is not None and only not in register.forums:
        raise UnknownForumError(only, register.forums)
    names = ForumNames(register)
    recorded = {meeting.id: meeting for plan in plans.values() for meeting in plan.meetings}
    elsewhere = {
        (one.forum, one.date): number
        for number, plan in plans.items()
        for one in plan.meetings
        if register.year_of(one.date).number != number
    }
    of_uid = {plan.uid(meeting.id): meeting.id for plan in plans.values() for meeting in plan.meetings}
    by_year: dict[int, list[Claim]] = {}
    known: dict[object, Entry] = {}
    foreign: list[Entry] = []
    unplanned: dict[PlanningYear, list[Entry]] = {}
    for one in found.entries:
        entry = one
        try:
            entry = names.read(one)
            claim = _claim(entry, names, recorded, of_uid, only)
            year = elsewhere.get((claim.forum, entry.day)) or _planned_year(claim, register, plans)
            _check_alone(claim, known)
        except ForeignEventError:
            foreign.append(entry)
        except UnplannedYearError:
            unplanned.setdefault(register.year_of(entry.day), []).append(entry)
        except (UnclearForumError, TwoStatesError) as error:
            found.unclear(entry.place, said_by(error))
        else:
            by_year.setdefault(year, []).append(claim)
    for planning_year, entries in unplanned.items():
        text = Message.counted(
            "there is no plan for {year}; make one with: kultursam plan {wanted} ({n} date)",
            "there is no plan for {year}; make one with: kultursam plan {wanted} ({n} dates)",
            len(entries),
            year=planning_year,
            wanted=planning_year.number,
        )
        found.unclear(entries[0].place, text)
    if foreign:
        # They may be somebody's own affairs: none of them is named.
        found.problems.append(_of_nobody(found.file, len(foreign)))
    return by_year


def _of_nobody(file: str, number: int) -> Problem:
    text = Message.counted(
        "{n} event names no forum, and is left out; with --forum it would be that forum's",
        "{n} events name no forum, and are left out; with --forum they would be that forum's",
        number,
    )
    return Problem(text, "warning", file, code=UNREADABLE)


def _planned_year(claim: Claim, register: Register, plans: Mapping[int, Plan]) -> int:
    """Return the year of a claim. Raise `UnclearForumError` if it has no plan, or others decide its dates."""
    forum, year = register.forums.get(claim.forum), register.year_of(claim.entry.day)
    if forum and forum.cadence.kind == "external" and not claim.meeting:
        text = Message('"{key}" is decided elsewhere; change its dates in the forum file', key=claim.forum)
        raise UnclearForumError(text)
    if claim.meeting is not None:
        return next(number for number, plan in plans.items() if plan.meeting(claim.meeting))
    if year.number not in plans:
        raise UnplannedYearError
    return year.number


def _check_alone(claim: Claim, known: dict[object, Entry]) -> None:
    """Raise `UnclearForumError` if the file has a meeting twice."""
    hours = claim.entry.hours
    key = claim.meeting or (claim.forum, claim.entry.day, hours.start if hours else None)
    same = known.setdefault(key, claim.entry)
    if same is not claim.entry:
        raise UnclearForumError(Message("the same meeting stands in {cell}, too", cell=same.place.name))


def _claim(
    entry: Entry,
    names: ForumNames,
    recorded: Mapping[str, Meeting],
    of_uid: Mapping[str, str],
    only: str | None,
) -> Claim:
    """Return whose date an entry is. Raise `UnclearForumError` where that is not certain."""
    named = list(dict.fromkeys(key for text in (entry.forum, *entry.further) for key in names.of(text)))
    key = entry.id or of_uid.get(entry.uid or "")
    if key is not None:
        meeting = recorded.get(key)
        if meeting is None:
            text = Message(UnknownMeetingError.sentence, key=key)
            raise UnclearForumError(did_you_mean(text, key, recorded))
        if named and meeting.forum not in named:
            raise UnclearForumError(
                Message('"{meeting}" is no meeting of "{forum}"', meeting=key, forum=entry.forum)
            )
        return Claim(entry, meeting.forum, key)
    if only is not None and (not named or only in named):
        named = [only]
    if not named and entry.forum:
        if entry.place.column is None and not nearest(entry.forum, names):
            raise ForeignEventError
        text = Message('no forum is called "{name}"', name=entry.forum)
        raise UnclearForumError(did_you_mean(text, entry.forum, names))
    if not named:
        raise UnclearForumError(Message("it is not said which forum this is; name it with --forum"))
    if len(named) > 1:
        text = Message(
            '"{name}" may be each of {forums}: write the id', name=entry.forum, forums=", ".join(named)
        )
        raise UnclearForumError(text)
    if only is not None and named != [only]:
        raise UnclearForumError(Message('this is of "{forum}"', forum=named[0]))
    return Claim(entry, named[0])


def assigned(days: Sequence[date], meetings: Sequence[Meeting]) -> list[Meeting | None]:
    """Return the meeting that each day is given to, both in order of time; None where there are too few.

    Fewer days go to the meetings that are nearest altogether: the others lie between them.
    """
    if len(days) >= len(meetings):
        return [*meetings, *[None] * (len(days) - len(meetings))]
    return [meetings[at] for at in closest(days, [meeting.date for meeting in meetings])]


def closest(few: Sequence[date], many: Sequence[date]) -> tuple[int, ...]:
    """Return which of many days each of a few is paired with, least far altogether, both in order of time."""
    best: list[tuple[int, tuple[int, ...]]] = [(0, ())] * (len(many) - len(few) + 1)
    """By how many of the many were passed over, at most: how far so far, and the pairs."""
    for at, day in enumerate(few):
        ways = [
            (far + abs((many[at + passed] - day).days), (*pairs, at + passed))
            for passed, (far, pairs) in enumerate(best)
        ]
        best = list(accumulate(ways, min))
    return best[-1][1]


def in_time(entries: Iterable[Claim]) -> list[Claim]:
    """Return claims in order of time."""

    def moment(claim: Claim) -> tuple[date, str]:
        return claim.entry.day, str(claim.entry.hours.start) if claim.entry.hours else ""

    return sorted(entries, key=moment)
