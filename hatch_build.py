"""Compiles the message catalogues when the package is built or installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface):
    """Writes a .mo beside each .po, for editable installs too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile every catalogue."""
        for source in sorted(Path(self.root).glob("src/kultursam/locale/*/LC_MESSAGES/*.po")):
            with source.open("rb") as stream:
                catalogue = read_po(stream)
            with source.with_suffix(".mo").open("wb") as stream:
                write_mo(stream, catalogue)
