"""Free dates for a further meeting, places kept for meetings as needed, and files of what is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import ics_profile
import pytest
from planner_instances import register_of
from project_folder import EXAMPLE, SMALL, Folder

from kultursam.diagnostics import KultursamError
from kultursam.planner import NoPlanError, Situation, edit, plan_year, suggestions, what_if

if TYPE_CHECKING:
    from pathlib import Path

    from kultursam.planner.suggestions import Suggestion

TODAY = "2024-09-15"
WRITTEN = datetime(2024, 9, 15, tzinfo=UTC)
DAY = timedelta(days=1)
SPRING = date(2025, 3, 1), date(2025, 4, 30)
EASTER_BREAK = {date(2025, 4, 14) + number * DAY for number in range(5)}
SPACED = EXAMPLE.replace("    purpose: Förvaltningschefer", "    spacing: {min_days: 20}\n    purpose: F")
RESERVED = EXAMPLE.replace(
    "    purpose: Skapas vid behov.\n",
    "    purpose: Skapas vid behov.\n    reserve: 2\n"
    "    windows: [{from: 03-01, to: 05-31}, {from: 09-01, to: 11-30}]\n",
)


@lru_cache
def planned(text: str) -> Situation:
    """Plan 2025; return the situation in which that is the plan of record."""
    situation = Situation(register_of(text), 2025, WRITTEN.date(), WRITTEN)
    return replace(situation, recorded_plan=plan_year(situation))


def suggested(
    text: str,
    forum: str,
    span: tuple[date, date] = SPRING,
    count: int = 1000,
    participants: tuple[str, ...] = (),
) -> list[Suggestion]:
    """Return the free dates of a span in 2025."""
    found = suggestions.suggest(planned(text), forum, span, participants=participants)
    return list(found.free[:count])


@pytest.mark.parametrize(
    ("text", "forum"),
    [
        (EXAMPLE, "operativ-grupp"),
        (EXAMPLE, "politikomraden"),
        (EXAMPLE, "bibliotekschefsgruppen"),
        (EXAMPLE, "kulturpolitiskt-samverkansmote"),
        (RESERVED, "operativ-grupp"),
        (SPACED, "strategiskt-natverk"),
    ],
    ids=["as-needed", "small", "thursdays", "prepared", "reserved", "spaced"],
)
def test_free_dates_are_those_that_may_be_added(text: str, forum: str) -> None:
    """A date is suggested if and only if `add` takes it without breaking a must, with that much trouble."""
    situation = planned(text)
    assert situation.recorded_plan
    free = {one.date: one for one in suggested(text, forum)}
    day = SPRING[0]
    while day <= SPRING[1]:
        try:
            edited = edit.edit(situation, edit.add(forum, day))
        except edit.RefusedError:
            assert day not in free
        else:
            assert day in free
            assert edited.plan.should - situation.recorded_plan.should == free[day].trouble
        day += DAY


def test_best_dates_come_first() -> None:
    """Dates are sorted by the organisations they trouble, then by points, then by time."""
    free = suggested(EXAMPLE, "operativ-grupp")
    assert [one.trouble for one in free] == sorted(one.trouble for one in free)
    assert free == sorted(free, key=lambda one: (one.trouble, one.points, one.date))
    assert len({one.points for one in free}) > 1
    assert suggested(EXAMPLE, "operativ-grupp", count=3) == free[:3]


def test_five_dates_in_spring_are_none_in_the_easter_break() -> None:
    """An operative group is offered five dates in March and April, all of them free of trouble."""
    five = suggested(EXAMPLE, "operativ-grupp", count=5)
    assert len(five) == 5
    assert not {one.date for one in five} & EASTER_BREAK
    assert {one.trouble for one in five} == {0}


def test_each_date_says_what_speaks_against_it() -> None:
    """A date in the easter break names it and whom it troubles, with its line; a plain one names nothing."""
    free = {one.date: one for one in suggested(EXAMPLE, "operativ-grupp")}
    easter = free[date(2025, 4, 15)]
    assert (easter.trouble, [(one.rule, one.text) for one in easter.reasons]) == (7, [("period", "Påsklov")])
    assert easter.reasons[0].line
    assert "Påsklov" in EXAMPLE.splitlines()[easter.reasons[0].line - 1]
    assert free[date(2025, 3, 4)].reasons == ()
    assert [one.rule for one in free[date(2025, 3, 5)].reasons] == ["weekdays"]
    assert [one.rule for one in free[date(2025, 4, 1)].reasons] == ["crowded-weeks"]


def test_a_date_to_move_to_is_weighed_for_the_meeting_that_moves() -> None:
    """How evenly the others of its forum lie is no matter of it."""
    for suggestion in suggested(EXAMPLE, "bibliotekschefsgruppen-2025-2"):
        rules = [reason.rule for reason in suggestion.reasons]
        assert rules.count("evenness") <= 1, suggestion


def test_those_who_join_are_thought_of() -> None:
    """With `--participants` the organisations that join count, their breaks and their meetings too."""
    span = date(2025, 2, 10), date(2025, 3, 14)
    alone = {one.date: one for one in suggested(EXAMPLE, "politikomraden", span)}
    joined = {
        one.date: one for one in suggested(EXAMPLE, "politikomraden", span, participants=("kommunerna",))
    }
    assert alone[date(2025, 2, 18)].trouble == 0
    assert joined[date(2025, 2, 18)].trouble == 5
    assert date(2025, 3, 11) not in alone.keys() | joined.keys()
    only_one = suggested(EXAMPLE, "politikomraden", span, participants=("kungsbacka",))
    assert {one.date: one.trouble for one in only_one}[date(2025, 2, 11)] == 1


@pytest.mark.parametrize(
    ("forum", "participants", "message"),
    [
        (
            "operativ-grup",
            (),
            'there is no forum or meeting "operativ-grup"; did you mean "operativ-grupp"?',
        ),
        (
            "operativ-grup",
            ("hylte",),
            'there is no forum or meeting "operativ-grup"; did you mean "operativ-grupp"?',
        ),
        ("operativ-grupp", ("hyllte",), 'there is no organisation "hyllte"; did you mean "hylte"?'),
        (
            "regionsamverkan-sydsverige",
            (),
            '"regionsamverkan-sydsverige" is decided elsewhere; change its dates in the forum file',
        ),
    ],
)
def test_nothing_is_suggested_for_what_is_not_there(
    forum: str, participants: tuple[str, ...], message: str
) -> None:
    """Unknown names are told with what was meant; dates that others decide are not suggested."""
    with pytest.raises(KultursamError) as raised:
        suggested(EXAMPLE, forum, participants=participants)
    assert [one.text for one in raised.value.problems] == [message]


# --- another date ---


def test_another_date_moves_as_few_as_can_be() -> None:
    """`instead` plans around a date: what it need not move stays, and what it moves is right again."""
    situation = planned(EXAMPLE)
    assert situation.recorded_plan
    other = what_if(situation, situation.recorded_plan, "taktiskt-natverk-2025-1", date(2025, 2, 11))
    before = {one.id: one.date for one in situation.recorded_plan.meetings}
    moved = {one.id for one in other.meetings if one.date != before[one.id]}
    assert moved == {
        "taktiskt-natverk-2025-1",
        "strategiskt-natverk-2025-1",
        "kulturpolitiskt-samverkansmote-2025-1",
    }
    assert (other.should, other.problems) == (1, ())


@pytest.mark.parametrize(
    ("meeting", "message"),
    [
        (
            "overenskommelsen-2025-1",
            '"overenskommelsen-2025-1" is cancelled; first take that back with: kultursam restore',
        ),
        ("overenskommelsen-2025-7", 'there is no meeting "overenskommelsen-2025-7"'),
    ],
)
def test_another_date_is_refused_where_there_is_no_meeting(meeting: str, message: str) -> None:
    """A cancelled meeting gets no other date, nor does one that is unknown."""
    situation = planned(EXAMPLE)
    cancelled = edit.edit(situation, edit.cancel("overenskommelsen-2025-1", "Sjukdom")).plan
    with pytest.raises(KultursamError) as raised:
        what_if(situation, cancelled, meeting, date(2025, 11, 12))
    assert raised.value.problems[0].text.startswith(message)


# --- the commands ---


def test_line_that_is_suggested_works(tmp_path: Path) -> None:
    """`suggest` ends with a line that, typed as it is, adds the meeting on the best date."""
    folder = Folder(tmp_path, EXAMPLE)
    folder.fine("plan", "2025", "--today", TODAY)
    span = ("--from", "2025-03-01", "--to", "2025-04-30")
    run = folder.fine("suggest", "operativ-grupp", *span, "--count", "5", "--today", TODAY)
    *dates, line = run.out.splitlines()
    assert len(dates) == 5
    assert dates[0] == "2025-03-04  w. 10  tisdag 4 mars: inget talar emot".replace("w.", dates[0].split()[1])
    program, *arguments = line.split()
    assert (program, *arguments) == ("kultursam", "add", "operativ-grupp", "2025-03-04")
    folder.fine(*arguments, "--today", TODAY)
    (added,) = [one for one in folder.meetings(2025).values() if one["forum"] == "operativ-grupp"]
    assert added["date"] == "2025-03-04"


def test_dates_of_two_years_are_suggested(tmp_path: Path) -> None:
    """A span over New Year looks at both plans; the year that is not saved is planned for the answer."""
    folder = Folder(tmp_path, SMALL)
    folder.fine("plan", "2025", "--today", TODAY)
    span = ("--from", "2025-12-29", "--to", "2026-01-14")
    document = folder.fine("suggest", "natverk", *span, "--today", TODAY, "--json", "--quiet").document
    assert {one["date"] for one in document["dates"]} >= {"2025-12-30", "2026-01-07", "2026-01-14"}
    assert not (tmp_path / "plans" / "2026.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("operativ-grupp", "--from", "2025-07-01", "--to", "2025-07-31"), 0),
        (("operativ-grupp", "--from", "2025-03-01", "--to", "2025-04-30"), 0),
        (("operativ-grup", "--from", "2025-03-01"), 1),
        (("operativ-grupp", "--from", "i mars"), 2),
    ],
)
def test_json_is_one_document(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    """`suggest --json` gives one document, be it empty or a failure."""
    folder = Folder(tmp_path, EXAMPLE)
    run = folder.run("suggest", *arguments, "--today", TODAY, "--json", "--quiet")
    assert run.code == code
    assert bool(run.document["problems"]) == bool(code)
    if not code:
        assert len(run.document["dates"]) == (0 if "2025-07-01" in arguments else 5)


def test_no_free_day_is_said(tmp_path: Path) -> None:
    """Where every day is closed, that is said, and why; no line to copy is given."""
    folder = Folder(tmp_path, EXAMPLE)
    span = ("--from", "2025-07-01", "--to", "2025-07-31")
    run = folder.fine("suggest", "operativ-grupp", *span, "--today", TODAY, "--quiet")
    line = 1 + next(n for n, text in enumerate(EXAMPLE.splitlines()) if "Sommaruppehåll" in text)
    assert run.out == f"Ingen dag i den perioden är ledig.\n  Sommaruppehåll [rad {line}]\n"


# --- places kept ---


def test_reserved_places_are_planned_and_named_so(tmp_path: Path) -> None:
    """`reserve: 2` plans two meetings, shown as reserved; confirming a whole year passes them over."""
    folder = Folder(tmp_path, RESERVED)
    run = folder.fine("plan", "2025", "--today", TODAY)
    assert sum("reserverat" in line and "Operativ grupp" in line for line in run.out.splitlines()) == 2
    kept = {key: one for key, one in folder.meetings(2025).items() if one["forum"] == "operativ-grupp"}
    assert set(kept) == {"operativ-grupp-2025-1", "operativ-grupp-2025-2"}
    folder.fine("confirm", "2025", "--today", TODAY)
    after = {key: folder.meetings(2025)[key] for key in kept}
    assert {one["status"] for one in after.values()} == {"proposed"}


def test_add_uses_the_nearest_reserved_place_first(tmp_path: Path) -> None:
    """Added meetings take the places kept, the nearest first, under the same UID; then new ones are made."""
    folder = Folder(
        tmp_path, RESERVED.replace("    reserve: 2\n", "    reserve: 2\n    spacing: {min_days: 1}\n")
    )
    folder.fine("plan", "2025", "--today", TODAY)
    before = folder.meetings(2025)
    folder.fine("add", "operativ-grupp", "2025-10-22", "--today", "2024-10-01")
    after = folder.meetings(2025)
    assert before["operativ-grupp-2025-2"]["date"] != "2025-10-22"
    assert after["operativ-grupp-2025-2"]["date"] == "2025-10-22"
    assert after["operativ-grupp-2025-2"]["uid"] == before["operativ-grupp-2025-2"]["uid"]
    assert after["operativ-grupp-2025-2"]["sequence"] == 1
    assert after["operativ-grupp-2025-1"] == before["operativ-grupp-2025-1"]
    folder.fine("add", "operativ-grupp", "2025-05-20", "--today", "2024-10-01")
    folder.fine("add", "operativ-grupp", "2025-05-27", "--today", "2024-10-01")
    dates = {key: one["date"] for key, one in folder.meetings(2025).items() if "operativ" in key}
    assert dates == {
        "operativ-grupp-2025-1": "2025-05-20",
        "operativ-grupp-2025-2": "2025-10-22",
        "operativ-grupp-2025-xknes": "2025-05-27",
    }
    planned_again = folder.fine("plan", "2025", "--today", "2024-10-02")
    assert "reserverat" not in planned_again.out
    assert {key: one["date"] for key, one in folder.meetings(2025).items() if "operativ" in key} == dates


def test_reserved_place_is_no_obstacle_to_its_own_meeting() -> None:
    """The very date of a reserved place is suggested, for it is free for the meeting that it was kept for."""
    situation = planned(RESERVED)
    place = next(one for one in situation.recorded if one.id == "operativ-grupp-2025-1")
    assert place.date in {one.date for one in suggested(RESERVED, "operativ-grupp")}


def test_reserved_places_give_way_to_a_smaller_number(tmp_path: Path) -> None:
    """With fewer places to keep, one that nobody used is cancelled; one that was used stays."""
    folder = Folder(tmp_path, RESERVED)
    folder.fine("plan", "2025", "--today", TODAY)
    folder.fine("add", "operativ-grupp", "2025-04-08", "--today", TODAY)
    folder.edit("    reserve: 2\n    windows: [{from: 03-01, to: 05-31}, {from: 09-01, to: 11-30}]\n", "")
    folder.run("plan", "2025", "--today", TODAY)
    statuses = {key: one["status"] for key, one in folder.meetings(2025).items() if "operativ" in key}
    assert statuses == {"operativ-grupp-2025-1": "proposed", "operativ-grupp-2025-2": "cancelled"}


# --- what is new ---


def uids(data: str) -> list[str]:
    """Return the UIDs of a sound calendar."""
    assert ics_profile.check(data.encode()) == []
    return [line[4:] for line in data.splitlines() if line.startswith("UID:")]


def test_export_holds_what_is_new_since_a_day(tmp_path: Path) -> None:
    """`export --since` gives the meetings changed since then, each as the calendars have it."""
    folder = Folder(tmp_path, EXAMPLE)
    folder.fine("plan", "2025", "--today", TODAY)
    folder.fine("move", "overenskommelsen-2025-1", "2025-11-12", "--today", "2024-10-01")
    folder.fine("cancel", "bibliotekschefsgruppen-2025-6", "--reason", "Inställt", "--today", "2024-10-02")
    folder.fine("add", "operativ-grupp", "2025-03-04", "--today", "2024-10-02")
    domain = "kultursamverkan.example"
    new = [
        f"{one}@{domain}"
        for one in ("operativ-grupp-2025-xpwcs", "overenskommelsen-2025-1", "bibliotekschefsgruppen-2025-6")
    ]
    assert uids(folder.fine("export", "2025", "--since", "2024-10-01").out) == new
    assert uids(folder.fine("export", "2025", "--since", "2024-10-02").out) == [new[0], new[2]]
    assert uids(folder.fine("export", "2025", "--since", "2024-10-03").out) == []
    every = folder.fine("export", "2025").out
    published = (tmp_path / "calendars" / "2025" / "all.ics").read_bytes().decode()
    assert sorted(uids(every)) == sorted(uids(published))
    one = folder.fine("export", "2025", "--since", "2024-10-01", "--forum", "operativ-grupp").out
    assert uids(one) == [new[0]]
    event = one[one.index("BEGIN:VEVENT") : one.index("END:VEVENT")]
    assert event in published
    hylte = folder.fine("export", "2025", "--since", "2024-10-01", "--organisation", "hylte").out
    assert uids(hylte) == [new[0], new[2]]


def test_export_writes_one_file_and_says_so(tmp_path: Path) -> None:
    """`--output` names the file, which may lie anywhere; nothing else is touched; `--json` tells how many."""
    folder = Folder(tmp_path, SMALL)
    folder.fine("plan", "2025", "--today", TODAY)
    before = folder.stamps()
    target = tmp_path / "ut" / "nytt.ics"
    run = folder.fine("export", "2025", "--since", TODAY, "--output", str(target), "--json")
    assert run.document["meetings"] == 2
    assert len(uids(target.read_bytes().decode())) == 2
    assert {name: stamp for name, stamp in folder.stamps().items() if name != "ut/nytt.ics"} == before


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("2026",), 1, "kultursam plan 2026"),
        (("2025", "--since", "igår"), 2, "--since"),
        (("2025", "--forum", "natverket"), 1, 'menade du "natverk"?'),
        (("2025", "--organisation", "hyllte"), 1, 'menade du "hylte"?'),
    ],
)
def test_export_of_what_is_not_there_is_told(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """A year without a plan, a day that is none, an unknown forum or organisation: each is told."""
    folder = Folder(tmp_path, SMALL)
    folder.fine("plan", "2025", "--today", TODAY)
    run = folder.run("export", *arguments)
    assert (run.code, run.out) == (code, "")
    assert words in run.err


def test_another_date_that_leaves_no_plan_says_whose_it_is() -> None:
    """That there is no plan at all is never the answer to a question about one date."""
    text = """
name: Office
language: en
timezone: Europe/Stockholm
domain: office.example
organisations: {a: {name: A}}
calendar: {country: SE}
defaults: {time: 09:00-12:00, cadence: once a year, windows: [{from: 03-03, to: 03-04}]}
forums:
  first: {name: First, members: [{role: chief, from: [a]}], weekdays: [mon, tue]}
  second: {name: Second, members: [{role: chief, from: [a]}], weekdays: [tue]}
"""
    situation = planned(text)
    plan = situation.recorded_plan
    assert plan
    with pytest.raises(NoPlanError) as raised:
        what_if(situation, plan, "first-2025-1", date(2025, 3, 4))
    first, *why = raised.value.problems
    assert first.text == "First cannot be on Tuesday 4 March: the others would have no plan."
    assert any("Second" in problem.text for problem in why)
