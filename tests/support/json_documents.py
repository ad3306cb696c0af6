"""JSON documents, read by the schemas that the command line prints."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema

from kultursam.render.data import schema_of

SEVERITIES = {"error", "warning", "tip"}
"""What would stand for a code where none was given."""


@cache
def _checker(command: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema_of(command))


def faults(command: str, document: Any) -> list[str]:  # noqa: ANN401 - a JSON document is anything
    """Return what is wrong with the document of a command, by its schema, and problems without a code."""
    found = [f"{error.json_path}: {error.message}" for error in _checker(command).iter_errors(document)]
    return found + [f"no code: {one['text']}" for one in _problems(document) if one["code"] in SEVERITIES]


def _problems(document: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - likewise
    years = document if isinstance(document, list) else [document]
    return [problem for year in years for problem in year["problems"]]
