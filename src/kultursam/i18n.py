"""What people read, in the forum file's language: gettext catalogues in locale/, one folder a language."""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

from babel.dates import format_date

DOMAIN = "kultursam"
SOURCE_LANGUAGE = "en"
"""The language of the code's own texts: it needs no catalogue."""

LOCALE = Path(str(resources.files("kultursam"))) / "locale"


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that there are texts in."""
    folders = sorted(path.parent.parent.name for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    return (SOURCE_LANGUAGE, *folders)


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Return the catalogue of a language; English texts are the code's own."""
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALE, [language])


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Return a message, marked for the catalogues; it is translated where it is shown."""
    return message


def totals(forums: Sequence[str], language: str) -> str:
    """Return the number of meetings, each given by its forum, and of forums: 14 meetings in 6 forums."""
    texts, number = translations(language), len(set(forums))
    return texts.gettext("{meetings} in {forums}").format(
        meetings=texts.ngettext("{n} meeting", "{n} meetings", len(forums)).format(n=len(forums)),
        forums=texts.ngettext("{n} forum", "{n} forums", number).format(n=number),
    )


def day_in_words(day: date, language: str, *, year: bool = False, short: bool = False) -> str:
    """Return a date as people write it: torsdag 6 februari, with its year, or short: 6 feb."""
    pattern = "d MMM" if short else "EEEE d MMMM y" if year else "EEEE d MMMM"
    return str(format_date(day, pattern, locale=language)).rstrip(".")
