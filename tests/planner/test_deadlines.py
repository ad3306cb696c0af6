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


# --- working days and breaks ---

ENGLAND = """
name: Bracknell-like council
timezone: Europe/London
domain: council.example
organisations: {council: {name: The council}}
calendar: {country: GB-ENG}
forums:
  council:
    name: Full council
    cadence: 12 times a year
    members: [{role: councillor, from: [council]}]
    time: 19:30-21:30
    deadlines: [{name: Summons, clear_days_before: 5}]
"""
SUMMER = "periods: [{name: Sommar, weeks: 26-32}]"
ALL_YEAR = "periods: [{name: Alltid, from: 01-01, to: 12-31}]"


def due_on(text: str, day: date) -> dict[str, date]:
    """Return what is due for a meeting of the file's first forum on a day, by name."""
    register = register_of(text)
    year = evaluate.evaluate_year(evaluate.year_context(register, day.year))
    return dict(deadlines.DueDays(year, next(iter(register.forums))).of_meeting(day))


def is_working_day(country: str, day: date) -> bool:
    """Return whether people work that day, by what the days off are called in law."""
    code, _, part = country.partition("-")
    known = holidays.country_holidays(code, subdiv=part or None, years=day.year)
    return day.weekday() < 5 and day not in known


def clear_days(country: str, due: date, meeting: date) -> int:
    """Count the working days that lie between a deadline and a meeting, neither of them counted."""
    between = ((meeting - due).days - offset for offset in range(1, (meeting - due).days))
    return sum(is_working_day(country, meeting - offset * DAY) for offset in between)


def test_five_clear_working_days_in_england_are_8_to_13_days() -> None:
    """A summons five clear days ahead is the latest working day that leaves them, on every day of 2026."""
    year = evaluate.evaluate_year(evaluate.year_context(register_of(ENGLAND), 2026))
    rules = deadlines.DueDays(year, "council")
    leads = set()
    for offset in range(365):
        meeting = date(2026, 1, 1) + offset * DAY
        if is_working_day("GB-ENG", meeting):
            due = dict(rules.of_meeting(meeting))["Summons"]
            leads.add((meeting - due).days)
            assert is_working_day("GB-ENG", due)
            assert clear_days("GB-ENG", due, meeting) == 5
    assert (min(leads), max(leads)) == (8, 13)


def test_the_summonses_of_a_council_are_planned_with_it(tmp_path: Path) -> None:
    """Each meeting of a planned year has its summons five clear days ahead, over Easter and bank holidays."""
    folder = Folder(tmp_path, ENGLAND)
    folder.fine("plan", "2026", "--today", "2025-11-01")
    found = due(folder, 2026)
    assert len(found) == 12
    for key, meeting in folder.meetings(2026).items():
        summons = found[key, "Summons"]
        assert clear_days("GB-ENG", summons, date.fromisoformat(meeting["date"])) == 5


@pytest.mark.parametrize(
    ("rule", "meeting", "due"),
    [
        # The first of May, Epiphany and New Year's Eve are days off.
        ("working_days_before: 0", date(2025, 5, 6), date(2025, 5, 6)),
        ("working_days_before: 1", date(2025, 5, 5), date(2025, 5, 2)),
        ("working_days_before: 3", date(2025, 5, 6), date(2025, 4, 30)),
        ("clear_days_before: 0", date(2025, 5, 5), date(2025, 5, 2)),
        ("clear_days_before: 2", date(2025, 5, 6), date(2025, 4, 30)),
        ("working_days_before: 5", date(2025, 1, 9), date(2024, 12, 30)),
        ("clear_days_before: 5", date(2025, 1, 9), date(2024, 12, 27)),
        # A meeting in a weekend counts from there.
        ("working_days_before: 1", date(2025, 5, 4), date(2025, 5, 2)),
    ],
)
def test_working_days_are_counted_from_the_meeting(rule: str, meeting: date, due: date) -> None:
    """The day before is one working day before; days off in between are not counted."""
    assert due_on(FORUMS.replace("days_before: 9", rule), meeting)["Kallelse"] == due


@pytest.mark.parametrize(
    ("rule", "days", "clear"), [("days_before: 7", 7, 0), ("clear_days_before: 5", 1, 5)]
)
def test_a_swedish_kallelse_goes_out_on_the_latest_day_that_is_open(rule: str, days: int, clear: int) -> None:
    """It is the latest day that is early enough, a working day, and outside the summer break: every day."""
    text = FORUMS.replace("{country: SE}", f"{{country: SE, {SUMMER}}}").replace("days_before: 9", rule)
    year = evaluate.evaluate_year(evaluate.year_context(register_of(text), 2026))
    rules = deadlines.DueDays(year, "natverk")
    for offset in range(365):
        meeting = date(2026, 1, 1) + offset * DAY
        early = (meeting - lead * DAY for lead in range(days, 90))
        latest = next(
            day
            for day in early
            if not is_off(day)
            and not date(2026, 6, 22) <= day <= date(2026, 8, 9)
            and sum(not is_off(day + n * DAY) for n in range(1, (meeting - day).days)) >= clear
        )
        assert dict(rules.of_meeting(meeting))["Kallelse"] == latest, meeting


def test_nothing_is_due_in_a_break_of_the_forum() -> None:
    """A summons that would go out in the summer break goes out before it, the minutes after it are due then.

    In 2026 weeks 26 to 32 are 22 June to 9 August, and Friday 19 June is Midsummer Eve.
    """
    text = FORUMS.replace("{country: SE}", f"{{country: SE, {SUMMER}}}")
    text = text.replace("days_before: 9", "days_before: 14").replace("days_after: 4", "days_after: 14")
    assert due_on(text, date(2026, 8, 18))["Kallelse"] == date(2026, 6, 18)
    assert due_on(text, date(2026, 8, 25))["Kallelse"] == date(2026, 8, 11)
    assert due_on(text, date(2026, 6, 16))["Minnesanteckningar"] == date(2026, 8, 10)


def test_a_break_of_others_or_one_that_only_should_be_kept_hinders_no_deadline() -> None:
    """Only a must-period that touches the forum does: not another forum's, not a role that it has not."""
    day = date(2026, 8, 18)
    for more in ("strength: should", "for_roles: [ordförande]", "for: [hylte], for_roles: [sekreterare]"):
        text = FORUMS.replace("{country: SE}", f"{{country: SE, {SUMMER[:-2]}, {more}}}]}}")
        assert due_on(text, day)["Kallelse"] == date(2026, 8, 7), more  # the ninth is a Sunday
    text = FORUMS.replace("{country: SE}", f"{{country: SE, {SUMMER[:-2]}, for: [hylte]}}]}}")
    assert due_on(text, day)["Kallelse"] == date(2026, 6, 18)


def test_a_break_over_new_year_is_left_in_the_year_before() -> None:
    """A deadline of January goes back over Christmas to the year before."""
    period = "periods: [{name: Jul, from: 12-15, to: 01-06}]"
    text = FORUMS.replace("{country: SE}", f"{{country: SE, {period}}}")
    assert due_on(text, date(2026, 1, 13))["Kallelse"] == date(2025, 12, 12)


def test_a_forum_that_is_closed_for_ever_has_its_deadlines_on_working_days() -> None:
    """Where no day is open, the nearest working day stands: a person may have forced the meeting."""
    text = FORUMS.replace("{country: SE}", f"{{country: SE, {ALL_YEAR}}}")
    assert due_on(text, date(2026, 8, 18))["Kallelse"] == date(2026, 8, 7)


def test_a_renewal_is_not_due_in_a_break() -> None:
    """What a term brings moves before the break as well."""
    text = FORUMS.replace("forums:\n", TERMS.lstrip().replace("of: plan", f"of: plan, {RENEWAL}"))
    text = text.replace("{country: SE}", f"{{country: SE, {SUMMER}}}")
    found = deadlines.due(evaluated(text), [], (), NOW.date(), NOW)
    assert [one.date for one in found] == [date(2025, 6, 19)]  # not on 30 June; the 20th is Midsummer Eve


@pytest.mark.parametrize(
    "rule",
    [
        "{name: Kallelse}",
        "{name: Kallelse, days_before: 5, clear_days_before: 5}",
        "{name: Kallelse, working_days_before: 5, days_after: 5}",
    ],
)
def test_a_deadline_is_counted_in_one_way(tmp_path: Path, rule: str) -> None:
    """None of the four ways, or two of them, is a fault of that deadline, with its line."""
    folder = Folder(tmp_path, FORUMS.replace("{name: Kallelse, days_before: 9}", rule))
    run = folder.run("check")
    line = 1 + next(n for n, text in enumerate(folder.forum_file.read_text().splitlines()) if rule in text)
    assert run.code == 1
    assert f"forums.yaml:{line}:9: error: " in run.err
    assert "days_before, days_after, working_days_before" in run.err
    assert "clear_days_before" in run.err
