"""What the models refuse, as problems: sentences with the place in the file, as it was typed."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kultursam.diagnostics import Problem, did_you_mean, nearest
from kultursam.forumfile.values import BODY, Keys
from kultursam.forumfile.yaml_source import Source, Tree, Where
from kultursam.i18n import Message, said_by

INVALID_VALUE = "invalid-value"


def validation_problems(
    source: Source, tree: dict[str, Tree], error: ValidationError, model: type[Keys]
) -> Iterator[Problem]:
    """Yield a problem for each error; misspelt keys are read as what was meant, so that one hides no other.

    What forums inherit from `defaults` is reported there, once.
    """
    tree, typed, reported = deepcopy(tree), dict[Where, str](), set[Where]()
    errors = error.errors(include_url=False)
    while unknown := [
        (where, located(tree, where))
        for where in (details["loc"] for details in errors if details["type"] == "extra_forbidden")
        if located(tree, where) not in reported and not _inherited(tree, where)
    ]:
        for in_model, where in unknown:
            reported.add(where)
            key, parent = str(where[-1]), mapping_at(tree, where[:-1])
            known = set(_keys_at(model, in_model[:-1]))
            if nearest(key, known) in parent:
                known = set()  # what was meant stands there already: no other key was
            text = did_you_mean(Message('unknown key "{key}"', key=key), key, known)
            yield source.problem(text, _as_typed(typed, where), key=True, code="unknown-key")
            if near := nearest(key, known):
                typed[(*where[:-1], near)] = key
                parent[near] = parent.pop(key)
        errors = _errors(model, tree)
    for details in errors:
        if details["type"] != "extra_forbidden" and not _inherited(tree, details["loc"]):
            yield from _problem(source, details, _as_typed(typed, located(tree, details["loc"])))


def _errors(model: type[Keys], tree: dict[str, Tree]) -> list[ErrorDetails]:
    try:
        model.model_validate(tree, context=known_ids(tree))
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def located(tree: Tree | None, where: Where) -> Where:
    """Return a place without the index of an item that stands alone instead of in a list."""
    place: list[str | int] = []
    value: Any = tree
    for part in where:
        if isinstance(part, int) and not isinstance(value, list):
            continue
        place.append(part)
        items = dict(enumerate(value)) if isinstance(value, list) else value
        value = items.get(part) if isinstance(items, dict) else None
    return tuple(place)


def _as_typed(typed: dict[Where, str], where: Where) -> Where:
    return tuple(typed.get(where[: index + 1], part) for index, part in enumerate(where))


def _inherited(tree: dict[str, Tree], where: Where) -> bool:
    if len(where) < 3 or where[0] != "forums":
        return False
    return where[2] in mapping_at(tree, ("defaults",)) and where[2] not in mapping_at(tree, where[:2])


def _problem(source: Source, details: ErrorDetails, where: Where) -> Iterator[Problem]:
    if where and where[-1] == "[key]":
        yield source.problem(_sentence(details), where[:-1], key=True, code=INVALID_VALUE)
    elif details["type"] == "missing":
        # Where something could not be read at all, what is missing may stand in it.
        if not source.problems:
            text = Message('the key "{key}" is missing', key=where[-1])
            yield source.problem(text, where[:-1], key=True, code="missing-key")
    elif details["type"] != "too_short" or not details["input"]:
        # What is written in a shorter form has no key of its own.
        short = where[:-1] if where[:-1] in source.marks and where not in source.marks else ()
        yield source.problem(_sentence(details), short or where, code=INVALID_VALUE)


def _sentence(details: ErrorDetails) -> str:
    kind = details["type"]
    if kind == "value_error":
        return said_by(details["ctx"]["error"])
    if kind == "too_short":
        return Message("at least one item is needed here")
    if kind == "too_long":
        return Message("at most {number} items are allowed here", number=details["ctx"]["max_length"])
    if kind in {"tuple_type", "list_type"}:
        expected = Message("a list is expected here, such as [a, b]")
    elif kind in {"model_type", "model_attributes_type", "dict_type"}:
        expected = Message("keys are expected here, each with its value")
    else:
        return details["msg"]
    missing = details.get("input") == ""
    return Message("{sentence}; the value is missing", sentence=expected) if missing else expected


def mapping_at(tree: Tree, where: Where) -> dict[str, Tree]:
    """Return the keys at a place with their values, none where there are none."""
    value: Any = tree
    for part in where:
        items = dict(enumerate(value)) if isinstance(value, list) else value
        value = items.get(part) if isinstance(items, dict) else None
    return value if isinstance(value, dict) else {}


def _keys_at(model: type[Keys], where: Where) -> list[str]:
    """Return the keys that a model accepts at a place."""
    annotations: list[object] = [model]
    for part in where:
        annotations = [inner for annotation in annotations for inner in _inside(annotation, part)]
    return [key for annotation in annotations for key, _ in _fields(annotation)]


def _inside(annotation: object, part: str | int) -> Iterator[object]:
    """Yield the annotations of what stands at a key or an index."""
    for plain in _plain(annotation):
        arguments = get_args(plain)
        if arguments:
            yield arguments[1] if get_origin(plain) is dict else arguments[0]
    yield from (inner for key, inner in _fields(annotation) if key == part)


def _fields(annotation: object) -> Iterator[tuple[str, object]]:
    """Yield the keys of the models that an annotation allows, each with its own annotation."""
    for model in _plain(annotation):
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from ((info.alias or name, info.annotation) for name, info in model.model_fields.items())


def _plain(annotation: object) -> Iterator[object]:
    """Yield what Annotated and unions hold."""
    if get_origin(annotation) in {dict, tuple} or not get_args(annotation):
        yield annotation
        return
    for inner in get_args(annotation):
        yield from _plain(inner)


def in_file_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in the order of the file, each once."""
    return sorted(
        dict.fromkeys(problems), key=lambda problem: (problem.line or 0, problem.column or 0, problem.text)
    )


def known_ids(tree: dict[str, Tree]) -> dict[str, dict[str, Tree] | None]:
    """Return the ids that others may refer to, by what they are; None where they cannot be known."""
    sections = {"forum": "forums", "date": "dates", "term": "terms", "room": "rooms", BODY: "groups"}
    known = {what: tree.get(section, {}) for what, section in sections.items()}
    organisations, groups = tree.get("organisations"), known[BODY]
    if isinstance(groups, dict):
        known[BODY] = {**organisations, **groups} if isinstance(organisations, dict) else ""
    return {what: ids if isinstance(ids, dict) else None for what, ids in known.items()}
