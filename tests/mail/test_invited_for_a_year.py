"""Any order of decisions, sendings and mishaps: once the outbox is empty, calendars agree with the plan."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fault_injection import FaultyFileSystem
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from invited_year import EVERYBODY, MADE, Office, at, meeting, people, person, year
from mailboxes import Mailboxes, Post

from kultursam.i18n import Message
from kultursam.mail.invitations import Wanted
from kultursam.mail.outbox import Outbox
from kultursam.mail.people import Person
from kultursam.mail.transport import Outcome, Refused, Unsure
from kultursam.plans.model import Meeting, Status, revised

ZONE = ZoneInfo("Europe/Stockholm")
DAYS = st.sampled_from([date(2025, 3, 4), date(2025, 6, 11), date(2025, 12, 2)])
"""Few, so that meetings come back to days that they left."""
FATES = ("sent", "lost", "taken", "put off", "refused", "killed before", "killed after")
IDS = [f"{forum}-2025-{number}" for forum in ("styrgrupp", "bibliotek") for number in (1, 2)]


class KilledError(BaseException):
    """The process ends here."""


def _kill() -> None:
    raise KilledError


class InvitedYear(RuleBasedStateMachine):
    """A year of meetings, people and mails."""

    @initialize()
    def begin(self) -> None:
        """Plan four meetings, and have nobody told."""
        self.folder = Path(tempfile.mkdtemp())
        self.mailboxes = Mailboxes()
        self.minutes = 0
        self.today = MADE.date()
        self.meetings: dict[str, Meeting] = {}
        for number, key in enumerate(IDS):
            forum, _, index = key.rpartition("-2025-")
            proposed = meeting(forum, int(index), f"2025-{3 + 2 * number:02}-04", status=Status.PROPOSED)
            self.meetings[key] = proposed
        self.persons: list[Person] = list(EVERYBODY)
        self.silent: set[str] = set()

    def teardown(self) -> None:
        """Leave nothing."""
        if hasattr(self, "folder"):
            self.settle()
            shutil.rmtree(self.folder)

    # --- decisions ------------------------------------------------------------------------------------

    def _revise(self, key: str, **new: object) -> None:
        self.minutes += 1
        old = self.meetings[key]
        changed = replace(old, **new)  # type: ignore[arg-type]
        self.meetings[key] = revised(old, changed, at(self.minutes))

    @rule(key=st.sampled_from(IDS))
    def confirm(self, key: str) -> None:
        """Confirm a meeting."""
        if self.meetings[key].live:
            self._revise(key, status=Status.CONFIRMED)

    @rule(key=st.sampled_from(IDS), day=DAYS)
    def move(self, key: str, day: date) -> None:
        """Move a meeting."""
        if self.meetings[key].live:
            self._revise(key, date=day)

    @rule(key=st.sampled_from(IDS), place=st.sampled_from(["Rådhuset", "Teatern", None]))
    def hold_elsewhere(self, key: str, place: str | None) -> None:
        """Change the place of a meeting."""
        if self.meetings[key].live:
            self._revise(key, place=place)

    @rule(key=st.sampled_from(IDS))
    def cancel(self, key: str) -> None:
        """Cancel a meeting."""
        if self.meetings[key].live:
            self._revise(key, status=Status.CANCELLED, reason="för få")

    @rule(key=st.sampled_from(IDS), status=st.sampled_from([Status.CONFIRMED, Status.PROPOSED]))
    def restore(self, key: str, status: Status) -> None:
        """Take a cancellation back."""
        if not self.meetings[key].live:
            self._revise(key, status=status, reason=None)

    @rule(index=st.integers(0, 3), name=st.sampled_from(["nils", "nora", "rut"]))
    def replace_person(self, index: int, name: str) -> None:
        """Let somebody else have a role."""
        old = self.persons[index]
        self.persons[index] = person(old.role, old.at, f"{name}@{old.at}.example")

    @rule(index=st.integers(0, 3), ends=DAYS)
    def end_role(self, index: int, ends: date) -> None:
        """Let somebody have a role until some day."""
        self.persons[index] = replace(self.persons[index], ends=ends)

    @rule(index=st.integers(0, 3), send=st.sampled_from(["invitations", "digest", "nothing"]))
    def wish(self, index: int, send: str) -> None:
        """Let somebody wish for another kind of mails."""
        self.persons[index] = replace(self.persons[index], send=send)  # type: ignore[arg-type]
        if send == "nothing":
            self.silent.add(self.persons[index].email)

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        """Let days pass."""
        self.today += timedelta(days=days)
        self.minutes += days * 24 * 60

    # --- sending --------------------------------------------------------------------------------------

    @rule(
        proposed=st.booleans(),
        texts=st.booleans(),
        fates=st.lists(st.sampled_from(FATES), max_size=6),
        strike=st.integers(0, 30),
    )
    def invite(self, fates: list[str], strike: int, *, proposed: bool, texts: bool) -> None:
        """Send what is due, whatever happens on the way: to mails, or to the process at some step."""
        self.minutes += 1
        fates = list(fates)

        def happens(address: str, raw: bytes) -> Outcome | None:
            fate = fates.pop(0) if fates else "sent"
            if fate in {"taken", "killed after"}:
                self.mailboxes.deliver(address, raw)
            match fate:
                case "lost" | "taken":
                    return Unsure(Message("lost"))
                case "put off" | "refused":
                    return (
                        Refused(550, permanent=True) if fate == "refused" else Refused(451, permanent=False)
                    )
                case "killed before" | "killed after":
                    raise KilledError
            return None

        disk = FaultyFileSystem(strike, _kill)
        with disk.in_use(), suppress(KilledError):
            self._send(Post(self.mailboxes, happens), Wanted(proposed=proposed, texts=texts))

    @rule()
    def tidy(self) -> None:
        """Take out of the outbox what is not needed."""
        with FaultyFileSystem().in_use():
            self._outbox().tidy(self.today)

    def _outbox(self) -> Outbox:
        return Outbox.read(self.folder / "2025.jsonl")

    def _office(self) -> Office:
        order = {"styrgrupp": 0, "bibliotek": 1}
        meetings = sorted(self.meetings.values(), key=lambda one: (order[one.forum], one.number))
        return Office(year(meetings), people(*self.persons), self._outbox(), self.today)

    def _send(self, post: Post, wanted: Wanted) -> int:
        return self._office().send(post, at(self.minutes), wanted).sent

    # --- what holds -----------------------------------------------------------------------------------

    @invariant()
    def nobody_is_told_twice(self) -> None:
        """Compare what is due: no mailbox and meeting twice."""
        if hasattr(self, "folder") and (self.folder / "2025.jsonl").exists():
            pairs = [(row.guest.mailbox, row.uid) for row in self._office().rows()]
            assert len(pairs) == len(set(pairs))

    def settle(self) -> None:
        """Send all that is due: then nothing is, the outbox is empty, and calendars agree with the plan."""
        self.minutes += 1
        with FaultyFileSystem().in_use():
            self._send(Post(self.mailboxes), Wanted())
        office = self._office()
        assert not [row for row in office.rows() if row.due]
        assert not office.outbox.unsent
        for one in self.meetings.values():
            if one.last >= self.today:
                self._compare(office, one)

    def _compare(self, office: Office, one: Meeting) -> None:
        uid = office.plan.uid(one.id)
        guests = office.invitations.guests(one) if one.live else {}
        for address, calendar in self.mailboxes.calendars.items():
            shown, guest = calendar.get(uid), guests.get(address)
            if address in self.silent or shown is None:
                continue
            if guest is None:
                over = shown.start.date() < self.today
                assert shown.status == "CANCELLED" or over, (address, one, shown)
                continue
            start = datetime.combine(one.date, one.start, ZONE)
            status = "CONFIRMED" if one.status is Status.CONFIRMED else "TENTATIVE"
            assert (shown.status, shown.start, shown.place) == (status, start, one.place or ""), (one, shown)
        for address, guest in guests.items():
            if guest.send == "invitations" and one.status is Status.CONFIRMED:
                assert uid in self.mailboxes.calendars[address], (address, one)


InvitedYear.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestInvitedYear = InvitedYear.TestCase
