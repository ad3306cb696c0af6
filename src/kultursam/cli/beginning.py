"""The steps of `init --from`: read lists of former years, and write a forum file by what they show."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from kultursam import storage
from kultursam.cli.options import Options
from kultursam.cli.terminal import say
from kultursam.cli.years import UsageError, moment
from kultursam.dates.holidays import is_known
from kultursam.diagnostics import KultursamError, Problem
from kultursam.i18n import Message, language_of_locale
from kultursam.intake.calendars import Span
from kultursam.intake.entries import Entry, all_named, compact
from kultursam.intake.first_forum_file import forum_file
from kultursam.intake.habits import bodies_of
from kultursam.intake.moments import Context
from kultursam.intake.reading import read_dates
from kultursam.intake.surroundings import Surroundings, surroundings_of
from kultursam.paths import displayed

EARLIEST = date(2000, 1, 1)
"""Former events of calendars are read from here."""


class NoBodyError(KultursamError):
    """The files have no body with two dates."""

    code = "no-body"

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        text = Message("there is no body with at least two dates here; nothing was written")
        told = compact(problems)
        super().__init__(Problem(text, file=file), *(replace(one, severity="error") for one in told))


class CountryError(UsageError):
    """No holidays are known of a country."""

    def __init__(self, country: str) -> None:
        text = Message('unknown country "{country}"; its holidays are not known', country=country)
        super().__init__(Problem(text))


def first_forum_file(
    options: Options, files: Sequence[Path], language: str | None, country: str | None
) -> tuple[bytes, int]:
    """Return a forum file of the bodies that files have dates of, and the year after these."""
    if country and not is_known(country):
        raise CountryError(country)
    entries: list[Entry] = []
    problems: list[Problem] = []
    words: list[str] = []
    span = Span(ZoneInfo("Europe/Stockholm"), EARLIEST, date(moment().year + 2, 12, 31))
    contents = [storage.read_named(path) for path in files]
    for path, content in zip(files, contents, strict=True):
        found = read_dates(displayed(path), content, Context(), lambda _: False, span, for_habits=True)
        entries += all_named(found)
        problems += found.problems
        words += found.words
    bodies, rare = bodies_of(entries, files[0].stem)
    if not bodies:
        raise NoBodyError(displayed(files[0]), problems)
    spoken = language_of_locale(os.environ)
    for problem in compact(problems):
        say(str(problem.in_language(spoken)), error=True)
    where = surroundings_of([*words, *(body.name for body in bodies)], contents, language, country)
    text = forum_file(bodies, rare, [path.name for path in files], where)
    if not (options.quiet or options.json):
        say(_assumed(where).translated_to(spoken))
    return text.encode(), max(body.latest[0].year for body in bodies) + 1


def _assumed(where: Surroundings) -> Message:
    return Message(
        "Assumed: language {language} ({by_language}), country {country} ({by_country}), time zone {zone} "
        "({by_zone}). Say otherwise with --language and --country, or in the file.",
        language=where.language,
        by_language=where.by_language,
        country=where.country,
        by_country=where.by_country,
        zone=where.zone,
        by_zone=where.by_zone,
    )
