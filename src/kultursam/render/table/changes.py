"""What changed since the plan of record."""

from collections.abc import Container, Iterator, Sequence
from datetime import date

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from kultursam.plans.model import Change, Meeting
from kultursam.presentation import DASH
from kultursam.render.table.page import GAP, MARKS, Page

FEW_NEW = 5
"""More new meetings than this are counted, not listed: the list of the year shows them."""
KINDS = ("new", "moved", "changed", "confirmed", "cancelled")


def layout_changes(page: Page, changes: Sequence[Change]) -> Iterator[RenderableType]:
    """Yield what changed, by kind; what has not is counted."""
    plan = page.year.plan
    new = sum(change.kind == "new" for change in changes)
    if new > FEW_NEW:
        total = page.ngettext("{n} new meeting", "{n} new meetings", new)
        yield Text.assemble((page.sign("new"), MARKS["new"][1]), f" {total}")
    grid = Table.grid(padding=(0, GAP, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for kind in KINDS[1:] if new > FEW_NEW else KINDS:
        for change in changes:
            if change.kind == kind:
                words = _in_words(page, change, plan.meeting(change.meeting))
                grid.add_row(Text(f"{page.sign(kind)} {page.word(kind)}", MARKS[kind][1]), words)
    yield grid
    touched = {change.meeting for change in changes}
    kept = sum(meeting.live and meeting.id not in touched for meeting in plan.meetings)
    if kept or not changes:
        unchanged = page.ngettext("{n} meeting unchanged", "{n} meetings unchanged", kept)
        yield Text(f"= {unchanged}", "dim")


def _in_words(page: Page, change: Change, meeting: Meeting | None) -> str:
    """Return what changed of a meeting; one that has left the plan goes by its id."""
    if meeting is None:
        return page.say(change.meeting)
    name = page.forum(meeting.forum)
    if change.kind == "moved":
        moments = (change.before or str(meeting.moved_from or ""), change.after or str(meeting.date))
        steps = [_moment(page, moment) for moment in moments if moment]
    else:
        name = f"{name}, {page.prose(meeting.date)}"
        hosts = {meeting.host, *page.year.register.file.organisations}
        steps = [_place_and_host(page, text or "", hosts) for text in (change.before, change.after)]
        if change.kind != "changed" or steps[0] == steps[1]:
            return name
    arrow = f" {page.sign('moved')} "
    return f"{name}: {arrow.join(steps)}"


def _moment(page: Page, moment: str) -> str:
    """Return a moment, an ISO date that may have times, in words."""
    day, *times = moment.split(" ")
    times = [page.say(time.replace("-", DASH)) for time in times]
    return " ".join([page.prose(date.fromisoformat(day)), *times])


def _place_and_host(page: Page, text: str, hosts: Container[str | None]) -> str:
    """Return a place, and after it the name of the host whose id may stand before it; a dash for neither."""
    host, _, place = text.partition(", ")
    parts = [place, page.year.register.label(host)] if host in hosts else [text]
    return page.say(", ".join(part for part in parts if part) or DASH)
