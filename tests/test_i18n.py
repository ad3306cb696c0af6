"""Every text that people read is in every catalogue, whole, current and with the same fields."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from kultursam import i18n
from kultursam.rules import DAY_RULES, LINK_RULES, SLOT_RULES

PACKAGE = i18n.LOCALE.parent
CATALOGUES = sorted(i18n.LOCALE.glob("*/LC_MESSAGES/*.po"))
METHODS = [("**/templates/**", "jinja2"), ("**.py", "python")]
"""How messages are found in a file: the first pattern that fits."""
OPTIONS = {"**/templates/**": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "translated": None, "counted": (1, 2), "Message": None}
IN_COMMENTS = {"intake/first_forum_file.py"}
"""Modules that yield lines of a forum file: its comments are English, as those of the starter are."""
Key = tuple[str, ...]
"""A message: its text, or its singular and plural."""


def key_of(message: str | Iterable[str]) -> Key:
    """Return a message's text, or its singular and plural, as one kind of key."""
    return (message,) if isinstance(message, str) else tuple(message)


@cache
def in_code() -> dict[Key, list[str]]:
    """Return every message of the code and the templates, with the places it stands in."""
    found: dict[Key, list[str]] = {}
    for name, line, message, *_ in extract_from_dir(PACKAGE, METHODS, OPTIONS, KEYWORDS):
        found.setdefault(key_of(message), []).append(f"{name}:{line}")
    return found


def read(path: Path) -> Catalog:
    """Read a catalogue: its source, or what was compiled of it."""
    with path.open("rb") as stream:
        return read_po(stream, abort_invalid=True) if path.suffix == ".po" else read_mo(stream)


def messages(catalogue: Catalog) -> dict[Key, Message]:
    """Return a catalogue's messages, its header left out."""
    return {key_of(message.id): message for message in catalogue if message.id}


def forms(message: Message) -> Key:
    """Return a message's translation, or all its plural forms."""
    return key_of(message.string or "")


def fields(text: str) -> set[str]:
    """Return the fields of a text, be they written {name} or %(name)s."""
    braces = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
    return braces | set(re.findall(r"%\((\w+)\)s", text))


def test_messages_are_found_in_code_and_templates() -> None:
    """So that the tests below can fail: marked ones, translated ones, plurals, and those of the page."""
    places = {place.partition(":")[0] for several in in_code().values() for place in several}
    assert {"rules/periods.py", "render/table/page.py", "render/ics/wording.py", "cli/output.py"} <= places
    assert any(place.startswith("render/html/templates/") for place in places)
    assert any(len(key) == 2 for key in in_code())
    assert len(in_code()) > 100


def test_there_is_a_swedish_catalogue() -> None:
    """The first users are Swedish; English is the code's own."""
    assert i18n.languages() == ("en", *(path.parent.parent.name for path in CATALOGUES))
    assert "sv" in i18n.languages()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_every_message_is_translated(path: Path) -> None:
    """None is missing, none is empty, none is a guess."""
    catalogue = messages(read(path))
    assert {key: places for key, places in in_code().items() if key not in catalogue} == {}
    for key, message in catalogue.items():
        assert len(forms(message)) == (1 if len(key) == 1 else read(path).num_plurals), key
        assert all(forms(message)), key
        assert not message.fuzzy, key


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_no_message_is_stale(path: Path) -> None:
    """What has left the code has left the catalogue."""
    assert set(messages(read(path))) - set(in_code()) == set()
    assert not read(path).obsolete


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_fields_are_the_same_in_both_languages(path: Path) -> None:
    """A field that a translation has and the code does not fill would end a run."""
    for key, message in messages(read(path)).items():
        wanted = {name for text in key for name in fields(text)}
        for form in forms(message):
            assert fields(form) <= wanted, key
        assert fields(forms(message)[-1]) == fields(key[-1]), key


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_white_space_and_line_breaks_are_kept(path: Path) -> None:
    """Texts are put together: what begins or ends with a space does so in every language."""
    for key, message in messages(read(path)).items():
        for form in forms(message):
            assert form[: len(form) - len(form.lstrip())] == key[0][: len(key[0]) - len(key[0].lstrip())], key
            assert form[len(form.rstrip()) :] == key[0][len(key[0].rstrip()) :], key


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_the_compiled_catalogue_is_current(path: Path) -> None:
    """What is read when the program runs says what its source says; installing the package compiles it."""
    compiled = path.with_suffix(".mo")
    assert compiled.exists(), "no compiled catalogue: install the package"
    texts = {key: forms(message) for key, message in messages(read(compiled)).items()}
    assert texts == {key: forms(message) for key, message in messages(read(path)).items()}


def test_every_sentence_of_a_rule_is_marked_for_translation() -> None:
    """It is translated where it is shown, so the catalogues must know it."""
    for rule in (*DAY_RULES, *SLOT_RULES, *LINK_RULES):
        sentences = [text for name, text in vars(rule).items() if name.endswith("SENTENCE")]
        assert sentences, rule
        assert all((text,) in in_code() for text in sentences), rule


SENTENCES = {"Message", "N_", "_", "gettext", "ngettext", "counted", "translated"}
"""Functions that take a text which the catalogues have."""
WORDS = re.compile("[a-z]{2,} [a-z]{2,}")


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Yield each module of the package but the renderers, who tell of no problem, parsed."""
    for path in sorted({*PACKAGE.rglob("*.py")} - {*PACKAGE.glob("render/**/*.py")}):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def name_of(call: ast.Call) -> str:
    """Return the last part of the name of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def untranslated(node: ast.AST) -> Iterator[str]:
    """Yield the words in a piece of code that are part of no message, and of no docstring."""
    if isinstance(node, ast.Call) and name_of(node) in SENTENCES:
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if not isinstance(argument, ast.Constant):
                yield from untranslated(argument)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and WORDS.search(node.value):
        yield node.value
    elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        for child in ast.iter_child_nodes(node):
            yield from untranslated(child)


def test_no_message_hides_within_another() -> None:
    """Every text of a message in the code is found, wherever it stands."""
    for name, tree in trees():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and name_of(call) in {"Message", "N_"} and call.args:
                text = call.args[0]
                assert not isinstance(text, ast.JoinedStr), f"{name}:{text.lineno}"
                if isinstance(text, ast.Constant):
                    assert (text.value,) in in_code(), f"{name}:{text.lineno}"


def test_every_error_is_told_in_words_of_the_catalogues() -> None:
    """What an exception of ours says, and what is yielded or given to a problem where it is made.

    A plain exception is a bug of ours, which stays in the language of whoever mends it.
    """
    errors = 0
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name.endswith("Error"):
                errors += 1
                if [base.id for base in node.bases if isinstance(base, ast.Name)] == ["Exception"]:
                    continue
                assert list(untranslated(node)) == [], f"{name}: {node.name}"
            elif (isinstance(node, ast.Yield | ast.Raise) and name not in IN_COMMENTS) or (
                isinstance(node, ast.Call) and name_of(node) in {"Problem", "problem", "_refuse"}
            ):
                assert list(untranslated(node)) == [], f"{name}:{node.lineno}"
    assert errors > 30


# --- messages -----------------------------------------------------------------------------------------


def test_a_message_is_told_in_any_language() -> None:
    """By itself it is English; what it is made of is told in the same language, other texts as they are."""
    message = i18n.Message('there is no forum "{key}"', key="{rad}")
    asked = i18n.Message('{sentence}; did you mean "{choice}"?', sentence=message, choice="råd")
    assert asked == 'there is no forum "{rad}"; did you mean "råd"?'
    assert asked.translated_to("en") == asked
    assert i18n.in_language(asked, "sv") == 'det finns inget forum "{rad}"; menade du "råd"?'
    assert i18n.in_language(str(asked), "sv") == asked


def test_a_message_counts() -> None:
    """One is one, and many are many, in each language."""
    told = [i18n.Message.counted("{n} meeting", "{n} meetings", number) for number in (0, 1, 2)]
    assert told == ["0 meetings", "1 meeting", "2 meetings"]
    assert [message.translated_to("sv") for message in told] == ["0 möten", "1 möte", "2 möten"]


def test_an_error_says_its_message() -> None:
    """Other errors, as libraries raise them, say what they say."""
    message = i18n.Message("the file is empty")
    assert i18n.in_language(i18n.said_by(ValueError(message)), "sv") == "filen är tom"
    assert [i18n.said_by(ValueError(*said)) for said in ((), ("a {b}",))] == ["", "a {b}"]


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "sv_SE.UTF-8"}, "sv"),
        ({"LANG": "sv"}, "sv"),
        ({"LANG": "sv_FI@euro"}, "sv"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "svx_SE"}, "en"),
        ({"LANG": "../../sv"}, "en"),
        ({"LANG": "sv_SE", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB", "LC_MESSAGES": "sv_SE.UTF-8"}, "sv"),
        ({"LC_MESSAGES": "sv_SE", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LC_ALL": "fi_FI", "LANGUAGE": "fi:sv:en"}, "sv"),
        ({"LANGUAGE": "en:sv", "LANG": "sv_SE"}, "en"),
        ({"LANGUAGE": "", "LC_ALL": "", "LANG": "sv_SE"}, "sv"),
        ({"LANGUAGE": "fi", "LANG": "sv_SE"}, "en"),
    ],
)
def test_the_locale_names_the_language_as_for_gettext(environment: dict[str, str], language: str) -> None:
    """The first variable that is not empty counts; of its languages, the first that there are texts in."""
    assert i18n.language_of_locale(environment) == language


def test_english_needs_no_catalogue() -> None:
    """Its texts are the code's own."""
    assert type(i18n.translations("en")) is gettext.NullTranslations
    assert i18n.translations("sv").gettext("cancelled") == "inställt"
