"""Shell completion: the ids, roles and years of the project.

A broken file offers what can be read of it. No error is printed: the shell would show it in the line that
is being typed.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from kultursam.paths import Project, find_project, project_of

Words = Callable[[typer.Context], Iterable[str]]


def _quietly(words: Words) -> Words:
    """Return a function that offers words up to the first error."""

    def offer(ctx: typer.Context) -> list[str]:
        offered: list[str] = []
        with suppress(Exception):
            offered.extend(words(ctx))
        return offered

    return offer


def _project(ctx: typer.Context) -> Project:
    files = ctx.params.get("file")
    return project_of(Path(files[0])) if files else find_project(Path.cwd())


def _tree(ctx: typer.Context) -> dict[str, Any]:
    from kultursam.forumfile.yaml_source import read

    source, _ = read(_project(ctx).forum_file, lenient=True)
    return source.tree if source and isinstance(source.tree, dict) else {}


def _section(tree: dict[str, Any], name: str) -> dict[str, Any]:
    section = tree.get(name)
    return section if isinstance(section, dict) else {}


def _ids(ctx: typer.Context, *sections: str) -> Iterator[str]:
    tree = _tree(ctx)
    for name in sections:
        yield from (key for key in _section(tree, name) if re.fullmatch("[a-z0-9-]+", key))


def _roles(ctx: typer.Context) -> Iterator[str]:
    """Yield the roles of members that are one word: no shell takes others as they are."""
    tree = _tree(ctx)
    for part in (_section(tree, "defaults"), *_section(tree, "forums").values()):
        members = part.get("members") if isinstance(part, dict) else None
        for member in members if isinstance(members, list) else ():
            role = member.get("role") if isinstance(member, dict) else None
            if isinstance(role, str) and re.fullmatch(r"\w[\w-]*", role):
                yield role


def _meetings(ctx: typer.Context, *statuses: str) -> Iterator[str]:
    from kultursam.forumfile import yaml_source
    from kultursam.plans.plan_file import read_plan

    project = _project(ctx)
    for year in project.recorded_years:
        source, _ = yaml_source.read(project.plans / f"{year}.yaml")
        plan = read_plan(source, year)[0] if source else None
        yield from (meeting.id for meeting in plan.meetings if meeting.status in statuses) if plan else ()


forums = _quietly(lambda ctx: _ids(ctx, "forums"))
organisations = _quietly(lambda ctx: _ids(ctx, "organisations"))
participants = _quietly(lambda ctx: _ids(ctx, "organisations", "groups"))
roles = _quietly(lambda ctx: dict.fromkeys(_roles(ctx)))
years = _quietly(lambda ctx: map(str, _project(ctx).recorded_years))
meetings = _quietly(lambda ctx: _meetings(ctx, "proposed", "confirmed"))
cancelled = _quietly(lambda ctx: _meetings(ctx, "cancelled"))
forums_and_meetings = _quietly(lambda ctx: [*forums(ctx), *meetings(ctx)])
to_confirm = _quietly(lambda ctx: [*years(ctx), *_meetings(ctx, "proposed")])
