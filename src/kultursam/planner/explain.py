"""Why a meeting lies where it does: what each date that looks better would break or cost.

A date looks better if it is nearer the meeting's ideal, or as near and on a more wanted weekday. What is
told of it is what holds if this meeting alone were moved there: as the plan is proven best, moving
others along with it would not make it better either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from kultursam.cadence import Slot
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
        reason(year, effect, day)
        for day in better
        if (effect := against(year, meeting, day, meetings, neighbours))
    ]


def _better_dates(year: Year, meeting: Meeting, slot: Slot) -> Iterator[date]:
    distance, step = abs(slot.distance(meeting.date)), _step(year, meeting.forum, meeting.date)
    day = max(slot.first, year.frame.first)
    while day <= min(slot.last, year.frame.last):
        near = abs(slot.distance(day))
        wanted = _step(year, meeting.forum, day)
        if (
            day != meeting.date
            and wanted is not None
            and (near < distance or (near == distance and wanted < (step or 0)))
        ):
            yield day
        day += timedelta(days=1)


def _step(year: Year, forum: str, day: date) -> int | None:
    """Give what a weekday costs; None for one on which the forum never meets."""
    effects = [effect for effect in year.on(forum, day) if effect.rule == weekdays.ID]
    if any(effect.strength == "must" for effect in effects):
        return None
    return sum(effect.points for effect in effects)


def against(
    year: Year, meeting: Meeting, day: date, meetings: Sequence[Meeting], neighbours: Sequence[Meeting]
) -> Effect | None:
    """Give what weighs most against moving one meeting to a day; None if nothing does."""
    closing = next((one for one in year.on(meeting.forum, day) if one.strength == "must"), None)
    if closing:
        return closing
    near = _concerned(year, meeting, day, meetings)
    moved = [replace(one, date=day) if one.id == meeting.id else one for one in near]
    beside = [one for one in neighbours if one.forum in {meeting.forum, *_linked(year, meeting.forum)}]
    return _heaviest(_weight(findings(year, near, beside)), _weight(findings(year, moved, beside)))


def _concerned(year: Year, meeting: Meeting, day: date, meetings: Sequence[Meeting]) -> list[Meeting]:
    """Give the meetings that one meeting's move can touch: of linked forums, and of the two weeks."""
    forums = {meeting.forum, *_linked(year, meeting.forum)}
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


Weight = dict[str, tuple[int, int, int, Effect]]
"""By rule: musts broken, trouble, points, and the effect that weighs most."""


def _weight(found: Mapping[str, Iterable[Effect]]) -> Weight:
    weights: Weight = {}
    for effects in found.values():
        for effect in effects:
            musts, trouble, points, heaviest = weights.get(effect.rule, (0, 0, 0, effect))
            must = int(effect.strength == "must")
            if (must, effect.trouble, effect.points) > (
                int(heaviest.strength == "must"),
                heaviest.trouble,
                heaviest.points,
            ):
                heaviest = effect
            weights[effect.rule] = (musts + must, trouble + effect.trouble, points + effect.points, heaviest)
    return weights


def _heaviest(before: Weight, after: Weight) -> Effect | None:
    """Give the effect of the rule that gets worse most: musts first, then trouble, then points."""
    worst: tuple[tuple[int, int, int], str] | None = None
    for rule, (musts, trouble, points, _) in sorted(after.items()):
        was = before.get(rule, (0, 0, 0, None))
        rise = (musts - was[0], trouble - was[1], points - was[2])
        if rise > (0, 0, 0) and (worst is None or rise > worst[0]):
            worst = rise, rule
    return after[worst[1]][3] if worst else None
