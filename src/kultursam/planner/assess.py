"""What the meetings of a year cost and why, what is due, what changed, and what is wrong: the plan."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from kultursam.dates.holidays import days_between, period_spans
from kultursam.dates.slots import windows_in
from kultursam.diagnostics import Problem
from kultursam.forumfile.models import planned_number
from kultursam.i18n import translations
from kultursam.planner import deadlines, explain, leaving, participants
from kultursam.planner.assemble import as_written
from kultursam.planner.closed_days import without_a_day
from kultursam.planner.explain_ideal import follows, ideal_reason
from kultursam.planner.situation import Situation, is_fixed
from kultursam.plans.model import (
    PROVEN,
    Assessment,
    DaySpan,
    ForumRecord,
    Gap,
    Meeting,
    Origin,
    Plan,
    diff,
    numbers,
)
from kultursam.rules import for_each, prepared_by, shared_members
from kultursam.rules.context import Effect, EvaluatedYear, Schedule, grouped
from kultursam.rules.evaluate import meeting_effects


def assess(
    situation: Situation,
    year: EvaluatedYear,
    meetings: Sequence[Meeting],
    gap: Gap = PROVEN,
    explained: Container[str] | None = None,
) -> Plan:
    """Return the plan of meetings: what each costs and why, what is due, what changed, what is wrong.

    Reasons against other dates are given for the meetings `explained`, by id; else for all.
    """
    register = situation.register
    meetings = participants.settled(situation, meetings)
    # What lies before today is history: it is not weighed, and nothing is told of it.
    to_come = {meeting.id for meeting in meetings if meeting.date >= situation.today}
    effects = {
        key: of_meeting
        for key, of_meeting in meeting_effects(year, meetings, situation.neighbours).items()
        if key in to_come
    }
    index = explain.MeetingIndex(year, meetings, situation.neighbours)
    assessments = _assessments(index, effects, explained)
    recorded = situation.recorded_plan.deadlines if situation.recorded_plan else ()
    forums = _records(situation, year)
    due = deadlines.due(year, meetings, recorded, situation.today, situation.now)
    present = {meeting.forum for meeting in meetings} | {deadline.forum for deadline in due}
    order = [*register.forums, *sorted(set(forums) - set(register.forums))]
    named = _named(forums.values(), meetings)
    left = tuple(sorted(named - register.file.organisations.keys()))
    plan = Plan(
        year=situation.year,
        begins=situation.planning_year.begins,
        name=register.file.name,
        domain=register.file.domain,
        forums={forum: forums[forum] for forum in order if forum in register.forums or forum in present},
        meetings=tuple(meetings),
        deadlines=tuple(due),
        assessments=assessments,
        numbers=numbers(meetings),
        optimal=not any(gap),
        gap=gap,
        should=sum(assessment.should for assessment in assessments.values()),
        points=sum(assessment.points for assessment in assessments.values()),
        spans=tuple(sorted(_spans(year))),
        problems=tuple(_problems(situation, year, meetings, effects, gap)),
        organisations={key: name for key, name in _names(situation).items() if key in named},
        left=left,
    )
    problems = (*plan.problems, *leaving.problems(situation, plan))
    return replace(plan, changes=diff(situation.recorded_plan, plan), problems=problems)


def _records(situation: Situation, year: EvaluatedYear) -> dict[str, ForumRecord]:
    """Return the forums as the file has them, and those that have left it as they were."""
    register = situation.register
    forums = dict(situation.recorded_plan.forums) if situation.recorded_plan else {}
    for forum, model in register.forums.items():
        record = ForumRecord(model.name, register.organisations[forum], register.roles_of(forum))
        # The share stays what it was at first, whatever the cadence becomes for a while.
        if (was := forums.get(forum)) and was.left_out and not situation.is_whole:
            record = replace(record, left_out=was.left_out, slots=was.slots)
        elif number := year.context.left_out.get(forum):
            record = replace(record, left_out=number, slots=number + len(year.slots[forum]))
        forums[forum] = record
    return forums


def _named(forums: Iterable[ForumRecord], meetings: Iterable[Meeting]) -> set[str]:
    """Return the organisations that take part, took part, or host."""
    named = set(chain.from_iterable(record.organisations for record in forums))
    for meeting in meetings:
        named |= {
            *(meeting.organisations or ()),
            *(one.organisation for one in meeting.left if one.organisation),
        }
        named |= {meeting.host} if meeting.host else set()
    return named


def _names(situation: Situation) -> dict[str, str]:
    """Return the names of all organisations, in the order of the file; then of those that have left it."""
    every = {key: body.label for key, body in situation.register.file.organisations.items()}
    former = situation.recorded_plan.organisations if situation.recorded_plan else {}
    return {**every, **former, **every}


def _assessments(
    index: explain.MeetingIndex, effects: Mapping[str, Sequence[Effect]], explained: Container[str] | None
) -> dict[str, Assessment]:
    year = index.year
    schedule = Schedule.of(year.context.year, index.meetings, index.neighbours)
    preparations = prepared_by.preparations(year, schedule)
    prepares = grouped((preparer.id, meeting.id) for preparer, meeting in preparations)
    assessments = {}
    for meeting in index.meetings:
        slot, mine = index.slots.get(meeting.id), effects.get(meeting.id, ())
        told = [effect for effect in mine if _is_ours(meeting, effect)]
        reasons = [
            explain.reason(year, effect, meeting.date)
            for effect in told
            if effect.trouble or effect.points or effect.strength == "must"
        ]
        explains = explained is None or meeting.id in explained
        if explains and meeting.forum in year.slots:
            reasons += explain.reasons_against(index, meeting)
        why = ideal_reason(year, meeting.forum, slot) if slot and explains else ""
        if explains and meeting.id in index.leaders:
            why = follows(year, meeting, index.leaders[meeting.id])
        assessments[meeting.id] = Assessment(
            ideal=slot.ideal if slot and not slot.follows else None,
            ideal_reason=why,
            should=sum(effect.trouble for effect in told),
            points=sum(effect.points for effect in mine),
            prepares=tuple(prepares.get(meeting.id, ())),
            reasons=tuple(reasons),
        )
    return assessments


def _is_ours(meeting: Meeting, effect: Effect) -> bool:
    """Return whether what a meeting breaks is told: if others decide it, only that nothing prepares it."""
    return meeting.origin is not Origin.EXTERNAL or effect.rule == prepared_by.ID


def _spans(year: EvaluatedYear) -> Iterator[DaySpan]:
    """Yield the holidays on working days, and the periods, that touch the year."""
    context = year.context
    planning_year = context.planning_year
    for day, name in {**context.calendar.de_facto, **context.calendar.public}.items():
        if day in planning_year and day.weekday() not in context.calendar.weekend:
            yield DaySpan(day, day, name, "holiday")
    settings = context.register.file.calendar
    for period in settings.periods if settings else ():
        calendar_years = range(planning_year.first.year - 1, planning_year.last.year + 2)
        for start, end in period_spans(period, calendar_years):
            days = [
                day
                for day in days_between(max(start, planning_year.first), min(end, planning_year.last))
                if period.days is None or day.weekday() in period.days
            ]
            if days:
                yield DaySpan(days[0], days[-1], period.name)


def _problems(
    situation: Situation,
    year: EvaluatedYear,
    meetings: Sequence[Meeting],
    effects: Mapping[str, Sequence[Effect]],
    gap: Gap,
) -> Iterator[Problem]:
    """Yield what is wrong: gaps, forums without a window or a day, broken musts, and terms that end."""
    register = situation.register
    _ = translations(register.file.language).gettext
    yield from _not_proven(situation, gap)
    for forum, planned in register.forums.items():
        if planned.windows and planned_number(planned) and not windows_in(planned, situation.planning_year):
            text = _("none of the windows is in {year}: no meeting is planned").format(
                year=situation.planning_year
            )
            where = register.written(("forums", forum, "windows"))
            yield register.source.problem(text, where, key=True, warning=True, code="no-window")
    yield from without_a_day(year)
    yield from _announced_otherwise(situation, meetings)
    for link, leader in for_each.lacking(year, meetings):
        text = _("{meeting} on {date} has no meeting of {forum} yet; plan makes one").format(
            meeting=leader.id, date=leader.date, forum=register.forums[link.forum].name
        )
        where = register.written(link.origin)
        yield register.source.problem(text, where, key=True, warning=True, code="none-for-it")
    for meeting in meetings:
        told = is_fixed(meeting, situation.today) or meeting.origin is Origin.EXTERNAL
        for effect in effects.get(meeting.id, ()) if told else ():
            if effect.strength == "must" and effect.rule not in meeting.forced and _is_ours(meeting, effect):
                text = _("{meeting} on {date} breaks a rule that must hold: {why}").format(
                    meeting=meeting.id, date=meeting.date, why=explain.sentence(year, effect)
                )
                # Whose the members are is what can be changed; the buffer may not even be written.
                shared = effect.rule == shared_members.ID
                where = ("forums", meeting.forum, "members") if shared else effect.origin
                yield register.source.problem(text, register.written(where), key=True, code="broken-must")
        model = register.forums.get(meeting.forum)
        if model and model.term and meeting.live and meeting.date >= situation.today:
            term = register.file.terms[model.term.of]
            if meeting.date < term.from_ or meeting.last > term.to:
                text = _("{meeting} on {date} lies outside {term}").format(
                    meeting=meeting.id, date=meeting.date, term=term.name
                )
                where = register.written(("forums", meeting.forum, "term"))
                # A warning: years are planned ahead of the documents that they will be tied to.
                yield register.source.problem(text, where, key=True, warning=True, code="outside-term")


def _not_proven(situation: Situation, gap: Gap) -> Iterator[Problem]:
    """Yield how far the plan may be from the best, stage by stage."""
    register = situation.register
    _ = translations(register.file.language).gettext
    texts = (
        _("The plan is not proven to be the best: up to {gap} fewer decided meetings may break rules."),
        _("The plan is not proven to be the best: one moving up to {gap} fewer meetings may exist."),
        _("The plan is not proven to be the best: one troubling up to {gap} fewer organisations may exist."),
        _("The plan is not proven to be the best: one with up to {gap} fewer points may exist."),
    )
    for text, number in zip(texts, gap, strict=True):
        if number:
            yield Problem(text.format(gap=number), "warning", register.source.name, code="not-proven")


def _announced_otherwise(situation: Situation, meetings: Sequence[Meeting]) -> Iterator[Problem]:
    """Yield, by forum, the decided meetings to come that the forum file has otherwise by now."""
    register = situation.register
    differing = grouped(
        (meeting.forum, meeting.id)
        for meeting in meetings
        if meeting.live
        and meeting.date >= situation.today
        and meeting.forum in register.forums
        and meeting.origin is not Origin.EXTERNAL
        and is_fixed(meeting, situation.today)
        and as_written(situation, meeting) != meeting
    )
    for forum, ids in differing.items():
        text = translations(register.file.language).gettext(
            "{meetings} keep what was announced; give them the time, place, format and link of this file "
            "with: kultursam refresh {forum}"
        )
        text = text.format(meetings=", ".join(ids), forum=forum)
        problem = register.source.problem(text, ("forums", forum), key=True)
        yield replace(problem, severity="tip", code="announced-otherwise")
