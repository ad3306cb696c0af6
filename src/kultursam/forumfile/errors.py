"""Faults of form: what the models refuse, in sentences, where it stands and as it was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kultursam.diagnostics import Problem, nearest
from kultursam.forumfile.values import BODY, Keys
from kultursam.forumfile.yaml_source import Source, Tree, Where


def explain(
    source: Source, tree: dict[str, Tree], error: ValidationError, model: type[Keys]
) -> Iterator[Problem]:
    """Say every fault of form; misspelt keys are read as what was meant, so that one hides no other.

    What forums have from `defaults` is said there, once.
    """
    tree, typed, said = deepcopy(tree), dict[Where, str](), set[Where]()
    errors = error.errors(include_url=False)
    while unknown := [
        one["loc"]
        for one in errors
        if one["type"] == "extra_forbidden" and one["loc"] not in said and not _inherited(tree, one["loc"])
    ]:
        for where in unknown:
            said.add(where)
            key, parent = str(where[-1]), mapping_at(tree, where[:-1])
            near = nearest(key, set(_keys_at(model, where[:-1])) - set(parent))
            hint = f'; did you mean "{near}"?' if near else ""
            yield source.problem(f'unknown key "{key}"{hint}', _as_typed(typed, where), key=True)
            if near:
                typed[(*where[:-1], near)] = key
                parent[near] = parent.pop(key)
        errors = _errors(model, tree)
    for found in errors:
        if found["type"] != "extra_forbidden" and not _inherited(tree, found["loc"]):
            yield from _fault(source, found, _as_typed(typed, found["loc"]))


def _errors(model: type[Keys], tree: dict[str, Tree]) -> list[ErrorDetails]:
    try:
        model.model_validate(tree, context=names(tree))
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def _as_typed(typed: dict[Where, str], where: Where) -> Where:
    """Give a place with its keys as they were misspelt."""
    return tuple(typed.get(where[: index + 1], part) for index, part in enumerate(where))


def _inherited(tree: dict[str, Tree], where: Where) -> bool:
    """Tell whether a forum has the key at a place from `defaults`."""
    if len(where) < 3 or where[0] != "forums":
        return False
    return where[2] in mapping_at(tree, ("defaults",)) and where[2] not in mapping_at(tree, where[:2])


def _fault(source: Source, error: ErrorDetails, where: Where) -> Iterator[Problem]:
    if where and where[-1] == "[key]":
        yield source.problem(_sentence(error), where[:-1], key=True)
    elif error["type"] == "missing":
        # Where something could not be read at all, what is missing may stand in it.
        if not source.faults:
            yield source.problem(f'the key "{where[-1]}" is missing', where[:-1], key=True)
    elif error["type"] != "too_short" or not error["input"]:
        yield source.problem(_sentence(error), where)


def mapping_at(tree: Tree, where: Where) -> dict[str, Tree]:
    """Give the keys at a place, none where there are none."""
    value: Any = tree
    for part in where:
        found = (
            value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}
        )
        value = found.get(part)
    return value if isinstance(value, dict) else {}


def _sentence(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    empty = "; it has no value" if error.get("input") == "" else ""
    if kind in {"tuple_type", "list_type"}:
        return f"a list is expected here, such as [a, b]{empty}"
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        return f"keys are expected here, each with its value{empty}"
    if kind == "too_short":
        return "at least one is needed here"
    return error["msg"]


def _keys_at(top: type[Keys], where: Where) -> list[str]:
    """List the keys that a model accepts at a place."""
    annotation: object = top
    for part in where:
        annotation = _step(annotation, part)
    model = _model(annotation)
    return [info.alias or name for name, info in model.model_fields.items()] if model else []


def _step(annotation: object, part: str | int) -> object:
    model = _model(annotation)
    if model is not None and isinstance(part, str):
        for name, info in model.model_fields.items():
            if part == (info.alias or name):
                return info.annotation
        return None
    for inner in _flat(annotation):
        arguments = get_args(inner)
        if get_origin(inner) is dict:
            return arguments[1]
        if get_origin(inner) is tuple:
            return arguments[0]
    return None


def _model(annotation: object) -> type[BaseModel] | None:
    models = (
        inner for inner in _flat(annotation) if isinstance(inner, type) and issubclass(inner, BaseModel)
    )
    return next(models, None)


def _flat(annotation: object) -> Iterator[object]:
    """Look through Annotated and unions."""
    if get_origin(annotation) in {dict, tuple} or not get_args(annotation):
        yield annotation
        return
    for inner in get_args(annotation):
        yield from _flat(inner)


def unique(problems: Iterable[Problem]) -> list[Problem]:
    """Give problems in the order of the file, each once."""
    return sorted(
        dict.fromkeys(problems), key=lambda problem: (problem.line or 0, problem.column or 0, problem.text)
    )


def names(tree: dict[str, Tree]) -> dict[str, dict[str, Tree] | None]:
    """Give the ids that others may refer to, by what they are; None where they cannot be known."""
    organisations, groups = tree.get("organisations"), tree.get("groups", {})
    forums, dates, terms = (tree.get(key, {}) for key in ("forums", "dates", "terms"))
    return {
        BODY: {**organisations, **groups}
        if isinstance(organisations, dict) and isinstance(groups, dict)
        else None,
        **{
            what: known if isinstance(known, dict) else None
            for what, known in (("forum", forums), ("date", dates), ("term", terms))
        },
    }
