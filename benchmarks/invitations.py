"""How long invitations take for 300 forums and 3,000 persons: the list, a message, and memory while sending.

PYTHONPATH=src python benchmarks/invitations.py
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import kultursam
from kultursam.diagnostics import KultursamError
from kultursam.forumfile import yaml_source
from kultursam.forumfile.register import Register, read_register
from kultursam.mail.delivery import Postman, deliver
from kultursam.mail.invitations import Invitations, letters
from kultursam.mail.messages import Writer
from kultursam.mail.outbox import Outbox
from kultursam.mail.people import People, read_people
from kultursam.mail.transport import Sent
from kultursam.plans.model import ForumRecord, Meeting, Plan, Status
from kultursam.plans.plan_file import write_plan

FORUMS, MEMBERS, TIMES = 300, 10, 4
TODAY = "2026-11-01"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = """name: Stort
language: sv
timezone: Europe/Stockholm
domain: x.example
organisations:
"""
RUNS = 5


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        times = [listed(Path(folder)) for _ in range(RUNS)]
        print(f"list of {FORUMS} forums and {FORUMS * MEMBERS} persons: {min(times):.2f} s")
        sent_in_memory(Path(folder))
        times = [listed(Path(folder)) for _ in range(RUNS)]
        print(f"the same, all being told: {min(times):.2f} s")
    for number in (400, 4_000, 12_000):
        done = subprocess.run(
            [sys.executable, __file__, str(number)], check=True, capture_output=True, text=True
        )
        print(done.stdout, end="")


def make(folder: Path) -> None:
    """Write a forum file, a plan of confirmed meetings, and people."""
    organisations = "".join(f"  o{key}: {{name: Organisation {key}}}\n" for key in range(MEMBERS))
    every = ", ".join(f"o{key}" for key in range(MEMBERS))
    forums = "".join(
        f"  f{key}: {{name: Forum {key}, cadence: {TIMES} times a year, time: 09:00-12:00, "
        f"members: [{{role: r{key}, from: [{every}]}}]}}\n"
        for key in range(FORUMS)
    )
    (folder / "forums.yaml").write_text(f"{HEAD}{organisations}forums:\n{forums}", encoding="utf-8")
    persons = "".join(
        f"  - {{role: r{forum}, at: o{key}, name: Person {forum} {key}, email: p{forum}.{key}@x.example}}\n"
        for forum in range(FORUMS)
        for key in range(MEMBERS)
    )
    head = "organiser: {name: Kansliet, email: moten@x.example}\npeople:\n"
    (folder / "people.yaml").write_text(head + persons, encoding="utf-8")
    (folder / "plans").mkdir()
    (folder / "plans" / "2027.yaml").write_bytes(write_plan(planned(register_of(folder))))


def register_of(folder: Path) -> Register:
    """Return the register of a folder's forum file."""
    source, problems = yaml_source.read(folder / "forums.yaml", "forums.yaml")
    register, problems = read_register(source) if source else (None, problems)
    if register is None:
        raise KultursamError(*problems)
    return register


def people_of(folder: Path, register: Register) -> People:
    """Return a folder's people."""
    people, problems = read_people(folder / "people.yaml", register)
    if people is None:
        raise KultursamError(*problems)
    return people


def planned(register: Register) -> Plan:
    """Return a plan of confirmed meetings."""
    meetings = tuple(
        Meeting(
            id=f"{forum}-2027-{number}",
            forum=forum,
            number=number,
            date=date(2027, 1, 1) + timedelta(days=90 * number - 60 + index % 60),
            start=model.time.start,
            end=model.time.end,
            status=Status.CONFIRMED,
            modified=NOW,
            created=NOW,
        )
        for index, (forum, model) in enumerate(register.forums.items())
        for number in range(1, TIMES + 1)
    )
    records = {
        key: ForumRecord(one.name, register.organisations[key], register.roles_of(key))
        for key, one in register.forums.items()
    }
    names = {key: body.name for key, body in register.file.organisations.items()}
    return Plan(2027, "Stort", "x.example", records, meetings, organisations=names)


def listed(folder: Path) -> float:
    """Return how many seconds of the processor a process takes to list what is due."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "kultursam", "invite", "2027", "--today", TODAY]
    env = {**os.environ, "PYTHONPATH": str(Path(kultursam.__file__).parents[1])}
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Nowhere:
    """Takes all mails and keeps none."""

    def send(self, envelope_from: str, envelope_to: str, raw: bytes) -> Sent:
        """Take a mail."""
        del envelope_from, envelope_to, raw
        return Sent()


def sent_in_memory(folder: Path, most: int | None = None) -> tuple[int, float]:
    """Send what is due to nowhere; return how many mails, and the seconds of the processor."""
    register = register_of(folder)
    people = people_of(folder, register)
    plan = planned(register)
    outbox = Outbox.read(folder / "outbox" / "2027.jsonl")
    invitations = Invitations(register, plan, people, date(2026, 11, 1))
    due = letters(invitations.rows(outbox))[:most]
    writer = Writer(register, plan, invitations, people.organiser)
    postman = Postman(outbox, writer, Nowhere(), people.organiser.email, NOW)
    begun = time.process_time()
    report = deliver(due, postman.send, lambda: None)
    taken = time.process_time() - begun
    outbox.tidy(date(2026, 11, 1))
    return report.sent, taken


def one(number: int) -> None:
    """Send some mails in this process, and print what that took."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        register = register_of(Path(folder))
        people = people_of(Path(folder), register)
        plan = planned(register)
        invitations = Invitations(register, plan, people, date(2026, 11, 1))
        rows = letters(invitations.rows(Outbox.read(Path(folder) / "none")))[:number]
        writer = Writer(register, plan, invitations, people.organiser)
        begun = time.process_time()
        for letter in rows[:400]:
            writer.write(letter, NOW)
        making = (time.process_time() - begun) / 400
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sent, taken = sent_in_memory(Path(folder), number)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{sent} mails: a message is made in {making * 1000:.2f} ms, noted and sent in "
        f"{taken / sent * 1000:.2f} ms; {before // 1024} MiB before, {peak // 1024} MiB at most"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        one(int(sys.argv[1]))
    else:
        main()
