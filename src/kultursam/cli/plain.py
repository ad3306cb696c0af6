"""The main command in its plain form: most runs are `plan 2025`, or the same with --quiet, from cron.

It is read here without a library, which would take a tenth of a run; any other command line is not for here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

YEARS = range(1970, 2200)
"""The years that can be planned."""


@dataclass(slots=True)
class Plain:
    """What a plain `plan` asks for."""

    years: list[int]
    file: Path | None = None
    output: Path | None = None
    quiet: bool = False


def read(arguments: Sequence[str]) -> Plain | None:
    """Read a plain `plan`; None for any other command line."""
    if arguments[:1] != ["plan"]:
        return None
    plain = Plain([])
    words = iter(arguments[1:])
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--quiet":
            plain.quiet = True
        elif name in {"--file", "--output"}:
            value = value if equals else next(words, "")
            if not value:
                return None
            setattr(plain, name.removeprefix("--"), Path(value))
        elif re.fullmatch(r"[0-9]{4}", word, re.ASCII) and int(word) in YEARS:
            plain.years.append(int(word))
        else:
            return None
    return plain if plain.years else None
