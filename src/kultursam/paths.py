"""Where a project's files lie, and what they are called in messages."""

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
    def drafts(self) -> Path:
        """The folder of the drafts that are kept beside the plans of record."""
        return self.plans / "drafts"

    def draft(self, name: str, year: int) -> Path:
        """Return the file of a draft of a year."""
        return self.drafts / name / f"{year}.yaml"

    @property
    def lock(self) -> Path:
        """The file that is locked by a run while it writes."""
        return self.plans / ".lock"

    @property
    def calendars(self) -> Path:
        """The folder of the calendars, unless another is named."""
        return self.folder / "calendars"

    @property
    def people_file(self) -> Path:
        """The file that says who holds which role."""
        return self.folder / "people.yaml"

    @property
    def mail_file(self) -> Path:
        """The file that names the servers of mail."""
        return self.folder / "mail.toml"

    @property
    def outboxes(self) -> Path:
        """The folder of what is known of mails."""
        return self.folder / "outbox"

    def outbox(self, year: int) -> Path:
        """Return the file that knows who was sent what of a year."""
        return self.outboxes / f"{year}.jsonl"

    @property
    def recorded_years(self) -> list[int]:
        """The years that have a plan of record."""
        return sorted(int(path.stem) for path in self.plans.glob("[0-9][0-9][0-9][0-9].yaml"))

    @property
    def title(self) -> str:
        """What the project is called in messages that name no file: its folder."""
        return self.folder.absolute().name if self.folder.absolute() == Path.cwd() else displayed(self.folder)


def find_project(start: Path) -> Project:
    """Return the project of the nearest forum file in a folder or above it; else the built-in example."""
    for folder in (start, *start.parents):
        for name in FORUM_FILES:
            if (folder / name).is_file():
                return project_of(folder / name)
    return Project(builtin_forum_file(), start, builtin=True)


def project_of(forum_file: Path) -> Project:
    """Return the project that a forum file belongs to."""
    folder = forum_file.absolute().parent
    return Project(forum_file, folder.parent if folder.name == "data" else folder)


def builtin_forum_file() -> Path:
    """Return the example that comes with the package, in a wheel or in the repository."""
    shipped = PACKAGE / "data" / "forums.yaml"
    return shipped if shipped.is_file() else PACKAGE.parents[1] / "data" / "forums.yaml"


def displayed(path: Path) -> str:
    """Return a file's name as users know it: relative to the current folder where it lies below it."""
    whole, here = path.absolute(), Path.cwd()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else path)
