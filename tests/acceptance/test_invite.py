"""Invitations from outside: a year lived, mails that a server takes or not, and what is said of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from imip_profile import faults
from invited_office import PEOPLE, PRIVATE, Office
from mailboxes import calendar_of, parsed
from smtp_server import Post, post_office

TODAY = ("--today", "2024-11-01")
FIRST, SECOND = "natverk-2025-1", "natverk-2025-2"


@pytest.fixture
def post() -> Iterator[Post]:
    """Yield a server that takes mail."""
    with post_office() as post:
        yield post


@pytest.fixture
def office(tmp_path: Path, post: Post) -> Office:
    """Return an office with a confirmed year of two meetings, of two persons each."""
    return Office(tmp_path, post)


def test_a_year_is_lived(office: Office) -> None:
    """Invited, moved, cancelled, restored, a person replaced: calendars follow, and nobody's name is told."""
    assert office.kinds() == dict.fromkeys(
        [(meeting, at) for meeting in (FIRST, SECOND) for at in ("hylte", "laholm")], "new"
    )
    assert office.post.taken == []
    office.do("invite", "2025", "--send")
    assert len(office.post.taken) == 4
    assert set(office.kinds().values()) == {"unchanged"}
    office.do("move", FIRST, "2025-04-09")
    assert office.kinds()[FIRST, "hylte"] == "moved"
    office.do("cancel", SECOND, "--reason", "för få")
    office.do("invite", "--send")
    assert office.states(FIRST) == dict.fromkeys(["anna.akermark", "bo.quist"], ("CONFIRMED", "2025-04-09"))
    assert {status for status, _ in office.states(SECOND).values()} == {"CANCELLED"}
    office.do("restore", SECOND)
    people = office.place("people.yaml")
    people.write_text(PEOPLE.replace("Bo Quist, email: bo.quist@", "Dan, email: dan@"), encoding="utf-8")
    office.do("invite", "--send")
    assert office.states(FIRST)["bo.quist"][0] == "CANCELLED"
    assert office.states(FIRST)["dan"] == ("CONFIRMED", "2025-04-09")
    assert {status for status, _ in office.states(SECOND).values()} == {"CONFIRMED"}
    before = len(office.post.taken)
    office.do("invite", "--send")
    assert len(office.post.taken) == before
    office.is_discreet()


def test_what_only_a_text_says_is_told_when_asked(office: Office) -> None:
    """A new purpose is nothing to look at again; asked for, it keeps the sequence."""
    office.do("invite", "--send")
    office.edit("    name: Nätverket\n", "    name: Nätverket\n    purpose: Vi ses.\n")
    office.do("plan", "2025")
    assert set(office.kinds().values()) == {"unchanged"}
    assert set(office.kinds("--texts").values()) == {"text"}
    office.do("invite", "--send", "--texts")
    assert {
        shown.sequence for calendar in office.calendars().calendars.values() for shown in calendar.values()
    } == {0}
    assert len({str(parsed(raw)["Message-ID"]) for *_, raw in office.post.taken}) == 8
    assert set(office.kinds("--texts").values()) == {"unchanged"}


def test_proposed_meetings_wait(tmp_path: Path, post: Post) -> None:
    """They are left out, unless asked for; then they are tentative, and confirming them is told."""
    office = Office(tmp_path, post)
    office.do("plan", "2026", "--today", "2024-11-01")
    assert office.do("invite", "2026", "--json").document["rows"] == []
    assert "--proposed" in office.do("invite", "2026").out
    office.do("invite", "2026", "--proposed", "--send")
    (shown,) = {one.status for calendar in office.calendars().calendars.values() for one in calendar.values()}
    assert shown == "TENTATIVE"
    office.do("confirm", "2026")
    assert set(office.kinds("2026").values()) == {"confirmed"}


def test_meetings_that_are_over_are_told_to_nobody(office: Office) -> None:
    """Neither as new nor as cancelled."""
    assert {meeting for meeting, _ in office_kinds(office, "2025-06-01")} == {SECOND}
    office.do("invite", "--send")
    office.do("cancel", FIRST, "--reason", "x", "--force", today="2025-06-01")
    assert {meeting for meeting, _ in office_kinds(office, "2025-06-01")} == {SECOND}


def office_kinds(office: Office, today: str) -> list[tuple[str, str]]:
    """Return what is told of which meetings on a day."""
    rows = office.do("invite", "2025", "--json", today=today).document["rows"]
    return [(row["meeting"], row["kind"]) for row in rows]


def test_another_organiser_is_told(office: Office) -> None:
    """Calendars take no change of a meeting from somebody else: so it is said before anything is sent."""
    office.post.to_sender += ["450 later"]
    office.do("invite", "2025", "--send", code=1)
    people = office.place("people.yaml")
    people.write_text(people.read_text(encoding="utf-8").replace("moten@", "nya.moten@"), encoding="utf-8")
    assert office.do("invite", "2025").err == ""
    office.do("move", "natverk-2025-1", "2025-04-08")
    (problem,) = office.do("invite", "2025", "--json").document["problems"]
    assert problem["code"] == "organiser-changed"
    told = office.do("invite", "2025")
    assert "en annan organisatör" in told.err
    office.is_discreet()


def test_what_another_organiser_could_not_send_is_not_sent(office: Office) -> None:
    """Whoever put a wrong address right does not send mails that have it."""
    office.post.to_sender += ["550 not you"]
    office.do("invite", "2025", "--send", code=1)
    people = office.place("people.yaml")
    people.write_text(people.read_text(encoding="utf-8").replace("moten@", "nya.moten@"), encoding="utf-8")
    assert office.do("invite", "2025", "--send").err == ""
    assert len(office.post.taken) == 4
    assert {sender for sender, _, _ in office.post.taken} == {"nya.moten@kultur.example"}
    assert not [raw for _, _, raw in office.post.taken if b"<moten@" in raw]
    office.calendars()


def test_a_limit_refuses(office: Office) -> None:
    """More mails than it are not sent: none is, and the exit code says so."""
    run = office.do("invite", "--send", "--limit", "3", code=1)
    assert "4" in run.err
    assert office.post.taken == []
    assert not office.place("outbox").exists()
    office.do("invite", "--send", "--limit", "4")
    assert len(office.post.taken) == 4


def test_messages_are_written_to_files(office: Office) -> None:
    """They count as sent to nobody, and their names tell nobody's."""
    office.do("invite", "--write", "mails", "--forum", "natverk", "--organisation", "hylte")
    files = sorted(office.place("mails").iterdir())
    assert [path.name for path in files] == [f"000{n}-natverk-2025-{n}-new-hylte.eml" for n in (1, 2)]
    assert [faults(path.read_bytes()) for path in files] == [[], []]
    assert not office.place("outbox").exists()
    assert set(office.kinds().values()) == {"new"}
    if os.name != "nt":
        assert {path.stat().st_mode & 0o077 for path in files} == {0}
    assert "calendars" in office.do("invite", "--write", "calendars/mails", code=1).err
    office.do("invite", "--write", "mails", "--send", code=2)


def test_files_are_not_taken_for_mails_that_were_sent(office: Office) -> None:
    """Whoever asks for both is told, and neither is done."""
    assert "--write" in office.do("invite", "2025", "--send", "--write", "letters", code=2).err
    assert not office.post.taken
    assert not office.place("letters").exists()


def test_a_mailbox_for_tests_gets_all(office: Office) -> None:
    """It gets all mails, each saying for whom it would be; that counts as sent to nobody."""
    office.do("invite", "--to", "prov@kultur.example")
    assert [receiver for _, receiver, _ in office.post.taken] == ["prov@kultur.example"] * 4
    for *_, raw in office.post.taken:
        assert faults(raw) == []
        text = raw + (calendar_of(parsed(raw)) or b"")
        assert not any(word.encode() in text for word in PRIVATE if word != "moten@")
    assert not office.place("outbox").exists()
    office.do("invite", "--to", "nobody", code=2)


def test_a_refusal_is_told_and_stops_nobody_else(office: Office) -> None:
    """The role is named, not the person; the next run sends what was refused, as the same bytes."""
    office.post.to_receiver = ["550 no such user"]
    run = office.do("invite", "--send", code=1)
    assert "chef@hylte" in run.err
    assert "550" in run.err
    assert len(office.post.taken) == 3
    assert "550" in office.do("invite").out
    office.do("invite", "--send")
    assert len(office.post.taken) == 4
    office.is_discreet()


def test_a_connection_that_is_lost_leaves_no_doubt_unsettled(office: Office) -> None:
    """Dropped before or after the final 250: the same mail is sent again, byte for byte."""
    office.post.to_message = ["taken"]
    run = office.do("invite", "--send", code=1)
    assert "chef@hylte" in run.err
    office.do("invite", "--send")
    raws = [raw for *_, raw in office.post.taken]
    assert len(raws) == 5
    assert len(set(raws)) == 4


def test_order_is_kept_for_each_person(office: Office) -> None:
    """Where one mail is put off, no later one overtakes it to the same person."""
    office.post.to_receiver = ["451 later"]
    office.do("invite", "--send", code=1)
    assert [receiver[:4] for _, receiver, _ in office.post.taken] == ["bo.q", "cill"]
    office.do("invite", "--send")
    days = [shown for address, shown in office.states(FIRST).items() if address.startswith("anna")]
    assert len(days) == 1


def test_a_server_that_is_not_there(office: Office) -> None:
    """Nothing is lost: it is told, and the next run sends all."""
    port, office.post.port = office.post.port, 1
    run = office.do("invite", "--send", code=1)
    assert "127.0.0.1:1" in run.err
    office.post.port = port
    office.do("invite", "--send")
    assert len(office.post.taken) == 4


def test_no_people_and_no_server(office: Office) -> None:
    """Each is told as what it is."""
    office.place("people.yaml").rename(office.place("other"))
    assert "people.yaml" in office.do("invite", code=1).err
    office.place("other").rename(office.place("people.yaml"))
    run = office.run("invite", "--send", *TODAY)
    assert run.code == 1
    assert "mail.toml" in run.err


def test_a_damaged_outbox_is_told_with_its_line(office: Office) -> None:
    """Nothing is sent on a guess; a torn last line is what a killed run left."""
    office.do("invite", "--send")
    outbox = office.place("outbox/2025.jsonl")
    whole = outbox.read_bytes()
    outbox.write_bytes(whole + b'{"step":"sen')
    assert set(office.kinds().values()) == {"unchanged"}
    lines = whole.splitlines(keepends=True)
    outbox.write_bytes(b"".join([*lines[:2], b"\x00\n", *lines[3:]]))
    assert "outbox/2025.jsonl:3" in office.do("invite", code=1).err.replace("\\", "/")


def test_addresses_leave_the_outbox(office: Office) -> None:
    """Ninety days after the last meeting nobody's address is in it."""
    office.do("invite", "--send")
    office.place("people.yaml").write_text(PEOPLE, encoding="utf-8")
    office.do("plan", "2026", today="2026-01-15")
    office.do("invite", "2025", "--send", today="2026-01-15")
    outbox = office.place("outbox/2025.jsonl").read_text(encoding="utf-8")
    assert "@laholm" not in outbox
    assert "@hylte" not in outbox
    for line in outbox.splitlines():
        with suppress(KeyError):
            assert json.loads(line)["items"]
