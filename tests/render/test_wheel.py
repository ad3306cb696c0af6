"""The annual wheel: every meeting where its day is, legible however many there are, with any name."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import sample_year as sample
from hypothesis import given, settings
from hypothesis import strategies as st

from kultursam.diagnostics import UNSEEN
from kultursam.plans.model import Origin, Plan, Status
from kultursam.render.wheel import shapes, wheel
from kultursam.render.wheel.legend import TOP
from kultursam.render.wheel.shapes import LEAST_MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kultursam.plans.model import Meeting

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "desc", "g", "rect", "circle", "path", "polygon", "text"}
ATTRIBUTES = {
    *("version", "viewBox", "width", "height", "role", "aria-labelledby", "aria-describedby", "id", "rx"),
    *("fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight"),
    *("font-style", "text-anchor", "transform", "x", "y", "dy", "cx", "cy", "r", "d", "points"),
}


def parsed(text: str) -> ET.Element:
    """Read an SVG of ours."""
    return ET.fromstring(text)  # noqa: S314 - our own drawing


def marks(text: str) -> list[tuple[str, float, float, float]]:
    """Return what each mark stands for, its angle in parts of the year, its radius and its size."""
    found = []
    for group in parsed(text).iter(f"{SVG}g"):
        title, label = group.find(f"{SVG}title"), group.find(f"{SVG}text")
        if title is None or label is None:
            continue
        x, y = float(label.get("x", "")) - 530, float(label.get("y", "")) - 530
        size = float(label.get("font-size", "")) / 1.15
        found.append((title.text or "", math.atan2(x, -y) / (2 * math.pi) % 1, math.hypot(x, y), size))
    return found


def spread(forums: int, days: Iterable[date]) -> Plan:
    """Return a year in which some forums meet on the same days."""
    held = [
        sample.meeting(f"f{key}", number, day)
        for days in [list(days)]
        for key in range(forums)
        for number, day in enumerate(days, 1)
    ]
    return replace(sample.large(forums, 1)[1], meetings=tuple(held))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_wheel_is_as_published(language: str, golden: Callable[[str, str], None]) -> None:
    """It stays as it was looked at and found good."""
    golden(f"wheel.{language}.svg", wheel(sample.plan(), sample.register(language)))


def test_the_wheel_of_many_forums_is_as_published(golden: Callable[[str, str], None]) -> None:
    """So does one with a ring an organisation."""
    known, year = sample.large(20, 120)
    golden("wheel-many.sv.svg", wheel(year, known))


def test_it_is_plain_svg() -> None:
    """Nothing is in it that readers draw differently, or that loads or runs anything."""
    text = wheel(sample.plan(), sample.register())
    for element in parsed(text).iter():
        assert element.tag.removeprefix(SVG) in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES
    assert text.count("http") == 1
    assert text == wheel(sample.plan(), sample.register())


def test_every_meeting_lies_at_its_day() -> None:
    """A mark's angle is its day's, its number the day of the month."""
    year = sample.plan()
    found = marks(wheel(year, sample.register("en")))
    within = [one for one in year.chronological() if one.date.year == year.year]
    assert len(found) == len(within)
    for one in within:
        words = (
            f"{year.forums[one.forum].name}, {one.date.day}\N{NO-BREAK SPACE}{one.date:%b} {one.start:%H:%M}"
        )
        (angle,) = [angle for text, angle, _, _ in found if text.startswith(words)]
        assert angle == pytest.approx((one.date.timetuple().tm_yday - 0.5) / 365, abs=0.0005)


def test_a_meeting_of_several_days_has_one_mark_in_their_middle() -> None:
    """Its number is both days, a band lies over all of them, and the facts name both."""
    days = replace(sample.meeting("samrad", 1, date(2025, 4, 28)), days=9)
    year = sample.plan([days, sample.meeting("samrad", 2, date(2025, 4, 30))])
    text = wheel(year, sample.register("en"))
    (short, _, _, _), (long, angle, radius, _) = marks(text)
    assert "30" in short
    assert long.startswith(
        "Kulturpolitiskt samråd, 28\N{NO-BREAK SPACE}Apr–6\N{NO-BREAK SPACE}May 09:00–12:00"
    )
    assert angle == pytest.approx((date(2025, 5, 2).timetuple().tm_yday - 0.5) / 365, abs=0.0005)
    (group,) = [group for group in parsed(text).iter(f"{SVG}g") if group.findtext(f"{SVG}title") == long]
    assert group.findtext(f"{SVG}text") == "28–6"
    band = group.findall(f"{SVG}path")[-1].get("d", "")
    start, stop = (
        math.atan2(float(x) - 530, 530 - float(y)) / (2 * math.pi) * 365
        for x, y in re.findall(r"([0-9.]+) ([0-9.]+)(?=A|$)", band)
    )
    assert [start, stop] == pytest.approx([117, 126], abs=0.1)
    assert math.hypot(
        *(float(c) - 530 for c in re.findall(r"M([0-9.]+) ([0-9.]+)", band)[0])
    ) == pytest.approx(radius, abs=0.2)
    assert (
        "Kulturpolitiskt samråd: 28\N{NO-BREAK SPACE}Apr–6\N{NO-BREAK SPACE}May, 30\N{NO-BREAK SPACE}Apr."
        in text
    )


def test_weeks_of_organisations_count_a_meeting_in_each_of_its_weeks() -> None:
    """Where rings are organisations, a mark is a week's; a meeting over a weekend is in two."""
    year = spread(13, [date(2025, 3, 13)])
    year = replace(year, meetings=tuple(replace(one, days=5) for one in year.meetings))
    found = {words for words, *_ in marks(wheel(year, sample.large(13, 1)[0]))}
    assert {words.partition(":")[0] for words in found} == {"vecka 11", "vecka 12"}


def test_the_picture_has_its_facts_in_words() -> None:
    """Title and description tell all: each date, also one of next year, deadlines and breaks."""
    root = parsed(wheel(sample.plan(), sample.register("en")))
    title, desc = (
        str(root.findtext(f"{SVG}{name}")).replace("\N{NO-BREAK SPACE}", " ") for name in ("title", "desc")
    )
    assert title == "Annual wheel 2025 – Kultur i Halland"
    assert "14 meetings in 6 forums." in desc
    assert "Biblioteksledarnätverket: 4 Feb, 8 May (cancelled), 9 Oct, 8 Jan 2026." in desc
    assert "Deadlines: 18 Jun Mål och budget beslutas, 30 Sep Samrådet förnyas." in desc
    assert "23 Jun–10 Aug Sommaruppehåll" in desc
    assert (root.get("aria-labelledby"), root.get("aria-describedby")) == ("wheel-title", "wheel-desc")


def test_states_are_told_without_colour() -> None:
    """Each state has a form of its own."""
    looks: dict[str, Callable[[Meeting], Meeting]] = {
        "confirmed": lambda one: replace(one, status=Status.CONFIRMED),
        "proposed": lambda one: one,
        "reserved": lambda one: replace(one, origin=Origin.RESERVED),
        "external": lambda one: replace(one, origin=Origin.EXTERNAL, status=Status.CONFIRMED),
        "cancelled": lambda one: replace(one, status=Status.CANCELLED),
    }
    forms = set()
    for name, change in looks.items():
        one = change(sample.meeting("samrad", 1, date(2025, 3, 5)))
        root = parsed(wheel(sample.plan([one]), sample.register("en")))
        (group,) = [each for each in root.iter(f"{SVG}g") if each.find(f"{SVG}title") is not None]
        forms.add(tuple((part.tag, "stroke-dasharray" in part.attrib) for part in group))
        assert f", {name}" in str(group.findtext(f"{SVG}title"))
    assert len(forms) == len(looks)


@pytest.mark.parametrize("forums", [1, 2, 7, 12])
@pytest.mark.parametrize("step", [1, 3, 7, 30])
def test_marks_do_not_overlap(forums: int, step: int) -> None:
    """Weekly meetings have room in every ring; those of successive days for some weeks too."""
    days = [
        date(2025, 1, 13) + sample.DAY * step * number for number in range(3 if step == 1 else 330 // step)
    ]
    found = marks(wheel(spread(forums, days), sample.large(forums, 1)[0]))
    assert len(found) == forums * len(days)
    places = [
        (radius * math.cos(2 * math.pi * a), radius * math.sin(2 * math.pi * a), size)
        for _, a, radius, size in found
    ]
    if step > 3 or forums < 12:  # more in a small ring than it has room for
        assert all(math.dist(one[:2], two[:2]) > one[2] + two[2] - 1 for one, two in combinations(places, 2))
    assert min(size for *_, size in places) >= LEAST_MARK - 0.1


def test_many_forums_become_rings_of_organisations() -> None:
    """Twelve forums have a ring each; with thirteen, weeks are counted for each organisation."""
    for forums in (12, 13):
        known, year = sample.large(forums, forums * 4)
        text = wheel(year, known)
        desc = str(parsed(text).findtext(f"{SVG}desc"))
        assert ("Forum 11: " in desc) is (forums == 12)
        assert ("Organisation 8: " in desc) is (forums == 13)
    counted = Counter[int]()
    for words, *_ in marks(text):
        counted[0] += int(words.rpartition(" ")[2])
    assert counted[0] == 2 * 13 * 4  # every forum has two organisations


def test_a_break_shades_only_whom_it_touches() -> None:
    """The election closes one forum's ring; the summer closes all."""
    text = wheel(sample.plan(), sample.register())
    radii = [
        sorted(float(radius) for radius in re.findall(r"A([\d.]+) ", element.get("d", "")))
        for element in parsed(text).iter(f"{SVG}path")
        if element.get("fill") == shapes.GREY
    ]
    widths = Counter(round(outer - inner) for inner, outer in radii)
    assert widths[44] == 1
    assert widths[6 * 44] == 4


@pytest.mark.parametrize("year", [2015, 2020, 2024, 2025, 2026, 2027, 2028])
def test_the_rim_has_every_week(year: int) -> None:
    """Leap years, years with 53 weeks, and weeks that a year shares with its neighbours."""
    text = wheel(sample.plan([], year=year, spans=()), sample.register("en"))
    weeks = [element.text for element in parsed(text).iter(f"{SVG}text") if element.get("font-size") == "12"]
    first, last = date(year, 1, 1).isocalendar().week, date(year, 12, 31).isocalendar().week
    numbers = [int(week or 0) for week in weeks]
    assert set(range(2, 53)) <= set(numbers)
    assert numbers[0] in {first, 1}
    assert numbers[-1] in {last, 52, 53}
    assert all(two == one + 1 or two == 1 or one > 51 for one, two in pairwise(numbers))


@settings(max_examples=60, deadline=None)
@given(name=st.one_of(st.sampled_from(sample.HOSTILE), st.text(max_size=60)))
def test_any_name_is_harmless(name: str) -> None:
    """Names are text, whatever they hold: the drawing stays well-formed, and nothing turns around."""
    text = wheel(sample.hostile(name), sample.renamed(name))
    root = parsed(text)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ELEMENTS
    assert not UNSEEN.search(text)
    kept = UNSEEN.sub("", name)
    assert kept in str(root.findtext(f"{SVG}title"))


def test_a_long_legend_fits() -> None:
    """However long names and lists are, the legend is made to fit the sheet."""
    days = [date(2025, 1, 7) + sample.DAY * 7 * number for number in range(50)]
    year = spread(12, days)
    year = replace(year, forums={key: replace(one, name="Möte " * 60) for key, one in year.forums.items()})
    text = wheel(year, sample.large(12, 1)[0])
    scale = float(re.findall(r"scale\(([\d.]+)\)", text)[0])
    legend = text.partition("scale(")[2]
    bottom = max(float(y) for y in re.findall(r' y="([\d.]+)"', legend))
    assert TOP + bottom * scale < shapes.HEIGHT


def test_an_empty_year_has_a_wheel() -> None:
    """Before the first plan there is a rim and a name."""
    root = parsed(wheel(sample.plan([], spans=(), name=""), sample.register("en")))
    assert "0 meetings in 0 forums." in str(root.findtext(f"{SVG}desc"))


def test_a_large_year_is_drawn_no_larger() -> None:
    """3,000 meetings of 300 forums make a drawing no larger than a small year's few times over."""
    known, year = sample.large(300, 3000, 20)
    text = wheel(year, known)
    assert len(text) < 300_000
