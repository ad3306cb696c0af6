"""The outbox: each step is on disk before what it announces, and what is known follows from the steps."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from fault_injection import FaultyFileSystem
from invited_year import EVERYBODY, MADE, Office, at, meeting, people, year
from mailboxes import Mailboxes, Post, parsed

from kultursam.i18n import Message
from kultursam.mail.invitations import News, Row, Wanted
from kultursam.mail.outbox import DamagedOutboxError, NewerOutboxError, Outbox
from kultursam.mail.transport import Outcome, Refused, Unsure
from kultursam.plans.model import Meeting, Status, revised
from kultursam.storage import CannotReadFileError

RUT, *_ = EVERYBODY
FIRST = meeting("styrgrupp", 1, "2025-03-04")
RUTS_ANSWER = b'{"step":"answered","to":"rut@region.example","uid":"styrgrupp-2025-1@example.org",'
UNSURE = Unsure(Message("lost"))


class Story:
    """One person, one meeting, and what happens to it."""

    def __init__(self, folder: Path) -> None:
        """Begin with nothing told."""
        self.path = folder / "2025.jsonl"
        self.meeting: Meeting = FIRST
        self.everybody = people(RUT)
        self.mailboxes = Mailboxes()
        self.minutes = 0
        self.today = MADE.date()

    def revise(self, **new: object) -> None:
        """Change the meeting."""
        self.minutes += 1
        self.meeting = revised(self.meeting, replace(self.meeting, **new), at(self.minutes))  # type: ignore[arg-type]

    def office(self) -> Office:
        """Return an office that has just read the outbox."""
        return Office(year([self.meeting]), self.everybody, Outbox.read(self.path), self.today)

    def send(self, outcome: Outcome | None = None, *, arrives: bool = False, texts: bool = False) -> None:
        """Send what is due; something may happen to it, though it may arrive all the same."""

        def happens(address: str, raw: bytes) -> Outcome | None:
            if arrives:
                self.mailboxes.deliver(address, raw)
            return outcome

        self.office().send(Post(self.mailboxes, happens), at(self.minutes), Wanted(texts=texts))

    def row(self) -> Row | None:
        """Return what is due."""
        return next((row for row in self.office().rows() if row.due), None)

    @property
    def shown(self) -> tuple[str, int]:
        """The status and sequence that the person's calendar has."""
        (shown,) = self.mailboxes.calendars[RUT.email].values()
        return shown.status, shown.sequence


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Return a story that begins."""
    return Story(tmp_path)


def test_who_may_have_been_told_is_told_of_the_end(story: Story) -> None:
    """Unsure, then refused: it may have arrived the first time."""
    story.send(UNSURE, arrives=True)
    story.send(Refused(550, permanent=True))
    story.everybody = people()
    row = story.row()
    assert row
    assert row.kind is News.CANCELLED
    story.send()
    assert story.shown == ("CANCELLED", 1)


def test_who_was_certainly_told_nothing_is_told_nothing(story: Story) -> None:
    """Refused, once: there is nothing to take back, and nothing unsent is left."""
    story.send(Refused(550, permanent=True))
    story.everybody = people()
    assert story.row() is None
    story.send()
    assert not story.office().outbox.unsent
    assert not story.mailboxes.arrived


def test_what_may_have_arrived_after_what_is_told_is_corrected(story: Story) -> None:
    """Told, moved and perhaps told so, moved back: the calendar may show the other day."""
    story.send()
    story.revise(date=date(2025, 4, 8))
    story.send(UNSURE, arrives=True)
    story.revise(date=FIRST.date)
    row = story.row()
    assert row
    assert (row.kind, row.sequence) == (News.MOVED, 2)
    story.send()
    assert story.row() is None
    (shown,) = story.mailboxes.calendars[RUT.email].values()
    assert shown.start.date() == FIRST.date


def test_a_newer_message_replaces_one_that_is_not_sent(story: Story) -> None:
    """The older one is struck and never sent."""
    story.send(Refused(451, permanent=False))
    story.revise(date=date(2025, 4, 8))
    story.send()
    assert len(story.mailboxes.arrived) == 1
    assert not story.office().outbox.unsent
    steps = [json.loads(line).get("step") for line in story.path.read_bytes().splitlines()]
    assert steps == [None, "prepared", "sending", "refused", "struck", "prepared", "sending", "sent"]


def test_a_person_who_is_back_is_asked_with_a_higher_number(story: Story) -> None:
    """Left, and back: the plan's number has not risen, that of the mails has."""
    story.send()
    story.everybody = people()
    story.minutes += 1
    story.send()
    assert story.shown == ("CANCELLED", 1)
    story.everybody = people(RUT)
    story.minutes += 1
    assert story.meeting.sequence == 0
    story.send()
    assert story.shown == ("CONFIRMED", 2)


def test_a_later_message_has_a_later_stamp(story: Story) -> None:
    """Even if the clock was put back, or nothing has passed."""
    story.meeting = replace(FIRST, status=Status.PROPOSED)
    office = story.office()
    office.send(Post(story.mailboxes), at(0), Wanted(proposed=True))
    story.meeting = FIRST
    story.minutes = -60
    story.send()
    (shown,) = story.mailboxes.calendars[RUT.email].values()
    assert shown.stamp == MADE + timedelta(seconds=1)
    assert shown.sequence == 0


def test_an_answer_is_kept_where_nobody_is_asked_again(story: Story) -> None:
    """A confirmation carries the answer that is known; a move asks anew."""
    story.meeting = replace(FIRST, status=Status.PROPOSED)
    story.office().send(Post(story.mailboxes), at(0), Wanted(proposed=True))
    answer = {"step": "answered", "uid": "styrgrupp-2025-1@example.org", "to": RUT.email.upper()}
    with story.path.open("ab") as stream:
        stream.write(json.dumps(answer | {"partstat": "ACCEPTED", "sequence": 0}).encode() + b"\n")
    story.revise(status=Status.CONFIRMED)
    story.send()
    story.revise(date=date(2025, 4, 8))
    story.send()
    from mailboxes import event_of

    asked = [event_of(parsed(raw))["ATTENDEE"].params for raw in story.mailboxes.arrived.values()]
    assert [one["PARTSTAT"] for one in asked] == ["NEEDS-ACTION", "ACCEPTED", "NEEDS-ACTION"]
    assert [one["RSVP"] for one in asked] == ["TRUE", "FALSE", "TRUE"]


def test_each_step_is_on_disk_before_the_next(story: Story) -> None:
    """Every line is flushed: prepared and sending before anything is sent."""
    disk = FaultyFileSystem()
    seen = []

    def happens(_: str, __: bytes) -> Outcome | None:
        lines = story.path.read_bytes().splitlines()
        seen.append([json.loads(line).get("step") for line in lines])
        assert disk.kinds[-1] == "flush"
        return None

    with disk.in_use():
        story.office().send(Post(story.mailboxes, happens), MADE)
    assert seen == [[None, "prepared", "sending"]]
    appended = [kind for kind in disk.kinds if kind in {"append", "flush"}]
    assert appended[::2] == ["append"] * 3 or appended.count("append") == 3


def test_only_its_owner_reads_it(story: Story) -> None:
    """Who was told what is nobody else's business."""
    story.send()
    if os.name != "nt":
        assert story.path.stat().st_mode & 0o077 == 0
        Outbox.read(story.path).tidy(MADE.date())
        assert story.path.stat().st_mode & 0o077 == 0


def test_bytes_leave_it_once_they_are_not_needed(story: Story) -> None:
    """Those of what was sent do; those of what was not stay, and are checked when they are read."""
    story.send(UNSURE)
    outbox = Outbox.read(story.path)
    assert not outbox.tidy(story.today)
    (unsent,) = outbox.unsent
    assert b"multipart/alternative" in outbox.raw(unsent)
    story.send()
    outbox = Outbox.read(story.path)
    assert outbox.tidy(story.today)
    assert b'"raw"' not in story.path.read_bytes()
    assert Outbox.read(story.path).known == outbox.known


def test_bytes_that_are_not_those_prepared_are_not_sent(story: Story) -> None:
    """A hand in the file is found out."""
    story.send(UNSURE)
    lines = story.path.read_bytes().splitlines(keepends=True)
    data = json.loads(lines[1])
    data["raw"] = data["raw"][:40] + "AAAA" + data["raw"][44:]
    story.path.write_bytes(b"".join([lines[0], json.dumps(data).encode() + b"\n", *lines[2:]]))
    with pytest.raises(DamagedOutboxError) as error:
        story.send()
    assert error.value.problems[0].line == 2


@pytest.mark.parametrize("days", [89, 90, 91])
def test_addresses_leave_after_ninety_days(story: Story, days: int) -> None:
    """On the day after, no sooner."""
    story.send()
    Outbox.read(story.path).tidy(FIRST.date + timedelta(days=days))
    assert (RUT.email in story.path.read_text(encoding="utf-8")) == (days <= 90)


def test_somebody_is_forgotten(story: Story) -> None:
    """Nothing of theirs is left, of others everything is."""
    story.everybody = people(*EVERYBODY)
    story.send()
    assert Outbox.read(story.path).forget(RUT.email.upper()) == 1
    text = story.path.read_text(encoding="utf-8")
    assert RUT.email not in text
    assert EVERYBODY[2].email in text
    assert RUT.email not in {mailbox for mailbox, _ in Outbox.read(story.path).known}


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"{",
        b"\xff",
        b'{"step":"prepared","id":"x","to":"a@b.example"}',
        b'{"step":"prepared","to":[1]}',
        b"[" * 100_000,
        b'{"step":"odd","until":"soon"}',
        b'{"step":"answered","to":"a@b.example","uid":"x","sequence":0,"partstat":"ACCEPTED\\r\\nX:Y"}',
        RUTS_ANSWER + b'"partstat":"ACCEPTED","sequence":1e999}',
    ],
)
def test_a_damaged_line_is_told(story: Story, line: bytes) -> None:
    """No line is passed over: it might have been the one that matters."""
    story.send()
    data = story.path.read_bytes()
    story.path.write_bytes(data + line + b"\n")
    with pytest.raises(DamagedOutboxError) as error:
        Outbox.read(story.path)
    assert error.value.problems[0].line == data.count(b"\n") + 1


def test_what_is_no_file_is_told(story: Story) -> None:
    """Nobody waits for a pipe."""
    os.mkfifo(story.path)
    with pytest.raises(CannotReadFileError):
        Outbox.read(story.path)


def test_steps_that_nothing_follows_from_are_kept(story: Story) -> None:
    """A later version may have written them; so may anybody."""
    story.send()
    odd = b'{"step":"odd","raw":"x","organisation":"\\ud800"}\n'
    story.path.write_bytes(story.path.read_bytes() + odd)
    assert story.office().outbox.tidy(story.today)
    assert json.loads(story.path.read_bytes().splitlines()[-1]) == {"step": "odd", "organisation": "\ud800"}


def test_a_message_of_news_that_nobody_knows_is_written_anew(story: Story) -> None:
    """Whoever edited the outbox by hand, the person gets a mail of now."""
    story.send(Refused(451, permanent=False))
    data = story.path.read_bytes()
    story.path.write_bytes(data.replace(b'"kind":"new"', b'"kind":"odd"'))
    row = story.row()
    assert row
    assert (row.kind, row.again) == (News.NEW, "")


def test_a_newer_outbox_is_left_alone(story: Story) -> None:
    """What it means is not known here."""
    story.path.write_bytes(b'{"schema":9}\n')
    with pytest.raises(NewerOutboxError):
        Outbox.read(story.path)


def test_what_a_killed_run_left_half_written_is_cut_off(story: Story) -> None:
    """The next step stands on a line of its own."""
    story.send()
    with story.path.open("ab") as stream:
        stream.write(b'{"step":"prepa')
    story.revise(date=date(2025, 4, 8))
    story.send()
    steps = [json.loads(line).get("step") for line in story.path.read_bytes().splitlines()]
    assert steps == [None, *["prepared", "sending", "sent"] * 2]
