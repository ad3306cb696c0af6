"""Cyrus takes a year of mails: in each calendar one entry a meeting, with the right time and status."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cyrus import Cyrus, cyrus, lacking
from invited_office import Office
from optional_tools import missing
from smtp_server import post_office

FORUMS = """
name: Kultur i Väst
language: sv
timezone: Europe/Stockholm
domain: kultur.example
organisations: {hylte: {name: Hylte}, laholm: {name: Laholm}, varberg: {name: Varberg}}
calendar: {country: SE}
defaults: {time: 09:00-12:00, weekdays: [tue, wed]}
forums:
  chefer:
    name: Cheferna
    cadence: three times a year
    members: [{role: chef, from: [hylte, laholm, varberg]}, {role: sekreterare, from: [hylte], optional: yes}]
  bibliotek:
    name: Biblioteken
    cadence: twice a year
    time: 13:00-15:00
    members: [{role: bibliotekarie, from: [hylte, varberg]}]
"""
USERS = ("anna", "bo", "cilla", "dan", "eva", "fia", "gun")
PEOPLE = """
organiser: {name: Kulturenheten, email: moten@kultur.example}
people:
  - {role: chef, at: hylte, name: Anna, email: anna@mail.example}
  - {role: chef, at: laholm, name: Bo Åkesson, email: bo@mail.example}
  - {role: chef, at: varberg, name: Cilla, email: cilla@mail.example}
  - {role: sekreterare, at: hylte, name: Dan, email: dan@mail.example}
  - {role: bibliotekarie, at: hylte, name: Eva, email: eva@mail.example}
  - {role: bibliotekarie, at: varberg, name: Fia, email: fia@mail.example}
"""
ZONE = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def server() -> Iterator[Cyrus]:
    """Yield Cyrus, or skip the test where it is not installed; where everything must be, fail."""
    if what := lacking():
        missing(what)
    with cyrus("mail.example", USERS) as server:
        yield server


class Year:
    """A year of mails that are brought to Cyrus."""

    def __init__(self, office: Office, server: Cyrus) -> None:
        """Take who sends, and who receives."""
        self.office, self.server = office, server
        self._brought = 0

    def invite(self) -> None:
        """Send what is due, and bring it to the mailboxes."""
        self.office.do("invite", "--send")
        for _, receiver, raw in self.office.post.taken[self._brought :]:
            self.server.deliver(receiver.partition("@")[0], raw)
        self._brought = len(self.office.post.taken)

    def agrees(self, users: dict[str, tuple[str, ...]]) -> None:
        """Assert that each calendar has the meetings of some forums as planned, each once."""
        meetings = self.office.meetings(2025).values()
        for user, forums in users.items():
            entries = self.server.calendar(user)
            shown = {entry.uid: entry for entry in entries}
            assert len(shown) == len(entries)
            expected = {
                one["uid"]: ("CANCELLED" if one["status"] == "cancelled" else "CONFIRMED", _start(one))
                for one in meetings
                if one["forum"] in forums
            }
            assert {uid: (one.status, one.start) for uid, one in shown.items()} == expected, user


def _start(meeting: dict[str, str]) -> datetime:
    return datetime.fromisoformat(f"{meeting['date']}T{meeting['start']}").replace(tzinfo=ZONE)


@pytest.mark.slow
def test_a_year_is_lived_in_seven_mailboxes(tmp_path: Path, server: Cyrus) -> None:
    """Invited, moved, cancelled, restored, a person replaced: calendars agree with the plan each time."""
    chefs = dict.fromkeys(("anna", "bo", "cilla", "dan"), ("chefer",))
    every = {**chefs, **dict.fromkeys(("eva", "fia"), ("bibliotek",)), "gun": ()}
    with post_office() as post:
        year = Year(Office(tmp_path, post, FORUMS, PEOPLE), server)
        year.invite()
        year.agrees(every)
        year.office.do("move", "chefer-2025-1", "2025-02-26")
        year.office.do("move", "bibliotek-2025-2", "2025-10-29", "--time", "10:00-12:00")
        year.invite()
        year.agrees(every)
        year.office.do("cancel", "chefer-2025-2", "--reason", "för få")
        year.invite()
        year.agrees(every)
        year.office.do("restore", "chefer-2025-2")
        year.invite()
        year.agrees(every)
        people = PEOPLE.replace("Bo Åkesson, email: bo@", "Gun, email: gun@")
        year.office.place("people.yaml").write_text(people, encoding="utf-8")
        year.invite()
        del every["bo"]
        year.agrees({**every, "gun": ("chefer",)})
        assert {one.status for one in server.calendar("bo")} == {"CANCELLED"}
        year.office.place("people.yaml").write_text(PEOPLE, encoding="utf-8")
        year.invite()
        del every["gun"]
        year.agrees({**every, "bo": ("chefer",)})
        assert {one.status for one in server.calendar("gun")} == {"CANCELLED"}
