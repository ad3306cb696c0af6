"""`replies`: answers come back from a mailbox, are kept in the outbox, and change nothing else."""

from __future__ import annotations

import email
import mailbox
import os
import re
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator
from datetime import date
from email import policy
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from optional_tools import missing
from project_folder import Folder, Run
from smtp_server import HOST, Post, post_office

from kultursam.mail.incoming import OUTLOOK_ALONE
from kultursam.mail.mailboxes import MOST_BYTES, read_maildir, read_mbox
from kultursam.mail.settings import Server

MAILS = Path(__file__).parent / "replies"
TODAY = ("--today", "2026-12-01")
FORUMS = """
name: Kultur i Väst
language: en
timezone: Europe/Stockholm
domain: kultur.example
organisations: {hylte: {name: Hylte kommun, short: Hylte}, laholm: {name: Laholms kommun, short: Laholm}}
calendar: {country: SE}
defaults: {time: 09:00-12:00, weekdays: [tue, wed]}
forums:
  natverk:
    name: Nätverket
    cadence: twice a year
    members: [{role: chef, from: [hylte, laholm]}]
    host: {rotate: [hylte, laholm]}
  styr:
    name: Styrgruppen
    cadence: twice a year
    members: [{role: chef, from: [hylte, laholm]}]
    prepared_by: {forum: natverk, days_before: 7-21}
"""
PEOPLE = """
organiser: {name: Kansliet, email: kansli@kultur.example}
people:
  - {role: chef, at: hylte, name: Åsa Svensson, email: Asa.Svensson@hylte.example}
  - {role: chef, at: laholm, name: Bo Ek, email: bo.ek@laholm.example}
"""
ASA, BO = "asa.svensson@hylte.example", "bo.ek@laholm.example"
PRIVATE = re.compile("svensson|bo[. ]ek|åsa|@hylte.example|@laholm.example|icloud", re.IGNORECASE)
"""What of people stands in no answer of the command line."""
FIRST = "natverk-2027-1"


class Office(NamedTuple):
    """A project whose invitations have been sent, and the server that took them."""

    folder: Folder
    post: Post

    def run(self, *arguments: str) -> Run:
        """Run the command line, which must succeed."""
        return self.folder.fine(*arguments, *TODAY, env=self._env)

    @property
    def _env(self) -> dict[str, str]:
        names = {"HOST": HOST, "PORT": str(self.post.port), "SECURITY": "none"}
        return {f"KULTURSAM_SMTP_{name}": value for name, value in names.items()}

    def invite(self) -> None:
        """Send what is due."""
        self.run("invite", "2027", "--send")

    def sent(self, to: str, meeting: str = FIRST) -> str:
        """Return the Message-ID of the last mail to somebody about a meeting."""
        found = [raw for _, address, raw in self.post.taken if address.casefold() == to]
        mails = [email.message_from_bytes(raw, policy=policy.default) for raw in found]
        about = [mail for mail in mails if meeting in str(mail.get_body(("calendar",)).get_content())]  # type: ignore[union-attr]
        return str(about[-1]["Message-ID"])

    def mails(self, *names: str, **replaced: str) -> Path:
        """Write an mbox file of mails of the folder beside, as if they answered what was sent."""
        path = self.folder.place("answers.mbox")
        referred = {"2f1c4a6b8d9e0f11": self.sent(ASA), "9e0f112f1c4a6b8d": self.sent(BO)}
        with path.open("wb") as stream:
            for name in names:
                text = (MAILS / f"{name}.eml").read_text(encoding="utf-8")
                for known, real in referred.items():
                    text = text.replace(f"<{known}@kultur.example>", real)
                for old, new in replaced.items():
                    text = text.replace(old, new)
                stream.write(b"From somebody Mon Jan  1 00:00:00 2026\n" + text.encode() + b"\n\n")
        return path

    def replies(self, *names: str, **replaced: str) -> dict[str, Any]:
        """Read mails; return what is told as JSON. Neither that nor the words for people name anybody."""
        path = self.mails(*names, **replaced)
        before = self.folder.files()
        run = self.run("replies", "--mbox", str(path), "--json")
        changed = {name for name, data in self.folder.files().items() if before.get(name) != data}
        assert changed <= {"outbox/2027.jsonl"}
        again = self.run("replies")
        for text in (run.out, run.err, again.out, again.err):
            assert not PRIVATE.search(text), text
        assert isinstance(run.document, dict)
        return run.document

    def answers(self, document: dict[str, Any], meeting: str = FIRST) -> dict[str, Any]:
        """Return what is told of the answers to a meeting, by organisation."""
        return {one["organisation"]: one for one in document["answers"] if one["meeting"] == meeting}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Yield an office that has invited everybody to four meetings."""
    folder = Folder(tmp_path_factory.mktemp("project"), FORUMS)
    folder.place("people.yaml").write_text(PEOPLE, encoding="utf-8")
    folder.fine("plan", "2027", *TODAY)
    folder.fine("confirm", "2027", *TODAY)
    with post_office() as post:
        office = Office(folder, post)
        office.invite()
        assert len(post.taken) == 8
        yield office


@pytest.fixture
def office(begun: Office, tmp_path: Path) -> Iterator[Office]:
    """Yield a copy of that office, with the same server."""
    taken = [*begun.post.taken]
    shutil.copytree(begun.folder.folder, tmp_path / "project")
    yield Office(Folder(tmp_path / "project", None), begun.post)
    begun.post.taken[:] = taken


# --- whose answer it is -----------------------------------------------------------------------------------


def test_answers_of_all_programs_are_known_by_role_and_organisation(office: Office) -> None:
    """Outlook accepts, Google declines; nobody is called by name, not even in what they write."""
    document = office.replies(
        "outlook-accepted", "google-declined", **{"On leave": "Ask Bo Ek or x@laholm.example"}
    )
    assert (document["schema"], document["mails"], document["new"], document["known"]) == (2, 2, 2, 0)
    answers = office.answers(document)
    assert (answers["hylte"]["answer"], answers["laholm"]["answer"]) == ("accepted", "declined")
    assert answers["hylte"]["comment"] == "Jag är på plats, men får gå 11.30."
    assert answers["laholm"]["comment"] == "Ask … or …, sorry"
    counts = {(one["forum"], one["organisation"]): one for one in document["counts"]}
    assert counts["natverk", "hylte"] == {
        "forum": "natverk", "organisation": "hylte",
        "accepted": 1, "tentative": 0, "declined": 0, "delegated": 0, "unanswered": 1,
    }  # fmt: skip
    assert counts["styr", "laholm"]["unanswered"] == 2


def test_an_alias_is_known_by_the_mail_that_it_answers(office: Office) -> None:
    """Apple names another address; without a reference, nobody knows whose that is."""
    document = office.replies("apple-tentative")
    assert office.answers(document)["hylte"]["answer"] == "tentative"


def test_an_unknown_sender_is_told_by_the_place_of_the_mail(office: Office) -> None:
    """The address is not."""
    document = office.replies("apple-tentative", **{"References:": "X-Other:"})
    assert document["new"] == 0
    (problem,) = document["problems"]
    assert (problem["code"], problem["line"]) == ("unknown-sender", 1)
    assert problem["text"] == f"mail 1: it answers for somebody who was not invited to {FIRST}"


def test_a_new_address_in_the_people_file_is_the_same_person(office: Office) -> None:
    """Who has another address by now answers from that."""
    path = office.folder.place("people.yaml")
    path.write_text(PEOPLE.replace("bo.ek@laholm.example", "bosse@laholm.example"), encoding="utf-8")
    document = office.replies("google-declined", **{"bo.ek@laholm.e\n xample": "bosse@laholm.e\n xample"})
    assert office.answers(document)["laholm"]["answer"] == "declined"


def test_who_has_left_the_people_file_is_known_by_the_invitation(office: Office) -> None:
    """The outbox has the address that was invited."""
    path = office.folder.place("people.yaml")
    path.write_text(
        "".join(line for line in PEOPLE.splitlines(keepends=True) if "Bo Ek" not in line), "utf-8"
    )
    assert office.answers(office.replies("google-declined"))["laholm"]["answer"] == "declined"


def test_who_comes_instead_answers_instead(office: Office) -> None:
    """First somebody else is named, whose own answer counts from then on; nobody knows the address."""
    document = office.replies("thunderbird-delegated")
    answer = office.answers(document)["laholm"]
    assert (answer["answer"], answer["delegate"]) == ("delegated", "…")
    answer = office.answers(office.replies("delegate-accepted"))["laholm"]
    assert (answer["answer"], answer["comment"]) == ("accepted", "Jag åker för Bo; vi ses")
    named = office.replies("thunderbird-delegated", **{"vic\n e@laholm.example": ASA, "20261113": "20261120"})
    assert office.answers(named)["laholm"]["delegate"] == "chef@hylte"


# --- which answer counts ----------------------------------------------------------------------------------


def test_the_last_answer_counts_whatever_the_order_of_the_mails(office: Office) -> None:
    """By the moment when it was given; of one moment, the later in the mailbox."""
    later = office.replies("delegate-accepted", "google-declined")
    assert office.answers(later)["laholm"]["answer"] == "accepted"
    assert (later["new"], later["known"]) == (1, 1)
    same = {"20261111T142010Z": "20261114T100000Z"}
    assert office.answers(office.replies("google-declined", **same))["laholm"]["answer"] == "accepted"
    both = office.replies("delegate-accepted", "google-declined", **same)
    assert office.answers(both)["laholm"]["answer"] == "declined"


def test_a_mail_without_a_date_is_as_old_as_the_one_before(office: Office) -> None:
    """So it counts where it stands, and is not taken for the first or the last of all."""
    undated = {"Date: Fri, 13 Nov": "X-Date: ", "DTSTAMP:20261113": "X-DTSTAMP:"}
    document = office.replies("google-declined", "thunderbird-delegated", **undated)
    assert office.answers(document)["laholm"]["answer"] == "delegated"
    document = office.replies("thunderbird-delegated", "google-declined", **undated)
    assert (document["new"], office.answers(document)["laholm"]["answer"]) == (0, "delegated")


def test_reading_a_mailbox_again_changes_nothing(office: Office) -> None:
    """Neither the outbox nor the mailbox, of which no program sees that it was read."""
    every = [path.stem for path in sorted(MAILS.glob("*.eml"))]
    assert office.replies(*every)["new"] == 2
    before = office.folder.files()
    stamps = office.folder.stamps()
    document = office.replies(*every)
    assert (document["new"], document["known"]) == (0, 6)
    after = office.folder.files()
    assert {name: data for name, data in after.items() if name != "answers.mbox"} == {
        name: data for name, data in before.items() if name != "answers.mbox"
    }
    assert office.folder.stamps()["outbox/2027.jsonl"] == stamps["outbox/2027.jsonl"]


def test_an_answer_to_the_old_date_is_told_as_such_and_not_counted(office: Office) -> None:
    """The meeting has moved since; who was asked again has not answered."""
    office.run("move", FIRST, "2027-03-31")
    office.invite()
    document = office.replies("outlook-accepted")
    answer = office.answers(document)["hylte"]
    assert (answer["answer"], answer["outdated"], answer["about"]) == ("accepted", True, "2027-03-30")
    assert sum(one["accepted"] for one in document["counts"]) == 0
    assert "that was about the old date, Tuesday 30 March" in office.run("replies").out
    # Where no sequence is said, the date is.
    unsaid = office.replies("thunderbird-delegated", **{"\nSEQUENCE:0": ""})
    assert office.answers(unsaid)["laholm"]["outdated"]
    same = {"\nSEQUENCE:0": "", "20270330T": "20270331T", "20261113T100455Z": "20261114T100455Z"}
    assert not office.answers(office.replies("thunderbird-delegated", **same))["laholm"]["outdated"]


def test_a_known_answer_goes_along_with_a_mail_of_the_same_sequence(office: Office) -> None:
    """What only a text changed asks nobody again, and calendars keep what they show."""
    office.replies("google-declined")
    office.folder.edit("name: Nätverket", "name: Nätverket för chefer")
    office.run("plan", "2027")
    office.run("invite", "2027", "--texts", "--send")
    assert b"PARTSTAT=DECLINED" in _calendar(office.post, BO)
    assert b"PARTSTAT=NEEDS-ACTION" in _calendar(office.post, ASA)


def _calendar(post: Post, to: str) -> bytes:
    """Return the calendar of the last mail to somebody about the first meeting, its lines unfolded."""
    for _, address, raw in reversed(post.taken):
        body = email.message_from_bytes(raw, policy=policy.default).get_body(("calendar",))
        text = body.get_content().encode().replace(b"\r\n ", b"").replace(b"\n ", b"") if body else b""
        if address.casefold() == to and FIRST.encode() in text:
            return text
    raise AssertionError(to)


# --- other times ------------------------------------------------------------------------------------------


def test_a_proposed_time_is_weighed_as_explain_does_and_can_be_taken(office: Office) -> None:
    """The command that is shown moves the meeting to the time that was proposed."""
    document = office.replies("outlook-proposes")
    (proposal,) = document["proposals"]
    assert proposal["command"] == f"kultursam move {FIRST} 2027-03-31 --time 13:00-16:00"
    assert (proposal["who"], proposal["refused"]) == (["chef@laholm"], [])
    explained = office.run("explain", FIRST, "--instead", "2027-03-31", "--json").document["instead"]
    assert proposal["instead"]["year_points"] == explained["year_points"]
    assert proposal["instead"]["changes"] == explained["changes"]
    text = office.run("replies").out
    assert (
        "chef@laholm: tentative; proposes Wednesday 31 March 13:00–16:00; “We have our council that day.”"
        in text
    )
    assert f"\n  {proposal['command']}\n" in text
    office.run(*proposal["command"].split()[1:])
    moved = office.folder.meetings(2027)[FIRST]
    assert (moved["date"], moved["start"], moved["end"]) == ("2027-03-31", "13:00", "16:00")
    assert office.run("replies", "--json").document["proposals"] == []


def test_a_time_that_cannot_be_is_told_with_the_reason(office: Office) -> None:
    """On Good Friday nobody meets."""
    (proposal,) = office.replies("outlook-proposes", **{"20270331T": "20270326T"})["proposals"]
    assert (proposal["command"], proposal["instead"]) == (None, None)
    assert proposal["refused"]
    assert "not possible: " in office.run("replies").out


def test_another_time_on_the_same_day_is_weighed_too(office: Office) -> None:
    """Only what differs stands in the command."""
    (proposal,) = office.replies("outlook-proposes", **{"20270331T": "20270330T"})["proposals"]
    assert proposal["command"] == f"kultursam move {FIRST} 2027-03-30 --time 13:00-16:00"
    (proposal,) = office.replies(
        "outlook-proposes",
        **{"20270331T13": "20270331T09", "20270331T16": "20270331T12", "T100029Z": "T100030Z"},
    )["proposals"]
    assert proposal["command"] == f"kultursam move {FIRST} 2027-03-31"


# --- mails that are no answers ----------------------------------------------------------------------------


def test_what_did_not_arrive_is_told_once_and_shown_until_something_else_does(office: Office) -> None:
    """A late mail may be lost in the end."""
    document = office.replies("exchange-undelivered", "postfix-delayed")
    answers = office.answers(document)
    assert (answers["hylte"]["delivered"], answers["laholm"]["delivered"]) == (False, None)
    assert [one["code"] for one in document["problems"]] == ["undelivered", "undelivered"]
    assert "chef@hylte: the invitation did not arrive" in office.run("replies").out
    assert office.replies("exchange-undelivered", "postfix-delayed")["problems"] == []
    lost = office.replies("postfix-delayed", **{"Action: delayed": "Action: failed"})
    assert office.answers(lost)["laholm"]["delivered"] is False
    office.run("move", FIRST, "2027-03-31")
    office.invite()
    assert office.answers(office.run("replies", "--json").document)["hylte"]["delivered"] is True


def test_what_a_person_must_read_is_told(office: Office) -> None:
    """A mail in words, one of a machine, and one that only Outlook reads."""
    document = office.replies("in-words", "out-of-office", "outlook-tnef")
    assert [one["text"].partition(": ")[2] for one in document["problems"]] == [
        "chef@laholm has written in words, which are for you to read",
        "chef@laholm answers by a machine, such as while away",
        f"it was passed over: {OUTLOOK_ALONE}",
    ]
    assert (document["others"], document["new"]) == (0, 0)


def test_mails_about_other_things_are_counted_alone(office: Office) -> None:
    """Answers to meetings of somebody else, and mails in words that answer nothing of ours."""
    other = {"natverk": "other", "In-Reply-To": "X-Reply"}
    document = office.replies("outlook-proposes", "in-words", **other)
    assert (document["others"], document["problems"], document["proposals"]) == (2, [], [])


def test_control_characters_reach_no_terminal(office: Office) -> None:
    """A comment may hold anything."""
    office.replies("google-declined", **{"COMMENT:On leave": "COMMENT:\x1b]0;title\x07\u202eOn \x9b31mleave"})
    out = office.run("replies").out
    assert "\\u001b]0;title\\u0007" in out
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out)


def test_what_somebody_wrote_is_forgotten_with_the_address(office: Office) -> None:
    """The role at the organisation stays in the outbox; the answer is nobody's any more."""
    office.replies("google-declined")
    outbox = office.folder.place("outbox/2027.jsonl")
    assert "On leave" in outbox.read_text(encoding="utf-8")
    office.run("people", "forget", BO)
    assert not re.search("On leave|bo.ek", outbox.read_text(encoding="utf-8"))
    document = office.run("replies", "--json").document
    assert {one["organisation"] for one in document["answers"]} == {"hylte"}


def test_quietly_only_what_is_new_is_told(office: Office) -> None:
    """In a nightly run, nothing when nothing is."""
    path = office.mails("google-declined")
    first = office.run("replies", "--mbox", str(path), "--quiet")
    assert first.out.splitlines()[1:] == ["  chef@laholm: declined; “On leave, sorry”"]
    assert office.run("replies", "--mbox", str(path), "--quiet").out == ""


def test_only_a_forum_or_a_year_may_be_wanted(office: Office) -> None:
    """All answers are kept; what is shown is what was asked for."""
    path = office.mails("google-declined")
    run = office.run("replies", "2027", "--forum", "styr", "--mbox", str(path), "--json")
    assert {one["forum"] for one in run.document["answers"]} == {"styr"}
    assert run.document["new"] == 1
    assert office.folder.run("replies", "2028", *TODAY).code == 1
    assert office.folder.run("replies", "--forum", "x", *TODAY).code == 1
    assert office.folder.run("replies", "--mbox", "a", "--imap", *TODAY).code == 2


# --- mailboxes --------------------------------------------------------------------------------------------


def test_an_mbox_is_divided_as_pythons_own_reader_does(tmp_path: Path) -> None:
    """Lines of a mail that begin like a mail are quoted, such quotes too; line ends do not matter."""
    path = tmp_path / "all.mbox"
    box = mailbox.mbox(path)
    texts = [file.read_bytes() for file in sorted(MAILS.glob("*.eml"))]
    texts.append(b"Subject: x\n\nFrom here on\n\nFrom there\n\n")
    for text in texts:
        box.add(text)
    box.flush()
    box.close()
    wanted = [text.strip() for text in texts]
    found = [(mail.data or b"").strip() for mail in read_mbox(path)]
    assert found == wanted
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    crlf = [(mail.data or b"").replace(b"\r\n", b"\n").strip() for mail in read_mbox(path)]
    assert crlf == wanted
    path.write_bytes(b"From a Mon Jan  1 00:00:00 2026\n\n>>From\n>>From x\n\n>From y\n")
    assert [mail.data for mail in read_mbox(path)] == [b"\n>>From\n>From x\n\nFrom y\n"]


def test_a_maildir_is_left_as_it_is(tmp_path: Path) -> None:
    """What is new stays new, and nobody sees that it was read."""
    box = mailbox.Maildir(tmp_path / "box")
    for file in sorted(MAILS.glob("*.eml")):
        box.add(file.read_bytes())
    files = sorted(path for path in (tmp_path / "box").rglob("*") if path.is_file())
    for path in files:
        os.utime(path, ns=(1, 2))
    folders = sorted(path for path in (tmp_path / "box").rglob("*") if path.is_dir())
    stamps = [path.stat().st_mtime_ns for path in folders]
    found = list(read_maildir(tmp_path / "box"))
    assert len(found) == len(files) == len(list(MAILS.glob("*.eml")))
    assert sorted(path for path in (tmp_path / "box").rglob("*") if path.is_file()) == files
    assert [path.stat().st_mtime_ns for path in folders] == stamps
    if hasattr(os, "O_NOATIME"):
        assert {path.stat().st_atime_ns for path in files} == {1}
    assert [mail.number for mail in read_maildir(MAILS)] == list(range(1, len(files) + 1))


def test_a_large_mailbox_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    """Mails are read one by one; one that is too large is passed over without being held."""
    path = tmp_path / "large.mbox"
    block = b"x" * 999 + b"\n"
    with path.open("wb") as stream:
        for _ in range(3):
            stream.write(b"From a Mon Jan  1 00:00:00 2026\nSubject: x\n\n" + block * 10_000 + b"\n")
        stream.write(
            b"From a Mon Jan  1 00:00:00 2026\nSubject: large\n\n" + b"y" * (4 * MOST_BYTES) + b"\n\n"
        )
        stream.write(b"From a Mon Jan  1 00:00:00 2026\nSubject: last\n\n")
    tracemalloc.start()
    sizes = [len(mail.data) if mail.data is not None else None for mail in read_mbox(path)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sizes == [10_000_013, 10_000_013, 10_000_013, None, 15]
    assert peak < 5 * MOST_BYTES


def test_a_mailbox_on_a_server_is_read_from_the_first_invitation_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that is named, or else the one of the settings."""
    asked: list[tuple[str, str, date]] = []

    def messages(server: Server, name: str, since: date) -> Iterator[bytes]:
        asked.append((server.host, name, since))
        yield (MAILS / "google-declined.eml").read_bytes()
        yield b""

    monkeypatch.setattr("kultursam.mail.transport.imap_messages", messages)
    monkeypatch.setenv("KULTURSAM_IMAP_HOST", "imap.kultur.example")
    document = office.run("replies", "--imap", "--json").document
    assert (document["mails"], document["new"], document["others"]) == (2, 1, 1)
    office.run("replies", "--imap", "--mailbox", "Svar", "--json")
    host, since = "imap.kultur.example", date(2026, 11, 29)
    assert asked == [(host, "INBOX", since), (host, "Svar", since)]


@pytest.mark.parametrize(
    ("name", "data"), [("x.msg", b"\xd0\xcf\x11\xe0"), ("missing.mbox", None), ("text.mbox", b"hello\n")]
)
def test_a_file_without_mails_is_told(tmp_path: Path, name: str, data: bytes | None) -> None:
    """As is a folder, and a pipe, which might never end."""
    folder = Folder(tmp_path, FORUMS)
    folder.fine("plan", "2027", *TODAY)
    if data is not None:
        folder.place(name).write_bytes(data)
    folder.place("empty").mkdir()
    os.mkfifo(folder.place("pipe"))
    for arguments in (
        ("--mbox", name),
        ("--mbox", "empty"),
        ("--mbox", "pipe"),
        ("--maildir", "empty"),
        ("--maildir", name),
    ):
        run = folder.run("replies", *arguments, *TODAY)
        assert run.code == 1, arguments
        assert "Traceback" not in run.err


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.integers(0, 4000), st.sampled_from(sorted(MAILS.glob("*.eml"))))
def test_any_damage_is_survived(office: Office, junk: bytes, at: int, file: Path) -> None:
    """Bytes written over an answer raise nothing, and the outbox can be read after that."""
    text = file.read_bytes()
    path = office.folder.place("bad.mbox")
    path.write_bytes(b"From a Mon Jan  1 00:00:00 2026\n" + text[:at] + junk + text[at + len(junk) :])
    run = office.folder.run("replies", "--mbox", "bad.mbox", "--json", *TODAY)
    assert run.code == 0, run
    assert not PRIVATE.search(run.out)
    office.run("replies", "--json")


# --- a program that answers -------------------------------------------------------------------------------

EMACS = r"""
(require 'gnus-icalendar)
(dolist (file command-line-args-left)
  (with-temp-buffer
    (set-buffer-multibyte t)
    (let ((coding-system-for-read 'utf-8-dos)) (insert-file-contents file))
    (princ (gnus-icalendar-event-reply-from-buffer
            (current-buffer) 'accepted '("[Aa]sa\\.[Ss]vensson@hylte\\.example")))))
(setq command-line-args-left nil)
"""


@pytest.mark.slow
def test_emacs_answers_and_is_understood(office: Office, tmp_path: Path) -> None:
    """gnus-icalendar makes the answer of the invitation that was sent, and sends it as it does."""
    program = shutil.which("emacs") or missing("emacs")
    request, script = tmp_path / "request.ics", tmp_path / "answer.el"
    request.write_bytes(_calendar(office.post, ASA))
    script.write_text(EMACS, encoding="utf-8")
    done = subprocess.run(
        [program, "-Q", "--batch", "-l", str(script), str(request)],
        capture_output=True,
        check=True,
        timeout=60,
        env={**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
    )
    assert b"METHOD:REPLY" in done.stdout, done.stderr
    head = (
        "From: Somebody <alias@elsewhere.example>\nTo: kansli@kultur.example\n"
        f"Subject: Accepted: x\nIn-Reply-To: {office.sent(ASA)}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/alternative; boundary="=-=-="\n\n--=-=-=\nContent-Type: text/plain\n\n\n'
        "--=-=-=\nContent-Type: text/calendar; method=REPLY; charset=UTF-8\n"
        "Content-Transfer-Encoding: 8bit\n\n"
    )
    mail = office.folder.place("reply.eml")
    mail.write_bytes(head.encode() + done.stdout + b"\n--=-=-=--\n")
    document = office.run("replies", "--mbox", "reply.eml", "--json").document
    answer = office.answers(document)["hylte"]
    assert (answer["answer"], answer["outdated"], answer["about"]) == ("accepted", False, "2027-03-30")
