"""A small year with people who are invited to its meetings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import sample_year

from kultursam.forumfile.register import Register
from kultursam.mail.delivery import Postman, Report, Sender, deliver
from kultursam.mail.invitations import NOTHING_MORE, Invitations, Row, Wanted, letters, outdated
from kultursam.mail.messages import Writer
from kultursam.mail.outbox import Outbox
from kultursam.mail.people import Organiser, People, Person
from kultursam.plans.model import Meeting, Plan, Status

FILE = """
name: Kultur i Halland
language: {language}
timezone: Europe/Stockholm
domain: example.org
{addresses}
organisations:
  region: {{name: Region Halland}}
  hylte: {{name: Hylte kommun, short: Hylte}}
  varberg: {{name: Varbergs kommun, short: Varberg}}
forums:
  styrgrupp:
    name: Styrgrupp för kulturplanen
    purpose: Vi följer upp kulturplanen.
    cadence: as needed
    contact: {{name: Karin, email: karin@kultur.example}}
    members: [{{role: chef, from: [region, varberg]}}, {{role: sekreterare, from: [region], optional: yes}}]
    time: 09:00-12:00
  bibliotek:
    name: Biblioteksledarna
    cadence: as needed
    members: [{{role: chef, from: [hylte, varberg]}}]
    time: 10:00-15:00
"""
ORGANISER = Organiser("Kulturenheten Å", "moten@kultur.example")
MADE = datetime(2024, 11, 1, 12, tzinfo=UTC)
TODAY = MADE.date()


def register(language: str = "sv") -> Register:
    """Read the forum file."""
    return sample_year.parsed(FILE, language, "")


def person(role: str, at: str, email: str, name: str = "", **more: object) -> Person:
    """Return somebody who is invited, for good unless more is said."""
    facts: dict[str, object] = {"begins": None, "ends": None, "send": "invitations", "line": 1, **more}
    return Person(role=role, at=at, name=name or email.partition("@")[0].title(), email=email, **facts)  # type: ignore[arg-type]


def people(*persons: Person) -> People:
    """Return a people file of the year."""
    return People(ORGANISER, persons)


EVERYBODY = (
    person("chef", "region", "rut@region.example", "Rut Östergård"),
    person("sekreterare", "region", "sam@region.example"),
    person("chef", "varberg", "vera@varberg.example"),
    person("chef", "hylte", "hugo@hylte.example"),
)


def year(meetings: Iterable[Meeting]) -> Plan:
    """Return a plan of some meetings."""
    return sample_year.plan(tuple(meetings), forums=sample_year.records_of(register()), spans=())


def meeting(forum: str, number: int, day: str, **more: object) -> Meeting:
    """Return a confirmed meeting."""
    facts: dict[str, object] = {
        "status": Status.CONFIRMED,
        "place": "Rådhuset",
        "format": None,
        **more,
    }
    made = sample_year.meeting(forum, number, date.fromisoformat(day))
    return replace(made, modified=at(0), created=at(0), **facts)  # type: ignore[arg-type]


def at(minutes: int) -> datetime:
    """Return a moment, some minutes after the year was planned."""
    return MADE + timedelta(minutes=minutes)


class Office:
    """Somebody who tells people of their meetings."""

    def __init__(self, plan: Plan, everybody: People, outbox: Outbox, today: date = TODAY) -> None:
        """Take all that what is due depends on."""
        self.plan, self.people, self.outbox = plan, everybody, outbox
        self.register = register()
        self.invitations = Invitations(self.register, plan, everybody, today)
        self.writer = Writer(self.register, plan, self.invitations, everybody.organiser)

    def rows(self, wanted: Wanted = NOTHING_MORE) -> list[Row]:
        """Return what is to be told."""
        return self.invitations.rows(self.outbox, wanted)

    def send(self, post: Sender, now: datetime, wanted: Wanted = NOTHING_MORE) -> Report:
        """Send what is due."""
        rows = self.rows(wanted)
        for message in outdated(rows, self.outbox):
            self.outbox.strike(message)
        postman = Postman(self.outbox, self.writer, post, self.people.organiser.email, now)
        return deliver(letters(rows), postman.send, lambda: None)
