"""A process that sends is killed at any moment: no mail is lost, and second copies are the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from mailboxes import event_of, parsed
from smtp_server import post_office

from kultursam.mail.outbox import Outbox

SUPPORT = Path(__file__).parents[1] / "support"
KILLS = "KULTURSAM_TEST_KILLS"
"""The variable that asks for another number of kills, as the full test has 1,000 over 400 mails."""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_nothing_is_lost_and_copies_are_the_same(tmp_path: Path) -> None:
    """All mails arrive; any that do so twice have the same bytes; then the outbox is empty."""
    kills = int(os.environ.get(KILLS, "25"))
    meetings, persons = (20, 20) if kills >= 1000 else (10, 6)
    with post_office() as post:
        post.delay_of_answer = 0.002
        numbers = map(str, (post.port, meetings, persons, kills, 2025))
        paths = os.pathsep.join([*sys.path, str(SUPPORT)])
        done = subprocess.run(
            [sys.executable, str(SUPPORT / "killed_sender.py"), str(tmp_path), *numbers],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": paths},
        )
    killed, versions, status = map(int, done.stdout.split())
    assert (killed, status) == (kills, 0)
    copies = defaultdict[str, list[bytes]](list)
    arrived = defaultdict[tuple[str, str], list[int]](list)
    for _, receiver, raw in post.taken:
        message = parsed(raw)
        copies[str(message["Message-ID"])].append(raw)
        event = event_of(message)
        arrived[receiver, str(event["UID"])].append(int(event["SEQUENCE"]))
    assert len(arrived) == meetings * persons
    for sequences in arrived.values():
        assert sequences == sorted(sequences)
        assert set(sequences) == set(range(versions + 1))
    assert all(len(set(several)) == 1 for several in copies.values())
    assert not Outbox.read(tmp_path / "2025.jsonl").unsent
    twice = sum(len(several) > 1 for several in copies.values())
    print(f"killed {killed} times over {len(copies)} mails: {twice} delivered more than once")  # noqa: T201
