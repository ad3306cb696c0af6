"""Dovecot on this machine, with one mailbox: a real server that answers come to."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from smtp_server import USER, Certificates

READERS = Path(os.environ.get("KULTURSAM_READERS") or "/")
DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PARTS = [READERS / "dovecot" / "usr" / "lib" / "dovecot", Path("/usr/lib/dovecot")]
"""Where those of its programs may be that speak IMAP."""
PART = next((part for part in PARTS if (part / "imap").exists()), None)
CONFIGURATION = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
auth_mechanisms = plain login xoauth2
mail_location = maildir:{folder}/mail
default_internal_user = root
default_internal_group = root
default_login_user = dovenull
first_valid_uid = 1
first_valid_gid = 1
mail_uid = mail
mail_gid = mail
service anvil {{
  chroot =
}}
{services}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {plain}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls}
  }}
}}
passdb {{
  driver = static
  args = user={user} password={secret}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/home
}}
"""


@dataclass(frozen=True)
class PostBox:
    """A mailbox, and the ports that it can be read at."""

    folder: Path
    plain: int
    """Of STARTTLS."""
    tls: int

    def deliver(self, raw: bytes, day: date, mailbox: str = "") -> None:
        """Put a message into a mailbox, as if it came on a day."""
        new = self.folder / "mail" / mailbox / "new"
        for part in ("new", "cur", "tmp"):
            (new.parent / part).mkdir(parents=True, exist_ok=True)
            (new.parent / part).chmod(0o777)
        new.parent.chmod(0o777)
        number = len([*new.iterdir()])
        path = new / f"{number:05}.kultursam"
        path.write_bytes(raw)
        noon = datetime(day.year, day.month, day.day, 12).timestamp()  # noqa: DTZ001 - as the server reads it
        os.utime(path, (noon, noon))

    def state(self) -> dict[str, int]:
        """Return the messages by name, which holds their marks, and what they weigh."""
        mail = self.folder / "mail"
        return {
            str(path.relative_to(mail)): path.stat().st_size
            for part in ("new", "cur")
            for path in mail.rglob(f"{part}/*")
        }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
        return port


@contextmanager
def post_box(made: Certificates, secret: str) -> Iterator[PostBox]:
    """Yield a mailbox that a secret opens, be it a password or a token."""
    # Dovecot works as other users, to whom the folders of tests and of readers may be closed.
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("home", "mail"):
            (folder / part).mkdir()
            (folder / part).chmod(0o777)
        yield from _running(folder, made, secret)


def _running(folder: Path, made: Certificates, secret: str) -> Iterator[PostBox]:
    assert DOVECOT
    assert PART
    programs = [path.name for path in PART.glob("imap*")]
    for program in programs:
        shutil.copy(PART / program, folder)
    box = PostBox(folder, _free_port(), _free_port())
    configuration = CONFIGURATION.format(
        folder=folder,
        services="\n".join(f"service {name} {{\n  executable = {folder}/{name}\n}}" for name in programs),
        certificate=made.authority.with_name("server.pem"),
        plain=box.plain,
        tls=box.tls,
        user=USER,
        secret=secret,
    )
    (folder / "dovecot.conf").write_text(configuration, encoding="utf-8")
    command = [DOVECOT, "-F", "-c", str(folder / "dovecot.conf")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
        try:
            _wait_for(box.plain)
            yield box
        finally:
            running.terminate()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 5):
            return
        time.sleep(0.05)
    raise TimeoutError
