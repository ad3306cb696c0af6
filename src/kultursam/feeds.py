"""What feeds hold of all meetings and deadlines, and what the feeds of roles are called."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, tzinfo
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from kultursam.forumfile.models import FeedSettings
from kultursam.forumfile.register import Register
from kultursam.forumfile.values import DEVICES
from kultursam.plans.model import Deadline, Departure, Item, Meeting, Plan, Status

LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "đ": "d", "þ": "th", "ł": "l", "ı": "i"}
)  # fmt: skip
"""What letters become that are no Latin letter with a mark; ß is two letters when folded."""
MOST_LETTERS = 59
"""Of a role in a file name: as long as an id, with a digest behind it."""


@dataclass(frozen=True, slots=True)
class FeedFilter:
    """What the feeds of a day hold. What leaves them does so by the rules of the forum file alone."""

    settings: FeedSettings
    today: date
    zone: tzinfo

    @classmethod
    def of(cls, register: Register, today: date) -> "FeedFilter":
        """Return the filter of a forum file on a day."""
        return cls(register.file.feeds, today, ZoneInfo(register.file.timezone))

    def holds(self, item: Item, meeting: Meeting | None) -> bool:
        """Return whether feeds hold a meeting, or a deadline or departure of it; of a term there is none."""
        settings = self.settings
        if meeting and not settings.unconfirmed and not _is_confirmed(meeting):
            return False
        months, days = settings.past_months, settings.cancelled_days
        if months is not None and item.date + relativedelta(months=months) < self.today:
            return False
        since = None if days is None else self._cancelled_on(item, meeting)
        return since is None or days is None or (self.today - since).days <= days

    def _cancelled_on(self, item: Item, meeting: Meeting | None) -> date | None:
        """Return the day on which something was cancelled, None if it is to be held."""
        if isinstance(item, Departure):
            moment = None if item.ahead else item.modified
        elif isinstance(item, Deadline):
            with_it = meeting.cancelled_at if meeting and not meeting.live else None
            moment = (with_it or item.modified) if item.cancelled else None
        else:
            moment = None if item.live else item.cancelled_at or item.modified
        return moment.astimezone(self.zone).date() if moment else None


def _is_confirmed(meeting: Meeting) -> bool:
    return meeting.status is Status.CONFIRMED or (not meeting.live and meeting.was_confirmed)


def roles_in(register: Register, plans: Iterable[Plan]) -> list[str]:
    """Return the roles of the file, in its order, then those that have left it and had meetings."""
    known = dict.fromkeys(one.role for forum in register.forums.values() for one in forum.members)
    former: set[str] = set()
    for plan in plans:
        former.update(role for record in plan.forums.values() for role, _ in record.roles)
        for meeting in plan.meetings:
            former.update(role for role, _ in meeting.roles)
            former.update(one.role for one in meeting.left if one.role)
    return [*known, *sorted(former - known.keys())]


def role_names(roles: Iterable[str]) -> dict[str, str]:
    """Return the file name of each role, without its ending: small Latin letters, digits and hyphens.

    Of several roles that would have one name, all but the one that is written just so have letters added
    that depend on the role alone, so that no address changes as others come and go.
    """
    plain = {role: _plain(role) for role in roles}
    often = Counter(plain.values())
    names = {}
    for role, name in plain.items():
        clear = name and name not in DEVICES and (often[name] == 1 or name == role)
        digest = hashlib.sha256(role.encode()).hexdigest()[:4]
        names[role] = name if clear else f"{name or 'role'}-{digest}"
    return names


def _plain(role: str) -> str:
    folded = unicodedata.normalize("NFKD", role.casefold().translate(LETTERS))
    letters = "".join(char for char in folded if not unicodedata.combining(char))
    return re.sub("[^a-z0-9]+", "-", letters)[:MOST_LETTERS].strip("-")
