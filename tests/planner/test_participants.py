"""Who takes part: calendars of organisations that come and go keep faith with their subscribers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from case_numbers import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from ics_profile import check, compare, read
from planner_instances import register_of

from kultursam.forumfile.register import Register
from kultursam.planner import Situation, plan_year
from kultursam.plans import plan_file
from kultursam.plans.model import Plan
from kultursam.publish import published_files, stamped

ORGANISATIONS = ("a", "b", "c")
FILE = """
name: Coming and going
timezone: Europe/Stockholm
domain: going.example
organisations: {{{organisations}}}
forums:
  circle:
    name: Circle
    cadence: 4 times a year
    members: [{{role: {role}, from: [{members}]}}]
    time: 09:00-12:00
"""
Step = tuple[frozenset[str], bool, str, int]
"""Who is a member, whether all others have left the file, their role, and the days until then."""
STEPS = st.lists(
    st.tuples(
        st.frozensets(st.sampled_from(ORGANISATIONS), min_size=1),
        st.booleans(),
        st.sampled_from(["chief", "clerk"]),
        st.integers(1, 120),
    ),
    min_size=1,
    max_size=6,
)


def register(members: frozenset[str], role: str, *, alone: bool) -> Register:
    """Return a forum file with some members; `alone`, there are no other organisations in it."""
    present = sorted(members if alone else ORGANISATIONS)
    return register_of(
        FILE.format(
            organisations=", ".join(f"{key}: {{name: Org {key}}}" for key in present),
            members=", ".join(sorted(members)),
            role=role,
        )
    )


def night(known: Register, today: date, record: Plan | None) -> Plan:
    """Plan and record 2025, as a nightly run does."""
    now = datetime.combine(today, time(3), UTC)
    return stamped(known, plan_year(Situation(known, 2025, today, now, record)), record, now)


def feeds(known: Register, plan: Plan) -> dict[str, bytes]:
    """Return the calendars of organisations, and that of everything."""
    published = dict(published_files(known, [plan], date(2025, 1, 1)))
    return {
        name: data
        for name, data in published.items()
        if name == "feeds/all.ics" or name.startswith("feeds/organisations/")
    }


def live(data: bytes) -> set[str]:
    """Return the meetings of a calendar that are to be held."""
    events = read(data).inner("VEVENT")
    return {event.value("UID").split("@")[0] for event in events if event.value("STATUS") != "CANCELLED"}


@settings(deadline=None, max_examples=cases(25), derandomize=True, database=None)
@given(STEPS)
def test_every_calendar_keeps_faith(steps: list[Step]) -> None:
    """No event is lost or falls back; each shows as to be held what its organisation took or takes part in.

    What is over stays as it was, the plan is the same when read again, and a second run changes nothing.
    """
    known, today = register(frozenset("ab"), "chief", alone=False), date(2024, 12, 1)
    plan = night(known, today, None)
    files = feeds(known, plan)
    took_part = {one.id: {"a", "b"} for one in plan.meetings}
    for members, alone, role, days in steps:
        today += timedelta(days=days)
        known, former = register(members, role, alone=alone), plan
        plan = night(known, today, plan)
        before, files = files, feeds(known, plan)
        for name, data in files.items():
            assert check(data, feed=True) == []
            assert compare(before.get(name, data), data) == []
        # One that never took part has nothing to keep.
        assert {name for name in before if read(before[name]).inner("VEVENT")} <= files.keys()
        for meeting in plan.meetings:
            if meeting.date >= today:
                took_part[meeting.id] = set(members)
            elif old := former.meeting(meeting.id):
                assert former.roles_of(old) == plan.roles_of(meeting)
            assert set(plan.organisations_of(meeting)) == took_part[meeting.id]
        for key in ORGANISATIONS:
            wanted = {meeting for meeting, organisations in took_part.items() if key in organisations}
            calendar = files.get(f"feeds/organisations/{key}.ics")
            assert (live(calendar) if calendar else set()) == wanted
        again = night(known, today, plan)
        assert plan_file.write_plan(again) == plan_file.write_plan(plan)
        assert feeds(known, again) == files


def test_what_left_is_told_once_and_by_its_name() -> None:
    """The first plan without an organisation tells it; the next does not, nor does one that never knew it."""
    both, alone = (
        register(frozenset("ab"), "chief", alone=False),
        register(frozenset("b"), "chief", alone=True),
    )
    plan = night(both, date(2024, 12, 1), None)
    first = night(alone, date(2025, 3, 1), plan)
    assert [(one.code, "Org a" in one.text) for one in first.problems] == [("organisation-left", True)]
    assert first.left == ("a",)
    assert night(alone, date(2025, 3, 2), first).problems == ()
    assert night(alone, date(2024, 12, 1), None).problems == ()
    # One that is back may leave again, and is told again.
    back = night(both, date(2025, 3, 3), first)
    assert back.left == ()
    assert [one.code for one in night(alone, date(2025, 3, 4), back).problems] == ["organisation-left"]


def test_a_host_that_left_is_told_until_another_is_named() -> None:
    """What was decided keeps its host, by name; every run says that somebody must be found."""
    both, alone = (
        register(frozenset("ab"), "chief", alone=False),
        register(frozenset("b"), "chief", alone=True),
    )
    plan = night(both, date(2024, 12, 1), None)
    hosted = replace(plan.meetings[-1], host="a", own=("host",), decided=True)
    plan = replace(plan, meetings=(*plan.meetings[:-1], hosted))
    first = night(alone, date(2025, 3, 1), plan)
    for found in (first, night(alone, date(2025, 3, 2), first)):
        (problem,) = [one for one in found.problems if one.code == "host-left"]
        assert hosted.id in problem.text
        assert "Org a" in problem.text
        assert found.meetings[-1].host == "a"
