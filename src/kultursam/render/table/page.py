"""What every view is printed on: words, names and symbols, as wide as the terminal and in its characters.

Widths count terminal cells. Colour says nothing that a symbol or word does not say too.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING

from babel.core import Locale
from rich.cells import cell_len, set_cell_size
from rich.text import Text

from kultursam.diagnostics import printable
from kultursam.i18n import N_, totals, translations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from gettext import NullTranslations

    from rich.console import Console

    from kultursam.plans.model import Meeting
    from kultursam.render.table.year import Year

DASH = "\N{EN DASH}"
GAP = 2
"""Cells between columns."""
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
    return tuple(pad(name, max(map(cell_len, kept))) for name in kept)


def pad(text: str, width: int) -> str:
    """Fill a text up to a width."""
    return text + " " * (width - cell_len(text))


def abreast(cells: Iterable[Text], starts: Iterable[int]) -> Text:
    """Set texts side by side, each from its column on."""
    line = Text()
    for cell, start in zip(cells, starts, strict=False):
        line.append(" " * (start - line.cell_len)).append_text(cell)
    line.rstrip()
    return line


@dataclass(frozen=True)
class Page:
    """What a year is printed on: how wide, in which language, with which characters."""

    console: Console
    year: Year
    width: int
    encoding: str

    @cached_property
    def _texts(self) -> NullTranslations:
        return translations(self.year.register.file.language)

    @cached_property
    def names(self) -> _Names:
        """The words for days and months."""
        return _names(self.year.register.file.language)

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
        """Translate a message."""
        return self.say(self._texts.gettext(message))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Translate a phrase that counts something, {n}."""
        return self.say(self._texts.ngettext(singular, plural, number).format(n=number))

    def sign(self, key: str) -> str:
        """Give the symbol for a state or thing."""
        return self.say(MARKS[key][0])

    def word(self, key: str) -> str:
        """Give the word for a state or thing."""
        return self.gettext(MARKS[key][2])

    def forum(self, key: str) -> str:
        """Give the name of a forum, as it was when last planned."""
        return self.say(self.year.signs[key].name)

    def colour(self, forum: str) -> str:
        """Give the colour of a forum."""
        return COLOURS[self.year.signs[forum].colour]

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
        """Give a month's name, with its year where that is another one."""
        return self.say(self.names.months[day.month - 1] + self._other_year(day))

    def _other_year(self, day: date) -> str:
        return "" if day.year == self.year.plan.year else f" {day.year}"

    def place(self, meeting: Meeting) -> str:
        """Give host and place; that a forum meets online where neither is known."""
        parts = [self.year.register.label(meeting.host) if meeting.host else None, meeting.place]
        forum = self.year.register.forums.get(meeting.forum)
        if not any(parts) and forum and forum.format == "online":
            parts = [self.gettext("online")]
        return self.say(", ".join(part for part in parts if part))

    def wrap(self, text: Text, width: int) -> list[Text]:
        """Break a text into lines."""
        return [text] if text.cell_len <= width else list(text.wrap(self.console, width, overflow="fold"))

    def hang(self, text: Text, indent: int) -> Iterator[Text]:
        """Wrap a text, its later lines indented."""
        for number, line in enumerate(self.wrap(text, self.width - indent)):
            yield abreast([line], [indent if number else 0])

    def shorten(self, text: str, width: int) -> str:
        """Make a text as wide as this, cut or filled."""
        if cell_len(text) > width:
            text = set_cell_size(text, width - 1).rstrip() + self.say("…")
        return pad(text, width)

    def title(self) -> Iterator[Text]:
        """Say what the year holds; what is cancelled does not count."""
        live = [one.forum for one in self.year.plan.meetings if one.live]
        total = totals(live, self.year.register.file.language)
        year = self.gettext("Meeting year {year}").format(year=self.year.plan.year)
        parts = [year, self.year.plan.name, total if live else self.gettext("no meetings")]
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
