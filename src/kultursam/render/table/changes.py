"""What changed since the plan of record."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from kultursam.render.table.page import DASH, MARKS, pad

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kultursam.plans.model import Change, Meeting
    from kultursam.render.table.page import Page

FEW_NEW = 5
"""More new meetings than this are counted, not listed: the list of the year shows them."""


def change_lines(page: Page, changes: Sequence[Change]) -> Iterator[Text]:
    """Lay out what changed, by kind; what has not is counted."""
    meetings = {one.id: one for one in page.year.plan.meetings}
    kinds = ("new", "moved", "changed", "confirmed", "cancelled")
    width = max(cell_len(page.word(kind)) for kind in kinds)
    for kind in kinds:
        same = [one for one in changes if one.kind == kind]
        if kind == "new" and len(same) > FEW_NEW:
            total = page.ngettext("{n} new meeting", "{n} new meetings", len(same))
            yield Text.assemble((page.sign(kind), MARKS[kind][1]), f" {total}")
            continue
        for change in same:
            word = pad(page.word(kind), width)
            told = _told(page, change, meetings.get(change.meeting))
            yield from page.hang(Text.assemble((f"{page.sign(kind)} {word}", MARKS[kind][1]), f"  {told}"), 4)
    touched = {one.meeting for one in changes}
    kept = sum(one.live and one.id not in touched for one in page.year.plan.meetings)
    if kept or not changes:
        unchanged = page.ngettext("{n} meeting unchanged", "{n} meetings unchanged", kept)
        yield Text(f"= {unchanged}", "dim")


def _told(page: Page, change: Change, meeting: Meeting | None) -> str:
    """Say what changed of a meeting; one that has left the plan goes by its id."""
    if meeting is None:
        return page.say(change.meeting)
    name = page.forum(meeting.forum)
    if change.kind == "moved":
        steps = [change.before or str(meeting.moved_from or ""), change.after or str(meeting.date)]
        steps = [_in_words(page, step) for step in steps if step]
    else:
        name = f"{name}, {page.prose(meeting.date)}"
        steps = [_whereabouts(page, step) for step in (change.before, change.after)]
        if change.kind != "changed" or steps[0] == steps[1]:
            return name
    arrow = f" {page.sign('moved')} "
    return f"{name}: {arrow.join(steps)}"


def _in_words(page: Page, moment: str) -> str:
    """Put a moment, an ISO date that may have times, into words."""
    day, *times = moment.split(" ")
    return page.say(
        " ".join([page.prose(date.fromisoformat(day)), *(one.replace("-", DASH) for one in times)])
    )


def _whereabouts(page: Page, text: str | None) -> str:
    """Put a place, be it led by its host's id, into words; a dash where there is none."""
    first, *rest = (text or DASH).split(", ")
    return page.say(", ".join([page.year.register.label(first), *rest]))
