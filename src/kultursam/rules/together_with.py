"""Every meeting lies on a day when another forum meets, and does not overlap it.

    forums:
      politiskt-natverk:
        together_with: {forum: tjansteledning}    # strength: should is possible

Default strength: must. People in both forums still want their travel time between the two.
"""

from collections.abc import Iterable, Iterator, Sequence

from kultursam.forumfile.models import Together
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import (
    Candidate,
    Effect,
    EvaluatedYear,
    Model,
    RuleKey,
    Schedule,
    YearContext,
    overlap,
    violation,
)

ID = "together-with"
SENTENCE = N_("{forum} does not meet that day, or at the same time")


def _links(year: EvaluatedYear, forums: Iterable[str]) -> Iterator[tuple[str, Together]]:
    for forum in forums:
        link = year.context.forum(forum).together_with
        if link and year.context.holds(ID, ("forums", forum, "together_with")):
            yield forum, link


def hard_constraints(context: YearContext, forum: str) -> Iterator[RuleKey]:
    """Name the must-rules of this kind that a forum is under."""
    link = context.forum(forum).together_with
    if link and link.strength == "must":
        yield ID, ("forums", forum, "together_with")


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Give the forums whose dates hang together."""
    return ((forum, link.forum) for forum, link in _links(year, year.slots))


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Give the meetings that lie on another day."""
    for forum, link in _links(year, schedule.planned_in(year)):
        origin, name = ("forums", forum, "together_with"), year.context.forum(link.forum).name
        others = schedule.around(link.forum)
        for meeting in schedule.of_year(forum):
            if not any(
                other.date == meeting.date and not overlap(meeting.start, meeting.end, other.start, other.end)
                for other in others
            ):
                yield (
                    meeting,
                    violation(ID, link.strength, origin, SENTENCE, year.context.size(forum), forum=name),
                )


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Let a date be chosen only where the other forum's is."""
    for forum, link in _links(year, year.slots):
        for candidate in model.candidates(forum):
            if not candidate.of_year:
                continue
            companions = _companions(candidate, model.on(link.forum, candidate.date))
            forced = ID in candidate.forced
            slack = model.slack(link.strength, year.context.size(forum), fixed=candidate.fixed, forced=forced)
            allowed = [(one.column, -1.0) for one in companions] + [(column, -1.0) for column in slack]
            model.row([(candidate.column, 1.0), *allowed], most=0)


def _companions(candidate: Candidate, others: Sequence[Candidate]) -> list[Candidate]:
    return [one for one in others if not overlap(candidate.start, candidate.end, one.start, one.end)]
