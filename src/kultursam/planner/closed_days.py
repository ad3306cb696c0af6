"""What is told of meetings that a cadence asks for and that are not held, for no day suits them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from kultursam.dates.recurrence import Span
from kultursam.diagnostics import Problem
from kultursam.forumfile.cadence import Cadence, Rhythm
from kultursam.i18n import translations
from kultursam.presentation import day_in_words
from kultursam.rules.context import EvaluatedYear

LONG_RUN = 3
"""Named days after one another of which only the first and the last are told."""


def without_a_day(year: EvaluatedYear) -> Iterator[Problem]:
    """Yield tips on each forum that meets less often than its cadence says: when, and how many times."""
    spoken = translations(year.register.file.language)
    for forum in year.slots:
        if closed := _to_come(year, year.missing.get(forum, ())):
            text = spoken.ngettext(
                "{forum}: no day is open for {n} meeting: {days}",
                "{forum}: no day is open for {n} meetings: {days}",
                len(closed),
            )
            yield _tip(year, forum, text, closed)
        if unlinked := _to_come(year, year.unlinked.get(forum, ())):
            text = spoken.ngettext(
                "{forum}: {n} meeting is left out, as the forum that it needs cannot meet in time: {days}",
                "{forum}: {n} meetings are left out, as the forum that they need cannot meet in time: {days}",
                len(unlinked),
            )
            yield _tip(year, forum, text, unlinked)


def _to_come(year: EvaluatedYear, gaps: Sequence[Span]) -> list[Span]:
    return [gap for gap in gaps if gap.last >= year.context.weighed_from]


def _tip(year: EvaluatedYear, forum: str, text: str, gaps: Sequence[Span]) -> Problem:
    register = year.register
    model, held = register.forums[forum], [slot.ideal for slot in year.slots[forum]]
    days = ", ".join(_words(run, model.cadence, register.file.language) for run in _runs(gaps, held))
    text = text.format(forum=model.name, n=len(gaps), days=days)
    problem = register.source.problem(text, register.written(("forums", forum, "cadence")), key=True)
    return replace(problem, severity="tip", code="no-open-day")


def _runs(gaps: Sequence[Span], held: Sequence[date]) -> Iterator[list[Span]]:
    """Yield the gaps that no meeting lies between."""
    run = list(gaps[:1])
    for gap in gaps[1:]:
        if any(run[-1].last < day < gap.first for day in held):
            yield run
            run = []
        run.append(gap)
    yield run


def _words(run: Sequence[Span], cadence: Cadence, language: str) -> str:
    """Return when gaps after one another are: weeks by their numbers, else days."""
    first, last = run[0].first, run[-1].last
    if isinstance(cadence, Rhythm) and cadence.unit == "week":
        texts = translations(language)
        one, other = first.isocalendar().week, last.isocalendar().week
        text = texts.gettext("week {week}") if one == other else texts.gettext("weeks {first}–{last}")
        return text.format(week=one, first=one, last=other)
    days = [day_in_words(gap.first, language, short=True) for gap in run]
    if run[0].days == 1 and len(run) < LONG_RUN:
        return ", ".join(days)
    return f"{days[0]} – {day_in_words(last, language, short=True)}"
