"""The terminal views: right at every width, in a pipe, without colour, in every encoding, with any name."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from kultursam import presentation
from kultursam.forumfile import yaml_source
from kultursam.forumfile.register import read_register
from kultursam.forumfile.values import DayOfYear, TimeSpan
from kultursam.plans.model import Change, DaySpan, Deadline, ForumRecord, Meeting, Origin, Plan, Status
from kultursam.presentation import TERMINAL_COLOURS
from kultursam.render import table

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

    from kultursam.forumfile.register import Register

ESCAPE = "\x1b"
DASH = "\N{EN DASH}"
MADE = datetime(2024, 11, 1)  # noqa: DTZ001 - UTC by the plan's own convention
DAY = timedelta(days=1)
AUGUST = DayOfYear(8, 1)
MONTHS = ("jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec")

FORUMS = {
    "samrad": ("Kulturpolitiskt samråd", "13:30-16:30", ""),
    "styrgrupp": ("Styrgrupp för kulturplanen", "09:00-11:00", "format: online"),
    "bibliotek": ("Biblioteksledarnätverket", "10:00-15:00", ""),
    "konferens": ("Samverkanskonferens för Halländska överenskommelsen", "09:00-12:00", ""),
    "extern": ("Regionsamverkan Sydsverige, kultur", "09:00-12:00", ""),
}
MEETINGS = {
    "samrad": ["2025-04-24", "2025-11-06"],
    "styrgrupp": ["2025-01-29", "2025-03-19", "2025-03-21", "2025-06-04", "2025-09-10"],
    "bibliotek": ["2025-02-04", "2025-05-08", "2025-10-09"],
    "konferens": ["2025-10-30"],
    "extern": ["2025-01-23", "2025-10-09"],
}
CHANGED: dict[str, dict[str, object]] = {
    "samrad-2025-1": {"host": "varberg", "status": Status.CONFIRMED},
    "samrad-2025-2": {"host": "borta", "place": "Rådhuset"},
    "styrgrupp-2025-2": {"status": Status.CONFIRMED, "moved_from": date(2025, 3, 18)},
    "styrgrupp-2025-4": {"moved_from": date(2025, 6, 5)},
    "bibliotek-2025-1": {"status": Status.CONFIRMED},
    "bibliotek-2025-2": {"status": Status.CANCELLED, "reason": "för få anmälda"},
    "konferens-2025-1": {"origin": Origin.RESERVED, "place": "Stadsteatern"},
    "extern-2025-1": {"origin": Origin.EXTERNAL, "status": Status.CONFIRMED},
    "extern-2025-2": {"origin": Origin.EXTERNAL},
}
SPANS = (
    DaySpan(date(2024, 12, 20), date(2025, 1, 7), "Jul och nyår"),
    DaySpan(date(2025, 1, 1), date(2025, 1, 1), "Nyårsdagen", "holiday"),
    DaySpan(date(2025, 2, 10), date(2025, 2, 16), "Sportlov"),
    DaySpan(date(2025, 2, 17), date(2025, 2, 23), "Sportlov"),
    DaySpan(date(2025, 5, 1), date(2025, 5, 1), "Första maj", "holiday"),
    DaySpan(date(2025, 6, 23), date(2025, 8, 10), "Sommaruppehåll"),
)
CHANGES = (
    Change("samrad-2025-1", "new", None, "2025-04-24"),
    Change("styrgrupp-2025-2", "moved", "2025-03-18", "2025-03-19"),
    Change("styrgrupp-2025-3", "moved", "2025-03-21 13:00-15:00", "2025-03-21 09:00-11:00"),
    Change("styrgrupp-2025-4", "moved", "2025-06-05", "2025-06-04"),
    Change("samrad-2025-2", "changed", "Stadshuset, Varberg", "Rådhuset, borta"),
    Change("konferens-2025-1", "changed", "Varberg", ""),
    Change("bibliotek-2025-1", "confirmed", "2025-02-04", "2025-02-04"),
    Change("bibliotek-2025-2", "cancelled", "2025-05-08", None),
    Change("gone-2025-1", "cancelled"),
    Change("bibliotek-2025-3", "restored", None, "2025-10-09"),
    Change("styrgrupp-2025-1", "renamed", "Styrgruppen", "Styrgrupp för kulturplanen"),
    Change("styrgrupp-2025-5", "renamed", "Styrgruppen", "Styrgrupp för kulturplanen"),
)
NOTE = "närmaste onsdag, 23 april, ligger för nära styrgruppen, som ska mötas 14 till 28 dagar tidigare"
NOTES = {"samrad-2025-1": NOTE}


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the tester's own terminal asks for out of the tests."""
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


def register(
    language: str = "sv", forums: dict[str, tuple[str, str, str]] = FORUMS, calendar: str = ""
) -> Register:
    """Read a small forum file."""
    lines = [
        f"{{name: Kultur i Halland, language: {language}, timezone: Europe/Stockholm, domain: example.org,",
        calendar,
        "organisations: {varberg: {name: Varbergs kommun, short: Varberg}}, forums: {",
        *(
            f'{key}: {{name: "{name}", cadence: as needed, members: [{{role: chef, from: [varberg]}}], '
            f"time: {times}{extra and f', {extra}'}}},"
            for key, (name, times, extra) in forums.items()
        ),
        "}}",
    ]
    read, faults = yaml_source.parse("\n".join(lines).encode(), "forums.yaml")
    assert read, faults
    found, problems = read_register(read)
    assert found, problems
    return found


def meeting(forum: str, number: int, day: str, times: str = "09:00-12:00") -> Meeting:
    """Return a proposed meeting."""
    start, end = map(time.fromisoformat, times.split("-"))
    return Meeting(
        id=f"{forum}-2025-{number}",
        forum=forum,
        number=number,
        date=date.fromisoformat(day),
        start=start,
        end=end,
        format="online" if forum == "styrgrupp" else None,
        modified=MADE,
        created=MADE,
    )


def plan() -> Plan:
    """Return a year that holds everything the views show."""
    meetings = [
        meeting(forum, number, day, FORUMS[forum][1])
        for forum, days in MEETINGS.items()
        for number, day in enumerate(days, 1)
    ]
    deadlines = (
        *(
            Deadline(one.id, "Kallelse", one.date - 14 * DAY, one.forum, 1, MADE, MADE)
            for one in meetings
            if one.forum in {"samrad", "konferens"}
        ),
        Deadline("styrgrupp-2025-1", "Kallelse", date(2025, 4, 10), "styrgrupp", 1, MADE, MADE),
        Deadline(None, "Samrådet förnyas", date(2025, 9, 30), "samrad", 1, MADE, MADE),
        Deadline(None, "Utgår", date(2025, 9, 29), "samrad", 1, MADE, MADE, cancelled=True),
    )
    return Plan(
        year=2025,
        name="Kultur i Halland",
        domain="example.org",
        forums={key: ForumRecord(name, ("varberg",)) for key, (name, _, _) in FORUMS.items()},
        meetings=tuple(replace(one, **CHANGED.get(one.id, {})) for one in meetings),  # type: ignore[arg-type]
        deadlines=deadlines,
        spans=SPANS,
    )


def only(*meetings: Meeting, spans: tuple[DaySpan, ...] = ()) -> Plan:
    """Return a year of a few meetings."""
    return replace(plan(), meetings=meetings, deadlines=(), spans=spans)


def printed(view: RenderableType, width: int | None = None, encoding: str = "utf-8") -> str:
    """Print to what is no terminal; strictly, so that nothing that cannot be encoded gets through."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict", newline="\n")
    table.print_view(view, stdout=stream, width=width)
    stream.seek(0)
    return stream.read()


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def on_terminal(view: RenderableType, *, color: bool | None = None) -> str:
    """Print to a terminal."""
    stream = Terminal()
    table.print_view(view, stdout=stream, color=color)
    return stream.getvalue()


def widest(text: str) -> int:
    """Measure the longest line."""
    return max(map(cell_len, text.splitlines()))


VIEWS: dict[str, Callable[[Plan, Register], RenderableType]] = {
    "list": lambda plan, register: table.list_view(plan, register, notes=NOTES),
    "line": table.line_view,
    "month": table.month_view,
    "matrix": table.matrix_view,
    "changes": lambda plan, register: table.changes_view(CHANGES, plan, register),
}


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("form", ["80", "44", "pipe", "ascii"])
def test_views_are_as_published(
    name: str, form: str, language: str, golden: Callable[[str, str], None]
) -> None:
    """Every view stays as it was looked at and found good."""
    width = {"pipe": None, "44": 44}.get(form, 80)
    text = printed(VIEWS[name](plan(), register(language)), width, "ascii" if form == "ascii" else "utf-8")
    golden(f"{name}-{form}.{language}.txt", text)


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("width", [40, 44, 55, 63, 64, 72, 79, 80, 81, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    """Views fit the width they are given."""
    text = printed(VIEWS[name](plan(), register()), width)
    assert widest(text) <= width
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("width", [40, 64, 80, 120])
def test_week_date_and_time_are_never_cut(width: int) -> None:
    """Whatever else gives way, the list keeps when."""
    lines = printed(table.list_view(plan(), register()), width).splitlines()
    for when in (f"17  tor 24 apr  13:30{DASH}16:30", f" 6  tis  4 feb  10:00{DASH}15:00"):
        assert sum(line.startswith(when) for line in lines) == 1


@pytest.mark.parametrize("name", VIEWS)
def test_a_pipe_gets_whole_plain_lines(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is wrapped, shortened, coloured or padded in a pipe, whatever COLUMNS says."""
    text = printed(VIEWS[name](plan(), register()))
    monkeypatch.setenv("COLUMNS", "50")
    assert printed(VIEWS[name](plan(), register())) == text
    assert ESCAPE not in text
    assert "…" not in text
    assert all(line == line.rstrip() for line in text.splitlines())
    if name != "changes":
        assert FORUMS["konferens"][0] in text
    if name == "list":
        assert NOTE in text


def test_terminals_have_their_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR, TERM=dumb and COLUMNS are honoured; so is a choice of colour."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("COLUMNS", "70")
    view = table.line_view(plan(), register())
    assert "38;2;" in on_terminal(view)
    assert ESCAPE not in on_terminal(view, color=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "38;2;" not in on_terminal(view)
    assert "38;2;" in on_terminal(view, color=True)
    monkeypatch.setenv("TERM", "dumb")
    assert ESCAPE not in on_terminal(view)
    for columns, width in ((70, 70), (90, 90), (0, 40), (20, 40)):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert on_terminal(view) == printed(view, width)


def test_without_colour_nothing_is_lost() -> None:
    """What stands between the escape codes is what is printed without any."""
    stream = io.StringIO()
    view = table.list_view(plan(), register(), notes=NOTES)
    table.print_view(view, stdout=stream, width=80, color=False)
    assert stream.getvalue() == printed(view, 80)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp850", "cp437", "ascii", "latin-1"])
@pytest.mark.parametrize("name", VIEWS)
def test_no_encoding_makes_question_marks(name: str, encoding: str) -> None:
    """Symbols that a stream lacks have others in their place, and letters their nearest."""
    text = printed(VIEWS[name](plan(), register()), 80, encoding)
    assert "?" not in text
    assert ("möte" if encoding != "ascii" else "mote") in text
    assert widest(text) <= 80


def test_a_symbol_that_can_be_had_is_had() -> None:
    """An old DOS code page has some of the symbols."""
    text = printed(table.list_view(plan(), register()), 80, "cp437")
    assert "▌" in text
    assert "░" in text
    assert "x inställt" in text


HOSTILE = [
    *(
        "[red]x[/red]",
        ":smile:",
        "[/]",
        "{n}",
        "%s",
        "e\u0301" * 30,
        "文化" * 40,
        "x" * 200,
        "a\tb\nc",
        "שלום",
    ),
    *("\u202eabc\u202c", f"{ESCAPE}[31m", "\x9b2J", "\u200b", "👩\u200d👧", "\u0301", "\u3000", "\udc80"),
]
NAMES = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=60))
REGISTER = register()


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(NAMES, min_size=5, max_size=5),
    place=NAMES,
    width=st.integers(40, 130),
    encoding=st.sampled_from(["utf-8", "cp850", "ascii"]),
    view=st.sampled_from(sorted(VIEWS)),
)
def test_any_name_is_harmless(names: list[str], place: str, width: int, encoding: str, view: str) -> None:
    """No name widens a line, steers the terminal, or pushes week, date and time aside."""
    year = plan()
    forums = {key: ForumRecord(name, ()) for key, name in zip(year.forums, names, strict=True)}
    meetings = tuple(replace(one, place=place, reason=place) for one in year.meetings)
    spans = tuple(replace(span, name=place) for span in SPANS)
    deadlines = tuple(replace(one, name=place) for one in year.deadlines)
    hard = replace(year, name=place, forums=forums, meetings=meetings, spans=spans, deadlines=deadlines)
    text = printed(VIEWS[view](hard, REGISTER), width, encoding)
    assert widest(text) <= width
    assert not any(char in text for char in "\x1b\x9b\u202e\t\r")
    if view == "list":
        when = f"17  tor 24 apr  13:30{DASH if encoding == 'utf-8' else '-'}16:30"
        assert sum(line.startswith(when) for line in text.split("\n")) == 1
    piped = printed(VIEWS[view](hard, REGISTER), encoding=encoding)
    assert ESCAPE not in piped


def test_names_are_printed_as_they_are() -> None:
    """Markup and emoji codes are text."""
    names = {"a": ForumRecord("[red]Röd[/red] :smile: [/]", ())}
    year = replace(only(meeting("a", 1, "2025-03-05")), forums=names)
    assert "[red]Röd[/red] :smile: [/]" in printed(table.list_view(year, register()), 80)


def test_periods_are_joined_and_hold_their_holidays() -> None:
    """Sportlov of two weeks is one row; New Year's Day within a period is none; weekends are trimmed."""
    text = printed(table.list_view(plan(), register()), 80)
    assert text.count("Sportlov") == 1
    assert f" 7  mån 10 feb  {DASH} fre 21 feb  ░ Sportlov" in text
    assert f" 1  ons  1 jan  {DASH} tis  7 jan  ░ Jul och nyår" in text
    assert "Nyårsdagen" not in text
    assert "18  tor  1 maj                ░ Första maj" in text


def test_deadlines_stand_under_their_meeting() -> None:
    """What a meeting brings stands below it, what a term brings on its own day, what is off nowhere."""
    lines = printed(table.list_view(plan(), register())).splitlines()
    due = [line.partition("! ")[::2] for line in lines if "! " in line]
    assert (f"40  tis 30 sep{' ' * 16}", "Samrådet förnyas: Kulturpolitiskt samråd") in due
    meeting = next(number for number, line in enumerate(lines) if "Styrgrupp för kulturplanen" in line)
    assert any("Kallelse 10 apr" in line for line in lines[meeting:])
    assert not any("Utgår" in line for line in lines)


def test_the_legend_names_only_what_occurs() -> None:
    """A year of proposals needs one symbol."""
    year = only(meeting("samrad", 1, "2025-03-05"))
    for view in (table.list_view, table.line_view):
        assert printed(view(year, register()), 80).splitlines()[-1] == "○ preliminärt"
    assert printed(table.month_view(year, register()), 80).rstrip().endswith("K  Kulturpolitiskt samråd (1)")


def test_where_a_meeting_is() -> None:
    """The place, then the host by its short name, or by its id if it has left the file; or online."""
    text = printed(table.list_view(plan(), register()))
    for place in (" Varberg ", " Rådhuset, borta ", " Digitalt "):
        assert place in text


def test_notes_are_wrapped_not_cut() -> None:
    """A reason keeps all its words."""
    text = printed(table.list_view(plan(), register(), notes=NOTES), 60)
    assert NOTE.split() == " ".join(text.split()).partition(NOTE)[1].split()
    assert "    för få anmälda\n" in text


@pytest.mark.parametrize("year", [2012, 2020, 2025, 2026, 2028])
def test_every_week_of_any_year_fits_in_80_columns(year: int) -> None:
    """A year touches 53 or 54 ISO weeks; the line view has a column for each."""
    days = [date(year, 1, 1) + DAY * 7 * number for number in range(53)]
    meetings = [meeting("samrad", number, str(day)) for number, day in enumerate(days, 1)]
    text = printed(table.line_view(replace(only(*meetings), year=year), register()), 80)
    row = next(line for line in text.splitlines() if line.startswith("Kulturpolitiskt"))
    assert row.count("○") + 2 * row.count("2") >= 53
    assert row.endswith(" 53")
    assert cell_len(row) <= 80


def test_a_cell_of_several_meetings_shows_how_many() -> None:
    """What is cancelled does not count, and is shown only where nothing else is."""
    first, second = meeting("samrad", 1, "2025-03-03"), meeting("samrad", 2, "2025-03-05")
    gone = replace(second, status=Status.CANCELLED)
    many = [replace(first, id=f"samrad-2025-{number}", number=number) for number in range(1, 12)]

    def cell(*meetings: Meeting) -> str:
        line = printed(table.line_view(only(*meetings), register()), 80).splitlines()[5]
        return line.removeprefix("Kulturpolitiskt samråd").strip(" ·")

    assert cell(first, second) == "2" + "·" * 43 + "  2"
    assert cell(first, gone) == "○" + "·" * 43 + "  1"
    assert cell(gone) == "✕" + "·" * 43 + "  0"
    assert cell(*many) == "+" + "·" * 43 + " 11"


def test_a_day_of_several_meetings_has_a_plus() -> None:
    """What is cancelled does not count, and is shown only where nothing else is."""
    first, second = meeting("samrad", 1, "2025-03-05"), meeting("styrgrupp", 1, "2025-03-05")
    gone = replace(second, status=Status.CANCELLED)
    for meetings, mark in (((first, second), "5+"), ((first, gone), "5K"), ((gone,), "5✕")):
        assert f" {mark} 6 " in printed(table.month_view(only(*meetings), register()), 80)


def test_a_meeting_of_several_days_takes_each_of_them_with_one_mark() -> None:
    """Its letter stands on the first day, and a line goes on over the others, into the next month too."""
    several = replace(meeting("samrad", 1, "2025-04-29"), days=4)
    text = printed(table.month_view(only(several), register()), 80)
    assert " 28 29K30─ " in text
    assert " 1─ 2─ 3  4 " in text
    assert "(1)" in text
    assert text.rstrip().endswith("─ mötet fortsätter")
    other = meeting("styrgrupp", 1, "2025-04-30")
    assert "29K30+" in printed(table.month_view(only(several, other), register()), 80)
    gone = replace(several, status=Status.CANCELLED)
    assert "29✕30─" in printed(table.month_view(only(gone), register()), 80)
    assert "fortsätter" not in printed(table.month_view(only(replace(several, days=1)), register()), 80)


def test_a_meeting_of_several_days_is_counted_once_in_weeks() -> None:
    """It has a mark in its first week, and a line in the others, unless another meeting begins there."""
    several = replace(meeting("samrad", 1, "2025-04-25"), days=5)

    def row(*meetings: Meeting) -> str:
        line = printed(table.line_view(only(*meetings), register()), 80).splitlines()[5]
        return line.removeprefix("Kulturpolitiskt samråd").strip(" ·")

    assert row(several) == "○─" + "·" * 35 + "  1"
    assert row(several, meeting("samrad", 2, "2025-05-02")) == "○○" + "·" * 35 + "  2"
    assert row(replace(several, days=3)) == "○" + "·" * 36 + "  1"
    assert "─ mötet fortsätter" in printed(table.line_view(only(several), register()), 80)


def test_a_meeting_of_several_days_is_one_row() -> None:
    """The list has its last day where others have their time, and its hours below."""
    several = replace(
        meeting("samrad", 1, "2025-04-30"), days=2, last_day=TimeSpan(time(8, 30), time(11)), timezone="UTC"
    )
    text = printed(table.list_view(only(several), register()), 80)
    (row, hours) = (text.splitlines()[index] for index in (4, 5))
    assert row.startswith("18  ons 30 apr  – tor  1 maj  ▌Kulturpolitiskt samråd")
    assert hours.strip() == "09:00–12:00, sista dagen 08:30–11:00 (UTC)"


def test_the_weekend_is_that_of_the_country() -> None:
    """A Friday is dim where it is off, a Sunday in a break is marked, and the break is one around Friday."""
    known = register(calendar="calendar: {country: SE, weekend: [fri, sat]},")
    away = (DaySpan(date(2025, 3, 6), date(2025, 3, 10), "Lov"),)
    year = only(meeting("samrad", 1, "2025-03-19"), spans=away)
    text = printed(table.month_view(year, known), 80)
    assert " 3  4  5  6░ 7  8  9░" in text
    assert "10░11 12" in text
    assert "tor  6 mar  – mån 10 mar  ░ Lov" in printed(table.list_view(year, known), 80)
    coloured = on_terminal(table.month_view(year, known), color=True)
    assert f"{ESCAPE}[2m14 {ESCAPE}[0m{ESCAPE}[2m15 {ESCAPE}[0m16" in coloured


@pytest.mark.parametrize(("last", "away"), [("2025-03-05", False), ("2025-03-06", True)])
def test_a_week_is_away_if_most_of_its_working_days_are_off(last: str, away: bool) -> None:
    """Of the six days from Monday to Saturday, four."""
    known = register(calendar="calendar: {country: SE, weekend: [sun]},")
    spans = (DaySpan(date(2025, 3, 3), date.fromisoformat(last), "Lov"),)
    text = printed(table.line_view(only(meeting("samrad", 1, "2025-01-07"), spans=spans), known), 80)
    assert ("░" in text) == away


def test_letters_are_unique_while_they_last() -> None:
    """Letters come from names, then from what is free; those too many share a star."""
    forums = {f"f{number}": ForumRecord(f"Forum {number}", ()) for number in range(70)}
    meetings = [meeting(key, 1, str(date(2025, 1, 1) + DAY * number)) for number, key in enumerate(forums)]
    text = printed(table.month_view(replace(only(*meetings), forums=forums), register()))
    letters = re.findall(r" (\S)  Forum \d+ \(1\)", text)
    own = [letter for letter in letters if letter != presentation.SHARED_LETTER]
    assert len(letters) == 70
    assert len(own) == len(set(own)) == len(presentation.LETTERS) - len(FORUMS)
    assert letters[:2] == ["F", "O"]
    assert "x" not in letters


def test_days_of_a_month_stand_below_each_other_where_names_need_the_room() -> None:
    """A meeting every other week fits in 80 columns; in a pipe its days stand in a row."""
    days = [date(2025, 1, 8) + DAY * 14 * number for number in range(25)]
    year = only(*(meeting("konferens", number, str(day)) for number, day in enumerate(days, 1)))
    lines = printed(table.matrix_view(year, register()), 80).splitlines()
    assert lines[2].split() == [
        "jan",
        "feb",
        "mars",
        "apr",
        "maj",
        "juni",
        "juli",
        "aug",
        "sep",
        "okt",
        "nov",
        "dec",
    ]
    assert lines[3].endswith(" 8○, 5○, 5○,  2○,  14○, 11○, 9○,  6○, 3○, 1○,  12○, 10○")
    assert "▌Samverkanskonfere" in lines[3]
    assert "8○, 22○ 5○, 19○" in printed(table.matrix_view(year, register()))


@pytest.mark.parametrize(("width", "blocks"), [(80, 1), (66, 1), (60, 2), (44, 2), (40, 3)])
def test_the_matrix_has_blocks_only_where_it_is_narrow(width: int, blocks: int) -> None:
    """All months stand in one row at 80 columns; in fewer the year is divided evenly."""
    lines = printed(table.matrix_view(plan(), register()), width).splitlines()
    heads = [line.split() for line in lines if line.startswith("  ") and {*line.split()} <= {*MONTHS}]
    assert [len(head) for head in heads] == [12 // blocks] * blocks
    assert " ".join(month for head in heads for month in head) == " ".join(MONTHS)


def test_a_year_that_begins_in_august_has_its_months_in_order() -> None:
    """And what lies beyond it has its year below the month."""
    year = replace(
        only(meeting("samrad", 1, "2026-02-04"), meeting("samrad", 2, "2026-08-11")), begins=AUGUST
    )
    head, further, row = printed(table.matrix_view(year, register()), 80).splitlines()[2:5]
    assert head.split() == [
        "aug",
        "sep",
        "okt",
        "nov",
        "dec",
        "jan",
        "feb",
        "mars",
        "apr",
        "maj",
        "juni",
        "juli",
        "aug",
    ]
    assert further.split() == ["2026"]
    assert row.split()[-2:] == ["4○", "11○"]
    assert further.index("2026") == row.index("11○") == head.rindex("aug")


def test_other_times_are_told_below_the_matrix() -> None:
    """Two meetings on one day are told apart by them."""
    late = meeting("samrad", 2, "2025-03-05", "13:00-15:00")
    text = printed(
        table.matrix_view(
            only(meeting("samrad", 1, "2025-03-05"), late, meeting("samrad", 3, "2025-04-02")), register()
        ),
        80,
    )
    assert " 5○, 5○* " in text
    assert "* 5 mars, Kulturpolitiskt samråd: 13:00–15:00 (annars 09:00–12:00)" in text


@pytest.mark.parametrize(("width", "abreast"), [(40, 1), (52, 2), (78, 2), (79, 3), (200, 3)])
def test_months_stand_as_many_abreast_as_fit(width: int, abreast: int) -> None:
    """Three at 80 columns, fewer below."""
    text = printed(table.month_view(plan(), register()), width)
    assert sum("må ti on to fr lö sö" in line for line in text.splitlines()) == 12 // abreast


def test_a_meeting_beyond_new_year_is_shown() -> None:
    """A window may cross the year, and so may a meeting of its plan."""
    year = only(meeting("samrad", 1, "2026-01-15"))
    assert "    JANUARI 2026\n" in printed(table.list_view(year, register()), 80)
    assert "Januari 2026" in printed(table.month_view(year, register()), 80)
    assert "○" in printed(table.line_view(year, register()), 80).splitlines()[5]


@pytest.mark.parametrize("name", ["list", "line", "month", "matrix"])
def test_an_empty_year_is_no_fault(name: str) -> None:
    """A year without meetings says so."""
    title = printed(VIEWS[name](only(), register()), 80).splitlines()[0]
    assert title == "Mötesår 2025 · Kultur i Halland · inga möten"


def test_a_first_plan_is_counted_not_listed() -> None:
    """Twenty new meetings are one line; none at all is said too."""
    year = plan()
    changes = [Change(one.id, "new") for one in year.meetings]
    assert printed(table.changes_view(changes, year, register())) == "+ 13 nya möten\n"
    assert printed(table.changes_view([], only(), register())) == "= 0 möten oförändrade\n"


def test_changes_alone_are_all_listed() -> None:
    """Where the year is not shown above them it is named, and none is only counted."""
    year = plan()
    changes = [Change(one.id, "new") for one in year.meetings]
    title, *lines = printed(table.changes_view(changes[:-1], year, register(), alone=True)).splitlines()
    assert title == "Kultur i Halland 2025"
    assert len(lines) == 12
    assert all(line.startswith("+ nytt  ") for line in lines)


def test_colours_and_letters_go_by_the_place_in_the_file() -> None:
    """A filter that leaves forums out changes no colour and no letter."""
    part = only(meeting("extern", 1, "2025-03-05"))
    part = replace(part, forums={"extern": plan().forums["extern"]})
    stream = io.StringIO()
    table.print_view(table.month_view(part, register()), stdout=stream, width=80, color=False)
    assert " R  Regionsamverkan Sydsverige, kultur (1)" in stream.getvalue()
    console = table.console(Terminal(), width=80, color=True)
    spans = [span.style for line in console.render_lines(table.list_view(part, register())) for span in line]
    assert TERMINAL_COLOURS[4][0] in {str(style.color.name) for style in spans if style and style.color}


def test_a_forum_that_has_left_the_file_keeps_its_name() -> None:
    """Former forums are shown as they were when last planned."""
    year = only(meeting("former", 1, "2025-03-05"))
    year = replace(year, forums={**year.forums, "former": ForumRecord("Nedlagt nätverk", ())})
    for view in (table.list_view, table.line_view, table.month_view, table.matrix_view):
        assert "Nedlagt nätverk" in printed(view(year, register()), 80)
