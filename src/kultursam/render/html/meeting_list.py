"""What the page of a year shows: the rows of its list, the options of its filter, and meetings as data."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, time
from itertools import groupby
from zoneinfo import ZoneInfo

from kultursam.forumfile.register import Register
from kultursam.history import change_in_words, changes_since_planned
from kultursam.matrix import matrix_of
from kultursam.plans.model import Change, Deadline, Meeting, Plan
from kultursam.presentation import Sign, YearView, hours_in_words, place_and_host

MOST_OPTIONS = 40
"""More forums or organisations than this are no longer offered as a filter."""
PLACES = ("meetings", "changes", "months", "wheel", "calendars", "how")
"""The ids of the page's own parts."""
ATTENDANCE = {"in person": "Offline", "online": "Online", "hybrid": "Mixed"}


@dataclass(frozen=True, slots=True)
class FilterOption:
    """Whose meetings may be shown alone: a forum's or an organisation's."""

    key: str
    """The class of its rows."""
    name: str
    path: str
    """Of its calendar."""
    meetings: int
    """How many it has in the year, cancelled ones left out."""
    anchor: str
    """The id at which the page shows its meetings alone: that of the forum file, if nothing else has it."""
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of the list: a meeting, something due, or a break. Both days count."""

    first: date
    last: date
    name: str
    forum: str | None = None
    meeting: Meeting | None = None
    deadlines: tuple[Deadline, ...] = ()
    kind: str = "meeting"


class MeetingList(YearView):
    """A plan, as the page shows it."""

    def __init__(self, plan: Plan, register: Register) -> None:
        super().__init__(plan, register)
        self.placed = any(map(self.location, plan.meetings))
        """Whether the list needs a column for places."""
        self.options = _with_anchors(self._options())
        """What can be chosen in the filter, no more than helps."""
        self._classes = {option.path: option.key for option in self.options}
        self._zone = ZoneInfo(register.file.timezone)
        self.matrix = matrix_of(self)

    def _options(self) -> Iterator[FilterOption]:
        taking_part = {key for meeting in self.plan.meetings for key in self.plan.organisations_of(meeting)}
        present = [key for key in self.register.file.organisations if key in taking_part]
        if 1 < len(present) <= MOST_OPTIONS:
            for number, key in enumerate(present):
                name, path = self.register.label(key), f"organisations/{key}"
                yield FilterOption(f"o{number}", name, path, self._number(organisation=key), key)
        if 1 < len(self.meeting_forums) <= MOST_OPTIONS:
            for number, (key, sign) in enumerate(self.signs.items()):
                if key in self.meeting_forums:
                    yield FilterOption(f"f{number}", sign.name, key, self._number(forum=key), key, sign)

    def _number(self, *, organisation: str | None = None, forum: str | None = None) -> int:
        """Return how many meetings of an organisation, or a forum, are held."""
        return sum(
            meeting.live
            and (forum in {None, meeting.forum})
            and (organisation is None or organisation in self.plan.organisations_of(meeting))
            for meeting in self.plan.meetings
        )

    def months(self) -> list[tuple[date, list[ListRow]]]:
        """Return the rows of each month that has any."""
        # What holds all day comes first.
        rows = sorted(
            self._rows(), key=lambda row: (row.first, row.meeting.start if row.meeting else time.min)
        )
        return [(month, list(same)) for month, same in groupby(rows, lambda row: row.first.replace(day=1))]

    def _rows(self) -> Iterator[ListRow]:
        for meeting in self.plan.chronological():
            deadlines = tuple(self.deadlines.get(meeting.id, ()))
            yield ListRow(meeting.date, meeting.last, self.name(meeting), meeting.forum, meeting, deadlines)
        for (day, name), of_terms in self.due.items():
            forums = [deadline.forum for deadline in of_terms]
            for forum in forums or (None,):
                yield ListRow(day, day, name, forum, kind="deadline")
        for span in self.periods:
            yield ListRow(span.first, span.last, span.name, kind="break")

    def classes_of_forum(self, forum: str) -> str:
        """Return the options that show a forum, or any of its meetings."""
        present = {
            key for one in self.plan.meetings if one.forum == forum for key in self.plan.organisations_of(one)
        }
        paths = [forum, *(f"organisations/{key}" for key in sorted(present))]
        return " ".join(self._classes[path] for path in paths if path in self._classes)

    def changes(self) -> list[tuple[str, str]]:
        """Return what changed since the year was planned, in words, each with the options that show it."""
        changes = changes_since_planned(self.plan, self._zone)
        return [(self._classes_of_change(one), change_in_words(self, one)) for one in changes]

    def _classes_of_change(self, change: Change) -> str:
        meeting = self.plan.meeting(change.meeting)
        if meeting is None:
            return ""
        paths = [meeting.forum, *(f"organisations/{key}" for key in self.plan.organisations_of(meeting))]
        return " ".join(self._classes[path] for path in paths if path in self._classes)

    def classes(self, row: ListRow) -> str:
        """Return the classes of a row: its kind, and the options that show it."""
        if row.forum is None:
            return row.kind
        record = self.plan.forums[row.forum]
        present = self.plan.organisations_of(row.meeting) if row.meeting else record.organisations
        paths = [row.forum, *(f"organisations/{key}" for key in present)]
        return " ".join([row.kind, *(self._classes[path] for path in paths if path in self._classes)])

    @property
    def changed(self) -> date | None:
        """The day of the last change to a meeting."""
        moments = [meeting.modified.replace(tzinfo=UTC) for meeting in self.plan.meetings]
        return max(moments).astimezone(self._zone).date() if moments else None

    def hours(self, meeting: Meeting) -> str:
        """Return the times of a meeting in words."""
        return hours_in_words(meeting, self.language)

    def event(self, meeting: Meeting) -> dict[str, object]:
        """Return a meeting in the words of schema.org."""
        model = self.register.forums.get(meeting.forum)
        place, form = place_and_host(self.register, self.plan, meeting), meeting.format
        kind = "VirtualLocation" if form == "online" else "Place"
        moved = meeting.moved_from if meeting.live else None
        status = "Rescheduled" if moved else "Scheduled" if meeting.live else "Cancelled"
        zone = ZoneInfo(meeting.timezone) if meeting.timezone else self._zone
        if meeting.time.is_all_day:
            start, end = meeting.date.isoformat(), meeting.last.isoformat()
        else:
            start, end = (moment.replace(tzinfo=zone).isoformat() for moment in meeting.bounds)
        mode = f"https://schema.org/{ATTENDANCE[form]}EventAttendanceMode" if form else None
        facts = {
            "@type": "Event",
            "identifier": self.plan.uid(meeting.id),
            "name": self.name(meeting),
            "description": model.purpose if model else None,
            "startDate": start,
            "endDate": end,
            "previousStartDate": moved.isoformat() if moved else None,
            "eventStatus": f"https://schema.org/Event{status}",
            "eventAttendanceMode": mode,
            "location": {"@type": kind, "name": place} if place else None,
            "organizer": {"@type": "Organization", "name": self.plan.name},
        }
        return {key: value for key, value in facts.items() if value is not None}


def _with_anchors(options: Iterable[FilterOption]) -> list[FilterOption]:
    """Return options with anchors that nothing else on the page has: no id in a forum file ends in `_`."""
    taken, found = {*PLACES}, []
    for option in options:
        anchor = option.anchor
        while anchor in taken:
            anchor += "_"
        taken.add(anchor)
        found.append(replace(option, anchor=anchor))
    return found
