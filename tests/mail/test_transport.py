"""What becomes of a message at a server, as the sender knows it; and mailboxes read without a trace."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from smtp_server import HOST, PASSWORD, TOKEN, USER, Certificates, Post, certificates, post_office

from kultursam.mail.settings import Auth, Secret, Security, Server
from kultursam.mail.transport import (
    LoginRefusedError,
    Mailer,
    MailServerError,
    Refused,
    SenderRefusedError,
    Sent,
    UnreachableServerError,
    Unsure,
    UntrustedServerError,
)

FROM, TO = "meetings@example.org", "person@example.net"
MESSAGE = b"Subject: A meeting\r\n\r\n.\r\n..\r\nFrom the first dot to the last.\r\n"


@pytest.fixture
def post() -> Iterator[Post]:
    """Yield a server that takes mail from anybody."""
    with post_office() as post:
        yield post


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """Return certificates of this machine that clients trust."""
    made = certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    return made


def server(
    post: Post, security: Security = "none", auth: Auth = "none", secret: Path | None = None
) -> Server:
    """Return what is known of a server on this machine."""
    return Server(HOST, post.port, security, auth, USER, Secret(file=secret), seconds=5)


def send(mailer: Mailer, to: str = TO) -> object:
    """Send a message to somebody."""
    return mailer.send(FROM, to, MESSAGE)


def written(folder: Path, secret: str) -> Path:
    """Return a file that holds a secret, as a text editor leaves it."""
    (folder / "secret").write_text(f"{secret}\n", encoding="utf-8")
    return folder / "secret"


# --- what becomes of a message ------------------------------------------------------------------------


def test_messages_arrive_as_they_are_over_one_connection(post: Post) -> None:
    """Lines that are a dot are no end, and nobody connects twice."""
    with Mailer(server(post)) as mailer:
        assert post.connections == 0
        assert [send(mailer, to) for to in ("a@example.net", "b@example.net")] == [Sent(), Sent()]
    assert post.taken == [(FROM, to, MESSAGE) for to in ("a@example.net", "b@example.net")]
    assert post.connections == 1


@pytest.mark.parametrize("code", [450, 452, 550, 554])
@pytest.mark.parametrize("step", ["to_receiver", "to_message"])
def test_a_refusal_is_told_and_stops_no_other(post: Post, code: int, step: str) -> None:
    """Whether it is for good, as 5xx is, and that the next message is taken over the same connection."""
    getattr(post, step).append(f"{code} {TO} is not to be told")
    with Mailer(server(post)) as mailer:
        assert send(mailer) == Refused(code, permanent=code >= 500)
        assert send(mailer) == Sent()
    assert len(post.taken) == post.connections == 1


@pytest.mark.parametrize("step", ["to_receiver", "to_message"])
def test_a_server_that_closes_is_asked_anew(post: Post, step: str) -> None:
    """421 is no refusal for good, and the next message needs a new connection."""
    getattr(post, step).append("421 too busy")
    with Mailer(server(post)) as mailer:
        assert send(mailer) == Refused(421, permanent=False)
        assert send(mailer) == Sent()
    assert (len(post.taken), post.connections) == (1, 2)


def test_a_sender_that_may_not_send_is_nobodys_refusal(post: Post) -> None:
    """It would be the same for every message, so none is taken for refused."""
    post.to_sender.append("550 5.7.60 not as this sender")
    with Mailer(server(post)) as mailer:
        with pytest.raises(SenderRefusedError, match="550"):
            send(mailer)
        post.to_sender.append("450 later")
        assert send(mailer) == Refused(450, permanent=False)
        assert send(mailer) == Sent()


@pytest.mark.parametrize(("said", "copies"), [("lost", 0), ("taken", 1)])
def test_a_connection_lost_around_the_last_answer_leaves_it_open(post: Post, said: str, copies: int) -> None:
    """Whether the server took the message, the sender cannot know; the next one is sent all the same."""
    post.to_message.append(said)
    with Mailer(server(post)) as mailer:
        assert isinstance(send(mailer), Unsure)
        assert len(post.taken) == copies
        assert send(mailer) == Sent()
    assert post.taken == [(FROM, TO, MESSAGE)] * (copies + 1)


def test_an_answer_that_is_none_leaves_it_open(post: Post) -> None:
    """Nor is the connection used any more: what comes over it next may belong to this message."""
    post.to_message.append("Taken, I believe")
    with Mailer(server(post)) as mailer:
        assert isinstance(send(mailer), Unsure)
        assert send(mailer) == Sent()
    assert (len(post.taken), post.connections) == (1, 2)


def test_a_refused_beginning_of_a_message_is_forgotten(post: Post) -> None:
    """A server may take a receiver and then want no message; it is offered the next one anew."""
    post.to_data.append("451 later")
    with Mailer(server(post)) as mailer:
        assert send(mailer) == Refused(451, permanent=False)
        assert send(mailer) == Sent()
    assert len(post.taken) == post.connections == 1


def test_a_server_that_ends_idle_connections_is_no_trouble(post: Post) -> None:
    """A message that was not begun is sent over a new connection."""
    post.most = 1
    with Mailer(server(post)) as mailer:
        for number in range(3):
            assert send(mailer) == Sent()
            assert len(post.taken) == number + 1
            _wait_for_end(mailer)
    assert post.connections == 3


def _wait_for_end(mailer: Mailer) -> None:
    """Wait until the server has ended the connection."""
    connection = mailer._connection
    assert connection is not None
    assert connection.sock is not None
    connection.sock.settimeout(5)
    assert connection.sock.recv(1, socket.MSG_PEEK) == b""


def test_a_slow_server_is_not_waited_for_endlessly(post: Post) -> None:
    """Its answer may come to nobody: so nobody knows."""
    post.delay = 3
    slow = Server(HOST, post.port, "none", seconds=1)
    with Mailer(slow) as mailer:
        assert isinstance(mailer.send(FROM, TO, MESSAGE), Unsure)


# --- who is spoken to ---------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_servers_are_spoken_to_by_tls(trusted: Certificates, security: Security) -> None:
    """From the first byte, or from STARTTLS on."""
    with (
        post_office(trusted.context, at_once=security == "tls") as post,
        Mailer(server(post, security)) as mailer,
    ):
        assert send(mailer) == Sent()


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("name", ["localhost", "mail.example.org"])
def test_a_server_that_nobody_vouches_for_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: Security, name: str
) -> None:
    """Be its authority unknown, or its certificate that of another name."""
    made = certificates(tmp_path, name)
    if name != HOST:
        monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    secret = written(tmp_path, PASSWORD)
    with post_office(made.context, at_once=security == "tls", login=True) as post:
        with (
            Mailer(server(post, security, "password", secret)) as mailer,
            pytest.raises(UntrustedServerError),
        ):
            send(mailer)
        assert (post.taken, post.logins) == ([], [])


def test_no_secret_goes_to_a_server_without_starttls(post: Post, tmp_path: Path) -> None:
    """Somebody on the way may have taken the word out of its answer."""
    secret = written(tmp_path, PASSWORD)
    asked = Mailer(server(post, "starttls", "password", secret))
    with asked as mailer, pytest.raises(UntrustedServerError, match="STARTTLS"):
        send(mailer)
    assert (post.taken, post.logins) == ([], [])


@pytest.mark.parametrize(("auth", "right"), [("password", PASSWORD), ("xoauth2", TOKEN)])
def test_logins_by_password_and_by_token(
    trusted: Certificates, tmp_path: Path, auth: Auth, right: str
) -> None:
    """The right one sends; a wrong one is told without it, and with no message taken for refused."""
    with post_office(trusted.context, login=True) as post:
        with Mailer(server(post, "starttls", auth, written(tmp_path, right))) as mailer:
            assert send(mailer) == Sent()
        wrong = Mailer(server(post, "starttls", auth, written(tmp_path, "wrong!")))
        with wrong as mailer, pytest.raises(LoginRefusedError) as caught:
            send(mailer)
        assert "wrong!" not in str(caught.value)
        assert USER not in str(caught.value)
        assert (len(post.taken), len(post.logins)) == (1, 1)


def test_a_server_that_is_not_there_is_told() -> None:
    """With its name, and no trace of Python."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        post = Post(port=unused.getsockname()[1])
        with Mailer(server(post)) as mailer, pytest.raises(UnreachableServerError, match=HOST):
            send(mailer)


@pytest.mark.parametrize("greeting", [b"554 no\r\n", b"nonsense\r\n", b"", b"\xff" * 100_000])
@pytest.mark.parametrize("security", ["none", "tls"])
def test_whatever_a_server_says_is_told(greeting: bytes, security: Security) -> None:
    """A greeting that is none is an error with a sentence."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        post = Post(port=listening.getsockname()[1])
        asked = Mailer(server(post, security))
        with _answering(listening, greeting), asked as mailer, pytest.raises(MailServerError):
            send(mailer)


@contextmanager
def _answering(listening: socket.socket, greeting: bytes) -> Iterator[None]:
    """Greet whoever connects first, and end the connection."""

    def greet() -> None:
        with listening.accept()[0] as connection, suppress(OSError):
            connection.sendall(greeting)

    thread = threading.Thread(target=greet)
    thread.start()
    yield
    thread.join(10)
