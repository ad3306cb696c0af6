"""What is due and when: on working days, with its meeting, under an identity that never changes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import holidays
import ics_profile
import pytest
from planner_instances import register_of
from project_folder import EXAMPLE, Folder

from kultursam.planner import deadlines
from kultursam.plans.model import Meeting, Origin
from kultursam.rules import evaluate
from kultursam.rules.context import EvaluatedYear

if TYPE_CHECKING:
    from pathlib import Path

TODAY = "2024-09-15"
DAY = timedelta(days=1)
DOMAIN = "kultur.example"
FORUMS = """
name: Kultur i Väst
language: sv
timezone: Europe/Stockholm
domain: kultur.example
organisations: {hylte: {name: Hylte}, laholm: {name: Laholm}}
calendar: {country: SE}
forums:
  natverk:
    name: Nätverket
    cadence: twice a year
    members: [{role: chef, from: [hylte, laholm]}]
    time: 09:00-12:00
    weekdays: [tue, wed]
    deadlines:
      - {name: Kallelse, days_before: 9}
      - {name: Minnesanteckningar, days_after: 4}
"""


def events(folder: Folder, name: str = "2025/deadlines.ics") -> dict[str, dict[str, str]]:
    """Return the events of a sound calendar by UID, each with its properties."""
    data = (folder.folder / "calendars" / name).read_bytes()
    assert ics_profile.check(data, feed="feeds/" in name) == []
    text = data.decode().replace("\r\n ", "")
    found = {}
    for event in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text, re.DOTALL):
        properties = dict(line.split(":", 1) for line in event.splitlines())
        found[properties["UID"]] = {key.partition(";")[0]: value for key, value in properties.items()}
    return found


def due(folder: Folder, year: int = 2025) -> dict[tuple[str | None, str], date]:
    """Return what the data for programs says is due, by meeting and name."""
    document = folder.run("show", str(year), "--json", "--today", TODAY).document
    return {(one["meeting"], one["name"]): date.fromisoformat(one["date"]) for one in document["deadlines"]}


def is_off(day: date) -> bool:
    """Return whether nobody works that day in Sweden."""
    known = holidays.country_holidays("SE", years=day.year, categories=("public", "de_facto"))
    return day.weekday() > 4 or day in known


@pytest.mark.parametrize("days", [0, 1, 6, 9, 13, 40, 130])
def test_deadlines_lie_on_working_days(tmp_path: Path, days: int) -> None:
    """One before its meeting moves to the nearest earlier working day, one after it to the nearest later."""
    text = FORUMS.replace("days_before: 9", f"days_before: {days}").replace(
        "days_after: 4", f"days_after: {days}"
    )
    folder = Folder(tmp_path, text.replace("twice", "8 times"))
    folder.fine("plan", "2025", "--today", TODAY)
    found = due(folder)
    assert len(found) == 16
    for key, meeting in folder.meetings(2025).items():
        held = date.fromisoformat(meeting["date"])
        before, after = held - days * DAY, held + days * DAY
        while is_off(before):
            before -= DAY
        while is_off(after):
            after += DAY
        assert (found[key, "Kallelse"], found[key, "Minnesanteckningar"]) == (before, after)


def test_days_off_of_the_example_are_left_before_and_after(tmp_path: Path) -> None:
    """Papers due on Ascension Day are due the day before, those due on a squeeze day stay there."""
    folder = Folder(tmp_path, EXAMPLE)
    folder.fine("plan", "2025", "--today", TODAY)
    found = due(folder)
    assert folder.meetings(2025)["samrad-kulturskapare-2025-2"]["date"] == "2025-06-12"
    assert found["samrad-kulturskapare-2025-2", "Kallelse"] == date(2025, 5, 28)
    assert found["bibliotekschefsgruppen-2025-3", "Handlingar"] == date(2025, 4, 30)
    folder.fine("move", "samrad-kulturskapare-2025-2", "2025-06-13", "--today", TODAY)
    assert due(folder)["samrad-kulturskapare-2025-2", "Kallelse"] == date(2025, 5, 30)


def test_deadlines_are_free_whole_days_under_an_identity_of_their_own(tmp_path: Path) -> None:
    """In deadlines.ics each is an all-day event that takes no time, with a UID that is no meeting's."""
    folder = Folder(tmp_path, FORUMS)
    folder.fine("plan", "2025", "--today", TODAY)
    found = events(folder)
    assert len(found) == 4
    dates = sorted(f"{day:%Y%m%d}" for day in due(folder).values())
    assert sorted(one["DTSTART"] for one in found.values()) == dates
    assert {one["TRANSP"] for one in found.values()} == {"TRANSPARENT"}
    meetings = events(folder, "2025/all.ics")
    assert not found.keys() & meetings.keys()
    assert events(folder, "feeds/deadlines.ics").keys() == found.keys()
    for one in meetings.values():
        assert "Kallelse: " in one["DESCRIPTION"]
        assert "Minnesanteckningar: " in one["DESCRIPTION"]


def test_deadline_follows_its_meeting(tmp_path: Path) -> None:
    """A meeting that moves takes its deadlines along: same UIDs, new dates, a higher sequence."""
    folder = Folder(tmp_path, FORUMS)
    folder.fine("plan", "2025", "--today", TODAY)
    before, kept = due(folder), events(folder)
    folder.fine("move", "natverk-2025-1", "2025-05-07", "--today", "2024-10-01")
    after, moved = due(folder), events(folder)
    assert after["natverk-2025-1", "Kallelse"] == date(2025, 4, 28)
    assert after["natverk-2025-1", "Minnesanteckningar"] == date(2025, 5, 12)
    assert after["natverk-2025-2", "Kallelse"] == before["natverk-2025-2", "Kallelse"]
    assert moved.keys() == kept.keys()
    assert sorted(one["SEQUENCE"] for one in moved.values()) == ["0", "0", "1", "1"]
    changed = {uid for uid, one in moved.items() if one["SEQUENCE"] == "1"}
    assert {moved[uid]["LAST-MODIFIED"] for uid in changed} == {"20241001T000000Z"}
    assert {uid for uid in kept if kept[uid] == moved[uid]} == kept.keys() - changed


def test_deadline_is_cancelled_with_its_meeting(tmp_path: Path) -> None:
    """A cancelled meeting's deadlines are cancelled under their UIDs, and no longer told as due."""
    folder = Folder(tmp_path, FORUMS)
    folder.fine("plan", "2025", "--today", TODAY)
    kept = events(folder)
    folder.fine("cancel", "natverk-2025-2", "--reason", "Sjukdom", "--today", "2024-10-01")
    after = events(folder)
    assert after.keys() == kept.keys()
    cancelled = {uid: one for uid, one in after.items() if one.get("STATUS") == "CANCELLED"}
    assert len(cancelled) == 2
    assert {one["SEQUENCE"] for one in cancelled.values()} == {"1"}
    assert {meeting for meeting, _ in due(folder)} == {"natverk-2025-1"}


def test_deadline_is_cancelled_when_its_rule_goes_and_comes_back_with_it(tmp_path: Path) -> None:
    """A rule taken out cancels its deadlines; put back, the same ones are due again, under the same UIDs."""
    folder = Folder(tmp_path, FORUMS)
    rule = "      - {name: Kallelse, days_before: 9}\n"
    folder.fine("plan", "2025", "--today", TODAY)
    first, before = events(folder), due(folder)
    folder.edit(rule, "")
    folder.fine("plan", "2025", "--today", "2024-10-01")
    gone = events(folder)
    assert gone.keys() == first.keys()
    assert sorted(one.get("STATUS", "") for one in gone.values()).count("CANCELLED") == 2
    assert {name for _, name in due(folder)} == {"Minnesanteckningar"}
    folder.edit("    deadlines:\n", "    deadlines:\n" + rule)
    folder.fine("plan", "2025", "--today", "2024-10-02")
    back = events(folder)
    assert due(folder) == before
    assert back.keys() == first.keys()
    assert sorted(one["SEQUENCE"] for one in back.values()) == ["0", "0", "2", "2"]
    assert not [one for one in back.values() if one.get("STATUS") == "CANCELLED"]


def test_new_rule_gets_new_numbers(tmp_path: Path) -> None:
    """A rule put in front of the others takes none of their UIDs; a changed one moves its own deadlines."""
    folder = Folder(tmp_path, FORUMS)
    folder.fine("plan", "2025", "--today", TODAY)
    first = events(folder)
    folder.edit("    deadlines:\n", "    deadlines:\n      - {name: Lokal bokas, days_before: 30}\n")
    folder.edit("days_before: 9", "days_before: 14")
    folder.fine("plan", "2025", "--today", "2024-10-01")
    after = events(folder)
    assert len(after.keys() - first.keys()) == 2
    assert first.keys() < after.keys()
    assert sorted(after[uid]["SEQUENCE"] for uid in first) == ["0", "0", "1", "1"]


def test_what_was_due_stays_as_it_was(tmp_path: Path) -> None:
    """Deadlines of meetings that were held are history: a changed rule moves only those still to come."""
    folder = Folder(tmp_path, FORUMS)
    folder.fine("plan", "2025", "--today", TODAY)
    first, before = events(folder), due(folder)
    folder.edit("days_after: 4", "days_after: 11")
    folder.edit("days_before: 9", "days_before: 16")
    folder.fine("plan", "2025", "--today", "2025-07-01")
    after = due(folder)
    assert {key: day for key, day in after.items() if key[0] == "natverk-2025-1"} == {
        key: day for key, day in before.items() if key[0] == "natverk-2025-1"
    }
    assert after["natverk-2025-2", "Kallelse"] == before["natverk-2025-2", "Kallelse"] - 7 * DAY
    assert events(folder).keys() == first.keys()


def test_deadlines_over_new_year_lie_in_the_other_year(tmp_path: Path) -> None:
    """Early in January papers were due before Christmas; they stand in the plan of their meeting."""
    text = FORUMS.replace("twice a year", "once a year").replace(
        "    deadlines:", "    windows: [{from: 01-07, to: 01-08}]\n    deadlines:"
    )
    folder = Folder(tmp_path, text)
    folder.fine("plan", "2025", "--today", TODAY)
    assert due(folder) == {
        ("natverk-2025-1", "Kallelse"): date(2024, 12, 27),
        ("natverk-2025-1", "Minnesanteckningar"): date(2025, 1, 13),
    }


# --- terms ---


def test_term_is_renewed_in_its_year(tmp_path: Path) -> None:
    """Three months before the culture plan ends its council is to be renewed: that year, on a working day."""
    folder = Folder(tmp_path, EXAMPLE)
    folder.fine("plan", "2027", "2028", "--today", TODAY)
    assert (None, "Samrådet förnyas") not in due(folder, 2027)
    assert due(folder, 2028)[None, "Samrådet förnyas"] == date(2028, 9, 29)
    renewal = [one for one in events(folder, "2028/deadlines.ics").values() if "förnyas" in one["SUMMARY"]]
    assert [(one["DTSTART"], one["TRANSP"]) for one in renewal] == [("20280929", "TRANSPARENT")]
    assert renewal[0]["UID"] == "samrad-kulturskapare-2028-term-d1@kultursamverkan.example"


def test_renewal_moves_with_its_term(tmp_path: Path) -> None:
    """A term that is prolonged moves its renewal, under the same UID, or takes it to another year."""
    folder = Folder(tmp_path, EXAMPLE)
    folder.fine("plan", "2028", "--today", TODAY)
    before = {uid for uid, one in events(folder, "2028/deadlines.ics").items() if "förnyas" in one["SUMMARY"]}
    folder.edit("months_before: 3", "months_before: 4")
    folder.fine("plan", "2028", "--today", "2024-10-01")
    after = events(folder, "2028/deadlines.ics")
    assert [(after[uid]["DTSTART"], after[uid]["SEQUENCE"]) for uid in before] == [("20280831", "1")]
    folder.edit("to: 2028-12-31", "to: 2029-12-31")
    folder.fine("plan", "2028", "2029", "--today", "2024-10-02")
    assert [events(folder, "2028/deadlines.ics")[uid]["STATUS"] for uid in before] == ["CANCELLED"]
    assert due(folder, 2029)[None, "Samrådet förnyas"] == date(2029, 8, 31)


def test_meetings_outside_their_term_are_told(tmp_path: Path) -> None:
    """After the culture plan's period each meeting of its council is told of, with the line of the term."""
    folder = Folder(tmp_path, EXAMPLE)
    run = folder.fine("plan", "2029", "--today", TODAY)
    line = 1 + next(n for n, text in enumerate(EXAMPLE.splitlines()) if "term: {of:" in text)
    told = [text for text in run.err.splitlines() if text.startswith(f"forums.yaml:{line}:5: warning: ")]
    assert len(told) == 3
    for number, text in enumerate(told, start=1):
        assert f"samrad-kulturskapare-2029-{number} " in text
        assert text.endswith("Hallands kulturplan 2025–2028")
    assert folder.fine("plan", "2028", "--today", TODAY).err == ""


def test_cancelled_meetings_outside_their_term_are_not_told(tmp_path: Path) -> None:
    """Once the council's meetings are cancelled, nothing is left to tell."""
    folder = Folder(tmp_path, EXAMPLE)
    folder.fine("plan", "2029", "--today", TODAY)
    for number in (1, 2, 3):
        meeting = f"samrad-kulturskapare-2029-{number}"
        folder.fine("cancel", meeting, "--reason", "Nytt samråd", "--today", TODAY)
    assert folder.fine("plan", "2029", "--today", TODAY).err == ""


# --- without a folder ---

NOW = datetime(2025, 3, 4, tzinfo=UTC)
RENEWAL = "renewal: {name: Ny plan, months_before: 6}"
TERMS = """
terms: {plan: {name: Plan, from: 2024-01-01, to: 2025-12-31}}
forums:
  samrad: {name: Samråd, cadence: once a year, members: [{role: chef, from: [hylte]}], time: 09:00-12:00,
    term: {of: plan}}
"""


def a_meeting(day: date, forum: str = "natverk", **keys: Any) -> Meeting:  # noqa: ANN401
    """Make a meeting with forum and day as its id."""
    written = {"id": f"{forum} {day}", "number": 1, "modified": NOW, "created": NOW, **keys}
    return Meeting(forum=forum, date=day, start=time(9), end=time(12), **written)


def evaluated(text: str) -> EvaluatedYear:
    """Weigh 2025 for a file."""
    return evaluate.evaluate_year(evaluate.year_context(register_of(text), 2025))


def test_deadlines_are_of_meetings_that_the_file_plans() -> None:
    """Not of forums that have left it, nor of what another body decided when the forum was external."""
    year = evaluated(FORUMS.replace("forums:\n", TERMS.lstrip()))
    day = date(2025, 5, 6)
    meetings = [
        a_meeting(day),
        a_meeting(day, "gone"),
        a_meeting(day + DAY, origin=Origin.EXTERNAL),
        a_meeting(day, "samrad"),
    ]
    found = deadlines.due(year, meetings, (), NOW.date(), NOW)
    assert {one.meeting for one in found} == {meetings[0].id}


def test_deadlines_stand_in_the_order_of_time() -> None:
    """Then by meeting, then as they are numbered; that of a term is among them."""
    text = FORUMS.replace("forums:\n", TERMS.lstrip().replace("of: plan", f"of: plan, {RENEWAL}"))
    meetings = [a_meeting(date(2025, 9, 9)), a_meeting(date(2025, 5, 6))]
    meetings.append(replace(meetings[1], id="a"))
    found = deadlines.due(evaluated(text), meetings, (), NOW.date(), NOW)
    assert [(one.date, one.meeting or "", one.number) for one in found] == sorted(
        (one.date, one.meeting or "", one.number) for one in found
    )
    assert [one.meeting for one in found[:2]] == ["a", meetings[1].id]
    assert None in {one.meeting for one in found}


def test_what_is_due_today_is_still_to_come() -> None:
    """A deadline of today, and that of a meeting of today, follow their rule; those before stay."""
    year, today = evaluated(FORUMS), NOW.date()
    held, now = a_meeting(today - 13 * DAY), a_meeting(today)
    old = deadlines.due(year, [held, now], (), today - 60 * DAY, NOW)
    later = FORUMS.replace("days_before: 9", "days_before: 12").replace("days_after: 4", "days_after: 14")
    assert any(one.date < today for one in old if one.meeting == held.id)
    after = deadlines.due(evaluated(later), [held, now], old, today, NOW)
    moved = {(one.meeting, one.number) for one in {*after} - {*old}}
    assert {(now.id, 1), (now.id, 2)} <= moved
    assert (held.id, 1) not in moved
    due_today = [replace(one, date=today) for one in old if one.meeting == held.id]
    again = deadlines.due(evaluated(later), [held, now], due_today, today, NOW)
    assert not [one for one in again if one.meeting == held.id and one.date == today and one.sequence == 0]
