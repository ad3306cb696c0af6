"""Which files are published: each name with its bytes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kultursam.feeds import FeedFilter, role_names, roles_in
from kultursam.forumfile.register import Register
from kultursam.history import changes_since_planned
from kultursam.i18n import translations
from kultursam.plans.model import Departure, Item, Meeting, Plan, by_forum, later
from kultursam.plans.plan_file import write_plan
from kultursam.presentation import (
    forums_with_calendar,
    forums_with_deadlines,
    is_published,
    life_in_words,
    roles_of,
)
from kultursam.render import data
from kultursam.render.html import index_page, year_page
from kultursam.render.ics import Calendars
from kultursam.render.wheel import wheel

Maker = Callable[[Plan, Register, str], bytes]
"""Makes a file of a year and its wheel."""
NO_MAKERS: Mapping[str, Maker] = MappingProxyType({})


def stamped(register: Register, plan: Plan, recorded: Plan | None, now: datetime) -> Plan:
    """Return a plan as it is to be recorded: what its calendars show otherwise than before is modified.

    One that version 1.0.0 recorded stays as it is, byte by byte, until something changes.
    """
    if recorded and recorded.schema == 1:
        former = replace(plan, schema=1)
        if plan.left == recorded.left and write_plan(former) == write_plan(recorded):
            return former
    calendars = Calendars(register, [plan])
    shown_before, former_names = {}, {}
    if recorded:
        shown_before = {_key(item): (item.modified, item.shown) for item in _items(recorded)}
        former_names = {key: record.name for key, record in recorded.forums.items()}
    # Version 1.0.0 recorded no digests, but names.
    renamed = {key for key, record in plan.forums.items() if record.name != former_names.get(key)}

    def stamps(item: Item, forum: str) -> dict[str, Any]:
        shown = calendars.digest(item)
        modified, before = shown_before.get(_key(item), (None, ""))
        if item.modified != modified or before == shown or not (before or forum in renamed):
            return {"shown": shown}
        more = {"announced": None} if isinstance(item, Meeting) else {}
        return {"shown": shown, "modified": later(modified, now), **more}

    meetings = []
    for meeting in plan.meetings:
        left = tuple(replace(one, **stamps(one, meeting.forum)) for one in meeting.left)
        meetings.append(replace(meeting, **stamps(meeting, meeting.forum), left=left))
    deadlines = tuple(replace(one, **stamps(one, one.forum)) for one in plan.deadlines)
    return replace(plan, meetings=tuple(meetings), deadlines=deadlines)


def _items(plan: Plan) -> Iterator[Item]:
    """Yield whatever of a plan has an entry in calendars."""
    yield from plan.meetings
    yield from plan.deadlines
    for meeting in plan.meetings:
        yield from meeting.left


def _key(item: Item) -> tuple[str | None, str, int]:
    """Return what makes a meeting, its deadline or departure, or a forum's deadline the same in two plans."""
    if isinstance(item, Meeting):
        return item.id, "", 0
    if isinstance(item, Departure):
        return item.meeting, " ".join(item.who), -1
    return item.meeting, item.forum, item.number


def published_files(
    register: Register, plans: Iterable[Plan], today: date, makers: Mapping[str, Maker] = NO_MAKERS
) -> Iterator[tuple[str, bytes]]:
    """Yield each file of each year, and each feed of all years: its name and its bytes.

    What feeds hold may depend on the day. The makers are of the kinds of file that the forum file wishes.
    """
    every = sorted(plans, key=attrgetter("year"))
    calendars = Calendars(register, every)
    for plan in every:
        year = plan.year
        for path, title, items, about in _contents(register, [plan]):
            yield f"{year}/{path}.ics", calendars.calendar(title, items, feed=False, about=about)
        text = data.to_json({**data.document(plan, register), "changes": []})
        yield f"{year}/meetings.json", text.encode()
        # Excel reads UTF-8 only after a byte order mark.
        yield f"{year}/meetings.csv", data.to_csv(plan, register).encode("utf-8-sig")
        drawing = wheel(plan, register)
        yield f"{year}.svg", drawing.encode()
        told = replace(plan, changes=changes_since_planned(plan, ZoneInfo(register.file.timezone)))
        for kind, make in makers.items():
            yield f"{year}/{year}.{kind}", make(told, register, drawing)
        yield f"{year}.html", year_page(plan, register, drawing).encode()
    meetings = {meeting.id: meeting for plan in every for meeting in plan.meetings}
    chosen = FeedFilter.of(register, today)
    for path, title, items, about in (*_contents(register, every), *_further_feeds(register, every)):
        held = [item for item in items if chosen.holds(item, _meeting_of(item, meetings))]
        yield f"feeds/{path}.ics", calendars.calendar(title, held, feed=True, about=about)
    yield "index.html", index_page(every, register).encode()


class _Content(NamedTuple):
    """What a calendar holds."""

    path: str
    """Its name without the ending, in its folder."""
    title: str
    items: Sequence[Item]
    about: str = ""


def _meeting_of(item: Item, meetings: Mapping[str, Meeting]) -> Meeting | None:
    return item if isinstance(item, Meeting) else meetings.get(item.meeting or "")


def _contents(register: Register, plans: Sequence[Plan]) -> Iterator[_Content]:
    """Yield the calendars of some years."""
    name, _ = register.file.name, translations(register.file.language).gettext
    meetings = _published(register, plans)
    of_forum = by_forum(meetings)
    of_organisation = _by_organisation(register, plans)
    for forum, record in forums_with_calendar(register, plans).items():
        yield _Content(forum, f"{record.name} – {name}", of_forum.get(forum, []))
    yield _Content("all", name, meetings)
    due = [deadline for plan in plans for deadline in plan.deadlines]
    yield _Content("deadlines", f"{_('Deadlines')} – {name}", due)
    labels = {key: label for plan in plans for key, label in plan.organisations.items()}
    names = {key: organisation.name for key, organisation in register.file.organisations.items()}
    for key in dict.fromkeys([*names, *sorted(of_organisation)]):
        title = f"{names.get(key) or labels.get(key, key)} – {name}"
        items = of_organisation.get(key, [])
        yield _Content(f"organisations/{key}", title, items, life_in_words(register, key))


def _further_feeds(register: Register, plans: Sequence[Plan]) -> Iterator[_Content]:
    """Yield what there is as feeds alone: the meetings of each role, and the deadlines of each forum."""
    name, _ = register.file.name, translations(register.file.language).gettext
    roles = roles_in(register, plans)
    of_role: dict[str, list[Item]] = {role: [] for role in roles}
    for plan in plans:
        for meeting in _published(register, [plan]):
            present = dict.fromkeys((role for role, _ in roles_of(register, plan, meeting)), meeting)
            for role, item in (present | {one.role: one for one in meeting.left if one.role}).items():
                of_role[role].append(item)
    for role, path in role_names(roles).items():
        yield _Content(f"roles/{path}", f"{role} – {name}", of_role[role])
    for forum, record in forums_with_deadlines(register, plans).items():
        due = [one for plan in plans for one in plan.deadlines if one.forum == forum]
        yield _Content(f"deadlines/{forum}", f"{_('Deadlines')}: {record.name} – {name}", due)


def _published(register: Register, plans: Iterable[Plan]) -> list[Meeting]:
    """Return the meetings of some years that stand in calendars, in order of time."""
    return [meeting for plan in plans for meeting in plan.chronological() if is_published(register, meeting)]


def _by_organisation(register: Register, plans: Iterable[Plan]) -> dict[str, list[Item]]:
    """Return what the calendar of each organisation holds: its meetings; of those that it has left, that."""
    entries: dict[str, list[Item]] = {}
    for plan in plans:
        for meeting in _published(register, [plan]):
            for key, item in plan.entries_of(meeting).items():
                entries.setdefault(key, []).append(item)
    return entries
