"""Organisations and forums come and go; what was held stays as it was, and nobody keeps a dead calendar."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from project_folder import Folder, Run, faults
from project_life import (
    PLAN,
    SUMMER,
    changes,
    closed,
    errors,
    events,
    feed,
    forum,
    head,
    in_time,
    later,
    names_meeting,
    raw,
    told,
    visible,
)

THREE = ("hylte", "laholm", "varberg")
ALL_THREE = head(organisations=THREE) + (
    "  natverk:\n    name: The network\n    cadence: twice a year\n"
    "    members: [{role: chair, from: [hylte, laholm, varberg]}]\n"
    "    host: {rotate: [laholm, hylte, varberg]}\n"
)
"""The first meeting is at Laholm's, the second at Hylte's."""
GONE = ALL_THREE.replace("laholm: {name: Laholm council}, ", "").replace("laholm, ", "")
RENAMED = ALL_THREE.replace("laholm", "laholms-kommun")


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """Return a project of three organisations, planned for 2025."""
    folder = Folder(tmp_path, ALL_THREE)
    folder.fine(*PLAN)
    return folder


def plan(folder: Folder, *arguments: str, today: str = "2025-06-16") -> Run:
    """Plan 2025, which must succeed and keep faith with every calendar that was published."""
    before = folder.files()
    run = folder.fine("plan", "2025", *arguments, "--today", today)
    assert faults(before, folder.files()) == []
    return run


def quiet_night(folder: Folder, today: str) -> None:
    """Run the nightly job, which must find nothing to do and nothing to say."""
    stamps = folder.stamps()
    run = folder.fine("plan", "2025", "--quiet", "--today", today)
    assert told(run) == ""
    assert folder.stamps() == stamps


# --- an organisation leaves, or gets another id --------------------------------------------------------


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
@pytest.mark.parametrize("text", [GONE, RENAMED], ids=["gone", "renamed"])
def test_it_is_told_once(project: Folder, text: str, quiet: list[str]) -> None:
    """The run that finds it gone says so, a quiet one too; the next night has nothing to say."""
    project.write(text)
    run = plan(project, *quiet)
    assert re.search(r"\blaholm\b(?!s)|Laholm council", run.err)
    quiet_night(project, "2025-06-17")


@pytest.mark.parametrize("text", [GONE, RENAMED], ids=["gone", "renamed"])
def test_its_feed_ends(project: Folder, text: str) -> None:
    """What it took part in stays as it was; what was to come is cancelled for it, and for nobody else."""
    before = raw(project, "organisations/laholm")
    project.write(text)
    plan(project)
    after, events = raw(project, "organisations/laholm"), feed(project, "organisations/laholm")
    assert after["natverk-2025-1"] == before["natverk-2025-1"]
    assert events["natverk-2025-2"]["STATUS"] == "CANCELLED"
    assert int(events["natverk-2025-2"]["SEQUENCE"]) > 0
    for name in ("all", "natverk", "organisations/hylte"):
        assert feed(project, name)["natverk-2025-2"]["STATUS"] == "TENTATIVE"


def test_a_new_id_takes_part_from_now_on(project: Folder) -> None:
    """Under its new id it has the meetings to come; the past ones stand under the old one."""
    project.write(RENAMED)
    plan(project)
    assert set(feed(project, "organisations/laholms-kommun")) == {"natverk-2025-2"}
    assert set(feed(project, "organisations/laholm")) == {"natverk-2025-1", "natverk-2025-2"}


def test_an_ended_feed_stands_still(project: Folder) -> None:
    """Later changes of a meeting that was cancelled for it are none of its business."""
    project.write(GONE)
    plan(project)
    before = raw(project, "organisations/laholm")
    key, day = "natverk-2025-2", project.meetings(2025)["natverk-2025-2"]["date"]
    project.fine("move", key, later(day, 14), "--today", "2025-06-18")
    project.fine("confirm", key, "--today", "2025-06-19")
    assert raw(project, "organisations/laholm") == before
    plan(project, today="2025-12-20")
    assert raw(project, "organisations/laholm") == before


def test_a_mistake_is_mended(project: Folder) -> None:
    """An id that was wrong for a night is put right: the cancelled meeting is on again, a version later."""
    project.write(RENAMED)
    plan(project)
    cancelled = feed(project, "organisations/laholm")["natverk-2025-2"]
    project.write(ALL_THREE)
    plan(project, today="2025-06-18")
    restored = feed(project, "organisations/laholm")["natverk-2025-2"]
    assert restored["STATUS"] == "TENTATIVE"
    assert int(restored["SEQUENCE"]) > int(cancelled["SEQUENCE"])
    assert feed(project, "organisations/laholms-kommun")["natverk-2025-2"]["STATUS"] == "CANCELLED"
    quiet_night(project, "2025-06-19")


def test_the_feed_of_one_that_left_can_be_made_again(project: Folder) -> None:
    """From the plans alone, byte by byte."""
    project.write(GONE)
    plan(project)
    before = project.files()
    shutil.rmtree(project.place("calendars"))
    project.fine("publish", *SUMMER)
    assert project.files() == before


def test_one_that_is_left_out_of_a_forum_sees_its_meetings_cancelled(project: Folder) -> None:
    """It is still in the file, but no longer a member: a subscriber there must not go on Tuesday."""
    before = raw(project, "organisations/laholm")
    project.edit("from: [hylte, laholm, varberg]", "from: [hylte, varberg]")
    run = plan(project, "--quiet")
    assert raw(project, "organisations/laholm")["natverk-2025-1"] == before["natverk-2025-1"]
    assert feed(project, "organisations/laholm")["natverk-2025-2"]["STATUS"] == "CANCELLED"
    assert re.search(r"Laholm council no longer takes part in The network: one meeting", run.err)
    quiet_night(project, "2025-06-17")


def test_what_one_has_left_is_handed_out_to_it(project: Folder) -> None:
    """Who imports what is new gets the cancellation, and later that it is back; others see who takes part."""
    project.edit("from: [hylte, laholm, varberg]", "from: [hylte, varberg]")
    plan(project)

    def exported(*organisations: str, since: str) -> dict[str, str]:
        chosen = [word for key in organisations for word in ("--organisation", key)]
        run = project.fine("export", "2025", "--since", since, *chosen, *SUMMER)
        return {key: event["STATUS"] for key, event in events(run.out.encode()).items()}

    assert exported("laholm", since="2025-06-16") == {"natverk-2025-2": "CANCELLED"}
    assert exported("hylte", since="2025-06-16") == {"natverk-2025-2": "TENTATIVE"}
    assert exported(since="2025-06-16") == {"natverk-2025-2": "TENTATIVE"}
    assert exported("laholm", "hylte", since="2024-01-01")["natverk-2025-2"] == "TENTATIVE"
    assert exported("laholm", since="2024-01-01").keys() == {"natverk-2025-1", "natverk-2025-2"}
    project.edit("from: [hylte, varberg]", "from: [hylte, laholm, varberg]")
    plan(project, today="2025-06-18")
    assert exported("laholm", since="2025-06-18") == {"natverk-2025-2": "TENTATIVE"}


def test_a_forum_that_leaves_is_told_with_what_to_do(project: Folder) -> None:
    """A small forum passes the brake: the nightly run says what became of it, once."""
    project.edit("  natverk:\n", "  natverket:\n")
    run = plan(project, "--quiet")
    assert re.search(r'"natverk" \(The network\).*keep its id', run.err)
    quiet_night(project, "2025-06-17")


def test_a_forum_that_is_back_has_its_meetings_again(project: Folder) -> None:
    """Under their own ids: in every calendar the same entry is on again, and there is no other beside it."""
    before = feed(project)
    text = project.forum_file.read_text(encoding="utf-8")
    project.edit("  natverk:\n", "  natverket:\n")
    plan(project)
    project.write(text)
    run = plan(project, "--json", today="2025-06-18")
    assert changes(run)["natverk-2025-2"][0] == "restored"
    after = feed(project)
    assert {key for key, event in after.items() if event["STATUS"] != "CANCELLED"} == before.keys()
    assert after["natverk-2025-2"]["DTSTART"] == before["natverk-2025-2"]["DTSTART"]
    assert int(after["natverk-2025-2"]["SEQUENCE"]) == int(before["natverk-2025-2"]["SEQUENCE"]) + 2
    quiet_night(project, "2025-06-19")


def test_a_confirmed_forum_that_is_back_is_on_again(project: Folder) -> None:
    """Its cancellation was accepted by mistake: its meetings are proposed again, and none is doubled."""
    project.fine("confirm", "2025", *PLAN[2:])
    text = project.forum_file.read_text(encoding="utf-8")
    project.edit("  natverk:\n", "  natverket:\n")
    plan(project, "--accept", "--quiet")
    project.write(text)
    plan(project, "--quiet", today="2025-06-18")
    statuses = {key: meeting["status"] for key, meeting in project.meetings(2025).items()}
    assert statuses["natverk-2025-1"] == "confirmed"
    assert statuses["natverk-2025-2"] == "proposed"
    assert "natverk-2025-3" not in statuses


def test_one_that_is_back_is_told(project: Folder) -> None:
    """Its calendar holds again what was cancelled in it: a quiet run says so, once."""
    text = project.forum_file.read_text(encoding="utf-8")
    project.write(GONE)
    plan(project)
    project.write(text)
    run = plan(project, "--quiet", today="2025-06-18")
    assert "Laholm council takes part in The network again: one meeting" in run.err
    quiet_night(project, "2025-06-19")


def test_another_id_of_a_host_with_the_same_name_changes_nothing_to_read(project: Folder) -> None:
    """A change that people can't see is not among the changes."""
    project.write(RENAMED)
    run = plan(project, "--json")
    assert [change for change in changes(run).values() if change[0] == "changed"] == []


# --- hosts and participants ----------------------------------------------------------------------------


def hosted(project: Folder) -> list[str]:
    """Return everything that shows people who hosted the first meeting."""
    event = feed(project)["natverk-2025-1"]
    return [
        project.fine("show", "2025", *SUMMER).out,
        project.fine("explain", "natverk-2025-1", *SUMMER).out,
        visible(project.place("calendars/2025.html")),
        project.place("calendars/2025/meetings.csv").read_text(encoding="utf-8-sig"),
        event["LOCATION"] + event["DESCRIPTION"],
    ]


@pytest.mark.parametrize("text", [GONE, RENAMED], ids=["gone", "renamed"])
def test_who_hosted_is_shown_by_name(project: Folder, text: str) -> None:
    """A host that has left has its name from the record, in every view: never its bare id."""
    project.write(text)
    plan(project)
    assert project.meetings(2025)["natverk-2025-1"]["host"] == "laholm"
    for shown in hosted(project):
        assert not re.search(r"(?<![\w/-])laholm(?![\w-])", shown)
    assert "Laholm council" in project.fine("show", "2025", *SUMMER).out
    assert "Laholm council" in feed(project)["natverk-2025-1"]["LOCATION"]


def test_one_that_left_is_still_selected_by(project: Folder) -> None:
    """Its id chooses what it took part in, as its new id chooses the rest; one that never was is unknown."""
    project.write(RENAMED)
    plan(project)
    for key, number in (("laholm", 1), ("laholms-kommun", 2)):
        run = project.fine("show", "2025", "--organisation", key, "--format", "json", *SUMMER)
        document = run.year
        assert [meeting["id"] for meeting in document["meetings"]] == [f"natverk-2025-{number}"]
    assert project.run("show", "2025", "--organisation", "malmo", *SUMMER).code == 1


def test_a_turn_to_come_passes_to_the_next(project: Folder) -> None:
    """The host of a proposed meeting to come leaves: another hosts it, and it is told."""
    shutil.rmtree(project.place("plans"))
    project.edit("rotate: [laholm, hylte, varberg]", "rotate: [hylte, laholm, varberg]")
    project.fine(*PLAN)
    assert project.meetings(2025)["natverk-2025-2"]["host"] == "laholm"
    project.write(GONE)
    run = plan(project, "--json")
    assert project.meetings(2025)["natverk-2025-2"]["host"] in {"hylte", "varberg"}
    assert "natverk-2025-2" in changes(run)


def test_a_proposed_meeting_needs_no_other_host_by_hand(project: Folder) -> None:
    """`check` asks nobody to do what the next planning does by itself."""
    shutil.rmtree(project.place("plans"))
    project.edit("rotate: [laholm, hylte, varberg]", "rotate: [hylte, laholm, varberg]")
    project.fine(*PLAN)
    project.write(GONE)
    assert "--host" not in project.fine("check", *SUMMER).err


def test_a_confirmed_host_that_leaves_is_told(project: Folder) -> None:
    """What was announced is not changed by itself, but somebody must find another room."""
    project.fine("move", "natverk-2025-2", "2025-09-30", "--host", "laholm", *PLAN[2:])
    project.fine("confirm", "2025", *PLAN[2:])
    project.write(GONE)
    run = plan(project)
    assert "Laholm council" in run.err
    shown = project.fine("show", "2025", *SUMMER).out
    assert not re.search(r"(?<![\w/-])laholm(?![\w-])", shown)


@pytest.mark.parametrize("decision", ["confirmed", "pinned"])
def test_every_night_tells_of_a_host_that_left(project: Folder, decision: str) -> None:
    """People would stand before a closed door: that is wrong, not advice, until another host is named."""
    project.fine("move", "natverk-2025-2", "2025-09-30", "--host", "laholm", *PLAN[2:])
    if decision == "confirmed":
        project.fine("confirm", "natverk-2025-2", *PLAN[2:])
    project.write(GONE)
    plan(project)
    for day in ("2025-06-17", "2025-06-18"):
        for command in (("plan", "2025"), ("plan",), ("check",), ("show", "2025")):
            run = project.fine(*command, "--quiet", "--today", day)
            assert "natverk-2025-2" in run.err, command
            assert "Laholm council" in run.err
    project.fine("move", "natverk-2025-2", "2025-09-30", "--host", "hylte", "--today", "2025-06-18")
    quiet_night(project, "2025-06-19")


def test_a_host_of_the_past_is_no_news(project: Folder) -> None:
    """The first meeting was at Laholm's, which has left since: nobody can act on that."""
    project.fine("confirm", "natverk-2025-1", *PLAN[2:])
    project.write(GONE)
    plan(project)
    quiet_night(project, "2025-06-17")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("from: [hylte, laholm, varberg]", "from: [hylte, laholm]"),
        ("{role: chair,", "{role: director,"),
        ("from: [hylte, laholm, varberg]}", "from: [hylte]}, {role: clerk, from: [laholm, varberg]}"),
    ],
    ids=["organisations", "role", "roles"],
)
def test_who_took_part_stays_as_it_was(project: Folder, old: str, new: str) -> None:
    """Other members from now on: a meeting that is over keeps its own, in JSON and in the calendars."""
    before, events = project.meetings(2025), raw(project)
    project.edit(old, new)
    plan(project)
    after = project.meetings(2025)
    assert after["natverk-2025-1"]["organisations"] == before["natverk-2025-1"]["organisations"]
    assert raw(project)["natverk-2025-1"] == events["natverk-2025-1"]
    assert raw(project)["natverk-2025-2"] != events["natverk-2025-2"]


def test_who_takes_part_from_now_on(project: Folder) -> None:
    """The meeting to come has the new members; a new one of them has no past it was not at."""
    project.edit("from: [hylte, laholm, varberg]", "from: [hylte, varberg]")
    plan(project)
    project.edit("from: [hylte, varberg]", "from: [varberg, laholm]")
    plan(project, today="2025-12-20")
    meetings = project.meetings(2025)
    assert sorted(meetings["natverk-2025-1"]["organisations"]) == sorted(THREE)
    assert sorted(meetings["natverk-2025-2"]["organisations"]) == ["hylte", "varberg"]


# --- forums --------------------------------------------------------------------------------------------

PREPARED = "prepared_by: {forum: staff, days_before: 10-21}"


@pytest.fixture
def merged(tmp_path: Path) -> Folder:
    """Return a project in August in which one forum has just been merged into another.

    From now on the council meets more often, and the staff prepare it; in spring they did not.
    """
    two = head() + forum("council", "four times a year") + forum("panel", "twice a year")
    folder = Folder(tmp_path, two)
    folder.fine(*PLAN)
    spring = [key for key, meeting in folder.meetings(2025).items() if meeting["date"] < "2025-07-01"]
    folder.fine("confirm", *spring, "--today", "2024-10-01")
    one = head() + forum("council", "five times a year", PREPARED) + forum("staff", "five times a year")
    folder.write(one)
    return folder


def test_a_forum_merges_into_another(merged: Folder) -> None:
    """What both held in spring stands as it was; the autumn follows the new rules, and nights are silent."""
    before = raw(merged)
    held = {key for key, meeting in merged.meetings(2025).items() if meeting["date"] < "2025-08-11"}
    run = plan(merged, "--json", today="2025-08-11")
    assert held.isdisjoint(changes(run))
    assert errors(run) == []
    assert {key: raw(merged)[key] for key in held} == {key: before[key] for key in held}
    for today in ("2025-08-12", "2025-10-01", "2025-12-20"):
        quiet_night(merged, today)
        assert merged.run("check", "--today", today).code == 0


def test_a_merged_forums_feed_ends(merged: Folder) -> None:
    """The panel's own calendar stays: its past meetings, and those to come cancelled."""
    plan(merged, today="2025-08-11")
    events = feed(merged, "panel")
    meetings = in_time(merged, "panel")
    assert [events[meeting["id"]]["STATUS"] for meeting in meetings] == ["CONFIRMED", "CANCELLED"]


# --- the past is history -------------------------------------------------------------------------------

LATER_RULES = {
    "weekdays": ("weekdays: [tue, wed]", "weekdays: [thu]"),
    "time": ("time: 09:00-12:00", "time: 13:00-15:00"),
    "cadence": ("cadence: twice a year", "cadence: three times a year"),
    "preparer": ("    host:", "    prepared_by: {forum: staff, days_before: 10-21}\n    host:"),
    "spacing": ("spacing: {min_days: 7}", "spacing: {min_days: 200}"),
}
"""What makes a meeting that was held in spring wrong, if it were asked again."""


@pytest.mark.parametrize("decision", [[], ["confirm", "natverk-2025-1"]], ids=["proposed", "confirmed"])
@pytest.mark.parametrize("rule", [*LATER_RULES, "period"])
def test_history_is_never_told_of(project: Folder, rule: str, decision: list[str]) -> None:
    """A rule that came after a meeting was held does not speak of it, whatever it would have said.

    Not in what is told, not in the changes, and neither for `check`.
    """
    if decision:
        project.fine(*decision, *PLAN[2:])
    past = project.meetings(2025)["natverk-2025-1"]
    before = raw(project)["natverk-2025-1"]
    if rule == "period":
        project.edit("calendar: {country: SE}", closed([past["date"]]))
    else:
        project.edit(*LATER_RULES[rule])
    if rule == "preparer":
        text = project.forum_file.read_text(encoding="utf-8")
        project.write(text + forum("staff", "twice a year"))
    run = project.fine("plan", "2025", *SUMMER)
    assert "natverk-2025-1" not in run.err
    assert raw(project)["natverk-2025-1"] == before
    assert project.run("check", *SUMMER).code == 0
    quiet_night(project, "2025-06-17")


def test_a_meeting_of_today_is_not_over(project: Folder) -> None:
    """Before today is before today: what breaks a must this afternoon is told this morning."""
    day = project.meetings(2025)["natverk-2025-1"]["date"]
    project.fine("confirm", "natverk-2025-1", *PLAN[2:])
    project.edit("calendar: {country: SE}", closed([day]))
    run = project.fine("plan", "2025", "--today", day)
    assert names_meeting(run.err, project.meetings(2025)["natverk-2025-1"])
    assert "natverk-2025-1" not in project.fine("plan", "2025", "--today", later(day, 1)).err


def test_history_is_not_weighed(project: Folder) -> None:
    """What a held meeting costs by the rules of today is no part of what the year costs."""
    past = project.meetings(2025)["natverk-2025-1"]
    project.edit("calendar: {country: SE}", closed([past["date"]]).replace("to:", "strength: should, to:"))
    run = project.fine("plan", "2025", "--json", *SUMMER)
    document = run.year
    assert document["should"] == 0


@pytest.mark.parametrize(
    "change",
    [
        "move natverk-2025-1 2025-03-26",
        "move natverk-2025-1 2025-10-15",
        "cancel natverk-2025-1 --reason Snow",
        "confirm natverk-2025-1",
    ],
)
def test_changing_history_by_hand_needs_force(project: Folder, change: str) -> None:
    """A held meeting is changed only by somebody who insists; the refusal says how."""
    stamps = project.stamps()
    run = project.run(*change.split(), *SUMMER)
    assert run.code == 1, run
    assert "--force" in run.err
    assert "natverk-2025-1" in run.err
    assert project.stamps() == stamps
    before, event = project.files(), raw(project)["natverk-2025-1"]
    project.fine(*change.split(), "--force", *SUMMER)
    assert faults(before, project.files()) == []
    assert raw(project)["natverk-2025-1"] != event


def test_restoring_history_needs_force(project: Folder) -> None:
    """A meeting that was cancelled before its day cannot have been held unless somebody says so."""
    project.fine("cancel", "natverk-2025-1", "--reason", "Snow", *PLAN[2:])
    run = project.run("restore", "natverk-2025-1", *SUMMER)
    assert run.code == 1
    assert "--force" in run.err
    project.fine("restore", "natverk-2025-1", "--force", *SUMMER)


def test_confirming_a_year_leaves_history_alone(project: Folder) -> None:
    """A year that is half over is confirmed from today on: no reason to refuse, nor to rewrite the spring."""
    before = raw(project)["natverk-2025-1"]
    run = project.fine("confirm", "2025", "--json", *SUMMER)
    assert set(changes(run)) == {"natverk-2025-2"}
    assert raw(project)["natverk-2025-1"] == before
