"""A forum file as an editor sees it: scalars as YAML 1.2 reads them, checked against the JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import jsonschema
import yaml
from key_paths import ANY, KeyPath

from kultursam.forumfile.json_schema import schema

CORE = {
    "null": (r"~|null|Null|NULL|", "~nN"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "float": (r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+0123456789."),
}
"""What YAML 1.2 takes plain scalars for, and how such begin; infinity is left out."""
SCHEMA = schema()
CHECKER = jsonschema.Draft202012Validator(SCHEMA)


class Core(yaml.SafeLoader):
    """Reads plain scalars as the core schema of YAML 1.2 has them."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as the library has it

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """Read 010 as ten."""
        return int(node.value, 0 if node.value[:2] in {"0o", "0x"} else 10)

    def construct_yaml_float(self, node: yaml.ScalarNode) -> float:
        """Read 1e3, which has no dot."""
        return float(node.value)


for kind, (pattern, first) in CORE.items():
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"^(?:{pattern})$"), [*first, ""])
Core.add_constructor("tag:yaml.org,2002:int", Core.construct_yaml_int)
Core.add_constructor("tag:yaml.org,2002:float", Core.construct_yaml_float)


def _as_an_editor(loader: Core, node: yaml.MappingNode) -> dict[str, Any]:
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


Core.add_constructor("tag:yaml.org,2002:map", _as_an_editor)


def seen(text: str) -> Any:  # noqa: ANN401 - a YAML value is anything
    """Return what an editor takes a document for; its keys are texts."""
    return yaml.load(text, Core)  # noqa: S506 - it is a safe loader


def plain(text: str) -> Any:  # noqa: ANN401 - likewise
    """Return what an editor takes a scalar for that stands without quotes."""
    loader: Any = Core("")
    return loader.construct_object(
        yaml.ScalarNode(loader.resolve(yaml.ScalarNode, text, (True, False)), text)
    )


def forms(shape: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the ways to write a value: the alternatives of a piece of the schema, references followed."""
    if "$ref" in shape:
        return [SCHEMA["$defs"][shape["$ref"].rpartition("/")[2]]]
    alternatives = (*shape.get("anyOf", ()), *(shape[key] for key in ("then", "else") if key in shape))
    return [form for one in alternatives for form in forms(one)] or [shape]


def _items(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [form for one in found if "items" in one for form in forms(one["items"])]


def _forms_at(path: KeyPath) -> list[dict[str, Any]]:
    found = [SCHEMA]
    for key in path:
        held = [*found, *_items(found)]
        inner = "additionalProperties" if key == ANY else "properties"
        shapes = [one[inner] if key == ANY else one[inner].get(key) for one in held if inner in one]
        found = [form for shape in shapes if shape for form in forms(shape)]
    return found


def takes_a_list(path: KeyPath) -> bool:
    """Return whether a list may stand at a key."""
    return bool(_items(_forms_at(path)))


def words_at(path: KeyPath) -> set[str]:
    """Return the words that may be written at a key, or in the list there."""
    found = _forms_at(path)
    return {
        str(word)
        for form in (*found, *_items(found))
        for word in (*form.get("enum", ()), *(one["body"] for one in form.get("defaultSnippets", ())))
    }


def fits(shape: dict[str, Any], value: object) -> bool:
    """Return whether a value fits a piece of the schema."""
    return CHECKER.evolve(schema={**shape, "$defs": SCHEMA["$defs"]}).is_valid(value)


def faults(text: str) -> set[str]:
    """Return the places where an editor underlines a forum file: keys and indices from the top."""
    return {"/".join(map(str, error.absolute_path)) for error in CHECKER.iter_errors(seen(text))}
