"""What people read, in the forum file's language: gettext catalogues in locale/, one folder a language."""

import gettext
from functools import cache
from importlib import resources
from pathlib import Path

DOMAIN = "kultursam"
SOURCE_LANGUAGE = "en"
"""The language of the code's own texts: it needs no catalogue."""

LOCALE = Path(str(resources.files("kultursam"))) / "locale"


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that there are texts in."""
    return (SOURCE_LANGUAGE, *sorted(path.parent.name for path in LOCALE.glob("*/LC_MESSAGES")))


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Return the catalogue of a language; English texts are the code's own."""
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    with (LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as catalogue:
        return gettext.GNUTranslations(catalogue)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Return a message, marked for the catalogues; it is translated where it is shown."""
    return message
