"""The forum file as models: forums, and the file as a whole; what can be checked where it is written."""

from collections.abc import Callable, Iterator
from datetime import date
from operator import attrgetter
from typing import Annotated, Any, Self

from pydantic import (
    Field,
    WrapValidator,
    model_validator,
)

from kultursam.forumfile import values
from kultursam.forumfile.cadence import FOR_EACH, Cadence, CadenceText
from kultursam.forumfile.calendar_models import (
    Active,
    BusyCalendar,
    CalendarSettings,
    Contact,
    FixedDate,
    Organisation,
    Poll,
    Term,
)
from kultursam.forumfile.keys import (
    EitherOrError,
    FormatInTurn,
    PlaceInTurn,
    Reminders,
    Weekdays,
    WeekdaysInTurn,
    key,
    rotation,
)
from kultursam.forumfile.meeting_models import (
    Also,
    AnnouncedChange,
    Apart,
    Dates,
    DeadlineRule,
    Exchange,
    ExternalDate,
    ForEach,
    Host,
    Limit,
    Members,
    Preparations,
    Relation,
    Room,
    Spacing,
    TermOfForum,
    Together,
    Window,
)
from kultursam.forumfile.planning_year import NEW_YEAR
from kultursam.forumfile.values import Keys
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import Message

DEFAULT_BUFFER_MINUTES = 30
"""Minutes of travel between two meetings of the same person."""
WHOLE_OR_HOURS = Message("either all days are whole days, or none is")


class Defaults(Keys):
    """What a forum may say, and what may be said for all of them."""

    name: values.Text | None = key("the forum's name. You may change it; the meetings keep their ids", None)
    cadence: CadenceText | None = key("how often it meets", None)
    starting: values.FullDate | None = key(
        "where the cadence names days: the first of them. Every other week, or month, is counted from it, "
        "over New Year too",
        None,
    )
    except_: tuple[values.FullDate, ...] = key("named days on which it does not meet", (), alias="except")
    instead: tuple[Exchange, ...] = key("named days that are exchanged for others", ())
    when_closed: values.WhenClosedText | None = key(
        "what becomes of a named day that a must closes: no meeting that time; the nearest open day, at most "
        "half-way to the next; or the interval is counted anew after it. Without this, days named every week "
        "are skipped and others moved",
        None,
    )
    for_each: ForEach | None = key("instead of a cadence: one meeting for each of another forum's", None)
    members: Members | None = key("who meets", None)
    time: values.Time | None = key("when on the day", None)
    days: values.LongestMeeting = key(
        "on how many consecutive days each meeting is held. Its date is the first; rules are asked of each",
        1,
    )
    last_day: values.Time | None = key("when on the last of its days; without it, as on the others", None)
    timezone: values.Zone | None = key("the zone of its times; without it, that of the file", None)
    purpose: values.Text | None = key("what it is for; a sentence for calendars and the page", None)
    windows: tuple[Window, ...] = key(
        "the parts of the year it meets in, each perhaps with another time, place, weekdays or host",
        (),
    )
    changes: tuple[AnnouncedChange, ...] = key("what is otherwise from a day on", ())
    weekdays: WeekdaysInTurn | None = key(
        "the days it meets on, most wanted first. A must; each step down the list costs points. "
        "Or days that take turns",
        None,
    )
    otherwise: Weekdays | None = key(
        "the days it meets on in a week in which musts close all of its `weekdays`", None
    )
    spacing: Spacing | None = key("the least and the most days between two of its meetings", None)
    prepared_by: Preparations = key("the forum, or forums, that prepare each of its meetings", ())
    together_with: Together | None = key("the forum that meets on the same days", None)
    apart: tuple[Apart, ...] = key("forums that its meetings keep their distance from", ())
    before: tuple[Relation, ...] = key("some meeting of the year so long before a fixed date", ())
    after: tuple[Relation, ...] = key("some meeting of the year so long after a fixed date", ())
    buffer_minutes: values.Number | None = key(
        "minutes of travel around its meetings; of two forums the larger number counts", None
    )
    host: Host | None = key("who hosts: one organisation, or several in turn", None)
    place: PlaceInTurn | None = key("where it meets: one place, or several in turn", None)
    room: values.RoomId | None = key("the room that it meets in, whose name is the place", None)
    format: FormatInTurn | None = key("how it meets, perhaps in turn", None)
    link: values.Url | None = key("where to join: a web address for calendars, and for the page", None)
    also: tuple[Also, ...] = key(
        "what the same people do in the same meeting; shown in the calendar entry", ()
    )
    deadlines: tuple[DeadlineRule, ...] = key("what is due before or after every meeting", ())
    term: TermOfForum | None = key("the document whose period binds the forum", None)
    active: Active | None = key("the first and the last day of the forum's life", None)
    dates: Dates = key("the decided dates, where `cadence` is `external`", ())
    publish: values.Flag = key(
        "whether the calendars hold the dates of an `external` forum; those of other forums "
        "always stand there",
        default=False,
    )
    wishes: tuple[Poll, ...] = key(
        "what the members answered to polls: a no counts as `should`, a maybe as `prefer`", ()
    )
    reserve: values.Reserve = key(
        "how many places to keep free in the year, where `cadence` is `as needed`. `kultursam "
        "add` uses them first",
        0,
    )
    contact: Contact | None = key("whom to ask; the organiser of the calendar entries", None)
    reminder: Reminders = key("how long before a meeting calendars remind of it; several in a list", ())

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.place is not None and self.room is not None:
            raise EitherOrError(one="place", other="room")
        return self

    def window_on(self, day: date) -> Window | None:
        """Return the window that a day lies in; None outside all of them."""
        return next((window for window in self.windows if window.holds(day)), None)

    def on(self, day: date) -> Self:
        """Return the forum as its meeting on a day has it: changed by then, and as its window says.

        Its name, and whatever a window cannot say, stay the same.
        """
        said: dict[str, object] = {}
        for change in sorted(self.changes, key=attrgetter("from_")):
            if change.from_ <= day:
                said |= change.said
        if any(window.said for window in self.windows) and (window := self.window_on(day)):
            said |= window.said
        return self.model_copy(update=said) if said else self

    @property
    def every_deadline(self) -> tuple[DeadlineRule, ...]:
        """What is due for any of its meetings, that of windows after its own."""
        return (*self.deadlines, *(rule for window in self.windows for rule in window.deadlines or ()))

    @property
    def every_said(self) -> Iterator[Self]:
        """The forum itself, then as each of its changes and windows alone would have it."""
        yield self
        yield from (self.model_copy(update=one.said) for one in (*self.changes, *self.windows) if one.said)

    @property
    def weekdays_take_turns(self) -> bool:
        """Whether weekdays take turns at its meetings, or at those of a window."""
        return bool(rotation(self.weekdays)) or any(rotation(window.weekdays) for window in self.windows)

    @property
    def longest(self) -> int:
        """On how many days the longest of its meetings is held."""
        return max(one.days for one in self.every_said)


def _already_read(value: object, read: Callable[[object], Cadence]) -> Cadence:
    return value if isinstance(value, Cadence) else read(value)


class Forum(Defaults):
    """A circle of people that meets."""

    name: values.Text
    cadence: Annotated[CadenceText, WrapValidator(_already_read)]
    members: Members
    time: values.Time

    @property
    def times(self) -> dict[str, Any]:
        """When on its days a meeting is held, under the names that a meeting keeps it by."""
        last_day = self.last_day if self.days > 1 else None
        zone = None if self.time.is_all_day else self.timezone
        return {
            "start": self.time.start,
            "end": self.time.end,
            "days": self.days,
            "last_day": last_day,
            "timezone": zone,
        }

    @model_validator(mode="after")
    def _whole_days_or_hours(self) -> Self:
        announced = {change.time.is_all_day for change in self.changes if change.time}
        for said in ({}, *(window.said for window in self.windows)):
            one = self.model_copy(update=said)
            kinds = {one.time.is_all_day} | (announced if "time" not in said else set())
            if one.days > 1 and one.last_day and kinds != {one.last_day.is_all_day}:
                raise ValueError(WHOLE_OR_HOURS)
        return self

    @model_validator(mode="before")
    @classmethod
    def _cadence_or_for_each(cls, keys: object) -> object:
        if not isinstance(keys, dict) or "for_each" not in keys:
            return keys
        if "cadence" in keys:
            raise EitherOrError(one="cadence", other="for_each")
        return {**keys, "cadence": FOR_EACH}


class YearSettings(Keys):
    """The planning year."""

    from_: values.FirstOfYear = key("the day on which planning years begin", NEW_YEAR, alias="from")


class FeedSettings(Keys):
    """What the feeds hold of all that is planned."""

    unconfirmed: values.Flag = key("whether feeds hold meetings that are only proposed", default=True)
    cancelled_days: values.Number | None = key(
        "for how many days feeds hold a meeting after it was cancelled", None
    )
    past_months: values.Months | None = key("for how many months feeds hold a meeting after its date", None)

    @property
    def change_by_themselves(self) -> bool:
        """Return whether something leaves the feeds as days pass."""
        return self.cancelled_days is not None or self.past_months is not None


class ForumFile(Keys):
    """Everything a forum file says."""

    name: values.Text = key("the name on calendars, tables and pages")
    language: values.Language = key("the language of everything people read; keys stay English", "en")
    timezone: values.Zone = key("the zone of all times")
    year: YearSettings = Field(
        default_factory=YearSettings,
        description="when the planning year begins: with `{from: 08-01}`, `plan 2025` plans 1 August 2025 to "
        "31 July 2026. Set it before the first plan",
    )
    domain: values.Domain = key(
        "the right-hand side of every calendar id. Set it once and never change it: with another "
        "domain every entry would appear twice, so kultursam refuses to go on. At most 170 characters"
    )
    organisations: dict[values.Id, Organisation] = key("who takes part")
    groups: dict[values.Id, tuple[values.BodyId, ...]] = key(
        "lists of organisations and groups, to be named together", {}
    )
    calendar: CalendarSettings | None = key(
        "days off, and when people are away. Without it there are no days off but weekends", None
    )
    dates: dict[values.Id, FixedDate] = key("fixed dates that forums plan around", {})
    terms: dict[values.Id, Term] = key("documents with a period of validity", {})
    rooms: dict[values.Id, Room] = key("the rooms in which one meeting at a time can be held", {})
    limits: tuple[Limit, ...] = key("how many meetings somebody has room for", ())
    defaults: Defaults = Field(
        default_factory=Defaults,
        description="any forum key; it holds for every forum that does not say otherwise",
    )
    forums: Annotated[dict[values.Id, Forum], Field(min_length=1)] = key("the circles that meet")
    buffer_minutes: values.Number = key(
        "minutes of travel that a person needs between two meetings of a day", DEFAULT_BUFFER_MINUTES
    )
    base_url: values.Url | None = key("the web address of the published folder; see Publishing", None)
    accessibility_url: values.Url | None = key(
        "the web address of your accessibility statement; the page links to it", None
    )
    output: values.FilePath | None = key(
        "the folder of the calendars, from the forum file's own; without it, calendars in the project folder",
        None,
    )
    publish: tuple[values.Publication, ...] = key(
        "files of each year that are published beside the page: a workbook for Excel, a document to print "
        "and to send",
        (),
    )
    contact: Contact | None = key("whom to ask about the page; see contact", None)
    feeds: FeedSettings = Field(
        default_factory=FeedSettings, description="what the calendars to subscribe to leave out"
    )


def calendars_of_others(file: ForumFile) -> Iterator[tuple[BusyCalendar | ExternalDate, str, Where]]:
    """Yield each calendar file of another body: its keys, its name for people, and its place."""
    for index, busy in enumerate(file.calendar.busy if file.calendar else ()):
        yield busy, busy.name, ("calendar", "busy", index)
    for forum, model in file.forums.items():
        for index, entry in enumerate(model.dates):
            if entry.file:
                yield entry, model.name, ("forums", forum, "dates", index)


def planned_number(forum: Forum) -> int:
    """Return how many meetings a year are spread for a forum; 0 where the cadence is no number."""
    return forum.reserve if forum.cadence.kind == "as needed" else forum.cadence.number


def share(number: int, asked: list[int | None]) -> tuple[list[int], Message | None]:
    """Return the meetings of each window, what it asks for or an even share of the rest; or a problem."""
    given = sum(meetings for meetings in asked if meetings is not None)
    free = asked.count(None)
    rest = number - given
    if rest < 0 or (rest and not free):
        meetings = Message.counted("{n} meeting", "{n} meetings", given)
        return [], Message(
            "the windows hold {meetings}, but {number} a year are to be held",
            meetings=meetings,
            number=number,
        )
    if free and rest % free:
        meetings = Message.counted("{n} meeting", "{n} meetings", rest)
        return [], Message(
            "{meetings} cannot be shared evenly over {windows} windows; say how many with meetings: n",
            meetings=meetings,
            windows=free,
        )
    return [rest // free if meetings is None else meetings for meetings in asked], None
