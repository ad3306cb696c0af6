"""What the meetings of a year cost and why, what is due, what changed, and what is wrong: the plan."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date

from kultursam.dates.holidays import days_between, period_spans
from kultursam.dates.slots import windows_in
from kultursam.diagnostics import Problem
from kultursam.forumfile.models import planned_number
from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.planner import deadlines, explain
from kultursam.planner.model import Commitments
from kultursam.planner.situation import Situation
from kultursam.plans.model import (
    Assessment,
    DaySpan,
    ForumRecord,
    Meeting,
    Origin,
    Plan,
    Reason,
    diff,
)
from kultursam.rules import prepared_by
from kultursam.rules.context import Effect, EvaluatedYear, Schedule
from kultursam.rules.evaluate import meeting_effects


def assess(
    situation: Situation,
    year: EvaluatedYear,
    meetings: Sequence[Meeting],
    commitments: Commitments,
    gap: int = 0,
    explained: Container[str] | None = None,
) -> Plan:
    """Make the plan of meetings: what each costs and why, what is due, what changed, what is wrong.

    Why they lie on no other dates is told of the meetings `explained`, by id; else of all.
    """
    register, neighbours = situation.register, commitments.neighbours
    found = meeting_effects(year, meetings, neighbours)
    assessments = _assess(year, meetings, neighbours, found, explained)
    recorded = situation.recorded_plan.deadlines if situation.recorded_plan else ()
    forums = dict(situation.recorded_plan.forums) if situation.recorded_plan else {}
    for forum, model in register.forums.items():
        forums[forum] = ForumRecord(model.name, register.organisations[forum])
    due = deadlines.due(year, meetings, recorded, situation.today, situation.now)
    present = {one.forum for one in meetings} | {one.forum for one in due}
    order = [*register.forums, *sorted(set(forums) - set(register.forums))]
    return Plan(
        year=situation.year,
        name=register.file.name,
        domain=register.file.domain,
        forums={forum: forums[forum] for forum in order if forum in register.forums or forum in present},
        meetings=tuple(meetings),
        deadlines=tuple(due),
        assessments=assessments,
        optimal=not gap,
        gap=gap,
        should=sum(one.should for one in assessments.values()),
        points=sum(one.points for one in assessments.values()),
        spans=tuple(sorted(_spans(year))),
        changes=diff(situation.recorded, meetings),
        problems=(*_unproven(register, gap), *_problems(situation, year, meetings, commitments, found)),
    )


def _assess(
    year: EvaluatedYear,
    meetings: Sequence[Meeting],
    neighbours: Sequence[Meeting],
    found: Mapping[str, Sequence[Effect]],
    explained: Container[str] | None,
) -> dict[str, Assessment]:
    standing = explain.Standing(year, meetings, neighbours)
    slots = standing.slots
    schedule = Schedule.of(year.context.year, meetings, neighbours)
    prepares: dict[str, list[str]] = {}
    for preparer, meeting in prepared_by.preparations(year, schedule):
        prepares.setdefault(preparer.id, []).append(meeting.id)
    assessments = {}
    for one in meetings:
        effects = [] if one.origin is Origin.EXTERNAL else list(found.get(one.id, ()))
        costly = [
            effect for effect in effects if effect.trouble or effect.points or effect.strength == "must"
        ]
        reasons: list[Reason] = [explain.reason(year, effect, one.date) for effect in costly]
        if one.forum in year.slots and (explained is None or one.id in explained):
            reasons += explain.why(standing, one)
        assessments[one.id] = Assessment(
            ideal=slots[one.id].ideal if one.id in slots else None,
            should=sum(effect.trouble for effect in effects),
            points=sum(effect.points for effect in found.get(one.id, ())),
            prepares=tuple(prepares.get(one.id, ())),
            reasons=tuple(reasons),
        )
    return assessments


def _spans(year: EvaluatedYear) -> Iterator[DaySpan]:
    """Give the holidays on working days, and the periods, that touch the year."""
    context = year.context
    first, last = date(context.year, 1, 1), date(context.year, 12, 31)
    for day, name in {**context.calendar.de_facto, **context.calendar.public}.items():
        if day.year == context.year and day.weekday() < 5:
            yield DaySpan(day, day, name, "holiday")
    settings = context.register.file.calendar
    for period in settings.periods if settings else ():
        for start, end in period_spans(period, range(context.year - 1, context.year + 2)):
            days = [
                day
                for day in days_between(max(start, first), min(end, last))
                if period.days is None or day.weekday() in period.days
            ]
            if days:
                yield DaySpan(days[0], days[-1], period.name)


def _unproven(register: Register, gap: int) -> Iterator[Problem]:
    """Tell how far from the best a plan may be whose proof was given up."""
    if gap:
        _ = translations(register.file.language).gettext
        text = _("The plan is not proven best: one with up to {gap} points less may exist.").format(gap=gap)
        yield Problem(text, "warning", register.source.name)


def _problems(
    situation: Situation,
    year: EvaluatedYear,
    meetings: Sequence[Meeting],
    commitments: Commitments,
    found: Mapping[str, Sequence[Effect]],
) -> Iterator[Problem]:
    """Tell of given meetings that break a must, meetings outside their term, and forums without a window."""
    register = situation.register
    _ = translations(register.file.language).gettext
    for forum, planned in register.forums.items():
        if planned.windows and planned_number(planned) and not windows_in(planned, situation.year):
            text = _("none of the windows is in {year}: no meeting is planned").format(year=situation.year)
            where = register.written(("forums", forum, "windows"))
            yield register.source.problem(text, where, key=True, warning=True)
    fixed = {one.id for one in commitments.fixed if one.origin is not Origin.EXTERNAL}
    for one in meetings:
        for effect in found.get(one.id, ()):
            if effect.strength == "must" and one.id in fixed and effect.rule not in one.forced:
                text = _("{meeting} on {date} breaks a rule that must hold: {why}").format(
                    meeting=one.id, date=one.date, why=explain.sentence(year, effect)
                )
                yield register.source.problem(text, register.written(effect.origin), key=True)
        model = register.forums.get(one.forum)
        if model and model.term and one.live:
            term = register.file.terms[model.term.of]
            if not term.from_ <= one.date <= term.to:
                text = _("{meeting} on {date} lies outside {term}").format(
                    meeting=one.id, date=one.date, term=term.name
                )
                where = register.written(("forums", one.forum, "term"))
                # Years are planned ahead of the documents that they will be tied to: told, but no failure.
                yield register.source.problem(text, where, key=True, warning=True)
