"""Downloads a file by https: the only module that opens a network connection.

The server is whoever the forum file names, so nothing of what it does is trusted. Its name is looked up here,
each address is checked, and the connection is made to a checked address, not to the name: what a second
look-up would say does not matter. Redirects are followed by hand. Everything that is read ends at one
deadline and one size, header lines and what gzip unfolds to included.
"""

import ipaddress
import socket
import ssl
import time
import zlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

import urllib3

from kultursam.i18n import N_, Message

MAX_BYTES = 10 * 1024 * 1024
"""Of a file, as it is sent and as it is unfolded."""
SECONDS, SECONDS_TO_CONNECT = 30.0, 10.0
"""For a download as a whole, and for each address of its server."""
MAX_REDIRECTS = 5
CHUNK = 64 * 1024
OK, NOT_MODIFIED = 200, 304
REDIRECTS = {301, 302, 303, 307, 308}
UNAUTHORISED = {401, 403}
NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Addresses that stand for those of IPv4, in their last four bytes."""
IN_PATH = "/%:@!$&'()*+,;=~-._"
"""What stays as it is in a path, beside letters and digits: nothing is encoded twice."""


class DownloadError(Exception):
    """Nothing was downloaded. The sentence names no address: that may hold a secret."""

    sentence = ""
    is_answer = True
    """Whether the server gave an answer that somebody must look at, and trying again is no use."""

    def __init__(self, **values: object) -> None:
        super().__init__(Message(self.sentence, **values))


class NotAnAddressError(DownloadError):
    """A text is no address to download from."""

    sentence = N_("the address must begin with https:// and name a server")


class UnreachableError(DownloadError):
    """No connection could be made."""

    sentence = N_("{host} cannot be reached: {reason}")
    is_answer = False


class LocalAddressError(DownloadError):
    """The server has an address of the local network."""

    sentence = N_('{host} is in the local network; if that is right, write "local: yes" beside the url')


class CertificateError(DownloadError):
    """Nobody vouches for the server, or it does not speak TLS."""

    sentence = N_("{host} cannot be trusted: {reason}")


class TooSlowError(DownloadError):
    """It took too long."""

    sentence = N_("{host} took longer than {seconds} seconds")
    is_answer = False


class TooLargeError(DownloadError):
    """The file is too large."""

    sentence = N_("the file is larger than {size} MiB")


class CutOffError(DownloadError):
    """The connection ended before the answer did."""

    sentence = N_("{host} ended the connection before the answer was whole")
    is_answer = False


class DamagedError(DownloadError):
    """What came cannot be unfolded."""

    sentence = N_("{host} sent what cannot be unpacked")


class UnauthorisedError(DownloadError):
    """The server wants to know who asks."""

    sentence = N_("{host} wants other credentials (it answered {status})")


class StatusError(DownloadError):
    """The server does not have the file, or is in trouble."""

    sentence = N_("{host} answered {status}")

    def __init__(self, host: str, status: int) -> None:
        super().__init__(host=host, status=status)
        self.is_answer = status < 500


class RedirectError(DownloadError):
    """The server sends to where nobody follows."""

    sentence = N_("{host} sends on to an address that is not https")


class TooManyRedirectsError(DownloadError):
    """The server sends on and on."""

    sentence = N_("{host} sends on more than {number} times")


@dataclass(frozen=True, slots=True)
class Address:
    """Where to download from."""

    url: str = field(repr=False)
    host: str
    port: int
    target: str = field(repr=False)
    credentials: str = field(repr=False)
    """The value of an Authorization header, or nothing."""

    @classmethod
    def of(cls, url: str) -> Self:
        """Return the address that a text is. Raise `NotAnAddressError`."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").encode("idna").decode(), parts.port or 443
        except ValueError:
            # Not in a chain: the cause holds the text.
            raise NotAnAddressError from None
        if parts.scheme != "https" or not host or not url.isprintable():
            raise NotAnAddressError
        query = f"?{quote(parts.query, safe=IN_PATH + '?')}" if parts.query else ""
        target = quote(parts.path or "/", safe=IN_PATH) + query
        named = parts.username or parts.password
        secret = b":".join(unquote_to_bytes(part or "") for part in (parts.username, parts.password))
        return cls(url, host, port, target, f"Basic {b64encode(secret).decode()}" if named else "")

    @property
    def server(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == 443 else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Validators:
    """By what a server knows the version of a file that it sent before."""

    etag: str = ""
    modified: str = ""

    @classmethod
    def of(cls, etag: str | None, modified: str | None) -> Self:
        """Return validators, as far as they can be sent back."""
        return cls(*(text if text and _can_be_sent(text) else "" for text in (etag, modified)))

    @property
    def headers(self) -> dict[str, str]:
        """The headers that ask for a newer version only."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in headers.items() if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent: the file, or nothing if it has not changed."""

    data: bytes | None
    validators: Validators


def download(address: Address, known: Validators, *, may_be_local: bool = False) -> Answer:
    """Return a file, unless it is still the version that is known. Raise `DownloadError`.

    Credentials go to the server that they were given for, and to no other. A server of the local network,
    where it is allowed, may send on within it; one outside never sends anybody there.
    """
    deadline = time.monotonic() + SECONDS
    first = address
    for _ in range(MAX_REDIRECTS + 1):
        addresses = _look_up(address)
        is_local = any(map(_is_local, addresses))
        if is_local and not may_be_local:
            raise LocalAddressError(host=address.host)
        may_be_local = is_local
        headers = dict(known.headers)
        if address.server == first.server and first.credentials:
            headers["Authorization"] = first.credentials
        found = _ask(address, addresses, headers, deadline)
        if isinstance(found, Answer):
            return found
        address = found
    raise TooManyRedirectsError(host=first.host, number=MAX_REDIRECTS)


def _can_be_sent(text: str) -> bool:
    return len(text) <= 200 and text.isascii() and text.isprintable()


def _look_up(address: Address) -> list[str]:
    """Return the network addresses of a server."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachableError(host=address.host, reason=Message("the name is not known")) from error
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def _is_local(address: str) -> bool:
    """Return whether an address is of this machine, of the local network or of a group, not of one server."""
    whole = ipaddress.ip_address(address.partition("%")[0])
    meant: list[Any] = [whole]
    if isinstance(whole, ipaddress.IPv6Address):
        meant += filter(None, (whole.ipv4_mapped, whole.sixtofour, *(whole.teredo or ())))
        if whole in NAT64:
            meant.append(ipaddress.IPv4Address(int(whole) & 0xFFFFFFFF))
        if whole.is_site_local:
            return True
    return any(not one.is_global or one.is_multicast for one in meant)


def _ask(address: Address, at: list[str], headers: dict[str, str], deadline: float) -> Answer | Address:
    """Return what a server answers, or where it sends on to; each of its network addresses is tried."""
    failure: DownloadError = UnreachableError(host=address.host, reason="")
    for one in at:
        try:
            return _ask_at(address, one, headers, deadline)
        except urllib3.exceptions.NewConnectionError as error:
            reason = getattr(error.__cause__, "strerror", None) or Message("no connection")
            failure = UnreachableError(host=address.host, reason=reason)
        except (urllib3.exceptions.TimeoutError, TimeoutError):
            failure = TooSlowError(host=address.host, seconds=int(SECONDS))
        except (urllib3.exceptions.SSLError, ssl.SSLError) as error:
            cause = error.args[0] if error.args else error
            reason = getattr(cause, "verify_message", "") or Message("it speaks no TLS that is safe")
            failure = CertificateError(host=address.host, reason=reason)
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            failure = CutOffError(host=address.host)
    # Not in a chain: what the library says holds the address.
    raise failure


def _ask_at(address: Address, at: str, headers: dict[str, str], deadline: float) -> Answer | Address:
    seconds = min(_left(deadline), SECONDS_TO_CONNECT)
    with (
        urllib3.HTTPSConnectionPool(
            at,
            address.port,
            server_hostname=address.host,
            ssl_context=_context(deadline),
            timeout=urllib3.Timeout(connect=seconds, read=seconds),
        ) as pool,
        closing(
            pool.urlopen(
                "GET",
                address.target,
                headers={
                    "Host": address.server,
                    "User-Agent": "kultursam",
                    "Accept": "text/calendar, */*;q=0.1",
                    "Accept-Encoding": "gzip",
                    **headers,
                },
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
            )
        ) as response,
    ):
        if response.status in REDIRECTS:
            return _next(address, response.headers.get("Location", ""))
        validators = Validators.of(response.headers.get("ETag"), response.headers.get("Last-Modified"))
        if response.status == NOT_MODIFIED and {"If-None-Match", "If-Modified-Since"} & headers.keys():
            return Answer(None, validators)
        if response.status in UNAUTHORISED:
            raise UnauthorisedError(host=address.host, status=response.status)
        if response.status != OK:
            raise StatusError(address.host, response.status)
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        sent = _at_most(response.stream(CHUNK, decode_content=False))
        return Answer(_unfolded(address, encoding, b"".join(sent)), validators)


def _context(deadline: float) -> ssl.SSLContext:
    """Return how certificates are checked: by the system's own list. No read lasts beyond the deadline."""

    class Socket(ssl.SSLSocket):
        def recv_into(self, *arguments: Any, **keywords: Any) -> int:  # noqa: ANN401 - as the socket has it
            self.settimeout(_left(deadline))
            return super().recv_into(*arguments, **keywords)

    context = ssl.create_default_context()
    context.sslsocket_class = Socket
    return context


def _left(deadline: float) -> float:
    """Return the seconds to a deadline. Raise `TimeoutError` if there are none."""
    if (seconds := deadline - time.monotonic()) <= 0:
        raise TimeoutError
    return seconds


def _next(address: Address, location: str) -> Address:
    """Return where a server sends on to; credentials in there are not for us to use."""
    try:
        # A header is bytes; what is beyond ASCII in it is UTF-8, if it is anything.
        return Address.of(urljoin(address.url, location.encode("latin-1").decode()))
    except (ValueError, NotAnAddressError):
        raise RedirectError(host=address.host) from None


def _at_most(chunks: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_BYTES:
            raise TooLargeError(size=MAX_BYTES // 1024 // 1024)
        yield chunk


def _unfolded(address: Address, encoding: str, data: bytes) -> bytes:
    """Return what data of an encoding hold."""
    if encoding in {"", "identity"}:
        return data
    if encoding not in {"gzip", "x-gzip"}:
        raise DamagedError(host=address.host)
    packed = zlib.decompressobj(wbits=31)
    try:
        unfolded = packed.decompress(data, MAX_BYTES + 1)
    except zlib.error as error:
        raise DamagedError(host=address.host) from error
    if len(unfolded) > MAX_BYTES:
        raise TooLargeError(size=MAX_BYTES // 1024 // 1024)
    if not packed.eof:
        raise CutOffError(host=address.host)
    return unfolded
