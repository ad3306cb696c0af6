"""No longer time passes from one meeting of a forum to the next, across New Year too.

    forums:
      board: {spacing: {max_days: 35}}
    # passes: board meets 2025-03-04, 2025-04-08

    forums:
      board: {spacing: {max_days: 35}}
    # fails: board meets 2025-03-04, 2025-04-09

Default strength: should. Closed stretches that are longer than `max_days` themselves do not count: the days
from one open day of the forum to the next, be they closed by musts or outside its windows. All meetings of
the forum count, those that somebody added too. Of two that lie too far apart the later breaks the rule.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from kultursam.forumfile.models import Forum
from kultursam.forumfile.values import Strength
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.plans.model import Meeting
from kultursam.rules.context import (
    Candidate,
    Effect,
    EvaluatedYear,
    Model,
    RuleKey,
    Schedule,
    Terms,
    YearContext,
    violation,
)

ID = "max-spacing"
SENTENCE = N_("{days} days from the forum's meeting on {other}, but {most} at most are to pass")
SHORTER_SENTENCE = N_(
    "{days} days from the forum's meeting on {other}, long breaks not counted, but {most} at most are to pass"
)


def most_days(forum: Forum) -> int | None:
    """Return the most days between two meetings of a forum; None where they are not written."""
    return forum.spacing.max_days if forum.spacing else None


def must_days(context: YearContext, forum: str) -> int | None:
    """Return the most days between two meetings of a forum that its hard constraint allows."""
    spacing = context.forum(forum).spacing
    must = spacing and spacing.strength == "must" and context.holds(ID, ("forums", forum, "spacing"))
    return spacing.max_days if spacing and must else None


class MaxSpacing(NamedTuple):
    """The most days between two meetings of a forum, and the days that count."""

    forum: str
    most: int
    strength: Strength
    origin: Where
    counted: Sequence[date]

    def place(self, day: date) -> int:
        """Return how many days count up to a day."""
        return bisect_right(self.counted, day)

    def days(self, earlier: date, later: date) -> int:
        """Return the days that count from one day to another."""
        return self.place(later) - self.place(earlier)


def in_force(year: EvaluatedYear, forum: str) -> MaxSpacing | None:
    """Return what is asked of a forum that is planned here; None if nothing is."""
    spacing, origin = year.context.forum(forum).spacing, ("forums", forum, "spacing")
    if forum not in year.counted or not spacing or not spacing.max_days or not year.context.holds(ID, origin):
        return None
    return MaxSpacing(forum, spacing.max_days, spacing.strength or "should", origin, year.counted[forum])


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the forum's longest spacing if it is a must-rule."""
    asked = in_force(year, forum)
    if asked and asked.strength == "must":
        yield ID, asked.origin


def meeting_effects(year: EvaluatedYear, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Yield each meeting that follows too late on the one before it."""
    for forum in schedule.planned_in(year):
        asked = in_force(year, forum)
        ours = {meeting.id for meeting in schedule.of_year(forum)}
        for earlier, later in pairwise(schedule.around(forum) if asked else ()):
            meeting, other = (later, earlier) if later.id in ours else (earlier, later)
            if asked and meeting.id in ours and (days := asked.days(earlier.date, later.date)) > asked.most:
                whole = days == (later.date - earlier.date).days
                args = {"days": days, "other": other.date, "most": asked.most}
                sentence, size = SENTENCE if whole else SHORTER_SENTENCE, year.context.size(forum)
                yield meeting, violation(ID, asked.strength, asked.origin, sentence, size, **args)


def add_constraints(year: EvaluatedYear, model: Model) -> None:
    """Let a meeting imply one that is not too long before it: Σ x[≥ t] ≤ Σ earlier x[≥ t − most] + slack.

    Days are those that count. Meetings without a slot stand where they are: who follows one soon enough needs
    no other before it, and they follow others themselves.
    """
    for forum in year.slots:
        asked = in_force(year, forum)
        if asked and model.asks(asked.strength):
            _Rows(year, model, asked).add()


class _Rows:
    """The rows for one forum."""

    def __init__(self, year: EvaluatedYear, model: Model, asked: MaxSpacing) -> None:
        self._year, self._model, self._asked = year, model, asked
        candidates = model.candidates(asked.forum)
        self._outside = [x for x in candidates if x.slot is None]
        self._movable = [x for x in candidates if x.slot is not None]
        self._places = {x.date: asked.place(x.date) for x in candidates}

    def add(self) -> None:
        if self._asked.forum in self._model.pooled:
            self._follow_in_pool()
        else:
            by_slot: list[list[Candidate]] = [[] for _ in self._year.slots[self._asked.forum]]
            for candidate in self._movable:
                by_slot[candidate.slot or 0].append(candidate)
            for slot in range(len(by_slot)):
                self._follow(slot, by_slot)
        for index, candidate in enumerate(self._outside):
            self._lead(self._outside[index - 1] if index else None, candidate)

    def _slack(self, candidates: Iterable[Candidate]) -> list[int]:
        candidates = list(candidates)
        fixed, forced = any(x.fixed for x in candidates), any(ID in x.forced for x in candidates)
        size = self._year.context.size(self._asked.forum)
        return self._model.slack(self._asked.strength, size, fixed=fixed, forced=forced)

    def _last_outside(self, day: date) -> Candidate | None:
        """Return the last meeting without a slot up to a day."""
        return next((x for x in reversed(self._outside) if x.date <= day), None)

    def _unled(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Return the candidates to come that no meeting without a slot leads soon enough."""
        return [
            x
            for x in candidates
            if x.date >= self._year.context.weighed_from
            and not ((before := self._last_outside(x.date)) and self._near(before, x.date))
        ]

    def _near(self, candidate: Candidate, day: date) -> bool:
        return self._places[day] - self._places[candidate.date] <= self._asked.most

    def _follow(self, slot: int, by_slot: Sequence[Sequence[Candidate]]) -> None:
        """Let a slot's meeting follow soon enough on that of the slot before it that is not cancelled."""
        unled = self._unled(by_slot[slot])
        groups = [unled]
        if self._asked.strength == "must":  # of which only fixed meetings may break the rule
            groups = [[x for x in unled if not x.fixed], [x for x in unled if x.fixed]]
        for group in filter(None, groups):
            slack = [(column, -1.0) for column in self._slack(group)]
            idle: Terms = []
            passed = 0
            for earlier in range(slot - 1, -1, -1):
                if not by_slot[earlier] and not self._model.idle(self._asked.forum, earlier):
                    continue  # all are decided, and this one was cancelled
                skipped = [(x.column, 1.0) for x in self._model.idle(self._asked.forum, earlier)]
                for first in group:
                    late = [(x.column, 1.0) for x in group if x.date >= first.date]
                    soon = [(x.column, -1.0) for x in by_slot[earlier] if self._near(x, first.date)]
                    if len(soon) == len(by_slot[earlier]):
                        continue  # whatever fills that slot is soon enough
                    free = [(column, -1.0) for column, _ in skipped]
                    self._model.row([*late, *idle, *soon, *free, *slack], upper=passed)
                if not skipped:
                    break
                idle, passed = [*idle, *skipped], passed + 1
            else:
                late = [(x.column, 1.0) for x in group if self._last_outside(x.date)]
                if late:
                    self._model.row([*late, *idle, *slack], upper=passed)

    def _follow_in_pool(self) -> None:
        """Let all meetings but the first follow soon enough on another."""
        firsts: Terms = []
        for candidate in self._unled(self._movable):
            soon = [
                (x.column, -1.0)
                for x in self._movable
                if x.date < candidate.date and self._near(x, candidate.date)
            ]
            if not self._last_outside(candidate.date):
                first = self._model.column(0)
                firsts.append((first, 1.0))
                soon.append((first, -1.0))
            self._model.row([(candidate.column, 1.0), *soon], upper=0)
        self._model.row(firsts, upper=1)

    def _lead(self, before: Candidate | None, candidate: Candidate) -> None:
        """Let a meeting without a slot follow soon enough on another."""
        over = candidate.date < self._year.context.weighed_from
        if over or (before and self._near(before, candidate.date)):
            return
        soon = [x for x in self._movable if x.date < candidate.date and self._near(x, candidate.date)]
        led = [(x.column, 1.0) for x in soon]
        slack = self._slack([candidate]) if candidate.of_year or self._asked.strength != "must" else []
        led += [(column, 1.0) for column in slack]
        if before and (before.of_year or candidate.of_year):
            self._model.row(led, lower=1)
            return
        far = [
            x
            for x in self._movable
            if x.date < candidate.date and x not in soon and not (before and x.date < before.date)
        ]
        for x in far:
            self._model.row([(x.column, 1.0), *((column, -1.0) for column, _ in led)], upper=0)
