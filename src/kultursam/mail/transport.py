"""Speaks to servers of mail: with `fetch`, the only module that opens network connections.

It knows no outbox and no plan. A message is bytes that are finished; what the server made of it is `Sent`,
`Refused` or `Unsure`. What concerns every message, such as a server that is not there or a login that it does
not take, is an error. No error tells what a server said but a number: its words may hold addresses.

Reading leaves no trace: the mailbox is opened for reading alone, and no message is marked as seen.
"""

import imaplib
import re
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from kultursam.diagnostics import KultursamError, Problem
from kultursam.i18n import N_, Message
from kultursam.mail.settings import Server

MOST_OF_MESSAGE = 2 * 1024 * 1024
"""Bytes that are read of a message: answers are small, and stand before what is attached to them."""
AT_ONCE = 16
"""Messages that are asked for together."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
OK, PERMANENT, CLOSING = range(200, 300), range(500, 600), 421
ANSWERS = {*OK, *range(400, 600)}
"""What a server may answer once a message is offered."""
CUT_OFF = (
    BrokenPipeError,
    ConnectionAbortedError,
    ConnectionResetError,
    ssl.SSLEOFError,
    smtplib.SMTPServerDisconnected,
    imaplib.IMAP4.abort,
)
"""What is raised where the other side ends a connection."""
NO_STARTTLS = Message("it does not offer STARTTLS")
NO_TLS = Message("it does not speak TLS")
NO_LOGIN = Message("it offers no login")
NO = Message("it said no")
ENDED = Message("it ended the connection")
NOT_UNDERSTOOD = Message("it did not answer as expected")
LOST = Message("the connection was lost before the server said whether it took the message")


class MailServerError(KultursamError):
    """A server of mail cannot be used; nothing is known to be wrong with any message."""

    code = "mail-server"
    sentence = ""

    def __init__(self, server: Server, **values: object) -> None:
        super().__init__(Problem(Message(self.sentence, host=server.name, **values)))


class UnreachableServerError(MailServerError):
    """No connection could be made, or it was lost at once."""

    code = "mail-server-unreachable"
    sentence = N_("{host} cannot be reached: {reason}")


class UntrustedServerError(MailServerError):
    """Nobody vouches for the server, or it does not speak TLS as it should."""

    code = "mail-server-untrusted"
    sentence = N_("{host} cannot be trusted: {reason}")


class LoginRefusedError(MailServerError):
    """The server does not take the login."""

    code = "mail-login"
    sentence = N_("{host} does not accept the login; see user, auth and what yields the secret ({reason})")


class SenderRefusedError(MailServerError):
    """The server does not let the organiser's mailbox send."""

    code = "mail-sender"
    sentence = N_("{host} does not let the organiser's address send (it answered {code})")


class MailboxError(MailServerError):
    """A mailbox cannot be read."""

    code = "mailbox"
    sentence = N_('{host} does not show the mailbox "{mailbox}"')


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took the message; delivering it is its duty now."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server did not take the message."""

    code: int
    """What it answered, as SMTP numbers answers."""
    permanent: bool
    """Whether it would refuse the same again."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """The server may have taken the message: only the same bytes may be sent again."""

    reason: Message


Outcome = Sent | Refused | Unsure


class Mailer:
    """Sends messages over one connection, made when the first is sent, and anew where it was lost."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if self._connection is not None and error is None:
            with suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
        self._close()

    def send(self, envelope_from: str, envelope_to: str, raw: bytes) -> Outcome:
        """Send a message, its lines ended by CRLF, to one address; return what became of it.

        Raise `MailServerError` where no message can be sent: neither was this one.
        """
        connection, code = self._begun(envelope_from)
        try:
            if code in OK:
                code, _ = connection.rcpt(envelope_to)
            if code in OK:
                code = _taken(connection, raw)
            if code not in OK:
                # The server forgets the message, and waits for the next.
                connection.rset()
        except (smtplib.SMTPException, OSError):
            self._close()
            if code in OK:
                return Unsure(LOST)
        if code == CLOSING or code not in ANSWERS:
            self._close()
        if code not in ANSWERS:
            return Unsure(NOT_UNDERSTOOD)
        return Sent() if code in OK else Refused(code, permanent=code in PERMANENT)

    def _begun(self, envelope_from: str) -> tuple[smtplib.SMTP, int]:
        """Return a connection with a message that has been begun, and what the server answered to that."""
        connection, code = self._connection, CLOSING
        if connection is not None:
            # The server may have ended it meanwhile, as many do when nothing is sent for a while.
            with suppress(smtplib.SMTPException, OSError):
                code, _ = connection.mail(envelope_from)
        if connection is None or code == CLOSING:
            self._close()
            with _telling(self._server):
                connection = self._connection = _smtp(self._server)
                code, _ = connection.mail(envelope_from)
        if code in PERMANENT:
            self._close()
            raise SenderRefusedError(self._server, code=code)
        return connection, code

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _taken(connection: smtplib.SMTP, raw: bytes) -> int:
    """Return what a server answers to a message whose receiver it takes."""
    try:
        return connection.data(raw)[0]
    except smtplib.SMTPDataError as error:
        return error.smtp_code


def _smtp(server: Server) -> smtplib.SMTP:
    """Return a connection on which messages can be sent."""
    secret = _secret(server)
    context = ssl.create_default_context()
    connection: smtplib.SMTP
    if server.security == "tls":
        connection = smtplib.SMTP_SSL(server.host, server.port, timeout=server.seconds, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=server.seconds)
    try:
        _introduce(connection, server, secret, context)
    except BaseException:
        connection.close()
        raise
    return connection


def _introduce(connection: smtplib.SMTP, server: Server, secret: str, context: ssl.SSLContext) -> None:
    """Say who is there on a new connection."""
    connection.ehlo_or_helo_if_needed()
    if server.security == "starttls":
        if not connection.has_extn("starttls"):
            raise UntrustedServerError(server, reason=NO_STARTTLS)
        connection.starttls(context=context)
        connection.ehlo_or_helo_if_needed()
    if server.auth != "none" and not connection.has_extn("auth"):
        raise LoginRefusedError(server, reason=NO_LOGIN)
    if server.auth == "password":
        connection.login(server.user, secret)
    elif server.auth == "xoauth2":
        connection.auth("XOAUTH2", lambda challenge=None: _bearer(server, secret, challenge))


def imap_messages(server: Server, mailbox: str, since: date) -> Iterator[bytes]:
    """Yield the messages that a mailbox got on a day or later, oldest first, and mark none.

    Of a long one the beginning is read. Raise `MailServerError`.
    """
    with _telling(server), _reading(server) as connection:
        asked = connection.select(_quoted(_in_utf7(mailbox)), readonly=True)
        _answer(asked, server, mailbox)
        day = f"{since.day}-{MONTHS[since.month - 1]}-{since.year}"
        found = _answer(connection.uid("SEARCH", "SINCE", day), server, mailbox)
        numbers = [number.decode() for number in (found[0] or b"").split() if number.isdigit()]
        for first in range(0, len(numbers), AT_ONCE):
            some = ",".join(numbers[first : first + AT_ONCE])
            asked = connection.uid("FETCH", some, f"(BODY.PEEK[]<0.{MOST_OF_MESSAGE}>)")
            yield from (part[1] for part in _answer(asked, server, mailbox) if isinstance(part, tuple))


def _answer(answer: tuple[str, list[Any]], server: Server, mailbox: str) -> list[Any]:
    """Return the data of an answer. Raise `MailboxError` if it is a no."""
    status, data = answer
    if status != "OK":
        raise MailboxError(server, mailbox=mailbox)
    return data


@contextmanager
def _reading(server: Server) -> Iterator[imaplib.IMAP4]:
    """Yield a connection on which a mailbox can be read."""
    secret = _secret(server)
    context = ssl.create_default_context()
    connection: imaplib.IMAP4
    if server.security == "tls":
        connection = imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=server.seconds)
    else:
        connection = imaplib.IMAP4(server.host, server.port, timeout=server.seconds)
    try:
        if server.security == "starttls":
            if "STARTTLS" not in connection.capabilities:
                raise UntrustedServerError(server, reason=NO_STARTTLS)
            connection.starttls(context)
        try:
            if server.auth == "password":
                connection.login(_quoted(server.user), secret)
            elif server.auth == "xoauth2":
                connection.authenticate("XOAUTH2", lambda asked: _bearer(server, secret, asked).encode())
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            raise LoginRefusedError(server, reason=NO) from None
        yield connection
        connection.logout()
    finally:
        with suppress(OSError):
            connection.shutdown()


def _secret(server: Server) -> str:
    return "" if server.auth == "none" else server.secret.read()


def _bearer(server: Server, token: str, challenge: bytes | None) -> str:
    """Return the answer of XOAUTH2 to a challenge: who logs in, or nothing to what says why that failed."""
    return "" if challenge else f"user={server.user}\x01auth=Bearer {token}\x01\x01"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _in_utf7(mailbox: str) -> str:
    """Return the name of a mailbox as IMAP writes it (RFC 3501, 5.1.3)."""
    return re.sub("[^ -~]+|&", lambda match: f"&{_base64_of(match[0])}-", mailbox)


def _base64_of(text: str) -> str:
    encoded = "" if text == "&" else b64encode(text.encode("utf-16-be")).decode()
    return encoded.rstrip("=").replace("/", ",")


@contextmanager
def _telling(server: Server) -> Iterator[None]:
    """Raise `MailServerError` for what goes wrong between here and a server."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise UntrustedServerError(server, reason=error.verify_message) from None
    except CUT_OFF as error:
        reason = _too_slow(server) if isinstance(error.__context__, TimeoutError) else ENDED
        raise UnreachableServerError(server, reason=reason) from None
    except ssl.SSLError as error:
        raise UntrustedServerError(server, reason=error.reason or NO_TLS) from None
    except smtplib.SMTPAuthenticationError as error:
        raise LoginRefusedError(server, reason=Message("it answered {code}", code=error.smtp_code)) from None
    except smtplib.SMTPResponseException as error:
        reason = Message("it answered {code}", code=error.smtp_code)
        raise UnreachableServerError(server, reason=reason) from None
    except TimeoutError:
        raise UnreachableServerError(server, reason=_too_slow(server)) from None
    except OSError as error:
        raise UnreachableServerError(server, reason=error.strerror or type(error).__name__) from None
    except (smtplib.SMTPException, imaplib.IMAP4.error):
        raise UnreachableServerError(server, reason=NOT_UNDERSTOOD) from None


def _too_slow(server: Server) -> Message:
    return Message("it did not answer within {seconds} seconds", seconds=server.seconds)
