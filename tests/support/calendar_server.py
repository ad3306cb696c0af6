"""A server of calendars on this machine, by https, that may do to its clients whatever a server can."""

from __future__ import annotations

import gzip
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

CALENDAR = b"text/calendar; charset=utf-8"


@dataclass(frozen=True)
class Request:
    """What somebody asked for."""

    path: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Said:
    """What the server says to a request."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    """What it says of the length of its body, if that is not the truth."""

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        """Say it."""
        handler.send_response(self.status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(self.body) if self.length is None else self.length))
        handler.end_headers()
        handler.wfile.write(self.body)


def page() -> Said:
    """Say a page of a login."""
    return Said(b"\n<!DOCTYPE html><html><body>Logga in</body></html>", headers={"Content-Type": "text/html"})


def redirect(to: str, status: int = 302) -> Said:
    """Send on."""
    return Said(status=status, headers={"Location": to})


def packed(body: bytes) -> Said:
    """Say something packed."""
    return Said(gzip.compress(body), headers={"Content-Encoding": "gzip"})


def versioned(body: bytes, etag: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Say something to whoever does not know it yet."""

    def say(handler: BaseHTTPRequestHandler) -> None:
        headers = {"ETag": etag, "Last-Modified": "Mon, 02 Sep 2024 10:00:00 GMT"}
        known = handler.headers.get("If-None-Match") == etag
        Said(b"" if known else body, 304 if known else 200, headers)(handler)

    return say


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Say a body without end."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b"X-NOTHING:" + b"x" * 100_000 + b"\r\n")


def dripping_headers(handler: BaseHTTPRequestHandler) -> None:
    """Say header lines, a letter at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    _drip(handler)


def dripping_body(handler: BaseHTTPRequestHandler) -> None:
    """Say a body, a letter at a time."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    _drip(handler)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(400):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def hanging_up(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing."""
    handler.close_connection = True


@dataclass
class CalendarServer:
    """A server on 127.0.0.1, and who vouches for it."""

    port: int
    authority: Path
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        """The environment of a run that trusts the server."""
        return {"SSL_CERT_FILE": str(self.authority)}

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Return the address of a path."""
        return f"https://{host}:{self.port}/{path}"

    def publish(self, folder: Path) -> None:
        """Answer with the files of a folder, as they are now, each with its version."""
        for path in folder.rglob("*.ics"):
            data = path.read_bytes()
            self.answers[f"/{path.relative_to(folder).as_posix()}"] = versioned(data, f'"{hash(data)}"')


@contextmanager
def serving(folder: Path, *hosts: str, by: trustme.CA | None = None) -> Iterator[CalendarServer]:
    """Yield a server that has a certificate for some hosts, by an authority whose file lies in a folder."""
    authority = trustme.CA()
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(file)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Note a request, and answer it."""
            self.close_connection = True
            server.requests.append(Request(self.path, dict(self.headers.items())))
            with suppress(OSError):
                server.answers.get(self.path, Said(b"no", 404))(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """Say nothing of clients that hang up."""

    httpd = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (by or authority).issue_cert(*(hosts or ("127.0.0.1", "localhost"))).configure_cert(context)
    httpd.socket = context.wrap_socket(httpd.socket, server_side=True, do_handshake_on_connect=False)
    server = CalendarServer(httpd.server_address[1], file)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()
