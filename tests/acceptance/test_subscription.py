"""People follow a feed: what a subscription client and a calendar server make of what is published."""

import os
import shutil
import socket
import subprocess
import threading
import time as clock
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ics_profile import check, compare, read, text
from optional_tools import missing

from kultursam.forumfile import yaml_source
from kultursam.forumfile.register import read_register
from kultursam.plans.model import Deadline, ForumRecord, Meeting, Plan, Status
from kultursam.render.ics import Calendars

READERS = Path(os.environ.get("KULTURSAM_READERS") or "/nonexistent")
"""A second environment that holds clients and servers which need not go together with the product."""
STAMP = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
FILE = b"""
name: Kultursamverkan
language: sv
timezone: Europe/Stockholm
domain: kultur.example
organisations: {hylte: {name: Hylte kommun, short: Hylte}}
forums:
  natverk:
    name: "N\xc3\xa4tverk: teckning, m\xc3\xa5leri; C:\\\\Ny"
    cadence: four times a year
    time: 09:00-12:00
    reminder: 1d
    contact: {name: "Berg, \xc3\x85sa", email: asa.berg@kultur.example}
    members: [{role: chef, from: [hylte]}]
"""


def program(name: str) -> str:
    """Find a program; where everything must be installed, fail without it, else skip."""
    path = f"{READERS / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return shutil.which(name, path=path) or missing(f"{name} (PyPI)")


def plan() -> Plan:
    """Make a plan of four meetings, with deadlines."""
    meetings = tuple(
        Meeting(
            id=f"natverk-2025-{number}",
            forum="natverk",
            number=number,
            date=date(2025, 3 * number, 4),
            start=time(9),
            end=time(12),
            created=STAMP,
            modified=STAMP,
            host="hylte",
        )
        for number in range(1, 5)
    )
    deadlines = tuple(
        Deadline(one.id, "Kallelse", one.date - timedelta(14), "natverk", 1, STAMP, STAMP) for one in meetings
    )
    forums = {"natverk": ForumRecord("Nätverk", ("hylte",), (("chef", ("hylte",)),))}
    return Plan(2025, "Kultursamverkan", "kultur.example", forums, meetings, deadlines)


def changed(old: Plan, number: int, **keys: object) -> Plan:
    """Change a meeting as the plan of record would."""
    one = old.meetings[number]
    later = one.modified + timedelta(days=1)
    new = replace(one, sequence=one.sequence + 1, modified=later, **keys)  # type: ignore[arg-type]
    return replace(old, meetings=(*old.meetings[:number], new, *old.meetings[number + 1 :]))


def calendars(of: Plan) -> Calendars:
    """Return the renderer of a plan."""
    found, problems = yaml_source.parse(FILE, "forums.yaml")
    assert found, problems
    register, problems = read_register(found)
    assert register, problems
    return Calendars(register, [of])


def feed(of: Plan) -> bytes:
    """Write a plan's feed."""
    data = calendars(of).calendar("Nätverk", of.meetings, feed=True)
    assert check(data, feed=True) == []
    return data


class Site:
    """A web server on this machine that publishes one feed."""

    def __init__(self) -> None:
        self.data = b""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/calendar; charset=utf-8")
                self.send_header("Content-Length", str(len(site.data)))
                self.end_headers()
                self.wfile.write(site.data)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/feed.ics"

    @contextmanager
    def open(self) -> Iterator[None]:
        """Serve for a while."""
        thread = threading.Thread(target=self._server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


CONFIG = """
[general]
status_path = "{home}/status"
[pair feed]
a = "web"
b = "disk"
collections = null
conflict_resolution = "a wins"
[storage web]
type = "http"
url = "{address}"
[storage disk]
type = "filesystem"
path = "{home}/items"
fileext = ".ics"
"""


class Subscriber:
    """Someone who follows a feed with vdirsyncer."""

    def __init__(self, home: Path, address: str) -> None:
        self._program = program("vdirsyncer")
        self._home = home
        (home / "items").mkdir()
        (home / "config").write_text(CONFIG.format(home=home, address=address), encoding="utf-8")
        self._run("discover", "feed")

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [self._program, "-v", "INFO", "-c", str(self._home / "config"), *command],
            check=False,
            capture_output=True,
            env={**os.environ, "HOME": str(self._home), "LC_ALL": "C.UTF-8"},
            timeout=60,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode() + done.stderr.decode()

    def fetch(self) -> list[str]:
        """Fetch the feed; give what was done to single events."""
        lines = self._run("sync").splitlines()
        return sorted(line.strip().split()[0] for line in lines if " item " in line)

    def events(self) -> dict[str, dict[str, str]]:
        """Return the properties of what is held now, by start.

        vdirsyncer gives events that come over http a UID of its own, made from their content.
        """
        items = [read(path.read_bytes()) for path in (self._home / "items").glob("*.ics")]
        events = [{line.name: text(line.value) for line in one.lines} for item in items for one in item.parts]
        return {event["DTSTART"]: event for event in events if "UID" in event}


def test_a_subscriber_sees_every_change(tmp_path: Path) -> None:
    """A moved meeting is replaced, a cancelled one kept and marked, an unchanged one left alone."""
    site = Site()
    first = plan()
    moved = changed(first, 1, date=date(2025, 6, 11), moved_from=first.meetings[1].date)
    cancelled = changed(moved, 2, status=Status.CANCELLED, reason="Sjukdom")
    with site.open():
        subscriber = Subscriber(tmp_path, site.address)
        site.data = feed(first)
        assert subscriber.fetch() == ["Copying"] * 4
        before = subscriber.events()
        assert sorted(before) == [f"2025{month}T090000" for month in ("0304", "0604", "0904", "1204")]
        assert {event["SUMMARY"] for event in before.values()} == {"Nätverk: teckning, måleri; C:\\Ny"}
        assert subscriber.fetch() == []

        site.data = feed(moved)
        assert subscriber.fetch() == ["Copying", "Deleting"]
        after = subscriber.events()
        assert before.keys() - after.keys() == {"20250604T090000"}
        assert after.keys() - before.keys() == {"20250611T090000"}
        assert after["20250611T090000"]["DESCRIPTION"].startswith("Flyttat från onsdag 4 juni 2025.")
        assert all(after[start] == before[start] for start in before.keys() & after.keys())

        site.data = feed(cancelled)
        assert subscriber.fetch() == ["Copying", "Deleting"]
        last = subscriber.events()
        assert last.keys() == after.keys()
        assert [start for start in last if last[start] != after[start]] == ["20250904T090000"]
        assert last["20250904T090000"]["STATUS"] == "CANCELLED"
        assert last["20250904T090000"]["SUMMARY"].startswith("INSTÄLLT: Nätverk")
        site.data = feed(replace(cancelled))
        assert subscriber.fetch() == []
    assert compare(feed(first), feed(moved)) == compare(feed(moved), feed(cancelled)) == []


@contextmanager
def server(home: Path) -> Iterator[HTTPConnection]:
    """Run Radicale, a CalDAV server, on this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "--server-hosts": f"127.0.0.1:{port}",
        "--auth-type": "none",
        "--rights-type": "authenticated",
        "--storage-filesystem-folder": str(home),
    }
    arguments = [part for option in options.items() for part in option]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen([program("radicale"), "--config", "", *arguments], stdout=log, stderr=log)
    try:
        yield connected(port)
    finally:
        process.terminate()
        process.wait(timeout=20)


def connected(port: int) -> HTTPConnection:
    """Wait for a server to answer."""
    for _ in range(200):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=20)
            connection.connect()
        except OSError:
            clock.sleep(0.1)
        else:
            return connection
    pytest.fail("the server does not answer")


def ask(connection: HTTPConnection, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    """Send a request; give status and answer."""
    credentials = {"Authorization": "Basic dGVzdDp0ZXN0", "Content-Type": "text/calendar; charset=utf-8"}
    connection.request(method, path, body, credentials)
    response = connection.getresponse()
    return response.status, response.read()


def test_a_server_takes_every_event(tmp_path: Path) -> None:
    """Radicale takes meetings in each state, and deadlines, and gives them back as they were."""
    states = changed(plan(), 1, status=Status.CONFIRMED)
    states = changed(states, 2, status=Status.CANCELLED)
    renderer = calendars(states)
    files = [renderer.calendar("En", [one], feed=False) for one in states.meetings]
    files += [renderer.calendar("En", [one], feed=False) for one in states.deadlines]
    with server(tmp_path) as connection:
        assert ask(connection, "MKCALENDAR", "/test/calendar/")[0] == 201
        for data in files:
            event = read(data).inner("VEVENT")[0]
            path = f"/test/calendar/{event.value('UID').partition('@')[0]}.ics"
            status, answer = ask(connection, "PUT", path, data)
            assert status == 201, answer
            _, answer = ask(connection, "GET", path)
            returned = read(answer).inner("VEVENT")[0]
            assert {line.name for line in returned.lines} == {line.name for line in event.lines}
            for name in ("UID", "DTSTART", "DTEND", "SUMMARY", "STATUS", "SEQUENCE", "DESCRIPTION"):
                assert text(returned.value(name)) == text(event.value(name))
        status, answer = ask(connection, "PUT", "/test/whole/", feed(states))
        assert status == 201, answer
