"""Where a project's files lie. Nothing heavy is imported here: the quickest runs need no more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FORUM_FILES = ("forums.yaml", "data/forums.yaml")
PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Project:
    """The files of a project."""

    forum_file: Path
    folder: Path
    """It holds plans/ and, unless another output folder is named, calendars/."""
    builtin: bool = False

    @property
    def plans(self) -> Path:
        """The folder of the plans of record."""
        return self.folder / "plans"

    @property
    def lock(self) -> Path:
        """The file that a run which writes holds locked."""
        return self.plans / ".lock"

    @property
    def calendars(self) -> Path:
        """The folder that calendars are written to, unless another is named."""
        return self.folder / "calendars"


def find_project(start: Path) -> Project:
    """Find the nearest forum file in a folder or above it; else the built-in example."""
    for folder in (start, *start.parents):
        for name in FORUM_FILES:
            if (folder / name).is_file():
                return project_of(folder / name)
    return Project(builtin_forum_file(), start, builtin=True)


def project_of(forum_file: Path) -> Project:
    """Give the project that a forum file belongs to."""
    folder = forum_file.absolute().parent
    return Project(forum_file, folder.parent if folder.name == "data" else folder)


def builtin_forum_file() -> Path:
    """Give the example that comes with the package, in a wheel or in the repository."""
    shipped = PACKAGE / "data" / "forums.yaml"
    return shipped if shipped.is_file() else PACKAGE.parents[1] / "data" / "forums.yaml"


def released() -> str:
    """Give the version of the package as it was installed: pyproject.toml alone states it."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("kultursam")
    except PackageNotFoundError:
        return "(not installed)"
