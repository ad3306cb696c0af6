"""Meetings of several days, whole days, over midnight, and in another zone: what rules ask of each day."""

from datetime import date, time
from typing import Any

import pytest
from rule_years import YearOf, meeting, reported

from kultursam.forumfile.values import TimeSpan
from kultursam.plans.model import Meeting
from kultursam.rules import evaluate
from kultursam.rules.context import sittings_of

IN_WINDOW = "windows: [{from: 03-03, to: 12-31, days: 2, last_day: 09:00-11:00}]"
CHIEF = "members: [{role: chief, from: [a]}]"


def sittings(held: Meeting, zone: str = "Europe/Stockholm") -> list[tuple[int, int, int]]:
    """Return the days that a meeting takes, counted from its first, with start and end in minutes."""
    return [((day - held.date).days, hours.start, hours.end) for day, hours in sittings_of(held, zone)]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({}, [(0, 540, 720)]),
        ({"days": 2}, [(0, 540, 720), (1, 540, 720)]),
        ({"days": 2, "last_day": TimeSpan(time(8), time(9))}, [(0, 540, 720), (1, 480, 540)]),
        ({"start": time(22), "end": time(1)}, [(0, 1320, 1440), (1, 0, 60)]),
        ({"start": time(22), "end": time(0)}, [(0, 1320, 1440)]),
        ({"start": time(0), "end": time(0), "days": 2}, [(0, 0, 1440), (1, 0, 1440)]),
        ({"timezone": "America/New_York"}, [(0, 900, 1080)]),
        ({"timezone": "America/Denver", "start": time(15), "end": time(17)}, [(0, 1380, 1440), (1, 0, 60)]),
        ({"timezone": "Asia/Tokyo", "start": time(7), "end": time(9)}, [(-1, 1380, 1440), (0, 0, 60)]),
    ],
)  # fmt: skip
def test_a_meeting_takes_its_hours_of_each_day(
    times: dict[str, Any], expected: list[tuple[int, int, int]]
) -> None:
    """Split at midnight, by the clocks of the file's zone: in February noon in Tokyo is four in Stockholm."""
    held = meeting("f", "2025-02-04", **times)
    assert sittings(held) == expected


def test_the_clocks_of_a_zone_are_those_of_the_day() -> None:
    """Between the second Sunday of March and the last, New York is five hours behind Stockholm, not six."""
    for day, start in (("2025-03-04", 900), ("2025-03-18", 840), ("2025-04-01", 900)):
        held = meeting("f", day, timezone="America/New_York")
        assert sittings(held)[0][1] == start, day


def test_members_are_busy_on_all_days_at_the_hours_of_each(year_of: YearOf) -> None:
    """On the second day until it ends, with the time to travel; once a pair; a night belongs to two days."""
    year = year_of(
        f"long: {CHIEF}, time: 09:00-17:00, days: 2, last_day: 08:30-12:00",
        f"short: {CHIEF}",
        f"night: {CHIEF}, time: 22:00-01:00",
    )
    last_day = TimeSpan(time(8, 30), time(12))
    long = meeting("long", "2025-03-04", (9, 17), days=2, last_day=last_day)
    for day, hours, clash in (
        ("2025-03-03", (9, 12), False),
        ("2025-03-04", (16, 18), True),
        ("2025-03-05", (11, 13), True),
        ("2025-03-05", (12, 13), True),
        ("2025-03-05", (13, 14), False),
        ("2025-03-06", (9, 12), False),
    ):
        other = meeting("short", day, hours)
        for both in ([long, other], [other, long]):
            assert len(reported(year, "shared-members", both)) == clash, (day, hours)
    night = meeting("night", "2025-03-03", (22, 1))
    assert reported(year, "shared-members", [night, meeting("short", "2025-03-04", (1, 3))])
    assert not reported(year, "shared-members", [night, meeting("short", "2025-03-04", (2, 3))])


def test_each_day_of_a_meeting_must_be_open(year_of: YearOf) -> None:
    """Weekends, weekdays and holidays close the days on which a meeting would begin that lasts into them."""
    year = year_of("f: days: 2, weekdays: [wed, thu, fri]", calendar="{country: SE}")
    open_days = [day for day in range(14, 26) if not year.closed("f", date(2025, 4, day))]
    # 18 April 2025 is Good Friday.
    assert open_days == [16, 23, 24]
    assert year.slots["f"][0].last == date(2025, 12, 30)


def test_what_a_rule_says_of_several_days_counts_once(year_of: YearOf) -> None:
    """A period over both days is broken once; two half-days are two."""
    periods = "periods: [{name: Fair, from: 03-03, to: 03-07, strength: should}]"
    year = year_of("f: days: 2", calendar=f"{{country: SE, {periods}}}")
    assert [effect.rule for effect in year.on("f", date(2025, 3, 4))] == ["period"]
    assert [effect.rule for effect in year.on("f", date(2025, 3, 2)) if effect.rule == "period"] == ["period"]
    held = meeting("f", "2025-03-07", days=1)
    effects = evaluate.meeting_effects(year, [held])[held.id]
    assert {effect.rule for effect in effects} >= {"period"}
    assert "weekdays" not in {effect.rule for effect in effects}


def test_a_forum_that_never_meets_so_many_days_in_a_row_is_refused(year_of: YearOf) -> None:
    """Its weekdays leave no two days in a row; or whole days end in hours."""
    for keys, told in (
        ("days: 2, weekdays: [mon, wed]", "does not meet on 2 consecutive days of a week; see weekdays"),
        ("days: 3, windows: [{from: 03-03, to: 03-04}]", "a meeting of 3 days has no room in it"),
        ("days: 2, time: all day, last_day: 09:00-12:00", "either all days are whole days, or none is"),
        (f"{IN_WINDOW}, changes: [{{from: 2025-08-01, time: all day}}]", "either all days are whole days"),
    ):
        with pytest.raises(AssertionError) as error:
            year_of(f"f: {keys}")
        assert told in str(error.value), keys


def test_only_the_first_day_is_a_step_down_the_list(year_of: YearOf) -> None:
    """A Tuesday and a Wednesday are listed, so they do; the meeting begins on the second weekday wanted."""
    keys = (
        "cadence: once a year, weekdays: [mon, tue, wed, sun], days: 2, windows: [{from: 03-01, to: 03-31}]"
    )
    year = year_of(f"f: {keys}, {CHIEF}")

    def told(day: int, days: int = 2) -> list[tuple[str, int]]:
        held = meeting("f", f"2025-03-{day:02}", days=days)
        effects = evaluate.meeting_effects(year, [held])[held.id]
        return [(effect.strength, effect.points) for effect in effects if effect.rule == "weekdays"]

    # 3 March is a Monday.
    assert [told(day) for day in (3, 4)] == [[], [("prefer", 9)]]
    assert ("must", 0) in told(5)
    assert told(9) == [("prefer", 27)]
    assert told(4, days=1) == told(4)
    assert [told(3, days=3), told(9, days=3)] == [[], [("prefer", 27)]]
