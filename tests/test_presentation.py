"""What forums and meetings are told by: in terminal, wheel and page it is the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sample_year as sample

from kultursam import presentation
from kultursam.plans.model import ForumRecord, Origin, Status


def test_letters_come_from_names_while_they_last() -> None:
    """The first letter of a long word, then any of the name, then any that is free; too many share a star."""
    found = presentation.letters(
        {"a": "Om film", "b": "Film", "c": "Råd", "d": "Råd", "e": "Råd", "f": "Råd"}
    )
    assert found == {"a": "F", "b": "I", "c": "R", "d": "A", "e": "D", "f": "B"}
    many = presentation.letters({str(number): "Forum" for number in range(70)})
    own = [letter for letter in many.values() if letter != presentation.TOO_MANY]
    assert sorted(own) == sorted(presentation.LETTERS)


def test_forums_have_the_names_they_were_planned_with() -> None:
    """They stand in file order, then those that have left the file; of several plans the last counts."""
    known, year = sample.register(), sample.plan()
    first, *_ = known.forums
    forums = {**year.forums, "gone": ForumRecord("Borta", ())}
    later = replace(year, forums={first: ForumRecord("Nytt namn", ())})
    found = presentation.of_forums(known, [replace(year, forums=forums), later])
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
