"""JSON Schemas of files, made of their models, for editors that complete and check YAML.

They refuse nothing that the product accepts, but what spans several keys (dates in order, ids that exist,
windows that overlap) is left to `kultursam check`.
"""

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from kultursam.forumfile.models import ForumFile
from kultursam.forumfile.register import EITHER
from kultursam.forumfile.values import Keys

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    """Leaves out what means nothing to people: titles made of keys, null, empty defaults."""

    def field_title_should_be_set(self, _: object) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        default = schema.get("default")
        return (
            {**inner, "default": default}
            if isinstance(default, bool | int | str) and default != ""
            else inner
        )

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        keys, values = (self.generate_inner(schema[of]) for of in ("keys_schema", "values_schema"))
        made = {"type": "object", "propertyNames": keys, "additionalProperties": values}
        return made | ({"minProperties": schema["min_length"]} if "min_length" in schema else {})

    def union_schema(self, schema: core_schema.UnionSchema) -> JsonSchemaValue:
        """Let an item that may stand alone be checked as what it is, so that slips are found within it."""
        made = super().union_schema(schema)
        match made.get("anyOf"):
            case [{"$ref": _} as alone, {"type": "array"} as several]:
                return {"if": {"type": "array"}, "then": several, "else": alone}
        return made


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a forum file."""
    made = ForumFile.model_json_schema(schema_generator=_Generator)
    models = made["$defs"]
    # What a forum needs may stand in `defaults`: so both have the same keys, and need none.
    needed = models["Forum"].pop("required")
    models["Forum"]["properties"] = models.pop("Defaults")["properties"]
    made["properties"]["defaults"]["$ref"] = "#/$defs/Forum"
    made["allOf"] = [_in_forum_or_defaults(key) for key in needed]
    return _for_editors(made, "A forum file of kultursam")


def schema_of(file: type[Keys], title: str) -> dict[str, Any]:
    """Return the JSON Schema of a file that is made of a model."""
    return _for_editors(file.model_json_schema(schema_generator=_Generator), title)


def _for_editors(made: dict[str, Any], title: str) -> dict[str, Any]:
    """Return a schema with what editors show of each key."""
    for model in (made, *made["$defs"].values()):
        del model["title"]
        for key, value in model["properties"].items():
            value["title"] = key
            if write := value.get("patternErrorMessage"):
                value["description"] += f"\n\n{write}"
            for way in (*value.get("anyOf", ()), *(value[of] for of in ("then", "else") if of in value)):
                if "$ref" in way:
                    # An editor tells of the way that is written, which is to mean what the key means.
                    way["description"] = value["description"]
    return {"$schema": DIALECT, "title": title, **made}


def _in_forum_or_defaults(key: str) -> dict[str, Any]:
    """Return the condition that every forum has a key, unless `defaults` has it, or what stands for it."""
    condition = {
        "if": {"required": ["defaults"], "properties": {"defaults": {"required": [key]}}},
        "else": {"properties": {"forums": {"additionalProperties": {"required": [key]}}}},
    }
    if key in EITHER:
        (other,) = EITHER - {key}
        no_other = {"if": {"required": [other]}, "else": {"required": [key]}}
        condition["else"] = {"properties": {"forums": {"additionalProperties": no_other}}}
    return condition


def to_text(schema: dict[str, Any]) -> str:
    """Return a schema as text, in ASCII alone, so that no shell's encoding can harm it."""
    return json.dumps(schema, indent=2) + "\n"
