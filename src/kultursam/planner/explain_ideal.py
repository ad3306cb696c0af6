"""Why a forum would choose a date by itself: what it lies evenly after, and what prepares it."""

from __future__ import annotations

from collections.abc import Iterator

from kultursam.dates.slots import Slot
from kultursam.forumfile.meeting_models import Preparation
from kultursam.i18n import translations
from kultursam.plans.model import Meeting
from kultursam.presentation import day_in_words
from kultursam.rules import placement, prepared_by, weekday_turns
from kultursam.rules.context import EvaluatedYear


def ideal_reason(year: EvaluatedYear, forum: str, slot: Slot) -> str:
    """Return how an ideal lies to those before it, in the file's language; nothing for a nominal date."""
    return "" if slot.nominal or slot.follows else ", ".join(_parts(year, forum, slot))


def follows(year: EvaluatedYear, meeting: Meeting, leader: Meeting) -> str:
    """Return which meeting of another forum a meeting is for, in the file's language."""
    language = year.register.file.language
    spoken, days = translations(language), (leader.date - meeting.date).days
    if not days:
        text = spoken.gettext("the same day as {forum}")
    elif days > 0:
        text = spoken.ngettext("{n} day before {forum} on {date}", "{n} days before {forum} on {date}", days)
    else:
        text = spoken.ngettext("{n} day after {forum} on {date}", "{n} days after {forum} on {date}", -days)
    name = year.context.forum(leader.forum).name
    return text.format(n=abs(days), forum=name, date=day_in_words(leader.date, language))


def _parts(year: EvaluatedYear, forum: str, slot: Slot) -> Iterator[str]:
    spoken = translations(year.register.file.language)
    if slot.turn:
        yield spoken.gettext(weekday_turns.SENTENCES[slot.turn.weekday])
    earlier = [other.ideal for other in year.slots[forum] if other.ideal < slot.ideal]
    if earlier:
        weeks, rest = divmod(days := (slot.ideal - earlier[-1]).days, 7)
        if rest:
            text = spoken.ngettext("{n} day after the one before", "{n} days after the one before", days)
        else:
            text = spoken.ngettext("{n} week after the one before", "{n} weeks after the one before", weeks)
        yield text.format(n=days if rest else weeks)
    for link in placement.links(year.context, forum):
        met = placement.meeting_days(year.context, link.forum, year.slots.get(link.forum, ()))
        name = year.context.forum(link.forum).name
        days_after = 0 if slot.ideal in met else None
        if isinstance(link, Preparation):
            preparing = prepared_by.lead(year.context, link).preparing(met, slot.ideal)
            days_after = (slot.ideal - preparing).days if preparing else None
        if days_after == 0:
            yield spoken.gettext("the same day as {forum}").format(forum=name)
        elif days_after is not None:
            text = spoken.ngettext("{n} day after {forum}", "{n} days after {forum}", days_after)
            yield text.format(n=days_after, forum=name)
