"""The year with a line a forum and a cell a week."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from rich.cells import cell_len, set_cell_size
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from kultursam.plans.model import Meeting
from kultursam.presentation import DAY
from kultursam.render.table.page import MARKS, Page, short_names, shown_state

DAYS_A_WEEK = 7
NAME_WIDTH = 12
"""What is left of a name before the year is divided into blocks."""

Weeks = dict[date, list[Meeting]]
"""Meetings by the Monday of their week."""


def layout_weeks(page: Page) -> Iterator[RenderableType]:
    """Yield the year in weeks; a narrow terminal has it in several blocks."""
    yield page.title()
    held: dict[str, Weeks] = defaultdict(lambda: defaultdict(list))
    goes_on: dict[str, set[date]] = defaultdict(set)
    for meeting in page.year.plan.meetings:
        held[meeting.forum][monday_of(meeting.date)].append(meeting)
        goes_on[meeting.forum].update(map(monday_of, meeting.every_day[1:]))
    # A meeting has one mark, which goes on over the weeks after its first.
    goes_on = {key: mondays - held[key].keys() for key, mondays in goes_on.items()}
    closed = Counter(monday_of(day) for span in page.year.closures for day in page.year.working_days(span))
    away = {monday for monday, days in closed.items() if 2 * days > DAYS_A_WEEK - len(page.year.weekend)}
    due = {monday_of(day) for day, _ in page.year.due}
    for mondays, label in _blocks(page):
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(width=label)
        grid.add_column(width=len(mondays))
        grid.add_column(justify="right")
        _add_header(page, grid, mondays, label)
        empty = {monday: page.sign("away" if monday in away else "nothing") for monday in mondays}
        for key in page.year.meeting_forums:
            own = {monday: held[key][monday] for monday in mondays if monday in held[key]}
            name, number = page.shorten(page.forum(key), label), sum(map(live, own.values()))
            further = dict.fromkeys(goes_on[key], (page.sign("on"), f"bold {page.colour(key)}"))
            cells = _cells(empty, further | _forum_marks(page, key, own))
            grid.add_row(name, cells, Text(f"{number:>2}", "bold"))
        if due:
            style = MARKS["due"][1]
            word = Text(page.shorten(page.word("due").capitalize(), label), style)
            grid.add_row(word, _cells(empty, dict.fromkeys(due, (page.sign("due"), style))))
        yield grid
        yield Text()
    present = Counter(_week_state(same) for weeks in held.values() for same in weeks.values())
    yield page.legend({**present, "on": any(goes_on.values()), "due": due, "away": away})


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - DAY * day.weekday()


def live(meetings: Iterable[Meeting]) -> int:
    """Return how many meetings are to be held."""
    return sum(meeting.live for meeting in meetings)


def shown(meetings: Sequence[Meeting]) -> Sequence[Meeting]:
    """Return what a cell shows of its meetings: a cancelled one only where no other is."""
    return [meeting for meeting in meetings if meeting.live] or meetings[:1]


def _week_state(same: Sequence[Meeting]) -> str:
    return "more" if live(same) > 1 else shown_state(shown(same)[0])


def _blocks(page: Page) -> Iterator[tuple[list[date], int]]:
    """Yield the Mondays of each block, and the room for names; blocks are as few as leave enough of it.

    Weeks around the year are there if they hold a meeting of the plan.
    """
    year = page.year.plan.planning_year
    days = [year.first, year.last, *(day for meeting in page.year.plan.meetings for day in meeting.every_day)]
    first, last = monday_of(min(days)), monday_of(max(days))
    weeks = [first + DAY * DAYS_A_WEEK * number for number in range((last - first).days // DAYS_A_WEEK + 1)]
    longest = max(map(cell_len, [*map(page.forum, page.year.meeting_forums), page.word("due")]))
    others = len(" ") + len(" 00")
    blocks = -(-len(weeks) // (page.width - min(longest, NAME_WIDTH) - others))
    size = -(-len(weeks) // blocks)
    for start in range(0, len(weeks), size):
        yield weeks[start : start + size], min(longest, page.width - size - others)


def _add_header(page: Page, grid: Table, mondays: Sequence[date], label: int) -> None:
    """Add a row for months, each above the week of its first day, and rows for tens and units of weeks."""
    months, names = "", short_names(page.year.language, "MMM")
    for column, monday in enumerate(mondays):
        sunday = monday + DAY * 6
        name = page.say(names[sunday.month - 1][:3])
        if sunday.day <= len("MTWTFSS") and column + cell_len(name) <= len(mondays):
            months = set_cell_size(months, column) + name
    grid.add_row("", Text(months, "bold"))
    weeks = [f"{monday.isocalendar().week:>2}" for monday in mondays]
    tens = "".join(week[0] if week[1] == "0" or not column else " " for column, week in enumerate(weeks))
    word = page.shorten(page.gettext("week"), min(label, NAME_WIDTH))
    grid.add_row(Text(word, justify="right"), tens, style="dim")
    grid.add_row("", "".join(week[1] for week in weeks), style="dim")


def _forum_marks(page: Page, forum: str, held: Weeks) -> dict[date, tuple[str, str]]:
    """Return the symbol and style of each week in which a forum has meetings."""
    style = f"bold {page.colour(forum)}"
    signs = {
        monday: str(live(same)) if live(same) > 1 else page.sign(_week_state(same))
        for monday, same in held.items()
    }
    return {monday: (sign if len(sign) == 1 else "+", style) for monday, sign in signs.items()}


def _cells(empty: Mapping[date, str], marks: Mapping[date, tuple[str, str]]) -> Text:
    return Text.assemble(*(marks.get(monday, (nothing, "dim")) for monday, nothing in empty.items()))
