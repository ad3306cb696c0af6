"""Who takes part, what is due to whom, and in which order it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from invited_year import EVERYBODY, TODAY, Office, at, meeting, people, person, year
from mailboxes import Mailboxes, Post

from kultursam.i18n import Message
from kultursam.mail.delivery import PATIENCE, Report, deliver, written
from kultursam.mail.invitations import News, Row, Wanted, letters
from kultursam.mail.outbox import Method, Outbox
from kultursam.mail.people import Person
from kultursam.mail.transport import Outcome, Refused, Sent, Unsure
from kultursam.plans.model import Meeting, Origin, Status

HELD = meeting("styrgrupp", 1, "2025-03-04")
RUT, SAM, VERA, HUGO = EVERYBODY


def office(folder: Path, meetings: list[Meeting], *persons: Person, today: date = TODAY) -> Office:
    """Return an office with what its outbox knows."""
    return Office(year(meetings), people(*(persons or EVERYBODY)), Outbox.read(folder / "2025.jsonl"), today)


def kinds(here: Office, wanted: Wanted | None = None) -> dict[str, str]:
    """Return the news of each mailbox, by the first part of its address."""
    rows = here.rows(wanted or Wanted())
    return {row.guest.mailbox.partition("@")[0]: row.kind.value for row in rows}


def send(
    folder: Path, meetings: list[Meeting], *persons: Person, minute: int = 0, proposed: bool = False
) -> None:
    """Tell what is due."""
    wanted = Wanted(proposed=proposed)
    office(folder, meetings, *persons).send(Post(Mailboxes()), at(minute), wanted)


# --- who takes part -----------------------------------------------------------------------------------


def test_members_take_part_on_their_days(tmp_path: Path) -> None:
    """Who holds a role on the day of a meeting is told of it, and nobody else."""
    before = replace(VERA, ends=date(2025, 3, 3))
    after = person("chef", "varberg", "viktor@varberg.example", begins=date(2025, 3, 4))
    assert set(kinds(office(tmp_path, [HELD], RUT, before, after, HUGO))) == {"rut", "viktor"}


def test_a_host_that_is_no_member_takes_part(tmp_path: Path) -> None:
    """Those who have there a role that the forum has, and as required."""
    hosted = replace(HELD, host="hylte")
    guests = office(tmp_path, [hosted]).invitations.guests(hosted)
    assert {one.partition("@")[0]: guest.required for one, guest in guests.items()} == {
        "rut": True,
        "vera": True,
        "sam": False,
        "hugo": True,
    }


def test_who_has_two_roles_gets_one_mail(tmp_path: Path) -> None:
    """In the role that is required, whatever the case of the address."""
    both = [person("sekreterare", "region", "RUT@region.example"), RUT]
    (guest,) = office(tmp_path, [HELD], *both).invitations.guests(HELD).values()
    assert (guest.role, guest.required) == ("chef", True)


# --- what is due --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts",
    [
        {"status": Status.PROPOSED},
        {"status": Status.CANCELLED},
        {"origin": Origin.EXTERNAL},
        {"origin": Origin.RESERVED, "status": Status.PROPOSED},
        {"date": date(2024, 10, 31)},
    ],
)
def test_nobody_is_invited_to_what_is_not_held(tmp_path: Path, facts: dict[str, object]) -> None:
    """Proposed, cancelled, external, reserved, or over; proposed ones when asked for."""
    here = office(tmp_path, [replace(HELD, **facts)])  # type: ignore[arg-type]
    assert kinds(here) == {}
    proposed = facts == {"status": Status.PROPOSED}
    assert bool(kinds(here, Wanted(proposed=True))) == proposed


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"date": date(2025, 4, 1)}, "moved"),
        ({"days": 2}, "moved"),
        ({"timezone": "Europe/Helsinki"}, "moved"),
        ({"place": None}, "changed"),
        ({"link": "https://example.org"}, "changed"),
        ({"format": "online"}, "changed"),
        ({"host": "varberg"}, "unchanged"),
        ({"status": Status.CANCELLED}, "cancelled"),
    ],
)
def test_what_is_another_than_told_is_told(tmp_path: Path, facts: dict[str, object], kind: str) -> None:
    """What is to be looked at again, and nothing else."""
    send(tmp_path, [HELD], RUT)
    assert kinds(office(tmp_path, [replace(HELD, **facts)], RUT)) == {"rut": kind}  # type: ignore[arg-type]


def test_who_was_told_of_a_proposal_is_kept_up_to_date(tmp_path: Path) -> None:
    """A move of it is due, though proposals are not asked for."""
    proposed = replace(HELD, status=Status.PROPOSED)
    send(tmp_path, [proposed], RUT, proposed=True)
    assert kinds(office(tmp_path, [replace(proposed, date=date(2025, 4, 1))], RUT)) == {"rut": "moved"}


@pytest.mark.parametrize("arrives", [True, False])
def test_what_may_have_arrived_is_replaced_by_a_higher_sequence(tmp_path: Path, *, arrives: bool) -> None:
    """Where a cancellation may be in a calendar, no message of its sequence says the contrary."""
    mailboxes = Mailboxes()

    def unsure(address: str, raw: bytes) -> Outcome:
        if arrives:
            mailboxes.deliver(address, raw)
        return Unsure(Message("the connection was lost"))

    office(tmp_path, [HELD], RUT).send(Post(mailboxes), at(0))
    office(tmp_path, [replace(HELD, status=Status.CANCELLED)], RUT).send(Post(mailboxes, unsure), at(1))
    back, wanted = replace(HELD, status=Status.PROPOSED), Wanted(proposed=True)
    office(tmp_path, [back], RUT).send(Post(mailboxes), at(2), wanted)
    (row,) = office(tmp_path, [back], RUT).rows(wanted)
    assert (row.kind, row.sequence) == (News.UNCHANGED, 2)
    (shown,) = mailboxes.calendars["rut@region.example"].values()
    assert (shown.status, shown.sequence) == ("TENTATIVE", 2)


def test_a_meeting_that_a_plan_has_lost_is_ended(tmp_path: Path) -> None:
    """A plan can be edited by hand; what stands in calendars is taken back all the same."""
    send(tmp_path, [HELD], RUT)
    assert kinds(office(tmp_path, [], RUT)) == {"rut": "cancelled"}


def test_no_outbox_leads_a_file_elsewhere(tmp_path: Path) -> None:
    """What stands there of a meeting that a plan has lost may be anything."""
    send(tmp_path, [HELD], RUT)
    path = tmp_path / "2025.jsonl"
    data = path.read_bytes().replace(b'"styrgrupp-2025-1"', b'"../../x"').replace(b'"region"', b'"../y"')
    path.write_bytes(data)
    here = office(tmp_path, [], RUT)
    rows = letters(here.rows())
    ((name, _),) = written(here.outbox, here.writer, rows, at(1), test=False)
    assert name == "0001-------x-cancelled----y.eml"


def test_what_is_over_is_told_to_nobody(tmp_path: Path) -> None:
    """But that it is over already, where a calendar has it on a day to come."""
    send(tmp_path, [HELD], RUT)
    late = date(2025, 3, 5)
    cancelled = replace(HELD, status=Status.CANCELLED)
    assert kinds(office(tmp_path, [cancelled], RUT, today=late)) == {}
    earlier = replace(HELD, date=date(2025, 2, 4))
    assert kinds(office(tmp_path, [earlier], RUT, today=date(2025, 2, 20))) == {"rut": "moved"}
    assert kinds(office(tmp_path, [earlier], RUT, today=late)) == {}


def test_who_wants_nothing_gets_nothing(tmp_path: Path) -> None:
    """Neither an invitation nor its end."""
    send(tmp_path, [HELD], RUT)
    silent = replace(RUT, send="nothing")
    assert kinds(office(tmp_path, [replace(HELD, date=date(2025, 4, 1))], silent)) == {}
    assert kinds(office(tmp_path, [replace(HELD, status=Status.CANCELLED)], silent)) == {}


def test_what_is_in_a_calendar_is_kept_up_to_date_there(tmp_path: Path) -> None:
    """Who has changed to a digest gets changes of it as before, and new meetings in the digest."""
    send(tmp_path, [HELD], RUT)
    more = [replace(HELD, place="Teatern"), meeting("styrgrupp", 2, "2025-10-07")]
    rows = office(tmp_path, more, replace(RUT, send="digest")).rows()
    assert [(row.kind, row.method) for row in rows] == [
        (News.CHANGED, Method.REQUEST),
        (News.NEW, Method.DIGEST),
    ]


def test_who_no_longer_wants_a_digest_is_invited(tmp_path: Path) -> None:
    """Its meetings are in no calendar yet."""
    send(tmp_path, [HELD], replace(RUT, send="digest"))
    assert kinds(office(tmp_path, [HELD], replace(RUT, send="digest"))) == {"rut": "unchanged"}
    assert kinds(office(tmp_path, [HELD], RUT)) == {"rut": "new"}


def test_a_digest_that_waits_is_sent_again_only_if_it_tells_all(tmp_path: Path) -> None:
    """With another meeting it is another mail."""
    reader = replace(RUT, send="digest")

    def later(_: str, __: bytes) -> Outcome:
        return Refused(451, permanent=False)

    office(tmp_path, [HELD], reader).send(Post(Mailboxes(), later), at(0))
    assert [bool(row.again) for row in office(tmp_path, [HELD], reader).rows()] == [True]
    both = [HELD, meeting("styrgrupp", 2, "2025-10-07")]
    assert [bool(row.again) for row in office(tmp_path, both, reader).rows()] == [False, False]
    mailboxes = Mailboxes()
    office(tmp_path, both, reader).send(Post(mailboxes), at(1))
    assert len(mailboxes.arrived) == 1
    assert not office(tmp_path, both, reader).outbox.unsent


# --- in which order -----------------------------------------------------------------------------------


def test_who_is_put_off_waits_in_the_next_year_too(tmp_path: Path) -> None:
    """Letters of several years are sent one year after the other, and to one person in order."""
    office(tmp_path, [HELD], RUT, VERA)
    tried = []

    def sending(letter: Sequence[Row]) -> Outcome:
        tried.append(letter[0].guest.mailbox)
        return Refused(451, permanent=False) if tried == [RUT.email] else Sent()

    report = Report()
    for _ in range(2):
        deliver(letters(office(tmp_path, [HELD], RUT, VERA).rows()), sending, lambda: None, report)
    assert tried == [RUT.email, VERA.email, VERA.email]
    assert (report.sent, len(report.refused), report.left) == (2, 1, 1)


def test_a_server_that_puts_everybody_off_is_left_alone(tmp_path: Path) -> None:
    """After some mailboxes in a row the rest waits for the next run."""
    tried = []

    def later(address: str, _: bytes) -> Outcome:
        tried.append(address)
        return Refused(451, permanent=False)

    crowd = [person("chef", "region", f"p{number}@region.example") for number in range(9)]
    report = office(tmp_path, [HELD], *crowd).send(Post(Mailboxes(), later), at(0))
    assert len(tried) == PATIENCE
    assert (report.sent, len(report.refused), report.left) == (0, PATIENCE, 9 - PATIENCE)
    assert not report.complete
