"""Several people plan in one git repository: branches, merges, Windows clones, and a check in CI."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from git_clones import WINDOWS, Clone
from project_folder import ROOT, Folder, faults
from project_life import ADDED, BEFORE, PLAN, cron, decided, errors, feed, forum, head, in_time, told

TWO = head() + forum("council", "twice a year") + forum("staff", "twice a year", organisation="laholm")


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project in a folder of its own, planned for 2025."""
    folder = Folder(tmp_path / "here", None)
    folder.folder.mkdir()
    folder.write(TWO)
    folder.fine(*PLAN)
    return folder


def copy(project: Folder, name: str) -> Folder:
    """Return a copy of a project, as a branch of it would be."""
    folder = project.folder.parent / name
    shutil.copytree(project.folder, folder)
    return Folder(folder, None)


def of_ours(project: Folder) -> dict[str, bytes]:
    """Return every file that the program wrote, and none of git's."""
    return {name: data for name, data in project.files().items() if not name.startswith(".")}


# --- conflict markers ----------------------------------------------------------------------------------


def conflicting(text: str, pattern: str) -> str:
    """Return a text in which git left both sides of the first line that fits."""
    found = re.search(pattern, text, re.MULTILINE)
    assert found
    both = f"<<<<<<< HEAD\n{found[0]}\n=======\n{found[0]} # theirs\n>>>>>>> branch\n"
    return f"{text[: found.start()]}{both}{text[found.end() + 1 :]}"


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("forums.yaml", "^  council:"),
        ("forums.yaml", "^    cadence: .*"),
        ("forums.yaml", "^name: .*"),
        ("plans/2025.yaml", "^        status: .*"),
        ("plans/2025.yaml", "^      - id: .*"),
        ("plans/2025.yaml", "^schema: .*"),
    ],
)
def test_conflict_markers_are_named_as_such(project: Folder, name: str, pattern: str) -> None:
    """One message, with the line of the first marker: that a merge is not finished, and what to do."""
    text = conflicting(project.place(name).read_text(encoding="utf-8"), pattern)
    project.place(name).write_text(text, encoding="utf-8")
    stamps = project.stamps()
    for arguments in ("check --json", "plan 2025 --json --today 2024-09-15"):
        run = project.run(*arguments.split())
        assert run.code == 1
        (problem,) = errors(run)
        assert problem["file"] == name
        assert text.splitlines()[problem["line"] - 1] == "<<<<<<< HEAD"
        # Of a file that cannot be read the language is not known: the locale's is spoken.
        assert re.search("merge|conflict|konflikt", problem["text"], re.IGNORECASE)
        assert re.search("git|resolve|choose|keep|remove|välj|behåll|ta bort", problem["text"])
        assert "YAML" not in problem["text"]
    assert project.stamps() == stamps


@pytest.mark.parametrize("forums", ["conflict", "fault", "newer"])
def test_all_unfinished_merges_are_told_at_once(project: Folder, forums: str) -> None:
    """Both the forum file and plans may conflict; each is named once, and nothing else that is wrong is.

    A fault of the forum file waits too, and one that a plan of a newer version explains.
    """
    project.fine("plan", "2026", "--today", "2024-09-15")
    text = project.forum_file.read_text(encoding="utf-8")
    expected = ["plans/2025.yaml", "plans/2026.yaml"]
    if forums == "conflict":
        project.write(conflicting(text, "^name: .*"))
        expected.insert(0, "forums.yaml")
    else:
        project.write(f"{text}new_key: [\n")
    for year in (2025, 2026):
        plan = project.plan(year)
        plan = (
            plan.replace("schema: 2", "schema: 9") if forums == "newer" else conflicting(plan, "^schema: .*")
        )
        project.place(f"plans/{year}.yaml").write_text(plan, encoding="utf-8")
    project.place("plans/2027.yaml").write_text("year: 1", encoding="utf-8")
    for command in ("check", "plan", "show 2025"):
        found = errors(project.run(*command.split(), "--json", "--today", "2024-09-15"))
        assert [problem["file"] for problem in found] == expected
        assert {problem["code"] for problem in found} == {"newer-schema" if forums == "newer" else "unmerged"}


def test_a_fault_of_the_forum_file_is_told_where_plans_are_sound(project: Folder) -> None:
    """A plan that is merely wrong follows from nothing, and waits its turn."""
    project.edit("language: en", "language: xx")
    project.place("plans/2027.yaml").write_text("year: 1", encoding="utf-8")
    found = errors(project.run("check", "--json"))
    assert [problem["file"] for problem in found] == ["forums.yaml"]


def test_what_looks_like_a_marker_is_a_text(tmp_path: Path) -> None:
    """Signs within a name, or a rule of equal signs in a comment, are no conflict."""
    text = TWO.replace("name: Culture office", 'name: "<<<<<<< Culture ======="') + "# =======\n"
    folder = Folder(tmp_path, text)
    folder.fine(*PLAN)
    folder.fine("check")


# --- what init writes ----------------------------------------------------------------------------------


@pytest.fixture
def begun(tmp_path: Path) -> Clone:
    """Return a repository with a project that `init` made."""
    folder = Folder(tmp_path / "new", None)
    folder.folder.mkdir()
    folder.fine("init")
    clone = Clone(folder.folder)
    clone.begin()
    return clone


def test_init_prepares_the_repository(begun: Clone) -> None:
    """Its files are made once, and committed with the forum file."""
    assert begun.git("ls-files").stdout.split() == [".gitattributes", ".gitignore", "forums.yaml"]


@pytest.mark.parametrize("name", ["plans/2025.yaml", "calendars/feeds/all.ics", "calendars/index.html"])
def test_git_never_converts_what_is_written(begun: Clone, name: str) -> None:
    """On Windows git changes line ends of text files; plans, and calendars where it keeps them, are none."""
    said = begun.git("check-attr", "text", "--", name).stdout
    assert said.strip() == f"{name}: text: unset"


def test_git_keeps_what_is_to_be_kept(begun: Clone) -> None:
    """After planning, plans are there to commit; calendars, lock and checksum are not."""
    folder = Folder(begun.folder, None)
    folder.fine("plan", "2025", "--quiet", *BEFORE)
    folder.fine("plan", "2025", "--quiet", *BEFORE)
    assert begun.untracked() == ["plans/2025.yaml"]
    for name in ("calendars/index.html", "plans/.lock"):
        assert begun.git("check-ignore", "--no-index", name, check=False).returncode == 0, name
    for name in ("plans/2025.yaml", "forums.yaml", "busy/council.ics"):
        assert begun.git("check-ignore", "--no-index", name, check=False).returncode == 1, name


def test_init_keeps_what_somebody_wrote(tmp_path: Path) -> None:
    """A repository that has rules of its own loses none; they may be added to."""
    folder = Folder(tmp_path, None)
    for name in (".gitignore", ".gitattributes"):
        folder.place(name).write_text("*.bak\n", encoding="utf-8")
    folder.fine("init")
    for name in (".gitignore", ".gitattributes"):
        assert "*.bak" in folder.place(name).read_text(encoding="utf-8").splitlines()


# --- line ends -----------------------------------------------------------------------------------------


def with_crlf(path: Path) -> None:
    """Give a file the line ends of Windows."""
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def test_line_ends_in_plans_change_nothing(project: Folder) -> None:
    """A clone on Windows from before .gitattributes: nothing would change, and nothing does."""
    with_crlf(project.place("plans/2025.yaml"))
    stamps = project.stamps()
    for arguments in (
        "plan 2025 --check",
        "plan 2025 --quiet",
        "plan 2025",
        "publish",
        "confirm 2025 --dry-run",
    ):
        run = project.fine(*arguments.split(), *BEFORE)
        assert run.err == ""
    assert project.stamps() == stamps


def test_line_ends_of_the_forum_file_change_nothing(project: Folder) -> None:
    """Nor do those of what people write."""
    with_crlf(project.forum_file)
    project.fine("plan", "2025", "--check", *BEFORE)


def test_a_plan_that_changes_is_written_as_ever(project: Folder) -> None:
    """A plan with the line ends of Windows is written, when it changes, as it would have been without."""
    other = copy(project, "there")
    with_crlf(other.place("plans/2025.yaml"))
    for folder in (project, other):
        folder.fine("confirm", "council-2025-1", *BEFORE)
    assert other.files() == project.files()


def test_a_clone_on_windows_is_the_same(begun: Clone, tmp_path: Path) -> None:
    """With git's own conversion switched on, a fresh clone holds the plans byte by byte."""
    folder = Folder(begun.folder, None)
    folder.fine("plan", "2025", *BEFORE)
    begun.commit("Plan 2025")
    other = Folder(begun.clone(tmp_path / "windows", *WINDOWS).folder, None)
    assert other.place("plans/2025.yaml").read_bytes() == folder.place("plans/2025.yaml").read_bytes()
    other.fine("publish", *BEFORE)
    other.fine("plan", "2025", "--check", *BEFORE)
    assert of_ours(other) == of_ours(folder)


# --- ids of added meetings -----------------------------------------------------------------------------


def added(folder: Folder, *arguments: str) -> str:
    """Add a meeting of the council; return its id."""
    before = set(folder.meetings(2025))
    folder.fine("add", "council", *arguments, *BEFORE)
    (key,) = set(folder.meetings(2025)) - before
    return key


def test_two_branches_never_use_one_id(project: Folder) -> None:
    """Each adds a meeting, another one: the ids differ, and say nothing of which came first."""
    keys = [
        added(copy(project, name), *arguments)
        for name, arguments in {
            "a": ["2025-05-06"],
            "b": ["2025-05-07"],
            "c": ["2025-05-06", "--time", "13:00-15:00"],
        }.items()
    ]
    assert len(set(keys)) == 3
    assert all(ADDED.fullmatch(key) and key.startswith("council-2025-x") for key in keys)
    other = copy(project, "d")
    other.fine("add", "staff", "2025-05-06", *BEFORE)
    (key,) = [key for key in other.meetings(2025) if ADDED.fullmatch(key)]
    assert key.rpartition("-")[2] != keys[0].rpartition("-")[2]


def test_the_same_meeting_has_the_same_id(project: Folder) -> None:
    """Forum, date and time decide it: on any machine, whatever the place and the rest of the plan."""
    other = copy(project, "there")
    added(other, "2025-06-03")
    assert added(project, "2025-05-06") == added(other, "2025-05-06", "--place", "The library")
    third = copy(other, "third")
    shutil.rmtree(third.place("plans"))
    third.fine(*PLAN)
    run = cron(third.folder, "add", "council", "2025-05-06", "--today", "2024-12-24")
    assert run.code == 0
    assert third.meetings(2025).keys() - project.meetings(2025).keys() == set()


def test_an_added_meeting_keeps_its_id(project: Folder) -> None:
    """It is the hash of where it first lay: moved, it is the same meeting."""
    key = added(project, "2025-05-06")
    before = project.files()
    project.fine("move", key, "2025-05-13", "--time", "13:00-15:00", *BEFORE)
    assert project.meetings(2025)[key]["date"] == "2025-05-13"
    assert faults(before, project.files()) == []
    other = added(project, "2025-05-06")
    assert other != key
    assert project.meetings(2025)[key]["date"] == "2025-05-13"


def test_a_cancelled_meetings_place_can_be_used_again(project: Folder) -> None:
    """The one that was cancelled stays cancelled; what is added there is another meeting."""
    key = added(project, "2025-05-06")
    project.fine("cancel", key, "--reason", "Snow", *BEFORE)
    other = added(project, "2025-05-06")
    assert other != key
    assert feed(project)[key]["STATUS"] == "CANCELLED"
    assert feed(project)[other]["STATUS"] != "CANCELLED"


def test_older_ids_stay(project: Folder) -> None:
    """What 1.0.0 added as x1 keeps its id in every calendar; what is added now is named the new way."""
    key = added(project, "2025-05-06")
    plan = project.plan(2025).replace(key, "council-2025-x1")
    project.place("plans/2025.yaml").write_text(plan, encoding="utf-8")
    shutil.rmtree(project.place("calendars"))
    project.fine("plan", "2025", *BEFORE)
    assert "council-2025-x1" in feed(project)
    before = project.files()
    other = added(project, "2025-06-03")
    assert ADDED.fullmatch(other)
    project.fine("move", "council-2025-x1", "2025-05-13", *BEFORE)
    assert faults(before, project.files()) == []
    assert {"council-2025-x1", other} <= feed(project).keys()


# --- branches and merges -------------------------------------------------------------------------------


@pytest.fixture
def pair(project: Folder, tmp_path: Path) -> tuple[Clone, Clone]:
    """Return two clones of one project, where calendars are not kept."""
    project.place(".gitignore").write_text("calendars/\nplans/.*\n", encoding="utf-8")
    project.place(".gitattributes").write_text("plans/* -text\n", encoding="utf-8")
    clone = Clone(project.folder)
    clone.begin()
    return clone, clone.clone(tmp_path / "there")


def test_two_branches_merge(pair: tuple[Clone, Clone]) -> None:
    """One moves a meeting of the council, one adds a meeting of the staff: git merges, and both are there."""
    here, there = (Folder(clone.folder, None) for clone in pair)
    there.fine("publish", *BEFORE)
    here.fine("move", "council-2025-1", "2025-04-09", *BEFORE)
    pair[0].commit("The council meets a week later")
    there.fine("add", "staff", "2025-12-02", *BEFORE)
    pair[1].commit("The staff meet once more")
    before = here.files()
    assert pair[0].merge(pair[1])
    assert here.run("check", *BEFORE).code == 0
    here.fine("publish", *BEFORE)
    here.fine("plan", "2025", "--check", *BEFORE)
    assert faults(before, here.files()) == []
    assert in_time(here, "council")[0]["date"] == "2025-04-09"
    assert [meeting["date"] for meeting in in_time(here, "staff")][-1] == "2025-12-02"


def test_a_merge_that_git_cannot_do(pair: tuple[Clone, Clone]) -> None:
    """Both move the same meeting: the run says that the merge is to be finished, and nothing is lost."""
    here, there = (Folder(clone.folder, None) for clone in pair)
    there.fine("publish", *BEFORE)
    here.fine("move", "council-2025-1", "2025-04-09", *BEFORE)
    pair[0].commit("A week later")
    there.fine("move", "council-2025-1", "2025-04-16", *BEFORE)
    pair[1].commit("Two weeks later")
    assert not pair[0].merge(pair[1])
    stamps = here.stamps()
    run = here.run("plan", "2025", "--quiet", *BEFORE)
    assert run.code == 1
    assert run.err.startswith("plans/2025.yaml:")
    assert re.search("merge|conflict", run.err, re.IGNORECASE)
    assert here.stamps() == stamps
    pair[0].git("checkout", "--theirs", "plans/2025.yaml")
    here.fine("publish", *BEFORE)
    assert in_time(here, "council")[0]["date"] == "2025-04-16"


# --- a check in CI -------------------------------------------------------------------------------------


def test_a_fresh_clone_has_no_calendars(pair: tuple[Clone, Clone]) -> None:
    """`check` is content there; `publish` and `plan --check` tell whether plans and forum file agree."""
    there = Folder(pair[1].folder, None)
    assert not there.place("calendars").exists()
    assert told(there.fine("check", "--quiet", *BEFORE)) == ""
    assert not there.place("calendars").exists()
    there.fine("publish", *BEFORE)
    there.fine("plan", "--check", *BEFORE)
    there.edit("time: 09:00-12:00", "time: 13:00-15:00")
    there.fine("publish", *BEFORE)
    assert there.run("plan", "--check", *BEFORE).code == 1


def test_the_clone_publishes_what_the_other_does(pair: tuple[Clone, Clone]) -> None:
    """Calendars are made from what is in git, and from nothing else."""
    here, there = (Folder(clone.folder, None) for clone in pair)
    here.fine("confirm", "council-2025-1", *BEFORE)
    pair[0].commit("The council's first meeting is confirmed")
    assert pair[1].merge(pair[0])
    there.fine("publish", "--today", "2024-12-24")
    assert decided(there) == decided(here)
    assert of_ours(there) == of_ours(here)


def test_the_page_tells_it() -> None:
    """docs/together.md: two branches, a merge, what to run after it, and the check; it can be reached."""
    page = (ROOT / "docs" / "together.md").read_text(encoding="utf-8")
    for words in (
        ".gitattributes",
        ".gitignore",
        "git merge",
        "kultursam publish",
        "kultursam check",
        "--check",
    ):
        assert words in page
    readers = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    assert [path.name for path in readers if "together.md" in path.read_text(encoding="utf-8")]
