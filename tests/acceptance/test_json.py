"""JSON for programs: every document is of the shape that its schema promises, and of no other."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from json_documents import faults
from project_folder import COMMAND, SMALL, Folder

from kultursam.render.data import schema_of

TODAY = ("--today", "2024-09-15")
COMMANDS = [*(name for name in COMMAND.commands if name != "schema")]  # type: ignore[attr-defined]
BAD = sorted((Path(__file__).parents[1] / "forumfile" / "bad").glob("*.yaml"))
GOOD = sorted((Path(__file__).parents[1] / "forumfile" / "good").glob("*.yaml"))
EVERYTHING = """
  moten:
    name: Möten
    cadence: twice a year
    days: 2
    last_day: 08:30-11:00
    timezone: Europe/London
    link: https://example.org/m
    format: hybrid
    members: [{role: chef, from: [laholm]}]
"""


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project that was planned."""
    folder = Folder(tmp_path, SMALL + EVERYTHING)
    folder.fine("plan", "2025", "--quiet", *TODAY)
    return folder


def test_every_command_has_a_schema() -> None:
    """It is asked for by the name of the command."""
    (what,) = (one for one in COMMAND.commands["schema"].params if one.name == "what")  # type: ignore[attr-defined]
    assert {*what.type.choices} == {"forums", *COMMANDS}


@pytest.mark.parametrize("command", sorted({*COMMANDS} - {"people"}))
def test_schemas_are_strict(project: Folder, command: str) -> None:
    """No object may have another key, and all keys have to be there, each with its meaning."""
    schema = project.fine("schema", command).document
    assert schema == schema_of(command)
    jsonschema.Draft202012Validator.check_schema(schema)
    objects = [*schema.get("$defs", {}).values(), *([schema] if "properties" in schema else [])]
    assert objects
    for one in objects:
        assert one["additionalProperties"] is False
        assert one["properties"].keys() - set(one["required"]) <= {"last_day"}
        assert all(key.get("description") for key in one["properties"].values())


@pytest.mark.parametrize(
    "arguments",
    [
        "plan 2025",
        "plan 2025 2026 --dry-run",
        "plan 2025 --check --whole-year",
        "plan 2025 --draft early",
        "plan 2025 --alternatives 2",
        "show 2025",
        "show 2025 --forum moten",
        "show 2025 --since 2024-09-15",
        "show 2025 --since 2025-01-01 --format json",
        "show 2025 --organisation hylte --from 2025-06-01",
        "explain moten-2025-1",
        "explain natverk-2025-1 --instead 2025-04-08",
        "suggest moten --from 2025-03-01",
        "suggest moten --from 2025-03-01 --to 2025-03-01",
        "suggest moten --from 2025-12-24 --to 2025-12-26",
        "suggest --participants chef@hylte --time 09:00-10:00 --from 2025-03-01",
        "move moten-2025-1 2025-05-13 natverk-2025-1 2025-04-08 --time 13:00-15:00",
        "cancel moten-2025-2 --reason Snö",
        "add moten 2025-06-03 --place Rådhuset",
        "confirm 2025 --forum moten",
        "confirm this --today 2025-01-01",
        "check",
        "publish",
        "fetch",
        "init sub",
        "export 2025 --output new.ics",
    ],
)
def test_documents_are_of_their_schema(project: Folder, arguments: str) -> None:
    """With a meeting of several days in another zone, with changes and reasons, with nothing to suggest."""
    words = arguments.split()
    today = () if {"--today", "check", "init"} & {*words} else TODAY
    run = project.fine(*words, "--json", *today)
    assert faults(words[0], run.document) == []
    assert isinstance(run.document, list) == (words[0] in {"plan", "confirm", "move", "refresh"})


def test_no_file_stands_where_a_document_is_expected(project: Folder) -> None:
    """With --json, what is exported goes to a file."""
    run = project.run("export", "2025", "--json", *TODAY)
    assert run.code == 2
    assert faults("export", run.document) == []


def test_a_comparison_is_of_its_schema(project: Folder) -> None:
    """Of a year with a plan, and of one without."""
    for year in ("2025", "2026"):
        project.fine("plan", year, "--draft", "early", "--quiet", *TODAY)
        document = project.fine("show", year, "--compare", "early", "--json", *TODAY).document
        assert faults("show", document) == []
        assert (document["record"] is None) == (year == "2026")


def test_a_change_is_told_in_words(project: Folder) -> None:
    """In the language of the file, beside what programs read."""
    (year,) = project.fine("move", "natverk-2025-1", "2025-04-08", "--json", *TODAY).document
    assert year["changes"] == [
        {
            "meeting": "natverk-2025-1",
            "kind": "moved",
            "from": "2025-03-25",
            "to": "2025-04-08",
            "text": "flyttat: Nätverket: tis 25 mars → tis 8 apr (låst)",
        }
    ]


def test_what_became_of_a_meeting_is_there(project: Folder) -> None:
    """How it came about, when, where it lay before, why it was cancelled; the year has its title."""
    project.fine("move", "natverk-2025-1", "2025-04-08", "--today", "2024-10-01")
    project.fine("cancel", "natverk-2025-2", "--reason", "Snö", "--today", "2024-10-02")
    year = project.fine("show", "2025", "--json", "--today", "2024-10-03").document
    first, second = (one for one in year["meetings"] if one["forum"] == "natverk")
    keys = ("origin", "created", "modified", "moved_from", "reason", "sequence")
    assert [first[key] for key in keys] == [
        "planned", "2024-09-15T00:00:00Z", "2024-10-01T00:00:00Z", "2025-03-25", None, 1,
    ]  # fmt: skip
    assert (second["reason"], second["status"]) == ("Snö", "cancelled")
    assert (year["schema"], year["title"], year["bound"]) == (2, "2025", year["points"])


def test_the_title_of_a_year_that_begins_in_august(tmp_path: Path) -> None:
    """It is what people call the year."""
    folder = Folder(tmp_path, f"year: {{from: 08-01}}\n{SMALL}")
    (year,) = folder.fine("plan", "2025", "--json", *TODAY).document
    assert (year["year"], year["title"]) == (2025, "2025/26")


def test_the_published_file_is_of_the_schema_too(project: Folder) -> None:
    """meetings.json is one year, as plan lists it."""
    written = json.loads(project.files()["calendars/2025/meetings.json"])
    assert faults("plan", written) == []
    assert faults("show", written) == []


def test_a_document_that_differs_is_refused(project: Folder) -> None:
    """A key too many, one too few, or a value of another kind is seen, wherever it is."""
    years = project.fine("plan", "2025", "--json", *TODAY).document

    def refused(change: Any) -> bool:  # noqa: ANN401 - what changes a document
        changed = copy.deepcopy(years)
        change(changed[0])
        return bool(faults("plan", changed))

    assert not refused(dict)
    assert refused(lambda year: year.update(more=1))
    assert refused(lambda year: year.pop("bound"))
    assert refused(lambda year: year["meetings"][0].update(more=1))
    assert refused(lambda year: year["meetings"][0].pop("origin"))
    assert refused(lambda year: year["meetings"][0].update(date="tomorrow"))
    assert refused(lambda year: year.update(schema=1))


@pytest.mark.parametrize("path", [*BAD, *GOOD], ids=lambda path: path.stem)
def test_every_problem_has_a_code(tmp_path: Path, path: Path) -> None:
    """Whatever is wrong with a forum file has a name that programs can go by."""
    folder = Folder(tmp_path, None)
    folder.forum_file.write_bytes(path.read_bytes())
    assert faults("check", folder.run("check", "--json").document) == []


@pytest.mark.parametrize(
    "text", ["", "schema: 2\n", "schema: 9\n", "- a\n", "schema: 2\nyear: 2025\n...\n", "<<<<<<< x\n", "\0"]
)
def test_a_plan_that_cannot_be_read_has_codes(project: Folder, text: str) -> None:
    """Damaged by hand, cut short, of a later version, or not merged."""
    project.place("plans/2025.yaml").write_text(text, encoding="utf-8")
    run = project.run("show", "2025", "--json", *TODAY)
    assert run.code == 1
    assert faults("show", run.document) == []
