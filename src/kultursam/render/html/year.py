"""What the page of a year shows: the rows of its list, the choices of its filter, and meetings as data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from kultursam import presentation
from kultursam.forumfile.register import Register
from kultursam.i18n import N_, translations
from kultursam.plans.model import Deadline, Meeting, Plan
from kultursam.render.html.calendars import anchor

MOST_CHOICES = 40
"""A filter of more forums, or of more organisations, helps nobody."""
FORMS = {
    "online": (N_("Online"), N_("Online: {place}")),
    "hybrid": (N_("In person or online"), N_("{place}, or online")),
}
"""What the list says instead of a place alone, without a place and with one."""
ATTENDANCE = {"in person": "Offline", "online": "Online", "hybrid": "Mixed"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose meetings may be shown alone: a forum's or an organisation's."""

    key: str
    """The class of its rows; it stands for the forum or organisation in the filter."""
    name: str
    path: str
    """Of its calendar."""
    sign: presentation.Sign | None = None

    @property
    def anchor(self) -> str:
        """The id of its calendar on the page."""
        return anchor(self.path)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: a meeting, something due, or a break. Both days count."""

    first: date
    last: date
    name: str
    forum: str | None = None
    meeting: Meeting | None = None
    deadlines: tuple[Deadline, ...] = ()
    kind: str = "meeting"

    @property
    def order(self) -> tuple[date, bool, time]:
        """What holds all day comes first."""
        return self.first, self.meeting is not None, self.meeting.start if self.meeting else time()


class Year:
    """A plan, as the page shows it."""

    def __init__(self, plan: Plan, register: Register) -> None:
        self.plan, self.register = plan, register
        self.zone = ZoneInfo(register.file.timezone)
        self._gettext = translations(register.file.language).gettext
        self.signs = presentation.of_forums(register, [plan])
        self.placed = any(map(self.place, plan.meetings))
        """Whether the list needs a column for places."""
        self.choices = list(self._choices())
        self._keys = {choice.path: choice.key for choice in self.choices}
        self._due: dict[str | None, list[Deadline]] = defaultdict(list)
        for one in sorted(plan.deadlines, key=attrgetter("date", "number")):
            if not one.cancelled:
                self._due[one.meeting].append(one)

    def _choices(self) -> Iterator[Choice]:
        """Give what can be chosen; no more than helps."""
        held = {one.forum for one in self.plan.meetings}
        takes_part = {key for forum in held for key in self.plan.forums[forum].organisations}
        organisations = [key for key in self.register.file.organisations if key in takes_part]
        if 1 < len(organisations) <= MOST_CHOICES:
            for number, key in enumerate(organisations):
                name = self.register.file.organisations[key].label
                yield Choice(f"o{number}", name, f"organisations/{key}")
        if 1 < len(held) <= MOST_CHOICES:
            for number, key in enumerate(self.signs):
                if key in held:
                    yield Choice(f"f{number}", self.plan.forums[key].name, key, self.signs[key])

    def months(self) -> list[tuple[date, list[Row]]]:
        """Give the rows of each month that has any."""
        rows = sorted(self._rows(), key=attrgetter("order"))
        return [(month, list(some)) for month, some in groupby(rows, lambda row: row.first.replace(day=1))]

    def _rows(self) -> Iterator[Row]:
        for one in self.plan.chronological():
            name = self.plan.forums[one.forum].name
            yield Row(one.date, one.date, name, one.forum, one, tuple(self._due[one.id]))
        for day, name in self.register.dates_in(self.plan.year):
            yield Row(day, day, name, kind="deadline")
        for due in self._due[None]:
            yield Row(due.date, due.date, due.name, due.forum, kind="deadline")
        for span in self.plan.spans:
            if span.kind == "period":
                yield Row(span.first, span.last, span.name, kind="break")

    def classes(self, row: Row) -> str:
        """Give the classes of a row: its kind, and the choices that show it."""
        if row.forum is None:
            return row.kind
        paths = [row.forum, *(f"organisations/{key}" for key in self.plan.forums[row.forum].organisations)]
        return " ".join([row.kind, *(self._keys[path] for path in paths if path in self._keys)])

    def where(self, meeting: Meeting) -> tuple[str, str | None]:
        """Give place and host, and the forum's format, where it is known."""
        model = self.register.forums.get(meeting.forum)
        parts = (meeting.place, self.register.label(meeting.host) if meeting.host else None)
        return ", ".join(part for part in parts if part), model.format if model else None

    def place(self, meeting: Meeting) -> str:
        """Give place and host, or how to take part from afar; nothing where nothing is known."""
        place, form = self.where(meeting)
        bare, full = FORMS.get(form or "", ("", "{place}"))
        pattern = full if place else bare
        return pattern and self._gettext(pattern).format(place=place)

    @property
    def changed(self) -> date | None:
        """The day of the last change to a meeting."""
        moments = [one.modified.replace(tzinfo=UTC) for one in self.plan.meetings]
        return max(moments).astimezone(self.zone).date() if moments else None

    def event(self, meeting: Meeting) -> dict[str, object]:
        """Describe a meeting in the words of schema.org."""
        model = self.register.forums.get(meeting.forum)
        place, form = self.where(meeting)
        kind = "VirtualLocation" if form == "online" else "Place"
        moved = meeting.live and meeting.moved_from
        status = "Scheduled" if not moved else "Rescheduled"
        start, end = (
            datetime.combine(meeting.date, moment, self.zone).isoformat()
            for moment in (meeting.start, meeting.end)
        )
        facts = {
            "@type": "Event",
            "identifier": self.plan.uid(meeting.id),
            "name": self.plan.forums[meeting.forum].name,
            "description": model.purpose if model else None,
            "startDate": start,
            "endDate": end,
            "previousStartDate": moved.isoformat() if moved else None,
            "eventStatus": f"https://schema.org/Event{status if meeting.live else 'Cancelled'}",
            "eventAttendanceMode": f"https://schema.org/{ATTENDANCE[form]}EventAttendanceMode"
            if form
            else None,
            "location": {"@type": kind, "name": place} if place else None,
            "organizer": {"@type": "Organization", "name": self.plan.name},
        }
        return {key: value for key, value in facts.items() if value is not None}
