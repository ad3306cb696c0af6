"""The forum file as a whole: what it means, and every fault in it, told at once and in its place."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from key_paths import every_key, path_of, places
from pydantic import ValidationError

from kultursam import storage
from kultursam.diagnostics import KultursamError, Problem, has_errors
from kultursam.forumfile import yaml_source
from kultursam.forumfile.calendar_models import Touching
from kultursam.forumfile.keys import PlaceRotation
from kultursam.forumfile.models import Defaults, Forum
from kultursam.forumfile.register import Member, Register, read_register
from kultursam.forumfile.values import DayOfYear, DayRange, TimeSpan

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad").glob("*.yaml"))
GOOD = sorted((HERE / "good").glob("*.yaml"))
HEAD = """
name: Kultur
timezone: Europe/Stockholm
domain: example.org
organisations: {varberg: {name: Varberg}, hylte: {name: Hylte}, region: {name: Region}}
defaults: {time: 09:00-12:00, members: [{role: chef, from: [varberg]}]}
"""


def told(path: Path) -> tuple[Register | None, list[Problem]]:
    """Read a forum file as `kultursam check` does; give its register and everything told of it."""
    found, problems = yaml_source.read(path, path.name, lenient=True)
    if found is None:
        return None, problems
    register, problems = read_register(found)
    if register is not None:
        try:
            problems += storage.check_countries(register)
        except KultursamError as error:
            return None, [*problems, *error.problems]
    return register, problems


def in_words(problems: list[Problem]) -> str:
    """Return problems as they are printed."""
    return "".join(f"{problem}\n" for problem in problems)


def read(text: str, head: str = HEAD) -> Register:
    """Read a forum file that must be right."""
    found, problems = yaml_source.parse((head + text).encode(), "forums.yaml")
    assert found, in_words(problems)
    register, problems = read_register(found)
    assert register, in_words(problems)
    assert not problems, in_words(problems)
    return register


def faults(text: str, head: str = HEAD) -> list[tuple[int, str]]:
    """Read a forum file that must be wrong; give each fault, with its line below the head."""
    found, problems = yaml_source.parse((head + text).encode(), "forums.yaml", lenient=True)
    if found:
        register, problems = read_register(found)
        assert register is None
    return [((one.line or 0) - head.count("\n"), one.text) for one in problems]


# --- good and bad files -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_files_are_told_what_is_wrong(path: Path, golden: Callable[[str, str], None]) -> None:
    """Each file in bad/ gives exactly the messages in the text beside it, by line, and nothing to plan by."""
    register, problems = told(path)
    assert register is None
    assert has_errors(problems)
    places = [(one.line or 0, one.column or 0) for one in problems]
    assert places == sorted(places)
    assert len({(one.line, one.column, one.text) for one in problems}) == len(problems)
    golden(f"../bad/{path.stem}.txt", in_words(problems))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_fault_is_told_in_swedish(path: Path) -> None:
    """No sentence stays English, though what YAML's own reader says does within ours."""
    for problem in told(path)[1]:
        assert problem.in_language("sv").text != problem.text
        assert problem.in_language("en") == problem


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_fault_of_a_bad_file_is_in_its_place(path: Path) -> None:
    """The line is one of the file's, and so is the column; nothing that is told can steer a terminal."""
    lines = yaml_source.LINE_BREAK.split(path.read_text(encoding="utf-8"))
    for problem in told(path)[1]:
        if problem.column is not None:
            assert problem.line is not None
            assert problem.column <= len((*lines, "")[problem.line - 1]) + 1
            assert problem.source in {lines[problem.line - 1], None}
        assert str(problem).replace("\n", "").isprintable()


def test_no_text_is_left_without_its_bad_file() -> None:
    """A bad file that was renamed takes its text along."""
    assert {path.stem for path in (HERE / "bad").glob("*.txt")} == {path.stem for path in BAD}


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_files_are_read(path: Path) -> None:
    """Each file in good/ is read, and nothing is told of it but the warnings in the text beside it."""
    register, problems = told(path)
    assert register, in_words(problems)
    warnings = path.with_suffix(".txt")
    assert in_words(problems) == (warnings.read_text(encoding="utf-8") if warnings.exists() else "")
    assert not has_errors(problems)


def test_every_key_has_its_place_in_a_good_file() -> None:
    """What a forum file may say is said in good/every-key.yaml, so that a new key is not forgotten there."""
    found, _ = yaml_source.read(HERE / "good" / "every-key.yaml")
    assert found
    said = {path_of(where) for where in places(found.tree)}
    assert [path for path in every_key() if path not in said] == []


def test_every_key_has_a_value_that_is_refused() -> None:
    """In bad/every-value.yaml a fault is told at each key's value, or within it."""
    path = HERE / "bad" / "every-value.yaml"
    found, _ = yaml_source.read(path)
    assert found
    told_at = {(one.line, one.column) for one in told(path)[1]}
    refused = {
        path_of(where)[:length]
        for where in places(found.tree)
        if found.position(where) in told_at
        for length in range(1, len(where) + 1)
    }
    assert [path for path in every_key() if path not in refused] == []


def test_the_example_is_right(example: Path) -> None:
    """The file that comes with the product has no fault, and no warning."""
    register, problems = told(example)
    assert register
    assert not problems
    assert len(register.forums) == 9


def test_the_command_line_tells_all_of_it(
    kultursam: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """`kultursam check` gives the same text on stderr, exits 1 and writes nothing."""
    path = tmp_path / "misspelt.yaml"
    path.write_bytes((HERE / "bad" / "misspelt.yaml").read_bytes())
    run = kultursam("check", "--file", path.name)
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr == (HERE / "bad" / "misspelt.txt").read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [path]


def test_calendar_ids_stay_short() -> None:
    """The longest id with the longest domain makes a UID of 255 octets at most, all that Outlook takes."""
    longest, domain = "a" * 64, ".".join(["a" * 41] * 4) + ".se"
    forum = f"forums: {{{longest}: {{name: A, cadence: monthly}}}}"
    assert read(forum, HEAD.replace("example.org", domain)).file.domain == domain
    assert len(f"{longest}-2025-x9999-d9999@{domain}") <= 255
    told = f'invalid domain "{domain}x"; write a domain such as kultur.example.org, at most 170 characters'
    assert faults(forum, HEAD.replace("example.org", f"{domain}x")) == [(-2, told)]


@pytest.mark.parametrize("name", ["con", "prn", "aux", "nul", "com0", "com9", "lpt1", "lpt9", "CON", "Aux"])
@pytest.mark.parametrize(
    ("section", "value"),
    [
        ("organisations", "{name: A}"),
        ("groups", "[varberg]"),
        (
            "forums",
            "{name: A, cadence: monthly, time: 09:00-12:00, members: [{role: chef, from: [varberg]}]}",
        ),
    ],
)
def test_what_becomes_a_file_name_is_one_on_windows_too(section: str, value: str, name: str) -> None:
    """Windows keeps some names for its devices, in large and small letters, with any ending."""
    lines = ["organisations: {varberg: {name: Varberg}}"] * (section != "organisations")
    text = "\n".join([*lines, f"{section}:", f"  {name}: {value}"])
    said = f'invalid id "{name}"; {"it is reserved" if name.islower() else "write"}'
    assert any(line == len(lines) + 2 and told.startswith(said) for line, told in faults(text, ""))


# --- what is understood -----------------------------------------------------------------------------


def test_a_forum_says_what_its_file_says() -> None:
    """Every key of good/every-key.yaml is understood as it is meant."""
    register, _ = told(HERE / "good" / "every-key.yaml")
    assert register
    file, natverk = register.file, register.forums["natverk"]
    assert file.calendar
    assert file.buffer_minutes == 45
    assert file.organisations["varberg"].label == "Varberg"
    assert file.organisations["hylte"].label == "Hylte kommun"
    assert file.dates["once"].on == DayOfYear(11, 1, 2026)
    assert [period.strength for period in file.calendar.periods][:4] == ["must", "must", "must", "should"]
    assert file.calendar.periods[3].easter == (-6, -3)
    assert file.calendar.periods[4].days == (2, 3, 4, 5)
    assert natverk.purpose == "On two lines."
    assert natverk.time == TimeSpan(time(13, 30), time(16, 30))
    assert [window.meetings for window in natverk.windows] == [None, 2, 1, 0]
    assert natverk.windows[2].said["time"] == TimeSpan(time(15), time(17))
    assert natverk.windows[2].name == "Julmöte"
    assert [change.from_ for change in natverk.changes] == [date(2027, 1, 1), date(2027, 4, 1)]
    assert natverk.on(date(2027, 12, 15)).room == "sal-b"
    assert natverk.on(date(2027, 12, 22)).place == PlaceRotation(rotate=("Sal C", "Sal D"))
    assert natverk.weekdays == (4, 5)
    first, second = natverk.prepared_by
    assert (first.days_before, first.working_days_before) == (DayRange(7, 28), None)
    assert (first.range, first.days_to_aim_at, first.strength) == (DayRange(7, 28), 14, "should")
    assert (second.days_before, second.working_days_before) == (None, DayRange(2, 25))
    assert (second.range, second.days_to_aim_at, second.strength) == (DayRange(2, 25), 13, "must")
    assert natverk.before[0].strength == "should"
    assert natverk.reminder == (timedelta(days=1),)
    assert natverk.active
    assert natverk.active.from_ == date(2026, 8, 1)
    assert register.forums["rad"].host
    assert register.forums["rad"].host.rotate == ("hylte",)
    dates = register.forums["externt"].dates
    assert [one.on for one in dates] == [date(2026, 10, 23), date(2027, 3, 23), None]
    assert dates[2].file == "busy/external.ics"
    files = ["busy/external.ics", "fetched/other.example.org-2285e333.ics"]
    assert [one.file for one in register.forums["externt-2"].dates] == files


def test_words_that_look_like_something_else_are_words() -> None:
    """No, on, 010 and 2025-02-30 are names and ids like any other."""
    register, _ = told(HERE / "good" / "plain-texts.yaml")
    assert register
    assert register.file.name == "no"
    assert {key: one.name for key, one in register.file.organisations.items()} == {
        "on": "on",
        "010": "010",
        "2025-01-01": "2025-02-30",
        "null": "~",
    }
    assert [forum.name for forum in register.forums.values()] == ["12:30", "[inställt] :x: <b>&amp;</b>"]
    assert register.forums["off"].place == "0x1f"
    assert register.members["12"] == {Member("no", "on")}
    assert {member.role for member in register.members["off"]} == {"1.0"}


def test_members_follow_groups() -> None:
    """A group stands for organisations and other groups, each once; organisations keep the file's order."""
    register = read(
        "groups: {a: [b, varberg, b], b: [hylte, c, hylte], c: [region]}\n"
        "forums:\n"
        "  x: {name: X, cadence: weekly, members: [{role: chef, from: [a, region]}, {role: vd, from: [c]}]}\n"
        "  y: {name: Y, cadence: monthly}\n"
    )
    assert register.expand(["a", "region"]) == ("hylte", "region", "varberg")
    assert register.expand(["region", "a"]) == ("region", "hylte", "varberg")
    assert register.expand(["c", "hylte"]) == ("region", "hylte")
    assert register.organisations == {"x": ("varberg", "hylte", "region"), "y": ("varberg",)}
    assert register.members["x"] == {
        *(Member("chef", body) for body in ("hylte", "region", "varberg")),
        Member("vd", "region"),
    }


def test_roles_are_the_same_however_they_were_typed() -> None:
    """A composed å and an a with a ring are one letter, so one person is one member."""
    register = read(
        'forums:\n  x: {name: X, cadence: monthly, members: [{role: "r\\u00e5d", from: [varberg]}]}\n'
        '  y: {name: Y, cadence: monthly, members: [{role: "ra\\u030ad ", from: [varberg]}]}\n'
    )
    assert register.members["x"] == register.members["y"]


@pytest.mark.parametrize(
    ("touching", "touched"),
    [
        ("{}", "chef@varberg chef@hylte vd@hylte"),
        ("{for: [hylte]}", "chef@hylte vd@hylte"),
        ("{for: [alla]}", "chef@varberg chef@hylte vd@hylte"),
        ("{for: [region]}", ""),
        ("{for_roles: [vd]}", "vd@hylte"),
        ("{for_roles: [vd], for: [varberg]}", ""),
        ("{for_roles: []}", ""),
        ("{for: []}", ""),
        ("{for_forums: []}", ""),
        ("{for_forums: [x]}", "chef@varberg chef@hylte vd@hylte"),
        ("{for_forums: [y]}", ""),
        ("{for_forums: [y, x], for: [hylte], for_roles: [chef]}", "chef@hylte"),
    ],
)
def test_what_touches_several_touches_those_that_fit_all(touching: str, touched: str) -> None:
    """A period or busy calendar names organisations, roles and forums; all must fit."""
    register = read(
        "groups: {alla: [varberg, hylte]}\n"
        "forums:\n"
        "  x: {name: X, cadence: monthly, members: [{role: chef, from: [alla]}, {role: vd, from: [hylte]}]}\n"
        "  y: {name: Y, cadence: monthly}\n"
    )
    found, _ = yaml_source.parse(touching.encode(), "touching")
    assert found
    asked = Touching.model_validate(found.tree)
    assert {f"{one.role}@{one.organisation}" for one in register.touched("x", asked)} == set(touched.split())


def test_defaults_are_inherited_key_by_key() -> None:
    """A forum's own key replaces the whole of the default; lines are those of whichever holds."""
    register = read(
        "contact: {name: K, email: k@x.se}\n"
        "forums:\n"
        "  x: {name: X, cadence: monthly}\n"
        "  y:\n"
        "    name: Y\n"
        "    cadence: monthly\n"
        "    time: 13:00-14:00\n"
    )
    assert str(register.forums["x"].time) == "09:00-12:00"
    assert str(register.forums["y"].time) == "13:00-14:00"
    first = HEAD.count("\n")
    assert register.line("forums", "x", "time") == first
    assert register.line("forums", "y", "time") == first + 7
    assert register.line("forums", "y") == first + 4
    assert register.written(("forums", "x", "members", 0, "role")) == ("defaults", "members", 0, "role")
    assert register.written(("forums", "y", "time")) == ("forums", "y", "time")


def test_all_that_a_forum_may_say_may_stand_in_defaults() -> None:
    """The models agree, but for what a forum must have."""
    assert set(Defaults.model_fields) == set(Forum.model_fields)
    required = {name for name, field in Forum.model_fields.items() if field.is_required()}
    assert required == {"name", "cadence", "members", "time"}
    assert not any(field.is_required() for field in Defaults.model_fields.values())


def test_what_was_read_cannot_be_changed() -> None:
    """Models are frozen."""
    register = read("forums: {x: {name: X, cadence: monthly}}\n")
    with pytest.raises(ValidationError):
        register.forums["x"].place = "elsewhere"
    with pytest.raises(ValidationError):
        register.file.name = "another"


def test_the_order_of_the_file_is_kept() -> None:
    """Forums and organisations stand as they were written."""
    register = read("forums: {z: {name: Z, cadence: monthly}, a: {name: A, cadence: monthly}}\n")
    assert list(register.forums) == ["z", "a"]
    assert list(register.file.organisations) == ["varberg", "hylte", "region"]


# --- what is refused --------------------------------------------------------------------------------


def test_faults_of_every_stage_are_told_at_once() -> None:
    """A duplicate key hides no misspelt one, that no unknown id, and that no windows that overlap."""
    lines = [line for line, _ in faults(
        "groups: {a: [b], b: [a]}\n"
        "forums:\n"
        "  x: {name: X, cadence: 2 a year, windows: [{from: 03-01, to: 05-01}, {from: 05-01, to: 06-01}]}\n"
        "  y: {name: Y, cadance: monthly}\n"
        "  z: {name: Z, cadence: monthly, prepared_by: {forum: q, days_before: 3}}\n"
        "  v: {name: V, cadence: monthly, name: W}\n"
    )]  # fmt: skip
    assert lines == [1, 1, 3, 4, 5, 6]


def test_a_missing_key_that_follows_from_a_misspelt_one_is_not_told() -> None:
    """Nor does a forum lack what it would have had from misspelt defaults."""
    head = HEAD.replace("defaults", "defautls")
    assert faults("forums: {x: {name: X, cadence: monthly}}\n", head) == [
        (0, 'unknown key "defautls"; did you mean "defaults"?')
    ]
    assert faults("forums: {x: {nam: X, cadense: monthly}}\n") == [
        (1, 'unknown key "nam"; did you mean "name"?'),
        (1, 'unknown key "cadense"; did you mean "cadence"?'),
    ]


def test_a_misspelt_key_is_not_taken_for_one_that_is_there() -> None:
    """What is written already is no suggestion."""
    assert faults("forums: {x: {name: X, cadence: monthly, cadense: yearly}}\n") == [
        (1, 'unknown key "cadense"')
    ]


def test_what_an_unreadable_value_hides_is_not_called_missing() -> None:
    """Behind an alias there may be anything; the alias alone is told."""
    assert faults("forums: {x: *x, y: {<<: *y, name: Y}, z: {name: Z, cadence: *z}}\n") == [
        (1, "aliases (*x) are not supported; write the value out"),
        (1, 'unknown key "<<"'),
        (1, "aliases (*y) are not supported; write the value out"),
        (1, "aliases (*z) are not supported; write the value out"),
    ]


def test_unknown_ids_are_not_told_where_none_are_known() -> None:
    """Without organisations every reference would be a fault, and none would be worth telling."""
    head = "\n".join(line for line in HEAD.splitlines() if not line.startswith("organisations")) + "\n"
    assert [text for _, text in faults("forums: {x: {name: X, cadence: monthly}}\n", head)] == [
        'the key "organisations" is missing'
    ]


def test_a_group_cannot_explode() -> None:
    """Sixty levels of groups that hold the one below twice are a million million million members; or one."""
    levels = "".join(f"  g{n}: [g{n - 1}, g{n - 1}]\n" for n in range(1, 60))
    register = read(
        f"groups:\n  g0: [varberg]\n{levels}"
        "forums: {x: {name: X, cadence: monthly, members: [{role: chef, from: [g59]}]}}\n"
    )
    assert register.organisations["x"] == ("varberg",)


def test_long_circles_and_chains_are_followed() -> None:
    """A thousand groups in a chain are no circle; closed, they are one, and recursion does not end it."""
    chain = "".join(f"  g{n}: [g{n + 1}]\n" for n in range(500))
    forums = "forums: {x: {name: X, cadence: monthly, members: [{role: chef, from: [g0]}]}}\n"
    assert read(f"groups:\n{chain}  g500: [hylte]\n{forums}").organisations["x"] == ("hylte",)
    closed = faults(f"groups:\n{chain}  g500: [g0]\n{forums}")
    assert len(closed) == 501
    assert all("contains itself" in text for _, text in closed)


# --- whatever stands in a file ----------------------------------------------------------------------

EXAMPLE = (HERE.parents[1] / "data" / "forums.yaml").read_text(encoding="utf-8")
VALUES = [
    "",
    "x",
    "-1",
    "010",
    "[]",
    "{}",
    "[x]",
    "{x: y}",
    "2025-02-30",
    "no",
    "*a",
    "&a b",
    "!t x",
    '"\\e"',
    "å",
]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 6))
def test_no_change_of_the_example_breaks_the_reader(seed: int, changes: int) -> None:
    """With lines lost, doubled or swapped and values replaced, the file is read or its faults are told."""
    chance = random.Random(seed)  # noqa: S311 - a game of chance, not of secrets
    lines = EXAMPLE.splitlines()
    for _ in range(changes):
        index = chance.randrange(len(lines))
        what = chance.randrange(4)
        if what == 0:
            del lines[index]
        elif what == 1:
            lines.insert(chance.randrange(len(lines)), lines[index])
        elif what == 2:
            key, colon, _ = lines[index].partition(":")
            lines[index] = f"{key}{colon} {chance.choice(VALUES)}"
        else:
            cut = chance.randrange(len(lines[index]) + 1)
            lines[index] = lines[index][:cut] + chance.choice("x:{}[],'\"# -") + lines[index][cut + 1 :]
    found, problems = yaml_source.parse("\n".join(lines).encode(), "forums.yaml", lenient=True)
    register = None
    if found:
        register, problems = read_register(found)
    assert (register is None) == has_errors(problems)
    assert in_words(problems) is not None
