"""Why a meeting lies where it does: what each date that looks better would break or cost.

A date looks better if it is nearer the meeting's ideal, or as near and on a more wanted weekday. The
reason against it is what follows if this meeting alone is moved there: as the plan is optimal, moving
others along with it would not make it better either.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain

from kultursam.dates.holidays import days_between
from kultursam.dates.slots import Slot
from kultursam.i18n import translations
from kultursam.plans.model import Meeting, Reason, by_forum
from kultursam.presentation import day_in_words
from kultursam.rules import SHARING_RULES, for_each, weekdays
from kultursam.rules.context import Effect, EvaluatedYear, Schedule, days_of, grouped
from kultursam.rules.evaluate import match_slots, meeting_effects


def sentence(year: EvaluatedYear, effect: Effect) -> str:
    """Return what a rule says of a meeting, in the file's language."""
    language = year.register.file.language
    words = {
        name: day_in_words(value, language) if isinstance(value, date) else value
        for name, value in effect.args.items()
    }
    return translations(language).gettext(effect.sentence).format(**words)


def reason(year: EvaluatedYear, effect: Effect, day: date) -> Reason:
    """Return an effect as a reason that names its line in the file."""
    line = year.register.line(*effect.origin)
    text = sentence(year, effect)
    return Reason(effect.rule, effect.strength, day, text, line, effect.trouble, effect.points)


Week = tuple[int, int]
Effects = Mapping[str, Sequence[Effect]]
"""What the rules have against meetings, by meeting id."""
Ids = tuple[str, ...]


@dataclass(frozen=True)
class MeetingIndex:
    """The meetings of a year and of its neighbours, indexed by what moving one of them can affect."""

    year: EvaluatedYear
    meetings: Sequence[Meeting]
    neighbours: Sequence[Meeting]

    @cached_property
    def slots(self) -> dict[str, Slot]:
        """The slot of each meeting that fills one, by meeting id."""
        return match_slots(self.year, self.meetings)

    @cached_property
    def leaders(self) -> dict[str, Meeting]:
        """The meeting that each is for, of those that are for another forum's, by meeting id."""
        schedule = Schedule.of(self.year.context.year, self.meetings, self.neighbours)
        return for_each.leaders(self.year, schedule)

    def affected(self, meeting: Meeting, day: date) -> tuple[list[Meeting], list[Meeting]]:
        """Return the meetings of the year, and of its neighbours, that a meeting's move to a day can affect.

        They are those of its forum and the linked ones, those with which it shares something on either day,
        and, as they count in crowded weeks, those of the two weeks that its organisations, or organisations
        that these meet there, take part in.
        """
        moved = replace(meeting, date=day)
        forums = {meeting.forum, *self._linked.get(meeting.forum, ())}
        mine = self._organisations(meeting.forum)
        forums |= {
            forum
            for each in self._days(moved)
            for forum in self._neighbours_on.get(each, ())
            if not mine.isdisjoint(self._organisations(forum))
        }
        near = {place for forum in forums for place in self._places_of.get(forum, ())}
        for week in {_week(each) for each in (*self._days(meeting), *self._days(moved))}:
            met = {self.meetings[place].forum for place in self._in_week(week, mine)}
            near |= self._in_week(week, mine.union(*map(self._organisations, met)))
        beside = {one.id: one for forum in sorted(forums) for one in self._neighbours_of.get(forum, ())}
        for key in {*self._shared(meeting), *self._shared(moved)}:
            near.update(self._places_sharing.get(key, ()))
            beside |= {one.id: one for one in self._neighbours_sharing.get(key, ())}
        return [self.meetings[place] for place in sorted(near)], [beside[key] for key in sorted(beside)]

    def _shared(self, meeting: Meeting) -> Iterator[Hashable]:
        return (key for rule in SHARING_RULES for key in rule.shared(self.year, meeting))

    def _organisations(self, forum: str) -> set[str]:
        return {*self.year.register.organisations.get(forum, ())}

    def _in_week(self, week: Week, organisations: Iterable[str]) -> set[int]:
        return {place for key in organisations for place in self._places_in_week.get((key, week), ())}

    @cached_property
    def _linked(self) -> dict[str, list[str]]:
        """The forums that prepare, accompany or keep apart from each forum, or that it does so to."""
        links = [
            (forum, link.forum)
            for forum, model in self.year.register.forums.items()
            for link in (*model.prepared_by, model.together_with, model.for_each, *model.apart)
            if link
        ]
        return grouped((*links, *((other, forum) for forum, other in links)))

    @cached_property
    def _places_of(self) -> dict[str, list[int]]:
        return grouped((meeting.forum, place) for place, meeting in enumerate(self.meetings))

    @cached_property
    def _places_in_week(self) -> dict[tuple[str, Week], list[int]]:
        return grouped(
            ((organisation, week), place)
            for place, meeting in enumerate(self.meetings)
            for organisation in self._organisations(meeting.forum)
            for week in {_week(day) for day in self._days(meeting)}
        )

    @cached_property
    def _places_sharing(self) -> dict[Hashable, list[int]]:
        return grouped(
            (key, place) for place, meeting in enumerate(self.meetings) for key in self._shared(meeting)
        )

    @cached_property
    def _neighbours_sharing(self) -> dict[Hashable, list[Meeting]]:
        return grouped((key, meeting) for meeting in self.neighbours for key in self._shared(meeting))

    @cached_property
    def _neighbours_of(self) -> dict[str, list[Meeting]]:
        return by_forum(self.neighbours)

    @cached_property
    def _neighbours_on(self) -> dict[date, list[str]]:
        return grouped((day, one.forum) for one in self.neighbours for day in self._days(one))

    def _days(self, meeting: Meeting) -> list[date]:
        """Return the days on which a meeting is held, and those that it takes in the file's zone."""
        taken = (day for day, _ in self.year.context.sittings(meeting))
        return list(dict.fromkeys((*days_of(meeting), *taken)))


def _week(day: date) -> Week:
    return day.isocalendar()[:2]


def reasons_against(index: MeetingIndex, meeting: Meeting) -> list[Reason]:
    """Return a reason against each date that looks better for a meeting, the nearest to its ideal first."""
    slot = index.slots.get(meeting.id)
    if slot is None or not meeting.live:
        return []
    if slot.follows:
        leader = index.leaders.get(meeting.id)
        if leader is None:
            return []
        first, last = for_each.days_for(index.year, meeting.forum, leader.date)
        slot = replace(slot, first=first, last=last)
    better = _better_dates(index.year, meeting, slot)
    nearest = sorted(better, key=lambda day: (abs(slot.distance(day)), day))
    known: dict[Ids, Effects] = {}
    reasons = (_strongest_reason(index, meeting, day, known) for day in nearest)
    return [reason for reason in reasons if reason is not None]


def _better_dates(year: EvaluatedYear, meeting: Meeting, slot: Slot) -> Iterator[date]:
    distance, step = abs(slot.distance(meeting.date)), _step(year, meeting.forum, meeting.date)
    first, last = slot.around(distance)
    for day in days_between(max(first, year.context.first), min(last, year.context.last)):
        near, wanted = abs(slot.distance(day)), _step(year, meeting.forum, day)
        # The date that a recurrence rule names is included even where the forum never meets on its weekday.
        better = slot.nominal and day == slot.ideal
        if wanted is not None:
            better = near < distance or (near == distance and wanted < (step or 0))
        if better and day != meeting.date:
            yield day


def _step(year: EvaluatedYear, forum: str, day: date) -> int | None:
    """Return what a weekday costs; None for one on which the forum never meets."""
    effects = [effect for effect in year.on(forum, day) if effect.rule == weekdays.ID]
    if any(effect.strength == "must" for effect in effects):
        return None
    return sum(effect.points for effect in effects)


def _strongest_reason(
    index: MeetingIndex, meeting: Meeting, day: date, known: dict[Ids, Effects]
) -> Reason | None:
    """Return what weighs most against moving one meeting to a day; None if nothing does.

    `known` are the effects on the same meetings as they lie: they are the same for many days.
    """
    year = index.year
    closing = next((effect for effect in year.on(meeting.forum, day) if effect.strength == "must"), None)
    if closing:
        return reason(year, closing, day)
    near, beside = index.affected(meeting, day)
    moved = [replace(other, date=day) if other.id == meeting.id else other for other in near]
    ids = tuple(other.id for other in (*near, *beside))
    if ids not in known:
        known[ids] = meeting_effects(year, near, beside, {meeting.forum})
    worst = _worst_increase(known[ids], meeting_effects(year, moved, beside, {meeting.forum}))
    if worst is None:
        return None
    meeting_id, effect = worst
    strongest = reason(year, effect, day)
    if meeting_id == meeting.id:
        return strongest
    forum = next(other.forum for other in near if other.id == meeting_id)
    return replace(strongest, text=f"{year.register.forums[forum].name}: {strongest.text}")


def _worst_increase(before: Effects, after: Effects) -> tuple[str, Effect] | None:
    """Return what is new of the rule whose cost rises most: musts first, then trouble, then points."""
    changes = grouped(
        (effect.rule, _cost(effect, sign))
        for sign, effects in ((1, after), (-1, before))
        for effect in chain.from_iterable(effects.values())
    )
    rises = {rule: [sum(part) for part in zip(*costs, strict=True)] for rule, costs in changes.items()}
    worst = max(sorted(rises), key=rises.__getitem__, default=None)
    if worst is None or rises[worst] <= [0, 0, 0]:
        return None
    of_rule = [(key, effect) for key, effects in after.items() for effect in effects if effect.rule == worst]
    new = [(key, effect) for key, effect in of_rule if effect not in before.get(key, ())]
    return max(new or of_rule, key=lambda item: _cost(item[1]))


def _cost(effect: Effect, sign: int = 1) -> tuple[int, int, int]:
    return sign * (effect.strength == "must"), sign * effect.trouble, sign * effect.points
