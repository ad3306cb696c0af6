"""The page: everything a reader needs, in valid and accessible markup, and nothing that a name can break."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import sample_year as sample
from hypothesis import given, settings
from hypothesis import strategies as st

from kultursam.diagnostics import UNSEEN
from kultursam.forumfile.values import WHOLE_DAY, TimeSpan
from kultursam.plans.model import revised
from kultursam.publish import published_files
from kultursam.render.html import index_page, year_page
from kultursam.render.html.meeting_list import MeetingList

if TYPE_CHECKING:
    from collections.abc import Callable

WHEEL = '<svg xmlns="http://www.w3.org/2000/svg"><title>Hjul</title></svg>'
VOID = {"meta", "link", "input"}
NO_ADDRESSES = ""
TODAY = date(2025, 3, 1)


@dataclass
class Node:
    """An element: its name, its attributes, and what it holds."""

    name: str
    attributes: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

    def all(self, name: str = "", **attributes: str) -> list[Node]:
        """Return every element below with a name, or any name, whose attributes begin so."""
        found = []
        for child in self.children:
            if isinstance(child, Node):
                own = child.attributes
                fits = all(key in own and own[key].startswith(text) for key, text in attributes.items())
                found += [child] if name in {"", child.name} and fits else []
                found += child.all(name, **attributes)
        return found

    @property
    def text(self) -> str:
        """What is read, white space folded."""
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join(" ".join(parts).split(" ")).strip() if self.name != "raw" else "".join(parts)

    @property
    def words(self) -> str:
        """What is read, as a person sees it."""
        return re.sub(r" (?=[,.):])|(?<=\() ", "", " ".join(self.text.split()))


class Tree(HTMLParser):
    """Reads a page strictly: every element is closed, in order, and no attribute stands twice."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Node("", {})
        self._open = [self.root]
        self.feed(text)
        self.close()
        assert self._open == [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        assert len(dict(attrs)) == len(attrs)
        node = Node(tag, {key: value or "" for key, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        """Add text."""
        self._open[-1].children.append(data)


def year(language: str = "sv", addresses: str = sample.ADDRESSES) -> Node:
    """Read the page of the sample."""
    return Tree(year_page(sample.plan(), sample.register(language, addresses), WHEEL)).root


def index(language: str = "sv") -> Node:
    """Read the page of two years."""
    plans = [sample.plan(), sample.plan([], year=2026)]
    return Tree(index_page(plans, sample.register(language))).root


def rows(root: Node) -> list[str]:
    """Return the lines of the list, months too."""
    return [row.words for body in root.all("table")[0].all("tbody") for row in body.all("tr")]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_pages_are_as_published(language: str, golden: Callable[[str, str], None]) -> None:
    """They stay as they were looked at and found good; twice they are the same."""
    known = sample.register(language)
    text = year_page(sample.plan(), known, WHEEL)
    assert text == year_page(sample.plan(), known, WHEEL)
    golden(f"year.{language}.html", text)
    golden(f"index.{language}.html", index_page([sample.plan(), sample.plan([], year=2026)], known))


def test_the_list_holds_the_year() -> None:
    """Meetings by time, each with week, place, state, deadlines; what is due; breaks; next year's month."""
    found = rows(year("en"))
    assert found[:3] == [
        "January",
        "1–2 Wed 1 January – Tue 7 January Break: Jul och nyår",
        "4 Thu 23 January 09:00–12:00 R Regionsamverkan Sydsverige External",
    ]
    assert (
        "12 Wed 19 March 09:00–12:00 S Styrgrupp för kulturplanen Online Confirmed moved from 18 Mar" in found
    )
    (samrad,) = [line for line in found if line.startswith("17 Thu 24 April 13:30–16:30")]
    assert samrad.endswith("K Kulturpolitiskt samråd Kallelse 10 Apr, Handlingar 17 Apr Varberg Confirmed")
    assert "25 Wed 18 June Deadline: Mål och budget beslutas" in found
    assert "40 Tue 30 September K Deadline: Samrådet förnyas" in found
    (konferens,) = [line for line in found if line.startswith("44 Thu 30 October 09:00–12:00 H")]
    assert konferens.endswith("Halländska överenskommelsen Stadsteatern Reserved")
    assert found[-2:] == [
        "January 2026",
        "2 Thu 8 January 10:00–13:00 B Biblioteksledarnätverket In person or online Proposed",
    ]
    assert not any("Utgår" in line for line in found)


def test_a_meeting_of_several_days_is_one_row() -> None:
    """It has both days, both weeks and its hours; what takes whole days has no hours."""
    held = sample.meeting("samrad", 1, date(2025, 2, 28), days=4, last_day=TimeSpan(clock(8), clock(10)))
    whole = sample.meeting("styrgrupp", 1, date(2025, 3, 4), "00:00", end=WHOLE_DAY.end)
    year = sample.plan([held, whole], spans=())
    year = replace(year, forums={**year.forums, "samrad": replace(year.forums["samrad"], name="Nätverk")})
    found = rows(Tree(year_page(year, sample.register("en"), WHEEL)).root)
    assert found[:4] == [
        "February",
        "9–10 Fri 28 February – Mon 3 March 09:00–12:00, the last day 08:00–10:00 N Nätverk Proposed",
        "March",
        "10 Tue 4 March all day S Styrgrupp för kulturplanen Online Proposed",
    ]


def test_the_head_says_what_and_when() -> None:
    """The last change is the meetings', on the local day; nothing tells when the page was made."""
    header = year("en").all("header")[0].words
    assert header.startswith("Meetings 2025 – Kultur i Halland 14 meetings in 6 forums.")
    assert "Last changed on 2 December 2024." in header
    assert "Questions: Kulturenheten (kultur@example.org)" in header
    assert "Last changed" not in Tree(year_page(sample.plan([]), sample.register("en"), WHEEL)).root.words


@pytest.mark.parametrize("root", [year(), index(), year("en", NO_ADDRESSES)], ids=["year", "index", "bare"])
def test_markup_is_sound(root: Node) -> None:
    """One h1, a language, a title, unique ids, anchors that lead somewhere, each link with its own text."""
    assert root.all("html")[0].attributes["lang"] in {"sv", "en"}
    (heading,), (title,) = root.all("h1"), root.all("head")[0].all("title")
    assert heading.words == title.words
    ids = [node.attributes["id"] for node in root.all(id="")]
    assert max(Counter(ids).values()) == 1
    for link in root.all("a", href="#"):
        assert link.attributes["href"][1:] in ids
    for node in root.all():
        assert set(node.attributes.get("aria-labelledby", "").split()) <= set(ids)
    links = {(link.words, link.attributes["href"]) for link in root.all("a")}
    texts = Counter(words for words, _ in links)
    assert max(texts.values()) == 1, texts.most_common(1)


@pytest.mark.parametrize("number", [0, 1])
def test_tables_are_such_as_a_screen_reader_follows(number: int) -> None:
    """A caption, scopes, and roles, which stay where the style sheet lays rows out anew."""
    table = year().all("table")[number]
    assert table.all("caption")
    roles = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
    for node in table.all():
        if node.name in roles:
            assert node.attributes["role"] == roles[node.name]
        if node.name == "th":
            assert node.attributes["scope"] in {"col", "row", "rowgroup"}
            assert node.attributes["role"] in {"columnheader", "rowheader"}


def test_the_list_has_no_column_for_places_that_nobody_has() -> None:
    """A year without any is narrower."""
    bare = Tree(
        year_page(sample.plan([sample.meeting("samrad", 1, date(2025, 3, 5))]), sample.register("en"), WHEEL)
    )
    assert [head.words for head in bare.root.all("thead")[0].all("th")] == [
        "Week",
        "Date",
        "Time",
        "Forum",
        "Status",
    ]


@pytest.mark.parametrize(
    "text", [year_page(sample.plan(), sample.register(), WHEEL), index_page([], sample.register())]
)
def test_nothing_is_asked_for_and_nothing_runs(text: str) -> None:
    """The policy allows one style, by its hash; no element loads anything; the only script is data."""
    root = Tree(text).root
    (policy,) = root.all("meta", **{"http-equiv": "Content-Security-Policy"})
    (style,) = root.all("style")
    digest = base64.b64encode(hashlib.sha256("".join(map(str, style.children)).encode()).digest()).decode()
    assert policy.attributes["content"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in str(style.children)
    for node in root.all():
        assert node.name not in {"img", "iframe", "object", "embed", "video", "audio", "form", "base"}
        assert not {
            key for key in node.attributes if key.startswith("on") or key in {"style", "src", "srcset"}
        }
        if node.name == "script":
            assert node.attributes == {"type": "application/ld+json"}
        if node.name == "link":
            assert node.attributes["rel"] in {"icon", "alternate"}
    assert [link.attributes["href"] for link in root.all("link", rel="icon")] == ["data:,"]


def test_every_calendar_is_linked_and_every_link_leads_to_one() -> None:
    """What the page offers is what is written, no more and no less that anyone would want."""
    known, plan = sample.register("sv", NO_ADDRESSES), sample.plan()
    written = {name for name, _ in published_files(known, [plan], TODAY) if name.endswith(".ics")}
    linked = {
        link.attributes["href"]
        for link in year("sv", NO_ADDRESSES).all("a")
        if ".ics" in link.attributes["href"]
    }
    assert linked <= written
    # Skåne takes part in nothing that is published.
    assert written - linked == {"2025/organisations/skane.ics", "feeds/organisations/skane.ics"}
    assert "2025/museer.ics" in linked
    # Of roles, and of the deadlines of a forum, there are feeds alone.
    assert {"feeds/roles/presidium.ics", "feeds/roles/chef.ics", "feeds/deadlines/samrad.ics"} <= linked
    assert "feeds/deadlines/styrgrupp.ics" not in written


def test_addresses_to_subscribe_to() -> None:
    """With a base address there are https to copy, webcal, and Outlook on the web."""
    root = year("en")
    card = root.all("li", id="calendar-organisations_varberg")[0]
    address = "https://kultur.example.org/kalender/feeds/organisations/varberg.ics"
    assert [code.words for code in card.all("code")] == [address]
    outlook, webcal, download = (link.attributes["href"] for link in card.all("a"))
    assert webcal == address.replace("https", "webcal")
    assert download == "2025/organisations/varberg.ics"
    assert parse_qs(urlsplit(outlook).query) == {
        "url": [address],
        "name": ["Varbergs kommun – Kultur i Halland"],
    }
    assert "Add to Outlook: Varbergs kommun" in card.words
    assert not any("webcal" in link.attributes["href"] for link in year("en", NO_ADDRESSES).all("a"))


def test_whom_to_ask_and_the_accessibility_statement() -> None:
    """The file's contact, a forum's own, and the statement have their places."""
    root = year("en")
    card = root.all("li", id="calendar-samrad")[0]
    assert (
        "Förtroendevalda träffas. Region Halland, Hylte, Varberg Questions: Anna (anna@example.org)"
        in card.words
    )
    assert [link.attributes["href"] for link in card.all("a", href="mailto:")] == ["mailto:anna@example.org"]
    assert "In the same meeting: Mediagruppen" in root.all("li", id="calendar-bibliotek")[0].words
    assert root.all("footer")[0].all("a")[0].attributes["href"] == "https://kultur.example.org/tillganglighet"
    assert not year("en", NO_ADDRESSES).all("footer")[0].all("a")


CHANGES = """
    changes:
      - {from: 2024-06-01, contact: {name: Bo, email: bo@example.org}}
      - {from: 2025-03-01, place: Rådhuset}
      - {from: 2025-08-01, contact: {name: Eva, email: eva@example.org}}
      - {from: 2026-01-01, contact: {name: Ida, email: ida@example.org}}"""


def test_whom_to_ask_may_change_in_the_year() -> None:
    """The page of a year names those who are to be asked in it, and from when; that of all years, all."""
    own = "    contact: {{name: Anna, email: anna@example.org}}"
    known = sample.parsed(sample.FILE.replace(own, own + CHANGES.replace("{", "{{").replace("}", "}}")))
    plans = [sample.plan(), sample.plan([], year=2026)]

    def asked(page: str) -> str:
        return Tree(page).root.all("li", id="calendar-samrad")[0].words.partition("Questions: ")[2]

    in_2025 = "Bo (bo@example.org), from 1 August 2025 Eva (eva@example.org)"
    assert asked(year_page(plans[0], known, WHEEL)).startswith(f"{in_2025} ")
    assert asked(year_page(plans[1], known, WHEEL)).startswith("Ida (ida@example.org) ")
    both = f"{in_2025}, from 1 January 2026 Ida (ida@example.org) "
    assert asked(index_page(plans, known)).startswith(both)


def test_who_may_stay_away_is_marked() -> None:
    """Of an organisation, where that is so of all whom it sends."""
    sent = "members: [{{role: chef, from: [hylte, varberg]}}]"
    changed = "[{{role: chef, from: [hylte]}}, {{role: chef, from: [varberg], optional: true}}]"
    known = sample.parsed(sample.FILE.replace(sent, f"members: {changed}"))
    page = Tree(year_page(sample.plan(), known, WHEEL)).root.words
    assert [*re.findall(r"\w+ \((?:optional|frivilligt)\)", page)] == ["Varberg (optional)"]


def test_choices_name_their_rows() -> None:
    """Each choice of the filter has its rule in the style sheet, its rows, and its calendar on the page."""
    root = year()
    style = str(root.all("style")[0].children)
    _, *chosen = (one.attributes["id"] for one in root.all("input", type="radio"))
    labels = [label.words for label in root.all("label")]
    assert labels == [
        *("alla", "Region Halland", "Hylte", "Varberg", "Region Skåne", "K Kulturpolitiskt samråd"),
        *("S Styrgrupp för kulturplanen", "B Biblioteksledarnätverket"),
        *("H Samverkanskonferens för Halländska överenskommelsen", "R Regionsamverkan Sydsverige"),
        "M Museernas årsmöte",
    ]
    for key in chosen:
        assert f"body:has(#{key}:checked)" in style
        rows_of_meetings = root.all("tr", **{"class": "meeting"})
        assert any(key.removeprefix("show_") in row.attributes["class"].split() for row in rows_of_meetings)
    varberg = chosen[labels.index("Varberg") - 1].removeprefix("show_")
    listed = root.all("table")[0].all("tr")
    shown = [row for row in listed if varberg in row.attributes.get("class", "").split()]
    assert len(shown) == 2 + 5 + 4 + 1  # three forums, and the term of one
    (told,) = (one.words for one in root.all("p", id="varberg"))
    held = [row for row in shown if {"meeting", "off"} & {*row.attributes["class"].split()} == {"meeting"}]
    assert told.startswith(f"Visas: Varberg, {len(held)} möten")


def test_the_months_of_each_forum() -> None:
    """A row a forum, a column a month: days with their signs, which are said in words to who hears them."""
    table = year("en").all("table")[1]
    heads = [head.words for head in table.all("thead")[0].all("th")]
    assert heads[:3] == ["Forum", "Jan", "Feb"]
    assert heads[-1] == "Jan 2026"
    cells = {row.all("th")[0].words: row.all("td") for row in table.all("tbody")[0].all("tr")}
    (hidden,) = cells["S Styrgrupp för kulturplanen"][0].all("span", **{"aria-hidden": "true"})
    (said,) = cells["S Styrgrupp för kulturplanen"][0].all("span", **{"class": "unseen"})
    assert (hidden.words, said.words) == ("29○", "Wednesday 29 January, 09:00–12:00, proposed")
    assert len(cells["B Biblioteksledarnätverket"][4].all("span", **{"class": "entry off"})) == 1
    assert not cells["B Biblioteksledarnätverket"][5].all("span")


def test_what_changed_since_the_year_was_planned() -> None:
    """Each change in a line, that the filter can choose; a plan as it was made has none."""
    made = datetime(2024, 9, 1, tzinfo=UTC)
    first = replace(sample.meeting("samrad", 1, date(2025, 3, 5)), created=made, modified=made)
    assert not Tree(year_page(sample.plan([first]), sample.register("en"), WHEEL)).root.all("ul", id="")
    moved = revised(
        first, replace(first, date=date(2025, 3, 12), moved_from=first.date), made + timedelta(days=9)
    )
    page = Tree(year_page(sample.plan([moved]), sample.register("en"), WHEEL)).root
    (section,) = page.all("section", **{"class": "changes"})
    (line,) = section.all("li")
    assert line.words == "moved: Kulturpolitiskt samråd: Wed 5 Mar → Wed 12 Mar"


def test_anchors_of_choices_are_ids_of_the_file_where_they_are_free() -> None:
    """The parts of the page, and organisations, have theirs first."""
    text, renamed = sample.FILE, {"samrad": "wheel", "styrgrupp": "varberg"}
    for old, new in renamed.items():
        assert f"\n  {old}:" in text
        text = re.sub(rf"\b{old}\b", new, text)
    plan = sample.plan()
    meetings = tuple(replace(one, forum=renamed.get(one.forum, one.forum)) for one in plan.meetings)
    forums = {renamed.get(key, key): record for key, record in plan.forums.items()}
    plan = replace(plan, meetings=meetings, forums=forums, deadlines=())
    anchors = {option.path: option.anchor for option in MeetingList(plan, sample.parsed(text)).options}
    assert anchors["organisations/varberg"] == "varberg"
    assert (anchors["varberg"], anchors["wheel"]) == ("varberg_", "wheel_")


def test_events_for_search_engines() -> None:
    """Meetings in the words of schema.org, those of others only where they are published."""
    (script,) = year("en").all("script")
    events = {one["identifier"]: one for one in json.loads("".join(map(str, script.children)))["@graph"]}
    assert events["samrad-2025-1@example.org"] == {
        "@type": "Event",
        "identifier": "samrad-2025-1@example.org",
        "name": "Kulturpolitiskt samråd",
        "description": "Förtroendevalda träffas.",
        "startDate": "2025-04-24T13:30:00+02:00",
        "endDate": "2025-04-24T16:30:00+02:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "location": {"@type": "Place", "name": "Varberg"},
        "organizer": {"@type": "Organization", "name": "Kultur i Halland"},
    }
    assert events["bibliotek-2025-2@example.org"]["eventStatus"].endswith("/EventCancelled")
    moved = events["styrgrupp-2025-2@example.org"]
    assert (moved["eventStatus"], moved["previousStartDate"]) == (
        "https://schema.org/EventRescheduled",
        "2025-03-18",
    )
    assert moved["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode"
    assert "museer-2025-1@example.org" in events
    assert "sydsverige-2025-1@example.org" not in events


def test_the_index_leads_to_every_year() -> None:
    """Newest first; calendars there are those to subscribe to."""
    root = index("en")
    years = [
        (link.attributes["href"], link.words) for link in root.all("ul", **{"class": "years"})[0].all("a")
    ]
    assert years == [("2026.html", "Meetings 2026"), ("2025.html", "Meetings 2025")]
    assert not root.all("a", href="2025/")


SKELETON = {
    language: [(node.name, *node.attributes) for node in year(language).all()] for language in ("sv", "en")
}


@settings(max_examples=40, deadline=None)
@given(
    name=st.one_of(st.sampled_from(sample.HOSTILE), st.text(max_size=60)),
    language=st.sampled_from(["sv", "en"]),
)
def test_any_name_is_harmless(name: str, language: str) -> None:
    """Whatever names hold, the page keeps its elements and attributes, and shows the names as they are."""
    known = sample.renamed(name)
    known = replace(known, file=known.file.model_copy(update={"language": language}))
    text = year_page(sample.hostile(name), known, WHEEL)
    assert not UNSEEN.search(text)
    root = Tree(text).root
    # Every meeting has a place and a reason here, and a row for it.
    added = Counter((node.name, *node.attributes) for node in root.all())
    added.subtract(Counter(SKELETON[language]))
    assert {node[0] for node, number in added.items() if number} <= {"small", "bdi", "td", "p"}
    shown = UNSEEN.sub("", name)
    assert all(shown.split() == bdi.text.split() for bdi in root.all("bdi", **{"class": "name"}))
    assert shown in "".join(str(child) for child in root.all("h1")[0].children)
    data = json.loads("".join(map(str, root.all("script")[0].children)))
    assert all(UNSEEN.sub("", event["name"]) == shown for event in data["@graph"])
    index_page([sample.hostile(name)], known)


def test_texts_in_addresses_stay_in_their_place() -> None:
    """A contact's address and a calendar's name are encoded where they stand in a link."""
    root = Tree(year_page(sample.plan(), sample.renamed("a&b=c?d#e\"f'g"), WHEEL)).root
    outlook = root.all("li", id="calendar-samrad")[0].all("a", href="https://outlook")[0].attributes["href"]
    assert parse_qs(urlsplit(outlook).query)["name"] == ["Kulturpolitiskt samråd – a&b=c?d#e\"f'g"]
    assert unquote(outlook).count("https://") == 2


@pytest.mark.parametrize(
    ("forums", "organisations", "choices"), [(40, 9, 49), (41, 9, 9), (41, 41, 0), (1, 2, 2), (2, 1, 2)]
)
def test_the_filter_is_no_longer_than_it_helps(forums: int, organisations: int, choices: int) -> None:
    """Beyond 40 forums there are organisations only; beyond 40 of these there is no filter."""
    known, plan = sample.large(forums, forums * 2, organisations)
    root = Tree(year_page(plan, known, WHEEL)).root
    assert len(root.all("input", id="show_")) == choices + bool(choices)
    ids = [node.attributes["id"] for node in root.all("") if "id" in node.attributes]
    assert len(set(ids)) == len(ids)
    assert bool(root.all("fieldset")) is bool(choices)
    # A heading stands only above what can be chosen.
    groups = [group for box in root.all("fieldset") for group in box.all("p")]
    assert all(group.all("input") for group in groups)


def test_a_large_year_is_written_whole() -> None:
    """3,000 meetings of 300 forums have a row each."""
    known, plan = sample.large(300, 3000, 20)
    text = year_page(plan, known, WHEEL)
    assert text.count("<tr") > 3000
