"""The year as a calendar of months, with a cell a day."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from rich.cells import cell_len
from rich.columns import Columns
from rich.console import RenderableType
from rich.constrain import Constrain
from rich.table import Table
from rich.text import Text

from kultursam.plans.model import Meeting, by_forum
from kultursam.presentation import DAY
from kultursam.render.table.page import GAP, MARKS, Page, short_names
from kultursam.render.table.weeks import live, monday_of, shown

WEEK_WIDTH, DAY_WIDTH = 4, 3
MONTH_WIDTH, MONTHS_ABREAST = WEEK_WIDTH + 7 * DAY_WIDTH, 3


def layout_months(page: Page) -> Iterator[RenderableType]:
    """Yield the months, as many abreast as fit, and a key to their letters."""
    yield page.title()
    meetings: dict[date, list[Meeting]] = defaultdict(list)
    for meeting in page.year.plan.meetings:
        for day in meeting.every_day:
            meetings[day].append(meeting)
    away = {day for span in page.year.closures for day in page.year.working_days(span)}
    cells = {day: Text(f"{day.day:>2}{page.sign('away')}", "dim") for day in away}
    cells |= {
        day: Text(f"{day.day:>2}{page.sign('deadline')}", MARKS["deadline"][1]) for day, _ in page.year.due
    }
    cells |= {day: _meeting_cell(page, day, same) for day, same in meetings.items()}
    # Months around the year are there if they hold a meeting of the plan.
    firsts = {first.replace(day=1) for first in page.year.plan.planning_year.months()}
    months = [
        _month(page, first, cells) for first in sorted(firsts | {day.replace(day=1) for day in meetings})
    ]
    abreast = min(MONTHS_ABREAST, (page.width + GAP) // (MONTH_WIDTH + GAP))
    grid = Table.grid(padding=(0, GAP, 0, 0))
    for start in range(0, len(months), abreast):
        grid.add_row(*months[start : start + abreast])
        grid.add_row()
    yield grid
    yield from _key(page, abreast * (MONTH_WIDTH + GAP))
    numbers = [live(same) for same in meetings.values()]
    present = {
        "several": max(numbers, default=0) > 1,
        "cancelled": 0 in numbers,
        "on": any(_goes_on(day, shown(same)) for day, same in meetings.items()),
    }
    yield page.legend({**present, "deadline": page.year.due, "away": away})


def _month(page: Page, first: date, cells: Mapping[date, Text]) -> Table:
    table = Table(
        title=page.month(first),
        title_style="bold",
        header_style="dim",
        box=None,
        padding=0,
        width=MONTH_WIDTH,
    )
    table.add_column(f"{page.gettext('wk'):>3}", width=WEEK_WIDTH)
    for name in short_names(page.year.language, "cccccc"):
        table.add_column(page.say(name), width=DAY_WIDTH)
    week = [monday_of(first) + DAY * number for number in range(7)]
    while week[0] <= first or week[0].month == first.month:
        days = [(cells.get(day) or _free_cell(page, day)) if day.month == first.month else "" for day in week]
        table.add_row(Text(f"{week[0].isocalendar().week:>3}", "dim"), *days)
        week = [day + DAY * 7 for day in week]
    return table


def _meeting_cell(page: Page, day: date, same: Sequence[Meeting]) -> Text:
    meeting, *others = shown(same)
    if others:
        return Text(f"{day.day:>2}{page.sign('several')}", "bold reverse")
    if _goes_on(day, [meeting]):
        mark = page.sign("on")
    else:
        mark = page.year.signs[meeting.forum].letter if meeting.live else page.sign("cancelled")
    return Text(f"{day.day:>2}{mark}", page.fill(meeting.forum) + ("" if meeting.live else " strike"))


def _goes_on(day: date, meetings: Sequence[Meeting]) -> bool:
    """Return whether a day's only meeting began before: it has one mark, which goes on over its days."""
    return len(meetings) == 1 and meetings[0].date < day


def _free_cell(page: Page, day: date) -> Text:
    return Text(f"{day.day:>2}", "dim" if day.weekday() in page.year.weekend else "")


def _key(page: Page, width: int) -> Iterator[RenderableType]:
    """Yield whose the letters are, and how many meetings each forum has; no wider than the months."""
    held = by_forum(page.year.plan.meetings)
    items = []
    for key in page.year.meeting_forums:
        item = Table.grid(padding=(0, 1, 0, 0))
        item.add_column(no_wrap=True)
        item.add_column(overflow="fold")
        letter = Text(f" {page.year.signs[key].letter} ", page.fill(key))
        item.add_row(letter, f"{page.forum(key)} ({live(held[key])})")
        items.append(item)
    widest = max((cell_len(page.forum(key)) for key in held), default=0) + len(" X  (365)")
    yield Constrain(Columns(items, padding=(0, GAP), equal=True), max(width, widest))
    yield Text()
