"""Why a meeting lies where it does: what each date that looks better would break or cost.

A date looks better if it is nearer the meeting's ideal, or as near and on a more wanted weekday. What is
told of it is what holds if this meeting alone were moved there: as the plan is proven best, moving
others along with it would not make it better either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from kultursam.dates.holidays import days_between
from kultursam.dates.slots import Slot
from kultursam.i18n import translations
from kultursam.plans.model import Meeting, Reason, by_forum
from kultursam.presentation import day_in_words
from kultursam.rules import weekdays
from kultursam.rules.context import Effect, EvaluatedYear
from kultursam.rules.evaluate import match_slots, meeting_effects


def sentence(year: EvaluatedYear, effect: Effect) -> str:
    """Write what a rule says of a meeting, in the file's language."""
    language = year.register.file.language
    words = {
        name: day_in_words(value, language) if isinstance(value, date) else value
        for name, value in effect.args.items()
    }
    return translations(language).gettext(effect.sentence).format(**words)


def reason(year: EvaluatedYear, effect: Effect, day: date) -> Reason:
    """Put an effect as a reason that names its line in the file."""
    line = year.register.line(*effect.origin)
    text = sentence(year, effect)
    return Reason(effect.rule, effect.strength, day, text, line, effect.trouble, effect.points)


Week = tuple[int, int]


@dataclass(frozen=True)
class Standing:
    """The meetings of a year and those beside it, found by what one meeting's move can touch."""

    year: EvaluatedYear
    meetings: Sequence[Meeting]
    neighbours: Sequence[Meeting]

    @cached_property
    def slots(self) -> dict[str, Slot]:
        """Give the slot of each meeting that fills one."""
        return match_slots(self.year, self.meetings)

    @cached_property
    def linked(self) -> dict[str, set[str]]:
        """Give the forums that prepare or accompany each forum, and those that it prepares or accompanies."""
        found: dict[str, set[str]] = {}
        for forum, model in self.year.register.forums.items():
            for link in (model.prepared_by, model.together_with):
                if link:
                    found.setdefault(forum, set()).add(link.forum)
                    found.setdefault(link.forum, set()).add(forum)
        return found

    def concerned(self, meeting: Meeting, day: date) -> tuple[list[Meeting], list[Meeting]]:
        """Give the meetings that a meeting's move to a day can touch, and those beside the year.

        They are those of its forum and the linked ones, and in the two weeks those of its organisations
        and of whom these meet there: they count what is crowded.
        """
        forums = {meeting.forum, *self.linked.get(meeting.forum, ())}
        mine = set(self._organisations(meeting.forum))
        forums |= {
            one for one in self._beside_on.get(day, ()) if not mine.isdisjoint(self._organisations(one))
        }
        near = {place for forum in forums for place in self._of_forum.get(forum, ())}
        for week in {_week(meeting.date), _week(day)}:
            near |= self._in_week(week, self._met_in(week, mine))
        beside = [one for forum in sorted(forums) for one in self._beside.get(forum, ())]
        return [self.meetings[place] for place in sorted(near)], beside

    def _organisations(self, forum: str) -> tuple[str, ...]:
        return self.year.register.organisations.get(forum, ())

    def _in_week(self, week: Week, organisations: Iterable[str]) -> set[int]:
        return {place for one in organisations for place in self._of_week.get((one, week), ())}

    def _met_in(self, week: Week, organisations: Iterable[str]) -> set[str]:
        """Give the organisations that meet some in a week."""
        forums = {self.meetings[place].forum for place in self._in_week(week, organisations)}
        return {one for forum in forums for one in self._organisations(forum)}.union(organisations)

    @cached_property
    def _of_forum(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, one in enumerate(self.meetings):
            found.setdefault(one.forum, []).append(place)
        return found

    @cached_property
    def _of_week(self) -> dict[tuple[str, Week], list[int]]:
        found: dict[tuple[str, Week], list[int]] = {}
        for place, one in enumerate(self.meetings):
            for organisation in self._organisations(one.forum):
                found.setdefault((organisation, _week(one.date)), []).append(place)
        return found

    @cached_property
    def _beside(self) -> dict[str, list[Meeting]]:
        return by_forum(self.neighbours)

    @cached_property
    def _beside_on(self) -> dict[date, list[str]]:
        found: dict[date, list[str]] = {}
        for one in self.neighbours:
            found.setdefault(one.date, []).append(one.forum)
        return found


def _week(day: date) -> Week:
    return day.isocalendar()[:2]


def why(standing: Standing, meeting: Meeting) -> list[Reason]:
    """Give a reason against each date that looks better for a meeting, the nearest to its ideal first."""
    slot = standing.slots.get(meeting.id)
    if slot is None or not meeting.live:
        return []
    better = _better_dates(standing.year, meeting, slot)
    nearest = sorted(better, key=lambda day: (abs(slot.distance(day)), day))
    known: dict[Names, Found] = {}
    return [found for day in nearest if (found := _against(standing, meeting, day, known)) is not None]


def _better_dates(year: EvaluatedYear, meeting: Meeting, slot: Slot) -> Iterator[date]:
    distance, step = abs(slot.distance(meeting.date)), _step(year, meeting.forum, meeting.date)
    first, last = slot.around(distance)
    for day in days_between(max(first, year.context.first), min(last, year.context.last)):
        near = abs(slot.distance(day))
        wanted = _step(year, meeting.forum, day)
        # The date that a recurrence rule names is told of even where the forum never meets on its weekday.
        better = slot.nominal and day == slot.ideal
        if wanted is not None:
            better = near < distance or (near == distance and wanted < (step or 0))
        if better and day != meeting.date:
            yield day


def _step(year: EvaluatedYear, forum: str, day: date) -> int | None:
    """Give what a weekday costs; None for one on which the forum never meets."""
    effects = [effect for effect in year.on(forum, day) if effect.rule == weekdays.ID]
    if any(effect.strength == "must" for effect in effects):
        return None
    return sum(effect.points for effect in effects)


def _against(standing: Standing, meeting: Meeting, day: date, known: dict[Names, Found]) -> Reason | None:
    """Give what weighs most against moving one meeting to a day; None if nothing does.

    `known` is what the rules have against the same meetings as they lie: they are the same on many days.
    """
    year = standing.year
    closing = next((one for one in year.on(meeting.forum, day) if one.strength == "must"), None)
    if closing:
        return reason(year, closing, day)
    near, beside = standing.concerned(meeting, day)
    moved = [replace(one, date=day) if one.id == meeting.id else one for one in near]
    names = tuple(one.id for one in (*near, *beside))
    if names not in known:
        known[names] = meeting_effects(year, near, beside, {meeting.forum})
    worst = _heaviest(known[names], meeting_effects(year, moved, beside, {meeting.forum}))
    if worst is None:
        return None
    whose, effect = worst
    found = reason(year, effect, day)
    if whose == meeting.id:
        return found
    forum = next(one.forum for one in near if one.id == whose)
    return replace(found, text=f"{year.register.forums[forum].name}: {found.text}")


Found = Mapping[str, Sequence[Effect]]
"""What the rules have against meetings, by meeting id."""
Names = tuple[str, ...]
"""The ids of some meetings."""
Cost = tuple[int, int, int]
"""Musts broken, trouble and points."""


def _heaviest(before: Found, after: Found) -> tuple[str, Effect] | None:
    """Give what is new of the rule that gets worse most: musts first, then trouble, then points."""
    was, worst, most = _totals(before), None, (0, 0, 0)
    for rule, now in sorted(_totals(after).items()):
        then = was.get(rule, (0, 0, 0))
        rise = now[0] - then[0], now[1] - then[1], now[2] - then[2]
        if rise > most:
            worst, most = rule, rise
    of_rule = [(key, one) for key, effects in after.items() for one in effects if one.rule == worst]
    new = [(key, one) for key, one in of_rule if one not in before.get(key, ())]
    return max(new or of_rule, key=lambda one: _cost(one[1]), default=None)


def _totals(found: Found) -> dict[str, Cost]:
    totals: dict[str, Cost] = {}
    for effects in found.values():
        for effect in effects:
            cost, total = _cost(effect), totals.get(effect.rule, (0, 0, 0))
            totals[effect.rule] = total[0] + cost[0], total[1] + cost[1], total[2] + cost[2]
    return totals


def _cost(effect: Effect) -> Cost:
    return int(effect.strength == "must"), effect.trouble, effect.points
