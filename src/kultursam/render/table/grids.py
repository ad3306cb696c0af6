"""The year as grids: a line a forum with a cell a week, and a calendar of months with a cell a day."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import count, zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from kultursam.render.table.page import COLOURS, GAP, MARKS, abreast, pad
from kultursam.render.table.year import DAY, SATURDAY, state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kultursam.plans.model import Meeting
    from kultursam.render.table.page import Page

AWAY_DAYS = 3
"""From so many days off, of five, the line view marks a week as away."""
NAME_WIDTH = 12
"""What the line view leaves of a name before it divides the year."""
MONTH_WIDTH, MONTHS_ABREAST = 25, 3

# --- a line a forum -------------------------------------------------------------------------------


def week_lines(page: Page) -> Iterator[Text]:
    """Lay out a line a forum, with a cell a week; a narrow terminal has the year in several blocks."""
    yield from page.title()
    cells: dict[tuple[str, date], list[Meeting]] = defaultdict(list)
    for one in page.year.plan.meetings:
        cells[one.forum, _monday(one.date)].append(one)
    closed = Counter(map(_monday, page.year.away))
    away = {monday for monday, days in closed.items() if days >= AWAY_DAYS}
    due = {_monday(day) for day, _ in page.year.due}
    met = {one.forum for one in page.year.plan.meetings}
    for mondays, label in _blocks(page, [page.forum(key) for key in met]):
        yield from _week_header(page, mondays, label)
        empty = {monday: page.sign("away" if monday in away else "nothing") for monday in mondays}
        for key in page.year.signs:
            if key in met:
                held = {monday: cells[key, monday] for monday in mondays if (key, monday) in cells}
                yield _forum_line(page, key, held, empty, label)
        if due:
            yield _deadline_line(page, due, empty, label)
        yield Text()
    present = Counter(_week_sign(same) for same in cells.values())
    yield from page.legend({**present, "due": due, "away": away})


def _monday(day: date) -> date:
    return day - DAY * day.weekday()


def _blocks(page: Page, names: Iterable[str]) -> Iterator[tuple[list[date], int]]:
    """Give the year's Mondays, and the room for names; where too little is left, in several blocks.

    Weeks around the year are there if they hold a meeting of the plan.
    """
    year = page.year.plan.year
    days = [date(year, 1, 1), date(year, 12, 31), *(one.date for one in page.year.plan.meetings)]
    first, last = _monday(min(days)), _monday(max(days))
    weeks = [first + DAY * 7 * number for number in range((last - first).days // 7 + 1)]
    longest = max(map(cell_len, [*names, page.word("due")]))
    others = len(" ") + len(" 00")
    blocks = -(-len(weeks) // (page.width - min(longest, NAME_WIDTH) - others))
    size = -(-len(weeks) // blocks)
    for start in range(0, len(weeks), size):
        yield weeks[start : start + size], min(longest, page.width - size - others)


def _live(meetings: Iterable[Meeting]) -> int:
    return sum(one.live for one in meetings)


def _week_sign(same: Sequence[Meeting]) -> str:
    return "more" if _live(same) > 1 else state(_shown(same)[0])


def _shown(same: Sequence[Meeting]) -> Sequence[Meeting]:
    """Give what takes place; what is cancelled only where nothing else is."""
    return [one for one in same if one.live] or same[:1]


def _week_header(page: Page, mondays: Sequence[date], label: int) -> Iterator[Text]:
    months = ""
    for column, monday in enumerate(mondays):
        sunday = monday + DAY * 6
        name = page.say(page.names.short_months[sunday.month - 1][:3])
        if sunday.day <= len("MTWTFSS") and column + cell_len(name) <= len(mondays):
            months = pad(months, column) + name
    yield Text(" " * (label + 1) + months, "bold")
    numbers = [f"{monday.isocalendar().week:>2}" for monday in mondays]
    tens = "".join(one[0] if one[1] == "0" or not at else " " for at, one in enumerate(numbers))
    word = page.shorten(page.gettext("week"), min(label, NAME_WIDTH)).rstrip()
    yield Text(f"{' ' * (label - cell_len(word))}{word} {tens}", "dim")
    yield Text(f"{' ' * label} {''.join(one[1] for one in numbers)}", "dim")


def _forum_line(
    page: Page, forum: str, held: Mapping[date, Sequence[Meeting]], empty: Mapping[date, str], label: int
) -> Text:
    line = Text(page.shorten(page.forum(forum), label) + " ")
    for monday, nothing in empty.items():
        if same := held.get(monday):
            sign = page.sign(_week_sign(same)) if _live(same) <= 1 else str(_live(same))
            line.append(sign if len(sign) == 1 else "+", f"bold {page.colour(forum)}")
        else:
            line.append(nothing, "dim")
    return line.append(f" {sum(map(_live, held.values())):>2}", "bold")


def _deadline_line(page: Page, due: set[date], empty: Mapping[date, str], label: int) -> Text:
    line = Text.assemble((page.shorten(page.word("due").capitalize(), label) + " ", MARKS["due"][1]))
    for monday, nothing in empty.items():
        style = MARKS["due"][1] if monday in due else "dim"
        line.append(page.sign("due") if monday in due else nothing, style)
    return line


# --- a grid of months -----------------------------------------------------------------------------


def month_lines(page: Page) -> Iterator[Text]:
    """Lay out the months, as many abreast as fit, and a key to their letters."""
    yield from page.title()
    meetings: dict[date, list[Meeting]] = defaultdict(list)
    for one in page.year.plan.meetings:
        meetings[one.date].append(one)
    cells = {day: _held_cell(page, day, same) for day, same in meetings.items()}
    # Months around the year are there if they hold a meeting of the plan.
    firsts = {date(page.year.plan.year, month, 1) for month in range(1, 13)}
    firsts |= {day.replace(day=1) for day in meetings}
    blocks = [_month(page, first, cells) for first in sorted(firsts)]
    across = min(MONTHS_ABREAST, (page.width + GAP) // (MONTH_WIDTH + GAP))
    for start in range(0, len(blocks), across):
        for row in zip_longest(*blocks[start : start + across], fillvalue=Text()):
            yield abreast(row, count(0, MONTH_WIDTH + GAP))
        yield Text()
    yield from _key(page, across * (MONTH_WIDTH + GAP))
    numbers = [_live(same) for same in meetings.values()]
    present = {"several": max(numbers, default=0) > 1, "cancelled": 0 in numbers}
    yield from page.legend({**present, "deadline": page.year.due, "away": page.year.away})


def _month(page: Page, first: date, held: Mapping[date, Text]) -> list[Text]:
    name = page.month(first)
    title = " " * ((MONTH_WIDTH - cell_len(name)) // 2) + name[:1].upper() + name[1:]
    heads = " ".join(page.say(name) for name in page.names.short_days)
    lines = [Text(title, "bold"), Text(f"{page.gettext('wk'):>3} {heads}", "dim")]
    week = [_monday(first) + DAY * number for number in range(7)]
    while week[0] <= first or week[0].month == first.month:
        days = [day for day in week if day.month == first.month]
        before = "   " * (days[0] - week[0]).days
        cells = (held.get(day) or _free_cell(page, day) for day in days)
        lines.append(Text.assemble((f"{week[0].isocalendar().week:>3} ", "dim"), before, *cells))
        week = [day + DAY * 7 for day in week]
    return lines


def _held_cell(page: Page, day: date, same: Sequence[Meeting]) -> Text:
    one, *others = _shown(same)
    if others:
        return Text(f"{day.day:>2}{page.sign('several')}", "bold reverse")
    mark = page.year.signs[one.forum].letter if one.live else page.sign("cancelled")
    return Text(f"{day.day:>2}{mark}", _fill(page, one.forum) + ("" if one.live else " strike"))


def _free_cell(page: Page, day: date) -> Text:
    if any(day == due for due, _ in page.year.due):
        return Text(f"{day.day:>2}{page.sign('deadline')}", MARKS["deadline"][1])
    if day in page.year.away:
        return Text(f"{day.day:>2}{page.sign('away')}", "dim")
    return Text(f"{day.day:>2} ", "dim" if day.weekday() >= SATURDAY else "")


def _fill(page: Page, forum: str) -> str:
    colour = page.colour(forum)
    return f"bold {'#ffffff' if colour == COLOURS[0] else '#000000'} on {colour}"


def _key(page: Page, width: int) -> Iterator[Text]:
    """Tell whose the letters are, and how many meetings each forum has."""
    counts = Counter({one.forum: 0 for one in page.year.plan.meetings})
    counts.update(one.forum for one in page.year.plan.meetings if one.live)
    items = [
        Text.assemble(
            (f" {page.year.signs[key].letter} ", _fill(page, key)), f" {page.forum(key)} ({counts[key]})"
        )
        for key in page.year.signs
        if key in counts
    ]
    column = max((item.cell_len for item in items), default=0) + GAP
    across = max(1, width // column)
    for start in range(0, len(items), across):
        row = abreast(items[start : start + across], count(0, column))
        yield from page.hang(row, 4)
    yield Text()
