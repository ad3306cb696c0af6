"""What changed since the plan of record."""

from collections.abc import Iterator, Sequence
from datetime import date

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from kultursam.history import KINDS, what_changed
from kultursam.plans.model import Change
from kultursam.presentation import day_in_words
from kultursam.render.table.page import GAP, MARKS, Page

FEW_NEW = 5
"""More new meetings than this are counted, not listed: the list of the year shows them."""


def layout_changes(
    page: Page, changes: Sequence[Change], *, alone: bool, since: date | None
) -> Iterator[RenderableType]:
    """Yield what changed, by kind; what has not is counted.

    Where changes are all that is shown, they stand `alone`: every one, below the name of the year and the
    day that they are counted from, if there is one.
    """
    plan = page.year.plan
    new = sum(change.kind == "new" for change in changes)
    counted = new > FEW_NEW and not alone
    if alone:
        title = page.say(f"{plan.name} {plan.planning_year}")
        if since:
            day = day_in_words(since, page.year.language, year=True)
            title = page.gettext("{year}: changed since {day}", year=title, day=day)
        yield Text(title, "bold", overflow="fold")
    if counted:
        total = page.ngettext("{n} new meeting", "{n} new meetings", new)
        yield Text.assemble((page.sign("new"), MARKS["new"][1]), f" {total}")
    grid = Table.grid(padding=(0, GAP, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for kind in [*KINDS][1:] if counted else KINDS:
        words = (page.say(what_changed(page.year, change)) for change in changes if change.kind == kind)
        for line in dict.fromkeys(words):
            grid.add_row(Text(f"{page.sign(kind)} {page.word(kind)}", MARKS[kind][1]), line)
    yield grid
    if since and not changes:
        yield Text(page.gettext("Nothing has changed."))
    touched = {change.meeting for change in changes}
    kept = sum(meeting.live and meeting.id not in touched for meeting in plan.meetings)
    if not alone and (kept or not changes):
        unchanged = page.ngettext("{n} meeting unchanged", "{n} meetings unchanged", kept)
        yield Text(f"= {unchanged}", "dim")
