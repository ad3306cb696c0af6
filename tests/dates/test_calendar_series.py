"""Events that recur: the two ways in which a series is expanded say the same."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from kultursam.dates.busy_calendars import read_events

STOCKHOLM = ZoneInfo("Europe/Stockholm")
FIRST = date(2026, 1, 1)
DAYS = st.integers(-800, 300).map(lambda days: FIRST + timedelta(days=days))
ENDS = st.sampled_from(["", ";COUNT=7", ";COUNT=60", ";UNTIL=20260401", ";UNTIL=20250301T080000Z"])
RULES = st.builds(
    lambda rule, step, end: f"RRULE:{rule};INTERVAL={step}{end}",
    st.sampled_from(
        [
            "FREQ=DAILY", "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYDAY=2TU,-1FR",
            "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=3;BYDAY=1SU",
        ]
    ),
    st.integers(1, 3),
    ENDS,
)  # fmt: skip
FORMS = {
    "hours": (
        "DTSTART;TZID={zone}:{day}T230000",
        "DTEND;TZID={zone}:{next}T013000",
        ";TZID={zone}:{day}T230000",
    ),
    "days": ("DTSTART;VALUE=DATE:{day}", "DTEND;VALUE=DATE:{next}", ";VALUE=DATE:{day}"),
}


@given(
    DAYS,
    st.lists(RULES, min_size=1, max_size=2),
    st.lists(DAYS, max_size=3),
    st.lists(DAYS, max_size=3),
    st.sampled_from(sorted(FORMS)),
    st.sampled_from(["Europe/Stockholm", "Asia/Tokyo", "America/New_York"]),
)
def test_another_version_elsewhere_leaves_a_series_as_it_is(
    first: date, rules: list[str], added: list[date], left_out: list[date], form: str, zone: str
) -> None:
    """With a version of one that is not in the series, it goes through the library of recurring events."""
    begin, end, other = FORMS[form]

    def said(line: str, day: date) -> str:
        return line.format(zone=zone, day=f"{day:%Y%m%d}", next=f"{day + timedelta(days=1):%Y%m%d}")

    series = [said(begin, first), said(end, first), *rules]
    series += [f"RDATE{said(other, day)}" for day in added] + [
        f"EXDATE{said(other, day)}" for day in left_out
    ]
    away = date(2031, 7, 1)
    version = [said(begin, away), said(end, away), f"RECURRENCE-ID{said(other, away)}"]
    several = [_events(series), _events(series, version)]
    assert several[0] == several[1]


def _events(*events: list[str]) -> object:
    several = ("\n".join(["BEGIN:VEVENT", "UID:1", *lines, "END:VEVENT", ""]) for lines in events)
    whole = "".join(several)
    data = f"BEGIN:VCALENDAR\n{whole}END:VCALENDAR\n".encode()
    return read_events(data, STOCKHOLM, FIRST, date(2026, 12, 31))
