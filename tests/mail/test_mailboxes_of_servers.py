"""Answers are read from a server without a trace."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import pytest
from imap_server import DOVECOT, PART, PostBox, post_box
from smtp_server import HOST, TOKEN, USER, Certificates, certificates

from kultursam.mail.settings import Auth, Secret, Security, Server
from kultursam.mail.transport import (
    MOST_OF_MESSAGE,
    LoginRefusedError,
    MailboxError,
    MailServerError,
    UntrustedServerError,
    imap_messages,
)

PASSWORD = "horse-battery"  # noqa: S105 - of this machine alone
SINCE = date(2026, 1, 10)
HERE = DOVECOT and PART and os.name != "nt" and os.geteuid() == 0
real = pytest.mark.skipif(not HERE and not os.environ.get("CI"), reason="needs Dovecot, and root")


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """Return certificates of this machine that clients trust."""
    made = certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    return made


def server(port: int, security: Security, auth: Auth, secret: Path) -> Server:
    """Return what is known of a server on this machine."""
    return Server(HOST, port, security, auth, USER, Secret(file=secret), seconds=10)


def secret_in(folder: Path, text: str) -> Path:
    """Return a file that holds a secret."""
    (folder / "secret").write_text(text, encoding="utf-8")
    return folder / "secret"


def opened(folder: Path, box: PostBox, mailbox: str = "INBOX") -> list[bytes]:
    """Return what is read of a mailbox."""
    return [*imap_messages(server(box.tls, "tls", "password", folder / "secret"), mailbox, SINCE)]


@real
def test_messages_are_read_and_left_as_they_were(tmp_path: Path, trusted: Certificates) -> None:
    """Those since a day, oldest first, byte for byte; none is marked, moved or gone."""
    messages = [f"Subject: {number}\r\n\r\nText {number}.\r\n".encode() for number in range(40)]
    secret_in(tmp_path, PASSWORD)
    with post_box(trusted, PASSWORD) as box:
        box.deliver(b"Subject: of old\r\n\r\n", date(2026, 1, 9))
        for message in messages:
            box.deliver(message, SINCE)
        before = box.state()
        assert opened(tmp_path, box) == messages
        assert box.state() == before
        assert opened(tmp_path, box) == messages


@real
def test_of_a_long_message_the_beginning_is_read(tmp_path: Path, trusted: Certificates) -> None:
    """An attachment takes no memory."""
    long = b"Subject: long\r\n\r\n" + b"x" * MOST_OF_MESSAGE + b"\r\n"
    secret_in(tmp_path, PASSWORD)
    with post_box(trusted, PASSWORD) as box:
        box.deliver(long, SINCE)
        assert opened(tmp_path, box) == [long[:MOST_OF_MESSAGE]]


@pytest.mark.slow
@real
@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(("auth", "right"), [("password", PASSWORD), ("xoauth2", TOKEN)])
def test_logins_by_password_and_by_token(
    tmp_path: Path, trusted: Certificates, security: Security, auth: Auth, right: str
) -> None:
    """The right one reads, a wrong one is told without it."""
    with post_box(trusted, right) as box:
        box.deliver(b"Subject: x\r\n\r\n", SINCE)
        port = box.tls if security == "tls" else box.plain
        known = server(port, security, auth, secret_in(tmp_path, right))
        assert len([*imap_messages(known, "INBOX", SINCE)]) == 1
        secret_in(tmp_path, "wrong!")
        with pytest.raises(LoginRefusedError) as caught:
            [*imap_messages(known, "INBOX", SINCE)]
        assert "wrong!" not in str(caught.value)


@real
def test_mailboxes_of_any_name(tmp_path: Path, trusted: Certificates) -> None:
    """Names have spaces, quotes and å; one that is not there is told."""
    secret_in(tmp_path, PASSWORD)
    with post_box(trusted, PASSWORD) as box:
        box.deliver(b"Subject: x\r\n\r\n", SINCE, '.Svar "p&AOU-" m&APY-ten &- mer')
        assert len(opened(tmp_path, box, 'Svar "på" möten & mer')) == 1
        with pytest.raises(MailboxError, match="Nothing"):
            opened(tmp_path, box, "Nothing")


@real
def test_a_server_that_nobody_vouches_for_is_not_logged_in_to(tmp_path: Path) -> None:
    """Its certificate is checked before anything is said."""
    secret_in(tmp_path, PASSWORD)
    with post_box(certificates(tmp_path), PASSWORD) as box, pytest.raises(UntrustedServerError):
        opened(tmp_path, box)


# --- servers that are none --------------------------------------------------------------------------


@contextmanager
def answering(lines: list[bytes]) -> Iterator[int]:
    """Yield the port of a server that says a line to whatever is said to it, and then ends the connection."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with listening.accept()[0] as connection, connection.makefile("rb") as said, suppress(OSError):
            for line in lines:
                connection.sendall(line.replace(b"TAG", _tag(said, line)))

    thread = threading.Thread(target=answer)
    thread.start()
    with listening:
        yield listening.getsockname()[1]
    thread.join(10)


def _tag(said: object, line: bytes) -> bytes:
    assert hasattr(said, "readline")
    return said.readline().partition(b" ")[0] if b"TAG" in line else b""


HELLO = [b"* OK hello\r\n", b"* CAPABILITY IMAP4rev1\r\nTAG OK\r\n"]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [b"* BYE no\r\n"],
        [b"\xff" * 2_000_000 + b"\r\n"],
        [b"* PREAUTH \r\n", b"nonsense\r\n"],
        HELLO,
        [*HELLO, b"TAG NO\r\n"],
        [*HELLO, b"TAG OK\r\n", b"TAG NO\r\n"],
        [*HELLO, b"TAG OK\r\n", b"* SEARCH 1\r\nTAG OK\r\n", b"* 1 FETCH (BODY[] {10}\r\nabc"],
        [*HELLO, b"TAG OK\r\n", b"* SEARCH 1\r\nTAG OK\r\n", b"TAG NO\r\n"],
    ],
)
def test_whatever_a_server_says_is_told(lines: list[bytes]) -> None:
    """An answer that is none is an error with a sentence."""
    with answering(lines) as port, pytest.raises(MailServerError):
        [*imap_messages(Server(HOST, port, "none", seconds=5), "INBOX", SINCE)]
