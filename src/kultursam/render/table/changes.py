"""What changed since the plan of record."""

from collections.abc import Iterator, Sequence
from datetime import date

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from kultursam.forumfile.values import ALL_DAY
from kultursam.plans.model import Change, Meeting
from kultursam.presentation import DASH
from kultursam.render.table.page import GAP, MARKS, Page

FEW_NEW = 5
"""More new meetings than this are counted, not listed: the list of the year shows them."""
KINDS = ("new", "moved", "changed", "confirmed", "cancelled", "restored", "renamed")


def layout_changes(page: Page, changes: Sequence[Change], *, alone: bool) -> Iterator[RenderableType]:
    """Yield what changed, by kind; what has not is counted.

    Where changes are all that is shown, they stand `alone`: every one, below the name of the year.
    """
    plan = page.year.plan
    new = sum(change.kind == "new" for change in changes)
    counted = new > FEW_NEW and not alone
    if alone:
        yield Text(page.say(f"{plan.name} {plan.planning_year}"), "bold")
    if counted:
        total = page.ngettext("{n} new meeting", "{n} new meetings", new)
        yield Text.assemble((page.sign("new"), MARKS["new"][1]), f" {total}")
    grid = Table.grid(padding=(0, GAP, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for kind in KINDS[1:] if counted else KINDS:
        words = (
            _in_words(page, change, plan.meeting(change.meeting)) for change in changes if change.kind == kind
        )
        for line in dict.fromkeys(words):
            grid.add_row(Text(f"{page.sign(kind)} {page.word(kind)}", MARKS[kind][1]), line)
    yield grid
    touched = {change.meeting for change in changes}
    kept = sum(meeting.live and meeting.id not in touched for meeting in plan.meetings)
    if not alone and (kept or not changes):
        unchanged = page.ngettext("{n} meeting unchanged", "{n} meetings unchanged", kept)
        yield Text(f"= {unchanged}", "dim")


def _in_words(page: Page, change: Change, meeting: Meeting | None) -> str:
    """Return what changed of a meeting; one that has left the plan goes by its id."""
    if meeting is None:
        return page.say(change.meeting)
    steps = [page.say(text or DASH) for text in (change.before, change.after)]
    arrow = f" {page.sign('moved')} "
    if change.kind == "renamed":
        # A name is that of all meetings of a forum, or of those that an organisation hosts.
        return arrow.join(steps)
    name = page.say(page.year.name(meeting))
    if change.kind == "moved":
        steps = [_moment(page, moment) for moment in (change.before, change.after) if moment]
        pinned = f" ({page.gettext('pinned')})" if meeting.pinned else ""
        return f"{name}: {arrow.join(steps)}{pinned}"
    name = f"{name}, {page.prose(meeting.date)}"
    return f"{name}: {arrow.join(steps)}" if change.kind == "changed" else name


def _moment(page: Page, moment: str) -> str:
    """Return a moment, an ISO date that may have times, in words."""
    day, *times = moment.split(" ")
    days = f" {DASH} ".join(page.prose(date.fromisoformat(each)) for each in day.split("/"))
    words = " ".join(times).replace(ALL_DAY[0], page.gettext("all day"))
    return " ".join([days, *(page.say(words.replace("-", DASH)) for _ in times[:1])])
