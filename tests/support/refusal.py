"""What a reader of values says of a text that it refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest


def refusal(read: Callable[[str], object], text: str) -> str:
    """Return the sentence that a text is refused with."""
    try:
        value = read(text)
    except ValueError as error:
        return str(error)
    pytest.fail(f"{text!r} was read as {value!r}")
