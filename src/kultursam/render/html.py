"""The page of a year and the page of all years: one file each, which asks for nothing else.

Both lie in the folder of calendars, so calendars are linked from there. The list is filtered by the style
sheet alone, whose hash the Content-Security-Policy names: no script runs, and no other style holds.
Templates hold what people read; what they are given is plain, and is escaped there.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.core import Locale
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from kultursam import signs
from kultursam.i18n import N_, totals, translations
from kultursam.plan import Deadline, ForumRecord, Meeting, Plan
from kultursam.problems import UNSEEN
from kultursam.register import Register
from kultursam.surroundings import Contact

TEMPLATES = Path(__file__).parent / "templates"
MOST_CHOICES = 40
"""A filter of more forums, or of more organisations, helps nobody."""
OUTLOOK = "https://outlook.office.com/calendar/0/addfromweb?url={url}&name={name}"
"""Where Outlook on the web takes a subscription."""
FORMS = {
    "online": (N_("Online"), N_("Online: {place}")),
    "hybrid": (N_("In person or online"), N_("{place}, or online")),
}
"""What the list says instead of a place alone, without a place and with one."""
ATTENDANCE = {"in person": "Offline", "online": "Online", "hybrid": "Mixed"}


def year_page(plan: Plan, register: Register, wheel: str) -> str:
    """Write the page of a year around its wheel, which is an SVG and trusted."""
    year = _Year(plan, register)
    events = [year.event(one) for one in plan.chronological() if register.publishes(one.forum)]
    return _render(
        "year.html.j2",
        register,
        year.choices,
        calendars=_calendars(register, [plan], year.signs),
        events=_script({"@context": "https://schema.org", "@graph": events}),
        months=year.months(),
        plan=plan,
        wheel=Markup(wheel),  # noqa: S704 - our own drawing, escaped where it is drawn
        year=year,
    )


def index_page(plans: Sequence[Plan], register: Register) -> str:
    """Write the page that lists the years of some plans, newest first, and the calendars of all."""
    newest = sorted(plans, key=lambda plan: -plan.year)
    calendars = _calendars(register, newest, signs.of_forums(register, newest))
    return _render("index.html.j2", register, [], plans=newest, calendars=calendars)


# --- the list of a year ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Choice:
    """Whose meetings may be shown alone: a forum's or an organisation's."""

    key: str
    """The class of its rows; it stands for the forum or organisation in the filter."""
    name: str
    path: str
    """Of its calendar."""
    sign: signs.Sign | None = None

    @property
    def anchor(self) -> str:
        """The id of its calendar on the page."""
        return _anchor(self.path)


@dataclass(frozen=True, slots=True)
class _Row:
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


class _Year:
    """A plan, as the page shows it."""

    def __init__(self, plan: Plan, register: Register) -> None:
        self.plan, self.register = plan, register
        self.zone = ZoneInfo(register.file.timezone)
        self._gettext = translations(register.file.language).gettext
        self.signs = signs.of_forums(register, [plan])
        self.placed = any(map(self.place, plan.meetings))
        """Whether the list needs a column for places."""
        self.choices = list(self._choices())
        self._keys = {choice.path: choice.key for choice in self.choices}
        self._due: dict[str | None, list[Deadline]] = defaultdict(list)
        for one in sorted(plan.deadlines, key=attrgetter("date", "number")):
            if not one.cancelled:
                self._due[one.meeting].append(one)

    def _choices(self) -> Iterator[_Choice]:
        """Give what can be chosen; no more than helps."""
        held = {one.forum for one in self.plan.meetings}
        takes_part = {key for forum in held for key in self.plan.forums[forum].organisations}
        organisations = [key for key in self.register.file.organisations if key in takes_part]
        if 1 < len(organisations) <= MOST_CHOICES:
            for number, key in enumerate(organisations):
                name = self.register.file.organisations[key].label
                yield _Choice(f"o{number}", name, f"organisations/{key}")
        if 1 < len(held) <= MOST_CHOICES:
            for number, key in enumerate(self.signs):
                if key in held:
                    yield _Choice(f"f{number}", self.plan.forums[key].name, key, self.signs[key])

    def months(self) -> list[tuple[date, list[_Row]]]:
        """Give the rows of each month that has any."""
        rows = sorted(self._rows(), key=attrgetter("order"))
        return [(month, list(some)) for month, some in groupby(rows, lambda row: row.first.replace(day=1))]

    def _rows(self) -> Iterator[_Row]:
        for one in self.plan.chronological():
            name = self.plan.forums[one.forum].name
            yield _Row(one.date, one.date, name, one.forum, one, tuple(self._due[one.id]))
        for fixed in self.register.file.dates.values():
            if day := fixed.on.within(self.plan.year):
                yield _Row(day, day, fixed.name, kind="deadline")
        for due in self._due[None]:
            yield _Row(due.date, due.date, due.name, due.forum, kind="deadline")
        for span in self.plan.spans:
            if span.kind == "period":
                yield _Row(span.first, span.last, span.name, kind="break")

    def classes(self, row: _Row) -> str:
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


def _script(data: object) -> Markup:
    """Write data for a script element, which no text in it can end."""
    text = UNSEEN.sub("", json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    escapes = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
    return Markup(text.translate(escapes))  # noqa: S704 - nothing in it is markup any more


# --- calendars ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Calendar:
    """A calendar to import or to subscribe to."""

    path: str
    name: str
    title: str
    """What a subscription is called."""
    base: str | None
    """The address of the folder of calendars."""
    sign: signs.Sign | None = None
    purpose: str | None = None
    also: str = ""
    """What the same people do in the same meeting, as a sentence."""
    people: tuple[str, ...] = ()
    contact: Contact | None = None

    @property
    def anchor(self) -> str:
        return _anchor(self.path)

    @property
    def address(self) -> str:
        return quote(f"{(self.base or '').rstrip('/')}/feeds/{self.path}.ics", safe="%/:=&?~#+!$,;@()*[]'")

    @property
    def webcal(self) -> str:
        return re.sub("^https?", "webcal", self.address)

    @property
    def outlook(self) -> str:
        name = quote(self.title, safe="", errors="ignore")
        return OUTLOOK.format(url=quote(self.address, safe=""), name=name)


def _anchor(path: str) -> str:
    return "calendar-" + path.replace("/", "_")  # which no id holds


def _calendars(
    register: Register, plans: Sequence[Plan], marks: Mapping[str, signs.Sign]
) -> dict[str, list[_Calendar]]:
    """Give the calendars of some years: those of everything, of organisations, and of forums."""
    gettext = translations(register.file.language).gettext
    organisations = register.file.organisations
    forums = {key: record for plan in reversed(plans) for key, record in plan.forums.items()}
    forums = {key: forums[key] for key in marks if key in forums and register.publishes(key)}
    takes_part = {organisation for record in forums.values() for organisation in record.organisations}

    def calendar(path: str, name: str, **more: Any) -> _Calendar:  # noqa: ANN401 - the fields of a calendar
        return _Calendar(path, name, f"{name} – {register.file.name}", register.file.base_url, **more)

    def of_forum(key: str, record: ForumRecord) -> _Calendar:
        people = tuple(organisations[one].label for one in record.organisations if one in organisations)
        more: dict[str, Any] = {"sign": marks[key], "people": people}
        if model := register.forums.get(key):
            names = ", ".join(one.name for one in model.also)
            also = gettext("In the same meeting: {names}").format(names=names) if names else ""
            more |= {"purpose": model.purpose, "also": also, "contact": model.contact}
        return calendar(key, record.name, **more)

    return {
        "shared": [calendar("all", gettext("All meetings")), calendar("deadlines", gettext("Deadlines"))],
        "organisations": [
            calendar(f"organisations/{key}", one.name)
            for key, one in organisations.items()
            if key in takes_part
        ],
        "forums": [of_forum(key, record) for key, record in forums.items()],
    }


# --- templates ------------------------------------------------------------------------------------


class _Words:
    """What is put into words of a language."""

    def __init__(self, language: str) -> None:
        self._language = language
        locale = Locale.parse(language)
        self._weekdays = locale.days["format"]["abbreviated"]
        self._months, self._short = locale.months["format"]["wide"], locale.months["format"]["abbreviated"]
        self._alone = locale.months["stand-alone"]["wide"]

    def day(self, day: date) -> str:
        """Give a date as it stands in a sentence."""
        return f"{day.day} {self._months[day.month]}"

    def weekday(self, day: date) -> str:
        """Give a date with its weekday."""
        weekday = str(self._weekdays[day.weekday()])
        return f"{weekday.rstrip('.')} {self.day(day)}"

    def totals(self, plan: Plan) -> str:
        """Count meetings and forums; what is cancelled does not count."""
        live = [one.forum for one in plan.meetings if one.live]
        return totals(live, self._language)

    def short(self, day: date) -> str:
        """Give a date in few letters."""
        return f"{day.day} {self._short[day.month].rstrip('.')}"

    def month(self, day: date, year: int) -> str:
        """Give a month as a heading, with its year where that is another one."""
        name = str(self._alone[day.month])
        return name[:1].upper() + name[1:] + ("" if day.year == year else f" {day.year}")


class _Compiled(FileSystemBytecodeCache):
    """Keeps compiled templates where Python keeps its own compiled modules, if it may write there."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=None if sys.dont_write_bytecode else _Compiled(str(TEMPLATES / "__pycache__")),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        finalize=lambda value: type(value)(UNSEEN.sub("", value)) if isinstance(value, str) else value,
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    words = _Words(language)
    names = ("day", "weekday", "short", "month", "totals")
    environment.filters.update({name: getattr(words, name) for name in names}, state=signs.state)
    return environment


def _render(name: str, register: Register, choices: Sequence[_Choice], **values: object) -> str:
    environment = _environment(register.file.language)
    style = environment.get_template("style.css.j2").render(choices=choices)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template(name).render(
        choices=choices,
        digest=digest,
        file=register.file,
        style=Markup(style),  # noqa: S704 - a style sheet of ours
        **values,
    )
