"""An organisation has few meetings in one week.

Strength: prefer. Each further meeting of an organisation in one ISO week of the year costs 1 point.
Meetings of every kind count, those decided elsewhere too.
"""

from collections.abc import Iterable, Iterator, Sequence

from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import Candidate, Effect, EvaluatedYear, Model, RuleKey, Schedule, YearContext

ID = "crowded-weeks"
SENTENCE = N_("organisations with another meeting that week: {number}")
Week = tuple[int, int]


def hard_constraints(context: YearContext, forum: str) -> Iterator[RuleKey]:
    """Name the must-rules of this kind that a forum is under."""
    _ = context, forum
    yield from ()


def couplings(year: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Give the forums that an organisation takes part in."""
    return iter(_circles(year, list(year.slots)))


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Give the meetings that are not the first of their week for some organisation."""
    meetings = sorted(
        (one for several in schedule.meetings.values() for one in several),
        key=lambda one: (one.date, one.start, one.id),
    )
    seen: set[tuple[str, Week]] = set()
    for meeting in meetings:
        week = meeting.date.isocalendar()[:2]
        weeks = {(organisation, week) for organisation in year.register.organisations.get(meeting.forum, ())}
        if number := len(weeks & seen):
            origin = ("forums", meeting.forum)
            yield meeting, Effect(ID, "prefer", origin, SENTENCE, {"number": number}, 0, number)
        seen |= weeks


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Count what lies over one meeting a week, for all organisations of the same forums at once."""
    for forums, organisations in _circles(year, model.forums).items():
        by_week: dict[Week, list[Candidate]] = {}
        for forum in forums:
            for candidate in model.candidates(forum):
                if candidate.of_year:
                    by_week.setdefault(candidate.date.isocalendar()[:2], []).append(candidate)
        for week in sorted(by_week):
            candidates = by_week[week]
            most = len({(one.forum, one.slot, one.column if one.slot is None else 0) for one in candidates})
            if most > 1:
                further = model.column(points=organisations, upper=most - 1)
                model.row([*((one.column, 1.0) for one in candidates), (further, -1.0)], most=1)


def _circles(year: EvaluatedYear, forums: Iterable[str]) -> dict[tuple[str, ...], int]:
    """Count the organisations that meet in the same of these forums."""
    forums_of: dict[str, list[str]] = {}
    for forum in forums:
        for organisation in year.register.organisations.get(forum, ()):
            forums_of.setdefault(organisation, []).append(forum)
    counted: dict[tuple[str, ...], int] = {}
    for several in forums_of.values():
        counted[tuple(several)] = counted.get(tuple(several), 0) + 1
    return counted
