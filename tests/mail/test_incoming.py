"""Mails as calendar programs and mail servers write them, read for what they say of invitations."""

from __future__ import annotations

import base64
import quopri
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kultursam.dates.busy_calendars import Event
from kultursam.mail.incoming import (
    BROKEN,
    MOST_COMMENT,
    NO_ATTENDEE,
    OUTLOOK_ALONE,
    TOO_COMPLEX,
    TOO_MANY_EVENTS,
    Answer,
    Attendee,
    Clock,
    Incoming,
    Kind,
    Status,
    read_mail,
)

MAILS = Path(__file__).parent / "replies"
UID = "natverk-2027-1@kultur.example"
ASA, BO = "asa.svensson@hylte.example", "bo.ek@laholm.example"
CLOCK = Clock(ZoneInfo("Europe/Stockholm"), datetime(2026, 12, 1, 12, tzinfo=UTC))
FIRST = ((2027, 3, 30, 9), (2027, 3, 30, 12))


def read(name: str) -> Incoming:
    """Return what a mail of the folder says, which its line ends do not change."""
    data = (MAILS / f"{name}.eml").read_bytes()
    found = read_mail(data, CLOCK)
    assert read_mail(data.replace(b"\n", b"\r\n"), CLOCK) == found
    return found


def the_answer(found: Incoming) -> Answer:
    """Return the one answer of a mail, which is to the first meeting."""
    (answer,) = found.answers
    assert found.fault is None
    assert answer.uid == UID
    return answer


def when(event: Event | None) -> tuple[tuple[int, ...], ...]:
    """Return start and end of what is known of an event."""
    assert event
    return tuple((one.year, one.month, one.day, one.hour) for one in (event.start, event.end))


def calendar(*lines: str, method: str = "REPLY", uid: str = UID) -> str:
    """Return a calendar with an answer of somebody."""
    event = ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261109T081401Z", *lines, "END:VEVENT")
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}", *event, "END:VCALENDAR", ""))


def mail(text: str | bytes, *heads: str, kind: str = "text/calendar; charset=utf-8") -> bytes:
    """Return a mail of one part."""
    data = text if isinstance(text, bytes) else text.encode()
    head = "\r\n".join((f"From: {ASA}", *heads, f"Content-Type: {kind}", "", ""))
    return head.encode("utf-8", "surrogateescape") + data


ACCEPTED = f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{ASA}"


# --- programs ---------------------------------------------------------------------------------------------


def test_outlook_accepts_without_an_organiser_and_with_words_in_the_mail() -> None:
    """What is written above the quoted invitation is the comment; names of zones are those of Windows."""
    found = read("outlook-accepted")
    answer = the_answer(found)
    assert answer.attendees == (Attendee(ASA, Status.ACCEPTED),)
    assert (answer.proposal, answer.sequence, answer.stamp) == (
        False,
        0,
        datetime(2026, 11, 9, 8, 14, 1, tzinfo=UTC),
    )
    assert when(answer.event) == FIRST
    assert answer.comment == "Jag är på plats, men får gå 11.30."
    assert (found.sender, found.references) == (ASA, ("<2f1c4a6b8d9e0f11@kultur.example>",))
    assert found.sent == datetime(2026, 11, 9, 8, 14, 2, tzinfo=UTC)


def test_outlook_proposes_another_time() -> None:
    """It is the event's own time; the old one stands in a property of Outlook's."""
    answer = the_answer(read("outlook-proposes"))
    assert (answer.proposal, answer.attendees) == (True, (Attendee(BO, Status.TENTATIVE),))
    assert when(answer.event) == ((2027, 3, 31, 13), (2027, 3, 31, 16))
    assert answer.comment == "We have our council that day."


def test_google_declines_once_though_the_calendar_comes_twice() -> None:
    """It says that the mail is generated; that makes it no automatic reply. Times are in UTC."""
    answer = the_answer(read("google-declined"))
    assert answer.attendees == (Attendee(BO, Status.DECLINED),)
    assert (when(answer.event), answer.comment) == (FIRST, "On leave, sorry")


def test_apple_names_people_by_paths() -> None:
    """The address stands beside, and it is an alias; what was answered is known by the mails referred to."""
    found = read("apple-tentative")
    assert the_answer(found).attendees == (Attendee("asa@icloud.example", Status.TENTATIVE),)
    assert found.references == ("<2f1c4a6b8d9e0f11@kultur.example>", "<0011223344556677@kultur.example>")


def test_thunderbird_delegates_and_the_delegate_accepts() -> None:
    """Of the two the second is in UTF-16 and says on whose behalf."""
    answer = the_answer(read("thunderbird-delegated"))
    assert answer.attendees == (Attendee(BO, Status.DELEGATED, delegate="vice@laholm.example"),)
    answer = the_answer(read("delegate-accepted"))
    assert answer.attendees == (Attendee("vice@laholm.example", Status.ACCEPTED, delegator=BO),)
    assert (answer.comment, answer.event) == ("Jag åker för Bo; vi ses", None)


def test_what_only_outlook_reads_is_told() -> None:
    """A mail with winmail.dat has an answer that nobody else sees."""
    found = read("outlook-tnef")
    assert (found.answers, found.fault, found.sender) == ((), OUTLOOK_ALONE, BO)


@pytest.mark.parametrize(
    ("name", "kind", "recipients", "named"),
    [
        ("exchange-undelivered", Kind.UNDELIVERED, (ASA,), "<2f1c4a6b8d9e0f11@kultur.example>"),
        ("postfix-delayed", Kind.DELAYED, (BO,), "<9e0f112f1c4a6b8d@kultur.example>"),
        ("out-of-office", Kind.AWAY, (), "<9e0f112f1c4a6b8d@kultur.example>"),
        ("in-words", Kind.WORDS, (), "<9e0f112f1c4a6b8d@kultur.example>"),
    ],
)
def test_what_is_no_answer_is_known_by_its_kind(
    name: str, kind: Kind, recipients: tuple[str, ...], named: str
) -> None:
    """Mails that did not arrive name to whom, and which mail it was."""
    found = read(name)
    assert (found.kind, found.recipients, found.answers, found.fault) == (kind, recipients, (), None)
    assert named in found.references


def test_a_receipt_is_no_failure() -> None:
    """A report that a mail was delivered, or read, tells nothing wrong."""
    report = (
        (MAILS / "exchange-undelivered.eml").read_bytes().replace(b"Action: failed", b"Action: delivered")
    )
    assert read_mail(report, CLOCK).kind is Kind.AWAY


# --- forms ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-16", "utf-16le", "utf-32"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_any_charset_in_any_encoding_says_the_same(charset: str, encoding: str) -> None:
    """The text of the calendar is what its bytes mean, whatever way they came."""
    data = calendar(ACCEPTED, "COMMENT:Åhörare på väg\\, till Öja").encode(charset)
    if encoding == "8bit" and charset.startswith("utf-") and charset != "utf-8":
        return  # Such bytes hold line ends where no line ends, so that no mail has them as they are.
    if encoding == "base64":
        data = base64.encodebytes(data)
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data)
    heads = (f"Content-Transfer-Encoding: {encoding}",)
    found = read_mail(mail(data, *heads, kind=f"text/calendar; charset={charset}; method=REPLY"), CLOCK)
    assert the_answer(found).comment == "Åhörare på väg, till Öja"


@pytest.mark.parametrize(
    "charset", ["us-ascii", "iso-8859-1", "x-unknown", "hex", "punycode", "utf-8\\0", ""]
)
def test_a_wrong_charset_is_no_matter(charset: str) -> None:
    """Text in UTF-8 is read as such, whatever it is called; some names are of no charset at all."""
    found = read_mail(
        mail(calendar(ACCEPTED, "COMMENT:Öja"), kind=f"text/calendar; charset={charset}"), CLOCK
    )
    assert the_answer(found).comment == "Öja"


def test_the_method_may_stand_in_the_head_alone() -> None:
    """A calendar without a method has that of its part; one with another method is none of ours."""
    plain = calendar(ACCEPTED).replace("METHOD:REPLY\r\n", "")
    assert read_mail(mail(plain), CLOCK).answers == ()
    the_answer(read_mail(mail(plain, kind="text/calendar; method=reply"), CLOCK))
    assert (
        read_mail(
            mail(calendar(ACCEPTED, method="REQUEST"), kind="text/calendar; method=REPLY"), CLOCK
        ).answers
        == ()
    )


def test_a_calendar_may_be_a_file() -> None:
    """Some programs attach it with no type of its own."""
    the_answer(read_mail(mail(calendar(ACCEPTED), kind='application/octet-stream; name="Svar.ICS"'), CLOCK))


def test_a_calendar_of_an_attached_mail_is_somebody_elses() -> None:
    """Who forwards an answer does not give it."""
    assert read_mail(mail(mail(calendar(ACCEPTED)), kind="message/rfc822"), CLOCK).answers == ()


def test_exchange_packs_the_uid_into_its_own() -> None:
    """Its own names of meetings hold ours; others stay as they are."""
    head = "040000008200E00074C5B7101A82E00800000000000000000000000000000000000000002F000000"
    packed = head + (b"vCal-Uid\1\0\0\0" + UID.encode() + b"\0").hex().upper()
    the_answer(read_mail(mail(calendar(ACCEPTED, uid=packed)), CLOCK))
    (answer,) = read_mail(mail(calendar(ACCEPTED, uid=head)), CLOCK).answers
    assert answer.uid == head


def test_several_events_are_several_answers_but_one_of_a_series_is_none_beside_the_series() -> None:
    """Programs add a RECURRENCE-ID now and then; alone it is an answer like any."""
    one = calendar(ACCEPTED, "RECURRENCE-ID:20270330T070000Z")
    the_answer(read_mail(mail(one), CLOCK))
    both = one.replace(
        "END:VEVENT\r\n", f"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:{UID}\r\n{ACCEPTED}\r\nEND:VEVENT\r\n"
    )
    assert the_answer(read_mail(mail(both), CLOCK)).stamp is None
    other = both.replace(f"UID:{UID}\r\nDTSTAMP", "UID:other\r\nDTSTAMP")
    assert [one.uid for one in read_mail(mail(other), CLOCK).answers] == ["other", UID]


@pytest.mark.parametrize(
    "stamp", ["99991231T235959Z", "20261203T120000Z", "2026", "20261340T000000Z", "T", ""]
)
def test_a_moment_to_come_is_none(stamp: str) -> None:
    """An answer from the future would count for good."""
    text = calendar(ACCEPTED).replace("20261109T081401Z", stamp)
    found = read_mail(mail(text, "Date: Fri, 31 Dec 9999 23:59:59 -2359"), CLOCK)
    assert (the_answer(found).stamp, found.sent) == (None, None)


# --- the hostile ------------------------------------------------------------------------------------------


def nested(depth: int, newline: str = "\n") -> bytes:
    """Return a mail of parts in parts."""
    parts = [
        f"Content-Type: multipart/mixed; boundary=b{one}{newline * 2}--b{one}{newline}"
        for one in range(depth)
    ]
    return ("".join(parts) + mail(calendar(ACCEPTED)).decode()).encode()


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_deep_mails_are_refused_before_they_are_taken_apart(newline: str) -> None:
    """Ten parts in each other are read, ten thousand are not."""
    the_answer(read_mail(nested(10, newline), CLOCK))
    assert read_mail(nested(10_000, newline), CLOCK).fault == TOO_COMPLEX


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n" * 500_000,
        mail("x", kind='text/calendar; a="' + ";" * 1_000_000),
        mail("x", kind="text/calendar;\r\n " + "a=b;\r\n " * 100_000),
        mail("\n" * 2_000_000),
        mail("\r" * 2_000_000),
    ],
    ids=["parts", "quoted", "folded", "lines", "returns"],
)
def test_what_would_take_long_is_not_begun(data: bytes) -> None:
    """Each of these would take the library seconds, or a square of them."""
    assert read_mail(data, CLOCK).fault == TOO_COMPLEX


def test_many_events_are_refused_and_long_comments_cut() -> None:
    """What is kept of a mail is bounded."""
    event = f"BEGIN:VEVENT\r\nUID:x\r\n{ACCEPTED}\r\nEND:VEVENT\r\n"
    many = calendar(ACCEPTED).replace("BEGIN:VEVENT\r\n", event * 100 + "BEGIN:VEVENT\r\n", 1)
    assert read_mail(mail(many), CLOCK).fault == TOO_MANY_EVENTS
    found = the_answer(read_mail(mail(calendar(ACCEPTED, "COMMENT:" + "å" * 100_000)), CLOCK))
    assert found.comment == "å" * MOST_COMMENT + "…"


@pytest.mark.parametrize(
    ("text", "fault"),
    [(calendar(ACCEPTED)[:-20], BROKEN), ("METHOD:REPLY\r\n", BROKEN), (calendar(), NO_ATTENDEE)],
)
def test_a_broken_answer_is_told(text: str, fault: str) -> None:
    """What was meant as an answer and cannot be read is not passed over."""
    found = read_mail(mail(text), CLOCK)
    assert (found.answers, found.fault) == ((), fault)


def test_a_broken_calendar_that_is_no_answer_is_not_told() -> None:
    """A mailbox holds much that is no concern of ours."""
    assert read_mail(mail("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n"), CLOCK).fault is None


HEADS = st.lists(
    st.sampled_from([
        "From: =?utf-8?q?", "From: a@b", "Date: Mon, 99 Foo", "In-Reply-To: <", "References: <a@b> <c",
        "Content-Type: multipart/report; boundary=x", "Content-Type: text/calendar; method*=x'y'%ff",
        "Content-Type: text/calendar; charset*0=utf; charset*99999999999999999999=8", "Content-Type: ;;;",
        "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: x-uuencode", "Auto-Submitted: no",
        'Content-Disposition: attachment; filename="=?x?q?"', "--x", "", "Action: failed", "\x00: \xff",
        "BEGIN:VCALENDAR", "METHOD:COUNTER", "BEGIN:VEVENT", 'DTSTART;TZID="x:20270330T250000', "UID:a",
        'ATTENDEE;PARTSTAT=ACCEPTED;X="', "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b", "RRULE:FREQ=SECONDLY",
        "DTSTART:00010101", "DTEND:99991231T235959Z", "SEQUENCE:-1", "END:VEVENT", "END:VCALENDAR",
    ]),
    max_size=30,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(HEADS, st.binary(max_size=60), st.sampled_from([b"\n", b"\r\n", b"\r"]))
@example([], b"", b"\n")
def test_any_bytes_are_read(lines: list[str], more: bytes, newline: bytes) -> None:
    """Nothing that comes by mail raises an error, and what is read is bounded."""
    data = newline.join([*(line.encode("latin-1") for line in lines), more])
    for text in (data, mail(data), mail(base64.encodebytes(data), "Content-Transfer-Encoding: base64")):
        found = read_mail(text, CLOCK)
        assert all(len(answer.comment) <= MOST_COMMENT + 1 for answer in found.answers)
