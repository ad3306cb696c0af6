"""What feeds hold: all, or what the forum file leaves; and how roles are called in file names."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import sample_year as sample
from hypothesis import given
from hypothesis import strategies as st
from ics_profile import check, read, text
from project_folder import Folder, faults

from kultursam import feeds
from kultursam.forumfile import values
from kultursam.publish import published_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DAY = timedelta(days=1)
PLANNED = "2024-09-15"
FORUMS = """
name: Kultur i Väst
language: sv
timezone: Europe/Stockholm
domain: kultur.example
organisations: {hylte: {name: Hylte}, laholm: {name: Laholm}}
forums:
  natverk:
    name: Nätverket
    cadence: four times a year
    members: [{role: Kulturchef, from: [hylte]}, {role: bibliotekschef, from: [laholm]}]
    time: 09:00-12:00
    deadlines: [{name: Kallelse, days_before: 14}]
  rad:
    name: Rådet
    cadence: twice a year
    members: [{role: Kulturchef, from: [hylte]}]
    time: 13:00-15:00
"""
YEAR = ("natverk-2025-1", "natverk-2025-2", "natverk-2025-3", "natverk-2025-4", "rad-2025-1", "rad-2025-2")


def planned(folder: Path, forums: str = FORUMS, settings: str = "") -> Folder:
    """Return a folder whose 2025 was planned the year before, all of it proposed."""
    found = Folder(folder, f"{forums}feeds: {{{settings}}}\n")
    found.fine("plan", "2025", "--today", PLANNED)
    return found


def events(folder: Folder, name: str = "feeds/all.ics") -> set[str]:
    """Return what a sound calendar holds, by the first part of each UID."""
    data = (folder.folder / "calendars" / name).read_bytes()
    assert check(data, feed="feeds/" in name) == []
    return {event.value("UID").partition("@")[0] for event in read(data).inner("VEVENT")}


def published(folder: Folder, day: date | str) -> set[str]:
    """Return what the feed of everything holds on a day."""
    folder.fine("publish", "--today", str(day))
    return events(folder)


# --- roles and deadlines --------------------------------------------------------------------------


def test_a_role_has_the_meetings_that_it_takes_part_in(tmp_path: Path) -> None:
    """Whoever holds a role at any organisation subscribes to one feed, which names the role."""
    folder = planned(tmp_path)
    assert events(folder, "feeds/roles/kulturchef.ics") == set(YEAR)
    assert events(folder, "feeds/roles/bibliotekschef.ics") == set(YEAR[:4])
    data = (tmp_path / "calendars/feeds/roles/kulturchef.ics").read_bytes()
    assert text(read(data).value("NAME")) == "Kulturchef – Kultur i Väst"
    assert not (tmp_path / "calendars/2025/roles").exists()


def test_the_feed_of_a_role_that_left_ends_with_its_past_meetings(tmp_path: Path) -> None:
    """Its address stays; what was to come is cancelled in it, and in no other feed."""
    folder = planned(tmp_path)
    held = {key: one["date"] for key, one in folder.meetings(2025).items()}
    first = {key for key, day in held.items() if "natverk" in key and day < "2025-05-01"}
    assert first
    folder.edit(", {role: bibliotekschef, from: [laholm]}", "")
    for today in ("2025-05-01", "2025-06-01"):
        before = folder.files()
        folder.fine("plan", "2025", "--today", today)
        assert faults(before, folder.files()) == []
        assert states(folder, "feeds/roles/bibliotekschef.ics") == {
            key: "TENTATIVE" if key in first else "CANCELLED" for key in YEAR[:4]
        }
    assert "CANCELLED" not in states(folder, "feeds/roles/kulturchef.ics").values()
    data = (tmp_path / "calendars/feeds/roles/bibliotekschef.ics").read_bytes()
    said = [text(event.value("DESCRIPTION")) for event in read(data).inner("VEVENT")]
    assert said[-1] == "Ingen deltar längre i det här mötet som bibliotekschef."


def test_a_role_with_another_name_has_another_feed_and_may_come_back(tmp_path: Path) -> None:
    """The old feed cancels what was to come; when the name is back, so are the meetings."""
    folder = planned(tmp_path)
    for name, feed in (("biträdande", "bitradande"), ("bibliotekschef", "bibliotekschef")):
        before = folder.files()
        folder.edit("bibliotekschef" if name == "biträdande" else "biträdande", name)
        folder.fine("plan", "2025", "--today", PLANNED)
        assert faults(before, folder.files()) == []
        assert set(states(folder, f"feeds/roles/{feed}.ics").values()) == {"TENTATIVE"}
        other = {"bitradande", "bibliotekschef"} - {feed}
        for gone in other:
            assert set(states(folder, f"feeds/roles/{gone}.ics").values()) == {"CANCELLED"}


def states(folder: Folder, name: str) -> dict[str, str]:
    """Return the status of each event of a calendar, by the first part of its UID."""
    data = (folder.folder / "calendars" / name).read_bytes()
    return {
        event.value("UID").partition("@")[0]: event.value("STATUS") for event in read(data).inner("VEVENT")
    }


def test_a_forum_with_deadlines_has_a_feed_of_them(tmp_path: Path) -> None:
    """Of each forum that has any, in a folder of its own; it stays when the rule goes."""
    folder = planned(tmp_path)
    due = {f"{key}-d1" for key in YEAR[:4]}
    assert events(folder, "feeds/deadlines/natverk.ics") == due == events(folder, "feeds/deadlines.ics")
    assert not (tmp_path / "calendars/feeds/deadlines/rad.ics").exists()
    folder.edit("    deadlines: [{name: Kallelse, days_before: 14}]\n", "")
    folder.fine("plan", "2025", "--today", PLANNED)
    data = (tmp_path / "calendars/feeds/deadlines/natverk.ics").read_bytes()
    assert {event.value("STATUS") for event in read(data).inner("VEVENT")} == {"CANCELLED"}


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("kulturchef", "kulturchef"),
        ("Förvaltningschef (kultur & fritid)", "forvaltningschef-kultur-fritid"),
        ("Måns Øre, ß", "mans-ore-ss"),
        ("Fo\N{COMBINING DIAERESIS}rvaltningschef", "forvaltningschef"),
        ("con", "con-4e07"),
        ("文化", "role-9f72"),
        ("../../x", "x"),
        ("x" * 200, "x" * 59),
    ],
)
def test_roles_as_file_names(role: str, name: str) -> None:
    """They are plain enough for every system and every address."""
    found = feeds.role_names([role])[role]
    assert re.fullmatch(re.sub("-[0-9a-f]{4}$", "-[0-9a-f]{4}", name), found)


ROLES = st.lists(
    st.text(max_size=12) | st.sampled_from(["chef", "Chef", "CHEF", "chef!", "con", "Con", "å", "a"]),
    unique=True,
)


@given(ROLES, ROLES)
def test_names_of_roles_are_file_names_of_their_own(roles: list[str], more: list[str]) -> None:
    """Each role has one, no two the same, in whatever order they stand; "chef" is always chef.ics."""
    names = feeds.role_names(roles)
    assert list(names) == roles
    assert len(set(names.values())) == len(roles)
    for name in names.values():
        assert re.fullmatch(values.ID, name)
        assert name not in values.DEVICES
    assert feeds.role_names(roles[::-1]) == names
    assert feeds.role_names(dict.fromkeys([*roles, *more, "chef"]))["chef"] == "chef"


# --- what leaves the feeds ------------------------------------------------------------------------


def test_feeds_hold_everything_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    """Years later, proposed and cancelled meetings are still there: no UID is ever lost."""
    folder = planned(tmp_path)
    folder.fine("cancel", "rad-2025-2", "--reason", "Sjukdom", "--today", PLANNED)
    assert published(folder, "2030-01-01") == set(YEAR)


def test_what_is_past_leaves_after_some_months(tmp_path: Path) -> None:
    """A meeting stays for so many months and leaves on the day after; so does a deadline."""
    folder = planned(tmp_path, settings="past_months: 3")
    held = {key: date.fromisoformat(one["date"]) for key, one in folder.meetings(2025).items()}
    for day in (
        date(2025, 1, 1),
        *(day.replace(month=day.month + 3) for day in held.values() if day.month < 9),
    ):
        assert published(folder, day) == {key for key in held if months_after(held[key]) >= day}
        tomorrow = day + DAY
        assert published(folder, tomorrow) == {key for key in held if months_after(held[key]) >= tomorrow}
    assert len(published(folder, "2025-12-01")) < 6
    assert events(folder, "2025/all.ics") == set(YEAR)
    assert len(events(folder, "feeds/deadlines.ics")) < 4


def months_after(day: date) -> date:
    """Return the day three months later; none of the meetings here is at the end of a long month."""
    month = day.month + 3
    return day.replace(year=day.year + (month > 12), month=month - 12 * (month > 12))


def test_what_was_cancelled_leaves_after_some_days(tmp_path: Path) -> None:
    """People see the cancellation for so many days, and no other edit brings it back."""
    folder = planned(tmp_path, settings="cancelled_days: 10")
    folder.fine("cancel", "natverk-2025-3", "--reason", "Sjukdom", "--today", "2024-10-01")
    assert published(folder, "2024-10-11") == set(YEAR)
    assert "natverk-2025-3-d1" in events(folder, "feeds/deadlines/natverk.ics")
    assert published(folder, "2024-10-12") == set(YEAR) - {"natverk-2025-3"}
    assert "natverk-2025-3-d1" not in events(folder, "feeds/deadlines/natverk.ics")
    assert "natverk-2025-3" in events(folder, "2025/natverk.ics")
    folder.edit("name: Nätverket", "name: Det nya nätverket")
    folder.fine("plan", "2025", "--today", "2024-10-20")
    assert events(folder) == set(YEAR) - {"natverk-2025-3"}
    folder.fine("restore", "natverk-2025-3", "--today", "2024-10-21")
    assert events(folder) == set(YEAR)
    # Only what it was before still says so.
    assert all(
        "was: " in line or "until: " in line
        for line in folder.plan(2025).splitlines()
        if "cancelled_at" in line
    )


def test_what_an_organisation_has_left_leaves_its_feed_too(tmp_path: Path) -> None:
    """Its feed says for so many days that it no longer takes part; that of all others goes on."""
    folder = planned(tmp_path, settings="cancelled_days: 10")
    assert events(folder, "feeds/organisations/laholm.ics") == set(YEAR[:4])
    folder.edit(", {role: bibliotekschef, from: [laholm]}", "")
    folder.fine("plan", "2025", "--today", "2024-10-01")
    assert events(folder, "feeds/organisations/laholm.ics") == set(YEAR[:4])
    folder.fine("plan", "2025", "--today", "2024-10-12")
    assert events(folder, "feeds/organisations/laholm.ics") == set()
    assert events(folder) == set(YEAR)


def test_what_is_not_confirmed_may_stay_out(tmp_path: Path) -> None:
    """Only what was confirmed is there, with its deadlines; cancelled, it is seen as cancelled."""
    folder = planned(tmp_path, settings="unconfirmed: no")
    assert events(folder) == events(folder, "feeds/deadlines.ics") == set()
    folder.fine("confirm", "natverk-2025-1", "rad-2025-1", "--today", PLANNED)
    assert events(folder) == {"natverk-2025-1", "rad-2025-1"}
    assert events(folder, "feeds/roles/bibliotekschef.ics") == {"natverk-2025-1"}
    assert events(folder, "feeds/deadlines.ics") == {"natverk-2025-1-d1"}
    folder.fine("cancel", "rad-2025-1", "--reason", "Sjukdom", "--today", PLANNED)
    folder.fine("cancel", "natverk-2025-2", "--reason", "Sjukdom", "--today", PLANNED)
    assert events(folder) == {"natverk-2025-1", "rad-2025-1"}
    assert events(folder, "2025/all.ics") == set(YEAR)


def test_a_quiet_run_lets_go_what_is_due(tmp_path: Path) -> None:
    """Where something leaves the feeds as days pass, no checksum spares a run its work."""
    folder = planned(tmp_path)
    folder.fine("plan", "2025", "--quiet")
    assert (tmp_path / "plans/.checksum.json").exists()
    (tmp_path / "plans/.checksum.json").unlink()
    folder.edit("feeds: {}", "feeds: {past_months: 1}")
    folder.fine("plan", "2025", "--quiet")
    assert not (tmp_path / "plans/.checksum.json").exists()


def test_terms_and_the_sample_year_are_filtered_alike() -> None:
    """What leaves one feed leaves all of them, and nothing else does."""
    known, plan = sample.register(), sample.plan()
    settings = known.file.feeds.model_copy(update={"past_months": 1})
    strict = known.with_file(known.file.model_copy(update={"feeds": settings}))
    today = date(2025, 6, 1)
    every, some = (uids(dict(published_files(which, [plan], today))) for which in (known, strict))
    gone = every["feeds/all.ics"] | every["feeds/deadlines.ics"]
    gone -= some["feeds/all.ics"] | some["feeds/deadlines.ics"]
    assert gone == {
        plan.uid(one.id) for one in plan.meetings if one.date < date(2025, 5, 1) and one.forum != "sydsverige"
    } | {plan.uid_of_deadline(one) for one in plan.deadlines if one.date < date(2025, 5, 1)}
    for name, found in every.items():
        assert some[name] == (found - gone if name.startswith("feeds/") else found)


def uids(files: Mapping[str, bytes]) -> dict[str, set[str]]:
    """Return the UIDs of each calendar."""
    return {
        name: {event.value("UID") for event in read(data).inner("VEVENT")}
        for name, data in files.items()
        if name.endswith(".ics")
    }
