"""Downloading: what a server may do, and what comes of it. Every server here is on this machine."""

from __future__ import annotations

import gzip
import socket
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from calendar_server import (
    CalendarServer,
    Said,
    dripping_body,
    dripping_headers,
    endless,
    hanging_up,
    packed,
    redirect,
    serving,
    versioned,
)

from kultursam.fetch import download as module
from kultursam.fetch.download import (
    Address,
    Answer,
    CertificateError,
    CutOffError,
    DamagedError,
    DownloadError,
    LocalAddressError,
    NotAnAddressError,
    RedirectError,
    StatusError,
    TooLargeError,
    TooManyRedirectsError,
    TooSlowError,
    UnauthorisedError,
    UnreachableError,
    Validators,
    download,
)

BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CalendarServer]:
    """Return a server that is trusted."""
    with serving(tmp_path) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        yield server


def ask(url: str, known: Validators | None = None) -> Answer:
    """Download from this machine."""
    return download(Address.of(url), known or Validators(), may_be_local=True)


def test_a_file_is_downloaded_once_and_asked_for_by_its_version(server: CalendarServer) -> None:
    """What the server said of the version is said back to it; it answers that nothing is new."""
    server.answers["/a.ics"] = versioned(BODY, '"v1"')
    first = ask(server.url("a.ics"))
    assert (first.data, first.validators.etag) == (BODY, '"v1"')
    assert first.validators.modified == "Mon, 02 Sep 2024 10:00:00 GMT"
    assert ask(server.url("a.ics"), first.validators).data is None
    asked = server.requests[-1].headers
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"v1"', first.validators.modified)
    assert "Authorization" not in asked
    assert "Cookie" not in asked


def test_what_is_packed_is_unpacked(server: CalendarServer) -> None:
    """Servers pack what they send."""
    server.answers["/a.ics"] = packed(BODY)
    assert ask(server.url("a.ics")).data == BODY
    assert server.requests[-1].headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Said(b"no", 404), StatusError),
        (Said(b"", 500), StatusError),
        (Said(b"", 304), StatusError),
        (Said(b"", 204), StatusError),
        (Said(b"", 401), UnauthorisedError),
        (Said(b"", 403), UnauthorisedError),
        (Said(BODY, length=1000), CutOffError),
        (hanging_up, CutOffError),
        (endless, TooLargeError),
        (packed(bytes(module.MAX_BYTES + 1)), TooLargeError),
        (Said(gzip.compress(BODY)[:-9], headers={"Content-Encoding": "gzip"}), CutOffError),
        (Said(BODY, headers={"Content-Encoding": "gzip"}), DamagedError),
        (Said(BODY, headers={"Content-Encoding": "br"}), DamagedError),
        (Said(BODY, headers={"Transfer-Encoding": "chunked"}), CutOffError),
        (redirect("http://127.0.0.1/a.ics"), RedirectError),
        (redirect("file:///etc/passwd"), RedirectError),
        (redirect(""), TooManyRedirectsError),
        (redirect("/a.ics"), TooManyRedirectsError),
        (redirect("https://[::1"), RedirectError),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_a_server_may_do_is_told(
    server: CalendarServer, said: Callable[..., None], error: type[DownloadError]
) -> None:
    """Each fault has its own sentence, and none names the path, in which a secret may stand."""
    server.answers["/a.ics?key=s3cret"] = server.answers["/a.ics"] = said
    with pytest.raises(error) as raised:
        ask(server.url("a.ics?key=s3cret"))
    assert "s3cret" not in f"{raised.value!r} {raised.value.__cause__!r} {raised.value.__context__!r}"
    assert len(server.requests) <= module.MAX_REDIRECTS + 1


def test_what_unpacks_to_more_than_is_read_takes_no_memory(server: CalendarServer) -> None:
    """It is unpacked up to the limit, and no further."""
    packer = zlib.compressobj(1, wbits=31)
    bomb = b"".join(packer.compress(bytes(module.MAX_BYTES)) for _ in range(20)) + packer.flush()
    server.answers["/a.ics"] = Said(bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError):
            ask(server.url("a.ics"))
        assert tracemalloc.get_traced_memory()[1] < 5 * module.MAX_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("said", [dripping_headers, dripping_body])
def test_no_server_holds_a_run_up(
    server: CalendarServer, said: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that sends a letter now and then is left when the time is over."""
    monkeypatch.setattr(module, "SECONDS", 0.4)
    server.answers["/a.ics"] = said
    with pytest.raises(TooSlowError):
        ask(server.url("a.ics"))


def test_a_server_that_never_shakes_hands_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is one that takes the connection and says nothing."""
    monkeypatch.setattr(module, "SECONDS", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TooSlowError):
        ask(f"https://127.0.0.1:{silent.getsockname()[1]}/")


def test_a_server_that_is_not_there_is_told() -> None:
    """A port that nobody listens on, and a name that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(UnreachableError, match="reached"):
        ask(f"https://127.0.0.1:{port}/")
    with pytest.raises(UnreachableError):
        ask("https://nobody.invalid/")


def test_a_server_that_nobody_vouches_for_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither another authority, nor a certificate of another name, nor no TLS at all will do."""
    for hosts, authority in ((("127.0.0.1",), trustme.CA()), (("other.example",), None)):
        with serving(tmp_path, *hosts, by=authority) as server:
            monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
            server.answers["/"] = Said(BODY)
            with pytest.raises(CertificateError):
                ask(server.url(""))
            assert not server.requests


def test_a_redirect_is_followed(server: CalendarServer) -> None:
    """On the same server, with what it sets of non-ASCII, and to another one."""
    server.answers["/a.ics"] = redirect("/b%C3%A5.ics?x=1&y=%2F", 308)
    server.answers["/b%C3%A5.ics?x=1&y=%2F"] = redirect(server.url("c.ics", "localhost"), 301)
    server.answers["/c.ics"] = Said(BODY)
    assert ask(server.url("a.ics")).data == BODY
    assert server.requests[-1].headers["Host"] == f"localhost:{server.port}"


def test_credentials_stay_with_their_server(server: CalendarServer) -> None:
    """A redirect to another server does not take them along, nor bring others in."""
    server.answers["/a.ics"] = redirect("/b.ics")
    server.answers["/b.ics"] = redirect(f"https://evil:evil@localhost:{server.port}/c.ics")
    server.answers["/c.ics"] = Said(BODY)
    address = Address.of(f"https://an%20a:b%3Ac@127.0.0.1:{server.port}/a.ics")
    assert download(address, Validators(), may_be_local=True).data == BODY
    sent = [request.headers.get("Authorization") for request in server.requests]
    assert sent == ["Basic YW4gYTpiOmM=", "Basic YW4gYTpiOmM=", None]
    assert "b%3Ac" not in repr(address)
    assert "YW4g" not in repr(address)


# --- which addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
        *("169.254.169.254", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1"),
        *("::1", "::", "fe80::1%lo", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::"),
        *("2002:c0a8:101::", "2001:0:7f00:1::"),
    ],
)
def test_no_address_of_the_local_network_is_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever form it takes, and whatever name leads there; nobody connects."""
    connected = refuse_connections(monkeypatch)
    answer_names(monkeypatch, [address])
    with pytest.raises(LocalAddressError):
        download(Address.of("https://calendar.example/"), Validators())
    answer_names(monkeypatch, ["93.184.216.34", address])
    with pytest.raises(LocalAddressError):
        download(Address.of("https://calendar.example/"), Validators())
    assert not connected


def test_what_a_name_means_later_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is made to the address that was checked, though the name leads elsewhere by then."""
    connected = refuse_connections(monkeypatch)
    answer_names(monkeypatch, ["93.184.216.34", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"], ["127.0.0.1"])
    with pytest.raises(UnreachableError):
        download(Address.of("https://calendar.example/"), Validators())
    assert connected == ["93.184.216.34", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]


def test_nobody_outside_sends_into_the_local_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the local network is allowed, a server outside does not choose what is asked there."""
    answer_names(monkeypatch, ["93.184.216.34"], ["10.0.0.1"])
    inside = Address.of("https://intranet.example/")
    monkeypatch.setattr(module, "_ask_at", lambda *_: inside)
    with pytest.raises(LocalAddressError):
        download(Address.of("https://calendar.example/"), Validators(), may_be_local=True)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://a.example/",
            "https://",
            "https:///x",
            "//a.example",
            "https://a.example:x/",
            "https://[::1",
        ),
        *("x", "", "https://a.example/\r\nX: y", "https://a..b.example/", "ftp://a.example/"),
    ],
)
def test_only_addresses_of_https_are_asked(url: str) -> None:
    """All else is refused, in a sentence that does not repeat it."""
    with pytest.raises(NotAnAddressError) as raised:
        Address.of(url)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_addresses_are_written_as_the_web_has_them() -> None:
    """Names and paths beyond ASCII are encoded, once."""
    address = Address.of("https://Råd.example/möten/a%20b.ics?f=å&g=%C3%A5#x")
    assert address.server == "xn--rd-yia.example"
    assert address.target == "/m%C3%B6ten/a%20b.ics?f=%C3%A5&g=%C3%A5"


@pytest.mark.parametrize("text", ['"a\r\nX: y"', '"å"', '"' + "x" * 300 + '"', None])
def test_a_version_that_cannot_be_said_back_is_forgotten(text: str | None) -> None:
    """No server writes header lines of ours."""
    assert Validators.of(text, text).headers == {}


def refuse_connections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let every connection be refused; return where they were to lead."""
    connected: list[str] = []

    def connect(_: socket.socket, address: tuple[str, int]) -> None:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect, raising=False)
    return connected


def answer_names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
    """Let names lead to these addresses, one list after the other, and the last from then on."""
    original, left = socket.getaddrinfo, [*answers]

    def look_up(host: str, port: int, *arguments: int, **keywords: int) -> list[Any]:
        if host.endswith(".example"):
            addresses = left.pop(0) if len(left) > 1 else left[0]
            return [(0, 0, 0, "", (address, port)) for address in addresses]
        return original(host, port, *arguments, **keywords)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
