"""What the Tab key offers: ids and years of the project, read leniently and quickly.

A broken file offers what can be read of it. Nothing that goes wrong here is told: the shell would print it
into the line that somebody is typing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import wraps
from pathlib import Path

import typer

from kultursam.paths import Project, find_project, project_of

Offer = Callable[[typer.Context], list[str]]
MEETING = re.compile(r"^ *- id: ([a-z0-9-]+)$(?:\n(?! *- id:).*)*?\n *status: (\w+)$", re.MULTILINE)
"""A meeting in a plan of record: its id and its status."""
ID = re.compile("[a-z0-9-]+")


def _quietly(offered: Callable[[typer.Context], Iterable[str]]) -> Offer:
    @wraps(offered)
    def offer(ctx: typer.Context) -> list[str]:
        found: list[str] = []
        with suppress(Exception):
            found.extend(offered(ctx))
        return found

    return offer


@_quietly
def forums(ctx: typer.Context) -> Iterable[str]:
    """Offer the forums."""
    return _ids(ctx, "forums")


@_quietly
def organisations(ctx: typer.Context) -> Iterable[str]:
    """Offer the organisations."""
    return _ids(ctx, "organisations")


@_quietly
def bodies(ctx: typer.Context) -> Iterable[str]:
    """Offer the organisations and the groups."""
    return _ids(ctx, "organisations", "groups")


@_quietly
def years(ctx: typer.Context) -> Iterable[str]:
    """Offer the years that have a plan."""
    return (path.stem for path in _plans(ctx))


@_quietly
def meetings(ctx: typer.Context) -> Iterable[str]:
    """Offer the meetings of all plans but those that are cancelled."""
    return _meetings(ctx, "proposed", "confirmed")


@_quietly
def to_confirm(ctx: typer.Context) -> Iterable[str]:
    """Offer the years that have a plan, and the meetings that are proposed."""
    yield from years(ctx)
    yield from _meetings(ctx, "proposed")


def _ids(ctx: typer.Context, *sections: str) -> Iterator[str]:
    from kultursam.forumfile.yaml_source import read

    source, _ = read(_project(ctx).forum_file, lenient=True)
    tree = source.tree if source else ""
    for section in sections:
        keys = tree.get(section) if isinstance(tree, dict) else None
        if isinstance(keys, dict):
            yield from (key for key in keys if ID.fullmatch(key))


def _meetings(ctx: typer.Context, *statuses: str) -> Iterator[str]:
    for path in _plans(ctx):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield from (meeting for meeting, status in MEETING.findall(text) if status in statuses)


def _plans(ctx: typer.Context) -> list[Path]:
    return sorted(path for path in _project(ctx).plans.glob("*.yaml") if re.fullmatch("[0-9]{4}", path.stem))


def _project(ctx: typer.Context) -> Project:
    file = ctx.params.get("file")
    return find_project(Path.cwd()) if file is None else project_of(Path(file))
