"""What tests of rules share: meetings, and effects in a form that is easy to compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time
from types import ModuleType
from typing import Any

from kultursam.dates.busy_calendars import Event
from kultursam.i18n import translations
from kultursam.plans.model import Meeting
from kultursam.rules import evaluate
from kultursam.rules.context import Effect, EvaluatedYear, YearContext

ContextOf = Callable[..., YearContext]
YearOf = Callable[..., EvaluatedYear]
Reported = dict[str, list[tuple[str, str]]]
"""By meeting id: the strength and the sentence of each effect."""
FORUMS = """
forums:
  one: {name: One, cadence: twice a year, members: [{role: chef, from: [ab]}, {role: vd, from: [a, c]}]}
  two: {name: Two, cadence: monthly, members: [{role: chef, from: [c]}]}
"""
WRITTEN = datetime(2024, 9, 1, tzinfo=UTC)


def one_forum(keys: str) -> str:
    """Return the forums of a file that has one, with two organisations."""
    return f"forums: {{one: {{name: One, members: [{{role: chef, from: [ab]}}], {keys}}}}}\n"


def event(start: str, end: str, *, all_day: bool = False) -> Event:
    """Return an event of another body."""
    return Event(datetime.fromisoformat(start), datetime.fromisoformat(end), None, all_day)


def meeting(forum: str, day: str, hours: tuple[int, int] = (9, 12), **keys: Any) -> Meeting:  # noqa: ANN401
    """Return a meeting with forum and day as its id."""
    start, end = map(time, hours)
    return Meeting(
        **{"id": f"{forum} {day}", "number": 1, "start": start, "end": end, **keys},
        forum=forum,
        date=date.fromisoformat(day),
        modified=WRITTEN,
        created=WRITTEN,
    )


def by_day(effects: Iterable[tuple[date, Effect]], year: int = 2026) -> dict[str, Effect]:
    """Return effects by day of the year (MM-DD); no day may have two."""
    within = [(f"{day:%m-%d}", effect) for day, effect in effects if day.year == year]
    assert len({day for day, _ in within}) == len(within)
    return dict(within)


def days(rule: ModuleType, context: YearContext, forum: str = "one") -> list[str]:
    """Return the days of the year on which a rule has an effect."""
    return sorted(by_day(rule.effects(context, forum), context.year))


def sentence(effect: Effect, language: str = "en") -> str:
    """Return an effect's sentence."""
    return translations(language).gettext(effect.sentence).format(**effect.args)


def reported(
    year: EvaluatedYear, rule: str, meetings: Sequence[Meeting], neighbours: Sequence[Meeting] = ()
) -> Reported:
    """Return the effects of one rule on meetings, those without any left out."""
    effects = evaluate.meeting_effects(year, meetings, neighbours)
    by_meeting: Reported = {
        key: [(effect.strength, sentence(effect)) for effect in of_meeting if effect.rule == rule]
        for key, of_meeting in effects.items()
    }
    return {key: of_meeting for key, of_meeting in by_meeting.items() if of_meeting}
