"""Cyrus IMAP with a mailbox and a calendar for each of some users: mails come in, and calendars follow them.

In its Sieve language there is `processimip`: a mail with an invitation changes the calendar by itself.
"""

from __future__ import annotations

import base64
import imaplib
import os
import re
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import icalendar
from mailboxes import Shown, shown_of

BINARIES = Path("/usr/lib/cyrus/bin")
NEEDED = [
    *(BINARIES / name for name in ("master", "imapd", "httpd", "lmtpd", "sievec")),
    Path("/usr/sbin/saslpasswd2"),
]
HOST, ADMIN, SECRET = "127.0.0.1", "cyrus", "secret"
SETTINGS = """
configdirectory: {folder}/conf
defaultpartition: default
partition-default: {folder}/mail
proc_path: {folder}/proc
mboxname_lockpath: {folder}/lock
lmtpsocket: {folder}/conf/socket/lmtp
sievedir: {folder}/sieve
admins: cyrus
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {folder}/sasldb2
sasl_mech_list: PLAIN LOGIN
httpmodules: caldav
caldav_allowscheduling: yes
calendar_user_address_set: {domain}
virtdomains: no
unixhierarchysep: no
altnamespace: no
servername: localhost
duplicatesuppression: no
"""
SERVICES = """
START {{ recover cmd="{binaries}/ctl_cyrusdb -C {folder}/imapd.conf -r" }}
SERVICES {{
  imap cmd="{binaries}/imapd -C {folder}/imapd.conf" listen="127.0.0.1:{imap}" prefork=0
  http cmd="{binaries}/httpd -C {folder}/imapd.conf" listen="127.0.0.1:{http}" prefork=0
  lmtp cmd="{binaries}/lmtpd -C {folder}/imapd.conf -a" listen="127.0.0.1:{lmtp}" prefork=0
}}
EVENTS {{
}}
"""
SIEVE = 'require ["vnd.cyrus.imip"];\nprocessimip;\n'
QUERY = """<?xml version="1.0"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>"""


def lacking() -> str:
    """Return what a test needs and does not have; nothing if it has all."""
    absent = [path.name for path in NEEDED if not path.exists()]
    if absent:
        return f"{', '.join(absent)} (Debian's cyrus-imapd, cyrus-caldav and sasl2-bin)"
    return "" if os.geteuid() == 0 else "a user who may start Cyrus, root"


@dataclass(frozen=True)
class Cyrus:
    """A running server."""

    http: int
    lmtp: int

    def deliver(self, user: str, raw: bytes) -> None:
        """Bring a mail to a user."""
        with smtplib.LMTP(HOST, self.lmtp) as server:
            refused = server.sendmail("moten@kultur.example", [user], raw)
        assert not refused, refused

    def calendar(self, user: str) -> list[Shown]:
        """Return the entries of a user's calendar."""
        found = self.dav(user, "REPORT", f"/dav/calendars/user/{user}/Default/", QUERY)
        texts = re.findall(r"<!\[CDATA\[(BEGIN:VCALENDAR.*?)\]\]>", found, re.DOTALL)
        return [
            shown_of(event) for text in texts for event in icalendar.Calendar.from_ical(text).walk("VEVENT")
        ]

    def dav(self, user: str, method: str, path: str, body: str = "") -> str:
        """Ask for something of a user's calendars; return the answer."""
        login = base64.b64encode(f"{user}:{SECRET}".encode()).decode()
        connection = HTTPConnection(HOST, self.http, timeout=30)
        try:
            head = {"Authorization": f"Basic {login}", "Depth": "1", "Content-Type": "text/xml"}
            connection.request(method, path, body, head)
            answer = connection.getresponse()
            text = answer.read().decode()
            assert answer.status == 207, (answer.status, text)
            return text
        finally:
            connection.close()


@contextmanager
def cyrus(domain: str, users: Iterable[str]) -> Iterator[Cyrus]:
    """Yield a server with some users, whose addresses are in a domain."""
    folder = Path(tempfile.mkdtemp(prefix="cyrus-"))
    ports = dict(zip(("imap", "http", "lmtp"), _free_ports(3), strict=True))
    users = list(users)
    try:
        for name in ("conf/socket", "mail", "proc", "lock", "sieve"):
            (folder / name).mkdir(parents=True)
        (folder / "imapd.conf").write_text(SETTINGS.format(folder=folder, domain=domain))
        (folder / "cyrus.conf").write_text(SERVICES.format(folder=folder, binaries=BINARIES, **ports))
        (folder / "script").write_text(SIEVE)
        for user in (ADMIN, *users):
            command = ["saslpasswd2", "-p", "-c", "-f", str(folder / "sasldb2"), "-u", "localhost", user]
            subprocess.run(command, input=SECRET.encode(), check=True)
        _give_away(folder)
        files = {"-C": "imapd.conf", "-M": "cyrus.conf", "-p": "pid"}
        options = [part for key, name in files.items() for part in (key, str(folder / name))]
        with (folder / "log").open("wb") as log:
            master = subprocess.Popen([str(BINARIES / "master"), *options], stdout=log, stderr=log)
        try:
            _add(users, folder, ports["imap"])
            server = Cyrus(ports["http"], ports["lmtp"])
            for user in users:
                server.dav(user, "PROPFIND", f"/dav/calendars/user/{user}/")
            yield server
        finally:
            master.terminate()
            master.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_ports(number: int) -> list[int]:
    sockets = [socket.socket() for _ in range(number)]
    for one in sockets:
        one.bind((HOST, 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _give_away(folder: Path) -> None:
    """Let the server have a folder: it gives up being root."""
    subprocess.run(["chown", "-R", "cyrus:mail", folder], check=True)
    folder.chmod(0o755)


def _add(users: Iterable[str], folder: Path, port: int) -> None:
    """Make the mailboxes of users, with a Sieve script for each."""
    connection = _connected(port)
    connection.login(ADMIN, SECRET)
    for user in users:
        _, said = connection.create(f"user.{user}")
        match = re.search(rb"MAILBOXID \((\w+)\)", said[0] or b"")
        assert match, said
        key = match[1].decode()
        scripts = folder / "sieve" / "uuid" / key[0] / key[1] / key
        scripts.mkdir(parents=True)
        parts = (BINARIES / "sievec", "-C", folder / "imapd.conf", folder / "script", scripts / "default.bc")
        command = [str(part) for part in parts]
        subprocess.run(command, check=True, capture_output=True)
        (scripts / "default.script").write_text(SIEVE)
        (scripts / "defaultbc").symlink_to("default.bc")
    connection.logout()
    _give_away(folder / "sieve")


def _connected(port: int) -> imaplib.IMAP4:
    for _ in range(100):
        try:
            return imaplib.IMAP4(HOST, port)
        except OSError:
            time.sleep(0.1)
    return imaplib.IMAP4(HOST, port)
