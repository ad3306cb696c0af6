"""The JSON Schema of every JSON document, made of the types that the documents have."""

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from kultursam.render.data.documents import (
    JsonComparison,
    JsonCreated,
    JsonExplanation,
    JsonExported,
    JsonFetched,
    JsonForgotten,
    JsonImported,
    JsonInvitations,
    JsonPeople,
    JsonPlan,
    JsonProblems,
    JsonPublished,
    JsonReplies,
    JsonSince,
    JsonSuggestions,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCUMENTS: dict[str, Any] = {
    # Each year of the list alone is a document too: meetings.json.
    **dict.fromkeys(("plan", "confirm", "move", "refresh"), list[JsonPlan] | JsonPlan | JsonProblems),
    **dict.fromkeys(("add", "cancel", "restore"), JsonPlan | JsonProblems),
    "show": JsonPlan | JsonSince | JsonComparison | JsonProblems,
    "explain": JsonExplanation | JsonProblems,
    "suggest": JsonSuggestions | JsonProblems,
    "check": JsonProblems,
    "publish": JsonPublished | JsonProblems,
    "fetch": JsonFetched | JsonProblems,
    "export": JsonExported | JsonProblems,
    "import": JsonImported | JsonProblems,
    "init": JsonCreated | JsonProblems,
    "invite": JsonInvitations | JsonProblems,
    "replies": JsonReplies | JsonProblems,
    "people": JsonPeople | JsonForgotten | JsonProblems,
}
"""By command: what it prints with --json, and what if it fails."""


class _Generator(GenerateJsonSchema):
    """Leaves out titles that are made of keys."""

    def field_title_should_be_set(self, _: object) -> bool:
        return False


def schema_of(command: str) -> dict[str, Any]:
    """Return the JSON Schema of what a command prints with --json."""
    made = TypeAdapter(DOCUMENTS[command]).json_schema(schema_generator=_Generator)
    return {"$schema": DIALECT, "title": f"kultursam {command} --json", **made}
