"""A nightly job needs no calendar of its own, invents no past, and prints only what somebody must read."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from project_folder import ROOT, Folder, Run
from project_life import (
    BEFORE,
    PLAN,
    SUMMER,
    changes,
    closed,
    cron,
    documents,
    environment,
    errors,
    forum,
    head,
    in_time,
    later,
    names_day,
    names_meeting,
    told,
)

TWO = head() + forum("council", "twice a year") + forum("staff", "twice a year", organisation="laholm")


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project of two forums that has not been planned yet."""
    return Folder(tmp_path, TWO)


def planned(folder: Folder) -> list[int]:
    """Return the years that have a plan of record."""
    return sorted(int(path.stem) for path in folder.place("plans").glob("*.yaml"))


def years(run: Run) -> list[int]:
    """Return the years that a run with --json planned."""
    return [document["year"] for document in documents(run)]


# --- which years ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("this", [2025]),
        ("next", [2026]),
        ("this next", [2025, 2026]),
        ("2027-2029", [2027, 2028, 2029]),
        ("2027-2027", [2027]),
        ("2030 this 2027-2028", [2030, 2025, 2027, 2028]),
        ("next 2026 2025-2026", [2026, 2025]),
    ],
)
def test_years_are_named_as_people_do(project: Folder, arguments: str, expected: list[int]) -> None:
    """This year, the next, and years from one to another, in the order given and each once."""
    run = project.fine("plan", *arguments.split(), "--json", *SUMMER)
    assert years(run) == expected
    assert planned(project) == sorted(expected)


@pytest.mark.parametrize(
    "arguments", ["2029-2027", "2027-", "-2027", "2027-29", "2027–20299", "last", "this-next", "1900-2025"]
)
def test_what_names_no_years_is_wrong_usage(project: Folder, arguments: str) -> None:
    """A range that goes backwards, or a word that is none of the two, is told as it was written."""
    run = project.run("plan", arguments, *SUMMER)
    assert run.code == 2
    assert project.files() == {}


@pytest.mark.parametrize(
    ("zone", "moment", "year"),
    [
        ("Europe/Stockholm", "1767223800", 2026),
        ("Europe/Stockholm", "1767220200", 2025),
        ("Pacific/Auckland", "1767182400", 2026),
        ("America/New_York", "1767223800", 2025),
    ],
)
def test_this_year_is_that_of_the_files_zone(project: Folder, zone: str, moment: str, year: int) -> None:
    """Half past midnight on New Year's Day in Stockholm is next year, though the server's clock is in UTC."""
    project.edit("Europe/Stockholm", zone)
    run = project.fine("plan", "this", "--json", env={"SOURCE_DATE_EPOCH": moment})
    assert years(run) == [year]


def test_without_a_year_all_that_are_not_over_are_planned(project: Folder) -> None:
    """Every year in plans/ but those that are over: no year is to be edited in a crontab at New Year."""
    project.fine("plan", "2024", "2025", "2026", "--today", "2023-09-15")
    project.edit("time: 09:00-12:00", "time: 13:00-15:00")
    over = project.plan(2024)
    run = project.fine("plan", "--json", *SUMMER)
    assert years(run) == [2025, 2026]
    assert project.plan(2024) == over
    assert {meeting["start"] for meeting in project.meetings(2026).values()} == {"13:00"}
    assert planned(project) == [2024, 2025, 2026]


def test_on_new_years_eve_and_the_day_after(project: Folder) -> None:
    """The year is not over on its last day, and is over on the next."""
    project.fine("plan", "2025", "2026", *BEFORE)
    assert years(project.fine("plan", "--json", "--today", "2025-12-31")) == [2025, 2026]
    assert years(project.fine("plan", "--json", "--today", "2026-01-01")) == [2026]


@pytest.mark.parametrize("plans", [[], ["2024"]])
def test_where_no_year_is_left_the_first_step_is_told(project: Folder, plans: list[str]) -> None:
    """No plan, or only old ones: nothing can be done, and how to begin is said."""
    # Neither "wrong usage" nor "not done" is out of place here; only success is.
    if plans:
        project.fine("plan", *plans, "--today", "2023-09-15")
    stamps = project.stamps()
    for more in ([], ["--quiet"]):
        run = project.run("plan", *more, *SUMMER)
        assert run.code in {1, 2}
        assert re.search(r"plan (this|next|20\d\d)", run.err)
    assert project.stamps() == stamps


def test_show_without_a_year_shows_this_one(project: Folder) -> None:
    """`show [YEAR]`: the running year is what somebody who names none wants to see."""
    project.fine("plan", "2025", "2026", *BEFORE)
    assert project.fine("show", *SUMMER).out == project.fine("show", "2025", *SUMMER).out
    assert project.fine("show", "next", *SUMMER).out == project.fine("show", "2026", *SUMMER).out


# --- a year that has begun -----------------------------------------------------------------------------

CADENCES = {
    "four times a year": 4,
    "12 times a year": 12,
    "RRULE:FREQ=MONTHLY;BYDAY=2TU": 12,
    "twice a year\n    windows: [{from: 02-01, to: 03-31}, {from: 09-01, to: 11-30}]": 2,
    "as needed\n    reserve: 4": 4,
}


@pytest.mark.parametrize("cadence", CADENCES, ids=[cadence.split("\n")[0][:14] for cadence in CADENCES])
def test_a_running_year_is_planned_from_today_on(tmp_path: Path, cadence: str) -> None:
    """On the first of May the places before it are left out, not invented; how many is said."""
    whole, folder = (Folder(tmp_path / name, None) for name in ("whole", "running"))
    for place in (whole, folder):
        place.folder.mkdir()
        place.write(head() + forum("council", cadence))
    whole.fine(*PLAN)
    expected = [meeting["date"] for meeting in in_time(whole, "council") if meeting["ideal"] >= "2025-05-01"]
    gone = CADENCES[cadence] - len(expected)
    assert gone > 0
    run = folder.fine("plan", "2025", "--today", "2025-05-01")
    meetings = in_time(folder, "council")
    assert len(meetings) == len(expected)
    assert min(meeting["date"] for meeting in meetings) >= "2025-05-01"
    assert re.search(rf"\b{gone}\b", run.err)


def test_a_running_year_stays_as_it_was_planned(tmp_path: Path) -> None:
    """The next night, and in December, nothing is added for what was left out, and nothing taken away."""
    folder = Folder(tmp_path, head() + forum("council", "six times a year"))
    folder.fine("plan", "2025", "--today", "2025-05-01")
    stamps, number = folder.stamps(), len(folder.meetings(2025))
    assert 0 < number < 6
    for today in ("2025-05-01", "2025-05-02", "2025-08-20", "2025-12-20"):
        assert told(folder.fine("plan", "2025", "--quiet", "--today", today)) == ""
        folder.fine("plan", "2025", "--check", "--today", today)
    assert folder.stamps() == stamps


def test_no_meeting_of_the_past_is_made_for_a_preparer(tmp_path: Path) -> None:
    """A meeting whose preparing meeting would lie before today is none that could be prepared any more."""
    prepared = forum("board", "four times a year", "prepared_by: {forum: staff, days_before: 12-21}")
    text = head() + prepared + forum("staff", "four times a year")
    whole, folder = (Folder(tmp_path / name, None) for name in ("whole", "running"))
    for place in (whole, folder):
        place.folder.mkdir()
        place.write(text)
    whole.fine(*PLAN)
    today = later(in_time(whole, "board")[1]["date"], -5)
    folder.fine("plan", "2025", "--today", today)
    board, staff = (in_time(folder, name) for name in ("board", "staff"))
    assert min(meeting["date"] for meeting in board + staff) >= today
    for meeting in board:
        assert [one for one in staff if later(one["date"], 12) <= meeting["date"] <= later(one["date"], 21)]


def test_the_whole_year_on_wish(tmp_path: Path) -> None:
    """--whole-year has the meetings before today too: those of somebody who comes to kultursam in May."""
    folder = Folder(tmp_path, head() + forum("council", "four times a year"))
    folder.fine("plan", "2025", "--whole-year", "--today", "2025-05-01")
    meetings = in_time(folder, "council")
    assert len(meetings) == 4
    assert meetings[0]["date"] < "2025-05-01"
    assert told(folder.fine("plan", "2025", "--quiet", "--today", "2025-05-02")) == ""


def test_a_year_that_is_over_is_planned_whole_with_a_note(project: Folder) -> None:
    """Whoever names an old year means it, or mistyped: done, and told."""
    run = project.fine("plan", "2023", *SUMMER)
    assert len(project.meetings(2023)) == 4
    assert "2023" in run.err
    assert "2023" not in project.fine("plan", "2025", *SUMMER).err


def test_a_year_to_come_has_no_note(project: Folder) -> None:
    """The common case says nothing on stderr."""
    assert project.fine(*PLAN).err == ""


def test_what_others_decided_is_not_left_out(tmp_path: Path) -> None:
    """An external forum's dates before today are no invention: they are shown as they are."""
    dates = "dates: [2025-02-04, 2025-09-02]"
    folder = Folder(tmp_path, head() + forum("assembly", "external", dates, "publish: true"))
    folder.fine("plan", "2025", "--today", "2025-05-01")
    assert [meeting["date"] for meeting in in_time(folder, "assembly")] == ["2025-02-04", "2025-09-02"]


# --- quiet ---------------------------------------------------------------------------------------------


def test_quiet_prints_what_is_new(project: Folder) -> None:
    """A first plan is all changes: cron's mail lists the meetings, without the year around them."""
    run = project.fine("plan", "2025", "--quiet", *BEFORE)
    assert run.err == ""
    for meeting in project.meetings(2025).values():
        assert names_meeting(run.out, meeting)
    assert "Midsummer" not in run.out
    project.write(head() + forum("panel", "12 times a year"))
    project.fine("plan", "2025", "--accept", *BEFORE)
    run = project.fine("plan", "2026", "2027", "--quiet", *BEFORE)
    assert re.findall("^Culture office (.*)", run.out, re.MULTILINE) == ["2026", "2027"]
    assert run.out.count("The panel, ") == 24


def test_quiet_prints_only_what_changed(project: Folder) -> None:
    """One meeting moves: the mail names it, its old day and its new, and no other meeting."""
    project.fine(*PLAN)
    old = project.meetings(2025)
    day = old["council-2025-1"]["date"]
    project.edit("calendar: {country: SE}", closed([day], forums=["council"]))
    run = project.fine("plan", "2025", "--quiet", *BEFORE)
    new = project.meetings(2025)
    assert run.err == ""
    assert names_day(run.out, day)
    assert names_meeting(run.out, new["council-2025-1"])
    assert [key for key in old if names_meeting(run.out, old[key])] == ["council-2025-1"]
    assert "unchanged" not in run.out
    assert told(project.fine("plan", "2025", "--quiet", *BEFORE)) == ""


@pytest.mark.parametrize(
    "arguments", ["plan 2025", "plan", "plan this next", "publish", "check", "plan 2025 --check"]
)
def test_quiet_says_nothing_when_nothing_is(project: Folder, arguments: str) -> None:
    """Nothing changed and nothing wrong: no mail, by whichever form of the nightly line."""
    project.fine("plan", "2024", "2025", *BEFORE)
    for _ in range(2):
        assert told(project.fine(*arguments.split(), "--quiet", *BEFORE)) == ""


def test_quiet_prints_what_is_wrong(project: Folder) -> None:
    """A decided meeting that breaks a must is told every night until it is put right; nothing else is."""
    project.fine(*PLAN)
    project.fine("confirm", "2025", *BEFORE)
    meeting = project.meetings(2025)["council-2025-1"]
    project.edit("calendar: {country: SE}", closed([meeting["date"]], forums=["council"]))
    for _ in range(3):
        run = project.fine("plan", "--quiet", *BEFORE)
        assert run.out == ""
        assert names_meeting(run.err, meeting)


def test_quiet_and_loud_do_the_same(tmp_path: Path) -> None:
    """What is printed decides nothing of what is done."""
    found = []
    for name, more in (("loud", []), ("quiet", ["--quiet"])):
        (tmp_path / name).mkdir()
        folder = Folder(tmp_path / name, TWO)
        folder.fine(*PLAN, *more)
        folder.edit("time: 09:00-12:00", "time: 13:00-15:00")
        folder.fine("plan", "--today", "2024-10-01", *more)
        found.append(folder.files())
    assert found[0] == found[1]


# --- the built-in example ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    ["plan 2025", "plan", "plan this", "show 2025", "check", "explain styrgrupp-2025-1", "publish"],
)
def test_a_quiet_run_never_uses_the_example(tmp_path: Path, arguments: str) -> None:
    """A folder that is not mounted is told, and nobody's calendars are published in its place."""
    folder = Folder(tmp_path, None)
    for run in (
        folder.run(*arguments.split(), "--quiet", *BEFORE),
        cron(tmp_path, *arguments.split(), "--quiet"),
    ):
        assert run.code == 1, run
        assert run.out == ""
        assert "forums.yaml" in run.err
        assert "Halland" not in told(run)
    assert list(tmp_path.iterdir()) == []


def test_somebody_who_tries_it_has_the_example(tmp_path: Path) -> None:
    """Without --quiet it is there to play with, and it is said which it is."""
    assert "Halland" in Folder(tmp_path, None).fine(*PLAN).err


# --- twelve organisations, one mailbox -----------------------------------------------------------------


@pytest.fixture
def seventh(tmp_path: Path) -> Folder:
    """Return one of twelve projects, named as its folder is."""
    place = tmp_path / "kommun-sju"
    place.mkdir()
    folder = Folder(place, TWO.replace("Culture office", "Seventh office"))
    folder.fine(*PLAN)
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        "show 2030",
        "confirm 2030",
        "export 2030",
        "confirm council-2025-9",
        "add nobody 2025-05-06",
        "move council-2025-1 2026-05-06",
        "plan 2020",
        "plan 2025 --quiet",
    ],
)
def test_messages_that_name_no_file_name_the_project(seventh: Folder, arguments: str) -> None:
    """Run from anywhere, each line on stderr says whose it is: by a file's place or the project's name."""
    if "--quiet" in arguments:
        seventh.fine("confirm", "council-2025-1", *BEFORE)
        seventh.edit("  council:\n", "  counsel:\n")
    run = cron(Path("/"), *arguments.split(), "--file", str(seventh.forum_file), *BEFORE)
    assert run.err
    assert re.search("kommun-sju|Seventh office", run.err)


def test_a_locked_project_is_named(seventh: Folder) -> None:
    """Of twelve jobs one finds its project locked: which one is in the message."""
    seventh.place("plans/.lock").unlink()
    years = [str(year) for year in range(2026, 2096)]
    command = [sys.executable, "-m", "kultursam", "plan", *years, *BEFORE]
    with subprocess.Popen(
        command, cwd=seventh.folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            # Not before the run has opened its lock: it would find it held, and give up.
            while not seventh.place("plans/.lock").exists() and process.poll() is None:
                time.sleep(0.05)
            run = seventh.run("confirm", "nobody-2025-1")
            while run.code != 75 and process.poll() is None:
                run = seventh.run("confirm", "nobody-2025-1")
        finally:
            process.kill()
    assert run.code == 75
    assert re.search("kommun-sju|Seventh office", run.err)


def test_a_project_is_named_to_programs_too(seventh: Folder) -> None:
    """In JSON the problem's text, or its file, says it."""
    run = cron(Path("/"), "show", "2030", "--json", "--file", str(seventh.forum_file), *BEFORE)
    (problem,) = errors(run)
    assert re.search("kommun-sju|Seventh office", f"{problem['text']} {problem['file']}")


# --- what the pages tell -------------------------------------------------------------------------------


def commands(page: str) -> list[str]:
    """Return every line of a page's examples that runs the program."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```(?:sh|crontab|ini|bat|console)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if re.search(r"kultursam(\.exe)? ", line)]


def nightly(page: str) -> list[str]:
    """Return the lines that run by themselves."""
    return [line for line in commands(page) if " plan" in line and "--quiet" in line]


@pytest.mark.parametrize("page", ["cron.md", "publishing.md"])
def test_no_job_has_a_year_to_edit(page: str) -> None:
    """What runs by itself runs by itself at New Year too."""
    assert nightly(page)
    assert [line for line in nightly(page) if re.search(r"\b20\d\d\b", line)] == []


def test_the_unit_is_whole() -> None:
    """The systemd unit names its file and the umask it runs under."""
    text = (ROOT / "docs" / "cron.md").read_text(encoding="utf-8")
    unit = text[text.index("[Service]") : text.index("kultursam.timer")]
    assert re.search(r"^UMask=\d{4}$", unit, re.MULTILINE)
    assert re.search(r"^ExecStart=\S*kultursam plan\b.* --file /\S+forums\.yaml", unit, re.MULTILINE)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
def test_systemd_knows_the_unit(tmp_path: Path) -> None:
    """Its own check has nothing to say of service and timer, but that the program is elsewhere here."""
    text = (ROOT / "docs" / "cron.md").read_text(encoding="utf-8")
    service, timer = re.findall(r"^```ini\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    program = shutil.which("true") or ""
    service = re.sub(r"(?<=^ExecStart=)\S+", program, service, flags=re.MULTILINE)
    names = {"kultursam.service": service, "kultursam.timer": timer}
    for name, unit in names.items():
        (tmp_path / name).write_text(unit, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *(f"./{name}" for name in names)],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("page", ["cron.md", "publishing.md"])
def test_what_is_copied_can_be_read(page: str) -> None:
    """Rsync takes permissions along; the pages say which the web server needs."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if re.search(r"\brsync -[a-z]", line)]
    assert lines
    assert [line for line in lines if "--chmod=" not in line] == []


def test_the_pages_know_the_codes() -> None:
    """The table of exit codes says what 1 means now, and has all of them."""
    text = (ROOT / "docs" / "cron.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| (\d+) \| ([^|]+) \|", text, re.MULTILINE))
    assert table.keys() >= {"0", "1", "2", "3", "75", "130", "143"}
    assert "nothing was written" in table["1"]
    assert "--accept" in text


def test_a_change_is_a_change_for_programs(project: Folder) -> None:
    """A quiet run with --json is one document, with the changes that it made."""
    run = project.fine("plan", "2025", "--quiet", "--json", *BEFORE)
    assert {kind for kind, _, _ in changes(run).values()} == {"new"}
