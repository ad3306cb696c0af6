"""Suggestions: the best free dates over the years, the command that takes one, and a poll of them."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from kultursam.cli import output, steps
from kultursam.cli.session import Session
from kultursam.cli.terminal import in_quotes
from kultursam.cli.years import UsageError
from kultursam.diagnostics import Problem
from kultursam.forumfile.values import TimeSpan
from kultursam.i18n import Message
from kultursam.planner import Situation, suggestions
from kultursam.planner.edit import Details
from kultursam.planner.suggestions import Suggestion, Suggestions
from kultursam.render import data

MOST_YEARS = 6
"""Years in which dates are suggested at once."""


class NobodyToMeetError(UsageError):
    """It is said neither which forum or meeting dates are wanted for, nor who is to meet when."""

    def __init__(self) -> None:
        super().__init__(
            Problem(Message("name a forum or a meeting, or who meets: --participants and --time"))
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What dates are wanted for: a forum or a meeting, perhaps with more people; or people alone."""

    target: str | None
    participants: tuple[str, ...] = ()
    time: TimeSpan | None = None
    place: str | None = None

    @property
    def details(self) -> Details:
        """What is said of the meeting beside its date."""
        return Details(self.time, place=self.place)

    def within(self, situation: Situation) -> tuple[Situation, str]:
        """Return a situation in which it has a forum or a meeting, and the id of that."""
        if self.target is not None:
            return situation, self.target
        if self.time is None or not self.participants:
            raise NobodyToMeetError
        return suggestions.for_nobody_yet(situation, self.participants, self.time)


def find(session: Session, wanted: Wanted, span: tuple[date, date]) -> Suggestions:
    """Return the free dates of a span, the best first; a year without a plan is planned, and not saved."""
    begun, ended = (session.register.year_of(day).number for day in span)
    found = []
    for year in range(begun, min(ended, begun + MOST_YEARS - 1) + 1):
        if year not in session.plans:
            steps.plan_unsaved(session, year, wanted.target)
        situation, target = wanted.within(session.situation(year))
        joining = wanted.participants if wanted.target else ()
        found.append(
            suggestions.suggest(situation, target, span, participants=joining, details=wanted.details)
        )
    free = suggestions.best(one for of_year in found for one in of_year.free)
    against = tuple(reason for of_year in found for reason in of_year.against)
    return Suggestions(tuple(free), against, found[0].organisations)


def command(session: Session, wanted: Wanted, free: Sequence[Suggestion], recorded: Container[int]) -> str:
    """Return the command that takes a `{date}`; nothing for a meeting of no forum, which no plan holds.

    `recorded` are the years with a plan of record: nothing is added to others.
    """
    if wanted.target is None:
        return ""
    verb = "add" if wanted.target in session.register.forums else "move"
    text = f"kultursam {verb} {wanted.target} {{date}}"
    if wanted.time:
        text += f" --time {in_quotes(str(wanted.time))}"
    if wanted.place:
        text += f" --place {in_quotes(wanted.place)}"
    year = session.register.year_of(free[0].date).number if free else None
    return text if year is None or year in recorded else f"kultursam plan {year}\n{text}"


def poll(session: Session, found: Suggestions, number: int) -> None:
    """Print the best dates as a table in which the organisations answer, in order of time."""
    names = [session.register.label(key) for key in found.organisations]
    dates = [(one.date, one.time) for one in sorted(found.free[:number], key=attrgetter("date"))]
    output.table_to_fill_in(data.poll(dates, names, session.register.file.language))
