"""A server on this machine that takes mail, and may do to its clients whatever a server can."""

from __future__ import annotations

import asyncio
import base64
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

HOST = "localhost"
USER, PASSWORD = "meetings@example.org", 'correct "horse" \\ battery'
TOKEN = "ya29.token"  # noqa: S105 - of this machine alone


@dataclass
class Post:
    """What a server has taken, and what it does instead of taking more."""

    port: int = 0
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Sender, receiver and bytes of each message."""
    logins: list[str] = field(default_factory=list)
    """The ways in which somebody logged in."""
    connections: int = 0
    to_sender: list[str] = field(default_factory=list)
    """What it answers to the next senders, instead of the usual."""
    to_receiver: list[str] = field(default_factory=list)
    """What it answers to the next receivers."""
    to_data: list[str] = field(default_factory=list)
    """What it answers to the next that want to hand over a message, before it comes."""
    to_message: list[str] = field(default_factory=list)
    """What it answers to the next messages; `lost` and `taken` end the connection, not or after taking it."""
    delay: float = 0
    """Seconds before it answers to a message."""
    delay_of_answer: float = 0
    """Seconds between taking a message and saying so."""
    most: int = 1000
    """Messages that it takes over a connection before it ends it."""

    # The names of what follows are aiosmtpd's.

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        """Answer to a sender."""
        assert session
        if self.to_sender:
            return self._said(server, self.to_sender.pop(0))
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        """Answer to a receiver."""
        assert session
        if self.to_receiver:
            return self._said(server, self.to_receiver.pop(0))
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message, or not."""
        assert session
        await asyncio.sleep(self.delay)
        said = self.to_message.pop(0) if self.to_message else "250 taken"
        if said in {"taken", "250 taken"}:
            content = envelope.original_content
            assert content is not None
            self.taken.append((str(envelope.mail_from), envelope.rcpt_tos[0], content))
            await asyncio.sleep(self.delay_of_answer)
        if len(self.taken) % self.most == 0 and said == "250 taken":
            asyncio.get_running_loop().call_later(0.05, _transport(server).close)
        return self._said(server, said)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        """Take a login by token."""
        said = base64.b64decode(args[1]) if len(args) > 1 else await server.challenge_auth("")
        right = said == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01".encode()
        if not right:
            # As Google and Microsoft do: why, in a challenge that wants an empty answer.
            assert await server.challenge_auth('{"status":"401"}') == b""
        return self._login("XOAUTH2", right=right)

    def authenticate(self, _: object, __: object, ___: object, mechanism: str, given: Any) -> AuthResult:  # noqa: ANN401
        """Take a login by password."""
        return self._login(
            mechanism, right=(given.login, given.password) == (USER.encode(), PASSWORD.encode())
        )

    def _login(self, mechanism: str, *, right: bool) -> AuthResult:
        if right:
            self.logins.append(mechanism)
        return AuthResult(success=right, handled=False)

    def _said(self, server: SMTP, said: str) -> str:
        if said in {"lost", "taken"}:
            _transport(server).abort()
        if said.startswith("421"):
            asyncio.get_running_loop().call_later(0.05, _transport(server).close)
        return said


def _transport(server: SMTP) -> asyncio.Transport:
    assert isinstance(server.transport, asyncio.Transport)
    return server.transport


@dataclass(frozen=True)
class Certificates:
    """Of this machine, and of who vouches for it."""

    context: ssl.SSLContext
    authority: Path
    """What a client trusts, if it trusts this machine."""


def certificates(folder: Path, name: str = HOST) -> Certificates:
    """Return certificates for a name."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued = authority.issue_cert(name)
    issued.configure_cert(context)
    issued.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    authority.cert_pem.write_to_path(folder / "authority.pem")
    return Certificates(context, folder / "authority.pem")


class _Server(SMTP):
    """Speaks SMTP; it may want no message after it has taken a receiver."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Answer to DATA."""
        post = self.event_handler
        assert isinstance(post, Post)
        if post.to_data:
            await self.push(post.to_data.pop(0))
        else:
            await super().smtp_DATA(arg)


@contextmanager
def post_office(
    tls: ssl.SSLContext | None = None, *, at_once: bool = False, login: bool = False
) -> Iterator[Post]:
    """Yield a server that takes mail: with STARTTLS, with TLS `at_once`, after a login, or as it is."""
    post = Post()
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        post.connections += 1
        return _Server(
            post,
            hostname=HOST,
            loop=loop,
            tls_context=None if at_once else tls,
            require_starttls=tls is not None and not at_once,
            authenticator=post.authenticate if login else None,
            auth_required=login,
            auth_require_tls=True,
        )

    with _running(loop, protocol, tls if at_once else None) as port:
        post.port = port
        yield post


@contextmanager
def _running(
    loop: asyncio.AbstractEventLoop, protocol: Callable[[], SMTP], tls: ssl.SSLContext | None
) -> Iterator[int]:
    server = loop.run_until_complete(loop.create_server(protocol, "127.0.0.1", 0, ssl=tls))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*others, return_exceptions=True), 5)
    await asyncio.sleep(0)
