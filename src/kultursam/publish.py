"""Which files are published: each name with its bytes."""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.plans.model import Plan, by_forum
from kultursam.presentation import forums_with_calendar, is_published
from kultursam.render import data
from kultursam.render.html import index_page, year_page
from kultursam.render.ics import Calendars
from kultursam.render.wheel import wheel


def published_files(register: Register, plans: Iterable[Plan]) -> Iterator[tuple[str, bytes]]:
    """Yield each file of each year, and each feed of all years: its name and its bytes."""
    every = sorted(plans, key=attrgetter("year"))
    calendars = Calendars(register, every)
    for plan in every:
        year = plan.year
        yield from _calendars(register, calendars, [plan], f"{year}/", feed=False)
        text = data.to_json({**data.document(plan, register), "changes": []})
        yield f"{year}/meetings.json", text.encode()
        # Excel reads UTF-8 only after a byte order mark.
        yield f"{year}/meetings.csv", data.to_csv(plan, register).encode("utf-8-sig")
        drawing = wheel(plan, register)
        yield f"{year}.svg", drawing.encode()
        yield f"{year}.html", year_page(plan, register, drawing).encode()
    yield from _calendars(register, calendars, every, "feeds/", feed=True)
    yield "index.html", index_page(every, register).encode()


def _calendars(
    register: Register, calendars: Calendars, plans: Sequence[Plan], folder: str, *, feed: bool
) -> Iterator[tuple[str, bytes]]:
    name, _ = register.file.name, translations(register.file.language).gettext
    meetings = [
        meeting for plan in plans for meeting in plan.chronological() if is_published(register, meeting)
    ]
    of_forum = by_forum(meetings)
    members = {
        meeting.id: plan.forums[meeting.forum].organisations for plan in plans for meeting in plan.meetings
    }
    for forum, record in forums_with_calendar(register, plans).items():
        own = of_forum.get(forum, [])
        yield f"{folder}{forum}.ics", calendars.calendar(f"{record.name} – {name}", own, feed=feed)
    yield f"{folder}all.ics", calendars.calendar(name, meetings, feed=feed)
    due = [deadline for plan in plans for deadline in plan.deadlines]
    yield f"{folder}deadlines.ics", calendars.calendar(f"{_('Deadlines')} – {name}", due, feed=feed)
    for key, organisation in register.file.organisations.items():
        title = f"{organisation.name} – {name}"
        own = [meeting for meeting in meetings if key in members[meeting.id]]
        yield f"{folder}organisations/{key}.ics", calendars.calendar(title, own, feed=feed)
