"""A YAML file is read as text with positions, or refused with a plain message that says where."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kultursam.diagnostics import MOST_SOURCE, Problem, nearest
from kultursam.forumfile import yaml_source
from kultursam.forumfile.register import read_register


def tree(text: str) -> yaml_source.Tree:
    """Read what must be readable."""
    found, problems = yaml_source.parse(text.encode(), "forums.yaml")
    assert found is not None, problems
    assert not problems
    return found.tree


def faults(data: bytes | str) -> list[str]:
    """Return what is wrong with a file that must be refused, without the source lines."""
    data = data.encode() if isinstance(data, str) else data
    found, problems = yaml_source.parse(data, "forums.yaml")
    assert found is None
    return [str(problem).splitlines()[0].removeprefix("forums.yaml:") for problem in problems]


# --- what is read -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        *("no", "on", "off", "yes", "true", "null", "~", "010", "0x1f", "1_000", "1e3", ".inf", "-0"),
        *("2025-02-30", "2025-01-01", "12:30", "13.00", "1:20:30", "=", "09:00-12:00", "å", "x" * 1000),
    ],
)
def test_scalars_stay_as_they_were_typed(typed: str) -> None:
    """No boolean, number, date or sexagesimal is guessed, plain or quoted, as value or as key."""
    assert tree(f"{typed}: [{typed}, '{typed}', \"{typed}\"]") == {typed: [typed, typed, typed]}


def test_empty_values_and_collections_are_kept_apart() -> None:
    """Nothing, an empty list and empty keys are three things, in lists too."""
    assert tree("a:\nb: []\nc: {}\nd: [[], {}, '']\n") == {"a": "", "b": [], "c": {}, "d": [[], {}, ""]}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_any_line_end_and_a_byte_order_mark_are_read(newline: str, mark: str) -> None:
    """What Windows writes means the same, and lines and columns are counted alike."""
    text = mark + newline.join(["# Möten", "namn: Å", "lista:", "  - ett", ""])
    found, _ = yaml_source.parse(text.encode(), "forums.yaml")
    assert found
    assert found.tree == {"namn": "Å", "lista": ["ett"]}
    assert found.position(("namn",)) == (2, 7)
    assert found.problem("x", ("lista", 0)).source == "  - ett"
    found, _ = yaml_source.parse(f"{mark}a: b{newline}".encode(), "forums.yaml")
    assert found
    assert str(found.problem("no", ("a",))) == "forums.yaml:1:4: error: no\n    1 | a: b\n      |    ^"


def test_every_value_and_key_has_its_place() -> None:
    """Values are found where they begin; what fills lines of its own is found at its key."""
    text = "a: x\nb:\n  c: [y, {d: z}]\n  e:\n  - f\n  - g: h\n"
    found, _ = yaml_source.parse(text.encode(), "forums.yaml")
    assert found
    places = {
        ("a",): (1, 4),
        ("b",): (2, 1),
        ("b", "c"): (3, 6),
        ("b", "c", 0): (3, 7),
        ("b", "c", 1): (3, 10),
        ("b", "c", 1, "d"): (3, 14),
        ("b", "e"): (4, 3),
        ("b", "e", 0): (5, 5),
        ("b", "e", 1): (6, 5),
        ("b", "e", 1, "g"): (6, 8),
    }
    assert {where: found.position(where) for where in places} == places
    assert found.position(("b", "c", 1, "d"), key=True) == (3, 11)
    assert found.position(("b", "c", 7, "nowhere")) == (3, 3)
    assert found.position(("nowhere",)) == (1, 1)


def test_multi_line_texts_are_read_whole() -> None:
    """Folded and literal blocks are values like any other."""
    assert tree("a: >-\n  b\n  c\nd: |\n  e\n  f\n") == {"a": "b c", "d": "e\nf\n"}


# --- what is refused --------------------------------------------------------------------------------

TAB = "a tab cannot indent YAML; use spaces"
EMPTY = "1:1: error: the file is empty"


@pytest.mark.parametrize(
    "text", ["", "\n", "  \n\n", "# only a comment\n", "---\n", "---\n...\n", "\ufeff", '""']
)
def test_an_empty_file_is_called_empty(text: str) -> None:
    """White space, comments and marks alone say nothing."""
    assert faults(text) == [EMPTY]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n\tb: c\n", f"2:1: error: {TAB}"),
        ("a: b\n\tc: d\n", f"2:1: error: {TAB}"),
        ("\ta: b\n", f"1:1: error: {TAB}"),
        ("a:\n  b: c\n  \td: e\n", f"3:3: error: {TAB}"),
        ("a: [b\nc: d\n", "2:2: error: invalid YAML: did not find expected ',' or ']'"),
        ("a: b: c\n", "1:5: error: invalid YAML: mapping values are not allowed in this context"),
        ("a:\n  - b\n c: d\n", "3:2: error: invalid YAML: did not find expected key"),
        ("a: @b\n", "1:4: error: invalid YAML: found character that cannot start any token"),
        ("a: 'b\n", "2:1: error: invalid YAML: found unexpected end of stream"),
        ("a: b\n---\nc: d\n", "2:1: error: the file holds more than one document; keep one"),
        ("%YAML 3.0\n---\na: b\n", "1:1: error: invalid YAML: found incompatible YAML document"),
    ],
)
def test_what_is_not_yaml_is_told_where(text: str, expected: str) -> None:
    """A tab is named; the rest is in the parser's words, with its line and column."""
    (told,) = faults(text)
    assert told.startswith(expected)


def test_what_was_never_closed_is_told_where_it_began() -> None:
    """The parser notices at the end of the file; the fault is earlier."""
    (told,) = faults("a: b\nc: [d\n\n\n")
    assert told.endswith("while parsing a flow sequence that begins on line 2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: b\nc: &d e\n",
            ["2:4: error: anchors (&d) are not supported; write the value out where it is used"],
        ),
        ("&a b: c\n", ["1:1: error: anchors (&a) are not supported; write the value out where it is used"]),
        ("a: [b, *c]\n", ["1:8: error: aliases (*c) are not supported; write the value out"]),
        ("*a : b\n", ["1:1: error: aliases (*a) are not supported; write the value out"]),
        ("a: !!int 3\n", ["1:4: error: tags are not supported; remove what begins with !"]),
        (
            "a: !python/object:os.system {}\n",
            ["1:4: error: tags are not supported; remove what begins with !"],
        ),
        ("? [a, b]\n: c\n", ["1:3: error: a key must be plain text"]),
        ("a: b\n\na: c\n", ['3:1: error: duplicate key "a"; first written on line 1']),
        ("{a: b, a: c}", ['1:8: error: duplicate key "a"; first written on line 1']),
        (
            "a: {b: 1, b: 2}\nc: !d &e f\na: *e\n",
            [
                '1:11: error: duplicate key "b"; first written on line 1',
                "2:4: error: anchors (&e) are not supported; write the value out where it is used",
                "2:4: error: tags are not supported; remove what begins with !",
                '3:1: error: duplicate key "a"; first written on line 1',
                "3:4: error: aliases (*e) are not supported; write the value out",
            ],
        ),
        (
            "a: b\na: c\nd: [e\n",
            [
                '2:1: error: duplicate key "a"; first written on line 1',
                (
                    "4:1: error: invalid YAML: did not find expected ',' or ']' "
                    "while parsing a flow sequence that begins on line 3"
                ),
            ],
        ),
    ],
)
def test_what_yaml_allows_but_readers_differ_over_is_refused(text: str, expected: list[str]) -> None:
    """Anchors, aliases, tags, keys that are no text, and keys written twice: each is told, all at once."""
    assert faults(text) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("namn: å\n".encode("utf-16"), "1: error: the file is UTF-16; save it as UTF-8"),
        (b"\xfe\xff" + "namn: å\n".encode("utf-16-be"), "1: error: the file is UTF-16; save it as UTF-8"),
        ("a: b\nnamn: å\n".encode("cp1252"), "2: error: the file is not UTF-8; save it as UTF-8"),
        (b"a: b\nc: \xed\xa0\x80\n", "2: error: the file is not UTF-8; save it as UTF-8"),
        (b"a: b\n\0\n", "2: error: this is not a text file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xd8", "1: error: this is not a text file"),
        (b"PK\x03\x04\x14\0\x06\0\x08\0", "1: error: this is not a text file"),
        ("a: b\nc: d\x07e\n", "2:5: error: the character U+0007 is not allowed in a text file"),
        ("a: b\r\nc: '\x1b[31m'\r\n", "2:5: error: the character U+001B is not allowed in a text file"),
        ("a: b\nc: \x9b2J\n", "2:4: error: the character U+009B is not allowed in a text file"),
        ("a: b\u2028c: \ufffe\n", "2:4: error: the character U+FFFE is not allowed in a text file"),
    ],
)
def test_what_is_no_utf_8_text_is_told_so(data: bytes | str, expected: str) -> None:
    """Each encoding that people meet has its own advice; a control character has its line."""
    assert faults(data) == [expected]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_is_limited(opening: str) -> None:
    """Twenty levels are read, one more is not, a million cannot hurt."""
    closing = {"[": "]", "{a: ": "}"}.get(opening, "")

    def nested(depth: int) -> str:
        return opening * depth + "x" + closing * depth

    assert tree(nested(yaml_source.MAX_DEPTH))
    for depth in (yaml_source.MAX_DEPTH + 1, 200_000):
        (told,) = faults(nested(depth))
        assert told.endswith(": error: nested deeper than 20 levels")


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    """Nine levels of nine aliases would be a billion values; they are refused one by one, at once."""
    levels = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
    told = faults("\n".join(levels))
    assert len(told) == 10 + 81


def test_leniently_problems_come_with_what_could_be_read() -> None:
    """So that all other problems of the file are found too; what an alias stood for is not known."""
    data = b"a: b\na: c\nd: [*e, f]\n"
    found, problems = yaml_source.parse(data, "forums.yaml", lenient=True)
    assert found
    assert found.whole
    assert found.tree == {"a": "b", "d": ["", "f"]}
    assert list(found.problems) == problems
    assert [problem.line for problem in problems] == [2, 3]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: [", {"a": []}),
        (
            b"a: {b: {c: d}, e: [f: g]}\nh:\n  i: 1\n\tj: 2\n",
            {"a": {"b": {"c": "d"}, "e": [{"f": "g"}]}, "h": {}},
        ),
        (b"forums:\n  x: {name: N\n  y: {}\n", {"forums": {"x": {"name": "N y"}}}),
        (b"a: b\n\xff: c\nd: e\n", {"a": "b", "\ufffd": "c", "d": "e"}),
    ],
)
def test_leniently_a_broken_file_is_read_as_far_as_it_goes(data: bytes, expected: yaml_source.Tree) -> None:
    """Completion offers what stands before the error; the file is marked as not read to its end."""
    found, problems = yaml_source.parse(data, "forums.yaml", lenient=True)
    assert found
    assert not found.whole
    assert len(problems) == 1
    assert found.tree == expected
    assert yaml_source.parse(data, "forums.yaml") == (None, problems)
    assert read_register(found) == (None, problems)


# --- files ------------------------------------------------------------------------------------------


def told_of(path: Path, max_bytes: int = yaml_source.MAX_BYTES) -> str:
    """Return what is said of a file that cannot be read."""
    found, (problem,) = yaml_source.read(path, max_bytes=max_bytes)
    assert found is None
    return str(problem)


def test_a_file_is_read_by_its_own_name_or_another(tmp_path: Path) -> None:
    """Problems name the file as they are told to."""
    path = tmp_path / "forums.yaml"
    path.write_bytes(b"a: b\n")
    found, _ = yaml_source.read(path)
    assert found
    assert found.name == "forums.yaml"
    named, _ = yaml_source.read(path, "data/forums.yaml")
    assert named
    assert str(named.problem("no", ("a",))).startswith("data/forums.yaml:1:4: error: no\n")


def test_what_is_no_readable_file_is_told_so(tmp_path: Path) -> None:
    """A missing file, a folder, and a name that no file can have."""
    assert told_of(tmp_path / "no.yaml") == "no.yaml: error: there is no such file"
    assert told_of(tmp_path) == f"{tmp_path.name}: error: this is a folder, not a file"
    assert told_of(tmp_path / "a\0b") == r"a\u0000b: error: the file cannot be read: embedded null byte"


@pytest.mark.ordinary_user
@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_file_that_may_not_be_read_is_told_so(tmp_path: Path) -> None:
    """The system's reason is given."""
    path = tmp_path / "forums.yaml"
    path.touch(0o000)
    assert told_of(path) == "forums.yaml: error: the file cannot be read: Permission denied"


def test_size_is_limited(tmp_path: Path) -> None:
    """2 MiB are read, one byte more is not."""
    path = tmp_path / "forums.yaml"
    path.write_bytes(b"a: b\n".ljust(yaml_source.MAX_BYTES, b"#"))
    assert yaml_source.read(path)[0]
    path.write_bytes(b"a: b\n".ljust(yaml_source.MAX_BYTES + 1, b"#"))
    assert told_of(path) == "forums.yaml: error: the file is larger than 2 MiB"
    assert yaml_source.read(path, max_bytes=3 * 1024 * 1024)[0]


# --- how problems are told --------------------------------------------------------------------------


def test_a_caret_stands_under_what_is_wrong() -> None:
    """Tabs, wide letters and combining marks before it move it as they move the text."""
    for before, cells in (("a: ", 3), ("a:\t", 3), ("文化: ", 6), ("a\u0301: ", 3), ("\u202ea: ", 9)):
        found, _ = yaml_source.parse(f"{before}x\n".encode(), "forums.yaml")
        assert found
        (key,) = found.key_marks
        caret = str(found.problem("no", key)).splitlines()[2]
        assert caret == "      | " + " " * cells + "^"


def test_a_problem_cannot_steer_the_terminal() -> None:
    """Escapes, line breaks and directions in names are shown as what they are."""
    text = 'x\x1b]0;t\x07\n2: error: false\x9b2J\u202e\u200b"'
    problem = Problem(text, file="a\x1b[2Jb", line=1, column=3, source="\x1b[31mred")
    told = str(problem)
    assert told.splitlines() == [
        r'a\u001b[2Jb:1:3: error: x\u001b]0;t\u0007\n2: error: false\u009b2J\u202e\u200b"',
        r"    1 | \u001b[31mred",
        "      |        ^",
    ]
    assert told.isprintable() is False  # line breaks, and nothing else
    assert told.replace("\n", "").isprintable()


def test_long_texts_and_lines_are_shown_in_part() -> None:
    """A file of one long line does not fill the screen; the caret is still in its place."""
    long = "a: [" + "x, " * 100_000 + "y]"
    found, _ = yaml_source.parse(long.encode(), "forums.yaml")
    assert found
    head, line, caret = str(found.problem(f'"{"z" * 5000}" is wrong', ("a", 100_000))).splitlines()
    assert len(head) < 1100
    assert head.endswith('z" is wrong')
    assert len(line) <= MOST_SOURCE + 8
    assert line[len(caret) - 1] == "y"


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("onsdgag", "onsdag"),
        ("mondag", "måndag"),
        ("TORSDAG", "torsdag"),
        ("torsdag", "torsdag"),
        ("xyz", None),
        ("", None),
    ],
)
def test_the_nearest_word_is_offered(word: str, near: str | None) -> None:
    """What is far from everything gets no suggestion."""
    assert nearest(word, ["måndag", "onsdag", "torsdag"]) == near


# --- whatever stands in a file ----------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *(
            "a",
            "b",
            ": ",
            "- ",
            "\n",
            "\n  ",
            "[",
            "]",
            "{",
            "}",
            ", ",
            "&a ",
            "*a",
            "!!int ",
            "? ",
            "|\n",
            ">\n",
        ),
        *(
            "'",
            '"',
            "#",
            "\t",
            "---\n",
            "...\n",
            "%YAML",
            "\\",
            "\0",
            "\x1b",
            "\ufeff",
            "\u2028",
            "å",
            "🎭",
            "~",
        ),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join).map(str.encode) | st.binary(max_size=60))
def test_no_file_is_too_strange(data: bytes) -> None:
    """Whatever the bytes, there is a tree or a problem, never a crash, and each problem is in the file."""
    found, problems = yaml_source.parse(data, "forums.yaml")
    assert (found is None) == bool(problems)
    lines = len(data.decode("utf-8", "replace").splitlines()) + 2
    for problem in problems:
        assert str(problem)
        assert problem.line
        assert problem.line <= lines
    if found:
        assert all(
            1 <= line <= len(found.lines) + 1
            for line, _ in [*found.marks.values(), *found.key_marks.values()]
        )
