"""The year in the terminal: a list, a line a forum, a grid of months, and what changed.

A view is laid out when it is printed, for only then are width and symbols known; widths count terminal
cells. Colour says nothing that a symbol or word does not say too. Spans of days hold both their ends.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

from babel.core import Locale
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from kultursam import signs
from kultursam.i18n import N_, totals, translations
from kultursam.plan import DaySpan, Meeting, Status
from kultursam.problems import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from gettext import NullTranslations
    from typing import TextIO

    from rich.console import ConsoleOptions, RenderableType

    from kultursam.plan import Change, Deadline, Plan
    from kultursam.register import Register

DAY = timedelta(days=1)
SATURDAY = 5
DASH = "\N{EN DASH}"
UNLIMITED = 100_000
"""The width of what is no terminal: nothing is ever wrapped there."""
LEAST_WIDTH = 40
"""Narrower terminals wrap by themselves."""
STACKED_WIDTH = 64
"""Below this the list gives week, date and time a line of their own."""
MONTH_WIDTH, MONTHS_ABREAST, GAP = 25, 3, 2
FEW_NEW = 5
"""More new meetings than this are counted, not listed: the list of the year shows them."""
AWAY_DAYS = 3
"""From so many days off, of five, the line view marks a week as away."""
NAME_WIDTH = 12
"""What the line view leaves of a name before it divides the year."""

MARKS = {
    "confirmed": ("●", "green", N_("confirmed")),
    "proposed": ("○", "yellow", N_("proposed")),
    "reserved": ("□", "yellow", N_("reserved")),
    "external": ("◊", "magenta", N_("external")),
    "moved": ("→", "cyan", N_("moved")),
    "cancelled": ("✕", "red", N_("cancelled")),
    "more": ("2", "bold", N_("several meetings")),
    "several": ("+", "bold", N_("several meetings")),
    "deadline": ("!", "bold red", N_("deadline")),
    "due": ("▼", "bold red", N_("deadline")),
    "away": ("░", "dim", N_("holidays and breaks")),
    "nothing": ("·", "dim", ""),
    "new": ("+", "green", N_("new")),
    "changed": ("~", "cyan", N_("changed")),
}
"""Symbols, their styles and words, in the order of the legends."""
PLAIN = {
    "●": "*", "○": "o", "□": "=", "◊": "@", "→": ">", "✕": "x", "▼": "v", "░": "#", "▌": "|", "·": ".",
    "…": "~", DASH: "-", "\N{EM DASH}": "-", "\N{RIGHT SINGLE QUOTATION MARK}": "'", "”": '"', "“": '"',
}  # fmt: skip
"""What stands for a character that a stream cannot encode."""
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#a89a00", "#8c8c8c")
"""Okabe and Ito's colours for the colour-blind; yellow and white are darkened to show on white too."""


def list_view(plan: Plan, register: Register, *, notes: Mapping[str, str] | None = None) -> RenderableType:
    """Show the year as a list by date. Notes, by meeting id, stand below their meetings."""
    return _View(plan, register, lambda page: _list(page, notes or {}))


def line_view(plan: Plan, register: Register) -> RenderableType:
    """Show the year with a forum a row and an ISO week a column."""
    return _View(plan, register, _lines)


def month_view(plan: Plan, register: Register) -> RenderableType:
    """Show the year as a calendar, with a letter for the forum that meets."""
    return _View(plan, register, _months)


def changes_view(changes: Iterable[Change], plan: Plan, register: Register) -> RenderableType:
    """Show what changed since the plan of record."""
    listed = tuple(changes)
    return _View(plan, register, lambda page: _changes(page, listed))


def console(stream: TextIO, *, width: int | None = None, color: bool | None = None) -> Console:
    """Make a console that prints names as they are.

    Without a width, a terminal's own is taken, and anything else has room for every line.
    Without a choice of colour, the terminal and NO_COLOR decide; False leaves out every escape code.
    """
    terminal = stream.isatty()
    made = Console(
        file=stream,
        width=width if width or terminal else UNLIMITED,
        height=25,  # with a height given, Rich takes COLUMNS from dumb terminals as well
        color_system=None if color is False else "auto",
        force_terminal=True if color else None,
        no_color=False if color else None,
        legacy_windows=None if terminal else False,  # a pipe goes through no console call of old Windows
        markup=False,
        emoji=False,
        highlight=False,
    )
    # On no width at all, which a terminal may report and COLUMNS may say, Rich prints nothing.
    made.width = max(made.width, LEAST_WIDTH)
    return made


def print_view(
    renderable: RenderableType, *, stdout: TextIO, width: int | None = None, color: bool | None = None
) -> None:
    """Print a view, which fits already: Rich neither wraps nor crops it. See `console`."""
    console(stdout, width=width, color=color).print(renderable, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class _View:
    """What Rich prints: it calls for the lines when it knows the terminal."""

    plan: Plan
    register: Register
    layout: Callable[[_Page], Iterator[Text]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Lay the view out."""
        page = _Page(console, self.plan, self.register, max(options.max_width, LEAST_WIDTH), options.encoding)
        for line in self.layout(page):
            line.rstrip()
            line.no_wrap, line.overflow = True, "ignore"
            yield line


# --- what every view needs ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Names:
    """The days, from Monday, and months of a language; short ones are of one width."""

    days: tuple[str, ...]
    short_days: tuple[str, ...]
    months: tuple[str, ...]
    short_months: tuple[str, ...]


@cache
def _names(language: str) -> _Names:
    locale = Locale.parse(language)
    days, months = locale.days, locale.months
    return _Names(
        _brief([days["format"]["abbreviated"][day] for day in range(7)], 3),
        _brief([days["stand-alone"]["short"][day] for day in range(7)], 2),
        tuple(months["stand-alone"]["wide"][month] for month in range(1, 13)),
        _brief([months["format"]["abbreviated"][month] for month in range(1, 13)], 3),
    )


def _brief(names: Sequence[str], length: int) -> tuple[str, ...]:
    """Cut names to a few letters, where that keeps them apart."""
    whole = [name.rstrip(".") for name in names]
    cut = [name[:length] for name in whole]
    kept = cut if len(set(cut)) == len(cut) else whole
    return tuple(_pad(name, max(map(cell_len, kept))) for name in kept)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _abreast(cells: Iterable[Text], starts: Iterable[int]) -> Text:
    """Set texts side by side, each from its column on."""
    line = Text()
    for cell, start in zip(cells, starts, strict=False):
        line.append(" " * (start - line.cell_len)).append_text(cell)
    line.rstrip()
    return line


@dataclass(frozen=True)
class _Page:
    """A finished plan and what it is printed on."""

    console: Console
    plan: Plan
    register: Register
    width: int
    encoding: str

    @cached_property
    def _texts(self) -> NullTranslations:
        return translations(self.register.file.language)

    @cached_property
    def names(self) -> _Names:
        return _names(self.register.file.language)

    @cached_property
    def signs(self) -> Mapping[str, signs.Sign]:
        return signs.of_forums(self.register, [self.plan])

    @cached_property
    def spans(self) -> list[DaySpan]:
        """What closes working days of the year: periods, and the holidays that no period holds."""
        periods = self._closed("period")
        within = {day for days in periods.values() for day in days}
        closed = [
            *periods.items(),
            *((name, days - within) for name, days in self._closed("holiday").items()),
        ]
        return sorted(DaySpan(run[0], run[-1], name) for name, days in closed for run in _runs(days))

    def _closed(self, kind: str) -> Mapping[str, set[date]]:
        """Gather working days by what closes them, so that what has one name and touches becomes one."""
        closed: dict[str, set[date]] = defaultdict(set)
        for span in self.plan.spans:
            if span.kind == kind:
                closed[span.name] |= {day for day in _working_days(span) if day.year == self.plan.year}
        return closed

    @cached_property
    def away(self) -> set[date]:
        return {day for span in self.spans for day in _working_days(span)}

    @cached_property
    def due(self) -> Mapping[tuple[date, str], list[Deadline]]:
        """The year's fixed dates and what terms bring, by date and name: what is due for two is one thing."""
        due: dict[tuple[date, str], list[Deadline]] = defaultdict(list)
        for fixed in self.register.file.dates.values():
            if day := fixed.on.within(self.plan.year):
                due[day, fixed.name] = []
        for one in self.plan.deadlines:
            if one.meeting is None and not one.cancelled:
                due[one.date, one.name].append(one)
        return due

    @cached_property
    def due_of_meeting(self) -> Mapping[str, list[Deadline]]:
        """What each meeting brings with it, by date."""
        due: dict[str, list[Deadline]] = defaultdict(list)
        for one in self.plan.deadlines:
            if one.meeting and not one.cancelled:
                due[one.meeting].append(one)
        return due

    def say(self, text: str) -> str:
        """Make of a text one that cannot steer the terminal and that the stream can encode."""
        bare = "".join(char for char in text if unicodedata.category(char) != "Cf")
        shown = unicodedata.normalize("NFC", printable(bare).replace("\n", " "))
        try:
            shown.encode(self.encoding)
        except UnicodeEncodeError:
            return "".join(map(self._nearest, shown))
        return shown

    def _nearest(self, char: str) -> str:
        if unicodedata.combining(char):
            return char if char.encode(self.encoding, "ignore") else ""
        choices = (char, PLAIN.get(char) or unicodedata.normalize("NFKD", char)[0])
        return next((choice for choice in choices if choice.encode(self.encoding, "ignore")), "?")

    def gettext(self, message: str) -> str:
        return self.say(self._texts.gettext(message))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.say(self._texts.ngettext(singular, plural, number).format(n=number))

    def sign(self, key: str) -> str:
        return self.say(MARKS[key][0])

    def word(self, key: str) -> str:
        return self.gettext(MARKS[key][2])

    def forum(self, key: str) -> str:
        """Give the name of a forum, as it was when last planned."""
        return self.say(self.signs[key].name)

    def colour(self, forum: str) -> str:
        return COLOURS[self.signs[forum].colour]

    def day(self, day: date) -> str:
        """Give a date in words, all of one width."""
        names = self.names
        return self.say(f"{names.days[day.weekday()]} {day.day:>2} {names.short_months[day.month - 1]}")

    def short(self, day: date) -> str:
        """Give a date without its weekday, as it stands in a sentence."""
        return self.say(f"{day.day} {self.names.short_months[day.month - 1]}") + self._other_year(day)

    def prose(self, day: date) -> str:
        """Give a date in words, as it stands in a sentence."""
        return " ".join(self.day(day).split()) + self._other_year(day)

    def month(self, day: date) -> str:
        return self.say(self.names.months[day.month - 1] + self._other_year(day))

    def _other_year(self, day: date) -> str:
        return "" if day.year == self.plan.year else f" {day.year}"

    def place(self, meeting: Meeting) -> str:
        parts = [self.register.label(meeting.host) if meeting.host else None, meeting.place]
        forum = self.register.forums.get(meeting.forum)
        if not any(parts) and forum and forum.format == "online":
            parts = [self.gettext("online")]
        return self.say(", ".join(part for part in parts if part))

    def wrap(self, text: Text, width: int) -> list[Text]:
        return [text] if text.cell_len <= width else list(text.wrap(self.console, width, overflow="fold"))

    def hang(self, text: Text, indent: int) -> Iterator[Text]:
        """Wrap a text, its later lines indented."""
        for number, line in enumerate(self.wrap(text, self.width - indent)):
            yield _abreast([line], [indent if number else 0])

    def shorten(self, text: str, width: int) -> str:
        if cell_len(text) > width:
            text = set_cell_size(text, width - 1).rstrip() + self.say("…")
        return _pad(text, width)

    def title(self) -> Iterator[Text]:
        """Say what the year holds; what is cancelled does not count."""
        live = [one.forum for one in self.plan.meetings if one.live]
        total = totals(live, self.register.file.language)
        year = self.gettext("Meeting year {year}").format(year=self.plan.year)
        parts = [year, self.plan.name, total if live else self.gettext("no meetings")]
        yield from self.wrap(Text(self.say(" · ".join(parts)), "bold"), self.width)
        yield Text()

    def legend(self, present: Mapping[str, object]) -> Iterator[Text]:
        """Name the symbols that occur, in a fixed order, as many on a line as fit."""
        line = ""
        for item in (f"{self.sign(key)} {self.word(key)}" for key in MARKS if present.get(key)):
            if line and cell_len(f"{line}  {item}") > self.width:
                yield Text(line, "dim")
                line = ""
            line = f"{line}  {item}" if line else item
        yield Text(line, "dim")


def _state(meeting: Meeting) -> str:
    state = signs.state(meeting)
    return "moved" if meeting.moved_from and state not in {"cancelled", "external"} else state


def _working_days(span: DaySpan) -> list[date]:
    days = (span.first + DAY * number for number in range((span.last - span.first).days + 1))
    return [day for day in days if day.weekday() < SATURDAY]


def _runs(days: Iterable[date]) -> list[list[date]]:
    """Divide working days where one is missing between them."""
    runs: list[list[date]] = []
    for day in sorted(days):
        before = day - DAY * (1 if day.weekday() else 3)
        if runs and runs[-1][-1] == before:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


# --- the list -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the list: one cell takes the whole width; a meeting has name, number, place and status."""

    first: date
    time: str
    lead: Text
    cells: tuple[Text, ...]
    style: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Columns:
    """The widths of the list's parts: gutter (the weeks and what follows them), dates, times, and cells."""

    gutter: int
    dates: int
    times: int
    indent: int
    titles: tuple[Text, ...]
    widths: tuple[int, ...]


def _list(page: _Page, notes: Mapping[str, str]) -> Iterator[Text]:
    yield from page.title()
    meetings = page.plan.chronological()
    columns, cells = _columns(page, meetings)
    rows = [_span_row(page, span) for span in page.spans]
    rows += [_deadline_row(page, *due, same) for due, same in page.due.items()]
    rows += [_meeting_row(page, one, cells[one.id], notes.get(one.id)) for one in meetings]
    if not rows:
        return
    yield from _header(page, columns)
    month = ""
    for row in sorted(rows, key=lambda one: one.first):
        if month != (month := page.month(row.first)):
            yield Text(" " * columns.gutter + month.upper(), "bold")
        yield from _print_row(page, row, columns)
    states = Counter(state for one in meetings for state in _states(one))
    yield Text()
    yield from page.legend({**states, "deadline": page.due, "away": page.spans})


def _states(meeting: Meeting) -> list[str]:
    """Give what the list says of a meeting: a move does not hide that it is confirmed."""
    state = _state(meeting)
    return ["confirmed", state] if state == "moved" and meeting.status is Status.CONFIRMED else [state]


def _cells(page: _Page, meeting: Meeting, *, number: bool, words: bool) -> tuple[Text, ...]:
    style = "" if meeting.live else "strike dim"
    status = Text(" " if words else "").join(
        Text(f"{page.sign(state)} {page.word(state)}" if words else page.sign(state), MARKS[state][1])
        for state in _states(meeting)
    )
    return (
        Text(page.forum(meeting.forum), style),
        Text(f"{meeting.number:>2}" if number else ""),
        Text(page.place(meeting), style),
        status,
    )


def _columns(page: _Page, meetings: Sequence[Meeting]) -> tuple[_Columns, dict[str, tuple[Text, ...]]]:
    """Choose the columns that fit: numbers go first, then words of status; then names and places wrap."""
    gutter = max(2, cell_len(page.gettext("wk"))) + GAP
    dates = cell_len(page.day(date.min))
    times = max(len("00:00-00:00"), GAP + dates)
    indent = gutter if page.width < STACKED_WIDTH else gutter + dates + GAP + times + GAP
    room = page.width - indent - 1
    place = any(page.place(one) for one in meetings)
    names = (page.gettext("Forum"), page.gettext("No."), page.gettext("Place"), page.gettext("Status"))
    for number, words in ((True, True), (False, True), (False, False)):
        cells = {one.id: _cells(page, one, number=number, words=words) for one in meetings}
        shown = (True, number, place, words)
        titles = tuple(Text(name if show else "") for name, show in zip(names, shown, strict=True))
        parts = zip(titles, *cells.values(), strict=True)
        widths = [max(cell.cell_len for cell in column) for column in parts]
        if sum(widths) + GAP * sum(width > 0 for width in widths[1:]) <= room:
            break
    else:
        name, _, where, status = widths
        room -= status + GAP + (GAP if where else 0)
        where = min(where, max(room - name, room * 2 // 5))
        widths = [room - where, 0, where, status]
    return _Columns(gutter, dates, times, indent, titles, tuple(widths)), cells


def _header(page: _Page, columns: _Columns) -> Iterator[Text]:
    head = _head(columns, page.gettext("wk"), page.gettext("Date"), page.gettext("Time"))
    row = _Row(date.min, "", Text(" "), columns.titles, "bold")
    yield from _beside(page, head, row, columns)


def _span_row(page: _Page, span: DaySpan) -> _Row:
    until = page.say(f"{DASH} {page.day(span.last)}") if span.last > span.first else ""
    return _Row(span.first, until, Text(page.sign("away") + " "), (Text(page.say(span.name)),), "dim")


def _deadline_row(page: _Page, day: date, name: str, same: Sequence[Deadline]) -> _Row:
    forums = ", ".join(dict.fromkeys(page.forum(one.forum) for one in same))
    cell = Text(page.say(f"{name}: {forums}" if forums else name))
    return _Row(day, "", Text(page.sign("deadline") + " "), (cell,), MARKS["deadline"][1])


def _meeting_row(page: _Page, meeting: Meeting, cells: tuple[Text, ...], note: str | None) -> _Row:
    time = page.say(f"{meeting.start:%H:%M}{DASH}{meeting.end:%H:%M}")
    bar = Text(page.say("▌"), page.colour(meeting.forum))
    due = page.say(" · ").join(
        f"{page.say(one.name)} {page.short(one.date)}" for one in page.due_of_meeting.get(meeting.id, ())
    )
    notes = (note, None if meeting.live else meeting.reason, due)
    return _Row(meeting.date, time, bar, cells, notes=tuple(one for one in notes if one))


def _print_row(page: _Page, row: _Row, columns: _Columns) -> Iterator[Text]:
    head = _head(columns, str(row.first.isocalendar().week), page.day(row.first), row.time)
    yield from _beside(page, head, row, columns)
    for note in row.notes:
        for line in page.wrap(Text(page.say(note), "dim"), page.width - columns.gutter):
            yield _abreast([line], [columns.gutter])


def _head(columns: _Columns, week: str, day: str, time: str) -> str:
    lead = " " * (columns.gutter - GAP - cell_len(week)) + week
    return f"{lead}  {_pad(day, columns.dates)}  {_pad(time, columns.times)}"


def _beside(page: _Page, head: str, row: _Row, columns: _Columns) -> Iterator[Text]:
    """Set a row's cells right of its head, or on a narrow terminal below it."""
    stacked = page.width < STACKED_WIDTH
    if stacked:
        yield Text(head, row.style)
    for number, line in enumerate(_compose(page, row, columns)):
        before = "" if stacked or number else head
        whole = _abreast([Text(before), line], [0, columns.indent])
        whole.style = row.style
        yield whole


def _compose(page: _Page, row: _Row, columns: _Columns) -> Iterator[Text]:
    """Wrap the cells of a row, each to its width; an empty one leaves its room to the one before it."""
    start = row.lead.cell_len
    starts, widths, kept = [start], [page.width - columns.indent - start], [row.cells[0]]
    if len(row.cells) > 1:
        widths = [columns.widths[0]]
        for cell, width in zip(row.cells[1:], columns.widths[1:], strict=True):
            if cell:
                starts.append(starts[-1] + widths[-1] + GAP)
                widths.append(width)
                kept.append(cell)
            elif width:
                widths[-1] += width + GAP
    wrapped = [page.wrap(cell, width) for cell, width in zip(kept, widths, strict=True)]
    for number, cells in enumerate(zip_longest(*wrapped, fillvalue=Text())):
        yield _abreast([Text() if number else row.lead, *cells], [0, *starts])


# --- a line a forum -------------------------------------------------------------------------------


def _lines(page: _Page) -> Iterator[Text]:
    yield from page.title()
    cells: dict[tuple[str, date], list[Meeting]] = defaultdict(list)
    for one in page.plan.meetings:
        cells[one.forum, _monday(one.date)].append(one)
    closed = Counter(map(_monday, page.away))
    away = {monday for monday, days in closed.items() if days >= AWAY_DAYS}
    due = {_monday(day) for day, _ in page.due}
    met = {one.forum for one in page.plan.meetings}
    for mondays, label in _blocks(page, [page.forum(key) for key in met]):
        yield from _week_header(page, mondays, label)
        empty = {monday: page.sign("away" if monday in away else "nothing") for monday in mondays}
        for key in page.signs:
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


def _blocks(page: _Page, names: Iterable[str]) -> Iterator[tuple[list[date], int]]:
    """Give the year's Mondays, and the room for names; where too little is left, in several blocks.

    Weeks around the year are there if they hold a meeting of the plan.
    """
    year = page.plan.year
    days = [date(year, 1, 1), date(year, 12, 31), *(one.date for one in page.plan.meetings)]
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
    return "more" if _live(same) > 1 else _state(_shown(same)[0])


def _shown(same: Sequence[Meeting]) -> Sequence[Meeting]:
    """Give what takes place; what is cancelled only where nothing else is."""
    return [one for one in same if one.live] or same[:1]


def _week_header(page: _Page, mondays: Sequence[date], label: int) -> Iterator[Text]:
    months = ""
    for column, monday in enumerate(mondays):
        sunday = monday + DAY * 6
        name = page.say(page.names.short_months[sunday.month - 1][:3])
        if sunday.day <= len("MTWTFSS") and column + cell_len(name) <= len(mondays):
            months = _pad(months, column) + name
    yield Text(" " * (label + 1) + months, "bold")
    numbers = [f"{monday.isocalendar().week:>2}" for monday in mondays]
    tens = "".join(one[0] if one[1] == "0" or not at else " " for at, one in enumerate(numbers))
    word = page.shorten(page.gettext("week"), min(label, NAME_WIDTH)).rstrip()
    yield Text(f"{' ' * (label - cell_len(word))}{word} {tens}", "dim")
    yield Text(f"{' ' * label} {''.join(one[1] for one in numbers)}", "dim")


def _forum_line(
    page: _Page, forum: str, held: Mapping[date, Sequence[Meeting]], empty: Mapping[date, str], label: int
) -> Text:
    line = Text(page.shorten(page.forum(forum), label) + " ")
    for monday, nothing in empty.items():
        if same := held.get(monday):
            sign = page.sign(_week_sign(same)) if _live(same) <= 1 else str(_live(same))
            line.append(sign if len(sign) == 1 else "+", f"bold {page.colour(forum)}")
        else:
            line.append(nothing, "dim")
    return line.append(f" {sum(map(_live, held.values())):>2}", "bold")


def _deadline_line(page: _Page, due: set[date], empty: Mapping[date, str], label: int) -> Text:
    line = Text.assemble((page.shorten(page.word("due").capitalize(), label) + " ", MARKS["due"][1]))
    for monday, nothing in empty.items():
        style = MARKS["due"][1] if monday in due else "dim"
        line.append(page.sign("due") if monday in due else nothing, style)
    return line


# --- a grid of months -----------------------------------------------------------------------------


def _months(page: _Page) -> Iterator[Text]:
    yield from page.title()
    meetings: dict[date, list[Meeting]] = defaultdict(list)
    for one in page.plan.meetings:
        meetings[one.date].append(one)
    cells = {day: _held_cell(page, day, same) for day, same in meetings.items()}
    # Months around the year are there if they hold a meeting of the plan.
    firsts = {date(page.plan.year, month, 1) for month in range(1, 13)}
    firsts |= {day.replace(day=1) for day in meetings}
    blocks = [_month(page, first, cells) for first in sorted(firsts)]
    abreast = min(MONTHS_ABREAST, (page.width + GAP) // (MONTH_WIDTH + GAP))
    for start in range(0, len(blocks), abreast):
        for row in zip_longest(*blocks[start : start + abreast], fillvalue=Text()):
            yield _abreast(row, range(0, UNLIMITED, MONTH_WIDTH + GAP))
        yield Text()
    yield from _key(page, abreast * (MONTH_WIDTH + GAP))
    numbers = [_live(same) for same in meetings.values()]
    present = {"several": max(numbers, default=0) > 1, "cancelled": 0 in numbers}
    yield from page.legend({**present, "deadline": page.due, "away": page.away})


def _month(page: _Page, first: date, held: Mapping[date, Text]) -> list[Text]:
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


def _held_cell(page: _Page, day: date, same: Sequence[Meeting]) -> Text:
    one, *others = _shown(same)
    if others:
        return Text(f"{day.day:>2}{page.sign('several')}", "bold reverse")
    mark = page.signs[one.forum].letter if one.live else page.sign("cancelled")
    return Text(f"{day.day:>2}{mark}", _fill(page, one.forum) + ("" if one.live else " strike"))


def _free_cell(page: _Page, day: date) -> Text:
    if any(day == due for due, _ in page.due):
        return Text(f"{day.day:>2}{page.sign('deadline')}", MARKS["deadline"][1])
    if day in page.away:
        return Text(f"{day.day:>2}{page.sign('away')}", "dim")
    return Text(f"{day.day:>2} ", "dim" if day.weekday() >= SATURDAY else "")


def _fill(page: _Page, forum: str) -> str:
    colour = page.colour(forum)
    return f"bold {'#ffffff' if colour == COLOURS[0] else '#000000'} on {colour}"


def _key(page: _Page, width: int) -> Iterator[Text]:
    """Tell whose the letters are, and how many meetings each forum has."""
    counts = Counter({one.forum: 0 for one in page.plan.meetings})
    counts.update(one.forum for one in page.plan.meetings if one.live)
    items = [
        Text.assemble(
            (f" {page.signs[key].letter} ", _fill(page, key)), f" {page.forum(key)} ({counts[key]})"
        )
        for key in page.signs
        if key in counts
    ]
    column = max((item.cell_len for item in items), default=0) + GAP
    abreast = max(1, width // column)
    for start in range(0, len(items), abreast):
        row = _abreast(items[start : start + abreast], range(0, UNLIMITED, column))
        yield from page.hang(row, 4)
    yield Text()


# --- what changed ---------------------------------------------------------------------------------


def _changes(page: _Page, changes: Sequence[Change]) -> Iterator[Text]:
    meetings = {one.id: one for one in page.plan.meetings}
    kinds = ("new", "moved", "changed", "confirmed", "cancelled")
    width = max(cell_len(page.word(kind)) for kind in kinds)
    for kind in kinds:
        same = [one for one in changes if one.kind == kind]
        if kind == "new" and len(same) > FEW_NEW:
            total = page.ngettext("{n} new meeting", "{n} new meetings", len(same))
            yield Text.assemble((page.sign(kind), MARKS[kind][1]), f" {total}")
            continue
        for change in same:
            word = _pad(page.word(kind), width)
            told = _told(page, change, meetings.get(change.meeting))
            yield from page.hang(Text.assemble((f"{page.sign(kind)} {word}", MARKS[kind][1]), f"  {told}"), 4)
    touched = {one.meeting for one in changes}
    kept = sum(one.live and one.id not in touched for one in page.plan.meetings)
    if kept or not changes:
        unchanged = page.ngettext("{n} meeting unchanged", "{n} meetings unchanged", kept)
        yield Text(f"= {unchanged}", "dim")


def _told(page: _Page, change: Change, meeting: Meeting | None) -> str:
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


def _in_words(page: _Page, moment: str) -> str:
    """Put a moment, an ISO date that may have times, into words."""
    day, *times = moment.split(" ")
    return page.say(
        " ".join([page.prose(date.fromisoformat(day)), *(one.replace("-", DASH) for one in times)])
    )


def _whereabouts(page: _Page, text: str | None) -> str:
    """Put a place, be it led by its host's id, into words; a dash where there is none."""
    first, *rest = (text or DASH).split(", ")
    return page.say(", ".join([page.register.label(first), *rest]))
