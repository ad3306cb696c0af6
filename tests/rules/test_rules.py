"""All rules: each is listed, knows no clock, and has a manual whose examples hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest
import yaml
from rule_years import event, meeting

from kultursam import rules
from kultursam.dates.wishes import Wish
from kultursam.forumfile import yaml_source
from kultursam.forumfile.register import Register
from kultursam.rules.context import Effect
from kultursam.rules.evaluate import evaluate_year, meeting_effects, year_context

FOLDER = Path(rules.__file__).parent
MODULES = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "context", "evaluate", "placement"}
RULES = (*rules.DAY_RULES, *rules.SLOT_RULES, *rules.LINK_RULES)
BASE = """
name: Example
language: en
timezone: Europe/Stockholm
domain: example.org
calendar: {country: SE}
organisations: {north: {name: North}, south: {name: South}}
defaults: {time: 09:00-12:00, cadence: 4 times a year, members: [{role: chair, from: [north, south]}]}
forums: {board: {}}
"""
"""What a manual's YAML is put into."""


def test_every_rule_is_listed_once() -> None:
    """A module in the folder is in one of the lists of what has effects, with an id of its own."""
    assert sorted(Path(str(rule.__file__)).stem for rule in RULES) == sorted(MODULES)
    assert len({rule.ID for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("hook", "listed"),
    [
        ("effects", rules.DAY_RULES),
        ("effect", rules.SLOT_RULES),
        ("price", rules.SLOT_RULES),
        ("meeting_effects", rules.LINK_RULES),
        ("add_constraints", rules.LINK_RULES),
        ("couplings", rules.COUPLING_RULES),
        ("shared", rules.SHARING_RULES),
        ("hard_constraints", rules.HARD_RULES),
    ],
)
def test_the_lists_name_the_rules_that_have_a_hook(hook: str, listed: tuple[ModuleType, ...]) -> None:
    """No rule is listed without the function that the list stands for, and none has it unlisted."""
    assert {rule.ID for rule in RULES if hook in vars(rule)} == {rule.ID for rule in listed}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_rules_know_no_clock(path: Path) -> None:
    """What a day means depends on the file and the year alone."""
    names = {node.attr for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Attribute)}
    assert not names & {"today", "now", "utcnow", "environ", "getenv"}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_rule_has_tests_of_its_own(module: str) -> None:
    """In a file named after it."""
    assert (Path(__file__).parent / f"test_{module}.py").exists()


# --- manuals ------------------------------------------------------------------------------------------


def examples(rule: ModuleType) -> Iterator[str]:
    """Yield the blocks of YAML in a rule's manual; the last line of each says what passes or fails."""
    for block in re.findall(r"(?:^    .*\n)+", rule.__doc__ or "", re.MULTILINE):
        yield dedent(block)


def tree_of(text: str) -> Any:  # noqa: ANN401 - a tree of YAML
    """Return the keys of a forum file, values as text."""
    source, problems = yaml_source.parse(text.encode(), "example")
    assert source, problems
    return source.tree


def merged(base: Any, piece: Any) -> Any:  # noqa: ANN401 - trees of YAML
    """Return a tree with a piece put into it."""
    if not isinstance(base, dict) or not isinstance(piece, dict):
        return piece
    return base | {key: merged(base.get(key), value) for key, value in piece.items()}


def effects_in(rule: ModuleType, example: str, read: Callable[[str], Register]) -> list[Effect]:
    """Return the effects of a rule on the meetings that an example names."""
    tree = merged(tree_of(BASE), tree_of(example))
    for name, keys in tree["forums"].items():
        keys["name"] = name
    register = read(yaml.safe_dump(tree))
    events = {
        name: [event(f"{day} {start}", f"{day} {end}")]
        for name, day, start, end in re.findall(r"^# (\S+\.ics): (\S+) (\S+)-(\S+)$", example, re.MULTILINE)
    }
    answers = {
        name: (Wish(date.fromisoformat(day), who, answer == "no"),)
        for name, day, who, answer in re.findall(r"^# (\S+\.csv): (\S+) (\S+) (\w+)$", example, re.MULTILINE)
    }
    meetings = []
    for forum, days in re.findall(r"([\w-]+) meets ((?:[\d-]+(?:, )?)+)", example.splitlines()[-1]):
        for text in days.split(", "):
            day = date.fromisoformat(text)
            time, place = register.forums[forum].on(day).time, register.place_of(forum, day)
            meetings.append(meeting(forum, text, start=time.start, end=time.end, place=place))
    assert meetings, example
    context = year_context(register, meetings[0].date.year, events)
    year = evaluate_year(replace(context, wishes=answers))
    by_meeting = meeting_effects(year, meetings)
    return [effect for effects in by_meeting.values() for effect in effects if effect.rule == rule.ID]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.ID)
def test_the_examples_of_a_manual_hold(rule: ModuleType, forum_file: Callable[[str], Register]) -> None:
    """The rule has nothing against what passes, and an effect of its own strength on what fails."""
    passes, fails = examples(rule)
    assert passes.splitlines()[-1].startswith("# passes: ")
    assert fails.splitlines()[-1].startswith("# fails: ")
    assert effects_in(rule, passes, forum_file) == []
    strength = re.search(r"^(?:Default s|S)trength: (\w+)", rule.__doc__ or "", re.MULTILINE)
    assert strength
    assert {effect.strength for effect in effects_in(rule, fails, forum_file)} == {strength[1]}
