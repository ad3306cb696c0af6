"""The people file: what it says, what is wrong with it, and that no problem tells whom it is about."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kultursam.diagnostics import Problem, has_errors
from kultursam.forumfile import yaml_source
from kultursam.forumfile.register import Register, read_register
from kultursam.mail.people import Organiser, People, Person, read_people, schema
from kultursam.mail.roster import Span, findings, members_without_person

FORUMS = """
name: Kultur i Väst
language: sv
timezone: Europe/Stockholm
domain: kultur.example
organisations:
  hylte: {name: Hylte kommun}
  laholm: {name: Laholms kommun, active: {from: 2026-03-01, to: 2026-09-30}}
  varberg: {name: Varbergs kommun}
groups: {alla: [hylte, laholm]}
forums:
  natverk: {name: Nätverket, cadence: twice a year, time: 9:00-12:00, members: [{role: chef, from: [alla]}]}
  rad:
    name: Rådet
    cadence: once a year
    time: 9:00-12:00
    active: {from: 2026-02-01, to: 2026-04-30}
    members: [{role: ledamot, from: [hylte]}]
"""
PEOPLE = """
organiser: {name: Kultur i Väst, email: moten@kultur.example}
people:
  - {role: chef, at: hylte, name: Hemlig Svensson, email: hemlig.svensson@hylte.example}
  - role: chef
    at: laholm
    name: Åsa Hemlig
    email: Asa.Hemlig+moten@laholm.example
    from: 2026-02-01
    to: 2026-06-30
    send: digest
"""
YEAR: Span = (date(2026, 1, 1), date(2026, 12, 31))


def register_of(forums: str = FORUMS) -> Register:
    """Return the register of a forum file."""
    source, problems = yaml_source.parse(forums.encode(), "forums.yaml")
    assert source, problems
    register, problems = read_register(source)
    assert register, problems
    return register


REGISTER = register_of()


def read(folder: Path, text: str) -> tuple[People | None, list[Problem]]:
    """Read a people file of a text."""
    (folder / "people.yaml").write_text(text, encoding="utf-8")
    return read_people(folder / "people.yaml", REGISTER)


def test_a_file_says_who_holds_which_role(tmp_path: Path) -> None:
    """Each person with the line of the file, and with what is usual where nothing is said."""
    people, problems = read(tmp_path, PEOPLE)
    first = Person(
        "chef", "hylte", "Hemlig Svensson", "hemlig.svensson@hylte.example", None, None, "invitations", 4
    )
    begins, ends = date(2026, 2, 1), date(2026, 6, 30)
    email = "Asa.Hemlig+moten@laholm.example"
    second = Person("chef", "laholm", "Åsa Hemlig", email, begins, ends, "digest", 5)
    assert people == People(Organiser("Kultur i Väst", "moten@kultur.example"), (first, second))
    assert problems == []
    assert people.holding("chef", "laholm", begins) == people.holding("chef", "laholm", ends) == (second,)
    day = timedelta(days=1)
    assert (
        people.holding("chef", "laholm", begins - day) == people.holding("chef", "laholm", ends + day) == ()
    )
    assert people.holding("chef", "hylte", date.max) == people.holding("chef", "hylte", date.min) == (first,)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("role: chef, at", "rolle: chef, at", '4:6: error: unknown key "…"; did you mean "role"?'),
        ("at: hylte", "at: hilte", '4:22: error: there is no organisation "…"; did you mean "hylte"?'),
        ("at: hylte", "at: alla", "4:22: error: this is a group; a person is at one organisation"),
        (
            "role: chef\n",
            "role: cheff\n",
            '5:11: warning: no forum has the role "…"; did you mean "chef"?',
        ),
        ("role: chef\n", "role: ledamot\n", '5:5: warning: no forum has a member "ledamot" at laholm'),
        ("send: digest", "send: digset", 'invalid word "…"; did you mean "digest"?'),
        ("    name: Åsa Hemlig\n", "", '5:5: error: the key "name" is missing'),
        ("to: 2026-06-30", "to: 2026-06-31", '10:9: error: invalid date "2026-06-31"'),
        ("to: 2026-06-30", "to: 2025-06-30", "error: the last day is before the first"),
        ("from: 2026-02-01", "from: 2026-02-01\n    from: 2026-02-01", 'duplicate key "from"'),
        ("organiser: {name: Kultur i Väst, ", "organiser: {", 'the key "name" is missing'),
        ("hemlig.svensson@hylte.example", "moten@Kultur.example", "the organiser's own address"),
        ("{name: Kultur i Väst, email: moten@kultur.example}", "x", "2:12: error: keys are expected here"),
        ("  - role: chef\n    at", "  - x\n  - role: chef\n    at", "5:5: error: keys are expected here"),
        ("organiser: {", "*organiser: {", "aliases"),
        ("\npeople", "\n  people", "invalid YAML"),
    ],
)
def test_faults_are_told_where_they_are(tmp_path: Path, old: str, new: str, said: str) -> None:
    """With what was meant, if that is known."""
    assert PEOPLE.count(old) == 1, old
    people, problems = read(tmp_path, PEOPLE.replace(old, new))
    assert said in "\n".join(map(str, problems))
    assert (people is None) == has_errors(problems)


@pytest.mark.parametrize(
    "email",
    [
        "hemlig",
        "hemlig@",
        "@hylte.example",
        "hemlig@@hylte.example",
        "hemlig svensson@hylte.example",
        "hemlig@hylte.example, other@hylte.example",
        "Hemlig <hemlig@hylte.example>",
        r'"hemlig@hylte.example\r\nBcc: all@hylte.example"',
        r'"hemlig@hylte.example\n"',
        r'"hemlig@hylte.example\0"',
        '"hemlig@hylte.example "',
        "'\"hemlig\"@hylte.example'",
        "hemlig..svensson@hylte.example",
        ".hemlig@hylte.example",
        "hemlig@-hylte.example",
        "hemlig@[127.0.0.1]",
        "göran@hylte.example",
        "hemlig@västervik.example",
        f"{65 * 'x'}@hylte.example",
        f"hemlig@{'x.' * 125}se",
        "[hemlig@hylte.example]",
    ],
)
def test_addresses_that_cannot_be_are_refused_and_not_quoted(tmp_path: Path, email: str) -> None:
    """Line ends above all: they would begin a line of a mail's head."""
    people, problems = read(tmp_path, PEOPLE.replace("hemlig.svensson@hylte.example", email))
    assert people is None
    assert [problem.line for problem in problems if problem.severity == "error"] == [4]
    assert re.search("(?i)hemlig|hylte.example|göran|xxx", "".join(map(str, problems))) is None


@pytest.mark.parametrize("name", [r'"Hemlig\r\nBcc: x"', r'"Hem\tlig"', "Hem\n      lig"])
def test_names_are_one_line(tmp_path: Path, name: str) -> None:
    """White space in them is one space."""
    people, _ = read(tmp_path, PEOPLE.replace("Hemlig Svensson", name))
    assert people
    assert people.people[0].name.isprintable()


@pytest.mark.parametrize("name", [r'"\x1b[2J"', r'"\u0085\u2028x\u0000"', "x" * 101, '""', "[a]"])
def test_names_that_cannot_be_are_refused(tmp_path: Path, name: str) -> None:
    """They would steer a terminal, or be no name."""
    assert read(tmp_path, PEOPLE.replace("Hemlig Svensson", name))[0] is None


def test_one_person_is_listed_once_at_a_time(tmp_path: Path) -> None:
    """Twice, each meeting would be told twice; one after the other is a term that goes on."""
    again = "  - {role: chef, at: laholm, name: x, email: asa.hemlig+moten@LAHOLM.example, from: %s}\n"
    _, problems = read(tmp_path, PEOPLE + again % "2026-06-30")
    assert str(problems[0]).endswith("error: this person is listed already, on line 5")
    people, problems = read(tmp_path, PEOPLE + again % "2026-07-01")
    assert people
    assert problems == []


SECRET = re.compile("(?i)hemlig|svensson|åsa|asa[.]")


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_problem_tells_whom_it_is_about(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever happens to the file: words that change places, lines that are lost, too many signs."""
    words = re.findall(r"[^\s,{}]+|[\s,{}]+", PEOPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        one, other = (data.draw(st.integers(0, len(words) - 1)) for _ in range(2))
        match data.draw(st.integers(0, 3)):
            case 0:
                words[one], words[other] = words[other], words[one]
            case 1:
                words[one] = data.draw(
                    st.sampled_from(["", ":", "-", "[", '"', "&", "*", "!", "\t", "#", "%", "\n"])
                )
            case 2:
                words[one] = words[other]
            case _:
                words[one] += data.draw(
                    st.sampled_from([":", "@", '"', "'", "- ", ": {", "}", "\n", "\n  - "])
                )
    _, problems = read(tmp_path_factory.getbasetemp(), "".join(words))
    told = "".join(f"{problem}{problem.as_data()}" for problem in problems)
    assert SECRET.search(told) is None, told


@pytest.mark.parametrize(
    "text", ["", "- a\n- b\n", "x", "\0", "people: []\norganiser: {name: x, email: x@y.z}\n"]
)
def test_any_file_is_read_or_refused(tmp_path: Path, text: str) -> None:
    """A list that is still empty is a list."""
    people, problems = read(tmp_path, text)
    assert (people is not None) == text.startswith("people")
    assert bool(problems) != text.startswith("people")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By its name."""
    people, problems = read_people(tmp_path / "people.yaml", REGISTER)
    assert people is None
    assert [problem.text for problem in problems] == ["there is no such file"]


def test_the_schema_takes_what_is_right_and_finds_slips() -> None:
    """Of keys, addresses and words."""
    made = schema()
    jsonschema.Draft202012Validator.check_schema(made)
    validator = jsonschema.Draft202012Validator(made)
    right: Any = yaml.load(PEOPLE, yaml.BaseLoader)  # noqa: S506 - it makes texts alone
    assert [*validator.iter_errors(right)] == []
    for key, value in {
        "email": "x",
        "at": "Hylte kommun",
        "send": "all",
        "from": "soon",
        "rolle": "x",
    }.items():
        wrong = {**right, "people": [{**right["people"][0], key: value}]}
        assert [*validator.iter_errors(wrong)], key


# --- what is missing ---------------------------------------------------------------------------------


def found(folder: Path, text: str, days: Span = YEAR) -> list[str]:
    """Return what is missing or doubtful in a people file."""
    people, problems = read(folder, text)
    assert people, problems
    told = [str(problem) for problem in findings(REGISTER, people, days, "people.yaml")]
    assert SECRET.search("".join(told)) is None
    return [line.removeprefix("people.yaml:") for line in told]


def test_roles_without_a_person_are_told_for_the_days_on_which_they_are_needed(tmp_path: Path) -> None:
    """Laholm takes part from March to September, and the council lives from February to April."""
    assert found(tmp_path, PEOPLE) == [
        " warning: nobody is chef at laholm from 2026-07-01 to 2026-09-30",
        " warning: nobody is ledamot at hylte",
    ]
    assert found(tmp_path, PEOPLE, (date(2026, 5, 1), date(2026, 8, 31))) == [
        " warning: nobody is chef at laholm from 2026-07-01 on"
    ]
    people, _ = read(tmp_path, PEOPLE)
    assert people
    missing = {
        (member.role, member.organisation)
        for member in members_without_person(REGISTER, people, date(2026, 7, 1))
    }
    assert missing == {("chef", "laholm")}
    assert members_without_person(REGISTER, people, date(2026, 1, 1)) == []


def test_who_is_listed_twice_is_told(tmp_path: Path) -> None:
    """By lines: a further role is a tip, another name for an address is a warning."""
    more = """
  - {role: ledamot, at: hylte, name: Hemlig Svensson, email: Hemlig.Svensson@hylte.example}
  - {role: chef, at: hylte, name: Namne, email: asa.hemlig+moten@laholm.example, to: 2025-12-31}
  - {role: chef, at: laholm, name: Z, email: z@laholm.example, from: 2026-06-01}
"""
    assert found(tmp_path, PEOPLE + more) == [
        "13: tip: this is the address of line 4 too",
        "14: warning: this is the address of line 5 too, under another name",
        "14: tip: chef at hylte is the person of line 4 too",
        "15: tip: chef at laholm is the person of line 5 too",
        "14: tip: this term is over; the person can leave the file once everything is sent",
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["hylte", "laholm"]), st.integers(1, 365), st.integers(0, 200), st.booleans()
        ),
        max_size=5,
    )
)
@settings(max_examples=60, deadline=None)
def test_days_without_a_person_are_those_that_a_calendar_shows(
    terms: list[tuple[str, int, int, bool]],
) -> None:
    """Day by day, a role is told as without a person exactly when it is needed and nobody holds it."""
    first = date(2026, 1, 1)
    people = People(
        Organiser("x", "x@y.z"),
        tuple(
            Person(
                "chef", at, "n", f"{n}@y.z", first + timedelta(begin - 1),
                None if endless else first + timedelta(begin - 1 + length), "nothing", n,
            )
            for n, (at, begin, length, endless) in enumerate(terms)
        ),
    )  # fmt: skip
    told: set[tuple[str, date]] = set()
    every = [first + timedelta(n) for n in range(365)]
    needed = {"hylte": every, "laholm": [day for day in every if 3 <= day.month <= 9]}
    for problem in findings(REGISTER, people, YEAR, "x"):
        if at := re.fullmatch(r"nobody is chef at (\w+)(?: from (\S+) (?:to (\S+)|on))?", problem.text):
            begin, end = (date.fromisoformat(at[n]) if at[n] else None for n in (2, 3))
            told |= {
                (at[1], day) for day in needed[at[1]] if (begin or day) <= day <= (end or date(2026, 12, 31))
            }
    assert told == {
        (at, day) for at, days in needed.items() for day in days if not people.holding("chef", at, day)
    }
