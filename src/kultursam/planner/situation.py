"""From a forum file and the plan of record to the plan of a year: what stays, what moves, what is new."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property

from kultursam.dates.holidays import Event, days_between, period_spans
from kultursam.dates.slots import windows_in
from kultursam.diagnostics import KultursamError, Problem
from kultursam.forumfile import notation
from kultursam.forumfile.models import planned_number
from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.planner import deadlines, explain, hosts
from kultursam.planner.model import Commitments
from kultursam.plans.model import (
    Assessment,
    DaySpan,
    ForumRecord,
    Meeting,
    Origin,
    Plan,
    Reason,
    Status,
    by_forum,
    diff,
    revised,
)
from kultursam.rules import evaluate_year, meeting_effects, prepared_by, year_context
from kultursam.rules.context import Effect, EvaluatedYear, RuleKey, Schedule, YearContext


@dataclass(frozen=True)
class Situation:
    """Everything that a year's plan depends on."""

    register: Register
    year: int
    today: date
    now: datetime
    """What new and changed meetings are stamped with: UTC, whole seconds."""
    recorded_plan: Plan | None = None
    """The year's plan of record."""
    others: tuple[Plan, ...] = ()
    """The plans of all other years."""
    events: Mapping[str, Sequence[Event]] = field(default_factory=dict)
    """What the calendar files of other bodies hold, by their name in the forum file."""

    @property
    def recorded(self) -> tuple[Meeting, ...]:
        """The meetings of the plan of record."""
        return self.recorded_plan.meetings if self.recorded_plan else ()

    @cached_property
    def recorded_by_forum(self) -> dict[str, list[Meeting]]:
        """The meetings of the plan of record, by forum."""
        return by_forum(self.recorded)

    @cached_property
    def over(self) -> frozenset[str]:
        """The ids of the recorded meetings that lie before today."""
        return frozenset(one.id for one in self.recorded if one.date < self.today)

    @property
    def neighbours(self) -> tuple[Meeting, ...]:
        """The live meetings of the years before and after."""
        near = {self.year - 1, self.year + 1}
        return tuple(one for plan in self.others if plan.year in near for one in plan.meetings if one.live)


def evaluated(
    situation: Situation, ignored: frozenset[RuleKey] = frozenset(), context: YearContext | None = None
) -> EvaluatedYear:
    """Weigh the days of a situation's year. Raises `KultursamError` for an unknown country, say."""
    register = situation.register
    try:
        context = context or year_context(register, situation.year, situation.events)
    except ValueError as error:
        raise KultursamError(register.source.problem(str(error), ("calendar", "country"))) from error
    return evaluate_year(replace(context, ignored=ignored))


def commitments_of(situation: Situation, *, replan: bool = False) -> Commitments:
    """Divide what is recorded into what is given and what may move; `replan` frees what is only proposed."""
    planned = [
        one
        for one in situation.recorded
        if one.forum in situation.register.forums and one.origin is not Origin.EXTERNAL
    ]
    fixed = [one for one in planned if _is_given(one, situation.today)]
    free = [one for one in planned if one.live and not _is_given(one, situation.today)]
    begun = {one.forum: situation.today for one in planned if one.live}
    return Commitments(
        fixed=(*fixed, *external_meetings(situation)),
        neighbours=tuple(one for one in situation.neighbours if one.forum in situation.register.forums),
        movable=() if replan else tuple(free),
        not_before=begun,
    )


def _is_given(meeting: Meeting, today: date) -> bool:
    if not meeting.live:
        return meeting.decided
    return (
        meeting.decided
        or meeting.status is Status.CONFIRMED
        or meeting.origin is Origin.ADDED
        or bool(meeting.forced)
        or meeting.date < today
    )


def external_meetings(situation: Situation) -> list[Meeting]:
    """Give the dates that other bodies decided, those recorded before under the same ids."""
    found = []
    for forum, model in situation.register.forums.items():
        if model.cadence.kind != "external":
            continue
        every = situation.recorded_by_forum.get(forum, ())
        recorded = [one for one in every if one.origin is Origin.EXTERNAL]
        numbers = _free_numbers(one.number for one in every)
        dates = sorted(_external_dates(situation, forum), key=lambda one: one[:3])
        for day, start, end, place in dates:
            same_day = sorted((one for one in recorded if one.date == day), key=lambda one: not one.live)
            starts = {moment for other, moment, *_ in dates if other == day}
            # Of several on a day the one of the same time, else one whose time is no longer among them.
            old = next((one for one in same_day if one.start == start), None) or next(
                (one for one in same_day if one.start not in starts), None
            )
            if old:
                recorded.remove(old)
            number = old.number if old else next(numbers)
            fresh = Meeting(
                id=f"{forum}-{situation.year}-x{number}",
                forum=forum,
                number=number,
                date=day,
                start=start,
                end=end,
                place=place,
                status=Status.CONFIRMED,
                origin=Origin.EXTERNAL,
                modified=situation.now,
                created=situation.now,
            )
            found.append(revised(old, fresh, situation.now) if old else fresh)
        found += [one if one.id in situation.over else _cancelled(one, situation.now) for one in recorded]
    return found


def _external_dates(situation: Situation, forum: str) -> Iterator[tuple[date, time, time, str | None]]:
    model = situation.register.forums[forum]
    for entry in model.dates:
        if entry.on is not None and entry.on.year == situation.year:
            span = entry.time or model.time
            yield entry.on, span.start, span.end, entry.place or model.place
        for event in situation.events.get(entry.file or "", ()):
            if event.start.year == situation.year:
                # Whole minutes, as the plan of record keeps them.
                start, end = (moment.time().replace(second=0) for moment in (event.start, event.end))
                if event.all_day or event.start.date() != event.end.date() or start == end:
                    start, end = model.time.start, model.time.end
                yield event.start.date(), start, end, _line(event.place) or model.place


def _line(text: str | None) -> str | None:
    """Give a text of another body's file where the plan of record can keep it."""
    try:
        return notation.line_of_text(text or "")
    except ValueError:
        return None


def assemble(
    situation: Situation, year: EvaluatedYear, commitments: Commitments, dates: Mapping[str, Sequence[date]]
) -> list[Meeting]:
    """Put given meetings and chosen dates together as the year's meetings, each under its own id."""
    register = situation.register
    untouched = {one.id for one in commitments.fixed}
    meetings = list(commitments.fixed)
    unsettled: list[Meeting] = []
    for one in situation.recorded:
        if one.id in untouched:
            continue
        if one.live and one.forum in year.slots and one.origin is not Origin.EXTERNAL:
            unsettled.append(one)
        else:
            meetings.append(one if one.id in situation.over else _cancelled(one, situation.now))
    free = by_forum(unsettled)
    for forum in year.slots:
        meetings += _settle(situation, forum, free.get(forum, ()), dates.get(forum, ()))
    others = [one for plan in situation.others for one in plan.meetings]
    assigned = hosts.assign(year, meetings, others, situation.over)
    recorded = {one.id: one for one in situation.recorded}
    stamped = [
        revised(recorded[one.id], one, situation.now) if one.id in recorded else one for one in assigned
    ]
    return in_order(register, stamped)


def in_order(register: Register, meetings: Iterable[Meeting]) -> list[Meeting]:
    """Sort meetings by forum in the order of the file, then by number, the extra ones last."""
    order = {forum: index for index, forum in enumerate(register.forums)}

    def key(one: Meeting) -> tuple[int, str, bool, int]:
        extra = one.origin in {Origin.ADDED, Origin.EXTERNAL}
        return order.get(one.forum, len(order)), one.forum, extra, one.number

    return sorted(meetings, key=key)


def _settle(
    situation: Situation, forum: str, free: Sequence[Meeting], dates: Sequence[date]
) -> Iterator[Meeting]:
    """Give recorded meetings their dates: kept, moved to the nearest, superfluous; and new ones."""
    kept = {one.date: one for one in free}
    left = [one for one in free if one.date not in dates]
    numbers = _free_numbers(
        one.number
        for one in situation.recorded_by_forum.get(forum, ())
        if one.origin in {Origin.PLANNED, Origin.RESERVED}
    )
    for day in dates:
        if day in kept:
            yield _as_written(situation, kept[day])
        elif left:
            nearest = min(left, key=lambda one: (abs((one.date - day).days), one.date))
            left.remove(nearest)
            yield replace(_as_written(situation, nearest), date=day, moved_from=nearest.date)
        else:
            yield _new(situation, forum, next(numbers), day)
    for one in left:
        yield _cancelled(one, situation.now)


def _new(situation: Situation, forum: str, number: int, day: date) -> Meeting:
    model = situation.register.forums[forum]
    return Meeting(
        id=f"{forum}-{situation.year}-{number}",
        forum=forum,
        number=number,
        date=day,
        start=model.time.start,
        end=model.time.end,
        place=model.place,
        origin=Origin.RESERVED if model.cadence.kind == "as needed" else Origin.PLANNED,
        modified=situation.now,
        created=situation.now,
    )


def _as_written(situation: Situation, meeting: Meeting) -> Meeting:
    """Give a proposed meeting the time and place that the file now says."""
    model = situation.register.forums[meeting.forum]
    rotation = hosts.rotation_of(situation.register, meeting.forum)
    host = meeting.host if meeting.host in rotation else None
    return replace(meeting, start=model.time.start, end=model.time.end, place=model.place, host=host)


def _cancelled(meeting: Meeting, now: datetime) -> Meeting:
    return revised(meeting, replace(meeting, status=Status.CANCELLED), now) if meeting.live else meeting


def _free_numbers(taken: Iterable[int]) -> Iterator[int]:
    number = max(taken, default=0)
    while True:
        number += 1
        yield number


def finish(
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
