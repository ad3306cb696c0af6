"""Why a meeting lies where it does: what each date that looks better would break or cost.

A date looks better if it is nearer the meeting's ideal, or as near and on a more wanted weekday. What is
told of it is what holds if this meeting alone were moved there: as the plan is proven best, moving
others along with it would not make it better either.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from kultursam.cadence import Slot
from kultursam.days import days_between
from kultursam.i18n import day_in_words, translations
from kultursam.plan import Meeting, Reason
from kultursam.rules import findings, match_slots, weekdays
from kultursam.rules.context import Effect, Year


def sentence(year: Year, effect: Effect) -> str:
    """Write what a rule says of a meeting, in the file's language."""
    language = year.register.file.language
    words = {
        name: day_in_words(value, language) if isinstance(value, date) else value
        for name, value in effect.args.items()
    }
    return translations(language).gettext(effect.sentence).format(**words)


def reason(year: Year, effect: Effect, day: date) -> Reason:
    """Put an effect as a reason that names its line in the file."""
    line = year.register.line(*effect.origin)
    text = sentence(year, effect)
    return Reason(effect.rule, effect.strength, day, text, line, effect.trouble, effect.points)


def why(
    year: Year, meeting: Meeting, meetings: Sequence[Meeting], neighbours: Sequence[Meeting]
) -> list[Reason]:
    """Give a reason against each date that looks better for a meeting, the nearest to its ideal first."""
    slot = match_slots(year, [one for one in meetings if one.forum == meeting.forum]).get(meeting.id)
    if slot is None or not meeting.live:
        return []
    better = sorted(_better_dates(year, meeting, slot), key=lambda day: (abs(slot.distance(day)), day))
    return [
        found for day in better if (found := against(year, meeting, day, meetings, neighbours)) is not None
    ]


def _better_dates(year: Year, meeting: Meeting, slot: Slot) -> Iterator[date]:
    distance, step = abs(slot.distance(meeting.date)), _step(year, meeting.forum, meeting.date)
    first, last = slot.around(distance)
    for day in days_between(max(first, year.frame.first), min(last, year.frame.last)):
        near = abs(slot.distance(day))
        wanted = _step(year, meeting.forum, day)
        # The date that a recurrence rule names is told of even where the forum never meets on its weekday.
        better = slot.nominal and day == slot.ideal
        if wanted is not None:
            better = near < distance or (near == distance and wanted < (step or 0))
        if better and day != meeting.date:
            yield day


def _step(year: Year, forum: str, day: date) -> int | None:
    """Give what a weekday costs; None for one on which the forum never meets."""
    effects = [effect for effect in year.on(forum, day) if effect.rule == weekdays.ID]
    if any(effect.strength == "must" for effect in effects):
        return None
    return sum(effect.points for effect in effects)


def against(
    year: Year, meeting: Meeting, day: date, meetings: Sequence[Meeting], neighbours: Sequence[Meeting]
) -> Reason | None:
    """Give what weighs most against moving one meeting to a day; None if nothing does."""
    closing = next((one for one in year.on(meeting.forum, day) if one.strength == "must"), None)
    if closing:
        return reason(year, closing, day)
    forums = {meeting.forum, *_linked(year, meeting.forum)}
    forums |= {one.forum for one in neighbours if one.date == day}
    near = _concerned(meeting, day, meetings, forums)
    moved = [replace(one, date=day) if one.id == meeting.id else one for one in near]
    beside = [one for one in neighbours if one.forum in forums]
    worst = _heaviest(findings(year, near, beside), findings(year, moved, beside))
    if worst is None:
        return None
    whose, effect = worst
    found = reason(year, effect, day)
    if whose == meeting.id:
        return found
    forum = next(one.forum for one in near if one.id == whose)
    return replace(found, text=f"{year.register.forums[forum].name}: {found.text}")


def _concerned(
    meeting: Meeting, day: date, meetings: Sequence[Meeting], forums: Container[str]
) -> list[Meeting]:
    """Give the meetings that one meeting's move can touch: of some forums, and of the two weeks."""
    weeks = {meeting.date.isocalendar()[:2], day.isocalendar()[:2]}
    return [one for one in meetings if one.forum in forums or one.date.isocalendar()[:2] in weeks]


def _linked(year: Year, forum: str) -> set[str]:
    model = year.register.forums[forum]
    onward = {link.forum for link in (model.prepared_by, model.together_with) if link}
    back = {
        other
        for other, candidate in year.register.forums.items()
        for link in (candidate.prepared_by, candidate.together_with)
        if link and link.forum == forum
    }
    return onward | back


Found = Mapping[str, Sequence[Effect]]
"""What the rules have against meetings, by meeting id."""
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
