"""Drafts and alternatives: talked over beside the plan of record, which they leave as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from project_folder import EXAMPLE, Folder

if TYPE_CHECKING:
    from pathlib import Path

PLAN = ("plan", "2027", "--today", "2026-11-01")


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return the example, with the year planned."""
    folder = Folder(tmp_path, EXAMPLE)
    folder.fine(*PLAN)
    return folder


def dates(document: Any) -> dict[str, str]:  # noqa: ANN401 - JSON
    """Return the dates of a plan's meetings by id."""
    return {meeting["id"]: meeting["date"] for meeting in document["meetings"]}


def shown(project: Folder) -> dict[str, str]:
    """Return the dates of the plan of record."""
    return dates(project.fine("show", "2027", "--json").document)


def test_three_good_years_to_choose_from(project: Folder) -> None:
    """Each differs from those before in a fifth of the meetings, and is proven; nothing is written."""
    before = project.stamps()
    first, *others = plans = project.fine(*PLAN, "--alternatives", "3", "--replan", "--json").document
    assert project.stamps() == before
    assert len(plans) == 3
    assert all(plan["optimal"] for plan in plans)
    assert dates(first) == shown(project)
    costs = [(plan["should"], plan["points"]) for plan in plans]
    assert costs == sorted(costs)
    for at, plan in enumerate(others, 1):
        for other in plans[:at]:
            moved = sum(dates(plan)[key] != day for key, day in dates(other).items())
            assert 5 * moved >= len(dates(other))


def test_the_best_year_is_shown_whole_and_the_others_by_how_they_differ(project: Folder) -> None:
    """Each says what it costs, and the last line how to keep them."""
    run = project.fine(*PLAN, "--alternatives", "2", "--replan")
    year, _, others = run.out.partition("\nAlternativ 1, året ovan: stör ")
    assert "Mötesår 2027" in year
    first, _, second = others.partition("\nAlternativ 2: stör ")
    assert first.strip().endswith("ingen skillnad")
    assert "→ flyttat" in second
    command = "kultursam plan 2027 --alternatives 2 --replan --draft NAME"
    assert run.err.strip().endswith(f"Inget är skrivet. Spara dem som utkast med: {command}")


def test_a_draft_leaves_everything_else_as_it_is(project: Folder) -> None:
    """It is a file of its own; the plan of record, the calendars and the next run do not know it."""
    before = project.stamps()
    project.write(EXAMPLE.replace("weekdays: [tue, wed, thu]", "weekdays: [thu, wed]"))
    changed = project.fine(*PLAN, "--draft", "thursdays", "--replan", "--json").document
    (added,) = set(project.stamps()) - set(before)
    assert added == "plans/drafts/thursdays/2027.yaml"
    written = {name for name, stamp in project.stamps().items() if before.get(name) != stamp}
    assert written <= {added, "forums.yaml"}
    compared = project.fine("show", "2027", "--compare", "thursdays", "--json").document
    (draft,) = compared["drafts"]
    drafted = dates(changed[0] if isinstance(changed, list) else changed)
    moved = {key for key, day in shown(project).items() if drafted[key] != day}
    assert moved
    assert {change["meeting"] for change in draft["changes"] if change["kind"] == "moved"} == moved
    assert (draft["name"], draft["optimal"]) == ("thursdays", True)
    assert compared["record"]["should"] >= 0
    project.write(EXAMPLE)
    assert project.run(*PLAN, "--check").code == 0


def test_a_draft_that_is_taken_becomes_the_plan(project: Folder) -> None:
    """Its dates are the plan's, as moves of the same meetings; what was decided meanwhile stays."""
    project.fine(*PLAN, "--alternatives", "2", "--draft", "a", "--replan")
    recorded = shown(project)
    (other,) = project.fine("show", "2027", "--compare", "a-2", "--json").document["drafts"]
    moved = [change for change in other["changes"] if change["kind"] == "moved"]
    assert len(moved) >= 4
    decided = moved[0]["meeting"]
    project.fine("confirm", decided, "--today", "2026-11-02")
    taken = project.fine("plan", "2027", "--take", "a-2", "--today", "2026-11-03", "--json").document
    plan = taken[0] if isinstance(taken, list) else taken
    now = shown(project)
    assert now == recorded | {change["meeting"]: change["to"] for change in moved[1:]}
    assert {one["meeting"] for one in plan["changes"]} == {change["meeting"] for change in moved[1:]}
    sequences = {meeting["id"]: meeting["sequence"] for meeting in plan["meetings"]}
    assert {key for key, number in sequences.items() if number} == {change["meeting"] for change in moved[1:]}
    assert project.run("plan", "2027", "--check", "--today", "2026-11-03").code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("plan 2027 --take nobody", 1),
        ("show 2027 --compare nobody", 1),
        ("plan 2027 --draft a --take b", 2),
        ("plan 2027 --draft a --check", 2),
        ("plan 2027 --take a --replan", 2),
        ("plan 2027 --draft ../a", 2),
        ("plan 2027-2028 --alternatives 2", 2),
        (f"plan 2027 --alternatives 2 --draft {'a' * 63}", 2),
        ("show 2027 --compare a --since 2027-01-01", 2),
        ("show 2027 --compare a --format csv", 2),
    ],
)
def test_what_cannot_be_meant_is_refused(project: Folder, arguments: str, code: int) -> None:
    """Nothing is written, and one sentence says why."""
    before = project.stamps()
    assert project.run(*arguments.split(), "--today", "2026-11-01").code == code
    assert project.stamps() == before


def test_a_draft_that_was_damaged_is_told_with_its_line(project: Folder) -> None:
    """It is hostile input like any plan."""
    project.fine(*PLAN, "--draft", "a")
    path = project.place("plans/drafts/a/2027.yaml")
    path.write_text(
        path.read_text(encoding="utf-8").replace("status: proposed", "status: <script>", 1), encoding="utf-8"
    )
    run = project.run("show", "2027", "--compare", "a", "--json")
    assert run.code == 1
    assert any(problem["line"] for problem in run.document["problems"])


def test_a_year_without_meetings_to_choose_has_one_plan(project: Folder) -> None:
    """All is decided, or over: no other plan is shown, the same one least of all."""
    project.fine("confirm", "2027", "--today", "2026-11-01")
    for today in ("2026-11-01", "2028-02-01"):
        run = project.fine("plan", "2027", "--alternatives", "3", "--today", today)
        assert "Alternativ 1" in run.out
        assert "Alternativ 2" not in run.out
        assert "Ingen annan plan" in run.err


def test_alternatives_of_a_running_year_may_be_of_its_whole(tmp_path: Path) -> None:
    """As any first plan, they leave out what lies before today; and what the file warns of is told."""
    project = Folder(tmp_path, EXAMPLE.replace("country: SE  ", "country: GB  "))
    numbers = []
    for options in ([], ["--whole-year"]):
        run = project.run("plan", "2027", "--today", "2027-06-01", "--alternatives", "1", "--json", *options)
        (plan,) = run.document
        numbers.append(len(plan["meetings"]))
        assert "country-without-part" in {problem["code"] for problem in plan["problems"]}
    assert numbers[0] < numbers[1]


def test_of_differences_those_of_a_selection_are_shown(project: Folder) -> None:
    """A forum, or an organisation, sees what becomes of its meetings."""
    project.fine(*PLAN, "--alternatives", "2", "--draft", "a", "--replan")

    def moved(*options: str) -> list[str]:
        compared = project.fine("show", "2027", "--compare", "a-2", "--format", "json", *options).document
        return [change["meeting"] for change in compared["drafts"][0]["changes"]]

    forum = moved()[0].rpartition("-2027-")[0]
    assert moved("--forum", forum) == [one for one in moved() if one.startswith(forum)] != moved()
    assert moved("--forum", forum, "--to", "2027-01-02") == []
