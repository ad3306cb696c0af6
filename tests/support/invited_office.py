"""An office that invites, from outside: its commands, the server that takes its mails, and who gets them."""

from __future__ import annotations

from pathlib import Path

from imip_profile import faults
from mailboxes import Mailboxes
from project_folder import SMALL, Folder, Run
from smtp_server import Post

PEOPLE = """
organiser: {name: Kulturenheten i Väst, email: moten@kultur.example}
people:
  - {role: chef, at: hylte, name: Anna Åkermark, email: anna.akermark@hylte.example}
  - {role: chef, at: laholm, name: Bo Quist, email: bo.quist@laholm.example, to: 2025-08-31}
  - {role: chef, at: laholm, name: Cilla Zetterlund, email: cilla@laholm.example, from: 2025-09-01}
"""
PRIVATE = ("Åkermark", "akermark", "Quist", "quist", "Zetterlund", "cilla", "moten@")
"""What of the people file nobody else is to know."""


class Office(Folder):
    """An office that invites, and the server that takes its mails."""

    def __init__(self, folder: Path, post: Post, forums: str = SMALL, people: str = PEOPLE) -> None:
        """Plan and confirm a year."""
        super().__init__(folder, forums)
        self.post = post
        self.said: list[Run] = []
        self.place("people.yaml").write_text(people, encoding="utf-8")
        self.do("plan", "2025")
        self.do("confirm", "2025")

    def do(self, *arguments: str, code: int = 0, today: str = "2024-11-01") -> Run:
        """Run a command, which must end with a code."""
        server = {"HOST": "127.0.0.1", "PORT": str(self.post.port), "SECURITY": "none"}
        env = {f"KULTURSAM_SMTP_{key}": value for key, value in server.items()}
        run = self.run(*arguments, "--today", today, env=env)
        assert run.code == code, run
        self.said.append(run)
        return run

    def kinds(self, *arguments: str) -> dict[tuple[str, str], str]:
        """Return what is due, by meeting and organisation."""
        rows = self.do("invite", *arguments, "--json").document["rows"]
        return {(row["meeting"], row["organisation"]): row["kind"] for row in rows}

    def calendars(self) -> Mailboxes:
        """Return mailboxes that have all mails so far."""
        mailboxes = Mailboxes()
        for _, receiver, raw in self.post.taken:
            assert faults(raw) == []
            mailboxes.deliver(receiver, raw)
        return mailboxes

    def states(self, meeting: str) -> dict[str, tuple[str, str]]:
        """Return how calendars show a meeting, by address: its status and day."""
        found = {}
        for address, calendar in self.calendars().calendars.items():
            if shown := calendar.get(f"{meeting}@kultur.example"):
                found[address.partition("@")[0]] = (shown.status, str(shown.start.date()))
        return found

    def is_discreet(self) -> None:
        """Assert that nothing private was printed or written, but in the outbox."""
        for run in self.said:
            assert not [word for word in PRIVATE if word in run.out + run.err], run
        for name, data in self.files().items():
            if name != "people.yaml" and not name.startswith("outbox/"):
                assert not [word for word in PRIVATE if word.encode() in data], name
