"""A forum's meetings keep their distance, across New Year too.

    forums:
      strategiskt-natverk:
        spacing: {min_days: 30}   # strength: should is possible

Default strength: must. Without the key, n meetings a year lie at least half an even share of the year
apart (⌊⌊365/n⌋/2⌋ days), and meetings that somebody adds are free of it; a spacing that is written holds
for them too.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from kultursam.dates.slots import default_spacing
from kultursam.forumfile.models import planned_number
from kultursam.forumfile.values import Strength
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.plans.model import Meeting, Origin
from kultursam.rules.context import (
    Candidate,
    Effect,
    EvaluatedYear,
    Model,
    RuleKey,
    Schedule,
    YearContext,
    violation,
)

ID = "spacing"
SENTENCE = N_("{days} days from the forum's meeting on {other}, but {least} at least are to be kept")


def least_days(context: YearContext, forum: str) -> tuple[int, Strength, Where]:
    """Give the days to keep, the rule's strength and its place in the file."""
    model = context.forum(forum)
    if model.spacing is not None:
        origin: Where = ("forums", forum, "spacing")
        least, strength = model.spacing.min_days, model.spacing.strength
    else:
        origin = ("forums", forum, "cadence")
        least, strength = default_spacing(planned_number(model)), "must"
    return (least if context.holds(ID, origin) else 0), strength, origin


def must_days(context: YearContext, forum: str) -> int:
    """Give the days between any two planned meetings of a forum that are never gone below."""
    least, strength, _ = least_days(context, forum)
    return max(1, least) if strength == "must" else 1


def counts(context: YearContext, forum: str, origin: Origin) -> bool:
    """Tell whether a forum's meetings of an origin keep their distance too."""
    planned = origin in {Origin.PLANNED, Origin.RESERVED}
    return planned or context.forum(forum).spacing is not None


def hard_constraints(context: YearContext, forum: str) -> Iterator[RuleKey]:
    """Name the must-rules of this kind that a forum is under."""
    least, strength, origin = least_days(context, forum)
    if least > 1 and strength == "must":
        yield ID, origin


def couplings(_: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Give no forums: each keeps its own distance."""
    return iter(())


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Give each meeting that follows too soon on the one before it."""
    for forum in schedule.planned_in(year):
        least, strength, origin = least_days(year.context, forum)
        meetings = [one for one in schedule.around(forum) if counts(year.context, forum, one.origin)]
        ours = {one.id for one in schedule.of_year(forum)}
        for earlier, later in pairwise(meetings):
            days = (later.date - earlier.date).days
            meeting, other = (later, earlier) if later.id in ours else (earlier, later)
            if days < least and meeting.id in ours:
                size = year.context.size(forum)
                yield (
                    meeting,
                    violation(ID, strength, origin, SENTENCE, size, days=days, other=other.date, least=least),
                )


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Keep consecutive meetings apart: where one lies at t or later, the next lies at t + days or later."""
    for forum in year.slots:
        least, strength, _ = least_days(year.context, forum)
        candidates = model.candidates(forum)
        outside = [one for one in candidates if one.slot is None and counts(year.context, forum, one.origin)]
        for earlier, later, idle in _consecutive(year, model, forum):
            _keep_apart(model, earlier, later, idle, must_days(year.context, forum))
            if strength != "must":
                slack = model.slack(strength, year.context.size(forum), fixed=False)
                for first, last in pairwise([date.min, *(one.date for one in outside), date.max]):
                    sides = [[one for one in side if first < one.date < last] for side in (earlier, later)]
                    _keep_apart(model, sides[0], sides[1], idle, least, slack)
        for candidate in (one for one in candidates if one.slot is not None):
            if strength != "must":
                _count_outside(year, model, candidate, outside)
            elif any(abs((one.date - candidate.date).days) < least for one in outside):
                model.forbid(candidate)


def _consecutive(
    year: EvaluatedYear, model: Model, forum: str
) -> Iterator[tuple[list[Candidate], list[Candidate], list[Sequence[Candidate]]]]:
    """Give each two slots that may follow each other, and the cancelled meetings that then lie between."""
    by_slot: list[list[Candidate]] = [[] for _ in year.slots[forum]]
    for candidate in model.candidates(forum):
        if candidate.slot is not None:
            by_slot[candidate.slot].append(candidate)
    for slot, earlier in enumerate(by_slot):
        idle: list[Sequence[Candidate]] = []
        for other in range(slot + 1, len(by_slot)):
            yield earlier, by_slot[other], [*idle]
            idle.append(model.idle(forum, other))
            if not idle[-1]:
                break


def _keep_apart(
    model: Model,
    earlier: list[Candidate],
    later: list[Candidate],
    idle: list[Sequence[Candidate]],
    days: int,
    slack: Sequence[int] = (),
) -> None:
    between = [(one.column, 1.0) for several in idle for one in several]
    between += [(column, -1.0) for column in slack]
    for first in earlier:
        late = [one for one in earlier if one.date >= first.date]
        soon = [one for one in later if (one.date - first.date).days < days]
        for pair in [(late, soon)] if slack else _less_given(late, soon):
            if all(pair):
                terms = [(one.column, 1.0) for side in pair for one in side]
                model.row([*terms, *between], most=1 + len(idle))


def _less_given(
    late: list[Candidate], soon: list[Candidate]
) -> list[tuple[list[Candidate], list[Candidate]]]:
    """Leave out that two given meetings lie too near each other: that is told, not mended."""
    free_late, free_soon = ([one for one in side if not one.fixed] for side in (late, soon))
    if late == free_late or soon == free_soon:
        return [(late, soon)]
    return [(late, free_soon), (free_late, soon)]


def _count_outside(year: EvaluatedYear, model: Model, candidate: Candidate, outside: list[Candidate]) -> None:
    """Count a meeting too near the one from outside before it, or after it, unless another lies between."""
    least, strength, _ = least_days(year.context, candidate.forum)
    before = [one for one in outside if one.date <= candidate.date][-1:]
    after = [one for one in outside if one.date > candidate.date][:1]
    for one in (*before, *after):
        if abs((one.date - candidate.date).days) < least:
            first, last = sorted((one.date, candidate.date))
            between = [
                (other.column, -1.0)
                for other in model.candidates(candidate.forum)
                if first < other.date < last
            ]
            slack = model.slack(strength, year.context.size(candidate.forum), fixed=False)
            model.row([(candidate.column, 1.0), *between, *((column, -1.0) for column in slack)], most=0)
