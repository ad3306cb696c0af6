"""What is published can always be made again, whole, and be read by everybody who is meant to."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
from pathlib import Path

import pytest
from project_folder import Folder
from project_life import (
    BEFORE,
    PLAN,
    broken_links,
    calendars,
    cron,
    decided,
    forum,
    head,
    hidden,
    modes,
    told,
)

ADDRESS = "https://www.example.org/meetings"
TWO = head(more=f"base_url: {ADDRESS}\n") + forum(
    "council",
    "twice a year",
    "host: {rotate: [hylte, laholm]}",
    "deadlines: [{name: Summons, days_before: 14}]",
)
THREE = TWO + forum("staff", "three times a year", organisation="laholm")
YEARS = (2024, 2025, 2026)
unix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project with three years, one of them over, in which much has happened."""
    folder = Folder(tmp_path, THREE)
    folder.fine("plan", "2024", "2025", "--today", "2023-09-15")
    folder.fine("confirm", "2024", "council-2025-1", "--today", "2023-10-01")
    folder.fine("cancel", "staff-2024-3", "--reason", "Snow", "--today", "2024-02-01")
    folder.write(TWO)
    folder.fine("plan", "2025", "2026", *BEFORE)
    folder.fine("move", "council-2026-1", "2026-04-15", *BEFORE)
    folder.fine("add", "council", "2026-05-06", "--place", "The library", *BEFORE)
    return folder


def lose(folder: Folder) -> dict[str, bytes]:
    """Remove the folder that is published, as a careless clean-up would; return every file that there was."""
    before = folder.files()
    shutil.rmtree(folder.place("calendars"))
    return before


# --- publish -------------------------------------------------------------------------------------------


def test_everything_can_be_made_again(project: Folder) -> None:
    """`rm -rf calendars && kultursam publish` gives back every byte."""
    before = lose(project)
    plans = {name: stamp for name, stamp in project.stamps().items() if name.startswith("plans/")}
    project.fine("publish", *BEFORE)
    assert project.files() == before
    assert {name: stamp for name, stamp in project.stamps().items() if name.startswith("plans/")} == plans


def test_the_day_makes_no_difference(project: Folder) -> None:
    """Years later, by the clock of the machine, in a process of its own: the same bytes."""
    before = lose(project)
    run = cron(project.folder, "publish")
    assert run.code == 0, run
    assert project.files() == before


def test_publish_plans_nothing(project: Folder) -> None:
    """A forum file that would move meetings, or lose confirmed ones, changes no date and no status."""
    project.edit("weekdays: [tue, wed]", "weekdays: [thu]")
    before, plans = decided(project), [project.plan(year) for year in YEARS]
    project.fine("publish", *BEFORE)
    assert decided(project) == before
    assert [project.plan(year) for year in YEARS] == plans


def test_publish_again_touches_nothing(project: Folder) -> None:
    """A second run finds every file as it should be; a quiet one says nothing of that."""
    stamps = project.stamps()
    assert told(project.fine("publish", "--quiet", *BEFORE)) == ""
    assert project.stamps() == stamps


def test_publish_for_programs(project: Folder) -> None:
    """With --json it is one document with its problems."""
    run = project.fine("publish", "--json", *BEFORE)
    assert run.document["problems"] == []


def test_publish_without_plans_says_how_to_make_one(tmp_path: Path) -> None:
    """There is nothing to publish yet: not done, and the first step is told."""
    folder = Folder(tmp_path, TWO)
    run = folder.run("publish", *BEFORE)
    assert run.code == 1
    assert "kultursam plan" in run.err
    assert folder.files() == {}


# --- every run that writes -----------------------------------------------------------------------------

WRITING = [
    "plan 2026",
    "plan 2026 --quiet",
    "plan",
    "plan next",
    "publish",
    "confirm council-2026-1",
    "move council-2026-1 2026-04-22",
    "cancel council-2026-2 --reason Snow",
    "add council 2026-06-03",
]


@pytest.mark.parametrize("arguments", WRITING)
def test_every_run_completes_all_years(project: Folder, arguments: str) -> None:
    """A run that names one year leaves no page or calendar of another missing, and no link dead."""
    before = lose(project)
    project.fine(*arguments.split(), "--today", "2025-06-16")
    after = project.files()
    assert after.keys() == before.keys()
    of_other_years = [name for name in before if "2024" in name or "2025" in name]
    assert len(of_other_years) > 20
    assert [name for name in of_other_years if after[name] != before[name]] == []
    assert broken_links(project.place("calendars"), ADDRESS) == []


def test_a_single_file_is_made_again(project: Folder) -> None:
    """One page of an old year that got lost, or was spoilt, is put right by the nightly run."""
    before = project.files()
    for lost in (True, False):
        for name in ("2024.html", "2024/all.ics", "feeds/staff.ics", "index.html"):
            path = project.place(f"calendars/{name}")
            if lost:
                path.unlink()
            else:
                path.write_bytes(b"x")
        project.fine("plan", "2026", "--quiet", *BEFORE)
        assert project.files() == before


def test_a_calendar_that_never_held_an_entry_goes(project: Folder) -> None:
    """An id is put right before anything was planned under it: its empty calendars do not stay for good.

    One of an id that had meetings stays, and so does what somebody else put there.
    """
    project.write(TWO + forum("bord", "as needed"))
    project.fine("plan", *BEFORE)
    assert {"calendars/feeds/bord.ics", "calendars/2025/bord.ics"} <= project.files().keys()
    theirs = {"calendars/feeds/theirs.ics", "calendars/2025/theirs.ics"}
    for name in theirs:
        project.place(name).write_text("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", encoding="utf-8")
    project.write(TWO + forum("board", "as needed"))
    project.fine("plan", *BEFORE)
    after = project.files()
    assert [name for name in after if "bord" in name] == []
    ours = {f"calendars/{name}.ics" for name in ("feeds/board", "feeds/staff", "2024/staff")}
    assert ours | theirs <= after.keys()
    assert broken_links(project.place("calendars"), ADDRESS) == []
    project.edit("cadence: as needed", "cadence: external\n    publish: true\n    dates: [{on: 2025-05-06}]")
    project.fine("plan", "--accept", *BEFORE)
    kept = project.files()["calendars/feeds/board.ics"]
    assert b"BEGIN:VEVENT" in kept
    project.edit("    publish: true\n", "")
    project.fine("plan", "--accept", *BEFORE)
    assert project.files()["calendars/feeds/board.ics"] == kept


def test_links_lead_somewhere(project: Folder) -> None:
    """Every link of every page and every entry leads to a file that is published."""
    assert broken_links(project.place("calendars"), ADDRESS) == []


def test_a_look_or_a_refusal_writes_nothing(project: Folder) -> None:
    """What is only shown, tried or refused completes nothing either."""
    lose(project)
    for arguments in ("show 2025", "check", "plan 2026 --dry-run", "plan 2026 --check", "export 2025"):
        project.run(*arguments.split(), *BEFORE)
    assert project.run("move", "council-2026-1", "2026-05-01", *BEFORE).code == 1
    assert calendars(project) == {}


# --- who may read it -----------------------------------------------------------------------------------


@unix
@pytest.mark.parametrize("umask", [0o077, 0o027, 0o002, 0o000])
def test_all_may_read_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    """Files are 0644 and folders 0755, as systemd's UMask=0077 or a careful root would not have them."""
    folder = Folder(tmp_path, TWO)
    assert cron(tmp_path, *PLAN, umask=umask).code == 0
    assert modes(folder.place("calendars")) == {}
    assert cron(tmp_path, "confirm", "2025", *BEFORE, umask=umask).code == 0
    assert cron(tmp_path, "publish", umask=umask).code == 0
    assert modes(folder.place("calendars")) == {}


@unix
@pytest.mark.parametrize("arguments", ["plan 2025", "plan 2025 --quiet", "publish", "confirm 2025"])
def test_what_an_earlier_run_left_unreadable_is_mended(tmp_path: Path, arguments: str) -> None:
    """Though no byte differs, permissions are put right, also where the checksum says that all is well."""
    folder = Folder(tmp_path, TWO)
    for _ in range(2):
        folder.fine("plan", "2025", "--quiet", *BEFORE)
    published = folder.place("calendars")
    for name in ("index.html", "feeds/all.ics", "2025/meetings.json"):
        (published / name).chmod(0o600)
    for name in ("feeds", "2025/organisations", "."):
        (published / name).chmod(0o700)
    assert len(modes(published)) == 6
    folder.fine(*arguments.split(), *BEFORE)
    assert modes(published) == {}


# --- output: in the forum file -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [PLAN, ("confirm", "2025", *BEFORE), ("publish",)], ids=lambda arguments: arguments[0]
)
def test_the_forum_file_says_where_calendars_go(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """`output` is the folder for every command that writes, and nothing is put in the usual place."""
    folder = Folder(tmp_path, f"output: public/meetings\n{TWO}")
    folder.fine(*PLAN)
    before = folder.files()
    assert "public/meetings/feeds/all.ics" in before
    shutil.rmtree(folder.place("public"))
    folder.fine(*arguments)
    assert folder.files().keys() == before.keys()
    assert not folder.place("calendars").exists()


def test_output_starts_at_the_forum_file(tmp_path: Path) -> None:
    """Wherever the run starts, and where the forum file lies in data/ too; --output goes before it."""
    (tmp_path / "project" / "data").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    text = f"output: ../public\n{TWO}"
    (tmp_path / "project" / "data" / "forums.yaml").write_text(text, encoding="utf-8")
    folder = Folder(tmp_path, None)
    folder.fine(*PLAN, "--file", "project/data/forums.yaml")
    assert folder.place("project/public/index.html").is_file()
    assert cron(tmp_path / "elsewhere", "publish", "--file", "../project/data/forums.yaml").code == 0
    assert list((tmp_path / "elsewhere").iterdir()) == []
    folder.fine(*PLAN, "--file", "project/data/forums.yaml", "--output", "here")
    assert folder.place("here/index.html").is_file()


def test_an_unchanged_run_knows_its_output(tmp_path: Path) -> None:
    """The quick run looks at the files where they really lie."""
    folder = Folder(tmp_path, f"output: public\n{TWO}")
    for _ in range(2):
        folder.fine("plan", "2025", "--quiet", *BEFORE)
    before = folder.files()
    folder.place("public/feeds/all.ics").unlink()
    folder.fine("plan", "2025", "--quiet", *BEFORE)
    assert folder.files() == before


# --- what is not for the public ------------------------------------------------------------------------


def test_nothing_of_ours_lies_in_the_published_folder(project: Folder) -> None:
    """No checksum, no lock, no file beside: the folder can be copied as it is."""
    for _ in range(2):
        project.fine("plan", "2025", "--quiet", *BEFORE)
        assert hidden(project.place("calendars")) == []


@pytest.mark.parametrize("arguments", ["plan 2025", "plan 2025 --quiet", "publish"])
def test_what_an_earlier_version_left_there_goes(project: Folder, arguments: str) -> None:
    """1.0.0 kept its checksum among the calendars; a user would not look for a hidden file to remove."""
    project.place("calendars/.fingerprint.json").write_text("{}", encoding="utf-8")
    project.fine(*arguments.split(), *BEFORE)
    assert hidden(project.place("calendars")) == []


def test_nothing_of_the_machine_is_published(project: Folder) -> None:
    """No path, no user and no host name stand in what is published or recorded."""
    names = (str(project.folder), str(project.folder.resolve()), socket.gethostname(), getpass.getuser())
    # A short name may be part of any word.
    words = [name for name in names if len(name) > 6]
    for name, data in project.files().items():
        assert [word for word in words if word.encode() in data] == [], name


def test_nobodys_name_is_published(tmp_path: Path) -> None:
    """What lies beside the forum file for the post is no part of any calendar or page."""
    folder = Folder(tmp_path, TWO)
    people = (
        "organiser: {name: Karin Quist, email: karin.quist@kultur.example}\n"
        "people: [{role: council member, at: hylte, name: Olof Zetterberg, email: olof.z@kultur.example}]\n"
    )
    folder.place("people.yaml").write_text(people, encoding="utf-8")
    folder.place("mail.toml").write_text('host = "post.kultur.example"\n', encoding="utf-8")
    folder.fine(*PLAN)
    folder.fine("publish", *BEFORE)
    for name, data in folder.files().items():
        if name not in {"people.yaml", "mail.toml"}:
            assert not [word for word in (b"Quist", b"Zetterberg", b"olof.z", b"post.kultur") if word in data]
