"""Sends the mails of a year again and again, each time killed at some moment, the last time not.

It is a process of its own: folder, port, meetings, persons, kills and a seed are its arguments.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from invited_year import MADE, Office, meeting, people, person, year

from kultursam.mail.outbox import Outbox
from kultursam.mail.settings import Server
from kultursam.mail.transport import Mailer

LONGEST = 0.05
"""Seconds until a process is killed once it has begun, at most: enough to send some mails."""
PATIENCE = 1.0
"""Seconds until one that notes nothing is killed."""


def office(outbox: Path, meetings: int, persons: int, version: int) -> Office:
    """Return an office that has meetings times persons mails to send, anew for each version."""
    first = date(2025, 1, 7)
    days = [str(first + timedelta(days=7 * number)) for number in range(meetings)]
    facts: dict[str, object] = {"place": f"Sal {version}", "sequence": version}
    held = [meeting("styrgrupp", number, day, **facts) for number, day in enumerate(days, 1)]
    roles = [("chef", "region"), ("chef", "varberg"), ("sekreterare", "region")]
    everybody = [person(*roles[number % 3], f"p{number}@mail.example") for number in range(persons)]
    return Office(year(held), people(*everybody), Outbox.read(outbox))


def size_of(path: Path) -> int:
    """Return the size of a file that may be missing."""
    return path.stat().st_size if path.exists() else 0


def _begun(child: int, outbox: Path, size: int) -> None:
    """Wait until a process notes something."""
    ends = time.monotonic() + PATIENCE
    while size_of(outbox) == size and time.monotonic() < ends and not _ended(child):
        time.sleep(0.0005)


def _ended(child: int) -> bool:
    """Return whether a process has ended; its status can still be had."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def main() -> None:
    """Do as the arguments say; print how often a process was killed while it worked, and the last version."""
    folder, port, meetings, persons, kills, seed = sys.argv[1], *map(int, sys.argv[2:])
    chance = random.Random(seed)  # noqa: S311 - no secret
    outbox, killed, version, status = Path(folder) / "2025.jsonl", 0, 0, 0
    while True:
        child = os.fork()
        if child == 0:
            here = office(outbox, meetings, persons, version)
            with Mailer(Server("127.0.0.1", port, "none")) as mailer:
                report = here.send(mailer, MADE)
            os._exit(0 if report.complete else 1)
        if killed < kills:
            # Some before they have begun, most while they note, send, and note what became of it.
            if chance.random() < 0.9:
                _begun(child, outbox, size_of(outbox))
            time.sleep(chance.uniform(0, LONGEST))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            killed += 1
        elif killed < kills:
            version += 1
        else:
            break
    print(killed, version, os.waitstatus_to_exitcode(status))  # noqa: T201 - it is a program


if __name__ == "__main__":
    main()
