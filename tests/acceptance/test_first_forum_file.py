"""`init --from`: a forum file from the lists of former years, that plans the next year as bodies have met."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml
from project_folder import Folder
from workbooks import csv_file, xlsx

HERE = Path(__file__).parent
TODAY = ("--today", "2026-11-01")
OF_OTHER_YEARS = {"skane-tour"}
"""Files whose windows all lie in years of their own."""
DEAR = {"kommunstyrelse"}
"""Files that take as long to plan as all others together; test_practice.py plans them."""
RULES = [
    path
    for path in sorted([*HERE.glob("calendars/*.yaml"), *HERE.glob("practice/*.yaml")])
    if "\nyear:" not in path.read_text(encoding="utf-8") and path.stem not in OF_OTHER_YEARS | DEAR
]
HEADS = ("Datum", "Tid", "Nämnd", "Plats", "Värd")
YEARS = (2024, 2025, 2026)


def rows(year: int) -> list[tuple[str, ...]]:
    """Return a year of a board on second Tuesdays, what prepares it, and a network in five weeks."""
    found: list[tuple[str, ...]] = []
    for month in (1, 2, 3, 4, 5, 9, 10, 11):
        second = next(date(year, month, day) for day in range(8, 15) if date(year, month, day).weekday() == 1)
        before = date.fromordinal(second.toordinal() - 5)
        found += [(str(second), "18:00-20:00", "Kulturnämnden", "Rådhuset", "")]
        found += [(str(before), "09:00-11:00", "Arbetsutskottet", "", "")]
    hosts = ("Hylte", "Laholm", "Varberg")
    for number, week in enumerate((6, 14, 24, 38, 47), 5 * (year - YEARS[0])):
        day = date.fromisocalendar(year, week, 3)
        found += [(str(day), "", "Nätverket: region", "", hosts[number % 3])]
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Return a folder with a list of each year, and no forum file."""
    folder = Folder(tmp_path, None)
    for year in YEARS[:2]:
        folder.place(f"{year}.csv").write_bytes(csv_file([HEADS, *rows(year)]))
    folder.place("2026.xlsx").write_bytes(xlsx({"Möten": [HEADS, *rows(2026)]}))
    return folder


def made(folder: Folder, *files: str) -> tuple[str, dict[str, dict[str, object]]]:
    """Make a forum file; return its text and its forums."""
    folder.fine("init", "new", "--from", *files)
    text = folder.place("new/forums.yaml").read_text(encoding="utf-8")
    return text, yaml.safe_load(text)["forums"]


def test_what_bodies_keep_to_is_written_with_its_evidence(folder: Folder) -> None:
    """Several years, from files of different kinds; it is checked and planned at once."""
    text, forums = made(folder, "2024.csv", "2025.csv", "2026.xlsx")
    board = forums["kulturnamnden"]
    assert board["cadence"] == "RRULE:FREQ=MONTHLY;BYMONTH=1,2,3,4,5,9,10,11;BYDAY=2TU"
    assert re.search("weekdays: \\[tue\\] +# 24 av 24 möten på en tisdag; 2024–2026", text)
    assert "# inga möten i juni, juli, augusti, december; 2024–2026" in text
    assert board["place"] == "Rådhuset"
    assert board["prepared_by"] == {"forum": "arbetsutskottet", "days_before": 5, "strength": "should"}
    network = forums["natverket-region"]
    assert network["cadence"] == "5 times a year"
    assert network["host"] == {"rotate": ["hylte", "laholm", "varberg"]}
    assert "ÖPPET: inget datum hade någon tid" in text
    project = Folder(folder.place("new"), None)
    assert project.fine("check", *TODAY).err == ""
    project.fine("plan", "2027", *TODAY)
    days = Counter(one["forum"] for one in project.meetings(2027).values())
    assert days == {"kulturnamnden": 8, "arbetsutskottet": 8, "natverket-region": 5}


def test_a_grid_and_a_calendar_do_too(folder: Folder) -> None:
    """The same readers as those of import."""
    months = ("jan", "feb", "mars", "april", "maj", "sept", "okt", "nov")
    seconds = [row[0] for row in rows(2026) if row[2] == "Kulturnämnden"]
    grid = [("2026",), ("Organ", *months), ("Kulturnämnden", *(int(day[-2:]) for day in seconds))]
    folder.place("grid.csv").write_bytes(csv_file(grid))
    lines = ("BEGIN:VEVENT", "UID:{0}", "DTSTART;VALUE=DATE:{0}", "SUMMARY:Kulturnämnden", "END:VEVENT", "")
    events = "".join("\r\n".join(lines).format(day.replace("-", "")) for day in seconds)
    calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n"
    folder.place("2026.ics").write_bytes(calendar.encode())
    cadences = {made(folder, "grid.csv")[1]["kulturnamnden"]["cadence"]}
    folder.place("new/forums.yaml").unlink()
    cadences |= {made(folder, "2026.ics")[1]["kulturnamnden"]["cadence"]}
    assert cadences == {"RRULE:FREQ=MONTHLY;BYMONTH=1,2,3,4,5,9,10,11;BYDAY=2TU"}


@pytest.mark.parametrize("form", ["{0:%d/%m/%Y}", "{0:%m/%d/%Y}"])
def test_the_order_of_numbers_is_that_of_the_other_dates(folder: Folder, form: str) -> None:
    """Of 03/04/2026 the list itself shows which is the day; a list that shows both orders is told."""
    days = [(date.fromisoformat(row[0]), *row[1:]) for row in rows(2026)]
    in_order = [(form.format(day), *more) for day, *more in days]
    folder.place("order.csv").write_bytes(csv_file([HEADS, *in_order]))
    known = made(folder, "2026.xlsx")[1]
    folder.place("new/forums.yaml").unlink()
    assert made(folder, "order.csv")[1] == known
    both = [*in_order, ("24/12/2026", *HEADS[1:]), ("12/24/2026", *HEADS[1:])]
    folder.place("both.csv").write_bytes(csv_file([HEADS, *both]))
    assert "may mean" in folder.run("init", "both", "--from", "both.csv").err


def test_what_is_assumed_is_told_and_may_be_said(folder: Folder) -> None:
    """The language by the words, the country by nothing but the habit of ours."""
    run = folder.fine("init", "new", "--from", "2024.csv")
    assert "language sv (by the words of the lists), country SE (nothing says otherwise)" in run.out
    folder.place("new/forums.yaml").unlink()
    run = folder.fine("init", "new", "--from", "2024.csv", "--language", "en", "--country", "NO")
    assert "language en (as asked for), country NO (as asked for), time zone Europe/Oslo" in run.out
    text = folder.place("new/forums.yaml").read_text(encoding="utf-8")
    assert "meetings on a Tuesday; 2024" in text
    assert "country: NO " in text
    for option in (("--language", "xx"), ("--country", "Norge"), ("--country", "ZZ")):
        run = folder.run("init", "other", "--from", "2024.csv", *option)
        assert run.code == 2, option
    assert not folder.place("other").exists()


def test_nothing_is_written_over(folder: Folder) -> None:
    """Nor without a body that has two dates."""
    folder.place("one.csv").write_bytes(csv_file([HEADS, rows(2026)[0]]))
    run = folder.run("init", "new", "--from", "one.csv")
    assert run.code == 1
    assert not folder.place("new").exists()
    made(folder, "2024.csv")
    before = folder.place("new/forums.yaml").read_bytes()
    assert folder.run("init", "new", "--from", "2025.csv").code == 1
    assert folder.place("new/forums.yaml").read_bytes() == before
    assert folder.run("init", "new", "--from", "none.csv").code == 1
    assert folder.run("init", "a", "b").code == 2


def test_hostile_names_do_no_harm(folder: Folder) -> None:
    """They are texts in a valid file, under ids of our own."""
    names = ("../../x", "<script>", 'a"\n#: {', "con", "Å" * 300, "\u202eabc", "all")
    table = [HEADS, *((row[0], "", name, name, name) for name in names for row in rows(2026)[::4])]
    folder.place("list.xlsx").write_bytes(xlsx({"B": table}))
    text, forums = made(folder, "list.xlsx")
    assert len(forums) == len(names)
    assert "\u202e" not in text
    project = Folder(folder.place("new"), None)
    assert project.run("check", *TODAY).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_the_next_year_is_as_its_rule_says(tmp_path: Path, path: Path) -> None:
    """Two years of a body's rule give the weekdays and, but for some, the weeks of the third."""
    folder = Folder(tmp_path, path.read_text(encoding="utf-8"))
    for year in (2025, 2026, 2027):
        folder.fine("plan", str(year), "--today", "2024-06-01")
    lists = [folder.place(f"calendars/{year}/meetings.csv") for year in (2025, 2026)]
    folder.fine("init", "new", "--from", *map(str, lists))
    project = Folder(folder.place("new"), None)
    assert project.fine("check", *TODAY).err == ""
    project.fine("plan", "2027", *TODAY)
    real, found = days_of(folder), days_of(project)
    pairs = [(day, found[name]) for name in real.keys() & found.keys() for day in real[name]]
    near = sum(min(abs((day - other).days) for other in others) <= 7 for day, others in pairs)
    assert near >= 0.5 * len(pairs)
    for name in real.keys() & found.keys():
        assert usual(found[name]) == usual(real[name])


def days_of(folder: Folder) -> dict[str, list[date]]:
    """Return the days of each forum in 2027, by its name."""
    text = folder.place("calendars/2027/meetings.csv").read_text(encoding="utf-8-sig")
    first = text.splitlines()[0]
    days: dict[str, list[date]] = {}
    for row in list(csv.reader(io.StringIO(text), delimiter=";" if ";" in first else ","))[1:]:
        days.setdefault(row[5], []).append(date.fromisoformat(row[0]))
    return days


def usual(days: list[date]) -> int:
    """Return the weekday that most days are on."""
    return Counter(day.weekday() for day in days).most_common(1)[0][0]
