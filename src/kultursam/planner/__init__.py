"""The planner: a 0-1 model of priced dates, solved to proven optimum, and explained."""

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from kultursam.diagnostics import Problem
from kultursam.forumfile.values import TimeSpan
from kultursam.i18n import translations
from kultursam.planner import brake, edit, second_opinion
from kultursam.planner.assemble import assemble, completed, in_order
from kultursam.planner.assess import assess
from kultursam.planner.brake import TooMuchChangeError
from kultursam.planner.certificate import certify
from kultursam.planner.infeasible import NoPlanError, UndecidedPlanError, explain_infeasibility
from kultursam.planner.model import Commitments, Unlike
from kultursam.planner.search import (
    InfeasibleError,
    Outcome,
    ReportProgress,
    UndecidedError,
    best_dates,
    ignore_progress,
)
from kultursam.planner.situation import Situation, commitments_of, evaluated, is_fixed
from kultursam.plans.model import Gap, Meeting, Plan, by_forum
from kultursam.presentation import day_in_words
from kultursam.rules.context import EvaluatedYear, grouped

__all__ = [
    "NoPlanError",
    "PlannedAround",
    "Situation",
    "TooMuchChangeError",
    "UndecidedPlanError",
    "alternatives",
    "assess_recorded",
    "certify",
    "explain_infeasibility",
    "plan_around",
    "plan_year",
    "what_if",
]


DIFFERENT = 5
"""An alternative has another date for one meeting in so many."""


def plan_year(  # noqa: PLR0913 - each option is a word of the command line, or says how to report
    situation: Situation,
    *,
    replan: bool = False,
    accept: bool = False,
    whole_year: bool = False,
    explained: Container[str] | None = None,
    only: str | None = None,
    unlike: tuple[Unlike, ...] = (),
    toward: Plan | None = None,
    progress: ReportProgress = ignore_progress,
) -> Plan:
    """Return the best plan of a situation's year. Raise `NoPlanError` where the rules leave none.

    Raise `UndecidedPlanError` where the limit of work was reached before any was found.

    With `replan`, meetings that are only proposed are planned anew. Without it or `accept`, a plan that would
    cancel confirmed meetings, or change many, is a `TooMuchChangeError`. With `whole_year`, the part of
    a running year that is over is planned too. Reasons against other dates are given for the meetings
    `explained`, by id; else for all. With a forum as `only`, just the components that concern it are planned.
    The plan differs from those that it is to be `unlike`; raise `NoOtherPlanError` where none does.
    It has as many dates of the plan `toward` which it goes as can be, rather than those that are recorded.
    """
    situation = replace(situation, whole_year=whole_year)
    commitments = replace(commitments_of(situation, replan=replan, toward=toward), unlike=unlike)
    year = evaluated(situation, commitments)
    meetings, gap = _best_meetings(
        situation, year, commitments, accept=accept or replan, only=only, progress=progress
    )
    plan = assess(situation, year, meetings, gap, explained)
    return replace(plan, problems=(*plan.problems, *_notes(situation, year)))


def _best_meetings(  # noqa: PLR0913 - what is planned, and how to report
    situation: Situation,
    year: EvaluatedYear,
    commitments: Commitments,
    *,
    accept: bool,
    only: str | None = None,
    progress: ReportProgress,
) -> tuple[list[Meeting], Gap]:
    """Return the meetings of the best plan of an evaluated year, and its gap; see `plan_year`."""
    outcome = Outcome({})
    if not situation.is_history:
        try:
            outcome = best_dates(year, commitments, progress, only=only)
        except InfeasibleError as error:
            if commitments.unlike:
                raise NoOtherPlanError from error
            reasons = explain_infeasibility(situation, commitments, error.forums, error.conflicting)
            raise NoPlanError(*reasons) from error
        except UndecidedError as error:
            raise UndecidedPlanError(situation, error.forums) from error
    meetings = assemble(situation, year, commitments, outcome.dates)
    second_opinion.check(year, commitments, outcome, meetings)
    if not accept:
        brake.hold(situation, year, meetings)
    return meetings, outcome.gap


class NoOtherPlanError(Exception):
    """No plan differs enough from those that are known."""


def alternatives(
    situation: Situation,
    number: int,
    *,
    replan: bool = False,
    whole_year: bool = False,
    progress: ReportProgress = ignore_progress,
) -> Iterator[Plan]:
    """Yield the best plan of a situation's year, then the best that differ from all before them.

    Each has another date for at least one in `DIFFERENT` of the meetings whose dates are the planner's to
    choose; they are fewer than asked for where no more differ so much, and one where it has none to choose.
    Raise as `plan_year` does.
    """
    fixed = {meeting.id for meeting in commitments_of(situation, replan=replan).fixed}
    unlike: tuple[Unlike, ...] = ()
    with suppress(NoOtherPlanError):
        for _ in range(number):
            plan = plan_year(
                situation, replan=replan, accept=True, whole_year=whole_year, unlike=unlike, progress=progress
            )
            yield plan
            chosen = [meeting for meeting in plan.meetings if meeting.live and meeting.id not in fixed]
            if not chosen:
                return
            dates = {key: frozenset(one.date for one in held) for key, held in by_forum(chosen).items()}
            unlike += (Unlike(dates, len(chosen) - -(-len(chosen) // DIFFERENT)),)


def _notes(situation: Situation, year: EvaluatedYear) -> Iterator[Problem]:
    """Yield what is told of a year that is over or has begun, when it is planned for the first time."""
    register, recorded = situation.register, situation.recorded_plan
    texts = translations(register.file.language)
    if recorded is None and situation.is_over:
        text = texts.gettext("{year} is over; it is planned whole").format(year=situation.planning_year)
        yield Problem(text, "tip", register.source.name, code="year-over")
    records = recorded.forums if recorded else {}
    known = {forum for forum, record in records.items() if record.left_out}
    number = sum(some for forum, some in year.context.left_out.items() if forum not in known)
    if number:
        text = texts.ngettext(
            "{n} meeting is left out, as its even place in {year} lies before today; with --whole-year it is "
            "planned too",
            "{n} meetings are left out, as their even places in {year} lie before today; with --whole-year "
            "they are planned too",
            number,
        ).format(n=number, year=situation.planning_year)
        yield Problem(text, "tip", register.source.name, code="past-left-out")


def assess_recorded(
    situation: Situation, explained: Container[str] | None = None, *, timeless: bool = False
) -> Plan:
    """Return the plan of record of a situation's year, assessed by the rules of the file; see `plan_year`.

    A `timeless` one weighs meetings before today too: it does not change as days pass. Raise `ValueError`
    where the year has no plan.
    """
    if timeless:
        situation = replace(situation, today=date.min)
    recorded = situation.recorded_plan
    if recorded is None:
        raise ValueError(situation.year)
    plan = assess(situation, evaluated(situation), recorded.meetings, recorded.gap, explained)
    # Who takes part is as it was recorded, until the year is planned or changed.
    forums = {
        key: replace(record, organisations=was.organisations, roles=was.roles)
        for key, record in plan.forums.items()
        for was in [recorded.forums.get(key, record)]
    }
    return replace(plan, forums=forums, meetings=recorded.meetings, deadlines=recorded.deadlines)


def what_if(
    situation: Situation, plan: Plan, meeting_id: str, day: date, time: TimeSpan | None = None
) -> Plan:
    """Return the year planned again with a meeting of its plan on another day, or at another time of it.

    As few others as can be move.

    Raise `RefusedError` or `NoPlanError` with the hard constraints against it.
    """
    year = evaluated(situation)
    planned = replace(situation, recorded_plan=plan)
    (moved,) = edit.move([(meeting_id, day)], edit.Details(time))(planned, year)
    if closing := [effect for effect in year.on(moved.forum, day) if effect.strength == "must"]:
        raise edit.RefusedError(year, [(moved, effect) for effect in closing])
    meetings = tuple(moved if meeting.id == meeting_id else meeting for meeting in plan.meetings)
    changed = replace(situation, recorded_plan=replace(plan, meetings=meetings))
    try:
        other = plan_year(changed, accept=True, explained={meeting_id})
    except NoPlanError as error:
        raise NoPlanError(_without_plan(planned, moved), *error.problems) from error
    found = edit.broken_by(planned, year, {meeting.id: meeting for meeting in other.meetings})
    if hard := [broken for broken in found if broken[1].strength == "must"]:
        raise edit.RefusedError(year, hard)
    return other


def _without_plan(situation: Situation, moved: Meeting) -> Problem:
    """Return that a year has no plan with a meeting on the day that was asked about."""
    register = situation.register
    text = translations(register.file.language).gettext(
        "{forum} cannot be on {day}: the others would have no plan."
    )
    language = register.file.language
    name, day = register.forums[moved.forum].name, day_in_words(moved.date, language)
    return Problem(text.format(forum=name, day=day), file=register.source.name)


@dataclass(frozen=True, slots=True)
class PlannedAround:
    """A year with what was decided in it, and the rest planned around that."""

    plan: Plan
    broken: Mapping[str, Sequence[Problem]]
    """By id of what was decided: the rules that it breaks, as warnings. The plan remembers the musts."""
    unplanned: Sequence[Problem] = ()
    """Why the rest could not be planned; it stays as it was."""


def plan_around(
    situation: Situation,
    decided: Mapping[str, Meeting],
    *,
    accept: bool = False,
    progress: ReportProgress = ignore_progress,
) -> PlannedAround:
    """Return a year in which meetings, by id, are new or other than recorded, for they were decided so.

    What they break is remembered and not refused. Raise `TooMuchChangeError` as `plan_year` does, where
    the rest would change too much. Raise `ValueError` where the year has no plan.
    """
    if situation.recorded_plan is None:
        raise ValueError(situation.year)
    meetings = in_order(situation.register, {**situation.recorded_by_id, **decided}.values())
    changed = replace(situation, recorded_plan=replace(situation.recorded_plan, meetings=tuple(meetings)))
    gap, unplanned = situation.recorded_plan.gap, tuple[Problem, ...]()
    commitments = commitments_of(changed)
    year = evaluated(changed, commitments)
    if decided and not situation.is_history:
        try:
            meetings, gap = _best_meetings(changed, year, commitments, accept=accept, progress=progress)
        except (NoPlanError, UndecidedPlanError) as error:
            unplanned = error.problems
    edited = {one.id: one for one in meetings if one != situation.recorded_by_id.get(one.id)}
    found = edit.broken_by(situation, year, edited)
    known = grouped((one.id, effect.rule) for one, effect in found if effect.strength == "must")
    fixed = {one.id for one in meetings if one.id in decided or is_fixed(one, situation.today)}
    meetings = [
        replace(one, forced=tuple(sorted({*one.forced, *known[one.id]})))
        if one.id in known and one.id in fixed
        else one
        for one in meetings
    ]
    broken = grouped(
        (edit.culprit(one, decided).id, edit.problem_of(year, one, effect, decided, warning=True))
        for one, effect in found
    )
    plan = assess(situation, year, completed(situation, year, meetings), gap, explained=())
    return PlannedAround(plan, broken, unplanned)
