"""The documentation holds: its commands run, its files are valid, its tables match, its links lead on.

CONTRIBUTING.md tells what the HTML comments before a block mean.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import editor
import pytest
import yaml
from project_folder import EXAMPLE, ROOT, Folder
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo
from typer.main import get_command

from kultursam import rules
from kultursam.cli.commands import app
from kultursam.forumfile import models as forums
from kultursam.forumfile import values, yaml_source
from kultursam.forumfile.cadence import CadenceText
from kultursam.forumfile.json_schema import schema
from kultursam.mail import people, settings
from kultursam.mail.settings import read_settings

PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))),
)
REFERENCE = "docs/forum-file.md"
CLOCK = {"SOURCE_DATE_EPOCH": "1726358400"}
"""15 September 2024, when the examples were run."""
NOTE = re.compile(r"<!-- ([a-z ]+)(?:: (.+))? -->")
ELIDED = "…"
INSTALL = "python3 -m venv .venv && .venv/bin/pip install --no-cache-dir --quiet -c constraints.txt"
PLAN = f"{INSTALL} . && .venv/bin/kultursam plan 2025"
TEST = f"{INSTALL} -e '.[dev]' && .venv/bin/python -m pytest -n auto"
PICTURE_BYTES = 200_000
EMPTY_CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"


# --- pages ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A fenced block, or a table (its language is "table"), and the notes right before it."""

    place: str
    language: str
    lines: tuple[str, ...]
    notes: dict[str, str]

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(f"{line}\n" for line in self.lines)

    @property
    def runs(self) -> bool:
        """Whether it holds commands to run."""
        return self.language in {"sh", "console"} and "not run" not in self.notes

    @property
    def is_a_forum_file(self) -> bool:
        """Whether it is a whole one, not a piece."""
        return self.language == "yaml" and {"name:", "organisations:", "forums:"} <= {
            line.partition(" ")[0] for line in self.lines
        }

    @property
    def rows(self) -> list[list[str]]:
        """The cells of a table, below its head; code without its marks."""
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in self.lines[2:]]


def text_of(page: str) -> str:
    """Return the text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


@cache
def blocks(page: str) -> tuple[Block, ...]:
    """Return the blocks of a page, in order."""
    return tuple(_blocks(page))


def _blocks(page: str) -> Iterator[Block]:
    lines = text_of(page).splitlines()
    notes: dict[str, str] = {}
    at = 0
    while at < len(lines):
        line, start = lines[at], at
        at += 1
        if note := NOTE.fullmatch(line):
            notes[note[1]] = note[2] or ""
            continue
        if line.startswith("```"):
            at = lines.index("```", at) + 1
            yield Block(f"{page}:{at}", line[3:], tuple(lines[start + 1 : at - 1]), notes)
        elif line.startswith("|"):
            at = next((end for end in range(at, len(lines)) if not lines[end].startswith("|")), len(lines))
            yield Block(f"{page}:{at}", "table", tuple(lines[start:at]), notes)
        notes = {}


EVERY = [block for page in PAGES for block in blocks(page)]


# --- commands -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A command, the exit code it must have, and what is shown of its output."""

    command: str
    code: int = 0
    shown: tuple[str, ...] | None = None


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if any(block.runs for block in blocks(page))])
def test_commands_do_what_the_page_says(page: str, tmp_path: Path) -> None:
    """The commands of a page run one after the other, with the exit codes and the output shown."""
    folder = Folder(tmp_path, EXAMPLE)
    for block in blocks(page):
        if change := block.notes.get("edit"):
            folder.edit(*_change(change))
        if name := block.notes.get("file"):
            (tmp_path / name).write_text(block.text, encoding="utf-8")
        if name := block.notes.get("shown"):
            assert block.text in (tmp_path / name).read_text(encoding="utf-8"), block.place
        if block.runs:
            with _tried(folder, block.notes.get("try")):
                for step in _steps(block):
                    _run(block, folder, step)


def _change(note: str) -> tuple[str, str]:
    old, _, new = note.partition(" -> ")
    return old, new.replace("\\n", "\n")


@contextmanager
def _tried(folder: Folder, note: str | None) -> Iterator[None]:
    """Change the forum file for a while."""
    before = folder.forum_file.read_text(encoding="utf-8")
    if note:
        folder.edit(*_change(note))
    yield
    if note:
        folder.write(before)


def _steps(block: Block) -> list[Step]:
    if block.language == "sh":
        return [Step(line) for line in block.lines if shlex.split(line, comments=True)]
    steps: list[Step] = []
    for part in block.text.split("$ ")[1:] if block.text.startswith("$ ") else []:
        command, *shown = part.splitlines()
        if command == "echo $?":
            last = steps.pop()
            steps.append(Step(last.command, int(shown[0]), last.shown))
        else:
            steps.append(Step(command, shown=tuple(shown)))
    assert steps, f"{block.place}: a console block begins with $ and a command"
    return steps


def _run(block: Block, folder: Folder, step: Step) -> None:
    name, *arguments = shlex.split(step.command, comments=True)
    assert name == "kultursam", f"{block.place}: mark it as not run: {step.command}"
    run = folder.run(*arguments, env=CLOCK)
    output = f"{run.out}{run.err}"
    told = f"{block.place}: {step.command}: exit {run.code}\n{output}"
    assert run.code == step.code, told
    assert step.shown is None or _holds(_plain(output.splitlines()), _plain(step.shown)), told


def _plain(lines: Iterable[str]) -> list[str]:
    """Leave out empty lines and the white space that columns make."""
    return [plain for line in lines if (plain := " ".join(line.split()))]


def _holds(output: list[str], shown: list[str]) -> bool:
    """Return whether output is as shown, where an ellipsis stands for any lines."""
    if ELIDED not in shown:
        return output == shown
    first = shown.index(ELIDED)
    head, rest = shown[:first], shown[first + 1 :]
    if output[:first] != head:
        return False
    return any(_holds(output[start:], rest) for start in range(first, len(output) + 1))


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_options_that_are_named_exist(page: str) -> None:
    """Whatever is named in the text or in a block that is not run is a command with those options."""
    commands: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    known = {name: _options(command.params) for name, command in commands.items()}
    unknown = [
        (name, option)
        for name, options in _named(page)
        for option in (options or [""])
        if name not in known or (option and option not in known[name])
    ]
    assert not unknown


def _options(params: Iterable[Any]) -> set[str]:
    return {"-h", "--help", *(name for param in params for name in param.opts)}


def _named(page: str) -> Iterator[tuple[str, list[str]]]:
    for line in _code(page):
        for found in re.finditer(r"kultursam(?:\.exe)? ([a-z]+)(?![\w.:/-])([^|&>;#]*)", line):
            yield found[1], re.findall(r"(?<![\w-])--?[a-z][\w-]*", found[2])


def _code(page: str) -> Iterator[str]:
    """Return the code of a page: lines of blocks, and what stands between backticks."""
    for block in blocks(page):
        if block.language in {"sh", "console", "bat", "crontab", "ini"}:
            yield from (line for line in block.lines if block.language != "console" or line.startswith("$ "))
    prose = re.sub(r"^```.*?^```$", "", text_of(page), flags=re.MULTILINE | re.DOTALL)
    yield from (" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose))


def test_every_command_is_told_of() -> None:
    """There is no command that the documentation says nothing about."""
    named = {name for page in PAGES for name, _ in _named(page)}
    assert named >= set(get_command(app).commands)  # type: ignore[attr-defined]


def test_the_two_commands_for_a_fresh_clone() -> None:
    """The README has them whole, each in a block of its own, and the second is what CI runs."""
    readme = [block.lines for block in blocks("README.md")]
    assert (PLAN,) in readme
    assert (TEST,) in readme
    assert TEST in text_of(".ci/run").splitlines()


# --- forum files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [one for one in EVERY if one.language == "yaml"], ids=lambda one: one.place)
def test_yaml_is_valid(block: Block, tmp_path: Path) -> None:
    """A whole forum file passes the check, and so does the example with a piece put into it."""
    if "shown" in block.notes:
        return  # a piece of another file, compared with it elsewhere
    if block.lines[0].startswith("organiser:"):
        (tmp_path / "people.yaml").write_text(block.text, encoding="utf-8")
        assert Folder(tmp_path, EXAMPLE).fine("people", env=CLOCK).err == ""
        return
    piece = _tree(block.text)
    assert isinstance(piece, dict)
    text = block.text
    if not block.is_a_forum_file:
        text = yaml.safe_dump(_merged(_tree(EXAMPLE), piece), allow_unicode=True)
    assert _with_calendars(tmp_path, text).fine("check").err == ""
    assert editor.faults(text) == set()


@pytest.mark.parametrize("block", [one for one in EVERY if one.language == "toml"], ids=lambda one: one.place)
def test_mail_settings_are_valid(block: Block, tmp_path: Path) -> None:
    """Each is a whole file."""
    (tmp_path / "mail.toml").write_text(block.text, encoding="utf-8")
    assert read_settings(tmp_path / "mail.toml", {})[1] == []


def test_every_key_of_people_and_of_mail_is_told() -> None:
    """Their tables have the keys of the models, no more and no fewer."""
    tables = [one for one in blocks("docs/people.md") if one.language == "table"]
    told = [[key for row in table.rows for key in re.findall(r"`(\w+)`", row[0])] for table in tables]
    ours = (people.PersonKeys, settings.ImapKeys)
    own = [[info.alias or name for name, info in model.model_fields.items()] for model in ours]
    assert told == [["organiser", *own[0]], own[1]]


ANSWERS = next(block.text for block in EVERY if block.language == "csv")
FORUM_FILES = [block for block in EVERY if block.is_a_forum_file]


@pytest.mark.parametrize("block", FORUM_FILES, ids=lambda one: one.place)
def test_a_whole_file_is_planned(block: Block, tmp_path: Path) -> None:
    """The best plan is found, with the dates that the note before it gives, and nothing is wrong with it."""
    told = block.notes.get("gives", "")
    given = {forum: days for forum, *days in (part.split() for part in told.split(";") if part)}
    plan = _with_calendars(tmp_path, block.text).fine("plan", "2026", "--dry-run", "--json", env=CLOCK).year
    assert plan["optimal"]
    assert {one["severity"] for one in plan["problems"]} <= {"tip"}
    dates: dict[str, list[str]] = {}
    for meeting in plan["meetings"]:
        dates.setdefault(meeting["forum"], []).append(meeting["date"])
    assert {forum: [day for day in dates[forum] if day in days] for forum, days in given.items()} == given


def test_every_task_has_a_whole_file() -> None:
    """In the reference each task is followed by a file to copy, whose dates are told."""
    tasks = _section(text_of(REFERENCE), "By task").split("\n### ")[1:]
    assert len(tasks) > 20
    assert all(len(re.findall(r"<!-- gives: .+ -->\n```yaml\nname: ", task)) == 1 for task in tasks)


def _section(text: str, title: str) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _with_calendars(folder: Path, text: str) -> Folder:
    """Return a project with a forum file, and what it names: empty calendars, and the reference's poll."""
    urls = re.findall(r"\burl: \"?([^\s,\"}]+)", text)
    for name in [*re.findall(r"(?<!\S)[^\s:]+\.ics\b", text), *map(values.copy_of, urls)]:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(EMPTY_CALENDAR)
    for name in re.findall(r"(?<!\S)[^\s:]+\.csv\b", text):
        (folder / name).write_text(ANSWERS, encoding="utf-8")
    return Folder(folder, text)


def _tree(text: str) -> yaml_source.Tree:
    found, problems = yaml_source.parse(text.encode(), "block")
    assert found is not None, problems
    return found.tree


def _merged(tree: yaml_source.Tree | None, piece: yaml_source.Tree) -> yaml_source.Tree:
    if not isinstance(tree, dict) or not isinstance(piece, dict):
        return piece
    return tree | {key: _merged(tree.get(key), value) for key, value in piece.items()}


# --- the reference --------------------------------------------------------------------------------


def test_every_key_is_in_the_reference() -> None:
    """Its tables have the keys of the models, no more and no fewer, with their meaning and defaults."""
    tables = {one.notes["model"]: one for one in blocks(REFERENCE) if "model" in one.notes}
    models = {model.__name__: model for model in _models(forums.ForumFile)} | {"Forum": forums.Forum}
    del models["Defaults"]  # the keys of a forum
    assert sorted(tables) == sorted(models)
    for name, model in models.items():
        keys = {info.alias or key: info for key, info in model.model_fields.items()}
        rows = {row[0].strip("`"): row for row in tables[name].rows}
        assert list(rows) == _in_order(keys, rows), name
        described = forums.Defaults.model_fields if model is forums.Forum else model.model_fields
        for key, info in described.items():
            assert _without_links(rows[info.alias or key][1]) == info.description, (name, key)
        for key, info in keys.items():
            assert _fits(rows[key][3].strip("`"), info), (name, key, rows[key])


def _in_order(keys: Iterable[str], rows: Iterable[str]) -> list[str]:
    """Return the keys of a model in the order of the reference, those that it lacks last."""
    order = list(rows)
    return sorted(keys, key=lambda key: order.index(key) if key in order else len(order))


def _without_links(text: str) -> str:
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)


WORDS: dict[str, Any] = {
    "text": values.Text,
    "number": values.Number,
    "strength": values.StrengthText,
    "full date": values.FullDate,
    "yes or no": values.Flag,
    "id": values.BodyId,
    "path": values.FilePath,
    "address": values.CalendarUrl,
    "see Cadences": CadenceText,
}
"""What the column "Write" calls the kinds of value that need no example."""


def test_the_reference_says_how_every_key_is_written() -> None:
    """The column "Write" has the word for the kind of value, or examples; or says keys, or list."""
    whole = schema()
    for table in (one for one in blocks(REFERENCE) if "model" in one.notes):
        model = whole if table.notes["model"] == "ForumFile" else whole["$defs"][table.notes["model"]]
        assert model["additionalProperties"] is False
        for key, _, write, _ in table.rows:
            forms = editor.forms(model["properties"][key.strip("`")])
            assert _says(_without_links(write), forms), (table.notes["model"], key, write)


def _says(write: str, forms: list[dict[str, Any]]) -> bool:
    """Return whether a cell tells of a form, and examples in it are all right."""
    if write in WORDS:
        schema = TypeAdapter(WORDS[write]).json_schema()
        same = "pattern" if "pattern" in schema else "enum"
        return [form.get(same) for form in forms] == [schema[same]]
    kinds = {str(form.get("type")) for form in forms}
    examples = re.findall("`([^`]+)`", write)
    if "enum" in forms[0]:
        return set(examples) == set(forms[0]["enum"])
    told = {
        "object": "keys" in write,
        "array": "list" in write or any(one.startswith("[") for one in examples),
    }
    return (
        all((kind in kinds) == says for kind, says in told.items())
        and all(any(editor.fits(form, editor.seen(one)) for form in forms) for one in examples)
        and (bool(examples) or any(told.values()))
    )


def _models(top: type[BaseModel]) -> Iterator[type[BaseModel]]:
    found = {top}
    open_ones = [top]
    while open_ones:
        model = open_ones.pop()
        yield model
        inner = {one for info in model.model_fields.values() for one in _inside(info)} - found
        found |= inner
        open_ones += inner


def _inside(of: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - an annotation is anything
    annotation = of.annotation if isinstance(of, FieldInfo) else of
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _inside(inner)


def _fits(shown: str, info: FieldInfo) -> bool:
    """Return whether the reference has the default of a key; what is empty may be put in words."""
    if info.is_required():
        return shown == "required"
    if isinstance(info.default, (bool, int, str)) and info.default != "":
        return shown == str(info.default).lower()
    return shown != "required"


def test_every_rule_is_in_the_reference() -> None:
    """Its table has each rule's id, the first sentence of its manual, and its strength."""
    (table,) = [one for one in blocks(REFERENCE) if "rules" in one.notes]
    known = {one.ID: one for one in (*rules.DAY_RULES, *rules.SLOT_RULES, *rules.LINK_RULES)}
    rows = {row[0].strip("`"): row for row in table.rows}
    assert sorted(rows) == sorted(known)
    for rule, (_, says, where, strength) in rows.items():
        manual = _manual(known[rule])
        assert says == manual.split("\n\n", maxsplit=1)[0]
        found = re.search(r"^(Default s|S)trength: (\w+)", manual, re.MULTILINE)
        assert found, rule
        assert strength.startswith(found[2]), rule
        assert strength.endswith("or as written") == (found[1] == "Default s"), rule
        keys = set(re.findall(r"`(?:calendar: )?(\w+)`", where)) - {"members"}
        assert all(re.search(rf"\b{key}:", manual) for key in keys), rule


def _manual(rule: ModuleType) -> str:
    return rule.__doc__ or ""


# --- links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Every link within the repository leads to a file, and where it names a heading, to that."""
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if not re.match(r"https?:", target):
            path, _, heading = target.partition("#")
            found = (ROOT / page).parent / path if path else ROOT / page
            if not found.exists() or (heading and heading not in _headings(found)):
                lost.append(target)
    assert not lost


def _headings(page: Path) -> set[str]:
    """Return the headings of a page as links name them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_page_is_found_from_the_readme() -> None:
    """The README links to every other page, guides in Swedish by a list of theirs."""
    guides = text_of("docs/sv/README.md")
    for page in PAGES[1:]:
        in_swedish = page.startswith("docs/sv/") and f"({Path(page).name})" in guides
        assert in_swedish or f"({page})" in text_of("README.md"), page


def test_the_picture_is_what_plan_writes(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The README shows the wheel of the example as it is drawn now; --update-golden draws it anew."""
    picture = ROOT / "docs" / "images" / "year.svg"
    Folder(tmp_path, EXAMPLE).fine("plan", "2025", env=CLOCK)
    drawn = (tmp_path / "calendars" / "2025.svg").read_bytes()
    if request.config.getoption("--update-golden"):
        picture.write_bytes(drawn)
    assert picture.read_bytes() == drawn


def test_pictures_are_small() -> None:
    """No picture makes a clone heavy."""
    assert all(path.stat().st_size < PICTURE_BYTES for path in (ROOT / "docs" / "images").iterdir())
