"""The JSON Schema of the forum file: it refuses nothing right, catches slips, serves an editor."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, get_origin

import editor
import jsonschema
import language_server
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from key_paths import ANY, KeyPath, every_key, path_of, places
from optional_tools import missing
from project_folder import Folder
from pydantic import TypeAdapter, ValidationError

from kultursam.forumfile import cadence, cadence_words, values, yaml_source
from kultursam.forumfile.json_schema import schema, to_text
from kultursam.forumfile.models import Forum

HERE = Path(__file__).parent
GOOD = [
    *sorted((HERE / "good").glob("*.yaml")),
    *sorted((HERE.parent / "acceptance" / "practice").glob("*.yaml")),
    HERE.parents[1] / "data" / "forums.yaml",
    HERE.parents[1] / "src" / "kultursam" / "starter.yaml",
]
SLIPS = {
    "cadences": {f"forums/{forum}/cadence" for forum in "abcdefghjkmopt"},
    "dates-and-times": {
        "calendar/periods/4/weeks",
        "calendar/periods/9/easter/1",
        "dates/budget/on",
        "forums/a/time",
        "forums/c/time",
        "forums/f/dates/1",
        "forums/f/dates/2",
        *(f"forums/g/weekdays/{index}" for index in (2, 3)),
        "terms/other/from",
    },
    "ids": {
        "dates",
        "forums",
        "groups",
        "terms",
        "forums/deadlines/members/0/from/0",
        f"forums/{65 * 'a'}",
        f"forums/{65 * 'a'}/cadence",
    },
    "misspelt": {
        "",
        "forums/natverk",
        "forums/natverk/members/0",
        "forums/styrgrupp",
        "forums/styrgrupp/cadence",
        "forums/styrgrupp/format",
        "forums/styrgrupp/prepared_by",
        "forums/xyzzy",
        "terms/plan",
    },
    "no-forums": {"forums"},
    "numbers": {
        "buffer_minutes",
        "forums/b/buffer_minutes",
        "forums/c/reserve",
        "forums/e/prepared_by/days_before",
        "forums/f/deadlines/2/days_before",
        "forums/g/reminder",
        "forums/h/publish",
    },
    "settings": {
        "accessibility_url",
        "base_url",
        "calendar/country",
        "calendar/de_facto_holidays",
        "calendar/public_holidays",
        "contact",
        "contact/email",
        "domain",
        "language",
        "organisations/varberg/short",
    },
}
"""What an editor underlines in bad files, by file."""
NEEDS_THE_WHOLE = (
    "circles",
    "country",
    "part-of-a-country",
    "references",
    "room-names",
    "together",
    "windows",
)
"""Bad files whose every line is right by itself."""
REFERENCES = (values.BODY, "forum", "date", "term", "room")
KINDS = {
    name: kind for name, kind in {**vars(values), **vars(cadence)}.items() if get_origin(kind) is Annotated
}
ADAPTERS = {name: TypeAdapter[Any](kind) for name, kind in KINDS.items()}
SHAPES = {name: adapter.json_schema() for name, adapter in ADAPTERS.items()}


def test_it_is_a_schema() -> None:
    """It says which draft it follows, and follows it."""
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_is_right_is_never_underlined(path: Path) -> None:
    """Every forum file that the product accepts fits, as an editor reads it."""
    assert editor.faults(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize("name", SLIPS)
def test_slips_are_underlined_where_they_are(name: str) -> None:
    """Misspelt keys and values, and what is missing."""
    assert editor.faults((HERE / "bad" / f"{name}.yaml").read_text(encoding="utf-8")) == SLIPS[name]


@pytest.mark.parametrize(
    "name", ["defaults", "empty", "empty-lists", "every-value", "kinds-of-value", "list", "missing"]
)
def test_other_slips_are_seen(name: str) -> None:
    """A value of the wrong kind, or none."""
    assert editor.faults((HERE / "bad" / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NEEDS_THE_WHOLE)
def test_what_needs_the_whole_file_is_left_to_check(name: str) -> None:
    """Nothing is underlined that may be right."""
    assert not editor.faults((HERE / "bad" / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("key", ["name", "cadence", "members", "time"])
def test_what_a_forum_needs_may_stand_in_defaults(key: str) -> None:
    """A key that is missing is told of at the forum, unless `defaults` has it."""
    tree = yaml.safe_load((HERE / "good" / "minimal.yaml").read_text(encoding="utf-8"))
    (forum,) = tree["forums"]
    value = tree["forums"][forum].pop(key)
    assert editor.faults(yaml.safe_dump(tree)) == {f"forums/{forum}"}
    assert editor.faults(yaml.safe_dump({**tree, "defaults": {key: value}})) == set()


def test_every_key_is_described() -> None:
    """What the mouse shows at a key is its name, what it means and, for a text of a kind, what to write."""
    whole = schema()
    for model in (whole, *whole["$defs"].values()):
        assert model["description"]
        for key, value in model["properties"].items():
            assert value["title"] == key
            assert value["description"].split("\n\n")[0]
    assert set(whole["$defs"]["Forum"]["properties"]) == {
        info.alias or name for name, info in Forum.model_fields.items()
    }


# --- values ---------------------------------------------------------------------------------------


def accepts(kind: str, text: str) -> bool:
    """Return whether the product reads a text as a kind of value."""
    ids = {text} if re.fullmatch(values.ID, text) else set()
    try:
        ADAPTERS[kind].validate_python(text, context=dict.fromkeys(REFERENCES, ids))
    except ValidationError:
        return False
    return True


def fits(kind: str, text: str) -> bool:
    """Return whether an editor takes a text, typed plainly or between quotes, for a kind of value."""
    return editor.fits(SHAPES[kind], editor.plain(text)) and editor.fits(SHAPES[kind], text)


PHRASES = [
    *(f"{times} {per}" for times in cadence_words.TIMES for per in cadence_words.PER_YEAR),
    *(f"{times} {cell}" for times in ("once", "en gång") for cell in cadence_words.PER_CELL),
    *(
        word
        for part in ("yearly", "adverb", "as_needed", "external")
        for word in cadence_words.TABLES[part].meanings
    ),
    *(f"{each} {cell}" for each in cadence_words.EACH for cell in ("week", "månad")),
    *(
        f"{each} thursday"
        for each in cadence_words.EACH
        if each not in {"every second", "every third", "every fourth"}
    ),
    *(f"every other {day}" for day in cadence_words.TABLES["day"].meanings),
    *(
        f"{nth} tisdagen {of}"
        for nth in cadence_words.NTH
        for of in cadence_words.OF_CELL
        if of[-4:] not in {"week", "ight", "ckan", "ecka"}
    ),
]
ODD = {
    "CadenceText": [
        *PHRASES,
        *(phrase.upper() for phrase in PHRASES),
        *(unicodedata.normalize("NFD", phrase) for phrase in PHRASES),
        *(f"{count} {per}" for count in ("1", "53", "4 times", "2 gånger") for per in cadence_words.PER_YEAR),
        *("every 6th week", "var 3:e månad", "Varje Tisdag och Torsdag", "every mon, wed and fri"),
        *("every six weeks on Thursday", "första och tredje tisdagen i varje månad"),
        "  Två   Gånger om ÅRET ",
        "RRULE:FREQ=MONTHLY;BYDAY=2TU",
        "rrule:freq=yearly;bymonth=2,9;byday=-1mo,+2fr;interval=2;until=20301231;wkst=mo",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;BYSETPOS=1",
        "RRULE:FREQ=YEARLY;BYWEEKNO=6;BYDAY=TU",
    ],
    "FirstOfYear": ["08-01", "01-01", "12-31"],
    "DayOfWeek": [
        unicodedata.normalize("NFD", "MÅN"),
        *(word for name in values.WEEKDAYS for word in (name, name.upper(), f" {name.title()} ")),
    ],
    "TimeOfDay": ["9:00", "12:30"],
    "LongestMeeting": ["1", "14"],
    "Flag": ["yes", "No", "TRUE", "false", "tRUE"],
    "Text": ["no", "~", "null", "1", "0x1f", "1e3", ".5", "True", "2025-01-01", "12:30", " x\ny "],
    "Role": ["2", "true"],
    "BodyId": ["null", "1", "1e3", "true", "010"],
    "Id": ["null", "1e3", "com", "nul-1", "lpt10", "all-1"],
    "FilePath": ["1", "null", "busy/råd.ics"],
    "Domain": ["1", "1.5", "null", "a.b-c.example"],
    "Time": ["9:00-12:00", "09:00 – 12:00"],
    "WeeksOfYear": ["8", "08", "26-32", "52-1"],
    "EasterDay": ["-6", "+3", "0"],
    "Days": ["0", "14", "12-21", "0-0"],
    "Number": ["0", "99999"],
    "DaysAway": ["0", "99999", "14-35", "0-0"],
    "FromOne": ["1", "999"],
    "Reserve": ["0", "53"],
    "Months": ["0", "1200"],
    "FullDate": ["1900-01-01", "2299-12-31"],
    "Duration": ["1m", "24h", "999d", "52w"],
    "YearDay": ["02-29", "2024-02-29", "12-31"],
    "Zone": ["UTC", "Europe/Stockholm", "Etc/GMT+1"],
    "Country": ["SE", "NO", "GB-ENG", "DE-BY"],
    "Url": ["https://a.example/b?c=d#e", "http://å.example"],
    "CalendarUrl": ["https://å.example/b?c=d#e", "https://a.example:8443", "$KULTURSAM_URL_A_1"],
    "Email": ["a.b+c@d.example", "å@b"],
}


@pytest.mark.parametrize("kind", ODD)
def test_however_a_value_is_written_it_fits(kind: str) -> None:
    """All that is accepted fits: in any case, encoding and white space, as number, truth value or null."""
    for text in ODD[kind]:
        assert accepts(kind, text), text
        assert fits(kind, text), text


TYPED = st.one_of(
    st.text("0123456789-:+. aåtruenlmowdkvisgby", max_size=12),
    st.from_regex(r"[0-9]{1,3}(-[0-9]{1,3})?", fullmatch=True),
    st.from_regex(r"([0-9]{4}-)?[0-9]{2}-[0-9]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{1,2}:[0-9]{2} ?[-–] ?[0-9]{1,2}:[0-9]{2}", fullmatch=True),
    st.from_regex(
        r"(1|2|53|60|en|två|twelve)( times?| gång| gånger)? (a year|per år|om året)", fullmatch=True
    ),
    st.sampled_from([*values.WEEKDAYS, *PHRASES, *values.RESERVED_IDS]),
)


@pytest.mark.slow
@given(text=TYPED, kind=st.sampled_from(sorted(KINDS)))
@settings(max_examples=1000, deadline=None)
def test_what_is_accepted_fits(text: str, kind: str) -> None:
    """Whatever somebody types, no editor refuses it where the product would not."""
    if accepts(kind, text):
        assert fits(kind, text)


def test_what_is_offered_is_accepted() -> None:
    """An editor offers no value that the product would refuse."""
    offered = 0
    for name, shape in SHAPES.items():
        words = [one["body"] for one in shape.get("defaultSnippets", ())] + shape.get("enum", [])
        offered += len(words)
        assert all(accepts(name, word) for word in words), name
    assert offered > 50


def test_every_kind_of_value_has_a_shape() -> None:
    """None is left as "anything", nor without odd ways to write it above, unless it is one of a few words."""
    patterns = {name: one["pattern"] for name, one in SHAPES.items() if "pattern" in one}
    assert set(patterns.values()) == {patterns[name] for name in ODD}
    assert all({"type", "enum"} & set(one) for one in SHAPES.values())


# --- the command ----------------------------------------------------------------------------------


def test_the_command_prints_it_and_writes_nothing(
    kultursam: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """The same bytes each time: JSON in ASCII, which no shell harms, and the end of a line."""
    first, second = (kultursam("schema", env={"PYTHONHASHSEED": seed}) for seed in "12")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == second.stdout == to_text(schema())
    assert first.stdout.isascii()
    assert first.stdout.endswith("}\n")
    assert json.loads(first.stdout) == schema()
    assert list(tmp_path.iterdir()) == []


def test_it_needs_no_forum_file_and_takes_the_usual_options(tmp_path: Path) -> None:
    """A broken forum file is no hindrance, for the schema helps to mend it."""
    project = Folder(tmp_path, ":")
    assert project.fine("schema", "--json").out == project.fine("schema", "--quiet").out == to_text(schema())


# --- the editor -----------------------------------------------------------------------------------

HINT = "# yaml-language-server: $schema=forums.schema.json\n"
TYPING = f"""{HINT}name: Culture
timezone: Europe/Stockholm
domain: culture.example
organisations: {{hylte: {{name: Hylte}}}}
forums:
  network:
    name: The network
    cadence: twice a yaer
    memebrs: [{{role: manager, from: [hylte]}}]
    time: 09:00-12:00
    spacing: {{min_days: ten}}
    host: {{rotat: [hylte]}}
    dates: [2025-13-01]
    \n"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[language_server.Server]:
    """Run yaml-language-server on a folder that holds the schema, as the documentation says."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "forums.schema.json").write_text(to_text(schema()), encoding="utf-8")
    with language_server.running(folder, missing) as started:
        yield started


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_the_editor_finds_no_fault_where_none_is(path: Path, server: language_server.Server) -> None:
    """The server reads YAML in its own way, and refuses no good file either."""
    assert server.open(path.name, HINT + path.read_text(encoding="utf-8")) == []


def test_the_editor_underlines_slips(server: language_server.Server) -> None:
    """Each on its own line, with what to write instead."""
    found = {one["range"]["start"]["line"] + 1: one["message"] for one in server.open("a.yaml", TYPING)}
    assert sorted(found) == [7, 9, 10, 12, 13, 14]
    assert found[7] == 'Missing property "members".'
    assert found[9].startswith('Write "twice a year"')
    assert found[10] == "Property memebrs is not allowed."
    assert found[12] == "Write a whole number such as 14"
    assert found[13] == "Property rotat is not allowed."
    assert found[14] == "Write a date such as 2025-06-18"


EVERY_KEY = (HERE / "good" / "every-key.yaml").read_text(encoding="utf-8")
SOURCE, _ = yaml_source.parse((HINT + EVERY_KEY).encode(), "every-key.yaml")
CURSOR = "CURSOR"


def in_every_key() -> dict[KeyPath, yaml_source.Where]:
    """Return where good/every-key.yaml has each key, once each."""
    assert SOURCE
    found = {path_of(where): where for where in places(SOURCE.tree) if isinstance(where[-1], str)}
    return {path: found[path] for path in every_key() if path in found}


def test_the_editor_tells_of_every_key(server: language_server.Server) -> None:
    """The mouse on a key shows what it means, and on `cadence` what may be written."""
    assert SOURCE
    server.open("every.yaml", HINT + EVERY_KEY)
    told = {}
    for path, where in in_every_key().items():
        line, column = SOURCE.position(where, key=True)
        told[path] = server.hover("every.yaml", line, column + 1).replace("\\", "")
    untold = [path for path, info in every_key().items() if str(info.description) not in told[path]]
    assert untold == []
    assert '"två gånger per år"' in told["forums", ANY, "cadence"]


def document(where: yaml_source.Where) -> tuple[str, int, int]:
    """Return a file that stops where the value of a place begins, with the line and column of that."""
    tree: Any = CURSOR
    for key in reversed(where):
        tree = [tree] if isinstance(key, int) else {key: tree}
    before = (HINT + yaml.safe_dump(tree, allow_unicode=True)).partition(CURSOR)[0]
    return before, before.count("\n") + 1, len(before) - before.rfind("\n")


def holders() -> dict[KeyPath, yaml_source.Where]:
    """Return where good/every-key.yaml has something that holds keys, once each."""
    return {path[:-1]: where[:-1] for path, where in in_every_key().items() if len(path) > 1}


@pytest.mark.parametrize("path", sorted(holders()), ids=".".join)
def test_the_editor_offers_every_key(path: KeyPath, server: language_server.Server) -> None:
    """Wherever keys may stand, all of them are offered."""
    where = holders()[path]
    before, line, column = document(where)
    if isinstance(where[-1], str):
        indent = "  " * len([key for key in where if isinstance(key, str)])
        before, line, column = f"{before.rstrip()}\n{indent}", line + 1, len(indent) + 1
    name = f"{'-'.join(path).replace(ANY, 'x')}.yaml"
    server.open(name, before + "\n")
    offered = server.complete(name, line, column)
    assert {one[-1] for one in every_key() if one[:-1] == path} <= offered


WORDED = {path: words for path in every_key() if (words := editor.words_at(path))}


@pytest.mark.parametrize("path", sorted(WORDED), ids=".".join)
def test_the_editor_offers_every_word(path: KeyPath, server: language_server.Server) -> None:
    """After a key that takes one of some words, all of them are offered."""
    before, line, column = document((*in_every_key()[path], *([0] if editor.takes_a_list(path) else ())))
    name = f"words-{'-'.join(path).replace(ANY, 'x')}.yaml"
    server.open(name, before + "\n")
    assert WORDED[path] <= server.complete(name, line, column)


def test_the_editor_completes(server: language_server.Server) -> None:
    """At a forum it offers the keys that are not there yet; after a key, what may be written."""
    server.open("c.yaml", TYPING)
    offered = server.complete("c.yaml", 15, 5)
    assert {"members", "prepared_by", "weekdays", "windows"} <= offered
    assert not {"name", "cadence", "organisations"} & offered
    server.open("d.yaml", TYPING.replace("twice a yaer", ""))
    assert {"quarterly", "as needed", "vid behov"} <= server.complete("d.yaml", 9, 14)
