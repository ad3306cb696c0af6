"""Messages, byte by byte: what they are, that a fault is found, and that no name gets out of its place."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from imip_profile import faults
from invited_year import EVERYBODY, MADE, ORGANISER, Office, at, meeting, people, person, year
from mailboxes import Mailboxes, Post, calendar_of, event_of, parsed
from optional_tools import missing
from sample_year import HOSTILE

from kultursam.mail.delivery import Postman, deliver
from kultursam.mail.invitations import News, Wanted, letters
from kultursam.mail.messages import Writer
from kultursam.mail.mime import mailbox, unstructured
from kultursam.mail.outbox import Outbox
from kultursam.mail.people import Organiser, People
from kultursam.mail.transport import Outcome, Refused, Sent
from kultursam.plans.model import Meeting, Status, revised

BEFORE = meeting("styrgrupp", 1, "2025-03-04", link="https://example.org/join?a=1&b=2")
CHANGES: dict[str, dict[str, Any]] = {
    "new": {},
    "moved": {"date": meeting("styrgrupp", 1, "2025-04-08").date},
    "changed": {"place": "Teatern"},
    "cancelled": {"status": Status.CANCELLED, "reason": "för få anmälda"},
    "proposed": {"status": Status.PROPOSED},
    "days": {"days": 2},
}


def told(tmp_path: Path, *versions: Meeting, everybody: People | None = None) -> list[bytes]:
    """Return the mails of the last of some versions of a meeting, each told after the one before."""
    everybody = everybody or people(*EVERYBODY)
    outbox = Outbox.read(tmp_path / "2025.jsonl")
    found: list[bytes] = []
    for number, version in enumerate(versions):
        mailboxes = Mailboxes()
        office = Office(year([version]), everybody, outbox)
        office.send(Post(mailboxes), at(number), Wanted(proposed=True))
        found = list(mailboxes.arrived.values())
    return found


def changed(name: str) -> list[Meeting]:
    """Return the versions of a meeting that lead to some news."""
    new = replace(BEFORE, **CHANGES[name])
    if name in {"new", "proposed", "days"}:
        return [new]
    return [BEFORE, revised(BEFORE, new, at(1))]


@pytest.fixture
def request_mail(tmp_path: Path) -> bytes:
    """Return an invitation."""
    return told(tmp_path, BEFORE)[0]


@pytest.fixture
def cancel_mail(tmp_path: Path) -> bytes:
    """Return a cancellation."""
    return told(tmp_path, *changed("cancelled"))[0]


@pytest.mark.parametrize("news", CHANGES)
def test_messages_are_as_they_must_be(tmp_path: Path, news: str) -> None:
    """None has a fault, and all say the same to each person."""
    mails = told(tmp_path, *changed(news))
    assert len(mails) == 3
    assert [faults(mail) for mail in mails] == [[], [], []]


@pytest.mark.parametrize("news", CHANGES)
def test_messages_stay_as_they_are(
    tmp_path: Path, golden: Callable[[str, str | bytes], None], news: str
) -> None:
    """The bytes are those of the golden file."""
    golden(f"{news}.eml", told(tmp_path, *changed(news))[0])


def test_the_same_again_is_the_same_bytes(tmp_path: Path) -> None:
    """Nothing depends on when or where a message is written but on when the outbox says it was prepared."""
    first, second = (told(tmp_path / name, *changed("moved")) for name in "ab")
    assert first == second


def test_libical_finds_nothing_missing(tmp_path: Path) -> None:
    """Each message passes libical's check of what a method needs."""
    python = "/usr/bin/python3"
    needed = "import gi; gi.require_version('ICalGLib', '3.0'); from gi.repository import ICalGLib"
    if (
        not Path(python).exists()
        or subprocess.run([python, "-c", needed], check=False, capture_output=True).returncode
    ):
        missing("libical (Debian's python3-gi and gir1.2-ical-3.0)")
    files = []
    for news in CHANGES:
        data = calendar_of(parsed(told(tmp_path / news, *changed(news))[0]))
        assert data
        files.append(tmp_path / f"{news}.ics")
        files[-1].write_bytes(data)
    broken = tmp_path / "broken.ics"
    broken.write_bytes(re.sub(rb"ORGANIZER[^\r]*\r\n", b"", files[0].read_bytes()))
    done = subprocess.run(
        [python, "-c", LIBICAL, *map(str, [*files, broken])], check=True, capture_output=True
    )
    assert done.stdout.decode().split() == ["True"] * len(files) + ["False"]


LIBICAL = """
import sys, gi
gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib
for name in sys.argv[1:]:
    calendar = ICalGLib.Component.new_from_string(open(name, encoding="utf-8", newline="").read())
    right = calendar.count_errors() == 0 and ICalGLib.restriction_check(calendar)
    print(bool(right) and calendar.count_errors() == 0)
"""


# --- each check is proven by a broken message ---------------------------------------------------------


def edit(part: int, old: str, new: str) -> Callable[[bytes], bytes]:
    """Return what changes the text of one part of a message."""

    def change(raw: bytes) -> bytes:
        pieces = re.split(rb"(?<=base64\r\n\r\n)([A-Za-z0-9+/=\r\n]+)(?=--=_)", raw)
        text = base64.b64decode(pieces[2 * part + 1]).decode()
        assert old in text, text
        data = base64.encodebytes(text.replace(old, new, 1).encode()).replace(b"\n", b"\r\n")
        pieces[2 * part + 1] = data
        return b"".join(pieces)

    return change


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Return what changes some bytes of a message."""

    def change(raw: bytes) -> bytes:
        assert old in raw
        return raw.replace(old, new, 1)

    return change


FOLDED = "\r\n "
BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "size": (edit(0, "Hej", "x" * 20_000), "20 KiB or more"),
    "ascii": (swap(b"1.0", "1.0ä".encode()), "not in ASCII"),
    "line ends": (swap(b"\r\n", b"\n"), "a line that does not end in CRLF"),
    "long line": (swap(b"Date: ", b"Date: " + b"x" * 80), "a line of more than 78 characters"),
    "second receiver": (swap(b"Subject", b"Cc: <a@b.example>\r\nSubject"), "other fields than"),
    "two in To": (
        swap(b"rut@region.example>", b"rut@region.example>, <b@c.example>"),
        "not one address in To",
    ),
    "no sender": (swap(b"<moten@kultur.example>", b""), "not one address in From"),
    "word": (swap(b"?=\r\n <moten", b"\r\n <moten"), "a broken encoded word in From"),
    "control": (swap(b"Subject: ", b"Subject: =?utf-8?B?DQo=?=\r\n "), "a control character in Subject"),
    "half a letter": (
        swap(b"Subject: ", b"Subject: =?utf-8?B?ww==?=\r\n "),
        "a character that is cut in Subject",
    ),
    "message id": (swap(b"Message-ID: <", b"Message-ID: <x"), "a Message-ID that is no hash at a domain"),
    "date": (swap(b"+0000", b"+0100"), "a Date that is not in UTC"),
    "version": (swap(b"MIME-Version: 1.0", b"MIME-Version: 1.1"), "another MIME-Version"),
    "mixed": (swap(b"multipart/alternative", b"multipart/mixed"), "no multipart/alternative"),
    "boundary": (lambda raw: re.sub(rb"=_[0-9a-f]{3}", b"=_000", raw), "a boundary of another message"),
    "no end": (lambda raw: raw[:-4] + b"\r\n", "something before or after the parts, or no end"),
    "quoted": (swap(b"Encoding: base64", b"Encoding: 8bit"), "a part that is not base64 alone"),
    "attached": (
        swap(b"base64\r\n\r\n", b"base64\r\nContent-Disposition: attachment\r\n\r\n"),
        "not base64 alone",
    ),
    "no utf-8": (swap(b"base64\r\n\r\n", b"base64\r\n\r\n/w=="), "no base64 of UTF-8"),
    "no html": (swap(b"text/html", b"text/enriched"), "other parts than plain text, HTML and a calendar"),
    "unix text": (edit(0, "\r\n", "\n"), "plain text whose lines do not end in CRLF"),
    "bell": (edit(0, "Hej", "\x07"), "a control character in a text"),
    "no language": (edit(1, ' lang="sv"', ""), "HTML without its language"),
    "picture": (edit(1, "<p>", "<img src=//a.example/1.png><p>"), "HTML that asks another machine"),
    "script": (edit(1, "<p>", "<p><script>"), "HTML that asks another machine"),
    "javascript": (edit(1, "<p>", "<a href='javascript:1'>"), "a link to something else than the web"),
    "no method": (swap(b" method=REQUEST;", b""), "a calendar without its method or charset"),
    "no charset": (
        swap(b"method=REQUEST; charset=UTF-8", b"method=REQUEST"),
        "a calendar without its method",
    ),
    "unix calendar": (
        edit(2, "VERSION:2.0\r\n", "VERSION:2.0\n"),
        "a calendar whose lines do not end in CRLF",
    ),
    "wide": (edit(2, "SUMMARY:", "SUMMARY:" + "x" * 70), "a line of more than 75 octets"),
    "two events": (
        edit(2, "BEGIN:VEVENT", "BEGIN:VEVENT\r\nEND:VEVENT\r\nBEGIN:VEVENT"),
        "not one calendar with",
    ),
    "methods": (edit(2, "METHOD:REQUEST", "METHOD:PUBLISH"), "another METHOD in the calendar"),
    "product": (edit(2, "VERSION:2.0\r\n", ""), "a calendar without VERSION or PRODID"),
    **{
        f"no {name}": (edit(2, f"\r\n{name}", f"\r\nX-{name}"), f"an event without {name}")
        for name in ("UID", "DTSTAMP", "SEQUENCE", "ORGANIZER", "ATTENDEE", "SUMMARY", "STATUS")
    },
    "twice": (edit(2, "\r\nSUMMARY", "\r\nSUMMARY:x\r\nSUMMARY"), "SUMMARY twice"),
    "organiser": (edit(2, "mailto:moten@", "mailto:other@"), "an ORGANIZER who is not From"),
    "attendee": (edit(2, "mailto:rut@", "mailto:rat@"), "an ATTENDEE who is not To"),
    "itself": (lambda raw: raw.replace(b"<rut@region.example>", b"<moten@kultur.example>"), "not To"),
    "no rsvp": (edit(2, ";RSVP=TRUE", ""), "an answer that is asked for"),
    "no role": (edit(2, "REQ-PARTICIPANT", "CHAIR"), "an ATTENDEE without a role"),
    "stamp": (edit(2, "DTSTAMP:2024", "DTSTAMP:2023"), "a DTSTAMP that is not the Date"),
    "zone": (edit(2, "TZID:Europe/Stockholm", "TZID:Europe/Oslo"), "a time zone that is not defined"),
    "backwards": (
        edit(2, "DTEND;TZID=Europe/Stockholm:20250304T12", "DTEND;TZID=Europe/Stockholm:20250304T08"),
        "an end that is not after the start",
    ),
    "states": (edit(2, "INTENDEDSTATUS:BUSY", "INTENDEDSTATUS:FREE"), "states that do not go together"),
    "sequence": (edit(2, "SEQUENCE:0", "SEQUENCE:a"), "a SEQUENCE that is no number"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_message_is_found_out(request_mail: bytes, name: str) -> None:
    """Each check tells the fault that it is there for."""
    change, fault = BROKEN[name]
    assert faults(request_mail) == []
    assert any(fault in found for found in faults(change(request_mail))), faults(change(request_mail))


def test_every_check_is_proven() -> None:
    """No check is without a broken message."""
    source = Path(__file__).parents[1] / "support" / "imip_profile.py"
    said = re.findall(r'yield f?"([^"{]*)', source.read_text(encoding="utf-8"))
    proven = " ".join(fault for _, fault in BROKEN.values())
    own = {"an organiser who invites itself", "", "a broken encoded word in ", "not one address in "}
    short = [
        text for text in said if text not in own and text[:12] not in proven and not text.endswith(" twice")
    ]
    assert said
    assert short == []


def test_an_organiser_is_never_invited(request_mail: bytes) -> None:
    """One that invites itself is told."""
    change = edit(2, "mailto:rut@region.example", "mailto:moten@kultur.example")
    assert "an organiser who invites itself" in faults(change(request_mail))


def test_a_cancellation_asks_nothing(cancel_mail: bytes) -> None:
    """An RSVP in it is told."""
    assert any(
        "an answer" in one for one in faults(edit(2, "ROLE=", "PARTSTAT=X;RSVP=TRUE;ROLE=")(cancel_mail))
    )


# --- names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [*HOSTILE, "a\r\nBcc: x@y.example", "=?utf-8?B?DQo=?=", '"', "\\", "a, b <c@d.example>", ";:="]
)
def test_no_name_gets_out_of_its_place(tmp_path: Path, name: str) -> None:
    """Whatever names, places and reasons hold, a message has no fault, and programs read one receiver."""
    name = name.encode("utf-8", "ignore").decode()  # no file holds half a character
    organiser = Organiser(name, ORGANISER.email)
    everybody = People(organiser, (person("chef", "region", "rut@region.example", name),))
    hostile = replace(BEFORE, place=name, format=None)
    cancelled = revised(hostile, replace(hostile, status=Status.CANCELLED, reason=name), at(1))
    for mail in (
        *told(tmp_path / "1", hostile, everybody=everybody),
        *told(tmp_path / "2", hostile, cancelled, everybody=everybody),
    ):
        assert faults(mail) == []
        message = parsed(mail)
        assert [one.addr_spec for one in message["To"].addresses] == ["rut@region.example"]
        assert [one.addr_spec for one in message["From"].addresses] == [ORGANISER.email]
        assert message["Bcc"] is None
        html = message.get_body(("html",))
        assert html
        assert "<script" not in html.get_content()


def test_heads_read_back() -> None:
    """What a program reads is what was meant."""
    name = 'Åsa, "Ö" <x>'
    head = f"Subject: {unstructured('Möte ' * 20)}\r\nTo: {mailbox(name, 'a@b.example')}\r\n\r\n"
    message = parsed(head.encode())
    assert message["Subject"].split() == ["Möte"] * 20
    (address,) = message["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "a@b.example")


# --- what they say ----------------------------------------------------------------------------------


def _plain(mail: bytes) -> str:
    body = parsed(mail).get_body(("plain",))
    assert body
    return str(body.get_content())


def test_a_move_tells_old_and_new(tmp_path: Path) -> None:
    """Both days stand in it, what to do, and who asks; only this person is named."""
    mails = told(tmp_path, *changed("moved"))
    text = _plain(mails[0])
    for said in ("tisdag 8 april 2025", "tidigare: tisdag 4 mars 2025", "Att göra", ORGANISER.email, "Rut"):
        assert said in text
    others = [one.email for one in EVERYBODY if one.email not in str(parsed(mails[0])["To"])]
    assert not any(other in mails[0].decode() + text for other in others)


def test_who_is_optional_is_told_so(tmp_path: Path) -> None:
    """An optional member's ROLE says it."""
    roles = {}
    for mail in told(tmp_path, BEFORE):
        attendee = event_of(parsed(mail))["ATTENDEE"]
        roles[str(attendee)] = attendee.params["ROLE"]
    assert roles == {
        "mailto:rut@region.example": "REQ-PARTICIPANT",
        "mailto:sam@region.example": "OPT-PARTICIPANT",
        "mailto:vera@varberg.example": "REQ-PARTICIPANT",
    }


def test_a_digest_is_one_plain_mail(tmp_path: Path) -> None:
    """Several meetings in one mail, and no calendar in it."""
    everybody = people(replace(EVERYBODY[0], send="digest"))
    outbox, mailboxes = Outbox.read(tmp_path / "2025.jsonl"), Mailboxes()
    meetings = [BEFORE, meeting("styrgrupp", 2, "2025-10-07")]
    assert Office(year(meetings), everybody, outbox).send(Post(mailboxes), MADE).sent == 1
    (mail,) = mailboxes.arrived.values()
    assert faults(mail) == []
    assert calendar_of(parsed(mail)) is None
    assert "tisdag 4 mars 2025" in _plain(mail)
    assert "tisdag 7 oktober 2025" in _plain(mail)


def test_a_digest_of_many_is_several(tmp_path: Path) -> None:
    """None is too large, and what is not sent of them is sent again as it was."""
    link = "https://teams.example/l/meetup-join/" + "x" * 240
    meetings = [meeting("styrgrupp", number, f"2025-{number:02}-04", link=link) for number in range(1, 13)]
    reader = people(replace(EVERYBODY[0], send="digest"))
    got: list[bytes] = []

    class Server:
        def send(self, _: str, __: str, raw: bytes) -> Outcome:
            got.append(raw)
            return Refused(451, permanent=False) if len(got) == 2 else Sent()

    for minute in range(2):
        outbox = Outbox.read(tmp_path / "2025.jsonl")
        Office(year(meetings), reader, outbox).send(Server(), at(minute))
    assert [faults(mail) for mail in got] == [[], [], []]
    assert got[0] != got[1] == got[2]
    assert [_plain(mail).count(link) for mail in got[:2]] == [8, 4]


def test_a_long_link_is_whole(tmp_path: Path) -> None:
    """A part of it leads nowhere."""
    for length in (400, 1500):
        link = "https://x.example/" + "y" * length
        mail = told(tmp_path / str(length), meeting("styrgrupp", 1, "2025-03-04", link=link))[0]
        assert link in _plain(mail)
        assert not faults(mail)


def test_a_test_mailbox_gets_all_and_nobody_counts_as_told(tmp_path: Path) -> None:
    """The mails are addressed to it, say for whom they would be, and the outbox knows nothing."""
    outbox = Outbox.read(tmp_path / "2025.jsonl")
    office = Office(year([BEFORE]), people(*EVERYBODY), outbox)
    writer = Writer(office.register, office.plan, office.invitations, ORGANISER, test="test@kultur.example")
    taken: dict[str, bytes] = {}

    def take(_: str, raw: bytes) -> Outcome:
        taken[str(parsed(raw)["Message-ID"])] = raw
        return Sent()

    postman = Postman(outbox, writer, Post(Mailboxes(), take), ORGANISER.email, MADE)
    deliver(letters(office.rows()), postman.send_unnoted, lambda: None)
    assert len(taken) == 3
    for mail in taken.values():
        assert faults(mail) == []
        assert parsed(mail)["To"].addresses[0].addr_spec == "test@kultur.example"
        assert not any(one.email in mail.decode() + _plain(mail) for one in EVERYBODY)
    assert not outbox.path.exists()
    assert all(row.kind is News.NEW for row in office.rows())
