"""What the keys beside the rules do, from the forum file to what is written."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from project_folder import EXAMPLE, SMALL, Folder

TODAY = ("--today", "2024-09-15")
HEAD = """
name: Kultur i Väst
language: sv
timezone: Europe/Stockholm
domain: kultur.example
organisations: {hylte: {name: Hylte kommun}, laholm: {name: Laholms kommun}, varberg: {name: Varbergs kommun}}
groups: {alla: [hylte, laholm, varberg]}
calendar:
  country: SE
  periods: [{name: Sommar, weeks: 26-32, strength: must}]
defaults: {time: 09:00-12:00, weekdays: [tue, wed, thu]}
forums:
"""
BUSY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
{events}
END:VCALENDAR
"""


def meetings(folder: Folder, year: int = 2025, *more: str) -> list[dict[str, Any]]:
    """Plan a year and give its meetings."""
    found: list[dict[str, Any]] = folder.fine("plan", str(year), "--json", *TODAY, *more).year["meetings"]
    return found


def event(start: str, end: str, *lines: str) -> str:
    """Write an event of another body's calendar."""
    return "\n".join(
        [
            "BEGIN:VEVENT",
            f"UID:{start}",
            "DTSTAMP:20240101T000000Z",
            f"DTSTART{start}",
            f"DTEND{end}",
            *lines,
            "END:VEVENT",
        ]
    )


def test_free_dates_are_suggested_and_can_be_added(tmp_path: Path) -> None:
    """Five dates for the working party, none in the Easter break; the line given adds the first."""
    folder = Folder(tmp_path, EXAMPLE)
    folder.fine("plan", "2025", "--quiet", *TODAY)
    asked = ("suggest", "operativ-grupp", "--from", "2025-03-01", "--to", "2025-04-30", *TODAY)
    found = folder.fine(*asked, "--json").document["dates"]
    assert len(found) == 5
    assert [(one["should"], one["date"]) for one in found] == sorted(
        (one["should"], one["date"]) for one in found
    )
    assert all(one["should"] == 0 for one in found)
    everything = folder.fine(*asked, "--count", "100", "--json").document["dates"]
    break_days = {f"2025-04-{day}" for day in range(14, 18)}
    assert all(one["should"] for one in everything if one["date"] in break_days)
    line = folder.fine(*asked).out.splitlines()[-1]
    assert line == f"kultursam add operativ-grupp {found[0]['date']}"
    folder.fine(*line.split()[1:], *TODAY)
    assert found[0]["date"] in [one["date"] for one in meetings(folder) if one["forum"] == "operativ-grupp"]


def test_further_participants_count_in_suggestions(tmp_path: Path) -> None:
    """An organisation that takes part once brings its breaks along."""
    folder = Folder(tmp_path, EXAMPLE)
    asked = ("suggest", "politikomraden", "--from", "2025-02-17", "--to", "2025-02-21", "--json", *TODAY)
    alone = folder.fine(*asked, "--quiet").document["dates"]
    joined = folder.fine(*asked, "--participants", "varberg", "--quiet").document["dates"]
    assert {one["should"] for one in alone} == {0}
    assert {one["should"] for one in joined} == {1}
    assert folder.run(*asked, "--participants", "vargberg").code == 1


def test_when_some_people_can_meet(tmp_path: Path) -> None:
    """Without a forum: their own meetings are in the way, those of others are not, and nothing is written."""
    folder = Folder(tmp_path, EXAMPLE)
    (meeting, *_) = (one for one in meetings(folder) if one["forum"] == "taktiskt-natverk")
    before = folder.stamps()
    asked = ("suggest", "--from", meeting["date"], "--to", meeting["date"], "--json", *TODAY)
    hours = ("--time", f"{meeting['start']}-{meeting['end']}")
    (role,) = {"avdelningschef"}
    busy = folder.fine(*asked, *hours, "--participants", f"{role}@varberg, {role}@halmstad").document
    assert busy["dates"] == []
    assert {one["rule"] for one in busy["against"]} == {"shared-members"}
    assert folder.fine(*asked, *hours, "--participants", "varberg").document["dates"] == []
    free = folder.fine(*asked, "--time", "06:00-07:00", "--participants", f"{role}@varberg").document
    assert [one["date"] for one in free["dates"]] == [meeting["date"]]
    for wrong, code in (
        (("--participants", "varberg"), 2),
        (hours, 2),
        ((*hours, "--participants", "a@varberg"), 1),
    ):
        assert folder.run(*asked, *wrong).code == code
    assert folder.stamps() == before


def test_a_poll_is_asked_and_what_comes_back_moves_the_meeting(tmp_path: Path) -> None:
    """The table that is written is answered as it is, and planned with; a fault in it stops the plan."""
    text = HEAD + "  f: {name: Gruppen, cadence: once a year, members: [{role: chef, from: [alla]}]}\n"
    folder = Folder(tmp_path, text)
    (meeting,) = meetings(folder)
    asked = ("suggest", meeting["id"], "--format", "poll", "--count", "3", *TODAY)
    poll = folder.fine(*asked).out
    assert poll.startswith("\ufeff")  # else Excel reads another encoding
    head, *rows = poll.removeprefix("\ufeff").splitlines()
    assert len(rows) == 3
    assert head.count(";") == rows[0].count(";") > 3
    who = head.split(";")[3]
    folder.write(text.replace("name: Gruppen", "name: Gruppen, wishes: [{file: svar.csv}]"))
    folder.place("svar.csv").write_text(poll, encoding="utf-8")
    folder.fine("plan", "2025", "--replan", *TODAY)
    assert meetings(folder)[0]["date"] == meeting["date"]  # nobody has answered
    table = f"datum;{who}\n{meeting['date']};nej\n"
    folder.place("svar.csv").write_text(table, encoding="utf-8")
    folder.fine("plan", "2025", "--replan", *TODAY)
    assert meetings(folder)[0]["date"] != meeting["date"]
    other = folder.fine("explain", meeting["id"], "--instead", meeting["date"], "--json", *TODAY)
    told = other.document["instead"]["reasons"]
    assert any(one["rule"] == "wishes" and who in one["text"] for one in told)
    before = folder.stamps()
    folder.place("svar.csv").write_text(table.replace("nej", "x"), encoding="utf-8")
    run = folder.run("plan", "2025", "--json", *TODAY)
    assert (run.code, run.document["problems"][0]["line"]) == (1, 2)
    assert {name: stamp for name, stamp in folder.stamps().items() if name != "svar.csv"} == {
        name: stamp for name, stamp in before.items() if name != "svar.csv"
    }


def test_reserved_places_are_used_first(tmp_path: Path) -> None:
    """A forum as needed keeps two places: added meetings take the nearest of them, then new ones."""
    folder = Folder(
        tmp_path,
        HEAD
        + "  grupp: {name: Gruppen, cadence: as needed, reserve: 2, members: [{role: chef, from: [alla]}]}\n",
    )
    first, second = meetings(folder)
    folder.fine("confirm", "2025", *TODAY)
    assert {one["status"] for one in meetings(folder)} == {"proposed"}
    for day in ("2025-10-01", "2025-03-05", "2025-11-12"):
        folder.fine("add", "grupp", day, *TODAY)
    found = {one["id"]: one["date"] for one in meetings(folder)}
    (added,) = (key for key in found if key.startswith("grupp-2025-x"))
    assert found == {second["id"]: "2025-10-01", first["id"]: "2025-03-05", added: "2025-11-12"}


def test_hosts_take_turns_over_the_years(tmp_path: Path) -> None:
    """Six years give each municipality two of twelve meetings, never differing by more than one."""
    folder = Folder(tmp_path, EXAMPLE)
    count: dict[str, int] = {}
    for year in range(2025, 2031):
        for one in meetings(folder, year):
            if one["forum"] == "kulturpolitiskt-samverkansmote":
                count[one["host"]] = count.get(one["host"], 0) + 1
                assert max(count.values()) - (min(count.values()) if len(count) == 6 else 0) <= 1
    assert set(count.values()) == {2}
    assert len(count) == 6


def test_a_host_that_is_away_gives_way(tmp_path: Path) -> None:
    """The first in turn is away on the day that is chosen: the next hosts, and the first comes back."""
    forums = HEAD.replace(
        "periods: [", "periods: [{name: Lov, weeks: 10-20, strength: should, for: [hylte]}, "
    ) + (
        "  grupp:\n    name: Gruppen\n    cadence: twice a year\n"
        "    members: [{role: chef, from: [laholm]}]\n    host: {rotate: [hylte, laholm]}\n"
    )
    assert [one["host"] for one in meetings(Folder(tmp_path, forums))] == ["laholm", "hylte"]


def test_deadlines_fall_on_working_days(tmp_path: Path) -> None:
    """Before a meeting it is the nearest earlier working day, after it the nearest later."""
    folder = Folder(
        tmp_path,
        SMALL.replace(
            "{name: Kallelse, days_before: 14}",
            "{name: Papper, days_before: 3}, {name: Protokoll, days_after: 4}",
        ),
    )
    plan = folder.fine("plan", "2025", "--json", *TODAY).year
    for one in plan["meetings"]:
        day = date.fromisoformat(one["date"])
        due = {
            line["name"]: date.fromisoformat(line["date"])
            for line in plan["deadlines"]
            if line["meeting"] == one["id"]
        }
        for name, offset, step in (("Papper", -3, -1), ("Protokoll", 4, 1)):
            expected = day + timedelta(days=offset)
            while expected.weekday() > 4 or expected == date(2025, 4, 21):
                expected += timedelta(days=step)
            assert due[name] == expected
    assert folder.files()["calendars/2025/deadlines.ics"].count(b"BEGIN:VEVENT") == 4


def test_a_term_ends_and_is_renewed(tmp_path: Path) -> None:
    """The renewal is due in its year; a meeting after the term is a problem with its line."""
    forums = HEAD.replace(
        "defaults:", "terms: {plan: {name: Planen, from: 2025-01-01, to: 2025-06-30}}\ndefaults:"
    ) + (
        "  grupp:\n    name: Gruppen\n    cadence: twice a year\n    members: [{role: chef, from: [alla]}]\n"
        "    term: {of: plan, renewal: {name: Förnyas, months_before: 3}}\n"
    )
    run = Folder(tmp_path, forums).fine("plan", "2025", "--json", *TODAY)
    (due,) = run.year["deadlines"]
    assert (due["meeting"], due["forum"], due["name"]) == (None, "grupp", "Förnyas")
    assert due["date"] == "2025-03-28"
    (problem,) = run.year["problems"]
    assert "grupp-2025-2" in problem["text"]
    assert problem["line"] == 18
    assert problem["severity"] == "warning"


@pytest.mark.parametrize(
    ("written", "busy"),
    [
        (event(":20250325T080000Z", ":20250325T090000Z"), True),
        (event(":20250325T113000Z", ":20250325T120000Z"), False),
        (
            event(
                ";TZID=Europe/Stockholm:20250114T100000",
                ";TZID=Europe/Stockholm:20250114T110000",
                "RRULE:FREQ=WEEKLY",
            ),
            True,
        ),
        (event(";VALUE=DATE:20250325", ";VALUE=DATE:20250326"), True),
        (event(";VALUE=DATE:20250325", ";VALUE=DATE:20250326", "TRANSP:TRANSPARENT"), False),
        (event(";VALUE=DATE:20250325", ";VALUE=DATE:20250326", "STATUS:CANCELLED"), False),
    ],
    ids=["zone", "other-hours", "recurring", "all-day", "transparent", "cancelled"],
)
def test_hours_of_other_bodies_are_closed(tmp_path: Path, written: str, *, busy: bool) -> None:
    """An opaque event of another body moves the meeting that would overlap it."""
    forums = HEAD + (
        "  grupp:\n    name: Gruppen\n    cadence: once a year\n    members: [{role: chef, from: [hylte]}]\n"
        "    weekdays: [tue]\n    windows: [{from: 03-24, to: 03-30}]\n"
    )
    folder = Folder(tmp_path, forums)
    assert [one["date"] for one in meetings(folder, 2025, "--dry-run")] == ["2025-03-25"]
    (tmp_path / "other.ics").write_bytes(BUSY.format(events=written).replace("\n", "\r\n").encode())
    folder.edit("periods: [", "busy: [{name: Fullmäktige, file: other.ics, for: [alla]}]\n  periods: [")
    run = folder.run("plan", "2025", "--json", *TODAY)
    assert run.code == (1 if busy else 0)
    if busy:
        assert any("Fullmäktige" in one["text"] for one in run.year["problems"])


@pytest.mark.parametrize(
    "content", [None, b"BAD", b"x" * (10 * 1024 * 1024 + 1)], ids=["missing", "damaged", "large"]
)
def test_calendars_that_cannot_be_read_are_told(tmp_path: Path, content: bytes | None) -> None:
    """A missing, damaged or too large calendar is a problem with its line; nothing is written."""
    forums = HEAD.replace("  periods:", "  busy: [{name: X, file: other.ics}]\n  periods:")
    folder = Folder(
        tmp_path, forums + "  grupp: {name: G, cadence: once a year, members: [{role: chef, from: [alla]}]}\n"
    )
    if content is not None:
        (tmp_path / "other.ics").write_bytes(content)
    run = folder.run("plan", "2025", *TODAY)
    assert run.code == 1
    assert "forums.yaml:10:" in run.err
    assert not (tmp_path / "plans").exists()


@pytest.mark.parametrize("publish", [False, True])
def test_what_others_decided_is_planned_around(tmp_path: Path, *, publish: bool) -> None:
    """An external date stands in the plan, is never overlapped, and is in calendars only if published."""
    forums = HEAD + (
        "  annat:\n    name: Annat organ\n    cadence: external\n    members: [{role: chef, from: [hylte]}]\n"
        f"    dates: [2025-03-25]\n    publish: {str(publish).lower()}\n"
        "  grupp:\n    name: Gruppen\n    cadence: once a year\n    members: [{role: chef, from: [hylte]}]\n"
        "    weekdays: [tue, wed]\n    windows: [{from: 03-24, to: 03-30}]\n"
    )
    folder = Folder(tmp_path, forums)
    assert {one["forum"]: one["date"] for one in meetings(folder)} == {
        "annat": "2025-03-25",
        "grupp": "2025-03-26",
    }
    files = folder.files()
    assert ("calendars/2025/annat.ics" in files) is publish
    assert (b"Annat organ" in files["calendars/feeds/all.ics"]) is publish
    folder.edit("dates: [2025-03-25]", "dates: []")
    assert {one["id"]: one["status"] for one in meetings(folder)}["annat-2025-x1"] == "cancelled"


def test_a_fixed_day_that_is_closed_moves_to_the_nearest(tmp_path: Path) -> None:
    """A recurrence rule keeps its day but where a must closes it: then the nearest day will do."""
    forums = HEAD + (
        "  namnd:\n    name: Nämnden\n    cadence: 'RRULE:FREQ=MONTHLY;BYDAY=1TH;BYMONTH=1,5,6,9'\n"
        "    members: [{role: chef, from: [hylte]}]\n"
    )
    found = [one["date"] for one in meetings(Folder(tmp_path, forums))]
    # 1 May is a holiday; the days on either side are a squeeze day and a half-day.
    assert found == ["2025-01-02", "2025-04-29", "2025-06-05", "2025-09-04"]


def test_a_forum_meets_within_its_life(tmp_path: Path) -> None:
    """A project that begins in August has the half of the year's meetings that lies in its life."""
    forums = HEAD + (
        "  projekt:\n    name: Projektet\n    cadence: four times a year\n"
        "    members: [{role: chef, from: [alla]}]\n    active: {from: 2025-08-01}\n"
    )
    found = [one["date"] for one in meetings(Folder(tmp_path, forums))]
    assert len(found) == 2
    assert all(day >= "2025-08-01" for day in found)
