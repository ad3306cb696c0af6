"""What people read, in the forum file's language: gettext catalogues in locale/, one folder a language."""

import gettext
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

DOMAIN = "kultursam"
SOURCE_LANGUAGE = "en"
"""The language of the code's own texts: it needs no catalogue."""

LOCALE = Path(__file__).parent / "locale"
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Of the environment: the first that is not empty names the language, or several in order of preference."""


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


def language_of_locale(environment: Mapping[str, str]) -> str:
    """Return the language that the locale of an environment asks for, as gettext reads it; else English."""
    wanted = next((value for name in VARIABLES if (value := environment.get(name))), "")
    spoken = (re.split("[_.@]", name)[0] for name in wanted.split(":"))
    return next((language for language in spoken if language in languages()), SOURCE_LANGUAGE)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Return a message, marked for the catalogues; it is translated where it is shown."""
    return message


class Message(str):
    """A text for people: English by itself, of a template that is in the catalogues, and values.

    It is translated where it is told, and with it the values that are messages. Within an f-string it would
    stay English.
    """

    __slots__ = ("forms", "values")
    forms: tuple[str, ...]
    """The template; its singular and plural, where something is counted."""
    values: dict[str, Any]

    def __new__(cls, template: str, **values: object) -> Self:
        """Return the message of a template and its values."""
        return cls._of((template,), values)

    @classmethod
    def counted(cls, singular: str, plural: str, number: int, **values: object) -> Self:
        """Return a message that counts something, {n}."""
        return cls._of((singular, plural), {"n": number, **values})

    @classmethod
    def _of(cls, forms: tuple[str, ...], values: dict[str, Any]) -> Self:
        message = super().__new__(cls, _filled(forms, values, SOURCE_LANGUAGE))
        message.forms, message.values = forms, values
        return message

    def translated_to(self, language: str) -> str:
        """Return the text in a language."""
        return _filled(self.forms, self.values, language)


def _filled(forms: tuple[str, ...], values: dict[str, Any], language: str) -> str:
    texts, (one, *several) = translations(language), forms
    template = texts.ngettext(one, several[0], values["n"]) if several else texts.gettext(one)
    messages = {name: value for name, value in values.items() if isinstance(value, Message)}
    told = {name: message.translated_to(language) for name, message in messages.items()}
    return template.format(**values | told)


def in_language(text: str, language: str) -> str:
    """Return a text in a language, if it is a message; else as it is."""
    return text.translated_to(language) if isinstance(text, Message) else text


def said_by(error: Exception) -> str:
    """Return what an error says: its message, where it has one."""
    return next((said for said in error.args if isinstance(said, Message)), str(error))
