"""Shell completion: the ids and years of the project.

A broken file offers what can be read of it. No error is printed: the shell would show it in the line that
is being typed.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

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
    file = ctx.params.get("file")
    return find_project(Path.cwd()) if file is None else project_of(Path(file))


def _ids(ctx: typer.Context, *sections: str) -> Iterator[str]:
    from kultursam.forumfile.yaml_source import read

    source, _ = read(_project(ctx).forum_file, lenient=True)
    tree = source.tree if source else ""
    for section in sections:
        keys = tree.get(section) if isinstance(tree, dict) else None
        yield from (key for key in keys if re.fullmatch("[a-z0-9-]+", key)) if isinstance(keys, dict) else ()


def _plans(ctx: typer.Context) -> list[Path]:
    return sorted(path for path in _project(ctx).plans.glob("*.yaml") if re.fullmatch("[0-9]{4}", path.stem))


def _meetings(ctx: typer.Context, *statuses: str) -> Iterator[str]:
    from kultursam.forumfile import yaml_source
    from kultursam.plans.plan_file import read_plan

    for path in _plans(ctx):
        source, _ = yaml_source.read(path)
        plan = read_plan(source, int(path.stem))[0] if source else None
        yield from (meeting.id for meeting in plan.meetings if meeting.status in statuses) if plan else ()


forums = _quietly(lambda ctx: _ids(ctx, "forums"))
organisations = _quietly(lambda ctx: _ids(ctx, "organisations"))
participants = _quietly(lambda ctx: _ids(ctx, "organisations", "groups"))
years = _quietly(lambda ctx: (path.stem for path in _plans(ctx)))
meetings = _quietly(lambda ctx: _meetings(ctx, "proposed", "confirmed"))
to_confirm = _quietly(lambda ctx: [*years(ctx), *_meetings(ctx, "proposed")])
