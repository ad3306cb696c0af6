"""At least one meeting of the year lies so many days before, or after, a fixed date, or within a range.

    dates: {budget: {name: The budget, on: 06-18}}
    forums:
      board: {before: [{date: budget, days: 21}]}
    # passes: board meets 2025-05-27

    dates: {budget: {name: The budget, on: 06-18}}
    forums:
      board: {after: [{date: budget, days: 14-28}]}
    # fails: board meets 2025-05-27

Default strength: must. One number is the least. A date written with its year asks nothing of other years.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from kultursam.forumfile.meeting_models import Relation
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import Effect, EvaluatedYear, Model, RuleKey, Schedule, violation

ID = "fixed-date"
BEFORE_SENTENCE = N_("no meeting of the year {days} days before {name}")
AFTER_SENTENCE = N_("no meeting of the year {days} days after {name}")


class Limit(NamedTuple):
    """The days that lie as far before or after a fixed date as they must; an open end is of all time."""

    forum: str
    relation: Relation
    origin: Where
    first: date
    last: date

    @property
    def before(self) -> bool:
        """Return whether the days are before the date."""
        return self.origin[2] == "before"

    def allows(self, day: date) -> bool:
        """Return whether a meeting on a day satisfies the relation."""
        return self.first <= day <= self.last

    def days_off(self, day: date) -> int:
        """Return how many days too early or too late a day is."""
        return max((self.first - day).days, (day - self.last).days, 0)


def _limits(year: EvaluatedYear, forums: Iterable[str]) -> Iterator[Limit]:
    for forum in filter(year.slots.get, forums):
        model = year.context.forum(forum)
        for key, relations in (("before", model.before), ("after", model.after)):
            for index, relation in enumerate(relations):
                origin = ("forums", forum, key, index)
                fixed = year.context.planning_year.date_of(year.register.file.dates[relation.date].on)
                if fixed and year.context.holds(ID, origin):
                    limit = Limit(forum, relation, origin, *_days(relation, fixed, before=key == "before"))
                    # Whether there was a meeting in time is history, once the days are over.
                    if limit.last >= year.context.weighed_from:
                        yield limit


def _days(relation: Relation, fixed: date, *, before: bool) -> tuple[date, date]:
    """Return the first and the last day that satisfy a relation to a fixed date."""
    near, far = timedelta(days=relation.days.low), relation.days.high
    if before:
        return (date.min if far is None else fixed - timedelta(days=far)), fixed - near
    return fixed + near, (date.max if far is None else fixed + timedelta(days=far))


def must_limits(year: EvaluatedYear, forum: str) -> Iterator[Limit]:
    """Yield the limits of a forum's relations that are must-rules."""
    return (limit for limit in _limits(year, [forum]) if limit.relation.strength == "must")


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the forum's relations to fixed dates that are must-rules."""
    return ((ID, limit.origin) for limit in must_limits(year, forum))


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield, for a relation that no meeting satisfies, the forum's nearest meeting."""
    for limit in _limits(year, schedule.planned_in(year)):
        meetings, relation = schedule.of_year(limit.forum), limit.relation
        if not any(limit.allows(meeting.date) for meeting in meetings):
            sentence = BEFORE_SENTENCE if limit.before else AFTER_SENTENCE
            args = {"days": str(relation.days), "name": year.register.file.dates[relation.date].name}
            size = year.context.size(limit.forum)
            effect = violation(ID, relation.strength, limit.origin, sentence, size, **args)
            yield min(meetings, key=lambda meeting: limit.days_off(meeting.date)), effect


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Cover each relation: Σ x over the candidates that satisfy it ≥ 1 − slack."""
    for limit in _limits(year, year.slots):
        candidates = [candidate for candidate in model.candidates(limit.forum) if candidate.of_year]
        if not candidates or not model.asks(limit.relation.strength):
            continue
        fixed = any(candidate.fixed for candidate in candidates)
        forced = any(ID in candidate.forced for candidate in candidates)
        size = year.context.size(limit.forum)
        slack = model.slack(limit.relation.strength, size, fixed=fixed, forced=forced)
        columns = [candidate.column for candidate in candidates if limit.allows(candidate.date)]
        model.row([(column, 1.0) for column in (*columns, *slack)], lower=1)
