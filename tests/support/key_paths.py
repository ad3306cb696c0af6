"""The keys of a forum file as paths: those that the models have, and those that a file says."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any

from kultursam.forumfile.models import Defaults, Forum, ForumFile
from kultursam.forumfile.values import Keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from kultursam.forumfile.yaml_source import Tree, Where

KeyPath = tuple[str, ...]
"""Keys from the top, such as forums, *, windows, time: * is any id, and what a list holds has no key."""
ANY = "*"


def every_key() -> dict[KeyPath, FieldInfo]:
    """Return every path that a forum file may have; in `defaults` are the keys of a forum."""
    return dict(_keys(ForumFile, ()))


def _keys(model: type[Keys], above: KeyPath) -> Iterator[tuple[KeyPath, FieldInfo]]:
    described = Defaults if model is Forum else model
    for name, info in described.model_fields.items():
        path = (*above, info.alias or name)
        yield path, info
        if path != ("defaults",):
            for inner, by_id in _models(info.annotation):
                yield from _keys(inner, (*path, ANY) if by_id else path)


def _models(annotation: Any, *, by_id: bool = False) -> Iterator[tuple[type[Keys], bool]]:  # noqa: ANN401 - any
    if isinstance(annotation, type) and issubclass(annotation, Keys):
        yield annotation, by_id
    keyed = by_id or typing.get_origin(annotation) is dict
    for inner in typing.get_args(annotation):
        yield from _models(inner, by_id=keyed)


def path_of(where: Where) -> KeyPath:
    """Return the path of a place in a forum file."""
    keys = [key for key in where if isinstance(key, str)]
    if len(keys) > 1 and keys[0] in {"organisations", "groups", "dates", "terms", "rooms", "forums"}:
        keys[1] = ANY
    return tuple(keys)


def places(tree: Tree, above: Where = ()) -> Iterator[Where]:
    """Yield the place of every key, and of everything in a list."""
    held = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, inner in held:
        yield (*above, key)
        yield from places(inner, (*above, key))
