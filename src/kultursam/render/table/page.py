"""What every view is printed on: words, names and symbols, in the terminal's characters.

Widths count terminal cells. Colour says nothing that a symbol or word does not say too.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from textwrap import wrap

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from kultursam import presentation
from kultursam.diagnostics import printable
from kultursam.i18n import N_, translations
from kultursam.plans.model import Meeting
from kultursam.presentation import DASH, TERMINAL_COLOURS, YearView, format_day, month_in_words, totals

GAP = 2
"""Cells between columns."""
MARKS = {
    "confirmed": ("●", "green", N_("confirmed")),
    "proposed": ("○", "yellow", N_("proposed")),
    "reserved": ("□", "yellow", N_("reserved")),
    "external": ("◊", "magenta", N_("external")),
    "moved": ("→", "cyan", N_("moved")),
    "cancelled": ("✕", "red", N_("cancelled")),
    "on": ("─", "bold", N_("the meeting goes on")),
    "more": ("2", "bold", N_("several meetings")),
    "several": ("+", "bold", N_("several meetings")),
    "deadline": ("!", "bold red", N_("deadline")),
    "due": ("▼", "bold red", N_("deadline")),
    "away": ("░", "dim", N_("holidays and breaks")),
    "nothing": ("·", "dim", ""),
    "new": ("+", "green", N_("new")),
    "changed": ("~", "cyan", N_("changed")),
    "restored": ("●", "green", N_("restored")),
    "renamed": ("~", "cyan", N_("renamed")),
}
"""Symbols, their styles and words, in the order of the legends."""
PLAIN = {
    "●": "*", "○": "o", "□": "=", "◊": "@", "→": ">", "✕": "x", "▼": "v", "░": "#", "▌": "|", "·": ".",
    "─": "-", "…": "~", DASH: "-", "\N{EM DASH}": "-",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'", "”": '"', "“": '"',
}  # fmt: skip
"""What stands for a character that a stream cannot encode."""


def shown_state(meeting: Meeting) -> str:
    """Return what the views say of a meeting: its state, or that it was moved."""
    state = presentation.state(meeting)
    return "moved" if meeting.moved_from and state not in {"cancelled", "external"} else state


@cache
def short_names(language: str, pattern: str) -> tuple[str, ...]:
    """Return the months, or the weekdays from Monday, in a pattern of Unicode's LDML, all of one width.

    They are cut to three letters where that keeps them apart.
    """
    months, days = (
        [date(2024, month, 1) for month in range(1, 13)],
        [date(2024, 1, day) for day in range(1, 8)],
    )
    names = [format_day(day, language, pattern) for day in (months if "M" in pattern else days)]
    cut = [name[:3] for name in names]
    kept = cut if len(set(cut)) == len(cut) else names
    return tuple(set_cell_size(name, max(map(cell_len, kept))) for name in kept)


@dataclass(frozen=True)
class Page:
    """What a year is printed on: how wide, in which language, with which characters."""

    year: YearView
    width: int
    encoding: str

    def say(self, text: str) -> str:
        """Return a text as one that cannot steer the terminal and that the stream can encode."""
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

    def gettext(self, message: str, **values: object) -> str:
        """Translate a message and fill it."""
        return self.say(self.year.gettext(message, **values))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Translate a phrase that counts something, {n}."""
        return self.say(translations(self.year.language).ngettext(singular, plural, number).format(n=number))

    def sign(self, key: str) -> str:
        """Return the symbol for a state or thing."""
        return self.say(MARKS[key][0])

    def word(self, key: str) -> str:
        """Return the word for a state or thing."""
        return self.gettext(MARKS[key][2])

    def forum(self, key: str) -> str:
        """Return the name of a forum, as it was when last planned."""
        return self.say(self.year.signs[key].name)

    def colour(self, forum: str) -> str:
        """Return the colour of a forum."""
        return TERMINAL_COLOURS[self.year.signs[forum].colour][0]

    def fill(self, forum: str) -> str:
        """Return the style of text on the colour of a forum."""
        colour, ink = TERMINAL_COLOURS[self.year.signs[forum].colour]
        return f"bold {ink} on {colour}"

    def day(self, day: date) -> str:
        """Return a date in words, all of one width."""
        weekday = short_names(self.year.language, "EEE")[day.weekday()]
        month = short_names(self.year.language, "MMM")[day.month - 1]
        return self.say(f"{weekday} {day.day:>2} {month}")

    def month(self, day: date) -> str:
        """Return a month as a heading, with its year where that is another one."""
        return self.say(month_in_words(day, self.year.language, self.year.plan.planning_year))

    def shorten(self, text: str, width: int) -> str:
        """Return a text that is no wider than this."""
        if cell_len(text) <= width:
            return text
        return set_cell_size(text, width - 1).rstrip() + self.say("…")

    def title(self) -> Text:
        """Return what the year holds; what is cancelled does not count."""
        live = any(meeting.live for meeting in self.year.plan.meetings)
        year = self.gettext("Meeting year {year}", year=self.year.plan.planning_year)
        total = totals(self.year.plan, self.year.language) if live else self.gettext("no meetings")
        title = self.say(f"{year} · {self.year.plan.name} · {total}")
        return Text(f"{title}\n", "bold", overflow="fold")

    def legend(self, present: Mapping[str, object]) -> Text:
        """Return the symbols that occur, in a fixed order, each together with its words."""
        return self.key((self.sign(key), self.word(key)) for key in MARKS if present.get(key))

    def key(self, signs: Iterable[tuple[str, str]]) -> Text:
        """Return symbols, each together with its words; what has no symbol is told in words alone."""
        items = (f"{sign} {words}".strip() for sign, words in signs)
        text = "  ".join(item.replace(" ", "\N{NO-BREAK SPACE}") for item in items)
        return Text("\n".join(wrap(text, self.width)).replace("\N{NO-BREAK SPACE}", " "), "dim")
