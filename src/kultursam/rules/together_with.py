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
from kultursam.rules.context import Choice, Effect, Frame, Model, RuleKey, Schedule, Year, broken, overlap

ID = "together-with"
SENTENCE = N_("{forum} does not meet that day, or at the same time")


def _links(year: Year, forums: Iterable[str]) -> Iterator[tuple[str, Together]]:
    for forum in forums:
        link = year.frame.forum(forum).together_with
        if link and year.frame.holds(ID, ("forums", forum, "together_with")):
            yield forum, link


def musts(frame: Frame, forum: str) -> Iterator[RuleKey]:
    """Name the must-rules of this kind that a forum is under."""
    link = frame.forum(forum).together_with
    if link and link.strength == "must":
        yield ID, ("forums", forum, "together_with")


def couples(year: Year) -> Iterator[Sequence[str]]:
    """Give the forums whose dates hang together."""
    return ((forum, link.forum) for forum, link in _links(year, year.slots))


def findings(year: Year, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Give the meetings that lie on another day."""
    for forum, link in _links(year, schedule.planned_in(year)):
        origin, name = ("forums", forum, "together_with"), year.frame.forum(link.forum).name
        others = schedule.around(link.forum)
        for meeting in schedule.of_year(forum):
            if not any(
                other.date == meeting.date and not overlap(meeting.start, meeting.end, other.start, other.end)
                for other in others
            ):
                yield meeting, broken(ID, link.strength, origin, SENTENCE, year.frame.size(forum), forum=name)


def constrain(year: Year, model: Model) -> None:
    """Let a date be chosen only where the other forum's is."""
    for forum, link in _links(year, year.slots):
        for choice in model.choices(forum):
            if not choice.of_year:
                continue
            companions = _companions(choice, model.on(link.forum, choice.date))
            forced = ID in choice.forced
            slack = model.slack(link.strength, year.frame.size(forum), given=choice.given, forced=forced)
            allowed = [(one.column, -1.0) for one in companions] + [(column, -1.0) for column in slack]
            model.row([(choice.column, 1.0), *allowed], most=0)


def _companions(choice: Choice, others: Sequence[Choice]) -> list[Choice]:
    return [one for one in others if not overlap(choice.start, choice.end, one.start, one.end)]
