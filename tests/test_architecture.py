"""Who may import whom: modules import from below alone, and each library stays behind its fence."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import kultursam

PACKAGE = Path(kultursam.__file__).parent
ROWS = (
    ("__main__",),
    ("cli",),
    ("publish",),
    ("render",),
    ("storage", "checksum"),
    ("planner",),
    ("rules",),
    ("presentation",),
    ("plans",),
    ("dates",),
    ("forumfile",),
    ("diagnostics", "i18n", "paths"),
)
"""From top to bottom: a part imports from rows below its own. Modules of a package may import each other."""
APART = ("render",)
"""Packages whose parts, a module or a package each, never import each other."""
FORBIDDEN = {"render": {"storage", "checksum", "planner"}}
"""What lies below, but is none of its business: renderers take a finished plan."""
FENCES = {
    "babel": ("presentation",),
    "click": ("cli",),
    "dateutil": ("dates.holidays", "forumfile.cadence", "planner.deadlines"),
    "filelock": ("storage",),
    "highspy": ("planner.solver",),
    "holidays": ("dates.holidays",),
    "icalendar": ("dates.busy_calendars", "render.ics"),
    "jinja2": ("render.html.environment",),
    "markupsafe": ("render.html",),
    "pydantic": ("forumfile", "plans.plan_file"),
    "pydantic_core": ("forumfile",),
    "recurring_ical_events": ("dates.busy_calendars",),
    "rich": ("cli", "render.table"),
    "typer": ("cli",),
    "yaml": ("forumfile.yaml_source",),
}
"""Which modules, or packages of them, may import a library."""
DISTRIBUTIONS = {
    "dateutil": "python-dateutil",
    "markupsafe": "jinja2",
    "pydantic_core": "pydantic",
    "recurring_ical_events": "recurring-ical-events",
    "yaml": "pyyaml",
}
"""What a library is called, or comes with, where its name is another."""


def module_name(path: Path) -> str:
    """Name a module from the package on: planner.solve; the package itself is the empty name."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
WITHIN = sorted(name for name in MODULES if name)


def imported(name: str) -> Iterator[str]:
    """Give the full names that a module imports: at its head, inside its functions, and for types alone."""
    for node in ast.walk(ast.parse(MODULES[name].read_bytes())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            yield from (f"{node.module}.{one.name}" for one in node.names)


@cache
def ours(name: str) -> frozenset[str]:
    """Give the modules of the package that a module imports."""
    found = set()
    for full in imported(name):
        path = full.removeprefix("kultursam").lstrip(".")
        if full.split(".")[0] == "kultursam":
            found.add(next(one for one in (path, path.rpartition(".")[0]) if one in MODULES))
    return frozenset(found - {name, ""})


def libraries(name: str) -> set[str]:
    """Give the libraries that a module imports, Python's own left out."""
    return {full.split(".")[0] for full in imported(name)} - sys.stdlib_module_names - {"kultursam"}


def part(name: str) -> str:
    """Give the first part of a module's name."""
    return name.partition(".")[0]


def branch(name: str) -> str:
    """Give the module or package that a module is, or is in, one step below the first part of its name."""
    return ".".join(name.split(".")[:2])


def row(name: str) -> int:
    """Give the row that a module stands in, from the top."""
    (found,) = [index for index, parts in enumerate(ROWS) if part(name) in parts]
    return found


def within(name: str, places: tuple[str, ...]) -> bool:
    """Tell whether a module is one of some places, or in one of these packages."""
    return any(name == place or name.startswith(f"{place}.") for place in places)


def test_every_module_has_its_row() -> None:
    """A new module is given its place here, and one that has left is taken out."""
    assert {part(name) for name in WITHIN} == {one for parts in ROWS for one in parts}


@pytest.mark.parametrize("name", WITHIN)
def test_modules_import_from_below(name: str) -> None:
    """Neither from above nor from beside, whether at once or later."""
    for other in ours(name):
        assert part(other) == part(name) or row(other) > row(name), f"{name} imports {other}"


@pytest.mark.parametrize("name", [name for name in WITHIN if part(name) in APART and "." in name])
def test_some_siblings_never_meet(name: str) -> None:
    """One renderer, be it a package, knows nothing of another, nor does what holds them all gather them."""
    assert not [one for one in ours(name) if part(one) == part(name) and branch(one) != branch(name)]
    assert not [other for other in ours(part(name)) if part(other) == part(name)]


@pytest.mark.parametrize("name", [name for name in WITHIN if part(name) not in APART])
def test_renderers_are_called_by_their_heads(name: str) -> None:
    """How a renderer is divided is its own affair."""
    assert not [other for other in ours(name) if part(other) in APART and other != branch(other)]


@pytest.mark.parametrize("name", [name for name in WITHIN if part(name) in FORBIDDEN])
def test_some_things_are_none_of_their_business(name: str) -> None:
    """Renderers neither plan nor read nor write."""
    assert not {part(other) for other in ours(name)} & FORBIDDEN[part(name)]


def test_no_imports_go_in_circles() -> None:
    """Those for types alone and those inside functions count too."""
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path, name))
        if name not in done:
            for other in sorted(ours(name)):
                visit(other, (*path, name))
            done.add(name)

    for name in WITHIN:
        visit(name, ())


@pytest.mark.parametrize("name", sorted(MODULES))
def test_libraries_stay_behind_their_fences(name: str) -> None:
    """Each has few modules that know it; a new library gets a fence."""
    for library in sorted(libraries(name)):
        assert library in FENCES, f"{name} imports {library}, which has no fence"
        assert within(name, FENCES[library]), f"{name} imports {library}"


def test_every_fence_is_needed() -> None:
    """A place that no longer uses its library is taken off the list."""
    for library, places in FENCES.items():
        for place in places:
            users = [name for name in WITHIN if within(name, (place,)) and library in libraries(name)]
            if library != "click":
                assert users, f"{place} does not import {library}"


def test_every_library_is_asked_for() -> None:
    """What is imported is installed with the product."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    asked_for = {one.partition(">")[0] for one in project["project"]["dependencies"]}
    used = {DISTRIBUTIONS.get(library, library) for name in MODULES for library in libraries(name)}
    assert used <= asked_for


@pytest.mark.parametrize("name", sorted(MODULES))
def test_nothing_is_imported_by_its_name_in_a_text(name: str) -> None:
    """Such an import would pass the fences unseen."""
    for node in ast.walk(ast.parse(MODULES[name].read_bytes())):
        called = node.func if isinstance(node, ast.Call) else None
        text = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        assert text not in {"import_module", "__import__", "exec", "eval", "run_module"}


def test_the_walk_sees_what_it_should() -> None:
    """Imports at the head, inside functions and for types are all found, so that the tests above can fail."""
    assert {"cli.session", "cli.output", "storage", "diagnostics"} <= ours("cli.commands")
    assert {"highspy"} <= libraries("planner.solver")
    assert {"holidays", "dateutil"} == libraries("dates.holidays")
    assert {"icalendar", "recurring_ical_events"} == libraries("dates.busy_calendars")
    assert "forumfile.register" in ours("render.table")
    assert "render.table.page" in ours("render.table.listing")
