"""What forums and meetings are told by: in terminal, wheel and page it is the same."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
import sample_year as sample

from kultursam import presentation
from kultursam.forumfile.planning_year import PlanningYear
from kultursam.forumfile.register import Register
from kultursam.plans.model import ForumRecord, Origin, Status
from kultursam.publish import published_files


def test_letters_come_from_names_while_they_last() -> None:
    """The first letter of a long word, then any of the name, then any that is free; too many share a star."""
    found = presentation.letters(
        {"a": "Om film", "b": "Film", "c": "Råd", "d": "Råd", "e": "Råd", "f": "Råd"}
    )
    assert found == {"a": "F", "b": "I", "c": "R", "d": "A", "e": "D", "f": "B"}
    many = presentation.letters({str(number): "Forum" for number in range(70)})
    own = [letter for letter in many.values() if letter != presentation.SHARED_LETTER]
    assert sorted(own) == sorted(presentation.LETTERS)


def test_forums_have_the_names_they_were_planned_with() -> None:
    """They stand in file order, then those that have left the file; of several plans the last counts."""
    known, year = sample.register(), sample.plan()
    first, *_ = known.forums
    forums = {**year.forums, "gone": ForumRecord("Borta", ())}
    later = replace(year, forums={first: ForumRecord("Nytt namn", ())})
    found = presentation.signs_of(known, [replace(year, forums=forums), later])
    assert list(found) == [*known.forums, "gone"]
    assert found[first].name == "Nytt namn"
    assert found["gone"].name == "Borta"
    assert [one.colour for one in found.values()] == [
        place % len(presentation.COLOURS) for place in range(len(found))
    ]


@pytest.mark.parametrize(
    ("status", "origin", "state"),
    [
        (Status.PROPOSED, Origin.PLANNED, "proposed"),
        (Status.CONFIRMED, Origin.ADDED, "confirmed"),
        (Status.PROPOSED, Origin.RESERVED, "reserved"),
        (Status.CONFIRMED, Origin.RESERVED, "confirmed"),
        (Status.CONFIRMED, Origin.EXTERNAL, "external"),
        (Status.CANCELLED, Origin.EXTERNAL, "cancelled"),
        (Status.CANCELLED, Origin.RESERVED, "cancelled"),
    ],
)
def test_a_meeting_has_one_state(status: Status, origin: Origin, state: str) -> None:
    """That it is cancelled counts most, then that others decide it."""
    assert presentation.state(replace(sample.plan().meetings[0], status=status, origin=origin)) == state
    assert state in presentation.STATES


def test_dates_are_written_as_people_do() -> None:
    """In the file's language, with the year or short where asked for."""
    day = date(2025, 2, 6)
    assert presentation.day_in_words(day, "sv") == "torsdag 6 februari"
    assert presentation.day_in_words(day, "sv", year=True) == "torsdag 6 februari 2025"
    assert presentation.day_in_words(day, "sv", short=True) == "6 feb"
    assert presentation.day_in_words(day, "sv", short=True, year=True) == "6 feb 2025"
    assert presentation.day_in_words(day, "en") == "Thursday 6 February"
    assert presentation.month_in_words(day, "sv", PlanningYear(2025)) == "Februari"
    assert presentation.month_in_words(day, "sv", PlanningYear(2024)) == "Februari 2025"


def test_meetings_and_forums_are_counted() -> None:
    """Singular and plural differ; what is cancelled does not count."""
    meetings = [sample.meeting(forum, number, date(2025, 3, 3)) for number, forum in enumerate("aba", 1)]
    gone = replace(meetings[1], status=Status.CANCELLED)
    assert presentation.totals(sample.plan(meetings[:1]), "en") == "1 meeting in 1 forum"
    assert presentation.totals(sample.plan([meetings[0], gone]), "en") == "1 meeting in 1 forum"
    assert presentation.totals(sample.plan(meetings), "sv") == "3 möten i 2 forum"


@pytest.mark.parametrize(
    ("forum", "place", "host", "expected"),
    [
        ("samrad", "Rådhuset", "varberg", "Rådhuset, Varberg"),
        ("samrad", None, "borta", "borta"),
        ("samrad", "Varberg", "varberg", "Varberg"),
        ("samrad", None, None, ""),
        ("styrgrupp", None, "varberg", "Digitalt"),
        ("styrgrupp", "Teams", "varberg", "Digitalt: Teams"),
        ("bibliotek", None, None, "På plats eller digitalt"),
        ("bibliotek", "Rådhuset", "varberg", "Rådhuset, Varberg, eller digitalt"),
    ],
)
def test_where_a_meeting_is(forum: str, place: str | None, host: str | None, expected: str) -> None:
    """The place, then its host; whoever hosts a meeting that is online alone is no place."""
    meeting = sample.meeting(forum, 1, date(2025, 3, 3), place=place, host=host)
    assert presentation.location(sample.register(), sample.plan(), meeting) == expected


def without(register: Register, *forums: str) -> Register:
    """Return a forum file that some forums have left."""
    kept = {key: forum for key, forum in register.forums.items() if key not in forums}
    return register.with_file(register.file.model_copy(update={"forums": kept}))


def test_an_external_forum_that_leaves_the_file_is_no_longer_published() -> None:
    """Calendars, feeds and the page agree on that; a forum of the file's own keeps its calendar."""
    known, plan = without(sample.register(), "sydsverige", "museer", "samrad"), sample.plan()
    files = {name: data.decode() for name, data in published_files(known, [plan], date(2025, 1, 1))}
    published = {meeting.id for meeting in plan.meetings if presentation.is_published(known, meeting)}
    assert {meeting.forum for meeting in plan.meetings if meeting.id not in published} == {
        "sydsverige",
        "museer",
    }
    for folder in ("2025", "feeds"):
        assert f"{folder}/samrad.ics" in files
        assert not {f"{folder}/sydsverige.ics", f"{folder}/museer.ics"} & files.keys()
        assert set(re.findall(r"UID:(\S+)@example.org", files[f"{folder}/all.ics"])) == published
    events = re.findall(r'"identifier":"([^"]+)@example.org"', files["2025.html"])
    assert set(events) == published
    for page in ("2025.html", "index.html"):
        linked = set(re.findall(r'id="calendar-([^"/]+)"', files[page]))
        assert "samrad" in linked
        assert not {"sydsverige", "museer"} & linked
