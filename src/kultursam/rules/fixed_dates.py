"""At least one meeting of the year lies so many days before, or after, a fixed date.

    dates:
      mal-och-budget: {name: Regionfullmäktige beslutar Mål och budget, on: 06-18}
    forums:
      politiskt-samrad:
        before: [{date: mal-och-budget, days: 21}]      # after: likewise; strength: should is possible

Default strength: must. A date written with its year asks nothing of other years.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from kultursam.forumfile.models import Relation
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import Effect, EvaluatedYear, Model, RuleKey, Schedule, YearContext, violation

ID = "fixed-date"
BEFORE_SENTENCE = N_("no meeting of the year {days} days before {name}")
AFTER_SENTENCE = N_("no meeting of the year {days} days after {name}")


def _links(year: EvaluatedYear, forums: Iterable[str]) -> Iterator[tuple[str, Relation, Where, date, bool]]:
    """Give forum, relation, origin, the last (or first) day that will do, and whether it is the last."""
    for forum in forums:
        model = year.context.forum(forum)
        for key, relations in (("before", model.before), ("after", model.after)):
            for index, relation in enumerate(relations):
                origin = ("forums", forum, key, index)
                day = year.register.file.dates[relation.date].on.within(year.context.year)
                if day and year.slots[forum] and year.context.holds(ID, origin):
                    sign = -1 if key == "before" else 1
                    yield forum, relation, origin, day + sign * timedelta(days=relation.days), key == "before"


def hard_constraints(context: YearContext, forum: str) -> Iterator[RuleKey]:
    """Name the must-rules of this kind that a forum is under."""
    model = context.forum(forum)
    for key, relations in (("before", model.before), ("after", model.after)):
        for index, relation in enumerate(relations):
            if relation.strength == "must":
                yield ID, ("forums", forum, key, index)


def couplings(_: EvaluatedYear) -> Iterator[Sequence[str]]:
    """Give no forums: each is bound to its own dates."""
    return iter(())


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Give, for a forum none of whose meetings will do, its nearest meeting."""
    for forum, relation, origin, limit, before in _links(year, schedule.planned_in(year)):
        meetings = schedule.of_year(forum)
        if not any(one.date <= limit if before else one.date >= limit for one in meetings):
            sentence = BEFORE_SENTENCE if before else AFTER_SENTENCE
            name = year.register.file.dates[relation.date].name
            nearest = meetings[0] if before else meetings[-1]
            size = year.context.size(forum)
            yield (
                nearest,
                violation(ID, relation.strength, origin, sentence, size, days=relation.days, name=name),
            )


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Let one date at least be early (or late) enough."""
    for forum, relation, _, limit, before in _links(year, year.slots):
        candidates = [one for one in model.candidates(forum) if one.of_year]
        if not candidates:
            continue
        enough = [one for one in candidates if (one.date <= limit if before else one.date >= limit)]
        fixed, forced = any(one.fixed for one in candidates), any(ID in one.forced for one in candidates)
        slack = model.slack(relation.strength, year.context.size(forum), fixed=fixed, forced=forced)
        model.row([*((one.column, 1.0) for one in enough), *((column, 1.0) for column in slack)], least=1)
